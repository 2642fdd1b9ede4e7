//! Joins that SQL says otherwise: SEMI and ANTI by EXISTS, ASOF by the nearest row of a lateral query.

use super::from::Piece;
use super::scope::Named;
use super::{Lowerer, Res, error, not_yet};
use crate::*;
use rql_ast::{JoinOn, JoinSide, Span};
use rql_diagnostics::codes;

/// A join of this kind with both sides lowered.
pub(super) struct Sides<'a> {
    pub(super) left: Piece<'a>,
    pub(super) right: Piece<'a>,
    /// The first relation of each side in the block's list.
    pub(super) first: usize,
    pub(super) middle: usize,
    pub(super) span: Span,
}

impl<'a> Lowerer<'a> {
    /// `a SEMI JOIN b ON …`: the rows of `a` for which there is one of `b`; ANTI: for which there is none.
    pub(super) fn semi_join(
        &mut self,
        side: JoinSide,
        natural: bool,
        on: JoinOn,
        sides: Sides<'a>,
    ) -> Res<Piece<'a>> {
        let span = sides.span;
        let (left, right) = (&sides.left, &sides.right);
        let mut conditions = Vec::new();
        for (a, b) in self.shared_columns(natural, on, &left.1, &right.1, span)? {
            let (a, b) = (self.reference(a, span), self.reference(b, span));
            conditions.push(self.compare(Func::Eq, a, b, span)?);
        }
        if let JoinOn::On(on) = on {
            let names = [left.1.clone(), right.1.clone()].concat();
            conditions.push(self.join_condition(on, sides.first, &names)?);
        }
        let predicate = match conditions.as_slice() {
            [] => {
                let message = "a join needs a condition";
                let label = "ON or USING is missing";
                return error(codes::JOIN_WITHOUT_CONDITION, span, message, label);
            }
            &[one] => one,
            _ => self.call(Func::And, conditions, Type::Boolean, span),
        };
        let of_right = matches!(side, JoinSide::RightSemi | JoinSide::RightAnti);
        let relations = &mut self.scope().relations;
        let (kept, other) = if of_right {
            relations.drain(sides.first..sides.middle);
            (sides.right, sides.left.0)
        } else {
            relations.truncate(sides.middle);
            (sides.left, sides.right.0)
        };
        let input = self.filter(other, predicate, span);
        let one = self.add(
            ScalarKind::Literal(Literal::Integer(1)),
            Type::Integer,
            false,
            span,
        );
        let column = self.column_for(one, "found");
        let kind = RelKind::Project {
            input,
            items: vec![(column, one)],
            visible: 1,
        };
        let query = self.ir.add_rel(kind, span);
        let mut exists = self.add(ScalarKind::Exists(query), Type::Boolean, false, span);
        if matches!(side, JoinSide::Anti | JoinSide::RightAnti) {
            exists = self.call(Func::Not, vec![exists], Type::Boolean, span);
        }
        Ok((self.filter(kept.0, exists, span), kept.1))
    }

    /// The pairs of columns that USING and NATURAL name.
    fn shared_columns(
        &self,
        natural: bool,
        on: JoinOn,
        left: &[Named<'a>],
        right: &[Named<'a>],
        span: Span,
    ) -> Res<Vec<(ColumnId, ColumnId)>> {
        let catalog = self.env.catalog;
        let find = |names: &[Named<'a>], name: &str| {
            let found = names.iter().find(|n| catalog.matches(name, &n.name));
            found.map(|n| n.id)
        };
        if natural {
            let pairs = left
                .iter()
                .filter_map(|l| find(right, &l.name).map(|r| (l.id, r)));
            return Ok(pairs.collect());
        }
        let JoinOn::Using(columns, _) = on else {
            return Ok(Vec::new());
        };
        let mut pairs = Vec::new();
        for &ident in &self.ast[columns] {
            let name = self.ast.name(ident);
            match (find(left, &name), find(right, &name)) {
                (Some(l), Some(r)) => pairs.push((l, r)),
                _ => {
                    let message = format!("column {name} is not on both sides of the join");
                    let label = "USING needs it on both sides";
                    return error(codes::UNKNOWN_COLUMN, span, message, label);
                }
            }
        }
        Ok(pairs)
    }

    /// `a ASOF JOIN b ON a.k = b.k AND a.t >= b.t`: with each row of `a` the nearest one of `b`.
    pub(super) fn asof_join(
        &mut self,
        side: JoinSide,
        on: JoinOn,
        sides: Sides<'a>,
    ) -> Res<Piece<'a>> {
        let span = sides.span;
        let kind = match side {
            JoinSide::Plain | JoinSide::Inner => JoinKind::Inner,
            JoinSide::Left => JoinKind::Left,
            _ => return not_yet(span, "this kind of ASOF JOIN"),
        };
        let JoinOn::On(on) = on else {
            return not_yet(span, "ASOF JOIN without ON");
        };
        let (left, right) = (sides.left, sides.right);
        let names = [left.1.clone(), right.1.clone()].concat();
        let predicate = self.join_condition(on, sides.first, &names)?;
        let (nearest, descending) = self.nearest_by(predicate, &left.1, &right.1, span)?;
        let input = self.filter(right.0, predicate, span);
        let key = SortKey {
            scalar: nearest,
            descending,
            nulls_first: descending,
            guard: None,
        };
        let keys = vec![key];
        let input = self.ir.add_rel(RelKind::Sort { input, keys }, span);
        let one = ScalarKind::Literal(Literal::Integer(1));
        let count = Some(self.add(one, Type::BigInt, false, span));
        let limit = RelKind::Limit {
            input,
            count,
            offset: None,
            with_ties: false,
        };
        let input = self.ir.add_rel(limit, span);
        let columns: Vec<_> = right
            .1
            .iter()
            .map(|n| (n.id, n.name.clone().into_owned()))
            .collect();
        let ids: Vec<_> = columns.iter().map(|c| c.0).collect();
        let items = self.ir.let_through(&ids, span);
        // The projection stands below the order, which may be by what it shows.
        let RelKind::Sort { input: rows, .. } = self.ir.rels[self.ir.inputs(input)[0].index()].kind
        else {
            return not_yet(span, "this ASOF JOIN");
        };
        let visible = items.len();
        let project = RelKind::Project {
            input: rows,
            items,
            visible,
        };
        let project = self.ir.add_rel(project, span);
        let sort = self.ir.inputs(input)[0];
        if let RelKind::Sort { input, .. } = &mut self.ir.rels[sort.index()].kind {
            *input = project;
        }
        let alias = self.scope().relations[sides.middle..]
            .first()
            .map_or_else(|| "nearest".to_owned(), |r| r.name.clone().into_owned());
        let derived = RelKind::Derived {
            input,
            alias,
            columns,
        };
        let derived = self.ir.add_rel(derived, span);
        self.lateral.push(derived);
        if kind == JoinKind::Left {
            for named in &right.1 {
                self.ir.columns[named.id.index()].nullable = true;
            }
        }
        let yes = ScalarKind::Literal(Literal::Boolean(true));
        let on = self.add(yes, Type::Boolean, false, span);
        let join = RelKind::Join {
            kind,
            left: left.0,
            right: derived,
            on: Some(on),
            merged: Vec::new(),
            lateral: true,
        };
        Ok((self.ir.add_rel(join, span), names))
    }

    /// What is nearest: the right side of the one inequality, and whether the largest or smallest.
    fn nearest_by(
        &mut self,
        predicate: ScalarId,
        left: &[Named<'a>],
        right: &[Named<'a>],
        span: Span,
    ) -> Res<(ScalarId, bool)> {
        let conjuncts = match &self.ir.scalar(predicate).kind {
            ScalarKind::Call {
                func: Func::And,
                args,
            } => args.clone(),
            _ => vec![predicate],
        };
        let of = |scalar: ScalarId, names: &[Named<'a>]| {
            let mut found = false;
            self.ir.walk(scalar, &mut |s| {
                let named = |id| names.iter().any(|n| n.id == id);
                found |= matches!(s.kind, ScalarKind::Column(id) if named(id));
            });
            found
        };
        let mut found = Vec::new();
        for conjunct in conjuncts {
            let ScalarKind::Call { func, args } = &self.ir.scalar(conjunct).kind else {
                continue;
            };
            let less = match func {
                Func::Lt | Func::Le => true,
                Func::Gt | Func::Ge => false,
                _ => continue,
            };
            // Where the right one is the smaller one, the largest such is nearest.
            if of(args[0], left) && of(args[1], right) {
                found.push((args[1], !less));
            } else if of(args[0], right) && of(args[1], left) {
                found.push((args[0], less));
            }
        }
        match found.as_slice() {
            &[one] => Ok(one),
            _ => {
                let message = "ASOF JOIN needs one comparison by <, <=, > or >=";
                let label = "it says which row of the right side is the nearest";
                error(codes::JOIN_WITHOUT_CONDITION, span, message, label)
            }
        }
    }
}
