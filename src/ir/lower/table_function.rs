//! Functions that give rows, in FROM.

use super::from::Piece;
use super::scope::Place;
use super::{Lowerer, Name, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::codes;

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
        let refs = self.references;
        let mut args = Vec::new();
        for arg in &ast[call.args] {
            args.push(self.within(Place::On, |this| this.expr(arg.value))?);
        }
        let lateral = self.references > refs;
        let alias: Name<'a> = alias.unwrap_or_else(|| name.clone().into());
        let (func, ty) = self.table_function_type(&name, &mut args, span)?;
        // PostgreSQL names the column of a function after the alias.
        let mut columns = vec![(
            self.ir.add_column(&alias, ty, true),
            alias.clone().into_owned(),
        )];
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
        self.show(alias, &named, span)?;
        Ok((rel, named))
    }

    fn table_function_type(
        &mut self,
        name: &str,
        args: &mut [ScalarId],
        span: Span,
    ) -> Res<(TableFunc, Type)> {
        match (name, args.len()) {
            ("generate_series", 2 | 3) => {
                let moment = args.iter().any(|&arg| self.ty(arg).is_moment());
                if moment {
                    return not_yet(span, "a series of dates");
                }
                let ty = self.together(args, span)?;
                let ty = if ty == Type::Unknown {
                    Type::Integer
                } else {
                    ty
                };
                for arg in args {
                    *arg = self.coerce(*arg, ty)?;
                }
                Ok((TableFunc::GenerateSeries, ty))
            }
            ("unnest", 1) => match self.ty(args[0]) {
                Type::Array(element) => Ok((TableFunc::Unnest, *element)),
                Type::Unknown => Ok((TableFunc::Unnest, Type::Unknown)),
                ty => {
                    let message = format!("unnest does not take {ty}");
                    error(codes::TYPE_MISMATCH, span, message, "an array is needed")
                }
            },
            _ => not_yet(span, &format!("the table function {name}")),
        }
    }
}
