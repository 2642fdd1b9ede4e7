//! Changes through a view, where the backend knows none: they are changes of the table behind it.

use super::change::Changed;
use super::scope::Named;
use super::{Lowerer, Res};
use crate::shows::{Behind, behind};
use crate::*;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};

/// What tells the rows of a view among those of the table behind it.
pub(super) struct Through<'a> {
    view: &'a Table,
    /// Columns of the view, and those of the row that changes.
    key: Vec<(&'a TableColumn, ColumnId)>,
}

impl<'a> Lowerer<'a> {
    /// The table behind a view, under the view's name and with its columns.
    pub(super) fn changed_through(
        &mut self,
        view: &'a Table,
        named: Changed<'a>,
    ) -> Res<Changed<'a>> {
        let (catalog, span) = (self.env.catalog, named.span);
        let found = behind(catalog, view).map_err(|why| no_change(view, &why, span))?;
        let Behind {
            table,
            places,
            filtered,
        } = found;
        let mut changed = self.changed_table(table, span);
        changed.target.alias = named.target.alias;
        let shown = view.columns.iter().zip(&places);
        changed.named = shown
            .map(|(column, &at)| Named {
                id: changed.target.columns[at],
                name: column.name.as_str().into(),
            })
            .collect();
        let own = |key: &Key| -> Option<Vec<(&'a TableColumn, ColumnId)>> {
            let columns = key.columns.iter().map(|&at| {
                let shown = places.iter().position(|&place| place == at)?;
                let known = key.primary || !table.columns[at].nullable;
                known.then(|| (&view.columns[shown], changed.target.columns[at]))
            });
            columns.collect()
        };
        let key = table.keys.iter().find_map(own);
        changed.through = match (filtered, key) {
            (false, _) => None,
            (true, Some(key)) => Some(Through { view, key }),
            (true, None) => Some(Through {
                view,
                key: Vec::new(),
            }),
        };
        Ok(changed)
    }

    /// The condition that a row of the table is one of the view's.
    pub(super) fn is_shown(&mut self, through: &Through<'a>, span: Span) -> Res<ScalarId> {
        let Through { view, key } = through;
        if key.is_empty() {
            let why = format!(
                "{} has WHERE, and no key of the table among its columns",
                view.name
            );
            return Err(no_change(view, &why, span));
        }
        let columns: Vec<ColumnId> = view
            .columns
            .iter()
            .map(|c| self.ir.add_table_column(c))
            .collect();
        let kind = RelKind::Scan {
            schema: view.schema.clone(),
            table: view.name.clone(),
            alias: "shown".to_owned(),
            columns: columns.clone(),
            open: false,
            in_order: false,
            only: false,
        };
        let mut input = self.ir.add_rel(kind, span);
        let mut equal = Vec::new();
        for (column, row) in key {
            let Some(at) = view.columns.iter().position(|own| own.name == column.name) else {
                continue;
            };
            let (shown, own) = (
                self.reference(columns[at], span),
                self.reference(*row, span),
            );
            equal.push(self.compare(Func::Eq, shown, own, span)?);
        }
        let predicate = match equal.as_slice() {
            [only] => *only,
            _ => self.call(Func::And, equal, Type::Boolean, span),
        };
        input = self.ir.add_rel(RelKind::Filter { input, predicate }, span);
        let one = self.add(
            ScalarKind::Literal(Literal::Integer(1)),
            Type::Integer,
            false,
            span,
        );
        let kind = RelKind::Project {
            input,
            items: vec![(self.column_for(one, "one"), one)],
            visible: 1,
        };
        let query = self.ir.add_rel(kind, span);
        Ok(self.add(ScalarKind::Exists(query), Type::Boolean, false, span))
    }
}

impl Through<'_> {
    /// The row that is there may be none of the view's.
    pub(super) fn no_conflict(&self, span: Span) -> Box<Diagnostic> {
        let why = format!(
            "{} has WHERE, which the row that is there may not satisfy",
            self.view.name
        );
        no_change(self.view, &why, span)
    }
}

/// Why rows do not change through a view, and what to do.
pub(super) fn no_change(view: &Table, why: &str, span: Span) -> Box<Diagnostic> {
    let message = format!("rows cannot be changed through the view {}", view.name);
    let help = match view.reads.as_slice() {
        [table] => format!("change {}, which it reads", table.dotted()),
        _ => "change the tables that it reads".to_owned(),
    };
    Box::new(
        Diagnostic::error(codes::NOT_PORTABLE, message)
            .label(span, why)
            .help(help),
    )
}
