//! What there is to draw.

use super::{Dialog, FormSession, Message, Mode, ValueList};
use crate::Status;
use noctra_runtime::{Failure, Session};
use rql_forms::Kind;
use std::fmt;

/// A form as it is now: all that a drawing needs, and nothing of the session.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What stands above it.
    pub title: String,
    /// The mode.
    pub mode: Mode,
    /// The block that one is in.
    pub at: usize,
    /// The blocks; the first is the form itself.
    pub blocks: Vec<BlockView>,
    /// What is said.
    pub message: Option<Message>,
    /// The question that is open.
    pub dialog: Option<Dialog>,
    /// The list of values that is open.
    pub values: Option<ValueList>,
    /// How many fields are not sound.
    pub errors: usize,
    /// Something has been edited and not kept.
    pub dirty: bool,
}

/// A block.
#[derive(Clone, Debug)]
pub struct BlockView {
    /// What stands above it.
    pub label: String,
    /// `record 3 of 120`; nothing where it shows no records.
    pub place: String,
    /// What has become of the record shown.
    pub status: Option<Status>,
    /// The label of the field that the records are ordered by, and whether downwards.
    pub sorted: Option<(String, bool)>,
    /// How the fields stand that have no place of their own.
    pub groups: Vec<GroupView>,
    /// Why its rows cannot be changed.
    pub read_only: Option<String>,
    /// The fields of the record shown.
    pub fields: Vec<FieldView>,
    /// How many records are shown at once.
    pub height: u64,
    /// Those around the one that is shown, each with the texts of its fields; empty for a block of one.
    pub rows: Vec<(Status, Vec<Option<String>>)>,
    /// Which of them it is.
    pub row: usize,
}

/// Fields that stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupView {
    /// What stands above them.
    pub title: Option<String>,
    /// Side by side.
    pub columns: u32,
    /// Their positions.
    pub fields: Vec<usize>,
}

