//! What CREATE SCHEMA and DROP SCHEMA make of a catalog, and what CASCADE takes along.

use super::{Change, Ddl, Res, suggested};
use crate::{Dependent, NameMatch, Table};
use rql_ast::{self as ast, Name};
use rql_diagnostics::{Diagnostic, codes};

/// Schemas that a SQLite database has by itself; the second is PostgreSQL's name for the first.
const OWN: &[&str] = &["main", "public", "temp", "pg_temp"];

impl Ddl<'_> {
    pub(super) fn new_schema(&self, name: Name, if_not_exists: bool) -> Res<Vec<Change>> {
        let text = self.last(name);
        let catalog = self.env.catalog;
        let span = self.ast.name_span(name);
        let embedded = catalog.name_match() == NameMatch::Attached;
        let own = embedded && OWN.iter().any(|own| catalog.matches(&text, own));
        if own || catalog.schemas().iter().any(|s| catalog.matches(&text, s)) {
            return match if_not_exists {
                true => Ok(Vec::new()),
                false => Err(self.taken("schema", name)),
            };
        }
        if !embedded {
            return Ok(vec![Change::AddSchema(text)]);
        }
        if text.starts_with("pg_") {
            let error =
                Diagnostic::error(codes::DUPLICATE_NAME, format!("no schema is named {text}"));
            let error = error.label(span, "what begins with pg_ is the system's");
            return Err(vec![error.help("another name")]);
        }
        if text.contains('.') {
            let error = Diagnostic::error(codes::NOT_PORTABLE, "a schema with a point in its name");
            let label = "sqlite tells a schema and its tables apart by the point";
            return Err(vec![
                error.label(span, label).help("a name without a point"),
            ]);
        }
        let begins = |table: &&Table| {
            let before = table.name.split_once('.').map(|name| name.0);
            table.schema.is_none() && before.is_some_and(|before| catalog.matches(&text, before))
        };
        if let Some(table) = catalog.tables().iter().find(begins) {
            let message = format!(
                "there is a {} \"{}\" already",
                table.kind.name(),
                table.name
            );
            let error = Diagnostic::error(codes::DUPLICATE_NAME, message);
            let label = "so a table of this schema would be called";
            return Err(vec![
                error
                    .label(span, label)
                    .help("ALTER TABLE … RENAME TO gives it another name"),
            ]);
        }
        Ok(vec![Change::AddSchema(text)])
    }

    pub(super) fn dropped_schema(&self, drop: &ast::Drop, name: Name) -> Res<Option<Change>> {
        let text = self.last(name);
        let catalog = self.env.catalog;
        let known = catalog.schemas();
        let span = self.ast.name_span(name);
        let is = |own: &str| catalog.matches(&text, own);
        if catalog.name_match() == NameMatch::Attached {
            let file = known.iter().any(|s| is(s)) && !catalog.is_within(&text);
            let (what, help) = match OWN.iter().any(|own| is(own)) {
                true => (
                    "the schema that the file itself is",
                    "DROP TABLE drops what it holds",
                ),
                false => ("an attached file", "DETACH lets go of it"),
            };
            if file || OWN.iter().any(|own| is(own)) {
                let error = Diagnostic::error(codes::NOT_PORTABLE, format!("{text} is {what}"));
                let error = error.label(span, "no schema that DROP SCHEMA could take away");
                return Err(vec![error.help(help)]);
            }
        }
        let default = catalog.default_schema();
        if known.iter().map(String::as_str).chain(default).any(is) {
            return Ok(Some(Change::RemoveSchema(text)));
        }
        if drop.if_exists || catalog.is_open() {
            return Ok(None);
        }
        Err(vec![self.no_schema(&text, span)])
    }

    fn no_schema(&self, text: &str, span: ast::Span) -> Diagnostic {
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no schema {text}"))
            .label(span, "no schema of this name");
        let known = self.env.catalog.schemas().iter().map(String::as_str);
        suggested(error, text, known, span)
    }

    /// Whether there is a schema. A database that has its schemas by itself says so too.
    pub(super) fn has_schema(&self, text: &str, span: ast::Span) -> Result<(), Box<Diagnostic>> {
        let catalog = self.env.catalog;
        let known = catalog.schemas().iter().any(|s| catalog.matches(text, s));
        let open = catalog.name_match() != NameMatch::Attached || catalog.is_open();
        if open || known || catalog.is_default_schema(text) {
            return Ok(());
        }
        let error = self.no_schema(text, span);
        Err(Box::new(
            error.help(format!("CREATE SCHEMA {text} makes it")),
        ))
    }

    /// Whether something new can stand under a name. A database that has its schemas by itself says so too.
    pub(super) fn has_place(&self, name: Name, temporary: bool) -> Result<(), Box<Diagnostic>> {
        let catalog = self.env.catalog;
        if catalog.name_match() != NameMatch::Attached || catalog.is_open() {
            return Ok(());
        }
        let span = self.ast.name_span(name);
        let (schema, last) = self.parts(name);
        let Some(schema) = schema else {
            let (Some(schema), own) = catalog.apart(&last) else {
                return Ok(());
            };
            let message = format!("{last} is the name of {own} in the schema {schema}");
            let error = Diagnostic::error(codes::DUPLICATE_NAME, message);
            return Err(Box::new(
                error
                    .label(span, "this name is taken")
                    .help(format!("{schema}.{own}, without quotes around the point")),
            ));
        };
        let temp = matches!(schema.as_str(), "temp" | "pg_temp");
        if catalog.is_default_schema(&schema) && !temporary || temp {
            return Ok(());
        }
        let known = catalog
            .schemas()
            .iter()
            .any(|s| catalog.matches(&schema, s));
        if temporary && (known || catalog.is_default_schema(&schema)) {
            let message = format!("a temporary relation is in no schema, so not in {schema}");
            let error = Diagnostic::error(codes::NOT_PORTABLE, message);
            return Err(Box::new(
                error
                    .label(span, "it ends with the session")
                    .help("the name alone, or no TEMP"),
            ));
        }
        match known {
            true => Ok(()),
            false => {
                let error = self.no_schema(&schema, span);
                let help = format!("CREATE SCHEMA {schema} makes it");
                Err(Box::new(error.help(help)))
            }
        }
    }

    /// What goes or changes with what is dropped.
    pub(super) fn taken_along(&self, changes: &[Change]) -> Vec<Change> {
        let catalog = self.env.catalog;
        let goes = |table: &&Table| {
            changes.iter().any(|change| match change {
                Change::Remove(gone) => gone.is(table),
                Change::RemoveSchema(schema) => !table.temporary && catalog.lies_in(table, schema),
                _ => false,
            })
        };
        let gone: Vec<&Table> = catalog.tables().iter().filter(goes).collect();
        let mut others = Vec::new();
        for dependent in catalog.dependents(&gone) {
            let (Dependent::View { name, .. } | Dependent::Keys { table: name, .. }) = &dependent;
            let Some(found) = catalog.find(name.schema.as_deref(), &name.name) else {
                continue;
            };
            others.push(match dependent {
                Dependent::View { .. } => Change::Remove(found.clone()),
                Dependent::Keys { .. } => {
                    let mut other = found.clone();
                    let keys = &mut other.foreign_keys;
                    keys.retain(|key| !gone.iter().any(|table| table.is_referred(key)));
                    Change::Add(other)
                }
            });
        }
        others
    }
}
