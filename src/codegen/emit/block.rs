//! Query blocks: operators folded into the fewest SELECTs.

use super::sqlite::is_array;
use super::{Def, Emitter, Rep, Res, Use};
use rql_ir::{ColumnId, CteId, Item, RelId, RelKind, ScalarId, ScalarKind, SortKey, Type};

/// The clauses of a block, in the order in which they apply. An operator joins the block below it
/// where its clause applies later than every clause that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Clause {
    Where,
    GroupBy,
    Having,
    Window,
    Qualify,
    Select,
    Distinct,
    OrderBy,
    DistinctOn,
    Limit,
    Lock,
    Nothing,
}

/// The operators of one block.
#[derive(Default)]
pub(super) struct Block<'a> {
    /// The operators of FOR UPDATE, the last one first.
    locks: Vec<RelId>,
    pub(super) limit: Option<(Option<ScalarId>, Option<ScalarId>, bool)>,
    pub(super) distinct_on: &'a [ScalarId],
    pub(super) sort: &'a [SortKey],
    pub(super) distinct: bool,
    /// The SELECT list; `None` where the block shows what FROM gives.
    pub(super) items: Option<&'a [Item]>,
    pub(super) visible: usize,
    pub(super) qualify: Vec<ScalarId>,
    /// It computes windows.
    pub(super) windows: bool,
    pub(super) having: Vec<ScalarId>,
    pub(super) group: Option<Group<'a>>,
    pub(super) filter: Vec<ScalarId>,
}

pub(super) struct Group<'a> {
    pub(super) keys: &'a [Item],
    aggregates: &'a [Item],
    /// Columns that follow from the keys.
    pub(super) dependent: &'a [Item],
    pub(super) sets: Option<&'a [Vec<usize>]>,
}

impl<'a> Emitter<'a> {
    /// Writes a query whose columns are for `how`. Gives how they stand.
    pub(super) fn query(&mut self, root: RelId, names: &[String], how: Use) -> Res<Vec<Rep>> {
        let start = self.out.len();
        let outer = self.open_block(0);
        let mut at = root;
        if let RelKind::With { ctes, input } = &self.ir.rel(root).kind {
            if self.is_mysql() && self.ir.rel(*input).kind.is_change() {
                return self.mysql_with(ctes, *input, names);
            }
            self.with(ctes)?;
            at = *input;
        }
        let done = self.block(at, names, how);
        self.current = outer;
        self.spans
            .add(start, self.out.len(), self.ir.rel(root).span);
        done
    }

