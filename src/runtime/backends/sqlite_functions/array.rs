//! Arrays as JSON text: `[1,null,"a"]`, arrays of arrays for more dimensions.
//!
//! What the elements are is known where the text is compiled: a *form* of one letter says it where an
//! element's value does not: `b` truth values (0 and 1), `i` integers, `n` decimals (as text), `r` and
//! `f` single and double precision, `v` intervals, `t` all that is text.

use super::element::{
    cell, compare, convert, each, element, equal, leaf_text, leaves, read, same, shown, sizes,
    sort_key,
};
use super::{Args, Cell, Given, Row, text};
use core::cmp::Ordering;
use rusqlite::types::ValueRef as Arg;
use serde_json::Value as Json;

/// Functions that are NULL where an argument is.
pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_array_text", 2, |a| {
        Ok(text(shown(&array(a, 0)?, &a.text(1)?)?))
    }),
    ("rql_array_of", 2, |a| {
        written(&read(&a.text(0)?, &a.text(1)?)?)
    }),
    ("rql_array_cast", 3, |a| {
        let (from, to) = (a.text(1)?, a.text(2)?);
        written(&each(array(a, 0)?, &mut |leaf| convert(leaf, &from, &to))?)
    }),
    ("rql_array_flat", 1, |a| {
        written(&Json::Array(leaves(&array(a, 0)?).cloned().collect()))
    }),
    ("rql_array_key", 2, |a| {
        Ok(Cell::Blob(key(&a.text(0)?, &a.text(1)?)?))
    }),
    ("rql_array_get", -1, |a| {
        let mut at = array(a, 0)?;
        for n in 1..a.len() {
            let index = usize::try_from(a.int(n)? - 1).ok();
            let Json::Array(items) = at else {
                return Ok(Cell::Null);
            };
            match index.and_then(|index| items.into_iter().nth(index)) {
                Some(item) => at = item,
                None => return Ok(Cell::Null),
            }
        }
        // Too few subscripts lead to no element.
        Ok(match at {
            Json::Array(_) => Cell::Null,
            leaf => cell(&leaf),
        })
    }),
    ("rql_array_slice", -1, |a| {
        let mut bounds = Vec::new();
        for n in (1..a.len()).step_by(2) {
            bounds.push((a.int(n)?, a.int(n + 1)?));
        }
        written(&sliced(array(a, 0)?, &bounds))
    }),
    ("rql_array_length", 2, |a| {
        let sizes = sizes(&array(a, 0)?);
        let at = usize::try_from(a.int(1)? - 1).ok();
        Ok(at
            .and_then(|at| sizes.get(at))
            .map_or(Cell::Null, |&size| count(size)))
    }),
    ("rql_array_lower", 2, |a| {
        let sizes = sizes(&array(a, 0)?);
        let at = usize::try_from(a.int(1)? - 1).ok();
        let there = at.is_some_and(|at| at < sizes.len());
        Ok(if there { Cell::Integer(1) } else { Cell::Null })
    }),
    ("rql_array_ndims", 1, |a| {
        let dimensions = sizes(&array(a, 0)?).len();
        Ok(if dimensions == 0 {
            Cell::Null
        } else {
            count(dimensions)
        })
    }),
    ("rql_array_dims", 1, |a| {
        let sizes = sizes(&array(a, 0)?);
        let bounds = sizes.iter().map(|size| format!("[1:{size}]"));
        let bounds: String = bounds.collect();
        Ok(if bounds.is_empty() {
            Cell::Null
        } else {
            text(bounds)
        })
    }),
    ("rql_cardinality", 1, |a| {
        Ok(count(leaves(&array(a, 0)?).count()))
    }),
    ("rql_trim_array", 2, |a| {
        let mut items = items(a, 0)?;
        let n = usize::try_from(a.int(1)?)
            .ok()
            .filter(|&n| n <= items.len());
        let n = n.ok_or_else(|| {
            let most = items.len();
            format!("number of elements to trim must be between 0 and {most}")
        })?;
        items.truncate(items.len() - n);
        written(&Json::Array(items))
    }),
    ("rql_array_contains", 3, |a| {
        let (all, some, form) = (array(a, 0)?, array(a, 1)?, a.text(2)?);
        let has = |wanted: &Json| leaves(&all).any(|leaf| equal(leaf, wanted, &form));
        // NULL is never found.
        Ok(truth(
            leaves(&some).all(|leaf| !leaf.is_null() && has(leaf)),
        ))
    }),
    ("rql_array_overlap", 3, |a| {
        let (left, right, form) = (array(a, 0)?, array(a, 1)?, a.text(2)?);
        let has = |wanted: &Json| leaves(&left).any(|leaf| equal(leaf, wanted, &form));
        Ok(truth(
            leaves(&right).any(|leaf| !leaf.is_null() && has(leaf)),
        ))
    }),
];

