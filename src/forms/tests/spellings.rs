//! The two spellings of a form say the same, and what is wrong in one is shown where it stands.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use rql::{Catalog, Dialect, Env, NameMatch};
use rql_ast::StmtKind;
use rql_diagnostics::Diagnostic;
use rql_forms::{Body, Form, RuleKind, check, from_block, from_toml, to_block, to_toml};
use std::path::{Path, PathBuf};

fn block(text: &str) -> (Form, Vec<Diagnostic>) {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    let mut forms = ast[ast.statements]
        .iter()
        .filter_map(|stmt| match stmt.kind {
            StmtKind::Form(id) => Some(id),
            _ => None,
        });
    let id = forms.next_back().expect("a form");
    let (form, said) = from_block(ast, id);
    (
        form,
        parse.diagnostics.iter().cloned().chain(said).collect(),
    )
}

/// Each diagnostic as the text that it points at, what it says, and the first suggestion.
fn said(source: &str, all: &[Diagnostic]) -> Vec<String> {
    let one = |diagnostic: &Diagnostic| {
        let at = diagnostic.primary_span().expect("a place").text(source);
        let near = diagnostic
            .suggestions
            .first()
            .map_or("", |s| s.message.as_str());
        format!("{at}: {} {near}", diagnostic.message)
            .trim()
            .to_owned()
    };
    all.iter().map(one).collect()
}

/// Both spellings of a form are read as the form.
fn comes_back(form: &Form) {
    let written = to_block(form);
    let (read, wrong) = block(&written);
    assert_eq!(wrong, [], "{written}");
    assert_eq!(to_block(&read), written);
    assert_eq!(&read, form, "{written}");
    let written = to_toml(form);
    let (read, wrong) = from_toml(&written, "");
    assert_eq!(wrong, [], "{written}");
    assert_eq!(&read, form, "{written}");
}

fn examples() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rql-examples/forms");
    let files = std::fs::read_dir(folder).expect("the examples");
    let files = files.map(|file| file.expect("an example").path());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a text");
        (path, text)
    };
    files.map(read).collect()
}

#[test]
fn the_examples_come_back_from_both_spellings() {
    let examples = examples();
    assert!(examples.len() >= 8, "the examples were not found");
    for (path, text) in examples {
        let (form, wrong) = match path.extension().is_some_and(|ending| ending == "toml") {
            true => from_toml(&text, "form"),
            false => block(&text),
        };
        assert_eq!(wrong, [], "{}", path.display());
        comes_back(&form);
    }
}

