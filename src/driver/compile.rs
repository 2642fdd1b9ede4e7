//! One statement, from tree to text.

use crate::Choices;
use crate::constants::{Fold, folded};
use crate::control::control;
use crate::planned::{beside_null, failing};
use rql_ast::{Ast, Clause, ClauseKind, Expr, Id, Span, Stmt, StmtKind};
use rql_codegen::{
    Accumulation, Dialect, Emitted, OutColumn, ParamRef, Rebuilt, SpanMap, Staged, Step,
    accumulate, doubts, emit, sqlite, staged,
};
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{
    Catalog, Change, Effect, How, Lowered, Origin, Type, entangled, lower_expr, lower_query,
    lower_statement, rewrite, verify,
};

/// What a text is written for, and what computes its constants.
pub(crate) type Target = (Dialect, Option<Fold>);

/// What a statement is compiled against.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The tables, as they are now.
    pub catalog: &'a Catalog,
    /// The backend's dialect.
    pub dialect: Dialect,
    /// The type of a variable or argument, by its name (a position as digits).
    pub variables: &'a dyn Fn(&str) -> Option<Type>,
    /// What computes constants that the dialect has no words for, where there is such a thing.
    pub fold: Option<Fold>,
}

/// A statement ready to run.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text for the backend.
    pub sql: String,
    /// What is bound, in the order of the marks (`$1`, `?1`).
    pub params: Vec<ParamRef>,
    /// The result's columns; empty where only the backend knows, or there is none.
    pub columns: Vec<OutColumn>,
    /// True for a query.
    pub returns_rows: bool,
    /// What it may do beside giving rows.
    pub effect: Effect,
    /// How its running aggregates can be added up while rows pass, where they can.
    pub accumulation: Option<Box<Accumulation>>,
    /// Where they cannot, since they stand inside of it: tables that they are added up into first.
    pub staged: Option<Box<Staged>>,
    /// What should be said of it.
    pub warnings: Vec<Diagnostic>,
    /// The way back from the text to the source.
    pub spans: SpanMap,
    /// What can fail when it runs; the innermost first.
    pub sites: Vec<Span>,
    /// The statement.
    pub span: Span,
    /// Where the statement has templates: the text for any answers. The text here is for none that hold.
    pub choices: Option<Box<Choices>>,
    /// Where the text is several statements: those that its savepoint holds together.
    pub steps: Vec<Step>,
    /// Where there is no text, since a session must read what the database has.
    pub rebuilt: Option<Rebuilt>,
    /// The first window function in the text.
    pub windows: Option<Span>,
}

impl Compiled {
    /// The source of the smallest piece around a byte of the text.
    #[must_use]
    pub fn source_span(&self, offset: usize) -> Option<Span> {
        self.spans.source(offset)
    }

    /// The piece of the text that a piece of the source became.
    #[must_use]
    pub fn written(&self, source: Span) -> Option<&str> {
        let entries = self.spans.entries().iter();
        let own = entries.filter(|entry| entry.1 == source);
        let widest = own.max_by_key(|entry| entry.0.end - entry.0.start)?;
        self.sql.get(widest.0.start as usize..widest.0.end as usize)
    }

    /// The text for any SQLite, without a session and its functions; one for another database stays as it is.
    /// `fold` says what calls of constants give.
    ///
    /// # Errors
    /// Where a bare SQLite has no way to give PostgreSQL's answer.
    pub fn standalone(mut self, fold: Fold) -> Result<Self, Box<Diagnostic>> {
        if self.steps.iter().any(|step| step.keeps.is_some())
            && let Some((alone, steps)) = sqlite::kept_alone(&self.sql, &self.steps)
        {
            self.spans = alone.spans(&self.spans);
            self.sql = alone.sql;
            self.steps = steps;
        }
        let bare = match sqlite::bare(&self.sql, &|text| fold(text)?.ok()) {
            Ok(bare) => bare,
            Err(calls) => return Err(Box::new(self.session_only(&calls))),
        };
        self.spans = bare.spans(&self.spans);
        for step in &mut self.steps {
            step.text = bare.start(step.text.start)..bare.end(step.text.end);
        }
        self.sql = bare.sql;
        self.accumulation = None;
        self.staged = None;
        Ok(self)
    }

