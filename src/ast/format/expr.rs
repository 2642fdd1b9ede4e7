//! Expressions.

use super::{Printer, end_tag};
use crate::{
    BinaryOp, CastForm, ChainItem, Expr, ExprKind, Id, IsTest, List, PrefixOp, Quantifier, Query,
    Star,
};

impl<'a> Printer<'a> {
    pub(super) fn open_tag(&mut self, condition: Id<Expr>, unless: bool) {
        self.text(if unless { "{{#unless " } else { "{{#if " });
        self.expr(condition);
        self.text("}}");
    }

    pub(super) fn exprs(&mut self, list: List<Id<Expr>>) {
        self.commas(list, |p, &id| p.expr(id));
    }

    pub(super) fn expr_parens(&mut self, list: List<Id<Expr>>) {
        self.parens(list, |p, &id| p.expr(id));
    }

    pub(super) fn expr(&mut self, id: Id<Expr>) {
        let ast = self.ast;
        let Expr { kind, span } = ast[id];
        self.at(span.start);
        match kind {
            ExprKind::Error
            | ExprKind::Number
            | ExprKind::String
            | ExprKind::Blob
            | ExprKind::Bits
            | ExprKind::Param => self.source(span),
            ExprKind::Position => {
                self.flush_breaks();
                self.items.push(super::Item::Glue);
                self.source(span);
            }
            ExprKind::Null => self.text("NULL"),
            ExprKind::Bool(true) => self.text("TRUE"),
            ExprKind::Bool(false) => self.text("FALSE"),
            ExprKind::Default => self.text("DEFAULT"),
            ExprKind::Star(star) => self.star(&ast[star]),
            ExprKind::Column(name) => self.name(name),
            ExprKind::Typed { ty, value } => {
                self.type_name(ty);
                self.space();
                self.source(value);
            }
            ExprKind::Interval(id) => {
                let interval = ast[id];
                self.text("INTERVAL ");
                self.expr(interval.value);
                if let Some(unit) = interval.unit {
                    self.space();
                    self.ident(unit);
                }
                if let Some(to) = interval.to {
                    self.word("TO ");
                    self.ident(to);
                }
            }
            ExprKind::Prefix { op, operand } => self.prefix(op, operand),
            ExprKind::Binary { left, op, right } => self.infix(left, op.text(), right),
            ExprKind::Chain(items) => self.group(|p| {
                p.chain_item(&ast[items][0]);
                p.indent(|p| p.chain_rest(&ast[items]));
            }),
            ExprKind::Is {
                operand,
                negated,
                test,
            } => {
                self.expr(operand);
                self.word(if negated { "IS NOT " } else { "IS " });
                self.text(match test {
                    IsTest::Null => "NULL",
                    IsTest::True => "TRUE",
                    IsTest::False => "FALSE",
                    IsTest::Unknown => "UNKNOWN",
                });
            }
            ExprKind::IsForm { operand, form, .. } => {
                self.expr(operand);
                // Comments may stand between the words.
                self.at(form.end);
                let text = ast.text(form);
                for token in rql_lexer::lex(text).tokens {
                    self.word(token.span.text(text).to_ascii_uppercase());
                }
                self.last = self.last.max(form.end);
            }
            ExprKind::Between(id) => {
                let between = ast[id];
                self.expr(between.operand);
                self.word(if between.negated {
                    "NOT BETWEEN "
                } else {
                    "BETWEEN "
                });
                if between.symmetric {
                    self.text("SYMMETRIC ");
                }
                self.expr(between.low);
                self.word("AND ");
                self.expr(between.high);
            }
            ExprKind::In {
                operand,
                negated,
                set,
            } => {
                self.infix(operand, if negated { "NOT IN" } else { "IN" }, set);
            }
            ExprKind::Like(id) => {
                let like = ast[id];
                self.expr(like.operand);
                self.space();
                if like.negated {
                    self.text("NOT ");
                }
                self.text(like.op.text());
                self.space();
                self.expr(like.pattern);
                if let Some(escape) = like.escape {
                    self.word("ESCAPE ");
                    self.expr(escape);
                }
            }
            ExprKind::Case(_) => self.case(kind),
            ExprKind::Cast(id) => {
                let cast = ast[id];
                match cast.form {
                    CastForm::Colons => {
                        self.expr(cast.operand);
                        self.text("::");
                        self.type_name(cast.ty);
                    }
                    form => {
                        self.text(if form == CastForm::Cast {
                            "CAST("
                        } else {
                            "TRY_CAST("
                        });
                        self.expr(cast.operand);
                        self.word("AS ");
                        self.type_name(cast.ty);
                        self.text(")");
                    }
                }
            }
            ExprKind::Call(id) => self.call(&ast[id]),
            ExprKind::Subquery(query) => self.subquery(query),
            ExprKind::Exists(query) => {
                self.text("EXISTS ");
                self.subquery(query);
            }
            ExprKind::Quantified { all, operand } => {
                self.text(if all { "ALL " } else { "ANY " });
                self.expr(operand);
            }
            ExprKind::Array { items, word } => {
                self.text(if word { "ARRAY" } else { "" });
                self.bracketed("[", "]", |p| p.exprs(items));
            }
            ExprKind::ArrayQuery(query) => {
                self.text("ARRAY");
                self.subquery(query);
            }
            ExprKind::Tuple(items) => self.expr_parens(items),
            ExprKind::Row(items) => {
                self.text("ROW");
                self.expr_parens(items);
            }
            ExprKind::Struct { fields, map } => {
                self.text(if map { "MAP " } else { "" });
                self.bracketed("{", "}", |p| {
                    p.commas(fields, |p, field| {
                        p.expr(field.key);
                        p.text(": ");
                        p.expr(field.value);
                    });
                });
            }
            ExprKind::Paren(inner) => self.bracketed("(", ")", |p| p.expr(inner)),
            ExprKind::Subscript(id) => {
                let subscript = ast[id];
                self.expr(subscript.base);
                self.text("[");
                self.optional(subscript.from);
                if let Some(to) = subscript.to {
                    self.text(":");
                    self.bound_of_slice(to);
                }
                if let Some(step) = subscript.step {
                    self.text(":");
                    self.bound_of_slice(step);
                }
                self.text("]");
            }
            ExprKind::Field { base, name } => {
                self.expr(base);
                // `5.x` would begin with the number `5.`
                let number = matches!(ast[base].kind, ExprKind::Number);
                self.text(if number { " ." } else { "." });
                self.ident(name);
            }
            ExprKind::Collate { operand, collation } => {
                self.expr(operand);
                self.word("COLLATE ");
                self.name(collation);
            }
            ExprKind::Template(id) => {
                let template = ast[id];
                self.open_tag(template.condition, template.unless);
                self.space();
                self.expr(template.then);
                if let Some(otherwise) = template.otherwise {
                    self.word("{{else}} ");
                    self.expr(otherwise);
                }
                self.word(end_tag(template.unless));
            }
        }
    }

