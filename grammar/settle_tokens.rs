//! The rules for what is no word: signs, literals, brackets, tags, and the phrases that more
//! than one chapter of words needs.

use crate::settle::{Block, Settler, UNITS, join};
use crate::term::{Aux, Term, Tok};
use rql_ast::{BinaryOp, ChartKind, JoinSide, PrefixOp};
use rql_lexer::{Keyword as K, LexError, Span, Token, TokenKind as T};
impl Settler<'_> {
    pub(crate) fn token(&mut self, token: Token, start: bool) {
        use BinaryOp as B;
        match token.kind {
            T::Word(K::None) if self.at != self.unit_at => self.plain_word(),
            T::Word(keyword) => self.word(keyword, start),
            T::QuotedName | T::Placeholder => self.emit(Term::Id),
            T::Number => self.emit(Term::Num),
            T::String => self.string(token),
            T::Blob => self.emit(Term::Blob),
            T::Bits => self.emit(Term::Bits),
            T::Param => self.param(token),
            T::Question if self.after_operand() && self.operand_at(1) => self.binary(B::JsonExists),
            T::Question => self.emit(Term::Param),
            T::TemplateIf | T::TemplateUnless => self.template(token, start),
            T::TemplateElse => {
                self.emit(Term::TemplateElse);
                self.start = self.block() == Some(Block::Statements);
            }
            T::TemplateEndIf | T::TemplateEndUnless => self.template_end(),
            T::LParen => self.left_paren(),
            T::RParen => {
                self.close(|block| matches!(block, Block::Paren | Block::Window | Block::Form));
                self.emit(Term::RParen);
                if self.keys_at == self.out.open.len() {
                    self.keys_at = usize::MAX;
                    self.keys_end = self.out.toks.len();
                }
            }
            T::LBracket => self.left_bracket(),
            T::RBracket => {
                self.close(|block| matches!(block, Block::Index | Block::List));
                self.emit(Term::RBracket);
            }
            T::LBrace => {
                let span = self.span();
                self.emit(Term::LBrace);
                self.open(Block::Brace, span);
            }
            T::RBrace => {
                if self.block() == Some(Block::Brace) {
                    self.close(|block| block == Block::Brace);
                }
                let closes_tag = self.in_tag && self.prev() == Term::RBrace;
                self.emit(Term::RBrace);
                if closes_tag {
                    self.in_tag = false;
                    self.start = true;
                }
            }
            T::Comma if self.block() == Some(Block::Form) && self.form_item_at(1) => {
                self.emit(Term::FormItem);
                // The statement of an action has had its own.
                self.lead = K::Form;
            }
            T::Comma
                if self.values_at == self.out.open.len() && self.kind(1) == Some(T::LParen) =>
            {
                self.emit(Term::RowComma);
            }
            T::Comma => self.emit(Term::Comma),
            T::Semicolon => {
                self.emit(Term::Semi);
                self.start = true;
            }
            T::Dot => self.emit(Term::Dot),
            T::Colon => self.emit(Term::Colon),
            T::ColonColon => self.emit(Term::ColonColon),
            T::Assign => self.emit(Term::Assign),
            T::Arrow => self.emit(Term::Arrow),
            T::Eq => self.emit(Term::Eq),
            T::EqEq => self.binary(B::Eq),
            T::Star if self.prev() != Term::Dot && self.after_operand() && self.operand_at(1) => {
                self.binary(B::Mul);
            }
            T::Star => self.emit(Term::Star),
            T::Plus => self.sign(PrefixOp::Plus, B::Add),
            T::Minus => self.sign(PrefixOp::Minus, B::Sub),
            T::Tilde => self.sign(PrefixOp::BitNot, B::RegexMatch),
            T::Hash if self.after_operand() => self.binary(B::BitXor),
            T::Hash if self.kind(1) == Some(T::Number) => self.emit_n(2, Term::Position, Aux::None),
            T::Hash => self.emit(Term::Stray),
            T::At => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::Abs)),
            T::Bang => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::LogicalNot)),
            T::BangBang => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::Factorial)),
            T::PipeSlash => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::SquareRoot)),
            T::PipePipeSlash => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::CubeRoot)),
            T::Percent if self.clause == Term::Limit && !self.operand_at(1) => {
                self.emit(Term::Percent);
            }
            T::Slash => self.binary(B::Div),
            T::SlashSlash => self.binary(B::IntDiv),
            T::Percent => self.binary(B::Mod),
            T::Caret => self.binary(B::Pow),
            T::StarStar => self.binary(B::Pow2),
            T::Ne => self.binary(B::Ne),
            T::Lt => self.binary(B::Lt),
            T::Le => self.binary(B::Le),
            T::Gt => self.binary(B::Gt),
            T::Ge => self.binary(B::Ge),
            T::Spaceship => self.binary(B::NullSafeEq),
            T::Concat => self.binary(B::Concat),
            T::MinusGt => self.binary(B::JsonGet),
            T::MinusGtGt => self.binary(B::JsonGetText),
            T::HashGt => self.binary(B::JsonPath),
            T::HashGtGt => self.binary(B::JsonPathText),
            T::HashMinus => self.binary(B::JsonDeletePath),
            T::QuestionPipe => self.binary(B::JsonExistsAny),
            T::QuestionAmp => self.binary(B::JsonExistsAll),
            T::AtQuestion => self.binary(B::JsonPathExists),
            T::AtAt => self.binary(B::TextMatch),
            T::AtGt => self.binary(B::Contains),
            T::LtAt => self.binary(B::ContainedBy),
            T::AmpAmp => self.binary(B::Overlap),
            T::Amp => self.binary(B::BitAnd),
            T::Pipe => self.binary(B::BitOr),
            T::TildeStar => self.binary(B::RegexIMatch),
            T::BangTilde => self.binary(B::NotRegexMatch),
            T::BangTildeStar => self.binary(B::NotRegexIMatch),
            T::TildeTilde => self.binary(B::LikeOperator),
            T::TildeTildeStar => self.binary(B::ILikeOperator),
            T::BangTildeTilde => self.binary(B::NotLikeOperator),
            T::BangTildeTildeStar => self.binary(B::NotILikeOperator),
            T::CaretAt => self.binary(B::StartsWith),
            T::LtLt => self.binary(B::ShiftLeft),
            T::GtGt => self.binary(B::ShiftRight),
            T::LtMinusGt => self.binary(B::Distance),
            T::MinusPipeMinus => self.binary(B::Adjacent),
            T::AmpLt => self.binary(B::NotRight),
            T::AmpGt => self.binary(B::NotLeft),
            T::Error(error) => self.error(error, token.span),
        }
    }

    /// What is no token is reported once; where its kind is clear it still stands for a literal.
    pub(crate) fn error(&mut self, error: LexError, span: Span) {
        self.out.errors.push((error, span));
        match error {
            LexError::UnclosedString | LexError::UnclosedDollar => self.emit(Term::Str),
            LexError::UnclosedName => self.emit(Term::Id),
            LexError::BadNumber => self.emit(Term::Num),
            LexError::Typographic => self.typographic(),
            LexError::Stray | LexError::UnclosedComment | LexError::Nul => {
                self.at += 1;
            }
        }
    }

    /// A typographic sign stands for the plain one: quotes and what is between them are a string.
    pub(crate) fn typographic(&mut self) {
        let first = self.text(0).chars().next().unwrap_or(' ');
        if matches!(first, '\u{2010}'..='\u{2015}' | '\u{2212}') {
            self.sign(PrefixOp::Minus, BinaryOp::Sub);
            return;
        }
        let quote = |c: Option<char>| matches!(c, Some('\u{2018}'..='\u{201f}'));
        let closes = (1..12).find(|&ahead| {
            self.kind(ahead) == Some(T::Error(LexError::Typographic))
                && quote(self.text(ahead).chars().next())
        });
        match closes {
            Some(ahead) if quote(Some(first)) => {
                let end = self.tokens[self.at + ahead].span;
                if let Some(error) = self.out.errors.last_mut() {
                    error.1 = error.1.to(end);
                }
                self.emit_n(ahead + 1, Term::Str, Aux::None);
            }
            _ => self.at += 1,
        }
    }

    pub(crate) fn sign(&mut self, prefix: PrefixOp, infix: BinaryOp) {
        if self.after_operand() {
            self.binary(infix);
        } else {
            self.emit_n(1, Term::Prefix, Aux::Prefix(prefix));
        }
    }

    /// Literals on lines of their own are one string (SQL:2016, 5.3).
    pub(crate) fn string(&mut self, token: Token) {
        if let Some(last) = self.out.toks.last_mut()
            && last.kind == T::String
            && last.term == Term::Str
        {
            let between = Span::new(last.span.end, token.span.start).text(self.source);
            let plain = token.span.text(self.source).starts_with('\'');
            if plain && between.contains('\n') && between.trim().is_empty() {
                last.span = last.span.to(token.span);
                self.at += 1;
                return;
            }
        }
        self.emit(Term::Str);
    }

    /// `:name` is the end of a slice or the value of a struct's field where an operand comes before.
    pub(crate) fn param(&mut self, token: Token) {
        let splits = matches!(self.block(), Some(Block::Index | Block::Brace))
            && (self.after_operand() || self.prev() == Term::LIndex)
            && token.span.text(self.source).starts_with(':');
        if !splits {
            self.emit(Term::Param);
            return;
        }
        let colon = Span::new(token.span.start, token.span.start + 1);
        let name = Span::new(token.span.start + 1, token.span.end);
        let kind = T::Word(K::None);
        self.out.toks.push(Tok {
            term: Term::Colon,
            aux: Aux::None,
            kind: T::Colon,
            span: colon,
        });
        self.out.toks.push(Tok {
            term: Term::Id,
            aux: Aux::None,
            kind,
            span: name,
        });
        self.at += 1;
    }

    pub(crate) fn left_paren(&mut self) {
        let block = match self.prev() {
            Term::Over => Block::Window,
            Term::As if self.clause == Term::Window => Block::Window,
            _ if self.lead == K::Form && self.out.open.is_empty() => Block::Form,
            _ => Block::Paren,
        };
        let span = self.span();
        if let [.., distinct, on] = self.out.toks.as_slice()
            && distinct.term == Term::Distinct
            && on.term == Term::On
        {
            self.keys_at = self.out.open.len();
        }
        self.emit(Term::LParen);
        self.open(block, span);
        self.start = matches!(self.kw(0), K::Insert | K::Update | K::Delete | K::Merge);
    }

    /// `[` is a subscript after an operand, a quoted name where only words stand in it, else a list.
    pub(crate) fn left_bracket(&mut self) {
        let span = self.span();
        if self.after_operand() || self.prev() == Term::Array {
            let term = if self.prev() == Term::Array {
                Term::LList
            } else {
                Term::LIndex
            };
            self.emit(term);
            self.open(Block::Index, span);
            return;
        }
        let mut ahead = 1;
        while let Some(T::Word(_) | T::Number | T::Minus | T::Dot | T::Slash) = self.kind(ahead) {
            ahead += 1;
        }
        let named =
            matches!(self.kind(1), Some(T::Word(_))) && self.kind(ahead) == Some(T::RBracket);
        if named {
            self.emit_n(ahead + 1, Term::Id, Aux::None);
        } else {
            self.emit(Term::LList);
            self.open(Block::List, span);
        }
    }

    /// What stands under a condition is told by the first word behind the tag.
    pub(crate) fn template(&mut self, token: Token, start: bool) {
        let (mut ahead, mut braces) = (1, 0);
        while braces < 2 {
            match self.kind(ahead) {
                Some(T::RBrace) => braces += 1,
                Some(_) => braces = 0,
                None => break,
            }
            ahead += 1;
        }
        let (term, block) = match (self.kind(ahead), self.kw(ahead)) {
            _ if start => (Term::TplStmt, Block::Statements),
            (Some(T::Comma), _) => (Term::TplComma, Block::Template),
            (_, K::And | K::Or) => (Term::TplAnd, Block::Template),
            (
                _,
                K::From
                | K::Where
                | K::Group
                | K::Having
                | K::Window
                | K::Qualify
                | K::Order
                | K::Limit
                | K::Offset
                | K::Fetch
                | K::For
                | K::Chart,
            ) => (Term::TplClause, Block::Template),
            _ if self.join_words(ahead).is_some() => (Term::TplJoin, Block::Template),
            _ => (Term::TplItem, Block::Template),
        };
        self.in_tag = start;
        self.emit(term);
        self.open(block, token.span);
    }

    /// A template of statements needs no semicolon behind it.
    pub(crate) fn template_end(&mut self) {
        let is_template = |block| matches!(block, Block::Template | Block::Statements);
        let statements = self
            .out
            .open
            .iter()
            .rev()
            .find(|open| is_template(open.0))
            .map(|open| open.0)
            == Some(Block::Statements);
        self.close(is_template);
        self.emit(Term::TemplateEnd);
        if statements {
            if self.kind(0) == Some(T::Semicolon) {
                return;
            }
            self.start = true;
            if self.out.open.is_empty() {
                self.done = true;
            } else {
                let span = Span::at(self.out.toks.last().map_or(0, |tok| tok.span.end));
                let kind = T::Semicolon;
                self.out.toks.push(Tok {
                    term: Term::Semi,
                    aux: Aux::None,
                    kind,
                    span,
                });
            }
        }
    }

    pub(crate) fn form_item_at(&self, ahead: usize) -> bool {
        matches!(self.kw(ahead), K::Field | K::Action | K::Detail)
            && matches!(self.kind(ahead + 1), Some(T::Word(_) | T::QuotedName))
    }

    /// A word that is no keyword may still be part of a phrase.
    pub(crate) fn plain_word(&mut self) {
        if matches!(self.lead, K::Create | K::Alter)
            && self.word_is(0, "nocache")
            && self.object == Term::Sequence
        {
            self.emit(Term::SeqFlag);
            return;
        }
        // ENFORCED stands behind a constraint only.
        if matches!(self.lead, K::Create | K::Alter)
            && self.word_is(0, "enforced")
            && matches!(self.prev(), Term::RParen | Term::Unique | Term::PrimaryKey)
        {
            self.emit_n(1, Term::Deferrable, Aux::Choice(4));
            return;
        }
        self.emit(Term::Id);
    }

    pub(crate) fn unit_ahead(&self, ahead: usize) -> bool {
        let text = self.text(ahead).to_ascii_lowercase();
        let singular = text.strip_suffix('s').unwrap_or(&text);
        UNITS.contains(&text.as_str()) || UNITS.contains(&singular)
    }

    /// INTERVAL is the literal where a value follows and not a type or a name.
    pub(crate) fn interval(&mut self) {
        match self.kind(1) {
            Some(T::String | T::Number | T::Param | T::Question) => {
                if self.unit_ahead(2) {
                    self.unit_at = self.at + 2;
                } else if self.kind(1) == Some(T::Number) {
                    self.emit(Term::Id);
                    return;
                }
                self.emit(Term::Interval);
            }
            // `interval AS year` and `interval FROM year` are about a column of that name.
            Some(T::Word(_))
                if self.operand_at(1) && self.unit_ahead(2) && self.kind(2) != Some(T::String) =>
            {
                self.unit_at = self.at + 2;
                self.emit(Term::Interval);
            }
            Some(T::Minus) if self.kind(2) == Some(T::Number) && self.unit_ahead(3) => {
                self.unit_at = self.at + 3;
                self.emit(Term::Interval);
            }
            Some(T::LParen) => {
                let (mut ahead, mut depth) = (2, 1);
                while depth > 0 && ahead < 400 {
                    match self.kind(ahead) {
                        Some(T::LParen) => depth += 1,
                        Some(T::RParen) => depth -= 1,
                        None => break,
                        _ => {}
                    }
                    ahead += 1;
                }
                if depth == 0 && self.unit_ahead(ahead) {
                    self.unit_at = self.at + ahead;
                    self.emit(Term::Interval);
                } else {
                    self.emit(Term::Id);
                }
            }
            _ => self.emit(Term::Id),
        }
    }

    /// The words of a join that begin here: how many, and which.
    pub(crate) fn join_words(&self, from: usize) -> Option<(usize, Aux)> {
        use JoinSide as J;
        let (mut at, mut natural, mut asof) = (from, false, false);
        let mut side = J::Plain;
        loop {
            side = match (self.kw(at), side) {
                (K::Natural, _) => {
                    natural = true;
                    side
                }
                (K::Asof, _) => {
                    asof = true;
                    side
                }
                (K::Inner, J::Plain) => J::Inner,
                (K::Cross, J::Plain) => J::Cross,
                (K::Left, J::Plain) => J::Left,
                (K::Right, J::Plain) => J::Right,
                (K::Full, J::Plain) => J::Full,
                (K::Positional, J::Plain) => J::Positional,
                (K::Semi, J::Plain | J::Left) => J::Semi,
                (K::Anti, J::Plain | J::Left) => J::Anti,
                (K::Semi, J::Right) => J::RightSemi,
                (K::Anti, J::Right) => J::RightAnti,
                (K::Outer, J::Left | J::Right | J::Full) => side,
                (K::Join, _) => return Some((at + 1 - from, join(natural, asof, side))),
                _ => return None,
            };
            at += 1;
        }
    }

    /// Behind CHART.
    pub(crate) fn charts(&self) -> bool {
        self.out.toks.iter().any(|tok| tok.term == Term::Chart)
    }

    pub(crate) fn chart_kind(&self, ahead: usize) -> Option<ChartKind> {
        Some(match self.text(ahead).to_ascii_lowercase().as_str() {
            "bar" => ChartKind::Bar,
            "column" => ChartKind::Column,
            "line" => ChartKind::Line,
            "scatter" => ChartKind::Scatter,
            "histogram" => ChartKind::Histogram,
            "sparkline" => ChartKind::Sparkline,
            _ => return None,
        })
    }
}
