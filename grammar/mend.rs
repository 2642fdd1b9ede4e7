//! Makes a statement that is being typed read, whatever is missing.

use crate::generated::StatementParser;
use crate::recover::Failure;
use crate::term::{Aux, Infix, Term, Tok};
use crate::tree::Tree;
use core::cell::Cell;
use lalrpop_util::ParseError;
use rql_ast::{Ast, BinaryOp, Span, Stmt};
use rql_lexer::TokenKind;
use std::sync::Arc;

/// Changes of one statement.
const EDITS: usize = 24;
/// Terminals that may be missing before the next one.
const CHAIN: usize = 4;

/// What ends a sentence soonest, tried in this order.
const TO_THE_END: &[Term] = &[
    Term::RParen,
    Term::RBracket,
    Term::RBrace,
    Term::End,
    Term::EndIf,
    Term::EndLoop,
    Term::TemplateEnd,
    Term::DefaultValues,
    Term::Then,
    Term::Id,
    Term::Num,
    Term::Str,
    Term::Eq,
    Term::As,
    Term::And,
    Term::Set,
    Term::To,
    Term::Into,
    Term::On,
    Term::Loop,
    Term::In,
    Term::LParen,
    Term::Select,
    Term::From,
    Term::Values,
    Term::Semi,
    Term::When,
    Term::Matched,
    Term::Table,
    Term::Using,
    Term::DoNothing,
    Term::Comma,
    Term::Op,
    Term::For,
];

/// What may be missing before a token.
const BETWEEN: &[Term] = &[
    Term::Comma,
    Term::Op,
    Term::Id,
    Term::RParen,
    Term::Then,
    Term::End,
    Term::On,
    Term::As,
    Term::Eq,
    Term::And,
    Term::Semi,
    Term::From,
    Term::Select,
    Term::LParen,
    Term::Set,
    Term::Into,
    Term::To,
    Term::RBracket,
    Term::TemplateEnd,
    Term::Num,
    Term::Str,
];

/// A terminal that nobody has typed.
pub(crate) fn filler(term: Term, at: u32) -> Tok {
    let aux = match term {
        Term::Op => Aux::Infix(Infix::Binary(BinaryOp::And)),
        _ => Aux::None,
    };
    Tok {
        term,
        aux,
        kind: TokenKind::Question,
        span: Span::at(at),
    }
}

/// A statement that reads.
pub(crate) struct Mended {
    pub(crate) ast: Ast,
    pub(crate) stmt: Stmt,
    /// How many mistakes it has besides: clauses that stand in the wrong order.
    pub(crate) wrong: usize,
}

/// The text, and the trees that were tried on it.
pub(crate) struct Mender {
    source: Arc<str>,
}

impl Mender {
    pub(crate) fn new(source: Arc<str>) -> Self {
        Self { source }
    }

    fn parse(&mut self, toks: &[Tok]) -> Result<Mended, Failure> {
        let mut tree = Tree::new(Ast::new(Arc::clone(&self.source)));
        // What is put in has no place in the text, so the place is told by what the parser has taken.
        let taken = Cell::new(0);
        let input = toks.iter().map(|tok| {
            taken.set(taken.get() + 1);
            Ok((tok.span.start, *tok, tok.span.end))
        });
        match StatementParser::new().parse(&mut tree, input) {
            Ok(stmt) => Ok(Mended {
                ast: tree.ast,
                stmt,
                wrong: tree.diagnostics.len(),
            }),
            Err(error) => {
                let (at, expected) = match error {
                    ParseError::UnrecognizedToken { expected, .. } => (taken.get() - 1, expected),
                    ParseError::UnrecognizedEof { expected, .. } => (toks.len(), expected),
                    _ => (toks.len(), Vec::new()),
                };
                let expected = expected.iter().filter_map(|name| Term::of(name)).collect();
                Err(Failure { at, expected })
            }
        }
    }

