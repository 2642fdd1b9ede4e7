//! IMPORT: a file's records into a table, all of them or none.
//!
//! The file is read twice where a table is made: once for the types of its columns, once for the rows, of
//! which none is kept. [`records`] has the formats, [`infer`] the types.

mod delimited;
mod infer;
mod json;
mod records;

use crate::arguments::read;
use crate::destination::{Asked, Destination, Fate, Incoming, refused};
use crate::failure::Failure;
use crate::limits::{Access, Limits};
use crate::load::{Load, fitted};
use crate::options;
use crate::output::Output;
use crate::session::Session;
use crate::{Error, Value, ValueRef};
use infer::Guess;
use records::{CellKind, READ_FORMATS, ReadFormat, Reading, Record, Wrong, said};
use rql::{Dialect, Table, TableColumn, Type};
use rql_ast::{Ast, AttributeValue, Expr, ExprKind, Id, Span, Transfer};
use rql_diagnostics::codes;
use std::path::PathBuf;
use std::time::Instant;

/// What was asked of a file.
struct Wanted {
    path: PathBuf,
    reading: Reading,
    fate: Fate,
    dry: bool,
    /// Records of which the types are taken; `None` for all.
    sample: Option<u64>,
    /// Records that may be left out.
    max_errors: u64,
    /// Where the file is named.
    place: Span,
}

/// What OPTIONS takes.
const KNOWN: &[&str] = &["header", "delimiter", "null", "sample", "max_errors"];
/// Broken records that are told one by one.
const TOLD: u64 = 10;
/// Records between two looks at whether to end.
const LOOK: u64 = 256;

impl Session {
    /// `IMPORT 'f' INTO t [CREATE | REPLACE | APPEND] [FORMAT …] [OPTIONS (…)] [DRY RUN]`.
    pub(crate) fn import(
        &mut self,
        ast: &Ast,
        transfer: Transfer,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (Some(file), Some(name)) = (transfer.file, transfer.table) else {
            return Ok(());
        };
        let wanted = self.wanted_of(ast, transfer, file, out)?;
        let parts = ast[name.parts].iter();
        let parts: Vec<String> = parts.map(|&part| ast.name(part).into_owned()).collect();
        let other = self.elsewhere(ast, name, out)?;
        let here = self.name.clone();
        self.may_change(other.as_ref().unwrap_or(&here), wanted.dry, span)?;
        let own = match other {
            Some(_) => &parts[1..],
            None if parts.len() > 1 && parts[0] == self.name => &parts[1..],
            None => &parts[..],
        };
        let (schema, table) = match own {
            [table] => (None, table.as_str()),
            [.., schema, table] => (Some(schema.as_str()), table.as_str()),
            [] => return Ok(()),
        };
        let asked = Asked {
            schema,
            table,
            place: ast.name_span(name),
            fate: wanted.fate,
            dry: wanted.dry,
            span,
        };
        match other {
            None => self.import_into(None, &wanted, asked, out),
            Some(other) => {
                let mut parked = self.take_parked(&other, asked.place)?;
                let done = self.import_into(Some(&mut parked), &wanted, asked, out);
                self.parked.push(parked);
                done
            }
        }
    }

    fn import_into(
        &mut self,
        parked: Option<&mut crate::connections::Parked>,
        wanted: &Wanted,
        asked: Asked<'_>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let stop = self.stop.clone();
        let mut into = match parked {
            Some(parked) => Destination {
                name: &parked.name,
                connection: parked.connection.as_mut(),
                known: &mut parked.known,
            },
            None => Destination {
                name: &self.name,
                connection: self.connection.as_mut(),
                known: &mut self.known,
            },
        };
        let start = Instant::now();
        let columns = wanted.columns(&mut into, asked)?;
        let (table, taken) = into.table(&columns, asked)?;
        if asked.dry {
            return crate::copy::dry_run(&table, &columns, &taken, asked, into.name, out);
        }
        let mut broken = Broken::default();
        let done = into.take(&table, asked, |into| {
            let mut rows = Filling {
                wanted,
                columns: &columns,
                types: taken.iter().map(|&at| table.columns[at].ty).collect(),
                place: asked.place,
                broken: &mut broken,
            };
            rows.fill(into, &table, &taken, &|| stop.is_asked())
        });
        for what in &broken.told {
            out.remark(what)?;
        }
        out.footer(done?, "row imported", start.elapsed())?;
        if broken.count > 0 {
            let plural = if broken.count == 1 { "" } else { "s" };
            out.remark(&format!("{} record{plural} left out", broken.count))?;
        }
        Ok(())
    }

