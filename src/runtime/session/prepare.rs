//! From a statement to what its backend runs: the one place that calls the compiler.

use crate::cache::{Compiling, Key, Piece, Statements};
use crate::config::settings::{Semantics, Strategy};
use crate::connection::Query;
use crate::failure::{Failure, backend, is_division_by_zero};
use crate::session::explain::{self, Explained};
use crate::session::native;
use crate::session::templates;
use crate::session::{Variable, Variables};
use crate::value::arguments;
use crate::{Column, Error, Kind, Value};
use rql::{Accumulation, Catalog, Change, Compiled, Dialect, Effect, Encoding, Env, Type};
use rql_ast::{Ast, BinaryOp, Expr, ExprKind, Id, ParamName, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use std::cell::RefCell;

/// A statement ready to run, and how its text maps back to the source.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
    pub(crate) columns: Vec<Column>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// Running aggregates that are added up while the rows pass, and the columns that come of it.
    pub(crate) accumulation: Option<(Box<Accumulation>, Vec<Column>)>,
    /// Tables that are filled before it runs, each by its name and what fills it.
    pub(crate) stages: Vec<(String, Prepared)>,
    /// Where the text is several statements: those between its savepoint and the end of that.
    pub(crate) steps: Vec<rql::Step>,
    /// Where the statement builds a table again.
    pub(crate) rebuilt: Option<rql::Rebuilt>,
    /// Where it is not run, but explained.
    pub(crate) explained: Option<Explained>,
    pub(crate) origin: Origin,
}

/// Where a text that runs comes from.
#[derive(Debug, Default)]
pub(crate) enum Origin {
    /// From nowhere in the source.
    #[default]
    None,
    /// As written, in pieces: where each begins in the text, and where in the source.
    Verbatim(Vec<(u32, u32)>),
    /// From the compiler, which has kept the way back.
    Compiled(Box<Compiled>),
}

/// What RQL has for statements that other databases have, by their first words.
const INSTEAD: &[(&str, &str)] = &[
    (
        "COPY",
        "EXPORT t TO 'file.csv' writes a table, IMPORT 'file.csv' INTO t reads one",
    ),
    ("LOAD DATA", "IMPORT 'file.csv' INTO t reads a file"),
    (
        "PIVOT",
        "sum(x) FILTER (WHERE y = 'a') AS a makes a column of a value",
    ),
    (
        "UNPIVOT",
        "UNION ALL of a SELECT for each column makes rows of columns",
    ),
    ("RENAME TABLE", "ALTER TABLE t RENAME TO u"),
    (
        "CREATE FUNCTION",
        "MACRO f(x) AS x + 1 names an expression, LET t AS SELECT … a query",
    ),
    (
        "CREATE PROCEDURE",
        "a script, INCLUDE 'file.rql', runs statements with parameters",
    ),
    (
        "CREATE TYPE",
        "CHECK (x IN ('a', 'b')) keeps other values out",
    ),
    (
        "CREATE DATABASE",
        "USE 'file.db' opens a database, and makes it with the first table",
    ),
    (
        "CREATE EXTENSION",
        "what it has may be among SHOW FUNCTIONS",
    ),
    ("CREATE USER", "who may read the file may read the database"),
    ("CREATE ROLE", "who may read the file may read the database"),
    (
        "GRANT",
        "who may read the file may read the database; --read-only and SET read_only = on change nothing",
    ),
    (
        "REVOKE",
        "who may read the file may read the database; --read-only and SET read_only = on change nothing",
    ),
    ("CALL", "MACRO and INCLUDE keep what is to be run again"),
    ("EXEC", "MACRO and INCLUDE keep what is to be run again"),
    ("EXECUTE", "MACRO and INCLUDE keep what is to be run again"),
    ("DECLARE", "LET x = 1 names a value"),
    (
        "DO",
        "IF … THEN … END IF and FOR … LOOP … END LOOP are statements by themselves",
    ),
];

