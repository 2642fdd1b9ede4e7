//! What a DuckDB database holds, in three queries.

use super::duckdb::Duckdb;
use crate::Error;
use rql::{Catalog, Check, Dialect, ForeignKey, Key, Table, TableColumn, TableKind, Type};

const COLUMNS: &str = "\
SELECT CASE WHEN c.schema_name = 'main' AND (c.database_name = current_database() OR t.temporary) THEN NULL \
ELSE c.schema_name END, c.table_name, v.view_name IS NOT NULL, coalesce(t.temporary, v.temporary, false), \
c.column_name, c.data_type, c.is_nullable, c.column_default, v.sql \
FROM duckdb_columns() c \
LEFT JOIN duckdb_tables() t ON t.table_oid = c.table_oid AND t.database_oid = c.database_oid \
LEFT JOIN duckdb_views() v ON v.view_oid = c.table_oid AND v.database_oid = c.database_oid \
WHERE NOT c.internal AND (c.database_name = current_database() OR c.database_name = 'temp') \
ORDER BY 1 NULLS FIRST, 2, c.column_index";

const CONSTRAINTS: &str = "\
SELECT CASE WHEN schema_name = 'main' THEN NULL ELSE schema_name END, table_name, constraint_type, \
array_to_string(constraint_column_names, chr(31)), referenced_table, \
array_to_string(referenced_column_names, chr(31)), expression, constraint_name \
FROM duckdb_constraints() WHERE database_name = current_database() OR database_name = 'temp' \
ORDER BY constraint_index";

const SEQUENCES: &str = "\
SELECT CASE WHEN schema_name = 'main' THEN NULL ELSE schema_name END, sequence_name, comment FROM duckdb_sequences() \
WHERE comment IS NOT NULL AND (database_name = current_database() OR database_name = 'temp')";

const SCHEMAS: &str = "\
SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND NOT internal \
AND schema_name <> 'main' ORDER BY 1";

/// Reads it.
pub(super) fn read(db: &mut Duckdb) -> Result<Catalog, Error> {
    let mut tables: Vec<Table> = Vec::new();
    for row in db.texts(COLUMNS)? {
        let text = |at: usize| row.get(at).cloned().flatten();
        let is = |at: usize| text(at).is_some_and(|text| text == "t");
        let (schema, name) = (text(0), text(1).unwrap_or_default());
        if tables
            .last()
            .is_none_or(|last| last.name != name || last.schema != schema)
        {
            let definition = text(8);
            let parse = definition.as_deref().map(rql::parse);
            tables.push(Table {
                shows: parse.as_ref().and_then(|parse| rql::shows(&parse.ast)),
                reads: parse.map_or_else(Vec::new, |parse| rql::named_in_from(&parse.ast)),
                schema,
                name,
                kind: if is(2) {
                    TableKind::View
                } else {
                    TableKind::Table
                },
                temporary: is(3),
                definition,
                ..Table::default()
            });
        }
        let declared = text(5).unwrap_or_default();
        if let Some(table) = tables.last_mut() {
            table.columns.push(TableColumn {
                name: text(4).unwrap_or_default(),
                ty: ty(&declared),
                declared,
                nullable: is(6),
                default: text(7),
                ..TableColumn::default()
            });
        }
    }
    for row in db.texts(CONSTRAINTS)? {
        let text = |at: usize| row.get(at).cloned().flatten();
        let names = |at: usize| -> Vec<String> {
            let joined = text(at).unwrap_or_default();
            joined.split('\u{1f}').map(str::to_owned).collect()
        };
        let (schema, name) = (text(0), text(1).unwrap_or_default());
        let mut named = tables.iter_mut();
        let Some(table) = named.find(|t| t.name == name && t.schema == schema) else {
            continue;
        };
        let places = names(3);
        let places = places
            .iter()
            .filter_map(|name| table.columns.iter().position(|c| c.name == *name));
        let columns: Vec<usize> = places.collect();
        let length = text(6).as_deref().and_then(rql::checked_length);
        if let (Some(ty), [only]) = (length, columns.as_slice()) {
            let column = &mut table.columns[*only];
            (column.declared, column.ty) = (ty.to_string(), ty);
            continue;
        }
        match text(2).as_deref() {
            Some("FOREIGN KEY") => table.foreign_keys.push(ForeignKey {
                name: text(7),
                columns,
                schema: None,
                table: text(4).unwrap_or_default(),
                referred: names(5),
                acts: false,
            }),
            Some("CHECK") => table.checks.push(Check {
                name: text(7),
                condition: text(6).unwrap_or_default(),
            }),
            Some(kind @ ("PRIMARY KEY" | "UNIQUE")) => table.keys.push(Key {
                name: text(7),
                primary: kind == "PRIMARY KEY",
                columns,
            }),
            _ => {}
        }
    }
    let sequences = db.texts(SEQUENCES)?;
    for table in &mut tables {
        for column in &mut table.columns {
            let Some(by) = column.default.as_deref().and_then(rql::sequence) else {
                continue;
            };
            let own = sequences.iter().find(|row| {
                let text = |at: usize| row.get(at).and_then(Option::as_deref);
                let schema = by.schema.as_deref().filter(|name| *name != "main");
                text(1) == Some(&by.name) && text(0) == schema
            });
            let said = own.and_then(|row| row.get(2)?.as_deref());
            if let Some(at) = rql::NUMBERS.iter().position(|all| said == Some(*all)) {
                (column.identity, column.counted) = (true, true);
                column.always = at == 1;
            }
        }
    }
    let mut catalog = Catalog::new(Dialect::Duckdb.traits().names);
    for row in db.texts(SCHEMAS)? {
        if let Some(Some(name)) = row.into_iter().next() {
            catalog.add_schema(name);
        }
    }
    for mut table in tables {
        table.keys.sort_by_key(|key| !key.primary);
        catalog.add(table);
    }
    Ok(catalog)
}

/// The columns of what FROM names by a text.
pub(super) fn described(db: &mut Duckdb, text: &str) -> Result<Vec<TableColumn>, Error> {
    let rows = db.texts(&format!("DESCRIBE SELECT * FROM {text}"))?;
    let columns = rows.into_iter().map(|row| {
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let (name, declared) = (cells.next(), cells.next());
        let declared = declared.unwrap_or_default();
        TableColumn {
            name: name.unwrap_or_default(),
            ty: ty(&declared),
            declared,
            nullable: true,
            ..TableColumn::default()
        }
    });
    Ok(columns.collect())
}

/// What a declared type means: FLOAT is how DuckDB calls REAL.
fn ty(declared: &str) -> Type {
    match declared {
        "FLOAT" => Type::Real,
        other => Type::from_declared(other),
    }
}
