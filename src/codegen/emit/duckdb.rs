//! DuckDB, where it is not PostgreSQL.
//!
//! What may be written twice is a column, a constant or a parameter: an expression that would have to
//! stand twice, each time within another, would double with every level.

use super::aggregate::Aggregation;
use super::{Emitter, Rep, Res};
use crate::cells::aggregate_name;
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(super) fn duckdb_call(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        self.sites.push(self.ir.scalar(id).span);
        match func {
            F::Div | F::Mod => self.duckdb_divide(id, func, args, above),
            F::IntervalDiv => self.bracket(above > 9, |this| {
                this.scalar(args[0], Rep::Plain, 9)?;
                this.push(" / ");
                this.not_zero(args[1])
            }),
            F::Round if args.len() == 1 && self.ir.scalar(args[0]).ty.is_float() => {
                self.wrapped("round_even(", &[args[0]], ", 0)")
            }
            F::Round => self.wrapped("round(", args, ")"),
            F::Lcm => {
                let ty = self.ir.scalar(id).ty;
                self.wrapped("CAST(lcm(", args, &format!(") AS {ty})"))
            }
            F::Power | F::Exp => self.finite(id, func, args),
            F::Matches | F::NotMatches | F::MatchesAnyCase | F::NotMatchesAnyCase => {
                let negated = matches!(func, F::NotMatches | F::NotMatchesAnyCase);
                let any_case = matches!(func, F::MatchesAnyCase | F::NotMatchesAnyCase);
                self.bracket(negated && above > 3, |this| {
                    this.push(if negated { "NOT " } else { "" });
                    let more = if any_case { ", 'i')" } else { ")" };
                    this.wrapped("regexp_matches(", args, more)
                })
            }
            F::RegexpReplace => self.duckdb_replace(id, args),
            // The capital of ß is ẞ there, in PostgreSQL it has none.
            F::Upper => match self.written_text(args[0]) {
                Some(text) if text.is_ascii() => self.wrapped("upper(", args, ")"),
                _ => self.wrapped("replace(upper(", args, "), 'ẞ', 'ß')"),
            },
            F::OctetLength => match self.ir.scalar(args[0]).ty {
                Type::Blob => self.wrapped("octet_length(", args, ")"),
                _ => self.wrapped("octet_length(encode(", args, "))"),
            },
            F::Substr => self.duckdb_substr(args),
            F::Lpad | F::Rpad => self.padded(id, func, args),
            F::SplitPart => {
                let plain = self
                    .written_text(args[1])
                    .is_some_and(|text| !text.is_empty())
                    && self.number(args[2]).is_some_and(|n| n != 0);
                self.only_if(plain, id, func)?;
                self.wrapped("split_part(", args, ")")
            }
            F::ConcatAll | F::ConcatWs => self.duckdb_concat(func, args),
            F::Chr => {
                let plain = self.number(args[0]).is_some_and(|n| n > 0);
                self.only_if(plain, id, func)?;
                self.wrapped("chr(", args, ")")
            }
            F::BetweenSymmetric | F::NotBetweenSymmetric => self.symmetric(id, func, args),
            F::DateTrunc => {
                let far = self
                    .written_text(args[0])
                    .is_none_or(|field| field.contains("cent") || field.contains("mil"));
                self.only_if(!far, id, func)?;
                self.wrapped("date_trunc(", args, ")")
            }
            F::Extract | F::DatePart => self.part(id, func, args),
            _ => Err(self.refuse(self.ir.scalar(id).span, func.name())),
        }
    }

    /// Whole division cuts, and a zero divisor is an error where DuckDB gives NULL or infinity.
    fn duckdb_divide(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        let ty = self.ir.scalar(id).ty;
        let op = match func {
            Func::Mod => " % ",
            _ if ty.is_integer() => " // ",
            _ => " / ",
        };
        self.bracket(above > 9, |this| {
            this.scalar(args[0], Rep::Plain, 9)?;
            this.push(op);
            this.not_zero(args[1])
        })
    }

    /// A divisor; zero is an error.
    fn not_zero(&mut self, divisor: ScalarId) -> Res {
        let kind = &self.ir.scalar(divisor).kind;
        let sure = match kind {
            ScalarKind::Literal(Literal::Integer(value)) => *value != 0,
            ScalarKind::Literal(Literal::Decimal(units)) => *units != 0,
            ScalarKind::Literal(Literal::Double(text)) => {
                text.parse::<f64>().is_ok_and(|value| value != 0.0)
            }
            _ => false,
        };
        if sure {
            return self.scalar(divisor, Rep::Plain, 10);
        }
        self.push("CASE WHEN ");
        self.scalar(divisor, Rep::Plain, 6)?;
        self.push(" = 0 THEN error('division by zero') ELSE ");
        self.scalar(divisor, Rep::Plain, 0)?;
        self.push(" END");
        Ok(())
    }

    /// A power that leaves the doubles is an error in PostgreSQL, infinity or NaN there.
    fn finite(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let name = if func == Func::Exp { "exp(" } else { "pow(" };
        self.push("CASE WHEN isfinite(");
        self.wrapped(name, args, ")")?;
        // exp of far below zero is an underflow.
        self.push(if func == Func::Exp { ") AND " } else { ")" });
        if func == Func::Exp {
            self.wrapped(name, args, ") <> 0")?;
        }
        self.push(" OR ");
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { " OR " });
            self.scalar(arg, Rep::Plain, 5)?;
            self.push(" IS NULL");
        }
        self.push(" THEN ");
        self.wrapped(name, args, ")")?;
        self.push(" ELSE error('value out of range') END");
        Ok(())
    }

    /// The two engines choose the same match where nothing is left to choose.
    fn duckdb_replace(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let pattern = self.written_text(args[1]).unwrap_or("|");
        let with = self.written_text(args[2]).unwrap_or("\\&");
        let plain = !pattern.contains(['|', '?']) && !with.contains("\\&");
        self.only_if(plain, id, Func::RegexpReplace)?;
        self.wrapped("regexp_replace(", args, ")")
    }

    /// PostgreSQL counts from the first character, also below it; DuckDB from the end.
    fn duckdb_substr(&mut self, args: &[ScalarId]) -> Res {
        let start = self.number(args[1]).is_some_and(|start| start >= 1);
        let length = args
            .get(2)
            .is_none_or(|&n| self.number(n).is_some_and(|n| n >= 0));
        if start && length {
            return self.wrapped("substr(", args, ")");
        }
        let from = |this: &mut Self| this.wrapped("greatest(", &[args[1]], ", 1)");
        if let Some(&length) = args.get(2) {
            let simple = self.twice(length) && self.twice(args[1]);
            self.only_if(simple, length, Func::Substr)?;
            self.push("CASE WHEN ");
            self.scalar(length, Rep::Plain, 6)?;
            self.push(" < 0 THEN error('negative substring length not allowed') ELSE ");
        }
        self.wrapped("substr(", &[args[0]], ", ")?;
        from(self)?;
        if let Some(&length) = args.get(2) {
            self.push(", greatest(");
            self.scalar(args[1], Rep::Plain, 8)?;
            self.push(" + ");
            self.scalar(length, Rep::Plain, 9)?;
            self.push(" - ");
            from(self)?;
            self.push(", 0)) END");
        } else {
            self.push(")");
        }
        Ok(())
    }

    fn padded(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let length = self.number(args[1]).is_some_and(|n| n >= 0);
        let fill = args
            .get(2)
            .is_none_or(|&fill| self.written_text(fill).is_some_and(|text| !text.is_empty()));
        self.only_if(length && fill, id, func)?;
        let name = if func == Func::Lpad { "lpad(" } else { "rpad(" };
        self.wrapped(name, args, if args.len() == 2 { ", ' ')" } else { ")" })
    }

    /// Truth values are `t` and `f` in what PostgreSQL strings together.
    fn duckdb_concat(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let name = if func == Func::ConcatAll {
            "concat("
        } else {
            "concat_ws("
        };
        self.push(name);
        self.list(args, |this, arg| {
            let ty = this.ir.scalar(arg).ty;
            if ty == Type::Boolean {
                this.only_if(this.twice(arg), arg, func)?;
                this.push("CASE WHEN ");
                this.scalar(arg, Rep::Plain, 0)?;
                this.push(" THEN 't' WHEN NOT ");
                this.scalar(arg, Rep::Plain, 4)?;
                this.push(" THEN 'f' END");
                return Ok(());
            }
            let same = prints_alike(ty);
            this.only_if(same, arg, func)?;
            this.scalar(arg, Rep::Plain, 0)
        })?;
        self.push(")");
        Ok(())
    }

    fn symmetric(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let negated = func == Func::NotBetweenSymmetric;
        self.push(if negated { "(NOT (" } else { "(" });
        for (at, [low, high]) in [[args[1], args[2]], [args[2], args[1]]]
            .into_iter()
            .enumerate()
        {
            self.push(if at == 0 { "" } else { " OR " });
            self.scalar(args[0], Rep::Plain, 7)?;
            self.push(" BETWEEN ");
            self.scalar(low, Rep::Plain, 7)?;
            self.push(" AND ");
            self.scalar(high, Rep::Plain, 7)?;
        }
        self.push(if negated { "))" } else { ")" });
        Ok(())
    }

    /// A second has a fraction in PostgreSQL.
    fn part(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let Some(field) = self.written_text(args[0]).map(str::to_ascii_lowercase) else {
            return Err(self.refuse(self.ir.scalar(id).span, func.name()));
        };
        let whole = [
            "year", "month", "day", "hour", "minute", "week", "quarter", "dow", "doy",
        ];
        let whole = whole.contains(&field.as_str()) || ["isodow", "isoyear"].contains(&&*field);
        match field.as_str() {
            "second" | "seconds" => {
                self.wrapped("(date_part('microseconds', ", &[args[1]], ") / 1000000)")
            }
            "epoch" => self.wrapped("epoch(", &[args[1]], ")"),
            _ if whole => {
                self.push(&format!("date_part('{field}', "));
                self.wrapped("", &[args[1]], ")")
            }
            _ => Err(self.refuse(self.ir.scalar(id).span, &format!("the field {field}"))),
        }
    }

    /// A written conversion where the two agree on every value.
    pub(super) fn duckdb_cast(&mut self, id: ScalarId, operand: ScalarId, implicit: bool) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        let constant = matches!(self.ir.scalar(operand).kind, ScalarKind::Literal(_));
        let plain =
            |this: &mut Self, ty: &str| this.wrapped("CAST(", &[operand], &format!(" AS {ty})"));
        match (from, to) {
            (from, Type::Varchar(n)) if prints_alike(from) => {
                self.push("left(");
                plain(self, "text")?;
                self.push(&format!(", {n})"));
                Ok(())
            }
            (from, Type::Char(n)) if prints_alike(from) => {
                self.push("rtrim(left(");
                plain(self, "text")?;
                self.push(&format!(", {n}), ' ')"));
                Ok(())
            }
            (from, to) if to.is_text() => {
                self.only_can(prints_alike(from) || from.is_text(), id, from, to)?;
                plain(self, "text")
            }
            (from, to) if from.is_text() && to.is_integer() => self.digits_only(id, operand, to),
            // What PostgreSQL converts by itself DuckDB does too, and to the scale that all need.
            _ if implicit && from.is_number() && to.is_number() && !to.is_float() => {
                self.scalar(operand, Rep::Plain, 0)
            }
            (
                from,
                Type::Decimal {
                    precision: None, ..
                },
            ) => match from {
                Type::SmallInt => plain(self, "decimal(5,0)"),
                Type::Integer => plain(self, "decimal(10,0)"),
                Type::BigInt => plain(self, "decimal(19,0)"),
                from if from.is_decimal() => self.scalar(operand, Rep::Plain, 0),
                _ => Err(self.refuse(span, &format!("a conversion from {from} to {to}"))),
            },
            (_, Type::Interval | Type::Json | Type::Blob | Type::Array(_)) if !constant => {
                let same = from == to;
                self.only_can(same, id, from, to)?;
                self.scalar(operand, Rep::Plain, 0)
            }
            (Type::Interval | Type::Array(_), _) => {
                self.only_can(from == to, id, from, to)?;
                self.scalar(operand, Rep::Plain, 0)
            }
            _ => plain(self, &to.to_string()),
        }
    }

    /// DuckDB reads `1e3` and `1.5` as integers too.
    fn digits_only(&mut self, id: ScalarId, operand: ScalarId, to: Type) -> Res {
        let from = self.ir.scalar(operand).ty;
        self.only_can(self.twice(operand), id, from, to)?;
        self.push("CASE WHEN regexp_matches(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(
            r", '[^-+0-9\s]') THEN error('invalid input syntax for type integer') ELSE CAST(",
        );
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {to}) END"));
        Ok(())
    }

    /// A value for a column whose length DuckDB does not watch.
    pub(super) fn duckdb_assigned(&mut self, value: ScalarId, to: Type, above: u8) -> Res {
        let (Type::Varchar(n) | Type::Char(n)) = to else {
            return self.scalar(value, self.natural(value), above);
        };
        let char = matches!(to, Type::Char(_));
        let short = |text: &str| u32::try_from(text.chars().count()).is_ok_and(|count| count <= n);
        let null = matches!(
            self.ir.scalar(value).kind,
            ScalarKind::Literal(Literal::Null)
        );
        if null || !char && self.written_text(value).is_some_and(short) {
            return self.scalar(value, Rep::Plain, above);
        }
        self.only_can(self.twice(value), value, self.ir.scalar(value).ty, to)?;
        self.sites.push(self.ir.scalar(value).span);
        self.push("CASE WHEN length(rtrim(");
        self.scalar(value, Rep::Plain, 0)?;
        self.push(&format!(
            ", ' ')) > {n} THEN error('value too long for type {to}') ELSE "
        ));
        self.wrapped(if char { "rtrim(" } else { "left(" }, &[value], "")?;
        self.push(&if char {
            ", ' ') END".to_owned()
        } else {
            format!(", {n}) END")
        });
        Ok(())
    }

    pub(super) fn duckdb_aggregate(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        let ty = call.args.first().map(|&arg| self.ir.scalar(arg).ty);
        if ty == Some(Type::Interval) && matches!(call.agg, Agg::Sum | Agg::Avg) {
            return Err(self.refuse(span, &format!("{} of intervals", call.agg.name())));
        }
        // Without an order the values of DISTINCT come sorted from PostgreSQL.
        if call.agg == Agg::StringAgg && call.distinct && call.order.is_empty() {
            let refused = self.refuse(span, "string_agg(DISTINCT) without an order");
            return Err(Box::new(
                refused.help("write ORDER BY behind the separator"),
            ));
        }
        self.written(aggregate_name(call.agg), call, Rep::Plain)
    }

    /// `before a, b after`.
    fn wrapped(&mut self, before: &str, args: &[ScalarId], after: &str) -> Res {
        self.push(before);
        self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
        self.push(after);
        Ok(())
    }

    /// True for what may be written twice.
    fn twice(&self, id: ScalarId) -> bool {
        match self.ir.scalar(id).kind {
            ScalarKind::Column(_) | ScalarKind::Literal(_) | ScalarKind::Param(_) => true,
            ScalarKind::Cast { operand, .. } => self.twice(operand),
            _ => false,
        }
    }

    fn written_text(&self, id: ScalarId) -> Option<&str> {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn number(&self, id: ScalarId) -> Option<i64> {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(value)) => Some(value),
            _ => None,
        }
    }

    fn only_if(&self, can: bool, id: ScalarId, func: Func) -> Res {
        if can {
            return Ok(());
        }
        let what = format!("{} of these arguments", func.name());
        Err(self.refuse(self.ir.scalar(id).span, &what))
    }

    fn only_can(&self, can: bool, id: ScalarId, from: Type, to: Type) -> Res {
        if can {
            return Ok(());
        }
        let what = format!("a conversion from {from} to {to}");
        Err(self.refuse(self.ir.scalar(id).span, &what))
    }
}

/// Whether both write values of a type alike as text.
fn prints_alike(ty: Type) -> bool {
    use Type as T;
    ty.is_text()
        || ty.is_integer()
        || ty.is_decimal()
        || matches!(
            ty,
            T::Boolean | T::Date | T::Time | T::Timestamp | T::Uuid | T::Unknown
        )
}
