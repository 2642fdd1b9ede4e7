//! The stages of a statement as text.

use crate::{Env, compile};
use rql_ast::{Ast, Id, Stmt, StmtKind};
use rql_diagnostics::Diagnostic;
use rql_ir::{lower_statement, print};

/// A stage of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The algebra.
    Ir,
    /// The text for the dialect.
    Sql,
}

/// A statement as it stands behind a stage; statements without algebra show their text.
///
/// # Errors
/// As [`compile`].
pub fn explain(
    ast: &Ast,
    stmt: Id<Stmt>,
    stage: Stage,
    env: &Env<'_>,
) -> Result<String, Vec<Diagnostic>> {
    use StmtKind as S;
    let algebra = matches!(
        ast[stmt].kind,
        S::Query(_) | S::Insert(_) | S::Update(_) | S::Delete(_)
    );
    if stage == Stage::Ir && algebra {
        let env = rql_ir::Env {
            catalog: env.catalog,
            variables: env.variables,
        };
        let lowered = lower_statement(ast, stmt, env)?;
        let several = !lowered.others.is_empty();
        let mut text = String::new();
        for ir in core::iter::once(&lowered.ir).chain(&lowered.others) {
            if several {
                text += &format!("if {}:\n", ir.assumed.describe(&ir.conditions));
            }
            text += &print(ir);
        }
        return Ok(text);
    }
    Ok(compile(ast, stmt, env)?.sql)
}
