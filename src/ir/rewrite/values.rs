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
