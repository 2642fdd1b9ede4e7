//! What names, strings and parameters say, from how they are written.

use std::borrow::Cow;

/// A parameter as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Param<'a> {
    /// `?`: the next positional one.
    Next,
    /// `$1`, `?1`: by position, counted from one.
    Position(u32),
    /// `:name`, `@name`, `$name`.
    Name(&'a str),
}

/// Reads a parameter; a number too large counts as the largest.
pub(crate) fn param(text: &str) -> Param<'_> {
    let rest = text.get(1..).unwrap_or("");
    if rest.is_empty() {
        Param::Next
    } else if rest.bytes().all(|b| b.is_ascii_digit()) {
        Param::Position(rest.parse().unwrap_or(u32::MAX))
    } else {
        Param::Name(rest)
    }
}

/// A text as a literal of SQL: in single quotes, those inside it doubled. Every engine reads it so but MySQL's own default, which
/// sessions turn off (`NO_BACKSLASH_ESCAPES`).
#[must_use]
pub fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as RQL and the SQL standard quote it, which keeps its capitals.
#[must_use]
pub fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What a name says: without quotes, or folded to lower case where it has none.
///
/// Folding is ASCII only, as PostgreSQL folds in a UTF-8 database.
#[must_use]
pub fn fold_name(text: &str) -> Cow<'_, str> {
    let quote = match text.as_bytes().first() {
        Some(b'"') => '"',
        Some(b'`') => '`',
        Some(b'[') => ']',
        Some(b'\'') => return string_value(text),
        _ if text.bytes().any(|b| b.is_ascii_uppercase()) => {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        _ => return Cow::Borrowed(text),
    };
    let inner = text.get(1..text.len() - 1).unwrap_or("");
    undouble(inner, quote)
}

fn undouble(inner: &str, quote: char) -> Cow<'_, str> {
    if inner.contains(quote) {
        let mut double = String::new();
        double.push(quote);
        double.push(quote);
        let mut single = [0; 4];
        Cow::Owned(inner.replace(&double, quote.encode_utf8(&mut single)))
    } else {
        Cow::Borrowed(inner)
    }
}

/// The value of a string literal: `'…'`, `E'…'`, `U&'…'`, `N'…'`, `$tag$…$tag$`, or several
/// literals on lines of their own, which SQL reads as one.
pub(crate) fn string_value(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'$') {
        let tag = text[1..].find('$').map_or(1, |at| at + 2);
        return Cow::Borrowed(text.get(tag..text.len().saturating_sub(tag)).unwrap_or(""));
    }
    let open = text.find('\'').unwrap_or(0);
    let prefix = &text[..open];
    let escapes = matches!(prefix, "E" | "e");
    let (first, rest) = split_literal(&text[open..], escapes);
    let mut value = unescape(prefix, first);
    let mut rest = rest;
    while let Some(at) = rest.find('\'') {
        let (next, after) = split_literal(&rest[at..], escapes);
        value.to_mut().push_str(&unescape(prefix, next));
        rest = after;
    }
    value
}

/// Splits `'…' more` into what stands between the quotes and what comes after.
fn split_literal(text: &str, escapes: bool) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 1,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 1,
            b'\'' => return (&text[1..at], &text[at + 1..]),
            _ => {}
        }
        at += 1;
    }
    (text.get(1..text.len().max(2) - 1).unwrap_or(""), "")
}

fn unescape<'a>(prefix: &str, inner: &'a str) -> Cow<'a, str> {
    match prefix {
        "E" | "e" if inner.contains(['\\', '\'']) => Cow::Owned(backslashes(inner)),
        "U&" | "u&" if inner.contains(['\\', '\'']) => Cow::Owned(code_points(inner)),
        _ => undouble(inner, '\''),
    }
}

/// Escapes of `E'…'` (PostgreSQL manual, 4.1.2.2); an escape that says nothing stands for itself.
fn backslashes(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                chars.next_if_eq(&'\'');
                out.push('\'');
            }
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('b') => out.push('\u{8}'),
                Some('f') => out.push('\u{c}'),
                Some('x') => out.push(code(&mut chars, 16, 2).unwrap_or('x')),
                Some('u') => out.push(code(&mut chars, 16, 4).unwrap_or('u')),
                Some('U') => out.push(code(&mut chars, 16, 8).unwrap_or('U')),
                Some(d @ '0'..='7') => {
                    let mut value = d.to_digit(8).unwrap_or(0);
                    for _ in 0..2 {
                        let Some(d) = chars.peek().and_then(|c| c.to_digit(8)) else {
                            break;
                        };
                        value = value * 8 + d;
                        chars.next();
                    }
                    out.push(char::from_u32(value).unwrap_or('\u{fffd}'));
                }
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}

/// Escapes of `U&'…'` (PostgreSQL manual, 4.1.2.3).
fn code_points(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                chars.next_if_eq(&'\'');
                out.push('\'');
            }
            '\\' if chars.next_if_eq(&'\\').is_some() => out.push('\\'),
            '\\' => {
                let digits = if chars.next_if_eq(&'+').is_some() {
                    6
                } else {
                    4
                };
                out.push(code(&mut chars, 16, digits).unwrap_or('\\'));
            }
            other => out.push(other),
        }
    }
    out
}

fn code(
    chars: &mut core::iter::Peekable<core::str::Chars<'_>>,
    radix: u32,
    digits: usize,
) -> Option<char> {
    let mut value = None;
    for _ in 0..digits {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        value = Some(value.unwrap_or(0u32).wrapping_mul(radix) + digit);
        chars.next();
    }
    value.and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::{Param, fold_name, param, string_value};

    #[test]
    fn names_fold_unless_quoted() {
        assert_eq!(fold_name("Total"), "total");
        assert_eq!(fold_name("\"To\"\"tal\""), "To\"tal");
        assert_eq!(fold_name("[Order Details]"), "Order Details");
        assert_eq!(fold_name("`a``b`"), "a`b");
    }

    #[test]
    fn strings_say_what_postgresql_reads() {
        assert_eq!(string_value("'it''s'"), "it's");
        assert_eq!(string_value(r"'a\nb'"), r"a\nb");
        assert_eq!(string_value(r"E'a\nb\x41\u00e9\101'"), "a\nbAéA");
        assert_eq!(string_value(r"U&'d\0061t\+000061'"), "data");
        assert_eq!(string_value("$$it's$$"), "it's");
        assert_eq!(string_value("$q$a$$b$q$"), "a$$b");
        assert_eq!(string_value("'a'\n  'b'"), "ab");
    }

    #[test]
    fn parameters_by_place_and_name() {
        assert_eq!(param("?"), Param::Next);
        assert_eq!(param("?3"), Param::Position(3));
        assert_eq!(param("$12"), Param::Position(12));
        assert_eq!(param(":dept"), Param::Name("dept"));
        assert_eq!(param("@v"), Param::Name("v"));
    }
}
