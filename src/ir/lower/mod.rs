//! From the syntax tree to the algebra: names found, types given, sugar taken away.

mod aggregate;
mod alter;
mod arbiter;
mod array;
mod beside;
mod call;
mod change;
mod coerce;
pub(crate) use coerce::read_literal;
mod define;
mod definition;
mod digits;
mod expr;
mod extract;
mod file;
mod foreign;
mod from;
mod group;
mod header;
mod hypothetical;
mod insert;
mod join;
mod merge;
mod moment;
mod new_table;
mod operator;
mod order;
mod overlap;
mod query;
mod scope;
mod select;
mod set;
mod special_join;
mod star;
mod survey;
mod table_function;
mod template;
mod through;
mod update;
mod walk;
mod whole;
mod window;
mod written;

use crate::*;
use rql_ast::{self as ast, Ast, Id, Span};
use rql_diagnostics::{Code, Diagnostic, codes};
use scope::{Place, Scope};
use std::borrow::Cow;

pub use moment::FIELDS_OF_MOMENTS;
pub use survey::{Part, SeenColumn, SeenRelation, Sight, Survey, survey};

/// What a statement is lowered against.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The tables.
    pub catalog: &'a Catalog,
    /// The type of a variable or argument, by its name; `None` where it has none.
    pub variables: &'a dyn Fn(&str) -> Option<Type>,
    /// The backend changes rows through views; otherwise a statement changes the table behind a view.
    pub changes_through_views: bool,
}

/// A statement as algebra, and what should be said of it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The algebra.
    pub ir: Ir,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// Its other shapes, where templates give it more than one; the first is `ir`.
    pub others: Vec<Ir>,
}

impl Lowered {
    /// How many shapes there are.
    #[must_use]
    pub fn shapes(&self) -> usize {
        1 + self.others.len()
    }

    /// The shape that stands for these answers of [`Ir::conditions`].
    #[must_use]
    pub fn shape(&self, answers: &[bool]) -> &Ir {
        let mut all = core::iter::once(&self.ir).chain(&self.others);
        all.find(|ir| ir.assumed.holds(answers)).unwrap_or(&self.ir)
    }
}

/// The error is boxed: it is large, and rare.
type Res<T> = Result<T, Box<Diagnostic>>;

/// A name as [`Ast::name`] gives it, or the catalog's.
type Name<'a> = Cow<'a, str>;

pub(crate) struct Lowerer<'a> {
    ast: &'a Ast,
    env: Env<'a>,
    ir: Ir,
    warnings: Vec<Diagnostic>,
    /// Blocks from the outermost to the one being lowered.
    scopes: Vec<Scope<'a>>,
    /// Columns of a table that changes which nobody gives a value.
    computed: Vec<ColumnId>,
    /// Columns whose number no statement gives.
    numbered: Vec<ColumnId>,
    /// WITH queries that can be named, the innermost last.
    ctes: Vec<(Name<'a>, CteId)>,
    /// The WITH before the whole statement, the only one that may change something.
    first_with: Option<Id<ast::With>>,
    /// Every use of one, to find recursion.
    used_ctes: Vec<CteId>,
    /// How many references to columns there are, to find dependence on relations before.
    references: usize,
    /// Relations that depend on those before them.
    lateral: Vec<RelId>,
    /// The template that is being lowered.
    guard: Option<GuardId>,
    /// A condition that must be answered before the statement has a shape, and where it stands.
    split: Option<(usize, Span)>,
    /// The text that is compiled; [`Lowerer::ast`] is a definition's while its body is lowered.
    home: &'a Ast,
    /// The expansions of macros so far, and the one that is being lowered.
    frames: Vec<definition::Frame<'a>>,
    frame: Option<usize>,
    /// How many arguments have been lowered.
    expansions: usize,
    /// The first block that can be seen: a macro's body does not see the caller's.
    floor: usize,
    /// Where the definition that is being lowered is used.
    site: Option<Span>,
    /// The LET relation that is being lowered.
    capturing: Option<&'a Definition>,
    /// The LET relations of this statement.
    lets: Vec<(String, CteId)>,
    /// The places of the mistake are already those of the text that is compiled.
    told: bool,
    /// Parameters that other shapes of the statement have given a type.
    typed: Vec<Param>,
    /// Untyped constants of a SELECT list wait for the other side of a set operation.
    keep_untyped: bool,
    /// How many `?` have been read.
    questions: u32,
    /// For an editor, which wants to know more than the first mistake.
    watch: Option<survey::Watch>,
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
    template::shapes(ast, env, &|lowerer| {
        // What a name stands for is part of other queries.
        let is_named = |it: &ast::Let| it.value == ast::LetValue::Relation(query);
        let with = ast[query].with;
        lowerer.first_with = with.filter(|_| !ast.all::<ast::Let>().iter().any(is_named));
        lowerer.query(query)
    })
}

