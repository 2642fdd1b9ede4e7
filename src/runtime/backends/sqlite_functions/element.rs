//! Elements of arrays: how they compare, sort, read and show, and how one reaches them.

use super::{Cell, real, text};
use crate::{Decimal, ValueRef};
use core::cmp::Ordering;
use rusqlite::types::ValueRef as Arg;
use serde_json::Value as Json;

/// A value as an element.
pub(super) fn element(value: Arg<'_>) -> Result<Json, String> {
    Ok(match value {
        Arg::Null => Json::Null,
        Arg::Integer(value) => value.into(),
        Arg::Real(value) => serde_json::Number::from_f64(value)
            .map(Json::Number)
            .ok_or("SQLite has no arrays of infinite numbers")?,
        Arg::Text(bytes) => super::utf8(bytes)?.into(),
        Arg::Blob(_) => return Err("SQLite has no arrays of bytes".into()),
    })
}

pub(super) fn cell(leaf: &Json) -> Cell {
    match leaf {
        Json::Number(number) => match number.as_i64() {
            Some(value) => Cell::Integer(value),
            None => Cell::Real(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(value) => text(value.clone()),
        _ => Cell::Null,
    }
}

pub(super) fn decimal(leaf: &Json) -> Result<Decimal, String> {
    match cell(leaf) {
        Cell::Integer(value) => super::number::decimal(Arg::Integer(value)),
        Cell::Text(value) => super::number::decimal(Arg::Text(value.as_bytes())),
        _ => Err("invalid input syntax for type numeric".into()),
    }
}

pub(super) fn compare(a: &Json, b: &Json, form: &str) -> Result<Ordering, String> {
    if form == "n" {
        return decimal(a)?
            .compare(decimal(b)?)
            .ok_or_else(|| super::TOO_LARGE.into());
    }
    if let (Json::String(a), Json::String(b)) = (a, b) {
        if form == "v" {
            let (a, b) = (super::moment::interval(a)?, super::moment::interval(b)?);
            return Ok(a.sort_key().cmp(&b.sort_key()));
        }
        return Ok(a.cmp(b));
    }
    let (a, b) = (cell(a), cell(b));
    if let (Cell::Integer(a), Cell::Integer(b)) = (&a, &b) {
        return Ok(a.cmp(b));
    }
    let (a, b) = (real((&a).into())?, real((&b).into())?);
    Ok(a.total_cmp(&b))
}

pub(super) fn equal(a: &Json, b: &Json, form: &str) -> bool {
    !a.is_null() && !b.is_null() && compare(a, b, form) == Ok(Ordering::Equal)
}

/// Equal, NULL to NULL too.
pub(super) fn same(a: &Json, b: &Json, form: &str) -> bool {
    a.is_null() && b.is_null() || equal(a, b, form)
}

/// Bytes that sort as the element does, NULL behind all others; 0 comes before every element, so a
/// shorter array before a longer one that begins like it.
pub(super) fn sort_key(leaf: &Json, form: &str, key: &mut Vec<u8>) -> Result<(), String> {
    key.push(if leaf.is_null() { 2 } else { 1 });
    match (leaf, form) {
        (Json::Null, _) => {}
        (leaf, "n") => key.extend(ended(&decimal(leaf)?.sort_key())),
        (Json::String(value), "v") => {
            key.extend(ended(&super::moment::interval(value)?.sort_key()));
        }
        (Json::String(value), _) => key.extend(ended(value.as_bytes())),
        (leaf, "r" | "f") => {
            let bits = leaf.as_f64().unwrap_or(f64::NAN).to_bits();
            let negative = bits >> 63 == 1;
            let sortable = if negative { !bits } else { bits | 1 << 63 };
            key.extend(sortable.to_be_bytes());
        }
        (leaf, _) => {
            let value = leaf.as_i64().unwrap_or(0);
            key.extend((value as u64 ^ 1 << 63).to_be_bytes());
        }
    }
    Ok(())
}

/// Bytes with an end that sorts before any byte that may follow.
pub(super) fn ended(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(0xff);
        }
    }
    out.extend([0, 0]);
    out
}

