//! Names and values as they are written in SQL, and `format`, which puts them into a text.

use super::{Args, Cell, Row, text};
use rql::KEYWORDS;
use rql_ast::quoted_name;
use rusqlite::types::ValueRef as Arg;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_quote_literal", 1, |a| Ok(text(literal(&a.text(0)?)))),
    ("rql_quote_ident", 1, |a| Ok(text(name(&a.text(0)?)))),
];

/// Functions that see their NULLs.
pub(super) const LENIENT: &[Row] = &[
    ("rql_quote_nullable", 1, |a| {
        Ok(text(match a.raw(0) {
            Arg::Null => "NULL".to_owned(),
            _ => literal(&a.text(0)?),
        }))
    }),
    ("rql_format", -1, |a| match a.raw(0) {
        Arg::Null => Ok(Cell::Null),
        _ => filled(a).map(text),
    }),
];

fn literal(value: &str) -> String {
    let mark = if value.contains('\\') { "E" } else { "" };
    let doubled = value.replace('\\', "\\\\").replace('\'', "''");
    format!("{mark}'{doubled}'")
}

fn name(value: &str) -> String {
    let mut bytes = value.bytes();
    let first = bytes
        .next()
        .is_some_and(|b| b == b'_' || b.is_ascii_lowercase());
    let plain = bytes.all(|b| matches!(b, b'_' | b'a'..=b'z' | b'0'..=b'9'));
    if first && plain && !KEYWORDS.contains(&value) {
        return value.to_owned();
    }
    quoted_name(value)
}

/// What stands in the place of `%1$-10s` and its kin.
struct Place {
    /// The argument, where it is written.
    at: Option<usize>,
    left: bool,
    width: Width,
    kind: char,
}

enum Width {
    None,
    Fixed(i64),
    /// An argument says it: the next one, or that of a number.
    Given(Option<usize>),
}

const UNENDED: &str = "unterminated format() type specifier";

fn filled(a: &Args<'_, '_>) -> Result<String, String> {
    let form = a.text(0)?;
    let mut chars = form.chars().peekable();
    let mut out = String::new();
    let mut next = 1;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.next_if_eq(&'%').is_some() {
            out.push('%');
            continue;
        }
        let place = place(&mut chars)?;
        let mut width = match place.width {
            Width::None => 0,
            Width::Fixed(width) => width,
            Width::Given(at) => {
                let at = taken(&mut next, at, a)?;
                match a.raw(at) {
                    Arg::Null => 0,
                    _ => a
                        .text(at)?
                        .parse()
                        .map_err(|_| "invalid input syntax for type integer")?,
                }
            }
        };
        let at = taken(&mut next, place.at, a)?;
        let null = a.raw(at) == Arg::Null;
        let value = match place.kind {
            's' if null => String::new(),
            's' => a.text(at)?,
            'L' if null => "NULL".into(),
            'L' => literal(&a.text(at)?),
            _ if null => return Err("null values cannot be formatted as an SQL identifier".into()),
            _ => name(&a.text(at)?),
        };
        let left = place.left || width < 0;
        width = width.abs();
        let has = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
        let fill = " ".repeat(usize::try_from((width - has).clamp(0, 1 << 28)).unwrap_or(0));
        let (before, behind) = if left { ("", &*fill) } else { (&*fill, "") };
        out.extend([before, &value, behind]);
    }
    Ok(out)
}

/// The argument of a place: the one that it names, or the next; those behind it follow.
fn taken(next: &mut usize, named: Option<usize>, a: &Args<'_, '_>) -> Result<usize, String> {
    let at = named.unwrap_or(*next);
    if at == 0 {
        return Err("format specifies argument 0, but arguments are numbered from 1".into());
    }
    if at >= a.len() {
        return Err("too few arguments for format()".into());
    }
    *next = at + 1;
    Ok(at)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn digits(chars: &mut Chars<'_>) -> Option<usize> {
    let mut text = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        text.push(digit);
    }
    text.parse().ok()
}

fn place(chars: &mut Chars<'_>) -> Result<Place, String> {
    let mut place = Place {
        at: None,
        left: false,
        width: Width::None,
        kind: ' ',
    };
    let fixed = |width: usize| Width::Fixed(i64::try_from(width).unwrap_or(i64::MAX));
    if let Some(number) = digits(chars) {
        match chars.next_if_eq(&'$') {
            Some(_) => place.at = Some(number),
            None => place.width = fixed(number),
        }
    }
    while chars.next_if_eq(&'-').is_some() {
        place.left = true;
    }
    if chars.next_if_eq(&'*').is_some() {
        let at = digits(chars);
        if at.is_some() && chars.next_if_eq(&'$').is_none() {
            return Err("width argument position must be ended by \"$\"".into());
        }
        place.width = Width::Given(at);
    } else if let Some(width) = digits(chars) {
        place.width = fixed(width);
    }
    place.kind = chars.next().ok_or(UNENDED)?;
    match place.kind {
        's' | 'I' | 'L' => Ok(place),
        other => Err(format!("unrecognized format() type specifier \"{other}\"")),
    }
}
