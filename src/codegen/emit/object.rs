//! CREATE, DROP and RENAME of what is no table: indexes, sequences, names.

use super::{Emitter, Rep, Res, Step};
use crate::Dialect;
use rql_ast::{ObjectKind, Span};
use rql_diagnostics::Diagnostic;
use rql_ir::{IndexKept, NewIndex, ObjectName, ScalarKind};

impl Emitter<'_> {
    pub(super) fn new_index(&mut self, index: &NewIndex, span: Span) -> Res {
        let NewIndex {
            name,
            named,
            table,
            row,
            keys,
            unique,
            if_not_exists,
            predicate,
            kept,
        } = index;
        self.bare_row(row);
        let own = self.dialect == Dialect::Postgresql;
        self.push("CREATE ");
        self.push(if *unique { "UNIQUE INDEX " } else { "INDEX " });
        self.push(if own && kept.concurrently {
            "CONCURRENTLY "
        } else {
            ""
        });
        self.push(if *if_not_exists { "IF NOT EXISTS " } else { "" });
        if *named || !own {
            self.name(name);
        }
        self.push(" ON ");
        self.object(table);
        self.index_method(kept, span)?;
        self.push(" (");
        for (at, &(key, descending)) in keys.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let column = matches!(self.ir.scalar(key).kind, ScalarKind::Column(_));
            if self.is_mysql() {
                self.mysql_index_key(key, *unique)?;
            } else {
                self.bracket(!column, |this| this.scalar(key, this.natural(key), 0))?;
            }
            self.push(if descending { " DESC" } else { "" });
        }
        self.push(")");
        if own && !kept.include.is_empty() {
            self.push(" INCLUDE (");
            self.names(&kept.include);
            self.push(")");
        }
        if let Some(predicate) = *predicate {
            if self.dialect == Dialect::Duckdb || self.is_mysql() {
                return Err(self.no(span, "an index of some rows", "leave WHERE out"));
            }
            self.push(" WHERE ");
            self.scalar(predicate, Rep::Plain, 0)?;
        }
        Ok(())
    }

    /// An access method is for speed; PostgreSQL's own two that order and hash are what others have anyway.
    fn index_method(&mut self, kept: &IndexKept, span: Span) -> Res {
        let Some(method) = &kept.method else {
            return Ok(());
        };
        if self.dialect == Dialect::Postgresql {
            self.push(" USING ");
            self.name(method);
            return Ok(());
        }
        match method.to_ascii_lowercase().as_str() {
            "btree" | "hash" | "art" => Ok(()),
            _ => Err(self.no(
                span,
                &format!("an index by {method}"),
                "without USING the database takes the kind that it has",
            )),
        }
    }

    pub(super) fn no_cascade(&self, dependents: Option<&[String]>, span: Span) -> Box<Diagnostic> {
        let what = match dependents {
            Some(found) => format!("DROP … CASCADE beside {}", found.join(" and ")),
            None => "DROP … CASCADE without a catalog".to_owned(),
        };
        self.no(span, &what, "one DROP for each, what depends on it first")
    }

    /// RENAME of what is no table.
    pub(super) fn rename(
        &mut self,
        kind: ObjectKind,
        (name, of): (&ObjectName, Option<&ObjectName>),
        to: &str,
        if_exists: bool,
        span: Span,
    ) -> Res {
        let (word, what) = match kind {
            ObjectKind::View => ("VIEW", "RENAME of a view"),
            ObjectKind::MaterializedView => ("MATERIALIZED VIEW", "RENAME of a view"),
            ObjectKind::Index => ("INDEX", "RENAME of an index"),
            ObjectKind::Schema => ("SCHEMA", "RENAME of a schema"),
            ObjectKind::Sequence => ("SEQUENCE", "RENAME of a sequence"),
            ObjectKind::Table => ("TABLE", "RENAME of a table"),
        };
        let has = match self.dialect {
            Dialect::Postgresql => true,
            Dialect::Duckdb => kind == ObjectKind::View,
            Dialect::Mysql | Dialect::Mariadb => {
                matches!(kind, ObjectKind::View | ObjectKind::Index) && !if_exists
            }
            _ => false,
        };
        match (has, of) {
            (false, _) => {
                let help = "DROP it, and CREATE it under the new name";
                Err(self.no(span, what, help))
            }
            (true, of) if self.is_mysql() => {
                if kind == ObjectKind::View {
                    self.push("RENAME TABLE ");
                    self.object(name);
                    self.push(" TO ");
                } else {
                    let Some(table) = of else {
                        let help = "a catalog says which table has the index";
                        return Err(self.no(span, "RENAME of an index", help));
                    };
                    self.push("ALTER TABLE ");
                    self.object(table);
                    self.push(" RENAME INDEX ");
                    self.name(&name.name);
                    self.push(" TO ");
                }
                self.name(to);
                Ok(())
            }
            _ => {
                self.push("ALTER ");
                self.push(word);
                self.push(if if_exists { " IF EXISTS " } else { " " });
                self.object(name);
                self.push(" RENAME TO ");
                self.name(to);
                Ok(())
            }
        }
    }

    pub(super) fn drop_object(
        &mut self,
        kind: ObjectKind,
        names: &[ObjectName],
        if_exists: bool,
        cascade: bool,
        span: Span,
    ) -> Res {
        let sqlite = self.dialect == Dialect::Sqlite;
        let word = match kind {
            ObjectKind::Table => "TABLE",
            ObjectKind::View => "VIEW",
            ObjectKind::Index => "INDEX",
            ObjectKind::MaterializedView if !sqlite => "MATERIALIZED VIEW",
            ObjectKind::Schema if !sqlite => "SCHEMA",
            ObjectKind::Sequence if !sqlite => "SEQUENCE",
            _ => return Err(self.no(span, "this DROP", "SQLite has tables, views and indexes")),
        };
        let one_by_one = sqlite || self.dialect == Dialect::Duckdb;
        if one_by_one && names.len() > 1 {
            self.push(if sqlite {
                "SAVEPOINT dropped;\n"
            } else {
                "BEGIN;\n"
            });
            if sqlite {
                // Those that refer to each other go together.
                let step = Step::from(self.out.len());
                self.push("PRAGMA defer_foreign_keys = ON");
                self.end_step(step);
            }
            for name in names {
                let step = Step::from(self.out.len());
                self.drop_object(kind, core::slice::from_ref(name), if_exists, false, span)?;
                self.end_step(step);
            }
            self.push(if sqlite { "RELEASE dropped" } else { "COMMIT" });
            return Ok(());
        }
        self.push("DROP ");
        self.push(word);
        self.push(if if_exists { " IF EXISTS " } else { " " });
        for (at, name) in names.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.object(name);
        }
        self.push(if cascade { " CASCADE" } else { "" });
        Ok(())
    }
}
