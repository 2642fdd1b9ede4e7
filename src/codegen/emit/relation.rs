//! How the name of a table, a view or an index is written.
//!
//! PostgreSQL has schemas in a database. A file of SQLite has none: there a table `t` of a schema `s` that CREATE SCHEMA
//! has made stands under the name `"s.t"`, and what SQLite itself takes before a point is an attached file.

use super::{Emitter, Res};
use crate::Dialect;
use rql_ast::Span;
use rql_ir::{ObjectName, Table, within};

/// The schemas that the file itself is.
const OWN: &[&str] = &["main", "public"];

/// The name under which a table stands in its database, without what stands before a point.
#[must_use]
pub fn stored(table: &Table) -> String {
    match &table.schema {
        Some(schema) if table.within => within(schema, &table.name),
        _ => table.name.clone(),
    }
}

/// The name of a table as a text of the dialect has it.
#[must_use]
pub fn spelled(table: &Table, dialect: Dialect) -> String {
    let schema = table.schema.as_deref().filter(|_| !table.within);
    let name = crate::quoted(&stored(table), dialect);
    match schema {
        Some(schema) => format!("{}.{name}", crate::quoted(schema, dialect)),
        None => name,
    }
}

impl Emitter<'_> {
    /// ONLY, where tables inherit.
    pub(super) fn only(&mut self, only: bool) {
        let inherits = self.dialect == Dialect::Postgresql;
        self.push(if only && inherits { "ONLY " } else { "" });
    }

    /// Writes the name of a relation; gives the last part as it is written.
    pub(super) fn relation(&mut self, schema: Option<&str>, name: &str) -> String {
        let object = ObjectName {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        };
        if let Some(database) = self.database(&object) {
            let database = database.to_owned();
            self.name(&database);
            self.push(".");
        }
        let stored = self.stored(&object);
        self.name(&stored);
        stored
    }

    pub(super) fn object(&mut self, name: &ObjectName) {
        self.relation(name.schema.as_deref(), &name.name);
    }

    /// What stands before the point: a schema, or an attached file of SQLite.
    pub(super) fn database<'n>(&self, name: &'n ObjectName) -> Option<&'n str> {
        let schema = name.schema.as_deref()?;
        match (self.dialect, schema) {
            (Dialect::Sqlite, "public") => Some("main"),
            (Dialect::Sqlite, "pg_temp") => Some("temp"),
            (Dialect::Sqlite, _) if self.is_within(schema) => None,
            _ => Some(schema),
        }
    }

    /// The name behind it.
    pub(super) fn stored(&self, name: &ObjectName) -> String {
        match &name.schema {
            Some(schema) if self.is_within(schema) => within(schema, &name.name),
            _ => name.name.clone(),
        }
    }

    /// True for a schema whose tables stand under one name with it.
    pub(super) fn is_within(&self, schema: &str) -> bool {
        let mut all = self.ir.within.iter();
        self.dialect == Dialect::Sqlite && all.any(|own| own.eq_ignore_ascii_case(schema))
    }

    /// The table of REFERENCES. SQLite looks for it in the file of the table that refers.
    pub(super) fn referred(&mut self, table: &ObjectName, span: Span) -> Res {
        if self.dialect != Dialect::Sqlite {
            self.object(table);
            return Ok(());
        }
        let elsewhere =
            |schema: &String| !OWN.contains(&schema.as_str()) && !self.is_within(schema);
        let there = table.schema.as_ref().filter(|schema| elsewhere(schema));
        if there.is_some() && there != self.making_in.as_ref() {
            let help = "CREATE SCHEMA makes one in this file, whose tables may refer to each other";
            return Err(self.no(span, "a foreign key into another file", help));
        }
        self.name(&self.stored(table));
        Ok(())
    }
}
