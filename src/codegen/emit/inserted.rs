//! What INSERT gives to a table, where a database would take more than PostgreSQL does: a NULL that it
//! numbers, and a row that is updated twice.

use super::{Emitter, Rep, Res, Use};
use crate::Dialect;
use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_ir::{
    Assign, ColumnId, Conflict, Insert, Literal, RelId, RelKind, ScalarId, ScalarKind, Target,
};

/// PostgreSQL's words.
const TWICE: &str = "ON CONFLICT DO UPDATE command cannot affect row a second time";

impl<'a> Emitter<'a> {
    /// Whether NULL in a numbered column takes the next number, which is an error on PostgreSQL.
    fn numbers_null(&self) -> bool {
        !matches!(self.dialect, Dialect::Postgresql | Dialect::Duckdb)
    }

    /// Whether a column numbers its rows as a default does, which nothing overrides.
    pub(super) fn numbers_by_default(&self) -> bool {
        matches!(self.dialect, Dialect::Sqlite | Dialect::Duckdb)
    }

    /// Whether a column that gets no value takes the number of a sequence.
    pub(super) fn is_numbered(&self, insert: &Insert) -> bool {
        let takes = |id: &ColumnId| {
            let default = self.ir.column(*id).default.as_deref();
            insert.numbered.contains(id) || default.is_some_and(|text| text.contains("nextval("))
        };
        let mut columns = insert.target.columns.iter();
        columns.any(|id| !insert.columns.contains(id) && takes(id))
    }

    /// Which of the values is that of the column that numbers the rows, where NULL would be numbered.
    fn numbered_at(&self, insert: &Insert) -> Option<usize> {
        let mut columns = insert.columns.iter();
        columns
            .position(|column| insert.numbered.contains(column))
            .filter(|_| self.numbers_null())
    }

    /// A NULL that is written out for a numbered column is refused.
    pub(super) fn numbers_no_null(&self, insert: &Insert) -> Res {
        let (Some(at), Some(source)) = (self.numbered_at(insert), insert.source) else {
            return Ok(());
        };
        let RelKind::Values { rows, .. } = &self.ir.rel(source).kind else {
            return Ok(());
        };
        let mut given = rows
            .iter()
            .map(|row| self.ir.scalar(self.unassigned(row[at])));
        match given.find(|scalar| matches!(scalar.kind, ScalarKind::Literal(Literal::Null))) {
            Some(null) => {
                let help = "DEFAULT, or leaving the column out, takes the next number";
                Err(self.no(null.span, "NULL for a numbered column", help))
            }
            None => Ok(()),
        }
    }

    /// What is assigned, without the column that takes it.
    fn unassigned(&self, id: ScalarId) -> ScalarId {
        match self.ir.scalar(id).kind {
            ScalarKind::Assigned(inner) => inner,
            _ => id,
        }
    }

    /// VALUES, with the columns that are `given` (all where nothing is said).
    pub(super) fn given_rows(
        &mut self,
        rows: &[Vec<ScalarId>],
        given: &[bool],
        insert: &Insert,
    ) -> Res {
        let numbered = self.numbered_at(insert);
        for (at, row) in rows.iter().enumerate() {
            self.push(if at == 0 { "VALUES (" } else { ", (" });
            let values = row.iter().copied().enumerate();
            let values: Vec<_> = values
                .filter(|(place, _)| given.get(*place).copied().unwrap_or(true))
                .collect();
            self.list(&values, |this, (place, value)| {
                let scalar = this.ir.scalar(value);
                let default = matches!(scalar.kind, ScalarKind::Default(_));
                // There DEFAULT is zero in a session that stores zeros, and NULL the next number.
                let next = default || insert.overriding == Some(false);
                let own = default && this.known_default(insert.columns[place]).is_none();
                let nulls = this.is_mysql() || own && this.dialect == Dialect::Sqlite;
                if nulls && next && numbered == Some(place) {
                    this.push("NULL");
                    return Ok(());
                }
                let sure = default || !scalar.nullable;
                if sure || numbered != Some(place) {
                    return this.scalar(value, this.natural(value), 0);
                }
                this.sites.push(scalar.span);
                this.not_null(&|this| this.scalar(value, this.natural(value), 11))
            })?;
            self.push(")");
        }
        Ok(())
    }

