//! What a form is.

use crate::fdl::action_type;
use crate::write::quoted;
use crate::{Event, Kind, Piece};
use rql::Type;

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Its name.
    pub name: Piece,
    /// What stands above it.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The schema of the tables that its actions name without one.
    pub schema: Option<String>,
    /// The table whose rows it shows.
    pub table: Option<Piece>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What can be done with them, in order.
    pub actions: Vec<Action>,
    /// The rows of other tables that belong to the one shown.
    pub details: Vec<Detail>,
    /// Other looks at the data.
    pub views: Vec<View>,
    /// How the fields stand.
    pub layout: Option<Layout>,
    /// How many rows are fetched at a time.
    pub pagination: Option<Pagination>,
    /// Its texts in other languages.
    pub i18n: Vec<Translation>,
}

/// A field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name: that of the parameter that it binds.
    pub name: Piece,
    /// Its type as written.
    pub written: Piece,
    /// What that is to whoever fills it in.
    pub kind: Kind,
    /// The type of its values; `Unknown` is that of the place where they are used.
    pub ty: Type,
    /// What stands before it.
    pub label: Option<String>,
    /// What it is for.
    pub help: Option<String>,
    /// Characters that are shown.
    pub width: Option<u32>,
    /// Lines that are shown.
    pub rows: Option<u32>,
    /// The page that it stands on.
    pub page: Option<u32>,
    /// Shown, not changed.
    pub readonly: bool,
    /// Not shown.
    pub hidden: bool,
    /// Its value where none is given.
    pub default: Option<Piece>,
    /// What it is computed by.
    pub computed: Option<Piece>,
    /// The values that it may have.
    pub choices: Vec<Choice>,
    /// The query whose first column has the values that it may have.
    pub lookup: Option<Piece>,
    /// How its value is written.
    pub format: Option<String>,
    /// What each character must be while it is typed.
    pub mask: Option<String>,
    /// What its value must satisfy; [`RuleKind::Required`] stands first.
    pub rules: Vec<Rule>,
    /// The action that runs when it has changed.
    pub on_change: Option<Piece>,
    /// The action that runs when somebody goes there.
    pub on_enter: Option<Piece>,
    /// The action that runs when somebody leaves it.
    pub on_exit: Option<Piece>,
}

/// A value that a field may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value, a literal.
    pub value: Piece,
    /// What is shown for it.
    pub label: Option<String>,
}

/// What a value must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What.
    pub kind: RuleKind,
    /// What is said where it does not.
    pub message: Option<String>,
}

/// The rules. All but the first hold where there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// There is a value; an empty text is one.
    Required,
    /// It is not below the first and not above the second.
    Range(Option<Piece>, Option<Piece>),
    /// Its text has so many characters.
    Length(Option<Piece>, Option<Piece>),
    /// Its whole text matches a regular expression.
    Pattern(String),
    /// A condition over the fields is not false.
    Check(Piece),
}

/// What can be done with the values of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: Piece,
    /// What stands on its button.
    pub label: Option<String>,
    /// What it is for.
    pub help: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// It is meant where none is named.
    pub default: bool,
    /// What is asked before.
    pub confirm: Option<String>,
    /// What is said when it has run.
    pub success: Option<String>,
    /// What is said where it has failed.
    pub failure: Option<String>,
    /// Parameters that are called otherwise than their fields: parameter, field.
    pub params: Vec<(Piece, Piece)>,
    /// What it runs before.
    pub before: Vec<Event>,
    /// What it runs after.
    pub after: Vec<Event>,
    /// It comes from the table that the form is bound to.
    pub of_table: bool,
    /// What it does.
    pub body: Body,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// It runs statements.
    Run(Piece),
    /// It is one of the form's own.
    Verb(Verb),
}

impl Default for Body {
    fn default() -> Self {
        Self::Verb(Verb::Close)
    }
}

/// What a form does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Gives every field its default.
    Clear,
    /// Gives every field the value that it had.
    Reset,
    /// Leaves the form.
    Close,
    /// Keeps the changes.
    Commit,
    /// Drops the changes.
    Rollback,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Reset,
        Self::Close,
        Self::Commit,
        Self::Rollback,
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
        }
    }

    /// The verb of a word, in either case.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let is = |verb: &Self| verb.name().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(is)
    }
}

/// Rows of another table that belong to the one shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The table or form.
    pub name: Piece,
    /// What relates the two.
    pub on: Piece,
    /// What stands above them.
    pub label: Option<String>,
    /// How many are shown.
    pub rows: Option<u32>,
}

/// Another look at the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: Piece,
    /// What stands above it.
    pub label: Option<String>,
    /// Its query.
    pub sql: Piece,
    /// The columns that are shown; all where there are none.
    pub columns: Vec<Piece>,
}

/// How the fields stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Side by side.
    pub columns: Option<u32>,
    /// Groups of fields.
    pub sections: Vec<Section>,
    /// Fields that have a place of their own.
    pub places: Vec<Place>,
}

/// Where a field stands on its page, from 1: its label begins there. The values of fields whose labels begin in one
/// column begin in one column, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The field.
    pub field: Piece,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// A group of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// What stands above it.
    pub title: Option<String>,
    /// Side by side.
    pub columns: Option<u32>,
    /// Its fields.
    pub fields: Vec<Piece>,
}

