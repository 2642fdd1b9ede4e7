//! The clauses of a block that group, order and limit it.

use super::block::{Block, Group};
use super::sqlite::stored_as_text;
use super::{Def, Emitter, Rep, Res, Use};
use rql_ir::{ColumnId, Item, RelKind, ScalarId, ScalarKind, SortKey};

impl<'a> Emitter<'a> {
    pub(super) fn group_by(
        &mut self,
        group: &Group<'a>,
        block: &Block<'a>,
        names: &[String],
    ) -> Res {
        if group.keys.is_empty() && group.sets.is_none() {
            return Ok(());
        }
        self.push(" GROUP BY ");
        // A bare name is an alias to some dialects.
        let aliases = self.aliases_of(block, names);
        let before = core::mem::replace(&mut self.aliases, aliases);
        let done = match group.sets {
            None => {
                let mut keys: Vec<_> = group.keys.iter().map(|g| g.1).collect();
                // What follows from a primary key must be named there, on MariaDB where HAVING reads it.
                let asked = self.is_mysql() && !block.having.is_empty();
                if asked || self.dialect == crate::Dialect::Duckdb {
                    keys.extend(group.dependent.iter().map(|g| g.1));
                }
                self.list(&keys, |this, key| this.group_key(key))
            }
            Some(sets) => self.grouping_sets(group.keys, sets),
        };
        self.aliases = before;
        done
    }

    fn group_key(&mut self, key: ScalarId) -> Res {
        self.mysql_value_only(key)?;
        self.sortable(key)
    }

    /// ROLLUP or CUBE where the sets are one, else all of them.
    fn grouping_sets(&mut self, keys: &[Item], sets: &[Vec<usize>]) -> Res {
        if !self.dialect.traits().can.grouping_sets {
            let span = keys.first().map(|key| self.ir.scalar(key.1).span);
            return Err(self.refuse(span.unwrap_or_default(), "ROLLUP, CUBE and GROUPING SETS"));
        }
        let n = keys.len();
        let rollup = n > 0
            && sets.len() == n + 1
            && sets
                .iter()
                .enumerate()
                .all(|(at, set)| set.iter().copied().eq(0..n - at));
        let bits = |mask: usize| (0..n).filter(move |at| mask >> (n - 1 - at) & 1 == 1);
        let cube = n < 12
            && n > 1
            && sets.len() == 1 << n
            && sets
                .iter()
                .zip((0..1 << n).rev())
                .all(|(set, mask)| set.iter().copied().eq(bits(mask)));
        let whole: Vec<_> = keys.iter().map(|key| key.1).collect();
        if rollup || cube {
            self.push(if rollup { "ROLLUP (" } else { "CUBE (" });
            self.list(&whole, |this, key| this.group_key(key))?;
            self.push(")");
            return Ok(());
        }
        self.push("GROUPING SETS (");
        for (at, set) in sets.iter().enumerate() {
            self.push(if at == 0 { "(" } else { ", (" });
            let set: Vec<_> = set.iter().map(|&at| keys[at].1).collect();
            self.list(&set, |this, key| this.group_key(key))?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }

    pub(super) fn distinct_on(&mut self, block: &Block<'a>, names: &[String], how: Use) -> Res {
        if !self.dialect.traits().can.distinct_on {
            let span = self.ir.scalar(block.distinct_on[0]).span;
            return Err(self.refuse(span, "DISTINCT ON"));
        }
        self.push("DISTINCT ON (");
        for (at, &key) in block.distinct_on.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.target(key, block, names, how)?;
        }
        self.push(") ");
        Ok(())
    }

    pub(super) fn order(&mut self, block: &Block<'a>, names: &[String], how: Use) -> Res {
        for (at, key) in block.sort.iter().enumerate() {
            self.push(if at == 0 { " ORDER BY " } else { ", " });
            if self.is_mysql() && self.nulls_apart(key) {
                // Inside an expression the alias of an aggregate means nothing.
                self.in_full(block, names, |this| this.null_key(key))?;
            }
            let written = self.target(key.scalar, block, names, how)?;
            if !written && self.natural(key.scalar) == Rep::Numeric {
                let span = self.ir.scalar(key.scalar).span;
                return Err(self.refuse(span, "an order by such decimals"));
            }
            self.direction(*key);
        }
        Ok(())
    }

