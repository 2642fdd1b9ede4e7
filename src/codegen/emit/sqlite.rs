//! What SQLite has otherwise: checked integers, decimals as units, dates as text.

use super::{Emitter, Rep, Res};
use crate::types::DOUBLE_DIGITS;
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type, decimal_text};

/// Digits after the point to which values are brought for a comparison; more leave too few before it.
const MOST_RESCALED: u8 = 9;

fn bits(ty: Type) -> u8 {
    match ty {
        Type::SmallInt => 16,
        Type::Integer => 32,
        _ => 64,
    }
}

impl Emitter<'_> {
    /// The form in which values compare: units of the largest scale, or decimal text.
    pub(super) fn common(&self, first: ScalarId, rest: &[ScalarId]) -> Rep {
        let all = [first].into_iter().chain(rest.iter().copied());
        all.map(|id| self.computed(self.ir.scalar(id).ty))
            .fold(Rep::Plain, Rep::common)
    }

    /// True where units of the common scale may not hold what the values hold in their own.
    pub(super) fn outgrows(&self, common: Rep, args: &[ScalarId]) -> bool {
        let Rep::Scaled(scale) = common else {
            return false;
        };
        let own =
            |id: &ScalarId| self.computed(self.ir.scalar(self.before_widening(*id)).ty) == common;
        scale > MOST_RESCALED && !args.iter().all(own)
    }

    /// What the compiler has widened to a decimal of a larger scale; numerics compare at any.
    fn before_widening(&self, id: ScalarId) -> ScalarId {
        let scalar = self.ir.scalar(id);
        match scalar.kind {
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } if scalar.ty.is_decimal() => {
                let from = self.ir.scalar(operand).ty;
                let exact = from.is_integer() || from.is_decimal();
                if exact { operand } else { id }
            }
            _ => id,
        }
    }

    /// What stands around a column of a decimal or integer type to convert it.
    pub(super) fn opening(&mut self, ty: Type, has: Rep, want: Rep) -> Res<(String, String)> {
        let call = |name: &str, more: String| Ok((format!("{name}("), format!("{more})")));
        match (has, want) {
            (Rep::Stored, Rep::Scaled(scale)) if stored_as_text(ty) => {
                call("rql_units", format!(", {scale}"))
            }
            (Rep::Stored, Rep::Scaled(scale)) => {
                let factor = 10_u64.pow(u32::from(scale));
                Ok(("CAST(ROUND(".into(), format!(" * {factor}) AS INTEGER)")))
            }
            (Rep::Stored, Rep::Numeric) => match ty.scale() {
                Some(scale) => Ok(("rql_num_round(rql_num_of(".into(), format!("), {scale})"))),
                None => call("rql_num_of", String::new()),
            },
            (Rep::Scaled(a), Rep::Scaled(b)) => call("rql_rescale", format!(", {a}, {b}")),
            (Rep::Plain, Rep::Scaled(scale)) if ty.is_integer() => {
                call("rql_rescale", format!(", 0, {scale}"))
            }
            (Rep::Plain, Rep::Numeric) if ty.is_integer() => call("rql_num", ", 0".into()),
            (Rep::Plain, Rep::Numeric) => call("rql_num_of", String::new()),
            (Rep::Scaled(scale), Rep::Numeric) => call("rql_num", format!(", {scale}")),
            (Rep::Plain | Rep::Numeric, Rep::Scaled(scale)) => {
                call("rql_units", format!(", {scale}"))
            }
            // Asked for as its type says: it is a decimal, so its own form is.
            (_, Rep::Plain | Rep::Stored) | (Rep::Numeric, Rep::Numeric) => {
                Ok((String::new(), String::new()))
            }
        }
    }

    /// Writes a scalar that stands as `has` as `want`.
    pub(super) fn convert(&mut self, id: ScalarId, has: Rep, want: Rep) -> Res {
        let scalar = self.ir.scalar(id);
        if let Rep::Scaled(to) = want
            && let Some(units) = constant_units(&scalar.kind, scalar.ty, to)
        {
            self.push(&units.to_string());
            return Ok(());
        }
        if let (Rep::Numeric, Some(text)) = (want, constant_text(&scalar.kind, scalar.ty)) {
            self.string(&text);
            return Ok(());
        }
        if !matches!(has, Rep::Stored) {
            self.sites.push(scalar.span);
        }
        let (open, close) = self.opening(scalar.ty, has, want)?;
        self.push(&open);
        let above = if has == Rep::Stored { 10 } else { 0 };
        self.scalar(id, has, above)?;
        self.push(&close);
        Ok(())
    }

    pub(super) fn compare_numeric(&mut self, op: &str, func: Func, args: &[ScalarId]) -> Res {
        if matches!(func, Func::IsDistinct | Func::IsNotDistinct) {
            let span = self.ir.scalar(args[0]).span;
            return Err(self.refuse(span, "IS DISTINCT FROM of such decimals"));
        }
        let [a, b] = [args[0], args[1]].map(|id| (self.before_widening(id), Rep::Numeric));
        self.runtime("rql_num_cmp", &[a, b], "")?;
        self.push(&format!(" {op} 0"));
        Ok(())
    }

    fn runtime(&mut self, name: &str, args: &[(ScalarId, Rep)], more: &str) -> Res {
        self.push(name);
        self.push("(");
        for (at, &(arg, rep)) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.scalar(arg, rep, 0)?;
        }
        self.push(more);
        self.push(")");
        Ok(())
    }

    pub(super) fn sqlite_cast(&mut self, id: ScalarId, operand: ScalarId, implicit: bool) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        self.sites.push(self.ir.scalar(id).span);
        self.sqlite_conversion(operand, from, to, implicit)
    }

    /// Writes a value of one type as one of another.
    pub(super) fn sqlite_convert(&mut self, operand: ScalarId, from: Type, to: Type) -> Res {
        self.sqlite_conversion(operand, from, to, true)
    }

    fn sqlite_conversion(
        &mut self,
        operand: ScalarId,
        from: Type,
        to: Type,
        implicit: bool,
    ) -> Res {
        let has = self.natural(operand);
        let span = self.ir.scalar(operand).span;
        match (from, to) {
            (_, Type::Decimal { precision, .. })
                if from.is_number() || from.is_text() || from == Type::Unknown =>
            {
                let rep = self.computed(to);
                match (precision, rep) {
                    (Some(p), Rep::Scaled(s)) if !implicit => {
                        self.runtime("rql_dec", &[(operand, rep)], &format!(", {p}, {s}"))
                    }
                    _ => self.scalar(operand, rep, 0),
                }
            }
            (a, b) if a.is_integer() && b.is_integer() => {
                if bits(b) >= bits(a) {
                    return self.scalar(operand, has, 0);
                }
                self.runtime("rql_int", &[(operand, has)], &format!(", {}", bits(b)))
            }
            (a, b) if a.is_decimal() && b.is_integer() => {
                let more = format!(", {}", bits(b));
                self.runtime("rql_num_int", &[(operand, Rep::Numeric)], &more)
            }
            (a, b) if (a.is_float() || a.is_text()) && b.is_integer() => {
                self.runtime("rql_int", &[(operand, has)], &format!(", {}", bits(b)))
            }
            (a, b) if (a.is_number() || a.is_text()) && b.is_float() => {
                let rep = if a.is_integer() || a.is_float() {
                    Rep::Plain
                } else {
                    Rep::Numeric
                };
                self.push("CAST(");
                self.scalar(operand, rep, 0)?;
                self.push(" AS REAL)");
                Ok(())
            }
            (a, Type::Text) if a.is_text() || a == Type::Unknown || a == Type::Date => {
                self.scalar(operand, has, 0)
            }
            (a, Type::Text) if a.is_integer() => {
                self.push("CAST(");
                self.scalar(operand, has, 0)?;
                self.push(" AS TEXT)");
                Ok(())
            }
            (a, Type::Text) if a.is_decimal() => self.scalar(operand, Rep::Numeric, 0),
            (a, Type::Text) if a.is_float() => self.runtime("rql_text", &[(operand, has)], ""),
            (Type::Timestamp, Type::Text) => self.runtime("rql_timestamp", &[(operand, has)], ""),
            (Type::Boolean, Type::Text) => {
                self.push("CASE ");
                self.scalar(operand, has, 0)?;
                self.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
                Ok(())
            }
            (a, Type::Varchar(n)) if a.is_text() => {
                self.push("SUBSTR(");
                self.scalar(operand, has, 0)?;
                self.push(&format!(", 1, {n})"));
                Ok(())
            }
            (a, Type::Date) if a.is_moment() || a.is_text() => {
                self.runtime("rql_date", &[(operand, has)], "")
            }
            (a, Type::Timestamp) if a.is_moment() || a.is_text() => {
                self.runtime("rql_timestamp", &[(operand, has)], "")
            }
            (a, b) if a == b => self.scalar(operand, has, 0),
            _ => Err(self.refuse(span, &format!("a conversion from {from} to {to}"))),
        }
    }

    pub(super) fn sqlite_call(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        let ty = self.ir.scalar(id).ty;
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        match func {
            Func::Add | Func::Sub | Func::Mul | Func::Div | Func::Mod => {
                self.arithmetic(func, args, ty, above)
            }
            Func::Neg => {
                if ty.is_float() {
                    self.push("-");
                    return self.scalar(args[0], Rep::Plain, 10);
                }
                let rep = self.computed(ty);
                if rep == Rep::Numeric {
                    return self.wrap("rql_num_sub('0', ", args[0], rep);
                }
                match self.ir.scalar(args[0]).kind {
                    ScalarKind::Literal(Literal::Integer(v)) => self.push(&format!("-{v}")),
                    ScalarKind::Literal(Literal::Decimal(v)) => self.push(&format!("-{v}")),
                    _ => {
                        let more = format!(", {}", bits(ty));
                        self.push("rql_sub(0, ");
                        self.scalar(args[0], rep, 0)?;
                        self.push(&more);
                        self.push(")");
                    }
                }
                Ok(())
            }
            Func::Abs if self.computed(ty) != Rep::Numeric => {
                self.wrap("ABS(", args[0], self.computed(ty))
            }
            Func::Round => match (self.computed(ty), args.get(1)) {
                (Rep::Plain, _) => self.wrap("rql_round(", args[0], Rep::Plain),
                (Rep::Scaled(scale), _) => self.scalar(args[0], Rep::Scaled(scale), 0),
                _ => {
                    let scale = ty.scale().unwrap_or(0);
                    let more = format!(", {scale}");
                    self.runtime("rql_num_round", &[(args[0], Rep::Numeric)], &more)
                }
            },
            Func::Coalesce | Func::Nullif => {
                let rep = self.computed(ty);
                if rep == Rep::Numeric && func == Func::Nullif {
                    return Err(self.refuse(span, "NULLIF of decimals of different scales"));
                }
                if let ([only], Func::Coalesce) = (args, func) {
                    return self.scalar(*only, rep, above);
                }
                let name = if func == Func::Coalesce {
                    "coalesce"
                } else {
                    "nullif"
                };
                let args: Vec<_> = args.iter().map(|&arg| (arg, rep)).collect();
                self.runtime(name, &args, "")
            }
            Func::AddDays | Func::SubDays => {
                let sign = if func == Func::AddDays { "" } else { "-" };
                self.push("DATE(");
                self.scalar(args[0], Rep::Plain, 0)?;
                self.push(&format!(", {sign}("));
                self.scalar(args[1], Rep::Plain, 0)?;
                self.push(") || ' days')");
                Ok(())
            }
            Func::DaysBetween => {
                self.push("CAST(JULIANDAY(");
                self.scalar(args[0], Rep::Plain, 0)?;
                self.push(") - JULIANDAY(");
                self.scalar(args[1], Rep::Plain, 0)?;
                self.push(") AS INTEGER)");
                Ok(())
            }
            Func::AddInterval | Func::SubInterval => {
                let ScalarKind::Literal(Literal::Interval {
                    months,
                    days,
                    micros,
                }) = self.ir.scalar(args[1]).kind
                else {
                    return Err(self.refuse(span, "an interval that is computed"));
                };
                let sign = if func == Func::AddInterval { 1 } else { -1 };
                let more = format!(
                    ", {}, {}, {}",
                    i64::from(months) * sign,
                    i64::from(days) * sign,
                    micros * sign
                );
                self.runtime("rql_moment_add", &[(args[0], Rep::Plain)], &more)
            }
            Func::Extract => {
                let rep = self.computed(ty);
                let scale = ty.scale().unwrap_or(0);
                self.push("rql_units(");
                self.runtime(
                    "rql_extract",
                    &[(args[0], Rep::Plain), (args[1], Rep::Plain)],
                    "",
                )?;
                self.push(&format!(", {scale})"));
                debug_assert!(matches!(rep, Rep::Scaled(_)));
                Ok(())
            }
            Func::ILike | Func::NotILike => self.bracket(above > 6, |this| {
                this.wrap("rql_lower(", args[0], Rep::Plain)?;
                this.push(if func == Func::ILike {
                    " LIKE "
                } else {
                    " NOT LIKE "
                });
                this.wrap("rql_lower(", args[1], Rep::Plain)?;
                this.escape(args)
            }),
            _ => Err(self.refuse(span, &format!("{func:?}").to_lowercase())),
        }
    }

    fn wrap(&mut self, open: &str, arg: ScalarId, rep: Rep) -> Res {
        self.push(open);
        self.scalar(arg, rep, 0)?;
        self.push(")");
        Ok(())
    }

    fn arithmetic(&mut self, func: Func, args: &[ScalarId], ty: Type, above: u8) -> Res {
        let (a, b) = (args[0], args[1]);
        let word = match func {
            Func::Add => "add",
            Func::Sub => "sub",
            Func::Mul => "mul",
            Func::Div => "div",
            _ => "mod",
        };
        if ty.is_float() {
            let (op, level) = match func {
                Func::Add => (" + ", 8),
                Func::Sub => (" - ", 8),
                Func::Mul => (" * ", 9),
                _ => return self.runtime("rql_fdiv", &[(a, Rep::Plain), (b, Rep::Plain)], ""),
            };
            return self.bracket(above > level, |this| {
                this.scalar(a, Rep::Plain, level)?;
                this.push(op);
                this.scalar(b, Rep::Plain, level + 1)
            });
        }
        let name = format!("rql_{word}");
        let checked = matches!(func, Func::Add | Func::Sub | Func::Mul);
        let more = |bits: u8| {
            if checked {
                format!(", {bits}")
            } else {
                String::new()
            }
        };
        if ty.is_integer() {
            return self.runtime(&name, &[(a, Rep::Plain), (b, Rep::Plain)], &more(bits(ty)));
        }
        let scale = |id: ScalarId| self.ir.scalar(id).ty.scale();
        match (self.computed(ty), scale(a), scale(b)) {
            (Rep::Scaled(_), Some(left), Some(right)) if func == Func::Mul => {
                let form = |id, scale| match self.computed(self.ir.scalar(id).ty) {
                    Rep::Plain => (id, Rep::Plain),
                    _ => (id, Rep::Scaled(scale)),
                };
                let args = [form(a, left), form(b, right)];
                self.runtime(&name, &args, &more(64))
            }
            (Rep::Scaled(scale), _, _) if func != Func::Div => {
                let args = [(a, Rep::Scaled(scale)), (b, Rep::Scaled(scale))];
                self.runtime(&name, &args, &more(64))
            }
            _ => {
                let args = [(a, Rep::Numeric), (b, Rep::Numeric)];
                self.runtime(&format!("rql_num_{word}"), &args, "")
            }
        }
    }
}

/// A decimal of more digits than a double holds stands in a table as text.
pub(super) fn stored_as_text(ty: Type) -> bool {
    match ty {
        Type::Decimal { precision, .. } => precision.is_none_or(|p| p > DOUBLE_DIGITS),
        _ => false,
    }
}

/// The decimal text of a constant.
fn constant_text(kind: &ScalarKind, ty: Type) -> Option<String> {
    match kind {
        ScalarKind::Literal(Literal::Decimal(units)) => Some(decimal_text(*units, ty.scale()?)),
        ScalarKind::Literal(Literal::Integer(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// The units of a constant at a scale that is no smaller than its own.
fn constant_units(kind: &ScalarKind, ty: Type, to: u8) -> Option<i128> {
    let (units, scale) = match kind {
        ScalarKind::Literal(Literal::Decimal(units)) => (*units, ty.scale()?),
        ScalarKind::Literal(Literal::Integer(value)) => ((*value).into(), 0),
        _ => return None,
    };
    let factor = 10_i128.checked_pow(to.checked_sub(scale)?.into())?;
    let units = units.checked_mul(factor)?;
    i64::try_from(units).is_ok().then_some(units)
}
