//! `last`: the result before, as a relation of the next query.
//!
//! The result stays in its store. For the statement that names it, its rows are put in a temporary table
//! of the connection, which is gone afterwards: so `last` is what it was, on any connection, whatever
//! becomes of a transaction. A table of the user's own that is called so comes first.

use crate::connection::Connection;
use crate::failure::Failure;
use crate::session::prepare::{self, Prepared};
use crate::session::{Session, Variable};
use crate::sinks::Collect;
use crate::transfer::load::{Load, declared, fitted};
use crate::value::arguments::type_of;
use crate::value::store::Store;
use crate::value::unique;
use crate::{Column, Kind, Value};
use rql::{Change, Table, TableColumn, Type};
use rql_ast::{
    Ast, Body, LetValue, Query, Relation, RelationKind, Span, Stmt, StmtKind, Target, quoted_name,
};
use rql_diagnostics::{Diagnostic, codes};
use std::io;

/// What it is called.
const NAME: &str = "last";

/// A result that is kept, and the types of its columns where the compiler knew them.
#[derive(Debug, Default)]
pub(crate) struct Last {
    pub(crate) store: Store,
    pub(crate) types: Vec<Type>,
}

/// Where a text names what may be the last result.
pub(crate) fn named(ast: &Ast) -> impl Iterator<Item = Span> {
    let relations = ast.all::<Relation>().iter();
    let relations = relations.filter_map(|relation| match relation.kind {
        RelationKind::Table { name, .. } => Some(name),
        _ => None,
    });
    let queries = ast.all::<Query>().iter();
    let queries = queries.filter_map(|query| match query.body {
        Body::Table(name) => Some(name),
        _ => None,
    });
    let statements = ast.all::<Stmt>().iter();
    let targets = statements.filter_map(|stmt| match stmt.kind {
        StmtKind::Describe(Target::Table(name)) | StmtKind::Summarize(Target::Table(name)) => {
            Some(name)
        }
        StmtKind::Export(id) | StmtKind::Copy(id) => match ast[id].source {
            Some(Target::Table(name)) => Some(name),
            _ => None,
        },
        _ => None,
    });
    let all = relations.chain(queries).chain(targets);
    all.filter(|&name| ast.dotted(name) == NAME)
        .map(|name| ast.name_span(name))
}

/// Statements of the session that read rows by themselves, and run no others.
pub(crate) fn reads(ast: &Ast, kind: StmtKind) -> bool {
    match kind {
        StmtKind::Export(_)
        | StmtKind::Copy(_)
        | StmtKind::Describe(_)
        | StmtKind::Summarize(_)
        | StmtKind::Print(_)
        | StmtKind::Assert { .. } => true,
        // A relation is asked where it is used, when another result is the last.
        StmtKind::Let(id) => matches!(ast[id].value, LetValue::Scalar(_)),
        _ => false,
    }
}

impl Last {
    /// A column's type, as the compiler or the backend said it.
    fn known_type(&self, at: usize, column: &Column) -> Type {
        match self.types.get(at) {
            Some(ty) if *ty != Type::Unknown => *ty,
            _ => of_kind(column.kind),
        }
    }

    /// The columns' types; where only the backend knew them, those of the values.
    fn column_types(&mut self) -> io::Result<Vec<Type>> {
        let columns = self.store.columns();
        let known = |(at, column)| self.known_type(at, column);
        let mut types: Vec<Type> = columns.iter().enumerate().map(known).collect();
        let unknown: Vec<usize> = (0..types.len())
            .filter(|&at| types[at] == Type::Unknown)
            .collect();
        if unknown.is_empty() {
            return Ok(types);
        }
        self.store.each(&mut |mut row| {
            for &at in &unknown {
                let value = std::mem::replace(&mut row[at], Value::Null);
                types[at] = common(types[at], type_of(&Variable { value, typed: true }));
            }
            true
        })?;
        for at in unknown {
            if types[at] == Type::Unknown {
                types[at] = Type::Text;
            }
        }
        Ok(types)
    }

