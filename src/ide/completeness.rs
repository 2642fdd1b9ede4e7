//! When Enter runs what is typed.

use crate::{Snapshot, is_command};
use rql_diagnostics::codes;
use rql_lexer::{LexError, TokenKind};

/// Whether an input can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It is a command, nothing at all, statements that a semicolon ends, or what begins no statement.
    Complete,
    /// It goes on in the next line.
    Incomplete(Missing),
}

/// What an input waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The semicolon.
    Semicolon,
    /// The end of a string.
    Quote,
    /// The end of a comment.
    Comment,
    /// The end of an IF, a FOR or a template.
    End,
    /// A parenthesis.
    Parenthesis,
}

impl Missing {
    /// A sign for the prompt of the next line.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Semicolon => "...",
            Self::Quote => "'..",
            Self::Comment => "*..",
            Self::End => "if.",
            Self::Parenthesis => "(..",
        }
    }
}

impl Snapshot {
    /// True where Enter should run the text, by the word of the parser's front: it says where statements end.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        if is_command(self.text.trim_start()) {
            return Completeness::Complete;
        }
        let tokens = rql_lexer::lex(&self.text).tokens;
        for token in &tokens {
            // What is still open may go on in the next line, though the lexer ends it with its own.
            match token.kind {
                TokenKind::Error(LexError::UnclosedComment) => {
                    return Completeness::Incomplete(Missing::Comment);
                }
                TokenKind::Error(LexError::UnclosedDollar | LexError::UnclosedString) => {
                    return Completeness::Incomplete(Missing::Quote);
                }
                _ => {}
            }
        }
        let Some(last) = self.outline().last() else {
            return Completeness::Complete;
        };
        if last.ended {
            return Completeness::Complete;
        }
        if tokens
            .last()
            .is_some_and(|token| token.kind == TokenKind::Semicolon)
        {
            return Completeness::Incomplete(Missing::End);
        }
        let own = tokens
            .iter()
            .filter(|token| token.span.start >= last.span.start);
        let open = own.fold(0_i32, |open, token| match token.kind {
            TokenKind::LParen => open + 1,
            TokenKind::RParen => open - 1,
            _ => open,
        });
        let missing = match open {
            1.. => Missing::Parenthesis,
            _ => Missing::Semicolon,
        };
        // No more lines make a statement of a text that begins like none.
        let wrong = rql_grammar::parse(last.span.text(&self.text)).diagnostics;
        match wrong.first() {
            Some(first) if first.code == codes::UNKNOWN_STATEMENT => Completeness::Complete,
            _ => Completeness::Incomplete(missing),
        }
    }
}
