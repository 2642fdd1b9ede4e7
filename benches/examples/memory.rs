//! Peak memory of reading the megabyte of generated statements in one piece:
//! `cargo run --release -p noctra-benches --example memory -- rql|sqlparser|none`.
#![allow(missing_docs)]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let which = std::env::args().nth(1).unwrap_or_default();
    let Some(dir) = noctra_testsuite::corpora_dir() else {
        println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
        return Ok(());
    };
    let text = std::fs::read_to_string(dir.join("gen1mb.sql"))?;
    let nodes = match which.as_str() {
        "rql" => rql_grammar::parse(&text).ast.pools().len(),
        "sqlparser" => {
            let dialect = sqlparser::dialect::GenericDialect {};
            sqlparser::parser::Parser::parse_sql(&dialect, &text)?.len()
        }
        _ => 0,
    };
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("");
    println!("{which}: {nodes} nodes, {peak}");
    Ok(())
}
