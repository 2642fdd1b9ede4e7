//! Functions whose rows stand beside others: those of a SELECT list, `ROWS FROM (f(), g())`, `unnest(a, b)`, and functions of
//! one value in FROM.

use super::from::Piece;
use super::scope::Place;
use super::{Lowerer, Name, Res, error};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::codes;

impl<'a> Lowerer<'a> {
    /// A function of one value in FROM: a row of it.
    pub(super) fn value_in_from(
        &mut self,
        name: &str,
        call: ast::Call,
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let refs = self.references;
        let value = self.within(Place::On, |this| this.plain_call(name, call, span))?;
        let value = self.settle(value);
        let column = self.column_for(value, &alias);
        let nothing = self.ir.add_rel(RelKind::OneRow, span);
        let kind = RelKind::project(nothing, vec![(column, value)]);
        let input = self.ir.add_rel(kind, span);
        let columns = vec![(column, alias.clone().into_owned())];
        let named = self.renamed(columns, aliases, span)?;
        let rel = self.derived(input, &alias, &named, span);
        if self.references > refs {
            self.lateral.push(rel);
        }
        self.show(alias, &named, span)?.value = Some(column);
        Ok((rel, named))
    }

    /// `ROWS FROM (f(), g())`.
    pub(super) fn rows_from(
        &mut self,
        calls: &[ast::Id<ast::Expr>],
        ordinality: bool,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let mut written = Vec::new();
        for &call in calls {
            if let ast::ExprKind::Call(call) = ast[call].kind {
                written.push(ast[call]);
            }
        }
        if let &[only] = written.as_slice() {
            return self.table_function(only, ordinality, alias, aliases, span);
        }
        let refs = self.references;
        let mut all = Vec::new();
        for call in written {
            let mut args = Vec::new();
            for arg in &ast[call.args] {
                args.push(self.within(Place::On, |this| this.expr(arg.value))?);
            }
            all.push((ast.dotted(call.name), args));
        }
        let lateral = self.references > refs;
        let first = all.first().map(|call| call.0.clone()).unwrap_or_default();
        let alias = alias.unwrap_or_else(|| first.into());
        self.rows_beside(all, (ordinality, lateral), alias, aliases, span)
    }

    /// Functions whose rows stand beside each other, as those of a SELECT list do.
    pub(super) fn rows_beside(
        &mut self,
        calls: Vec<(String, Vec<ScalarId>)>,
        (ordinality, lateral): (bool, bool),
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let mut sets = Vec::new();
        for (at, (name, mut args)) in calls.into_iter().enumerate() {
            let shape = self.table_function_shape(&name, &mut args, span)?;
            let Some((func, [(_, ty)])) =
                shape.as_ref().map(|(func, shape)| (func, shape.as_slice()))
            else {
                let message = format!("{name} beside other functions");
                let label = "functions of RQL that give one column stand beside each other here";
                return error(codes::NOT_EXECUTABLE_YET, span, message, label);
            };
            sets.push(SetReturning {
                func: func.clone(),
                args,
                column: self.ir.add_column(&name, *ty, true),
                alias: format!("{name}{}", at + 1),
                column_name: name,
                span,
            });
        }
        let shown: Vec<_> = sets
            .iter()
            .map(|set| (set.column, set.column_name.clone()))
            .collect();
        let nothing = self.ir.add_rel(RelKind::OneRow, span);
        let (rows, step) = in_step(&mut self.ir, nothing, sets);
        let mut items = Vec::new();
        let mut columns = Vec::new();
        let step = step
            .filter(|_| ordinality)
            .map(|step| (step, "ordinality".to_owned()));
        for (id, name) in shown.into_iter().chain(step) {
            let value = self.ir.reference(id, span);
            let column = self.column_for(value, &name);
            items.push((column, value));
            columns.push((column, name));
        }
        let input = self.ir.add_rel(RelKind::project(rows, items), span);
        let named = self.renamed(columns, aliases, span)?;
        let rel = self.derived(input, &alias, &named, span);
        if lateral {
            self.lateral.push(rel);
        }
        self.show(alias, &named, span)?;
        Ok((rel, named))
    }
}

/// A function of a SELECT list that gives rows.
#[derive(Clone, Debug)]
pub(super) struct SetReturning {
    pub(super) func: TableFunc,
    pub(super) args: Vec<ScalarId>,
    pub(super) column: ColumnId,
    pub(super) column_name: String,
    pub(super) alias: String,
    pub(super) span: Span,
}

/// The rows, each with those that the functions give for it. Several functions go in step, and NULL stands where
/// one has no more rows (PostgreSQL manual, 38.5.9): rows are numbered as far as the longest goes.
pub(super) fn beside(ir: &mut Ir, left: RelId, sets: Vec<SetReturning>) -> RelId {
    in_step(ir, left, sets).0
}

