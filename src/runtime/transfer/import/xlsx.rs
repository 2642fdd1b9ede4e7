//! xlsx: a sheet of a workbook, cell by cell.
//!
//! The library lends its reader from the workbook: a thread keeps both, and sends what it has read in blocks, of
//! which a few wait at a time.

use super::records::{CellKind, Range, Reading, Record, Records, Sheet, Wrong};
use crate::value::time::DAY;
use crate::{Date, Time, Timestamp};
use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError, open_workbook};
use rql_diagnostics::did_you_mean;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Rows of a block, and blocks that wait.
const ROWS: usize = 256;
const BLOCKS: usize = 4;
/// 1970-01-01, as Excel counts from 1900; and from 1904.
const EPOCH: i64 = 25_569;
const LATER: i64 = 1_462;

/// A cell that is there: its column from 0, what it is and says.
type Found = (u32, CellKind, String);

/// A row from 0, and its cells in their order.
type Row = (u32, Vec<Found>);

enum Sent {
    /// The sheet's name, and its last row from 0 as far as the file says it.
    Sheet(String, u32),
    Rows(Vec<Row>),
    Wrong(String),
}

pub(super) struct Workbook {
    rows: Receiver<Sent>,
    waiting: std::vec::IntoIter<Row>,
    sheet: String,
    names: Vec<String>,
    /// The first column, and the first behind the last.
    columns: (u32, u32),
    null: String,
    last: u32,
    read: u32,
    ended: bool,
}

impl Workbook {
    pub(super) fn open(path: &Path, how: &Reading) -> Result<Self, Wrong> {
        // What is not there is told as for every file.
        File::open(path)?;
        let (sender, rows) = sync_channel(BLOCKS);
        let (path, sheet, range) = (PathBuf::from(path), how.sheet.clone(), how.range);
        std::thread::spawn(move || {
            if let Err(message) = send(&path, &sheet, range, &sender) {
                // Nobody may be reading any more.
                let _ = sender.send(Sent::Wrong(message));
            }
        });
        let mut made = Self {
            rows,
            waiting: Vec::new().into_iter(),
            sheet: String::new(),
            names: Vec::new(),
            columns: (0, u32::MAX),
            null: how.null.clone(),
            last: 0,
            read: 0,
            ended: false,
        };
        match made.rows.recv() {
            Ok(Sent::Sheet(name, last)) => (made.sheet, made.last) = (name, last),
            Ok(Sent::Wrong(message)) => return Err(Wrong::file(message)),
            Ok(Sent::Rows(_)) | Err(_) => return Err(Wrong::file(NOT_READ)),
        }
        let first = made.row()?;
        let leftmost = first
            .as_ref()
            .and_then(|(_, cells)| cells.first())
            .map(|c| c.0);
        made.columns.0 = how.range.first.map(|at| at.1).or(leftmost).unwrap_or(0);
        if let Some(last) = how.range.last {
            made.columns.1 = last.1 + 1;
        }
        match first {
            Some((row, cells)) if how.header => made.name(row, cells, how.range.last.is_some()),
            Some(row) => made.waiting = put_back(row, made.waiting),
            None => {}
        }
        Ok(made)
    }

    /// The names of the columns stand in this row.
    fn name(&mut self, row: u32, cells: Vec<Found>, to_the_end: bool) {
        self.read = row;
        let behind = cells.last().map_or(0, |cell| cell.0 + 1);
        let width = match to_the_end {
            true => self.columns.1,
            false => behind,
        };
        self.names = vec![String::new(); (width.saturating_sub(self.columns.0)) as usize];
        for (column, _, text) in cells {
            if let Some(name) = self.names.get_mut((column - self.columns.0) as usize) {
                *name = text.trim().to_owned();
            }
        }
    }

    /// The next row that has cells.
    fn row(&mut self) -> Result<Option<Row>, Wrong> {
        loop {
            if let Some(row) = self.waiting.next() {
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            match self.rows.recv() {
                Ok(Sent::Rows(rows)) if rows.is_empty() => self.ended = true,
                Ok(Sent::Rows(rows)) => self.waiting = rows.into_iter(),
                Ok(Sent::Wrong(message)) => return Err(Wrong::file(message)),
                Ok(Sent::Sheet(..)) | Err(_) => return Err(Wrong::file(NOT_READ)),
            }
        }
    }
}

/// The thread has ended without a word: the library has given up on the file.
const NOT_READ: &str = "it is no workbook that can be read";

fn put_back(row: Row, rest: std::vec::IntoIter<Row>) -> std::vec::IntoIter<Row> {
    let mut all = vec![row];
    all.extend(rest);
    all.into_iter()
}

impl Records for Workbook {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong> {
        record.clear();
        let Some((row, cells)) = self.row()? else {
            return Ok(false);
        };
        self.read = row;
        record.line = u64::from(row) + 1;
        let mut next = self.columns.0;
        let blank = |record: &mut Record| {
            // Where NULL is a text, nothing is an empty one.
            let null = self.null.is_empty();
            record.end(if null { CellKind::Null } else { CellKind::Word });
        };
        for (column, kind, text) in cells {
            if column < self.columns.0 || column >= self.columns.1 {
                continue;
            }
            while next < column {
                blank(record);
                next += 1;
            }
            let null = !self.null.is_empty() && text == self.null;
            record.put(&text, if null { CellKind::Null } else { kind });
            next = column + 1;
        }
        while record.len() < self.names.len() {
            blank(record);
        }
        Ok(true)
    }

