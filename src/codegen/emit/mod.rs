//! From the algebra to text.

mod aggregate;
mod alter;
mod block;
mod call;
mod change;
mod clause;
mod column;
mod counted;
mod define;
mod dropped;
mod duckdb;
mod from;
mod guarded;
mod inserted;
mod jsonb;
mod literal;
mod merge;
mod mysql;
mod object;
mod parts;
mod placed;
mod relation;
mod scalar;
mod scales;
mod sqlite;
mod walk;
mod whole;

pub use duckdb::NUMBERS;
pub use mysql::{EACH, NUMBERED_ALWAYS, STRICT};
pub use parts::Keep;
pub use relation::{spelled, stored};

use crate::ways::{instead_of, way_out};
use crate::{Dialect, SpanMap};
pub(crate) use column::JSON_COLUMNS;
use core::ops::Range;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::function::{Cell, Entry};
use rql_ir::{ColumnId, Ir, ObjectName, ParamName, ScalarId, ScalarKind, Type};

/// How a value stands in a result or parameter of a backend without types of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As the backend has it; SQLite's is read through the type.
    Stored,
    /// A decimal as an integer of units at this scale.
    Scaled(u8),
    /// A decimal as text.
    Numeric,
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutColumn {
    /// Its header.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
    /// How its cells stand.
    pub encoding: Encoding,
}

/// A parameter of the text, in the order of its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamRef {
    /// Which one.
    pub name: ParamName,
    /// Its type.
    pub ty: Type,
    /// Where it stands first in the source.
    pub span: Span,
    /// How its value is bound.
    pub encoding: Encoding,
}

/// Text and all that belongs to it.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// The text.
    pub sql: String,
    /// What is bound.
    pub params: Vec<ParamRef>,
    /// What comes back.
    pub columns: Vec<OutColumn>,
    /// The way back to the source.
    pub spans: SpanMap,
    /// What can fail when it runs: divisions, conversions, sums.
    pub sites: Vec<Span>,
    /// Where the text is several statements: those between its savepoint and the end of that.
    pub steps: Vec<Step>,
    /// Where there is no text, since the statement needs what only the database knows.
    pub rebuilt: Option<Rebuilt>,
    /// The first window function in the text.
    pub windows: Option<Span>,
}

/// A table that is built again, with another declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// The attached file in which it stands, where it is one.
    pub schema: Option<String>,
    /// Its name there.
    pub table: String,
    /// What the catalog calls it.
    pub object: ObjectName,
    /// What changes in the text that declares it, in the order written.
    pub edits: Vec<Edit>,
}

/// A change in the text that declares a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Another type of a column.
    Type {
        /// The column.
        column: String,
        /// The type.
        text: String,
        /// True where its values are kept alike, so that what is computed from it stays right.
        alike: bool,
        /// The new value of a row, computed from the old row.
        value: String,
    },
    /// Its values compare as intervals do.
    Intervals(String),
    /// Another default of a column, or none: `DEFAULT 1`.
    Default(String, Option<String>),
    /// NOT NULL of a column, or not.
    NotNull(String, bool),
    /// A constraint more.
    AddConstraint(String),
    /// Another name of a constraint.
    RenameConstraint(String, String),
    /// A constraint less.
    DropConstraint {
        /// Its name.
        name: String,
        /// It may be missing.
        if_exists: bool,
    },
    /// A column more.
    AddColumn {
        /// Its name.
        name: String,
        /// Its declaration.
        text: String,
        /// It may be there.
        if_not_exists: bool,
        /// The statements that make its sequence, where it has one.
        sequence: Vec<String>,
    },
    /// A column becomes numbered: its default is the next number of a sequence.
    AddIdentity {
        /// The column.
        column: String,
        /// The default.
        default: String,
        /// The statements that make the sequence.
        sequence: Vec<String>,
    },
    /// Another way to number a column.
    SetIdentity {
        /// The column.
        column: String,
        /// What marks it in its declaration, where that changes.
        mark: Option<&'static str>,
        /// What changes in the row of its sequence: `last = 10, called = 0`.
        sets: String,
        /// The width of its numbers.
        bits: u8,
    },
    /// A column is numbered no more.
    DropIdentity {
        /// The column.
        column: String,
        /// It may be one that is not numbered.
        if_exists: bool,
    },
    /// A column less.
    DropColumn {
        /// Its name.
        name: String,
        /// It may be missing.
        if_exists: bool,
        /// Views that show it go with it.
        cascade: bool,
    },
}

