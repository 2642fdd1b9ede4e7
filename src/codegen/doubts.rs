//! What a backend answers by data of its own, which may say otherwise than PostgreSQL's: it runs, and a warning says so.

use crate::Dialect;
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{Agg, Define, Func, Ir, Literal, RelKind, Scalar, ScalarKind, Type, is_zone_name};

/// The warnings for a statement on a backend, one for each reason.
#[must_use]
pub fn doubts(ir: &Ir, dialect: Dialect) -> Vec<Diagnostic> {
    if dialect != Dialect::Duckdb {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    if let Some(zone) = ir.scalars.iter().find(|scalar| names_zone(ir, scalar)) {
        // Measured over 553 zones from 1900 on: 109 differ from PostgreSQL by the list of 2026 somewhere, 97 of them
        // before 1970 only or too, as the list there is cut short, the others by newer laws.
        let message = "duckdb has a list of time zones of its own";
        let label = "moments before 1970, and where a rule is new, may differ there";
        let warning = Diagnostic::warning(codes::NOT_PORTABLE, message).label(zone.span, label);
        doubts.push(warning.help("PostgreSQL and SQLite go by the machine's list"));
    }
    if let Some((kept, name)) = kept_short(ir) {
        let message = format!("duckdb gives {name} the digits that it has now");
        let label = "what is inserted later is rounded to them";
        let warning = Diagnostic::warning(codes::NOT_PORTABLE, message).label(kept.span, label);
        doubts.push(warning.help("CAST(… AS numeric(18, 6)) says how many digits the column has"));
    }
    doubts
}

/// A decimal without a number of digits of which a table is made, and the name of its column. A quotient has enough.
fn kept_short(ir: &Ir) -> Option<(&Scalar, &str)> {
    let mut tables = ir.rels.iter().filter_map(|rel| match &rel.kind {
        RelKind::Define(define) => match &**define {
            Define::Table(table) => table.query.as_ref(),
            _ => None,
        },
        _ => None,
    });
    let made = tables.next()?;
    let columns = ir.columns_of(made.query).into_iter().zip(&made.names);
    columns.into_iter().find_map(|(column, name)| {
        let scalar = ir.rels.iter().find_map(|rel| match &rel.kind {
            RelKind::Project { items, .. } => {
                let item = items.iter().find(|item| item.0 == column)?;
                Some(ir.scalar(item.1))
            }
            _ => None,
        })?;
        let open = matches!(
            scalar.ty,
            Type::Decimal {
                precision: None,
                ..
            }
        );
        let enough = matches!(
            scalar.kind,
            ScalarKind::Call {
                func: Func::Div,
                ..
            } | ScalarKind::Aggregate { func: Agg::Avg, .. }
        );
        (open && !enough).then_some((scalar, name.as_str()))
    })
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