    /// A key of ORDER BY or DISTINCT ON: by the name in the SELECT list, where it is one and says the
    /// same on every dialect; true where it is written in a form that sorts.
    fn target(
        &mut self,
        key: ScalarId,
        block: &Block<'a>,
        names: &[String],
        how: Use,
    ) -> Res<bool> {
        // A number is the place of a column.
        if self.dialect == crate::Dialect::Sqlite && self.is_constant(key) {
            self.push("NULL");
            return Ok(true);
        }
        if self.is_mistaken(key) {
            return self.sortable_constant(key).map(|()| true);
        }
        let seen = block.items.map_or(&[][..], |items| &items[..block.visible]);
        let item = match self.ir.scalar(key).kind {
            ScalarKind::Column(id) => seen.iter().position(|i| i.0 == id),
            _ => None,
        };
        let ty = self.ir.scalar(key).ty;
        let interval =
            self.is_mysql() && matches!(ty, rql_ir::Type::Interval | rql_ir::Type::Array(_));
        let rep = self.natural(key);
        let stored = rep == Rep::Stored && stored_as_text(ty);
        let numeric = rep == Rep::Numeric || stored || interval || self.needs_key(ty);
        if let Some(item) = item.filter(|_| !numeric) {
            let scalar = seen[item].1;
            let name = names.get(item).cloned().unwrap_or_default();
            // A value's SELECT list has no aliases.
            let aliased = matches!(how, Use::Result | Use::Named);
            let once = aliased && names.iter().filter(|n| **n == name).count() == 1;
            let plain = self.default_name(scalar) == name;
            if once && !plain {
                self.name(&name);
                return Ok(true);
            }
            // A number is a column only where it stands alone.
            if !once && block.distinct_on.is_empty() && !self.is_mysql() {
                self.push(&(item + 1).to_string());
                return Ok(true);
            }
        }
        let twice = self.is_sought_twice(key, block, seen);
        self.push(if twice { "COALESCE(" } else { "" });
        self.in_full(block, names, |this| this.sortable(key))?;
        self.push(if twice { ")" } else { "" });
        Ok(true)
    }

    /// True for a key of a query in FROM that nothing shows: where a window has it too MariaDB finds it in both
    /// queries, once the two have become one, and knows no way out.
    fn is_sought_twice(&self, key: ScalarId, block: &Block<'a>, seen: &[Item]) -> bool {
        let Some(column) = self.base(key).filter(|_| self.is_mysql() && block.windows) else {
            return false;
        };
        // What a rewrite lets through keeps its column.
        let (mut scanned, mut derived) = (false, false);
        for rel in &self.ir.rels {
            match &rel.kind {
                RelKind::Scan { columns, .. } => scanned |= columns.contains(&column),
                RelKind::Derived { columns, .. } => {
                    derived |= columns.iter().any(|own| own.0 == column);
                }
                _ => {}
            }
        }
        let shown = seen.iter().any(|item| self.base(item.1) == Some(column));
        !shown && (derived || !scanned)
    }

    /// A key that is no name of the SELECT list: a bare name would be the alias, so what stands in FROM is
    /// said in full.
    fn in_full(
        &mut self,
        block: &Block<'a>,
        names: &[String],
        write: impl FnOnce(&mut Self) -> Res,
    ) -> Res {
        let aliases = self.aliases_of(block, names);
        let listed = core::mem::replace(&mut self.listed, aliases.clone());
        let before = core::mem::replace(&mut self.aliases, aliases);
        let done = write(self);
        self.aliases = before;
        self.listed = listed;
        done
    }

    /// The names of the SELECT list, and the columns of FROM that they stand for.
    pub(super) fn aliases_of(
        &self,
        block: &Block<'a>,
        names: &[String],
    ) -> Vec<(String, Option<ColumnId>)> {
        let items = block.items.unwrap_or_default();
        let seen = items.iter().take(block.visible);
        let names = names.iter().cloned();
        names.zip(seen.map(|item| self.base(item.1))).collect()
    }

    /// What stands before a key on MariaDB, where NULLs have a place of their own: whether it is one.
    pub(super) fn null_key(&mut self, key: &SortKey) -> Res {
        self.sortable_above(key.scalar, 5)?;
        self.push(match key.nulls_first {
            true => " IS NULL DESC, ",
            false => " IS NULL, ",
        });
        Ok(())
    }

    /// A scalar in a form that sorts as its values do.
    pub(super) fn sortable(&mut self, key: ScalarId) -> Res {
        self.sortable_above(key, 0)
    }

    /// The same as an operand.
    fn sortable_above(&mut self, key: ScalarId, above: u8) -> Res {
        // A number there would be a place in the SELECT list, another constant a name of it.
        if self.is_mysql() && (self.is_constant(key) || self.is_lone_parameter(key)) {
            self.push("NULL");
            return Ok(());
        }
        // It stays in the text: DuckDB binds no more than stands there.
        if self.dialect == crate::Dialect::Duckdb && self.is_lone_parameter(key) {
            self.push("CASE WHEN ");
            self.scalar(key, Rep::Plain, 5)?;
            self.push(" IS NOT NULL THEN ");
            self.scalar(key, Rep::Plain, 0)?;
            self.push(" END");
            return Ok(());
        }
        let mut rep = self.natural(key);
        let ty = self.ir.scalar(key).ty;
        if self.is_keyed_document(ty) {
            return self.document_key(key);
        }
        if rep == Rep::Stored && stored_as_text(ty) {
            rep = self.computed(ty);
        }
        let interval =
            self.is_mysql() && matches!(ty, rql_ir::Type::Interval | rql_ir::Type::Array(_));
        if rep == Rep::Numeric || interval || self.needs_key(ty) {
            return self.comparable(key, rep, above);
        }
        self.scalar(key, rep, above)
    }

