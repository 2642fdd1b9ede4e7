//! Random keys on the kinds of terminals that there are: after each of them the terminal shows what the window has
//! drawn into its buffer.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

#[path = "../../tui/tests/desk/mod.rs"]
mod desk;
#[path = "common/terminal.rs"]
mod terminal;

use desk::{Desk, timeless};
use noctra_tui::Event;
use noctra_tui::key::{Input, Key};
use terminal::Terminal;

const TERMINALS: [&str; 6] = [
    "xterm-256color",
    "tmux-256color",
    "screen",
    "linux",
    "vt220",
    "xterm-mono",
];

/// What is pressed, and what terminals send for it.
const KEYS: &[(&str, &str)] = &[
    ("F1", "\x1bOP"),
    ("Ctrl+G", "\x07"),
    ("Tab", "\t"),
    ("Down", "\x1b[B"),
    ("Up", "\x1b[A"),
    ("Left", "\x1b[D"),
    ("Right", "\x1b[C"),
    ("PgUp", "\x1b[5~"),
    ("PgDn", "\x1b[6~"),
    ("Home", "\x1b[1~"),
    ("End", "\x1b[4~"),
    ("Insert", "\x1b[2~"),
    ("Delete", "\x1b[3~"),
    ("Backspace", "\x7f"),
    ("Enter", "\r"),
    ("Ctrl+P", "\x10"),
    ("Ctrl+U", "\x15"),
    ("F5", "\x1b[15~"),
    ("F6", "\x1b[17~"),
    ("F9", "\x1b[20~"),
    ("Alt+T", "\x1bt"),
    ("Alt+L", "\x1bl"),
    ("東", "東"),
    ("é", "é"),
    ("😀", "😀"),
    ("x", "x"),
    ("v", "v"),
    ("-", "-"),
    (">", ">"),
];

/// So many keys for each terminal; more with NOCTRA_KEYS.
fn count() -> usize {
    let wanted = std::env::var("NOCTRA_KEYS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// The same keys for a window in a terminal and for one without.
fn press_at_random(desk: &mut Desk, terminal: &mut Terminal, name: &str, seed: u64) {
    let mut draw = seed;
    let text = "SELECT id, name, '東京 ' || dept AS 部, salary FROM employees ORDER BY id;";
    same(desk, terminal, "the beginning");
    terminal.send(text);
    desk.types(text);
    same(desk, terminal, text);
    for turn in 0..count() {
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(draw >> 33).expect("a number") % KEYS.len();
        let (key, bytes) = KEYS[at];
        let pressed = Key::named(key).expect("a key");
        terminal.send(bytes);
        desk.update(Event::Input(Input::Key(pressed)));
        if desk.left {
            // Who steps to the other button leaves.
            let screen = terminal.end();
            assert!(
                !screen.contains("RESULT") && !screen.contains("COMMAND"),
                "{screen}"
            );
            break;
        }
        same(desk, terminal, &format!("{name}, key {turn}: {key}"));
    }
}

fn same(desk: &mut Desk, terminal: &mut Terminal, after: &str) {
    desk.settle();
    let wanted = desk.screen();
    terminal.until(&format!("the same after {after} as\n{wanted}"), |screen| {
        timeless(screen).trim_end() == wanted.trim_end()
    });
}

#[test]
fn a_terminal_shows_what_was_drawn() {
    for (seed, name) in (1_u64..).zip(TERMINALS) {
        let state = tempfile::tempdir().expect("a folder");
        let environment = [("TERM", name), ("LC_ALL", "C.UTF-8")];
        let mut terminal = Terminal::wide(80, state.path(), &["--tui", "--demo"], &environment);
        let mut desk = Desk::new(80, 24);
        press_at_random(&mut desk, &mut terminal, name, seed);
    }
}

/// tmux knows what a VT220 does, and shows it to a terminal that knows less.
#[test]
fn a_vt220_shows_what_was_drawn() {
    let state = tempfile::tempdir().expect("a folder");
    let place = |name: &str| state.path().join(name).display().to_string();
    let settings = "set -g status off\nset -g escape-time 0\nset -g default-shell /bin/sh\n";
    std::fs::write(place("tmux.conf"), settings).expect("the settings");
    let program = format!(
        "exec env TERM=vt220 {} --tui --demo",
        env!("CARGO_BIN_EXE_noctra")
    );
    let mut command = std::process::Command::new("tmux");
    command.args(["-u", "-f", &place("tmux.conf"), "-S", &place("socket")]);
    command.args(["new-session", &program]);
    command.env_remove("TMUX").env("LC_ALL", "C.UTF-8");
    command.env("XDG_STATE_HOME", state.path());
    let there = std::process::Command::new("tmux").arg("-V").output();
    if there.is_err() {
        return println!("NOT RUN: there is no tmux");
    }
    let mut terminal = Terminal::program(80, command);
    let mut desk = Desk::new(80, 24);
    press_at_random(&mut desk, &mut terminal, "vt220 in tmux", 7);
    let _ = std::process::Command::new("tmux")
        .args(["-S", &place("socket"), "kill-server"])
        .output();
}
