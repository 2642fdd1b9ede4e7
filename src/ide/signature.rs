//! What the function that is being called wants.

use crate::functions;
use crate::look::holds;
use crate::{Snapshot, Span};
use rql_ast::{Ast, Body, Call, ExprKind, Insert, InsertColumn, RelationKind, RowItem};
use rql_grammar::Cursor;

/// What a call wants, and which of its arguments is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The function.
    pub name: String,
    /// Its ways to be called, each by its arguments; the ones that fit come first.
    pub ways: Vec<Vec<String>>,
    /// The argument at the cursor, from zero.
    pub active: usize,
    /// A line about it.
    pub about: String,
}

impl Snapshot {
    /// The call around a byte, where there is one.
    #[must_use]
    pub fn signature(&self, at: u32) -> Option<SignatureHelp> {
        let at = self.floor(at);
        let statement = self.statement_at(at);
        let text = statement.text(&self.text);
        let inner = at - statement.start;
        let draft_of = |text: &str, at: u32| {
            let draft = rql_grammar::draft(text, at);
            let hole = match draft.cursor {
                Cursor::Other | Cursor::Placeholder => None,
                _ => draft.hole,
            };
            hole.map(|hole| (draft.ast, hole))
        };
        // Behind an argument no name may stand, but behind a comma one might.
        let with_comma = || {
            let (before, behind) = text.split_at_checked(inner as usize)?;
            draft_of(&format!("{before}, {behind}"), inner + 2)
        };
        let own = draft_of(text, inner).map(|found| (found, 0));
        let ((ast, hole), more) = own.or_else(|| with_comma().map(|found| (found, 1)))?;
        let Some((call, active)) = innermost(&ast, hole) else {
            return self.row(&ast, hole, statement, more);
        };
        let active = active - more.min(active);
        let name = ast.dotted(call.name);
        let macros = self.before(statement.start);
        let found = macros.catalog.definitions().iter().rev();
        if let Some(found) = found.filter(|d| d.is_macro()).find(|d| d.name == name) {
            let params = found.params().iter();
            let params = params.map(|param| found.ast.name(param.name).into_owned());
            return Some(SignatureHelp {
                ways: vec![params.collect()],
                name,
                active,
                about: found.body().to_owned(),
            });
        }
        let known = functions::named(&name)?;
        let mut ways = known.ways();
        let takes =
            |way: &Vec<String>| way.len() > active || way.last().is_some_and(|it| it == "…");
        ways.sort_by_key(|way| !takes(way));
        Some(SignatureHelp {
            name,
            ways,
            active,
            about: known.entry.about.to_owned(),
        })
    }

    /// The columns that a row of INSERT … VALUES wants.
    fn row(&self, ast: &Ast, hole: Span, statement: Span, more: usize) -> Option<SignatureHelp> {
        let inserts = ast.all::<Insert>().iter();
        let (insert, active) = inserts.into_iter().find_map(|insert| {
            let Body::Values(rows) = ast[insert.source?].body else {
                return None;
            };
            let mut rows = ast[rows].iter();
            let active = rows.find_map(|row| {
                let mut values = ast[row.items].iter();
                values.position(|value| match *value {
                    RowItem::Value(value) => holds(ast[value].span, hole.start),
                    RowItem::Template(_) => false,
                })
            })?;
            Some((insert, active))
        })?;
        let RelationKind::Table { name, .. } = ast[insert.target].kind else {
            return None;
        };
        let known = self.known_at(statement, ast, hole.start);
        let parts: Vec<_> = ast[name.parts].iter().map(|&part| ast.name(part)).collect();
        let table = match parts.as_slice() {
            [.., schema, table] => known.catalog.find(Some(schema), table),
            [table] => known.catalog.find(None, table),
            [] => None,
        }?;
        let named = ast[insert.columns]
            .iter()
            .filter_map(|column| match *column {
                InsertColumn::Column(expr) => match ast[expr].kind {
                    ExprKind::Column(name) => Some(ast.dotted(name)),
                    _ => None,
                },
                InsertColumn::Template(_) => None,
            });
        let named: Vec<String> = named.collect();
        let shown = |column: &rql::TableColumn| format!("{} {}", column.name, column.ty);
        let column = |name: &String| {
            let mut columns = table.columns.iter();
            columns.find(|it| known.catalog.matches(name, &it.name))
        };
        let way = match named.as_slice() {
            [] => {
                let given = table.columns.iter().filter(|it| !it.generated);
                given.map(shown).collect()
            }
            named => {
                let shown = |name| column(name).map_or_else(|| name.clone(), shown);
                named.iter().map(shown).collect()
            }
        };
        Some(SignatureHelp {
            name: table.name.clone(),
            ways: vec![way],
            active: active - more.min(active),
            about: String::new(),
        })
    }
}

/// The innermost call around a name, and the argument that holds it.
fn innermost(ast: &Ast, hole: Span) -> Option<(Call, usize)> {
    let calls = ast.all::<Call>().iter().filter_map(|call| {
        let mut args = ast[call.args].iter();
        let at = args.position(|arg| holds(ast[arg.value].span, hole.start))?;
        let start = ast.name_span(call.name).start;
        Some((start, *call, at))
    });
    calls
        .max_by_key(|found| found.0)
        .map(|(_, call, at)| (call, at))
}
