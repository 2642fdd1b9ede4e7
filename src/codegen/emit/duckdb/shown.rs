//! Values as PostgreSQL writes them, and documents of them.

use crate::emit::aggregate::Aggregation;
use crate::emit::{Emitter, Res};
use rql_ir::{Func, ScalarId, ScalarKind, Type};

/// The parts of an interval: whole months, days, microseconds.
pub(super) const PARTS: &str = "{m: CAST(date_part('year', {0}) * 12 + date_part('month', {0}) AS bigint), \
    d: CAST(date_part('day', {0}) AS bigint), \
    u: CAST(date_part('hour', {0}) * 3600000000 + date_part('minute', {0}) * 60000000 \
    + date_part('microseconds', {0}) AS bigint)}";

/// An interval's text: a unit behind a negative one has its sign written.
const INTERVAL: &str = "concat_ws(' ', \
    CASE WHEN i['y'] <> 0 THEN i['y'] || CASE WHEN i['y'] = 1 THEN ' year' ELSE ' years' END END, \
    CASE WHEN i['m'] <> 0 THEN CASE WHEN i['y'] < 0 AND i['m'] > 0 THEN '+' ELSE '' END || i['m'] \
    || CASE WHEN i['m'] = 1 THEN ' mon' ELSE ' mons' END END, \
    CASE WHEN i['d'] <> 0 THEN CASE WHEN i['d'] > 0 AND CASE WHEN i['m'] <> 0 THEN i['m'] ELSE i['y'] END < 0 THEN '+' \
    ELSE '' END || i['d'] || CASE WHEN i['d'] = 1 THEN ' day' ELSE ' days' END END, \
    CASE WHEN i['u'] <> 0 OR i['y'] = 0 AND i['m'] = 0 AND i['d'] = 0 THEN CASE WHEN i['u'] < 0 THEN '-' \
    WHEN CASE WHEN i['d'] <> 0 THEN i['d'] WHEN i['m'] <> 0 THEN i['m'] ELSE i['y'] END < 0 THEN '+' ELSE '' END \
    || format('{:02d}:{:02d}:{:02d}', abs(i['u']) // 3600000000, abs(i['u']) // 60000000 % 60, \
    abs(i['u']) // 1000000 % 60) || CASE WHEN i['u'] % 1000000 = 0 THEN '' \
    ELSE '.' || rtrim(lpad(CAST(abs(i['u']) % 1000000 AS text), 6, '0'), '0') END END)";

/// The text of a floating-point number: from so many digits on with an exponent.
fn float(most: &str) -> String {
    format!(
        "CASE WHEN isnan({{0}}) THEN 'NaN' WHEN isinf({{0}}) THEN CASE WHEN {{0}} > 0 THEN 'Infinity' \
         ELSE '-Infinity' END WHEN abs({{0}}) >= {most} AND NOT contains(CAST({{0}} AS text), 'e') \
         THEN list_transform([regexp_replace(CAST(abs({{0}}) AS text), '\\.0$', '')], \
         lambda d: CASE WHEN {{0}} < 0 THEN '-' ELSE '' END || left(d, 1) \
         || rtrim(rtrim('.' || substr(d, 2), '0'), '.') || 'e+' || lpad(CAST(length(d) - 1 AS text), 2, '0'))[1] \
         ELSE regexp_replace(CAST({{0}} AS text), '\\.0$', '') END"
    )
}

