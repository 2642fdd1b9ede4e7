//! Statement by statement.

use super::{Memo, Options, Outcome, Part, Program};
use crate::control::table;
use crate::{Compiled, Env, changes, compile, compile_expr, compile_query};
use rql_ast::{
    Ast, Expr, ExprKind, Id, LetValue, List, Name, Query, Span, Stmt, StmtKind, Target, quoted_name,
};
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{Catalog, Definition, Type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What holds where a statement stands.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) catalog: Catalog,
    /// Variables and declared parameters.
    pub(super) variables: BTreeMap<String, Variable>,
    /// The rows of the loops around, with their columns.
    pub(super) rows: BTreeMap<String, Vec<String>>,
}

/// A variable where a statement stands.
#[derive(Clone, Copy)]
pub(super) struct Variable {
    pub(super) ty: Type,
    /// False where only some of the ways to here give it a value.
    pub(super) certain: bool,
}

pub(super) struct Walk<'a> {
    pub(super) ast: &'a Ast,
    /// What is known from the last time.
    pub(super) memo: Option<&'a mut Memo>,
    /// Tells what the statements before have made of the world.
    pub(super) chain: u64,
    /// How deep in blocks this is; one at the text's own level.
    pub(super) depth: usize,
    /// Which of the included texts this is.
    pub(super) included: Option<usize>,
    /// The names of the included texts around.
    pub(super) trail: Vec<String>,
    /// The paths of the texts around, the program's own first.
    pub(super) open: Vec<String>,
    pub(super) state: State,
    pub(super) options: Options<'a>,
    pub(super) done: Program,
    pub(super) seen: &'a mut dyn FnMut(&Ast, Id<Stmt>, &Env<'_>),
}

impl State {
    /// What a statement here is compiled against.
    pub(super) fn with<T>(&self, options: Options<'_>, run: impl FnOnce(&Env<'_>) -> T) -> T {
        let variables = |name: &str| self.variables.get(name).map(|variable| variable.ty);
        run(&Env {
            catalog: &self.catalog,
            dialect: options.dialect,
            variables: &variables,
            fold: options.fold,
        })
    }

    pub(super) fn set(&mut self, name: String, ty: Type) {
        let certain = true;
        self.variables.insert(name, Variable { ty, certain });
    }

    /// True where a value is there whichever way led here.
    pub(super) fn has(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|variable| variable.certain)
    }
}

