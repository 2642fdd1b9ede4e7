//! CREATE, ALTER and DROP.

use crate::{Attribute, Direction, Expr, Id, Ident, List, Name, OrderItem, Query, TypeName};
use rql_lexer::Span;

/// `CREATE …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Create {
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMP`, `TEMPORARY`.
    pub temporary: bool,
    /// `UNLOGGED`.
    pub unlogged: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// The name; `None` for an index that the backend names.
    pub name: Option<Name>,
    /// What is made.
    pub object: CreateObject,
}

/// What CREATE makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CreateObject {
    /// A table.
    Table(Id<CreateTable>),
    /// A view.
    View(Id<CreateView>),
    /// An index.
    Index(Id<CreateIndex>),
    /// A schema.
    Schema {
        /// `AUTHORIZATION role`.
        owner: Option<Ident>,
    },
    /// A sequence.
    Sequence(List<SequenceOption>),
}

/// `CREATE TABLE t (…)`, `CREATE TABLE t AS SELECT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreateTable {
    /// Columns, constraints and LIKE, in the order written.
    pub elements: List<TableElement>,
    /// STRICT, WITHOUT ROWID, ENGINE, WITH (…), ON COMMIT…
    pub options: List<Attribute>,
    /// Names of columns in `t (a, b) AS SELECT …`.
    pub columns: List<Ident>,
    /// After AS.
    pub query: Option<Id<Query>>,
    /// `WITH DATA` (true), `WITH NO DATA` (false).
    pub with_data: Option<bool>,
    /// `PARTITION OF parent …`.
    pub partition_of: Option<PartitionOf>,
}

/// The table that a table is a partition of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionOf {
    /// The table that is divided.
    pub parent: Name,
    /// Which of its rows stand here.
    pub bound: PartitionBound,
}

/// The rows of a partition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PartitionBound {
    /// `DEFAULT`: those that no other takes.
    Default,
    /// `FOR VALUES IN (…)`.
    In(List<Id<Expr>>),
    /// `FOR VALUES FROM (…) TO (…)`.
    Range {
        /// From these, included.
        from: List<Id<Expr>>,
        /// To these, left out.
        to: List<Id<Expr>>,
    },
    /// `FOR VALUES WITH (MODULUS n, REMAINDER m)`.
    Hash(List<Attribute>),
}

/// An element of CREATE TABLE.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TableElement {
    /// A column.
    Column(Id<ColumnDef>),
    /// A constraint of the table.
    Constraint(Constraint),
    /// `LIKE other INCLUDING ALL`.
    Like {
        /// The table that is copied.
        table: Name,
        /// INCLUDING and EXCLUDING with their words.
        options: List<Ident>,
    },
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnDef {
    /// The name.
    pub name: Ident,
    /// The type; SQLite's may be missing.
    pub ty: Option<Id<TypeName>>,
    /// Its constraints, in the order written.
    pub constraints: List<Constraint>,
    /// The whole.
    pub span: Span,
}

/// A constraint of a column or table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constraint {
    /// `CONSTRAINT name`.
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `DEFERRABLE` (true), `NOT DEFERRABLE` (false).
    pub deferrable: Option<bool>,
    /// `INITIALLY DEFERRED` (true), `INITIALLY IMMEDIATE` (false).
    pub deferred: Option<bool>,
    /// `ENFORCED` (true), `NOT ENFORCED` (false).
    pub enforced: Option<bool>,
    /// `ON CONFLICT …` of SQLite.
    pub on_conflict: Option<Ident>,
    /// `INCLUDE (…)`: columns that the index of the constraint holds besides.
    pub include: List<Ident>,
    /// The whole.
    pub span: Span,
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `NULL`.
    Null,
    /// `NOT NULL`.
    NotNull,
    /// `DEFAULT expr`.
    Default(Id<Expr>),
    /// `PRIMARY KEY`; the columns are empty on a column.
    PrimaryKey {
        /// The columns.
        columns: List<OrderItem>,
        /// `ASC` or `DESC` on a column.
        direction: Direction,
    },
    /// `UNIQUE`; the columns are empty on a column.
    Unique {
        /// The columns.
        columns: List<OrderItem>,
        /// `NULLS NOT DISTINCT` (false), `NULLS DISTINCT` (true).
        nulls_distinct: Option<bool>,
    },
    /// `PRIMARY KEY USING INDEX i`, `UNIQUE USING INDEX i`.
    UsingIndex {
        /// `PRIMARY KEY`.
        primary: bool,
        /// The index.
        index: Ident,
    },
    /// `EXCLUDE USING gist (during WITH &&)`, as it is written.
    Exclude(Span),
    /// `CHECK (condition)`.
    Check {
        /// The condition.
        condition: Id<Expr>,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `REFERENCES t (a)`, `FOREIGN KEY (b) REFERENCES t (a)`.
    ForeignKey(Id<ForeignKey>),
    /// `COLLATE c`.
    Collate(Name),
    /// `GENERATED ALWAYS AS (expr) STORED`.
    Generated {
        /// The value.
        expr: Id<Expr>,
        /// `STORED` (true) or `VIRTUAL` (false).
        stored: Option<bool>,
        /// Written with `GENERATED ALWAYS`.
        words: bool,
    },
    /// `GENERATED … AS IDENTITY (…)`.
    Identity {
        /// `ALWAYS` rather than `BY DEFAULT`.
        always: bool,
        /// START WITH, INCREMENT BY…
        options: List<SequenceOption>,
    },
    /// `AUTO_INCREMENT`, `AUTOINCREMENT`.
    AutoIncrement,
    /// `COMMENT 'text'`.
    Comment(Span),
    /// `ON UPDATE expr` of MySQL.
    OnUpdate(Id<Expr>),
}