#[test]
fn the_languages_example_is_the_same_in_both() {
    let rql = "FORM employee_search TITLE 'Employee Search' (
      FIELD id     INTEGER LABEL 'Employee ID' WIDTH 5 CHECK (id BETWEEN 1 AND 99999),
      FIELD dept   TEXT    LABEL 'Department' CHOICES ('SALES', 'IT') DEFAULT 'SALES',
      FIELD boss   INTEGER LABEL 'Manager' LOOKUP (SELECT id, name FROM employees ORDER BY name),
      ACTION search LABEL 'Search' KEY F5 DEFAULT AS SELECT id FROM employees WHERE TRUE {{#if id}} AND id = :id {{/if}},
      ACTION cancel LABEL 'Cancel' AS CLOSE);";
    let toml = r#"
        name = "employee_search"
        title = "Employee Search"
        [fields.id]
        label = "Employee ID"
        field_type = "integer"
        width = 5
        validations = { check = "id BETWEEN 1 AND 99999" }
        [fields.dept]
        type = "text"
        label = "Department"
        options = ["SALES", "IT"]
        default = "SALES"
        [fields.boss]
        type = "integer"
        label = "Manager"
        lookup = "SELECT id, name FROM employees ORDER BY name"
        [actions.search]
        label = "Search"
        type = "query"
        key = "F5"
        default = true
        sql = "SELECT id FROM employees WHERE TRUE {{#if id}} AND id = :id {{/if}}"
        [actions.cancel]
        label = "Cancel"
        type = "close"
    "#;
    let ((mut one, wrong), (two, more)) = (block(rql), from_toml(toml, ""));
    assert_eq!((wrong, more), (vec![], vec![]));
    for field in &mut one.fields {
        field.written.text = field.written.text.to_lowercase();
    }
    assert_eq!(one, two);
    assert_eq!(one.fields[0].rules[0].kind, two.fields[0].rules[0].kind);
    assert!(
        matches!(&one.fields[0].rules[0].kind, RuleKind::Check(check) if check.text == "id BETWEEN 1 AND 99999")
    );
}

#[test]
fn unknown_keys_are_errors_with_what_was_meant() {
    let toml = "titel = 'x'\n[fields.a]\nlable = 'A'\ntyp = 'integer'\ndefualt = 1\ncolour = 'red'\n\
        validations = [{ type = 'lenght', min = 2 }, { type = 'range', pattern = 'x' }]\n\
        [actions.go]\ntype = 'querry'\nsql = 'SELECT 1'\n[actions.stop]\ntype = 'claer'\n";
    let (_, wrong) = from_toml(toml, "f");
    assert_eq!(
        said(toml, &wrong),
        [
            "titel: a form has no titel did you mean title?",
            "lable: a field has no lable did you mean label?",
            "typ: a field has no typ did you mean type?",
            "defualt: a field has no defualt did you mean default?",
            "colour: a field has no colour",
            "lenght: no rule lenght did you mean length?",
            "pattern: the rule range has no pattern",
            "range: the rule range needs min or max",
            "querry: a form cannot querry did you mean query?",
            "claer: a form cannot claer did you mean clear?",
        ]
    );
    let (_, wrong) = from_toml("title = \n", "f");
    assert_eq!(wrong.len(), 1, "no TOML is one error");
}

#[test]
fn actions_of_tables_are_statements() {
    let toml = "schema = 'hr'\n[fields.id]\ntype = 'integer'\n[fields.name]\n[fields.twice]\ncomputed = 'id * 2'\n\
        [actions.a]\ntype = 'insert'\ntable = 'people'\n\
        [actions.b]\ntype = 'update'\ntable = 'people'\nmapping = { name = 'name', seen = { expr = 'now()' } }\nwhere = 'id = :id'\n\
        [actions.c]\ntype = 'delete'\ntable = 'other.people'\nwhere = 'id = :id'\n\
        [actions.d]\ntype = 'query'\ntable = 'people'\nmapping = { full_name = 'name' }\n\
        [actions.e]\ntype = 'delete'\ntable = 'people'\n";
    let (form, wrong) = from_toml(toml, "f");
    let text = |name: &str| match &form.action(name).expect("an action").body {
        Body::Run(piece) => piece.text.replace('\n', " "),
        Body::Verb(verb) => verb.name().to_owned(),
    };
    assert_eq!(
        text("a"),
        "INSERT INTO hr.people (id, name) VALUES (:id, :name)"
    );
    assert_eq!(
        text("b"),
        "UPDATE hr.people SET name = :name, seen = now() WHERE id = :id"
    );
    assert_eq!(text("c"), "DELETE FROM other.people WHERE id = :id");
    assert_eq!(text("d"), "SELECT full_name AS name FROM hr.people");
    assert_eq!(
        said(toml, &wrong),
        ["e: delete of a table needs where: it would be every row"]
    );
}

fn checked(form: &Form) -> Vec<Diagnostic> {
    let (catalog, wrong) = rql::schema(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept TEXT, salary DECIMAL(10,2));",
        NameMatch::Insensitive,
    );
    assert_eq!(wrong, []);
    against(form, &catalog)
}

fn against(form: &Form, catalog: &Catalog) -> Vec<Diagnostic> {
    check(
        form,
        &Env {
            catalog,
            dialect: Dialect::Sqlite,
            variables: &|_| None,
            fold: None,
        },
    )
}

