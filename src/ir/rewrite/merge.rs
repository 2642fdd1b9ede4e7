//! MERGE on targets without it.

use crate::*;
use rql_ast::Span;

/// The temporary table of what is to be done.
const STAGED: &str = "rql_merge";

/// What PostgreSQL says where two rows of the source change the same row.
const TWICE: &str = "MERGE command cannot affect row a second time";

/// MERGE decides first and changes then: a temporary table takes the rows of the source, each with the
/// row it belongs to and the number of its arm, and DELETE, UPDATE and INSERT read it.
pub(super) fn steps(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind: RelKind::Merge(merge),
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let Some((root, ctes)) = ir.withs_around(rel) else {
        return false;
    };
    let pairs = merge.arms.iter().any(|arm| arm.matched);
    let decided = Decided::stage(ir, *merge, &ctes, span);
    let steps = decided.steps(ir, &ctes);
    ir.rels[root.index()].kind = RelKind::Sequence(Box::new(Sequence {
        staged: decided.cte,
        once: pairs.then_some((decided.places, TWICE)),
        steps,
    }));
    true
}

/// The same where rows have no number: by the primary key, which no arm may set.
pub(super) fn steps_by_key(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Merge(merge) = &mut ir.rels[rel.index()].kind else {
        return false;
    };
    let key = merge.target.key.clone();
    let mut sets = merge.arms.iter().flat_map(|arm| match &arm.action {
        MergeAct::Update(assigns) => assigns.as_slice(),
        _ => &[],
    });
    let moves = sets.any(|assign| match assign {
        Assign::One((column, _)) => key.contains(column),
        Assign::Part(part) => key.contains(&part.column),
        Assign::Row { columns, .. } => columns.iter().any(|column| key.contains(column)),
    });
    if key.is_empty() || moves {
        return false;
    }
    merge.target.row_key = key;
    steps(ir, rel)
}

impl Ir {
    /// The root, or the last part there, with the WITH queries on the way from there to a statement.
    fn withs_around(&self, rel: RelId) -> Option<(RelId, Vec<CteId>)> {
        let root = match (self.root?, &self.rel(self.root?).kind) {
            (_, RelKind::Parts(parts)) => parts.last,
            (root, _) => root,
        };
        let (mut at, mut all) = (root, Vec::new());
        while at != rel {
            let RelKind::With { ctes, input } = &self.rel(at).kind else {
                return None;
            };
            all.extend(ctes);
            at = *input;
        }
        Some((root, all))
    }
}

/// A MERGE whose rows are decided.
struct Decided {
    merge: Merge,
    /// What tells the row of the table: its number, or its key.
    row: Vec<ColumnId>,
    cte: CteId,
    /// The same in what is staged.
    places: Vec<ColumnId>,
    span: Span,
}

