//! A query as it is built: tables, what is shown of them, what rows are wanted. It knows a catalog and nothing of a
//! screen; [`write`](super::write) makes a text of it, [`read`](super::read) reads it back.

use core::ops::Range;
use rql::{Catalog, Table, Type};

/// A query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// Rows that are the same stand once.
    pub(crate) distinct: bool,
    /// Where the rows come from; each but the first is joined to those before it.
    pub(crate) sources: Vec<Source>,
    /// What is shown; all columns where there are none.
    pub(crate) outputs: Vec<Output>,
    /// What must be true of a row, and of a group: all of it.
    pub(crate) filters: Vec<Filter>,
    /// What the rows are grouped by.
    pub(crate) groups: Vec<Expr>,
    /// What they are sorted by.
    pub(crate) sorts: Vec<Sort>,
    /// How many rows there are at most, as a statement says it.
    pub(crate) limit: Option<String>,
    /// How many are left out before them.
    pub(crate) offset: Option<String>,
}

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
pub(crate) fn is_number(ty: Type) -> bool {
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

impl Query {
    /// Every column of its tables, by source and name, with its type.
    pub(crate) fn columns(&self, catalog: &Catalog) -> Vec<(usize, String, Type)> {
        let mut all = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            let columns = source
                .table(catalog)
                .map_or(&[][..], |table| &table.columns);
            all.extend(
                columns
                    .iter()
                    .map(|column| (at, column.name.clone(), column.ty)),
            );
        }
        all
    }

    /// The type of a term, where that is known.
    pub(crate) fn type_of(&self, term: &Term, catalog: &Catalog) -> Type {
        let inner = match &term.expr {
            Expr::Text(_) => Type::Unknown,
            Expr::Column(source, name) => {
                let all = self.columns(catalog);
                let mut all = all.into_iter();
                let found = all.find(|(at, column, _)| at == source && column == name);
                found.map_or(Type::Unknown, |(_, _, ty)| ty)
            }
        };
        match term.aggregate {
            None | Some(Aggregate::Min | Aggregate::Max) => inner,
            Some(Aggregate::Count | Aggregate::CountDistinct) => Type::BigInt,
            Some(Aggregate::Sum | Aggregate::Avg) => Type::Decimal {
                precision: None,
                scale: None,
            },
        }
    }

    /// Adds a table, under a name that no other has.
    pub(crate) fn add_source(&mut self, table: &Table, on: Vec<Filter>) {
        let mut source = Source::of(table);
        let taken = |name: &str| self.sources.iter().any(|other| other.shown() == name);
        if taken(&source.name) {
            let mut names = (2..).map(|number| format!("{}_{number}", source.name));
            source.alias = names.find(|name| !taken(name));
        }
        source.on = on;
        self.sources.push(source);
    }

    /// Takes a table away, with all that is of it.
    pub(crate) fn remove_source(&mut self, at: usize, catalog: &Catalog) {
        if self.sources.len() == 1 {
            *self = Self::default();
            return;
        }
        let of = |term: &Term| matches!(&term.expr, Expr::Column(source, _) if *source == at);
        let is = |expr: &Expr| matches!(expr, Expr::Column(source, _) if *source == at);
        let filter = |filter: &Filter| !of(&filter.term) && !filter.values.iter().any(is);
        self.outputs.retain(|output| !of(&output.term));
        retain(&mut self.filters, filter);
        self.groups.retain(|group| !is(group));
        self.sorts.retain(|sort| !of(&sort.term));
        for source in &mut self.sources {
            retain(&mut source.on, filter);
        }
        self.sources.remove(at);
        if let (0, Some(first)) = (at, self.sources.first_mut()) {
            first.on.clear();
            first.using.clear();
            first.side = Side::Inner;
        }
        self.reuse(catalog);
        for expr in self.exprs() {
            if let Expr::Column(source, _) = expr
                && *source > at
            {
                *source -= 1;
            }
        }
    }

    /// A table is joined by columns that one before it still has.
    fn reuse(&mut self, catalog: &Catalog) {
        let columns = self.columns(catalog);
        for (at, source) in self.sources.iter_mut().enumerate() {
            let before = |name: &String| columns.iter().any(|c| c.0 < at && c.1 == *name);
            source.using.retain(before);
        }
    }

    /// Every expression of it.
    fn exprs(&mut self) -> impl Iterator<Item = &mut Expr> {
        let on = self.sources.iter_mut().flat_map(|source| &mut source.on);
        let filters = on.chain(&mut self.filters);
        let outputs = self.outputs.iter_mut().map(|output| &mut output.term.expr);
        let sorts = self.sorts.iter_mut().map(|sort| &mut sort.term.expr);
        filters
            .flat_map(|filter| {
                let values = filter.values.iter_mut();
                std::iter::once(&mut filter.term.expr).chain(values)
            })
            .chain(outputs)
            .chain(&mut self.groups)
            .chain(sorts)
    }

    /// Takes a filter away.
    pub(crate) fn take_filter(&mut self, at: usize) -> Filter {
        let filter = self.filters.remove(at);
        // The one behind the first of some alternatives is the first of them now.
        if let Some(next) = self.filters.get_mut(at).filter(|_| !filter.or) {
            next.or = false;
        }
        filter
    }

    /// Puts a filter to the place of the one beside it: among its alternatives, else with all of them. Gives its place.
    pub(crate) fn swap_filters(&mut self, at: usize, other: usize) -> usize {
        let all = alternatives(&self.filters);
        let of = |place: usize| all.iter().find(|range| range.contains(&place)).cloned();
        let (Some(own), Some(theirs)) = (of(at), of(other)) else {
            return at;
        };
        if self.filters[at].of_groups != self.filters[other].of_groups {
            return at;
        }
        if own == theirs {
            let ors = [at, other].map(|place| self.filters[place].or);
            self.filters.swap(at, other);
            [self.filters[at].or, self.filters[other].or] = ors;
            return other;
        }
        let whole = own.start.min(theirs.start)..own.end.max(theirs.end);
        match own.start < theirs.start {
            true => {
                self.filters[whole].rotate_left(own.len());
                at + theirs.len()
            }
            false => {
                self.filters[whole].rotate_left(theirs.len());
                at - theirs.len()
            }
        }
    }

    /// Makes a filter an alternative of the one before it, or a condition of its own.
    pub(crate) fn toggle_or(&mut self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.filters.get(at));
        let of_groups = before.map(|before| before.of_groups);
        match self.filters.get_mut(at) {
            Some(filter) if of_groups == Some(filter.of_groups) => filter.or = !filter.or,
            _ => return false,
        }
        true
    }

    /// Groups by the columns that are shown beside an aggregate; where there is none any more, by nothing.
    pub(crate) fn regroup(&mut self, had: bool) {
        if !self.aggregates() {
            if had {
                self.groups.clear();
                retain(&mut self.filters, |filter| !filter.of_groups);
            }
            return;
        }
        for output in &self.outputs {
            let plain = output.term.aggregate.is_none();
            let column = matches!(output.term.expr, Expr::Column(..));
            if plain && column && !self.groups.contains(&output.term.expr) {
                self.groups.push(output.term.expr.clone());
            }
        }
    }

    /// True where something that is shown is an aggregate.
    pub(crate) fn aggregates(&self) -> bool {
        let mut outputs = self.outputs.iter();
        outputs.any(|output| output.term.aggregate.is_some())
    }
}

