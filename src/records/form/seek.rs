//! Query by example: what is entered, the records that it finds, their number and their order.

use super::{FormSession, Mode, Stop, said};
use crate::{Criteria, RecordSet};
use noctra_runtime::{Output, Session};
use rql_forms::Event;
use std::sync::Arc;

impl FormSession {
    pub(super) fn enter_query(&mut self) -> Result<(), Stop> {
        if self.block().target.is_none() {
            return said("the form is bound to no table");
        }
        if self.at != 0 {
            return said("rows that belong to a record are found with it");
        }
        if self.mode == Mode::EnterQuery {
            // Once more: what was asked for last.
            let block = self.block();
            for at in 0..block.cells.len() {
                if let Some(column) = block.columns[at] {
                    let written = block.criteria.written(column).to_owned();
                    block.cells[at].text = Some(written).filter(|text| !text.is_empty());
                }
            }
            return Ok(());
        }
        if self.is_dirty() {
            return said("there are changes: keep them (F10) or drop them first");
        }
        let block = self.block();
        block
            .cells
            .iter_mut()
            .for_each(|cell| *cell = Default::default());
        block.pending = false;
        block.focus = block.order.first().copied().unwrap_or(0);
        self.mode = Mode::EnterQuery;
        Ok(())
    }

    /// The criteria that stand in the fields; where one cannot be read, its field says so.
    fn criteria(&mut self) -> Option<Criteria> {
        let (entering, again) = (self.mode == Mode::EnterQuery, self.mode == Mode::Query);
        let block = self.block();
        if again {
            return Some(block.criteria.clone());
        }
        let target = Arc::clone(block.target.as_ref()?);
        let mut criteria = Criteria {
            case: block.criteria.case,
            ..Criteria::default()
        };
        if entering {
            for (column, cell) in block.columns.iter().zip(&block.cells) {
                if let (Some(column), Some(text)) = (column, &cell.text) {
                    criteria.set(*column, text.as_str());
                }
            }
        }
        let Err(wrong) = criteria.check(&target) else {
            return Some(criteria);
        };
        for at in 0..block.cells.len() {
            let column = block.columns[at].map(|column| target.columns()[column].name.clone());
            let found = wrong
                .iter()
                .find(|refused| Some(&refused.column) == column.as_ref());
            let field = block.field(at);
            let problem = found.map(|refused| rql_forms::Problem {
                field: field.name.text.clone(),
                label: field.shown().to_owned(),
                rule: refused.rule.clone(),
                message: refused.message.clone(),
            });
            block.cells[at].problem = problem;
        }
        self.go_to_problem();
        None
    }

    pub(super) fn execute(&mut self, session: &mut Session, out: &mut Output) -> Result<(), Stop> {
        let block = self.block();
        let Some(target) = block.target.clone() else {
            let action = block
                .form()
                .default_action()
                .map(|action| action.name.text.clone());
            return match action {
                Some(action) => self.run(session, &action, out),
                None => said("the form has no action to run"),
            };
        };
        if self.at != 0 {
            return said("rows that belong to a record are found with it");
        }
        if self.mode != Mode::EnterQuery && self.is_dirty() {
            return said("there are changes: keep them (F10) or drop them first");
        }
        self.fire(session, Event::Query, true, out)?;
        let Some(criteria) = self.criteria() else {
            return Ok(());
        };
        let order = self.block().sorted.into_iter().collect();
        let set = RecordSet::new(Arc::clone(&target), &criteria, order);
        let mut set = match set {
            Ok(set) => set,
            Err(wrong) => return said(wrong.first().map_or(String::new(), ToString::to_string)),
        };
        let page = self.block().form().pagination;
        if let Some(page) = page {
            set = set.paged(u64::from(page.page_size));
        }
        if !set.first(session)? {
            let sql = criteria.fields.iter().any(|(_, text)| text.contains('%'));
            self.block().criteria = criteria;
            return said(match sql {
                true => "no record was found; for any text stands *, not %",
                false => "no record was found",
            });
        }
        let block = self.block();
        (block.set, block.criteria) = (Some(set), criteria);
        self.mode = Mode::Query;
        self.show(session)?;
        self.fire(session, Event::Query, false, out)
    }

    /// The records stand in the order of the field that one is in: up, then down, then as the table has them.
    pub(super) fn sort(&mut self, session: &mut Session, out: &mut Output) -> Result<(), Stop> {
        if self.mode != Mode::EnterQuery && self.is_dirty() {
            return said("there are changes: keep them (F10) or drop them first");
        }
        let block = self.block();
        let (label, focus) = (block.field(block.focus).shown().to_owned(), block.focus);
        let Some((target, column)) = block.target.as_ref().zip(block.columns[focus]) else {
            return said(format!("{label} is no column that records are ordered by"));
        };
        if !crate::set::orders(target.columns()[column].ty) {
            return said(format!("values of {label} have no order"));
        }
        let (sorted, way) = match block.sorted {
            Some((at, false)) if at == column => (Some((column, true)), "downwards"),
            Some((at, true)) if at == column => (None, ""),
            _ => (Some((column, false)), "upwards"),
        };
        block.sorted = sorted;
        match (self.at, self.mode) {
            (0, Mode::Query) => self.execute(session, out)?,
            (0, _) => {}
            _ => self.show_details(session)?,
        }
        if self.message.is_none() {
            let said = match sorted {
                Some(_) => format!("in the order of {label}, {way}"),
                None => "in the order of the table".to_owned(),
            };
            self.say(said, false);
        }
        Ok(())
    }

    pub(super) fn count(&mut self, session: &mut Session) -> Result<(), Stop> {
        let Some(target) = self.block().target.clone() else {
            return said("the form is bound to no table");
        };
        let count = match (self.mode, self.at) {
            (Mode::Query, _) | (_, 1..) => match &mut self.block().set {
                Some(set) => set.count_all(session)?,
                None => 0,
            },
            _ => {
                let Some(criteria) = self.criteria() else {
                    return Ok(());
                };
                match RecordSet::new(target, &criteria, Vec::new()) {
                    Ok(mut set) => set.count_all(session)?,
                    Err(_) => 0,
                }
            }
        };
        let records = if count == 1 { "record" } else { "records" };
        self.say(format!("{count} {records}"), false);
        Ok(())
    }
}
