//! One thread of the judge of random programs: databases of its own on each backend, and one more of PostgreSQL that is
//! told the same and says what is right.

use crate::common;
use crate::judged::{self, Report, Verdict};
use noctra_runtime::Session;
use noctra_testsuite::conformance::{csv_line, same_rows};
use noctra_testsuite::fuzz::Rng;
use noctra_testsuite::random::Piece;
use noctra_testsuite::random::changes::{self, Program};
use postgres::{Client, NoTls, SimpleQueryMessage};
use rql::Dialect;

/// How often a failing program is run while it is made smaller.
const TRIES: usize = 150;

/// What servers say by themselves of what they do not do, and nothing is done.
const OWN: &[&str] = &[
    // A table that others refer to, or that has an index.
    "Dependency Error: Cannot alter entry",
    // A column that a foreign key changes.
    "cannot be used in the CHECK clause of",
    "cannot be used in the GENERATED ALWAYS AS clause of",
    // A computed column of the row that was to be added.
    "Values list \"excluded\" does not have a column named",
    // A row that others refer to is taken out and put in again.
    "refer to our foreign key limitations",
];

/// What PostgreSQL says of a statement.
#[derive(Clone, Debug)]
enum Answer {
    /// The types of its columns, its rows, and how many were given or changed.
    Done(Vec<String>, Vec<String>, u64),
    /// The code of its error.
    Error(String),
}

/// What PostgreSQL says of a program: of each statement, and the rows of the tables in the end.
struct Expected {
    answers: Vec<Answer>,
    tables: Vec<(String, Answer)>,
}

impl Expected {
    /// The errors that a mistake in the text has.
    fn mistakes(&self) -> Vec<&str> {
        let codes = self.answers.iter().filter_map(|answer| match answer {
            Answer::Error(code) if code.starts_with("42") => Some(code.as_str()),
            _ => None,
        });
        codes.collect()
    }
}

struct Backend {
    dialect: Dialect,
    target: String,
    session: Option<Session>,
}

/// What one thread asks.
pub(crate) struct Judge {
    backends: Vec<Backend>,
    client: Client,
    seed: u64,
}

/// The answer to a statement on PostgreSQL.
fn ask(client: &mut Client, text: &str) -> Answer {
    let error = |error: &postgres::Error| {
        let code = error.code().map_or("?", |code| code.code());
        Answer::Error(code.to_owned())
    };
    let types: Vec<String> = match client.prepare(text) {
        Ok(prepared) => {
            let columns = prepared.columns().iter();
            columns
                .map(|column| common::type_name(column.type_()))
                .collect()
        }
        Err(said) => return error(&said),
    };
    match client.simple_query(text) {
        Err(said) => error(&said),
        Ok(messages) => {
            let (mut rows, mut count) = (Vec::new(), 0);
            for message in &messages {
                match message {
                    SimpleQueryMessage::Row(row) => {
                        rows.push(csv_line((0..row.len()).map(|at| row.get(at))));
                    }
                    SimpleQueryMessage::CommandComplete(changed) => count = *changed,
                    _ => {}
                }
            }
            Answer::Done(types, rows, count)
        }
    }
}

/// The statements that leave an empty database behind.
fn emptied(dialect: Dialect, target: &str) -> Vec<String> {
    match dialect {
        Dialect::Mariadb => {
            let name = target.rsplit('/').next().unwrap_or_default();
            vec![
                format!("NATIVE DROP DATABASE {name}"),
                format!("NATIVE CREATE DATABASE {name}"),
            ]
        }
        Dialect::Postgresql => vec![
            "NATIVE DROP SCHEMA public CASCADE".to_owned(),
            "NATIVE CREATE SCHEMA public".to_owned(),
        ],
        // A session in memory has a database of its own.
        _ => Vec::new(),
    }
}