/// Which filters are alternatives of one another, by their places.
pub(crate) fn alternatives(filters: &[Filter]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (at, filter) in filters.iter().enumerate() {
        match all.last_mut() {
            Some(last) if filter.or && filters[last.start].of_groups == filter.of_groups => {
                last.end = at + 1;
            }
            _ => all.push(at..at + 1),
        }
    }
    all
}

/// Keeps some filters; the alternatives that are left stay alternatives of each other, and of no other one.
pub(crate) fn retain(filters: &mut Vec<Filter>, keep: impl Fn(&Filter) -> bool) {
    for range in alternatives(filters) {
        let mut left = filters[range].iter_mut().filter(|filter| keep(filter));
        if let Some(first) = left.next() {
            first.or = false;
        }
    }
    filters.retain(keep);
}

/// The columns of a link that both sides call the same, where that is so of all.
pub(crate) fn shared(link: &[Filter]) -> Option<Vec<String>> {
    let name = |filter: &Filter| match (&filter.term.expr, filter.values.first()) {
        (Expr::Column(_, left), Some(Expr::Column(_, right))) if left == right => {
            Some(left.clone())
        }
        _ => None,
    };
    link.iter().map(name).collect()
}

/// The conditions by which foreign keys relate the source at a place to those before it.
pub(crate) fn links(
    query: &Query,
    new: usize,
    table: &Table,
    catalog: &Catalog,
) -> Vec<Vec<Filter>> {
    let mut all = Vec::new();
    for (at, source) in query.sources.iter().enumerate().take(new).rev() {
        let Some(other) = source.table(catalog) else {
            continue;
        };
        all.extend(keyed((new, table), (at, other), (at, new)));
        all.extend(keyed((at, other), (new, table), (at, new)));
    }
    all.dedup();
    all
}

/// The conditions of the foreign keys from one table to another, each with the side of `order` first that stands first.
fn keyed(
    (from, own): (usize, &Table),
    (to, other): (usize, &Table),
    order: (usize, usize),
) -> Vec<Vec<Filter>> {
    let refers = |key: &&rql::ForeignKey| key.schema == other.schema && key.table == other.name;
    let condition = |key: &rql::ForeignKey| {
        let referred: Vec<String> = match key.referred.is_empty() {
            true => other
                .key_positions()
                .filter_map(|at| Some(other.columns.get(at)?.name.clone()))
                .collect(),
            false => key.referred.clone(),
        };
        let columns = key.columns.iter().filter_map(|&at| own.columns.get(at));
        let pairs = columns.zip(referred).map(|(column, referred)| {
            let pair = (
                Term::column(from, &column.name),
                Term::column(to, &referred),
            );
            let (left, right) = if order.0 == from {
                pair
            } else {
                (pair.1, pair.0)
            };
            equal(left, right.expr)
        });
        pairs.collect::<Vec<_>>()
    };
    own.foreign_keys
        .iter()
        .filter(refers)
        .map(condition)
        .collect()
}

/// `left = right`.
pub(crate) fn equal(term: Term, value: Expr) -> Filter {
    Filter {
        term,
        op: Op::Eq,
        values: vec![value],
        of_groups: false,
        or: false,
    }
}
