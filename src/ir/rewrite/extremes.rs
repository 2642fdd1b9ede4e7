//! min() and max() over a window on targets that look at every row of the frame for each row, which takes the square of
//! the rows: minutes for a hundred thousand.

use crate::*;
use rql_ast::Span;

/// How many rows stand in a block. So many are looked at for each row, and one of each block before its own.
const BLOCK: i64 = 256;

/// Of a whole partition they are its first value, by their own order.
pub(super) fn whole(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Window { items, .. } = ir.rel(rel).kind.clone() else {
        return false;
    };
    let mut changed = false;
    for (_, id) in items {
        let Some(extreme) = Extreme::of(ir, id).filter(|found| found.rows == Rows::All) else {
            continue;
        };
        let first = extreme.first(ir);
        ir.scalars[id.index()].kind = first;
        changed = true;
    }
    changed
}

/// Up to the current row they are those of its block up to it, and of the blocks before that.
pub(super) fn so_far(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Window { mut input, items },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    // What a query inside an expression reads of a row around it goes into no query in FROM.
    if ir.is_inside(rel) {
        return false;
    }
    let (mut rest, mut changed) = (Vec::new(), false);
    for item in items {
        match Extreme::of(ir, item.1).filter(|found| found.rows != Rows::All) {
            None => rest.push(item),
            Some(extreme) => {
                input = extreme.in_blocks(ir, input, item.0, &mut rest, span);
                changed = true;
            }
        }
    }
    if changed {
        ir.rels[rel.index()].kind = match rest.is_empty() {
            true => ir.rel(input).kind.clone(),
            false => RelKind::Window { input, items: rest },
        };
    }
    changed
}

/// Which rows of the partition are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    /// Up to the current one.
    SoFar,
    /// Up to the last that the order does not tell from it.
    SoFarWithPeers,
}

#[derive(Clone)]
struct Extreme {
    func: Agg,
    value: ScalarId,
    filter: Option<ScalarId>,
    partition: Vec<ScalarId>,
    order: Vec<SortKey>,
    rows: Rows,
    /// The type of what it gives.
    ty: Type,
    span: Span,
}

impl Extreme {
    /// What a window is, where it is one of many rows' values that sort as they compare.
    fn of(ir: &Ir, id: ScalarId) -> Option<Self> {
        let scalar = ir.scalar(id);
        let ScalarKind::Window {
            func: WindowFunc::Agg(func @ (Agg::Min | Agg::Max)),
            args,
            filter,
            partition,
            order,
            frame,
            running,
        } = &scalar.kind
        else {
            return None;
        };
        let value = *args.first()?;
        let ty = ir.scalar(value).ty;
        let sorts = ty.is_number() || ty.is_moment() || matches!(ty, Type::Text | Type::Varchar(_));
        let written = order.iter().any(|key| key.guard.is_some());
        if !sorts || written || ir.is_immutable(value) {
            return None;
        }
        use FrameBound::{CurrentRow, UnboundedFollowing, UnboundedPreceding};
        let rows = match frame {
            _ if *running => Rows::SoFar,
            None if order.is_empty() => Rows::All,
            None => Rows::SoFarWithPeers,
            Some(frame) if frame.exclude != FrameExclude::NoOthers => return None,
            Some(frame) => match (frame.start, frame.end, frame.unit) {
                (UnboundedPreceding, UnboundedFollowing, _) => Rows::All,
                (UnboundedPreceding, CurrentRow, FrameUnit::Rows) => Rows::SoFar,
                (UnboundedPreceding, CurrentRow, _) if order.is_empty() => Rows::All,
                (UnboundedPreceding, CurrentRow, _) => Rows::SoFarWithPeers,
                _ => return None,
            },
        };
        Some(Self {
            func: *func,
            value,
            filter: *filter,
            partition: partition.clone(),
            order: order.clone(),
            rows,
            ty: scalar.ty,
            span: scalar.span,
        })
    }

    /// FIRST_VALUE of the values that FILTER leaves, the NULLs last.
    fn first(&self, ir: &mut Ir) -> ScalarKind {
        let value = match self.filter {
            None => self.value,
            Some(filter) => {
                let kind = ScalarKind::Case {
                    branches: vec![(filter, self.value)],
                    otherwise: None,
                };
                ir.add_scalar(Scalar {
                    kind,
                    nullable: true,
                    ..ir.scalar(self.value).clone()
                })
            }
        };
        ScalarKind::Window {
            func: WindowFunc::FirstValue,
            args: vec![value],
            filter: None,
            partition: self.partition.clone(),
            order: vec![SortKey {
                scalar: value,
                descending: self.func == Agg::Max,
                nulls_first: false,
                guard: None,
            }],
            frame: None,
            running: false,
        }
    }

