//! Cells of a grid that are edited: what of it can be, and what has been and is not kept yet.

use crate::dialog::{Body, Dialog, Purpose};
use crate::text::Text;
use noctra_records::{Change, Choice, Conflict, Editable, editing, entered, same};
use noctra_runtime::Value;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// What is edited in a grid.
#[derive(Debug)]
pub(crate) struct Edits {
    editable: Editable,
    rows: BTreeMap<u64, Row>,
}

/// A row with edits.
#[derive(Debug)]
struct Row {
    /// As it was read.
    was: Vec<Value>,
    /// The new values by their columns.
    cells: BTreeMap<usize, Value>,
}

impl Edits {
    pub(crate) fn new(editable: Editable) -> Self {
        Self {
            editable,
            rows: BTreeMap::new(),
        }
    }

    /// The new value of a cell.
    #[must_use]
    pub(crate) fn value(&self, (row, col): (u64, usize)) -> Option<&Value> {
        self.rows.get(&row)?.cells.get(&col)
    }

    /// How many cells have one.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.rows.values().map(|row| row.cells.len()).sum()
    }

    /// What a cell takes, in words; `row` is the row as it was read.
    ///
    /// # Errors
    /// Why it cannot be edited.
    pub(crate) fn takes(&self, row: &[Value], col: usize) -> Result<String, String> {
        let column = self
            .editable
            .cell(row, col)
            .map_err(|why| why.to_string())?;
        let must = if column.nullable { "" } else { ", not null" };
        Ok(format!("{}{must}", column.ty))
    }

    /// Gives a cell the value that a person has written; none is NULL. What it was before is no edit.
    ///
    /// # Errors
    /// Why it does not take it.
    pub(crate) fn write(
        &mut self,
        (at, col): (u64, usize),
        row: &[Value],
        text: Option<&str>,
    ) -> Result<(), String> {
        let column = self
            .editable
            .cell(row, col)
            .map_err(|why| why.to_string())?;
        let before = row.get(col).unwrap_or(&Value::Null);
        let value = match text == editing(before).as_deref() {
            true => before.clone(),
            false => entered(column, text, before)
                .map_err(|must| format!("{} must {must}", column.name))?,
        };
        if same(Some(&value), Some(before)) {
            self.take_back((at, col));
            return Ok(());
        }
        let edited = self.rows.entry(at).or_insert_with(|| Row {
            was: row.to_vec(),
            cells: BTreeMap::new(),
        });
        edited.cells.insert(col, value);
        Ok(())
    }

    /// A cell is as it was read; true where it was not.
    pub(crate) fn take_back(&mut self, (at, col): (u64, usize)) -> bool {
        let Some(row) = self.rows.get_mut(&at) else {
            return false;
        };
        let had = row.cells.remove(&col).is_some();
        if row.cells.is_empty() {
            self.rows.remove(&at);
        }
        had
    }

    /// Every cell is.
    pub(crate) fn drop_all(&mut self) {
        self.rows.clear();
    }

    /// The changes of rows that the edits are.
    #[must_use]
    pub(crate) fn changes(&self) -> Vec<Change> {
        let rows = self.rows.values().map(|row| {
            let cells = row.cells.iter();
            (&row.was[..], cells.map(|(at, value)| (*at, value.clone())))
        });
        self.editable.changes(rows)
    }
}

/// `1 change`, `3 changes`.
#[must_use]
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Shows the statements that changes are before they run.
#[must_use]
pub(crate) fn review(all: Vec<Change>) -> Dialog {
    let mut lines = Vec::new();
    for change in &all {
        match change.shown() {
            Ok(text) => lines.extend(text.lines().map(str::to_owned)),
            Err(why) => lines.push(format!("-- {why}")),
        }
        lines.push(String::new());
    }
    lines.push(match all.len() {
        1 => "This runs in one transaction, if the row is still as it was read.".to_owned(),
        _ => "All run in one transaction, if the rows are still as they were read.".to_owned(),
    });
    let title = format!("Commit {}", counted(all.len(), "change"));
    let buttons = vec!["Back", "Commit", "Discard"];
    Dialog::ask(&title, lines, buttons, 0, Purpose::Keep(all))
}

/// Changes of rows that somebody else has changed, too.
#[derive(Debug)]
pub(crate) struct Contest {
    all: Vec<Change>,
    rows: Vec<(Conflict, Vec<(String, Choice)>)>,
}