impl Decided {
    /// `SELECT t.rowid, CASE … END, s.* FROM s LEFT JOIN t ON …`, without the rows for which nothing
    /// is done.
    fn stage(ir: &mut Ir, merge: Merge, ctes: &[CteId], span: Span) -> Self {
        let target = merge.target.clone();
        let (number, row) = match target.row_key.is_empty() {
            true => {
                let number = ir.add_column(ir.free_rowid(&target), Type::BigInt, true);
                (Some(number), vec![number])
            }
            false => (None, target.row_key.clone()),
        };
        let scan = RelKind::Scan {
            schema: target.schema,
            table: target.table,
            alias: target.alias,
            columns: target.columns.iter().copied().chain(number).collect(),
            open: target.open,
            in_order: false,
            only: false,
        };
        let scan = ir.add_rel(scan, span);
        let outer = merge.arms.iter().any(|arm| !arm.matched);
        let join = RelKind::Join {
            kind: if outer {
                JoinKind::Left
            } else {
                JoinKind::Inner
            },
            left: merge.source,
            right: scan,
            on: Some(merge.on),
            merged: Vec::new(),
            lateral: false,
        };
        let join = ir.add_rel(join, span);
        let mut items = Vec::new();
        for (at, &column) in row.iter().enumerate() {
            let place = ir.row_number(column, span);
            let ty = ir.column(column).ty;
            items.push((ir.add_column(&format!("place{}", at + 1), ty, true), place));
        }
        let places: Vec<_> = items.iter().map(|item| item.0).collect();
        let arm = Self::arm(ir, &merge, items[0].1, span);
        items.push((ir.add_column("arm", Type::BigInt, true), arm));
        for id in ir.columns_of(merge.source) {
            let Column {
                name, ty, nullable, ..
            } = ir.column(id).clone();
            let value = ir.reference(id, span);
            items.push((ir.add_column(&name, ty, nullable), value));
        }
        let columns: Vec<_> = items
            .iter()
            .map(|i| (i.0, ir.column(i.0).name.clone()))
            .collect();
        let decided = RelKind::Project {
            input: join,
            visible: items.len(),
            items,
        };
        let decided = ir.add_rel(decided, span);
        let some = ir.reference(columns[row.len()].0, span);
        let predicate = ir.truth(Func::IsNotNull, vec![some], span);
        let acting = RelKind::Filter {
            input: decided,
            predicate,
        };
        let input = ir.add_rel(acting, span);
        let shown: Vec<_> = columns.iter().map(|c| c.0).collect();
        let all = RelKind::Project {
            input,
            visible: shown.len(),
            items: ir.let_through(&shown, span),
        };
        let acting = ir.add_rel(all, span);
        let rel = ir.with(ctes, acting, span);
        let cte = ir.add_cte(Cte {
            name: STAGED.into(),
            rel,
            columns,
            recursive: false,
            materialized: None,
            search: None,
            cycle: None,
        });
        Self {
            merge,
            row,
            cte,
            places,
            span,
        }
    }

    /// Which arm a row takes: NULL where it does nothing.
    fn arm(ir: &mut Ir, merge: &Merge, place: ScalarId, span: Span) -> ScalarId {
        let mut branches = Vec::new();
        for (at, arm) in merge.arms.iter().enumerate() {
            let func = if arm.matched {
                Func::IsNotNull
            } else {
                Func::IsNull
            };
            let mut when = ir.truth(func, vec![place], span);
            if let Some(condition) = arm.condition {
                when = ir.truth(Func::And, vec![when, condition], span);
                let nullable = ir.scalar(condition).nullable;
                ir.scalars[when.index()].nullable = nullable;
            }
            let then = match arm.action {
                MergeAct::Nothing => ir.null(Type::BigInt, span),
                _ => ir.integer(at as i64 + 1, span),
            };
            branches.push((when, then));
        }
        ir.add_scalar(Scalar {
            kind: ScalarKind::Case {
                branches,
                otherwise: None,
            },
            ty: Type::BigInt,
            nullable: true,
            span,
        })
    }

    /// A statement for each arm: rows go before others change, and these before new ones come.
    fn steps(&self, ir: &mut Ir, ctes: &[CteId]) -> Vec<RelId> {
        let mut order: Vec<usize> = (0..self.merge.arms.len()).collect();
        order.sort_by_key(|&at| match self.merge.arms[at].action {
            MergeAct::Nothing | MergeAct::Delete => 0,
            MergeAct::Update(_) => 1,
            MergeAct::Insert { .. } => 2,
        });
        let steps = order.into_iter().filter_map(|at| self.step(ir, at));
        let steps: Vec<_> = steps.collect();
        steps
            .into_iter()
            .map(|step| match ir.reads_any(step, ctes) {
                true => ir.with(ctes, step, self.span),
                false => step,
            })
            .collect()
    }

