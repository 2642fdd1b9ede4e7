//! Windows on targets whose frames leave out no rows, or that do not aggregate everything over a frame.

use crate::*;
use rql_ast::Span;

/// A WITH query numbers the rows of each partition; the frame of a row are those of its rows whose numbers,
/// groups of peers or keys lie within the bounds, and a query for each row aggregates them.
pub(super) fn rows(ir: &mut Ir, rel: RelId) -> bool {
    apart(ir, rel, needed)
}

/// The same where a frame is measured by months, which are of no one length.
pub(super) fn months(ir: &mut Ir, rel: RelId) -> bool {
    apart(ir, rel, by_months)
}

fn apart(ir: &mut Ir, rel: RelId, needed: fn(&Ir, ScalarId) -> bool) -> bool {
    let Rel {
        kind: RelKind::Window { input, items },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let (apart, rest): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| needed(ir, item.1) && is_known(ir, item.1));
    if apart.is_empty() {
        return false;
    }
    let mut given = Vec::new();
    for id in ir.columns_of(input) {
        if !given.contains(&id) {
            given.push(id);
        }
    }
    let items = ir.copies(&given, span);
    let sorts = |ty: Type| {
        !matches!(
            ty,
            Type::Array(_)
                | Type::Interval
                | Type::Json
                | Type::Jsonb
                | Type::Record
                | Type::Unknown
        )
    };
    let ties = items.iter().map(|item| item.1);
    let ties = ties.filter(|&value| sorts(ir.scalar(value).ty)).collect();
    let mut body = Body {
        places: Vec::new(),
        items,
        ties,
        span,
    };
    let framed = apart.iter().map(|item| body.frame(ir, item.1));
    let Some(framed) = framed.collect::<Option<Vec<Framed>>>() else {
        return false;
    };
    let Body { places, items, .. } = body;
    let input = ir.add_rel(
        RelKind::Window {
            input,
            items: places,
        },
        span,
    );
    let input = ir.add_rel(RelKind::project(input, items), span);
    let cte = ir.shared("framed", input);
    let made: Vec<ColumnId> = ir.ctes[cte.index()].columns.iter().map(|c| c.0).collect();
    let (input, own) = ir.another_use_of(cte, span);
    let mut items: Vec<Item> = Vec::new();
    for (&id, &own) in given.iter().zip(&own) {
        items.push((id, ir.reference(own, span)));
    }
    for (framed, (column, scalar)) in framed.iter().zip(apart) {
        let uses = Uses {
            made: &made,
            own: &own,
        };
        let query = framed.query(ir, cte, &uses, scalar, span);
        items.push((column, query));
    }
    let mut input = ir.add_rel(RelKind::project(input, items), span);
    if !rest.is_empty() {
        input = ir.add_rel(RelKind::Window { input, items: rest }, span);
    }
    ir.rels[rel.index()].kind = RelKind::With {
        ctes: vec![cte],
        input,
    };
    true
}

/// True for a window that such a target has no text for.
fn needed(ir: &Ir, id: ScalarId) -> bool {
    let ScalarKind::Window {
        func,
        order,
        frame,
        running: false,
        ..
    } = &ir.scalar(id).kind
    else {
        return false;
    };
    use WindowFunc as F;
    let aggregate = match func {
        F::Agg(
            Agg::BitAndAll | Agg::BitOrAll | Agg::BitXorAll | Agg::StringAgg | Agg::ArrayAgg,
        ) => true,
        F::Agg(_) => matches!(ir.scalar(id).ty, Type::Interval | Type::Array(_)),
        F::FirstValue | F::LastValue | F::NthValue => false,
        _ => return false,
    };
    let Some(frame) = frame else {
        return aggregate;
    };
    let measured = frame.unit == FrameUnit::Range
        && [frame.start, frame.end].into_iter().any(|bound| {
            let of_interval = offset(bound).is_some_and(|x| ir.scalar(x).ty == Type::Interval);
            let apart =
                |key: &SortKey| key.nulls_first == key.descending && ir.scalar(key.scalar).nullable;
            offset(bound).is_some() && (of_interval || order.iter().any(apart))
        });
    aggregate || measured || frame.exclude != FrameExclude::NoOthers
}

