//! JSON documents; the text of their parts stays as it was written.

use super::{Args, Cell, Given, Row, text};
use rusqlite::types::ValueRef as Arg;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Functions that see NULL.
pub(super) const LENIENT: &[Row] = &[
    ("rql_json_build_array", -1, |a| {
        let items: Result<Vec<String>, String> = (0..a.len()).map(|at| document(a, at)).collect();
        Ok(text(format!("[{}]", items?.join(", "))))
    }),
    ("rql_json_build_object", -1, |a| {
        let mut members = Vec::new();
        for at in (0..a.len()).step_by(2) {
            if a.raw(at) == Arg::Null {
                return Err(format!("argument {}: key must not be null", at + 1));
            }
            let name = Json::from(a.text(at)?);
            members.push(format!("{name} : {}", document(a, at + 1)?));
        }
        Ok(text(format!("{{{}}}", members.join(", "))))
    }),
];

/// A JSON text that may be NULL.
fn document(a: &Args<'_, '_>, at: usize) -> Result<String, String> {
    match a.raw(at) {
        Arg::Null => Ok("null".into()),
        _ => a.text(at),
    }
}

/// All documents of a group as one; NULL where there is none.
pub(super) fn collected(rows: &[Vec<Cell>]) -> Given {
    let Some(first) = rows.first() else {
        return Ok(Cell::Null);
    };
    let separator = match first.get(1) {
        Some(Cell::Integer(1)) => ", \n ",
        _ => ", ",
    };
    let items = rows.iter().map(|row| match row.first() {
        Some(Cell::Text(item)) => item.as_str(),
        _ => "null",
    });
    Ok(text(format!(
        "[{}]",
        items.collect::<Vec<_>>().join(separator)
    )))
}

/// All names and documents of a group as one object.
pub(super) fn named(rows: &[Vec<Cell>]) -> Given {
    if rows.is_empty() {
        return Ok(Cell::Null);
    }
    let members = rows.iter().map(|row| {
        let name = match row.first() {
            Some(Cell::Text(name)) => Json::from(name.as_str()),
            Some(Cell::Integer(name)) => Json::from(name.to_string()),
            _ => return Err("field name must not be null".to_owned()),
        };
        let value = match row.get(1) {
            Some(Cell::Text(value)) => value.as_str(),
            _ => "null",
        };
        Ok(format!("{name} : {value}"))
    });
    let members: Vec<String> = members.collect::<Result<_, _>>()?;
    Ok(text(format!("{{ {} }}", members.join(", "))))
}

/// A value of a form as JSON text.
fn written(a: &Args<'_, '_>, form: &str) -> Result<String, String> {
    if let Some(form) = form.strip_prefix('[') {
        let array: Json = serde_json::from_str(&a.text(0)?).map_err(invalid)?;
        return in_array(&array, form);
    }
    Ok(match form {
        "b" => if a.int(0)? == 0 { "false" } else { "true" }.into(),
        "i" | "n" | "f" | "j" => a.text(0)?,
        "r" => crate::ValueRef::Real(a.real(0)? as f32).to_string(),
        "s" | "z" => moment(&a.text(0)?, form),
        _ => Json::from(a.text(0)?).to_string(),
    })
}

/// As ISO 8601 has it, with T between date and time.
fn moment(written: &str, form: &str) -> String {
    let zone = match form {
        "z" if written.ends_with("+00") => ":00",
        "z" => "+00:00",
        _ => "",
    };
    Json::from(written.replacen(' ', "T", 1) + zone).to_string()
}

fn in_array(item: &Json, form: &str) -> Result<String, String> {
    match (item, form) {
        (Json::Array(items), _) => {
            let items = items.iter().map(|item| in_array(item, form));
            Ok(format!(
                "[{}]",
                items.collect::<Result<Vec<_>, _>>()?.join(",")
            ))
        }
        (Json::Null, _) => Ok("null".into()),
        (Json::Number(value), "b") => Ok(if value.as_i64() == Some(0) {
            "false"
        } else {
            "true"
        }
        .into()),
        (Json::String(value), "s" | "z") => Ok(moment(value, form)),
        (leaf, "i" | "n" | "r" | "f") => super::element::leaf_text(leaf, form),
        (leaf, _) => Ok(leaf.to_string()),
    }
}

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_to_json", 2, |a| Ok(text(written(a, &a.text(1)?)?))),
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
    ("rql_json_elements", 1, |a| listed(a, false)),
    ("rql_json_elements_text", 1, |a| listed(a, true)),
    ("rql_json_objects", 2, objects),
    ("rql_json_members", 1, |a| paired(a, false)),
    ("rql_json_members_text", 1, |a| paired(a, true)),
    ("rql_json_keys", 1, |a| {
        let all = members(&a.text(0)?, "json_object_keys")?;
        let keys = all.into_iter().map(|member| member.0.into());
        Ok(text(Json::Array(keys.collect()).to_string()))
    }),
    ("rql_json_path", 2, |a| {
        Ok(along(a)?.map_or(Cell::Null, text))
    }),
    ("rql_json_path_text", 2, |a| {
        along(a)?.map_or(Ok(Cell::Null), |part| as_text(&part))
    }),
    ("rql_json_strip_nulls", 1, |a| {
        let value: Box<RawValue> = serde_json::from_str(&a.text(0)?).map_err(invalid)?;
        Ok(text(without_nulls(value.get())?))
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

/// The elements of an array, as texts of JSON.
fn elements(document: &str) -> Result<Vec<Box<RawValue>>, String> {
    match kind(document) {
        b'[' => serde_json::from_str(document).map_err(invalid),
        b'{' => Err("cannot call json_array_elements on a non-array".into()),
        _ => Err("cannot call json_array_elements on a scalar".into()),
    }
}

/// Names and values of an object in the order written, each as often as it stands there.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(Members(all))
            }
        }
        from.deserialize_map(Visitor)
    }
}

