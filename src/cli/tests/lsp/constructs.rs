//! What becomes of what is written: on other dialects, in other words; where columns come from; what nothing uses.

use crate::work::*;
use serde_json::{Value, json};

#[test]
fn hover_shows_what_a_construct_becomes_on_each_dialect() {
    let mut work = Work::new(pushed());
    let shown = work.hover("SELECT string_|agg(name, ',' ORDER BY name) FROM employees;");
    assert!(
        shown.contains("mariadb") && shown.contains("GROUP_CONCAT"),
        "{shown}"
    );
    let shown = work.hover("SELECT name FROM employees WHERE name IL|IKE 'a%';");
    assert!(
        shown.contains("ILIKE") && shown.contains("sqlite"),
        "{shown}"
    );
    // A word that is no value stands for its statement.
    let shown =
        work.hover("SEL|ECT name FROM employees QUALIFY row_number() OVER (ORDER BY id) = 1;");
    assert!(
        shown.contains("postgresql:") && !shown.contains("QUALIFY"),
        "{shown}"
    );
}

fn lineage(work: &mut Work, text: &str, beyond: Option<&str>) -> Value {
    let (text, place) = crate::lsp::marked(text);
    let uri = work.uri("q.rql");
    work.client.open(&uri, &text);
    let range = json!({ "start": place, "end": place });
    let params = json!({ "command": "rql.lineage", "arguments": [uri, range, beyond] });
    work.client
        .request("workspace/executeCommand", params)
        .expect("an answer")
}

#[test]
fn the_columns_of_a_result_are_followed_to_their_tables() {
    let mut work = Work::new(pushed());
    let text = "CREATE VIEW rich AS SELECT name, salary * 2 AS pay FROM employees;\n\
        LET top AS SELECT name AS who, pay FROM rich;\n\
        WITH x AS (SELECT who, pay FROM top) SEL|ECT who, pay + 1 AS more, (SELECT max(city) FROM departments) AS c, 1 AS one FROM x;\n";
    let shown = lineage(&mut work, text, None);
    let shown = shown.as_str().expect("a text");
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("who"), "{shown}");
    assert!(
        lines[1].starts_with("  = employees.name through x, top"),
        "{shown}"
    );
    assert!(lines[1].ends_with("rich"), "{shown}");
    assert!(
        shown.contains("  from employees.salary through x"),
        "{shown}"
    );
    assert!(shown.contains("  from departments.city\n"), "{shown}");
    assert!(shown.contains("one: integer\n  from no table\n"), "{shown}");
    assert!(shown.contains("uses: top\n"), "{shown}");
    let text = "INSERT INTO departments (id, name) SEL|ECT e.id, d.name FROM employees e JOIN departments d USING (id);";
    let found = lineage(&mut work, text, Some("json"));
    assert_eq!(found["columns"][0]["name"], "id");
    let origins = &found["columns"][1]["origins"];
    assert_eq!(
        *origins,
        json!([{ "table": "departments", "column": "name", "through": [] }])
    );
    assert_eq!(found["tables"], json!(["employees", "departments"]));
}

#[test]
fn what_nothing_uses_is_marked_for_clients_that_can_show_it() {
    let mut capabilities = pushed();
    capabilities["textDocument"]["publishDiagnostics"]["tagSupport"] =
        json!({ "valueSet": [1, 2] });
    let mut work = Work::new(capabilities);
    let uri = work.uri("q.rql");
    let text = "LET a = 1; LET b = 2; PARAM p INTEGER; MACRO m(x) AS x; -- b\n\
        WITH used AS (SELECT 1 AS one), other AS (SELECT 2 AS two) SELECT one, :a FROM used;\n";
    work.client.open(&uri, text);
    let all = work.client.published(&uri);
    let names: Vec<String> = all.iter().map(|it| piece(text, &it["range"])).collect();
    assert_eq!(names, ["b", "p", "m", "other"], "{all:?}");
    assert!(
        all.iter()
            .all(|it| it["severity"] == 4 && it["tags"] == json!([1]))
    );
    // What only makes names is there for others.
    work.client
        .change(&uri, None, "LET a = 1; MACRO m(x) AS x;\n");
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
    // Who cannot show it does not get it.
    let mut work = Work::new(pushed());
    work.client.open(&uri, text);
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
}

#[test]
fn a_statement_is_formatted_when_its_semicolon_is_typed() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = "select  1 ;\nselect name   from employees;";
    work.client.open(&uri, text);
    let params = json!({ "textDocument": { "uri": uri }, "position": { "line": 1, "character": 29 },
        "ch": ";", "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = work
        .client
        .request("textDocument/onTypeFormatting", params)
        .expect("edits");
    let done = apply(text, edits.as_array().expect("a list"));
    assert_eq!(done, "select  1 ;\nSELECT name FROM employees;");
}

#[test]
fn joins_are_written_the_other_way() {
    let mut work = Work::new(pushed());
    let comma =
        "SELECT e.name FROM employees e, departments| d WHERE d.id = e.dept_id AND salary > 1;";
    let join =
        "SELECT e.name FROM employees e JOIN departments d ON d.id = e.dept_id WHERE salary > 1;";
    let back =
        "SELECT e.name FROM employees e, departments d WHERE d.id = e.dept_id AND salary > 1;";
    let using = "SELECT id FROM employees e JOIN departments d USING (id);";
    let on = "SELECT e.id FROM employees e JOIN departments d ON e.id = d.id;";
    for (text, title, wanted) in [
        (comma.to_owned(), "JOIN …", Some(join)),
        (join.replacen("JOIN", "JO|IN", 1), "commas", Some(back)),
        (using.replacen("USING", "US|ING", 1), "with ON", Some(on)),
        (on.replacen("ON e", "O|N e", 1), "USING", Some("SELECT e.id FROM employees e JOIN departments d USING (id);")),
        (comma.replacen("e.name", "*", 1), "JOIN …", Some(&join.replacen("e.name", "*", 1))),
        // An outer join is no list of tables.
        (join.replacen("JOIN", "LEFT JO|IN", 1), "commas", None),
        // USING shows a column once that ON shows twice.
        ("SELECT * FROM employees e JOIN departments d US|ING (id);".into(), "with ON", None),
        // OR keeps its parentheses; a condition on nothing else stays.
        (
            "SELECT 1 FROM employees e, depart|ments d WHERE d.id = e.dept_id AND (e.id = 1 OR d.id = 2) AND d.city IS NULL;".into(),
            "JOIN …",
            Some("SELECT 1 FROM employees e JOIN departments d ON d.id = e.dept_id AND (e.id = 1 OR d.id = 2) WHERE d.city IS NULL;"),
        ),
    ] {
        let all = work.actions(&text);
        let found = all.iter().find(|(it, _)| it.contains(title));
        assert_eq!(found.map(|it| it.1.as_str()), wanted, "{text}: {all:?}");
    }
}

#[test]
fn snippets_are_offered_where_they_fit() {
    let mut capabilities = pushed();
    capabilities["textDocument"]["completion"] =
        json!({ "completionItem": { "snippetSupport": true } });
    let mut work = Work::new(capabilities);
    let all = work.labels("SELECT 1;\nfo|");
    assert!(
        all.contains(&"FORM …".to_owned()) && all.contains(&"FOR …".to_owned()),
        "{all:?}"
    );
    let all = work.labels("SELECT ca|");
    assert!(
        all.contains(&"CASE …".to_owned()) && !all.contains(&"FORM …".to_owned()),
        "{all:?}"
    );
}