/// What to write instead of a statement that the backend did not understand.
fn instead(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text
        .split_whitespace()
        .take(2)
        .map(str::to_ascii_uppercase)
        .collect();
    let begins = words.join(" ");
    let found = INSTEAD
        .iter()
        .find(|(first, _)| begins == *first || words.first().is_some_and(|word| word == first));
    found.map(|row| row.1)
}

impl Prepared {
    /// The result's columns as the compiler knows them.
    pub(crate) fn described(&self) -> &[rql::OutColumn] {
        match self.explained {
            Some(_) => &[],
            None => self.gives(),
        }
    }

    /// The columns that the statement gives where it is not explained.
    pub(crate) fn gives(&self) -> &[rql::OutColumn] {
        match (&self.accumulation, &self.origin) {
            (Some((plan, _)), _) => &plan.columns,
            (None, Origin::Compiled(compiled)) => &compiled.columns,
            _ => &[],
        }
    }

    /// What it may do beside giving rows.
    pub(crate) fn effect(&self) -> Effect {
        match &self.origin {
            Origin::Compiled(compiled) => compiled.effect,
            _ => Effect::Changes,
        }
    }

    /// What is bound, as the compiler knows it.
    pub(crate) fn marks(&self) -> &[rql::ParamRef] {
        match &self.origin {
            Origin::Compiled(compiled) => &compiled.params,
            _ => &[],
        }
    }

    pub(crate) fn query(&self) -> Query<'_> {
        Query {
            sql: &self.sql,
            params: &self.params,
            columns: &self.columns,
        }
    }

    /// What a backend says, with its place in the source; `whole`, the statement, where nothing nearer
    /// is known.
    pub(crate) fn failure(&self, error: Error, ast: &Ast, whole: Span) -> Failure {
        let Error::Backend(error) = error else {
            return Failure::at(error, whole);
        };
        let before = self.explained.as_ref().map_or(0, |all| all.before.len());
        let within = |position: u32| position.checked_sub(u32::try_from(before).ok()?);
        let position = error.position.and_then(within);
        let place = position.and_then(|position| self.place(position));
        let mut spans = match (&self.origin, place) {
            (_, Some(span)) => vec![span],
            (Origin::Compiled(_), None) if is_division_by_zero(&error) => divisions(ast, whole),
            (Origin::Compiled(compiled), None) if is_run_time(&error) => compiled.sites.clone(),
            _ => Vec::new(),
        };
        if spans.is_empty() {
            spans = suspects(ast, whole, error.sqlstate.as_deref().unwrap_or_default());
        }
        // Where nearly everything may be meant, the whole statement says as much.
        if spans.is_empty() || spans.len() > MOST_PLACES {
            spans = vec![whole];
        }
        let told = backend(&error, &spans);
        let statements = ast.all::<Stmt>().iter();
        let own = |stmt: &Stmt| stmt.span == whole && matches!(stmt.kind, StmtKind::Backend(_));
        match statements.into_iter().any(own) {
            true => {
                let note = "RQL has no statement that begins so: it was sent as it is";
                let told = told.note(note);
                // A server says a code, and knows most of these statements.
                match instead(ast.text(whole)).filter(|_| error.sqlstate.is_none()) {
                    Some(way) => told.help(way).into(),
                    None => told.into(),
                }
            }
            false => told.into(),
        }
    }

    /// The place in the source of a byte of the text.
    fn place(&self, position: u32) -> Option<Span> {
        match &self.origin {
            Origin::None => None,
            Origin::Compiled(compiled) => compiled.source_span(position as usize),
            Origin::Verbatim(pieces) => {
                let piece = pieces.iter().rev().find(|piece| piece.0 <= position)?;
                let start = piece.1.saturating_sub(piece.0);
                let before = self.explained.as_ref().map_or("", |all| &*all.before);
                let text = self.sql.strip_prefix(before).unwrap_or(&self.sql);
                let rest = text.get(position as usize..).unwrap_or("");
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let len = u32::try_from(word.unwrap_or(rest.len()).max(1)).unwrap_or(1);
                Some(Span::new(start + position, start + position + len))
            }
        }
    }
}

