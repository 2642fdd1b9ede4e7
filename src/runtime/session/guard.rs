//! What a statement must pass before it runs: the limits of the session, whether anything may be changed, and
//! whether all rows are meant.

use crate::config::limits::{Confirm, Limits};
use crate::config::profiles::Profile;
use crate::config::settings::{Origin, Setting};
use crate::failure::Failure;
use crate::session::Session;
use rql_ast::{
    Ast, BinaryOp, Clause, ClauseKind, Expr, ExprKind, Id, List, Name, ObjectKind, Relation,
    RelationKind, Span, Stmt, StmtKind,
};
use rql_diagnostics::{Diagnostic, codes};

/// A statement that takes away or changes all rows of a table at once, or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// What it does, in the words of SQL.
    pub verb: &'static str,
    /// The name of what it does that to, as it is written.
    pub name: String,
    /// The same in its parts.
    pub path: Vec<String>,
    /// True where there is a table whose rows can be counted.
    pub table: bool,
    pub(crate) place: Span,
}

/// The sweeps among the statements of a text, and inside of those that hold others.
#[must_use]
pub fn sweeps(ast: &Ast) -> Vec<Sweep> {
    let mut found = Vec::new();
    in_all(ast, ast.statements, &mut found);
    found
}

fn in_all(ast: &Ast, statements: List<Stmt>, found: &mut Vec<Sweep>) {
    for id in statements.ids() {
        match ast[id].kind {
            StmtKind::If(id) => {
                for branch in &ast[ast[id].branches] {
                    in_all(ast, branch.body, found);
                }
                in_all(ast, ast[id].otherwise.unwrap_or(List::EMPTY), found);
            }
            StmtKind::For(id) => in_all(ast, ast[id].body, found),
            StmtKind::Template(id) => {
                in_all(ast, ast[id].then, found);
                in_all(ast, ast[id].otherwise.unwrap_or(List::EMPTY), found);
            }
            kind => of(ast, kind, found),
        }
    }
}

/// The sweeps that one statement is.
fn of(ast: &Ast, kind: StmtKind, found: &mut Vec<Sweep>) {
    for kind in ast.changes_in_with(kind) {
        of(ast, kind, found);
    }
    // What a change of all rows is called, by whether there is a WHERE; none where rows are chosen.
    let all = |[bare, constant]: [&'static str; 2], clauses: List<Clause>| {
        let mut verb = Some(bare);
        for clause in &ast[clauses] {
            match clause.kind {
                ClauseKind::Where(condition) if is_true(ast, condition) => {
                    verb = verb.and(Some(constant));
                }
                ClauseKind::Where(_) | ClauseKind::Limit { .. } | ClauseKind::Template(_) => {
                    verb = None;
                }
                _ => {}
            }
        }
        verb
    };
    let named = |verb, name: Name, table| {
        let parts = ast[name.parts].iter();
        Sweep {
            verb,
            name: ast.text(ast.name_span(name)).to_owned(),
            path: parts.map(|&part| ast.name(part).into_owned()).collect(),
            table,
            place: ast.name_span(name),
        }
    };
    let relation = |verb, relation: Id<Relation>| match ast[relation].kind {
        RelationKind::Table { name, .. } => Some(named(verb, name, true)),
        _ => None,
    };
    match kind {
        StmtKind::Update(id) => {
            let verb = all(UPDATE, ast[id].clauses);
            found.extend(verb.and_then(|verb| relation(verb, ast[ast[id].target].relation)));
        }
        // The rows of a join are chosen by what they are joined to.
        StmtKind::Delete(id) if ast[id].using.is_empty() => {
            let verb = all(DELETE, ast[id].clauses);
            found.extend(verb.and_then(|verb| relation(verb, ast[id].target)));
        }
        StmtKind::Truncate(id) => {
            let tables = ast[ast[id].tables].iter();
            found.extend(tables.map(|&name| named("TRUNCATE", name, true)));
        }
        StmtKind::Drop(id) => {
            let (verb, table) = match ast[id].object {
                ObjectKind::Table => ("DROP TABLE", true),
                ObjectKind::Schema => ("DROP SCHEMA", false),
                // What is made again from the rows that stay.
                _ => return,
            };
            let names = ast[ast[id].names].iter();
            found.extend(names.map(|&name| named(verb, name, table)));
        }
        _ => {}
    }
}

/// Without a condition, and with one that is true of every row.
const UPDATE: [&str; 2] = ["UPDATE without WHERE", "UPDATE with WHERE always true"];
const DELETE: [&str; 2] = ["DELETE without WHERE", "DELETE with WHERE always true"];

