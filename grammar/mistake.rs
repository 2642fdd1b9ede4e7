//! What is said of a mistake that a repair mends, and of one that none does.

use crate::recover::{Failure, Recovery, Repair};
use crate::settle::{Block, Settled};
use crate::term::Term;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_lexer::{Keyword as K, TokenKind as T};
impl Recovery<'_> {
    pub(crate) fn report(&mut self, repair: &Repair, settled: &Settled, failure: &Failure) {
        let source = self.source();
        let found = self.found(settled, failure);
        match *repair {
            Repair::Name(_) => {}
            Repair::Word(at, keyword) => {
                let span = self.tokens.get(at).map_or(found, |token| token.span);
                let (word, meant) = (span.text(&source), keyword.text());
                self.tree.report(
                    Diagnostic::error(
                        codes::MISSPELT_KEYWORD,
                        format!("{word} is not a word of RQL here"),
                    )
                    .label(span, format!("did you mean {meant}?"))
                    .suggest(format!("write {meant}"), span, meant),
                );
            }
            Repair::Insert(at, _, text) => {
                let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
                let place = Span::at(before.map_or(found.start, |token| token.span.end));
                let diagnostic = self.missing(text, place, found, settled);
                self.tree.report(diagnostic);
            }
            Repair::Drop(at) => {
                let span = self.tokens.get(at).map_or(found, |token| token.span);
                let diagnostic = self.too_much(span);
                self.tree.report(diagnostic);
            }
        }
    }

    /// The place where the parser stopped.
    pub(crate) fn found(&self, settled: &Settled, failure: &Failure) -> Span {
        let end = || {
            settled
                .toks
                .last()
                .map_or(Span::default(), |tok| Span::at(tok.span.end))
        };
        settled
            .toks
            .get(failure.at)
            .map_or_else(end, |tok| tok.span)
    }

    pub(crate) fn missing(
        &self,
        text: &'static str,
        place: Span,
        found: Span,
        settled: &Settled,
    ) -> Diagnostic {
        let spaced = if text.chars().all(char::is_alphabetic) {
            format!(" {text}")
        } else {
            text.to_owned()
        };
        let diagnostic = match text {
            "," => Diagnostic::error(codes::MISSING_COMMA, "a comma is missing")
                .label(place, "between these two")
                .help("separate them with a comma"),
            ")" | "END" => {
                let wanted = |block: Block| match text {
                    "END" => block == Block::Case,
                    _ => matches!(block, Block::Paren | Block::Window | Block::Form),
                };
                let open = settled
                    .open
                    .iter()
                    .rev()
                    .find(|open| wanted(open.0))
                    .map(|open| open.1);
                let what = if text == "END" {
                    "this CASE has no END"
                } else {
                    "this parenthesis is not closed"
                };
                match open {
                    Some(open) => Diagnostic::error(codes::UNCLOSED_BRACKET, what)
                        .label(open, "opened here")
                        .label(place, format!("{text} expected by here")),
                    None => {
                        Diagnostic::error(codes::UNCLOSED_BRACKET, format!("{text} is missing"))
                            .label(place, format!("{text} expected here"))
                    }
                }
            }
            "BY" => Diagnostic::error(codes::MISSING_BY, "BY is missing")
                .label(found, "BY is expected after this"),
            _ => Diagnostic::error(codes::MISSING_WORD, format!("{text} is missing"))
                .label(found, format!("{text} is expected before this")),
        };
        diagnostic.suggest(format!("add {text}"), place, spaced)
    }

    pub(crate) fn too_much(&self, span: Span) -> Diagnostic {
        let source = self.source();
        let text = span.text(&source);
        match text {
            "," => Diagnostic::error(codes::EXTRA_COMMA, "a comma too many")
                .label(
                    span,
                    match source.get(span.end as usize..).map(str::trim_start) {
                        Some(rest) if rest.starts_with(',') => {
                            "nothing stands between it and the next"
                        }
                        _ => "nothing follows that it could separate",
                    },
                )
                .suggest("drop the comma", span, ""),
            ")" | "]" | "}" => {
                Diagnostic::error(codes::STRAY_BRACKET, format!("this {text} closes nothing"))
                    .label(span, "no bracket is open here")
                    .suggest(format!("drop the {text}"), span, "")
            }
            _ => Diagnostic::error(codes::EXTRA_TOKEN, format!("{text} is too much here"))
                .label(span, "the statement would read well without it")
                .suggest(format!("drop {text}"), span, ""),
        }
    }

    /// No repair helps: say what is there and what could be.
    pub(crate) fn unexpected(&mut self, settled: &Settled, failure: &Failure) {
        let source = self.source();
        let expected = expectation(&failure.expected);
        let found = self.found(settled, failure);
        let unclosed = settled.open.last().copied();
        if failure.at == 0
            && let Some(diagnostic) = unknown_statement(found, &source)
        {
            self.tree.report(diagnostic);
            return;
        }
        if let Some((Block::Template | Block::Statements, open)) = unclosed
            && failure.expected.contains(&Term::TemplateEnd)
        {
            let (begin, end) = match open.text(&source).contains("unless") {
                true => ("{{#unless}}", "{{/unless}}"),
                false => ("{{#if}}", "{{/if}}"),
            };
            self.tree.report(
                Diagnostic::error(
                    codes::UNCLOSED_BRACKET,
                    format!("this {begin} has no {end}"),
                )
                .label(open, "opened here")
                .label(found, format!("{end} expected before this"))
                .help(format!("put {end} where the optional piece ends")),
            );
            return;
        }
        let mut diagnostic = match settled.toks.get(failure.at) {
            None => Diagnostic::error(codes::UNEXPECTED_END, "the statement ends too early")
                .label(found, format!("expected {expected}")),
            Some(tok) => {
                let text: String = tok.span.text(&source).chars().take(40).collect();
                let reserved = matches!(tok.kind, T::Word(keyword) if keyword != K::None)
                    && failure.expected.contains(&Term::Id);
                if reserved {
                    Diagnostic::error(codes::RESERVED_WORD, format!("{text} is a reserved word"))
                        .label(tok.span, "a name is expected here")
                        .help(format!("as a name write \"{}\"", text.to_lowercase()))
                        .suggest("quote it", tok.span, format!("\"{}\"", text.to_lowercase()))
                } else {
                    Diagnostic::error(codes::UNEXPECTED_TOKEN, format!("unexpected {text}"))
                        .label(tok.span, format!("expected {expected}"))
                }
            }
        };
        if let Some((block, span)) = unclosed {
            let text = match block {
                Block::Case => "this CASE has no END yet",
                Block::If => "this IF has no END IF yet",
                Block::Loop => "this LOOP has no END LOOP yet",
                Block::Template | Block::Statements => "this tag is not closed yet",
                _ => "this bracket is still open",
            };
            diagnostic = diagnostic.label(span, text);
        }
        self.tree.report(diagnostic);
    }
}