fn by_months(ir: &Ir, id: ScalarId) -> bool {
    let ScalarKind::Window {
        frame: Some(frame), ..
    } = &ir.scalar(id).kind
    else {
        return false;
    };
    let months = |x: ScalarId| matches!(ir.scalar(x).kind, ScalarKind::Literal(Literal::Interval { months, .. }) if months != 0);
    let mut bounds = [frame.start, frame.end].into_iter().filter_map(offset);
    frame.unit == FrameUnit::Range && bounds.any(months)
}

/// True where the bounds and the place in the frame are written.
fn is_known(ir: &Ir, id: ScalarId) -> bool {
    let ScalarKind::Window {
        func, args, frame, ..
    } = &ir.scalar(id).kind
    else {
        return false;
    };
    let bounds = frame.map_or(Vec::new(), |frame| vec![frame.start, frame.end]);
    let bounds = bounds.into_iter().filter_map(offset);
    let place = match func {
        WindowFunc::NthValue => written(ir, args[1]).is_some_and(|n| n > 0),
        _ => true,
    };
    place && bounds.into_iter().all(|x| is_distance(ir, x))
}

fn offset(bound: FrameBound) -> Option<ScalarId> {
    match bound {
        FrameBound::Preceding(offset) | FrameBound::Following(offset) => Some(offset),
        _ => None,
    }
}

fn written(ir: &Ir, id: ScalarId) -> Option<i64> {
    match ir.scalar(id).kind {
        ScalarKind::Literal(Literal::Integer(value)) => Some(value),
        ScalarKind::Cast { operand, .. } => written(ir, operand),
        _ => None,
    }
}

/// True for a constant that is not below zero.
fn is_distance(ir: &Ir, id: ScalarId) -> bool {
    match &ir.scalar(id).kind {
        ScalarKind::Literal(Literal::Integer(value)) => *value >= 0,
        ScalarKind::Literal(Literal::Decimal(value)) => *value >= 0,
        ScalarKind::Literal(Literal::Double(text)) => !text.starts_with('-'),
        &ScalarKind::Literal(Literal::Interval {
            months,
            days,
            micros,
        }) => months >= 0 && days >= 0 && micros >= 0,
        ScalarKind::Cast { operand, .. } => is_distance(ir, *operand),
        _ => false,
    }
}

/// What the WITH query computes.
struct Body {
    places: Vec<Item>,
    items: Vec<Item>,
    /// What tells rows apart that the keys do not: the WITH query may be computed at each use, and a row must have the
    /// same number there.
    ties: Vec<ScalarId>,
    span: Span,
}

/// A window, over the columns of the WITH query.
struct Framed {
    number: ColumnId,
    group: ColumnId,
    partition: Vec<ColumnId>,
    /// The key that a frame is measured from.
    key: Option<(ColumnId, SortKey)>,
    args: Vec<ScalarId>,
    filter: Option<ScalarId>,
}

