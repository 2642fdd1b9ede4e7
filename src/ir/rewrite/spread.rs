//! The right side of LATERAL, computed for all left rows at once.

use super::lateral::{mentions, reads};
use crate::*;
use rql_ast::Span;

/// What is computed for all left rows at once.
pub(super) struct Spread {
    /// The numbered rows.
    pub(super) cte: CteId,
    /// Their columns behind the number, as they were before.
    pub(super) given: Vec<ColumnId>,
    /// Those that the right side refers to.
    pub(super) outer: Vec<ColumnId>,
    /// WITH queries of the right side that depend on the left row.
    pub(super) within: Vec<CteId>,
    pub(super) span: Span,
    /// Lateral joins of the right side, whose turn comes after.
    pub(super) again: Vec<RelId>,
}

/// Rows and, for each left row that they belong to, its number and the columns that are referred to.
type Rows = (RelId, Vec<ColumnId>);

impl Spread {
    pub(super) fn rel(&mut self, ir: &mut Ir, rel: RelId) -> Option<Rows> {
        if !self.depends(ir, rel) {
            return Some(self.beside(ir, rel));
        }
        let span = ir.rel(rel).span;
        match ir.rel(rel).kind.clone() {
            RelKind::Values { rows, columns } => self.values(ir, rel, &rows, &columns),
            RelKind::TableFunction { .. } => {
                let (left, keys) = self.left_rows(ir);
                self.remap(ir, rel, &keys);
                let join = cross(left, rel, true);
                Some((ir.add_rel(join, span), keys))
            }
            RelKind::CteScan {
                cte,
                alias,
                mut columns,
            } => {
                let keys: Vec<_> = self.keys_of(ir, cte);
                let keys: Vec<_> = keys.into_iter().map(|id| copy(ir, id)).collect();
                columns.extend(&keys);
                ir.rels[rel.index()].kind = RelKind::CteScan {
                    cte,
                    alias,
                    columns,
                };
                Some((rel, keys))
            }
            RelKind::Derived {
                input,
                alias,
                mut columns,
            } => {
                let (input, keys) = self.rel(ir, input)?;
                let shown: Vec<_> = columns.iter().map(|c| c.0).collect();
                let input = self.showing(ir, input, &shown, &keys);
                columns.extend(keys.iter().map(|&id| (id, ir.column(id).name.clone())));
                ir.rels[rel.index()].kind = RelKind::Derived {
                    input,
                    alias,
                    columns,
                };
                Some((rel, keys))
            }
            RelKind::Filter { input, .. } => {
                let (rows, keys) = self.rel(ir, input)?;
                self.remap(ir, rel, &keys);
                if let RelKind::Filter { input, .. } = &mut ir.rels[rel.index()].kind {
                    *input = rows;
                }
                Some((rel, keys))
            }
            RelKind::Project { input, .. } => {
                let (rows, keys) = self.rel(ir, input)?;
                self.remap(ir, rel, &keys);
                let through = ir.let_through(&keys, span);
                if let RelKind::Project {
                    input,
                    items,
                    visible,
                } = &mut ir.rels[rel.index()].kind
                {
                    *input = rows;
                    let at = *visible;
                    *visible += through.len();
                    items.splice(at..at, through);
                }
                Some((rel, keys))
            }
            RelKind::Window { input, .. } => {
                let (rows, keys) = self.rel(ir, input)?;
                self.remap(ir, rel, &keys);
                let number = ir.reference(keys[0], span);
                let RelKind::Window { items, .. } = ir.rel(rel).kind.clone() else {
                    return None;
                };
                for &(_, scalar) in &items {
                    let kind = &mut ir.scalars[scalar.index()].kind;
                    if let ScalarKind::Window { partition, .. } = kind {
                        partition.insert(0, number);
                    }
                }
                ir.rels[rel.index()].kind = RelKind::Window { input: rows, items };
                Some((rel, keys))
            }
            RelKind::Distinct { input } => {
                let (input, keys) = self.rel(ir, input)?;
                ir.rels[rel.index()].kind = RelKind::Distinct { input };
                Some((rel, keys))
            }
            // The order of the right side's rows is lost in a join.
            RelKind::Sort { input, .. } => self.rel(ir, input),
            RelKind::DistinctOn { .. } | RelKind::Limit { .. } => self.first(ir, rel),
            RelKind::Aggregate { .. } => self.aggregate(ir, rel),
            RelKind::SetOp { .. } => self.set_operation(ir, rel),
            RelKind::Join { .. } => self.join(ir, rel),
            RelKind::With { ctes, input } => {
                for &cte in &ctes {
                    let Cte {
                        rel: rows,
                        recursive,
                        ..
                    } = ir.ctes[cte.index()];
                    if !self.depends(ir, rows) {
                        continue;
                    }
                    if recursive {
                        return None;
                    }
                    let (rows, keys) = self.rel(ir, rows)?;
                    let shown: Vec<_> = ir.ctes[cte.index()].columns.iter().map(|c| c.0).collect();
                    let rows = self.showing(ir, rows, &shown, &keys);
                    let keys: Vec<_> = keys
                        .into_iter()
                        .map(|id| (id, ir.column(id).name.clone()))
                        .collect();
                    let entry = &mut ir.ctes[cte.index()];
                    entry.rel = rows;
                    entry.columns.extend(keys);
                    self.within.push(cte);
                }
                let (input, keys) = self.rel(ir, input)?;
                ir.rels[rel.index()].kind = RelKind::With { ctes, input };
                Some((rel, keys))
            }
            // What is locked is a table's rows, and these are joined ones.
            RelKind::Lock { .. }
            | RelKind::Sample { .. }
            | RelKind::OneRow
            | RelKind::Scan { .. }
            | RelKind::Insert(_)
            | RelKind::Update(_)
            | RelKind::Delete(_)
            | RelKind::Merge(_)
            | RelKind::Parts(_)
            | RelKind::Sequence(_)
            | RelKind::Define(_) => None,
        }
    }

