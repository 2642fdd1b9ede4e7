//! JSON documents; the text of their parts stays as it was written.

use super::{Args, Cell, Given, Row, text};
use rusqlite::types::ValueRef as Arg;
use serde_json::value::RawValue;
use std::collections::HashMap;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_json", 1, |a| {
        let value = a.text(0)?;
        serde_json::from_str::<&RawValue>(&value).map_err(invalid)?;
        Ok(text(value))
    }),
    ("rql_json_get", 2, |a| {
        Ok(part(a)?.map_or(Cell::Null, |part| text(part.get())))
    }),
    ("rql_json_get_text", 2, |a| {
        part(a)?.map_or(Ok(Cell::Null), |part| as_text(part.get()))
    }),
    ("rql_json_typeof", 1, |a| {
        Ok(text(match kind(&a.text(0)?) {
            b'{' => "object",
            b'[' => "array",
            b'"' => "string",
            b't' | b'f' => "boolean",
            b'n' => "null",
            _ => "number",
        }))
    }),
    ("rql_json_array_length", 1, |a| {
        let value = a.text(0)?;
        match kind(&value) {
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(&value).map_err(invalid)?;
                Ok(Cell::Integer(
                    i64::try_from(items.len()).unwrap_or(i64::MAX),
                ))
            }
            b'{' => Err("cannot get array length of a non-array".into()),
            _ => Err("cannot get array length of a scalar".into()),
        }
    }),
];

fn invalid(_: serde_json::Error) -> String {
    "invalid input syntax for type json".into()
}

/// The first byte of a document, which says of what kind it is.
fn kind(document: &str) -> u8 {
    document.trim_start().bytes().next().unwrap_or(0)
}

/// A member by its name, or an element by its number; a negative one counts from the end.
fn part(a: &Args<'_, '_>) -> Result<Option<Box<RawValue>>, String> {
    let document = a.text(0)?;
    match (a.raw(1), kind(&document)) {
        (Arg::Integer(at), b'[') => {
            let mut items: Vec<Box<RawValue>> = serde_json::from_str(&document).map_err(invalid)?;
            let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let index = if at < 0 { len + at } else { at };
            let index = usize::try_from(index).ok().filter(|&i| i < items.len());
            Ok(index.map(|i| items.swap_remove(i)))
        }
        (Arg::Text(_), b'{') => {
            let mut members: HashMap<String, Box<RawValue>> =
                serde_json::from_str(&document).map_err(invalid)?;
            Ok(members.remove(&a.text(1)?))
        }
        _ => Ok(None),
    }
}

fn as_text(part: &str) -> Given {
    match kind(part) {
        b'n' => Ok(Cell::Null),
        b'"' => serde_json::from_str::<String>(part)
            .map(text)
            .map_err(invalid),
        _ => Ok(text(part)),
    }
}
