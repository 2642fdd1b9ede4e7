//! `rank(x) WITHIN GROUP (ORDER BY k)`: where a row would stand if it were there, by counting those
//! that would stand before it.

use super::scope::Place;
use super::{Lowerer, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::codes;

impl<'a> Lowerer<'a> {
    pub(super) fn hypothetical(
        &mut self,
        name: &str,
        call: ast::Call,
        span: Span,
    ) -> Res<ScalarId> {
        let refs: Vec<usize> = self.scopes.iter().map(|s| s.outer_refs.len()).collect();
        let (keys, values, filter) = self.within(Place::Aggregate, |this| {
            this.hypothetical_values(name, call, span)
        })?;
        let scalars = || keys.iter().map(|key| key.scalar).chain(filter);
        let depth = self.level(scalars());
        if let (Some(scope), Some(&before)) = (self.scopes.get_mut(depth), refs.get(depth)) {
            scope.outer_refs.truncate(before);
        }
        self.may_aggregate(depth, scalars(), span)?;
        let before = self.rows_before(&keys, &values, name == "cume_dist", span)?;
        let distinct = (name == "dense_rank").then(|| keys[0].scalar);
        let condition = match filter {
            Some(filter) => self.call(Func::And, vec![before, filter], Type::Boolean, span),
            None => before,
        };
        let found = self.count_of(depth, distinct, Some(condition), span);
        let one = self.whole(1, span);
        if matches!(name, "rank" | "dense_rank") {
            return Ok(self.call(Func::Add, vec![found, one], Type::BigInt, span));
        }
        let all = self.count_of(depth, None, filter, span);
        let (part, whole) = match name {
            "cume_dist" => (
                self.call(Func::Add, vec![found, one], Type::BigInt, span),
                self.call(Func::Add, vec![all, one], Type::BigInt, span),
            ),
            _ => (found, all),
        };
        let [part, whole] = [part, whole].map(|s| self.cast(s, Type::Double, false));
        let share = self.call(Func::Div, vec![part, whole], Type::Double, span);
        if name == "cume_dist" {
            return Ok(share);
        }
        let zero = self.whole(0, span);
        let none = self.compare(Func::Eq, all, zero, span)?;
        let nothing = ScalarKind::Literal(Literal::Double("0".into()));
        let nothing = self.add(nothing, Type::Double, false, span);
        let kind = ScalarKind::Case {
            branches: vec![(none, nothing)],
            otherwise: Some(share),
        };
        Ok(self.add(kind, Type::Double, false, span))
    }

    /// The keys, the values that are compared with them, and FILTER.
    #[allow(clippy::type_complexity, reason = "three parts of one call")]
    fn hypothetical_values(
        &mut self,
        name: &str,
        call: ast::Call,
        span: Span,
    ) -> Res<(Vec<SortKey>, Vec<ScalarId>, Option<ScalarId>)> {
        let ast = self.ast;
        let before = self.references;
        let mut values = Vec::new();
        for arg in &ast[call.args] {
            values.push(self.expr(arg.value)?);
        }
        if self.references > before {
            return not_yet(span, &format!("{name} of a value that is not constant"));
        }
        let mut keys = Vec::new();
        self.each(&ast[call.within_group], &mut |this, item| {
            keys.push(this.sort_key(item)?);
            Ok(())
        })?;
        if keys.len() != values.len() {
            let message = format!("{name} takes a value for each key of WITHIN GROUP");
            let label = "as many values as keys are needed";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        for (key, value) in keys.iter_mut().zip(&mut values) {
            let mut pair = [*value, key.scalar];
            self.comparable(&mut pair, Func::Lt, span)?;
            [*value, key.scalar] = pair.map(|s| self.settle(s));
        }
        if name == "dense_rank" && (keys.len() > 1 || keys[0].nulls_first) {
            return not_yet(span, "dense_rank by such keys");
        }
        let filter = call.filter.map(|f| self.condition(f)).transpose()?;
        Ok((keys, values, filter))
    }

    /// True for the rows that come before the values, or beside them too.
    fn rows_before(
        &mut self,
        keys: &[SortKey],
        values: &[ScalarId],
        peers: bool,
        span: Span,
    ) -> Res<ScalarId> {
        let mut after: Option<ScalarId> = None;
        for (key, &value) in keys.iter().zip(values).rev() {
            let less = if key.descending { Func::Gt } else { Func::Lt };
            let smaller = self.compare(less, key.scalar, value, span)?;
            let (null, known) = match key.nulls_first {
                true => (key.scalar, value),
                false => (value, key.scalar),
            };
            let null = self.null_test(Func::IsNull, null, span);
            let known = self.null_test(Func::IsNotNull, known, span);
            let apart = self.call(Func::And, vec![null, known], Type::Boolean, span);
            let mut parts = vec![smaller, apart];
            let equal = self.compare(Func::IsNotDistinct, key.scalar, value, span)?;
            match after {
                Some(after) => {
                    parts.push(self.call(Func::And, vec![equal, after], Type::Boolean, span));
                }
                None if peers => parts.push(equal),
                None => {}
            }
            after = Some(self.call(Func::Or, parts, Type::Boolean, span));
        }
        match after {
            Some(condition) => Ok(condition),
            None => not_yet(span, "an empty WITHIN GROUP"),
        }
    }

    fn null_test(&mut self, func: Func, scalar: ScalarId, span: Span) -> ScalarId {
        let args = vec![scalar];
        self.add(ScalarKind::Call { func, args }, Type::Boolean, false, span)
    }

    pub(super) fn whole(&mut self, value: i64, span: Span) -> ScalarId {
        let kind = ScalarKind::Literal(Literal::Integer(value));
        self.add(kind, Type::BigInt, false, span)
    }

    /// `count(*) FILTER (WHERE …)`, or of the distinct values of a key.
    fn count_of(
        &mut self,
        depth: usize,
        distinct: Option<ScalarId>,
        filter: Option<ScalarId>,
        span: Span,
    ) -> ScalarId {
        let kind = ScalarKind::Aggregate {
            func: Agg::Count,
            distinct: distinct.is_some(),
            args: distinct.into_iter().collect(),
            order: Vec::new(),
            filter,
        };
        let scalar = self.add(kind, Type::BigInt, false, span);
        self.aggregate_column(depth, scalar, "count")
    }
}
