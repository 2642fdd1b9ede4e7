//! Numbers of documents: PostgreSQL's numeric.

use super::run::{Fault, told};
use crate::Decimal;
use rql::Jsonb;
use rql::json_path::Operator;

/// The text of a number, which PostgreSQL has printed.
#[derive(Clone, Copy)]
pub(super) struct Number<'n>(&'n str);

impl<'n> Number<'n> {
    pub(super) fn of(value: &'n Jsonb) -> Option<Self> {
        match value {
            Jsonb::Number(text) => Some(Self(text)),
            _ => None,
        }
    }

    fn is_zero(self) -> bool {
        !self.0.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
    }

    pub(super) fn negated(self) -> Jsonb {
        Jsonb::Number(match self.0.strip_prefix('-') {
            Some(rest) => rest.to_owned(),
            None if self.is_zero() => self.0.to_owned(),
            None => format!("-{}", self.0),
        })
    }

    pub(super) fn absolute(self) -> Jsonb {
        Jsonb::Number(self.0.trim_start_matches('-').to_owned())
    }

    /// Without the digits behind the point, of a number that 32 bits hold.
    pub(super) fn truncated(self) -> Option<i32> {
        self.split().0.parse().ok()
    }

    fn split(self) -> (&'n str, &'n str) {
        self.0.split_once('.').unwrap_or((self.0, ""))
    }

    /// The next whole number on one side.
    pub(super) fn whole(self, below: bool) -> Result<Jsonb, Fault> {
        let (whole, fraction) = self.split();
        let negative = whole.starts_with('-');
        let exact = Self(fraction).is_zero();
        if exact || negative != below {
            let zero = Self(whole).is_zero();
            return Ok(Jsonb::Number(if zero { "0" } else { whole }.to_owned()));
        }
        let step = Jsonb::Number(if below { "-1" } else { "1" }.into());
        computed(Operator::Add, &Jsonb::Number(whole.into()), &step)
    }

    fn decimal(self) -> Result<Decimal, Fault> {
        self.0.parse().map_err(|_| too_long())
    }
}

/// PostgreSQL goes on, so nobody may take it for an error of the document.
fn too_long() -> Fault {
    Fault::Always("a number of more than 38 digits is not computed with on SQLite".into())
}

/// Two numbers and an operator between them.
pub(super) fn computed(operator: Operator, left: &Jsonb, right: &Jsonb) -> Result<Jsonb, Fault> {
    let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) else {
        return told("no number");
    };
    let divides = matches!(operator, Operator::Divide | Operator::Modulo);
    if divides && right.is_zero() {
        return told(super::super::DIVISION);
    }
    let (left, right) = (left.decimal()?, right.decimal()?);
    let given = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Modulo => left.checked_rem(right),
    };
    let given = given.ok_or_else(too_long)?;
    Ok(Jsonb::Number(given.to_string()))
}

/// `.double()`: a number that a double holds stays as it is, a text becomes one of 15 digits.
pub(super) fn double(value: &Jsonb) -> Result<Jsonb, Fault> {
    match value {
        Jsonb::Number(text) => match text.parse::<f64>() {
            Ok(read) if read.is_finite() && (read != 0.0 || Number(text).is_zero()) => {
                Ok(value.clone())
            }
            _ => told(
                "numeric argument of jsonpath item method .double() is out of range for type double precision",
            ),
        },
        Jsonb::Text(text) => {
            let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
            let digits = text.trim_start_matches(['-', '+']);
            if digits.starts_with("0x") || digits.starts_with("0X") {
                let message = "a double in hexadecimal digits is not understood on SQLite";
                return Err(Fault::Always(message.into()));
            }
            let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
            let read = text
                .parse::<f64>()
                .ok()
                .filter(|read| read.is_finite() && (*read != 0.0 || Number(mantissa).is_zero()));
            let Some(read) = read else {
                return told(
                    "string argument of jsonpath item method .double() is not a valid representation of a double precision number",
                );
            };
            let shown = format!("{read:.14e}");
            let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
            let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
            Jsonb::read(&format!("{mantissa}e{exponent}")).map_err(Fault::Always)
        }
        _ => told("no number"),
    }
}