/// An element's own text.
pub(super) fn leaf_text(leaf: &Json, form: &str) -> Result<String, String> {
    Ok(match (leaf, form) {
        (Json::Number(value), "b") => if value.as_i64() == Some(0) { "f" } else { "t" }.into(),
        (Json::Number(value), "r") => {
            ValueRef::Real(value.as_f64().unwrap_or(f64::NAN) as f32).to_string()
        }
        (Json::Number(value), "f") => {
            ValueRef::Double(value.as_f64().unwrap_or(f64::NAN)).to_string()
        }
        (Json::Number(value), _) => value.to_string(),
        (Json::String(value), "z") => format!("{value}+00"),
        (Json::String(value), _) => value.clone(),
        _ => return Err("malformed array".into()),
    })
}

/// As PostgreSQL prints an array: `{1,NULL,"a b"}`.
pub(super) fn shown(array: &Json, form: &str) -> Result<String, String> {
    match array {
        Json::Array(items) => {
            let parts = items.iter().map(|item| shown(item, form));
            let parts: Vec<_> = parts.collect::<Result<_, _>>()?;
            Ok(format!("{{{}}}", parts.join(",")))
        }
        Json::Null => Ok("NULL".into()),
        leaf => {
            let mut out = String::new();
            crate::value::quote_element(&leaf_text(leaf, form)?, &mut out);
            Ok(out)
        }
    }
}

/// Reads PostgreSQL's text of an array.
pub(super) fn read(source: &str, form: &str) -> Result<Json, String> {
    let wrong = || format!("malformed array literal: \"{source}\"");
    let parsed = rql::read_array(source).ok_or_else(wrong)?;
    from_parsed(&parsed, form)
}

pub(super) fn from_parsed(parsed: &rql::ArrayText, form: &str) -> Result<Json, String> {
    match parsed {
        rql::ArrayText::Null => Ok(Json::Null),
        rql::ArrayText::Leaf(value) => convert(value.clone().into(), "t", form),
        rql::ArrayText::List(items) => {
            let items = items.iter().map(|item| from_parsed(item, form));
            Ok(Json::Array(items.collect::<Result<_, _>>()?))
        }
    }
}

/// An element of one form as one of another.
pub(super) fn convert(leaf: Json, from: &str, to: &str) -> Result<Json, String> {
    if leaf.is_null() || from == to {
        return Ok(leaf);
    }
    let value = leaf_text(&leaf, from)?;
    let wrong = |ty: &str| format!("invalid input syntax for type {ty}: \"{value}\"");
    let trimmed = value.trim();
    Ok(match to {
        "i" if from == "n" || from == "f" || from == "r" => {
            let number: Decimal = trimmed.parse().map_err(|_| wrong("integer"))?;
            let whole = super::number::scaled(number, 0)?.units();
            i64::try_from(whole)
                .map_err(|_| "integer out of range")?
                .into()
        }
        "i" => trimmed.parse::<i64>().map_err(|_| wrong("integer"))?.into(),
        "n" => {
            let number: Decimal = trimmed.parse().map_err(|_| wrong("numeric"))?;
            number.to_string().into()
        }
        "r" | "f" => {
            let number: f64 = trimmed.parse().map_err(|_| wrong("double precision"))?;
            element(Arg::Real(number))?
        }
        "b" => match trimmed.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" | "yes" | "on" | "y" => 1.into(),
            "f" | "false" | "0" | "no" | "off" | "n" => 0.into(),
            _ => return Err(wrong("boolean")),
        },
        "v" => super::moment::interval(trimmed)?.to_string().into(),
        "d" | "s" | "z" | "h" => super::moment::read(trimmed, to)?.into(),
        _ if from == "b" => if value == "t" { "true" } else { "false" }.into(),
        _ => value.into(),
    })
}

/// The elements of all dimensions.
pub(super) fn leaves(array: &Json) -> Box<dyn Iterator<Item = &Json> + '_> {
    match array {
        Json::Array(items) => Box::new(items.iter().flat_map(leaves)),
        leaf => Box::new(core::iter::once(leaf)),
    }
}

/// An array with each element changed.
pub(super) fn each(
    array: Json,
    change: &mut dyn FnMut(Json) -> Result<Json, String>,
) -> Result<Json, String> {
    match array {
        Json::Array(items) => {
            let items = items.into_iter().map(|item| each(item, change));
            Ok(Json::Array(items.collect::<Result<_, _>>()?))
        }
        leaf => change(leaf),
    }
}

/// How many elements each dimension has; none of an empty array.
pub(super) fn sizes(array: &Json) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut at = array;
    while let Json::Array(items) = at {
        let Some(first) = items.first() else { break };
        sizes.push(items.len());
        at = first;
    }
    sizes
}
