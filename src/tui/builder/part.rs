//! The parts of a query as it is built, and the words for them.

use rql::{Catalog, Table, Type};

/// A table in FROM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// Its schema, where it is not the default one.
    pub(crate) schema: Option<String>,
    /// Its name in the catalog's spelling.
    pub(crate) name: String,
    /// What it is called in the query, where that is another name.
    pub(crate) alias: Option<String>,
    /// How it is joined to those before it.
    pub(crate) side: Side,
    /// What relates it to them; a cross join where there is nothing.
    pub(crate) on: Vec<Filter>,
    /// In the place of that, columns which both sides call so, and which stand once in the result.
    pub(crate) using: Vec<String>,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Side {
    /// Those that have one on the other side.
    #[default]
    Inner,
    /// All on the left.
    Left,
    /// All on the right.
    Right,
    /// All.
    Full,
}

impl Side {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Inner, Self::Left, Self::Right, Self::Full];

    /// The words of the join.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Inner => "JOIN",
            Self::Left => "LEFT JOIN",
            Self::Right => "RIGHT JOIN",
            Self::Full => "FULL JOIN",
        }
    }

    /// What it means.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Inner => "rows that belong to each other",
            Self::Left => "and rows of the tables before that have none here",
            Self::Right => "and rows of this table that have none before",
            Self::Full => "and rows of either that have none in the other",
        }
    }

    /// The next one, and round.
    pub(crate) fn next(self) -> Self {
        let at = Self::ALL.iter().position(|side| *side == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

/// A column, or any expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    /// The column of a source, by its place and the catalog's spelling.
    Column(usize, String),
    /// An expression, as a statement says it.
    Text(String),
}

/// An expression, or an aggregate of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Of what.
    pub(crate) expr: Expr,
    /// Which aggregate.
    pub(crate) aggregate: Option<Aggregate>,
}

/// What becomes of the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregate {
    /// How many there are, or have a value.
    Count,
    /// How many values there are.
    CountDistinct,
    /// The sum.
    Sum,
    /// The average.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

impl Aggregate {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Count,
        Self::CountDistinct,
        Self::Sum,
        Self::Avg,
        Self::Min,
        Self::Max,
    ];

    /// The function.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count | Self::CountDistinct => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// What it means.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Count => "how many have a value",
            Self::CountDistinct => "how many values there are",
            Self::Sum => "the sum",
            Self::Avg => "the average",
            Self::Min => "the least",
            Self::Max => "the greatest",
        }
    }

    /// True where it can be made of values of a type.
    pub(crate) fn takes(self, ty: Type) -> bool {
        match self {
            Self::Sum | Self::Avg => is_number(ty) || matches!(ty, Type::Unknown | Type::Interval),
            Self::Min | Self::Max => !matches!(ty, Type::Boolean | Type::Json),
            Self::Count | Self::CountDistinct => true,
        }
    }
}

/// True for what can be added up.
pub(super) fn is_number(ty: Type) -> bool {
    use Type as T;
    matches!(
        ty,
        T::SmallInt | T::Integer | T::BigInt | T::Decimal { .. } | T::Real | T::Double
    )
}

/// True for texts.
pub(crate) fn is_text(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::Varchar(_) | Type::Char(_))
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// What.
    pub(crate) term: Term,
    /// What it is called.
    pub(crate) alias: Option<String>,
}

/// What must be true. Those that stand side by side with `or` between them are alternatives; of what is left all must
/// be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Of what.
    pub(crate) term: Term,
    /// What is asked.
    pub(crate) op: Op,
    /// What it is compared to: as many as the operator takes.
    pub(crate) values: Vec<Expr>,
    /// It is asked of groups, not of rows.
    pub(crate) of_groups: bool,
    /// It, or the one before it.
    pub(crate) or: bool,
}

/// What a filter asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `LIKE`
    Like,
    /// `NOT LIKE`
    NotLike,
    /// `ILIKE`
    ILike,
    /// `BETWEEN`
    Between,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `IS NULL`
    IsNull,
    /// `IS NOT NULL`
    IsNotNull,
    /// Nothing: the term is the condition.
    Holds,
}

/// Operators, what they are called, and what is to be given for them.
pub(crate) const OPS: [(Op, &str, &str); 15] = [
    (Op::Eq, "=", "is"),
    (Op::Ne, "<>", "is not"),
    (Op::Lt, "<", "is less than"),
    (Op::Le, "<=", "is at most"),
    (Op::Gt, ">", "is more than"),
    (Op::Ge, ">=", "is at least"),
    (Op::Like, "LIKE", "is like: % any characters, _ one"),
    (Op::NotLike, "NOT LIKE", "is not like"),
    (Op::ILike, "ILIKE", "is like, in any case"),
    (Op::Between, "BETWEEN", "lies between two values: 1, 9"),
    (Op::In, "IN", "is one of: 1, 2, 3"),
    (Op::NotIn, "NOT IN", "is none of"),
    (Op::IsNull, "IS NULL", "has no value"),
    (Op::IsNotNull, "IS NOT NULL", "has a value"),
    (Op::Holds, "", ""),
];

impl Op {
    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        let row = OPS.iter().find(|row| row.0 == self);
        row.map_or("", |row| row.1)
    }

    /// The least and the greatest number of values that it takes.
    pub(crate) fn takes(self) -> (usize, usize) {
        match self {
            Self::IsNull | Self::IsNotNull | Self::Holds => (0, 0),
            Self::Between => (2, 2),
            Self::In | Self::NotIn => (1, usize::MAX),
            _ => (1, 1),
        }
    }
}

/// What rows are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    /// What.
    pub(crate) term: Term,
    /// The greatest first.
    pub(crate) down: bool,
    /// Whether those without a value stand first, where that is said.
    pub(crate) nulls_first: Option<bool>,
}

impl Term {
    /// A column.
    pub(crate) fn column(source: usize, name: &str) -> Self {
        Self::of(Expr::Column(source, name.to_owned()))
    }

    /// An expression.
    pub(crate) fn of(expr: Expr) -> Self {
        let aggregate = None;
        Self { expr, aggregate }
    }

    /// `count(*)`.
    pub(crate) fn count_all() -> Self {
        Self {
            expr: Expr::Text("*".to_owned()),
            aggregate: Some(Aggregate::Count),
        }
    }
}

impl Source {
    /// A table.
    pub(crate) fn of(table: &Table) -> Self {
        Self {
            schema: table.schema.clone(),
            name: table.name.clone(),
            ..Self::default()
        }
    }

    /// The same table, joined by conditions.
    pub(crate) fn by(self, on: Vec<Filter>) -> Self {
        let using = Vec::new();
        Self { on, using, ..self }
    }

    /// What it is called in the query.
    pub(crate) fn shown(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// What the catalog says of it.
    pub(crate) fn table<'c>(&self, catalog: &'c Catalog) -> Option<&'c Table> {
        let is = |table: &&Table| table.schema == self.schema && table.name == self.name;
        let here = catalog.tables().iter().find(is);
        here.or_else(|| catalog.find(self.schema.as_deref(), &self.name))
    }
}
