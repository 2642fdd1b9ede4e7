//! Frames of GROUPS on targets that count only rows and distances.

use crate::*;

/// Groups of peers are numbered below; a frame of so many groups is one of so great a distance of numbers.
pub(super) fn ranges(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Window { input, items },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let mut places = Vec::new();
    for &(_, id) in &items {
        let scalar = ir.scalar(id).clone();
        let ScalarKind::Window {
            partition,
            order,
            frame: Some(frame),
            ..
        } = &scalar.kind
        else {
            continue;
        };
        if frame.unit != FrameUnit::Groups || order.is_empty() {
            continue;
        }
        let place = ir.place(
            WindowFunc::DenseRank,
            partition.clone(),
            order.clone(),
            span,
        );
        let key = SortKey {
            scalar: ir.reference(place.0, span),
            descending: false,
            nulls_first: false,
            guard: None,
        };
        if let ScalarKind::Window { order, frame, .. } = &mut ir.scalars[id.index()].kind {
            *order = vec![key];
            *frame = frame.map(|frame| Frame {
                unit: FrameUnit::Range,
                ..frame
            });
        }
        places.push(place);
    }
    if places.is_empty() {
        return false;
    }
    let mut columns = ir.columns_of(input);
    columns.extend(places.iter().map(|place| place.0));
    let numbered = ir.add_rel(
        RelKind::Window {
            input,
            items: places,
        },
        span,
    );
    let through = ir.let_through(&columns, span);
    let numbered = ir.add_rel(RelKind::project(numbered, through), span);
    if let RelKind::Window { input, .. } = &mut ir.rels[rel.index()].kind {
        *input = numbered;
    }
    true
}
