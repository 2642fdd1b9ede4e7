//! What stands in a document: its elements, its members, and what a path leads to.

use super::Way::{By, Sql};
use super::call::texts;
use super::document::{BLANKS, string};
use super::fill::fill;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_json_elements",
        1,
        By(|call| elements(call, "($1 -> fullkey) || ''")),
    ),
    ("rql_json_elements_text", 1, By(|call| elements(call, TEXT))),
    (
        "rql_json_members",
        1,
        By(|call| members(call, "($1 -> fullkey) || ''")),
    ),
    ("rql_json_members_text", 1, By(|call| members(call, TEXT))),
    (
        "rql_json_keys",
        1,
        Sql(
            "CASE json_type($1) WHEN 'object' THEN (SELECT json_group_array(key) FROM json_each($1)) \
             WHEN 'array' THEN $fail('cannot call json_object_keys on an array') \
             ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot call json_object_keys on a scalar') END END",
        ),
    ),
    ("rql_json_path", 2, By(|call| along(call, "rql_json_get"))),
    (
        "rql_json_path_text",
        2,
        By(|call| along(call, "rql_json_get_text")),
    ),
];

/// A part as the text that it says.
const TEXT: &str =
    "CASE type WHEN 'null' THEN NULL WHEN 'text' THEN atom ELSE ($1 -> fullkey) || '' END";

/// The elements of an array as an array of texts.
fn elements(call: &Call<'_>, element: &str) -> Option<String> {
    let template = format!(
        "CASE json_type($1) WHEN 'array' THEN (SELECT json_group_array(CASE WHEN type IN ('array', 'object') AND json($1) <> $1 \
         THEN $fail('{BLANKS}') ELSE {element} END) FROM json_each($1)) \
         WHEN 'object' THEN $fail('cannot call json_array_elements on a non-array') \
         ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot call json_array_elements on a scalar') END END"
    );
    fill(&template, &call.args, call.place)
}

/// The members of an object as an object of texts. A path finds the first of one name, and no name with signs.
fn members(call: &Call<'_>, value: &str) -> Option<String> {
    let template = format!(
        "CASE json_type($1) WHEN 'object' THEN (SELECT json_group_object(key, CASE WHEN key GLOB '*[\"\\]*' \
         OR (SELECT count(*) FROM json_each($1) AS _o WHERE _o.key = _m.key) > 1 \
         THEN $fail('a bare SQLite finds the first member of a name') \
         WHEN type IN ('array', 'object') AND json($1) <> $1 THEN $fail('{BLANKS}') ELSE {value} END) FROM json_each($1) AS _m) \
         WHEN 'array' THEN $fail('cannot call json_each on an array') \
         ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot call json_each on a scalar') END END"
    );
    fill(&template, &call.args, call.place)
}

/// What a written path leads to, step by step.
fn along(call: &Call<'_>, last: &str) -> Option<String> {
    let steps: Vec<String> = texts(call.args[1])?.into_iter().collect::<Option<_>>()?;
    let mut found = call.args[0].to_owned();
    for (at, step) in steps.iter().enumerate() {
        let get = if at + 1 == steps.len() {
            last
        } else {
            "rql_json_get"
        };
        let by_name = format!("{get}($1, {})", string(step));
        // What an array is asked for is a place.
        let template = match step.parse::<i32>() {
            Ok(place) => format!(
                "CASE json_type($1) WHEN 'array' THEN {get}($1, {place}) ELSE {by_name} END"
            ),
            Err(_) => by_name,
        };
        found = fill(&template, &[&found], call.place)?;
    }
    match (steps.is_empty(), last) {
        (true, "rql_json_get") => Some(found),
        (true, _) => fill(
            "CASE json_type($1) WHEN 'null' THEN NULL WHEN 'text' THEN json_extract($1, '$$') ELSE $1 END",
            &[&found],
            call.place,
        ),
        _ => Some(found),
    }
}
