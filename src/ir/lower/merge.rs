//! MERGE.

use super::change::Changed;
use super::scope::Place;
use super::{Lowerer, Output, Res, error};
use crate::*;
use rql_ast::{self as ast, Matched, MergeAction, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    pub(super) fn merge_into(&mut self, merge: ast::Merge, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        self.only_postgresql_has(&merge)?;
        let target = ast[merge.target];
        let mut changed = self.changed(target)?;
        self.is_merged(&changed, target.span)?;
        let branches = &ast[merge.branches];
        let mut actions: Vec<Option<MergeArm>> = vec![None; branches.len()];
        let (source, names) = self.within(Place::On, |this| this.relation(merge.source))?;
        self.scope().names.extend(names);
        // What is inserted sees the source alone, so the table is shown after it.
        for matched in [false, true] {
            if matched {
                self.show_changed(&changed)?;
            }
            for (arm, branch) in actions.iter_mut().zip(branches) {
                if (branch.matched == Matched::Matched) == matched {
                    *arm = Some(self.arm(&mut changed, *branch, matched)?);
                }
            }
        }
        let ast::JoinOn::On(on) = merge.on else {
            return self.not_portable(span, "USING in MERGE", "ON says the same");
        };
        let on = self.within(Place::On, |this| this.condition(on))?;
        let arms: Vec<_> = actions.into_iter().flatten().collect();
        reachable(&arms)?;
        let kind = RelKind::Merge(Box::new(Merge {
            target: self.finished(changed),
            source,
            on,
            arms,
        }));
        Ok((self.ir.add_rel(kind, span), Vec::new()))
    }

    /// What other databases have in MERGE.
    fn only_postgresql_has(&self, merge: &ast::Merge) -> Res<()> {
        let ast = self.ast;
        if let Some(item) = ast[merge.returning].first() {
            let span = match *item {
                ast::SelectItem::Expr { expr, .. } => ast[expr].span,
                _ => ast[merge.target].span,
            };
            let help = "a SELECT behind it, in a transaction, reads the rows";
            return self.not_portable(span, "RETURNING of MERGE", help);
        }
        for branch in &ast[merge.branches] {
            if branch.matched == Matched::NotMatchedBySource {
                let help =
                    "DELETE or UPDATE … WHERE NOT EXISTS (SELECT … ) does it, in a transaction";
                let span = self.branch_span(branch, merge);
                return self.not_portable(span, "NOT MATCHED BY SOURCE", help);
            }
        }
        Ok(())
    }

    fn branch_span(&self, branch: &ast::MergeBranch, merge: &ast::Merge) -> Span {
        let condition = branch.condition.map(|id| self.ast[id].span);
        condition.unwrap_or(self.ast[merge.target].span)
    }

    fn not_portable<T>(&self, span: Span, what: &str, help: &str) -> Res<T> {
        Err(Box::new(
            Diagnostic::error(
                codes::NOT_PORTABLE,
                format!("{what} is not in PostgreSQL 15"),
            )
            .label(span, "not every backend has this")
            .help(help),
        ))
    }

    /// Only a table that holds its rows.
    fn is_merged(&self, changed: &Changed<'a>, span: Span) -> Res<()> {
        match changed.table {
            Some(table) if table.kind != TableKind::Table => {
                let kind = table.kind.name();
                let message = format!("MERGE cannot change a {kind}");
                error(
                    codes::NOT_PORTABLE,
                    span,
                    message,
                    "this holds no rows of its own",
                )
            }
            _ => Ok(()),
        }
    }

    fn arm(
        &mut self,
        changed: &mut Changed<'a>,
        branch: ast::MergeBranch,
        matched: bool,
    ) -> Res<MergeArm> {
        let ast = self.ast;
        let span = branch.condition.map_or(changed.span, |id| ast[id].span);
        let condition = match branch.condition {
            Some(id) => Some(self.within(Place::Where, |this| this.condition(id))?),
            None => None,
        };
        let wrong = |what: &str, when: &str| {
            let message = format!("{what} stands behind {when} only");
            error(
                codes::NOT_PORTABLE,
                span,
                message,
                "this arm has another action",
            )
        };
        let action = match branch.action {
            MergeAction::Nothing => MergeAct::Nothing,
            MergeAction::Delete if matched => MergeAct::Delete,
            MergeAction::Update(list) if matched => {
                let assigns = self.within(Place::Set, |this| this.assignments(changed, list))?;
                if assigns.is_empty() {
                    let help = "SET a = s.a, … says what changes";
                    return self.not_portable(span, "UPDATE without SET", help);
                }
                MergeAct::Update(assigns)
            }
            MergeAction::Delete | MergeAction::Update(_) => {
                return wrong("UPDATE or DELETE", "WHEN MATCHED");
            }
            MergeAction::Insert { .. } if matched => return wrong("INSERT", "WHEN NOT MATCHED"),
            MergeAction::Insert { columns, values } => {
                self.merge_insert(changed, columns, values)?
            }
        };
        Ok(MergeArm {
            matched,
            condition,
            action,
            span,
        })
    }

    fn merge_insert(
        &mut self,
        changed: &mut Changed<'a>,
        columns: ast::List<ast::InsertColumn>,
        values: Option<ast::List<ast::Id<ast::Expr>>>,
    ) -> Res<MergeAct> {
        let ast = self.ast;
        let mut columns = self.insert_columns(changed, columns)?;
        let listed = !columns.is_empty();
        let Some(values) = values else {
            return Ok(MergeAct::Insert {
                columns,
                listed,
                values: Vec::new(),
            });
        };
        let written = &ast[values];
        let span = written.first().map_or(changed.span, |&id| ast[id].span);
        self.first_columns(changed, written.len(), &mut columns, span)?;
        let mut made = Vec::new();
        self.within(Place::Values, |this| {
            for (at, &expr) in written.iter().enumerate() {
                made.push(match columns.get(at) {
                    Some(&column) => this.assigned_expr(expr, column)?,
                    None => {
                        let value = this.expr(expr)?;
                        this.settle(value)
                    }
                });
            }
            Ok(())
        })?;
        Ok(MergeAct::Insert {
            columns,
            listed,
            values: made,
        })
    }
}

/// An arm behind one that takes every row of its kind is a mistake.
fn reachable(arms: &[MergeArm]) -> Res<()> {
    for (at, arm) in arms.iter().enumerate() {
        let taken = |other: &MergeArm| other.matched == arm.matched && other.condition.is_none();
        if arms[..at].iter().any(taken) {
            let message = "no row comes to this arm of MERGE";
            let label = "an arm before it, without AND, takes every such row";
            return error(codes::TYPE_MISMATCH, arm.span, message, label);
        }
    }
    Ok(())
}
