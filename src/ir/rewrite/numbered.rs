//! Operators that become filters over numbered rows.

use crate::*;
use rql_ast::Span;

/// `rel` becomes the rows for which `keep` holds of the numbers that `numbers` adds, in the old order.
pub(super) fn keep(
    ir: &mut Ir,
    rel: RelId,
    rows: RelId,
    numbers: Vec<Item>,
    predicate: ScalarId,
    order: Vec<SortKey>,
) {
    let span = ir.rel(rel).span;
    let columns = ir.columns_of(rows);
    let visible = ir.visible(rows);
    let numbered = RelKind::Window {
        input: rows,
        items: numbers,
    };
    let input = ir.add_rel(numbered, span);
    let input = ir.add_rel(RelKind::Filter { input, predicate }, span);
    let items = ir.let_through(&columns, span);
    let mut kind = RelKind::Project {
        input,
        items,
        visible,
    };
    if !order.is_empty() {
        let input = ir.add_rel(kind, span);
        kind = RelKind::Sort { input, keys: order };
    }
    ir.rels[rel.index()].kind = kind;
}

/// `DISTINCT ON (k) … ORDER BY o`: ROW_NUMBER() OVER (PARTITION BY k ORDER BY o) = 1.
pub(super) fn distinct_on(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::DistinctOn { input, keys },
        span,
    } = ir.rel(rel)
    else {
        return false;
    };
    let (input, keys, span) = (*input, keys.clone(), *span);
    let (rows, order) = ir.unsorted(input);
    let number = ir.place(WindowFunc::RowNumber, keys, order.clone(), span);
    let place = ir.reference(number.0, span);
    let one = ir.integer(1, span);
    let first = ir.truth(Func::Eq, vec![place, one], span);
    keep(ir, rel, rows, vec![number], first, order);
    true
}

/// As many rows DuckDB keeps in a heap, which nothing is filtered below.
const HEAP: i64 = 1000;

/// DISTINCT ON, and LIMIT of many or unknown rows, in a query that another reads: DuckDB leaves out before them what a
/// join behind them would not find.
pub(super) fn inside(ir: &mut Ir, rel: RelId) -> bool {
    let kept = match ir.rel(rel).kind {
        RelKind::DistinctOn { .. } => true,
        RelKind::Limit {
            input,
            count,
            offset,
            with_ties: false,
        } => {
            let few = |bound: Option<ScalarId>| match bound.map(|id| &ir.scalar(id).kind) {
                Some(ScalarKind::Literal(Literal::Integer(rows))) => *rows <= HEAP,
                _ => false,
            };
            let few = few(count) && (offset.is_none() || few(offset));
            !few && !ir.unsorted(input).1.is_empty()
        }
        _ => false,
    };
    if !kept || is_last(ir, rel) || !super::is_closed(ir, rel) {
        return false;
    }
    let Rel {
        kind:
            RelKind::Limit {
                input,
                count,
                offset,
                ..
            },
        span,
    } = *ir.rel(rel)
    else {
        return distinct_on(ir, rel);
    };
    let (rows, order) = ir.unsorted(input);
    let bounds = (count, offset, false);
    let (numbers, predicate) = between(ir, bounds, Vec::new(), &order, span);
    keep(ir, rel, rows, numbers, predicate, order);
    true
}

/// True for an operator whose rows nothing joins or filters.
fn is_last(ir: &Ir, rel: RelId) -> bool {
    let mut at = ir.root;
    while let Some(above) = at.filter(|&above| above != rel) {
        at = match ir.rel(above).kind {
            RelKind::Project { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::With { input, .. } => Some(input),
            _ => None,
        };
    }
    at == Some(rel)
}

/// `FETCH FIRST n ROWS WITH TIES` after `OFFSET m`: the rows behind the first m of which no more than
/// m + n - 1 come before.
pub(super) fn with_ties(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::Limit {
                input,
                count: Some(count),
                offset,
                with_ties: true,
            },
        span,
    } = ir.rel(rel)
    else {
        return false;
    };
    let (input, count, offset, span) = (*input, *count, *offset, *span);
    let (rows, order) = ir.unsorted(input);
    let bounds = (Some(count), offset, true);
    let (numbers, predicate) = between(ir, bounds, Vec::new(), &order, span);
    keep(ir, rel, rows, numbers, predicate, order);
    true
}

