//! Aggregates: what stands in them, and the block whose rows they see.

use super::call::no_candidate;
use super::scope::Place;
use super::{Lowerer, Res, error};
use crate::function::{self, Function, Nulls};
use crate::*;
use rql_ast::{self as ast, ExprKind, Span};
use rql_diagnostics::{Diagnostic, codes};

/// What an aggregate is given.
pub(super) struct Aggregated {
    pub(super) args: Vec<ScalarId>,
    pub(super) order: Vec<SortKey>,
    pub(super) filter: Option<ScalarId>,
    pub(super) ty: Type,
}

impl Aggregated {
    fn scalars(&self) -> Vec<ScalarId> {
        let order = self.order.iter().map(|key| key.scalar);
        let all = self.args.iter().copied().chain(order);
        all.chain(self.filter).collect()
    }
}

impl<'a> Lowerer<'a> {
    /// What stands between an aggregate's parentheses and behind them.
    pub(super) fn aggregated_values(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        args: &[ast::Arg],
        span: Span,
    ) -> Res<Aggregated> {
        let ast = self.ast;
        let name = row.func.name();
        let star = matches!(args, [arg] if self.counts_all(arg.value));
        let distinct = call.quantifier == ast::Quantifier::Distinct;
        if row.func == Agg::Count && (args.is_empty() || star && distinct) {
            let message = "count takes a value, or * for the rows";
            let error = Diagnostic::error(codes::TYPE_MISMATCH, message);
            return Err(Box::new(if distinct {
                error.label(span, "DISTINCT needs a value to compare by")
            } else {
                let text = format!("{}(*)", ast.text(ast.name_span(call.name)));
                error
                    .label(span, "nothing is counted")
                    .suggest("count the rows", span, text)
            }));
        }
        let mut values = Vec::new();
        if row.func != Agg::Count || !star {
            for arg in args {
                let scalar = self.expr(arg.value)?;
                values.push(scalar);
            }
        }
        match row.func {
            Agg::Count => self.counted_rows(&mut values, distinct)?,
            Agg::JsonbAgg | Agg::JsonbObjectAgg => self.documents_of_rows(&mut values, true),
            Agg::JsonObjectAgg => self.documents_of_rows(&mut values, false),
            _ => {}
        }
        let direct = values.len();
        let within = row.func.within_group();
        if within == call.within_group.is_empty() {
            let message = format!("{name} is written {name}(…) WITHIN GROUP (ORDER BY …)");
            if within {
                return error(codes::TYPE_MISMATCH, span, message, "in this form");
            }
            let message = format!("{name} has no WITHIN GROUP");
            let said = Diagnostic::error(codes::TYPE_MISMATCH, message);
            return Err(Box::new(
                said.label(span, "in this form")
                    .help(format!("its order stands inside: {name}(… ORDER BY x)")),
            ));
        }
        let written = if within {
            call.within_group
        } else {
            call.order_by
        };
        let mut order = Vec::new();
        self.each(&ast[written], &mut |this, item| {
            match within {
                true => order.push(this.sort_key(item)?),
                false => order.extend(this.sort_keys(item)?),
            }
            Ok(())
        })?;
        if within {
            values.extend(order.iter().map(|key| key.scalar));
        }
        let ty = self.aggregate_type(row, &mut values, span)?;
        if within {
            for (key, value) in order.iter_mut().zip(values.split_off(direct)) {
                key.scalar = value;
            }
        }
        let distinct = call.quantifier == ast::Quantifier::Distinct;
        let outside = |key: &SortKey| !values.iter().any(|&v| self.same(v, key.scalar));
        if distinct && !within && order.iter().any(outside) {
            let message = "with DISTINCT an aggregate is ordered by its arguments only";
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "ORDER BY names something else",
            );
        }
        let filter = call.filter.map(|f| self.condition(f)).transpose()?;
        Ok(Aggregated {
            args: values,
            order,
            filter,
            ty,
        })
    }

    /// A function that takes values of any type, but of one, takes no written one that has none yet (PostgreSQL's
    /// polymorphic types, manual 36.2.5).
    pub(super) fn has_type(&self, value: ScalarId, name: &str) -> Res<()> {
        let written = matches!(self.ir.scalar(value).kind, ScalarKind::Literal(_));
        if !written || self.ty(value) != Type::Unknown {
            return Ok(());
        }
        let message = format!("{name} of a value without a type");
        let label = "CAST(… AS text) says which it is";
        error(codes::TYPE_MISMATCH, self.span(value), message, label)
    }

    /// The type of an aggregate's result, and its arguments converted.
    fn aggregate_type(
        &mut self,
        row: &'static Function<Agg>,
        values: &mut [ScalarId],
        span: Span,
    ) -> Res<Type> {
        if row.func == Agg::Count && values.is_empty() {
            return Ok(Type::BigInt);
        }
        let types: Vec<_> = values.iter().map(|&v| self.ty(v)).collect();
        let open = values.iter().any(|&v| self.is_open(v));
        let differ = || row.signatures.windows(2).any(|s| s[0].gives != s[1].gives);
        if open && (differ() || matches!(row.func, Agg::Min | Agg::Max)) {
            return Ok(Type::Unknown);
        }
        // There are those of char, which keeps its spaces.
        if let (Agg::Min | Agg::Max, &[ty @ Type::Char(_)]) = (row.func, types.as_slice()) {
            return Ok(ty);
        }
        let chosen = match function::resolve(&[row], &types) {
            Ok(chosen) => chosen,
            Err(why) => {
                let name = row.func.name();
                return Err(Box::new(no_candidate(name, &[row], &types, why, span)));
            }
        };
        use Agg as A;
        let of_any = matches!(
            row.func,
            A::AnyValue | A::ArrayAgg | A::JsonAgg | A::JsonbAgg | A::Mode | A::PercentileDisc
        );
        if let (true, Some(&value)) = (of_any, values.last()) {
            self.has_type(value, row.func.name())?;
        }
        for (value, want) in values.iter_mut().zip(&chosen.wants) {
            if let Some(want) = *want {
                *value = self.coerce(*value, want)?;
            }
            *value = self.settle(*value);
        }
        Ok(self.given(chosen.gives, values, chosen.element))
    }

    /// `GROUPING(a, b)`: a bit for each key, set where the row's grouping set lacks it.
    pub(super) fn grouping(&mut self, call: ast::Call, span: Span) -> Res<ScalarId> {
        let mut args = Vec::new();
        for arg in &self.ast[call.args] {
            args.push(self.within(Place::Aggregate, |this| this.expr(arg.value))?);
        }
        let depth = self.scopes.len().saturating_sub(1);
        let kind = ScalarKind::Grouping(args);
        let scalar = self.add(kind, Type::Integer, false, span);
        Ok(self.aggregate_column(depth, scalar, "grouping"))
    }

    pub(super) fn aggregate(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        span: Span,
    ) -> Res<ScalarId> {
        let args = &self.ast[call.args];
        if let ([arg], Agg::PercentileCont | Agg::PercentileDisc) = (args, row.func)
            && let Some(shares) = self.listed(arg.value)
        {
            return self.percentiles(row, call, *arg, shares, span);
        }
        self.one_aggregate(row, call, args, span)
    }

    /// The elements of an array that is written out.
    fn listed(&self, expr: ast::Id<ast::Expr>) -> Option<&'a [ast::Id<ast::Expr>]> {
        match self.ast[expr].kind {
            ExprKind::Array { items, .. } => Some(&self.ast[items]),
            ExprKind::Paren(inner) => self.listed(inner),
            _ => None,
        }
    }

    /// Percentiles at several shares are an array of them; of no values, NULL.
    fn percentiles(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        arg: ast::Arg,
        shares: &[ast::Id<ast::Expr>],
        span: Span,
    ) -> Res<ScalarId> {
        let mut items = Vec::new();
        for &value in shares {
            items.push(match self.ast[value].kind {
                ExprKind::Null => None,
                _ => Some(self.one_aggregate(row, call, &[ast::Arg { value, ..arg }], span)?),
            });
        }
        let Some(first) = items.iter().copied().flatten().next() else {
            let label = "ARRAY[0.25, 0.5, 0.75] gives the quartiles";
            return error(codes::TYPE_MISMATCH, span, "no share is given", label);
        };
        let null = ScalarKind::Literal(Literal::Null);
        let none = self.add(null, Type::Unknown, true, span);
        let items = items.into_iter().map(|item| item.unwrap_or(none)).collect();
        let array = ScalarKind::Array(items);
        let ty = self.ty(first).array();
        let array = self.add(array, ty, false, span);
        let counted = self.counted_values(call, span)?;
        let zero = self.whole(0, span);
        let some = self.compare(Func::Gt, counted, zero, span)?;
        let kind = ScalarKind::Case {
            branches: vec![(some, array)],
            otherwise: None,
        };
        Ok(self.add(kind, ty, true, span))
    }

    /// How many values that are not NULL stand in WITHIN GROUP.
    fn counted_values(&mut self, call: ast::Call, span: Span) -> Res<ScalarId> {
        let refs: Vec<usize> = self.scopes.iter().map(|s| s.outer_refs.len()).collect();
        let (keys, filter) = self.within(Place::Aggregate, |this| {
            let mut keys = Vec::new();
            this.each(&this.ast[call.within_group], &mut |this, item| {
                keys.push(this.sort_key(item)?.scalar);
                Ok(())
            })?;
            let filter = call.filter.map(|f| this.condition(f)).transpose()?;
            Ok((keys, filter))
        })?;
        let depth = self.level(keys.iter().copied().chain(filter));
        if let (Some(scope), Some(&before)) = (self.scopes.get_mut(depth), refs.get(depth)) {
            scope.outer_refs.truncate(before);
        }
        let kind = ScalarKind::Aggregate {
            func: Agg::Count,
            distinct: false,
            args: keys,
            order: Vec::new(),
            filter,
        };
        let count = self.add(kind, Type::BigInt, false, span);
        Ok(self.aggregate_column(depth, count, "count"))
    }

    fn one_aggregate(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        args: &[ast::Arg],
        span: Span,
    ) -> Res<ScalarId> {
        let refs: Vec<usize> = self.scopes.iter().map(|s| s.outer_refs.len()).collect();
        let given = self.within(Place::Aggregate, |this| {
            this.aggregated_values(row, call, args, span)
        })?;
        let scalars = given.scalars();
        let depth = self.level(scalars.iter().copied());
        // What stands inside need not be grouped by.
        if let (Some(scope), Some(&before)) = (self.scopes.get_mut(depth), refs.get(depth)) {
            scope.outer_refs.truncate(before);
        }
        self.may_aggregate(depth, scalars.into_iter(), span)?;
        let kind = ScalarKind::Aggregate {
            func: row.func,
            distinct: call.quantifier == ast::Quantifier::Distinct,
            args: given.args,
            order: given.order,
            filter: given.filter,
        };
        let scalar = self.add(kind, given.ty, row.nulls != Nulls::Never, span);
        let name = self.ast.dotted(call.name);
        Ok(self.aggregate_column(depth, scalar, &name))
    }

    /// The column of an aggregate in its block; one that says the same is taken once.
    pub(super) fn aggregate_column(
        &mut self,
        depth: usize,
        scalar: ScalarId,
        name: &str,
    ) -> ScalarId {
        let span = self.span(scalar);
        let known = self.scopes[depth].aggregates.iter();
        let known = known
            .into_iter()
            .find(|a| self.same(a.1, scalar))
            .map(|a| a.0);
        let id = known.unwrap_or_else(|| {
            let id = self.column_for(scalar, name);
            self.scopes[depth].aggregates.push((id, scalar));
            id
        });
        self.reference(id, span)
    }

    /// The block whose rows an aggregate sees: the innermost that one of its columns belongs to, its
    /// own where it names none (SQL:2016, 10.9).
    pub(super) fn level(&mut self, args: impl Iterator<Item = ScalarId>) -> usize {
        let own = self.scopes.len().saturating_sub(1);
        self.scope();
        let mut deepest = None;
        for arg in args {
            self.ir.walk(arg, &mut |s| match s.kind {
                ScalarKind::Column(id) => {
                    let at = self.scopes.iter().rposition(|scope| {
                        scope.owns(id) || scope.aggregates.iter().any(|a| a.0 == id)
                    });
                    deepest = deepest.max(at);
                }
                ScalarKind::Subquery { .. }
                | ScalarKind::ArrayQuery { .. }
                | ScalarKind::Exists(_) => deepest = Some(own),
                _ => {}
            });
        }
        deepest.unwrap_or(own)
    }

    pub(super) fn may_aggregate(
        &self,
        depth: usize,
        args: impl Iterator<Item = ScalarId>,
        span: Span,
    ) -> Res<()> {
        let scope = &self.scopes[depth];
        let mut nested = None;
        for arg in args {
            self.ir.walk(arg, &mut |s| {
                if let ScalarKind::Column(id) = s.kind {
                    if scope.aggregates.iter().any(|a| a.0 == id) {
                        nested = Some("another aggregate");
                    } else if scope.windows.iter().any(|w| w.0 == id) {
                        nested = Some("an aggregate that windows are computed after");
                    }
                }
            });
        }
        let clause = nested.or(match scope.place {
            Place::Items | Place::Having | Place::OrderBy | Place::Qualify | Place::Window => None,
            Place::Where => Some("WHERE; HAVING filters by aggregates"),
            Place::On => Some("FROM"),
            Place::GroupBy => Some("GROUP BY"),
            Place::Aggregate => Some("another aggregate"),
            Place::Limit => Some("LIMIT"),
            Place::Values => Some("VALUES"),
            Place::Set => Some("SET; a query in parentheses may hold one"),
            Place::Returning => Some("RETURNING"),
        });
        match clause {
            None => Ok(()),
            Some(clause) => {
                let message = format!("an aggregate does not stand in {clause}");
                error(codes::UNGROUPED_COLUMN, span, message, "not here")
            }
        }
    }
}
