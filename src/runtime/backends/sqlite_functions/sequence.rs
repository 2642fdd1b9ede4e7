//! Sequences: what `nextval` and its kin say, on numbers that the connection reads before a statement and keeps
//! behind it.

use super::{Given, text};
use rql::within;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value as Cell, ValueRef as Arg};
use rusqlite::{Connection, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a sequence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The number.
    pub(crate) last: i64,
    /// It has been given; otherwise it is the next.
    pub(crate) called: bool,
}

/// A sequence in the running statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sequence {
    /// Which of those that had the name, or were restarted.
    pub(crate) generation: i64,
    /// From one number to the next.
    pub(crate) steps: i64,
    /// The least number.
    pub(crate) least: i64,
    /// The greatest.
    pub(crate) most: i64,
    /// It begins again behind the last.
    pub(crate) cycles: bool,
    /// Where it stands.
    pub(crate) place: Place,
}

impl Sequence {
    /// The number behind this one; `None` behind the last.
    fn behind(&self) -> Option<i64> {
        if !self.place.called {
            return Some(self.place.last);
        }
        let next = self.place.last.checked_add(self.steps);
        let next = next.filter(|next| (self.least..=self.most).contains(next));
        next.or_else(|| {
            let first = if self.steps > 0 {
                self.least
            } else {
                self.most
            };
            self.cycles.then_some(first)
        })
    }
}

/// What a session knows of sequences.
#[derive(Default)]
pub(crate) struct Counted {
    /// All of the database, by name.
    pub(crate) all: HashMap<String, Sequence>,
    /// What has been given and may not be kept yet, by name and generation: the place before, and the place now.
    pub(crate) ahead: HashMap<(String, i64), (Place, Place)>,
    /// The number that each gave last in this session.
    current: HashMap<String, i64>,
    /// The one that was counted last.
    newest: Option<String>,
}

impl Counted {
    /// Sequences as they stand now; those that are gone have given nothing.
    pub(crate) fn stand(&mut self, all: HashMap<String, Sequence>) {
        self.all = all;
        let Self { all, current, .. } = self;
        current.retain(|name, _| all.contains_key(name));
    }

    fn found(&mut self, name: &str) -> Result<&mut Sequence, String> {
        let missing = || format!("relation \"{name}\" does not exist");
        self.all.get_mut(name).ok_or_else(missing)
    }

    /// Says that there is none of that name, as it is written in a call.
    pub(crate) fn knows(&mut self, written: &str) -> Result<(), String> {
        self.found(&name_of(written)?).map(|_| ())
    }

    fn next(&mut self, name: &str) -> Result<i64, String> {
        let sequence = *self.found(name)?;
        let Some(value) = sequence.behind() else {
            let (word, bound) = match sequence.steps > 0 {
                true => ("maximum", sequence.most),
                false => ("minimum", sequence.least),
            };
            return Err(format!(
                "nextval: reached {word} value of sequence \"{name}\" ({bound})"
            ));
        };
        let place = Place {
            last: value,
            called: true,
        };
        self.go(name, place)?;
        self.current.insert(name.to_owned(), value);
        self.newest = Some(name.to_owned());
        Ok(value)
    }

    fn set(&mut self, name: &str, place: Place) -> Result<i64, String> {
        let Sequence { least, most, .. } = *self.found(name)?;
        let value = place.last;
        if !(least..=most).contains(&value) {
            return Err(format!(
                "setval: value {value} is out of bounds for sequence \"{name}\" ({least}..{most})"
            ));
        }
        self.go(name, place)?;
        if place.called {
            self.current.insert(name.to_owned(), value);
        }
        Ok(value)
    }

    fn go(&mut self, name: &str, place: Place) -> Result<(), String> {
        let sequence = self.found(name)?;
        let before = core::mem::replace(&mut sequence.place, place);
        let key = (name.to_owned(), sequence.generation);
        self.ahead.entry(key).or_insert((before, place)).1 = place;
        Ok(())
    }

    fn given(&self, name: &str) -> Result<i64, String> {
        if !self.all.contains_key(name) {
            return Err(format!("relation \"{name}\" does not exist"));
        }
        let known = self.current.get(name).copied();
        known.ok_or_else(|| {
            format!("currval of sequence \"{name}\" is not yet defined in this session")
        })
    }

