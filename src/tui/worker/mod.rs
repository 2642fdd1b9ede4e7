//! The thread that owns the session: it runs statements one after the other, and asks what must be asked
//! before one runs. What it has to say goes to the window as [`Told`].

mod design;
mod form;

pub use design::Design;

use crate::form::FormView;
use crate::grid::PREFETCH;
use noctra_records::{Act, Change, Committed, Editable, commit};
use noctra_repl::{Ran, Room, designed, opened, place_name, surroundings};
use noctra_runtime::sinks::{FORMATS, Options};
use noctra_runtime::{
    AskPassword, Confirm, Failure, Output, Session, Settings, Source, Store, Transaction,
    holds_secret, sweeps,
};
use rql::Type;
use rql_ast::{Ast, Body, Clause, ClauseKind, Join, RelationKind, StmtKind};
use rql_diagnostics::Diagnostic;
use rql_ide::World;
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// What the window asks for.
#[derive(Debug)]
pub enum Job {
    /// A statement, or some.
    Run(Run),
    /// What somebody does at the form that is open.
    Form(Run, Vec<Act>),
    /// Rows of a table are changed, all or none.
    Keep(Run, Vec<Change>),
    /// What the designer of forms asks for.
    Design(Run, Design),
}

/// A text to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Where it stands in the text of the window.
    pub offset: usize,
    /// It is the window's own: `last` stays, and so does the history.
    pub apart: bool,
    /// How wide drawings are.
    pub width: usize,
}

/// What the worker says.
#[derive(Debug)]
pub enum Told {
    /// Rows begin to come, and what of them can be edited; else why nothing can.
    Began(Store, Result<Editable, String>),
    /// Changes of rows were made, or not.
    Kept(Vec<Change>, Result<Committed, String>),
    /// Something must be answered first.
    Asked(Question, Sender<Option<String>>),
    /// The text has run.
    Done(Box<Done>),
    /// The form as it is now.
    Form(Box<FormView>),
    /// A form to be designed, and the file that it comes from.
    Design(Box<rql_forms::Form>, Option<PathBuf>),
    /// The form of the designer is in a file.
    Saved(PathBuf),
    /// Where the session stands now.
    Place(Place),
    /// What is known there.
    World(Arc<World>),
}

/// What must be answered before a text runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether all rows are meant: what is said of them, and the SQL that would run, where that is known.
    Sweep(String, Option<String>),
    /// The value of a parameter, by its name and type.
    Value(String, String),
    /// A password, for this.
    Password(String),
}

/// How a text went.
#[derive(Debug, Default)]
pub struct Done {
    /// What ran.
    pub run: Run,
    /// What is wrong, or should be known, and the text that it is said of where that is another one.
    pub wrong: Vec<(Diagnostic, Option<String>)>,
    /// It has not run to its end.
    pub failed: bool,
    /// It was not run, or was ended.
    pub cancelled: bool,
    /// What it wrote that is no rows.
    pub text: String,
    /// What was said in passing.
    pub remarks: String,
    /// How long it took.
    pub time: Duration,
}

/// Where a session stands.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The connection, as a person knows it.
    pub name: String,
    /// What makes the session special.
    pub state: String,
    /// `open` or `failed`, where there is a transaction.
    pub transaction: Option<&'static str>,
    /// The forms that are loaded, with what stands above them.
    pub forms: Vec<(String, String)>,
    /// Its settings, for the limits that they set.
    pub settings: Arc<Settings>,
}

/// Tells the window.
pub type Tell = Arc<dyn Fn(Told) + Send + Sync>;

/// More than so much text is not kept.
const MOST: usize = 1 << 20;

