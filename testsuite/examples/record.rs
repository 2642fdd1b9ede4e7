//! Asks a real PostgreSQL what the conformance cases expect, and writes it into their files:
//!
//! ```text
//! cargo run -p noctra-testsuite --example record [FILE…]
//! ```
//!
//! A new case needs its head and its text alone. Each file starts on an empty database.

#[path = "../tests/common/mod.rs"]
mod common;

use noctra_test_servers::Postgres;
use noctra_testsuite::conformance::parse;
use postgres::{Client, NoTls};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Postgres::start()?;
    let mut files: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.sort();
    for (at, file) in files.iter().enumerate() {
        let mut cases = parse(&fs::read_to_string(file)?)?;
        let database = format!("recorded_{at}");
        Client::connect(&server.url(), NoTls)?
            .batch_execute(&format!("CREATE DATABASE {database} TEMPLATE template0"))?;
        let url = server.url().replace("/postgres", &format!("/{database}"));
        let mut client = Client::connect(&url, NoTls)?;
        client.batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = error")?;
        for case in &mut cases {
            case.answer = common::ask(&mut client, case.asked(), case.query);
        }
        let text: String = cases.iter().map(ToString::to_string).collect();
        fs::write(file, format!("{}\n", text.trim_end()))?;
        println!("{}: {} cases", file.display(), cases.len());
    }
    Ok(())
}