impl Backend {
    /// A session on an empty database.
    fn fresh(&mut self) -> Result<&mut Session, String> {
        if let Some(mut old) = self.session.take() {
            let empty = emptied(self.dialect, &self.target);
            if !empty.is_empty() {
                // Where nothing is open, that is an error.
                let _ = common::run_csv(&mut old, "ROLLBACK");
                for text in empty {
                    common::run_csv(&mut old, &text)?;
                }
            }
        }
        let mut session = judged::session(&self.target)?;
        session.keep_results();
        if self.dialect == Dialect::Duckdb {
            common::run_csv(&mut session, "NATIVE SET threads = 1")?;
        }
        Ok(self.session.insert(session))
    }

    /// Runs the program; the number of the statement that says so, and how it stands beside PostgreSQL.
    fn judge(&mut self, steps: &[Piece], expected: &Expected) -> Result<(usize, Verdict), String> {
        let dialect = self.dialect;
        let session = self.fresh()?;
        for (at, (step, answer)) in steps.iter().zip(&expected.answers).enumerate() {
            let verdict = compared((dialect, session), &step.rql(), answer);
            if verdict != Verdict::Equal {
                return Ok((at, verdict));
            }
        }
        for (table, answer) in &expected.tables {
            match compared(
                (dialect, session),
                &format!("SELECT * FROM {table}"),
                answer,
            ) {
                Verdict::Equal => {}
                Verdict::Different(what) => {
                    return Ok((
                        steps.len(),
                        Verdict::Different(format!("{table} at the end: {what}")),
                    ));
                }
                other => return Ok((steps.len(), other)),
            }
        }
        Ok((steps.len(), Verdict::Equal))
    }
}

/// MariaDB tells the rows that become different from those that stay by their bytes, of which a NULL has some too.
fn is_count_open(dialect: Dialect, text: &str) -> bool {
    let update = text.split_once(" DO UPDATE ");
    dialect == Dialect::Mariadb && update.is_some_and(|(_, set)| set.contains(" WHERE "))
}

fn compared((dialect, session): (Dialect, &mut Session), text: &str, answer: &Answer) -> Verdict {
    let run = || common::run_counted(session, text);
    let given = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(common::PANICKED.to_owned()));
    match (answer, given) {
        (Answer::Done(..), Err(said)) if judged::refused(&said) => Verdict::Refused(said),
        (Answer::Done(..), Err(said)) if OWN.iter().any(|own| said.contains(own)) => {
            let first = said.lines().next().unwrap_or_default();
            Verdict::Refused(first.split('"').step_by(2).collect::<Vec<_>>().join("…"))
        }
        (Answer::Done(..), Err(said)) => Verdict::Error(said),
        (Answer::Error(_), Err(said)) if said == common::PANICKED => Verdict::Error(said),
        (Answer::Error(_), Err(_)) => Verdict::Equal,
        // What is constant PostgreSQL computes before it looks whether a row asks for it.
        (Answer::Error(code), Ok((_, count)))
            if code.starts_with("22")
                && (count == Some(0)
                    || text.contains(" ON CONFLICT ")
                    || text.contains("MERGE ")) =>
        {
            Verdict::Open
        }
        (Answer::Error(code), Ok((rows, count))) => Verdict::Different(format!(
            "PostgreSQL: error {code}\nhere: {count:?}, {rows:?}"
        )),
        (Answer::Done(types, rows, count), Ok((given, counted))) => {
            if !same_rows(types, rows, &given, true) {
                return Verdict::Different(judged::difference(rows, &given));
            }
            match counted {
                // Definitions say nothing here.
                Some(counted) if counted != *count && !is_count_open(dialect, text) => {
                    Verdict::Different(format!("PostgreSQL: {count} rows\nhere: {counted}"))
                }
                _ => Verdict::Equal,
            }
        }
    }
}

