//! A table that takes rows by COPY or IMPORT: found, made or replaced, on any connection.

use crate::Error;
use crate::connection::{Connection, Query};
use crate::failure::Failure;
use crate::session::Variables;
use crate::session::known::Known;
use crate::sinks::Collect;
use crate::transfer::load::{self, by_name, declared, fits};
use rql::{Dialect, Table, TableColumn, Type};
use rql_ast::{Span, quoted_name};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// What becomes of the table that takes the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is there and takes more rows.
    Grows,
    /// It is made.
    Made,
    /// It is dropped, if it is there, and made.
    Replaced,
}

/// What was asked, with its places.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) schema: Option<&'a str>,
    pub(crate) table: &'a str,
    /// Where the table is named.
    pub(crate) place: Span,
    pub(crate) fate: Fate,
    pub(crate) dry: bool,
    /// The whole statement.
    pub(crate) span: Span,
}

/// A column of the rows that come.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) name: String,
    pub(crate) ty: Type,
}

/// A connection, and the name that people know it by.
pub(crate) struct Destination<'c> {
    pub(crate) name: &'c str,
    pub(crate) connection: &'c mut dyn Connection,
    pub(crate) known: &'c mut Known,
}

pub(crate) fn refused(
    code: rql::Code,
    message: impl Into<String>,
    span: Span,
    label: &str,
) -> Diagnostic {
    Diagnostic::error(code, message).label(span, label)
}

impl Destination<'_> {
    /// The table that takes the rows, and for each of their columns which of its own that is.
    pub(crate) fn table(
        &mut self,
        columns: &[Incoming],
        asked: Asked<'_>,
    ) -> Result<(Table, Vec<usize>), Failure> {
        let catalog = self.known.catalog(self.connection);
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
                let within = asked.schema.is_some_and(|own| catalog.is_within(own));
                return made(columns, asked, within);
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

    /// Makes what is to be made and fills it, all or nothing; gives how many rows there are. Inside a
    /// transaction that is open, nothing is what it was before.
    pub(crate) fn take(
        &mut self,
        table: &Table,
        asked: Asked<'_>,
        fill: impl FnOnce(&mut Self) -> Result<u64, Failure>,
    ) -> Result<u64, Failure> {
        let at = |error| Failure::at(error, asked.place);
        let dialect = self.connection.dialect();
        let within = self.connection.in_transaction();
        let made = asked.fate != Fate::Grows;
        let early = made && commits_definitions(dialect);
        if early && (asked.fate == Fate::Replaced || within) {
            let message = format!("{dialect} cannot take back what becomes of a table");
            let error = refused(codes::NOT_PORTABLE, message, asked.place, "not made");
            let help = "DROP TABLE and COMMIT before, and CREATE here, are steps of their own";
            return Err(error.help(help).into());
        }
        if early {
            self.make(table, asked)?;
        }
        let [begin, end, back] = match within {
            true => [
                "SAVEPOINT rql_rows",
                "RELEASE SAVEPOINT rql_rows",
                "ROLLBACK TO SAVEPOINT rql_rows",
            ],
            false => ["BEGIN", "COMMIT", "ROLLBACK"],
        };
        execute(self.connection, begin).map_err(at)?;
        let done = match made && !early {
            true => self.make(table, asked),
            false => Ok(()),
        };
        let done = done.and_then(|()| fill(self));
        let done = done.and_then(|count| {
            execute(self.connection, end).map_err(at)?;
            Ok(count)
        });
        if done.is_err() {
            // The first error is the one to tell.
            let _ = execute(self.connection, back);
            if early {
                let _ = self.define(&format!("DROP TABLE {}", named(asked)), asked);
            }
            *self.known = Known::default();
        }
        done
    }

    /// Makes the table; one that it replaces goes.
    fn make(&mut self, table: &Table, asked: Asked<'_>) -> Result<(), Failure> {
        let named = named(asked);
        let columns = table.columns.iter();
        let columns =
            columns.map(|column| format!("{} {}", quoted_name(&column.name), declared(column.ty)));
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
        let catalog = self.known.catalog(self.connection).map_err(at)?;
        let (prepared, changes) = load::compiled(text, dialect, catalog, &Variables::new())
            .map_err(|failure| failure.moved_to(asked.place))?;
        self.known.change(|catalog| catalog.apply(changes));
        execute(self.connection, &prepared.sql).map_err(at)
    }
}

/// True where a definition ends the transaction that it stands in.
fn commits_definitions(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Mysql | Dialect::Mariadb)
}

/// The table as RQL names it.
fn named(asked: Asked<'_>) -> String {
    let schema = asked.schema.map(|schema| quoted_name(schema) + ".");
    format!("{}{}", schema.unwrap_or_default(), quoted_name(asked.table))
}

/// A table as the rows' columns make it.
fn made(
    columns: &[Incoming],
    asked: Asked<'_>,
    within: bool,
) -> Result<(Table, Vec<usize>), Failure> {
    let mut table = Table {
        name: asked.table.to_owned(),
        schema: asked.schema.map(str::to_owned),
        within,
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

fn execute(connection: &mut dyn Connection, sql: &str) -> Result<(), Error> {
    let query = Query {
        sql,
        params: &[],
        columns: &[],
    };
    connection.run(query, &mut Collect::default()).map(|_| ())
}
