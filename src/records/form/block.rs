//! A block: the fields of a form, the record that they show, and the records that can be shown.

use super::{Stop, said};
use crate::{Criteria, Record, RecordSet, Row, Target};
use noctra_runtime::{Failure, Fields, Loaded, Session, Value, fit};
use rql::Type;
use rql_diagnostics::{Diagnostic, codes};
use rql_forms::{Detail, Field, Form, Problem};
use std::sync::Arc;

/// What stands in a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// The text; NULL has none.
    pub(super) text: Option<String>,
    /// The text as the field's format has it.
    pub(super) shown: Option<String>,
    /// It was edited since it was last judged.
    pub(super) touched: bool,
    /// What is wrong with it.
    pub(super) problem: Option<Problem>,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) loaded: Arc<Loaded>,
    pub(super) target: Option<Arc<Target>>,
    /// The column of each field.
    pub(super) columns: Vec<Option<usize>>,
    pub(super) set: Option<RecordSet>,
    pub(super) cells: Vec<Cell>,
    pub(super) criteria: Criteria,
    /// The column that the records are ordered by, and whether downwards.
    pub(super) sorted: Option<(usize, bool)>,
    /// Column here, field of the first block.
    pub(super) links: Vec<(usize, usize)>,
    pub(super) label: String,
    /// Records that are shown at once.
    pub(super) rows: u64,
    /// The fields that can be gone to, in their order.
    pub(super) order: Vec<usize>,
    pub(super) focus: usize,
    /// Fields were edited that are not yet in the set.
    pub(super) pending: bool,
}

impl Block {
    /// The block of a form.
    pub(super) fn new(session: &mut Session, loaded: Arc<Loaded>) -> Result<Self, Failure> {
        let form = loaded.form();
        let target = match &form.table {
            Some(table) => {
                let target = Target::named(session, &table.text);
                Some(Arc::new(target.map_err(crate::Error::into_failure)?))
            }
            None => None,
        };
        let columns = form.fields.iter().map(|field| {
            let target = target.as_ref()?;
            target
                .column(&field.name.text)
                .filter(|_| !field.is_computed())
        });
        let columns: Vec<Option<usize>> = columns.collect();
        let order = order(form);
        let page = form
            .pagination
            .map_or(1, |pagination| u64::from(pagination.page_size));
        Ok(Self {
            set: target.clone().map(RecordSet::empty),
            cells: vec![Cell::default(); form.fields.len()],
            criteria: Criteria::default(),
            sorted: None,
            links: Vec::new(),
            label: form.title.clone().unwrap_or_else(|| form.name.text.clone()),
            rows: page.max(1),
            focus: order.first().copied().unwrap_or(0),
            order,
            columns,
            target,
            loaded,
            pending: false,
        })
    }

    /// The block of the rows that belong to the record of another.
    pub(super) fn detail(
        session: &mut Session,
        detail: &Detail,
        master: &Self,
    ) -> Result<Self, Failure> {
        let loaded = session.find_form(&detail.name.text)?;
        let mut block = Self::new(session, loaded)?;
        let refused = |why: &str| {
            let error = Diagnostic::error(
                codes::FORM,
                format!("the detail {}: {why}", detail.name.text),
            );
            Failure::from(error.label(detail.on.span, "what relates the two"))
        };
        let Some(target) = &block.target else {
            return Err(refused("its rows are those of no table"));
        };
        let Some(pairs) = rql_forms::pairs(detail) else {
            return Err(refused(
                "column = field, joined by AND, relates it to the form",
            ));
        };
        for (column, field) in pairs {
            let fields = &master.form().fields;
            let field = fields.iter().position(|known| known.name.text == field);
            match (target.column(&column), field) {
                (Some(column), Some(field)) => block.links.push((column, field)),
                (None, _) => return Err(refused(&format!("it has no column {column}"))),
                (_, None) => return Err(refused("the form has no such field")),
            }
        }
        if let Some(label) = &detail.label {
            block.label.clone_from(label);
        }
        block.rows = u64::from(detail.rows.unwrap_or(5)).max(1);
        // What relates it to the master is not for anybody to change.
        let linked: Vec<usize> = block.links.iter().map(|link| link.0).collect();
        let columns = block.columns.clone();
        block
            .order
            .retain(|&at| columns[at].is_none_or(|column| !linked.contains(&column)));
        block.focus = block.order.first().copied().unwrap_or(0);
        Ok(block)
    }

