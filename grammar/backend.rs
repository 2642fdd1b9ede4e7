//! Statements that only a backend knows, told by their first words.

use rql_lexer::{Span, Token, TokenKind as T};

/// Words that begin a statement which is sent as it is.
const VERBS: &[&str] = &[
    "PRAGMA",
    "VACUUM",
    "GRANT",
    "REVOKE",
    "ANALYZE",
    "ANALYSE",
    "CALL",
    "EXECUTE",
    "EXEC",
    "PREPARE",
    "DEALLOCATE",
    "DISCARD",
    "LISTEN",
    "NOTIFY",
    "UNLISTEN",
    "LOCK",
    "UNLOCK",
    "CLUSTER",
    "REINDEX",
    "REFRESH",
    "CHECKPOINT",
    "LOAD",
    "INSTALL",
    "ATTACH",
    "DETACH",
    "DO",
    "DECLARE",
    "FETCH",
    "MOVE",
    "CLOSE",
    "SECURITY",
    "REASSIGN",
    "KILL",
    "FLUSH",
    "OPTIMIZE",
    "HANDLER",
    "REPAIR",
    "CACHE",
    "UNCACHE",
    "PIVOT",
    "UNPIVOT",
    "PURGE",
    "CHANGE",
    "SIGNAL",
    "DELIMITER",
    "HELP",
    "XA",
    "RESIGNAL",
];

/// Words that do so before a certain other one.
const PAIRS: &[(&str, &str)] = &[
    ("COMMENT", "ON"),
    ("RENAME", "TABLE"),
    ("IMPORT", "FOREIGN"),
    ("IMPORT", "DATABASE"),
    ("EXPORT", "DATABASE"),
];

/// What may stand between CREATE and the object, in this order.
const MODIFIERS: &[&[&str]] = &[&["OR"], &["REPLACE"], &["TEMP", "TEMPORARY"]];

/// What only a backend can CREATE, ALTER or DROP.
const OBJECTS: &[&str] = &[
    "FUNCTION",
    "PROCEDURE",
    "TRIGGER",
    "TYPE",
    "DOMAIN",
    "EXTENSION",
    "ROLE",
    "USER",
    "GROUP",
    "DATABASE",
    "AGGREGATE",
    "OPERATOR",
    "CAST",
    "COLLATION",
    "CONVERSION",
    "EVENT",
    "FOREIGN",
    "LANGUAGE",
    "POLICY",
    "PUBLICATION",
    "RULE",
    "SERVER",
    "STATISTICS",
    "SUBSCRIPTION",
    "TABLESPACE",
    "TEXT",
    "TRANSFORM",
    "VIRTUAL",
    "FULLTEXT",
    "SPATIAL",
    "MACRO",
    "SECRET",
    "EXTERNAL",
    "STREAM",
    "STAGE",
    "ACCESS",
    "CONSTRAINT",
    "DEFAULT",
    "LARGE",
    "OWNED",
    "PRIVATE",
    "CONNECTOR",
    "SYSTEM",
    "DEFINER",
    "ALGORITHM",
    "PROCEDURAL",
    "TRUSTED",
    "PERSISTENT",
    "OR",
    "INSTANCE",
    "LOGFILE",
    "RESOURCE",
    "WAREHOUSE",
    "PREPARE",
    "CLUSTERED",
    "SYNONYM",
    "MATERIALIZED_VIEW",
    "BRANCH",
];

/// What only a backend can change of a table, by its first words.
const CHANGES: &[(&str, &str)] = &[
    ("ATTACH", "PARTITION"),
    ("DETACH", "PARTITION"),
    ("INHERIT", ""),
    ("NO", "INHERIT"),
    ("NO", "FORCE"),
    ("FORCE", "ROW"),
    ("ENABLE", ""),
    ("DISABLE", ""),
    ("CLUSTER", "ON"),
    ("REPLICA", "IDENTITY"),
    ("RESET", ""),
];

/// What ALTER COLUMN … SET says of how a column is kept.
const KEPT: &[&str] = &["STATISTICS", "STORAGE", "COMPRESSION"];

