//! What has been edited of the records.

use super::{Count, Record, RecordSet, Status};
use crate::{Change, Committed, Conflict, Error, Row, Target, commit};
use noctra_runtime::{Session, Value};
use std::sync::Arc;

/// An edit of a record.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) was: Option<Row>,
    pub(super) now: Row,
    /// What a new one began with; as long as it is that, nobody has touched it.
    pub(super) begun: Row,
    pub(super) deleted: bool,
}

impl Edit {
    fn change(&self, target: &Arc<Target>) -> Option<Change> {
        let target = Arc::clone(target);
        let change = match (&self.was, self.deleted) {
            (None, _) if self.deleted || self.now == self.begun => return None,
            (None, _) => {
                let values = self.now.clone();
                Change::Insert { target, values }
            }
            (Some(was), true) => {
                let was = was.clone();
                Change::Delete { target, was }
            }
            (Some(was), false) => {
                let (was, now) = (was.clone(), self.now.clone());
                Change::Update { target, was, now }
            }
        };
        (!change.is_empty()).then_some(change)
    }

    pub(super) fn record(&self) -> Record {
        let status = match (&self.was, self.deleted) {
            (_, true) => Status::Deleted,
            (None, _) if self.now == self.begun => Status::New,
            (None, _) => Status::Insert,
            (Some(was), _) if *was == self.now => Status::Query,
            (Some(_), _) => Status::Changed,
        };
        Record {
            values: self.now.clone(),
            was: self.was.clone(),
            status,
        }
    }
}

impl RecordSet {
    /// The key of a row as it was read, as a text.
    pub(super) fn key_of(&self, row: &Row) -> Option<String> {
        let key = self.target.key.as_ref().ok()?;
        let values = key
            .iter()
            .map(|&at| row[at].as_ref().map_or(String::new(), Value::shown));
        Some(values.collect::<Vec<_>>().join("\u{1f}"))
    }

    /// What has been edited of the current record, to be edited further.
    fn edit(&mut self, session: &mut Session) -> Result<&mut Edit, Error> {
        let record = self.current(session)?.ok_or(Error::NoRecord)?;
        if let Some(count) = self.count
            && self.current >= count
        {
            let at = usize::try_from(self.current - count).unwrap_or(usize::MAX);
            return self.added.get_mut(at).ok_or(Error::NoRecord);
        }
        self.target.key.as_ref().map_err(Clone::clone)?;
        let key = record.was.as_ref().and_then(|was| self.key_of(was));
        let key = key.ok_or(Error::NoRecord)?;
        Ok(self.edits.entry(key).or_insert_with(|| Edit {
            now: record.values.clone(),
            was: record.was,
            begun: Row::new(),
            deleted: false,
        }))
    }

    /// Gives a field of the current record a value; `None` leaves a new one's to the database.
    ///
    /// # Errors
    /// Where the table's rows cannot be changed, or there is no record.
    pub fn set(
        &mut self,
        session: &mut Session,
        column: usize,
        value: Option<Value>,
    ) -> Result<(), Error> {
        let edit = self.edit(session)?;
        if let Some(cell) = edit.now.get_mut(column) {
            *cell = value;
        }
        self.tidy();
        Ok(())
    }

    /// Marks the current record for deletion, or takes that back; a new one goes at once.
    ///
    /// # Errors
    /// As [`RecordSet::set`].
    pub fn delete(&mut self, session: &mut Session, delete: bool) -> Result<(), Error> {
        let edit = self.edit(session)?;
        edit.deleted = delete;
        self.tidy();
        Ok(())
    }

    /// The current record is again as it was read; a new one goes.
    ///
    /// # Errors
    /// As [`RecordSet::set`].
    pub fn revert(&mut self, session: &mut Session) -> Result<(), Error> {
        let edit = self.edit(session)?;
        match &edit.was {
            Some(was) => (edit.now, edit.deleted) = (was.clone(), false),
            None => edit.deleted = true,
        }
        self.tidy();
        Ok(())
    }

    /// Adds a record with these values behind the last one, and goes there.
    ///
    /// # Errors
    /// Where the records cannot be counted.
    pub fn insert(&mut self, session: &mut Session, mut values: Row) -> Result<(), Error> {
        if self.target.table.kind.is_view() {
            self.target.key.as_ref().map_err(Clone::clone)?;
        }
        values.resize(self.target.columns().len(), None);
        let count = self.count_all(session)?;
        self.added.push(Edit {
            was: None,
            begun: vec![None; values.len()],
            now: values,
            deleted: false,
        });
        self.current = count;
        Ok(())
    }

    /// The current record, which is new, begins with what is in it now: until that changes it is no change.
    ///
    /// # Errors
    /// Where there is no record.
    pub fn begin(&mut self, session: &mut Session) -> Result<(), Error> {
        let edit = self.edit(session)?;
        edit.begun.clone_from(&edit.now);
        Ok(())
    }

    /// Forgets new records that nobody has touched, but for the current one.
    pub fn forget_untouched(&mut self) {
        let here = self.count.and_then(|count| self.current.checked_sub(count));
        let (mut at, mut before) = (0, 0);
        self.added.retain(|edit| {
            let kept = here == Some(at) || edit.was.is_some() || edit.now != edit.begun;
            before += u64::from(!kept && here.is_some_and(|here| at < here));
            at += 1;
            kept
        });
        self.current -= before;
        self.stay_inside();
    }

    /// Forgets edits that are none.
    fn tidy(&mut self) {
        self.edits
            .retain(|_, edit| edit.deleted || edit.was.as_ref() != Some(&edit.now));
        self.added
            .retain(|added| added.was.is_some() || !added.deleted);
        self.stay_inside();
    }

