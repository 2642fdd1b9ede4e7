//! UPDATE and DELETE.

use super::change::Changed;
use super::insert::or_nothing;
use super::scope::Place;
use super::{Lowerer, Output, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Clause, ClauseKind, Id, SelectItem, Span};
use rql_diagnostics::{Diagnostic, codes};

/// The clauses behind SET or the table.
#[derive(Default)]
struct Tail<'a> {
    from: &'a [ast::FromItem],
    filter: Option<Id<ast::Expr>>,
    returning: Option<ast::List<SelectItem>>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn update(&mut self, update: ast::Update, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        or_nothing(update.or, span)?;
        let item = ast[update.target];
        if !ast[item.joins].is_empty() {
            return Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "UPDATE of a join is MySQL's")
                    .label(item.span, "one table is changed")
                    .help("UPDATE t SET … FROM u WHERE … says the same on every backend"),
            ));
        }
        let tail = self.change_tail(update.clauses)?;
        let changed = self.changed_rows(ast[item.relation]);
        let mut changed = changed.map_err(|error| self.named_in_from(error, item, tail.from))?;
        let from = self.others(tail.from, span)?;
        self.show_changed(&changed)?;
        let assigns = self.within(Place::Set, |this| {
            this.assignments(&mut changed, update.assignments)
        })?;
        if assigns.is_empty() {
            let label = "nothing is set";
            return error(codes::UNEXPECTED_END, span, "UPDATE without SET", label);
        }
        let (predicate, returning, output) = self.filtered(tail, &changed)?;
        let kind = RelKind::Update(Box::new(Update {
            target: self.finished(changed),
            assigns,
            from,
            predicate,
            returning,
        }));
        Ok((self.ir.add_rel(kind, span), output))
    }

    /// Says where the name of a table goes that a query as SQL Server has it gives in FROM.
    fn named_in_from(
        &self,
        error: Box<Diagnostic>,
        target: ast::FromItem,
        from: &[ast::FromItem],
    ) -> Box<Diagnostic> {
        let ast = self.ast;
        let written = ast.text(target.span).trim_end();
        let named = from.iter().find_map(|item| {
            let relation = ast[item.relation];
            let alias = ast[relation.alias?].name?;
            let ast::RelationKind::Table { name, .. } = relation.kind else {
                return None;
            };
            (ast.name(alias) == written).then(|| ast.text(ast.name_span(name)))
        });
        match named {
            Some(table) => Box::new(error.help(format!(
                "UPDATE {table} AS {written} SET … WHERE …; FROM has the other tables"
            ))),
            None => error,
        }
    }

    pub(super) fn delete(&mut self, delete: ast::Delete, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        let changed = self.changed_rows(ast[delete.target])?;
        let mut tail = self.change_tail(delete.clauses)?;
        if tail.from.is_empty() {
            tail.from = &ast[delete.using];
        }
        let from = self.others(tail.from, span)?;
        self.show_changed(&changed)?;
        let (predicate, returning, output) = self.filtered(tail, &changed)?;
        let kind = RelKind::Delete(Box::new(Delete {
            target: self.finished(changed),
            from,
            predicate,
            returning,
        }));
        Ok((self.ir.add_rel(kind, span), output))
    }

    fn change_tail(&mut self, clauses: ast::List<Clause>) -> Res<Tail<'a>> {
        let ast = self.ast;
        let mut tail = Tail::default();
        self.each(&ast[clauses], &mut |_, clause| {
            match clause.kind {
                ClauseKind::From(items) => tail.from = &ast[items],
                ClauseKind::Where(filter) => tail.filter = Some(filter),
                ClauseKind::Returning(items) => tail.returning = Some(items),
                ClauseKind::OrderBy(_) | ClauseKind::Limit { .. } | ClauseKind::Offset(_) => {
                    return Err(Box::new(
                        Diagnostic::error(
                            codes::NOT_PORTABLE,
                            "UPDATE and DELETE take no ORDER BY and no LIMIT",
                        )
                        .label(
                            clause.span,
                            "MySQL and some SQLite have this, PostgreSQL not",
                        )
                        .help("WHERE key IN (SELECT key FROM t ORDER BY … LIMIT …) chooses rows"),
                    ));
                }
                _ => return not_yet(clause.span, "this clause"),
            }
            Ok(())
        })?;
        Ok(tail)
    }

    /// FROM and USING; they do not see the table that changes.
    fn others(&mut self, items: &'a [ast::FromItem], span: Span) -> Res<Option<RelId>> {
        if items.is_empty() {
            return Ok(None);
        }
        let from = self.within(Place::On, |this| this.from(items, span))?;
        Ok(Some(from))
    }

    fn filtered(
        &mut self,
        tail: Tail<'a>,
        changed: &Changed<'a>,
    ) -> Res<(Option<ScalarId>, Vec<Item>, Output)> {
        let predicate = match tail.filter {
            Some(filter) => Some(self.within(Place::Where, |this| this.condition(filter))?),
            None => None,
        };
        let shown = match &changed.through {
            Some(through) => Some(self.is_shown(through, changed.span)?),
            None => None,
        };
        let predicate = match (predicate, shown) {
            (Some(asked), Some(shown)) => {
                let both = vec![asked, shown];
                Some(self.call(Func::And, both, Type::Boolean, changed.span))
            }
            (asked, shown) => asked.or(shown),
        };
        let (returning, output) = match tail.returning {
            Some(items) => self.returning(items)?,
            None => Default::default(),
        };
        Ok((predicate, returning, output))
    }
}
