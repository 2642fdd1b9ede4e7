//! IMPORT: a file's records into a table, all of them or none.
//!
//! The file is read twice where a table is made: once for the types of its columns, once for the rows, of
//! which none is kept. [`records`] has the formats, [`infer`] the types.

#[cfg(feature = "parquet")]
mod columnar;
mod delimited;
mod in_place;
mod infer;
mod json;
mod look;
mod records;
#[cfg(feature = "xlsx")]
mod xlsx;

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::transfer::destination::{Asked, Destination, Fate, Incoming, refused};
use crate::transfer::files::unread;
use crate::transfer::load::{Load, fitted};
use crate::transfer::options::unclear;
use crate::transfer::progress::{LOOK, Meter};
use crate::value::arguments::read;
use crate::value::unique;
use crate::{Error, Value, ValueRef};
use infer::Guess;
pub use look::look_into_files;
use records::{CellKind, READ_FORMATS, ReadFormat, Record, Records, Wrong, line_place, said};
pub(crate) use records::{Reading, Sheet};
use rql::{Dialect, Table, TableColumn, Type};
use rql_ast::{Ast, AttributeValue, Expr, ExprKind, Id, Span, Transfer};
use rql_diagnostics::codes;
use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Instant;

/// The names of the formats that IMPORT reads.
#[must_use]
pub fn formats_read() -> Vec<&'static str> {
    READ_FORMATS.iter().map(|format| format.name).collect()
}

/// What was asked of a file.
struct Wanted {
    path: PathBuf,
    reading: Reading,
    fate: Fate,
    dry: bool,
    /// Where the file is named.
    place: Span,
}

