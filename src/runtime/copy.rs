//! COPY: rows of a table or query into a table of another connection.
//!
//! One statement reads, so the source is seen as it was at one moment; one transaction writes, so what fails
//! leaves nothing. Rows pass one by one and are never all in memory.

use crate::connection::{CancelHandle, Connection, Query, Rows};
use crate::connections::Parked;
use crate::failure::Failure;
use crate::load::{self, Load, Loading, by_name, declared, fits, fitted};
use crate::output::Output;
use crate::prepare::{self, Origin, Prepared};
use crate::session::{Session, Variables};
use crate::show::table;
use crate::sinks::Collect;
use crate::{Column, Error, ValueRef};
use rql::{Dialect, OutColumn, Table, TableColumn, Type};
use rql_ast::{Ast, AttributeValue, Name, Span, Target, Transfer};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::io;
use std::time::Instant;

/// What becomes of the table that takes the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is there and takes more rows.
    Grows,
    /// It is made.
    Made,
    /// It is dropped, if it is there, and made.
    Replaced,
}

/// What was asked, with its places.
#[derive(Clone, Copy)]
struct Asked<'a> {
    schema: Option<&'a str>,
    table: &'a str,
    /// Where the table is named.
    place: Span,
    fate: Fate,
    dry: bool,
    /// The whole statement.
    span: Span,
}

/// From rows to a table.
struct Way<'a> {
    prepared: &'a Prepared,
    table: &'a Table,
    /// For each column of the rows the table's.
    taken: &'a [usize],
    /// The table has been made.
    made: bool,
}

fn refused(code: rql::Code, message: impl Into<String>, span: Span, label: &str) -> Diagnostic {
    Diagnostic::error(code, message).label(span, label)
}

impl Session {
    /// `COPY t | (query) TO connection.table [CREATE | REPLACE | APPEND] [DRY RUN]`.
    pub(crate) fn copy(
        &mut self,
        ast: &Ast,
        transfer: Transfer,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (Some(source), Some(name)) = (transfer.source, transfer.table) else {
            return Ok(());
        };
        if let Target::Table(table) = source
            && let Some(other) = self.elsewhere(ast, table)
        {
            let here = self.go_to(&other);
            let done = self.copy(ast, transfer, span, out);
            self.go_to(&here);
            return done;
        }
        let (fate, dry) = wanted(ast, transfer)?;
        let parts: Vec<String> = ast[name.parts]
            .iter()
            .map(|&part| ast.name(part).into_owned())
            .collect();
        let place = ast.name_span(name);
        let (connection, schema, table) = match parts.as_slice() {
            [connection, table] => (connection, None, table),
            [connection, schema, table] => (connection, Some(schema.as_str()), table),
            _ => {
                let message = "COPY goes to a table of a connection";
                let error = refused(
                    codes::CONNECTION_ERROR,
                    message,
                    place,
                    "no connection is named",
                );
                let help = "COPY … TO connection.table; SHOW CONNECTIONS lists them";
                return Err(error.help(help).into());
            }
        };
        let asked = Asked {
            schema,
            table,
            place,
            fate,
            dry,
            span,
        };
        if self.read_only && !dry {
            let error = refused(
                codes::BACKEND_ERROR,
                "the session is read-only",
                span,
                "not run",
            );
            return Err(error.note("SQLSTATE 25006").into());
        }
        let mut target = self.take_parked(connection, place)?;
        let both = [
            self.connection.cancel_handle(),
            target.connection.cancel_handle(),
        ];
        self.watch_with(CancelHandle::new(move || {
            for handle in &both {
                handle.cancel();
            }
        }));
        let done = self.copy_into(&mut target, ast, source, asked, out);
        self.parked.push(target);
        self.watch();
        done
    }

    /// The connection whose table a name of the source is, where that is not this one.
    fn elsewhere(&mut self, ast: &Ast, name: Name) -> Option<String> {
        let [first, _, ..] = &ast[name.parts] else {
            return None;
        };
        let first = ast.name(*first).into_owned();
        let other = self.parked.iter().any(|parked| parked.name == first);
        let schema = self
            .catalog()
            .is_ok_and(|catalog| catalog.schemas().contains(&first));
        (other && !schema).then_some(first)
    }

