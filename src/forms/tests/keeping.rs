//! A form that is saved over its file changes what it says otherwise there, and nothing else.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use rql_ast::Span;
use rql_forms::{Field, Form, Piece, from_toml, into_script, into_toml, to_toml};
use std::path::Path;

/// Nothing is known of tables.
fn nothing(_: &mut Form) {}

fn read(text: &str) -> Form {
    let (form, wrong) = from_toml(text, "card");
    assert_eq!(wrong, [], "{text}");
    form
}

/// The file after a change of its form.
fn saved(text: &str, change: impl FnOnce(&mut Form)) -> String {
    let mut form = read(text);
    let was = form.name.text.clone();
    change(&mut form);
    let written = into_toml(&form, text, ("card", &was), &nothing);
    assert_eq!(read(&written), form, "{written}");
    written
}

fn field<'f>(form: &'f mut Form, name: &str) -> &'f mut Field {
    let mut fields = form.fields.iter_mut();
    let found = fields.find(|field| field.name.text == name);
    found.expect("a field")
}

fn made(text: &str) -> Piece {
    Piece::made(text, Span::default())
}

const CARD: &str = "\
# What a guest fills in.
title = 'Card'   # as it stands on paper

[actions.keep]   # the only one
type = 'insert'
table = 'guests'
mapping = { name = 'who', room = 'room' }

# Everybody has one.
[fields.who]
field_type = 'text'
label = 'Your name'
width = 20   # narrow
required = true

[fields.room]
options = ['1', '2']   # no other is free

[fields.room.validations]
length = [1, 1]

# Free text.
[fields.note]
type = 'textarea'
";

#[test]
fn what_is_the_same_stays() {
    assert_eq!(saved(CARD, |_| {}), CARD);
    let written = saved(CARD, |form| {
        field(form, "who").width = Some(30);
        field(form, "who").label = Some("Name".into());
        field(form, "note").rows = Some(3);
        form.title = Some("Guests".into());
    });
    let expected = CARD
        .replace("width = 20", "width = 30")
        .replace("'Your name'", "\"Name\"")
        .replace("'Card' ", "\"Guests\" ")
        .replace("'textarea'\n", "'textarea'\nrows = 3\n");
    assert_eq!(written, expected);
}

#[test]
fn fields_come_go_and_change_places() {
    let written = saved(CARD, |form| {
        form.fields.remove(1);
        let mut since = field(form, "who").clone();
        since.name = made("since");
        since.label = None;
        form.fields.push(since);
    });
    let (before, rest) = CARD.split_once("[fields.room]").expect("a field");
    let (_, note) = rest.split_once("# Free text.").expect("a field");
    let new = "\n[fields.since]\ntype = \"text\"\nrequired = true\nwidth = 20\n";
    assert_eq!(written, format!("{before}# Free text.{note}{new}"));

    let written = saved(CARD, |form| form.fields.swap(0, 2));
    let (who, room) = ("# Everybody", "\n[fields.room]");
    let at = |text: &str| written.find(text).expect("a field");
    assert!(
        at("# Free text.") < at(room) && at(room) < at(who),
        "{written}"
    );
    assert!(written.contains("length = [1, 1]"), "{written}");
}

#[test]
fn what_a_file_says_in_its_own_way_is_changed_in_it() {
    // A rule in a table of its own, choices by another word.
    let written = saved(CARD, |form| {
        let room = field(form, "room");
        room.rules.clear();
        room.choices.pop();
    });
    assert!(written.contains("options = [\"1\"]"), "{written}");
    assert!(!written.contains("validations"), "{written}");
    assert!(written.contains("# no other is free"), "{written}");
    // An action that was written as a table and a mapping becomes a statement where it is another one.
    let written = saved(CARD, |form| {
        form.actions[0].body = rql_forms::Body::Run(made("DELETE FROM guests WHERE name = :who"));
    });
    assert!(!written.contains("mapping"), "{written}");
    assert!(
        written.contains("[actions.keep]   # the only one"),
        "{written}"
    );
}

#[test]
fn a_form_has_the_name_that_it_is_given() {
    let written = saved(CARD, |form| form.name = made("guest"));
    assert!(written.contains("name = \"guest\""), "{written}");
    assert!(written.contains("# Everybody has one."), "{written}");
    // The file of another one is written anew, and so is what is none.
    for text in [CARD, "no = TOML =", ""] {
        let other = Form {
            name: made("other"),
            ..Form::default()
        };
        let written = into_toml(&other, text, ("card", "other"), &nothing);
        assert_eq!(written, to_toml(&other));
    }
}

#[test]
fn every_change_of_every_example_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rql-examples/forms");
    let files = std::fs::read_dir(folder).expect("the examples");
    let files = files.map(|file| file.expect("an example").path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let mut seen = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a text");
        assert_eq!(saved(&text, |_| {}), text);
        let fields = read(&text).fields.len();
        for at in 0..fields {
            seen += 1;
            let first = text.lines().next().expect("a comment");
            let others = |written: &str| assert!(written.starts_with(first), "{written}");
            others(&saved(&text, |form| form.fields[at].width = Some(33)));
            others(&saved(&text, |form| form.fields[at].rules.clear()));
            others(&saved(&text, |form| {
                form.fields[at].help = Some("it's \"so\"\n".into())
            }));
            others(&saved(&text, |form| form.fields.swap(at, fields - 1)));
            others(&saved(&text, |form| form.fields.rotate_left(at)));
            others(&saved(&text, |form| {
                let mut new = form.fields[at].clone();
                new.name = made("another_one");
                form.fields.insert(at, new);
            }));
            others(&saved(&text, |form| {
                form.actions.truncate(1);
                form.actions[0].label = Some("Do".into());
                form.fields[at].default = Some(made("1 + 1"));
            }));
        }
    }
    assert!(seen > 10, "the examples were not found");
}

#[test]
fn a_script_keeps_its_other_statements() {
    let text = "-- before\nLET n = 1;\n\nFORM card (FIELD who TEXT, ACTION done AS CLOSE);   -- here\n\nPRINT :n\n";
    let mut form = Form {
        name: made("card"),
        ..Form::default()
    };
    let written = into_script(&form, text, "card", &nothing);
    assert_eq!(
        written,
        "-- before\nLET n = 1;\n\nFORM card;   -- here\n\nPRINT :n\n"
    );
    // It has another name now.
    form.name = made("guest");
    let written = into_script(&form, text, "card", &nothing);
    assert_eq!(
        written,
        "-- before\nLET n = 1;\n\nFORM guest;   -- here\n\nPRINT :n\n"
    );
    // One that was not there comes behind what was.
    let written = into_script(&form, "PRINT 1 -- one\n", "guest", &nothing);
    assert_eq!(written, "PRINT 1; -- one\n\nFORM guest;\n");
    assert_eq!(into_script(&form, "", "guest", &nothing), "FORM guest;\n");
    // What says the same is not written anew.
    let text = "form   guest ;";
    assert_eq!(into_script(&form, text, "guest", &nothing), text);
}
