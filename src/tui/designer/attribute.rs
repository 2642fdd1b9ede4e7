//! What a field, an action and the form itself have: one table for each. What is typed is read as it would be in a
//! FORM block.

use super::made;
use rql_forms::{Action, Body, Field, Form, Rule, RuleKind};

/// How an attribute is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Typed; empty takes it away.
    Text,
    /// It is there or not.
    Switch,
}

/// Something that a field, an action or a form has.
pub(crate) struct Attribute<T: 'static> {
    /// What people call it.
    pub(crate) name: &'static str,
    /// What is to be typed.
    pub(crate) hint: &'static str,
    /// How it is given.
    pub(crate) given: Given,
    /// As it is typed.
    pub(crate) get: fn(&T) -> String,
    /// Takes what is typed, or says why not.
    pub(crate) set: fn(&mut T, &str) -> Result<(), String>,
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn number(value: Option<u32>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn optional(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn counted(text: &str) -> Result<Option<u32>, String> {
    match optional(text) {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(number @ 1..=500) => Ok(Some(number)),
            _ => Err(format!("{text} is no number from 1 to 500")),
        },
    }
}

/// A form read from a FORM block; the first thing that is wrong with it.
fn block(items: &str) -> Result<Form, String> {
    let parse = rql_grammar::parse(&format!("FORM f (\n{items}\n);"));
    let ast = &parse.ast;
    let mut statements = ast.statements.ids().map(|id| ast[id].kind);
    let first = |wrong: &[rql_diagnostics::Diagnostic]| {
        let error =
            |one: &&rql_diagnostics::Diagnostic| one.severity == rql_diagnostics::Severity::Error;
        wrong.iter().find(error).map(|wrong| wrong.message.clone())
    };
    if let Some(wrong) = first(&parse.diagnostics) {
        return Err(wrong);
    }
    let (Some(rql_ast::StmtKind::Form(id)), None) = (statements.next(), statements.next()) else {
        return Err("this ends the form".to_owned());
    };
    let (form, wrong) = rql_forms::from_block(ast, id);
    match first(&wrong) {
        Some(wrong) => Err(wrong),
        None => Ok(form),
    }
}

/// A field with these words behind its type.
fn field(ty: &str, words: &str) -> Result<Field, String> {
    let mut form = block(&format!("FIELD x {ty} {words}"))?;
    match (form.fields.len(), form.actions.len() + form.details.len()) {
        (1, 0) => Ok(form.fields.remove(0)),
        _ => Err("this is more than one field".to_owned()),
    }
}

/// A field of a name and a type.
pub(crate) fn new_field(name: &str, ty: &str) -> Result<Field, String> {
    let mut new = field(ty, "")?;
    set_name(&mut new, name)?;
    Ok(new)
}

/// An action of a name; it leaves the form until it is said what it does.
pub(crate) fn new_action(name: &str) -> Result<Action, String> {
    let mut action = Action::default();
    named(name)?;
    action.name = made(&name.trim().to_lowercase());
    Ok(action)
}

/// The name of something: a parameter can be called so.
fn named(name: &str) -> Result<(), String> {
    let name = name.trim();
    let first = |c: char| c.is_alphabetic() || c == '_';
    let rest = |c: char| c.is_alphanumeric() || c == '_';
    match name.starts_with(first) && name.chars().all(rest) {
        true => Ok(()),
        false => Err("a name is letters, digits and _".to_owned()),
    }
}

fn set_name(field: &mut Field, text: &str) -> Result<(), String> {
    named(text)?;
    field.name = made(&text.trim().to_lowercase());
    Ok(())
}

fn set_type(field: &mut Field, text: &str) -> Result<(), String> {
    // What a type needs besides is given by other attributes.
    let words = match text.trim().to_lowercase().as_str() {
        "enum" => "CHOICES ('x')",
        "lookup" => "LOOKUP (SELECT 1)",
        "computed" => "AS 1",
        _ => "",
    };
    let read = self::field(text, words)?;
    (field.written, field.kind, field.ty) = (read.written, read.kind, read.ty);
    Ok(())
}

fn set_rules(field: &mut Field, text: &str) -> Result<(), String> {
    let read = self::field("TEXT", text)?;
    let required = |rule: &Rule| rule.kind == RuleKind::Required;
    field.rules.retain(required);
    field
        .rules
        .extend(read.rules.into_iter().filter(|rule| !required(rule)));
    Ok(())
}

fn set_choices(field: &mut Field, text: &str) -> Result<(), String> {
    field.choices = match optional(text) {
        None => Vec::new(),
        Some(text) => self::field("TEXT", &format!("CHOICES ({text})"))?.choices,
    };
    Ok(())
}

fn choices(field: &Field) -> String {
    let quoted = |label: &String| format!(" := {}", rql_ast::text_literal(label));
    let choice = |choice: &rql_forms::Choice| {
        let label = choice.label.as_ref().map(quoted);
        choice.value.text.clone() + &label.unwrap_or_default()
    };
    field
        .choices
        .iter()
        .map(choice)
        .collect::<Vec<_>>()
        .join(", ")
}

macro_rules! attributes {
    ($($name:literal $given:ident $hint:literal $get:expr, $set:expr;)*) => {
        &[$(Attribute {
            name: $name,
            hint: $hint,
            given: Given::$given,
            get: $get,
            set: $set,
        }),*]
    };
}

/// What a field has.
pub(crate) static FIELD: &[Attribute<Field>] = attributes! {
    "name" Text "as its parameter is called: letters, digits and _" |f| f.name.text.clone(), set_name;
    "label" Text "what stands before it; empty: its name" |f| text(f.label.as_ref()), |f, text| {
        f.label = optional(text);
        Ok(())
    };
    "type" Text "text, textarea, integer, decimal(10,2), date, boolean, lookup…" |f| f.written.text.clone(), set_type;
    "width" Text "characters; empty: as its type wants" |f| number(f.width), |f, text| {
        f.width = counted(text)?;
        Ok(())
    };
    "rows" Text "lines" |f| number(f.rows), |f, text| {
        f.rows = counted(text)?;
        Ok(())
    };
    "page" Text "the page that it stands on" |f| number(f.page), |f, text| {
        f.page = counted(text)?;
        Ok(())
    };
    "required" Switch "" |f| yes(f.required()), |f, _| {
        match f.required() {
            true => f.rules.retain(|rule| rule.kind != RuleKind::Required),
            false => f.rules.insert(0, Rule { kind: RuleKind::Required, message: None }),
        }
        Ok(())
    };
    "readonly" Switch "" |f| yes(f.readonly), |f, _| {
        f.readonly = !f.readonly;
        Ok(())
    };
    "hidden" Switch "" |f| yes(f.hidden), |f, _| {
        f.hidden = !f.hidden;
        Ok(())
    };
    "default" Text "of RQL: 'IT', 5, today, (SELECT …)" |f| text(f.default.as_ref().map(|piece| &piece.text)), |f, text| {
        f.default = match optional(text) {
            None => None,
            Some(text) => field("TEXT", &format!("DEFAULT {text}"))?.default,
        };
        Ok(())
    };
    "lookup" Text "SELECT id, name FROM … ORDER BY name" |f| text(f.lookup.as_ref().map(|piece| &piece.text)), |f, text| {
        f.lookup = match optional(text) {
            None => None,
            Some(text) => field("TEXT", &format!("LOOKUP ({text})"))?.lookup,
        };
        Ok(())
    };
    "choices" Text "'IT', 'HR' := 'People'" choices, set_choices;
    "computed" Text "of RQL, over other fields: last - first" |f| text(f.computed.as_ref().map(|piece| &piece.text)), |f, text| {
        f.computed = match optional(text) {
            None => None,
            Some(text) => field("TEXT", &format!("AS {text}"))?.computed,
        };
        Ok(())
    };
    "rules" Text "RANGE (1, 9) LENGTH (2, 5) PATTERN '[A-Z]+' CHECK (…) MESSAGE '…'" rql_forms::rules, set_rules;
    "format" Text "how the value is shown: FM999,990.00" |f| text(f.format.as_ref()), |f, text| {
        f.format = optional(text);
        Ok(())
    };
    "mask" Text "what each character must be: 99-AA" |f| text(f.mask.as_ref()), |f, text| {
        f.mask = optional(text);
        Ok(())
    };
    "help" Text "what is said of it" |f| text(f.help.as_ref()), |f, text| {
        f.help = optional(text);
        Ok(())
    };
};

/// What an action has.
pub(crate) static ACTION: &[Attribute<Action>] = attributes! {
    "label" Text "what stands on its button; empty: its name" |a| text(a.label.as_ref()), |a, text| {
        a.label = optional(text);
        Ok(())
    };
    "key" Text "F5, Alt+X" |a| text(a.key.as_ref()), |a, text| {
        a.key = optional(text);
        Ok(())
    };
    "does" Text "a statement with :fields, or CLEAR, RESET, CLOSE, COMMIT, ROLLBACK" does, set_does;
    "default" Switch "" |a| yes(a.default), |a, _| {
        a.default = !a.default;
        Ok(())
    };
    "confirm" Text "what is asked before" |a| text(a.confirm.as_ref()), |a, text| {
        a.confirm = optional(text);
        Ok(())
    };
    "success" Text "what is said afterwards" |a| text(a.success.as_ref()), |a, text| {
        a.success = optional(text);
        Ok(())
    };
    "help" Text "what is said of it" |a| text(a.help.as_ref()), |a, text| {
        a.help = optional(text);
        Ok(())
    };
};

fn does(action: &Action) -> String {
    match &action.body {
        Body::Verb(verb) => verb.name().to_uppercase(),
        Body::Run(piece) => piece.text.clone(),
    }
}

fn set_does(action: &mut Action, text: &str) -> Result<(), String> {
    let mut form = block(&format!(
        "ACTION x AS {}",
        text.trim().trim_end_matches(';')
    ))?;
    match (form.actions.len(), form.fields.len() + form.details.len()) {
        (1, 0) => action.body = form.actions.remove(0).body,
        _ => return Err("this is more than one action".to_owned()),
    }
    Ok(())
}

/// What the form itself has.
pub(crate) static FORM: &[Attribute<Form>] = attributes! {
    "name" Text "as FORM EXECUTE calls it" |f| f.name.text.clone(), |f, text| {
        named(text)?;
        f.name = made(&text.trim().to_lowercase());
        Ok(())
    };
    "title" Text "what stands above it; empty: its name" |f| text(f.title.as_ref()), |f, text| {
        f.title = optional(text);
        Ok(())
    };
    "description" Text "what it is for" |f| text(f.description.as_ref()), |f, text| {
        f.description = optional(text);
        Ok(())
    };
};
