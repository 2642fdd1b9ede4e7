//! When an input is complete.

use rql_diagnostics::codes;
use rql_lexer::{LexError, TokenKind};
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};

/// True where Enter should run the input: a dot-command, nothing at all, or statements that the last
/// semicolon ends, by the parser's word.
#[must_use]
pub fn is_complete(input: &str) -> bool {
    if is_command(input.trim_start()) {
        return true;
    }
    let tokens = rql_lexer::lex(input).tokens;
    let open = |kind| {
        let error = [
            LexError::UnclosedComment,
            LexError::UnclosedDollar,
            LexError::UnclosedString,
        ];
        error
            .into_iter()
            .any(|error| kind == TokenKind::Error(error))
    };
    match tokens.last() {
        None => true,
        // What is still open may go on in the next line, though the lexer ends it with its own.
        Some(_) if tokens.iter().any(|token| open(token.kind)) => false,
        Some(last) if last.kind != TokenKind::Semicolon => false,
        // An IF or FOR that is still open ends too early, whatever its last statement ends with.
        Some(_) => {
            let parse = rql_grammar::parse(input);
            parse
                .diagnostics
                .iter()
                .all(|diagnostic| diagnostic.code != codes::UNEXPECTED_END)
        }
    }
}

/// True for a command of the prompt: `.tables`, or `\\dt` as in psql. A number may begin with a point.
pub(crate) fn is_command(input: &str) -> bool {
    let mut bytes = input.bytes();
    let first = bytes.next();
    let name = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'?');
    matches!(first, Some(b'.' | b'\\')) && name
}

/// What the line editor asks.
pub(crate) struct Helper;

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_complete(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl rustyline::Helper for Helper {}
impl Highlighter for Helper {}
impl Hinter for Helper {
    type Hint = String;
}
impl Completer for Helper {
    type Candidate = String;
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn enter_runs_what_is_complete() {
        for input in [
            "",
            "  ",
            ".tables",
            r"\dt",
            "SELECT 1;",
            "SELECT 1; -- done",
            "SELEC 1;",
            "LET a = ';';",
        ] {
            assert!(is_complete(input), "{input}");
        }
        for input in [
            "SELECT 1",
            "SELECT (1,",
            "SELECT ';",
            "/* ; ",
            "SELECT 1; SELECT",
            "$$ a;",
        ] {
            assert!(!is_complete(input), "{input}");
        }
    }
}