    /// WITH and its queries.
    pub(super) fn with(&mut self, ctes: &[CteId]) -> Res {
        let ir = self.ir;
        let recursive = ctes.iter().any(|id| ir.ctes[id.index()].recursive);
        self.push(if recursive {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        for (at, id) in ctes.iter().enumerate() {
            let cte = &ir.ctes[id.index()];
            self.push(if at == 0 { "" } else { ", " });
            self.name(&cte.name);
            let mut names = self.cte_names(*id);
            names.truncate(cte.width());
            if let (true, RelKind::SetOp { left, sides, .. }) =
                (cte.recursive, &ir.rel(cte.rel).kind)
            {
                match self.dialect {
                    crate::Dialect::Duckdb => self.duckdb_begins(&cte.columns, *left, sides)?,
                    _ if self.is_mysql() => self.anchors.push(*left),
                    _ => {}
                }
            }
            if cte.recursive || self.is_bare_values(cte.rel) {
                self.push(" (");
                self.names(&names);
                self.push(")");
            }
            let bound = self.is_bound_twice(*id).then_some(true);
            let materialized = bound.or(cte.materialized);
            self.push(match materialized.filter(|_| !self.is_mysql()) {
                None => " AS (",
                Some(true) => " AS MATERIALIZED (",
                Some(false) => " AS NOT MATERIALIZED (",
            });
            self.change_in_with(cte.rel)?;
            self.mysql_closed(cte.rel)?;
            self.duckdb_closed(cte.rel)?;
            self.query(cte.rel, &names, Use::Named)?;
            self.push(")");
            self.walk(cte)?;
        }
        self.push(" ");
        Ok(())
    }

    /// True where a query's first rows are VALUES, which has no place for names.
    fn is_bare_values(&self, rel: RelId) -> bool {
        match &self.ir.rel(rel).kind {
            RelKind::Values { .. } => true,
            RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::SetOp { left: input, .. } => self.is_bare_values(*input),
            _ => false,
        }
    }

    pub(super) fn names(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.name(name);
        }
    }

    /// Takes the operators from `root` downwards that make one block; gives what stands below them.
    fn peel(&mut self, root: RelId) -> (Block<'a>, RelId) {
        let ir = self.ir;
        let mut block = Block::default();
        let mut taken = Clause::Nothing;
        let mut at = root;
        loop {
            let kind = &ir.rel(at).kind;
            let clause = match kind {
                RelKind::Lock { .. } => Clause::Lock,
                RelKind::Limit { .. } => Clause::Limit,
                RelKind::DistinctOn { .. } => Clause::DistinctOn,
                RelKind::Sort { .. } => Clause::OrderBy,
                RelKind::Distinct { .. } => Clause::Distinct,
                RelKind::Project { .. } => Clause::Select,
                RelKind::Window { .. } => Clause::Window,
                RelKind::Aggregate { .. } => Clause::GroupBy,
                RelKind::Filter { .. } => self.filter_clause(at),
                _ => return (block, at),
            };
            let again = matches!(kind, RelKind::Filter { .. } | RelKind::Lock { .. });
            if clause > taken || (clause == taken && !again) {
                return (block, at);
            }
            taken = clause;
            at = match kind {
                RelKind::Limit {
                    input,
                    count,
                    offset,
                    with_ties,
                } => {
                    block.limit = Some((*count, *offset, *with_ties));
                    *input
                }
                RelKind::Lock { input, .. } => {
                    block.locks.push(at);
                    *input
                }
                RelKind::DistinctOn { input, keys } => {
                    block.distinct_on = keys;
                    *input
                }
                RelKind::Sort { input, keys } => {
                    block.sort = keys;
                    *input
                }
                RelKind::Distinct { input } => {
                    block.distinct = true;
                    *input
                }
                RelKind::Project {
                    input,
                    items,
                    visible,
                } => {
                    block.items = Some(items);
                    block.visible = *visible;
                    self.inline(items);
                    *input
                }
                RelKind::Window { input, items } => {
                    block.windows = true;
                    self.inline(items);
                    *input
                }
                RelKind::Aggregate {
                    input,
                    groups,
                    sets,
                    dependent,
                    aggregates,
                } => {
                    for items in [groups, dependent, aggregates] {
                        self.inline(items);
                    }
                    block.group = Some(Group {
                        keys: groups,
                        aggregates,
                        dependent,
                        sets: sets.as_deref(),
                    });
                    *input
                }
                RelKind::Filter { input, predicate } => {
                    match clause {
                        Clause::Qualify => block.qualify.push(*predicate),
                        Clause::Having => block.having.push(*predicate),
                        _ => block.filter.push(*predicate),
                    }
                    *input
                }
                _ => return (block, at),
            };
        }
    }

    /// Which clause a filter is depends on what it sees.
    fn filter_clause(&self, at: RelId) -> Clause {
        let mut below = at;
        loop {
            match &self.ir.rel(below).kind {
                RelKind::Filter { input, .. } => below = *input,
                RelKind::Window { .. } if self.dialect.traits().can.qualify => {
                    return Clause::Qualify;
                }
                RelKind::Window { .. } => return Clause::Where,
                RelKind::Aggregate { .. } => return Clause::Having,
                _ => return Clause::Where,
            }
        }
    }

    fn inline(&mut self, items: &[Item]) {
        for &(column, scalar) in items {
            // What is let through is defined below.
            if !matches!(self.ir.scalar(scalar).kind, ScalarKind::Column(id) if id == column) {
                self.define_as(column, Def::Inline(scalar));
            }
        }
    }

    fn block(&mut self, root: RelId, names: &[String], how: Use) -> Res<Vec<Rep>> {
        let side = core::mem::take(&mut self.side);
        if let Some(reps) = self.change(root, names)? {
            return Ok(reps);
        }
        let (block, body) = self.peel(root);
        let bare = block.filter.is_empty() && block.group.is_none() && !block.windows;
        if block.items.is_none() && bare {
            let by_key = |key: &SortKey| self.needs_key(self.ir.scalar(key.scalar).ty);
            let shown =
                how == Use::Result && self.shows_arrays(body) || block.sort.iter().any(by_key);
            let whole = match &self.ir.rel(body).kind {
                _ if shown => None,
                RelKind::SetOp { .. } => {
                    let sorted = !block.sort.is_empty();
                    self.sorted_set = sorted && self.dialect == crate::Dialect::Sqlite;
                    let clause = sorted || block.limit.is_some();
                    let before = core::mem::replace(&mut self.rows_apart, clause);
                    let reps = self.set_operation(body, names);
                    self.rows_apart = before;
                    Some(reps?)
                }
                RelKind::Values { .. } => {
                    // SQLite's VALUES takes no clause, DuckDB's has other names.
                    let wrapped = self.dialect != crate::Dialect::Postgresql
                        && !self.is_mysql()
                        && (!block.sort.is_empty() || block.limit.is_some() || self.rows_apart);
                    self.push(if wrapped { "SELECT * FROM (" } else { "" });
                    let reps = self.values(body)?;
                    self.push(match self.dialect {
                        _ if !wrapped => "",
                        crate::Dialect::Duckdb => ") AS v(",
                        _ => ")",
                    });
                    if wrapped && self.dialect == crate::Dialect::Duckdb {
                        let own: Vec<_> = (1..=reps.len()).map(|n| format!("column{n}")).collect();
                        self.names(&own);
                        self.push(")");
                    }
                    Some(reps)
                }
                _ => None,
            };
            if let Some(reps) = whole {
                self.order(&block, names, Use::Named)?;
                self.limit(&block)?;
                return Ok(reps);
            }
        }
        self.read(body)?;
        let reps = self.select(&block, body, root, names, how)?;
        self.order(&block, names, how)?;
        self.limit(&block)?;
        let apart = how == Use::Named && !side && block.limit.is_none();
        if apart && self.is_shadowed(&block, names) {
            self.push(" LIMIT 18446744073709551615");
        }
        for &lock in block.locks.iter().rev() {
            self.lock(lock);
        }
        Ok(reps)
    }

    /// FOR UPDATE. SQLite's transactions lock the whole database, and in DuckDB the second to change a row
    /// fails: nothing is left to lock there.
    fn lock(&mut self, lock: RelId) {
        let RelKind::Lock {
            strength,
            of,
            nowait,
            ..
        } = &self.ir.rel(lock).kind
        else {
            return;
        };
        if matches!(
            self.dialect,
            crate::Dialect::Sqlite | crate::Dialect::Duckdb
        ) {
            return;
        }
        self.push(" ");
        self.push(strength.text());
        if !of.is_empty() {
            self.push(" OF ");
            self.names(of);
        }
        self.push(match nowait {
            Some(true) => " NOWAIT",
            Some(false) => " SKIP LOCKED",
            None => "",
        });
    }

    /// True where a result has arrays, which are written otherwise than they stand.
    fn shows_arrays(&self, rel: RelId) -> bool {
        let columns = self.ir.columns_of(rel);
        let mut types = columns.iter().map(|&id| self.ir.column(id).ty);
        types.any(|ty| self.shows_text(ty))
    }

    /// The columns of a result without SELECT list of its own are known by their names.
    pub(super) fn result_names(&mut self, columns: &[ColumnId], names: &[String]) -> Vec<Rep> {
        let mut reps = Vec::new();
        for (&column, name) in columns.iter().zip(names) {
            let rep = self.computed(self.ir.column(column).ty);
            let def = Def::Name {
                block: self.current,
                qualifier: String::new(),
                name: name.clone(),
                rep,
            };
            self.define_as(column, def);
            reps.push(rep);
        }
        reps
    }

    fn values(&mut self, rel: RelId) -> Res<Vec<Rep>> {
        let ir = self.ir;
        let RelKind::Values { rows, columns } = &ir.rel(rel).kind else {
            return Ok(Vec::new());
        };
        if self.is_mysql() {
            return self.mysql_values(rel);
        }
        for (at, row) in rows.iter().enumerate() {
            self.push(if at == 0 { "VALUES (" } else { ", (" });
            self.list(row, |this, s| {
                let rep = this.computed(this.ir.scalar(s).ty);
                this.beside_others(s, rep, None)
            })?;
            self.push(")");
        }
        let own: Vec<_> = (1..=columns.len()).map(|n| format!("column{n}")).collect();
        Ok(self.result_names(columns, &own))
    }

    fn select(
        &mut self,
        block: &Block<'a>,
        body: RelId,
        root: RelId,
        names: &[String],
        how: Use,
    ) -> Res<Vec<Rep>> {
        self.push("SELECT ");
        if block.distinct {
            self.mysql_columns_only(&self.ir.columns_of(root), self.ir.rel(root).span)?;
            self.push("DISTINCT ");
        }
        if !block.distinct_on.is_empty() {
            self.distinct_on(block, names, how)?;
        }
        let listed = self.aliases_of(block, names);
        let listed = core::mem::replace(&mut self.listed, listed);
        let compared = block.distinct || !block.sort.is_empty();
        let compared = core::mem::replace(&mut self.compared, compared);
        let keyed = (self.is_mysql() && block.group.is_some()).then_some(self.current);
        let around = self.by_group.len();
        self.by_group.extend(keyed);
        let reps = match block.items {
            // Who reads more than what is seen has a name for each.
            Some(items) => {
                self.widening = self.anchors.contains(&root);
                let items = &items[..names.len().min(items.len())];
                self.counting = self.is_ungrouped(block, items, how);
                self.items(items, names, how)?
            }
            None => {
                // Who has a name for each counts their places.
                let all = self.ir.columns_of(root);
                let columns = match all.len() == names.len() {
                    true => all,
                    false => self.needed(root),
                };
                self.counting = columns.is_empty() && self.is_ungrouped(block, &[], how);
                self.all_columns(&columns, names, how)?
            }
        };
        self.by_group.truncate(around);
        self.write_from(body)?;
        let windowed = block.windows && self.is_mysql();
        let windowed = core::mem::replace(&mut self.windowed, windowed);
        let filter = self.conjunction(" WHERE ", &block.filter);
        self.windowed = windowed;
        filter?;
        if let Some(group) = &block.group {
            self.duckdb_sets(group.sets, root)?;
            self.group_by(group, block, names)?;
        }
        // There a bare name may be one of the SELECT list.
        let aliases = self.listed.clone();
        let aliases = core::mem::replace(&mut self.aliases, aliases);
        self.namesakes = self.namesakes_of(block);
        let grouped = self.is_mysql().then_some(self.current);
        let grouped = core::mem::replace(&mut self.grouped, grouped);
        self.by_group.extend(keyed);
        let having = self.conjunction(" HAVING ", &block.having);
        self.by_group.truncate(around);
        self.grouped = grouped;
        self.namesakes.clear();
        self.aliases = aliases;
        having?;
        self.kept_group(block, root, how);
        self.listed = listed;
        self.compared = compared;
        self.conjunction(" QUALIFY ", &block.qualify)?;
        Ok(reps)
    }

    /// HAVING makes all rows one group, on SQLite only where the SELECT list has an aggregate, on MariaDB
    /// where it or HAVING has one: true where the list needs one more. Inside an expression the list itself must
    /// have it: there MariaDB computes the second row's query wrongly, and DuckDB has no row where none is grouped.
    fn is_ungrouped(&self, block: &Block<'a>, items: &[Item], how: Use) -> bool {
        let lists_alone = match self.dialect {
            crate::Dialect::Sqlite => true,
            crate::Dialect::Postgresql => return false,
            _ => how == Use::Value,
        };
        // A condition that says it may stand further out.
        let only_one = |group: &Group<'_>| group.keys.is_empty() && group.aggregates.is_empty();
        let unsaid = |group: &&Group<'_>| !block.having.is_empty() || only_one(group);
        let Some(group) = block.group.as_ref().filter(unsaid) else {
            return false;
        };
        let ir = self.ir;
        let null = items.iter().any(|item| self.lone_null == Some(item.1));
        let mut says = !group.keys.is_empty() && !null;
        let having = block.having.iter().filter(|_| !lists_alone);
        for &seen in items.iter().map(|item| &item.1).chain(having) {
            ir.walk(seen, &mut |scalar| {
                let of = |id| group.aggregates.iter().any(|made| made.0 == id);
                says |= matches!(scalar.kind, ScalarKind::Column(id) if of(id));
            });
        }
        !says
    }

    /// True where the rows are grouped by a column that has the name of another item: of a condition from outside,
    /// which MariaDB brings into a query without LIMIT, such a name is ambiguous.
    fn is_shadowed(&self, block: &Block<'a>, names: &[String]) -> bool {
        let (Some(group), Some(items)) = (&block.group, block.items) else {
            return false;
        };
        let named = |&(_, scalar): &Item| match self.definition(self.base(scalar)?) {
            Some(Def::Name { name, .. }) => Some((self.base(scalar)?, name)),
            _ => None,
        };
        let mut keys = group.keys.iter().filter_map(named);
        self.is_mysql()
            && keys.any(|(key, name)| {
                let mut items = items.iter().zip(names);
                items.any(|(item, alias)| {
                    alias.eq_ignore_ascii_case(name) && self.base(item.1) != Some(key)
                })
            })
    }

    /// The group of no rows is none for DuckDB, where a query in FROM or a side of a set operation reads a row of the
    /// query around it and nothing counts the rows.
    fn kept_group(&mut self, block: &Block<'a>, root: RelId, how: Use) {
        let of_all = |group: &Group<'_>| group.keys.is_empty() && group.sets.is_none();
        if self.dialect == crate::Dialect::Duckdb
            && how == Use::Named
            && block.group.as_ref().is_some_and(of_all)
            && !rql_ir::rewrite::is_closed(self.ir, root)
        {
            let word = if block.having.is_empty() {
                " HAVING"
            } else {
                " AND"
            };
            self.push(&format!("{word} COUNT(*) >= 0"));
        }
    }

    /// Keys that a HAVING of MariaDB does not know: computed ones, whose columns it would take from the row around it,
    /// columns that have one name, or by whose sort keys the rows are grouped.
    fn namesakes_of(&self, block: &Block<'a>) -> Vec<ColumnId> {
        let Some(group) = block.group.as_ref().filter(|_| self.is_mysql()) else {
            return Vec::new();
        };
        let named = |column| match self.definition(column) {
            Some(Def::Name { name, .. }) => Some(name.to_lowercase()),
            _ => None,
        };
        let keys = group.keys.iter().filter_map(|key| {
            let column = self.base(key.1)?;
            let keyed = matches!(self.ir.scalar(key.1).ty, Type::Array(_) | Type::Interval);
            Some((column, named(column)?, keyed))
        });
        let keys: Vec<_> = keys.collect();
        let twin = |(key, name, keyed): &&(ColumnId, String, bool)| {
            let mut others = keys.iter().filter(|(other, ..)| other != key);
            *keyed || others.any(|(_, same, _)| same == name)
        };
        let computed = group.keys.iter().filter(|key| self.base(key.1).is_none());
        let twins = keys.iter().filter(twin).map(|key| key.0);
        twins.chain(computed.map(|key| key.0)).collect()
    }

    fn conjunction(&mut self, word: &str, predicates: &[ScalarId]) -> Res {
        // The outermost filter was taken first.
        for (at, &predicate) in predicates.iter().rev().enumerate() {
            self.push(if at == 0 { word } else { " AND " });
            let above = if predicates.len() > 1 { 2 } else { 0 };
            self.condition = Some(predicate);
            self.scalar(predicate, Rep::Plain, above)?;
        }
        Ok(())
    }

    pub(super) fn items(&mut self, items: &[Item], names: &[String], how: Use) -> Res<Vec<Rep>> {
        let mut reps = Vec::new();
        let anchor = core::mem::take(&mut self.widening);
        let counting = core::mem::take(&mut self.counting);
        let sorted = core::mem::take(&mut self.sorted_set);
        for (at, &(column, scalar)) in items.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            let mut rep = self.natural(scalar);
            let shared = matches!(how, Use::Value | Use::Named);
            if shared && matches!(rep, Rep::Stored | Rep::Numeric) {
                rep = self.computed(self.ir.column(column).ty);
            }
            let start = self.out.len();
            let counting = counting && at == 0;
            self.push(if counting {
                "CASE WHEN COUNT(*) >= 0 THEN "
            } else {
                ""
            });
            if how == Use::Result && self.shows_text(self.ir.scalar(scalar).ty) {
                self.array_text(scalar)?;
            } else if anchor {
                self.anchored(scalar, true)?;
            } else {
                let bare = self.base(scalar).is_some();
                let keyed = core::mem::take(&mut self.by_group);
                self.by_group.extend(keyed.iter().filter(|_| !bare));
                self.as_stored = bare && how == Use::Result && !self.compared;
                match how {
                    Use::Named if self.mysql_null(scalar)? => {}
                    Use::Named if self.recursion_scale(column).is_some() => {
                        let scale = self.recursion_scale(column).unwrap_or_default();
                        let ty = format!(" AS decimal(38, {scale}))");
                        self.wrapped("CAST(", &[scalar], &ty)?;
                    }
                    Use::Named | Use::Value => {
                        let scale = self.given_scale(column);
                        self.beside_others(scalar, rep, scale)?;
                    }
                    _ => self.scalar(scalar, rep, 0)?,
                }
                self.as_stored = false;
                self.by_group = keyed;
            }
            self.push(if counting { " END" } else { "" });
            reps.push(rep);
            let name = names.get(at).map_or("", String::as_str);
            if sorted || !self.is_named(scalar, &self.out[start..], name, how) {
                self.push(" AS ");
                self.name(name);
            }
        }
        if items.is_empty() {
            // A row without columns is nothing that every database can say.
            self.push(match self.dialect {
                crate::Dialect::Postgresql => "",
                _ if counting => "COUNT(*)",
                _ => "NULL",
            });
        }
        Ok(reps)
    }

