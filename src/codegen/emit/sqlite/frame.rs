//! RANGE with offsets on SQLite, which adds numbers only: units of decimals, microseconds of moments.

use crate::Dialect;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Frame, FrameBound, FrameUnit, Literal, ScalarId, ScalarKind, SortKey, Type};

impl Emitter<'_> {
    /// True for a frame that SQLite measures from a key.
    pub(in crate::emit) fn is_measured(&self, frame: &Frame) -> bool {
        let offset = |bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_));
        self.dialect == Dialect::Sqlite
            && frame.unit == FrameUnit::Range
            && (offset(frame.start) || offset(frame.end))
    }

    /// The key of such a frame as a number.
    pub(in crate::emit) fn measured_key(&mut self, key: SortKey) -> Res {
        let scalar = self.ir.scalar(key.scalar);
        match (scalar.ty, self.computed(scalar.ty)) {
            (ty, _) if ty.is_moment() => self.wrap("rql_micros(", key.scalar, Rep::Plain)?,
            (_, Rep::Numeric) => {
                let what = "RANGE with an offset from decimals of different scales";
                let refused = self.refuse(scalar.span, what);
                let help = "CAST(… AS DECIMAL(p, s)) gives them one scale";
                return Err(Box::new(refused.help(help)));
            }
            (_, rep) => self.scalar(key.scalar, rep, 0)?,
        }
        self.direction(key);
        Ok(())
    }

    /// An offset in the units of the key.
    pub(in crate::emit) fn measured_offset(&mut self, offset: ScalarId, key: ScalarId) -> Res {
        let ty = self.ir.scalar(key).ty;
        if !ty.is_moment() {
            if let (Type::Double | Type::Real, Some(value)) = (ty, self.constant(offset)) {
                self.push(&value);
                return Ok(());
            }
            return self.scalar(offset, self.computed(ty), 20);
        }
        let span = self.ir.scalar(offset).span;
        match self.ir.scalar(offset).kind {
            ScalarKind::Literal(Literal::Interval {
                months: 0,
                days,
                micros,
            }) => {
                let micros = i64::from(days) * 86_400_000_000 + micros;
                self.push(&micros.to_string());
                Ok(())
            }
            ScalarKind::Literal(_) => {
                let refused = self.refuse(span, "RANGE with an offset of months");
                let help = "an offset of days or hours is one length; months are not";
                Err(Box::new(refused.help(help)))
            }
            _ => self.wrap("rql_interval_micros(", offset, Rep::Plain),
        }
    }

    /// The digits of a number that is constant, as SQLite reads a double.
    fn constant(&self, id: ScalarId) -> Option<String> {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Decimal(units)) => {
                let text = rql_ir::decimal_text(*units, scalar.ty.scale()?);
                Some(format!("{text}e0"))
            }
            ScalarKind::Literal(Literal::Integer(value)) => Some(format!("{value}.0")),
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => self.constant(*operand),
            _ => None,
        }
    }
}
