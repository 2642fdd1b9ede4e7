//! The designer of forms: where fields stand and what they are. What it shows is the form as it will be.

mod ask;
mod attribute;
#[cfg(test)]
mod tests;

pub(crate) use ask::{Ask, Next, Shape};

use noctra_records::{Screen, sketch};
use rql_ast::Span;
use rql_forms::{Field, Form, Kind, Layout, Piece, Place};
use std::path::PathBuf;

/// So many changes can be taken back.
const UNDONE: usize = 200;
/// The last column of a screen of 80, inside of the box.
const WIDEST: u32 = 76;
/// The last line that a field may have.
const LOWEST: u32 = 200;
/// The widest field, and the highest.
const MOST: (u32, u32) = (200, 50);

/// Where a field is drawn: its label's line and column, from 1, and how many it takes with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The field.
    pub(crate) field: String,
    /// The line and the column.
    pub(crate) at: (u32, u32),
    /// Lines and columns.
    pub(crate) size: (u32, u32),
}

/// The designer.
#[derive(Debug)]
pub(crate) struct Designer {
    /// The form.
    pub(crate) form: Form,
    /// The field that one is at.
    pub(crate) at: usize,
    /// The file that it came from, or went to.
    pub(crate) file: Option<PathBuf>,
    /// The form as it was opened or saved.
    saved: Form,
    past: Vec<(Form, usize)>,
    /// The last change was a move or a size, which belongs to the one before.
    nudged: bool,
    /// The form with what its table does for it.
    pub(crate) whole: Form,
    /// What is wrong with it.
    pub(crate) wrong: Vec<String>,
}

impl Designer {
    /// A form to design, with what its table does for it left out.
    pub(crate) fn new(mut form: Form, file: Option<PathBuf>) -> Self {
        form.actions.retain(|action| !action.of_table);
        Self {
            saved: form.clone(),
            whole: form.clone(),
            form,
            at: 0,
            file,
            past: Vec::new(),
            nudged: false,
            wrong: Vec::new(),
        }
    }

    /// The field that one is at.
    pub(crate) fn field(&self) -> Option<&Field> {
        self.form.fields.get(self.at)
    }

    /// The form as it is drawn.
    pub(crate) fn sketch(&self) -> Screen {
        sketch(&self.whole, self.at)
    }

    /// The lines and the columns of the field's value.
    pub(crate) fn size(&self) -> (u32, u32) {
        let screen = self.sketch();
        let fields = screen.blocks.first().map(|block| &block.fields);
        let field = fields.and_then(|fields| fields.get(self.at));
        field.map_or((1, 1), |field| match field.kind {
            Kind::Boolean => (field.lines, 1),
            _ => (field.lines, field.width),
        })
    }

    /// Something has changed since it was saved.
    pub(crate) fn is_dirty(&self) -> bool {
        self.form != self.saved
    }

    /// The name that it had when it was opened or saved.
    pub(crate) fn name_before(&self) -> &str {
        &self.saved.name.text
    }

    /// It is in a file now.
    pub(crate) fn saved_to(&mut self, file: PathBuf) {
        self.file = Some(file);
        self.saved = self.form.clone();
    }

    /// Before a change: it can be taken back.
    fn keep(&mut self, nudge: bool) {
        if nudge && self.nudged {
            return;
        }
        if self.past.len() == UNDONE {
            self.past.remove(0);
        }
        self.past.push((self.form.clone(), self.at));
        self.nudged = nudge;
    }

    /// Takes the last change back.
    pub(crate) fn undo(&mut self) {
        self.nudged = false;
        if let Some((form, at)) = self.past.pop() {
            (self.form, self.at) = (form, at);
        }
    }

    /// To the next field, or the one before, and round.
    pub(crate) fn step(&mut self, forward: bool) {
        self.nudged = false;
        let count = self.form.fields.len().max(1);
        let by = if forward { 1 } else { count - 1 };
        self.at = (self.at + by) % count;
    }

    /// To a field by its name.
    pub(crate) fn go(&mut self, name: &str) {
        self.nudged = false;
        let place = self
            .form
            .fields
            .iter()
            .position(|field| field.name.text == name);
        self.at = place.unwrap_or(self.at);
    }

    /// Gives every field the place where it stands already.
    fn pin(&mut self, spots: &[Spot]) {
        let layout = self.form.layout.get_or_insert_with(Layout::default);
        for spot in spots {
            let known = |place: &Place| place.field.text == spot.field;
            if !layout.places.iter().any(known) {
                layout.places.push(Place {
                    field: made(&spot.field),
                    line: spot.at.0,
                    column: spot.at.1,
                });
            }
        }
    }

