//! Inputs of a size or depth that no person writes and a program may.

use rql_ast::{ExprKind, StmtKind};
use rql_diagnostics::codes;

fn first_code(source: &str) -> Option<String> {
    rql_grammar::parse(source)
        .diagnostics
        .first()
        .map(|d| d.code.to_string())
}

#[test]
fn nesting_of_any_depth_is_refused_and_not_overflowed() {
    let n = 200_000;
    for source in [
        format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n)),
        format!("SELECT {}1", "(".repeat(n)),
        format!("SELECT {}TRUE", "NOT ".repeat(n)),
        format!("SELECT {}1", "- ".repeat(n)),
        format!(
            "SELECT {}1{}",
            "CASE WHEN TRUE THEN ".repeat(n),
            " END".repeat(n)
        ),
        format!("SELECT 1{}", "::int".repeat(n)),
        format!("SELECT a{}", "[1]".repeat(n)),
        format!("SELECT a{}", " = a".repeat(n)),
        format!("{}SELECT 1{}", "SELECT * FROM (".repeat(n), ")".repeat(n)),
        format!("SELECT {}", "[".repeat(n)),
        format!("SELECT {}", "{'a': ".repeat(n)),
    ] {
        assert_eq!(
            first_code(&source),
            Some(codes::TOO_DEEP.to_string()),
            "{}",
            &source[..30]
        );
    }
}

#[test]
fn long_chains_and_lists_are_flat_and_read() {
    let n = 200_000;
    for (source, items) in [
        (format!("SELECT 1{}", " + 1".repeat(n)), n + 1),
        (format!("SELECT a{}", " AND a".repeat(n)), n + 1),
        (format!("SELECT a{}", " || a".repeat(n)), n + 1),
    ] {
        let parse = rql_grammar::parse(&source);
        assert!(parse.is_ok(), "{:?}", parse.diagnostics.first());
        let chain = parse
            .ast
            .all::<rql_ast::Expr>()
            .iter()
            .find_map(|expr| match expr.kind {
                ExprKind::Chain(list) => Some(list.len()),
                _ => None,
            });
        assert_eq!(chain, Some(items));
    }
    let unions = format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(50_000));
    assert!(rql_grammar::parse(&unions).is_ok());
    let joins = format!("SELECT * FROM t{}", " CROSS JOIN t".repeat(50_000));
    assert!(rql_grammar::parse(&joins).is_ok());
}

#[test]
fn deep_but_legal_nesting_is_read_and_formatted_on_a_small_stack() {
    let n = 390;
    let source = format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n));
    let parse = rql_grammar::parse(&source);
    assert!(parse.is_ok(), "{:?}", parse.diagnostics.first());
    noctra_testsuite::check_format(&source).expect("formats");
}

#[test]
fn a_line_of_fifty_megabytes_is_read() {
    // Without optimisation a tenth of it says as much.
    let size = if cfg!(debug_assertions) {
        5_000_000
    } else {
        50_000_000
    };
    let row = "(1, 'some text', NULL, 2.5), ";
    let source = format!(
        "INSERT INTO t VALUES {}(1, 'x', NULL, 1.0)",
        row.repeat(size / row.len())
    );
    let parse = rql_grammar::parse(&source);
    assert!(parse.is_ok(), "{:?}", parse.diagnostics.first());
}

#[test]
fn bytes_that_are_no_text_are_one_clean_error() {
    let parse = rql_grammar::parse_bytes(b"SELECT 'caf\xe9'");
    assert_eq!(parse.diagnostics.len(), 1);
    assert_eq!(parse.diagnostics[0].code, codes::NOT_UTF8);
    assert_eq!(first_code("SELECT \0 1"), Some(codes::NUL_BYTE.to_string()));
}

#[test]
fn a_broken_statement_does_not_hide_the_next() {
    let source = "SELECT FROM WHERE;\nSELECT (1;\nSELECT 'open;\nSELECT 2;\n";
    let parse = rql_grammar::parse(source);
    let kinds: Vec<_> = parse.ast[parse.ast.statements]
        .iter()
        .map(|s| s.kind)
        .collect();
    assert!(
        matches!(kinds.last(), Some(StmtKind::Query(_))),
        "{kinds:?}"
    );
    assert!(parse.diagnostics.len() >= 3);
}