    fn wanted_of(
        &mut self,
        ast: &Ast,
        transfer: Transfer,
        file: Id<Expr>,
        out: &mut Output,
    ) -> Result<Wanted, Failure> {
        let place = ast[file].span;
        let path = PathBuf::from(self.file_name(ast, file, out)?);
        let path = Limits(&self.settings).file_at(&path, Access::Read, place)?;
        let ending = path.extension().and_then(|ending| ending.to_str());
        let mut format = ending.and_then(ReadFormat::named);
        let mut wanted = Wanted {
            reading: Reading {
                format: &READ_FORMATS[0],
                header: true,
                delimiter: None,
                null: String::new(),
            },
            fate: Fate::Grows,
            dry: false,
            sample: None,
            max_errors: 0,
            place,
            path,
        };
        for attribute in &ast[transfer.attributes] {
            match (ast.name(attribute.name).as_ref(), attribute.value) {
                ("append", AttributeValue::None) => wanted.fate = Fate::Grows,
                ("create", AttributeValue::None) => wanted.fate = Fate::Made,
                ("replace", AttributeValue::None) => wanted.fate = Fate::Replaced,
                ("dry" | "run", AttributeValue::None) => wanted.dry = true,
                ("format", AttributeValue::Expr(value)) => format = Some(named(ast, value)?),
                ("options", AttributeValue::List(items)) => {
                    for &item in &ast[items] {
                        self.import_option(ast, item, &mut wanted, out)?;
                    }
                }
                (other, _) => {
                    let message = format!("IMPORT does not take {other}");
                    let known = "it takes CREATE, REPLACE, APPEND, FORMAT, OPTIONS and DRY RUN";
                    let code = codes::UNKNOWN_ATTRIBUTE;
                    return Err(refused(code, message, attribute.span, known).into());
                }
            }
        }
        let Some(format) = format else {
            let message = format!("which format {} has is not clear", wanted.path.display());
            let names: Vec<_> = READ_FORMATS.iter().map(|f| f.name).collect();
            let error = refused(codes::FILE_ERROR, message, place, "its ending names none");
            return Err(error
                .help(format!("FORMAT and one of {}", names.join(", ")))
                .into());
        };
        wanted.reading.format = format;
        Ok(wanted)
    }

    /// `header = false`, `delimiter = ';'`, `null = 'NA'`, `sample = 1000`, `max_errors = 10`.
    fn import_option(
        &mut self,
        ast: &Ast,
        item: Id<Expr>,
        wanted: &mut Wanted,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (name, place, right) = options::named(ast, item)?;
        let span = ast[item].span;
        let value = self.evaluate(ast, right, out)?;
        let count = match value {
            Value::Integer(count) => u64::try_from(count).ok(),
            _ => None,
        };
        match (name.as_str(), value) {
            ("header", Value::Boolean(header)) => wanted.reading.header = header,
            ("null", value) => wanted.reading.null = value.as_ref().to_string(),
            ("delimiter", value) => {
                wanted.reading.delimiter = Some(options::delimiter(&value, span)?);
            }
            ("sample", _) if count.is_some() => wanted.sample = count,
            ("max_errors", _) if count.is_some() => wanted.max_errors = count.unwrap_or(0),
            ("header", _) => return Err(options::wrong("header is TRUE or FALSE", span)),
            ("sample" | "max_errors", _) => {
                return Err(options::wrong("this option is a number of records", span));
            }
            (other, _) => return Err(options::unknown("IMPORT", other, place, KNOWN)),
        }
        Ok(())
    }
}

