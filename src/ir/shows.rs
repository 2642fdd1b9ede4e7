//! Views through which rows can be changed: those that show one table and nothing that is computed
//! (PostgreSQL manual, CREATE VIEW, "Updatable Views").

use crate::{Catalog, ObjectName, Table};
use rql_ast::{
    Ast, Body, ClauseKind, CreateView, ExprKind, Id, Quantifier, Query, Relation, RelationKind,
    Select, SelectItem, StmtKind,
};

/// What a view shows of one table, as its query says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// The table, or a view.
    pub table: ObjectName,
    /// Its columns, in the view's order.
    pub columns: Vec<Shown>,
    /// Not every row.
    pub filtered: bool,
}

/// What a column of such a view is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All columns of the table.
    All,
    /// This one.
    Column(String),
    /// A value that is computed.
    Computed,
}

/// What the first view, or the first query, of a text shows; `None` where that is more than rows of one table.
#[must_use]
pub fn shows(ast: &Ast) -> Option<Shows> {
    let view = ast.all::<CreateView>().first().map(|view| view.query);
    let query = ast
        .all::<rql_ast::Stmt>()
        .iter()
        .find_map(|stmt| match stmt.kind {
            StmtKind::Query(query) => Some(query),
            _ => None,
        });
    shown_by(ast, view.or(query)?)
}

/// What a query shows of one table.
pub(crate) fn shown_by(ast: &Ast, query: Id<Query>) -> Option<Shows> {
    let Query {
        with,
        body,
        clauses,
        ..
    } = ast[query];
    let sorted = |kind: &ClauseKind| matches!(kind, ClauseKind::OrderBy(_));
    if with.is_some() || !ast[clauses].iter().all(|clause| sorted(&clause.kind)) {
        return None;
    }
    match body {
        Body::Select(select) => shown_by_select(ast, ast[select]),
        Body::Nested(query) => shown_by(ast, query),
        Body::Table(name) => Some(Shows {
            table: object(ast, name),
            columns: vec![Shown::All],
            filtered: false,
        }),
        Body::Values(_) | Body::Set(_) => None,
    }
}

fn shown_by_select(ast: &Ast, select: Select) -> Option<Shows> {
    if select.quantifier == Quantifier::Distinct || !ast[select.distinct_on].is_empty() {
        return None;
    }
    let (mut from, mut filtered) = (None, false);
    for clause in &ast[select.clauses] {
        match clause.kind {
            ClauseKind::From(items) => match &ast[items] {
                [item] if ast[item.joins].is_empty() => from = Some(ast[item.relation]),
                _ => return None,
            },
            ClauseKind::Where(_) => filtered = true,
            _ => return None,
        }
    }
    let Relation {
        kind: RelationKind::Table { name, .. },
        sample: None,
        alias,
        ..
    } = from?
    else {
        return None;
    };
    if alias.is_some_and(|alias| !ast[ast[alias].columns].is_empty()) {
        return None;
    }
    let items = ast[select.items].iter().map(|item| match *item {
        SelectItem::Expr { expr, .. } => shown(ast, ast[expr].kind),
        SelectItem::Template(_) => Shown::Computed,
    });
    let mut columns: Vec<Shown> = items.collect();
    if columns.is_empty() {
        columns.push(Shown::All);
    }
    Some(Shows {
        table: object(ast, name),
        columns,
        filtered,
    })
}

fn shown(ast: &Ast, kind: ExprKind) -> Shown {
    match kind {
        ExprKind::Column(name) => match ast[name.parts].last() {
            Some(&column) => Shown::Column(ast.name(column).into_owned()),
            None => Shown::Computed,
        },
        ExprKind::Star(star) => {
            let star = ast[star];
            let plain = ast[star.exclude].is_empty()
                && ast[star.replace].is_empty()
                && ast[star.rename].is_empty();
            if plain { Shown::All } else { Shown::Computed }
        }
        _ => Shown::Computed,
    }
}

fn object(ast: &Ast, name: rql_ast::Name) -> ObjectName {
    let mut parts = ast[name.parts]
        .iter()
        .rev()
        .map(|&part| ast.name(part).into_owned());
    ObjectName {
        name: parts.next().unwrap_or_default(),
        schema: parts.next(),
    }
}

/// The table whose rows a view shows, and where each of the view's columns stands in it.
pub(crate) struct Behind<'a> {
    pub(crate) table: &'a Table,
    pub(crate) places: Vec<usize>,
    /// Not every row of it.
    pub(crate) filtered: bool,
}

/// Views upon views.
const DEPTH: usize = 32;

/// What stands behind a view, or why its rows cannot be changed.
pub(crate) fn behind<'a>(catalog: &'a Catalog, view: &Table) -> Result<Behind<'a>, String> {
    behind_within(catalog, view, DEPTH)
}

fn behind_within<'a>(
    catalog: &'a Catalog,
    view: &Table,
    depth: usize,
) -> Result<Behind<'a>, String> {
    let more = || format!("{} shows more than rows of one table", view.name);
    let shows = view.shows.as_ref().filter(|_| depth > 0).ok_or_else(more)?;
    let schema = shows.table.schema.as_deref().or(view.schema.as_deref());
    let table = catalog.find(schema, &shows.table.name).ok_or_else(more)?;
    let inner = match table.kind.is_view() {
        true => Some(behind_within(catalog, table, depth - 1)?),
        false => None,
    };
    let mut places = Vec::new();
    for (at, column) in shows.columns.iter().enumerate() {
        match column {
            Shown::All => places.extend(0..table.columns.len()),
            Shown::Column(name) => {
                let mut columns = table.columns.iter();
                let found = columns.position(|column| catalog.matches(name, &column.name));
                places.push(found.ok_or_else(more)?);
            }
            Shown::Computed => {
                let name = view
                    .columns
                    .get(at)
                    .map_or("one", |column| column.name.as_str());
                return Err(format!("the column {name} of {} is computed", view.name));
            }
        }
    }
    if places.len() != view.columns.len() {
        return Err(more());
    }
    let filtered = shows.filtered || inner.as_ref().is_some_and(|inner| inner.filtered);
    Ok(match inner {
        Some(inner) => Behind {
            places: places
                .iter()
                .filter_map(|&at| inner.places.get(at).copied())
                .collect(),
            table: inner.table,
            filtered,
        },
        None => Behind {
            table,
            places,
            filtered,
        },
    })
}
