//! The grammar of RQL.
//!
//! Knows: tokens and the tree. Must never know: a catalog, a type, a dialect, a connection.
//!
//! Shape: [`parse`] takes a text and gives a tree and diagnostics, whatever the text holds. On the
//! way a statement passes five rooms:
//!
//! 1. `backend` tells statements that only a backend knows by their first words;
//! 2. `settle` decides what each token is where it stands, and where the statement ends;
//! 3. `rql.lalrpop` (LALRPOP, LR(1), no conflicts) reads the terminals;
//! 4. `fold`, `clauses` and `tree` build the nodes: operators by one table of precedences;
//! 5. `recover` mends what does not read, by trying repairs on the parser itself, so that each
//!    mistake is one diagnostic and the rest of the statement is still read.
//!
//! While a statement is being typed, [`draft`] says what may come at the cursor and gives a tree of what is
//! there, mended (`mend`) where it does not read.
//!
//! Invariants: no input panics or overflows the stack; nesting is at most [`MAX_DEPTH`]; a broken
//! statement never hides the next one; a tree without diagnostics covers all of the text.
#![deny(missing_docs)]

mod advice;
mod attributes;
mod backend;
mod clauses;
mod draft;
mod draft_words;
mod fold;
mod fold_from;
mod fold_templates;
mod marks;
mod mend;
mod mistake;
mod outline;
mod phrases;
mod recover;
mod settle;
mod settle_definitions;
mod settle_queries;
mod settle_tokens;
mod settle_words;
mod term;
mod tree;
mod tree_calls;
mod tree_data;
mod tree_define;
mod tree_nodes;
mod tree_stmt;

#[allow(
    missing_docs,
    unused,
    clippy::all,
    clippy::unwrap_used,
    clippy::panic,
    rust_2018_idioms,
    unreachable_pub
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rql.rs"));
}

pub use attributes::{CHART_WORDS, FIELD_WORDS, FORM_WORDS, TRANSFER_WORDS};
pub use draft::{Cursor, Draft, draft, only};
pub use marks::{Mark, marks};
pub use outline::{Outline, Outlined, outline};

use crate::settle::Settled;
use crate::tree::Tree;
use rql_ast::{Ast, Backend, Expr, ExprKind, Ident, List, Native, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use rql_lexer::{Keyword, LexError, Token, TokenKind};
use std::sync::Arc;

/// How deep parentheses, CASE, subqueries and operators may nest.
pub const MAX_DEPTH: u32 = 400;

/// What [`parse`] gives.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The tree; statements that could not be read are [`StmtKind::Error`].
    pub ast: Ast,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parse {
    /// True where nothing is an error; warnings may be there.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|d| d.severity != rql_diagnostics::Severity::Error)
    }
}

/// Reads a script.
#[must_use]
pub fn parse(source: &str) -> Parse {
    parse_shared(Arc::from(source))
}

/// Reads bytes, which may not be UTF-8: then there is one diagnostic and no statement.
#[must_use]
pub fn parse_bytes(bytes: &[u8]) -> Parse {
    match core::str::from_utf8(bytes) {
        Ok(source) => parse(source),
        Err(error) => {
            let at = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let readable = String::from_utf8_lossy(bytes);
            let diagnostic = Diagnostic::error(codes::NOT_UTF8, "the text is not UTF-8")
                .label(Span::at(at), "the first byte that does not fit")
                .help("save the file as UTF-8");
            Parse {
                ast: Ast::new(readable.as_ref()),
                diagnostics: vec![diagnostic],
            }
        }
    }
}

/// Reads a script whose text is shared, without copying it.
#[must_use]
pub fn parse_shared(source: Arc<str>) -> Parse {
    let mut ast = Ast::new(Arc::clone(&source));
    if u32::try_from(source.len()).is_err() {
        let diagnostic = Diagnostic::error(codes::TOO_LONG, "the text is longer than 4 GiB")
            .label(Span::at(0), "read in parts");
        return Parse {
            ast,
            diagnostics: vec![diagnostic],
        };
    }
    let lexed = rql_lexer::lex(&source);
    ast.comments = lexed.comments;
    ast.reserve(lexed.tokens.len());
    let mut reader = Reader {
        source: &source,
        tokens: lexed.tokens,
        tree: Tree::new(ast),
    };
    reader.script();
    let Tree {
        mut ast,
        mut diagnostics,
        ..
    } = reader.tree;
    // Small trees live shortly; large ones may stay for a session.
    if source.len() > 64 * 1024 {
        ast.shrink_to_fit();
    }
    diagnostics.sort_by_key(|d| d.primary_span().map_or(u32::MAX, |span| span.start));
    Parse { ast, diagnostics }
}

struct Reader<'s> {
    source: &'s Arc<str>,
    tokens: Vec<Token>,
    tree: Tree,
}

