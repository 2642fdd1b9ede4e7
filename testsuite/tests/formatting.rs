//! What the formatter promises, over the corpora.

use noctra_testsuite::{check_format, corpora};

#[test]
fn every_accepted_statement_survives_formatting() {
    let Some(corpora) = corpora() else {
        println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
        return;
    };
    let (mut checked, mut failed) = (0, Vec::new());
    for corpus in &corpora {
        for case in &corpus.cases {
            if !rql_grammar::parse(&case.sql).is_ok() {
                continue;
            }
            checked += 1;
            if let Err(what) = check_format(&case.sql) {
                failed.push(format!("{}: {}\n{what}\n", corpus.name, case.sql));
            }
        }
    }
    println!("{checked} statements formatted, {} failures", failed.len());
    for failure in failed.iter().take(if std::env::var_os("ALL").is_some() {
        100_000
    } else {
        20
    }) {
        println!("{failure}");
    }
    assert!(
        failed.is_empty(),
        "{} of {checked} do not survive",
        failed.len()
    );
}