    fn optional(&mut self, expr: Option<Id<Expr>>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    /// `:-1` and `::` would be other tokens.
    fn bound_of_slice(&mut self, expr: Option<Id<Expr>>) {
        if expr.is_some() {
            self.space();
        }
        self.optional(expr);
    }

    fn prefix(&mut self, op: PrefixOp, operand: Id<Expr>) {
        self.text(op.text());
        // Two signs in a row would begin a comment or be another operator.
        let sign = matches!(op, PrefixOp::Plus | PrefixOp::Minus);
        if !sign || matches!(self.ast[operand].kind, ExprKind::Prefix { .. }) {
            self.space();
        }
        self.expr(operand);
    }

    fn infix(&mut self, left: Id<Expr>, op: &'static str, right: Id<Expr>) {
        self.group(|p| {
            p.expr(left);
            p.at_operator(op, right);
            p.word(op);
            p.indent(|p| {
                p.space();
                p.expr(right);
            });
        });
    }

    /// Comments before an operator and after it are brought up before it; but no line may begin
    /// with `#`, which would make a comment of it.
    fn at_operator(&mut self, op: &str, right: Id<Expr>) {
        if !op.starts_with('#') {
            let start = self.ast[right].span.start;
            self.at(start);
        }
    }

    fn chain_item(&mut self, item: &ChainItem) {
        self.expr(item.expr);
    }

    fn chain_rest(&mut self, items: &[ChainItem]) {
        let ast = self.ast;
        for item in items.iter().skip(1) {
            let Some(op) = item.op else { continue };
            let span = ast[item.expr].span;
            if op.text().starts_with('#') {
                self.space();
            } else {
                self.at(span.start);
                self.line();
            }
            match ast[item.expr].kind {
                // The connective stands inside the tag.
                ExprKind::Template(id) => {
                    let template = ast[id];
                    self.open_tag(template.condition, template.unless);
                    self.word(op.text());
                    self.space();
                    self.expr(template.then);
                    if let Some(otherwise) = template.otherwise {
                        self.word("{{else}} ");
                        self.text(op.text());
                        self.space();
                        self.expr(otherwise);
                    }
                    self.word(end_tag(template.unless));
                }
                _ => {
                    self.text(op.text());
                    self.space();
                    self.expr(item.expr);
                }
            }
        }
    }

    fn case(&mut self, kind: ExprKind) {
        let ast = self.ast;
        let ExprKind::Case(id) = kind else { return };
        let case = ast[id];
        self.group(|p| {
            p.text("CASE");
            if let Some(operand) = case.operand {
                p.space();
                p.expr(operand);
            }
            p.indent(|p| {
                for branch in &ast[case.branches] {
                    p.at(ast[branch.condition].span.start);
                    p.line();
                    p.text("WHEN ");
                    p.expr(branch.condition);
                    p.at(ast[branch.result].span.start);
                    p.word("THEN ");
                    p.expr(branch.result);
                }
                if let Some(otherwise) = case.otherwise {
                    p.at(ast[otherwise].span.start);
                    p.line();
                    p.text("ELSE ");
                    p.expr(otherwise);
                }
            });
            p.line();
            p.text("END");
        });
    }

    fn star(&mut self, star: &Star) {
        if let Some(qualifier) = star.qualifier {
            self.name(qualifier);
            self.text(".");
        }
        self.text("*");
        if !star.exclude.is_empty() {
            self.word("EXCLUDE ");
            self.parens(star.exclude, |p, &name| p.name(name));
        }
        if !star.replace.is_empty() {
            self.word("REPLACE ");
            self.parens(star.replace, |p, item| {
                p.expr(item.expr);
                p.word("AS ");
                p.ident(item.column);
            });
        }
        if !star.rename.is_empty() {
            self.word("RENAME ");
            self.parens(star.rename, |p, item| {
                p.name(item.column);
                p.word("AS ");
                p.ident(item.to);
            });
        }
    }

    pub(super) fn subquery(&mut self, query: Id<Query>) {
        let start = self.ast[query].span.start;
        self.at(start);
        self.bracketed("(", ")", |p| p.query(query));
    }

    pub(super) fn quantifier(&mut self, quantifier: Quantifier) {
        match quantifier {
            Quantifier::None => {}
            Quantifier::All => self.text("ALL "),
            Quantifier::Distinct => self.text("DISTINCT "),
        }
    }

    pub(super) fn logical(op: BinaryOp) -> bool {
        matches!(op, BinaryOp::And | BinaryOp::Or)
    }

    /// A condition: its connectives begin lines that stand as deep as the first operand's.
    pub(super) fn condition(&mut self, id: Id<Expr>) {
        let ast = self.ast;
        if let ExprKind::Chain(items) = ast[id].kind
            && ast[items]
                .get(1)
                .and_then(|item| item.op)
                .is_some_and(Self::logical)
        {
            self.at(ast[id].span.start);
            self.chain_item(&ast[items][0]);
            self.chain_rest(&ast[items]);
            return;
        }
        self.expr(id);
    }
}
