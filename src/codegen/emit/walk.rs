//! SEARCH and CYCLE of a recursion.

use super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::Cte;

impl Emitter<'_> {
    /// SEARCH and CYCLE, whose columns are made of records.
    pub(super) fn walk(&mut self, cte: &Cte) -> Res {
        let spans = (cte.search.as_ref().map(|s| s.span)).or(cte.cycle.as_ref().map(|c| c.span));
        if let (Some(span), true) = (spans, self.dialect != Dialect::Postgresql) {
            let (what, help) = match cte.search {
                Some(_) => (
                    "SEARCH",
                    "a column of the recursion orders its rows: n + 1 for breadth, path || '/' || name for depth",
                ),
                None => (
                    "CYCLE",
                    "UNION in place of UNION ALL ends where nothing new is found; a column n + 1 with WHERE n < 100 bounds it",
                ),
            };
            return Err(self.no(span, what, help));
        }
        if let Some(search) = &cte.search {
            self.push(match search.breadth {
                true => " SEARCH BREADTH FIRST BY ",
                false => " SEARCH DEPTH FIRST BY ",
            });
            self.names(&search.by);
            self.push(" SET ");
            self.name(&search.column);
        }
        if let Some(cycle) = &cte.cycle {
            self.push(" CYCLE ");
            self.names(&cycle.by);
            self.push(" SET ");
            self.name(&cycle.mark);
            if let Some((mark, otherwise)) = cycle.values {
                self.push(" TO ");
                self.scalar(mark, Rep::Plain, 0)?;
                self.push(" DEFAULT ");
                self.scalar(otherwise, Rep::Plain, 0)?;
            }
            self.push(" USING ");
            self.name(&cycle.path);
        }
        Ok(())
    }
}
