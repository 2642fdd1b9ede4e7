//! Sequences on SQLite: rows of a table of the database, by which the functions of a session count.

use super::super::{Emitter, Res, Step};
use super::bits;
use crate::Dialect;
use crate::sqlite::SEQUENCES;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{
    ColumnId, Func, NewColumn, NewTable, ObjectName, RelId, RelKind, ScalarId, ScalarKind,
    SequenceSetting, SettingValue, within,
};

/// What a sequence is told on SQLite, by the columns of its row.
#[derive(Default)]
struct Told<'a> {
    starts: Option<&'a str>,
    steps: Option<&'a str>,
    /// The bound, or `None` for the widest.
    least: Option<Option<&'a str>>,
    most: Option<Option<&'a str>>,
    cycles: Option<bool>,
    bits: Option<u8>,
    /// At a number, or at its beginning.
    restart: Option<Option<&'a str>>,
    /// The table of the column that it belongs to, or none.
    owner: Option<Option<String>>,
}

impl<'a> Told<'a> {
    fn of(options: &'a [SequenceSetting]) -> Self {
        let mut told = Self::default();
        for (words, value) in options {
            let text = match value {
                Some(SettingValue::Text(text)) => Some(text.as_str()),
                _ => None,
            };
            match *words {
                "START WITH" => told.starts = text,
                "INCREMENT BY" => told.steps = text,
                "MINVALUE" | "NO MINVALUE" => told.least = Some(text),
                "MAXVALUE" | "NO MAXVALUE" => told.most = Some(text),
                "CYCLE" => told.cycles = Some(true),
                "NO CYCLE" => told.cycles = Some(false),
                "RESTART" | "RESTART WITH" => told.restart = Some(text),
                "AS" => {
                    told.bits = Some(match text {
                        Some("smallint" | "int2") => 16,
                        Some("integer" | "int" | "int4") => 32,
                        _ => 64,
                    });
                }
                "OWNED BY" => {
                    told.owner = Some(match value {
                        Some(SettingValue::Name(parts)) => match parts.as_slice() {
                            [.., schema, table, _]
                                if !matches!(schema.as_str(), "main" | "public") =>
                            {
                                Some(within(schema, table))
                            }
                            [.., table, _] => Some(table.clone()),
                            _ => None,
                        },
                        _ => None,
                    });
                }
                // How many numbers a session takes at once is for speed.
                _ => {}
            }
        }
        told
    }
}

impl Told<'_> {
    /// What becomes different in the row of a sequence.
    fn sets(&self) -> Vec<String> {
        let steps = self.steps.unwrap_or("steps");
        let lowest =
            "CASE bits WHEN 16 THEN -32768 WHEN 32 THEN -2147483648 ELSE -9223372036854775808 END";
        let highest =
            "CASE bits WHEN 16 THEN 32767 WHEN 32 THEN 2147483647 ELSE 9223372036854775807 END";
        let starts = self.starts.unwrap_or("starts");
        let mut sets = Vec::new();
        sets.extend(self.starts.map(|text| format!("starts = {text}")));
        sets.extend(self.steps.map(|text| format!("steps = {text}")));
        sets.extend(self.least.map(|bound| match bound {
            Some(text) => format!("least = {text}"),
            None => format!("least = CASE WHEN {steps} > 0 THEN 1 ELSE {lowest} END"),
        }));
        sets.extend(self.most.map(|bound| match bound {
            Some(text) => format!("most = {text}"),
            None => format!("most = CASE WHEN {steps} > 0 THEN {highest} ELSE -1 END"),
        }));
        sets.extend(self.cycles.map(|on| format!("cycles = {}", u8::from(on))));
        sets.extend(self.restart.map(|at| {
            let at = at.unwrap_or(starts);
            format!("generation = abs(random()), last = {at}, called = 0")
        }));
        sets
    }
}

