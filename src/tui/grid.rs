//! A result as a grid: a window on rows that lie elsewhere, of any number. It asks for the rows in sight and
//! a few behind them.

use crate::cell;
use crate::edit::Edits;
use crate::theme::{Signs, UNICODE};
use noctra_runtime::{Column, Progress, Store, Thousands, Value};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// So many rows behind those in sight are fetched before anybody asks.
pub(crate) const PREFETCH: u64 = 4_096;
/// The rows that say how wide columns are.
const MEASURED: u64 = 100;
/// The widest that a column is made by its values.
const WIDEST: usize = 40;

/// A column of the grid.
#[derive(Clone, Debug)]
pub(crate) struct GridColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its type, for people.
    pub(crate) ty: String,
    /// How wide it is.
    pub(crate) width: usize,
    /// It is not shown.
    pub(crate) hidden: bool,
    /// Its values stand at the right.
    pub(crate) number: bool,
    /// Some of them have fractions.
    fraction: bool,
    /// A person has said how wide it is.
    fixed: bool,
}

/// The statement that rows come from, and what is asked of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// The person's own statement.
    pub(crate) text: String,
    /// It is a query, which can stand inside of another one.
    pub(crate) nests: bool,
    /// The tables that its rows are of, where it says so simply.
    pub(crate) tables: Vec<String>,
    /// The column that is sorted by, from 0, and whether downwards.
    pub(crate) sort: Option<(usize, bool)>,
    /// What is true of each row, in RQL.
    pub(crate) filter: Option<String>,
    /// The parameters that were asked for, and what was answered.
    pub(crate) values: Vec<(String, String)>,
}

impl Query {
    /// The statement with what is asked besides.
    #[must_use]
    pub(crate) fn statement(&self) -> String {
        if self.sort.is_none() && self.filter.is_none() {
            return self.text.clone();
        }
        let inner = self.text.trim().trim_end_matches(';').trim_end();
        let mut text = match self.nests {
            true => format!("SELECT * FROM (\n{inner}\n) AS result"),
            false => "SELECT * FROM last".to_owned(),
        };
        if let Some(filter) = &self.filter {
            text.push_str(&format!("\nWHERE {filter}"));
        }
        if let Some((column, down)) = self.sort {
            let way = if down { " DESC" } else { "" };
            text.push_str(&format!("\nORDER BY {}{way}", column + 1));
        }
        text + ";"
    }
}

/// A place in the grid.
pub(crate) type Place = (u64, usize);

/// A result in a window.
#[derive(Debug)]
pub(crate) struct Grid {
    /// The rows.
    pub(crate) store: Store,
    /// Where they come from.
    pub(crate) query: Query,
    /// How far they have come.
    pub(crate) progress: Progress,
    /// The columns.
    pub(crate) columns: Vec<GridColumn>,
    /// The row and the column of the cursor.
    pub(crate) row: u64,
    /// The same for the column.
    pub(crate) col: usize,
    /// The first row in sight.
    pub(crate) top: u64,
    /// The first column in sight behind the frozen ones.
    pub(crate) left: usize,
    /// So many columns stay in sight.
    pub(crate) frozen: usize,
    /// Where a selection has begun.
    pub(crate) anchor: Option<Place>,
    /// What the selection sums up to.
    pub(crate) sum: Option<String>,
    /// How long the statement took.
    pub(crate) time: Option<Duration>,
    /// What is edited, where it can be; else why it cannot.
    pub(crate) edits: Result<Edits, String>,
    /// The rows in sight.
    pub(crate) page: Vec<Vec<Value>>,
    thousands: Thousands,
    page_at: u64,
    height: usize,
    measured: u64,
    to_last: bool,
    /// The row to go to once it has come.
    awaited: Option<u64>,
}

impl Grid {
    /// The rows of a statement.
    #[must_use]
    pub(crate) fn new(store: Store, query: Query, edits: Result<Edits, String>) -> Self {
        let columns: Vec<GridColumn> = store.columns().iter().map(column).collect();
        Self {
            progress: store.progress(),
            columns,
            store,
            query,
            row: 0,
            col: 0,
            top: 0,
            left: 0,
            frozen: 0,
            anchor: None,
            sum: None,
            time: None,
            edits,
            page: Vec::new(),
            thousands: Thousands::default(),
            page_at: 0,
            height: 0,
            measured: 0,
            to_last: false,
            awaited: None,
        }
    }

    /// Keeps how another grid over the same columns looked.
    pub(crate) fn look_like(&mut self, other: &Self) {
        let same = |(a, b): (&GridColumn, &GridColumn)| a.name == b.name;
        let (own, theirs) = (self.columns.iter(), other.columns.iter());
        if self.columns.len() == other.columns.len() && own.zip(theirs).all(same) {
            self.columns.clone_from(&other.columns);
            (self.col, self.left, self.frozen) = (other.col, other.left, other.frozen);
            self.measured = other.measured;
        }
        // The same rows again are looked at from the same place.
        if self.query == other.query {
            (self.awaited, self.top) = (Some(other.row), other.top);
        }
    }

