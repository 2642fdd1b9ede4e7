//! ALTER.

use super::Printer;
use crate::{AlterAction, AlterTable, ColumnChange, Ident};

impl<'a> Printer<'a> {
    pub(super) fn alter(&mut self, alter: &AlterTable) {
        self.group(|p| {
            p.text("ALTER ");
            p.object_kind(alter.object);
            p.text(if alter.if_exists { "IF EXISTS " } else { "" });
            p.text(if alter.only { "ONLY " } else { "" });
            p.name(alter.name);
            p.indent(|p| {
                p.line();
                p.commas(alter.actions, |p, action| p.alter_action(action));
            });
        });
    }

    fn alter_action(&mut self, action: &AlterAction) {
        let ast = self.ast;
        match *action {
            AlterAction::AddColumn {
                if_not_exists,
                column,
            } => {
                self.text(if if_not_exists {
                    "ADD COLUMN IF NOT EXISTS "
                } else {
                    "ADD COLUMN "
                });
                self.column_def(&ast[column]);
            }
            AlterAction::DropColumn {
                if_exists,
                column,
                cascade,
            } => {
                self.text(if if_exists {
                    "DROP COLUMN IF EXISTS "
                } else {
                    "DROP COLUMN "
                });
                self.name(column);
                self.cascade(cascade);
            }
            AlterAction::AlterColumn { column, change } => {
                self.text("ALTER COLUMN ");
                self.name(column);
                self.space();
                self.column_change(change);
            }
            AlterAction::AddConstraint {
                constraint,
                not_valid,
            } => {
                self.text("ADD ");
                self.constraint(&constraint);
                self.text(if not_valid { " NOT VALID" } else { "" });
            }
            AlterAction::DropConstraint {
                if_exists,
                name,
                cascade,
            } => {
                self.text(if if_exists {
                    "DROP CONSTRAINT IF EXISTS "
                } else {
                    "DROP CONSTRAINT "
                });
                self.ident(name);
                self.cascade(cascade);
            }
            AlterAction::ValidateConstraint(name) => self.pair("VALIDATE CONSTRAINT ", name),
            AlterAction::Rename(name) => {
                self.text("RENAME TO ");
                self.name(name);
            }
            AlterAction::RenameColumn { from, to } => {
                self.text("RENAME COLUMN ");
                self.name(from);
                self.word("TO ");
                self.ident(to);
            }
            AlterAction::RenameConstraint { from, to } => {
                self.pair("RENAME CONSTRAINT ", from);
                self.word("TO ");
                self.ident(to);
            }
            AlterAction::SetSchema(name) => self.pair("SET SCHEMA ", name),
            AlterAction::Owner(name) => self.pair("OWNER TO ", name),
            AlterAction::SetOptions(options) => {
                self.text("SET ");
                self.parens(options, |p, option| {
                    let equals = p.has_equals(option);
                    p.attribute(option, equals);
                });
            }
            AlterAction::SetLogged(logged) => {
                self.text(if logged { "SET LOGGED" } else { "SET UNLOGGED" });
            }
            AlterAction::Sequence(options) => self.sequence_run(options),
        }
    }

    fn pair(&mut self, word: &'static str, name: Ident) {
        self.text(word);
        self.ident(name);
    }

    fn column_change(&mut self, change: ColumnChange) {
        match change {
            ColumnChange::Type {
                ty,
                collation,
                using,
            } => {
                self.text("TYPE ");
                self.type_name(ty);
                if let Some(collation) = collation {
                    self.word("COLLATE ");
                    self.name(collation);
                }
                if let Some(using) = using {
                    self.word("USING ");
                    self.expr(using);
                }
            }
            ColumnChange::SetDefault(expr) => {
                self.text("SET DEFAULT ");
                self.expr(expr);
            }
            ColumnChange::DropDefault => self.text("DROP DEFAULT"),
            ColumnChange::SetNotNull => self.text("SET NOT NULL"),
            ColumnChange::DropNotNull => self.text("DROP NOT NULL"),
            ColumnChange::AddIdentity(constraint) => {
                self.text("ADD ");
                self.constraint(&constraint);
            }
            ColumnChange::DropIdentity { if_exists } => {
                self.text(if if_exists {
                    "DROP IDENTITY IF EXISTS"
                } else {
                    "DROP IDENTITY"
                });
            }
            ColumnChange::SetIdentity { always, options } => {
                self.text(match always {
                    Some(true) => "SET GENERATED ALWAYS",
                    Some(false) => "SET GENERATED BY DEFAULT",
                    None => "",
                });
                if always.is_some() && !options.is_empty() {
                    self.space();
                }
                self.sequence_run(options);
            }
            ColumnChange::DropExpression { if_exists } => {
                self.text(if if_exists {
                    "DROP EXPRESSION IF EXISTS"
                } else {
                    "DROP EXPRESSION"
                });
            }
        }
    }
}