impl Reader<'_> {
    fn script(&mut self) {
        let mut statements = Vec::new();
        let mut settled = Settled::default();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.tokens[at].kind == TokenKind::Semicolon {
                at += 1;
                continue;
            }
            let (statement, next) = self.statement(at, &mut settled);
            statements.push(statement);
            at = next.max(at + 1);
        }
        self.tree.ast.statements = self.tree.ast.push_list(statements);
    }

    /// Reads one statement; gives it and the token after it.
    fn statement(&mut self, from: usize, settled: &mut Settled) -> (Stmt, usize) {
        let words = backend::verb(self.source, &self.tokens, from);
        if words > 0 {
            return self.backend(from, words);
        }
        if self.tokens[from].kind == TokenKind::Word(Keyword::Native)
            && !matches!(
                self.tokens.get(from + 1).map(|t| t.kind),
                None | Some(TokenKind::Comma | TokenKind::Eq | TokenKind::Dot)
            )
        {
            return self.native(from);
        }
        let next = settle::statement(self.source, &self.tokens, from, settled);
        let Some(last) = settled.toks.last() else {
            self.text_errors(settled);
            let span = self.tokens[from].span;
            return (
                Stmt {
                    kind: StmtKind::Error,
                    span,
                },
                next,
            );
        };
        let span = self.tokens[from].span.to(last.span);
        let early =
            advice::backslash_quote(self.source, &self.tokens[from..next.min(self.tokens.len())]);
        if let Some(diagnostic) = early {
            self.tree.report(diagnostic);
            return (
                Stmt {
                    kind: StmtKind::Error,
                    span,
                },
                next,
            );
        }
        self.text_errors(settled);
        if settled.depth.0 > MAX_DEPTH {
            self.tree.report(
                Diagnostic::error(codes::TOO_DEEP, "this nests too deeply")
                    .label(
                        settled.depth.1,
                        format!("more than {MAX_DEPTH} levels here"),
                    )
                    .help("give parts of it a name with WITH or LET"),
            );
            return (
                Stmt {
                    kind: StmtKind::Error,
                    span,
                },
                next,
            );
        }
        let mark = self.tree.diagnostics.len();
        let nodes = self.tree.ast.mark();
        match recover::run(&mut self.tree, &settled.toks) {
            Ok(statement) => (statement, next),
            Err(failure) => {
                self.tree.diagnostics.truncate(mark);
                self.tree.ast.truncate(&nodes);
                self.tree.reset();
                let range = from..next;
                let mended =
                    recover::recover(&mut self.tree, &self.tokens, range, settled, failure);
                (
                    mended.statement.unwrap_or(Stmt {
                        kind: StmtKind::Error,
                        span,
                    }),
                    mended.next,
                )
            }
        }
    }

    /// Reports what the lexer could not read.
    fn text_errors(&mut self, settled: &Settled) {
        for &(error, span) in &settled.errors {
            let diagnostic = text_error(self.source, error, span);
            self.tree.report(diagnostic);
        }
    }

    /// The same in a statement that is sent as it is.
    fn raw_errors(&mut self, from: usize, end: usize, open: Option<Span>) {
        if let Some(span) = open {
            self.tree.report(
                Diagnostic::error(codes::UNCLOSED_BRACKET, "this has no END")
                    .label(span, "opened here")
                    .help("the body of the statement ends with END"),
            );
        }
        for at in from..end {
            let Some(Token {
                kind: TokenKind::Error(error),
                span,
            }) = self.tokens.get(at).copied()
            else {
                continue;
            };
            let diagnostic = text_error(self.source, error, span);
            self.tree.report(diagnostic);
        }
    }

    fn span_of(&self, from: usize, to: usize) -> Span {
        let first = self.tokens.get(from).map_or(Span::default(), |t| t.span);
        let last = to
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(first, |t| t.span);
        if last.end < first.end {
            first
        } else {
            first.to(last)
        }
    }

    fn backend(&mut self, from: usize, words: usize) -> (Stmt, usize) {
        let (end, open) = backend::end(self.source, &self.tokens, from);
        self.raw_errors(from, end, open);
        let span = self.span_of(from, end);
        let params: Vec<_> = self.tokens[from..end]
            .iter()
            .filter(|t| matches!(t.kind, TokenKind::Param | TokenKind::Question))
            .map(|t| t.span)
            .collect();
        let params: Vec<_> = params
            .into_iter()
            .map(|span| {
                self.tree.ast.push(Expr {
                    kind: ExprKind::Param,
                    span,
                })
            })
            .collect();
        let params: List<_> = self.tree.ast.push_list(params);
        let verb = self.span_of(from, from + words);
        let id = self.tree.ast.push(Backend {
            verb,
            text: span,
            params,
        });
        (
            Stmt {
                kind: StmtKind::Backend(id),
                span,
            },
            end + 1,
        )
    }

    /// `NATIVE text` up to the semicolon, `NATIVE FOR backend $$text$$`.
    fn native(&mut self, from: usize) -> (Stmt, usize) {
        let is_for =
            self.tokens.get(from + 1).map(|t| t.kind) == Some(TokenKind::Word(Keyword::For));
        let mut text_from = from + 1;
        let mut backend = None;
        if is_for && let Some(name) = self.tokens.get(from + 2) {
            backend = Some(Ident { span: name.span });
            text_from = from + 3;
        }
        let (end, open) = backend::end(self.source, &self.tokens, text_from);
        let end = end.max(text_from);
        self.raw_errors(text_from, end, open);
        let only_string = end == text_from + 1
            && self
                .tokens
                .get(text_from)
                .is_some_and(|t| t.kind == TokenKind::String);
        let mut text = self.span_of(text_from, end);
        if only_string {
            let literal = text.text(self.source);
            let quote = match literal.strip_prefix('$') {
                Some(rest) => rest.find('$').map_or(1, |at| at + 2),
                None => 1,
            };
            let quote = u32::try_from(quote).unwrap_or(1);
            text = Span::new(
                text.start + quote,
                text.end.saturating_sub(quote).max(text.start + quote),
            );
        }
        let span = self.span_of(from, end);
        let id = self.tree.ast.push(Native { backend, text });
        (
            Stmt {
                kind: StmtKind::Native(id),
                span,
            },
            end + 1,
        )
    }
}