    fn take_parked(&mut self, name: &str, place: Span) -> Result<Parked, Failure> {
        if let Some(at) = self.parked.iter().position(|parked| parked.name == name) {
            return Ok(self.parked.remove(at));
        }
        if self.name == name {
            let message = "COPY goes from one connection to another";
            let error = refused(
                codes::CONNECTION_ERROR,
                message,
                place,
                "the rows come from here too",
            );
            let help = "INSERT INTO … SELECT and CREATE TABLE … AS do this on one connection";
            return Err(error.help(help).into());
        }
        let known: Vec<&str> = self
            .parked
            .iter()
            .map(|parked| parked.name.as_str())
            .collect();
        let message = format!("no connection is named {name}");
        let error = refused(codes::CONNECTION_ERROR, message, place, "not open");
        Err(match did_you_mean(name, known) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error.help(format!(
                "CONNECT 'url' AS {name} opens it; SHOW CONNECTIONS lists them"
            )),
        }
        .into())
    }

    fn copy_into(
        &mut self,
        target: &mut Parked,
        ast: &Ast,
        source: Target,
        asked: Asked<'_>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (prepared, columns) = self.source(ast, source, asked.span, out)?;
        let (table, taken) = target.destination(&columns, asked)?;
        if asked.dry {
            return dry_run(&table, &columns, &taken, asked, target, out);
        }
        let start = Instant::now();
        if target.connection.in_transaction() {
            let message = format!("a transaction is open on {}", target.name);
            let error = refused(
                codes::CONNECTION_ERROR,
                message,
                asked.place,
                "COPY is a transaction of its own",
            );
            return Err(error
                .help(format!("USE {}, and COMMIT or ROLLBACK first", target.name))
                .into());
        }
        let dialect = target.connection.dialect();
        let early = asked.fate != Fate::Grows && commits_definitions(dialect);
        if early && asked.fate == Fate::Replaced {
            let message = format!("{dialect} cannot take back that a table is dropped");
            let error = refused(codes::NOT_PORTABLE, message, asked.place, "not replaced");
            let help = "DROP TABLE there, and CREATE here, are two steps";
            return Err(error.help(help).into());
        }
        if early {
            target.make(&table, asked)?;
        }
        let way = Way {
            prepared: &prepared,
            table: &table,
            taken: &taken,
            made: early,
        };
        let done = self.transact(target, &way, ast, asked);
        if done.is_err() {
            // The first error is the one to tell.
            let _ = execute(&mut *target.connection, "ROLLBACK");
            if early {
                let _ = target.define(&format!("DROP TABLE {}", named(asked)), asked);
            }
            target.known = Default::default();
        }
        out.footer(done?, "row copied", start.elapsed())?;
        Ok(())
    }

    /// What reads the rows, and their columns.
    fn source(
        &mut self,
        ast: &Ast,
        source: Target,
        span: Span,
        out: &mut Output,
    ) -> Result<(Prepared, Vec<OutColumn>), Failure> {
        let prepared = match source {
            Target::Query(query) => {
                self.prepare(ast[query].span, out, |on| prepare::query(ast, query, on))?
            }
            Target::Table(name) => {
                let place = ast.name_span(name);
                let mut parts = &ast[name.parts];
                if parts
                    .first()
                    .is_some_and(|&first| ast.name(first) == self.name.as_str())
                    && parts.len() > 1
                {
                    parts = &parts[1..];
                }
                let named: Vec<&str> = parts.iter().map(|part| ast.text(part.span)).collect();
                let text = format!("SELECT * FROM {}", named.join("."));
                let mut prepared = self.synthetic(&text, ast, place, out)?;
                let columns = prepared.described().to_vec();
                // Its places are none of this text.
                prepared.origin = Origin::None;
                return Ok((prepared, columns));
            }
            Target::Form(_) => {
                let message = "a form has no rows";
                return Err(refused(
                    codes::NOT_EXECUTABLE_YET,
                    message,
                    span,
                    "a table or query has",
                )
                .into());
            }
        };
        let columns = prepared.described().to_vec();
        Ok((prepared, columns))
    }

    /// All of it in one transaction; gives how many rows there were.
    fn transact(
        &mut self,
        target: &mut Parked,
        way: &Way<'_>,
        ast: &Ast,
        asked: Asked<'_>,
    ) -> Result<u64, Failure> {
        let at = |error| Failure::at(error, asked.place);
        execute(&mut *target.connection, "BEGIN").map_err(at)?;
        if asked.fate != Fate::Grows && !way.made {
            target.make(way.table, asked)?;
        }
        let count = self.copy_rows(target, way, ast, asked)?;
        execute(&mut *target.connection, "COMMIT").map_err(at)?;
        Ok(count)
    }

    fn copy_rows(
        &mut self,
        target: &mut Parked,
        way: &Way<'_>,
        ast: &Ast,
        asked: Asked<'_>,
    ) -> Result<u64, Failure> {
        let at = |error| Failure::at(error, asked.place);
        let dialect = target.connection.dialect();
        let Way { table, taken, .. } = way;
        let into: Vec<&TableColumn> = taken.iter().map(|&at| &table.columns[at]).collect();
        let names = into.iter().map(|column| column.name.clone()).collect();
        let load = Load::new(dialect, table, into);
        let mut feed = Feed {
            types: load.types(),
            rooms: vec![String::new(); taken.len()],
            loading: target.connection.load(&load).map_err(at)?,
            names,
            dialect,
            problem: None,
            read: 0,
        };
        let done = self.stream(way.prepared, &mut feed, ast, asked.span);
        if let Some(problem) = feed.problem {
            return Err(match problem {
                // A cancel, or the limit of time, has ended what wrote: what read tells which.
                Error::Cancelled => done.err().unwrap_or(Failure::Cancelled),
                problem => at(problem),
            });
        }
        done?;
        feed.loading.finish().map_err(at)
    }
}

