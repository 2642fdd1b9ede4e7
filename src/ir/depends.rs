//! What depends on tables: views that read them, foreign keys that refer to them.

use crate::{Catalog, ForeignKey, Ir, ObjectName, RelKind, Table};
use rql_ast::{Ast, Cte, Relation, RelationKind};

/// What could not be without a table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependent {
    /// A view that reads it, or reads a view that does.
    View {
        /// Its name.
        name: ObjectName,
        /// It ends with the session.
        temporary: bool,
    },
    /// Foreign keys to it, of a table that is not named with it.
    Keys {
        /// The table that has them.
        table: ObjectName,
        /// It ends with the session.
        temporary: bool,
        /// The table that they refer to.
        to: ObjectName,
    },
}

impl Dependent {
    /// What it is, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::View { name, .. } => format!("the view {} reads it", name.dotted()),
            Self::Keys { table, to, .. } => {
                format!(
                    "a foreign key of {} refers to {}",
                    table.dotted(),
                    to.dotted()
                )
            }
        }
    }
}

impl ObjectName {
    /// It with its schema before a point, where it has one.
    #[must_use]
    pub fn dotted(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The names that stand in FROM in a text, as they are written, without those of its WITH queries.
#[must_use]
pub fn named_in_from(ast: &Ast) -> Vec<ObjectName> {
    let withs: Vec<_> = ast
        .all::<Cte>()
        .iter()
        .map(|cte| ast.name(cte.name))
        .collect();
    let tables = ast.all::<Relation>().iter().filter_map(|relation| {
        let RelationKind::Table { name, .. } = relation.kind else {
            return None;
        };
        match &ast[name.parts] {
            [name] if withs.contains(&ast.name(*name)) => None,
            [name] => Some(ObjectName {
                schema: None,
                name: ast.name(*name).into_owned(),
            }),
            [.., schema, name] => Some(ObjectName {
                schema: Some(ast.name(*schema).into_owned()),
                name: ast.name(*name).into_owned(),
            }),
            [] => None,
        }
    });
    tables.collect()
}

/// The tables whose rows a query reads.
pub(crate) fn scanned(ir: &Ir) -> Vec<ObjectName> {
    let scans = ir.rels.iter().filter_map(|rel| match &rel.kind {
        RelKind::Scan { schema, table, .. } => Some(ObjectName {
            schema: schema.clone(),
            name: table.clone(),
        }),
        _ => None,
    });
    scans.collect()
}

impl Catalog {
    /// What depends on these tables and is none of them, the views first.
    #[must_use]
    pub fn dependents(&self, gone: &[&Table]) -> Vec<Dependent> {
        let mut views: Vec<&Table> = Vec::new();
        loop {
            let next = self.tables().iter().find(|view| {
                let known = gone.iter().chain(&views);
                !known.clone().any(|other| other.is(view))
                    && known.clone().any(|other| self.reads(view, other))
            });
            match next {
                Some(view) => views.push(view),
                None => break,
            }
        }
        let views = views.into_iter().map(|view| Dependent::View {
            name: view.object(),
            temporary: view.temporary,
        });
        let mut found: Vec<_> = views.collect();
        for &table in gone {
            let others = self.referring(table);
            let others = others.filter(|other| !gone.iter().any(|gone| gone.is(other)));
            found.extend(others.map(|other| Dependent::Keys {
                table: other.object(),
                temporary: other.temporary,
                to: table.object(),
            }));
        }
        found
    }

    /// True where a view reads a table.
    fn reads(&self, view: &Table, table: &Table) -> bool {
        view.reads.iter().any(|name| {
            let found = match view.temporary {
                true => self.find(name.schema.as_deref(), &name.name),
                // What stays does not read what ends with a session.
                false => {
                    let own = self.default_schema().unwrap_or("main");
                    self.find(Some(name.schema.as_deref().unwrap_or(own)), &name.name)
                }
            };
            found.is_some_and(|found| found.is(table))
        })
    }
}

impl Table {
    /// Its name, with its schema where that is not the default one.
    #[must_use]
    pub fn object(&self) -> ObjectName {
        ObjectName {
            schema: self.schema.clone(),
            name: self.name.clone(),
        }
    }

    /// True where a key refers to a table.
    pub(crate) fn is_referred(&self, key: &ForeignKey) -> bool {
        key.schema == self.schema && key.table == self.name
    }
}
