//! Constants of queries in FROM, on MariaDB: it takes such a query into the one around it, and its constants
//! for those of that query.

use crate::*;

/// DISTINCT of constants is the first row: with it, OFFSET skips nothing. Anything may become one, as a table does by its
/// key or by a join that finds no row: other DISTINCTs are queries of their own.
pub(super) fn distinct(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Limit {
        input: mut rel,
        offset: Some(_),
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    let mut keys = Vec::new();
    if let RelKind::Sort {
        input,
        keys: ref by,
    } = ir.rel(rel).kind
    {
        keys.extend(by.iter().map(|key| key.scalar));
        rel = input;
    }
    let RelKind::Distinct { input } = ir.rel(rel).kind else {
        return false;
    };
    let RelKind::Project { items, .. } = &ir.rel(input).kind else {
        return false;
    };
    let span = ir.rel(rel).span;
    if !items.iter().all(|item| is_constant(ir, item.1)) {
        let shown: Vec<_> = items.iter().map(|item| item.0).collect();
        let is_shown = |&key: &ScalarId| matches!(ir.scalar(key).kind, ScalarKind::Column(id) if shown.contains(&id));
        if !keys.iter().all(is_shown) {
            return false;
        }
        let apart = ir.add_rel(RelKind::Distinct { input }, span);
        let items = ir.let_through(&shown, span);
        ir.rels[rel.index()].kind = RelKind::project(apart, items);
        return true;
    }
    let count = Some(ir.integer(1, span));
    ir.rels[rel.index()].kind = RelKind::Limit {
        input,
        count,
        offset: None,
        with_ties: false,
    };
    true
}

/// DISTINCT beside windows loses rows, and of variances it keeps equal ones: they are computed in FROM first.
pub(super) fn windows(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Distinct { input } = ir.rel(rel).kind else {
        return false;
    };
    let RelKind::Project {
        input: below,
        ref items,
        ..
    } = ir.rel(input).kind
    else {
        return false;
    };
    let shown: Vec<_> = items.iter().map(|item| item.0).collect();
    let mut at = below;
    while let RelKind::Filter { input, .. } = ir.rel(at).kind {
        at = input;
    }
    let lost = match &ir.rel(at).kind {
        RelKind::Window { .. } => true,
        RelKind::Aggregate { aggregates, .. } => {
            aggregates.iter().any(|item| is_variance(ir, item.1))
        }
        _ => false,
    };
    if !lost {
        return false;
    }
    let span = ir.rel(rel).span;
    let items = ir.let_through(&shown, span);
    let input = ir.add_rel(RelKind::project(input, items), span);
    ir.rels[rel.index()].kind = RelKind::Distinct { input };
    true
}

fn is_variance(ir: &Ir, id: ScalarId) -> bool {
    let ScalarKind::Aggregate { func, .. } = ir.scalar(id).kind else {
        return false;
    };
    func.is_spread()
}

/// A constant of the side that an outer join fills up is NULL in some rows, but is taken for itself behind GROUP BY, and
/// so is what is no NULL of rows that are, in conditions: with LIMIT a query stays one of its own.
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
        changed |= kept(ir, side, &|ir, item| !is_filled_up(ir, item.1));
    }
    changed
}

/// Keeps the queries of a side apart that have such an item.
fn kept(ir: &mut Ir, side: RelId, such: &dyn Fn(&Ir, &Item) -> bool) -> bool {
    match ir.rel(side).kind {
        RelKind::Join { left, right, .. } => {
            let left = kept(ir, left, such);
            kept(ir, right, such) || left
        }
        RelKind::Derived { input, .. }
        | RelKind::With { input, .. }
        | RelKind::Filter { input, .. } => kept(ir, input, such),
        RelKind::CteScan { cte, .. } if !ir.ctes[cte.index()].recursive => {
            let rel = ir.ctes[cte.index()].rel;
            kept(ir, rel, such)
        }
        RelKind::Project { ref items, .. } => {
            if !items.iter().any(|item| such(ir, item)) {
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

/// True for what is computed from a table's column, where MariaDB does not find that it is constant.
#[must_use]
pub fn is_of_table(ir: &Ir, id: ScalarId) -> bool {
    let scanned = |id: ColumnId| {
        let mut kinds = ir.rels.iter().map(|rel| &rel.kind);
        kinds.any(|kind| matches!(kind, RelKind::Scan { columns, .. } if columns.contains(&id)))
    };
    let mut found = false;
    ir.walk(id, &mut |scalar| {
        found |= matches!(scalar.kind, ScalarKind::Column(id) if scanned(id));
    });
    found
}

/// True for what is NULL where the columns that it reads are.
fn is_filled_up(ir: &Ir, id: ScalarId) -> bool {
    match &ir.scalar(id).kind {
        ScalarKind::Column(column) => match made_of(ir, *column) {
            Some(made) => is_filled_up(ir, made),
            None => !is_one_row_of_values(ir, *column),
        },
        ScalarKind::Cast { operand, .. } => is_filled_up(ir, *operand),
        ScalarKind::Call { func, args } => {
            let strict = func.row().nulls == function::Nulls::Strict;
            strict && args.iter().any(|&arg| is_filled_up(ir, arg))
        }
        _ => false,
    }
}

/// A constant that is computed is lost behind GROUP BY, where a query inside reads it, as the elements of an array or what
/// is computed once: with LIMIT the query that computes it stays one of its own.
pub(super) fn grouped(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Aggregate { input, .. } = ir.rel(rel).kind else {
        return false;
    };
    let mut at = input;
    while let RelKind::Filter { input, .. } = ir.rel(at).kind {
        at = input;
    }
    kept(ir, at, &|ir, item| {
        let scalar = ir.scalar(item.1);
        let literal = matches!(scalar.kind, ScalarKind::Literal(_));
        !literal && is_constant(ir, item.1)
    })
}

/// What a query below computes for a column.
fn made_of(ir: &Ir, column: ColumnId) -> Option<ScalarId> {
    let let_through =
        |made: ScalarId| matches!(ir.scalar(made).kind, ScalarKind::Column(id) if id == column);
    ir.rels.iter().find_map(|rel| match &rel.kind {
        RelKind::Project { items, .. } => {
            let made = items.iter().find(|item| item.0 == column)?.1;
            (!let_through(made)).then_some(made)
        }
        _ => None,
    })
}

/// Of several rows MariaDB makes a query of its own.
fn is_one_row_of_values(ir: &Ir, column: ColumnId) -> bool {
    ir.rels.iter().any(|rel| match &rel.kind {
        RelKind::Values { rows, columns } => rows.len() == 1 && columns.contains(&column),
        _ => false,
    })
}

/// True for what has one value for all rows.
pub(super) fn is_constant(ir: &Ir, id: ScalarId) -> bool {
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
