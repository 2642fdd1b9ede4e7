//! The book: what its pages show is what comes.
//!
//! A block of `sql` runs on the demo database, with those before it on the page; `sql,parsed` is only read (by the
//! testsuite). A block of `console` is what a person types and sees: `$ command` in a shell, and behind the prompt
//! of a `noctra` that such a command has started, statements. What came back stands below each.
//! `UPDATE_TRANSCRIPTS=1` writes the pages anew, to be read before they are kept.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod common;
#[path = "common/prompt.rs"]
mod prompt;

use noctra_repl::COMMANDS;
use noctra_test_servers::{MariaDb, Postgres};
use prompt::{Prompt, after_prompt, continued, without_time};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What a page says that its servers are.
const POSTGRES: &str = "postgres://localhost/shop";
const MARIADB: &str = "mariadb://ann@localhost/shop";

/// Where a page's prompt keeps its history: in the page's folder.
fn history() -> Option<PathBuf> {
    Some(".history.sqlite".into())
}

fn docs() -> PathBuf {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    docs.canonicalize().expect("the book")
}

/// The pages that people have written, and the first thing that people read.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![docs().join("../README.md")];
    for folder in ["", "how-to", "from"] {
        let all = fs::read_dir(docs().join(folder)).expect("a folder");
        let all = all.map(|entry| entry.expect("an entry").path());
        pages.extend(all.filter(|page| page.extension().is_some_and(|e| e == "md")));
    }
    pages.sort();
    pages
}

/// A fenced block: what stands behind the fence, and the lines of the page that it has.
struct Block {
    info: String,
    lines: std::ops::Range<usize>,
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(info) = lines[at].strip_prefix("```") {
            let from = at + 1;
            let length = lines[from..].iter().position(|line| *line == "```");
            let to = from + length.expect("an open block ends");
            blocks.push(Block {
                info: info.to_owned(),
                lines: from..to,
            });
            at = to;
        }
        at += 1;
    }
    blocks
}

