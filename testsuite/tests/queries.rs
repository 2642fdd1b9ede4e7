//! Queries on SQLite and on PostgreSQL, beside the server's own answer to the text as written.
//!
//! `testsuite/queries/*.sql`, one file for each subject: statements with an empty line between them, run
//! over the tables of `setup.sql`. `-- refused: word` before one: refused for SQLite by a diagnostic that
//! has this word. `-- not on postgresql` before one: refused for every dialect. ` ==> ` behind one: what
//! the server is asked instead, where it lacks the syntax. Where the server fails, all must.
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::{FORMATS, Options};
use noctra_runtime::{Failure, Output, Session, Target};
use noctra_test_servers::Postgres;
use postgres::{Client, NoTls, SimpleQueryMessage};
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

#[derive(Clone, Default)]
struct Buffer(Rc<RefCell<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Header and rows; fields apart by tabs.
type Table = Vec<String>;

fn run(session: &mut Session, sql: &str) -> Result<Table, String> {
    let data = Buffer::default();
    let options = Options {
        null: Some("NULL".into()),
        ..Options::default()
    };
    let Some(tsv) = FORMATS.iter().find(|format| format.name == "tsv") else {
        return Err("no tsv".into());
    };
    let mut out = Output::new(tsv, options, Box::new(data.clone()), Box::new(io::sink()));
    let compile = || session.run_text(sql, &mut out);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compile))
        .map_err(|_| "a panic".to_owned())?;
    drop(out);
    let text = String::from_utf8(data.0.borrow().clone()).unwrap_or_default();
    match done {
        Ok(()) => Ok(text.lines().map(unquoted).collect()),
        Err(Failure::Diagnostics(all)) => {
            let said: Vec<_> = all
                .iter()
                .map(|d| format!("{} {}", d.code, d.message))
                .collect();
            Err(said.join("; "))
        }
        Err(other) => Err(format!("{other:?}")),
    }
}

/// A line without the quotes that the format puts around some fields.
fn unquoted(line: &str) -> String {
    let cells = line.split('\t').map(|cell| {
        let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
        inner.map_or_else(|| cell.to_owned(), |inner| inner.replace("\"\"", "\""))
    });
    cells.collect::<Vec<_>>().join("\t")
}

/// The server's own answer, in the text that psql shows.
fn reference(client: &mut Client, sql: &str) -> Result<Table, String> {
    let messages = client.simple_query(sql).map_err(|error| {
        let said = error.as_db_error().map(|db| db.message().to_owned());
        said.unwrap_or_else(|| error.to_string())
    })?;
    let mut table = Table::new();
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                let names: Vec<_> = columns.iter().map(|c| c.name().to_owned()).collect();
                table.push(names.join("\t"));
            }
            SimpleQueryMessage::Row(row) => {
                let cells = (0..row.len()).map(|at| row.get(at).unwrap_or("NULL").to_owned());
                table.push(cells.collect::<Vec<_>>().join("\t"));
            }
            _ => {}
        }
    }
    Ok(table)
}

/// Equal text, or numbers of equal value; doubles to twelve digits.
fn same_cell(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    let (Some(x), Some(y)) = (number(a), number(b)) else {
        return false;
    };
    let exact = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let whole = !a.contains(['e', '.']) && !b.contains(['e', '.']);
    let long = a.len().max(b.len()) > 12;
    !whole && (exact(a) == exact(b) || long && (x - y).abs() <= 1e-12 * x.abs().max(y.abs()))
}

fn same(sql: &str, a: &Table, b: &Table) -> bool {
    let rows = |table: &Table| {
        let mut rows: Vec<String> = table.iter().skip(1).cloned().collect();
        if !is_ordered(sql) {
            rows.sort();
        }
        rows
    };
    let line = |a: &str, b: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (a.split('\t').collect(), b.split('\t').collect());
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_cell(a, b))
    };
    let (left, right) = (rows(a), rows(b));
    a.first() == b.first()
        && left.len() == right.len()
        && left.iter().zip(&right).all(|(a, b)| line(a, b))
}

