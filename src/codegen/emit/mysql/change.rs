//! INSERT, UPDATE, DELETE.
//!
//! The session's `SIMULTANEOUS_ASSIGNMENT` lets every SET read the old row, ON DUPLICATE KEY too.

use super::super::{Def, Emitter, Rep, Res, Use};
use rql_ast::Span;
use rql_ir::{
    Assign, ColumnId, Conflict, CteId, Delete, Insert, RelId, RelKind, ScalarId, ScalarKind,
    Target, Update,
};

/// Behind a DELETE whose condition can fail: the database only warns of that, and deletes what it deletes,
/// so that the session has to take it back.
pub const STRICT: &str = " /* strict */";

/// Behind ON DUPLICATE KEY UPDATE that changes each row it meets: the database counts those that become different.
pub const EACH: &str = " /* each */";

/// The comment of a column whose numbers are given by the server alone.
pub const NUMBERED_ALWAYS: &str = "GENERATED ALWAYS";

impl<'a> Emitter<'a> {
    /// A change with WITH before it; there only the query of an INSERT has a place for that.
    pub(in crate::emit) fn mysql_with(
        &mut self,
        ctes: &'a [CteId],
        rel: RelId,
        names: &[String],
    ) -> Res<Vec<Rep>> {
        let span = self.ir.rel(rel).span;
        if let RelKind::Insert(insert) = &self.ir.rel(rel).kind {
            let source = insert.source.map(|source| &self.ir.rel(source).kind);
            if !matches!(
                source,
                None | Some(RelKind::Values { .. } | RelKind::With { .. })
            ) {
                return self.mysql_insert(insert, ctes, names, span);
            }
        }
        Err(self.no(
            span,
            "WITH before this change",
            "the query can stand where it is used",
        ))
    }

    pub(in crate::emit) fn mysql_insert(
        &mut self,
        insert: &'a Insert,
        ctes: &[CteId],
        names: &[String],
        span: Span,
    ) -> Res<Vec<Rep>> {
        let ir = self.ir;
        let rows = insert.source.map(|source| &ir.rel(source).kind);
        if insert.overriding == Some(false) && !matches!(rows, Some(RelKind::Values { .. })) {
            return Err(self.no(
                span,
                "OVERRIDING USER VALUE with a query",
                "leave the numbered column out",
            ));
        }
        self.numbers_no_null(insert)?;
        self.push("INSERT INTO ");
        self.own_name(&insert.target);
        let whole = insert.columns == insert.target.columns && !insert.listed;
        if !insert.columns.is_empty() && !whole {
            self.push(" (");
            self.column_names(&insert.columns);
            self.push(")");
        }
        match insert.source.map(|source| (source, &ir.rel(source).kind)) {
            None => self.push(" () VALUES ()"),
            Some((_, RelKind::Values { rows, .. })) => {
                self.push(" ");
                self.given_rows(rows, &[], insert)?;
                let met = insert.conflict.as_ref();
                if let Some(conflict) = met.filter(|c| !self.meets_once(c, insert)) {
                    return Err(self.may_meet_twice(conflict));
                }
            }
            Some((source, _)) => {
                self.push(" ");
                if !ctes.is_empty() {
                    self.with(ctes)?;
                }
                self.given_query(source, insert, false)?;
                if let Some(conflict) = insert.conflict.as_ref().filter(|c| c.update.is_some()) {
                    let help =
                        "rows that are written out in VALUES, with different keys, can update";
                    return Err(self.no(conflict.span, "DO UPDATE behind a query", help));
                }
            }
        }
        self.blocks[self.current] = 0;
        self.define_row(&insert.target.columns, &insert.target.table);
        if let Some(conflict) = &insert.conflict {
            self.on_duplicate(conflict, &insert.target, !insert.returning.is_empty())?;
        }
        self.mysql_returning(&insert.returning, names)
    }

