//! What must hold of every algebra: each reference is to something that stands before it.

use crate::ir::*;

/// Says what is wrong with an algebra, where something is. An error here is a fault of the compiler.
///
/// # Errors
/// The first reference that leads nowhere, in words.
pub fn verify(ir: &Ir) -> Result<(), String> {
    for (at, rel) in ir.rels.iter().enumerate() {
        let behind = |input: &RelId| input.index() < at;
        let good = match &rel.kind {
            RelKind::OneRow | RelKind::Scan { .. } | RelKind::Values { .. } => true,
            RelKind::CteScan { cte, columns, .. } => ir
                .ctes
                .get(cte.index())
                .is_some_and(|cte| cte.columns.len() == columns.len() && behind(&cte.rel)),
            RelKind::Join { left, right, .. } | RelKind::SetOp { left, right, .. } => {
                behind(left) && behind(right)
            }
            RelKind::Derived { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Aggregate { input, .. }
            | RelKind::Project { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. } => behind(input),
        };
        if !good {
            return Err(format!(
                "relation {at} refers to one that does not stand before it"
            ));
        }
        if let RelKind::Filter { predicate, .. } = rel.kind
            && ir.scalar(predicate).ty != crate::Type::Boolean
        {
            return Err(format!("relation {at} filters by what is no truth value"));
        }
        if let RelKind::Project { input, items, .. } = &rel.kind {
            let below = ir.columns_of(*input);
            for &(column, scalar) in items {
                if below.contains(&column) {
                    return Err(format!("relation {at} makes column {} again", column.0));
                }
                if ir.column(column).ty != ir.scalar(scalar).ty {
                    return Err(format!("column {} has not its scalar's type", column.0));
                }
            }
        }
    }
    for scalar in &ir.scalars {
        if let ScalarKind::Column(id) = scalar.kind
            && id.index() >= ir.columns.len()
        {
            return Err(format!("a scalar refers to column {}, which is none", id.0));
        }
    }
    Ok(())
}
