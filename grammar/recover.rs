//! Mends statements that do not read.
//!
//! A repair is a change of the tokens: one replaced by the word it resembles, one inserted, one
//! dropped. Each candidate is tried on the parser itself; the one that lets it read furthest is the
//! mistake that is reported, with the repair as its suggestion. What no repair mends is reported as
//! what was found and what was expected.

use crate::advice::{advise, begins_line, begins_statement};
use crate::generated::StatementParser;
use crate::settle::{self, Block, Settled};
use crate::term::{Term, Tok};
use crate::tree::Tree;
use lalrpop_util::ParseError;
use rql_ast::{Ast, Span, Stmt};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use rql_lexer::{Keyword as K, Token, TokenKind as T};

/// Where a parse stopped.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Index of the terminal that does not fit; the number of terminals at the end.
    at: usize,
    /// What would.
    expected: Vec<Term>,
}

/// What recovering gives.
pub(crate) struct Mended {
    pub statement: Option<Stmt>,
    /// The token after the statement.
    pub next: usize,
}

/// Statements with more terminals are reported without trying repairs.
const TRIES_UP_TO: usize = 4_000;
/// Mistakes reported in one statement.
const MISTAKES: usize = 6;
/// How many terminals a repair must let the parser read on.
const PROGRESS: usize = 3;

/// Runs the parser over settled terminals.
pub(crate) fn run(tree: &mut Tree, toks: &[Tok]) -> Result<Stmt, Failure> {
    let input = toks
        .iter()
        .map(|tok| Ok((tok.span.start, *tok, tok.span.end)));
    StatementParser::new().parse(tree, input).map_err(|error| {
        let (at, expected) = match error {
            ParseError::UnrecognizedToken {
                token: (start, _, _),
                expected,
            } => {
                let at = toks
                    .iter()
                    .position(|tok| tok.span.start == start && !tok.span.is_empty());
                (at.unwrap_or(toks.len()), expected)
            }
            ParseError::UnrecognizedEof { expected, .. } => (toks.len(), expected),
            ParseError::InvalidToken { .. }
            | ParseError::ExtraToken { .. }
            | ParseError::User { .. } => (toks.len(), Vec::new()),
        };
        Failure {
            at,
            expected: expected.iter().filter_map(|name| Term::of(name)).collect(),
        }
    })
}

/// A change of the lexer's tokens of one statement.
#[derive(Clone, Debug)]
enum Repair {
    /// A soft keyword is a name after all.
    Name(usize),
    /// The word at this token is misspelt.
    Word(usize, K),
    /// A token is missing before this one.
    Insert(usize, T, &'static str),
    /// This token is too much.
    Drop(usize),
}

struct Recovery<'t> {
    tree: &'t mut Tree,
    /// The tokens of the statement, as changed so far.
    tokens: Vec<Token>,
    /// Indices into `tokens` that are names whatever they spell.
    names: Vec<usize>,
}

pub(crate) fn recover(
    tree: &mut Tree,
    tokens: &[Token],
    range: core::ops::Range<usize>,
    settled: &mut Settled,
    failure: Failure,
) -> Mended {
    let next = range.end;
    let all = &tokens[range.start..next.min(tokens.len())];
    let body = match all {
        [
            rest @ ..,
            Token {
                kind: T::Semicolon, ..
            },
        ] => rest,
        all => all,
    };
    let mut recovery = Recovery {
        tree,
        tokens: body.to_vec(),
        names: Vec::new(),
    };
    let mut failure = failure;
    for round in 0..MISTAKES {
        if settled.toks.len() <= TRIES_UP_TO
            && let Some(repair) = recovery.name_reads(settled, &failure)
        {
            recovery.apply(&repair);
            let statement = recovery.finish(settled);
            return Mended { statement, next };
        }
        if let Some(at) = recovery.starts_statement(settled, &failure) {
            recovery.missing_semicolon(at);
            recovery.tokens.truncate(at);
            let statement = recovery.finish(settled);
            return Mended {
                statement,
                next: range.start + at,
            };
        }
        if settled.toks.len() > TRIES_UP_TO {
            break;
        }
        let source = recovery.source();
        if let Some(diagnostic) = advise(&source, settled, failure.at) {
            recovery.tree.report(diagnostic);
            return Mended {
                statement: None,
                next,
            };
        }
        let Some((repair, outcome)) = recovery.best(settled, &failure) else {
            break;
        };
        recovery.report(&repair, settled, &failure);
        recovery.apply(&repair);
        recovery.settle(settled);
        match outcome {
            None => {
                let statement = recovery.finish(settled);
                return Mended { statement, next };
            }
            Some(later) => failure = later,
        }
        if round + 1 == MISTAKES {
            return Mended {
                statement: None,
                next,
            };
        }
    }
    recovery.unexpected(settled, &failure);
    Mended {
        statement: None,
        next,
    }
}

