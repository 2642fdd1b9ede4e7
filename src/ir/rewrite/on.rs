//! Queries in the condition of an outer join, on targets that take none there.

use crate::*;

/// `a LEFT JOIN b ON … AND EXISTS (SELECT … a.x)`: what a query gives for the rows of one side, or for all alike, is a
/// column of that side. One that reads both sides stays.
pub(super) fn queries(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Join {
        kind: kind @ (JoinKind::Left | JoinKind::Right | JoinKind::Full),
        left,
        right,
        on: Some(on),
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    let sides = [ir.columns_of(left), ir.columns_of(right)];
    let mut found = Vec::new();
    asking(ir, on, &mut found);
    let mut moved = [Vec::new(), Vec::new()];
    for id in found {
        let reads = [0, 1].map(|side: usize| ir.scalar_mentions(id, &sides[side]));
        let side = match (kind, reads) {
            (_, [true, true]) => continue,
            (JoinKind::Left, [_, false]) => 0,
            (JoinKind::Right, [false, _]) => 1,
            (JoinKind::Full, [_, reads_right]) => usize::from(reads_right),
            // What the other side alone is asked for comes before the join by itself.
            _ => continue,
        };
        let asked = ir.scalar(id).clone();
        let column = ir.add_column("asked", asked.ty, asked.nullable);
        ir.scalars[id.index()].kind = ScalarKind::Column(column);
        let asked = ir.add_scalar(asked);
        moved[side].push((column, asked));
    }
    let changed = moved.iter().any(|items| !items.is_empty());
    let inputs = [left, right];
    for (side, items) in moved
        .into_iter()
        .enumerate()
        .filter(|side| !side.1.is_empty())
    {
        let with = beside(ir, inputs[side], &sides[side], items);
        if let RelKind::Join { left, right, .. } = &mut ir.rels[rel.index()].kind {
            *(if side == 0 { left } else { right }) = with;
        }
    }
    changed
}

/// `a LEFT JOIN b ON … AND b.x = around.y`: what the row of a query around is compared with comes from a filtered side.
pub(super) fn around(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Join {
        kind: kind @ (JoinKind::Left | JoinKind::Right),
        left,
        right,
        on: Some(on),
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    let span = ir.scalar(on).span;
    let sides = [ir.columns_of(left), ir.columns_of(right)];
    let (kept, filled) = match kind {
        JoinKind::Left => (0, 1),
        _ => (1, 0),
    };
    let (moved, stay): (Vec<_>, Vec<_>) = ir
        .conjuncts(on)
        .into_iter()
        .partition(|&id| reads_around(ir, id, &sides) && !ir.scalar_mentions(id, &sides[kept]));
    if moved.is_empty() {
        return false;
    }
    let predicate = ir.conjunction(moved, span);
    let on = ir.conjunction(stay, span);
    let input = [left, right][filled];
    let filtered = ir.add_rel(RelKind::Filter { input, predicate }, span);
    let with = beside(ir, filtered, &sides[filled], Vec::new());
    if let RelKind::Join {
        left, right, on: o, ..
    } = &mut ir.rels[rel.index()].kind
    {
        *(if filled == 0 { left } else { right }) = with;
        *o = Some(on);
    }
    true
}

/// True for what reads a column of neither side.
fn reads_around(ir: &Ir, id: ScalarId, sides: &[Vec<ColumnId>; 2]) -> bool {
    let mut reads = false;
    ir.walk(id, &mut |scalar| {
        reads |= matches!(scalar.kind, ScalarKind::Column(id) if !sides.iter().any(|side| side.contains(&id)));
    });
    reads
}

/// The condition of an outer join that reads a row of the query around.
#[must_use]
pub fn asks_around(ir: &Ir, rel: RelId) -> Option<ScalarId> {
    let (on, sides) = outer(ir, rel)?;
    reads_around(ir, on, &sides).then_some(on)
}

/// The part of an outer join's condition that asks a query and reads both sides.
#[must_use]
pub fn asks_both(ir: &Ir, rel: RelId) -> Option<ScalarId> {
    let (on, sides) = outer(ir, rel)?;
    let mut found = Vec::new();
    asking(ir, on, &mut found);
    let both = |&id: &ScalarId| sides.iter().all(|side| ir.scalar_mentions(id, side));
    found.into_iter().find(both)
}

/// The condition of an outer join, and the columns of its sides.
fn outer(ir: &Ir, rel: RelId) -> Option<(ScalarId, [Vec<ColumnId>; 2])> {
    match ir.rel(rel).kind {
        RelKind::Join {
            kind: JoinKind::Left | JoinKind::Right | JoinKind::Full,
            left,
            right,
            on: Some(on),
            ..
        } => Some((on, [ir.columns_of(left), ir.columns_of(right)])),
        _ => None,
    }
}

/// The parts of a condition that ask a query.
fn asking(ir: &Ir, id: ScalarId, found: &mut Vec<ScalarId>) {
    let kind = &ir.scalar(id).kind;
    match kind {
        ScalarKind::InQuery { .. }
        | ScalarKind::Quantified { .. }
        | ScalarKind::Exists(_)
        | ScalarKind::ArrayQuery { .. }
        | ScalarKind::Subquery { .. } => found.push(id),
        _ => kind.each_operand(&mut |operand| asking(ir, operand, found)),
    }
}

/// A side with more columns.
fn beside(ir: &mut Ir, input: RelId, columns: &[ColumnId], more: Vec<Item>) -> RelId {
    let span = ir.rel(input).span;
    let mut items = ir.let_through(columns, span);
    items.extend(more);
    let shown: Vec<_> = items.iter().map(|item| item.0).collect();
    let input = ir.add_rel(RelKind::project(input, items), span);
    let columns = shown
        .into_iter()
        .map(|id| (id, ir.column(id).name.clone()))
        .collect();
    let derived = RelKind::Derived {
        input,
        alias: "side".into(),
        columns,
    };
    ir.add_rel(derived, span)
}
