//! Where the columns of a result come from.

use crate::{ColumnId, Ir, JoinKind, RelId, RelKind, ScalarKind};

/// The column of a table that a result shows as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which use of the table: a query may read one twice.
    pub scan: RelId,
    /// The table's schema, where it must be said.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// The column, in the backend's spelling.
    pub column: String,
}

/// The origin of each column of a result; `None` for what is computed, and where one row of the result is not one
/// row of the table.
#[must_use]
pub fn origins(ir: &Ir) -> Vec<Option<Origin>> {
    let of = |&(column, _): &(ColumnId, String)| trace(ir, ir.root?, column);
    ir.output.iter().map(of).collect()
}

fn trace(ir: &Ir, rel: RelId, column: ColumnId) -> Option<Origin> {
    match &ir.rels[rel.index()].kind {
        RelKind::Scan {
            schema,
            table,
            columns,
            open: false,
            ..
        } => columns.contains(&column).then(|| Origin {
            scan: rel,
            schema: schema.clone(),
            table: table.clone(),
            column: ir.columns[column.index()].name.clone(),
        }),
        RelKind::Derived { input, columns, .. } => {
            let at = columns.iter().position(|known| known.0 == column)?;
            trace(ir, *input, *ir.columns_of(*input).get(at)?)
        }
        RelKind::Project { input, items, .. } => {
            let (_, scalar) = items.iter().find(|item| item.0 == column)?;
            match ir.scalars[scalar.index()].kind {
                ScalarKind::Column(inner) => trace(ir, *input, inner),
                _ => None,
            }
        }
        RelKind::Join {
            kind,
            left,
            right,
            merged,
            ..
        } => match (merged.iter().find(|m| m.column == column), kind) {
            // Either side may have given it.
            (Some(_), JoinKind::Full) => None,
            (Some(merged), JoinKind::Right) => trace(ir, *right, merged.right),
            (Some(merged), _) => trace(ir, *left, merged.left),
            (None, _) => trace(ir, *left, column).or_else(|| trace(ir, *right, column)),
        },
        RelKind::Filter { input, .. }
        | RelKind::Sort { input, .. }
        | RelKind::Limit { input, .. }
        | RelKind::Lock { input, .. }
        | RelKind::Sample { input, .. }
        | RelKind::Window { input, .. }
        | RelKind::With { input, .. } => trace(ir, *input, column),
        _ => None,
    }
}
