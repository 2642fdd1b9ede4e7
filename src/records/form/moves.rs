//! Going from field to field, from record to record, from block to block.

use super::{Act, FormSession, Mode, Stop, said};
use crate::{Count, Criteria, RecordSet, Row};
use noctra_runtime::{Output, Session, Value};
use rql_forms::Field;
use std::sync::Arc;

impl FormSession {
    /// The field's text is another now.
    pub(super) fn type_in(&mut self, text: Option<&str>) -> Result<(), Stop> {
        let query = self.mode == Mode::EnterQuery;
        let block = self.block();
        let at = block.focus;
        let Some(field) = block.form().fields.get(at) else {
            return said("the form has no field");
        };
        let name = field.shown().to_owned();
        if query {
            block.cells[at].text = text.map(str::to_owned);
            block.cells[at].problem = None;
            return Ok(());
        }
        if field.readonly || field.is_computed() {
            return said(format!("{name} cannot be changed"));
        }
        block.check_writable()?;
        let text = match (text, &field.mask) {
            (Some(text), Some(mask)) => match rql_forms::masked(mask, text) {
                Ok(text) => Some(text),
                Err(must) => return said(format!("{name}: must {must}")),
            },
            (text, _) => text.map(str::to_owned),
        };
        let cell = &mut block.cells[at];
        (cell.text, cell.touched) = (text, true);
        block.pending = true;
        Ok(())
    }

