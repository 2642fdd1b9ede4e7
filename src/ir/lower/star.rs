//! `*`: the columns that it stands for, those that EXCLUDE leaves out and REPLACE and RENAME change.

use super::select::Columns;
use super::{Lowerer, Res, error};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl<'a> Lowerer<'a> {
    pub(super) fn star(
        &mut self,
        star: Option<ast::Star>,
        span: Span,
        columns: &mut Columns,
    ) -> Res<()> {
        let catalog = self.env.catalog;
        let ast = self.ast;
        let qualifier = star.and_then(|star| star.qualifier);
        let wanted = qualifier.map(|name| {
            let last = ast[name.parts].last();
            last.map_or_else(|| "".into(), |&ident| ast.name(ident))
        });
        // Only `t.*` reaches the blocks around, as in PostgreSQL.
        let depths: Vec<usize> = match wanted {
            Some(_) => (0..self.scopes.len()).rev().collect(),
            None => self.scopes.len().checked_sub(1).into_iter().collect(),
        };
        let found = depths.into_iter().find_map(|depth| {
            let scope = &self.scopes[depth];
            match &wanted {
                None if scope.relations.is_empty() => None,
                None => {
                    let open = scope.relations.iter().any(|r| r.open.is_some());
                    Some((scope.names.clone(), open.then_some(None)))
                }
                Some(wanted) => {
                    let mut relations = scope.relations.iter();
                    let relation = relations.find(|r| catalog.matches(wanted, &r.name))?;
                    Some((relation.columns.clone(), relation.open.map(Some)))
                }
            }
        });
        let Some((mut names, open)): Option<(Vec<super::scope::Named<'a>>, _)> = found else {
            let message = match &wanted {
                Some(name) => format!("{name} is no relation of this query"),
                None => "* without FROM".into(),
            };
            return error(
                codes::UNKNOWN_TABLE,
                span,
                message,
                "there is nothing to show",
            );
        };
        if let Some(rel) = open {
            if star.is_some_and(|s| !s.exclude.is_empty() || !s.replace.is_empty()) {
                let message = "the columns of * are not known without a schema";
                return error(
                    codes::UNKNOWN_COLUMN,
                    span,
                    message,
                    "give a schema to name them",
                );
            }
            let kind = ScalarKind::Wildcard(rel);
            let scalar = self.add(kind, Type::Unknown, true, span);
            let column = self.column_for(scalar, "*");
            columns.add(column, scalar, "*".into());
            return Ok(());
        }
        let mut replaced = Vec::new();
        if let Some(star) = star {
            for &name in &ast[star.exclude] {
                let at = self.star_column(&names, name)?;
                names.remove(at);
            }
            for replacement in &ast[star.replace] {
                let name = ast.name(replacement.column);
                let at = names.iter().position(|n| catalog.matches(&name, &n.name));
                let Some(at) = at else {
                    let at = replacement.column.span;
                    return Err(Box::new(self.not_of_star(&name, at, &names)));
                };
                replaced.push((names[at].id, replacement.expr));
            }
            for rename in &ast[star.rename] {
                let at = self.star_column(&names, rename.column)?;
                names[at].name = ast.name(rename.to);
            }
        }
        for named in names {
            let replacement = replaced.iter().find(|r| r.0 == named.id);
            let scalar = match replacement {
                Some(&(_, expr)) => {
                    let scalar = self.expr(expr)?;
                    self.settle(scalar)
                }
                None => self.reference(named.id, span),
            };
            let column = self.column_for(scalar, &named.name);
            columns.add(column, scalar, named.name.into_owned());
        }
        Ok(())
    }

    fn star_column(&self, names: &[super::scope::Named<'a>], name: ast::Name) -> Res<usize> {
        let text = self.ast.dotted(name);
        let last = text.rsplit('.').next().unwrap_or(&text);
        let catalog = self.env.catalog;
        let at = names.iter().position(|n| catalog.matches(last, &n.name));
        at.ok_or_else(|| Box::new(self.not_of_star(last, self.ast.name_span(name), names)))
    }

    fn not_of_star(&self, name: &str, span: Span, names: &[super::scope::Named<'a>]) -> Diagnostic {
        let error = Diagnostic::error(codes::UNKNOWN_COLUMN, format!("* has no column {name}"))
            .label(span, "none of the columns that * stands for");
        match did_you_mean(name, names.iter().map(|n| &*n.name)) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error,
        }
    }
}
