//! The designer without a window: what it changes is in both spellings of the form, and loads again as it was.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use super::attribute::{ACTION, FIELD, FORM};
use super::{Ask, Designer, Next, Spot};
use rql_forms::{Form, Kind, Piece};

/// A form of nothing.
fn empty() -> Designer {
    let form = Form {
        name: Piece::made("card", rql_ast::Span::default()),
        ..Form::default()
    };
    Designer::new(form, None)
}

/// A field a line.
fn spots(designer: &Designer) -> Vec<Spot> {
    let fields = designer.form.fields.iter().zip(1..);
    let spot = |(field, line): (&rql_forms::Field, u32)| Spot {
        field: field.name.text.clone(),
        at: designer.form.place(&field.name.text).unwrap_or((line, 1)),
        size: (1, 20),
    };
    fields.map(spot).collect()
}

fn add(designer: &mut Designer, name: &str, ty: &str) {
    let next = designer.answer(Ask::New, name, &[]);
    assert!(matches!(next, Next::Ask(Ask::Type(_), _)), "{next:?}");
    let spots = spots(designer);
    designer.answer(Ask::Type(name.to_owned()), ty, &spots);
}

/// Sets an attribute of the field; what is said against it.
fn set(designer: &mut Designer, name: &str, text: &str) -> Option<String> {
    let at = FIELD
        .iter()
        .position(|one| one.name == name)
        .expect("an attribute");
    match designer.answer(Ask::FieldValue(at), text, &[]) {
        Next::Wrong(_, _, why) => Some(why),
        _ => None,
    }
}

/// The form as both of its spellings are read again.
fn again(designer: &Designer) -> [Form; 2] {
    let (toml, wrong) = rql_forms::from_toml(&rql_forms::to_toml(&designer.form), "other");
    assert_eq!(wrong, [], "{}", rql_forms::to_toml(&designer.form));
    let text = rql_forms::to_block(&designer.form) + ";";
    let parse = rql_grammar::parse(&text);
    assert_eq!(parse.diagnostics, [], "{text}");
    let statement = parse.ast.statements.ids().next().expect("a statement");
    let rql_ast::StmtKind::Form(id) = parse.ast[statement].kind else {
        panic!("no form: {text}");
    };
    let (block, wrong) = rql_forms::from_block(&parse.ast, id);
    assert_eq!(wrong, [], "{text}");
    [toml, block]
}

#[test]
fn what_is_designed_loads_again_in_both_spellings() {
    let mut designer = empty();
    add(&mut designer, "id", "integer");
    add(&mut designer, "name", "text");
    add(&mut designer, "since", "date");
    add(&mut designer, "note", "textarea");
    assert!(designer.form.layout.is_none());
    // The first move gives all of them the places where they stood.
    let here = spots(&designer);
    designer.at = 2;
    assert!(designer.shift((-2, 39), &here));
    designer.at = 3;
    let here = spots(&designer);
    designer.shift((1, 0), &here);
    designer.resize((3, 20), (3, 30));
    designer.at = 1;
    for (name, text) in [
        ("label", "Full name"),
        ("required", ""),
        ("width", "24"),
        (
            "rules",
            "LENGTH (2, NULL) CHECK (name <> 'it''s') MESSAGE 'not \"that\"'",
        ),
        ("default", "(SELECT 'a' || 'b')"),
        ("lookup", "SELECT name, title FROM departments"),
        ("mask", "!!-99"),
        ("help", "as on the card"),
        ("page", "1"),
    ] {
        assert_eq!(set(&mut designer, name, text), None, "{name}");
    }
    designer.at = 0;
    assert_eq!(set(&mut designer, "choices", "1, 2 := 'two'"), None);
    assert_eq!(set(&mut designer, "type", "DECIMAL(10, 2)"), None);
    assert_eq!(set(&mut designer, "name", "Number"), None);
    designer.answer(Ask::NewButton, "find", &[]);
    let does = ACTION
        .iter()
        .position(|one| one.name == "does")
        .expect("it");
    let statement = "SELECT * FROM employees WHERE name = :name AND id = :number;";
    let next = designer.answer(Ask::ButtonValue(0, does), statement, &[]);
    assert!(matches!(next, Next::Ask(Ask::Button(0), _)), "{next:?}");
    let title = FORM.iter().position(|one| one.name == "title").expect("it");
    designer.answer(Ask::FormValue(title), "A card's title", &[]);
    for form in again(&designer) {
        assert_eq!(form, designer.form);
        assert_eq!(form.place("since"), Some((1, 40)));
        assert_eq!(form.place("number"), Some((1, 1)));
        assert_eq!(form.place("note"), Some((5, 1)));
        let note = form.field("note").expect("it");
        assert_eq!(
            (note.kind, note.rows, note.width),
            (Kind::TextArea, Some(6), Some(50))
        );
        let name = form.field("name").expect("it");
        assert!(name.required() && name.rules.len() == 3, "{name:?}");
    }
}

