//! What the resolver sees of a statement.

use crate::world::Before;
use rql_ast::{
    ActionBody, Ast, Expr, FormItem, Id, LetValue, List, Query, Span, Stmt, StmtKind, Target,
};
use rql_ir::{Part, Survey};

/// The resolver's view of the part of a statement in which a byte stands.
pub(crate) fn look(ast: &Ast, before: &Before, at: u32) -> Survey {
    let Some(part) = part_in(ast, ast.statements, at) else {
        return Survey::default();
    };
    let variables = |name: &str| before.variable(name);
    let env = rql_ir::Env {
        catalog: &before.catalog,
        variables: &variables,
    };
    rql_ir::survey(ast, part, env, at)
}

pub(crate) fn holds(span: Span, at: u32) -> bool {
    span.start <= at && at <= span.end
}

fn part_in(ast: &Ast, all: List<Stmt>, at: u32) -> Option<Part> {
    all.ids()
        .filter(|&id| holds(ast[id].span, at))
        .find_map(|id| part(ast, id, at))
}

fn part(ast: &Ast, id: Id<Stmt>, at: u32) -> Option<Part> {
    let expr = |id: Id<Expr>| holds(ast[id].span, at).then_some(Part::Expr(id));
    let query = |id: Id<Query>| holds(ast[id].span, at).then_some(Part::Query(id));
    let target = |target: Target| match target {
        Target::Query(id) => query(id),
        Target::Table(_) | Target::Form(_) => None,
    };
    match ast[id].kind {
        StmtKind::Query(_)
        | StmtKind::Insert(_)
        | StmtKind::Update(_)
        | StmtKind::Delete(_)
        | StmtKind::Merge(_)
        | StmtKind::Create(_)
        | StmtKind::Alter(_)
        | StmtKind::Drop(_) => Some(Part::Stmt(id)),
        StmtKind::Explain(explain) => part(ast, ast[explain].statement, at),
        StmtKind::Let(id) => value(ast[id].value),
        StmtKind::Macro(id) => value(ast[id].body),
        StmtKind::Param(id) => ast[id].default.and_then(expr),
        StmtKind::Describe(it) | StmtKind::Summarize(it) => target(it),
        StmtKind::Export(id) | StmtKind::Copy(id) | StmtKind::Output(id) | StmtKind::Import(id) => {
            ast[id].source.and_then(target)
        }
        StmtKind::Print(items) => ast[items].iter().find_map(|&item| expr(item)),
        StmtKind::Assert { condition, message } => expr(condition).or(message.and_then(expr)),
        StmtKind::If(id) => {
            let found = ast[ast[id].branches].iter().find_map(|branch| {
                expr(branch.condition).or_else(|| part_in(ast, branch.body, at))
            });
            found.or_else(|| part_in(ast, ast[id].otherwise?, at))
        }
        StmtKind::For(id) => query(ast[id].query).or_else(|| part_in(ast, ast[id].body, at)),
        StmtKind::Template(id) => {
            let template = &ast[id];
            let found = part_in(ast, template.then, at);
            found.or_else(|| part_in(ast, template.otherwise?, at))
        }
        StmtKind::Form(id) => ast[ast[id].items].iter().find_map(|item| match *item {
            FormItem::Action(action) => match ast[action].body {
                ActionBody::Statements(all) => part_in(ast, all, at),
                ActionBody::Verb(_) => None,
            },
            _ => None,
        }),
        _ => None,
    }
}

fn value(value: LetValue) -> Option<Part> {
    Some(match value {
        LetValue::Scalar(expr) => Part::Expr(expr),
        LetValue::Relation(query) => Part::Query(query),
    })
}
