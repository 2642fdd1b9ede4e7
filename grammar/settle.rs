//! Settles what each token of one statement is, before the parser sees it.
//!
//! A word of the language is a keyword only where its neighbours make it one; anywhere else it is a
//! name. The rules look at the terminal before, a few tokens after, and the block they stand in
//! (parentheses, CASE, IF, a template), so the grammar itself needs no lists of soft keywords.

use crate::term::{Aux, Infix, Term, Tok};
use rql_ast::{BinaryOp, JoinKind, JoinSide};
use rql_lexer::{Keyword as K, LexError, Span, Token, TokenKind as T};

/// What is open around a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Paren,
    Window,
    Form,
    Index,
    List,
    Brace,
    Case,
    If,
    Loop,
    /// A template around a piece of a statement.
    Template,
    /// A template around statements.
    Statements,
}

/// One statement, settled.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Its tokens, without the semicolon.
    pub toks: Vec<Tok>,
    /// Where the blocks begin that are still open at its end.
    pub open: Vec<(Block, Span)>,
    /// The tokens that are none.
    pub errors: Vec<(LexError, Span)>,
    /// The deepest nesting, counted over blocks and operators that nest, and where it is.
    pub depth: (u32, Span),
}

/// Reads one statement from `tokens[from..]` into `out`; gives the index of the token after it
/// (after its semicolon, where it has one).
pub(crate) fn statement(source: &str, tokens: &[Token], from: usize, out: &mut Settled) -> usize {
    out.toks.clear();
    out.open.clear();
    out.errors.clear();
    out.depth = (0, Span::default());
    // What most statements need, at once.
    out.toks.reserve((tokens.len() - from).min(64));
    let mut settler = Settler {
        source,
        tokens,
        at: from,
        out,
        lead: K::None,
        object: Term::Stray,
        clause: Term::Stray,
        frame_and: false,
        unit_at: usize::MAX,
        header: false,
        start: true,
        action: false,
        in_tag: false,
        done: false,
        nested: 0,
        levels: Vec::new(),
        values_at: usize::MAX,
        keys_at: usize::MAX,
        keys_end: usize::MAX,
        loop_at: usize::MAX,
    };
    settler.run();
    settler.at
}

pub(crate) struct Settler<'a> {
    pub(crate) source: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) at: usize,
    pub(crate) out: &'a mut Settled,
    /// The word that the statement begins with.
    pub(crate) lead: K,
    /// What CREATE, ALTER or DROP is about.
    pub(crate) object: Term,
    /// The last clause word at this level, of those that have words of their own.
    pub(crate) clause: Term,
    /// `AND` closes a frame's BETWEEN.
    pub(crate) frame_and: bool,
    /// The token that is the unit of an INTERVAL.
    pub(crate) unit_at: usize,
    /// Between CREATE and the object's name.
    pub(crate) header: bool,
    /// A statement may begin here.
    pub(crate) start: bool,
    /// Inside the head of a form's action.
    pub(crate) action: bool,
    /// Inside the opening tag of a template of statements.
    pub(crate) in_tag: bool,
    /// The statement has ended without a semicolon.
    pub(crate) done: bool,
    /// Operators that nest, at this level and at the levels around it.
    pub(crate) nested: u32,
    pub(crate) levels: Vec<(u32, Term)>,
    /// At this level commas separate the rows of VALUES in FROM.
    pub(crate) values_at: usize,
    /// The level of the parenthesis of DISTINCT ON, and the number of tokens where the last one has ended:
    /// what follows is the SELECT list.
    pub(crate) keys_at: usize,
    pub(crate) keys_end: usize,
    /// The level at which LOOP ends the query of a FOR.
    pub(crate) loop_at: usize,
}

/// Words of intervals; plural forms are cut before the look-up.
pub(crate) const UNITS: &[&str] = &[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
    "decade",
    "century",
    "centurie",
    "millennium",
    "millennia",
    "year_month",
    "day_hour",
    "day_minute",
    "day_second",
    "hour_minute",
    "hour_second",
    "minute_second",
];

