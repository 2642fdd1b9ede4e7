//! Which words of the language may come at the cursor: each is tried as the settler and the parser read it.

use crate::backend;
use crate::draft::Drafter;
use crate::mend::Mender;
use crate::phrases::{BEGINNINGS, PHRASES};
use crate::settle::{self, Settled};
use crate::term::{Term, Tok};
use rql_lexer::{Span, Token};

impl Drafter {
    /// The words that may come behind terminals that read, without what of them is typed before the cursor.
    pub(crate) fn words(
        &self,
        mender: &mut Mender,
        prefix: &[Tok],
        expected: &[Term],
        (from, at): (u32, u32),
    ) -> Vec<&'static str> {
        let typed = self.text.get(from as usize..at as usize).unwrap_or("");
        let mut words = Vec::new();
        // `LEFT JO`: the phrase has begun before the cursor, and its end is the likeliest.
        for back in 1..=2 {
            let Some(first) = self.place.checked_sub(back) else {
                break;
            };
            let span = Span::new(self.tokens[first].span.start, from);
            let before = span.text(&self.text).split_whitespace();
            let before = before.collect::<Vec<_>>().join(" ");
            let head = format!("{before} {typed}");
            let candidates = PHRASES.iter().filter(|phrase| starts_with(phrase, &head));
            let mut candidates = candidates.peekable();
            if candidates.peek().is_none() {
                continue;
            }
            let settled = self.settled(&self.tokens[..first]);
            let Some((prefix, expected)) = mender.prefix(settled.toks) else {
                continue;
            };
            let mut trial = Trial::new(self, first, &prefix, &expected);
            for phrase in candidates {
                let rest = &phrase[before.len() + 1..];
                if !words.contains(&rest) && trial.fits(mender, phrase) {
                    words.push(rest);
                }
            }
        }
        let mut trial = Trial::new(self, self.place, prefix, expected);
        // Behind EXPLAIN and in blocks as at the beginning of a text.
        let begins = self.place == 0 || expected.contains(&Term::Create);
        let phrases = if begins { BEGINNINGS } else { PHRASES };
        for phrase in phrases {
            let fits = starts_with(phrase, typed) && !words.contains(phrase);
            if fits && trial.fits(mender, phrase) {
                words.push(*phrase);
            }
        }
        words
    }
}

fn starts_with(phrase: &str, typed: &str) -> bool {
    phrase
        .get(..typed.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(typed))
}

/// Clauses, which the parser takes in any order and then complains.
fn is_clause(term: Term) -> bool {
    matches!(
        term,
        Term::Select
            | Term::From
            | Term::Where
            | Term::GroupBy
            | Term::Having
            | Term::Window
            | Term::Qualify
            | Term::OrderBy
            | Term::Limit
            | Term::Offset
            | Term::Fetch
            | Term::Lock
            | Term::Chart
            | Term::Into
            | Term::OnConflict
            | Term::OnDuplicateKey
            | Term::Returning
            | Term::Using
            | Term::On
            | Term::UsingSample
    )
}

/// Clauses that UPDATE and DELETE have not.
fn of_queries(term: Term) -> bool {
    is_clause(term)
        && !matches!(
            term,
            Term::From | Term::Where | Term::Using | Term::On | Term::Returning | Term::Select
        )
}

/// Tries words behind the tokens before a place.
struct Trial<'d> {
    drafter: &'d Drafter,
    first: usize,
    prefix: &'d [Tok],
    expected: &'d [Term],
    /// How many mistakes there are without any word.
    wrong: Option<usize>,
    text: String,
    length: usize,
    settled: Settled,
}

impl<'d> Trial<'d> {
    fn new(drafter: &'d Drafter, first: usize, prefix: &'d [Tok], expected: &'d [Term]) -> Self {
        let token = drafter.tokens.get(first);
        let end = token.map_or(drafter.text.len(), |token| token.span.start as usize);
        let mut text = drafter.text[..end].to_owned();
        text.push(' ');
        Self {
            drafter,
            first,
            prefix,
            expected,
            wrong: None,
            length: text.len(),
            text,
            settled: Settled::default(),
        }
    }

    fn fits(&mut self, mender: &mut Mender, phrase: &str) -> bool {
        let mut behind = ["", " x", " (x", " 'x'"].iter();
        behind.any(|behind| self.reads(mender, phrase, behind))
    }

    fn reads(&mut self, mender: &mut Mender, phrase: &str, behind: &str) -> bool {
        self.text.truncate(self.length);
        self.text.push_str(phrase);
        self.text.push_str(behind);
        let start = u32::try_from(self.length).unwrap_or(u32::MAX);
        let end = start + u32::try_from(phrase.len()).unwrap_or(0);
        let mut tokens = self.drafter.tokens[..self.first].to_vec();
        let added = rql_lexer::lex(&self.text[self.length..]).tokens;
        tokens.extend(added.iter().map(|token| Token {
            kind: token.kind,
            span: Span::new(token.span.start + start, token.span.end + start),
        }));
        if self.first == 0 && backend::verb(&self.text, &tokens, 0) > 0 {
            return false;
        }
        settle::statement(&self.text, &tokens, 0, &mut self.settled);
        let toks = &self.settled.toks;
        let own = toks
            .iter()
            .filter(|tok| start <= tok.span.start && tok.span.start < end);
        let own: Vec<Tok> = own.copied().collect();
        let word = |tok: &Tok| !matches!(tok.term, Term::Id | Term::Stray);
        let crosses = toks
            .iter()
            .any(|tok| tok.span.start < start && tok.span.end > start);
        let Some(first) = own.first() else {
            return false;
        };
        !crosses
            && own.iter().all(word)
            && self.expected.contains(&first.term)
            && (own.len() == 1 || mender.goes_on(self.prefix, &own))
            && (!is_clause(first.term) || self.in_order(mender, &own))
            && !(of_queries(first.term) && self.changes_rows())
    }

    /// True behind UPDATE or DELETE, outside of parentheses.
    fn changes_rows(&self) -> bool {
        let Some(Term::Update | Term::Delete) = self.prefix.first().map(|tok| tok.term) else {
            return false;
        };
        let count = |term| self.prefix.iter().filter(|tok| tok.term == term).count();
        count(Term::LParen) <= count(Term::RParen)
    }

    /// True where the clause brings no mistake of its own.
    fn in_order(&mut self, mender: &mut Mender, own: &[Tok]) -> bool {
        let mut wrong = |toks: Vec<Tok>| mender.whole(toks, usize::MAX).map(|done| done.wrong);
        let before = match self.wrong {
            Some(known) => known,
            None => *self.wrong.insert(wrong(self.prefix.to_vec()).unwrap_or(0)),
        };
        wrong([self.prefix, own].concat()).is_some_and(|wrong| wrong <= before)
    }
}
