//! What a text shows: mistakes and their mending, symbols, colours, hints, rewritings, formatting.

use crate::work::*;
use serde_json::json;

#[test]
fn a_mistake_is_mended_by_its_quick_fix() {
    let mut work = Work::new(pushed());
    let all = work.actions("SELECT na|me, salry FROM employees;");
    assert!(
        all.iter().all(|(title, _)| !title.contains("salary")),
        "{all:?}"
    );
    let all = work.actions("SELECT name, sal|ry FROM employees;");
    let fixed = all
        .iter()
        .find(|(_, text)| text == "SELECT name, salary FROM employees;");
    assert!(fixed.is_some(), "{all:?}");
}

#[test]
fn formatting_keeps_comments_and_touches_only_what_is_asked() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = "select  name from employees; -- all\nselect   id from departments;\n";
    work.client.open(&uri, text);
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": uri }, "options": options });
    let edits = work
        .client
        .request("textDocument/formatting", params)
        .expect("edits");
    let formatted = apply(text, edits.as_array().expect("a list"));
    assert_eq!(
        formatted,
        "SELECT name FROM employees; -- all\nSELECT id FROM departments;\n"
    );
    let range =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 3 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "options": options });
    let edits = work
        .client
        .request("textDocument/rangeFormatting", params)
        .expect("edits");
    let formatted = apply(text, edits.as_array().expect("a list"));
    assert_eq!(
        formatted,
        "select  name from employees; -- all\nSELECT id FROM departments;\n"
    );
}

// -- names -----------------------------------------------------------------------------------------

#[test]
fn a_text_has_symbols_folds_and_ranges() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = "CREATE TABLE t (a INTEGER, b TEXT );\n-- one\n-- two\nSELECT a,\n  b\nFROM t;\n";
    work.client.open(&uri, text);
    let document = json!({ "textDocument": { "uri": uri } });
    let all = work
        .client
        .request("textDocument/documentSymbol", document.clone())
        .expect("symbols");
    assert_eq!(all[0]["name"], "t");
    assert_eq!(all[0]["children"][1]["name"], "b");
    let range = &all[0]["children"][1]["range"];
    assert_eq!(piece(text, range), "b TEXT");
    assert_eq!(all[1]["name"], "SELECT a, b FROM t");
    let all = work
        .client
        .request("textDocument/foldingRange", document.clone())
        .expect("folds");
    let lines: Vec<(u64, u64)> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            (
                it["startLine"].as_u64().unwrap_or(9),
                it["endLine"].as_u64().unwrap_or(9),
            )
        })
        .collect();
    assert_eq!(lines, [(1, 2), (3, 5)]);
    let params =
        json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 4, "character": 2 }] });
    let all = work
        .client
        .request("textDocument/selectionRange", params)
        .expect("ranges");
    assert_eq!(piece(text, &all[0]["range"]), "b");
    assert_eq!(
        piece(text, &all[0]["parent"]["range"]),
        "SELECT a,\n  b\nFROM t"
    );
    let found = work
        .client
        .request("workspace/symbol", json!({ "query": "B" }))
        .expect("symbols");
    assert_eq!(found[0]["name"], "b");
    assert_eq!(found[0]["containerName"], "t");
}

#[test]
fn colours_come_whole_in_part_and_as_a_change() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT '😀', a -- x\nFROM t;\n");
    let document = json!({ "textDocument": { "uri": uri } });
    let full = work
        .client
        .request("textDocument/semanticTokens/full", document)
        .expect("tokens");
    // SELECT, the string of four units, a, the comment, FROM, t.
    let wanted = json!([
        0, 0, 6, 0, 0, 0, 7, 4, 5, 0, 0, 6, 1, 1, 0, 0, 2, 4, 10, 0, 1, 0, 4, 0, 0, 0, 5, 1, 2, 0
    ]);
    assert_eq!(full["data"], wanted);
    let line =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 2, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": line });
    let part = work
        .client
        .request("textDocument/semanticTokens/range", params)
        .expect("tokens");
    assert_eq!(part["data"], json!([1, 0, 4, 0, 0, 0, 5, 1, 2, 0]));
    let range =
        json!({ "start": { "line": 1, "character": 5 }, "end": { "line": 1, "character": 6 } });
    work.client.change(&uri, Some(range), "tt");
    let params = json!({ "textDocument": { "uri": uri }, "previousResultId": full["resultId"] });
    let delta = work
        .client
        .request("textDocument/semanticTokens/full/delta", params)
        .expect("a delta");
    assert_eq!(
        delta["edits"],
        json!([{ "start": 25, "deleteCount": 5, "data": [0, 5, 2, 2, 0] }])
    );
}