/// One of the statements of a text that has several. Marks of parameters count through the whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its place in the text.
    pub text: Range<usize>,
    /// The rows that it changes are rows that the whole changes.
    pub counts: bool,
    /// What it means where it fails, in PostgreSQL's words.
    pub meaning: Option<&'static str>,
    /// Where its rows go, if they are kept for those behind it.
    pub keeps: Option<Keep>,
    /// What it gives is what the whole gives.
    pub last: bool,
    /// Which of the parameters its marks are; `None` where it counts them through the whole text.
    pub params: Option<Vec<usize>>,
}

impl Step {
    fn from(start: usize) -> Self {
        Self {
            text: start..start,
            ..Self::default()
        }
    }
}

/// Writes an algebra for a dialect.
///
/// # Errors
/// Where the dialect has no way to give PostgreSQL's answer.
pub fn emit(ir: &Ir, dialect: Dialect) -> Result<Emitted, Box<Diagnostic>> {
    let mut emitter = Emitter {
        ir,
        dialect,
        out: String::new(),
        spans: SpanMap::default(),
        sites: Vec::new(),
        own_digits: false,
        kept: None,
        passed: core::cell::OnceCell::new(),
        steps: Vec::new(),
        rebuilt: None,
        trying: false,
        defs: vec![None; ir.columns.len()],
        used: used(ir),
        queries: Vec::new(),
        using: Vec::new(),
        bare: Vec::new(),
        aliases: Vec::new(),
        blocks: vec![0],
        around: vec![0],
        crowded: Vec::new(),
        in_window: false,
        namesakes: Vec::new(),
        current: 0,
        nested: 0,
        marks: Vec::new(),
        claimed: 0,
        own_marks: None,
        anchors: Vec::new(),
        widening: false,
        windows: None,
        counting: false,
        lone_null: None,
        windowed: false,
        sorted_set: false,
        rows_apart: false,
        side: false,
        grouped: None,
        by_group: Vec::new(),
        condition: None,
        carried: false,
        copied: Vec::new(),
        scales: Vec::new(),
        recursion_scales: Vec::new(),
        apart: Vec::new(),
        as_stored: false,
        compared: false,
        listed: Vec::new(),
        making: String::new(),
        making_in: None,
        keyed: Vec::new(),
        numbers: Vec::new(),
        caught: None,
    };
    if !dialect.traits().filled {
        return Err(emitter.refuse(Span::default(), "a statement"));
    }
    emitter.only_kept_documents()?;
    emitter.only_moments()?;
    let mut columns = Vec::new();
    if let Some(root) = ir.root {
        let names: Vec<_> = ir.output.iter().map(|c| c.1.clone()).collect();
        if matches!(dialect, Dialect::Sqlite | Dialect::Duckdb) {
            emitter.counts_in_order(root)?;
        }
        let reps = emitter.query(root, &names, Use::Result)?;
        for ((id, name), rep) in ir.output.iter().zip(reps) {
            let column = ir.column(*id);
            columns.push(OutColumn {
                name: name.clone(),
                ty: column.ty,
                nullable: column.nullable,
                encoding: rep.encoding(),
            });
        }
    }
    let param = |param: &rql_ir::Param| ParamRef {
        name: param.name.clone(),
        ty: param.ty,
        span: param.span,
        encoding: emitter.computed(param.ty).encoding(),
    };
    let params = match dialect.traits().numbered_params {
        true => ir.params.iter().map(param).collect(),
        false => emitter
            .marks
            .iter()
            .map(|&at| param(&ir.params[at]))
            .collect(),
    };
    Ok(Emitted {
        sql: emitter.out,
        params,
        columns,
        spans: emitter.spans,
        sites: emitter.sites,
        steps: emitter.steps,
        rebuilt: emitter.rebuilt,
        windows: emitter.windows,
    })
}

/// Which columns something refers to.
fn used(ir: &Ir) -> Vec<bool> {
    let mut used = vec![false; ir.columns.len()];
    for scalar in &ir.scalars {
        if let rql_ir::ScalarKind::Column(id) = scalar.kind {
            used[id.index()] = true;
        }
    }
    for rel in &ir.rels {
        match &rel.kind {
            rql_ir::RelKind::Join { merged, .. } => {
                for m in merged {
                    used[m.left.index()] = true;
                    used[m.right.index()] = true;
                }
            }
            rql_ir::RelKind::SetOp { sides, .. } => {
                for id in sides.0.iter().chain(&sides.1) {
                    used[id.index()] = true;
                }
            }
            _ => {}
        }
    }
    let shown = ir.ctes.iter().flat_map(|cte| &cte.columns);
    for (id, _) in ir.output.iter().chain(shown) {
        used[id.index()] = true;
    }
    used
}

