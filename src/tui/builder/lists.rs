//! What there is to choose from.

use super::query::{Aggregate, Expr, Filter, Side, Term, links};
use super::{Builder, write};
use crate::dialog::Item;
use rql::{Catalog, Type};

/// What stands in a list for something that is typed.
pub(super) const OTHER: &str = "…";

pub(super) fn item(
    label: impl Into<String>,
    detail: impl Into<String>,
    value: impl Into<String>,
) -> Item {
    Item {
        label: label.into(),
        detail: detail.into(),
        value: value.into(),
    }
}

/// The columns of a link, in short.
fn linked(link: &[Filter]) -> String {
    let pair = |filter: &Filter| match (&filter.term.expr, filter.values.first()) {
        (Expr::Column(_, left), Some(Expr::Column(_, right))) => format!("{left} = {right}"),
        _ => String::new(),
    };
    let pairs = link.iter().map(pair);
    format!("by {}", pairs.collect::<Vec<_>>().join(", "))
}

impl Builder {
    /// The tables, those first that foreign keys relate to those that are there.
    pub(super) fn tables(&self, catalog: &Catalog) -> Vec<Item> {
        let mut items = Vec::new();
        for (at, table) in catalog.tables().iter().enumerate() {
            let link = links(&self.query, self.query.sources.len(), table, catalog);
            let detail = match link.first() {
                Some(link) => linked(link),
                None => format!("{} columns", table.columns.len()),
            };
            items.push((
                link.is_empty(),
                item(table.qualified(), detail, at.to_string()),
            ));
        }
        items.sort_by_key(|(unrelated, _)| *unrelated);
        items.into_iter().map(|(_, item)| item).collect()
    }

    pub(super) fn of_source(&self, at: usize) -> Vec<Item> {
        let source = &self.query.sources[at];
        let mut items = Vec::new();
        if at > 0 {
            for side in Side::ALL {
                let mark = if side == source.side { "now: " } else { "" };
                let label = side.words().to_lowercase();
                items.push(item(label, format!("{mark}{}", side.about()), side.words()));
            }
            items.push(item("joined by…", "what relates it to the others", "link"));
        }
        items.push(item("name…", "what it is called here", "alias"));
        items
    }

    /// The columns of the tables; their values are read by [`Builder::column`].
    pub(super) fn columns(&self, catalog: &Catalog) -> Vec<Item> {
        let columns = self.query.columns(catalog).into_iter();
        let item = |(source, name, ty): (usize, String, Type)| {
            let term = write::term(&self.query, catalog, &Term::column(source, &name));
            item(term, ty.to_string(), format!("{source}.{name}"))
        };
        columns.map(item).collect()
    }

    pub(super) fn column(&self, value: &str) -> Option<Term> {
        let (source, name) = value.split_once('.')?;
        Some(Term::column(source.parse().ok()?, name))
    }

    /// What a value of [`Builder::filtered`] or [`Builder::sorted`] stands for.
    pub(super) fn term(&self, value: &str) -> Option<Term> {
        match value.strip_prefix('#') {
            Some("*") => Some(Term::count_all()),
            Some(output) => {
                let output = self.query.outputs.get(output.parse::<usize>().ok()?)?;
                Some(output.term.clone())
            }
            None => self.column(value),
        }
    }

    pub(super) fn shown_columns(&self, catalog: &Catalog) -> Vec<Item> {
        let shown = |term: &Term| self.query.outputs.iter().any(|output| output.term == *term);
        let mut items = self.columns(catalog);
        for item in &mut items {
            if self.column(&item.value).is_some_and(|term| shown(&term)) {
                item.detail = format!("{}, shown", item.detail);
            }
        }
        items.push(item("an expression…", "to be typed", OTHER));
        items.push(item("count(*)", "how many rows", "#*"));
        items
    }

    pub(super) fn of_output(&self, at: usize, catalog: &Catalog) -> Vec<Item> {
        let output = &self.query.outputs[at];
        let now = |yes: bool| if yes { "now: " } else { "" };
        let plain = output.term.aggregate.is_none();
        let mut items = vec![item("name…", "what it is called", "name")];
        if output.term.expr != Term::count_all().expr {
            let detail = format!("{}its value", now(plain));
            items.push(item("as it is", detail, "plain"));
        }
        for aggregate in self.aggregates(at, catalog) {
            let label = match aggregate {
                Aggregate::CountDistinct => "count distinct",
                other => other.name(),
            };
            let detail = now(output.term.aggregate == Some(aggregate)).to_owned();
            items.push(item(label, detail + aggregate.about(), label));
        }
        items.push(item("expression…", "to be typed", OTHER));
        items
    }

    pub(super) fn filtered(&self, catalog: &Catalog) -> Vec<Item> {
        let mut items = self.columns(catalog);
        items.push(item("a condition…", "to be typed", OTHER));
        let outputs = self.query.outputs.iter().enumerate();
        for (at, output) in outputs.filter(|(_, output)| output.term.aggregate.is_some()) {
            let term = write::term(&self.query, catalog, &output.term);
            items.push(item(term, "of groups", format!("#{at}")));
        }
        items
    }

    /// What is shown, then the other columns.
    pub(super) fn sorted(&self, catalog: &Catalog) -> Vec<Item> {
        let outputs = self.query.outputs.iter().enumerate();
        let mut items: Vec<Item> = outputs
            .map(|(at, output)| {
                let term = write::term(&self.query, catalog, &output.term);
                let name = output.alias.clone().unwrap_or(term);
                item(name, "shown", format!("#{at}"))
            })
            .collect();
        let others = self.columns(catalog).into_iter();
        items.extend(others.filter(|item| {
            let term = self.column(&item.value);
            let mut outputs = self.query.outputs.iter();
            !outputs.any(|output| Some(&output.term) == term.as_ref())
        }));
        items
    }
}