/// Broken records that are told one by one.
const TOLD: u64 = 10;

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
        parked: Option<&mut crate::session::connections::Parked>,
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
        let columns = wanted.columns(&mut into, asked, out)?;
        let (table, taken) = into.table(&columns, asked)?;
        if asked.dry {
            return crate::transfer::copy::dry_run(&table, &columns, &taken, asked, into.name, out);
        }
        let mut broken = Broken::default();
        let meter = out.meter("importing");
        let done = into.take(&table, asked, |into| {
            let mut rows = Filling {
                wanted,
                columns: &columns,
                types: taken.iter().map(|&at| table.columns[at].ty).collect(),
                place: asked.place,
                broken: &mut broken,
                meter,
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
            reading: Reading::default(),
            fate: Fate::Grows,
            dry: false,
            place,
            path,
        };
        let mut options = Vec::new();
        for attribute in &ast[transfer.attributes] {
            match (ast.name(attribute.name).as_ref(), attribute.value) {
                ("append", AttributeValue::None) => wanted.fate = Fate::Grows,
                ("create", AttributeValue::None) => wanted.fate = Fate::Made,
                ("replace", AttributeValue::None) => wanted.fate = Fate::Replaced,
                ("dry" | "run", AttributeValue::None) => wanted.dry = true,
                ("format", AttributeValue::Expr(value)) => format = Some(named(ast, value)?),
                ("options", AttributeValue::List(items)) => options.extend(&ast[items]),
                (other, _) => {
                    let message = format!("IMPORT does not take {other}");
                    let known = "it takes CREATE, REPLACE, APPEND, FORMAT, OPTIONS and DRY RUN";
                    let code = codes::UNKNOWN_ATTRIBUTE;
                    return Err(refused(code, message, attribute.span, known).into());
                }
            }
        }
        let Some(format) = format else {
            let names: Vec<_> = READ_FORMATS.iter().map(|f| f.name).collect();
            let path = wanted.path.display().to_string();
            return Err(unclear(&path, place, &names, "FORMAT and one of").into());
        };
        wanted.reading.format = format;
        self.options_read(ast, &options, &mut wanted.reading, out)?;
        Ok(wanted)
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
            Wrong::Record(place, what) => format!("{file}{place}: {what}"),
            Wrong::File(error) => format!("cannot read {file}: {}", unread(error)),
        };
        refused(codes::FILE_ERROR, message, self.place, "this file").into()
    }

    /// A cell as it would stand in a file of PostgreSQL's notation, whatever its type may be.
    fn plain<'t>(&self, text: &'t str, kind: CellKind) -> Cow<'t, str> {
        let notation = &self.reading.notation;
        if kind != CellKind::Bare || notation.are_usual() {
            return text.into();
        }
        let all = [
            notation.plain_number(text),
            notation.plain_date(text),
            notation.plain_timestamp(text),
        ];
        let other = all.into_iter().find(|plain| *plain != text);
        other.unwrap_or_else(|| text.into())
    }

    /// The same, for a type that is known.
    fn plain_as<'t>(&self, text: &'t str, ty: Type) -> Cow<'t, str> {
        let notation = &self.reading.notation;
        match ty {
            ty if ty.is_number() => notation.plain_number(text),
            Type::Date => notation.plain_date(text),
            Type::Timestamp | Type::TimestampTz => notation.plain_timestamp(text),
            _ => text.into(),
        }
    }

    fn open(&self) -> Result<Box<dyn Records>, Failure> {
        records::open(&self.path, &self.reading).map_err(|wrong| self.failure(&wrong))
    }

    /// The columns of the file: named by it, or as the table has them; of the table's types where it is there.
    fn columns(
        &self,
        into: &mut Destination<'_>,
        asked: Asked<'_>,
        out: &Output,
    ) -> Result<Vec<Incoming>, Failure> {
        let file = self.open()?;
        let mut names = unique(file.names().iter().map(String::as_str));
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
        self.columns_found(file, names, out.meter("looking for types"))
    }

    /// The columns of a file by what stands in its first records, or in all.
    fn columns_found(
        &self,
        mut file: Box<dyn Records>,
        mut names: Vec<String>,
        mut meter: Box<dyn Meter>,
    ) -> Result<Vec<Incoming>, Failure> {
        let (mut guesses, mut record, mut seen) = (Vec::<Guess>::new(), Record::default(), 0);
        if let Some(types) = file.types() {
            let columns = names.into_iter().zip(types);
            return Ok(columns.map(|(name, &ty)| Incoming { name, ty }).collect());
        }
        let sample = self.reading.sample;
        while sample.is_none_or(|sample| seen < sample) {
            match file.next(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                // The second reading tells.
                Err(Wrong::Record(..)) if self.reading.max_errors > 0 => continue,
                Err(wrong) => return Err(self.failure(&wrong)),
            }
            seen += 1;
            if seen % LOOK == 0 {
                let (done, whole) = file.done();
                meter.at(seen, done, whole);
            }
            guesses.resize(guesses.len().max(record.len()), Guess::default());
            for (at, guess) in guesses.iter_mut().enumerate() {
                let (text, kind) = record.cell(at);
                guess.see(&self.plain(&said(text, kind), kind), kind);
            }
        }
        for at in names.len()..guesses.len() {
            names.push(format!("column{}", at + 1));
        }
        guesses.resize(names.len(), Guess::default());
        if names.is_empty() {
            let wrong = Wrong::Record(line_place(1), "there are no columns".into());
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
    meter: Box<dyn Meter>,
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
            if read.is_multiple_of(LOOK) {
                if stopped() {
                    return Err(Failure::Cancelled);
                }
                let (done, whole) = file.done();
                self.meter.at(read, done, whole);
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
                    let place = file.place(line, Some(at));
                    self.leave_out(Wrong::Record(place, format!("column {name}: {what}")))?;
                    continue;
                }
            };
            let done = loading.row(&row);
            done.map_err(|error| self.at_place(error, &file.place(line, None)))?;
        }
        loading.finish().map_err(|error| Failure::at(error, place))
    }

    /// A record as the values of its columns.
    fn values(&self, record: &Record, values: &mut Vec<Value>) -> Result<(), (usize, String)> {
        values.clear();
        let (has, wants) = (record.len(), self.types.len());
        if has > wants {
            let more = match record.cell(wants) {
                (_, CellKind::Typed) => record.values[wants].shown(),
                (text, _) => format!("{text:?}"),
            };
            return Err((
                wants - 1,
                format!("{has} values for {wants} columns, {more} is over"),
            ));
        }
        for (at, &ty) in self.types.iter().enumerate() {
            let (text, kind) = record.cell(at);
            values.push(match kind {
                CellKind::Null => Value::Null,
                CellKind::Broken => return Err((at, format!("it holds {text}"))),
                CellKind::Typed => {
                    let value = &record.values[at];
                    let own = of_type(value, ty);
                    own.ok_or_else(|| (at, format!("{} is no {ty}", value.shown())))?
                }
                _ => {
                    let kind = if ty == Type::Json {
                        CellKind::Bare
                    } else {
                        kind
                    };
                    let text = said(text, kind);
                    let value = read(&self.wanted.plain_as(&text, ty), ty);
                    value.ok_or_else(|| (at, format!("{text:?} is no {ty}")))?
                }
            });
        }
        Ok(())
    }

    /// Goes on without a record, where as many may be left out.
    fn leave_out(&mut self, wrong: Wrong) -> Result<(), Failure> {
        self.broken.count += 1;
        let Wrong::Record(place, what) = &wrong else {
            return Err(self.wanted.failure(&wrong));
        };
        if self.broken.count > self.wanted.reading.max_errors {
            let failure = self.wanted.failure(&wrong);
            return Err(match (failure, self.wanted.reading.max_errors) {
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
            self.broken.told.push(format!("{file}{place}: {what}"));
        }
        Ok(())
    }

    /// What the backend says, with the place in the file.
    fn at_place(&self, error: Error, place: &str) -> Failure {
        let error = match error {
            Error::Backend(mut said) => {
                let file = self.wanted.path.display();
                said.message = format!("{file}{place}: {}", said.message);
                Error::Backend(said)
            }
            other => other,
        };
        Failure::at(error, self.place)
    }
}

/// A value that a file has typed, as one of a column's type where that is not the same; `None` where it is none.
fn of_type(value: &Value, ty: Type) -> Option<Value> {
    use Value as V;
    let fits = match value {
        V::Null => true,
        V::Boolean(_) => ty == Type::Boolean,
        V::Integer(_) => ty.is_number(),
        V::Decimal(_) | V::Numeric(_) => ty.is_decimal() || ty.is_float(),
        V::Real(_) | V::Double(_) => ty.is_float(),
        V::Blob(_) => ty == Type::Blob,
        V::Date(_) => ty.is_moment(),
        V::Timestamp(_) | V::TimestampTz(_) => ty.is_moment() && ty != Type::Date,
        V::Time(_) => ty == Type::Time,
        V::Interval(_) => ty == Type::Interval,
        V::Uuid(_) => ty == Type::Uuid,
        V::Text(_) | V::Json(_) | V::Array(..) => false,
    };
    match (value, ty) {
        (value, _) if fits => Some(value.clone()),
        // The column's text is the value's.
        (V::Text(_), _) => read(&value.as_ref().to_string(), ty),
        (value, ty) if ty.is_text() => Some(value.clone()),
        (value, ty) => read(&value.as_ref().to_string(), ty),
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
