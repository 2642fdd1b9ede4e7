//! Forms: FORM statements, files of TOML, and names inside of blocks.

use crate::lsp::marked;
use crate::work::*;
use serde_json::json;

const FORM: &str = "FORM staff TITLE 'Staff' (\n  \
    FIELD dept INTEGER LABEL 'Department' CHECK (dept > 0),\n  \
    FIELD least NUMERIC(10,2) DEFAULT 1,\n  \
    ACTION find KEY F5 DEFAULT AS SELECT name FROM employees WHERE dept_id = :dept AND salary >= :least\n);\n";

const TOML: &str = "name = \"staff\"\n\n[fields.dept]\ntype = \"integer\"\n\n[actions.find]\ndefault = true\n\
    sql = \"SELECT nme FROM employees WHERE dept_id = :dept\"\n";

#[test]
fn fields_and_actions_are_symbols_and_are_renamed_wherever_they_are_named() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = format!("{FORM}FORM EXECUTE staff ACTION find WITH dept = 2;\n");
    work.client.open(&uri, &text);
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
    let document = json!({ "textDocument": { "uri": uri } });
    let all = work
        .client
        .request("textDocument/documentSymbol", document)
        .expect("symbols");
    assert_eq!(all[0]["name"], "staff");
    let inner: Vec<&str> = all[0]["children"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["name"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(inner, ["dept", "least", "find"]);
    for (line, character, new, count) in
        [(1, 8, "unit", 4), (3, 10, "search", 2), (0, 6, "crew", 2)]
    {
        let place = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": uri }, "position": place, "newName": new });
        let edit = work
            .client
            .request("textDocument/rename", params)
            .expect("an edit");
        let done = work.edited(&uri, &text, &edit);
        assert_eq!(done.matches(new).count(), count, "{done}");
        // The column of the table keeps its name.
        assert!(done.contains("dept_id ="), "{done}");
    }
}

#[test]
fn what_is_wrong_in_a_form_is_said_where_it_stands() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = FORM.replace("SELECT name", "SELECT nme");
    work.client.open(&uri, &text);
    let all = work.client.published(&uri);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(piece(&text, &all[0]["range"]), "nme");
}

#[test]
fn a_form_of_toml_is_looked_at_as_it_is_typed() {
    let mut work = Work::new(pushed());
    let uri = work.uri("staff.toml");
    work.client.open(&uri, TOML);
    let all = work.client.published(&uri);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(piece(TOML, &all[0]["range"]), "nme");
    // Inside of its SQL there is completion, and hover, and the field is a parameter.
    let (line, column) = (7, "sql = \"SELECT nm".len());
    let place = json!({ "line": line, "character": column });
    let params = json!({ "textDocument": { "uri": uri }, "position": place });
    let list = work
        .client
        .request("textDocument/completion", params)
        .expect("candidates");
    assert_eq!(list["items"][0]["label"], "name");
    let column = TOML.lines().nth(7).and_then(|line| line.find(":dept"));
    let place = json!({ "line": line, "character": column.map(|at| at + 2) });
    let params = json!({ "textDocument": { "uri": uri }, "position": place });
    let hover = work
        .client
        .request("textDocument/hover", params)
        .expect("a hover");
    let shown = hover["contents"]["value"].as_str().unwrap_or("");
    assert!(shown.contains(":dept: integer"), "{shown}");
    // A key that no form has, and what is no TOML.
    work.client
        .change(&uri, None, &TOML.replace("default =", "defalt ="));
    let all = work.client.published(&uri);
    assert!(
        messages(&all).iter().any(|it| it.contains("defalt")),
        "{all:?}"
    );
    work.client.change(&uri, None, "[fields.dept\n");
    assert_eq!(work.client.published(&uri).len(), 1);
    // Other files of TOML are nobody's business here.
    let other = work.uri("Cargo.toml");
    work.client.open(&other, "[package]\nname = 3\n");
    assert_eq!(messages(&work.client.published(&other)), Vec::<&str>::new());
    let symbols = json!({ "textDocument": { "uri": other } });
    let symbols = work
        .client
        .request("textDocument/documentSymbol", symbols)
        .expect("symbols");
    assert_eq!(symbols, json!([]));
}

