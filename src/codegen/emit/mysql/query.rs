//! Queries: rows written out, LIMIT, what a recursion's columns hold.

use super::super::{Def, Emitter, Rep, Res, Use};
use super::cast::cast_name;
use rql_ir::{ColumnId, Literal, RelId, RelKind, ScalarId, ScalarKind, SetOp, SortKey, Type};

/// The type in which decimals without a number of digits are compared: MariaDB computes thirty-six behind the point, of
/// which an aggregate keeps thirty-two.
const OPEN: &str = "decimal(65, 26)";

/// What cannot stand in a query in IN, ANY or EXISTS there.
const GROUPED: &str = "GROUP BY without an aggregate, of computed columns, in such a query";

const COUNTED: &str = "INTERSECT or EXCEPT in such a query";

/// How a query in IN or behind ANY is written.
enum Set {
    /// In FROM, for what MariaDB gets wrong in it, or where that reads the row around it refused, with what helps.
    Apart(&'static str, &'static str),
    /// In FROM: where the group is told by COUNT, a computed text that is looked for becomes a number.
    Group,
    /// In FROM, under these items.
    Widened(String),
    Plain,
}

impl Emitter<'_> {
    /// Refuses a query in FROM or WITH that reads a row of the query around it.
    pub(in crate::emit) fn mysql_closed(&self, rel: RelId) -> Res {
        if !self.is_mysql() || rql_ir::rewrite::is_closed(self.ir, rel) {
            return Ok(());
        }
        let what = "a query in FROM that reads a row of the query around it";
        Err(self.refuse(self.ir.rel(rel).span, what))
    }

    /// VALUES has no names for its columns there: a SELECT for each row.
    pub(in crate::emit) fn mysql_values(&mut self, rel: RelId) -> Res<Vec<Rep>> {
        let ir = self.ir;
        let RelKind::Values { rows, columns } = &ir.rel(rel).kind else {
            return Ok(Vec::new());
        };
        let own: Vec<_> = (1..=columns.len()).map(|n| format!("column{n}")).collect();
        let anchor = self.anchors.contains(&rel);
        for (at, row) in rows.iter().enumerate() {
            self.push(if at == 0 {
                "SELECT "
            } else {
                " UNION ALL SELECT "
            });
            for (place, (&scalar, name)) in row.iter().zip(&own).enumerate() {
                self.push(if place == 0 { "" } else { ", " });
                self.anchored(scalar, anchor && at == 0)?;
                if at == 0 {
                    self.push(&format!(" AS {name}"));
                }
            }
        }
        Ok(self.result_names(columns, &own))
    }

    /// A value of the first rows of a recursion, which say what all rows can hold.
    pub(in crate::emit) fn anchored(&mut self, scalar: ScalarId, anchor: bool) -> Res {
        let ty = self.ir.scalar(scalar).ty;
        let name = match ty {
            // Without a length a text has that of the first.
            Type::Text | Type::Varchar(_) | Type::Char(_) | Type::Json | Type::Jsonb => {
                Some("CHAR(100000)".to_owned())
            }
            ty => cast_name(ty),
        };
        match name.filter(|_| anchor) {
            Some(name) => self.wrapped("CAST(", &[scalar], &format!(" AS {name})")),
            None => self.scalar(scalar, Rep::Plain, 0),
        }
    }

    /// True where NULLs have to be put where PostgreSQL has them.
    pub(in crate::emit) fn nulls_apart(&self, key: &SortKey) -> bool {
        let scalar = self.ir.scalar(key.scalar);
        key.nulls_first == key.descending
            && scalar.nullable
            && !matches!(scalar.kind, ScalarKind::Literal(_))
    }

    /// A query in IN or behind ANY, in which LIMIT stands only deeper.
    pub(in crate::emit) fn mysql_set(
        &mut self,
        operand: ScalarId,
        query: RelId,
        columns: &[ColumnId],
    ) -> Res {
        let names = self.names_of(columns);
        match self.set_of(operand, query, columns) {
            Set::Apart(what, help) if self.reaches_out(query) => {
                let refused = self.refuse(self.ir.rel(query).span, what);
                Err(Box::new(refused.help(help)))
            }
            Set::Apart(..) | Set::Group => self.set_from("*", query, &names),
            Set::Widened(items) => {
                let names: Vec<String> = (0..columns.len()).map(|at| format!("c{at}")).collect();
                self.set_from(&items, query, &names)
            }
            Set::Plain => self.query(query, &names, Use::Value).map(|_| ()),
        }
    }

    fn set_of(&self, operand: ScalarId, query: RelId, columns: &[ColumnId]) -> Set {
        let joined = "a query in FROM with ROW_NUMBER() can be joined instead";
        if self.is_limited(query) {
            Set::Apart("LIMIT in such a query", joined)
        } else if self.is_counted(query) {
            // Its rows are lost there too.
            Set::Apart(COUNTED, joined)
        } else if self.is_evicted(query) {
            Set::Apart(GROUPED, "DISTINCT in place of GROUP BY runs")
        } else if self.is_windowed(query) {
            // What is not among them is NULL.
            let help = "a query in FROM with the window can be joined instead";
            Set::Apart("a window in such a query", help)
        } else if self.is_made_moment(query, columns) {
            // A NULL among them is none.
            let what = "an aggregate or window of moments in such a query";
            let help = "CAST(… AS text) on both sides compares the same moments";
            Set::Apart(what, help)
        } else if self.reaches_out(query) {
            Set::Plain
        } else if self.is_lone_group(query) {
            Set::Group
        } else {
            let widened = self.widened(operand, query, columns);
            widened.map_or(Set::Plain, Set::Widened)
        }
    }

    /// True for one group of all rows that nothing but HAVING or the row itself asks for.
    fn is_lone_group(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::Project { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. } => self.is_lone_group(*input),
            RelKind::Aggregate {
                groups, aggregates, ..
            } => groups.is_empty() && aggregates.is_empty(),
            _ => false,
        }
    }

    /// A query of one in FROM.
    fn set_from(&mut self, items: &str, query: RelId, names: &[String]) -> Res {
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        self.push(&format!("SELECT {items} FROM ("));
        self.query(query, names, Use::Named)?;
        self.push(&format!(") AS {alias}"));
        Ok(())
    }

    /// The columns of such a query, which are called `c0`, `c1` and so on, in a type that holds whatever is looked for: of what their own cannot hold MariaDB
    /// says that it is not among them, where a NULL leaves that open.
    fn widened(&self, operand: ScalarId, query: RelId, columns: &[ColumnId]) -> Option<String> {
        let operands = self.row_of(operand);
        let mut wider = false;
        let pairs = columns.iter().zip(operands).enumerate();
        let items = pairs.map(|(at, (&column, operand))| {
            let name = format!("c{at}");
            let narrow = self.stored_column(query, column);
            match (self.widest(operand), narrow) {
                // A column of moments of a zone holds those of 1970 to 2106.
                (_, Type::TimestampTz)
                    if self.ir.column(column).nullable && !self.is_of_zone(operand) =>
                {
                    wider = true;
                    format!("CAST({name} AS datetime(6))")
                }
                // Of a computed decimal nobody knows how wide it stands there.
                (wide, narrow) if wide == narrow && !is_open(wide) => name,
                (wide, narrow) if wide.is_integer() && narrow.is_integer() => {
                    let small = size(wide) > size(narrow);
                    wider |= small;
                    match small {
                        // A smallint and 0 are an integer.
                        true if size(wide) > 2 => format!("CAST({name} AS decimal(20, 0))"),
                        true => format!("{name} + 0"),
                        false => name,
                    }
                }
                (wide, narrow) if wide.is_decimal() && narrow.is_decimal() => {
                    wider = true;
                    match is_open(wide) && is_open(narrow) {
                        true => format!("CAST({name} AS {OPEN})"),
                        false => format!("CAST({name} AS decimal(65, 30))"),
                    }
                }
                _ => name,
            }
        });
        let items: Vec<String> = items.collect();
        wider.then(|| items.join(", "))
    }

    /// Writes what is looked for, of a decimal without a number of digits with those that [`Self::widened`] gives the others:
    /// a quotient has more than are shown of it.
    pub(in crate::emit) fn mysql_sought(
        &mut self,
        operand: ScalarId,
        query: RelId,
        columns: &[ColumnId],
        above: u8,
    ) -> Res {
        let asked = self
            .is_mysql()
            .then(|| self.set_of(operand, query, columns));
        if !matches!(asked, Some(Set::Widened(_))) {
            return self.scalar(operand, Rep::Plain, above);
        }
        let fields = self.row_of(operand);
        let row = fields.len() > 1;
        self.push(if row { "(" } else { "" });
        for (at, (field, &column)) in fields.into_iter().zip(columns).enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            match is_open(self.widest(field)) && is_open(self.stored_column(query, column)) {
                true => self.wrapped("CAST(", &[field], &format!(" AS {OPEN})"))?,
                false => self.scalar(field, Rep::Plain, if row { 0 } else { above })?,
            }
        }
        self.push(if row { ")" } else { "" });
        Ok(())
    }

    /// True for a table's own moment of a zone.
    fn is_of_zone(&self, id: ScalarId) -> bool {
        let scalar = self.ir.scalar(id);
        matches!(scalar.kind, ScalarKind::Column(_))
            && scalar.ty == Type::TimestampTz
            && rql_ir::rewrite::is_of_table(self.ir, id)
    }

    /// The type in which a column of a query stands there.
    fn stored_column(&self, rel: RelId, column: ColumnId) -> Type {
        let own = self.ir.column(column).ty;
        match &self.ir.rel(rel).kind {
            RelKind::With { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. } => self.stored_column(*input, column),
            RelKind::Project { input, items, .. } => {
                let item = items.iter().find(|item| item.0 == column);
                item.map_or(own, |&(_, scalar)| self.stored_value(*input, scalar))
            }
            _ => own,
        }
    }

    /// The same for a value over a relation: a whole number keeps its type in a cast to a wider one.
    fn stored_value(&self, rel: RelId, scalar: ScalarId) -> Type {
        let value = self.ir.scalar(scalar);
        match value.kind {
            ScalarKind::Column(column) => self.stored_column(rel, column),
            ScalarKind::Cast { operand, .. } if value.ty.is_integer() => {
                let under = self.stored_value(rel, operand);
                if under.is_integer() { under } else { value.ty }
            }
            _ => value.ty,
        }
    }

    /// The widest type that a value may have there.
    fn widest(&self, operand: ScalarId) -> Type {
        let value = self.ir.scalar(operand);
        match value.kind {
            ScalarKind::Column(_) if rql_ir::rewrite::is_of_table(self.ir, operand) => value.ty,
            ScalarKind::Cast { operand, .. } if value.ty.is_integer() => {
                let under = self.widest(operand);
                if under.is_integer() {
                    under
                } else {
                    Type::BigInt
                }
            }
            ScalarKind::Literal(Literal::Integer(value)) => match value {
                -32_768..=32_767 => Type::SmallInt,
                _ => Type::BigInt,
            },
            _ if value.ty.is_integer() => Type::BigInt,
            _ if value.ty.is_decimal() => Type::NUMERIC,
            _ => value.ty,
        }
    }

    /// EXISTS of a query, which stands in FROM where MariaDB would end.
    pub(in crate::emit) fn mysql_exists(&mut self, query: RelId, names: &[String]) -> Res {
        // Of a difference the groups are forgotten there, and what a set operation inside it gives.
        let counted = self.is_mysql()
            && (self.is_counted(query) && self.gathers_rows(query) || self.is_set_in_set(query));
        if !self.is_mysql() || !(counted || self.is_evicted(query)) {
            return self.query(query, names, Use::Value).map(|_| ());
        }
        if self.reaches_out(query) {
            let (what, help) = match counted {
                true => (COUNTED, "a query in FROM can be joined instead"),
                false => (GROUPED, "in EXISTS the answer is the same without GROUP BY"),
            };
            let refused = self.refuse(self.ir.rel(query).span, what);
            return Err(Box::new(refused.help(help)));
        }
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        self.push("SELECT * FROM (");
        self.query(query, names, Use::Named)?;
        self.push(&format!(") AS {alias}"));
        Ok(())
    }

    /// True for groups without an aggregate of which something is computed, perhaps by a query: in IN, ANY and EXISTS
    /// MariaDB takes such a GROUP BY away, and the server ends where it has been a query over `JSON_TABLE`.
    fn is_evicted(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::SetOp { left, right, .. } => self.is_evicted(*left) || self.is_evicted(*right),
            RelKind::With { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Distinct { input } => self.is_evicted(*input),
            RelKind::Project { input, items, .. } => {
                let mut below = *input;
                // With HAVING of no column rows that are none are looked for.
                let mut bare = false;
                while let RelKind::Filter { input, predicate } = self.ir.rel(below).kind {
                    below = input;
                    bare |= !self.reads_columns(predicate);
                }
                let grouped = matches!(&self.ir.rel(below).kind,
                    RelKind::Aggregate { groups, aggregates, .. } if aggregates.is_empty() && !groups.is_empty());
                grouped && (bare || items.iter().any(|item| self.is_computed(item.1)))
            }
            _ => false,
        }
    }

    fn reads_columns(&self, id: ScalarId) -> bool {
        let mut reads = false;
        self.ir.walk(id, &mut |scalar| {
            reads |= matches!(scalar.kind, ScalarKind::Column(_));
        });
        reads
    }

    fn is_computed(&self, id: ScalarId) -> bool {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(_) | ScalarKind::Param(_) => false,
            ScalarKind::Cast { operand, .. } => self.is_computed(operand),
            ScalarKind::Column(column) => {
                let made = self.made_of(column);
                made.is_some_and(|made| {
                    !matches!(self.ir.scalar(made).kind, ScalarKind::Column(_))
                        && self.is_computed(made)
                })
            }
            _ => true,
        }
    }

    /// True where what is written from there on has a query in it: as a whole condition MariaDB joins what IN and ANY
    /// look for to the rows of their query, and finds it in no aggregate of them then. What is computed of constants it
    /// takes for numbers there, and warns of texts.
    pub(in crate::emit) fn mysql_queried(&self, start: usize, query: RelId) -> bool {
        let written = &self.out[start..];
        self.is_mysql()
            && (written.contains("(SELECT ") || written.contains('(') && self.is_made(query))
    }

    /// A query from there on that is the whole of what ALL, ANY and IN compare is put into a call: of one without a table
    /// MariaDB takes another value.
    pub(in crate::emit) fn mysql_hidden(&mut self, start: usize) {
        if self.is_mysql() && self.out[start..].starts_with("(SELECT ") {
            self.put_before(start, "COALESCE(");
            self.push(", NULL)");
        }
    }

    /// True for a UNION that reads a row of the query around it: where ALL of it is a whole condition, MariaDB takes
    /// one without rows for that of the row before.
    pub(in crate::emit) fn mysql_forgets(&self, query: RelId) -> bool {
        self.is_union(query) && self.reaches_out(query)
    }

    fn is_union(&self, query: RelId) -> bool {
        match self.ir.rel(query).kind {
            RelKind::SetOp { .. } => true,
            RelKind::With { input, .. } | RelKind::Sort { input, .. } => self.is_union(input),
            _ => false,
        }
    }

    fn is_limited(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::Limit { .. } => true,
            RelKind::With { input, .. }
            | RelKind::Project { input, .. }
            | RelKind::Lock { input, .. } => self.is_limited(*input),
            RelKind::SetOp { left, right, .. } => self.is_limited(*left) || self.is_limited(*right),
            _ => false,
        }
    }

    /// Refuses to count equal rows once for each row around: MariaDB's own table of them is broken the second time.
    pub(in crate::emit) fn mysql_counts_once(&self, query: RelId) -> Res {
        if !self.is_mysql() || !self.is_counted_all(query) || !self.reaches_out(query) {
            return Ok(());
        }
        let what = "INTERSECT ALL or EXCEPT ALL in a query that reads a row of the query around it";
        let help = "without ALL it runs; of INTERSECT in EXISTS the answer is the same";
        let refused = self.refuse(self.ir.rel(query).span, what);
        Err(Box::new(refused.help(help)))
    }

    fn is_counted_all(&self, query: RelId) -> bool {
        match self.ir.rel(query).kind {
            RelKind::SetOp {
                op,
                all,
                left,
                right,
                ..
            } => {
                all && op != SetOp::Union || self.is_counted_all(left) || self.is_counted_all(right)
            }
            RelKind::With { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. } => self.is_counted_all(input),
            _ => false,
        }
    }

    /// True where a moment is an aggregate's or a window's, or beside one.
    fn is_made_moment(&self, query: RelId, columns: &[ColumnId]) -> bool {
        let &[column] = columns else {
            return false;
        };
        let ty = self.ir.column(column).ty;
        (ty.is_moment() || ty == Type::Time)
            && self.ir.column(column).nullable
            && self.is_made(query)
    }

    fn is_windowed(&self, query: RelId) -> bool {
        match self.ir.rel(query).kind {
            RelKind::Window { .. } => true,
            RelKind::With { input, .. }
            | RelKind::Project { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. } => self.is_windowed(input),
            RelKind::SetOp { left, right, .. } => self.is_windowed(left) || self.is_windowed(right),
            _ => false,
        }
    }

    fn is_made(&self, query: RelId) -> bool {
        match self.ir.rel(query).kind {
            RelKind::Aggregate { .. } | RelKind::Window { .. } => true,
            RelKind::With { input, .. }
            | RelKind::Project { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. } => self.is_made(input),
            RelKind::SetOp { left, right, .. } => self.is_made(left) || self.is_made(right),
            _ => false,
        }
    }

    fn is_counted(&self, query: RelId) -> bool {
        match self.ir.rel(query).kind {
            RelKind::SetOp { op, .. } => op != SetOp::Union,
            _ => false,
        }
    }

    /// True for INTERSECT or EXCEPT beside or around a set operation or rows that are written.
    fn is_set_in_set(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::SetOp {
                op, left, right, ..
            } => {
                let sides = [*left, *right].map(|side| self.is_a_set(side));
                sides.contains(&true)
                    && (*op != SetOp::Union
                        || self.is_set_in_set(*left)
                        || self.is_set_in_set(*right)
                        || self.is_counted(*left)
                        || self.is_counted(*right))
            }
            RelKind::With { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Project { input, .. } => self.is_set_in_set(*input),
            _ => false,
        }
    }

    fn is_a_set(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::SetOp { .. } => true,
            RelKind::Values { rows, .. } => rows.len() > 1,
            RelKind::With { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Project { input, .. } => self.is_a_set(*input),
            _ => false,
        }
    }

    /// True where rows are gathered on a side of a set operation: by groups or DISTINCT.
    fn gathers_rows(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::SetOp { left, right, .. } => {
                self.gathers_rows(*left) || self.gathers_rows(*right)
            }
            RelKind::With { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Window { input, .. }
            | RelKind::Project { input, .. } => self.gathers_rows(*input),
            kind => matches!(kind, RelKind::Aggregate { .. } | RelKind::Distinct { .. }),
        }
    }

    /// True where a query refers to columns of what stands around it.
    fn reaches_out(&self, query: RelId) -> bool {
        let outer: Vec<ColumnId> = self
            .defs
            .iter()
            .enumerate()
            .filter(|(_, def)| {
                matches!(def, Some(Def::Name { .. } | Def::Inline(_) | Def::Same(_)))
            })
            .filter_map(|(at, _)| u32::try_from(at).ok().map(ColumnId))
            .collect();
        rql_ir::mentions(self.ir, query, &outer)
    }

    /// A number of rows is a literal or a parameter there.
    pub(in crate::emit) fn mysql_limit(
        &mut self,
        count: Option<ScalarId>,
        offset: Option<ScalarId>,
    ) -> Res {
        let is_null = |this: &Self, id: ScalarId| {
            matches!(this.ir.scalar(id).kind, ScalarKind::Literal(Literal::Null))
        };
        let count = count.filter(|&count| !is_null(self, count));
        let offset = offset.filter(|&offset| !is_null(self, offset));
        for bound in count.into_iter().chain(offset) {
            let scalar = self.ir.scalar(bound);
            let written = self.written_number(bound).is_some_and(|n| n >= 0);
            let param = matches!(scalar.kind, ScalarKind::Param(_));
            if !written && !param {
                let refused = self.refuse(scalar.span, "LIMIT by an expression");
                let help = "LET n = … computes it before, and LIMIT :n takes it";
                return Err(Box::new(refused.help(help)));
            }
        }
        match count {
            Some(count) => {
                self.push(" LIMIT ");
                self.row_number(count)?;
            }
            None if offset.is_some() => self.push(" LIMIT 18446744073709551615"),
            None => {}
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.row_number(offset)?;
        }
        Ok(())
    }

    fn row_number(&mut self, id: ScalarId) -> Res {
        if let Some(count) = self.written_number(id) {
            self.push(&count.to_string());
            return Ok(());
        }
        self.value(id, 0)
    }
}

/// True for a decimal without a number of digits.
fn is_open(ty: Type) -> bool {
    matches!(
        ty,
        Type::Decimal {
            precision: None,
            ..
        }
    )
}

/// Which of the whole numbers' types is wider.
fn size(ty: Type) -> u8 {
    match ty {
        Type::SmallInt => 1,
        Type::Integer => 2,
        _ => 3,
    }
}
