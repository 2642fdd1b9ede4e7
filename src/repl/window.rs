//! The way to a window on the whole screen and back: who makes windows is told by whoever makes the prompt.

use crate::live::locked;
use crate::store::Entry;
use crate::{Next, Repl};
use noctra_runtime::{Failure, Loaded, Session, holds_secret};
use rql_ast::{Assignment, ExprKind, StmtKind};
use std::sync::Arc;

/// Opens a window on a session, until the person leaves it.
pub type Window = fn(Room<'_>) -> Result<(), String>;

/// What a window works with.
pub struct Room<'r> {
    /// The session; it stays on its thread.
    pub session: &'r mut Session,
    /// What has run before, the oldest first.
    pub history: Vec<String>,
    /// Remembers what has run.
    pub keep: &'r mut dyn FnMut(Ran),
    /// What runs first; the window is left where the form that it opens is.
    pub begin: Option<String>,
}

impl std::fmt::Debug for Room<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A statement that has run in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// The statement.
    pub statement: String,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// How long it took.
    pub milliseconds: f64,
    /// What was wrong.
    pub error: Option<String>,
}

impl Repl {
    /// Opens the window, and comes back to the prompt when it is left.
    ///
    /// # Errors
    /// Where there is none, or the terminal does not do for one.
    pub fn window(&mut self) -> Result<(), String> {
        self.window_on(None)
    }

    /// True where a text opens a form on the screen: a terminal is there, and so is the form. What is wrong with it
    /// is said as of any statement.
    pub(crate) fn opens(&mut self, text: &str) -> bool {
        let addressed = std::env::var("TERM").is_ok_and(|term| !matches!(&*term, "" | "dumb"));
        let screen = addressed && self.asks && self.window.is_some();
        if screen && crate::designed(text).is_some() {
            return true;
        }
        let opened = screen.then(|| opened(text)).flatten();
        opened.is_some_and(|opened| opened.find(&mut self.session).is_ok())
    }

    /// The same for a statement that opens a form.
    pub(crate) fn window_on(&mut self, begin: Option<String>) -> Result<(), String> {
        let window = self.window.ok_or("this build has no window")?;
        let connection = self.place();
        let Self {
            session,
            entries,
            store,
            ..
        } = self;
        let history = locked(entries)
            .iter()
            .map(|e| e.statement.clone())
            .collect();
        let mut keep = |ran: Ran| {
            if holds_secret(&ran.statement) {
                return;
            }
            let entry = Entry {
                statement: ran.statement,
                began: ran.began,
                connection: connection.clone(),
                milliseconds: Some(ran.milliseconds),
                rows: None,
                error: ran.error,
            };
            if let Some(store) = store {
                // A history that cannot be kept is no reason to stop.
                let _ = store.add(&entry);
            }
            locked(entries).push(entry);
        };
        window(Room {
            session,
            history,
            keep: &mut keep,
            begin,
        })
    }
}

/// A form that a text opens on a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Its name, or its file, or its table.
    pub form: String,
    /// It is the form that a table has with nothing written.
    pub of_table: bool,
    /// The fields that have a value from the beginning.
    pub values: Vec<(String, String)>,
}

impl Opened {
    /// The form itself.
    ///
    /// # Errors
    /// Where there is none, or it is not sound.
    pub fn find(&self, session: &mut Session) -> Result<Arc<Loaded>, Failure> {
        match self.of_table {
            true => session.find_table_form(&self.form),
            false => session.find_form(&self.form),
        }
    }
}

/// The form that a text opens: one FORM EXECUTE that names no action, with values as they are written.
#[must_use]
pub fn opened(text: &str) -> Option<Opened> {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    let mut all = ast.statements.ids();
    let (Some(id), None, true) = (all.next(), all.next(), parse.is_ok()) else {
        return None;
    };
    let StmtKind::FormExecute(id) = ast[id].kind else {
        return None;
    };
    let execute = ast[id];
    let form = ast[execute.form];
    let form = match form.kind {
        ExprKind::String => ast.string(form.span).into_owned(),
        ExprKind::Column(name) => ast.dotted(name),
        _ => return None,
    };
    let value = |assignment: &Assignment| {
        let Assignment::Assign { target, value } = *assignment else {
            return None;
        };
        let text = match ast[value].kind {
            ExprKind::Null => String::new(),
            ExprKind::Bool(_) => ast.text(ast[value].span).to_lowercase(),
            ExprKind::Number => ast.text(ast[value].span).to_owned(),
            ExprKind::String => ast.string(ast[value].span).into_owned(),
            ExprKind::Typed { value, .. } => ast.string(value).into_owned(),
            ExprKind::Prefix { operand, .. } if ast[operand].kind == ExprKind::Number => {
                ast.text(ast[value].span).to_owned()
            }
            _ => return None,
        };
        Some((ast.text(ast[target].span).to_owned(), text))
    };
    let values = ast[execute.values]
        .iter()
        .map(value)
        .collect::<Option<_>>()?;
    let opened = Opened {
        form,
        of_table: execute.of_table,
        values,
    };
    execute.action.is_none().then_some(opened)
}

/// `.tui`
pub(crate) fn tui(repl: &mut Repl, _: &str) -> Result<Next, String> {
    repl.window()?;
    Ok(Next::Continue)
}