impl Judge {
    /// With these databases; that of the last argument is PostgreSQL's that says what is right.
    pub(crate) fn open(
        targets: Vec<(Dialect, String)>,
        reference: &str,
        seed: u64,
    ) -> Result<Self, String> {
        let backends = targets.into_iter().map(|(dialect, target)| Backend {
            dialect,
            target,
            session: None,
        });
        let mut client = Client::connect(reference, NoTls).map_err(|error| error.to_string())?;
        let settings = "SET TIME ZONE 'UTC'; SET client_min_messages = error";
        let set = client.batch_execute(settings);
        set.map_err(|error| error.to_string())?;
        Ok(Self {
            backends: backends.collect(),
            client,
            seed,
        })
    }

    /// What PostgreSQL says of a program, on an empty database.
    fn expected(&mut self, piece: &Piece) -> Result<Expected, String> {
        let empty = "ROLLBACK; DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        let emptied = self.client.batch_execute(empty);
        emptied.map_err(|error| error.to_string())?;
        let steps = piece.items();
        let ask_step = |step: &Piece| ask(&mut self.client, &step.reference());
        let answers = steps.iter().map(ask_step).collect();
        let tables = Program::tables(steps).into_iter();
        let tables = tables.map(|table| {
            let rows = ask(&mut self.client, &format!("SELECT * FROM {table}"));
            (table, rows)
        });
        let tables = tables.collect();
        Ok(Expected { answers, tables })
    }

    /// Asks one program; gives each failure as it is shown.
    ///
    /// # Errors
    /// A server that answers nothing more.
    pub(crate) fn run(&mut self, run: u64, report: &mut Report) -> Result<Vec<String>, String> {
        let of = self.seed.wrapping_mul(1_000_003).wrapping_add(run);
        let mut rng = Rng::new(of.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let program = changes::program(&mut rng);
        let expected = self.expected(&program.piece)?;
        report.asked += 1;
        report.covered.extend(program.used.iter().cloned());
        for (step, answer) in program.piece.items().iter().zip(&expected.answers) {
            if let Answer::Error(code) = answer {
                let refused = report.refused.entry(code.clone());
                refused.or_insert((0, step.reference())).0 += 1;
            }
        }
        let mut failures = Vec::new();
        for at in 0..self.backends.len() {
            let backend = &mut self.backends[at];
            let name = backend.dialect.name();
            let (_, verdict) = backend.judge(program.piece.items(), &expected)?;
            let tally = report.tallies.entry(name).or_default();
            tally.count(&program.used, &verdict);
            if verdict.failed() {
                let shown = self.show(at, &program, &expected, &verdict)?;
                failures.push(format!("---- run {run} of seed {} on {shown}\n", self.seed));
            }
        }
        Ok(failures)
    }

    /// The failure in its smallest form.
    fn show(
        &mut self,
        at: usize,
        program: &Program,
        expected: &Expected,
        found: &Verdict,
    ) -> Result<String, String> {
        let mistakes = expected.mistakes().len();
        let mut ended = None;
        let mut holds = |piece: &Piece| -> Option<(usize, Verdict)> {
            let mut judge = || {
                let expected = self.expected(piece)?;
                let judged = self.backends[at].judge(piece.items(), &expected)?;
                Ok::<_, String>((expected.mistakes().len(), judged))
            };
            match judge() {
                Ok((count, judged)) => {
                    (count <= mistakes && judged.1.like(found)).then_some(judged)
                }
                Err(said) => {
                    ended = Some(said);
                    None
                }
            }
        };
        let small = program
            .piece
            .shrink(TRIES, &mut |piece| holds(piece).is_some());
        let (step, verdict) = holds(&small).unwrap_or_else(|| (0, found.clone()));
        if let Some(said) = ended {
            return Err(said);
        }
        let answer = small.items().get(step).map(Piece::reference);
        let asked = answer.filter(|asked| *asked != small.items()[step].rql());
        Ok(format!(
            "{}\n{};\n-- statement {} of {}{}\n{}",
            self.backends[at].dialect.name(),
            small.rql(),
            step + 1,
            small.items().len(),
            asked.map_or_else(String::new, |asked| format!(", asked as: {asked}")),
            match verdict {
                Verdict::Different(what) | Verdict::Error(what) => what,
                other => format!("{other:?}"),
            }
        ))
    }
}
