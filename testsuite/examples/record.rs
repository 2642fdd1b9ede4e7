//! Asks a real PostgreSQL what the conformance cases expect, and writes it into their files:
//!
//! ```text
//! cargo run -p noctra-testsuite --example record [FILE…]
//! ```
//!
//! A new case needs its head and its text alone. Each file starts on an empty database.

use noctra_test_servers::Postgres;
use noctra_testsuite::conformance::{Answer, Case, csv_line, parse};
use postgres::types::{Kind, Type};
use postgres::{Client, NoTls, SimpleQueryMessage};
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
            case.answer = ask(&mut client, case);
        }
        let text: String = cases.iter().map(ToString::to_string).collect();
        fs::write(file, format!("{}\n", text.trim_end()))?;
        println!("{}: {} cases", file.display(), cases.len());
    }
    Ok(())
}

fn ask(client: &mut Client, case: &Case) -> Answer {
    let refused = |error: &postgres::Error| {
        Answer::Error(
            error
                .code()
                .map_or_else(|| "?".to_owned(), |code| code.code().to_owned()),
        )
    };
    let messages = match client.simple_query(case.asked()) {
        Ok(messages) => messages,
        Err(error) => return refused(&error),
    };
    if !case.query {
        return Answer::Done;
    }
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(csv_line((0..row.len()).map(|at| row.get(at)))),
        _ => None,
    });
    let rows = rows.collect();
    match client.prepare(case.asked()) {
        Ok(prepared) => {
            let types = prepared.columns().iter();
            Answer::Rows(types.map(|column| name(column.type_())).collect(), rows)
        }
        Err(error) => refused(&error),
    }
}

/// A type's name in RQL.
fn name(ty: &Type) -> String {
    if let Kind::Array(element) = ty.kind() {
        return format!("{}[]", name(element));
    }
    match ty.name() {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "bool" => "boolean",
        "bpchar" => "char",
        other => other,
    }
    .to_owned()
}
