//! Statements: data, transactions, sessions, scripts, forms.

use crate::{
    AlterTable, Attribute, Clause, Create, Drop, Expr, FromItem, Id, Ident, List, Name, Query,
    Relation, SelectItem, Template, TypeName, With,
};
use rql_lexer::Span;

/// A statement and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// From its first to its last byte, without the semicolon.
    pub span: Span,
}

/// The statements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StmtKind {
    /// What could not be read; a diagnostic says why.
    Error,
    /// A query.
    Query(Id<Query>),
    /// `INSERT …`, `REPLACE …`.
    Insert(Id<Insert>),
    /// `UPDATE …`.
    Update(Id<Update>),
    /// `DELETE …`.
    Delete(Id<Delete>),
    /// `MERGE …`.
    Merge(Id<Merge>),
    /// `TRUNCATE …`.
    Truncate(Id<Truncate>),
    /// `CREATE …`.
    Create(Id<Create>),
    /// `ALTER …`.
    Alter(Id<AlterTable>),
    /// `DROP …`.
    Drop(Id<Drop>),
    /// `BEGIN`, `START TRANSACTION`, with the words of its modes.
    Begin(List<Ident>),
    /// `COMMIT`, `END`; with `AND [NO] CHAIN`.
    Commit {
        /// `AND CHAIN` (true), `AND NO CHAIN` (false).
        chain: Option<bool>,
    },
    /// `ROLLBACK`, `ABORT`, `ROLLBACK TO s`.
    Rollback {
        /// The savepoint after TO.
        to: Option<Ident>,
        /// `AND CHAIN` (true), `AND NO CHAIN` (false).
        chain: Option<bool>,
    },
    /// `SAVEPOINT s`.
    Savepoint(Ident),
    /// `RELEASE [SAVEPOINT] s`.
    Release(Ident),
    /// `EXPLAIN …`.
    Explain(Id<Explain>),
    /// `LET x = expr`, `LET t AS SELECT …`.
    Let(Id<Let>),
    /// `UNSET x, y`.
    Unset(List<Ident>),
    /// `PARAM x TYPE DEFAULT expr`.
    Param(Id<Param>),
    /// `MACRO m(a, b := 1) AS …`.
    Macro(Id<Macro>),
    /// `CONNECT 'url' AS name`.
    Connect {
        /// A string, a parameter, or the name of a configured connection.
        url: Id<Expr>,
        /// Its name in this session.
        alias: Option<Ident>,
    },
    /// `DISCONNECT name`.
    Disconnect(Option<Ident>),
    /// `USE name`, `USE 'file.db' AS alias`.
    Use {
        /// A string, or the name of a schema or connection.
        target: Id<Expr>,
        /// Its name in this session.
        alias: Option<Ident>,
    },
    /// `SHOW …`.
    Show(Id<Show>),
    /// `DESCRIBE t`, `DESCRIBE FORM f`, `DESCRIBE SELECT …`.
    Describe(Target),
    /// `SUMMARIZE t`.
    Summarize(Target),
    /// `OUTPUT TO 'f' …`.
    Output(Id<Transfer>),
    /// `IMPORT 'f' INTO t …`.
    Import(Id<Transfer>),
    /// `EXPORT t TO 'f' …`.
    Export(Id<Transfer>),
    /// `COPY (query) TO connection.table`.
    Copy(Id<Transfer>),
    /// `SET name = value`.
    Set(Id<Set>),
    /// `PRINT expr, …`.
    Print(List<Id<Expr>>),
    /// `ASSERT expr, 'message'`.
    Assert {
        /// What must hold.
        condition: Id<Expr>,
        /// What is said where it does not.
        message: Option<Id<Expr>>,
    },
    /// `INCLUDE 'f.rql'`.
    Include(Span),
    /// `IF … THEN … END IF`.
    If(Id<If>),
    /// `FOR r IN (query) LOOP … END LOOP`.
    For(Id<For>),
    /// `FORM name (…)`.
    Form(Id<Form>),
    /// `FORM LOAD 'f'`.
    FormLoad(Span),
    /// `FORM EXECUTE f …`.
    FormExecute(Id<FormExecute>),
    /// `FORM DESIGN f`.
    FormDesign(Name),
    /// `NATIVE …`: sent as written.
    Native(Id<Native>),
    /// A statement that only the backend knows, sent as written with its parameters bound.
    Backend(Id<Backend>),
    /// Statements under a condition.
    Template(Id<Template<Stmt>>),
}