    pub(super) fn form(&self) -> &Form {
        self.loaded.form()
    }

    pub(super) fn field(&self, at: usize) -> &Field {
        &self.form().fields[at]
    }

    /// How a column is called here.
    pub(super) fn label_of(&self, column: usize) -> String {
        let at = self.columns.iter().position(|known| *known == Some(column));
        at.map_or_else(String::new, |at| self.field(at).shown().to_owned())
    }

    pub(super) fn is_dirty(&self) -> bool {
        let edited = self.pending && self.target.is_some();
        edited || self.set.as_ref().is_some_and(RecordSet::is_dirty)
    }

    /// The values of the fields; a text that is no value of its field's type stays a text.
    pub(super) fn fields(&self) -> Fields {
        let cells = self.form().fields.iter().zip(&self.cells);
        cells
            .map(|(field, cell)| (field.name.text.clone(), value_of(field, cell)))
            .collect()
    }

    /// What the fields are to begin with: their defaults, in order, then what is computed.
    pub(super) fn blank(&mut self, session: &mut Session) -> Result<(), Stop> {
        self.cells = vec![Cell::default(); self.cells.len()];
        self.pending = false;
        let loaded = Arc::clone(&self.loaded);
        for (at, field) in loaded.form().fields.iter().enumerate() {
            if let Some(default) = &field.default {
                let value = session.form_value(&loaded, default, &self.fields())?;
                self.put(at, &value);
            }
        }
        self.compute(session)
    }

    /// Computes what is computed, and writes what has a format.
    pub(super) fn compute(&mut self, session: &mut Session) -> Result<(), Stop> {
        let loaded = Arc::clone(&self.loaded);
        for (at, field) in loaded.form().fields.iter().enumerate() {
            if let Some(computed) = &field.computed {
                let value = session.form_value(&loaded, computed, &self.fields())?;
                self.put(at, &value);
            }
            self.cells[at].shown = None;
            if let (Some(format), Some(_)) = (field.formatted(), &self.cells[at].text) {
                let value = session.form_value(&loaded, &format, &self.fields())?;
                self.cells[at].shown = Some(value.as_ref().to_string());
            }
        }
        Ok(())
    }

    /// A field gets a value.
    pub(super) fn put(&mut self, at: usize, value: &Value) {
        self.cells[at] = Cell {
            text: crate::editing(value),
            ..Cell::default()
        };
    }

    /// The field of a column gets a value, where there is one.
    pub(super) fn put_column(&mut self, column: usize, value: &Value) {
        let field = self.columns.iter().position(|known| *known == Some(column));
        if let Some(at) = field {
            self.put(at, value);
        }
    }

    /// Judges fields, and marks those that are not sound.
    pub(super) fn judge(
        &mut self,
        session: &mut Session,
        judged: &dyn Fn(&Field) -> bool,
        needed: &dyn Fn(&Field) -> bool,
    ) -> Result<(), Stop> {
        let mut fields = self.fields();
        let loaded = Arc::clone(&self.loaded);
        let problems = session.judge(&loaded, &mut fields, judged, needed)?;
        for (field, cell) in loaded.form().fields.iter().zip(&mut self.cells) {
            if judged(field) {
                let mut all = problems.iter();
                cell.problem = all.find(|p| p.field == field.name.text).cloned();
                cell.touched = false;
            }
        }
        Ok(())
    }

    /// The first field that is not sound, what is wrong with it, and how many there are.
    pub(super) fn first_problem(&self) -> Option<(usize, String, usize)> {
        let wrong = |at: &usize| self.cells[*at].problem.is_some();
        let rest = (0..self.cells.len()).filter(|at| !self.order.contains(at));
        let order = self.order.iter().copied().chain(rest);
        let all: Vec<usize> = order.filter(wrong).collect();
        let first = *all.first()?;
        let problem = self.cells[first].problem.as_ref()?;
        Some((
            first,
            format!("{}: {}", problem.label, problem.message),
            all.len(),
        ))
    }

    /// The record that the set is at.
    pub(super) fn record(&mut self, session: &mut Session) -> Result<Option<Record>, Stop> {
        match &mut self.set {
            Some(set) => Ok(set.current(session)?),
            None => Ok(None),
        }
    }