/// Lowers a query, or a statement that changes data.
///
/// # Errors
/// As [`lower_query`].
pub fn lower_statement(
    ast: &Ast,
    stmt: Id<ast::Stmt>,
    env: Env<'_>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let ast::Stmt { kind, span } = ast[stmt];
    template::shapes(ast, env, &|lowerer| {
        lowerer.first_with = ast.first_with(kind);
        match kind {
            ast::StmtKind::Query(query) => lowerer.query(query),
            _ => lowerer.statement(kind, span),
        }
    })
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
    template::shapes(ast, env, &|lowerer| lowerer.alone(expr))
}

/// What the condition of a template of statements asks: the conditions that it is made of, and its place
/// among them.
///
/// # Errors
/// Where a template cannot ask it.
pub fn lower_condition(
    ast: &Ast,
    expr: Id<ast::Expr>,
) -> Result<(Vec<Condition>, usize), Vec<Diagnostic>> {
    let mut conditions = Vec::new();
    let at = template::question(ast, expr, None, &mut conditions).map_err(|error| vec![*error])?;
    Ok((conditions, at))
}

/// Reads an interval's text: months, days, microseconds.
#[must_use]
pub fn read_interval(text: &str) -> Option<(i32, i32, i64)> {
    match moment::interval(text, None)? {
        Literal::Interval {
            months,
            days,
            micros,
        } => Some((months, days, micros)),
        _ => None,
    }
}

/// The columns of a query with their names.
type Output = Vec<(ColumnId, String)>;

impl<'a> Lowerer<'a> {
    fn new(ast: &'a Ast, env: Env<'a>) -> Self {
        Self {
            ast,
            env,
            ir: Ir {
                within: env.catalog.schemas_within().to_vec(),
                ..Ir::default()
            },
            warnings: Vec::new(),
            scopes: Vec::new(),
            computed: Vec::new(),
            numbered: Vec::new(),
            ctes: Vec::new(),
            first_with: None,
            used_ctes: Vec::new(),
            references: 0,
            lateral: Vec::new(),
            guard: None,
            split: None,
            home: ast,
            frames: Vec::new(),
            frame: None,
            expansions: 0,
            floor: 0,
            site: None,
            capturing: None,
            lets: Vec::new(),
            told: false,
            typed: Vec::new(),
            keep_untyped: false,
            questions: 0,
            watch: None,
        }
    }

    /// An expression as a query of one row and one column.
    fn alone(&mut self, expr: Id<ast::Expr>) -> Res<(RelId, Output)> {
        self.scopes.push(Scope::default());
        let ast::Expr { kind, span } = self.ast[expr];
        let scalar = match kind {
            // `LET x = ('a', 'b')`: a list.
            ast::ExprKind::Tuple(items) if !items.is_empty() => {
                self.array(&self.ast[items], span)?
            }
            _ => self.expr(expr)?,
        };
        let scalar = self.settle(scalar);
        let input = self.ir.add_rel(RelKind::OneRow, span);
        let name = self.header(expr);
        let column = self.column_for(scalar, &name);
        let kind = RelKind::Project {
            input,
            items: vec![(column, scalar)],
            visible: 1,
        };
        let rel = self.ir.add_rel(kind, span);
        Ok((rel, vec![(column, name)]))
    }

    fn finish(mut self, done: Res<(RelId, Output)>) -> Result<Lowered, Vec<Diagnostic>> {
        let (root, output) = done.map_err(|error| vec![*error])?;
        self.ir.root = Some(self.with_lets(root));
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
        crate::compared::check(&self.ir).map_err(|error| vec![*error])?;
        Ok(Lowered {
            ir: self.ir,
            warnings: self.warnings,
            others: Vec::new(),
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

    /// Lowers something that stands in another clause of the innermost block.
    fn within<T>(&mut self, place: Place, lower: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let before = core::mem::replace(&mut self.scope().place, place);
        let done = lower(self);
        self.scope().place = before;
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
    if let Some(way) = crate::others::operator(what) {
        let message = format!(
            "RQL has no {}",
            what.trim_start_matches("the operator ")
                .trim_start_matches("the ")
        );
        let error = Diagnostic::error(codes::NOT_PORTABLE, message);
        return Err(Box::new(
            error.label(span, "not the same on every backend").help(way),
        ));
    }
    let error = Diagnostic::error(
        codes::NOT_EXECUTABLE_YET,
        format!("{what} cannot be executed yet"),
    );
    Err(Box::new(
        error
            .label(span, "this is understood, but this version does not run it")
            .help("NATIVE before the statement sends it to the database as it is"),
    ))
}
