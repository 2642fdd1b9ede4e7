//! The headers of a result.

use super::Lowerer;
use crate::Type;
use rql_ast::{self as ast, Body, ExprKind, Id, SelectItem};

impl Lowerer<'_> {
    /// The header of an expression without alias, by PostgreSQL's rules (FigureColname in
    /// parse_target.c).
    pub(super) fn header(&self, expr: Id<ast::Expr>) -> String {
        self.figured(expr).0.unwrap_or_else(|| "?column?".into())
    }

    /// A name, and whether it is better than one that a type gives.
    fn figured(&self, expr: Id<ast::Expr>) -> (Option<String>, bool) {
        let ast = self.ast;
        let last = |name: ast::Name| {
            let last = ast[name.parts].last();
            last.map(|&part| ast.name(part).into_owned())
        };
        let sure = |name: &str| (Some(name.to_owned()), true);
        match ast[expr].kind {
            ExprKind::Column(name) => (last(name), true),
            ExprKind::Field { name, .. } => (Some(ast.name(name).into_owned()), true),
            ExprKind::Subscript(subscript) => self.figured(ast[subscript].base),
            ExprKind::Call(call) => match last(ast[call].name).as_deref() {
                Some("trim") => {
                    let label = ast[ast[call].args].first().map(|arg| arg.label);
                    use ast::ArgLabel as L;
                    sure(match label {
                        Some(L::Leading | L::LeadingFrom) => "ltrim",
                        Some(L::Trailing | L::TrailingFrom) => "rtrim",
                        _ => "btrim",
                    })
                }
                name => (name.map(str::to_owned), true),
            },
            ExprKind::Collate { operand, .. } => self.figured(operand),
            ExprKind::Paren(inner) => self.figured(inner),
            ExprKind::Cast(cast) => match self.figured(ast[cast].operand) {
                (Some(name), true) => (Some(name), true),
                _ => (Some(self.type_header(ast[cast].ty)), false),
            },
            ExprKind::Typed { ty, .. } => (Some(self.type_header(ty)), false),
            ExprKind::Interval(_) => (Some("interval".into()), false),
            ExprKind::Case(case) => {
                let otherwise = ast[case].otherwise.map(|e| self.figured(e));
                match otherwise {
                    Some((Some(name), true)) => (Some(name), true),
                    _ => (Some("case".into()), false),
                }
            }
            ExprKind::Binary {
                op: ast::BinaryOp::AtTimeZone,
                ..
            } => sure("timezone"),
            ExprKind::Chain(items) => match ast[items].last().and_then(|item| item.op) {
                Some(ast::BinaryOp::AtTimeZone) => sure("timezone"),
                _ => (None, false),
            },
            ExprKind::Exists(_) => sure("exists"),
            ExprKind::Array { .. } | ExprKind::ArrayQuery(_) => sure("array"),
            ExprKind::Row(_) | ExprKind::Tuple(_) => sure("row"),
            ExprKind::Subquery(query) => self.figured_body(ast[query].body),
            _ => (None, false),
        }
    }

    /// The name of the first column of a query.
    fn figured_body(&self, body: Body) -> (Option<String>, bool) {
        let ast = self.ast;
        match body {
            Body::Select(select) => match ast[ast[select].items].first() {
                Some(SelectItem::Expr {
                    alias: Some(alias), ..
                }) => (Some(ast.name(*alias).into_owned()), true),
                Some(SelectItem::Expr { expr, .. }) => self.figured(*expr),
                _ => (None, false),
            },
            Body::Values(_) => (Some("column1".into()), true),
            Body::Nested(query) => self.figured_body(ast[query].body),
            Body::Set(set) => self.figured_body(ast[set].first),
            Body::Table(_) => (None, false),
        }
    }

    /// What PostgreSQL calls a type inside.
    fn type_header(&self, id: Id<ast::TypeName>) -> String {
        let ast = self.ast;
        let text = ast.text(ast[id].span);
        // An array is called by its elements.
        let text = text.split('[').next().unwrap_or(text).trim_end();
        match Type::from_declared(text) {
            Type::Integer => "int4".into(),
            Type::SmallInt => "int2".into(),
            Type::BigInt => "int8".into(),
            Type::Decimal { .. } => "numeric".into(),
            Type::Double => "float8".into(),
            Type::Real => "float4".into(),
            Type::Boolean => "bool".into(),
            Type::Varchar(_) => "varchar".into(),
            Type::Char(_) => "bpchar".into(),
            other => other.to_string(),
        }
    }
}
