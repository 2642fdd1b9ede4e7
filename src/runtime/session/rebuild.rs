//! ALTER TABLE on SQLite, which can do little of it: a table of the new declaration takes the rows, then
//! the name. The way is that of SQLite's manual ("Making Other Kinds Of Table Schema Changes").

mod declaration;
mod identity;

use crate::connection::{Outcome, Query};
use crate::failure::{Failure, backend};
use crate::session::Session;
use crate::session::prepare::Prepared;
use crate::sinks::Collect;
use crate::{BackendError, Error, Value};
use declaration::Declaration;
#[cfg(feature = "sqlite")]
pub(crate) use declaration::refers_no_more;
use rql::{Dependent, Dialect, Edit, Rebuilt, quoted};
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};

/// A view that reads the table.
struct View {
    /// Its name as SQLite has it.
    spelled: String,
    /// Its name as people have it.
    name: String,
}

/// The table's name until it is whole.
const NEW: &str = "rql_new";

impl Session {
    /// Builds a table again; where something does not hold, nothing has happened.
    pub(crate) fn rebuild(
        &mut self,
        prepared: &Prepared,
        rebuilt: &Rebuilt,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let Some((schema, text)) = self.declared(rebuilt, span)? else {
            let message = format!(
                "the declaration of {} is not there",
                rebuilt.object.dotted()
            );
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, message);
            return Err(error.label(span, "no table of this name holds rows").into());
        };
        let wrong = |message: String| {
            Failure::from(
                Diagnostic::error(codes::BACKEND_ERROR, message)
                    .label(span, "the table is as it was"),
            )
        };
        let new = Declaration::read(&text).and_then(|old| old.edited(&text, rebuilt));
        let new = new.map_err(wrong)?;
        let inside = self.connection.in_transaction();
        let views = self.is_free(rebuilt, inside, span)?;
        let before = if inside {
            ""
        } else {
            "PRAGMA foreign_keys = OFF;"
        };
        let after = if inside {
            ""
        } else {
            "PRAGMA foreign_keys = ON;"
        };
        let fail = |error: Error| failure(error, &rebuilt.object.dotted(), span);
        self.connection
            .batch(&format!("{before} SAVEPOINT {NEW}"))
            .map_err(fail)?;
        let done = self
            .build(prepared, rebuilt, &schema, &new)
            .and_then(|()| self.still_shown(&views, rebuilt))
            .and_then(|()| self.connection.batch(&format!("RELEASE {NEW}")));
        if done.is_err() {
            // Where the whole transaction is gone, there is no savepoint any more.
            let back = format!("ROLLBACK TO {NEW}; RELEASE {NEW}");
            let _ = self.connection.batch(&back);
        }
        let ended = self
            .connection
            .batch(&format!("PRAGMA legacy_alter_table = OFF; {after}"));
        done.and(ended).map_err(fail)?;
        Ok(Outcome::Changed(0))
    }

    /// Refuses where something depends on the table as it is; gives the views that read it.
    fn is_free(
        &mut self,
        rebuilt: &Rebuilt,
        inside: bool,
        span: Span,
    ) -> Result<Vec<View>, Failure> {
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        let Some(table) = catalog.find(rebuilt.object.schema.as_deref(), &rebuilt.object.name)
        else {
            return Ok(Vec::new());
        };
        if let (true, Some(other)) = (inside, catalog.referring(table).next()) {
            let message = format!("{} refers to {}", other.name, table.name);
            return Err(Diagnostic::error(codes::BACKEND_ERROR, message)
                .label(
                    span,
                    "SQLite cannot build such a table again inside a transaction",
                )
                .help("COMMIT before it")
                .into());
        }
        let retyped = rebuilt.edits.iter().filter_map(|edit| match edit {
            Edit::Type { column, .. } => Some(column),
            _ => None,
        });
        for column in retyped {
            let shows = |text: &str| {
                let words = || text.split(|c: char| !c.is_alphanumeric() && c != '_');
                let has = |name: &str| words().any(|word| word.eq_ignore_ascii_case(name));
                has(&table.name) && (has(column) || text.contains('*'))
            };
            let mut all = catalog.tables().iter();
            let view = all.find(|view| view.definition.as_deref().is_some_and(shows));
            if let Some(view) = view {
                let message = format!("the view {} shows {column}", view.name);
                return Err(Diagnostic::error(codes::BACKEND_ERROR, message)
                    .label(span, "its type cannot change under the view")
                    .help("DROP VIEW before it, CREATE VIEW behind it")
                    .into());
            }
        }
        let views = catalog.dependents(&[table]).into_iter();
        let views = views.filter_map(|dependent| match dependent {
            Dependent::View { name, .. } => {
                let view = catalog.find(name.schema.as_deref(), &name.name)?;
                Some(View {
                    spelled: rql::spelled(view, Dialect::Sqlite),
                    name: view.qualified(),
                })
            }
            Dependent::Keys { .. } => None,
        });
        Ok(views.collect())
    }

    /// A view that has shown a column which is gone goes too, or nothing goes.
    fn still_shown(&mut self, views: &[View], rebuilt: &Rebuilt) -> Result<(), Error> {
        let dropped = rebuilt.edits.iter().filter_map(|edit| match edit {
            Edit::DropColumn { name, cascade, .. } => Some((name, *cascade)),
            _ => None,
        });
        let dropped: Vec<_> = dropped.collect();
        let Some((column, _)) = dropped.first() else {
            return Ok(());
        };
        for view in views {
            let sql = format!("SELECT 1 FROM {} LIMIT 0", view.spelled);
            let query = Query {
                sql: &sql,
                params: &[],
                columns: &[],
            };
            let shown = self.connection.run(query, &mut Collect::default());
            match shown {
                Ok(_) => {}
                Err(_) if dropped.iter().any(|dropped| dropped.1) => {
                    self.connection
                        .batch(&format!("DROP VIEW {}", view.spelled))?;
                }
                Err(_) => {
                    let message = format!(
                        "cannot drop column {column} of table {} because the view {} depends on it",
                        rebuilt.object.dotted(),
                        view.name
                    );
                    return Err(said("2BP01", &message));
                }
            }
        }
        Ok(())
    }

    /// The schema of a table and the text that declares it.
    fn declared(
        &mut self,
        rebuilt: &Rebuilt,
        span: Span,
    ) -> Result<Option<(String, String)>, Failure> {
        let schemas = match &rebuilt.schema {
            Some(schema) => vec![schema.as_str()],
            None => vec!["temp", "main"],
        };
        for schema in schemas {
            let sql = format!(
                "SELECT sql FROM {}.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
                quoted(schema, Dialect::Sqlite)
            );
            let found = self.texts(&sql, &rebuilt.table);
            let found = found.map_err(|error| Failure::at(error, span))?;
            if let Some(text) = found.into_iter().next() {
                return Ok(Some((schema.to_owned(), text)));
            }
        }
        Ok(None)
    }

    /// The texts that a query of one column gives for a name.
    fn texts(&mut self, sql: &str, name: &str) -> Result<Vec<String>, Error> {
        let mut rows = Collect::default();
        let params = [Value::Text(name.to_owned())];
        let query = Query {
            sql,
            params: &params,
            columns: &[],
        };
        self.connection.run(query, &mut rows)?;
        let cells = rows.rows.into_iter().flatten();
        Ok(cells.map(|cell| cell.as_ref().to_string()).collect())
    }

    fn build(
        &mut self,
        prepared: &Prepared,
        rebuilt: &Rebuilt,
        schema: &str,
        new: &declaration::New,
    ) -> Result<(), Error> {
        let name = |text: &str| quoted(text, Dialect::Sqlite);
        let (inner, table) = (name(schema), name(&rebuilt.table));
        let saved = self.texts(
            &format!(
                "SELECT sql FROM {inner}.sqlite_schema WHERE tbl_name = ?1 COLLATE NOCASE \
                 AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, rowid"
            ),
            &rebuilt.table,
        )?;
        if !saved.is_empty() && !matches!(schema, "main" | "temp") {
            return Err(said(
                "23000",
                "a table of an attached file that has indexes cannot be built again",
            ));
        }
        let before = &new.before;
        let after = &new.after;
        self.connection
            .batch(&format!("CREATE TABLE {inner}.{NEW} {before}"))?;
        if !new.sequences.is_empty() && schema != "main" {
            return Err(said(
                "0A000",
                "sequences number the tables of the database itself, no temporary or attached ones",
            ));
        }
        for sql in &new.sequences {
            let query = Query {
                sql,
                params: &[],
                columns: &[],
            };
            self.connection.run(query, &mut Collect::default())?;
        }
        let columns: Vec<&str> = new.rows.iter().map(|row| row.0.as_str()).collect();
        let values: Vec<&str> = new.rows.iter().map(|row| row.1.as_str()).collect();
        let copy = format!(
            "INSERT INTO {inner}.{NEW} ({}) SELECT {} FROM {inner}.{table}",
            columns.join(", "),
            values.join(", ")
        );
        let query = Query {
            sql: &copy,
            params: &prepared.params,
            columns: &[],
        };
        self.connection.run(query, &mut Collect::default())?;
        if *after {
            self.connection.batch(&format!(
                "DELETE FROM {inner}.sqlite_sequence WHERE name = '{NEW}'; \
                 INSERT INTO {inner}.sqlite_sequence (name, seq) SELECT '{NEW}', seq \
                 FROM {inner}.sqlite_sequence WHERE name = {}",
                rql_ast::text_literal(&rebuilt.table)
            ))?;
        }
        // What names the table goes on naming it.
        self.connection.batch(&format!(
            "DROP TABLE {inner}.{table}; PRAGMA legacy_alter_table = ON; \
             ALTER TABLE {inner}.{NEW} RENAME TO {table}; PRAGMA legacy_alter_table = OFF"
        ))?;
        for text in saved {
            self.connection.batch(&text)?;
        }
        let check = format!("SELECT \"table\" FROM pragma_foreign_key_check(?1, '{schema}')");
        if !self.texts(&check, &rebuilt.table)?.is_empty() {
            return Err(said("23503", "a row refers to one that is not there"));
        }
        Ok(())
    }
}

fn said(sqlstate: &str, message: &str) -> Error {
    Error::Backend(BackendError {
        message: message.into(),
        sqlstate: Some(sqlstate.into()),
        ..BackendError::default()
    })
}

/// What SQLite says of the new table, said of the table.
fn failure(error: Error, table: &str, span: Span) -> Failure {
    let Error::Backend(mut error) = error else {
        return Failure::at(error, span);
    };
    error.message = error.message.replace(NEW, table);
    error.position = None;
    backend(&error, &[span]).into()
}
