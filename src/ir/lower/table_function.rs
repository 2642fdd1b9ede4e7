//! Functions that give rows, in FROM and in a SELECT list.

use super::beside::SetReturning;
use super::from::Piece;
use super::scope::Place;
use super::{Lowerer, Name, Res, error};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// What a function gives: its columns' names, where they do not take the alias's, and types.
type Shape = Vec<(Option<&'static str>, Type)>;

/// The same of a function of the backend's own.
type OwnRows = (TableFunc, Vec<(Option<String>, Type)>);

impl<'a> Lowerer<'a> {
    /// A function in FROM sees the relations before it, with or without LATERAL.
    pub(super) fn table_function(
        &mut self,
        call: ast::Call,
        ordinality: bool,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let name = ast.dotted(call.name);
        self.no_placeholders(&ast[call.name.parts], "a function")?;
        if let Some((input, output)) = self.table_macro(call, span)? {
            let alias: Name<'a> = alias.unwrap_or_else(|| name.into());
            let columns = self.renamed(output, aliases, span)?;
            let rel = self.derived(input, &alias, &columns, span);
            self.show(alias, &columns, span)?;
            return Ok((rel, columns));
        }
        if ast::FileSource::is_reader(&name) {
            return Err(Box::new(self.unknown_table_function(&name, call, span)));
        }
        let refs = self.references;
        let mut args = Vec::new();
        for arg in &ast[call.args] {
            args.push(self.within(Place::On, |this| this.expr(arg.value))?);
        }
        let lateral = self.references > refs;
        let alias: Name<'a> = alias.unwrap_or_else(|| name.clone().into());
        if name == "unnest" && args.len() > 1 {
            let calls = args.into_iter().map(|arg| (name.clone(), vec![arg]));
            let calls = calls.collect();
            return self.rows_beside(calls, (ordinality, lateral), alias, aliases, span);
        }
        if let Some((func, columns)) = self.told_rows(&name, &mut args, aliases, call, span)? {
            let made = (func, args, columns);
            return self.function_in_from(made, ordinality, alias, &[], lateral, span);
        }
        let Some((func, shape)) = self.table_function_shape(&name, &mut args, span)? else {
            if let Some((func, columns)) = self.own_rows(&name, &mut args, call)? {
                let alias = match alias.rsplit_once('.') {
                    Some((_, last)) if *alias == name => last.to_owned().into(),
                    _ => alias,
                };
                let columns = columns.into_iter().map(|(own, ty)| {
                    let name = own.unwrap_or_else(|| alias.clone().into_owned());
                    (self.ir.add_column(&name, ty, true), name)
                });
                let columns = columns.collect();
                let made = (func, args, columns);
                return self.function_in_from(made, ordinality, alias, aliases, lateral, span);
            }
            if !ordinality && !crate::function::named(&name).is_empty() {
                return self.value_in_from(&name, call, alias, aliases, span);
            }
            return Err(Box::new(self.unknown_table_function(&name, call, span)));
        };
        // PostgreSQL names the column of a function after the alias.
        let mut columns = Vec::new();
        for (own, ty) in shape {
            let name = own.unwrap_or(&alias);
            columns.push((self.ir.add_column(name, ty, true), name.to_owned()));
        }
        self.function_in_from(
            (func, args, columns),
            ordinality,
            alias,
            aliases,
            lateral,
            span,
        )
    }

    /// Such a function as a relation.
    fn function_in_from(
        &mut self,
        (func, args, mut columns): (TableFunc, Vec<ScalarId>, Vec<(ColumnId, String)>),
        ordinality: bool,
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        lateral: bool,
        span: Span,
    ) -> Res<Piece<'a>> {
        if ordinality {
            let id = self.ir.add_column("ordinality", Type::BigInt, false);
            columns.push((id, "ordinality".into()));
        }
        let named = self.renamed(columns, aliases, span)?;
        let kind = RelKind::TableFunction {
            func,
            args,
            alias: alias.clone().into_owned(),
            columns: named
                .iter()
                .map(|c| (c.id, c.name.clone().into_owned()))
                .collect(),
            ordinality,
        };
        let rel = self.ir.add_rel(kind, span);
        if lateral {
            self.lateral.push(rel);
        }
        let shown = self.show(alias, &named, span)?;
        if let [one] = named.as_slice() {
            shown.value = Some(one.id);
        }
        Ok((rel, named))
    }

    /// The rows of a function that gives records of any kind: the statement tells what columns they have.
    fn told_rows(
        &mut self,
        name: &str,
        args: &mut [ScalarId],
        aliases: &[ast::AliasColumn],
        call: ast::Call,
        span: Span,
    ) -> Res<Option<(TableFunc, super::Output)>> {
        let mut own = self.env.catalog.own_functions(name, args.len());
        let any = own.any(|own| own.columns.is_empty() && own.gives == Type::Record);
        let func = TableFunc::named(name).filter(TableFunc::is_told);
        let func = func.or_else(|| any.then(|| TableFunc::Told(name.to_owned())));
        let typed = aliases.iter().find(|column| column.ty.is_some());
        let func = match (func, typed) {
            (None, None) => return Ok(None),
            (Some(func), Some(_)) => func,
            (None, Some(typed)) => {
                let message = format!("{name} has its types");
                let label = "only a function that gives records is told names and types";
                return error(codes::TYPE_MISMATCH, typed.name.span, message, label);
            }
            (Some(_), None) => {
                let message = format!("{name} does not say what columns it gives");
                let said = Diagnostic::error(codes::TYPE_MISMATCH, message);
                return Err(Box::new(
                    said.label(span, "names and types are missing behind it")
                        .help(format!("{name}(…) AS t(a INTEGER, b TEXT) tells them")),
                ));
            }
        };
        match func {
            TableFunc::JsonRecord { binary, .. } => {
                for arg in &mut *args {
                    *arg = self.coerce(*arg, document(binary))?;
                }
                if args.len() != 1 {
                    let message = format!("{name} does not take {} arguments", args.len());
                    let label = "the number of arguments";
                    return error(codes::TYPE_MISMATCH, span, message, label);
                }
            }
            _ => {
                for arg in &mut *args {
                    *arg = self.settle(*arg);
                }
                self.warn_of_own(name, true, self.ast.name_span(call.name));
            }
        }
        let mut columns = Vec::new();
        for column in aliases {
            let Some(ty) = column.ty else {
                let label = "its type is missing";
                return error(
                    codes::TYPE_MISMATCH,
                    column.name.span,
                    "a name without a type",
                    label,
                );
            };
            let name = self.ast.name(column.name).into_owned();
            let ty = self.type_name(ty)?;
            columns.push((self.ir.add_column(&name, ty, true), name));
        }
        Ok(Some((func, columns)))
    }

    /// The rows of a function of the backend's own, where it is known what columns they have.
    fn own_rows(
        &mut self,
        name: &str,
        args: &mut [ScalarId],
        call: ast::Call,
    ) -> Res<Option<OwnRows>> {
        let plain = self.ast[call.args].iter();
        let plain = plain.clone().all(|arg| arg.label == ast::ArgLabel::None);
        let mut own = self.env.catalog.own_functions(name, args.len());
        let Some(first) = own.next().filter(|_| plain) else {
            return Ok(None);
        };
        let alike = own.all(|other| (&other.columns, other.gives) == (&first.columns, first.gives));
        if !alike || first.columns.is_empty() && first.gives == Type::Record {
            return Ok(None);
        }
        let columns = match first.columns.is_empty() {
            true => vec![(None, first.gives)],
            false => {
                let columns = first.columns.iter().cloned();
                columns.map(|(name, ty)| (Some(name), ty)).collect()
            }
        };
        for arg in args {
            *arg = self.settle(*arg);
        }
        self.warn_of_own(name, true, self.ast.name_span(call.name));
        Ok(Some((TableFunc::Own(name.to_owned()), columns)))
    }

    fn unknown_table_function(&self, name: &str, call: ast::Call, span: Span) -> Diagnostic {
        let at = self.ast.name_span(call.name);
        let message = format!("no table function {name}");
        let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, message);
        let at = if at.is_empty() { span } else { at };
        if ast::FileSource::is_reader(name) {
            let error = Diagnostic::error(codes::NOT_PORTABLE, format!("{name} gives no table"));
            if let Some(value) = self.ast.not_constant(call) {
                return self.no_constant(error, value);
            }
            let label = "what its file has is not known here";
            return error
                .label(at, label)
                .note("DuckDB is asked where file and options are constants")
                .help(crate::others::FILE);
        }
        let error = error.label(at, "no function of this name gives rows");
        if let Some(way) = crate::others::function(name) {
            return error.help(format!("on every backend: {way}"));
        }
        match did_you_mean(name, TableFunc::names().chain(ast::FileSource::readers())) {
            Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
            None => error.help("NATIVE sends a statement to the backend as it is"),
        }
    }

    /// What a function gives and its arguments converted; `None` where no function of the name gives rows.
    pub(super) fn table_function_shape(
        &mut self,
        name: &str,
        args: &mut [ScalarId],
        span: Span,
    ) -> Res<Option<(TableFunc, Shape)>> {
        let Some(func) = TableFunc::named(name) else {
            return Ok(None);
        };
        let counts = func.arguments();
        if !counts.contains(&args.len()) {
            let message = format!("{name} does not take {} arguments", args.len());
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "the number of arguments",
            );
        }
        if name == "generate_subscripts" {
            self.subscripts(args, span)?;
        }
        let shape = match func {
            TableFunc::GenerateSeries => vec![(None, self.series(args, span)?)],
            TableFunc::Unnest => match self.ty(args[0]) {
                Type::Array(element) => vec![(None, *element)],
                Type::Unknown if self.is_open(args[0]) => vec![(None, Type::Unknown)],
                ty => {
                    let message = format!("unnest does not take {ty}");
                    return error(codes::TYPE_MISMATCH, span, message, "an array is needed");
                }
            },
            TableFunc::StringToTable | TableFunc::RegexpSplitToTable => {
                for arg in args {
                    *arg = self.coerce(*arg, Type::Text)?;
                }
                vec![(None, Type::Text)]
            }
            TableFunc::JsonElements { text, binary } => {
                args[0] = self.coerce(args[0], document(binary))?;
                vec![(
                    Some("value"),
                    if text { Type::Text } else { document(binary) },
                )]
            }
            TableFunc::JsonEach { text, binary } => {
                args[0] = self.coerce(args[0], document(binary))?;
                let value = if text { Type::Text } else { document(binary) };
                vec![(Some("key"), Type::Text), (Some("value"), value)]
            }
            TableFunc::JsonKeys { binary } => {
                args[0] = self.coerce(args[0], document(binary))?;
                vec![(None, Type::Text)]
            }
            TableFunc::JsonbPathQuery => {
                let types = [Type::Jsonb, Type::Text, Type::Jsonb, Type::Boolean];
                for (arg, ty) in args.iter_mut().zip(types) {
                    *arg = self.coerce(*arg, ty)?;
                }
                self.json_path(args[1])?;
                vec![(None, Type::Jsonb)]
            }
            TableFunc::File(_)
            | TableFunc::Own(_)
            | TableFunc::Told(_)
            | TableFunc::JsonRecord { .. }
            | TableFunc::JsonObjects { .. } => return Ok(None),
        };
        Ok(Some((func, shape)))
    }

    /// The places of an array are a series from its lower to its upper bound, or back.
    fn subscripts(&mut self, args: &mut [ScalarId], span: Span) -> Res<()> {
        if !matches!(self.ty(args[0]), Type::Array(_)) && !self.is_open(args[0]) {
            let message = format!("generate_subscripts does not take {}", self.ty(args[0]));
            return error(codes::TYPE_MISMATCH, span, message, "an array is needed");
        }
        let both = vec![args[0], self.coerce(args[1], Type::Integer)?];
        let mut bound = |func| {
            let args = both.clone();
            self.add(ScalarKind::Call { func, args }, Type::Integer, true, span)
        };
        let (first, last) = (bound(Func::ArrayLower), bound(Func::ArrayUpper));
        let back = match args.get(2).map(|&arg| &self.ir.scalar(arg).kind) {
            None => None,
            Some(ScalarKind::Literal(Literal::Boolean(back))) => Some(*back),
            Some(_) => {
                let message = "generate_subscripts in an order that is not written out";
                return error(
                    codes::NOT_PORTABLE,
                    span,
                    message,
                    "TRUE or FALSE is needed",
                );
            }
        };
        (args[0], args[1]) = match back {
            Some(true) => (last, first),
            _ => (first, last),
        };
        if let Some(back) = back {
            let step = Literal::Integer(if back { -1 } else { 1 });
            args[2] = self.add(ScalarKind::Literal(step), Type::Integer, false, span);
        }
        Ok(())
    }

    /// A series of numbers, or of moments by an interval; the type of its steps.
    fn series(&mut self, args: &mut [ScalarId], span: Span) -> Res<Type> {
        let types: Vec<_> = args.iter().map(|&arg| self.ty(arg)).collect();
        let moment = types
            .iter()
            .any(|ty| ty.is_moment() || *ty == Type::Interval);
        if !moment {
            let ty = match self.together(args, span)? {
                Type::Unknown => Type::Integer,
                Type::SmallInt => Type::Integer,
                Type::Decimal { .. } => Type::NUMERIC,
                ty => ty,
            };
            for arg in args {
                *arg = self.coerce(*arg, ty)?;
            }
            if ty.is_integer() || ty.is_decimal() {
                return Ok(ty);
            }
            let message = format!("there is no series of {ty}");
            let label = "a series is of integers, decimals or timestamps";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        let [start, stop, step] = args else {
            let message = "a series of moments needs a step";
            let label = "an interval is missing behind start and end: INTERVAL '1 day'";
            return error(codes::TYPE_MISMATCH, span, message, label);
        };
        // Of dates too, as in PostgreSQL: only timestamps with a time zone take both.
        let plain = types[0] == Type::Timestamp || types[1] == Type::Timestamp;
        let ty = match plain && !types.contains(&Type::TimestampTz) {
            true => Type::Timestamp,
            false => Type::TimestampTz,
        };
        *start = self.coerce(*start, ty)?;
        *stop = self.coerce(*stop, ty)?;
        *step = self.coerce(*step, Type::Interval)?;
        Ok(ty)
    }

    /// A function that gives rows in a SELECT list: a relation beside FROM, of which each row repeats
    /// the others. `None` where it is no such function.
    pub(super) fn rows_in_list(
        &mut self,
        name: &str,
        call: ast::Call,
        span: Span,
    ) -> Res<Option<ScalarId>> {
        if TableFunc::named(name).is_none() {
            return Ok(None);
        }
        let refused =
            |message: &str, label: &str| error(codes::UNGROUPED_COLUMN, span, message, label);
        if self.scope().place != Place::Items {
            let message = format!("{name} gives rows");
            return refused(
                &message,
                "such a function stands in FROM or in a SELECT list",
            );
        }
        let mut args = Vec::new();
        for arg in &self.ast[call.args] {
            args.push(self.expr(arg.value)?);
        }
        let Some((func, shape)) = self.table_function_shape(name, &mut args, span)? else {
            return Ok(None);
        };
        let &[(_, ty)] = shape.as_slice() else {
            return refused(
                "this function gives more than one column",
                "it stands in FROM",
            );
        };
        let column = self.ir.add_column(name, ty, true);
        let column_name = name.to_owned();
        let alike = self.scope().sets.iter().filter(|s| s.column_name == name);
        let alias = match alike.count() {
            0 => column_name.clone(),
            more => format!("{name}{}", more + 1),
        };
        self.scope().sets.push(SetReturning {
            func,
            args,
            column,
            column_name,
            alias,
            span,
        });
        Ok(Some(self.reference(column, span)))
    }
}

const fn document(binary: bool) -> Type {
    if binary { Type::Jsonb } else { Type::Json }
}
