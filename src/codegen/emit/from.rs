//! FROM: relations, joins, and what has to become a query in FROM.

pub(super) use rql_ir::distinct_names as distinct;

use super::{Def, Emitter, Rep, Res, Use, duckdb};
use crate::Dialect;
use rql_ir::function::{Cell, Entry};
use rql_ir::{ColumnId, CteId, JoinKind, Merged, RelId, RelKind, SetOp, TableFunc};

/// An operator of FROM that needs a query of its own.
#[derive(Clone, Debug)]
pub(super) struct Query {
    rel: RelId,
    alias: String,
    names: Vec<String>,
}

impl Emitter<'_> {
    /// Makes the columns of what a block reads known, before anything is written.
    pub(super) fn read(&mut self, rel: RelId) -> Res {
        self.define(rel)?;
        self.settle_merged(rel, rel);
        Ok(())
    }

    pub(super) fn write_from(&mut self, rel: RelId) -> Res {
        if matches!(self.ir.rel(rel).kind, RelKind::OneRow) {
            return Ok(());
        }
        self.push(" FROM ");
        self.relations(rel)
    }

    /// What stands behind FROM.
    pub(super) fn relations(&mut self, rel: RelId) -> Res {
        self.from(rel, false)
    }

    /// An operator that is no relation of FROM becomes a query there.
    fn define_query(&mut self, rel: RelId) {
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        let columns = self.needed(rel);
        let names = self.kept_apart(columns.iter().copied(), self.unique_names(rel, &columns));
        self.name_columns(&alias, &columns, &names);
        self.queries.push(Query { rel, alias, names });
    }

    fn query_in_from(&mut self, rel: RelId) -> Res {
        let Some(query) = self.queries.iter().rfind(|q| q.rel == rel).cloned() else {
            return Err(self.refuse(self.ir.rel(rel).span, "this relation"));
        };
        self.mysql_closed(rel)?;
        self.push("(");
        let columns = self.needed(rel);
        self.outside(&columns, |this| {
            this.query(rel, &query.names, Use::Named).map(|_| ())
        })?;
        self.push(") AS ");
        self.name(&query.alias);
        if matches!(self.ir.rel(rel).kind, RelKind::Values { .. }) {
            self.value_names(rel, &query.names)?;
        }
        Ok(())
    }

    /// The columns that a query in FROM has to give: all where their places count, else those that
    /// something refers to.
    pub(super) fn needed(&self, rel: RelId) -> Vec<ColumnId> {
        let mut columns = self.ir.columns_of(rel);
        let mut below = rel;
        while let RelKind::With { input, .. } = self.ir.rel(below).kind {
            below = input;
        }
        let free = matches!(
            self.ir.rel(below).kind,
            RelKind::Window { .. } | RelKind::Filter { .. } | RelKind::Aggregate { .. }
        );
        if free {
            columns.retain(|id| self.used.get(id.index()).copied().unwrap_or(true));
        }
        columns
    }

    /// A name for each column of an operator that becomes a query.
    fn unique_names(&self, rel: RelId, columns: &[ColumnId]) -> Vec<String> {
        if let RelKind::Values { .. } = self.ir.rel(rel).kind {
            return (1..=columns.len()).map(|n| format!("column{n}")).collect();
        }
        let mut names: Vec<String> = Vec::new();
        for &id in columns {
            let name = &self.ir.column(id).name;
            let plain = name == "?column?" || names.contains(name);
            names.push(if plain {
                format!("c{}", id.0)
            } else {
                name.clone()
            });
        }
        names
    }

    /// What the columns of a query in FROM are called.
    fn derived_names(&self, columns: &[(ColumnId, String)]) -> Vec<String> {
        self.kept_apart(columns.iter().map(|column| column.0), distinct(columns))
    }

    /// What the columns of a query in WITH are called.
    pub(super) fn cte_names(&self, cte: CteId) -> Vec<String> {
        let cte = &self.ir.ctes[cte.index()];
        if cte.recursive {
            return distinct(&cte.columns);
        }
        self.derived_names(&cte.columns)
    }

    fn name_columns(&mut self, alias: &str, columns: &[ColumnId], names: &[String]) {
        let at = self.current;
        self.blocks[at] += 1;
        for (&id, name) in columns.iter().zip(names) {
            let rep = self.computed(self.ir.column(id).ty);
            let def = Def::Name {
                block: at,
                qualifier: alias.to_owned(),
                name: name.clone(),
                rep,
            };
            self.define_as(id, def);
        }
    }

    /// Writes a query whose columns have other names outside of it than inside.
    fn outside(&mut self, columns: &[ColumnId], write: impl FnOnce(&mut Self) -> Res) -> Res {
        let saved: Vec<_> = columns
            .iter()
            .map(|&id| self.definition(id).cloned())
            .collect();
        let done = write(self);
        for (&id, def) in columns.iter().zip(saved) {
            if let Some(def) = def {
                self.define_as(id, def);
            }
        }
        done
    }

    /// Says what the columns of FROM are called, before anything is written.
    fn define(&mut self, rel: RelId) -> Res {
        let ir = self.ir;
        let (alias, columns): (&str, Vec<(ColumnId, String, Rep)>) = match &ir.rel(rel).kind {
            RelKind::Join {
                kind,
                left,
                right,
                on,
                merged,
                ..
            } => {
                self.define(*left)?;
                self.define(*right)?;
                let names: Option<Vec<_>> = match on {
                    None if !merged.is_empty() => {
                        merged.iter().map(|&m| self.using_name(rel, m)).collect()
                    }
                    _ => None,
                };
                if names.is_some() {
                    self.using.push(rel);
                }
                for (at, m) in merged.iter().enumerate() {
                    let name = names.as_ref().map(|names| names[at].clone());
                    self.define_merged(*kind, *m, name);
                }
                return Ok(());
            }
            RelKind::Scan { alias, columns, .. } => {
                let columns = columns.iter().map(|&id| {
                    let column = ir.column(id);
                    let rep = match self.computed(column.ty) {
                        Rep::Plain => Rep::Plain,
                        _ => Rep::Stored,
                    };
                    (id, column.name.clone(), rep)
                });
                (alias, columns.collect())
            }
            RelKind::CteScan {
                alias,
                columns,
                cte,
            } => {
                let names = self.cte_names(*cte);
                let columns = columns.iter().enumerate().map(|(at, &id)| {
                    let own = &ir.column(id).name;
                    let name = names.get(at).unwrap_or(own);
                    (id, name.clone(), self.computed(ir.column(id).ty))
                });
                (alias, columns.collect())
            }
            RelKind::TableFunction { .. } if !self.dialect.traits().can.table_functions => {
                self.define_function(rel);
                return Ok(());
            }
            RelKind::Derived { alias, columns, .. } => {
                let names = self.derived_names(columns).into_iter();
                let columns = columns
                    .iter()
                    .zip(names)
                    .map(|((id, _), name)| (*id, name, self.computed(ir.column(*id).ty)));
                (alias, columns.collect())
            }
            RelKind::TableFunction { alias, columns, .. } => {
                let names = distinct(columns).into_iter();
                let columns = columns
                    .iter()
                    .zip(names)
                    .map(|((id, _), name)| (*id, name, self.computed(ir.column(*id).ty)));
                (alias, columns.collect())
            }
            RelKind::OneRow => return Ok(()),
            RelKind::Sample { input, .. } => return self.define(*input),
            _ => {
                self.define_query(rel);
                return Ok(());
            }
        };
        let at = self.current;
        self.blocks[at] += 1;
        for (id, name, rep) in columns {
            let qualifier = if ir.column(id).loose { "" } else { alias };
            let def = Def::Name {
                block: at,
                qualifier: qualifier.to_owned(),
                name,
                rep,
            };
            self.define_as(id, def);
        }
        if self.dialect == Dialect::Duckdb {
            self.duckdb_pairs(rel);
        }
        Ok(())
    }

    /// The column that USING makes: a bare name where the text can say USING too, else the left or
    /// right one, or whichever there is.
    fn define_merged(&mut self, kind: JoinKind, merged: Merged, name: Option<String>) {
        if merged.column == merged.left || merged.column == merged.right {
            self.bare.retain(|&id| id != merged.column);
            // MariaDB looks for a bare name in a window's order among the SELECT list, too.
            if name.is_some() && !self.is_mysql() {
                self.bare.push(merged.column);
            }
            return;
        }
        let def = match (name.filter(|_| !self.is_mysql()), kind) {
            (Some(name), _) => Def::Name {
                block: self.current,
                qualifier: String::new(),
                name,
                rep: self.column_rep(merged.left),
            },
            (None, JoinKind::Full) => Def::Either(merged.left, merged.right),
            (None, JoinKind::Right) => Def::Same(merged.right),
            (None, _) => Def::Same(merged.left),
        };
        self.define_as(merged.column, def);
    }

    /// A column that USING makes cannot be a bare name where another relation of the block has that
    /// name too.
    fn settle_merged(&mut self, rel: RelId, whole: RelId) {
        let RelKind::Join {
            kind,
            left,
            right,
            merged,
            ..
        } = &self.ir.rel(rel).kind
        else {
            return;
        };
        self.settle_merged(*left, whole);
        self.settle_merged(*right, whole);
        let hidden = self.merged_below(whole);
        let all = self.ir.columns_of(whole);
        let crowded = self.crowded.contains(&self.current);
        let clashes = |m: &Merged, relations_own: bool| {
            let name = &self.ir.column(m.column).name;
            let mut others = all
                .iter()
                .filter(|&&id| id != m.column && !hidden.contains(&id));
            crowded
                || others.any(|&id| {
                    matches!(self.definition(id), Some(Def::Name { name: other, qualifier, .. })
                    if other == name && !(relations_own && qualifier.is_empty()))
                })
        };
        let mut taken: Vec<_> = merged
            .iter()
            .copied()
            .filter(|m| clashes(m, false))
            .collect();
        // There USING finds the column of a relation before the parentheses too; what another USING makes it does not.
        if self.dialect == Dialect::Sqlite && taken.iter().any(|m| clashes(m, true)) {
            self.using.retain(|&using| using != rel);
            taken.clone_from(merged);
        }
        for m in taken {
            self.define_merged(*kind, m, None);
        }
    }

    /// The name for USING, where both columns have it and stand alike, and no other column of the
    /// join's sides does.
    fn using_name(&self, join: RelId, merged: Merged) -> Option<String> {
        let ir = self.ir;
        let name_of = |id| match self.definition(id) {
            Some(Def::Name { name, .. }) => Some(name),
            _ => None,
        };
        let name = name_of(merged.left)?;
        let alike = name_of(merged.right)? == name
            && *name == ir.column(merged.column).name
            && ir.column(merged.left).ty == ir.column(merged.right).ty
            && self.column_rep(merged.left) == self.column_rep(merged.right)
            // USING would compare by the collation.
            && !(self.is_mysql() && [merged.left, merged.right].iter().any(|&id| ir.column(id).collated));
        let RelKind::Join { left, right, .. } = &ir.rel(join).kind else {
            return None;
        };
        let hidden = self.merged_below(*left);
        let bare = |id: ColumnId| !hidden.contains(&id) && name_of(id) == Some(name);
        let once = |rel, column| {
            let mut columns = ir.columns_of(rel).into_iter();
            columns.all(|id| id == column || !bare(id))
        };
        (alike && once(*left, merged.left) && once(*right, merged.right)).then(|| name.clone())
    }

    /// The columns that USING has made one of, in the joins of a relation.
    fn merged_below(&self, rel: RelId) -> Vec<ColumnId> {
        match &self.ir.rel(rel).kind {
            RelKind::Join {
                left,
                right,
                merged,
                ..
            } => {
                let mut all = self.merged_below(*left);
                all.extend(self.merged_below(*right));
                let pairs = merged.iter();
                all.extend(
                    pairs.flat_map(|m| [m.left, m.right].into_iter().filter(|&id| id != m.column)),
                );
                all
            }
            _ => Vec::new(),
        }
    }

    fn from(&mut self, rel: RelId, grouped: bool) -> Res {
        let ir = self.ir;
        let start = self.out.len();
        match &ir.rel(rel).kind {
            RelKind::Join { .. } => self.join(rel, grouped)?,
            RelKind::Sample {
                input,
                method,
                percent,
                seed,
            } => {
                if self.dialect == Dialect::Sqlite && seed.is_none() {
                    return self.sqlite_sample(*input, *percent, ir.rel(rel).span);
                }
                if !self.dialect.traits().can.samples {
                    let refused = self.refuse(ir.rel(rel).span, "TABLESAMPLE");
                    let help = "WHERE random() < 0.1 takes about one row of ten, others each time";
                    return Err(Box::new(refused.help(help)));
                }
                self.from(*input, false)?;
                self.push(&format!(" TABLESAMPLE {} (", method.to_uppercase()));
                self.sampled(*percent, " PERCENT")?;
                self.push(")");
                if let Some(seed) = seed {
                    self.push(" REPEATABLE (");
                    self.sampled(*seed, "")?;
                    self.push(")");
                }
            }
            RelKind::Scan {
                schema,
                table,
                alias,
                in_order,
                only,
                ..
            } => {
                self.only(*only);
                let stored = self.relation(schema.as_deref(), table);
                if *alias != stored {
                    self.push(" AS ");
                    self.name(alias);
                }
                if *in_order {
                    self.push(" NOT INDEXED");
                }
            }
            RelKind::CteScan { cte, alias, .. } => {
                let name = &ir.ctes[cte.index()].name;
                self.name(name);
                if alias != name {
                    self.push(" AS ");
                    self.name(alias);
                }
            }
            RelKind::TableFunction {
                func,
                args,
                alias,
                columns,
                ordinality,
            } => {
                let refused =
                    |entry: &&Entry| matches!(self.dialect.cell(&entry.cells), Cell::Refuse(_));
                if let Some(entry) = func.entry().filter(refused) {
                    return Err(self.refuse_call(ir.rel(rel).span, entry));
                }
                if matches!(func, TableFunc::JsonRecord { .. })
                    && !self.dialect.traits().can.told_columns
                {
                    let what = format!("{} with lengths of texts, or arrays,", func.name());
                    return Err(self.refuse(ir.rel(rel).span, &what));
                }
                let is_file = matches!(func, TableFunc::File(_));
                if is_file && self.dialect != Dialect::Duckdb {
                    return Err(self.refuse(ir.rel(rel).span, "a file in FROM"));
                }
                if !self.dialect.traits().can.table_functions {
                    return self.sqlite_table_function(rel);
                }
                let duckdb = self.dialect == Dialect::Duckdb;
                let listed = duckdb && self.duckdb_rows(func, args)?;
                match func {
                    _ if listed => {}
                    TableFunc::Own(name) | TableFunc::Told(name) => self.dotted(name),
                    _ => self.push(func.name()),
                }
                if !is_file && !listed {
                    self.push("(");
                    let path = (*func == TableFunc::JsonbPathQuery).then(|| args[1]);
                    self.list(args, |this, arg| match path == Some(arg) {
                        true => this.wrapped("CAST(", &[arg], " AS jsonpath)"),
                        false => this.scalar(arg, Rep::Plain, 0),
                    })?;
                    self.push(")");
                }
                self.push(if *ordinality {
                    " WITH ORDINALITY AS "
                } else {
                    " AS "
                });
                self.name(alias);
                self.push("(");
                let mut shown = &columns[..];
                if duckdb && matches!(func, TableFunc::JsonEach { .. }) {
                    self.name(duckdb::PAIR);
                    shown = &columns[2..];
                    self.push(if shown.is_empty() { "" } else { ", " });
                }
                for (at, (id, name)) in shown.iter().enumerate() {
                    self.push(if at == 0 { "" } else { ", " });
                    self.name(name);
                    if func.is_told() {
                        self.push(&format!(" {}", ir.column(*id).ty));
                    }
                }
                self.push(")");
            }
            RelKind::Derived {
                input,
                alias,
                columns,
            } => {
                let names = self.derived_names(columns);
                let ids: Vec<_> = columns.iter().map(|c| c.0).collect();
                self.mysql_closed(*input)?;
                self.push("(");
                self.outside(&ids, |this| {
                    this.query(*input, &names, Use::Named).map(|_| ())
                })?;
                self.push(") AS ");
                self.name(alias);
                if matches!(ir.rel(*input).kind, RelKind::Values { .. }) {
                    self.value_names(*input, &names)?;
                }
            }
            _ => self.query_in_from(rel)?,
        }
        self.spans.add(start, self.out.len(), ir.rel(rel).span);
        Ok(())
    }

    fn join(&mut self, rel: RelId, grouped: bool) -> Res {
        let ir = self.ir;
        let RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
            ..
        } = &ir.rel(rel).kind
        else {
            return Ok(());
        };
        if grouped {
            self.push("(");
        }
        if *kind == JoinKind::Full && !self.dialect.traits().can.full_join {
            return Err(self.refuse(ir.rel(rel).span, "FULL JOIN on such a condition"));
        }
        if let (false, Some(asks)) = (
            self.dialect.traits().can.queries_in_on,
            rql_ir::rewrite::asks_both(ir, rel),
        ) {
            let what = "a query in an outer join's condition that reads both sides";
            return Err(self.refuse(ir.scalar(asks).span, what));
        }
        if let (false, Some(asks)) = (
            self.dialect.traits().can.queries_in_on,
            rql_ir::rewrite::asks_around(ir, rel),
        ) {
            let what = "an outer join's condition that reads a row of the query around";
            return Err(self.refuse(ir.scalar(asks).span, what));
        }
        let unlike = |m: &Merged| {
            let [l, r] = [m.left, m.right].map(|id| ir.column(id).ty);
            l.unify(r) != l.unify_compared(r)
        };
        if self.dialect != crate::Dialect::Postgresql && merged.iter().any(unlike) {
            // They compare as doubles, and come to a real.
            let refused = self.refuse(ir.rel(rel).span, "USING of a real and an exact number");
            return Err(Box::new(refused.help("ON l.x = r.x says the same")));
        }
        self.from(*left, false)?;
        // Nothing relates the sides: a cross join, whatever it was written as.
        let bare = on.is_none() && merged.is_empty();
        self.push(match kind {
            JoinKind::Cross => " CROSS JOIN ",
            JoinKind::Inner if bare => " CROSS JOIN ",
            JoinKind::Inner => " JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full => " FULL JOIN ",
        });
        if *lateral && matches!(ir.rel(*right).kind, RelKind::Derived { .. }) {
            if !self.dialect.traits().can.lateral {
                return Err(self.refuse(ir.rel(rel).span, "LATERAL"));
            }
            self.push("LATERAL ");
        }
        self.from(*right, true)?;
        if self.using.contains(&rel) {
            self.push(" USING (");
            let names: Vec<_> = merged
                .iter()
                .map(|m| ir.column(m.column).name.clone())
                .collect();
            self.names(&names);
            self.push(")");
        } else if !bare || !matches!(kind, JoinKind::Cross | JoinKind::Inner) {
            self.push(" ON ");
            self.join_condition(*on, merged)?;
        }
        if grouped {
            self.push(")");
        }
        Ok(())
    }

    fn join_condition(&mut self, on: Option<rql_ir::ScalarId>, merged: &[Merged]) -> Res {
        for (at, m) in merged.iter().enumerate() {
            self.push(if at == 0 { "" } else { " AND " });
            let rep = self.common_columns(m.left, m.right);
            self.column_as(m.left, rep, true)?;
            self.push(" = ");
            self.column_as(m.right, rep, true)?;
        }
        match on {
            Some(on) => {
                self.condition = Some(on);
                self.push(if merged.is_empty() { "" } else { " AND " });
                self.scalar(on, Rep::Plain, if merged.is_empty() { 0 } else { 2 })
            }
            None if merged.is_empty() => {
                self.push("TRUE");
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The names of the columns of VALUES, where the dialect's own are others.
    fn value_names(&mut self, values: RelId, names: &[String]) -> Res {
        if self.dialect.traits().can.column_aliases {
            self.push("(");
            self.names(names);
            self.push(")");
            return Ok(());
        }
        let own = names
            .iter()
            .enumerate()
            .all(|(at, n)| *n == format!("column{}", at + 1));
        if own {
            return Ok(());
        }
        Err(self.refuse(self.ir.rel(values).span, "names for the columns of VALUES"))
    }

    /// A set operation, its operands from the left.
    pub(super) fn set_operation(&mut self, rel: RelId, names: &[String]) -> Res<Vec<Rep>> {
        let ir = self.ir;
        let RelKind::SetOp {
            op,
            all,
            left,
            right,
            columns,
            sides,
        } = &ir.rel(rel).kind
        else {
            return Ok(Vec::new());
        };
        for ((&column, &left), &right) in columns.iter().zip(&sides.0).zip(&sides.1) {
            let given = self.given_scale(column);
            let scale = given.or_else(|| self.scale_of_both(left, right));
            if let Some(scale) = scale {
                self.scales.extend([(left, scale), (right, scale)]);
            }
        }
        if !*all {
            self.mysql_columns_only(columns, ir.rel(rel).span)?;
        }
        self.set_operand(*left, names, *op, true)?;
        self.sorted_set = false;
        self.push(match op {
            SetOp::Union => " UNION ",
            SetOp::Intersect => " INTERSECT ",
            SetOp::Except => " EXCEPT ",
        });
        if *all {
            if *op != SetOp::Union && !self.dialect.traits().can.intersect_all {
                return Err(self.refuse(ir.rel(rel).span, "INTERSECT ALL and EXCEPT ALL"));
            }
            self.push("ALL ");
        }
        self.set_operand(*right, names, *op, false)?;
        Ok(self.result_names(columns, names))
    }

    /// An operand stands bare where it is a plain block, or the left end of the same operator.
    fn set_operand(&mut self, rel: RelId, names: &[String], op: SetOp, left: bool) -> Res {
        let traits = self.dialect.traits();
        let bare = match &self.ir.rel(rel).kind {
            RelKind::Values { rows, .. } if self.is_mysql() => rows.len() == 1,
            RelKind::Project { .. } | RelKind::Distinct { .. } | RelKind::Values { .. } => true,
            // UNION and EXCEPT are of one precedence, read from the left.
            RelKind::SetOp { op: below, .. } => match (op, *below) {
                (SetOp::Union | SetOp::Except, SetOp::Intersect) => {
                    left || traits.intersect_tighter
                }
                (SetOp::Intersect, SetOp::Union | SetOp::Except) => {
                    left && !traits.intersect_tighter
                }
                _ => left,
            },
            _ => false,
        };
        self.side = true;
        if bare {
            self.query(rel, names, Use::Named)?;
            return Ok(());
        }
        // MariaDB takes parentheses, but no WITH in them.
        let with = self.is_mysql() && matches!(self.ir.rel(rel).kind, RelKind::With { .. });
        if traits.set_parentheses && !with {
            self.push("(");
            self.query(rel, names, Use::Named)?;
            self.push(")");
            return Ok(());
        }
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        self.push("SELECT * FROM (");
        self.query(rel, names, Use::Named)?;
        self.push(") AS ");
        self.name(&alias);
        Ok(())
    }
}