    /// The rows with the extreme as this column, or with a window for it among `windows`, which are computed of them.
    fn in_blocks(
        &self,
        ir: &mut Ir,
        input: RelId,
        column: ColumnId,
        windows: &mut Vec<Item>,
        span: Span,
    ) -> RelId {
        let through = ir.named_of(input);
        let number = ir.place(
            WindowFunc::RowNumber,
            self.partition.clone(),
            self.order.clone(),
            span,
        );
        let rows = windowed(ir, input, vec![number], span);
        let kept = [through.as_slice(), &[number.0]].concat();
        let rows = with(ir, rows, &kept, &[], span);

        let block = self.part(ir, Func::Div, number.0);
        let own = self.over(ir, block, Some((number.0, Frame::RUNNING)));
        let all = self.over(ir, block, None);
        let rows = windowed(ir, rows, vec![own, all], span);
        let kept = [through.as_slice(), &[number.0, own.0, all.0]].concat();
        let rows = with(ir, rows, &kept, &[], span);

        let offset = self.part(ir, Func::Mod, number.0);
        let blocks = Self {
            value: ir.reference(all.0, span),
            filter: None,
            ..self.clone()
        };
        let before = Frame {
            end: FrameBound::Preceding(ir.integer(1, span)),
            ..Frame::RUNNING
        };
        let earlier = blocks.over(ir, offset, Some((number.0, before)));
        let rows = windowed(ir, rows, vec![earlier], span);
        let kept = [through.as_slice(), &[own.0, earlier.0]].concat();
        let rows = with(ir, rows, &kept, &[], span);

        let func = match self.func {
            Agg::Max => Func::Greatest,
            _ => Func::Least,
        };
        let args = vec![ir.reference(own.0, span), ir.reference(earlier.0, span)];
        let found = self.value_of(ir, ScalarKind::Call { func, args });
        if self.rows == Rows::SoFar {
            return with(ir, rows, &through, &[(column, found)], span);
        }
        let found = (self.column(ir), found);
        let rows = with(ir, rows, &through, &[found], span);
        let keys = self.order.iter().map(|key| key.scalar);
        let peers = Self {
            value: ir.reference(found.0, span),
            filter: None,
            partition: self.partition.iter().copied().chain(keys).collect(),
            ..self.clone()
        };
        let first = peers.first(ir);
        windows.push((column, self.value_of(ir, first)));
        rows
    }

    /// The block of a row by its number, or its place there.
    fn part(&self, ir: &mut Ir, func: Func, number: ColumnId) -> ScalarId {
        let span = self.span;
        let number = ir.reference(number, span);
        let (one, size) = (ir.integer(1, span), ir.integer(BLOCK, span));
        let mut call = |func, args| {
            ir.add_scalar(Scalar {
                kind: ScalarKind::Call { func, args },
                ty: Type::BigInt,
                nullable: false,
                span,
            })
        };
        let from_zero = call(Func::Sub, vec![number, one]);
        call(func, vec![from_zero, size])
    }

    /// The same extreme of the rows that are alike in one more value, up to a row by its number.
    fn over(&self, ir: &mut Ir, by: ScalarId, up_to: Option<(ColumnId, Frame)>) -> Item {
        let mut partition = self.partition.clone();
        partition.push(by);
        let order = up_to.map(|(number, _)| SortKey {
            scalar: ir.reference(number, self.span),
            descending: false,
            nulls_first: false,
            guard: None,
        });
        let kind = ScalarKind::Window {
            func: WindowFunc::Agg(self.func),
            args: vec![self.value],
            filter: self.filter,
            partition,
            order: order.into_iter().collect(),
            frame: up_to.map(|up_to| up_to.1),
            running: false,
        };
        (self.column(ir), self.value_of(ir, kind))
    }

    fn column(&self, ir: &mut Ir) -> ColumnId {
        ir.add_column(self.func.name(), self.ty, true)
    }

    /// A scalar of the extreme's type.
    fn value_of(&self, ir: &mut Ir, kind: ScalarKind) -> ScalarId {
        ir.add_scalar(Scalar {
            kind,
            ty: self.ty,
            nullable: true,
            span: self.span,
        })
    }
}

fn windowed(ir: &mut Ir, input: RelId, items: Vec<Item>, span: Span) -> RelId {
    ir.add_rel(RelKind::Window { input, items }, span)
}

/// A query in FROM that lets columns through and adds others.
fn with(ir: &mut Ir, input: RelId, through: &[ColumnId], more: &[Item], span: Span) -> RelId {
    let mut items = ir.let_through(through, span);
    items.extend(more);
    let columns = items
        .iter()
        .map(|&(id, _)| (id, ir.column(id).name.clone()));
    let columns = columns.collect();
    let input = ir.add_rel(RelKind::project(input, items), span);
    let kind = RelKind::Derived {
        input,
        alias: "blocks".into(),
        columns,
    };
    ir.add_rel(kind, span)
}
