//! Aggregates: FILTER becomes CASE, integers are integers.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Res};
use rql_ir::{Agg, ScalarId, ScalarKind, SortKey, Type};

impl Emitter<'_> {
    pub(in crate::emit) fn mysql_aggregate(
        &mut self,
        id: ScalarId,
        call: &Aggregation<'_>,
        name: &str,
    ) -> Res {
        let span = self.ir.scalar(id).span;
        let ty = self.ir.scalar(id).ty;
        if ty == Type::Interval && matches!(call.agg, Agg::Sum | Agg::Avg) {
            return self.summed_intervals(id, call);
        }
        for &arg in call.args {
            self.only_values(arg)?;
        }
        if self.statistic(id, call)? {
            return Ok(());
        }
        match call.agg {
            Agg::ArrayAgg => self.beside_list(|this| this.mysql_array_agg(id, call)),
            Agg::Min | Agg::Max if matches!(ty, Type::Array(_)) => self.extreme_array(id, call),
            Agg::StringAgg => self.beside_list(|this| this.group_concat(id, call)),
            Agg::Sum if ty.is_integer() => {
                self.push("CAST(");
                self.filtered("SUM", call)?;
                self.push(" AS SIGNED)");
                Ok(())
            }
            Agg::Avg if call.args.iter().any(|&arg| self.is_made_integer(arg)) => {
                self.push(if call.distinct {
                    "AVG(DISTINCT CAST("
                } else {
                    "AVG(CAST("
                });
                self.operands(call)?;
                self.push(" AS DECIMAL(20)))");
                self.mysql_over(call.over)
            }
            Agg::Sum if ty == Type::Real => {
                let refused = self.refuse(span, "a sum of REAL values");
                Err(Box::new(
                    refused.help("CAST(… AS double precision) sums doubles"),
                ))
            }
            // Of no values they are the neutral element there.
            // Numbers below zero are lost in windows.
            Agg::BitAndAll | Agg::BitOrAll | Agg::BitXorAll if call.over.is_some() => {
                Err(self.refuse(span, &format!("{name} in a window")))
            }
            Agg::BitXorAll if call.distinct => Err(self.refuse(span, &format!("{name}(DISTINCT)"))),
            Agg::BitAndAll | Agg::BitOrAll | Agg::BitXorAll => {
                // DISTINCT changes nothing of the other two.
                let call = &Aggregation {
                    distinct: false,
                    ..*call
                };
                self.push("IF(");
                self.filtered("COUNT", call)?;
                self.push(" = 0, NULL, CAST(");
                self.filtered(&name.to_uppercase(), call)?;
                self.push(" AS SIGNED))");
                Ok(())
            }
            agg if agg.is_spread() => {
                if call.distinct {
                    return Err(self.refuse(span, &format!("{name}(DISTINCT)")));
                }
                let name = match call.agg {
                    Agg::StddevSamp => "STDDEV_SAMP",
                    Agg::StddevPop => "STDDEV_POP",
                    Agg::VarSamp => "VAR_SAMP",
                    _ => "VAR_POP",
                };
                let sample = matches!(call.agg, Agg::StddevSamp | Agg::VarSamp);
                let root = matches!(call.agg, Agg::StddevSamp | Agg::StddevPop);
                let wide = ty.is_decimal() && !root;
                let write = |this: &mut Self| match this.mysql_spread(call)? {
                    true => Ok(()),
                    false if ty.is_decimal() => {
                        this.push(if root { "SQRT(" } else { "" });
                        this.mysql_far_spread(call, sample)?;
                        this.push(if root { ")" } else { "" });
                        Ok(())
                    }
                    false => this.filtered(name, call),
                };
                if !wide {
                    return self.as_numeric(ty, write);
                }
                // The square of 64 bits has 38 digits.
                self.push("CAST(");
                write(self)?;
                self.push(" AS DECIMAL(65,26))");
                Ok(())
            }
            Agg::RegrCount | Agg::RegrAvgX | Agg::RegrAvgY if !call.distinct => self.pairs(call),
            Agg::PercentileCont | Agg::PercentileDisc => self.percentile(id, call),
            // Of what MIN has an order of it is rewritten.
            Agg::Mode => Err(self.refuse(span, "mode() of such values")),
            Agg::JsonAgg | Agg::JsonbAgg | Agg::JsonObjectAgg => {
                self.beside_list(|this| this.mysql_json_agg(id, call))
            }
            _ if call.distinct && call.over.is_some() => {
                Err(self.refuse(span, "DISTINCT in a window"))
            }
            _ => self.filtered(&name.to_uppercase(), call),
        }
    }

    /// An integer that is computed: of NULLIF(42, 1), ABS(42) and their like AVG keeps a digit too few.
    fn is_made_integer(&self, arg: ScalarId) -> bool {
        let scalar = self.ir.scalar(arg);
        match scalar.kind {
            _ if !scalar.ty.is_integer() => false,
            ScalarKind::Literal(_) => false,
            ScalarKind::Column(column) => match self.made_of(column) {
                Some(made) => match self.ir.scalar(made).kind {
                    ScalarKind::Column(_) => self.is_made_integer(made),
                    _ => true,
                },
                // Of a WITH query, say.
                None => !rql_ir::rewrite::is_of_table(self.ir, arg),
            },
            _ => true,
        }
    }

    /// An aggregate of the values for which FILTER holds.
    pub(super) fn filtered(&mut self, name: &str, call: &Aggregation<'_>) -> Res {
        self.push(name);
        self.push(if call.distinct { "(DISTINCT " } else { "(" });
        self.operands(call)?;
        self.push(")");
        self.mysql_over(call.over)
    }

    fn operands(&mut self, call: &Aggregation<'_>) -> Res {
        match (call.args, call.filter) {
            ([], None) => self.push("*"),
            ([], Some(filter)) => self.wrapped("CASE WHEN ", &[filter], " THEN 1 END")?,
            (&[arg], filter) if call.distinct && self.is_keyed_document(self.ir.scalar(arg).ty) => {
                if let Some(filter) = filter {
                    self.wrapped("CASE WHEN ", &[filter], " THEN ")?;
                }
                self.document_key(arg)?;
                self.push(if filter.is_some() { " END" } else { "" });
            }
            (args, filter) => self.list(args, |this, arg| this.kept(arg, filter))?,
        }
        Ok(())
    }

    /// A value where FILTER holds, NULL elsewhere.
    fn kept(&mut self, arg: ScalarId, filter: Option<ScalarId>) -> Res {
        match filter {
            None => self.typed(arg),
            Some(filter) => {
                self.wrapped("CASE WHEN ", &[filter], " THEN ")?;
                self.typed(arg)?;
                self.push(" END");
                Ok(())
            }
        }
    }

    /// Of pairs of which neither value is NULL.
    fn pairs(&mut self, call: &Aggregation<'_>) -> Res {
        let &[y, x] = call.args else { return Ok(()) };
        let (name, value, other) = match call.agg {
            Agg::RegrAvgX => ("AVG(CASE WHEN ", x, y),
            Agg::RegrAvgY => ("AVG(CASE WHEN ", y, x),
            _ => ("COUNT(CASE WHEN ", x, y),
        };
        self.push(name);
        self.value(other, 5)?;
        self.push(" IS NOT NULL");
        if let Some(filter) = call.filter {
            self.push(" AND ");
            self.value(filter, 3)?;
        }
        self.wrapped(" THEN ", &[value], " END)")?;
        self.mysql_over(call.over)
    }

    fn group_concat(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        let &[value, separator] = call.args else {
            return Ok(());
        };
        let written = self.written_text(separator).map(str::to_owned);
        let Some(separator) = written else {
            return Err(self.refuse(span, "string_agg with a separator that is not written"));
        };
        if call.over.is_some() {
            return Err(self.refuse(span, "string_agg in a window"));
        }
        if self.ir.scalar(id).ty == Type::Blob {
            return Err(self.refuse(span, "string_agg of bytes"));
        }
        if call.distinct && call.order.is_empty() {
            let refused = self.refuse(span, "string_agg(DISTINCT) without an order");
            return Err(Box::new(
                refused.help("write ORDER BY behind the separator"),
            ));
        }
        self.push("GROUP_CONCAT(");
        self.push(if call.distinct { "DISTINCT " } else { "" });
        self.kept(value, call.filter)?;
        for (at, key) in call.order.iter().enumerate() {
            self.push(if at == 0 { " ORDER BY " } else { ", " });
            self.order_key(key, value)?;
        }
        self.push(" SEPARATOR ");
        self.string(&separator);
        self.push(")");
        Ok(())
    }

    /// A percentile: all values in order, as a text from which those at a place are taken.
    fn percentile(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        let ([part], [key]) = (call.args, call.order) else {
            return Ok(());
        };
        let ty = self.ir.scalar(key.scalar).ty;
        let listed = match ty {
            ty if ty.is_number() => true,
            Type::Json | Type::Jsonb | Type::Array(_) | Type::Interval | Type::Unknown => false,
            _ => call.agg == Agg::PercentileDisc,
        };
        // A separator may stand in a text.
        let hex = ty.is_text() || ty == Type::Blob;
        if !listed || call.over.is_some() || call.distinct || !self.twice(*part) {
            let what = format!("{} of these values", call.agg.name());
            return Err(self.refuse(span, &what));
        }
        let within = |value: f64| (0.0..=1.0).contains(&value);
        if !self.written_double(*part).is_some_and(within) {
            let what = format!("{} at a part that is not written", call.agg.name());
            return Err(self.refuse(span, &what));
        }
        let all = |this: &mut Self, name: &str, more: &str| -> Res {
            this.push(name);
            this.kept(key.scalar, call.filter)?;
            this.push(more);
            Ok(())
        };
        let count = |this: &mut Self| all(this, "COUNT(", ")");
        let pick = |this: &mut Self, open: &str, close: &str, less: &str| -> Res {
            this.push("SUBSTRING_INDEX(SUBSTRING_INDEX(GROUP_CONCAT(");
            this.push(if hex { "HEX(" } else { "" });
            this.kept(key.scalar, call.filter)?;
            this.push(if hex { ")" } else { "" });
            // A number there would be a place in the list.
            if !this.is_constant(key.scalar) {
                this.push(" ORDER BY ");
                this.sortable(key.scalar)?;
                this.push(if key.descending { " DESC" } else { "" });
            }
            this.push(&format!(" SEPARATOR ','), ',', {open}"));
            this.value(*part, 9)?;
            this.push(" * ");
            match less {
                "" => count(this)?,
                less => {
                    this.push("(");
                    count(this)?;
                    this.push(less);
                }
            }
            this.push(close);
            this.push("), ',', -1)");
            Ok(())
        };
        if call.agg == Agg::PercentileDisc {
            let (open, close) = match super::cast::cast_name(ty) {
                _ if ty == Type::Blob => ("UNHEX(", ")".to_owned()),
                _ if hex => (
                    "CONVERT(UNHEX(",
                    format!(
                        ") USING utf8mb4) COLLATE {}",
                        super::collation(self.dialect)
                    ),
                ),
                Some(name) => ("CAST(", format!(" AS {name})")),
                None => ("CAST(", " AS SIGNED)".to_owned()),
            };
            self.push(open);
            pick(self, "GREATEST(CEIL(", "), 1)", "")?;
            self.push(&close);
            return Ok(());
        }
        let place = |this: &mut Self| -> Res {
            this.value(*part, 9)?;
            this.push(" * (");
            count(this)?;
            this.push(" - 1)");
            Ok(())
        };
        self.push("(");
        pick(self, "FLOOR(", ") + 1", " - 1)")?;
        self.push(" + (");
        pick(self, "CEIL(", ") + 1", " - 1)")?;
        self.push(" - ");
        pick(self, "FLOOR(", ") + 1", " - 1)")?;
        self.push(") * (");
        place(self)?;
        self.push(" - FLOOR(");
        place(self)?;
        self.push(")))");
        Ok(())
    }

    /// A key of an order in GROUP_CONCAT, which sorts NULLs among the numbers.
    pub(super) fn concat_key(&mut self, key: &SortKey) -> Res {
        if self.ir.scalar(key.scalar).nullable {
            self.null_key(key)?;
        }
        self.sortable(key.scalar)?;
        self.push(if key.descending { " DESC" } else { "" });
        Ok(())
    }

    /// A key of an order; where it is the value itself there are no NULLs.
    pub(super) fn order_key(&mut self, key: &SortKey, value: ScalarId) -> Res {
        let own = match (
            &self.ir.scalar(key.scalar).kind,
            &self.ir.scalar(value).kind,
        ) {
            (ScalarKind::Column(a), ScalarKind::Column(b)) => a == b,
            _ => key.scalar == value,
        };
        if !own {
            return self.concat_key(key);
        }
        self.value(value, 0)?;
        self.push(if key.descending { " DESC" } else { "" });
        Ok(())
    }
}
