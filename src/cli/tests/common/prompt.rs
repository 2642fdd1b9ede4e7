//! A prompt without a terminal, as pages and transcripts show it: what is typed behind its sign, and what comes.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

use noctra_repl::report::{self, Style};
use noctra_repl::{Manner, Next, Repl};
use noctra_runtime::sinks::{FORMATS, Options};
use noctra_runtime::{Output, Session, Target};
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;

/// A screen that data and remarks go to.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A prompt of 80 columns.
pub struct Prompt {
    repl: Repl,
    screen: Screen,
}

impl Prompt {
    /// The one that a command of a shell starts; `history` is where it keeps what it keeps.
    pub fn open(command: &str, history: Option<PathBuf>) -> Self {
        let target = match command.strip_prefix("noctra").map(str::trim) {
            Some("") => Target::SqliteMemory,
            Some("--demo") => Target::Demo,
            Some(place) => Target::parse(place).expect("a place"),
            None => panic!("{command} starts no prompt"),
        };
        let screen = Screen::default();
        let options = Options {
            width: Some(80),
            ..Options::default()
        };
        let (data, remarks) = (Box::new(screen.clone()), Box::new(screen.clone()));
        let mut output = Output::new(&FORMATS[0], options, data, remarks);
        output.timing = true;
        output.chatty = true;
        output.draw = report::draw(Style::default());
        let mut session = Session::open(target).expect("a session");
        session.keep_results();
        let manner = Manner {
            history,
            ..Manner::default()
        };
        let repl = Repl::new(session, output, manner);
        Self { repl, screen }
    }

    /// The input behind its prompt with what came, and whether the prompt was left.
    pub fn run(&mut self, input: &str) -> (String, bool) {
        let prompt = self.repl.prompt();
        let more = format!("\n{:>width$}", "...> ", width = prompt.chars().count());
        let mut text = format!("{prompt}{}\n", input.replace('\n', &more));
        let next = self.repl.input(input);
        let came = String::from_utf8(std::mem::take(&mut *self.screen.0.borrow_mut()));
        for line in came.expect("a text").lines() {
            text += &without_time(line);
            text += "\n";
        }
        (text, next == Next::Exit)
    }
}

/// `(2 rows, 1.5 ms)` with a time that is always the same.
pub fn without_time(line: &str) -> String {
    let inner = line
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(" ms)"));
    match inner.and_then(|inner| inner.rsplit_once(", ")) {
        Some((rows, time)) if time.parse::<f64>().is_ok() => format!("({rows}, 0.4 ms)"),
        _ => line.to_owned(),
    }
}

/// What stands behind a prompt.
pub fn after_prompt(line: &str) -> Option<&str> {
    let (prompt, input) = line
        .split_once("> ")
        .or_else(|| Some((line.strip_suffix('>')?, "")))?;
    let words = prompt.strip_prefix("noctra")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || " *!-._".contains(c);
    words.chars().all(plain).then_some(input)
}

/// What stands behind the sign of a continued line.
pub fn continued(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("...>")?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}
