//! Calls of nothing but constants, which a session computes when the text is written.

use super::{FUNCTIONS, Fold, called};

/// Words that a constant expression may have beside the names of functions.
const WORDS: &[&str] = &[
    "CAST", "AS", "INTEGER", "REAL", "TEXT", "BLOB", "NULL", "TRUE", "FALSE", "X",
];

/// Functions that give another value each time, count what a statement does, or give a key that a session has
/// otherwise.
const OPEN: &[&str] = &[
    "rql_random",
    "rql_sampled",
    "rql_uuid4",
    "rql_once",
    "rql_num_key",
    "rql_interval_key",
];

/// What a constant expression with a call gives.
pub(super) fn folded(text: &str, fold: &Fold<'_>) -> Option<String> {
    let calls = called(text);
    (!calls.is_empty() && is_constant(text)).then(|| fold(text))?
}

/// True where no row, no parameter and no clock has a say.
fn is_constant(text: &str) -> bool {
    // What stands between quotes is a value.
    let plain: String = text.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let mut word = String::new();
    for c in plain.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if matches!(c, '?' | '$' | ':' | '@' | '"') || !is_open_word(&word, c) {
            return false;
        }
        word.clear();
    }
    true
}

/// True for a word that a constant may have, where `next` stands behind it.
fn is_open_word(word: &str, next: char) -> bool {
    let number = word.starts_with(|c: char| c.is_ascii_digit());
    if word.is_empty() || number || WORDS.contains(&word) {
        return true;
    }
    let own = FUNCTIONS.iter().find(|function| function.name == word);
    next == '(' && own.is_some_and(|own| !own.aggregate) && !OPEN.contains(&word)
}
