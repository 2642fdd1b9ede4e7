//! Running the real binaries.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use noctra_test_servers::Postgres;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a program has done.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

pub fn noctra(args: &[&str], input: &str) -> Ran {
    run(env!("CARGO_BIN_EXE_noctra"), args, input)
}

pub fn rqlc(args: &[&str], input: &str) -> Ran {
    run(env!("CARGO_BIN_EXE_rqlc"), args, input)
}

/// Runs a text in a database; rows come as CSV.
pub fn csv(database: &str, text: &str) -> Ran {
    noctra(&["--db", database, "--format", "csv"], text)
}

/// A PostgreSQL with the tables of the demo; says NOT RUN where there is none.
pub fn demo_server() -> Option<Postgres> {
    let server = Postgres::start()
        .map_err(|reason| println!("NOT RUN: {reason}"))
        .ok()?;
    let target = noctra_runtime::Target::parse(&server.url()).expect("a target");
    let mut database = noctra_runtime::connect(&target).expect("a connection");
    let demo = database.batch(&noctra_runtime::demo_script());
    demo.expect("the demo database on PostgreSQL");
    Some(server)
}

fn run(program: &str, args: &[&str], input: &str) -> Ran {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that does not read its input closes the pipe.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The folder of the corpora: `NOCTRA_CORPORA`, by default beside the workspace.
pub fn corpora() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");
    let folder = std::env::var_os("NOCTRA_CORPORA").map_or_else(|| default.into(), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        let parent = path.parent().expect("a parent");
        std::fs::create_dir_all(parent).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}
