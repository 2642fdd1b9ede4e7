//! The rules for words: what makes each of them a keyword where it stands.

use crate::settle::{Block, Settler};
use crate::term::{Aux, Infix, Term};
use rql_ast::{
    BinaryOp, Direction, FrameExclude, FrameUnit, InsertOr, LikeOp, LockStrength, PrefixOp, SetOp,
};
use rql_lexer::{Keyword as K, TokenKind as T};

impl Settler<'_> {
    /// The next four words, as keywords.
    fn words(&self) -> (K, K, K, K) {
        (self.kw(0), self.kw(1), self.kw(2), self.kw(3))
    }

    /// Makes one terminal of the next `count` words.
    fn phrase(&mut self, count: usize, term: Term) {
        self.emit_n(count, term, Aux::None);
    }

    fn flag(&mut self, count: usize, term: Term, flag: bool) {
        self.emit_n(count, term, Aux::Flag(flag));
    }

    /// The word is a name here.
    fn name(&mut self) {
        self.emit(Term::Id);
    }

    /// A keyword where `condition` holds, a name elsewhere.
    fn soft(&mut self, condition: bool, term: Term) {
        self.emit(if condition { term } else { Term::Id });
    }

    /// An operator of letters: between two operands only.
    fn word_operator(&mut self, count: usize, op: Infix) {
        if self.after_operand() && self.operand_at(count) {
            self.infix(count, op);
        } else {
            self.name();
        }
    }

    pub(crate) fn word(&mut self, keyword: K, start: bool) {
        if self.at == self.unit_at {
            self.emit(Term::Unit);
            return;
        }
        if self.is_label() {
            self.name();
            return;
        }
        if start && self.statement_word(keyword) {
            return;
        }
        if self.header && self.header_word(keyword) {
            return;
        }
        self.header = false;
        let handled = match self.lead {
            K::Alter if self.out.open.is_empty() => self.alter_word(keyword),
            K::Show | K::Set | K::Begin | K::Start => self.session_word(keyword),
            K::Import | K::Export | K::Output => self.transfer_word(keyword),
            _ => false,
        };
        if handled
            || (self.definition() && self.definition_word(keyword))
            || self.expression_word(keyword)
            || self.query_word(keyword)
            || self.data_word(keyword)
        {
            return;
        }
        self.name();
    }

    /// After a dot, before a dot, and after AS a word is a name whatever it is; what AS may
    /// introduce instead is a query, and that has more behind it than a name has.
    fn is_label(&self) -> bool {
        if self.prev() == Term::Dot || (self.kind(1) == Some(T::Dot) && self.kw(0) != K::From) {
            return true;
        }
        if self.prev() != Term::As || self.action {
            return false;
        }
        let ends = matches!(
            self.kind(1),
            None | Some(
                T::Comma | T::RParen | T::Semicolon | T::TemplateEndIf | T::TemplateEndUnless
            )
        ) || matches!(
            self.kw(1),
            K::From | K::Where | K::Order | K::Group | K::Union | K::Into
        );
        let body = matches!(
            self.kw(0),
            K::Select
                | K::With
                | K::Values
                | K::From
                | K::Table
                | K::Insert
                | K::Update
                | K::Delete
                | K::Merge
                | K::Not
                | K::Materialized
                | K::Array
                | K::Interval
        );
        !body || (ends && !matches!(self.kw(0), K::Array | K::Interval))
    }

    // -- the beginning of a statement --------------------------------------------------------

    fn lead(&mut self, count: usize, term: Term) -> bool {
        if self.out.open.is_empty() || self.lead == K::None {
            self.lead = self.kw(0);
        }
        self.phrase(count, term);
        true
    }

    /// True where the token after the word says that it begins a statement.
    fn leads(&self, ahead: usize) -> bool {
        !matches!(
            self.kind(ahead),
            Some(
                T::Comma
                    | T::Dot
                    | T::RParen
                    | T::Eq
                    | T::ColonColon
                    | T::Plus
                    | T::Star
                    | T::Slash
            )
        )
    }

    fn statement_word(&mut self, keyword: K) -> bool {
        if !self.leads(1) {
            return false;
        }
        if keyword == K::End && matches!(self.block(), Some(Block::If | Block::Loop)) {
            return false;
        }
        if matches!(keyword, K::Insert | K::Update)
            && let Some(or) = self.insert_or()
        {
            let term = match keyword {
                K::Insert => Term::Insert,
                _ => Term::Update,
            };
            self.lead = keyword;
            self.emit_n(3, term, Aux::Or(or));
            return true;
        }
        match (keyword, self.kw(1)) {
            (K::Create, _) => {
                self.header = true;
                self.lead(1, Term::Create)
            }
            (K::Alter, _) => {
                self.header = true;
                self.lead(1, Term::Alter)
            }
            (K::Drop, _) => {
                self.header = true;
                self.lead(1, Term::Drop)
            }
            (K::Insert, K::Ignore) => {
                self.lead = K::Insert;
                self.emit_n(2, Term::Insert, Aux::Or(InsertOr::Ignore));
                true
            }
            (K::Insert, _) => {
                self.lead = K::Insert;
                self.emit_n(1, Term::Insert, Aux::Or(InsertOr::None));
                true
            }
            (K::Replace, _) if self.kind(1) != Some(T::LParen) => {
                self.lead = K::Insert;
                self.emit_n(1, Term::Insert, Aux::Or(InsertOr::ReplaceInto));
                true
            }
            (K::Update, _) => {
                self.lead = K::Update;
                self.emit_n(1, Term::Update, Aux::Or(InsertOr::None));
                true
            }
            (K::Delete, _) => self.lead(1, Term::Delete),
            (K::Merge, _) => self.lead(1, Term::Merge),
            (K::Truncate, K::Table) => self.lead(2, Term::Truncate),
            (K::Truncate, _) if self.kind(1) != Some(T::LParen) => self.lead(1, Term::Truncate),
            (K::Begin, _) => self.lead(1, Term::Begin),
            (K::Start, K::Transaction) => self.lead(2, Term::Begin),
            (K::Commit | K::End, K::Transaction | K::Work) => self.lead(2, Term::Commit),
            (K::Commit | K::End, _) => self.lead(1, Term::Commit),
            (K::Rollback | K::Abort, K::Transaction | K::Work) => self.lead(2, Term::Rollback),
            (K::Rollback | K::Abort, _) => self.lead(1, Term::Rollback),
            (K::Savepoint, _) => self.lead(1, Term::Savepoint),
            (K::Release, K::Savepoint) => self.lead(2, Term::Release),
            (K::Release, _) => self.lead(1, Term::Release),
            (K::Explain, _) => {
                self.phrase(1, Term::Explain);
                self.start = true;
                true
            }
            (K::Analyze, _) if self.prev() == Term::Explain => {
                self.name();
                self.start = true;
                true
            }
            (K::Describe | K::Desc, K::Form) if self.names_form() => {
                self.emit_n(2, Term::Describe, Aux::Flag(true));
                true
            }
            (K::Describe | K::Desc, K::Table) => {
                self.emit_n(2, Term::Describe, Aux::Flag(false));
                true
            }
            (K::Describe | K::Desc, _) => {
                self.emit_n(1, Term::Describe, Aux::Flag(false));
                true
            }
            (K::Summarize, _) => self.lead(1, Term::Summarize),
            (K::Let, _) => self.lead(1, Term::Let),
            (K::Unset, _) => self.lead(1, Term::Unset),
            (K::Param, _) => self.lead(1, Term::Declare),
            (K::Macro, _) => self.lead(1, Term::Macro),
            (K::Connect, _) => self.lead(1, Term::Connect),
            (K::Disconnect, _) => self.lead(1, Term::Disconnect),
            (K::Use, _) => self.lead(1, Term::Use),
            (K::Show, _) => self.lead(1, Term::Show),
            (K::Output, _) => self.lead(1, Term::Output),
            (K::Import, _) => self.lead(1, Term::Import),
            (K::Export, _) => self.lead(1, Term::Export),
            (K::Copy, _) => self.lead(1, Term::Copy),
            (K::Set, _) => self.lead(1, Term::SetVar),
            (K::Reset, _) => {
                self.lead = K::Set;
                self.phrase(1, Term::Reset);
                true
            }
            (K::Print, _) => self.lead(1, Term::Print),
            (K::Assert, _) => self.lead(1, Term::Assert),
            (K::Include, _) => self.lead(1, Term::IncludeFile),
            (K::If, _) => {
                let span = self.span();
                self.phrase(1, Term::If);
                self.open(Block::If, span);
                true
            }
            (K::Elsif | K::Elseif, _) => {
                self.phrase(1, Term::ElsIf);
                true
            }
            (K::Else, K::If) => {
                self.phrase(2, Term::ElsIf);
                true
            }
            (K::Else, _) => {
                self.phrase(1, Term::Else);
                self.start = true;
                true
            }
            (K::For, _) => self.lead(1, Term::ForEach),
            (K::Form, K::Load) if self.kind(2) == Some(T::String) => self.lead(2, Term::FormLoad),
            (K::Form, K::Execute) => self.lead(2, Term::FormExecute),
            (K::Execform, _) => self.lead(1, Term::FormExecute),
            (K::Form, _) if self.word_is(1, "design") => self.lead(2, Term::FormDesign),
            (K::Form, _) => self.lead(1, Term::Form),
            _ => false,
        }
    }

    /// `OR REPLACE` and its kin behind INSERT or UPDATE.
    fn insert_or(&self) -> Option<InsertOr> {
        match (self.kw(1), self.kw(2)) {
            (K::Or, K::Replace) => Some(InsertOr::Replace),
            (K::Or, K::Ignore) => Some(InsertOr::Ignore),
            (K::Or, K::Abort) => Some(InsertOr::Abort),
            (K::Or, K::Rollback) => Some(InsertOr::Rollback),
            (K::Or, _) if self.word_is(2, "fail") => Some(InsertOr::Fail),
            _ => None,
        }
    }

    fn names_form(&self) -> bool {
        matches!(self.kind(2), Some(T::Word(_) | T::QuotedName))
    }

    /// From CREATE, ALTER or DROP to the name of what it is about.
    fn header_word(&mut self, keyword: K) -> bool {
        let named = self.object != Term::Stray;
        match self.words() {
            (K::If, K::Not, K::Exists, _) => self.phrase(3, Term::IfNotExists),
            (K::If, K::Exists, _, _) => self.phrase(2, Term::IfExists),
            (K::Concurrently, ..) if self.kw(1) != K::On => self.phrase(1, Term::Concurrently),
            (K::Only, ..) if named => self.phrase(1, Term::Only),
            (K::Authorization, ..) if named => self.phrase(1, Term::Authorization),
            _ if named => return false,
            (K::Or, K::Replace, ..) => self.phrase(2, Term::OrReplace),
            (K::Temp | K::Temporary, ..) => self.phrase(1, Term::Temp),
            (K::Global | K::Local, K::Temp | K::Temporary, ..) => self.phrase(2, Term::Temp),
            (K::Unlogged, ..) => self.phrase(1, Term::Unlogged),
            (K::Unique, ..) => self.phrase(1, Term::Unique),
            (K::Recursive, ..) => self.phrase(1, Term::Recursive),
            (K::Table, ..) => self.object_word(1, Term::Table),
            (K::Materialized, K::View, ..) => self.object_word(2, Term::MaterializedView),
            (K::View, ..) => self.object_word(1, Term::View),
            (K::Index, ..) => self.object_word(1, Term::Index),
            (K::Schema, ..) => self.object_word(1, Term::Schema),
            (K::Sequence, ..) => self.object_word(1, Term::Sequence),
            _ => {
                let _ = keyword;
                return false;
            }
        }
        true
    }

    fn object_word(&mut self, count: usize, term: Term) {
        self.object = term;
        self.phrase(count, term);
    }

    // -- statements with words of their own ----------------------------------------------------

    fn alter_word(&mut self, keyword: K) -> bool {
        let (_, second, third, fourth) = self.words();
        let adds = |word: K| {
            matches!(
                word,
                K::Constraint | K::Primary | K::Unique | K::Foreign | K::Check
            )
        };
        match (keyword, second) {
            (K::Add, K::Generated) => self.phrase(1, Term::AddGenerated),
            (K::Add, word) if adds(word) => self.phrase(1, Term::AddConstraint),
            (K::Add, K::Column)
                if third == K::If && fourth == K::Not && self.kw(4) == K::Exists =>
            {
                self.emit_n(5, Term::AddColumn, Aux::Flag(true));
            }
            (K::Add, K::Column) => self.flag(2, Term::AddColumn, false),
            (K::Add, K::If) if third == K::Not && fourth == K::Exists => {
                self.flag(4, Term::AddColumn, true)
            }
            (K::Add, _) => self.flag(1, Term::AddColumn, false),
            (K::Drop, K::Constraint) if third == K::If && fourth == K::Exists => {
                self.flag(4, Term::DropConstraint, true)
            }
            (K::Drop, K::Constraint) => self.flag(2, Term::DropConstraint, false),
            (K::Drop, K::Column) if third == K::If && fourth == K::Exists => {
                self.flag(4, Term::DropColumn, true)
            }
            (K::Drop, K::Column) => self.flag(2, Term::DropColumn, false),
            (K::Drop, K::Default) => self.phrase(2, Term::DropDefault),
            (K::Drop, K::Not) if third == K::Null => self.phrase(3, Term::DropNotNull),
            (K::Drop, K::Identity) => self.flag(
                if third == K::If { 4 } else { 2 },
                Term::DropIdentity,
                third == K::If,
            ),
            (K::Drop, K::Expression) => self.flag(
                if third == K::If { 4 } else { 2 },
                Term::DropExpression,
                third == K::If,
            ),
            (K::Drop, K::If) if third == K::Exists => self.flag(3, Term::DropColumn, true),
            (K::Drop, _) => self.flag(1, Term::DropColumn, false),
            (K::Alter, K::Column) => self.phrase(2, Term::AlterColumn),
            (K::Alter, _) => self.phrase(1, Term::AlterColumn),
            (K::Rename, K::To) => self.phrase(2, Term::Rename),
            (K::Rename, K::As) => self.phrase(2, Term::Rename),
            (K::Rename, K::Column) => self.phrase(2, Term::RenameColumn),
            (K::Rename, K::Constraint) => self.phrase(2, Term::RenameConstraint),
            (K::Rename, _) => self.phrase(1, Term::RenameColumn),
            (K::Validate, K::Constraint) => self.phrase(2, Term::ValidateConstraint),
            (K::Owner, K::To) => self.phrase(2, Term::OwnerTo),
            (K::Set, K::Schema) => self.phrase(2, Term::SetSchema),
            (K::Set, K::Data) if third == K::Type => self.phrase(3, Term::AlterType),
            (K::Type, _) if self.after_operand() => self.phrase(1, Term::AlterType),
            (K::Set, K::Default) => self.phrase(2, Term::SetDefault),
            (K::Set, K::Not) if third == K::Null => self.phrase(3, Term::SetNotNull),
            (K::Set, K::Logged) => self.flag(2, Term::SetLogged, true),
            (K::Set, K::Unlogged) => self.flag(2, Term::SetLogged, false),
            (K::Set, _) if self.kind(1) == Some(T::LParen) => self.phrase(1, Term::Set),
            (K::Not, K::Valid) => self.phrase(2, Term::NotValid),
            _ => return false,
        }
        true
    }

    fn session_word(&mut self, keyword: K) -> bool {
        match keyword {
            K::From | K::In if self.lead == K::Show => self.emit(Term::From),
            K::Like | K::Ilike if self.lead == K::Show => self.emit(Term::Like),
            K::To if self.lead == K::Set => self.emit(Term::To),
            K::Default if self.lead == K::Set => self.emit(Term::Default),
            K::True
            | K::False
            | K::Null
            | K::Interval
            | K::Case
            | K::Cast
            | K::Select
            | K::And
            | K::Or
            | K::Not
            | K::Exists
            | K::Array => return false,
            _ if self.out.open.is_empty() => self.name(),
            _ => return false,
        }
        true
    }

    fn transfer_word(&mut self, keyword: K) -> bool {
        if !self.out.open.is_empty() {
            return false;
        }
        match keyword {
            K::To => self.emit(Term::To),
            K::Into => self.emit(Term::Into),
            K::Select | K::With | K::Values | K::Table => return false,
            _ => self.name(),
        }
        true
    }

    // -- CREATE, ALTER, FORM --------------------------------------------------------------------

    fn definition_word(&mut self, keyword: K) -> bool {
        let (_, second, third, fourth) = self.words();
        let sequence = self.object == Term::Sequence || self.in_identity();
        match (keyword, second) {
            (K::Not, K::Null) if !self.in_condition() => self.phrase(2, Term::NotNull),
            (K::Null, _) if !self.in_condition() && self.after_operand() => self.emit(Term::Const),
            (K::Primary, K::Key) => self.phrase(2, Term::PrimaryKey),
            (K::Foreign, K::Key) => self.phrase(2, Term::ForeignKey),
            (K::Using, K::Index) => self.phrase(2, Term::UsingIndex),
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
            (K::Restart, _) if sequence => self.choice(1, Term::SeqOption, 2),
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

    fn choice(&mut self, count: usize, term: Term, which: u8) {
        self.emit_n(count, term, Aux::Choice(which));
    }

    fn after_reference(&self) -> bool {
        matches!(self.prev(), Term::OnDelete | Term::OnUpdate)
    }

    fn form_head(&self) -> bool {
        // A field may be called `field`; a comma may be missing before the next one.
        self.block() == Some(Block::Form)
            && !matches!(
                self.prev(),
                Term::Field | Term::Action | Term::Detail | Term::Dot | Term::As
            )
            && matches!(self.kind(1), Some(T::Word(_) | T::QuotedName))
    }

    /// Inside parentheses of CHECK, of an expression, of a query: NOT NULL is no constraint there.
    fn in_condition(&self) -> bool {
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

    fn in_identity(&self) -> bool {
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

    // -- expressions ----------------------------------------------------------------------------

    fn expression_word(&mut self, keyword: K) -> bool {
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
    fn is_form(&self) -> Option<(usize, bool)> {
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
    fn names_row(&self) -> bool {
        let toks = &self.out.toks;
        toks.len() >= 2 && toks[toks.len() - 2].term == Term::ForEach
    }

    fn after_call(&self) -> bool {
        matches!(self.prev(), Term::RParen | Term::IgnoreNulls)
    }

    fn not_word(&mut self, second: K, operand: bool) {
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

    fn like(&mut self, count: usize, op: LikeOp, negated: bool) {
        self.word_operator(count, Infix::Like { op, negated });
    }

    fn between(&mut self, count: usize, negated: bool) {
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

    fn query_word(&mut self, keyword: K) -> bool {
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
            (K::By, _) if self.word_is(1, "name") => self.phrase(2, Term::ByName),
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
            (K::Chart, _) if operand && self.chart_kind(1).is_some() => {
                let kind = self.chart_kind(1).map_or(Aux::None, Aux::Chart);
                self.emit_n(2, Term::Chart, kind);
            }
            (K::Group | K::Order, _) => self.emit(Term::Stray),
            _ => return false,
        }
        true
    }

    fn after_star(&self) -> bool {
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
    fn names_table(&self, ahead: usize) -> bool {
        matches!(self.kind(ahead), Some(T::Word(_) | T::QuotedName)) && self.kw(ahead) != K::From
    }

    fn begins_frame(&self) -> bool {
        self.in_window()
            && !matches!(self.prev(), Term::PartitionBy | Term::OrderBy | Term::Comma)
            && (matches!(
                self.kw(1),
                K::Between | K::Unbounded | K::Current | K::Interval
            ) || self.operand_at(1))
    }

    fn frame(&mut self, unit: FrameUnit) {
        self.emit_n(1, Term::Frame, Aux::Unit(unit));
    }

    fn exclude(&mut self, count: usize, what: FrameExclude) {
        self.emit_n(count, Term::Exclude, Aux::Exclude(what));
    }

    fn lock(&mut self, count: usize, strength: LockStrength) {
        self.emit_n(count, Term::Lock, Aux::Lock(strength));
    }

    // -- data and scripts -----------------------------------------------------------------------

    fn data_word(&mut self, keyword: K) -> bool {
        let (_, second, third, _) = self.words();
        let operand = self.after_operand();
        match (keyword, second) {
            (K::Insert, K::Into) => self.emit_n(1, Term::Insert, Aux::Or(InsertOr::None)),
            (K::Update, _) if self.prev() == Term::RParen && self.operand_at(1) => {
                self.lead = K::Update;
                self.emit_n(1, Term::Update, Aux::Or(InsertOr::None));
            }
            (K::Delete, K::From) => {
                self.lead = K::Delete;
                self.emit(Term::Delete);
            }
            (K::Merge, K::Into) => {
                self.lead = K::Merge;
                self.emit(Term::Merge);
            }
            (K::Set, _) => {
                let follows = operand || matches!(self.prev(), Term::DoUpdate | Term::Update);
                let names = matches!(
                    self.kind(1),
                    Some(
                        T::Word(_)
                            | T::QuotedName
                            | T::LParen
                            | T::Placeholder
                            | T::TemplateIf
                            | T::TemplateUnless
                            | T::LBracket
                    )
                ) && !matches!(second, K::From | K::Where | K::As);
                self.soft(follows && names, Term::Set);
            }
            (K::Do, K::Nothing) => self.phrase(2, Term::DoNothing),
            (K::Do, K::Update) => self.phrase(2, Term::DoUpdate),
            (K::Returning, _) => self.emit(Term::Returning),
            (K::Matched, _) if self.prev() == Term::When => {
                self.choice(1, Term::Matched, 0);
            }
            (K::Overriding, K::System) if self.word_is(2, "value") => {
                self.flag(3, Term::Overriding, true)
            }
            (K::Overriding, K::User) if self.word_is(2, "value") => {
                self.flag(3, Term::Overriding, false)
            }
            (K::Restart, K::Identity) => self.flag(2, Term::Identity, true),
            (K::Continue, K::Identity) => self.flag(2, Term::Identity, false),
            (K::Cascade, _) if operand || self.prev() == Term::Identity => {
                self.flag(1, Term::Cascade, true)
            }
            (K::Restrict, _) if operand || self.prev() == Term::Identity => {
                self.flag(1, Term::Cascade, false)
            }
            (K::To, _) if self.prev() == Term::Unit && self.unit_ahead(1) => {
                self.unit_at = self.at + 1;
                self.emit(Term::UnitTo);
            }
            (K::To, K::Savepoint) => self.phrase(2, Term::To),
            (K::To, _) => self.emit(Term::To),
            (K::Loop, _) if self.prev() == Term::RParen => {
                let span = self.span();
                self.emit(Term::Loop);
                self.open(Block::Loop, span);
                self.start = true;
            }
            (K::Action, _)
                if self.prev() == Term::Id && third != K::None
                    || self.lead == K::Form && keyword == K::Action =>
            {
                self.emit(Term::Action);
            }
            (K::Create, _) => self.emit(Term::Stray),
            _ => return false,
        }
        true
    }

    /// What a branch of MERGE does.
    fn merge_action(&mut self) {
        match self.kw(0) {
            K::Insert => self.emit_n(1, Term::Insert, Aux::Or(InsertOr::None)),
            K::Update => self.emit_n(1, Term::Update, Aux::Or(InsertOr::None)),
            K::Delete => self.emit(Term::Delete),
            _ => {}
        }
    }
}
