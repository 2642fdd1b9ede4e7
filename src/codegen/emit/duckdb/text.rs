//! Functions of text, bits and lists that DuckDB has otherwise, by its own.

use crate::emit::{Def, Emitter, Rep, Res, Use};
use rql_ir::{ColumnId, Func, RelId, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// Words are runs of letters and digits.
    pub(super) fn duckdb_initcap(&mut self, args: &[ScalarId]) -> Res {
        self.wrapped(
            "array_to_string(list_transform(regexp_extract_all(",
            args,
            r", '[\p{L}\p{N}]+|[^\p{L}\p{N}]+'), lambda w: replace(upper(left(w, 1)), 'ẞ', 'ß') || lower(substr(w, 2))), '')",
        )
    }

    /// Of a negative number the bits of its width.
    pub(super) fn duckdb_hex(&mut self, arg: ScalarId) -> Res {
        match self.ir.scalar(arg).ty {
            Type::BigInt => self.wrapped("lower(to_hex(", &[arg], "))"),
            _ => self.wrapped("lower(to_hex(CAST(", &[arg], " AS bigint) & 4294967295))"),
        }
    }

    pub(super) fn duckdb_literal(&mut self, id: ScalarId, arg: ScalarId) -> Res {
        self.only_if(self.twice(arg), id, Func::QuoteLiteral)?;
        self.wrapped(
            "CASE WHEN contains(",
            &[arg],
            r", '\') THEN 'E' ELSE '' END || '''' || ",
        )?;
        self.wrapped(
            "replace(replace(",
            &[arg],
            r", '\', '\\'), '''', '''''') || ''''",
        )
    }

    pub(super) fn duckdb_coded(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let form = self.written_text(args[1]).map(str::to_ascii_lowercase);
        let (before, after) = match (func, form.as_deref()) {
            (Func::Encode, Some("hex")) => ("lower(hex(", "))"),
            // Lines have 76 characters.
            (Func::Encode, Some("base64")) => (
                "rtrim(regexp_replace(to_base64(",
                r"), '(.{76})', E'\\1\n', 'g'), E'\n')",
            ),
            (Func::Decode, Some("hex")) => ("from_hex(", ")"),
            (Func::Decode, Some("base64")) => ("from_base64(", ")"),
            _ => return self.only_if(false, id, func),
        };
        self.wrapped(before, &args[..1], after)
    }

    /// What leaves the width is cut off; the count is one within the width.
    pub(super) fn duckdb_shift(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(id).ty;
        let (bits, mask, half) = match ty {
            Type::BigInt => (63, "18446744073709551615", "9223372036854775808"),
            Type::SmallInt => (31, "65535", "32768"),
            _ => (31, "4294967295", "2147483648"),
        };
        let text = format!(
            "CAST((CAST({{0}} AS hugeint) * (CAST(1 AS hugeint) << ({{1}} & {bits})) + {half} & {mask}) - {half} AS {ty})"
        );
        self.placed(&text, args)
    }

    /// The whole quotient of decimals, as one of integers.
    pub(super) fn duckdb_whole(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let scales = args.iter().map(|&arg| self.scale_of(arg));
        let scale = scales
            .collect::<Option<Vec<_>>>()
            .and_then(|all| all.into_iter().max());
        self.only_if(scale.is_some_and(|scale| scale <= 9), id, Func::IntDiv)?;
        let factor = 10_u64.pow(u32::from(scale.unwrap_or(0)));
        let (open, close) = match factor {
            1 => ("CAST(".to_owned(), " AS hugeint)".to_owned()),
            // In their own digits the units may have no place.
            _ => {
                let digits = scale.unwrap_or(0);
                let close = format!(" AS decimal(38, {digits})) * {factor} AS hugeint)");
                ("CAST(CAST(".to_owned(), close)
            }
        };
        self.push("CAST(");
        self.push(&open);
        self.scalar(args[0], Rep::Plain, 0)?;
        self.push(&close);
        self.push(" // ");
        self.push(&open);
        self.not_zero(args[1])?;
        self.push(&close);
        self.push(" AS decimal(38, 0))");
        Ok(())
    }

    /// Between a moment and one of the time zone that sessions are in.
    pub(super) fn duckdb_zone(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let own = self.fixed_zone(args[0]) == Some(0);
        self.only_if(own, id, Func::AtTimeZone)?;
        match self.ir.scalar(args[1]).ty {
            Type::TimestampTz => self.wrapped("make_timestamp(epoch_us(", &args[1..], "))"),
            _ => self.wrapped("CAST(", &args[1..], " AS timestamptz)"),
        }
    }

    /// `||` of lists, or of a list and an element.
    pub(super) fn duckdb_joined(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let list = |arg: ScalarId| matches!(self.ir.scalar(arg).ty, Type::Array(_));
        let name = match (list(args[0]), list(args[1])) {
            // Of two NULLs it makes an empty list.
            (true, true) if args.iter().all(|&arg| self.ir.scalar(arg).nullable) => {
                let text =
                    "CASE WHEN {0} IS NOT NULL OR {1} IS NOT NULL THEN list_concat({0}, {1}) END";
                return self.placed(text, args);
            }
            (true, true) => "list_concat(",
            (true, false) => "list_append(",
            (false, true) => "list_prepend(",
            _ => return self.only_if(false, id, Func::ArrayConcat),
        };
        self.wrapped(name, args, ")")
    }

    pub(super) fn duckdb_kind(&mut self, id: ScalarId, arg: ScalarId) -> Res {
        self.only_if(self.twice(arg), id, Func::JsonTypeof)?;
        self.wrapped("CASE json_type(", &[arg], ") WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' \
            WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE CASE WHEN ")?;
        self.wrapped("", &[arg], " IS NOT NULL THEN 'number' END END")
    }

    /// `(a, b) IN (SELECT …)`: true where a row is the same, else NULL where a comparison is NULL, else
    /// false. DuckDB's own compares rows as values, without NULL's third answer.
    pub(in crate::emit) fn duckdb_in_query(
        &mut self,
        fields: &[ScalarId],
        negated: bool,
        query: RelId,
        columns: &[ColumnId],
    ) -> Res {
        let mut aggregated = false;
        for &field in fields {
            self.ir.walk(field, &mut |s| {
                aggregated |= matches!(s.kind, ScalarKind::Aggregate { .. })
            });
        }
        if aggregated {
            let span = self.ir.scalar(fields[0]).span;
            return Err(self.refuse(span, "an aggregate in a row before IN"));
        }
        if let Some(&field) = fields.iter().find(|&&field| self.is_of_window(field)) {
            let refused = self.refuse(self.ir.scalar(field).span, "a window in a row before IN");
            return Err(Box::new(refused.help("computed in FROM it is a column")));
        }
        let names: Vec<String> = (1..=columns.len()).map(|at| format!("rql_{at}")).collect();
        let outer = self.open_block(2);
        let same = |this: &mut Self| -> Res {
            for (at, (&field, name)) in fields.iter().zip(&names).enumerate() {
                this.push(if at == 0 { "" } else { " AND " });
                this.scalar(field, Rep::Plain, 6)?;
                this.push(" = ");
                this.name(name);
            }
            Ok(())
        };
        self.push(if negated {
            "(NOT (SELECT CASE WHEN bool_or("
        } else {
            "(SELECT CASE WHEN bool_or("
        });
        let mut done = same(self);
        self.push(") THEN true WHEN count(*) > count(");
        done = done.and_then(|()| same(self));
        self.push(") THEN NULL ELSE false END FROM (");
        self.current = outer;
        done?;
        self.query(query, &names, Use::Named)?;
        self.push(if negated { ")))" } else { "))" });
        Ok(())
    }

    fn is_of_window(&self, id: ScalarId) -> bool {
        let mut found = false;
        self.ir.walk(id, &mut |scalar| {
            found |= match &scalar.kind {
                ScalarKind::Window { .. } => true,
                ScalarKind::Column(column) => matches!(
                    self.definition(*column),
                    Some(&Def::Inline(inner)) if self.is_of_window(inner)
                ),
                _ => false,
            };
        });
        found
    }
}