/// Bytes that are kept for the window.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Kept {
    fn take(&self) -> String {
        String::from_utf8_lossy(&self.0.take()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.borrow_mut();
        let room = MOST.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Works until the window has gone.
pub fn work(room: &mut Room<'_>, jobs: &Receiver<Job>, tell: &Tell) {
    room.session.keep_results();
    let asks = Arc::clone(tell);
    let ask: AskPassword = Arc::new(move |what| ask(Question::Password(what.to_owned()), &asks));
    let before = room.session.ask_with(Some(ask));
    room.session.rearm();
    look_around(room.session, tell);
    let mut form = None;
    while let Ok(job) = jobs.recv() {
        let mut done = Done::default();
        let began = noctra_repl::now();
        match job {
            Job::Design(run, what) => {
                design::design(room.session, &what, &mut form, &run, &mut done, tell);
                done.run = run;
            }
            Job::Run(run) if designed(&run.text).is_some() => {
                let what = Design::Open(designed(&run.text).unwrap_or_default());
                design::design(room.session, &what, &mut form, &run, &mut done, tell);
                done.run = run;
            }
            Job::Run(run) => {
                match opened(&run.text) {
                    Some(opened) => {
                        form::open(room.session, &opened, &mut form, &run, &mut done, tell)
                    }
                    None if is_meant(room.session, &run.text, tell) => {
                        run_bound(room.session, &run, &mut done, tell);
                    }
                    None => {
                        done.cancelled = true;
                        done.remarks = "not run".to_owned();
                    }
                }
                done.run = run;
            }
            Job::Form(run, acts) => {
                form::act(room.session, &acts, &mut form, &run, &mut done, tell);
                done.run = run;
            }
            Job::Keep(run, changes) => {
                let start = Instant::now();
                let kept = commit(room.session, &changes);
                done.time = start.elapsed();
                done.run = run;
                tell(Told::Kept(
                    changes,
                    kept.map_err(|(_, why)| why.to_string()),
                ));
            }
        }
        for remark in room.session.take_remarks() {
            done.remarks.push_str(&remark);
            done.remarks.push('\n');
        }
        if !done.run.apart && !holds_secret(&done.run.text) {
            keep(room, &done, began);
        }
        // A cancel that comes from now on is meant for what comes.
        room.session.rearm();
        tell(Told::Done(Box::new(done)));
        look_around(room.session, tell);
    }
    room.session.ask_with(before);
}

fn keep(room: &mut Room<'_>, done: &Done, began: i64) {
    let error = done.wrong.first().map(|(wrong, _)| wrong.message.clone());
    (room.keep)(Ran {
        statement: done.run.text.trim().to_owned(),
        began,
        milliseconds: done.time.as_secs_f64() * 1_000.0,
        error: error.filter(|_| done.failed),
    });
}

/// Says where the session stands, and what is known there.
fn look_around(session: &mut Session, tell: &Tell) {
    let transaction = match session.transaction() {
        Transaction::None => None,
        Transaction::Open => Some("open"),
        Transaction::Failed => Some("failed"),
    };
    let forms = session.forms().into_iter();
    let forms = forms.map(|form| {
        let title = form.title.clone().unwrap_or_default();
        (form.name.text.clone(), title)
    });
    let forms = forms.collect();
    tell(Told::Place(Place {
        forms,
        name: place_name(session).unwrap_or_else(|| "memory".to_owned()),
        state: session.state().join(" "),
        transaction,
        settings: Arc::new(session.settings().clone()),
    }));
    let definitions = session.definitions();
    // Without a catalog there is only less to complete.
    let mut catalog = session.catalog().cloned().unwrap_or_default();
    catalog.set_definitions(definitions);
    tell(Told::World(Arc::new(surroundings(session, catalog))));
}

/// Waits for an answer.
fn ask(question: Question, tell: &Tell) -> Option<String> {
    let (answer, answered) = channel();
    tell(Told::Asked(question, answer));
    answered.recv().ok().flatten()
}

/// True where nothing in a text changes all rows of a table, or that is what is meant.
fn is_meant(session: &mut Session, text: &str, tell: &Tell) -> bool {
    if session.confirm() == Confirm::Never {
        return true;
    }
    let ast = rql_grammar::parse(text).ast;
    sweeps(&ast).iter().all(|sweep| {
        let count = session.count_rows(sweep);
        sweep.told(count).is_none_or(|told| {
            let sql = session.sql_of(&ast, sweep);
            ask(Question::Sweep(told, sql), tell).is_some()
        })
    })
}

/// Asks for the values of a text's parameters, runs it, and takes the values away again.
fn run_bound(session: &mut Session, run: &Run, done: &mut Done, tell: &Tell) {
    let mut lent = Vec::new();
    for parameter in session.parameters(&run.text) {
        if session.has_value(&parameter.name) {
            continue;
        }
        let ty = match parameter.ty {
            Type::Unknown => String::new(),
            ty => ty.to_string(),
        };
        match ask(Question::Value(parameter.name.clone(), ty), tell) {
            Some(value) => lent.push(session.lend_text(&parameter.name, value)),
            None => {
                done.cancelled = true;
                break;
            }
        }
    }
    if !done.cancelled {
        execute(session, run, done, tell);
    }
    for one in lent.into_iter().rev() {
        session.take_back(one);
    }
}

fn execute(session: &mut Session, run: &Run, done: &mut Done, tell: &Tell) {
    let source = Arc::new(Source::new(NAME, run.text.as_str()));
    with_output(session, run, done, tell, |session, output| {
        match run.apart {
            true => session.run_apart(&source, output),
            false => session.run_source(&source, output),
        }
    });
}

/// Does something whose rows and remarks go to the window.
fn with_output(
    session: &mut Session,
    run: &Run,
    done: &mut Done,
    tell: &Tell,
    does: impl FnOnce(&mut Session, &mut Output) -> Result<(), Failure>,
) {
    let (data, remarks) = (Kept::default(), Kept::default());
    let wrong = Rc::new(RefCell::new(Vec::new()));
    let options = Options {
        width: Some(run.width),
        ..Options::default()
    };
    let mut output = Output::new(
        &FORMATS[0],
        options,
        Box::new(data.clone()),
        Box::new(remarks.clone()),
    );
    output.chatty = true;
    let found = Rc::clone(&wrong);
    output.draw = Box::new(move |all, source, _| {
        let other = (source.name != NAME).then(|| source.name.clone());
        let all = all.iter().map(|one| (one.clone(), other.clone()));
        found.borrow_mut().extend(all);
    });
    let show = Arc::clone(tell);
    let editable = editable(session, &run.text);
    output.show = Some(Box::new(move |store| {
        store.want(Some(PREFETCH));
        show(Told::Began(store, editable.clone()));
    }));
    let source = Arc::new(Source::new(NAME, run.text.as_str()));
    let start = Instant::now();
    let ended = does(session, &mut output);
    done.time = start.elapsed();
    if let Err(failure) = &ended {
        done.failed = true;
        done.cancelled = matches!(failure, Failure::Cancelled);
        output.failure(failure, &source);
    }
    if let Err(error) = session.revive(&mut output) {
        done.remarks = error.to_string();
    }
    drop(output);
    done.text = data.take();
    done.remarks.push_str(&remarks.take());
    done.wrong = wrong.take();
}

/// What of the rows of a text can be edited; where the text is wrong, running it says why.
fn editable(session: &mut Session, text: &str) -> Result<Editable, String> {
    match nests(text) {
        true => Editable::of(session, text).map_err(|why| why.to_string()),
        false => Err("these are not the rows of one query".to_owned()),
    }
}

/// How the window's text is called.
const NAME: &str = "input";

/// The tables whose rows a text joins, as it names them; none where it is more than one SELECT of such ones.
#[must_use]
pub fn tables(text: &str) -> Vec<String> {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    named(ast).unwrap_or_default()
}

fn named(ast: &Ast) -> Option<Vec<String>> {
    let mut all = ast.statements.ids();
    let (StmtKind::Query(id), None) = (ast[all.next()?].kind, all.next()) else {
        return None;
    };
    let Body::Select(select) = ast[id].body else {
        return None;
    };
    let from = |clause: &Clause| match clause.kind {
        ClauseKind::From(items) => Some(items),
        _ => None,
    };
    let mut names = Vec::new();
    for item in &ast[ast[ast[select].clauses].iter().find_map(from)?] {
        let joined = ast[item.joins].iter().map(|join| match *join {
            Join::Join { relation, .. } => Some(relation),
            Join::Template(_) => None,
        });
        for relation in std::iter::once(Some(item.relation)).chain(joined) {
            let RelationKind::Table { name, .. } = ast[relation?].kind else {
                return None;
            };
            names.push(ast.text(ast.name_span(name)).to_owned());
        }
    }
    Some(names)
}

/// True where a text is one query, which can stand inside of another: one that changes nothing.
#[must_use]
pub fn nests(text: &str) -> bool {
    let parse = rql_grammar::parse(text);
    let mut all = parse.ast.statements.ids().map(|id| parse.ast[id].kind);
    match (all.next(), all.next()) {
        (Some(kind @ StmtKind::Query(_)), None) => parse.ast.changes_in_with(kind).next().is_none(),
        _ => false,
    }
}