#[test]
fn every_statement_of_the_book_runs_on_the_demo_database() {
    let mut wrong = String::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let lines: Vec<&str> = text.lines().collect();
        // The page without what is no statement, so that an error names the line of the page.
        let mut script = vec![""; lines.len()];
        for block in blocks(&lines).iter().filter(|block| block.info == "sql") {
            script[block.lines.clone()].copy_from_slice(&lines[block.lines.clone()]);
        }
        let name = page.with_extension("rql");
        let name = name.file_name().expect("a name").to_string_lossy();
        let folder = common::folder(&[(&name, &script.join("\n"))]);
        let mut noctra = Command::new(env!("CARGO_BIN_EXE_noctra"));
        noctra
            .args(["--demo", "--on-error", "continue", &name])
            .current_dir(folder.path());
        let ran = noctra.output().expect("it runs");
        if !ran.status.success() {
            wrong += &format!(
                "{}:\n{}",
                page.display(),
                String::from_utf8_lossy(&ran.stderr)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The servers that pages speak of, where they can be started.
struct Servers {
    postgres: Option<Postgres>,
    mariadb: Option<MariaDb>,
    duckdb: bool,
}

impl Servers {
    /// A command with the servers' real places; `None` where there is no such server.
    fn placed(&self, command: &str) -> Option<String> {
        let mut command = command.to_owned();
        if command.contains(POSTGRES) {
            command = command.replace(POSTGRES, &self.postgres.as_ref()?.url());
        }
        if command.contains(MARIADB) {
            command = command.replace(MARIADB, &self.mariadb.as_ref()?.url());
        }
        let needs_duckdb = ["duckdb:", ".parquet", "noctra sales.csv"];
        let needed = needs_duckdb.iter().any(|name| command.contains(name));
        (self.duckdb || !needed).then_some(command)
    }

    fn start() -> Self {
        Self {
            postgres: common::demo_server(),
            mariadb: MariaDb::start()
                .map_err(|why| println!("NOT RUN: {why}"))
                .ok(),
            duckdb: noctra_runtime::connect(&noctra_runtime::Target::DuckdbMemory).is_ok(),
        }
    }
}

/// The working directory is the program's own: one test at a time.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a shell gives for a command, in a folder.
fn shell(command: &str, folder: &Path) -> String {
    let (text, _) = ran(command, folder);
    text.lines().map(|line| without_time(line) + "\n").collect()
}

/// What it says on both its outputs, and whether it ends well.
fn ran(command: &str, folder: &Path) -> (String, bool) {
    let programs = Path::new(env!("CARGO_BIN_EXE_noctra"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let mut sh = Command::new("sh");
    sh.args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder);
    sh.env("PATH", format!("{}:{path}", programs.display()));
    let home = std::env::var("HOME").unwrap_or_default();
    let data = std::env::var("XDG_DATA_HOME").unwrap_or(format!("{home}/.local/share"));
    sh.env("XDG_DATA_HOME", data);
    sh.env("HOME", folder)
        .env("XDG_STATE_HOME", folder)
        .env("TERM", "dumb");
    sh.env_remove("NOCTRA_DB").stdin(Stdio::null());
    let ran = sh.output().expect("a shell");
    let text = String::from_utf8(ran.stdout).expect("a text");
    (text, ran.status.success())
}

/// A block as it comes; `None` where it cannot be run here.
fn played(
    lines: &[&str],
    folder: &Path,
    prompt: &mut Option<Prompt>,
    servers: &Servers,
) -> Option<String> {
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        if let Some(command) = line.strip_prefix("$ ") {
            let mut whole = command.to_owned();
            let mut shown = format!("{line}\n");
            while is_open(&whole) {
                whole = format!("{whole}\n{}", lines[at].trim_start_matches("> "));
                shown += &format!("{}\n", lines[at]);
                at += 1;
            }
            out += &shown;
            if lines
                .get(at)
                .is_some_and(|next| after_prompt(next).is_some())
            {
                *prompt = Some(Prompt::open(command, history()));
            } else {
                let placed = servers.placed(&whole)?;
                out += &shell(&placed, folder);
            }
        } else if let Some(input) = after_prompt(line) {
            let mut input = input.to_owned();
            while let Some(more) = lines.get(at).and_then(|line| continued(line)) {
                input = format!("{input}\n{more}");
                at += 1;
            }
            let running = prompt.as_mut().expect("a command has started a prompt");
            let (text, left) = running.run(&input);
            out += &text;
            if left {
                *prompt = None;
            }
        }
    }
    Some(out)
}

/// True where a shell reads on: behind a backslash, in quotes, in what stands up to END.
fn is_open(command: &str) -> bool {
    if command.contains("<<'END'") {
        return !command.ends_with("\nEND");
    }
    let open = |quote| command.matches(quote).count() % 2 == 1;
    command.ends_with('\\') || open('"') || (!command.contains('"') && open('\''))
}

#[test]
fn every_session_of_the_book_goes_as_it_is_shown() {
    let servers = Servers::start();
    let _alone = alone();
    let mut wrong = String::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let lines: Vec<&str> = text.lines().collect();
        let folder = common::folder(&[]);
        // What a prompt writes stands beside what a shell does.
        std::env::set_current_dir(folder.path()).expect("the folder");
        let mut prompt = None;
        let mut anew = String::new();
        let mut done = 0;
        for block in blocks(&lines)
            .iter()
            .filter(|block| block.info == "console")
        {
            let shown = &lines[block.lines.clone()];
            let Some(came) = played(shown, folder.path(), &mut prompt, &servers) else {
                println!("NOT RUN: {}:{}", page.display(), block.lines.start);
                continue;
            };
            let came: Vec<&str> = came.lines().map(str::trim_end).collect();
            if came != shown {
                let (line, name) = (block.lines.start + 1, page.display());
                wrong += &format!(
                    "{name}:{line}: shown\n{}\ncame\n{}\n",
                    shown.join("\n"),
                    came.join("\n")
                );
            }
            for line in lines[done..block.lines.start].iter().chain(&came) {
                anew += line;
                anew += "\n";
            }
            done = block.lines.end;
        }
        // The pictures that stand on the page are those that its sessions have drawn.
        for name in text.split("](").filter_map(|rest| rest.split(')').next()) {
            let (drawn, kept) = (folder.path().join(name), page.with_file_name(name));
            if !name.ends_with(".svg") || !drawn.is_file() {
                continue;
            }
            let now = fs::read_to_string(&drawn).expect("a picture");
            if fs::read_to_string(&kept).ok().as_ref() != Some(&now) {
                wrong += &format!("{} is another picture\n", kept.display());
                if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
                    fs::write(&kept, now).expect("it can be written");
                }
            }
        }
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            anew += &lines[done..]
                .iter()
                .map(|line| format!("{line}\n"))
                .collect::<String>();
            if anew != text {
                fs::write(&page, anew).expect("it can be written");
            }
        }
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_none() {
        let how = "UPDATE_TRANSCRIPTS=1 cargo test -p noctra --test book writes the pages anew";
        assert!(wrong.is_empty(), "{wrong}\n{how}");
    }
}

/// What stands between back quotes in a cell.
fn codes(cell: &str) -> Vec<String> {
    let cell = cell.replace("\\|", "|");
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

#[test]
fn whoever_comes_from_another_shell_can_type_what_the_table_says() {
    let servers = Servers::start();
    let _alone = alone();
    let mut seen = 0;
    for page in pages()
        .iter()
        .filter(|page| page.parent().is_some_and(|p| p.ends_with("from")))
    {
        let text = fs::read_to_string(page).expect("a page");
        let folder = common::folder(&[
            ("report.sql", "SELECT 1;"),
            ("sales.csv", "day,amount\n2024-01-01,3\n"),
            ("old.db", ""),
        ]);
        std::env::set_current_dir(folder.path()).expect("the folder");
        let mut prompt = Prompt::open("noctra --demo", history());
        for row in text.lines().filter(|line| line.starts_with("| ")) {
            let cell = row
                .trim_end_matches(" |")
                .rsplit(" | ")
                .next()
                .expect("a cell");
            for typed in codes(cell).iter().filter(|typed| !typed.starts_with("{{")) {
                seen += 1;
                let at = format!("{}: {typed}", page.display());
                if typed.starts_with("noctra ") {
                    let Some(command) = servers.placed(typed) else {
                        println!("NOT RUN: {at}");
                        continue;
                    };
                    let (said, well) = ran(&command, folder.path());
                    assert!(well, "{at}\n{said}");
                    continue;
                }
                // What waits for a person is known, and not run.
                let word = typed.split_whitespace().next().unwrap_or_default();
                let known = COMMANDS.iter().find(|known| known.command.is(word));
                if known.is_some_and(|known| ["watch", "edit"].contains(&known.command.name)) {
                    continue;
                }
                let (said, _) = prompt.run(typed);
                let wrong = ["[RQL", "there is no", "cannot"];
                assert!(
                    wrong.iter().all(|wrong| !said.contains(wrong)),
                    "{at}\n{said}"
                );
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
