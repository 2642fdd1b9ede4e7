//! What nobody may read later: passwords in URLs, and the texts behind words that name a secret.

use rql_lexer::TokenKind;
use std::borrow::Cow;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Parts of the words that announce a secret.
const WORDS: [&str; 6] = [
    "password",
    "identified",
    "secret",
    "passwd",
    "token",
    "apikey",
];

/// Tokens between such a word and its text, at most.
const NEAR: u32 = 4;

/// A statement as it may be kept: the same where nothing in it is secret.
#[must_use]
pub fn redacted(statement: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut written = 0;
    let mut warned = 0_u32;
    for token in &rql_lexer::lex(statement).tokens {
        let text = token.span.text(statement);
        let hidden = match token.kind {
            TokenKind::String if warned > 0 => Some(format!("'{HIDDEN}'")),
            _ => without_passwords(text),
        };
        warned = match token.kind {
            TokenKind::Word(_) if announces(text) => NEAR,
            _ if text == ";" => 0,
            _ => warned.saturating_sub(1),
        };
        if let Some(hidden) = hidden {
            out.push_str(&statement[written..token.span.start as usize]);
            out.push_str(&hidden);
            written = token.span.end as usize;
        }
    }
    // Comments are no tokens.
    let rest = &statement[written..];
    let comments = without_passwords(rest);
    if written == 0 && comments.is_none() {
        return Cow::Borrowed(statement);
    }
    out.push_str(comments.as_deref().unwrap_or(rest));
    Cow::Owned(out)
}

/// True where a statement holds what nobody may read later.
#[must_use]
pub fn holds_secret(statement: &str) -> bool {
    matches!(redacted(statement), Cow::Owned(_))
}

fn announces(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    WORDS.iter().any(|known| word.contains(known))
}

/// A text whose URLs have neither the user's part nor what stands behind `?` where that names a secret; `None`
/// where there is nothing to leave out.
fn without_passwords(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find("://") {
        let (before, behind) = rest.split_at(at + 3);
        out.push_str(before);
        let end = behind.find(['\'', '"', ' ', '\n', '\t', ';']);
        let (url, after) = behind.split_at(end.unwrap_or(behind.len()));
        let (place, query) = url
            .split_once('?')
            .map_or((url, None), |(p, q)| (p, Some(q)));
        // The last @ ends the user's part, for a password may hold one.
        match place.rsplit_once('@') {
            Some((user, host)) if user.contains(':') => {
                let name = user.split(':').next().unwrap_or("");
                out.push_str(&format!("{name}:{HIDDEN}@{host}"));
                found = true;
            }
            _ => out.push_str(place),
        }
        if let Some(query) = query {
            out.push('?');
            if announces(query) {
                out.push_str(HIDDEN);
                found = true;
            } else {
                out.push_str(query);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn secrets_are_left_out_and_the_rest_stays() {
        for (text, kept) in [
            (
                "CONNECT 'postgres://ann:s3c@ret@host/db' AS x;",
                "CONNECT 'postgres://ann:***@host/db' AS x;",
            ),
            (
                "CONNECT 'postgres://host/db?password=x&a=b';",
                "CONNECT 'postgres://host/db?***';",
            ),
            (
                "NATIVE CREATE USER ann PASSWORD 's3cret'; SELECT 'a'",
                "NATIVE CREATE USER ann PASSWORD '***'; SELECT 'a'",
            ),
            (
                "NATIVE ALTER USER ann IDENTIFIED BY 's3cret';",
                "NATIVE ALTER USER ann IDENTIFIED BY '***';",
            ),
            ("LET api_token = 'abc';", "LET api_token = '***';"),
        ] {
            assert_eq!(redacted(text), kept);
        }
        for text in [
            "SELECT 'ann@example.com';",
            "SELECT 'https://example.com/a?b=c' , 'ann@example.com';",
            "SELECT password FROM users WHERE id = 1 AND active;",
            "CONNECT 'postgres://ann@host/db';",
        ] {
            assert_eq!(redacted(text), text);
        }
    }
}
