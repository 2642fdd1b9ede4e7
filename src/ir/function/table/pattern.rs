//! Patterns and regular expressions.

use crate::Func;
use crate::function::words::*;

/// Two texts of which the second matches the first.
macro_rules! matching {
    () => {
        [sig(&[T, T], BOOL)]
    };
}

rows! { PATTERN_ROWS: Func, Pattern {
    Like ["~~"] "text LIKE text [ESCAPE text] → boolean" Strict matching!(),
        Special(6) [N, N, N, U, W, U],
        "text is as a pattern says: _ a character, % any", "'größe' LIKE 'gr__e'" = "t";
    NotLike ["!~~"] "text NOT LIKE text [ESCAPE text] → boolean" Strict matching!(),
        Special(6) [N, N, N, U, W, U],
        "text is not as a pattern says", "'größe' NOT LIKE 'Gr%'" = "t";
    ILike ["~~*"] "text ILIKE text [ESCAPE text] → boolean" Strict matching!(),
        Special(6) [W, N, N, U, W, U],
        "text is as a pattern says, in any case", "'Größe' ILIKE 'grö%'" = "t";
    NotILike ["!~~*"] "text NOT ILIKE text [ESCAPE text] → boolean" Strict matching!(),
        Special(6) [W, N, N, U, W, U],
        "text is not as a pattern says, in any case", "'Größe' NOT ILIKE 'grö%'" = "f";
    SimilarTo ["SIMILAR TO"] "text SIMILAR TO text [ESCAPE text] → boolean" Strict [],
        Special(6) [W, W, N, U, W, U],
        "text is as a pattern of the standard says", "'abc' SIMILAR TO '(a|x)b%'" = "t";
    NotSimilarTo ["NOT SIMILAR TO"] "text NOT SIMILAR TO text [ESCAPE text] → boolean" Strict [],
        Special(6) [W, W, N, U, W, U],
        "text is not as a pattern of the standard says", "'abc' NOT SIMILAR TO 'a|b'" = "t";
    Matches ["~"] Strict matching!(),
        Infix("~", 7) [W, W, N, U, W, U],
        "text matches a regular expression", "'größe' ~ 'ö.'" = "t";
    MatchesAnyCase ["~*"] Strict matching!(),
        Infix("~*", 7) [W, W, N, U, W, U],
        "text matches a regular expression, in any case", "'Noctra' ~* '^noc'" = "t";
    NotMatches ["!~"] Strict matching!(),
        Infix("!~", 7) [W, W, N, U, W, U],
        "text does not match a regular expression", "'Noctra' !~ '^noc'" = "t";
    NotMatchesAnyCase ["!~*"] Strict matching!(),
        Infix("!~*", 7) [W, W, N, U, W, U],
        "text does not match a regular expression, in any case", "'Noctra' !~* '^noc'" = "f";
    StartsWith ["starts_with", "^@"] Strict matching!(),
        Call("starts_with") [R("rql_starts_with"), N, N, U, W, U],
        "text begins with another", "starts_with('größe', 'grö')" = "t";
    RegexpReplace ["regexp_replace"] Strict [sig(&[T, T, T], TEXT), sig(&[T, T, T, T], TEXT)],
        Call("regexp_replace") [R("rql_regexp_replace"), W, N, U, W, U],
        "text with matches replaced", "regexp_replace('a1b22', '[0-9]+', '#', 'g')" = "a#b#";
    RegexpLike ["regexp_like"] Strict [sig(&[T, T], BOOL), sig(&[T, T, T], BOOL)],
        Call("regexp_like") [R("rql_regexp_like"), W, N, U, W, U],
        "text matches a regular expression", "regexp_like('Noctra', '^n', 'i')" = "t";
    RegexpCount ["regexp_count"] Strict [sig(&[T, T], INT4)],
        Call("regexp_count") [R("rql_regexp_count"), W, N, U, W, U],
        "how often a regular expression matches", "regexp_count('a1b22', '[0-9]')" = "3";
    RegexpSplitToArray ["regexp_split_to_array"] Strict [
        sig(&[T, T], TEXT_ARRAY), sig(&[T, T, T], TEXT_ARRAY),
    ],
        Call("regexp_split_to_array") [R("rql_regexp_split"), X, N, U, X, U],
        "pieces between matches", "regexp_split_to_array('a1b22c', '[0-9]+')" = "\"{a,b,c}\"";
}}