/// True for a condition that chooses nothing, as it is written: `TRUE`, `1 = 1`, and such ones behind AND and OR.
fn is_true(ast: &Ast, condition: Id<Expr>) -> bool {
    let number = |id: Id<Expr>| {
        let text = ast.text(ast[id].span);
        matches!(ast[id].kind, ExprKind::Number).then_some(text)
    };
    match ast[condition].kind {
        ExprKind::Bool(value) => value,
        ExprKind::Paren(inner) => is_true(ast, inner),
        ExprKind::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } => number(left).is_some() && number(left) == number(right),
        ExprKind::Chain(items) => {
            let items = &ast[items];
            let mut each = items.iter().map(|item| is_true(ast, item.expr));
            match items.get(1).and_then(|item| item.op) {
                Some(BinaryOp::And) => each.all(|it| it),
                Some(BinaryOp::Or) => each.any(|it| it),
                _ => false,
            }
        }
        _ => false,
    }
}

impl Sweep {
    /// What it does, in a sentence, where a table has so many rows; nothing where there are none.
    #[must_use]
    pub fn told(&self, rows: Option<u64>) -> Option<String> {
        let Self { verb, name, .. } = self;
        let some = match rows {
            Some(0) => return None,
            Some(1) => "the one row".to_owned(),
            Some(count) => format!("all {} rows", crate::output::grouped(count)),
            None => "all rows".to_owned(),
        };
        Some(match *verb {
            verb if UPDATE.contains(&verb) || DELETE.contains(&verb) => {
                format!("{verb} changes {some} of {name}")
            }
            "TRUNCATE" => format!("{verb} removes {some} of {name}"),
            _ if self.table => format!("{verb} removes {name} with {some}"),
            _ => format!("{verb} removes {name} and all that is in it"),
        })
    }
}

/// First words of what only reads, among statements that only the backend understands.
const READING: [&str; 8] = [
    "select", "with", "values", "table", "show", "explain", "describe", "pragma",
];

/// Words by which a session would be told to write again.
const WRITING: [&str; 4] = ["read_only", "query_only", "set_config", "read write"];

impl Session {
    /// True where nothing may be changed on the connection that is worked in.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        let here = self.profile.as_ref();
        self.settings.read_only || here.is_some_and(|profile| profile.read_only)
    }

    /// Why nothing may be changed here.
    fn read_only_failure(&self, profile: Option<&Profile>, span: Span) -> Diagnostic {
        let error = Diagnostic::error(codes::BACKEND_ERROR, "the session is read-only")
            .label(span, "not run")
            .note("SQLSTATE 25006");
        let origin = Setting::named("read_only").map(|setting| self.settings.origin(setting));
        match (profile, origin) {
            (Some(profile), _) if profile.read_only => error.help(format!(
                "the connection {} is read-only in noctra.toml",
                profile.name
            )),
            (_, Some(Origin::Flag(name))) => error.help(format!("{name} has asked for that")),
            (_, Some(origin)) if *origin != Origin::Default => {
                error.help(format!("read_only is on, by {origin}"))
            }
            _ => error,
        }
    }

    /// Whether a connection that is open takes rows.
    pub(crate) fn may_change(&self, name: &str, dry: bool, span: Span) -> Result<(), Failure> {
        let parked = self.parked.iter().find(|parked| parked.name == name);
        let profile = parked.map_or(&self.profile, |parked| &parked.profile);
        let there = profile.as_ref().is_some_and(|profile| profile.read_only);
        if dry || !(there || self.settings.read_only) {
            return Ok(());
        }
        Err(self.read_only_failure(profile.as_deref(), span).into())
    }

    /// Where a statement that takes away many rows is asked about here.
    #[must_use]
    pub fn confirm(&self) -> Confirm {
        let here = self.profile.as_ref().and_then(|profile| profile.confirm);
        here.unwrap_or(self.settings.confirm)
    }

    /// Whether a statement may run.
    pub(crate) fn pass(&self, ast: &Ast, stmt: &Stmt) -> Result<(), Failure> {
        Limits(&self.settings).length(stmt.span)?;
        if self.is_read_only() && changes(ast, stmt) {
            let here = self.profile.as_deref();
            return Err(self.read_only_failure(here, stmt.span).into());
        }
        if self.confirm() == Confirm::Always && !self.has_been_asked() {
            let mut found = Vec::new();
            of(ast, stmt.kind, &mut found);
            if let Some((sweep, told)) = found
                .iter()
                .find_map(|sweep| Some((sweep, sweep.told(None)?)))
            {
                return Err(Diagnostic::error(codes::LIMIT, told)
                    .label(sweep.place, "not run")
                    .help("confirm is always: at the prompt it is asked about; WHERE says which rows are meant")
                    .into());
            }
        }
        Ok(())
    }

    /// True for what a person has typed at a prompt, which has asked.
    fn has_been_asked(&self) -> bool {
        let typed = |running: &crate::session::source::Running| running.source.path.is_none();
        self.attended && self.sources.iter().all(typed)
    }
}

