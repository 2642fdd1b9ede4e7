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
    RegexpCount ["regexp_count"] Strict [
        sig(&[T, T], INT4), sig(&[T, T, I4], INT4), sig(&[T, T, I4, T], INT4),
    ],
        Call("regexp_count") [R("rql_regexp_count"), W, N, U, W, U],
        "how often a regular expression matches", "regexp_count('a1b22', '[0-9]')" = "3";
    RegexpSubstr ["regexp_substr"] Sometimes [
        sig(&[T, T], TEXT), sig(&[T, T, I4], TEXT), sig(&[T, T, I4, I4], TEXT),
        sig(&[T, T, I4, I4, T], TEXT), sig(&[T, T, I4, I4, T, I4], TEXT),
    ],
        Call("regexp_substr") [R("rql_regexp_substr"), W, N, U, W, U],
        "the n-th match from a position, or a group of it", "regexp_substr('a1b22', '[0-9]+')" = "1";
    RegexpInstr ["regexp_instr"] Strict [
        sig(&[T, T], INT4), sig(&[T, T, I4], INT4), sig(&[T, T, I4, I4], INT4),
        sig(&[T, T, I4, I4, I4], INT4), sig(&[T, T, I4, I4, I4, T], INT4),
        sig(&[T, T, I4, I4, I4, T, I4], INT4),
    ],
        Call("regexp_instr") [R("rql_regexp_instr"), W, N, U, W, U],
        "where the n-th match from a position stands, or ends; else 0", "regexp_instr('äb22', '[0-9]+')" = "3";
    RegexpMatch ["regexp_match"] Sometimes [sig(&[T, T], TEXT_ARRAY), sig(&[T, T, T], TEXT_ARRAY)],
        Call("regexp_match") [R("rql_regexp_match"), X, N, U, X, U],
        "the groups of the first match", "regexp_match('a1b22', '([a-z])([0-9]+)$')" = "\"{b,22}\"";
    RegexpSplitToArray ["regexp_split_to_array"] Strict [
        sig(&[T, T], TEXT_ARRAY), sig(&[T, T, T], TEXT_ARRAY),
    ],
        Call("regexp_split_to_array") [R("rql_regexp_split"), W, N, U, W, U],
        "pieces between matches", "regexp_split_to_array('a1b22c', '[0-9]+')" = "\"{a,b,c}\"";
}}
