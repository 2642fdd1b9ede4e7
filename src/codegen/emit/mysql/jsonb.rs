//! What JSONB does on MariaDB, on the text of a document as PostgreSQL prints it.
//!
//! JSON_TABLE gives the elements of an array, and of an object the pairs of `members`. A step of a path and a document
//! that is written out are part of the text; what would need to go down as far as a row's document does is refused.

use super::super::jsonb::Change;
use super::super::placed::{TEXT, constant};
use super::super::{Emitter, Res};
use super::array;
use super::idiom::unless;
use super::json::members;
use crate::Jsonb;
use rql_ir::{Func, ScalarId, Type};

fn is_a(text: &str, kind: &str) -> String {
    format!("JSON_TYPE({text}) = '{kind}'")
}

/// By its bytes, as other texts.
fn bytes(text: &str) -> String {
    format!("({text} COLLATE utf8mb4_nopad_bin)")
}

/// The elements of an array.
fn elements(text: &str, name: &str) -> String {
    format!(
        "JSON_TABLE({text}, '$[*]' COLUMNS (rql_o FOR ORDINALITY, rql_t {TEXT} PATH '$', rql_j JSON PATH '$')) AS {name}"
    )
}

/// The pairs of lists of them.
fn pairs(lists: &str, name: &str) -> String {
    format!(
        "JSON_TABLE(CONCAT('[', {lists}, ']'), '$[*][*]' COLUMNS (rql_o FOR ORDINALITY, rql_k {TEXT} PATH '$[0]', \
         rql_j JSON PATH '$[1]')) AS {name}"
    )
}

/// An object of the pairs for which a condition holds: shorter names first.
fn object_of(lists: &str, name: &str, value: &str, condition: &str) -> String {
    format!(
        "COALESCE((SELECT CONCAT('{{', GROUP_CONCAT(CONCAT({}, ': ', {value}) ORDER BY LENGTH({name}.rql_k), {name}.rql_k \
         SEPARATOR ', '), '}}') FROM {} WHERE {condition}), '{{}}')",
        bytes(&format!("JSON_QUOTE({name}.rql_k)")),
        pairs(lists, name)
    )
}

/// An array of the elements for which a condition holds.
fn array_of(text: &str, name: &str, value: &str, condition: &str) -> String {
    format!(
        "COALESCE((SELECT CONCAT('[', GROUP_CONCAT({value} ORDER BY {name}.rql_o SEPARATOR ', '), ']') FROM {} \
         WHERE {condition}), '[]')",
        elements(text, name)
    )
}

/// What stands between the brackets of an array; another document stands for itself.
fn inside(text: &str) -> String {
    let text = bytes(text);
    format!(
        "CASE WHEN {} THEN NULLIF(SUBSTR({text}, 2, CHAR_LENGTH({text}) - 2), '') ELSE {text} END",
        is_a(&text, "ARRAY")
    )
}

/// Two arrays as one.
fn joined(first: &str, second: &str) -> String {
    format!("CONCAT('[', CONCAT_WS(', ', {first}, {second}), ']')")
}

/// The names of an object, the elements of an array, or a scalar, as an array.
fn texts(text: &str) -> String {
    let text = bytes(text);
    format!(
        "CASE JSON_TYPE({text}) WHEN 'OBJECT' THEN {} WHEN 'ARRAY' THEN {text} ELSE CONCAT('[', {text}, ']') END",
        bytes(&format!("JSON_KEYS({text})"))
    )
}

fn has_name(text: &str, name: &str) -> String {
    format!("JSON_CONTAINS(JSON_KEYS({text}), JSON_QUOTE({name}))")
}

/// A document in which equal numbers are written alike: zeros at the end of a fraction go.
pub(in crate::emit) fn key(text: &str) -> String {
    format!(
        r#"REGEXP_REPLACE({}, '"(?:[^"\\]|\\.)*"(*SKIP)(*F)|(\.\d*[1-9])0+(?!\d)|\.0+(?!\d)', '\1')"#,
        bytes(text)
    )
}

fn is_scalar(text: &str, wanted: &Jsonb) -> String {
    match wanted {
        Jsonb::Number(_) => format!(
            "{} = {}",
            key(text),
            constant(&wanted.trimmed().to_string())
        ),
        _ => format!("{} = {}", bytes(text), constant(&wanted.to_string())),
    }
}

