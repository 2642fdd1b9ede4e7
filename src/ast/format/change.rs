//! Changes of rows: INSERT, UPDATE, DELETE, MERGE.

use super::Printer;
use crate::{
    Assignment, Delete, Id, Insert, InsertColumn, InsertOr, List, Matched, Merge, MergeAction,
    OnConflict, Update, With,
};

impl<'a> Printer<'a> {
    fn with_data(&mut self, with: Option<Id<With>>) {
        if let Some(with) = with {
            self.with(with);
            self.hard_line();
        }
    }

    pub(super) fn insert(&mut self, insert: &Insert) {
        let ast = self.ast;
        self.group(|p| {
            p.with_data(insert.with);
            p.text(match insert.or {
                InsertOr::None => "INSERT INTO ",
                InsertOr::Replace => "INSERT OR REPLACE INTO ",
                InsertOr::ReplaceInto => "REPLACE INTO ",
                InsertOr::Ignore => "INSERT OR IGNORE INTO ",
                InsertOr::Abort => "INSERT OR ABORT INTO ",
                InsertOr::Fail => "INSERT OR FAIL INTO ",
                InsertOr::Rollback => "INSERT OR ROLLBACK INTO ",
            });
            p.relation(insert.target);
            p.insert_columns(insert.columns);
            match insert.overriding_system {
                Some(true) => p.word("OVERRIDING SYSTEM VALUE"),
                Some(false) => p.word("OVERRIDING USER VALUE"),
                None => {}
            }
            p.text(if insert.by_name { " BY NAME" } else { "" });
            match insert.source {
                None => p.word("DEFAULT VALUES"),
                Some(query) => {
                    p.at(ast[query].span.start);
                    p.line();
                    p.query(query);
                }
            }
            p.clauses(insert.clauses);
        });
    }

    fn insert_columns(&mut self, columns: List<InsertColumn>) {
        if columns.is_empty() {
            return;
        }
        self.space();
        let template = |ast: &'a crate::Ast| {
            move |item: &InsertColumn| match *item {
                InsertColumn::Template(id) => Some(ast[id]),
                InsertColumn::Column(_) => None,
            }
        };
        let ast = self.ast;
        self.bracketed("(", ")", |p| {
            p.templated(columns, template(ast), &mut |p, item| {
                if let InsertColumn::Column(column) = *item {
                    p.expr(column);
                }
            });
        });
    }

    pub(super) fn assignments(&mut self, list: List<Assignment>) {
        let template = |ast: &'a crate::Ast| {
            move |item: &Assignment| match *item {
                Assignment::Template(id) => Some(ast[id]),
                Assignment::Assign { .. } => None,
            }
        };
        self.templated(list, template(self.ast), &mut |p, item| {
            if let Assignment::Assign { target, value } = *item {
                p.expr(target);
                p.word("= ");
                p.expr(value);
            }
        });
    }

    pub(super) fn update(&mut self, update: &Update) {
        let ast = self.ast;
        self.group(|p| {
            p.with_data(update.with);
            p.text(match update.or {
                InsertOr::None | InsertOr::ReplaceInto => "UPDATE ",
                InsertOr::Replace => "UPDATE OR REPLACE ",
                InsertOr::Ignore => "UPDATE OR IGNORE ",
                InsertOr::Abort => "UPDATE OR ABORT ",
                InsertOr::Fail => "UPDATE OR FAIL ",
                InsertOr::Rollback => "UPDATE OR ROLLBACK ",
            });
            p.joined(&ast[update.target]);
            p.line();
            p.headed("SET", |p| p.assignments(update.assignments));
            p.clauses(update.clauses);
        });
    }

    pub(super) fn delete(&mut self, delete: &Delete) {
        self.group(|p| {
            p.with_data(delete.with);
            p.text("DELETE FROM ");
            p.relation(delete.target);
            if !delete.using.is_empty() {
                p.line();
                p.from("USING", delete.using);
            }
            p.clauses(delete.clauses);
        });
    }

    pub(super) fn on_conflict(&mut self, conflict: &OnConflict) {
        self.group(|p| {
            p.text("ON CONFLICT");
            if let Some(constraint) = conflict.constraint {
                p.word("ON CONSTRAINT ");
                p.ident(constraint);
            }
            if !conflict.target.is_empty() {
                p.space();
                p.parens(conflict.target, |p, item| p.order_item(item));
            }
            if let Some(condition) = conflict.target_where {
                p.word("WHERE ");
                p.condition(condition);
            }
            match conflict.update {
                None => p.word("DO NOTHING"),
                Some(assignments) => {
                    p.indent(|p| {
                        p.line();
                        p.text("DO UPDATE SET ");
                        p.assignments(assignments);
                        if let Some(condition) = conflict.update_where {
                            p.line();
                            p.text("WHERE ");
                            p.condition(condition);
                        }
                    });
                }
            }
        });
    }

    pub(super) fn merge(&mut self, merge: &Merge) {
        let ast = self.ast;
        self.group(|p| {
            p.with_data(merge.with);
            p.text("MERGE INTO ");
            p.relation(merge.target);
            p.line();
            p.text("USING ");
            p.relation(merge.source);
            p.indent(|p| p.join_on(merge.on));
            for branch in &ast[merge.branches] {
                p.line();
                p.text(match branch.matched {
                    Matched::Matched => "WHEN MATCHED ",
                    Matched::NotMatched => "WHEN NOT MATCHED ",
                    Matched::NotMatchedBySource => "WHEN NOT MATCHED BY SOURCE ",
                });
                if let Some(condition) = branch.condition {
                    p.text("AND ");
                    p.expr(condition);
                    p.space();
                }
                p.text("THEN ");
                match branch.action {
                    MergeAction::Nothing => p.text("DO NOTHING"),
                    MergeAction::Delete => p.text("DELETE"),
                    MergeAction::Update(assignments) => {
                        p.text("UPDATE SET ");
                        p.assignments(assignments);
                    }
                    MergeAction::Insert { columns, values } => {
                        p.text("INSERT");
                        p.insert_columns(columns);
                        match values {
                            None => p.text(" DEFAULT VALUES"),
                            Some(values) => {
                                p.text(" VALUES ");
                                p.expr_parens(values);
                            }
                        }
                    }
                }
            }
            if !merge.returning.is_empty() {
                p.line();
                p.headed("RETURNING", |p| p.select_items(merge.returning));
            }
        });
    }
}
