//! The builder of queries: a query as lines that can be changed, beside its text. The text is the truth: it is
//! written anew when a line changes, and read back when it is typed in.

mod lists;
mod part;
mod pick;
mod query;
mod read;
#[cfg(test)]
mod tests;
mod typed;
mod write;

pub(crate) use pick::{Form, Next, Pick};

use crate::command::Command;
use core::ops::Range;
use query::{Aggregate, Query, Side};
use rql::Catalog;

/// The parts of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// FROM.
    Tables,
    /// SELECT.
    Columns,
    /// WHERE and HAVING.
    Filters,
    /// GROUP BY.
    Groups,
    /// ORDER BY.
    Sorts,
}

impl Section {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 5] = [
        Self::Tables,
        Self::Columns,
        Self::Filters,
        Self::Groups,
        Self::Sorts,
    ];

    /// What stands above it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Tables => "Tables",
            Self::Columns => "Columns",
            Self::Filters => "Filters",
            Self::Groups => "Groups",
            Self::Sorts => "Sort",
        }
    }
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Above a part.
    Head(Section),
    /// One of it.
    Item(Section, usize),
    /// Whether rows that are the same stand once.
    Distinct,
    /// How many rows there are at most.
    Limit,
    /// How many are left out before them.
    Offset,
}

/// The builder.
#[derive(Debug)]
pub(crate) struct Builder {
    /// The query.
    pub(crate) query: Query,
    /// What of the text it does not show.
    pub(crate) cannot: Option<String>,
    /// The line that one is on.
    pub(crate) at: usize,
    /// The text that the window had before, and the statement in it that is built.
    pub(crate) before: Command,
    pub(crate) place: Range<usize>,
    /// The text that the query began with.
    pub(crate) began: String,
    /// The version of the text that the query is.
    pub(crate) known: u64,
}

impl Builder {
    /// A builder of a statement in a text.
    pub(crate) fn new(before: Command, place: Range<usize>, began: String) -> Self {
        Self {
            query: Query::default(),
            cannot: None,
            at: 0,
            before,
            place,
            began,
            known: u64::MAX,
        }
    }

    /// Reads the text, where it has changed.
    pub(crate) fn reread(&mut self, text: &str, version: u64, catalog: &Catalog) {
        if self.known == version {
            return;
        }
        self.known = version;
        match read::read(text, catalog) {
            Ok(query) => {
                self.query = query;
                self.cannot = None;
            }
            Err(why) => self.cannot = Some(why),
        }
        self.step(0);
    }

    /// There is something to build on.
    pub(crate) fn has_tables(&self) -> bool {
        !self.query.sources.is_empty()
    }

    /// The text of the query.
    pub(crate) fn text(&self, catalog: &Catalog, width: usize) -> String {
        write::write(&self.query, catalog, width)
    }

