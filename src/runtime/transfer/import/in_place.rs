//! Files in FROM where the backend reads none: for the statement that names one its records stand in a
//! temporary table, which is gone afterwards, as that of `last` is.

use super::records::ReadFormat;
use super::{Broken, Fate, Filling, READ_FORMATS, Reading, Wanted, unclear};
use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::survey::covers;
use crate::transfer::destination::{Asked, Destination, refused};
use crate::transfer::load::declared;
use crate::transfer::options::reader_options;
use rql::{Dialect, FileTable};
use rql_ast::{
    Ast, CreateObject, FileSource, Relation, RelationKind, Span, Stmt, StmtKind, quoted_name,
};
use rql_diagnostics::codes;
use std::path::Path;
use std::sync::Arc;

/// A file that has become a table.
#[derive(Debug)]
pub(crate) struct Brought {
    /// How statements name the file.
    text: String,
    table: String,
}

/// What a relation reads, and where it stands.
struct Named {
    source: FileSource,
    tree: Arc<Ast>,
    relation: Relation,
}

impl Session {
    /// Makes tables of the files that a statement names, itself or by a LET relation, where the backend reads none.
    pub(crate) fn bring_files(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        out: &mut Output,
    ) -> Result<Vec<Brought>, Failure> {
        // A view would stay where its file's table does not.
        let lasts = match stmt.kind {
            StmtKind::Create(id) => matches!(ast[id].object, CreateObject::View(_)),
            _ => false,
        };
        if self.connection.dialect() == Dialect::Duckdb || lasts {
            return Ok(Vec::new());
        }
        let mut brought = Vec::new();
        for named in self.named_files(ast, stmt) {
            let place = match named.tree.source() == ast.source() {
                true => named.relation.span,
                false => stmt.span,
            };
            match self.bring_file(&named, place, out) {
                Ok(one) => brought.extend(one),
                Err(failure) => {
                    self.drop_files(brought, stmt.span);
                    return Err(failure);
                }
            }
        }
        Ok(brought)
    }

    /// Takes the tables away again.
    pub(crate) fn drop_files(&mut self, brought: Vec<Brought>, span: Span) {
        for file in brought {
            self.drop_table(&file.table, span);
            self.known.change(|catalog| catalog.remove_file(&file.text));
        }
    }

    fn named_files(&mut self, ast: &Ast, stmt: &Stmt) -> Vec<Named> {
        let survey = self.survey(ast);
        let mut read = false;
        for definition in self.definitions.clone() {
            read |= !self.survey(&definition.ast).reads_no_files();
        }
        let own: Vec<Relation> = survey.files(stmt.span).collect();
        if own.is_empty() && !read {
            return Vec::new();
        }
        // What stands in the statements of a loop is for them; EXPLAIN is one with what it explains.
        let inner = match stmt.kind {
            StmtKind::Explain { .. } => &[],
            _ => ast.all::<Stmt>(),
        };
        let all = inner.iter().map(|inner| inner.span);
        let inner: Vec<Span> = all
            .filter(|inner| covers(stmt.span, *inner) && *inner != stmt.span)
            .collect();
        let is_own = |span: Span| !inner.iter().any(|inner| covers(*inner, span));
        let mut files = Vec::new();
        if !own.is_empty() {
            let tree = Arc::new(ast.clone());
            let own = own.into_iter().filter(|one| is_own(one.span));
            files.extend(own.filter_map(|one| named(&tree, one)));
        }
        let own = ast.all::<Relation>().iter().copied();
        let own = own.filter(|relation| covers(stmt.span, relation.span) && is_own(relation.span));
        let mut names: Vec<String> = own.filter_map(|one| table_name(ast, one)).collect();
        let mut at = 0;
        while let Some(name) = names.get(at).cloned() {
            at += 1;
            let Some(used) = self.definitions.iter().find(|used| used.name == name) else {
                continue;
            };
            for &relation in used.ast.all::<Relation>() {
                if !covers(used.span, relation.span) {
                    continue;
                }
                files.extend(named(&used.ast, relation));
                let more = table_name(&used.ast, relation);
                names.extend(more.filter(|more| !names.contains(more)));
            }
        }
        files
    }

    fn bring_file(
        &mut self,
        named: &Named,
        place: Span,
        out: &mut Output,
    ) -> Result<Option<Brought>, Failure> {
        let catalog = self.catalog().map_err(|error| Failure::at(error, place))?;
        if catalog.file(&named.source.text).is_some() {
            return Ok(None);
        }
        let free = |name: &String| catalog.find(None, name).is_none();
        let Some(table) = (1..).map(|at| format!("rql_file_{at}")).find(free) else {
            return Ok(None);
        };
        let wanted = self.wanted_in_place(named, place, out)?;
        let made = self.writing(place, |this| this.store_file(&wanted, &table, place, out));
        if let Err(failure) = made {
            self.drop_table(&table, place);
            return Err(failure);
        }
        let text = named.source.text.clone();
        self.known.change(|catalog| {
            catalog.add_file(text.clone(), FileTable::Stored(table.clone()));
        });
        Ok(Some(Brought { text, table }))
    }

