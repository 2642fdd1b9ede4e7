//! What JSONB does on DuckDB, on the text of a document as PostgreSQL prints it.
//!
//! A step of a path and a document that is written out are part of the text; what would need to go down as far as
//! a row's document does is refused.

use super::json::{members, pieces};
use crate::Jsonb;
use crate::emit::jsonb::Change;
use crate::emit::placed::constant;
use crate::emit::{Emitter, Res};
use rql_ir::{Func, ScalarId, Type};

/// A name or text as it reads, of what is written with quotes.
fn read(written: &str) -> String {
    format!("json_extract_string({written}, '$')")
}

fn is_object(text: &str) -> String {
    format!("left({text}, 1) = '{{'")
}

fn is_array(text: &str) -> String {
    format!("left({text}, 1) = '['")
}

/// An object of members: shorter names first.
fn object_of(list: &str) -> String {
    format!(
        "'{{' || array_to_string(list_transform(list_sort(list_transform({list}, lambda m: {{n: strlen({name}), k: {name}, \
         t: m[1] || ': ' || m[2]}})), lambda m: m['t']), ', ') || '}}'",
        name = read("m[1]")
    )
}

fn array_of(list: &str) -> String {
    format!("'[' || array_to_string({list}, ', ') || ']'")
}

/// The names of an object, or the texts among the elements of an array.
fn texts(text: &str) -> String {
    let all = pieces(text);
    format!(
        "list_transform(CASE left({text}, 1) WHEN '{{' THEN ({all})[1:-:2] WHEN '[' THEN {all} ELSE [{text}] END, \
         lambda e: CASE WHEN left(e, 1) = '\"' THEN {} END)",
        read("e")
    )
}

/// A number without zeros at its end.
fn number(text: &str) -> String {
    format!(r"regexp_replace({text}, '^(-?\d+)(?:\.0*|(\.\d*[1-9])0*)$', '\1\2')")
}

/// A document in which equal numbers are written alike.
pub(in crate::emit) fn key(text: &str) -> String {
    format!(
        r#"array_to_string(list_transform(regexp_extract_all({text}, '"(?:[^"\\]|\\.)*"|[^"\s,:\[\]{{}}]+|.'), lambda t: {}), '')"#,
        number("t")
    )
}

/// Whether a scalar is a written one.
fn is_scalar(text: &str, wanted: &Jsonb) -> String {
    match wanted {
        Jsonb::Number(_) => format!(
            "{} = {}",
            number(text),
            constant(&wanted.trimmed().to_string())
        ),
        _ => format!("{text} = {}", constant(&wanted.to_string())),
    }
}

/// Whether a text has all that a written document has.
fn has_all(text: &str, wanted: &Jsonb, depth: usize) -> String {
    let some = |list: &str, conditions: Vec<String>| -> String {
        let found = conditions.iter().map(|condition| {
            format!("len(list_filter(l{depth}, lambda e{depth}: {condition})) > 0")
        });
        let all: Vec<_> = found.collect();
        match all.is_empty() {
            true => "true".into(),
            false => format!(
                "list_transform([{list}], lambda l{depth}: {})[1]",
                all.join(" AND ")
            ),
        }
    };
    let element = format!("e{depth}");
    match wanted {
        Jsonb::Array(items) => {
            let items = items.iter().map(|item| has_all(&element, item, depth + 1));
            format!(
                "CASE WHEN {} THEN {} ELSE false END",
                is_array(text),
                some(&pieces(text), items.collect())
            )
        }
        Jsonb::Object(wanted) => {
            let wanted = wanted.iter().map(|(name, value)| {
                let name = format!("{} = {}", read(&format!("{element}[1]")), constant(name));
                format!(
                    "{name} AND {}",
                    has_all(&format!("{element}[2]"), value, depth + 1)
                )
            });
            format!(
                "CASE WHEN {} THEN {} ELSE false END",
                is_object(text),
                some(&members(text), wanted.collect())
            )
        }
        scalar => is_scalar(text, scalar),
    }
}

