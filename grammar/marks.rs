//! What each word and sign of a text is where it stands, for whoever colours it; the text may be broken.

use crate::backend;
use crate::settle::{self, Settled};
use crate::term::{Term, Tok};
use rql_ast::Span;
use rql_lexer::{LexError, Token, TokenKind as T};

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A word of the language.
    Keyword,
    /// A name of anything.
    Name,
    /// A name where a table's stands.
    Table,
    /// The name of a function that is called.
    Function,
    /// The name of a type.
    Type,
    /// A string or bytes.
    Text,
    /// A number.
    Number,
    /// TRUE, FALSE, NULL and the like.
    Constant,
    /// A parameter, a variable, `{{name}}`.
    Parameter,
    /// A sign between values.
    Operator,
    /// A bracket, a comma, a point, a semicolon.
    Punctuation,
    /// A comment.
    Comment,
    /// What cannot stand where it stands.
    Error,
}

/// The pieces of a text, in order; white space is in none.
#[must_use]
pub fn marks(source: &str) -> Vec<(Span, Mark)> {
    let lexed = rql_lexer::lex(source);
    let tokens = &lexed.tokens;
    let mut all: Vec<(Span, Mark)> = Vec::with_capacity(tokens.len() + lexed.comments.len());
    all.extend(lexed.comments.iter().map(|&span| (span, Mark::Comment)));
    let mut settled = Settled::default();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == T::Semicolon {
            all.push((tokens[at].span, Mark::Punctuation));
            at += 1;
            continue;
        }
        let words = backend::verb(source, tokens, at);
        let next = if words > 0 {
            let end = backend::end(source, tokens, at).0;
            let verb = tokens.iter().take(at + words).skip(at);
            all.extend(verb.map(|token| (token.span, Mark::Keyword)));
            let rest = tokens.iter().take(end).skip(at + words);
            all.extend(rest.map(|token| (token.span, plain(*token))));
            end
        } else {
            let next = settle::statement(source, tokens, at, &mut settled);
            statement(source, &settled, &mut all);
            let last = tokens[next.min(tokens.len()).max(1) - 1];
            if last.kind == T::Semicolon && next > at {
                all.push((last.span, Mark::Punctuation));
            }
            next
        };
        at = next.max(at + 1);
    }
    all.sort_by_key(|(span, _)| span.start);
    all.dedup_by_key(|(span, _)| span.start);
    all
}

fn statement(source: &str, settled: &Settled, all: &mut Vec<(Span, Mark)>) {
    let toks = &settled.toks;
    for (at, tok) in toks.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| toks[at].term);
        let after = toks.get(at + 1).map(|tok| tok.term);
        let mark = match tok.term {
            Term::Id if before.is_none() && after != Some(Term::Eq) => Mark::Error,
            Term::Id => name(source, tok, before, after),
            _ => of_term(tok),
        };
        all.push((tok.span, mark));
    }
    let errors = settled.errors.iter();
    all.extend(errors.map(|&(error, span)| (span, unread(error))));
}

/// What a text is meant to be that is no token yet.
fn unread(error: LexError) -> Mark {
    match error {
        LexError::UnclosedString | LexError::UnclosedDollar => Mark::Text,
        LexError::UnclosedComment => Mark::Comment,
        LexError::UnclosedName => Mark::Name,
        _ => Mark::Error,
    }
}

fn name(source: &str, tok: &Tok, before: Option<Term>, after: Option<Term>) -> Mark {
    let text = tok.span.text(source);
    match (before, after) {
        _ if tok.kind == T::Placeholder => Mark::Parameter,
        (
            Some(
                Term::From
                | Term::Join
                | Term::Into
                | Term::Update
                | Term::Table
                | Term::References,
            ),
            _,
        )
        // FORM f FOR t, and no FOR r IN.
        | (Some(Term::For), Some(Term::LParen)) => Mark::Table,
        (Some(Term::ColonColon), _) => Mark::Type,
        (Some(Term::As | Term::Id), _) if is_type(text) => Mark::Type,
        (_, Some(Term::LParen)) => Mark::Function,
        (_, Some(Term::Str)) if is_type(text) => Mark::Type,
        _ => Mark::Name,
    }
}

