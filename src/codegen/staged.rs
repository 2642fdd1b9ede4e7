//! Running aggregates inside of a query, without window functions: each is added up into a table of its
//! own, which the rest of the query reads.
//!
//! A stage stands for an operator of running aggregates whose rows depend on nothing around it. Where one
//! depends on more, all of the query keeps its windows.

use crate::accumulate::{Accumulation, accumulate};
use crate::types::declared;
use crate::{Dialect, Emitted, emit};
use rql_diagnostics::Diagnostic;
use rql_ir::{
    ColumnId, CteId, Func, Ir, RelId, RelKind, Scalar, ScalarId, ScalarKind, WindowFunc, rewrite,
};
use std::collections::BTreeSet;

/// A table that is filled before the query runs.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name.
    pub table: String,
    /// What fills it; its columns are the table's.
    pub plan: Accumulation,
}

/// A query in stages.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The tables, in the order in which they are filled; a later one may read those before.
    pub stages: Vec<Stage>,
    /// The query that reads them.
    pub query: Emitted,
}

/// The stages of a query, where every running aggregate of it has one.
///
/// # Errors
/// As [`emit`].
pub fn staged(ir: &Ir, dialect: Dialect) -> Result<Option<Staged>, Box<Diagnostic>> {
    let Some(root) = ir.root.filter(|_| ir.guards.is_empty()) else {
        return Ok(None);
    };
    let mut found = Vec::new();
    ir.each_below(root, &mut |rel| {
        if is_running(ir, rel) && !found.contains(&rel) {
            found.push(rel);
        }
    });
    let changes = |rel: RelId| {
        let kind = &ir.rel(rel).kind;
        kind.is_change() || matches!(kind, RelKind::Define(_))
    };
    let mut all = Vec::new();
    ir.each_below(root, &mut |rel| all.push(rel));
    if found.is_empty() || all.into_iter().any(changes) {
        return Ok(None);
    }
    let mut rest = ir.clone();
    let mut stages = Vec::new();
    // What stands within another comes before it.
    for &rel in found.iter().rev() {
        let Some(inner) = apart(&rest, rel, dialect) else {
            return Ok(None);
        };
        let Some(plan) = accumulate(&inner, dialect)? else {
            return Ok(None);
        };
        let table = format!("rql_stage_{}", stages.len() + 1);
        let columns: Vec<ColumnId> = inner.output.iter().map(|column| column.0).collect();
        for (column, name) in &inner.output {
            rest.columns[column.index()].name.clone_from(name);
        }
        rest.rels[rel.index()].kind = RelKind::Scan {
            schema: None,
            table: table.clone(),
            alias: table.clone(),
            columns,
            open: false,
            in_order: false,
            only: false,
        };
        stages.push(Stage { table, plan });
    }
    only_its_parameters(&mut rest);
    rewrite::run(&mut rest, &dialect.traits().can);
    let query = emit(&rest, dialect)?;
    Ok(Some(Staged { stages, query }))
}

/// True for an operator of running aggregates.
fn is_running(ir: &Ir, rel: RelId) -> bool {
    let running = |scalar: ScalarId| {
        matches!(
            ir.scalar(scalar).kind,
            ScalarKind::Window {
                running: true,
                func: WindowFunc::Agg(_),
                ..
            }
        )
    };
    match &ir.rel(rel).kind {
        RelKind::Window { items, .. } => items.iter().any(|item| running(item.1)),
        _ => false,
    }
}

/// The query of an operator's rows, with the columns that something names; `None` where it is no query of
/// its own.
fn apart(ir: &Ir, rel: RelId, dialect: Dialect) -> Option<Ir> {
    let below = Below::of(ir, rel);
    if !below.stands_alone(ir, rel) {
        return None;
    }
    let mut inner = ir.clone();
    let span = ir.rel(rel).span;
    let named = named(ir);
    let columns: Vec<ColumnId> = ir
        .columns_of(rel)
        .into_iter()
        .filter(|column| named.contains(column))
        .collect();
    // A table of the dialect must keep the values.
    let kept = |column: &ColumnId| declared(ir.column(*column).ty, dialect).is_some();
    if columns.is_empty() || !columns.iter().all(kept) {
        return None;
    }
    let items = inner.let_through(&columns, span);
    let project = RelKind::Project {
        input: rel,
        visible: items.len(),
        items,
    };
    let mut root = inner.add_rel(project, span);
    if !below.ctes.is_empty() {
        let ctes = below.ctes.iter().copied().collect();
        root = inner.add_rel(RelKind::With { ctes, input: root }, span);
    }
    inner.root = Some(root);
    let names = columns.iter().enumerate();
    inner.output = names
        .map(|(at, &id)| (id, format!("c{}", at + 1)))
        .collect();
    only_its_parameters(&mut inner);
    Some(inner)
}