impl StmtKind {
    /// True for what becomes operators of the algebra: queries, changes of rows, and definitions. Whatever else there is
    /// steers a session or a script.
    #[must_use]
    pub const fn is_relational(self) -> bool {
        matches!(
            self,
            Self::Query(_)
                | Self::Insert(_)
                | Self::Update(_)
                | Self::Delete(_)
                | Self::Merge(_)
                | Self::Create(_)
                | Self::Alter(_)
                | Self::Drop(_)
        )
    }
}

/// `INSERT INTO t (a, b) SELECT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Insert {
    /// `WITH` before INSERT.
    pub with: Option<Id<With>>,
    /// `REPLACE INTO` or `INSERT OR …`.
    pub or: InsertOr,
    /// The table, perhaps with an alias.
    pub target: Id<Relation>,
    /// The columns.
    pub columns: List<InsertColumn>,
    /// `OVERRIDING SYSTEM VALUE` (true) or `OVERRIDING USER VALUE` (false).
    pub overriding_system: Option<bool>,
    /// `BY NAME`.
    pub by_name: bool,
    /// The rows; `None` is `DEFAULT VALUES`.
    pub source: Option<Id<Query>>,
    /// ON CONFLICT, ON DUPLICATE KEY, RETURNING.
    pub clauses: List<Clause>,
}

/// What INSERT does on a conflict, in SQLite's and MySQL's spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertOr {
    /// Not said.
    None,
    /// `INSERT OR REPLACE`.
    Replace,
    /// `REPLACE INTO`.
    ReplaceInto,
    /// `INSERT OR IGNORE`.
    Ignore,
    /// `INSERT OR ABORT`.
    Abort,
    /// `INSERT OR FAIL`.
    Fail,
    /// `INSERT OR ROLLBACK`.
    Rollback,
}

/// A column of INSERT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InsertColumn {
    /// A column, perhaps a part of it (`a[1]`, `a.b`).
    Column(Id<Expr>),
    /// Columns under a condition.
    Template(Id<Template<InsertColumn>>),
}

/// `a = 1` or `(a, b) = (1, 2)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assignment {
    /// One assignment.
    Assign {
        /// A column, a part of one, or a tuple of columns.
        target: Id<Expr>,
        /// The value, a row or a subquery.
        value: Id<Expr>,
    },
    /// Assignments under a condition.
    Template(Id<Template<Assignment>>),
}

/// `UPDATE t SET a = 1 FROM u WHERE …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// `WITH` before UPDATE.
    pub with: Option<Id<With>>,
    /// `UPDATE OR …`.
    pub or: InsertOr,
    /// The table, with its joins where the backend's form has them.
    pub target: Id<FromItem>,
    /// What changes.
    pub assignments: List<Assignment>,
    /// FROM, WHERE, ORDER BY, LIMIT, RETURNING.
    pub clauses: List<Clause>,
}

/// `DELETE FROM t USING u WHERE …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delete {
    /// `WITH` before DELETE.
    pub with: Option<Id<With>>,
    /// The table.
    pub target: Id<Relation>,
    /// After USING.
    pub using: List<FromItem>,
    /// WHERE, ORDER BY, LIMIT, RETURNING.
    pub clauses: List<Clause>,
}

