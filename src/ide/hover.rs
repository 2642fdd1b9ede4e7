//! What a name is.

use crate::becomes::{becomes, one_line, whole};
use crate::complete::Kind;
use crate::entity::moved;
use crate::functions;
use crate::known::Before;
use crate::look::{holds, look};
use crate::role::{Role, role};
use crate::{Snapshot, Span};
use rql::Table;
use rql_ast::{Ast, Expr, ExprKind, Ident, ParamName};
use rql_grammar::Mark;
use rql_ir::{ColumnId, Ir, RelKind, ScalarKind, Survey};

/// What is known of the name under a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The name.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// `employees.salary: numeric(10,2)`.
    pub title: String,
    /// More about it, a line each.
    pub lines: Vec<String>,
    /// What it becomes: dialects, and the text there or why there is none.
    pub sql: Vec<(String, Result<String, String>)>,
}

impl Snapshot {
    /// What the name at a byte is.
    #[must_use]
    pub fn hover(&self, at: u32) -> Option<Hover> {
        let at = self.floor(at);
        let statement = self.statement_at(at);
        let text = statement.text(&self.text);
        let inner = at - statement.start;
        let parse = rql_grammar::parse(text);
        let draft;
        let ast = match parse.is_ok() {
            true => &parse.ast,
            false => {
                draft = rql_grammar::draft(text, inner);
                draft.hole?;
                &draft.ast
            }
        };
        let before = self.known_at(statement, ast, inner);
        let found = named(ast, &before, inner);
        let found = found.or_else(|| parameter(ast, &before, inner));
        let mut hover = found
            .or_else(|| operator(ast, &before, inner))
            .or_else(|| word(ast, &before, inner))?;
        hover.span = moved(hover.span, statement.start);
        Some(hover)
    }
}

/// What the name at a byte is.
fn named(ast: &Ast, before: &Before, inner: u32) -> Option<Hover> {
    let ident = smallest_name(ast, inner)?;
    let survey = look(ast, before, ident.span.start);
    match role(ast, ident.span) {
        Role::Value(_) | Role::Using => {
            of_column(ast, ident, &survey).or_else(|| function(ast, ident, before))
        }
        Role::Relation(_) => {
            let sight = survey.sight.as_ref();
            let name = ast.name(ident);
            let mut queries = sight
                .map(|sight| sight.queries.as_slice())
                .unwrap_or(&[])
                .iter()
                .rev();
            let query = queries.find(|query| before.catalog.matches(&name, &query.name));
            match query {
                Some(query) => Some(Hover {
                    span: ident.span,
                    kind: Kind::Relation,
                    title: format!("WITH {}", query.name),
                    lines: query
                        .columns
                        .iter()
                        .map(|c| format!("{}: {}", c.name, c.ty))
                        .collect(),
                    sql: Vec::new(),
                }),
                None => before
                    .catalog
                    .find(None, &name)
                    .map(|table| of_table(ident, table)),
            }
        }
        Role::Table(_) => {
            let name = ast.name(ident);
            before
                .catalog
                .find(None, &name)
                .map(|table| of_table(ident, table))
        }
        Role::ColumnOf(path) => {
            let table = match path.as_slice() {
                [.., schema, table] => before.catalog.find(Some(schema), table),
                [table] => before.catalog.find(None, table),
                [] => None,
            }?;
            let name = ast.name(ident);
            let column = table
                .columns
                .iter()
                .position(|c| before.catalog.matches(&name, &c.name));
            column.map(|at| of_table_column(ident, table, at))
        }
        Role::Form => {
            let form = before.form(&ast.name(ident))?;
            let fields = form.fields.iter();
            Some(Hover {
                title: format!("form {}", form.name.text),
                lines: fields
                    .map(|it| format!("{}: {}", it.name.text, it.written.text))
                    .collect(),
                ..hover(ident.span, Kind::Form)
            })
        }
        _ => None,
    }
}

fn hover(span: Span, kind: Kind) -> Hover {
    Hover {
        span,
        kind,
        title: String::new(),
        lines: Vec::new(),
        sql: Vec::new(),
    }
}

