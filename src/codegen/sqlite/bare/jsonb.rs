//! JSONB, whose texts are as PostgreSQL prints them: SQLite's functions take parts out, and the blanks are put back.

use super::Way::{By, Sql};
use super::call::{integer, literal, texts};
use super::document::string;
use super::fill::fill;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_jsonb",
        1,
        By(|call| normal(call.args[0]).then(|| call.args[0].to_owned())),
    ),
    ("rql_jsonb_get", 2, By(|call| part(call, false))),
    ("rql_jsonb_get_text", 2, By(|call| part(call, true))),
    (
        "rql_jsonb_boolean",
        1,
        Sql("CASE json_type($1) WHEN 'true' THEN 1 WHEN 'false' THEN 0 \
             ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot cast jsonb to type boolean') END END"),
    ),
    (
        "rql_jsonb_has",
        2,
        By(|call| has(call, &format!("EXISTS (SELECT 1 FROM {MEMBERS} = $2)"))),
    ),
    (
        "rql_jsonb_has_any",
        2,
        By(|call| {
            has(
                call,
                &format!(
                    "EXISTS (SELECT 1 FROM json_each($2) AS _n WHERE EXISTS (SELECT 1 FROM {MEMBERS} = _n.value))"
                ),
            )
        }),
    ),
    (
        "rql_jsonb_has_all",
        2,
        By(|call| {
            has(
                call,
                &format!(
                    "NOT EXISTS (SELECT 1 FROM json_each($2) AS _n WHERE _n.type <> 'null' \
                     AND NOT EXISTS (SELECT 1 FROM {MEMBERS} = _n.value))"
                ),
            )
        }),
    ),
    (
        "rql_jsonb_minus",
        2,
        By(
            |call| match (integer(call.args[1]), literal(call.args[1])) {
                (Some(at), _) => without_place(call, at),
                (_, Some(name)) => without(call, &[name]),
                _ => None,
            },
        ),
    ),
    (
        "rql_jsonb_minus_all",
        2,
        By(|call| {
            let names = texts(call.args[1])?;
            without(call, &names.into_iter().flatten().collect::<Vec<_>>())
        }),
    ),
];

/// The names of an object, or the texts of an array or of a text, of which one is looked for.
const MEMBERS: &str = "json_each($1) AS _o WHERE CASE json_type($1) WHEN 'object' THEN _o.key \
     ELSE CASE _o.type WHEN 'text' THEN _o.atom END END";

fn has(call: &Call<'_>, found: &str) -> Option<String> {
    let template = format!("CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN {found} END");
    fill(&template, &call.args, call.place)
}

/// A document without blanks as it is printed: between two quotes stands a text. A quote in one, and a backslash, are
/// signs for a while that no document has.
fn printed(document: &str) -> String {
    let piece = "substr(_rest, 1, instr(_rest, '\"') - 1)";
    format!(
        "(WITH RECURSIVE _piece(_t, _rest, _in) AS (SELECT '', replace(replace({document}, '\\\\', char(1)), '\\\"', char(2)) || '\"', 0 \
         UNION ALL SELECT _t || CASE WHEN _in THEN '\"' || {piece} || '\"' \
         ELSE replace(replace({piece}, ',', ', '), ':', ': ') END, substr(_rest, instr(_rest, '\"') + 1), NOT _in \
         FROM _piece WHERE _rest <> '') \
         SELECT replace(replace(_t, char(2), '\\\"'), char(1), '\\\\') FROM _piece WHERE _rest = '')"
    )
}

/// The path of a name; no quote or backslash can stand in one.
fn member(name: &str) -> Option<String> {
    let plain = name
        .chars()
        .all(|c| !matches!(c, '"' | '\\') && !c.is_control());
    plain.then(|| string(&format!("$.\"{name}\"")))
}

/// A member or an element; a scalar is an array of itself.
fn part(call: &Call<'_>, text: bool) -> Option<String> {
    let (path, own) = match (integer(call.args[1]), literal(call.args[1])) {
        (Some(at @ ..0), _) => (string(&format!("$[#{at}]")), at == -1),
        (Some(at), _) => (string(&format!("$[{at}]")), at == 0),
        (_, Some(name)) => (member(&name)?, false),
        _ => return None,
    };
    let path = match own {
        true => format!("CASE WHEN json_type($1) IN ('array', 'object') THEN {path} ELSE '$$' END"),
        false => path,
    };
    let of_text = match text {
        true => format!("WHEN 'text' THEN json_extract($1, {path}) WHEN 'null' THEN NULL "),
        false => String::new(),
    };
    let whole = printed(&format!("($1 -> {path})"));
    let template = format!(
        "CASE json_type($1, {path}) {of_text}WHEN 'array' THEN {whole} WHEN 'object' THEN {whole} ELSE $1 -> {path} END"
    );
    fill(&template, &call.args, call.place)
}

/// A document without names, or an array without texts.
fn without(call: &Call<'_>, names: &[String]) -> Option<String> {
    let paths: Vec<String> = names
        .iter()
        .map(|name| member(name))
        .collect::<Option<_>>()?;
    let texts: Vec<String> = names.iter().map(|name| string(name)).collect();
    if paths.is_empty() {
        return None;
    }
    let template = format!(
        "CASE json_type($1) WHEN 'object' THEN {} WHEN 'array' THEN {} \
         ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot delete from scalar') END END",
        printed(&format!("json_remove($1, {})", paths.join(", "))),
        printed(&format!(
            "(SELECT '[' || coalesce(group_concat($1 -> fullkey, ','), '') || ']' FROM json_each($1) \
             WHERE type <> 'text' OR atom NOT IN ({}))",
            texts.join(", ")
        ))
    );
    fill(&template, &call.args, call.place)
}

/// An array without the element at a place.
fn without_place(call: &Call<'_>, at: i64) -> Option<String> {
    let path = match at {
        ..0 => string(&format!("$[#{at}]")),
        _ => string(&format!("$[{at}]")),
    };
    let template = format!(
        "CASE json_type($1) WHEN 'array' THEN {} WHEN 'object' THEN $fail('cannot delete from object using integer index') \
         ELSE CASE WHEN $1 IS NOT NULL THEN $fail('cannot delete from scalar') END END",
        printed(&format!("json_remove($1, {path})"))
    );
    fill(&template, &call.args, call.place)
}

/// True for what is printed as JSONB is: a scalar, or an array of such.
fn normal(arg: &str) -> bool {
    let Some(call) = Call::of(arg) else {
        return arg == "NULL";
    };
    match call.name {
        "rql_to_json" => call.args.get(1).is_some_and(|form| {
            let form = form.trim_matches('\'');
            matches!(form, "i" | "n" | "b" | "t" | "s" | "z")
        }),
        "rql_json_build_array" => call.args.iter().all(|arg| normal(arg)),
        name => name.starts_with("rql_jsonb"),
    }
}
