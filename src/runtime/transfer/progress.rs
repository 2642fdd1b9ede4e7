//! How far long work is: told now and then, shown by whoever has a place for it.

use crate::{Column, Rows, ValueRef};
use std::io;

/// Shows how far one work is, until it is dropped.
pub trait Meter {
    /// So many rows, and so much of the whole in any unit; the whole is 0 where nobody knows it.
    fn at(&mut self, rows: u64, done: u64, whole: u64);
}

/// Makes a meter for a work, which is named in a word or two.
pub type Meters = Box<dyn Fn(&str) -> Box<dyn Meter>>;

/// Where nobody looks.
pub(crate) struct Unseen;

impl Meter for Unseen {
    fn at(&mut self, _: u64, _: u64, _: u64) {}
}

/// Rows between two looks.
pub(crate) const LOOK: u64 = 256;

/// Counts rows on their way.
pub(crate) struct Metered<'r> {
    pub(crate) rows: &'r mut dyn Rows,
    pub(crate) meter: Box<dyn Meter>,
    pub(crate) count: u64,
    /// How many are to come, about; 0 where nobody knows.
    pub(crate) expected: u64,
}

/// So many rows of about so many.
pub(crate) fn tell(meter: &mut dyn Meter, count: u64, expected: u64) {
    match expected {
        0 => meter.at(count, 0, 0),
        expected => meter.at(count, count, expected.max(count)),
    }
}

impl Rows for Metered<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.count += 1;
        if self.count.is_multiple_of(LOOK) {
            tell(&mut *self.meter, self.count, self.expected);
        }
        self.rows.row(row)
    }
}