    /// A key of an order, by its value.
    pub(super) fn key(&mut self, key: SortKey) -> Res {
        // Beside `NULL IS NULL, NULL` MariaDB sorts another window by nothing.
        let constant = self.is_constant(key.scalar) || self.is_lone_parameter(key.scalar);
        if self.is_mysql() && !constant && self.nulls_apart(&key) {
            self.null_key(&key)?;
        }
        match &self.ir.scalar(key.scalar).kind {
            _ if self.is_mistaken(key.scalar) => self.sortable_constant(key.scalar)?,
            // SQLite takes a number for the place of a column in windows as well.
            _ if self.dialect == crate::Dialect::Sqlite && self.is_constant(key.scalar) => {
                self.push("NULL");
                return Ok(());
            }
            _ => self.sortable(key.scalar)?,
        }
        self.direction(key);
        Ok(())
    }

    /// True for a constant, which DuckDB takes for a mistake in an order.
    fn is_mistaken(&self, key: ScalarId) -> bool {
        self.dialect == crate::Dialect::Duckdb
            && self.is_constant(key)
            && !self.is_lone_parameter(key)
    }

    fn sortable_constant(&mut self, key: ScalarId) -> Res {
        self.push("CAST(");
        self.sortable(key)?;
        let held = match self.ir.scalar(key).ty {
            // Its own would have eighteen digits.
            rql_ir::Type::Decimal {
                precision: None, ..
            } => format!("decimal(38, {})", self.duckdb_scale(key).unwrap_or(18)),
            ty => ty.to_string(),
        };
        self.push(&format!(" AS {held})"));
        Ok(())
    }

    /// True for a parameter alone: in an order, where it says nothing, DuckDB has none and MariaDB looks for a column.
    pub(super) fn is_lone_parameter(&self, id: ScalarId) -> bool {
        match self.ir.scalar(id).kind {
            ScalarKind::Param(_) => true,
            ScalarKind::Cast { operand, .. } => self.is_lone_parameter(operand),
            ScalarKind::Column(column) => matches!(
                self.definition(column),
                Some(&Def::Inline(inner)) if self.is_lone_parameter(inner)
            ),
            _ => false,
        }
    }

    pub(super) fn direction(&mut self, key: SortKey) {
        if key.descending {
            self.push(" DESC");
        }
        let default = match self.dialect {
            // What stands before the key has put them where they belong.
            _ if self.is_mysql() => return,
            // Last, whatever the direction.
            crate::Dialect::Duckdb => false,
            dialect => dialect.traits().nulls_first_ascending != key.descending,
        };
        if default != key.nulls_first && self.ir.scalar(key.scalar).nullable {
            self.push(if key.nulls_first {
                " NULLS FIRST"
            } else {
                " NULLS LAST"
            });
        }
    }

    pub(super) fn limit(&mut self, block: &Block<'a>) -> Res {
        let Some((count, offset, with_ties)) = block.limit else {
            return Ok(());
        };
        if self.is_mysql() && !with_ties {
            return self.mysql_limit(count, offset);
        }
        if with_ties {
            return self.fetch_with_ties(count, offset);
        }
        if let Some(count) = count {
            self.push(" LIMIT ");
            self.row_count(count, -1)?;
        } else if offset.is_some() && self.dialect == crate::Dialect::Sqlite {
            self.push(" LIMIT -1");
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.row_count(offset, 0)?;
        }
        Ok(())
    }

    /// A number of rows. SQLite takes a negative one for none, and refuses NULL, which stands for `none`.
    fn row_count(&mut self, count: ScalarId, none: i64) -> Res {
        let constant = matches!(self.ir.scalar(count).kind, ScalarKind::Literal(_));
        if constant || self.dialect != crate::Dialect::Sqlite {
            return self.scalar(count, Rep::Plain, 0);
        }
        self.sites.push(self.ir.scalar(count).span);
        self.push("rql_rows(");
        self.scalar(count, Rep::Plain, 0)?;
        self.push(&format!(", {none})"));
        Ok(())
    }

    fn fetch_with_ties(&mut self, count: Option<ScalarId>, offset: Option<ScalarId>) -> Res {
        if let Some(count) = count
            && !self.dialect.traits().can.with_ties
        {
            let span = self.ir.scalar(count).span;
            return Err(self.refuse(span, "WITH TIES"));
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.scalar(offset, Rep::Plain, 0)?;
        }
        if let Some(count) = count {
            self.push(" FETCH FIRST ");
            self.scalar(count, Rep::Plain, 20)?;
            self.push(" ROWS WITH TIES");
        }
        Ok(())
    }
}
