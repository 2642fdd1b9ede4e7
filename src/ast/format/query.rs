//! Queries, clauses, FROM.

use super::{Printer, end_tag};
use crate::{
    Body, ChartKind, Clause, ClauseKind, Cte, Direction, GroupBy, GroupItem, Id, List, OrderItem,
    Quantifier, Query, RowItem, Select, SelectItem, SetItem, SetOp, Template, With,
};

impl<'a> Printer<'a> {
    pub(super) fn query(&mut self, id: Id<Query>) {
        let ast = self.ast;
        let query = ast[id];
        self.at(query.span.start);
        self.group(|p| {
            if let Some(with) = query.with {
                p.with(with);
                p.hard_line();
            }
            p.body(query.body);
            p.clauses(query.clauses);
        });
    }

    pub(super) fn with(&mut self, id: Id<With>) {
        let with = self.ast[id];
        self.text(if with.recursive {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        self.commas(with.ctes, |p, cte| p.cte(cte));
    }

    fn cte(&mut self, cte: &Cte) {
        self.ident(cte.name);
        if !cte.columns.is_empty() {
            self.space();
            self.idents(cte.columns);
        }
        self.word("AS ");
        match cte.materialized {
            Some(true) => self.text("MATERIALIZED "),
            Some(false) => self.text("NOT MATERIALIZED "),
            None => {}
        }
        let body = self.ast[cte.body];
        self.at(body.span.start);
        self.bracketed("(", ")", |p| {
            p.stmt(&body);
            p.at(cte.span.end.saturating_sub(1));
        });
        if let Some(search) = cte.search {
            self.word(if search.breadth {
                "SEARCH BREADTH FIRST BY "
            } else {
                "SEARCH DEPTH FIRST BY "
            });
            self.commas(search.by, |p, name| p.ident(*name));
            self.word("SET ");
            self.ident(search.column);
        }
        if let Some(cycle) = cte.cycle {
            self.word("CYCLE ");
            self.commas(cycle.by, |p, name| p.ident(*name));
            self.word("SET ");
            self.ident(cycle.mark);
            if let Some((mark, otherwise)) = cycle.values {
                self.word("TO ");
                self.expr(mark);
                self.word("DEFAULT ");
                self.expr(otherwise);
            }
            self.word("USING ");
            self.ident(cycle.path);
        }
    }

    fn row_values(&mut self, items: List<RowItem>) {
        let ast = self.ast;
        let template = |item: &RowItem| match *item {
            RowItem::Template(id) => Some(ast[id]),
            RowItem::Value(_) => None,
        };
        self.bracketed("(", ")", |p| {
            p.templated(items, template, &mut |p, item| {
                if let RowItem::Value(value) = *item {
                    p.expr(value);
                }
            });
        });
    }

    fn body(&mut self, body: Body) {
        let ast = self.ast;
        match body {
            Body::Select(id) => self.select(&ast[id]),
            Body::Values(rows) => {
                self.text("VALUES");
                self.indent(|p| {
                    p.line();
                    p.commas(rows, |p, row| {
                        p.at(row.span.start);
                        p.text(if row.word { "ROW " } else { "" });
                        if row.items.is_empty() {
                            p.text("()");
                        } else {
                            p.row_values(row.items);
                        }
                    });
                });
            }
            Body::Table(name) => {
                self.text("TABLE ");
                self.name(name);
            }
            Body::Nested(query) => self.subquery(query),
            Body::Set(id) => {
                let operation = ast[id];
                self.body(operation.first);
                for item in &ast[operation.rest] {
                    self.set_item(item);
                }
            }
        }
    }

    fn set_item(&mut self, item: &SetItem) {
        self.at(item.op_span.start);
        self.line();
        self.text(match item.op {
            SetOp::Union => "UNION",
            SetOp::Intersect => "INTERSECT",
            SetOp::Except => "EXCEPT",
        });
        match item.quantifier {
            Quantifier::None => {}
            Quantifier::All => self.word("ALL"),
            Quantifier::Distinct => self.word("DISTINCT"),
        }
        if item.by_name {
            self.word("BY NAME");
        }
        self.line();
        self.body(item.body);
    }

    fn select(&mut self, select: &Select) {
        let ast = self.ast;
        self.at(select.span.start);
        let leading = if select.from_first {
            ast[select.clauses].len().min(1)
        } else {
            0
        };
        let (first, rest) = select.clauses.split_at(leading);
        for clause in &ast[first] {
            self.clause(clause);
        }
        if !select.from_first || !select.items.is_empty() {
            if select.from_first {
                self.line();
            }
            self.select_list(select);
        }
        self.clauses(rest);
    }

    fn select_list(&mut self, select: &Select) {
        self.text("SELECT");
        match select.quantifier {
            Quantifier::None => {}
            Quantifier::All => self.word("ALL"),
            Quantifier::Distinct => self.word("DISTINCT"),
        }
        if !select.distinct_on.is_empty() {
            self.word("ON ");
            self.expr_parens(select.distinct_on);
        }
        if !select.items.is_empty() {
            self.group(|p| {
                p.indent(|p| {
                    p.line();
                    p.select_items(select.items);
                });
            });
        }
    }

    pub(super) fn select_items(&mut self, items: List<SelectItem>) {
        let template = |ast: &'a crate::Ast| {
            move |item: &SelectItem| match *item {
                SelectItem::Template(id) => Some(ast[id]),
                SelectItem::Expr { .. } => None,
            }
        };
        self.templated(items, template(self.ast), &mut |p, item| {
            let SelectItem::Expr { expr, alias } = *item else {
                return;
            };
            p.expr(expr);
            if let Some(alias) = alias {
                p.word("AS ");
                p.ident(alias);
            }
        });
    }

    pub(super) fn clauses(&mut self, clauses: List<Clause>) {
        let ast = self.ast;
        for clause in &ast[clauses] {
            self.at(clause.span.start);
            self.line();
            self.clause(clause);
        }
    }

    /// A keyword and what belongs to it, a line deeper where it is long.
    pub(super) fn headed(&mut self, head: &'static str, write: impl FnOnce(&mut Self)) {
        self.group(|p| {
            p.text(head);
            p.indent(|p| {
                p.space();
                write(p);
            });
        });
    }

    /// A keyword and a list that goes to lines of its own where it is long.
    pub(super) fn listed(&mut self, head: &'static str, write: impl FnOnce(&mut Self)) {
        self.group(|p| {
            p.text(head);
            p.indent(|p| {
                p.line();
                write(p);
            });
        });
    }

    fn clause(&mut self, clause: &Clause) {
        let ast = self.ast;
        match clause.kind {
            ClauseKind::Select(id) => self.select_list(&ast[id]),
            ClauseKind::Into {
                table,
                temporary,
                unlogged,
            } => {
                self.text("INTO ");
                self.text(if temporary { "TEMP " } else { "" });
                self.text(if unlogged { "UNLOGGED " } else { "" });
                self.name(table);
            }
            ClauseKind::From(items) => self.from("FROM", items),
            ClauseKind::Where(condition) => self.headed("WHERE", |p| p.condition(condition)),
            ClauseKind::GroupBy(id) => self.group_by(&ast[id]),
            ClauseKind::Having(condition) => self.headed("HAVING", |p| p.condition(condition)),
            ClauseKind::Window(windows) => self.listed("WINDOW", |p| {
                p.commas(windows, |p, window| {
                    p.ident(window.name);
                    p.word("AS ");
                    p.window_spec(window.spec);
                });
            }),
            ClauseKind::Qualify(condition) => self.headed("QUALIFY", |p| p.condition(condition)),
            ClauseKind::Sample(id) => {
                self.text("USING SAMPLE ");
                self.sample(&ast[id], false);
            }
            ClauseKind::OrderBy(items) => self.listed("ORDER BY", |p| p.order_items(items)),
            ClauseKind::Limit {
                count,
                skip,
                percent,
            } => {
                self.text("LIMIT ");
                if let Some(skip) = skip {
                    self.expr(skip);
                    self.text(", ");
                }
                match count {
                    Some(count) => self.expr(count),
                    None => self.text("ALL"),
                }
                self.text(if percent { " PERCENT" } else { "" });
            }
            ClauseKind::Offset(skip) => {
                self.text("OFFSET ");
                self.expr(skip);
            }
            ClauseKind::Fetch {
                count,
                percent,
                with_ties,
            } => {
                self.text("FETCH FIRST");
                if let Some(count) = count {
                    self.space();
                    self.expr(count);
                }
                self.text(if percent { " PERCENT" } else { "" });
                self.text(if with_ties {
                    " ROWS WITH TIES"
                } else {
                    " ROWS ONLY"
                });
            }
            ClauseKind::Lock(id) => {
                let lock = ast[id];
                self.text(lock.strength.text());
                if !lock.of.is_empty() {
                    self.word("OF ");
                    self.commas(lock.of, |p, &name| p.name(name));
                }
                match lock.nowait {
                    Some(true) => self.word("NOWAIT"),
                    Some(false) => self.word("SKIP LOCKED"),
                    None => {}
                }
            }
            ClauseKind::OnConflict(id) => self.on_conflict(&ast[id]),
            ClauseKind::OnDuplicateKey(assignments) => {
                self.listed("ON DUPLICATE KEY UPDATE", |p| p.assignments(assignments));
            }
            ClauseKind::Returning(items) => self.listed("RETURNING", |p| p.select_items(items)),
            ClauseKind::Chart(id) => {
                let chart = ast[id];
                self.group(|p| {
                    p.text("CHART ");
                    p.text(match chart.kind {
                        ChartKind::Bar => "BAR",
                        ChartKind::Column => "COLUMN",
                        ChartKind::Line => "LINE",
                        ChartKind::Scatter => "SCATTER",
                        ChartKind::Histogram => "HISTOGRAM",
                        ChartKind::Sparkline => "SPARKLINE",
                    });
                    p.indent(|p| p.attributes(chart.attributes));
                });
            }
            ClauseKind::Template(id) => self.piece(&ast[id], |p, clauses| p.clauses(clauses)),
        }
    }

    /// A template around whole pieces; each branch begins with a break.
    pub(super) fn piece<T>(&mut self, template: &Template<T>, write: impl Fn(&mut Self, List<T>)) {
        self.at(template.span.start);
        self.tag(template);
        self.indent(|p| write(p, template.then));
        self.line();
        if let Some(otherwise) = template.otherwise {
            self.text("{{else}}");
            self.indent(|p| write(p, otherwise));
            self.line();
        }
        self.at(template.span.end);
        self.text(end_tag(template.unless));
    }

    fn group_by(&mut self, group: &GroupBy) {
        if group.all {
            self.text("GROUP BY ALL");
            return;
        }
        let head = if group.quantifier == Quantifier::Distinct {
            "GROUP BY DISTINCT"
        } else {
            "GROUP BY"
        };
        self.listed(head, |p| {
            p.group_items(group.items);
            if group.with_rollup {
                p.word("WITH ROLLUP");
            }
        });
    }

    fn group_items(&mut self, items: List<GroupItem>) {
        let template = |ast: &'a crate::Ast| {
            move |item: &GroupItem| match *item {
                GroupItem::Template(id) => Some(ast[id]),
                _ => None,
            }
        };
        self.templated(items, template(self.ast), &mut |p, item| match *item {
            GroupItem::Expr(expr) => p.expr(expr),
            GroupItem::Rollup(items) => p.grouping("ROLLUP ", items),
            GroupItem::Cube(items) => p.grouping("CUBE ", items),
            GroupItem::Sets(items) => p.grouping("GROUPING SETS ", items),
            GroupItem::Template(_) => {}
        });
    }

