//! Query blocks: operators folded into the fewest SELECTs.

use super::{Def, Emitter, Rep, Res};
use rql_ir::{ColumnId, Item, JoinKind, RelId, RelKind, ScalarId, ScalarKind, SetOp, SortKey};

/// The operators of one block, from the outermost to FROM.
#[derive(Default)]
struct Block {
    limit: Option<(Option<ScalarId>, Option<ScalarId>)>,
    sort: Vec<SortKey>,
    distinct: bool,
    items: Vec<Item>,
    visible: usize,
    having: Option<ScalarId>,
    groups: Vec<Item>,
    filter: Option<ScalarId>,
    body: Option<RelId>,
}

impl Emitter<'_> {
    /// WITH and its queries.
    pub(super) fn with(&mut self) -> Res {
        let ir = self.ir;
        for (at, cte) in ir.ctes.iter().enumerate() {
            self.push(if at == 0 { "WITH " } else { ", " });
            self.name(&cte_name(at, &cte.name, ir));
            self.push(" AS (");
            let names: Vec<_> = cte.columns.iter().map(|c| c.1.clone()).collect();
            self.query(cte.rel, &names, true)?;
            self.push(")");
            if at + 1 == ir.ctes.len() {
                self.push(" ");
            }
        }
        Ok(())
    }

    /// Writes a query; `inner` where its columns are used by name or compared with others. Gives how
    /// its columns stand.
    pub(super) fn query(&mut self, root: RelId, names: &[String], inner: bool) -> Res<Vec<Rep>> {
        let start = self.out.len();
        let outer = self.current;
        self.blocks.push(0);
        self.current = self.blocks.len() - 1;
        let done = self.block(root, names, inner);
        self.current = outer;
        self.spans
            .add(start, self.out.len(), self.ir.rel(root).span);
        done
    }

    fn peel(&mut self, root: RelId) -> Block {
        let mut block = Block::default();
        let mut at = root;
        if let RelKind::Limit {
            input,
            count,
            offset,
        } = self.ir.rel(at).kind
        {
            block.limit = Some((count, offset));
            at = input;
        }
        if let RelKind::Sort { input, keys } = &self.ir.rel(at).kind {
            block.sort.clone_from(keys);
            at = *input;
        }
        if let RelKind::Distinct { input } = self.ir.rel(at).kind {
            block.distinct = true;
            at = input;
        }
        if let RelKind::Project {
            input,
            items,
            visible,
        } = &self.ir.rel(at).kind
        {
            block.items.clone_from(items);
            block.visible = *visible;
            at = *input;
            for &(column, scalar) in items {
                self.defs.insert(column, Def::Inline(scalar));
            }
            if let RelKind::Filter { input, predicate } = self.ir.rel(at).kind
                && matches!(self.ir.rel(input).kind, RelKind::Aggregate { .. })
            {
                block.having = Some(predicate);
                at = input;
            }
            if let RelKind::Aggregate {
                input,
                groups,
                aggregates,
            } = &self.ir.rel(at).kind
            {
                for &(column, scalar) in groups.iter().chain(aggregates) {
                    self.defs.insert(column, Def::Inline(scalar));
                }
                block.groups.clone_from(groups);
                at = *input;
            }
            if let RelKind::Filter { input, predicate } = self.ir.rel(at).kind {
                block.filter = Some(predicate);
                at = input;
            }
        }
        block.body = Some(at);
        block
    }

    fn block(&mut self, root: RelId, names: &[String], inner: bool) -> Res<Vec<Rep>> {
        let block = self.peel(root);
        let Some(body) = block.body else {
            return Ok(Vec::new());
        };
        let reps = if block.visible > 0 || !block.items.is_empty() {
            self.define(body)?;
            self.select(&block, body, names, inner)?
        } else {
            match &self.ir.rel(body).kind {
                RelKind::SetOp {
                    op,
                    all,
                    left,
                    right,
                    sides,
                    columns,
                } => {
                    let (op, all, left, right) = (*op, *all, *left, *right);
                    self.set_operand(left, names, op, true)?;
                    self.push(match op {
                        SetOp::Union => " UNION ",
                        SetOp::Intersect => " INTERSECT ",
                        SetOp::Except => " EXCEPT ",
                    });
                    if all {
                        if op != SetOp::Union && !self.dialect.traits().decimals {
                            let span = self.ir.rel(body).span;
                            return Err(self.refuse(span, "INTERSECT ALL and EXCEPT ALL"));
                        }
                        self.push("ALL ");
                    }
                    self.set_operand(right, names, op, false)?;
                    let _ = sides;
                    self.result_names(columns, names)
                }
                RelKind::Values { rows, columns } => {
                    for (at, row) in rows.iter().enumerate() {
                        self.push(if at == 0 { "VALUES (" } else { ", (" });
                        self.list(row, |this, s| {
                            let rep = this.computed(this.ir.scalar(s).ty);
                            this.scalar(s, rep, 0)
                        })?;
                        self.push(")");
                    }
                    let own: Vec<_> = (1..=columns.len()).map(|n| format!("column{n}")).collect();
                    self.result_names(columns, &own)
                }
                _ => {
                    self.nested += 1;
                    let alias = format!("q{}", self.nested);
                    self.push("SELECT * FROM (");
                    let reps = self.query(body, names, true)?;
                    self.push(") AS ");
                    self.name(&alias);
                    let columns = self.ir.columns_of(body);
                    self.result_names(&columns, names);
                    reps
                }
            }
        };
        self.order(&block, names)?;
        self.limit(&block)?;
        Ok(reps)
    }

    /// The columns of a result without SELECT list of its own are known by their names.
    fn result_names(&mut self, columns: &[ColumnId], names: &[String]) -> Vec<Rep> {
        let mut reps = Vec::new();
        for (&column, name) in columns.iter().zip(names) {
            let rep = self.computed(self.ir.column(column).ty);
            let def = Def::Name {
                block: self.current,
                qualifier: String::new(),
                name: name.clone(),
                rep,
            };
            self.defs.insert(column, def);
            reps.push(rep);
        }
        reps
    }

    /// An operand stands bare where it is a plain block, or the left end of the same operator.
    fn set_operand(&mut self, rel: RelId, names: &[String], op: SetOp, left: bool) -> Res {
        let bare = match &self.ir.rel(rel).kind {
            RelKind::Project { .. } | RelKind::Distinct { .. } => true,
            RelKind::SetOp { op: below, .. } => left && *below == op,
            _ => false,
        };
        if bare {
            self.query(rel, names, true)?;
            return Ok(());
        }
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        if !matches!(self.ir.rel(rel).kind, RelKind::Values { .. }) {
            self.push("SELECT * FROM (");
            self.query(rel, names, true)?;
            self.push(") AS ");
            self.name(&alias);
            return Ok(());
        }
        self.query(rel, names, true)?;
        Ok(())
    }

    fn select(
        &mut self,
        block: &Block,
        body: RelId,
        names: &[String],
        inner: bool,
    ) -> Res<Vec<Rep>> {
        self.push("SELECT ");
        if block.distinct {
            self.push("DISTINCT ");
        }
        let mut reps = Vec::new();
        for (at, &(column, scalar)) in block.items[..block.visible].iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            let mut rep = self.natural(scalar);
            if inner && rep == Rep::Stored {
                rep = self.computed(self.ir.column(column).ty);
            }
            if rep == Rep::Numeric && block.distinct {
                let span = self.ir.scalar(scalar).span;
                return Err(self.refuse(span, "DISTINCT of decimals of different scales"));
            }
            let start = self.out.len();
            self.scalar(scalar, rep, 0)?;
            reps.push(rep);
            let written = &self.out[start..];
            let name = names.get(at).map_or("", String::as_str);
            let plain = written == name || written.ends_with(&format!(".{name}"));
            let same = plain || written == format!("\"{name}\"");
            if !(same || (!inner && self.default_name(scalar) == name)) {
                self.push(" AS ");
                self.name(name);
            }
        }
        if !matches!(self.ir.rel(body).kind, RelKind::OneRow) {
            self.push(" FROM ");
            self.from(body, false)?;
        }
        if let Some(filter) = block.filter {
            self.push(" WHERE ");
            self.scalar(filter, Rep::Plain, 0)?;
        }
        if !block.groups.is_empty() {
            self.push(" GROUP BY ");
            let keys: Vec<_> = block.groups.iter().map(|g| g.1).collect();
            self.list(&keys, |this, key| {
                let rep = this.natural(key);
                if rep == Rep::Numeric {
                    let span = this.ir.scalar(key).span;
                    return Err(this.refuse(span, "GROUP BY of decimals of different scales"));
                }
                this.scalar(key, rep, 0)
            })?;
        }
        if let Some(having) = block.having {
            self.push(" HAVING ");
            self.scalar(having, Rep::Plain, 0)?;
        }
        Ok(reps)
    }

    fn order(&mut self, block: &Block, names: &[String]) -> Res {
        if block.sort.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        for (at, key) in block.sort.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            let ScalarKind::Column(id) = self.ir.scalar(key.scalar).kind else {
                self.key(*key)?;
                continue;
            };
            let item = block.items[..block.visible].iter().position(|i| i.0 == id);
            match item {
                // The name in the SELECT list, where it is one and says the same on every dialect.
                Some(item) if self.natural(key.scalar) != Rep::Numeric => {
                    let scalar = block.items[item].1;
                    let column = matches!(self.ir.scalar(scalar).kind, ScalarKind::Column(_));
                    let name = names.get(item).cloned().unwrap_or_default();
                    let once = names.iter().filter(|n| **n == name).count() == 1;
                    if !once {
                        self.push(&(item + 1).to_string());
                    } else if column || self.default_name(scalar) == name {
                        let rep = self.natural(key.scalar);
                        self.scalar(key.scalar, rep, 0)?;
                    } else {
                        self.name(&name);
                    }
                    self.direction(*key);
                }
                _ => self.key(*key)?,
            }
        }
        Ok(())
    }

    /// A key of an order, by its value.
    pub(super) fn key(&mut self, key: SortKey) -> Res {
        let rep = self.natural(key.scalar);
        if rep == Rep::Numeric {
            self.push("rql_num_key(");
            self.scalar(key.scalar, rep, 0)?;
            self.push(")");
        } else {
            self.scalar(key.scalar, rep, 0)?;
        }
        self.direction(key);
        Ok(())
    }

    fn direction(&mut self, key: SortKey) {
        if key.descending {
            self.push(" DESC");
        }
        let default = self.dialect.traits().nulls_first_ascending != key.descending;
        if default != key.nulls_first && self.ir.scalar(key.scalar).nullable {
            self.push(if key.nulls_first {
                " NULLS FIRST"
            } else {
                " NULLS LAST"
            });
        }
    }

    fn limit(&mut self, block: &Block) -> Res {
        let Some((count, offset)) = block.limit else {
            return Ok(());
        };
        if let Some(count) = count {
            self.push(" LIMIT ");
            self.scalar(count, Rep::Plain, 0)?;
        } else if self.dialect == crate::Dialect::Sqlite {
            self.push(" LIMIT -1");
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.scalar(offset, Rep::Plain, 0)?;
        }
        Ok(())
    }

    /// Says what the columns of FROM are called, before anything is written.
    fn define(&mut self, rel: RelId) -> Res {
        let ir = self.ir;
        let (alias, columns): (&str, Vec<(ColumnId, String, Rep)>) = match &ir.rel(rel).kind {
            RelKind::Join { left, right, .. } => {
                self.define(*left)?;
                return self.define(*right);
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
                let names = &ir.ctes[cte.index()].columns;
                let columns = columns
                    .iter()
                    .zip(names)
                    .map(|(&id, (_, name))| (id, name.clone(), self.computed(ir.column(id).ty)));
                (alias, columns.collect())
            }
            RelKind::Derived { alias, columns, .. } => {
                let columns = columns
                    .iter()
                    .map(|(id, name)| (*id, name.clone(), self.computed(ir.column(*id).ty)));
                (alias, columns.collect())
            }
            _ => return Ok(()),
        };
        let at = self.current;
        self.blocks[at] += 1;
        for (id, name, rep) in columns {
            let def = Def::Name {
                block: at,
                qualifier: alias.to_owned(),
                name,
                rep,
            };
            self.defs.insert(id, def);
        }
        Ok(())
    }

    fn from(&mut self, rel: RelId, grouped: bool) -> Res {
        let ir = self.ir;
        let start = self.out.len();
        match &ir.rel(rel).kind {
            RelKind::Join {
                kind,
                left,
                right,
                on,
            } => {
                if grouped {
                    self.push("(");
                }
                self.from(*left, false)?;
                self.push(match kind {
                    JoinKind::Inner => " JOIN ",
                    JoinKind::Left => " LEFT JOIN ",
                    JoinKind::Right => " RIGHT JOIN ",
                    JoinKind::Full => " FULL JOIN ",
                    JoinKind::Cross => " CROSS JOIN ",
                });
                self.from(*right, true)?;
                if let Some(on) = on {
                    self.push(" ON ");
                    self.scalar(*on, Rep::Plain, 0)?;
                }
                if grouped {
                    self.push(")");
                }
            }
            RelKind::Scan {
                schema,
                table,
                alias,
                ..
            } => {
                if let Some(schema) = schema {
                    self.name(schema);
                    self.push(".");
                }
                self.name(table);
                if alias != table {
                    self.push(" AS ");
                    self.name(alias);
                }
            }
            RelKind::CteScan { cte, alias, .. } => {
                let name = cte_name(cte.index(), &ir.ctes[cte.index()].name, ir);
                self.name(&name);
                if *alias != name {
                    self.push(" AS ");
                    self.name(alias);
                }
            }
            RelKind::Derived {
                input,
                alias,
                columns,
            } => {
                let names: Vec<_> = columns.iter().map(|c| c.1.clone()).collect();
                let saved: Vec<_> = columns
                    .iter()
                    .map(|c| (c.0, self.defs.get(&c.0).cloned()))
                    .collect();
                self.push("(");
                self.query(*input, &names, true)?;
                self.push(") AS ");
                self.name(alias);
                // Outside, the columns are the derived relation's.
                for (id, def) in saved {
                    self.defs.extend(def.map(|def| (id, def)));
                }
                if self.dialect.traits().decimals {
                    if let RelKind::Values { .. } = ir.rel(*input).kind {
                        self.push("(");
                        for (at, name) in names.iter().enumerate() {
                            self.push(if at == 0 { "" } else { ", " });
                            self.name(name);
                        }
                        self.push(")");
                    }
                } else if matches!(ir.rel(*input).kind, RelKind::Values { .. })
                    && names
                        .iter()
                        .enumerate()
                        .any(|(at, n)| *n != format!("column{}", at + 1))
                {
                    let span = ir.rel(rel).span;
                    return Err(self.refuse(span, "names for the columns of VALUES"));
                }
            }
            _ => {}
        }
        self.spans.add(start, self.out.len(), ir.rel(rel).span);
        Ok(())
    }
}

/// WITH queries of one name in different blocks are told apart.
fn cte_name(at: usize, name: &str, ir: &rql_ir::Ir) -> String {
    let before = ir.ctes[..at].iter().filter(|c| c.name == name).count();
    if before == 0 {
        name.to_owned()
    } else {
        format!("{name}_{}", before + 1)
    }
}