/// True where the whole is ordered: ORDER BY stands outside of parentheses.
fn is_ordered(sql: &str) -> bool {
    let mut depth = 0;
    sql.char_indices().any(|(at, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0 && sql[at..].starts_with("ORDER BY")
    })
}

/// A statement of a file and what is said before it.
struct Case {
    ours: String,
    theirs: String,
    refused: Option<String>,
    nowhere: bool,
}

fn cases(text: &str) -> Vec<Case> {
    let mut all = Vec::new();
    for chunk in text.split("\n\n") {
        let (mut lines, mut refused, mut nowhere) = (Vec::new(), None, false);
        for line in chunk.lines() {
            if let Some(word) = line.strip_prefix("-- refused: ") {
                refused = Some(word.to_owned());
            } else if line == "-- not on postgresql" {
                nowhere = true;
            } else if !line.starts_with("--") {
                lines.push(line);
            }
        }
        let sql = lines.join("\n");
        let (ours, theirs) = sql.split_once("==>").unwrap_or((&sql, &sql));
        if !ours.trim().is_empty() {
            all.push(Case {
                ours: ours.trim().to_owned(),
                theirs: theirs.trim().to_owned(),
                refused,
                nowhere,
            });
        }
    }
    all
}

fn check(case: &Case, client: &mut Client, pg: &mut Session, lite: &mut Session) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{}\n    {what}", case.ours));
    let expected = reference(client, &case.theirs);
    let (on_pg, on_lite) = (run(pg, &case.ours), run(lite, &case.ours));
    let diagnosed =
        |given: &Result<Table, String>| given.as_ref().is_err_and(|said| said.starts_with("RQL"));
    let expected = match expected {
        Ok(expected) => expected,
        Err(message) => {
            if let Ok(given) = &on_pg {
                say(format!(
                    "the server refuses ({message}), ours gives {given:?}"
                ));
            }
            if let Ok(given) = &on_lite {
                say(format!(
                    "the server refuses ({message}), SQLite gives {given:?}"
                ));
            }
            return wrong;
        }
    };
    match &on_pg {
        Ok(given) if same(&case.ours, given, &expected) => {}
        given if case.nowhere && diagnosed(given) => {}
        given => say(format!("expected {expected:?}\n    PostgreSQL: {given:?}")),
    }
    match (&on_lite, &case.refused) {
        (Ok(given), None) if same(&case.ours, given, &expected) => {}
        (Err(said), Some(word)) if said.starts_with("RQL") && said.contains(word) => {}
        (given, _) if case.nowhere && diagnosed(given) => {}
        (given, _) => say(format!("expected {expected:?}\n    SQLite: {given:?}")),
    }
    wrong
}

#[test]
fn queries_have_postgresqls_answers() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let open = |target: &str| Target::parse(target).and_then(Session::open);
    let (Ok(mut pg), Ok(mut lite)) = (open(&server.url()), open("sqlite::memory:")) else {
        panic!("no connection");
    };
    let Ok(mut client) = Client::connect(&server.url(), NoTls) else {
        panic!("no connection");
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let setup = read(&folder.join("setup.sql"));
    if let Err(error) = client.batch_execute(&setup) {
        panic!("{error}");
    }
    if let Err(said) = run(&mut lite, &setup) {
        panic!("{said}");
    }
    let only = std::env::var("QUERIES").unwrap_or_default();
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with("setup.sql"))
        .filter(|path| path.to_string_lossy().contains(&only))
        .collect();
    files.sort();
    let (mut count, mut refused, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        let before = wrong.len();
        let all = cases(&read(file));
        for case in &all {
            refused += usize::from(case.refused.is_some() || case.nowhere);
            wrong.extend(check(case, &mut client, &mut pg, &mut lite));
        }
        count += all.len();
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        println!(
            "{name}: {} statements, {} differ",
            all.len(),
            wrong.len() - before
        );
    }
    println!("{count} statements, {refused} of them refused for SQLite");
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
