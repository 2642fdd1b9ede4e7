//! Queries: WITH, VALUES, and the clauses behind a body.

use super::scope::{Place, Scope};
use super::select::Tail;
use super::{Lowerer, Name, Output, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Body, ClauseKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    pub(super) fn query(&mut self, id: Id<ast::Query>) -> Res<(RelId, Output)> {
        let query = self.ast[id];
        let visible = self.ctes.len();
        let ctes = match query.with {
            Some(with) => self.with(self.ast[with])?,
            None => Vec::new(),
        };
        let tail = self.tail(query)?;
        let (mut rel, output) = match self.unwrapped(query.body) {
            Body::Select(select) => self.block(self.ast[select], &tail)?,
            body => {
                let (rel, output) = self.body(body, query.span)?;
                self.sort_output(rel, output, &tail)?
            }
        };
        rel = self.limit(rel, &tail)?;
        for &(lock, span) in &tail.locks {
            rel = self.locked(rel, lock, span)?;
        }
        self.ctes.truncate(visible);
        if !ctes.is_empty() {
            let kind = RelKind::With { ctes, input: rel };
            rel = self.ir.add_rel(kind, query.span);
        }
        Ok((rel, output))
    }

    /// A body without parentheses that only stand around it.
    fn unwrapped(&self, mut body: Body) -> Body {
        while let Body::Nested(query) = body {
            let inner = self.ast[query];
            if inner.with.is_some() || !inner.clauses.is_empty() {
                break;
            }
            body = inner.body;
        }
        body
    }

    /// A SELECT in a scope of its own.
    fn block(&mut self, select: ast::Select, tail: &Tail<'a>) -> Res<(RelId, Output)> {
        self.scopes.push(Scope::default());
        let done = self.select(select, tail);
        self.scopes.pop();
        done
    }

    fn tail(&mut self, query: ast::Query) -> Res<Tail<'a>> {
        let ast = self.ast;
        let mut tail = Tail {
            span: query.span,
            ..Tail::default()
        };
        for clause in self.chosen(&ast[query.clauses])? {
            match clause.kind {
                ClauseKind::OrderBy(items) => {
                    tail.order = &ast[items];
                    tail.span = clause.span;
                }
                ClauseKind::Limit {
                    count,
                    skip,
                    percent: false,
                } => {
                    tail.count = count;
                    tail.offset = skip.or(tail.offset);
                }
                ClauseKind::Offset(offset) => tail.offset = Some(offset),
                ClauseKind::Fetch {
                    count,
                    percent: false,
                    with_ties,
                } => {
                    tail.count = count;
                    tail.one = count.is_none();
                    tail.with_ties = with_ties;
                }
                ClauseKind::Lock(lock) => tail.locks.push((ast[lock], clause.span)),
                // A chart is drawn from the result; it does not change it.
                ClauseKind::Chart(_) => {}
                _ => return not_yet(clause.span, "this clause"),
            }
        }
        if tail.with_ties && tail.order.is_empty() {
            let message = "WITH TIES needs an order";
            let label = "without ORDER BY every row ties with every other";
            return error(codes::UNKNOWN_COLUMN, query.span, message, label);
        }
        Ok(tail)
    }

    pub(super) fn with(&mut self, with: ast::With) -> Res<Vec<CteId>> {
        // What has no type in a query with a name is text, wherever the WITH stands.
        let untyped = core::mem::take(&mut self.keep_untyped);
        let ids = self.named_queries(with);
        self.keep_untyped = untyped;
        ids
    }

    fn named_queries(&mut self, with: ast::With) -> Res<Vec<CteId>> {
        let ast = self.ast;
        let mut ids: Vec<CteId> = Vec::new();
        for cte in self.in_order(with) {
            let name = ast.name(cte.name);
            let catalog = self.env.catalog;
            let twice = ids
                .iter()
                .any(|id| catalog.matches(&name, &self.ir.ctes[id.index()].name));
            if twice {
                let message = format!("two WITH queries are called {name}");
                let label = "the name is taken";
                return error(codes::DUPLICATE_NAME, cte.name.span, message, label);
            }
            let body = ast[cte.body];
            self.may_change(cte, with)?;
            let recursion = match body.kind {
                ast::StmtKind::Query(query) => self
                    .recursion(with, query)
                    .map(|(set, step)| (query, set, step)),
                _ => None,
            };
            let id = match recursion {
                Some((query, set, step)) => self.recursive(cte, query, set, step)?,
                None => {
                    let (rel, output) = match self.is_watched() {
                        true => {
                            self.watched_query(body, |this| this.statement(body.kind, body.span))?
                        }
                        false => self.statement(body.kind, body.span)?,
                    };
                    let columns = self.cte_columns(cte, output)?;
                    self.add_cte(cte, rel, columns)
                }
            };
            self.walked(cte, id)?;
            self.ctes.push((name, id));
            ids.push(id);
        }
        Ok(ids)
    }

    /// A change in WITH stands before the whole statement (PostgreSQL manual, 7.8.4).
    fn may_change(&self, cte: &ast::Cte, with: ast::With) -> Res<()> {
        use ast::StmtKind as S;
        let body = self.ast[cte.body];
        let (message, label, help) = match body.kind {
            S::Merge(_) => (
                "MERGE is no part of WITH",
                "only INSERT, UPDATE and DELETE give rows there",
                "MERGE before or after it, in one transaction, does the same",
            ),
            S::Insert(_) | S::Update(_) | S::Delete(_) if !self.is_first(with) => (
                "a change in WITH stands before the whole statement",
                "this WITH is part of another query",
                "write the WITH at the beginning of the statement",
            ),
            _ => return Ok(()),
        };
        let error = Diagnostic::error(codes::CHANGE_IN_WITH, message);
        Err(Box::new(error.label(body.span, label).help(help)))
    }

    fn is_first(&self, with: ast::With) -> bool {
        let own = core::ptr::eq(self.ast, self.home) && self.capturing.is_none();
        let first = self.first_with.map(|first| self.ast[first].ctes);
        own && first == Some(with.ctes)
    }

    /// The queries of a WITH; with RECURSIVE one may name those behind it, which then come first.
    fn in_order(&self, with: ast::With) -> Vec<&'a ast::Cte> {
        let ast = self.ast;
        let all: Vec<&ast::Cte> = ast[with.ctes].iter().collect();
        if !with.recursive || all.len() < 2 {
            return all;
        }
        let tables: Vec<(Span, Name<'a>)> = ast
            .all::<ast::Relation>()
            .iter()
            .filter_map(|relation| match relation.kind {
                ast::RelationKind::Table { name, .. } if name.parts.len() == 1 => {
                    let last = ast[name.parts].last()?;
                    Some((last.span, ast.name(*last)))
                }
                _ => None,
            })
            .collect();
        let catalog = self.env.catalog;
        let names = |of: &ast::Cte, other: &ast::Cte| {
            let name = ast.name(other.name);
            let inside = |span: Span| of.span.start <= span.start && span.end <= of.span.end;
            let mut tables = tables.iter();
            tables.any(|(span, table)| inside(*span) && catalog.matches(table, &name))
        };
        let mut ordered: Vec<&ast::Cte> = Vec::new();
        let mut left = all;
        while !left.is_empty() {
            let free = left.iter().position(|cte| {
                let mut others = left.iter().filter(|other| !core::ptr::eq(**other, *cte));
                !others.any(|other| names(cte, other))
            });
            // Two that name each other: the first one's error says what is missing.
            ordered.push(left.remove(free.unwrap_or(0)));
        }
        ordered
    }

    fn add_cte(&mut self, cte: &ast::Cte, rel: RelId, columns: Output) -> CteId {
        self.ir.add_cte(Cte {
            name: self.ast.name(cte.name).into_owned(),
            rel,
            columns,
            recursive: false,
            materialized: cte.materialized,
            search: None,
            cycle: None,
        })
    }

    /// The columns of a WITH query under the names that it gives them.
    fn cte_columns(&self, cte: &ast::Cte, mut output: Output) -> Res<Output> {
        let names = &self.ast[cte.columns];
        if names.len() > output.len() {
            let message = format!("{} names for {} columns", names.len(), output.len());
            let label = "there are more names than columns";
            return error(codes::TYPE_MISMATCH, cte.span, message, label);
        }
        for (column, &name) in output.iter_mut().zip(names) {
            column.1 = self.ast.name(name).into_owned();
        }
        Ok(output)
    }

    /// The operation and the last operand of what can be a recursive query.
    fn recursion(
        &self,
        with: ast::With,
        query: Id<ast::Query>,
    ) -> Option<(ast::SetOperation, ast::SetItem)> {
        let Body::Set(set) = self.ast[query].body else {
            return None;
        };
        let set = self.ast[set];
        let last = *self.ast[set.rest].last()?;
        (with.recursive && last.op == ast::SetOp::Union).then_some((set, last))
    }

    /// A query whose right side may read its own rows.
    fn recursive(
        &mut self,
        cte: &ast::Cte,
        query: Id<ast::Query>,
        set: ast::SetOperation,
        step: ast::SetItem,
    ) -> Res<CteId> {
        let ast = self.ast;
        let span = ast[query].span;
        let rest = &ast[set.rest];
        let (left, output) =
            self.within_sets(|this| this.set_chain(set.first, &rest[..rest.len() - 1], span))?;
        let (left, output) = self.settled(left, output, span)?;
        let columns = self.cte_columns(cte, output.clone())?;
        let id = self.add_cte(cte, left, columns);
        self.ctes.push((ast.name(cte.name), id));
        let uses = self.used_ctes.len();
        let right = self.within_sets(|this| this.body(step.body, span));
        self.ctes.pop();
        let right = right?;
        let uses = self.used_ctes[uses..]
            .iter()
            .filter(|&&used| used == id)
            .count();
        let recursive = uses > 0;
        self.check_recursion(id, right.0, uses, ast.name(cte.name).as_ref())?;
        let types: Vec<Type> = output.iter().map(|c| self.ir.column(c.0).ty).collect();
        let (rel, joined) = self.set_item(&step, (left, output), right)?;
        for (column, before) in joined.iter().zip(types) {
            let ty = self.ir.column(column.0).ty;
            if recursive && ty != before && !(ty.is_text() && before.is_text()) {
                let message = format!("column {} changes its type in the recursion", column.1);
                let label = match (before, ty) {
                    (
                        Type::Decimal {
                            precision: None,
                            scale: Some(before),
                        },
                        Type::Decimal { .. },
                    ) => format!(
                        "it begins with {before} digits behind the point and gets others; CAST(… AS numeric) in \
                         the first part takes any"
                    ),
                    _ => format!(
                        "it begins as {before} and becomes {ty}; a CAST in the first part helps"
                    ),
                };
                return error(codes::TYPE_MISMATCH, step.op_span, message, &label);
            }
        }
        let columns = self.cte_columns(cte, joined)?;
        // Who reads the rows while they are made cannot know that they are never NULL.
        let entry = &mut self.ir.ctes[id.index()];
        entry.recursive = recursive;
        entry.rel = rel;
        entry.columns = columns;
        if recursive && !ast[ast[query].clauses].is_empty() {
            return not_yet(span, "ORDER BY or LIMIT of a recursive query");
        }
        Ok(id)
    }

    /// The step of a recursion reads its rows once, and as they come (PostgreSQL manual, SELECT).
    fn check_recursion(&self, id: CteId, step: RelId, uses: usize, name: &str) -> Res<()> {
        let mut found = Found::default();
        self.find_uses(id, step, &mut found);
        let why = if uses > 1 {
            "it reads its own rows more than once"
        } else if uses > found.seen {
            "it reads its own rows in a subquery"
        } else if let Some(why) = found.wrong {
            why
        } else {
            return Ok(());
        };
        let message = format!("the recursion of {name} cannot be followed");
        error(codes::RECURSION, self.ir.rel(step).span, message, why)
    }

    fn find_uses(&self, id: CteId, rel: RelId, found: &mut Found) {
        let before = found.seen;
        match &self.ir.rel(rel).kind {
            RelKind::CteScan { cte, .. } if *cte == id => found.seen += 1,
            RelKind::Join {
                kind, left, right, ..
            } => {
                self.find_uses(id, *left, found);
                let in_left = found.seen > before;
                let middle = found.seen;
                self.find_uses(id, *right, found);
                let in_right = found.seen > middle;
                let missing = match kind {
                    JoinKind::Left => in_right,
                    JoinKind::Right => in_left,
                    JoinKind::Full => in_left || in_right,
                    _ => false,
                };
                if missing {
                    found.wrong = Some("its own rows stand on the optional side of an outer join");
                }
                return;
            }
            _ => {}
        }
        for input in self.ir.inputs(rel) {
            self.find_uses(id, input, found);
        }
        if found.seen == before {
            return;
        }
        match &self.ir.rel(rel).kind {
            RelKind::Aggregate { .. } if self.reads_beside(id, rel) => {
                found.wrong = Some("it aggregates its own rows");
            }
            RelKind::SetOp {
                op: SetOp::Except,
                right,
                ..
            } => {
                let mut inside = Found::default();
                self.find_uses(id, *right, &mut inside);
                if inside.seen > 0 {
                    found.wrong = Some("its own rows are taken away by EXCEPT");
                }
            }
            _ => {}
        }
    }

    /// True where the rows stand in the FROM of an aggregation itself, not in a query there.
    fn reads_beside(&self, id: CteId, rel: RelId) -> bool {
        let mut left = self.ir.inputs(rel);
        while let Some(rel) = left.pop() {
            match &self.ir.rel(rel).kind {
                RelKind::CteScan { cte, .. } if *cte == id => return true,
                RelKind::Derived { .. } => {}
                _ => left.extend(self.ir.inputs(rel)),
            }
        }
        false
    }

    pub(super) fn body(&mut self, body: Body, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        match body {
            Body::Select(select) => self.block(ast[select], &Tail::default()),
            Body::Nested(query) => self.query(query),
            Body::Values(rows) => self.values(&ast[rows], span),
            Body::Set(set) => {
                let set = ast[set];
                let done =
                    self.within_sets(|this| this.set_chain(set.first, &ast[set.rest], span))?;
                if self.keep_untyped {
                    return Ok(done);
                }
                self.settled(done.0, done.1, span)
            }
            Body::Table(name) => {
                self.scopes.push(Scope::default());
                let done = self.whole_table(name);
                self.scopes.pop();
                done
            }
        }
    }

    fn values(&mut self, rows: &'a [ast::Row], span: Span) -> Res<(RelId, Output)> {
        let mut width = 0;
        let mut lowered: Vec<Vec<ScalarId>> = Vec::new();
        for row in rows {
            let values = self.row_values(row)?;
            width = if lowered.is_empty() {
                values.len()
            } else {
                width
            };
            if values.len() != width {
                let message = "the rows of VALUES have different lengths";
                return error(
                    codes::TYPE_MISMATCH,
                    row.span,
                    message,
                    "not like the first row",
                );
            }
            self.scopes.push(Scope::default());
            let items = self.within(Place::Values, |this| this.exprs(&values));
            self.scopes.pop();
            lowered.push(items?);
        }
        let mut output = Vec::new();
        for at in 0..width {
            let mut column: Vec<_> = lowered.iter().map(|row| row[at]).collect();
            let mut ty = self.together(&mut column, span)?;
            if ty == Type::Unknown && !self.keep_untyped {
                ty = Type::Text;
                for scalar in &mut column {
                    *scalar = self.settle(*scalar);
                }
            }
            let mut nullable = false;
            for (row, scalar) in lowered.iter_mut().zip(column) {
                row[at] = scalar;
                nullable |= self.ir.scalar(scalar).nullable;
            }
            let name = format!("column{}", at + 1);
            output.push((self.ir.add_column(&name, ty, nullable), name));
        }
        let columns = output.iter().map(|c| c.0).collect();
        let kind = RelKind::Values {
            rows: lowered,
            columns,
        };
        Ok((self.ir.add_rel(kind, span), output))
    }

    fn limit(&mut self, input: RelId, tail: &Tail<'_>) -> Res<RelId> {
        if tail.count.is_none() && tail.offset.is_none() && !tail.one {
            return Ok(input);
        }
        // No column can be named in LIMIT.
        self.scopes.push(Scope::default());
        let mut bound = |id: Option<Id<ast::Expr>>| -> Res<Option<ScalarId>> {
            let Some(id) = id else { return Ok(None) };
            let scalar = self.within(Place::Limit, |this| this.expr(id))?;
            let scalar = self.coerce(scalar, Type::BigInt)?;
            match self.ir.scalar(scalar).kind {
                // No bound, in PostgreSQL's words.
                ScalarKind::Literal(Literal::Null) => Ok(None),
                ScalarKind::Literal(Literal::Integer(count)) if count < 0 => error(
                    codes::TYPE_MISMATCH,
                    self.ir.scalar(scalar).span,
                    "a number of rows is not negative",
                    "LIMIT and OFFSET count rows; without LIMIT all of them come",
                ),
                _ => Ok(Some(scalar)),
            }
        };
        let bounds = bound(tail.count).and_then(|count| Ok((count, bound(tail.offset)?)));
        self.scopes.pop();
        let (mut count, offset) = bounds?;
        if tail.one {
            let one = ScalarKind::Literal(Literal::Integer(1));
            count = Some(self.add(one, Type::BigInt, false, tail.span));
        }
        let kind = RelKind::Limit {
            input,
            count,
            offset,
            with_ties: tail.with_ties,
        };
        Ok(self.ir.add_rel(kind, tail.span))
    }

    /// FOR UPDATE and its kin: rows of tables, one for one.
    fn locked(&mut self, input: RelId, lock: ast::Lock, span: Span) -> Res<RelId> {
        let mut below = input;
        let wrong = loop {
            below = match self.ir.rel(below).kind {
                RelKind::Project { input, .. }
                | RelKind::Sort { input, .. }
                | RelKind::Limit { input, .. }
                | RelKind::Lock { input, .. }
                | RelKind::Filter { input, .. } => input,
                RelKind::Aggregate { .. } => break Some("GROUP BY and aggregates"),
                RelKind::Distinct { .. } | RelKind::DistinctOn { .. } => break Some("DISTINCT"),
                RelKind::Window { .. } => break Some("window functions"),
                RelKind::SetOp { .. } => break Some("UNION, INTERSECT and EXCEPT"),
                RelKind::Values { .. } => break Some("VALUES"),
                _ => break None,
            };
        };
        let words = lock.strength.text();
        if let Some(wrong) = wrong {
            let message = format!("{words} does not go with {wrong}");
            let label = "it locks rows of tables, and these are none";
            return error(codes::UNGROUPED_COLUMN, span, message, label);
        }
        let names = &self.ast[lock.of];
        let kind = RelKind::Lock {
            input,
            strength: lock.strength,
            of: names.iter().map(|&name| self.ast.dotted(name)).collect(),
            nowait: lock.nowait,
        };
        Ok(self.ir.add_rel(kind, span))
    }

    /// ORDER BY of VALUES and set operations sees the result's columns only.
    fn sort_output(
        &mut self,
        input: RelId,
        output: Output,
        tail: &Tail<'a>,
    ) -> Res<(RelId, Output)> {
        let mut keys = Vec::new();
        let columns = super::select::Columns {
            items: Vec::new(),
            output,
        };
        self.each_guarded(tail.order, &mut |this, item| {
            let ast::OrderItem::Expr { expr, .. } = *item else {
                return Ok(());
            };
            let (descending, nulls_first) = this.direction(item)?;
            let span = this.ast[expr].span;
            let width = columns.output.len();
            let Some(at) = this.output_named(expr, &columns, width)? else {
                return error(
                    codes::UNKNOWN_COLUMN,
                    span,
                    "only the result's columns can order a set operation",
                    "this is no column of the result",
                );
            };
            let scalar = this.reference(columns.output[at].0, span);
            keys.push(SortKey {
                scalar,
                descending,
                nulls_first,
                guard: this.guard,
            });
            Ok(())
        })?;
        let output = columns.output;
        if keys.is_empty() {
            return Ok((input, output));
        }
        let rel = self.ir.add_rel(RelKind::Sort { input, keys }, tail.span);
        Ok((rel, output))
    }
}

/// What is known of a recursion's uses of its own rows.
#[derive(Default)]
struct Found {
    seen: usize,
    wrong: Option<&'static str>,
}
