//! Statements that change the schema, as operators: they give no rows.

use crate::{ColumnId, Dependent, RelId, ScalarId, Type};
use rql_ast::{ObjectKind, Span};

/// The name of a table, view or index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectName {
    /// Its schema, where written.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
}

/// A setting of a sequence: its words, and its value where it has one.
pub type SequenceSetting = (&'static str, Option<SettingValue>);

/// What a sequence is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// A number, or the name of a type, as it is written.
    Text(String),
    /// The parts of the name of a column.
    Name(Vec<String>),
}

/// A change of the schema.
#[derive(Clone, Debug)]
pub enum Define {
    /// `CREATE TABLE`.
    Table(NewTable),
    /// `CREATE VIEW`.
    View {
        /// Its name.
        name: ObjectName,
        /// Its columns and its rows.
        made: MadeOf,
        /// OR REPLACE.
        replace: bool,
        /// TEMP.
        temporary: bool,
        /// It keeps its rows until it is refreshed.
        materialized: bool,
        /// `WITH … CHECK OPTION`: its words.
        check: Option<&'static str>,
    },
    /// `CREATE INDEX`.
    Index(Box<NewIndex>),
    /// `CREATE SCHEMA`.
    Schema {
        /// Its name.
        name: String,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// `CREATE SEQUENCE`.
    Sequence {
        /// Its name.
        name: ObjectName,
        /// TEMP.
        temporary: bool,
        /// IF NOT EXISTS.
        if_not_exists: bool,
        /// What it was told.
        options: Vec<SequenceSetting>,
    },
    /// `ALTER SEQUENCE`.
    AlterSequence {
        /// Its name.
        name: ObjectName,
        /// IF EXISTS.
        if_exists: bool,
        /// What becomes different.
        options: Vec<SequenceSetting>,
    },
    /// `DROP`.
    Drop {
        /// Of what kind.
        kind: ObjectKind,
        /// What.
        names: Vec<ObjectName>,
        /// The table of an index, where the catalog knows one that has it.
        of: Option<ObjectName>,
        /// IF EXISTS.
        if_exists: bool,
        /// CASCADE.
        cascade: bool,
        /// What the catalog shows to depend on them; `None` where it does not know.
        dependents: Option<Vec<Dependent>>,
        /// What the schemas hold, those that refer to others before them.
        inside: Vec<(ObjectKind, ObjectName)>,
        /// The columns that take their numbers from the sequences.
        numbered: Vec<String>,
        /// All are temporary tables that the catalog knows.
        temporary: bool,
        /// The sequences of their numbered columns, as far as the catalog knows them.
        sequences: Vec<ObjectName>,
    },
    /// `ALTER VIEW`, `ALTER INDEX`, `ALTER SEQUENCE` … RENAME TO.
    Rename {
        /// Of what kind.
        kind: ObjectKind,
        /// What.
        name: ObjectName,
        /// The table of an index, where the catalog knows one that has it.
        of: Option<ObjectName>,
        /// Its new name.
        to: String,
        /// IF EXISTS.
        if_exists: bool,
    },
    /// What PostgreSQL alone can define, as it was written.
    Written {
        /// The statement.
        text: String,
        /// What makes it PostgreSQL's.
        what: &'static str,
        /// What does it elsewhere.
        way: &'static str,
        /// Where that stands.
        span: Span,
    },
    /// `ALTER TABLE`.
    Alter {
        /// The table.
        table: ObjectName,
        /// ONLY: not those that inherit from it.
        only: bool,
        /// The table's columns, as the scalars see them.
        row: Vec<ColumnId>,
        /// The changes, in the order written.
        changes: Vec<Alter>,
    },
}

/// An index to be made.
#[derive(Clone, Debug)]
pub struct NewIndex {
    /// Its name.
    pub name: String,
    /// It was written; otherwise it is the one that PostgreSQL gives.
    pub named: bool,
    /// The table.
    pub table: ObjectName,
    /// The table's columns, as the scalars see them.
    pub row: Vec<ColumnId>,
    /// What is indexed, with DESC.
    pub keys: Vec<(ScalarId, bool)>,
    /// UNIQUE.
    pub unique: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// WHERE.
    pub predicate: Option<ScalarId>,
    /// What matters for speed alone.
    pub kept: IndexKept,
}

/// How an index is kept: no answer depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexKept {
    /// USING.
    pub method: Option<String>,
    /// INCLUDE.
    pub include: Vec<String>,
    /// CONCURRENTLY.
    pub concurrently: bool,
}

