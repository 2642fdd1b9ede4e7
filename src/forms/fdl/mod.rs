//! A form from FDL2, its spelling in TOML; `action` has the actions, `value` what stands behind a key,
//! `names` every place of a name.

mod action;
mod names;
mod value;

use crate::block::{settle_type, trimmed};
use crate::keys;
use crate::model::{
    Choice, Detail, Field, Form, Layout, Pagination, Place, Rule, RuleKind, Section, Translation,
    View,
};
use crate::{Kind, Piece};
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

pub use action::action_type;
pub use names::{Manner, Named, Naming, names};

type Key<'t> = Spanned<DeString<'t>>;
type Item<'t> = Spanned<DeValue<'t>>;

/// Reads a form from TOML, and says what is wrong with it; `name` is that of a form that does not say its own.
#[must_use]
pub fn from_toml(source: &str, name: &str) -> (Form, Vec<Diagnostic>) {
    let mut form = Form {
        name: Piece::made(name.to_lowercase(), Span::default()),
        ..Form::default()
    };
    let mut reader = Reader {
        source,
        wrong: Vec::new(),
    };
    match DeTable::parse(source) {
        Ok(table) => reader.form(table.get_ref(), &mut form),
        Err(error) => reader.no_toml(&error),
    }
    (form, reader.wrong)
}

/// Reads a part of a FORM block that is written in TOML.
pub(crate) fn part(inner: &Piece, part: &str, form: &mut Form) -> Vec<Diagnostic> {
    let text = inner.within("", "");
    let mut reader = Reader {
        source: &text,
        wrong: Vec::new(),
    };
    match DeTable::parse(&text) {
        Ok(table) => {
            let (start, end) = (inner.span.start as usize, inner.span.end as usize);
            let whole = Spanned::new(start..end, DeValue::Table(table.into_inner()));
            reader.part(part, &whole, form);
        }
        Err(error) => reader.no_toml(&error),
    }
    inner.settle(reader.wrong)
}

/// The last line, and the last column, that a field may have a place at.
const FARTHEST: u32 = 500;

/// NULL is no bound.
fn is_bound(piece: &Piece) -> bool {
    !piece.text.eq_ignore_ascii_case("null")
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}