/// The widest bounds of a number of so many bits.
fn widest(bits: u8) -> (i64, i64) {
    match bits {
        16 => (i16::MIN.into(), i16::MAX.into()),
        32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

impl Emitter<'_> {
    pub(in crate::emit) fn sqlite_sequence(
        &mut self,
        name: &ObjectName,
        options: &[SequenceSetting],
        (temporary, if_not_exists): (bool, bool),
        span: Span,
    ) -> Res {
        self.main_only(name, span)?;
        if temporary {
            let help = "without TEMP it stands in the database, and DROP SEQUENCE takes it away";
            return Err(self.no(span, "CREATE TEMP SEQUENCE", help));
        }
        self.push("SAVEPOINT counted;\n");
        self.sequences_table();
        self.sequence_row(&self.stored(name), options, (64, None), if_not_exists);
        self.push("RELEASE counted");
        Ok(())
    }

    /// The step that makes the table in which sequences stand.
    fn sequences_table(&mut self) {
        let step = Step::from(self.out.len());
        self.push(crate::sqlite::SEQUENCES_TABLE);
        self.end_step(step);
    }

    /// The step that makes a sequence: its name, what it was told, its width and the table it belongs to.
    fn sequence_row(
        &mut self,
        name: &str,
        options: &[SequenceSetting],
        (bits, owner): (u8, Option<&str>),
        if_not_exists: bool,
    ) {
        let told = Told::of(options);
        let bits = told.bits.unwrap_or(bits);
        let down = told.steps.is_some_and(|text| text.starts_with('-'));
        let (lowest, highest) = widest(bits);
        let given = |bound: Option<Option<&str>>, otherwise: i64| match bound.flatten() {
            Some(text) => text.to_owned(),
            None => otherwise.to_string(),
        };
        let least = given(told.least, if down { lowest } else { 1 });
        let most = given(told.most, if down { -1 } else { highest });
        let first = if down { &most } else { &least };
        let starts = told.starts.unwrap_or(first).to_owned();
        let steps = told.steps.unwrap_or("1").to_owned();
        let step = Step::from(self.out.len());
        self.push(if if_not_exists {
            "INSERT OR IGNORE"
        } else {
            "INSERT"
        });
        self.push(&format!(" INTO {SEQUENCES} VALUES ("));
        match if_not_exists {
            // What is there already stays as it is.
            true => {
                self.push("rql_sequence_name(");
                self.string(name);
                self.push(")");
            }
            false => {
                self.push("rql_new_sequence(");
                self.string(name);
                self.push(")");
            }
        }
        let cycles = u8::from(told.cycles == Some(true));
        self.push(&format!(
            ", abs(random()), {bits}, {starts}, {steps}, {least}, {most}, {cycles}, {starts}, 0, "
        ));
        let told = told.owner.flatten();
        self.owner(told.as_deref().or(owner));
        self.push(")");
        self.end_step(step);
    }

    fn owner(&mut self, owner: Option<&str>) {
        match owner {
            Some(table) => self.string(table),
            None => self.push("NULL"),
        }
    }

    pub(in crate::emit) fn sqlite_alter_sequence(
        &mut self,
        name: &ObjectName,
        options: &[SequenceSetting],
        if_exists: bool,
        span: Span,
    ) -> Res {
        self.main_only(name, span)?;
        let told = Told::of(options);
        if told.bits.is_some() {
            let help = "MINVALUE and MAXVALUE say which numbers it gives";
            return Err(self.no(span, "another type of a sequence", help));
        }
        self.push("SAVEPOINT counted;\n");
        self.sequences_table();
        let step = Step::from(self.out.len());
        self.push(&format!("UPDATE {SEQUENCES} SET "));
        let mut sets = told.sets();
        if sets.is_empty() {
            sets.extend(told.owner.is_none().then(|| "name = name".to_owned()));
        }
        self.push(&sets.join(", "));
        if let Some(owner) = told.owner {
            self.push(if sets.is_empty() {
                "owner = "
            } else {
                ", owner = "
            });
            self.owner(owner.as_deref());
        }
        self.push(" WHERE name = ");
        self.sequence_named(&self.stored(name), if_exists);
        self.end_step(step);
        self.push("RELEASE counted");
        Ok(())
    }

    /// The name of a sequence that must be there, unless `if_exists`.
    fn sequence_named(&mut self, name: &str, if_exists: bool) {
        self.push(match if_exists {
            true => "rql_sequence_name(",
            false => "rql_sequence(",
        });
        self.string(name);
        self.push(")");
    }

    pub(in crate::emit) fn sqlite_drop_sequence(
        &mut self,
        names: &[ObjectName],
        if_exists: bool,
        numbered: &[String],
        span: Span,
    ) -> Res {
        if !numbered.is_empty() {
            let message = format!("the sequence numbers {}", numbered.join(" and "));
            let error = Diagnostic::error(codes::BACKEND_ERROR, message)
                .label(span, "a default needs it")
                .help("ALTER TABLE … ALTER COLUMN … DROP DEFAULT before it, or DROP TABLE");
            return Err(Box::new(error));
        }
        self.push("SAVEPOINT counted;\n");
        self.sequences_table();
        let step = Step::from(self.out.len());
        self.push(&format!("DELETE FROM {SEQUENCES} WHERE name IN ("));
        for (at, name) in names.iter().enumerate() {
            self.main_only(name, span)?;
            self.push(if at == 0 { "" } else { ", " });
            self.sequence_named(&self.stored(name), if_exists);
        }
        self.push(")");
        self.end_step(step);
        self.push("RELEASE counted");
        Ok(())
    }

    /// Sequences stand in the database itself.
    fn main_only(&self, name: &ObjectName, span: Span) -> Res {
        match name.schema.as_deref() {
            None | Some("main" | "public") => Ok(()),
            Some(schema) if self.is_within(schema) => Ok(()),
            Some(_) => {
                let help = "without a schema it stands in the database that is open";
                Err(self.no(span, "a sequence of an attached file", help))
            }
        }
    }

    /// Whether a column is numbered by a sequence: SQLite itself numbers a key, by ones.
    pub(in crate::emit) fn by_sequence(&self, column: &NewColumn, only_key: bool) -> bool {
        let by_itself = only_key && !column.constraints.is_empty() && column.numbers.is_empty();
        column.identity.is_some() && !by_itself
    }

    /// The sequences of numbered columns that SQLite does not number itself, before their table is made; true where
    /// there are some, and the table is one more step.
    pub(in crate::emit) fn own_sequences(
        &mut self,
        table: &NewTable,
        only_key: impl Fn(&NewColumn) -> bool,
    ) -> Res<bool> {
        let numbered = table.columns.iter();
        let numbered: Vec<_> = numbered
            .filter(|column| self.by_sequence(column, only_key(column)))
            .collect();
        let Some(first) = numbered.first() else {
            return Ok(false);
        };
        let here = matches!(self.database(&table.name), None | Some("main"));
        if table.temporary || !here {
            let help = "PRIMARY KEY on this column makes it one that SQLite numbers";
            return Err(self.no(first.span, "a numbered column that is no key", help));
        }
        self.push("SAVEPOINT counted;\n");
        self.sequences_table();
        for column in numbered {
            let stored = self.stored(&table.name);
            let name = sequence_name(&stored, &self.ir.column(column.id).name);
            let kept = (bits(column.ty), Some(stored.as_str()));
            self.sequence_row(&name, &column.numbers, kept, table.if_not_exists);
        }
        Ok(true)
    }

    /// The statements that make the sequence of a column of the table at hand.
    pub(in crate::emit) fn own_sequence(
        &mut self,
        column: ColumnId,
        numbers: &[SequenceSetting],
    ) -> Vec<String> {
        let (table, column) = (self.making.clone(), self.ir.column(column));
        let name = sequence_name(&table, &column.name);
        let before = (
            core::mem::take(&mut self.out),
            core::mem::take(&mut self.steps),
        );
        self.sequences_table();
        self.sequence_row(&name, numbers, (bits(column.ty), Some(&table)), false);
        let steps = self.steps.iter();
        let texts = steps.map(|step| self.out[step.text.clone()].to_owned());
        let texts = texts.collect();
        (self.out, self.steps) = before;
        texts
    }

    /// The default of such a column, in the table at hand.
    pub(in crate::emit) fn sequence_default(&mut self, column: ColumnId, always: bool) {
        let name = sequence_name(&self.making, &self.ir.column(column).name);
        self.push(" DEFAULT (rql_nextval(");
        self.string(&name);
        self.push(") ");
        self.push(identity_mark(always));
        self.push(")");
    }

    /// Numbers are given where rows are made, in the order of the rows. SQLite computes before it sorts, and may
    /// compute what a query in FROM gives as often as it is named; DuckDB computes many rows before it counts them, too.
    pub(in crate::emit) fn counts_in_order(&self, root: RelId) -> Res {
        let counts = |id: ScalarId| {
            let mut found = None;
            self.ir.walk(id, &mut |scalar| {
                if let ScalarKind::Call {
                    func: Func::Nextval | Func::Setval,
                    ..
                } = scalar.kind
                {
                    found = found.or(Some(scalar.span));
                }
            });
            found
        };
        let calls = self.ir.scalars.iter().any(|scalar| {
            matches!(
                scalar.kind,
                ScalarKind::Call {
                    func: Func::Nextval | Func::Setval,
                    ..
                }
            )
        });
        if !calls {
            return Ok(());
        }
        let mut last = Vec::new();
        self.last_of(root, &mut last);
        let mut refused = None;
        self.ir.each_below(root, &mut |id| {
            let rel = self.ir.rel(id);
            let free = match &rel.kind {
                RelKind::Values { .. } | RelKind::Insert(_) | RelKind::Update(_) => true,
                RelKind::Define(_) => true,
                RelKind::Project { input, .. } => last.contains(&id) && !self.sorts(*input),
                _ => false,
            };
            if !free {
                self.ir.each_scalar(id, &mut |scalar| {
                    refused = refused.or_else(|| counts(scalar));
                });
            }
        });
        match refused {
            Some(span) => {
                let help = "CREATE TEMP TABLE … AS SELECT makes the rows in their order; a SELECT of that table \
                            numbers them";
                Err(self.no(
                    span,
                    "a number of a sequence in a condition, or in a sorted or inner query",
                    help,
                ))
            }
            None => Ok(()),
        }
    }

    /// The projections whose rows are those of the statement, one by one.
    fn last_of(&self, rel: RelId, last: &mut Vec<RelId>) {
        match &self.ir.rel(rel).kind {
            RelKind::Project { input, .. } => {
                last.push(rel);
                self.last_of(*input, last);
            }
            RelKind::Limit { .. } if self.dialect == Dialect::Duckdb => {}
            RelKind::Limit { input, .. } | RelKind::With { input, .. } => {
                self.last_of(*input, last)
            }
            RelKind::Insert(insert) => {
                if let Some(source) = insert.source {
                    self.last_of(source, last);
                }
            }
            _ => {}
        }
    }

    fn sorts(&self, rel: RelId) -> bool {
        let mut found = false;
        self.ir.each_below(rel, &mut |id| {
            found |= matches!(self.ir.rel(id).kind, RelKind::Sort { .. });
        });
        found
    }
}

/// What marks the default of a numbered column.
pub(in crate::emit) fn identity_mark(always: bool) -> &'static str {
    match always {
        true => crate::sqlite::ALWAYS,
        false => crate::sqlite::BY_DEFAULT,
    }
}

/// What settings change in the row of a sequence: `last = 10, called = 0`.
pub(in crate::emit) fn sequence_sets(numbers: &[SequenceSetting]) -> String {
    Told::of(numbers).sets().join(", ")
}

/// The name that PostgreSQL gives to the sequence of a column.
fn sequence_name(table: &str, column: &str) -> String {
    format!("{table}_{column}_seq")
}