/// A name, quoted where its spelling needs it.
#[must_use]
pub fn quoted(name: &str, dialect: Dialect) -> String {
    let mut out = String::new();
    write_name(&mut out, name, dialect);
    out
}

fn write_name(out: &mut String, name: &str, dialect: Dialect) {
    let plain = name
        .bytes()
        .enumerate()
        .all(|(at, b)| b == b'_' || b.is_ascii_lowercase() || (at > 0 && b.is_ascii_digit()));
    let own: &[&str] = match dialect {
        Dialect::Mysql | Dialect::Mariadb => mysql::RESERVED,
        Dialect::Duckdb => duckdb::RESERVED,
        _ => &[],
    };
    let reserved = RESERVED.contains(&name) || own.contains(&name);
    if plain && !name.is_empty() && !reserved {
        out.push_str(name);
        return;
    }
    let quote = dialect.traits().quote;
    out.push(quote);
    for c in name.chars() {
        if c == quote {
            out.push(quote);
        }
        out.push(c);
    }
    out.push(quote);
}

type Res<T = ()> = Result<T, Box<Diagnostic>>;

/// What is made of a query's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// They are the result; its headers are known without the text.
    Result,
    /// They are a value or a set of values.
    Value,
    /// They are named by what stands around.
    Named,
    /// They are stored in a table, by their place.
    Stored,
}

/// How a scalar's value stands in the text of a dialect without decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rep {
    /// As its type says; a decimal on a dialect that has them.
    Plain,
    /// A decimal as the table has it: a number of any kind.
    Stored,
    /// An integer of units.
    Scaled(u8),
    /// Decimal text.
    Numeric,
}

impl Rep {
    /// The form in which both compare: units of the larger scale, or decimal text.
    fn common(a: Self, b: Self) -> Self {
        match (a, b) {
            (Self::Scaled(a), Self::Scaled(b)) => Self::Scaled(a.max(b)),
            (Self::Numeric, _) | (_, Self::Numeric) => Self::Numeric,
            (Self::Plain, other) | (other, _) => other,
        }
    }

    fn encoding(self) -> Encoding {
        match self {
            Self::Plain | Self::Stored => Encoding::Stored,
            Self::Scaled(scale) => Encoding::Scaled(scale),
            Self::Numeric => Encoding::Numeric,
        }
    }
}

/// What a column's identity is in the text.
#[derive(Clone, Debug)]
enum Def {
    /// A name of a relation of a block.
    Name {
        block: usize,
        qualifier: String,
        name: String,
        rep: Rep,
    },
    /// What is made of the columns of a function that gives rows.
    Written(String),
    /// The value of a row that could not be inserted.
    Proposed(String),
    /// What it was computed from, in the same block.
    Inline(ScalarId),
    /// Another column.
    Same(ColumnId),
    /// Whichever of two columns is not NULL.
    Either(ColumnId, ColumnId),
}

