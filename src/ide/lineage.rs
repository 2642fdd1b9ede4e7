//! Where the columns of a result come from.

use crate::collect::Collector;
use crate::known::Before;
use crate::look::{holds, look_at, parts, within};
use crate::{Entity, Snapshot};
use core::fmt;
use rql_ast::{Ast, CreateObject, ExprKind, Id, InsertColumn, Query, StmtKind};
use rql_ir::{ColumnId, Ir, Part, RelKind, ScalarId, ScalarKind, Type};
use std::collections::{HashMap, HashSet};

/// Where the columns of a query's result come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The columns, in their order.
    pub columns: Vec<Derived>,
    /// The tables and views that the statement names.
    pub tables: Vec<String>,
    /// The LET relations, macros and variables that it uses.
    pub uses: Vec<String>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// It is not a column of a table as it is.
    pub computed: bool,
    /// What it comes from.
    pub origins: Vec<Origin>,
}

/// A column of a table that a column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The queries and views that it passes, the nearest first.
    pub through: Vec<String>,
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for column in &self.columns {
            let ty = match column.ty {
                Type::Unknown => String::new(),
                ty => format!(": {ty}"),
            };
            writeln!(f, "{}{ty}", column.name)?;
            for origin in &column.origins {
                let mark = if column.computed { "from" } else { "=" };
                write!(f, "  {mark} {}.{}", origin.table, origin.column)?;
                match origin.through.is_empty() {
                    true => writeln!(f)?,
                    false => writeln!(f, " through {}", origin.through.join(", "))?,
                }
            }
            if column.origins.is_empty() {
                writeln!(f, "  from no table")?;
            }
        }
        for (what, names) in [("tables", &self.tables), ("uses", &self.uses)] {
            if !names.is_empty() {
                writeln!(f, "{what}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}

/// How many views may lie behind one another.
const NESTED: usize = 30;

impl Snapshot {
    /// Where the columns come from that the query at a byte gives, or that a statement at it takes from its query;
    /// `None` where there is no query.
    #[must_use]
    pub fn lineage(&self, at: u32) -> Option<Lineage> {
        let at = self.floor(at);
        let statement = self.statement(at)?;
        let parse = rql_grammar::parse(statement.text(&self.text));
        let ast = &parse.ast;
        let inner = at.clamp(statement.start, statement.end) - statement.start;
        let known = self.known_at(statement, ast, inner);
        let (query, names) = query_at(ast, inner)?;
        let mut lineage = of_query(ast, &known, query, NESTED);
        for (column, name) in lineage.columns.iter_mut().zip(names) {
            column.name = name;
        }
        let uses = Collector::new(ast, &known, self.reader.as_deref()).collect();
        let span = ast[query].span;
        let inside = uses.into_iter().filter(|one| within(span, one.span));
        for one in inside {
            let (list, name) = match one.entity {
                Entity::Table(name) => (&mut lineage.tables, name),
                Entity::Relation(name) => (&mut lineage.uses, name),
                Entity::Macro(name) => (&mut lineage.uses, format!("{name}()")),
                Entity::Variable(name) => (&mut lineage.uses, format!(":{name}")),
                _ => continue,
            };
            if !list.contains(&name) {
                list.push(name);
            }
        }
        Some(lineage)
    }
}

/// The query of the part at a byte, and the names that its statement gives the columns.
fn query_at(ast: &Ast, at: u32) -> Option<(Id<Query>, Vec<String>)> {
    let all = parts(ast);
    let inside = all.iter().find(|(_, span)| holds(*span, at));
    // On LET, FOR and the like the query behind the word is meant.
    let (part, _) = inside.or(all.iter().find(|(part, _)| matches!(part, Part::Query(_))))?;
    let named = |names: rql_ast::List<rql_ast::Ident>| {
        let names = ast[names].iter();
        names.map(|&name| ast.name(name).into_owned()).collect()
    };
    match *part {
        Part::Query(query) => Some((query, Vec::new())),
        Part::Expr(_) => None,
        Part::Stmt(stmt) => match ast[stmt].kind {
            StmtKind::Query(query) => Some((query, Vec::new())),
            StmtKind::Insert(id) => {
                let columns = ast[ast[id].columns].iter();
                let names = columns.filter_map(|column| match *column {
                    InsertColumn::Column(expr) => match ast[expr].kind {
                        ExprKind::Column(name) => Some(ast.dotted(name)),
                        _ => None,
                    },
                    InsertColumn::Template(_) => None,
                });
                Some((ast[id].source?, names.collect()))
            }
            StmtKind::Create(id) => match ast[id].object {
                CreateObject::Table(id) => Some((ast[id].query?, named(ast[id].columns))),
                CreateObject::View(id) => Some((ast[id].query, named(ast[id].columns))),
                _ => None,
            },
            _ => None,
        },
    }
}

fn of_query(ast: &Ast, known: &Before, query: Id<Query>, nested: usize) -> Lineage {
    let ir = look_at(ast, known, Part::Query(query), ast[query].span.start).ir;
    let columns = ir.output.iter().map(|(column, name)| {
        let mut tracer = Tracer::new(&ir, known, nested);
        tracer.column(*column, &mut Vec::new());
        Derived {
            name: name.clone(),
            ty: ir.column(*column).ty,
            computed: tracer.computed,
            origins: tracer.found,
        }
    });
    Lineage {
        columns: columns.collect(),
        ..Lineage::default()
    }
}

/// The columns of tables that a column comes from, and whether it is computed of them.
pub(crate) fn trace(ir: &Ir, known: &Before, column: ColumnId) -> (bool, Vec<Origin>) {
    let mut tracer = Tracer::new(ir, known, NESTED);
    tracer.column(column, &mut Vec::new());
    (tracer.computed, tracer.found)
}

struct Tracer<'a> {
    ir: &'a Ir,
    known: &'a Before,
    nested: usize,
    /// What each column that is computed is computed by.
    items: HashMap<ColumnId, ScalarId>,
    seen: HashSet<ColumnId>,
    computed: bool,
    found: Vec<Origin>,
}

impl<'a> Tracer<'a> {
    fn new(ir: &'a Ir, known: &'a Before, nested: usize) -> Self {
        let mut items = HashMap::new();
        for rel in &ir.rels {
            let own: Vec<&(ColumnId, ScalarId)> = match &rel.kind {
                RelKind::Project { items, .. } | RelKind::Window { items, .. } => {
                    items.iter().collect()
                }
                RelKind::Aggregate {
                    groups,
                    dependent,
                    aggregates,
                    ..
                } => groups.iter().chain(dependent).chain(aggregates).collect(),
                _ => Vec::new(),
            };
            for &&(column, scalar) in &own {
                // What is let through under its own identity is defined elsewhere.
                if !matches!(ir.scalar(scalar).kind, ScalarKind::Column(id) if id == column) {
                    items.insert(column, scalar);
                }
            }
        }
        Self {
            ir,
            known,
            nested,
            items,
            seen: HashSet::new(),
            computed: false,
            found: Vec::new(),
        }
    }

    fn add(&mut self, origin: Origin) {
        if !self.found.contains(&origin) {
            self.found.push(origin);
        }
    }

    fn column(&mut self, id: ColumnId, through: &mut Vec<String>) {
        if !self.seen.insert(id) {
            return;
        }
        if let Some(&scalar) = self.items.get(&id) {
            self.scalar(scalar, through);
        }
        let ir = self.ir;
        for rel in &ir.rels {
            match &rel.kind {
                RelKind::Scan { table, columns, .. } if columns.contains(&id) => {
                    self.table(table, &ir.column(id).name, through);
                }
                RelKind::CteScan { cte, columns, .. } => {
                    let at = columns.iter().position(|column| *column == id);
                    let own = ir.ctes.get(cte.index());
                    if let (Some(at), Some(own)) = (at, own)
                        && let Some(&(inner, _)) = own.columns.get(at)
                    {
                        self.behind(&own.name, &[inner], through);
                    }
                }
                RelKind::Derived {
                    input,
                    alias,
                    columns,
                } => {
                    let at = columns.iter().position(|column| column.0 == id);
                    let inner = at.and_then(|at| ir.columns_of(*input).get(at).copied());
                    if let Some(inner) = inner {
                        self.behind(alias, &[inner], through);
                    }
                }
                RelKind::SetOp { sides, columns, .. } => {
                    if let Some(at) = columns.iter().position(|column| *column == id) {
                        let inner = [&sides.0, &sides.1].into_iter();
                        let inner: Vec<ColumnId> =
                            inner.filter_map(|side| side.get(at).copied()).collect();
                        self.behind("", &inner, through);
                    }
                }
                RelKind::Join { merged, .. } => {
                    if let Some(own) = merged.iter().find(|it| it.column == id) {
                        self.behind("", &[own.left, own.right], through);
                    }
                }
                RelKind::TableFunction { args, columns, .. }
                    if columns.iter().any(|column| column.0 == id) =>
                {
                    self.computed = true;
                    args.iter().for_each(|&arg| self.scalar(arg, through));
                }
                RelKind::Values { columns, .. } if columns.contains(&id) => self.computed = true,
                _ => {}
            }
        }
    }

    fn behind(&mut self, name: &str, inner: &[ColumnId], through: &mut Vec<String>) {
        let named = !name.is_empty();
        if named {
            through.push(name.to_owned());
        }
        inner.iter().for_each(|&id| self.column(id, through));
        if named {
            through.pop();
        }
    }

    fn scalar(&mut self, id: ScalarId, through: &mut Vec<String>) {
        let mut columns = Vec::new();
        let mut plain = true;
        let top = id;
        self.ir
            .walk_ids(id, &mut |id| match &self.ir.scalar(id).kind {
                ScalarKind::Column(column) => {
                    plain &= id == top;
                    columns.push(*column);
                }
                ScalarKind::Subquery { column, .. }
                | ScalarKind::ArrayQuery { column, .. }
                | ScalarKind::Quantified { column, .. } => {
                    plain = false;
                    columns.push(*column);
                }
                ScalarKind::InQuery { columns: own, .. } => {
                    plain = false;
                    columns.extend(own);
                }
                _ => plain = false,
            });
        self.computed |= !plain;
        columns
            .into_iter()
            .for_each(|column| self.column(column, through));
    }

    /// A table's column, or what the query of a view says that it is.
    fn table(&mut self, table: &str, column: &str, through: &[String]) {
        let found = self.known.catalog.find(None, table);
        let view = found.filter(|table| table.kind.is_view() && self.nested > 0);
        let inner = view.and_then(|view| {
            let at = view.columns.iter().position(|it| it.name == column)?;
            let parse = rql_grammar::parse(view.definition.as_deref()?);
            let (query, _) = query_at(
                &parse.ast,
                parse.ast[parse.ast.statements].first()?.span.start,
            )?;
            let mut all = of_query(&parse.ast, self.known, query, self.nested - 1).columns;
            (at < all.len()).then(|| all.swap_remove(at))
        });
        match inner {
            Some(inner) => {
                self.computed |= inner.computed;
                for origin in inner.origins {
                    let mut passed = through.to_vec();
                    passed.push(table.to_owned());
                    passed.extend(origin.through.iter().cloned());
                    self.add(Origin {
                        through: passed,
                        ..origin
                    });
                }
            }
            None => self.add(Origin {
                table: table.to_owned(),
                column: column.to_owned(),
                through: through.to_vec(),
            }),
        }
    }
}
