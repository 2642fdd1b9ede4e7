//! Keeping and dropping changes: triggers, conflicts.

use super::{Contested, Dialog, FormSession, Mode, Stop, said};
use crate::{Change, Choice, Committed, Conflict, Hooks, Row, commit_with};
use noctra_runtime::{Failure, Fields, Loaded, Output, Session, Value};
use rql_forms::Event;
use std::sync::Arc;

impl FormSession {
    /// The changes of all blocks, each with its block, in an order in which foreign keys hold: rows that refer go
    /// before those that they refer to, and come after them.
    pub(super) fn changes(&self) -> Vec<(usize, Change)> {
        let of = |block: usize| {
            let set = self.blocks[block].set.as_ref();
            let changes = set.map_or(Vec::new(), crate::RecordSet::changes);
            changes.into_iter().map(move |change| (block, change))
        };
        let all = || (0..self.blocks.len()).flat_map(of);
        let is_delete = |change: &(usize, Change)| matches!(change.1, Change::Delete { .. });
        let mut changes: Vec<_> = all().filter(is_delete).collect();
        changes.sort_by_key(|(block, _)| std::cmp::Reverse(*block));
        changes.extend(all().filter(|change| !is_delete(change)));
        changes
    }

    /// The statements that the changes will be, the field that one is in included.
    ///
    /// # Errors
    /// Where the session fails as a whole.
    pub fn preview(
        &mut self,
        session: &mut Session,
        out: &mut Output,
    ) -> Result<Vec<String>, Failure> {
        match self.leave(session, out) {
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::Said(text)) => self.say(text, true),
            Ok(()) => {}
        }
        let changes = self.changes();
        let shown = changes.iter().map(|(_, change)| change.shown());
        Ok(shown.filter_map(Result::ok).collect())
    }

    pub(super) fn commit(&mut self, session: &mut Session, out: &mut Output) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return said("a query is being entered: F5 runs it, Esc ends it");
        }
        if self.blocks[0].target.is_none() {
            return self.run_default(session, out);
        }
        self.leave(session, out)?;
        if !self.is_sound(session)? {
            return Ok(());
        }
        self.store(session)?;
        let all = self.changes();
        if all.is_empty() {
            self.say("there is nothing to keep", false);
            return Ok(());
        }
        let changes: Vec<Change> = all.iter().map(|(_, change)| change.clone()).collect();
        let mut hooks = Triggers {
            forms: all
                .iter()
                .map(|(block, _)| Arc::clone(&self.blocks[*block].loaded))
                .collect(),
            first: Arc::clone(&self.blocks[0].loaded),
            fields: self.blocks[0].fields(),
            out,
        };
        match commit_with(session, &changes, &mut hooks) {
            Ok(Committed::Done(rows)) => {
                for block in 0..self.blocks.len() {
                    let own: Vec<usize> = (0..all.len()).filter(|&at| all[at].0 == block).collect();
                    let made: Vec<Change> = own.iter().map(|&at| changes[at].clone()).collect();
                    let rows: Vec<Option<Row>> = own.iter().map(|&at| rows[at].clone()).collect();
                    if let Some(set) = &mut self.blocks[block].set {
                        set.applied(&made, &rows);
                    }
                    self.blocks[block].pending = false;
                }
                for block in &mut self.blocks {
                    block.load(session)?;
                }
                // Rows can belong to a record that is new, or to one whose key is another now.
                let master = |change: &(usize, Change)| change.0 == 0;
                if all.iter().any(master) {
                    self.show_details(session)?;
                }
                let count = changes.len();
                let changed = if count == 1 {
                    "change is"
                } else {
                    "changes are"
                };
                self.say(format!("{count} {changed} kept"), false);
                Ok(())
            }
            Ok(Committed::Conflicts(conflicts)) => {
                let contested = |conflict: Conflict| self.contested(&all, conflict);
                let contested: Vec<Contested> = conflicts.into_iter().map(contested).collect();
                let rows = contested.len();
                self.dialog = Some(Dialog::Conflicts(contested));
                let (rows, has) = if rows == 1 {
                    ("1 row".to_owned(), "is")
                } else {
                    (format!("{rows} rows"), "are")
                };
                said(format!(
                    "{rows} {has} not what was read: somebody else has changed it; nothing is kept"
                ))
            }
            Err((at, error)) => {
                let block = all.get(at).map_or(0, |(block, _)| *block);
                let label = self.blocks[block].label.clone();
                match Stop::from(error) {
                    Stop::Said(text) => said(format!("{label}: {text}; nothing is kept")),
                    failed => Err(failed),
                }
            }
        }
    }

    /// A form of no table: F10 does what F5 does.
    fn run_default(&mut self, session: &mut Session, out: &mut Output) -> Result<(), Stop> {
        let action = self.blocks[0].form().default_action();
        match action.map(|action| action.name.text.clone()) {
            Some(action) => self.run(session, &action, out),
            None => said("the form has no action to run"),
        }
    }

    fn contested(&self, all: &[(usize, Change)], conflict: Conflict) -> Contested {
        let (block, change) = all[conflict.change].clone();
        let shown = &self.blocks[block];
        let name = |column: usize| {
            let at = shown
                .columns
                .iter()
                .position(|known| *known == Some(column));
            match at {
                Some(at) => shown.field(at).name.text.clone(),
                None => change.target().columns()[column].name.clone(),
            }
        };
        let fields = conflict.fields.iter();
        Contested {
            block,
            fields: fields
                .map(|field| (name(field.column), Choice::Theirs))
                .collect(),
            conflict,
            change,
        }
    }

    /// Whose value of a field stays.
    pub(super) fn side(&mut self, field: &str, choice: Choice) -> Result<(), Stop> {
        let Some(Dialog::Conflicts(all)) = &mut self.dialog else {
            return said("nothing is contested");
        };
        let mut fields = all.iter_mut().flat_map(|row| &mut row.fields);
        match fields.find(|known| known.0 == field) {
            Some(known) => {
                known.1 = choice;
                Ok(())
            }
            None => said(format!("{field} is not contested")),
        }
    }

    /// The choices are made: the edits are what is left of them.
    pub(super) fn settle(
        &mut self,
        session: &mut Session,
        all: Vec<Contested>,
        letter: char,
    ) -> Result<(), Stop> {
        for row in all {
            let choice = |column: usize| {
                let mut fields = row.conflict.fields.iter().zip(&row.fields);
                match letter {
                    't' => Choice::Theirs,
                    'k' => Choice::Mine,
                    _ => fields
                        .find(|(field, _)| field.column == column)
                        .map_or(Choice::Theirs, |(_, (_, choice))| *choice),
                }
            };
            let decided = row.conflict.resolve(&row.change, choice);
            if let Some(set) = &mut self.blocks[row.block].set {
                set.settle(&row.conflict, &row.change, decided);
            }
        }
        self.show(session)?;
        let left = self.changes().len();
        let (changes, are) = if left == 1 {
            ("change", "is")
        } else {
            ("changes", "are")
        };
        self.say(
            format!("{left} {changes} {are} left: F10 keeps them"),
            false,
        );
        Ok(())
    }

    pub(super) fn rollback(&mut self, session: &mut Session) -> Result<(), Stop> {
        for block in &mut self.blocks {
            block.pending = false;
            if let Some(set) = &mut block.set {
                set.rollback();
            }
        }
        let at = std::mem::replace(&mut self.at, 0);
        let found = self.blocks[0].load(session);
        let shown = found.and_then(|found| match found {
            true => self.show_details(session),
            false => self.blocks[0].blank(session),
        });
        self.at = at;
        shown?;
        self.say("the changes are dropped", false);
        Ok(())
    }

    pub(super) fn ask_delete(&mut self, session: &mut Session) -> Result<(), Stop> {
        let block = self.block();
        block.check_writable()?;
        if block.set.is_none() {
            return said("the form shows no records");
        }
        let Some(record) = block.record(session)? else {
            return said("there is no record");
        };
        if record.was.is_none() {
            return self.delete(session);
        }
        let action = block.form().action("delete");
        let question = action.and_then(|action| action.confirm.clone());
        let question = question.unwrap_or_else(|| "Delete this record?".into());
        let action = "delete".to_owned();
        self.dialog = Some(Dialog::Confirm { question, action });
        Ok(())
    }

    /// Marks the record for deletion; it goes when the changes are kept.
    pub(super) fn delete(&mut self, session: &mut Session) -> Result<(), Stop> {
        let block = self.block();
        let new = block
            .record(session)?
            .is_some_and(|record| record.was.is_none());
        block.pending = false;
        if let Some(set) = &mut block.set {
            set.delete(session, true)?;
        }
        if new && !block.load(session)? {
            block.blank(session)?;
        }
        if !new {
            self.say("the record goes when the changes are kept (F10)", false);
        }
        Ok(())
    }

    // -- triggers --------------------------------------------------------------------------------

    /// Runs an action that an event of a field asks for; the columns of its row that are called like fields are
    /// their values.
    pub(super) fn trigger(
        &mut self,
        session: &mut Session,
        name: &str,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let block = &mut self.blocks[self.at];
        let loaded = Arc::clone(&block.loaded);
        let Some(action) = loaded.form().action(name) else {
            return Ok(());
        };
        let mut fields = block.fields();
        let before = fields.clone();
        session.run_trigger(&loaded, action, &mut fields, out)?;
        for (at, field) in loaded.form().fields.iter().enumerate() {
            let name = &field.name.text;
            if fields.get(name) != before.get(name) {
                block.put(at, fields.get(name).unwrap_or(&Value::Null));
                block.cells[at].touched = true;
                block.pending = true;
            }
        }
        Ok(())
    }

    /// Runs what the form does before or after an event that concerns no single row.
    pub(super) fn fire(
        &mut self,
        session: &mut Session,
        event: Event,
        before: bool,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let names: Vec<String> = self
            .block()
            .form()
            .at(event, before)
            .map(|a| a.name.text.clone())
            .collect();
        for name in names {
            self.trigger(session, &name, out)?;
        }
        Ok(())
    }
}

