//! A form on the screen: the field that is typed in, the buttons below the fields. What a form is and does is
//! `noctra-records`'; here its screen is shown, and keys become its acts.

use crate::action::Action;
use crate::dialog::{Body, Dialog, Item, Purpose};
use crate::edit;
use crate::key::Key;
use crate::text::Text;
use noctra_records::{
    Act, BlockView, Choice, Dialog as FormDialog, FieldView, Message, Mode as FormMode, Screen,
    ValueList,
};
use noctra_runtime::Value;
use rql_forms::Kind;
use unicode_width::UnicodeWidthStr as _;

/// What the worker shows of a form.
#[derive(Clone, Debug)]
pub struct FormView {
    /// The form as it is.
    pub screen: Screen,
    /// What can be done at the block that one is in.
    pub buttons: Vec<Button>,
    /// It has been left.
    pub closed: bool,
}

/// Something that a form can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What the form calls it.
    pub name: String,
    /// What stands on it.
    pub label: String,
    /// The key that it has besides.
    pub key: Option<Key>,
}

/// A form that somebody works at.
#[derive(Debug)]
pub(crate) struct Form {
    /// What is shown.
    pub(crate) view: FormView,
    /// The text of the field that one is in.
    pub(crate) text: Text,
    /// The text has changed since the form knew it.
    pub(crate) edited: bool,
    /// The button that one is on, in the place of a field.
    pub(crate) button: Option<usize>,
    /// What the form was told last of its field, by the field's name.
    told: Option<(String, String)>,
}

impl Form {
    pub(crate) fn new(view: FormView) -> Self {
        let mut form = Self {
            view,
            text: Text::default(),
            edited: false,
            button: None,
            told: None,
        };
        form.take_text();
        form
    }

    /// What the worker shows now. A text that the form did not take stays, to be mended.
    pub(crate) fn show(&mut self, view: FormView) {
        self.view = view;
        let told = self.told.take();
        let wrong = self.view.screen.message.as_ref();
        let wrong = wrong.is_some_and(|message| message.error);
        let field = self.field();
        let kept = told.filter(|(name, text)| {
            let here = field.filter(|field| wrong && field.name == *name);
            here.is_some_and(|field| field.text.as_deref().unwrap_or("") != text)
        });
        self.edited = kept.is_some();
        match kept {
            Some((_, text)) => self.text = Text::new(text),
            None => self.take_text(),
        }
        if wrong || self.button.is_some_and(|at| at >= self.view.buttons.len()) {
            // What is wrong is at a field.
            self.button = None;
        }
    }

    fn take_text(&mut self) {
        let text = self.field().and_then(|field| field.text.clone());
        self.text = Text::new(text.unwrap_or_default());
    }

    /// The block that one is in.
    pub(crate) fn block(&self) -> Option<&BlockView> {
        self.view.screen.blocks.get(self.view.screen.at)
    }

    /// It shows records, or is asked for some.
    pub(crate) fn has_records(&self) -> bool {
        let shows = |block: &BlockView| !block.place.is_empty();
        self.view.screen.mode == FormMode::EnterQuery || self.block().is_some_and(shows)
    }

    /// The field that one is in.
    pub(crate) fn field(&self) -> Option<&FieldView> {
        self.block()?.fields.iter().find(|field| field.focus)
    }

    /// What the form says.
    pub(crate) fn message(&self) -> Option<&Message> {
        self.view.screen.message.as_ref()
    }

    /// Something was changed and is not kept.
    pub(crate) fn is_dirty(&self) -> bool {
        self.edited || self.view.screen.dirty
    }

    /// Nobody types into it now; where a query is entered, every field takes text.
    pub(crate) fn is_fixed(&self, field: &FieldView) -> bool {
        field.readonly && self.view.screen.mode != FormMode::EnterQuery
    }

    /// Space changes the field that one is in.
    pub(crate) fn toggles(&self) -> bool {
        let entering = self.view.screen.mode == FormMode::EnterQuery;
        !entering
            && self
                .field()
                .is_some_and(|field| field.kind == Kind::Boolean)
    }

    /// The field that one is in has lines.
    pub(crate) fn takes_lines(&self) -> bool {
        self.field()
            .is_some_and(|field| field.kind == Kind::TextArea)
    }

    /// The action that a key of the form's own does.
    pub(crate) fn button_of(&self, key: Key) -> Option<String> {
        let mut buttons = self.view.buttons.iter();
        let button = buttons.find(|button| button.key == Some(key))?;
        (self.view.screen.mode != FormMode::EnterQuery).then(|| button.name.clone())
    }

    /// The fields that one may be in.
    fn stops(&self) -> Vec<&FieldView> {
        let all = self.block().map_or(&[][..], |block| &block.fields);
        all.iter().filter(|field| field.stop).collect()
    }

    /// What is typed comes before what is done.
    pub(crate) fn acts(&mut self, acts: Vec<Act>) -> Vec<Act> {
        let typed = core::mem::take(&mut self.edited);
        let text = typed.then(|| self.text.as_str().to_owned());
        let name = self.field().map(|field| field.name.clone());
        self.told = name.zip(text.clone());
        text.map(Act::Text).into_iter().chain(acts).collect()
    }

