//! Whether the parts of a statement may run one after the other.
//!
//! PostgreSQL's parts of WITH see the rows as they were before any of them ran, and what they return is all that they
//! know of each other. Parts that run in turn give the same answers where none reads or changes what one before it
//! has changed: the table itself, a view over it, what its foreign keys take along, or what a trigger may write.

use crate::*;
use rql_ast::Span;

/// Why the parts cannot run in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entangled {
    /// The table that an earlier part changes.
    pub table: String,
    /// What the source calls that part.
    pub part: String,
    /// What is in the way.
    pub place: Span,
    /// How.
    pub how: How,
}

/// How a part depends on the change of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It reads the rows.
    Reads,
    /// It changes rows there too, or such that a foreign key leads to.
    Changes,
    /// Nobody can tell, since the change has a trigger or is one of a view.
    Unknown,
}

/// A change, and what it may do beside.
struct Done<'a> {
    part: &'a str,
    target: &'a Target,
    verb: Verb,
    table: Option<&'a Table>,
    span: Span,
}

/// What is done to the rows of a table.
enum Verb {
    /// Rows are added, and none is touched.
    Adds,
    /// These columns get other values.
    Sets(Vec<String>),
    /// Rows go.
    Takes,
}

impl Verb {
    fn sets(ir: &Ir, assigns: &[Assign]) -> Self {
        let columns = assigns.iter().flat_map(|assign| match assign {
            Assign::One((column, _)) => core::slice::from_ref(column),
            Assign::Part(part) => core::slice::from_ref(&part.column),
            Assign::Row { columns, .. } => columns,
        });
        Self::Sets(columns.map(|&id| ir.column(id).name.clone()).collect())
    }

    /// True where rows of the table that a key leads to go, or have another value there.
    fn moves(&self, key: &ForeignKey) -> bool {
        match self {
            Self::Adds => false,
            Self::Takes => true,
            Self::Sets(columns) => {
                let set = |name: &String| columns.iter().any(|c| c.eq_ignore_ascii_case(name));
                key.referred.is_empty() || key.referred.iter().any(set)
            }
        }
    }
}

/// Finds what forbids that the parts of a statement run in turn.
#[must_use]
pub fn entangled(ir: &Ir, catalog: &Catalog) -> Option<Entangled> {
    if !ir.changes_in_with() {
        return None;
    }
    let mut apart = ir.clone();
    let root = apart.root?;
    rewrite::split(&mut apart, root);
    let RelKind::Parts(parts) = &apart.rel(root).kind else {
        return None;
    };
    let mut before: Vec<Done<'_>> = Vec::new();
    let kept = parts.kept.iter().map(|part| (&*part.name, part.rel));
    for (name, rel) in kept.chain([("", parts.last)]) {
        let own = change(&apart, rel, name, catalog);
        for done in &before {
            let found = done.meets(&apart, rel, own.as_ref(), catalog);
            if let Some((place, how)) = found {
                return Some(Entangled {
                    table: done.target.table.clone(),
                    part: done.part.to_owned(),
                    place,
                    how,
                });
            }
        }
        before.extend(own);
    }
    None
}

/// The change that a part is.
fn change<'a>(ir: &'a Ir, rel: RelId, part: &'a str, catalog: &'a Catalog) -> Option<Done<'a>> {
    let mut at = rel;
    while let RelKind::With { input, .. } = ir.rel(at).kind {
        at = input;
    }
    let (target, verb) = match &ir.rel(at).kind {
        RelKind::Insert(insert) => match insert.conflict.as_ref().and_then(|c| c.update.as_ref()) {
            None => (&insert.target, Verb::Adds),
            Some(assigns) => (&insert.target, Verb::sets(ir, assigns)),
        },
        RelKind::Update(update) => (&update.target, Verb::sets(ir, &update.assigns)),
        RelKind::Delete(delete) => (&delete.target, Verb::Takes),
        RelKind::Merge(merge) => (&merge.target, Verb::Takes),
        _ => return None,
    };
    Some(Done {
        part,
        target,
        verb,
        table: catalog.find(target.schema.as_deref(), &target.table),
        span: ir.rel(at).span,
    })
}

