//! A form while somebody works at it: a model without a screen.
//!
//! Whoever draws it sends an [`Act`] and looks at the [`Screen`] that comes of it; so does a script of steps, which is
//! a test of the form ([`replay`]). The state is the mode, the block and field that one is in, the records of each
//! block with what has been edited, what is wrong, what is asked, and a message.

mod block;
mod keep;
mod list;
mod moves;
mod replay;
mod screen;
mod seek;

pub use list::ValueList;
pub use replay::{Mismatch, replay};
pub use screen::{BlockView, FieldView, GroupView, Screen, sketch};

use crate::{Case, Choice, Conflict};
use block::Block;
use noctra_runtime::{Failure, Loaded, Output, Session};
use rql_forms::Body;
use std::sync::Arc;

/// What somebody does at a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The text of the field is now this; none is NULL.
    Text(String),
    /// The field is NULL.
    Null,
    /// The field is a text without characters.
    Empty,
    /// To the next field.
    Next,
    /// To the field before.
    Previous,
    /// To a field by its name.
    Field(String),
    /// To the next block: the rows that belong to the record shown.
    NextBlock,
    /// To the block before.
    PreviousBlock,
    /// Fields take what rows are looked for.
    EnterQuery,
    /// Looks for them; outside of that mode, runs what the form does by default.
    Execute,
    /// Says how many rows would be found.
    Count,
    /// Ends what is open: a list, a question, the entering of a query; else takes the record's edits back.
    Cancel,
    /// The field is as it was before it was typed into.
    Restore,
    /// To the next record.
    NextRecord,
    /// To the record before.
    PreviousRecord,
    /// To the first record.
    FirstRecord,
    /// To the last record.
    LastRecord,
    /// To a record by its number, from 1.
    Record(u64),
    /// A new record.
    Insert,
    /// The record is to be taken away.
    Delete,
    /// The field gets the value that it has in the record before.
    DuplicateField,
    /// A new record with the values of this one.
    DuplicateRecord,
    /// The values that the field may have, those with a text in them.
    Values(String),
    /// Takes one of them, from 1.
    Take(usize),
    /// Keeps all changes.
    Commit,
    /// Drops all changes.
    Rollback,
    /// Does what the form calls so: an action, or a view.
    Action(String),
    /// Answers a question by its letter.
    Answer(char),
    /// Whose value of a field stays where somebody else has changed it, too.
    Side(String, Choice),
    /// The records stand in the order of the field: up, then down, then as the table has them.
    Sort,
    /// How texts compare when rows are looked for.
    Case(Case),
    /// Leaves the form.
    Close,
}

/// What the fields take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Values of a new record, or of no record.
    #[default]
    Normal,
    /// What rows are looked for.
    EnterQuery,
    /// The records that were found are shown.
    Query,
}

impl Mode {
    /// Its name, as it stands on a screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::EnterQuery => "ENTER QUERY",
            Self::Query => "QUERY",
        }
    }
}

/// What is said to whoever works at the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// In words.
    pub text: String,
    /// Something is wrong.
    pub error: bool,
}

/// A question that must be answered first.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// Whether an action is meant.
    Confirm {
        /// The question.
        question: String,
        /// The action.
        action: String,
    },
    /// What is to become of the changes when the form is left.
    Unsaved {
        /// How many there are.
        changes: usize,
    },
    /// Rows that somebody else has changed since they were read.
    Conflicts(Vec<Contested>),
}

/// A row that somebody else has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Contested {
    /// The block that shows it.
    pub block: usize,
    /// What the two want.
    pub conflict: Conflict,
    /// The names of the fields in question, in the conflict's order, and whose value stays.
    pub fields: Vec<(String, Choice)>,
    change: crate::Change,
}

impl Dialog {
    /// The answers, each with its letter; the first does no harm.
    #[must_use]
    pub fn answers(&self) -> &'static [(char, &'static str)] {
        match self {
            Self::Confirm { .. } => &[('n', "No"), ('y', "Yes")],
            Self::Unsaved { .. } => &[('s', "Stay"), ('c', "Commit"), ('d', "Drop")],
            Self::Conflicts(_) => &[
                ('b', "Back"),
                ('t', "Take theirs"),
                ('k', "Keep mine"),
                ('a', "As chosen"),
            ],
        }
    }
}

/// A form that somebody works at.
#[derive(Debug)]
pub struct FormSession {
    blocks: Vec<Block>,
    at: usize,
    mode: Mode,
    message: Option<Message>,
    dialog: Option<Dialog>,
    values: Option<ValueList>,
    closed: bool,
}

/// What stops an act: what is to be said, or what the whole session fails with.
enum Stop {
    Said(String),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            failure @ (Failure::Diagnostics(_) | Failure::Elsewhere(..)) => {
                Self::Said(crate::Error::Failed(failure).to_string())
            }
            other => Self::Failed(other),
        }
    }
}

