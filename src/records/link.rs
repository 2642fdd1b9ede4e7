//! Rows that belong to another, by foreign keys.

use crate::Target;
use rql::{Catalog, ForeignKey, Table};

/// How the rows of one table belong to a row of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The table whose rows refer.
    pub detail: Target,
    /// The table that they refer to.
    pub master: Target,
    /// Column of the detail, column of the master.
    pub pairs: Vec<(usize, usize)>,
}

/// The tables whose rows belong to those of one, in the order of the catalog.
#[must_use]
pub fn details(catalog: &Catalog, master: &Table) -> Vec<Link> {
    let mut links = Vec::new();
    for table in catalog.referring(master) {
        let keys = table.foreign_keys.iter();
        let keys = keys.filter(|key| key.schema == master.schema && key.table == master.name);
        links.extend(keys.filter_map(|key| link(table, key, master)));
    }
    links
}

/// The tables that the rows of one belong to.
#[must_use]
pub fn masters(catalog: &Catalog, detail: &Table) -> Vec<Link> {
    let keys = detail.foreign_keys.iter();
    let of = |key: &ForeignKey| {
        let master = catalog.find(key.schema.as_deref(), &key.table)?;
        link(detail, key, master)
    };
    keys.filter_map(of).collect()
}

fn link(detail: &Table, key: &ForeignKey, master: &Table) -> Option<Link> {
    let referred: Vec<usize> = match key.referred.is_empty() {
        true => master.key_positions().collect(),
        false => {
            let position = |name: &String| master.columns.iter().position(|c| c.name == *name);
            key.referred.iter().map(position).collect::<Option<_>>()?
        }
    };
    (referred.len() == key.columns.len()).then(|| Link {
        detail: Target::of(detail),
        master: Target::of(master),
        pairs: key.columns.iter().copied().zip(referred).collect(),
    })
}
