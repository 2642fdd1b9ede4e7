//! Arrays, which are JSON: of one dimension where it matters.

use super::Way::{By, Sql};
use super::call::{integer, literal};
use super::fill::fill;
use super::interval::interval;
use super::numeric::units;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_array_text",
        2,
        By(|call| {
            let template = match literal(call.args[1])?.as_str() {
                // Of any dimensions: there is nothing else in their JSON.
                "i" => "replace(replace(replace($1, '[', '{'), ']', '}'), 'null', 'NULL')",
                "b" => {
                    "replace(replace(replace(replace(replace($1, '[', '{'), ']', '}'), 'null', 'NULL'), '0', 'f'), '1', 't')"
                }
                "t" | "n" | "d" | "h" | "s" => {
                    "CASE WHEN $1 IS NOT NULL THEN '{' || coalesce((SELECT group_concat(CASE type \
                 WHEN 'null' THEN 'NULL' WHEN 'array' THEN $fail('a bare SQLite shows arrays of one dimension') \
                 ELSE CASE WHEN value = '' OR lower(value) = 'null' OR value GLOB '*[ ,{}\"\\' || char(9) || '-' || char(13) || ']*' \
                 THEN '\"' || replace(replace(value, '\\', '\\\\'), '\"', '\\\"') || '\"' ELSE value END END, ',') \
                 FROM json_each($1)), '') || '}' END"
                }
                _ => return None,
            };
            fill(template, &call.args, call.place)
        }),
    ),
    (
        "rql_array_key",
        2,
        By(|call| {
            // A text that sorts as the element does; none is the beginning of another.
            let element = match literal(call.args[1])?.as_str() {
                "i" | "b" => {
                    "CASE WHEN value < 0 THEN '0' || printf('%019d', value + 9223372036854775807 + 1) \
                 ELSE '1' || printf('%019d', value) END"
                }
                "t" | "d" | "h" | "s" | "z" => "hex(value) || '!'",
                _ => return None,
            };
            let template = format!(
                "CASE WHEN $1 IS NOT NULL THEN coalesce((SELECT group_concat(CASE type WHEN 'null' THEN 'z' \
                 WHEN 'array' THEN $fail('a bare SQLite compares arrays of one dimension') ELSE {element} END, '') \
                 FROM json_each($1)), '') END"
            );
            fill(&template, &call.args[..1], call.place)
        }),
    ),
    // Of no rows there is no array.
    (
        "rql_array_agg",
        -1,
        By(|call| {
            Some(format!(
                "nullif(json_group_array({}){}, '[]')",
                call.rest(0),
                call.tail()
            ))
        }),
    ),
    (
        "rql_array_length",
        2,
        By(|call| {
            let template = match integer(call.args[1])? {
                1 => "nullif(json_array_length($1), 0)".to_owned(),
                dimension => beyond(dimension, "json_array_length($1, $path)"),
            };
            fill(&template, &call.args[..1], call.place)
        }),
    ),
    (
        "rql_array_lower",
        2,
        By(|call| {
            let template = match integer(call.args[1])? {
                1 => "CASE WHEN json_array_length($1) > 0 THEN 1 END".to_owned(),
                dimension => beyond(dimension, "1"),
            };
            fill(&template, &call.args[..1], call.place)
        }),
    ),
    (
        "rql_cardinality",
        1,
        Sql(
            "CASE WHEN $1 IS NOT NULL THEN (SELECT count(*) FROM json_tree($1) WHERE type <> 'array') END",
        ),
    ),
    (
        "rql_array_get",
        -1,
        By(|call| {
            let (array, subscripts) = call.args.split_first()?;
            if let [at] = subscripts
                && integer(at).is_none()
            {
                let path = "'$$[' || ($2 - 1) || ']'";
                let template = format!(
                    "CASE WHEN $2 > 0 AND json_type($1, {path}) <> 'array' THEN json_extract($1, {path}) END"
                );
                return fill(&template, &call.args, call.place);
            }
            let mut path = "$$".to_owned();
            for at in subscripts {
                match integer(at)? {
                    at @ 1.. => path.push_str(&format!("[{}]", at - 1)),
                    // There is no such element.
                    _ => path.push_str("[#]"),
                }
            }
            let template = format!(
                "CASE WHEN json_type($1, '{path}') <> 'array' THEN json_extract($1, '{path}') END"
            );
            fill(&template, &[array], call.place)
        }),
    ),
    (
        "rql_array_slice",
        -1,
        By(|call| {
            let [_, _, _] = call.args[..] else {
                return None;
            };
            flat(
                &format!(
                    "CASE WHEN $1 || $2 || $3 IS NOT NULL THEN (SELECT json_group_array({ELEMENT}) FROM json_each($1) \
                     WHERE key + 1 BETWEEN $2 AND $3) END"
                ),
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_trim_array",
        2,
        By(|call| {
            flat(
                &format!(
                    "CASE WHEN $2 NOT BETWEEN 0 AND json_array_length($1) \
                     THEN $fail('number of elements to trim must be between 0 and the length') \
                     WHEN $1 || $2 IS NOT NULL THEN (SELECT json_group_array({ELEMENT}) FROM json_each($1) \
                     WHERE key < json_array_length($1) - $2) END"
                ),
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_ndims",
        1,
        By(|call| {
            let deeper: Vec<String> = (1..MOST_DIMENSIONS)
                .map(|depth| {
                    let path = "[0]".repeat(depth);
                    format!("coalesce(json_type($1, '$${path}') = 'array', 0)")
                })
                .collect();
            let template = format!(
                "CASE WHEN json_array_length($1) > 0 THEN 1 + {} END",
                deeper.join(" + ")
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_array_dims",
        1,
        By(|call| {
            let deeper: Vec<String> = (1..MOST_DIMENSIONS)
                .map(|depth| {
                    let path = "[0]".repeat(depth);
                    format!(
                        "CASE WHEN json_type($1, '$${path}') = 'array' THEN '[1:' || json_array_length($1, '$${path}') || ']' ELSE '' END"
                    )
                })
                .collect();
            let template = format!(
                "CASE WHEN json_array_length($1) > 0 THEN '[1:' || json_array_length($1) || ']' || {} END",
                deeper.join(" || ")
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_array_append",
        2,
        By(|call| {
            flat(
                "json_insert(coalesce($1, '[]'), '$$[#]', $2)",
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_prepend",
        2,
        By(|call| {
            flat(
                "'[' || json_quote($1) || CASE WHEN json_array_length($2) > 0 THEN ',' || substr($2, 2) ELSE ']' END",
                &["$2"],
                call,
            )
        }),
    ),
    (
        "rql_array_concat",
        2,
        By(|call| {
            flat(
                "CASE WHEN $1 IS NULL OR $1 = '[]' THEN $2 WHEN $2 IS NULL OR $2 = '[]' THEN $1 \
             ELSE substr($1, 1, length($1) - 1) || ',' || substr($2, 2) END",
                &["$1", "$2"],
                call,
            )
        }),
    ),
    (
        "rql_array_position",
        -1,
        By(|call| {
            let (form, from) = match call.args[..] {
                [_, _, form] => (form, ""),
                [_, _, form, _] => (form, " AND key + 1 >= $4"),
                _ => return None,
            };
            plain(form)?;
            let found = format!("(SELECT min(key) + 1 FROM json_each($1) WHERE value IS $2{from})");
            flat(
                &match from {
                    "" => found,
                    _ => format!(
                        "CASE WHEN $4 IS NULL AND json_array_length($1) > 0 AND ($2 IS NOT NULL \
                         OR EXISTS (SELECT 1 FROM json_each($1) WHERE type = 'null')) THEN $fail('initial position must not be null') ELSE {found} END"
                    ),
                },
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_positions",
        3,
        By(|call| {
            plain(call.args[2])?;
            flat(
                "CASE WHEN $1 IS NOT NULL THEN (SELECT json_group_array(key + 1) FROM json_each($1) WHERE value IS $2) END",
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_remove",
        3,
        By(|call| {
            plain(call.args[2])?;
            flat(
                "CASE WHEN $1 IS NOT NULL THEN (SELECT json_group_array(value) FROM json_each($1) WHERE value IS NOT $2) END",
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_replace",
        4,
        By(|call| {
            plain(call.args[3])?;
            flat(
                "CASE WHEN $1 IS NOT NULL THEN (SELECT json_group_array(CASE WHEN value IS $2 THEN $3 ELSE value END) FROM json_each($1)) END",
                &["$1"],
                call,
            )
        }),
    ),
    (
        "rql_array_contains",
        3,
        By(|call| {
            plain(call.args[2])?;
            flat(
                "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each($2) AS _e \
             WHERE NOT EXISTS (SELECT 1 FROM json_each($1) AS _a WHERE _a.value = _e.value)) END",
                &["$1", "$2"],
                call,
            )
        }),
    ),
    (
        "rql_array_overlap",
        3,
        By(|call| {
            plain(call.args[2])?;
            flat(
                "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each($2) AS _e \
             JOIN json_each($1) AS _a ON _a.value = _e.value) END",
                &["$1", "$2"],
                call,
            )
        }),
    ),
    (
        "rql_array_to_string",
        4,
        By(|call| {
            let value = match literal(call.args[3])?.as_str() {
                "i" | "n" | "t" | "d" | "h" | "s" => "atom",
                "z" => "atom || '+00'",
                "b" => "CASE atom WHEN 1 THEN 't' WHEN 0 THEN 'f' END",
                _ => return None,
            };
            let template = format!(
                "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN coalesce((SELECT group_concat(coalesce({value}, $3), $2) \
             FROM json_tree($1) WHERE type <> 'array'), '') END"
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_string_to_array",
        3,
        Sql(
            "(WITH RECURSIVE _part(_n, _t, _rest) AS (SELECT 0, NULL, CASE WHEN $1 <> '' THEN $1 || $2 END UNION ALL \
         SELECT _n + 1, substr(_rest, 1, instr(_rest, $2) - 1), substr(_rest, instr(_rest, $2) + length($2)) FROM _part \
         WHERE _rest <> '' AND $2 <> ''), \
         _char(_n) AS (SELECT 1 UNION ALL SELECT _n + 1 FROM _char WHERE $2 IS NULL AND _n < length($1)) \
         SELECT CASE WHEN $1 IS NULL THEN NULL WHEN $1 = '' THEN '[]' \
         WHEN $2 IS NULL THEN (SELECT json_group_array(nullif(substr($1, _n, 1), $3)) FROM _char) \
         WHEN $2 = '' THEN json_array(nullif($1, $3)) \
         ELSE (SELECT json_group_array(nullif(_t, $3)) FROM _part WHERE _n > 0) END)",
        ),
    ),
    (
        "rql_array_flat",
        1,
        Sql(
            "CASE WHEN $1 IS NOT NULL THEN (SELECT json_group_array(atom) FROM json_tree($1) WHERE type <> 'array') END",
        ),
    ),
    (
        "rql_any",
        4,
        By(|call| {
            plain(call.args[3])?;
            if call.args[0] != "'='" {
                return of_array(call, false);
            }
            fill(
                "$2 IN (SELECT value FROM json_each(coalesce($3, '[null]')))",
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_all",
        4,
        By(|call| {
            plain(call.args[3])?;
            if call.args[0] != "'<>'" {
                return of_array(call, true);
            }
            fill(
                "$2 NOT IN (SELECT value FROM json_each(coalesce($3, '[null]')))",
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_series",
        3,
        Sql(
            "(WITH RECURSIVE _series(_n) AS (SELECT $1 WHERE $3 > 0 AND $1 <= $2 OR $3 < 0 AND $1 >= $2 UNION ALL \
         SELECT _n + $3 FROM _series WHERE $3 > 0 AND _n + $3 <= $2 OR $3 < 0 AND _n + $3 >= $2) \
         SELECT CASE WHEN $3 = 0 THEN $fail('step size cannot equal zero') ELSE json_group_array(_n) END FROM _series)",
        ),
    ),
    (
        "rql_num_series",
        3,
        By(|call| {
            let all: Vec<_> = call
                .args
                .iter()
                .map(|arg| units(arg))
                .collect::<Option<_>>()?;
            // Each number has the scale of a sum.
            let to = all[0].scale.max(all[2].scale);
            let both = to.max(all[1].scale);
            (to == both).then_some(())?;
            let args: Vec<String> = all.iter().map(|one| one.at(to)).collect();
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            (all[0].scale == to).then_some(())?;
            fill(
                &format!(
                    "(SELECT json_group_array(rql_num(value, {to})) FROM json_each(rql_series($1, $2, $3)))"
                ),
                &args,
                call.place,
            )
        }),
    ),
    (
        "rql_time_series",
        3,
        By(|call| {
            let step = interval(call.args[2])?;
            let parts = [step.months, step.days, step.micros];
            let signs: Vec<i64> = parts
                .iter()
                .map(|part| integer(part).map(i64::signum))
                .collect::<Option<_>>()?;
            // What goes forth and back may never end.
            let within = match (signs.iter().any(|s| *s > 0), signs.iter().any(|s| *s < 0)) {
                (true, false) => "<=",
                (false, true) => ">=",
                _ => return None,
            };
            let next = format!("rql_moment_add(_t, {})", parts.join(", "));
            fill(
                &format!(
                    "(WITH RECURSIVE _series(_t) AS (SELECT $1 WHERE $1 {within} $2 UNION ALL SELECT {next} FROM _series \
                     WHERE {next} {within} $2) SELECT CASE WHEN $1 || $2 IS NOT NULL THEN json_group_array(_t) END FROM _series)"
                ),
                &call.args[..2],
                call.place,
            )
        }),
    ),
    (
        "rql_join",
        2,
        Sql("(SELECT group_concat(value, $2) FROM json_each($1) WHERE value IS NOT NULL)"),
    ),
    (
        "rql_single",
        1,
        By(|call| {
            fill(
                "CASE WHEN COUNT(*) > 1 THEN $fail('more than one row returned by a subquery used as an expression') ELSE max($1) END",
                &call.args,
                call.place,
            )
        }),
    ),
];

/// More dimensions no array has.
const MOST_DIMENSIONS: usize = 6;

/// An element in an array of its own; a double would lose digits.
const ELEMENT: &str = "CASE type WHEN 'real' THEN $fail('a bare SQLite keeps no doubles in a part of an array') ELSE value END";

/// `x < ANY (array)`, or ALL.
fn of_array(call: &Call<'_>, all: bool) -> Option<String> {
    let op = literal(call.args[0])?;
    matches!(op.as_str(), "=" | "<>" | "<" | "<=" | ">" | ">=").then_some(())?;
    let (decided, open) = match all {
        true => ("min(_v) = 0 THEN 0", 1),
        false => ("max(_v) = 1 THEN 1", 0),
    };
    let template = format!(
        "CASE WHEN $3 IS NOT NULL THEN (SELECT CASE WHEN {decided} WHEN count(*) > count(_v) THEN NULL ELSE {open} END \
         FROM (SELECT CASE type WHEN 'array' THEN $fail('a bare SQLite compares with arrays of one dimension') \
         ELSE $2 {op} value END AS _v FROM json_each($3))) END"
    );
    fill(&template, &call.args, call.place)
}

/// A template of arrays, `$1` or `$2`, that must have one dimension.
fn flat(template: &str, arrays: &[&str], call: &Call<'_>) -> Option<String> {
    let nested: Vec<String> = arrays
        .iter()
        .map(|array| format!("json_type({array}, '$$[0]') = 'array'"))
        .collect();
    let template = format!(
        "CASE WHEN {} THEN $fail('a bare SQLite computes with arrays of one dimension') ELSE {template} END",
        nested.join(" OR ")
    );
    fill(&template, &call.args, call.place)
}

/// Elements that are equal where their JSON is.
fn plain(form: &str) -> Option<()> {
    ["'i'", "'t'", "'b'", "'d'", "'h'", "'s'", "'z'"]
        .contains(&form)
        .then_some(())
}

/// Of a dimension beside the first: what the first array in it has, or nothing.
fn beyond(dimension: i64, value: &str) -> String {
    match usize::try_from(dimension - 1) {
        Ok(depth @ 1..MOST_DIMENSIONS) => {
            let path = format!("'$${}'", "[0]".repeat(depth));
            let value = value.replace("$path", &path);
            format!("CASE WHEN json_type($1, {path}) = 'array' THEN {value} END")
        }
        _ => "CASE WHEN json_array_length($1) < 0 THEN 0 END".to_owned(),
    }
}
