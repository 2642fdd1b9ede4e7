//! Queries: blocks, set operations, WITH, ORDER BY, LIMIT.

use super::scope::Scope;
use super::{Lowerer, Output, Place, Res, error, not_yet};
use crate::Type;
use crate::ir::*;
use rql_ast::{self as ast, Body, ClauseKind, ExprKind, GroupItem, Id, SelectItem, Span};
use rql_diagnostics::{Diagnostic, codes};

/// The clauses behind a query's body.
#[derive(Default)]
struct Tail<'a> {
    order: &'a [ast::OrderItem],
    count: Option<Id<ast::Expr>>,
    offset: Option<Id<ast::Expr>>,
    span: Span,
}

/// The clauses of a block.
#[derive(Default)]
struct Clauses<'a> {
    from: &'a [ast::FromItem],
    filter: Option<Id<ast::Expr>>,
    group: Option<ast::GroupBy>,
    having: Option<Id<ast::Expr>>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn query(&mut self, id: Id<ast::Query>) -> Res<(RelId, Output)> {
        let ast = self.ast;
        let query = ast[id];
        let visible = self.ctes.len();
        if let Some(with) = query.with {
            self.with(ast[with])?;
        }
        let mut tail = Tail {
            span: query.span,
            ..Tail::default()
        };
        for clause in &ast[query.clauses] {
            match clause.kind {
                ClauseKind::OrderBy(items) => tail.order = &ast[items],
                ClauseKind::Limit {
                    count,
                    skip,
                    percent: false,
                } => {
                    tail.count = count;
                    tail.offset = skip;
                }
                ClauseKind::Offset(offset) => tail.offset = Some(offset),
                ClauseKind::Fetch {
                    count: Some(count),
                    percent: false,
                    with_ties: false,
                } => tail.count = Some(count),
                // A chart is drawn from the result; it does not change it.
                ClauseKind::Chart(_) => {}
                _ => return not_yet(clause.span, "this clause"),
            }
        }
        let (rel, output) = match query.body {
            Body::Select(select) => {
                self.scopes.push(Scope::default());
                let done = self.select(ast[select], &tail);
                self.scopes.pop();
                done?
            }
            body => {
                let (rel, output) = self.body(body, query.span)?;
                self.sort_output(rel, output, &tail)?
            }
        };
        let limited = self.limit(rel, &tail)?;
        self.ctes.truncate(visible);
        Ok((limited, output))
    }

    fn with(&mut self, with: ast::With) -> Res<()> {
        let ast = self.ast;
        if with.recursive {
            return not_yet(with.span, "WITH RECURSIVE");
        }
        for cte in &ast[with.ctes] {
            let ast::StmtKind::Query(query) = ast[cte.body].kind else {
                return not_yet(cte.span, "a statement that changes data, in WITH");
            };
            let (rel, mut columns) = self.nested(query)?;
            for (column, &name) in columns.iter_mut().zip(&ast[cte.columns]) {
                column.1 = ast.name(name).into_owned();
            }
            let name = ast.name(cte.name).into_owned();
            let id = self.ir.add_cte(Cte {
                name: name.clone(),
                rel,
                columns,
            });
            self.ctes.push((name, id));
        }
        Ok(())
    }

    fn body(&mut self, body: Body, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        match body {
            Body::Select(select) => {
                self.scopes.push(Scope::default());
                let done = self.select(ast[select], &Tail::default());
                self.scopes.pop();
                done
            }
            Body::Nested(query) => self.query(query),
            Body::Values(rows) => self.values(&ast[rows], span),
            Body::Set(set) => self.set_operation(ast[set], span),
            Body::Table(name) => not_yet(ast.name_span(name), "TABLE"),
        }
    }

    fn values(&mut self, rows: &[ast::Row], span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        let width = rows.first().map_or(0, |row| row.items.len());
        let mut lowered: Vec<Vec<ScalarId>> = Vec::new();
        for row in rows {
            if row.items.len() != width {
                let message = "the rows of VALUES have different lengths";
                return error(
                    codes::TYPE_MISMATCH,
                    row.span,
                    message,
                    "not like the first row",
                );
            }
            lowered.push(self.exprs(&ast[row.items])?);
        }
        let mut output = Vec::new();
        for at in 0..width {
            let mut column: Vec<_> = lowered.iter().map(|row| row[at]).collect();
            let ty = self.together(&mut column, span)?;
            let ty = if ty == Type::Unknown { Type::Text } else { ty };
            let mut nullable = false;
            for (row, scalar) in lowered.iter_mut().zip(column) {
                row[at] = self.settle(scalar);
                nullable |= self.ir.scalar(row[at]).nullable;
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

    /// INTERSECT binds tighter than UNION and EXCEPT; the parser keeps each level apart or gives one
    /// list, which is read here by precedence.
    fn set_operation(&mut self, set: ast::SetOperation, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        let first = self.body(set.first, span)?;
        let mut stack = vec![(None, first)];
        for item in &ast[set.rest] {
            if item.by_name {
                return not_yet(item.op_span, "BY NAME");
            }
            let right = self.body(item.body, span)?;
            match (item.op, stack.pop()) {
                (ast::SetOp::Intersect, Some((op, left))) => {
                    let joined = self.set_item(item, left, right)?;
                    stack.push((op, joined));
                }
                (_, top) => {
                    stack.extend(top);
                    self.fold_sets(&mut stack)?;
                    stack.push((Some(*item), right));
                }
            }
        }
        self.fold_sets(&mut stack)?;
        match stack.pop() {
            Some((_, done)) => Ok(done),
            None => not_yet(span, "an empty set operation"),
        }
    }

    fn fold_sets(&mut self, stack: &mut Vec<(Option<ast::SetItem>, (RelId, Output))>) -> Res<()> {
        while stack.len() > 1 {
            let (Some((Some(item), right)), Some((op, left))) = (stack.pop(), stack.pop()) else {
                return Ok(());
            };
            let joined = self.set_item(&item, left, right)?;
            stack.push((op, joined));
        }
        Ok(())
    }

    fn set_item(
        &mut self,
        item: &ast::SetItem,
        left: (RelId, Output),
        right: (RelId, Output),
    ) -> Res<(RelId, Output)> {
        let span = item.op_span;
        if left.1.len() != right.1.len() {
            let message = format!(
                "one side has {} columns, the other {}",
                left.1.len(),
                right.1.len()
            );
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "both sides need as many",
            );
        }
        let mut output = Vec::new();
        let mut columns = Vec::new();
        for ((a, name), (b, _)) in left.1.iter().zip(&right.1) {
            let (a, b) = (self.ir.column(*a), self.ir.column(*b));
            let (x, y, nullable) = (a.ty, b.ty, a.nullable || b.nullable);
            let both = x.unify(y);
            let same = x == y || (x.is_text() && y.is_text()) || (x.is_integer() && y.is_integer());
            let Some(ty) = both.filter(|_| same) else {
                let message = format!("column {name} is {x} on one side and {y} on the other");
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "a CAST makes them one type",
                );
            };
            let column = self.ir.add_column(name, ty, nullable);
            columns.push(column);
            output.push((column, name.clone()));
        }
        let op = match item.op {
            ast::SetOp::Union => SetOp::Union,
            ast::SetOp::Intersect => SetOp::Intersect,
            ast::SetOp::Except => SetOp::Except,
        };
        let ids = |side: &Output| side.iter().map(|c| c.0).collect();
        let kind = RelKind::SetOp {
            op,
            all: item.quantifier == ast::Quantifier::All,
            sides: (ids(&left.1), ids(&right.1)),
            left: left.0,
            right: right.0,
            columns,
        };
        Ok((self.ir.add_rel(kind, span), output))
    }

    fn limit(&mut self, input: RelId, tail: &Tail<'_>) -> Res<RelId> {
        if tail.count.is_none() && tail.offset.is_none() {
            return Ok(input);
        }
        let mut bound = |id: Option<Id<ast::Expr>>| -> Res<Option<ScalarId>> {
            let Some(id) = id else { return Ok(None) };
            let scalar = self.within(Place::Limit, |this| this.expr(id))?;
            Ok(Some(self.coerce(scalar, Type::BigInt)?))
        };
        let count = bound(tail.count)?;
        let offset = bound(tail.offset)?;
        let kind = RelKind::Limit {
            input,
            count,
            offset,
        };
        Ok(self.ir.add_rel(kind, tail.span))
    }

    /// ORDER BY of VALUES and set operations sees the result's columns only.
    fn sort_output(
        &mut self,
        input: RelId,
        output: Output,
        tail: &Tail<'_>,
    ) -> Res<(RelId, Output)> {
        let mut keys = Vec::new();
        for item in tail.order {
            let (expr, descending, nulls_first) = self.order_item(item, tail.span)?;
            let span = self.ast[expr].span;
            let Some(at) = self.output_named(expr, &output)? else {
                return error(
                    codes::UNKNOWN_COLUMN,
                    span,
                    "only the result's columns can order a set operation",
                    "this is no column of the result",
                );
            };
            let id = output[at].0;
            let Column { ty, nullable, .. } = *self.ir.column(id);
            let scalar = self.add(ScalarKind::Column(id), ty, nullable, span);
            keys.push(SortKey {
                scalar,
                descending,
                nulls_first,
            });
        }
        if keys.is_empty() {
            return Ok((input, output));
        }
        let rel = self.ir.add_rel(RelKind::Sort { input, keys }, tail.span);
        Ok((rel, output))
    }

    /// The result column that an ordinal or a bare name means.
    fn output_named(&self, expr: Id<ast::Expr>, output: &Output) -> Res<Option<usize>> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[expr];
        match kind {
            ExprKind::Number => {
                let Ok(at) = ast.text(span).parse::<usize>() else {
                    return Ok(None);
                };
                if at == 0 || at > output.len() {
                    let message = format!("there is no column {at}");
                    let label = format!("the result has {} columns", output.len());
                    return error(codes::UNKNOWN_COLUMN, span, message, &label);
                }
                Ok(Some(at - 1))
            }
            ExprKind::Column(name) if name.parts.len() == 1 => {
                let name = ast.dotted(name);
                Ok(output.iter().position(|c| c.1 == name))
            }
            _ => Ok(None),
        }
    }

    fn select(&mut self, select: ast::Select, tail: &Tail<'_>) -> Res<(RelId, Output)> {
        let ast = self.ast;
        let span = select.span;
        if !select.distinct_on.is_empty() {
            return not_yet(span, "DISTINCT ON");
        }
        let Clauses {
            from,
            filter,
            group,
            having,
        } = clauses(ast, select)?;
        let mut rel = self.within(Place::On, |this| this.from(from, span))?;
        if let Some(filter) = filter {
            let predicate = self.within(Place::Where, |this| this.condition(filter))?;
            let kind = RelKind::Filter {
                input: rel,
                predicate,
            };
            rel = self.ir.add_rel(kind, ast[filter].span);
        }
        self.scope().outer_refs.clear();
        let (mut items, mut output) = self.within(Place::Items, |this| this.items(select))?;
        let mut groups = match group {
            Some(group) => self.within(Place::GroupBy, |this| {
                this.groups(group, &items, &output, span)
            })?,
            None => Vec::new(),
        };
        let mut having = having
            .map(|id| self.within(Place::Having, |this| this.condition(id)))
            .transpose()?;
        let visible = items.len();
        let mut keys = self.within(Place::OrderBy, |this| {
            this.order_keys(tail, &mut items, &mut output)
        })?;
        self.give_order(&keys, &items);
        if group.is_some() || having.is_some() || !self.scope().aggregates.is_empty() {
            self.check_outer_refs(&groups)?;
            for item in &mut items {
                item.1 = self.regroup(item.1, &groups)?;
            }
            if let Some(having) = &mut having {
                *having = self.regroup(*having, &groups)?;
            }
            let aggregates = core::mem::take(&mut self.scope().aggregates);
            let kind = RelKind::Aggregate {
                input: rel,
                groups: core::mem::take(&mut groups),
                aggregates,
            };
            rel = self.ir.add_rel(kind, span);
        }
        if let Some(predicate) = having {
            let kind = RelKind::Filter {
                input: rel,
                predicate,
            };
            rel = self.ir.add_rel(kind, span);
        }
        let distinct = select.quantifier == ast::Quantifier::Distinct;
        if distinct && items.len() > visible {
            return error(
                codes::UNKNOWN_COLUMN,
                tail.span,
                "with DISTINCT, ORDER BY takes columns of the result only",
                "an ORDER BY item is not selected",
            );
        }
        let kind = RelKind::Project {
            input: rel,
            items,
            visible,
        };
        rel = self.ir.add_rel(kind, span);
        if distinct {
            rel = self.ir.add_rel(RelKind::Distinct { input: rel }, span);
        }
        if !keys.is_empty() {
            let keys = core::mem::take(&mut keys);
            rel = self
                .ir
                .add_rel(RelKind::Sort { input: rel, keys }, tail.span);
        }
        output.truncate(visible);
        Ok((rel, output))
    }

    fn items(&mut self, select: ast::Select) -> Res<(Vec<Item>, Output)> {
        let ast = self.ast;
        let (mut items, mut output) = (Vec::new(), Vec::new());
        if select.items.is_empty() {
            self.star(None, select.span, &mut items, &mut output)?;
        }
        for item in &ast[select.items] {
            let SelectItem::Expr { expr, alias } = *item else {
                return not_yet(select.span, "a template");
            };
            if let ExprKind::Star(star) = ast[expr].kind {
                let star = ast[star];
                if !(star.exclude.is_empty() && star.replace.is_empty() && star.rename.is_empty()) {
                    return not_yet(ast[expr].span, "EXCLUDE, REPLACE and RENAME");
                }
                self.star(star.qualifier, ast[expr].span, &mut items, &mut output)?;
                continue;
            }
            let scalar = self.expr(expr)?;
            let scalar = self.settle(scalar);
            let name = match alias {
                Some(alias) => ast.name(alias).into_owned(),
                None => self.header(expr),
            };
            let column = self.column_for(scalar, &name);
            items.push((column, scalar));
            output.push((column, name));
        }
        Ok((items, output))
    }

    fn star(
        &mut self,
        qualifier: Option<ast::Name>,
        span: Span,
        items: &mut Vec<Item>,
        output: &mut Output,
    ) -> Res<()> {
        let catalog = self.env.catalog;
        let wanted = qualifier.map(|name| {
            let ident = self.ast[name.parts].last().copied();
            ident.map_or_else(String::new, |ident| self.ast.name(ident).into_owned())
        });
        let scope = self.scope();
        let mut found = Vec::new();
        if wanted.is_none() {
            found.extend(scope.merged.iter().cloned().map(|(name, id)| (id, name)));
        }
        let mut known = wanted.is_none() && !scope.relations.is_empty();
        for relation in &scope.relations {
            if wanted
                .as_ref()
                .is_some_and(|w| !catalog.matches(w, &relation.name))
            {
                continue;
            }
            known = true;
            let columns = relation.columns.iter();
            let shown = columns.filter(|c| wanted.is_some() || !c.merged);
            found.extend(shown.map(|c| (c.id, c.name.clone())));
        }
        if !known {
            let message = match &wanted {
                Some(name) => format!("{name} is no relation of this query"),
                None => "* without FROM".into(),
            };
            return error(
                codes::UNKNOWN_TABLE,
                span,
                message,
                "there is nothing to show",
            );
        }
        for (id, name) in found {
            let Column { ty, nullable, .. } = *self.ir.column(id);
            let scalar = self.add(ScalarKind::Column(id), ty, nullable, span);
            let column = self.column_for(scalar, &name);
            items.push((column, scalar));
            output.push((column, name));
        }
        Ok(())
    }

    /// A name in GROUP BY is a column of FROM before it is an alias (PostgreSQL manual, SELECT).
    fn groups(
        &mut self,
        group: ast::GroupBy,
        items: &[Item],
        output: &Output,
        span: Span,
    ) -> Res<Vec<Item>> {
        let ast = self.ast;
        if group.all || group.with_rollup {
            return not_yet(span, "GROUP BY ALL and ROLLUP");
        }
        let mut groups: Vec<Item> = Vec::new();
        for item in &ast[group.items] {
            let GroupItem::Expr(expr) = *item else {
                return not_yet(span, "grouping sets");
            };
            let ordinal = matches!(ast[expr].kind, ExprKind::Number);
            let scalar = if ordinal {
                let at = self.output_named(expr, output)?;
                at.map(|at| items[at].1)
            } else {
                match (self.expr(expr), self.output_named(expr, output)?) {
                    (Ok(scalar), _) => Some(scalar),
                    (Err(_), Some(at)) => Some(items[at].1),
                    (Err(error), None) => return Err(error),
                }
            };
            let Some(scalar) = scalar else {
                return not_yet(ast[expr].span, "a constant in GROUP BY");
            };
            self.refuse_constant_key(scalar)?;
            if groups.iter().any(|g| self.same(g.1, scalar)) {
                continue;
            }
            let name = match self.ir.scalar(scalar).kind {
                ScalarKind::Column(id) => self.ir.column(id).name.clone(),
                _ => self.header(expr),
            };
            groups.push((self.column_for(scalar, &name), scalar));
        }
        Ok(groups)
    }

    /// A name in ORDER BY is a column of the result before it is one of FROM; inside an expression it
    /// is one of FROM. What is not selected becomes a column that only the order sees.
    fn order_keys(
        &mut self,
        tail: &Tail<'_>,
        items: &mut Vec<Item>,
        output: &mut Output,
    ) -> Res<Vec<SortKey>> {
        let mut keys = Vec::new();
        for item in tail.order {
            let (expr, descending, nulls_first) = self.order_item(item, tail.span)?;
            let span = self.ast[expr].span;
            let at = match self.output_named(expr, output)? {
                Some(at) => at,
                None => {
                    let scalar = self.expr(expr)?;
                    match items.iter().position(|i| self.same(i.1, scalar)) {
                        Some(at) => at,
                        None => {
                            let name = format!("order{}", items.len() + 1);
                            items.push((self.column_for(scalar, &name), scalar));
                            output.push((items[items.len() - 1].0, name));
                            items.len() - 1
                        }
                    }
                }
            };
            let id = items[at].0;
            let Column { ty, nullable, .. } = *self.ir.column(id);
            let scalar = self.add(ScalarKind::Column(id), ty, nullable, span);
            keys.push(SortKey {
                scalar,
                descending,
                nulls_first,
            });
        }
        Ok(keys)
    }

    /// A running aggregate without an order of its own takes the block's.
    fn give_order(&mut self, keys: &[SortKey], items: &[Item]) {
        for waiting in core::mem::take(&mut self.scope().waiting) {
            let given: Vec<SortKey> = keys
                .iter()
                .filter_map(|key| {
                    let ScalarKind::Column(id) = self.ir.scalar(key.scalar).kind else {
                        return None;
                    };
                    let scalar = items.iter().find(|i| i.0 == id)?.1;
                    (scalar != waiting).then_some(SortKey { scalar, ..*key })
                })
                .collect();
            if given.is_empty() {
                let span = self.span(waiting);
                self.warnings.push(
                    Diagnostic::warning(
                        codes::ARRIVAL_ORDER,
                        "a running aggregate without an order",
                    )
                    .label(span, "the rows arrive in any order")
                    .help("add ORDER BY to the query or OVER (ORDER BY …) here"),
                );
            }
            if let ScalarKind::Window { order, .. } = &mut self.ir.scalars[waiting.index()].kind {
                *order = given;
            }
        }
    }

    /// The header of an expression without alias, by PostgreSQL's rules (FigureColname).
    pub(super) fn header(&self, expr: Id<ast::Expr>) -> String {
        let ast = self.ast;
        let named = |found: String| {
            if found.is_empty() {
                "?column?".into()
            } else {
                found
            }
        };
        match ast[expr].kind {
            ExprKind::Column(name) => {
                let last = ast[name.parts].last();
                named(last.map_or_else(String::new, |&part| ast.name(part).into_owned()))
            }
            ExprKind::Call(call) => {
                let last = ast[ast[call].name.parts].last();
                named(last.map_or_else(String::new, |&part| ast.name(part).into_owned()))
            }
            ExprKind::Paren(inner) => self.header(inner),
            ExprKind::Cast(cast) => {
                let inner = self.header(ast[cast].operand);
                if inner != "?column?" {
                    return inner;
                }
                match Type::from_declared(ast.text(ast[ast[cast].ty].span)) {
                    Type::Integer => "int4".into(),
                    Type::SmallInt => "int2".into(),
                    Type::BigInt => "int8".into(),
                    Type::Decimal { .. } => "numeric".into(),
                    Type::Double => "float8".into(),
                    Type::Real => "float4".into(),
                    Type::Boolean => "bool".into(),
                    Type::Varchar(_) => "varchar".into(),
                    Type::Char(_) => "bpchar".into(),
                    other => other.to_string(),
                }
            }
            ExprKind::Case(case) => match ast[case].otherwise {
                Some(otherwise) => match self.header(otherwise) {
                    name if name == "?column?" => "case".into(),
                    name => name,
                },
                None => "case".into(),
            },
            ExprKind::Exists(_) => "exists".into(),
            ExprKind::Bool(_) => "bool".into(),
            ExprKind::Typed { ty, .. } => Type::from_declared(ast.text(ast[ty].span)).to_string(),
            ExprKind::Interval(_) => "interval".into(),
            ExprKind::Subquery(query) => match ast[query].body {
                Body::Select(select) => match ast[ast[select].items].first() {
                    Some(SelectItem::Expr {
                        alias: Some(alias), ..
                    }) => ast.name(*alias).into_owned(),
                    Some(SelectItem::Expr { expr, .. }) => self.header(*expr),
                    _ => "?column?".into(),
                },
                _ => "?column?".into(),
            },
            _ => "?column?".into(),
        }
    }
}

fn clauses(ast: &ast::Ast, select: ast::Select) -> Res<Clauses<'_>> {
    let mut found = Clauses::default();
    for clause in &ast[select.clauses] {
        match clause.kind {
            ClauseKind::From(items) => found.from = &ast[items],
            ClauseKind::Where(filter) => found.filter = Some(filter),
            ClauseKind::GroupBy(group) => found.group = Some(ast[group]),
            ClauseKind::Having(having) => found.having = Some(having),
            _ => return not_yet(clause.span, "this clause"),
        }
    }
    Ok(found)
}
