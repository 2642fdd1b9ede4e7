//! A call in a text: its name and its arguments.

use super::fill::Place;
use super::{FUNCTIONS, called};
pub(super) use rql_ast::text_literal as quoted;

/// A call of a function.
#[derive(Clone, Debug)]
pub(crate) struct Call<'t> {
    /// The function.
    pub(super) name: &'t str,
    /// Its arguments, as they stand.
    pub(super) args: Vec<&'t str>,
    /// FILTER and OVER behind an aggregate.
    pub(super) tail: &'t str,
    /// Where it ends in the text, with them.
    pub(super) end: usize,
    /// Where the text stands.
    pub(super) place: Place,
}

impl<'t> Call<'t> {
    /// The call of `name` that begins at a byte of a text.
    pub(super) fn at(text: &'t str, name: &'t str, at: usize) -> Option<Self> {
        let open = at + name.len();
        let inner = &text[open + 1..];
        let close = closing(inner)?;
        let end = open + 1 + close + 1;
        let aggregate = FUNCTIONS.iter().any(|f| f.aggregate && f.name == name);
        let tail = if aggregate { tail(&text[end..])? } else { "" };
        Some(Self {
            name,
            args: split(&inner[..close]),
            tail,
            end: end + tail.len(),
            place: Place::Query,
        })
    }

    /// FILTER and OVER, as they stand behind the call.
    pub(super) fn tail(&self) -> &'t str {
        self.tail
    }

    /// The arguments from one on, with what stands in the last: an order.
    pub(super) fn rest(&self, from: usize) -> String {
        self.args.get(from..).unwrap_or_default().join(", ")
    }

    /// The call that a text is.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let &(name, at) = called(text).first()?;
        let call = Self::at(text, name, at).filter(|_| at == 0)?;
        (call.end == text.len()).then_some(call)
    }
}

/// FILTER and OVER at the beginning of a text.
fn tail(text: &str) -> Option<&str> {
    let mut end = 0;
    for word in [" FILTER (", " OVER ("] {
        if let Some(inner) = text[end..].strip_prefix(word) {
            end += word.len() + closing(inner)? + 1;
        }
    }
    if let Some(name) = text[end..].strip_prefix(" OVER ") {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        end += 6 + name.find(|c| !word(c)).unwrap_or(name.len());
    }
    Some(&text[..end])
}

/// What an aggregate takes, and the order behind it.
pub(super) fn ordered(text: &str) -> (&str, &str) {
    const WORDS: &str = " ORDER BY ";
    let mut depth = 0;
    for (at, c) in outside_quotes(text) {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 && text[at..].starts_with(WORDS) {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// Where the parenthesis closes before which a text begins.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in outside_quotes(text) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Arguments, which commas part.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0, 0);
    let mut args = Vec::new();
    for (at, c) in outside_quotes(text) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                args.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !(last.is_empty() && args.is_empty()) {
        args.push(last);
    }
    args
}

/// The characters of a text that stand in no quotes.
pub(super) fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    text.char_indices().filter(move |&(_, c)| match quote {
        Some(open) => {
            if c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '\'' | '"') => {
            quote = Some(c);
            false
        }
        None => true,
    })
}

/// The texts of a written array of them.
pub(super) fn texts(arg: &str) -> Option<Vec<Option<String>>> {
    if let Some(json) = literal(arg) {
        return serde_json::from_str(&json).ok();
    }
    let inner = arg.strip_prefix("json_array(")?.strip_suffix(')')?;
    let items = split(inner).into_iter().map(|item| match item {
        "NULL" => Some(None),
        item => literal(item).map(Some),
    });
    items.collect()
}

/// The text that a literal is; `None` where an argument is no literal of a text.
pub(super) fn literal(arg: &str) -> Option<String> {
    let inner = arg.strip_prefix('\'')?.strip_suffix('\'')?;
    let lone = inner.replace("''", "").contains('\'');
    (!lone).then(|| inner.replace("''", "'"))
}

/// The number that a literal is.
pub(super) fn integer(arg: &str) -> Option<i64> {
    let inner = arg.strip_prefix('(').and_then(|arg| arg.strip_suffix(')'));
    inner.unwrap_or(arg).parse().ok()
}