    fn depends(&self, ir: &Ir, rel: RelId) -> bool {
        mentions(ir, rel, &self.outer) || reads(ir, rel, &self.within)
    }

    /// A use of the left rows: its number and the columns that are referred to.
    fn left_rows(&self, ir: &mut Ir) -> Rows {
        let (rows, columns) = ir.another_use_of(self.cte, self.span);
        let mut keys = vec![columns[0]];
        for id in &self.outer {
            let at = self.given.iter().position(|g| g == id);
            keys.extend(at.map(|at| columns[at + 1]));
        }
        (rows, keys)
    }

    /// Rows that are the same for every left row.
    fn beside(&self, ir: &mut Ir, rel: RelId) -> Rows {
        let span = ir.rel(rel).span;
        let (left, keys) = self.left_rows(ir);
        if matches!(ir.rel(rel).kind, RelKind::OneRow) {
            return (left, keys);
        }
        let join = cross(left, rel, false);
        (ir.add_rel(join, span), keys)
    }

    /// The operator's scalars over the columns of its input.
    fn remap(&self, ir: &mut Ir, rel: RelId, keys: &[ColumnId]) {
        let mut kind = ir.rel(rel).kind.clone();
        kind.map_scalars(&mut |scalar| ir.remapped(scalar, &self.outer, &keys[1..]));
        ir.rels[rel.index()].kind = kind;
    }

    /// The keys that a WITH query was given: the last of its columns.
    fn keys_of(&self, ir: &Ir, cte: CteId) -> Vec<ColumnId> {
        let columns = &ir.ctes[cte.index()].columns;
        let from = columns.len().saturating_sub(self.outer.len() + 1);
        columns[from..].iter().map(|c| c.0).collect()
    }

    /// `rel` with these columns and then the keys, and no others.
    fn showing(&self, ir: &mut Ir, rel: RelId, shown: &[ColumnId], keys: &[ColumnId]) -> RelId {
        let wanted = [shown, keys].concat();
        if ir.columns_of(rel)[..ir.visible(rel)] == wanted {
            return rel;
        }
        let span = ir.rel(rel).span;
        let items = ir.let_through(&wanted, span);
        let kind = RelKind::project(rel, items);
        ir.add_rel(kind, span)
    }