fn is_type(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "bigint",
        "blob",
        "bool",
        "boolean",
        "bytea",
        "char",
        "date",
        "datetime",
        "decimal",
        "double",
        "float",
        "int",
        "integer",
        "interval",
        "json",
        "jsonb",
        "numeric",
        "real",
        "smallint",
        "text",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
        "varchar",
    ];
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(text))
}

fn of_term(tok: &Tok) -> Mark {
    match tok.term {
        Term::Stray => Mark::Error,
        Term::Const | Term::Default => Mark::Constant,
        _ => match tok.kind {
            // AND, LIKE and IN are operators by their place and words by their look.
            T::Word(_) => Mark::Keyword,
            kind => plain(Token {
                kind,
                span: tok.span,
            }),
        },
    }
}

fn plain(token: Token) -> Mark {
    match token.kind {
        T::Word(rql_lexer::Keyword::None) | T::QuotedName => Mark::Name,
        T::Word(_) => Mark::Keyword,
        T::String | T::Blob | T::Bits => Mark::Text,
        T::Number => Mark::Number,
        T::Param | T::Question | T::Placeholder => Mark::Parameter,
        T::TemplateIf
        | T::TemplateUnless
        | T::TemplateElse
        | T::TemplateEndIf
        | T::TemplateEndUnless => Mark::Keyword,
        T::LParen
        | T::RParen
        | T::LBracket
        | T::RBracket
        | T::LBrace
        | T::RBrace
        | T::Comma
        | T::Semicolon
        | T::Dot => Mark::Punctuation,
        T::Error(error) => unread(error),
        _ => Mark::Operator,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, marks};

    #[test]
    fn the_table_of_a_form_is_one_and_the_row_of_a_loop_is_none() {
        let tables = |text: &str| -> Vec<String> {
            let all = marks(text).into_iter();
            let all = all.filter(|(_, mark)| *mark == Mark::Table);
            all.map(|(span, _)| span.text(text).to_owned()).collect()
        };
        assert_eq!(tables("FORM f FOR t (FIELD a);"), ["t"]);
        assert_eq!(
            tables("FOR r IN (SELECT 1) LOOP PRINT 1; END LOOP;"),
            [""; 0]
        );
    }

    #[test]
    fn words_are_what_they_are_where_they_stand() {
        let text = "SELECT date, count(*) FROM \"Order\" WHERE a::text LIKE 'x%' -- all\n; SELEC 1; PRAGMA foo = 1;";
        let of = |wanted: Mark| -> Vec<&str> {
            let all = marks(text).into_iter().filter(|(_, mark)| *mark == wanted);
            all.map(|(span, _)| span.text(text)).collect()
        };
        assert_eq!(
            of(Mark::Keyword),
            ["SELECT", "FROM", "WHERE", "LIKE", "PRAGMA"]
        );
        assert_eq!(of(Mark::Function), ["count"]);
        assert_eq!(of(Mark::Table), ["\"Order\""]);
        assert_eq!(of(Mark::Type), ["text"]);
        assert_eq!(of(Mark::Name), ["date", "a", "foo"]);
        assert_eq!(of(Mark::Error), ["SELEC"]);
        assert_eq!(of(Mark::Comment), ["-- all"]);
        assert_eq!(of(Mark::Text), ["'x%'"]);
    }

    #[test]
    fn half_a_statement_has_its_marks() {
        let text = "SELECT a FROM t WHERE b IN ('x";
        let words = marks(text)
            .into_iter()
            .filter(|(_, mark)| *mark == Mark::Keyword);
        assert_eq!(words.count(), 4);
        assert_eq!(
            marks("SELECT 'it").last().map(|(_, mark)| *mark),
            Some(Mark::Text)
        );
    }
}
