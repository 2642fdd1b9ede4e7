//! What an editor shows between the words: the types of parameters, the columns behind a star.

use crate::look::look;
use crate::refactor::trimmed;
use crate::{Snapshot, Span};
use rql_ast::{Expr, ExprKind};
use rql_ir::{ScalarKind, Type};

/// A remark between two words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where it stands.
    pub at: u32,
    /// What it says.
    pub text: String,
    /// With a space before it.
    pub apart: bool,
}

/// As many columns of a star as a hint shows.
const COLUMNS: usize = 8;

impl Snapshot {
    /// The remarks in the statements that a piece of the text touches, in its order.
    #[must_use]
    pub fn hints(&self, range: Span) -> Vec<Hint> {
        let mut all = Vec::new();
        let touched = self
            .outline()
            .iter()
            .filter(|outline| outline.span.start <= range.end && range.start <= outline.span.end);
        for outline in touched {
            self.hints_of(outline.span, &mut all);
        }
        all.retain(|hint| range.start <= hint.at && hint.at <= range.end);
        all.sort_by_key(|hint| hint.at);
        all
    }

    fn hints_of(&self, statement: Span, all: &mut Vec<Hint>) {
        let text = statement.text(&self.text);
        if !text.contains([':', '$', '*', '?', '@']) {
            return;
        }
        let parse = rql_grammar::parse(text);
        if !parse.is_ok() {
            return;
        }
        let ast = &parse.ast;
        for expr in ast.all::<Expr>() {
            if !matches!(expr.kind, ExprKind::Param | ExprKind::Star(_)) {
                continue;
            }
            let before = self.known_at(statement, ast, expr.span.start);
            let at = statement.start + trimmed(ast, expr.span).end;
            match expr.kind {
                ExprKind::Param => {
                    let survey = look(ast, &before, expr.span.start);
                    let mut scalars = survey.ir.scalars.iter();
                    let found = scalars.find(|scalar| {
                        scalar.span == expr.span && matches!(scalar.kind, ScalarKind::Param(_))
                    });
                    let declared = match ast.param(expr.span) {
                        rql_ast::ParamName::Name(name) => before.variable(&name.to_lowercase()),
                        _ => None,
                    };
                    // What the script says itself needs no hint.
                    let ty = found.map_or(Type::Unknown, |scalar| scalar.ty);
                    if declared.is_none() && ty != Type::Unknown {
                        all.push(Hint {
                            at,
                            text: format!(": {ty}"),
                            apart: false,
                        });
                    }
                }
                ExprKind::Star(_) => {
                    let Some(names) = self.star(ast, &before, expr.span) else {
                        continue;
                    };
                    let more = if names.len() > COLUMNS { ", …" } else { "" };
                    let shown = names.iter().take(COLUMNS).map(|(shown, _)| shown.as_str());
                    all.push(Hint {
                        at,
                        text: format!("{}{more}", shown.collect::<Vec<_>>().join(", ")),
                        apart: true,
                    });
                }
                _ => {}
            }
        }
    }
}
