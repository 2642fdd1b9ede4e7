//! Decimals that stand in one place with others: DuckDB gives them one type, and where one has many digits before
//! the point it takes those behind it from the others.

use super::super::{Emitter, Rep, Res};
use super::quotient::DIGITS;
use crate::Dialect;
use core::cell::RefCell;
use rql_ir::{Agg, ColumnId, Func, RelId, RelKind, ScalarId, ScalarKind, Type, WindowFunc};

/// The columns whose digits are looked for or known; a recursion reads its own.
pub(super) type Seen = RefCell<Vec<(ColumnId, Option<u8>)>>;

impl Emitter<'_> {
    /// A value that takes one type with others: a decimal parameter would cut them to its own digits in DuckDB,
    /// as would one of many digits before the point; `scale` is what all need.
    pub(in crate::emit) fn beside_others(
        &mut self,
        id: ScalarId,
        rep: Rep,
        scale: Option<u8>,
    ) -> Res {
        let mut inner = id;
        while let ScalarKind::Cast { operand, .. } = self.ir.scalar(inner).kind {
            inner = operand;
        }
        let ty = self.ir.scalar(id).ty;
        let duckdb = self.dialect == Dialect::Duckdb;
        // More digits would take those of the numbers beside it.
        if duckdb
            && self.is_null(id)
            && matches!(
                ty,
                Type::Decimal {
                    precision: None,
                    ..
                }
            )
        {
            self.push("CAST(NULL AS decimal(1, 0))");
            return Ok(());
        }
        let open = matches!(self.ir.scalar(inner).kind, ScalarKind::Param(_)) && ty.is_decimal();
        let constant = matches!(self.ir.scalar(inner).kind, ScalarKind::Literal(_));
        let scale = match scale.filter(|_| !constant && ty.is_decimal()) {
            None if duckdb && open => Some(18),
            scale => scale,
        };
        match scale {
            Some(scale) => self.wrapped("CAST(", &[id], &format!(" AS decimal(38, {scale}))")),
            None => self.scalar(id, rep, 0),
        }
    }

    /// The digits that values of one type need in DuckDB, where it would give them fewer.
    pub(in crate::emit) fn shared_scale(&self, values: &[ScalarId]) -> Option<u8> {
        if self.dialect != Dialect::Duckdb {
            return None;
        }
        let values = values.iter().map(|&id| self.before_widening(id));
        let values: Vec<_> = values.filter(|&id| !self.is_null(id)).collect();
        let types = values.iter().map(|&id| self.ir.scalar(id).ty);
        let scales = values.iter().map(|&id| self.duckdb_scale(id));
        self.scale_of_all(types.zip(scales))
    }

    /// The same of two columns.
    pub(in crate::emit) fn scale_of_both(&self, left: ColumnId, right: ColumnId) -> Option<u8> {
        if self.dialect != Dialect::Duckdb {
            return None;
        }
        let both = [left, right].map(|id| self.scale_of_column(id, &Seen::default()));
        self.scale_of_all(both.into_iter().flatten())
    }

    /// The same of a value and the column of a query among whose rows it is looked for.
    pub(in crate::emit) fn scale_beside(&self, value: ScalarId, column: ColumnId) -> Option<u8> {
        if self.dialect != Dialect::Duckdb {
            return None;
        }
        let value = self.before_widening(value);
        let value = (self.ir.scalar(value).ty, self.duckdb_scale(value));
        let column = self.scale_of_column(column, &Seen::default());
        self.scale_of_all([Some(value), column].into_iter().flatten())
    }

    /// The type and the digits of a column; none of one that is NULL.
    fn scale_of_column(&self, id: ColumnId, seen: &Seen) -> Option<(Type, Option<u8>)> {
        match self.made_of(id) {
            Some(made) if self.is_null(made) => None,
            Some(made) => {
                let made = self.before_widening(made);
                Some((self.ir.scalar(made).ty, self.scale_in(made, seen)))
            }
            None => Some((self.ir.column(id).ty, self.scale_of_made(id, seen))),
        }
    }

    fn scale_of_all(&self, values: impl Iterator<Item = (Type, Option<u8>)>) -> Option<u8> {
        let all: Vec<(Type, u8)> = values
            .map(|(ty, scale)| Some((ty, scale?)))
            .collect::<Option<_>>()?;
        let most = all.iter().map(|value| value.1).max()?;
        let open = |ty: &Type| matches!(ty, Type::Decimal { precision, .. } if precision.is_none_or(|p| p > 18));
        let differ = all.iter().any(|value| value.1 != most);
        let wide = all.iter().any(|(ty, _)| open(ty));
        (differ && wide).then_some(most)
    }

    /// The digits behind the point that a value has in DuckDB, where PostgreSQL's type says none.
    pub(in crate::emit) fn duckdb_scale(&self, id: ScalarId) -> Option<u8> {
        self.scale_in(id, &Seen::default())
    }

    pub(super) fn scale_in(&self, id: ScalarId, seen: &Seen) -> Option<u8> {
        let scalar = self.ir.scalar(id);
        let known = own_scale(scalar.ty);
        if known.is_some() {
            return known;
        }
        let of = |id: &ScalarId| self.scale_in(self.before_widening(*id), seen);
        let most = |ids: &[ScalarId]| {
            let scales = ids.iter().filter(|&&id| !self.is_null(id)).map(of);
            let scales = scales.collect::<Option<Vec<_>>>()?;
            Some(scales.into_iter().max().unwrap_or(0))
        };
        // It is written as one without digits.
        if self.is_null(id) {
            return Some(0);
        }
        match &scalar.kind {
            ScalarKind::Column(column) | ScalarKind::Subquery { column, .. } => {
                self.scale_of_made(*column, seen)
            }
            // As it is bound beside others.
            ScalarKind::Param(_) => Some(18),
            ScalarKind::Window {
                func:
                    WindowFunc::Agg(Agg::Sum | Agg::Min | Agg::Max)
                    | WindowFunc::FirstValue
                    | WindowFunc::LastValue,
                args,
                ..
            } => most(args),
            ScalarKind::Window {
                func: WindowFunc::Lag | WindowFunc::Lead | WindowFunc::NthValue,
                args,
                ..
            } => {
                let decimal = |id: &&ScalarId| self.ir.scalar(**id).ty.is_decimal();
                most(&args.iter().filter(decimal).copied().collect::<Vec<_>>())
            }
            ScalarKind::Aggregate {
                func: Agg::Avg,
                args,
                ..
            }
            | ScalarKind::Window {
                func: WindowFunc::Agg(Agg::Avg),
                args,
                ..
            } => self.is_exact_mean(args, seen).then_some(DIGITS),
            ScalarKind::Cast { operand, .. } => of(operand),
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let values = branches.iter().map(|branch| branch.1);
                most(&values.chain(*otherwise).collect::<Vec<_>>())
            }
            ScalarKind::Aggregate {
                func: Agg::Sum | Agg::Min | Agg::Max,
                args,
                ..
            } => most(args),
            ScalarKind::Call { func, args } => match func {
                Func::Mul => {
                    let scales: Vec<u8> = args.iter().map(of).collect::<Option<_>>()?;
                    self.product_scale(&scales)
                }
                Func::Div => self.quotient_digits(args, seen),
                Func::Add
                | Func::Sub
                | Func::Mod
                | Func::Coalesce
                | Func::Greatest
                | Func::Least => most(args),
                // Where a number of digits is written, the type has it.
                Func::IntDiv => Some(0),
                Func::Extract => self.extracted_scale(args),
                Func::Neg | Func::Abs | Func::Round | Func::Trunc | Func::Nullif => {
                    of(args.first()?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The digits of the decimals of a recursion, for which its first rows are made: those of the first rows, where
    /// the others get no more.
    pub(in crate::emit) fn duckdb_begins(
        &mut self,
        columns: &[(ColumnId, String)],
        first: RelId,
        sides: &(Vec<ColumnId>, Vec<ColumnId>),
    ) -> Res {
        for ((&(column, _), &begun), &step) in columns.iter().zip(&sides.0).zip(&sides.1) {
            let ty = self.ir.column(begun).ty;
            if !matches!(
                ty,
                Type::Decimal {
                    precision: None,
                    ..
                }
            ) {
                continue;
            }
            let made = self.made_of(begun);
            let scale = match made {
                Some(made) if self.is_null(made) => Some(0),
                Some(made) => self.duckdb_scale(self.before_widening(made)),
                None => own_scale(ty),
            };
            let Some(scale) = scale.or(ty.scale()) else {
                // A double there.
                continue;
            };
            let settled = self.settled_scale(column, step, scale);
            let project = matches!(self.ir.rel(first).kind, RelKind::Project { .. });
            let Some(scale) = settled.filter(|_| project) else {
                let span = made.map_or(self.ir.rel(first).span, |made| self.ir.scalar(made).span);
                let refused = self.refuse(span, "a decimal of a recursion that gets more digits");
                let help = "CAST(… AS numeric(18, 6)) in both parts says how many digits it has";
                return Err(Box::new(refused.help(help)));
            };
            self.recursion_scales.push((begun, scale));
        }
        Ok(())
    }

    /// The digits that a step gives no more to, from those of the first rows on.
    fn settled_scale(&mut self, column: ColumnId, step: ColumnId, first: u8) -> Option<u8> {
        let at = self.recursion_scales.len();
        let mut scale = first;
        for _ in 0..4 {
            self.recursion_scales.push((column, scale));
            let next = match self.made_of(step) {
                Some(made) if self.is_null(made) => Some(scale),
                Some(made) => self.duckdb_scale(self.before_widening(made)),
                None => self.scale_of_made(step, &Seen::default()),
            };
            if next? <= scale {
                return Some(scale);
            }
            self.recursion_scales.truncate(at);
            scale = next?;
        }
        None
    }

    /// The digits of a decimal of a recursion.
    pub(in crate::emit) fn recursion_scale(&self, column: ColumnId) -> Option<u8> {
        let found = self.recursion_scales.iter().find(|made| made.0 == column);
        found.map(|made| made.1)
    }

    /// The digits of a column, wherever it is made.
    fn scale_of_made(&self, column: ColumnId, seen: &Seen) -> Option<u8> {
        let known = seen
            .borrow()
            .iter()
            .find(|known| known.0 == column)
            .copied();
        if let Some((_, scale)) = known {
            return scale;
        }
        let at = seen.borrow().len();
        seen.borrow_mut().push((column, None));
        let scale = self.scale_by_source(column, seen);
        if let Some(entry) = seen.borrow_mut().get_mut(at) {
            entry.1 = scale;
        }
        scale
    }

    /// The same, where nothing is known of it yet.
    fn scale_by_source(&self, column: ColumnId, seen: &Seen) -> Option<u8> {
        if let Some(made) = self.made_of(column) {
            return self.scale_in(self.before_widening(made), seen);
        }
        // A set operation's column says the digits that all around it come to.
        let own = own_scale(self.ir.column(column).ty);
        if let Some(scale) = own.filter(|_| !self.is_of_set(column)) {
            return Some(scale);
        }
        if let Some(scale) = self.recursion_scale(column) {
            return Some(scale);
        }
        let at = |columns: &[ColumnId]| columns.iter().position(|&other| other == column);
        self.ir.rels.iter().find_map(|rel| match &rel.kind {
            RelKind::CteScan { cte, columns, .. } => {
                let cte = &self.ir.ctes[cte.index()];
                let of = cte.columns.get(at(columns)?)?.0;
                match cte.recursive {
                    true => self.recursion_scale(of),
                    false => self.scale_of_made(of, seen),
                }
            }
            RelKind::Values { rows, columns } => {
                let at = at(columns)?;
                let values = rows.iter().filter_map(|row| row.get(at).copied());
                let values = values.filter(|&id| !self.is_null(id));
                let scales = values.map(|id| self.scale_in(self.before_widening(id), seen));
                scales.collect::<Option<Vec<_>>>()?.into_iter().max()
            }
            RelKind::SetOp { sides, columns, .. } => {
                let at = at(columns)?;
                let both = [*sides.0.get(at)?, *sides.1.get(at)?];
                let both = both
                    .into_iter()
                    .filter_map(|id| self.scale_of_column(id, seen));
                both.map(|known| known.1)
                    .collect::<Option<Vec<_>>>()?
                    .into_iter()
                    .max()
            }
            _ => None,
        })
    }

    fn is_of_set(&self, column: ColumnId) -> bool {
        let mut kinds = self.ir.rels.iter().map(|rel| &rel.kind);
        kinds
            .any(|kind| matches!(kind, RelKind::SetOp { columns, .. } if columns.contains(&column)))
    }

    /// What the first operand becomes in DuckDB, which computes in 64 bits where both have them.
    pub(in crate::emit) fn widened_operand(
        &self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
    ) -> Option<String> {
        let ty = self.ir.scalar(id).ty;
        let wide = |ty| matches!(ty, Type::Decimal { precision: Some(p), .. } if p > 18);
        // Beside an integer a type says no digits.
        let outgrown = ty == Type::NUMERIC || wide(ty) || self.sum_outgrows(args);
        let sums = matches!(func, Func::Mul | Func::Add | Func::Sub);
        let narrow = args.iter().all(|&arg| !wide(self.ir.scalar(arg).ty));
        if self.dialect != Dialect::Duckdb || !sums || !outgrown || !narrow {
            return None;
        }
        let scale = self.duckdb_scale(self.before_widening(*args.first()?))?;
        Some(format!("decimal(38, {scale})"))
    }

    /// True for operands whose sum may have more digits than 64 bits.
    fn sum_outgrows(&self, args: &[ScalarId]) -> bool {
        let turned = |arg: ScalarId| match &self.ir.scalar(arg).kind {
            ScalarKind::Call {
                func: Func::Neg | Func::Abs,
                args,
            } => args.first().copied().unwrap_or(arg),
            _ => arg,
        };
        let digits = |&arg: &ScalarId| match self.ir.scalar(turned(arg)).ty {
            Type::Decimal { precision, scale } => {
                let scale = scale.unwrap_or(0);
                Some((precision.map_or(1, |p| p.saturating_sub(scale)), scale))
            }
            _ => None,
        };
        let digits: Option<Vec<_>> = args.iter().map(digits).collect();
        digits.is_some_and(|digits| {
            let whole = digits.iter().map(|own| own.0).max().unwrap_or(0);
            let scale = digits.iter().map(|own| own.1).max().unwrap_or(0);
            whole + scale > 17
        })
    }

    /// The digits that a column needs beside those that it stands in one with.
    pub(in crate::emit) fn given_scale(&self, column: ColumnId) -> Option<u8> {
        let given = self.scales.iter().find(|given| given.0 == column);
        given.map(|given| given.1)
    }
}

/// Digits behind the point that a type says.
fn own_scale(ty: Type) -> Option<u8> {
    match ty.is_integer() {
        true => Some(0),
        false => ty.scale(),
    }
}
