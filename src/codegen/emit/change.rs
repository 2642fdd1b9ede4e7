//! INSERT, UPDATE, DELETE.

use super::sqlite::stored_as_text;
use super::{Def, Emitter, Rep, Res, Step, Use};
use crate::Dialect;
use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_ir::{
    ArrayPart, Assign, ColumnId, Conflict, Delete, Insert, Item, Literal, RelId, RelKind, ScalarId,
    ScalarKind, Target, Type, Update, decimal_text,
};

impl<'a> Emitter<'a> {
    /// Writes a statement that changes data; `None` where it is a query.
    pub(super) fn change(&mut self, rel: RelId, names: &[String]) -> Res<Option<Vec<Rep>>> {
        let span = self.ir.rel(rel).span;
        match &self.ir.rel(rel).kind {
            RelKind::Insert(insert) if self.is_mysql() => {
                self.mysql_insert(insert, &[], names, span)
            }
            RelKind::Update(update) if self.is_mysql() => self.mysql_update(update, names, span),
            RelKind::Delete(delete) if self.is_mysql() => self.mysql_delete(delete, names, span),
            RelKind::Insert(insert) => self.insert(insert, names, span),
            RelKind::Define(define) => self.define_object(define, span).map(|()| Vec::new()),
            RelKind::Update(update) => self.update(update, names),
            RelKind::Delete(delete) => self.delete(delete, names),
            RelKind::Merge(_) if !self.dialect.traits().can.merge => {
                let help = "UPDATE … FROM and INSERT … SELECT in a transaction do the same";
                Err(self.no(span, "MERGE", help))
            }
            RelKind::Merge(merge) => self.merge(merge).map(|()| Vec::new()),
            RelKind::Parts(parts) => self.in_parts(parts, names),
            RelKind::Sequence(sequence) => self.sequence(sequence).map(|()| Vec::new()),
            _ => return Ok(None),
        }
        .map(Some)
    }

    /// A statement that changes data, in WITH.
    pub(super) fn change_in_with(&self, rel: RelId) -> Res {
        let kind = &self.ir.rel(rel).kind;
        let inner = match kind {
            RelKind::With { input, .. } => &self.ir.rel(*input).kind,
            other => other,
        };
        if inner.is_change() && self.dialect != Dialect::Postgresql {
            let refused = self.refuse(self.ir.rel(rel).span, "a change of data in WITH");
            let help = "two statements in a transaction do the same";
            return Err(Box::new(refused.help(help)));
        }
        Ok(())
    }

    pub(super) fn changed_table(&mut self, target: &Target) {
        let stored = self.relation(target.schema.as_deref(), &target.table);
        if target.alias != stored {
            self.push(" AS ");
            self.name(&target.alias);
        }
    }

    /// Says what the columns of the row that changes are called.
    pub(super) fn define_row(&mut self, columns: &[ColumnId], alias: &str) {
        let block = self.current;
        self.blocks[block] += 1;
        for &id in columns {
            let column = self.ir.column(id);
            let rep = match self.computed(column.ty) {
                Rep::Plain => Rep::Plain,
                _ => Rep::Stored,
            };
            let def = Def::Name {
                block,
                qualifier: alias.to_owned(),
                name: column.name.clone(),
                rep,
            };
            self.define_as(id, def);
        }
    }

    fn insert(&mut self, insert: &'a Insert, names: &[String], span: Span) -> Res<Vec<Rep>> {
        let ir = self.ir;
        self.numbers_no_null(insert)?;
        let values = insert.source.and_then(|source| match &ir.rel(source).kind {
            RelKind::Values { rows, .. } => Some(rows.as_slice()),
            _ => None,
        });
        let overridden = insert.overriding == Some(false) && self.numbers_by_default();
        if overridden && values.is_none() {
            let refused = self.refuse(span, "OVERRIDING USER VALUE with a query");
            return Err(Box::new(
                refused.help("leave the numbered column out of both lists"),
            ));
        }
        let mut pieces = match values.filter(|_| self.dialect == Dialect::Sqlite) {
            Some(rows) => self.pieces(rows),
            None => vec![(values.unwrap_or_default(), vec![true; insert.columns.len()])],
        };
        // What is not given SQLite numbers.
        for (_, given) in &mut pieces {
            for (column, given) in insert.columns.iter().zip(given) {
                *given &= !(overridden && insert.numbered.contains(column));
            }
        }
        if let [(rows, given)] = pieces.as_slice() {
            self.one_insert(insert, values.map(|_| *rows), given)?;
        } else {
            if !insert.returning.is_empty() || insert.conflict.is_some() {
                // As one statement, the defaults are written out.
                let mut given = vec![false; insert.columns.len()];
                for (_, piece) in &pieces {
                    given
                        .iter_mut()
                        .zip(piece)
                        .for_each(|(all, one)| *all |= one);
                }
                self.one_insert(insert, values, &given)?;
                return self.returned(insert, names);
            }
            self.push("SAVEPOINT given;\n");
            for (rows, given) in &pieces {
                let mut step = Step::from(self.out.len());
                step.counts = true;
                self.one_insert(insert, Some(rows), given)?;
                self.end_step(step);
            }
            self.push("RELEASE given");
        }
        self.returned(insert, names)
    }