/// Whether a written document has all that a text has.
fn is_in(text: &str, all: &Jsonb, depth: usize) -> String {
    let element = format!("e{depth}");
    match all {
        Jsonb::Array(items) => {
            let found = items.iter().map(|item| is_in(&element, item, depth + 1));
            let found: Vec<_> = found.chain(["false".to_owned()]).collect();
            format!(
                "CASE WHEN {} THEN len(list_filter({}, lambda {element}: NOT ({}))) = 0 ELSE false END",
                is_array(text),
                pieces(text),
                found.join(" OR ")
            )
        }
        Jsonb::Object(all) => {
            let found = all.iter().map(|(name, value)| {
                let inner = is_in(&format!("{element}[2]"), value, depth + 1);
                format!(
                    " WHEN {} = {} THEN {inner}",
                    read(&format!("{element}[1]")),
                    constant(name)
                )
            });
            let found: String = found.chain([" WHEN false THEN false".to_owned()]).collect();
            format!(
                "CASE WHEN {} THEN len(list_filter({}, lambda {element}: NOT CASE{found} ELSE false END)) = 0 ELSE false END",
                is_object(text),
                members(text)
            )
        }
        scalar => is_scalar(text, scalar),
    }
}

/// A document after a change at a path.
fn changed(text: &str, steps: &[String], change: Change, depth: usize) -> String {
    let Some((step, rest)) = steps.split_first() else {
        return text.to_owned();
    };
    let (name, list, element) = (constant(step), format!("l{depth}"), format!("e{depth}"));
    let is_name = |member: &str| format!("{} = {name}", read(&format!("{member}[1]")));
    let value = "CAST({2} AS text)";
    let others = format!(
        "list_filter({list}, lambda {element}: NOT ({}))",
        is_name(&element)
    );
    let written = constant(&Jsonb::Text(step.clone()).to_string());
    let more = format!("list_concat({others}, [row({written}, {value})])");
    let object = match change {
        _ if !rest.is_empty() => {
            let inner = changed(&format!("{element}[2]"), rest, change, depth + 1);
            format!(
                "list_transform({list}, lambda {element}: row({element}[1], CASE WHEN {} THEN {inner} ELSE {element}[2] END))",
                is_name(&element)
            )
        }
        Change::Delete => others,
        Change::Set(true) => more,
        Change::Set(false) => {
            format!("CASE WHEN len({others}) = len({list}) THEN {list} ELSE {more} END")
        }
        Change::Insert(_) => format!(
            "CASE WHEN len({others}) < len({list}) THEN error('cannot replace existing key') ELSE {more} END"
        ),
    };
    let place = step.parse::<i32>().ok().map(|place| match place {
        0.. => format!("{place}"),
        _ => format!("len({list}) - {}", place.unsigned_abs()),
    });
    let array = match place {
        None => format!(
            "error({})",
            constant(&format!("path element is not an integer: {step}"))
        ),
        Some(place) => {
            let inside = format!("k{depth} BETWEEN 0 AND len({list}) - 1");
            let around = |before: &str, value: &str, after: &str| {
                let value = if value.is_empty() {
                    String::new()
                } else {
                    format!(", [{value}]")
                };
                format!("list_concat({list}[1:{before}]{value}, {list}[{after}:])")
            };
            let k = format!("k{depth}");
            let (here, next) = (format!("{k} + 1"), format!("{k} + 2"));
            let ends = format!(
                "WHEN {k} < 0 THEN list_concat([{value}], {list}) ELSE list_concat({list}, [{value}])"
            );
            let found = match change {
                _ if !rest.is_empty() => {
                    let inner = changed(&element, rest, change, depth + 1);
                    format!(
                        "list_transform({list}, lambda {element}, i{depth}: CASE WHEN i{depth} = {k} + 1 THEN {inner} ELSE {element} END)"
                    )
                }
                Change::Delete => format!(
                    "CASE WHEN {inside} THEN {} ELSE {list} END",
                    around(&k, "", &next)
                ),
                Change::Set(true) => format!(
                    "CASE WHEN {inside} THEN {} {ends} END",
                    around(&k, value, &next)
                ),
                Change::Set(false) => {
                    format!(
                        "CASE WHEN {inside} THEN {} ELSE {list} END",
                        around(&k, value, &next)
                    )
                }
                Change::Insert(false) => format!(
                    "CASE WHEN {inside} THEN {} {ends} END",
                    around(&k, value, &here)
                ),
                Change::Insert(true) => {
                    format!(
                        "CASE WHEN {inside} THEN {} {ends} END",
                        around(&here, value, &next)
                    )
                }
            };
            format!(
                "list_transform([{place}], lambda {k}: {})[1]",
                array_of(&found)
            )
        }
    };
    let scalar = match depth {
        0 => "error('cannot change a path in scalar')".to_owned(),
        _ => text.to_owned(),
    };
    format!(
        "CASE left({text}, 1) WHEN '{{' THEN list_transform([{}], lambda {list}: {})[1] \
         WHEN '[' THEN list_transform([{}], lambda {list}: {array})[1] ELSE {scalar} END",
        members(text),
        object_of(&object),
        pieces(text),
    )
}

