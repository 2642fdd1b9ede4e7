//! Scalars in the standard spelling; what SQLite has otherwise stands in its own file.

use super::{Def, Emitter, Rep, Res, Use};
use crate::Dialect;
use crate::cells::{Cell, Shape, cells, shape};
use rql_ir::{
    Agg, ColumnId, Frame, FrameBound, FrameExclude, FrameUnit, Func, Literal, Scalar, ScalarId,
    ScalarKind, Type, WindowFunc, decimal_text,
};

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
            ScalarKind::Literal(literal) => self.literal(literal, scalar.ty, above),
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
                if *fallible {
                    return Err(self.refuse(scalar.span, "TRY_CAST"));
                }
                if self.dialect == Dialect::Sqlite {
                    self.sqlite_cast(id, *operand, *implicit)?;
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
            } => {
                self.bracket(above > 6, |this| {
                    let rep = this.common(*operand, items);
                    if rep == Rep::Numeric {
                        return Err(this.refuse(scalar.span, "IN of decimals of different scales"));
                    }
                    this.scalar(*operand, rep, 7)?;
                    this.push(if *negated { " NOT IN (" } else { " IN (" });
                    this.list(items, |this, item| this.scalar(item, rep, 0))?;
                    this.push(")");
                    Ok(())
                })?;
            }
            ScalarKind::InQuery {
                operand,
                negated,
                query,
                columns,
            } => {
                let [column] = columns.as_slice() else {
                    return Err(self.refuse(scalar.span, "IN of rows"));
                };
                let rep = self.computed(ir.column(*column).ty);
                if rep == Rep::Numeric {
                    return Err(self.refuse(scalar.span, "IN of decimals of different scales"));
                }
                self.bracket(above > 6, |this| {
                    this.scalar(*operand, rep, 7)?;
                    this.push(if *negated { " NOT IN (" } else { " IN (" });
                    this.query(*query, &[ir.column(*column).name.clone()], Use::Value)?;
                    this.push(")");
                    Ok(())
                })?;
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
                if !order.is_empty() {
                    return Err(self.refuse(scalar.span, "an ordered aggregate"));
                }
                let arg = args.first().copied();
                self.aggregate(id, *func, *distinct, arg, *filter, None)?;
            }
            ScalarKind::Grouping(keys) => {
                self.push("GROUPING(");
                self.list(keys, |this, key| this.scalar(key, Rep::Plain, 0))?;
                self.push(")");
            }
            ScalarKind::BackendCall { .. }
            | ScalarKind::Quantified { .. }
            | ScalarKind::Row(_)
            | ScalarKind::Array(_)
            | ScalarKind::Guarded { .. } => {
                return Err(self.refuse(scalar.span, "this expression"));
            }
            ScalarKind::Window {
                func, args, filter, ..
            } => match func {
                WindowFunc::Agg(agg) => {
                    self.aggregate(id, *agg, false, args.first().copied(), *filter, Some(id))?;
                }
                other => {
                    self.push(&other.name().to_uppercase());
                    self.push("()");
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
                return Err(self.refuse(span, &format!("{func:?}").to_lowercase()));
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
                let rep = this.common(args[0], &args[1..]);
                let compares = !matches!(func, Func::And | Func::Or | Func::Concat);
                if compares && (rep == Rep::Numeric || this.outgrows(rep, args)) {
                    return this.compare_numeric(op, func, args);
                }
                let rep = if compares { rep } else { Rep::Plain };
                for (at, &arg) in args.iter().enumerate() {
                    if at > 0 {
                        this.push(" ");
                        this.push(op);
                        this.push(" ");
                    }
                    // Comparisons do not associate; other operators read from the left.
                    let loose = at == 0 && level != 5 || matches!(func, Func::And | Func::Or);
                    this.scalar(arg, rep, if loose { level } else { level + 1 })?;
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
            Shape::Special(_) => self.special(id, func, args, above),
        }
    }

    fn special(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        match func {
            Func::CurrentDate => self.push("CURRENT_DATE"),
            Func::CurrentTimestamp => self.push("CURRENT_TIMESTAMP"),
            Func::Extract => {
                self.push("extract(");
                if let ScalarKind::Literal(Literal::Text(field)) = &self.ir.scalar(args[0]).kind {
                    self.push(field);
                }
                self.push(" FROM ");
                self.scalar(args[1], Rep::Plain, 0)?;
                self.push(")");
            }
            Func::Between | Func::NotBetween => {
                return self.bracket(above > 6, |this| {
                    let rep = this.common(args[0], &args[1..]);
                    if rep == Rep::Numeric {
                        let span = this.ir.scalar(id).span;
                        return Err(this.refuse(span, "BETWEEN of decimals of different scales"));
                    }
                    this.scalar(args[0], rep, 7)?;
                    this.push(if func == Func::Between {
                        " BETWEEN "
                    } else {
                        " NOT BETWEEN "
                    });
                    this.scalar(args[1], rep, 7)?;
                    this.push(" AND ");
                    this.scalar(args[2], rep, 7)
                });
            }
            _ => {
                return self.bracket(above > 6, |this| {
                    this.scalar(args[0], Rep::Plain, 7)?;
                    this.push(match func {
                        Func::Like => " LIKE ",
                        Func::NotLike => " NOT LIKE ",
                        Func::ILike => " ILIKE ",
                        _ => " NOT ILIKE ",
                    });
                    this.scalar(args[1], Rep::Plain, 7)?;
                    this.escape(args)
                });
            }
        }
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

    fn literal(&mut self, literal: &Literal, ty: Type, above: u8) {
        let sqlite = self.dialect == Dialect::Sqlite;
        match literal {
            Literal::Null if !sqlite && ty != Type::Unknown && ty != Type::Text => {
                self.push(&format!("CAST(NULL AS {ty})"));
            }
            Literal::Null => self.push("NULL"),
            Literal::Boolean(value) => self.push(if *value { "TRUE" } else { "FALSE" }),
            Literal::Integer(value) => {
                let _ = self.bracket(*value < 0 && above > 0, |this| {
                    this.push(&value.to_string());
                    Ok(())
                });
            }
            Literal::Decimal(units) => {
                let scale = ty.scale().unwrap_or(0);
                match self.computed(ty) {
                    Rep::Scaled(_) => self.push(&units.to_string()),
                    Rep::Numeric => {
                        let text = decimal_text(*units, scale);
                        self.string(&text);
                    }
                    _ => self.push(&decimal_text(*units, scale)),
                }
            }
            Literal::Double(text) => {
                let number = text.contains(['.', 'e', 'E']);
                if sqlite {
                    self.push(text);
                    self.push(if number { "" } else { ".0" });
                } else {
                    self.push(&format!("CAST({text} AS {ty})"));
                }
            }
            Literal::Text(text) => {
                if !sqlite && !ty.is_text() && ty != Type::Unknown {
                    self.push(&format!("{} ", ty.to_string().to_uppercase()));
                }
                self.string(text);
            }
            Literal::Blob(hex) => self.push(&format!("X'{hex}'")),
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
    }

    fn aggregate(
        &mut self,
        id: ScalarId,
        agg: Agg,
        distinct: bool,
        arg: Option<ScalarId>,
        filter: Option<ScalarId>,
        over: Option<ScalarId>,
    ) -> Res {
        self.sites.push(self.ir.scalar(id).span);
        let ty = arg.map(|arg| self.ir.scalar(arg).ty);
        let rep = ty.map_or(Rep::Plain, |ty| self.computed(ty));
        let exact = ty.is_some_and(|ty| ty.is_integer() || ty.is_decimal());
        if self.dialect == Dialect::Sqlite && agg == Agg::Avg && exact && rep != Rep::Numeric {
            // The sum of units by the count, at PostgreSQL's scale.
            let scale = ty.and_then(Type::scale).unwrap_or(0);
            self.push("rql_num_div(rql_num(");
            self.plain_aggregate("SUM", distinct, arg, rep, filter, over)?;
            self.push(&format!(", {scale}), rql_num("));
            self.plain_aggregate("COUNT", distinct, arg, rep, filter, over)?;
            self.push(", 0))");
            return Ok(());
        }
        let rep = match (agg, arg) {
            (Agg::Count, Some(arg)) if !distinct => self.natural(arg),
            _ => rep,
        };
        if rep == Rep::Numeric && (agg != Agg::Count || distinct) {
            let span = self.ir.scalar(id).span;
            return Err(self.refuse(span, "an aggregate of decimals of different scales"));
        }
        self.plain_aggregate(&agg.name().to_uppercase(), distinct, arg, rep, filter, over)
    }

    fn plain_aggregate(
        &mut self,
        name: &str,
        distinct: bool,
        arg: Option<ScalarId>,
        rep: Rep,
        filter: Option<ScalarId>,
        over: Option<ScalarId>,
    ) -> Res {
        self.push(name);
        self.push("(");
        if distinct {
            self.push("DISTINCT ");
        }
        match arg {
            None => self.push("*"),
            Some(arg) => self.scalar(arg, rep, 0)?,
        }
        self.push(")");
        if let Some(filter) = filter {
            self.push(" FILTER (WHERE ");
            self.scalar(filter, Rep::Plain, 0)?;
            self.push(")");
        }
        over.map_or(Ok(()), |over| self.over(over))
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