impl Body {
    fn frame(&mut self, ir: &mut Ir, id: ScalarId) -> Option<Framed> {
        let scalar = ir.scalar(id).clone();
        let ScalarKind::Window {
            args,
            filter,
            partition,
            order,
            ..
        } = scalar.kind
        else {
            return None;
        };
        let ties = self.ties.iter().map(|&scalar| SortKey {
            scalar,
            descending: false,
            nulls_first: false,
            guard: None,
        });
        let is_key = |key: &SortKey| order.iter().any(|own| ir.same(own.scalar, key.scalar));
        let ties = ties.filter(|key| !is_key(key));
        let whole: Vec<SortKey> = order.iter().copied().chain(ties).collect();
        let number = self.place(ir, WindowFunc::RowNumber, &partition, &whole);
        let group = self.place(ir, WindowFunc::DenseRank, &partition, &order);
        let key = match order.as_slice() {
            &[key] => Some((self.column(ir, key.scalar), key)),
            _ => None,
        };
        let computed = |this: &mut Self, ir: &mut Ir, id: ScalarId| match ir.scalar(id).kind {
            ScalarKind::Literal(_) | ScalarKind::Param(_) => id,
            _ => {
                let column = this.column(ir, id);
                ir.reference(column, this.span)
            }
        };
        Some(Framed {
            number,
            group,
            args: args.iter().map(|&arg| computed(self, ir, arg)).collect(),
            filter: filter.map(|filter| computed(self, ir, filter)),
            partition: partition.iter().map(|&by| self.column(ir, by)).collect(),
            key,
        })
    }

    fn place(
        &mut self,
        ir: &mut Ir,
        func: WindowFunc,
        partition: &[ScalarId],
        order: &[SortKey],
    ) -> ColumnId {
        let place = ir.place(func, partition.to_vec(), order.to_vec(), self.span);
        let known = self.places.iter().find(|known| ir.same(known.1, place.1));
        let known = known.map(|known| known.0);
        let column = known.unwrap_or_else(|| {
            self.places.push(place);
            place.0
        });
        let value = ir.reference(column, self.span);
        self.column(ir, value)
    }

    /// A column that has a value; one that has the same is taken.
    fn column(&mut self, ir: &mut Ir, value: ScalarId) -> ColumnId {
        if let Some(known) = self.items.iter().find(|item| ir.same(item.1, value)) {
            return known.0;
        }
        let Scalar { ty, nullable, .. } = *ir.scalar(value);
        let column = ir.add_column("value", ty, nullable);
        self.items.push((column, value));
        column
    }
}

/// The columns of the WITH query, and where they are in the use of it that has each row.
struct Uses<'a> {
    made: &'a [ColumnId],
    own: &'a [ColumnId],
}

impl Framed {
    /// The query that gives the value of a row.
    fn query(
        &self,
        ir: &mut Ir,
        cte: CteId,
        uses: &Uses<'_>,
        id: ScalarId,
        span: Span,
    ) -> ScalarId {
        let window = ir.scalar(id).clone();
        let ScalarKind::Window { func, frame, .. } = window.kind else {
            return id;
        };
        let (input, other) = ir.another_use_of(cte, span);
        let mut pair = Pair {
            ir,
            uses,
            other: &other,
            span,
        };
        let conditions = self.conditions(&mut pair, frame);
        let args: Vec<_> = self.args.iter().map(|&arg| pair.moved(arg)).collect();
        let filter = self.filter.map(|filter| pair.moved(filter));
        let number = pair.other(self.number);
        let predicate = ir.conjunction(conditions, span);
        let input = ir.add_rel(RelKind::Filter { input, predicate }, span);
        let order = |scalar: ScalarId, descending: bool| SortKey {
            scalar,
            descending,
            nulls_first: false,
            guard: None,
        };
        let column = ir.add_column("value", window.ty, true);
        let query = match func {
            WindowFunc::Agg(func) => {
                let listed = matches!(func, Agg::StringAgg | Agg::ArrayAgg);
                let kind = ScalarKind::Aggregate {
                    func,
                    distinct: false,
                    args,
                    order: match listed {
                        true => vec![order(number, false)],
                        false => Vec::new(),
                    },
                    filter,
                };
                let scalar = ir.add_scalar(Scalar {
                    kind,
                    ty: window.ty,
                    nullable: window.nullable,
                    span: window.span,
                });
                let found = ir.add_column("value", window.ty, true);
                let kind = RelKind::Aggregate {
                    input,
                    groups: Vec::new(),
                    sets: None,
                    dependent: Vec::new(),
                    aggregates: vec![(found, scalar)],
                };
                let input = ir.add_rel(kind, span);
                let found = ir.reference(found, span);
                ir.add_rel(RelKind::project(input, vec![(column, found)]), span)
            }
            func => {
                let mut value = args[0];
                let Scalar {
                    ty, nullable, span, ..
                } = *ir.scalar(value);
                if ty != window.ty {
                    value = ir.add_scalar(Scalar {
                        kind: ScalarKind::Cast {
                            operand: value,
                            implicit: true,
                            fallible: false,
                        },
                        ty: window.ty,
                        nullable,
                        span,
                    });
                }
                let place = ir.add_column("place", Type::BigInt, false);
                let kind = RelKind::Project {
                    input,
                    items: vec![(column, value), (place, number)],
                    visible: 1,
                };
                let input = ir.add_rel(kind, span);
                let place = ir.reference(place, span);
                let keys = vec![order(place, func == WindowFunc::LastValue)];
                let input = ir.add_rel(RelKind::Sort { input, keys }, span);
                let skipped = args.get(1).and_then(|&nth| written(ir, nth));
                let offset = skipped.map(|nth| ir.integer(nth - 1, span));
                let kind = RelKind::Limit {
                    input,
                    count: Some(ir.integer(1, span)),
                    offset,
                    with_ties: false,
                };
                ir.add_rel(kind, span)
            }
        };
        ir.add_scalar(Scalar {
            kind: ScalarKind::Subquery { query, column },
            ty: window.ty,
            nullable: window.nullable,
            span: window.span,
        })
    }

