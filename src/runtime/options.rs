//! `OPTIONS (name = value, …)` of what reads and writes files.

use crate::Value;
use crate::destination::refused;
use crate::failure::Failure;
use rql_ast::{Ast, BinaryOp, Expr, ExprKind, Id, Span};
use rql_diagnostics::{codes, did_you_mean};

/// The name of an option, its place, and its value.
pub(crate) fn named(ast: &Ast, item: Id<Expr>) -> Result<(String, Span, Id<Expr>), Failure> {
    match ast[item].kind {
        ExprKind::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } => {
            let span = ast[left].span;
            Ok((ast.text(span).to_ascii_lowercase(), span, right))
        }
        _ => Err(wrong(
            "an option has a value, written as name = value",
            ast[item].span,
        )),
    }
}

/// An option that is not as it should be.
pub(crate) fn wrong(message: &str, span: Span) -> Failure {
    refused(codes::FILE_ERROR, message, span, "not this").into()
}

/// An option that there is not.
pub(crate) fn unknown(what: &str, name: &str, span: Span, known: &[&str]) -> Failure {
    let message = format!("{what} has no option {name}");
    let error = refused(codes::UNKNOWN_ATTRIBUTE, message, span, "not known here");
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
        None => error.help(format!("there are {}", known.join(", "))),
    }
    .into()
}

/// What stands between values.
pub(crate) fn delimiter(value: &Value, span: Span) -> Result<u8, Failure> {
    match *value.as_ref().to_string().as_bytes() {
        [b'"' | b'\n' | b'\r'] => Err(wrong("values could not be told apart", span)),
        [delimiter] if delimiter.is_ascii() => Ok(delimiter),
        _ => Err(wrong("the delimiter is one ASCII character", span)),
    }
}