    /// Some rows up or down.
    pub(crate) fn go(&mut self, rows: i64) {
        (self.to_last, self.awaited) = (false, None);
        self.row = self.row.saturating_add_signed(rows);
        self.clamp();
    }

    /// Moves the rows in sight, and the cursor with them.
    pub(crate) fn scroll(&mut self, rows: i64) {
        let last = self.progress.rows.saturating_sub(self.height as u64);
        self.top = self.top.saturating_add_signed(rows).min(last);
        self.go(rows);
    }

    /// To a place.
    pub(crate) fn go_to(&mut self, (row, col): Place) {
        (self.to_last, self.awaited) = (false, None);
        (self.row, self.col) = (row, col);
        self.clamp();
    }

    /// To the last row, once all have come.
    pub(crate) fn go_last(&mut self) {
        (self.to_last, self.awaited) = (true, None);
        self.store.want(None);
        self.row = self.progress.rows.saturating_sub(1);
    }

    fn clamp(&mut self) {
        self.row = self.row.min(self.progress.rows.saturating_sub(1));
        self.col = self.col.min(self.columns.len().saturating_sub(1));
    }

    /// The columns that are shown, by their places.
    pub(crate) fn shown(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.columns.len()).filter(|&at| !self.columns[at].hidden)
    }

    /// One column to the left or right.
    pub(crate) fn step(&mut self, right: bool) {
        let next = match right {
            true => self.shown().find(|&at| at > self.col),
            false => self.shown().rfind(|&at| at < self.col),
        };
        self.col = next.unwrap_or(self.col);
    }

    /// How many rows a page has.
    #[must_use]
    pub(crate) fn page_rows(&self) -> i64 {
        i64::try_from(self.height.max(1)).unwrap_or(1)
    }

    /// Hides the column of the cursor, unless it is the only one.
    pub(crate) fn hide(&mut self) {
        if self.shown().count() > 1 {
            self.columns[self.col].hidden = true;
            let near = self.shown().find(|&at| at > self.col);
            self.col = near.or_else(|| self.shown().next_back()).unwrap_or(0);
        }
    }

    /// Shows every column.
    pub(crate) fn show_all(&mut self) {
        self.columns
            .iter_mut()
            .for_each(|column| column.hidden = false);
    }

    /// Makes the column of the cursor wider or narrower.
    pub(crate) fn widen(&mut self, by: isize) {
        if let Some(column) = self.columns.get_mut(self.col) {
            column.width = column.width.saturating_add_signed(by).clamp(1, 500);
            column.fixed = true;
        }
    }

    /// Keeps the columns up to the cursor in sight, or lets them go.
    pub(crate) fn freeze(&mut self) {
        self.frozen = if self.frozen > 0 { 0 } else { self.col + 1 };
        self.left = self.left.max(self.frozen);
    }

    /// Begins a selection, or ends it.
    pub(crate) fn mark(&mut self) {
        self.anchor = match self.anchor {
            None => Some((self.row, self.col)),
            Some(_) => None,
        };
        self.sum = None;
    }

    /// The selection: first and last row, first and last column.
    #[must_use]
    pub(crate) fn selected(&self) -> Option<(Place, Place)> {
        let (row, col) = self.anchor?;
        Some((
            (row.min(self.row), col.min(self.col)),
            (row.max(self.row), col.max(self.col)),
        ))
    }

    /// True where a cell is selected.
    #[must_use]
    pub(crate) fn is_selected(&self, (row, col): Place) -> bool {
        self.selected().is_some_and(|(from, to)| {
            (from.0..=to.0).contains(&row) && (from.1..=to.1).contains(&col)
        })
    }

    /// The row of the cursor as it was read.
    #[must_use]
    pub(crate) fn read(&self) -> Option<&[Value]> {
        let at = usize::try_from(self.row.checked_sub(self.page_at)?).ok()?;
        self.page.get(at).map(Vec::as_slice)
    }

    /// The value at the cursor, as it is edited.
    #[must_use]
    pub(crate) fn value(&self) -> Option<&Value> {
        let read = self.read()?.get(self.col)?;
        Some(self.edit((self.row, self.col)).unwrap_or(read))
    }

    /// The value that a cell was given.
    #[must_use]
    pub(crate) fn edit(&self, place: Place) -> Option<&Value> {
        self.edits.as_ref().ok()?.value(place)
    }

    /// How many cells are edited.
    #[must_use]
    pub(crate) fn edited(&self) -> usize {
        self.edits.as_ref().map_or(0, Edits::count)
    }

    /// Follows the rows and the window: what is drawn is what is here behind it.
    ///
    /// # Errors
    /// Where rows cannot be read.
    pub(crate) fn settle(
        &mut self,
        (width, height): (usize, usize),
        thousands: Thousands,
    ) -> std::io::Result<()> {
        self.progress = self.store.progress();
        self.height = height;
        if self.thousands != thousands {
            (self.thousands, self.measured) = (thousands, 0);
        }
        if self.to_last {
            self.row = self.progress.rows.saturating_sub(1);
            self.to_last = !self.progress.ended;
        } else if let Some(row) = self.awaited {
            self.row = row;
            self.store.want(Some(row + height as u64 + PREFETCH));
            let came = row < self.progress.rows || self.progress.ended;
            self.awaited = Some(row).filter(|_| !came);
        } else if !self.progress.ended {
            self.store.want(Some(self.row + height as u64 + PREFETCH));
        }
        self.clamp();
        let rows = height.max(1) as u64;
        self.top = self
            .top
            .min(self.row)
            .max((self.row + 1).saturating_sub(rows));
        let there = usize::try_from(self.progress.rows - self.top.min(self.progress.rows));
        let there = there.unwrap_or(usize::MAX).min(height);
        if self.page_at != self.top || self.page.len() != there {
            let page = self.store.read(self.top, height)?;
            self.grow(&page);
            (self.page, self.page_at) = (page, self.top);
        }
        self.measure()?;
        self.reveal(width);
        Ok(())
    }

    /// Columns are as wide as the first rows need, and those that have been in sight.
    fn measure(&mut self) -> std::io::Result<()> {
        let until = self.progress.rows.min(MEASURED);
        if self.measured < until {
            let count = usize::try_from(until - self.measured).unwrap_or(0);
            let rows = self.store.read(self.measured, count)?;
            self.grow(&rows);
            self.measured = until;
        }
        Ok(())
    }

    fn grow(&mut self, rows: &[Vec<Value>]) {
        for at in 0..self.columns.len() {
            let values = || rows.iter().filter_map(|row| row.get(at));
            let column = &mut self.columns[at];
            column.number |=
                column.ty.is_empty() && values().any(|value| value.as_ref().is_number());
            column.fraction |= values().any(has_fraction);
            if !column.fixed {
                let widths = values().map(|value| self.text(at, value, &UNICODE).width());
                let widest = widths.max().unwrap_or(0).min(WIDEST);
                self.columns[at].width = self.columns[at].width.max(widest);
            }
        }
    }

    /// Makes the column wide enough for the cell of the cursor as it is edited.
    pub(crate) fn make_room(&mut self) {
        let edited = self.edit((self.row, self.col));
        let width = edited.map(|value| self.text(self.col, value, &UNICODE).width());
        if let (Some(width), Some(column)) = (width, self.columns.get_mut(self.col))
            && !column.fixed
        {
            column.width = column.width.max(width.min(WIDEST));
        }
    }

    /// What stands in a cell.
    #[must_use]
    pub(crate) fn text(&self, at: usize, value: &Value, signs: &Signs) -> String {
        let text = cell::shown(value, signs);
        let grouped = match self.thousands {
            Thousands::Off => false,
            Thousands::All => true,
            Thousands::Amounts => self.columns[at].fraction,
        };
        match grouped && value.as_ref().is_number() {
            true => cell::in_thousands(&text),
            false => text,
        }
    }

    /// How wide the numbers of the rows are.
    #[must_use]
    pub(crate) fn gutter(&self) -> usize {
        let last = self.top + self.height as u64;
        last.to_string().len().max(4)
    }

    /// The columns in sight, with their widths on the screen; the last one may be cut.
    #[must_use]
    pub(crate) fn in_sight(&self, width: usize) -> Vec<(usize, usize)> {
        let mut left = width.saturating_sub(self.gutter());
        let mut all = Vec::new();
        let frozen = self.frozen;
        for at in self.shown().filter(|&at| at < frozen || at >= self.left) {
            // A line, a space, the values.
            let Some(room) = left.checked_sub(3) else {
                break;
            };
            let own = self.columns[at].width.min(room + 1);
            all.push((at, own));
            left = left.saturating_sub(own + 2);
        }
        all
    }

    /// Brings the column of the cursor in sight, whole where that is possible.
    fn reveal(&mut self, width: usize) {
        self.left = self.left.max(self.frozen);
        if self.col < self.frozen {
            return;
        }
        self.left = self.left.min(self.col);
        loop {
            let sight = self.in_sight(width);
            let whole =
                |&(at, own): &(usize, usize)| at == self.col && own == self.columns[at].width;
            if self.left >= self.col || sight.iter().any(whole) {
                break;
            }
            self.left += 1;
        }
    }
}

/// A number with a point.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Decimal(value) => value.scale() > 0,
        Value::Numeric(_) | Value::Real(_) | Value::Double(_) => {
            value.as_ref().to_string().contains('.')
        }
        _ => false,
    }
}

fn column(column: &Column) -> GridColumn {
    let ty = match column.ty {
        rql::Type::Unknown => String::new(),
        ty => ty.to_string(),
    };
    GridColumn {
        width: cell::escaped(&column.name).width().clamp(1, WIDEST) + 2,
        name: cell::escaped(&column.name),
        ty,
        hidden: false,
        number: column.kind.is_number(),
        fraction: false,
        fixed: false,
    }
}