    /// That a row is in the frame of another.
    fn conditions(&self, pair: &mut Pair<'_>, frame: Option<Frame>) -> Vec<ScalarId> {
        let mut all = Vec::new();
        for &by in &self.partition {
            all.push(pair.both(Func::IsNotDistinct, by));
        }
        // Without a frame: all rows up to the peers of the row, which without an order all are.
        let frame = frame.unwrap_or(Frame {
            unit: FrameUnit::Range,
            ..Frame::RUNNING
        });
        all.extend(self.bound(pair, frame.unit, frame.start, true));
        all.extend(self.bound(pair, frame.unit, frame.end, false));
        match frame.exclude {
            FrameExclude::NoOthers => {}
            FrameExclude::CurrentRow => all.push(pair.both(Func::Ne, self.number)),
            FrameExclude::Group => all.push(pair.both(Func::Ne, self.group)),
            FrameExclude::Ties => {
                let others = pair.both(Func::Ne, self.group);
                let itself = pair.both(Func::Eq, self.number);
                let span = pair.span;
                all.push(pair.ir.truth(Func::Or, vec![others, itself], span));
            }
        }
        all
    }

    fn bound(
        &self,
        pair: &mut Pair<'_>,
        unit: FrameUnit,
        bound: FrameBound,
        start: bool,
    ) -> Option<ScalarId> {
        let op = if start { Func::Ge } else { Func::Le };
        let place = match unit {
            FrameUnit::Rows => self.number,
            _ => self.group,
        };
        let (x, back) = match bound {
            FrameBound::UnboundedPreceding | FrameBound::UnboundedFollowing => return None,
            FrameBound::CurrentRow => return Some(pair.both(op, place)),
            FrameBound::Preceding(x) => (x, true),
            FrameBound::Following(x) => (x, false),
        };
        let span = pair.span;
        let Some((key, order)) = self.key.filter(|_| unit == FrameUnit::Range) else {
            let own = pair.own(place);
            let moved = pair.shifted(own, x, back, Type::BigInt);
            let other = pair.other(place);
            return Some(pair.ir.truth(op, vec![other, moved], span));
        };
        let ty = match pair.ir.column(key).ty {
            ty if ty.is_integer() => Type::BigInt,
            Type::Decimal { .. } => Type::NUMERIC,
            Type::Date => Type::Timestamp,
            ty => ty,
        };
        let (own, other) = (pair.own(key), pair.other(key));
        let (own, other) = (pair.cast(own, ty), pair.cast(other, ty));
        let moved = pair.shifted(own, x, back != order.descending, ty);
        let op = match (start, order.descending) {
            (true, false) | (false, true) => Func::Ge,
            _ => Func::Le,
        };
        let compared = pair.ir.truth(op, vec![other, moved], span);
        if !pair.ir.column(key).nullable {
            return Some(compared);
        }
        // NULLs are peers, and stand before or behind all that is measured.
        let op = if start { Func::Ge } else { Func::Le };
        let peers = pair.both(op, self.group);
        let (own, other) = (pair.own(key), pair.other(key));
        let own_null = pair.ir.truth(Func::IsNull, vec![own], span);
        let other_null = pair.ir.truth(Func::IsNull, vec![other], span);
        let beyond = pair.ir.add_scalar(Scalar {
            kind: ScalarKind::Literal(Literal::Boolean(order.nulls_first != start)),
            ty: Type::Boolean,
            nullable: false,
            span,
        });
        Some(pair.ir.add_scalar(Scalar {
            kind: ScalarKind::Case {
                branches: vec![(own_null, peers), (other_null, beyond)],
                otherwise: Some(compared),
            },
            ty: Type::Boolean,
            nullable: true,
            span,
        }))
    }
}