/// A change of a table.
#[derive(Clone, Debug)]
pub enum Alter {
    /// RENAME TO.
    Rename(String),
    /// RENAME COLUMN.
    RenameColumn(String, String),
    /// DROP COLUMN.
    DropColumn {
        /// Its name.
        name: String,
        /// IF EXISTS.
        if_exists: bool,
        /// CASCADE.
        cascade: bool,
        /// The sequence that numbers it.
        sequence: Option<ObjectName>,
    },
    /// ADD COLUMN.
    AddColumn {
        /// The column.
        column: NewColumn,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// ALTER COLUMN … TYPE.
    Type {
        /// The column.
        column: ColumnId,
        /// Its new type.
        ty: Type,
        /// The new value: USING, or the old one as a column of the new type takes it.
        value: ScalarId,
        /// USING was written.
        using: bool,
    },
    /// ALTER COLUMN … SET DEFAULT, or DROP DEFAULT.
    Default(ColumnId, Option<ScalarId>),
    /// ALTER COLUMN … SET NOT NULL (true), or DROP NOT NULL.
    NotNull(ColumnId, bool),
    /// ADD CONSTRAINT.
    AddConstraint(Constraint),
    /// RENAME CONSTRAINT.
    RenameConstraint(String, String),
    /// ALTER COLUMN … ADD GENERATED … AS IDENTITY.
    AddIdentity {
        /// The column.
        column: ColumnId,
        /// ALWAYS (true) or BY DEFAULT.
        always: bool,
        /// From where and by which steps.
        numbers: Vec<SequenceSetting>,
    },
    /// ALTER COLUMN … SET GENERATED …, RESTART ….
    SetIdentity {
        /// The column.
        column: ColumnId,
        /// ALWAYS (true) or BY DEFAULT, where that is said.
        always: Option<bool>,
        /// From where it goes on.
        numbers: Vec<SequenceSetting>,
    },
    /// ALTER COLUMN … DROP IDENTITY, perhaps IF EXISTS.
    DropIdentity(ColumnId, bool),
    /// SET SCHEMA.
    SetSchema {
        /// The schema in which the table is to stand.
        schema: String,
        /// The indexes that go with it, as far as the catalog knows them.
        indexes: Vec<String>,
        /// Sequences number its columns, which go with it.
        numbered: bool,
    },
    /// DROP CONSTRAINT.
    DropConstraint {
        /// Its name.
        name: String,
        /// IF EXISTS.
        if_exists: bool,
        /// CASCADE.
        cascade: bool,
    },
}

/// A table to be made.
#[derive(Clone, Debug)]
pub struct NewTable {
    /// Its name.
    pub name: ObjectName,
    /// TEMP.
    pub temporary: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Whether the catalog has one of its name, where it knows.
    pub exists: Option<bool>,
    /// SQLite's WITHOUT ROWID and STRICT, and where they were written.
    pub options: Vec<(TableOption, Span)>,
    /// Its columns.
    pub columns: Vec<NewColumn>,
    /// The constraints of the table.
    pub constraints: Vec<Constraint>,
    /// AS.
    pub query: Option<MadeOf>,
}

/// What SQLite knows of how a table is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableOption {
    /// Its rows are kept by their key and have no number.
    WithoutRowid,
    /// SQLite itself holds values to their types.
    Strict,
}

