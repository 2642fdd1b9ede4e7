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
    pub(crate) at: usize,
    /// What would.
    pub(crate) expected: Vec<Term>,
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
pub(crate) enum Repair {
    /// A soft keyword is a name after all.
    Name(usize),
    /// The word at this token is misspelt.
    Word(usize, K),
    /// A token is missing before this one.
    Insert(usize, T, &'static str),
    /// This token is too much.
    Drop(usize),
}

pub(crate) struct Recovery<'t> {
    pub(crate) tree: &'t mut Tree,
    /// The tokens of the statement, as changed so far.
    pub(crate) tokens: Vec<Token>,
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
    pub(crate) fn source(&self) -> std::sync::Arc<str> {
        std::sync::Arc::clone(self.tree.ast.source())
    }

    pub(crate) fn settle(&self, settled: &mut Settled) {
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
    pub(crate) fn finish(&mut self, settled: &mut Settled) -> Option<Stmt> {
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
    pub(crate) fn outcome(&mut self, repair: &Repair, trial: &mut Settled) -> Option<Failure> {
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

    pub(crate) fn apply(&mut self, repair: &Repair) {
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
    pub(crate) fn token_of(&self, settled: &Settled, at: usize) -> usize {
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
    pub(crate) fn name_reads(&mut self, settled: &Settled, failure: &Failure) -> Option<Repair> {
        let mut trial = Settled::default();
        self.candidates(settled, failure)
            .into_iter()
            .map(|(repair, _)| repair)
            .filter(|repair| matches!(repair, Repair::Name(_)))
            .find(|repair| self.outcome(repair, &mut trial).is_none())
    }

    /// The repair that lets the parser read furthest.
    pub(crate) fn best(
        &mut self,
        settled: &Settled,
        failure: &Failure,
    ) -> Option<(Repair, Option<Failure>)> {
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
    pub(crate) fn candidates(&self, settled: &Settled, failure: &Failure) -> Vec<(Repair, usize)> {
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
        let from = T::Word(K::From);
        let reads = self.tokens.iter().any(|token| token.kind == from);
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
            // As a first word only SELECT may be missing, before columns and FROM.
            if !at_end && (at > 0 || (keyword == K::Select && reads)) {
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
    pub(crate) fn starts_statement(
        &mut self,
        settled: &Settled,
        failure: &Failure,
    ) -> Option<usize> {
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

    pub(crate) fn missing_semicolon(&mut self, at: usize) {
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
