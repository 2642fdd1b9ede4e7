//! xlsx: a workbook of Excel, written row by row, so that memory stays flat.
//!
//! Numbers, truth values and days are cells of their types. What a cell cannot hold exactly is text: decimals and
//! integers beyond a double, days before March 1900 or behind 9999, NaN. A cell has no NULL beside its
//! emptiness.

use super::{Options, Sink};
use crate::value::text;
use crate::value::time::DAY;
use crate::{Column, Decimal, Rows, ValueRef};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::io::{self, Seek as _, Write};

/// Rows of a sheet, at most.
const ROWS: u32 = 1_048_576;
/// Letters of a sheet's name, at most.
const NAME: usize = 31;
/// Rows that are looked at for the widths of columns, and the greatest width.
const LOOKED: u32 = 1_000;
const WIDE: usize = 60;
/// The first day that Excel counts right (1900-03-01), and the last, in days since 1970.
const DAYS: std::ops::RangeInclusive<i64> = -25_508..=2_932_896;
/// 1970-01-01, as Excel counts.
const EPOCH: i64 = 25_569;

/// How cells look that would not show what they are by themselves.
struct Looks {
    head: Format,
    day: Format,
    time: Format,
    moment: Format,
    /// With parts of a second.
    fine: Format,
    instant: Format,
}

impl Looks {
    fn new() -> Self {
        let of = |format: &str| Format::new().set_num_format(format);
        Self {
            head: Format::new().set_bold(),
            day: of("yyyy-mm-dd"),
            time: of("hh:mm:ss"),
            moment: of("yyyy-mm-dd hh:mm:ss"),
            fine: of("yyyy-mm-dd hh:mm:ss.000"),
            instant: of("yyyy-mm-dd hh:mm:ss\"+00\""),
        }
    }
}

pub(super) struct Xlsx<'w> {
    out: &'w mut dyn Write,
    book: Workbook,
    looks: Looks,
    /// The decimals of a column, by their scale.
    decimals: Vec<Format>,
    name: String,
    header: bool,
    null: Option<String>,
    columns: Vec<String>,
    widths: Vec<usize>,
    sheets: usize,
    /// The next row of the sheet.
    row: u32,
    /// The rows of a sheet, at most.
    most: u32,
    form: String,
    count: u64,
}

fn wrong(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// True where a sheet may be called so.
pub(super) fn is_name(name: &str) -> bool {
    let letters = name.encode_utf16().count();
    let quoted = name.starts_with('\'') || name.ends_with('\'');
    (1..=NAME).contains(&letters) && !quoted && !name.contains(|c: char| "[]:*?/\\".contains(c))
}

/// The nearest name that a sheet may have; `more` stands behind it.
fn named(name: &str, more: &str) -> String {
    let fit = |c: char| if "[]:*?/\\'".contains(c) { '_' } else { c };
    let mut left = NAME - more.len();
    let short = name.chars().map(fit).take_while(|c| {
        let room = left >= c.len_utf16();
        left = left.saturating_sub(c.len_utf16());
        room
    });
    let short: String = short.collect();
    let short = if short.is_empty() { "result" } else { &short };
    format!("{short}{more}")
}

impl<'w> Xlsx<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options) -> Self {
        let name = options.sheet.as_ref().or(options.table.as_ref());
        Self {
            out,
            book: Workbook::new(),
            looks: Looks::new(),
            decimals: Vec::new(),
            name: name.cloned().unwrap_or_default(),
            header: options.header,
            null: options.null.clone(),
            columns: Vec::new(),
            widths: Vec::new(),
            sheets: 0,
            row: 0,
            most: ROWS,
            form: String::new(),
            count: 0,
        }
    }

    /// Begins a sheet, with the names of the columns.
    fn sheet(&mut self) -> io::Result<()> {
        self.widen()?;
        self.sheets += 1;
        let more = match self.sheets {
            1 => String::new(),
            at => format!(" ({at})"),
        };
        let sheet = self.book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(wrong)?;
        sheet.set_name(named(&self.name, &more)).map_err(wrong)?;
        self.row = 0;
        if self.header {
            for (at, name) in (0..).zip(&self.columns) {
                let done = sheet.write_string_with_format(0, at, name, &self.looks.head);
                done.map_err(wrong)?;
            }
            sheet.set_freeze_panes(1, 0).map_err(wrong)?;
            self.row = 1;
        }
        Ok(())
    }

    /// Gives the columns of the last sheet their widths.
    fn widen(&mut self) -> io::Result<()> {
        let Some(at) = self.sheets.checked_sub(1) else {
            return Ok(());
        };
        let sheet = self.book.worksheet_from_index(at).map_err(wrong)?;
        for (at, &width) in (0..).zip(&self.widths) {
            // The usual width is 8.43.
            let width = width.clamp(8, WIDE) as f64;
            sheet.set_column_width(at, width + 1.0).map_err(wrong)?;
        }
        Ok(())
    }
}

/// The double that is this very decimal.
fn exactly(value: Decimal) -> Option<f64> {
    let mut form = String::new();
    text::push(&mut form, &ValueRef::Decimal(value));
    let double: f64 = form.parse().ok()?;
    // Fifteen digits always fit.
    if value.units().unsigned_abs() < 1_000_000_000_000_000 {
        return Some(double);
    }
    let back: Decimal = double.to_string().parse().ok()?;
    (back.rescale(value.scale())? == value).then_some(double)
}

/// Days since Excel's epoch; `None` where Excel has no such day, or a double no such microsecond.
fn serial(micros: i64) -> Option<f64> {
    let (day, part) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let serial = (day + EPOCH) as f64 + part as f64 / DAY as f64;
    let back = (serial.fract() * DAY as f64).round() as i64;
    (DAYS.contains(&day) && serial.trunc() as i64 == day + EPOCH && back == part).then_some(serial)
}