fn named(ast: &Ast, value: Id<Expr>) -> Result<&'static ReadFormat, Failure> {
    let span = ast[value].span;
    let name = match ast[value].kind {
        ExprKind::String => ast.string(span).into_owned(),
        _ => ast.text(span).to_owned(),
    };
    ReadFormat::named(&name).ok_or_else(|| {
        let message = format!("there is no format {name} to read");
        let names: Vec<_> = READ_FORMATS.iter().map(|format| format.name).collect();
        let error = refused(codes::FILE_ERROR, message, span, "not known here");
        error.help(format!("there are {}", names.join(", "))).into()
    })
}

impl Wanted {
    fn failure(&self, wrong: &Wrong) -> Failure {
        let file = self.path.display();
        let message = match wrong {
            Wrong::Record(line, what) => format!("{file}:{line}: {what}"),
            Wrong::File(error) => format!("cannot read {file}: {error}"),
        };
        refused(codes::FILE_ERROR, message, self.place, "this file").into()
    }

    fn open(&self) -> Result<Box<dyn records::Records>, Failure> {
        records::open(&self.path, &self.reading).map_err(|wrong| self.failure(&wrong))
    }

    /// The columns of the file: named by it, or as the table has them; of the table's types where it is there.
    fn columns(
        &self,
        into: &mut Destination<'_>,
        asked: Asked<'_>,
    ) -> Result<Vec<Incoming>, Failure> {
        let mut file = self.open()?;
        let mut names = unique(file.names());
        let catalog = into.known.catalog(into.connection);
        let catalog = catalog.map_err(|error| Failure::at(error, asked.place))?;
        let there = catalog.find(asked.schema, asked.table);
        if let Some(table) = there.filter(|_| self.fate == Fate::Grows) {
            let own = |name: &String| {
                let mut columns = table.columns.iter();
                columns.find(|column| column.name.eq_ignore_ascii_case(name))
            };
            if names.is_empty() {
                names = table
                    .columns
                    .iter()
                    .map(|column| column.name.clone())
                    .collect();
            }
            let columns = names.into_iter().map(|name| Incoming {
                ty: own(&name).map_or(Type::Text, |column| column.ty),
                name,
            });
            return Ok(columns.collect());
        }
        let (mut guesses, mut record, mut seen) = (Vec::<Guess>::new(), Record::default(), 0);
        while self.sample.is_none_or(|sample| seen < sample) {
            match file.next(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                // The second reading tells.
                Err(Wrong::Record(..)) if self.max_errors > 0 => continue,
                Err(wrong) => return Err(self.failure(&wrong)),
            }
            seen += 1;
            guesses.resize(guesses.len().max(record.len()), Guess::default());
            for (at, guess) in guesses.iter_mut().enumerate() {
                let (text, kind) = record.cell(at);
                guess.see(&said(text, kind), kind);
            }
        }
        for at in names.len()..guesses.len() {
            names.push(format!("column{}", at + 1));
        }
        guesses.resize(names.len(), Guess::default());
        if names.is_empty() {
            let wrong = Wrong::Record(1, "there are no columns".into());
            return Err(self.failure(&wrong));
        }
        let columns = names.into_iter().zip(&guesses);
        Ok(columns
            .map(|(name, guess)| Incoming {
                name,
                ty: guess.ty(),
            })
            .collect())
    }
}

/// Names that a table can have: each once, none empty.
fn unique(names: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let own = match name.as_str() {
            "" => format!("column{}", at + 1),
            name => name.to_owned(),
        };
        let (mut name, mut number) = (own.clone(), 1);
        while all.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            number += 1;
            name = format!("{own}_{number}");
        }
        all.push(name);
    }
    all
}

/// Records that could not be read.
#[derive(Default)]
struct Broken {
    count: u64,
    told: Vec<String>,
}

/// The second reading.
struct Filling<'a> {
    wanted: &'a Wanted,
    columns: &'a [Incoming],
    types: Vec<Type>,
    place: Span,
    broken: &'a mut Broken,
}