/// A parameter or variable, where its type is known.
fn parameter(ast: &Ast, before: &Before, at: u32) -> Option<Hover> {
    let is_param = |expr: &&Expr| match expr.kind {
        ExprKind::Param => true,
        // The column of a row of FOR.
        ExprKind::Field { base, .. } => ast[base].kind == ExprKind::Param,
        _ => false,
    };
    let params = ast.all::<Expr>().iter().filter(is_param);
    let around = params.filter(|expr| holds(expr.span, at));
    let param = around.max_by_key(|expr| expr.span.end - expr.span.start)?;
    let ParamName::Name(name) = ast.param(param.span) else {
        return None;
    };
    let lower = name.to_lowercase();
    let known = before.variables.iter().rev().find(|it| it.name == lower);
    let wanted = look(ast, before, param.span.start).ir;
    let wanted = wanted
        .scalars
        .iter()
        .find(|scalar| scalar.span == param.span && matches!(scalar.kind, ScalarKind::Param(_)));
    let ty = known.map(|it| it.ty).filter(|ty| *ty != rql::Type::Unknown);
    let ty = ty.or(wanted.map(|it| it.ty)).unwrap_or_default();
    if known.is_none() && ty == rql::Type::Unknown {
        return None;
    }
    let what = if known.is_some() { "" } else { "parameter " };
    let value = known.map(|it| it.value.clone()).unwrap_or_default();
    Some(Hover {
        title: match ty {
            rql::Type::Unknown => format!("{what}:{name}"),
            ty => format!("{what}:{name}: {ty}"),
        },
        lines: (!value.is_empty())
            .then(|| format!("it is {value}"))
            .into_iter()
            .collect(),
        ..hover(param.span, Kind::Variable)
    })
}

/// A construct that is no name: what it becomes, where that is not what is written.
fn operator(ast: &Ast, before: &Before, at: u32) -> Option<Hover> {
    let source = ast.source().as_bytes();
    let blank = |at: Option<usize>| {
        at.and_then(|at| source.get(at))
            .is_none_or(u8::is_ascii_whitespace)
    };
    if blank(Some(at as usize)) && blank((at as usize).checked_sub(1)) {
        return None;
    }
    let plain = |kind: ExprKind| {
        matches!(
            kind,
            ExprKind::Column(_)
                | ExprKind::Param
                | ExprKind::Number
                | ExprKind::String
                | ExprKind::Paren(_)
                | ExprKind::Subquery(_)
        )
    };
    let all = ast.all::<Expr>().iter();
    let around = all.filter(|expr| holds(expr.span, at));
    let found = around.min_by_key(|expr| expr.span.end - expr.span.start)?;
    if plain(found.kind) {
        return None;
    }
    let sql = becomes(ast, before, found.span);
    (!sql.is_empty()).then(|| Hover {
        title: one_line(ast.text(found.span)),
        sql,
        ..hover(found.span, Kind::Keyword)
    })
}

/// A word of the language outside of any value: the whole statement, as it is sent.
fn word(ast: &Ast, before: &Before, at: u32) -> Option<Hover> {
    let marks = rql_grammar::marks(ast.source());
    let is_word = |&&(span, mark): &&(Span, Mark)| holds(span, at) && mark == Mark::Keyword;
    let &(span, _) = marks.iter().find(is_word)?;
    let (dialect, text) = whole(ast, before, at)?;
    Some(Hover {
        title: ast.text(span).to_uppercase(),
        sql: vec![(dialect, Ok(text))],
        ..hover(span, Kind::Keyword)
    })
}

fn smallest_name(ast: &Ast, at: u32) -> Option<Ident> {
    let idents = ast
        .all::<Ident>()
        .iter()
        .filter(|ident| holds(ident.span, at));
    idents
        .min_by_key(|ident| {
            (
                ident.span.end - ident.span.start,
                core::cmp::Reverse(ident.span.start),
            )
        })
        .copied()
}

fn of_column(ast: &Ast, ident: Ident, survey: &Survey) -> Option<Hover> {
    let found = survey
        .ir
        .scalars
        .iter()
        .rev()
        .find_map(|scalar| match scalar.kind {
            ScalarKind::Column(id)
                if holds(scalar.span, ident.span.start) && scalar.span.end >= ident.span.end =>
            {
                Some((id, scalar))
            }
            _ => None,
        });
    let (id, scalar) = found?;
    // The part before the point is the relation.
    if ident.span.end < scalar.span.end {
        let sight = survey.sight.as_ref()?;
        let name = ast.name(ident);
        let mut relations = sight.blocks.iter().flatten();
        let relation = relations.find(|r| r.name.eq_ignore_ascii_case(&name))?;
        let title = match &relation.table {
            Some((_, table)) if *table != relation.name => {
                format!("{}: alias of {table}", relation.name)
            }
            _ => relation.name.clone(),
        };
        let lines = relation
            .columns
            .iter()
            .map(|c| format!("{}: {}", c.name, c.ty));
        return Some(Hover {
            span: ident.span,
            kind: Kind::Relation,
            title,
            lines: lines.collect(),
            sql: Vec::new(),
        });
    }
    let column = survey.ir.column(id);
    let null = if column.nullable { ", may be NULL" } else { "" };
    let mut lines = Vec::new();
    let origin = origin(&survey.ir, id);
    if let Some((table, name)) = &origin
        && *name != column.name
    {
        lines.push(format!("it is {table}.{name}"));
    }
    let title = match origin {
        Some((table, name)) if name == column.name => {
            format!("{table}.{name}: {}{null}", column.ty)
        }
        _ => format!("{}: {}{null}", column.name, column.ty),
    };
    Some(Hover {
        span: ident.span,
        kind: Kind::Column,
        title,
        lines,
        sql: Vec::new(),
    })
}

