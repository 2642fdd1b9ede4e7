//! What a column's name stands for, through the relations, WITH queries and aliases that it comes by.

use super::*;

impl Collector<'_> {
    pub(super) fn values(&mut self) {
        let ast = self.ast;
        for expr in ast.all::<Expr>() {
            match expr.kind {
                ExprKind::Column(name) => self.column(name, expr.span),
                ExprKind::Star(id) => {
                    if let Some(qualifier) = ast[id].qualifier
                        && let Some(&last) = ast[qualifier.parts].last()
                    {
                        self.qualifier(last);
                    }
                }
                _ => {}
            }
        }
        for join in ast.all::<rql_ast::Join>() {
            if let rql_ast::Join::Join {
                on: JoinOn::Using(columns, _),
                span,
                ..
            } = *join
            {
                for &column in &ast[columns] {
                    let found = self.column_by_name(&ast.name(column), span);
                    if let Some(entity) = found {
                        self.add(use_of(column, entity));
                    }
                }
            }
        }
    }

    fn qualifier(&mut self, ident: Ident) {
        let name = self.ast.name(ident).into_owned();
        let Some(relation) = self.relation_at(&name, ident.span) else {
            return;
        };
        let alias = relation.alias.and_then(|alias| self.ast[alias].name);
        let entity = match (alias, relation.kind) {
            (Some(alias), _) => Some(Entity::Local(alias.span)),
            (None, RelationKind::Table { name, .. }) => {
                let own = self.ast[name.parts].last().map(|last| key(last.span));
                let known = self.done.iter().find(|one| Some(key(one.span)) == own);
                known.map(|one| one.entity.clone())
            }
            _ => None,
        };
        if let Some(entity) = entity {
            self.add(use_of(ident, entity));
        }
    }

    fn column(&mut self, name: Name, span: Span) {
        let ast = self.ast;
        let Some((&last, qualifiers)) = ast[name.parts].split_last() else {
            return;
        };
        if let Some(&qualifier) = qualifiers.last() {
            self.qualifier(qualifier);
        }
        let by_id = self.columns.get(&key(span)).copied();
        let found = by_id.and_then(|id| self.origin(id));
        let found = found.or_else(|| match qualifiers {
            [] if by_id.is_none() => self.name_of_list(last),
            _ => None,
        });
        // What a statement changes is scanned by no operator of its own.
        let found = found.or_else(|| match qualifiers.last() {
            None => self.column_by_name(&ast.name(last), span),
            Some(&qualifier) => {
                let relation = self.relation_at(&ast.name(qualifier), span)?;
                self.column_of(relation, &ast.name(last))
            }
        });
        if let Some(entity) = found {
            self.add(use_of(last, entity));
        }
    }

    /// A name of the SELECT list of the innermost query around.
    fn name_of_list(&self, used: Ident) -> Option<Entity> {
        let ast = self.ast;
        let mut around: Vec<&Query> = ast.all::<Query>().iter().collect();
        around.retain(|query| within(query.span, used.span));
        let query = around
            .into_iter()
            .min_by_key(|query| query.span.end - query.span.start)?;
        let rql_ast::Body::Select(select) = query.body else {
            return None;
        };
        ast[ast[select].items].iter().find_map(|item| match *item {
            SelectItem::Expr {
                alias: Some(alias), ..
            } if ast.name(alias) == ast.name(used) => Some(Entity::Local(alias.span)),
            _ => None,
        })
    }

    fn column_by_name(&self, name: &str, at: Span) -> Option<Entity> {
        let mut around = self.scopes.iter().filter(|(block, _)| within(*block, at));
        around.find_map(|&(_, relation)| self.column_of(relation, name))
    }

    /// The column of a relation that is a table.
    fn column_of(&self, relation: Relation, name: &str) -> Option<Entity> {
        let catalog = &self.before.catalog;
        let RelationKind::Table { name: table, .. } = relation.kind else {
            return None;
        };
        let table = self.table_name(table);
        let found = catalog.find(None, &table)?;
        let column = found
            .columns
            .iter()
            .find(|c| catalog.matches(name, &c.name))?;
        let name = column.name.clone();
        Some(Entity::Column { table, name })
    }

    /// What a column is, through queries that only pass it on: the name in a list that gives it, or the column
    /// of a table.
    fn origin(&self, (part, mut id): (usize, ColumnId)) -> Option<Entity> {
        let ir = self.irs.get(part)?;
        // Each step goes to another operator; a tree has no more steps than operators.
        for _ in 0..=ir.rels.len() {
            let mut next = None;
            for rel in &ir.rels {
                match &rel.kind {
                    RelKind::Scan { table, columns, .. } if columns.contains(&id) => {
                        let name = ir.column(id).name.clone();
                        return match self.renamed_by(rel.span, columns, id) {
                            Some(entity) => Some(entity),
                            None => Some(Entity::Column {
                                table: table.clone(),
                                name,
                            }),
                        };
                    }
                    RelKind::CteScan { cte, columns, .. } => {
                        let Some(at) = columns.iter().position(|column| *column == id) else {
                            continue;
                        };
                        if let Some(entity) = self.renamed_by(rel.span, columns, id) {
                            return Some(entity);
                        }
                        let cte = ir.ctes.get(cte.index())?;
                        if let Some(entity) = self.cte_column(&cte.name, rel.span, at) {
                            return Some(entity);
                        }
                        next = cte.columns.get(at).map(|column| column.0);
                    }
                    RelKind::Derived { columns, .. } => {
                        if let Some(at) = columns.iter().position(|column| column.0 == id) {
                            let ids: Vec<ColumnId> = columns.iter().map(|it| it.0).collect();
                            if let Some(entity) = self.renamed_by(rel.span, &ids, columns[at].0) {
                                return Some(entity);
                            }
                        }
                    }
                    RelKind::SetOp { columns, sides, .. } => {
                        if let Some(at) = columns.iter().position(|column| *column == id) {
                            next = sides.0.get(at).copied().filter(|inner| *inner != id);
                        }
                    }
                    RelKind::Project { items, .. } => {
                        let Some((_, scalar)) = items.iter().find(|item| item.0 == id) else {
                            continue;
                        };
                        let scalar = ir.scalar(*scalar);
                        if let Some(entity) = self.alias_of(scalar.span) {
                            return Some(entity);
                        }
                        if let ScalarKind::Column(inner) = scalar.kind
                            && inner != id
                        {
                            next = Some(inner);
                        }
                    }
                    RelKind::Aggregate {
                        groups, dependent, ..
                    } => {
                        let mut items = groups.iter().chain(dependent);
                        if let Some((_, scalar)) = items.find(|item| item.0 == id)
                            && let ScalarKind::Column(inner) = ir.scalar(*scalar).kind
                            && inner != id
                        {
                            next = Some(inner);
                        }
                    }
                    RelKind::Join { merged, .. } => {
                        let own = merged.iter().find(|it| it.column == id);
                        next = next.or(own.map(|it| it.left));
                    }
                    _ => {}
                }
                if next.is_some() {
                    break;
                }
            }
            id = next?;
        }
        None
    }

    /// The name that a SELECT list gives an expression.
    fn alias_of(&self, expr: Span) -> Option<Entity> {
        let ast = self.ast;
        ast.all::<SelectItem>().iter().find_map(|item| match *item {
            SelectItem::Expr {
                expr: own,
                alias: Some(alias),
            } if ast[own].span == expr => Some(Entity::Local(alias.span)),
            _ => None,
        })
    }

    /// The name that an alias with columns, `AS t (a, b)`, gives a column of the relation at a place.
    fn renamed_by(&self, relation: Span, columns: &[ColumnId], id: ColumnId) -> Option<Entity> {
        let ast = self.ast;
        let at = columns.iter().position(|column| *column == id)?;
        let found = ast
            .all::<Relation>()
            .iter()
            .find(|it| it.span == relation)?;
        let alias = ast[found.alias?];
        let column = ast[alias.columns].get(at)?;
        Some(Entity::Local(column.name.span))
    }

    /// The name that `WITH t (a, b)` gives a column.
    fn cte_column(&self, name: &str, at: Span, column: usize) -> Option<Entity> {
        let cte = self.with_query(name, at)?;
        let column = self.ast[cte.columns].get(column)?;
        Some(Entity::Local(column.span))
    }
}