/// More places than this are no help.
const MOST_PLACES: usize = 5;

/// What an error with this SQLSTATE can only be about: a text that a cast cannot read, a query of several rows
/// in the place of a value.
fn suspects(ast: &Ast, within: Span, sqlstate: &str) -> Vec<Span> {
    let is: fn(&ExprKind) -> bool = match sqlstate {
        "22P02" | "22007" | "22008" => |kind| matches!(kind, ExprKind::Cast(_)),
        "21000" => |kind| matches!(kind, ExprKind::Subquery(_)),
        _ => return Vec::new(),
    };
    let inside = |expr: &&Expr| within.start <= expr.span.start && expr.span.end <= within.end;
    let all = ast.all::<Expr>().iter().filter(inside);
    all.filter(|expr| is(&expr.kind))
        .map(|expr| expr.span)
        .collect()
}

/// The divisions within a span, each with both operands.
fn divisions(ast: &Ast, within: Span) -> Vec<Span> {
    let inside = |expr: &&Expr| within.start <= expr.span.start && expr.span.end <= within.end;
    let chains = ast
        .all::<Expr>()
        .iter()
        .filter(inside)
        .filter_map(|expr| match expr.kind {
            ExprKind::Chain(items) => Some(&ast[items]),
            _ => None,
        });
    let mut spans = Vec::new();
    for items in chains {
        for item in items {
            use BinaryOp as B;
            if matches!(item.op, Some(B::Div | B::IntDiv | B::Mod | B::Div2)) {
                spans.push(ast[items[0].expr].span.to(ast[item.expr].span));
            }
        }
    }
    spans
}

/// An error of a value, not of the text: class 22 of SQLSTATE, or what our functions on SQLite say.
fn is_run_time(error: &crate::BackendError) -> bool {
    error
        .sqlstate
        .as_deref()
        .is_none_or(|code| code.starts_with("22"))
}

/// What a statement is prepared against.
#[derive(Clone, Copy)]
pub(crate) struct Against<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) catalog: &'a Catalog,
    /// What is compiled already, and the number of the catalog; none where nothing is kept.
    pub(crate) memory: Option<(&'a RefCell<Statements>, u64)>,
    pub(crate) variables: &'a Variables,
    pub(crate) running: Strategy,
    pub(crate) semantics: Semantics,
    /// No function of the session may be called.
    pub(crate) standalone: bool,
}

/// Prepares one statement.
pub(crate) fn statement(ast: &Ast, id: Id<Stmt>, on: Against<'_>) -> Result<Prepared, Failure> {
    let span = ast[id].span;
    match ast[id].kind {
        StmtKind::Native(native) => {
            let native = ast[native];
            let other = native
                .backend
                .filter(|&name| ast.name(name) != on.dialect.name());
            if let Some(name) = other {
                let (wanted, here) = (ast.name(name), on.dialect.name());
                let message = format!("this is for {wanted}, the session is on {here}");
                let diagnostic = Diagnostic::error(codes::BACKEND_ONLY, message);
                return Err(diagnostic.label(name.span, "not this backend").into());
            }
            Ok(verbatim(ast, native.text))
        }
        StmtKind::Backend(statement) => {
            let mut prepared = verbatim(ast, ast[statement].text);
            for &param in &ast[ast[statement].params] {
                prepared
                    .params
                    .push(argument(ast, ast[param].span, on.variables)?.value.clone());
            }
            Ok(prepared)
        }
        StmtKind::Explain(id) => explain::statement(ast, ast[id], span, on),
        kind if on.semantics == Semantics::Native && kind.is_relational() => {
            let checked = on.compiled(None, |env| rql::compile(ast, id, env));
            native::statement(ast, id, checked, on)
        }
        kind => {
            let rows = reads_or_changes_rows(kind);
            if let (false, [(_, at), ..]) = (rows, ast.placeholders(span).as_slice()) {
                let message = "{{…}} stands in queries and in changes of rows";
                let diagnostic = Diagnostic::error(codes::TEMPLATE_MISPLACED, message);
                return Err(diagnostic.label(*at, "a name must stand here").into());
            }
            let filled = filled(ast, span, on.variables)?;
            let piece = rows.then_some(Piece::Statement);
            let key = piece.and_then(|piece| on.key(piece, ast, span));
            let ast = filled.as_ref().unwrap_or(ast);
            on.compiled(key, |env| rql::compile(ast, id, env))
        }
    }
}