/// True where a statement is there to change something. What else would is refused by the database.
fn changes(ast: &Ast, stmt: &Stmt) -> bool {
    use StmtKind as S;
    let tells = |span: Span| {
        let text = ast.text(span).to_ascii_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        WRITING.iter().any(|word| text.contains(word))
    };
    let reads = |span: Span| begins_reading(ast.text(span)) && !tells(span);
    match stmt.kind {
        S::Insert(_)
        | S::Update(_)
        | S::Delete(_)
        | S::Merge(_)
        | S::Truncate(_)
        | S::Create(_)
        | S::Alter(_)
        | S::Drop(_) => true,
        S::Native(id) => !reads(ast[id].text),
        S::Backend(id) => !reads(ast[id].text),
        S::Set(id) => {
            let [name, ..] = &ast[ast[id].name] else {
                return false;
            };
            Setting::named(&ast.name(*name)).is_none() && tells(stmt.span)
        }
        S::Query(_) if ast.changes_in_with(stmt.kind).next().is_some() => true,
        S::Begin(_) | S::Query(_) => tells(stmt.span),
        _ => false,
    }
}

/// True for a text of the backend's that begins as one that only reads.
fn begins_reading(text: &str) -> bool {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphabetic());
    let first = &text[..end.unwrap_or(text.len())];
    READING.iter().any(|word| word.eq_ignore_ascii_case(first))
}

/// True where a statement may have told the server's session something that only the server knows.
pub(crate) fn tells_server(ast: &Ast, kind: StmtKind) -> bool {
    match kind {
        StmtKind::Native(id) => !begins_reading(ast.text(ast[id].text)),
        StmtKind::Backend(id) => !begins_reading(ast.text(ast[id].text)),
        StmtKind::Set(id) => match (&ast[ast[id].name], ast[id].scope) {
            ([name], None) => Setting::named(&ast.name(*name)).is_none(),
            _ => true,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{changes, sweeps};

    #[test]
    fn statements_without_where_are_told() {
        let of = |text: &str| -> Vec<String> {
            let ast = rql_grammar::parse(text).ast;
            let all = sweeps(&ast).into_iter();
            all.map(|it| format!("{} {}", it.verb, it.name)).collect()
        };
        assert_eq!(
            of("UPDATE s.t AS x SET a = 1;"),
            ["UPDATE without WHERE s.t"]
        );
        assert_eq!(
            of("SELECT 1; DELETE FROM \"T\";"),
            ["DELETE without WHERE \"T\""]
        );
        assert_eq!(of("TRUNCATE a, b;"), ["TRUNCATE a", "TRUNCATE b"]);
        assert_eq!(of("DROP TABLE IF EXISTS s.t CASCADE;"), ["DROP TABLE s.t"]);
        assert_eq!(of("DROP SCHEMA s;"), ["DROP SCHEMA s"]);
        assert_eq!(
            of(
                "IF 1 < 2 THEN FOR r IN (SELECT 1) LOOP DELETE FROM t; END LOOP; ELSE DROP TABLE u; END IF;"
            ),
            ["DELETE without WHERE t", "DROP TABLE u"]
        );
        assert_eq!(
            of("WITH a AS (DELETE FROM t RETURNING *) UPDATE u SET a = 1;"),
            ["DELETE without WHERE t", "UPDATE without WHERE u"]
        );
        for text in [
            "DELETE FROM t WHERE true;",
            "DELETE FROM t WHERE (1 = 1) AND TRUE;",
            "DELETE FROM t WHERE a = 2 OR 1=1;",
        ] {
            assert_eq!(of(text), ["DELETE with WHERE always true t"], "{text}");
        }
        for text in [
            "DELETE FROM t WHERE a = 1;",
            "DELETE FROM t WHERE 1 = 1 AND a = 1;",
            "DELETE FROM t WHERE a = a;",
            "DELETE FROM t WHERE 1 = 2 OR FALSE;",
            "DELETE FROM t WHERE TRUE {{#if d}} AND a = :d {{/if}};",
            "UPDATE t SET a = 1 FROM u WHERE a = b;",
            "DELETE FROM t USING u;",
            "EXPLAIN DELETE FROM t;",
            "DROP VIEW v;",
            "SELECT 1;",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_there_to_change_something_is_told_from_what_reads() {
        let told = |text: &str| {
            let ast = rql_grammar::parse(text).ast;
            let stmt = ast[ast.statements].first().copied();
            stmt.is_some_and(|stmt| changes(&ast, &stmt))
        };
        for text in [
            "INSERT INTO t VALUES (1);",
            "CREATE TEMP TABLE t (a int);",
            "NATIVE PRAGMA query_only = OFF;",
            "NATIVE VACUUM;",
            "SET default_transaction_read_only = off;",
            "BEGIN READ  WRITE;",
            "SELECT set_config('x', 'y', false);",
            "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a;",
        ] {
            assert!(told(text), "{text}");
        }
        for text in [
            "SELECT 1;",
            "NATIVE SELECT 1;",
            "PRAGMA table_info(t);",
            "SET read_only = on;",
            "BEGIN;",
            "EXPLAIN DELETE FROM t;",
            "LET x = 1;",
        ] {
            assert!(!told(text), "{text}");
        }
    }
}
