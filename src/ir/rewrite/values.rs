//! VALUES on targets that cannot name its columns.

use crate::*;

/// `(VALUES …) AS v(a, b)`: a projection lets the columns through, and its reader's names stand in its
/// SELECT list.
pub(super) fn names(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Derived { input, columns, .. },
        span,
    } = ir.rel(rel)
    else {
        return false;
    };
    let (values, span) = (*input, *span);
    let own = columns
        .iter()
        .enumerate()
        .all(|(at, (_, name))| *name == format!("column{}", at + 1));
    if own || !matches!(ir.rel(values).kind, RelKind::Values { .. }) {
        return false;
    }
    let columns = ir.columns_of(values);
    let items = ir.let_through(&columns, span);
    let kind = RelKind::project(values, items);
    let projected = ir.add_rel(kind, span);
    if let RelKind::Derived { input, .. } = &mut ir.rels[rel.index()].kind {
        *input = projected;
    }
    true
}

/// VALUES that read a row of the query around them: SQLite knows no name of their columns, so each row is a SELECT.
pub(super) fn around(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Values { rows, columns },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    if super::is_closed(ir, rel) {
        return false;
    }
    let mut all: Option<(RelId, Vec<ColumnId>)> = None;
    for (at, row) in rows.iter().enumerate() {
        let last = at + 1 == rows.len();
        let named = |ir: &mut Ir, last: bool| match last {
            true => columns.clone(),
            false => columns.iter().map(|&id| like(ir, id)).collect(),
        };
        let own = named(ir, last && all.is_none());
        let items = own.iter().copied().zip(row.iter().copied()).collect();
        let one = ir.add_rel(RelKind::OneRow, span);
        let branch = ir.add_rel(RelKind::project(one, items), span);
        all = Some(match all {
            None => (branch, own),
            Some((left, before)) => {
                let whole = named(ir, last);
                let kind = RelKind::SetOp {
                    op: SetOp::Union,
                    all: true,
                    left,
                    right: branch,
                    sides: (before, own),
                    columns: whole.clone(),
                };
                (ir.add_rel(kind, span), whole)
            }
        });
    }
    let Some((made, _)) = all else {
        return false;
    };
    ir.rels[rel.index()].kind = ir.rel(made).kind.clone();
    true
}

fn like(ir: &mut Ir, column: ColumnId) -> ColumnId {
    let Column {
        ref name,
        ty,
        nullable,
        ..
    } = *ir.column(column);
    let name = name.clone();
    ir.add_column(&name, ty, nullable)
}
