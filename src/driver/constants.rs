//! Constants that a dialect has no words for, computed when the text is written.

use rql_codegen::{Dialect, emit};
use rql_ir::{Ir, ScalarId};

/// Computes a constant expression of SQLite with the functions of a session, and gives it as a literal of SQLite, or
/// says why it fails; `None` where nobody knows.
pub type Fold = fn(&str) -> Option<Result<String, String>>;

/// Puts their values in the places of the constants that cannot be written; true where there are such.
pub(crate) fn folded(ir: &mut Ir, dialect: Dialect, fold: Fold) -> bool {
    let mut waiting = ir.constants();
    let mut any = false;
    while let Some(id) = waiting.pop() {
        if emit(&ir.alone(id, false), dialect).is_ok() {
            continue;
        }
        match value(ir, id, dialect, fold) {
            Some(with) => {
                *ir = with;
                any = true;
            }
            // A part of it may be what cannot be written.
            None => {
                let kind = ir.scalar(id).kind.clone();
                kind.each_operand(&mut |operand| ir.constants_in(operand, &mut waiting));
            }
        }
    }
    any
}

/// The statement with the value of an expression in its place.
fn value(ir: &Ir, id: ScalarId, dialect: Dialect, fold: Fold) -> Option<Ir> {
    let query = emit(&ir.alone(id, true), Dialect::Sqlite).ok()?;
    let given = fold(&format!("({})", query.sql))?.ok()?;
    let text = match given.as_str() {
        "NULL" => None,
        given => Some(
            given
                .strip_prefix('\'')?
                .strip_suffix('\'')?
                .replace("''", "'"),
        ),
    };
    let mut with = ir.clone();
    let written = with.put(id, text.as_deref()) && emit(&with.alone(id, false), dialect).is_ok();
    written.then_some(with)
}