/// What people type who look for a command, and what does that.
const INSTEAD: &[(&str, &str)] = &[
    ("break", "LIMIT in the query of FOR ends a loop early"),
    ("cls", "Ctrl-L clears the screen"),
    ("clear", "Ctrl-L clears the screen"),
    ("exit", "LIMIT in the query of FOR ends a loop early"),
    ("go", "; ends a statement"),
    ("list", "SHOW TABLES lists the tables"),
    (
        "load",
        "INCLUDE 'file.rql' runs a file, IMPORT 'file.csv' INTO t CREATE reads one",
    ),
    (
        "loop",
        "FOR r IN (SELECT …) LOOP …; END LOOP goes over rows",
    ),
    ("ls", "SHOW TABLES lists the tables"),
    ("open", "USE 'file.db' opens a database"),
    ("perform", "SELECT … runs a query"),
    (
        "raise",
        "PRINT 'text' shows one, ASSERT condition, 'text' ends a script with one",
    ),
    ("source", "INCLUDE 'file.rql' runs a file"),
    ("tables", "SHOW TABLES lists the tables"),
    (
        "while",
        "FOR r IN (SELECT …) LOOP …; END LOOP goes over rows, and WITH RECURSIVE repeats a query until it gives none",
    ),
];

fn unknown_statement(found: Span, source: &str) -> Option<Diagnostic> {
    let word = found.text(source);
    if !word.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    let instead = INSTEAD
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    let rest = source.get(found.end as usize..).unwrap_or_default();
    let given = rest.trim_start().starts_with(":=");
    let error = Diagnostic::error(
        codes::UNKNOWN_STATEMENT,
        format!("no statement begins with {word}"),
    )
    .label(found, "not the first word of a statement");
    Some(match instead {
        Some((_, instead)) => error.help(*instead),
        None if given => error.help(format!("LET {word} = …; names a value")),
        None => error.help("to send text to the database as it is, put NATIVE before it"),
    })
}

/// What could stand there, in words.
fn expectation(expected: &[Term]) -> String {
    let mut words: Vec<&str> = Vec::new();
    let value = [Term::Num, Term::Case, Term::Const]
        .iter()
        .all(|term| expected.contains(term));
    if value {
        words.push("a value");
    } else if expected.contains(&Term::Id) {
        words.push("a name");
    } else if expected.contains(&Term::Str) {
        words.push("a string");
    }
    if expected.contains(&Term::Op) {
        words.push("an operator");
    }
    let named = [
        (Term::Comma, "a comma"),
        (Term::RParen, ")"),
        (Term::LParen, "("),
        (Term::Eq, "="),
        (Term::From, "FROM"),
        (Term::As, "AS"),
        (Term::Into, "INTO"),
        (Term::To, "TO"),
        (Term::Set, "SET"),
        (Term::On, "ON"),
        (Term::Then, "THEN"),
        (Term::When, "WHEN"),
        (Term::End, "END"),
        (Term::Table, "TABLE"),
        (Term::Values, "VALUES"),
        (Term::Select, "SELECT"),
        (Term::Where, "WHERE"),
        (Term::Loop, "LOOP"),
        (Term::EndIf, "END IF"),
        (Term::EndLoop, "END LOOP"),
        (Term::TemplateEnd, "{{/if}}"),
    ];
    for (term, text) in named {
        let told = value && matches!(term, Term::LParen | Term::Select);
        if expected.contains(&term) && !told {
            words.push(text);
        }
    }
    words.truncate(5);
    match words.split_last() {
        None => "the end of the statement".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
