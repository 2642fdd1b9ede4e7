//! What a form says, held against a catalog.

mod sql;

use crate::model::{Action, Body, Detail, Field, Form, RuleKind};
use crate::{Kind, Piece, pairs};
use rql::{Env, Type};
use rql_ast::Ident;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// Compiles every piece of a form; what is wrong has its place in the form's source.
#[must_use]
pub fn check(form: &Form, env: &Env<'_>) -> Vec<Diagnostic> {
    let mut checked = Checked {
        form,
        env: *env,
        wrong: Vec::new(),
    };
    checked.names();
    for field in &form.fields {
        checked.field(field);
    }
    for action in &form.actions {
        checked.action(action);
    }
    for view in &form.views {
        checked.query(&view.sql);
        if let Body::Run(whole) = &view.action().body
            && checked.wrong.is_empty()
        {
            checked.query(whole);
        }
    }
    for detail in &form.details {
        let parts: Vec<&str> = detail.name.text.split('.').collect();
        let (schema, name) = match parts.as_slice() {
            [schema, name] => (Some(*schema), *name),
            _ => (None, detail.name.text.as_str()),
        };
        if !env.catalog.is_open() && env.catalog.find(schema, name).is_none() {
            checked.no_table(&detail.name);
        }
        checked.detail(detail);
    }
    if checked.wrong.is_empty() {
        checked.wrong = crate::trigger::check(form, env);
    }
    checked.wrong
}

/// A text that gives the value of an expression over fields: a query of one row and one column. The fields are
/// the parameters of their names, and columns; `today` and `now` are columns too.
#[must_use]
pub fn condition(form: &Form, piece: &Piece) -> String {
    let parse = rql_grammar::parse(&piece.within("SELECT ", ""));
    let ast = &parse.ast;
    let mut columns: Vec<String> = Vec::new();
    for &ident in ast.all::<Ident>() {
        let name = ast.name(ident);
        let column = match (form.field(&name), name.as_ref()) {
            (Some(field), _) => value_of(field),
            (None, "today") => "CURRENT_DATE AS today".into(),
            (None, "now") => "LOCALTIMESTAMP AS now".into(),
            _ => continue,
        };
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let from = match columns.is_empty() {
        true => String::new(),
        false => format!(" FROM (SELECT {}) AS form_values", columns.join(", ")),
    };
    piece.within("SELECT ", &from)
}

fn value_of(field: &Field) -> String {
    let name = &field.name.text;
    match field.ty {
        Type::Unknown => format!(":{name} AS {name}"),
        Type::Varchar(_) | Type::Char(_) => format!("CAST(:{name} AS text) AS {name}"),
        ty => format!("CAST(:{name} AS {ty}) AS {name}"),
    }
}

/// The parameters that an action takes of its form, each with its type, and whether it is needed whatever is left
/// out of its templates.
#[must_use]
pub fn used(form: &Form, action: &Action, env: &Env<'_>) -> Vec<(String, Type, bool)> {
    let mut checked = Checked {
        form,
        env: *env,
        wrong: Vec::new(),
    };
    let found = checked.parameters(action);
    found
        .into_iter()
        .map(|(name, (ty, needed, _))| (name, ty, needed))
        .collect()
}

struct Checked<'a> {
    form: &'a Form,
    env: Env<'a>,
    wrong: Vec<Diagnostic>,
}