    /// Shows the current record; true where there is one.
    pub(super) fn load(&mut self, session: &mut Session) -> Result<bool, Stop> {
        let Some(record) = self.record(session)? else {
            self.cells = vec![Cell::default(); self.cells.len()];
            self.pending = false;
            return Ok(false);
        };
        for at in 0..self.cells.len() {
            let value = match self.columns[at] {
                Some(column) => record.values.get(column).cloned().flatten(),
                None => None,
            };
            self.put(at, &value.unwrap_or(Value::Null));
        }
        self.pending = false;
        self.compute(session)?;
        Ok(true)
    }

    /// Puts what was edited into the record; where there is none, a new one begins with a row's values.
    pub(super) fn store(&mut self, session: &mut Session, begin: Row) -> Result<(), Stop> {
        if !self.pending || self.set.is_none() {
            return Ok(());
        }
        let record = self.record(session)?;
        let values = self.row();
        let Some(set) = &mut self.set else {
            return Ok(());
        };
        if record.is_none() {
            set.insert(session, begin)?;
        }
        for (at, column) in self.columns.iter().enumerate() {
            let Some(column) = *column else { continue };
            // What is not sound is not kept, but stays on the screen.
            if self.cells[at].problem.is_some() {
                continue;
            }
            let before = record
                .as_ref()
                .and_then(|r| r.values.get(column).cloned().flatten());
            let now = match (
                &values[at],
                record.as_ref().is_some_and(|r| r.was.is_some()),
            ) {
                // The database fills in what a new record leaves out.
                (Value::Null, false) if before.is_none() => None,
                (value, _) => Some(value.clone()),
            };
            if now != before && !crate::same(now.as_ref(), before.as_ref()) {
                set.set(session, column, now)?;
            }
        }
        self.pending = self.cells.iter().any(|cell| cell.problem.is_some());
        Ok(())
    }

    fn row(&self) -> Vec<Value> {
        let cells = self.form().fields.iter().zip(&self.cells);
        cells.map(|(field, cell)| value_of(field, cell)).collect()
    }

    /// The fields whose value a record needs: those whose columns the database does not fill in.
    pub(super) fn needed_names(&self) -> Vec<String> {
        let filled = |column: usize| {
            let target = self.target.as_ref();
            target.is_some_and(|target| rql_forms::filled_in(&target.columns()[column]))
        };
        let fields = self.form().fields.iter().zip(&self.columns);
        let needed = fields.filter(|(_, column)| !column.is_some_and(filled));
        needed.map(|(field, _)| field.name.text.clone()).collect()
    }

    /// The columns of the key.
    pub(super) fn key(&self) -> Vec<usize> {
        let key = self
            .target
            .as_ref()
            .and_then(|target| target.key.clone().ok());
        key.unwrap_or_default()
    }

    /// How many columns the table has.
    pub(super) fn width(&self) -> usize {
        self.target
            .as_ref()
            .map_or(0, |target| target.columns().len())
    }

    /// The values that relate the rows here to the record of the first block.
    pub(super) fn linked(&self, master: &Self) -> Vec<(usize, Value)> {
        let values = master.row();
        let pairs = self.links.iter();
        pairs
            .map(|&(column, field)| (column, values[field].clone()))
            .collect()
    }

    /// Why nothing can be changed here.
    pub(super) fn check_writable(&self) -> Result<(), Stop> {
        match self.target.as_ref().map(|target| &target.key) {
            Some(Err(why)) => said(why.to_string()),
            _ => Ok(()),
        }
    }
}

/// The fields in the order of the layout, then the others; what is hidden or computed is passed by.
fn order(form: &Form) -> Vec<usize> {
    let position = |name: &str| form.fields.iter().position(|field| field.name.text == name);
    let sections = form.layout.iter().flat_map(|layout| &layout.sections);
    let placed = sections.flat_map(|section| &section.fields);
    let mut order: Vec<usize> = placed.filter_map(|name| position(&name.text)).collect();
    let rest = (0..form.fields.len()).filter(|at| !order.contains(at));
    let rest: Vec<usize> = rest.collect();
    order.extend(rest);
    order.retain(|&at| {
        let field = &form.fields[at];
        !field.hidden && !field.is_computed()
    });
    // A page is done before the next one begins.
    order.sort_by_key(|&at| form.fields[at].page.unwrap_or(1));
    order
}

fn value_of(field: &Field, cell: &Cell) -> Value {
    match &cell.text {
        None => Value::Null,
        Some(text) if field.ty == Type::Unknown => Value::Text(text.clone()),
        Some(text) => fit(text, field.ty).unwrap_or_else(|_| Value::Text(text.clone())),
    }
}