impl From<crate::Error> for Stop {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Failed(failure) => failure.into(),
            other => Self::Said(other.to_string()),
        }
    }
}

fn said<T>(text: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Said(text.into()))
}

impl FormSession {
    /// Opens a form by its name, that of a table, or its file.
    ///
    /// # Errors
    /// Where there is none, it is not sound, or its defaults cannot be computed.
    pub fn open(session: &mut Session, name: &str) -> Result<Self, Failure> {
        let loaded = session.find_form(name)?;
        Self::of(session, loaded)
    }

    /// Opens a form.
    ///
    /// # Errors
    /// As [`FormSession::open`].
    pub fn of(session: &mut Session, loaded: Arc<Loaded>) -> Result<Self, Failure> {
        let mut blocks = vec![Block::new(session, Arc::clone(&loaded))?];
        for detail in &loaded.form().details {
            blocks.push(Block::detail(session, detail, &blocks[0])?);
        }
        let mut form = Self {
            blocks,
            at: 0,
            mode: Mode::Normal,
            message: None,
            dialog: None,
            values: None,
            closed: false,
        };
        match form.opened(session) {
            Err(Stop::Failed(failure)) => Err(failure),
            Err(Stop::Said(text)) => {
                form.say(text, true);
                Ok(form)
            }
            Ok(()) => Ok(form),
        }
    }

    fn opened(&mut self, session: &mut Session) -> Result<(), Stop> {
        self.blocks[0].blank(session)
    }

    /// Does what somebody does; what is wrong is said on the screen. Rows that actions give go to `out`.
    ///
    /// # Errors
    /// Where the session was cancelled, or the output cannot be written.
    pub fn act(
        &mut self,
        session: &mut Session,
        act: &Act,
        out: &mut Output,
    ) -> Result<(), Failure> {
        self.message = None;
        match self.try_to(session, act, out) {
            Ok(()) => Ok(()),
            Err(Stop::Said(text)) => {
                self.say(text, true);
                Ok(())
            }
            Err(Stop::Failed(failure)) => Err(failure),
        }
    }

    fn say(&mut self, text: impl Into<String>, error: bool) {
        let text = text.into();
        self.message = Some(Message { text, error });
    }

    fn try_to(&mut self, session: &mut Session, act: &Act, out: &mut Output) -> Result<(), Stop> {
        match (act, &self.dialog) {
            (Act::Answer(letter), Some(_)) => return self.answer(session, *letter, out),
            (Act::Side(field, choice), Some(_)) => return self.side(field, *choice),
            (Act::Cancel, Some(_)) => {
                self.dialog = None;
                return Ok(());
            }
            (_, Some(_)) => return said("a question is open: answer it first"),
            (Act::Answer(_) | Act::Side(..), None) => return said("nothing is asked"),
            _ => {}
        }
        match act {
            Act::Take(at) => return self.take(session, *at, out),
            Act::Cancel if self.values.take().is_some() => return Ok(()),
            _ => self.values = None,
        }
        match act {
            Act::Text(text) => self.type_in(Some(text.as_str()).filter(|text| !text.is_empty())),
            Act::Null => self.type_in(None),
            Act::Empty => self.type_in(Some("")),
            Act::Next => self.step(session, 1, out),
            Act::Previous => self.step(session, -1, out),
            Act::Field(name) => self.go_to_field(session, name, out),
            Act::NextBlock => self.step_block(session, 1, out),
            Act::PreviousBlock => self.step_block(session, -1, out),
            Act::EnterQuery => self.enter_query(),
            Act::Execute => self.execute(session, out),
            Act::Count => self.count(session),
            Act::Sort => self.sort(session, out),
            Act::Cancel => self.cancel(session),
            Act::Restore => self.restore(session),
            Act::NextRecord
            | Act::PreviousRecord
            | Act::FirstRecord
            | Act::LastRecord
            | Act::Record(_) => self.move_record(session, act, out),
            Act::Insert => self.insert(session, false, out),
            Act::DuplicateRecord => self.insert(session, true, out),
            Act::DuplicateField => self.duplicate_field(session),
            Act::Delete => self.ask_delete(session),
            Act::Values(filter) => self.list_values(session, filter),
            Act::Commit => self.commit(session, out),
            Act::Rollback => self.rollback(session),
            Act::Action(name) => self.run(session, name, out),
            Act::Case(case) => {
                self.block().criteria.case = *case;
                Ok(())
            }
            Act::Close => self.close(),
            Act::Take(_) | Act::Answer(_) | Act::Side(..) => Ok(()),
        }
    }