    /// What is asked of a file.
    fn wanted_in_place(
        &mut self,
        named: &Named,
        place: Span,
        out: &mut Output,
    ) -> Result<Wanted, Failure> {
        let file = match named.source.files.as_slice() {
            [file] if !file.contains(['*', '?', '[']) => file,
            _ => {
                let dialect = self.connection.dialect();
                let message = format!("one file at a time is read for {dialect}");
                let error = refused(codes::NOT_PORTABLE, message, place, "these are more");
                let help = "FROM 'a.csv' UNION ALL FROM 'b.csv'; DuckDB reads them as they are";
                return Err(error.help(help).into());
            }
        };
        let path = Limits(&self.settings).file_at(Path::new(file), Access::Read, place)?;
        let Some(format) = format_of(named.relation, &named.source, &path) else {
            let names: Vec<_> = READ_FORMATS.iter().map(|f| f.name).collect();
            return Err(
                unclear(file, place, &names, "read_csv('…') says it, or an ending:").into(),
            );
        };
        let mut wanted = Wanted {
            reading: Reading {
                format,
                ..Reading::default()
            },
            fate: Fate::Made,
            dry: false,
            place,
            path,
        };
        if let RelationKind::Function { call, .. } = named.relation.kind {
            let tree = &named.tree;
            let args = &tree[tree[call].args];
            reader_options(tree, args, place, &mut wanted.reading, &mut |id| {
                self.evaluate(tree, id, out)
            })?;
        }
        Ok(wanted)
    }

    /// Makes a temporary table of a file's records.
    fn store_file(
        &mut self,
        wanted: &Wanted,
        table: &str,
        place: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let asked = Asked {
            schema: None,
            table,
            place,
            fate: Fate::Made,
            dry: false,
            span: place,
        };
        let columns = wanted.columns(&mut self.here(), asked, out)?;
        let definitions = columns
            .iter()
            .map(|column| format!("{} {}", quoted_name(&column.name), declared(column.ty)));
        let definitions: Vec<String> = definitions.collect();
        let text = format!("CREATE TEMP TABLE {table} ({})", definitions.join(", "));
        self.own(&text, place)?;
        let catalog = self.catalog().map_err(|error| Failure::at(error, place))?;
        let Some(stored) = catalog.find(None, table).cloned() else {
            return Ok(());
        };
        let stop = self.stop.clone();
        let mut broken = Broken::default();
        let taken: Vec<usize> = (0..columns.len()).collect();
        let within = self.connection.in_transaction();
        let at = |error| Failure::at(error, place);
        if !within {
            self.connection.batch("BEGIN").map_err(at)?;
        }
        let mut rows = Filling {
            wanted,
            columns: &columns,
            types: stored.columns.iter().map(|column| column.ty).collect(),
            place,
            broken: &mut broken,
            meter: out.meter("reading"),
        };
        let filled = rows.fill(&mut self.here(), &stored, &taken, &|| stop.is_asked());
        drop(rows);
        if !within {
            let end = if filled.is_ok() { "COMMIT" } else { "ROLLBACK" };
            let ended = self.connection.batch(end).map_err(at);
            filled.and(ended)?;
        } else {
            filled?;
        }
        for what in &broken.told {
            out.remark(what)?;
        }
        Ok(())
    }

    fn here(&mut self) -> Destination<'_> {
        Destination {
            name: &self.name,
            connection: self.connection.as_mut(),
            known: &mut self.known,
        }
    }
}

/// The format of a file, by the function that reads it or by its ending.
pub(super) fn format_of(
    relation: Relation,
    source: &FileSource,
    path: &Path,
) -> Option<&'static ReadFormat> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let by_ending = ending.and_then(ReadFormat::named);
    match relation.kind {
        RelationKind::Function { .. } => ReadFormat::of_reader(&source.name, by_ending),
        _ => by_ending,
    }
}

fn table_name(ast: &Ast, relation: Relation) -> Option<String> {
    match relation.kind {
        RelationKind::Table { name, .. } => Some(ast.dotted(name)),
        _ => None,
    }
}

fn named(tree: &Arc<Ast>, relation: Relation) -> Option<Named> {
    Some(Named {
        source: tree.file_source(relation)?,
        tree: Arc::clone(tree),
        relation,
    })
}
