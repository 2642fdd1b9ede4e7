//! Regular expressions with PostgreSQL's meaning, by the `regex` crate.

use super::{Args, Cell, Given, Row, boolean, text};
use regex::{Captures, Match, Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_regexp_like", 2, |a| {
        boolean(pattern(&a.text(1)?, "")?.is_match(&a.text(0)?))
    }),
    ("rql_regexp_like", 3, |a| {
        boolean(pattern(&a.text(1)?, &a.text(2)?)?.is_match(&a.text(0)?))
    }),
    ("rql_similar", 3, |a| {
        let wanted = similar(&a.text(1)?, &a.text(2)?)?;
        boolean(pattern(&wanted, "")?.is_match(&a.text(0)?))
    }),
    ("rql_substring_regex", 2, |a| {
        let value = a.text(0)?;
        let found = to_take_out(&a.text(1)?, "")?;
        let Some(captures) = found.captures(&value) else {
            return Ok(Cell::Null);
        };
        let group = captures.get(usize::from(captures.len() > 1));
        Ok(group.map_or(Cell::Null, |m| text(m.as_str())))
    }),
    ("rql_regexp_replace", 3, |a| replaced(a, "")),
    ("rql_regexp_replace", 4, |a| replaced(a, &a.text(3)?)),
    ("rql_regexp_count", -1, |a| {
        let value = a.text(0)?;
        let from = start(a, 2, &value)?;
        let read = to_take_out(&a.text(1)?, &flags(a, 3)?)?;
        let (mut count, mut at) = (0, from);
        while let Some(found) = at.and_then(|at| read.find_at(&value, at)) {
            count += 1;
            at = behind_match(&value, found);
        }
        Ok(Cell::Integer(count))
    }),
    ("rql_regexp_substr", -1, |a| {
        let value = a.text(0)?;
        let found = nth(a, &value, 4, 5)?;
        Ok(found.map_or(Cell::Null, |m| text(&value[m.0..m.1])))
    }),
    ("rql_regexp_instr", -1, |a| {
        let value = a.text(0)?;
        let end = match a.len() {
            0..5 => 0,
            _ => a.int(4)?,
        };
        if !(0..=1).contains(&end) {
            return Err(format!("invalid value for parameter \"endoption\": {end}"));
        }
        let found = nth(a, &value, 5, 6)?;
        let before = |at: usize| i64::try_from(value[..at].chars().count()).unwrap_or(i64::MAX);
        let place = found.map_or(0, |m| before(if end == 1 { m.1 } else { m.0 }) + 1);
        Ok(Cell::Integer(place))
    }),
    ("rql_regexp_match", 2, |a| matched(a, "")),
    ("rql_regexp_match", 3, |a| matched(a, &a.text(2)?)),
    ("rql_regexp_split", 2, |a| split(a, "")),
    ("rql_regexp_split", 3, |a| split(a, &a.text(2)?)),
];

fn flags(a: &Args<'_, '_>, at: usize) -> Result<String, String> {
    let flags = match a.len() > at {
        true => a.text(at)?,
        false => String::new(),
    };
    match flags.contains('g') {
        true => Err("this function does not support the \"global\" option".into()),
        false => Ok(flags),
    }
}

/// The byte at which a search begins; the argument counts characters from 1. Behind the end there is nothing,
/// not even an empty match.
fn start(a: &Args<'_, '_>, at: usize, value: &str) -> Result<Option<usize>, String> {
    if a.len() <= at {
        return Ok(Some(0));
    }
    let from = usize::try_from(a.int(at)?).ok().filter(|&from| from > 0);
    let from = from.ok_or("invalid value for parameter \"start\"")?;
    let places = value.char_indices().map(|(place, _)| place);
    Ok(places.chain([value.len()]).nth(from - 1))
}

/// From where to where the n-th match goes, or a group of it: (text, pattern, start, n, …).
fn nth(
    a: &Args<'_, '_>,
    value: &str,
    flags_at: usize,
    group_at: usize,
) -> Result<Option<(usize, usize)>, String> {
    let from = start(a, 2, value)?;
    let n = if a.len() > 3 { a.int(3)? } else { 1 };
    let n = usize::try_from(n).ok().filter(|&n| n > 0);
    let n = n.ok_or("invalid value for parameter \"n\"")?;
    let group = if a.len() > group_at {
        a.int(group_at)?
    } else {
        0
    };
    let group = usize::try_from(group).map_err(|_| "invalid value for parameter \"subexpr\"")?;
    let read = to_take_out(&a.text(1)?, &flags(a, flags_at)?)?;
    let mut found = None;
    let mut at = from;
    for _ in 0..n {
        found = at.and_then(|at| read.captures_at(value, at));
        let Some(whole) = found.as_ref().and_then(|captures| captures.get(0)) else {
            return Ok(None);
        };
        at = behind_match(value, whole);
    }
    // A pattern without groups is one itself.
    let group = if read.captures_len() == 1 && group == 1 {
        0
    } else {
        group
    };
    let found = found.and_then(|captures| captures.get(group));
    Ok(found.map(|m| (m.start(), m.end())))
}

