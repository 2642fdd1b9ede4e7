//! Aggregates on SQLite: of decimals by units or as text, and those that it does not have.

use super::{form, is_array};
use crate::emit::aggregate::Aggregation;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Agg, FrameBound, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(in crate::emit) fn sqlite_aggregate(
        &mut self,
        id: ScalarId,
        call: &Aggregation<'_>,
    ) -> Res {
        let span = self.ir.scalar(id).span;
        let first = call.args.first().copied();
        let ty = first.map_or(Type::BigInt, |arg| self.ir.scalar(arg).ty);
        let rep = self.computed(ty);
        if let (Type::Unknown, Some(arg)) = (ty, first) {
            return Err(self.untyped(call.agg.name(), arg));
        }
        let numeric = rep == Rep::Numeric;
        let own = self.own_digits
            && !call.distinct
            && call.args.iter().any(|&arg| self.is_of_scales(arg));
        let name = match call.agg {
            Agg::Min | Agg::Max if is_array(ty) => {
                let least = call.agg == Agg::Min;
                self.push(if least {
                    "rql_array_min("
                } else {
                    "rql_array_max("
                });
                self.list(call.args, |this, arg| this.scalar(arg, rep, 0))?;
                self.push(&format!(", '{}')", form(ty)));
                return self.behind(call);
            }
            Agg::Avg if ty.is_float() => "AVG",
            Agg::Avg if ty.is_number() => return self.average(call, ty, rep),
            Agg::Sum if numeric => "rql_num_sum",
            Agg::Sum if own => return self.written("rql_num_sum", call, Rep::Numeric),
            Agg::Sum if ty.adds_up_wide() => return self.wide_sum(call, rep),
            Agg::Sum if ty.is_number() => "SUM",
            Agg::Min | Agg::AnyValue if numeric => "rql_num_min",
            Agg::Max if numeric => "rql_num_max",
            Agg::Min if ty == Type::Interval => "rql_interval_min",
            Agg::Max if ty == Type::Interval => "rql_interval_max",
            Agg::Sum if ty == Type::Interval => "rql_interval_sum",
            Agg::Avg if ty == Type::Interval => "rql_interval_avg",
            Agg::Min | Agg::AnyValue => "MIN",
            Agg::Max => "MAX",
            Agg::ArrayAgg => return self.array_agg(call, ty, span),
            Agg::StringAgg => return self.string_agg(call, span),
            Agg::JsonAgg | Agg::JsonObjectAgg => return self.json_agg(call, span),
            Agg::JsonbAgg | Agg::JsonbObjectAgg => {
                return self.as_jsonb(|this| this.json_agg(call, span));
            }
            agg if agg.is_spread() => return self.spread(call, ty),
            Agg::PercentileCont | Agg::PercentileDisc | Agg::Mode => {
                return self.within_group(call, span);
            }
            _ => return Err(self.refuse(span, call.agg.name())),
        };
        match call.agg {
            Agg::Sum if numeric => self.of_values(name, call),
            _ => self.written(name, call, rep),
        }
    }

    /// An aggregate of decimal texts, of which those that are equal by their value count once where it is DISTINCT.
    fn of_values(&mut self, name: &str, call: &Aggregation<'_>) -> Res {
        if !call.distinct {
            return self.written(name, call, Rep::Numeric);
        }
        self.push(name);
        self.push("(DISTINCT rql_num_trim(");
        self.list(call.args, |this, arg| this.scalar(arg, Rep::Numeric, 0))?;
        self.push("))");
        self.behind(call)
    }

    /// A sum of integers, or of units, that may leave 64 bits.
    fn wide_sum(&mut self, call: &Aggregation<'_>, rep: Rep) -> Res {
        let Rep::Scaled(scale @ 1..) = rep else {
            return self.written("rql_int_sum", call, rep);
        };
        self.push("rql_num_mul(");
        self.written("rql_int_sum", call, rep)?;
        self.push(&format!(", '0.{:0>1$}')", 1, usize::from(scale)));
        Ok(())
    }

    /// The sum by the count, at PostgreSQL's scale.
    fn average(&mut self, call: &Aggregation<'_>, ty: Type, rep: Rep) -> Res {
        if rep == Rep::Numeric {
            self.push("rql_num_div(");
            self.of_values("rql_num_sum", call)?;
            self.push(", rql_num(");
            self.of_values("COUNT", call)?;
            self.push(", 0))");
            return Ok(());
        }
        if ty.adds_up_wide() {
            self.push("rql_num_div(");
            self.wide_sum(call, rep)?;
            self.push(", rql_num(");
        } else {
            self.push("rql_num_div(rql_num(");
            self.written("SUM", call, rep)?;
            self.push(&format!(", {}), rql_num(", ty.scale().unwrap_or(0)));
        }
        self.written("COUNT", call, rep)?;
        self.push(", 0))");
        Ok(())
    }

    fn spread(&mut self, call: &Aggregation<'_>, ty: Type) -> Res {
        let word = match call.agg {
            Agg::StddevSamp => "stddev_samp",
            Agg::StddevPop => "stddev_pop",
            Agg::VarSamp => "var_samp",
            _ => "var_pop",
        };
        if ty.is_float() {
            return self.written(&format!("rql_{word}"), call, Rep::Plain);
        }
        self.of_values(&format!("rql_num_{word}"), call)
    }

    fn array_agg(&mut self, call: &Aggregation<'_>, ty: Type, span: rql_ast::Span) -> Res {
        if ty == Type::Blob {
            return Err(self.refuse(span, "an array of bytes"));
        }
        let rep = match ty.is_decimal() {
            true => Rep::Numeric,
            false => Rep::Plain,
        };
        let units = matches!(self.computed(ty), Rep::Scaled(_));
        if units && call.args.iter().any(|&arg| self.is_of_scales(arg)) {
            return Err(self.refuse(span, "an array of decimals with other digits each"));
        }
        if call.distinct && self.computed(ty) == Rep::Numeric {
            return Err(self.refuse(span, "array_agg of DISTINCT decimals of different scales"));
        }
        if call.distinct && matches!(ty, Type::Interval | Type::Jsonb) {
            let what = "array_agg of DISTINCT values that their text does not order";
            return Err(self.refuse(span, what));
        }
        if !call.distinct || !call.order.is_empty() {
            return self.written("rql_array_agg", call, rep);
        }
        // DISTINCT sorts, as in PostgreSQL.
        self.push("rql_array_agg(DISTINCT ");
        self.list(call.args, |this, arg| this.scalar(arg, rep, 0))?;
        self.push(" ORDER BY ");
        self.list(call.args, |this, arg| this.scalar(arg, rep, 0))?;
        self.push(" NULLS LAST)");
        self.behind(call)
    }

    /// True for a window whose frame leaves rows behind.
    fn slides(&self, over: ScalarId) -> bool {
        let frame = match self.ir.scalar(over).kind {
            ScalarKind::Window { frame, .. } => frame,
            _ => None,
        };
        frame.is_some_and(|frame| frame.start != FrameBound::UnboundedPreceding)
    }

    fn string_agg(&mut self, call: &Aggregation<'_>, span: rql_ast::Span) -> Res {
        let &[text, separator] = call.args else {
            return Ok(());
        };
        if self.ir.scalar(text).ty == Type::Blob {
            return Err(self.refuse(span, "string_agg of bytes"));
        }
        if !call.distinct {
            // Its own forgets a separator beside an empty text that leaves the frame.
            let slides = call.over.is_some_and(|over| self.slides(over));
            let name = if slides {
                "rql_string_agg"
            } else {
                "group_concat"
            };
            return self.written(name, call, Rep::Plain);
        }
        let constant = matches!(self.ir.scalar(separator).kind, ScalarKind::Literal(_));
        if !constant || call.over.is_some() {
            return Err(self.refuse(span, "string_agg of DISTINCT values with such a separator"));
        }
        // SQLite's DISTINCT takes one argument, so the separator comes later.
        self.push("rql_join(json_group_array(DISTINCT ");
        self.scalar(text, Rep::Plain, 0)?;
        if call.order.is_empty() {
            self.push(" ORDER BY ");
            self.scalar(text, Rep::Plain, 0)?;
        }
        self.order_within(call.order)?;
        self.push(")");
        self.behind(call)?;
        self.push(", ");
        self.scalar(separator, Rep::Plain, 0)?;
        self.push(")");
        Ok(())
    }

    /// Percentiles and the mode, over the values of WITHIN GROUP.
    fn within_group(&mut self, call: &Aggregation<'_>, span: rql_ast::Span) -> Res {
        let [key] = call.order else {
            return Err(self.refuse(span, "WITHIN GROUP of more than one value"));
        };
        let ty = self.ir.scalar(key.scalar).ty;
        let rep = self.computed(ty);
        if matches!(ty, Type::Interval | Type::Jsonb) || rep == Rep::Numeric {
            return Err(self.refuse(span, &format!("{} of such values", call.agg.name())));
        }
        self.push(match call.agg {
            Agg::PercentileCont => "rql_percentile_cont(",
            Agg::PercentileDisc => "rql_percentile_disc(",
            _ => "rql_mode(",
        });
        self.scalar(key.scalar, rep, 0)?;
        self.push(if key.descending { ", 1" } else { ", 0" });
        for &arg in call.args {
            self.push(", ");
            self.scalar(arg, Rep::Plain, 0)?;
        }
        self.push(")");
        self.behind(call)
    }
}
