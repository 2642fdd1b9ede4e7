//! What the resolver sees of a statement.

use crate::known::Before;
use rql_ast::{
    ActionBody, Ast, AttributeValue, Expr, FormItem, Id, LetValue, List, Query, Span, Stmt,
    StmtKind, Target,
};
use rql_ir::{Part, Survey};

/// The resolver's view of the part of a statement in which a byte stands.
pub(crate) fn look(ast: &Ast, before: &Before, at: u32) -> Survey {
    let all = parts(ast);
    let Some(&(part, _)) = all.iter().find(|(_, span)| holds(*span, at)) else {
        return Survey::default();
    };
    look_at(ast, before, part, at)
}

/// The resolver's view of a part.
pub(crate) fn look_at(ast: &Ast, before: &Before, part: Part, at: u32) -> Survey {
    let variables = |name: &str| before.variable(name);
    let env = rql_ir::Env {
        catalog: &before.catalog,
        variables: &variables,
        changes_through_views: true,
    };
    rql_ir::survey(ast, part, env, at)
}

pub(crate) fn holds(span: Span, at: u32) -> bool {
    span.start <= at && at <= span.end
}

pub(crate) fn within(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// What the resolver can look at by itself, with its place, those of inner statements too.
pub(crate) fn parts(ast: &Ast) -> Vec<(Part, Span)> {
    let mut found = Parts {
        ast,
        all: Vec::new(),
    };
    found.statements(ast.statements);
    found.all
}

struct Parts<'a> {
    ast: &'a Ast,
    all: Vec<(Part, Span)>,
}

impl Parts<'_> {
    fn expr(&mut self, id: Id<Expr>) {
        self.all.push((Part::Expr(id), self.ast[id].span));
    }

    fn query(&mut self, id: Id<Query>) {
        self.all.push((Part::Query(id), self.ast[id].span));
    }

    fn value(&mut self, value: LetValue) {
        match value {
            LetValue::Scalar(id) => self.expr(id),
            LetValue::Relation(id) => self.query(id),
        }
    }

    fn target(&mut self, target: Target) {
        if let Target::Query(id) = target {
            self.query(id);
        }
    }

    fn statements(&mut self, all: List<Stmt>) {
        all.ids().for_each(|id| self.statement(id));
    }

    fn statement(&mut self, id: Id<Stmt>) {
        let ast = self.ast;
        match ast[id].kind {
            StmtKind::Query(_)
            | StmtKind::Insert(_)
            | StmtKind::Update(_)
            | StmtKind::Delete(_)
            | StmtKind::Merge(_)
            | StmtKind::Create(_)
            | StmtKind::Alter(_)
            | StmtKind::Drop(_) => self.all.push((Part::Stmt(id), ast[id].span)),
            StmtKind::Explain(explain) => self.statement(ast[explain].statement),
            StmtKind::Let(id) => self.value(ast[id].value),
            StmtKind::Macro(id) => self.value(ast[id].body),
            StmtKind::Param(id) => ast[id].default.into_iter().for_each(|it| self.expr(it)),
            StmtKind::Describe(it) | StmtKind::Summarize(it) => self.target(it),
            StmtKind::Export(id)
            | StmtKind::Copy(id)
            | StmtKind::Output(id)
            | StmtKind::Import(id) => ast[id].source.into_iter().for_each(|it| self.target(it)),
            StmtKind::Print(items) => ast[items].iter().for_each(|&item| self.expr(item)),
            StmtKind::Assert { condition, message } => {
                self.expr(condition);
                message.into_iter().for_each(|it| self.expr(it));
            }
            StmtKind::If(id) => {
                for branch in &ast[ast[id].branches] {
                    self.expr(branch.condition);
                    self.statements(branch.body);
                }
                self.statements(ast[id].otherwise.unwrap_or(List::EMPTY));
            }
            StmtKind::For(id) => {
                self.query(ast[id].query);
                self.statements(ast[id].body);
            }
            StmtKind::Template(id) => {
                self.statements(ast[id].then);
                self.statements(ast[id].otherwise.unwrap_or(List::EMPTY));
            }
            StmtKind::Form(id) => {
                for item in &ast[ast[id].items] {
                    match *item {
                        FormItem::Field(field) => self.lookups(ast[field].attributes),
                        FormItem::Action(action) => {
                            if let ActionBody::Statements(all) = ast[action].body {
                                self.statements(all);
                            }
                        }
                        FormItem::Detail(_) | FormItem::Error(_) => {}
                    }
                }
            }
            StmtKind::FormExecute(id) => {
                for assignment in &ast[ast[id].values] {
                    if let rql_ast::Assignment::Assign { value, .. } = *assignment {
                        self.expr(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn lookups(&mut self, attributes: List<rql_ast::Attribute>) {
        let ast = self.ast;
        for attribute in &ast[attributes] {
            if let AttributeValue::Query(id) = attribute.value {
                self.query(id);
            }
        }
    }
}
