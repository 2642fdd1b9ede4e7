//! The terminal is given back: for a while by Ctrl+Z, and for good by a panic.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on, and one that must not"
)]

#[path = "common/terminal.rs"]
mod terminal;

use noctra_repl::Room;
use noctra_runtime::{Session, Target};
use std::process::Command;
use terminal::Terminal;

#[test]
fn ctrl_z_goes_back_to_the_shell_and_fg_comes_back() {
    let state = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    command.env("PS1", "shell> ").env_remove("PROMPT_COMMAND");
    command
        .env("XDG_STATE_HOME", state.path())
        .env("LC_ALL", "C.UTF-8");
    command.env("HISTFILE", state.path().join("history"));
    let mut terminal = Terminal::program(80, command);
    terminal.ends("shell>");
    let program = env!("CARGO_BIN_EXE_noctra");
    terminal.send(&format!("stty -echo; {program} --tui --demo\r"));
    terminal.shows("( COMMAND )");
    terminal.send("SELECT 'what was typed' AS t;");
    terminal.shows("what was typed");
    // Twice: what comes back hears the key as before.
    for _ in 0..2 {
        terminal.send("\x1a");
        terminal.until("the shell", |screen| {
            screen.contains("Stopped") && screen.ends_with("shell>") && !screen.contains("COMMAND")
        });
        terminal.send("fg\r");
        terminal.until("the window as it was", |screen| {
            screen.contains("( COMMAND )")
                && screen.contains("SELECT 'what was typed' AS t;")
                && screen.contains("F5:Execute")
        });
    }
    terminal.send("\x1b[15~");
    terminal.shows("row 1 of 1");
    terminal.send("\x1b[4~l");
    terminal.until("the shell", |screen| screen.ends_with("shell>"));
    // Nothing is left of it.
    terminal.send("jobs; echo 'no ''jobs'\r");
    terminal.until("no jobs", |screen| {
        screen.contains("no jobs") && !screen.contains("Running")
    });
}

/// This test again in a terminal, where it panics.
fn panicking(place: &str) -> Terminal {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args([
        "--exact",
        "a_panic_is_told_on_a_whole_terminal",
        "--nocapture",
    ]);
    command.env(PLACE, place).env("RUST_BACKTRACE", "0");
    Terminal::program(80, command)
}

const PLACE: &str = "NOCTRA_TEST_PANICS";

#[test]
fn a_panic_is_told_on_a_whole_terminal() {
    match std::env::var(PLACE).as_deref() {
        Ok("window") => return panic_in_the_window(),
        Ok("worker") => return panic_beside_the_window(),
        _ => {}
    }
    for place in ["window", "worker"] {
        let mut terminal = panicking(place);
        if place == "worker" {
            terminal.shows("All commands");
            terminal.send("SELECT 1;\x1b[15~");
        }
        let screen = terminal.end();
        assert!(screen.contains("on purpose"), "{place}: {screen}");
        assert!(!screen.contains("drawn"), "{place}: {screen}");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        let [back, told] = ["\x1b[?1049l", "on purpose"].map(|text| raw.rfind(text));
        assert!(back.is_some() && back < told, "{place}: {raw:?}");
        assert!(raw.contains("\x1b[?2004l"), "{place}: {raw:?}");
    }
}

fn panic_in_the_window() {
    let (pipe, waker) = noctra_tui::wake::wake_pipe().expect("a pipe");
    let screen = noctra_tui::Screen::open(pipe, waker).expect("a terminal");
    let mut terminal = ratatui::Terminal::new(screen).expect("a terminal");
    let drawn = terminal.draw(|frame| {
        frame
            .buffer_mut()
            .set_string(0, 0, "drawn", ratatui::style::Style::new());
    });
    drawn.expect("it is drawn");
    panic!("on purpose");
}

fn panic_beside_the_window() {
    let mut session = Session::open(Target::Demo).expect("a session");
    session.attend();
    let opened = noctra_tui::open(Room {
        session: &mut session,
        history: Vec::new(),
        keep: &mut |_| panic!("on purpose"),
        begin: None,
    });
    assert_eq!(opened, Ok(()));
}