    /// The statement for a database without window functions, as MySQL 5.7 is: its running aggregates are added up
    /// while rows pass.
    ///
    /// # Errors
    /// Where something else than them is a window function.
    pub fn without_windows(self) -> Result<Self, Box<Diagnostic>> {
        let manual = match (&self.accumulation, &self.staged) {
            (Some(plan), _) => plan.feed.windows,
            (None, Some(staged)) => {
                let feeds = staged.stages.iter().map(|stage| &stage.plan.feed);
                let mut texts = feeds.chain([&staged.query]);
                texts.find_map(|text| text.windows)
            }
            (None, None) => self.windows,
        };
        let Some(span) = manual.filter(|_| self.windows.is_some()) else {
            return Ok(self);
        };
        let message =
            "a database without window functions cannot run this with PostgreSQL's answer";
        let label = "this is one, or is written with one";
        Err(Box::new(
            Diagnostic::error(codes::NOT_PORTABLE, message)
                .label(span, label)
                .help("RUNSUM and its kin run there, where the query's order is theirs"),
        ))
    }

    /// What is wrong with a text for a bare SQLite that calls these functions of a session.
    fn session_only(&self, calls: &[(String, usize)]) -> Diagnostic {
        let mut names: Vec<&str> = Vec::new();
        let mut place = None;
        for (name, at) in calls {
            place = place.or(self.source_span(*at));
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let message = "a bare SQLite cannot run this with PostgreSQL's answer";
        let span = place.unwrap_or(self.span);
        Diagnostic::error(codes::SESSION_ONLY, message)
            .label(
                span,
                "SQLite has no function for this; a session registers one",
            )
            .note(format!("it calls {}", names.join(", ")))
            .help("noctra runs it; rqlc compile --session prints the text for a session")
    }
}

/// Compiles a statement.
///
/// # Errors
/// What is wrong with it, or that it cannot be executed yet; never empty.
pub fn compile(ast: &Ast, stmt: Id<Stmt>, env: &Env<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    if let Some(done) = control(ast, stmt, env) {
        return done;
    }
    let Stmt { kind, span } = ast[stmt];
    if let Some(misplaced) = misplaced_chart(ast, ast[stmt]) {
        return Err(vec![misplaced]);
    }
    match kind {
        StmtKind::Query(query) => finish(lower_query(ast, query, ir_env(env))?, env, span),
        StmtKind::Insert(_)
        | StmtKind::Update(_)
        | StmtKind::Delete(_)
        | StmtKind::Merge(_)
        | StmtKind::Create(_)
        | StmtKind::Alter(_)
        | StmtKind::Drop(_) => finish(lower_statement(ast, stmt, ir_env(env))?, env, span),
        StmtKind::Native(native) if wanted(ast, ast[native].backend, env.dialect) => {
            Ok(verbatim(ast.text(ast[native].text), span))
        }
        // What the session has no answer for is the backend's own.
        StmtKind::Set(_) | StmtKind::Show(_) if told(ast.text(span), env.dialect) => {
            Ok(verbatim(ast.text(span), span))
        }
        StmtKind::Backend(backend) if ast[backend].params.is_empty() => {
            Ok(verbatim(ast.text(ast[backend].text), span))
        }
        _ => Err(vec![not_run(ast.text(span), span)]),
    }
}

/// What to say of a statement that is read and not run.
fn not_run(text: &str, span: Span) -> Diagnostic {
    match rql_ir::others::statement(text) {
        Some((what, way)) => Diagnostic::error(codes::NOT_PORTABLE, what)
            .label(span, "no other database has it")
            .help(way),
        None => Diagnostic::error(
            codes::NOT_EXECUTABLE_YET,
            "this statement cannot be executed yet",
        )
        .label(span, "this is understood, but this version does not run it")
        .help("NATIVE before it sends it to the backend as it is"),
    }
}

/// Whether a backend has settings of its own, and words for them that are not another's.
fn told(text: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Spark => false,
        Dialect::Mysql | Dialect::Mariadb => true,
        Dialect::Duckdb | Dialect::Postgresql => rql_ir::others::statement(text).is_none(),
    }
}

