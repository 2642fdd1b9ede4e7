//! What the names of a text stand for, and where else the same is named.

use crate::collect::Collector;
use crate::look::holds;
use crate::{Language, Manner, Snapshot, Span, spelled};
use rql_ast::{Ast, Ident};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A table or view, as the catalog spells it.
    Table(String),
    /// A column of a table or view.
    Column {
        /// The table.
        table: String,
        /// The column.
        name: String,
    },
    /// A LET relation.
    Relation(String),
    /// A variable or parameter.
    Variable(String),
    /// A macro.
    Macro(String),
    /// A form.
    Form(String),
    /// A field of a form.
    Field {
        /// The form.
        form: String,
        /// The field.
        name: String,
    },
    /// An action of a form.
    Action {
        /// The form.
        form: String,
        /// The action.
        name: String,
    },
    /// What is known in one statement only, by where it is declared: an alias, a WITH query, a name of a
    /// SELECT list, a window, a parameter of a macro, the row of a FOR.
    Local(Span),
}

impl Entity {
    /// True where nothing outside of its statement can name it.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }

    /// True for tables and their columns.
    #[must_use]
    pub const fn is_of_table(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Column { .. })
    }

    /// The name by which texts may know it; `None` where the place says it.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Table(name)
            | Self::Column { name, .. }
            | Self::Field { name, .. }
            | Self::Action { name, .. }
            | Self::Relation(name)
            | Self::Variable(name)
            | Self::Form(name)
            | Self::Macro(name) => Some(name),
            Self::Local(_) => None,
        }
    }
}

/// A place where something is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name, with its quotes, without the mark of a parameter.
    pub span: Span,
    /// It comes to be here.
    pub declares: bool,
    /// It gets a value here.
    pub writes: bool,
    /// How it stands here.
    pub manner: Manner,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What the name stands for.
    pub entity: Entity,
    /// The name.
    pub span: Span,
    /// What it says.
    pub name: String,
}

/// A use of a name, with places from the statement's beginning.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) span: Span,
    pub(crate) entity: Entity,
    pub(crate) declares: bool,
    pub(crate) writes: bool,
    pub(crate) manner: Manner,
}

impl Snapshot {
    /// What the name at a byte stands for; `None` where it is no name, or nothing that anything else names.
    #[must_use]
    pub fn entity(&self, at: u32) -> Option<Found> {
        let at = self.floor(at);
        let named = self.named_in_form();
        let said = named
            .into_iter()
            .find(|one| holds(one.span, at) && one.manner != Manner::Unsaid);
        if let Some(found) = said {
            let written = found.span.text(&self.text);
            return Some(Found {
                name: written.trim_matches(['"', '\'']).to_owned(),
                entity: found.entity,
                span: found.span,
            });
        }
        let statement = self.statement_at(at);
        let uses = self.uses(statement, Some(at - statement.start));
        let inner = at - statement.start;
        let under = uses.iter().filter(|one| holds(one.span, inner));
        let found = under.min_by_key(|one| {
            (
                one.span.end - one.span.start,
                core::cmp::Reverse(one.span.start),
            )
        })?;
        let span = moved(found.span, statement.start);
        Some(Found {
            name: rql_ast::fold_name(span.text(&self.text)).into_owned(),
            entity: absolute(found.entity.clone(), statement.start),
            span,
        })
    }

    /// Where something is named in this text, in its order.
    #[must_use]
    pub fn occurrences(&self, entity: &Entity) -> Vec<Occurrence> {
        let own = self.named_in_form().into_iter();
        let own = own.filter(|one| one.entity == *entity);
        let mut all: Vec<Occurrence> = own.map(|one| occurrence(one, 0)).collect();
        for outline in self.outline() {
            let text = outline.span.text(&self.text);
            let named = match entity {
                Entity::Local(span) => {
                    outline.span.start <= span.start && span.end <= outline.span.end
                }
                entity => entity.name().is_some_and(|name| mentions(text, name)),
            };
            if !named {
                continue;
            }
            let start = outline.span.start;
            let uses = self.uses(outline.span, None);
            let same = uses
                .iter()
                .filter(|one| is_same(&one.entity, start, entity));
            all.extend(same.map(|one| occurrence(one.clone(), start)));
        }
        all.sort_by_key(|one| one.span.start);
        all.dedup_by_key(|one| one.span);
        all
    }

