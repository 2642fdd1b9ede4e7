//! Running aggregates without window functions: a feed in the wanted order, and what to add up while
//! its rows pass.
//!
//! The plan exists where the running aggregates are the top of the query: nothing but ORDER BY and
//! LIMIT stands above them, and that order agrees with theirs.

use crate::{Dialect, Emitted, OutColumn, emit, in_order};
use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_ir::{
    Agg, ColumnId, Func, Ir, Item, RelId, RelKind, ScalarId, ScalarKind, SortKey, Type, WindowFunc,
    rewrite,
};

/// A plan: run the feed, pass its rows on, add up.
#[derive(Clone, Debug)]
pub struct Accumulation {
    /// The query whose rows are added up, in order.
    pub feed: Emitted,
    /// The result's columns.
    pub columns: Vec<OutColumn>,
    /// Where each of them comes from.
    pub sources: Vec<Source>,
    /// What is added up.
    pub running: Vec<Running>,
    /// The column of the feed by whose numbers its rows come, though nothing in its text says so: a row
    /// that does not is an error.
    pub ascending: Option<usize>,
}

impl Accumulation {
    /// True where adding up is faster than the database's window functions. Measured on a million
    /// rows: SQLite's cost several times the loop, PostgreSQL's less than it where there are
    /// partitions.
    #[must_use]
    pub fn is_faster(&self, dialect: Dialect) -> bool {
        dialect == Dialect::Sqlite || self.running.iter().all(|r| r.partition.is_empty())
    }
}

/// Where a column of the result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A column of the feed.
    Feed(usize),
    /// A running aggregate.
    Running(usize),
}

/// A running aggregate, its operands by their places in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Which aggregate.
    pub func: Agg,
    /// What is added up; `None` counts rows.
    pub argument: Option<usize>,
    /// Rows for which this is not true are passed over.
    pub filter: Option<usize>,
    /// Each combination of these is added up by itself.
    pub partition: Vec<usize>,
    /// Where these were written.
    pub keys: Vec<Span>,
    /// The type of its result.
    pub ty: Type,
    /// Where it was written.
    pub span: Span,
}

/// The operators at the top of a query that a plan can be made of.
struct Top {
    with: Option<RelId>,
    limit: Option<RelId>,
    sort: Vec<SortKey>,
    sort_span: Span,
    project: RelId,
    items: Vec<Item>,
    visible: usize,
    windows: Vec<Item>,
    input: RelId,
}

/// The plan for a query, where it has one; no error but those that emission has.
///
/// # Errors
/// As [`emit`], for the feed.
pub fn accumulate(ir: &Ir, dialect: Dialect) -> Result<Option<Accumulation>, Box<Diagnostic>> {
    let Some(top) = top(ir) else {
        return Ok(None);
    };
    let Some(order) = order(ir, &top) else {
        return Ok(None);
    };
    let mut feed = Feed {
        ir: ir.clone(),
        items: Vec::new(),
        seen: 0,
    };
    let mut sources = Vec::new();
    let mut operands = Vec::new();
    for &(column, scalar) in &top.items[..top.visible] {
        match running_at(ir, scalar, &top.windows) {
            Some(at) => sources.push(Source::Running(at)),
            None => sources.push(Source::Feed(feed.item(column, scalar))),
        }
    }
    for &(_, window) in &top.windows {
        let ScalarKind::Window {
            func: WindowFunc::Agg(func),
            args,
            filter,
            partition,
            ..
        } = &ir.scalar(window).kind
        else {
            return Ok(None);
        };
        operands.push(Running {
            func: *func,
            argument: args.first().map(|&arg| feed.operand(arg)),
            filter: filter.map(|filter| feed.operand(filter)),
            partition: partition.iter().map(|&key| feed.operand(key)).collect(),
            keys: partition.iter().map(|&key| ir.scalar(key).span).collect(),
            ty: ir.scalar(window).ty,
            span: ir.scalar(window).span,
        });
    }
    let mut feed = feed.finish(&top, &order);
    let ascending = match dialect {
        Dialect::Sqlite => in_order::scan(&mut feed),
        _ => None,
    };
    rewrite::run(&mut feed, &dialect.traits().can);
    let feed = emit(&feed, dialect)?;
    let columns = ir.output.iter().zip(&sources).map(|((id, name), source)| {
        let column = ir.column(*id);
        OutColumn {
            name: name.clone(),
            ty: column.ty,
            nullable: column.nullable,
            encoding: match *source {
                Source::Feed(at) => feed.columns[at].encoding,
                Source::Running(_) => crate::Encoding::Stored,
            },
        }
    });
    Ok(Some(Accumulation {
        columns: columns.collect(),
        sources,
        running: operands,
        ascending,
        feed,
    }))
}