impl Walk<'_> {
    /// True where all are sound.
    pub(super) fn statements(&mut self, all: List<Stmt>) -> bool {
        let mut sound = true;
        self.depth += 1;
        for stmt in all.ids() {
            sound &= self.one(stmt);
        }
        self.depth -= 1;
        sound
    }

    /// True where it is sound.
    pub(super) fn one(&mut self, stmt: Id<Stmt>) -> bool {
        // Before those that stand inside it.
        let at = self.done.statements.len();
        self.done.statements.push(Part {
            included: self.included,
            stmt,
            outcome: Outcome::Failed,
        });
        let outcome = self.statement(stmt);
        self.pass(stmt);
        let sound = !matches!(outcome, Outcome::Failed);
        self.done.statements[at].outcome = outcome;
        sound
    }

    fn statement(&mut self, stmt: Id<Stmt>) -> Outcome {
        let ast = self.ast;
        match ast[stmt].kind {
            // The parser has said what is wrong.
            StmtKind::Error => Outcome::Failed,
            StmtKind::Let(id) => match ast[id].value {
                LetValue::Scalar(expr) => {
                    let name = ast.name(ast[id].name).into_owned();
                    let ty = self.value(expr);
                    self.state.set(name, ty.unwrap_or_default());
                    session(ty.is_some())
                }
                LetValue::Relation(query) => self.relation(stmt, query),
            },
            StmtKind::Macro(_) => {
                self.define(stmt, String::new());
                Outcome::Session
            }
            StmtKind::Template(template) => session(self.template(&ast[template])),
            StmtKind::If(id) => session(self.branches(ast[id])),
            StmtKind::For(id) => session(self.repeated(ast[id])),
            StmtKind::Assert { condition, message } => {
                let holds = self.condition(condition);
                let said = message.is_none_or(|message| self.value(message).is_some());
                session(holds && said)
            }
            StmtKind::Include(file) => session(self.include(file)),
            StmtKind::Unset(names) => {
                for &name in &ast[names] {
                    self.unset(&ast.name(name));
                }
                Outcome::Session
            }
            StmtKind::Param(id) => self.declaration(ast[id]),
            StmtKind::Print(items) => {
                let values = ast[items].iter().map(|&item| self.value(item).is_some());
                session(values.fold(true, |sound, value| sound & value))
            }
            StmtKind::Output(id) => {
                session(ast[id].file.is_none_or(|file| self.value_or_name(file)))
            }
            StmtKind::Connect { url, .. } => session(self.value_or_name(url)),
            StmtKind::Describe(Target::Query(query))
            | StmtKind::Summarize(Target::Query(query)) => session(self.query(query).is_some()),
            StmtKind::Summarize(Target::Table(name)) => session(self.is_table(name)),
            // The tables of what is attached are unknown here.
            StmtKind::Use { alias: Some(_), .. } => {
                self.state.catalog = Catalog::open(self.state.catalog.name_match());
                Outcome::Session
            }
            StmtKind::Use {
                target,
                alias: None,
            } => {
                let name = match ast[target].kind {
                    ExprKind::Column(name) => ast.dotted(name),
                    _ => String::new(),
                };
                let names = self.state.catalog.name_match();
                // What is not known here says nothing about its tables.
                self.state.catalog =
                    (self.options.uses)(&name).unwrap_or_else(|| Catalog::open(names));
                Outcome::Session
            }
            StmtKind::Show(_)
            | StmtKind::Describe(_)
            | StmtKind::Set(_)
            | StmtKind::Disconnect(_)
            // What a form says is checked by who knows forms.
            | StmtKind::Form(_)
            | StmtKind::FormLoad(_)
            | StmtKind::FormDesign(_)
            | StmtKind::FormExecute(_) => Outcome::Session,
            _ => self.compiled(stmt),
        }
    }

    /// True where a string, a name or another sound value stands.
    fn value_or_name(&mut self, expr: Id<Expr>) -> bool {
        let fixed = matches!(self.ast[expr].kind, ExprKind::String | ExprKind::Column(_));
        fixed || self.value(expr).is_some()
    }

    /// True for a table, a view or a LET relation.
    fn is_table(&mut self, name: Name) -> bool {
        let ast = self.ast;
        let mut definitions = self.state.catalog.definitions().iter();
        if definitions.any(|d| d.name == ast.dotted(name)) {
            return true;
        }
        let found = self.state.with(self.options, |env| table(ast, name, env));
        found
            .map_err(|wrong| self.done.diagnostics.extend(wrong))
            .is_ok()
    }

    fn unset(&mut self, name: &str) {
        self.state.variables.remove(name);
        let mut definitions = self.state.catalog.definitions().to_vec();
        definitions.retain(|definition| definition.name != name);
        self.state.catalog.set_definitions(definitions);
    }

    fn compiled(&mut self, stmt: Id<Stmt>) -> Outcome {
        let ast = self.ast;
        let key = self.memo_key(stmt);
        let start = ast[stmt].span.start;
        if let Some((known, _)) = key.and_then(|key| self.recall(start, key)) {
            return known;
        }
        let placeholders = ast.placeholders(ast[stmt].span);
        let seen = &mut *self.seen;
        let (made, compiled) = self.state.with(self.options, |env| {
            let made = changes(ast, stmt, env);
            let compiled = match placeholders.as_slice() {
                [] => compile(ast, stmt, env),
                names => some_name(ast, stmt, names, env),
            };
            seen(ast, stmt, env);
            (made, compiled)
        });
        if let Some(key) = key {
            let made = made.as_ref().ok().filter(|_| placeholders.is_empty());
            let made = made.map(|made| made.as_deref().unwrap_or_default());
            self.remember(stmt, key, &compiled, made);
        }
        for (name, span) in placeholders {
            self.used(name, Type::Text, span);
        }
        match made {
            Ok(made) => self.state.catalog.apply(made.unwrap_or_default()),
            Err(wrong) => {
                self.done.diagnostics.extend(wrong);
                return Outcome::Failed;
            }
        }
        self.take(compiled)
            .map_or(Outcome::Failed, |compiled| Outcome::Sql(Box::new(compiled)))
    }

    /// `LET t AS SELECT …`: checked where it stands, then a name for those that follow.
    fn relation(&mut self, stmt: Id<Stmt>, query: Id<Query>) -> Outcome {
        if self.query(query).is_none() {
            return Outcome::Failed;
        }
        let key = format!("let.{}", self.state.catalog.definitions().len() + 1);
        self.define(stmt, key);
        Outcome::Session
    }

    pub(super) fn query(&mut self, query: Id<Query>) -> Option<Compiled> {
        let ast = self.ast;
        let compiled = self
            .state
            .with(self.options, |env| compile_query(ast, query, env));
        self.take(compiled)
    }

    fn define(&mut self, stmt: Id<Stmt>, key: String) {
        let mut definitions = self.state.catalog.definitions().to_vec();
        let mut trees = definitions.iter().map(|d| &d.ast);
        let same = trees.find(|tree| Arc::ptr_eq(tree.source(), self.ast.source()));
        let tree = same.map(Arc::clone);
        let tree = tree.unwrap_or_else(|| Arc::new(self.ast.clone()));
        let Some(mut definition) = Definition::read(&tree, &self.ast[stmt]) else {
            return;
        };
        definition.key = key;
        definition.captured.clone_from(&definitions);
        definition.captured.retain(|d| !d.is_macro());
        definitions.push(Arc::new(definition));
        self.state.catalog.set_definitions(definitions);
    }

    /// The type of a value that the session keeps or prints; `None` where it is wrong.
    pub(super) fn value(&mut self, expr: Id<Expr>) -> Option<Type> {
        let ast = self.ast;
        if ast[expr].kind == ExprKind::Param {
            return self.bare(ast[expr].span);
        }
        let compiled = self
            .state
            .with(self.options, |env| compile_expr(ast, expr, env));
        let compiled = self.take(compiled)?;
        Some(compiled.columns.first().map_or(Type::Unknown, |c| c.ty))
    }

    /// A condition of IF or ASSERT; true where it is sound.
    pub(super) fn condition(&mut self, expr: Id<Expr>) -> bool {
        match self.value(expr) {
            Some(Type::Boolean | Type::Unknown) => true,
            Some(ty) => {
                let span = self.ast[expr].span;
                let error = Diagnostic::error(codes::TYPE_MISMATCH, "a condition is true or false");
                let error = error.label(span, format!("this is {ty}"));
                self.done
                    .diagnostics
                    .push(error.help("a comparison gives true or false"));
                false
            }
            None => false,
        }
    }
}

