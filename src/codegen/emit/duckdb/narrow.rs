//! Whole numbers that DuckDB computes in 16 bits where PostgreSQL has 32: beside a smallint it takes a written
//! number for one.

use super::super::Emitter;
use crate::Dialect;
use rql_ir::{Func, ScalarId, ScalarKind, Type};

/// How far what a value is made of is looked for.
const MOST_LEVELS: u8 = 32;

/// What DuckDB takes for the type of a whole number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    /// That of what is beside it.
    Written,
    Small,
    Wide,
}

impl Emitter<'_> {
    /// The operand that has to be widened, where all of an operator's would be narrower in DuckDB than its result.
    pub(in crate::emit) fn narrowed_operand(
        &self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
    ) -> Option<ScalarId> {
        let outgrows = matches!(
            func,
            Func::Add | Func::Sub | Func::Mul | Func::Div | Func::Neg
        );
        let asked = self.dialect == Dialect::Duckdb && outgrows;
        if !asked || self.ir.scalar(id).ty != Type::Integer {
            return None;
        }
        if self.widest_of(args, MOST_LEVELS) != Width::Small {
            return None;
        }
        let written = |arg: &&ScalarId| self.width(**arg, MOST_LEVELS) == Width::Written;
        args.iter().find(written).or(args.first()).copied()
    }

    fn widest_of(&self, args: &[ScalarId], levels: u8) -> Width {
        let widths = args.iter().map(|&arg| self.width(arg, levels));
        widths.max().unwrap_or(Width::Wide)
    }

    fn width(&self, id: ScalarId, levels: u8) -> Width {
        let Some(levels) = levels.checked_sub(1) else {
            return Width::Wide;
        };
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            _ if scalar.ty == Type::SmallInt => Width::Small,
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => self.width(*operand, levels),
            _ if scalar.ty != Type::Integer => Width::Wide,
            ScalarKind::Literal(_) => Width::Written,
            // Of a column a written number has its type.
            ScalarKind::Column(column) | ScalarKind::Subquery { column, .. } => {
                match self.made_of(*column).map(|made| self.width(made, levels)) {
                    Some(Width::Small) => Width::Small,
                    _ => Width::Wide,
                }
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let values = branches.iter().map(|branch| branch.1).chain(*otherwise);
                self.widest_of(&values.collect::<Vec<_>>(), levels)
            }
            ScalarKind::Window { args, .. } | ScalarKind::Aggregate { args, .. } => {
                self.widest_of(args, levels)
            }
            ScalarKind::Call { func, args } => match func {
                Func::Neg if self.written_number(id).is_some() => Width::Written,
                Func::Coalesce
                | Func::Greatest
                | Func::Least
                | Func::Nullif
                | Func::Mod
                | Func::BitAnd
                | Func::BitOr
                | Func::BitXor
                | Func::Plus => self.widest_of(args, levels),
                _ => Width::Wide,
            },
            _ => Width::Wide,
        }
    }
}
