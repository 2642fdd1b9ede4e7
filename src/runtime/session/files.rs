//! Files in FROM: what columns they have is asked of the backend before a statement that names them is compiled.

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::session::Session;
use rql::{Dialect, TableColumn};
use rql_ast::{Ast, Relation, Span};
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
        for relation in within(ast, span) {
            self.describe_file(ast, relation, &mut files)?;
        }
        for definition in self.definitions.clone() {
            for relation in within(&definition.ast, definition.span) {
                // Only who uses it is to be told.
                let _ = self.describe_file(&definition.ast, relation, &mut files);
            }
        }
        Ok(files)
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

fn within(ast: &Ast, span: Span) -> impl Iterator<Item = Relation> {
    let all = ast.all::<Relation>().iter().copied();
    all.filter(move |relation| span.start <= relation.span.start && relation.span.end <= span.end)
}
