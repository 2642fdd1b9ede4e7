//! What a name is.

use crate::becomes::{becomes, one_line, whole};
use crate::complete::Kind;
use crate::entity::moved;
use crate::functions;
use crate::known::Before;
use crate::lineage::trace;
use crate::look::{holds, look};
use crate::refactor::trimmed;
use crate::role::{Role, role};
use crate::{Snapshot, Span};
use rql::Table;
use rql_ast::{Ast, Cte, Expr, ExprKind, Ident, ParamName, Relation, Select, SelectItem};
use rql_grammar::Mark;
use rql_ir::{ColumnId, Ir, RelKind, ScalarKind, SeenRelation, Survey};

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
            .or_else(|| declared(ast, &before, inner))
            .or_else(|| self.of_star(ast, &before, inner))
            .or_else(|| operator(ast, &before, inner))
            .or_else(|| word(ast, &before, inner))?;
        hover.span = moved(hover.span, statement.start);
        Some(hover)
    }
}

impl Snapshot {
    /// The columns that a star of a SELECT list stands for.
    fn of_star(&self, ast: &Ast, before: &Before, at: u32) -> Option<Hover> {
        let stars = ast.all::<Expr>().iter();
        let mut stars = stars.filter(|expr| matches!(expr.kind, ExprKind::Star(_)));
        let star = stars.find(|expr| holds(trimmed(ast, expr.span), at))?;
        let columns = self.star(ast, before, star.span)?;
        Some(Hover {
            title: one_line(ast.text(star.span)),
            lines: columns.into_iter().map(|(shown, _)| shown).collect(),
            ..hover(trimmed(ast, star.span), Kind::Column)
        })
    }
}

/// What the name at a byte is.
fn named(ast: &Ast, before: &Before, inner: u32) -> Option<Hover> {
    let ident = smallest_name(ast, inner)?;
    let survey = look(ast, before, ident.span.start);
    match role(ast, ident.span) {
        Role::Value(_) | Role::Using => {
            of_column(ast, ident, &survey, before).or_else(|| function(ast, ident, before))
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
                Some(query) => Some(of_query(ident, query)),
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

/// A relation by the name that it has in FROM.
fn of_relation(ident: Ident, relation: &SeenRelation) -> Hover {
    let title = match &relation.table {
        Some((_, table)) if *table != relation.name => {
            format!("{}: alias of {table}", relation.name)
        }
        _ => relation.name.clone(),
    };
    let columns = relation.columns.iter();
    Hover {
        title,
        lines: columns.map(|c| format!("{}: {}", c.name, c.ty)).collect(),
        ..hover(ident.span, Kind::Relation)
    }
}

/// What is named where it is named: an alias of FROM, a WITH query, a column of a SELECT list.
fn declared(ast: &Ast, before: &Before, at: u32) -> Option<Hover> {
    let own = |ident: &Ident| holds(ident.span, at);
    let selects = ast.all::<Select>().iter();
    // What a list sees is all that its FROM and WITH name.
    let sight_of = |select: &Select| match ast[select.items].first()? {
        SelectItem::Expr { expr, .. } => look(ast, before, ast[*expr].span.start).sight,
        SelectItem::Template(_) => None,
    };
    let mut aliases = ast
        .all::<Relation>()
        .iter()
        .filter_map(|it| ast[it.alias?].name);
    if let Some(ident) = aliases.find(own) {
        let around = selects.filter(|it| holds(it.span, at));
        let sight = sight_of(around.min_by_key(|it| it.span.end - it.span.start)?)?;
        let name = ast.name(ident);
        let relation = sight.blocks.first()?.iter().find(|it| it.name == name)?;
        return Some(of_relation(ident, relation));
    }
    if let Some(ident) = ast.all::<Cte>().iter().map(|cte| cte.name).find(own) {
        let sight = sight_of(selects.max_by_key(|it| it.span.end)?)?;
        let name = ast.name(ident);
        let query = sight.queries.iter().rev().find(|it| it.name == name)?;
        return Some(of_query(ident, query));
    }
    let mut items = ast.all::<SelectItem>().iter();
    let (ident, value) = items.find_map(|item| match *item {
        SelectItem::Expr { expr, alias } => alias.filter(own).map(|it| (it, ast[expr].span)),
        SelectItem::Template(_) => None,
    })?;
    let ir = look(ast, before, value.start).ir;
    let ty = ir.scalars.iter().rev().find(|it| it.span == value)?.ty;
    Some(Hover {
        title: format!("{}: {ty}", ast.name(ident)),
        ..hover(ident.span, Kind::Column)
    })
}

/// A WITH query and its columns.
fn of_query(ident: Ident, query: &SeenRelation) -> Hover {
    let columns = query.columns.iter();
    Hover {
        title: format!("WITH {}", query.name),
        lines: columns.map(|c| format!("{}: {}", c.name, c.ty)).collect(),
        ..hover(ident.span, Kind::Relation)
    }
}

fn of_column(ast: &Ast, ident: Ident, survey: &Survey, before: &Before) -> Option<Hover> {
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
        return Some(of_relation(ident, relation));
    }
    let column = survey.ir.column(id);
    let null = if column.nullable { ", may be NULL" } else { "" };
    let (named, line) = origin(&survey.ir, before, id);
    let name = named.as_ref().unwrap_or(&column.name);
    let title = format!("{name}: {}{null}", column.ty);
    let lines = line.into_iter().collect();
    Some(Hover {
        span: ident.span,
        kind: Kind::Column,
        title,
        lines,
        sql: Vec::new(),
    })
}

/// What a column is called by its table, and a line where it comes from elsewhere.
fn origin(ir: &Ir, before: &Before, id: ColumnId) -> (Option<String>, Option<String>) {
    let column = ir.column(id);
    let (computed, origins) = trace(ir, before, id);
    let scanned = ir.rels.iter().find_map(|rel| match &rel.kind {
        RelKind::Scan { table, columns, .. } if columns.contains(&id) => Some(table),
        _ => None,
    });
    let named = match (scanned, origins.as_slice()) {
        (Some(table), _) => Some(format!("{table}.{}", column.name)),
        (None, [only]) if !computed && only.column == column.name => {
            Some(format!("{}.{}", only.table, only.column))
        }
        _ => None,
    };
    let mut all: Vec<String> = Vec::new();
    for origin in &origins {
        let name = format!("{}.{}", origin.table, origin.column);
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let known = matches!((&named, all.as_slice()), (Some(named), [only]) if named == only);
    let line = match computed {
        _ if known || all.is_empty() => None,
        true => Some(format!("it is computed from {}", all.join(", "))),
        false => Some(format!("it is {}", all.join(" or "))),
    };
    (named, line)
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