    /// Moves the field by lines and columns.
    pub(crate) fn shift(&mut self, (lines, columns): (i32, i32), spots: &[Spot]) -> bool {
        let Some(name) = self.field().map(|field| field.name.text.clone()) else {
            return false;
        };
        if !spots.iter().any(|spot| spot.field == name) {
            return false;
        }
        self.keep(true);
        self.pin(spots);
        let places = self
            .form
            .layout
            .iter_mut()
            .flat_map(|layout| &mut layout.places);
        for place in places.filter(|place| place.field.text == name) {
            place.line = place.line.saturating_add_signed(lines).clamp(1, LOWEST);
            place.column = place.column.saturating_add_signed(columns).clamp(1, WIDEST);
        }
        true
    }

    /// Makes the field wider or narrower, higher or lower; `size` is the one that it has by itself.
    pub(crate) fn resize(&mut self, (rows, width): (i32, i32), size: (u32, u32)) -> bool {
        if self.field().is_none() {
            return false;
        }
        self.keep(true);
        let Some(field) = self.form.fields.get_mut(self.at) else {
            return false;
        };
        if width != 0 {
            let now = field.width.unwrap_or(size.1);
            field.width = Some(now.saturating_add_signed(width).clamp(1, MOST.0));
        }
        if rows != 0 {
            let now = field.rows.unwrap_or(size.0);
            field.rows = Some(now.saturating_add_signed(rows).clamp(1, MOST.1));
        }
        true
    }

    /// Adds a field below the others, where they have places.
    pub(crate) fn add(&mut self, field: Field, spots: &[Spot]) {
        self.keep(false);
        let name = field.name.clone();
        if let Some(layout) = self
            .form
            .layout
            .as_mut()
            .filter(|layout| !layout.places.is_empty())
        {
            let below = spots.iter().map(|spot| spot.at.0 + spot.size.0).max();
            layout.places.push(Place {
                field: name,
                line: below.unwrap_or(1).min(LOWEST),
                column: 1,
            });
        }
        self.form.fields.push(field);
        self.at = self.form.fields.len() - 1;
    }

    /// Takes the field away; one of the form's table is hidden, as it would come back.
    ///
    /// Gives what is to be said of it.
    pub(crate) fn remove(&mut self, of_table: impl Fn(&str) -> bool) -> Option<String> {
        let name = self.field()?.name.text.clone();
        self.keep(false);
        if of_table(&name) {
            self.form.fields[self.at].hidden = true;
            return Some(format!(
                "{name} is hidden: a form has all columns of its table"
            ));
        }
        self.form.fields.remove(self.at);
        self.at = self.at.min(self.form.fields.len().saturating_sub(1));
        if let Some(layout) = &mut self.form.layout {
            layout.places.retain(|place| place.field.text != name);
            for section in &mut layout.sections {
                section.fields.retain(|field| field.text != name);
            }
        }
        self.form.i18n.retain(|text| {
            let of_field = matches!(text.part.as_str(), "fields" | "help" | "messages");
            !(of_field && text.name.text == name)
        });
        Some(format!("{name} is gone; Ctrl+U brings it back"))
    }

    /// Makes the field come earlier or later when one goes from field to field.
    pub(crate) fn reorder(&mut self, later: bool) -> bool {
        let other = match later {
            true => Some(self.at + 1),
            false => self.at.checked_sub(1),
        };
        let Some(other) = other.filter(|other| *other < self.form.fields.len()) else {
            return false;
        };
        self.keep(false);
        self.form.fields.swap(self.at, other);
        self.at = other;
        true
    }

    /// Lets one go from field to field as they stand: from line to line, in each from the left.
    pub(crate) fn sort(&mut self) {
        self.keep(false);
        let here = self.field().map(|field| field.name.text.clone());
        let form = &self.form;
        let place = |field: &Field| (field.page.unwrap_or(1), form.place(&field.name.text));
        let mut fields = form.fields.clone();
        // What has no place stands below.
        fields.sort_by_key(|field| match place(field) {
            (page, Some(at)) => (page, at),
            (page, None) => (page, (u32::MAX, 0)),
        });
        self.form.fields = fields;
        let is = |field: &Field| Some(&field.name.text) == here.as_ref();
        self.at = self.form.fields.iter().position(is).unwrap_or(0);
    }

    /// The first two fields that stand upon each other.
    pub(crate) fn overlap(spots: &[Spot]) -> Option<(&str, &str)> {
        let meets = |from: u32, size: u32, other: u32, other_size: u32| {
            from < other + other_size && other < from + size
        };
        for (at, one) in spots.iter().enumerate() {
            let meets = |other: &&Spot| {
                meets(one.at.0, one.size.0, other.at.0, other.size.0)
                    && meets(one.at.1, one.size.1, other.at.1, other.size.1)
            };
            if let Some(other) = spots[at + 1..].iter().find(meets) {
                return Some((&one.field, &other.field));
            }
        }
        None
    }
}

/// A piece that no source has.
fn made(text: &str) -> Piece {
    Piece::made(text, Span::default())
}