#[test]
fn what_is_typed_is_judged_and_nothing_comes_in_beside_it() {
    let mut designer = empty();
    add(&mut designer, "id", "integer");
    add(&mut designer, "name", "text");
    let before = designer.form.clone();
    for (name, text) in [
        ("name", "two words"),
        ("name", "id"),
        ("type", "no such type"),
        ("width", "0"),
        ("width", "wide"),
        ("default", "1, FIELD other TEXT"),
        ("default", "1); DROP TABLE employees; SELECT (1"),
        ("lookup", "SELECT FROM WHERE"),
        ("rules", "RANGE (1"),
        ("rules", "PATTERN 'a', ACTION x AS CLOSE"),
    ] {
        assert!(set(&mut designer, name, text).is_some(), "{name} {text}");
    }
    assert_eq!(designer.form, before);
    assert!(matches!(
        designer.answer(Ask::New, "name", &[]),
        Next::Wrong(..)
    ));
}

#[test]
fn changes_are_taken_back() {
    let mut designer = empty();
    add(&mut designer, "a", "text");
    add(&mut designer, "b", "text");
    assert!(designer.is_dirty());
    designer.saved_to("card.toml".into());
    let saved = designer.form.clone();
    // Moves one after the other are one change.
    for _ in 0..5 {
        let here = spots(&designer);
        designer.shift((0, 1), &here);
    }
    assert_eq!(designer.form.place("b"), Some((2, 6)));
    designer.undo();
    assert_eq!(designer.form, saved);
    assert!(!designer.is_dirty());
    // What leads somewhere from a field goes with it.
    let here = spots(&designer);
    designer.shift((0, 1), &here);
    assert!(designer.remove(|_| false).is_some());
    assert_eq!(designer.form.place("b"), None);
    assert_eq!(designer.form.fields.len(), 1);
    designer.undo();
    assert_eq!(designer.form.place("b"), Some((2, 2)));
    // A column of the form's table would come back, and is hidden.
    designer.remove(|name| name == "b");
    assert!(designer.form.fields[1].hidden);
}

#[test]
fn tab_goes_as_it_is_told() {
    let mut designer = empty();
    for name in ["a", "b", "c"] {
        add(&mut designer, name, "text");
    }
    designer.at = 2;
    for _ in 0..2 {
        let here = spots(&designer);
        designer.shift((-1, 0), &here);
    }
    let here = spots(&designer);
    designer.shift((0, 30), &here);
    let names = |designer: &Designer| {
        let fields = designer.form.fields.iter();
        fields
            .map(|field| field.name.text.clone())
            .collect::<String>()
    };
    designer.sort();
    assert_eq!((names(&designer).as_str(), designer.at), ("acb", 1));
    assert!(designer.reorder(false));
    assert_eq!((names(&designer).as_str(), designer.at), ("cab", 0));
    assert!(!designer.reorder(false));
    let spots = spots(&designer);
    assert_eq!(Designer::overlap(&spots), None);
    designer.shift((0, -25), &spots);
    let here = super::tests::spots(&designer);
    assert_eq!(Designer::overlap(&here), Some(("c", "a")));
}