    /// The terminals before the cursor so that they read, and what may follow them.
    pub(crate) fn prefix(&mut self, mut toks: Vec<Tok>) -> Option<(Vec<Tok>, Vec<Term>)> {
        let end = toks.last().map_or(0, |tok| tok.span.end);
        for _ in 0..EDITS {
            let cursor = toks.len();
            toks.push(filler(Term::Stray, end));
            // The terminal of the cursor fits nowhere, so the parser stops there at the latest.
            let failure = self.parse(&toks).err()?;
            if failure.at >= cursor {
                toks.pop();
                return Some((toks, failure.expected));
            }
            let edit = self.best(&toks, &failure, cursor)?;
            edit.apply(&mut toks);
            toks.pop();
        }
        None
    }

    /// True where terminals that read may have these behind them, with nothing mended.
    pub(crate) fn goes_on(&mut self, prefix: &[Tok], own: &[Tok]) -> bool {
        let mut toks = [prefix, own].concat();
        let (end, at) = (toks.last().map_or(0, |tok| tok.span.end), toks.len());
        toks.push(filler(Term::Stray, end));
        self.parse(&toks).is_err_and(|failure| failure.at >= at)
    }

    /// The whole statement, with the terminal at `hole` kept.
    pub(crate) fn whole(&mut self, mut toks: Vec<Tok>, mut hole: usize) -> Option<Mended> {
        for _ in 0..EDITS {
            let failure = match self.parse(&toks) {
                Ok(done) => return Some(done),
                Err(failure) => failure,
            };
            if failure.at >= toks.len() {
                let at = toks.last().map_or(0, |tok| tok.span.end);
                let next = TO_THE_END
                    .iter()
                    .find(|term| failure.expected.contains(term))?;
                toks.push(filler(*next, at));
                continue;
            }
            let edit = self.best(&toks, &failure, hole)?;
            if edit.at <= hole {
                hole = (hole + edit.insert.len()) - usize::from(edit.drop && edit.at < hole);
            }
            edit.apply(&mut toks);
        }
        None
    }

    /// The change at the place where the parser stopped that lets it read furthest.
    fn best(&mut self, toks: &[Tok], failure: &Failure, keep: usize) -> Option<Edit> {
        let at = failure.at;
        let here = toks.get(at).map_or(0, |tok| tok.span.start);
        let mut best: Option<(usize, Edit)> = None;
        let mut take = |read: usize, edit: Edit| {
            if best.as_ref().is_none_or(|(most, _)| read > *most) {
                best = Some((read, edit));
            }
        };
        for &first in BETWEEN
            .iter()
            .filter(|term| failure.expected.contains(term))
        {
            let mut insert = vec![filler(first, here)];
            for _ in 0..CHAIN {
                let mut trial = toks.to_vec();
                trial.splice(at..at, insert.iter().copied());
                let reached = match self.parse(&trial) {
                    Ok(_) => usize::MAX,
                    Err(later) => {
                        let stuck = later.at <= at + insert.len();
                        let next = TO_THE_END.iter().find(|term| later.expected.contains(term));
                        if let (true, Some(&next)) = (stuck, next) {
                            insert.push(filler(next, here));
                            continue;
                        }
                        if stuck {
                            break;
                        }
                        // Each terminal that had to be put in weighs as one that was not read.
                        (later.at + 1 - at).saturating_sub(2 * insert.len())
                    }
                };
                take(
                    reached,
                    Edit {
                        at,
                        insert,
                        drop: false,
                    },
                );
                break;
            }
        }
        if at != keep && at < toks.len() {
            let mut trial = toks.to_vec();
            trial.remove(at);
            let reached = match self.parse(&trial) {
                Ok(_) => usize::MAX - 1,
                Err(later) => later.at.saturating_sub(at),
            };
            take(
                reached,
                Edit {
                    at,
                    insert: Vec::new(),
                    drop: true,
                },
            );
        }
        best.map(|(_, edit)| edit)
    }
}

/// A change of the terminals.
struct Edit {
    at: usize,
    insert: Vec<Tok>,
    drop: bool,
}

impl Edit {
    fn apply(self, toks: &mut Vec<Tok>) {
        if self.drop {
            toks.remove(self.at);
        }
        toks.splice(self.at..self.at, self.insert);
    }
}