    fn stay_inside(&mut self) {
        if let Count::Exactly(count) = self.count() {
            self.current = self.current.min(count.saturating_sub(1));
        }
    }

    /// What has been edited, in the order in which it is kept: deletions first, then changes, then new records.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let edits = || self.edits.values().chain(&self.added);
        let of = |edits: &mut dyn Iterator<Item = &Edit>| -> Vec<Change> {
            edits.filter_map(|edit| edit.change(&self.target)).collect()
        };
        let mut all = of(&mut edits().filter(|edit| edit.deleted));
        all.extend(of(
            &mut edits().filter(|edit| !edit.deleted && edit.was.is_some())
        ));
        all.extend(of(
            &mut edits().filter(|edit| !edit.deleted && edit.was.is_none())
        ));
        all
    }

    /// True where something has been edited.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        let mut edits = self.edits.values().chain(&self.added);
        edits.any(|edit| edit.change(&self.target).is_some())
    }

    /// Makes the changes, all or none.
    ///
    /// # Errors
    /// What the database says of a change, with its position in [`RecordSet::changes`].
    pub fn commit(&mut self, session: &mut Session) -> Result<Committed, (usize, Error)> {
        let changes = self.changes();
        let done = commit(session, &changes)?;
        if let Committed::Done(rows) = &done {
            self.applied(&changes, rows);
        }
        Ok(done)
    }

    /// The changes have been made, and these are the rows now.
    pub fn applied(&mut self, changes: &[Change], rows: &[Option<Row>]) {
        let made = |edit: &&mut Edit| edit.was.is_none() && edit.now != edit.begun;
        let mut inserted = self.added.iter_mut().filter(made);
        let mut fresh = Vec::new();
        for (change, row) in changes.iter().zip(rows) {
            match (change, row) {
                (Change::Insert { values, .. }, row) => {
                    if let Some(edit) = inserted.next() {
                        let row = row.clone().unwrap_or_else(|| values.clone());
                        (edit.was, edit.now) = (Some(row.clone()), row);
                    }
                }
                (Change::Update { was, .. } | Change::Delete { was, .. }, row) => {
                    fresh.push((was.clone(), row.clone()));
                }
            }
        }
        for (was, row) in fresh {
            self.replace(&was, row);
        }
        self.edits.clear();
        self.stay_inside();
    }

    /// A row of the database is another now, or gone.
    fn replace(&mut self, was: &Row, row: Option<Row>) {
        let Some(key) = self.key_of(was) else { return };
        let same = |known: &Row, of: &Self| of.key_of(known).as_ref() == Some(&key);
        let added = self
            .added
            .iter()
            .position(|edit| edit.was.as_ref().is_some_and(|was| same(was, self)));
        match (added, row) {
            (Some(at), Some(row)) => {
                let edit = &mut self.added[at];
                (edit.was, edit.now, edit.deleted) = (Some(row.clone()), row, false);
            }
            (Some(at), None) => {
                self.added.remove(at);
            }
            (None, Some(row)) => {
                let found = self.pages.iter().find_map(|(&page, rows)| {
                    let at = rows.iter().position(|known| same(known, self))?;
                    Some((page, at))
                });
                if let Some((page, at)) = found
                    && let Some(rows) = self.pages.get_mut(&page)
                {
                    rows[at] = row;
                }
            }
            (None, None) => {
                // What stood behind it has moved up.
                self.pages.clear();
                self.used.clear();
                self.seen = self.seen.saturating_sub(1);
                self.count = self.count.map(|count| count.saturating_sub(1));
            }
        }
    }

    /// Drops all edits.
    pub fn rollback(&mut self) {
        self.edits.clear();
        self.added.retain(|edit| edit.was.is_some());
        for edit in &mut self.added {
            if let Some(was) = &edit.was {
                (edit.now, edit.deleted) = (was.clone(), false);
            }
        }
        self.stay_inside();
    }

    /// Puts what was decided of a conflict in the place of its change: `None` where the row stays as the other has
    /// it.
    pub fn settle(&mut self, conflict: &Conflict, change: &Change, decided: Option<Change>) {
        let (Change::Update { was, .. } | Change::Delete { was, .. }) = change else {
            return;
        };
        let key = self.key_of(was);
        if let Some(key) = &key {
            self.edits.remove(key);
        }
        self.replace(was, conflict.theirs.clone());
        match decided {
            Some(Change::Update { was, now, .. }) => self.put(was, now, false),
            Some(Change::Delete { was, .. }) => self.put(was.clone(), was, true),
            Some(Change::Insert { values, .. }) => self.added.push(Edit {
                was: None,
                begun: Row::new(),
                now: values,
                deleted: false,
            }),
            None => {}
        }
        self.stay_inside();
    }

    fn put(&mut self, was: Row, now: Row, deleted: bool) {
        let Some(key) = self.key_of(&was) else { return };
        let known = self.added.iter().position(|edit| {
            edit.was.as_ref().and_then(|was| self.key_of(was)).as_ref() == Some(&key)
        });
        let edit = Edit {
            was: Some(was),
            now,
            begun: Row::new(),
            deleted,
        };
        match known {
            Some(at) => self.added[at] = edit,
            None => {
                self.edits.insert(key, edit);
            }
        }
    }

    /// Reads everything again; edits stay.
    pub fn reread(&mut self) {
        self.pages.clear();
        self.used.clear();
        (self.seen, self.count) = (0, None);
        self.added.retain(|edit| edit.was.is_none());
    }
}
