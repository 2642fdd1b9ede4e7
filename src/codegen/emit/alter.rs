//! ALTER TABLE.

use super::define::key_columns;
use super::sqlite::{bits, identity_mark, sequence_sets};
use super::{Edit, Emitter, Rebuilt, Res, Step};
use crate::Dialect;
use crate::types::{declared, type_check};
use rql_ast::Span;
use rql_ir::{
    Alter, ColumnId, ConstraintKind, Literal, NewColumn, ObjectName, ScalarId, ScalarKind, Type,
};

impl Emitter<'_> {
    pub(super) fn alter(
        &mut self,
        (table, only): (&ObjectName, bool),
        changes: &[Alter],
        span: Span,
    ) -> Res {
        if let (Dialect::Sqlite, [Alter::SetSchema { .. }]) = (self.dialect, changes) {
            return self.sqlite_moved(table, &changes[0], span);
        }
        if self.dialect == Dialect::Sqlite && !self.is_own(changes) {
            return self.rebuild(table, changes);
        }
        let only_there = |change: &&Alter| {
            use Alter as A;
            matches!(
                change,
                A::RenameConstraint(..)
                    | A::AddIdentity { .. }
                    | A::SetIdentity { .. }
                    | A::DropIdentity(..)
            )
        };
        if self.dialect != Dialect::Postgresql && changes.iter().any(|c| only_there(&c)) {
            let help =
                "CREATE TABLE with it under another name, INSERT … SELECT, and RENAME do the same";
            return Err(self.no(
                span,
                "a change of names of constraints or of numbering",
                help,
            ));
        }
        let moves = |change: &Alter| matches!(change, Alter::SetSchema { .. });
        if self.dialect != Dialect::Postgresql && changes.iter().any(moves) {
            let help = "CREATE TABLE s.t AS SELECT … makes it there, DROP TABLE takes it away here";
            return Err(self.no(span, "SET SCHEMA", help));
        }
        let numbered = |change: &Alter| {
            matches!(
                change,
                Alter::DropColumn {
                    sequence: Some(_),
                    ..
                }
            )
        };
        if self.dialect == Dialect::Duckdb {
            changes.iter().try_for_each(|c| self.duckdb_altered(c))?;
        }
        let several = changes.len() > 1 || changes.iter().any(numbered);
        if self.dialect == Dialect::Duckdb && several {
            return self.one_by_one(table, changes, span);
        }
        self.push("ALTER TABLE ");
        self.only(only);
        self.object(table);
        for (at, change) in changes.iter().enumerate() {
            self.push(if at == 0 { " " } else { ", " });
            if let (Alter::Rename(to), Dialect::Sqlite) = (change, self.dialect) {
                self.push("RENAME TO ");
                let to = self.stored(&ObjectName {
                    schema: table.schema.clone(),
                    name: to.clone(),
                });
                self.name(&to);
                continue;
            }
            if !self.is_mysql() || !self.mysql_alter(change, span)? {
                self.change_of_table(change)?;
            }
        }
        Ok(())
    }

    /// A table of SQLite gets another name, and so do its indexes: theirs are a matter of their text alone.
    fn sqlite_moved(&mut self, table: &ObjectName, change: &Alter, span: Span) -> Res {
        let Alter::SetSchema {
            schema,
            indexes,
            numbered,
        } = change
        else {
            return Ok(());
        };
        let within = |schema: Option<&str>| {
            schema.is_none_or(|own| matches!(own, "main" | "public") || self.is_within(own))
        };
        if *numbered || !within(Some(schema)) || !within(table.schema.as_deref()) {
            let help =
                "CREATE TABLE s.t and INSERT … SELECT make it there, DROP TABLE takes it away here";
            let what = match numbered {
                true => "SET SCHEMA of a table that sequences number",
                false => "SET SCHEMA into another file",
            };
            return Err(self.no(span, what, help));
        }
        let there = |name: &str| ObjectName {
            schema: Some(schema.clone()),
            name: name.to_owned(),
        };
        let here = |name: &str| ObjectName {
            schema: table.schema.clone(),
            name: name.to_owned(),
        };
        let (old, new) = (self.stored(table), self.stored(&there(&table.name)));
        if old == new {
            self.push("-- the table is in this schema");
            return Ok(());
        }
        self.push("SAVEPOINT moved;\n");
        let step = Step::from(self.out.len());
        self.push("ALTER TABLE ");
        self.object(table);
        self.push(" RENAME TO ");
        self.name(&new);
        self.end_step(step);
        for index in indexes {
            let (old, new) = (self.stored(&here(index)), self.stored(&there(index)));
            self.rewritten(|this| {
                this.push("UPDATE main.sqlite_schema SET name = ");
                this.string(&new);
                this.push(", sql = rql_create_as(sql, ");
                this.string(&new);
                this.push(") WHERE type = 'index' AND name = ");
                this.string(&old);
                this.push(" COLLATE NOCASE");
            });
        }
        self.push("RELEASE moved");
        Ok(())
    }

    /// DuckDB takes one change at a time: all of them in one transaction.
    fn one_by_one(&mut self, table: &ObjectName, changes: &[Alter], span: Span) -> Res {
        self.push("BEGIN;\n");
        for change in changes {
            let step = Step::from(self.out.len());
            self.push("ALTER TABLE ");
            self.object(table);
            self.push(" ");
            self.change_of_table(change)?;
            self.end_step(step);
            if let Alter::DropColumn {
                sequence: Some(sequence),
                ..
            } = change
            {
                self.drop_sequence_too(sequence, span)?;
            }
        }
        self.push("COMMIT");
        Ok(())
    }

    /// DuckDB keeps the length of a text by a check, which only a new table can have; JSONB is kept so too.
    fn keeps_type(&self, ty: Type, changed: bool, span: Span) -> Res {
        let binary = ty == Type::Jsonb;
        let checked = type_check("", ty, self.dialect).is_some();
        if checked && (changed || self.dialect == Dialect::Duckdb) {
            let help = match binary {
                true => "CREATE TABLE can have one",
                false => "TEXT has no length; CREATE TABLE can have one",
            };
            return Err(self.no(span, &format!("a column changed to {ty}"), help));
        }
        Ok(())
    }

    fn change_of_table(&mut self, change: &Alter) -> Res {
        let cascades = |cascade: bool| if cascade { " CASCADE" } else { "" };
        match change {
            Alter::SetSchema { schema, .. } => {
                self.push("SET SCHEMA ");
                self.name(schema);
            }
            Alter::Rename(name) => {
                self.push("RENAME TO ");
                self.name(name);
            }
            Alter::RenameColumn(from, to) => {
                self.push("RENAME COLUMN ");
                self.name(from);
                self.push(" TO ");
                self.name(to);
            }
            Alter::DropColumn {
                name,
                if_exists,
                cascade,
                ..
            } => {
                self.push("DROP COLUMN ");
                self.push(if *if_exists { "IF EXISTS " } else { "" });
                self.name(name);
                self.push(cascades(*cascade));
            }
            Alter::AddColumn {
                column,
                if_not_exists,
            } => {
                self.keeps_type(column.ty, false, column.span)?;
                self.push("ADD COLUMN ");
                self.push(if *if_not_exists { "IF NOT EXISTS " } else { "" });
                self.new_column(column, false)?;
            }
            Alter::Type {
                column,
                ty,
                value,
                using,
            } => {
                self.keeps_type(*ty, true, self.ir.scalar(*value).span)?;
                self.altered(*column);
                self.push(&format!("TYPE {ty}"));
                if *using {
                    self.push(" USING ");
                    self.scalar(*value, self.natural(*value), 0)?;
                }
            }
            Alter::Default(column, value) => {
                self.altered(*column);
                match value {
                    Some(value) => {
                        self.push("SET");
                        self.default(*value)?;
                    }
                    None => self.push("DROP DEFAULT"),
                }
            }
            Alter::NotNull(column, set) => {
                self.altered(*column);
                self.push(if *set {
                    "SET NOT NULL"
                } else {
                    "DROP NOT NULL"
                });
            }
            Alter::AddConstraint(constraint) => {
                self.push("ADD ");
                self.constraint(constraint)?;
            }
            Alter::RenameConstraint(from, to) => {
                self.push("RENAME CONSTRAINT ");
                self.name(from);
                self.push(" TO ");
                self.name(to);
            }
            Alter::AddIdentity {
                column,
                always,
                numbers,
            } => {
                self.altered(*column);
                self.push(if *always {
                    "ADD GENERATED ALWAYS AS IDENTITY"
                } else {
                    "ADD GENERATED BY DEFAULT AS IDENTITY"
                });
                if !numbers.is_empty() {
                    self.push(" (");
                    self.settings(numbers);
                    self.push(")");
                }
            }
            Alter::SetIdentity {
                column,
                always,
                numbers,
            } => {
                self.altered(*column);
                self.push(match always {
                    Some(true) => "SET GENERATED ALWAYS ",
                    Some(false) => "SET GENERATED BY DEFAULT ",
                    None => "",
                });
                self.settings(numbers);
            }
            Alter::DropIdentity(column, if_exists) => {
                self.altered(*column);
                self.push("DROP IDENTITY");
                self.push(if *if_exists { " IF EXISTS" } else { "" });
            }
            Alter::DropConstraint {
                name,
                if_exists,
                cascade,
            } => {
                self.push("DROP CONSTRAINT ");
                self.push(if *if_exists { "IF EXISTS " } else { "" });
                self.name(name);
                self.push(cascades(*cascade));
            }
        }
        Ok(())
    }

    fn altered(&mut self, column: ColumnId) {
        self.push("ALTER COLUMN ");
        self.name(&self.ir.column(column).name);
        self.push(" ");
    }

    /// What SQLite's own ALTER TABLE can say.
    fn is_own(&self, changes: &[Alter]) -> bool {
        match changes {
            [Alter::Rename(_) | Alter::RenameColumn(..)] => true,
            [
                Alter::DropColumn {
                    if_exists, cascade, ..
                },
            ] => !if_exists && !cascade,
            [
                Alter::AddColumn {
                    column,
                    if_not_exists: false,
                },
            ] => self.is_plain(column),
            _ => false,
        }
    }

    /// A column whose value in the rows that are there is a constant that nothing checks.
    fn is_plain(&self, column: &NewColumn) -> bool {
        let null = matches!(self.constant_default(column), None | Some(Literal::Null));
        let constant = column.default.is_none() || self.constant_default(column).is_some();
        column.generated.is_none()
            && column.identity.is_none()
            && column.constraints.is_empty()
            && constant
            && !(column.not_null && null)
    }

    fn constant_default(&self, column: &NewColumn) -> Option<&Literal> {
        let inner = match self.ir.scalar(column.default?).kind {
            ScalarKind::Assigned(inner) => inner,
            _ => column.default?,
        };
        match &self.ir.scalar(inner).kind {
            ScalarKind::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// The table is built again: a session reads its declaration and changes that.
    fn rebuild(&mut self, table: &ObjectName, changes: &[Alter]) -> Res {
        self.making = self.stored(table);
        self.making_in.clone_from(&table.schema);
        let mut edits = Vec::new();
        for change in changes {
            self.edit(change, &mut edits)?;
        }
        self.rebuilt = Some(Rebuilt {
            schema: self.database(table).map(str::to_owned),
            table: self.stored(table),
            object: table.clone(),
            edits,
        });
        Ok(())
    }

    fn edit(&mut self, change: &Alter, edits: &mut Vec<Edit>) -> Res {
        let ir = self.ir;
        let name = |id: ColumnId| ir.column(id).name.clone();
        let edit = match change {
            Alter::Rename(_) | Alter::RenameColumn(..) | Alter::SetSchema { .. } => return Ok(()),
            Alter::DropColumn {
                name,
                if_exists,
                cascade,
                ..
            } => Edit::DropColumn {
                name: name.clone(),
                if_exists: *if_exists,
                cascade: *cascade,
            },
            Alter::AddColumn {
                column,
                if_not_exists,
            } => Edit::AddColumn {
                name: name(column.id),
                text: self.apart(|this| this.new_column(column, false))?,
                if_not_exists: *if_not_exists,
                sequence: match column.identity {
                    Some(_) => self.own_sequence(column.id, &column.numbers),
                    None => Vec::new(),
                },
            },
            Alter::Type {
                column, ty, value, ..
            } => {
                let Some(text) = declared(*ty, Dialect::Sqlite) else {
                    let what = format!("a column of type {ty}");
                    let span = ir.scalar(*value).span;
                    return Err(self.no(span, &what, "text can hold its written form"));
                };
                Edit::Type {
                    column: name(*column),
                    text,
                    alike: self.is_alike(*value, *ty),
                    value: self.apart(|this| this.scalar(*value, this.natural(*value), 0))?,
                }
            }
            Alter::Default(column, value) => {
                let text = match value {
                    Some(value) => Some(self.apart(|this| this.default(*value))?),
                    None => None,
                };
                Edit::Default(name(*column), text.map(|text| text.trim().to_owned()))
            }
            Alter::NotNull(column, set) => Edit::NotNull(name(*column), *set),
            Alter::AddConstraint(constraint) => {
                if let ConstraintKind::PrimaryKey(columns) = &constraint.kind {
                    let not_null = columns.iter().map(|c| Edit::NotNull(c.clone(), true));
                    edits.extend(not_null);
                }
                for name in key_columns(constraint).unwrap_or_default() {
                    let is = |column: &rql_ir::Column| {
                        column.name == *name && column.ty == Type::Interval
                    };
                    if ir.columns.iter().any(is) {
                        edits.push(Edit::Intervals(name.clone()));
                    }
                }
                Edit::AddConstraint(self.apart(|this| this.constraint(constraint))?)
            }
            Alter::RenameConstraint(from, to) => Edit::RenameConstraint(from.clone(), to.clone()),
            Alter::AddIdentity {
                column,
                always,
                numbers,
            } => Edit::AddIdentity {
                column: name(*column),
                default: self.apart(|this| {
                    this.sequence_default(*column, *always);
                    Ok(())
                })?,
                sequence: self.own_sequence(*column, numbers),
            },
            Alter::SetIdentity {
                column,
                always,
                numbers,
            } => Edit::SetIdentity {
                column: name(*column),
                mark: always.map(identity_mark),
                sets: sequence_sets(numbers),
                bits: bits(ir.column(*column).ty),
            },
            Alter::DropIdentity(column, if_exists) => Edit::DropIdentity {
                column: name(*column),
                if_exists: *if_exists,
            },
            Alter::DropConstraint {
                name, if_exists, ..
            } => Edit::DropConstraint {
                name: name.clone(),
                if_exists: *if_exists,
            },
        };
        edits.push(edit);
        Ok(())
    }

    /// Integers stay integers, and text stays text.
    fn is_alike(&self, value: ScalarId, ty: Type) -> bool {
        let inner = match self.ir.scalar(value).kind {
            ScalarKind::Assigned(inner) => inner,
            _ => value,
        };
        let from = self.ir.scalar(inner).ty;
        (from.is_integer() && ty.is_integer()) || (from.is_text() && ty.is_text())
    }

    /// A piece of text that stands by itself.
    fn apart(&mut self, write: impl FnOnce(&mut Self) -> Res) -> Res<String> {
        let before = core::mem::take(&mut self.out);
        let done = write(self);
        let text = core::mem::replace(&mut self.out, before);
        done.map(|()| text)
    }
}
