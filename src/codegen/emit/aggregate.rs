//! Aggregates and windows.

use super::{Def, Emitter, Rep, Res};
use crate::Dialect;
use crate::cells::aggregate_name;
use rql_ir::function::Cell;
use rql_ir::{
    Agg, Frame, FrameBound, FrameExclude, FrameUnit, RelKind, ScalarId, ScalarKind, SortKey,
    WindowFunc,
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
    pub(super) fn aggregate(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        if self.dialect != Dialect::Postgresql
            && let (Agg::Count, true, &[row]) = (call.agg, call.distinct, call.args)
            && let Some(fields) = self.fields_told(row)
        {
            return self.different_rows(call, &fields);
        }
        match self.dialect.cell(&call.agg.row().cells) {
            Cell::Refuse(_) => Err(self.refuse_call(span, call.agg.row())),
            cell if self.is_mysql() => {
                let grouped = self.grouped.take();
                let name = match cell {
                    Cell::Named(name) => name,
                    _ => aggregate_name(call.agg),
                };
                let done = self.mysql_aggregate(id, call, name);
                self.grouped = grouped;
                done
            }
            Cell::Rewrite if self.dialect == Dialect::Postgresql => self.any_value(call),
            Cell::Rewrite if self.dialect == Dialect::Duckdb => self.duckdb_aggregate(id, call),
            Cell::Rewrite if is_carried(call.agg) => {
                self.carrying(|this| this.sqlite_aggregate(id, call))
            }
            Cell::Rewrite => self.sqlite_aggregate(id, call),
            Cell::Runtime(name) => self.carrying(|this| this.written(name, call, Rep::Plain)),
            Cell::Named(name) => self.written(name, call, Rep::Plain),
            Cell::Native => {
                let rep = match *call.args {
                    [arg] if call.agg == Agg::Count && !call.distinct => self.natural(arg),
                    [arg] if call.agg == Agg::Count => self.computed(self.ir.scalar(arg).ty),
                    _ => Rep::Plain,
                };
                if call.distinct
                    && call.args.iter().any(|&arg| {
                        let ty = self.ir.scalar(arg).ty;
                        self.needs_key(ty) || self.is_keyed_document(ty)
                    })
                {
                    // Equal values of different scales count once.
                    self.push("COUNT(DISTINCT ");
                    self.list(call.args, Self::sortable)?;
                    self.push(")");
                    return self.behind(call);
                }
                self.written(aggregate_name(call.agg), call, rep)
            }
        }
    }

    /// Writes an aggregate that a bare SQLite has from an array of its values.
    fn carrying(&mut self, write: impl FnOnce(&mut Self) -> Res) -> Res {
        let before = core::mem::replace(&mut self.carried, true);
        let done = write(self);
        self.carried = before;
        done
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
        self.list(call.args, |this, arg| {
            match call.agg.within_group() || this.definite(arg) {
                true => this.scalar(arg, rep, 0),
                false => this.filtered_value(call, |this| this.scalar(arg, rep, 0)),
            }
        })?;
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

    /// A value of the rows that FILTER keeps: DuckDB computes it of the others too, where it may fail.
    pub(super) fn filtered_value(
        &mut self,
        call: &Aggregation<'_>,
        write: impl FnOnce(&mut Self) -> Res,
    ) -> Res {
        let Some(filter) = call.filter.filter(|_| self.dialect == Dialect::Duckdb) else {
            return write(self);
        };
        self.push("CASE WHEN ");
        self.scalar(filter, Rep::Plain, 0)?;
        self.push(" THEN ");
        write(self)?;
        self.push(" END");
        Ok(())
    }

    /// True for what cannot fail: a column or a constant.
    pub(super) fn definite(&self, id: ScalarId) -> bool {
        match &self.ir.scalar(id).kind {
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(super::Def::Inline(inner)) => self.definite(*inner),
                _ => true,
            },
            kind => matches!(kind, ScalarKind::Literal(_) | ScalarKind::Param(_)),
        }
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

    /// A window: an aggregate over one, or a function that only windows have.
    pub(super) fn window(
        &mut self,
        id: ScalarId,
        func: WindowFunc,
        args: &[ScalarId],
        filter: Option<ScalarId>,
    ) -> Res {
        if self.dialect == Dialect::Duckdb && self.reads_around(id) {
            let what = "a window over a column of the query around it";
            return Err(self.refuse(self.ir.scalar(id).span, what));
        }
        if self.dialect == Dialect::Duckdb && self.asks_windows(id) {
            let what = "a window over what a query with windows gives";
            return Err(self.refuse(self.ir.scalar(id).span, what));
        }
        if let WindowFunc::Agg(agg) = func {
            let call = Aggregation {
                agg,
                distinct: false,
                args,
                order: &[],
                filter,
                over: Some(id),
            };
            return self.aggregate(id, &call);
        }
        if let Cell::Refuse(_) = self.dialect.cell(&func.entry().cells) {
            return Err(self.refuse_call(self.ir.scalar(id).span, func.entry()));
        }
        // A place before the first row is an error to PostgreSQL, to them it is no row.
        let checks = matches!(self.dialect, Dialect::Postgresql | Dialect::Sqlite);
        if func == WindowFunc::NthValue && !checks && self.written_count(args[1]).is_none() {
            let span = self.ir.scalar(args[1]).span;
            let refused = self.refuse(span, "nth_value of a place that is not written");
            return Err(Box::new(refused.help("write the place as a number from 1")));
        }
        if self.is_mysql() {
            return self.mysql_window(id, func, args);
        }
        let rep = self.natural(id);
        self.push(&func.name().to_uppercase());
        self.push("(");
        // DuckDB makes the default a decimal of the value's digits, or of no type where it finds the value NULL.
        let decimal = |id: &ScalarId| self.ir.scalar(*id).ty.is_decimal();
        let scales = args
            .iter()
            .filter(|id| decimal(id) && !self.is_null(**id))
            .map(|&id| self.duckdb_scale(id));
        let kept = match args {
            _ if self.dialect != Dialect::Duckdb => None,
            [_, _, default] if decimal(default) => {
                let scales = scales.collect::<Option<Vec<_>>>();
                let scale = scales.and_then(|scales| scales.into_iter().max());
                scale.map(|scale| format!(" AS decimal(38, {scale}))"))
            }
            // Nor does it widen a whole number to the default's type.
            [value, _, _] if self.is_widened(*value) => {
                Some(format!(" AS {})", self.ir.scalar(*value).ty))
            }
            [value, _, _]
                if self.ir.scalar(*value).ty.is_text()
                    && (self.is_null(*value) || !self.definite(*value)) =>
            {
                Some(" AS text)".to_owned())
            }
            _ => None,
        };
        self.list(args, |this, arg| {
            // Values keep the result's form; counts are integers.
            let value = this.ir.scalar(arg).ty.is_decimal();
            if let Some(kept) = kept.as_ref().filter(|_| arg == args[0]) {
                return this.wrapped("CAST(", &[arg], kept);
            }
            let rep = if value { rep } else { Rep::Plain };
            this.scalar(arg, rep, 0)
        })?;
        self.push(")");
        self.over(id)
    }

    /// True for a whole number that stands as one of a narrower type, or may: 1000 % a smallint is one.
    fn is_widened(&self, id: ScalarId) -> bool {
        let scalar = self.ir.scalar(id);
        let narrower = |operand: ScalarId| self.ir.scalar(operand).ty != scalar.ty;
        scalar.ty.is_integer()
            && match scalar.kind {
                ScalarKind::Cast {
                    operand,
                    implicit: true,
                    ..
                } => narrower(operand),
                ScalarKind::Literal(_) | ScalarKind::Call { .. } => true,
                _ => false,
            }
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
            self.list(partition, Self::sortable)?;
        }
        if !order.is_empty() {
            if self.out.len() > start {
                self.push(" ");
            }
            self.push("ORDER BY ");
            match (order.as_slice(), frame) {
                (&[key], Some(frame)) if self.is_measured(frame) => self.measured_key(key)?,
                _ => {
                    for (at, &key) in order.iter().enumerate() {
                        self.push(if at == 0 { "" } else { ", " });
                        self.window_key(key)?;
                    }
                }
            }
        }
        if let Some(frame) = frame {
            self.push(if self.out.len() > start { " " } else { "" });
            let key = order.first().map(|key| key.scalar);
            self.frame(*frame, key.filter(|_| self.is_measured(frame)))?;
        }
        self.push(")");
        Ok(())
    }

    /// A key of a window's order. DuckDB gives the column of such a key the key's value, whose zero has no sign.
    fn reads_around(&self, id: ScalarId) -> bool {
        let mut around = false;
        self.ir.walk(id, &mut |scalar| {
            if let ScalarKind::Column(column) = scalar.kind {
                around |= matches!(
                    self.definition(column),
                    Some(Def::Name { block, .. }) if *block != self.current
                );
            }
        });
        around
    }

    fn asks_windows(&self, id: ScalarId) -> bool {
        let mut queries = Vec::new();
        self.ir.queries_in(id, &mut queries);
        queries.into_iter().any(|query| {
            let mut asks = false;
            self.ir.each_below(query, &mut |below| {
                asks |= matches!(self.ir.rel(below).kind, RelKind::Window { .. });
            });
            asks
        })
    }

    fn window_key(&mut self, key: SortKey) -> Res {
        let scalar = self.ir.scalar(key.scalar);
        let signed = scalar.ty.is_float() && matches!(scalar.kind, ScalarKind::Column(_));
        if self.dialect != Dialect::Duckdb || !signed {
            return self.key(key);
        }
        self.wrapped("", &[key.scalar], " + 0")?;
        self.direction(key);
        Ok(())
    }

    /// A frame, whose offsets are added to `key` where that is given.
    pub(super) fn frame(&mut self, frame: Frame, key: Option<ScalarId>) -> Res {
        self.push(match frame.unit {
            FrameUnit::Rows => "ROWS ",
            FrameUnit::Range => "RANGE ",
            FrameUnit::Groups => "GROUPS ",
        });
        if frame.end == FrameBound::CurrentRow {
            self.frame_bound(frame.start, key)?;
        } else {
            self.push("BETWEEN ");
            self.frame_bound(frame.start, key)?;
            self.push(" AND ");
            self.frame_bound(frame.end, key)?;
        }
        self.push(match frame.exclude {
            FrameExclude::NoOthers => "",
            FrameExclude::CurrentRow => " EXCLUDE CURRENT ROW",
            FrameExclude::Group => " EXCLUDE GROUP",
            FrameExclude::Ties => " EXCLUDE TIES",
        });
        Ok(())
    }

    fn frame_bound(&mut self, bound: FrameBound, key: Option<ScalarId>) -> Res {
        let (scalar, word) = match bound {
            FrameBound::UnboundedPreceding => (None, "UNBOUNDED PRECEDING"),
            FrameBound::Preceding(s) => (Some(s), " PRECEDING"),
            FrameBound::CurrentRow => (None, "CURRENT ROW"),
            FrameBound::Following(s) => (Some(s), " FOLLOWING"),
            FrameBound::UnboundedFollowing => (None, "UNBOUNDED FOLLOWING"),
        };
        match (scalar, key) {
            (Some(offset), Some(key)) => self.measured_offset(offset, key)?,
            (Some(offset), None) => {
                let rep = self.natural(offset);
                self.scalar(offset, rep, 20)?;
            }
            (None, _) => {}
        }
        self.push(word);
        Ok(())
    }
}

/// True for aggregates that SQLite lacks and whose values are taken together.
fn is_carried(agg: Agg) -> bool {
    agg.within_group() || agg.is_spread() || agg == Agg::ArrayAgg
}
