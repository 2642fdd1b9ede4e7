//! DROP, and what goes with it.

use super::{Emitter, Res, Step};
use crate::Dialect;
use crate::sqlite::{SCHEMAS, SCHEMAS_TABLE};
use rql_ast::{ObjectKind, Span};
use rql_diagnostics::{Diagnostic, codes};
use rql_ir::{Define, Dependent, ObjectName};

impl Emitter<'_> {
    pub(super) fn dropped(&mut self, define: &Define, span: Span) -> Res {
        let Define::Drop {
            kind,
            names,
            of,
            if_exists,
            cascade,
            dependents,
            inside,
            numbered,
            temporary,
            sequences,
        } = define
        else {
            return Ok(());
        };
        if self.dialect == Dialect::Postgresql {
            return self.drop_object(*kind, names, *if_exists, *cascade, span);
        }
        let sqlite = self.dialect == Dialect::Sqlite;
        let found = dependents.as_deref().unwrap_or_default();
        let relation = matches!(
            kind,
            ObjectKind::Table | ObjectKind::View | ObjectKind::Schema
        );
        let alone = found.is_empty() && inside.is_empty();
        if !alone && !*cascade {
            let held = inside
                .iter()
                .map(|(kind, name)| format!("the {} {} is in it", word(*kind), name.dotted()));
            let words = held.chain(found.iter().map(Dependent::words));
            return Err(needed(*kind, names, words, span));
        }
        if sqlite && *kind == ObjectKind::Schema {
            return self.sqlite_drop_schemas(define, span);
        }
        if relation && *kind != ObjectKind::Schema && *cascade && dependents.is_none() {
            return Err(self.no(
                span,
                "DROP … CASCADE without a catalog",
                "one DROP for each, what depends on it first",
            ));
        }
        if !found.is_empty() && !sqlite {
            return self.with_views(define, found, span);
        }
        if self.is_mysql() {
            let cascade = *cascade && !relation;
            let kind = (*kind, *temporary);
            return self.mysql_drop(kind, names, of.as_ref(), (*if_exists, cascade), span);
        }
        if sqlite && *kind == ObjectKind::Sequence {
            return self.sqlite_drop_sequence(names, *if_exists, numbered, span);
        }
        if self.dialect == Dialect::Duckdb && !sequences.is_empty() {
            return self.duckdb_drop_numbered(names, sequences, *if_exists, span);
        }
        if sqlite && !found.is_empty() {
            self.push("SAVEPOINT dropped;\n");
            self.take_along(found);
            self.together(names.len());
            for name in names {
                self.drop_step(*kind, name, *if_exists, span)?;
            }
            self.push("RELEASE dropped");
            return Ok(());
        }
        let cascade = *cascade && *kind == ObjectKind::Schema;
        self.drop_object(*kind, names, *if_exists, cascade, span)
    }

    /// DuckDB drops a table whatever views read it; they go before it. A constraint of another table it cannot drop,
    /// and MariaDB cannot take back one DROP of several.
    fn with_views(&mut self, define: &Define, found: &[Dependent], span: Span) -> Res {
        let Define::Drop {
            kind,
            names,
            if_exists,
            ..
        } = define
        else {
            return Ok(());
        };
        let all = found
            .iter()
            .all(|one| matches!(one, Dependent::View { .. }));
        if !all || self.dialect != Dialect::Duckdb {
            let words: Vec<_> = found.iter().map(Dependent::words).collect();
            let what = format!("DROP … CASCADE where {}", words.join(" and "));
            return Err(self.no(span, &what, "one DROP for each, what depends on it first"));
        }
        self.push("BEGIN;\n");
        self.take_along(found);
        let cascade = *kind == ObjectKind::Schema;
        for name in names {
            let step = Step::from(self.out.len());
            self.drop_object(
                *kind,
                core::slice::from_ref(name),
                *if_exists,
                cascade,
                span,
            )?;
            self.end_step(step);
        }
        self.push("COMMIT");
        Ok(())
    }

    /// The steps that drop views, and on SQLite the foreign keys of tables that stay.
    fn take_along(&mut self, found: &[Dependent]) {
        for dependent in found {
            match dependent {
                Dependent::View { name, temporary } => {
                    let step = Step::from(self.out.len());
                    self.push("DROP VIEW ");
                    self.push(match (temporary, self.dialect) {
                        (true, Dialect::Sqlite) => "temp.",
                        _ => "",
                    });
                    self.object(name);
                    self.end_step(step);
                }
                Dependent::Keys {
                    table,
                    temporary,
                    to,
                } => self.sqlite_refer_no_more((table, *temporary), to),
            }
        }
    }

    /// A declaration without its foreign keys to a table. To leave out a constraint changes nothing of what is stored,
    /// so the text alone changes (SQLite's manual, *ALTER TABLE*, "Making Other Kinds Of Table Schema Changes").
    fn sqlite_refer_no_more(&mut self, (table, temporary): (&ObjectName, bool), to: &ObjectName) {
        let database = match temporary {
            true => "temp",
            false => self.database(table).unwrap_or("main"),
        };
        let database = crate::quoted(database, self.dialect);
        self.rewritten(|this| {
            this.push(&format!(
                "UPDATE {database}.sqlite_schema SET sql = rql_refers_no_more(sql, "
            ));
            this.string(&this.stored(to));
            this.push(") WHERE type = 'table' AND name = ");
            this.string(&this.stored(table));
            this.push(" COLLATE NOCASE");
        });
    }

    /// The steps around one that changes the texts by which SQLite knows what there is.
    pub(super) fn rewritten(&mut self, update: impl FnOnce(&mut Self)) {
        let step = Step::from(self.out.len());
        self.push("PRAGMA writable_schema = ON");
        self.end_step(step);
        let step = Step::from(self.out.len());
        update(self);
        self.end_step(step);
        let step = Step::from(self.out.len());
        self.push("PRAGMA writable_schema = RESET");
        self.end_step(step);
    }

    /// Tables of SQLite that refer to each other go together.
    fn together(&mut self, count: usize) {
        if count > 1 {
            let step = Step::from(self.out.len());
            self.push("PRAGMA defer_foreign_keys = ON");
            self.end_step(step);
        }
    }

    fn drop_step(
        &mut self,
        kind: ObjectKind,
        name: &ObjectName,
        if_exists: bool,
        span: Span,
    ) -> Res {
        let step = Step::from(self.out.len());
        self.drop_object(kind, core::slice::from_ref(name), if_exists, false, span)?;
        self.end_step(step);
        Ok(())
    }

    /// A schema of SQLite is a row; what it holds stands under names that begin with its own.
    pub(super) fn sqlite_schema(&mut self, name: &str, if_not_exists: bool) {
        self.push("SAVEPOINT made;\n");
        let step = Step::from(self.out.len());
        self.push(SCHEMAS_TABLE);
        self.end_step(step);
        let step = Step::from(self.out.len());
        self.push(if if_not_exists {
            "INSERT OR IGNORE"
        } else {
            "INSERT"
        });
        self.push(&format!(" INTO {SCHEMAS} VALUES ("));
        self.string(name);
        self.push(")");
        self.end_step(step);
        self.push("RELEASE made");
    }

    fn sqlite_drop_schemas(&mut self, define: &Define, span: Span) -> Res {
        let Define::Drop {
            names,
            cascade,
            dependents,
            inside,
            ..
        } = define
        else {
            return Ok(());
        };
        let known = names.iter().all(|name| self.is_within(&name.name));
        if !known && dependents.is_none() {
            let help = "--schema FILE or --db URL says what it holds";
            return Err(self.no(span, "DROP SCHEMA without a catalog", help));
        }
        let found = dependents.as_deref().unwrap_or_default();
        self.push("SAVEPOINT dropped;\n");
        if !known {
            let step = Step::from(self.out.len());
            self.push(SCHEMAS_TABLE);
            self.end_step(step);
        }
        self.take_along(found);
        self.together(inside.len());
        for (kind, name) in inside {
            self.drop_step(*kind, name, false, span)?;
        }
        for name in names {
            let step = Step::from(self.out.len());
            self.push(&format!("DELETE FROM {SCHEMAS} WHERE name = "));
            match cascade {
                true => self.string(&name.name),
                false => {
                    // Its sequences are known where they are counted; there they go with it, too.
                    self.push("rql_free_schema(");
                    self.string(&name.name);
                    self.push(")");
                }
            }
            self.end_step(step);
        }
        self.push("RELEASE dropped");
        Ok(())
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
                self.together(names.len());
            }
            for name in names {
                let step = Step::from(self.out.len());
                self.drop_object(kind, core::slice::from_ref(name), if_exists, cascade, span)?;
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

/// What PostgreSQL says where something would be broken.
fn needed(
    kind: ObjectKind,
    names: &[ObjectName],
    words: impl Iterator<Item = String>,
    span: Span,
) -> Box<Diagnostic> {
    let kind = word(kind);
    let names: Vec<_> = names.iter().map(ObjectName::dotted).collect();
    let message = format!(
        "cannot drop {kind} {} because other objects depend on it",
        names.join(", ")
    );
    let mut error = Diagnostic::error(codes::BACKEND_ERROR, message)
        .label(span, "this would break what needs it");
    for words in words {
        error = error.note(words);
    }
    Box::new(error.help("DROP … CASCADE takes that along"))
}

fn word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Table => "table",
        ObjectKind::View => "view",
        ObjectKind::Schema => "schema",
        ObjectKind::Sequence => "sequence",
        ObjectKind::Index => "index",
        ObjectKind::MaterializedView => "materialized view",
    }
}
