//! Completion: what may stand at the cursor, the likeliest first.

mod changes;
mod commands;
mod forms;
mod items;
mod joins;
mod names;
mod values;

use crate::known::Before;
use crate::look::look;
use crate::role::{Role, is_path, role, takes_moment};
use crate::{Language, Snapshot, Span, is_command};
use items::Items;
use rql_grammar::{Cursor, Draft};
use rql_ir::Sight;
use std::sync::Arc;

/// What may stand at a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is replaced begins here and ends at the cursor.
    pub from: u32,
    /// The candidates, the likeliest first.
    pub items: Vec<Item>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What people see.
    pub label: String,
    /// What is put in.
    pub insert: String,
    /// What it is.
    pub kind: Kind,
    /// Its type, its table, its arguments.
    pub detail: String,
    /// A line about it; empty where there is none.
    pub about: String,
}

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A column.
    Column,
    /// The condition of a join.
    Join,
    /// A table.
    Table,
    /// A view.
    View,
    /// A WITH query, a LET relation, a subquery's name.
    Relation,
    /// A schema.
    Schema,
    /// A variable or parameter.
    Variable,
    /// A macro.
    Macro,
    /// A value that a column may have.
    Value,
    /// A function.
    Function,
    /// An aggregate.
    Aggregate,
    /// A type.
    Type,
    /// A setting.
    Setting,
    /// A connection.
    Connection,
    /// A form.
    Form,
    /// An action of a form.
    Action,
    /// A field of a form.
    Field,
    /// A word of the language.
    Keyword,
    /// A command of the prompt.
    Command,
    /// A file or folder.
    Path,
}

impl Kind {
    /// A word for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Join => "join",
            Self::Table => "table",
            Self::View => "view",
            Self::Relation => "relation",
            Self::Schema => "schema",
            Self::Variable => "variable",
            Self::Macro => "macro",
            Self::Value => "value",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Type => "type",
            Self::Setting => "setting",
            Self::Connection => "connection",
            Self::Form => "form",
            Self::Action => "action",
            Self::Field => "field",
            Self::Keyword => "keyword",
            Self::Command => "command",
            Self::Path => "path",
        }
    }
}

/// The statement at the cursor and what is known around it.
pub(crate) struct Place<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) before: Arc<Before>,
    pub(crate) draft: Draft,
    pub(crate) sight: Sight,
    /// What is typed of the name, up to the cursor.
    pub(crate) typed: String,
}

impl Snapshot {
    /// What may stand at a byte of the text.
    #[must_use]
    pub fn complete(&self, at: u32) -> Completion {
        let at = self.floor(at);
        if self.language != Language::Rql && self.statement_at(at).is_empty() {
            return Completion {
                from: at,
                items: Vec::new(),
            };
        }
        if is_command(self.text().trim_start()) {
            return commands::complete(self, at);
        }
        let statement = self.statement_at(at);
        self.complete_statement(statement, at)
    }

