//! Paths of SQL/JSON over documents: PostgreSQL's `jsonb_path_exists` and its kin.

mod condition;
mod place;
mod run;
mod value;

use super::{Args, Cell, Given, Row, boolean, text};
use rql::Jsonb;
use rql::json_path::JsonPath;
use run::{Fault, Out, Run};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_jsonb_path_finds", 2, |a| exists(a, Kind::Operator)),
    ("rql_jsonb_path_holds", 2, |a| holds(a, Kind::Operator)),
    ("rql_jsonb_path_exists", -1, |a| exists(a, Kind::Function)),
    ("rql_jsonb_path_match", -1, |a| holds(a, Kind::Function)),
    ("rql_jsonb_path_query", -1, |a| {
        let found = found(a, Kind::Function)?.0.into_iter();
        let found = found.map(|found| found.to_string().into());
        Ok(text(serde_json::Value::Array(found.collect()).to_string()))
    }),
    ("rql_jsonb_path_array", -1, |a| {
        Ok(text(Jsonb::Array(found(a, Kind::Function)?.0).to_string()))
    }),
    ("rql_jsonb_path_first", -1, |a| {
        let first = found(a, Kind::Function)?.0.into_iter().next();
        Ok(first.map_or(Cell::Null, |first| text(first.to_string())))
    }),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Tells no errors, and its variables are null.
    Operator,
    /// Its third argument has the variables, and the fourth says whether it is silent.
    Function,
}

fn exists(a: &Args<'_, '_>, kind: Kind) -> Given {
    match asked(a, kind, |run, path| run.exists(path))?.0 {
        Some(found) => boolean(found),
        None => Ok(Cell::Null),
    }
}

fn holds(a: &Args<'_, '_>, kind: Kind) -> Given {
    let (found, silent) = found(a, kind)?;
    match found.as_slice() {
        [Jsonb::Boolean(value)] => boolean(*value),
        [Jsonb::Null] => Ok(Cell::Null),
        _ if silent => Ok(Cell::Null),
        _ => Err("single boolean result is expected".into()),
    }
}

/// All that a path finds, until something is wrong of which nothing is told; and whether nothing is.
fn found(a: &Args<'_, '_>, kind: Kind) -> Result<(Vec<Jsonb>, bool), String> {
    let mut all = Vec::new();
    let (_, silent) = asked(a, kind, |run, path| run.collect(path, &mut all))?;
    Ok((all, silent))
}

/// Whether a path finds something, `None` where something is wrong of which nothing is told; and whether nothing is.
fn asked(
    a: &Args<'_, '_>,
    kind: Kind,
    ask: impl FnOnce(&Run<'_>, &JsonPath) -> Out,
) -> Result<(Option<bool>, bool), String> {
    let path = path(&a.text(1)?)?;
    if let Some(foreign) = &path.foreign {
        let message = "in a path of SQL/JSON is not understood on SQLite";
        return Err(format!("{foreign} {message}"));
    }
    let root = document(a, 0)?;
    let variables = match kind {
        Kind::Operator => None,
        Kind::Function if a.len() > 2 => Some(document(a, 2)?),
        Kind::Function => Some(Jsonb::Object(Vec::new())),
    };
    if variables.as_ref().is_some_and(|all| all.kind() != "object") {
        return Err("\"vars\" argument is not an object".into());
    }
    let silent = kind == Kind::Operator || a.len() > 3 && a.int(3)? != 0;
    match ask(&Run::of(&path, &root, variables.as_ref()), &path) {
        Ok(found) => Ok((Some(found), silent)),
        Err(Fault::Told(_)) if silent => Ok((None, silent)),
        Err(Fault::Told(message) | Fault::Always(message)) => Err(message),
    }
}

fn document(a: &Args<'_, '_>, at: usize) -> Result<Jsonb, String> {
    Jsonb::read(&a.text(at)?)
}

/// How many paths are kept.
const KEPT: usize = 64;

thread_local! {
    static READ: RefCell<HashMap<String, Rc<JsonPath>>> = RefCell::default();
}

fn path(source: &str) -> Result<Rc<JsonPath>, String> {
    if let Some(found) = READ.with_borrow(|read| read.get(source).cloned()) {
        return Ok(found);
    }
    let wrong = |error: rql::json_path::NoPath| {
        format!("invalid input syntax for type jsonpath: {}", error.message)
    };
    let read = Rc::new(JsonPath::read(source).map_err(wrong)?);
    READ.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(source.to_owned(), Rc::clone(&read));
    });
    Ok(read)
}
