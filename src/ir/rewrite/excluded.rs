//! EXCLUDE of what is the end of a frame.

use crate::*;

/// Rows up to the current one, without it, are the rows up to the one before; the same of groups, and behind it.
pub(super) fn ends(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Window { items, .. },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let mut changed = false;
    for (_, id) in items {
        let ScalarKind::Window {
            frame: Some(given), ..
        } = ir.scalar(id).kind
        else {
            continue;
        };
        let own = matches!(
            (given.unit, given.exclude),
            (FrameUnit::Rows, FrameExclude::CurrentRow) | (FrameUnit::Groups, FrameExclude::Group)
        );
        if !own {
            continue;
        }
        let one = ir.integer(1, span);
        let (start, end) = match (given.start, given.end) {
            (FrameBound::CurrentRow, FrameBound::CurrentRow) => continue,
            (start, FrameBound::CurrentRow) => (start, FrameBound::Preceding(one)),
            (FrameBound::CurrentRow, end) => (FrameBound::Following(one), end),
            _ => continue,
        };
        if let ScalarKind::Window { frame, .. } = &mut ir.scalars[id.index()].kind {
            *frame = Some(Frame {
                start,
                end,
                exclude: FrameExclude::NoOthers,
                ..given
            });
            changed = true;
        }
    }
    changed
}
