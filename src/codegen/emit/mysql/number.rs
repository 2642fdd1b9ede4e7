//! Numbers: integers that leave their type are an error.

use super::super::scales::Whole;
use super::super::{Emitter, Rep, Res};
use rql_ir::function::Shape;
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type};

/// How deep an integer's bounds are looked for.
const DEPTH: u8 = 12;

/// Whole numbers below it have no more digits than a double.
const MOST_EXACT: f64 = 1e15;

/// Nearer to 1 a double has lost what a logarithm is made of.
const NEAREST_ONE: f64 = 1e-3;

impl Emitter<'_> {
    /// True for a decimal that may need more than 64 bits.
    fn is_wide(&self, id: ScalarId) -> bool {
        let constant = matches!(self.ir.scalar(id).kind, ScalarKind::Literal(_));
        match self.ir.scalar(id).ty {
            Type::Decimal { precision, .. } => !constant && precision.is_none_or(|p| p > 18),
            _ => false,
        }
    }

    pub(super) fn mysql_arithmetic(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        let ty = self.ir.scalar(id).ty;
        if matches!(ty, Type::Unknown) {
            return Err(self.untyped(func.name(), id));
        }
        if ty == Type::Real && func != Func::Neg && func != Func::Plus {
            let refused = self.refuse(self.ir.scalar(id).span, "arithmetic of REAL values");
            let help = "CAST(… AS double precision) computes with doubles";
            return Err(Box::new(refused.help(help)));
        }
        // Of NULL there they are doubles, and so is what stands beside them.
        let operand = |this: &mut Self, arg: ScalarId, above: u8| match this.is_null(arg) {
            true if this.null_number(ty) => Ok(()),
            _ if this.mysql_null(arg)? => Ok(()),
            _ => this.value(arg, above),
        };
        let (op, level) = match (func, func.row().shape) {
            (Func::Plus, _) => return self.value(args[0], above),
            (Func::Neg, _) => ("-", 10),
            // DIV gives no more than 64 bits.
            (Func::IntDiv, _) if args.iter().any(|&arg| self.is_wide(arg)) => {
                return self.placed("TRUNCATE({0} / {1}, 0)", args);
            }
            (Func::Div | Func::IntDiv, _) if self.is_cut(id, func, args) => {
                return self.bracket(above > 8, |this| {
                    this.value(args[0], 9)?;
                    this.push(" DIV ");
                    this.value(args[1], 10)?;
                    this.push(" + 0");
                    Ok(())
                });
            }
            (Func::Div, _) if ty.is_integer() => (" DIV ", 9),
            (Func::IntDiv, _) => (" DIV ", 9),
            (Func::Div, _) => (" / ", 9),
            (Func::Mod, _) => (" % ", 9),
            (Func::Mul, _) => (" * ", 9),
            (Func::Add, _) => (" + ", 8),
            (_, Shape::Infix(_, level)) => (" - ", level),
            _ => return Ok(()),
        };
        let write = |this: &mut Self, above: u8| {
            this.bracket(above > level, |this| {
                let &[first, ref rest @ ..] = args else {
                    return Ok(());
                };
                if rest.is_empty() {
                    this.push(op);
                    return operand(this, first, 11);
                }
                operand(this, first, level)?;
                for &arg in rest {
                    this.push(op);
                    operand(this, arg, level + 1)?;
                }
                Ok(())
            })
        };
        if func == Func::Mod && ty.is_decimal() {
            // A remainder may be below zero and nothing there, which is less than zero.
            return self.bracket(above > 8, |this| {
                write(this, 8)?;
                this.push(" + 0");
                Ok(())
            });
        }
        if func == Func::Div && ty.is_decimal() && self.may_vanish(args) {
            let error = "[54000] the result needs more digits than MariaDB computes";
            let vanishes = "{0} <> 0 AND ABS({0}) < ABS({1}) * 1e-18";
            return self.unless(
                error,
                |this| this.placed(vanishes, args),
                |this| write(this, 0),
            );
        }
        self.in_its_type(id, above, write)
    }

    /// True for a quotient that may have its digits behind the thirty that MariaDB has behind the point.
    fn may_vanish(&self, args: &[ScalarId]) -> bool {
        let &[dividend, divisor] = args else {
            return false;
        };
        let scale = self.digits_of(dividend, DEPTH).map_or(0, |digits| digits.1);
        let whole = self.digits_of(divisor, DEPTH).map_or(0, |digits| digits.0);
        scale + whole > 18
    }

    /// How many digits a number has at most before the point and behind it, where that is known.
    fn digits_of(&self, id: ScalarId, depth: u8) -> Option<(u8, u8)> {
        let scalar = self.ir.scalar(id);
        let below = |id: ScalarId| match depth {
            0 => None,
            _ => self.digits_of(id, depth - 1),
        };
        match (&scalar.kind, scalar.ty) {
            (ScalarKind::Column(column), _) if self.made_of(*column).is_some() => {
                self.made_of(*column).and_then(below)
            }
            (ScalarKind::Literal(Literal::Integer(value)), _) => Some((
                value
                    .unsigned_abs()
                    .checked_ilog10()
                    .map_or(1, |log| log as u8 + 1),
                0,
            )),
            // Nobody counts more rows.
            (
                ScalarKind::Aggregate {
                    func: Agg::Count, ..
                }
                | ScalarKind::Window { .. },
                Type::BigInt,
            ) => Some((12, 0)),
            (_, Type::SmallInt) => Some((5, 0)),
            (_, Type::Integer) => Some((10, 0)),
            (_, Type::BigInt) => Some((19, 0)),
            (
                _,
                Type::Decimal {
                    precision: Some(precision),
                    scale,
                },
            ) => {
                let scale = scale.unwrap_or(0);
                Some((precision.saturating_sub(scale), scale))
            }
            (ScalarKind::Cast { operand, .. }, _) => below(*operand),
            (
                ScalarKind::Call {
                    func: Func::Nullif | Func::Abs | Func::Neg,
                    args,
                },
                _,
            ) => args.first().copied().and_then(below),
            _ => None,
        }
    }

    /// True for a quotient whose dividend MariaDB may take to have a digit less, as it does of each quotient: it gives
    /// ten digits as a number of 32 bits then.
    fn is_cut(&self, id: ScalarId, func: Func, args: &[ScalarId]) -> bool {
        let ty = self.ir.scalar(id).ty;
        let counted = match &self.ir.scalar(args[0]).kind {
            ScalarKind::Literal(_) => true,
            ScalarKind::Call { func, .. } => {
                matches!(func, Func::Add | Func::Sub | Func::Mul | Func::Mod)
            }
            _ => self.base(args[0]).is_some() && rql_ir::rewrite::is_of_table(self.ir, args[0]),
        };
        let (least, most) = bounds(Type::Integer);
        let (low, high) = self.unchecked_bounds(id, DEPTH);
        let long = ty == Type::BigInt && (low < least || most < high);
        (long || func == Func::IntDiv) && !counted
    }

    /// Writes a number that is an error where its type does not hold it. 64 bits are watched by the
    /// database; fewer are where the value is moved to their upper end and back.
    fn in_its_type(
        &mut self,
        id: ScalarId,
        above: u8,
        write: impl FnOnce(&mut Self, u8) -> Res,
    ) -> Res {
        let ty = self.ir.scalar(id).ty;
        let room = match ty {
            Type::SmallInt => 1_u64 << 48,
            Type::Integer => 1 << 32,
            _ => return write(self, above),
        };
        let (low, high) = self.unchecked_bounds(id, DEPTH);
        let (least, most) = bounds(ty);
        if least <= low && high <= most {
            return write(self, above);
        }
        self.bracket(above > 9, |this| {
            write(this, 10)?;
            this.push(&format!(" * {room} DIV {room}"));
            Ok(())
        })
    }

    /// The least and the greatest value of an integer.
    fn integer_bounds(&self, id: ScalarId, depth: u8) -> (i128, i128) {
        let (least, most) = bounds(self.ir.scalar(id).ty);
        if depth == 0 {
            return (least, most);
        }
        let (low, high) = self.unchecked_bounds(id, depth - 1);
        (low.clamp(least, most), high.clamp(least, most))
    }

    /// The same before the type is looked at.
    fn unchecked_bounds(&self, id: ScalarId, depth: u8) -> (i128, i128) {
        let scalar = self.ir.scalar(id);
        let all = bounds(scalar.ty);
        let ScalarKind::Call { func, args } = &scalar.kind else {
            return match scalar.kind {
                ScalarKind::Literal(Literal::Integer(value)) => (value.into(), value.into()),
                ScalarKind::Cast { operand, .. } if self.ir.scalar(operand).ty.is_integer() => {
                    self.integer_bounds(operand, depth)
                }
                // What a text or another number is, is looked at here.
                ScalarKind::Cast { operand, .. } if self.ir.scalar(operand).ty != Type::Boolean => {
                    bounds(Type::BigInt)
                }
                _ => all,
            };
        };
        let of: Vec<_> = args
            .iter()
            .map(|&arg| self.integer_bounds(arg, depth))
            .collect();
        match (func, of.as_slice()) {
            (Func::Neg, &[(low, high)]) => (-high, -low),
            (Func::Abs, &[(low, high)]) => {
                let far = low.abs().max(high.abs());
                (
                    if low <= 0 && 0 <= high {
                        0
                    } else {
                        low.abs().min(high.abs())
                    },
                    far,
                )
            }
            (Func::Add, &[a, b]) => (a.0 + b.0, a.1 + b.1),
            (Func::Sub, &[a, b]) => (a.0 - b.1, a.1 - b.0),
            (Func::Mul, &[a, b]) => {
                let all = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
                let least = all.iter().min().copied().unwrap_or_default();
                (least, all.iter().max().copied().unwrap_or_default())
            }
            // Only by -1 does a quotient grow.
            (Func::Div, &[a, b]) => match b.0 <= -1 && b.1 >= -1 {
                true => (a.0.min(-a.1), a.1.max(-a.0)),
                false => (a.0.min(0), a.1.max(0)),
            },
            (Func::Mod, &[a, b]) => {
                let far = b.0.abs().max(b.1.abs()) - 1;
                (a.0.max(-far).min(0), a.1.min(far).max(0))
            }
            (Func::Gcd | Func::Lcm, _) => bounds(Type::BigInt),
            // No text has so many characters.
            (Func::Length | Func::Strpos | Func::BlobLength | Func::OctetLength, _) => (0, 1 << 30),
            _ => all,
        }
    }

    pub(super) fn mysql_number(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(id).ty;
        let twice = self.twice(args[0]);
        if ty.is_decimal() && matches!(func, Func::Power | Func::Exp | Func::Ln | Func::Log) {
            return self.by_doubles(id, func, args);
        }
        match func {
            Func::Abs => self.in_its_type(id, 20, |this, _| this.wrapped("ABS(", args, ")")),
            // Its own is an integer, and quotients of that have thirty digits.
            Func::Sign if ty.is_float() => self.placed("(SIGN({0}) + 0e0)", args),
            Func::Sign => self.wrapped("SIGN(", args, ")"),
            Func::Ceil | Func::Floor => {
                let word = match func {
                    Func::Ceil => "CEILING",
                    _ => "FLOOR",
                };
                let whole = matches!(self.ir.scalar(args[0]).kind,
                    ScalarKind::Cast { operand, .. } if self.ir.scalar(operand).ty.is_integer());
                match ty.is_float() && whole {
                    true => self.placed(&format!("({word}({{0}}) + 0e0)"), args),
                    false => self.wrapped(&format!("{word}("), args, ")"),
                }
            }
            Func::Round => match self.rounded_digits(args) {
                // Beside others and in a window, what has no more digits than its operand is cut to them.
                Some(scale) => self.placed(
                    &format!("ROUND(CAST({{0}} AS DECIMAL(65,{scale})), {{1}})"),
                    args,
                ),
                None => self.wrapped("ROUND(", args, ")"),
            },
            Func::Trunc => self.wrapped(
                "TRUNCATE(",
                args,
                if args.len() == 1 { ", 0)" } else { ")" },
            ),
            Func::Power => self.wrapped("POW(", args, ")"),
            // A power of a negative number is an error, its SQRT is NULL.
            Func::Sqrt => self.as_numeric(ty, |this| match this.is_positive(args[0]) {
                true => this.wrapped("SQRT(", args, ")"),
                false => this.wrapped("POW(", args, ", 0.5)"),
            }),
            Func::Ln => self.wrapped("LN(", args, ")"),
            Func::Log => self.wrapped("LOG10(", args, ")"),
            // A quotient of two logarithms: that of 1000 to the base 10 is a little less than 3.
            Func::LogBase => {
                let log = "LOG({0}, {1})";
                let text = format!(
                    "CASE WHEN ABS({log} - ROUND({log})) < 1e-13 THEN ROUND({log}) ELSE {log} END"
                );
                self.as_numeric(ty, |this| this.placed(&text, args))
            }
            Func::Exp if self.is_positive(args[0]) => self.wrapped("EXP(", args, ")"),
            Func::Exp => {
                self.only_if(twice, id, func)?;
                let error = "[22003] value out of range: underflow";
                self.unless(
                    error,
                    |this| this.wrapped("", args, " < -745.13"),
                    |this| this.wrapped("EXP(", args, ")"),
                )
            }
            _ => {
                self.only_if(twice, id, func)?;
                let name = if func == Func::Asin { "ASIN(" } else { "ACOS(" };
                self.unless(
                    "[22003] input is out of range",
                    |this| {
                        this.value(args[0], 7)?;
                        this.push(" NOT BETWEEN -1 AND 1");
                        Ok(())
                    },
                    |this| this.wrapped(name, args, ")"),
                )
            }
        }
    }

    /// A function of decimals, of which PostgreSQL has all digits: where a double has them too.
    fn by_doubles(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(id).ty;
        let name = match func {
            Func::Power => "POW(",
            Func::Exp => "EXP(",
            Func::Ln => "LN(",
            _ => "LOG10(",
        };
        let values: Option<Vec<f64>> = args.iter().map(|&arg| self.written_double(arg)).collect();
        let enough = values.map(|values| match (func, values.as_slice()) {
            (Func::Power, &[base, exponent]) => base.powf(exponent).abs() < MOST_EXACT,
            (Func::Exp, &[x]) => x.exp() < MOST_EXACT,
            (_, &[x]) => x == 1.0 || (x - 1.0).abs() >= NEAREST_ONE,
            _ => false,
        });
        match enough {
            Some(true) => return self.of_double(ty, func, name, args),
            Some(false) => {
                let what = format!("{} of so many digits", func.name());
                return Err(self.refuse(self.ir.scalar(id).span, &what));
            }
            None => {}
        }
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        self.unless(
            "[0A000] a double has too few digits for this",
            |this| match func {
                Func::Power | Func::Exp => {
                    this.push("ABS(");
                    this.wrapped(name, args, &format!(")) >= {MOST_EXACT:e}"))
                }
                _ => {
                    this.value(args[0], 5)?;
                    this.wrapped(" <> 1 AND ABS(", args, &format!(" - 1) < {NEAREST_ONE:e}"))
                }
            },
            |this| this.of_double(ty, func, name, args),
        )
    }

    /// The decimal of a double.
    fn of_double(&mut self, ty: Type, func: Func, name: &str, args: &[ScalarId]) -> Res {
        if func != Func::Power {
            return self.as_numeric(ty, |this| this.wrapped(name, args, ")"));
        }
        let (digits, whole) = self.power_digits(args);
        let most = match whole {
            Whole::Always => digits.to_string(),
            Whole::Never => "30".to_owned(),
            Whole::ByRow => format!("IF(TRUNCATE({{1}}, 0) = {{1}}, {digits}, 30)"),
        };
        // The fifteen digits that are sure: 0.0001 to the power of -2 is a little less than 100000000.
        let power = "POW({0}, {1})";
        let digits = format!("LEAST({most}, 14 - FLOOR(LOG10(GREATEST(ABS({power}), 1e-30))))");
        self.placed(
            &format!("ROUND(CAST({power} AS DECIMAL(65,30)), {digits})"),
            args,
        )
    }

    /// True for what is written and not below zero.
    fn is_positive(&self, id: ScalarId) -> bool {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(value)) => *value >= 0,
            ScalarKind::Literal(Literal::Decimal(units)) => *units >= 0,
            ScalarKind::Literal(Literal::Double(text)) => !text.starts_with('-'),
            ScalarKind::Cast { operand, .. } => self.is_positive(*operand),
            ScalarKind::Call {
                func: Func::Abs, ..
            } => true,
            _ => false,
        }
    }

    /// Bits are unsigned there. Their operators bind each in its own way, so that brackets stand around.
    pub(super) fn mysql_bits(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(id).ty;
        let op = match func {
            Func::BitAnd => " & ",
            Func::BitOr => " | ",
            Func::BitXor => " ^ ",
            Func::BitNot => {
                self.push("CAST(~");
                self.value(args[0], 20)?;
                self.push(" AS SIGNED)");
                return Ok(());
            }
            _ => return self.shifted(func, args, ty),
        };
        self.push("CAST(");
        self.value(args[0], 12)?;
        self.push(op);
        self.value(args[1], 12)?;
        self.push(" AS SIGNED)");
        Ok(())
    }

    /// PostgreSQL moves by the count modulo the bits; to the right it keeps the sign.
    fn shifted(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        let wide = ty == Type::BigInt;
        let mask = if wide { 63 } else { 31 };
        let count = |this: &mut Self| -> Res {
            match this.written_number(args[1]) {
                Some(count) => this.push(&(count & mask).to_string()),
                None => {
                    this.push("(");
                    this.value(args[1], 12)?;
                    this.push(&format!(" & {mask})"));
                }
            }
            Ok(())
        };
        if func == Func::ShiftRight {
            self.push("CAST(FLOOR(");
            self.value(args[0], 12)?;
            self.push(" / (1 << ");
            count(self)?;
            self.push(")) AS SIGNED)");
            return Ok(());
        }
        self.push(if wide { "CAST(" } else { "(CAST(((" });
        self.value(args[0], 12)?;
        self.push(" << ");
        count(self)?;
        self.push(match ty {
            Type::BigInt => " AS SIGNED)",
            Type::SmallInt => ") & 65535) ^ 32768 AS SIGNED) - 32768)",
            _ => ") & 4294967295) ^ 2147483648 AS SIGNED) - 2147483648)",
        });
        Ok(())
    }

    /// The greatest common divisor by Euclid's steps, two in each relation, as many as numbers of the type
    /// can need (consecutive Fibonacci numbers need most); the least common multiple by it.
    pub(super) fn divisor(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let pairs = if self.ir.scalar(id).ty == Type::BigInt {
            46
        } else {
            23
        };
        let pair = |a: &str, b: &str, at: usize| {
            format!(
                "JSON_TABLE(JSON_ARRAY({a}, {b}), '$' COLUMNS (a BIGINT PATH '$[0]', b BIGINT PATH '$[1]')) AS rql_{at}"
            )
        };
        let mut all = pair("{0}", "{1}", 0);
        for at in 0..pairs {
            let (a, b) = (format!("rql_{at}.a"), format!("rql_{at}.b"));
            let first = format!("IF({b} = 0, {a}, IF({a} % {b} = 0, {b}, {a} % {b}))");
            let second = format!("IF({b} = 0, 0, IF({a} % {b} = 0, 0, {b} % ({a} % {b})))");
            all.push_str(", ");
            all.push_str(&pair(&first, &second, at + 1));
        }
        let text = match func {
            Func::Gcd => format!("(SELECT ABS(rql_{pairs}.a) FROM {all})"),
            _ => format!(
                "(SELECT CASE WHEN rql_0.a = 0 OR rql_0.b = 0 THEN 0 ELSE ABS(rql_0.a DIV rql_{pairs}.a * rql_0.b) END \
                 FROM {all} WHERE rql_0.a IS NOT NULL AND rql_0.b IS NOT NULL)"
            ),
        };
        self.in_its_type(id, 20, |this, _| this.placed(&text, args))
    }

    /// The digits of a decimal that may get one more before the point, where MariaDB has no room for it: it is rounded to
    /// a number of digits that is not written, or has none behind the point and is rounded before it.
    fn rounded_digits(&self, args: &[ScalarId]) -> Option<u8> {
        let &[value, digits] = args else { return None };
        if !self.ir.scalar(value).ty.is_decimal() {
            return None;
        }
        let scale = self.scale_rounded(value);
        match self.written_number(digits) {
            // Where nobody knows it may have none.
            Some(digits) if digits < 0 => {
                Some(scale.unwrap_or(29)).filter(|_| scale.is_none_or(|scale| scale == 0))
            }
            Some(_) => None,
            None => scale,
        }
    }

    fn scale_rounded(&self, value: ScalarId) -> Option<u8> {
        let known = self.scale_of(value);
        known.or_else(|| match &self.ir.scalar(value).kind {
            ScalarKind::Call {
                func: Func::Round | Func::Trunc | Func::Abs | Func::Neg,
                args,
            } => self.scale_rounded(*args.first()?),
            ScalarKind::Cast { operand, .. } => self.scale_rounded(*operand),
            _ => None,
        })
    }

    /// A conversion to an integer of fewer than 64 bits, or of 64.
    pub(super) fn integer_of(&mut self, id: ScalarId, operand: ScalarId, above: u8) -> Res {
        let from = self.ir.scalar(operand).ty;
        self.in_its_type(id, above, |this, above| match from {
            from if from.is_integer() => this.scalar(operand, Rep::Plain, above),
            Type::Boolean => this.wrapped("CAST(", &[operand], " AS SIGNED)"),
            // Of a double out of range nothing would be said.
            from if from.is_float() => {
                // What is computed from decimals may be one there, and round as such.
                let stored = matches!(this.ir.scalar(operand).kind, ScalarKind::Column(column)
                    if this.made_of(column).is_none());
                let double = if stored { "" } else { " * 1e0" };
                this.push("CAST(CAST(ROUND(");
                this.value(operand, 9)?;
                this.push(&format!("{double}) AS DECIMAL(65,0)) AS SIGNED)"));
                Ok(())
            }
            _ => this.wrapped("CAST(", &[operand], " AS SIGNED)"),
        })
    }
}

/// What a type holds.
fn bounds(ty: Type) -> (i128, i128) {
    match ty {
        Type::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        Type::Integer => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}