    /// The columns' names as a table may have them.
    fn names(&self) -> Vec<String> {
        let columns = self.store.columns();
        unique(columns.iter().map(|column| column.name.as_str()))
    }
}

impl Session {
    /// Keeps each result from now on, as a prompt does; a script keeps them where it names `last`.
    pub fn keep_results(&mut self) {
        self.keeps = true;
    }

    /// The result before as a table that a query may name, with the types that are known without reading its rows.
    #[must_use]
    pub fn last_table(&self) -> Option<Table> {
        let last = self.last.as_ref()?;
        let kept = last.store.columns();
        let columns = last.names().into_iter().zip(kept.iter()).enumerate();
        let columns = columns.map(|(at, (name, column))| TableColumn {
            name,
            ty: last.known_type(at, column),
            nullable: true,
            ..TableColumn::default()
        });
        Some(Table {
            name: NAME.to_owned(),
            temporary: true,
            columns: columns.collect(),
            ..Table::default()
        })
    }

    /// Makes `last` a table for a statement that names it; true where it has.
    pub(crate) fn bring_last(&mut self, ast: &Ast, within: Span) -> Result<bool, Failure> {
        let Some(span) = self.survey(ast).last(within) else {
            return Ok(false);
        };
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        let theirs = catalog.find(None, NAME).is_some();
        if theirs || self.definitions.iter().any(|d| d.name == NAME) {
            return Ok(false);
        }
        let Some(mut last) = self.last.take() else {
            return Ok(false);
        };
        let made = self.writing(span, |this| this.make_table(NAME, &mut last, span));
        self.last = Some(last);
        if made.is_err() {
            self.drop_last(span);
        }
        made.map(|()| true)
    }

    /// Takes the table away again.
    pub(crate) fn drop_last(&mut self, span: Span) {
        self.drop_table(NAME, span);
    }

    /// Takes a table of the session's own away.
    pub(crate) fn drop_table(&mut self, name: &str, span: Span) {
        // In a failed transaction it goes with the transaction.
        let _ = self.writing(span, |this| this.own(&format!("DROP TABLE {name}"), span));
        self.known.change(|catalog| {
            if let Some(table) = catalog.find(None, name).cloned() {
                catalog.remove(&table);
            }
        });
    }

    /// What is the session's own may be written where the user's data may not.
    pub(crate) fn writing<T>(
        &mut self,
        span: Span,
        write: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !(self.is_read_only() || self.only_reads) {
            return write(self);
        }
        let at = |error| Failure::at(error, span);
        self.connection.set_read_only(false).map_err(at)?;
        let done = write(self);
        self.connection.set_read_only(true).map_err(at)?;
        done
    }

    /// Makes a temporary table of rows that are kept.
    pub(crate) fn make_table(
        &mut self,
        table: &str,
        last: &mut Last,
        span: Span,
    ) -> Result<(), Failure> {
        let types = last.column_types()?;
        let columns = last.names().into_iter().zip(&types);
        let columns = columns.map(|(name, ty)| format!("{} {}", quoted_name(&name), declared(*ty)));
        let columns: Vec<String> = columns.collect();
        self.own(
            &format!("CREATE TEMP TABLE {table} ({})", columns.join(", ")),
            span,
        )?;
        self.fill(table, &mut last.store, span)
    }

    /// Puts rows into a table of the session's own, by what the backend has that is fastest.
    fn fill(&mut self, name: &str, rows: &mut Store, span: Span) -> Result<(), Failure> {
        let at = |error| Failure::at(error, span);
        let catalog = self.catalog().map_err(at)?;
        let table = catalog.find(None, name).cloned();
        let table = table.ok_or_else(|| lost(span))?;
        let own = !self.connection.in_transaction();
        let dialect = self.connection.dialect();
        if own {
            self.connection.batch("BEGIN").map_err(at)?;
        }
        let load = Load::new(dialect, &table, table.columns.iter().collect());
        let filled = load_rows(self.connection.as_mut(), &load, rows, span);
        if own {
            let end = if filled.is_ok() { "COMMIT" } else { "ROLLBACK" };
            let ended = self.connection.batch(end).map_err(at);
            return filled.and(ended);
        }
        filled
    }

