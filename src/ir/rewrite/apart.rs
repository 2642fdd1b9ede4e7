//! Aggregates and windows that queries inside scalars refer to, on targets where an expression of them
//! cannot stand in such a query.

use crate::*;

/// `HAVING max(x) > ALL (SELECT …)`: the aggregation becomes a query in FROM, whose columns are names.
pub(super) fn named(ir: &mut Ir, rel: RelId) -> bool {
    let made: Vec<ColumnId> = match &ir.rel(rel).kind {
        RelKind::Aggregate {
            groups,
            dependent,
            aggregates,
            ..
        } => {
            let all = groups.iter().chain(dependent).chain(aggregates);
            // A key that is a column is one inside as well.
            let computed =
                all.filter(|item| !matches!(ir.scalar(item.1).kind, ScalarKind::Column(_)));
            computed.map(|item| item.0).collect()
        }
        RelKind::Window { items, .. } => items.iter().map(|item| item.0).collect(),
        _ => return false,
    };
    derive(ir, rel, &made)
}

/// `HAVING x / 2 IN (SELECT …)`, `HAVING (SELECT max(y + x) FROM …) > 0`: MariaDB forgets the group of what is looked for in
/// a query, and of a key that one computes with.
pub(super) fn sought(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Aggregate {
        groups, aggregates, ..
    } = &ir.rel(rel).kind
    else {
        return false;
    };
    let computed = groups
        .iter()
        .filter(|item| !matches!(ir.scalar(item.1).kind, ScalarKind::Column(_)));
    let made: Vec<_> = computed.chain(aggregates).map(|item| item.0).collect();
    let sought = ir.scalars.iter().any(|scalar| match scalar.kind {
        ScalarKind::Quantified { operand, .. } | ScalarKind::InQuery { operand, .. } => {
            ir.scalar_reads(operand, &made)
        }
        _ => false,
    });
    let all = ir.columns_of(rel);
    let computes = ir.rels.iter().any(|above| match above.kind {
        RelKind::Filter { input, predicate } if is_filtered(ir, input, rel) => {
            let mut queries = Vec::new();
            ir.queries_in(predicate, &mut queries);
            let mut queries = queries.into_iter();
            queries.any(|query| super::lateral::mentions(ir, query, &all))
        }
        _ => false,
    });
    (sought || computes) && super::is_closed(ir, rel) && apart(ir, rel)
}

/// True for an operator, or what filters its rows.
fn is_filtered(ir: &Ir, mut above: RelId, rel: RelId) -> bool {
    while let RelKind::Filter { input, .. } = ir.rel(above).kind {
        above = input;
    }
    above == rel
}

/// Where arrays and intervals are texts that a query inside the expression reads, an aggregate or window
/// among them is a column of FROM first, as is a window that is a double of which a decimal is made; so are
/// the aggregates below a window, whose values MariaDB would compute from those of another moment.
pub(super) fn packed(ir: &mut Ir, rel: RelId) -> bool {
    let made: Vec<ColumnId> = match &ir.rel(rel).kind {
        RelKind::Aggregate { aggregates, .. } => aggregates.iter().map(|item| item.0).collect(),
        RelKind::Window { items, .. } => items.iter().map(|item| item.0).collect(),
        _ => return false,
    };
    let is_packed = |ty: Type| matches!(ty, Type::Array(_) | Type::Interval);
    let windowed = matches!(ir.rel(rel).kind, RelKind::Aggregate { .. })
        && ir.rels.iter().any(|above| match above.kind {
            RelKind::Window { input, .. } => is_filtered(ir, input, rel),
            _ => false,
        });
    // The digits of a double are counted beside it.
    let counted = |id: ScalarId| match ir.scalar(id).kind {
        ScalarKind::Cast { operand, .. } | ScalarKind::Assigned(operand) => {
            matches!(ir.rel(rel).kind, RelKind::Window { .. })
                && ir.scalar(operand).ty == Type::Double
                && ir.scalar(id).ty.is_decimal()
        }
        _ => false,
    };
    let read = windowed
        || made.iter().any(|id| is_packed(ir.column(*id).ty))
        || (0..ir.scalars.len()).map(ScalarId::at).any(|id| {
            let (mut packed, mut mentioned) = (is_packed(ir.scalar(id).ty) || counted(id), false);
            let call = counted(id)
                || matches!(
                    ir.scalar(id).kind,
                    ScalarKind::Call { .. } | ScalarKind::Cast { .. } | ScalarKind::OfArray { .. }
                );
            if call {
                ir.walk(id, &mut |s| {
                    packed |= is_packed(s.ty);
                    mentioned |= matches!(s.kind, ScalarKind::Column(id) if made.contains(&id));
                });
            }
            packed && mentioned
        });
    read && super::is_closed(ir, rel) && apart(ir, rel)
}