    /// The rows of a query, with the same care; `apart` where nothing may stand behind its FROM.
    pub(super) fn given_query(&mut self, source: RelId, insert: &Insert, apart: bool) -> Res {
        let columns = self.ir.columns_of(source);
        let numbered = self.numbered_at(insert).filter(|at| {
            let column = columns.get(*at);
            column.is_some_and(|&id| self.ir.column(id).nullable)
        });
        if numbered.is_none() {
            let names = self.names_of(&columns);
            self.push(if apart { "SELECT * FROM (" } else { "" });
            self.query(source, &names, Use::Stored)?;
            self.push(if apart { ") WHERE TRUE" } else { "" });
            return Ok(());
        }
        let names: Vec<String> = (1..=columns.len()).map(|at| format!("c{at}")).collect();
        self.sites.push(self.ir.rel(source).span);
        // The columns as the table holds them have names only by WITH.
        if !self.is_mysql() {
            self.push(&format!("WITH given({}) AS (", names.join(", ")));
            self.query(source, &names, Use::Stored)?;
            self.push(") ");
        }
        self.push("SELECT ");
        for (at, name) in names.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let write = |this: &mut Self| {
                this.push(name);
                Ok(())
            };
            match numbered == Some(at) {
                true => self.not_null(&write)?,
                false => write(self)?,
            }
        }
        self.push(" FROM ");
        if self.is_mysql() {
            self.push("(");
            self.query(source, &names, Use::Named)?;
            self.push(") AS ");
        }
        self.push("given");
        self.push(if apart { " WHERE TRUE" } else { "" });
        Ok(())
    }

    /// SQLite has no DEFAULT among values: the text of the default stands there.
    pub(super) fn written_default(&mut self, column: ColumnId, span: Span) -> Res {
        let Some(text) = self.known_default(column) else {
            let what = format!(
                "DEFAULT of {}, whose value is computed",
                self.ir.column(column).name
            );
            return Err(self.no(span, &what, "write the default's value"));
        };
        self.push(&text);
        Ok(())
    }

    /// The default of a column as SQLite writes it: a constant, or what a session has written in the database.
    pub(super) fn known_default(&self, column: ColumnId) -> Option<String> {
        let known = self.ir.column(column);
        let text = known.default.as_deref()?.trim();
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        let text = inner.unwrap_or(text).trim();
        let digits = text.trim_start_matches(['-', '+']);
        let number = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let quoted = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''))
            .is_some_and(|text| !text.replace("\'\'", "").contains('\''));
        let words = [
            "NULL",
            "TRUE",
            "FALSE",
            "CURRENT_TIMESTAMP",
            "CURRENT_DATE",
            "CURRENT_TIME",
        ];
        let word = words.iter().any(|word| text.eq_ignore_ascii_case(word));
        // Digits of long decimals are kept as text.
        let plain = quoted || word || number && !super::sqlite::stored_as_text(known.ty);
        if plain {
            return Some(text.to_owned());
        }
        let sequence = text.strip_prefix("nextval(")?.strip_suffix(')')?;
        Some(format!("rql_nextval({sequence})"))
    }

    /// A value that must not be NULL.
    fn not_null(&mut self, write: &dyn Fn(&mut Self) -> Res) -> Res {
        if self.is_mysql() {
            let null = |this: &mut Self| {
                write(this)?;
                this.push(" IS NULL");
                Ok(())
            };
            return self.unless("[23502] null value in a numbered column", null, write);
        }
        // A text is no number of a row: SQLite says "datatype mismatch", on any of its versions.
        self.push("IFNULL(");
        write(self)?;
        self.push(", ");
        self.string(crate::sqlite::NO_NUMBER);
        self.push(")");
        Ok(())
    }

    /// DuckDB passes over the second meeting of a row, and over what a row that meets another must not be: the rows
    /// stand in a query that finds it before. Opens that query; what it gives back closes it.
    pub(super) fn open_once(&mut self, insert: &Insert) -> Res<String> {
        let met = insert.conflict.as_ref();
        let Some(conflict) = met.filter(|_| self.dialect == Dialect::Duckdb) else {
            return Ok(String::new());
        };
        let nulls = self.proposed_nulls(conflict, insert)?;
        let once = match self.meets_once(conflict, insert) {
            true => String::new(),
            false => self.once_each(conflict, insert)?,
        };
        if nulls.is_empty() && once.is_empty() {
            return Ok(String::new());
        }
        let rows = insert.source.map(|source| &self.ir.rel(source).kind);
        if let Some(RelKind::Values { rows, .. }) = rows
            && rows.iter().flatten().any(|&value| self.is_default(value))
        {
            let help = "write the default's value, or leave the column out";
            return Err(self.no(conflict.span, "DEFAULT among rows that may conflict", help));
        }
        let columns = 0..insert.columns.len();
        let columns: Vec<String> = columns.map(|at| format!("c{at}")).collect();
        self.sites.push(conflict.span);
        self.push("SELECT * FROM (");
        Ok(format!(") AS given({}){nulls}{once}", columns.join(", ")))
    }

    /// PostgreSQL looks at what a row must be before it looks for another with its key.
    fn proposed_nulls(&self, conflict: &Conflict, insert: &Insert) -> Res<String> {
        if conflict.checked {
            let help = "without ON CONFLICT, and UPDATE of the rows that are there";
            return Err(self.no(conflict.span, "ON CONFLICT of a table with CHECK", help));
        }
        let mut tests = Vec::new();
        for id in &insert.target.columns {
            let column = self.ir.column(*id);
            if column.nullable || column.numbers || insert.numbered.contains(id) {
                continue;
            }
            let place = insert.columns.iter().position(|given| given == id);
            match place {
                None if column.default.as_deref() == Some("NULL") => {
                    let what = format!("ON CONFLICT without {}, which is NOT NULL", column.name);
                    let help = "a row needs it, also where there is one with its key";
                    return Err(self.no(conflict.span, &what, help));
                }
                Some(at) if self.may_be_null(insert, at) => tests.push(format!(
                    "CASE WHEN c{at} IS NULL THEN error('[23502] null value in column {}') ELSE TRUE END",
                    column.name.replace('\'', "''")
                )),
                _ => {}
            }
        }
        Ok(match tests.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", tests.join(" AND ")),
        })
    }

    fn may_be_null(&self, insert: &Insert, at: usize) -> bool {
        let Some(source) = insert.source else {
            return false;
        };
        match &self.ir.rel(source).kind {
            RelKind::Values { rows, .. } => rows.iter().any(|row| {
                let scalar = self.ir.scalar(row[at]);
                scalar.nullable && !matches!(scalar.kind, ScalarKind::Default(_))
            }),
            _ => {
                let columns = self.ir.columns_of(source);
                columns
                    .get(at)
                    .is_none_or(|&id| self.ir.column(id).nullable)
            }
        }
    }

    /// The condition by which no row is updated twice.
    fn once_each(&mut self, conflict: &Conflict, insert: &Insert) -> Res<String> {
        let places: Option<Vec<usize>> = self.key_places(conflict, insert);
        let keys = places.filter(|places| !places.is_empty());
        let told = conflict.predicate.is_none() && !self.moves_keys(conflict);
        let Some(keys) = keys.filter(|_| told && conflict.keys_where.is_none()) else {
            return Err(self.may_meet_twice(conflict));
        };
        let keys: Vec<String> = keys.iter().map(|at| format!("c{at}")).collect();
        Ok(format!(
            " QUALIFY CASE WHEN count(*) OVER (PARTITION BY {}) > 1 AND {} IS NOT NULL \
             THEN error('{TWICE}') ELSE TRUE END",
            keys.join(", "),
            keys.join(" IS NOT NULL AND "),
        ))
    }

    /// That a row might be updated twice, where the database would do so.
    pub(super) fn may_meet_twice(&self, conflict: &Conflict) -> Box<Diagnostic> {
        let what = "DO UPDATE of rows whose keys might be the same";
        let help = "keys that are written out and differ, or an INSERT for each row";
        self.no(conflict.span, what, help)
    }

    /// At which places the values of the keys stand.
    fn key_places(&self, conflict: &Conflict, insert: &Insert) -> Option<Vec<usize>> {
        let places = conflict
            .keys
            .iter()
            .map(|&key| match self.ir.scalar(key).kind {
                ScalarKind::Column(id) => insert.columns.iter().position(|&column| column == id),
                _ => None,
            });
        places.collect()
    }

    /// Whether the rows are written out with keys of which each is there once.
    fn keys_differ(&self, conflict: &Conflict, insert: &Insert, rows: &[Vec<ScalarId>]) -> bool {
        let places = self.key_places(conflict, insert);
        let literal = |id: ScalarId| match &self.ir.scalar(self.unassigned(id)).kind {
            ScalarKind::Literal(literal) if *literal != Literal::Null => Some(literal),
            _ => None,
        };
        let key = |row: &Vec<ScalarId>| -> Option<Vec<_>> {
            let places = places.as_ref().filter(|places| !places.is_empty())?;
            places.iter().map(|&at| literal(row[at])).collect()
        };
        let keys: Option<Vec<_>> = rows.iter().map(key).collect();
        keys.is_some_and(|keys| {
            let mut seen = keys.iter().enumerate();
            seen.all(|(at, key)| !keys[..at].contains(key))
        })
    }

    /// Whether no row can be updated twice by an upsert.
    pub(super) fn meets_once(&self, conflict: &Conflict, insert: &Insert) -> bool {
        let Some(source) = insert.source.filter(|_| conflict.update.is_some()) else {
            return true;
        };
        match &self.ir.rel(source).kind {
            RelKind::Values { rows, .. } => {
                // A key that changes can be the next row's.
                rows.len() < 2
                    || self.keys_differ(conflict, insert, rows) && !self.moves_keys(conflict)
            }
            _ => false,
        }
    }

    fn moves_keys(&self, conflict: &Conflict) -> bool {
        let is_key = |column: ColumnId| {
            let mut keys = conflict.keys.iter();
            keys.any(
                |&key| matches!(self.ir.scalar(key).kind, ScalarKind::Column(id) if id == column),
            )
        };
        let mut assigns = conflict.update.iter().flatten();
        assigns.any(|assign| match assign {
            Assign::One((column, _)) => is_key(*column),
            Assign::Part(part) => is_key(part.column),
            Assign::Row { columns, .. } => columns.iter().any(|&column| is_key(column)),
        })
    }

    /// The condition of DO UPDATE on SQLite, behind an error where the statement has met the row before.
    pub(super) fn only_once(
        &mut self,
        conflict: &Conflict,
        target: &Target,
        predicate: Option<ScalarId>,
    ) -> Res {
        if !target.row_key.is_empty() {
            return Err(self.may_meet_twice(conflict));
        }
        self.sites.push(conflict.span);
        self.push(" WHERE CASE WHEN rql_once(");
        self.string(&self.stored(&target.object()));
        self.push(", ");
        self.name(&target.alias);
        self.push(".");
        self.push(self.ir.free_rowid(target));
        self.push(") THEN ");
        match predicate {
            Some(predicate) => self.scalar(predicate, Rep::Plain, 0)?,
            None => self.push("TRUE"),
        }
        self.push(" END");
        Ok(())
    }
}
