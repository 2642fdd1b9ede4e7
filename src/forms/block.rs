//! A form from a FORM statement.

use crate::model::{Action, Body, Choice, Detail, Field, Form, Rule, RuleKind, Verb};
use crate::{Event, Kind, Piece, fdl, kind};
use rql_ast::{
    ActionBody, Ast, Attribute, AttributeValue, BinaryOp, Expr, ExprKind, FormAction, FormDetail,
    FormField, FormItem, Id, Ident, List, Span,
};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// The form of a FORM statement, and what is wrong with it.
#[must_use]
pub fn from_block(ast: &Ast, form: Id<rql_ast::Form>) -> (Form, Vec<Diagnostic>) {
    let mut block = Block {
        ast,
        wrong: Vec::new(),
    };
    let form = block.form(ast[form]);
    (form, block.wrong)
}

struct Block<'a> {
    ast: &'a Ast,
    wrong: Vec<Diagnostic>,
}

impl Block<'_> {
    fn form(&mut self, block: rql_ast::Form) -> Form {
        let ast = self.ast;
        let mut form = Form {
            name: self.dotted(block.name),
            table: block.table.map(|name| self.dotted(name)),
            ..Form::default()
        };
        for attribute in &ast[block.attributes] {
            match self.word(attribute).as_str() {
                "title" => form.title = self.string(attribute),
                "help" => form.description = self.string(attribute),
                "schema" => form.schema = self.string(attribute),
                part @ ("layout" | "views" | "pagination" | "i18n") => {
                    let Some(inner) = self.inner(attribute) else {
                        continue;
                    };
                    let wrong = fdl::part(&inner, part, &mut form);
                    self.wrong.extend(wrong);
                }
                _ => self.misplaced(attribute, "a form"),
            }
        }
        for item in &ast[block.items] {
            match *item {
                FormItem::Field(id) => {
                    let field = self.field(ast[id]);
                    form.fields.push(field);
                }
                FormItem::Action(id) => {
                    let action = self.action(ast[id]);
                    form.actions.push(action);
                }
                FormItem::Detail(id) => {
                    let detail = self.detail(ast[id]);
                    form.details.push(detail);
                }
                FormItem::Error(_) => {}
            }
        }
        form
    }

    fn field(&mut self, block: FormField) -> Field {
        let ast = self.ast;
        let mut field = Field {
            name: self.ident(block.name),
            ..Field::default()
        };
        if let Some(ty) = block.ty {
            field.written = Piece::at(ast.source(), ast[ty].span);
        }
        self.wrong.extend(settle_type(&mut field));
        let attributes = &ast[block.attributes];
        // MESSAGE belongs to the rule before it.
        let mut last: Option<RuleKind> = None;
        for attribute in attributes {
            let word = self.word(attribute);
            let mut rule = None;
            match word.as_str() {
                "label" => field.label = self.string(attribute),
                "help" => field.help = self.string(attribute),
                "width" => field.width = self.number(attribute),
                "rows" | "height" => field.rows = self.number(attribute),
                "page" => field.page = self.number(attribute),
                "readonly" => field.readonly = true,
                "hidden" => field.hidden = true,
                "format" => field.format = self.text(attribute),
                "mask" => field.mask = self.text(attribute),
                "default" => field.default = self.expr(attribute),
                "as" => field.computed = self.expr(attribute),
                "lookup" => field.lookup = self.query(attribute),
                "choices" => field.choices = self.choices(attribute),
                "required" | "not null" => rule = Some(RuleKind::Required),
                "pattern" => rule = self.string(attribute).map(RuleKind::Pattern),
                "check" => rule = self.expr(attribute).map(unwrapped).map(RuleKind::Check),
                "range" => {
                    rule = self
                        .bounds(attribute)
                        .map(|(low, high)| RuleKind::Range(low, high));
                }
                "length" => {
                    rule = self
                        .bounds(attribute)
                        .map(|(low, high)| RuleKind::Length(low, high));
                }
                "message" => {
                    let message = self.string(attribute);
                    let of = field.rules.iter_mut().rev();
                    match of
                        .into_iter()
                        .find(|rule| Some(&rule.kind) == last.as_ref())
                    {
                        Some(rule) => rule.message = message,
                        None => self.wrong.push(
                            Diagnostic::error(codes::FORM, "MESSAGE stands behind a rule")
                                .label(attribute.span, "there is no rule before it")
                                .help("REQUIRED, RANGE, LENGTH, PATTERN and CHECK are rules"),
                        ),
                    }
                }
                "on change" => field.on_change = self.expr(attribute),
                "on enter" => field.on_enter = self.expr(attribute),
                "on exit" => field.on_exit = self.expr(attribute),
                _ => self.misplaced(attribute, "a field"),
            }
            if let Some(kind) = rule {
                last = Some(kind.clone());
                field.rules.push(Rule {
                    kind,
                    message: None,
                });
            }
        }
        field
            .rules
            .sort_by_key(|rule| rule.kind != RuleKind::Required);
        field.rules.dedup();
        if field.computed.is_some() && field.written.text.is_empty() {
            field.kind = Kind::Computed;
        }
        field
    }

    fn action(&mut self, block: FormAction) -> Action {
        let ast = self.ast;
        let name = self.ident(block.name);
        let mut script = None;
        let body = match block.body {
            ActionBody::Statements(list) => {
                let all = &ast[list];
                let first = all.first().map_or(block.span, |stmt| stmt.span);
                let span = all.last().map_or(first, |last| first.to(last.span));
                Body::Run(trimmed(Piece::at(ast.source(), span)))
            }
            ActionBody::Verb(word) => match Verb::named(ast.text(word.span)) {
                Some(verb) => Body::Verb(verb),
                None => {
                    script = Some(word);
                    Body::Verb(Verb::Close)
                }
            },
        };
        let mut action = Action {
            name,
            body,
            ..Action::default()
        };
        for attribute in &ast[block.attributes] {
            match self.word(attribute).as_str() {
                "label" => action.label = self.string(attribute),
                "help" => action.help = self.string(attribute),
                "key" => action.key = self.text(attribute),
                "default" => action.default = true,
                "confirm" => action.confirm = self.string(attribute),
                "success" => action.success = self.string(attribute),
                "failure" => action.failure = self.string(attribute),
                "params" => action.params = self.pairs(attribute),
                "before" => action.before = self.events(attribute),
                "after" => action.after = self.events(attribute),
                "script" if script.is_some_and(|word| self.is_script(word)) => {
                    if let Some(inner) = self.inner(attribute) {
                        action.body = Body::Run(inner);
                    }
                }
                _ => self.misplaced(attribute, "an action"),
            }
        }
        if let (Some(word), Body::Verb(_)) = (script, &action.body) {
            self.wrong.push(unknown_verb(
                ast.text(word.span),
                word.span,
                &[],
                str::to_uppercase,
            ));
        }
        action
    }

    fn is_script(&self, word: Ident) -> bool {
        self.ast.text(word.span).eq_ignore_ascii_case("script")
    }

    fn detail(&mut self, block: FormDetail) -> Detail {
        let ast = self.ast;
        let mut detail = Detail {
            name: self.dotted(block.name),
            on: trimmed(Piece::at(ast.source(), ast[block.on].span)),
            label: None,
            rows: None,
        };
        for attribute in &ast[block.attributes] {
            match self.word(attribute).as_str() {
                "label" | "title" => detail.label = self.string(attribute),
                "rows" | "height" => detail.rows = self.number(attribute),
                _ => self.misplaced(attribute, "a detail"),
            }
        }
        detail
    }

    // -- values of attributes --------------------------------------------------------------------

    fn word(&self, attribute: &Attribute) -> String {
        let words = self.ast.text(attribute.name.span).split_ascii_whitespace();
        words.collect::<Vec<_>>().join(" ").to_ascii_lowercase()
    }

    fn ident(&self, ident: Ident) -> Piece {
        Piece::made(self.ast.name(ident), ident.span)
    }

    fn dotted(&self, name: rql_ast::Name) -> Piece {
        Piece::made(self.ast.dotted(name), self.ast.name_span(name))
    }

    fn misplaced(&mut self, attribute: &Attribute, place: &str) {
        let word = self.word(attribute).to_ascii_uppercase();
        self.wrong.push(
            Diagnostic::error(codes::UNKNOWN_ATTRIBUTE, format!("{place} knows no {word}"))
                .label(attribute.name.span, "not known here"),
        );
    }

    fn wants(&mut self, attribute: &Attribute, what: &str) {
        let word = self.word(attribute).to_ascii_uppercase();
        self.wrong.push(
            Diagnostic::error(codes::FORM, format!("{word} wants {what}"))
                .label(attribute.span, "not this"),
        );
    }

    fn value(&mut self, attribute: &Attribute, what: &str) -> Option<Expr> {
        if let AttributeValue::Expr(id) = attribute.value {
            return Some(self.ast[id]);
        }
        self.wants(attribute, what);
        None
    }

    fn string(&mut self, attribute: &Attribute) -> Option<String> {
        let value = self.value(attribute, "a text")?;
        if value.kind == ExprKind::String {
            return Some(self.ast.string(value.span).into_owned());
        }
        self.wants(attribute, "a text");
        None
    }

    /// A text, or a word.
    fn text(&mut self, attribute: &Attribute) -> Option<String> {
        let value = self.value(attribute, "a text")?;
        match value.kind {
            ExprKind::String => Some(self.ast.string(value.span).into_owned()),
            _ => Some(self.ast.text(value.span).to_owned()),
        }
    }

    fn number(&mut self, attribute: &Attribute) -> Option<u32> {
        let value = self.value(attribute, "a number")?;
        let number = self.ast.text(value.span).parse().ok();
        if number.is_none() {
            self.wants(attribute, "a whole number");
        }
        number
    }

    fn expr(&mut self, attribute: &Attribute) -> Option<Piece> {
        let value = match attribute.value {
            AttributeValue::Expr(id) => self.ast[id].span,
            // DEFAULT (SELECT …)
            AttributeValue::Query(id) => self.ast[id].span,
            _ => {
                self.wants(attribute, "an expression");
                return None;
            }
        };
        Some(trimmed(Piece::at(self.ast.source(), value)))
    }

    fn query(&mut self, attribute: &Attribute) -> Option<Piece> {
        if let AttributeValue::Query(id) = attribute.value {
            let piece = Piece::at(self.ast.source(), self.ast[id].span);
            return Some(unwrapped(piece));
        }
        self.wants(attribute, "a query in parentheses");
        None
    }

    fn list(&mut self, attribute: &Attribute, what: &str) -> List<Id<Expr>> {
        if let AttributeValue::List(list) = attribute.value {
            return list;
        }
        self.wants(attribute, what);
        List::EMPTY
    }

    /// `a := b` is read as a comparison.
    fn pair(&self, id: Id<Expr>) -> Option<(Span, Span)> {
        match self.ast[id].kind {
            ExprKind::Binary {
                left,
                op: BinaryOp::Eq,
                right,
            } => Some((self.ast[left].span, self.ast[right].span)),
            _ => None,
        }
    }

    fn choices(&mut self, attribute: &Attribute) -> Vec<Choice> {
        let (ast, source) = (self.ast, self.ast.source());
        let list = self.list(attribute, "values in parentheses");
        let choice = |&id: &Id<Expr>| match self.pair(id) {
            Some((value, label)) => Choice {
                value: Piece::at(source, value),
                label: Some(ast.string(label).into_owned()),
            },
            None => Choice {
                value: Piece::at(source, ast[id].span),
                label: None,
            },
        };
        ast[list].iter().map(choice).collect()
    }

    fn events(&mut self, attribute: &Attribute) -> Vec<Event> {
        let ast = self.ast;
        let list = self.list(attribute, "events in parentheses");
        let mut events = Vec::new();
        for &id in &ast[list] {
            let span = ast[id].span;
            match event(&ast.text(span).to_lowercase(), span) {
                Ok(event) => events.push(event),
                Err(wrong) => self.wrong.push(*wrong),
            }
        }
        events
    }

    fn pairs(&mut self, attribute: &Attribute) -> Vec<(Piece, Piece)> {
        let ast = self.ast;
        let list = self.list(attribute, "name := field, … in parentheses");
        let mut pairs = Vec::new();
        for &id in &ast[list] {
            let name = |span: Span| {
                let text = ast.text(span).trim_start_matches(':');
                Piece::made(rql_ast::fold_name(text), span)
            };
            match self.pair(id) {
                Some((param, field)) => pairs.push((name(param), name(field))),
                None => self.wants(attribute, "name := field"),
            }
        }
        pairs
    }

    fn bounds(&mut self, attribute: &Attribute) -> Option<(Option<Piece>, Option<Piece>)> {
        let ast = self.ast;
        let list = self.list(
            attribute,
            "the least and the most, NULL where there is no bound",
        );
        let bound = |id: Id<Expr>| {
            (ast[id].kind != ExprKind::Null).then(|| Piece::at(ast.source(), ast[id].span))
        };
        match ast[list] {
            [low, high] => Some((bound(low), bound(high))),
            [] => None,
            _ => {
                self.wants(attribute, "two bounds; NULL is none");
                None
            }
        }
    }

    /// What stands between the marks of a string.
    fn inner(&mut self, attribute: &Attribute) -> Option<Piece> {
        let value = self.value(attribute, "a text")?;
        if value.kind != ExprKind::String {
            self.wants(attribute, "a text");
            return None;
        }
        let (raw, decoded) = (self.ast.text(value.span), self.ast.string(value.span));
        Some(match raw.find(decoded.as_ref()) {
            Some(at) => {
                let start = value.span.start + at as u32;
                let end = start + decoded.len() as u32;
                trimmed(Piece::at(self.ast.source(), Span::new(start, end)))
            }
            None => trimmed(Piece::made(decoded, value.span)),
        })
    }
}

