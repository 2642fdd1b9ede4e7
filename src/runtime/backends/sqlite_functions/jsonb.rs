//! PostgreSQL's functions of JSONB, which is kept as its text.

use super::{Args, Cell, Given, Row, boolean, text};
use core::cmp::Ordering;
use rql::Jsonb;
use rusqlite::types::ValueRef as Arg;
use serde_json::Value as Json;

/// Functions that see NULL.
pub(super) const LENIENT: &[Row] = &[
    ("rql_jsonb_set_lax", -1, set_lax),
    ("rql_jsonb_greatest", -1, |a| extreme(a, Ordering::Greater)),
    ("rql_jsonb_least", -1, |a| extreme(a, Ordering::Less)),
];

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_jsonb", 1, |a| shown(&document(a, 0)?)),
    ("rql_jsonb_key", 1, |a| {
        Ok(Cell::Blob(document(a, 0)?.key()))
    }),
    ("rql_jsonb_get", 2, |a| {
        Ok(part(a)?.map_or(Cell::Null, |part| text(part.to_string())))
    }),
    ("rql_jsonb_get_text", 2, |a| {
        Ok(match part(a)? {
            None | Some(Jsonb::Null) => Cell::Null,
            Some(Jsonb::Text(plain)) => text(plain),
            Some(part) => text(part.to_string()),
        })
    }),
    ("rql_jsonb_number", 2, |a| match document(a, 0)? {
        Jsonb::Number(number) => Ok(text(number)),
        other => Err(no_cast(&other, &a.text(1)?)),
    }),
    ("rql_jsonb_boolean", 1, |a| match document(a, 0)? {
        Jsonb::Boolean(value) => boolean(value),
        other => Err(no_cast(&other, "boolean")),
    }),
    ("rql_jsonb_contains", 2, |a| {
        boolean(document(a, 0)?.contains(&document(a, 1)?))
    }),
    ("rql_jsonb_has", 2, |a| {
        boolean(document(a, 0)?.has(&a.text(1)?))
    }),
    ("rql_jsonb_has_any", 2, |a| {
        let document = document(a, 0)?;
        boolean(texts(a, 1)?.iter().flatten().any(|name| document.has(name)))
    }),
    ("rql_jsonb_has_all", 2, |a| {
        let document = document(a, 0)?;
        boolean(texts(a, 1)?.iter().flatten().all(|name| document.has(name)))
    }),
    ("rql_jsonb_concat", 2, |a| {
        shown(&document(a, 0)?.joined(document(a, 1)?))
    }),
    ("rql_jsonb_minus", 2, |a| match a.raw(1) {
        Arg::Integer(at) => without_place(document(a, 0)?, at),
        _ => without(document(a, 0)?, &[a.text(1)?]),
    }),
    ("rql_jsonb_minus_all", 2, |a| {
        let names: Vec<_> = texts(a, 1)?.into_iter().flatten().collect();
        without(document(a, 0)?, &names)
    }),
    ("rql_jsonb_minus_path", 2, without_path),
    ("rql_jsonb_set", -1, |a| {
        let value = document(a, 2)?;
        let create = a.len() < 4 || a.int(3)? != 0;
        changed(a, &Change::Set { value, create })
    }),
    ("rql_jsonb_insert", -1, |a| {
        let value = document(a, 2)?;
        let after = a.len() > 3 && a.int(3)? != 0;
        changed(a, &Change::Insert { value, after })
    }),
    ("rql_jsonb_pretty", 1, |a| {
        Ok(text(document(a, 0)?.pretty()))
    }),
    ("rql_jsonb_strip_nulls", 1, |a| {
        shown(&document(a, 0)?.without_nulls())
    }),
    ("rql_jsonb_object", -1, |a| {
        let members = pairs(a)?.into_iter().map(|(name, value)| {
            let value = value.map_or(Jsonb::Null, Jsonb::Text);
            (name, value)
        });
        shown(&Jsonb::object(members.collect()))
    }),
    ("rql_json_object", -1, |a| {
        let members = pairs(a)?.into_iter().map(|(name, value)| {
            let value = value.map_or(Json::Null, Json::from);
            format!("{} : {value}", Json::from(name))
        });
        Ok(text(format!(
            "{{{}}}",
            members.collect::<Vec<_>>().join(", ")
        )))
    }),
];

fn document(a: &Args<'_, '_>, at: usize) -> Result<Jsonb, String> {
    Jsonb::read(&a.text(at)?)
}

fn shown(document: &Jsonb) -> Given {
    Ok(text(document.to_string()))
}