impl Emitter<'_> {
    /// The text of an operator or function of JSONB.
    pub(super) fn duckdb_jsonb(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        use Func as F;
        let text = "CAST({0} AS text)";
        let strict = |value: String| match args.len() {
            1 => format!("CASE WHEN {{0}} IS NOT NULL THEN {value} END"),
            _ => format!("CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN {value} END"),
        };
        let document = |value: String| format!("CAST({value} AS json)");
        let names = "list_filter({1}, lambda v: v IS NOT NULL)";
        Some(match func {
            F::JsonbHas => strict(format!(
                "coalesce(list_contains({}, {{1}}), false)",
                texts(text)
            )),
            F::JsonbHasAny => strict(format!("list_has_any({}, {names})", texts(text))),
            F::JsonbHasAll => strict(format!("list_has_all({}, {names})", texts(text))),
            F::JsonbContains => self.duckdb_contains(args, [0, 1])?,
            F::JsonbContained => self.duckdb_contains(args, [1, 0])?,
            F::JsonbConcat => {
                let name = read("m[1]");
                let object = object_of(&format!(
                    "list_concat(list_filter(o['a'], lambda m: NOT list_contains(o['k'], {name})), o['b'])"
                ));
                let [a, b] = ["o['x']", "o['y']"].map(|text| {
                    format!(
                        "CASE WHEN {} THEN {text}[2:-2] ELSE {text} END",
                        is_array(text)
                    )
                });
                let other = "CAST({1} AS text)";
                let array = array_of(&format!("list_filter([{a}, {b}], lambda v: v <> '')"));
                document(strict(format!(
                    "CASE WHEN {} AND {} THEN list_transform([{{a: {}, b: {}, k: list_transform({}, lambda m: {name})}}], \
                     lambda o: {object})[1] ELSE list_transform([{{x: {text}, y: {other}}}], lambda o: {array})[1] END",
                    is_object(text),
                    is_object(other),
                    members(text),
                    members(other),
                    members(other)
                )))
            }
            F::JsonbMinus if self.ir.scalar(args[1]).ty.is_integer() => document(strict(format!(
                "CASE WHEN {} THEN list_transform([{}], lambda l: list_transform([CASE WHEN {{1}} < 0 THEN len(l) + {{1}} \
                 ELSE CAST({{1}} AS bigint) END], lambda k: {})[1])[1] ELSE error('cannot delete by an index from what is no array') END",
                is_array(text),
                pieces(text),
                array_of(
                    "CASE WHEN k BETWEEN 0 AND len(l) - 1 THEN list_concat(l[1:k], l[k + 2:]) ELSE l END"
                )
            ))),
            F::JsonbMinus | F::JsonbMinusAll => {
                let gone = |text: &str| match func {
                    F::JsonbMinus => format!("{} = {{1}}", read(text)),
                    _ => format!("coalesce(list_contains({{1}}, {}), false)", read(text)),
                };
                let object = format!(
                    "list_filter({}, lambda m: NOT ({}))",
                    members(text),
                    gone("m[1]")
                );
                let array = format!(
                    "list_filter({}, lambda e: NOT (left(e, 1) = '\"' AND {}))",
                    pieces(text),
                    gone("e")
                );
                document(strict(format!(
                    "CASE left({text}, 1) WHEN '{{' THEN {} WHEN '[' THEN {} ELSE error('cannot delete from scalar') END",
                    object_of(&object),
                    array_of(&array)
                )))
            }
            F::JsonbMinusPath | F::JsonbSet | F::JsonbInsert => {
                let steps = self.written_path(args[1])?;
                let change = self.change_of(func, args.get(3).copied())?;
                let whole = match steps.is_empty() {
                    true => format!(
                        "CASE WHEN left({text}, 1) IN ('{{', '[') THEN {text} ELSE error('cannot change a path in scalar') END"
                    ),
                    false => changed(text, &steps, change, 0),
                };
                let value = match func {
                    F::JsonbMinusPath => "",
                    _ => " AND {2} IS NOT NULL",
                };
                document(format!(
                    "CASE WHEN {{0}} IS NOT NULL{value} THEN {whole} END"
                ))
            }
            _ => return None,
        })
    }

    /// Whether the one of two documents has all of the other; one of them is written.
    fn duckdb_contains(&self, args: &[ScalarId], [whole, part]: [usize; 2]) -> Option<String> {
        let of = |at: usize| format!("CAST({{{at}}} AS text)");
        let written = |at: usize| self.written_document(args[at]);
        let found = if let Some(wanted) = written(part) {
            let text = of(whole);
            match wanted.is_scalar() {
                true => format!(
                    "CASE WHEN {} THEN len(list_filter({}, lambda e: {})) > 0 ELSE {} END",
                    is_array(&text),
                    pieces(&text),
                    is_scalar("e", &wanted),
                    is_scalar(&text, &wanted)
                ),
                false => has_all(&text, &wanted, 0),
            }
        } else {
            let (all, text) = (written(whole)?, of(part));
            match &all {
                Jsonb::Array(items) => {
                    let scalars = items.iter().filter(|item| item.is_scalar());
                    let alone = scalars.map(|item| is_scalar(&text, item));
                    let alone: Vec<_> = alone.chain(["false".to_owned()]).collect();
                    format!("({} OR {})", is_in(&text, &all, 0), alone.join(" OR "))
                }
                all => is_in(&text, all, 0),
            }
        };
        Some(format!(
            "CASE WHEN {{{whole}}} IS NOT NULL AND {{{part}}} IS NOT NULL THEN {found} END"
        ))
    }

    /// `=`, `<>` and IS DISTINCT FROM.
    pub(in crate::emit) fn duckdb_same(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let side = |at: usize| match self.written_document(args[at]) {
            Some(document) => constant(&document.trimmed().to_string()),
            None => key(&format!("CAST({{{at}}} AS text)")),
        };
        let op = match func {
            Func::Eq => "=",
            Func::Ne => "<>",
            Func::IsDistinct => "IS DISTINCT FROM",
            _ => "IS NOT DISTINCT FROM",
        };
        let text = format!("({} {op} {})", side(0), side(1));
        self.placed(&text, args)
    }

    /// JSONB as a number or a truth value.
    pub(super) fn duckdb_of_jsonb(&self, to: Type) -> Option<String> {
        let number = |value: String| {
            format!(
                "CASE WHEN regexp_matches(CAST({{0}} AS text), '^-?\\d') THEN {value} WHEN {{0}} IS NOT NULL \
                 THEN error('cannot cast jsonb to type {to}') END"
            )
        };
        Some(match to {
            Type::Boolean => "CASE CAST({0} AS text) WHEN 'true' THEN true WHEN 'false' THEN false \
                 ELSE CASE WHEN {0} IS NOT NULL THEN error('cannot cast jsonb to type boolean') END END"
                .into(),
            ty if ty.is_float() || ty.is_decimal() && ty.scale().is_some() => {
                number(format!("CAST(CAST({{0}} AS text) AS {to})"))
            }
            ty if ty.is_integer() => number(format!(
                "CAST(CAST(regexp_extract(CAST({{0}} AS text), '^-?\\d+') AS hugeint) + \
                 CASE WHEN regexp_matches(CAST({{0}} AS text), '^\\d+\\.[5-9]') THEN 1 \
                 WHEN regexp_matches(CAST({{0}} AS text), '^-\\d+\\.[5-9]') THEN -1 ELSE 0 END AS {to})"
            )),
            _ => return None,
        })
    }
}