    /// Runs a statement of the session's own.
    pub(crate) fn own(&mut self, text: &str, span: Span) -> Result<(), Failure> {
        let (prepared, changes) = self.compiled(text).map_err(|_| lost(span))?;
        self.run_own(&prepared, span)?;
        self.known.change(|catalog| catalog.apply(changes));
        Ok(())
    }

    fn run_own(&mut self, prepared: &Prepared, span: Span) -> Result<(), Failure> {
        let done = self
            .connection
            .run(prepared.query(), &mut Collect::default());
        done.map(|_| ()).map_err(|error| Failure::at(error, span))
    }

    fn compiled(&mut self, text: &str) -> Result<(Prepared, Vec<Change>), Failure> {
        let parse = rql_grammar::parse(text);
        let ast = &parse.ast;
        let Some(id) = ast.statements.ids().next() else {
            return Ok(Default::default());
        };
        let semantics = std::mem::take(&mut self.settings.semantics);
        let mut changes = None;
        let prepared = self.prepare_quietly(ast, ast[id].span, |on| {
            changes = prepare::changes(ast, id, on)?;
            prepare::statement(ast, id, on)
        });
        self.settings.semantics = semantics;
        Ok((prepared?, changes.unwrap_or_default()))
    }
}

/// The type of a column by how its cells are read.
fn of_kind(kind: Kind) -> Type {
    match kind {
        Kind::Boolean => Type::Boolean,
        Kind::Integer => Type::BigInt,
        Kind::Decimal(scale) | Kind::Scaled(scale) => Type::Decimal {
            precision: None,
            scale: Some(scale),
        },
        Kind::Numeric => Type::NUMERIC,
        Kind::Real => Type::Real,
        Kind::Double => Type::Double,
        Kind::Text => Type::Text,
        Kind::Blob => Type::Blob,
        Kind::Date => Type::Date,
        Kind::Time => Type::Time,
        Kind::Timestamp => Type::Timestamp,
        Kind::TimestampTz => Type::TimestampTz,
        Kind::Interval => Type::Interval,
        Kind::Uuid => Type::Uuid,
        Kind::Json => Type::Json,
        Kind::Any => Type::Unknown,
    }
}

/// A type for values of both.
fn common(a: Type, b: Type) -> Type {
    let exact = |ty: Type| ty.is_integer() || matches!(ty, Type::Decimal { .. });
    match (a, b) {
        (a, Type::Unknown) => a,
        (Type::Unknown, b) => b,
        (a, b) if a == b => a,
        (a, b) if a.is_integer() && b.is_integer() => Type::BigInt,
        (a, b) if exact(a) && exact(b) => Type::NUMERIC,
        (a, b) if (exact(a) || a.is_float()) && (exact(b) || b.is_float()) => Type::Double,
        _ => Type::Text,
    }
}

fn load_rows(
    connection: &mut dyn Connection,
    load: &Load<'_>,
    rows: &mut Store,
    span: Span,
) -> Result<(), Failure> {
    let at = |error| Failure::at(error, span);
    let (types, dialect) = (load.types(), connection.dialect());
    let mut rooms = vec![String::new(); types.len()];
    let mut loading = connection.load(load).map_err(at)?;
    let mut done = Ok(());
    rows.each(&mut |row| {
        let values = row.iter().zip(&types).zip(&mut rooms);
        let fitting = values.map(|((value, ty), room)| fitted(value.as_ref(), *ty, dialect, room));
        done = match fitting.collect::<Result<Vec<_>, String>>() {
            Ok(values) => loading.row(&values).map_err(at),
            Err(_) => Err(lost(span)),
        };
        done.is_ok()
    })?;
    done?;
    loading.finish().map(|_| ()).map_err(at)
}

fn lost(span: Span) -> Failure {
    Diagnostic::error(codes::BACKEND_ERROR, "the last result cannot be put here")
        .label(span, "its values do not fit a table of this connection")
        .into()
}