    /// The lines.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for section in Section::ALL {
            lines.push(Line::Head(section));
            lines.extend((0..self.count(section)).map(|at| Line::Item(section, at)));
        }
        lines.extend([Line::Distinct, Line::Limit, Line::Offset]);
        lines
    }

    fn count(&self, section: Section) -> usize {
        let query = &self.query;
        match section {
            Section::Tables => query.sources.len(),
            Section::Columns => query.outputs.len(),
            Section::Filters => query.filters.len(),
            Section::Groups => query.groups.len(),
            Section::Sorts => query.sorts.len(),
        }
    }

    /// The line that one is on.
    pub(crate) fn here(&self) -> Line {
        self.lines().get(self.at).copied().unwrap_or(Line::Limit)
    }

    /// Some lines down, or up.
    pub(crate) fn step(&mut self, by: isize) {
        let last = self.lines().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }

    /// Goes to a line.
    pub(crate) fn go(&mut self, line: Line) {
        let place = self.lines().iter().position(|one| *one == line);
        self.at = place.unwrap_or(self.at);
    }

    /// What a line says, and what is said of it.
    pub(crate) fn said(&self, line: Line, catalog: &Catalog) -> (String, String) {
        let query = &self.query;
        let term = |term| write::term(query, catalog, term);
        match line {
            Line::Head(section) => (section.title().to_owned(), String::new()),
            Line::Item(Section::Tables, at) => {
                let source = &query.sources[at];
                let named = source.alias.as_ref().map(|alias| format!(" {alias}"));
                let name = source.name.clone() + &named.unwrap_or_default();
                let name = match source.side {
                    Side::Inner => name,
                    side => format!("{} {name}", side.words().to_lowercase()),
                };
                let on = match (at, source.on.as_slice()) {
                    (0, _) => String::new(),
                    _ if !source.using.is_empty() => format!("using {}", source.using.join(", ")),
                    (_, []) => "every row with every one".to_owned(),
                    (_, on) => format!("on {}", write::all(query, catalog, on)),
                };
                (name, on)
            }
            Line::Item(Section::Columns, at) => {
                let output = &query.outputs[at];
                let alias = output.alias.as_ref().map(|alias| format!("as {alias}"));
                (term(&output.term), alias.unwrap_or_default())
            }
            Line::Item(Section::Filters, at) => {
                let filter = &query.filters[at];
                let of = if filter.of_groups { "of groups" } else { "" };
                let or = if filter.or { "or " } else { "" };
                let text = write::filter(query, catalog, filter);
                (format!("{or}{text}"), of.to_owned())
            }
            Line::Item(Section::Groups, at) => {
                let group = query::Term::of(query.groups[at].clone());
                (term(&group), String::new())
            }
            Line::Item(Section::Sorts, at) => {
                let sort = &query.sorts[at];
                let mut outputs = query.outputs.iter();
                let output = outputs.find(|output| output.term == sort.term);
                let alias = output.and_then(|output| output.alias.clone());
                let order = if sort.down { "descending" } else { "ascending" };
                (alias.unwrap_or_else(|| term(&sort.term)), order.to_owned())
            }
            Line::Distinct => {
                let yes = if query.distinct { "yes" } else { "no" };
                ("Distinct".to_owned(), yes.to_owned())
            }
            Line::Limit => {
                let limit = query.limit.clone().unwrap_or("all rows".to_owned());
                ("Limit".to_owned(), limit)
            }
            Line::Offset => {
                let offset = query.offset.clone().unwrap_or("none left out".to_owned());
                ("Offset".to_owned(), offset)
            }
        }
    }

    /// Takes the line away.
    pub(crate) fn remove(&mut self, catalog: &Catalog) -> bool {
        let had = self.query.aggregates();
        match self.here() {
            Line::Item(Section::Tables, at) => self.query.remove_source(at, catalog),
            Line::Item(Section::Columns, at) => {
                let gone = self.query.outputs.remove(at).term;
                // It was grouped by because it was shown.
                if had && gone.aggregate.is_none() {
                    self.query.groups.retain(|group| *group != gone.expr);
                }
            }
            Line::Item(Section::Filters, at) => {
                self.query.take_filter(at);
            }
            Line::Item(Section::Groups, at) => {
                self.query.groups.remove(at);
                self.step(0);
                return true;
            }
            Line::Item(Section::Sorts, at) => {
                self.query.sorts.remove(at);
            }
            Line::Limit if self.query.limit.is_some() => self.query.limit = None,
            Line::Offset if self.query.offset.is_some() => self.query.offset = None,
            Line::Distinct if self.query.distinct => self.query.distinct = false,
            _ => return false,
        }
        self.query.regroup(had);
        self.step(0);
        true
    }

    /// Puts the line before the one above it, or behind the one below.
    pub(crate) fn shift(&mut self, down: bool) -> bool {
        let Line::Item(section, at) = self.here() else {
            return false;
        };
        let other = if down {
            Some(at + 1)
        } else {
            at.checked_sub(1)
        };
        let Some(mut other) = other.filter(|other| *other < self.count(section)) else {
            return false;
        };
        let query = &mut self.query;
        match section {
            // What a join is on names those before it.
            Section::Tables => return false,
            Section::Columns => query.outputs.swap(at, other),
            Section::Filters => other = query.swap_filters(at, other),
            Section::Groups => query.groups.swap(at, other),
            Section::Sorts => query.sorts.swap(at, other),
        }
        self.go(Line::Item(section, other));
        true
    }

    /// Changes the line to the next thing that it can be.
    pub(crate) fn toggle(&mut self, catalog: &Catalog) -> bool {
        let had = self.query.aggregates();
        match self.here() {
            Line::Item(Section::Tables, at) if at > 0 => {
                let source = &mut self.query.sources[at];
                source.side = source.side.next();
            }
            Line::Item(Section::Columns, at) => {
                let next = self.next_aggregate(at, catalog);
                self.query.outputs[at].term.aggregate = next;
                self.aggregated(at, had);
            }
            Line::Item(Section::Filters, at) => return self.query.toggle_or(at),
            Line::Item(Section::Sorts, at) => {
                let sort = &mut self.query.sorts[at];
                sort.down = !sort.down;
            }
            Line::Distinct => self.query.distinct = !self.query.distinct,
            _ => return false,
        }
        true
    }

    /// What is shown has become an aggregate, or is none any more.
    fn aggregated(&mut self, at: usize, had: bool) {
        let term = self.query.outputs[at].term.clone();
        if term.aggregate.is_some() {
            self.query.groups.retain(|group| *group != term.expr);
        }
        self.query.regroup(had);
    }

    /// The aggregate behind the one that something has; none behind the last.
    fn next_aggregate(&self, at: usize, catalog: &Catalog) -> Option<Aggregate> {
        let term = &self.query.outputs[at].term;
        let all = self.aggregates(at, catalog);
        let now = all.iter().position(|one| Some(*one) == term.aggregate);
        all.get(now.map_or(0, |now| now + 1)).copied()
    }

    /// The aggregates that something can be.
    fn aggregates(&self, at: usize, catalog: &Catalog) -> Vec<Aggregate> {
        let output = &self.query.outputs[at];
        let plain = query::Term::of(output.term.expr.clone());
        // Of rows as they are there is only their number.
        if plain.expr == query::Term::count_all().expr {
            return vec![Aggregate::Count];
        }
        let ty = self.query.type_of(&plain, catalog);
        let takes = |one: &Aggregate| one.takes(ty);
        Aggregate::ALL.into_iter().filter(takes).collect()
    }
}
