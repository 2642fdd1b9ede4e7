//! What a backend answers by data of its own, which may say otherwise than PostgreSQL's: it runs, and a warning says so.

use crate::Dialect;
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{Func, Ir, Literal, Scalar, ScalarKind, is_zone_name};

/// The warnings for a statement on a backend, one for each reason.
#[must_use]
pub fn doubts(ir: &Ir, dialect: Dialect) -> Vec<Diagnostic> {
    let zone = ir.scalars.iter().find(|scalar| names_zone(ir, scalar));
    match zone {
        Some(zone) if dialect == Dialect::Duckdb => {
            // Measured over 553 zones from 1900 on: 109 differ from PostgreSQL by the list of 2026 somewhere, 97 of them
            // before 1970 only or too, as the list there is cut short, the others by newer laws.
            let message = "duckdb has a list of time zones of its own";
            let label = "moments before 1970, and where a rule is new, may differ there";
            let warning = Diagnostic::warning(codes::NOT_PORTABLE, message).label(zone.span, label);
            vec![warning.help("PostgreSQL and SQLite go by the machine's list")]
        }
        _ => Vec::new(),
    }
}

/// True for `AT TIME ZONE` with a name from the list.
fn names_zone(ir: &Ir, scalar: &Scalar) -> bool {
    let ScalarKind::Call {
        func: Func::AtTimeZone,
        args,
    } = &scalar.kind
    else {
        return false;
    };
    args.first()
        .is_some_and(|&zone| match &ir.scalar(zone).kind {
            ScalarKind::Literal(Literal::Text(name)) => is_zone_name(name),
            _ => false,
        })
}