    fn newest(&self) -> Result<i64, String> {
        let newest = self.newest.as_ref().and_then(|name| self.current.get(name));
        let none = || "lastval is not yet defined in this session".to_owned();
        newest.copied().ok_or_else(none)
    }
}

/// What the functions and the connection share.
#[derive(Clone, Default)]
pub(crate) struct Sequences(Arc<Mutex<Counted>>);

impl Sequences {
    pub(crate) fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers the functions.
    pub(crate) fn register(&self, db: &Connection) -> rusqlite::Result<()> {
        for &(name, arity, function) in FUNCTIONS {
            let shared = self.clone();
            db.create_scalar_function(name, arity, FunctionFlags::SQLITE_UTF8, move |context| {
                let null = |at| context.get_raw(at) == Arg::Null;
                let mut counted = shared.counted();
                let given = match (0..context.len()).any(null) {
                    false => function(&mut counted, context),
                    // Its name is looked for first.
                    true if !null(0) => {
                        meant(context).and_then(|name| counted.found(&name).map(|_| Cell::Null))
                    }
                    true => Ok(Cell::Null),
                };
                given.map_err(|message| Error::UserFunctionError(message.into()))
            })?;
        }
        Ok(())
    }
}

type Row = (&'static str, i32, fn(&mut Counted, &Context<'_>) -> Given);

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_nextval", 1, |counted, context| {
        counted.next(&meant(context)?).map(Cell::Integer)
    }),
    ("rql_currval", 1, |counted, context| {
        counted.given(&meant(context)?).map(Cell::Integer)
    }),
    ("rql_lastval", 0, |counted, _| {
        counted.newest().map(Cell::Integer)
    }),
    ("rql_setval", 2, |counted, context| {
        let place = Place {
            last: number(context, 1),
            called: true,
        };
        counted.set(&meant(context)?, place).map(Cell::Integer)
    }),
    ("rql_setval", 3, |counted, context| {
        let place = Place {
            last: number(context, 1),
            called: number(context, 2) != 0,
        };
        counted.set(&meant(context)?, place).map(Cell::Integer)
    }),
    ("rql_sequence", 1, |counted, context| {
        let name = written(context)?;
        counted.found(&name)?;
        Ok(text(name))
    }),
    ("rql_new_sequence", 1, |counted, context| {
        let name = written(context)?;
        match counted.all.contains_key(&name) {
            true => Err(format!("relation \"{name}\" already exists")),
            false => Ok(text(name)),
        }
    }),
    ("rql_sequence_name", 1, |_, context| {
        written(context).map(text)
    }),
    ("rql_free_schema", 1, |counted, context| {
        let schema = written(context)?;
        match counted.all.keys().find(|name| is_in(name, &schema)) {
            Some(name) => Err(format!(
                "cannot drop schema {schema} because other objects depend on it: the sequence {name} is in it"
            )),
            None => Ok(text(schema)),
        }
    }),
];

/// True for the stored name of what is in a schema.
fn is_in(name: &str, schema: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(before, _)| before.eq_ignore_ascii_case(schema))
}

fn number(context: &Context<'_>, at: usize) -> i64 {
    context.get(at).unwrap_or_default()
}

fn written(context: &Context<'_>) -> Result<String, String> {
    context.get(0).map_err(|error| error.to_string())
}

/// The sequence that a text means, which is read as a name is: folded, or in quotes; a schema before it is the
/// database's.
fn meant(context: &Context<'_>) -> Result<String, String> {
    name_of(&written(context)?)
}

fn name_of(written: &str) -> Result<String, String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut letters = written.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(part) = parts.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                part.push('"');
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ if quoted => part.push(letter),
            _ => part.extend(letter.to_lowercase()),
        }
    }
    match parts.as_slice() {
        [name] => Ok(name.clone()),
        [schema, name] if matches!(schema.as_str(), "main" | "public") => Ok(name.clone()),
        [schema, name] => Ok(within(schema, name)),
        _ => Err(format!("relation \"{written}\" does not exist")),
    }
}