    fn on_duplicate(&mut self, conflict: &'a Conflict, target: &Target, returning: bool) -> Res {
        let ir = self.ir;
        let named = !conflict.keys.is_empty() || conflict.constraint.is_some();
        if named && !conflict.alone || conflict.keys_where.is_some() {
            let help = "ON CONFLICT DO NOTHING means every key";
            return Err(self.no(conflict.span, "ON CONFLICT of one key among several", help));
        }
        let kept = conflict.update.is_none() || conflict.predicate.is_some();
        if kept && returning {
            let help = "SELECT after it reads the row that is there";
            return Err(self.no(
                conflict.span,
                "RETURNING where a row may be left as it is",
                help,
            ));
        }
        self.push(" ON DUPLICATE KEY UPDATE ");
        let Some(assigns) = &conflict.update else {
            // A column keeps its value, which is nothing.
            let column = conflict
                .keys
                .iter()
                .find_map(|&key| match ir.scalar(key).kind {
                    ScalarKind::Column(id) => Some(id),
                    _ => None,
                });
            let Some(column) = column.or(target.columns.first().copied()) else {
                let help = "--schema FILE or --db URL says which columns there are";
                return Err(self.no(
                    conflict.span,
                    "ON CONFLICT of a table that is not known",
                    help,
                ));
            };
            let name = &ir.column(column).name;
            self.name(name);
            self.push(" = ");
            self.name(&target.table);
            self.push(".");
            self.name(name);
            return Ok(());
        };
        for &id in &conflict.excluded {
            self.define_as(id, Def::Proposed(ir.column(id).name.clone()));
        }
        for (at, assign) in assigns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let (column, value) = self.one(assign)?;
            let name = &ir.column(column).name;
            self.name(name);
            self.push(" = ");
            let Some(predicate) = conflict.predicate else {
                self.scalar(value, self.natural(value), 0)?;
                continue;
            };
            if matches!(ir.scalar(value).kind, ScalarKind::Default(_)) {
                return Err(self.no(
                    conflict.span,
                    "DEFAULT under a condition",
                    "write the value",
                ));
            }
            self.push("IF(");
            self.scalar(predicate, Rep::Plain, 0)?;
            self.push(", ");
            self.scalar(value, self.natural(value), 0)?;
            self.push(", ");
            self.name(&target.table);
            self.push(".");
            self.name(name);
            self.push(")");
        }
        if conflict.predicate.is_none() {
            self.push(EACH);
        }
        Ok(())
    }

    /// A column and its value.
    fn one(&self, assign: &Assign) -> Res<(ColumnId, ScalarId)> {
        match assign {
            Assign::One(item) => Ok(*item),
            Assign::Part(part) => Err(self.no_part(part)),
            Assign::Row { span, .. } => {
                let help = "one query for each column gives the same";
                Err(self.no(*span, "several columns of one query", help))
            }
        }
    }

    pub(in crate::emit) fn mysql_update(
        &mut self,
        update: &'a Update,
        names: &[String],
        span: Span,
    ) -> Res<Vec<Rep>> {
        if !update.returning.is_empty() {
            return self.mysql_update_returning(update, names, span);
        }
        self.push("UPDATE ");
        self.changed_table(&update.target);
        self.define_row(&update.target.columns, &update.target.alias);
        if let Some(from) = update.from {
            self.read(from)?;
            self.push(", ");
            self.relations(from)?;
        }
        self.push(" SET ");
        for (at, assign) in update.assigns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let (column, value) = self.one(assign)?;
            if update.from.is_some() {
                self.name(&update.target.alias);
                self.push(".");
            }
            let known = self.ir.column(column);
            self.name(&known.name);
            self.push(" = ");
            // What has no default refuses the word there, also where no row is changed.
            if self.is_default(value) && known.default.as_deref() == Some("NULL") {
                self.push("NULL");
            } else {
                self.scalar(value, self.natural(value), 0)?;
            }
        }
        self.condition_of(update.predicate)?;
        Ok(Vec::new())
    }

    /// UPDATE has no RETURNING there, but INSERT has: each row is inserted again with what is set, meets itself by
    /// its primary key, and takes that over. A key that is set would meet another row.
    fn mysql_update_returning(
        &mut self,
        update: &'a Update,
        names: &[String],
        span: Span,
    ) -> Res<Vec<Rep>> {
        let target = &update.target;
        let mut assigns = Vec::new();
        for assign in &update.assigns {
            let (column, value) = self.one(assign)?;
            let default = matches!(self.ir.scalar(value).kind, ScalarKind::Default(_));
            if default || target.key.contains(&column) || target.computed.contains(&column) {
                assigns.clear();
                break;
            }
            assigns.push((column, value));
        }
        if target.key.is_empty() || assigns.is_empty() {
            let help = "SELECT after it, in the same transaction, reads the new rows";
            return Err(self.no(
                span,
                "RETURNING of an UPDATE with DEFAULT or a new key, or of a table without primary key",
                help,
            ));
        }
        self.own_only(target, update.from, &update.returning)?;
        let kept = |column: &&ColumnId| !target.computed.contains(column);
        let columns: Vec<_> = target.columns.iter().filter(kept).copied().collect();
        self.push("INSERT INTO ");
        self.own_name(target);
        self.push(" (");
        self.column_names(&columns);
        self.push(") SELECT ");
        // A row that meets several of FROM changes once.
        if update.from.is_some() {
            self.column_names(&columns);
            self.push(" FROM (SELECT ");
        }
        self.define_row(&target.columns, &target.alias);
        if let Some(from) = update.from {
            self.read(from)?;
        }
        for (at, &column) in columns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            match assigns.iter().find(|assign| assign.0 == column) {
                Some(&(_, value)) => self.scalar(value, self.natural(value), 0)?,
                None => {
                    self.name(&target.alias);
                    self.push(".");
                    self.name(&self.ir.column(column).name);
                }
            }
            if update.from.is_some() {
                self.push(" AS ");
                self.name(&self.ir.column(column).name);
            }
        }
        if update.from.is_some() {
            self.push(", ROW_NUMBER() OVER (PARTITION BY ");
            for (at, &column) in target.key.iter().enumerate() {
                self.push(if at == 0 { "" } else { ", " });
                self.name(&target.alias);
                self.push(".");
                self.name(&self.ir.column(column).name);
            }
            self.push(") AS rql_n");
        }
        self.push(" FROM ");
        self.changed_table(target);
        if let Some(from) = update.from {
            self.push(", ");
            self.relations(from)?;
        }
        self.condition_of(update.predicate)?;
        self.push(match update.from {
            Some(_) => ") AS rql_u WHERE rql_n = 1",
            None => "",
        });
        self.push(" ON DUPLICATE KEY UPDATE ");
        for (at, &(column, _)) in assigns.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let name = &self.ir.column(column).name;
            self.name(name);
            self.push(" = VALUES(");
            self.name(name);
            self.push(")");
        }
        self.blocks[self.current] = 0;
        self.define_row(&target.columns, &target.table);
        self.mysql_returning(&update.returning, names)
    }

    pub(in crate::emit) fn mysql_delete(
        &mut self,
        delete: &'a Delete,
        names: &[String],
        span: Span,
    ) -> Res<Vec<Rep>> {
        let sites = self.sites.len();
        let target = &delete.target;
        let several = delete.from.is_some();
        if !several && target.alias != target.table {
            self.only_here(target, span)?;
        }
        if several && !delete.returning.is_empty() {
            let help = "DELETE FROM the table alone, without another name, can return rows";
            return Err(self.no(span, "RETURNING of such a DELETE", help));
        }
        self.push("DELETE ");
        if several {
            self.name(&target.alias);
            self.push(" ");
        }
        self.push("FROM ");
        if several {
            self.changed_table(target);
            self.define_row(&target.columns, &target.alias);
        } else {
            self.own_name(target);
            self.define_row(&target.columns, &target.table);
        }
        if let Some(from) = delete.from {
            self.read(from)?;
            self.push(", ");
            self.relations(from)?;
        }
        self.condition_of(delete.predicate)?;
        let reps = self.mysql_returning(&delete.returning, names)?;
        if self.sites.len() > sites {
            self.push(STRICT);
        }
        Ok(reps)
    }

    /// A DELETE of one table knows it by its own name, which no query within may have too.
    fn only_here(&self, target: &Target, span: Span) -> Res {
        let hides = |kind: &RelKind| match kind {
            RelKind::Scan { alias, .. } => alias.eq_ignore_ascii_case(&target.table),
            _ => false,
        };
        if self.ir.rels.iter().any(|rel| hides(&rel.kind)) {
            let help = format!("without {} the table keeps its name", target.alias);
            return Err(self.no(span, "DELETE of a table that a query within reads", &help));
        }
        Ok(())
    }

    fn condition_of(&mut self, predicate: Option<ScalarId>) -> Res {
        if let Some(predicate) = predicate {
            self.push(" WHERE ");
            self.scalar(predicate, Rep::Plain, 0)?;
        }
        Ok(())
    }

    /// A table without another name, for which INSERT has no place.
    fn own_name(&mut self, target: &Target) {
        self.relation(target.schema.as_deref(), &target.table);
    }

    fn mysql_returning(&mut self, items: &'a [rql_ir::Item], names: &[String]) -> Res<Vec<Rep>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        self.push(" RETURNING ");
        self.items(items, names, Use::Result)
    }
}