/// The elements of an array of texts.
fn texts(a: &Args<'_, '_>, at: usize) -> Result<Vec<Option<String>>, String> {
    serde_json::from_str(&a.text(at)?).map_err(|_| "malformed array literal".into())
}

fn no_cast(document: &Jsonb, to: &str) -> String {
    let to = if to.starts_with("numeric") {
        "numeric"
    } else {
        to
    };
    let kind = match document {
        Jsonb::Array(_) | Jsonb::Object(_) => "array or object",
        scalar => scalar.kind(),
    };
    format!("cannot cast jsonb {kind} to type {to}")
}

fn extreme(a: &Args<'_, '_>, wanted: Ordering) -> Given {
    let mut found: Option<Jsonb> = None;
    for at in (0..a.len()).filter(|&at| a.raw(at) != Arg::Null) {
        let next = document(a, at)?;
        let better = |found: &Jsonb| next.key().cmp(&found.key()) == wanted;
        if found.as_ref().is_none_or(better) {
            found = Some(next);
        }
    }
    found.map_or(Ok(Cell::Null), |found| shown(&found))
}

/// The place of an element; a negative one counts from the end.
fn place(at: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if at < 0 { length + at } else { at }).ok()
}

/// A member by its name, or an element by its number; a scalar is the only one of its own.
fn part(a: &Args<'_, '_>) -> Result<Option<Jsonb>, String> {
    Ok(match (document(a, 0)?, a.raw(1)) {
        (Jsonb::Object(_), Arg::Integer(_)) => None,
        (document, Arg::Integer(at)) => {
            let items = document.elements();
            place(at, items.len()).and_then(|at| items.get(at).cloned())
        }
        (Jsonb::Object(members), _) => {
            let name = a.text(1)?;
            let found = members.into_iter().find(|member| member.0 == name);
            found.map(|member| member.1)
        }
        _ => None,
    })
}

fn without(document: Jsonb, names: &[String]) -> Given {
    shown(&match document {
        Jsonb::Object(mut members) => {
            members.retain(|member| !names.contains(&member.0));
            Jsonb::Object(members)
        }
        Jsonb::Array(mut items) => {
            items.retain(|item| !matches!(item, Jsonb::Text(text) if names.contains(text)));
            Jsonb::Array(items)
        }
        _ => return Err("cannot delete from scalar".into()),
    })
}

fn without_place(document: Jsonb, at: i64) -> Given {
    match document {
        Jsonb::Array(mut items) => {
            if let Some(at) = place(at, items.len()).filter(|&at| at < items.len()) {
                items.remove(at);
            }
            shown(&Jsonb::Array(items))
        }
        Jsonb::Object(_) => Err("cannot delete from object using integer index".into()),
        _ => Err("cannot delete from scalar".into()),
    }
}

/// What happens where a path leads.
enum Change {
    Delete,
    Set { value: Jsonb, create: bool },
    Insert { value: Jsonb, after: bool },
}

impl Change {
    /// The value that stands where there is nothing yet.
    const fn created(&self) -> Option<&Jsonb> {
        match self {
            Self::Set {
                value,
                create: true,
            }
            | Self::Insert { value, .. } => Some(value),
            _ => None,
        }
    }
}

fn changed(a: &Args<'_, '_>, change: &Change) -> Given {
    let document = document(a, 0)?;
    if document.is_scalar() {
        return Err("cannot set path in scalar".into());
    }
    shown(&at_path(document, &texts(a, 1)?, change)?)
}

fn without_path(a: &Args<'_, '_>) -> Given {
    let document = document(a, 0)?;
    if document.is_scalar() {
        return Err("cannot delete path in scalar".into());
    }
    shown(&at_path(document, &texts(a, 1)?, &Change::Delete)?)
}

/// `jsonb_set` that is told what to do with a new value that is NULL.
fn set_lax(a: &Args<'_, '_>) -> Given {
    const WAYS: &str = "null_value_treatment must be \"delete_key\", \"return_target\", \
        \"use_json_null\", or \"raise_exception\"";
    let null = |at: usize| a.len() > at && a.raw(at) == Arg::Null;
    if null(0) || null(1) || null(3) {
        return Ok(Cell::Null);
    }
    if null(4) {
        return Err(WAYS.into());
    }
    let create = a.len() < 4 || a.int(3)? != 0;
    if !null(2) {
        let value = document(a, 2)?;
        return changed(a, &Change::Set { value, create });
    }
    let way = match a.len() > 4 {
        true => a.text(4)?,
        false => "use_json_null".into(),
    };
    match way.as_str() {
        "use_json_null" => {
            let value = Jsonb::Null;
            changed(a, &Change::Set { value, create })
        }
        "delete_key" => without_path(a),
        "return_target" => shown(&document(a, 0)?),
        "raise_exception" => Err("JSON value must not be null".into()),
        _ => Err(WAYS.into()),
    }
}

