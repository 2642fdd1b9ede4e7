//! Attributes: words with values, in FORM, CHART, OUTPUT and the options of definitions.

use crate::term::Tok;
use crate::tree::Tree;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// The words that a form knows before its fields.
pub const FORM_WORDS: &[&str] = &[
    "title",
    "help",
    "schema",
    "width",
    "rows",
    "layout",
    "views",
    "pagination",
    "i18n",
];

/// The words that CHART knows.
pub const CHART_WORDS: &[&str] = &["of", "by", "title", "width", "height", "bins", "to"];

/// The words behind EXPLAIN.
pub(crate) const EXPLAIN_WORDS: &[&str] = &[
    "verbose",
    "query",
    "plan",
    "extended",
    "formatted",
    "codegen",
    "cost",
    "logical",
    "physical",
];

/// The words of fields, actions and details.
pub const FIELD_WORDS: &[&str] = &[
    "label",
    "width",
    "height",
    "rows",
    "required",
    "readonly",
    "hidden",
    "default",
    "format",
    "pattern",
    "check",
    "message",
    "help",
    "choices",
    "lookup",
    "as",
    "on",
    "not null",
    "primary key",
    "unique",
    "key",
    "confirm",
    "title",
    "page",
    "mask",
    "range",
    "length",
    "params",
    "script",
    "success",
    "failure",
    "before",
    "after",
];

/// The words after the file or table of OUTPUT, IMPORT, EXPORT and COPY.
pub const TRANSFER_WORDS: &[&str] = &[
    "format", "append", "create", "replace", "options", "dry", "run",
];

impl Tree {
    pub(crate) fn attribute(&mut self, name: Ident, value: AttributeValue) -> Attribute {
        let end = match value {
            AttributeValue::None => name.span,
            AttributeValue::Expr(id) => self.ast[id].span,
            AttributeValue::List(list) => self.ast[list]
                .last()
                .map_or(name.span, |&id| self.ast[id].span),
            AttributeValue::Query(id) => self.ast[id].span,
        };
        Attribute {
            name,
            value,
            span: name.span.to(end),
        }
    }

    pub(crate) fn attribute_list(&mut self, name: Ident, values: List<Id<Expr>>) -> Attribute {
        self.attribute(name, AttributeValue::List(values))
    }

    pub(crate) fn check_attribute(&mut self, tok: Tok, start: u32, l: u32, r: u32) -> Attribute {
        let condition = self.parens(start, l, r);
        self.attribute(Ident { span: tok.span }, AttributeValue::Expr(condition))
    }

    /// `ON CHANGE recalculate`: the event is part of the word.
    pub(crate) fn on_attribute(&mut self, on: Tok, event: Ident, action: Name) -> Attribute {
        let span = self.ast.name_span(action);
        let value = self.leaf(ExprKind::Column(action), span);
        self.attribute(
            Ident {
                span: on.span.to(event.span),
            },
            AttributeValue::Expr(value),
        )
    }

    /// `name := value` among the values of an attribute, as a comparison of the two.
    pub(crate) fn named_arg(&mut self, name: Id<Expr>, value: Id<Expr>) -> Id<Expr> {
        let span = self.ast[name].span.to(self.ast[value].span);
        self.leaf(
            ExprKind::Binary {
                left: name,
                op: BinaryOp::Eq,
                right: value,
            },
            span,
        )
    }

    /// `DEFAULT CHARSET = utf8`
    pub(crate) fn default_option(
        &mut self,
        tok: Tok,
        name: Ident,
        value: Option<Id<Expr>>,
    ) -> Attribute {
        let name = Ident {
            span: tok.span.to(name.span),
        };
        self.attribute(
            name,
            value.map_or(AttributeValue::None, AttributeValue::Expr),
        )
    }

    /// `COMMENT 'text'`
    pub(crate) fn comment_option(&mut self, tok: Tok, text: Tok) -> Attribute {
        let value = self.leaf(ExprKind::String, text.span);
        self.attribute(Ident { span: tok.span }, AttributeValue::Expr(value))
    }

    /// Some words take the bare word after them as their value: `FORMAT csv`, `KEY F5`.
    pub(crate) fn pair_words(&mut self, list: List<Attribute>, words: &[&str]) -> List<Attribute> {
        let all: Vec<Attribute> = self.ast[list].to_vec();
        let takes = |tree: &Self, attribute: &Attribute| {
            attribute.value == AttributeValue::None
                && words.iter().any(|word| {
                    tree.ast
                        .text(attribute.name.span)
                        .eq_ignore_ascii_case(word)
                })
        };
        if !all.iter().any(|attribute| takes(self, attribute)) {
            return list;
        }
        let mut paired: Vec<Attribute> = Vec::with_capacity(all.len());
        let mut rest = all.into_iter();
        while let Some(attribute) = rest.next() {
            let value = if takes(self, &attribute) {
                rest.next()
            } else {
                None
            };
            match value {
                Some(Attribute {
                    name,
                    value: AttributeValue::None,
                    ..
                }) => {
                    let parts = self.ast.push_list([name]);
                    let id = self.leaf(ExprKind::Column(Name { parts }), name.span);
                    paired.push(self.attribute(attribute.name, AttributeValue::Expr(id)));
                }
                other => {
                    paired.push(attribute);
                    paired.extend(other);
                }
            }
        }
        self.ast.push_list(paired)
    }

    /// Reports words that the place does not know.
    pub(crate) fn check_attributes(&mut self, list: List<Attribute>, known: &[&str], place: &str) {
        let all: Vec<Attribute> = self.ast[list].to_vec();
        for attribute in all {
            let span = attribute.name.span;
            let word = self.ast.text(span).to_ascii_lowercase();
            if known.contains(&word.as_str()) || word.starts_with("on ") {
                continue;
            }
            let word = word.to_ascii_uppercase();
            let message = format!("{place} knows no {word}");
            let mut diagnostic =
                Diagnostic::error(codes::UNKNOWN_ATTRIBUTE, message).label(span, "not known here");
            diagnostic = match did_you_mean(&word, known.iter().copied()) {
                Some(near) => {
                    let near = near.to_ascii_uppercase();
                    diagnostic.help(format!("did you mean {near}?")).suggest(
                        format!("write {near}"),
                        span,
                        near,
                    )
                }
                None => diagnostic.help(format!(
                    "it knows {}",
                    known.join(", ").to_ascii_uppercase()
                )),
            };
            self.report(diagnostic);
        }
    }
}