/// The same with the column that numbers the rows, where there are several functions.
fn in_step(ir: &mut Ir, left: RelId, sets: Vec<SetReturning>) -> (RelId, Option<ColumnId>) {
    let alone = sets.len() == 1;
    let Some(first) = sets.first() else {
        return (left, None);
    };
    let span = first.span;
    if alone {
        let right = first.rows(ir, first.args.clone(), (first.column, None));
        let rel = joined(ir, (JoinKind::Cross, None), left, right, span);
        return (rel, None);
    }
    let counts = sets.iter().map(|set| set.count(ir)).collect();
    let most = scalar(ir, Func::Greatest, counts, Type::BigInt, span);
    let kind = ScalarKind::Literal(Literal::Integer(1));
    let one = ir.add_scalar(Scalar {
        kind,
        ty: Type::BigInt,
        nullable: false,
        span,
    });
    let step = ir.add_column("step", Type::BigInt, false);
    let steps = SetReturning {
        func: TableFunc::GenerateSeries,
        args: Vec::new(),
        column: step,
        column_name: "step".to_owned(),
        alias: "steps".to_owned(),
        span,
    };
    let right = steps.rows(ir, vec![one, most], (step, None));
    let mut rel = joined(ir, (JoinKind::Cross, None), left, right, span);
    for set in sets {
        let place = ir.add_column("ordinality", Type::BigInt, true);
        let right = set.rows(ir, set.args.clone(), (set.column, Some(place)));
        let sides = vec![ir.reference(place, span), ir.reference(step, span)];
        let on = scalar(ir, Func::Eq, sides, Type::Boolean, span);
        rel = joined(ir, (JoinKind::Left, Some(on)), rel, right, span);
    }
    (rel, Some(step))
}

fn scalar(ir: &mut Ir, func: Func, args: Vec<ScalarId>, ty: Type, span: Span) -> ScalarId {
    let nullable = args.iter().any(|&arg| ir.scalar(arg).nullable);
    ir.add_scalar(Scalar {
        kind: ScalarKind::Call { func, args },
        ty,
        nullable,
        span,
    })
}

fn joined(
    ir: &mut Ir,
    (kind, on): (JoinKind, Option<ScalarId>),
    left: RelId,
    right: RelId,
    span: Span,
) -> RelId {
    if matches!(ir.rel(left).kind, RelKind::OneRow) {
        return right;
    }
    let join = RelKind::Join {
        kind,
        left,
        right,
        on,
        merged: Vec::new(),
        lateral: true,
    };
    ir.add_rel(join, span)
}

impl SetReturning {
    /// Its rows as a relation, perhaps with their numbers.
    fn rows(
        &self,
        ir: &mut Ir,
        args: Vec<ScalarId>,
        (column, place): (ColumnId, Option<ColumnId>),
    ) -> RelId {
        let mut columns = vec![(column, self.column_name.clone())];
        columns.extend(place.map(|place| (place, "ordinality".to_owned())));
        let kind = RelKind::TableFunction {
            func: self.func.clone(),
            args,
            alias: self.alias.clone(),
            columns,
            ordinality: place.is_some(),
        };
        ir.add_rel(kind, self.span)
    }

    /// How many rows it gives.
    fn count(&self, ir: &mut Ir) -> ScalarId {
        let span = self.span;
        let args = self.args.iter().map(|&arg| ir.remapped(arg, &[], &[]));
        let args = args.collect();
        let ty = ir.column(self.column).ty;
        let column = ir.add_column(&self.column_name, ty, true);
        let input = self.rows(ir, args, (column, None));
        let kind = ScalarKind::Aggregate {
            func: Agg::Count,
            distinct: false,
            args: Vec::new(),
            order: Vec::new(),
            filter: None,
        };
        let ty = Type::BigInt;
        let nullable = false;
        let count = ir.add_scalar(Scalar {
            kind,
            ty,
            nullable,
            span,
        });
        let counted = ir.add_column("count", ty, nullable);
        let kind = RelKind::Aggregate {
            input,
            groups: Vec::new(),
            sets: None,
            dependent: Vec::new(),
            aggregates: vec![(counted, count)],
        };
        let input = ir.add_rel(kind, span);
        let column = ir.add_column("count", ty, nullable);
        let value = ir.reference(counted, span);
        let query = ir.add_rel(RelKind::project(input, vec![(column, value)]), span);
        ir.add_scalar(Scalar {
            kind: ScalarKind::Subquery { query, column },
            ty,
            nullable,
            span,
        })
    }
}
