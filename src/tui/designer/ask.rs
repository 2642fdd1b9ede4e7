//! What is asked at the designer, and what becomes of the answers.

use super::attribute::{ACTION, Attribute, FIELD, FORM, Given, new_action, new_field};
use super::{Designer, Spot};
use crate::dialog::Item;
use rql_forms::{Form, KINDS};
use std::path::PathBuf;

/// A question.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// What is designed.
    Source,
    /// The name of a new form.
    Name,
    /// The file of one.
    Open,
    /// An attribute of the field; again and again.
    Field,
    /// An attribute of the form.
    Form,
    /// A button, and an attribute of it.
    Buttons,
    Button(usize),
    /// The name of a new button.
    NewButton,
    /// What an attribute is: of the field, the form, a button.
    FieldValue(usize),
    FormValue(usize),
    ButtonValue(usize, usize),
    /// The name of a new field, and its type.
    New,
    Type(String),
    /// The file that it goes to.
    Save,
    /// Whether that is written over.
    Overwrite(PathBuf),
    /// Whether the designer is left.
    Leave,
}

/// What comes of an answer.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing more.
    Done,
    /// Another question; where there is one, the value that is chosen at first.
    Ask(Ask, String),
    /// The answer does not do.
    Wrong(Ask, String, String),
}

/// A question as it is shown.
pub(crate) enum Shape {
    /// Some things to choose from.
    List(String, Vec<Item>),
    /// A line to type: what for, a hint, what stands there.
    Line(String, String, String),
}

fn item(label: impl Into<String>, detail: impl Into<String>, value: impl Into<String>) -> Item {
    Item {
        label: label.into(),
        detail: detail.into(),
        value: value.into(),
    }
}

fn listed<T>(table: &[Attribute<T>], of: &T) -> Vec<Item> {
    let attributes = table.iter();
    attributes
        .map(|one| item(one.name, (one.get)(of).replace('\n', " "), one.name))
        .collect()
}

fn line<T>(table: &[Attribute<T>], at: usize, of: &T, whose: &str) -> Shape {
    let (name, hint, text) = table.get(at).map_or(("", "", String::new()), |one| {
        (one.name, one.hint, (one.get)(of).replace('\n', " "))
    });
    Shape::Line(format!("{whose}: {name}"), hint.to_owned(), text)
}

/// The place of an attribute.
fn place<T>(table: &[Attribute<T>], name: &str) -> usize {
    let place = table.iter().position(|one| one.name == name);
    place.unwrap_or(0)
}

/// What stands in a list for something new, or something to be done.
const NEW: &str = "+";
const REMOVE: &str = "-";

impl Designer {
    /// A question as it is shown; nothing for what is asked elsewhere.
    pub(crate) fn shape(&self, ask: &Ask) -> Option<Shape> {
        let form = &self.form;
        let field = self.field();
        Some(match ask {
            Ask::Field => {
                let field = field?;
                Shape::List(format!("Field {}", field.name.text), listed(FIELD, field))
            }
            Ask::Form => Shape::List(format!("Form {}", form.name.text), listed(FORM, form)),
            Ask::Buttons => {
                let actions = form.actions.iter().enumerate();
                let mut items: Vec<Item> = actions
                    .map(|(at, action)| {
                        let label = action.label.as_deref().unwrap_or(&action.name.text);
                        let key = action.key.clone().unwrap_or_default();
                        item(label, key, at.to_string())
                    })
                    .collect();
                items.push(item("a new button…", "", NEW));
                Shape::List("Buttons".to_owned(), items)
            }
            Ask::Button(at) => {
                let action = form.actions.get(*at)?;
                let mut items = listed(ACTION, action);
                items.push(item("take it away", "", REMOVE));
                Shape::List(format!("Button {}", action.name.text), items)
            }
            Ask::NewButton => {
                let hint = "letters, digits and _".to_owned();
                Shape::Line("Name of the button".to_owned(), hint, String::new())
            }
            Ask::FieldValue(at) => line(FIELD, *at, field?, &field?.name.text),
            Ask::FormValue(at) => line(FORM, *at, form, "form"),
            Ask::ButtonValue(button, at) => {
                let action = form.actions.get(*button)?;
                line(ACTION, *at, action, &action.name.text)
            }
            Ask::New => {
                let hint = "letters, digits and _".to_owned();
                Shape::Line("Name of the field".to_owned(), hint, String::new())
            }
            Ask::Type(name) => {
                let kinds = KINDS.iter().map(|(word, ..)| item(*word, "", *word));
                // What these need can be said once they are there.
                let alone = |item: &Item| !matches!(&*item.value, "enum" | "lookup" | "computed");
                Shape::List(format!("Type of {name}"), kinds.filter(alone).collect())
            }
            Ask::Source | Ask::Name | Ask::Open | Ask::Save | Ask::Overwrite(_) | Ask::Leave => {
                return None;
            }
        })
    }

