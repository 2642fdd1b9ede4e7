//! PostgreSQL's text of arrays: `{1,NULL,"a b"}`, `{{1,2},{3,4}}`.

/// What may stand around an element; other blanks are part of it.
const BLANK: &[char] = &[' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];

/// An array's text, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrayText {
    /// NULL without quotes.
    Null,
    /// An element's text.
    Leaf(String),
    /// The elements between braces.
    List(Vec<Self>),
}

/// More dimensions than PostgreSQL has are refused.
const MOST_DIMENSIONS: usize = 6;

/// Reads an array's text; `None` where it is none, or its parts are not of one size.
#[must_use]
pub fn read_array(text: &str) -> Option<ArrayText> {
    let mut rest = text.trim_matches(BLANK);
    let list = list(&mut rest, MOST_DIMENSIONS)?;
    (rest.trim_matches(BLANK).is_empty() && is_even(&list)).then_some(list)
}

fn list(rest: &mut &str, depth: usize) -> Option<ArrayText> {
    *rest = rest.strip_prefix('{')?.trim_start_matches(BLANK);
    let mut items = Vec::new();
    if let Some(behind) = rest.strip_prefix('}') {
        *rest = behind;
        return Some(ArrayText::List(items));
    }
    loop {
        items.push(item(rest, depth)?);
        *rest = rest.trim_start_matches(BLANK);
        if let Some(behind) = rest.strip_prefix(',') {
            *rest = behind.trim_start_matches(BLANK);
        } else {
            *rest = rest.strip_prefix('}')?;
            return Some(ArrayText::List(items));
        }
    }
}

fn item(rest: &mut &str, depth: usize) -> Option<ArrayText> {
    if rest.starts_with('{') {
        return list(rest, depth.checked_sub(1)?);
    }
    if let Some(quoted) = rest.strip_prefix('"') {
        let (value, behind) = escaped(quoted, |c| c == '"')?;
        *rest = behind.strip_prefix('"')?;
        return Some(ArrayText::Leaf(value));
    }
    let (value, behind) = escaped(rest, |c| matches!(c, ',' | '}'))?;
    let plain = rest[..rest.len() - behind.len()].trim_end_matches(BLANK);
    *rest = behind;
    let value = value.trim_end_matches(BLANK);
    if value.is_empty() || plain.contains(['"', '{']) {
        return None;
    }
    Some(match plain.eq_ignore_ascii_case("null") {
        true => ArrayText::Null,
        false => ArrayText::Leaf(value.to_owned()),
    })
}

/// The text up to an ending, without the backslashes that let it hold anything.
fn escaped(text: &str, ends: impl Fn(char) -> bool) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            c if ends(c) => return Some((value, &text[at..])),
            c => value.push(c),
        }
    }
    None
}

/// Every part has as many elements as its neighbours.
fn is_even(array: &ArrayText) -> bool {
    let ArrayText::List(items) = array else {
        return true;
    };
    let size = |item: &ArrayText| match item {
        ArrayText::List(inner) => Some(inner.len()),
        _ => None,
    };
    items
        .windows(2)
        .all(|pair| size(&pair[0]) == size(&pair[1]))
        && items.iter().all(is_even)
}

#[cfg(test)]
mod tests {
    use super::{ArrayText as A, read_array};

    // Expected: PostgreSQL 15, '…'::text[].
    #[test]
    fn texts_are_read_as_postgresql_reads_them() {
        let leaf = |text: &str| A::Leaf(text.into());
        let read = |text| read_array(text);
        assert_eq!(read("{}"), Some(A::List(vec![])));
        assert_eq!(
            read(r#" { a b , NULL,"NULL", "x\"y,}" } "#),
            Some(A::List(vec![
                leaf("a b"),
                A::Null,
                leaf("NULL"),
                leaf("x\"y,}")
            ]))
        );
        let nested = A::List(vec![A::List(vec![leaf("1")]), A::List(vec![leaf("2")])]);
        assert_eq!(read("{{1},{2}}"), Some(nested));
        for wrong in ["", "1,2", "{1", "{1,}", "{{1},{2,3}}", "{1}x", "{1,{2}}"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