impl Filling<'_> {
    fn fill(
        &mut self,
        into: &mut Destination<'_>,
        table: &Table,
        taken: &[usize],
        stopped: &dyn Fn() -> bool,
    ) -> Result<u64, Failure> {
        let dialect = into.connection.dialect();
        let columns: Vec<&TableColumn> = taken.iter().map(|&at| &table.columns[at]).collect();
        let load = Load::new(dialect, table, columns);
        let place = self.place;
        let loading = into.connection.load(&load);
        let mut loading = loading.map_err(|error| Failure::at(error, place))?;
        let mut file = self.wanted.open()?;
        let (mut record, mut read) = (Record::default(), 0_u64);
        let mut values: Vec<Value> = Vec::new();
        let mut rooms = vec![String::new(); self.types.len()];
        loop {
            read += 1;
            if read.is_multiple_of(LOOK) && stopped() {
                return Err(Failure::Cancelled);
            }
            match file.next(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(wrong) => {
                    self.leave_out(wrong)?;
                    continue;
                }
            }
            let line = record.line;
            let parsed = self.values(&record, &mut values);
            let row = parsed.and_then(|()| fitting(&values, &self.types, dialect, &mut rooms));
            let row = match row {
                Ok(row) => row,
                Err((at, what)) => {
                    let name = self.columns.get(at).map_or("", |column| &column.name);
                    self.leave_out(Wrong::Record(line, format!("column {name}: {what}")))?;
                    continue;
                }
            };
            loading
                .row(&row)
                .map_err(|error| self.at_line(error, line))?;
        }
        loading.finish().map_err(|error| Failure::at(error, place))
    }

    /// A record as the values of its columns.
    fn values(&self, record: &Record, values: &mut Vec<Value>) -> Result<(), (usize, String)> {
        values.clear();
        let (has, wants) = (record.len(), self.types.len());
        if has > wants {
            let more = record.cell(wants).0;
            return Err((
                wants - 1,
                format!("{has} values for {wants} columns, {more:?} is over"),
            ));
        }
        for (at, &ty) in self.types.iter().enumerate() {
            let (text, kind) = record.cell(at);
            values.push(match kind {
                CellKind::Null => Value::Null,
                _ => {
                    let kind = if ty == Type::Json {
                        CellKind::Bare
                    } else {
                        kind
                    };
                    let text = said(text, kind);
                    let value = read(&text, ty);
                    value.ok_or_else(|| (at, format!("{text:?} is no {ty}")))?
                }
            });
        }
        Ok(())
    }

    /// Goes on without a record, where as many may be left out.
    fn leave_out(&mut self, wrong: Wrong) -> Result<(), Failure> {
        self.broken.count += 1;
        let Wrong::Record(line, what) = &wrong else {
            return Err(self.wanted.failure(&wrong));
        };
        if self.broken.count > self.wanted.max_errors {
            let failure = self.wanted.failure(&wrong);
            return Err(match (failure, self.wanted.max_errors) {
                (Failure::Diagnostics(all), 0) => Failure::Diagnostics(
                    all.into_iter()
                        .map(|one| {
                            one.help("OPTIONS (max_errors = 10) leaves out up to ten such records")
                        })
                        .collect(),
                ),
                (failure, _) => failure,
            });
        }
        if self.broken.count <= TOLD {
            let file = self.wanted.path.display();
            self.broken.told.push(format!("{file}:{line}: {what}"));
        }
        Ok(())
    }

    /// What the backend says, with the line of the file.
    fn at_line(&self, error: Error, line: u64) -> Failure {
        let error = match error {
            Error::Backend(mut said) => {
                let file = self.wanted.path.display();
                said.message = format!("{file}:{line}: {}", said.message);
                Error::Backend(said)
            }
            other => other,
        };
        Failure::at(error, self.place)
    }
}

/// Values that the columns take.
fn fitting<'v>(
    values: &'v [Value],
    types: &[Type],
    dialect: Dialect,
    rooms: &'v mut [String],
) -> Result<Vec<ValueRef<'v>>, (usize, String)> {
    let all = values.iter().zip(types).zip(rooms).enumerate();
    all.map(|(at, ((value, &ty), room))| {
        fitted(value.as_ref(), ty, dialect, room).map_err(|what| (at, what))
    })
    .collect()
}
