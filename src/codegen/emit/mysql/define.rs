//! CREATE, ALTER, DROP.

use super::super::{Emitter, Rep, Res, Use};
use crate::types::{declared, type_check};
use rql_ast::{ObjectKind, Span};
use rql_ir::{
    Alter, ColumnId, Constraint, ConstraintKind, MadeOf, NewColumn, NewTable, ObjectName, ScalarId,
    ScalarKind, Type,
};

/// A text in a key has room for that many characters, together with others for its share: keys have 3,072
/// bytes, a character up to four. PostgreSQL's own limit is 2,704 bytes.
const KEY_CHARACTERS: usize = 750;
/// What of a text an index holds that only finds rows.
const PREFIX: &str = "(191)";

impl Emitter<'_> {
    pub(in crate::emit) fn mysql_table(&mut self, table: &NewTable, span: Span) -> Res {
        self.push(if table.temporary {
            "CREATE TEMPORARY TABLE "
        } else {
            "CREATE TABLE "
        });
        self.push(if table.if_not_exists {
            "IF NOT EXISTS "
        } else {
            ""
        });
        self.object(&table.name);
        self.push(" (");
        if let Some(made) = &table.query {
            let stays = self.stays(table, span)?;
            return self.mysql_made(made, stays, span);
        }
        let (keyed, start) = (self.key_columns(table), self.out.len());
        for (at, column) in table.columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let name = &self.ir.column(column.id).name;
            let share = keyed.iter().find(|(key, _)| key == name);
            self.mysql_column(column, share.map(|(_, share)| *share))?;
        }
        for constraint in &table.constraints {
            self.push(", ");
            self.constraint(constraint)?;
        }
        self.push(")");
        // What stands in a default, a check or a computed column it keeps in the character set of the table.
        if !self.out[start..].is_ascii() {
            self.push(" DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
        }
        self.table_options(table)
    }

    /// The columns are declared, for the database would give them other types and forbid NULL where the
    /// query's columns do.
    fn mysql_made(&mut self, made: &MadeOf, stays: bool, span: Span) -> Res {
        for (at, &id) in made.columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let ty = self.ir.column(id).ty;
            let text = match ty {
                Type::Decimal {
                    scale: Some(scale),
                    precision: None,
                } if scale <= 30 => {
                    format!("DECIMAL(65,{scale})")
                }
                Type::Decimal {
                    precision: None, ..
                } => "DECIMAL(65,30)".to_owned(),
                ty => declared(ty, self.dialect).ok_or_else(|| {
                    self.no(span, &format!("a column of type {ty}"), "CAST says which")
                })?,
            };
            self.name(&made.names[at]);
            self.push(" ");
            self.push(&text);
            // Else a moment would change with each change of its row.
            self.push(if ty == Type::TimestampTz { " NULL" } else { "" });
            self.mysql_check(&made.names[at], ty);
        }
        if made.empty || stays {
            self.push(")");
            return Ok(());
        }
        self.push(") AS ");
        self.query(made.query, &made.names, Use::Named).map(|_| ())
    }

    /// The columns in keys and in what refers to keys, with the characters that a text there has.
    fn key_columns(&self, table: &NewTable) -> Vec<(String, usize)> {
        let own = table.columns.iter().flat_map(|column| {
            let name = self.ir.column(column.id).name.clone();
            column
                .constraints
                .iter()
                .map(move |c| (c, vec![name.clone()]))
        });
        let all = table.constraints.iter().map(|c| {
            let columns = match &c.kind {
                ConstraintKind::PrimaryKey(columns) => columns.clone(),
                ConstraintKind::References { columns, .. } => columns.clone(),
                _ => Vec::new(),
            };
            (c, columns)
        });
        let mut found = Vec::new();
        for (constraint, columns) in own.chain(all) {
            let key = matches!(
                constraint.kind,
                ConstraintKind::PrimaryKey(_) | ConstraintKind::References { .. }
            );
            if key {
                let share = KEY_CHARACTERS / columns.len().max(1);
                found.extend(columns.into_iter().map(|column| (column, share)));
            }
        }
        found
    }

    pub(in crate::emit) fn mysql_column(
        &mut self,
        column: &NewColumn,
        characters: Option<usize>,
    ) -> Res {
        self.name(&self.ir.column(column.id).name);
        self.push(" ");
        let ty = match (column.ty, characters.and_then(|n| u32::try_from(n).ok())) {
            (Type::Text, Some(characters)) => Type::Varchar(characters),
            (ty, _) => ty,
        };
        let Some(text) = declared(ty, self.dialect) else {
            let help = match column.ty {
                Type::Decimal { .. } => "NUMERIC(p, s) says how many digits there are",
                _ => "text can hold its written form",
            };
            let what = format!("a column of type {}", column.ty);
            return Err(self.no(column.span, &what, help));
        };
        self.push(&text);
        if let Some(value) = column.generated {
            self.push(" GENERATED ALWAYS AS (");
            self.scalar(value, self.natural(value), 0)?;
            self.push(") STORED");
        }
        if let Some(value) = column.default {
            self.mysql_default(value)?;
        }
        // Without the word a TIMESTAMP would forbid it.
        self.push(match (column.not_null, column.generated) {
            (true, None) => " NOT NULL",
            (true, Some(_)) => {
                let help = "CHECK (… IS NOT NULL) demands the same";
                return Err(self.no(column.span, "NOT NULL of a computed column", help));
            }
            (false, None) if ty == Type::TimestampTz => " NULL",
            (false, _) => "",
        });
        if let Some(always) = column.identity {
            self.counts_by_one(column)?;
            let is_key = |c: &Constraint| {
                matches!(
                    c.kind,
                    ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
                )
            };
            if !column.constraints.iter().any(is_key) {
                let help = "PRIMARY KEY on this column makes it one that is numbered";
                return Err(self.no(column.span, "a numbered column that is no key", help));
            }
            self.push(" AUTO_INCREMENT");
            if always {
                // A session reads it in the catalog, and lets no statement give the number.
                self.push(&format!(" COMMENT '{}'", crate::NUMBERED_ALWAYS));
            }
        }
        self.mysql_check(&self.ir.column(column.id).name, ty);
        for constraint in &column.constraints {
            if is_packed(column.ty) {
                self.no_packed_key(constraint)?;
            }
            self.push(" ");
            self.constraint(constraint)?;
        }
        Ok(())
    }

    /// Refuses a key of arrays or intervals: equal ones may be written otherwise.
    pub(in crate::emit) fn mysql_key(&self, constraint: &Constraint) -> Res {
        let (ConstraintKind::PrimaryKey(columns)
        | ConstraintKind::Unique(columns)
        | ConstraintKind::References { columns, .. }) = &constraint.kind
        else {
            return Ok(());
        };
        let mut all = self.ir.columns.iter();
        match all.any(|column| is_packed(column.ty) && columns.contains(&column.name)) {
            true => self.no_packed_key(constraint),
            false => Ok(()),
        }
    }

    fn no_packed_key(&self, constraint: &Constraint) -> Res {
        if matches!(constraint.kind, ConstraintKind::Check(_)) {
            return Ok(());
        }
        let help = "EXTRACT(EPOCH FROM …) of an interval, or a text, can be a column with a key";
        Err(self.no(constraint.span, "a key of arrays or intervals", help))
    }

    /// The check that tells what a declaration does not.
    fn mysql_check(&mut self, column: &str, ty: Type) {
        let name = crate::quoted(column, self.dialect);
        if let Some(check) = type_check(&name, ty, self.dialect) {
            self.push(" ");
            self.push(&check);
        }
    }

    fn mysql_default(&mut self, value: ScalarId) -> Res {
        let inner = match self.ir.scalar(value).kind {
            ScalarKind::Assigned(inner) => inner,
            _ => value,
        };
        let literal = matches!(self.ir.scalar(inner).kind, ScalarKind::Literal(_));
        self.push(if literal { " DEFAULT " } else { " DEFAULT (" });
        self.scalar(value, self.natural(value), 0)?;
        self.push(if literal { "" } else { ")" });
        Ok(())
    }

    /// What a foreign key does there and what it does not.
    pub(in crate::emit) fn mysql_action(&self, action: &str, span: Span) -> Res {
        match action {
            "SET DEFAULT" => Err(self.no(span, action, "SET NULL is there")),
            _ => Ok(()),
        }
    }

    /// A column of an index; of a text only the beginning, where that is enough to find rows.
    pub(in crate::emit) fn mysql_index_key(&mut self, key: ScalarId, unique: bool) -> Res {
        let scalar = self.ir.scalar(key);
        if !matches!(scalar.kind, ScalarKind::Column(_)) {
            let help = "a generated column can be indexed";
            return Err(self.no(scalar.span, "an index of an expression", help));
        }
        if is_packed(scalar.ty) {
            let help = "an index does not change any answer";
            return Err(self.no(scalar.span, "an index of arrays or intervals", help));
        }
        self.scalar(key, Rep::Plain, 0)?;
        self.push(if scalar.ty == Type::Text && !unique {
            PREFIX
        } else {
            ""
        });
        Ok(())
    }

    pub(in crate::emit) fn mysql_drop(
        &mut self,
        (kind, temporary): (ObjectKind, bool),
        names: &[ObjectName],
        of: Option<&ObjectName>,
        (if_exists, cascade): (bool, bool),
        span: Span,
    ) -> Res {
        if cascade {
            let help = "DROP first what depends on it";
            return Err(self.no(span, "CASCADE", help));
        }
        let if_exists = if if_exists { "IF EXISTS " } else { "" };
        match (kind, names, of) {
            (ObjectKind::Table | ObjectKind::View, ..) => {
                let word = match (kind, temporary) {
                    // Without the word it would end the transaction.
                    (ObjectKind::Table, true) => "TEMPORARY TABLE",
                    (ObjectKind::Table, false) => "TABLE",
                    _ => "VIEW",
                };
                self.push(&format!("DROP {word} {if_exists}"));
                for (at, name) in names.iter().enumerate() {
                    self.push(if at == 0 { "" } else { ", " });
                    self.object(name);
                }
                Ok(())
            }
            (ObjectKind::Index, [name], Some(table)) => {
                self.push(&format!("DROP INDEX {if_exists}"));
                self.name(&name.name);
                self.push(" ON ");
                self.object(table);
                Ok(())
            }
            (ObjectKind::Index, ..) => {
                let help = "NATIVE DROP INDEX name ON table says whose it is";
                Err(self.no(span, "DROP of an index whose table is not known", help))
            }
            // Its tables would go with it.
            _ => Err(self.no(span, "this DROP", "NATIVE sends it as it is written")),
        }
    }

    /// A change of a table where it is written otherwise than in PostgreSQL; false where it is not.
    pub(in crate::emit) fn mysql_alter(&mut self, change: &Alter, span: Span) -> Res<bool> {
        match change {
            Alter::Type { .. } | Alter::NotNull(..) => {
                let help = "NATIVE ALTER TABLE … MODIFY COLUMN declares the whole column";
                Err(self.no(span, "a change of a column's declaration", help))
            }
            Alter::DropColumn { cascade: true, .. }
            | Alter::DropConstraint { cascade: true, .. } => {
                Err(self.no(span, "CASCADE", "DROP first what depends on it"))
            }
            Alter::AddColumn {
                column,
                if_not_exists,
            } => {
                if column.not_null && column.default.is_none() && column.identity.is_none() {
                    let help = "DEFAULT says what the rows that are there get";
                    return Err(self.no(
                        column.span,
                        "ADD COLUMN … NOT NULL without DEFAULT",
                        help,
                    ));
                }
                self.push("ADD COLUMN ");
                self.push(if *if_not_exists { "IF NOT EXISTS " } else { "" });
                self.mysql_column(column, None)?;
                Ok(true)
            }
            Alter::Default(column, value) => {
                self.altered_column(*column);
                match value {
                    Some(value) => {
                        self.push("SET");
                        self.mysql_default(*value)?;
                    }
                    // Without one a column must be given.
                    None if self.ir.column(*column).nullable => self.push("SET DEFAULT NULL"),
                    None => self.push("DROP DEFAULT"),
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn altered_column(&mut self, column: ColumnId) {
        self.push("ALTER COLUMN ");
        self.name(&self.ir.column(column).name);
        self.push(" ");
    }
}

/// True for what is a document there.
const fn is_packed(ty: Type) -> bool {
    matches!(ty, Type::Array(_) | Type::Interval)
}