/// A statement with `{{name}}`, which a value completes when it runs: sound where it is so for some
/// names of the catalog.
fn some_name(
    ast: &Ast,
    stmt: Id<Stmt>,
    names: &[(&str, Span)],
    env: &Env<'_>,
) -> Result<Compiled, Vec<Diagnostic>> {
    const MOST: usize = 4096;
    let tables = env.catalog.tables();
    let mut candidates: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
    candidates.extend(
        tables
            .iter()
            .flat_map(|t| &t.columns)
            .map(|c| c.name.as_str()),
    );
    candidates.sort_unstable();
    candidates.dedup();
    if candidates.is_empty() {
        candidates.push("x");
    }
    let mut tree = ast.clone();
    let mut first = None;
    for attempt in 0..MOST {
        let mut rest = attempt;
        for (name, _) in names {
            let value = candidates[rest % candidates.len()];
            tree.fill(name, &quoted_name(value));
            rest /= candidates.len();
        }
        if rest > 0 {
            break;
        }
        match compile(&tree, stmt, env) {
            Ok(compiled) => return Ok(compiled),
            Err(problems) => first = first.or(Some(problems)),
        }
    }
    let note = "no table or column of the catalog can stand for what is in {{ }}";
    let problems = first.unwrap_or_default().into_iter();
    Err(problems.map(|problem| problem.note(note)).collect())
}

fn session(sound: bool) -> Outcome {
    if sound {
        Outcome::Session
    } else {
        Outcome::Failed
    }
}
