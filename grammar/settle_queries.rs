//! The words of expressions and queries.

use crate::settle::{Block, Settler};
use crate::term::{Aux, Infix, Term};
use rql_ast::{
    BinaryOp, Direction, FrameExclude, FrameUnit, LikeOp, LockStrength, PrefixOp, SetOp,
};
use rql_lexer::{Keyword as K, TokenKind as T};

impl Settler<'_> {
    // -- expressions ----------------------------------------------------------------------------

    pub(crate) fn expression_word(&mut self, keyword: K) -> bool {
        let (_, second, third, fourth) = self.words();
        let operand = self.after_operand();
        let call = self.kind(1) == Some(T::LParen);
        if keyword == K::Is
            && operand
            && let Some((count, negated)) = self.is_form()
        {
            self.flag(count, Term::IsForm, negated);
            return true;
        }
        match (keyword, second) {
            (K::And, _) if self.frame_and => {
                self.frame_and = false;
                self.emit(Term::And);
            }
            (K::And, _) if self.prev() == Term::Matched => self.emit(Term::And),
            (K::And, _)
                if matches!(self.prev(), Term::Commit | Term::Rollback)
                    && self.word_is(1 + usize::from(second == K::No), "chain") =>
            {
                let no = second == K::No;
                self.flag(if no { 3 } else { 2 }, Term::Chain, !no);
            }
            (K::And, _) => self.binary(BinaryOp::And),
            (K::Or, _) => self.binary(BinaryOp::Or),
            (K::Not, _) => self.not_word(second, operand),
            (K::Is, K::Not) if third == K::Distinct && fourth == K::From => {
                self.infix(4, Infix::Binary(BinaryOp::IsNotDistinct));
            }
            (K::Is, K::Distinct) if third == K::From => {
                self.infix(3, Infix::Binary(BinaryOp::IsDistinct));
            }
            (K::Is, K::Not) => self.infix(2, Infix::Binary(BinaryOp::IsNot)),
            (K::Is, _) => self.infix(1, Infix::Binary(BinaryOp::Is)),
            (K::In, _) if self.names_row() => self.emit(Term::In),
            (K::In, _) if operand => self.infix(1, Infix::In { negated: false }),
            (K::In, _) => self.emit(Term::In),
            (K::Between, _) => self.between(1, false),
            (K::Like, _) => self.like(1, LikeOp::Like, false),
            (K::Ilike, _) => self.like(1, LikeOp::ILike, false),
            (K::Similar, K::To) => self.like(2, LikeOp::SimilarTo, false),
            (K::Glob, _) => self.like(1, LikeOp::Glob, false),
            (K::Regexp, _) => self.like(1, LikeOp::Regexp, false),
            (K::Rlike, _) => self.like(1, LikeOp::RLike, false),
            (K::Match, _) => self.like(1, LikeOp::Match, false),
            (K::Escape, _) => self.word_operator(1, Infix::Escape),
            (K::Overlaps, _) => self.word_operator(1, Infix::Binary(BinaryOp::Overlaps)),
            (K::Div, _) => self.word_operator(1, Infix::Binary(BinaryOp::Div2)),
            (K::Isnull, _) if operand && !call => self.flag(1, Term::IsNull, false),
            (K::Notnull, _) if operand && !call => self.flag(1, Term::IsNull, true),
            (K::At, K::Time) if third == K::Zone => {
                self.infix(3, Infix::Binary(BinaryOp::AtTimeZone));
            }
            (K::Collate, _)
                if self.lead == K::Create && self.object == Term::Table && !self.in_condition() =>
            {
                self.emit(Term::CollateColumn);
            }
            (K::Collate, _) => self.emit(Term::Collate),
            (K::Null | K::True | K::False, _) => self.emit(Term::Const),
            (K::Default, K::Values) => self.phrase(2, Term::DefaultValues),
            (K::Default, _) => self.emit(Term::Default),
            (K::Case, _) => {
                let span = self.span();
                self.emit(Term::Case);
                self.open(Block::Case, span);
            }
            (K::When, _) => self.emit(Term::When),
            (K::Then, _) => {
                let script = self.block() == Some(Block::If);
                self.emit(Term::Then);
                self.start = script;
                if self.lead == K::Merge {
                    self.merge_action();
                }
            }
            (K::Else, _) => self.emit(Term::Else),
            (K::End, K::If) if self.block() == Some(Block::If) => {
                self.close(|block| block == Block::If);
                self.phrase(2, Term::EndIf);
            }
            (K::End, K::Loop) if self.block() == Some(Block::Loop) => {
                self.close(|block| block == Block::Loop);
                self.phrase(2, Term::EndLoop);
            }
            (K::End, _) => {
                self.close(|block| block == Block::Case);
                self.emit(Term::End);
            }
            (K::Cast, _) if call => self.flag(1, Term::Cast, false),
            (K::TryCast, _) if call => self.flag(1, Term::Cast, true),
            (K::Interval, _) => self.interval(),
            (K::Exists, _) if call => self.emit(Term::Exists),
            (K::Any | K::Some | K::All, _)
                if call && matches!(self.prev(), Term::Op | Term::Eq) =>
            {
                self.flag(1, Term::Quantified, keyword == K::All);
            }
            (K::Array, _) if self.kind(1) == Some(T::LBracket) || (call && self.query_at(2)) => {
                self.emit(Term::Array);
            }
            (K::Array, _) if operand => self.emit(Term::Array),
            (K::Row, _) if call => self.emit(Term::Row),
            (K::Map, _) if self.kind(1) == Some(T::LBrace) => self.emit(Term::Map),
            (K::Filter, _) if call && self.after_call() => self.emit(Term::Filter),
            (K::Within, K::Group) => self.phrase(2, Term::WithinGroup),
            (K::Over, _)
                if self.after_call()
                    && (call
                        || self.kind(1) == Some(T::QuotedName)
                        || matches!(self.kind(1), Some(T::Word(k)) if !matches!(k, K::From | K::Order | K::Where))) =>
            {
                self.emit(Term::Over);
            }
            (K::Ignore | K::Respect, K::Nulls) => {
                let inside = self.kind(2) == Some(T::RParen);
                let term = if inside {
                    Term::NullsArg
                } else {
                    Term::IgnoreNulls
                };
                self.flag(2, term, keyword == K::Ignore);
            }
            (K::Separator, _) if operand && self.kind(1) == Some(T::String) => {
                self.emit(Term::Separator);
            }
            (K::Variadic, _) => self.emit(Term::Variadic),
            (K::Both, _) => self.choice(1, Term::Trim, 0),
            (K::Leading, _) => self.choice(1, Term::Trim, 1),
            (K::Trailing, _) => self.choice(1, Term::Trim, 2),
            (K::Placing, _) => self.emit(Term::Placing),
            (K::Lambda, _)
                if matches!(self.prev(), Term::LParen | Term::Comma)
                    && matches!(self.kind(1), Some(T::Word(_))) =>
            {
                self.emit(Term::Lambda)
            }
            (K::Prior, _)
                if !operand
                    && self.operand_at(1)
                    && matches!(self.kind(1), Some(T::Word(_) | T::QuotedName)) =>
            {
                self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::Prior));
            }
            (K::With, K::Time) if third == K::Zone => self.flag(3, Term::TimeZone, true),
            (K::Without, K::Time) if third == K::Zone => self.flag(3, Term::TimeZone, false),
            (K::Double, K::Precision) => self.phrase(2, Term::Id),
            (K::Character, K::Varying) | (K::Grouping, K::Sets) => self.phrase(2, Term::Id),
            _ => return false,
        }
        true
    }

    /// `IS JSON …` and `IS … NORMALIZED`: how many words, and whether NOT is among them.
    pub(crate) fn is_form(&self) -> Option<(usize, bool)> {
        let negated = self.kw(1) == K::Not;
        let first = 1 + usize::from(negated);
        let one_of = |at: usize, words: &[&str]| words.iter().any(|word| self.word_is(at, word));
        if one_of(first, &["normalized"]) {
            return Some((first + 1, negated));
        }
        if one_of(first, &["nfc", "nfd", "nfkc", "nfkd"]) && self.word_is(first + 1, "normalized") {
            return Some((first + 2, negated));
        }
        if !self.word_is(first, "json") || self.kind(first + 1) == Some(T::Dot) {
            return None;
        }
        let mut count = first + 1;
        count += usize::from(one_of(count, &["value", "scalar", "array", "object"]));
        if matches!(self.kw(count), K::With | K::Without) && self.kw(count + 1) == K::Unique {
            count += 2;
            count += usize::from(self.word_is(count, "keys"));
        }
        Some((count, negated))
    }

    /// After `FOR r` of a loop.
    pub(crate) fn names_row(&self) -> bool {
        let toks = &self.out.toks;
        toks.len() >= 2 && toks[toks.len() - 2].term == Term::ForEach
    }

    pub(crate) fn after_call(&self) -> bool {
        matches!(self.prev(), Term::RParen | Term::IgnoreNulls)
    }

    /// True after a word that can be the last of ORDER BY, FETCH or a template.
    fn ends_clause(&self) -> bool {
        use Term as M;
        matches!(
            self.prev(),
            M::Direction | M::Nulls | M::Only | M::Ties | M::TemplateEnd
        )
    }

    pub(crate) fn not_word(&mut self, second: K, operand: bool) {
        let call = self.kind(2) == Some(T::LParen);
        match second {
            K::Like if operand => self.like(2, LikeOp::Like, true),
            K::Ilike if operand => self.like(2, LikeOp::ILike, true),
            K::Similar if operand && self.kw(2) == K::To => self.like(3, LikeOp::SimilarTo, true),
            K::Glob if operand => self.like(2, LikeOp::Glob, true),
            K::Regexp if operand => self.like(2, LikeOp::Regexp, true),
            K::Rlike if operand => self.like(2, LikeOp::RLike, true),
            K::Match if operand => self.like(2, LikeOp::Match, true),
            K::In if operand => self.infix(2, Infix::In { negated: true }),
            K::Between if operand => self.between(2, true),
            K::Null if operand => self.flag(2, Term::IsNull, true),
            K::Materialized if self.prev() == Term::As => self.flag(2, Term::Materialized, false),
            K::Matched => {
                let by = self.kw(2) == K::By && matches!(self.kw(3), K::Source | K::Target);
                let which = if by && self.kw(3) == K::Source { 2 } else { 1 };
                self.choice(if by { 4 } else { 2 }, Term::Matched, which);
            }
            K::Indexed if operand && !call => self.phrase(2, Term::NotIndexed),
            _ => self.emit_n(1, Term::Prefix, Aux::Prefix(PrefixOp::Not)),
        }
    }

    pub(crate) fn like(&mut self, count: usize, op: LikeOp, negated: bool) {
        self.word_operator(count, Infix::Like { op, negated });
    }

    pub(crate) fn between(&mut self, count: usize, negated: bool) {
        if self.prev() == Term::Frame {
            self.frame_and = true;
            self.emit(Term::Between);
            return;
        }
        let (words, symmetric) = match self.kw(count) {
            K::Symmetric => (count + 1, true),
            K::Asymmetric => (count + 1, false),
            _ => (count, false),
        };
        self.word_operator(words, Infix::Between { negated, symmetric });
    }

    // -- queries --------------------------------------------------------------------------------

    pub(crate) fn query_word(&mut self, keyword: K) -> bool {
        let (_, second, third, fourth) = self.words();
        let operand = self.after_operand();
        let call = self.kind(1) == Some(T::LParen);
        if let Some((count, join)) = self.join_words(0) {
            self.emit_n(count, Term::Join, join);
            return true;
        }
        match (keyword, second) {
            (K::Select, _) => self.emit(Term::Select),
            (K::From, _) => self.emit(Term::From),
            (K::Where, _) => self.emit(Term::Where),
            (K::Group, K::By) => self.phrase(2, Term::GroupBy),
            (K::Order, K::By) => self.phrase(2, Term::OrderBy),
            (K::Partition, K::By) => self.phrase(2, Term::PartitionBy),
            (K::Having, _) => self.emit(Term::Having),
            (K::Window, _) => {
                self.clause = Term::Window;
                self.emit(Term::Window);
            }
            (K::Qualify, _) => self.soft(operand && self.operand_at(1), Term::Qualify),
            (K::Limit, _) => {
                self.clause = Term::Limit;
                self.emit(Term::Limit);
            }
            (K::Offset, _) => {
                self.clause = Term::Offset;
                self.emit(Term::Offset);
            }
            (K::Fetch, K::First | K::Next) => {
                self.clause = Term::Fetch;
                self.phrase(2, Term::Fetch);
            }
            (K::Rows, K::From)
                if self.kind(2) == Some(T::LParen)
                    && matches!(
                        self.prev(),
                        Term::From | Term::Join | Term::Comma | Term::Lateral | Term::LParen
                    ) =>
            {
                self.phrase(2, Term::RowsFrom);
            }
            (K::Search, _) if self.prev() == Term::RParen && self.word_is(2, "first") => {
                self.walk(4, Term::Search, Aux::Flag(self.word_is(1, "breadth")));
            }
            (K::Cycle, _) if self.walks_on() => self.walk(1, Term::Cycle, Aux::None),
            (K::Row | K::Rows, _)
                if matches!(
                    self.clause,
                    Term::Offset | Term::Fetch | Term::Limit | Term::Sample
                ) && (operand || matches!(self.prev(), Term::Fetch | Term::Percent)) =>
            {
                self.emit(Term::FetchUnit);
            }
            (K::Percent, _) if self.clause != Term::Stray && operand => self.emit(Term::Percent),
            (K::Only, _) if self.clause == Term::Fetch => self.emit(Term::Only),
            (K::Only, _)
                if matches!(
                    self.prev(),
                    Term::From | Term::Join | Term::Update | Term::Comma | Term::Delete
                ) && matches!(self.kind(1), Some(T::Word(_) | T::QuotedName)) =>
            {
                self.emit(Term::Only)
            }
            (K::With, K::Ties) => self.phrase(2, Term::Ties),
            (K::With, K::Ordinality) => self.phrase(2, Term::WithOrdinality),
            (K::With, K::Rollup) => self.phrase(2, Term::WithRollup),
            (K::With, _) => self.emit(Term::With),
            (K::Recursive, _) if self.prev() == Term::With => self.emit(Term::Recursive),
            (K::Materialized, _) if self.prev() == Term::As && call => {
                self.flag(1, Term::Materialized, true);
            }
            (K::For, K::Update) => self.lock(2, LockStrength::Update),
            (K::For, K::Share) => self.lock(2, LockStrength::Share),
            (K::For, K::Key) if third == K::Share => self.lock(3, LockStrength::KeyShare),
            (K::For, K::No) if third == K::Key && fourth == K::Update => {
                self.lock(4, LockStrength::NoKeyUpdate)
            }
            (K::For, _) => self.emit(Term::For),
            (K::Of, _) if self.prev() == Term::Lock => self.emit(Term::Of),
            (K::Nowait, _) if operand || self.prev() == Term::Lock => {
                self.flag(1, Term::NoWait, true);
            }
            (K::Skip, K::Locked) => self.flag(2, Term::NoWait, false),
            (K::Union, _) if call && self.definition() && !self.query_at(1) => self.name(),
            (K::Union, _) => self.emit_n(1, Term::SetOp, Aux::Set(SetOp::Union)),
            (K::Intersect, _) => self.emit_n(1, Term::SetOp, Aux::Set(SetOp::Intersect)),
            (K::Except, _) if self.prev() == Term::Star && call && !self.query_at(2) => {
                self.emit(Term::StarExclude);
            }
            (K::Except, _) => self.emit_n(1, Term::SetOp, Aux::Set(SetOp::Except)),
            (K::Minus, _)
                if operand && (self.query_at(1) || matches!(second, K::All | K::Distinct)) =>
            {
                self.emit_n(1, Term::SetOp, Aux::Set(SetOp::Except));
            }
            (K::Exclude, K::Current) if self.in_window() && third == K::Row => {
                self.exclude(3, FrameExclude::CurrentRow)
            }
            (K::Exclude, K::Group) if self.in_window() => self.exclude(2, FrameExclude::Group),
            (K::Exclude, K::Ties) if self.in_window() => self.exclude(2, FrameExclude::Ties),
            (K::Exclude, K::No) if self.in_window() && third == K::Others => {
                self.exclude(3, FrameExclude::NoOthers)
            }
            (K::Exclude, _) if self.prev() == Term::Star => self.emit(Term::StarExclude),
            (K::Replace, _) if call && self.after_star() => self.emit(Term::StarReplace),
            (K::Rename, _) if self.after_star() => self.emit(Term::StarRename),
            // A chart may be drawn BY a column of this name.
            (K::By, _) if self.word_is(1, "name") && !self.charts() => self.phrase(2, Term::ByName),
            (K::All, _) => self.emit(Term::All),
            (K::Distinct, _) => self.emit(Term::Distinct),
            (K::Values, _)
                if call && matches!(self.prev(), Term::From | Term::Join | Term::Lateral) =>
            {
                self.values_at = self.out.open.len();
                self.emit(Term::TableValues);
            }
            (K::Values, _) => {
                let value = matches!(self.prev(), Term::Eq | Term::Op);
                self.soft((call || second == K::Row) && !value, Term::Values);
            }
            (K::Table, _) => self.soft(!call, Term::Table),
            (K::As, _) => self.emit(Term::As),
            (K::On, K::Conflict) if third == K::On && fourth == K::Constraint => {
                self.phrase(4, Term::OnConstraint)
            }
            (K::On, K::Conflict) => self.phrase(2, Term::OnConflict),
            (K::On, K::Duplicate) if third == K::Key && fourth == K::Update => {
                self.phrase(4, Term::OnDuplicateKey)
            }
            (K::On, _) => self.emit(Term::On),
            (K::Using, K::Sample) => {
                self.clause = Term::Sample;
                self.phrase(2, Term::UsingSample);
            }
            (K::Using, _) => self.emit(Term::Using),
            (K::StraightJoin, _) if operand && self.operand_at(1) => {
                let inner = rql_ast::JoinKind {
                    natural: false,
                    asof: false,
                    side: rql_ast::JoinSide::Inner,
                };
                self.emit_n(1, Term::Join, Aux::Join(inner));
            }
            (K::Lateral, _) => self.emit(Term::Lateral),
            (K::Asc, _) => self.emit_n(1, Term::Direction, Aux::Direction(Direction::Asc)),
            (K::Desc, _) => self.emit_n(1, Term::Direction, Aux::Direction(Direction::Desc)),
            (K::Nulls, K::First) => self.flag(2, Term::Nulls, true),
            (K::Nulls, K::Last) => self.flag(2, Term::Nulls, false),
            (K::Rows, _) if self.begins_frame() => self.frame(FrameUnit::Rows),
            (K::Range, _) if self.begins_frame() => self.frame(FrameUnit::Range),
            (K::Groups, _) if self.begins_frame() => self.frame(FrameUnit::Groups),
            (K::Unbounded, K::Preceding) => self.choice(2, Term::Bound, 0),
            (K::Unbounded, K::Following) => self.choice(2, Term::Bound, 1),
            (K::Current, K::Row) => self.choice(2, Term::Bound, 2),
            (K::Preceding, _) if self.in_window() && operand => self.flag(1, Term::BoundEnd, true),
            (K::Following, _) if self.in_window() && operand => self.flag(1, Term::BoundEnd, false),
            (K::Into, _) => self.emit(Term::Into),
            (K::Temp | K::Temporary, _) if self.prev() == Term::Into && self.names_table(1) => {
                self.emit(Term::Temp);
            }
            (K::Unlogged, _) if self.prev() == Term::Into && self.names_table(1) => {
                self.emit(Term::Unlogged);
            }
            (K::Tablesample, _) => {
                self.clause = Term::Sample;
                self.emit(Term::Sample);
            }
            (K::Repeatable, _) if call => self.emit(Term::Repeatable),
            (K::Indexed, K::By) => self.phrase(2, Term::Indexed),
            (K::Chart, _) if (operand || self.ends_clause()) && self.chart_kind(1).is_some() => {
                let kind = self.chart_kind(1).map_or(Aux::None, Aux::Chart);
                self.emit_n(2, Term::Chart, kind);
            }
            (K::Group | K::Order, _) => self.emit(Term::Stray),
            _ => return false,
        }
        true
    }

    /// `CYCLE a SET …` behind a WITH query, perhaps behind its SEARCH: there FROM has begun no clause since.
    fn walks_on(&self) -> bool {
        let names = matches!(self.kind(1), Some(T::Word(_) | T::QuotedName));
        let behind = self.prev() == Term::RParen
            || (self.out.toks.iter().rev())
                .find(|tok| !matches!(tok.term, Term::Id | Term::Comma | Term::Set))
                .is_some_and(|tok| tok.term == Term::Search);
        names && behind && (self.kw(2) == K::Set || self.kind(2) == Some(T::Comma))
    }

    /// SEARCH and CYCLE, whose words are names but for a few: `SET`, `TO`, `DEFAULT`, `USING`.
    fn walk(&mut self, count: usize, term: Term, aux: Aux) {
        self.emit_n(count, term, aux);
        let mut set = false;
        loop {
            let ends = match self.prev() {
                // The name behind SET ends SEARCH, that behind USING ends CYCLE.
                Term::Set if term == Term::Search => true,
                Term::Using => true,
                _ => false,
            };
            let term = match (self.kind(0), self.kw(0)) {
                (Some(T::Comma), _) => Term::Comma,
                (Some(T::String), _) => Term::Str,
                (Some(T::Number), _) => Term::Num,
                (_, K::Set) if !set => {
                    set = true;
                    Term::Set
                }
                (_, K::To) if set => Term::To,
                (_, K::Default) if set => Term::Default,
                (_, K::Using) if set => Term::Using,
                (_, K::True | K::False | K::Null) if set => Term::Const,
                (Some(T::Word(_) | T::QuotedName), _) => Term::Id,
                _ => return,
            };
            self.emit(term);
            if ends {
                return;
            }
        }
    }

    pub(crate) fn after_star(&self) -> bool {
        let toks = &self.out.toks;
        match self.prev() {
            Term::Star => true,
            Term::RParen => toks
                .iter()
                .rposition(|tok| tok.term == Term::LParen)
                .is_some_and(|at| {
                    at > 0 && matches!(toks[at - 1].term, Term::StarExclude | Term::StarReplace)
                }),
            _ => false,
        }
    }

    /// A name stands `ahead`: what is before it is a word about the table.
    pub(crate) fn names_table(&self, ahead: usize) -> bool {
        matches!(self.kind(ahead), Some(T::Word(_) | T::QuotedName)) && self.kw(ahead) != K::From
    }

    pub(crate) fn begins_frame(&self) -> bool {
        self.in_window()
            && !matches!(self.prev(), Term::PartitionBy | Term::OrderBy | Term::Comma)
            && (matches!(
                self.kw(1),
                K::Between | K::Unbounded | K::Current | K::Interval
            ) || self.operand_at(1))
    }

    pub(crate) fn frame(&mut self, unit: FrameUnit) {
        self.emit_n(1, Term::Frame, Aux::Unit(unit));
    }

    pub(crate) fn exclude(&mut self, count: usize, what: FrameExclude) {
        self.emit_n(count, Term::Exclude, Aux::Exclude(what));
    }

    pub(crate) fn lock(&mut self, count: usize, strength: LockStrength) {
        self.emit_n(count, Term::Lock, Aux::Lock(strength));
    }
}
