//! Parts of documents on DuckDB, letter by letter as they stand in it: its own functions write numbers and
//! spaces anew.
//!
//! The text is cut into tokens, `t`, with the depth behind each, `d`; a part stands between two of them.

use crate::emit::Emitter;
use rql_ir::{Func, ScalarId, ScalarKind, Type};

/// The tokens of a document and their depths.
fn tokens(document: &str) -> String {
    format!(
        r#"list_transform([regexp_extract_all(CAST({document} AS text), '"(?:[^"\\]|\\.)*"|[{{}}\[\],:]|[^"{{}}\[\],:\s]+|\s+')], lambda t: {{t: t, d: list_transform(generate_series(1, len(t)), lambda i: list_sum(list_transform(t[1:i], lambda x: CASE WHEN x IN ('{{', '[') THEN 1 WHEN x IN ('}}', ']') THEN -1 ELSE 0 END)))}})"#
    )
}

/// Between which tokens the value of a name stands: the last of the name.
fn by_name(name: &str) -> String {
    let colon = format!(
        "list_max(list_filter(generate_series(1, len(j['t'])), lambda i: CASE WHEN j['d'][i] = 1 AND j['t'][i] = ':' THEN \
         json_extract_string(CASE WHEN left(j['t'][i - 1], 1) = '\"' THEN j['t'][i - 1] ELSE j['t'][i - 2] END, '$') = {name} \
         ELSE false END))"
    );
    format!(
        "list_transform([{colon}], lambda p: {{t: j['t'], p: p, e: list_min(list_filter(generate_series(1, len(j['t'])), \
         lambda i: i > p AND (j['d'][i] = 1 AND j['t'][i] = ',' OR j['d'][i] = 0)))}})[1]"
    )
}

/// Between which tokens an element of an array stands.
fn by_place(place: &str) -> String {
    format!(
        "list_transform([list_filter(generate_series(1, len(j['t'])), lambda i: j['d'][i] = 1 AND j['t'][i] IN (',', '[') \
         OR j['d'][i] = 0 AND j['t'][i] = ']')], lambda s: list_transform([CASE WHEN j['t'][s[1]] = '[' THEN \
         CASE WHEN {place} < 0 THEN greatest(len(s) + {place}, 0) ELSE {place} + 1 END END], \
         lambda n: {{t: j['t'], p: CASE WHEN n > 0 THEN s[n] END, e: s[n + 1]}})[1])[1]"
    )
}

/// The text of a part.
fn part(document: &str, between: &str) -> String {
    format!(
        "list_transform(list_transform({}, lambda j: {between}), lambda j: \
         nullif(trim(array_to_string(list_slice(j['t'], j['p'] + 1, j['e'] - 1), ''), E' \\t\\n\\r'), ''))[1]",
        tokens(document)
    )
}

/// The text of a part as `->` or `->>` gives it.
fn given(part: &str, func: Func) -> String {
    match func {
        Func::JsonGet | Func::JsonPath => format!("CAST({part} AS json)"),
        _ => format!(
            "list_transform([{part}], lambda v: CASE WHEN left(v, 1) = '\"' THEN json_extract_string(v, '$') \
             WHEN v <> 'null' THEN v END)[1]"
        ),
    }
}

impl Emitter<'_> {
    /// `->`, `->>`, `#>`, `#>>` and `json_array_length`.
    pub(super) fn duckdb_part(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        match func {
            Func::JsonGet | Func::JsonGetText => {
                let place = self.ir.scalar(args[1]).ty.is_integer();
                let between = if place { by_place("{1}") } else { by_name("{1}") };
                let found = part("{0}", &between);
                // A scalar is an array of itself.
                if place && self.ir.scalar(args[0]).ty == Type::Jsonb {
                    let own = "CASE WHEN left(CAST({0} AS text), 1) NOT IN ('{', '[') AND {1} IN (0, -1) \
                               THEN CAST({0} AS text)";
                    return Some(given(&format!("{own} ELSE {found} END"), func));
                }
                Some(given(&found, func))
            }
            Func::JsonPath | Func::JsonPathText => {
                let mut text = "{0}".to_owned();
                for step in self.written_path(args[1])? {
                    let name = by_name(&super::pattern::quoted(&step));
                    text = match step.parse::<i32>() {
                        Ok(place) => part(
                            &text,
                            &format!(
                                "CASE WHEN list_contains(list_slice(j['t'], 1, 2), '[') AND j['t'][1] <> '{{' THEN {} ELSE {name} END",
                                by_place(&place.to_string())
                            ),
                        ),
                        Err(_) => part(&text, &name),
                    };
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

    /// The steps of a path that is written out.
    fn written_path(&self, path: ScalarId) -> Option<Vec<String>> {
        let ScalarKind::Array(steps) = &self.ir.scalar(path).kind else {
            return None;
        };
        let steps = steps.iter().map(|&step| self.written_text(step));
        steps.map(|step| step.map(str::to_owned)).collect()
    }
}
