//! Windows: which have no frame, and what frames there are.

use super::super::{Emitter, Res};
use rql_ir::{
    Frame, FrameBound, FrameExclude, FrameUnit, RelKind, ScalarId, ScalarKind, SortKey, Type,
    WindowFunc,
};

impl Emitter<'_> {
    /// Functions that only windows have.
    pub(in crate::emit) fn mysql_window(
        &mut self,
        id: ScalarId,
        func: WindowFunc,
        args: &[ScalarId],
    ) -> Res {
        use WindowFunc as F;
        let offset = args.get(1).map(|&offset| self.written_number(offset));
        // So many rows back are as many ahead.
        let (func, offset, back) = match (func, offset) {
            (F::Lag, Some(Some(n))) if n < 0 => (F::Lead, Some(Some(-n)), true),
            (F::Lead, Some(Some(n))) if n < 0 => (F::Lag, Some(Some(-n)), true),
            (func, offset) => (func, offset, false),
        };
        if matches!(func, F::Lag | F::Lead) && offset == Some(None) {
            let what = format!("{} by an offset that is not written", func.name());
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        // Where nothing orders the rows each is the first and a peer of all; beside other windows a rank over
        // ORDER BY NULL changes their order there.
        if let Some((before, after)) = alone(func).filter(|_| self.is_unordered(id)) {
            self.push(before);
            self.push("SIGN(COUNT(*)");
            self.whole_partition(id)?;
            self.push(after);
            return Ok(());
        }
        // By themselves they have ten digits.
        match func {
            F::PercentRank => {
                self.push("(1e0 * (RANK()");
                self.mysql_over(Some(id))?;
                self.push(" - 1) / GREATEST(COUNT(*)");
                self.whole_partition(id)?;
                self.push(" - 1, 1))");
                return Ok(());
            }
            F::CumeDist => {
                self.push("(1e0 * COUNT(*)");
                self.mysql_over(Some(id))?;
                self.push(" / COUNT(*)");
                self.whole_partition(id)?;
                self.push(")");
                return Ok(());
            }
            _ => {}
        }
        let name = func.name().to_uppercase();
        // A constant that is ahead is lost there.
        let constant = func == F::Lead && self.is_constant(args[0]);
        let default = args.get(2).copied();
        if default.is_none() && !constant {
            self.push(&format!("{name}("));
            if let Some((&value, rest)) = args.split_first() {
                self.typed(value)?;
                match offset.flatten().filter(|_| back) {
                    Some(n) => self.push(&format!(", {n}")),
                    None => rest
                        .iter()
                        .try_for_each(|&arg| self.wrapped(", ", &[arg], ""))?,
                }
            }
            self.push(")");
            return self.mysql_over(Some(id));
        }
        // Rows that have none so far away take the default.
        let count = offset.flatten().unwrap_or(1);
        self.push("CASE WHEN ROW_NUMBER()");
        self.mysql_over(Some(id))?;
        if func == F::Lag {
            self.push(&format!(" > {count} THEN "));
        } else {
            self.push(&format!(" + {count} <= COUNT(*)"));
            self.whole_partition(id)?;
            self.push(" THEN ");
        }
        match constant {
            true => self.value(args[0], 0)?,
            false => {
                self.push(&format!("{name}("));
                self.typed(args[0])?;
                self.push(&format!(", {count})"));
                self.mysql_over(Some(id))?;
            }
        }
        if let Some(default) = default {
            self.wrapped(" ELSE ", &[default], "")?;
        }
        self.push(" END");
        Ok(())
    }

    /// True for a window without an order, or with one by constants.
    fn is_unordered(&self, id: ScalarId) -> bool {
        let ScalarKind::Window { order, .. } = &self.ir.scalar(id).kind else {
            return false;
        };
        order.iter().all(|key| self.tells_nothing(key.scalar))
    }

    fn whole_partition(&mut self, id: ScalarId) -> Res {
        let before = core::mem::replace(&mut self.in_window, true);
        let done = self.beside_list(|this| this.partition_of(id));
        self.in_window = before;
        done
    }

    fn partition_of(&mut self, id: ScalarId) -> Res {
        let ScalarKind::Window { partition, .. } = &self.ir.scalar(id).kind else {
            return Ok(());
        };
        let partition = partition.iter().copied();
        let partition: Vec<_> = partition.filter(|&key| !self.tells_nothing(key)).collect();
        self.push(" OVER (");
        match partition.is_empty() {
            true => self.all_rows(id, true)?,
            false => {
                self.push("PARTITION BY ");
                self.list(&partition, Self::sortable)?;
            }
        }
        self.push(")");
        Ok(())
    }

    /// What a window of all rows is: beside one that is parted and one that only has an order, OVER () makes MariaDB
    /// compute the latter by the order of the former, so that it has that window's order and all rows for its frame.
    fn all_rows(&mut self, id: ScalarId, framed: bool) -> Res {
        let order = self.windows_beside(id).into_iter().find_map(|other| {
            let ScalarKind::Window {
                partition, order, ..
            } = &self.ir.scalar(other).kind
            else {
                return None;
            };
            let constant = |id: ScalarId| self.tells_nothing(id);
            let sorts = order.iter().any(|key| !constant(key.scalar));
            (sorts && partition.iter().all(|&key| constant(key))).then(|| order.clone())
        });
        let Some(mut order) = order else {
            return Ok(());
        };
        order.retain(|key| !self.tells_nothing(key.scalar));
        self.push("ORDER BY ");
        self.list(&order, Self::key)?;
        if framed {
            self.push(" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
        }
        Ok(())
    }

    /// The windows of a block, where one of them is parted.
    fn windows_beside(&self, id: ScalarId) -> Vec<ScalarId> {
        let windows = self.ir.rels.iter().find_map(|rel| match &rel.kind {
            RelKind::Window { items, .. } if items.iter().any(|item| item.1 == id) => {
                Some(items.iter().map(|item| item.1).collect::<Vec<_>>())
            }
            _ => None,
        });
        let parted = |&other: &ScalarId| matches!(&self.ir.scalar(other).kind, ScalarKind::Window { partition, .. } if !partition.is_empty());
        windows
            .filter(|windows| windows.iter().any(parted))
            .unwrap_or_default()
    }

    /// OVER and its window. Bare names would be those of the SELECT list.
    pub(in crate::emit) fn mysql_over(&mut self, window: Option<ScalarId>) -> Res {
        let Some(id) = window else { return Ok(()) };
        let before = core::mem::replace(&mut self.in_window, true);
        let done = self.beside_list(|this| this.mysql_window_of(id));
        self.in_window = before;
        done
    }

    /// Writes what stands in a SELECT list, where a bare name may be one of that list.
    pub(super) fn beside_list(&mut self, write: impl FnOnce(&mut Self) -> Res) -> Res {
        let listed = self.listed.clone();
        let aliases = core::mem::replace(&mut self.aliases, listed);
        let done = write(self);
        self.aliases = aliases;
        done
    }

    fn mysql_window_of(&mut self, id: ScalarId) -> Res {
        let ScalarKind::Window {
            func,
            partition,
            order,
            frame,
            ..
        } = &self.ir.scalar(id).kind
        else {
            return Ok(());
        };
        use WindowFunc as F;
        let framed = matches!(func, F::Agg(_) | F::FirstValue | F::LastValue | F::NthValue);
        let frame = frame.filter(|_| framed);
        let measured = frame.is_some_and(|frame| is_measured(&frame));
        self.push(" OVER (");
        let start = self.out.len();
        // Constants part nothing and order nothing; with some, windows of others are mixed up there.
        let partition = partition.iter().copied();
        let partition: Vec<_> = partition.filter(|&key| !self.tells_nothing(key)).collect();
        let given = order;
        let order = self.telling(order, &partition);
        let unordered = partition.is_empty() && order.is_empty();
        let whole = framed || *func == F::RowNumber;
        if unordered && whole && frame.is_none_or(|frame| is_whole(&frame)) {
            self.all_rows(id, framed)?;
            self.push(")");
            return Ok(());
        }
        if unordered && frame.is_none_or(|frame| frame.unit == FrameUnit::Rows) {
            self.all_rows(id, false)?;
        }
        let ordered = self.out.len() > start;
        let order = if measured || frame.is_some_and(|frame| frame.unit == FrameUnit::Groups) {
            given.clone()
        } else {
            order
        };
        if !partition.is_empty() {
            self.push("PARTITION BY ");
            self.list(&partition, Self::sortable)?;
        }
        // Without an order all rows are peers, which has to be said.
        let peers = order.is_empty() && !ordered && !framed && *func != F::RowNumber;
        if !order.is_empty() || peers {
            self.push(if self.out.len() > start { " " } else { "" });
            self.push(if peers { "ORDER BY NULL" } else { "ORDER BY " });
        }
        for (at, &key) in order.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            if measured && self.nulls_apart(&key) {
                let span = self.ir.scalar(key.scalar).span;
                let refused =
                    self.refuse(span, "RANGE with an offset from values that may be NULL");
                let help =
                    "NULLS FIRST (descending: NULLS LAST) puts them where the database has them";
                return Err(Box::new(refused.help(help)));
            }
            self.key(key)?;
        }
        if let Some(frame) = frame {
            self.push(if self.out.len() > start { " " } else { "" });
            self.mysql_frame(id, frame)?;
        }
        self.push(")");
        Ok(())
    }

    /// The keys that order something: no constants, and none that parts the rows or has come before. A sort has room for
    /// so many texts only.
    fn telling(&self, order: &[SortKey], partition: &[ScalarId]) -> Vec<SortKey> {
        let mut kept: Vec<SortKey> = Vec::new();
        for &key in order {
            let known = kept.iter().map(|before| before.scalar);
            let mut known = partition.iter().copied().chain(known);
            if !self.tells_nothing(key.scalar) && !known.any(|id| self.ir.same(id, key.scalar)) {
                kept.push(key);
            }
        }
        kept
    }

    /// True for a key that is the same for all rows.
    fn tells_nothing(&self, key: ScalarId) -> bool {
        self.is_constant(key) || self.is_lone_parameter(key)
    }

    /// True where a scalar reads no column.
    pub(in crate::emit) fn is_constant(&self, id: ScalarId) -> bool {
        let mut reads = false;
        self.ir.walk(id, &mut |scalar| {
            reads |= match &scalar.kind {
                ScalarKind::Column(column) => !matches!(
                    self.definition(*column),
                    Some(super::super::Def::Inline(inner)) if self.is_constant(*inner)
                ),
                ScalarKind::Literal(_) | ScalarKind::Cast { .. } | ScalarKind::Array(_) => false,
                ScalarKind::Call { .. } | ScalarKind::Case { .. } => false,
                _ => true,
            }
        });
        !reads
    }

    fn mysql_frame(&mut self, id: ScalarId, frame: Frame) -> Res {
        let span = self.ir.scalar(id).span;
        if frame.unit == FrameUnit::Groups {
            return Err(self.refuse(span, "a frame of GROUPS"));
        }
        if frame.exclude != FrameExclude::NoOthers {
            return Err(self.refuse(span, "EXCLUDE"));
        }
        for bound in [frame.start, frame.end] {
            if let FrameBound::Preceding(offset) | FrameBound::Following(offset) = bound
                && self.ir.scalar(offset).ty == Type::Interval
            {
                return Err(self.refuse(span, "a frame of an interval"));
            }
        }
        self.frame(frame, None)
    }
}

/// What stands around 1 where all rows are peers.
fn alone(func: WindowFunc) -> Option<(&'static str, &'static str)> {
    match func {
        WindowFunc::Rank | WindowFunc::DenseRank => Some(("", ")")),
        WindowFunc::PercentRank => Some(("(1e0 * ", ") - 1)")),
        WindowFunc::CumeDist => Some(("(1e0 * ", "))")),
        _ => None,
    }
}

/// True for a frame of all rows where these are peers.
fn is_whole(frame: &Frame) -> bool {
    use FrameBound as B;
    let ends = (frame.start, frame.end);
    frame.exclude == FrameExclude::NoOthers
        && match frame.unit {
            FrameUnit::Rows => matches!(ends, (B::UnboundedPreceding, B::UnboundedFollowing)),
            FrameUnit::Range | FrameUnit::Groups => matches!(
                ends,
                (
                    B::UnboundedPreceding | B::CurrentRow,
                    B::CurrentRow | B::UnboundedFollowing
                )
            ),
        }
}

/// True for a frame that is measured from a key.
fn is_measured(frame: &Frame) -> bool {
    let offset = |bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_));
    frame.unit == FrameUnit::Range && (offset(frame.start) || offset(frame.end))
}