/// The sections of the layout, and behind them the other fields.
fn groups(form: &rql_forms::Form) -> Vec<GroupView> {
    let position = |name: &str| form.fields.iter().position(|f| f.name.text == name);
    let layout = form.layout.as_ref();
    let all = layout.and_then(|layout| layout.columns);
    let sections = layout.into_iter().flat_map(|layout| &layout.sections);
    let mut groups: Vec<GroupView> = sections
        .map(|section| GroupView {
            title: section.title.clone(),
            columns: section.columns.or(all).unwrap_or(1).max(1),
            fields: section
                .fields
                .iter()
                .filter_map(|name| position(&name.text))
                .collect(),
        })
        .collect();
    let placed = |at: &usize| groups.iter().any(|group| group.fields.contains(at));
    let rest: Vec<usize> = (0..form.fields.len()).filter(|at| !placed(at)).collect();
    groups.push(GroupView {
        title: None,
        columns: all.unwrap_or(1).max(1),
        fields: rest,
    });
    groups
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// What stands before it.
    pub label: String,
    /// What it is for.
    pub help: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Its type, in words.
    pub ty: String,
    /// Its text, as it is edited; NULL has none.
    pub text: Option<String>,
    /// Its text as its format has it, where it has one.
    pub shown: Option<String>,
    /// What each of its characters must be.
    pub mask: Option<String>,
    /// Characters that are shown.
    pub width: u32,
    /// Lines that are shown.
    pub lines: u32,
    /// The page that it stands on.
    pub page: u32,
    /// The line and the column on it, from 1, where its label begins.
    pub at: Option<(u32, u32)>,
    /// Its values are numbers.
    pub number: bool,
    /// There must be a value.
    pub required: bool,
    /// Nobody changes it.
    pub readonly: bool,
    /// Nobody sees it.
    pub hidden: bool,
    /// One may go there.
    pub stop: bool,
    /// There is a list of its values.
    pub has_list: bool,
    /// One is in it.
    pub focus: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Characters of a field that does not say how many.
fn width(field: &rql_forms::Field) -> u32 {
    use rql::Type as T;
    let by_type = match field.ty {
        T::Boolean => 5,
        T::SmallInt => 6,
        T::Integer => 11,
        T::BigInt => 20,
        T::Decimal { precision, .. } => u32::from(precision.unwrap_or(12)) + 2,
        T::Date => 10,
        T::Time => 8,
        T::Timestamp | T::TimestampTz => 19,
        T::Varchar(most) | T::Char(most) => most.min(40),
        _ => 30,
    };
    field.width.unwrap_or(by_type)
}

/// A field that nothing has been written into.
fn empty(form: &rql_forms::Form, field: &rql_forms::Field) -> FieldView {
    FieldView {
        name: field.name.text.clone(),
        label: field.shown().to_owned(),
        help: field.help.clone(),
        kind: field.kind,
        ty: field.written.text.clone(),
        text: None,
        shown: None,
        mask: field.mask.clone(),
        width: width(field),
        lines: field.rows.unwrap_or(match field.kind {
            Kind::TextArea => 3,
            _ => 1,
        }),
        page: field.page.unwrap_or(1),
        at: form.place(&field.name.text),
        number: field.ty.is_number(),
        required: field.required(),
        readonly: field.readonly || field.is_computed(),
        hidden: field.hidden,
        stop: true,
        has_list: field.lookup.is_some() || !field.choices.is_empty(),
        focus: false,
        problem: None,
    }
}

/// How a form looks before anything has been written into it, without a session; one is in the field of a place.
#[must_use]
pub fn sketch(form: &rql_forms::Form, focus: usize) -> Screen {
    let title = form.title.clone().unwrap_or_else(|| form.name.text.clone());
    let fields = form.fields.iter().enumerate();
    let fields = fields.map(|(place, field)| FieldView {
        focus: place == focus,
        ..empty(form, field)
    });
    let block = BlockView {
        label: title.clone(),
        place: String::new(),
        status: None,
        sorted: None,
        groups: groups(form),
        read_only: None,
        fields: fields.collect(),
        height: 1,
        rows: Vec::new(),
        row: 0,
    };
    Screen {
        title,
        mode: Mode::Normal,
        at: 0,
        blocks: vec![block],
        message: None,
        dialog: None,
        values: None,
        errors: 0,
        dirty: false,
    }
}

impl FormSession {
    /// What there is to draw now.
    ///
    /// # Errors
    /// Where the records that are shown cannot be read.
    pub fn screen(&mut self, session: &mut Session) -> Result<Screen, Failure> {
        let mut blocks = Vec::new();
        for at in 0..self.blocks.len() {
            blocks.push(self.block_view(session, at)?);
        }
        let fields = blocks.iter().flat_map(|block| &block.fields);
        let errors = fields.filter(|field| field.problem.is_some()).count();
        Ok(Screen {
            title: self.blocks[0].label.clone(),
            mode: self.mode,
            at: self.at,
            blocks,
            message: self.message.clone(),
            dialog: self.dialog.clone(),
            values: self.values.clone(),
            errors,
            dirty: self.is_dirty(),
        })
    }

    fn block_view(&mut self, session: &mut Session, at: usize) -> Result<BlockView, Failure> {
        let (here, entering) = (self.at == at, self.mode == Mode::EnterQuery);
        let block = &mut self.blocks[at];
        let fail = crate::Error::into_failure;
        let (mut place, mut status, mut rows, mut row) = (String::new(), None, Vec::new(), 0);
        if let Some(set) = block.set.as_mut().filter(|_| !(entering && here)) {
            status = set
                .current(session)
                .map_err(fail)?
                .map(|record| record.status);
            place = set.place();
            if block.rows > 1 {
                // The record shown is among them, and they begin where a page does.
                let from = set.position() / block.rows * block.rows;
                row = usize::try_from(set.position() - from).unwrap_or(0);
                let texts = |record: crate::Record| {
                    let columns = block.columns.iter();
                    let texts = columns.map(|column| {
                        let value = record.values.get((*column)?).cloned().flatten();
                        value.and_then(|value| crate::editing(&value))
                    });
                    (record.status, texts.collect())
                };
                let window = set.window(session, from, block.rows).map_err(fail)?;
                rows = window.into_iter().map(texts).collect();
            }
        }
        let form = block.form();
        let fields = form.fields.iter().zip(&block.cells).enumerate();
        let fields = fields.map(|(place, (field, cell))| FieldView {
            text: cell.text.clone(),
            shown: cell.shown.clone(),
            stop: block.order.contains(&place),
            focus: here && block.focus == place,
            problem: cell.problem.as_ref().map(|problem| problem.message.clone()),
            ..empty(form, field)
        });
        let why = block
            .target
            .as_ref()
            .and_then(|target| target.key.as_ref().err());
        Ok(BlockView {
            label: block.label.clone(),
            place,
            status,
            sorted: block
                .sorted
                .map(|(column, down)| (block.label_of(column), down)),
            groups: groups(block.form()),
            read_only: why.map(ToString::to_string),
            fields: fields.collect(),
            height: block.rows,
            rows,
            row,
        })
    }
}

/// As a transcript has it: one line for each thing that can be seen.
impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let block = &self.blocks[self.at];
        write!(f, "[{}] {}", self.mode.name(), block.label)?;
        if !block.place.is_empty() {
            write!(f, " - {}", block.place)?;
        }
        if let Some(status) = block.status {
            write!(f, " - {}", status.letter())?;
        }
        if let Some((label, down)) = &block.sorted {
            write!(f, " - by {label}{}", if *down { ", downwards" } else { "" })?;
        }
        writeln!(f)?;
        for field in block.fields.iter().filter(|field| !field.hidden) {
            let cursor = if field.focus { '>' } else { ' ' };
            write!(f, "{cursor} {}:", field.label)?;
            match (&field.text, &field.shown, field.kind) {
                (None, ..) => {}
                (Some(text), _, Kind::Password) => {
                    write!(f, " {}", "*".repeat(text.chars().count()))?
                }
                (_, Some(shown), _) => write!(f, " [{}]", shown.trim_end())?,
                (Some(text), None, _) => write!(f, " [{text}]")?,
            }
            if let Some(problem) = &field.problem {
                write!(f, "  ! {problem}")?;
            }
            writeln!(f)?;
        }
        for (at, other) in self.blocks.iter().enumerate() {
            if at == self.at && other.rows.is_empty() {
                continue;
            }
            if at != self.at {
                writeln!(f, "  = {} - {}", other.label, other.place)?;
            }
            for (row, (status, texts)) in other.rows.iter().enumerate() {
                let cursor = if row == other.row { '>' } else { ' ' };
                let texts: Vec<&str> = texts.iter().map(|t| t.as_deref().unwrap_or("")).collect();
                writeln!(
                    f,
                    "  {cursor}{} {}",
                    status.letter(),
                    texts.join(" | ").trim_end()
                )?;
            }
        }
        if let Some(list) = &self.values {
            writeln!(
                f,
                "  list of {}: {} of {}",
                list.field,
                list.rows.len(),
                list.all
            )?;
            for (at, row) in list.rows.iter().take(10).enumerate() {
                let texts: Vec<String> =
                    row.iter().map(|value| value.as_ref().to_string()).collect();
                writeln!(f, "  {}. {}", at + 1, texts.join(" | ").trim_end())?;
            }
        }
        match &self.dialog {
            Some(Dialog::Confirm { question, .. }) => writeln!(f, "? {question}")?,
            Some(Dialog::Unsaved { changes }) => writeln!(f, "? {changes} not kept")?,
            Some(Dialog::Conflicts(all)) => {
                for row in all {
                    let gone = if row.conflict.theirs.is_none() {
                        " (gone)"
                    } else {
                        ""
                    };
                    writeln!(f, "? changed by somebody else{gone}")?;
                    for (field, (name, choice)) in row.conflict.fields.iter().zip(&row.fields) {
                        let shown = |value: &Option<noctra_runtime::Value>| {
                            value
                                .as_ref()
                                .map_or_else(|| "-".to_owned(), noctra_runtime::Value::shown)
                        };
                        writeln!(
                            f,
                            "    {name}: was {}, mine {}, theirs {} -> {}",
                            shown(&field.was),
                            shown(&field.mine),
                            shown(&field.theirs),
                            if *choice == crate::Choice::Mine {
                                "mine"
                            } else {
                                "theirs"
                            },
                        )?;
                    }
                }
            }
            None => {}
        }
        if let Some(dialog) = &self.dialog {
            let answers = dialog
                .answers()
                .iter()
                .map(|(letter, word)| format!("{letter} {word}"));
            writeln!(f, "  {}", answers.collect::<Vec<_>>().join(", "))?;
        }
        if let Some(message) = &self.message {
            let mark = if message.error { "!" } else { "*" };
            writeln!(f, "{mark} {}", message.text)?;
        }
        Ok(())
    }
}
