//! What a text is looked at in.

use crate::known::{Before, makes_names};
use crate::{Command, Language, Memory};
use core::fmt;
use rql::{Catalog, Dialect, File, Type};
use rql_ast::{Ast, Span};
use rql_forms::Form;
use rql_grammar::{Outline, Parse};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// Lists what a folder holds; the text is what is written of a path, up to its last separator.
type Lister = dyn Fn(&str) -> Vec<String> + Send + Sync;

/// Gives the file that INCLUDE names: by the name of the text in which it stands, `None` for the snapshot's
/// own, and the file as it is written there.
pub type Reader = dyn Fn(Option<&str>, &str) -> Result<File, String> + Send + Sync;

/// Tables, the names of a session, the commands of a prompt.
#[derive(Clone, Default)]
pub struct World {
    /// The tables, LET relations, macros and the backend's functions.
    pub catalog: Catalog,
    /// The backend's dialect.
    pub dialect: Option<Dialect>,
    /// What computes constants, as in [`rql::Env`].
    pub fold: Option<rql::Fold>,
    /// Variables and parameters.
    pub variables: Vec<Variable>,
    /// The connections.
    pub connections: Vec<String>,
    /// What SET changes.
    pub settings: Vec<Entry>,
    /// What SHOW shows.
    pub subjects: Vec<String>,
    /// What a line may begin with besides a statement; none outside of a prompt.
    pub commands: &'static [Command],
    /// The formats of results.
    pub formats: Vec<Entry>,
    /// The forms that are loaded.
    pub forms: Vec<Arc<Form>>,
    /// Lists files.
    pub files: Option<Arc<Lister>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("tables", &self.catalog.tables().len())
            .finish_non_exhaustive()
    }
}

/// A variable or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its value, as people may see it.
    pub value: String,
}

/// A word and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub name: String,
    /// A line for people.
    pub about: String,
    /// What may follow it.
    pub values: Vec<String>,
}

/// How many statements that make names are gone back over for what is known already.
const NEAR: usize = 64;