/// Where the next match is looked for: behind the last one, a character further where that is empty. An empty
/// one may follow another at once, as in PostgreSQL (regexp.c).
fn behind_match(value: &str, found: Match<'_>) -> Option<usize> {
    let end = found.end();
    if !found.is_empty() {
        return Some(end);
    }
    value[end..].chars().next().map(|c| end + c.len_utf8())
}

/// The groups of the first match as an array; the whole where there are none.
fn matched(a: &Args<'_, '_>, flags: &str) -> Given {
    if flags.contains('g') {
        return Err("regexp_match() does not support the \"global\" option".into());
    }
    let value = a.text(0)?;
    let read = to_take_out(&a.text(1)?, flags)?;
    let Some(captures) = read.captures(&value) else {
        return Ok(Cell::Null);
    };
    let groups = captures.iter().skip(usize::from(captures.len() > 1));
    let groups = groups.map(|group| group.map_or(serde_json::Value::Null, |m| m.as_str().into()));
    Ok(text(serde_json::Value::Array(groups.collect()).to_string()))
}

/// The pieces between matches as an array; an empty match at an end, or behind another, splits nothing.
fn split(a: &Args<'_, '_>, flags: &str) -> Given {
    let value = a.text(0)?;
    let (mut pieces, mut from) = (Vec::new(), 0);
    for found in to_take_out(&a.text(1)?, flags)?.find_iter(&value) {
        let empty = found.is_empty();
        if empty && (found.start() == from || found.start() == value.len()) {
            continue;
        }
        pieces.push(serde_json::Value::from(&value[from..found.start()]));
        from = found.end();
    }
    pieces.push(value[from..].into());
    Ok(text(serde_json::Value::Array(pieces).to_string()))
}

/// A pattern that has been read. It is shared: a copy of a `Regex` begins without what its searches have learned.
pub(super) struct Pattern {
    regex: Regex,
    /// Whether what it matches depends on the engine, once somebody asks.
    competes: OnceCell<bool>,
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.regex
    }
}

thread_local! {
    /// Patterns that have been read; a query has few.
    static READ: RefCell<HashMap<String, Rc<Pattern>>> = RefCell::default();
}

/// How many patterns are kept.
const KEPT: usize = 64;

pub(super) fn pattern(source: &str, flags: &str) -> Result<Rc<Pattern>, String> {
    let key = format!("{flags}/{source}");
    if let Some(found) = READ.with_borrow(|read| read.get(&key).cloned()) {
        return Ok(found);
    }
    let mut builder = RegexBuilder::new(&translated(source)?);
    // A dot is any character, and ^ and $ are the ends of the text, where no flag says otherwise.
    builder.dot_matches_new_line(true);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'c' => builder.case_insensitive(false),
            'n' | 'm' => builder.multi_line(true).dot_matches_new_line(false),
            'p' => builder.dot_matches_new_line(false),
            'w' => builder.multi_line(true),
            'x' => builder.ignore_whitespace(true),
            's' | 'g' => &mut builder,
            other => return Err(format!("invalid regular expression option: \"{other}\"")),
        };
    }
    let wrong = |_| "invalid regular expression, or one that is not understood here".to_owned();
    let read = Rc::new(Pattern {
        regex: builder.build().map_err(wrong)?,
        competes: OnceCell::new(),
    });
    READ.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, read.clone());
    });
    Ok(read)
}

/// What `iswspace` of glibc says yes to: no space that keeps words together, nor U+0085.
const SPACES: &str =
    r"\t-\r \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200A}\x{2028}\x{2029}\x{205F}\x{3000}";