/// Peels what may stand above running aggregates.
fn top(ir: &Ir) -> Option<Top> {
    let mut at = ir.root?;
    let mut with = None;
    if let RelKind::With { input, .. } = ir.rel(at).kind {
        with = Some(at);
        at = input;
    }
    let mut limit = None;
    if let RelKind::Limit {
        input,
        offset: None,
        with_ties: false,
        ..
    } = ir.rel(at).kind
    {
        limit = Some(at);
        at = input;
    }
    let mut sort = Vec::new();
    let sort_span = ir.rel(at).span;
    if let RelKind::Sort { input, keys } = &ir.rel(at).kind {
        sort.clone_from(keys);
        at = *input;
    }
    let RelKind::Project {
        input,
        items,
        visible,
    } = &ir.rel(at).kind
    else {
        return None;
    };
    let RelKind::Window {
        input: rows,
        items: windows,
    } = &ir.rel(*input).kind
    else {
        return None;
    };
    let all_running = windows.iter().all(|w| {
        matches!(
            ir.scalar(w.1).kind,
            ScalarKind::Window { running: true, func: WindowFunc::Agg(agg), .. } if adds_up(agg)
        )
    });
    // A running aggregate is shown as it is; what is computed from one needs the window.
    let shown = items.iter().enumerate().all(|(at, item)| {
        let whole = running_at(ir, item.1, windows).is_some();
        (whole && at < *visible) || !sees(ir, item.1, windows)
    });
    (all_running && shown && ir.guards.is_empty()).then(|| Top {
        with,
        limit,
        sort,
        sort_span,
        project: at,
        items: items.clone(),
        visible: *visible,
        windows: windows.clone(),
        input: *rows,
    })
}

fn adds_up(agg: Agg) -> bool {
    matches!(agg, Agg::Count | Agg::Sum | Agg::Avg | Agg::Min | Agg::Max)
}

fn running_at(ir: &Ir, scalar: ScalarId, windows: &[Item]) -> Option<usize> {
    match ir.scalar(scalar).kind {
        ScalarKind::Column(id) => windows.iter().position(|w| w.0 == id),
        _ => None,
    }
}

fn sees(ir: &Ir, scalar: ScalarId, windows: &[Item]) -> bool {
    let made = |id: ColumnId| windows.iter().any(|w| w.0 == id);
    let mut found = false;
    ir.walk(scalar, &mut |s| {
        found |= matches!(s.kind, ScalarKind::Column(id) if made(id));
    });
    found
}