#[test]
fn hints_say_types_and_columns() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client
        .open(&uri, "SELECT * FROM departments WHERE id = :id;\n");
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range });
    let all = work
        .client
        .request("textDocument/inlayHint", params)
        .expect("hints");
    assert_eq!(all[0]["label"], "id: integer, name: text, city: text");
    assert_eq!(all[0]["position"]["character"], 8);
    assert_eq!(all[1]["label"], ": integer");
    assert_eq!(all[1]["position"]["character"], 40);
}

#[test]
fn files_in_from_have_columns_whatever_the_backend_is() {
    let mut work = Work::new(pushed());
    let folder = work.path("data");
    std::fs::create_dir(&folder).expect("a folder");
    let text = "id;amount;day\n1;2.50;2024-01-31\n";
    std::fs::write(folder.join("sales.csv"), text).expect("it is written");
    std::fs::write(work.path("more.json"), r#"[{"n": 1, "s": "x"}]"#).expect("it is written");
    let all = work.labels("SELECT | FROM read_csv('data/sales.csv', delim = ';') AS s;");
    assert_eq!(all[..3], ["id", "amount", "day"]);
    let all = work.labels("SELECT more.| FROM 'more.json';");
    assert_eq!(all, ["n", "s"]);
    let text = work.hover("SELECT s.da|y FROM read_csv('data/sales.csv', delim = ';') AS s;");
    assert!(text.contains("day: date"), "{text}");
    let uri = work.uri("files.rql");
    let text = "SELECT n FROM 'more.json'; SELECT a FROM 'later.csv'; FROM 'many/*.parquet'; \
                SELECT s.no_such FROM 'more.json' AS s;";
    work.client.open(&uri, text);
    let all = work.diagnostics(&uri);
    let said: Vec<&str> = all.iter().filter_map(|it| it["message"].as_str()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("no_such"), "{said:?}");
}

#[test]
fn rewritings_say_the_same() {
    let mut work = Work::new(pushed());
    for (text, title, wanted) in [
        (
            "SELECT |* FROM departments;",
            "Expand *",
            "SELECT id, name, city FROM departments;",
        ),
        // Complaint: star expansion yields o.o.id.
        (
            "SELECT d.|* FROM departments d;",
            "Expand *",
            "SELECT d.id, d.name, d.city FROM departments d;",
        ),
        (
            "SELECT city, sal|ary FROM departments d JOIN employees e ON dept_id = d.id;",
            "Qualify",
            "SELECT d.city, e.salary FROM departments d JOIN employees e ON e.dept_id = d.id;",
        ),
        (
            "SELECT employees.name FROM emplo|yees;",
            "alias",
            "SELECT e.name FROM employees AS e;",
        ),
        (
            "SELECT n FROM (SELECT name AS n FROM employees|) x WHERE n > 'a';",
            "subquery a WITH",
            "WITH x AS (SELECT name AS n FROM employees) SELECT n FROM x WHERE n > 'a';",
        ),
        (
            "WITH |x AS (SELECT name AS n FROM employees) SELECT n FROM x;",
            "where it is used",
            "SELECT n FROM (SELECT name AS n FROM employees) AS x;",
        ),
        (
            "SELECT name FROM departments WHERE id NOT| IN (SELECT dept_id FROM employees WHERE salary > 1 OR name = 'x');",
            "NOT EXISTS",
            "SELECT name FROM departments WHERE NOT EXISTS (SELECT 1 FROM employees WHERE employees.dept_id = departments.id AND (salary > 1 OR name = 'x'));",
        ),
        (
            "SELECT name FROM departments WHERE city = 'Ber|lin';",
            "parameter",
            "SELECT name FROM departments WHERE city = :city;",
        ),
    ] {
        let all = work.actions(text);
        let found = all.iter().find(|(it, _)| it.contains(title));
        assert_eq!(
            found.map(|it| it.1.as_str()),
            Some(wanted),
            "{text}: {all:?}"
        );
    }
    // With a column that may be NULL the two are not the same.
    let all = work
        .actions("SELECT name FROM departments WHERE city NOT| IN (SELECT name FROM employees);");
    assert!(
        all.iter().all(|(title, _)| !title.contains("NOT EXISTS")),
        "{all:?}"
    );
}