/// How rows are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// Rows at a time.
    pub page_size: u32,
}

/// A text in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The language: `de`.
    pub language: String,
    /// What it is a text of: `title`, `description`, `fields`, `help`, `actions`, `messages`.
    pub part: String,
    /// The field or action; empty for the form itself.
    pub name: Piece,
    /// The text.
    pub text: String,
}

impl Form {
    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.text == name)
    }

    /// The line and the column of a field that has a place of its own.
    #[must_use]
    pub fn place(&self, field: &str) -> Option<(u32, u32)> {
        let mut places = self.layout.iter().flat_map(|layout| &layout.places);
        let place = places.find(|place| place.field.text == field)?;
        Some((place.line, place.column))
    }

    /// The action of a name.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name.text == name)
    }

    /// The action that is meant where none is named: the one that says so, or the first for a person that runs
    /// something.
    #[must_use]
    pub fn default_action(&self) -> Option<&Action> {
        let runs = |action: &&Action| matches!(action.body, Body::Run(_));
        let marked = self.actions.iter().find(|action| action.default);
        marked.or_else(|| self.buttons().find(runs))
    }

    /// The actions that run before or after something, in their order.
    pub fn at(&self, event: Event, before: bool) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(move |action| {
            let events = if before {
                &action.before
            } else {
                &action.after
            };
            events.contains(&event)
        })
    }

    /// The actions that a person takes: those that no event runs, or that have a label or a key of their own.
    pub fn buttons(&self) -> impl Iterator<Item = &Action> {
        let named = |action: &Action| {
            let mut events = self.fields.iter().flat_map(Field::events);
            events.any(|(_, run)| run.as_ref().is_some_and(|run| *run == action.name))
        };
        self.actions.iter().filter(move |action| {
            let shown = action.label.is_some() || action.key.is_some();
            shown || !(action.is_trigger() || named(action))
        })
    }

    /// The form with its texts in a language, where it has them.
    #[must_use]
    pub fn in_language(mut self, language: &str) -> Self {
        for translation in std::mem::take(&mut self.i18n) {
            if translation.language == language {
                self.translate(&translation);
            }
            self.i18n.push(translation);
        }
        self
    }

    fn translate(&mut self, translation: &Translation) {
        let (name, text) = (&translation.name.text, translation.text.clone());
        let mut fields = self.fields.iter_mut();
        let field = fields.find(|field| field.name.text == *name);
        match (translation.part.as_str(), field) {
            ("title", _) => self.title = Some(text),
            ("description", _) => self.description = Some(text),
            ("fields", Some(field)) => field.label = Some(text),
            ("help", Some(field)) => field.help = Some(text),
            ("messages", Some(field)) => {
                for rule in &mut field.rules {
                    rule.message = Some(text.clone());
                }
            }
            ("actions", _) => {
                let mut actions = self.actions.iter_mut();
                if let Some(action) = actions.find(|action| action.name.text == *name) {
                    action.label = Some(text);
                }
            }
            _ => {}
        }
    }

    /// A text in a language, where there is one.
    #[must_use]
    pub fn translated(&self, language: &str, part: &str, name: &str) -> Option<&str> {
        let mut all = self.i18n.iter();
        let found = all.find(|t| t.language == language && t.part == part && t.name.text == name);
        found.map(|translation| translation.text.as_str())
    }
}

impl Field {
    /// What people call it.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name.text)
    }

    /// It must have a value.
    #[must_use]
    pub fn required(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.kind == RuleKind::Required)
    }

    /// Nobody gives its value.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        self.computed.is_some()
    }

    /// The events of a field, each with the action that runs then.
    #[must_use]
    pub fn events(&self) -> [(&'static str, &Option<Piece>); 3] {
        [
            ("CHANGE", &self.on_change),
            ("ENTER", &self.on_enter),
            ("EXIT", &self.on_exit),
        ]
    }

    /// Its value as its format has it, as an expression; `None` where it has no format.
    #[must_use]
    pub fn formatted(&self) -> Option<Piece> {
        let format = rql_ast::text_literal(self.format.as_ref()?);
        let text = format!("to_char(:{}, {format})", self.name.text);
        Some(Piece::made(text, self.name.span))
    }
}

impl Action {
    /// True where it may change what is in tables.
    #[must_use]
    pub fn changes(&self) -> bool {
        match &self.body {
            Body::Run(piece) => action_type(piece) != "query",
            Body::Verb(_) => false,
        }
    }

    /// True where it is there for an event, not for a person.
    #[must_use]
    pub fn is_trigger(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }
}

impl View {
    /// What shows it.
    #[must_use]
    pub fn action(&self) -> Action {
        let piece = match self.columns.is_empty() {
            true => self.sql.clone(),
            false => {
                let columns = self.columns.iter().map(|column| quoted(&column.text));
                let columns: Vec<String> = columns.collect();
                let text = format!(
                    "SELECT {} FROM ({}) AS view_rows",
                    columns.join(", "),
                    self.sql.text
                );
                Piece::made(text, self.sql.span)
            }
        };
        Action {
            name: self.name.clone(),
            label: self.label.clone(),
            body: Body::Run(piece),
            ..Action::default()
        }
    }
}