/// Whether a text has all that a written document has.
fn has_all(text: &str, wanted: &Jsonb, depth: usize) -> String {
    let element = format!("rql_e{depth}");
    let inner = format!("{element}.rql_j");
    let (kind, found): (_, Vec<String>) = match wanted {
        Jsonb::Array(items) => {
            let from = elements(text, &element);
            let found = items.iter().map(|item| {
                format!(
                    "EXISTS (SELECT 1 FROM {from} WHERE {})",
                    has_all(&inner, item, depth + 1)
                )
            });
            ("ARRAY", found.collect())
        }
        Jsonb::Object(wanted) => {
            let from = pairs(&members(text, true), &element);
            let found = wanted.iter().map(|(name, value)| {
                format!(
                    "EXISTS (SELECT 1 FROM {from} WHERE {element}.rql_k = {} AND {})",
                    constant(name),
                    has_all(&inner, value, depth + 1)
                )
            });
            ("OBJECT", found.collect())
        }
        scalar => return is_scalar(text, scalar),
    };
    let found = found.into_iter().map(|found| format!(" AND {found}"));
    format!("({}{})", is_a(text, kind), found.collect::<String>())
}

/// Whether a written document has all that a text has.
fn is_in(text: &str, all: &Jsonb, depth: usize) -> String {
    let element = format!("rql_e{depth}");
    let inner = format!("{element}.rql_j");
    let (kind, from, found): (_, _, Vec<String>) = match all {
        Jsonb::Array(items) => {
            let found = items.iter().map(|item| is_in(&inner, item, depth + 1));
            ("ARRAY", elements(text, &element), found.collect())
        }
        Jsonb::Object(all) => {
            let found = all.iter().map(|(name, value)| {
                let name = constant(name);
                format!(
                    "{element}.rql_k = {name} AND {}",
                    is_in(&inner, value, depth + 1)
                )
            });
            (
                "OBJECT",
                pairs(&members(text, true), &element),
                found.collect(),
            )
        }
        scalar => return is_scalar(text, scalar),
    };
    let found: String = found.iter().map(|found| format!(" OR {found}")).collect();
    format!(
        "({} AND NOT EXISTS (SELECT 1 FROM {from} WHERE NOT (FALSE{found})))",
        is_a(text, kind)
    )
}

/// A document after a change at a path.
fn changed(text: &str, steps: &[String], change: Change, depth: usize) -> String {
    let Some((step, rest)) = steps.split_first() else {
        return bytes(text);
    };
    let (element, name) = (format!("rql_e{depth}"), constant(step));
    let own = bytes(&format!("{element}.rql_j"));
    let value = bytes("{2}");
    let list = members(text, true);
    let inner = || changed(&format!("{element}.rql_j"), rest, change, depth + 1);
    let written = constant(&Jsonb::Text(step.clone()).to_string());
    let more = object_of(
        &format!("'[[', {written}, ',', {value}, ']],', {list}"),
        &element,
        &own,
        &format!("({element}.rql_o = 1 OR {element}.rql_k <> {name})"),
    );
    let object = match change {
        _ if !rest.is_empty() => {
            let value = format!(
                "CASE WHEN {element}.rql_k = {name} THEN {} ELSE {own} END",
                inner()
            );
            object_of(&list, &element, &value, "TRUE")
        }
        Change::Delete => object_of(&list, &element, &own, &format!("{element}.rql_k <> {name}")),
        Change::Set(true) => more,
        Change::Set(false) => {
            format!(
                "CASE WHEN {} THEN {more} ELSE {} END",
                has_name(text, &name),
                bytes(text)
            )
        }
        Change::Insert(_) => unless(
            "[22023] cannot replace existing key",
            &has_name(text, &name),
            &more,
        ),
    };
    let array = match step.parse::<i32>() {
        Err(_) => unless(
            "[22P02] path element is not an integer",
            &is_a(text, "ARRAY"),
            "NULL",
        ),
        Ok(place) => {
            // Counted from 1.
            let place = match place {
                0.. => format!("{}", i64::from(place) + 1),
                _ => format!("(JSON_LENGTH({text}) - {})", place.unsigned_abs() - 1),
            };
            let here = format!("{element}.rql_o = {place}");
            let with = |value: &str| {
                let value = format!("CASE WHEN {here} THEN {value} ELSE {own} END");
                array_of(text, &element, &value, "TRUE")
            };
            let all = inside(text);
            let or_at_end = |found: String| {
                format!(
                    "CASE WHEN {place} < 1 THEN {} WHEN {place} > JSON_LENGTH({text}) THEN {} ELSE {found} END",
                    joined(&value, &all),
                    joined(&all, &value)
                )
            };
            match change {
                _ if !rest.is_empty() => with(&inner()),
                Change::Delete => array_of(text, &element, &own, &format!("NOT ({here})")),
                Change::Set(false) => with(&value),
                Change::Set(true) => or_at_end(with(&value)),
                Change::Insert(false) => or_at_end(with(&format!("CONCAT({value}, ', ', {own})"))),
                Change::Insert(true) => or_at_end(with(&format!("CONCAT({own}, ', ', {value})"))),
            }
        }
    };
    let found = format!(
        "CASE JSON_TYPE({text}) WHEN 'OBJECT' THEN {object} WHEN 'ARRAY' THEN {array} ELSE {} END",
        bytes(text)
    );
    if depth > 0 {
        return found;
    }
    unless(
        "[22023] cannot change a path in scalar",
        &is_plain(text),
        &found,
    )
}

