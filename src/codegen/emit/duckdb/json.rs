//! Parts of documents on DuckDB, letter by letter as they stand in it: its own functions write numbers and
//! spaces anew.
//!
//! Each token of the text becomes a text of another document, whose arrays are those, and the objects, of the first.
//! DuckDB takes that one apart in one go, and what was between two brackets is put together again.

use crate::emit::Emitter;
use crate::emit::placed::constant;
use rql_ir::{Func, ScalarId, Type};

/// The texts of an array's elements, or of an object's names and values by turns.
pub(super) fn pieces(document: &str) -> String {
    format!(
        r#"list_transform(list_filter(json_extract(substr(array_to_string(list_transform(regexp_extract_all(CAST({document} AS text), '"(?:[^"\\]|\\.)*"|[{{}}\[\],:]|[^"{{}}\[\],:\s]+|\s+'), lambda x: CASE WHEN x IN ('{{', '[') THEN ',["' || x || '"' WHEN x IN ('}}', ']') THEN ',"' || x || '"]' ELSE ',' || to_json(x) END), ''), 2), '$[*]')[2:-2], lambda e: NOT regexp_full_match(json_extract_string(e, '$'), '[,:]|\s+')), lambda e: json_extract_string('"' || array_to_string(regexp_extract_all(CAST(e AS text), '"((?:[^"\\]|\\.)*)"', 1), '') || '"', '$'))"#
    )
}

/// An object's names, as they are written, and values: rows of the two.
pub(super) fn members(document: &str) -> String {
    format!(
        "list_transform([{}], lambda p: list_zip(p[1:-:2], p[2:-:2]))[1]",
        pieces(document)
    )
}

/// The value of a name: the last of the name.
fn by_name(document: &str, name: &str) -> String {
    format!(
        "CASE WHEN {} THEN list_filter({}, lambda m: json_extract_string(m[1], '$') = {name})[-1][2] END",
        begins(document, "{"),
        members(document)
    )
}

/// An element of an array.
fn by_place(document: &str, place: &str) -> String {
    format!(
        "CASE WHEN {} THEN ({})[CASE WHEN {place} < 0 THEN {place} ELSE CAST({place} AS bigint) + 1 END] END",
        begins(document, "["),
        pieces(document)
    )
}

/// Whether a document is an object or an array.
pub(super) fn begins(document: &str, bracket: &str) -> String {
    format!("left(ltrim(CAST({document} AS text), E' \\t\\n\\r'), 1) = '{bracket}'")
}

/// The text of a part as `->` or `->>` gives it.
fn given(part: &str, func: Func) -> String {
    match func {
        Func::JsonGet | Func::JsonPath => format!("CAST({part} AS json)"),
        _ => format!("list_transform([{part}], lambda v: {})[1]", as_text("v")),
    }
}

/// A value as text, of one that stands under a name.
pub(super) fn as_text(name: &str) -> String {
    format!(
        "CASE WHEN left({name}, 1) = '\"' THEN json_extract_string({name}, '$') WHEN {name} <> 'null' THEN {name} END"
    )
}

impl Emitter<'_> {
    /// `->`, `->>`, `#>`, `#>>` and `json_array_length`.
    pub(super) fn duckdb_part(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        match func {
            Func::JsonGet | Func::JsonGetText => {
                let place = self.ir.scalar(args[1]).ty.is_integer();
                if !place {
                    return Some(given(&by_name("{0}", "{1}"), func));
                }
                let found = by_place("{0}", "{1}");
                // A scalar is an array of itself.
                if self.ir.scalar(args[0]).ty == Type::Jsonb {
                    let own = "CASE WHEN left(CAST({0} AS text), 1) NOT IN ('{', '[') AND {1} IN (0, -1) \
                               THEN CAST({0} AS text)";
                    return Some(given(&format!("{own} ELSE {found} END"), func));
                }
                Some(given(&found, func))
            }
            Func::JsonPath | Func::JsonPathText => {
                let mut text = "CAST({0} AS text)".to_owned();
                for (depth, step) in self.written_path(args[1])?.iter().enumerate() {
                    // Each step reads what the one before found, under a name of its own.
                    let found = format!("s{depth}");
                    let name = by_name(&found, &constant(step));
                    let value = match step.parse::<i32>() {
                        Ok(place) => {
                            format!("coalesce({name}, {})", by_place(&found, &place.to_string()))
                        }
                        Err(_) => name,
                    };
                    text = format!("list_transform([{text}], lambda {found}: {value})[1]");
                }
                Some(given(&text, func))
            }
            Func::JsonArrayLength | Func::JsonbArrayLength => Some(
                "CASE WHEN json_type({0}) = 'ARRAY' THEN CAST(json_array_length({0}) AS integer) \
                 WHEN {0} IS NOT NULL THEN error('cannot get array length of a scalar or an object') END"
                    .into(),
            ),
            _ => None,
        }
    }
}
