//! The words of CREATE, ALTER and FORM.

use crate::settle::{Block, Settler};
use crate::term::{Aux, Term};
use rql_lexer::{Keyword as K, TokenKind as T};

impl Settler<'_> {
    pub(crate) fn definition_word(&mut self, keyword: K) -> bool {
        let (_, second, third, fourth) = self.words();
        let sequence = self.object == Term::Sequence || self.in_identity();
        match (keyword, second) {
            (K::Not, K::Null) if !self.in_condition() => self.phrase(2, Term::NotNull),
            (K::Null, _) if !self.in_condition() && self.after_operand() => self.emit(Term::Const),
            (K::Primary, K::Key) => self.phrase(2, Term::PrimaryKey),
            (K::Foreign, K::Key) => self.phrase(2, Term::ForeignKey),
            (K::Using, K::Index) => self.phrase(2, Term::UsingIndex),
            (K::Exclude, _) if self.object == Term::Table && self.exclusion() > 0 => {
                self.phrase(self.exclusion(), Term::Exclusion);
            }
            (K::Unique, K::Key | K::Index) => self.phrase(2, Term::Unique),
            (K::Unique, _) => self.phrase(1, Term::Unique),
            (K::References, _) => self.phrase(1, Term::References),
            (K::Check, _) if self.kind(1) == Some(T::LParen) => self.phrase(1, Term::Check),
            (K::Constraint, _) => self.phrase(1, Term::Constraint),
            (K::No, K::None) if self.word_is(1, "inherit") => self.phrase(2, Term::NoInherit),
            (K::Generated, K::None) if self.word_is(1, "always") && third == K::As => {
                if fourth == K::Identity {
                    self.flag(4, Term::AsIdentity, true);
                } else {
                    self.phrase(3, Term::Generated);
                }
            }
            (K::Generated, K::By)
                if third == K::Default && fourth == K::As && self.kw(4) == K::Identity =>
            {
                self.flag(5, Term::AsIdentity, false);
            }
            (K::Stored, _) if self.prev() == Term::RParen => self.flag(1, Term::Stored, true),
            (K::Virtual, _) if self.prev() == Term::RParen => self.flag(1, Term::Stored, false),
            (K::AutoIncrement | K::Autoincrement, _) => self.phrase(1, Term::AutoIncrement),
            (K::Comment, _) if self.kind(1) == Some(T::String) && self.object == Term::Table => {
                self.phrase(1, Term::Comment);
            }
            (K::On, K::Delete) => self.phrase(2, Term::OnDelete),
            (K::On, K::Update) => {
                let action = matches!(third, K::No | K::Restrict | K::Cascade | K::Set);
                self.phrase(
                    2,
                    if action {
                        Term::OnUpdate
                    } else {
                        Term::OnUpdateExpr
                    },
                );
            }
            (K::On, K::Commit) if third == K::Drop => self.phrase(3, Term::OnCommit),
            (K::On, K::Commit)
                if fourth == K::Rows && (third == K::Delete || self.word_is(2, "preserve")) =>
            {
                self.phrase(4, Term::OnCommit);
            }
            (K::On, K::Conflict) if self.lead == K::Create => self.phrase(2, Term::OnConflictWord),
            (K::No, K::Action) if self.after_reference() => self.choice(2, Term::RefAction, 0),
            (K::Restrict, _) if self.after_reference() => self.choice(1, Term::RefAction, 1),
            (K::Cascade, _) if self.after_reference() => self.choice(1, Term::RefAction, 2),
            (K::Set, K::Null) if self.after_reference() => self.choice(2, Term::RefAction, 3),
            (K::Set, K::Default) if self.after_reference() => self.choice(2, Term::RefAction, 4),
            (K::Cascade, _) if self.after_operand() => self.flag(1, Term::Cascade, true),
            (K::Restrict, _) if self.after_operand() => self.flag(1, Term::Cascade, false),
            (K::Match, _)
                if matches!(
                    self.text(1).to_ascii_lowercase().as_str(),
                    "full" | "partial" | "simple"
                ) =>
            {
                self.emit_n(1, Term::Match, Aux::None);
                self.name();
            }
            (K::Partition, K::Of) if self.object == Term::Table => {
                self.phrase(2, Term::PartitionOf)
            }
            (K::For, K::Values) if self.object == Term::Table => self.phrase(2, Term::ForValues),
            (K::Not, K::None) if self.word_is(1, "enforced") => self.choice(2, Term::Deferrable, 5),
            (K::Deferrable, _) => self.choice(1, Term::Deferrable, 0),
            (K::Not, K::Deferrable) => self.choice(2, Term::Deferrable, 1),
            (K::Initially, K::Deferred) => self.choice(2, Term::Deferrable, 2),
            (K::Initially, _) if self.word_is(1, "immediate") => {
                self.choice(2, Term::Deferrable, 3);
            }
            (K::Nulls, K::Not) if third == K::Distinct => self.flag(3, Term::NullsDistinct, false),
            (K::Nulls, K::Distinct) => self.flag(2, Term::NullsDistinct, true),
            (K::Like, _) if matches!(self.prev(), Term::LParen | Term::Comma) => {
                self.phrase(1, Term::Like);
            }
            (K::Include, _)
                if (self.object == Term::Index || self.prev() == Term::RParen)
                    && self.kind(1) == Some(T::LParen) =>
            {
                self.phrase(1, Term::Include);
            }
            (K::With, K::Cascaded) if third == K::Check && fourth == K::Option => {
                self.choice(4, Term::CheckOption, 1)
            }
            (K::With, K::Local) if third == K::Check && fourth == K::Option => {
                self.choice(4, Term::CheckOption, 2)
            }
            (K::With, K::Check) if third == K::Option => self.choice(3, Term::CheckOption, 0),
            (K::With, K::Data) => self.flag(2, Term::WithData, true),
            (K::With, K::No) if third == K::Data => self.flag(3, Term::WithData, false),
            (K::Start, K::With) if sequence => self.choice(2, Term::SeqOption, 1),
            (K::Start, _) if sequence => self.choice(1, Term::SeqOption, 1),
            (K::Restart, K::With) if sequence => self.choice(2, Term::SeqOption, 2),
            (K::Restart, _)
                if sequence && matches!(self.kind(1), Some(T::Number | T::Minus | T::Plus)) =>
            {
                self.choice(1, Term::SeqOption, 2);
            }
            (K::Restart, _) if sequence => self.choice(1, Term::SeqFlag, 2),
            (K::Increment, K::By) if sequence => self.choice(2, Term::SeqOption, 3),
            (K::Increment, _) if sequence => self.choice(1, Term::SeqOption, 3),
            (K::Minvalue, _) if sequence => self.choice(1, Term::SeqOption, 4),
            (K::No, K::Minvalue) if sequence => self.choice(2, Term::SeqFlag, 5),
            (K::Maxvalue, _) if sequence => self.choice(1, Term::SeqOption, 6),
            (K::No, K::Maxvalue) if sequence => self.choice(2, Term::SeqFlag, 7),
            (K::Cache, _) if sequence => self.choice(1, Term::SeqOption, 8),
            (K::Cycle, _) if sequence => self.choice(1, Term::SeqFlag, 9),
            (K::No, K::Cycle) if sequence => self.choice(2, Term::SeqFlag, 10),
            (K::Owned, K::By) if sequence => self.choice(2, Term::SeqOption, 11),
            (K::As, _) if sequence && self.out.open.is_empty() => {
                self.choice(1, Term::SeqOption, 0)
            }
            (K::Field, _) if self.form_head() => self.phrase(1, Term::Field),
            (K::Action, _) if self.form_head() => {
                self.action = true;
                self.phrase(1, Term::Action);
            }
            (K::Detail, _) if self.form_head() => self.phrase(1, Term::Detail),
            (K::As, _) if self.action => {
                self.action = false;
                self.emit(Term::As);
                self.start = true;
            }
            (K::For, _) if self.lead == K::Form && self.out.open.is_empty() => {
                self.phrase(1, Term::For);
            }
            _ => return false,
        }
        true
    }

    /// How many tokens `EXCLUDE USING gist (a WITH =, b WITH &&) WHERE (…)` has; zero where this is none. What an
    /// operator compares there is PostgreSQL's alone to read.
    fn exclusion(&self) -> usize {
        let mut at = 1;
        if self.word_is(at, "using") {
            at += 2;
        }
        let listed = self.in_parentheses(at);
        if listed == 0
            || !matches!(
                self.prev(),
                Term::LParen | Term::Comma | Term::Id | Term::AddConstraint
            )
        {
            return 0;
        }
        at += listed;
        let condition = self.in_parentheses(at + 1);
        match self.kw(at) == K::Where && condition > 0 {
            true => at + 1 + condition,
            false => at,
        }
    }

    /// How many tokens stand from a parenthesis to its end; zero where none opens.
    fn in_parentheses(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        for at in from.. {
            match self.kind(at) {
                Some(T::LParen) => depth += 1,
                Some(T::RParen) if depth > 0 => depth -= 1,
                None | Some(T::Semicolon) => return 0,
                _ => {}
            }
            if depth == 0 {
                return if at == from { 0 } else { at + 1 - from };
            }
        }
        0
    }

    pub(crate) fn choice(&mut self, count: usize, term: Term, which: u8) {
        self.emit_n(count, term, Aux::Choice(which));
    }

    pub(crate) fn after_reference(&self) -> bool {
        matches!(self.prev(), Term::OnDelete | Term::OnUpdate)
    }

    pub(crate) fn form_head(&self) -> bool {
        // A field may be called `field`; a comma may be missing before the next one.
        self.block() == Some(Block::Form)
            && !matches!(
                self.prev(),
                Term::Field | Term::Action | Term::Detail | Term::Dot | Term::As
            )
            && matches!(self.kind(1), Some(T::Word(_) | T::QuotedName))
    }

    /// Inside parentheses of CHECK, of an expression, of a query: NOT NULL is no constraint there.
    pub(crate) fn in_condition(&self) -> bool {
        match self.lead {
            K::Form => {
                self.out.open.len() > 1
                    || self
                        .out
                        .toks
                        .iter()
                        .rev()
                        .any(|tok| tok.term == Term::Where)
            }
            _ => {
                let limit = usize::from(self.object == Term::Table);
                self.out.open.len() > limit || self.block() == Some(Block::Case)
            }
        }
    }

    pub(crate) fn in_identity(&self) -> bool {
        let toks = &self.out.toks;
        toks.iter()
            .rposition(|tok| tok.term == Term::LParen)
            .is_some_and(|at| {
                at > 0
                    && toks[at - 1].term == Term::AsIdentity
                    && self.block() == Some(Block::Paren)
            })
            || (self.lead == K::Alter
                && toks.iter().any(|tok| matches!(tok.term, Term::AlterColumn))
                && self.kw(0) == K::Restart)
    }
}
