//! FULL JOIN on targets that have none.

use crate::*;
use rql_ast::Span;

/// `a FULL JOIN b ON c`: the left join, and with UNION ALL the right rows for which no left row holds.
/// WITH queries compute each side.
pub(super) fn join(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::Join {
                kind: JoinKind::Full,
                left,
                right,
                on,
                merged,
                ..
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let mut queries = Vec::new();
    if let Some(on) = on {
        ir.queries_in(on, &mut queries);
    }
    if !queries.is_empty() {
        return false;
    }
    let mut columns = Vec::new();
    for id in ir.columns_of(rel) {
        if !columns.contains(&id) {
            columns.push(id);
        }
    }
    let from = [ir.columns_of(left), ir.columns_of(right)];
    let sides = [side(ir, left, span), side(ir, right, span)];
    let full = Full {
        on,
        merged,
        columns: columns.clone(),
        from,
        sides,
        span,
    };
    let left = full.matched(ir);
    let right = full.unmatched(ir);
    let input = ir.add_rel(
        RelKind::SetOp {
            op: SetOp::Union,
            all: true,
            left: left.0,
            right: right.0,
            sides: (left.1, right.1),
            columns,
        },
        span,
    );
    ir.rels[rel.index()].kind = RelKind::With {
        ctes: sides.to_vec(),
        input,
    };
    true
}

/// The same of a FULL JOIN inside an expression or LATERAL alone.
pub(super) fn inside(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Join {
        kind: JoinKind::Full,
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    ir.is_inside(rel) && join(ir, rel)
}

/// A WITH query of a side's rows.
fn side(ir: &mut Ir, input: RelId, span: Span) -> CteId {
    let columns = ir.columns_of(input);
    let items = ir.copies(&columns, span);
    let rows = ir.add_rel(RelKind::project(input, items), span);
    ir.shared("side", rows)
}

struct Full {
    on: Option<ScalarId>,
    merged: Vec<Merged>,
    /// The columns of the join.
    columns: Vec<ColumnId>,
    /// The columns of both sides.
    from: [Vec<ColumnId>; 2],
    sides: [CteId; 2],
    span: Span,
}

type Branch = (RelId, Vec<ColumnId>);

impl Full {
    /// The left rows with their right ones.
    fn matched(&self, ir: &mut Ir) -> Branch {
        let (left, lefts) = ir.another_use_of(self.sides[0], self.span);
        let (right, rights) = ir.another_use_of(self.sides[1], self.span);
        let on = self.condition(ir, &lefts, &rights);
        let join = RelKind::Join {
            kind: JoinKind::Left,
            left,
            right,
            on: Some(on),
            merged: Vec::new(),
            lateral: false,
        };
        let join = ir.add_rel(join, self.span);
        self.shown(ir, join, Some(&lefts), &rights)
    }

    /// The right rows without a left one.
    fn unmatched(&self, ir: &mut Ir) -> Branch {
        let (right, rights) = ir.another_use_of(self.sides[1], self.span);
        let (left, lefts) = ir.another_use_of(self.sides[0], self.span);
        let predicate = self.condition(ir, &lefts, &rights);
        let input = left;
        let found = ir.add_rel(RelKind::Filter { input, predicate }, self.span);
        let found = ir.add_scalar(Scalar {
            kind: ScalarKind::Exists(found),
            ty: Type::Boolean,
            nullable: false,
            span: self.span,
        });
        let predicate = ir.truth(Func::Not, vec![found], self.span);
        let input = right;
        let rows = ir.add_rel(RelKind::Filter { input, predicate }, self.span);
        self.shown(ir, rows, None, &rights)
    }

    /// What relates the sides, over columns of a use of each.
    fn condition(&self, ir: &mut Ir, lefts: &[ColumnId], rights: &[ColumnId]) -> ScalarId {
        let mut all = Vec::new();
        for m in &self.merged {
            let sides = [
                ir.reference(self.place(0, m.left, lefts), self.span),
                ir.reference(self.place(1, m.right, rights), self.span),
            ];
            all.push(ir.truth(Func::Eq, sides.to_vec(), self.span));
        }
        if let Some(on) = self.on {
            let on = ir.remapped(on, &self.from[0], lefts);
            all.push(ir.remapped(on, &self.from[1], rights));
        }
        ir.conjunction(all, self.span)
    }

    /// Where a side's column is in a use of it.
    fn place(&self, side: usize, id: ColumnId, uses: &[ColumnId]) -> ColumnId {
        let at = self.from[side].iter().position(|&own| own == id);
        at.map_or(id, |at| uses[at])
    }

    /// The columns of the join, from those of its sides; without a left row its columns are NULL.
    fn shown(
        &self,
        ir: &mut Ir,
        input: RelId,
        lefts: Option<&[ColumnId]>,
        rights: &[ColumnId],
    ) -> Branch {
        let mut items = Vec::new();
        for &id in &self.columns {
            let Column { ty, .. } = *ir.column(id);
            let name = ir.column(id).name.clone();
            let merged = self.merged.iter().find(|m| m.column == id);
            let left = merged.map_or(id, |m| m.left);
            let right = merged.map_or(id, |m| m.right);
            let of_left = lefts.filter(|_| self.from[0].contains(&left));
            let of_left = of_left.map(|lefts| ir.reference(self.place(0, left, lefts), self.span));
            let of_right = self.from[1].contains(&right);
            let of_right = of_right.then(|| ir.reference(self.place(1, right, rights), self.span));
            let scalar = match (of_left, of_right) {
                (Some(left), Some(right)) => ir.add_scalar(Scalar {
                    kind: ScalarKind::Call {
                        func: Func::Coalesce,
                        args: vec![left, right],
                    },
                    ty,
                    nullable: true,
                    span: self.span,
                }),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => ir.null(ty, self.span),
            };
            items.push((ir.add_column(&name, ty, true), scalar));
        }
        let columns = items.iter().map(|item| item.0).collect();
        (
            ir.add_rel(RelKind::project(input, items), self.span),
            columns,
        )
    }
}