struct Reader<'s> {
    source: &'s str,
    wrong: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn no_toml(&mut self, error: &toml::de::Error) {
        let place = span(error.span().unwrap_or(0..0));
        let message = error.message().lines().next().unwrap_or("").to_owned();
        self.error(message, place, "this is not TOML");
    }

    fn error(&mut self, message: impl Into<String>, span: Span, label: &str) {
        let error = Diagnostic::error(codes::FORM_KEY, message).label(span, label);
        self.wrong.push(error);
    }

    fn form(&mut self, table: &DeTable<'_>, form: &mut Form) {
        let entries = self.entries("a form", table, keys::FORM);
        for (key, _, value) in &entries {
            match *key {
                "name" => {
                    if let Some(name) = self.piece(value) {
                        form.name = name;
                    }
                }
                "title" => form.title = self.text(value),
                "description" => form.description = self.text(value),
                "schema" => form.schema = self.text(value),
                "table" => form.table = self.piece(value),
                "fields" => {
                    for (name, value) in self.named("fields", value) {
                        let field = self.field(name, value);
                        form.fields.push(field);
                    }
                }
                "details" => {
                    for (name, value) in self.named("details", value) {
                        let detail = self.detail(name, value);
                        form.details.push(detail);
                    }
                }
                "actions" => {}
                part => self.part(part, value, form),
            }
        }
        // What an action does may depend on all fields.
        for (_, _, value) in entries.iter().filter(|entry| entry.0 == "actions") {
            for (name, value) in self.named("actions", value) {
                let action = self.action(name, value, form);
                form.actions.extend(action);
            }
        }
    }

    fn part(&mut self, part: &str, value: &Item<'_>, form: &mut Form) {
        match part {
            "layout" => form.layout = self.layout(value),
            "pagination" => form.pagination = self.pagination(value),
            "views" => {
                for (name, value) in self.named("views", value) {
                    let view = self.view(name, value);
                    form.views.extend(view);
                }
            }
            _ => {
                for (language, value) in self.named("i18n", value) {
                    self.language(language, value, form);
                }
            }
        }
    }

    fn field(&mut self, name: &Key<'_>, value: &Item<'_>) -> Field {
        let mut field = Field {
            name: self.name(name),
            ..Field::default()
        };
        let mut required = false;
        for (key, _, value) in self.table("a field", value, keys::FIELD) {
            match key {
                "label" => field.label = self.text(value),
                "type" => field.written = self.piece(value).unwrap_or_default(),
                "help" => field.help = self.text(value),
                "required" => required = self.flag(value),
                "readonly" => field.readonly = self.flag(value),
                "hidden" => field.hidden = self.flag(value),
                "width" => field.width = self.number(value),
                "rows" => field.rows = self.number(value),
                "page" => field.page = self.number(value),
                "default" => field.default = self.literal(value),
                "computed" => field.computed = self.piece(value),
                "choices" => field.choices = self.choices(value),
                "query" => field.lookup = self.piece(value),
                "format" => field.format = self.text(value),
                "mask" => field.mask = self.text(value),
                "pattern" => {
                    let kind = self.text(value).map(RuleKind::Pattern);
                    field.rules.extend(kind.map(|kind| Rule {
                        kind,
                        message: None,
                    }));
                }
                "validations" => {
                    let rules = self.rules(value);
                    field.rules.extend(rules);
                }
                "on_enter" => field.on_enter = self.piece(value),
                "on_exit" => field.on_exit = self.piece(value),
                _ => field.on_change = self.piece(value),
            }
        }
        if required && !field.required() {
            field.rules.push(Rule {
                kind: RuleKind::Required,
                message: None,
            });
        }
        field
            .rules
            .sort_by_key(|rule| rule.kind != RuleKind::Required);
        if field.written.text.is_empty() {
            // As a person would say it: what has choices is one of them.
            let word = match (&field.computed, &field.lookup, field.choices.is_empty()) {
                (Some(_), ..) => "computed",
                (_, Some(_), _) => "lookup",
                (_, _, false) => "enum",
                _ => "text",
            };
            field.written = Piece::made(word, field.name.span);
        }
        self.wrong.extend(settle_type(&mut field));
        if field.computed.is_some() && field.kind == Kind::Computed {
            field.ty = rql::Type::Unknown;
        }
        field
    }

    fn choices(&mut self, value: &Item<'_>) -> Vec<Choice> {
        let mut choices = Vec::new();
        for item in self.list(value) {
            let mut choice = Choice {
                value: Piece::default(),
                label: None,
            };
            if let DeValue::Table(_) = item.get_ref() {
                for (key, _, value) in self.table("a choice", item, keys::CHOICE) {
                    match key {
                        "value" => choice.value = self.literal(value).unwrap_or_default(),
                        _ => choice.label = self.text(value),
                    }
                }
                if choice.value.text.is_empty() {
                    self.error("a choice has a value", span(item.span()), "none is said");
                }
            } else {
                choice.value = self.literal(item).unwrap_or_default();
            }
            choices.push(choice);
        }
        choices
    }

    /// A list of `{type = …}`, or a table with a key for each rule.
    fn rules(&mut self, value: &Item<'_>) -> Vec<Rule> {
        let mut rules = Vec::new();
        if let DeValue::Array(_) = value.get_ref() {
            for item in self.list(value) {
                let rule = self.rule(item);
                rules.extend(rule);
            }
            return rules;
        }
        for (kind, key, value) in self.table("validations", value, keys::RULES) {
            let rule = match (kind, value.get_ref()) {
                ("required", DeValue::Boolean(on)) => on.then_some((RuleKind::Required, None)),
                (_, DeValue::Table(_)) => {
                    let parts = self.table("a rule", value, keys::RULE);
                    self.kind(kind, span(key.span()), &parts)
                }
                ("range" | "length", DeValue::Array(items)) if items.len() == 2 => {
                    let (low, high) = (self.literal(&items[0]), self.literal(&items[1]));
                    Some(match kind {
                        "range" => (RuleKind::Range(low, high), None),
                        _ => (RuleKind::Length(low, high), None),
                    })
                }
                ("pattern", _) => self.text(value).map(|text| (RuleKind::Pattern(text), None)),
                ("check", _) => self
                    .piece(value)
                    .map(|piece| (RuleKind::Check(piece), None)),
                _ => {
                    let message = format!("{kind} wants its bounds, [1, 9], or a table");
                    self.error(message, span(value.span()), "not this");
                    None
                }
            };
            rules.extend(rule.map(|(kind, message)| Rule { kind, message }));
        }
        rules
    }

    fn rule(&mut self, item: &Item<'_>) -> Option<Rule> {
        let parts = self.table("a rule", item, keys::RULE);
        let Some((_, _, value)) = parts.iter().find(|part| part.0 == "type") else {
            let names: Vec<&str> = keys::words(keys::RULES).collect();
            let message = format!("a rule has a type: {}", names.join(", "));
            self.error(message, span(item.span()), "none is said");
            return None;
        };
        let kind = self.text(value)?;
        let place = self.inside(value);
        let (kind, message) = self.kind(&kind, place, &parts)?;
        Some(Rule { kind, message })
    }

    /// A rule of a kind from its parts; what belongs to another kind is an error.
    fn kind(
        &mut self,
        kind: &str,
        place: Span,
        parts: &[(&'static str, &Key<'_>, &Item<'_>)],
    ) -> Option<(RuleKind, Option<String>)> {
        let own: &[&str] = match kind {
            "required" => &[],
            "range" | "length" => &["min", "max"],
            "pattern" => &["pattern"],
            "check" => &["expr"],
            _ => {
                let error = Diagnostic::error(codes::FORM_KEY, format!("no rule {kind}"))
                    .label(place, "no rule of this name");
                let known = keys::words(keys::RULES);
                self.wrong.push(match did_you_mean(kind, known) {
                    Some(near) => error.suggest(format!("did you mean {near}?"), place, near),
                    None => {
                        let known: Vec<_> = keys::words(keys::RULES).collect();
                        error.help(format!("the rules are {}", known.join(", ")))
                    }
                });
                return None;
            }
        };
        let mut message = None;
        let (mut low, mut high, mut text, mut expr) = (None, None, None, None);
        for (key, written, value) in parts {
            match *key {
                "type" => {}
                "message" => message = self.text(value),
                "min" if own.contains(key) => low = self.literal(value).filter(is_bound),
                "max" if own.contains(key) => high = self.literal(value).filter(is_bound),
                "pattern" if own.contains(key) => text = self.text(value),
                "expr" if own.contains(key) => expr = self.piece(value),
                _ => {
                    let message = format!("the rule {kind} has no {key}");
                    self.error(message, span(written.span()), "it belongs to another rule");
                }
            }
        }
        let made = match kind {
            "required" => Some(RuleKind::Required),
            "range" | "length" if low.is_none() && high.is_none() => None,
            "range" => Some(RuleKind::Range(low, high)),
            "length" => Some(RuleKind::Length(low, high)),
            "pattern" => text.map(RuleKind::Pattern),
            _ => expr.map(RuleKind::Check),
        };
        if made.is_none() {
            let message = format!("the rule {kind} needs {}", own.join(" or "));
            self.error(message, place, "it says nothing");
        }
        made.map(|made| (made, message))
    }

    fn detail(&mut self, name: &Key<'_>, value: &Item<'_>) -> Detail {
        let mut detail = Detail {
            name: self.name(name),
            on: Piece::default(),
            label: None,
            rows: None,
        };
        for (key, _, value) in self.table("a detail", value, keys::DETAIL) {
            match key {
                "on" => detail.on = self.piece(value).unwrap_or_default(),
                "label" => detail.label = self.text(value),
                _ => detail.rows = self.number(value),
            }
        }
        if detail.on.text.is_empty() {
            self.error(
                "a detail needs on",
                detail.name.span,
                "what relates it to the form?",
            );
        }
        detail
    }

    fn view(&mut self, name: &Key<'_>, value: &Item<'_>) -> Option<View> {
        let name = self.name(name);
        let (mut label, mut sql, mut columns) = (None, None, Vec::new());
        for (key, _, value) in self.table("a view", value, keys::VIEW) {
            match key {
                "label" => label = self.text(value),
                "sql" => sql = self.piece(value).map(trimmed),
                _ => {
                    for item in self.list(value) {
                        columns.extend(self.piece(item));
                    }
                }
            }
        }
        let Some(sql) = sql else {
            self.error("a view needs sql", name.span, "what does it show?");
            return None;
        };
        Some(View {
            name,
            label,
            sql,
            columns,
        })
    }

    fn layout(&mut self, value: &Item<'_>) -> Option<Layout> {
        let mut layout = Layout::default();
        for (key, _, value) in self.table("a layout", value, keys::LAYOUT) {
            if key == "columns" {
                layout.columns = self.number(value);
                continue;
            }
            if key == "places" {
                for (name, value) in self.named("places", value) {
                    let place = self.place(name, value);
                    layout.places.push(place);
                }
                continue;
            }
            for item in self.list(value) {
                let mut section = Section::default();
                for (key, _, value) in self.table("a section", item, keys::SECTION) {
                    match key {
                        "title" => section.title = self.text(value),
                        "columns" => section.columns = self.number(value),
                        _ => {
                            for item in self.list(value) {
                                section.fields.extend(self.piece(item));
                            }
                        }
                    }
                }
                layout.sections.push(section);
            }
        }
        Some(layout)
    }

    fn place(&mut self, name: &Key<'_>, value: &Item<'_>) -> Place {
        let mut place = Place {
            field: self.name(name),
            line: 1,
            column: 1,
        };
        for (key, _, value) in self.table("a place", value, keys::PLACE) {
            let Some(number) = self.number(value) else {
                continue;
            };
            if !(1..=FARTHEST).contains(&number) {
                let message = format!("a {key} is a number from 1 to {FARTHEST}");
                self.error(message, span(value.span()), "not this one");
            } else if key == "line" {
                place.line = number;
            } else {
                place.column = number;
            }
        }
        place
    }

    fn pagination(&mut self, value: &Item<'_>) -> Option<Pagination> {
        let entries = self.table("pagination", value, keys::PAGINATION);
        let number = entries.first().and_then(|(_, _, value)| self.number(value));
        number.map(|page_size| Pagination { page_size })
    }

    fn language(&mut self, language: &Key<'_>, value: &Item<'_>, form: &mut Form) {
        let language = language.get_ref().to_string();
        let mut add = |part: &str, name: Piece, text: Option<String>| {
            form.i18n.extend(text.map(|text| Translation {
                language: language.clone(),
                part: part.to_owned(),
                name,
                text,
            }));
        };
        for (part, _, value) in self.table("a language", value, keys::LANGUAGE) {
            if matches!(part, "title" | "description") {
                add(part, Piece::default(), self.text(value));
                continue;
            }
            for (name, value) in self.named(part, value) {
                add(part, self.name(name), self.text(value));
            }
        }
    }
}