#[derive(Clone)]
struct Emitter<'a> {
    ir: &'a Ir,
    dialect: Dialect,
    out: String,
    spans: SpanMap,
    sites: Vec<Span>,
    steps: Vec<Step>,
    rebuilt: Option<Rebuilt>,
    /// The next function of the session gives NULL where it would fail.
    trying: bool,
    /// By the column's identity.
    defs: Vec<Option<Def>>,
    /// Decimals become texts, with their own digits each.
    own_digits: bool,
    /// The decimal that it writes so.
    kept: Option<ScalarId>,
    /// Whose values columns have; MariaDB alone asks.
    passed: core::cell::OnceCell<mysql::Passed>,
    /// How many relations each block has in FROM.
    blocks: Vec<usize>,
    /// The block around each.
    around: Vec<usize>,
    /// Blocks in whose FROM there are columns that the algebra does not know.
    crowded: Vec<usize>,
    /// In OVER, where MariaDB takes two bare names that are alike for one column, though of blocks apart.
    in_window: bool,
    /// Keys that HAVING does not know on MariaDB by what they are written as.
    namesakes: Vec<ColumnId>,
    current: usize,
    nested: usize,
    /// Which parameter each mark is, where marks are not numbered.
    marks: Vec<usize>,
    /// How many of them belong to steps that are written.
    claimed: usize,
    /// The parameters of the step that is written, where each step numbers its own.
    own_marks: Option<Vec<usize>>,
    /// The first queries of recursions.
    anchors: Vec<rql_ir::RelId>,
    /// The next SELECT list is that of one.
    widening: bool,
    /// The first window function that was written.
    windows: Option<Span>,
    /// The next SELECT list needs an aggregate.
    counting: bool,
    /// What is written stands in an aggregate that a bare SQLite has from `json_each`.
    carried: bool,
    /// Texts that a function of MariaDB's would change in place, for all that read them.
    copied: Vec<ColumnId>,
    /// A NULL that is all of a query inside an expression.
    lone_null: Option<ScalarId>,
    /// It writes the first block of a set operation of SQLite that is sorted: a name of ORDER BY may be a column's there,
    /// where no alias is written.
    sorted_set: bool,
    /// It writes a set operation behind which a clause stands.
    rows_apart: bool,
    /// It begins a side of a set operation.
    side: bool,
    /// It writes the condition of a block of MariaDB that has windows.
    windowed: bool,
    /// The block of MariaDB whose HAVING it writes.
    grouped: Option<usize>,
    /// Blocks with groups of which it writes what is computed of them: of a key that is its TIMESTAMP MariaDB compares
    /// there the row behind the group, and no NULL.
    by_group: Vec<usize>,
    /// A condition that rows pass by, which is computed from the left.
    condition: Option<ScalarId>,
    /// Columns of DuckDB's decimals that stand in one column with others, and the digits that all need.
    scales: Vec<(ColumnId, u8)>,
    /// The same of the decimals of recursions, and of their first rows, which say what all rows hold.
    recursion_scales: Vec<(ColumnId, u8)>,
    /// Conditions by which DuckDB would join.
    apart: Vec<ScalarId>,
    /// The next column is shown and nothing more, so that its collation does not matter.
    as_stored: bool,
    /// What a block shows is compared with its other rows: DISTINCT, or an order by a name of the list.
    compared: bool,
    /// The names of the SELECT list around, as in `aliases`.
    listed: Vec<(String, Option<ColumnId>)>,
    /// The table that is made, as SQLite stores its name.
    making: String,
    /// Its schema.
    making_in: Option<String>,
    /// The columns of its keys.
    keyed: Vec<String>,
    /// The sequences of its numbered columns, on DuckDB.
    numbers: Vec<(ColumnId, Option<rql_ir::ObjectName>)>,
    /// What a trigger is to take from each row instead of RETURNING, on SQLite.
    caught: Option<sqlite::Caught>,
    /// Columns that something refers to.
    used: Vec<bool>,
    /// Queries in FROM that no alias of the source names.
    queries: Vec<from::Query>,
    /// Joins that the text writes with USING.
    using: Vec<rql_ir::RelId>,
    /// Columns of these that a bare name means.
    bare: Vec<ColumnId>,
    /// Names that a bare name would be taken for: those of the SELECT list, in GROUP BY and ORDER BY.
    /// With the column of FROM that each is, where it is one.
    aliases: Vec<(String, Option<ColumnId>)>,
}

