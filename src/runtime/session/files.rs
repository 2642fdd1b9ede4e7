//! Files in FROM, and the system's own tables: what columns they have is asked of the backend before a statement that
//! names them is compiled.

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::session::Session;
use rql::{Dialect, Table, TableColumn};
use rql_ast::{Ast, Relation, RelationKind, Span};
use std::path::Path;

impl Session {
    /// The files that a statement names, itself or by a LET relation, with their columns.
    pub(crate) fn files(
        &mut self,
        ast: &Ast,
        span: Span,
    ) -> Result<Vec<(String, Vec<TableColumn>)>, Failure> {
        let mut files = Vec::new();
        if self.connection.dialect() != Dialect::Duckdb {
            return Ok(files);
        }
        for relation in self.survey(ast).files(span) {
            self.describe_file(ast, relation, &mut files)?;
        }
        for definition in self.definitions.clone() {
            for relation in self.survey(&definition.ast).files(definition.span) {
                // Only who uses it is to be told.
                let _ = self.describe_file(&definition.ast, relation, &mut files);
            }
        }
        Ok(files)
    }

    /// The system's own tables and views that a statement names, itself or by a LET relation.
    pub(crate) fn of_system(&mut self, ast: &Ast, span: Span) -> Result<Vec<Table>, Failure> {
        let mut tables = Vec::new();
        if self.connection.dialect() != Dialect::Postgresql {
            return Ok(tables);
        }
        for relation in self.survey(ast).system(span) {
            self.describe_system(ast, relation, &mut tables)?;
        }
        for definition in self.definitions.clone() {
            for relation in self.survey(&definition.ast).system(definition.span) {
                let _ = self.describe_system(&definition.ast, relation, &mut tables);
            }
        }
        Ok(tables)
    }

    fn describe_system(
        &mut self,
        ast: &Ast,
        relation: Relation,
        tables: &mut Vec<Table>,
    ) -> Result<(), Failure> {
        if let Some((schema, name)) = of_system(ast, relation) {
            let found = self.connection.of_system(schema.as_deref(), &name);
            tables.extend(found.map_err(|error| Failure::at(error, relation.span))?);
        }
        Ok(())
    }

    fn describe_file(
        &mut self,
        ast: &Ast,
        relation: Relation,
        files: &mut Vec<(String, Vec<TableColumn>)>,
    ) -> Result<(), Failure> {
        let Some(source) = ast.file_source(relation) else {
            return Ok(());
        };
        if files.iter().any(|file| file.0 == source.text) {
            return Ok(());
        }
        let patterns = ['*', '?', '['];
        for file in source.files.iter().filter(|file| !file.contains(patterns)) {
            Limits(&self.settings).file_at(Path::new(file), Access::Read, relation.span)?;
        }
        let columns = self.connection.file(&source.text);
        let columns = columns.map_err(|error| Failure::at(error, relation.span))?;
        files.extend(columns.map(|columns| (source.text, columns)));
        Ok(())
    }
}

/// The schema and the name of a relation that the system of a server may have.
pub(crate) fn of_system(ast: &Ast, relation: Relation) -> Option<(Option<String>, String)> {
    let RelationKind::Table { name, .. } = relation.kind else {
        return None;
    };
    let (schema, name) = match ast[name.parts] {
        [name] => (None, ast.name(name)),
        [schema, name] => (Some(ast.name(schema)), ast.name(name)),
        _ => return None,
    };
    let asked = match schema.as_deref() {
        None => name.starts_with("pg_"),
        Some(schema) => matches!(schema, "pg_catalog" | "information_schema"),
    };
    asked.then(|| (schema.map(|schema| schema.into_owned()), name.into_owned()))
}
