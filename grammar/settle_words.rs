//! The rules for words: what makes each of them a keyword where it stands.

use crate::settle::{Block, Settler};
use crate::term::{Aux, Infix, Term};
use rql_ast::InsertOr;
use rql_lexer::{Keyword as K, TokenKind as T};

impl Settler<'_> {
    /// The next four words, as keywords.
    pub(crate) fn words(&self) -> (K, K, K, K) {
        (self.kw(0), self.kw(1), self.kw(2), self.kw(3))
    }

    /// Makes one terminal of the next `count` words.
    pub(crate) fn phrase(&mut self, count: usize, term: Term) {
        self.emit_n(count, term, Aux::None);
    }

    pub(crate) fn flag(&mut self, count: usize, term: Term, flag: bool) {
        self.emit_n(count, term, Aux::Flag(flag));
    }

    /// The word is a name here.
    pub(crate) fn name(&mut self) {
        self.emit(Term::Id);
    }

    /// A keyword where `condition` holds, a name elsewhere.
    pub(crate) fn soft(&mut self, condition: bool, term: Term) {
        self.emit(if condition { term } else { Term::Id });
    }

    /// An operator of letters: between two operands only.
    pub(crate) fn word_operator(&mut self, count: usize, op: Infix) {
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
        if self.is_label(start) {
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
            K::Import | K::Export | K::Copy | K::Output => self.transfer_word(keyword),
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
    /// introduce instead is a query, and that has more behind it than a name has, or the statement of an action.
    pub(crate) fn is_label(&self, start: bool) -> bool {
        if self.prev() == Term::Dot || (self.kind(1) == Some(T::Dot) && self.kw(0) != K::From) {
            return true;
        }
        if self.prev() != Term::As || self.action || start {
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

    pub(crate) fn lead(&mut self, count: usize, term: Term) -> bool {
        if self.out.open.is_empty() || self.lead == K::None {
            self.lead = self.kw(0);
        }
        self.phrase(count, term);
        true
    }

    /// True where the token after the word says that it begins a statement.
    pub(crate) fn leads(&self, ahead: usize) -> bool {
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

    pub(crate) fn statement_word(&mut self, keyword: K) -> bool {
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
            (K::For, _) => {
                self.loop_at = self.out.open.len();
                self.lead(1, Term::ForEach)
            }
            (K::Form, K::Load) if self.kind(2) == Some(T::String) => self.lead(2, Term::FormLoad),
            (K::Form, K::Execute) => self.lead(2, Term::FormExecute),
            (K::Execform, _) => self.lead(1, Term::FormExecute),
            // The form of a table, with nothing written.
            (K::Form, K::For) if self.names_form() => {
                self.lead = K::Form;
                self.flag(2, Term::FormExecute, true);
                true
            }
            (K::Form, _) if self.word_is(1, "design") => self.lead(2, Term::FormDesign),
            (K::Form, _) => self.lead(1, Term::Form),
            _ => false,
        }
    }

    /// `OR REPLACE` and its kin behind INSERT or UPDATE.
    pub(crate) fn insert_or(&self) -> Option<InsertOr> {
        match (self.kw(1), self.kw(2)) {
            (K::Or, K::Replace) => Some(InsertOr::Replace),
            (K::Or, K::Ignore) => Some(InsertOr::Ignore),
            (K::Or, K::Abort) => Some(InsertOr::Abort),
            (K::Or, K::Rollback) => Some(InsertOr::Rollback),
            (K::Or, _) if self.word_is(2, "fail") => Some(InsertOr::Fail),
            _ => None,
        }
    }

    pub(crate) fn names_form(&self) -> bool {
        matches!(self.kind(2), Some(T::Word(_) | T::QuotedName))
    }

    /// From CREATE, ALTER or DROP to the name of what it is about.
    pub(crate) fn header_word(&mut self, keyword: K) -> bool {
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

    pub(crate) fn object_word(&mut self, count: usize, term: Term) {
        self.object = term;
        self.phrase(count, term);
    }

    // -- statements with words of their own ----------------------------------------------------

    pub(crate) fn alter_word(&mut self, keyword: K) -> bool {
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
            (K::Set, K::Generated) if self.word_is(2, "always") => {
                self.flag(3, Term::SetGenerated, true)
            }
            (K::Set, K::Generated) if third == K::By && fourth == K::Default => {
                self.flag(4, Term::SetGenerated, false)
            }
            (K::Set, K::Not) if third == K::Null => self.phrase(3, Term::SetNotNull),
            (K::Set, K::Logged) => self.flag(2, Term::SetLogged, true),
            (K::Set, K::Unlogged) => self.flag(2, Term::SetLogged, false),
            (K::Set, _) if self.kind(1) == Some(T::LParen) => self.phrase(1, Term::Set),
            (K::Not, K::Valid) => self.phrase(2, Term::NotValid),
            _ => return false,
        }
        true
    }

    pub(crate) fn session_word(&mut self, keyword: K) -> bool {
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

    pub(crate) fn transfer_word(&mut self, keyword: K) -> bool {
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

    // -- data and scripts -----------------------------------------------------------------------

    pub(crate) fn data_word(&mut self, keyword: K) -> bool {
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
            (K::Loop, _) if self.loop_at == self.out.open.len() => {
                let span = self.span();
                self.loop_at = usize::MAX;
                self.emit(Term::Loop);
                self.open(Block::Loop, span);
                self.start = true;
            }
            (K::Action, _)
                if self.prev() == Term::Id && third != K::None
                    || matches!(self.lead, K::Form | K::Execform) && keyword == K::Action =>
            {
                self.emit(Term::Action);
            }
            (K::Create, _) => self.emit(Term::Stray),
            _ => return false,
        }
        true
    }

    /// What a branch of MERGE does.
    pub(crate) fn merge_action(&mut self) {
        match self.kw(0) {
            K::Insert => self.emit_n(1, Term::Insert, Aux::Or(InsertOr::None)),
            K::Update => self.emit_n(1, Term::Update, Aux::Or(InsertOr::None)),
            K::Delete => self.emit(Term::Delete),
            _ => {}
        }
    }
}