impl Recovery<'_> {
    fn source(&self) -> std::sync::Arc<str> {
        std::sync::Arc::clone(self.tree.ast.source())
    }

    fn settle(&self, settled: &mut Settled) {
        settle::statement(&self.source(), &self.tokens, 0, settled);
        for &name in &self.names {
            let Some(token) = self.tokens.get(name) else {
                continue;
            };
            for tok in &mut settled.toks {
                if tok.span == token.span {
                    tok.term = Term::Id;
                }
            }
        }
    }

    /// Parses the tokens as they are now into the tree.
    fn finish(&mut self, settled: &mut Settled) -> Option<Stmt> {
        self.settle(settled);
        let mark = self.tree.diagnostics.len();
        let result = run(self.tree, &settled.toks);
        if result.is_err() {
            self.tree.diagnostics.truncate(mark);
            self.tree.reset();
        }
        result.ok()
    }

    /// The failure that is left after a repair; `None` where the statement reads.
    fn outcome(&mut self, repair: &Repair, trial: &mut Settled) -> Option<Failure> {
        let mut changed = Recovery {
            tree: &mut Tree::new(Ast::new(self.source())),
            tokens: self.tokens.clone(),
            names: self.names.clone(),
        };
        changed.apply(repair);
        changed.settle(trial);
        let name = |tok: &Tok| tok.span.is_empty() && tok.term == Term::Id;
        if trial.toks.iter().any(name) {
            // The word that was put in is a name there, so it is not what was missing.
            return Some(Failure {
                at: 0,
                expected: Vec::new(),
            });
        }
        let failure = run(changed.tree, &trial.toks).err();
        // A word that is a name after all must not bring mistakes of another kind.
        let worse = matches!(repair, Repair::Name(_)) && !changed.tree.diagnostics.is_empty();
        if failure.is_none() && worse {
            return Some(Failure {
                at: 0,
                expected: Vec::new(),
            });
        }
        failure
    }

    fn apply(&mut self, repair: &Repair) {
        match *repair {
            Repair::Name(at) => self.names.push(at),
            Repair::Word(at, keyword) => {
                if let Some(token) = self.tokens.get_mut(at) {
                    token.kind = T::Word(keyword);
                }
            }
            Repair::Insert(at, kind, _) => {
                let place = at.min(self.tokens.len());
                let before = place.checked_sub(1).and_then(|at| self.tokens.get(at));
                let span = Span::at(before.map_or(0, |token| token.span.end));
                self.tokens.insert(place, Token { kind, span });
                for name in &mut self.names {
                    *name += usize::from(*name >= place);
                }
            }
            Repair::Drop(at) => {
                if at < self.tokens.len() {
                    self.tokens.remove(at);
                }
                self.names.retain(|&name| name != at);
                for name in &mut self.names {
                    *name -= usize::from(*name > at);
                }
            }
        }
    }

    /// The index of the lexer's token that a terminal begins with.
    fn token_of(&self, settled: &Settled, at: usize) -> usize {
        match settled.toks.get(at) {
            Some(tok) => self
                .tokens
                .iter()
                .position(|token| token.span.start >= tok.span.start)
                .unwrap_or(self.tokens.len()),
            None => self.tokens.len(),
        }
    }

    /// A soft keyword that was a name after all, where nothing else is wrong.
    fn name_reads(&mut self, settled: &Settled, failure: &Failure) -> Option<Repair> {
        let mut trial = Settled::default();
        self.candidates(settled, failure)
            .into_iter()
            .map(|(repair, _)| repair)
            .filter(|repair| matches!(repair, Repair::Name(_)))
            .find(|repair| self.outcome(repair, &mut trial).is_none())
    }

    /// The repair that lets the parser read furthest.
    fn best(&mut self, settled: &Settled, failure: &Failure) -> Option<(Repair, Option<Failure>)> {
        let mut trial = Settled::default();
        let here = settled
            .toks
            .get(failure.at)
            .map_or(u32::MAX, |tok| tok.span.start);
        let mut best: Option<(usize, Repair, Option<Failure>)> = None;
        for (repair, least) in self.candidates(settled, failure) {
            let outcome = self.outcome(&repair, &mut trial);
            let progress = match &outcome {
                None => usize::MAX,
                Some(later) => {
                    let read = trial.toks.get(..later.at).unwrap_or(&[]);
                    read.iter()
                        .filter(|tok| tok.span.start >= here && !tok.span.is_empty())
                        .count()
                }
            };
            if progress == usize::MAX && matches!(repair, Repair::Name(_) | Repair::Word(..)) {
                return Some((repair, outcome));
            }
            if progress >= least && best.as_ref().is_none_or(|best| progress > best.0) {
                best = Some((progress, repair, outcome));
            }
        }
        best.map(|(_, repair, outcome)| (repair, outcome))
    }

    /// Repairs to try, the likelier first, each with the progress it must at least make.
    fn candidates(&self, settled: &Settled, failure: &Failure) -> Vec<(Repair, usize)> {
        let at = self.token_of(settled, failure.at);
        let source = self.source();
        let mut all = Vec::new();
        let soft = |index: usize| match self.tokens.get(index).map(|token| token.kind) {
            Some(T::Word(keyword)) => keyword != K::None && !reserved(keyword),
            _ => false,
        };
        for back in [0, 1, 2] {
            let Some(index) = at.checked_sub(back) else {
                break;
            };
            if soft(index) && !self.names.contains(&index) {
                all.push((Repair::Name(index), PROGRESS));
            }
        }
        // A word that resembles a keyword, at the place or shortly before.
        for back in 0..=4 {
            let Some(index) = at.checked_sub(back) else {
                break;
            };
            let Some(Token {
                kind: T::Word(known),
                span,
            }) = self.tokens.get(index)
            else {
                continue;
            };
            let word = span.text(&source);
            for &meant in misspelt(word, *known) {
                all.push((Repair::Word(index, meant), PROGRESS));
            }
        }
        let at_end = at >= self.tokens.len();
        let open = settled.open.last().map(|open| open.0);
        let mut insert = |kind: T, text: &'static str, least: usize| {
            all.push((Repair::Insert(at, kind, text), least));
        };
        if !at_end {
            insert(T::Comma, ",", PROGRESS);
        }
        let bracket =
            |open: &(Block, Span)| matches!(open.0, Block::Paren | Block::Window | Block::Form);
        if settled.open.iter().any(bracket) {
            insert(T::RParen, ")", least_at(at_end));
        }
        if open == Some(Block::Case) || at_end {
            insert(T::Word(K::End), "END", least_at(at_end));
        }
        for (keyword, text) in [
            (K::From, "FROM"),
            (K::And, "AND"),
            (K::As, "AS"),
            (K::Then, "THEN"),
            (K::Set, "SET"),
            (K::Into, "INTO"),
            (K::To, "TO"),
            (K::On, "ON"),
            (K::Values, "VALUES"),
            (K::Select, "SELECT"),
        ] {
            if !at_end {
                insert(T::Word(keyword), text, PROGRESS);
            }
        }
        let by = matches!(
            self.tokens.get(at).map(|token| token.kind),
            Some(T::Word(K::Group | K::Order | K::Partition))
        );
        if by {
            return vec![(Repair::Insert(at + 1, T::Word(K::By), "BY"), 1)];
        }
        insert(T::Eq, "=", PROGRESS);
        insert(T::LParen, "(", PROGRESS);
        if let Some(before) = at.checked_sub(1)
            && self
                .tokens
                .get(before)
                .is_some_and(|token| token.kind == T::Comma)
        {
            all.push((Repair::Drop(before), 1));
        }
        if !at_end {
            all.push((Repair::Drop(at), PROGRESS));
        }
        all
    }

    /// A statement seems to begin where the parser stopped, or a word before, on a line of its own.
    fn starts_statement(&mut self, settled: &Settled, failure: &Failure) -> Option<usize> {
        let source = self.source();
        (0..2).find_map(|back| {
            let index = failure.at.checked_sub(back)?;
            let tok = settled.toks.get(index)?;
            let T::Word(keyword) = tok.kind else {
                return None;
            };
            if index == 0 || !begins_statement(keyword) {
                return None;
            }
            let at = self.token_of(settled, index);
            let before = self.tokens.get(at.checked_sub(1)?)?;
            if !begins_line(&source, before.span, tok.span) {
                return None;
            }
            let mut trial = Settled::default();
            let mut shorter = Recovery {
                tree: &mut Tree::new(Ast::new(std::sync::Arc::clone(&source))),
                tokens: self.tokens[..at].to_vec(),
                names: self.names.clone(),
            };
            shorter.settle(&mut trial);
            shorter.finish(&mut trial).map(|_| at)
        })
    }

    fn missing_semicolon(&mut self, at: usize) {
        let Some(before) = at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .copied()
        else {
            return;
        };
        let next = self.tokens.get(at).map_or(before.span, |token| token.span);
        let end = Span::at(before.span.end);
        self.tree.report(
            Diagnostic::error(
                codes::MISSING_SEMICOLON,
                "a semicolon is missing before this statement",
            )
            .label(next, "another statement seems to begin here")
            .label(end, "the one before ends here")
            .help("end it with ;")
            .suggest("add the semicolon", end, ";"),
        );
    }

    // -- what is said ---------------------------------------------------------------------------

    fn report(&mut self, repair: &Repair, settled: &Settled, failure: &Failure) {
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
    fn found(&self, settled: &Settled, failure: &Failure) -> Span {
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

    fn missing(
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

    fn too_much(&self, span: Span) -> Diagnostic {
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
    fn unexpected(&mut self, settled: &Settled, failure: &Failure) {
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

/// At the end of a statement a repair must make it read.
fn least_at(end: bool) -> usize {
    if end { usize::MAX } else { PROGRESS }
}

/// Keywords that `word` may be a misspelling of; `FORM` and `FROM` are each other's.
fn misspelt(word: &str, known: K) -> &'static [K] {
    match known {
        K::Form => return &[K::From],
        K::None => {}
        _ => return &[],
    }
    let texts = COMMON.iter().map(|keyword| keyword.text());
    match did_you_mean(word, texts) {
        Some(text) => COMMON
            .iter()
            .position(|keyword| keyword.text() == text)
            .and_then(|at| COMMON.get(at..=at))
            .unwrap_or(&[]),
        None => &[],
    }
}

/// The words that beginners misspell.
static COMMON: &[K] = &[
    K::Select,
    K::From,
    K::Where,
    K::Group,
    K::Order,
    K::Having,
    K::Limit,
    K::Offset,
    K::Insert,
    K::Into,
    K::Values,
    K::Update,
    K::Set,
    K::Delete,
    K::Create,
    K::Table,
    K::Alter,
    K::Drop,
    K::Join,
    K::Inner,
    K::Left,
    K::Right,
    K::Outer,
    K::Cross,
    K::Union,
    K::Intersect,
    K::Except,
    K::Distinct,
    K::Between,
    K::Like,
    K::Exists,
    K::Case,
    K::When,
    K::Then,
    K::Else,
    K::End,
    K::Using,
    K::With,
    K::Recursive,
    K::Default,
    K::Primary,
    K::References,
    K::Unique,
    K::Check,
    K::Constraint,
    K::Asc,
    K::Desc,
    K::Over,
    K::Partition,
    K::Window,
    K::Qualify,
    K::Returning,
    K::Show,
    K::Describe,
    K::Output,
    K::Import,
    K::Export,
    K::Assert,
    K::Print,
    K::Include,
    K::Connect,
    K::Commit,
    K::Rollback,
    K::Begin,
    K::Explain,
    K::Macro,
    K::Field,
    K::Action,
    K::Chart,
    K::Loop,
    K::Elsif,
    K::Cast,
    K::Interval,
    K::Nulls,
    K::First,
    K::Last,
];

/// Words that stay keywords whatever stands around them.
fn reserved(keyword: K) -> bool {
    matches!(
        keyword,
        K::Select
            | K::From
            | K::Where
            | K::Group
            | K::Order
            | K::Having
            | K::Union
            | K::Except
            | K::Intersect
            | K::And
            | K::Or
            | K::Not
            | K::Case
            | K::When
            | K::Then
            | K::Else
            | K::End
            | K::On
            | K::Using
            | K::As
            | K::In
            | K::Null
            | K::True
            | K::False
            | K::Create
            | K::Table
            | K::Limit
            | K::Offset
            | K::Into
            | K::To
            | K::Distinct
            | K::All
            | K::With
            | K::Cast
            | K::Default
    )
}

fn unknown_statement(found: Span, source: &str) -> Option<Diagnostic> {
    let word = found.text(source);
    if !word.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    Some(
        Diagnostic::error(
            codes::UNKNOWN_STATEMENT,
            format!("no statement begins with {word}"),
        )
        .label(found, "not the first word of a statement")
        .help("to send text to the database as it is, put NATIVE before it"),
    )
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
