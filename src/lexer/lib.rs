//! Tokens of RQL.
//!
//! Knows: nothing but text. Must never know: a statement, a name's meaning, a dialect.
//!
//! Shape: [`lex`] turns a whole source into a vector of [`Token`]s (a kind and a [`Span`] of bytes)
//! and the spans of its comments. It never fails and never stops: what is no token becomes
//! [`TokenKind::Error`], which the parser turns into a diagnostic. Every byte of the source is in
//! exactly one token, one comment or white space. Words are looked up in one table of keywords;
//! which of them mean something where they stand is for the grammar.
#![deny(missing_docs)]

mod keyword;
mod span;
mod token;

pub use keyword::Keyword;
pub use span::Span;
pub use token::{LexError, Token, TokenKind};

use logos::Logos;

/// What [`lex`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexed {
    /// The tokens, in order.
    pub tokens: Vec<Token>,
    /// The comments, in order.
    pub comments: Vec<Span>,
}

/// Splits `source` into tokens. Bytes beyond 4 GiB are not read.
#[must_use]
pub fn lex(source: &str) -> Lexed {
    let mut lexer = TokenKind::lexer(source);
    // SQL has a token for every five to six bytes; growing once is cheaper than holding too much.
    let mut tokens = Vec::with_capacity(source.len() / 5 + 4);
    while let Some(kind) = lexer.next() {
        let range = lexer.span();
        let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) else {
            break;
        };
        let kind = kind.unwrap_or_else(TokenKind::Error);
        tokens.push(Token {
            kind,
            span: Span::new(start, end),
        });
    }
    Lexed {
        tokens,
        comments: lexer.extras,
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyword, LexError, TokenKind as T, lex};

    fn kinds(source: &str) -> Vec<T> {
        lex(source).tokens.iter().map(|token| token.kind).collect()
    }

    #[test]
    fn words_and_signs() {
        assert_eq!(
            kinds("SELECT a.b::int FROM t -- end"),
            [
                T::Word(Keyword::Select),
                T::Word(Keyword::None),
                T::Dot,
                T::Word(Keyword::None),
                T::ColonColon,
                T::Word(Keyword::None),
                T::Word(Keyword::From),
                T::Word(Keyword::None),
            ]
        );
        assert_eq!(kinds("1.5 .5 1e9 1_000 0xFF 5."), [T::Number; 6]);
        assert_eq!(
            kinds("'it''s' E'\\'' $$a'b$$ $q$ $$ $q$ N'x'"),
            [T::String; 5]
        );
        assert_eq!(kinds(":a $1 ?1 @v"), [T::Param; 4]);
        assert_eq!(kinds("x'0a' b'01'"), [T::Blob, T::Bits]);
        assert_eq!(kinds("é Ünï 李雷"), [T::Word(Keyword::None); 3]);
    }

    #[test]
    fn template_tags() {
        assert_eq!(
            kinds("{{#if a}} {{else}} {{ name }} {{/if}}"),
            [
                T::TemplateIf,
                T::Word(Keyword::None),
                T::RBrace,
                T::RBrace,
                T::TemplateElse,
                T::Placeholder,
                T::TemplateEndIf
            ]
        );
    }

    #[test]
    fn comments_nest_and_hash_needs_a_line_start() {
        let lexed = lex("#!/usr/bin/noctra\n/* a /* b */ c */ 1 # 2 -- x\n  # y\n");
        assert_eq!(lexed.comments.len(), 4);
        assert_eq!(lexed.tokens.len(), 3);
    }

    #[test]
    fn what_is_no_token_is_an_error_and_the_rest_is_still_read() {
        assert_eq!(kinds("3O"), [T::Error(LexError::BadNumber)]);
        assert_eq!(
            kinds("'open\nSELECT"),
            [T::Error(LexError::UnclosedString), T::Word(Keyword::Select)]
        );
        assert_eq!(kinds("/* open"), [T::Error(LexError::UnclosedComment)]);
        assert_eq!(kinds("\0"), [T::Error(LexError::Nul)]);
        assert_eq!(kinds("\u{2018}"), [T::Error(LexError::Typographic)]);
        assert_eq!(kinds("\u{ab}"), [T::Error(LexError::Stray)]);
        // PostgreSQL takes pictures in names.
        assert_eq!(kinds("\u{1f600}"), [T::Word(Keyword::None)]);
    }
}