    fn place(&self, line: u64, column: Option<usize>) -> String {
        let sheet = &self.sheet;
        match column.and_then(|at| u32::try_from(at).ok()) {
            Some(at) => format!(
                ", sheet {sheet}, cell {}{line}",
                letters(self.columns.0 + at)
            ),
            None => format!(", sheet {sheet}, row {line}"),
        }
    }

    fn done(&self) -> (u64, u64) {
        (u64::from(self.read), u64::from(self.last))
    }
}

/// `A`, `Z`, `AA` of a column from 0.
fn letters(column: u32) -> String {
    let mut rest = u64::from(column) + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// Reads a sheet and sends its rows, an empty block at the end.
fn send(path: &Path, sheet: &Sheet, range: Range, to: &SyncSender<Sent>) -> Result<(), String> {
    let wrong = |error: XlsxError| error.to_string();
    let mut book: Xlsx<BufReader<File>> = open_workbook(path).map_err(wrong)?;
    let name = named(sheet, &book.sheet_names())?;
    let later = if book.has_1904_epoch() { LATER } else { 0 };
    let mut reader = book.worksheet_cells_reader(&name).map_err(wrong)?;
    let last = reader.dimensions().end.0;
    if to.send(Sent::Sheet(name, last)).is_err() {
        return Ok(());
    }
    let (first, last) = (range.first.unwrap_or((0, 0)), range.last);
    let mut rows: Vec<Row> = Vec::new();
    while let Some(found) = reader.next_cell().map_err(wrong)? {
        let (row, column) = found.get_position();
        if last.is_some_and(|last| row > last.0) {
            break;
        }
        let beside = column < first.1 || last.is_some_and(|last| column > last.1);
        let Some((kind, text)) =
            cell(found.get_value(), later).filter(|_| row >= first.0 && !beside)
        else {
            continue;
        };
        match rows.last_mut().filter(|(at, _)| *at == row) {
            Some((_, cells)) => cells.push((column, kind, text)),
            None => {
                if rows.len() >= ROWS && to.send(Sent::Rows(std::mem::take(&mut rows))).is_err() {
                    return Ok(());
                }
                rows.push((row, vec![(column, kind, text)]));
            }
        }
    }
    for block in [rows, Vec::new()] {
        // An empty one is the end, and nobody may be reading any more.
        let _ = to.send(Sent::Rows(block));
    }
    Ok(())
}

fn named(sheet: &Sheet, all: &[String]) -> Result<String, String> {
    let found = match sheet {
        Sheet::At(at) => at.checked_sub(1).and_then(|at| all.get(at)),
        Sheet::Named(name) => all.iter().find(|own| own.eq_ignore_ascii_case(name)),
    };
    if let Some(found) = found {
        return Ok(found.clone());
    }
    Err(match sheet {
        Sheet::At(at) => format!("it has no sheet {at}, but {}", all.join(", ")),
        Sheet::Named(name) => match did_you_mean(name, all.iter().map(String::as_str)) {
            Some(near) => format!("it has no sheet {name}; did you mean {near}?"),
            None => format!("it has no sheet {name}, but {}", all.join(", ")),
        },
    })
}

/// What a cell is and says; `None` where it is empty.
fn cell(value: &DataRef<'_>, later: i64) -> Option<(CellKind, String)> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(value) => (CellKind::Bare, value.to_string()),
        DataRef::Float(value) => (CellKind::Double, value.to_string()),
        DataRef::Bool(value) => (CellKind::Bare, value.to_string()),
        DataRef::String(text) => (CellKind::Word, text.clone()),
        DataRef::SharedString(text) => (CellKind::Word, (*text).to_owned()),
        DataRef::DateTime(at) => (CellKind::Bare, moment(at, later)),
        DataRef::DateTimeIso(text) => (CellKind::Bare, text.replace('T', " ")),
        DataRef::DurationIso(text) => (CellKind::Word, text.clone()),
        DataRef::Error(error) => (CellKind::Broken, format!("the error {error}")),
    })
}

/// A day, a time of day, or both, to the microsecond.
fn moment(at: &ExcelDateTime, later: i64) -> String {
    let serial = at.as_f64();
    let part = ((serial - serial.floor()) * DAY as f64).round() as i64;
    let micros = (serial.floor() as i64)
        .saturating_mul(DAY)
        .saturating_add(part);
    let (mut day, part) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    if at.is_duration() || day == 0 && later == 0 {
        return match day {
            0 => Time(part).to_string(),
            _ => crate::Interval {
                micros,
                ..Default::default()
            }
            .to_string(),
        };
    }
    // Excel knows a 29th of February 1900.
    if later == 0 && day < 60 {
        day += 1;
    }
    day += later - EPOCH;
    match (part, i32::try_from(day)) {
        (0, Ok(day)) => Date(day).to_string(),
        _ => Timestamp(day.saturating_mul(DAY).saturating_add(part)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{letters, moment};
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    #[test]
    fn columns_have_letters() {
        let all = [0, 25, 26, 701, 702, 16_383].map(letters);
        assert_eq!(all, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    // Expected: what Excel shows for the numbers.
    #[test]
    fn moments_are_excels() {
        let shown = |serial: f64| {
            moment(
                &ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false),
                0,
            )
        };
        assert_eq!(shown(45_351.0), "2024-02-29");
        assert_eq!(shown(45_351.520_833_333_336), "2024-02-29 12:30:00");
        assert_eq!(shown(0.25), "06:00:00");
        assert_eq!(shown(1.0), "1900-01-01");
        assert_eq!(shown(61.0), "1900-03-01");
        let long = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(moment(&long, 0), "36:00:00");
    }
}
