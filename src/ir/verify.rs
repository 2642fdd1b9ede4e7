//! What must hold of every algebra.
//!
//! Every reference is to a column that is visible there, types agree, guards imply. Checked after
//! lowering and after every rewrite in debug builds and tests.

use crate::*;
use std::collections::HashSet;

/// Says what is wrong with an algebra, where something is. An error here is a fault of the compiler.
///
/// # Errors
/// The first invariant that does not hold, in words.
pub fn verify(ir: &Ir) -> Result<(), String> {
    let Some(root) = ir.root else { return Ok(()) };
    let mut verifier = Verifier {
        ir,
        outer: Vec::new(),
    };
    verifier.rel(root)?;
    guards(ir)?;
    crate::implied::check(ir)?;
    let made = ir.columns_of(root);
    match ir.output.iter().find(|c| !made.contains(&c.0)) {
        Some((id, name)) => Err(format!("the result's column {name}#{} is not made", id.0)),
        None => Ok(()),
    }
}

/// Guards ask conditions that there are, and stand where something can be left out.
fn guards(ir: &Ir) -> Checked {
    for guard in &ir.guards {
        if guard.0.iter().any(|choice| choice.0 >= ir.conditions.len()) {
            return Err("a guard asks a condition that is not there".into());
        }
    }
    for (at, scalar) in ir.scalars.iter().enumerate() {
        let joins = matches!(
            scalar.kind,
            ScalarKind::Call {
                func: Func::And | Func::Or,
                ..
            } | ScalarKind::Guarded { .. }
        );
        let mut loose = false;
        scalar.kind.each_operand(&mut |operand| {
            let kind = &ir.scalar(operand).kind;
            loose |= matches!(
                kind,
                ScalarKind::Guarded {
                    otherwise: None,
                    ..
                }
            );
        });
        if loose && !joins {
            return Err(format!(
                "scalar {at} would lack an operand under some choice"
            ));
        }
    }
    Ok(())
}

struct Verifier<'a> {
    ir: &'a Ir,
    /// What the blocks around show, the innermost last.
    outer: Vec<HashSet<ColumnId>>,
}

type Checked = Result<(), String>;