    /// A new name as it has to be written for something.
    ///
    /// # Errors
    /// Where it can be no name of it, in words for people.
    pub fn spelled_as(&self, entity: &Entity, name: &str) -> Result<String, String> {
        if name.is_empty() {
            return Err("a name has at least one letter".into());
        }
        let word = |name: &str| {
            let mut letters = name.chars();
            let first = letters
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_');
            first && letters.all(|c| c.is_alphanumeric() || c == '_')
        };
        match entity {
            Entity::Variable(_) | Entity::Field { .. } => match word(name) {
                true => Ok(name.to_owned()),
                false => Err(format!(
                    "{name} cannot be bound as a parameter: letters, digits and _ can"
                )),
            },
            _ if name.starts_with('"') && name.ends_with('"') && name.len() > 2 => {
                Ok(name.to_owned())
            }
            // A name that only differs from its spelling in case is meant as it is written.
            _ if word(name)
                && spelled(&name.to_lowercase(), self.world.catalog.name_match())
                    == name.to_lowercase() =>
            {
                Ok(name.to_owned())
            }
            _ => Ok(spelled(name, self.world.catalog.name_match())),
        }
    }

    /// The uses of names in a statement. One that cannot be read is mended around `at`; without it, what could be
    /// read around the mistake is still known.
    fn uses(&self, statement: Span, at: Option<u32>) -> Arc<[Use]> {
        let text = statement.text(&self.text);
        let mut hasher = DefaultHasher::new();
        (text, self.said_before(statement.start)).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.memory.uses(key) {
            return known;
        }
        let before = self.before(statement.start);
        let reader = self.reader.as_deref();
        let collected = |ast: &Ast| {
            let mut uses = Collector::new(ast, &before, reader).collect();
            if self.language != Language::Rql {
                self.fields_of_form(statement, &mut uses);
            }
            uses
        };
        let parse = rql_grammar::parse(text);
        match (parse.is_ok(), at) {
            (false, Some(at)) => {
                let draft = rql_grammar::draft(text, at);
                match draft.hole {
                    Some(_) => collected(&draft.ast).into(),
                    None => Arc::new([]),
                }
            }
            (is_ok, _) => {
                let uses = collected(&parse.ast);
                match is_ok {
                    true => self.memory.keep_uses(key, uses),
                    false => uses.into(),
                }
            }
        }
    }
}

fn occurrence(one: Use, start: u32) -> Occurrence {
    Occurrence {
        span: moved(one.span, start),
        declares: one.declares,
        writes: one.writes,
        manner: one.manner,
    }
}

pub(crate) fn moved(span: Span, by: u32) -> Span {
    Span::new(span.start + by, span.end + by)
}

fn absolute(entity: Entity, by: u32) -> Entity {
    match entity {
        Entity::Local(span) => Entity::Local(moved(span, by)),
        other => other,
    }
}

/// True where an entity of a statement that begins at `start` is one of the text.
fn is_same(own: &Entity, start: u32, other: &Entity) -> bool {
    match (own, other) {
        (Entity::Local(own), Entity::Local(other)) => moved(*own, start) == *other,
        _ => own == other,
    }
}

/// True where a text may hold a name: cheap, and never false where it does.
fn mentions(text: &str, name: &str) -> bool {
    let Some(first) = name.chars().next() else {
        return true;
    };
    if !name.is_ascii() || name.contains('"') {
        return text.to_lowercase().contains(&name.to_lowercase()) || !first.is_ascii();
    }
    let (text, name) = (text.as_bytes(), name.as_bytes());
    text.windows(name.len())
        .any(|piece| piece.eq_ignore_ascii_case(name))
}

/// The place of a parameter's name, without its mark.
pub(crate) fn without_mark(text: &str, span: Span) -> Span {
    let written = span.text(text);
    let marks = written.len() - written.trim_start_matches([':', '$', '@']).len();
    Span::new(span.start + u32::try_from(marks).unwrap_or(0), span.end)
}

pub(crate) fn use_of(ident: Ident, entity: Entity) -> Use {
    Use {
        span: ident.span,
        entity,
        declares: false,
        writes: false,
        manner: Manner::Word,
    }
}