    fn shows_text(&self, ty: Type) -> bool {
        (self.dialect == crate::Dialect::Sqlite || self.is_mysql()) && is_array(ty)
    }

    /// True where a column has its name without an alias, or needs none.
    fn is_named(&self, scalar: ScalarId, written: &str, name: &str, how: Use) -> bool {
        let Some(before) = written.strip_suffix(name) else {
            return match how {
                Use::Value | Use::Stored => true,
                Use::Result => self.default_name(scalar) == name,
                Use::Named => {
                    let quoted = written.ends_with(self.dialect.traits().quote)
                        && self.base(scalar).is_some()
                        && self.default_name(scalar) == name;
                    quoted
                        || (self.dialect.traits().postgresql_names
                            && self.default_name(scalar) == name)
                }
            };
        };
        // `x + a.name` ends like a column and is none.
        self.base(scalar).is_some() && (before.is_empty() || before.ends_with('.'))
    }

    /// What FROM gives, under the names that the query's reader wants.
    fn all_columns(&mut self, columns: &[ColumnId], names: &[String], how: Use) -> Res<Vec<Rep>> {
        if columns.is_empty() && self.dialect != crate::Dialect::Postgresql {
            // Rows without columns are nothing that others can say.
            let counting = core::mem::take(&mut self.counting);
            self.push(if counting { "COUNT(*)" } else { "NULL" });
        }
        let sorted = core::mem::take(&mut self.sorted_set);
        let mut reps = Vec::new();
        for (at, &column) in columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let mut rep = self.column_rep(column);
            let shared = matches!(how, Use::Value | Use::Named);
            if shared && matches!(rep, Rep::Stored | Rep::Numeric) {
                rep = self.computed(self.ir.column(column).ty);
            }
            let start = self.out.len();
            let ty = self.ir.column(column).ty;
            let text = how == Use::Result && self.shows_text(ty);
            self.column_as(column, rep, false)?;
            if text {
                let written = self.out.split_off(start);
                let shown = self.array_text_of(ty, &written);
                self.push(&shown);
            }
            reps.push(rep);
            let name = names
                .get(at)
                .map_or_else(|| self.ir.column(column).name.clone(), String::clone);
            let written = &self.out[start..];
            let named = written == name || written.ends_with(&format!(".{name}"));
            if sorted || !named {
                self.push(" AS ");
                self.name(&name);
            }
        }
        Ok(reps)
    }
}
