//! PostgreSQL's regular expressions in the spelling of RE2, which DuckDB has.

/// Letters, digits and spaces of all scripts, inside brackets; RE2's own names know ASCII alone. Spaces that do
/// not break a line are none to PostgreSQL.
const LETTER: &str = r"\pL";
const LETTER_OR_DIGIT: &str = r"\pL\p{Nd}";
const WORD: &str = r"\pL\p{Nd}_";
const SPACE: &str =
    r"\s\x0b\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}";

/// The same of a pattern of which only is asked whether it is found: a word may begin where it begins, and end
/// where it ends.
pub(super) fn words(pattern: &str) -> Option<String> {
    let (begins, rest) = match pattern.strip_prefix("\\m") {
        Some(rest) => (format!("(?:^|[^{WORD}])"), rest),
        None => (String::new(), pattern),
    };
    let (ends, rest) = match rest
        .strip_suffix("\\M")
        .filter(|rest| !rest.ends_with('\\'))
    {
        Some(rest) => (format!("(?:$|[^{WORD}])"), rest),
        None => (String::new(), rest),
    };
    let alone = begins.is_empty() && ends.is_empty();
    // Beside a letter of the word the end of a word can be no other one.
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let sure = (begins.is_empty() || letter(rest.chars().next()))
        && (ends.is_empty() || letter(rest.chars().last()));
    (alone || sure && !rest.contains('|')).then_some(())?;
    Some(format!("{begins}{}{ends}", re2(rest)?))
}

/// The pattern; `None` where it has what RE2 lacks or means otherwise.
pub(super) fn re2(pattern: &str) -> Option<String> {
    if pattern.starts_with("***") || pattern.contains("(?") {
        return None;
    }
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next()?;
                let (set, not) = match escaped {
                    'd' | 'D' => ("0-9", escaped == 'D'),
                    'w' | 'W' => (WORD, escaped == 'W'),
                    's' | 'S' => (SPACE, escaped == 'S'),
                    'n' | 't' | 'r' => {
                        out.extend(['\\', escaped]);
                        continue;
                    }
                    mark if mark.is_ascii_punctuation() => {
                        out.extend(['\\', mark]);
                        continue;
                    }
                    _ => return None,
                };
                match (class, not) {
                    (true, true) => return None,
                    (true, false) => out.push_str(set),
                    (false, true) => out.push_str(&format!("[^{set}]")),
                    (false, false) => out.push_str(&format!("[{set}]")),
                }
            }
            '[' if class => match chars.peek() {
                Some(':') => {
                    let name: String = chars.by_ref().take_while(|&c| c != ']').collect();
                    out.push_str(match name.as_str() {
                        ":alpha:" => LETTER,
                        ":alnum:" => LETTER_OR_DIGIT,
                        ":digit:" => "0-9",
                        ":lower:" => r"\p{Ll}",
                        ":upper:" => r"\p{Lu}",
                        ":space:" => SPACE,
                        ":xdigit:" => "0-9A-Fa-f",
                        _ => return None,
                    });
                }
                Some('.' | '=') => return None,
                _ => out.push_str("\\["),
            },
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
            _ => out.push(c),
        }
    }
    Some(out)
}
