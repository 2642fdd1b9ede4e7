//! What is known where a statement stands, and inside of one: tables, variables, LET relations, macros, forms.

use crate::look::holds;
use crate::world::{Reader, Variable, World};
use rql::{Catalog, Dialect, Env, Type};
use rql_ast::{Ast, Id, LetValue, List, Span, Stmt, StmtKind};
use rql_forms::Form;
use rql_ir::{Definition, Part};
use std::sync::Arc;

/// How many texts may include one another.
const NESTED: usize = 100;

/// What is known where a statement stands: the world, and what the statements before it have made.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    pub(crate) catalog: Catalog,
    pub(crate) variables: Vec<Variable>,
    pub(crate) forms: Vec<Arc<Form>>,
    dialect: Dialect,
    fold: Option<rql::Fold>,
}

/// True where a statement's first word says that those behind it may know more.
pub(crate) fn makes_names(text: &str) -> bool {
    let word = text
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    const WORDS: &[&str] = &[
        "create", "alter", "drop", "let", "macro", "param", "unset", "include", "form",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

impl Before {
    pub(crate) fn of(world: &World) -> Self {
        Self {
            catalog: world.catalog.clone(),
            variables: world.variables.clone(),
            forms: world.forms.clone(),
            dialect: world.dialect.unwrap_or(Dialect::Postgresql),
            fold: world.fold,
        }
    }

    pub(crate) fn variable(&self, name: &str) -> Option<Type> {
        let mut all = self.variables.iter().rev();
        all.find(|variable| variable.name == name).map(|v| v.ty)
    }

    pub(crate) fn form(&self, name: &str) -> Option<&Arc<Form>> {
        let mut all = self.forms.iter().rev();
        all.find(|form| form.name.text == name)
    }

    /// Asks something of what is known.
    pub(crate) fn against<T>(&self, ask: impl FnOnce(&Env<'_>) -> T) -> T {
        self.on(self.dialect, ask)
    }

    /// The same for another dialect.
    pub(crate) fn on<T>(&self, dialect: Dialect, ask: impl FnOnce(&Env<'_>) -> T) -> T {
        ask(&Env {
            catalog: &self.catalog,
            dialect,
            variables: &|name| self.variable(name),
            fold: self.fold,
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A FORM statement's form with what its table adds.
    pub(crate) fn form_of(&self, ast: &Ast, id: Id<rql_ast::Form>) -> Form {
        let (mut form, _) = rql_forms::from_block(ast, id);
        self.against(|env| rql_forms::for_table(&mut form, env));
        form
    }

    /// The fields of a form are variables for what stands in it.
    pub(crate) fn has_fields(&mut self, form: &Form) {
        let fields = form.fields.iter().map(|field| Variable {
            name: field.name.text.clone(),
            ty: field.ty,
            value: String::new(),
        });
        self.variables.extend(fields);
    }

    /// What is known at a place inside of a tree: what its own statements before the place have made, the row of a
    /// FOR around it, the fields of a FORM.
    pub(crate) fn inside(
        self: &Arc<Self>,
        ast: &Ast,
        at: u32,
        reader: Option<&Reader>,
    ) -> Arc<Self> {
        let blocks = |stmt: &Stmt| {
            matches!(
                stmt.kind,
                StmtKind::If(_) | StmtKind::For(_) | StmtKind::Form(_) | StmtKind::Template(_)
            )
        };
        if !ast[ast.statements].iter().any(blocks) {
            return Arc::clone(self);
        }
        let mut known = (**self).clone();
        known.enter(&Arc::new(ast.clone()), ast.statements, at, reader);
        Arc::new(known)
    }

    fn enter(&mut self, ast: &Arc<Ast>, all: List<Stmt>, at: u32, reader: Option<&Reader>) {
        for id in all.ids() {
            let stmt = ast[id];
            if stmt.span.end < at {
                self.learn_one(ast, id, reader, &mut Vec::new());
            } else if holds(stmt.span, at) {
                return self.enter_one(ast, stmt, at, reader);
            }
        }
    }

    fn enter_one(&mut self, ast: &Arc<Ast>, stmt: Stmt, at: u32, reader: Option<&Reader>) {
        match stmt.kind {
            StmtKind::If(id) => {
                let mut branches = ast[ast[id].branches].iter();
                let inner = branches.rfind(|branch| holds(branch.span, at));
                match (inner, ast[id].otherwise) {
                    (Some(branch), _) => self.enter(ast, branch.body, at, reader),
                    (None, Some(otherwise)) => self.enter(ast, otherwise, at, reader),
                    (None, None) => {}
                }
            }
            StmtKind::For(id) => {
                if at > ast[ast[id].query].span.end {
                    self.has_row(ast, &ast[id]);
                }
                self.enter(ast, ast[id].body, at, reader);
            }
            StmtKind::Template(id) => {
                let begins = |all: &List<Stmt>| {
                    ast[*all]
                        .first()
                        .is_some_and(|first| first.span.start <= at)
                };
                let bodies = [Some(ast[id].then), ast[id].otherwise];
                if let Some(body) = bodies.into_iter().flatten().rfind(begins) {
                    self.enter(ast, body, at, reader);
                }
            }
            StmtKind::Form(id) => {
                let form = self.form_of(ast, id);
                self.has_fields(&form);
                self.forms.push(Arc::new(form));
                for item in &ast[ast[id].items] {
                    if let rql_ast::FormItem::Action(action) = *item
                        && holds(ast[action].span, at)
                        && let rql_ast::ActionBody::Statements(all) = ast[action].body
                    {
                        self.enter(ast, all, at, reader);
                    }
                }
            }
            _ => {}
        }
    }

    /// The row of a FOR and its columns.
    fn has_row(&mut self, ast: &Ast, statement: &rql_ast::For) {
        let row = ast.name(statement.row).into_owned();
        let ir = self.survey(ast, Part::Query(statement.query));
        let variable = |name: String, ty: Type| Variable {
            name,
            ty,
            value: String::new(),
        };
        if let [(only, _)] = ir.output.as_slice() {
            self.variables
                .push(variable(row.clone(), ir.column(*only).ty));
        }
        // What is named last is offered first.
        for (column, name) in ir.output.iter().rev() {
            let ty = ir.column(*column).ty;
            self.variables.push(variable(format!("{row}.{name}"), ty));
        }
    }

    fn survey(&self, ast: &Ast, part: Part) -> rql_ir::Ir {
        let variables = |name: &str| self.variable(name);
        let env = rql_ir::Env {
            catalog: &self.catalog,
            variables: &variables,
            changes_through_views: true,
        };
        rql_ir::survey(ast, part, env, 0).ir
    }

    /// What a text makes known.
    pub(crate) fn learn(&mut self, ast: &Arc<Ast>, reader: Option<&Reader>) {
        self.learn_all(ast, reader, &mut Vec::new());
    }

    /// `trail` are the texts that include this one, the outermost first.
    fn learn_all(&mut self, ast: &Arc<Ast>, reader: Option<&Reader>, trail: &mut Vec<String>) {
        for id in ast.statements.ids() {
            self.learn_one(ast, id, reader, trail);
        }
    }

    fn learn_one(
        &mut self,
        ast: &Arc<Ast>,
        id: Id<Stmt>,
        reader: Option<&Reader>,
        trail: &mut Vec<String>,
    ) {
        let stmt = ast[id];
        if let Some(mut definition) = Definition::read(ast, &stmt) {
            let mut all = self.catalog.definitions().to_vec();
            definition.key = format!("let.{}", all.len() + 1);
            definition.captured = all.iter().filter(|d| !d.is_macro()).cloned().collect();
            all.push(Arc::new(definition));
            self.catalog.set_definitions(all);
            return;
        }
        match stmt.kind {
            StmtKind::Let(id) => {
                let LetValue::Scalar(value) = ast[id].value else {
                    return;
                };
                let ir = self.survey(ast, Part::Expr(value));
                let column = ir.output.first().map(|column| column.0);
                self.variables.push(Variable {
                    name: ast.name(ast[id].name).into_owned(),
                    ty: column.map_or(Type::Unknown, |column| ir.column(column).ty),
                    value: ast.text(ast[value].span).to_owned(),
                });
            }
            StmtKind::Param(id) => self.variables.push(Variable {
                name: ast.name(ast[id].name).into_owned(),
                ty: ast[id].ty.map_or(Type::Unknown, |ty| {
                    Type::from_declared(ast.text(ast[ty].span))
                }),
                value: String::new(),
            }),
            StmtKind::Unset(names) => {
                for &name in &ast[names] {
                    let name = ast.name(name);
                    self.variables.retain(|variable| variable.name != name);
                }
            }
            StmtKind::Form(id) => {
                let form = self.form_of(ast, id);
                self.forms.push(Arc::new(form));
            }
            StmtKind::FormLoad(file) => self.load(ast, file, reader, trail),
            StmtKind::Include(file) => {
                let wanted = ast.string(file);
                let from = trail.last().map(String::as_str);
                let read = reader.map(|reader| reader(from, &wanted));
                let Some(Ok(file)) = read.filter(|_| trail.len() < NESTED) else {
                    return;
                };
                if !trail.contains(&file.name) {
                    let parse = rql_grammar::parse(&file.text);
                    trail.push(file.name);
                    self.learn_all(&Arc::new(parse.ast), reader, trail);
                    trail.pop();
                }
            }
            _ => {
                let variables = |_: &str| None;
                let env = rql_ir::Env {
                    catalog: &self.catalog,
                    variables: &variables,
                    changes_through_views: true,
                };
                if let Ok(Some(changes)) = rql_ir::changes(ast, id, env) {
                    self.catalog.apply(changes);
                }
            }
        }
    }

    /// The forms of a file.
    fn load(&mut self, ast: &Ast, file: Span, reader: Option<&Reader>, trail: &[String]) {
        let wanted = ast.string(file);
        let from = trail.last().map(String::as_str);
        let Some(Ok(file)) = reader.map(|reader| reader(from, &wanted)) else {
            return;
        };
        for mut form in crate::form::forms_of(&wanted, &file.text) {
            self.against(|env| rql_forms::for_table(&mut form, env));
            self.forms.push(Arc::new(form));
        }
    }
}
