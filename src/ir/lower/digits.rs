//! How many digits a number may have: a product or sum that 64 bits do not hold is known before it is computed.

use super::Lowerer;
use crate::*;

/// Digits that 64 bits hold, whichever they are.
const MOST: u8 = 18;

impl Lowerer<'_> {
    /// True where the product of these may have more digits than 64 bits hold.
    pub(super) fn outgrows(&self, factors: &[ScalarId]) -> bool {
        let digits = factors.iter().map(|&id| self.digits(id));
        digits.fold(0, u8::saturating_add) > MOST
    }

    /// True where one of these may, with as many digits behind the point as another has.
    pub(super) fn outgrow_together(&self, terms: &[ScalarId]) -> bool {
        self.common_digits(terms) > MOST
    }

    /// The most digits that a number has, those behind the point among them; what is not known of one in 64 bits
    /// are all that they hold.
    fn digits(&self, id: ScalarId) -> u8 {
        let scalar = self.ir.scalar(id);
        if let Type::Decimal {
            precision: Some(precision),
            ..
        } = scalar.ty
        {
            return precision;
        }
        match &scalar.kind {
            ScalarKind::Literal(Literal::Integer(value)) => written(i128::from(*value)),
            ScalarKind::Literal(Literal::Decimal(units)) => written(*units),
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => self.digits(*operand),
            ScalarKind::Call { func, args } if scalar.ty.is_decimal() => match func {
                Func::Neg | Func::Abs | Func::Plus => self.digits(args[0]),
                Func::Mul => {
                    let digits = args.iter().map(|&id| self.digits(id));
                    digits.fold(0, u8::saturating_add)
                }
                Func::Add | Func::Sub => self.common_digits(args).saturating_add(1),
                _ => MOST,
            },
            _ => match scalar.ty {
                Type::SmallInt => 5,
                Type::Integer => 10,
                _ => MOST,
            },
        }
    }

    /// As many digits before the point as one of them has, and as many behind it.
    fn common_digits(&self, terms: &[ScalarId]) -> u8 {
        let scale = |&id: &ScalarId| self.ir.scalar(id).ty.scale().unwrap_or(0);
        let before = |id: &ScalarId| self.digits(*id).saturating_sub(scale(id));
        let most = |of: &dyn Fn(&ScalarId) -> u8| terms.iter().map(of).max().unwrap_or(0);
        most(&before).saturating_add(most(&scale))
    }
}

/// The digits of a constant.
fn written(units: i128) -> u8 {
    let digits = units.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
    u8::try_from(digits).unwrap_or(u8::MAX)
}