/// What forms do before and after their rows are changed: a part of the same transaction.
struct Triggers<'a> {
    /// The form of each change.
    forms: Vec<Arc<Loaded>>,
    first: Arc<Loaded>,
    fields: Fields,
    out: &'a mut Output,
}

impl Hooks for Triggers<'_> {
    fn before(
        &mut self,
        session: &mut Session,
        at: usize,
        change: &mut Change,
    ) -> Result<(), Failure> {
        let loaded = Arc::clone(&self.forms[at]);
        let event = event(change);
        for action in loaded.form().at(event, true) {
            let mut fields = fields_of(&loaded, change);
            let before = fields.clone();
            session.run_trigger(&loaded, action, &mut fields, self.out)?;
            for (name, value) in fields {
                if before.get(&name) != Some(&value) {
                    change.give(&name, value);
                }
            }
        }
        Ok(())
    }

    fn after(
        &mut self,
        session: &mut Session,
        at: usize,
        change: &Change,
        row: Option<&Row>,
    ) -> Result<(), Failure> {
        let loaded = Arc::clone(&self.forms[at]);
        for action in loaded.form().at(event(change), false) {
            let mut fields = fields_of(&loaded, change);
            if let Some(row) = row {
                fields.extend(named(change, row));
            }
            session.run_trigger(&loaded, action, &mut fields, self.out)?;
        }
        Ok(())
    }

    fn around(&mut self, session: &mut Session, before: bool) -> Result<(), Failure> {
        let loaded = Arc::clone(&self.first);
        for action in loaded.form().at(Event::Commit, before) {
            session.run_trigger(&loaded, action, &mut self.fields.clone(), self.out)?;
        }
        Ok(())
    }
}

fn event(change: &Change) -> Event {
    match change {
        Change::Insert { .. } => Event::Insert,
        Change::Update { .. } => Event::Update,
        Change::Delete { .. } => Event::Delete,
    }
}

/// What the fields of a form hold of a change.
fn fields_of(loaded: &Loaded, change: &Change) -> Fields {
    let row = match change {
        Change::Insert { values, .. } => values,
        Change::Update { now, .. } => now,
        Change::Delete { was, .. } => was,
    };
    let known: Fields = named(change, row).collect();
    let fields = loaded.form().fields.iter();
    fields
        .map(|field| {
            let value = known.get(&field.name.text).cloned();
            (field.name.text.clone(), value.unwrap_or(Value::Null))
        })
        .collect()
}

fn named<'a>(change: &'a Change, row: &'a Row) -> impl Iterator<Item = (String, Value)> + 'a {
    let columns = change.target().columns().iter().zip(row);
    columns
        .filter_map(|(column, value)| Some((rql_forms::field_name(&column.name), value.clone()?)))
}