pub(crate) const fn join(natural: bool, asof: bool, side: JoinSide) -> Aux {
    Aux::Join(JoinKind {
        natural,
        asof,
        side,
    })
}

impl Settler<'_> {
    pub(crate) fn run(&mut self) {
        while let Some(&token) = self.tokens.get(self.at) {
            if token.kind == T::Semicolon && self.ends_here() {
                self.at += 1;
                return;
            }
            let before = self.out.toks.len();
            let was_start = core::mem::take(&mut self.start);
            self.token(token, was_start);
            if self.done {
                return;
            }
            if self.out.toks.len() == before && was_start {
                self.start = true;
            }
        }
    }

    /// A semicolon ends the statement unless IF, FOR or a template of statements is open; brackets
    /// that are still open then are a mistake that must not swallow the rest of the file.
    pub(crate) fn ends_here(&mut self) -> bool {
        let holds =
            |block: &(Block, Span)| matches!(block.0, Block::If | Block::Loop | Block::Statements);
        match self.out.open.iter().rposition(holds) {
            None => true,
            Some(at) => {
                self.out.open.truncate(at + 1);
                false
            }
        }
    }

    // -- what stands around ------------------------------------------------------------------

    pub(crate) fn kind(&self, ahead: usize) -> Option<T> {
        self.tokens.get(self.at + ahead).map(|token| token.kind)
    }

    pub(crate) fn kw(&self, ahead: usize) -> K {
        match self.kind(ahead) {
            Some(T::Word(keyword)) => keyword,
            _ => K::None,
        }
    }

    pub(crate) fn text(&self, ahead: usize) -> &str {
        self.tokens
            .get(self.at + ahead)
            .map_or("", |token| token.span.text(self.source))
    }

    pub(crate) fn word_is(&self, ahead: usize, text: &str) -> bool {
        self.text(ahead).eq_ignore_ascii_case(text)
    }

    pub(crate) fn prev(&self) -> Term {
        self.out.toks.last().map_or(Term::Semi, |tok| tok.term)
    }

    /// True where an operand ends just before.
    pub(crate) fn after_operand(&self) -> bool {
        let keys = self.keys_end == self.out.toks.len();
        !keys
            && matches!(
                self.prev(),
                Term::Id
                    | Term::Str
                    | Term::Num
                    | Term::Blob
                    | Term::Bits
                    | Term::Param
                    | Term::Const
                    | Term::RParen
                    | Term::RBracket
                    | Term::RBrace
                    | Term::End
                    | Term::Star
                    | Term::IsNull
                    | Term::IsForm
                    | Term::Unit
                    | Term::TimeZone
                    | Term::Position
                    | Term::TemplateEnd
            )
    }

    /// True where the token `ahead` can begin an operand.
    pub(crate) fn operand_at(&self, ahead: usize) -> bool {
        match self.kind(ahead) {
            Some(
                T::QuotedName
                | T::Placeholder
                | T::Number
                | T::String
                | T::Blob
                | T::Bits
                | T::Param
                | T::LParen
                | T::LBracket
                | T::LBrace
                | T::Plus
                | T::Minus
                | T::Tilde
                | T::Question
                | T::At
                | T::Bang
                | T::BangBang
                | T::PipeSlash
                | T::PipePipeSlash
                | T::TemplateIf
                | T::TemplateUnless
                | T::Hash
                | T::Star,
            ) => true,
            Some(T::Word(keyword)) => {
                !matches!(
                    keyword,
                    K::From
                        | K::Where
                        | K::Group
                        | K::Having
                        | K::Order
                        | K::Limit
                        | K::Offset
                        | K::Fetch
                        | K::Union
                        | K::Except
                        | K::Intersect
                        | K::Window
                        | K::On
                        | K::Using
                        | K::Join
                        | K::Inner
                        | K::Left
                        | K::Right
                        | K::Full
                        | K::Cross
                        | K::Natural
                        | K::As
                        | K::And
                        | K::Or
                        | K::Is
                        | K::In
                        | K::Then
                        | K::When
                        | K::Else
                        | K::End
                        | K::Asc
                        | K::Desc
                        | K::Returning
                        | K::Into
                        | K::Collate
                        | K::For
                        | K::To
                ) || (matches!(keyword, K::Left | K::Right)
                    && self.kind(ahead + 1) == Some(T::LParen))
            }
            _ => false,
        }
    }

    /// True where the token `ahead` begins a query.
    pub(crate) fn query_at(&self, ahead: usize) -> bool {
        let mut ahead = ahead;
        while self.kind(ahead) == Some(T::LParen) {
            ahead += 1;
        }
        matches!(
            self.kw(ahead),
            K::Select | K::With | K::Values | K::From | K::Table
        )
    }

    pub(crate) fn block(&self) -> Option<Block> {
        self.out.open.last().map(|open| open.0)
    }

    pub(crate) fn in_window(&self) -> bool {
        self.block() == Some(Block::Window)
    }

    pub(crate) fn definition(&self) -> bool {
        matches!(self.lead, K::Create | K::Alter | K::Form)
    }

    // -- what is written ---------------------------------------------------------------------

    /// Makes one terminal of the next `count` tokens.
    pub(crate) fn emit_n(&mut self, count: usize, term: Term, aux: Aux) {
        let first = self.tokens[self.at];
        let last = self.tokens[(self.at + count - 1).min(self.tokens.len() - 1)];
        self.out.toks.push(Tok {
            term,
            aux,
            kind: first.kind,
            span: first.span.to(last.span),
        });
        self.at += count;
        self.nest(term, aux);
    }

    pub(crate) fn emit(&mut self, term: Term) {
        self.emit_n(1, term, Aux::None);
    }

    pub(crate) fn infix(&mut self, count: usize, op: Infix) {
        self.emit_n(count, Term::Op, Aux::Infix(op));
    }

    pub(crate) fn binary(&mut self, op: BinaryOp) {
        self.infix(1, Infix::Binary(op));
    }

    /// Counts what makes the tree deeper: blocks, and operators that take one another as operands.
    pub(crate) fn nest(&mut self, term: Term, aux: Aux) {
        match (term, aux) {
            (
                Term::Prefix
                | Term::ColonColon
                | Term::Collate
                | Term::IsNull
                | Term::IsForm
                | Term::LIndex,
                _,
            ) => {
                self.nested += 1;
            }
            (Term::Op, Aux::Infix(Infix::Binary(op))) if op.chains() => {
                if matches!(op, BinaryOp::And | BinaryOp::Or) {
                    self.nested = self.base();
                }
            }
            (Term::Op | Term::Eq, _) => self.nested += 1,
            (
                Term::Comma
                | Term::Semi
                | Term::Select
                | Term::From
                | Term::Where
                | Term::Having
                | Term::On
                | Term::Then
                | Term::When
                | Term::Else
                | Term::SetOp,
                _,
            ) => self.nested = self.base(),
            _ => return,
        }
        self.note_depth();
    }

    /// What nests around this level.
    pub(crate) fn base(&self) -> u32 {
        self.levels.last().map_or(0, |level| level.0)
    }

    pub(crate) fn note_depth(&mut self) {
        let depth = self.nested + u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        if depth > self.out.depth.0 {
            let span = self.out.toks.last().map_or(Span::default(), |tok| tok.span);
            self.out.depth = (depth, span);
        }
    }

    pub(crate) fn open(&mut self, block: Block, span: Span) {
        self.out.open.push((block, span));
        self.levels.push((self.nested, self.clause));
        if !(self.clause == Term::Sample && block == Block::Paren) {
            self.clause = Term::Stray;
        }
        self.note_depth();
    }

    pub(crate) fn close(&mut self, wanted: impl Fn(Block) -> bool) {
        // A closing word closes what it belongs to and all that was left open inside.
        if let Some(at) = self.out.open.iter().rposition(|open| wanted(open.0)) {
            self.out.open.truncate(at);
            if let Some(&(nested, clause)) = self.levels.get(at) {
                self.nested = nested;
                self.clause = clause;
            }
            self.levels.truncate(at);
            if self.values_at != usize::MAX && self.values_at > at {
                self.values_at = usize::MAX;
            }
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(Span::default(), |token| token.span)
    }
}
