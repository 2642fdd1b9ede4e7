//! Types, and the attributes that stand in parentheses.

use super::Printer;
use crate::{Attribute, AttributeValue, Dimension, Id, Ident, List, TypeName};

impl<'a> Printer<'a> {
    pub(super) fn type_name(&mut self, id: Id<TypeName>) {
        let ast = self.ast;
        let ty = ast[id];
        self.name(ty.name);
        let args = match (ast[ty.args].first(), ast[ty.fields].first()) {
            (Some(&arg), _) => Some(ast[arg].span.start),
            (_, Some(field)) => Some(ast[field.ty].span.start),
            _ => None,
        };
        let args_first = match (ast[ty.words].first(), args) {
            (Some(word), Some(start)) => start < word.span.start,
            _ => true,
        };
        if !args_first {
            self.type_words(ty.words);
        }
        if !ty.args.is_empty() {
            self.expr_parens(ty.args);
        }
        if !ty.fields.is_empty() {
            self.parens(ty.fields, |p, field| {
                if let Some(name) = field.name {
                    p.ident(name);
                    p.space();
                }
                p.type_name(field.ty);
            });
        }
        if args_first {
            self.type_words(ty.words);
        }
        match ty.time_zone {
            Some(true) => self.word("WITH TIME ZONE"),
            Some(false) => self.word("WITHOUT TIME ZONE"),
            None => {}
        }
        for dimension in &ast[ty.dimensions] {
            self.dimension(dimension);
        }
    }

    fn type_words(&mut self, words: List<Ident>) {
        let ast = self.ast;
        for &word in &ast[words] {
            self.space();
            self.ident(word);
        }
    }

    fn dimension(&mut self, dimension: &Dimension) {
        let text = self.ast.text(dimension.span);
        if !text.starts_with('[') {
            self.word("ARRAY");
        }
        if text.ends_with(']') {
            self.text("[");
            if let Some(size) = dimension.size {
                self.source(size);
            }
            self.text("]");
        }
    }

    /// A word and its value.
    pub(super) fn attribute(&mut self, attribute: &Attribute, equals: bool) {
        self.at(attribute.span.start);
        let word = self.ast.text(attribute.name.span);
        // The words of `ON CHANGE` and the like may stand apart in the source.
        let words: Vec<&str> = word.split_ascii_whitespace().collect();
        let quoted = word.starts_with(['"', '`', '[']);
        self.text(if quoted {
            word.to_owned()
        } else {
            words.join(" ").to_ascii_uppercase()
        });
        match attribute.value {
            AttributeValue::None => {}
            AttributeValue::Expr(id) => {
                self.text(if equals { " = " } else { " " });
                self.expr(id);
            }
            AttributeValue::List(list) => {
                self.space();
                self.expr_parens(list);
            }
            AttributeValue::Query(query) => {
                self.space();
                self.subquery(query);
            }
        }
    }

    /// Whether the source has a sign between the word and its value.
    pub(super) fn has_equals(&self, attribute: &Attribute) -> bool {
        match attribute.value {
            AttributeValue::Expr(id) => {
                let start = self.ast[id].span.start;
                let between =
                    crate::Span::new(attribute.name.span.end, start.max(attribute.name.span.end));
                self.ast.text(between).contains('=')
            }
            _ => false,
        }
    }

    pub(super) fn attributes(&mut self, list: List<Attribute>) {
        let ast = self.ast;
        for attribute in &ast[list] {
            self.at(attribute.span.start);
            self.line();
            let equals = self.has_equals(attribute);
            self.attribute(attribute, equals);
        }
    }
}