    /// VALUES: a projection of the left rows for each row written.
    fn values(
        &self,
        ir: &mut Ir,
        rel: RelId,
        rows: &[Vec<ScalarId>],
        columns: &[ColumnId],
    ) -> Option<Rows> {
        let span = ir.rel(rel).span;
        let mut all: Option<Rows> = None;
        for row in rows {
            let (input, keys) = self.left_rows(ir);
            let mut items = Vec::new();
            for (&column, &scalar) in columns.iter().zip(row) {
                let scalar = ir.remapped(scalar, &self.outer, &keys[1..]);
                items.push((copy(ir, column), scalar));
            }
            items.extend(ir.let_through(&keys, span));
            let made: Vec<_> = items.iter().map(|item| item.0).collect();
            let kind = RelKind::project(input, items);
            let right = ir.add_rel(kind, span);
            all = Some(match all {
                None => (right, made),
                Some((left, shown)) => {
                    let columns: Vec<_> = shown.iter().map(|&id| copy(ir, id)).collect();
                    let kind = RelKind::SetOp {
                        op: SetOp::Union,
                        all: true,
                        left,
                        right,
                        sides: (shown, made),
                        columns: columns.clone(),
                    };
                    (ir.add_rel(kind, span), columns)
                }
            });
        }
        let (input, made) = all?;
        let mut items = Vec::new();
        for (&column, &below) in columns.iter().zip(&made) {
            items.push((column, ir.reference(below, span)));
        }
        let keys = made[columns.len()..].to_vec();
        items.extend(ir.let_through(&keys, span));
        ir.rels[rel.index()].kind = RelKind::project(input, items);
        Some((rel, keys))
    }

    /// LIMIT and DISTINCT ON: by a number within each left row.
    fn first(&mut self, ir: &mut Ir, rel: RelId) -> Option<Rows> {
        let span = ir.rel(rel).span;
        let input = ir.inputs(rel)[0];
        let (below, order) = ir.unsorted(input);
        let (rows, keys) = self.rel(ir, below)?;
        self.remap(ir, rel, &keys);
        let order: Vec<_> = order
            .into_iter()
            .map(|key| SortKey {
                scalar: ir.remapped(key.scalar, &self.outer, &keys[1..]),
                ..key
            })
            .collect();
        let mut partition = vec![ir.reference(keys[0], span)];
        let (numbers, predicate) = match ir.rel(rel).kind.clone() {
            RelKind::DistinctOn { keys: on, .. } => {
                partition.extend(on);
                let number = ir.place(WindowFunc::RowNumber, partition, order, span);
                let place = ir.reference(number.0, span);
                let one = ir.integer(1, span);
                (vec![number], ir.truth(Func::Eq, vec![place, one], span))
            }
            RelKind::Limit {
                count,
                offset,
                with_ties,
                ..
            } => super::numbered::between(ir, (count, offset, with_ties), partition, &order, span),
            _ => return None,
        };
        super::numbered::keep(ir, rel, rows, numbers, predicate, Vec::new());
        Some((rel, keys))
    }

    /// The groups of each left row; without GROUP BY there is one for each, rows or not.
    fn aggregate(&mut self, ir: &mut Ir, rel: RelId) -> Option<Rows> {
        let span = ir.rel(rel).span;
        if super::grouping::sets(ir, rel) {
            return self.rel(ir, rel);
        }
        let RelKind::Aggregate { input, .. } = ir.rel(rel).kind else {
            return None;
        };
        let (mut rows, mut keys) = self.rel(ir, input)?;
        self.remap(ir, rel, &keys);
        let RelKind::Aggregate {
            mut groups,
            dependent,
            mut aggregates,
            ..
        } = ir.rel(rel).kind.clone()
        else {
            return None;
        };
        if groups.is_empty() {
            let (all, own) = self.left_rows(ir);
            let marker = ir.add_column("found", Type::Integer, true);
            let one = ir.constant(1, Type::Integer, span);
            let columns = ir.columns_of(rows);
            let mut items = ir.let_through(&columns, span);
            items.push((marker, one));
            let kind = RelKind::project(rows, items);
            let right = ir.add_rel(kind, span);
            let pair = [ir.reference(own[0], span), ir.reference(keys[0], span)];
            let on = ir.truth(Func::Eq, pair.to_vec(), span);
            let join = RelKind::Join {
                kind: JoinKind::Left,
                left: all,
                right,
                on: Some(on),
                merged: Vec::new(),
                lateral: false,
            };
            rows = ir.add_rel(join, span);
            keys = own;
            for item in &mut aggregates {
                item.1 = only_found(ir, item.1, marker, span);
            }
        }
        groups.extend(ir.let_through(&keys, span));
        ir.rels[rel.index()].kind = RelKind::Aggregate {
            input: rows,
            groups,
            sets: None,
            dependent,
            aggregates,
        };
        Some((rel, keys))
    }