impl Contest {
    #[must_use]
    pub(crate) fn new(all: Vec<Change>, conflicts: Vec<Conflict>) -> Self {
        let fields = |conflict: &Conflict| {
            let columns = all[conflict.change].target().columns();
            let fields = conflict.fields.iter();
            fields
                .map(|field| (columns[field.column].name.clone(), Choice::Theirs))
                .collect()
        };
        let rows = conflicts.into_iter();
        let rows = rows.map(|conflict| (fields(&conflict), conflict));
        Self {
            rows: rows.map(|(fields, conflict)| (conflict, fields)).collect(),
            all,
        }
    }

    /// Asks whose values stay.
    #[must_use]
    pub(crate) fn dialog(self) -> Dialog {
        let lines = contested(self.rows.iter().map(|(row, fields)| (row, &fields[..])));
        let buttons = vec!["Back", "Take theirs", "Keep mine", "As chosen"];
        let purpose = Purpose::Contest(self);
        Dialog::ask("Changed by somebody else", lines, buttons, 0, purpose)
    }

    /// The other one's value stays in the field of a number.
    pub(crate) fn flip(&mut self, digit: char) {
        let at = digit.to_digit(10).and_then(|digit| digit.checked_sub(1));
        let mut fields = self.rows.iter_mut().flat_map(|(_, fields)| fields);
        if let Some((_, choice)) = at.and_then(|at| fields.nth(at as usize)) {
            *choice = other(*choice);
        }
    }

    /// The changes that are left; for all fields the same choice, or for each its own.
    #[must_use]
    pub(crate) fn settled(self, same: Option<Choice>) -> Vec<Change> {
        let left = self.all.iter().enumerate().filter_map(|(at, change)| {
            let Some((conflict, fields)) = self.rows.iter().find(|row| row.0.change == at) else {
                return Some(change.clone());
            };
            conflict.resolve(change, |column| {
                let place = conflict.fields.iter().position(|f| f.column == column);
                let own = place.and_then(|place| fields.get(place));
                same.or(own.map(|own| own.1)).unwrap_or(Choice::Theirs)
            })
        });
        left.collect()
    }
}

/// The other one of the two.
#[must_use]
pub(crate) fn other(choice: Choice) -> Choice {
    match choice {
        Choice::Mine => Choice::Theirs,
        Choice::Theirs => Choice::Mine,
    }
}

/// Rows that somebody else has changed, a field a line, with the choices by their names.
#[must_use]
pub(crate) fn contested<'a>(
    all: impl IntoIterator<Item = (&'a Conflict, &'a [(String, Choice)])>,
) -> Vec<String> {
    let shown = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::shown);
    let mut lines = Vec::new();
    let mut number = 0;
    for (conflict, fields) in all {
        lines.push(match conflict.theirs {
            Some(_) => "Since it was read, somebody else has changed this row.".to_owned(),
            None => "Since it was read, somebody else has deleted this row.".to_owned(),
        });
        let mut table = vec![["", "field", "was", "mine", "theirs", "stays"].map(str::to_owned)];
        for (field, (name, choice)) in conflict.fields.iter().zip(fields) {
            number += 1;
            let stays = match choice {
                Choice::Mine => "mine",
                Choice::Theirs => "theirs",
            };
            table.push([
                number.to_string(),
                name.clone(),
                shown(&field.was),
                shown(&field.mine),
                shown(&field.theirs),
                stays.to_owned(),
            ]);
        }
        lines.extend(aligned(&table));
    }
    lines.push("A digit changes whose value of the field stays.".to_owned());
    lines
}

/// The widest that a value is shown beside others.
const WIDEST: usize = 14;

fn aligned<const N: usize>(table: &[[String; N]]) -> Vec<String> {
    let signs = &crate::theme::UNICODE;
    let width = |column: usize| {
        let widths = table.iter().map(|row| row[column].width());
        widths.max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(text, width)| crate::cell::fitted(text, *width, false, signs));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    table.iter().map(line).collect()
}

/// The dialog in which a cell is edited.
#[must_use]
pub(crate) fn cell(name: &str, takes: String, value: &Value) -> Dialog {
    let text = editing(value);
    Dialog {
        title: format!("Edit {name}"),
        body: Body::Cell {
            null: text.is_none(),
            text: Text::new(text.unwrap_or_default()),
            hint: takes,
        },
        purpose: Purpose::Read,
    }
}