/// Prepares a query.
pub(crate) fn query(
    ast: &Ast,
    id: Id<rql_ast::Query>,
    on: Against<'_>,
) -> Result<Prepared, Failure> {
    let filled = filled(ast, ast[id].span, on.variables)?;
    let key = on.key(Piece::Query, ast, ast[id].span);
    let ast = filled.as_ref().unwrap_or(ast);
    on.compiled(key, |env| rql::compile_query(ast, id, env))
}

fn reads_or_changes_rows(kind: StmtKind) -> bool {
    use StmtKind as S;
    matches!(
        kind,
        S::Query(_) | S::Insert(_) | S::Update(_) | S::Delete(_) | S::Merge(_)
    )
}

/// The tree in which every `{{name}}` of a statement says what its variable says; `None` where there is
/// none. Names are resolved like those that are written: a value that names nothing is refused.
fn filled(ast: &Ast, within: Span, variables: &Variables) -> Result<Option<Ast>, Failure> {
    let placeholders = ast.placeholders(within);
    if placeholders.is_empty() {
        return Ok(None);
    }
    let mut tree = ast.clone();
    for (name, span) in placeholders {
        let Some(variable) = variables.get(name) else {
            return Err(unbound(name, span, variables).into());
        };
        let Value::Text(value) = &variable.value else {
            let message = format!("the value of {name} is no name");
            let diagnostic = Diagnostic::error(codes::TYPE_MISMATCH, message);
            return Err(diagnostic
                .label(span, "a text that names a column or table")
                .into());
        };
        tree.fill(name, value);
    }
    Ok(Some(tree))
}

/// What DDL changes in the catalog; `None` for other statements.
pub(crate) fn changes(
    ast: &Ast,
    id: Id<Stmt>,
    on: Against<'_>,
) -> Result<Option<Vec<Change>>, Failure> {
    let types = |name: &str| on.variables.get(name).map(arguments::type_of);
    let env = Env {
        catalog: on.catalog,
        dialect: on.dialect,
        variables: &types,
        fold: Some(crate::folded),
    };
    rql::changes(ast, id, &env).map_err(Failure::Diagnostics)
}

/// Prepares a query of one row that gives an expression's value.
pub(crate) fn expression(ast: &Ast, id: Id<Expr>, on: Against<'_>) -> Result<Prepared, Failure> {
    let key = on.key(Piece::Expression, ast, ast[id].span);
    on.compiled(key, |env| rql::compile_expr(ast, id, env))
}

