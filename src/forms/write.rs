//! A form's two spellings, written.

use crate::Piece;
use crate::fdl::action_type;
use crate::model::{Action, Body, Choice, Field, Form, Rule, RuleKind};
use rql::Dialect;
use rql_ast::text_literal as text;
use std::fmt::Write as _;
use toml_writer::{ToTomlKey as _, ToTomlValue as _, TomlKeyBuilder, TomlStringBuilder};

/// A name as RQL writes it.
pub(crate) fn quoted(name: &str) -> String {
    rql::quoted(name, Dialect::Postgresql)
}

// -- FORM blocks ---------------------------------------------------------------------------------

/// Writes a form as a FORM statement.
#[must_use]
pub fn to_block(form: &Form) -> String {
    let mut out = format!("FORM {}", dotted(&form.name.text));
    said(&mut out, " TITLE", &form.title);
    said(&mut out, " HELP", &form.description);
    said(&mut out, " SCHEMA", &form.schema);
    let parts = [
        ("LAYOUT", layout(form, "")),
        ("VIEWS", views(form, "")),
        ("PAGINATION", pagination(form)),
        ("I18N", i18n(form, "")),
    ];
    for (word, toml) in parts.iter().filter(|part| !part.1.is_empty()) {
        let _ = write!(out, "\n{word} {}", dollars(toml.trim()));
    }
    if let Some(table) = &form.table {
        let _ = write!(out, " FOR {}", dotted(&table.text));
    }
    let fields = form.fields.iter().map(field_item);
    let actions = form.actions.iter().map(action_item);
    let details = form.details.iter().map(|detail| {
        let mut item = format!("DETAIL {} ON {}", dotted(&detail.name.text), detail.on.text);
        said(&mut item, " LABEL", &detail.label);
        counted(&mut item, " ROWS", detail.rows);
        item
    });
    let items: Vec<String> = fields.chain(actions).chain(details).collect();
    if !items.is_empty() {
        out.push_str(" (\n  ");
        for (at, item) in items.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { ",\n  " });
            out.push_str(item);
            // A comment would hide what follows it.
            if item
                .rsplit('\n')
                .next()
                .is_some_and(|line| line.contains("--") || line.contains('#'))
            {
                out.push('\n');
            }
        }
        out.push_str("\n)");
    }
    out.push_str(";\n");
    out
}

