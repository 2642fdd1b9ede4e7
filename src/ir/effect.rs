//! Whether a statement, run again on the same data, gives the same again.

use crate::{Catalog, Func, Ir, Literal, RelKind, Scalar, ScalarKind, TableFunc, TableKind, Type};

/// What a statement may do beside giving rows, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The same data give the same rows.
    Same,
    /// The clock, chance, the session or a view's query has a say.
    Varies,
    /// It changes or locks something, or calls what only the backend knows.
    #[default]
    Changes,
}

impl Ir {
    /// What the statement may do beside giving rows.
    #[must_use]
    pub fn effect(&self, catalog: &Catalog) -> Effect {
        let scalars = self.scalars.iter().map(|scalar| self.of_scalar(scalar));
        let rels = self.rels.iter().map(|rel| of_rel(&rel.kind, catalog));
        scalars.chain(rels).max().unwrap_or(Effect::Same)
    }

    pub(crate) fn of_scalar(&self, scalar: &Scalar) -> Effect {
        match &scalar.kind {
            ScalarKind::BackendCall { .. } => Effect::Changes,
            ScalarKind::Call {
                func: Func::Nextval | Func::Setval,
                ..
            } => Effect::Changes,
            ScalarKind::Call { func, .. } if asks_clock_or_chance(*func) => Effect::Varies,
            ScalarKind::Cast { operand, .. } if is_moment(scalar.ty) => {
                let operand = &self.scalars[operand.index()];
                match &operand.kind {
                    // 'now' and its kin are moments too.
                    ScalarKind::Literal(Literal::Text(text))
                        if !text.starts_with(|c: char| c.is_ascii_digit()) =>
                    {
                        Effect::Varies
                    }
                    ScalarKind::Literal(_) => Effect::Same,
                    _ if is_moment(operand.ty) => Effect::Same,
                    _ => Effect::Varies,
                }
            }
            _ => Effect::Same,
        }
    }
}

fn asks_clock_or_chance(func: Func) -> bool {
    matches!(
        func,
        Func::CurrentDate
            | Func::CurrentTime
            | Func::CurrentTimestamp
            | Func::LocalTimestamp
            | Func::ClockTimestamp
            | Func::Random
            | Func::GenRandomUuid
            | Func::Currval
            | Func::Lastval
    )
}

fn is_moment(ty: Type) -> bool {
    matches!(
        ty,
        Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz
    )
}

fn of_rel(kind: &RelKind, catalog: &Catalog) -> Effect {
    match kind {
        RelKind::Scan { schema, table, .. } => {
            let found = catalog.find(schema.as_deref(), table);
            // What is no table of the catalog may be a file, or rows that are elsewhere.
            match found.is_some_and(|table| table.kind == TableKind::Table) {
                true => Effect::Same,
                false => Effect::Varies,
            }
        }
        RelKind::Sample { .. }
        | RelKind::TableFunction {
            func: TableFunc::File(_),
            ..
        } => Effect::Varies,
        RelKind::TableFunction {
            func: TableFunc::Own(_) | TableFunc::Told(_),
            ..
        } => Effect::Changes,
        RelKind::Lock { .. } | RelKind::Sequence(_) | RelKind::Define(_) => Effect::Changes,
        kind if kind.is_change() => Effect::Changes,
        _ => Effect::Same,
    }
}
