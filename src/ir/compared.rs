//! Values that are compared without an operator: by GROUP BY, DISTINCT, set operations, ORDER BY and windows. PostgreSQL
//! has neither an equality nor an order of json (its manual, 8.14).

use crate::*;
use rql_diagnostics::{Diagnostic, codes};

/// Says where a value that does not compare would have to.
pub(crate) fn check(ir: &Ir) -> Result<(), Box<Diagnostic>> {
    for rel in &ir.rels {
        let whole = |at: RelId| ir.columns_of(at)[..ir.visible(at)].to_vec();
        let columns = match &rel.kind {
            RelKind::Distinct { input } => whole(*input),
            RelKind::SetOp {
                op, all, columns, ..
            } if !(*all && *op == SetOp::Union) => columns.clone(),
            _ => Vec::new(),
        };
        if let Some(&column) = columns.iter().find(|&&id| is_json(ir.column(id).ty)) {
            return Err(refused(rel.span, Some(&ir.column(column).name)));
        }
        let keys = match &rel.kind {
            RelKind::Aggregate { groups, .. } => groups.iter().map(|group| group.1).collect(),
            RelKind::DistinctOn { keys, .. } => keys.clone(),
            RelKind::Sort { keys, .. } => keys.iter().map(|key| key.scalar).collect(),
            _ => Vec::new(),
        };
        keys.iter().try_for_each(|&key| compared(ir, key))?;
    }
    ir.scalars.iter().try_for_each(|scalar| match &scalar.kind {
        ScalarKind::Aggregate {
            distinct,
            args,
            order,
            ..
        } => {
            let values = args.iter().filter(|_| *distinct).copied();
            let mut all = values.chain(order.iter().map(|key| key.scalar));
            all.try_for_each(|id| compared(ir, id))
        }
        ScalarKind::Window {
            partition, order, ..
        } => {
            let mut all = partition
                .iter()
                .copied()
                .chain(order.iter().map(|key| key.scalar));
            all.try_for_each(|id| compared(ir, id))
        }
        ScalarKind::InQuery { operand, .. } | ScalarKind::Quantified { operand, .. } => {
            compared(ir, *operand)
        }
        ScalarKind::Call {
            func: Func::Eq | Func::Ne | Func::Lt | Func::Le | Func::Gt | Func::Ge,
            args,
        } => args.iter().try_for_each(|&id| compared(ir, id)),
        _ => Ok(()),
    })
}

fn is_json(ty: Type) -> bool {
    ty == Type::Json || ty == Type::Json.array()
}

fn compared(ir: &Ir, id: ScalarId) -> Result<(), Box<Diagnostic>> {
    let scalar = ir.scalar(id);
    match is_json(scalar.ty) {
        true => Err(refused(scalar.span, None)),
        false => Ok(()),
    }
}

/// The mistake, of a column where the place is a whole clause.
fn refused(span: rql_ast::Span, column: Option<&str>) -> Box<Diagnostic> {
    let label = match column {
        Some(name) => format!("the values of {name} would be compared here"),
        None => "these would be compared".to_owned(),
    };
    let error = Diagnostic::error(codes::TYPE_MISMATCH, "json values do not compare");
    let help = "->> gives text, which does; CAST(… AS jsonb) what the document says";
    Box::new(error.label(span, label).help(help))
}