/// The text of a value; `None` where DuckDB has no such text.
pub(super) fn text_of(ty: Type) -> Option<String> {
    use Type as T;
    let text = match ty {
        ty if ty.is_text() => "{0}".into(),
        ty if ty.is_integer() || ty.is_decimal() => "CAST({0} AS text)".into(),
        T::Boolean | T::Date | T::Time | T::Timestamp | T::TimestampTz | T::Uuid => {
            "CAST({0} AS text)".into()
        }
        T::Json | T::Jsonb | T::Unknown => "CAST({0} AS text)".into(),
        T::Blob => r"('\x' || lower(hex({0})))".into(),
        T::Double => float("1e15"),
        T::Real => float("1e6"),
        T::Interval => format!(
            "CASE WHEN {{0}} IS NOT NULL THEN list_transform(list_transform([{PARTS}], \
             lambda i: {{y: i['m'] // 12, m: i['m'] % 12, d: i['d'], u: i['u']}}), lambda i: {INTERVAL})[1] END"
        ),
        T::Array(_) => {
            let element = r#"CASE WHEN e IS NULL THEN 'NULL' WHEN e = '' OR upper(e) = 'NULL'
                OR regexp_matches(e, '[{}",\\ \t\n\r\v\f]')
                THEN '"' || replace(replace(e, '\', '\\'), '"', '\"') || '"' ELSE e END"#;
            let element = element.replace("\n                ", " ");
            let element = format!("list_transform({}, lambda e: {element})", elements(ty)?);
            format!("('{{' || array_to_string({element}, ',') || '}}')")
        }
        _ => return None,
    };
    Some(text)
}

/// The text of a value among others in a text: truth values are `t` and `f` there.
pub(super) fn part_of(ty: Type) -> Option<String> {
    match ty {
        Type::Boolean => Some("CASE WHEN {0} THEN 't' WHEN NOT {0} THEN 'f' END".into()),
        ty => text_of(ty),
    }
}

/// The texts of the elements of an array.
pub(super) fn elements(array: Type) -> Option<String> {
    let Type::Array(element) = array else {
        return None;
    };
    // DuckDB brings the decimals of a list to one scale.
    let alike = !matches!(element, Type::Decimal { .. } | Type::Array(_));
    let text = alike.then(|| part_of(*element))??;
    Some(match text.as_str() {
        "{0}" => text,
        _ => format!(
            "list_transform({{0}}, lambda v: {})",
            text.replace("{0}", "v")
        ),
    })
}

/// A value in a document.
fn in_document(ty: Type) -> Option<String> {
    use Type as T;
    let text = text_of(ty)?;
    Some(match ty {
        ty if ty.is_text() => "CAST(to_json({0}) AS text)".into(),
        T::Json | T::Jsonb | T::Boolean => text,
        ty if ty.is_integer() || ty.is_decimal() => text,
        T::Double | T::Real => {
            format!("CASE WHEN isfinite({{0}}) THEN {text} ELSE '\"' || ({text}) || '\"' END")
        }
        T::Date | T::Time | T::Uuid | T::Interval => format!("('\"' || {text} || '\"')"),
        T::Blob => format!(r#"('"\' || {text} || '"')"#),
        T::Timestamp => format!("('\"' || replace({text}, ' ', 'T') || '\"')"),
        T::TimestampTz => format!("('\"' || replace({text}, ' ', 'T') || ':00\"')"),
        T::Array(T::Decimal { .. } | T::Array(_)) => return None,
        T::Array(element) => format!(
            "('[' || array_to_string(list_transform({{0}}, lambda v: coalesce({}, 'null')), ',') || ']')",
            in_document(*element)?.replace("{0}", "v")
        ),
        _ => return None,
    })
}

/// A name in a document.
fn name_of(ty: Type) -> Option<String> {
    let text = match ty {
        ty if ty.is_text() => "CAST(to_json({0}) AS text)".into(),
        ty if ty.is_integer() => "'\"' || CAST({0} AS text) || '\"'".into(),
        Type::Boolean | Type::Date | Type::Uuid => "'\"' || CAST({0} AS text) || '\"'".to_owned(),
        _ => return None,
    };
    Some(format!(
        "CASE WHEN {{0}} IS NULL THEN error('null value not allowed for object key') ELSE {text} END"
    ))
}

impl Emitter<'_> {
    /// How the text of a value is written, where its digits are known; rounded to more digits than it has, it has
    /// fewer there.
    pub(super) fn duckdb_text(&self, id: ScalarId, text: Option<String>) -> Option<String> {
        let text = text.filter(|_| !self.has_open_digits(id))?;
        let scalar = self.ir.scalar(id);
        let rounded = matches!(
            scalar.kind,
            ScalarKind::Call {
                func: Func::Round | Func::Trunc,
                ..
            }
        );
        Some(match scalar.ty {
            Type::Decimal {
                scale: Some(scale), ..
            } if rounded => text.replace("{0}", &format!("CAST({{0}} AS decimal(38, {scale}))")),
            _ => text,
        })
    }

    /// A value as JSON text.
    pub(in crate::emit) fn json_piece(&mut self, value: ScalarId) -> Res {
        let ty = self.ir.scalar(value).ty;
        if ty == Type::Record {
            return self.row_document(value, false);
        }
        match self.duckdb_text(value, in_document(ty)) {
            Some(text) => self.placed(&text, &[value]),
            None => Err(self.refuse(self.ir.scalar(value).span, &format!("{ty} in a document"))),
        }
    }

    fn name_piece(&mut self, name: ScalarId) -> Res {
        let ty = self.ir.scalar(name).ty;
        match name_of(ty) {
            Some(text) => self.placed(&text, &[name]),
            None => Err(self.refuse(self.ir.scalar(name).span, &format!("{ty} as a name"))),
        }
    }

    /// `json_build_array` and `json_build_object`.
    pub(super) fn duckdb_document(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let object = matches!(func, Func::JsonBuildObject | Func::JsonbBuildObject);
        let colon = if func == Func::JsonbBuildObject {
            " || ': ' || "
        } else {
            " || ' : ' || "
        };
        self.only_if(!object || args.len().is_multiple_of(2), id, func)?;
        self.push(if object { "CAST('{'" } else { "CAST('['" });
        for (at, &arg) in args.iter().enumerate() {
            let name = object && at % 2 == 0;
            self.push(match (at, object && !name) {
                (0, _) => " || ",
                (_, true) => colon,
                _ => " || ', ' || ",
            });
            if name {
                self.name_piece(arg)?;
            } else {
                self.push("coalesce(");
                self.json_piece(arg)?;
                self.push(", 'null')");
            }
        }
        self.push(if object {
            " || '}' AS json)"
        } else {
            " || ']' AS json)"
        });
        Ok(())
    }

    /// `json_agg` and `json_object_agg`.
    pub(super) fn duckdb_gathered(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let what = format!("{} of DISTINCT values", call.agg.name());
        let (&value, name) = match (call.distinct, call.args) {
            (false, [value]) => (value, None),
            (false, [name, value]) => (value, Some(*name)),
            _ => return Err(self.refuse(self.ir.scalar(id).span, &what)),
        };
        // PostgreSQL sets arrays and rows on lines of their own.
        let many = matches!(self.ir.scalar(value).ty, Type::Array(_) | Type::Record);
        let lines = name.is_none() && many;
        self.push(if name.is_some() {
            "CAST('{ ' || string_agg("
        } else {
            "CAST('[' || string_agg("
        });
        if let Some(name) = name {
            self.filtered_value(call, |this| this.name_piece(name))?;
            self.push(" || ' : ' || ");
        }
        self.push("coalesce(");
        self.json_piece(value)?;
        self.push(if lines {
            ", 'null'), E', \\n '"
        } else {
            ", 'null'), ', '"
        });
        self.order_within(call.order)?;
        self.push(")");
        self.behind(call)?;
        self.push(if name.is_some() {
            " || ' }' AS json)"
        } else {
            " || ']' AS json)"
        });
        Ok(())
    }
}
