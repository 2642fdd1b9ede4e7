//! Rows into a table: the statements that a backend needs for it, and values made fit for its columns.

use crate::config::settings::{Semantics, Strategy};
use crate::connection::{Connection, Outcome, Query};
use crate::session::prepare::{self, Against, Prepared};
use crate::session::{Variable, Variables};
use crate::sinks::Collect;
use crate::value::arguments;
use crate::value::owned;
use crate::{BackendError, Error, Failure, Value, ValueRef};
use core::fmt::Write as _;
use rql::{Catalog, Change, Dialect, Encoding, Table, TableColumn, Type};
use rql_ast::quoted_name;
use std::collections::HashMap;
use std::fmt;

/// Where a backend puts rows.
pub trait Loading {
    /// One row: for each column a value of its type.
    ///
    /// # Errors
    /// What the backend reports, of this row or of one before.
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error>;

    /// No more rows come; gives how many there were. Without it, what has come may be in the table or not.
    ///
    /// # Errors
    /// What the backend reports.
    fn finish(self: Box<Self>) -> Result<u64, Error>;
}

/// A table that takes rows, and those of its columns that they bring.
pub struct Load<'a> {
    dialect: Dialect,
    table: &'a Table,
    columns: Vec<&'a TableColumn>,
}

impl fmt::Debug for Load<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load")
            .field("table", &self.table.name)
            .finish_non_exhaustive()
    }
}

/// An INSERT, and what stands at its marks.
pub(crate) struct Insert {
    pub(crate) sql: String,
    marks: Vec<Mark>,
    dialect: Dialect,
}

/// Which value is bound at a mark, and how.
struct Mark {
    value: usize,
    ty: Type,
    encoding: Encoding,
}

impl Insert {
    /// The values as the statement's marks want them.
    pub(crate) fn bound(&self, values: &[Value]) -> Result<Vec<Value>, Error> {
        let marks = self.marks.iter().map(|mark| {
            let value = values.get(mark.value).cloned().unwrap_or(Value::Null);
            let variable = Variable { value, typed: true };
            arguments::bound(&variable, mark.ty, mark.encoding, self.dialect)
                .map_err(|what| problem(format!("a value {what}")))
        });
        marks.collect()
    }
}

impl<'a> Load<'a> {
    pub(crate) fn new(dialect: Dialect, table: &'a Table, columns: Vec<&'a TableColumn>) -> Self {
        Self {
            dialect,
            table,
            columns,
        }
    }

    pub(crate) fn types(&self) -> Vec<Type> {
        self.columns.iter().map(|column| column.ty).collect()
    }