/// The column of a table that a column is, through queries that only pass it on.
fn origin(ir: &Ir, mut id: ColumnId) -> Option<(String, String)> {
    // Each step goes to another operator; a tree has no more steps than operators.
    for _ in 0..=ir.rels.len() {
        let mut next = None;
        for rel in &ir.rels {
            let item = |items: &[(ColumnId, rql_ir::ScalarId)]| {
                let (_, scalar) = items.iter().find(|item| item.0 == id)?;
                match ir.scalar(*scalar).kind {
                    ScalarKind::Column(inner) if inner != id => Some(inner),
                    _ => None,
                }
            };
            match &rel.kind {
                RelKind::Scan { table, columns, .. } if columns.contains(&id) => {
                    return Some((table.clone(), ir.column(id).name.clone()));
                }
                RelKind::CteScan { cte, columns, .. } => {
                    let at = columns.iter().position(|column| *column == id);
                    let inner = at.and_then(|at| ir.ctes.get(cte.index())?.columns.get(at));
                    next = next.or(inner.map(|column| column.0));
                }
                RelKind::Project { items, .. } => next = next.or(item(items)),
                RelKind::Aggregate {
                    groups, dependent, ..
                } => {
                    next = next.or(item(groups)).or(item(dependent));
                }
                _ => {}
            }
        }
        id = next?;
    }
    None
}

fn function(ast: &Ast, ident: Ident, before: &Before) -> Option<Hover> {
    let name = ast.name(ident);
    let calls = ast.all::<Expr>().iter().filter(|expr| match expr.kind {
        ExprKind::Call(id) => holds(ast.name_span(ast[id].name), ident.span.start),
        _ => false,
    });
    let call = calls.min_by_key(|expr| expr.span.end - expr.span.start);
    let sql = call
        .map(|call| becomes(ast, before, call.span))
        .unwrap_or_default();
    let macros = before.catalog.definitions().iter().rev();
    if let Some(found) = macros.filter(|d| d.is_macro()).find(|d| d.name == name) {
        return Some(Hover {
            span: ident.span,
            kind: Kind::Macro,
            title: found.signature(),
            lines: vec![found.body().to_owned()],
            sql,
        });
    }
    let known = functions::named(&name)?;
    let kind = match known.is_aggregate() {
        true => Kind::Aggregate,
        false => Kind::Function,
    };
    let mut lines = known.entry.usage();
    if !known.entry.example.is_empty() {
        lines.push(format!("{} is {}", known.entry.example, known.entry.answer));
    }
    Some(Hover {
        span: ident.span,
        kind,
        title: match known.entry.about {
            "" => known.name.to_owned(),
            about => format!("{}: {about}", known.name),
        },
        lines,
        sql,
    })
}

fn of_table(ident: Ident, table: &Table) -> Hover {
    let lines = table.columns.iter().enumerate().map(|(at, column)| {
        let null = if column.nullable { "" } else { " not null" };
        let role = table.role(at);
        let role = if role.is_empty() {
            role
        } else {
            format!(", {role}")
        };
        format!("{}: {}{null}{role}", column.name, column.ty)
    });
    Hover {
        span: ident.span,
        kind: if table.kind.is_view() {
            Kind::View
        } else {
            Kind::Table
        },
        title: format!("{} {}", table.kind.name(), table.qualified()),
        lines: lines.collect(),
        sql: Vec::new(),
    }
}

fn of_table_column(ident: Ident, table: &Table, at: usize) -> Hover {
    let column = &table.columns[at];
    let null = if column.nullable { ", may be NULL" } else { "" };
    let role = table.role(at);
    Hover {
        span: ident.span,
        kind: Kind::Column,
        title: format!("{}.{}: {}{null}", table.name, column.name, column.ty),
        lines: if role.is_empty() {
            Vec::new()
        } else {
            vec![role]
        },
        sql: Vec::new(),
    }
}