    /// What an answer does.
    pub(crate) fn answer(&mut self, ask: Ask, text: &str, spots: &[Spot]) -> Next {
        match ask {
            Ask::Field => {
                let at = place(FIELD, text);
                match FIELD[at].given {
                    Given::Text => Next::Ask(Ask::FieldValue(at), String::new()),
                    Given::Switch => self.set_field(at, ""),
                }
            }
            Ask::Form => {
                let at = place(FORM, text);
                Next::Ask(Ask::FormValue(at), String::new())
            }
            Ask::Buttons => match text.parse() {
                Ok(at) => Next::Ask(Ask::Button(at), String::new()),
                Err(_) => Next::Ask(Ask::NewButton, String::new()),
            },
            Ask::Button(button) if text == REMOVE => {
                self.keep(false);
                self.form.actions.remove(button);
                Next::Ask(Ask::Buttons, String::new())
            }
            Ask::Button(button) => {
                let at = place(ACTION, text);
                match ACTION[at].given {
                    Given::Text => Next::Ask(Ask::ButtonValue(button, at), String::new()),
                    Given::Switch => self.set_button(button, at, ""),
                }
            }
            Ask::NewButton => {
                let taken = |form: &Form, name: &str| form.action(name).is_some();
                match new_action(text) {
                    Ok(action) if taken(&self.form, &action.name.text) => {
                        let why = format!("there is a button {}", action.name.text);
                        Next::Wrong(Ask::NewButton, text.to_owned(), why)
                    }
                    Ok(action) => {
                        self.keep(false);
                        self.form.actions.push(action);
                        let button = self.form.actions.len() - 1;
                        Next::Ask(Ask::Button(button), "does".to_owned())
                    }
                    Err(why) => Next::Wrong(Ask::NewButton, text.to_owned(), why),
                }
            }
            Ask::FieldValue(at) => self.set_field(at, text),
            Ask::FormValue(at) => {
                let mut form = self.form.clone();
                match (FORM[at].set)(&mut form, text) {
                    Ok(()) => {
                        self.keep(false);
                        self.form = form;
                        Next::Ask(Ask::Form, FORM[at].name.to_owned())
                    }
                    Err(why) => Next::Wrong(Ask::FormValue(at), text.to_owned(), why),
                }
            }
            Ask::ButtonValue(button, at) => self.set_button(button, at, text),
            Ask::New => match new_field(text, "TEXT") {
                Ok(field) if self.form.field(&field.name.text).is_some() => {
                    let why = format!("there is a field {}", field.name.text);
                    Next::Wrong(Ask::New, text.to_owned(), why)
                }
                Ok(field) => Next::Ask(Ask::Type(field.name.text), String::new()),
                Err(why) => Next::Wrong(Ask::New, text.to_owned(), why),
            },
            Ask::Type(name) => {
                if let Ok(field) = new_field(&name, text) {
                    self.add(field, spots);
                }
                Next::Done
            }
            Ask::Source | Ask::Name | Ask::Open | Ask::Save | Ask::Overwrite(_) | Ask::Leave => {
                Next::Done
            }
        }
    }

    fn set_field(&mut self, at: usize, text: &str) -> Next {
        let Some(old) = self.field().cloned() else {
            return Next::Done;
        };
        let mut new = old.clone();
        let set = (FIELD[at].set)(&mut new, text);
        let renamed = new.name != old.name;
        let taken = renamed && self.form.field(&new.name.text).is_some();
        match set {
            Err(why) => Next::Wrong(Ask::FieldValue(at), text.to_owned(), why),
            Ok(()) if taken => {
                let why = format!("there is a field {}", new.name.text);
                Next::Wrong(Ask::FieldValue(at), text.to_owned(), why)
            }
            Ok(()) => {
                self.keep(false);
                if renamed {
                    self.rename(&old.name.text, &new.name.text);
                }
                self.form.fields[self.at] = new;
                Next::Ask(Ask::Field, FIELD[at].name.to_owned())
            }
        }
    }

    /// What names the field in the layout and in other languages follows it.
    fn rename(&mut self, old: &str, new: &str) {
        let layout = self.form.layout.iter_mut();
        let layout = layout.flat_map(|layout| {
            let places = layout.places.iter_mut().map(|place| &mut place.field);
            let sections = layout.sections.iter_mut();
            places.chain(sections.flat_map(|section| &mut section.fields))
        });
        let texts = self.form.i18n.iter_mut();
        let texts = texts.filter(|text| matches!(&*text.part, "fields" | "help" | "messages"));
        for name in layout.chain(texts.map(|text| &mut text.name)) {
            if name.text == old {
                *name = super::made(new);
            }
        }
    }

    fn set_button(&mut self, button: usize, at: usize, text: &str) -> Next {
        let Some(mut action) = self.form.actions.get(button).cloned() else {
            return Next::Done;
        };
        match (ACTION[at].set)(&mut action, text) {
            Err(why) => Next::Wrong(Ask::ButtonValue(button, at), text.to_owned(), why),
            Ok(()) => {
                self.keep(false);
                self.form.actions[button] = action;
                Next::Ask(Ask::Button(button), ACTION[at].name.to_owned())
            }
        }
    }
}