/// CREATE, REPLACE, APPEND and DRY RUN.
fn wanted(ast: &Ast, transfer: Transfer) -> Result<(Fate, bool), Failure> {
    let (mut fate, mut dry) = (Fate::Grows, false);
    for attribute in &ast[transfer.attributes] {
        match (ast.name(attribute.name).as_ref(), attribute.value) {
            ("append", AttributeValue::None) => fate = Fate::Grows,
            ("create", AttributeValue::None) => fate = Fate::Made,
            ("replace", AttributeValue::None) => fate = Fate::Replaced,
            ("dry" | "run", AttributeValue::None) => dry = true,
            (other, _) => {
                let message = format!("COPY does not take {other}");
                let known = "it takes CREATE, REPLACE, APPEND and DRY RUN";
                return Err(
                    refused(codes::UNKNOWN_ATTRIBUTE, message, attribute.span, known).into(),
                );
            }
        }
    }
    Ok((fate, dry))
}

impl Parked {
    /// The table that takes the rows, and for each of their columns which of its own that is.
    fn destination(
        &mut self,
        columns: &[OutColumn],
        asked: Asked<'_>,
    ) -> Result<(Table, Vec<usize>), Failure> {
        let catalog = self.known.catalog(&mut *self.connection);
        let catalog = catalog.map_err(|error| Failure::at(error, asked.place))?;
        let there = catalog.find(asked.schema, asked.table);
        let named = format!("{}.{}", self.name, asked.table);
        let table = match (asked.fate, there) {
            (Fate::Grows, Some(table)) => table.clone(),
            (Fate::Grows, None) => {
                let error = refused(
                    codes::UNKNOWN_TABLE,
                    format!("there is no table {named}"),
                    asked.place,
                    "not there",
                );
                let end = Span::new(asked.place.end, asked.place.end);
                return Err(error.suggest("CREATE makes it", end, " CREATE").into());
            }
            (Fate::Made, Some(_)) => {
                let error = refused(
                    codes::DUPLICATE_NAME,
                    format!("{named} is there already"),
                    asked.place,
                    "it has rows of its own",
                );
                return Err(error
                    .help("REPLACE drops it first, APPEND adds to it")
                    .into());
            }
            (_, there) => {
                if let Some(other) = there.and_then(|table| catalog.referring(table).next()) {
                    let message = format!("{} refers to {named}", other.name);
                    let label = "a foreign key of another table needs this one";
                    return Err(refused(codes::BACKEND_ERROR, message, asked.place, label).into());
                }
                return made(columns, asked);
            }
        };
        let positions = by_name(
            &table
                .columns
                .iter()
                .map(|c| c.name.clone())
                .collect::<Vec<_>>(),
        );
        let mut taken = Vec::new();
        for column in columns {
            let Some(&at) = positions.get(&column.name.to_lowercase()) else {
                let message = format!("{named} has no column {}", column.name);
                let error = refused(
                    codes::UNKNOWN_COLUMN,
                    message,
                    asked.place,
                    "columns go by their names",
                );
                let names = table.columns.iter().map(|column| column.name.as_str());
                return Err(match did_you_mean(&column.name, names) {
                    Some(near) => error.help(format!(
                        "{} AS {near} in a query gives it that name",
                        column.name
                    )),
                    None => {
                        error.help("a query in parentheses leaves it out or names it otherwise")
                    }
                }
                .into());
            };
            let to = table.columns[at].ty;
            if !fits(column.ty, to) {
                let message = format!("{} is {} here and {to} there", column.name, column.ty);
                let error = refused(
                    codes::TYPE_MISMATCH,
                    message,
                    asked.place,
                    "the types do not fit",
                );
                return Err(error
                    .help(format!("CAST({} AS {to}) in a query", column.name))
                    .into());
            }
            if taken.contains(&at) {
                return Err(twice(&column.name, asked));
            }
            taken.push(at);
        }
        Ok((table, taken))
    }

