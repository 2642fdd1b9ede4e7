//! A program in a real terminal, whose screen is read as a person sees it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

use expectrl::process::Process as _;
use expectrl::process::unix::UnixProcess;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long an answer may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Terminal {
    process: UnixProcess,
    input: File,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// All that the program has written.
    pub raw: Vec<u8>,
}

fn size(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a size")
}

impl Terminal {
    /// Starts `noctra` on a screen of 24 lines of 100 columns; `state` is where it keeps what it keeps.
    pub fn noctra(state: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::wide(100, state, arguments, environment)
    }

    /// The same, with so many columns.
    pub fn wide(
        columns: u16,
        state: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noctra"));
        command.args(arguments);
        command.env("XDG_STATE_HOME", state);
        for name in ["NO_COLOR", "EDITOR", "VISUAL"] {
            command.env_remove(name);
        }
        command.env("PAGER", "");
        command.envs(environment.iter().copied());
        Self::program(columns, command)
    }

    /// Any program.
    pub fn program(columns: u16, mut command: Command) -> Self {
        if command.get_envs().all(|(name, _)| name != "TERM") {
            command.env("TERM", "xterm-256color");
        }
        let mut process = UnixProcess::spawn_command(command).expect("a terminal");
        process.set_window_size(columns, 24).expect("a size");
        let input = process.get_raw_handle().expect("the terminal's other side");
        let mut output = process.get_raw_handle().expect("the terminal's other side");
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            process,
            input,
            output: receiver,
            parser: vt100::Parser::new(size(24), size(columns), 0),
            raw: Vec::new(),
        }
    }

    /// The number of the process.
    pub fn id(&self) -> i32 {
        self.process.pid().as_raw()
    }

    pub fn send(&mut self, keys: &str) {
        self.input
            .write_all(keys.as_bytes())
            .expect("the terminal takes input");
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(size(rows), size(columns));
        self.process.set_window_size(columns, rows).expect("a size");
    }

    /// The lines of the screen, without what is blank behind them.
    pub fn screen(&self) -> String {
        let text = self.parser.screen().contents();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Reads until the screen is as it should be.
    pub fn until(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !fits(&self.screen()) {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend_from_slice(&bytes);
                }
                Err(RecvTimeoutError::Disconnected) if fits(&self.screen()) => return,
                Err(_) => panic!("no {what} on:\n{}", self.screen()),
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no {what} on:\n{}",
                self.screen()
            );
        }
    }

    /// Reads until a text is on the screen.
    pub fn shows(&mut self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    /// Reads until the last line is this one.
    pub fn ends(&mut self, line: &str) {
        self.until(line, |screen| {
            screen.lines().last().unwrap_or("").trim_end() == line.trim_end()
        });
    }

    /// Types a line and reads until the prompt stands again under what it gave.
    pub fn run(&mut self, line: &str, prompt: &str) {
        self.ends(prompt);
        self.send(&format!("{line}\r"));
        let echo = line.lines().last().unwrap_or("").to_owned();
        self.until("the answer", |screen| {
            let last = screen.lines().last().unwrap_or("").trim_end();
            last == prompt.trim_end() && screen.contains(&echo)
        });
    }

    /// Reads until the program has ended; gives the screen.
    pub fn end(&mut self) -> String {
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.parser.process(&bytes);
            self.raw.extend_from_slice(&bytes);
        }
        self.screen()
    }

    /// For each line that has this character, the columns where it stands.
    pub fn columns_of(&self, wanted: char) -> Vec<Vec<u16>> {
        let screen = self.parser.screen();
        let (rows, columns) = screen.size();
        let lines = (0..rows.get()).map(|row| {
            let has = |column: &u16| {
                let cell = screen.cell(row, *column);
                cell.is_some_and(|cell| cell.contents().starts_with(wanted))
            };
            (0..columns.get()).filter(has).collect()
        });
        lines.filter(|found: &Vec<u16>| !found.is_empty()).collect()
    }

    /// The line of the cursor and its column.
    pub fn cursor(&self) -> (u16, u16) {
        self.parser.screen().cursor_position()
    }

    /// A cell's colour of the foreground, by its line and column.
    pub fn color(&self, row: u16, column: u16) -> vt100::Color {
        let cell = self.parser.screen().cell(row, column);
        cell.map_or(vt100::Color::Default, vt100::Cell::fgcolor)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.process.exit(true);
    }
}
