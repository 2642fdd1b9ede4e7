//! Joins: their conditions, the columns that USING merges, what may be missing.

use super::from::Piece;
use super::scope::{Named, Place, Visible};
use super::special_join::Sides;
use super::{Lowerer, Name, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Id, JoinOn, JoinSide, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl<'a> Lowerer<'a> {
    /// A relation and what is joined to it.
    pub(super) fn joined(&mut self, item: &'a ast::FromItem) -> Res<Piece<'a>> {
        let first = self.scope().relations.len();
        let mut left = self.relation(item.relation)?;
        let joins = &self.ast[item.joins];
        self.each(joins, &mut |this, join| {
            let done = this.join(join, first, core::mem::take(&mut left.1), left.0)?;
            left = done;
            Ok(())
        })?;
        Ok(left)
    }

    fn join(
        &mut self,
        join: &'a ast::Join,
        first: usize,
        left_names: Vec<Named<'a>>,
        left: RelId,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let ast::Join::Join {
            kind: words,
            relation,
            on,
            span,
        } = *join
        else {
            return not_yet(Span::default(), "this join");
        };
        let semi = matches!(
            words.side,
            JoinSide::Semi | JoinSide::Anti | JoinSide::RightSemi | JoinSide::RightAnti
        );
        let kind = match words.side {
            _ if words.asof || semi => JoinKind::Inner,
            JoinSide::Plain | JoinSide::Inner => JoinKind::Inner,
            JoinSide::Left => JoinKind::Left,
            JoinSide::Right => JoinKind::Right,
            JoinSide::Full => JoinKind::Full,
            JoinSide::Cross => JoinKind::Cross,
            _ => return not_yet(span, "this kind of join"),
        };
        // What is LATERAL sees the left side too.
        let before = self.scope().names.len();
        self.scope().names.extend(left_names.iter().cloned());
        let middle = self.scope().relations.len();
        let refs = self.scope().outer_refs.len();
        let right = self.relation(relation);
        self.scope().names.truncate(before);
        let (right, right_names) = right?;
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.no_lateral_refs(refs, &left_names)?;
        }
        if semi || words.asof {
            let sides = Sides {
                left: (left, left_names),
                right: (right, right_names),
                first,
                middle,
                span,
            };
            return match semi {
                true => self.semi_join(words.side, words.natural, on, sides),
                false => self.asof_join(words.side, on, sides),
            };
        }
        let mut merged = Vec::new();
        let mut names = Vec::new();
        let (mut left_rest, mut right_rest) = (left_names, right_names);
        let using = match on {
            JoinOn::Using(columns, _) => Some(ast[columns].to_vec()),
            _ => None,
        };
        for column in using.iter().flatten() {
            self.glimpse(column.span);
        }
        if words.natural || using.is_some() {
            let columns: Vec<(Name<'a>, Span)> = match using {
                Some(idents) => idents.iter().map(|&i| (ast.name(i), i.span)).collect(),
                None => {
                    let both = left_rest.iter().filter(|l| {
                        right_rest
                            .iter()
                            .any(|r| self.env.catalog.matches(&l.name, &r.name))
                    });
                    both.map(|l| (l.name.clone(), span)).collect()
                }
            };
            for (name, at) in columns {
                let (left, right) = (
                    self.take_merged(&name, at, &mut left_rest, "left")?,
                    self.take_merged(&name, at, &mut right_rest, "right")?,
                );
                let (column, pair) = self.merge(&name, at, left, right, kind)?;
                merged.push(pair);
                names.push(Named { id: column, name });
            }
        }
        self.outer_nulls(kind, first, middle, &left_rest, &right_rest);
        if let JoinOn::Using(_, Some(alias)) = on {
            self.show(ast.name(alias), &names, alias.span)?;
        }
        names.extend(left_rest);
        names.extend(right_rest);
        let on = match on {
            JoinOn::On(on) => Some(self.join_condition(on, first, &names)?),
            JoinOn::None if kind != JoinKind::Cross && !words.natural && !self.is_watched() => {
                return error(
                    codes::JOIN_WITHOUT_CONDITION,
                    span,
                    "a join needs a condition",
                    "ON or USING is missing",
                );
            }
            _ => None,
        };
        let lateral = self.is_lateral(right);
        let kind = RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
        };
        Ok((self.ir.add_rel(kind, span), names))
    }

    /// ON sees the relations of its own join, and those of the blocks around.
    pub(super) fn join_condition(
        &mut self,
        on: Id<ast::Expr>,
        first: usize,
        names: &[Named<'a>],
    ) -> Res<ScalarId> {
        let scope = self.scope();
        let others = core::mem::replace(&mut scope.names, names.to_vec());
        let outer = core::mem::replace(&mut scope.first, first);
        let done = self.within(Place::On, |this| this.condition(on));
        let scope = self.scope();
        scope.names = others;
        scope.first = outer;
        done
    }

    fn no_lateral_refs(&mut self, from: usize, left: &[Named<'a>]) -> Res<()> {
        let scope = self.scopes.last();
        let mut refs = scope
            .map_or(&[][..], |scope| &scope.outer_refs[from..])
            .iter();
        let wrong = refs
            .find(|r| left.iter().any(|n| n.id == r.1))
            .map(|r| self.ir.scalar(r.0).span);
        match wrong {
            None => Ok(()),
            Some(span) => error(
                codes::UNKNOWN_COLUMN,
                span,
                "a RIGHT or FULL join cannot be LATERAL",
                "this column is of the join's other side; INNER and LEFT joins allow it",
            ),
        }
    }

    /// A relation whose rows depend on columns of the relations before it.
    pub(super) fn is_lateral(&self, rel: RelId) -> bool {
        match &self.ir.rel(rel).kind {
            RelKind::Join { left, right, .. } => self.is_lateral(*left) || self.is_lateral(*right),
            _ => self.lateral.contains(&rel),
        }
    }

    fn take_merged(
        &self,
        name: &str,
        span: Span,
        names: &mut Vec<Named<'a>>,
        side: &str,
    ) -> Res<ColumnId> {
        let catalog = self.env.catalog;
        let at = names.iter().position(|n| catalog.matches(name, &n.name));
        let Some(at) = at else {
            let message = format!("column {name} is not on the {side} side of the join");
            let label = "USING needs it on both sides";
            let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message).label(span, label);
            let near = did_you_mean(name, names.iter().map(|n| &*n.name));
            return Err(Box::new(match near {
                Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                None => error,
            }));
        };
        let found = names.remove(at);
        if names.iter().any(|n| catalog.matches(name, &n.name)) {
            let message = format!("column {name} could be two on the {side} side");
            let label = "more than one relation there has it";
            return error(codes::AMBIGUOUS_COLUMN, span, message, label);
        }
        Ok(found.id)
    }

    /// One column of two that are equal.
    fn merge(
        &mut self,
        name: &str,
        span: Span,
        left: ColumnId,
        right: ColumnId,
        kind: JoinKind,
    ) -> Res<(ColumnId, Merged)> {
        let (l, r) = (self.ir.column(left), self.ir.column(right));
        let Some(ty) = l.ty.unify(r.ty) else {
            let message = format!("{} and {} have no type in common", l.ty, r.ty);
            let label = format!(
                "column {name} is {} on the left and {} on the right",
                l.ty, r.ty
            );
            return error(codes::TYPE_MISMATCH, span, message, &label);
        };
        let nullable = match kind {
            JoinKind::Right => r.nullable,
            JoinKind::Full => l.nullable || r.nullable,
            _ => l.nullable,
        };
        // As in PostgreSQL it is the column of the side that is always there, where there is one.
        let same = l.ty == r.ty;
        let column = match kind {
            JoinKind::Inner | JoinKind::Left | JoinKind::Cross if same => left,
            JoinKind::Right if same => right,
            _ => self.ir.add_column(name, ty, nullable),
        };
        let pair = Merged {
            column,
            left,
            right,
        };
        Ok((column, pair))
    }

    /// An outer join makes the columns of the side that may be missing nullable.
    fn outer_nulls(
        &mut self,
        kind: JoinKind,
        first: usize,
        middle: usize,
        left: &[Named<'a>],
        right: &[Named<'a>],
    ) {
        let (missing_left, missing_right) = match kind {
            JoinKind::Left => (false, true),
            JoinKind::Right => (true, false),
            JoinKind::Full => (true, true),
            JoinKind::Inner | JoinKind::Cross => return,
        };
        let mut ids: Vec<ColumnId> = Vec::new();
        let relations = &self.scope().relations;
        let columns = |range: &[Visible<'a>]| -> Vec<ColumnId> {
            let columns = range.iter().flat_map(|r| &r.columns);
            columns.map(|c| c.id).collect()
        };
        if missing_left {
            ids.extend(columns(&relations[first..middle]));
            ids.extend(left.iter().map(|n| n.id));
        }
        if missing_right {
            ids.extend(columns(&relations[middle..]));
            ids.extend(right.iter().map(|n| n.id));
        }
        let sides = [
            (missing_left, first..middle),
            (missing_right, middle..relations.len()),
        ];
        let ranges = sides.into_iter().filter(|side| side.0).map(|side| side.1);
        for at in ranges.flatten() {
            let relation = &self.scopes[self.scopes.len() - 1].relations[at];
            if relation.missing.is_none() {
                let mut told = relation.columns.iter().map(|column| column.id);
                let told = told.find(|id| !self.ir.column(*id).nullable);
                self.scope().relations[at].missing = Some(told);
            }
        }
        for id in ids {
            self.ir.columns[id.index()].nullable = true;
        }
    }
}
