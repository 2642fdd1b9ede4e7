//! Calls: functions, aggregates, windows.

use super::{Lowerer, Res, error, not_yet};
use crate::function::{self, FUNCTIONS, Function, Gives, NoCandidate, Nulls, Param, named};
use crate::*;
use rql_ast::{self as ast, ArgLabel, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    pub(super) fn function(&mut self, id: Id<ast::Call>, span: Span) -> Res<ScalarId> {
        let ast = self.ast;
        let call = ast[id];
        self.no_placeholders(&ast[call.name.parts], "a function")?;
        if let Some(expanded) = self.scalar_macro(call, span)? {
            return Ok(expanded);
        }
        let dotted = ast.dotted(call.name);
        let name = dotted.strip_prefix("pg_catalog.").unwrap_or(&dotted);
        if call.ignore_nulls == Some(true) {
            return Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "PostgreSQL has no IGNORE NULLS")
                    .label(span, "every row counts here")
                    .help(
                        "max(x) over the rows of one group does it: a query in FROM with count(x) OVER (ORDER BY …) AS grp \
                         numbers the groups, each beginning with a value, and max(x) OVER (PARTITION BY grp) is that value",
                    ),
            ));
        }
        if call.separator.is_some() {
            return Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "SEPARATOR is MySQL's")
                    .label(span, "no other database has it")
                    .help("string_agg(x, ', ' ORDER BY y) does, on every backend"),
            ));
        }
        if call.limit.is_some() || call.separator.is_some() || call.ignore_nulls.is_some() {
            return not_yet(span, "this form of a call");
        }
        if name == "grouping" && call.over.is_none() {
            return self.grouping(call, span);
        }
        if let Some(row) = name.strip_prefix("run").and_then(function::aggregate) {
            use Agg as A;
            if matches!(row.func, A::Count | A::Sum | A::Avg | A::Min | A::Max) {
                return self.running(row, call, span);
            }
        }
        if call.over.is_some() {
            return self.window(name, call, span);
        }
        if let Some(row) = function::aggregate(name) {
            return self.aggregate(row, call, span);
        }
        let ranks = ["rank", "dense_rank", "percent_rank", "cume_dist"];
        if ranks.contains(&name) && !call.within_group.is_empty() {
            return self.hypothetical(name, call, span);
        }
        if call.filter.is_some()
            || call.quantifier != ast::Quantifier::None
            || !call.order_by.is_empty()
            || !call.within_group.is_empty()
        {
            let mut own = self.env.catalog.own_functions(name, call.args.len());
            if own.any(|own| own.aggregates) {
                return not_yet(
                    span,
                    "DISTINCT, ORDER BY or FILTER with an aggregate of the backend's own",
                );
            }
            let message = format!("{name} is no aggregate");
            let label = "DISTINCT, ORDER BY, FILTER and WITHIN GROUP go with aggregates";
            let said = Diagnostic::error(codes::TYPE_MISMATCH, message).label(span, label);
            return Err(Box::new(match crate::others::function(name) {
                Some(way) => said.help(format!("on every backend: {way}")),
                None => said,
            }));
        }
        self.plain_call(name, call, span)
    }

    /// The text that names a sequence: PostgreSQL writes it as `'ticket'::regclass` in its dumps.
    fn sequence_named(&self, id: Id<ast::Expr>) -> Id<ast::Expr> {
        let ast = self.ast;
        if let ExprKind::Cast(cast) = ast[id].kind {
            let ty = ast.text(ast[ast[cast].ty].span).trim();
            if ty.eq_ignore_ascii_case("regclass") {
                return ast[cast].operand;
            }
        }
        id
    }

    /// A call of what is neither an aggregate nor over a window.
    pub(super) fn plain_call(&mut self, name: &str, call: ast::Call, span: Span) -> Res<ScalarId> {
        use ArgLabel as L;
        let args = &self.ast[call.args];
        let labels: Vec<_> = args.iter().map(|arg| arg.label).collect();
        let value = |this: &mut Self, at: usize| this.expr(args[at].value);
        match (name, labels.as_slice()) {
            ("nextval" | "currval" | "setval", [L::None, ..]) => {
                let mut values = vec![self.expr(self.sequence_named(args[0].value))?];
                for at in 1..args.len() {
                    values.push(value(self, at)?);
                }
                return self.invoke(name, named(name), values, span);
            }
            ("extract", _) => return self.extract(args, span),
            ("make_interval", _) => return self.make_interval(args, span),
            ("coalesce" | "greatest" | "least", _) => return self.same_typed(name, args, span),
            ("nullif", _) => return self.nullif(args, span),
            ("trim", &[first, ..]) if first != L::None => return self.trim(args, span),
            ("trim", &[L::None, L::From]) => {
                let values = vec![value(self, 1)?, value(self, 0)?];
                return self.invoke("trim", named("btrim"), values, span);
            }
            ("overlay", _) => {
                let values = args.iter().map(|arg| self.expr(arg.value));
                let values = values.collect::<Res<Vec<_>>>()?;
                let row = &FUNCTIONS[Func::Overlay as usize];
                return self.invoke(name, &[row], values, span);
            }
            ("position", [L::None]) => {
                if let ExprKind::In { operand, set, .. } = self.ast[args[0].value].kind {
                    let set = match self.ast[set].kind {
                        ExprKind::Paren(inner) => inner,
                        _ => set,
                    };
                    let values = vec![self.expr(set)?, self.expr(operand)?];
                    return self.invoke("position", named("strpos"), values, span);
                }
                return not_yet(span, "this form of POSITION");
            }
            ("position", [_, _]) => {
                let values = vec![value(self, 1)?, value(self, 0)?];
                return self.invoke("position", named("strpos"), values, span);
            }
            // From the start of today.
            ("age", [L::None]) => {
                let today = self.call(Func::CurrentDate, Vec::new(), Type::Date, span);
                let values = vec![self.coerce(today, Type::Timestamp)?, value(self, 0)?];
                return self.invoke(name, named(name), values, span);
            }
            (
                "json_extract_path"
                | "jsonb_extract_path"
                | "json_extract_path_text"
                | "jsonb_extract_path_text",
                [_, _, ..],
            ) => {
                let steps = (1..args.len()).map(|at| {
                    let step = value(self, at)?;
                    self.coerce(step, Type::Text)
                });
                let steps = steps.collect::<Res<Vec<_>>>()?;
                let texts = Type::Text.array();
                let path = self.add(ScalarKind::Array(steps), texts, false, span);
                let operator = if name.ends_with("text") { "#>>" } else { "#>" };
                let own = if name.starts_with("jsonb") {
                    Type::Jsonb
                } else {
                    Type::Json
                };
                let document = value(self, 0)?;
                let values = vec![self.coerce(document, own)?, path];
                return self.invoke(name, named(operator), values, span);
            }
            ("substring", [L::None, L::For]) => {
                let one = ScalarKind::Literal(Literal::Integer(1));
                let one = self.add(one, Type::Integer, false, span);
                let values = vec![value(self, 0)?, one, value(self, 1)?];
                return self.invoke(name, named(name), values, span);
            }
            _ => {}
        }
        if let ("row_to_json", [L::None, L::None]) = (name, labels.as_slice()) {
            return self.foreign_call(name, call, span);
        }
        if let ("to_json" | "row_to_json" | "to_jsonb", [L::None]) = (name, labels.as_slice()) {
            let row = value(self, 0)?;
            self.has_type(row, name)?;
            if self.ty(row) == Type::Record {
                let func = match name {
                    "to_jsonb" => Func::ToJsonb,
                    _ => Func::ToJson,
                };
                return Ok(self.document_of_row(row, func, span));
            }
            if name == "row_to_json" && !self.is_open(row) {
                let ty = self.ty(row);
                return error(
                    codes::TYPE_MISMATCH,
                    self.span(row),
                    format!("row_to_json takes a row, and this is {ty}"),
                    "the name of a table in FROM is its row; to_json takes any value",
                );
            }
        }
        let rows = named(name);
        if rows.is_empty()
            && let Some(rows) = self.rows_in_list(name, call, span)?
        {
            return Ok(rows);
        }
        if rows.is_empty() {
            return self.foreign_call(name, call, span);
        }
        let mut values = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            match arg.label {
                L::None => {}
                L::From | L::For if name == "substring" => {}
                L::From if name == "date_part" && at == 1 => {}
                _ => return not_yet(span, "this form of a call"),
            }
            values.push(self.expr(arg.value)?);
        }
        self.invoke(name, rows, values, span)
    }

    /// A call of whichever function of a name takes these arguments.
    pub(super) fn invoke(
        &mut self,
        name: &str,
        rows: &[&'static Function],
        mut values: Vec<ScalarId>,
        span: Span,
    ) -> Res<ScalarId> {
        match name {
            "json_build_object" | "json_build_array" => self.documents_of_rows(&mut values, false),
            "jsonb_build_object" | "jsonb_build_array" => self.documents_of_rows(&mut values, true),
            _ => {}
        }
        let types: Vec<_> = values.iter().map(|&v| self.ty(v)).collect();
        if values.iter().any(|&v| self.is_open(v))
            && let Some(scalar) = self.invoke_open(rows, &values, span)
        {
            return Ok(scalar);
        }
        let chosen = match function::resolve(rows, &types) {
            Ok(chosen) => chosen,
            Err(why) => return Err(Box::new(no_candidate(name, rows, &types, why, span))),
        };
        for (value, want) in values.iter_mut().zip(&chosen.wants) {
            if let Some(want) = *want {
                *value = self.coerce(*value, want)?;
            }
        }
        let ty = self.given(chosen.gives, &values, chosen.element);
        let func = chosen.row.func;
        use Func as F;
        if func.takes_json_path() {
            self.json_path(values[1])?;
        }
        if matches!(func, F::ArrayContains | F::ArrayContained | F::ArrayOverlap) {
            self.arrays_alike(name, &types, &values)?;
        }
        let commutes = matches!(
            func,
            F::AddDays | F::AddInterval | F::DateTime | F::TimeAdd | F::IntervalMul
        );
        // The moment, or the interval that is multiplied, comes first.
        if let (true, &[first, _]) = (commutes, values.as_slice()) {
            let turned = match self.ty(first) {
                Type::Interval => func != F::IntervalMul,
                Type::Time => func == F::DateTime,
                first => !first.is_moment(),
            };
            if turned {
                values.swap(0, 1);
            }
        }
        let scalar = self.call(func, values, ty, span);
        match chosen.row.nulls {
            Nulls::Strict => {}
            Nulls::Never => self.ir.scalars[scalar.index()].nullable = false,
            Nulls::Sometimes => self.ir.scalars[scalar.index()].nullable = true,
        }
        Ok(scalar)
    }

    /// A value of an open catalog: its type is not known and no context decides it.
    pub(super) fn is_open(&self, scalar: ScalarId) -> bool {
        let Scalar { kind, ty, .. } = self.ir.scalar(scalar);
        *ty == Type::Unknown && !matches!(kind, ScalarKind::Literal(_) | ScalarKind::Param(_))
    }

    /// A call with a value whose type is not known: it passes as it is, of a type that is known only
    /// where all signatures agree.
    fn invoke_open(
        &mut self,
        rows: &[&'static Function],
        values: &[ScalarId],
        span: Span,
    ) -> Option<ScalarId> {
        let mut all = rows.iter().flat_map(|row| {
            let fits = row.signatures.iter();
            let fits = fits.filter(|s| s.variadic || s.params.len() == values.len());
            fits.map(move |s| (row.func, s.gives))
        });
        let (func, gives) = all.next()?;
        if all.all(|other| other.1 == gives) {
            return None;
        }
        let values = values.iter().map(|&v| self.settle_open(v)).collect();
        Some(self.call(func, values, Type::Unknown, span))
    }

    /// A parameter beside a value of unknown type is text; constants stay as they are.
    fn settle_open(&mut self, scalar: ScalarId) -> ScalarId {
        match self.ir.scalar(scalar).kind {
            ScalarKind::Param(_) => self.settle(scalar),
            _ => scalar,
        }
    }

    /// The type of a result.
    pub(super) fn given(&self, gives: Gives, values: &[ScalarId], element: Type) -> Type {
        let scale = |at: usize| values.get(at).and_then(|&v| self.ty(v).scale());
        // Where an operand may have more digits than 64 bits hold, so may the result.
        let wide = values
            .iter()
            .any(|&v| matches!(self.ty(v), Type::Decimal { precision: Some(p), .. } if p > 18));
        let of_scale = |scale: Option<u8>, wide: bool| Type::Decimal {
            precision: scale.and(wide.then_some(38)),
            scale,
        };
        match gives {
            Gives::Type(ty) => ty,
            Gives::Like => match self.ty(values[0]) {
                Type::Decimal { scale, .. } => of_scale(scale, wide),
                ty => ty,
            },
            Gives::Total => of_scale(scale(0), wide || self.ty(values[0]).adds_up_wide()),
            Gives::Element => element,
            Gives::Array => element.array(),
            Gives::MaxScale => {
                let most = scale(0).zip(scale(1)).map(|(a, b)| a.max(b));
                of_scale(most, wide || self.outgrow_together(values))
            }
            Gives::SumScale => {
                let both = scale(0).zip(scale(1));
                let both = both.and_then(|(a, b)| a.checked_add(b));
                of_scale(both.filter(|&s| s <= 38), wide || self.outgrows(values))
            }
            Gives::Whole if !values.iter().any(|&v| self.ty(v).is_wide_decimal()) => {
                of_scale(Some(0), false)
            }
            Gives::Whole | Gives::Long => Type::Decimal {
                precision: Some(38),
                scale: Some(0),
            },
            Gives::Digits => match values.get(1).map(|&v| self.literal_integer(v)) {
                Some(Some(digits)) if digits <= 38 => {
                    of_scale(Some(u8::try_from(digits).unwrap_or(0)), wide)
                }
                _ => Type::NUMERIC,
            },
        }
    }

    /// The value of an integer constant, its sign included.
    pub(super) fn literal_integer(&self, scalar: ScalarId) -> Option<i64> {
        match &self.ir.scalar(scalar).kind {
            ScalarKind::Literal(Literal::Integer(value)) => Some(*value),
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.literal_integer(args[0]).map(i64::wrapping_neg),
            _ => None,
        }
    }

    /// COALESCE, GREATEST and LEAST: all of one type, which is the result's.
    fn same_typed(&mut self, name: &str, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        let func = match name {
            "coalesce" => Func::Coalesce,
            "greatest" => Func::Greatest,
            _ => Func::Least,
        };
        if args.is_empty() {
            let message = format!("{name} takes at least one argument");
            return error(codes::TYPE_MISMATCH, span, message, "there is none");
        }
        let mut values = args
            .iter()
            .map(|arg| self.expr(arg.value))
            .collect::<Res<Vec<_>>>()?;
        let ty = self.together(&mut values, span)?;
        for value in &mut values {
            *value = self.settle(*value);
        }
        let open = values.iter().any(|&v| self.is_open(v));
        let ty = match ty {
            Type::Unknown if !open => Type::Text,
            Type::Json if func != Func::Coalesce => {
                let label = "its values have no order";
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("no {name} of json"),
                    label,
                );
            }
            ty => ty,
        };
        let nullable = values.iter().all(|&arg| self.ir.scalar(arg).nullable);
        let scalar = self.call(func, values, ty, span);
        self.ir.scalars[scalar.index()].nullable = nullable;
        Ok(scalar)
    }

    /// NULLIF: the first argument's type, and a comparison that must be allowed.
    fn nullif(&mut self, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        let [a, b] = args else {
            let message = "nullif takes two arguments";
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "the number of arguments",
            );
        };
        let mut values = vec![self.expr(a.value)?, self.expr(b.value)?];
        let (own, from, beside) = (values[0], self.ty(values[0]), self.ty(values[1]));
        self.comparable(&mut values, Func::Eq, span)?;
        for value in &mut values {
            *value = self.settle(*value);
        }
        // There are comparisons of a date and a timestamp, and of reals and other numbers, but none of an integer and a
        // decimal.
        let kept = from == Type::Real || from.is_moment();
        if kept && self.ty(values[0]) != from {
            let same = self.compare(Func::Eq, values[0], values[1], span)?;
            let null = self.add(ScalarKind::Literal(Literal::Null), from, true, span);
            let kind = ScalarKind::Case {
                branches: vec![(same, null)],
                otherwise: Some(own),
            };
            return Ok(self.add(kind, from, true, span));
        }
        if from.is_integer() && beside.is_decimal() {
            let whole = Type::Decimal {
                precision: None,
                scale: Some(0),
            };
            values[0] = self.coerce(values[0], whole)?;
        }
        let ty = self.ty(values[0]).passed_on();
        let scalar = self.call(Func::Nullif, values, ty, span);
        self.ir.scalars[scalar.index()].nullable = true;
        Ok(scalar)
    }

    /// `make_interval(days => 3)`: what is not given is 0.
    fn make_interval(&mut self, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        const NAMES: [&str; 7] = ["years", "months", "weeks", "days", "hours", "mins", "secs"];
        let mut given = [None; NAMES.len()];
        for (at, arg) in args.iter().enumerate() {
            let place = match arg.label {
                ArgLabel::None => Some(at),
                ArgLabel::Arrow(name) | ArgLabel::Assign(name) => {
                    let name = self.ast.name(name);
                    NAMES.iter().position(|known| *known == name)
                }
                _ => None,
            };
            let Some(place) = place.and_then(|place| given.get_mut(place)) else {
                let message =
                    "make_interval takes years, months, weeks, days, hours, mins and secs";
                let at = self.ast[arg.value].span;
                return error(codes::TYPE_MISMATCH, at, message, "this is none of them");
            };
            *place = Some(arg.value);
        }
        let mut values = Vec::new();
        for value in given {
            values.push(match value {
                Some(value) => self.expr(value)?,
                None => {
                    let zero = ScalarKind::Literal(Literal::Integer(0));
                    self.add(zero, Type::Integer, false, span)
                }
            });
        }
        self.invoke("make_interval", named("make_interval"), values, span)
    }

    /// `TRIM([LEADING|TRAILING|BOTH] [characters] [FROM] text)`.
    fn trim(&mut self, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        use ArgLabel as L;
        let name = match args[0].label {
            L::Leading | L::LeadingFrom => "ltrim",
            L::Trailing | L::TrailingFrom => "rtrim",
            _ => "btrim",
        };
        let mut values = args
            .iter()
            .map(|arg| self.expr(arg.value))
            .collect::<Res<Vec<_>>>()?;
        // The characters stand before the text, and behind it in the function.
        if args.len() == 2 && args[1].label == L::From {
            values.swap(0, 1);
        }
        self.invoke("trim", named(name), values, span)
    }
}