fn wanted(ast: &Ast, backend: Option<rql_ast::Ident>, dialect: Dialect) -> bool {
    backend.is_none_or(|name| ast.name(name) == dialect.name())
}

/// A chart of a query that is part of another, or that a template may leave out: nobody would draw it.
fn misplaced_chart(ast: &Ast, stmt: Stmt) -> Option<Diagnostic> {
    // Nearly no text has any, and every clause of it would be looked at for every statement.
    if ast.all::<rql_ast::Chart>().is_empty() {
        return None;
    }
    let own: &[Clause] = match stmt.kind {
        StmtKind::Query(query) => &ast[ast[query].clauses],
        _ => &[],
    };
    let within = |span: Span| stmt.span.start <= span.start && span.end <= stmt.span.end;
    let charts = ast
        .all::<Clause>()
        .iter()
        .filter(|clause| matches!(clause.kind, ClauseKind::Chart(_)) && within(clause.span));
    let mut inner = charts.filter(|chart| own.iter().all(|clause| clause.span != chart.span));
    let message = "CHART stands at the end of the whole query";
    inner.next().map(|chart| {
        Diagnostic::error(codes::CHART, message)
            .label(chart.span, "this query is a part of another statement")
    })
}

/// Compiles a query that is part of a statement.
///
/// # Errors
/// As [`compile`].
pub fn compile_query(
    ast: &Ast,
    query: Id<rql_ast::Query>,
    env: &Env<'_>,
) -> Result<Compiled, Vec<Diagnostic>> {
    finish(lower_query(ast, query, ir_env(env))?, env, ast[query].span)
}

/// Compiles an expression without tables to a query of one row and one column.
///
/// # Errors
/// As [`compile`].
pub fn compile_expr(ast: &Ast, expr: Id<Expr>, env: &Env<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    finish(lower_expr(ast, expr, ir_env(env))?, env, ast[expr].span)
}

/// The column of a table that each column of a query's result shows as it is, where there is one.
///
/// # Errors
/// As [`compile`].
pub fn origins(
    ast: &Ast,
    query: Id<rql_ast::Query>,
    env: &Env<'_>,
) -> Result<Vec<Option<Origin>>, Vec<Diagnostic>> {
    Ok(rql_ir::origins(&lower_query(ast, query, ir_env(env))?.ir))
}

/// What a CREATE, ALTER or DROP changes in the catalog; `None` for any other statement.
///
/// # Errors
/// As [`compile`].
pub fn changes(
    ast: &Ast,
    stmt: Id<Stmt>,
    env: &Env<'_>,
) -> Result<Option<Vec<Change>>, Vec<Diagnostic>> {
    rql_ir::changes(ast, stmt, ir_env(env))
}

pub(crate) fn ir_env<'a>(env: &Env<'a>) -> rql_ir::Env<'a> {
    rql_ir::Env {
        catalog: env.catalog,
        variables: env.variables,
        changes_through_views: env.dialect.traits().can.changes_through_views,
    }
}

fn finish(lowered: Lowered, env: &Env<'_>, span: Span) -> Result<Compiled, Vec<Diagnostic>> {
    let shapes = core::iter::once(&lowered.ir).chain(&lowered.others);
    if !env.dialect.traits().can.changes_in_with {
        for ir in shapes.clone() {
            in_turn(ir, env)?;
        }
    }
    let effects = shapes.map(|ir| ir.effect(env.catalog));
    let effect = effects.max().unwrap_or_default();
    if !lowered.ir.conditions.is_empty() {
        let mut choices = Choices::new(lowered, (env.dialect, env.fold), span, effect);
        choices.check()?;
        let none = choices.answers(&mut |_| false);
        let text = choices.compile(&none)?;
        return Ok(Compiled {
            choices: Some(Box::new(choices)),
            ..text
        });
    }
    text(lowered, (env.dialect, env.fold), span, effect)
}

