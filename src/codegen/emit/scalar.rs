//! Scalars in the standard spelling; what SQLite has otherwise stands in its own file.

use super::{Def, Emitter, Rep, Res, Use};
use crate::Dialect;
use crate::cells::{Cell, Shape, aggregate_cells, aggregate_name, cells, shape, window_cells};
use rql_ir::{
    Agg, ColumnId, Frame, FrameBound, FrameExclude, FrameUnit, Func, Literal, Scalar, ScalarId,
    ScalarKind, SortKey, Type, WindowFunc, decimal_text,
};

/// An aggregate and what stands with it.
pub(super) struct Aggregation<'a> {
    pub(super) agg: Agg,
    pub(super) distinct: bool,
    pub(super) args: &'a [ScalarId],
    pub(super) order: &'a [SortKey],
    pub(super) filter: Option<ScalarId>,
    /// The window that it stands over.
    pub(super) over: Option<ScalarId>,
}

impl Emitter<'_> {
    pub(super) fn list(
        &mut self,
        items: &[ScalarId],
        mut write: impl FnMut(&mut Self, ScalarId) -> Res,
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

    /// How a column stands where nothing else is asked for.
    pub(super) fn column_rep(&self, column: ColumnId) -> Rep {
        match self.definition(column) {
            Some(Def::Name { rep, .. }) => *rep,
            Some(Def::Inline(scalar)) => self.natural(*scalar),
            Some(Def::Same(other)) => {
                let wanted = self.computed(self.ir.column(column).ty);
                match self.column_rep(*other) {
                    Rep::Stored if wanted == self.computed(self.ir.column(*other).ty) => {
                        Rep::Stored
                    }
                    _ => wanted,
                }
            }
            Some(Def::Either(..)) => self.computed(self.ir.column(column).ty),
            None => Rep::Plain,
        }
    }

    /// The form in which two columns compare.
    pub(super) fn common_columns(&self, a: ColumnId, b: ColumnId) -> Rep {
        let [a, b] = [a, b].map(|c| self.computed(self.ir.column(c).ty));
        Rep::common(a, b)
    }

    /// Writes a column as `rep`; `qualified` where its relation's name is wanted.
    pub(super) fn column_as(&mut self, column: ColumnId, rep: Rep, qualified: bool) -> Res {
        match self.definition(column).cloned() {
            Some(Def::Inline(inner)) => self.scalar(inner, rep, 0),
            Some(Def::Same(other)) => {
                let (ty, own) = (self.ir.column(column).ty, self.ir.column(other).ty);
                if ty == own || self.dialect == Dialect::Sqlite {
                    return self.column_as(other, rep, true);
                }
                self.push("CAST(");
                self.column_as(other, rep, true)?;
                self.push(&format!(" AS {ty})"));
                Ok(())
            }
            Some(Def::Either(a, b)) => {
                self.push("coalesce(");
                self.column_as(a, rep, true)?;
                self.push(", ");
                self.column_as(b, rep, true)?;
                self.push(")");
                Ok(())
            }
            Some(Def::Name {
                block,
                qualifier,
                name,
                rep: has,
            }) => {
                let ty = self.ir.column(column).ty;
                let around = (has != rep)
                    .then(|| self.opening(ty, has, rep))
                    .transpose()?;
                if let Some((open, _)) = &around {
                    self.push(open);
                }
                let full = qualified || self.needs_qualifier(column, block, (&qualifier, &name));
                if full && !qualifier.is_empty() {
                    self.name(&qualifier);
                    self.push(".");
                }
                self.name(&name);
                if let Some((_, close)) = &around {
                    self.push(close);
                }
                Ok(())
            }
            None => Err(self.refuse(Default::default(), "this column")),
        }
    }

    /// True where the bare name would not be understood as this column.
    fn needs_qualifier(
        &self,
        column: ColumnId,
        block: usize,
        (qualifier, name): (&str, &str),
    ) -> bool {
        if block != self.current {
            return !self.is_hidden(block, qualifier);
        }
        let taken = self
            .aliases
            .iter()
            .any(|(alias, of)| *of != Some(column) && alias.eq_ignore_ascii_case(name));
        if taken || self.blocks[block] < 2 || self.bare.contains(&column) {
            return taken;
        }
        self.defs.iter().enumerate().any(|(at, def)| {
            at != column.index()
                && matches!(def, Some(Def::Name { block: there, name: other, qualifier, .. })
                    if *there == block && !qualifier.is_empty() && other.eq_ignore_ascii_case(name))
        })
    }

    /// True where an inner block has a relation of that name: what was written bare must stay so.
    fn is_hidden(&self, block: usize, alias: &str) -> bool {
        self.defs.iter().any(|def| {
            matches!(def, Some(Def::Name { block: there, qualifier, .. })
                if (block + 1..=self.current).contains(there) && qualifier == alias)
        })
    }

    /// The column of FROM that a scalar is, where it is nothing more.
    pub(super) fn base(&self, scalar: ScalarId) -> Option<ColumnId> {
        let ScalarKind::Column(mut id) = self.ir.scalar(scalar).kind else {
            return None;
        };
        loop {
            id = match self.definition(id) {
                Some(Def::Inline(scalar)) => match self.ir.scalar(*scalar).kind {
                    ScalarKind::Column(id) => id,
                    _ => return None,
                },
                Some(Def::Same(other)) => *other,
                _ => return Some(id),
            };
        }
    }

    /// Writes a scalar as `rep`, in parentheses where it binds less tightly than `above`.
    pub(super) fn scalar(&mut self, id: ScalarId, rep: Rep, above: u8) -> Res {
        let start = self.out.len();
        let has = self.natural(id);
        if has == rep {
            self.plain(id, above)?;
        } else {
            self.convert(id, has, rep)?;
        }
        self.spans
            .add(start, self.out.len(), self.ir.scalar(id).span);
        Ok(())
    }

    /// What PostgreSQL would call the column of a scalar without alias, where that is sure.
    pub(super) fn default_name(&self, id: ScalarId) -> String {
        match &self.ir.scalar(id).kind {
            ScalarKind::Column(column) => self.default_column_name(*column),
            ScalarKind::Aggregate { func, .. } => func.name().into(),
            ScalarKind::Grouping(_) => "grouping".into(),
            ScalarKind::Window { func, running, .. } => {
                let name = func.name();
                if *running {
                    format!("run{name}")
                } else {
                    name.into()
                }
            }
            ScalarKind::Call { func, .. } => match shape(*func) {
                Shape::Call("btrim") => "trim".into(),
                Shape::Call(name) => name.into(),
                Shape::Special(20) => match func {
                    Func::Extract => "extract".into(),
                    Func::CurrentDate => "current_date".into(),
                    _ => "current_timestamp".into(),
                },
                _ => "?column?".into(),
            },
            ScalarKind::Cast { operand, .. } | ScalarKind::Assigned(operand) => {
                self.default_name(*operand)
            }
            ScalarKind::Case { .. } => "case".into(),
            ScalarKind::Exists(_) => "exists".into(),
            _ => "?column?".into(),
        }
    }

    fn default_column_name(&self, column: ColumnId) -> String {
        match self.definition(column) {
            Some(Def::Name { name, .. }) => name.clone(),
            Some(Def::Inline(scalar)) => self.default_name(*scalar),
            Some(Def::Same(other)) => self.default_column_name(*other),
            _ => String::new(),
        }
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

    /// Writes a scalar as it naturally stands.
    fn plain(&mut self, id: ScalarId, above: u8) -> Res {
        let ir = self.ir;
        let scalar = ir.scalar(id);
        let rep = self.natural(id);
        match &scalar.kind {
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(&Def::Inline(inner)) => self.scalar(inner, rep, above)?,
                Some(_) => self.column_as(*column, rep, ir.is_qualified(id))?,
                None => return Err(self.refuse(scalar.span, "this column")),
            },
            ScalarKind::Wildcard(rel) => {
                if let Some(rql_ir::RelKind::Scan { alias, .. }) = rel.map(|r| &ir.rel(r).kind) {
                    self.name(alias);
                    self.push(".");
                }
                self.push("*");
            }
            ScalarKind::Literal(literal) => self.literal(literal, scalar, above)?,
            ScalarKind::Param(at) => {
                let mark = self.dialect.traits().param;
                self.out.push(mark);
                self.push(&(at + 1).to_string());
                if self.dialect == Dialect::Postgresql {
                    self.push("::");
                    self.push(&scalar.ty.to_string());
                }
            }
            ScalarKind::Call { func, args } => self.call(id, *func, args, above)?,
            ScalarKind::Assigned(value) => self.assigned(id, *value, above)?,
            ScalarKind::Default => {
                if self.dialect == Dialect::Sqlite {
                    let refused = self.refuse(scalar.span, "SET … = DEFAULT");
                    return Err(Box::new(refused.help("write the default's value")));
                }
                self.push("DEFAULT");
            }
            ScalarKind::Cast {
                operand,
                implicit,
                fallible,
            } => {
                if self.dialect == Dialect::Sqlite {
                    self.sqlite_cast(id, *operand, *implicit, *fallible)?;
                } else if *fallible {
                    self.try_cast(id, *operand)?;
                } else if (*implicit && !scalar.ty.is_text())
                    || self.says_its_type(*operand, scalar.ty)
                {
                    self.scalar(*operand, Rep::Plain, above)?;
                } else {
                    self.push("CAST(");
                    self.scalar(*operand, Rep::Plain, 0)?;
                    self.push(" AS ");
                    self.push(&scalar.ty.to_string());
                    self.push(")");
                }
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                self.push("CASE");
                for &(when, then) in branches {
                    self.push(" WHEN ");
                    self.scalar(when, Rep::Plain, 0)?;
                    self.push(" THEN ");
                    self.scalar(then, rep, 0)?;
                }
                if let Some(otherwise) = *otherwise {
                    self.push(" ELSE ");
                    self.scalar(otherwise, rep, 0)?;
                }
                self.push(" END");
            }
            ScalarKind::InList {
                operand,
                negated,
                items,
            } if self.dialect == Dialect::Sqlite => {
                self.sqlite_in_list(*operand, *negated, items, above)?;
            }
            ScalarKind::InList {
                operand,
                negated,
                items,
            } => {
                self.bracket(above > 6, |this| {
                    this.scalar(*operand, Rep::Plain, 7)?;
                    this.push(if *negated { " NOT IN (" } else { " IN (" });
                    this.list(items, |this, item| this.scalar(item, Rep::Plain, 0))?;
                    this.push(")");
                    Ok(())
                })?;
            }
            ScalarKind::InQuery {
                operand,
                negated,
                query,
                columns,
            } if self.dialect == Dialect::Sqlite => {
                self.sqlite_in_query(*operand, *negated, *query, columns, above)?;
            }
            ScalarKind::InQuery {
                operand,
                negated,
                query,
                columns,
            } => {
                let names: Vec<_> = columns.iter().map(|&c| ir.column(c).name.clone()).collect();
                self.bracket(above > 6, |this| {
                    this.scalar(*operand, Rep::Plain, 7)?;
                    this.push(if *negated { " NOT IN (" } else { " IN (" });
                    this.query(*query, &names, Use::Value)?;
                    this.push(")");
                    Ok(())
                })?;
            }
            ScalarKind::Quantified {
                func,
                all,
                operand,
                query,
                column,
            } => {
                if self.dialect == Dialect::Sqlite {
                    return self.sqlite_quantified(*func, *all, *operand, *query, *column, above);
                }
                let Shape::Infix(op, level) = shape(*func) else {
                    return Ok(());
                };
                let names = [ir.column(*column).name.clone()];
                self.bracket(above > level, |this| {
                    this.scalar(*operand, Rep::Plain, level + 1)?;
                    this.push(&format!(" {op} {} (", if *all { "ALL" } else { "ANY" }));
                    this.query(*query, &names, Use::Value)?;
                    this.push(")");
                    Ok(())
                })?;
            }
            ScalarKind::Row(fields) | ScalarKind::Array(fields) => {
                let array = matches!(scalar.kind, ScalarKind::Array(_));
                if self.dialect == Dialect::Sqlite {
                    let what = if array {
                        "an array"
                    } else {
                        "a row as a value"
                    };
                    return Err(self.refuse(scalar.span, what));
                }
                self.push(if array { "ARRAY[" } else { "ROW(" });
                self.list(fields, |this, field| this.scalar(field, Rep::Plain, 0))?;
                self.push(if array { "]" } else { ")" });
            }
            ScalarKind::Exists(query) => {
                self.push("EXISTS (");
                let names: Vec<_> = ir.columns_of(*query)[..ir.visible(*query)]
                    .iter()
                    .map(|&c| ir.column(c).name.clone())
                    .collect();
                self.query(*query, &names, Use::Value)?;
                self.push(")");
            }
            ScalarKind::Subquery { query, column } => {
                let names = [ir.column(*column).name.clone()];
                if self.dialect == Dialect::Sqlite && !self.single(*query) {
                    self.sites.push(scalar.span);
                    self.push("(SELECT rql_single(");
                    self.name(&names[0]);
                    self.push(") FROM (");
                    self.query(*query, &names, Use::Named)?;
                    self.push("))");
                } else {
                    self.push("(");
                    self.query(*query, &names, Use::Value)?;
                    self.push(")");
                }
            }
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
                self.aggregate(id, &call)?;
            }
            ScalarKind::Grouping(keys) => {
                self.push("GROUPING(");
                self.list(keys, |this, key| this.scalar(key, Rep::Plain, 0))?;
                self.push(")");
            }
            ScalarKind::BackendCall { .. } | ScalarKind::Guarded { .. } => {
                return Err(self.refuse(scalar.span, "this expression"));
            }
            ScalarKind::Window {
                func, args, filter, ..
            } => match func {
                WindowFunc::Agg(agg) => {
                    let call = Aggregation {
                        agg: *agg,
                        distinct: false,
                        args,
                        order: &[],
                        filter: *filter,
                        over: Some(id),
                    };
                    self.aggregate(id, &call)?;
                }
                other => {
                    if window_cells(*other)[self.dialect as usize] == Cell::Refuse {
                        return Err(self.refuse(scalar.span, other.name()));
                    }
                    self.push(&other.name().to_uppercase());
                    self.push("(");
                    self.list(args, |this, arg| {
                        // Values keep the result's form; counts are integers.
                        let value = this.ir.scalar(arg).ty.is_decimal();
                        let rep = if value { rep } else { Rep::Plain };
                        this.scalar(arg, rep, 0)
                    })?;
                    self.push(")");
                    self.over(id)?;
                }
            },
        }
        Ok(())
    }

    /// A query that cannot give two rows: an aggregate without groups, or LIMIT 1.
    pub(super) fn single(&self, query: rql_ir::RelId) -> bool {
        use rql_ir::RelKind;
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

    fn call(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        let cell = cells(func)[self.dialect as usize];
        match cell {
            Cell::Refuse => {
                let span = self.ir.scalar(id).span;
                return Err(self.refuse(span, func.name()));
            }
            Cell::Rewrite => return self.sqlite_call(id, func, args, above),
            Cell::Runtime(name) | Cell::Named(name) => {
                if let Cell::Runtime(_) = cell {
                    let span = self.ir.scalar(id).span;
                    self.sites.push(span);
                }
                self.push(name);
                self.push("(");
                self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
                self.push(")");
                return Ok(());
            }
            Cell::Native => {}
        }
        match shape(func) {
            Shape::Infix(op, level) => self.bracket(above > level, |this| {
                for (at, &arg) in args.iter().enumerate() {
                    if at > 0 {
                        this.push(" ");
                        this.push(op);
                        this.push(" ");
                    }
                    // Comparisons do not associate; other operators read from the left.
                    let loose = at == 0 && level != 5 || matches!(func, Func::And | Func::Or);
                    this.scalar(arg, Rep::Plain, if loose { level } else { level + 1 })?;
                }
                Ok(())
            }),
            Shape::Prefix(op, level) => self.bracket(above > level, |this| {
                this.push(op);
                this.scalar(args[0], Rep::Plain, level + 1)
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
                self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
                self.push(")");
                Ok(())
            }
            Shape::Special(_) => self.special(func, args, above),
        }
    }

    fn special(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        use Func as F;
        let plain = |this: &mut Self, at: usize, above| this.scalar(args[at], Rep::Plain, above);
        match func {
            F::CurrentDate => self.push("CURRENT_DATE"),
            F::CurrentTimestamp if self.dialect == Dialect::Postgresql => {
                self.push("CURRENT_TIMESTAMP");
            }
            F::LocalTimestamp => self.push("LOCALTIMESTAMP"),
            F::CurrentTime => self.push("LOCALTIME"),
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
                self.push(")[");
                plain(self, 1, 0)?;
                self.push("]");
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
        self.push("CASE WHEN ");
        self.scalar(operand, Rep::Plain, 8)?;
        self.push(r" ~ '^\s*[-+]?[0-9]{1,30}\s*$' THEN CASE WHEN CAST(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS numeric) BETWEEN {low} AND {high} THEN CAST("));
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {to}) END END"));
        Ok(())
    }

    /// The escape of LIKE: a backslash where none is written, as in PostgreSQL.
    pub(super) fn escape(&mut self, args: &[ScalarId]) -> Res {
        if let Some(&escape) = args.get(2) {
            self.push(" ESCAPE ");
            return self.scalar(escape, Rep::Plain, 7);
        }
        let pattern = &self.ir.scalar(args[1]).kind;
        let sure = matches!(pattern, ScalarKind::Literal(Literal::Text(t)) if !t.contains('\\'));
        if self.dialect == Dialect::Sqlite && !sure {
            self.push(" ESCAPE '\\'");
        }
        Ok(())
    }

    fn literal(&mut self, literal: &Literal, scalar: &Scalar, above: u8) -> Res {
        let ty = scalar.ty;
        let sqlite = self.dialect == Dialect::Sqlite;
        match literal {
            Literal::Null if !sqlite && ty != Type::Unknown && ty != Type::Text => {
                self.push(&format!("CAST(NULL AS {ty})"));
            }
            Literal::Null => self.push("NULL"),
            Literal::Boolean(value) => self.push(if *value { "TRUE" } else { "FALSE" }),
            Literal::Integer(value) => {
                return self.bracket(*value < 0 && above > 0, |this| {
                    this.push(&value.to_string());
                    Ok(())
                });
            }
            Literal::Decimal(units) => {
                let text = decimal_text(*units, ty.scale().unwrap_or(0));
                match self.computed(ty) {
                    Rep::Scaled(_) => match i64::try_from(*units) {
                        Ok(units) => self.push(&units.to_string()),
                        Err(_) => {
                            return Err(self.refuse(scalar.span, "a decimal of so many digits"));
                        }
                    },
                    Rep::Numeric => self.string(&text),
                    _ => {
                        return self.bracket(*units < 0 && above > 0, |this| {
                            this.push(&text);
                            Ok(())
                        });
                    }
                }
            }
            Literal::Double(text) => return self.double(text, scalar),
            Literal::Text(text) => {
                let zone = ty == Type::TimestampTz && !sqlite;
                if sqlite && ty == Type::Json {
                    self.push("rql_json(");
                    self.string(text);
                    self.push(")");
                } else if sqlite || ty.is_text() || ty == Type::Unknown {
                    self.string(text);
                } else if let Type::Array(_) = ty {
                    self.push("CAST(");
                    self.string(text);
                    self.push(&format!(" AS {ty})"));
                } else {
                    self.push(&format!("{} ", ty.to_string().to_uppercase()));
                    self.string(&format!("{text}{}", if zone { "+00" } else { "" }));
                }
            }
            Literal::Blob(hex) if sqlite => self.push(&format!("X'{hex}'")),
            Literal::Blob(hex) => self.push(&format!("CAST('\\x{hex}' AS bytea)")),
            Literal::Interval {
                months,
                days,
                micros,
            } if sqlite => {
                self.push(&format!("rql_make_interval({months}, {days}, {micros})"));
            }
            Literal::Interval {
                months,
                days,
                micros,
            } => {
                let mut parts = Vec::new();
                for (count, unit) in [(*months, "months"), (*days, "days")] {
                    if count != 0 {
                        parts.push(format!("{count} {unit}"));
                    }
                }
                if *micros != 0 || parts.is_empty() {
                    parts.push(format!("{} microseconds", micros));
                }
                self.push(&format!("INTERVAL '{}'", parts.join(" ")));
            }
        }
        Ok(())
    }

    fn double(&mut self, text: &str, scalar: &Scalar) -> Res {
        let value: f64 = text.parse().unwrap_or(f64::NAN);
        if self.dialect != Dialect::Sqlite {
            let quote = if value.is_finite() { "" } else { "'" };
            self.push(&format!("CAST({quote}{text}{quote} AS {})", scalar.ty));
            return Ok(());
        }
        if value.is_nan() {
            return Err(self.refuse(scalar.span, "NaN"));
        }
        if value.is_infinite() {
            self.push(if value > 0.0 { "9e999" } else { "-9e999" });
        } else if scalar.ty == Type::Real {
            self.push(&format!("rql_real({text})"));
        } else {
            self.push(text);
            self.push(if text.contains(['.', 'e', 'E']) {
                ""
            } else {
                ".0"
            });
        }
        Ok(())
    }

    fn aggregate(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        match aggregate_cells(call.agg)[self.dialect as usize] {
            Cell::Refuse => Err(self.refuse(span, call.agg.name())),
            Cell::Rewrite => self.sqlite_aggregate(id, call),
            Cell::Runtime(name) | Cell::Named(name) => self.written(name, call, Rep::Plain),
            Cell::Native if call.agg == Agg::AnyValue => self.any_value(call),
            Cell::Native => {
                let rep = match *call.args {
                    [arg] if call.agg == Agg::Count && !call.distinct => self.natural(arg),
                    [arg] if call.agg == Agg::Count => self.computed(self.ir.scalar(arg).ty),
                    _ => Rep::Plain,
                };
                if rep == Rep::Numeric && call.distinct {
                    // Equal values of different scales count once.
                    self.push("COUNT(DISTINCT rql_num_key(");
                    self.list(call.args, |this, arg| this.scalar(arg, rep, 0))?;
                    self.push("))");
                    return self.behind(call);
                }
                self.written(aggregate_name(call.agg), call, rep)
            }
        }
    }

    /// `any_value` came with PostgreSQL 16.
    fn any_value(&mut self, call: &Aggregation<'_>) -> Res {
        let &[arg] = call.args else { return Ok(()) };
        self.push("(array_agg(");
        self.scalar(arg, Rep::Plain, 0)?;
        self.push(") FILTER (WHERE ");
        self.scalar(arg, Rep::Plain, 5)?;
        self.push(" IS NOT NULL");
        if let Some(filter) = call.filter {
            self.push(" AND ");
            self.scalar(filter, Rep::Plain, 3)?;
        }
        self.push(")");
        if let Some(over) = call.over {
            self.over(over)?;
        }
        self.push(")[1]");
        Ok(())
    }

    /// An aggregate by a name, with its arguments in one form.
    pub(super) fn written(&mut self, name: &str, call: &Aggregation<'_>, rep: Rep) -> Res {
        self.push(name);
        self.push("(");
        if call.distinct {
            self.push("DISTINCT ");
        }
        if call.args.is_empty() && !call.agg.within_group() {
            self.push("*");
        }
        self.list(call.args, |this, arg| this.scalar(arg, rep, 0))?;
        if !call.agg.within_group() {
            self.order_within(call.order)?;
        }
        self.push(")");
        if call.agg.within_group() {
            self.push(" WITHIN GROUP (");
            let start = self.out.len();
            self.order_within(call.order)?;
            if self.out.as_bytes().get(start) == Some(&b' ') {
                self.out.remove(start);
            }
            self.push(")");
        }
        self.behind(call)
    }

    /// ` ORDER BY …` inside an aggregate.
    pub(super) fn order_within(&mut self, order: &[SortKey]) -> Res {
        for (at, &key) in order.iter().enumerate() {
            self.push(if at == 0 { " ORDER BY " } else { ", " });
            self.key(key)?;
        }
        Ok(())
    }

    /// FILTER and OVER.
    pub(super) fn behind(&mut self, call: &Aggregation<'_>) -> Res {
        if let Some(filter) = call.filter {
            self.push(" FILTER (WHERE ");
            self.scalar(filter, Rep::Plain, 0)?;
            self.push(")");
        }
        call.over.map_or(Ok(()), |over| self.over(over))
    }

    fn over(&mut self, id: ScalarId) -> Res {
        let ScalarKind::Window {
            partition,
            order,
            frame,
            ..
        } = &self.ir.scalar(id).kind
        else {
            return Ok(());
        };
        self.push(" OVER (");
        let start = self.out.len();
        if !partition.is_empty() {
            self.push("PARTITION BY ");
            self.list(partition, |this, key| {
                let rep = this.natural(key);
                this.scalar(key, rep, 0)
            })?;
        }
        if !order.is_empty() {
            if self.out.len() > start {
                self.push(" ");
            }
            self.push("ORDER BY ");
            for (at, &key) in order.iter().enumerate() {
                self.push(if at == 0 { "" } else { ", " });
                self.key(key)?;
            }
        }
        if let Some(frame) = frame {
            self.push(if self.out.len() > start { " " } else { "" });
            self.frame(*frame)?;
        }
        self.push(")");
        Ok(())
    }

    fn frame(&mut self, frame: Frame) -> Res {
        self.push(match frame.unit {
            FrameUnit::Rows => "ROWS ",
            FrameUnit::Range => "RANGE ",
            FrameUnit::Groups => "GROUPS ",
        });
        if frame.end == FrameBound::CurrentRow {
            self.frame_bound(frame.start)?;
        } else {
            self.push("BETWEEN ");
            self.frame_bound(frame.start)?;
            self.push(" AND ");
            self.frame_bound(frame.end)?;
        }
        self.push(match frame.exclude {
            FrameExclude::NoOthers => "",
            FrameExclude::CurrentRow => " EXCLUDE CURRENT ROW",
            FrameExclude::Group => " EXCLUDE GROUP",
            FrameExclude::Ties => " EXCLUDE TIES",
        });
        Ok(())
    }

    fn frame_bound(&mut self, bound: FrameBound) -> Res {
        let (scalar, word) = match bound {
            FrameBound::UnboundedPreceding => (None, "UNBOUNDED PRECEDING"),
            FrameBound::Preceding(s) => (Some(s), " PRECEDING"),
            FrameBound::CurrentRow => (None, "CURRENT ROW"),
            FrameBound::Following(s) => (Some(s), " FOLLOWING"),
            FrameBound::UnboundedFollowing => (None, "UNBOUNDED FOLLOWING"),
        };
        if let Some(scalar) = scalar {
            let rep = self.natural(scalar);
            self.scalar(scalar, rep, 20)?;
        }
        self.push(word);
        Ok(())
    }
}