    /// Makes the table; one that it replaces goes.
    fn make(&mut self, table: &Table, asked: Asked<'_>) -> Result<(), Failure> {
        let named = named(asked);
        let columns = table.columns.iter();
        let columns =
            columns.map(|column| format!("{} {}", quote(&column.name), declared(column.ty)));
        let columns: Vec<String> = columns.collect();
        if asked.fate == Fate::Replaced {
            self.define(&format!("DROP TABLE IF EXISTS {named}"), asked)?;
        }
        self.define(
            &format!("CREATE TABLE {named} ({})", columns.join(", ")),
            asked,
        )
    }

    /// Runs a definition that the session writes.
    fn define(&mut self, text: &str, asked: Asked<'_>) -> Result<(), Failure> {
        let at = |error| Failure::at(error, asked.place);
        let dialect = self.connection.dialect();
        let catalog = self.known.catalog(&mut *self.connection).map_err(at)?;
        let (prepared, changes) = load::compiled(text, dialect, catalog, &Variables::new())
            .map_err(|failure| failure.moved_to(asked.place))?;
        catalog.apply(changes);
        execute(&mut *self.connection, &prepared.sql).map_err(at)
    }
}

/// True where a definition ends the transaction that it stands in.
fn commits_definitions(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Mysql | Dialect::Mariadb)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The table as RQL names it.
fn named(asked: Asked<'_>) -> String {
    let schema = asked.schema.map(|schema| quote(schema) + ".");
    format!("{}{}", schema.unwrap_or_default(), quote(asked.table))
}

/// A table as the rows' columns make it.
fn made(columns: &[OutColumn], asked: Asked<'_>) -> Result<(Table, Vec<usize>), Failure> {
    let mut table = Table {
        name: asked.table.to_owned(),
        schema: asked.schema.map(str::to_owned),
        ..Table::default()
    };
    for column in columns {
        if matches!(column.ty, Type::Unknown | Type::Record) {
            let message = format!("the type of {} is not known", column.name);
            let error = refused(
                codes::TYPE_MISMATCH,
                message,
                asked.span,
                "no column can be made for it",
            );
            return Err(error
                .help(format!("CAST({} AS TEXT) in a query", column.name))
                .into());
        }
        if table
            .columns
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(&column.name))
        {
            return Err(twice(&column.name, asked));
        }
        table.columns.push(TableColumn {
            name: column.name.clone(),
            declared: declared(column.ty),
            ty: Type::from_declared(&declared(column.ty)),
            nullable: true,
            ..TableColumn::default()
        });
    }
    let taken = (0..columns.len()).collect();
    Ok((table, taken))
}

fn twice(name: &str, asked: Asked<'_>) -> Failure {
    let error = refused(
        codes::DUPLICATE_NAME,
        format!("{name} stands twice"),
        asked.span,
        "columns go by their names",
    );
    error.help("AS gives one of them another name").into()
}

/// What would be done: column by column, and in words.
fn dry_run(
    to: &Table,
    columns: &[OutColumn],
    taken: &[usize],
    asked: Asked<'_>,
    target: &Parked,
    out: &mut Output,
) -> Result<(), Failure> {
    let rows = columns.iter().zip(taken).map(|(column, &at)| {
        let into = &to.columns[at];
        let cells = [
            &column.name,
            &column.ty.to_string(),
            &into.name,
            &into.declared,
        ];
        cells.map(|cell| Some(cell.clone())).to_vec()
    });
    table(out, &["column", "type", "into", "as"], rows.collect())?;
    let what = match asked.fate {
        Fate::Grows => "would take the rows",
        Fate::Made => "would be made",
        Fate::Replaced => "would be replaced",
    };
    out.remark(&format!(
        "nothing is copied: {}.{} {what}",
        target.name, asked.table
    ))?;
    Ok(())
}

fn execute(connection: &mut dyn Connection, sql: &str) -> Result<(), Error> {
    let query = Query {
        sql,
        params: &[],
        columns: &[],
    };
    connection.run(query, &mut Collect::default()).map(|_| ())
}

/// Rows on their way from one connection to the other.
struct Feed<'c> {
    loading: Box<dyn Loading + 'c>,
    names: Vec<String>,
    types: Vec<Type>,
    /// For values that become text.
    rooms: Vec<String>,
    dialect: Dialect,
    /// What went wrong on the other side.
    problem: Option<Error>,
    read: u64,
}

impl Feed<'_> {
    fn put(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        self.read += 1;
        let mut values = Vec::with_capacity(row.len());
        let places = self.types.iter().zip(&mut self.rooms).zip(&self.names);
        for (value, ((ty, room), name)) in row.iter().zip(places) {
            let value = fitted(*value, *ty, self.dialect, room);
            values.push(value.map_err(|what| {
                load::problem(format!("row {}, column {name}: {what}", self.read))
            })?);
        }
        self.loading.row(&values)
    }
}

impl Rows for Feed<'_> {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.put(row).map_err(|problem| {
            self.problem = Some(problem);
            io::Error::other("the other connection has failed")
        })
    }
}