/// Functions that see their NULLs.
pub(super) const LENIENT: &[Row] = &[
    ("rql_array_greatest", -1, |a| extreme(a, Ordering::Greater)),
    ("rql_array_least", -1, |a| extreme(a, Ordering::Less)),
    ("rql_array", -1, |a| {
        let items = (0..a.len()).map(|at| element(a.raw(at)));
        written(&Json::Array(items.collect::<Result<_, _>>()?))
    }),
    ("rql_array_concat", 2, |a| {
        match (a.raw(0) == Arg::Null, a.raw(1) == Arg::Null) {
            (true, true) => Ok(Cell::Null),
            (true, false) => Ok(text(a.text(1)?)),
            (false, true) => Ok(text(a.text(0)?)),
            (false, false) => written(&joined(array(a, 0)?, array(a, 1)?)?),
        }
    }),
    ("rql_array_append", 2, |a| {
        let mut items = items(a, 0)?;
        items.push(element(a.raw(1))?);
        written(&Json::Array(items))
    }),
    ("rql_array_prepend", 2, |a| {
        let mut items = items(a, 1)?;
        items.insert(0, element(a.raw(0))?);
        written(&Json::Array(items))
    }),
    ("rql_array_position", -1, |a| {
        if a.raw(0) == Arg::Null {
            return Ok(Cell::Null);
        }
        let (items, wanted, form) = (items(a, 0)?, element(a.raw(1))?, a.text(2)?);
        // Where NULL is looked for and there is none, PostgreSQL does not ask from where.
        if items.is_empty() || wanted.is_null() && !items.iter().any(Json::is_null) {
            return Ok(Cell::Null);
        }
        let from = if a.len() > 3 { a.int(3)? } else { 1 };
        let from = usize::try_from(from - 1).unwrap_or(0);
        let mut places = items.iter().enumerate().skip(from);
        let found = places.find(|(_, item)| same(item, &wanted, &form));
        Ok(found.map_or(Cell::Null, |(at, _)| count(at + 1)))
    }),
    ("rql_array_positions", 3, |a| {
        if a.raw(0) == Arg::Null {
            return Ok(Cell::Null);
        }
        let (items, wanted, form) = (items(a, 0)?, element(a.raw(1))?, a.text(2)?);
        let places = items.iter().enumerate();
        let places = places.filter(|(_, item)| same(item, &wanted, &form));
        written(&Json::Array(
            places.map(|(at, _)| (at + 1).into()).collect(),
        ))
    }),
    ("rql_array_remove", 3, |a| {
        if a.raw(0) == Arg::Null {
            return Ok(Cell::Null);
        }
        let (mut items, wanted, form) = (items(a, 0)?, element(a.raw(1))?, a.text(2)?);
        items.retain(|item| !same(item, &wanted, &form));
        written(&Json::Array(items))
    }),
    ("rql_array_replace", 4, |a| {
        if a.raw(0) == Arg::Null {
            return Ok(Cell::Null);
        }
        let (old, new, form) = (element(a.raw(1))?, element(a.raw(2))?, a.text(3)?);
        written(&each(array(a, 0)?, &mut |leaf| {
            Ok(if same(&leaf, &old, &form) {
                new.clone()
            } else {
                leaf
            })
        })?)
    }),
    ("rql_array_to_string", 4, |a| {
        if a.raw(0) == Arg::Null || a.raw(1) == Arg::Null {
            return Ok(Cell::Null);
        }
        let (all, separator, form) = (array(a, 0)?, a.text(1)?, a.text(3)?);
        let null = match a.raw(2) {
            Arg::Null => None,
            _ => Some(a.text(2)?),
        };
        let mut parts = Vec::new();
        for leaf in leaves(&all) {
            match (leaf, &null) {
                (Json::Null, None) => {}
                (Json::Null, Some(null)) => parts.push(null.clone()),
                (leaf, _) => parts.push(leaf_text(leaf, &form)?),
            }
        }
        Ok(text(parts.join(&separator)))
    }),
    ("rql_string_to_array", 3, |a| {
        if a.raw(0) == Arg::Null {
            return Ok(Cell::Null);
        }
        let value = a.text(0)?;
        let null = match a.raw(2) {
            Arg::Null => None,
            _ => Some(a.text(2)?),
        };
        let parts: Vec<String> = match a.raw(1) {
            _ if value.is_empty() => Vec::new(),
            Arg::Null => value.chars().map(String::from).collect(),
            _ if a.text(1)?.is_empty() => vec![value],
            _ => value.split(&a.text(1)?).map(str::to_owned).collect(),
        };
        let parts = parts.into_iter().map(|part| match &null {
            Some(null) if *null == part => Json::Null,
            _ => part.into(),
        });
        written(&Json::Array(parts.collect()))
    }),
    ("rql_any", 4, |a| quantified(a, false)),
    ("rql_all", 4, |a| quantified(a, true)),
];

