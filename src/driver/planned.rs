//! Constants that fail: PostgreSQL computes them while it plans a query, also where no row would ask for them.

use crate::constants::Fold;
use rql_codegen::{Dialect, emit};
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::function::Nulls;
use rql_ir::{ColumnId, Func, Ir, Literal, RelId, RelKind, Scalar, ScalarId, ScalarKind, Type};

/// Says which constant of a query fails that the rows may pass by: one in a branch of CASE, behind the first value of
/// COALESCE or the first condition of AND and OR, or beside a NULL, or any where there may be no row. Those that a row
/// asks for in any case fail by themselves.
pub(crate) fn failing(ir: &Ir, fold: Fold) -> Option<Diagnostic> {
    let mut at = ir.root?;
    let planner = Planner { ir, fold };
    let sure = is_one_row(ir, at);
    loop {
        let mut found = Ok(());
        ir.each_scalar(at, &mut |id| {
            if found.is_ok() {
                found = planner.visit(id, sure);
            }
        });
        // A constant that sorts nothing is left out of what is sent.
        if let RelKind::Sort { keys, .. } = &ir.rel(at).kind {
            let keys = keys.iter().map(|key| computed(ir, key.scalar));
            found =
                found.and_then(|()| keys.into_iter().try_for_each(|id| planner.visit(id, false)));
        }
        if let Err(error) = found {
            return Some(*error);
        }
        // What a query inside gives may be asked for by nobody: PostgreSQL leaves that out before it computes.
        at = below(ir, at)?;
    }
}

/// The rows that the clauses of one SELECT pass on.
fn below(ir: &Ir, at: RelId) -> Option<RelId> {
    match ir.rel(at).kind {
        RelKind::Project { input, .. }
        | RelKind::Filter { input, .. }
        | RelKind::Aggregate { input, .. }
        | RelKind::Window { input, .. }
        | RelKind::Distinct { input }
        | RelKind::DistinctOn { input, .. }
        | RelKind::Sort { input, .. }
        | RelKind::Limit { input, .. }
        | RelKind::With { input, .. } => Some(input),
        _ => None,
    }
}

/// True for SELECT without FROM and WHERE.
fn is_one_row(ir: &Ir, mut at: RelId) -> bool {
    while let Some(input) = below(ir, at) {
        if matches!(
            ir.rel(at).kind,
            RelKind::Filter { .. } | RelKind::Limit { .. }
        ) {
            return false;
        }
        at = input;
    }
    matches!(ir.rel(at).kind, RelKind::OneRow)
}

/// A strict call beside a constant that is NULL is one, and computes nothing else: PostgreSQL plans so, where others fail,
/// or ask a sequence.
pub(crate) fn beside_null(ir: &mut Ir, fold: Fold) {
    // A clause of windows keeps its window, and one of aggregates the group.
    let kept = ir.rels.iter().flat_map(|rel| match &rel.kind {
        RelKind::Window { items, .. } => items.as_slice(),
        RelKind::Aggregate { aggregates, .. } => aggregates.as_slice(),
        _ => &[],
    });
    let kept: Vec<_> = kept.map(|item| item.0).collect();
    for id in ir.scalar_ids() {
        if !is_null_as_planned(&Planner { ir, fold }, id) || asks_for(ir, id, &kept) {
            continue;
        }
        let kind = match names_sequence(ir, id) {
            false => ScalarKind::Literal(Literal::Null),
            // It stays where nobody asks for it: there is to be such a sequence.
            true => {
                let span = ir.scalar(id).span;
                let asked = ir.add_scalar(ir.scalar(id).clone());
                let never = ir.add_scalar(Scalar {
                    kind: ScalarKind::Literal(Literal::Boolean(false)),
                    ty: Type::Boolean,
                    nullable: false,
                    span,
                });
                ScalarKind::Case {
                    branches: vec![(never, asked)],
                    otherwise: None,
                }
            }
        };
        let entry = &mut ir.scalars[id.index()];
        entry.kind = kind;
        entry.nullable = true;
    }
}

fn names_sequence(ir: &Ir, id: ScalarId) -> bool {
    let mut names = false;
    ir.walk(id, &mut |scalar| {
        names |= matches!(
            scalar.kind,
            ScalarKind::Call {
                func: Func::Nextval | Func::Currval | Func::Setval,
                ..
            }
        );
    });
    names
}

/// True for what reads one of these columns, or a parameter, which is bound in any case.
fn asks_for(ir: &Ir, id: ScalarId, columns: &[ColumnId]) -> bool {
    let mut asks = false;
    ir.walk(id, &mut |scalar| {
        asks |= match scalar.kind {
            ScalarKind::Column(id) => columns.contains(&id),
            ScalarKind::Param(_) => true,
            _ => false,
        };
    });
    asks
}

