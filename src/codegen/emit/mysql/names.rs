//! Names of columns that MariaDB would take one for another.

use super::super::Emitter;
use rql_ir::{ColumnId, Ir, RelKind, ScalarId, ScalarKind};
use std::collections::{HashMap, HashSet};

/// Where columns of queries have other columns' values and nothing more.
#[derive(Clone, Debug, Default)]
pub(in crate::emit) struct Passed {
    /// The columns that each one passes on; one that stands in several queries may have several.
    from: HashMap<ColumnId, Vec<ColumnId>>,
    /// The columns of queries that are passed on under another name.
    renamed: Vec<ColumnId>,
    /// Those that keep the name of what they pass on.
    kept: HashSet<ColumnId>,
}

impl Passed {
    fn of(ir: &Ir) -> Self {
        let mut pairs = Vec::new();
        let mut tables = HashSet::new();
        let (mut kept, mut made) = (HashSet::new(), HashSet::new());
        let name = |id: ColumnId| &ir.column(id).name;
        let mut pass = |&(column, scalar): &(ColumnId, ScalarId)| {
            if let ScalarKind::Column(inner) = ir.scalar(scalar).kind {
                pairs.push((column, inner));
            }
        };
        for rel in &ir.rels {
            match &rel.kind {
                RelKind::Scan { columns, .. } => tables.extend(columns.iter().copied()),
                // They have the names that MariaDB gives them.
                RelKind::Values { columns, .. } => kept.extend(columns.iter().copied()),
                RelKind::Project { items, input, .. } => {
                    items.iter().for_each(&mut pass);
                    // Of several columns of one name the first keeps it.
                    let below = ir.columns_of(*input);
                    for &(column, scalar) in items {
                        let first = below.iter().find(|&&id| name(id) == name(column));
                        match ir.scalar(scalar).kind {
                            ScalarKind::Column(inner) if inner == column => {}
                            ScalarKind::Column(inner) if first == Some(&inner) => {
                                kept.insert(column);
                            }
                            _ => {
                                made.insert(column);
                            }
                        }
                    }
                }
                RelKind::Aggregate {
                    groups, dependent, ..
                } => groups.iter().chain(dependent).for_each(&mut pass),
                _ => {}
            }
        }
        for rel in &ir.rels {
            if let RelKind::CteScan { cte, columns, .. } = &rel.kind {
                kept.extend(columns.iter().copied());
                let inner = ir.ctes[cte.index()].columns.iter().map(|column| column.0);
                pairs.extend(columns.iter().copied().zip(inner));
            }
        }
        let mut from: HashMap<_, Vec<_>> = HashMap::new();
        for &(column, inner) in &pairs {
            from.entry(column).or_default().push(inner);
        }
        kept.retain(|column| !made.contains(column));
        // A table's column may be one of a query by now.
        let of_query = |id| from.contains_key(&id) || !tables.contains(&id);
        let renamed = pairs
            .iter()
            .filter(|&&(column, inner)| name(column) != name(inner));
        let renamed = renamed.map(|pair| pair.1).filter(|&inner| of_query(inner));
        let renamed = renamed.collect();
        Self {
            from,
            renamed,
            kept,
        }
    }

    /// True where a column has the value of another, however often that was passed on.
    fn passes(&self, column: ColumnId, inner: ColumnId) -> bool {
        let mut seen = vec![column];
        let mut at = 0;
        while let Some(&column) = seen.get(at) {
            for &from in self.from.get(&column).into_iter().flatten() {
                if !seen.contains(&from) {
                    seen.push(from);
                }
            }
            at += 1;
        }
        seen.contains(&inner)
    }
}

impl Emitter<'_> {
    /// The names of a query's columns in FROM or WITH. Where `x` is another name for the column `p` of a query within,
    /// and something else is called `p`, MariaDB takes `x + 1` and `p + 1` for one in GROUP BY and in the order of a
    /// window, and loses groups: no column is called `p` then but what has its value.
    pub(in crate::emit) fn kept_apart(
        &self,
        columns: impl IntoIterator<Item = ColumnId>,
        names: Vec<String>,
    ) -> Vec<String> {
        if !self.is_mysql() {
            return names;
        }
        let passed = self.passed.get_or_init(|| Passed::of(self.ir));
        let taken = |column: ColumnId, name: &str| {
            let mut renamed = passed.renamed.iter();
            let renames = !passed.kept.contains(&column);
            renames
                && renamed.any(|&other| {
                    self.ir.column(other).name == name && !passed.passes(column, other)
                })
        };
        let mut own = names.clone();
        for (column, name) in columns.into_iter().zip(&mut own) {
            if taken(column, name) {
                *name = format!("{name}_{}", column.0);
                while names.contains(name) {
                    name.push('_');
                }
            }
        }
        own
    }
}
