//! Queries, clauses, FROM.

use super::{Printer, end_tag};
use crate::{
    AliasColumn, Body, Bound, ChartKind, Clause, ClauseKind, Cte, Direction, FrameExclude,
    FrameUnit, FromItem, GroupBy, GroupItem, Id, Join, JoinKind, JoinOn, JoinSide, List,
    OnConflict, OrderItem, Quantifier, Query, Relation, RelationKind, Sample, Select, SelectItem,
    SetItem, SetOp, Template, WindowSpec, With,
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
                            p.expr_parens(row.items);
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
    fn listed(&mut self, head: &'static str, write: impl FnOnce(&mut Self)) {
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
            JoinOn::Using(columns) => {
                self.line();
                self.text("USING ");
                self.idents(columns);
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
            RelationKind::Query(query) if self.is_bare_values(&relation, query) => {
                self.query(query)
            }
            RelationKind::Query(query) => self.subquery(query),
            RelationKind::File => {
                let text = ast.text(relation.span);
                let end = self.string_end(text);
                let start = relation.span.start;
                self.source(crate::Span::new(start, start + end));
            }
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

    /// The length of the string literal that `text` begins with.
    fn string_end(&self, text: &str) -> u32 {
        if let Some(rest) = text.strip_prefix('$')
            && let Some(tag) = rest.find('$').map(|at| &text[..at + 2])
            && let Some(at) = text[tag.len()..].find(tag)
        {
            return u32::try_from(at + 2 * tag.len()).unwrap_or(u32::MAX);
        }
        let mut quoted = false;
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\'' {
                quoted = !quoted;
                if !quoted && text.as_bytes().get(at + 1) != Some(&b'\'') {
                    return u32::try_from(at + 1).unwrap_or(u32::MAX);
                }
            }
        }
        u32::try_from(text.len()).unwrap_or(u32::MAX)
    }

    fn alias_column(&mut self, column: &AliasColumn) {
        self.ident(column.name);
        if let Some(ty) = column.ty {
            self.space();
            self.type_name(ty);
        }
    }

    fn sample(&mut self, sample: &Sample, parens: bool) {
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

    // -- windows -----------------------------------------------------------------------------------

    pub(super) fn window_spec(&mut self, id: Id<WindowSpec>) {
        let ast = self.ast;
        let spec = ast[id];
        self.at(spec.span.start);
        if spec.base.is_none()
            && spec.partition_by.is_empty()
            && spec.order_by.is_empty()
            && spec.frame.is_none()
        {
            self.text("()");
            return;
        }
        self.bracketed("(", ")", |p| {
            let mut first = true;
            let mut begin = |p: &mut Self| {
                if !std::mem::take(&mut first) {
                    p.line();
                }
            };
            if let Some(base) = spec.base {
                begin(p);
                p.ident(base);
            }
            if !spec.partition_by.is_empty() {
                begin(p);
                p.text("PARTITION BY ");
                p.exprs(spec.partition_by);
            }
            if !spec.order_by.is_empty() {
                begin(p);
                p.text("ORDER BY ");
                p.order_items(spec.order_by);
            }
            if let Some(frame) = spec.frame {
                begin(p);
                let frame = ast[frame];
                p.at(frame.span.start);
                p.text(match frame.unit {
                    FrameUnit::Rows => "ROWS ",
                    FrameUnit::Range => "RANGE ",
                    FrameUnit::Groups => "GROUPS ",
                });
                if let Some(end) = frame.end {
                    p.text("BETWEEN ");
                    p.bound(frame.start);
                    p.word("AND ");
                    p.bound(end);
                } else {
                    p.bound(frame.start);
                }
                p.text(match frame.exclude {
                    None => "",
                    Some(FrameExclude::CurrentRow) => " EXCLUDE CURRENT ROW",
                    Some(FrameExclude::Group) => " EXCLUDE GROUP",
                    Some(FrameExclude::Ties) => " EXCLUDE TIES",
                    Some(FrameExclude::NoOthers) => " EXCLUDE NO OTHERS",
                });
            }
        });
    }

    fn bound(&mut self, bound: Bound) {
        match bound {
            Bound::UnboundedPreceding => self.text("UNBOUNDED PRECEDING"),
            Bound::UnboundedFollowing => self.text("UNBOUNDED FOLLOWING"),
            Bound::CurrentRow => self.text("CURRENT ROW"),
            Bound::Preceding(offset) => {
                self.expr(offset);
                self.word("PRECEDING");
            }
            Bound::Following(offset) => {
                self.expr(offset);
                self.word("FOLLOWING");
            }
        }
    }

    fn on_conflict(&mut self, conflict: &OnConflict) {
        self.group(|p| {
            p.text("ON CONFLICT");
            if let Some(constraint) = conflict.constraint {
                p.word("ON CONSTRAINT ");
                p.ident(constraint);
            }
            if !conflict.target.is_empty() {
                p.space();
                p.parens(conflict.target, |p, item| p.order_item(item));
            }
            if let Some(condition) = conflict.target_where {
                p.word("WHERE ");
                p.condition(condition);
            }
            match conflict.update {
                None => p.word("DO NOTHING"),
                Some(assignments) => {
                    p.indent(|p| {
                        p.line();
                        p.text("DO UPDATE SET ");
                        p.assignments(assignments);
                        if let Some(condition) = conflict.update_where {
                            p.line();
                            p.text("WHERE ");
                            p.condition(condition);
                        }
                    });
                }
            }
        });
    }
}
