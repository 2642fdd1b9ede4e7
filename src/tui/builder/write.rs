//! A query as a text of RQL.

use super::query::{Aggregate, Expr, Filter, Op, Query, Side, Sort, Source, Term, alternatives};
use rql::{Catalog, NameMatch};
use rql_ast::FormatOptions;

/// Writes a query, formatted to a width; nothing where there is no table.
pub(crate) fn write(query: &Query, catalog: &Catalog, width: usize) -> String {
    if query.sources.is_empty() {
        return String::new();
    }
    let text = Writer { query, catalog }.query();
    let parse = rql_grammar::parse(&text);
    match parse.is_ok() {
        true => rql_ast::format(&parse.ast, &FormatOptions { width }),
        false => text,
    }
}

/// A term as people read it.
pub(crate) fn term(query: &Query, catalog: &Catalog, term: &Term) -> String {
    Writer { query, catalog }.term(term)
}

/// A column with the name of its table, as people read it.
pub(crate) fn full(query: &Query, catalog: &Catalog, source: usize, name: &str) -> String {
    Writer { query, catalog }.full(source, name)
}

/// Conditions as people read them.
pub(crate) fn all(query: &Query, catalog: &Catalog, filters: &[Filter]) -> String {
    Writer { query, catalog }.all(filters).unwrap_or_default()
}

/// A condition as people read it.
pub(crate) fn filter(query: &Query, catalog: &Catalog, filter: &Filter) -> String {
    Writer { query, catalog }.filter(filter)
}

/// A name of the query's own, which keeps its case.
pub(crate) fn own(name: &str) -> String {
    rql_ide::spelled(name, NameMatch::Folded)
}

struct Writer<'q> {
    query: &'q Query,
    catalog: &'q Catalog,
}

impl Writer<'_> {
    fn query(&self) -> String {
        let query = self.query;
        let outputs = query.outputs.iter().map(|output| {
            let term = self.term(&output.term);
            match &output.alias {
                Some(alias) => format!("{term} AS {}", own(alias)),
                None => term,
            }
        });
        let mut text = String::from("SELECT ");
        text.push_str(if query.distinct { "DISTINCT " } else { "" });
        text.push_str(&listed(outputs, ", ").unwrap_or("*".to_owned()));
        text.push_str("\nFROM ");
        for (at, source) in query.sources.iter().enumerate() {
            text.push_str(&self.source(at, source));
        }
        let filters = query.filters.iter().cloned();
        let (of_groups, of_rows): (Vec<_>, Vec<_>) = filters.partition(|filter| filter.of_groups);
        let groups = query.groups.iter().map(|group| self.expr(group));
        let parts = [
            ("WHERE", self.all(&of_rows)),
            ("GROUP BY", listed(groups, ", ")),
            ("HAVING", self.all(&of_groups)),
            (
                "ORDER BY",
                listed(query.sorts.iter().map(|sort| self.sort(sort)), ", "),
            ),
            ("LIMIT", query.limit.clone()),
            ("OFFSET", query.offset.clone()),
        ];
        for (words, part) in parts {
            if let Some(part) = part {
                text.push_str(&format!("\n{words} {part}"));
            }
        }
        text.push_str(";\n");
        text
    }

    fn source(&self, at: usize, source: &Source) -> String {
        let names = self.catalog.name_match();
        let name = rql_ide::spelled(&source.name, names);
        let name = match &source.schema {
            Some(schema) => format!("{}.{name}", rql_ide::spelled(schema, names)),
            None => name,
        };
        let name = match &source.alias {
            Some(alias) => format!("{name} AS {}", own(alias)),
            None => name,
        };
        let using = source
            .using
            .iter()
            .map(|name| rql_ide::spelled(name, names));
        if let (1.., Some(using)) = (at, listed(using, ", ")) {
            return format!("\n{} {name} USING ({using})", source.side.words());
        }
        match (at, self.all(&source.on)) {
            (0, _) => name,
            (_, Some(on)) => format!("\n{} {name} ON {on}", source.side.words()),
            // What keeps rows without another one needs a condition, though it be a true one.
            (_, None) if source.side != Side::Inner => {
                format!("\n{} {name} ON TRUE", source.side.words())
            }
            (_, None) => format!("\nCROSS JOIN {name}"),
        }
    }

    fn all(&self, filters: &[Filter]) -> Option<String> {
        let ranges = alternatives(filters);
        let several = ranges.len() > 1;
        let groups = ranges.into_iter().map(|range| {
            let loose = several && range.len() > 1;
            let group = filters[range].iter().map(|filter| self.filter(filter));
            let group = group.collect::<Vec<_>>().join(" OR ");
            if loose { format!("({group})") } else { group }
        });
        listed(groups, " AND ")
    }

    fn filter(&self, filter: &Filter) -> String {
        let term = self.term(&filter.term);
        let mut values = filter.values.iter().map(|value| self.expr(value));
        let words = filter.op.words();
        match filter.op {
            Op::Holds => term,
            Op::IsNull | Op::IsNotNull => format!("{term} {words}"),
            Op::Between => {
                let values = listed(values, " AND ").unwrap_or_default();
                format!("{term} {words} {values}")
            }
            Op::In | Op::NotIn => {
                let values = listed(values, ", ").unwrap_or_default();
                format!("{term} {words} ({values})")
            }
            _ => format!("{term} {words} {}", values.next().unwrap_or_default()),
        }
    }

    /// What is shown under a name of its own is sorted by that.
    fn sort(&self, sort: &Sort) -> String {
        let mut outputs = self.query.outputs.iter();
        let named = outputs.find(|output| output.term == sort.term);
        let alias = named.and_then(|output| output.alias.as_deref());
        let term = self.term(&sort.term);
        let mut all = self.query.outputs.iter();
        // A name that something else is shown under would be meant.
        let taken = all.any(|output| output.alias.as_deref() == Some(&term));
        let term = match (&sort.term.expr, taken) {
            (Expr::Column(source, name), true) => self.full(*source, name),
            _ => term,
        };
        let mut text = alias.map_or(term, own);
        text.push_str(if sort.down { " DESC" } else { "" });
        text.push_str(match sort.nulls_first {
            Some(true) => " NULLS FIRST",
            Some(false) => " NULLS LAST",
            None => "",
        });
        text
    }

    fn term(&self, term: &Term) -> String {
        let inner = self.expr(&term.expr);
        match term.aggregate {
            None => inner,
            Some(aggregate @ Aggregate::CountDistinct) => {
                format!("{}(DISTINCT {inner})", aggregate.name())
            }
            Some(aggregate) => format!("{}({inner})", aggregate.name()),
        }
    }

    /// A column has the name of its table before it where there are several.
    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Text(text) => text.clone(),
            Expr::Column(source, name) if self.query.sources.len() > 1 => self.full(*source, name),
            Expr::Column(_, name) => rql_ide::spelled(name, self.catalog.name_match()),
        }
    }

    /// A column with the name of its table.
    fn full(&self, source: usize, name: &str) -> String {
        let names = self.catalog.name_match();
        let column = rql_ide::spelled(name, names);
        match self.query.sources.get(source) {
            Some(Source {
                alias: Some(alias), ..
            }) => format!("{}.{column}", own(alias)),
            Some(source) => format!("{}.{column}", rql_ide::spelled(&source.name, names)),
            None => column,
        }
    }
}

fn listed(parts: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(between))
}
