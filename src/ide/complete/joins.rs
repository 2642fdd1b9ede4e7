//! What foreign keys say: conditions of joins, and the tables that are likely to be joined.

use super::items::Items;
use super::{Item, Kind, Place};
use rql::{ForeignKey, Table};
use rql_ast::{
    Ast, BinaryOp, Body, Clause, ClauseKind, Expr, ExprKind, Id, JoinOn, Relation, Select, Span,
};
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
        let mut on = ast.all::<rql_ast::Join>().iter().any(|join| match *join {
            rql_ast::Join::Join {
                on: JoinOn::On(condition),
                ..
            } => begins(condition),
            _ => false,
        });
        on |= ast
            .all::<rql_ast::Merge>()
            .iter()
            .any(|merge| matches!(merge.on, JoinOn::On(condition) if begins(condition)));
        let Some(block) = self.sight.blocks.first() else {
            return;
        };
        let [others @ .., joined] = block.as_slice() else {
            return;
        };
        if !on {
            let around = self.sight.blocks.get(1).map_or(&[][..], Vec::as_slice);
            if self.is_condition(hole, joins_by_commas) {
                self.missing_conditions(items, block, &[]);
            } else if self.is_condition(hole, is_looked_up) {
                self.missing_conditions(items, block, around);
            }
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

    /// True for a condition of WHERE, or one of those that AND joins there, in a SELECT of which `ask` holds.
    fn is_condition(&self, hole: Span, ask: fn(&Ast, &Select) -> bool) -> bool {
        let ast = &self.draft.ast;
        let is = |clause: &Clause| match clause.kind {
            ClauseKind::Where(condition) => match ast[condition].kind {
                ExprKind::Chain(chain) => ast[chain].iter().any(|item| {
                    ast[item.expr].span == hole && item.op.is_none_or(|op| op == BinaryOp::And)
                }),
                _ => ast[condition].span == hole,
            },
            _ => false,
        };
        let mut selects = ast.all::<Select>().iter();
        selects.any(|select| ast[select.clauses].iter().any(is) && ask(ast, select))
    }

    /// What foreign keys say of the relations of a block, or between these and those around it, but for what is
    /// written already.
    fn missing_conditions(
        &self,
        items: &mut Items<'_>,
        block: &[SeenRelation],
        around: &[SeenRelation],
    ) {
        let ast = &self.draft.ast;
        let written = ast.all::<Expr>().iter().filter_map(|expr| match expr.kind {
            ExprKind::Binary {
                left,
                op: BinaryOp::Eq,
                right,
            } => {
                let [left, right] = [left, right].map(|side| ast.text(ast[side].span));
                Some([format!("{left} = {right}"), format!("{right} = {left}")])
            }
            _ => None,
        });
        let written: Vec<String> = written.flatten().collect();
        for (at, one) in block.iter().enumerate() {
            let others = match around {
                [] => &block[at + 1..],
                around => around,
            };
            for condition in others.iter().flat_map(|other| self.conditions(one, other)) {
                let is_written =
                    |part: &str| written.iter().any(|it| it.eq_ignore_ascii_case(part));
                if !condition.split(" AND ").all(is_written) {
                    self.add_condition(items, condition, "foreign key");
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

    pub(super) fn seen_table(&self, relation: &SeenRelation) -> Option<&Table> {
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

/// `FROM a, b`
fn joins_by_commas(ast: &Ast, select: &Select) -> bool {
    let mut clauses = ast[select.clauses].iter();
    clauses.any(|clause| matches!(clause.kind, ClauseKind::From(from) if ast[from].len() > 1))
}

/// A subquery that is asked for each row around it: EXISTS, or one value, but not behind IN.
fn is_looked_up(ast: &Ast, select: &Select) -> bool {
    let is = |query: Id<rql_ast::Query>| match ast[query].body {
        Body::Select(own) => ast[own].span == select.span,
        _ => false,
    };
    let sets = ast.all::<Expr>().iter().filter_map(|expr| match expr.kind {
        ExprKind::In { set, .. } => Some(ast[set].span),
        _ => None,
    });
    let sets: Vec<Span> = sets.collect();
    ast.all::<Expr>().iter().any(|expr| match expr.kind {
        ExprKind::Exists(query) => is(query),
        ExprKind::Subquery(query) => is(query) && !sets.contains(&expr.span),
        _ => false,
    })
}

fn refers(key: &ForeignKey, table: &Table) -> bool {
    key.schema == table.schema && key.table == table.name
}