    fn grouping(&mut self, word: &'static str, items: List<GroupItem>) {
        self.text(word);
        self.bracketed("(", ")", |p| p.group_items(items));
    }

    pub(super) fn order_items(&mut self, items: List<OrderItem>) {
        let template = |ast: &'a crate::Ast| {
            move |item: &OrderItem| match *item {
                OrderItem::Template(id) => Some(ast[id]),
                OrderItem::Expr { .. } => None,
            }
        };
        self.templated(items, template(self.ast), &mut |p, item| p.order_item(item));
    }

    pub(super) fn order_item(&mut self, item: &OrderItem) {
        let OrderItem::Expr {
            expr,
            direction,
            nulls_first,
        } = *item
        else {
            return;
        };
        self.expr(expr);
        self.direction(direction);
        self.nulls(nulls_first);
    }

    pub(super) fn direction(&mut self, direction: Direction) {
        match direction {
            Direction::None => {}
            Direction::Asc => self.word("ASC"),
            Direction::Desc => self.word("DESC"),
            Direction::Using(op) => {
                self.word("USING ");
                self.source(op);
            }
        }
    }

    pub(super) fn nulls(&mut self, first: Option<bool>) {
        match first {
            Some(true) => self.word("NULLS FIRST"),
            Some(false) => self.word("NULLS LAST"),
            None => {}
        }
    }

    // -- FROM ------------------------------------------------------------------------------------

    // -- windows -----------------------------------------------------------------------------------
}
