//! Calls of functions and operators in the standard spelling, and conversions.

use super::sqlite::is_array;
use super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::function::{Cell, Shape};
use rql_ir::{ColumnId, Func, Item, Literal, RelKind, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(super) fn call(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        if self.dialect == Dialect::Duckdb && self.is_row(args[..].first()) {
            match func {
                Func::IsNull | Func::IsNotNull => return self.null_test(func, args[0], above),
                Func::Between
                | Func::NotBetween
                | Func::BetweenSymmetric
                | Func::NotBetweenSymmetric => return self.between(func, args, above),
                _ if args.len() == 2 => return self.compare(func, args[0], args[1], above),
                _ => {}
            }
        }
        if self.guarded(id, func, args)? {
            return Ok(());
        }
        let of_julian = func == Func::Extract && self.written_text(args[0]) == Some("julian");
        if of_julian && self.dialect != Dialect::Postgresql {
            let what = "extract(julian …) of a timestamp";
            let help = "of a date it is compiled: CAST(… AS date)";
            return Err(self.no(self.ir.scalar(id).span, what, help));
        }
        if !self.dialect.traits().jsonb
            && matches!(
                func,
                Func::Eq | Func::Ne | Func::IsDistinct | Func::IsNotDistinct
            )
            && args
                .iter()
                .any(|&arg| self.ir.scalar(arg).ty == Type::Jsonb)
        {
            return self.same_documents(func, args);
        }
        if func == Func::Nullif && self.is_keyed_document(self.ir.scalar(args[0]).ty) {
            return self.document_unless(args);
        }
        if self.dialect == Dialect::Duckdb && func == Func::Nextval {
            // It looks the sequence up before it runs.
            let known = self.written_text(args[0]).is_some();
            let bound = matches!(self.ir.scalar(args[0]).kind, ScalarKind::Param(_));
            self.only_if(known || bound, id, func)?;
        }
        let copied = self.copied.len();
        self.mysql_copied(func, args);
        // Arithmetic with NULL is of doubles on MariaDB, and so is what stands in one column with it.
        let ty = self.ir.scalar(id).ty;
        let number = ty.is_integer() || ty.is_decimal();
        if self.is_mysql() && number && self.is_of_null(func, args) {
            self.null_number(ty);
            return Ok(());
        }
        // PostgreSQL asks no sequence beside a NULL that is written, and computes nothing of the row.
        let strict = func.row().nulls == rql_ir::function::Nulls::Strict
            || matches!(
                func,
                Func::JsonbPathExists
                    | Func::JsonbPathMatch
                    | Func::JsonbPathAll
                    | Func::JsonbPathFirst
            );
        let beside_null = strict && args.iter().any(|&arg| self.is_null(arg));
        if beside_null && (self.asks_for_the_last(args) || self.is_left_out(args)) {
            self.push("NULL");
            return Ok(());
        }
        if let Some(first) = self.asked_first(args).filter(|_| strict) {
            let rep = self.natural(first);
            self.push("CASE WHEN (");
            self.scalar(first, rep, 0)?;
            self.push(") IS NOT NULL THEN ");
            self.call_by_cell(id, func, args, 0)?;
            self.push(" END");
            return Ok(());
        }
        let start = self.out.len();
        let mut done = self.call_by_cell(id, func, args, above);
        self.copied.truncate(copied);
        if done.is_err() && self.is_of_null(func, args) {
            self.out.truncate(start);
            let ty = self.held(self.ir.scalar(id).ty);
            self.push(&match self.dialect {
                Dialect::Duckdb => format!("CAST(NULL AS {ty})"),
                _ => "NULL".into(),
            });
            done = Ok(());
        }
        done
    }

    /// A constant that may be NULL, beside what is computed of the row: PostgreSQL looks at it first.
    fn asked_first(&self, args: &[ScalarId]) -> Option<ScalarId> {
        let constant = |id: ScalarId| {
            let mut found = Vec::new();
            self.ir.constants_in(id, &mut found);
            self.ir.scalar(id).nullable && found == [id]
        };
        let first = args.iter().copied().find(|&id| constant(id))?;
        let others: Vec<_> = args.iter().copied().filter(|&id| id != first).collect();
        self.is_left_out(&others).then_some(first)
    }

    /// True for what is computed of the row alone, where SQLite would compute it and may fail.
    fn is_left_out(&self, args: &[ScalarId]) -> bool {
        let (mut reads, mut calls, mut others) = (false, false, false);
        for &arg in args {
            self.ir.walk(arg, &mut |scalar| match scalar.kind {
                ScalarKind::Column(column) => {
                    reads = true;
                    others |= self.is_of_rows(column);
                }
                ScalarKind::Literal(_)
                | ScalarKind::Param(_)
                | ScalarKind::Cast { .. }
                | ScalarKind::Array(_)
                | ScalarKind::Case { .. } => {}
                ScalarKind::Call { .. } => calls = true,
                _ => others = true,
            });
        }
        self.dialect == Dialect::Sqlite && reads && calls && !others
    }

    /// True for the column of an aggregate or a window.
    fn is_of_rows(&self, column: ColumnId) -> bool {
        let made = self.made_of(column).map(|made| &self.ir.scalar(made).kind);
        let aggregate = matches!(made, Some(ScalarKind::Aggregate { .. }));
        aggregate || matches!(made, Some(ScalarKind::Window { .. }))
    }

    /// True where the last number of a sequence is asked for, which has no name that must be one.
    fn asks_for_the_last(&self, args: &[ScalarId]) -> bool {
        let mut asks = false;
        for &arg in args {
            self.ir.walk(arg, &mut |scalar| {
                let last = matches!(
                    scalar.kind,
                    ScalarKind::Call {
                        func: Func::Lastval,
                        ..
                    }
                );
                asks |= last;
            });
        }
        asks && self.dialect != Dialect::Postgresql
    }

    /// True for a call that is NULL whatever else it is given, since NULL is written.
    pub(super) fn is_of_null(&self, func: Func, args: &[ScalarId]) -> bool {
        let strict = func.row().nulls == rql_ir::function::Nulls::Strict;
        let given = match func {
            // PostgreSQL looks whether there is such a sequence.
            Func::Nextval | Func::Setval | Func::Currval => &[],
            Func::JsonGet | Func::JsonGetText | Func::JsonPath | Func::JsonPathText => args,
            Func::Format => &args[..1],
            _ if strict => args,
            _ => &[],
        };
        let own = matches!(self.dialect, Dialect::Duckdb | Dialect::Mariadb);
        // What stands beside it may be an error, which is told before, the window that QUALIFY has to have, or the
        // aggregate that makes one row of all.
        let is_plain = |&arg: &ScalarId| {
            let mut plain = true;
            self.ir.walk(arg, &mut |scalar| {
                plain &= match scalar.kind {
                    ScalarKind::Column(column) => !self.is_of_rows(column),
                    ScalarKind::Literal(_)
                    | ScalarKind::Param(_)
                    | ScalarKind::Cast { .. }
                    | ScalarKind::Array(_) => true,
                    _ => false,
                };
            });
            plain
        };
        own && given.iter().any(|&arg| self.is_null(arg)) && args.iter().all(is_plain)
    }

    fn call_by_cell(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        let row = func.row();
        let cell = self.dialect.cell(&row.cells);
        match cell {
            Cell::Refuse(_) => {
                let span = self.ir.scalar(id).span;
                return Err(self.refuse_call(span, row));
            }
            Cell::Rewrite if self.dialect == Dialect::Duckdb => {
                return self.duckdb_call(id, func, args, above);
            }
            Cell::Rewrite if self.is_mysql() => return self.mysql_call(id, func, args, above),
            Cell::Rewrite if self.dialect == Dialect::Postgresql => {}
            Cell::Rewrite => return self.sqlite_call(id, func, args, above),
            Cell::Runtime(name) | Cell::Named(name) => {
                if let Cell::Runtime(_) = cell {
                    let span = self.ir.scalar(id).span;
                    self.sites.push(span);
                }
                if func.takes_json_path() {
                    self.own_path(args[1])?;
                }
                self.push(name);
                self.push("(");
                self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
                self.push(")");
                return Ok(());
            }
            // Of moments of a zone DuckDB takes the time away before the days, and those before the months.
            Cell::Native
                if self.dialect == Dialect::Duckdb
                    && self.ir.scalar(id).ty == Type::TimestampTz
                    && matches!(func, Func::AddInterval | Func::SubInterval) =>
            {
                return self.without_zone(func, args);
            }
            // With a fraction before 1970 it is a day and less than nothing.
            Cell::Native
                if self.dialect == Dialect::Duckdb
                    && func == Func::MomentsBetween
                    && self.ir.scalar(args[0]).ty == Type::TimestampTz =>
            {
                return self.placed("(timezone('UTC', {0}) - timezone('UTC', {1}))", args);
            }
            Cell::Native => {}
        }
        match row.shape {
            Shape::Infix(op, level) => self.bracket(above > level, |this| {
                let condition = this.condition == Some(id);
                for (at, &arg) in args.iter().enumerate() {
                    if at > 0 {
                        this.push(" ");
                        this.push(op);
                        this.push(" ");
                    }
                    this.condition = condition.then_some(arg);
                    // Comparisons do not associate; other operators read from the left.
                    let single = matches!(level, 4 | 5);
                    let loose = at == 0 && !single || matches!(func, Func::And | Func::Or);
                    let level = if loose { level } else { level + 1 };
                    let cast = match at {
                        0 => this.widened_operand(id, func, args),
                        1 if func.takes_json_path() => Some("jsonpath".to_owned()),
                        _ => None,
                    };
                    let narrowed = this.narrowed_operand(id, func, args) == Some(arg);
                    let double =
                        this.dialect == Dialect::Duckdb && this.is_double_factor(func, arg, args);
                    let cast = cast.or(narrowed.then(|| "integer".to_owned()));
                    match double.then(|| "double".to_owned()).or(cast) {
                        Some(ty) => this.wrapped("CAST(", &[arg], &format!(" AS {ty})"))?,
                        None => this.scalar(arg, Rep::Plain, level)?,
                    }
                }
                Ok(())
            }),
            Shape::Prefix(op, level) => self.bracket(above > level, |this| {
                this.push(op);
                match this.narrowed_operand(id, func, args) {
                    Some(arg) => this.wrapped("CAST(", &[arg], " AS integer)"),
                    None => this.scalar(args[0], Rep::Plain, level + 1),
                }
            }),
            Shape::Postfix(op, level) => self.bracket(above > level, |this| {
                let rep = this.natural(args[0]);
                this.scalar(args[0], rep, level + 1)?;
                this.push(" ");
                this.push(op);
                Ok(())
            }),
            Shape::Call(name) => {
                self.push(if name == "btrim" && args.len() == 1 {
                    "trim"
                } else {
                    name
                });
                self.push("(");
                let one = matches!(
                    func,
                    Func::Coalesce | Func::Greatest | Func::Least | Func::Nullif
                );
                let scale = self
                    .shared_scale(args)
                    .filter(|_| one && func != Func::Nullif);
                let path = func.takes_json_path().then(|| args[1]);
                self.list(args, |this, arg| match one {
                    _ if path == Some(arg) => this.wrapped("CAST(", &[arg], " AS jsonpath)"),
                    true => this.beside_others(arg, Rep::Plain, scale),
                    false => this.scalar(arg, Rep::Plain, 0),
                })?;
                self.push(")");
                Ok(())
            }
            Shape::Special(_) => self.special(func, args, above),
        }
    }

    /// True for a written NULL, perhaps converted.
    pub(super) fn is_null(&self, mut id: ScalarId) -> bool {
        while let ScalarKind::Cast { operand, .. } = self.ir.scalar(id).kind {
            id = operand;
        }
        matches!(self.ir.scalar(id).kind, ScalarKind::Literal(Literal::Null))
    }

    /// What a column is computed from, wherever that is.
    pub(super) fn made_of(&self, column: ColumnId) -> Option<ScalarId> {
        // One that an operator lets through is made elsewhere.
        let made = |item: &&Item| {
            item.0 == column
                && !matches!(self.ir.scalar(item.1).kind, ScalarKind::Column(of) if of == column)
        };
        self.ir.rels.iter().find_map(|rel| {
            let items: Vec<&[Item]> = match &rel.kind {
                RelKind::Project { items, .. } | RelKind::Window { items, .. } => vec![items],
                RelKind::Aggregate {
                    groups, aggregates, ..
                } => vec![groups, aggregates],
                _ => Vec::new(),
            };
            let found = items.into_iter().flatten().find(made);
            found.map(|item| item.1)
        })
    }

    /// True for a row that is written out.
    pub(super) fn is_row(&self, id: Option<&ScalarId>) -> bool {
        id.is_some_and(|&id| matches!(self.ir.scalar(id).kind, ScalarKind::Row(_)))
    }

    fn special(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        use Func as F;
        let plain = |this: &mut Self, at: usize, above| this.scalar(args[at], Rep::Plain, above);
        match func {
            F::CurrentDate => self.push("CURRENT_DATE"),
            F::CurrentTimestamp => self.push("CURRENT_TIMESTAMP"),
            F::LocalTimestamp => self.push("LOCALTIMESTAMP"),
            F::CurrentTime => self.push("LOCALTIME"),
            // A bare name would be that of the column that it gives.
            F::CurrentUser if self.dialect == Dialect::Duckdb => self.push("CURRENT_USER()"),
            F::SessionUser if self.dialect == Dialect::Duckdb => self.push("SESSION_USER()"),
            F::CurrentUser => self.push("CURRENT_USER"),
            F::SessionUser => self.push("SESSION_USER"),
            F::Extract => {
                self.push("extract(");
                if let ScalarKind::Literal(Literal::Text(field)) = &self.ir.scalar(args[0]).kind {
                    self.push(field);
                }
                self.push(" FROM ");
                plain(self, 1, 0)?;
                self.push(")");
            }
            F::Overlay => {
                self.push("overlay(");
                for (at, word) in ["", " PLACING ", " FROM ", " FOR "].iter().enumerate() {
                    if at < args.len() {
                        self.push(word);
                        plain(self, at, 8)?;
                    }
                }
                self.push(")");
            }
            F::AtTimeZone => {
                return self.bracket(above > 11, |this| {
                    plain(this, 1, 11)?;
                    this.push(" AT TIME ZONE ");
                    plain(this, 0, 12)
                });
            }
            F::ArrayGet => {
                self.push("(");
                plain(self, 0, 0)?;
                self.push(")");
                for &at in &args[1..] {
                    self.push("[");
                    self.scalar(at, Rep::Plain, 0)?;
                    self.push("]");
                }
            }
            F::ArraySlice => {
                self.push("(");
                plain(self, 0, 0)?;
                self.push(")");
                for bounds in args[1..].chunks(2) {
                    self.push("[");
                    for (at, &bound) in bounds.iter().enumerate() {
                        self.push(if at == 0 { "" } else { ":" });
                        if !self.is_open_bound(bound) {
                            self.scalar(bound, Rep::Plain, 0)?;
                        }
                    }
                    self.push("]");
                }
            }
            F::Between
                if self.dialect == Dialect::Duckdb && is_array(self.ir.scalar(args[0]).ty) =>
            {
                // A condition that is this alone is an error there.
                self.push("coalesce(");
                plain(self, 0, 7)?;
                self.push(" BETWEEN ");
                plain(self, 1, 7)?;
                self.push(" AND ");
                plain(self, 2, 7)?;
                self.push(", NULL)");
            }
            F::Between | F::NotBetween | F::BetweenSymmetric | F::NotBetweenSymmetric => {
                return self.bracket(above > 6, |this| {
                    plain(this, 0, 7)?;
                    this.push(match func {
                        F::Between => " BETWEEN ",
                        F::NotBetween => " NOT BETWEEN ",
                        F::BetweenSymmetric => " BETWEEN SYMMETRIC ",
                        _ => " NOT BETWEEN SYMMETRIC ",
                    });
                    plain(this, 1, 7)?;
                    this.push(" AND ");
                    plain(this, 2, 7)
                });
            }
            _ => {
                return self.bracket(above > 6, |this| {
                    plain(this, 0, 7)?;
                    this.push(match func {
                        F::Like => " LIKE ",
                        F::NotLike => " NOT LIKE ",
                        F::ILike => " ILIKE ",
                        F::NotILike => " NOT ILIKE ",
                        F::SimilarTo => " SIMILAR TO ",
                        _ => " NOT SIMILAR TO ",
                    });
                    plain(this, 1, 7)?;
                    this.escape(args)
                });
            }
        }
        Ok(())
    }

    /// A bound of a slice that is the array's own.
    pub(super) fn is_open_bound(&self, bound: ScalarId) -> bool {
        let open = [i64::from(i32::MIN), i64::from(i32::MAX)];
        matches!(self.ir.scalar(bound).kind,
            ScalarKind::Literal(Literal::Integer(at)) if open.contains(&at))
    }

    /// The escape of LIKE: a backslash where none is written, as in PostgreSQL.
    pub(super) fn escape(&mut self, args: &[ScalarId]) -> Res {
        if let Some(&escape) = args.get(2) {
            let none = matches!(&self.ir.scalar(escape).kind,
                ScalarKind::Literal(Literal::Text(text)) if text.is_empty());
            // Without ESCAPE nothing escapes on SQLite.
            if none && self.dialect == Dialect::Sqlite {
                return Ok(());
            }
            if none && self.is_mysql() {
                return self.mysql_no_escape(args[1]);
            }
            self.push(" ESCAPE ");
            return self.scalar(escape, Rep::Plain, 7);
        }
        let pattern = &self.ir.scalar(args[1]).kind;
        let sure = matches!(pattern, ScalarKind::Literal(Literal::Text(t)) if !t.contains('\\'));
        if self.dialect != Dialect::Postgresql && !sure {
            self.push(" ESCAPE '\\'");
        }
        Ok(())
    }

    /// A conversion: written where PostgreSQL would not do it by itself.
    pub(super) fn cast(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        implicit: bool,
        fallible: bool,
        above: u8,
    ) -> Res {
        let ty = self.ir.scalar(id).ty;
        if self.dialect == Dialect::Sqlite {
            return self.sqlite_cast(id, operand, implicit, fallible, above);
        }
        if fallible {
            return self.try_cast(id, operand);
        }
        if self.dialect == Dialect::Duckdb {
            return self.duckdb_cast(id, operand, implicit, above);
        }
        if self.is_mysql() {
            return self.mysql_cast(id, operand, implicit, above);
        }
        if (implicit && !ty.is_text()) || self.says_its_type(operand, ty) {
            return self.scalar(operand, Rep::Plain, above);
        }
        self.push("CAST(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {})", self.held(ty)));
        Ok(())
    }

    /// True for what is written with its type anyway, where that is `ty`.
    fn says_its_type(&self, operand: ScalarId, ty: Type) -> bool {
        let operand = self.ir.scalar(operand);
        operand.ty == ty
            && match operand.kind {
                ScalarKind::Literal(Literal::Null) => ty != Type::Text,
                ScalarKind::Param(_) => self.dialect == Dialect::Postgresql,
                ScalarKind::Literal(Literal::Blob(_)) => true,
                ScalarKind::Literal(Literal::Text(_)) => matches!(ty, Type::Array(_)),
                _ => false,
            }
    }

    /// TRY_CAST where it can be said before converting that it will work: text to integers.
    fn try_cast(&mut self, id: ScalarId, operand: ScalarId) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        let (low, high) = match to {
            Type::SmallInt => ("-32768", "32767"),
            Type::Integer => ("-2147483648", "2147483647"),
            Type::BigInt => ("-9223372036854775808", "9223372036854775807"),
            _ => ("", ""),
        };
        if low.is_empty() || !from.is_text() {
            let span = self.ir.scalar(id).span;
            return Err(self.refuse(span, &format!("TRY_CAST from {from} to {to}")));
        }
        if self.dialect == Dialect::Duckdb {
            let text = format!(
                r"CASE WHEN regexp_full_match({{0}}, '[\s\v]*[-+]?[0-9]+[\s\v]*') THEN TRY_CAST(regexp_replace({{0}}, '[\s\v+]', '', 'g') AS {to}) END"
            );
            return self.placed(&text, &[operand]);
        }
        if self.is_mysql() {
            let digits = r"REGEXP_REPLACE({0}, '\s', '')";
            let text = format!(
                r"CASE WHEN {{0}} REGEXP '\A\s*[-+]?[0-9]{{1,30}}\s*\z' THEN CASE WHEN CAST({digits} AS DECIMAL(30,0)) BETWEEN {low} AND {high} THEN CAST({digits} AS SIGNED) END END"
            );
            return self.placed(&text, &[operand]);
        }
        self.push("CASE WHEN ");
        self.scalar(operand, Rep::Plain, 8)?;
        self.push(r" ~ '^\s*[-+]?[0-9]{1,30}\s*$' THEN CASE WHEN CAST(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS numeric) BETWEEN {low} AND {high} THEN CAST("));
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {to}) END END"));
        Ok(())
    }
}