/// A cell, with how it looks.
enum Cell<'l> {
    Number(f64, Option<&'l Format>),
    Boolean(bool),
    Text,
}

fn cell<'l>(value: &ValueRef<'_>, looks: &'l Looks, decimal: &'l Format) -> Cell<'l> {
    let double = |value: f64| value.is_finite().then_some((value, None));
    let moment = |micros: i64, usual: &'l Format| {
        let fine = micros % 1_000_000 != 0;
        let look = if fine { &looks.fine } else { usual };
        serial(micros).map(|serial| (serial, Some(look)))
    };
    let number = match *value {
        ValueRef::Boolean(value) => return Cell::Boolean(value),
        // What a double counts without a gap.
        ValueRef::Integer(value) => {
            let fits = value.unsigned_abs() <= 1 << 53;
            fits.then_some((value as f64, None))
        }
        ValueRef::Decimal(value) => exactly(value).map(|double| (double, Some(decimal))),
        ValueRef::Double(value) => double(value),
        // Its shortest text, for the nearest double has digits that nobody wrote.
        ValueRef::Real(value) => value.to_string().parse().ok().and_then(double),
        ValueRef::Date(date) => {
            let micros = i64::from(date.0).saturating_mul(DAY);
            serial(micros).map(|serial| (serial, Some(&looks.day)))
        }
        ValueRef::Time(time) => {
            let part = time.0 as f64 / DAY as f64;
            (time.0 < DAY).then_some((part, Some(&looks.time)))
        }
        ValueRef::Timestamp(at) => moment(at.0, &looks.moment),
        ValueRef::TimestampTz(at) => serial(at.0).map(|serial| (serial, Some(&looks.instant))),
        _ => None,
    };
    number.map_or(Cell::Text, |(number, look)| Cell::Number(number, look))
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    cell: &Cell<'_>,
    form: &str,
) -> Result<(), XlsxError> {
    match *cell {
        Cell::Number(number, Some(look)) => {
            sheet.write_number_with_format(row, at, number, look)?
        }
        Cell::Number(number, None) => sheet.write_number(row, at, number)?,
        Cell::Boolean(value) => sheet.write_boolean(row, at, value)?,
        Cell::Text => sheet.write_string(row, at, form)?,
    };
    Ok(())
}

impl Rows for Xlsx<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.iter().map(|column| column.name.clone()).collect();
        let widths = self.columns.iter();
        self.widths = widths.map(|name| name.chars().count()).collect();
        let decimals = columns.iter().map(|column| {
            let scale = column.known_type().scale().unwrap_or(0);
            match usize::from(scale) {
                0 => Format::new(),
                scale => Format::new().set_num_format(format!("0.{}", "0".repeat(scale))),
            }
        });
        self.decimals = decimals.collect();
        self.sheet()
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if self.row >= self.most {
            self.sheet()?;
        }
        self.count += 1;
        let last = self.sheets.saturating_sub(1);
        let sheet = self.book.worksheet_from_index(last).map_err(wrong)?;
        let places = row.iter().zip(&mut self.widths).zip(&self.decimals);
        for (at, ((value, width), decimal)) in (0..).zip(places) {
            let value = match (value, &self.null) {
                (ValueRef::Null, None) => continue,
                (ValueRef::Null, Some(null)) => &ValueRef::Text(null),
                (value, _) => value,
            };
            let cell = cell(value, &self.looks, decimal);
            self.form.clear();
            if self.row < LOOKED || matches!(cell, Cell::Text) {
                text::push(&mut self.form, value);
            }
            if self.row < LOOKED {
                *width = (*width).max(self.form.chars().take(WIDE).count());
            }
            let done = write(sheet, self.row, at, &cell, &self.form);
            done.map_err(|error| {
                let column = self.columns.get(usize::from(at)).map_or("", String::as_str);
                let count = self.count;
                io::Error::other(format!("row {count}, column {column}: {error}"))
            })?;
        }
        self.row += 1;
        Ok(())
    }
}

impl Sink for Xlsx<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.widen()?;
        // The library wants a file of its own; the rows stand in others until now.
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file).map_err(wrong)?;
        file.rewind()?;
        io::copy(&mut file, self.out)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Sink as _, Xlsx, named};
    use crate::{Column, Kind, Rows as _, ValueRef};
    use calamine::{Reader as _, Xlsx as Read};
    use std::io::Cursor;

    // The limit is Excel's; a smaller one stands for it.
    #[test]
    fn a_full_sheet_is_followed_by_another() {
        let mut out = Vec::new();
        let mut sink = Xlsx::new(&mut out, &Options::default());
        sink.name = "many: rows".into();
        sink.most = 3;
        let written = sink.begin(&[Column::new("n", Kind::Integer)]);
        let written =
            written.and_then(|()| (0..5).try_for_each(|n| sink.row(&[ValueRef::Integer(n)])));
        assert!(written.and_then(|()| sink.finish()).is_ok());
        drop(sink);
        let Ok(mut book) = Read::new(Cursor::new(out)) else {
            unreachable!("it is a workbook");
        };
        let names = book.sheet_names();
        assert_eq!(names, ["many_ rows", "many_ rows (2)", "many_ rows (3)"]);
        let heights = names.iter().map(|name| {
            let range = book.worksheet_range(name);
            range.map(|range| range.height()).unwrap_or(0)
        });
        assert_eq!(heights.collect::<Vec<_>>(), [3, 3, 2]);
    }

    #[test]
    fn names_of_sheets_are_short() {
        let long = "é".repeat(40);
        assert_eq!(named(&long, " (12)").chars().count(), 31);
        assert_eq!(named("", ""), "result");
    }
}
