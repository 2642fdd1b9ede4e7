//! About how many rows a table has, by what its database knows without counting: only asked where somebody looks
//! at how far the work is.

use crate::Value;
use crate::connection::Query;
use crate::session::Session;
use crate::sinks::Collect;
use rql::{Dialect, Table};
use rql_ast::{Ast, Target};

impl Session {
    /// The rows that are to come, about; 0 where nobody knows.
    pub(crate) fn expected(&mut self, ast: &Ast, source: Target) -> u64 {
        let Target::Table(name) = source else {
            return 0;
        };
        let dotted = ast.dotted(name);
        let mut parts = dotted.rsplit('.');
        let (last, schema) = (parts.next().unwrap_or_default(), parts.next());
        let Ok(catalog) = self.catalog() else {
            return 0;
        };
        let schema = schema.filter(|&schema| catalog.schemas().iter().any(|s| s == schema));
        let Some(table) = catalog.find(schema, last).cloned() else {
            return 0;
        };
        let Some((sql, params)) = question(self.connection.dialect(), &table) else {
            return 0;
        };
        let query = Query {
            sql: &sql,
            params: &params,
            columns: &[],
        };
        let mut found = Collect::default();
        // What it does not say, nobody misses.
        if self.connection.run(query, &mut found).is_err() {
            return 0;
        }
        let cell = found.rows.first().and_then(|row| row.first());
        let rows = cell.and_then(|cell| cell.as_ref().to_string().parse::<f64>().ok());
        rows.map_or(0, |rows| rows.max(0.0) as u64)
    }
}

/// What a database is asked, and what is bound.
fn question(dialect: Dialect, table: &Table) -> Option<(String, Vec<Value>)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let schema = table.schema.as_deref().or(table.home.as_deref());
    match dialect {
        // The numbers of rows from first to last, where the file is large enough for so many.
        Dialect::Sqlite => {
            let name = rql::spelled(table, dialect);
            let sql = format!(
                "SELECT CASE WHEN span * 4 <= bytes THEN span END FROM \
                 (SELECT (SELECT max(rowid) FROM {name}) - (SELECT min(rowid) FROM {name}) + 1 AS span, \
                 (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes)"
            );
            table.kind.name().eq("table").then_some((sql, Vec::new()))
        }
        Dialect::Postgresql => {
            let sql = "SELECT reltuples FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
                       WHERE relname = $1 AND nspname = $2";
            Some((
                sql.into(),
                vec![text(&table.name), text(schema.unwrap_or("public"))],
            ))
        }
        Dialect::Duckdb => {
            let sql = "SELECT estimated_size FROM duckdb_tables() WHERE table_name = $1 AND schema_name = $2";
            Some((
                sql.into(),
                vec![text(&table.name), text(schema.unwrap_or("main"))],
            ))
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let sql = "SELECT table_rows FROM information_schema.tables \
                       WHERE table_name = ? AND table_schema = COALESCE(?, DATABASE())";
            let schema = schema.map_or(Value::Null, text);
            Some((sql.into(), vec![text(&table.name), schema]))
        }
        _ => None,
    }
}
