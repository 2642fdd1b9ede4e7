//! Scalars in the standard spelling; what SQLite has otherwise stands in its own file.

use super::aggregate::Aggregation;
use super::sqlite::{form, is_array};
use super::{Def, Emitter, Rep, Res, Use};
use crate::Dialect;
use rql_ir::function::Shape;
use rql_ir::{ColumnId, Func, Literal, RelId, RelKind, Scalar, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(super) fn list<T: Copy>(
        &mut self,
        items: &[T],
        mut write: impl FnMut(&mut Self, T) -> Res,
    ) -> Res {
        for (at, &item) in items.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// How a scalar stands where nothing else is asked for.
    pub(super) fn natural(&self, id: ScalarId) -> Rep {
        let Scalar { kind, ty, .. } = self.ir.scalar(id);
        match kind {
            ScalarKind::Column(column) => self.column_rep(*column),
            // As the table has it, whatever that is.
            ScalarKind::Assigned(_) if self.computed(*ty) != Rep::Plain => Rep::Stored,
            _ => self.computed(*ty),
        }
    }

    /// Writes a scalar as `rep`, in parentheses where it binds less tightly than `above`.
    pub(super) fn scalar(&mut self, id: ScalarId, rep: Rep, above: u8) -> Res {
        if let Some(at) = self.apart.iter().position(|&apart| apart == id) {
            self.apart.swap_remove(at);
            return self.wrapped("(", &[id], ") = TRUE");
        }
        let start = self.out.len();
        let has = self.natural(id);
        // What PostgreSQL keeps apart (IS, comparisons, LIKE and its kin) is one level to others.
        let above = match above {
            5..=7 if self.dialect != Dialect::Postgresql => 7,
            _ => above,
        };
        if has == rep {
            self.plain(id, above)?;
        } else {
            self.convert(id, has, rep)?;
        }
        self.spans
            .add(start, self.out.len(), self.ir.scalar(id).span);
        Ok(())
    }

    /// Writes a scalar as it naturally stands.
    pub(super) fn plain(&mut self, id: ScalarId, above: u8) -> Res {
        let ir = self.ir;
        let scalar = ir.scalar(id);
        let rep = self.natural(id);
        if self.lone_null == Some(id) {
            if !self.null_number(scalar.ty) {
                self.push(match scalar.ty {
                    Type::Blob => "CAST(NULL AS BINARY)",
                    Type::Date => "CAST(NULL AS DATE)",
                    Type::Time => "CAST(NULL AS TIME(6))",
                    Type::Timestamp | Type::TimestampTz => "CAST(NULL AS DATETIME(6))",
                    _ => "CAST(NULL AS CHAR)",
                });
            }
            return Ok(());
        }
        match &scalar.kind {
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(&Def::Inline(inner)) if !self.namesakes.contains(column) => {
                    self.scalar(inner, rep, above)
                }
                Some(_) => self.column_as(*column, rep, ir.is_qualified(id)),
                None => Err(self.refuse(scalar.span, "this column")),
            },
            ScalarKind::Wildcard(rel) => {
                if let Some(RelKind::Scan { alias, .. }) = rel.map(|r| &ir.rel(r).kind) {
                    self.name(alias);
                    self.push(".");
                }
                self.push("*");
                Ok(())
            }
            ScalarKind::Literal(literal) => self.literal(literal, scalar, above),
            ScalarKind::Param(at) if self.dialect == Dialect::Sqlite && is_array(scalar.ty) => {
                self.push(&format!("rql_array_of(?{}, '{}')", at + 1, form(scalar.ty)));
                Ok(())
            }
            ScalarKind::Param(at) if !self.dialect.traits().numbered_params => {
                self.mysql_param(*at, scalar.ty);
                Ok(())
            }
            ScalarKind::Param(at) => {
                let mark = self.dialect.traits().param;
                let number = self.own_number(*at) + 1;
                self.out.push(mark);
                self.push(&number.to_string());
                if self.dialect == Dialect::Postgresql {
                    self.push("::");
                    self.push(&self.held(scalar.ty).to_string());
                }
                Ok(())
            }
            ScalarKind::Call { func, args } => self.call(id, *func, args, above),
            ScalarKind::Assigned(value) => self.assigned(id, *value, above),
            ScalarKind::Default(column) => {
                if self.dialect == Dialect::Sqlite {
                    return self.written_default(*column, scalar.span);
                }
                self.push("DEFAULT");
                Ok(())
            }
            ScalarKind::Cast {
                operand,
                implicit,
                fallible,
            } => self.cast(id, *operand, *implicit, *fallible, above),
            ScalarKind::Case {
                branches,
                otherwise,
            } => self.case(branches, *otherwise, rep),
            ScalarKind::InList {
                operand,
                negated,
                items,
            } => self.in_list(*operand, *negated, items, above),
            ScalarKind::InQuery {
                operand,
                negated,
                query,
                columns,
            } => self.in_query(*operand, *negated, *query, columns, above),
            ScalarKind::Quantified {
                func,
                all,
                operand,
                query,
                column,
            } => self.quantified(*func, *all, *operand, *query, *column, above),
            ScalarKind::Row(fields) if fields.len() > 1 => self.fields(id, "(", fields, ")"),
            ScalarKind::Row(fields) => self.fields(id, "ROW(", fields, ")"),
            ScalarKind::Whole { fields, missing } => self.whole(id, fields, *missing),
            ScalarKind::Array(items) => self.array(id, items),
            ScalarKind::ArrayQuery { query, column } => {
                if self.dialect == Dialect::Sqlite {
                    return self.sqlite_array_query(*query, *column);
                }
                if self.is_mysql() {
                    return Err(self.refuse(scalar.span, "an array"));
                }
                self.push("ARRAY(");
                self.query(*query, &self.names_of(&[*column]), Use::Value)?;
                self.push(")");
                Ok(())
            }
            ScalarKind::OfArray {
                func,
                all,
                operand,
                array,
            } => self.of_array(*func, *all, *operand, *array, above),
            ScalarKind::Exists(query) => {
                self.mysql_counts_once(*query)?;
                self.duckdb_apart(*query);
                // Beside windows MariaDB loses rows where it looks for none by IN in place of EXISTS.
                let kept = core::mem::take(&mut self.windowed);
                self.bracket(kept && above > 4, |this| {
                    this.push("EXISTS (");
                    let visible = &ir.columns_of(*query)[..ir.visible(*query)];
                    this.mysql_exists(*query, &this.names_of(visible))?;
                    this.push(if kept { ") = 1" } else { ")" });
                    Ok(())
                })?;
                self.windowed = kept;
                Ok(())
            }
            ScalarKind::Subquery { query, column } => self.subquery(id, *query, *column),
            ScalarKind::Aggregate {
                func,
                distinct,
                args,
                order,
                filter,
            } => {
                let call = Aggregation {
                    agg: *func,
                    distinct: *distinct,
                    args,
                    order,
                    filter: *filter,
                    over: None,
                };
                self.aggregate(id, &call)
            }
            ScalarKind::Grouping(_) if self.is_mysql() => Err(self.refuse(scalar.span, "GROUPING")),
            ScalarKind::Grouping(keys) => {
                let wide = self.dialect == Dialect::Duckdb;
                self.push(if wide { "CAST(GROUPING(" } else { "GROUPING(" });
                self.list(keys, |this, key| this.scalar(key, Rep::Plain, 0))?;
                self.push(if wide { ") AS integer)" } else { ")" });
                Ok(())
            }
            ScalarKind::BackendCall { name, args, labels } => self.backend_call(name, args, labels),
            ScalarKind::Member { operand, name } => {
                if self.dialect != Dialect::Postgresql {
                    return Err(self.refuse(scalar.span, "a part of a record"));
                }
                self.push("(");
                self.scalar(*operand, Rep::Plain, 0)?;
                self.push(").");
                self.name(name);
                Ok(())
            }
            ScalarKind::Guarded { .. } => Err(self.refuse(scalar.span, "this expression")),
            ScalarKind::Window {
                func, args, filter, ..
            } => {
                self.windows.get_or_insert(scalar.span);
                self.window(id, *func, args, *filter)
            }
        }
    }

    /// A function that only the backend knows takes values as the backend has them.
    /// A name, perhaps with its schema before a point.
    pub(super) fn dotted(&mut self, name: &str) {
        for (at, part) in name.split('.').enumerate() {
            self.push(if at == 0 { "" } else { "." });
            self.name(part);
        }
    }

    fn backend_call(&mut self, name: &str, args: &[ScalarId], labels: &[Option<String>]) -> Res {
        self.dotted(name);
        self.push("(");
        let mut labels = labels.iter();
        self.list(args, |this, arg| {
            if let Some(Some(label)) = labels.next() {
                this.name(label);
                this.push(" => ");
            }
            match this.natural(arg) {
                rep @ (Rep::Plain | Rep::Stored) => this.scalar(arg, rep, 0),
                _ => {
                    let what = format!("a decimal as an argument of {name}");
                    let refused = this.refuse(this.ir.scalar(arg).span, &what);
                    Err(Box::new(
                        refused.help("CAST(… AS double precision) is passed as it is"),
                    ))
                }
            }
        })?;
        self.push(")");
        Ok(())
    }

    fn case(
        &mut self,
        branches: &[(ScalarId, ScalarId)],
        otherwise: Option<ScalarId>,
        rep: Rep,
    ) -> Res {
        let values: Vec<_> = branches.iter().map(|b| b.1).chain(otherwise).collect();
        let scale = self.shared_scale(&values);
        self.push("CASE");
        for &(when, then) in branches {
            self.push(" WHEN ");
            self.scalar(when, Rep::Plain, 0)?;
            self.push(" THEN ");
            self.beside_others(then, rep, scale)?;
        }
        if let Some(otherwise) = otherwise {
            self.push(" ELSE ");
            self.beside_others(otherwise, rep, scale)?;
        }
        self.push(" END");
        Ok(())
    }

    /// A row, between what opens and closes it.
    fn fields(&mut self, id: ScalarId, open: &str, fields: &[ScalarId], close: &str) -> Res {
        // DuckDB compares rows as values, without NULL's third answer. On MariaDB only IN takes one.
        if self.dialect != Dialect::Postgresql && (!self.is_mysql() || open != "(") {
            return Err(self.refuse(self.ir.scalar(id).span, "a row as a value"));
        }
        self.push(open);
        self.list(fields, |this, field| this.scalar(field, Rep::Plain, 0))?;
        self.push(close);
        Ok(())
    }

    /// The fields of a row, or the one value that is none.
    pub(super) fn row_of(&self, id: ScalarId) -> Vec<ScalarId> {
        match &self.ir.scalar(id).kind {
            ScalarKind::Row(fields) => fields.clone(),
            _ => vec![id],
        }
    }

    /// `ARRAY[a, b]`, with its type where the elements do not say it.
    fn array(&mut self, id: ScalarId, items: &[ScalarId]) -> Res {
        if self.dialect == Dialect::Sqlite {
            return self.sqlite_array(id, items);
        }
        if self.is_mysql() {
            return self.mysql_array(id, items);
        }
        // Its lists of lists are no arrays of two dimensions: their length, their elements are others.
        let nested = |&item: &ScalarId| matches!(self.ir.scalar(item).ty, Type::Array(_));
        if self.dialect == Dialect::Duckdb && items.iter().any(nested) {
            return Err(self.refuse(self.ir.scalar(id).span, "an array of arrays"));
        }
        let ty = self.ir.scalar(id).ty;
        let small = ty == Type::SmallInt.array() || ty == Type::BigInt.array();
        let constant =
            |&item: &ScalarId| matches!(self.ir.scalar(item).kind, ScalarKind::Literal(_));
        let typed = items.is_empty() || small && items.iter().all(constant);
        self.push(if typed { "CAST(ARRAY[" } else { "ARRAY[" });
        self.list(items, |this, item| this.scalar(item, Rep::Plain, 0))?;
        self.push("]");
        if typed {
            self.push(&format!(" AS {})", self.held(ty)));
        }
        Ok(())
    }

    /// `x op ANY (array)`.
    fn of_array(
        &mut self,
        func: Func,
        all: bool,
        operand: ScalarId,
        array: ScalarId,
        above: u8,
    ) -> Res {
        if self.dialect == Dialect::Sqlite {
            return self.sqlite_of_array(func, all, operand, array, above);
        }
        let Shape::Infix(op, level) = func.row().shape else {
            return Ok(());
        };
        if self.is_mysql() {
            return self.mysql_of_array(op, all, operand, array);
        }
        // To DuckDB a NULL is an array without elements.
        if self.dialect == Dialect::Duckdb && self.ir.scalar(array).nullable {
            self.only_if(self.twice(array), array, func)?;
            self.push("CASE WHEN ");
            self.scalar(array, Rep::Plain, 4)?;
            self.push(" IS NOT NULL THEN ");
            self.scalar(operand, Rep::Plain, level + 1)?;
            self.push(&format!(" {op} {} (", if all { "ALL" } else { "ANY" }));
            self.scalar(array, Rep::Plain, 0)?;
            self.push(") END");
            return Ok(());
        }
        self.bracket(above > level, |this| {
            this.scalar(operand, Rep::Plain, level + 1)?;
            this.push(&format!(" {op} {} (", if all { "ALL" } else { "ANY" }));
            this.scalar(array, Rep::Plain, 0)?;
            this.push(")");
            Ok(())
        })
    }

    fn in_list(&mut self, operand: ScalarId, negated: bool, items: &[ScalarId], above: u8) -> Res {
        let row = matches!(self.ir.scalar(operand).kind, ScalarKind::Row(_));
        // Only SQLite has an empty list. What is looked for stays in the text: it may be what groups rows.
        if items.is_empty() && !row && self.dialect != Dialect::Sqlite {
            return self.bracket(true, |this| {
                this.scalar(operand, Rep::Plain, 7)?;
                this.push(match negated {
                    true => " IS NULL OR TRUE",
                    false => " IS NULL AND FALSE",
                });
                Ok(())
            });
        }
        if self.is_keyed_document(self.ir.scalar(operand).ty) {
            return self.document_in(operand, negated, items);
        }
        let by_fields = row && (self.is_mysql() || self.dialect == Dialect::Duckdb);
        if self.dialect == Dialect::Sqlite || by_fields {
            return self.sqlite_in_list(operand, negated, items, above);
        }
        let packed = matches!(self.ir.scalar(operand).ty, Type::Array(_) | Type::Interval);
        let packed = packed && self.is_mysql();
        if !packed {
            self.mysql_value_only(operand)?;
        }
        let value = |this: &mut Self, id, above| match packed {
            true => this.mysql_comparable(id, above),
            false => this.scalar(id, Rep::Plain, above),
        };
        self.bracket(above > 6, |this| {
            value(this, operand, 7)?;
            this.push(if negated { " NOT IN (" } else { " IN (" });
            this.list(items, |this, item| value(this, item, 0))?;
            this.push(")");
            Ok(())
        })
    }

    fn in_query(
        &mut self,
        operand: ScalarId,
        negated: bool,
        query: RelId,
        columns: &[ColumnId],
        above: u8,
    ) -> Res {
        if self.dialect == Dialect::Sqlite {
            return self.sqlite_in_query(operand, negated, query, columns, above);
        }
        if self.is_keyed_document(self.ir.scalar(operand).ty) {
            return self.bracket(above > 6, |this| {
                this.document_in_query(operand, negated, query)
            });
        }
        if let (Dialect::Duckdb, ScalarKind::Row(fields)) =
            (self.dialect, &self.ir.scalar(operand).kind)
        {
            return self.duckdb_in_query(&fields.clone(), negated, query, columns);
        }
        self.mysql_value_only(operand)?;
        let row = matches!(self.ir.scalar(operand).kind, ScalarKind::Row(_));
        if self.is_mysql() && !row && self.is_one_row(query) {
            let op = if negated { " <> (" } else { " = (" };
            return self.with_one_row(op, operand, query, columns, above);
        }
        let scale = columns
            .first()
            .and_then(|&column| self.scale_beside(operand, column));
        if let (Some(scale), [column]) = (scale, columns) {
            self.scales.push((*column, scale));
        }
        self.bracket(above > 6, |this| {
            let start = this.out.len();
            match scale {
                Some(_) => this.beside_others(operand, Rep::Plain, scale)?,
                None => this.mysql_sought(operand, query, columns, 7)?,
            }
            let joined = !negated && this.mysql_queried(start, query);
            this.mysql_hidden(start);
            this.push(if negated { " NOT IN (" } else { " IN (" });
            match this.is_mysql() {
                true => this.mysql_set(operand, query, columns)?,
                false => this
                    .query(query, &this.names_of(columns), Use::Value)
                    .map(|_| ())?,
            }
            this.push(if joined { ") = 1" } else { ")" });
            Ok(())
        })
    }

    /// `x op ANY (SELECT …)`, or ALL.
    fn quantified(
        &mut self,
        func: Func,
        all: bool,
        operand: ScalarId,
        query: RelId,
        column: ColumnId,
        above: u8,
    ) -> Res {
        if self.dialect == Dialect::Sqlite {
            return self.sqlite_quantified(func, all, operand, query, column, above);
        }
        self.mysql_value_only(operand)?;
        let array = matches!(self.ir.scalar(operand).ty, rql_ir::Type::Array(_));
        if self.is_mysql() && array && !matches!(func, Func::Eq | Func::Ne) {
            let span = self.ir.scalar(operand).span;
            return Err(self.refuse(span, "an order of arrays by ANY or ALL"));
        }
        let nullable = self.ir.scalar(operand).nullable || self.ir.column(column).nullable;
        // Of intervals DuckDB has no such join, and that of arrays finds others.
        let ty = self.ir.scalar(operand).ty;
        let unjoined = matches!(ty, rql_ir::Type::Interval | rql_ir::Type::Array(_));
        let listed = matches!((func, all), (Func::Eq, false) | (Func::Ne, true));
        if self.dialect == Dialect::Duckdb && unjoined && !listed {
            let what = format!("{} beside ANY or ALL", self.ir.scalar(operand).ty);
            let refused = self.refuse(self.ir.scalar(operand).span, &what);
            let help = "with max() or min() of the query there is one to compare with";
            return Err(Box::new(refused.help(help)));
        }
        let Shape::Infix(op, level) = func.row().shape else {
            return Ok(());
        };
        let apart = self.is_mysql() && self.mysql_forgets(query);
        let scale = self.scale_beside(operand, column);
        self.scales.extend(scale.map(|scale| (column, scale)));
        // MariaDB takes what they say to be no NULL where the left side is none, and keeps 0 for one.
        let named = self.is_mysql() && nullable && !listed;
        self.bracket(above > level && !named, |this| {
            this.push(if named { "NULLIF(" } else { "" });
            this.push(if apart { "(" } else { "" });
            let start = this.out.len();
            match scale {
                Some(_) => this.beside_others(operand, Rep::Plain, scale)?,
                None => this.mysql_sought(operand, query, &[column], level + 1)?,
            }
            let joined = func == Func::Eq && !all && this.mysql_queried(start, query);
            this.mysql_hidden(start);
            this.push(&format!(" {op} {} (", if all { "ALL" } else { "ANY" }));
            this.lone_null = this.null_of(query, column);
            match this.is_mysql() {
                true => this.mysql_set(operand, query, &[column])?,
                false => this
                    .query(query, &this.names_of(&[column]), Use::Value)
                    .map(|_| ())?,
            }
            this.push(match (apart, joined) {
                (true, _) => ")) = 1",
                (_, true) => ") = 1",
                _ => ")",
            });
            this.push(if named { ", 2)" } else { "" });
            Ok(())
        })
    }

    /// True for a query of exactly one row: of such an IN of MariaDB forgets the NULL.
    fn is_one_row(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::Project { input, .. } => self.is_one_row(*input),
            RelKind::Aggregate { groups, sets, .. } => groups.is_empty() && sets.is_none(),
            _ => false,
        }
    }

    fn with_one_row(
        &mut self,
        op: &str,
        operand: ScalarId,
        query: RelId,
        columns: &[ColumnId],
        above: u8,
    ) -> Res {
        self.bracket(above > 5, |this| {
            this.scalar(operand, Rep::Plain, 6)?;
            this.push(op);
            this.query(query, &this.names_of(columns), Use::Value)?;
            this.push(")");
            Ok(())
        })
    }

    /// A query as a value: more than one row is an error, which SQLite has to be told to look for.
    fn subquery(&mut self, id: ScalarId, query: RelId, column: ColumnId) -> Res {
        let names = self.names_of(&[column]);
        self.mysql_counts_once(query)?;
        if let Some(value) = self.of_the_row(query, column) {
            self.push("(");
            self.scalar(value, Rep::Plain, 0)?;
            self.push(")");
        } else if self.dialect == Dialect::Sqlite && !self.single(query) {
            self.sites.push(self.ir.scalar(id).span);
            self.push("(SELECT rql_single(");
            self.name(&names[0]);
            self.push(") FROM (");
            self.query(query, &names, Use::Named)?;
            self.push("))");
        } else {
            self.push("(");
            self.lone_null = self.null_of(query, column);
            self.query(query, &names, Use::Value)?;
            self.push(")");
        }
        Ok(())
    }

    /// What `(SELECT x + 1)` computes of the row around it: prepared, MariaDB finds no derived table there.
    fn of_the_row(&self, query: RelId, column: ColumnId) -> Option<ScalarId> {
        let RelKind::Project { input, items, .. } = &self.ir.rel(query).kind else {
            return None;
        };
        let value = items.iter().find(|item| item.0 == column)?.1;
        let mut reads = false;
        self.ir.walk(value, &mut |scalar| {
            reads |= matches!(scalar.kind, ScalarKind::Column(_));
        });
        let alone = matches!(self.ir.rel(*input).kind, RelKind::OneRow);
        (self.is_mysql() && alone && reads).then_some(value)
    }

    /// The NULL that a query gives for a column: MariaDB does not run one that is nothing else, and so finds no
    /// second row.
    fn null_of(&self, query: RelId, column: ColumnId) -> Option<ScalarId> {
        match &self.ir.rel(query).kind {
            RelKind::Project { items, .. } => {
                let item = items.iter().find(|item| item.0 == column)?.1;
                let mut value = item;
                while let ScalarKind::Cast { operand, .. } = self.ir.scalar(value).kind {
                    value = operand;
                }
                let kind = &self.ir.scalar(value).kind;
                let null = matches!(kind, ScalarKind::Literal(Literal::Null));
                (null && self.is_mysql()).then_some(item)
            }
            RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Distinct { input } => self.null_of(*input, column),
            _ => None,
        }
    }

    /// The names of columns.
    pub(super) fn names_of(&self, columns: &[ColumnId]) -> Vec<String> {
        let columns = columns.iter();
        columns.map(|&c| self.ir.column(c).name.clone()).collect()
    }

    /// A query that cannot give two rows: an aggregate without groups, or LIMIT 1.
    pub(super) fn single(&self, query: RelId) -> bool {
        match &self.ir.rel(query).kind {
            RelKind::Project { input, .. } | RelKind::Filter { input, .. } => self.single(*input),
            RelKind::Aggregate { groups, .. } => groups.is_empty(),
            RelKind::OneRow => true,
            RelKind::Limit {
                count: Some(count), ..
            } => matches!(
                self.ir.scalar(*count).kind,
                ScalarKind::Literal(Literal::Integer(0 | 1))
            ),
            _ => false,
        }
    }

    pub(super) fn bracket(&mut self, needed: bool, write: impl FnOnce(&mut Self) -> Res) -> Res {
        if needed {
            self.push("(");
        }
        write(self)?;
        if needed {
            self.push(")");
        }
        Ok(())
    }
}
