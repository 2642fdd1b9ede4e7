//! The prompt of Noctra.
//!
//! Knows: a session, a line editor, the parser (to tell when a statement is complete). Must never
//! know: a database, a dialect, how a value is drawn.
//!
//! Shape: [`Repl`] reads an input, a dot-command of the one table in `dot` or RQL, runs it in its
//! [`Session`], draws what was wrong ([`report`]) and reads on, until `.exit` or the end of input.
#![deny(missing_docs)]

mod complete;
mod dot;
pub mod report;

pub use complete::is_complete;
pub use dot::{COMMANDS, DotCommand};

use noctra_runtime::{Output, Session, Source, Transaction};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// The prompt.
#[derive(Debug)]
pub struct Repl {
    session: Session,
    output: Output,
    history: Option<PathBuf>,
}

/// What to do after an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read another one.
    Continue,
    /// Leave.
    Exit,
}

/// How inputs are named in diagnostics.
const NAME: &str = "input";
/// Inputs kept in the history.
const HISTORY: usize = 10_000;

impl Repl {
    /// A prompt on a session; `history` is the file that keeps what was typed.
    #[must_use]
    pub fn new(session: Session, output: Output, history: Option<PathBuf>) -> Self {
        Self {
            session,
            output,
            history,
        }
    }

    /// Reads and runs until the end.
    ///
    /// # Errors
    /// Where the terminal cannot be used; a failed statement is no error here.
    pub fn run(&mut self) -> Result<(), String> {
        self.session.keep_results();
        let mut editor = self.editor().map_err(|error| error.to_string())?;
        loop {
            match editor.readline(&self.prompt()) {
                Ok(input) => {
                    if !input.trim().is_empty() && !holds_secret(&input) {
                        // A history that cannot be kept is no reason to stop.
                        let _ = editor.add_history_entry(input.trim());
                    }
                    if self.input(&input) == Next::Exit {
                        break;
                    }
                }
                // Ctrl-C drops the input, Ctrl-D leaves.
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => break,
                Err(error) => return Err(error.to_string()),
            }
        }
        if self.session.transaction() != Transaction::None {
            let _ = writeln!(self.output.narration, "the open transaction is rolled back");
        }
        if let Some(path) = &self.history {
            if let Some(directory) = path.parent() {
                let _ = std::fs::create_dir_all(directory);
            }
            let _ = editor.append_history(path);
        }
        Ok(())
    }

    /// Runs one input: a dot-command, or RQL.
    pub fn input(&mut self, input: &str) -> Next {
        let trimmed = input.trim();
        if complete::is_command(trimmed) {
            return dot::run(self, trimmed);
        }
        self.rql(NAME, input);
        Next::Continue
    }

    /// Runs a text and reports what was wrong.
    fn rql(&mut self, name: &str, text: &str) {
        self.source(Source::new(name, text));
    }

    /// Runs a text of a file and reports what was wrong.
    fn source(&mut self, source: Source) {
        let source = Arc::new(source);
        self.session.rearm();
        if let Err(failure) = self.session.run_source(&source, &mut self.output) {
            self.output.failure(&failure, &source);
        }
    }

    /// `noctra> `, with what the session is on and the state of its transaction.
    #[must_use]
    pub fn prompt(&self) -> String {
        let words: Vec<&str> = ["noctra"].into_iter().chain(self.session.state()).collect();
        let mark = match self.session.transaction() {
            Transaction::None => "",
            Transaction::Open => "*",
            Transaction::Failed => "!",
        };
        format!("{}{mark}> ", words.join(" "))
    }

    fn editor(&self) -> rustyline::Result<Editor<complete::Helper, FileHistory>> {
        let config = Config::builder()
            .max_history_size(HISTORY)?
            .history_ignore_space(true)
            .auto_add_history(false)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_helper(Some(complete::Helper));
        if let Some(path) = &self.history {
            // There is none the first time.
            let _ = editor.load_history(path);
        }
        Ok(editor)
    }
}

/// True where an input names a user's part of a URL, which may hold a password.
fn holds_secret(input: &str) -> bool {
    input
        .split("://")
        .skip(1)
        .any(|rest| rest.contains('@') || rest.contains("password"))
}

#[cfg(test)]
mod tests {
    use super::holds_secret;

    #[test]
    fn secrets_stay_out_of_the_history() {
        assert!(holds_secret("CONNECT 'postgres://ann:s3cret@host/db';"));
        assert!(holds_secret("CONNECT 'postgres://host/db?password=x';"));
        assert!(!holds_secret("SELECT 'ann@example.com';"));
    }
}
