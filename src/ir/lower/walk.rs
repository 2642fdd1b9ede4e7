//! SEARCH and CYCLE of a recursion: columns that say in which order it found its rows, and where it came back to one.

use super::{Lowerer, Res, error};
use crate::*;
use rql_ast as ast;
use rql_diagnostics::codes;

impl Lowerer<'_> {
    /// The columns that SEARCH and CYCLE add to those of a WITH query (SQL:1999, 7.12).
    pub(super) fn walked(&mut self, cte: &ast::Cte, id: CteId) -> Res<()> {
        if cte.search.is_none() && cte.cycle.is_none() {
            return Ok(());
        }
        let ast = self.ast;
        let span = cte.span;
        if !self.ir.ctes[id.index()].recursive {
            let message = "SEARCH and CYCLE go with a recursion";
            let label = "this query does not read its own rows";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        let text = |name: ast::Ident| ast.name(name).into_owned();
        let mut added: Vec<(ast::Ident, Type)> = Vec::new();
        let search = match cte.search {
            Some(search) => {
                let ty = match search.breadth {
                    true => Type::Record,
                    false => Type::Record.array(),
                };
                added.push((search.column, ty));
                Some(Search {
                    breadth: search.breadth,
                    by: self.known_columns(id, &ast[search.by])?,
                    column: text(search.column),
                    span,
                })
            }
            None => None,
        };
        let cycle = match cte.cycle {
            Some(cycle) => {
                let by = self.known_columns(id, &ast[cycle.by])?;
                let mut ty = Type::Boolean;
                let values = match cycle.values {
                    Some((mark, otherwise)) => {
                        let mut both = [self.expr(mark)?, self.expr(otherwise)?];
                        ty = self.together(&mut both, span)?;
                        let [mark, otherwise] = both.map(|value| self.settle(value));
                        if ty == Type::Unknown {
                            ty = Type::Text;
                        }
                        Some((mark, otherwise))
                    }
                    None => None,
                };
                added.push((cycle.mark, ty));
                added.push((cycle.path, Type::Record.array()));
                Some(Cycle {
                    by,
                    mark: text(cycle.mark),
                    values,
                    path: text(cycle.path),
                    span,
                })
            }
            None => None,
        };
        for (name, ty) in added {
            let column = text(name);
            let catalog = self.env.catalog;
            let mut known = self.ir.ctes[id.index()].columns.iter();
            if known.any(|known| catalog.matches(&column, &known.1)) {
                let message = format!("column {column} stands twice");
                return error(
                    codes::DUPLICATE_NAME,
                    name.span,
                    message,
                    "the name is taken",
                );
            }
            let made = self.ir.add_column(&column, ty, false);
            self.ir.ctes[id.index()].columns.push((made, column));
        }
        let entry = &mut self.ir.ctes[id.index()];
        (entry.search, entry.cycle) = (search, cycle);
        Ok(())
    }

    fn known_columns(&self, id: CteId, names: &[ast::Ident]) -> Res<Vec<String>> {
        let catalog = self.env.catalog;
        let columns = &self.ir.ctes[id.index()].columns;
        let mut found = Vec::new();
        for &name in names {
            let text = self.ast.name(name);
            let known = columns
                .iter()
                .find(|column| catalog.matches(&text, &column.1));
            let Some(known) = known else {
                let message = format!("the query has no column {text}");
                return error(
                    codes::UNKNOWN_COLUMN,
                    name.span,
                    message,
                    "no column of this name",
                );
            };
            found.push(known.1.clone());
        }
        Ok(found)
    }
}