    /// The columns' types as the backend names them.
    #[cfg(feature = "postgres")]
    pub(crate) fn declared(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.declared.as_str())
    }

    /// The table and its columns as the backend's text names them.
    pub(crate) fn target(&self) -> String {
        let quoted = |name: &str| rql::quoted(name, self.dialect);
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(&c.name)).collect();
        let table = rql::spelled(self.table, self.dialect);
        format!("{table} ({})", columns.join(", "))
    }

    /// An INSERT of so many rows, whose values are bound one after the other.
    pub(crate) fn of_values(&self, rows: usize) -> Result<Insert, Error> {
        let width = self.columns.len();
        let row = |at: usize| {
            let marks: Vec<String> = (1..=width)
                .map(|i| format!("${}", at * width + i))
                .collect();
            format!("({})", marks.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        self.compiled(
            &format!("VALUES {}", rows.join(", ")),
            rows.len() * width,
            None,
        )
    }

    /// An INSERT of a temporary table's rows. Its columns are named `c0`, `c1` … and taken to be of the
    /// columns' types: what comes as text the backend reads as such.
    #[cfg(feature = "duckdb")]
    pub(crate) fn of_table(&self, name: &str) -> Result<Insert, Error> {
        let column = |(at, column): (usize, &&TableColumn)| TableColumn {
            name: format!("c{at}"),
            ty: column.ty,
            declared: column.declared.clone(),
            nullable: true,
            ..TableColumn::default()
        };
        let staged = Table {
            name: name.to_owned(),
            temporary: true,
            columns: self.columns.iter().enumerate().map(column).collect(),
            ..Table::default()
        };
        let items: Vec<&str> = staged.columns.iter().map(|c| c.name.as_str()).collect();
        let query = format!("SELECT {} FROM {name}", items.join(", "));
        self.compiled(&query, 0, Some(staged))
    }

    /// Compiled, so that values are stored, and refused, as those of a statement that a person writes.
    fn compiled(&self, source: &str, marks: usize, staged: Option<Table>) -> Result<Insert, Error> {
        let schema = self
            .table
            .schema
            .iter()
            .map(|schema| quoted_name(schema) + ".");
        let columns: Vec<String> = self.columns.iter().map(|c| quoted_name(&c.name)).collect();
        let (schema, table) = (schema.collect::<String>(), quoted_name(&self.table.name));
        let text = format!(
            "INSERT INTO {schema}{table} ({}) {source}",
            columns.join(", ")
        );
        let mut catalog = Catalog::new(self.dialect.traits().names);
        catalog.add(self.table.clone());
        staged.into_iter().for_each(|table| catalog.add(table));
        let null = Variable {
            value: Value::Null,
            typed: true,
        };
        let variables = (1..=marks)
            .map(|at| (at.to_string(), null.clone()))
            .collect();
        let (prepared, _) = compiled(&text, self.dialect, &catalog, &variables)
            .map_err(|failure| problem(in_words(failure)))?;
        let marks = prepared.marks().iter().map(|param| Mark {
            value: match &param.name {
                rql::ParamName::Position(at) => (*at as usize).saturating_sub(1),
                rql::ParamName::Name(_) => usize::MAX,
            },
            ty: param.ty,
            encoding: param.encoding,
        });
        Ok(Insert {
            marks: marks.collect(),
            dialect: self.dialect,
            sql: prepared.sql,
        })
    }
}

/// Compiles a statement of the session's own, for any connection.
pub(crate) fn compiled(
    text: &str,
    dialect: Dialect,
    catalog: &Catalog,
    variables: &Variables,
) -> Result<(Prepared, Vec<Change>), Failure> {
    let parse = rql_grammar::parse(text);
    if !parse.is_ok() {
        return Err(Failure::Diagnostics(parse.diagnostics));
    }
    let Some(id) = parse.ast.statements.ids().next() else {
        return Ok(Default::default());
    };
    let on = Against {
        dialect,
        catalog,
        memory: None,
        variables,
        running: Strategy::default(),
        semantics: Semantics::default(),
        standalone: false,
    };
    let changes = prepare::changes(&parse.ast, id, on)?;
    Ok((
        prepare::statement(&parse.ast, id, on)?,
        changes.unwrap_or_default(),
    ))
}

fn in_words(failure: Failure) -> String {
    match failure {
        Failure::Diagnostics(all) => {
            let texts: Vec<String> = all
                .into_iter()
                .map(|diagnostic| diagnostic.message)
                .collect();
            texts.join("; ")
        }
        _ => "the rows cannot be put there".into(),
    }
}

/// The type as it is declared.
pub(crate) fn declared(ty: Type) -> String {
    match ty {
        Type::Decimal {
            precision: None,
            scale: Some(scale),
        } => format!("numeric(38,{scale})"),
        ty => ty.to_string(),
    }
}

pub(crate) fn problem(message: String) -> Error {
    Error::Backend(BackendError {
        message,
        ..BackendError::default()
    })
}

/// Whether values of a type go into a column of another without a cast that could lose something.
pub(crate) fn fits(from: Type, to: Type) -> bool {
    use Type as T;
    match (from, to) {
        (T::Unknown | T::Record, _) => false,
        (_, to) if to.is_text() => true,
        (T::SmallInt | T::Integer | T::BigInt, to) => to.is_number(),
        (T::Decimal { .. }, to) => to.is_decimal() || to.is_float(),
        (T::Real, to) => to.is_float(),
        (T::Date | T::Timestamp | T::TimestampTz, T::Timestamp | T::TimestampTz) => true,
        (T::Array(from), T::Array(to)) => fits(*from, *to) && from.is_text() == to.is_text(),
        (from, to) => from == to || from.is_decimal() && to.is_decimal(),
    }
}

/// Makes a value one of a column's type; the message says what does not fit.
pub(crate) fn fitted<'v>(
    value: ValueRef<'v>,
    ty: Type,
    dialect: Dialect,
    room: &'v mut String,
) -> Result<ValueRef<'v>, String> {
    use ValueRef as V;
    let lost = |value: &V<'_>| format!("{value} does not fit {ty}");
    if let V::Boolean(value) = value
        && ty.is_text()
    {
        return Ok(V::Text(if value { "true" } else { "false" }));
    }
    if ty.is_text() && !matches!(value, V::Null | V::Text(_)) {
        room.clear();
        // Writing to a String cannot fail.
        let _ = write!(room, "{value}");
        return Ok(V::Text(room));
    }
    let fitted = match (value, ty) {
        (V::Integer(i), Type::SmallInt) => i16::try_from(i).is_ok().then_some(value),
        (V::Integer(i), Type::Integer) => i32::try_from(i).is_ok().then_some(value),
        (V::Integer(i), ty) if ty.is_float() => Some(V::Double(i as f64)),
        (V::Decimal(d), ty) if ty.is_float() => d.to_string().parse().ok().map(V::Double),
        (V::Numeric(text), ty) if ty.is_float() => text.parse().ok().map(V::Double),
        (V::Integer(i), ty) if ty.is_decimal() => {
            return decimal(crate::Decimal::new(i.into(), 0), ty).ok_or_else(|| lost(&value));
        }
        (V::Decimal(d), ty) if ty.is_decimal() => decimal(Some(d), ty),
        (V::Real(r), Type::Double) => Some(V::Double(r.into())),
        (V::Date(date), Type::Timestamp | Type::TimestampTz) if !infinite(&value) => {
            let micros = crate::Timestamp(i64::from(date.0) * crate::value::time::DAY);
            Some(V::Timestamp(micros))
        }
        _ => Some(value),
    };
    let fitted = match (fitted.ok_or_else(|| lost(&value))?, ty) {
        (V::Timestamp(at), Type::TimestampTz) => V::TimestampTz(at),
        (V::TimestampTz(at), Type::Timestamp) => V::Timestamp(at),
        (V::Double(value), Type::Real) => V::Real(value as f32),
        (value, _) => value,
    };
    if storable(&fitted, dialect) {
        Ok(fitted)
    } else {
        Err(lost(&value))
    }
}