/// The order in which rows must come: that of every running aggregate, which the query's own order
/// must begin.
fn order(ir: &Ir, top: &Top) -> Option<Vec<SortKey>> {
    let order_of = |item: &Item| match &ir.scalar(item.1).kind {
        ScalarKind::Window { order, .. } => Some(order.clone()),
        _ => None,
    };
    let mut all = top.windows.iter().map(order_of);
    let first = all.next()??;
    let same = |a: &SortKey, b: &SortKey| {
        ir.same(a.scalar, b.scalar)
            && (a.descending, a.nulls_first) == (b.descending, b.nulls_first)
    };
    let agree = |other: &[SortKey]| {
        other.len() == first.len() && first.iter().zip(other).all(|(a, b)| same(a, b))
    };
    if !all.all(|other| other.is_some_and(|other| agree(&other))) {
        return None;
    }
    // A key of the query's order names a column of the SELECT list.
    let sorted: Option<Vec<SortKey>> = top
        .sort
        .iter()
        .map(|key| match ir.scalar(key.scalar).kind {
            ScalarKind::Column(id) => {
                let item = top.items.iter().find(|item| item.0 == id)?;
                Some(SortKey {
                    scalar: item.1,
                    ..*key
                })
            }
            _ => None,
        })
        .collect();
    let sorted = sorted?;
    let begins = sorted.len() <= first.len() && sorted.iter().zip(&first).all(|(a, b)| same(a, b));
    begins.then_some(first)
}

/// True for a literal, with a sign or a type.
fn is_constant(ir: &Ir, scalar: ScalarId) -> bool {
    match &ir.scalar(scalar).kind {
        ScalarKind::Literal(_) => true,
        ScalarKind::Cast { operand, .. } => is_constant(ir, *operand),
        ScalarKind::Call { func, args } => *func == Func::Neg && is_constant(ir, args[0]),
        _ => false,
    }
}

/// The feed as it is made.
struct Feed {
    ir: Ir,
    items: Vec<Item>,
    seen: usize,
}

impl Feed {
    fn item(&mut self, column: ColumnId, scalar: ScalarId) -> usize {
        self.items.push((column, scalar));
        self.seen = self.items.len();
        self.seen - 1
    }

    /// The place of a scalar in the feed, added where it is new.
    fn operand(&mut self, scalar: ScalarId) -> usize {
        if let Some(at) = self.items.iter().position(|i| self.ir.same(i.1, scalar)) {
            return at;
        }
        let column = self.column(scalar);
        self.item(column, scalar)
    }

    fn column(&mut self, scalar: ScalarId) -> ColumnId {
        let (ty, nullable) = {
            let scalar = self.ir.scalar(scalar);
            (scalar.ty, scalar.nullable)
        };
        let name = format!("operand{}", self.items.len() + 1);
        self.ir.add_column(&name, ty, nullable)
    }

    /// The query: the items, in the order, up to the limit.
    fn finish(mut self, top: &Top, order: &[SortKey]) -> Ir {
        let output: Vec<(ColumnId, String)> = self
            .items
            .iter()
            .map(|item| (item.0, self.ir.column(item.0).name.clone()))
            .collect();
        let mut keys = Vec::new();
        for key in order {
            // A constant orders nothing, and is a mistake in ORDER BY to PostgreSQL.
            if is_constant(&self.ir, key.scalar) {
                continue;
            }
            let at = self
                .items
                .iter()
                .position(|i| self.ir.same(i.1, key.scalar));
            let id = match at {
                Some(at) => self.items[at].0,
                None => {
                    let id = self.column(key.scalar);
                    self.items.push((id, key.scalar));
                    id
                }
            };
            let scalar = self.ir.reference(id, top.sort_span);
            keys.push(SortKey { scalar, ..*key });
        }
        let ir = &mut self.ir;
        ir.rels[top.project.index()].kind = RelKind::Project {
            input: top.input,
            items: self.items,
            visible: self.seen,
        };
        let mut root = top.project;
        if !keys.is_empty() {
            root = ir.add_rel(RelKind::Sort { input: root, keys }, top.sort_span);
        }
        if let Some(limit) = top.limit {
            if let RelKind::Limit { input, .. } = &mut ir.rels[limit.index()].kind {
                *input = root;
            }
            root = limit;
        }
        if let Some(with) = top.with {
            if let RelKind::With { input, .. } = &mut ir.rels[with.index()].kind {
                *input = root;
            }
            root = with;
        }
        ir.root = Some(root);
        ir.output = output;
        self.ir
    }
}
