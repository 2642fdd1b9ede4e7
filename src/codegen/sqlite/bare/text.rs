//! Texts and bytes. Of letters beyond ASCII SQLite does not know the case.

use super::Way::{By, Sql};
use super::call::{integer, literal, quoted};
use super::fill::fill;
use super::{Call, Row};
use crate::types::{FALSE, TRUE};

pub(super) const ROWS: &[Row] = &[
    // It has no sequences that could stand in the way.
    ("rql_free_schema", 1, Sql("$1")),
    ("rql_upper", 1, By(|call| cased(call, "upper"))),
    ("rql_lower", 1, By(|call| cased(call, "lower"))),
    ("rql_octet_length", 1, Sql("length(CAST($1 AS BLOB))")),
    ("rql_bit_length", 1, Sql("8 * length(CAST($1 AS BLOB))")),
    (
        "rql_substr",
        2,
        By(|call| match integer(call.args[1]) {
            Some(from) => fill(
                &format!("substr($1, {})", from.max(1)),
                &call.args,
                call.place,
            ),
            None => fill("substr($1, max($2, 1))", &call.args, call.place),
        }),
    ),
    (
        "rql_substr",
        3,
        By(|call| {
            let template = match (integer(call.args[1]), integer(call.args[2])) {
            (_, Some(len)) if len < 0 => return None,
            (Some(from), Some(len)) => {
                let end = from.saturating_add(len);
                format!("substr($1, {}, {})", from.max(1), (end - from.max(1)).max(0))
            }
            (Some(1), None) => {
                "CASE WHEN $3 < 0 AND $1 IS NOT NULL THEN $fail('negative substring length not allowed') ELSE substr($1, 1, $3) END".to_owned()
            }
            _ => "CASE WHEN $3 < 0 AND $1 || $2 IS NOT NULL THEN $fail('negative substring length not allowed') \
                  ELSE substr($1, max($2, 1), max($2 + $3 - max($2, 1), 0)) END".to_owned(),
        };
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_left",
        2,
        By(|call| {
            let template = match integer(call.args[1]) {
                Some(n) if n >= 0 => "substr($1, 1, $2)",
                Some(_) => "substr($1, 1, max(length($1) + $2, 0))",
                None => "substr($1, 1, CASE WHEN $2 < 0 THEN max(length($1) + $2, 0) ELSE $2 END)",
            };
            fill(template, &call.args, call.place)
        }),
    ),
    (
        "rql_right",
        2,
        By(|call| match integer(call.args[1]) {
            Some(n) if n > 0 => fill(&format!("substr($1, -{n})"), &call.args, call.place),
            Some(0) => fill("substr($1, 1, 0)", &call.args, call.place),
            Some(n) => fill(
                &format!("substr($1, {})", 1_i64.saturating_sub(n)),
                &call.args,
                call.place,
            ),
            None => fill(
                "CASE WHEN $2 > 0 THEN substr($1, -$2) WHEN $2 = 0 THEN substr($1, 1, 0) ELSE substr($1, 1 - $2) END",
                &call.args,
                call.place,
            ),
        }),
    ),
    ("rql_lpad", 2, By(|call| padded(call, true))),
    ("rql_lpad", 3, By(|call| padded(call, true))),
    ("rql_rpad", 2, By(|call| padded(call, false))),
    ("rql_rpad", 3, By(|call| padded(call, false))),
    (
        "rql_repeat",
        2,
        By(|call| match integer(call.args[1]) {
            Some(n) if n <= 0 => fill("substr($1, 1, 0)", &call.args, call.place),
            Some(_) => fill(
                "replace(printf('%*s', $2, ''), ' ', $1)",
                &call.args,
                call.place,
            ),
            None => fill(
                "CASE WHEN $2 > 0 THEN replace(printf('%*s', $2, ''), ' ', $1) WHEN $2 <= 0 THEN substr($1, 1, 0) END",
                &call.args,
                call.place,
            ),
        }),
    ),
    ("rql_translate", 3, By(translate)),
    (
        "rql_reverse",
        1,
        Sql(
            "(WITH RECURSIVE _back(_n, _t) AS (SELECT length($1), '' UNION ALL \
         SELECT _n - 1, _t || substr($1, _n, 1) FROM _back WHERE _n > 0) SELECT _t FROM _back WHERE _n = 0)",
        ),
    ),
    (
        "rql_initcap",
        1,
        Sql(
            "(WITH RECURSIVE _char(_n, _t) AS (SELECT 1, '' UNION ALL SELECT _n + 1, _t || CASE WHEN _n > 1 \
             AND substr($1, _n - 1, 1) GLOB '[A-Za-z0-9]' THEN lower(substr($1, _n, 1)) ELSE upper(substr($1, _n, 1)) END \
             FROM _char WHERE _n <= length($1)) SELECT CASE WHEN $1 GLOB '*[^' || char(1) || '-~]*' \
             THEN $fail('a bare SQLite knows the case of ASCII letters alone') ELSE _t END FROM _char WHERE _n = length($1) + 1)",
        ),
    ),
    ("rql_split_part", 3, By(split_part)),
    (
        "rql_overlay",
        3,
        Sql(
            "CASE WHEN $3 < 1 AND $1 || $2 IS NOT NULL THEN $fail('negative substring length not allowed') \
         ELSE substr($1, 1, $3 - 1) || $2 || substr($1, $3 + length($2)) END",
        ),
    ),
    (
        "rql_overlay",
        4,
        Sql(
            "CASE WHEN $3 < 1 AND $1 || $2 || $4 IS NOT NULL THEN $fail('negative substring length not allowed') \
         ELSE substr($1, 1, $3 - 1) || $2 || substr($1, max($3 + $4, 1)) END",
        ),
    ),
    (
        "rql_chr",
        1,
        Sql(
            "CASE WHEN $1 NOT BETWEEN 1 AND 1114111 THEN $fail('requested character is not valid') \
         WHEN $1 IS NOT NULL THEN char($1) END",
        ),
    ),
    (
        "rql_ascii",
        1,
        Sql("CASE WHEN $1 = '' THEN 0 ELSE unicode($1) END"),
    ),
    ("rql_starts_with", 2, Sql("substr($1, 1, length($2)) = $2")),
    (
        "rql_concat",
        -1,
        By(|call| {
            let all: Vec<String> = call.args.iter().map(|arg| or_empty(arg)).collect();
            let all = if all.is_empty() {
                "''".to_owned()
            } else {
                all.join(" || ")
            };
            Some(format!("({all})"))
        }),
    ),
    (
        "rql_concat_ws",
        -1,
        By(|call| {
            let (separator, rest) = call.args.split_first()?;
            let mark = |at: usize| format!("coalesce($1 || ${}, '')", at + 2);
            let all: Vec<String> = (0..rest.len()).map(mark).collect();
            if rest.len() > 8 || rest.is_empty() || *separator == "NULL" {
                return None;
            }
            fill(
                &format!("substr({}, length($1) + 1)", all.join(" || ")),
                &call.args,
                call.place,
            )
        }),
    ),
    ("rql_format", -1, By(formatted)),
    ("rql_quote_literal", 1, Sql(QUOTED)),
    (
        "rql_quote_ident",
        1,
        By(|call| {
            let plain = "$1 GLOB '[a-z_]*' AND $1 NOT GLOB '*[^a-z0-9_]*'";
            let name = crate::named::named("$1", plain, ["", " || ", ""]);
            fill(&name, &call.args, call.place)
        }),
    ),
    (
        "rql_quote_nullable",
        1,
        By(|call| {
            fill(
                &format!("coalesce({QUOTED}, 'NULL')"),
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_to_hex",
        2,
        By(|call| match call.args[1] {
            "64" => fill(
                "CASE WHEN $1 IS NOT NULL THEN printf('%x', $1) END",
                &call.args,
                call.place,
            ),
            _ => fill(
                "CASE WHEN $1 IS NOT NULL THEN printf('%x', $1 & 4294967295) END",
                &call.args,
                call.place,
            ),
        }),
    ),
    (
        "rql_encode",
        2,
        By(
            |call| match literal(call.args[1])?.to_lowercase().as_str() {
                // Of NULL hex() makes an empty text.
                "hex" => fill(
                    "CASE WHEN $1 IS NOT NULL THEN lower(hex($1)) END",
                    &call.args[..1],
                    call.place,
                ),
                _ => None,
            },
        ),
    ),
    (
        "rql_decode",
        2,
        By(
            |call| match literal(call.args[1])?.to_lowercase().as_str() {
                "hex" => blob(&literal(call.args[0])?),
                _ => None,
            },
        ),
    ),
    (
        "rql_bytea",
        1,
        By(|call| {
            let text = literal(call.args[0])?;
            match text.strip_prefix("\\x") {
                Some(hex) => blob(hex),
                None if !text.contains('\\') => {
                    blob(&text.bytes().map(|b| format!("{b:02x}")).collect::<String>())
                }
                None => None,
            }
        }),
    ),
    (
        "rql_bytea_text",
        1,
        Sql("CASE WHEN $1 IS NOT NULL THEN '\\x' || lower(hex($1)) END"),
    ),
    ("rql_blob_concat", 2, Sql("CAST($1 || $2 AS BLOB)")),
    (
        "rql_text",
        1,
        By(|call| literal(call.args[0]).map(|text| quoted(&text))),
    ),
    (
        "rql_bool",
        1,
        By(|call| {
            let Some(text) = literal(call.args[0]) else {
                let template = format!(
                    "CASE WHEN lower(trim($1)) IN ({TRUE}) THEN 1 WHEN lower(trim($1)) IN ({FALSE}) THEN 0 \
                     WHEN $1 IS NOT NULL THEN $fail('invalid input syntax for type boolean') END"
                );
                return fill(&template, &call.args, call.place);
            };
            let text = format!("'{}'", text.trim().to_lowercase());
            let is = |words: &str| words.split(", ").any(|word| word == text);
            let (on, off) = (is(TRUE), is(FALSE));
            (on != off).then(|| if on { "TRUE" } else { "FALSE" }.to_owned())
        }),
    ),
    (
        "rql_varchar",
        3,
        By(|call| {
            let n: usize = call.args[1].parse().ok()?;
            let kept = if call.args[2] == "1" {
                "rtrim(substr($1, 1, $2), ' ')"
            } else {
                "substr($1, 1, $2)"
            };
            if let Some(text) = literal(call.args[0])
                && text.chars().count() <= n
            {
                return fill(
                    if call.args[2] == "1" {
                        "rtrim($1, ' ')"
                    } else {
                        "$1"
                    },
                    &call.args,
                    call.place,
                );
            }
            let name = if call.args[2] == "1" {
                "character"
            } else {
                "character varying"
            };
            fill(
                &format!(
                    "CASE WHEN length(rtrim(substr($1, $2 + 1), ' ')) > 0 THEN $fail('value too long for type {name}({n})') ELSE {kept} END"
                ),
                &call.args,
                call.place,
            )
        }),
    ),
];

const QUOTED: &str = "CASE WHEN instr($1, '\\') > 0 THEN 'E' || replace(quote($1), '\\', '\\\\') WHEN $1 IS NOT NULL THEN quote($1) END";

/// A blob of hexadecimal digits.
fn blob(hex: &str) -> Option<String> {
    let digits = hex.bytes().all(|b| b.is_ascii_hexdigit()) && hex.len().is_multiple_of(2);
    digits.then(|| format!("X'{hex}'"))
}

fn cased(call: &Call<'_>, name: &str) -> Option<String> {
    if let Some(text) = literal(call.args[0]) {
        // A letter may become two, as SQLite's never do.
        let plain = text.is_ascii();
        return plain.then(|| format!("{name}({})", call.args[0]));
    }
    let template = format!(
        "CASE WHEN $1 GLOB '*[^' || char(1) || '-~]*' THEN $fail('a bare SQLite knows the case of ASCII letters alone') ELSE {name}($1) END"
    );
    fill(&template, &call.args, call.place)
}

/// A text that NULL adds nothing to.
fn or_empty(arg: &str) -> String {
    match arg {
        "NULL" => "''".to_owned(),
        arg if literal(arg).is_some() => arg.to_owned(),
        arg => format!("coalesce({arg}, '')"),
    }
}

fn padded(call: &Call<'_>, left: bool) -> Option<String> {
    let space = call.args.len() == 2;
    let blanks = "printf('%*s', $2 - length($1), '')";
    let more = match space {
        true => blanks.to_owned(),
        false => format!("substr(replace({blanks}, ' ', $3), 1, $2 - length($1))"),
    };
    let whole = if left {
        format!("{more} || $1")
    } else {
        format!("$1 || {more}")
    };
    let (no_fill, null) = match space {
        true => ("", ""),
        false => ("WHEN $3 = '' THEN $1 ", " || substr($3, 1, 0)"),
    };
    let template = format!(
        "CASE WHEN length($1) >= $2 THEN substr($1, 1, max($2, 0)){null} {no_fill}WHEN length($1) < $2 THEN {whole} END"
    );
    fill(&template, &call.args, call.place)
}

/// Replaced one after the other, where no replacement is replaced again.
fn translate(call: &Call<'_>) -> Option<String> {
    let (from, to) = (literal(call.args[1])?, literal(call.args[2])?);
    let to: Vec<char> = to.chars().collect();
    let mut done: Vec<char> = Vec::new();
    let mut text = "$1".to_owned();
    if from.chars().any(|c| to.contains(&c)) {
        return None;
    }
    for (at, c) in from.chars().enumerate() {
        if !done.contains(&c) {
            done.push(c);
            let with = to.get(at).map_or_else(String::new, ToString::to_string);
            let [c, with] = [c.to_string(), with].map(|text| super::fill::kept(&quoted(&text)));
            text = format!("replace({text}, {c}, {with})");
        }
    }
    fill(&text, &call.args, call.place)
}

/// The parts are cut off one after the other.
fn split_part(call: &Call<'_>) -> Option<String> {
    let at = match integer(call.args[2]) {
        Some(0) => return None,
        Some(n) if n < 0 => "(SELECT max(_n) FROM _part) + 1 + $3",
        Some(_) => "$3",
        None => "CASE WHEN $3 < 0 THEN (SELECT max(_n) FROM _part) + 1 + $3 ELSE $3 END",
    };
    let zero = match integer(call.args[2]) {
        Some(_) => "",
        None => "WHEN $3 = 0 THEN $fail('field position must not be zero') ",
    };
    let template = format!(
        "(WITH RECURSIVE _part(_n, _t, _rest) AS (SELECT 0, NULL, $1 || $2 UNION ALL \
         SELECT _n + 1, substr(_rest, 1, instr(_rest, $2) - 1), substr(_rest, instr(_rest, $2) + length($2)) FROM _part \
         WHERE _rest <> '' AND $2 <> '') \
         SELECT CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL {zero}\
         WHEN $2 = '' THEN CASE WHEN abs($3) = 1 THEN $1 ELSE '' END \
         ELSE coalesce((SELECT _t FROM _part WHERE _n > 0 AND _n = {at}), '') END)"
    );
    fill(&template, &call.args, call.place)
}

/// `format` of a written text with no more than `%s` and `%%`.
fn formatted(call: &Call<'_>) -> Option<String> {
    let (form, mut args) = (literal(call.args[0])?, call.args[1..].iter());
    let mut parts: Vec<String> = Vec::new();
    let mut plain = String::new();
    let mut chars = form.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next()? {
                '%' => plain.push('%'),
                's' => {
                    if !plain.is_empty() {
                        parts.push(quoted(&core::mem::take(&mut plain)));
                    }
                    parts.push(or_empty(args.next()?));
                }
                _ => return None,
            },
            c => plain.push(c),
        }
    }
    parts.push(quoted(&plain));
    // What no piece shows may be an error all the same, but for a name or a number.
    let definite = |arg: &&str| {
        arg.chars()
            .all(|c| c.is_alphanumeric() || "._\"".contains(c))
    };
    args.all(definite)
        .then(|| format!("({})", parts.join(" || ")))
}