impl Verifier<'_> {
    fn rel(&mut self, id: RelId) -> Checked {
        let ir = self.ir;
        let kind = &ir.rel(id).kind;
        if let RelKind::With { ctes, .. } = kind {
            for cte in ctes {
                self.rel(ir.ctes[cte.index()].rel)?;
            }
        }
        if let RelKind::Join {
            left,
            right,
            lateral: true,
            ..
        } = kind
        {
            self.rel(*left)?;
            self.outer.push(ir.columns_of(*left).into_iter().collect());
            let done = self.rel(*right);
            self.outer.pop();
            done?;
        } else {
            for input in ir.inputs(id) {
                self.rel(input)?;
            }
        }
        let mut visible: HashSet<ColumnId> = HashSet::new();
        for input in ir.inputs(id) {
            visible.extend(ir.columns_of(input));
        }
        visible.extend(ir.own_columns(id));
        // Keys of an order stand beside the columns that they name; a join's condition too.
        self.outer.push(visible);
        let done = self.scalars(id);
        self.outer.pop();
        done?;
        self.shape(id)
    }

    fn scalars(&mut self, id: RelId) -> Checked {
        let ir = self.ir;
        let mut all = Vec::new();
        ir.each_scalar(id, &mut |scalar| all.push(scalar));
        // GROUPING names columns that the aggregation itself makes.
        if let RelKind::Aggregate { groups, .. } = &ir.rel(id).kind
            && let Some(visible) = self.outer.last_mut()
        {
            visible.extend(groups.iter().map(|g| g.0));
        }
        for query in ir.assigned_queries(id) {
            self.rel(query)?;
        }
        for scalar in all {
            let mut problem = None;
            ir.walk(scalar, &mut |s| {
                if let ScalarKind::Column(column) = s.kind
                    && !self.outer.iter().any(|seen| seen.contains(&column))
                {
                    let name = &ir.column(column).name;
                    problem = Some(format!(
                        "{name}#{} is not visible in relation {}",
                        column.0, id.0
                    ));
                }
            });
            if let Some(problem) = problem {
                return Err(problem);
            }
            let mut queries = Vec::new();
            ir.queries_in(scalar, &mut queries);
            for query in queries {
                self.rel(query)?;
            }
        }
        Ok(())
    }

    /// Every assignment is of the column's type.
    fn assigns(&self, assigns: Option<&[Assign]>) -> Checked {
        for assign in assigns.unwrap_or(&[]) {
            let Assign::One((column, value)) = assign else {
                continue;
            };
            let (column, value) = (self.ir.column(*column), self.ir.scalar(*value));
            if column.ty != value.ty {
                let (name, has) = (&column.name, value.ty);
                return Err(format!("{name} is {} and becomes {has}", column.ty));
            }
        }
        Ok(())
    }

    fn shape(&self, id: RelId) -> Checked {
        let ir = self.ir;
        let wrong = |what: &str| Err(format!("relation {}: {what}", id.0));
        match &ir.rel(id).kind {
            RelKind::Filter { predicate, .. } => match ir.scalar(*predicate).ty {
                Type::Boolean | Type::Unknown => Ok(()),
                _ => wrong("filters by what is no truth value"),
            },
            RelKind::Join { on: Some(on), .. } => match ir.scalar(*on).ty {
                Type::Boolean | Type::Unknown => Ok(()),
                _ => wrong("joins by what is no truth value"),
            },
            RelKind::Project { input, items, .. } => {
                let below = ir.columns_of(*input);
                for &(column, scalar) in items {
                    let let_through =
                        matches!(ir.scalar(scalar).kind, ScalarKind::Column(id) if id == column);
                    if below.contains(&column) && !let_through {
                        return wrong("makes a column again that stands below");
                    }
                    if ir.column(column).ty != ir.scalar(scalar).ty {
                        return wrong("has a column that is not of its scalar's type");
                    }
                }
                Ok(())
            }
            RelKind::Aggregate { aggregates, .. } => {
                let good = aggregates.iter().all(|a| {
                    matches!(
                        ir.scalar(a.1).kind,
                        ScalarKind::Aggregate { .. }
                            | ScalarKind::Grouping(_)
                            | ScalarKind::BackendCall { .. }
                    )
                });
                if good {
                    Ok(())
                } else {
                    wrong("computes what is no aggregate")
                }
            }
            RelKind::Window { items, .. } => {
                let good = items
                    .iter()
                    .all(|w| matches!(ir.scalar(w.1).kind, ScalarKind::Window { .. }));
                if good {
                    Ok(())
                } else {
                    wrong("computes what is no window")
                }
            }
            RelKind::SetOp { sides, columns, .. } => {
                for (at, column) in columns.iter().enumerate() {
                    let ty = ir.column(*column).ty;
                    for side in [&sides.0, &sides.1] {
                        let other = ir.column(side[at]).ty;
                        let same = ty.is_like(other)
                            || ty == Type::Unknown
                            || other == Type::Unknown
                            || (ty.is_decimal() && other.is_decimal());
                        if !same {
                            return wrong(&format!(
                                "an operand is {other} where the result is {ty}"
                            ));
                        }
                    }
                }
                Ok(())
            }
            RelKind::Insert(insert) => {
                if !ir
                    .own_columns(id)
                    .iter()
                    .all(|c| c.index() < ir.columns.len())
                {
                    return wrong("names a column that is not there");
                }
                let given = insert.source.map(|source| ir.columns_of(source).len());
                match given {
                    Some(given) if given < insert.columns.len() => {
                        wrong("gives fewer values than columns")
                    }
                    _ => self.assigns(insert.conflict.as_ref().and_then(|c| c.update.as_deref())),
                }
            }
            RelKind::Update(update) => self.assigns(Some(&update.assigns)),
            RelKind::Merge(merge) => merge.assigns().try_for_each(|all| self.assigns(Some(all))),
            RelKind::CteScan { cte, columns, .. } => {
                // A recursion itself does not see the columns that SEARCH and CYCLE add.
                if columns.len() >= ir.ctes[cte.index()].width() {
                    Ok(())
                } else {
                    wrong("lacks columns of its WITH query")
                }
            }
            _ => Ok(()),
        }
    }
}
