//! Conversions on SQLite, whose own CAST takes whatever a text begins with.

use super::{bits, form};
use crate::emit::{Def, Emitter, Rep, Res};
use rql_ir::{Agg, Func, ScalarId, ScalarKind, Type, WindowFunc};

impl Emitter<'_> {
    pub(in crate::emit) fn sqlite_cast(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        implicit: bool,
        fallible: bool,
        above: u8,
    ) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        self.trying = fallible;
        let done = self.cast_from(operand, (from, to), implicit, above);
        self.trying = false;
        done
    }

    /// Writes a value of one type as one of another.
    pub(in crate::emit) fn sqlite_convert(
        &mut self,
        operand: ScalarId,
        from: Type,
        to: Type,
    ) -> Res {
        self.cast_from(operand, (from, to), true, 0)
    }

    /// What needs no conversion stands under the operator `above` as it is.
    fn cast_from(
        &mut self,
        operand: ScalarId,
        (from, to): (Type, Type),
        implicit: bool,
        above: u8,
    ) -> Res {
        let has = self.natural(operand);
        let plain = &[(operand, Rep::Plain)];
        match (from, to) {
            (_, to) if to.is_decimal() => {
                self.cast_to_decimal(operand, (from, to), implicit, above)
            }
            (from, to) if to.is_integer() => self.cast_to_integer(operand, (from, to), above),
            (from, Type::Double) if from.is_integer() || from.is_float() => {
                self.trying = false;
                self.push("CAST(");
                self.scalar(operand, Rep::Plain, 0)?;
                self.push(" AS REAL)");
                Ok(())
            }
            (from, to) if to.is_float() && (from.is_number() || from.is_text()) => {
                let rep = if from.is_decimal() {
                    Rep::Numeric
                } else {
                    Rep::Plain
                };
                let name = if to == Type::Real {
                    "rql_real"
                } else {
                    "rql_double"
                };
                self.runtime(name, &[(operand, rep)], "")
            }
            (Type::Array(_), Type::Array(_)) if form(from) == form(to) => {
                self.trying = false;
                self.scalar(operand, Rep::Plain, above)
            }
            (Type::Array(_), Type::Array(_)) => {
                let forms = format!(", '{}', '{}'", form(from), form(to));
                self.runtime("rql_array_cast", plain, &forms)
            }
            (from, Type::Array(_)) if from.is_text() => {
                self.runtime("rql_array_of", plain, &format!(", '{}'", form(to)))
            }
            // A column of such a type makes numbers of the texts that it is compared with.
            (Type::Date | Type::Time | Type::Uuid | Type::Json | Type::Jsonb, Type::Text)
                if self.base(operand).is_some() =>
            {
                self.trying = false;
                self.push("CAST(");
                self.scalar(operand, Rep::Plain, 0)?;
                self.push(" AS TEXT)");
                Ok(())
            }
            (from, Type::Text) => {
                self.trying = false;
                self.text_of(operand, from, false, above)
            }
            (from, Type::Varchar(n)) => {
                self.trying = false;
                self.push("SUBSTR(");
                self.text_of(operand, from, false, 0)?;
                self.push(&format!(", 1, {n})"));
                Ok(())
            }
            (from, Type::Char(1)) if from.is_text() => {
                self.trying = false;
                self.push("SUBSTR(");
                self.scalar(operand, Rep::Plain, 0)?;
                self.push(" || ' ', 1, 1)");
                Ok(())
            }
            (Type::Integer, Type::Boolean) => {
                self.trying = false;
                self.push("(");
                self.scalar(operand, has, 6)?;
                self.push(" <> 0)");
                Ok(())
            }
            (from, Type::Boolean) if from.is_text() => self.runtime("rql_bool", plain, ""),
            (from, Type::Date) if from.is_moment() || from.is_text() => {
                self.runtime("rql_date", plain, "")
            }
            (from, Type::Timestamp) if from.is_moment() || from.is_text() => {
                self.runtime("rql_timestamp", plain, "")
            }
            (from, Type::TimestampTz) if from.is_moment() || from.is_text() => {
                self.runtime("rql_timestamptz", plain, "")
            }
            (Type::Timestamp | Type::TimestampTz, Type::Time) => {
                self.runtime("rql_time_of", plain, "")
            }
            (from, Type::Time) if from.is_text() => self.runtime("rql_time", plain, ""),
            (Type::Interval, Type::Time) => self.runtime("rql_interval_time", plain, ""),
            (from, Type::Interval) if from.is_text() || from == Type::Time => {
                self.runtime("rql_interval", plain, "")
            }
            (from, Type::Uuid) if from.is_text() => self.runtime("rql_uuid", plain, ""),
            (from, Type::Json) if from.is_text() => self.runtime("rql_json", plain, ""),
            (from, Type::Jsonb) if from.is_text() || from == Type::Json => {
                self.runtime("rql_jsonb", plain, "")
            }
            (Type::Jsonb, Type::Json) => {
                self.trying = false;
                self.scalar(operand, Rep::Plain, above)
            }
            (Type::Jsonb, Type::Boolean) => self.runtime("rql_jsonb_boolean", plain, ""),
            (Type::Jsonb, to) if to.is_float() => {
                let name = if to == Type::Real {
                    "rql_real("
                } else {
                    "rql_double("
                };
                self.jsonb_number(name, operand, to, "")
            }
            (from, Type::Blob) if from.is_text() => self.runtime("rql_bytea", plain, ""),
            (from, to) if from == to => {
                self.trying = false;
                self.scalar(operand, has, above)
            }
            (Type::Unknown, to) => Err(self.untyped(&format!("a conversion to {to}"), operand)),
            _ => {
                let span = self.ir.scalar(operand).span;
                Err(self.refuse(span, &format!("a conversion from {from} to {to}")))
            }
        }
    }

    fn cast_to_decimal(
        &mut self,
        operand: ScalarId,
        (from, to): (Type, Type),
        implicit: bool,
        above: u8,
    ) -> Res {
        let Type::Decimal { precision, .. } = to else {
            return Ok(());
        };
        if from == Type::Jsonb {
            let scale = to.scale().unwrap_or(0);
            return match (precision, self.computed(to)) {
                (Some(p), Rep::Scaled(s)) => {
                    self.jsonb_number("rql_dec_of(", operand, to, &format!(", {p}, {s}"))
                }
                (Some(p), _) => {
                    self.jsonb_number("rql_num_within(", operand, to, &format!(", {p}, {scale}"))
                }
                (None, _) => self.jsonb_number("rql_num_of(", operand, to, ""),
            };
        }
        if !(from.is_number() || from.is_text() || from == Type::Unknown) {
            let span = self.ir.scalar(operand).span;
            return Err(self.refuse(span, &format!("a conversion from {from} to {to}")));
        }
        let rep = self.computed(to);
        if from == Type::Real {
            let (open, close) = self.opening(Type::Double, Rep::Plain, rep)?;
            let (within, more) = match (precision.filter(|_| !implicit), rep) {
                (Some(p), Rep::Scaled(s)) => ("rql_dec(", format!(", {p}, {s})")),
                (Some(p), _) => (
                    "rql_num_within(",
                    format!(", {p}, {})", to.scale().unwrap_or(0)),
                ),
                (None, _) => ("", String::new()),
            };
            self.trying = false;
            self.push(&format!("{within}{open}"));
            self.runtime("rql_real_sure", &[(operand, Rep::Plain)], "")?;
            self.push(&format!("{close}{more}"));
            return Ok(());
        }
        match (precision, rep) {
            (Some(p), Rep::Scaled(s)) if from.is_text() => self.runtime(
                "rql_dec_of",
                &[(operand, Rep::Plain)],
                &format!(", {p}, {s}"),
            ),
            _ if from.is_text() && rep == Rep::Numeric => {
                let more = match precision {
                    Some(p) => format!(", {p}, {}", to.scale().unwrap_or(0)),
                    None => String::new(),
                };
                let name = if precision.is_some() {
                    "rql_num_within"
                } else {
                    "rql_num_of"
                };
                self.runtime(name, &[(operand, Rep::Plain)], &more)
            }
            (Some(p), Rep::Scaled(s)) if !implicit => {
                self.trying = false;
                self.runtime("rql_dec", &[(operand, rep)], &format!(", {p}, {s}"))
            }
            (Some(p), Rep::Numeric) if !implicit => {
                self.trying = false;
                let more = format!(", {p}, {}", to.scale().unwrap_or(0));
                self.runtime("rql_num_within", &[(operand, rep)], &more)
            }
            // It keeps the digits that a value has.
            (None, Rep::Numeric) if !implicit && from.is_decimal() => {
                self.trying = false;
                self.decimal_text(operand)
            }
            _ => {
                self.trying = false;
                self.scalar(operand, rep, above)
            }
        }
    }

    /// The number that a document is, by a function of its text.
    fn jsonb_number(&mut self, open: &str, operand: ScalarId, to: Type, more: &str) -> Res {
        self.push(open);
        let named = format!(", '{to}'");
        self.runtime("rql_jsonb_number", &[(operand, Rep::Plain)], &named)?;
        self.push(more);
        self.push(")");
        Ok(())
    }

    fn cast_to_integer(&mut self, operand: ScalarId, (from, to): (Type, Type), above: u8) -> Res {
        let more = format!(", {}", bits(to));
        match from {
            a if a.is_integer() && bits(to) >= bits(a) => {
                self.trying = false;
                self.scalar(operand, Rep::Plain, above)
            }
            Type::Boolean => {
                self.trying = false;
                let start = self.out.len();
                self.scalar(operand, Rep::Plain, above)?;
                // Behind IS these words are no numbers.
                let number = match &self.out[start..] {
                    "TRUE" => "1",
                    "FALSE" => "0",
                    _ => return Ok(()),
                };
                self.out.replace_range(start.., number);
                Ok(())
            }
            a if a.is_decimal() => self.runtime("rql_num_int", &[(operand, Rep::Numeric)], &more),
            Type::Jsonb => self.jsonb_number("rql_num_int(", operand, to, &more),
            _ => self.runtime("rql_int", &[(operand, Rep::Plain)], &more),
        }
    }

    /// Writes a value's text; `output` as a result shows it, where CAST gives another text.
    pub(super) fn text_of(&mut self, id: ScalarId, ty: Type, output: bool, above: u8) -> Res {
        match ty {
            Type::Boolean => {
                self.push("CASE ");
                self.scalar(id, Rep::Plain, 0)?;
                self.push(if output {
                    " WHEN 1 THEN 't' WHEN 0 THEN 'f' END"
                } else {
                    " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
                });
                Ok(())
            }
            ty if ty.is_integer() => {
                self.push("CAST(");
                self.scalar(id, Rep::Plain, 0)?;
                self.push(" AS TEXT)");
                Ok(())
            }
            ty if ty.is_decimal() => self.decimal_text(id),
            Type::Real => self.wrap("rql_real_text(", id, Rep::Plain),
            Type::Double => self.wrap("rql_text(", id, Rep::Plain),
            Type::Timestamp => self.wrap("rql_timestamp(", id, Rep::Plain),
            Type::TimestampTz => {
                self.push("(");
                self.wrap("rql_timestamp(", id, Rep::Plain)?;
                self.push(" || '+00')");
                Ok(())
            }
            Type::Blob => self.wrap("rql_bytea_text(", id, Rep::Plain),
            Type::Array(_) => self.array_text(id),
            Type::Record => {
                let span = self.ir.scalar(id).span;
                Err(self.refuse(span, &format!("{ty} as text")))
            }
            _ => self.scalar(id, Rep::Plain, above),
        }
    }

    /// True where a decimal that is text has its own digits: not where it is computed of units that had others, unless
    /// it is so `here`, where they can be written as text.
    fn keeps_digits(&self, id: ScalarId, here: bool) -> bool {
        if !self.is_of_scales(id) {
            return true;
        }
        let scalar = self.ir.scalar(id);
        let units = matches!(self.computed(scalar.ty), Rep::Scaled(_));
        let all = |values: &[ScalarId]| values.iter().all(|&id| self.keeps_digits(id, here));
        match &scalar.kind {
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(&Def::Inline(inner)) => self.keeps_digits(inner, here),
                _ if units => false,
                _ => self
                    .made_of(*column)
                    .is_none_or(|made| self.keeps_digits(made, false)),
            },
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let values: Vec<_> = branches.iter().map(|b| b.1).chain(*otherwise).collect();
                self.parts_keep_digits(&values, units, here)
            }
            ScalarKind::Call {
                func: Func::Coalesce | Func::Greatest | Func::Least,
                args,
            } => self.parts_keep_digits(args, units, here),
            // Of equal values that have other digits one is taken.
            ScalarKind::Aggregate { distinct: true, .. } => false,
            ScalarKind::Call { args, .. }
            | ScalarKind::Aggregate { args, .. }
            | ScalarKind::Window { args, .. } => !units && all(args),
            ScalarKind::Cast { operand, .. } => !units && self.keeps_digits(*operand, here),
            _ => !units,
        }
    }

    /// The same of the values of which one is taken.
    fn parts_keep_digits(&self, values: &[ScalarId], units: bool, here: bool) -> bool {
        let mut values = values.iter().map(|&id| self.before_widening(id));
        (here || !units) && values.all(|id| self.keeps_digits(id, here))
    }

    /// A decimal's text: of values that have other scales each as it is, which units of one scale do not say.
    pub(super) fn decimal_text(&mut self, id: ScalarId) -> Res {
        let ir = self.ir;
        let scalar = ir.scalar(id);
        let units = matches!(self.computed(scalar.ty), Rep::Scaled(_));
        let varies = self.is_of_scales(id);
        if !varies || !units && self.keeps_digits(id, true) {
            let outer = core::mem::replace(&mut self.own_digits, varies);
            let kept = self.kept.replace(id);
            let done = self.scalar(id, Rep::Numeric, 0);
            self.own_digits = outer;
            self.kept = kept;
            return done;
        }
        let own = |this: &mut Self, id| this.decimal_text(this.before_widening(id));
        match &scalar.kind {
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                self.push("CASE");
                for &(when, then) in branches {
                    self.push(" WHEN ");
                    self.scalar(when, Rep::Plain, 0)?;
                    self.push(" THEN ");
                    own(self, then)?;
                }
                if let Some(otherwise) = *otherwise {
                    self.push(" ELSE ");
                    own(self, otherwise)?;
                }
                self.push(" END");
                Ok(())
            }
            ScalarKind::Call { func, args }
                if matches!(func, Func::Coalesce | Func::Greatest | Func::Least) =>
            {
                self.push(match func {
                    Func::Coalesce => "coalesce(",
                    Func::Greatest => "rql_num_greatest(",
                    _ => "rql_num_least(",
                });
                self.list(args, own)?;
                self.push(")");
                Ok(())
            }
            ScalarKind::Column(column)
                if let Some(&Def::Inline(inner)) = self.definition(*column) =>
            {
                self.decimal_text(inner)
            }
            ScalarKind::Aggregate {
                func: Agg::Sum,
                args,
                distinct: false,
                ..
            }
            | ScalarKind::Window {
                func: WindowFunc::Agg(Agg::Sum),
                args,
                ..
            } if args.iter().all(|&arg| self.keeps_digits(arg, true)) => {
                let outer = core::mem::replace(&mut self.own_digits, true);
                let done = self.plain(id, 0);
                self.own_digits = outer;
                done
            }
            _ => {
                let what = format!("a conversion from {} to text", scalar.ty);
                Err(self.refuse(scalar.span, &what))
            }
        }
    }
}
