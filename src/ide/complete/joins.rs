//! What foreign keys say: conditions of joins, and the tables that are likely to be joined.

use super::items::Items;
use super::{Item, Kind, Place};
use rql::{ForeignKey, Table};
use rql_ast::{Expr, ExprKind, Id, JoinOn, Relation};
use rql_ir::SeenRelation;

impl Place<'_> {
    /// The conditions of the join in whose ON the cursor stands, where nothing else stands there yet.
    pub(crate) fn join_conditions(&self, items: &mut Items<'_>) {
        let ast = &self.draft.ast;
        let Some(hole) = self.draft.hole else { return };
        let begins = |expr: Id<Expr>| {
            let first = match ast[expr].kind {
                ExprKind::Chain(chain) => ast[chain].first().map_or(expr, |item| item.expr),
                _ => expr,
            };
            ast[first].span == hole
        };
        let on = ast.all::<rql_ast::Join>().iter().any(|join| match *join {
            rql_ast::Join::Join {
                on: JoinOn::On(condition),
                ..
            } => begins(condition),
            rql_ast::Join::Template(_) => false,
            _ => false,
        });
        let Some([others @ .., joined]) = self.sight.blocks.first().map(Vec::as_slice) else {
            return;
        };
        if !on {
            return;
        }
        let mut found = false;
        for other in others.iter().rev() {
            for condition in self.conditions(other, joined) {
                found = true;
                self.add_condition(items, condition, "foreign key");
            }
        }
        if found {
            return;
        }
        // Without a key the same name and type is a guess.
        for other in others.iter().rev() {
            for column in &joined.columns {
                let same = other
                    .columns
                    .iter()
                    .any(|c| c.ty == column.ty && self.catalog().matches(&column.name, &c.name));
                if same {
                    let column = self.written(&column.name);
                    let sides =
                        [other, joined].map(|r| format!("{}.{column}", self.written(&r.name)));
                    self.add_condition(items, sides.join(" = "), "same name");
                }
            }
        }
    }

    fn add_condition(&self, items: &mut Items<'_>, condition: String, why: &str) {
        items.add(&condition.clone(), 0, || Item {
            label: condition.clone(),
            insert: condition,
            kind: Kind::Join,
            detail: why.to_owned(),
            about: String::new(),
        });
    }

    fn seen_table(&self, relation: &SeenRelation) -> Option<&Table> {
        let (schema, table) = relation.table.as_ref()?;
        self.catalog().find(schema.as_deref(), table)
    }

    /// The conditions that the foreign keys between two relations give.
    fn conditions(&self, left: &SeenRelation, right: &SeenRelation) -> Vec<String> {
        let (Some(one), Some(other)) = (self.seen_table(left), self.seen_table(right)) else {
            return Vec::new();
        };
        let pair = |from: (&Table, &str), to: (&Table, &str)| -> Vec<String> {
            let keys = from.0.foreign_keys.iter().filter(|key| refers(key, to.0));
            keys.map(|key| self.condition(key, from, to)).collect()
        };
        let mut all = pair((one, &left.name), (other, &right.name));
        all.extend(pair((other, &right.name), (one, &left.name)));
        all
    }

    /// `orders.customer_id = customers.id AND …`.
    fn condition(&self, key: &ForeignKey, from: (&Table, &str), to: (&Table, &str)) -> String {
        let own = key.columns.iter().filter_map(|&at| from.0.columns.get(at));
        let primary = || {
            let columns = to.0.key_positions().filter_map(|at| to.0.columns.get(at));
            columns
                .map(|column| column.name.clone())
                .collect::<Vec<_>>()
        };
        let referred = match key.referred.is_empty() {
            true => primary(),
            false => key.referred.clone(),
        };
        let (one, other) = (self.written(from.1), self.written(to.1));
        let pairs = own.zip(referred).map(|(column, referred)| {
            format!(
                "{one}.{} = {other}.{}",
                self.written(&column.name),
                self.written(&referred)
            )
        });
        pairs.collect::<Vec<_>>().join(" AND ")
    }

    /// Behind JOIN: the tables that foreign keys tie to those already there, with the condition.
    pub(crate) fn joined_tables(&self, items: &mut Items<'_>) {
        let ast = &self.draft.ast;
        let Some(hole) = self.draft.hole else { return };
        // A relation goes up to the word behind it, so only its beginning tells.
        let begins = |relation: Id<Relation>| ast[relation].span.start == hole.start;
        let joins = ast.all::<rql_ast::Join>().iter().any(|join| match *join {
            rql_ast::Join::Join {
                relation,
                on: JoinOn::None,
                kind,
                ..
            } => begins(relation) && !kind.natural && kind.side != rql_ast::JoinSide::Cross,
            _ => false,
        });
        let Some(block) = self.sight.blocks.first().filter(|_| joins) else {
            return;
        };
        for relation in block {
            let Some(own) = self.seen_table(relation) else {
                continue;
            };
            let catalog = self.catalog();
            let to = own.foreign_keys.iter();
            let to =
                to.filter_map(|key| Some((key, catalog.find(key.schema.as_deref(), &key.table)?)));
            for (key, table) in to {
                let condition = self.condition(key, (own, &relation.name), (table, &table.name));
                self.add_joined(items, table, condition);
            }
            for table in catalog.referring(own) {
                for key in table.foreign_keys.iter().filter(|key| refers(key, own)) {
                    let condition =
                        self.condition(key, (table, &table.name), (own, &relation.name));
                    self.add_joined(items, table, condition);
                }
            }
        }
    }

    fn add_joined(&self, items: &mut Items<'_>, table: &Table, condition: String) {
        items.add(&table.name, 0, || Item {
            label: format!("{} ON {condition}", table.name),
            insert: format!("{} ON {condition}", self.written(&table.name)),
            kind: Kind::Join,
            detail: "foreign key".into(),
            about: String::new(),
        });
    }
}

fn refers(key: &ForeignKey, table: &Table) -> bool {
    key.schema == table.schema && key.table == table.name
}