    /// Both operands with the keys behind their columns; equal rows are equal within one left row.
    fn set_operation(&mut self, ir: &mut Ir, rel: RelId) -> Option<Rows> {
        let RelKind::SetOp {
            op,
            all,
            left,
            right,
            mut sides,
            mut columns,
        } = ir.rel(rel).kind.clone()
        else {
            return None;
        };
        let (left, keys) = self.rel(ir, left)?;
        let left = self.showing(ir, left, &sides.0, &keys);
        let made: Vec<_> = keys.iter().map(|&id| copy(ir, id)).collect();
        sides.0.extend(keys);
        let (right, keys) = self.rel(ir, right)?;
        let right = self.showing(ir, right, &sides.1, &keys);
        sides.1.extend(keys);
        columns.extend(&made);
        ir.rels[rel.index()].kind = RelKind::SetOp {
            op,
            all,
            left,
            right,
            sides,
            columns,
        };
        Some((rel, made))
    }

    /// A join inside: the side that keeps its rows has the keys, or both where both depend on them.
    fn join(&mut self, ir: &mut Ir, rel: RelId) -> Option<Rows> {
        let span = ir.rel(rel).span;
        let RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
        } = ir.rel(rel).kind.clone()
        else {
            return None;
        };
        // Rows that depend on those around alone are joined by their number.
        let lateral = lateral && mentions(ir, right, &ir.columns_of(left));
        let one_side = matches!(kind, JoinKind::Inner | JoinKind::Cross | JoinKind::Left);
        let both = !lateral && (!one_side || self.depends(ir, right));
        let (left, keys) = self.rel(ir, left)?;
        let mut right = right;
        let mut on = on.map(|on| ir.remapped(on, &self.outer, &keys[1..]));
        let mut result = keys.clone();
        if both {
            let (rows, others) = self.rel(ir, right)?;
            right = rows;
            let pair = [ir.reference(keys[0], span), ir.reference(others[0], span)];
            let same = ir.truth(Func::Eq, pair.to_vec(), span);
            on = Some(match on.filter(|&on| !ir.is_true(on)) {
                Some(on) => ir.truth(Func::And, vec![same, on], span),
                None => same,
            });
            match kind {
                JoinKind::Full => return None,
                JoinKind::Right => result = others,
                _ => {}
            }
        } else if lateral {
            ir.remap_rel(right, &self.outer, &keys[1..]);
            self.again.push(rel);
        }
        let kind = match (kind, on) {
            (JoinKind::Cross, Some(_)) => JoinKind::Inner,
            (kind, _) => kind,
        };
        ir.rels[rel.index()].kind = RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
        };
        Some((rel, result))
    }
}

/// An aggregate that does not count the row that stands for none.
fn only_found(ir: &mut Ir, scalar: ScalarId, marker: ColumnId, span: Span) -> ScalarId {
    let found = ir.reference(marker, span);
    let found = ir.truth(Func::IsNotNull, vec![found], span);
    let mut new = ir.scalar(scalar).clone();
    if let ScalarKind::Aggregate { filter, .. } = &mut new.kind {
        let condition = match *filter {
            Some(other) => ir.truth(Func::And, vec![found, other], span),
            None => found,
        };
        *filter = Some(condition);
    }
    ir.add_scalar(new)
}

const fn cross(left: RelId, right: RelId, lateral: bool) -> RelKind {
    RelKind::Join {
        kind: JoinKind::Cross,
        left,
        right,
        on: None,
        merged: Vec::new(),
        lateral,
    }
}

/// A column of the same name and type.
fn copy(ir: &mut Ir, id: ColumnId) -> ColumnId {
    let Column { ty, nullable, .. } = *ir.column(id);
    let name = ir.column(id).name.clone();
    ir.add_column(&name, ty, nullable)
}