/// `MERGE INTO t USING s ON … WHEN …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// `WITH` before MERGE.
    pub with: Option<Id<With>>,
    /// The table.
    pub target: Id<Relation>,
    /// Where the rows come from.
    pub source: Id<Relation>,
    /// `ON …`, or `USING (…)` where DuckDB's form has it.
    pub on: crate::JoinOn,
    /// The branches.
    pub branches: List<MergeBranch>,
    /// After RETURNING.
    pub returning: List<SelectItem>,
}

/// `WHEN [NOT] MATCHED [BY …] [AND …] THEN …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MergeBranch {
    /// Which rows.
    pub matched: Matched,
    /// The further condition.
    pub condition: Option<Id<Expr>>,
    /// What is done.
    pub action: MergeAction,
}

/// Which rows a branch of MERGE is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// `MATCHED`.
    Matched,
    /// `NOT MATCHED`, `NOT MATCHED BY TARGET`.
    NotMatched,
    /// `NOT MATCHED BY SOURCE`.
    NotMatchedBySource,
}

/// What a branch of MERGE does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MergeAction {
    /// `DO NOTHING`.
    Nothing,
    /// `DELETE`.
    Delete,
    /// `UPDATE SET …`; empty for DuckDB's bare `UPDATE`.
    Update(List<Assignment>),
    /// `INSERT (…) VALUES (…)`; a row of `None` is `DEFAULT VALUES`.
    Insert {
        /// The columns.
        columns: List<InsertColumn>,
        /// The values.
        values: Option<List<Id<Expr>>>,
    },
}

/// `TRUNCATE TABLE a, b RESTART IDENTITY CASCADE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncate {
    /// The tables.
    pub tables: List<Name>,
    /// `RESTART IDENTITY` (true) or `CONTINUE IDENTITY` (false).
    pub restart_identity: Option<bool>,
    /// `CASCADE` (true) or `RESTRICT` (false).
    pub cascade: Option<bool>,
}

/// `EXPLAIN ANALYZE SELECT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explain {
    /// `ANALYZE`, as a word before the statement.
    pub analyze: bool,
    /// Options: `(FORMAT json, BUFFERS)`, or the words `VERBOSE`, `QUERY PLAN`.
    pub options: List<Attribute>,
    /// The statement.
    pub statement: Id<Stmt>,
}

/// `LET …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Let {
    /// The name.
    pub name: Ident,
    /// What it names.
    pub value: LetValue,
}

/// What a LET names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LetValue {
    /// A value.
    Scalar(Id<Expr>),
    /// A relation.
    Relation(Id<Query>),
}

/// `PARAM dept TEXT DEFAULT 'IT'`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: Option<Id<TypeName>>,
    /// The value where none is given.
    pub default: Option<Id<Expr>>,
}

/// `MACRO m(a, n := 10) AS …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Macro {
    /// The name.
    pub name: Ident,
    /// The parameters.
    pub params: List<MacroParam>,
    /// The body.
    pub body: LetValue,
}

/// A parameter of a macro.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MacroParam {
    /// The name.
    pub name: Ident,
    /// The value where none is given.
    pub default: Option<Id<Expr>>,
}

/// `SHOW TABLES LIKE 'a%'`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Show {
    /// What is shown: one word or several (`tables`, `transaction isolation level`).
    pub what: List<Ident>,
    /// `FROM t`, or a name after `=`.
    pub from: Option<Name>,
    /// `LIKE 'pattern'`.
    pub like: Option<Id<Expr>>,
}

/// What DESCRIBE, SUMMARIZE, EXPORT and COPY work on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A table.
    Table(Name),
    /// A form.
    Form(Name),
    /// A query.
    Query(Id<Query>),
}

/// Data on its way between a table or query and a file or connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// What is written; `None` for OUTPUT and IMPORT.
    pub source: Option<Target>,
    /// The file: a string or a parameter; `None` for `STDOUT` and for COPY.
    pub file: Option<Id<Expr>>,
    /// The table it goes to, for IMPORT and COPY.
    pub table: Option<Name>,
    /// CREATE, REPLACE, APPEND, FORMAT and what stands in OPTIONS (…).
    pub attributes: List<Attribute>,
}