/// The query whose rows a new table gets.
#[derive(Clone, Debug)]
pub struct MadeOf {
    /// The query.
    pub query: RelId,
    /// What the columns are called.
    pub names: Vec<String>,
    /// The statement names them itself.
    pub renamed: bool,
    /// The columns that they become.
    pub columns: Vec<ColumnId>,
    /// The query's rows as these columns take them.
    pub rows: RelId,
    /// WITH NO DATA: the table has the columns and no rows.
    pub empty: bool,
}

/// A column to be made.
#[derive(Clone, Debug)]
pub struct NewColumn {
    /// The column, as constraints see it.
    pub id: ColumnId,
    /// Its type.
    pub ty: Type,
    /// NOT NULL, or part of the primary key.
    pub not_null: bool,
    /// DEFAULT.
    pub default: Option<ScalarId>,
    /// Its value where it is computed from the row.
    pub generated: Option<ScalarId>,
    /// The backend numbers it: ALWAYS (true) or BY DEFAULT.
    pub identity: Option<bool>,
    /// From where and by which steps.
    pub numbers: Vec<SequenceSetting>,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
    /// Where it was written.
    pub span: Span,
}

/// What must hold of rows.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its name.
    pub name: Option<String>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// DEFERRABLE INITIALLY DEFERRED.
    pub deferred: bool,
    /// Where it was written.
    pub span: Span,
}

/// What a constraint demands; the columns are empty where it is one of a column.
#[derive(Clone, Debug)]
pub enum ConstraintKind {
    /// PRIMARY KEY.
    PrimaryKey(Vec<String>),
    /// UNIQUE.
    Unique(Vec<String>),
    /// CHECK.
    Check(ScalarId),
    /// FOREIGN KEY.
    References {
        /// The columns that refer.
        columns: Vec<String>,
        /// The table referred to.
        table: ObjectName,
        /// Its columns.
        referred: Vec<String>,
        /// ON DELETE.
        on_delete: Option<&'static str>,
        /// ON UPDATE.
        on_update: Option<&'static str>,
    },
}

impl NewTable {
    /// What IF NOT EXISTS comes to: true where the table is there and stays, `None` where nobody knows.
    #[must_use]
    pub fn stays(&self) -> Option<bool> {
        match self.if_not_exists {
            true => self.exists,
            false => Some(false),
        }
    }
}

impl Define {
    /// The columns that its scalars see.
    #[must_use]
    pub fn row(&self) -> Vec<ColumnId> {
        match self {
            Self::Table(table) => table.columns.iter().map(|c| c.id).collect(),
            Self::Index(index) => index.row.clone(),
            Self::Alter { row, .. } => row.clone(),
            _ => Vec::new(),
        }
    }

    /// The query whose rows it takes or shows.
    #[must_use]
    pub fn query(&self) -> Option<RelId> {
        match self {
            Self::Table(table) => table.query.as_ref().map(|made| made.rows),
            Self::View { made, .. } => Some(made.rows),
            _ => None,
        }
    }

    pub(crate) fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        match self {
            Self::Table(table) => {
                table.columns.iter().for_each(|c| c.each_scalar(visit));
                table.constraints.iter().for_each(|c| c.each_scalar(visit));
            }
            Self::Index(index) => {
                index.keys.iter().for_each(|key| visit(key.0));
                index.predicate.iter().for_each(|&s| visit(s));
            }
            Self::Alter { changes, .. } => changes.iter().for_each(|c| c.each_scalar(visit)),
            _ => {}
        }
    }
}

impl Alter {
    fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        match self {
            Self::AddColumn { column, .. } => column.each_scalar(visit),
            Self::Type { value, .. } => visit(*value),
            Self::Default(_, value) => value.iter().for_each(|&s| visit(s)),
            Self::AddConstraint(constraint) => constraint.each_scalar(visit),
            _ => {}
        }
    }
}

impl NewColumn {
    fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        self.default
            .iter()
            .chain(&self.generated)
            .for_each(|&s| visit(s));
        self.constraints.iter().for_each(|c| c.each_scalar(visit));
    }
}

impl Constraint {
    fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        if let ConstraintKind::Check(condition) = self.kind {
            visit(condition);
        }
    }
}