impl Done<'_> {
    /// Where a later part depends on this change.
    fn meets(
        &self,
        ir: &Ir,
        rel: RelId,
        own: Option<&Done<'_>>,
        catalog: &Catalog,
    ) -> Option<(Span, How)> {
        if self
            .table
            .is_some_and(|table| table.triggers || table.kind != TableKind::Table)
        {
            return Some((ir.rel(rel).span, How::Unknown));
        }
        let along = self.along(catalog);
        let touched = |schema: Option<&str>, name: &str| {
            let same = |other: Option<&str>, table: &str| {
                table.eq_ignore_ascii_case(name)
                    && (schema == other || schema.is_none() || other.is_none())
            };
            same(self.target.schema.as_deref(), &self.target.table)
                || along
                    .iter()
                    .any(|table| same(table.schema.as_deref(), &table.name))
        };
        if let Some(own) = own
            && (touched(own.target.schema.as_deref(), &own.target.table) || self.is_needed_by(own))
        {
            return Some((own.span, How::Changes));
        }
        let mut found = None;
        ir.each_below(rel, &mut |below| {
            let RelKind::Scan { schema, table, .. } = &ir.rel(below).kind else {
                return;
            };
            let mut behind = vec![(schema.clone(), table.clone())];
            let mut at = 0;
            while let Some((schema, table)) = behind.get(at).cloned() {
                at += 1;
                if touched(schema.as_deref(), &table) {
                    found = found.or(Some((ir.rel(below).span, How::Reads)));
                    return;
                }
                let view = catalog.find(schema.as_deref(), &table);
                for name in view.iter().flat_map(|view| named_in(view, catalog)) {
                    if !behind.contains(&name) {
                        behind.push(name);
                    }
                }
            }
        });
        found
    }

    /// The tables whose rows this change may take along.
    fn along<'c>(&self, catalog: &'c Catalog) -> Vec<&'c Table> {
        let mut all: Vec<&Table> = Vec::new();
        let Some(table) = self.table else { return all };
        for other in catalog.tables() {
            if leads(other, table).any(|key| key.acts && self.verb.moves(key)) {
                all.push(other);
            }
        }
        let mut at = 0;
        while let Some(&table) = all.get(at) {
            at += 1;
            for other in catalog.tables() {
                let new = !all.iter().any(|known| known.is(other));
                if new && leads(other, table).any(|key| key.acts) {
                    all.push(other);
                }
            }
        }
        all
    }

    /// True where a later change makes good what a foreign key holds against this one: PostgreSQL asks at the end.
    fn is_needed_by(&self, later: &Done<'_>) -> bool {
        let (Some(own), Some(other)) = (self.table, later.table) else {
            return false;
        };
        let fills = !matches!(self.verb, Verb::Takes) && leads(own, other).next().is_some();
        fills || leads(other, own).any(|key| self.verb.moves(key))
    }
}

/// The foreign keys of a table that lead to another.
fn leads<'t>(from: &'t Table, to: &'t Table) -> impl Iterator<Item = &'t ForeignKey> {
    let keys = from.foreign_keys.iter();
    keys.filter(|key| key.schema == to.schema && key.table == to.name)
}

/// The tables that the query of a view may name; of what is no view none.
fn named_in(view: &Table, catalog: &Catalog) -> Vec<(Option<String>, String)> {
    if !view.kind.is_view() {
        return Vec::new();
    }
    let text = view.definition.as_deref().map(str::to_lowercase);
    let named = |table: &&Table| {
        text.as_ref()
            .is_none_or(|text| names(text, &table.name.to_lowercase()))
    };
    let all = catalog.tables().iter().filter(named);
    all.map(|table| (table.schema.clone(), table.name.clone()))
        .collect()
}

/// True where a name stands in a text, not as a piece of a longer one.
fn names(text: &str, name: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(longer) && !text[at + name.len()..].starts_with(longer)
    })
}