/// `x op ANY (array)`: (operator, x, array, form); ALL the other way round.
fn quantified(a: &Args<'_, '_>, all: bool) -> Given {
    if a.raw(2) == Arg::Null {
        return Ok(Cell::Null);
    }
    let (op, value, form) = (a.text(0)?, element(a.raw(1))?, a.text(3)?);
    let array = array(a, 2)?;
    let mut unknown = false;
    for leaf in leaves(&array) {
        if leaf.is_null() || value.is_null() {
            unknown = true;
            continue;
        }
        let order = compare(&value, leaf, &form)?;
        let holds = match op.as_str() {
            "=" => order.is_eq(),
            "<>" => order.is_ne(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            _ => order.is_ge(),
        };
        if holds != all {
            return Ok(truth(!all));
        }
    }
    Ok(if unknown { Cell::Null } else { truth(all) })
}

fn truth(value: bool) -> Cell {
    Cell::Integer(value.into())
}

fn count(value: usize) -> Cell {
    Cell::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn array(a: &Args<'_, '_>, at: usize) -> Result<Json, String> {
    parsed(&a.text(at)?)
}

fn parsed(array: &str) -> Result<Json, String> {
    match serde_json::from_str(array) {
        Ok(array @ Json::Array(_)) => Ok(array),
        _ => Err("malformed array".into()),
    }
}

/// Bytes that sort as arrays of elements of a form do.
pub(super) fn key(array: &str, form: &str) -> Result<Vec<u8>, String> {
    let mut key = Vec::new();
    for leaf in leaves(&parsed(array)?) {
        sort_key(leaf, form, &mut key)?;
    }
    key.push(0);
    Ok(key)
}

/// One of the arrays behind a form.
fn extreme(a: &Args<'_, '_>, wanted: Ordering) -> Given {
    let form = a.text(0)?;
    let mut found: Option<(Vec<u8>, String)> = None;
    for at in (1..a.len()).filter(|&at| a.raw(at) != Arg::Null) {
        let next = a.text(at)?;
        let own = key(&next, &form)?;
        if found
            .as_ref()
            .is_none_or(|found| own.cmp(&found.0) == wanted)
        {
            found = Some((own, next));
        }
    }
    Ok(found.map_or(Cell::Null, |found| text(found.1)))
}

/// The elements of an array of one dimension; none of NULL.
fn items(a: &Args<'_, '_>, at: usize) -> Result<Vec<Json>, String> {
    if a.raw(at) == Arg::Null {
        return Ok(Vec::new());
    }
    match array(a, at)? {
        Json::Array(items) if items.iter().any(Json::is_array) => {
            Err("an array of one dimension is needed".into())
        }
        Json::Array(items) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

pub(super) fn written(array: &Json) -> Given {
    Ok(text(array.to_string()))
}

fn sliced(array: Json, bounds: &[(i64, i64)]) -> Json {
    let (Json::Array(items), Some((&(low, high), rest))) = (array, bounds.split_first()) else {
        return Json::Array(Vec::new());
    };
    let kept = items.into_iter().zip(1_i64..);
    let kept = kept.filter(|&(_, at)| (low..=high).contains(&at));
    let kept = kept.map(|(item, _)| {
        if rest.is_empty() {
            item
        } else {
            sliced(item, rest)
        }
    });
    let kept: Vec<_> = kept.collect();
    let empty = |item: &Json| matches!(item, Json::Array(inner) if inner.is_empty());
    Json::Array(if kept.iter().any(empty) {
        Vec::new()
    } else {
        kept
    })
}

/// Arrays of as many dimensions one behind the other, or one as an element of the other.
fn joined(left: Json, right: Json) -> Result<Json, String> {
    let (a, b) = (sizes(&left), sizes(&right));
    let (Json::Array(mut first), Json::Array(second)) = (left, right) else {
        return Err("malformed array".into());
    };
    if b.is_empty() {
        return Ok(Json::Array(first));
    }
    if a.is_empty() {
        return Ok(Json::Array(second));
    }
    let wrong = Err("cannot concatenate incompatible arrays".to_owned());
    if a.len() == b.len() {
        if a[1..] != b[1..] {
            return wrong;
        }
        first.extend(second);
    } else if a.len() == b.len() + 1 && a[1..] == b[..] {
        first.push(Json::Array(second));
    } else if b.len() == a.len() + 1 && b[1..] == a[..] {
        let mut all = vec![Json::Array(first)];
        all.extend(second);
        first = all;
    } else {
        return wrong;
    }
    Ok(Json::Array(first))
}
