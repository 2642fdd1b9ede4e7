//! The prompt of Noctra.
//!
//! Knows: a session, a line editor, what `rql-ide` says of the line, a file of its own for the history. Must
//! never know: a dialect, a connection, how a value is drawn.
//!
//! Shape: [`Repl`] reads an input, a dot-command of the one table in `dot` or RQL (which most commands are
//! written as: `as_rql`, and `piped` for texts), asks what must be asked before it runs (`guard`), runs it in its
//! [`Session`], draws what was wrong ([`report`]), writes down how it went (`store`) and reads on, until `.exit`
//! or the end of input. While a line is being typed the line editor (`editor`) and the prompt share one
//! `live::Live`: the world that is completed in, which a thread fills.
#![deny(missing_docs)]

mod acts;
mod as_rql;
mod design;
mod dot;
mod editor;
mod favourites;
mod guard;
mod help;
mod history;
mod lines;
mod live;
mod menu;
mod pager;
mod piped;
mod place;
pub mod progress;
pub mod report;

mod search;
mod store;
mod theme;
mod window;

pub use design::designed;
pub use dot::{COMMANDS, DotCommand};
pub use help::KEYS;
pub use piped::{instead, is_typed, written};
pub use place::{is_last, place_name, surroundings};
pub use store::now;
pub use theme::{THEMES, Theme};
pub use window::{Opened, Ran, Room, Window, opened};

use editor::LineEditor;
use history::{Entries, Past};
use live::{Live, Wanted, locked};
use noctra_runtime::sinks::Format;
use noctra_runtime::{
    Failure, Origin, Output, Session, Setting, Source, Target, Transaction, holds_secret,
};
use pager::{Paged, Pager};
use rustyline::config::{BellStyle, Config};
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, EditMode};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use store::{Entry, Store};
use unicode_width::UnicodeWidthStr as _;

/// The prompt.
#[derive(Debug)]
pub struct Repl {
    session: Session,
    output: Output,
    store: Option<Store>,
    entries: Entries,
    live: Arc<Live>,
    pager: Pager,
    keys: EditMode,
    color: bool,
    asks: bool,
    window: Option<Window>,
    /// The line editor is to be made again, with other keys.
    rebind: bool,
    /// The last statement that ran.
    last: Option<String>,
    /// What the next line begins with.
    draft: Option<String>,
    /// The format before `.expand`.
    unexpanded: &'static Format,
    /// Where completion has looked around last.
    at: Option<Target>,
}

/// How a prompt behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The file that keeps what was typed.
    pub history: Option<PathBuf>,
    /// The line and the prompt are painted.
    pub color: bool,
    /// There is a person to ask.
    pub asks: bool,
    /// What opens on the whole screen.
    pub window: Option<Window>,
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

