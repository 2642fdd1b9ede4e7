//! What has been edited, and the statements that it will be.

use crate::text::Writer;
use crate::{ReadOnly, Target};
use noctra_runtime::{Request, Value};
use std::sync::Arc;

/// The values of a row by the positions of its table's columns; `None` for one that is not known, or not given.
pub type Row = Vec<Option<Value>>;

/// A change of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A row is added; what is not given is left to the database.
    Insert {
        /// The table.
        target: Arc<Target>,
        /// The values.
        values: Row,
    },
    /// A row gets other values.
    Update {
        /// The table.
        target: Arc<Target>,
        /// What it was when it was read.
        was: Row,
        /// What it is to be.
        now: Row,
    },
    /// A row is taken away.
    Delete {
        /// The table.
        target: Arc<Target>,
        /// What it was when it was read.
        was: Row,
    },
}

impl Change {
    /// The table.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        match self {
            Self::Insert { target, .. }
            | Self::Update { target, .. }
            | Self::Delete { target, .. } => target,
        }
    }

    /// The columns that an update gives another value, with it.
    #[must_use]
    pub fn sets(&self) -> Vec<(usize, &Value)> {
        let Self::Update { was, now, .. } = self else {
            return Vec::new();
        };
        let pairs = was.iter().zip(now).enumerate();
        pairs
            .filter_map(|(at, (was, now))| match now {
                Some(now) if was.as_ref() != Some(now) => Some((at, now)),
                _ => None,
            })
            .collect()
    }

    /// Gives a column of the row another value, by the name of its field.
    pub fn give(&mut self, field: &str, value: Value) {
        let Some(at) = self.target().column(field) else {
            return;
        };
        match self {
            Self::Insert { values: row, .. } | Self::Update { now: row, .. } => {
                row[at] = Some(value)
            }
            Self::Delete { .. } => {}
        }
    }

    /// True where both are updates of the same row.
    pub(crate) fn is_of_row(&self, other: &Self) -> bool {
        let (Self::Update { target, was, .. }, Self::Update { was: theirs, .. }) = (self, other)
        else {
            return false;
        };
        let same = |at: &usize| was.get(*at) == theirs.get(*at);
        target == other.target() && target.key.as_ref().is_ok_and(|key| key.iter().all(same))
    }

    /// Gives the row what another update of it sets, too.
    pub(crate) fn and(&mut self, other: &Self) {
        let (Self::Update { was, now, .. }, Self::Update { was: read, .. }) = (&mut *self, other)
        else {
            return;
        };
        // What only the other one has read of the row.
        for (at, read) in read.iter().enumerate() {
            if was[at].is_none() {
                (was[at], now[at]) = (read.clone(), read.clone());
            }
        }
        for (at, value) in other.sets() {
            now[at] = Some(value.clone());
        }
    }

    /// True for an update that changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Update { .. }) && self.sets().is_empty()
    }

    /// The statement that makes the change; an update or delete finds the row only where it is as it was read.
    ///
    /// # Errors
    /// Where rows of the table cannot be changed.
    pub fn request(&self) -> Result<Request, ReadOnly> {
        self.written(Writer::default())
    }

    /// The same statement as people read it before it runs: its values stand in it, so that it can be typed.
    ///
    /// # Errors
    /// As [`Change::request`].
    pub fn shown(&self) -> Result<String, ReadOnly> {
        let request = self.written(Writer::to_read())?;
        Ok(request.text + ";")
    }

    fn written(&self, mut out: Writer) -> Result<Request, ReadOnly> {
        let target = self.target();
        match self {
            Self::Insert { values, .. } => {
                if target.table.kind.is_view() {
                    return Err(ReadOnly::View(target.table.name.clone()));
                }
                insert(&mut out, target, values);
            }
            Self::Update { was, .. } => {
                let key = target.key.as_ref().map_err(Clone::clone)?;
                out.push(&format!("UPDATE {} SET ", target.written()));
                out.list(", ", self.sets(), |out, (at, value)| {
                    out.push(&format!("{} = ", target.column_written(at)));
                    out.bind(value.clone());
                });
                as_it_was(&mut out, target, key, was);
            }
            Self::Delete { was, .. } => {
                let key = target.key.as_ref().map_err(Clone::clone)?;
                out.push(&format!("DELETE FROM {}", target.written()));
                as_it_was(&mut out, target, key, was);
            }
        }
        Ok(out.done())
    }
}

fn insert(out: &mut Writer, target: &Target, values: &Row) {
    let given = || {
        values
            .iter()
            .enumerate()
            .filter_map(|(at, v)| Some((at, v.as_ref()?)))
    };
    out.push(&format!("INSERT INTO {} ", target.written()));
    if given().next().is_none() {
        out.push("DEFAULT VALUES");
    } else {
        out.push("(");
        out.columns(target, given().map(|(at, _)| at));
        out.push(") VALUES (");
        out.list(", ", given(), |out, (_, value)| out.bind(value.clone()));
        out.push(")");
    }
    out.push(" RETURNING ");
    out.columns(target, 0..target.columns().len());
}

fn as_it_was(out: &mut Writer, target: &Target, key: &[usize], was: &Row) {
    out.push(" WHERE ");
    out.is_key(target, key, was);
    for (at, value) in was.iter().enumerate() {
        if let (Some(value), false) = (value, key.contains(&at)) {
            out.push(" AND ");
            out.still(target, at, value);
        }
    }
}