#[test]
fn a_form_is_checked_whole_and_told_where_it_is_wrong() {
    let toml = r#"
[fields.id]
type = "integer"
default = "many"
[fields.dept]
choices = [1, "IT"]
type = "text"
query = "SELECT id FROM employes"
[fields.name]
type = "text"
validations = [{ type = "check", expr = "nmae <> ''" }, { type = "check", expr = "length(name)" }]
on_change = "serach"
[actions.search]
sql = """
SELECT id FROM employees
WHERE salry > 0 {{#if id}} AND id = :id {{/if}}"""
[actions.other]
sql = "SELECT id FROM employees WHERE TRUE {{#if dpet}} AND dept = :dpet {{/if}} AND name = :boss"
[layout]
sections = [{ fields = ["id", "nam"] }]
places = { depd = { line = 2, column = 9 } }
"#;
    let (form, wrong) = from_toml(toml, "f");
    assert_eq!(wrong, []);
    assert_eq!(
        said(toml, &checked(&form)),
        [
            "nam: the form has no field nam did you mean name?",
            "depd: the form has no field depd did you mean dept?",
            "\"many\": the default of id is text, the field is integer",
            "1: the choice of dept is integer, the field is text",
            "employes: no table employes did you mean employees?",
            "nmae: no column nmae did you mean name?",
            "length(name): CHECK wants a condition",
            "serach: the form has no action serach did you mean search?",
            "salry: no column salry did you mean salary?",
            ":boss: the form has no field boss",
            ":dpet: the form has no field dpet did you mean dept?",
        ]
    );
}

#[test]
fn places_are_lines_and_columns() {
    let toml = "[fields.id]\ntype = 'integer'\n[layout.places]\nid = { line = 0, colunm = 2 }\n";
    let (_, wrong) = from_toml(toml, "f");
    assert_eq!(
        said(toml, &wrong),
        [
            "colunm: a place has no colunm did you mean column?",
            "0: a line is a number from 1 to 500",
        ]
    );
    let toml = "[fields.id]\ntype = 'integer'\n[layout.places]\nid = { line = 3, column = 40 }\n";
    let (form, wrong) = from_toml(toml, "f");
    assert_eq!(
        (form.place("id"), form.place("name")),
        (Some((3, 40)), None)
    );
    assert_eq!(wrong, []);
}

#[test]
fn every_instantiation_of_a_template_is_typed() {
    let form = |action: &str| {
        let text = format!("FORM f (FIELD dept TEXT, FIELD since DATE, ACTION a AS {action});");
        let (form, wrong) = block(&text);
        assert_eq!(wrong, [], "{text}");
        (text, form)
    };
    let (_, sound) =
        form("SELECT id FROM employees WHERE TRUE {{#if dept}} AND dept = :dept {{/if}}");
    assert_eq!(checked(&sound), []);
    let (_, unsound) =
        form("SELECT id FROM employees WHERE TRUE {{#if since}} AND salary > :since {{/if}}");
    assert_eq!(
        checked(&unsound).len(),
        1,
        "a date is compared with a number in one instantiation"
    );
}

/// A generator of numbers, always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const TEXTS: &[&str] = &[
    "plain",
    "it's",
    "say \"hi\"",
    "a\\b",
    "two\nlines",
    "'''",
    "\"\"\"",
    "$toml$",
    "",
    "東京 — ü",
    "#no",
    "-- no",
    "{{x}}",
    "tab\there",
];
const NAMES: &[&str] = &[
    "id", "name", "order", "select", "group_1", "title", "field", "label",
];
const LITERALS: &[&str] = &[
    "1",
    "-5",
    "0",
    "1.50",
    "-0.25",
    "'SALES'",
    "'it''s'",
    "TRUE",
    "FALSE",
    "DATE '2024-01-31'",
    "007",
    "1e3",
    "NULL",
    "today",
    "(SELECT max(id) + 1 FROM t)",
    "coalesce(:id, 1)",
    "'a' || 'b'",
    "X'41'",
];