impl Emitter<'_> {
    fn define_as(&mut self, column: ColumnId, def: Def) {
        if let Some(place) = self.defs.get_mut(column.index()) {
            *place = Some(def);
        }
    }

    fn definition(&self, column: ColumnId) -> Option<&Def> {
        self.defs.get(column.index())?.as_ref()
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes before what is written from there on.
    fn put_before(&mut self, start: usize, text: &str) {
        self.out.insert_str(start, text);
        let (at, by) = (start, text.len());
        let moved = |place: usize| place + if place < at { 0 } else { by };
        self.spans = self.spans.moved(moved, moved);
    }

    /// Writes a name, quoted where its spelling needs it.
    fn name(&mut self, name: &str) {
        write_name(&mut self.out, name, self.dialect);
    }

    /// Writes text in quotes, as both dialects read it.
    fn string(&mut self, text: &str) {
        self.out.push_str(&rql_ast::text_literal(text));
    }

    fn refuse(&self, span: Span, what: &str) -> Box<Diagnostic> {
        let name = self.dialect.name();
        let message = format!("{what} cannot be compiled for {name} with PostgreSQL's answer");
        let label = format!("{name} has no way to do this");
        let error = Diagnostic::error(codes::NOT_PORTABLE, message).label(span, label);
        Box::new(error.help(way_out(what)))
    }

    /// Refuses a function by its cell.
    fn refuse_call(&self, span: Span, entry: &Entry) -> Box<Diagnostic> {
        let has = |dialect: &Dialect| {
            let cell = dialect.cell(&entry.cells);
            dialect.traits().filled && !matches!(cell, Cell::Refuse(_))
        };
        let others: Vec<_> = Dialect::ALL
            .into_iter()
            .filter(has)
            .map(Dialect::name)
            .collect();
        let refused = self.refuse(span, entry.title());
        let have = if others.len() == 1 { "has" } else { "have" };
        let refused = refused.note(format!("{} {have} it", others.join(", ")));
        Box::new(refused.help(instead_of(entry)))
    }

    /// Refuses what depends on the type of a value that no catalog tells; `operand` leads to it.
    fn untyped(&self, what: &str, operand: ScalarId) -> Box<Diagnostic> {
        let scalar = self.ir.scalar(self.source_of_unknown(operand));
        let name = match &scalar.kind {
            ScalarKind::Column(id) => self.ir.column(*id).name.clone(),
            ScalarKind::BackendCall { name, .. } => format!("{name}(…)"),
            _ => "this value".to_owned(),
        };
        let dialect = self.dialect.name();
        let message =
            format!("what {what} means depends on the type of {name}, which is not known");
        let label = format!("{dialect} needs to know the type of {name}");
        let help = format!(
            "--schema FILE or --db URL says which types there are; CAST({name} AS integer), or whatever it \
             is, says it here"
        );
        let error = Diagnostic::error(codes::UNKNOWN_TYPE, message);
        Box::new(error.label(scalar.span, label).help(help))
    }

    /// The innermost value to which a value owes that its type is not known.
    fn source_of_unknown(&self, mut id: ScalarId) -> ScalarId {
        loop {
            let mut inner = None;
            if let ScalarKind::Call { args, .. } = &self.ir.scalar(id).kind {
                let unknown = |arg: &&ScalarId| self.ir.scalar(**arg).ty == Type::Unknown;
                inner = args.iter().find(unknown).copied();
            }
            match inner {
                Some(inner) => id = inner,
                None => return id,
            }
        }
    }

    /// True for a type whose values do not sort and compare as SQLite has them.
    fn needs_key(&self, ty: Type) -> bool {
        let keyed =
            matches!(ty, Type::Interval | Type::Jsonb | Type::Array(_)) || ty.is_wide_decimal();
        self.dialect == Dialect::Sqlite && keyed
    }

    /// How a computed value of a type stands.
    fn computed(&self, ty: Type) -> Rep {
        let Type::Decimal { scale, .. } = ty else {
            return Rep::Plain;
        };
        if self.dialect.traits().decimals {
            return Rep::Plain;
        }
        match scale {
            Some(scale) if !ty.is_wide_decimal() => Rep::Scaled(scale),
            _ => Rep::Numeric,
        }
    }
}

/// Words that some dialect reads as more than a name.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "add", "all", "alter", "analyse", "analyze", "and", "any", "array", "as", "asc",
    "asymmetric", "authorization", "autoincrement", "between", "binary", "both", "case",
    "cast", "check", "collate", "collation", "column", "commit", "concurrently", "constraint",
    "create", "cross", "current_catalog", "current_date", "current_role", "current_schema",
    "current_time", "current_timestamp", "current_user", "default", "deferrable", "delete",
    "desc", "distinct", "do", "drop", "else", "end", "escape", "except", "exists", "false",
    "fetch", "for", "foreign", "freeze", "from", "full", "glob", "grant", "group", "having",
    "if", "ilike", "in", "index", "initially", "inner", "insert", "intersect", "into", "is",
    "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime",
    "localtimestamp", "natural", "not", "nothing", "notnull", "null", "offset", "on", "only",
    "or", "order", "outer", "over", "overlaps", "placing", "primary", "raise", "references",
    "regexp", "returning", "right", "select", "session_user", "set", "similar", "some",
    "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing",
    "transaction", "true", "union", "unique", "update", "user", "using", "values", "variadic",
    "verbose", "when", "where", "window", "with",
];
