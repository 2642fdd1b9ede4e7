//! CREATE, ALTER, DROP.

use super::{Emitter, Rep, Res, Step, Use};
use crate::Dialect;
use crate::sqlite::INTERVALS;
use crate::types::{declared, type_check};
use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_ir::{
    ColumnId, Constraint, ConstraintKind, Define, MadeOf, NewColumn, NewTable, ObjectName,
    ScalarId, ScalarKind, TableOption, Type,
};

impl Emitter<'_> {
    pub(super) fn define_object(&mut self, define: &Define, span: Span) -> Res {
        match define {
            Define::Table(table) => self.new_table(table, span),
            Define::View {
                name,
                made,
                replace,
                temporary,
                materialized: false,
                check,
            } => {
                self.new_view(name, made, (*replace, *temporary), span)?;
                self.checks_rows(*check, span)
            }
            Define::View { name, made, .. } => self.kept_view(name, made, span),
            Define::Index(index) => self.new_index(index, span),
            Define::Schema {
                name,
                if_not_exists,
            } => {
                if self.dialect == Dialect::Sqlite {
                    self.sqlite_schema(name, *if_not_exists);
                    return Ok(());
                }
                self.push("CREATE SCHEMA ");
                self.push(if *if_not_exists { "IF NOT EXISTS " } else { "" });
                self.name(name);
                Ok(())
            }
            Define::Sequence {
                name,
                temporary,
                if_not_exists,
                options,
            } => self.new_sequence(name, options, (*temporary, *if_not_exists), span),
            Define::AlterSequence {
                name,
                if_exists,
                options,
            } => self.alter_sequence(name, options, *if_exists, span),
            Define::Drop { .. } => self.dropped(define, span),
            Define::Rename {
                kind,
                name,
                of,
                to,
                if_exists,
            } => self.rename(*kind, (name, of.as_ref()), to, *if_exists, span),
            Define::Written {
                text,
                what,
                way,
                span,
            } => {
                if self.dialect != Dialect::Postgresql {
                    return Err(self.no(*span, what, way));
                }
                self.push(text);
                Ok(())
            }
            Define::Alter {
                table,
                only,
                row,
                changes,
            } => {
                self.bare_row(row);
                self.alter((table, *only), changes, span)
            }
        }
    }

    pub(super) fn no(&self, span: Span, what: &str, help: &str) -> Box<Diagnostic> {
        Box::new(self.refuse(span, what).help(help))
    }

    /// The columns of the table stand by their names alone.
    pub(super) fn bare_row(&mut self, row: &[ColumnId]) {
        self.blocks[self.current] = 0;
        self.define_row(row, "");
    }

    /// The columns and the rows of a view. SQLite's have no types of their own: there each row is as a table would
    /// keep it, and a comment behind each name says what type of column that would be.
    fn view_rows(&mut self, made: &MadeOf) -> Res {
        let mut scalars = self.ir.scalars.iter();
        if let Some(bound) = scalars.find(|s| matches!(s.kind, ScalarKind::Param(_))) {
            let help = "write the value; LET v AS SELECT … names a query that keeps the values of its variables";
            return Err(self.no(bound.span, "a parameter in a view", help));
        }
        let types = self.dialect == Dialect::Sqlite;
        self.push(" (");
        for (at, name) in made.names.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.name(name);
            let ty = self.ir.column(made.columns[at]).ty;
            if types && ty != Type::Unknown {
                let text = declared(ty, self.dialect).unwrap_or_else(|| ty.to_string());
                self.push(&format!(" /* {} */", text.trim_matches('"')));
            }
        }
        self.push(") AS ");
        let (rows, how) = match self.dialect {
            Dialect::Sqlite => (made.rows, Use::Stored),
            _ => (made.query, Use::Result),
        };
        self.query(rows, &made.names, how).map(|_| ())
    }

    fn new_table(&mut self, table: &NewTable, span: Span) -> Res {
        self.bare_row(&table.columns.iter().map(|c| c.id).collect::<Vec<_>>());
        self.keyed = table
            .constraints
            .iter()
            .filter_map(key_columns)
            .flatten()
            .cloned()
            .collect();
        if self.is_mysql() {
            return self.mysql_table(table, span);
        }
        if self.dialect == Dialect::Duckdb {
            self.duckdb_computed(table)?;
        }
        let key: Vec<ColumnId> = self.primary_key(table);
        let numbered = self.dialect == Dialect::Sqlite
            && self.own_sequences(table, |column| key == [column.id])?;
        let numbered =
            numbered || self.dialect == Dialect::Duckdb && self.duckdb_sequences(table)?;
        let start = self.out.len();
        self.push(if table.temporary {
            "CREATE TEMP TABLE "
        } else {
            "CREATE TABLE "
        });
        self.push(if table.if_not_exists {
            "IF NOT EXISTS "
        } else {
            ""
        });
        self.object(&table.name);
        if let Some(made) = &table.query {
            // Changes in WITH are no part of the query of a table that is made elsewhere than on PostgreSQL.
            let idle = self.dialect == Dialect::Duckdb
                && (made.empty || table.stays() == Some(true))
                && self.ir.changes_in_with();
            if self.dialect == Dialect::Sqlite || idle || self.lengths_get_lost(made) {
                return self.filled(table, made, start, span);
            }
            // DuckDB takes the names from the query.
            let (listed, how) = match self.dialect {
                Dialect::Postgresql => (made.renamed, Use::Result),
                _ => (false, Use::Named),
            };
            if listed {
                self.push(" (");
                self.names(&made.names);
                self.push(")");
            }
            self.push(" AS ");
            self.query(made.query, &made.names, how)?;
            self.push(if made.empty { " WITH NO DATA" } else { "" });
            return Ok(());
        }
        self.making = self.stored(&table.name);
        self.making_in.clone_from(&table.name.schema);
        self.push(" (");
        for (at, column) in table.columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.new_column(column, key == [column.id])?;
        }
        for constraint in &table.constraints {
            self.push(", ");
            self.constraint(constraint)?;
        }
        self.push(")");
        self.table_options(table)?;
        if numbered {
            self.end_step(Step::from(start));
            self.push(match self.dialect {
                Dialect::Duckdb => "COMMIT",
                _ => "RELEASE counted",
            });
        }
        Ok(())
    }

    /// SQLite would compare the texts of intervals in a key, where `24:00:00` is another than `1 day`.
    fn compares_intervals(&mut self, column: &NewColumn) {
        let name = &self.ir.column(column.id).name;
        let own = column.constraints.iter();
        let key = self.keyed.contains(name) || own.clone().any(|c| key_columns(c).is_some());
        if self.dialect == Dialect::Sqlite && column.ty == Type::Interval && key {
            self.push(INTERVALS);
        }
    }

    /// How the rows are kept, which SQLite alone lets a statement say.
    pub(super) fn table_options(&mut self, table: &NewTable) -> Res {
        for (at, &(option, span)) in table.options.iter().enumerate() {
            let words = match option {
                TableOption::WithoutRowid => "WITHOUT ROWID",
                TableOption::Strict => "STRICT",
            };
            if self.dialect != Dialect::Sqlite {
                return Err(self.no(span, words, "it is SQLite's; elsewhere it is left out"));
            }
            self.push(if at == 0 { " " } else { ", " });
            self.push(words);
        }
        Ok(())
    }

    /// SQLite has no OR REPLACE: there the view is dropped before it is made, both or none.
    fn new_view(
        &mut self,
        name: &ObjectName,
        made: &MadeOf,
        (replace, temporary): (bool, bool),
        span: Span,
    ) -> Res {
        if temporary && self.is_mysql() {
            let help = "LET v AS SELECT … names the query for this session";
            return Err(self.no(span, "a temporary view", help));
        }
        let replaced = replace && self.dialect == Dialect::Sqlite;
        let mut step = Step::from(self.out.len());
        if replaced {
            self.push("SAVEPOINT replaced;\n");
            step = Step::from(self.out.len());
            self.push("DROP VIEW IF EXISTS ");
            self.push(if temporary { "temp." } else { "" });
            self.object(name);
            self.end_step(step);
            step = Step::from(self.out.len());
        }
        self.push(if replace && !replaced {
            "CREATE OR REPLACE "
        } else {
            "CREATE "
        });
        self.push(if temporary { "TEMP VIEW " } else { "VIEW " });
        self.object(name);
        self.view_rows(made)?;
        if replaced {
            self.end_step(step);
            self.push("RELEASE replaced");
        }
        Ok(())
    }

    /// What may be written through a view.
    fn checks_rows(&mut self, check: Option<&str>, span: Span) -> Res {
        let Some(words) = check else {
            return Ok(());
        };
        if !self.dialect.traits().can.changes_through_views {
            let help =
                "a CHECK of the table holds for every row; without the option the view is the same";
            return Err(self.no(span, words, help));
        }
        self.push(" ");
        self.push(words);
        Ok(())
    }

    /// A view that keeps its rows.
    fn kept_view(&mut self, name: &ObjectName, made: &MadeOf, span: Span) -> Res {
        if self.dialect != Dialect::Postgresql {
            let help = "CREATE TABLE … AS keeps rows, CREATE VIEW asks for them each time";
            return Err(self.no(span, "a materialized view", help));
        }
        self.push("CREATE MATERIALIZED VIEW ");
        self.object(name);
        self.view_rows(made)?;
        self.push(if made.empty { " WITH NO DATA" } else { "" });
        Ok(())
    }

    /// What a check alone keeps, which CREATE TABLE … AS cannot have.
    fn lengths_get_lost(&self, made: &MadeOf) -> bool {
        let mut types = made.columns.iter().map(|&id| self.ir.column(id).ty);
        types.any(|ty| type_check("", ty, self.dialect).is_some())
    }

    /// True where a table of a query is there and gets nothing. The statement that makes one fills it, whatever
    /// IF NOT EXISTS would have said to its first half.
    pub(super) fn stays(&self, table: &NewTable, span: Span) -> Res<bool> {
        table.stays().ok_or_else(|| {
            let help = "without it, or where the tables are known: the table that is there would get the rows";
            self.no(span, "IF NOT EXISTS with AS", help)
        })
    }

    /// A table and its rows, as two statements: SQLite's own CREATE TABLE … AS would lose the types.
    fn filled(&mut self, table: &NewTable, made: &MadeOf, start: usize, span: Span) -> Res {
        let stays = self.stays(table, span)?;
        let (together, end) = match self.dialect {
            Dialect::Duckdb => ("BEGIN;\n", "COMMIT"),
            _ => ("SAVEPOINT made;\n", "RELEASE made"),
        };
        if !stays {
            self.out.insert_str(start, together);
        }
        let create = Step::from(start + together.len());
        self.push(" (");
        for (at, &id) in made.columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let ty = self.ir.column(id).ty;
            let Some(text) = declared(ty, self.dialect) else {
                return Err(self.no(span, &format!("a column of type {ty}"), "CAST says which"));
            };
            self.name(&made.names[at]);
            self.push(" ");
            self.push(&text);
            let name = crate::quoted(&made.names[at], self.dialect);
            if let Some(check) = type_check(&name, ty, self.dialect) {
                self.push(" ");
                self.push(&check);
            }
        }
        self.push(")");
        if stays {
            return Ok(());
        }
        self.end_step(create);
        if made.empty {
            self.push(end);
            return Ok(());
        }
        let mut insert = Step::from(self.out.len());
        insert.counts = true;
        self.push("INSERT INTO ");
        self.object(&table.name);
        self.push(" ");
        self.query(made.rows, &made.names, Use::Stored)?;
        self.end_step(insert);
        self.push(end);
        Ok(())
    }

    fn primary_key(&self, table: &NewTable) -> Vec<ColumnId> {
        let is_key = |c: &&Constraint| matches!(c.kind, ConstraintKind::PrimaryKey(_));
        for column in &table.columns {
            if column.constraints.iter().any(|c| is_key(&c)) {
                return vec![column.id];
            }
        }
        let key = table.constraints.iter().find(is_key);
        let names = match key.map(|c| &c.kind) {
            Some(ConstraintKind::PrimaryKey(names)) => names.as_slice(),
            _ => &[],
        };
        let columns = table.columns.iter().map(|c| c.id);
        columns
            .filter(|&id| names.contains(&self.ir.column(id).name))
            .collect()
    }

    pub(super) fn new_column(&mut self, column: &NewColumn, only_key: bool) -> Res {
        let sqlite = self.dialect == Dialect::Sqlite;
        self.name(&self.ir.column(column.id).name);
        self.push(" ");
        let Some(ty) = declared(column.ty, self.dialect) else {
            let what = format!("a column of type {}", column.ty);
            return Err(self.no(column.span, &what, "text can hold its written form"));
        };
        self.counts_by_one(column)?;
        let by_sequence = sqlite && self.by_sequence(column, only_key);
        match column.identity {
            Some(always) if sqlite && !by_sequence => return self.numbered(column, always),
            // INTEGER would make the key a number that SQLite gives by itself.
            _ if sqlite && only_key && column.ty == Type::Integer => self.push("INT"),
            _ => self.push(&ty),
        }
        self.compares_intervals(column);
        match column.identity {
            Some(always) if by_sequence => self.sequence_default(column.id, always),
            Some(_) if self.dialect == Dialect::Duckdb => self.duckdb_numbers(column)?,
            Some(true) => self.push(" GENERATED ALWAYS AS IDENTITY"),
            Some(false) => self.push(" GENERATED BY DEFAULT AS IDENTITY"),
            None => {}
        }
        if !column.numbers.is_empty() && !by_sequence && self.dialect != Dialect::Duckdb {
            self.push(" (");
            self.settings(&column.numbers);
            self.push(")");
        }
        if let Some(value) = column.generated {
            self.push(" GENERATED ALWAYS AS (");
            self.scalar(value, self.natural(value), 0)?;
            // DuckDB computes it when it is read, which gives the same.
            let stored = self.dialect != Dialect::Duckdb;
            self.push(if stored { ") STORED" } else { ")" });
        }
        if let Some(value) = column.default {
            self.default(value)?;
        }
        self.push(if column.not_null { " NOT NULL" } else { "" });
        if column.generated.is_none() {
            let name = crate::quoted(&self.ir.column(column.id).name, self.dialect);
            if let Some(check) = type_check(&name, column.ty, self.dialect) {
                self.push(" ");
                self.push(&check);
            }
        }
        for constraint in &column.constraints {
            self.push(" ");
            self.constraint(constraint)?;
        }
        Ok(())
    }

    pub(super) fn default(&mut self, value: ScalarId) -> Res {
        self.push(" DEFAULT ");
        let inner = match self.ir.scalar(value).kind {
            ScalarKind::Assigned(inner) => inner,
            _ => value,
        };
        let literal = matches!(self.ir.scalar(inner).kind, ScalarKind::Literal(_));
        let start = self.out.len();
        self.scalar(value, self.natural(value), 0)?;
        // SQLite takes anything but a bare constant in parentheses only.
        if self.dialect == Dialect::Sqlite && (!literal || self.out[start..].contains('(')) {
            self.out.insert(start, '(');
            self.push(")");
        }
        Ok(())
    }

    /// SQLite numbers the rows of a table by an INTEGER PRIMARY KEY.
    fn numbered(&mut self, column: &NewColumn, always: bool) -> Res {
        self.push("INTEGER PRIMARY KEY AUTOINCREMENT");
        if always {
            // A session reads it in the declaration, and lets no statement give the number.
            self.push(" ");
            self.push(crate::sqlite::ALWAYS);
        }
        for constraint in &column.constraints {
            if !matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) {
                self.push(" ");
                self.constraint(constraint)?;
            }
        }
        Ok(())
    }

    pub(super) fn constraint(&mut self, constraint: &Constraint) -> Res {
        if self.is_mysql() {
            self.mysql_key(constraint)?;
        }
        if let Some(name) = &constraint.name {
            self.push("CONSTRAINT ");
            self.name(name);
            self.push(" ");
        }
        match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => self.columns_of_key("PRIMARY KEY", columns),
            ConstraintKind::Unique(columns) => self.columns_of_key("UNIQUE", columns),
            ConstraintKind::Check(condition) => {
                self.push("CHECK (");
                self.scalar(*condition, Rep::Plain, 0)?;
                self.push(")");
            }
            ConstraintKind::References {
                columns,
                table,
                referred,
                on_delete,
                on_update,
            } => {
                if !columns.is_empty() {
                    self.columns_of_key("FOREIGN KEY", columns);
                    self.push(" ");
                }
                self.push("REFERENCES ");
                self.referred(table, constraint.span)?;
                if !referred.is_empty() {
                    self.push(" (");
                    self.names(referred);
                    self.push(")");
                }
                for (word, action) in [(" ON DELETE ", on_delete), (" ON UPDATE ", on_update)] {
                    if let Some(action) = action {
                        if self.dialect == Dialect::Duckdb && *action != "NO ACTION" {
                            let span = constraint.span;
                            return Err(self.no(span, action, "delete what refers to it first"));
                        }
                        if self.is_mysql() {
                            self.mysql_action(action, constraint.span)?;
                        }
                        self.push(word);
                        self.push(action);
                    }
                }
            }
        }
        if constraint.deferred && self.is_mysql() {
            let help = "a constraint holds after each statement there";
            return Err(self.no(constraint.span, "a deferred constraint", help));
        }
        if constraint.deferred {
            self.push(" DEFERRABLE INITIALLY DEFERRED");
        }
        Ok(())
    }

    fn columns_of_key(&mut self, word: &str, columns: &[String]) {
        self.push(word);
        if !columns.is_empty() {
            self.push(" (");
            self.names(columns);
            self.push(")");
        }
    }
}

/// The columns of a key of a table; none where it is a column's own.
pub(super) fn key_columns(constraint: &Constraint) -> Option<&[String]> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(names) | ConstraintKind::Unique(names) => Some(names),
        _ => None,
    }
}