impl Against<'_> {
    /// By what a piece of a text is known again.
    fn key(self, piece: Piece, ast: &Ast, span: Span) -> Option<Key> {
        let (_, version) = self.memory?;
        let filled = ast.placeholders(span).into_iter();
        let filled = filled.map(|(name, _)| {
            let value = self.variables.get(name);
            let value = value.map(|variable| variable.value.as_ref().to_string());
            (name.to_owned(), value.unwrap_or_default())
        });
        Key::new(piece, ast.text(span), span, filled.collect(), version)
    }

    fn compiled(
        self,
        key: Option<Key>,
        compile: impl Fn(&Env<'_>) -> Result<Compiled, Vec<Diagnostic>>,
    ) -> Result<Prepared, Failure> {
        let with = Compiling {
            types: &|name| self.variables.get(name).map(arguments::type_of),
            compile: &|variables| {
                compile(&Env {
                    catalog: self.catalog,
                    dialect: self.dialect,
                    variables,
                    fold: Some(crate::folded),
                })
            },
            answer: &mut |asked| templates::answer(asked, self.variables),
        };
        let compiled = match (self.memory, key) {
            (Some((memory, _)), Some(key)) => memory.borrow_mut().compiled(key, with),
            _ => with.make(),
        };
        let mut compiled = compiled.map_err(Failure::Diagnostics)?;
        if self.standalone {
            let rebuilt = compiled.rebuilt.is_some();
            let bare = compiled
                .standalone(crate::folded)
                .map_err(|wrong| Failure::Diagnostics(vec![*wrong]));
            compiled = bare?;
            let keeps = compiled.steps.iter().any(|step| step.keeps.is_some());
            let by_session = match (rebuilt, keeps) {
                (true, _) => Some((
                    "a bare SQLite cannot build a table again",
                    "a session reads the table's declaration, and builds it again",
                )),
                (_, true) => Some((
                    "a bare SQLite keeps no rows that RETURNING gives",
                    "a session puts them in a table for the next statement",
                )),
                _ => None,
            };
            if let Some((message, label)) = by_session {
                return Err(Diagnostic::error(codes::SESSION_ONLY, message)
                    .label(compiled.span, label)
                    .into());
            }
        }
        if self.running == Strategy::Windowless {
            let without = compiled.without_windows();
            compiled = without.map_err(|wrong| Failure::Diagnostics(vec![*wrong]))?;
        }
        let plan = compiled.accumulation.take();
        let plan = plan.filter(|plan| self.running.adds_up(self.dialect, plan));
        let staged = compiled.staged.take();
        let Some(staged) =
            staged.filter(|_| matches!(self.running, Strategy::Manual | Strategy::Windowless))
        else {
            return self.prepared(compiled, plan);
        };
        let stages = staged.stages.into_iter().map(|stage| {
            let mut feed = compiled.clone();
            feed.warnings.clear();
            Ok((
                stage.table,
                self.prepared(feed, Some(Box::new(stage.plan)))?,
            ))
        });
        let stages = stages.collect::<Result<_, Failure>>()?;
        reading(&mut compiled, staged.query);
        Ok(Prepared {
            stages,
            ..self.prepared(compiled, None)?
        })
    }

    fn prepared(
        self,
        mut compiled: Compiled,
        plan: Option<Box<Accumulation>>,
    ) -> Result<Prepared, Failure> {
        if let Some(plan) = &plan {
            reading(&mut compiled, plan.feed.clone());
        }
        let params = bound(&compiled.params, self.variables, self.dialect)?;
        let accumulation = plan.map(|plan| {
            let columns = columns(&plan.columns);
            (plan, columns)
        });
        let columns = columns(&compiled.columns);
        Ok(Prepared {
            accumulation,
            stages: Vec::new(),
            sql: compiled.sql.clone(),
            params,
            columns,
            warnings: compiled.warnings.clone(),
            steps: compiled.steps.clone(),
            rebuilt: compiled.rebuilt.clone(),
            explained: None,
            origin: Origin::Compiled(Box::new(compiled)),
        })
    }
}

/// The columns as their cells are read.
pub(crate) fn columns(columns: &[rql::OutColumn]) -> Vec<Column> {
    let columns = columns.iter().map(|column| Column {
        name: column.name.clone(),
        kind: kind(column.ty, column.encoding),
        ty: column.ty,
    });
    columns.collect()
}