/// Why no signature of a name takes the arguments, and what it does take.
pub(super) fn no_candidate<F>(
    name: &str,
    rows: &[&'static Function<F>],
    types: &[Type],
    why: NoCandidate,
    span: Span,
) -> Diagnostic {
    let operator = !name.starts_with(|c: char| c.is_ascii_alphabetic());
    let given: Vec<_> = types.iter().map(Type::to_string).collect();
    let call = match given.as_slice() {
        [one] if operator => format!("{name} {one}"),
        [a, b] if operator => format!("{a} {name} {b}"),
        all => format!("{name}({})", all.join(", ")),
    };
    let (message, label) = match why {
        NoCandidate::Count => {
            let message = format!("{name} does not take {} arguments", types.len());
            (message, "the number of arguments")
        }
        NoCandidate::Types => (format!("there is no {call}"), "no such types"),
        NoCandidate::Several => {
            let message = format!("{call} could mean more than one thing");
            (message, "a CAST says which type is meant")
        }
    };
    let shown = |param: &Param| match param {
        Param::Of(ty) => ty.to_string(),
        Param::Any | Param::Element => "any".into(),
        Param::Array => "array".into(),
    };
    let signatures = rows.iter().flat_map(|row| row.signatures);
    let mut takes: Vec<String> = Vec::new();
    for signature in signatures {
        let params: Vec<_> = signature.params.iter().map(shown).collect();
        let more = if signature.variadic { ", …" } else { "" };
        takes.push(format!("({}{more})", params.join(", ")));
    }
    takes.truncate(6);
    let error = Diagnostic::error(codes::TYPE_MISMATCH, message).label(span, label);
    if matches!(name, "@>" | "<@") && types.contains(&Type::Json) {
        return error.help("documents are compared as jsonb: CAST(… AS jsonb) of both sides");
    }
    let takes = format!("{name} takes {}", takes.join(", "));
    error.help(match name {
        "decode" if types.len() > 3 => {
            "CASE x WHEN 1 THEN 'a' ELSE 'b' END chooses by a value".into()
        }
        "&&" if types.contains(&Type::Boolean) => format!("AND joins conditions; {takes}"),
        "json_object" => format!("{takes}; json_build_object('a', 1) is made of names and values"),
        _ => takes,
    })
}
