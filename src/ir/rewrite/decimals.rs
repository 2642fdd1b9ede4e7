//! Equality of rows by decimals that may be written differently: `1.5` and `1.50` are one value.
//!
//! GROUP BY has a key for such values; DISTINCT and the set operations become groups.

use crate::*;
use rql_ast::Span;

fn wide(ir: &Ir, columns: &[ColumnId]) -> bool {
    let mut types = columns.iter().map(|&id| ir.column(id).ty);
    types.any(|ty| {
        ty.is_wide_decimal() || matches!(ty, Type::Interval | Type::Jsonb | Type::Array(_))
    })
}

/// DISTINCT: the groups by all columns.
pub(super) fn distinct(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Distinct { input } = ir.rel(rel).kind else {
        return false;
    };
    let columns = ir.columns_of(input);
    if !wide(ir, &columns) {
        return false;
    }
    let span = ir.rel(rel).span;
    let groups = ir.let_through(&columns, span);
    ir.rels[rel.index()].kind = grouped(input, groups, Vec::new());
    true
}

/// UNION: the groups of both sides' rows. INTERSECT and EXCEPT: of these the groups with rows of the
/// left side, and with or without rows of the right one.
pub(super) fn set_operation(ir: &mut Ir, rel: RelId) -> bool {
    set_operation_of(ir, rel, wide)
}

/// The same of columns that something is true of.
pub(super) fn set_operation_of(ir: &mut Ir, rel: RelId, of: fn(&Ir, &[ColumnId]) -> bool) -> bool {
    let Rel {
        kind:
            RelKind::SetOp {
                op,
                all: false,
                left,
                right,
                sides,
                columns,
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    if !of(ir, &columns) {
        return false;
    }
    let left = tagged(ir, left, &sides.0, 0, span);
    let right = tagged(ir, right, &sides.1, 1, span);
    let mut made: Vec<_> = columns
        .iter()
        .map(|&id| {
            let Column { ty, nullable, .. } = *ir.column(id);
            let name = ir.column(id).name.clone();
            ir.add_column(&name, ty, nullable)
        })
        .collect();
    let side = ir.add_column("side", Type::Integer, false);
    made.push(side);
    let union = RelKind::SetOp {
        op: SetOp::Union,
        all: true,
        left: left.0,
        right: right.0,
        sides: (left.1, right.1),
        columns: made.clone(),
    };
    let union = ir.add_rel(union, span);
    let mut groups = Vec::new();
    for (&column, &below) in columns.iter().zip(&made) {
        groups.push((column, ir.reference(below, span)));
    }
    if op == SetOp::Union {
        ir.rels[rel.index()].kind = grouped(union, groups, Vec::new());
        return true;
    }
    let first = extreme(ir, Agg::Min, side, span);
    let last = extreme(ir, Agg::Max, side, span);
    let input = ir.add_rel(grouped(union, groups, vec![first, last]), span);
    let wanted = [(first, 0), (last, i64::from(op == SetOp::Intersect))];
    let conditions = wanted.map(|(item, value)| {
        let column = ir.reference(item.0, span);
        let value = ir.constant(value, Type::Integer, span);
        ir.truth(Func::Eq, vec![column, value], span)
    });
    let predicate = ir.truth(Func::And, conditions.to_vec(), span);
    let input = ir.add_rel(RelKind::Filter { input, predicate }, span);
    let items = ir.let_through(&columns, span);
    ir.rels[rel.index()].kind = RelKind::project(input, items);
    true
}

const fn grouped(input: RelId, groups: Vec<Item>, aggregates: Vec<Item>) -> RelKind {
    RelKind::Aggregate {
        input,
        groups,
        sets: None,
        dependent: Vec::new(),
        aggregates,
    }
}

/// A side with its number behind its columns.
fn tagged(
    ir: &mut Ir,
    input: RelId,
    columns: &[ColumnId],
    side: i64,
    span: Span,
) -> (RelId, Vec<ColumnId>) {
    let mut items = Vec::new();
    for &id in columns {
        let Column { ty, nullable, .. } = *ir.column(id);
        let name = ir.column(id).name.clone();
        let scalar = ir.reference(id, span);
        items.push((ir.add_column(&name, ty, nullable), scalar));
    }
    let number = ir.constant(side, Type::Integer, span);
    items.push((ir.add_column("side", Type::Integer, false), number));
    let made = items.iter().map(|item| item.0).collect();
    let kind = RelKind::project(input, items);
    (ir.add_rel(kind, span), made)
}

fn extreme(ir: &mut Ir, func: Agg, column: ColumnId, span: Span) -> Item {
    let args = vec![ir.reference(column, span)];
    let scalar = ir.add_scalar(Scalar {
        kind: ScalarKind::Aggregate {
            func,
            distinct: false,
            args,
            order: Vec::new(),
            filter: None,
        },
        ty: Type::Integer,
        nullable: false,
        span,
    });
    (ir.add_column(func.name(), Type::Integer, false), scalar)
}
