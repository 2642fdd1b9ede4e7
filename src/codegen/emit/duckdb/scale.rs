//! Decimals that stand in one place with others: DuckDB gives them one type, and where one has many digits before
//! the point it takes those behind it from the others.

use super::super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::{Agg, ColumnId, Func, Literal, ScalarId, ScalarKind, Type};

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
        let open = matches!(self.ir.scalar(inner).kind, ScalarKind::Param(_)) && ty.is_decimal();
        let constant = matches!(self.ir.scalar(inner).kind, ScalarKind::Literal(_));
        let scale = match scale.filter(|_| !constant && ty.is_decimal()) {
            None if self.dialect == Dialect::Duckdb && open => Some(18),
            scale => scale,
        };
        match scale {
            Some(scale) => self.wrapped("CAST(", &[id], &format!(" AS decimal(38, {scale}))")),
            None => self.scalar(id, rep, 0),
        }
    }

    /// The digits that values of one type need in DuckDB, where it would give them fewer.
    pub(in crate::emit) fn shared_scale(&self, values: &[ScalarId]) -> Option<u8> {
        let values = values.iter().map(|&id| self.before_widening(id));
        let null =
            |id: &ScalarId| matches!(self.ir.scalar(*id).kind, ScalarKind::Literal(Literal::Null));
        let values: Vec<_> = values.filter(|id| !null(id)).collect();
        let types = values.iter().map(|&id| self.ir.scalar(id).ty);
        let scales = values.iter().map(|&id| self.duckdb_scale(id));
        self.scale_of_all(types.zip(scales))
    }

    /// The same of two columns.
    pub(in crate::emit) fn scale_of_both(&self, left: ColumnId, right: ColumnId) -> Option<u8> {
        let both = [left, right].map(|id| self.scale_of_column(id));
        self.scale_of_all(both.into_iter())
    }

    /// The same of a value and the column of a query among whose rows it is looked for.
    pub(in crate::emit) fn scale_beside(&self, value: ScalarId, column: ColumnId) -> Option<u8> {
        let value = self.before_widening(value);
        let value = (self.ir.scalar(value).ty, self.duckdb_scale(value));
        self.scale_of_all([value, self.scale_of_column(column)].into_iter())
    }

    fn scale_of_column(&self, id: ColumnId) -> (Type, Option<u8>) {
        match self.made_of(id) {
            Some(made) => {
                let made = self.before_widening(made);
                (self.ir.scalar(made).ty, self.duckdb_scale(made))
            }
            None => (self.ir.column(id).ty, own_scale(self.ir.column(id).ty)),
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
        (self.dialect == Dialect::Duckdb && differ && wide).then_some(most)
    }

    /// The digits behind the point that a value has in DuckDB, where PostgreSQL's type says none.
    pub(in crate::emit) fn duckdb_scale(&self, id: ScalarId) -> Option<u8> {
        let scalar = self.ir.scalar(id);
        let known = own_scale(scalar.ty);
        if known.is_some() {
            return known;
        }
        let of = |id: &ScalarId| self.duckdb_scale(self.before_widening(*id));
        let most = |ids: &[ScalarId]| {
            ids.iter()
                .map(of)
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .max()
        };
        match &scalar.kind {
            ScalarKind::Column(column) => self.duckdb_scale(self.made_of(*column)?),
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
                Func::Mul => args.iter().map(of).sum(),
                Func::Add
                | Func::Sub
                | Func::Mod
                | Func::Coalesce
                | Func::Greatest
                | Func::Least => most(args),
                // Where a number of digits is written, the type has it.
                Func::IntDiv => Some(0),
                Func::Neg | Func::Abs | Func::Round | Func::Trunc | Func::Nullif => {
                    of(args.first()?)
                }
                _ => None,
            },
            _ => None,
        }
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
        let outgrown = ty == Type::NUMERIC || wide(ty);
        let sums = matches!(func, Func::Mul | Func::Add | Func::Sub);
        let narrow = args.iter().all(|&arg| !wide(self.ir.scalar(arg).ty));
        if self.dialect != Dialect::Duckdb || !sums || !outgrown || !narrow {
            return None;
        }
        let scales = args.iter().map(|&arg| self.before_widening(arg));
        let scales = scales.map(|arg| self.duckdb_scale(arg));
        let scale = *scales.collect::<Option<Vec<_>>>()?.first()?;
        Some(format!("decimal(38, {scale})"))
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
