//! FROM: relations and joins.

use super::scope::{Visible, VisibleColumn};
use super::{Lowerer, Place, Res, error, not_yet};
use crate::Type;
use crate::ir::*;
use rql_ast::{self as ast, Id, JoinOn, JoinSide, RelationKind, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl Lowerer<'_> {
    /// The relations of FROM, joined from the left; they become visible in the innermost block.
    pub(super) fn from(&mut self, items: &[ast::FromItem], span: Span) -> Res<RelId> {
        let mut all: Option<RelId> = None;
        for item in items {
            let rel = self.relation_with_joins(item)?;
            all = Some(match all {
                None => rel,
                Some(left) => self.join(JoinKind::Cross, left, rel, None, item.span),
            });
        }
        Ok(all.unwrap_or_else(|| self.ir.add_rel(RelKind::OneRow, span)))
    }

    fn join(
        &mut self,
        kind: JoinKind,
        left: RelId,
        right: RelId,
        on: Option<ScalarId>,
        span: Span,
    ) -> RelId {
        let kind = RelKind::Join {
            kind,
            left,
            right,
            on,
        };
        self.ir.add_rel(kind, span)
    }

    fn relation_with_joins(&mut self, item: &ast::FromItem) -> Res<RelId> {
        let ast = self.ast;
        let first = self.scope().relations.len();
        let mut left = self.relation(item.relation)?;
        for join in &ast[item.joins] {
            let ast::Join::Join {
                kind,
                relation,
                on,
                span,
            } = *join
            else {
                return not_yet(item.span, "a join under a template's condition");
            };
            let middle = self.scope().relations.len();
            let right = self.relation(relation)?;
            let side = match kind.side {
                _ if kind.natural || kind.asof => return not_yet(span, "this kind of join"),
                JoinSide::Plain | JoinSide::Inner => JoinKind::Inner,
                JoinSide::Left => JoinKind::Left,
                JoinSide::Right => JoinKind::Right,
                JoinSide::Full => JoinKind::Full,
                JoinSide::Cross => JoinKind::Cross,
                _ => return not_yet(span, "this kind of join"),
            };
            self.outer_nulls(side, first, middle);
            let condition = match on {
                JoinOn::None if side == JoinKind::Cross => None,
                JoinOn::None => {
                    return error(
                        codes::JOIN_WITHOUT_CONDITION,
                        span,
                        "a join needs a condition",
                        "ON or USING is missing",
                    );
                }
                JoinOn::On(on) => Some(self.within(Place::On, |this| this.condition(on))?),
                JoinOn::Using(names) => {
                    if !matches!(side, JoinKind::Inner | JoinKind::Left) {
                        return not_yet(span, "USING in a right or full join");
                    }
                    Some(self.using(&ast[names], first, middle, span)?)
                }
            };
            left = self.join(side, left, right, condition, span);
        }
        Ok(left)
    }

    /// An outer join makes the columns of the side that may be missing nullable.
    fn outer_nulls(&mut self, kind: JoinKind, first: usize, middle: usize) {
        let end = self.scope().relations.len();
        let (left, right) = (first..middle, middle..end);
        let ranges = match kind {
            JoinKind::Left => vec![right],
            JoinKind::Right => vec![left],
            JoinKind::Full => vec![left, right],
            JoinKind::Inner | JoinKind::Cross => vec![],
        };
        for relation in ranges.into_iter().flatten() {
            let last = self.scopes.len() - 1;
            for column in &self.scopes[last].relations[relation].columns {
                self.ir.columns[column.id.index()].nullable = true;
            }
        }
    }

    fn using(
        &mut self,
        names: &[ast::Ident],
        first: usize,
        middle: usize,
        span: Span,
    ) -> Res<ScalarId> {
        let mut conditions = Vec::new();
        for &ident in names {
            let name = self.ast.name(ident).into_owned();
            let catalog = self.env.catalog;
            let last = self.scopes.len() - 1;
            let scope = &mut self.scopes[last];
            let end = scope.relations.len();
            let mut find = |range: core::ops::Range<usize>| {
                scope.relations[range].iter_mut().find_map(|relation| {
                    let column = relation
                        .columns
                        .iter_mut()
                        .find(|c| catalog.matches(&name, &c.name))?;
                    column.merged = true;
                    Some(column.id)
                })
            };
            let (Some(left), Some(right)) = (find(first..middle), find(middle..end)) else {
                let message = format!("column {name} is not on both sides of the join");
                let label = "USING needs it on both sides";
                return error(codes::UNKNOWN_COLUMN, ident.span, message, label);
            };
            if !scope.merged.iter().any(|m| m.1 == left) {
                scope.merged.push((name, left));
            }
            let [a, b] = [left, right].map(|id| {
                let Column { ty, nullable, .. } = *self.ir.column(id);
                self.add(ScalarKind::Column(id), ty, nullable, ident.span)
            });
            conditions.push(self.compare(Func::Eq, a, b, ident.span)?);
        }
        if let &[only] = conditions.as_slice() {
            return Ok(only);
        }
        Ok(self.call(Func::And, conditions, Type::Boolean, span))
    }

    fn relation(&mut self, id: Id<ast::Relation>) -> Res<RelId> {
        let ast = self.ast;
        let relation = ast[id];
        if relation.lateral || relation.sample.is_some() {
            return not_yet(relation.span, "LATERAL and TABLESAMPLE");
        }
        let alias = relation.alias.map(|alias| ast[alias]);
        let names: Vec<String> = alias.map_or_else(Vec::new, |alias| {
            ast[alias.columns]
                .iter()
                .map(|c| ast.name(c.name).into_owned())
                .collect()
        });
        let alias = alias
            .and_then(|alias| alias.name)
            .map(|name| ast.name(name).into_owned());
        match relation.kind {
            RelationKind::Table { name, .. } => self.table(name, alias, names, relation.span),
            RelationKind::Query(query) => {
                let (input, output) = self.isolated(|this| this.query(query))?;
                let columns = renamed(output, names);
                let alias = alias.unwrap_or_else(|| "subquery".into());
                self.show(&alias, &columns);
                let kind = RelKind::Derived {
                    input,
                    alias,
                    columns,
                };
                Ok(self.ir.add_rel(kind, relation.span))
            }
            RelationKind::Nested(item) if alias.is_none() => self.relation_with_joins(&ast[item]),
            RelationKind::Nested(_) => not_yet(relation.span, "a join with an alias"),
            RelationKind::Function { .. } => not_yet(relation.span, "a table function"),
            RelationKind::File => not_yet(relation.span, "a file as a table"),
        }
    }

    /// A query in FROM sees the blocks around its own, but not the relations beside it.
    fn isolated<T>(&mut self, lower: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let hidden = self.scopes.pop();
        let done = self.within(Place::Items, lower);
        self.scopes.extend(hidden);
        done
    }

    fn table(
        &mut self,
        name: ast::Name,
        alias: Option<String>,
        names: Vec<String>,
        span: Span,
    ) -> Res<RelId> {
        let ast = self.ast;
        let parts: Vec<String> = ast[name.parts]
            .iter()
            .map(|&part| ast.name(part).into_owned())
            .collect();
        let (schema, table) = match parts.as_slice() {
            [table] => (None, table),
            [.., schema, table] => (Some(schema.as_str()), table),
            [] => return not_yet(span, "a table without a name"),
        };
        let cte = self.ctes.iter().rev().find(|cte| &cte.0 == table);
        if let (None, Some(&(_, cte))) = (schema, cte) {
            let output = self.ir.ctes[cte.index()].columns.clone();
            let columns: Vec<_> = output
                .into_iter()
                .map(|(id, name)| {
                    let Column { ty, nullable, .. } = *self.ir.column(id);
                    (self.ir.add_column(&name, ty, nullable), name)
                })
                .collect();
            let ids = columns.iter().map(|c| c.0).collect();
            let alias = alias.unwrap_or_else(|| table.clone());
            self.show(&alias, &renamed(columns, names));
            let kind = RelKind::CteScan {
                cte,
                alias,
                columns: ids,
            };
            return Ok(self.ir.add_rel(kind, span));
        }
        let Some(found) = self.env.catalog.find(schema, table) else {
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {table}"));
            let at = ast.name_span(name);
            let error = error.label(at, "no table, view or WITH query of this name");
            let known = self.env.catalog.tables().iter().map(|t| t.name.as_str());
            let known = known.chain(self.ctes.iter().map(|cte| cte.0.as_str()));
            return Err(Box::new(match did_you_mean(table, known) {
                Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
                None => error,
            }));
        };
        let found = found.clone();
        let columns: Vec<_> = found
            .columns
            .iter()
            .map(|c| {
                let id = self.ir.add_column(&c.name, c.ty, c.nullable);
                (id, c.name.clone())
            })
            .collect();
        let ids = columns.iter().map(|c| c.0).collect();
        let alias = alias.unwrap_or_else(|| found.name.clone());
        self.show(&alias, &renamed(columns, names));
        let kind = RelKind::Scan {
            schema: found.schema,
            table: found.name,
            alias,
            columns: ids,
        };
        Ok(self.ir.add_rel(kind, span))
    }

    fn show(&mut self, name: &str, columns: &[(ColumnId, String)]) {
        let columns = columns.iter().map(|(id, name)| VisibleColumn {
            name: name.clone(),
            id: *id,
            merged: false,
        });
        let columns = columns.collect();
        let name = name.to_owned();
        self.scope().relations.push(Visible { name, columns });
    }
}

fn renamed(mut columns: Vec<(ColumnId, String)>, names: Vec<String>) -> Vec<(ColumnId, String)> {
    for (column, name) in columns.iter_mut().zip(names) {
        column.1 = name;
    }
    columns
}
