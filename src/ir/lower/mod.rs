//! From the syntax tree to the algebra: names found, types given, sugar taken away.

mod call;
mod coerce;
mod expr;
mod from;
mod group;
mod query;
mod scope;
mod window;

use crate::ir::*;
use crate::{Catalog, Type};
use rql_ast::{self as ast, Ast, Id, Span};
use rql_diagnostics::{Code, Diagnostic, codes};
use scope::Scope;

/// What a statement is lowered against.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The tables.
    pub catalog: &'a Catalog,
    /// The type of a variable or argument, by its name; `None` where it has none.
    pub variables: &'a dyn Fn(&str) -> Option<Type>,
}

/// A statement as algebra, and what should be said of it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The algebra.
    pub ir: Ir,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

/// The error is boxed: it is large, and rare.
type Res<T> = Result<T, Box<Diagnostic>>;

/// Which clause an expression stands in; it decides where aggregates and windows may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Where,
    On,
    GroupBy,
    Having,
    Items,
    OrderBy,
    /// Inside an aggregate's parentheses.
    Aggregate,
    Limit,
}

pub(crate) struct Lowerer<'a> {
    ast: &'a Ast,
    env: Env<'a>,
    ir: Ir,
    warnings: Vec<Diagnostic>,
    /// Blocks from the outermost to the one being lowered.
    scopes: Vec<Scope>,
    ctes: Vec<(String, CteId)>,
    questions: u32,
    place: Place,
}

/// Lowers a query.
///
/// # Errors
/// What is wrong with it, or that it is not executable yet; never empty.
pub fn lower_query(
    ast: &Ast,
    query: Id<ast::Query>,
    env: Env<'_>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut lowerer = Lowerer::new(ast, env);
    let done = lowerer.query(query);
    lowerer.finish(done)
}

/// Lowers an expression without tables, as a query of one row and one column.
///
/// # Errors
/// As [`lower_query`].
pub fn lower_expr(
    ast: &Ast,
    expr: Id<ast::Expr>,
    env: Env<'_>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut lowerer = Lowerer::new(ast, env);
    lowerer.scopes.push(Scope::default());
    let done = lowerer.expr(expr).map(|scalar| {
        let scalar = lowerer.settle(scalar);
        let span = ast[expr].span;
        let input = lowerer.ir.add_rel(RelKind::OneRow, span);
        let name = lowerer.header(expr);
        let column = lowerer.column_for(scalar, &name);
        let kind = RelKind::Project {
            input,
            items: vec![(column, scalar)],
            visible: 1,
        };
        let rel = lowerer.ir.add_rel(kind, span);
        (rel, vec![(column, name)])
    });
    lowerer.finish(done)
}

/// The columns of a query with their names.
type Output = Vec<(ColumnId, String)>;

impl<'a> Lowerer<'a> {
    fn new(ast: &'a Ast, env: Env<'a>) -> Self {
        Self {
            ast,
            env,
            ir: Ir::default(),
            warnings: Vec::new(),
            scopes: Vec::new(),
            ctes: Vec::new(),
            questions: 0,
            place: Place::Items,
        }
    }

    fn finish(mut self, done: Res<(RelId, Output)>) -> Result<Lowered, Vec<Diagnostic>> {
        let (root, output) = done.map_err(|error| vec![*error])?;
        self.ir.root = Some(root);
        self.ir.output = output;
        // A parameter that no context typed is text, as in PostgreSQL.
        for param in &mut self.ir.params {
            if param.ty == Type::Unknown {
                param.ty = Type::Text;
            }
        }
        for scalar in &mut self.ir.scalars {
            if let ScalarKind::Param(at) = scalar.kind {
                scalar.ty = self.ir.params[at].ty;
            }
        }
        Ok(Lowered {
            ir: self.ir,
            warnings: self.warnings,
        })
    }

    fn add(&mut self, kind: ScalarKind, ty: Type, nullable: bool, span: Span) -> ScalarId {
        self.ir.add_scalar(Scalar {
            kind,
            ty,
            nullable,
            span,
        })
    }

    fn call(&mut self, func: Func, args: Vec<ScalarId>, ty: Type, span: Span) -> ScalarId {
        let nullable = args.iter().any(|&arg| self.ir.scalar(arg).nullable);
        self.add(ScalarKind::Call { func, args }, ty, nullable, span)
    }

    fn column_for(&mut self, scalar: ScalarId, name: &str) -> ColumnId {
        let Scalar { ty, nullable, .. } = *self.ir.scalar(scalar);
        self.ir.add_column(name, ty, nullable)
    }

    fn ty(&self, scalar: ScalarId) -> Type {
        self.ir.scalar(scalar).ty
    }

    fn span(&self, scalar: ScalarId) -> Span {
        self.ir.scalar(scalar).span
    }

    /// Lowers something that stands in another clause.
    fn within<T>(&mut self, place: Place, lower: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let before = core::mem::replace(&mut self.place, place);
        let done = lower(self);
        self.place = before;
        done
    }
}

fn error<T>(code: Code, span: Span, message: impl Into<String>, label: &str) -> Res<T> {
    Err(Box::new(
        Diagnostic::error(code, message).label(span, label),
    ))
}

/// The construct is RQL, and not executable in this version.
fn not_yet<T>(span: Span, what: &str) -> Res<T> {
    error(
        codes::NOT_EXECUTABLE_YET,
        span,
        format!("{what} cannot be executed yet"),
        "this is understood, but this version does not run it",
    )
}