fn is_null_as_planned(planner: &Planner<'_>, id: ScalarId) -> bool {
    let ir = planner.ir;
    let ScalarKind::Call { func, args } = &ir.scalar(id).kind else {
        return false;
    };
    let is_null = |&arg: &ScalarId| match ir.scalar(arg).kind {
        ScalarKind::Literal(Literal::Null) => true,
        ScalarKind::Literal(_) => false,
        _ if !planner.may_be_null(arg) => false,
        _ => matches!(planner.value(arg), Ok(Some(value)) if value == "NULL"),
    };
    let mut asked = match func {
        // It looks whether there is such a sequence.
        Func::Nextval | Func::Currval | Func::Setval => return false,
        Func::Nullif => args.get(..1).unwrap_or_default().iter(),
        _ if func.row().nulls == Nulls::Strict => args.iter(),
        _ => return false,
    };
    !args.iter().all(|&arg| ir.is_immutable(arg))
        && asked.any(is_null)
        // A constant that fails is computed before.
        && args.iter().all(|&arg| planner.visit(arg, false).is_ok())
}

/// What is computed for a column that a projection adds.
fn computed(ir: &Ir, id: ScalarId) -> ScalarId {
    let ScalarKind::Column(column) = ir.scalar(id).kind else {
        return id;
    };
    let item = ir.rels.iter().find_map(|rel| match &rel.kind {
        RelKind::Project { items, .. } => items.iter().find(|item| item.0 == column),
        _ => None,
    });
    item.map_or(id, |item| item.1)
}

type Found = Result<(), Box<Diagnostic>>;

struct Planner<'a> {
    ir: &'a Ir,
    fold: Fold,
}

impl Planner<'_> {
    /// Looks at an expression, which each row computes where it is `sure`.
    fn visit(&self, id: ScalarId, sure: bool) -> Found {
        if self.is_literal(id) {
            return Ok(());
        }
        if self.ir.is_immutable(id) {
            // Beside a NULL some compute nothing else.
            return match sure && !self.ir.scalar(id).nullable {
                true => Ok(()),
                false => self.value(id).map(|_| ()),
            };
        }
        match &self.ir.scalar(id).kind {
            ScalarKind::Case {
                branches,
                otherwise,
            } => self.case(branches, *otherwise, sure),
            ScalarKind::Call { func, args } => match func {
                Func::And => self.in_turn(args, sure, Some("0")),
                Func::Or => self.in_turn(args, sure, Some("1")),
                Func::Coalesce => self.in_turn(args, sure, None),
                _ => {
                    let sure = sure && !args.iter().any(|&arg| self.may_be_null(arg));
                    args.iter().try_for_each(|&arg| self.visit(arg, sure))
                }
            },
            kind => {
                let mut found = Ok(());
                kind.each_operand(&mut |operand| {
                    if found.is_ok() {
                        found = self.visit(operand, sure);
                    }
                });
                found
            }
        }
    }

    /// A branch whose condition is known not to hold is left out, and so are those behind one that does.
    fn case(
        &self,
        branches: &[(ScalarId, ScalarId)],
        otherwise: Option<ScalarId>,
        sure: bool,
    ) -> Found {
        let mut sure = sure;
        for &(when, then) in branches {
            if self.ir.is_immutable(when) {
                match self.value(when)?.as_deref() {
                    Some("1") => return self.visit(then, sure),
                    Some(_) => continue,
                    None => return Ok(()),
                }
            }
            self.visit(when, sure)?;
            sure = false;
            self.visit(then, sure)?;
        }
        otherwise.map_or(Ok(()), |otherwise| self.visit(otherwise, sure))
    }

    /// What is asked for until one of them `ends` it; without that, until one is no NULL.
    fn in_turn(&self, args: &[ScalarId], sure: bool, ends: Option<&str>) -> Found {
        let mut sure = sure;
        for &arg in args {
            if self.ir.is_immutable(arg) {
                let value = match sure && ends.is_none() && !self.is_literal(arg) {
                    true => return Ok(()),
                    false => self.value(arg)?,
                };
                let Some(value) = value else {
                    return Ok(());
                };
                match ends {
                    Some(ends) if value == ends => return Ok(()),
                    None if value != "NULL" => return Ok(()),
                    _ => continue,
                }
            }
            self.visit(arg, sure)?;
            sure = false;
        }
        Ok(())
    }

    fn is_literal(&self, id: ScalarId) -> bool {
        matches!(self.ir.scalar(id).kind, ScalarKind::Literal(_))
    }

    /// True for a constant beside which nobody need compute the rest.
    fn may_be_null(&self, id: ScalarId) -> bool {
        self.ir.scalar(id).nullable && self.ir.is_immutable(id)
    }

    /// A constant as SQLite gives it; `None` where nobody knows.
    fn value(&self, id: ScalarId) -> Result<Option<String>, Box<Diagnostic>> {
        let Ok(query) = emit(&self.ir.alone(id, false), Dialect::Sqlite) else {
            return Ok(None);
        };
        match (self.fold)(&format!("({})", query.sql)) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(why)) => Err(Box::new(self.fails(id, &why))),
        }
    }

    fn fails(&self, id: ScalarId, why: &str) -> Diagnostic {
        // The state stands before what is said.
        let why = why.split_once("] ").map_or(why, |(_, why)| why);
        let message = format!("this constant cannot be computed: {why}");
        Diagnostic::error(codes::FAILING_CONSTANT, message)
            .label(
                self.ir.scalar(id).span,
                "PostgreSQL computes it before it looks at a row",
            )
            .help("what reads a column is computed where a row asks for it")
    }
}
