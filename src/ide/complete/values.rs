//! The values that a column may have, as its CHECK lists them.

use super::changes::last_part;
use super::items::Items;
use super::{Item, Kind, Place};
use rql_ast::{Ast, Expr, ExprKind, Id, Span};
use rql_ir::Table;

impl Place<'_> {
    /// The values of the column that what stands at `hole` is compared with or goes into; in quotes where it is no
    /// string yet.
    pub(crate) fn values(&self, items: &mut Items<'_>, hole: Span, quoted: bool) {
        let (column, tables) = match self.taken_by(hole) {
            Some((table, column)) => (column, vec![table]),
            None => {
                let Some(column) = compared_with(&self.draft.ast, hole) else {
                    return;
                };
                let relations = self.sight.blocks.iter().flatten();
                let tables = relations.filter_map(|relation| self.seen_table(relation));
                (column, tables.collect::<Vec<&Table>>())
            }
        };
        for table in tables {
            for check in &table.checks {
                for value in listed(&check.condition, &column) {
                    let inner = value.replace('\'', "''");
                    let insert = match quoted {
                        true => format!("'{inner}'"),
                        false => inner,
                    };
                    items.add(&value, 0, || Item {
                        label: if quoted {
                            insert.clone()
                        } else {
                            value.clone()
                        },
                        insert,
                        kind: Kind::Value,
                        detail: format!("{}.{column}", table.name),
                        about: String::new(),
                    });
                }
            }
        }
    }
}

/// The column on the other side of a comparison, or before IN.
fn compared_with(ast: &Ast, hole: Span) -> Option<String> {
    let is = |expr: Id<Expr>| ast[expr].span == hole;
    ast.all::<Expr>().iter().find_map(|expr| match expr.kind {
        ExprKind::Binary { left, right, .. } if is(right) => last_part(ast, left),
        ExprKind::Binary { left, right, .. } if is(left) => last_part(ast, right),
        ExprKind::In { operand, set, .. } => {
            let found = match ast[set].kind {
                ExprKind::Tuple(all) => ast[all].iter().any(|&item| is(item)),
                ExprKind::Paren(inner) => is(inner),
                _ => false,
            };
            found.then(|| last_part(ast, operand)).flatten()
        }
        _ => None,
    })
}

/// The strings to which a condition holds a column: `dept IN ('IT', 'HR')`.
fn listed(condition: &str, column: &str) -> Vec<String> {
    let parse = rql_grammar::parse(&format!("SELECT {condition};"));
    let ast = &parse.ast;
    let mut found = Vec::new();
    for expr in ast.all::<Expr>() {
        let ExprKind::In {
            operand,
            negated: false,
            set,
        } = expr.kind
        else {
            continue;
        };
        let own = last_part(ast, operand).is_some_and(|name| name.eq_ignore_ascii_case(column));
        if let (true, ExprKind::Tuple(all)) = (own, ast[set].kind) {
            let texts = ast[all]
                .iter()
                .filter(|&&item| ast[item].kind == ExprKind::String);
            found.extend(texts.map(|&item| ast.string(ast[item].span).into_owned()));
        }
    }
    found
}