impl Repl {
    /// A prompt on a session.
    #[must_use]
    pub fn new(session: Session, mut output: Output, manner: Manner) -> Self {
        let Manner {
            history,
            color,
            asks,
            window,
        } = manner;
        // A history that cannot be kept is no reason not to work.
        let store = history.and_then(|path| Store::open(&path).ok());
        let past = store.as_ref().and_then(|store| store.recent().ok());
        let pager: Pager = Arc::new(Mutex::new(pager::command().filter(|_| output.screen)));
        let out = std::mem::replace(&mut output.data, Box::new(std::io::sink()));
        output.data = Box::new(Paged::new(out, Arc::clone(&pager)));
        let narration = std::mem::replace(&mut output.narration, Box::new(std::io::sink()));
        output.narration = Box::new(progress::Behind(narration));
        output.options.whole = ".last expanded";
        let chosen = |name: &str| store.as_ref().and_then(|store| store.choice(name));
        let live = Live::new();
        if let Some(theme) = chosen("theme").and_then(|name| Theme::named(&name)) {
            live.set_theme(theme);
        }
        let keys = match chosen("keys").as_deref() {
            Some("vi") => EditMode::Vi,
            _ => EditMode::Emacs,
        };
        let mut session = session;
        if asks {
            session.attend();
        }
        Self {
            unexpanded: output.format,
            session,
            output,
            store,
            entries: Arc::new(Mutex::new(past.unwrap_or_default())),
            live: Arc::new(live),
            pager,
            keys,
            color,
            asks,
            window,
            rebind: false,
            last: None,
            draft: None,
            at: None,
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
            self.look_around();
            self.follow();
            if std::mem::take(&mut self.rebind) {
                editor = self.editor().map_err(|error| error.to_string())?;
            }
            match self.line(&mut editor) {
                Ok(Some(input)) => {
                    if self.input(&input) == Next::Exit && self.may_leave() {
                        break;
                    }
                }
                Ok(None) => {}
                // Ctrl-C drops the input, Ctrl-D leaves.
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => {
                    if self.may_leave() {
                        break;
                    }
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }

    /// Gives a setting a value, as SET does.
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let setting = Setting::named(name).ok_or("there is no such setting")?;
        self.session.change(setting, value, Origin::Set)?;
        let settings = self.session.settings();
        settings.present(setting, &mut self.output);
        Ok(())
    }

    /// Follows what the settings say of the prompt itself, where they say something.
    fn follow(&mut self) {
        let settings = self.session.settings();
        if let Some(theme) = settings.theme.as_deref().and_then(Theme::named) {
            self.live.set_theme(theme);
        }
        let keys = settings.keys.as_deref().map(|keys| match keys {
            "vi" => EditMode::Vi,
            _ => EditMode::Emacs,
        });
        if let Some(keys) = keys.filter(|keys| *keys != self.keys) {
            (self.keys, self.rebind) = (keys, true);
        }
        if let Some(command) = settings.pager.clone() {
            *locked(&self.pager) = Some(command).filter(|command| !command.is_empty());
        }
    }

    fn editor(&self) -> rustyline::Result<LineEditor> {
        let past = Past {
            entries: Arc::clone(&self.entries),
            live: Arc::clone(&self.live),
        };
        editor::editor(&self.live, past, self.keys, self.color)
    }

    /// Reads a line; `None` where a key has asked for something else than to run it.
    fn line(&mut self, editor: &mut LineEditor) -> rustyline::Result<Option<String>> {
        let prompt = self.prompt();
        self.live.set_width(prompt.width());
        let draft = self.draft.take().unwrap_or_default();
        let draft = lines::with_margins(&draft, prompt.width());
        let read = editor.readline_with_initial(prompt.as_str(), (&draft, ""));
        *locked(&self.live.menu) = None;
        let wanted = self.live.take_wanted();
        let text = lines::without_margins(&read?);
        match wanted {
            None => return Ok(Some(text)),
            Some(Wanted::Drop) => {}
            Some(Wanted::Search) => {
                let found = search::search(&self.entries, &self.live, self.color)?;
                self.draft = Some(found.unwrap_or(text));
            }
            Some(Wanted::Edit) => {
                self.draft = Some(acts::edited(&text).unwrap_or_else(|message| {
                    self.say(&message);
                    text
                }));
            }
        }
        Ok(None)
    }

    /// Ends the session of somebody who has said so already.
    pub fn leave(&mut self) {
        if self.session.transaction() != Transaction::None {
            self.say("the open transaction is rolled back");
        }
    }

    /// An open transaction is not left without a word.
    fn may_leave(&mut self) -> bool {
        if self.session.transaction() == Transaction::None {
            return true;
        }
        let question = "a transaction is open, its changes would be lost. Leave? [y/N] ";
        if !self.confirmed(question) {
            self.say("COMMIT keeps the changes, ROLLBACK drops them");
            return false;
        }
        self.say("the open transaction is rolled back");
        true
    }

    /// Runs one input: a dot-command, or RQL.
    pub fn input(&mut self, input: &str) -> Next {
        let trimmed = input.trim();
        if trimmed.is_empty() {
            return Next::Continue;
        }
        if rql_ide::is_command(trimmed) {
            let entry = self.entry(trimmed);
            self.keep(entry);
            return dot::run(self, trimmed);
        }
        self.rql_of_person(trimmed);
        Next::Continue
    }

    /// Runs statements of the person; a form is filled in on the screen, where there is one.
    pub(crate) fn rql_of_person(&mut self, text: &str) {
        if self.opens(text) {
            if let Err(why) = self.window_on(Some(text.to_owned())) {
                self.say(&why);
            }
        } else {
            self.statement(text, &[]);
        }
    }

    /// Runs a statement of the person: what must be asked first is asked, and it is remembered. Parameters
    /// take the values that are given, in their order.
    fn statement(&mut self, text: &str, values: &[String]) {
        let mut entry = self.entry(text);
        self.last = Some(text.to_owned());
        let meant = self.is_meant(text);
        let bound = if meant { self.bind(text, values) } else { None };
        if let Some(bound) = bound {
            let start = Instant::now();
            self.output.counted = None;
            let done = self.run_source(Source::new(NAME, text));
            if let Err(error) = self.session.revive(&mut self.output) {
                let said = error.to_string();
                // The statement has failed for that, and told.
                if done.as_ref().err() != Some(&said) {
                    self.say(&said);
                }
            }
            entry.milliseconds = Some(start.elapsed().as_secs_f64() * 1_000.0);
            entry.rows = self.output.counted;
            entry.error = done.err();
            self.release(bound);
        } else {
            entry.error = Some("not run".to_owned());
        }
        self.keep(entry);
    }

    fn entry(&self, text: &str) -> Entry {
        Entry {
            statement: text.to_owned(),
            began: store::now(),
            connection: self.place(),
            ..Entry::default()
        }
    }

    /// Writes down what has run, unless it holds a secret.
    fn keep(&mut self, entry: Entry) {
        if holds_secret(&entry.statement) {
            return;
        }
        if let Some(store) = &self.store {
            // A history that cannot be kept is no reason to stop.
            let _ = store.add(&entry);
        }
        let mut entries = locked(&self.entries);
        match entries.last_mut() {
            Some(last) if last.statement == entry.statement => *last = entry,
            _ => entries.push(entry),
        }
    }

    /// Runs a text and reports what was wrong.
    fn rql(&mut self, name: &str, text: &str) {
        self.source(Source::new(name, text));
    }

    /// Runs a text of the prompt's own, which leaves `last` as it is; true where nothing was wrong.
    fn apart(&mut self, name: &str, text: &str) -> bool {
        let source = Arc::new(Source::new(name, text));
        self.session.rearm();
        progress::begin();
        let done = self.session.run_apart(&source, &mut self.output);
        progress::end();
        if let Err(failure) = &done {
            self.output.failure(failure, &source);
        }
        done.is_ok()
    }

    /// Runs a text of a file and reports what was wrong.
    fn source(&mut self, source: Source) {
        let _ = self.run_source(source);
    }

    /// The same; gives what was wrong in a line.
    fn run_source(&mut self, source: Source) -> Result<(), String> {
        let source = Arc::new(source);
        if self.output.options.width.is_some() {
            self.output.options.width = Some(editor::screen_width());
        }
        self.session.rearm();
        progress::begin();
        let done = self.session.run_source(&source, &mut self.output);
        progress::end();
        done.map_err(|failure| {
            self.output.failure(&failure, &source);
            match failure {
                Failure::Diagnostics(all) => {
                    all.first().map_or(String::new(), |d| d.message.clone())
                }
                Failure::Cancelled => "cancelled".to_owned(),
                _ => "failed".to_owned(),
            }
        })
    }

    /// Keeps what the person has chosen for the sessions that come.
    fn choose(&self, name: &str, value: &str) {
        if let Some(store) = &self.store {
            // It holds for this session in any case.
            let _ = store.choose(name, value);
        }
    }

    /// Says something to the person.
    fn say(&mut self, message: &str) {
        // There is nowhere else to say it.
        let _ = self.output.data.flush();
        let _ = writeln!(self.output.narration, "{message}");
    }

    /// Asks for a line; `None` where the person would rather not.
    fn ask(&mut self, question: &str) -> Option<String> {
        let _ = self.output.data.flush();
        let config = Config::builder().bell_style(BellStyle::None).build();
        let mut editor = DefaultEditor::with_config(config).ok()?;
        editor.readline(question).ok()
    }

    /// Asks a question that only yes answers.
    fn confirmed(&mut self, question: &str) -> bool {
        let answer = self.ask(question).unwrap_or_default();
        matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}
