//! Queries behind EXISTS.

use super::super::{Def, Emitter};
use crate::Dialect;
use rql_ir::{Func, RelId, RelKind, ScalarId, ScalarKind};

impl Emitter<'_> {
    /// Finds the conditions of a query behind EXISTS that are written as values: where one compares with the row around
    /// by `<` and another by `<>`, DuckDB 1.5 joins the rows that it has found by that `<>` again, and finds none.
    pub(in crate::emit) fn duckdb_apart(&mut self, query: RelId) {
        if self.dialect != Dialect::Duckdb {
            return;
        }
        let mut all = Vec::new();
        self.ir
            .each_below(query, &mut |rel| match &self.ir.rel(rel).kind {
                RelKind::Filter { predicate, .. } => all.push(*predicate),
                RelKind::Join { on, .. } => all.extend(*on),
                _ => {}
            });
        let (mut ranges, mut differ) = (false, Vec::new());
        while let Some(id) = all.pop() {
            let ScalarKind::Call { func, args } = &self.ir.scalar(id).kind else {
                continue;
            };
            use Func as F;
            match func {
                F::And => all.extend(args),
                F::Lt | F::Le | F::Gt | F::Ge | F::Between => ranges |= self.looks_out(id),
                F::Ne | F::IsDistinct if self.looks_out(id) => differ.push(id),
                F::Not if self.looks_out(id) => differ.push(id),
                _ => {}
            }
        }
        if ranges {
            self.apart.extend(differ);
        }
    }

    /// True where a condition reads a row of the query around.
    fn looks_out(&self, id: ScalarId) -> bool {
        let mut found = false;
        self.ir.walk(id, &mut |scalar| {
            found |= matches!(scalar.kind, ScalarKind::Column(id)
                if matches!(self.definition(id), Some(Def::Name { .. } | Def::Inline(_) | Def::Same(_))));
        });
        found
    }
}