    fn returned(&mut self, insert: &'a Insert, names: &[String]) -> Res<Vec<Rep>> {
        self.blocks[self.current] = 0;
        self.define_row(&insert.target.columns, &insert.target.alias);
        self.returning(&insert.target, &insert.returning, names)
    }

    /// SQLite has no DEFAULT in VALUES: a column that is DEFAULT is left out, and rows that leave out others
    /// are an INSERT of their own. Gives their rows, and which columns have a value.
    fn pieces<'r>(&self, rows: &'r [Vec<ScalarId>]) -> Vec<(&'r [Vec<ScalarId>], Vec<bool>)> {
        let given = |row: &Vec<ScalarId>| -> Vec<bool> {
            row.iter().map(|&value| !self.is_default(value)).collect()
        };
        // DEFAULT VALUES is one row.
        let alike =
            |a: &Vec<ScalarId>, b: &Vec<ScalarId>| given(a) == given(b) && given(a).contains(&true);
        let pieces = rows.chunk_by(alike);
        pieces.map(|piece| (piece, given(&piece[0]))).collect()
    }

    /// An INSERT of these rows, or of what is no VALUES.
    fn one_insert(
        &mut self,
        insert: &'a Insert,
        rows: Option<&[Vec<ScalarId>]>,
        given: &[bool],
    ) -> Res {
        self.push("INSERT INTO ");
        self.changed_table(&insert.target);
        let whole = insert.columns == insert.target.columns && given.iter().all(|&given| given);
        if !insert.columns.is_empty() && (insert.listed || !whole) && given.contains(&true) {
            self.push(" (");
            let given = insert.columns.iter().zip(given).filter(|c| *c.1);
            let listed: Vec<_> = given.map(|c| *c.0).collect();
            self.column_names(&listed);
            self.push(")");
        }
        if let Some(system) = insert.overriding.filter(|_| !self.numbers_by_default()) {
            self.push(if system {
                " OVERRIDING SYSTEM VALUE"
            } else {
                " OVERRIDING USER VALUE"
            });
        }
        match (insert.source, rows) {
            (None, _) => self.push(" DEFAULT VALUES"),
            _ if !insert.columns.is_empty() && !given.contains(&true) => {
                self.push(" DEFAULT VALUES");
            }
            (_, Some(rows)) => {
                self.push(" ");
                let end = self.open_once(insert)?;
                self.given_rows(rows, given, insert)?;
                self.push(&end);
            }
            (Some(source), None) => {
                // SQLite takes ON behind FROM for a join's.
                let apart = insert.conflict.is_some() && self.dialect == Dialect::Sqlite;
                self.push(" ");
                let end = self.open_once(insert)?;
                // DuckDB computes the defaults of many rows at once, but not of those that pass a LIMIT: they take
                // their numbers in the order of the query.
                let ordered = self.dialect == Dialect::Duckdb && self.is_numbered(insert);
                self.push(if ordered { "SELECT * FROM (" } else { "" });
                self.given_query(source, insert, apart)?;
                self.push(if ordered {
                    ") LIMIT 9223372036854775806"
                } else {
                    ""
                });
                self.push(&end);
            }
        }
        if let Some(conflict) = &insert.conflict {
            let once = self.dialect != Dialect::Sqlite || self.meets_once(conflict, insert);
            self.conflict(conflict, &insert.target, once)?;
        }
        Ok(())
    }

    fn conflict(&mut self, conflict: &'a Conflict, target: &Target, once: bool) -> Res {
        self.push(" ON CONFLICT");
        self.blocks[self.current] = 0;
        self.define_row(&target.columns, &target.alias);
        let by_name = self.dialect == Dialect::Postgresql && conflict.constraint.is_some();
        if !conflict.keys.is_empty() && !by_name {
            self.push(" (");
            self.list(&conflict.keys, |this, key| {
                let rep = this.natural(key);
                // An expression of an index stands in parentheses.
                let column = matches!(this.ir.scalar(key).kind, ScalarKind::Column(_));
                this.bracket(!column, |this| this.scalar(key, rep, 0))
            })?;
            self.push(")");
        }
        if let Some(condition) = conflict.keys_where {
            self.push(" WHERE ");
            self.scalar(condition, Rep::Plain, 0)?;
        }
        if let Some(constraint) = &conflict.constraint {
            if by_name {
                self.push(" ON CONSTRAINT ");
                self.name(constraint);
            } else if conflict.keys.is_empty() {
                let refused =
                    self.refuse(conflict.span, "ON CONFLICT ON CONSTRAINT without a catalog");
                let help = "ON CONFLICT (columns of the key) names it by its columns";
                return Err(Box::new(refused.help(help)));
            }
        }
        let Some(assigns) = &conflict.update else {
            self.push(" DO NOTHING");
            return Ok(());
        };
        self.define_row(&conflict.excluded, "excluded");
        self.push(" DO UPDATE SET ");
        self.assigns(assigns)?;
        match conflict.predicate {
            predicate if !once => self.only_once(conflict, target, predicate),
            Some(predicate) => {
                self.push(" WHERE ");
                self.scalar(predicate, Rep::Plain, 0)
            }
            None => Ok(()),
        }
    }

    pub(super) fn assigns(&mut self, assigns: &'a [Assign]) -> Res {
        let ir = self.ir;
        for (at, assign) in assigns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            match assign {
                Assign::One((column, value)) => {
                    self.name(&ir.column(*column).name);
                    self.push(" = ");
                    self.scalar(*value, self.natural(*value), 0)?;
                }
                Assign::Part(part) => self.array_part(part)?,
                Assign::Row { span, .. } if self.dialect == Dialect::Duckdb => {
                    let help = "SET a = (SELECT …), b = (SELECT …) has a query for each column";
                    return Err(self.no(*span, "SET of several columns by one query", help));
                }
                Assign::Row { columns, query, .. } => {
                    self.push("(");
                    self.column_names(columns);
                    self.push(") = (");
                    self.only_row(*query, columns.len())?;
                    self.push(")");
                }
            }
        }
        Ok(())
    }

    /// A part of an array by its subscripts, of which PostgreSQL alone knows what else becomes of the array.
    fn array_part(&mut self, part: &ArrayPart) -> Res {
        if self.dialect != Dialect::Postgresql {
            return Err(self.no_part(part));
        }
        self.name(&self.ir.column(part.column).name);
        for (from, to) in &part.bounds {
            self.push("[");
            if let Some(from) = *from {
                self.scalar(from, Rep::Plain, 0)?;
            }
            self.push(if to.is_some() { ":" } else { "" });
            if let Some(to) = to.flatten() {
                self.scalar(to, Rep::Plain, 0)?;
            }
            self.push("]");
        }
        self.push(" = ");
        self.scalar(part.value, self.natural(part.value), 0)
    }

    pub(super) fn no_part(&self, part: &ArrayPart) -> Box<Diagnostic> {
        let help = "SET of the whole array does it: a = a[:1] || ARRAY[9] || a[3:]";
        self.no(part.span, "SET of a part of an array", help)
    }

    /// A query that must not give two rows.
    fn only_row(&mut self, query: RelId, width: usize) -> Res {
        let names: Vec<_> = (1..=width).map(|at| format!("c{at}")).collect();
        if self.dialect != Dialect::Sqlite || self.single(query) {
            return self.query(query, &names, Use::Stored).map(|_| ());
        }
        self.sites.push(self.ir.rel(query).span);
        let each: Vec<_> = names
            .iter()
            .map(|name| format!("rql_single({name})"))
            .collect();
        self.push(&format!("WITH one({}) AS (", names.join(", ")));
        self.query(query, &names, Use::Stored)?;
        self.push(&format!(") SELECT {} FROM one", each.join(", ")));
        Ok(())
    }

    fn update(&mut self, update: &'a Update, names: &[String]) -> Res<Vec<Rep>> {
        self.push("UPDATE ");
        self.only(update.target.only);
        self.changed_table(&update.target);
        self.define_row(&update.target.columns, &update.target.alias);
        if let Some(from) = update.from {
            self.read(from)?;
        }
        self.push(" SET ");
        self.assigns(&update.assigns)?;
        if let Some(from) = update.from {
            self.write_from(from)?;
        }
        if let Some(predicate) = update.predicate {
            self.push(" WHERE ");
            self.scalar(predicate, Rep::Plain, 0)?;
        }
        self.own_only(&update.target, update.from, &update.returning)?;
        self.returning(&update.target, &update.returning, names)
    }

    fn delete(&mut self, delete: &'a Delete, names: &[String]) -> Res<Vec<Rep>> {
        self.push("DELETE FROM ");
        self.only(delete.target.only);
        self.changed_table(&delete.target);
        self.define_row(&delete.target.columns, &delete.target.alias);
        match delete.from {
            Some(from) if self.dialect == Dialect::Sqlite => {
                self.exists(from, delete.predicate)?;
            }
            from => {
                if let Some(from) = from {
                    self.read(from)?;
                    self.push(" USING ");
                    self.relations(from)?;
                }
                if let Some(predicate) = delete.predicate {
                    self.push(" WHERE ");
                    self.scalar(predicate, Rep::Plain, 0)?;
                }
            }
        }
        self.own_only(&delete.target, delete.from, &delete.returning)?;
        self.returning(&delete.target, &delete.returning, names)
    }

    /// A row goes where there is another row beside it for which the condition holds.
    fn exists(&mut self, from: RelId, predicate: Option<ScalarId>) -> Res {
        let outer = self.open_block(0);
        self.push(" WHERE EXISTS (SELECT 1");
        self.read(from)?;
        self.write_from(from)?;
        if let Some(predicate) = predicate {
            self.push(" WHERE ");
            self.scalar(predicate, Rep::Plain, 0)?;
        }
        self.push(")");
        self.current = outer;
        Ok(())
    }

    /// The RETURNING of SQLite and DuckDB sees the row that changes and nothing else.
    pub(super) fn own_only(&self, target: &Target, from: Option<RelId>, returning: &[Item]) -> Res {
        let all = self.dialect == Dialect::Postgresql;
        let Some(from) = from.filter(|_| !all) else {
            return Ok(());
        };
        let others = self.ir.columns_of(from);
        for &(_, scalar) in returning {
            let mut other = false;
            self.ir.walk(scalar, &mut |s| {
                other |= matches!(s.kind, ScalarKind::Column(id) if others.contains(&id));
            });
            if other {
                let span = self.ir.scalar(scalar).span;
                let refused = self.refuse(span, "RETURNING of another table's columns");
                let help = format!("the columns of {} can be returned", target.table);
                return Err(Box::new(refused.help(help)));
            }
        }
        Ok(())
    }

    fn returning(&mut self, target: &Target, items: &'a [Item], names: &[String]) -> Res<Vec<Rep>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let stored = self.stored(&target.object());
        if self.dialect == Dialect::Sqlite && target.alias != stored {
            // There the table is known by its own name.
            self.define_row(&target.columns, &stored);
        }
        if self.caught.is_some() {
            return self.catch_items(target, items);
        }
        if self.dialect == Dialect::Duckdb {
            self.no_parameter(items)?;
        }
        self.push(" RETURNING ");
        self.items(items, names, Use::Result)
    }

    /// DuckDB prepares no statement with a parameter in RETURNING.
    fn no_parameter(&self, items: &[Item]) -> Res {
        for &(_, scalar) in items {
            let mut found = None;
            self.ir.walk(scalar, &mut |s| {
                found = found.or(matches!(s.kind, ScalarKind::Param(_)).then_some(s.span));
            });
            if let Some(span) = found {
                let help = "SELECT after it, in the same transaction, can compute with it";
                return Err(self.no(span, "a parameter in RETURNING", help));
            }
        }
        Ok(())
    }

    /// A value as a column takes it.
    pub(super) fn assigned(&mut self, id: ScalarId, value: ScalarId, above: u8) -> Res {
        let to = self.ir.scalar(id).ty;
        let from = self.ir.scalar(value).ty;
        // What a database would make of them has other digits.
        let rounds = from.is_float() && to.is_decimal();
        // Or it knows no such value.
        let unknown = matches!(
            (from, to),
            (Type::Interval | Type::TimestampTz, Type::Time) | (Type::Time, Type::Interval)
        );
        if self.dialect == Dialect::Duckdb {
            let real = from.is_decimal() && to == Type::Real;
            return match rounds || real || unknown {
                true => self.duckdb_cast(id, value, false, above),
                false => self.duckdb_assigned(value, to, above),
            };
        }
        if self.is_mysql() && (rounds || unknown) {
            return self.mysql_cast(id, value, false, above);
        }
        if let (
            Dialect::Postgresql,
            ScalarKind::Cast {
                operand, implicit, ..
            },
        ) = (self.dialect, &self.ir.scalar(value).kind)
            && *implicit
        {
            return self.scalar(*operand, self.natural(*operand), above);
        }
        if self.dialect != Dialect::Sqlite {
            // The server's assignment cast; a written one to text would cut what is too long.
            return self.scalar(value, self.natural(value), above);
        }
        if matches!(
            self.ir.scalar(value).kind,
            ScalarKind::Literal(Literal::Null)
        ) {
            self.push("NULL");
            return Ok(());
        }
        match to {
            Type::Decimal { precision, scale } => self.stored_decimal(value, precision, scale),
            Type::Varchar(n) if self.is_short(value, n) => self.scalar(value, Rep::Plain, above),
            Type::Varchar(n) | Type::Char(n) => {
                let kind = if matches!(to, Type::Char(_)) { 1 } else { 0 };
                self.sites.push(self.ir.scalar(value).span);
                self.push("rql_varchar(");
                self.as_text(value, from)?;
                self.push(&format!(", {n}, {kind})"));
                Ok(())
            }
            Type::Text => self.as_text(value, from),
            _ if from == to || to == Type::Unknown => {
                self.scalar(value, self.natural(value), above)
            }
            _ => {
                self.sites.push(self.ir.scalar(value).span);
                self.sqlite_convert(value, from, to)
            }
        }
    }

    /// Text that cannot be longer than `most` characters.
    fn is_short(&self, value: ScalarId, most: u32) -> bool {
        let scalar = self.ir.scalar(value);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Text(text)) => text.chars().count() <= most as usize,
            _ => matches!(scalar.ty, Type::Varchar(n) if n <= most),
        }
    }

    fn as_text(&mut self, value: ScalarId, from: Type) -> Res {
        if from.is_text() || from == Type::Unknown {
            return self.scalar(value, self.natural(value), 0);
        }
        self.sqlite_convert(value, from, Type::Text)
    }

    /// Up to 15 digits a double is exact, and sorts and compares as a number; beyond, and where each
    /// value has a scale of its own, decimal text is.
    fn stored_decimal(&mut self, value: ScalarId, precision: Option<u8>, scale: Option<u8>) -> Res {
        let to = Type::Decimal { precision, scale };
        let same = self.natural(value) == Rep::Stored && self.ir.scalar(value).ty == to;
        if same && !stored_as_text(to) {
            return self.scalar(value, Rep::Stored, 0);
        }
        let Some(scale) = scale else {
            return self.scalar(value, Rep::Numeric, 0);
        };
        if let Some(units) = self.constant_decimal(value, precision, scale) {
            let text = decimal_text(units, scale);
            if stored_as_text(to) {
                self.string(&text);
            } else {
                self.push(&text);
            }
            return Ok(());
        }
        self.sites.push(self.ir.scalar(value).span);
        self.push("rql_decimal(");
        match self.ir.scalar(value).ty {
            Type::Real => self.sqlite_convert(value, Type::Real, Type::NUMERIC)?,
            _ => self.scalar(value, Rep::Numeric, 0)?,
        }
        self.push(&format!(", {}, {scale})", precision.unwrap_or(38)));
        Ok(())
    }

    /// The units of a constant that fits.
    fn constant_decimal(&self, value: ScalarId, precision: Option<u8>, scale: u8) -> Option<i128> {
        let scalar = self.ir.scalar(value);
        let (units, has) = match scalar.kind {
            ScalarKind::Literal(Literal::Decimal(units)) => (units, scalar.ty.scale()?),
            ScalarKind::Literal(Literal::Integer(number)) => (i128::from(number), 0),
            _ => return None,
        };
        let factor = 10_i128.checked_pow(has.abs_diff(scale).into())?;
        let rounded = if has <= scale {
            units.checked_mul(factor)?
        } else {
            let up = (units % factor).abs() >= factor / 2;
            units / factor + if up { units.signum() } else { 0 }
        };
        let limit = 10_i128.checked_pow(precision.unwrap_or(38).into())?;
        (rounded.abs() < limit).then_some(rounded)
    }
}