/// PostgreSQL's escapes in the crate's spelling.
fn translated(source: &str) -> Result<String, String> {
    if source.starts_with("***") {
        return Err("invalid regular expression: a prefix that is not understood here".into());
    }
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('m') if !class => out.push_str(r"\b{start}"),
                Some('M') if !class => out.push_str(r"\b{end}"),
                Some('y') if !class => out.push_str(r"\b"),
                Some('Y') if !class => out.push_str(r"\B"),
                Some('Z') if !class => out.push_str(r"\z"),
                Some('s') => out.push_str(&format!("[{SPACES}]")),
                Some('S') => out.push_str(&format!("[^{SPACES}]")),
                // A backspace and a backslash there, no ends of words.
                Some('b') => out.push_str(r"\x08"),
                Some('B') => out.push_str(r"\\"),
                Some('1'..='9') if !class => {
                    return Err("a back reference is not understood here".into());
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => return Err("invalid regular expression: invalid escape sequence".into()),
            },
            '[' if class => {
                // A named class knows all letters, a bracket alone is a character.
                if matches!(chars.peek(), Some(':')) {
                    let name: String = chars.by_ref().take_while(|&c| c != ']').collect();
                    out.push_str(&named_class(&name));
                } else {
                    out.push_str("\\[");
                }
            }
            '[' => {
                class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    out.extend(chars.next());
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                    out.push_str("\\]");
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            '&' | '~' | '-' if class && chars.peek() == Some(&c) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    Ok(out)
}

/// A class as `:alpha:` in the crate's spelling, where it knows ASCII alone.
fn named_class(name: &str) -> String {
    let (not, plain) = match name.strip_prefix(":^") {
        Some(plain) => (true, plain),
        None => (false, name.trim_start_matches(':')),
    };
    let class = match (plain.trim_end_matches(':'), not) {
        ("alpha", false) => r"\p{Alphabetic}",
        ("alpha", true) => r"\P{Alphabetic}",
        ("lower", false) => r"\p{Lowercase}",
        ("upper", false) => r"\p{Uppercase}",
        ("alnum", false) => r"\p{Alphabetic}\p{Nd}",
        ("space", false) => r"\s",
        ("space", true) => r"\S",
        ("punct", false) => r"\p{P}\p{S}",
        _ => return format!("[{name}]"),
    };
    class.to_owned()
}

/// A pattern whose matches are taken out. Which they are depends on the engine where alternatives of different lengths
/// or reluctant repetitions compete: PostgreSQL takes the longest.
fn to_take_out(source: &str, flags: &str) -> Result<Rc<Pattern>, String> {
    let read = pattern(source, flags)?;
    let competes = read.competes.get_or_init(|| {
        let source = translated(source).unwrap_or_default();
        let hir = ParserBuilder::new().build().parse(&source);
        hir.is_ok_and(|hir| competes(&hir))
    });
    match competes {
        false => Ok(read),
        true => {
            let message =
                "a match of alternatives or reluctant repetitions cannot be taken out on SQLite";
            Err(message.into())
        }
    }
}

fn competes(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Alternation(all) => {
            let length = |hir: &Hir| {
                let properties = hir.properties();
                (properties.minimum_len(), properties.maximum_len())
            };
            let first = all.first().map(length);
            let fixed = first.is_some_and(|(least, most)| least == most);
            !fixed
                || all
                    .iter()
                    .any(|hir| Some(length(hir)) != first || competes(hir))
        }
        HirKind::Repetition(repetition) => !repetition.greedy || competes(&repetition.sub),
        HirKind::Capture(capture) => competes(&capture.sub),
        HirKind::Concat(all) => all.iter().any(competes),
        _ => false,
    }
}

fn replaced(a: &Args<'_, '_>, flags: &str) -> Given {
    let (value, by) = (a.text(0)?, a.text(2)?);
    let found = to_take_out(&a.text(1)?, flags)?;
    let expand = |captures: &Captures<'_>| {
        let mut out = String::new();
        let mut chars = by.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('&') => out.push_str(&captures[0]),
                Some(digit @ '1'..='9') => {
                    let at = digit.to_digit(10).unwrap_or(0) as usize;
                    out.push_str(captures.get(at).map_or("", |m| m.as_str()));
                }
                Some('\\') | None => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
            }
        }
        out
    };
    let (mut done, mut copied, mut at) = (String::new(), 0, Some(0));
    while let Some(captures) = at.and_then(|at| found.captures_at(&value, at)) {
        let Some(whole) = captures.get(0) else { break };
        done.push_str(&value[copied..whole.start()]);
        done.push_str(&expand(&captures));
        copied = whole.end();
        at = behind_match(&value, whole).filter(|_| flags.contains('g'));
    }
    done.push_str(&value[copied..]);
    Ok(text(done))
}

/// A pattern of SIMILAR TO as a regular expression.
fn similar(source: &str, escape: &str) -> Result<String, String> {
    let mut marks = escape.chars();
    let (mark, more) = (marks.next(), marks.next());
    if more.is_some() {
        return Err("invalid escape string".into());
    }
    let mut out = String::from("^(?:");
    let mut chars = source.chars();
    let mut class = false;
    while let Some(c) = chars.next() {
        if Some(c) == mark {
            let next = chars.next().unwrap_or('\\');
            if next.is_alphanumeric() {
                out.push(next);
            } else {
                out.extend(['\\', next]);
            }
            continue;
        }
        match c {
            '[' => class = true,
            ']' => class = false,
            _ => {}
        }
        match c {
            '%' if !class => out.push_str(".*"),
            '_' if !class => out.push('.'),
            '.' | '^' | '$' if !class => out.extend(['\\', c]),
            '\\' => out.push_str("\\\\"),
            '(' if !class => out.push_str("(?:"),
            _ => out.push(c),
        }
    }
    out.push_str(")$");
    Ok(out)
}
