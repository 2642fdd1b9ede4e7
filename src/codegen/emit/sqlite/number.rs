//! Arithmetic: checked integers, decimals as units or as decimal text.

use super::bits;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// One number in, a number out.
    pub(super) fn one_number(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        use Func as F;
        let rep = self.computed(ty);
        if ty.is_float() {
            // A minus is less than nothing there: of a zero it makes no negative one.
            if func == F::Neg {
                let written = matches!(&self.ir.scalar(args[0]).kind, ScalarKind::Literal(Literal::Double(text))
                    if text.parse::<f64>().is_ok_and(|value| value > 0.0));
                self.push(if written { "-" } else { "-1.0 * " });
                return self.scalar(args[0], Rep::Plain, 10);
            }
            let name = match func {
                // Its own keeps the sign of a zero.
                F::Abs => "abs(0.0 + ",
                F::Ceil => "rql_ceil(",
                F::Floor => "rql_floor(",
                F::Round => "rql_round(",
                F::Trunc => "rql_trunc(",
                _ => "rql_sign(",
            };
            return self.wrap(name, args[0], Rep::Plain);
        }
        if func == F::Neg {
            return self.negated(args[0], ty, rep);
        }
        if func == F::Abs && rep != Rep::Numeric {
            return if ty.is_integer() {
                self.plain_runtime("rql_abs", args, &format!(", {}", bits(ty)))
            } else {
                self.wrap("abs(", args[0], rep)
            };
        }
        if func == F::Round && args.len() == 1 {
            return match rep {
                Rep::Scaled(scale) => self.scalar(args[0], Rep::Scaled(scale), 0),
                _ => self.runtime("rql_num_round", &[(args[0], Rep::Numeric)], ", 0"),
            };
        }
        let constant = args.get(1).is_some_and(|&digits| {
            let kind = &self.ir.scalar(digits).kind;
            matches!(kind, ScalarKind::Literal(Literal::Integer(n)) if *n >= 0)
        });
        if func == F::Round && constant && rep != Rep::Numeric {
            return self.scalar(args[0], rep, 0);
        }
        let name = match func {
            F::Abs => "rql_num_abs",
            F::Ceil => "rql_num_ceil",
            F::Floor => "rql_num_floor",
            F::Round => "rql_num_round",
            F::Trunc => "rql_num_trunc",
            _ => "rql_num_sign",
        };
        let around = match rep {
            Rep::Scaled(scale) => Some(scale),
            _ => None,
        };
        self.push(if around.is_some() { "rql_units(" } else { "" });
        let mut given = vec![(args[0], Rep::Numeric)];
        given.extend(args.get(1).map(|&digits| (digits, Rep::Plain)));
        let more = if func == F::Trunc && given.len() == 1 {
            ", 0"
        } else {
            ""
        };
        self.runtime(name, &given, more)?;
        if let Some(scale) = around {
            self.push(&format!(", {scale})"));
        }
        Ok(())
    }

    pub(super) fn negated(&mut self, arg: ScalarId, ty: Type, rep: Rep) -> Res {
        if rep == Rep::Numeric {
            return self.wrap("rql_num_sub('0', ", arg, rep);
        }
        match self.ir.scalar(arg).kind {
            ScalarKind::Literal(Literal::Integer(v)) if v >= 0 => self.push(&format!("-{v}")),
            ScalarKind::Literal(Literal::Decimal(v)) if v >= 0 => self.push(&format!("-{v}")),
            _ => {
                let more = format!(", {}", bits(ty));
                self.push("rql_sub(0, ");
                self.scalar(arg, rep, 0)?;
                self.push(&more);
                self.push(")");
            }
        }
        Ok(())
    }

    /// Functions of doubles that PostgreSQL also has for decimals.
    pub(super) fn doubled(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        use Func as F;
        if ty.is_float() {
            let name = match func {
                F::Power => "rql_power",
                F::Sqrt => "rql_sqrt",
                F::Exp => "rql_exp",
                F::Ln => "rql_ln",
                _ => "rql_log",
            };
            return self.plain_runtime(name, args, "");
        }
        let given: Vec<_> = args.iter().map(|&arg| (arg, Rep::Numeric)).collect();
        match func {
            F::IntDiv => {
                let units = self.computed(ty) != Rep::Numeric;
                self.push(if units { "rql_units(" } else { "" });
                self.runtime("rql_num_idiv", &given, "")?;
                self.push(if units { ", 0)" } else { "" });
                Ok(())
            }
            F::Log => {
                self.push("rql_num_log('10', ");
                self.scalar(args[0], Rep::Numeric, 0)?;
                self.push(")");
                Ok(())
            }
            F::Sqrt => self.runtime("rql_num_sqrt", &given, ""),
            F::Exp => self.runtime("rql_num_exp", &given, ""),
            F::Ln => self.runtime("rql_num_ln", &given, ""),
            F::LogBase => self.runtime("rql_num_log", &given, ""),
            _ => self.runtime("rql_num_power", &given, ""),
        }
    }

    pub(super) fn arithmetic(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        let (a, b) = (args[0], args[1]);
        let word = match func {
            Func::Add => "add",
            Func::Sub => "sub",
            Func::Mul => "mul",
            Func::Div => "div",
            _ => "mod",
        };
        if ty.is_float() {
            self.push(if ty == Type::Real { "rql_real(" } else { "" });
            self.plain_runtime(&format!("rql_f{word}"), args, "")?;
            self.push(if ty == Type::Real { ")" } else { "" });
            return Ok(());
        }
        let name = format!("rql_{word}");
        let checked = func != Func::Mod;
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