/// A row and another, of which is asked whether it is in the frame.
struct Pair<'a> {
    ir: &'a mut Ir,
    uses: &'a Uses<'a>,
    other: &'a [ColumnId],
    span: Span,
}

impl Pair<'_> {
    fn own(&mut self, column: ColumnId) -> ScalarId {
        let at = self.uses.made.iter().position(|&id| id == column);
        let column = at.map_or(column, |at| self.uses.own[at]);
        self.ir.reference(column, self.span)
    }

    fn other(&mut self, column: ColumnId) -> ScalarId {
        let at = self.uses.made.iter().position(|&id| id == column);
        let column = at.map_or(column, |at| self.other[at]);
        self.ir.reference(column, self.span)
    }

    fn moved(&mut self, scalar: ScalarId) -> ScalarId {
        self.ir.remapped(scalar, self.uses.made, self.other)
    }

    /// The other row's value compared with the row's own.
    fn both(&mut self, op: Func, column: ColumnId) -> ScalarId {
        let sides = vec![self.other(column), self.own(column)];
        self.ir.truth(op, sides, self.span)
    }

    fn cast(&mut self, operand: ScalarId, ty: Type) -> ScalarId {
        let Scalar {
            ty: from, nullable, ..
        } = *self.ir.scalar(operand);
        if from == ty || from.is_decimal() {
            return operand;
        }
        self.ir.add_scalar(Scalar {
            kind: ScalarKind::Cast {
                operand,
                implicit: true,
                fallible: false,
            },
            ty,
            nullable,
            span: self.span,
        })
    }

    /// A value so far before or behind another.
    fn shifted(&mut self, from: ScalarId, x: ScalarId, back: bool, ty: Type) -> ScalarId {
        let moment = self.ir.scalar(x).ty == Type::Interval;
        let func = match (moment, back) {
            (true, true) => Func::SubInterval,
            (true, false) => Func::AddInterval,
            (false, true) => Func::Sub,
            (false, false) => Func::Add,
        };
        let nullable = self.ir.scalar(from).nullable;
        self.ir.add_scalar(Scalar {
            kind: ScalarKind::Call {
                func,
                args: vec![from, x],
            },
            ty,
            nullable,
            span: self.span,
        })
    }
}

impl Ir {
    /// Items with new columns that have what these have.
    pub(super) fn copies(&mut self, columns: &[ColumnId], span: Span) -> Vec<Item> {
        let mut items = Vec::new();
        for &id in columns {
            let Column { ty, nullable, .. } = *self.column(id);
            let name = self.column(id).name.clone();
            let scalar = self.reference(id, span);
            items.push((self.add_column(&name, ty, nullable), scalar));
        }
        items
    }
}
