//! Patterns that are written: those that GLOB and the functions of texts say.

use super::Way::By;
use super::call::literal;
use super::document::string;
use super::fill::fill;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    ("rql_regexp_like", 2, By(|call| matches(call, ""))),
    (
        "rql_regexp_like",
        3,
        By(|call| matches(call, &literal(call.args[2])?)),
    ),
    ("rql_similar", 3, By(similar)),
    ("rql_regexp_replace", 3, By(|call| replaced(call, false))),
    (
        "rql_regexp_replace",
        4,
        By(|call| match literal(call.args[3])?.as_str() {
            "" => replaced(call, false),
            "g" => replaced(call, true),
            _ => None,
        }),
    ),
    (
        "rql_regexp_count",
        -1,
        By(|call| {
            let [_, pattern] = call.args[..] else {
                return None;
            };
            let plain = text(&parse(&literal(pattern)?)?)?;
            let len = plain.chars().count();
            let template = format!(
                "(length($1) - length(replace($1, {}, ''))) / {len}",
                string(&plain)
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_regexp_instr",
        -1,
        By(|call| {
            let [_, pattern] = call.args[..] else {
                return None;
            };
            let plain = text(&parse(&literal(pattern)?)?)?;
            fill(
                &format!("instr($1, {})", string(&plain)),
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_regexp_substr",
        -1,
        By(|call| {
            let [_, pattern] = call.args[..] else {
                return None;
            };
            let plain = string(&text(&parse(&literal(pattern)?)?)?);
            fill(
                &format!("CASE WHEN instr($1, {plain}) > 0 THEN {plain} END"),
                &call.args,
                call.place,
            )
        }),
    ),
];

/// A character of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum One {
    /// This one.
    Char(char),
    /// Any.
    Any,
    /// One of a class, as GLOB writes what stands in the brackets, and whether it is one that does not.
    Class(String, bool),
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Once,
    Any,
    Some,
}

/// A pattern without alternatives and groups.
struct Simple {
    start: bool,
    items: Vec<(One, Times)>,
    end: bool,
}

/// Reads a regular expression that has no more than characters, classes, `.`, `*`, `+`, `^` and `$`.
fn parse(pattern: &str) -> Option<Simple> {
    let mut chars = pattern.chars().peekable();
    let mut simple = Simple {
        start: false,
        items: Vec::new(),
        end: false,
    };
    if chars.peek() == Some(&'^') {
        chars.next();
        simple.start = true;
    }
    while let Some(c) = chars.next() {
        if simple.end {
            return None;
        }
        let one = match c {
            '$' => {
                simple.end = true;
                continue;
            }
            '.' => One::Any,
            '[' => {
                let mut inside = String::new();
                let not = chars.peek() == Some(&'^');
                if not {
                    chars.next();
                }
                loop {
                    match chars.next()? {
                        ']' if !inside.is_empty() => break,
                        '[' | '\\' | '^' | ']' => return None,
                        c => inside.push(c),
                    }
                }
                // A minus that stands for itself GLOB would read otherwise.
                let ranges = inside.chars().collect::<Vec<_>>();
                let lone = ranges.first() == Some(&'-') || ranges.last() == Some(&'-');
                if lone || !inside.is_ascii() {
                    return None;
                }
                One::Class(inside, not)
            }
            '\\' => match chars.next()? {
                'd' => One::Class("0-9".into(), false),
                'D' => One::Class("0-9".into(), true),
                c if c.is_ascii_punctuation() => One::Char(c),
                _ => return None,
            },
            '*' | '+' | '?' | '(' | ')' | '{' | '}' | '|' | '^' => return None,
            c => One::Char(c),
        };
        let times = match chars.peek() {
            Some('*') => Times::Any,
            Some('+') => Times::Some,
            Some('?' | '{') => return None,
            _ => Times::Once,
        };
        if times != Times::Once {
            chars.next();
            if matches!(chars.peek(), Some('?' | '*' | '+')) {
                return None;
            }
        }
        simple.items.push((one, times));
    }
    Some(simple)
}

/// The text that a pattern is.
fn text(simple: &Simple) -> Option<String> {
    if simple.start || simple.end || simple.items.is_empty() {
        return None;
    }
    let chars = simple.items.iter().map(|item| match item {
        (One::Char(c), Times::Once) => Some(*c),
        _ => None,
    });
    chars.collect()
}

/// A pattern for GLOB.
fn glob(items: &[(One, Times)]) -> Option<String> {
    let mut out = String::new();
    for (one, times) in items {
        match (one, times) {
            (One::Any, Times::Any) => out.push('*'),
            (One::Any, Times::Some) => out.push_str("?*"),
            (one, Times::Once) => match one {
                One::Any => out.push('?'),
                One::Char(c @ ('*' | '?' | '[')) => out.push_str(&format!("[{c}]")),
                One::Char(c) => out.push(*c),
                One::Class(inside, not) => {
                    out.push_str(&format!("[{}{inside}]", if *not { "^" } else { "" }))
                }
            },
            _ => return None,
        }
    }
    Some(out)
}

/// What tests a simple pattern of `$1`, or of its small letters.
fn test(simple: &Simple, subject: &str) -> Option<String> {
    // One class through and through.
    if let (true, true, [(One::Class(inside, not), times @ (Times::Any | Times::Some))]) =
        (simple.start, simple.end, simple.items.as_slice())
    {
        let other = string(&format!("*[{}{inside}]*", if *not { "" } else { "^" }));
        let none = format!("{subject} NOT GLOB {other}");
        return Some(match times {
            Times::Some => format!("{subject} <> '' AND {none}"),
            _ => none,
        });
    }
    let mut items = simple.items.clone();
    // At an open side once is as often as it likes.
    if let (false, Some((_, times @ Times::Some))) = (simple.end, items.last_mut()) {
        *times = Times::Once;
    }
    if let (false, Some((_, times @ Times::Some))) = (simple.start, items.first_mut()) {
        *times = Times::Once;
    }
    let pattern = glob(&items)?;
    let plain = items
        .iter()
        .all(|(one, times)| matches!((one, times), (One::Char(_), Times::Once)));
    if plain && simple.start && simple.end {
        let text: String = items
            .iter()
            .filter_map(|item| match item.0 {
                One::Char(c) => Some(c),
                _ => None,
            })
            .collect();
        return Some(format!("{subject} = {}", string(&text)));
    }
    let (before, after) = (
        if simple.start { "" } else { "*" },
        if simple.end { "" } else { "*" },
    );
    Some(format!(
        "{subject} GLOB {}",
        string(&format!("{before}{pattern}{after}"))
    ))
}

fn matches(call: &Call<'_>, flags: &str) -> Option<String> {
    let pattern = literal(call.args[1])?;
    let any_case = match flags {
        "" => false,
        "i" if pattern.is_ascii() && !pattern.contains(['[', '\\']) => true,
        _ => return None,
    };
    let (pattern, subject) = match any_case {
        true => (pattern.to_lowercase(), "lower($1)"),
        false => (pattern, "$1"),
    };
    let mut tests = Vec::new();
    // Alternatives at the outside; one inside brackets or behind a backslash is none.
    let parts: Vec<&str> = match pattern.contains(['[', '\\', '(']) {
        true => vec![&pattern],
        false => pattern.split('|').collect(),
    };
    for part in parts {
        let simple = parse(part)?;
        tests.push(test(&simple, subject)?);
    }
    let template = match tests.len() {
        1 => tests.pop()?,
        _ => tests.join(" OR "),
    };
    fill(&template, &call.args, call.place)
}

/// SIMILAR TO of a pattern that LIKE could say, with classes.
fn similar(call: &Call<'_>) -> Option<String> {
    let (pattern, escape) = (literal(call.args[1])?, literal(call.args[2])?);
    let escape = escape.chars().next();
    let mut items = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        items.push(match c {
            c if Some(c) == escape => (One::Char(chars.next()?), Times::Once),
            '%' => (One::Any, Times::Any),
            '_' => (One::Any, Times::Once),
            '[' => {
                let rest: String = chars.clone().collect();
                let end = rest.find(']')?;
                let inner = parse(&format!("[{}]", &rest[..end]))?;
                for _ in 0..=rest[..end].chars().count() {
                    chars.next();
                }
                inner.items.into_iter().next()?
            }
            '|' | '*' | '+' | '?' | '{' | '}' | '(' | ')' => return None,
            c => (One::Char(c), Times::Once),
        });
        if matches!(chars.peek(), Some('*' | '+' | '?' | '{')) {
            return None;
        }
    }
    let simple = Simple {
        start: true,
        items,
        end: true,
    };
    fill(&test(&simple, "$1")?, &call.args, call.place)
}

fn replaced(call: &Call<'_>, all: bool) -> Option<String> {
    let with = literal(call.args[2])?;
    if with.contains('\\') {
        return None;
    }
    let simple = parse(&literal(call.args[1])?)?;
    let with_text = string(&with);
    if let Some(plain) = text(&simple) {
        let (len, plain) = (plain.chars().count(), string(&plain));
        let template = match all {
            true => format!("replace($1, {plain}, {with_text})"),
            false => format!(
                "CASE WHEN instr($1, {plain}) > 0 THEN substr($1, 1, instr($1, {plain}) - 1) || {with_text} || substr($1, instr($1, {plain}) + {len}) ELSE $1 END"
            ),
        };
        return fill(&template, &call.args, call.place);
    }
    // Characters of one class, one by one or in runs.
    let ([(One::Class(inside, not), times @ (Times::Once | Times::Some))], true) =
        (simple.items.as_slice(), all)
    else {
        return None;
    };
    if simple.start || simple.end {
        return None;
    }
    let class = string(&format!("[{}{inside}]", if *not { "^" } else { "" }));
    let here = match times {
        Times::Some => format!(
            "CASE WHEN _n > 1 AND substr($1, _n - 1, 1) GLOB {class} THEN '' ELSE {with_text} END"
        ),
        _ => with_text,
    };
    let template = format!(
        "(WITH RECURSIVE _char(_n, _t) AS (SELECT 1, '' UNION ALL SELECT _n + 1, _t || CASE WHEN substr($1, _n, 1) GLOB {class} \
         THEN {here} ELSE substr($1, _n, 1) END FROM _char WHERE _n <= length($1)) SELECT _t FROM _char WHERE _n = length($1) + 1)"
    );
    fill(&template, &call.args, call.place)
}