/// Refuses changes in WITH that would see each other where one runs after the other.
fn in_turn(ir: &rql_ir::Ir, env: &Env<'_>) -> Result<(), Vec<Diagnostic>> {
    let Some(found) = entangled(ir, env.catalog) else {
        return Ok(());
    };
    let (part, table, dialect) = (&found.part, &found.table, env.dialect);
    let label = match found.how {
        How::Reads => {
            format!("{dialect} has changed the rows by then; PostgreSQL reads them as they were")
        }
        How::Changes => format!(
            "{dialect} would do one after the other; PostgreSQL does both on the rows as they were"
        ),
        How::Unknown => {
            "this runs after it, and who knows what a trigger or a view has changed".to_owned()
        }
    };
    let message =
        format!("{part} changes {table} in WITH, and the statement depends on that elsewhere");
    let error = Diagnostic::error(codes::NOT_PORTABLE, message).label(found.place, label);
    Err(vec![error.help(
        "two statements in a transaction say which comes first; RETURNING gives the new rows",
    )])
}

/// The text of an algebra without templates.
pub(crate) fn text(
    lowered: Lowered,
    (dialect, fold): Target,
    span: Span,
    effect: Effect,
) -> Result<Compiled, Vec<Diagnostic>> {
    let Lowered {
        mut ir,
        mut warnings,
        ..
    } = lowered;
    debug_assert_eq!(verify(&ir), Ok(()));
    warnings.extend(doubts(&ir, dialect));
    // Where the feed cannot be written, the window still can.
    let parted = ir.changes_in_with() && !dialect.traits().can.changes_in_with;
    let accumulation = match parted {
        true => None,
        false => accumulate(&ir, dialect).ok().flatten(),
    };
    let staged = match accumulation {
        None if parted => None,
        None => staged(&ir, dialect).ok().flatten(),
        Some(_) => None,
    };
    if let Some(fold) = fold.filter(|_| dialect != Dialect::Postgresql) {
        if let Some(error) = failing(&ir, fold) {
            return Err(vec![error]);
        }
        beside_null(&mut ir, fold);
    }
    rewrite::run(&mut ir, &dialect.traits().can);
    let mut emitted = emit(&ir, dialect);
    if let (Err(_), Some(fold)) = (&emitted, fold)
        && folded(&mut ir, dialect, fold)
    {
        debug_assert_eq!(verify(&ir), Ok(()));
        emitted = emit(&ir, dialect);
    }
    let Emitted {
        sql,
        params,
        columns,
        spans,
        mut sites,
        steps,
        rebuilt,
        windows,
    } = emitted.map_err(|error| vec![*error])?;
    sites.sort_by_key(|site| site.end - site.start);
    sites.dedup();
    let compiled = Compiled {
        sql,
        params,
        columns,
        returns_rows: true,
        effect,
        accumulation: accumulation.map(Box::new),
        staged: staged.map(Box::new),
        warnings,
        spans,
        sites,
        span,
        choices: None,
        steps,
        rebuilt,
        windows,
    };
    match dialect.traits().can.windows {
        true => Ok(compiled),
        false => compiled.without_windows().map_err(|error| vec![*error]),
    }
}

/// A statement that every backend reads as it is.
pub(crate) fn verbatim(sql: &str, span: Span) -> Compiled {
    Compiled {
        sql: sql.to_owned(),
        params: Vec::new(),
        columns: Vec::new(),
        returns_rows: false,
        effect: Effect::Changes,
        accumulation: None,
        staged: None,
        warnings: Vec::new(),
        spans: SpanMap::default(),
        sites: Vec::new(),
        span,
        choices: None,
        steps: Vec::new(),
        rebuilt: None,
        windows: None,
    }
}