fn arbitrary(numbers: &mut Numbers) -> String {
    let mut out = format!("name = 'form_{}'\n", numbers.below(9));
    let text = |out: &mut String, key: &str, numbers: &mut Numbers| {
        if numbers.below(2) == 0 {
            let text = toml_text(numbers.of(TEXTS));
            out.push_str(&format!("{key} = {text}\n"));
        }
    };
    for key in ["title", "description", "schema"] {
        text(&mut out, key, numbers);
    }
    let first = numbers.below(NAMES.len());
    let count = 1 + numbers.below(4);
    let names: Vec<&str> = (0..count)
        .map(|at| NAMES[(first + at) % NAMES.len()])
        .collect();
    for name in &names {
        out.push_str(&format!("[fields.{name}]\n"));
        let ty = numbers.of(&[
            "text",
            "integer",
            "decimal(10, 2)",
            "date",
            "varchar(20)",
            "password",
            "datetime",
        ]);
        out.push_str(&format!("type = '{ty}'\n"));
        for key in ["label", "help", "format", "mask"] {
            text(&mut out, key, numbers);
        }
        for key in ["required", "readonly", "hidden"] {
            out.push_str(&format!("{key} = {}\n", numbers.below(2) == 0));
        }
        for key in ["width", "rows", "page"] {
            out.push_str(&format!("{key} = {}\n", numbers.below(90)));
        }
        for key in ["on_change", "on_enter", "on_exit"] {
            if numbers.below(2) == 0 {
                out.push_str(&format!("{key} = 'run'\n"));
            }
        }
        let literal =
            |numbers: &mut Numbers| format!("{{ expr = {} }}", toml_text(numbers.of(LITERALS)));
        out.push_str(&format!("default = {}\n", literal(numbers)));
        let label = toml_text(numbers.of(TEXTS));
        out.push_str(&format!(
            "choices = ['IT', 5, {{ value = {}, label = {label} }}]\n",
            literal(numbers)
        ));
        let mut bound = || loop {
            let written = literal(numbers);
            if !written.contains("NULL") {
                return written;
            }
        };
        let (low, high) = (bound(), bound());
        let message = toml_text(numbers.of(TEXTS));
        let pattern = toml_text(numbers.of(&["[a-z]+", "it's", "\\d{3}", "a|b"]));
        out.push_str(&format!(
            "validations = [{{ type = 'range', min = {low} }}, {{ type = 'length', max = {high}, message = {message} }}, \
             {{ type = 'pattern', pattern = {pattern} }}, {{ type = 'check', expr = 'id > (1 + 2) * 3 OR name IS NULL' }}]\n"
        ));
    }
    out.push_str(&format!(
        "[actions.run]\nkey = '{}'\n",
        numbers.of(&["F5", "Shift-F6", "Ctrl-S"])
    ));
    for key in ["label", "help", "confirm", "on_success", "on_error"] {
        text(&mut out, key, numbers);
    }
    let events = [
        "[]",
        "['insert']",
        "['query', 'update', 'delete', 'commit']",
    ];
    for key in ["before", "after"] {
        out.push_str(&format!("{key} = {}\n", numbers.of(&events)));
    }
    let sql = numbers.of(&[
        "SELECT 1",
        "SELECT a, -- why\n  b FROM t",
        "INSERT INTO t (a) VALUES (1)",
        "DELETE FROM t WHERE a = 'it''s'",
        "LET a = 1; PRINT :a",
        "UPDATE t SET a = '$toml$'; COMMIT",
    ]);
    out.push_str(&format!(
        "sql = {}\nparams = {{ other = '{}' }}\n",
        toml_text(sql),
        names[0]
    ));
    out.push_str(&format!(
        "[views.v]\nsql = 'SELECT 1 AS a'\ncolumns = ['a']\n[details.lines]\non = 'lines.id = id'\nrows = 3\n\
         [layout]\ncolumns = 2\n[[layout.sections]]\ntitle = {}\nfields = ['{}']\n[layout.places]\n{} = {{ column = 40, line = 3 }}\n[pagination]\npage_size = 20\n\
         [i18n.de]\ntitle = {}\n[i18n.de.fields]\n{} = {}\n",
        toml_text(numbers.of(TEXTS)),
        names[0],
        names[0],
        toml_text(numbers.of(TEXTS)),
        names[0],
        toml_text(numbers.of(TEXTS)),
    ));
    out
}

fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[test]
fn arbitrary_forms_come_back_from_both_spellings() {
    let mut numbers = Numbers(20_261_128);
    for _ in 0..300 {
        let text = arbitrary(&mut numbers);
        let (form, wrong) = from_toml(&text, "");
        assert_eq!(wrong, [], "{text}");
        comes_back(&form);
    }
}
