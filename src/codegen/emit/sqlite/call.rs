//! Operators and functions that SQLite has otherwise, by other text.

use super::{bits, form, is_array};
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type, is_zone_name, zone_abbreviation};

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
        let part = matches!(func, F::JsonGet | F::JsonPath);
        if ty == Type::Unknown && !part && !matches!(func, F::Coalesce | F::Nullif) {
            return Err(self.untyped(func.name(), id));
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
            F::Power | F::Sqrt | F::Exp | F::Ln | F::Log | F::LogBase | F::IntDiv => {
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
            F::Factorial => self.plain_runtime("rql_factorial", args, ""),
            F::Coalesce | F::Nullif | F::Greatest | F::Least => self.chosen(func, args, ty, above),
            F::ToChar => self.by_template(id, args),
            F::Concat => self.concat(args, ty, above),
            F::ConcatAll | F::ConcatWs | F::Format => self.concat_all(func, args),
            F::Substr => self.plain_runtime("rql_substr", args, ""),
            // An empty text that is looked for gives back what it is looked for in, whatever would stand for it.
            F::Replace if self.ir.scalar(args[2]).nullable => {
                self.push("CASE WHEN ");
                self.scalar(args[2], Rep::Plain, 7)?;
                self.wrapped(" IS NOT NULL THEN replace(", args, ") END")
            }
            F::Replace => self.wrapped("replace(", args, ")"),
            F::NumNulls | F::NumNonnulls => self.count_nulls(func, args),
            F::WidthBucket => {
                let (name, rep) = match self.ir.scalar(args[0]).ty.is_float() {
                    true => ("rql_width_bucket", Rep::Plain),
                    false => ("rql_num_bucket", Rep::Numeric),
                };
                let mut given: Vec<_> = args.iter().map(|&arg| (arg, rep)).collect();
                given[3].1 = Rep::Plain;
                self.runtime(name, &given, "")
            }
            F::Scale => {
                self.push("rql_scale(");
                match self.ir.scalar(args[0]).ty.is_decimal() {
                    true => self.decimal_text(self.before_widening(args[0]))?,
                    false => self.scalar(args[0], Rep::Numeric, 0)?,
                }
                self.push(")");
                Ok(())
            }
            F::MinScale => self.runtime("rql_min_scale", &[(args[0], Rep::Numeric)], ""),
            F::TrimScale => self.runtime("rql_trim_scale", &[(args[0], Rep::Numeric)], ""),
            F::Sha224 => self.plain_runtime("rql_sha", args, ", 224"),
            F::Sha256 => self.plain_runtime("rql_sha", args, ", 256"),
            F::Sha384 => self.plain_runtime("rql_sha", args, ", 384"),
            F::Sha512 => self.plain_runtime("rql_sha", args, ", 512"),
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
            F::ArrayGet
            | F::ArraySlice
            | F::ArrayConcat
            | F::ArrayCat
            | F::ArrayAppend
            | F::ArrayPrepend
            | F::ArrayPosition
            | F::ArrayPositions
            | F::ArrayRemove
            | F::ArrayReplace
            | F::ArrayContains
            | F::ArrayContained
            | F::ArrayOverlap
            | F::ArrayToString
            | F::StringToArray => self.arrays(func, args, ty),
            F::JsonGet | F::JsonGetText => {
                let jsonb = self.ir.scalar(args[0]).ty == Type::Jsonb;
                let name = match (func, jsonb) {
                    (F::JsonGet, false) => "rql_json_get",
                    (F::JsonGet, true) => "rql_jsonb_get",
                    (_, false) => "rql_json_get_text",
                    (_, true) => "rql_jsonb_get_text",
                };
                self.plain_runtime(name, args, "")
            }
            F::ToJson | F::ArrayToJson => self.json_of(args[0]),
            F::ToJsonb => self.as_jsonb(|this| this.json_of(args[0])),
            F::JsonBuildArray | F::JsonBuildObject => self.json_built(id, func, args),
            F::JsonbBuildArray | F::JsonbBuildObject => {
                self.as_jsonb(|this| this.json_built(id, func, args))
            }
            F::JsonbContained => self.plain_runtime("rql_jsonb_contains", &[args[1], args[0]], ""),
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
                let known = |name: &str| {
                    let lower = name.trim().to_lowercase();
                    let before = lower.split(['+', '-']).next().unwrap_or_default();
                    let letters = before.bytes().all(|b| b.is_ascii_alphabetic());
                    let utc = ["utc", "gmt", "z", "etc/utc", "etc/gmt", "zulu", "uct"];
                    let offset = letters && before.len() < lower.len();
                    utc.contains(&&*lower)
                        || offset
                        || is_zone_name(name)
                        || zone_abbreviation(name).is_some()
                };
                if let Some(zone) = self.written_text(args[0]).filter(|name| !known(name)) {
                    let what = format!("the time zone {zone}");
                    return Err(self.refuse(self.ir.scalar(args[0]).span, &what));
                }
                let name = match self.ir.scalar(args[0]).ty {
                    Type::Interval => "rql_timezone_by",
                    _ => "rql_timezone",
                };
                self.plain_runtime(name, args, sign)
            }
            F::CurrentTimestamp | F::LocalTimestamp | F::ClockTimestamp => {
                self.push("rql_timestamp(strftime('%Y-%m-%d %H:%M:%f', 'now'))");
                Ok(())
            }
            F::Version => {
                self.push("('SQLite ' || sqlite_version())");
                Ok(())
            }
            F::CurrentSchema => {
                self.push("'main'");
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

    fn chosen(&mut self, func: Func, args: &[ScalarId], ty: Type, above: u8) -> Res {
        let rep = self.computed(ty);
        let extreme = matches!(func, Func::Greatest | Func::Least) && args.len() > 1;
        if extreme && is_array(ty) {
            let name = match func {
                Func::Greatest => "rql_array_greatest",
                _ => "rql_array_least",
            };
            self.push(&format!("{name}('{}', ", form(ty)));
            self.list(args, |this, arg| this.scalar(arg, rep, 0))?;
            self.push(")");
            return Ok(());
        }
        let key = rep == Rep::Numeric || matches!(ty, Type::Interval | Type::Jsonb);
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
        let name = match (ty, func) {
            (Type::Interval, Func::Greatest) => "rql_interval_greatest",
            (Type::Interval, Func::Least) => "rql_interval_least",
            (Type::Jsonb, Func::Greatest) => "rql_jsonb_greatest",
            (Type::Jsonb, Func::Least) => "rql_jsonb_least",
            _ => name,
        };
        let name = if rep == Rep::Numeric { numeric } else { name };
        let args: Vec<_> = args.iter().map(|&arg| (arg, rep)).collect();
        self.runtime(name, &args, "")
    }

    fn concat(&mut self, args: &[ScalarId], ty: Type, above: u8) -> Res {
        if ty == Type::Blob {
            return self.plain_runtime("rql_blob_concat", args, "");
        }
        let unknown = |arg: &&ScalarId| self.ir.scalar(**arg).ty == Type::Unknown;
        if let Some(&arg) = args.iter().find(unknown) {
            return Err(self.untyped("||", arg));
        }
        self.bracket(above > 7, |this| {
            this.scalar(args[0], Rep::Plain, 7)?;
            this.push(" || ");
            this.scalar(args[1], Rep::Plain, 8)
        })
    }

    fn concat_all(&mut self, func: Func, args: &[ScalarId]) -> Res {
        self.push(match func {
            Func::ConcatAll => "rql_concat(",
            Func::ConcatWs => "rql_concat_ws(",
            _ => "rql_format(",
        });
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let ty = self.ir.scalar(arg).ty;
            self.text_of(arg, ty, true, 0)?;
        }
        self.push(")");
        Ok(())
    }

    fn by_template(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        match self.ir.scalar(args[0]).ty {
            Type::Timestamp => self.plain_runtime("rql_to_char", args, ", 0"),
            Type::TimestampTz => self.plain_runtime("rql_to_char", args, ", 1"),
            ty if ty.is_integer() || ty.is_decimal() => self.runtime(
                "rql_num_to_char",
                &[(args[0], Rep::Numeric), (args[1], Rep::Plain)],
                "",
            ),
            ty => Err(self.refuse(self.ir.scalar(id).span, &format!("to_char of {ty}"))),
        }
    }
}
