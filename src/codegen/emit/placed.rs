//! Texts with places: `{0}` is the first argument of a call.
//!
//! What stands in several places and is more than a column or a constant is named once: on DuckDB
//! `list_transform([row(…)], lambda rql_v: … rql_v[1] …)[1]`, on MariaDB
//! `(SELECT … rql_v.rql_a0 … FROM JSON_TABLE(JSON_ARRAY(…), '$' COLUMNS (rql_a0 … PATH '$[0]')) AS rql_v)`.

use super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::{ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// Writes a text with these arguments in its places.
    pub(super) fn placed(&mut self, text: &str, args: &[ScalarId]) -> Res {
        let places = |at: usize| text.matches(&format!("{{{at}}}")).count();
        let often = |at: usize| places(at) > 1 && !self.twice(args[at]);
        let all = 0..args.len();
        let duckdb = self.dialect == Dialect::Duckdb;
        let named: Vec<bool> = if duckdb {
            // A lambda cannot have every column: those of a block around it among others.
            let inner = text.contains("lambda") || all.clone().any(often);
            let constant =
                |at: usize| matches!(self.ir.scalar(args[at]).kind, ScalarKind::Literal(_));
            all.map(|at| inner && places(at) > 0 && !constant(at))
                .collect()
        } else {
            let inner = text.contains("SELECT") || all.clone().any(often);
            // MariaDB takes an aggregate in a query inside for one of that query.
            if let Some(&arg) = args.iter().find(|&&arg| inner && self.gathers(arg)) {
                let span = self.ir.scalar(arg).span;
                return Err(self.refuse(span, "an aggregate that a query inside reads"));
            }
            all.map(often).collect()
        };
        let any = named.contains(&true);
        let named: Vec<Option<ScalarId>> = args
            .iter()
            .zip(named)
            .map(|(&arg, named)| named.then_some(arg))
            .collect();
        match any {
            true if duckdb => {
                self.push("list_transform([row(");
                self.arguments(&named, |this, _, arg| this.scalar(arg, Rep::Plain, 0))?;
                self.push(")], lambda rql_v: ");
            }
            true => self.push("(SELECT "),
            false => {}
        }
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            self.push(&rest[..open]);
            rest = &rest[open..];
            let place = rest[1..].find('}');
            let place =
                place.and_then(|close| Some((rest[1..=close].parse::<usize>().ok()?, close)));
            match place {
                Some((at, close)) if at < args.len() => {
                    match named[at] {
                        Some(_) if duckdb => {
                            let before = named[..=at].iter().flatten().count();
                            self.push(&format!("rql_v[{before}]"));
                        }
                        Some(_) => self.push(&format!("rql_v.rql_a{at}")),
                        None => self.scalar(args[at], Rep::Plain, 20)?,
                    }
                    rest = &rest[close + 2..];
                }
                _ => {
                    self.push("{");
                    rest = &rest[1..];
                }
            }
        }
        self.push(rest);
        match any {
            true if duckdb => self.push(")[1]"),
            true => self.mysql_named(&named)?,
            false => {}
        }
        Ok(())
    }

    /// The arguments that have a name, with their places.
    pub(super) fn arguments(
        &mut self,
        named: &[Option<ScalarId>],
        mut write: impl FnMut(&mut Self, usize, ScalarId) -> Res,
    ) -> Res {
        let mut between = "";
        for (at, arg) in named
            .iter()
            .enumerate()
            .filter_map(|(at, arg)| Some((at, (*arg)?)))
        {
            self.push(between);
            write(self, at, arg)?;
            between = ", ";
        }
        Ok(())
    }

    /// ` FROM JSON_TABLE(…)`, whose one row has the arguments.
    fn mysql_named(&mut self, named: &[Option<ScalarId>]) -> Res {
        self.push(" FROM JSON_TABLE(JSON_ARRAY(");
        self.arguments(named, |this, _, arg| match this.ir.scalar(arg).ty {
            // Text that is a document would be a part of the document.
            Type::Array(_) | Type::Interval | Type::Json | Type::Jsonb => {
                this.push("CONCAT(");
                this.scalar(arg, Rep::Plain, 0)?;
                this.push(", '')");
                Ok(())
            }
            _ => this.scalar(arg, Rep::Plain, 0),
        })?;
        self.push("), '$' COLUMNS (");
        let mut count = 0;
        self.arguments(named, |this, at, arg| {
            let Some(ty) = column(this.ir.scalar(arg).ty) else {
                let scalar = this.ir.scalar(arg);
                return Err(this.refuse(scalar.span, &format!("such an argument of {}", scalar.ty)));
            };
            this.push(&format!("rql_a{at} {ty} PATH '$[{count}]'"));
            count += 1;
            Ok(())
        })?;
        self.push(")) AS rql_v)");
        Ok(())
    }

    /// True where an aggregate or window function is in it.
    fn gathers(&self, id: ScalarId) -> bool {
        let (mut found, mut inlined) = (false, Vec::new());
        self.ir.walk(id, &mut |scalar| match &scalar.kind {
            ScalarKind::Aggregate { .. } | ScalarKind::Window { .. } => found = true,
            ScalarKind::Column(column) => {
                if let Some(super::Def::Inline(inner)) = self.definition(*column) {
                    inlined.push(*inner);
                }
            }
            _ => {}
        });
        found || inlined.into_iter().any(|inner| self.gathers(inner))
    }
}

/// A text that has no place for an argument in it.
pub(super) fn constant(text: &str) -> String {
    let quoted = rql_ast::text_literal(text);
    match quoted.contains('{') {
        true => format!("({})", quoted.replace('{', "{' || '")),
        false => quoted,
    }
}

/// Text of MariaDB, by its bytes.
pub(super) const TEXT: &str = "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

/// The type of a column of JSON_TABLE that holds values of a type as they are.
pub(super) fn column(ty: Type) -> Option<&'static str> {
    match ty {
        ty if ty.is_integer() => Some("BIGINT"),
        ty if ty.is_text() => Some(TEXT),
        Type::Array(_) | Type::Interval | Type::Json | Type::Jsonb => Some(TEXT),
        Type::Date => Some("DATE"),
        Type::Time => Some("TIME(6)"),
        Type::Timestamp | Type::TimestampTz => Some("DATETIME(6)"),
        _ => None,
    }
}
