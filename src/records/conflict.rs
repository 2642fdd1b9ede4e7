//! A row that somebody else has changed since it was read.

use crate::{Change, Row};
use noctra_runtime::Value;

/// A change that cannot be made, since its row is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which of the changes.
    pub change: usize,
    /// The row as it is now; `None` where it is gone.
    pub theirs: Option<Row>,
    /// The fields that are not what they were, in the order of the columns.
    pub fields: Vec<Difference>,
}

/// A field of such a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The position of its column.
    pub column: usize,
    /// What it was when it was read.
    pub was: Option<Value>,
    /// What it was to become; `None` where it was not changed.
    pub mine: Option<Value>,
    /// What it is now.
    pub theirs: Option<Value>,
}

/// Whose value stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// That of the change.
    Mine,
    /// That of the other.
    Theirs,
}

impl Conflict {
    /// What is between a change and the row as it is now.
    #[must_use]
    pub(crate) fn between(at: usize, change: &Change, theirs: Option<Row>) -> Self {
        let (was, now) = match change {
            Change::Update { was, now, .. } => (was, Some(now)),
            Change::Delete { was, .. } => (was, None),
            Change::Insert { values, .. } => (values, None),
        };
        let mut fields = Vec::new();
        for (column, was) in was.iter().enumerate() {
            let there = theirs
                .as_ref()
                .and_then(|row| row.get(column).cloned().flatten());
            if was.is_none() || (theirs.is_some() && *was == there) {
                continue;
            }
            let mine = now.and_then(|now| now.get(column).cloned().flatten());
            fields.push(Difference {
                column,
                was: was.clone(),
                mine: mine.filter(|mine| Some(mine) != was.as_ref()),
                theirs: there,
            });
        }
        Self {
            change: at,
            theirs,
            fields,
        }
    }

    /// The change that is left when each field has its choice; `None` where nothing is to be done any more. What I
    /// have changed and the other has not stays mine. Where the row is gone, mine brings it back, and theirs leaves
    /// it so.
    #[must_use]
    pub fn resolve(&self, change: &Change, choice: impl Fn(usize) -> Choice) -> Option<Change> {
        let mine = |at: usize| choice(at) == Choice::Mine;
        let any_mine = self.fields.is_empty() || self.fields.iter().any(|f| mine(f.column));
        match (change, &self.theirs) {
            (Change::Update { target, was, now }, Some(theirs)) => {
                let contested = |at: usize| self.fields.iter().any(|f| f.column == at);
                let column = |at: usize| {
                    let changed = now[at].is_some() && now[at] != was[at];
                    let keep = changed && (!contested(at) || mine(at));
                    if keep {
                        now[at].clone()
                    } else {
                        theirs[at].clone()
                    }
                };
                let change = Change::Update {
                    target: target.clone(),
                    was: theirs.clone(),
                    now: (0..now.len()).map(column).collect(),
                };
                (!change.is_empty()).then_some(change)
            }
            (Change::Update { target, was, now }, None) => any_mine.then(|| Change::Insert {
                target: target.clone(),
                values: given(target, was, now),
            }),
            (Change::Delete { target, .. }, Some(theirs)) => any_mine.then(|| Change::Delete {
                target: target.clone(),
                was: theirs.clone(),
            }),
            (Change::Delete { .. }, None) => None,
            (Change::Insert { .. }, _) => Some(change.clone()),
        }
    }
}

/// The whole row anew, without what nobody may give.
fn given(target: &crate::Target, was: &Row, now: &Row) -> Row {
    let values = was.iter().zip(now).zip(target.columns());
    values
        .map(|((was, now), column)| {
            let value = now.clone().or_else(|| was.clone());
            value.filter(|_| !column.generated && !column.always)
        })
        .collect()
}
