//! Statements that are compiled already.
//!
//! What a text compiles to depends on the text, on the catalog with its LET relations and macros (their
//! version), and on the types of the variables that the compiler has asked for: those are noted, and asked
//! again. A statement with templates has a text for each set of answers.

use super::Usage;
use rql::{Choices, Compiled, Condition, Diagnostic, Type};
use rql_ast::Span;
use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many texts are kept.
const KEPT: usize = 256;

/// A longer text is not kept: rows that are written out come once.
const LONGEST: usize = 1 << 14;

/// What of a text is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    /// A statement.
    Statement,
    /// A query that is part of one.
    Query,
    /// The value of an expression.
    Expression,
}

/// A piece of a text, as it stands there: its places are those of the text around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    piece: Piece,
    start: u32,
    text: Box<str>,
    /// What each `{{name}}` of it stands for.
    filled: Vec<(String, String)>,
    /// The version of the catalog.
    version: u64,
}

impl Key {
    /// The key of a piece; `None` where it is too long to be kept.
    pub(crate) fn new(
        piece: Piece,
        text: &str,
        span: Span,
        filled: Vec<(String, String)>,
        version: u64,
    ) -> Option<Self> {
        (text.len() <= LONGEST).then(|| Self {
            piece,
            start: span.start,
            text: text.into(),
            filled,
            version,
        })
    }
}

/// The type of a variable, where there is one of that name.
type Types<'a> = &'a dyn Fn(&str) -> Option<Type>;

/// How a piece is compiled, and what its templates ask.
pub(crate) struct Compiling<'a> {
    pub(crate) types: Types<'a>,
    pub(crate) compile: &'a dyn Fn(Types<'_>) -> Result<Compiled, Vec<Diagnostic>>,
    pub(crate) answer: &'a mut dyn FnMut(&Condition) -> bool,
}

impl Compiling<'_> {
    /// The text, made now.
    pub(crate) fn make(self) -> Result<Compiled, Vec<Diagnostic>> {
        let mut compiled = (self.compile)(self.types)?;
        match compiled.choices.take() {
            Some(mut choices) => chosen(&mut choices, self.answer),
            None => Ok(compiled),
        }
    }
}

fn chosen(
    choices: &mut Choices,
    answer: &mut dyn FnMut(&Condition) -> bool,
) -> Result<Compiled, Vec<Diagnostic>> {
    let answers = choices.answers(answer);
    choices.compile(&answers)
}

struct Entry {
    hash: u64,
    key: Key,
    /// The variables that the compiler has asked for, and what it was told.
    asked: Vec<(String, Option<Type>)>,
    /// The text, or those of its templates' answers.
    compiled: Box<Compiled>,
    texts: usize,
    bytes: u64,
}

/// They, the latest used last.
#[derive(Default)]
pub(crate) struct Statements {
    recent: Vec<Entry>,
    hits: u64,
    misses: u64,
}

impl Statements {
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            hits: self.hits,
            misses: self.misses,
            entries: self.recent.iter().map(|entry| entry.texts).sum(),
            bytes: self.recent.iter().map(|entry| entry.bytes).sum(),
        }
    }

    /// The text, made now or before.
    pub(crate) fn compiled(
        &mut self,
        key: Key,
        with: Compiling<'_>,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        let hash = hash(&key);
        let same = |entry: &Entry| {
            let mut asked = entry.asked.iter();
            entry.hash == hash
                && entry.key == key
                && asked.all(|(name, ty)| (with.types)(name) == *ty)
        };
        if let Some(at) = self.recent.iter().rposition(same) {
            let mut entry = self.recent.remove(at);
            let done = self.again(&mut entry, with.answer);
            self.recent.push(entry);
            self.shrink();
            return done;
        }
        self.misses += 1;
        let asked = RefCell::new(Vec::new());
        let noting = |name: &str| {
            let ty = (with.types)(name);
            let mut asked = asked.borrow_mut();
            if !asked.iter().any(|(known, _)| known == name) {
                asked.push((name.to_owned(), ty));
            }
            ty
        };
        let mut compiled = Box::new((with.compile)(&noting)?);
        let done = match &mut compiled.choices {
            Some(choices) => chosen(choices, with.answer)?,
            None => (*compiled).clone(),
        };
        let bytes = key.text.len() as u64 + weight(&done);
        self.recent.push(Entry {
            hash,
            key,
            asked: asked.into_inner(),
            compiled,
            texts: 1,
            bytes,
        });
        self.shrink();
        Ok(done)
    }

    /// The text of a piece that is known, for the answers of now.
    fn again(
        &mut self,
        entry: &mut Entry,
        answer: &mut dyn FnMut(&Condition) -> bool,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        let Some(choices) = &mut entry.compiled.choices else {
            self.hits += 1;
            return Ok((*entry.compiled).clone());
        };
        let answers = choices.answers(answer);
        if choices.knows(&answers) {
            self.hits += 1;
            return choices.compile(&answers);
        }
        self.misses += 1;
        let made = choices.compile(&answers)?;
        entry.texts += 1;
        entry.bytes += weight(&made);
        Ok(made)
    }

    /// The oldest go.
    fn shrink(&mut self) {
        while self.recent.len() > 1 && self.usage().entries > KEPT {
            self.recent.remove(0);
        }
    }
}

fn hash(key: &Key) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// How long a text is, which says what a cache holds; what is around it is another with each build.
fn weight(compiled: &Compiled) -> u64 {
    compiled.sql.len() as u64
}
