//! Documents: JSON as it is written, by the functions that SQLite has for it.

use super::Row;
use super::Way::{By, Sql};
use super::call::{integer, literal, ordered, quoted};
use super::fill::{fill, kept};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_json",
        1,
        Sql(
            "CASE WHEN json_valid($1) THEN $1 WHEN $1 IS NOT NULL THEN $fail('invalid input syntax for type json') END",
        ),
    ),
    (
        "rql_to_json",
        2,
        By(|call| {
            let template = match literal(call.args[1])?.as_str() {
                "i" => "CAST($1 AS TEXT)",
                "n" | "j" => return Some(call.args[0].to_owned()),
                "b" => "CASE $1 WHEN 0 THEN 'false' WHEN 1 THEN 'true' END",
                "t" => "CASE WHEN $1 IS NOT NULL THEN json_quote($1) END",
                "s" => "'\"' || replace($1, ' ', 'T') || '\"'",
                "z" => "'\"' || replace(replace($1, ' ', 'T'), '+00', '') || '+00:00\"'",
                "[i" => "$1",
                _ => return None,
            };
            fill(template, &call.args, call.place)
        }),
    ),
    (
        "rql_json_build_array",
        -1,
        By(|call| {
            let all: Vec<String> = call.args.iter().map(|arg| or_null(arg)).collect();
            match all.is_empty() {
                true => Some("'[]'".to_owned()),
                false => Some(format!("('[' || {} || ']')", all.join(" || ', ' || "))),
            }
        }),
    ),
    (
        "rql_json_build_object",
        -1,
        By(|call| {
            let members = call.args.chunks(2).map(|pair| {
                let [name, value] = pair[..] else { return None };
                Some(format!(
                    "{} || ' : ' || {}",
                    member_name(name)?,
                    or_null(value)
                ))
            });
            let members: Vec<String> = members.collect::<Option<_>>()?;
            match members.is_empty() {
                true => Some("'{}'".to_owned()),
                false => Some(format!(
                    "('{{' || {} || '}}')",
                    members.join(" || ', ' || ")
                )),
            }
        }),
    ),
    (
        "rql_json_agg",
        -1,
        By(|call| {
            let rest = call.rest(1);
            let separator = if rest.starts_with('1') {
                "', \n '"
            } else {
                "', '"
            };
            let order = rest.get(1..)?;
            let item = or_null(call.args[0]);
            Some(format!(
                "('[' || group_concat({item}, {separator}{order}){} || ']')",
                call.tail()
            ))
        }),
    ),
    (
        "rql_json_object_agg",
        -1,
        By(|call| {
            let rest = call.rest(1);
            let (value, order) = ordered(&rest);
            let name = fill(
                "CASE WHEN $1 IS NULL THEN $fail('field name must not be null') ELSE json_quote(CAST($1 AS TEXT)) END",
                &call.args[..1],
                call.place,
            )?;
            let member = format!("{name} || ' : ' || {}", or_null(value));
            Some(format!(
                "('{{ ' || group_concat({member}, ', '{order}){} || ' }}')",
                call.tail()
            ))
        }),
    ),
    (
        "rql_json_get",
        2,
        By(|call| {
            let (path, twice) = (path(call.args[1])?, twice(call.args[1])?);
            let template = format!(
                "CASE {twice}WHEN json_type($1, {path}) IN ('array', 'object') AND json($1) <> $1 \
             THEN $fail('{BLANKS}') ELSE $1 -> {path} END"
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_json_get_text",
        2,
        By(|call| {
            let (path, twice) = (path(call.args[1])?, twice(call.args[1])?);
            let template = format!(
                "CASE {twice}WHEN json_type($1, {path}) = 'null' THEN NULL WHEN json_type($1, {path}) = 'text' THEN $1 ->> {path} \
             WHEN json_type($1, {path}) IN ('array', 'object') AND json($1) <> $1 \
             THEN $fail('{BLANKS}') ELSE $1 -> {path} END"
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_json_objects",
        2,
        By(|call| {
            let name = literal(call.args[1])?;
            let fail = |what: &str| {
                format!(
                    "$fail({})",
                    string(&format!("cannot call {name} on {what}"))
                )
            };
            let template = match name.ends_with("set") {
                false => format!(
                    "CASE json_type($1) WHEN 'object' THEN json_array($1) WHEN 'array' THEN {} \
                     ELSE CASE WHEN $1 IS NOT NULL THEN {} END END",
                    fail("an array"),
                    fail("a scalar")
                ),
                true => format!(
                    "CASE json_type($1) WHEN 'array' THEN CASE WHEN json($1) <> $1 AND EXISTS (SELECT 1 FROM json_tree($1) \
                     WHERE parent > 0 AND type IN ('array', 'object')) \
                     THEN $fail('{BLANKS}') \
                     ELSE (SELECT json_group_array(CASE type WHEN 'object' THEN value || '' \
                     ELSE $fail('argument of {name} must be an array of objects') END) FROM json_each($1)) END WHEN 'object' THEN {} \
                     ELSE CASE WHEN $1 IS NOT NULL THEN {} END END",
                    fail("an object"),
                    fail("a scalar")
                ),
            };
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_json_typeof",
        1,
        Sql(
            "CASE json_type($1) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' \
         WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE json_type($1) END",
        ),
    ),
    (
        "rql_json_array_length",
        1,
        Sql(
            "CASE json_type($1) WHEN 'array' THEN json_array_length($1) WHEN 'object' THEN $fail('cannot get array length of a non-array') \
         ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot get array length of a scalar') END END",
        ),
    ),
];

/// Said of a part that is an array or an object with blanks in it.
pub(super) const BLANKS: &str = "a bare SQLite keeps no blanks in a part of a document";

/// Of members of one name PostgreSQL takes the last, SQLite the first.
fn twice(arg: &str) -> Option<String> {
    let Some(name) = literal(arg) else {
        return Some(String::new());
    };
    let name = string(&name);
    Some(format!(
        "WHEN (SELECT count(*) FROM json_each($1) WHERE key = {name}) > 1 THEN $fail('a bare SQLite finds the first member of a name') "
    ))
}

/// The path of a member that is written.
fn path(arg: &str) -> Option<String> {
    if let Some(at) = integer(arg) {
        return Some(match at < 0 {
            true => format!("'$$[#{at}]'"),
            false => format!("'$$[{at}]'"),
        });
    }
    let name = literal(arg)?;
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'-'));
    (plain && !name.is_empty()).then(|| format!("'$$.\"{name}\"'"))
}

fn or_null(arg: &str) -> String {
    match literal(arg) {
        Some(_) => arg.to_owned(),
        None if arg == "NULL" => "'null'".to_owned(),
        None => format!("coalesce({arg}, 'null')"),
    }
}

fn member_name(arg: &str) -> Option<String> {
    match literal(arg) {
        Some(name) if !name.bytes().any(|b| b < b' ' || matches!(b, b'"' | b'\\')) => {
            Some(quoted(&format!("\"{name}\"")))
        }
        _ => fill(
            "CASE WHEN $1 IS NULL THEN $fail('key must not be null') ELSE json_quote(CAST($1 AS TEXT)) END",
            &[arg],
            super::fill::Place::Query,
        ),
    }
}

/// A text in a template's string.
pub(super) fn string(text: &str) -> String {
    kept(&quoted(text))
}