/// `SET [SESSION|LOCAL] name = value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Set {
    /// `SESSION`, `LOCAL`, `GLOBAL`.
    pub scope: Option<Ident>,
    /// The setting; for forms of several words (`TIME ZONE`) all of them.
    pub name: List<Ident>,
    /// The values; empty for `SET x TO DEFAULT` and RESET.
    pub values: List<Id<Expr>>,
    /// `RESET name`.
    pub reset: bool,
}

/// `IF … THEN … ELSIF … ELSE … END IF`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct If {
    /// IF and every ELSIF.
    pub branches: List<IfBranch>,
    /// After ELSE.
    pub otherwise: Option<List<Stmt>>,
}

/// A condition and what is done where it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IfBranch {
    /// The condition.
    pub condition: Id<Expr>,
    /// The statements.
    pub body: List<Stmt>,
    /// From IF or ELSIF to the end of the body.
    pub span: Span,
}

/// `FOR r IN (query) LOOP … END LOOP`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct For {
    /// The name of the row.
    pub row: Ident,
    /// The rows.
    pub query: Id<Query>,
    /// What is done with each.
    pub body: List<Stmt>,
}

/// `FORM name TITLE '…' FOR table (…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    /// The name.
    pub name: Name,
    /// TITLE and the like.
    pub attributes: List<Attribute>,
    /// The table it is bound to.
    pub table: Option<Name>,
    /// Fields, actions, details.
    pub items: List<FormItem>,
}

/// An item of a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FormItem {
    /// `FIELD name TYPE …`.
    Field(Id<FormField>),
    /// `ACTION name … AS …`.
    Action(Id<FormAction>),
    /// `DETAIL table ON condition …`.
    Detail(Id<FormDetail>),
    /// What could not be read.
    Error(Span),
}

/// `FIELD id INTEGER LABEL 'Id' CHECK (id > 0)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormField {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: Option<Id<TypeName>>,
    /// LABEL, WIDTH, REQUIRED, CHOICES, LOOKUP, DEFAULT, CHECK, MESSAGE…
    pub attributes: List<Attribute>,
    /// The whole.
    pub span: Span,
}

/// `ACTION search LABEL 'Search' KEY F5 DEFAULT AS SELECT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormAction {
    /// The name.
    pub name: Ident,
    /// LABEL, KEY, DEFAULT…
    pub attributes: List<Attribute>,
    /// What it does.
    pub body: ActionBody,
    /// The whole.
    pub span: Span,
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ActionBody {
    /// Runs statements.
    Statements(List<Stmt>),
    /// One of the form's own verbs: CLEAR, CLOSE, SAVE…
    Verb(Ident),
}

/// `DETAIL orders ON orders.customer_id = id`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormDetail {
    /// The detail table or form.
    pub name: Name,
    /// What relates it to the master.
    pub on: Id<Expr>,
    /// LABEL, ROWS…
    pub attributes: List<Attribute>,
    /// The whole.
    pub span: Span,
}

/// `FORM EXECUTE f ACTION a WITH x = 1`, `FORM FOR t`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormExecute {
    /// What is named is a table, whose form needs nothing written.
    pub of_table: bool,
    /// The form: a name (a column expression) or a string with its file.
    pub form: Id<Expr>,
    /// The action.
    pub action: Option<Ident>,
    /// The values.
    pub values: List<Assignment>,
}

/// `NATIVE SELECT …`, `NATIVE FOR postgresql $$ … $$`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Native {
    /// The backend it is for.
    pub backend: Option<Ident>,
    /// The text that is sent, without quotes.
    pub text: Span,
}

/// A statement that only the backend knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backend {
    /// Its first words, as in the table of backend statements.
    pub verb: Span,
    /// The text that is sent.
    pub text: Span,
    /// The parameters in it.
    pub params: List<Id<Expr>>,
}