/// A piece without white space and semicolons around it.
pub(crate) fn trimmed(piece: Piece) -> Piece {
    let left = piece.text.trim_start();
    let cut = (piece.text.len() - left.len()) as u32;
    let text = left.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
    let span = match piece.verbatim {
        true => Span::new(
            piece.span.start + cut,
            piece.span.start + cut + text.len() as u32,
        ),
        false => piece.span,
    };
    Piece {
        text: text.to_owned(),
        span,
        ..piece
    }
}

/// A piece without the parentheses around the whole of it, as the grammar has read them.
fn unwrapped(piece: Piece) -> Piece {
    let inner = piece
        .text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    match inner {
        Some(inner) => {
            let span = Span::new(piece.span.start + 1, piece.span.end - 1);
            trimmed(Piece {
                text: inner.to_owned(),
                span,
                ..piece
            })
        }
        None => piece,
    }
}

/// Reads the type of a field.
pub(crate) fn settle_type(field: &mut Field) -> Option<Diagnostic> {
    if field.written.text.is_empty() {
        return None;
    }
    // A type is the same in either case.
    field.written.text = field.written.text.trim().to_lowercase();
    if let Some((kind, ty)) = kind::read(&field.written.text) {
        (field.kind, field.ty) = (kind, ty);
        return None;
    }
    let (name, span) = (&field.written.text, field.written.span);
    let error = Diagnostic::error(codes::UNKNOWN_TYPE, format!("no type {name}"))
        .label(span, "no type of RQL or of a form");
    Some(match kind::near(name) {
        Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
        None => error.help("text, integer, decimal(10,2), boolean, date, datetime, enum, lookup…"),
    })
}