/// `COUNT(*)` inside a query of an expression would count that query's rows, on every target.
pub(super) fn counts(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Aggregate { aggregates, .. } = &ir.rel(rel).kind else {
        return false;
    };
    let of_rows = |item: &&Item| matches!(&ir.scalar(item.1).kind, ScalarKind::Aggregate { args, .. } if args.is_empty());
    let made: Vec<_> = aggregates.iter().filter(of_rows).map(|a| a.0).collect();
    derive(ir, rel, &made)
}

/// The operator as a query in FROM, where a query inside a scalar refers to what it makes.
fn derive(ir: &mut Ir, rel: RelId, made: &[ColumnId]) -> bool {
    !made.is_empty() && inside_queries(ir, rel, made) && apart(ir, rel)
}

/// The operator as a query in FROM.
fn apart(ir: &mut Ir, rel: RelId) -> bool {
    let moved = ir.rel(rel).clone();
    let span = moved.span;
    let columns = ir.columns_of(rel);
    let input = ir.add_rel(moved.kind, span);
    let items = ir.let_through(&columns, span);
    let kind = RelKind::project(input, items);
    let input = ir.add_rel(kind, span);
    ir.rels[rel.index()].kind = RelKind::Derived {
        input,
        alias: "computed".into(),
        columns: columns
            .into_iter()
            .map(|id| (id, ir.column(id).name.clone()))
            .collect(),
    };
    true
}

/// True where a query inside a scalar, or what is compared with each of its rows, refers to one of
/// these columns; the query that `rel` is part of does not count.
fn inside_queries(ir: &Ir, rel: RelId, columns: &[ColumnId]) -> bool {
    let inner = |query: RelId| {
        let mut own = false;
        ir.each_below(query, &mut |below| own |= below == rel);
        !own && super::lateral::mentions(ir, query, columns)
    };
    let constants = of_constants(ir, rel);
    ir.scalars.iter().any(|scalar| match scalar.kind {
        ScalarKind::Quantified { query, operand, .. } => {
            inner(query) || ir.scalar_reads(operand, columns)
        }
        // A row is compared inside, field by field; of the aggregate of a constant MariaDB finds nothing.
        ScalarKind::InQuery { query, operand, .. } => {
            let row = matches!(ir.scalar(operand).kind, ScalarKind::Row(_));
            inner(query)
                || ir.scalar_reads(operand, columns)
                    && (row || ir.scalar_reads(operand, &constants))
        }
        ScalarKind::Exists(query)
        | ScalarKind::ArrayQuery { query, .. }
        | ScalarKind::Subquery { query, .. } => inner(query),
        _ => false,
    })
}

/// The aggregates of nothing but constants.
fn of_constants(ir: &Ir, rel: RelId) -> Vec<ColumnId> {
    let RelKind::Aggregate { aggregates, .. } = &ir.rel(rel).kind else {
        return Vec::new();
    };
    let constant = |item: &&Item| match &ir.scalar(item.1).kind {
        ScalarKind::Aggregate { args, .. } => {
            !args.is_empty()
                && args
                    .iter()
                    .all(|&arg| super::constants::is_constant(ir, arg))
        }
        _ => false,
    };
    let found = aggregates.iter().filter(constant);
    found.map(|item| item.0).collect()
}
