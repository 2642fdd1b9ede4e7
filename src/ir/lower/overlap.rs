//! OVERLAPS: whether two spans of time have an instant in common.

use super::{Lowerer, Res, error};
use crate::function::named;
use crate::*;
use rql_ast::Span;
use rql_diagnostics::codes;

impl<'a> Lowerer<'a> {
    /// `(start, end) OVERLAPS (start, end)`, or with a length in the place of an end. A span has its start
    /// and not its end; where one of the two is NULL only the other is known (PostgreSQL's timestamp.c,
    /// `overlaps_timestamp`).
    pub(super) fn overlaps(&mut self, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let mut all = Vec::new();
        for row in [a, b] {
            let fields = match &self.ir.scalar(row).kind {
                ScalarKind::Row(fields) => fields.clone(),
                _ => Vec::new(),
            };
            let &[start, end] = fields.as_slice() else {
                let message = "OVERLAPS stands between two pairs";
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "(start, end) OVERLAPS (start, end)",
                );
            };
            let length = self.ty(end) == Type::Interval;
            let end = match length {
                true => self.invoke("+", named("+"), vec![start, end], span)?,
                false => end,
            };
            all.extend([start, end]);
        }
        let ty = self.together(&mut all, span)?;
        if !matches!(
            ty,
            Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz
        ) {
            let message = format!("OVERLAPS compares moments, these are {ty}");
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "DATE '…' or TIMESTAMP '…' says what they are",
            );
        }
        let (first, last) = (
            self.span_of(all[0], all[1], ty, span)?,
            self.span_of(all[2], all[3], ty, span)?,
        );
        let before = self.starting_before(first, last, span)?;
        let behind = self.starting_before(last, first, span)?;
        let both = [first[1], last[1]].map(|end| self.is_known(end, span));
        let known = self.call(Func::And, both.to_vec(), Type::Boolean, span);
        let together = self.either(vec![(known, true)], span);
        let branches = vec![
            (self.compare(Func::Lt, first[0], last[0], span)?, before),
            (self.compare(Func::Gt, first[0], last[0], span)?, behind),
            (self.compare(Func::Eq, first[0], last[0], span)?, together),
        ];
        let kind = ScalarKind::Case {
            branches,
            otherwise: None,
        };
        Ok(self.add(kind, Type::Boolean, true, span))
    }

    /// The earlier of two moments, or the one that is known, and the later one, where both are.
    fn span_of(&mut self, a: ScalarId, b: ScalarId, ty: Type, span: Span) -> Res<[ScalarId; 2]> {
        let start = self.call(Func::Least, vec![a, b], ty, span);
        let branches = vec![
            (self.compare(Func::Le, a, b, span)?, b),
            (self.compare(Func::Gt, a, b, span)?, a),
        ];
        let kind = ScalarKind::Case {
            branches,
            otherwise: None,
        };
        Ok([start, self.add(kind, ty, true, span)])
    }

    /// Whether a span reaches another that begins later.
    fn starting_before(
        &mut self,
        first: [ScalarId; 2],
        last: [ScalarId; 2],
        span: Span,
    ) -> Res<ScalarId> {
        let reaches = self.compare(Func::Lt, last[0], first[1], span)?;
        let ends = self.compare(Func::Ge, last[0], first[1], span)?;
        let known = self.is_known(last[1], span);
        let apart = self.call(Func::And, vec![ends, known], Type::Boolean, span);
        Ok(self.either(vec![(reaches, true), (apart, false)], span))
    }

    fn is_known(&mut self, value: ScalarId, span: Span) -> ScalarId {
        let kind = ScalarKind::Call {
            func: Func::IsNotNull,
            args: vec![value],
        };
        self.add(kind, Type::Boolean, false, span)
    }

    /// What the first condition that holds says; NULL where none does.
    fn either(&mut self, branches: Vec<(ScalarId, bool)>, span: Span) -> ScalarId {
        let said = branches.into_iter().map(|(when, then)| {
            let kind = ScalarKind::Literal(Literal::Boolean(then));
            (when, self.add(kind, Type::Boolean, false, span))
        });
        let branches = said.collect();
        self.add(
            ScalarKind::Case {
                branches,
                otherwise: None,
            },
            Type::Boolean,
            true,
            span,
        )
    }
}
