//! Grouping sets on targets that group by one set at a time.

use crate::*;
use rql_ast::Span;

/// What an aggregation over grouping sets is made of.
struct Grouped {
    groups: Vec<Item>,
    dependent: Vec<Item>,
    aggregates: Vec<Item>,
    span: Span,
}

/// `GROUP BY ROLLUP (a, b)`: a WITH query computes the keys and what is aggregated; an aggregation for
/// each set reads it, with NULL for the keys that the set lacks; UNION ALL puts them together.
pub(super) fn sets(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::Aggregate {
                input,
                groups,
                sets: Some(sets),
                dependent,
                aggregates,
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let mut grouped = Grouped {
        groups,
        dependent,
        aggregates,
        span,
    };
    let rows = compute(ir, input, &mut grouped);
    let cte = ir.shared("grouped", rows);
    let mut all: Option<(RelId, Vec<ColumnId>)> = None;
    for (at, set) in sets.iter().enumerate() {
        let branch = one_set(ir, cte, set, &grouped);
        all = Some(match all {
            None => branch,
            Some(left) => {
                let last = at + 1 == sets.len();
                both(ir, left, branch, last.then_some(&grouped), span)
            }
        });
    }
    let Some((mut input, columns)) = all else {
        return false;
    };
    if sets.len() == 1 {
        input = renamed(ir, input, &columns, &grouped);
    }
    ir.rels[rel.index()].kind = RelKind::With {
        ctes: vec![cte],
        input,
    };
    true
}

impl Grouped {
    /// The columns of the whole.
    fn columns(&self) -> Vec<ColumnId> {
        let all = self.groups.iter().chain(&self.dependent);
        all.chain(&self.aggregates).map(|item| item.0).collect()
    }
}

/// The rows with every key and every operand of an aggregate as a column, to which `grouped` then refers.
fn compute(ir: &mut Ir, input: RelId, grouped: &mut Grouped) -> RelId {
    let span = grouped.span;
    let mut items: Vec<Item> = Vec::new();
    for at in 0..grouped.groups.len() {
        let (column, scalar) = grouped.groups[at];
        let name = ir.column(column).name.clone();
        grouped.groups[at].1 = computed(ir, &mut items, scalar, &name);
    }
    for at in 0..grouped.dependent.len() {
        let (column, scalar) = grouped.dependent[at];
        let name = ir.column(column).name.clone();
        grouped.dependent[at].1 = computed(ir, &mut items, scalar, &name);
    }
    for at in 0..grouped.aggregates.len() {
        let mut scalar = ir.scalar(grouped.aggregates[at].1).clone();
        if matches!(scalar.kind, ScalarKind::Grouping(_)) {
            continue;
        }
        let mut operands = Vec::new();
        scalar
            .kind
            .each_operand(&mut |operand| operands.push(operand));
        let mut new = operands
            .into_iter()
            .map(|operand| match is_constant(ir, operand) {
                true => operand,
                false => computed(ir, &mut items, operand, "value"),
            });
        let new: Vec<_> = new.by_ref().collect();
        let mut new = new.into_iter();
        scalar
            .kind
            .map_operands(&mut |operand| new.next().unwrap_or(operand));
        grouped.aggregates[at].1 = ir.add_scalar(scalar);
    }
    let kind = RelKind::project(input, items);
    ir.add_rel(kind, span)
}

/// True for a constant or a parameter, perhaps converted.
fn is_constant(ir: &Ir, scalar: ScalarId) -> bool {
    match ir.scalar(scalar).kind {
        ScalarKind::Literal(_) | ScalarKind::Param(_) => true,
        ScalarKind::Cast { operand, .. } => is_constant(ir, operand),
        _ => false,
    }
}

/// A reference to the column that computes a scalar, added where it is new.
fn computed(ir: &mut Ir, items: &mut Vec<Item>, scalar: ScalarId, name: &str) -> ScalarId {
    let Scalar {
        ty,
        nullable,
        span,
        ref kind,
    } = *ir.scalar(scalar);
    let name = match *kind {
        ScalarKind::Column(id) => ir.column(id).name.clone(),
        _ => name.to_owned(),
    };
    let known = items.iter().find(|item| ir.same(item.1, scalar));
    let column = match known {
        Some(item) => item.0,
        None => {
            let column = ir.add_column(&name, ty, nullable);
            items.push((column, scalar));
            column
        }
    };
    ir.reference(column, span)
}

/// The aggregation of one set, with NULL for the keys that it lacks.
fn one_set(ir: &mut Ir, cte: CteId, set: &[usize], grouped: &Grouped) -> (RelId, Vec<ColumnId>) {
    let span = grouped.span;
    let (rows, columns) = ir.use_of(cte, span);
    let made: Vec<_> = ir.ctes[cte.index()].columns.iter().map(|c| c.0).collect();
    let moved = |ir: &mut Ir, scalar: ScalarId| moved(ir, scalar, &made, &columns);
    let mut shown: Vec<ScalarId> = Vec::new();
    let mut groups = Vec::new();
    for (at, &(column, scalar)) in grouped.groups.iter().enumerate() {
        let ty = ir.column(column).ty;
        if !set.contains(&at) {
            shown.push(ir.null(ty, span));
            continue;
        }
        let item = again(ir, column, scalar, &moved);
        shown.push(ir.reference(item.0, span));
        groups.push(item);
    }
    let mut dependent = Vec::new();
    for &(column, scalar) in &grouped.dependent {
        let item = again(ir, column, scalar, &moved);
        shown.push(ir.reference(item.0, span));
        dependent.push(item);
    }
    let mut aggregates = Vec::new();
    for &(column, scalar) in &grouped.aggregates {
        if let ScalarKind::Grouping(keys) = ir.scalar(scalar).kind.clone() {
            let bits = lacking(ir, &keys, set, grouped);
            shown.push(ir.constant(bits, Type::Integer, span));
            continue;
        }
        let item = again(ir, column, scalar, &moved);
        shown.push(ir.reference(item.0, span));
        aggregates.push(item);
    }
    let input = if groups.is_empty() && aggregates.is_empty() {
        // The group of all rows is there without any, and nothing is asked of them.
        ir.add_rel(RelKind::OneRow, span)
    } else {
        let kind = RelKind::Aggregate {
            input: rows,
            groups,
            sets: None,
            dependent,
            aggregates,
        };
        ir.add_rel(kind, span)
    };
    projected(ir, input, &shown, grouped)
}

/// The same item with a column of its own, over the columns of one use.
fn again(
    ir: &mut Ir,
    column: ColumnId,
    scalar: ScalarId,
    moved: &impl Fn(&mut Ir, ScalarId) -> ScalarId,
) -> Item {
    let scalar = moved(ir, scalar);
    let Column { ty, nullable, .. } = *ir.column(column);
    let name = ir.column(column).name.clone();
    (ir.add_column(&name, ty, nullable), scalar)
}

/// A scalar over the columns `to` in place of `from`; it is a column or an aggregate of columns.
fn moved(ir: &mut Ir, scalar: ScalarId, from: &[ColumnId], to: &[ColumnId]) -> ScalarId {
    let mut new = ir.scalar(scalar).clone();
    if let ScalarKind::Column(id) = new.kind {
        let at = from.iter().position(|&column| column == id);
        let id = at.map_or(id, |at| to[at]);
        return ir.reference(id, new.span);
    }
    new.kind
        .map_operands(&mut |operand| moved(ir, operand, from, to));
    ir.add_scalar(new)
}

/// GROUPING: a bit for each key, the last one lowest, set where the set lacks it.
fn lacking(ir: &Ir, keys: &[ScalarId], set: &[usize], grouped: &Grouped) -> i64 {
    keys.iter().fold(0, |bits, &key| {
        let has = set.iter().any(|&at| {
            matches!(ir.scalar(key).kind, ScalarKind::Column(id) if id == grouped.groups[at].0)
        });
        bits << 1 | i64::from(!has)
    })
}

/// A projection to new columns, named as those of the whole.
fn projected(
    ir: &mut Ir,
    input: RelId,
    shown: &[ScalarId],
    grouped: &Grouped,
) -> (RelId, Vec<ColumnId>) {
    let columns = grouped.columns();
    let mut items = Vec::new();
    for (&column, &scalar) in columns.iter().zip(shown) {
        let Scalar { ty, nullable, .. } = *ir.scalar(scalar);
        let name = ir.column(column).name.clone();
        items.push((ir.add_column(&name, ty, nullable), scalar));
    }
    let columns = items.iter().map(|item| item.0).collect();
    let kind = RelKind::project(input, items);
    (ir.add_rel(kind, grouped.span), columns)
}

/// UNION ALL; the last one has the columns of the whole.
fn both(
    ir: &mut Ir,
    left: (RelId, Vec<ColumnId>),
    right: (RelId, Vec<ColumnId>),
    whole: Option<&Grouped>,
    span: Span,
) -> (RelId, Vec<ColumnId>) {
    let columns = match whole {
        Some(grouped) => grouped.columns(),
        None => {
            let below = left.1.iter();
            below
                .map(|&id| {
                    let Column { ty, .. } = *ir.column(id);
                    let name = ir.column(id).name.clone();
                    ir.add_column(&name, ty, true)
                })
                .collect()
        }
    };
    let kind = RelKind::SetOp {
        op: SetOp::Union,
        all: true,
        left: left.0,
        right: right.0,
        sides: (left.1, right.1),
        columns: columns.clone(),
    };
    (ir.add_rel(kind, span), columns)
}

/// One set alone, under the columns of the whole.
fn renamed(ir: &mut Ir, input: RelId, below: &[ColumnId], grouped: &Grouped) -> RelId {
    let columns = grouped.columns().into_iter().zip(below);
    let items: Vec<_> = columns
        .map(|(column, &id)| (column, ir.reference(id, grouped.span)))
        .collect();
    let kind = RelKind::project(input, items);
    ir.add_rel(kind, grouped.span)
}