    /// To the next field, or to the buttons behind the last one, and round; nothing where it is a button.
    pub(crate) fn step(&mut self, forward: bool) -> Option<Act> {
        let stops = self.stops();
        let at = stops.iter().position(|field| field.focus);
        let edge = match forward {
            true => at.is_none_or(|at| at + 1 == stops.len()),
            false => at.is_none_or(|at| at == 0),
        };
        let go = |field: Option<&&FieldView>| field.map(|field| Act::Field(field.name.clone()));
        let (first, here) = (go(stops.first()), go(at.and_then(|at| stops.get(at))));
        let last = go(stops.last());
        let count = self.view.buttons.len();
        match (self.button, forward) {
            (Some(at), true) if at + 1 < count => self.button = Some(at + 1),
            (Some(at), false) if at > 0 => self.button = Some(at - 1),
            (Some(_), true) => {
                self.button = None;
                return first;
            }
            (Some(_), false) => {
                self.button = None;
                return last;
            }
            (None, true) if edge && count > 0 => self.button = Some(0),
            (None, false) if edge && count > 0 => self.button = Some(count - 1),
            (None, true) => return Some(Act::Next),
            (None, false) => return Some(Act::Previous),
        }
        // A field that is left for a button is judged, too.
        here.filter(|_| self.edited)
    }

    /// The act of the form that an action is.
    pub(crate) fn act_of(&mut self, action: Action) -> Option<Act> {
        use Action as A;
        if let A::EnterQuery | A::Insert | A::DuplicateRecord | A::NextBlock | A::PreviousBlock =
            action
        {
            // There something is to be typed.
            self.button = None;
        }
        Some(match action {
            Action::Null => {
                self.edited = false;
                Act::Null
            }
            Action::Cancel => {
                self.edited = false;
                Act::Cancel
            }
            Action::Back => self.back(),
            Action::Run => Act::Execute,
            Action::Values => Act::Values(String::new()),
            Action::PageUp => Act::PreviousRecord,
            Action::PageDown => Act::NextRecord,
            Action::FirstRecord => Act::FirstRecord,
            Action::LastRecord => Act::LastRecord,
            Action::EnterQuery => Act::EnterQuery,
            Action::Count => Act::Count,
            Action::Sort => Act::Sort,
            Action::Insert => Act::Insert,
            Action::Delete => Act::Delete,
            Action::DuplicateField => Act::DuplicateField,
            Action::DuplicateRecord => Act::DuplicateRecord,
            Action::Commit => Act::Commit,
            Action::Rollback => Act::Rollback,
            Action::NextBlock => Act::NextBlock,
            Action::PreviousBlock => Act::PreviousBlock,
            _ => return None,
        })
    }

    /// What Esc does: ends the entering of a query, takes back what is typed or wrong in the field, else leaves the form.
    fn back(&mut self) -> Act {
        let entering = self.view.screen.mode == FormMode::EnterQuery;
        let wrong = self.field().is_some_and(|field| field.problem.is_some());
        let typed = core::mem::take(&mut self.edited) && self.button.is_none();
        match (entering, typed || wrong && self.button.is_none()) {
            (true, _) => Act::Cancel,
            (false, true) => Act::Restore,
            (false, false) => Act::Close,
        }
    }

    /// The dialog that the form asks for.
    pub(crate) fn dialog(&self) -> Option<Dialog> {
        let screen = &self.view.screen;
        if let Some(list) = &screen.values {
            let label = self.field().map_or("", |field| field.label.as_str());
            return Some(values(label, list));
        }
        let dialog = screen.dialog.as_ref()?;
        let (title, lines) = match dialog {
            FormDialog::Confirm { question, .. } => ("Confirm", vec![question.clone()]),
            FormDialog::Unsaved { changes } => {
                let kept = match changes {
                    1 => "1 change is not kept.".to_owned(),
                    changes => format!("{changes} changes are not kept."),
                };
                let asked = "Stay at the form, commit, or drop them?".to_owned();
                ("Leave the form", vec![kept, asked])
            }
            FormDialog::Conflicts(all) => {
                let rows = all.iter().map(|row| (&row.conflict, &row.fields[..]));
                ("Changed by somebody else", edit::contested(rows))
            }
        };
        let buttons = dialog.answers().iter().map(|(_, word)| *word).collect();
        Some(Dialog::ask(title, lines, buttons, 0, Purpose::Form))
    }

    /// The act that a button of the form's dialog is.
    pub(crate) fn answer(&self, button: usize) -> Option<Act> {
        let dialog = self.view.screen.dialog.as_ref()?;
        let (letter, _) = dialog.answers().get(button)?;
        Some(Act::Answer(*letter))
    }

    /// The contested field of a number, and whose value stays then.
    pub(crate) fn side(&self, digit: char) -> Option<(String, Choice)> {
        let Some(FormDialog::Conflicts(all)) = &self.view.screen.dialog else {
            return None;
        };
        let at = (digit.to_digit(10)? as usize).checked_sub(1)?;
        let (name, choice) = all.iter().flat_map(|row| &row.fields).nth(at)?;
        Some((name.clone(), edit::other(*choice)))
    }
}

fn values(label: &str, list: &ValueList) -> Dialog {
    let text = |value: &Value| crate::cell::shown(value, &crate::theme::UNICODE);
    let widest = |column: usize| {
        let cells = list.rows.iter().filter_map(|row| row.get(column));
        cells.map(|value| text(value).width()).max().unwrap_or(0)
    };
    let columns = list.rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let cell = |(value, width): (&Value, &usize)| {
        let text = text(value);
        let space = " ".repeat(width.saturating_sub(text.width()));
        text + &space
    };
    let item = |(at, row): (usize, &Vec<Value>)| {
        let others: Vec<String> = row.iter().zip(&widths).skip(1).map(cell).collect();
        Item {
            label: row.first().map(text).unwrap_or_default(),
            detail: others.join("  ").trim_end().to_owned(),
            value: (at + 1).to_string(),
        }
    };
    let items = list.rows.iter().enumerate().map(item).collect();
    let mut dialog = Dialog::list(&format!("{label} (list of values)"), items, Purpose::Values);
    if let Body::List { text, .. } = &mut dialog.body {
        *text = Text::new(list.filter.as_str());
    }
    dialog
}