/// What to say of text that is no token.
fn text_error(source: &str, error: LexError, span: Span) -> Diagnostic {
    let text = span.text(source);
    let open = Span::new(span.start, span.start + 1);
    match error {
        LexError::UnclosedString => {
            Diagnostic::error(codes::UNCLOSED_STRING, "this string is not closed")
                .label(open, "the quote that opens it")
                .help("close it with '")
                .suggest(
                    "add the closing quote",
                    Span::at(trimmed_end(source, span)),
                    "'",
                )
        }
        LexError::UnclosedName => {
            Diagnostic::error(codes::UNCLOSED_NAME, "this quoted name is not closed")
                .label(open, "the quote that opens it")
                .help("close it with the same quote")
        }
        LexError::UnclosedComment => {
            Diagnostic::error(codes::UNCLOSED_COMMENT, "this comment is not closed")
                .label(Span::new(span.start, span.start + 2), "it begins here")
                .help("close it with */")
        }
        LexError::UnclosedDollar => Diagnostic::error(
            codes::UNCLOSED_DOLLAR,
            "this dollar-quoted string is not closed",
        )
        .label(open, "it begins here")
        .help("close it with the same mark"),
        LexError::BadNumber => {
            let digits = text.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
            let mut diagnostic =
                Diagnostic::error(codes::BAD_NUMBER, format!("{text} is not a number"))
                    .label(span, "a word cannot begin with a digit");
            if digits.bytes().all(|b| b.is_ascii_digit()) {
                diagnostic = diagnostic.help(format!("did you mean {digits}?")).suggest(
                    format!("write {digits}"),
                    span,
                    digits,
                );
            }
            diagnostic
        }
        LexError::Typographic => {
            let mut inner = text.chars();
            let quoted = inner.next().is_some() && inner.next_back().is_some();
            if quoted && matches!(text.chars().next(), Some('\u{2018}'..='\u{201f}')) {
                let plain = format!("'{}'", inner.as_str());
                return Diagnostic::error(
                    codes::TYPOGRAPHIC_CHARACTER,
                    "these quotes are typographic",
                )
                .label(span, "a text stands between plain quotes")
                .help(format!("write {plain}"))
                .suggest(format!("write {plain}"), span, plain);
            }
            let plain = match text.chars().next() {
                Some('\u{2018}'..='\u{201b}') => "'",
                Some('\u{201c}'..='\u{201f}') => "'",
                Some('\u{2010}'..='\u{2015}' | '\u{2212}') => "-",
                Some(c @ '\u{ff01}'..='\u{ff20}') => full_width(c),
                _ => "",
            };
            Diagnostic::error(
                codes::TYPOGRAPHIC_CHARACTER,
                format!("{text} is a typographic character"),
            )
            .label(span, "a word processor's sign, not the plain one")
            .help(format!("write {plain} on its plain key"))
            .suggest(format!("write {plain}"), span, plain)
        }
        LexError::Nul => Diagnostic::error(codes::NUL_BYTE, "the text holds a NUL byte")
            .label(span, "here")
            .help("is it a text file in UTF-8?"),
        LexError::Stray => {
            Diagnostic::error(codes::STRAY_CHARACTER, format!("{text} means nothing here"))
                .label(span, "not a character of the language")
                .help("in a name it must stand in double quotes, as text in single quotes")
        }
    }
}

/// The ASCII sign that a full-width one stands for.
fn full_width(c: char) -> &'static str {
    const SIGNS: &str = "!\"#$%&'()*+,-./0123456789:;<=>?@";
    let at = (c as usize).saturating_sub(0xff01);
    SIGNS.get(at..=at).unwrap_or("")
}

/// Where an unclosed string on a line most likely ends: before trailing white space, `;` and `)`.
fn trimmed_end(source: &str, span: Span) -> u32 {
    let text = span.text(source);
    let kept = text.trim_end().trim_end_matches([';', ')', ',']).trim_end();
    span.start + u32::try_from(kept.len().max(1)).unwrap_or(1)
}
