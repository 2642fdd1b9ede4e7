//! A query as it is built: tables, what is shown of them, what rows are wanted. It knows a catalog and nothing of a
//! screen; [`write`](super::write) makes a text of it, [`read`](super::read) reads it back.

pub(crate) use super::part::{
    Aggregate, Expr, Filter, OPS, Op, Output, Side, Sort, Source, Term, is_text,
};
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