/// A foreign key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForeignKey {
    /// The columns that refer; empty on a column.
    pub columns: List<Ident>,
    /// The table referred to.
    pub table: Name,
    /// Its columns.
    pub referred: List<Ident>,
    /// `MATCH FULL` and its kin.
    pub matching: Option<Ident>,
    /// `ON DELETE …`.
    pub on_delete: Option<RefAction>,
    /// `ON UPDATE …`.
    pub on_update: Option<RefAction>,
}

/// What happens to the referring row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RefAction {
    /// `NO ACTION`.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`, perhaps of some columns.
    SetNull(List<Ident>),
    /// `SET DEFAULT`, perhaps of some columns.
    SetDefault(List<Ident>),
}

/// `START WITH 1`, `NO CYCLE`, `CACHE 10`…
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SequenceOption {
    /// Which option.
    pub kind: SequenceOptionKind,
    /// Its value: a number, a type, a name.
    pub value: Option<Id<Expr>>,
    /// The whole.
    pub span: Span,
}

/// The options of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceOptionKind {
    /// `AS type`.
    As,
    /// `START [WITH] n`.
    Start,
    /// `RESTART [[WITH] n]`.
    Restart,
    /// `INCREMENT [BY] n`.
    Increment,
    /// `MINVALUE n`.
    MinValue,
    /// `NO MINVALUE`.
    NoMinValue,
    /// `MAXVALUE n`.
    MaxValue,
    /// `NO MAXVALUE`.
    NoMaxValue,
    /// `CACHE n`.
    Cache,
    /// `CYCLE`.
    Cycle,
    /// `NO CYCLE`.
    NoCycle,
    /// `OWNED BY name`.
    OwnedBy,
}

impl SequenceOption {
    /// Its words, before its value.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        use SequenceOptionKind as S;
        match self.kind {
            S::As => "AS",
            S::Start => "START WITH",
            S::Restart if self.value.is_none() => "RESTART",
            S::Restart => "RESTART WITH",
            S::Increment => "INCREMENT BY",
            S::MinValue => "MINVALUE",
            S::NoMinValue => "NO MINVALUE",
            S::MaxValue => "MAXVALUE",
            S::NoMaxValue => "NO MAXVALUE",
            S::Cache => "CACHE",
            S::Cycle => "CYCLE",
            S::NoCycle => "NO CYCLE",
            S::OwnedBy => "OWNED BY",
        }
    }
}

/// `CREATE VIEW v (a) AS SELECT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreateView {
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// `RECURSIVE`.
    pub recursive: bool,
    /// Names of its columns.
    pub columns: List<Ident>,
    /// `WITH (…)`.
    pub options: List<Attribute>,
    /// What it shows.
    pub query: Id<Query>,
    /// `WITH CHECK OPTION`: `CASCADED`, `LOCAL` or neither.
    pub check_option: Option<CheckOption>,
    /// `WITH DATA` (true), `WITH NO DATA` (false).
    pub with_data: Option<bool>,
}

/// `WITH … CHECK OPTION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOption {
    /// `WITH CHECK OPTION`.
    Plain,
    /// `WITH CASCADED CHECK OPTION`.
    Cascaded,
    /// `WITH LOCAL CHECK OPTION`.
    Local,
}

/// `CREATE UNIQUE INDEX i ON t USING btree (a DESC) WHERE …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreateIndex {
    /// `UNIQUE`.
    pub unique: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// The table.
    pub table: Name,
    /// `ONLY t`.
    pub only: bool,
    /// `USING method`.
    pub method: Option<Ident>,
    /// What is indexed.
    pub columns: List<IndexColumn>,
    /// `INCLUDE (…)`.
    pub include: List<Ident>,
    /// `NULLS NOT DISTINCT` (false), `NULLS DISTINCT` (true).
    pub nulls_distinct: Option<bool>,
    /// `WITH (…)`.
    pub options: List<Attribute>,
    /// `WHERE …`.
    pub predicate: Option<Id<Expr>>,
}

