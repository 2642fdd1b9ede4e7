//! WITH inside FROM, on targets where it hides the WITH queries around it.

use crate::*;
use std::collections::HashSet;

/// Puts the WITH queries of the root behind those that they need.
fn sort(ir: &mut Ir) {
    let all = at_root(ir);
    let mut sorted: Vec<CteId> = Vec::new();
    while let Some(&free) = all.iter().find(|&&cte| {
        let needs = needs(ir, ir.ctes[cte.index()].rel);
        let ready = |other: &CteId| *other == cte || sorted.contains(other) || !all.contains(other);
        !sorted.contains(&cte) && needs.iter().all(ready)
    }) {
        sorted.push(free);
    }
    if let Some(root) = ir.root
        && let RelKind::With { ctes, .. } = &mut ir.rels[root.index()].kind
        && sorted.len() == all.len()
    {
        *ctes = sorted;
    }
}

/// Such WITH queries come before the statement, where every query sees them.
pub(super) fn first(ir: &mut Ir, rel: RelId) -> bool {
    let Some(root) = ir.root else { return false };
    if rel == root
        || ir.rel(root).kind.is_change()
        || !matches!(ir.rel(rel).kind, RelKind::With { .. })
    {
        return false;
    }
    let mut moved = false;
    // Where one stands in another, the outer one has to move first.
    while let Some((at, input, ctes)) = next(ir) {
        ir.rels[at.index()].kind = ir.rel(input).kind.clone();
        for cte in ctes {
            rename(ir, cte);
            put_first(ir, cte);
        }
        moved = true;
    }
    if moved {
        sort(ir);
    }
    moved
}

/// A WITH that needs queries of the one at the root, or has one in it that needs its own; and no row of a
/// query around it.
fn next(ir: &Ir) -> Option<(RelId, RelId, Vec<CteId>)> {
    let first = at_root(ir);
    let mut within = Vec::new();
    ir.each_below(ir.root?, &mut |rel| within.push(rel));
    let withs: Vec<(RelId, RelId, Vec<CteId>)> = within
        .into_iter()
        .filter_map(|rel| match &ir.rel(rel).kind {
            RelKind::With { ctes, input }
                if Some(rel) != ir.root && !ir.rel(*input).kind.is_change() =>
            {
                Some((rel, *input, ctes.clone()))
            }
            _ => None,
        })
        .collect();
    let outer: Vec<Vec<CteId>> = withs.iter().map(|with| needs(ir, with.0)).collect();
    let wanted = |ctes: &[CteId]| outer.iter().flatten().any(|cte| ctes.contains(cte));
    let mut each = withs.iter().zip(&outer);
    let found = each.find(|((_, _, ctes), outer)| {
        (!outer.is_empty() || wanted(ctes))
            && outer.iter().all(|cte| first.contains(cte))
            && ctes
                .iter()
                .all(|cte| is_closed(ir, ir.ctes[cte.index()].rel))
    });
    found.map(|(with, _)| with.clone())
}

/// The WITH queries that rows need from around them.
fn needs(ir: &Ir, rel: RelId) -> Vec<CteId> {
    let (mut own, mut outer) = (HashSet::new(), Vec::new());
    ir.each_below(rel, &mut |below| match &ir.rel(below).kind {
        RelKind::With { ctes, .. } => own.extend(ctes.iter().copied()),
        RelKind::CteScan { cte, .. } => outer.push(*cte),
        _ => {}
    });
    outer.retain(|cte| !own.contains(cte));
    outer
}

fn at_root(ir: &Ir) -> Vec<CteId> {
    match ir.root.map(|root| &ir.rel(root).kind) {
        Some(RelKind::With { ctes, .. }) => ctes.clone(),
        _ => Vec::new(),
    }
}

/// True for rows that depend on no row of a query around them.
pub fn is_closed(ir: &Ir, rel: RelId) -> bool {
    let (mut given, mut read) = (HashSet::new(), HashSet::new());
    ir.each_below(rel, &mut |below| {
        given.extend(ir.columns_of(below));
        given.extend(ir.own_columns(below));
        ir.each_scalar(below, &mut |scalar| {
            ir.walk(scalar, &mut |s| {
                if let ScalarKind::Column(id) = s.kind {
                    read.insert(id);
                }
            });
        });
    });
    read.is_subset(&given)
}

/// Another name where a table or WITH query has the name: it is seen everywhere now.
fn rename(ir: &mut Ir, cte: CteId) {
    let name = ir.ctes[cte.index()].name.clone();
    let taken = |ir: &Ir, name: &str| {
        let others = ir
            .ctes
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != cte.index());
        let tables = ir.rels.iter().any(|rel| {
            matches!(&rel.kind, RelKind::Scan { table, .. } if table.eq_ignore_ascii_case(name))
        });
        tables
            || others
                .into_iter()
                .any(|(_, cte)| cte.name.eq_ignore_ascii_case(name))
    };
    let mut unique = name.clone();
    let mut count = 1;
    while taken(ir, &unique) {
        count += 1;
        unique = format!("{name}_{count}");
    }
    ir.ctes[cte.index()].name = unique;
}

/// Behind the WITH queries that are there already.
fn put_first(ir: &mut Ir, cte: CteId) {
    let Some(root) = ir.root else { return };
    match &mut ir.rels[root.index()].kind {
        RelKind::With { ctes, .. } => ctes.push(cte),
        _ => {
            let span = ir.rel(root).span;
            let ctes = vec![cte];
            ir.root = Some(ir.add_rel(RelKind::With { ctes, input: root }, span));
        }
    }
}