fn decimal<'v>(value: Option<crate::Decimal>, ty: Type) -> Option<ValueRef<'v>> {
    let Type::Decimal { precision, scale } = ty else {
        return None;
    };
    let value = match scale {
        Some(scale) => value?.rescale(scale)?,
        None => value?,
    };
    let digits = value
        .units()
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1);
    precision
        .is_none_or(|precision| digits <= precision.into())
        .then_some(ValueRef::Decimal(value))
}

fn infinite(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::Date(date) => matches!(date.0, i32::MIN | i32::MAX),
        ValueRef::Timestamp(at) | ValueRef::TimestampTz(at) => matches!(at.0, i64::MIN | i64::MAX),
        _ => false,
    }
}

/// Whether a backend has such a value: beyond PostgreSQL no day is infinite and decimals have at most 38
/// digits; SQLite has no NaN, and its ISO texts, as MySQL's, are of the years 1 to 9999.
fn storable(value: &ValueRef<'_>, dialect: Dialect) -> bool {
    let day = match value {
        _ if dialect == Dialect::Postgresql => return true,
        _ if infinite(value) => return false,
        ValueRef::Numeric(_) => return false,
        ValueRef::Real(value) => return dialect == Dialect::Duckdb || !value.is_nan(),
        ValueRef::Double(value) => return dialect == Dialect::Duckdb || !value.is_nan(),
        ValueRef::Date(date) => i64::from(date.0),
        ValueRef::Timestamp(at) | ValueRef::TimestampTz(at) => {
            at.0.div_euclid(crate::value::time::DAY)
        }
        _ => return true,
    };
    dialect == Dialect::Duckdb || (1..=9999).contains(&crate::value::time::civil(day).0)
}

/// The columns of rows by name.
pub(crate) fn by_name(names: &[String]) -> HashMap<String, usize> {
    let lower = names.iter().map(|name| name.to_lowercase());
    lower.enumerate().map(|(at, name)| (name, at)).collect()
}

/// Rows kept until there are enough for one statement of many.
pub(crate) fn keep(row: &[ValueRef<'_>], types: &[Type], kept: &mut Vec<Value>) {
    kept.extend(row.iter().zip(types).map(|(value, ty)| owned(value, *ty)));
}

/// Rows that an INSERT takes at a time.
const ROWS: usize = 100;

/// Rows by INSERTs of many, for a backend that has nothing faster.
pub(crate) struct Batched<'c, C> {
    connection: &'c mut C,
    many: Insert,
    one: Insert,
    types: Vec<Type>,
    kept: Vec<Value>,
    count: u64,
}

impl<'c, C: Connection> Batched<'c, C> {
    pub(crate) fn new(connection: &'c mut C, into: &Load<'_>) -> Result<Self, Error> {
        Ok(Self {
            connection,
            many: into.of_values(ROWS)?,
            one: into.of_values(1)?,
            types: into.types(),
            kept: Vec::new(),
            count: 0,
        })
    }

    fn insert(&mut self, many: bool, values: &[Value]) -> Result<(), Error> {
        let insert = if many { &self.many } else { &self.one };
        let params = insert.bound(values)?;
        let query = Query {
            sql: &insert.sql,
            params: &params,
            columns: &[],
        };
        if let Outcome::Changed(count) = self.connection.run(query, &mut Collect::default())? {
            self.count += count;
        }
        Ok(())
    }
}

impl<C: Connection> Loading for Batched<'_, C> {
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        keep(row, &self.types, &mut self.kept);
        if self.kept.len() < ROWS * self.types.len() {
            return Ok(());
        }
        let values = std::mem::take(&mut self.kept);
        self.insert(true, &values)
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        let rest = std::mem::take(&mut self.kept);
        for row in rest.chunks(self.types.len()) {
            self.insert(false, row)?;
        }
        Ok(self.count)
    }
}
