//! Constants of queries in FROM, on MariaDB: it takes such a query into the one around it, and its constants
//! for those of that query.

use crate::*;

/// DISTINCT of constants is the first row: with it, OFFSET skips nothing.
pub(super) fn distinct(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Limit {
        input: mut rel,
        offset: Some(_),
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    if let RelKind::Sort { input, .. } = ir.rel(rel).kind {
        rel = input;
    }
    let RelKind::Distinct { input } = ir.rel(rel).kind else {
        return false;
    };
    let RelKind::Project { items, .. } = &ir.rel(input).kind else {
        return false;
    };
    if !items.iter().all(|item| is_constant(ir, item.1)) {
        return false;
    }
    let span = ir.rel(rel).span;
    let count = Some(ir.integer(1, span));
    ir.rels[rel.index()].kind = RelKind::Limit {
        input,
        count,
        offset: None,
        with_ties: false,
    };
    true
}

/// A constant of the side that an outer join fills up is NULL in some rows, but is taken for itself behind
/// GROUP BY: with LIMIT a query stays one of its own.
pub(super) fn outer(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Join {
        kind, left, right, ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    let sides: &[RelId] = match kind {
        JoinKind::Left => &[right],
        JoinKind::Right => &[left],
        JoinKind::Full => &[left, right],
        _ => return false,
    };
    let mut changed = false;
    for &side in sides {
        changed |= kept(ir, side);
    }
    changed
}

fn kept(ir: &mut Ir, side: RelId) -> bool {
    match ir.rel(side).kind {
        RelKind::Join { left, right, .. } => {
            let left = kept(ir, left);
            kept(ir, right) || left
        }
        RelKind::Derived { input, .. } => kept(ir, input),
        RelKind::Project { ref items, .. } => {
            if !items.iter().any(|item| is_constant(ir, item.1)) {
                return false;
            }
            let Rel { kind, span } = ir.rel(side).clone();
            let input = ir.add_rel(kind, span);
            let offset = Some(ir.integer(0, span));
            ir.rels[side.index()].kind = RelKind::Limit {
                input,
                count: None,
                offset,
                with_ties: false,
            };
            true
        }
        _ => false,
    }
}

/// True for what has one value for all rows.
fn is_constant(ir: &Ir, id: ScalarId) -> bool {
    let mut constant = true;
    ir.walk(id, &mut |scalar| {
        constant &= match &scalar.kind {
            // A query that reads no row around it is computed once.
            ScalarKind::Subquery { query, .. } | ScalarKind::Exists(query) => {
                super::is_closed(ir, *query)
            }
            ScalarKind::Literal(_) | ScalarKind::Param(_) | ScalarKind::Cast { .. } => true,
            ScalarKind::Case { .. } | ScalarKind::Array(_) | ScalarKind::InList { .. } => true,
            ScalarKind::Call { func, .. } => !matches!(
                func,
                Func::Random
                    | Func::ClockTimestamp
                    | Func::GenRandomUuid
                    | Func::Nextval
                    | Func::Setval
            ),
            _ => false,
        };
    });
    constant
}
