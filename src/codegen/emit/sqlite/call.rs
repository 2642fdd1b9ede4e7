//! Operators and functions that SQLite has otherwise, by other text.

use super::bits;
use crate::cells::{Shape, shape};
use crate::emit::{Emitter, Rep, Res, Use};
use rql_ir::{ColumnId, Func, Literal, RelId, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(in crate::emit) fn sqlite_call(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        let ty = self.ir.scalar(id).ty;
        let span = self.ir.scalar(id).span;
        if ty == Type::Unknown && !matches!(func, F::Coalesce | F::Nullif) {
            let what = format!("{} of a value whose type is not known", func.name());
            return Err(self.refuse(span, &what));
        }
        match func {
            F::Eq | F::Ne | F::Lt | F::Le | F::Gt | F::Ge | F::IsDistinct | F::IsNotDistinct => {
                return self.compare(func, args[0], args[1], above);
            }
            F::Between | F::NotBetween | F::BetweenSymmetric | F::NotBetweenSymmetric => {
                return self.between(func, args, above);
            }
            F::IsNull | F::IsNotNull => return self.null_test(func, args[0], above),
            _ => self.sites.push(span),
        }
        match func {
            F::Add | F::Sub | F::Mul | F::Div | F::Mod => self.arithmetic(func, args, ty),
            F::Neg | F::Abs | F::Ceil | F::Floor | F::Round | F::Trunc | F::Sign => {
                self.one_number(func, args, ty)
            }
            F::Plus => self.scalar(args[0], self.computed(ty), above),
            F::Power | F::Sqrt | F::Exp | F::Ln | F::Log | F::IntDiv => {
                self.doubled(func, args, ty)
            }
            F::BitXor | F::ShiftLeft | F::ShiftRight | F::BitNot | F::Gcd | F::Lcm => {
                let name = match func {
                    F::BitXor => "rql_bitxor",
                    F::ShiftLeft => "rql_shl",
                    F::ShiftRight => "rql_shr",
                    F::BitNot => "rql_bitnot",
                    F::Gcd => "rql_gcd",
                    _ => "rql_lcm",
                };
                self.plain_runtime(name, args, &format!(", {}", bits(ty)))
            }
            F::Factorial => {
                self.push("rql_units(");
                self.plain_runtime("rql_factorial", args, "")?;
                self.push(", 0)");
                Ok(())
            }
            F::Coalesce | F::Nullif | F::Greatest | F::Least => self.chosen(func, args, ty, above),
            F::Concat => self.concat(args, ty, above),
            F::ConcatAll | F::ConcatWs => self.concat_all(func, args),
            F::Substr => self.plain_runtime("rql_substr", args, ""),
            F::ToHex => {
                let of = self.ir.scalar(args[0]).ty;
                self.plain_runtime("rql_to_hex", args, &format!(", {}", bits(of)))
            }
            F::Matches | F::NotMatches | F::MatchesAnyCase | F::NotMatchesAnyCase => {
                let not = matches!(func, F::NotMatches | F::NotMatchesAnyCase);
                let any = matches!(func, F::MatchesAnyCase | F::NotMatchesAnyCase);
                self.negatable(not, above, |this| {
                    let flags = if any { ", 'i'" } else { "" };
                    this.plain_runtime("rql_regexp_like", args, flags)
                })
            }
            F::SimilarTo | F::NotSimilarTo => {
                self.negatable(func == F::NotSimilarTo, above, |this| {
                    let escape = if args.len() == 3 { "" } else { ", '\\'" };
                    this.plain_runtime("rql_similar", args, escape)
                })
            }
            F::ILike | F::NotILike => self.bracket(above > 6, |this| {
                this.wrap("rql_lower(", args[0], Rep::Plain)?;
                this.push(if func == F::ILike {
                    " LIKE "
                } else {
                    " NOT LIKE "
                });
                this.wrap("rql_lower(", args[1], Rep::Plain)?;
                this.escape(args)
            }),
            F::JsonGet => self.plain_runtime("rql_json_get", args, ""),
            F::JsonGetText => self.plain_runtime("rql_json_get_text", args, ""),
            _ => self.moments(func, args, ty),
        }
    }

    /// Dates, times and intervals.
    fn moments(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        use Func as F;
        let zoned = ty == Type::TimestampTz;
        match func {
            F::AddDays | F::SubDays => {
                let sign = if func == F::AddDays { ", 1" } else { ", -1" };
                self.plain_runtime("rql_add_days", args, sign)
            }
            F::DaysBetween => {
                self.push("CAST(JULIANDAY(");
                self.scalar(args[0], Rep::Plain, 0)?;
                self.push(") - JULIANDAY(");
                self.scalar(args[1], Rep::Plain, 0)?;
                self.push(") AS INTEGER)");
                Ok(())
            }
            F::AddInterval | F::SubInterval => {
                let sign = if func == F::AddInterval { 1 } else { -1 };
                let &ScalarKind::Literal(Literal::Interval {
                    months,
                    days,
                    micros,
                }) = &self.ir.scalar(args[1]).kind
                else {
                    return self.plain_runtime("rql_shift", args, &format!(", {sign}"));
                };
                let (months, days) = (i64::from(months) * sign, i64::from(days) * sign);
                let more = format!(", {months}, {days}, {}", micros * sign);
                self.plain_runtime("rql_moment_add", &args[..1], &more)
            }
            F::Extract => {
                let scale = ty.scale().unwrap_or(0);
                self.push("rql_units(");
                self.field(args)?;
                self.push(&format!(", {scale})"));
                Ok(())
            }
            F::DatePart => {
                self.push("rql_double(");
                self.field(args)?;
                self.push(")");
                Ok(())
            }
            F::DateTrunc if ty == Type::Interval => {
                self.plain_runtime("rql_interval_trunc", args, "")
            }
            F::DateTrunc => self.plain_runtime("rql_date_trunc", args, ""),
            F::AtTimeZone => {
                let sign = if zoned { ", -1" } else { ", 1" };
                self.plain_runtime("rql_timezone", args, sign)
            }
            F::CurrentTimestamp | F::LocalTimestamp | F::ClockTimestamp => {
                self.push("rql_timestamp(strftime('%Y-%m-%d %H:%M:%f', 'now'))");
                Ok(())
            }
            F::CurrentTime => {
                self.push("rql_time(strftime('%H:%M:%f', 'now'))");
                Ok(())
            }
            _ => {
                let span = self.ir.scalar(args[0]).span;
                Err(self.refuse(span, func.name()))
            }
        }
    }

    fn field(&mut self, args: &[ScalarId]) -> Res {
        match self.ir.scalar(args[1]).ty {
            Type::Interval => self.plain_runtime("rql_extract_interval", args, ""),
            Type::Time => self.plain_runtime("rql_extract_time", args, ""),
            Type::Date => self.plain_runtime("rql_extract_date", args, ""),
            _ => self.plain_runtime("rql_extract", args, ""),
        }
    }

    fn negatable(&mut self, not: bool, above: u8, write: impl FnOnce(&mut Self) -> Res) -> Res {
        self.bracket(not && above > 3, |this| {
            this.push(if not { "NOT " } else { "" });
            write(this)
        })
    }

    fn compare(&mut self, func: Func, a: ScalarId, b: ScalarId, above: u8) -> Res {
        if let (ScalarKind::Row(left), ScalarKind::Row(right)) =
            (&self.ir.scalar(a).kind, &self.ir.scalar(b).kind)
        {
            let (left, right) = (left.clone(), right.clone());
            self.push("(");
            self.compare_rows(func, &left, &right)?;
            self.push(")");
            return Ok(());
        }
        let Shape::Infix(op, level) = shape(func) else {
            return Ok(());
        };
        let rep = self.comparable_rep(&[a, b]);
        self.bracket(above > level, |this| {
            this.comparable(a, rep, level + 1)?;
            this.push(" ");
            this.push(op);
            this.push(" ");
            this.comparable(b, rep, level + 1)
        })
    }

    /// Rows field by field: SQLite's own row values would compare decimals as they are stored.
    fn compare_rows(&mut self, func: Func, left: &[ScalarId], right: &[ScalarId]) -> Res {
        use Func as F;
        let joined = match func {
            F::Eq | F::IsNotDistinct => " AND ",
            F::Ne | F::IsDistinct => " OR ",
            _ => return self.order_rows(func, left, right),
        };
        for (at, (&a, &b)) in left.iter().zip(right).enumerate() {
            self.push(if at == 0 { "" } else { joined });
            self.compare(func, a, b, 4)?;
        }
        Ok(())
    }

    /// `(a, b) < (c, d)`: `a < c OR (a = c AND b < d)`.
    fn order_rows(&mut self, func: Func, left: &[ScalarId], right: &[ScalarId]) -> Res {
        use Func as F;
        let (&[a, ref left @ ..], &[b, ref right @ ..]) = (left, right) else {
            return Ok(());
        };
        if left.is_empty() {
            return self.compare(func, a, b, 4);
        }
        let strict = match func {
            F::Le => F::Lt,
            F::Ge => F::Gt,
            other => other,
        };
        self.compare(strict, a, b, 4)?;
        self.push(" OR (");
        self.compare(F::Eq, a, b, 4)?;
        self.push(" AND (");
        self.order_rows(func, left, right)?;
        self.push("))");
        Ok(())
    }

    fn between(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        let rep = self.comparable_rep(args);
        let not = matches!(func, Func::NotBetween | Func::NotBetweenSymmetric);
        let symmetric = matches!(func, Func::BetweenSymmetric | Func::NotBetweenSymmetric);
        let word = if not { " NOT BETWEEN " } else { " BETWEEN " };
        let one = |this: &mut Self, low: ScalarId, high: ScalarId| {
            this.comparable(args[0], rep, 7)?;
            this.push(word);
            this.comparable(low, rep, 7)?;
            this.push(" AND ");
            this.comparable(high, rep, 7)
        };
        self.bracket(symmetric || above > 6, |this| {
            one(this, args[1], args[2])?;
            if symmetric {
                this.push(if not { " AND " } else { " OR " });
                one(this, args[2], args[1])?;
            }
            Ok(())
        })
    }

    fn null_test(&mut self, func: Func, arg: ScalarId, above: u8) -> Res {
        let word = if func == Func::IsNull {
            " IS NULL"
        } else {
            " IS NOT NULL"
        };
        let fields = match &self.ir.scalar(arg).kind {
            ScalarKind::Row(fields) => fields.clone(),
            _ => vec![arg],
        };
        self.bracket(above > 4 || fields.len() > 1, |this| {
            for (at, &field) in fields.iter().enumerate() {
                this.push(if at == 0 { "" } else { " AND " });
                let rep = this.natural(field);
                this.scalar(field, rep, 5)?;
                this.push(word);
            }
            Ok(())
        })
    }

    /// `x [NOT] IN (a, b)`.
    pub(in crate::emit) fn sqlite_in_list(
        &mut self,
        operand: ScalarId,
        negated: bool,
        items: &[ScalarId],
        above: u8,
    ) -> Res {
        if matches!(self.ir.scalar(operand).kind, ScalarKind::Row(_)) {
            self.push("(");
            for (at, &item) in items.iter().enumerate() {
                let (joined, func) = if negated {
                    (" AND ", Func::Ne)
                } else {
                    (" OR ", Func::Eq)
                };
                self.push(if at == 0 { "" } else { joined });
                self.compare(func, operand, item, 3)?;
            }
            self.push(")");
            return Ok(());
        }
        let mut all = vec![operand];
        all.extend(items);
        let rep = self.comparable_rep(&all);
        self.bracket(above > 6, |this| {
            this.comparable(operand, rep, 7)?;
            this.push(if negated { " NOT IN (" } else { " IN (" });
            this.list(items, |this, item| this.comparable(item, rep, 0))?;
            this.push(")");
            Ok(())
        })
    }

    /// `x [NOT] IN (SELECT …)`: both sides in a form that compares.
    pub(in crate::emit) fn sqlite_in_query(
        &mut self,
        operand: ScalarId,
        negated: bool,
        query: RelId,
        columns: &[ColumnId],
        above: u8,
    ) -> Res {
        let ir = self.ir;
        let fields = match &ir.scalar(operand).kind {
            ScalarKind::Row(fields) => fields.clone(),
            _ => vec![operand],
        };
        let word = if negated { " NOT IN (" } else { " IN (" };
        let forms: Vec<_> = fields
            .iter()
            .zip(columns)
            .map(|(&field, &column)| {
                let there = self.computed(ir.column(column).ty);
                let here = self.computed(ir.scalar(field).ty);
                (field, column, there, Rep::common(here, there))
            })
            .collect();
        let direct = forms.iter().all(|&(_, column, there, common)| {
            there == common && there != Rep::Numeric && ir.column(column).ty != Type::Interval
        });
        self.bracket(above > 6, |this| {
            this.push(if fields.len() > 1 { "(" } else { "" });
            for (at, &(field, _, _, common)) in forms.iter().enumerate() {
                this.push(if at == 0 { "" } else { ", " });
                this.comparable(field, common, 7)?;
            }
            this.push(if fields.len() > 1 { ")" } else { "" });
            this.push(word);
            let names = this.names_of(columns);
            if direct {
                this.query(query, &names, Use::Value)?;
            } else {
                this.push("SELECT ");
                for (at, &(_, column, there, common)) in forms.iter().enumerate() {
                    this.push(if at == 0 { "" } else { ", " });
                    this.compared_column(&names[at], ir.column(column).ty, there, common)?;
                }
                this.push(" FROM (");
                this.query(query, &names, Use::Named)?;
                this.push(")");
            }
            this.push(")");
            Ok(())
        })
    }

    /// A column of a query by its name, in a form that compares.
    fn compared_column(&mut self, name: &str, ty: Type, has: Rep, common: Rep) -> Res {
        let key = match (ty, common) {
            (Type::Interval, _) => "rql_interval_key(",
            (_, Rep::Numeric) => "rql_num_key(",
            _ => "",
        };
        self.push(key);
        let around = (has != common)
            .then(|| self.opening(ty, has, common))
            .transpose()?;
        if let Some((open, _)) = &around {
            self.push(open);
        }
        self.name(name);
        if let Some((_, close)) = &around {
            self.push(close);
        }
        self.push(if key.is_empty() { "" } else { ")" });
        Ok(())
    }

    /// `x op ANY (SELECT …)`: true where one comparison is, else NULL where one is NULL, else false;
    /// ALL the other way round.
    pub(in crate::emit) fn sqlite_quantified(
        &mut self,
        func: Func,
        all: bool,
        operand: ScalarId,
        query: RelId,
        column: ColumnId,
        above: u8,
    ) -> Res {
        match (func, all) {
            (Func::Eq, false) => {
                return self.sqlite_in_query(operand, false, query, &[column], above);
            }
            (Func::Ne, true) => {
                return self.sqlite_in_query(operand, true, query, &[column], above);
            }
            _ => {}
        }
        let ir = self.ir;
        let mut aggregated = false;
        ir.walk(operand, &mut |s| {
            aggregated |= matches!(s.kind, ScalarKind::Aggregate { .. })
        });
        if aggregated {
            let span = ir.scalar(operand).span;
            return Err(self.refuse(span, "an aggregate before ANY or ALL"));
        }
        let Shape::Infix(op, _) = shape(func) else {
            return Ok(());
        };
        let ty = ir.column(column).ty;
        let there = self.computed(ty);
        let common = Rep::common(self.computed(ir.scalar(operand).ty), there);
        let name = ir.column(column).name.clone();
        // The operand stands in a block of its own, so that its names say where they are from.
        let outer = self.current;
        self.blocks.push(2);
        self.current = self.blocks.len() - 1;
        let comparison = |this: &mut Self| -> Res {
            this.comparable(operand, common, 6)?;
            this.push(&format!(" {op} "));
            this.compared_column(&name, ty, there, common)
        };
        self.push("(SELECT CASE ");
        self.push(if all { "min(" } else { "max(" });
        let mut done = comparison(self);
        self.push(if all {
            ") WHEN 0 THEN 0 ELSE CASE WHEN count(*) = count("
        } else {
            ") WHEN 1 THEN 1 ELSE CASE WHEN count(*) = count("
        });
        done = done.and_then(|()| comparison(self));
        self.push(if all {
            ") THEN 1 END END FROM ("
        } else {
            ") THEN 0 END END FROM ("
        });
        self.current = outer;
        done?;
        self.query(query, &[name], Use::Named)?;
        self.push("))");
        Ok(())
    }

    fn chosen(&mut self, func: Func, args: &[ScalarId], ty: Type, above: u8) -> Res {
        let rep = self.computed(ty);
        let key = rep == Rep::Numeric || ty == Type::Interval;
        if let ([only], true) = (args, func != Func::Nullif) {
            return self.scalar(*only, rep, above);
        }
        let (name, numeric) = match func {
            Func::Coalesce => ("coalesce", "coalesce"),
            Func::Nullif => ("nullif", ""),
            Func::Greatest => ("rql_greatest", "rql_num_greatest"),
            _ => ("rql_least", "rql_num_least"),
        };
        if func == Func::Nullif {
            let compared = self.comparable_rep(args);
            if key || compared != rep {
                self.push("CASE WHEN ");
                self.compare(Func::Eq, args[0], args[1], 0)?;
                self.push(" THEN NULL ELSE ");
                self.scalar(args[0], rep, 0)?;
                self.push(" END");
                return Ok(());
            }
        }
        if ty == Type::Interval && func != Func::Coalesce {
            let span = self.ir.scalar(args[0]).span;
            return Err(self.refuse(span, "the greatest or least of intervals"));
        }
        let name = if rep == Rep::Numeric { numeric } else { name };
        let args: Vec<_> = args.iter().map(|&arg| (arg, rep)).collect();
        self.runtime(name, &args, "")
    }

    fn concat(&mut self, args: &[ScalarId], ty: Type, above: u8) -> Res {
        if ty == Type::Blob {
            return self.plain_runtime("rql_blob_concat", args, "");
        }
        if args
            .iter()
            .any(|&arg| self.ir.scalar(arg).ty == Type::Unknown)
        {
            let span = self.ir.scalar(args[0]).span;
            return Err(self.refuse(span, "|| of a value whose type is not known"));
        }
        self.bracket(above > 7, |this| {
            this.scalar(args[0], Rep::Plain, 7)?;
            this.push(" || ");
            this.scalar(args[1], Rep::Plain, 8)
        })
    }

    fn concat_all(&mut self, func: Func, args: &[ScalarId]) -> Res {
        self.push(if func == Func::ConcatAll {
            "rql_concat("
        } else {
            "rql_concat_ws("
        });
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let ty = self.ir.scalar(arg).ty;
            self.text_of(arg, ty, true)?;
        }
        self.push(")");
        Ok(())
    }

    /// One number in, a number out.
    fn one_number(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        use Func as F;
        let rep = self.computed(ty);
        if ty.is_float() {
            if func == F::Neg {
                self.push("-");
                return self.scalar(args[0], Rep::Plain, 11);
            }
            let name = match func {
                F::Abs => "abs(",
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

    fn negated(&mut self, arg: ScalarId, ty: Type, rep: Rep) -> Res {
        if rep == Rep::Numeric {
            return self.wrap("rql_num_sub('0', ", arg, rep);
        }
        match self.ir.scalar(arg).kind {
            ScalarKind::Literal(Literal::Integer(v)) => self.push(&format!("-{v}")),
            ScalarKind::Literal(Literal::Decimal(v)) => self.push(&format!("-{v}")),
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
    fn doubled(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
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
                self.push("rql_units(");
                self.runtime("rql_num_idiv", &given, "")?;
                self.push(", 0)");
                Ok(())
            }
            F::Sqrt => self.runtime("rql_num_sqrt", &given, ""),
            _ => {
                let span = self.ir.scalar(args[0]).span;
                let what = format!("{} of a decimal (not of a double)", func.name());
                Err(self.refuse(span, &what))
            }
        }
    }

    fn arithmetic(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
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