    fn step(&self, ir: &mut Ir, at: usize) -> Option<RelId> {
        let arm = &self.merge.arms[at];
        let span = self.span;
        if matches!(arm.action, MergeAct::Nothing) {
            return None;
        }
        let (rows, columns) = ir.use_of(self.cte, span);
        let from = ir.columns_of(self.merge.source);
        let keys = self.row.len();
        let to = &columns[keys + 1..];
        let number = (
            ir.reference(columns[keys], span),
            ir.integer(at as i64 + 1, span),
        );
        let this_arm = ir.truth(Func::Eq, vec![number.0, number.1], span);
        let mut both = this_arm;
        for (&row, &place) in self.row.iter().zip(&columns).rev() {
            let pair = (ir.row_number(row, span), ir.reference(place, span));
            let same = ir.truth(Func::Eq, vec![pair.0, pair.1], span);
            both = ir.truth(Func::And, vec![same, both], span);
        }
        let mut target = self.merge.target.clone();
        let has_number =
            target.row_key.is_empty() && !matches!(arm.action, MergeAct::Insert { .. });
        if has_number {
            target.columns.extend_from_slice(&self.row);
        }
        let kind = match &arm.action {
            MergeAct::Nothing => return None,
            MergeAct::Delete => RelKind::Delete(Box::new(Delete {
                target,
                from: Some(rows),
                predicate: Some(both),
                returning: Vec::new(),
            })),
            MergeAct::Update(assigns) => {
                let assigns = assigns.iter().map(|assign| assign.remapped(ir, &from, to));
                RelKind::Update(Box::new(Update {
                    target,
                    assigns: assigns.collect(),
                    from: Some(rows),
                    predicate: Some(both),
                    returning: Vec::new(),
                }))
            }
            MergeAct::Insert {
                columns,
                listed,
                values,
            } => {
                let given = |ir: &Ir, at: usize| {
                    !matches!(ir.scalar(values[at]).kind, ScalarKind::Default(_))
                };
                let kept: Vec<usize> = (0..values.len()).filter(|&at| given(ir, at)).collect();
                let items = kept.iter().map(|&at| {
                    let value = ir.remapped(values[at], &from, to);
                    let Scalar { ty, nullable, .. } = *ir.scalar(value);
                    (
                        ir.add_column(&format!("column{}", at + 1), ty, nullable),
                        value,
                    )
                });
                let items: Vec<_> = items.collect();
                let filter = RelKind::Filter {
                    input: rows,
                    predicate: this_arm,
                };
                let input = ir.add_rel(filter, span);
                let source = RelKind::Project {
                    input,
                    visible: items.len(),
                    items,
                };
                let whole = columns.is_empty();
                RelKind::Insert(Box::new(Insert {
                    target,
                    columns: if whole {
                        Vec::new()
                    } else {
                        kept.iter().map(|&at| columns[at]).collect()
                    },
                    listed: *listed,
                    overriding: None,
                    numbered: Vec::new(),
                    source: Some(ir.add_rel(source, span)),
                    conflict: None,
                    returning: Vec::new(),
                }))
            }
        };
        Some(ir.add_rel(kind, span))
    }
}

impl Ir {
    /// Every table of SQLite has the number of a row, so it never stands by its name alone.
    fn row_number(&mut self, row: ColumnId, span: Span) -> ScalarId {
        let scalar = self.reference(row, span);
        self.qualified.push(scalar);
        scalar
    }

    /// A name of SQLite's number of a row that no column has.
    pub fn free_rowid(&self, target: &Target) -> &'static str {
        let taken = |name: &str| {
            let mut columns = target.columns.iter();
            columns.any(|&id| self.column(id).name.eq_ignore_ascii_case(name))
        };
        let names = ["rowid", "_rowid_", "oid"];
        names
            .into_iter()
            .find(|name| !taken(name))
            .unwrap_or("rowid")
    }

    fn with(&mut self, ctes: &[CteId], input: RelId, span: Span) -> RelId {
        if ctes.is_empty() {
            return input;
        }
        let kind = RelKind::With {
            ctes: ctes.to_vec(),
            input,
        };
        self.add_rel(kind, span)
    }

    fn reads_any(&self, rel: RelId, ctes: &[CteId]) -> bool {
        let mut found = false;
        self.each_below(rel, &mut |rel| {
            found |=
                matches!(self.rel(rel).kind, RelKind::CteScan { cte, .. } if ctes.contains(&cte));
        });
        found
    }
}

impl Assign {
    /// The same over other columns.
    fn remapped(&self, ir: &mut Ir, from: &[ColumnId], to: &[ColumnId]) -> Self {
        match self {
            Self::One((column, value)) => Self::One((*column, ir.remapped(*value, from, to))),
            // PostgreSQL alone takes them, and it has MERGE.
            Self::Part(_) => self.clone(),
            Self::Row { query, .. } => {
                ir.remap_rel(*query, from, to);
                self.clone()
            }
        }
    }
}