/// A column of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexColumn {
    /// The column or expression with its order.
    pub item: OrderItem,
    /// The operator class.
    pub class: Option<Name>,
}

/// `ALTER TABLE t …` and the other ALTERs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlterTable {
    /// What is altered.
    pub object: ObjectKind,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `ONLY`.
    pub only: bool,
    /// Its name.
    pub name: Name,
    /// What changes.
    pub actions: List<AlterAction>,
}

/// The kinds of object that ALTER and DROP know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// An index.
    Index,
    /// A schema.
    Schema,
    /// A sequence.
    Sequence,
}

/// A change of ALTER.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AlterAction {
    /// `ADD [COLUMN] [IF NOT EXISTS] a int …`.
    AddColumn {
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// The column.
        column: Id<ColumnDef>,
    },
    /// `DROP [COLUMN] [IF EXISTS] a [CASCADE]`.
    DropColumn {
        /// `IF EXISTS`.
        if_exists: bool,
        /// The column.
        column: Name,
        /// `CASCADE` (true) or `RESTRICT` (false).
        cascade: Option<bool>,
    },
    /// `ALTER [COLUMN] a …`.
    AlterColumn {
        /// The column.
        column: Name,
        /// What changes.
        change: ColumnChange,
    },
    /// `ADD CONSTRAINT …`.
    AddConstraint {
        /// The constraint.
        constraint: Constraint,
        /// `NOT VALID`.
        not_valid: bool,
    },
    /// `DROP CONSTRAINT [IF EXISTS] c [CASCADE]`.
    DropConstraint {
        /// `IF EXISTS`.
        if_exists: bool,
        /// The constraint.
        name: Ident,
        /// `CASCADE` (true) or `RESTRICT` (false).
        cascade: Option<bool>,
    },
    /// `VALIDATE CONSTRAINT c`.
    ValidateConstraint(Ident),
    /// `RENAME TO new`.
    Rename(Name),
    /// `RENAME [COLUMN] a TO b`.
    RenameColumn {
        /// The old name.
        from: Name,
        /// The new name.
        to: Ident,
    },
    /// `RENAME CONSTRAINT a TO b`.
    RenameConstraint {
        /// The old name.
        from: Ident,
        /// The new name.
        to: Ident,
    },
    /// `SET SCHEMA s`.
    SetSchema(Ident),
    /// `OWNER TO role`.
    Owner(Ident),
    /// `SET (fillfactor = 70)`.
    SetOptions(List<Attribute>),
    /// `SET LOGGED` (true), `SET UNLOGGED` (false).
    SetLogged(bool),
    /// Options of a sequence.
    Sequence(List<SequenceOption>),
}

/// A change of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnChange {
    /// `[SET DATA] TYPE t [COLLATE c] [USING expr]`.
    Type {
        /// The new type.
        ty: Id<TypeName>,
        /// The collation.
        collation: Option<Name>,
        /// How values convert.
        using: Option<Id<Expr>>,
    },
    /// `SET DEFAULT expr`.
    SetDefault(Id<Expr>),
    /// `DROP DEFAULT`.
    DropDefault,
    /// `SET NOT NULL`.
    SetNotNull,
    /// `DROP NOT NULL`.
    DropNotNull,
    /// `ADD GENERATED … AS IDENTITY`.
    AddIdentity(Constraint),
    /// `DROP IDENTITY [IF EXISTS]`.
    DropIdentity {
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `SET GENERATED ALWAYS RESTART WITH 10`, or one of both.
    SetIdentity {
        /// `SET GENERATED ALWAYS` (true), `SET GENERATED BY DEFAULT` (false).
        always: Option<bool>,
        /// From where it goes on.
        options: List<SequenceOption>,
    },
    /// `DROP EXPRESSION [IF EXISTS]`.
    DropExpression {
        /// `IF EXISTS`.
        if_exists: bool,
    },
}

/// `DROP TABLE IF EXISTS a, b CASCADE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drop {
    /// What is dropped.
    pub object: ObjectKind,
    /// `TEMPORARY`, in MySQL's form.
    pub temporary: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// Their names.
    pub names: List<Name>,
    /// `ON t`, for an index in MySQL's form.
    pub on: Option<Name>,
    /// `CASCADE` (true) or `RESTRICT` (false).
    pub cascade: Option<bool>,
}

impl crate::Ast {
    /// The query of a view as it was written: a recursive one stands in the WITH that it means.
    #[must_use]
    pub fn view_query(&self, view: &CreateView) -> Id<Query> {
        let with = self[view.query].with.filter(|_| view.recursive);
        let only = with.and_then(|with| self[self[with].ctes].first());
        match only.map(|cte| self[cte.body].kind) {
            Some(crate::StmtKind::Query(query)) if self[query].span == self[view.query].span => {
                query
            }
            _ => view.query,
        }
    }
}