/// All that an operator reads.
struct Below {
    rels: Vec<RelId>,
    ctes: BTreeSet<CteId>,
}

impl Below {
    fn of(ir: &Ir, rel: RelId) -> Self {
        let mut below = Self {
            rels: Vec::new(),
            ctes: BTreeSet::new(),
        };
        let mut next = vec![rel];
        while let Some(rel) = next.pop() {
            ir.each_below(rel, &mut |rel| {
                below.rels.push(rel);
                if let RelKind::CteScan { cte, .. } = ir.rel(rel).kind
                    && below.ctes.insert(cte)
                {
                    next.push(ir.ctes[cte.index()].rel);
                }
            });
        }
        // Those that it has in a WITH of its own it keeps there.
        for &rel in &below.rels {
            if let RelKind::With { ctes, .. } = &ir.rel(rel).kind {
                ctes.iter().for_each(|cte| {
                    below.ctes.remove(cte);
                });
            }
        }
        below
    }

    /// True where nothing around it is read, its rows are the same each time, and no recursion needs it.
    fn stands_alone(&self, ir: &Ir, rel: RelId) -> bool {
        let within: BTreeSet<ColumnId> = self
            .rels
            .iter()
            .flat_map(|&rel| ir.columns_of(rel))
            .collect();
        let mut alone = true;
        each_scalar(ir, &self.rels, &mut |scalar| {
            alone &= match scalar.kind {
                ScalarKind::Column(id) => within.contains(&id),
                ScalarKind::Call { func, .. } => !matches!(
                    func,
                    Func::Random | Func::GenRandomUuid | Func::ClockTimestamp
                ),
                ScalarKind::BackendCall { .. } | ScalarKind::Wildcard(_) => false,
                _ => true,
            };
        });
        let recurs = |cte: &CteId| {
            let mut inside = false;
            ir.each_below(ir.ctes[cte.index()].rel, &mut |below| {
                inside |= below == rel
            });
            inside
        };
        let open = |&rel: &RelId| {
            matches!(
                ir.rel(rel).kind,
                RelKind::Scan { open: true, .. } | RelKind::Sample { .. }
            )
        };
        alone && !self.ctes.iter().any(recurs) && !self.rels.iter().any(open)
    }
}

fn each_scalar(ir: &Ir, rels: &[RelId], visit: &mut dyn FnMut(&Scalar)) {
    for &rel in rels {
        ir.each_scalar(rel, &mut |scalar| ir.walk(scalar, visit));
    }
}

/// The columns that something names.
fn named(ir: &Ir) -> BTreeSet<ColumnId> {
    let mut named: BTreeSet<ColumnId> = ir.output.iter().map(|column| column.0).collect();
    for scalar in &ir.scalars {
        if let ScalarKind::Column(id) = scalar.kind {
            named.insert(id);
        }
    }
    for rel in &ir.rels {
        match &rel.kind {
            RelKind::Join { merged, .. } => {
                named.extend(merged.iter().flat_map(|m| [m.left, m.right]));
            }
            RelKind::SetOp { sides, .. } => named.extend(sides.0.iter().chain(&sides.1)),
            RelKind::Derived { columns, .. } => named.extend(columns.iter().map(|c| c.0)),
            _ => {}
        }
    }
    named
}

/// Leaves the parameters that what is left of a statement has.
fn only_its_parameters(ir: &mut Ir) {
    let Some(root) = ir.root else { return };
    let below = Below::of(ir, root);
    let mut used = BTreeSet::new();
    each_scalar(ir, &below.rels, &mut |scalar| {
        if let ScalarKind::Param(at) = scalar.kind {
            used.insert(at);
        }
    });
    for scalar in &mut ir.scalars {
        if let ScalarKind::Param(at) = &mut scalar.kind
            && let Some(new) = used.iter().position(|old| old == at)
        {
            *at = new;
        }
    }
    let all = core::mem::take(&mut ir.params);
    let kept = all
        .into_iter()
        .enumerate()
        .filter(|(at, _)| used.contains(at));
    ir.params = kept.map(|(_, param)| param).collect();
}
