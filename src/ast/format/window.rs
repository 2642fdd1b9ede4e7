//! Windows and their frames.

use super::Printer;
use crate::{Bound, FrameExclude, FrameUnit, Id, WindowSpec};

impl<'a> Printer<'a> {
    pub(super) fn window_spec(&mut self, id: Id<WindowSpec>) {
        let ast = self.ast;
        let spec = ast[id];
        self.at(spec.span.start);
        if spec.base.is_none()
            && spec.partition_by.is_empty()
            && spec.order_by.is_empty()
            && spec.frame.is_none()
        {
            self.text("()");
            return;
        }
        self.bracketed("(", ")", |p| {
            let mut first = true;
            let mut begin = |p: &mut Self| {
                if !std::mem::take(&mut first) {
                    p.line();
                }
            };
            if let Some(base) = spec.base {
                begin(p);
                p.ident(base);
            }
            if !spec.partition_by.is_empty() {
                begin(p);
                p.text("PARTITION BY ");
                p.exprs(spec.partition_by);
            }
            if !spec.order_by.is_empty() {
                begin(p);
                p.text("ORDER BY ");
                p.order_items(spec.order_by);
            }
            if let Some(frame) = spec.frame {
                begin(p);
                let frame = ast[frame];
                p.at(frame.span.start);
                p.text(match frame.unit {
                    FrameUnit::Rows => "ROWS ",
                    FrameUnit::Range => "RANGE ",
                    FrameUnit::Groups => "GROUPS ",
                });
                if let Some(end) = frame.end {
                    p.text("BETWEEN ");
                    p.bound(frame.start);
                    p.word("AND ");
                    p.bound(end);
                } else {
                    p.bound(frame.start);
                }
                p.text(match frame.exclude {
                    None => "",
                    Some(FrameExclude::CurrentRow) => " EXCLUDE CURRENT ROW",
                    Some(FrameExclude::Group) => " EXCLUDE GROUP",
                    Some(FrameExclude::Ties) => " EXCLUDE TIES",
                    Some(FrameExclude::NoOthers) => " EXCLUDE NO OTHERS",
                });
            }
        });
    }

    fn bound(&mut self, bound: Bound) {
        match bound {
            Bound::UnboundedPreceding => self.text("UNBOUNDED PRECEDING"),
            Bound::UnboundedFollowing => self.text("UNBOUNDED FOLLOWING"),
            Bound::CurrentRow => self.text("CURRENT ROW"),
            Bound::Preceding(offset) => {
                self.expr(offset);
                self.word("PRECEDING");
            }
            Bound::Following(offset) => {
                self.expr(offset);
                self.word("FOLLOWING");
            }
        }
    }
}