    /// Leaves the field: it is judged where it was edited, and what depends on it follows.
    pub(super) fn leave(&mut self, session: &mut Session, out: &mut Output) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return Ok(());
        }
        let at = self.block().focus;
        let block = self.block();
        let Some(cell) = block.cells.get(at) else {
            return Ok(());
        };
        let touched = cell.touched;
        let field = block.field(at).clone();
        if touched {
            let name = field.name.text.clone();
            // Whether there is a value is asked when the record is kept.
            block.judge(session, &|field: &Field| field.name.text == name, &|_| {
                false
            })?;
            if block.cells[at].problem.is_some() {
                self.say_problem(at);
                return Ok(());
            }
            self.follow(session, &field.name.text)?;
            if let Some(action) = &field.on_change {
                self.trigger(session, &action.text, out)?;
            }
        }
        if let Some(action) = &field.on_exit {
            self.trigger(session, &action.text, out)?;
        }
        if touched {
            self.block().compute(session)?;
            self.store(session)?;
        }
        Ok(())
    }

    /// Puts what was edited into the record; a new one belongs to what the first block shows.
    pub(super) fn store(&mut self, session: &mut Session) -> Result<(), Stop> {
        let block = self.block();
        if !block.pending || block.set.is_none() {
            return Ok(());
        }
        let mut row: Row = vec![None; block.width()];
        if block.record(session)?.is_none() {
            for (column, value) in self.links(session)? {
                self.block().put_column(column, &value);
                row[column] = Some(value);
            }
        }
        self.block().store(session, row)
    }

    fn say_problem(&mut self, at: usize) {
        let problem = self.block().cells[at].problem.clone();
        if let Some(problem) = problem {
            self.say(format!("{}: {}", problem.label, problem.message), true);
        }
    }

    /// A list of values that depends on a field that has changed: what is no longer in it goes.
    fn follow(&mut self, session: &mut Session, changed: &str) -> Result<(), Stop> {
        let block = self.block();
        let loaded = Arc::clone(&block.loaded);
        for (at, field) in loaded.form().fields.iter().enumerate() {
            let depends = field
                .lookup
                .as_ref()
                .is_some_and(|lookup| lookup.asks_for(changed) && field.name.text != changed);
            if !depends || block.cells[at].text.is_none() {
                continue;
            }
            let name = field.name.text.clone();
            block.judge(session, &|field: &Field| field.name.text == name, &|_| {
                false
            })?;
            if block.cells[at].problem.take().is_some() {
                block.put(at, &Value::Null);
                block.pending = true;
            }
        }
        Ok(())
    }

    pub(super) fn step(
        &mut self,
        session: &mut Session,
        by: isize,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let block = self.block();
        let place = block
            .order
            .iter()
            .position(|&at| at == block.focus)
            .unwrap_or(0);
        let count = block.order.len().cast_signed();
        if count == 0 {
            return Ok(());
        }
        let to = (place.cast_signed() + by).rem_euclid(count).cast_unsigned();
        let to = block.order[to];
        self.enter(session, to, out)
    }

    pub(super) fn go_to_field(
        &mut self,
        session: &mut Session,
        name: &str,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let block = self.block();
        let names = || {
            block
                .order
                .iter()
                .map(|&at| block.field(at).name.text.as_str())
        };
        match names().position(|known| known == name) {
            Some(place) => {
                let to = block.order[place];
                self.enter(session, to, out)
            }
            None => {
                let known: Vec<&str> = names().collect();
                said(format!(
                    "there is no field {name} to go to: there are {}",
                    known.join(", ")
                ))
            }
        }
    }

    fn enter(&mut self, session: &mut Session, to: usize, out: &mut Output) -> Result<(), Stop> {
        self.leave(session, out)?;
        let block = self.block();
        block.focus = to;
        let action = block.field(to).on_enter.clone();
        if let Some(action) = action.filter(|_| self.mode != Mode::EnterQuery) {
            self.trigger(session, &action.text, out)?;
        }
        Ok(())
    }

    pub(super) fn step_block(
        &mut self,
        session: &mut Session,
        by: isize,
        out: &mut Output,
    ) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return said("a query is being entered: F5 runs it, Esc ends it");
        }
        if self.blocks.len() == 1 {
            return said("the form has one block");
        }
        self.leave(session, out)?;
        if !self.is_sound(session)? {
            return Ok(());
        }
        let count = self.blocks.len().cast_signed();
        self.at = (self.at.cast_signed() + by)
            .rem_euclid(count)
            .cast_unsigned();
        Ok(())
    }

    // -- records ---------------------------------------------------------------------------------

    /// Whether the record shown may be left: as it is in the database, or sound.
    pub(super) fn is_sound(&mut self, session: &mut Session) -> Result<bool, Stop> {
        let block = self.block();
        let record = block.record(session)?;
        let edited = record.is_some_and(|record| {
            matches!(
                record.status,
                crate::Status::Insert | crate::Status::Changed
            )
        });
        if !edited && !block.pending {
            return Ok(true);
        }
        let needed = block.needed_names();
        let needed = |field: &Field| needed.contains(&field.name.text);
        block.judge(session, &|_| true, &needed)?;
        Ok(self.go_to_problem())
    }

    pub(super) fn move_record(
        &mut self,
        session: &mut Session,
        act: &Act,
        out: &mut Output,
    ) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return said("a query is being entered: F5 runs it, Esc ends it");
        }
        self.leave(session, out)?;
        if !self.is_sound(session)? {
            return Ok(());
        }
        self.keep_details()?;
        let Some(set) = &mut self.block().set else {
            return said("the form shows no records");
        };
        let (moved, nowhere) = match act {
            Act::NextRecord => (set.next(session)?, "this is the last record"),
            Act::PreviousRecord => (set.previous(session)?, "this is the first record"),
            Act::FirstRecord => (set.first(session)?, "there is no record"),
            Act::LastRecord => (set.last(session)?, "there is no record"),
            Act::Record(number) => (
                set.go(session, number.saturating_sub(1))?,
                "there is no such record",
            ),
            _ => (true, ""),
        };
        if !moved {
            let nowhere = match set.count() {
                Count::Exactly(0) => "there is no record",
                _ => nowhere,
            };
            return said(nowhere);
        }
        set.forget_untouched();
        self.show(session)
    }

    /// Rows that belong to the record are kept before another one is shown.
    fn keep_details(&self) -> Result<(), Stop> {
        let dirty = self.blocks.iter().skip(1).find(|block| block.is_dirty());
        match (self.at, dirty) {
            (0, Some(block)) => said(format!(
                "{} has changes: keep them (F10) or drop them first",
                block.label
            )),
            _ => Ok(()),
        }
    }

    /// Shows the current record of the block, and what belongs to it.
    pub(super) fn show(&mut self, session: &mut Session) -> Result<(), Stop> {
        let at = self.at;
        self.blocks[at].load(session)?;
        if at == 0 {
            self.show_details(session)?;
        }
        Ok(())
    }

    pub(super) fn show_details(&mut self, session: &mut Session) -> Result<(), Stop> {
        let (master, details) = self.blocks.split_at_mut(1);
        let shown = master[0].record(session)?;
        let stored = shown.is_some_and(|record| record.was.is_some());
        for detail in details {
            let Some(target) = detail.target.clone() else {
                continue;
            };
            let set = match stored {
                true => {
                    let order = detail.sorted.into_iter().collect();
                    RecordSet::new(target, &Criteria::default(), order).ok()
                }
                false => Some(RecordSet::empty(target)),
            };
            let linked = detail.linked(&master[0]);
            detail.set = set.map(|set| set.linked(&linked));
            detail.load(session)?;
        }
        Ok(())
    }

    pub(super) fn insert(
        &mut self,
        session: &mut Session,
        duplicate: bool,
        out: &mut Output,
    ) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return said("a query is being entered: F5 runs it, Esc ends it");
        }
        if self.block().set.is_none() {
            return said("the form shows no records");
        }
        self.block().check_writable()?;
        self.leave(session, out)?;
        if !self.is_sound(session)? {
            return Ok(());
        }
        self.keep_details()?;
        let linked = self.links(session)?;
        let block = self.block();
        let before: Vec<Option<String>> = block.cells.iter().map(|c| c.text.clone()).collect();
        block.blank(session)?;
        if duplicate {
            let key = block.key();
            for (at, text) in before.into_iter().enumerate() {
                let column = block.columns[at];
                let free = column.is_some_and(|column| !key.contains(&column));
                if free && !block.field(at).readonly {
                    block.cells[at].text = text;
                }
            }
            block.compute(session)?;
        }
        let mut row: Row = vec![None; block.width()];
        for (column, value) in &linked {
            row[*column] = Some(value.clone());
        }
        if let Some(set) = &mut block.set {
            set.insert(session, row)?;
        }
        for (column, value) in &linked {
            block.put_column(*column, value);
        }
        // The defaults are the record's, whether or not somebody goes through them.
        block.pending = block.cells.iter().any(|cell| cell.text.is_some());
        block.store(session, Row::new())?;
        if let Some(set) = &mut block.set {
            if !duplicate {
                set.begin(session)?;
            }
            set.forget_untouched();
        }
        block.focus = block.order.first().copied().unwrap_or(0);
        if self.at == 0 {
            self.mode = Mode::Normal;
            self.show_details(session)?;
        }
        Ok(())
    }

    /// What a new row of a detail has of the record that it belongs to.
    fn links(&mut self, session: &mut Session) -> Result<Vec<(usize, Value)>, Stop> {
        if self.at == 0 {
            return Ok(Vec::new());
        }
        let master = self.blocks[0].record(session)?;
        if master.is_none_or(|record| record.was.is_none()) {
            let label = &self.blocks[0].label;
            return said(format!(
                "{label} has no record yet that rows could belong to: keep it (F10) first"
            ));
        }
        Ok(self.blocks[self.at].linked(&self.blocks[0]))
    }

    pub(super) fn duplicate_field(&mut self, session: &mut Session) -> Result<(), Stop> {
        let block = self.block();
        let at = block.focus;
        let Some(column) = block.columns.get(at).copied().flatten() else {
            return said("the field is not one of the record");
        };
        let Some(set) = &mut block.set else {
            return said("the form shows no records");
        };
        let Some(before) = set.position().checked_sub(1) else {
            return said("there is no record before this one");
        };
        let value = set.record(session, before)?;
        let value = value.and_then(|record| record.values.get(column).cloned().flatten());
        let text = crate::editing(&value.unwrap_or(Value::Null));
        self.type_in(text.as_deref())
    }

    /// The edit of the field, or of the record, is taken back.
    pub(super) fn cancel(&mut self, session: &mut Session) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            self.mode = Mode::Query;
            let found = self.block().load(session)?;
            if !found {
                self.mode = Mode::Normal;
                self.block().blank(session)?;
            }
            return Ok(());
        }
        self.cancel_record(session)
    }

    pub(super) fn cancel_record(&mut self, session: &mut Session) -> Result<(), Stop> {
        let block = self.block();
        if block.set.is_none() {
            return block.blank(session);
        }
        if let (Some(_), Some(set)) = (block.record(session)?, &mut self.block().set) {
            set.revert(session)?;
        }
        if !self.block().load(session)? {
            self.block().blank(session)?;
        }
        Ok(())
    }

    /// What was typed into the field, and is not in the record, is taken back.
    pub(super) fn restore(&mut self, session: &mut Session) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            return self.type_in(None);
        }
        let block = self.block();
        let at = block.focus;
        let Some(column) = block.columns.get(at).copied() else {
            return Ok(());
        };
        let record = block.record(session)?;
        let there = record.is_some();
        let value = match (record, column) {
            (Some(record), Some(column)) => record.values.get(column).cloned().flatten(),
            _ => {
                let loaded = Arc::clone(&block.loaded);
                let default = loaded.form().fields[at].default.as_ref();
                let fields = block.fields();
                let value = default.map(|default| session.form_value(&loaded, default, &fields));
                value.transpose()?
            }
        };
        let block = self.block();
        block.put(at, &value.unwrap_or(Value::Null));
        block.compute(session)?;
        match there {
            true => self.store(session),
            false => {
                block.pending &= block.cells.iter().any(|cell| cell.text.is_some());
                Ok(())
            }
        }
    }

    pub(super) fn clear(&mut self, session: &mut Session) -> Result<(), Stop> {
        if self.mode == Mode::EnterQuery {
            self.block()
                .cells
                .iter_mut()
                .for_each(|cell| *cell = Default::default());
            return Ok(());
        }
        if self.is_dirty() && self.block().set.is_some() {
            return said("there are changes: keep them (F10) or drop them first");
        }
        let block = self.block();
        block.set = block.target.clone().map(RecordSet::empty);
        block.blank(session)?;
        self.mode = Mode::Normal;
        if self.at == 0 {
            self.show_details(session)?;
        }
        Ok(())
    }
}