/// Walks as PostgreSQL's `setPath` does.
fn at_path(document: Jsonb, path: &[Option<String>], change: &Change) -> Result<Jsonb, String> {
    step(document, path, 0, change)
}

fn step(
    document: Jsonb,
    path: &[Option<String>],
    level: usize,
    change: &Change,
) -> Result<Jsonb, String> {
    let Some(name) = path.get(level) else {
        return Ok(document);
    };
    let empty = matches!(&document, Jsonb::Array(items) if items.is_empty())
        || matches!(&document, Jsonb::Object(members) if members.is_empty());
    // Nothing is looked at where nothing could be changed.
    if level == 0 && empty && change.created().is_none() {
        return Ok(document);
    }
    let number = level + 1;
    let Some(name) = name else {
        return Err(format!("path element at position {number} is null"));
    };
    let last = number == path.len();
    match document {
        Jsonb::Object(mut members) => {
            let found = members.iter().position(|member| member.0 == *name);
            match (found, change) {
                (Some(at), _) if !last => {
                    let (name, value) = members.swap_remove(at);
                    members.push((name, step(value, path, number, change)?));
                }
                (Some(_), Change::Insert { .. }) => {
                    return Err("cannot replace existing key".into());
                }
                (Some(at), Change::Delete) => {
                    members.remove(at);
                }
                (Some(at), Change::Set { value, .. }) => members[at].1 = value.clone(),
                (None, change) => {
                    let made = change.created().filter(|_| last);
                    members.extend(made.map(|value| (name.clone(), value.clone())));
                }
            }
            Ok(Jsonb::object(members))
        }
        Jsonb::Array(mut items) => {
            let Ok(at) = name.trim_start().parse::<i32>() else {
                return Err(format!(
                    "path element at position {number} is not an integer: \"{name}\""
                ));
            };
            match (place(at.into(), items.len()), change) {
                (Some(at), _) if at < items.len() && !last => {
                    let item = core::mem::replace(&mut items[at], Jsonb::Null);
                    items[at] = step(item, path, number, change)?;
                }
                (Some(at), Change::Delete) if at < items.len() => {
                    items.remove(at);
                }
                (Some(at), Change::Set { value, .. }) if at < items.len() => {
                    items[at] = value.clone();
                }
                (Some(at), Change::Insert { value, after }) if at < items.len() => {
                    items.insert(at + usize::from(*after), value.clone());
                }
                (found, change) => {
                    if let Some(value) = change.created().filter(|_| last) {
                        let end = items.len();
                        items.insert(if found.is_some() { end } else { 0 }, value.clone());
                    }
                }
            }
            Ok(Jsonb::Array(items))
        }
        scalar => Ok(scalar),
    }
}

/// Names and values of one array that has both in turn or in pairs, or of one array for each.
fn pairs(a: &Args<'_, '_>) -> Result<Vec<(String, Option<String>)>, String> {
    let named = |name: Option<String>| {
        name.ok_or_else(|| "null value not allowed for object key".to_owned())
    };
    let dimensions = || "wrong number of array subscripts".to_owned();
    let first: Vec<Json> = serde_json::from_str(&a.text(0)?).map_err(|_| dimensions())?;
    let leaf = |item: &Json| match item {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        _ => Err(dimensions()),
    };
    if a.len() > 1 {
        let second = texts(a, 1).map_err(|_| dimensions())?;
        if first.len() != second.len() {
            return Err("mismatched array dimensions".into());
        }
        let both = first.iter().zip(second);
        return both
            .map(|(name, value)| Ok((named(leaf(name)?)?, value)))
            .collect();
    }
    if let Some(Json::Array(_)) = first.first() {
        let pairs = first.iter().map(|pair| match pair {
            Json::Array(pair) if pair.len() == 2 => Ok((named(leaf(&pair[0])?)?, leaf(&pair[1])?)),
            _ => Err("array must have two columns".to_owned()),
        });
        return pairs.collect();
    }
    if first.len() % 2 == 1 {
        return Err("array must have even number of elements".into());
    }
    let pairs = first.chunks(2);
    pairs
        .map(|pair| Ok((named(leaf(&pair[0])?)?, leaf(&pair[1])?)))
        .collect()
}
