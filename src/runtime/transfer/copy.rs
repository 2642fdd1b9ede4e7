//! COPY: rows of a table or query into a table of another connection.
//!
//! One statement reads, so the source is seen as it was at one moment; one transaction writes, so what fails
//! leaves nothing. Rows pass one by one and are never all in memory.

use crate::connection::{CancelHandle, Rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::connections::Parked;
use crate::session::prepare::{self, Origin, Prepared};
use crate::session::show::table;
use crate::transfer::destination::{Asked, Destination, Fate, Incoming, refused};
use crate::transfer::load::{self, Load, Loading, fitted};
use crate::transfer::progress::{LOOK, Meter, tell};
use crate::{Column, Error, ValueRef};
use rql::{Dialect, OutColumn, Table, TableColumn, Type};
use rql_ast::{Ast, AttributeValue, Name, Span, Target, Transfer};
use rql_diagnostics::{codes, did_you_mean};
use std::io;
use std::time::Instant;

/// From rows to a table.
struct Way<'a> {
    prepared: &'a Prepared,
    table: &'a Table,
    /// For each column of the rows the table's.
    taken: &'a [usize],
    /// How many rows there are, about; 0 where nobody knows.
    expected: u64,
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
            && let Some(other) = self.elsewhere(ast, table, out)?
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
        let known = self.opened(connection, place, out)?;
        let connection = known.as_ref().unwrap_or(connection);
        self.may_change(connection, dry, span)?;
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

    /// The connection whose table a name is, where that is not this one.
    pub(crate) fn elsewhere(
        &mut self,
        ast: &Ast,
        name: Name,
        out: &mut Output,
    ) -> Result<Option<String>, Failure> {
        let [first, _, ..] = &ast[name.parts] else {
            return Ok(None);
        };
        let first = ast.name(*first).into_owned();
        let schema = self
            .catalog()
            .is_ok_and(|catalog| catalog.schemas().contains(&first));
        if schema {
            return Ok(None);
        }
        let other = self.opened(&first, ast.name_span(name), out)?;
        Ok(other.filter(|other| *other != self.name))
    }

    pub(crate) fn take_parked(&mut self, name: &str, place: Span) -> Result<Parked, Failure> {
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
        let mut into = Destination {
            name: &target.name,
            connection: target.connection.as_mut(),
            known: &mut target.known,
        };
        let incoming: Vec<Incoming> = columns
            .into_iter()
            .map(|column| Incoming {
                name: column.name,
                ty: column.ty,
            })
            .collect();
        let (table, taken) = into.table(&incoming, asked)?;
        if asked.dry {
            return dry_run(&table, &incoming, &taken, asked, into.name, out);
        }
        let start = Instant::now();
        if into.connection.in_transaction() {
            let message = format!("a transaction is open on {}", into.name);
            let label = "COPY is a transaction of its own";
            let error = refused(codes::CONNECTION_ERROR, message, asked.place, label);
            let help = format!("USE {}, and COMMIT or ROLLBACK first", into.name);
            return Err(error.help(help).into());
        }
        let expected = match out.meters {
            Some(_) => self.expected(ast, source),
            None => 0,
        };
        let way = Way {
            prepared: &prepared,
            table: &table,
            taken: &taken,
            expected,
        };
        let meter = out.meter("copying");
        let count = into.take(&table, asked, |into| {
            self.copy_rows(into, &way, ast, asked, meter)
        })?;
        out.footer(count, "row copied", start.elapsed())?;
        Ok(())
    }

    /// What reads the rows, and their columns.
    pub(crate) fn source(
        &mut self,
        ast: &Ast,
        source: Target,
        span: Span,
        out: &mut Output,
    ) -> Result<(Prepared, Vec<OutColumn>), Failure> {
        let prepared = match source {
            Target::Query(query) => self.prepare(ast, ast[query].span, out, |on| {
                prepare::query(ast, query, on)
            })?,
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

    fn copy_rows(
        &mut self,
        target: &mut Destination<'_>,
        way: &Way<'_>,
        ast: &Ast,
        asked: Asked<'_>,
        meter: Box<dyn Meter>,
    ) -> Result<u64, Failure> {
        let at = |error| Failure::at(error, asked.place);
        let dialect = target.connection.dialect();
        let Way {
            table,
            taken,
            expected,
            ..
        } = *way;
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
            expected,
            meter,
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

/// What would be done: column by column, and in words.
pub(crate) fn dry_run(
    to: &Table,
    columns: &[Incoming],
    taken: &[usize],
    asked: Asked<'_>,
    target: &str,
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
        "nothing is written: {}.{} {what}",
        target, asked.table
    ))?;
    Ok(())
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
    expected: u64,
    meter: Box<dyn Meter>,
}

impl Feed<'_> {
    fn put(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        self.read += 1;
        if self.read.is_multiple_of(LOOK) {
            tell(&mut *self.meter, self.read, self.expected);
        }
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