    /// What was said of the last act.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// True when the form has been left.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// True where something has been edited and not kept.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.blocks.iter().any(Block::is_dirty)
    }

    /// The form of a block; the first is the form itself.
    #[must_use]
    pub fn form(&self, block: usize) -> Option<&rql_forms::Form> {
        self.blocks.get(block).map(|block| block.form())
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    fn block(&mut self) -> &mut Block {
        &mut self.blocks[self.at]
    }

    fn close(&mut self) -> Result<(), Stop> {
        if self.is_dirty() && self.mode != Mode::EnterQuery {
            let changes = self.changes().len().max(1);
            self.dialog = Some(Dialog::Unsaved { changes });
            return Ok(());
        }
        self.closed = true;
        Ok(())
    }

    fn answer(
        &mut self,
        session: &mut Session,
        letter: char,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let Some(dialog) = self.dialog.take() else {
            return Ok(());
        };
        let letter = letter.to_ascii_lowercase();
        if !dialog.answers().iter().any(|answer| answer.0 == letter) {
            let known = dialog
                .answers()
                .iter()
                .map(|(letter, word)| format!("{letter} {word}"));
            let known: Vec<String> = known.collect();
            self.dialog = Some(dialog);
            return said(format!("the answers are {}", known.join(", ")));
        }
        match (dialog, letter) {
            (Dialog::Confirm { action, .. }, 'y') => self.confirmed(session, &action, out),
            (Dialog::Unsaved { .. }, 'c') => {
                self.commit(session, out)?;
                self.closed = !self.is_dirty() && self.dialog.is_none();
                Ok(())
            }
            (Dialog::Unsaved { .. }, 'd') => {
                self.rollback(session)?;
                self.closed = true;
                Ok(())
            }
            (Dialog::Conflicts(all), 't' | 'k' | 'a') => self.settle(session, all, letter),
            _ => Ok(()),
        }
    }

    /// Runs what the form calls so.
    fn run(&mut self, session: &mut Session, name: &str, out: &mut Output) -> Result<(), Stop> {
        let block = &self.blocks[self.at];
        let form = block.form();
        if let Some(view) = form.views.iter().find(|view| view.name.text == name) {
            let action = view.action();
            return self.perform(session, &action, out);
        }
        let Some(action) = form.action(name).cloned() else {
            let known = form.actions.iter().map(|action| action.name.text.as_str());
            let known: Vec<&str> = known.collect();
            return said(format!(
                "the form has no action {name}: it has {}",
                known.join(", ")
            ));
        };
        if let Body::Verb(verb) = action.body {
            use rql_forms::Verb as V;
            return match verb {
                V::Clear => self.clear(session),
                V::Reset => self.cancel_record(session),
                V::Close => self.close(),
                V::Commit => self.commit(session, out),
                V::Rollback => self.rollback(session),
            };
        }
        if action.of_table {
            return match name {
                "query" => self.execute(session, out),
                "insert" => self.insert(session, false, out),
                "delete" => self.ask_delete(session),
                _ => self.commit(session, out),
            };
        }
        self.leave(session, out)?;
        if !self.judge_for(session, &action)? {
            return Ok(());
        }
        if let Some(question) = action.confirm.clone() {
            let action = name.to_owned();
            self.dialog = Some(Dialog::Confirm { question, action });
            return Ok(());
        }
        self.perform(session, &action, out)
    }

    /// The question before an action has been answered with yes.
    fn confirmed(
        &mut self,
        session: &mut Session,
        name: &str,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let action = self.blocks[self.at].form().action(name).cloned();
        match action {
            Some(action) if !action.of_table => self.perform(session, &action, out),
            _ => self.delete(session),
        }
    }

    /// Runs an action whose fields have been judged.
    fn perform(
        &mut self,
        session: &mut Session,
        action: &rql_forms::Action,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let block = &self.blocks[self.at];
        let fields = block.fields();
        let loaded = Arc::clone(&block.loaded);
        let done = session.run_action(&loaded, action, &fields, out);
        if let Err(failure) = done {
            let Stop::Said(text) = Stop::from(failure) else {
                return said("it could not be done");
            };
            return said(match &action.failure {
                Some(failure) => format!("{failure}: {text}"),
                None => text,
            });
        }
        if action.changes() {
            for block in &mut self.blocks {
                if let Some(set) = &mut block.set {
                    set.reread();
                }
            }
        }
        if let Some(success) = &action.success {
            self.say(success.clone(), false);
        }
        Ok(())
    }

    /// Whether the fields that an action uses are sound; otherwise the first that is not has the cursor.
    fn judge_for(
        &mut self,
        session: &mut Session,
        action: &rql_forms::Action,
    ) -> Result<bool, Stop> {
        let block = self.block();
        let needs = session.needs(&block.loaded, action)?;
        let needed = |field: &rql_forms::Field| needs.contains(&field.name.text);
        block.judge(session, &|_| true, &needed)?;
        Ok(self.go_to_problem())
    }

    /// Goes to the first field that is not sound, and says why; true where all are.
    fn go_to_problem(&mut self) -> bool {
        let block = self.block();
        let Some((at, text, count)) = block.first_problem() else {
            return true;
        };
        block.focus = at;
        let more = match count {
            1 => String::new(),
            _ => format!(" ({count} fields are not sound)"),
        };
        self.say(format!("{text}{more}"), true);
        false
    }
}
