//! How the rows of a detail belong to the record of a form.

use crate::Detail;
use rql_ast::{BinaryOp, ExprKind};

/// The columns of a detail's table and the fields of the form that must be the same: `orders.customer_id = id AND …`;
/// `None` where something else relates them.
#[must_use]
pub fn pairs(detail: &Detail) -> Option<Vec<(String, String)>> {
    let table = detail.name.text.rsplit('.').next()?;
    let parse = rql_grammar::parse(&format!("SELECT {}", detail.on.text));
    let ast = &parse.ast;
    let name = |id: rql_ast::Id<rql_ast::Expr>| match ast[id].kind {
        ExprKind::Column(name) => Some(ast.dotted(name)),
        _ => None,
    };
    let of = |name: &str| {
        let (owner, column) = name.rsplit_once('.')?;
        let owner = owner.rsplit('.').next()?;
        (owner == table).then(|| crate::field_name(column))
    };
    let mut pairs = Vec::new();
    for expr in ast.all::<rql_ast::Expr>() {
        match expr.kind {
            ExprKind::Column(_) => {}
            ExprKind::Binary {
                left,
                op: BinaryOp::Eq,
                right,
            } => {
                let (left, right) = (name(left)?, name(right)?);
                pairs.push(match (of(&left), of(&right)) {
                    (Some(column), None) => (column, right),
                    (None, Some(column)) => (column, left),
                    _ => return None,
                });
            }
            ExprKind::Chain(items)
                if ast[items]
                    .iter()
                    .all(|item| matches!(item.op, None | Some(BinaryOp::And))) => {}
            _ => return None,
        }
    }
    (parse.is_ok() && !pairs.is_empty()).then_some(pairs)
}