/// How many tokens of `tokens[from..]` are the first words of a backend's statement; zero where it
/// is none.
pub(crate) fn verb(source: &str, tokens: &[Token], from: usize) -> usize {
    let first = word(source, tokens, from);
    if first.is_empty() {
        return 0;
    }
    if first.eq_ignore_ascii_case("copy") {
        return usize::from(copies_file(source, tokens, from));
    }
    // A name may be called as these words are: `load(x)` is no statement either way.
    if matches!(
        tokens.get(from + 1).map(|t| t.kind),
        Some(T::Eq | T::Dot | T::Comma)
    ) {
        return 0;
    }
    if among(VERBS, first) {
        return 1;
    }
    if among(&["CREATE", "ALTER", "DROP"], first) {
        return object(source, tokens, from).max(change_of_table(source, tokens, from));
    }
    let second = || word(source, tokens, from + 1);
    let is_pair = PAIRS
        .iter()
        .any(|pair| pair.0.eq_ignore_ascii_case(first) && pair.1.eq_ignore_ascii_case(second()));
    if is_pair { 2 } else { 0 }
}

/// The words of a definition up to the object, where only a backend knows that.
fn object(source: &str, tokens: &[Token], from: usize) -> usize {
    let mut at = from + 1;
    for words in MODIFIERS {
        at += usize::from(among(words, word(source, tokens, at)));
    }
    if among(OBJECTS, word(source, tokens, at)) {
        at + 1 - from
    } else {
        0
    }
}

/// The words of ALTER TABLE up to a change that only a backend knows.
fn change_of_table(source: &str, tokens: &[Token], from: usize) -> usize {
    let is = |at: usize, text: &str| word(source, tokens, at).eq_ignore_ascii_case(text);
    if !(is(from, "alter") && is(from + 1, "table")) {
        return 0;
    }
    let mut at = from + 2;
    at += 2 * usize::from(is(at, "if") && is(at + 1, "exists"));
    at += usize::from(is(at, "only"));
    // The name, perhaps behind its schema.
    at += 1;
    while matches!(tokens.get(at).map(|t| t.kind), Some(T::Dot)) {
        at += 2;
    }
    let next = word(source, tokens, at + 1);
    let known = CHANGES
        .iter()
        .any(|&(first, second)| is(at, first) && (second.is_empty() || among(&[second], next)));
    let column = at + 1 + usize::from(is(at + 1, "column"));
    let kept =
        is(at, "alter") && is(column + 1, "set") && among(KEPT, word(source, tokens, column + 2));
    match (known, kept) {
        (true, _) => at + 1 - from,
        (_, true) => column + 3 - from,
        _ => 0,
    }
}

fn among(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn word<'s>(source: &'s str, tokens: &[Token], at: usize) -> &'s str {
    match tokens.get(at) {
        Some(Token {
            kind: T::Word(_),
            span,
        }) => span.text(source),
        _ => "",
    }
}

/// COPY between a table and a file or a stream is the backend's; to a connection's table it is RQL's.
fn copies_file(source: &str, tokens: &[Token], from: usize) -> bool {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from + 1) {
        match token.kind {
            T::LParen => depth += 1,
            T::RParen => depth -= 1,
            T::Semicolon => return false,
            T::Word(_) if depth == 0 => {
                let text = token.span.text(source);
                if text.eq_ignore_ascii_case("from") || text.eq_ignore_ascii_case("into") {
                    return true;
                }
                if text.eq_ignore_ascii_case("to") {
                    let target = word(source, tokens, at + 1);
                    return target.is_empty()
                        && !matches!(tokens.get(at + 1).map(|t| t.kind), Some(T::QuotedName))
                        || ["stdout", "program"]
                            .iter()
                            .any(|w| target.eq_ignore_ascii_case(w));
                }
            }
            _ => {}
        }
    }
    false
}

/// The end of a statement that is sent as it is: its semicolon, or the end of the text. Bodies of
/// triggers and procedures hold semicolons between BEGIN and END; a BEGIN without its END is given too.
pub(crate) fn end(source: &str, tokens: &[Token], from: usize) -> (usize, Option<Span>) {
    let header: Vec<&str> = (from..from + 8)
        .map(|at| word(source, tokens, at))
        .collect();
    let has_body = header.iter().any(|w| {
        ["trigger", "procedure", "function", "event"]
            .iter()
            .any(|body| w.eq_ignore_ascii_case(body))
    });
    let mut open: Vec<Span> = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.kind {
            T::Semicolon if open.is_empty() => return (at, None),
            T::Word(_) if has_body => {
                let text = token.span.text(source);
                if text.eq_ignore_ascii_case("begin") || text.eq_ignore_ascii_case("case") {
                    if !word(source, tokens, at + 1).eq_ignore_ascii_case("transaction") {
                        open.push(token.span);
                    }
                } else if text.eq_ignore_ascii_case("end") {
                    open.pop();
                }
            }
            _ => {}
        }
    }
    (tokens.len(), open.pop())
}
