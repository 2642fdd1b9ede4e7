//! How much of real SQL is accepted, per corpus.

use noctra_testsuite::corpora;
use rql_ast::StmtKind;
use std::fmt::Write as _;

/// Sets of which every statement that must be accepted is.
const ALL_OF: &[&str] = &[
    "tpch22",
    "job113",
    "spider_dev",
    "slt_evidence",
    "slt_select1",
    "slt_select2",
    "slt_select3",
    "slt_select4",
    "slt_select5",
];

#[test]
fn the_corpora_are_accepted() {
    let Some(corpora) = corpora() else {
        println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
        return;
    };
    let mut refused = String::new();
    let (mut rest, mut rest_accepted) = (0, 0);
    println!(
        "{:<26} {:>6} {:>9} {:>8} {:>8}",
        "set", "must", "accepted", "backend", "rate"
    );
    let mut short = Vec::new();
    for corpus in &corpora {
        let (mut must, mut accepted, mut backend) = (0, 0, 0);
        for case in corpus.cases.iter().filter(|case| case.must) {
            must += 1;
            let parse = rql_grammar::parse(&case.sql);
            let ast = &parse.ast;
            let only_backend = !ast[ast.statements].is_empty()
                && ast[ast.statements]
                    .iter()
                    .all(|s| matches!(s.kind, StmtKind::Backend(_)));
            if parse.is_ok() {
                accepted += 1;
                backend += usize::from(only_backend);
            } else {
                let first = parse
                    .diagnostics
                    .iter()
                    .find(|d| d.severity == rql_diagnostics::Severity::Error);
                let what = first.map_or("", |d| d.message.as_str());
                let at = first
                    .and_then(|d| d.primary_span())
                    .map_or(0, |s| s.start as usize);
                let near: String = case.sql.get(at..).unwrap_or("").chars().take(30).collect();
                let _ = writeln!(
                    refused,
                    "{}: {what} | {near:?} | {}",
                    corpus.name,
                    case.sql.replace('\n', " ")
                );
            }
        }
        let rate = 100.0 * accepted as f64 / must.max(1) as f64;
        println!(
            "{:<26} {must:>6} {accepted:>9} {backend:>8} {rate:>7.2}%",
            corpus.name
        );
        if ALL_OF.contains(&corpus.name.as_str()) {
            if accepted < must {
                short.push(corpus.name.clone());
            }
        } else {
            rest += must;
            rest_accepted += accepted;
        }
    }
    let rate = 100.0 * f64::from(rest_accepted) / f64::from(rest.max(1));
    println!(
        "{:<26} {rest:>6} {rest_accepted:>9} {:>8} {rate:>7.2}%",
        "the rest together", ""
    );
    println!("\nrefused:\n{refused}");
    assert!(
        short.is_empty(),
        "not every statement is accepted in {short:?}"
    );
    assert!(rate >= 98.0, "{rate:.2}% of the rest");
}
