//! A recorded session at a form: steps, and what was seen after them.
//!
//! ```text
//! # A comment.
//! form employees
//! enter query
//! field dept
//! type HR
//! F5
//! see
//! | [QUERY] employees - record 1 of 3 - Q
//! …
//! ```
//!
//! A line is a step: an act in words, or its key. `see` shows the screen, `preview` the statements that the changes
//! will be; the lines that begin with `|` below it, and below an action that gives rows, are what was seen then.

use super::{Act, FormSession};
use crate::{Case, Choice};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Failure, Output, Session};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::rc::Rc;

/// A step whose screen is not what was recorded, or that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The acts that have no argument: their words, and the keys of a form.
const STEPS: &[(&str, &str, Act)] = &[
    ("null", "", Act::Null),
    ("empty", "", Act::Empty),
    ("next", "tab", Act::Next),
    ("previous", "shift-tab", Act::Previous),
    ("next block", "", Act::NextBlock),
    ("previous block", "", Act::PreviousBlock),
    ("enter query", "f7", Act::EnterQuery),
    ("execute", "f5", Act::Execute),
    ("count", "", Act::Count),
    ("sort", "", Act::Sort),
    ("cancel", "esc", Act::Cancel),
    ("restore field", "", Act::Restore),
    ("next record", "pgdn", Act::NextRecord),
    ("previous record", "pgup", Act::PreviousRecord),
    ("first record", "", Act::FirstRecord),
    ("last record", "", Act::LastRecord),
    ("insert", "f6", Act::Insert),
    ("delete", "shift-f6", Act::Delete),
    ("duplicate field", "f3", Act::DuplicateField),
    ("duplicate record", "f4", Act::DuplicateRecord),
    ("commit", "f10", Act::Commit),
    ("rollback", "", Act::Rollback),
    ("ignore case", "", Act::Case(Case::Ignored)),
    ("exact case", "", Act::Case(Case::Exact)),
    ("close", "end", Act::Close),
];

/// The words of acts that have one.
const WITH: &[&str] = &[
    "form", "type", "field", "record", "values", "take", "action", "answer", "mine", "theirs",
    "see", "preview", "show", "run",
];

/// The act of a line; `Err` says why it is none.
fn act(line: &str) -> Result<Act, String> {
    let lower = line.to_ascii_lowercase();
    let known = STEPS
        .iter()
        .find(|(words, key, _)| *words == lower || (!key.is_empty() && *key == lower));
    if let Some((.., act)) = known {
        return Ok(act.clone());
    }
    if lower == "f9" {
        return Ok(Act::Values(String::new()));
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let number = || {
        rest.parse()
            .map_err(|_| format!("{word} wants a number, not {rest}"))
    };
    Ok(match word.to_ascii_lowercase().as_str() {
        "type" => Act::Text(rest.into()),
        "field" => Act::Field(rest.into()),
        "record" => Act::Record(number()?),
        "values" => Act::Values(rest.into()),
        "take" => Act::Take(usize::try_from(number()?).unwrap_or(0)),
        "action" => Act::Action(rest.into()),
        "answer" => Act::Answer(rest.chars().next().unwrap_or(' ')),
        "mine" => Act::Side(rest.into(), Choice::Mine),
        "theirs" => Act::Side(rest.into(), Choice::Theirs),
        _ => {
            let words = STEPS.iter().map(|step| step.0).chain(WITH.iter().copied());
            let near = rql_diagnostics::did_you_mean(word, words);
            let near = near.map_or(String::new(), |near| format!(": did you mean {near}?"));
            return Err(format!("no step {line}{near}"));
        }
    })
}

/// What the session has written since it was last asked.
#[derive(Clone, Default)]
struct Captured(Rc<RefCell<Vec<u8>>>);

impl Captured {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.borrow_mut());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the steps of a text; gives it with what is seen now in the place of what was recorded, and where the two
/// differ.
///
/// # Errors
/// Where the session fails as a whole.
pub fn replay(
    session: &mut Session,
    text: &str,
    format: &'static Format,
) -> Result<(String, Vec<Mismatch>), Failure> {
    let captured = Captured::default();
    let (data, narration) = (captured.clone(), captured.clone());
    let mut output = Output::new(
        format,
        Options::default(),
        Box::new(data),
        Box::new(narration),
    );
    let out = &mut output;
    let (mut written, mut wrong) = (String::new(), Vec::new());
    let mut form: Option<FormSession> = None;
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        let _ = writeln!(written, "{line}");
        let step = line.trim();
        if step.is_empty() || step.starts_with('#') {
            continue;
        }
        let recorded = lines[at..]
            .iter()
            .take_while(|line| line.starts_with('|'))
            .count();
        let expected = &lines[at..at + recorded];
        at += recorded;
        let mut bad = |message: String| {
            wrong.push(Mismatch {
                line: number,
                message,
            })
        };
        let (word, rest) = step.split_once(char::is_whitespace).unwrap_or((step, ""));
        let mut seen = String::new();
        match (word.to_ascii_lowercase().as_str(), &mut form) {
            ("form", _) => form = Some(FormSession::open(session, rest.trim())?),
            ("run", _) => session.run_text(rest, out)?,
            (_, None) => bad("the first step says which form: form NAME".into()),
            ("see", Some(form)) => seen = form.screen(session)?.to_string(),
            ("preview", Some(form)) => {
                seen = form
                    .preview(session, out)?
                    .into_iter()
                    .map(|text| text + "\n")
                    .collect();
            }
            (_, Some(form)) => match act(step) {
                Ok(act) => form.act(session, &act, out)?,
                Err(why) => bad(why),
            },
        }
        seen.insert_str(0, &captured.take());
        let seen: Vec<String> = seen
            .lines()
            .map(|line| format!("| {line}").trim_end().to_owned())
            .collect();
        if expected != seen {
            let pairs = expected.iter().map(|line| (*line).to_owned());
            let expected: Vec<String> = pairs.collect();
            let first =
                (0..expected.len().max(seen.len())).find(|&at| expected.get(at) != seen.get(at));
            let of = |all: &[String]| {
                first
                    .and_then(|at| all.get(at).cloned())
                    .unwrap_or_else(|| "nothing".into())
            };
            bad(format!(
                "after \"{step}\": recorded {}, seen {}",
                of(&expected),
                of(&seen)
            ));
        }
        for line in seen {
            let _ = writeln!(written, "{line}");
        }
    }
    Ok((written, wrong))
}
