//! Rows that need no sort, since SQLite keeps them in the order that is wanted.
//!
//! A table without WITHOUT ROWID is a tree by the number of the row, and INTEGER PRIMARY KEY is that number
//! (sqlite.org/lang_createtable.html, "ROWIDs and the INTEGER PRIMARY KEY"); NOT INDEXED makes SQLite walk
//! that tree (lang_indexedby.html). An ORDER BY would cost no sort there either, but it keeps the query
//! from becoming one with the query around it that takes its rows.

use rql_ir::{ColumnId, Ir, RelId, RelKind, ScalarId, ScalarKind};

/// Where the rows of a feed come from one table, in the ascending order of its numbers: takes the sort away
/// and gives the column of the result that has the numbers.
pub(crate) fn scan(ir: &mut Ir) -> Option<usize> {
    let mut above = None;
    let mut at = ir.root?;
    while let RelKind::With { input, .. } | RelKind::Limit { input, .. } = ir.rel(at).kind {
        above = Some(at);
        at = input;
    }
    let RelKind::Sort { input, keys } = &ir.rel(at).kind else {
        return None;
    };
    let project = *input;
    // It is unique: what else the rows are sorted by says nothing.
    let key = keys.first().filter(|key| !key.descending)?;
    let key = column(ir, key.scalar)?;
    let RelKind::Project { input, items, .. } = &ir.rel(project).kind else {
        return None;
    };
    let place = items.iter().position(|item| item.0 == key)?;
    let number = column(ir, items[place].1)?;
    let scanned = table(ir, *input, number)?;
    if !ir.column(number).numbers {
        return None;
    }
    if let RelKind::Scan { in_order, .. } = &mut ir.rels[scanned.index()].kind {
        *in_order = true;
    }
    match above {
        None => ir.root = Some(project),
        Some(above) => {
            if let RelKind::With { input, .. } | RelKind::Limit { input, .. } =
                &mut ir.rels[above.index()].kind
            {
                *input = project;
            }
        }
    }
    if let RelKind::Project { items, visible, .. } = &mut ir.rels[project.index()].kind
        && place >= *visible
    {
        let shown = items[*visible..=place].iter().map(|item| item.0);
        let shown: Vec<ColumnId> = shown.collect();
        *visible = place + 1;
        for id in shown {
            let name = ir.column(id).name.clone();
            ir.output.push((id, name));
        }
    }
    Some(place)
}

/// The only table that rows come from, where no condition could have them looked up by their number.
fn table(ir: &Ir, mut at: RelId, number: ColumnId) -> Option<RelId> {
    while let RelKind::Filter { input, predicate } = ir.rel(at).kind {
        let mut queries = Vec::new();
        ir.queries_in(predicate, &mut queries);
        let mut named = false;
        ir.walk(predicate, &mut |s| {
            named |= matches!(s.kind, ScalarKind::Column(id) if id == number);
        });
        if named || !queries.is_empty() {
            return None;
        }
        at = input;
    }
    match &ir.rel(at).kind {
        RelKind::Scan { columns, .. } if columns.contains(&number) => Some(at),
        _ => None,
    }
}

fn column(ir: &Ir, scalar: ScalarId) -> Option<ColumnId> {
    match ir.scalar(scalar).kind {
        ScalarKind::Column(id) => Some(id),
        _ => None,
    }
}