fn dotted(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

fn said(out: &mut String, word: &str, value: &Option<String>) {
    if let Some(value) = value {
        let _ = write!(out, "{word} {}", text(value));
    }
}

fn counted(out: &mut String, word: &str, value: Option<u32>) {
    if let Some(value) = value {
        let _ = write!(out, "{word} {value}");
    }
}

/// A text between dollar marks that do not stand in it.
fn dollars(inner: &str) -> String {
    let mut tag = String::from("toml");
    while inner.contains(&format!("${tag}$")) {
        tag.push('x');
    }
    format!("${tag}$\n{inner}\n${tag}$")
}

fn field_item(field: &Field) -> String {
    let mut out = format!(
        "FIELD {} {}",
        quoted(&field.name.text),
        field.written.text.to_uppercase()
    );
    said(&mut out, " LABEL", &field.label);
    counted(&mut out, " WIDTH", field.width);
    counted(&mut out, " ROWS", field.rows);
    counted(&mut out, " PAGE", field.page);
    if field.readonly {
        out.push_str(" READONLY");
    }
    if field.hidden {
        out.push_str(" HIDDEN");
    }
    if !field.choices.is_empty() {
        let choice = |choice: &Choice| match &choice.label {
            Some(label) => format!("{} := {}", choice.value.text, text(label)),
            None => choice.value.text.clone(),
        };
        let choices: Vec<String> = field.choices.iter().map(choice).collect();
        let _ = write!(out, " CHOICES ({})", choices.join(", "));
    }
    if let Some(lookup) = &field.lookup {
        let _ = write!(out, " LOOKUP ({})", lookup.text);
    }
    if let Some(default) = &field.default {
        let _ = write!(out, " DEFAULT {}", default.text);
    }
    said(&mut out, " FORMAT", &field.format);
    said(&mut out, " MASK", &field.mask);
    for rule in &field.rules {
        out.push(' ');
        out += &clause(rule);
    }
    said(&mut out, " HELP", &field.help);
    for (event, action) in field.events() {
        if let Some(action) = action {
            let _ = write!(out, " ON {event} {}", quoted(&action.text));
        }
    }
    if let Some(computed) = &field.computed {
        let _ = write!(out, " AS {}", computed.text);
    }
    out
}

/// The rules of a field but REQUIRED, as a FORM block says them.
#[must_use]
pub fn rules(field: &Field) -> String {
    let others = field.rules.iter();
    let others = others.filter(|rule| rule.kind != RuleKind::Required);
    others.map(clause).collect::<Vec<_>>().join(" ")
}

/// A rule as a FORM block says it.
fn clause(rule: &Rule) -> String {
    let bounds = |word: &str, low: &Option<Piece>, high: &Option<Piece>| {
        let bound =
            |bound: &Option<Piece>| bound.as_ref().map_or("NULL".into(), |p| p.text.clone());
        format!("{word} ({}, {})", bound(low), bound(high))
    };
    let mut out = match &rule.kind {
        RuleKind::Required => "REQUIRED".to_owned(),
        RuleKind::Range(low, high) => bounds("RANGE", low, high),
        RuleKind::Length(low, high) => bounds("LENGTH", low, high),
        RuleKind::Pattern(pattern) => format!("PATTERN {}", text(pattern)),
        RuleKind::Check(check) => format!("CHECK ({})", check.text),
    };
    said(&mut out, " MESSAGE", &rule.message);
    out
}

fn action_item(action: &Action) -> String {
    let mut out = format!("ACTION {}", quoted(&action.name.text));
    said(&mut out, " LABEL", &action.label);
    said(&mut out, " HELP", &action.help);
    if let Some(key) = &action.key {
        let word = key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key.bytes().all(|b| b.is_ascii_alphanumeric());
        let key = if word { key.clone() } else { text(key) };
        let _ = write!(out, " KEY {key}");
    }
    said(&mut out, " CONFIRM", &action.confirm);
    said(&mut out, " SUCCESS", &action.success);
    said(&mut out, " FAILURE", &action.failure);
    if !action.params.is_empty() {
        let pairs = action.params.iter();
        let pairs = pairs
            .map(|(param, field)| format!("{} := {}", quoted(&param.text), quoted(&field.text)));
        let _ = write!(out, " PARAMS ({})", pairs.collect::<Vec<_>>().join(", "));
    }
    for (word, events) in [("BEFORE", &action.before), ("AFTER", &action.after)] {
        if !events.is_empty() {
            let names = events.iter().map(|event| event.name().to_uppercase());
            let _ = write!(out, " {word} ({})", names.collect::<Vec<_>>().join(", "));
        }
    }
    if action.default {
        out.push_str(" DEFAULT");
    }
    match &action.body {
        Body::Verb(verb) => {
            let _ = write!(out, " AS {}", verb.name().to_uppercase());
        }
        Body::Run(piece) if action_type(piece) == "script" => {
            let _ = write!(out, " SCRIPT {} AS SCRIPT", dollars(&piece.text));
        }
        Body::Run(piece) => {
            let _ = write!(out, " AS\n    {}", piece.text);
        }
    }
    out
}

// -- FDL2 ----------------------------------------------------------------------------------------

/// Writes a form as FDL2.
#[must_use]
pub fn to_toml(form: &Form) -> String {
    let mut out = String::new();
    string(&mut out, "name", Some(&form.name.text));
    string(&mut out, "title", form.title.as_ref());
    string(&mut out, "description", form.description.as_ref());
    string(&mut out, "schema", form.schema.as_ref());
    string(
        &mut out,
        "table",
        form.table.as_ref().map(|table| &table.text),
    );
    for field in &form.fields {
        let _ = write!(out, "\n[fields.{}]\n", key(&field.name.text));
        field_table(&mut out, field);
    }
    for action in &form.actions {
        let _ = write!(out, "\n[actions.{}]\n", key(&action.name.text));
        action_table(&mut out, action);
    }
    for detail in &form.details {
        let _ = write!(out, "\n[details.{}]\n", key(&detail.name.text));
        string(&mut out, "on", Some(&detail.on.text));
        string(&mut out, "label", detail.label.as_ref());
        number(&mut out, "rows", detail.rows);
    }
    out += &views(form, "views.");
    out += &layout(form, "layout");
    if form.pagination.is_some() {
        out.push_str("\n[pagination]\n");
        out += &pagination(form);
    }
    out += &i18n(form, "i18n.");
    out
}

fn key(name: &str) -> String {
    TomlKeyBuilder::new(name).as_default().to_toml_key()
}

fn value(text: &str) -> String {
    TomlStringBuilder::new(text).as_default().to_toml_value()
}

fn string(out: &mut String, name: &str, text: Option<&String>) {
    if let Some(text) = text {
        let _ = writeln!(out, "{name} = {}", value(text));
    }
}

fn number(out: &mut String, name: &str, number: Option<u32>) {
    if let Some(number) = number {
        let _ = writeln!(out, "{name} = {number}");
    }
}

fn flag(out: &mut String, name: &str, on: bool) {
    if on {
        let _ = writeln!(out, "{name} = true");
    }
}

/// A literal of RQL as TOML has it, any other expression as `{expr = "…"}`.
fn literal(piece: &Piece) -> String {
    let written = piece.text.as_str();
    let digits = |text: &str| {
        let plain = text == "0" || !text.starts_with('0');
        !text.is_empty() && plain && text.bytes().all(|b| b.is_ascii_digit()) && text.len() < 19
    };
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let is_number = match unsigned.split_once('.') {
        Some((whole, part)) => {
            digits(whole) && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
        }
        None => digits(unsigned),
    };
    let inner = written
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    let string = inner.map(|inner| inner.replace("''", "'"));
    let string = string.filter(|string| text(string) == written);
    let date = written
        .strip_prefix("DATE '")
        .and_then(|text| text.strip_suffix('\''));
    let date = date.filter(|date| {
        let whole = date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        whole && toml::de::DeTable::parse(&format!("date = {date}")).is_ok() && !digits(date)
    });
    match (written, string, date) {
        ("TRUE", ..) => "true".into(),
        ("FALSE", ..) => "false".into(),
        (_, Some(string), _) => value(&string),
        (_, _, Some(date)) => date.into(),
        _ if is_number => written.into(),
        _ => format!("{{ expr = {} }}", one_line(written)),
    }
}

/// A string that may stand inside of an inline table.
fn one_line(text: &str) -> String {
    let builder = TomlStringBuilder::new(text);
    let literal = builder.as_literal().map(|string| string.to_toml_value());
    literal.unwrap_or_else(|| builder.as_basic().to_toml_value())
}

fn field_table(out: &mut String, field: &Field) {
    string(out, "label", field.label.as_ref());
    string(out, "type", Some(&field.written.text.to_lowercase()));
    let plain = |rule: &&Rule| rule.kind == RuleKind::Required && rule.message.is_none();
    flag(out, "required", field.rules.iter().any(|rule| plain(&rule)));
    flag(out, "readonly", field.readonly);
    flag(out, "hidden", field.hidden);
    number(out, "width", field.width);
    number(out, "rows", field.rows);
    number(out, "page", field.page);
    if let Some(default) = &field.default {
        let _ = writeln!(out, "default = {}", literal(default));
    }
    if !field.choices.is_empty() {
        let choice = |choice: &Choice| match &choice.label {
            Some(label) => {
                format!(
                    "{{ value = {}, label = {} }}",
                    literal(&choice.value),
                    one_line(label)
                )
            }
            None => literal(&choice.value),
        };
        let choices: Vec<String> = field.choices.iter().map(choice).collect();
        let _ = writeln!(out, "choices = [{}]", choices.join(", "));
    }
    string(
        out,
        "query",
        field.lookup.as_ref().map(|lookup| &lookup.text),
    );
    string(
        out,
        "computed",
        field.computed.as_ref().map(|computed| &computed.text),
    );
    string(out, "format", field.format.as_ref());
    string(out, "mask", field.mask.as_ref());
    let rules: Vec<String> = field
        .rules
        .iter()
        .filter(|rule| !plain(rule))
        .map(rule)
        .collect();
    if !rules.is_empty() {
        let _ = writeln!(out, "validations = [\n  {},\n]", rules.join(",\n  "));
    }
    string(out, "help", field.help.as_ref());
    for (event, action) in field.events() {
        let name = format!("on_{}", event.to_lowercase());
        string(out, &name, action.as_ref().map(|action| &action.text));
    }
}

fn rule(rule: &Rule) -> String {
    let bound = |name: &str, bound: &Option<Piece>| {
        let written = bound
            .as_ref()
            .map(|bound| format!(", {name} = {}", literal(bound)));
        written.unwrap_or_default()
    };
    let mut out = match &rule.kind {
        RuleKind::Required => "{ type = 'required'".to_owned(),
        RuleKind::Range(low, high) => {
            format!(
                "{{ type = 'range'{}{}",
                bound("min", low),
                bound("max", high)
            )
        }
        RuleKind::Length(low, high) => {
            format!(
                "{{ type = 'length'{}{}",
                bound("min", low),
                bound("max", high)
            )
        }
        RuleKind::Pattern(pattern) => {
            format!("{{ type = 'pattern', pattern = {}", one_line(pattern))
        }
        RuleKind::Check(check) => format!("{{ type = 'check', expr = {}", one_line(&check.text)),
    };
    if let Some(message) = &rule.message {
        let _ = write!(out, ", message = {}", one_line(message));
    }
    out.push_str(" }");
    out
}

fn action_table(out: &mut String, action: &Action) {
    string(out, "label", action.label.as_ref());
    string(out, "help", action.help.as_ref());
    let ty = match &action.body {
        Body::Verb(verb) => verb.name(),
        Body::Run(piece) => action_type(piece),
    };
    string(out, "type", Some(&ty.to_owned()));
    string(out, "key", action.key.as_ref());
    flag(out, "default", action.default);
    string(out, "confirm", action.confirm.as_ref());
    if let Body::Run(piece) = &action.body {
        string(out, "sql", Some(&piece.text));
    }
    if !action.params.is_empty() {
        let pairs = action.params.iter();
        let pairs =
            pairs.map(|(param, field)| format!("{} = {}", key(&param.text), one_line(&field.text)));
        let _ = writeln!(
            out,
            "params = {{ {} }}",
            pairs.collect::<Vec<_>>().join(", ")
        );
    }
    for (word, events) in [("before", &action.before), ("after", &action.after)] {
        if !events.is_empty() {
            let names = events.iter().map(|event| format!("'{}'", event.name()));
            let _ = writeln!(out, "{word} = [{}]", names.collect::<Vec<_>>().join(", "));
        }
    }
    string(out, "on_success", action.success.as_ref());
    string(out, "on_error", action.failure.as_ref());
}

fn views(form: &Form, prefix: &str) -> String {
    let mut out = String::new();
    for view in &form.views {
        let _ = write!(out, "\n[{prefix}{}]\n", key(&view.name.text));
        string(&mut out, "label", view.label.as_ref());
        string(&mut out, "sql", Some(&view.sql.text));
        if !view.columns.is_empty() {
            let columns: Vec<String> = view
                .columns
                .iter()
                .map(|column| one_line(&column.text))
                .collect();
            let _ = writeln!(out, "columns = [{}]", columns.join(", "));
        }
    }
    out
}

fn layout(form: &Form, prefix: &str) -> String {
    let mut out = String::new();
    let Some(layout) = &form.layout else {
        return out;
    };
    let bare = layout.sections.is_empty() && layout.places.is_empty();
    if !prefix.is_empty() && (bare || layout.columns.is_some()) {
        let _ = write!(out, "\n[{prefix}]\n");
    }
    number(&mut out, "columns", layout.columns);
    let dot = if prefix.is_empty() { "" } else { "." };
    for section in &layout.sections {
        let _ = write!(out, "\n[[{prefix}{dot}sections]]\n");
        string(&mut out, "title", section.title.as_ref());
        number(&mut out, "columns", section.columns);
        let fields: Vec<String> = section
            .fields
            .iter()
            .map(|field| one_line(&field.text))
            .collect();
        let _ = writeln!(out, "fields = [{}]", fields.join(", "));
    }
    if !layout.places.is_empty() {
        let _ = write!(out, "\n[{prefix}{dot}places]\n");
    }
    for place in &layout.places {
        let name = key(&place.field.text);
        let (line, column) = (place.line, place.column);
        let _ = writeln!(out, "{name} = {{ line = {line}, column = {column} }}");
    }
    out
}

fn pagination(form: &Form) -> String {
    let mut out = String::new();
    number(&mut out, "page_size", form.pagination.map(|p| p.page_size));
    out
}

fn i18n(form: &Form, prefix: &str) -> String {
    let mut out = String::new();
    let mut open = String::new();
    for translation in &form.i18n {
        let language = format!("{prefix}{}", key(&translation.language));
        let own = translation.name.text.is_empty();
        let table = match own {
            true => language,
            false => format!("{language}.{}", translation.part),
        };
        if table != open {
            let _ = write!(out, "\n[{table}]\n");
            open = table;
        }
        let name = if own {
            &translation.part
        } else {
            &translation.name.text
        };
        string(&mut out, &key(name), Some(&translation.text));
    }
    out
}
