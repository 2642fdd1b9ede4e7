//! Lexing and parsing beside sqlparser (generic dialect) and, with `--features libpg_query`, beside
//! PostgreSQL's own parser, which only has its raw parse to do.
//!
//! Every peer reads the same statements: those that all of them accept.
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use std::hint::black_box;

/// The raw parse without what libpg_query makes of it: splitting needs the parse and little else.
#[cfg(feature = "libpg_query")]
fn postgresql_reads(statement: &str) -> bool {
    pg_query::split_with_parser(statement).is_ok()
}

#[cfg(not(feature = "libpg_query"))]
fn postgresql_reads(_: &str) -> bool {
    true
}

fn parse(c: &mut Criterion) {
    let texts = noctra_benches::texts();
    if texts.is_empty() {
        println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    }
    for text in texts {
        // Only what every peer reads is timed.
        let dialect = GenericDialect {};
        let statements: Vec<&str> = text
            .statements
            .iter()
            .map(String::as_str)
            .filter(|s| rql_grammar::parse(s).is_ok() && Parser::parse_sql(&dialect, s).is_ok())
            .filter(|s| postgresql_reads(s))
            .collect();
        let mut group = c.benchmark_group(text.name);
        group.sample_size(20);
        group.throughput(Throughput::Bytes(
            statements.iter().map(|s| s.len() as u64).sum(),
        ));
        group.bench_function("rql lex", |b| {
            b.iter(|| {
                for s in &statements {
                    black_box(rql_lexer::lex(s));
                }
            });
        });
        group.bench_function("rql parse", |b| {
            b.iter(|| {
                for s in &statements {
                    black_box(rql_grammar::parse(s));
                }
            });
        });
        group.bench_function("sqlparser parse", |b| {
            b.iter(|| {
                for s in &statements {
                    let _ = black_box(Parser::parse_sql(&dialect, s));
                }
            });
        });
        #[cfg(feature = "libpg_query")]
        group.bench_function("libpg_query raw parse", |b| {
            b.iter(|| {
                for s in &statements {
                    let _ = black_box(pg_query::split_with_parser(s));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