fn is_plain(text: &str) -> String {
    format!("JSON_TYPE({text}) NOT IN ('OBJECT', 'ARRAY')")
}

impl Emitter<'_> {
    /// The text of an operator or function of JSONB.
    pub(super) fn mysql_jsonb(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        use Func as F;
        let strict = |value: String| {
            format!("CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN {value} END")
        };
        let text = "rql_e.rql_j LIKE '\"%'";
        let own = bytes("rql_e.rql_j");
        let found = elements(&texts("{0}"), "rql_e");
        let names = array::elements("{1}", TEXT, "rql_f");
        Some(match func {
            F::JsonbHas => strict(format!(
                "EXISTS (SELECT 1 FROM {found} WHERE {text} AND rql_e.rql_t = {{1}})"
            )),
            F::JsonbHasAny => strict(format!(
                "EXISTS (SELECT 1 FROM {names} JOIN {found} ON rql_e.rql_t = rql_f.rql_v WHERE {text})"
            )),
            F::JsonbHasAll => strict(format!(
                "NOT EXISTS (SELECT 1 FROM {names} WHERE rql_f.rql_v IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {found} \
                 WHERE {text} AND rql_e.rql_t = rql_f.rql_v))"
            )),
            F::JsonbContains => self.mysql_contains(args, [0, 1])?,
            F::JsonbContained => self.mysql_contains(args, [1, 0])?,
            F::JsonbConcat => strict(format!(
                "CASE WHEN {} AND {} THEN {} ELSE {} END",
                is_a("{0}", "OBJECT"),
                is_a("{1}", "OBJECT"),
                object_of(
                    &format!("{}, ',', {}", members("{0}", true), members("{1}", true)),
                    "rql_e",
                    &own,
                    &format!(
                        "(rql_e.rql_o > JSON_LENGTH({{0}}) OR NOT {})",
                        has_name("{1}", "rql_e.rql_k")
                    )
                ),
                joined(&inside("{0}"), &inside("{1}"))
            )),
            F::JsonbMinus if self.ir.scalar(args[1]).ty.is_integer() => strict(unless(
                "[22023] cannot delete by an index from what is no array",
                "JSON_TYPE({0}) <> 'ARRAY'",
                &array_of(
                    "{0}",
                    "rql_e",
                    &own,
                    "rql_e.rql_o <> CASE WHEN {1} < 0 THEN JSON_LENGTH({0}) + {1} ELSE {1} END + 1",
                ),
            )),
            F::JsonbMinus | F::JsonbMinusAll => {
                let gone = |text: &str| match func {
                    F::JsonbMinus => format!("{text} = {{1}}"),
                    _ => format!("EXISTS (SELECT 1 FROM {names} WHERE rql_f.rql_v = {text})"),
                };
                strict(unless(
                    "[22023] cannot delete from scalar",
                    &is_plain("{0}"),
                    &format!(
                        "CASE JSON_TYPE({{0}}) WHEN 'OBJECT' THEN {} ELSE {} END",
                        object_of(
                            &members("{0}", true),
                            "rql_e",
                            &own,
                            &format!("NOT {}", gone("rql_e.rql_k"))
                        ),
                        array_of(
                            "{0}",
                            "rql_e",
                            &own,
                            &format!("NOT ({text} AND {})", gone("rql_e.rql_t"))
                        )
                    ),
                ))
            }
            F::JsonbMinusPath | F::JsonbSet | F::JsonbInsert => {
                let steps = self.written_path(args[1])?;
                let change = self.change_of(func, args.get(3).copied())?;
                let whole = match steps.is_empty() {
                    true => unless(
                        "[22023] cannot change a path in scalar",
                        &is_plain("{0}"),
                        "{0}",
                    ),
                    false => changed("{0}", &steps, change, 0),
                };
                let value = match func {
                    F::JsonbMinusPath => "",
                    _ => " AND {2} IS NOT NULL",
                };
                format!("CASE WHEN {{0}} IS NOT NULL{value} THEN {whole} END")
            }
            _ => return None,
        })
    }

    /// Whether the one of two documents has all of the other; one of them is written.
    fn mysql_contains(&self, args: &[ScalarId], [whole, part]: [usize; 2]) -> Option<String> {
        let of = |at: usize| format!("{{{at}}}");
        let written = |at: usize| self.written_document(args[at]);
        let found = if let Some(wanted) = written(part) {
            let text = of(whole);
            match wanted.is_scalar() {
                true => format!(
                    "CASE WHEN {} THEN EXISTS (SELECT 1 FROM {} WHERE {}) ELSE {} END",
                    is_a(&text, "ARRAY"),
                    elements(&text, "rql_e"),
                    is_scalar("rql_e.rql_j", &wanted),
                    is_scalar(&text, &wanted)
                ),
                false => has_all(&text, &wanted, 0),
            }
        } else {
            let (all, text) = (written(whole)?, of(part));
            let mut found = is_in(&text, &all, 0);
            if let Jsonb::Array(items) = &all {
                for item in items.iter().filter(|item| item.is_scalar()) {
                    found.push_str(&format!(" OR {}", is_scalar(&text, item)));
                }
            }
            found
        };
        Some(format!(
            "CASE WHEN {{{whole}}} IS NOT NULL AND {{{part}}} IS NOT NULL THEN ({found}) END"
        ))
    }

    /// `=`, `<>` and IS DISTINCT FROM.
    pub(in crate::emit) fn mysql_same(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let side = |at: usize| match self.written_document(args[at]) {
            Some(document) => constant(&document.trimmed().to_string()),
            None => key(&format!("{{{at}}}")),
        };
        let (a, b) = (side(0), side(1));
        let text = match func {
            Func::Eq => format!("({a} = {b})"),
            Func::Ne => format!("({a} <> {b})"),
            Func::IsDistinct => format!("(NOT ({a} <=> {b}))"),
            _ => format!("({a} <=> {b})"),
        };
        self.placed(&text, args)
    }

    /// JSONB as a number or a truth value.
    pub(super) fn mysql_of_jsonb(&self, to: Type) -> Option<String> {
        let number = |value: &str| {
            unless(
                &format!("[22023] cannot cast jsonb to type {to}"),
                "JSON_TYPE({0}) NOT IN ('INTEGER', 'DOUBLE')",
                value,
            )
        };
        let exact = "CAST({0} AS DECIMAL(65,30))";
        let within = |most: &str| {
            number(&unless(
                "[22003] value out of range",
                &format!("ROUND({exact}) NOT BETWEEN -{most} - 1 AND {most}"),
                &format!("CAST(ROUND({exact}) AS SIGNED)"),
            ))
        };
        Some(match to {
            Type::Boolean => unless(
                "[22023] cannot cast jsonb to type boolean",
                "JSON_TYPE({0}) <> 'BOOLEAN'",
                "CASE {0} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
            ),
            Type::Double => number("CAST({0} AS DOUBLE)"),
            Type::SmallInt => within("32767"),
            Type::Integer => within("2147483647"),
            Type::BigInt => within("9223372036854775807"),
            Type::Decimal {
                precision: Some(precision),
                scale: Some(scale),
            } => number(&format!("CAST({exact} AS DECIMAL({precision},{scale}))")),
            _ => return None,
        })
    }
}
