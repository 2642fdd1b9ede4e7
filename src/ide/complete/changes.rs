//! What belongs to statements that change rows: which columns have a value already, and which column a value is for.

use super::Place;
use rql_ast::{Assignment, Ast, Body, Expr, ExprKind, Id, InsertColumn, List, RelationKind, Span};
use rql_ir::Table;

/// The last part of a column's name.
pub(super) fn last_part(ast: &Ast, expr: Id<Expr>) -> Option<String> {
    match ast[expr].kind {
        ExprKind::Column(name) => ast[name.parts]
            .last()
            .map(|&part| ast.name(part).into_owned()),
        ExprKind::Paren(inner) => last_part(ast, inner),
        _ => None,
    }
}

/// The columns that assignments give values, tuples by each of theirs.
fn assigned(ast: &Ast, all: List<Assignment>) -> Vec<Id<Expr>> {
    let targets = ast[all].iter().filter_map(|assignment| match *assignment {
        Assignment::Assign { target, .. } => Some(target),
        Assignment::Template(_) => None,
    });
    let each = targets.flat_map(|target| match ast[target].kind {
        ExprKind::Tuple(items) | ExprKind::Row(items) => ast[items].to_vec(),
        _ => vec![target],
    });
    each.collect()
}

fn listed(ast: &Ast, all: List<InsertColumn>) -> Vec<Id<Expr>> {
    let columns = ast[all].iter().filter_map(|column| match *column {
        InsertColumn::Column(expr) => Some(expr),
        InsertColumn::Template(_) => None,
    });
    columns.collect()
}

/// The columns that stand in one list with `hole`, but for itself: each has a value only once.
pub(super) fn beside(ast: &Ast, hole: Span) -> Vec<String> {
    let inserts = ast.all::<rql_ast::Insert>().iter();
    let inserts = inserts.map(|insert| listed(ast, insert.columns));
    let updates = ast.all::<rql_ast::Update>().iter();
    let updates = updates.map(|update| assigned(ast, update.assignments));
    let mut lists = inserts.chain(updates);
    let is = |expr: &&Id<Expr>| ast[**expr].span == hole;
    let Some(list) = lists.find(|list| list.iter().any(|expr| is(&expr))) else {
        return Vec::new();
    };
    let others = list.iter().filter(|expr| !is(expr));
    others.filter_map(|&expr| last_part(ast, expr)).collect()
}

impl Place<'_> {
    /// The table and column that take the value at `hole`, in VALUES and behind SET.
    pub(super) fn taken_by(&self, hole: Span) -> Option<(&Table, String)> {
        let ast = &self.draft.ast;
        let is = |expr: Id<Expr>| ast[expr].span == hole;
        let table = |relation: Id<rql_ast::Relation>| match ast[relation].kind {
            RelationKind::Table { name, .. } => {
                let path = ast[name.parts].iter();
                let path = path.map(|&part| ast.name(part).into_owned());
                self.table(&path.collect::<Vec<_>>())
            }
            _ => None,
        };
        for update in ast.all::<rql_ast::Update>() {
            for assignment in &ast[update.assignments] {
                if let Assignment::Assign { target, value } = *assignment
                    && is(value)
                {
                    let column = last_part(ast, target)?;
                    return Some((table(ast[update.target].relation)?, column));
                }
            }
        }
        for insert in ast.all::<rql_ast::Insert>() {
            let Some(Body::Values(rows)) = insert.source.map(|query| ast[query].body) else {
                continue;
            };
            let found = ast[rows].iter().find_map(|row| {
                let mut items = ast[row.items].iter();
                items.position(|item| matches!(*item, rql_ast::RowItem::Value(expr) if is(expr)))
            });
            let Some(at) = found else { continue };
            let table = table(insert.target)?;
            let column = match listed(ast, insert.columns).as_slice() {
                [] => table.columns.get(at)?.name.clone(),
                columns => last_part(ast, *columns.get(at)?)?,
            };
            return Some((table, column));
        }
        None
    }
}
