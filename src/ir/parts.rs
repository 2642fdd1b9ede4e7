//! A statement with changes in its WITH, as the statements that do what it says.

use crate::{ColumnId, RelId};

/// Statements that run one after the other, whole or not at all.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Those whose rows the ones behind them read.
    pub kept: Vec<KeptPart>,
    /// The last, whose rows are the result.
    pub last: RelId,
}

/// A statement whose rows a temporary table keeps while the others run.
#[derive(Clone, Debug)]
pub struct KeptPart {
    /// The statement.
    pub rel: RelId,
    /// What it is called in the source.
    pub name: String,
    /// The table.
    pub table: String,
    /// Its columns; without any no table is made.
    pub columns: Vec<(ColumnId, String)>,
}

/// The names of a query's columns inside another one, each once: a reference by name must find one.
#[must_use]
pub fn distinct_names(columns: &[(ColumnId, String)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for (_, name) in columns {
        let taken = |name: &str| {
            let all = columns.iter().map(|column| &column.1);
            names
                .iter()
                .chain(all)
                .any(|n| n.eq_ignore_ascii_case(name))
        };
        let again = names.iter().any(|n| n.eq_ignore_ascii_case(name));
        let fresh = again.then(|| (2..).map(|n| format!("{name}_{n}")).find(|n| !taken(n)));
        names.push(fresh.flatten().unwrap_or_else(|| name.clone()));
    }
    names
}