pub(crate) fn number(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// A text in a world.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) world: Arc<World>,
    pub(crate) text: Arc<str>,
    pub(crate) reader: Option<Arc<Reader>>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) language: Language,
    outline: OnceLock<Arc<[Outline]>>,
    /// The statements that make names: where each stands, and a number for what it and those before it say.
    makers: OnceLock<Arc<[(Span, u64)]>>,
    parse: OnceLock<Arc<Parse>>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("world", &self.world)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// A text in a world.
    #[must_use]
    pub fn new(world: &Arc<World>, text: impl Into<Arc<str>>) -> Self {
        Self {
            world: Arc::clone(world),
            text: text.into(),
            reader: None,
            memory: Arc::default(),
            language: Language::Rql,
            outline: OnceLock::new(),
            makers: OnceLock::new(),
            parse: OnceLock::new(),
        }
    }

    /// The same with what gives the files that it includes.
    #[must_use]
    pub fn reading(mut self, reader: Arc<Reader>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// The same with what earlier snapshots of the text, in the same world, have found out.
    #[must_use]
    pub fn remembering(mut self, memory: &Arc<Memory>) -> Self {
        self.memory = Arc::clone(memory);
        self
    }

    /// The same, written in another language than RQL.
    #[must_use]
    pub fn written_in(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// True for a text of RQL or a form; nothing is known of others.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.language != Language::Other
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its statements stand.
    pub(crate) fn outline(&self) -> &[Outline] {
        self.outline.get_or_init(|| match self.language {
            Language::Rql => self.memory.outline(&self.text),
            Language::Form(_) => self.pieces().into(),
            Language::Other => Arc::new([]),
        })
    }

    /// The text as far as it is RQL.
    fn rql(&self) -> Arc<str> {
        match self.language {
            Language::Rql => Arc::clone(&self.text),
            Language::Form(_) | Language::Other => Arc::from(""),
        }
    }

    /// The tree of the whole.
    pub(crate) fn parse(&self) -> &Parse {
        self.parse
            .get_or_init(|| Arc::new(rql_grammar::parse_shared(self.rql())))
    }

    /// The piece of the text that holds one statement and the cursor: from the end of the statement before to
    /// the end of its own.
    pub(crate) fn statement_at(&self, at: u32) -> Span {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let at = at.min(end);
        let all = self.outline();
        if self.language != Language::Rql {
            let inside = all.iter().find(|o| o.span.start <= at && at <= o.span.end);
            return inside.map_or(Span::new(at, at), |o| o.span);
        }
        let first = all.partition_point(|o| o.span.end < at);
        let last = all.len().checked_sub(1);
        let own = match first < all.len() {
            true => Some(first),
            // What has no semicolon goes on to the end.
            false => last.filter(|&last| !all[last].ended),
        };
        let before = match own {
            Some(own) => own.checked_sub(1).map(|before| all[before].span.end),
            None => all.last().map(|last| last.span.end),
        };
        let start = before.map_or(0, |before| self.after_semicolon(before));
        match own {
            // Between two statements there is a new one.
            Some(own) if at < all[own].span.start && self.blank(at, all[own].span.start) => {
                Span::new(start.min(at), all[own].span.end.max(at))
            }
            Some(own) => Span::new(start.min(at), all[own].span.end.max(at)),
            None => Span::new(start.min(at), end),
        }
    }

    fn blank(&self, from: u32, to: u32) -> bool {
        let text = self.text.get(from as usize..to as usize);
        text.is_some_and(|text| text.trim().is_empty())
    }

    pub(crate) fn after_semicolon(&self, at: u32) -> u32 {
        let rest = self.text.get(at as usize..).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        match rest.trim_start().starts_with(';') {
            true => at + u32::try_from(blank + 1).unwrap_or(0),
            false => at,
        }
    }

    fn makers(&self) -> &[(Span, u64)] {
        self.makers.get_or_init(|| {
            if self.language != Language::Rql {
                return Arc::new([]);
            }
            let mut chain = 0;
            let all = self.outline().iter().filter_map(|outline| {
                let text = outline.span.text(&self.text);
                makes_names(text).then(|| {
                    chain = number(&(chain, text));
                    (outline.span, chain)
                })
            });
            all.collect()
        })
    }

    /// A number for what is said before the statement that begins behind a byte.
    pub(crate) fn said_before(&self, start: u32) -> u64 {
        let makers = self.makers();
        let count = makers.partition_point(|maker| maker.0.end <= start);
        match (count.checked_sub(1), &self.language) {
            (Some(last), _) => makers[last].1,
            // All that stands in a form sees its fields.
            (None, Language::Form(_)) => number(&self.text),
            (None, _) => 0,
        }
    }

    /// What is known where the statement stands that begins behind a byte.
    pub(crate) fn before(&self, start: u32) -> Arc<Before> {
        let makers = self.makers();
        let count = makers.partition_point(|maker| maker.0.end <= start);
        let makers = &makers[..count];
        self.memory.before(self.said_before(start), |known| {
            // Whoever asks for one statement after the other finds what was known before the last.
            let near = makers.iter().enumerate().rev().skip(1).take(NEAR);
            let near = near.filter_map(|(at, maker)| Some((at + 1, known(maker.1)?)));
            let (done, mut known) = match near.into_iter().next() {
                Some((done, known)) => (done, (*known).clone()),
                None => (0, self.beginning()),
            };
            for (span, _) in &makers[done..] {
                let parse = rql_grammar::parse(span.text(&self.text));
                if parse.is_ok() {
                    known.learn(&Arc::new(parse.ast), self.reader.as_deref());
                }
            }
            known
        })
    }

    /// What is known where the text begins.
    fn beginning(&self) -> Before {
        let mut known = Before::of(&self.world);
        if let Some(form) = self.form() {
            known.has_fields(&form);
        }
        known
    }

    /// What is known at a place of a statement: what its text begins with, and what it says itself before the
    /// place.
    pub(crate) fn known_at(&self, statement: Span, ast: &Ast, at: u32) -> Arc<Before> {
        let before = self.before(statement.start);
        before.inside(ast, at, self.reader.as_deref())
    }
}
