//! Equality of rows by documents of JSONB, whose numbers may be written differently.
//!
//! The emitter groups by a text that equal documents share; what is shown is one of the group's documents.

use super::decimals;
use crate::*;

fn documents(ir: &Ir, columns: &[ColumnId]) -> bool {
    columns.iter().any(|&id| ir.column(id).ty == Type::Jsonb)
}

/// DISTINCT and the set operations: groups by all columns.
pub(super) fn alike(ir: &mut Ir, rel: RelId) -> bool {
    distinct(ir, rel) || decimals::set_operation_of(ir, rel, documents)
}

fn distinct(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Distinct { input },
        span,
    } = *ir.rel(rel)
    else {
        return false;
    };
    let columns = ir.columns_of(input);
    if !documents(ir, &columns) {
        return false;
    }
    // What is shown of a group is none of the columns of its rows, so that those have other identities.
    let (mut items, mut groups) = (Vec::new(), Vec::new());
    for id in columns {
        let Column {
            name, ty, nullable, ..
        } = ir.column(id).clone();
        let below = ir.add_column(&name, ty, nullable);
        items.push((below, ir.reference(id, span)));
        groups.push((id, ir.reference(below, span)));
    }
    let named: Vec<_> = items
        .iter()
        .map(|item| (item.0, ir.column(item.0).name.clone()))
        .collect();
    let names = distinct_names(&named);
    let ids = items.iter().map(|item| item.0);
    let columns = ids.zip(names).collect();
    let input = ir.add_rel(RelKind::project(input, items), span);
    let rows = RelKind::Derived {
        input,
        alias: "documents".into(),
        columns,
    };
    let input = ir.add_rel(rows, span);
    ir.rels[rel.index()].kind = RelKind::Aggregate {
        input,
        groups,
        sets: None,
        dependent: Vec::new(),
        aggregates: Vec::new(),
    };
    true
}

/// GROUP BY: the document is an aggregate beside its key.
pub(super) fn grouped(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Aggregate {
        groups, sets: None, ..
    } = &ir.rel(rel).kind
    else {
        return false;
    };
    let mut groups = groups.clone();
    let mut shown = Vec::new();
    for (column, key) in &mut groups {
        if ir.scalar(*key).ty != Type::Jsonb {
            continue;
        }
        let Scalar {
            ty, span, nullable, ..
        } = *ir.scalar(*key);
        let kind = ScalarKind::Aggregate {
            func: Agg::AnyValue,
            distinct: false,
            args: vec![*key],
            order: Vec::new(),
            filter: None,
        };
        let one = ir.add_scalar(Scalar {
            kind,
            ty,
            nullable,
            span,
        });
        shown.push((*column, one));
        *column = ir.add_column("document", ty, nullable);
    }
    if shown.is_empty() {
        return false;
    }
    if let RelKind::Aggregate {
        groups: keys,
        aggregates,
        ..
    } = &mut ir.rels[rel.index()].kind
    {
        *keys = groups;
        aggregates.extend(shown);
    }
    true
}