impl Checked<'_> {
    fn names(&mut self) {
        let form = self.form;
        let words = |name: &Piece| {
            let mut letters = name.text.chars();
            letters
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_')
                && letters.all(|c| c.is_alphanumeric() || c == '_')
        };
        let mut seen: Vec<&str> = Vec::new();
        for field in &form.fields {
            let (name, span) = (&field.name, field.name.span);
            if !words(name) {
                let message = format!("{} cannot be bound as a parameter", name.text);
                self.error(message, span, "letters, digits and _ name a field");
            }
            if seen.contains(&name.text.as_str()) {
                self.error(
                    format!("there are two fields {}", name.text),
                    span,
                    "the second",
                );
            }
            seen.push(&name.text);
        }
        let mut seen: Vec<&str> = Vec::new();
        for action in &form.actions {
            let (name, span) = (&action.name.text, action.name.span);
            if seen.contains(&name.as_str()) {
                self.error(format!("there are two actions {name}"), span, "the second");
            }
            seen.push(name);
        }
        let mut defaults = form.actions.iter().filter(|action| action.default).skip(1);
        if let Some(second) = defaults.next() {
            self.error(
                "two actions are the default",
                second.name.span,
                "one of them is",
            );
        }
        let sections = form.layout.iter().flat_map(|layout| &layout.sections);
        for name in sections.flat_map(|section| &section.fields) {
            self.is_field(name);
        }
        let places = form.layout.iter().flat_map(|layout| &layout.places);
        for place in places {
            self.is_field(&place.field);
        }
        for translation in &form.i18n {
            match translation.part.as_str() {
                "fields" | "help" | "messages" => self.is_field(&translation.name),
                "actions" => self.is_action(&translation.name),
                _ => {}
            }
        }
        if let Some(table) = &form.table
            && !self.env.catalog.is_open()
            && crate::table::find(self.env.catalog, &table.text).is_none()
        {
            self.no_table(table);
        }
    }

    /// What relates a detail to its form: column = field, joined by AND.
    fn detail(&mut self, detail: &Detail) {
        let Some(pairs) = pairs(detail) else {
            self.error(
                format!("the detail {} is not related to the form", detail.name.text),
                detail.on.span,
                "column = field, joined by AND, relates them",
            );
            return;
        };
        let table = crate::table::find(self.env.catalog, &detail.name.text);
        for (column, field) in pairs {
            let known = table.is_none_or(|table| {
                table
                    .columns
                    .iter()
                    .any(|known| crate::field_name(&known.name) == column)
            });
            if !known {
                let message = format!("{} has no column {column}", detail.name.text);
                self.error(message, detail.on.span, "no column of this name");
            }
            self.is_field(&Piece::made(field, detail.on.span));
        }
    }

    fn no_table(&mut self, name: &Piece) {
        let known = self
            .env
            .catalog
            .tables()
            .iter()
            .map(|table| table.name.as_str());
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {}", name.text))
            .label(name.span, "no table of this name");
        self.wrong
            .push(near(error, name, did_you_mean(&name.text, known)));
    }

    fn is_field(&mut self, name: &Piece) {
        if self.form.field(&name.text).is_some() {
            return;
        }
        let known = self
            .form
            .fields
            .iter()
            .map(|field| field.name.text.as_str());
        let error = Diagnostic::error(codes::FORM, format!("the form has no field {}", name.text))
            .label(name.span, "no field of this name");
        self.wrong
            .push(near(error, name, did_you_mean(&name.text, known)));
    }

    fn is_action(&mut self, name: &Piece) {
        if self.form.action(&name.text).is_some() {
            return;
        }
        let known = self
            .form
            .actions
            .iter()
            .map(|action| action.name.text.as_str());
        let error = Diagnostic::error(codes::FORM, format!("the form has no action {}", name.text))
            .label(name.span, "no action of this name");
        self.wrong
            .push(near(error, name, did_you_mean(&name.text, known)));
    }

    fn error(&mut self, message: impl Into<String>, span: rql_ast::Span, label: &str) {
        let error = Diagnostic::error(codes::FORM, message).label(span, label);
        self.wrong.push(error);
    }

    fn field(&mut self, field: &Field) {
        let name = &field.name;
        match field.kind {
            Kind::Enum if field.choices.is_empty() => {
                self.error("an enum has choices", name.span, "it could have no value");
            }
            Kind::Lookup if field.lookup.is_none() => {
                self.error("a lookup has a query", name.span, "it could have no value");
            }
            Kind::Computed if field.computed.is_none() => {
                self.error(
                    "a computed field has an expression",
                    name.span,
                    "none is said",
                );
            }
            _ => {}
        }
        if let (true, Some(default)) = (field.is_computed(), &field.default) {
            let message = "a computed field has no default";
            self.error(message, default.span, "its expression says its value");
        }
        for (what, piece) in [("default", &field.default), ("value", &field.computed)] {
            if let Some(piece) = piece
                && let Some(ty) = self.expression(piece)
            {
                self.fits(what, field, ty, piece);
            }
        }
        for choice in &field.choices {
            if let Some(ty) = self.expression(&choice.value) {
                self.fits("choice", field, ty, &choice.value);
            }
        }
        if let Some(lookup) = &field.lookup {
            let first = self.query(lookup);
            if let Some(ty) = first {
                self.fits("lookup", field, ty, lookup);
            }
        }
        for rule in &field.rules {
            match &rule.kind {
                RuleKind::Range(low, high) => {
                    for bound in [low, high].into_iter().flatten() {
                        if let Some(ty) = self.expression(bound) {
                            self.fits("bound", field, ty, bound);
                        }
                    }
                }
                RuleKind::Length(low, high) => {
                    for bound in [low, high].into_iter().flatten() {
                        if self.expression(bound).is_some_and(|ty| !ty.is_integer()) {
                            self.error("a length is a whole number", bound.span, "not this");
                        }
                    }
                }
                RuleKind::Check(check) => {
                    let ty = self.expression(check);
                    if ty.is_some_and(|ty| !matches!(ty, Type::Boolean | Type::Unknown)) {
                        self.error(
                            "CHECK wants a condition",
                            check.span,
                            "this is not true or false",
                        );
                    }
                }
                RuleKind::Required | RuleKind::Pattern(_) => {}
            }
        }
        for action in field
            .events()
            .into_iter()
            .filter_map(|(_, action)| action.as_ref())
        {
            self.is_action(action);
        }
        if let Some(format) = field.formatted() {
            self.expression(&format);
        }
        if field.mask.is_some() && !(field.ty.is_text() || field.ty == Type::Unknown) {
            self.error(
                "a mask is for texts",
                name.span,
                "FORMAT says how other values are shown",
            );
        }
    }

    /// Whether a value of a type can be one of a field.
    fn fits(&mut self, what: &str, field: &Field, ty: Type, piece: &Piece) {
        let fits = match (field.ty, ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => true,
            (to, from) if to.is_text() && from.is_text() => true,
            (to, from) if to.is_number() && from.is_number() => true,
            // A literal may be read as a date or the like, and is no number.
            (to, from) if from.is_text() => {
                piece.text.starts_with('\'') && !to.is_number() && to != Type::Boolean
            }
            (to, from) => from.unify(to).is_some(),
        };
        if !fits {
            let message = format!(
                "the {what} of {} is {ty}, the field is {}",
                field.name.text, field.ty
            );
            let error = Diagnostic::error(codes::TYPE_MISMATCH, message);
            self.wrong
                .push(error.label(piece.span, format!("this is {ty}")));
        }
    }

    fn variable(&self, name: &str) -> Option<Type> {
        match self.form.field(name) {
            Some(field) => (field.ty != Type::Unknown).then_some(field.ty),
            None => (self.env.variables)(name),
        }
    }

    fn action(&mut self, action: &Action) {
        for (_, field) in &action.params {
            self.is_field(field);
        }
        let found = self.parameters(action);
        if let Body::Run(piece) = &action.body {
            self.trace(piece, &found, &action.params);
            for (param, _) in &action.params {
                if !found.contains_key(&param.text) && !self.wrong.iter().any(|d| inside(d, piece))
                {
                    let message = format!("{} takes no :{}", action.name.text, param.text);
                    self.error(message, param.span, "its statement has no such parameter");
                }
            }
        }
    }
}

/// Something has been said of a piece, which may hide more.
fn inside(said: &Diagnostic, piece: &Piece) -> bool {
    let at = said.primary_span().unwrap_or_default();
    piece.span.start <= at.start && at.end <= piece.span.end
}

fn near(error: Diagnostic, name: &Piece, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
        None => error,
    }
}
