//! What names mean where.

use super::{Lowerer, Res, error};
use crate::ir::*;
use rql_ast::{Name, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// One query block: the relations of its FROM.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<Visible>,
    /// Columns that USING and NATURAL have merged, which `*` shows first.
    pub(super) merged: Vec<(String, ColumnId)>,
    /// Aggregates found so far.
    pub(super) aggregates: Vec<Item>,
    /// Columns of this block that inner blocks refer to, since this was last emptied.
    pub(super) outer_refs: Vec<(ColumnId, Span)>,
    /// Running aggregates without an ORDER BY of their own; they take the block's.
    pub(super) waiting: Vec<ScalarId>,
}

/// A relation of FROM.
#[derive(Debug)]
pub(super) struct Visible {
    pub(super) name: String,
    pub(super) columns: Vec<VisibleColumn>,
}

#[derive(Debug)]
pub(super) struct VisibleColumn {
    pub(super) name: String,
    pub(super) id: ColumnId,
    /// Part of a merged column: found by its qualified name only.
    pub(super) merged: bool,
}

impl Lowerer<'_> {
    pub(super) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Resolves `a` or `t.a`, from the innermost block outwards.
    pub(super) fn column(&mut self, name: Name, span: Span) -> Res<ScalarId> {
        let parts: Vec<String> = self.ast[name.parts]
            .iter()
            .map(|&part| self.ast.name(part).into_owned())
            .collect();
        let (qualifier, column) = match parts.as_slice() {
            [column] => (None, column.as_str()),
            [.., qualifier, column] => (Some(qualifier.as_str()), column.as_str()),
            [] => (None, ""),
        };
        for depth in (0..self.scopes.len()).rev() {
            let found = self.candidates(depth, qualifier, column);
            match found.as_slice() {
                [] => {}
                &[id] => {
                    if depth + 1 < self.scopes.len() {
                        self.scopes[depth].outer_refs.push((id, span));
                    }
                    let Column { ty, nullable, .. } = *self.ir.column(id);
                    return Ok(self.add(ScalarKind::Column(id), ty, nullable, span));
                }
                _ => {
                    let message = format!("column {column} could be two");
                    let label = "more than one relation has it; put t. before it";
                    return error(codes::AMBIGUOUS_COLUMN, span, message, label);
                }
            }
        }
        Err(Box::new(self.unknown_column(qualifier, column, name, span)))
    }

    fn candidates(&self, depth: usize, qualifier: Option<&str>, column: &str) -> Vec<ColumnId> {
        let catalog = self.env.catalog;
        let scope = &self.scopes[depth];
        let mut found = Vec::new();
        if qualifier.is_none() {
            found.extend(
                scope
                    .merged
                    .iter()
                    .filter(|m| catalog.matches(column, &m.0))
                    .map(|m| m.1),
            );
        }
        for relation in &scope.relations {
            if qualifier.is_some_and(|q| !catalog.matches(q, &relation.name)) {
                continue;
            }
            found.extend(
                relation
                    .columns
                    .iter()
                    .filter(|c| !(qualifier.is_none() && c.merged))
                    .filter(|c| catalog.matches(column, &c.name))
                    .map(|c| c.id),
            );
        }
        found
    }

    fn unknown_column(
        &self,
        qualifier: Option<&str>,
        column: &str,
        name: Name,
        span: Span,
    ) -> Diagnostic {
        let relations = || self.scopes.iter().rev().flat_map(|s| &s.relations);
        let catalog = self.env.catalog;
        if let Some(q) = qualifier
            && !relations().any(|r| catalog.matches(q, &r.name))
        {
            let message = format!("{q} is no relation of this query");
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, message)
                .label(span, "FROM has none of this name");
            return match did_you_mean(q, relations().map(|r| r.name.as_str())) {
                Some(near) => error.help(format!("did you mean {near}?")),
                None => error,
            };
        }
        let error = Diagnostic::error(codes::UNKNOWN_COLUMN, format!("no column {column}"));
        let names = relations()
            .filter(|r| qualifier.is_none_or(|q| catalog.matches(q, &r.name)))
            .flat_map(|r| r.columns.iter().map(|c| c.name.as_str()));
        let last = self.ast[name.parts].last().copied();
        let at = last.map_or(span, |ident| ident.span);
        let error = error.label(at, "no relation of FROM has this column");
        if let Some(near) = did_you_mean(column, names) {
            let message = format!("did you mean {near}?");
            error.suggest(message, at, near)
        } else if self.ast.text(span).starts_with('"') {
            let text = format!("'{}'", column.replace('\'', "''"));
            error.suggest(format!("did you mean the text {text}?"), span, text)
        } else {
            error
        }
    }
}
