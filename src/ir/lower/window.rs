//! Windows and running aggregates.

use super::aggregate::Aggregated;
use super::scope::Place;
use super::{Lowerer, Res, error, not_yet};
use crate::function::{self, Function, Nulls};
use crate::*;
use rql_ast::{self as ast, Over, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// What OVER says.
#[derive(Default)]
struct Spec {
    partition: Vec<ScalarId>,
    order: Vec<SortKey>,
    frame: Option<Frame>,
}

impl<'a> Lowerer<'a> {
    fn may_see_windows(&mut self, span: Span) -> Res<()> {
        if matches!(
            self.scope().place,
            Place::Items | Place::OrderBy | Place::Qualify
        ) {
            return Ok(());
        }
        error(
            codes::RUNNING_MISPLACED,
            span,
            "a window or running aggregate does not stand here",
            "it sees the rows that WHERE, GROUP BY and HAVING leave; use QUALIFY or a subquery",
        )
    }

    /// `RUNSUM(x)` and its kin: ROWS UNBOUNDED PRECEDING, so that ties count one by one.
    pub(super) fn running(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        span: Span,
    ) -> Res<ScalarId> {
        self.may_see_windows(span)?;
        let given = self.windowed_values(row, call, span)?;
        let spec = self.over(call.over)?;
        if spec.frame.is_some() {
            let message = "a running aggregate has no frame of its own";
            let label = "it always sees the rows from the first to the present one";
            return error(codes::RUNNING_MISPLACED, span, message, label);
        }
        let waits = spec.order.is_empty();
        let kind = ScalarKind::Window {
            func: WindowFunc::Agg(row.func),
            args: given.args,
            filter: given.filter,
            partition: spec.partition,
            order: spec.order,
            frame: Some(Frame::RUNNING),
            running: true,
        };
        let scalar = self.add(kind, given.ty, row.nulls != Nulls::Never, span);
        if waits {
            self.scope().waiting.push(scalar);
        }
        let name = self.ast.dotted(call.name);
        Ok(self.window_column(scalar, &name, waits))
    }

    pub(super) fn window(&mut self, name: &str, call: ast::Call, span: Span) -> Res<ScalarId> {
        self.may_see_windows(span)?;
        let (func, args, filter, ty, nullable);
        if let Some(row) = function::aggregate(name) {
            let given = self.windowed_values(row, call, span)?;
            func = WindowFunc::Agg(row.func);
            (args, filter, ty) = (given.args, given.filter, given.ty);
            nullable = row.nulls != Nulls::Never;
        } else if let Some(found) = WindowFunc::named(name) {
            let plain = call.filter.is_none()
                && call.quantifier == ast::Quantifier::None
                && call.order_by.is_empty();
            if !plain {
                let message = format!("{name} takes no DISTINCT, ORDER BY or FILTER");
                return error(codes::TYPE_MISMATCH, span, message, "only aggregates do");
            }
            func = found;
            (args, ty, nullable) = self.window_arguments(found, call, span)?;
            filter = None;
        } else {
            let message = format!("{name} is no window function");
            let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, message)
                .label(span, "OVER goes with aggregates and window functions");
            return Err(Box::new(match did_you_mean(name, function::names()) {
                Some(near) if near != name => error.help(format!("did you mean {near}?")),
                _ => error,
            }));
        }
        let Spec {
            partition,
            order,
            frame,
        } = self.over(call.over)?;
        let kind = ScalarKind::Window {
            func,
            args,
            filter,
            partition,
            order,
            frame,
            running: false,
        };
        let scalar = self.add(kind, ty, nullable, span);
        Ok(self.window_column(scalar, name, false))
    }

    /// An aggregate's arguments where it stands over a window, as PostgreSQL allows them.
    fn windowed_values(
        &mut self,
        row: &'static Function<Agg>,
        call: ast::Call,
        span: Span,
    ) -> Res<Aggregated> {
        let refused = if call.quantifier == ast::Quantifier::Distinct {
            Some("DISTINCT")
        } else if !call.order_by.is_empty() {
            Some("ORDER BY between its parentheses")
        } else if row.func.within_group() {
            Some("WITHIN GROUP")
        } else {
            None
        };
        if let Some(what) = refused {
            let message = format!("an aggregate over a window has no {what}");
            let label = "a subquery that aggregates first does what is meant";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        self.within(Place::Window, |this| {
            this.aggregated_values(row, call, &this.ast[call.args], span)
        })
    }

    /// The arguments of a function that needs OVER; its type; whether it may be NULL.
    fn window_arguments(
        &mut self,
        func: WindowFunc,
        call: ast::Call,
        span: Span,
    ) -> Res<(Vec<ScalarId>, Type, bool)> {
        use WindowFunc as W;
        let ast = self.ast;
        let mut args = self.within(Place::Window, |this| {
            let values = ast[call.args].iter().map(|arg| this.expr(arg.value));
            values.collect::<Res<Vec<_>>>()
        })?;
        let arity = match func {
            W::Ntile | W::FirstValue | W::LastValue => 1..=1,
            W::NthValue => 2..=2,
            W::Lag | W::Lead => 1..=3,
            _ => 0..=0,
        };
        if !arity.contains(&args.len()) {
            let message = format!("{} does not take {} arguments", func.name(), args.len());
            let label = "the number of arguments";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        let counts = match func {
            W::Ntile => Some(0),
            W::NthValue | W::Lag | W::Lead => Some(1),
            _ => None,
        };
        if let Some(count) = counts.and_then(|at| args.get_mut(at)) {
            let ty = self.ty(*count);
            if !matches!(ty, Type::SmallInt | Type::Integer | Type::Unknown) {
                let message = format!("{} counts with an integer, not {ty}", func.name());
                return error(codes::TYPE_MISMATCH, span, message, "an integer is needed");
            }
            *count = self.coerce(*count, Type::Integer)?;
        }
        if let [value, _, default] = *args.as_slice() {
            let mut both = [value, default];
            self.together(&mut both, span)?;
            (args[0], args[2]) = (both[0], both[1]);
        }
        // Of any type, but of one: PostgreSQL finds none in what has none yet.
        let of_any = matches!(
            func,
            W::FirstValue | W::LastValue | W::NthValue | W::Lag | W::Lead
        );
        if let [value, ..] = *args.as_slice()
            && of_any
            && args.len() < 3
        {
            self.has_type(value, func.name())?;
        }
        for arg in &mut args {
            *arg = self.settle(*arg);
        }
        Ok(match func {
            W::RowNumber | W::Rank | W::DenseRank => (args, Type::BigInt, false),
            W::PercentRank | W::CumeDist => (args, Type::Double, false),
            W::Ntile => (args, Type::Integer, true),
            _ => {
                let ty = self.ty(args[0]).passed_on();
                (args, ty, true)
            }
        })
    }

    /// The column of a window; one that says the same is taken once.
    fn window_column(&mut self, scalar: ScalarId, name: &str, waits: bool) -> ScalarId {
        let span = self.span(scalar);
        let last = self.scopes.len().saturating_sub(1);
        let known = self.scopes[last].windows.iter();
        let known = known
            .into_iter()
            .find(|w| !waits && self.same(w.1, scalar))
            .map(|w| w.0);
        let id = known.unwrap_or_else(|| {
            let id = self.column_for(scalar, name);
            self.scope().windows.push((id, scalar));
            id
        });
        self.reference(id, span)
    }

    fn over(&mut self, over: Option<Over>) -> Res<Spec> {
        self.within(Place::Window, |this| match over {
            None => Ok(Spec::default()),
            Some(Over::Named(name)) => this.named_window(name, usize::MAX),
            Some(Over::Spec(spec)) => this.spec(this.ast[spec], usize::MAX),
        })
    }

    /// A window of the WINDOW clause, of the first `before`: one may build on those before it.
    fn named_window(&mut self, name: ast::Ident, before: usize) -> Res<Spec> {
        let ast = self.ast;
        let text = ast.name(name);
        let windows = self.scope().named_windows;
        let catalog = self.env.catalog;
        let mut found = (0..windows.len().min(before))
            .filter(|&at| catalog.matches(&text, &ast.name(windows[at].name)));
        let found = (found.next(), found.next());
        if let (Some(_), Some(at)) = found {
            let message = format!("two windows are called {text}");
            let span = windows[at].name.span;
            return error(codes::DUPLICATE_NAME, span, message, "the name is taken");
        }
        let Some(at) = found.0 else {
            let message = format!("no window {text}");
            let label = "the WINDOW clause has none of this name";
            let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message).label(name.span, label);
            let names: Vec<_> = windows.iter().map(|w| ast.name(w.name)).collect();
            return Err(Box::new(
                match did_you_mean(&text, names.iter().map(|n| &**n)) {
                    Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
                    None => error,
                },
            ));
        };
        self.spec(ast[windows[at].spec], at)
    }

    fn spec(&mut self, spec: ast::WindowSpec, before: usize) -> Res<Spec> {
        let ast = self.ast;
        let mut found = match spec.base {
            Some(base) => self.named_window(base, before)?,
            None => Spec::default(),
        };
        let partition = &ast[spec.partition_by];
        if spec.base.is_some() {
            let twice = |what: &str| {
                let message = format!("the window that this builds on has {what} already");
                error(codes::DUPLICATE_CLAUSE, spec.span, message, "not twice")
            };
            if !partition.is_empty() {
                return twice("PARTITION BY");
            }
            if !found.order.is_empty() && !ast[spec.order_by].is_empty() {
                return twice("ORDER BY");
            }
            if found.frame.is_some() {
                return twice("a frame");
            }
        }
        for &key in partition {
            let scalar = self.expr(key)?;
            match self.fields_in_order(scalar) {
                Some(fields) => found.partition.extend(fields),
                None => found.partition.push(self.settle(scalar)),
            }
        }
        let mut order = Vec::new();
        self.each(&ast[spec.order_by], &mut |this, item| {
            order.extend(this.sort_keys(item)?);
            Ok(())
        })?;
        if !order.is_empty() {
            found.order = order;
        }
        found.frame = spec
            .frame
            .map(|id| self.frame(ast[id], &found))
            .transpose()?;
        Ok(found)
    }

    fn frame(&mut self, frame: ast::Frame, spec: &Spec) -> Res<Frame> {
        let unit = match frame.unit {
            ast::FrameUnit::Rows => FrameUnit::Rows,
            ast::FrameUnit::Range => FrameUnit::Range,
            ast::FrameUnit::Groups => FrameUnit::Groups,
        };
        let start = self.bound(frame.start, unit, spec, frame.span)?;
        let end = match frame.end {
            Some(end) => self.bound(end, unit, spec, frame.span)?,
            None => FrameBound::CurrentRow,
        };
        let rank = |bound| match bound {
            FrameBound::UnboundedPreceding => 0,
            FrameBound::Preceding(_) => 1,
            FrameBound::CurrentRow => 2,
            FrameBound::Following(_) => 3,
            FrameBound::UnboundedFollowing => 4,
        };
        if rank(start) > rank(end) || rank(start) == 4 || rank(end) == 0 {
            let message = "a frame that ends before it starts";
            return error(
                codes::TYPE_MISMATCH,
                frame.span,
                message,
                "the bounds are crossed",
            );
        }
        if unit == FrameUnit::Groups && spec.order.is_empty() {
            let message = "GROUPS counts groups of an order";
            return error(
                codes::TYPE_MISMATCH,
                frame.span,
                message,
                "ORDER BY is missing",
            );
        }
        let exclude = match frame.exclude {
            None | Some(ast::FrameExclude::NoOthers) => FrameExclude::NoOthers,
            Some(ast::FrameExclude::CurrentRow) => FrameExclude::CurrentRow,
            Some(ast::FrameExclude::Group) => FrameExclude::Group,
            Some(ast::FrameExclude::Ties) => FrameExclude::Ties,
        };
        Ok(Frame {
            unit,
            start,
            end,
            exclude,
        })
    }

    fn bound(
        &mut self,
        bound: ast::Bound,
        unit: FrameUnit,
        spec: &Spec,
        span: Span,
    ) -> Res<FrameBound> {
        let offset = |this: &mut Self, expr| {
            let refs = this.references;
            let scalar = this.expr(expr)?;
            if this.references > refs {
                let message = "the offset of a frame is the same for every row";
                let span = this.span(scalar);
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "a column cannot stand here",
                );
            }
            if unit != FrameUnit::Range {
                return this.coerce(scalar, Type::BigInt);
            }
            let [key] = spec.order.as_slice() else {
                let message = "RANGE with an offset needs one ORDER BY key";
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "the offset is added to the key",
                );
            };
            match this.ty(key.scalar) {
                ty if ty.is_moment() => this.coerce(scalar, Type::Interval),
                ty if ty.is_number() => this.coerce(scalar, ty),
                Type::Unknown => Ok(scalar),
                ty => {
                    let message = format!("RANGE cannot count from {ty}");
                    let label = "the key is a number or a date; ROWS and GROUPS take any key";
                    error(codes::TYPE_MISMATCH, span, message, label)
                }
            }
        };
        Ok(match bound {
            ast::Bound::UnboundedPreceding => FrameBound::UnboundedPreceding,
            ast::Bound::Preceding(expr) => FrameBound::Preceding(offset(self, expr)?),
            ast::Bound::CurrentRow => FrameBound::CurrentRow,
            ast::Bound::Following(expr) => FrameBound::Following(offset(self, expr)?),
            ast::Bound::UnboundedFollowing => FrameBound::UnboundedFollowing,
        })
    }

    /// A key of an order over the columns of FROM.
    /// The keys of an item of an order; a row is ordered by its fields.
    pub(super) fn sort_keys(&mut self, item: &ast::OrderItem) -> Res<Vec<SortKey>> {
        let key = self.sort_key(item)?;
        Ok(match self.fields_in_order(key.scalar) {
            Some(fields) => field_keys(fields, key),
            None => vec![key],
        })
    }

    pub(super) fn sort_key(&mut self, item: &ast::OrderItem) -> Res<SortKey> {
        let (descending, nulls_first) = self.direction(item)?;
        let ast::OrderItem::Expr { expr, .. } = *item else {
            return not_yet(Span::default(), "a template");
        };
        let scalar = self.expr(expr)?;
        let scalar = self.settle(scalar);
        Ok(SortKey {
            scalar,
            descending,
            nulls_first,
            guard: self.guard,
        })
    }

    /// Descending, and NULLs first; NULLs are larger than every value, as in PostgreSQL.
    pub(super) fn direction(&self, item: &ast::OrderItem) -> Res<(bool, bool)> {
        let ast::OrderItem::Expr {
            direction,
            nulls_first,
            ..
        } = *item
        else {
            return Ok((false, false));
        };
        let descending = match direction {
            ast::Direction::None | ast::Direction::Asc => false,
            ast::Direction::Desc => true,
            ast::Direction::Using(span) => return not_yet(span, "ORDER BY … USING"),
        };
        Ok((descending, nulls_first.unwrap_or(descending)))
    }
}

/// The keys of a row that is a key: it is never NULL, and NULLs among its fields are larger than all values.
pub(super) fn field_keys(fields: Vec<ScalarId>, key: SortKey) -> Vec<SortKey> {
    let each = fields.into_iter().map(|scalar| SortKey {
        scalar,
        nulls_first: key.descending,
        ..key
    });
    each.collect()
}