#[test]
fn whatever_is_cut_out_of_a_form_of_toml_every_request_is_answered() {
    let mut work = Work::new(pulls());
    let uri = work.uri("staff.toml");
    for cut in (0..TOML.len()).step_by(5) {
        let text = format!("{}{}", &TOML[..cut], TOML.get(cut + 3..).unwrap_or(""));
        work.client.open(&uri, &text);
        work.client.pulled(&uri);
        let line = text[..cut.min(text.len())].matches('\n').count();
        let place = json!({ "line": line, "character": 8 });
        let range = json!({ "start": place, "end": place });
        let params = json!({ "textDocument": { "uri": uri }, "position": place, "range": range,
            "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1 } });
        for method in [
            "completion",
            "hover",
            "references",
            "documentSymbol",
            "semanticTokens/full",
            "codeAction",
            "inlayHint",
            "foldingRange",
        ] {
            let method = format!("textDocument/{method}");
            let done = work.client.request(&method, params.clone());
            assert!(done.is_ok(), "{method}: {done:?}\n{text}");
        }
    }
}

#[test]
fn a_form_goes_into_its_other_spelling_and_back() {
    let mut capabilities = pulls();
    capabilities["workspace"]["workspaceEdit"] =
        json!({ "documentChanges": true, "resourceOperations": ["create"] });
    let mut work = Work::new(capabilities);
    let uri = work.uri("q.rql");
    work.client.open(&uri, FORM);
    let range =
        json!({ "start": { "line": 1, "character": 3 }, "end": { "line": 1, "character": 3 } });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
    let all = work
        .client
        .request("textDocument/codeAction", params)
        .expect("actions");
    let all = all.as_array().cloned().unwrap_or_default();
    let action = all
        .iter()
        .find(|it| it["title"].as_str().is_some_and(|it| it.contains("TOML")))
        .expect("an action");
    let changes = &action["edit"]["documentChanges"];
    assert_eq!(
        changes[0],
        json!({ "kind": "create", "uri": work.uri("staff.toml") })
    );
    let toml = changes[1]["edits"][0]["newText"]
        .as_str()
        .expect("a text")
        .to_owned();
    assert!(
        toml.contains("[fields.dept]") && toml.contains(":least"),
        "{toml}"
    );
    let own = changes[2]["edits"].as_array().cloned().unwrap_or_default();
    assert_eq!(apply(FORM, &own), "FORM LOAD 'staff.toml';\n");
    // And back.
    let file = work.uri("staff.toml");
    work.client.open(&file, &toml);
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    let params = json!({ "textDocument": { "uri": file }, "range": range, "context": { "diagnostics": [] } });
    let all = work
        .client
        .request("textDocument/codeAction", params)
        .expect("actions");
    let changes = &all[0]["edit"]["documentChanges"];
    assert_eq!(changes[0]["uri"], work.uri("staff.rql"));
    let block = changes[1]["edits"][0]["newText"].as_str().expect("a text");
    assert!(block.starts_with("FORM staff"), "{block}");
}

#[test]
fn a_form_that_is_loaded_is_known_by_its_fields() {
    let mut work = Work::new(pushed());
    std::fs::write(work.path("staff.toml"), TOML).expect("it is written");
    let all = work.labels("FORM LOAD 'staff.toml';\nFORM EXECUTE st|");
    assert_eq!(all[0], "staff");
    let all = work.labels("FORM LOAD 'staff.toml';\nFORM EXECUTE staff ACTION f|");
    assert_eq!(all[0], "find");
    let all = work.labels("FORM LOAD 'staff.toml';\nFORM EXECUTE staff WITH d| = 1");
    assert_eq!(all[0], "dept");
}

#[test]
fn names_inside_of_blocks_are_known_like_others() {
    let mut work = Work::new(pushed());
    let loop_ = "FOR r IN (SELECT id, name FROM employees) LOOP\n  LET pay = 1;\n  \
        UPDATE employees SET salary = :pay WHERE employees.id = :r.id;\nEND LOOP;\n";
    let (text, _) = marked(&loop_.replace("SET salary", "SET sal|ary"));
    assert_eq!(text, loop_);
    let all = work.found(
        "textDocument/references",
        &loop_.replace("IN (SELECT id", "IN (SELECT i|d"),
    );
    // And in the file of the schema.
    assert!(all.iter().map(|it| it.0).eq([0, 2, 1]), "{all:?}");
    let all = work.found("textDocument/references", &loop_.replace("FOR r", "FOR |r"));
    assert_eq!(all, [(0, "r".into()), (2, "r".into())]);
    let all = work.found(
        "textDocument/references",
        &loop_.replace("= :pay", "= :p|ay"),
    );
    assert!(all.iter().map(|it| it.0).eq([1, 2]), "{all:?}");
    let all = work.labels(&loop_.replace(":r.id", ":r.|"));
    assert_eq!(all, ["r.id", "r.name"]);
    let all = work.labels(&loop_.replace("= :pay", "= :|"));
    assert!(all.contains(&"pay".to_owned()), "{all:?}");
    let shown = work.hover(&loop_.replace(":r.id", ":r.i|d"));
    assert!(shown.contains(":r.id: integer"), "{shown}");
    let branch = "IF 1 = 1 THEN\n  SELECT e.na|me FROM employees e;\nELSE\n  SELECT 1;\nEND IF;\n";
    assert!(work.hover(branch).contains("employees.name: text"));
    let all =
        work.labels("IF 1 = 1 THEN\n  SELECT 1;\nELSE\n  SELECT sal| FROM employees;\nEND IF;\n");
    assert_eq!(all[0], "salary");
}

/// A form of TOML with its names in all the places where they can stand.
const SPELLED: &str = r#"name = "pay"
[fields.dept]
type = "integer"
on_change = "raise"
[[fields.dept.validations]]
type = "check"
expr = "dept > 0 AND :dept < 100"
[fields."least"]
type = "numeric"
[fields.twice]
computed = "least * 2"
[layout]
sections = [{ title = "dept", fields = ["dept", "least"] }]
[layout.places]
dept = { line = 2, column = 3 }
[i18n.de.fields]
dept = "Abteilung"
[i18n.de.actions]
find = "Suchen"
[actions.find]
default = true
sql = """
SELECT name FROM employees -- dept
WHERE dept_id = :dept AND salary >= :floor"""
params = { floor = "least" }
[actions.raise]
type = "update"
table = "employees"
mapping = { salary = "least" }
where = "dept_id = :dept"
"#;

#[test]
fn the_names_of_a_form_of_toml_are_renamed_wherever_they_stand() {
    let mut work = Work::new(pushed());
    let (toml, uri) = (work.uri("pay.toml"), work.uri("q.rql"));
    let text = "FORM LOAD 'pay.toml';\nFORM EXECUTE pay ACTION find WITH dept = 2, least = 1;\n";
    std::fs::write(work.path("pay.toml"), SPELLED).expect("it is written");
    work.client.open(&toml, SPELLED);
    assert_eq!(messages(&work.client.published(&toml)), Vec::<&str>::new());
    work.client.open(&uri, text);
    let rename = |work: &mut Work, uri: &str, text: &str, at: &str, new: &str| {
        let start = text.find(at).expect("it is there") + at.len() - 1;
        let line = text[..start].matches('\n').count();
        let column = start - text[..start].rfind('\n').map_or(0, |at| at + 1);
        let place = json!({ "line": line, "character": column });
        let params = json!({ "textDocument": { "uri": uri }, "position": place, "newName": new });
        work.client.request("textDocument/rename", params)
    };
    // From wherever it stands: a key, a string, an expression, a statement, another file.
    for (from, of, at) in [
        (&toml, SPELLED, "[fields.dept"),
        (&toml, SPELLED, "fields = [\"dept"),
        (&toml, SPELLED, ":dept"),
        (&toml, SPELLED, "dept_id = :dept"),
        (&uri, text, "WITH dept"),
    ] {
        let edit = rename(&mut work, from, of, at, "unit").expect("an edit");
        let wanted = SPELLED
            .replace("fields.dept", "fields.unit")
            .replace("dept > 0 AND :dept", "unit > 0 AND :unit")
            .replace("[\"dept\"", "[\"unit\"")
            .replace("\ndept = ", "\nunit = ")
            .replace("= :dept", "= :unit");
        assert_eq!(work.edited(&toml, SPELLED, &edit), wanted, "{at}");
        assert_eq!(
            work.edited(&uri, text, &edit),
            text.replace("dept", "unit"),
            "{at}"
        );
    }
    let edit = rename(&mut work, &uri, text, "least", "floor_of_pay").expect("an edit");
    let wanted = SPELLED.replace("\"least", "\"floor_of_pay");
    let wanted = wanted.replace("fields.\"floor_of_pay\"", "fields.floor_of_pay");
    assert_eq!(work.edited(&toml, SPELLED, &edit), wanted);
    for (old, new) in [("find", "search"), ("raise", "pay_more")] {
        let at = format!("[actions.{old}");
        let edit = rename(&mut work, &toml, SPELLED, &at, new).expect("an edit");
        let wanted = SPELLED.replace(old, new);
        assert_eq!(work.edited(&toml, SPELLED, &edit), wanted);
        assert_eq!(
            work.edited(&uri, text, &edit),
            text.replace(&format!("ACTION {old}"), &format!("ACTION {new}"))
        );
    }
    let edit = rename(&mut work, &uri, text, "EXECUTE pay", "wages").expect("an edit");
    assert!(
        work.edited(&toml, SPELLED, &edit)
            .starts_with("name = \"wages\"\n")
    );
    // Letters that a bare key does not have.
    let edit = rename(&mut work, &uri, text, "WITH dept", "größe").expect("an edit");
    let done = work.edited(&toml, SPELLED, &edit);
    assert!(
        done.contains("[fields.\"größe\"]") && done.contains("= :größe"),
        "{done}"
    );
    // One that is not open is changed as well.
    let document = json!({ "textDocument": { "uri": toml } });
    work.client.notify("textDocument/didClose", document);
    work.client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": toml, "type": 2 }] }),
    );
    let edit = rename(&mut work, &uri, text, "ACTION find", "search").expect("an edit");
    assert!(
        work.edited(&toml, SPELLED, &edit)
            .contains("[actions.search]")
    );
}

#[test]
fn what_else_depends_on_the_name_of_a_field_keeps_it() {
    let mut work = Work::new(pushed());
    let refused = |work: &mut Work, uri: &str, line: u32, character: u32| {
        let place = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": uri }, "position": place, "newName": "x" });
        let refused = work.client.request("textDocument/rename", params);
        let refused = refused.expect_err("it keeps its name");
        refused["message"].as_str().unwrap_or("").to_owned()
    };
    let uri = work.uri("bound.toml");
    work.client.open(
        &uri,
        "table = \"employees\"\n[fields.name]\nlabel = \"Who\"\n",
    );
    assert!(refused(&mut work, &uri, 1, 9).contains("column of employees"));
    let uri = work.uri("q.rql");
    work.client.open(
        &uri,
        "FORM staff FOR employees (FIELD name TEXT LABEL 'Who');\n",
    );
    assert!(refused(&mut work, &uri, 0, 34).contains("column of employees"));
    let uri = work.uri("listed.toml");
    work.client.open(
        &uri,
        "[fields.name]\n[actions.add]\ntype = \"insert\"\ntable = \"departments\"\nmapping = [\"name\"]\n",
    );
    assert!(refused(&mut work, &uri, 0, 9).contains("name = \"name\""));
}

#[test]
fn a_form_without_a_name_gets_one_where_it_is_renamed() {
    let mut work = Work::new(pushed());
    let text = "[fields.dept]\ntype = \"integer\"\n";
    std::fs::write(work.path("staff.toml"), text).expect("it is written");
    let toml = work.uri("staff.toml");
    work.client.open(&toml, text);
    let place = work
        .at(
            "textDocument/definition",
            "FORM LOAD 'staff.toml';\nFORM EXECUTE st|aff WITH dept = 1;",
        )
        .expect("a place");
    assert_eq!(place[0]["uri"], toml);
    let params = json!({ "textDocument": { "uri": work.uri("q.rql") },
        "position": { "line": 1, "character": 14 }, "newName": "crew" });
    let edit = work
        .client
        .request("textDocument/rename", params)
        .expect("an edit");
    assert_eq!(
        work.edited(&toml, text, &edit),
        format!("name = \"crew\"\n{text}")
    );
}