/// Count, offset and WITH TIES.
pub(super) type Bounds = (Option<ScalarId>, Option<ScalarId>, bool);

/// Numbers of the rows of each partition, and the condition under which LIMIT keeps one.
pub(super) fn between(
    ir: &mut Ir,
    (count, offset, with_ties): Bounds,
    partition: Vec<ScalarId>,
    order: &[SortKey],
    span: Span,
) -> (Vec<Item>, ScalarId) {
    let mut numbers = Vec::new();
    let mut conditions = Vec::new();
    let number = ir.place(
        WindowFunc::RowNumber,
        partition.clone(),
        order.to_vec(),
        span,
    );
    if let Some(count) = count {
        let rank = match with_ties {
            true => ir.place(WindowFunc::Rank, partition, order.to_vec(), span),
            false => number,
        };
        numbers.push(rank);
        let place = ir.reference(rank.0, span);
        let last = match offset {
            Some(offset) => sum(ir, count, offset, span),
            None => count,
        };
        let within = ir.truth(Func::Le, vec![place, last], span);
        conditions.push(unless_null(ir, count, within, span));
    }
    if let Some(offset) = offset {
        if numbers.iter().all(|item| item.0 != number.0) {
            numbers.push(number);
        }
        let place = ir.reference(number.0, span);
        let behind = ir.truth(Func::Gt, vec![place, offset], span);
        conditions.push(unless_null(ir, offset, behind, span));
    }
    let predicate = match conditions.as_slice() {
        &[one] => one,
        _ => ir.truth(Func::And, conditions, span),
    };
    (numbers, predicate)
}

/// LIMIT NULL and OFFSET NULL keep all rows.
fn unless_null(ir: &mut Ir, bound: ScalarId, condition: ScalarId, span: Span) -> ScalarId {
    if !ir.scalar(bound).nullable {
        return condition;
    }
    let none = ir.truth(Func::IsNull, vec![bound], span);
    ir.truth(Func::Or, vec![none, condition], span)
}

fn sum(ir: &mut Ir, a: ScalarId, b: ScalarId, span: Span) -> ScalarId {
    let nullable = ir.scalar(a).nullable || ir.scalar(b).nullable;
    ir.add_scalar(Scalar {
        kind: ScalarKind::Call {
            func: Func::Add,
            args: vec![a, b],
        },
        ty: Type::BigInt,
        nullable,
        span,
    })
}

/// `INTERSECT ALL`, `EXCEPT ALL`: equal rows are numbered on both sides, so that the first meets the
/// first, the second the second.
pub(super) fn set_operation_all(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::SetOp {
                op,
                all: true,
                left,
                right,
                sides,
                columns,
            },
        span,
    } = ir.rel(rel)
    else {
        return false;
    };
    if *op == SetOp::Union {
        return false;
    }
    let (op, span) = (*op, *span);
    let (left, right, mut sides, columns) = (*left, *right, sides.clone(), columns.clone());
    let (left, number) = numbered(ir, left, &sides.0, span);
    sides.0.push(number);
    let (right, number) = numbered(ir, right, &sides.1, span);
    sides.1.push(number);
    let mut made = columns.clone();
    made.push(ir.add_column("place", Type::BigInt, false));
    let input = ir.add_rel(
        RelKind::SetOp {
            op,
            all: false,
            left,
            right,
            sides,
            columns: made,
        },
        span,
    );
    let items = ir.let_through(&columns, span);
    ir.rels[rel.index()].kind = RelKind::project(input, items);
    true
}

/// A side with the number of each row among its equals.
fn numbered(ir: &mut Ir, input: RelId, columns: &[ColumnId], span: Span) -> (RelId, ColumnId) {
    let partition = columns.iter().map(|&id| ir.reference(id, span)).collect();
    let number = ir.place(WindowFunc::RowNumber, partition, Vec::new(), span);
    let kind = RelKind::Window {
        input,
        items: vec![number],
    };
    let input = ir.add_rel(kind, span);
    let mut all = columns.to_vec();
    all.push(number.0);
    let items = ir.let_through(&all, span);
    let kind = RelKind::project(input, items);
    (ir.add_rel(kind, span), number.0)
}
