//! Decimals whose number of digits the row decides: of values with other scales PostgreSQL shows each as it is, where
//! other engines give a column one scale.

use super::Emitter;
use rql_ir::{ColumnId, Func, Literal, RelKind, ScalarId, ScalarKind, TableFunc, Type, WindowFunc};

/// A decimal, or an array of them.
fn is_of_decimals(ty: Type) -> bool {
    match ty {
        Type::Array(element) => element.is_decimal(),
        ty => ty.is_decimal(),
    }
}

/// Digits behind the point of a power of decimals by a whole number, where the base has no more: PostgreSQL's (numeric.c
/// before 16).
const POWER_DIGITS: u8 = 16;

/// Whether a number is whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Always,
    Never,
    ByRow,
}

impl Emitter<'_> {
    /// The digits behind the point that a power by a whole number is rounded to, and whether its exponent is one.
    pub(super) fn power_digits(&self, args: &[ScalarId]) -> (u8, Whole) {
        let scale = self.ir.scalar(args[0]).ty.scale().unwrap_or(0);
        (scale.max(POWER_DIGITS), self.wholeness(args[1]))
    }

    fn wholeness(&self, id: ScalarId) -> Whole {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Decimal(units)) => {
                let one = 10_i128.checked_pow(scalar.ty.scale().unwrap_or(0).into());
                match one.is_some_and(|one| units % one == 0) {
                    true => Whole::Always,
                    false => Whole::Never,
                }
            }
            _ if scalar.ty.scale() == Some(0) => Whole::Always,
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => self.wholeness(*operand),
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.wholeness(args[0]),
            _ => Whole::ByRow,
        }
    }

    /// True for a decimal whose text is not known: a quotient has other digits than PostgreSQL gives it, and
    /// what stands beside values of other scales has theirs.
    pub(super) fn has_open_digits(&self, id: ScalarId) -> bool {
        let ty = self.ir.scalar(id).ty;
        ty.is_decimal() && (ty.scale().is_none() || self.is_of_scales(id))
    }

    /// True for a decimal whose number of digits the row decides.
    pub(super) fn is_of_scales(&self, id: ScalarId) -> bool {
        self.varies(id, &mut Vec::new())
    }

    /// The same of a column.
    pub(super) fn is_column_of_scales(&self, column: ColumnId) -> bool {
        self.column_varies(column, &mut Vec::new())
    }

    /// The same, where the columns that are `seen` are looked at already: a recursion reads its own.
    fn varies(&self, id: ScalarId, seen: &mut Vec<ColumnId>) -> bool {
        let scalar = self.ir.scalar(id);
        let decimals = is_of_decimals(scalar.ty);
        match &scalar.kind {
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let all: Vec<_> = branches.iter().map(|b| b.1).chain(*otherwise).collect();
                self.vary(&all, seen)
            }
            ScalarKind::Call {
                func: Func::Coalesce | Func::Greatest | Func::Least,
                args,
            }
            | ScalarKind::Array(args) => self.vary(args, seen),
            ScalarKind::Window {
                func: WindowFunc::Lag | WindowFunc::Lead,
                args,
                ..
            } if args.len() == 3 => self.vary(&[args[0], args[2]], seen),
            // As many digits as their type says.
            ScalarKind::Call {
                func:
                    Func::Round | Func::Trunc | Func::Ceil | Func::Floor | Func::Sign | Func::IntDiv,
                ..
            } => false,
            ScalarKind::Call { args, .. }
            | ScalarKind::Aggregate { args, .. }
            | ScalarKind::Window { args, .. } => {
                decimals && args.iter().any(|&id| self.varies(id, seen))
            }
            // Without a number of digits a conversion keeps those that there are.
            ScalarKind::Cast {
                operand, implicit, ..
            } => {
                let says = matches!(
                    scalar.ty,
                    Type::Decimal {
                        precision: Some(_),
                        ..
                    }
                );
                (*implicit || decimals && !says) && self.varies(*operand, seen)
            }
            ScalarKind::Column(column)
            | ScalarKind::Subquery { column, .. }
            | ScalarKind::ArrayQuery { column, .. } => self.column_varies(*column, seen),
            _ => false,
        }
    }

    /// The same of one of several values.
    fn vary(&self, values: &[ScalarId], seen: &mut Vec<ColumnId>) -> bool {
        let given = values.iter().map(|&id| self.before_widening(id));
        let given: Vec<_> = given.filter(|&id| !self.is_null(id)).collect();
        let scale = |&id: &ScalarId| self.ir.scalar(id).ty.scale();
        let first = given.first().and_then(scale);
        given
            .iter()
            .any(|id| scale(id) != first || self.varies(*id, seen))
    }

    /// The same of a column, which may come from both sides of a set operation or a join, or from rows that are
    /// written.
    fn column_varies(&self, column: ColumnId, seen: &mut Vec<ColumnId>) -> bool {
        if !is_of_decimals(self.ir.column(column).ty) {
            return false;
        }
        let times = seen.iter().filter(|&&other| other == column).count();
        seen.push(column);
        // A query that a pass has put around the rows makes their column again.
        if times > 0 {
            return times == 1 && self.rows_vary(column, seen);
        }
        if let Some(made) = self.made_of(column) {
            return self.varies(made, seen);
        }
        let at = |columns: &[ColumnId]| columns.iter().position(|&other| other == column);
        self.ir.rels.iter().any(|rel| match &rel.kind {
            RelKind::SetOp { sides, columns, .. } => {
                let both = at(columns).and_then(|at| sides.0.get(at).zip(sides.1.get(at)));
                both.is_some_and(|(&left, &right)| self.columns_vary(left, right, seen))
            }
            RelKind::Join { merged, .. } => merged.iter().any(|merged| {
                merged.column == column && self.columns_vary(merged.left, merged.right, seen)
            }),
            RelKind::CteScan { cte, columns, .. } => at(columns).is_some_and(|at| {
                let made = self.ir.ctes[cte.index()].columns.get(at);
                made.is_some_and(|made| self.column_varies(made.0, seen))
            }),
            _ => false,
        }) || self.rows_vary(column, seen)
    }

    /// The same of a column of rows that are written, or that a function gives.
    fn rows_vary(&self, column: ColumnId, seen: &mut Vec<ColumnId>) -> bool {
        self.ir.rels.iter().any(|rel| match &rel.kind {
            RelKind::TableFunction {
                func: TableFunc::GenerateSeries | TableFunc::Unnest,
                args,
                columns,
                ..
            } if columns.iter().any(|made| made.0 == column) => self.vary(args, seen),
            RelKind::Values { rows, columns } => {
                let at = columns.iter().position(|&other| other == column);
                at.is_some_and(|at| {
                    let values = rows.iter().filter_map(|row| row.get(at).copied());
                    self.vary(&values.collect::<Vec<_>>(), seen)
                })
            }
            _ => false,
        })
    }

    /// The same of what two columns are together, each as it is before the other has widened it.
    fn columns_vary(&self, left: ColumnId, right: ColumnId, seen: &mut Vec<ColumnId>) -> bool {
        let made = [left, right].map(|id| self.made_of(id).map(|made| self.before_widening(made)));
        let null = |made: &Option<ScalarId>| made.is_some_and(|made| self.is_null(made));
        let scale = |id: ColumnId, made: Option<ScalarId>| match made {
            Some(made) => self.ir.scalar(made).ty.scale(),
            None => self.ir.column(id).ty.scale(),
        };
        let differ = scale(left, made[0]) != scale(right, made[1]);
        differ && !made.iter().any(null)
            || self.column_varies(left, seen)
            || self.column_varies(right, seen)
    }
}
