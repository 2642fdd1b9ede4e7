//! FROM: relations, joins, samples.

use super::Printer;
use crate::{
    AliasColumn, Body, FromItem, Id, Join, JoinKind, JoinOn, JoinSide, List, Query, Relation,
    RelationKind, Sample,
};

impl<'a> Printer<'a> {
    pub(super) fn from(&mut self, head: &'static str, items: List<FromItem>) {
        let ast = self.ast;
        let joined = ast[items].iter().any(|item| !item.joins.is_empty());
        let many = ast[items].len() > 1;
        let list = |p: &mut Self| p.commas(items, |p, item| p.joined(item));
        if many && !joined {
            self.listed(head, list)
        } else {
            self.headed(head, list)
        }
    }

    pub(super) fn joined(&mut self, item: &FromItem) {
        self.group(|p| {
            p.relation(item.relation);
            p.joins(item.joins);
        });
    }

    fn joins(&mut self, joins: List<Join>) {
        let ast = self.ast;
        for join in &ast[joins] {
            match *join {
                Join::Join {
                    kind,
                    relation,
                    on,
                    span,
                } => {
                    self.at(span.start);
                    self.line();
                    self.group(|p| {
                        p.join_words(kind);
                        p.space();
                        p.relation(relation);
                        p.indent(|p| p.join_on(on));
                    });
                }
                Join::Template(id) => {
                    self.at(ast[id].span.start);
                    self.line();
                    self.piece(&ast[id], |p, joins| p.joins(joins));
                }
            }
        }
    }

    pub(super) fn join_on(&mut self, on: JoinOn) {
        match on {
            JoinOn::None => {}
            JoinOn::On(condition) => {
                self.at(self.ast[condition].span.start);
                self.line();
                self.text("ON ");
                self.condition(condition);
            }
            JoinOn::Using(columns, alias) => {
                self.line();
                self.text("USING ");
                self.idents(columns);
                if let Some(alias) = alias {
                    self.text(" AS ");
                    self.ident(alias);
                }
            }
        }
    }

    fn join_words(&mut self, kind: JoinKind) {
        self.text(if kind.natural { "NATURAL " } else { "" });
        self.text(if kind.asof { "ASOF " } else { "" });
        self.text(match kind.side {
            JoinSide::Plain => "JOIN",
            JoinSide::Inner => "INNER JOIN",
            JoinSide::Left => "LEFT JOIN",
            JoinSide::Right => "RIGHT JOIN",
            JoinSide::Full => "FULL JOIN",
            JoinSide::Cross => "CROSS JOIN",
            JoinSide::Semi => "SEMI JOIN",
            JoinSide::Anti => "ANTI JOIN",
            JoinSide::RightSemi => "RIGHT SEMI JOIN",
            JoinSide::RightAnti => "RIGHT ANTI JOIN",
            JoinSide::Positional => "POSITIONAL JOIN",
        });
    }

    pub(super) fn relation(&mut self, id: Id<Relation>) {
        let ast = self.ast;
        let relation = ast[id];
        self.at(relation.span.start);
        self.text(if relation.lateral { "LATERAL " } else { "" });
        let mut hint = None;
        match relation.kind {
            RelationKind::Table { name, only, index } => {
                self.text(if only { "ONLY " } else { "" });
                self.name(name);
                hint = index;
            }
            RelationKind::Function { call, ordinality } => {
                self.call(&ast[call]);
                self.text(if ordinality { " WITH ORDINALITY" } else { "" });
            }
            RelationKind::Rows { calls, ordinality } => {
                self.text("ROWS FROM ");
                self.parens(calls, |p, call| p.expr(*call));
                self.text(if ordinality { " WITH ORDINALITY" } else { "" });
            }
            RelationKind::Query(query) if self.is_bare_values(&relation, query) => {
                self.query(query)
            }
            RelationKind::Query(query) => self.subquery(query),
            RelationKind::File => self.source(ast.file_span(relation)),
            RelationKind::Nested(item) => self.bracketed("(", ")", |p| p.joined(&ast[item])),
        }
        if let Some(alias) = relation.alias {
            let alias = ast[alias];
            self.word("AS");
            if let Some(name) = alias.name {
                self.space();
                self.ident(name);
            }
            if !alias.columns.is_empty() {
                self.text(if alias.name.is_none() { " " } else { "" });
                self.parens(alias.columns, |p, column| p.alias_column(column));
            }
        }
        match hint {
            Some(Some(index)) => {
                self.word("INDEXED BY ");
                self.ident(index);
            }
            Some(None) => self.word("NOT INDEXED"),
            None => {}
        }
        if let Some(sample) = relation.sample {
            self.word("TABLESAMPLE ");
            self.sample(&ast[sample], true);
        }
    }

    /// `FROM VALUES (1), (2)` has no parentheses around the query.
    fn is_bare_values(&self, relation: &Relation, query: Id<Query>) -> bool {
        let text = self.ast.text(relation.span);
        matches!(self.ast[query].body, Body::Values(_)) && text.starts_with(['v', 'V'])
    }

    fn alias_column(&mut self, column: &AliasColumn) {
        self.ident(column.name);
        if let Some(ty) = column.ty {
            self.space();
            self.type_name(ty);
        }
    }

    pub(super) fn sample(&mut self, sample: &Sample, parens: bool) {
        let method = sample.method.is_some();
        if let Some(method) = sample.method {
            self.ident(method);
            self.space();
        }
        let parens = parens || method;
        self.text(if parens { "(" } else { "" });
        self.expr(sample.size);
        if let Some(unit) = sample.unit {
            let unit = self.ast.text(unit).to_ascii_uppercase();
            self.text(if unit == "%" {
                unit
            } else {
                format!(" {unit}")
            });
        }
        self.text(if parens { ")" } else { "" });
        if let Some(seed) = sample.seed {
            self.word("REPEATABLE (");
            self.expr(seed);
            self.text(")");
        }
    }
}