    /// The byte, or the one before it at which a character begins.
    pub(crate) fn floor(&self, at: u32) -> u32 {
        let mut at = (at as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    pub(crate) fn complete_statement(&self, statement: Span, at: u32) -> Completion {
        let text = statement.text(&self.text);
        let inner = at - statement.start;
        let draft = match column_of_row(text, inner) {
            // `:r.` is no parameter yet; `:r` is.
            Some((point, whole)) => rql_grammar::draft(&whole, point),
            None => rql_grammar::draft(text, inner),
        };
        let from = draft.from + statement.start;
        let typed = self.text.get(from as usize..at as usize).unwrap_or("");
        let mut place = Place {
            snapshot: self,
            before: self.known_at(statement, &draft.ast, inner),
            sight: Sight::default(),
            typed: typed.to_owned(),
            draft,
        };
        if let Some(hole) = place.draft.hole {
            let survey = look(&place.draft.ast, &place.before, hole.start);
            place.sight = survey.sight.unwrap_or_default();
        }
        Completion {
            from: from.min(at),
            items: place.items(),
        }
    }
}

/// Where `:row.column` is being typed before a byte: its point, and the text with blanks behind `:row`.
fn column_of_row(text: &str, at: u32) -> Option<(u32, String)> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let typed = text.get(..at as usize)?;
    let row = typed.trim_end_matches(word).strip_suffix('.')?;
    let name = row.trim_end_matches(word);
    if name.len() == row.len() || !name.ends_with(':') || name.ends_with("::") {
        return None;
    }
    let blank = " ".repeat(typed.len() - row.len());
    let point = u32::try_from(row.len()).ok()?;
    Some((point, format!("{row}{blank}{}", &text[at as usize..])))
}

/// Functions that take a field of a moment as their first argument, in quotes.
const OF_MOMENTS: &[&str] = &["date_trunc", "date_part", "extract"];

impl Place<'_> {
    fn items(&self) -> Vec<Item> {
        let mut items = Items::new(&self.typed);
        let hole = self.draft.hole;
        let ast = &self.draft.ast;
        match self.draft.cursor {
            Cursor::Param | Cursor::Placeholder => self.variables(&mut items, ""),
            Cursor::Text => {
                if hole.is_some_and(|hole| is_path(ast, hole)) {
                    return self.snapshot.paths(&self.typed);
                }
                if let Some(hole) = hole {
                    match takes_moment(ast, hole, OF_MOMENTS) {
                        true => names::fields_of_moments(&mut items, false),
                        false => self.values(&mut items, hole, false),
                    }
                }
            }
            Cursor::Name | Cursor::Quoted => {
                let words = match self.draft.cursor {
                    Cursor::Name => self.draft.words.as_slice(),
                    _ => &[],
                };
                let asks = self.asks();
                if asks {
                    items.words(words, 0);
                }
                let role = hole.map(|hole| role(ast, hole));
                let takes_words = role.as_ref().is_none_or(Role::takes_words);
                if let Some(role) = role {
                    self.named(&mut items, role);
                }
                if !asks && takes_words {
                    items.words(words, 6);
                }
            }
            Cursor::Other => {}
        }
        items.done()
    }

    /// True behind IS, where a value is the least likely.
    fn asks(&self) -> bool {
        let text = self.draft.ast.source();
        let before = self
            .draft
            .hole
            .and_then(|hole| text.get(..hole.start as usize));
        let words = before.unwrap_or("").split_whitespace().rev();
        let mut words = words.skip_while(|it| it.eq_ignore_ascii_case("not"));
        words.next().is_some_and(|it| it.eq_ignore_ascii_case("is"))
    }

    fn named(&self, items: &mut Items<'_>, role: Role) {
        match role {
            Role::Value(parts) => match parts.last() {
                Some(qualifier) => self.columns_of_relation(items, qualifier),
                None => {
                    self.join_conditions(items);
                    if let Some(hole) = self.draft.hole {
                        self.values(items, hole, true);
                    }
                    self.aliases(items);
                    self.columns(items);
                    if self.draft.value {
                        self.functions(items);
                        self.variables(items, ":");
                    }
                }
            },
            Role::Relation(parts) => {
                if parts.is_empty() {
                    self.joined_tables(items);
                    self.relations(items);
                }
                self.tables(items, parts.last().map(String::as_str), true);
            }
            Role::Table(parts) => self.tables(items, parts.last().map(String::as_str), false),
            Role::ColumnOf(table) => self.columns_of_table(items, &table),
            Role::Using => self.common_columns(items),
            Role::Type => names::types(items),
            Role::Variable => self.variables(items, ""),
            Role::Setting => self.settings(items),
            Role::SettingValue(name) => self.setting_values(items, &name),
            Role::Subject => self.subjects(items),
            Role::Connection => self.connections(items, ""),
            Role::CopiedTo => {
                self.connections(items, ".");
                self.tables(items, None, false);
            }
            Role::Format => self.formats(items),
            Role::Index => self.indexes(items),
            Role::Form => self.forms(items),
            Role::Action(form) => self.form_actions(items, &form),
            Role::Field(form) => self.form_fields(items, &form),
            Role::Word(words) => items.attributes(words),
            Role::Drawn => self.drawn_columns(items),
            Role::Window => self.windows(items),
            Role::Moment => names::fields_of_moments(items, true),
            Role::New => {}
        }
    }
}
