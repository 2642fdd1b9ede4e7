//! What a bare SQLite runs: the functions of the session in its own words, where it has them.
//!
//! The text for a session calls functions that only a session has. Here each call becomes an expression of
//! SQLite 3.40 or later that gives the same value or the same error; what has no such expression stays, and
//! is refused. Outer calls go first, so that a row may look at what its arguments are: units of a known scale
//! stay units through a whole expression.

mod aggregate;
mod array;
mod call;
mod constant;
mod document;
mod fill;
mod interval;
mod jsonb;
mod made;
mod moment;
mod number;
mod numeric;
mod parts;
mod pattern;
mod root;
mod template;
mod text;

use super::{FUNCTIONS, called};
use crate::{Dialect, SpanMap, Step, quoted};
pub(crate) use call::Call;
use core::ops::Range;
use fill::{Place, fill};

/// How a bare SQLite says a function of the session.
#[derive(Clone, Copy)]
enum Way {
    /// By this expression of its arguments `$1`, `$2` …; see [`fill`](fill::fill).
    Sql(&'static str),
    /// By what this makes of a call; `None` where these arguments cannot be said.
    By(fn(&Call<'_>) -> Option<String>),
}

/// A row: the function, its number of arguments (-1: any), and how it is said.
type Row = (&'static str, i32, Way);

const TABLES: &[&[Row]] = &[
    number::ROWS,
    numeric::ROWS,
    moment::ROWS,
    interval::ROWS,
    template::ROWS,
    made::ROWS,
    text::ROWS,
    pattern::ROWS,
    document::ROWS,
    parts::ROWS,
    jsonb::ROWS,
    array::ROWS,
    aggregate::ROWS,
    root::ROWS,
];

/// True where a bare SQLite has words for some calls of a function of the session.
#[must_use]
pub fn says(name: &str) -> bool {
    TABLES
        .iter()
        .any(|rows| rows.iter().any(|row| row.0 == name))
}

/// A text without functions of the session.
#[derive(Clone, Debug)]
pub struct Bare {
    /// The text.
    pub sql: String,
    /// Where each outermost call stood, and where stands what says it now.
    moved: Vec<(Range<usize>, Range<usize>)>,
}

impl Bare {
    /// The place in this text of a place in the other; within a call it is where that begins.
    #[must_use]
    pub fn start(&self, old: usize) -> usize {
        self.place(old, |new| new.start)
    }

    /// The same for the end of a range: within a call it is where that ends.
    #[must_use]
    pub fn end(&self, old: usize) -> usize {
        self.place(old, |new| new.end)
    }

    /// The way back to the source.
    #[must_use]
    pub fn spans(&self, of: &SpanMap) -> SpanMap {
        of.moved(|at| self.start(at), |at| self.end(at))
    }

    fn place(&self, old: usize, inside: impl Fn(&Range<usize>) -> usize) -> usize {
        let before = self.moved.iter().take_while(|(from, _)| from.start < old);
        match before.last() {
            None => old,
            Some((from, to)) if old < from.end => inside(to),
            Some((from, to)) => to.end + (old - from.end),
        }
    }
}

/// The steps of a text that keep what they give by SQLite's own statements, and the text with those.
#[must_use]
pub fn kept_alone(sql: &str, steps: &[Step]) -> Option<(Bare, Vec<Step>)> {
    let mut bare = Bare {
        sql: String::with_capacity(sql.len()),
        moved: Vec::new(),
    };
    let (mut out, mut end, mut tables) = (Vec::new(), 0, Vec::new());
    for step in steps {
        bare.sql.push_str(&sql[end..step.text.start]);
        end = step.text.end;
        let start = bare.sql.len();
        let alone = match &step.keeps {
            None => vec![sql[step.text.clone()].to_owned()],
            Some(keep) => {
                tables.push(quoted(&keep.table, Dialect::Sqlite));
                keep.alone.clone()?
            }
        };
        for (at, text) in alone.iter().enumerate() {
            bare.sql.push_str(if at == 0 { "" } else { ";\n" });
            let start = bare.sql.len();
            bare.sql.push_str(text);
            out.push(Step {
                text: start..bare.sql.len(),
                keeps: None,
                ..step.clone()
            });
        }
        bare.moved.push((step.text.clone(), start..bare.sql.len()));
    }
    let start = bare.sql.len();
    let rest = &sql[end..];
    bare.sql.push_str(rest);
    // The text drops them where a session does so by itself.
    for table in tables {
        let drop = format!("DROP TABLE temp.{table}");
        let at = start + rest.find(&drop)?;
        out.push(Step {
            text: at..at + drop.len(),
            ..Step::default()
        });
    }
    Some((bare, out))
}

/// No expression grows beyond this; a person could not read it, and SQLite would refuse some day.
const MOST: usize = 50_000;

/// What a call of functions of the session with nothing but constants gives, as a literal; `None` where it fails, or
/// nobody can say.
pub type Fold<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// A text for a session as one for any SQLite. What is constant and has no other words is folded.
///
/// # Errors
/// The functions that a bare SQLite has no words for, each with its place.
pub fn bare(sql: &str, fold: &Fold<'_>) -> Result<Bare, Vec<(String, usize)>> {
    let mut writer = Writer {
        place: Place::of(sql),
        fold,
        refused: Vec::new(),
    };
    let mut out = String::with_capacity(sql.len());
    let (mut moved, mut refused) = (Vec::new(), Vec::new());
    let mut end = 0;
    for (name, at) in called(sql) {
        if at < end {
            continue;
        }
        let Some(call) = Call::at(sql, name, at) else {
            continue;
        };
        out.push_str(&sql[end..at]);
        let start = out.len();
        out.push_str(&writer.said(&call));
        let inner = core::mem::take(&mut writer.refused);
        refused.extend(inner.into_iter().map(|name| (name, at)));
        moved.push((at..call.end, start..out.len()));
        end = call.end;
    }
    out.push_str(&sql[end..]);
    // No expression says how the values of a key compare.
    let ordered = sql.match_indices(super::INTERVALS);
    refused.extend(ordered.map(|(at, _)| (super::INTERVAL_ORDER.to_owned(), at)));
    match refused.is_empty() {
        true => Ok(Bare { sql: out, moved }),
        false => Err(refused),
    }
}

/// What writes the calls of one text.
struct Writer<'f> {
    place: Place,
    fold: &'f Fold<'f>,
    /// The functions without words.
    refused: Vec<String>,
}

impl Writer<'_> {
    /// A call in SQLite's words, with those in its arguments.
    fn said(&mut self, call: &Call<'_>) -> String {
        if let Some(text) = self.by_row(call) {
            return self.within(&text);
        }
        let whole = format!("{}({}){}", call.name, call.rest(0), call.tail());
        if let Some(value) = constant::folded(&whole, self.fold) {
            return value;
        }
        // A row may know what to do with a constant in the place of a call.
        let args: Vec<Option<String>> = call
            .args
            .iter()
            .map(|arg| constant::folded(arg, self.fold))
            .collect();
        if args.iter().any(Option::is_some) {
            let given = call.args.iter().zip(&args);
            let args = given.map(|(arg, value)| value.as_deref().unwrap_or(arg));
            let again = Call {
                args: args.collect(),
                ..call.clone()
            };
            if let Some(text) = self.by_row(&again) {
                return self.within(&text);
            }
        }
        // What its arguments lack is said with it.
        let known = FUNCTIONS.iter().any(|function| function.name == call.name);
        debug_assert!(known, "{} is no function of the session", call.name);
        self.refused.push(call.name.to_owned());
        for arg in &call.args {
            self.within(arg);
        }
        String::new()
    }

    /// A call by the first row that can say it; its arguments are as they were.
    fn by_row(&self, call: &Call<'_>) -> Option<String> {
        let rows = TABLES.iter().flat_map(|rows| rows.iter());
        let mut ways = rows.filter(|row| {
            row.0 == call.name && (row.1 < 0 || usize::try_from(row.1) == Ok(call.args.len()))
        });
        let call = Call {
            place: self.place,
            ..call.clone()
        };
        let text = ways.find_map(|(_, _, way)| match way {
            Way::Sql(template) => fill(template, &call.args, call.place),
            Way::By(write) => write(&call),
        });
        text.filter(|text| text.len() < MOST)
    }

    /// A text with the calls in it in SQLite's words.
    fn within(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (name, at) in called(text) {
            if at < end {
                continue;
            }
            // What would grow beyond all bounds is refused, not left with the calls that it has.
            if out.len() > MOST {
                self.refused.push(name.to_owned());
                break;
            }
            if let Some(call) = Call::at(text, name, at) {
                out.push_str(&text[end..at]);
                out.push_str(&self.said(&call));
                end = call.end;
            }
        }
        out.push_str(&text[end..]);
        out
    }
}