/// Puts another text in the place of a statement's.
fn reading(compiled: &mut Compiled, text: rql::Emitted) {
    compiled.sql = text.sql;
    compiled.params = text.params;
    compiled.columns = text.columns;
    compiled.spans = text.spans;
    compiled.sites = text.sites;
}

/// The values of parameters, as their places want them.
fn bound(
    params: &[rql::ParamRef],
    variables: &Variables,
    dialect: Dialect,
) -> Result<Vec<Value>, Failure> {
    let params = params.iter().map(|param| {
        let name = match &param.name {
            rql::ParamName::Name(name) => name.clone(),
            rql::ParamName::Position(at) => at.to_string(),
        };
        let Some(variable) = variables.get(&name) else {
            return Err(unbound(&name, param.span, variables).into());
        };
        arguments::bound(variable, param.ty, param.encoding, dialect).map_err(|message| {
            let message = format!("the value of :{name} {message}");
            Diagnostic::error(codes::TYPE_MISMATCH, message)
                .label(param.span, format!("wanted here as {}", param.ty))
                .into()
        })
    });
    params.collect()
}

/// How the cells of a column are read that the compiler describes so.
#[must_use]
pub fn kind(ty: Type, encoding: Encoding) -> Kind {
    match (encoding, ty) {
        (Encoding::Scaled(scale), _) => Kind::Scaled(scale),
        (Encoding::Numeric, _) | (_, Type::Decimal { scale: None, .. }) => Kind::Numeric,
        (
            _,
            Type::Decimal {
                scale: Some(scale), ..
            },
        ) => Kind::Decimal(scale),
        (_, Type::Boolean) => Kind::Boolean,
        (_, ty) if ty.is_integer() => Kind::Integer,
        (_, Type::Real) => Kind::Real,
        (_, Type::Double) => Kind::Double,
        (_, ty) if ty.is_text() => Kind::Text,
        (_, Type::Blob) => Kind::Blob,
        (_, Type::Date) => Kind::Date,
        (_, Type::Time) => Kind::Time,
        (_, Type::Timestamp) => Kind::Timestamp,
        (_, Type::TimestampTz) => Kind::TimestampTz,
        (_, Type::Interval) => Kind::Interval,
        (_, Type::Uuid) => Kind::Uuid,
        (_, Type::Json | Type::Jsonb) => Kind::Json,
        _ => Kind::Any,
    }
}

fn verbatim(ast: &Ast, text: Span) -> Prepared {
    let origin = Origin::Verbatim(vec![(0, text.start)]);
    Prepared {
        sql: ast.text(text).into(),
        origin,
        ..Prepared::default()
    }
}

/// What a parameter is bound to.
pub(crate) fn argument<'v>(
    ast: &Ast,
    span: Span,
    variables: &'v Variables,
) -> Result<&'v Variable, Failure> {
    let name = match ast.param(span) {
        ParamName::Name(name) => name.to_lowercase(),
        ParamName::Position(at) => at.to_string(),
        ParamName::Next => "1".into(),
    };
    let variable = variables.get(&name);
    variable.ok_or_else(|| unbound(&name, span, variables).into())
}

/// A parameter that has no value.
pub(crate) fn unbound(name: &str, span: Span, variables: &Variables) -> Diagnostic {
    let argument = name.bytes().all(|byte| byte.is_ascii_digit());
    let mark = if argument { '$' } else { ':' };
    let diagnostic = Diagnostic::error(
        codes::UNBOUND_PARAMETER,
        format!("{mark}{name} has no value"),
    )
    .label(span, "nothing is bound to it");
    if argument {
        return diagnostic.help("arguments follow the script: noctra FILE.rql ARG …");
    }
    let known = variables.keys().map(String::as_str);
    match rql_diagnostics::did_you_mean(name, known) {
        Some(near) => {
            diagnostic.suggest(format!("did you mean :{near}?"), span, format!(":{near}"))
        }
        None => diagnostic.help(format!("LET {name} = …; or --var {name}=… gives it one")),
    }
}