fn members(document: &str, what: &str) -> Result<Vec<(String, Box<RawValue>)>, String> {
    match kind(document) {
        b'{' => serde_json::from_str::<Members>(document)
            .map(|members| members.0)
            .map_err(invalid),
        b'[' => Err(format!("cannot call {what} on an array")),
        _ => Err(format!("cannot call {what} on a scalar")),
    }
}

/// A document without the members that are null, and without spaces.
fn without_nulls(document: &str) -> Result<String, String> {
    let mut out = String::new();
    match kind(document) {
        b'{' => {
            for (name, value) in members(document, "json_strip_nulls")? {
                if kind(value.get()) != b'n' {
                    out.push_str(if out.is_empty() { "" } else { "," });
                    out.push_str(&format!("{}:", Json::from(name)));
                    out.push_str(&without_nulls(value.get())?);
                }
            }
            Ok(format!("{{{out}}}"))
        }
        b'[' => {
            let parts = elements(document)?;
            let parts = parts.iter().map(|part| without_nulls(part.get()));
            Ok(format!(
                "[{}]",
                parts.collect::<Result<Vec<_>, _>>()?.join(",")
            ))
        }
        b'"' => {
            let value: String = serde_json::from_str(document).map_err(invalid)?;
            Ok(Json::from(value).to_string())
        }
        _ => Ok(document.trim().to_owned()),
    }
}

/// A document's part as text of JSON, or as the text that it says.
fn part_text(part: &RawValue, plain: bool) -> Result<Json, String> {
    if !plain {
        return Ok(part.get().into());
    }
    Ok(match as_text(part.get())? {
        Cell::Text(value) => value.into(),
        _ => Json::Null,
    })
}

fn listed(a: &Args<'_, '_>, plain: bool) -> Given {
    let all = elements(&a.text(0)?)?;
    let all = all.iter().map(|part| part_text(part, plain));
    Ok(text(
        Json::Array(all.collect::<Result<_, _>>()?).to_string(),
    ))
}

/// The objects of which `json_to_record` or `json_to_recordset` takes the members, as an array of texts.
fn objects(a: &Args<'_, '_>) -> Given {
    let (document, name) = (a.text(0)?, a.text(1)?);
    let on = |what: &str| Err(format!("cannot call {name} on {what}"));
    let set = name.ends_with("set");
    let all: Vec<String> = match (kind(&document), set) {
        (b'{', false) => vec![document],
        (b'[', true) => {
            let all = elements(&document)?;
            all.iter().map(|part| part.get().to_owned()).collect()
        }
        (b'{', true) => return on("an object"),
        (b'[', false) => return on("an array"),
        _ => return on("a scalar"),
    };
    match all.iter().all(|one| kind(one) == b'{') {
        true => Ok(text(Json::from(all).to_string())),
        false => Err(format!("argument of {name} must be an array of objects")),
    }
}

/// An object whose values are texts, for `json_each`; a name may stand in it more than once.
fn paired(a: &Args<'_, '_>, plain: bool) -> Given {
    let mut out = String::from("{");
    for (name, part) in members(&a.text(0)?, "json_each")? {
        if out.len() > 1 {
            out.push(',');
        }
        let value = part_text(&part, plain)?;
        out.push_str(&format!("{}:{value}", Json::from(name)));
    }
    Ok(text(out + "}"))
}

/// What a path of names and numbers leads to.
fn along(a: &Args<'_, '_>) -> Result<Option<String>, String> {
    let mut at = a.text(0)?;
    let path: Vec<Option<String>> = serde_json::from_str(&a.text(1)?).map_err(invalid)?;
    for step in path {
        let Some(step) = step else { return Ok(None) };
        let found = match kind(&at) {
            b'{' => {
                let all = members(&at, "json_extract_path")?;
                all.into_iter()
                    .rfind(|member| member.0 == step)
                    .map(|member| member.1)
            }
            b'[' => {
                let Ok(index) = step.trim().parse::<i64>() else {
                    return Ok(None);
                };
                let mut all = elements(&at)?;
                let len = i64::try_from(all.len()).unwrap_or(i64::MAX);
                let index = if index < 0 { len + index } else { index };
                let index = usize::try_from(index).ok().filter(|&i| i < all.len());
                index.map(|i| all.swap_remove(i))
            }
            _ => None,
        };
        match found {
            Some(part) => part.get().clone_into(&mut at),
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

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