/// The event of a word.
pub(crate) fn event(word: &str, span: Span) -> Result<Event, Box<Diagnostic>> {
    Event::named(word).ok_or_else(|| {
        let error = Diagnostic::error(codes::FORM, format!("there is no event {word}"))
            .label(span, "nothing of this name happens at a form");
        Box::new(match Event::near(word) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => {
                let names = Event::ALL.map(Event::name);
                error.help(format!("the events are {}", names.join(", ")))
            }
        })
    })
}

/// A word that is none of a form's verbs, nor of the words `also` that may stand in their place; `write` is how the
/// spelling has them.
pub(crate) fn unknown_verb(
    word: &str,
    span: Span,
    also: &[&'static str],
    write: fn(&str) -> String,
) -> Diagnostic {
    let names = Verb::ALL.map(Verb::name);
    let error = Diagnostic::error(
        codes::FORM,
        format!("a form cannot {}", word.to_lowercase()),
    )
    .label(span, "neither a statement nor a verb of forms");
    match did_you_mean(word, also.iter().copied().chain(names)) {
        Some(near) => {
            let near = write(near);
            error.suggest(format!("did you mean {near}?"), span, near)
        }
        None => {
            let names: Vec<String> = also.iter().copied().chain(names).map(write).collect();
            error.help(format!("it can {}", names.join(", ")))
        }
    }
}
