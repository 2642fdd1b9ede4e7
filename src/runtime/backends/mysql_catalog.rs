//! What a MySQL or MariaDB server holds, in eight queries, never one for each table.
//!
//! A database of the server is a schema; the one that is worked in needs no name.

use super::mysql_session;
use mysql::prelude::Queryable;
use mysql::{Conn, Error, Row};
use rql::{
    Catalog, Check, Dialect, ForeignKey, Index, IndexKey, Key, Table, TableColumn, TableKind, Type,
};
use std::collections::HashMap;

/// The schemas that people make.
macro_rules! own {
    ($column:literal) => {
        concat!(
            $column,
            " NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')"
        )
    };
}

const SCHEMAS: &str = concat!(
    "SELECT schema_name, schema_name = DATABASE() FROM information_schema.schemata WHERE ",
    own!("schema_name"),
    " ORDER BY 1"
);

const TABLES: &str = concat!(
    "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE ",
    own!("table_schema"),
    " ORDER BY 1, 2"
);

const COLUMNS: &str = concat!(
    "SELECT table_schema, table_name, column_name, column_type, is_nullable, column_default, extra, \
generation_expression, collation_name, column_comment FROM information_schema.columns WHERE ",
    own!("table_schema"),
    " ORDER BY 1, 2, ordinal_position"
);

/// MySQL names what an index is computed from; MariaDB has no such indexes.
const INDEXES: &str = concat!(
    "SELECT table_schema, table_name, index_name, non_unique, column_name, sub_part, {expression} \
FROM information_schema.statistics WHERE ",
    own!("table_schema"),
    " ORDER BY 1, 2, index_name = 'PRIMARY' DESC, index_name, seq_in_index"
);

const FOREIGN_KEYS: &str = concat!(
    "SELECT table_schema, table_name, constraint_name, column_name, referenced_table_schema, \
referenced_table_name, referenced_column_name FROM information_schema.key_column_usage \
WHERE referenced_table_name IS NOT NULL AND ",
    own!("table_schema"),
    " ORDER BY 1, 2, 3, ordinal_position"
);

const ACTS: &str = concat!(
    "SELECT constraint_schema, table_name, constraint_name FROM information_schema.referential_constraints \
WHERE (update_rule NOT IN ('NO ACTION', 'RESTRICT') OR delete_rule NOT IN ('NO ACTION', 'RESTRICT')) AND ",
    own!("constraint_schema")
);

const TRIGGERS: &str = concat!(
    "SELECT event_object_schema, event_object_table FROM information_schema.triggers WHERE ",
    own!("event_object_schema")
);

/// MySQL says elsewhere whose a check is.
const CHECKS: [&str; 2] = [
    concat!(
        "SELECT t.table_schema, t.table_name, c.constraint_name, c.check_clause \
FROM information_schema.check_constraints c JOIN information_schema.table_constraints t \
ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name \
AND t.constraint_type = 'CHECK' WHERE ",
        own!("c.constraint_schema"),
        " ORDER BY 1, 2, 3"
    ),
    concat!(
        "SELECT constraint_schema, table_name, constraint_name, check_clause \
FROM information_schema.check_constraints WHERE ",
        own!("constraint_schema"),
        " ORDER BY 1, 2, 3"
    ),
];

const VIEWS: &str = concat!(
    "SELECT table_schema, table_name, view_definition FROM information_schema.views WHERE ",
    own!("table_schema"),
    " ORDER BY 1, 2"
);

const FUNCTIONS: &str = "\
SELECT routine_name FROM information_schema.routines \
WHERE routine_type = 'FUNCTION' AND routine_schema = DATABASE()";

/// Takes a row of a query.
type Reader = fn(&mut Tables, &Row);

/// The queries, and who reads their rows.
fn queries(dialect: Dialect) -> [(String, Reader); 10] {
    let mariadb = dialect == Dialect::Mariadb;
    let expression = if mariadb { "NULL" } else { "expression" };
    let indexes = INDEXES.replace("{expression}", expression);
    [
        (SCHEMAS.to_owned(), Tables::named),
        (TABLES.to_owned(), Tables::table),
        (COLUMNS.to_owned(), Tables::column),
        (indexes, Tables::index),
        (FOREIGN_KEYS.to_owned(), Tables::foreign_key),
        (ACTS.to_owned(), Tables::acts),
        (TRIGGERS.to_owned(), Tables::triggers),
        (CHECKS[usize::from(mariadb)].to_owned(), Tables::check),
        (VIEWS.to_owned(), Tables::view),
        (FUNCTIONS.to_owned(), Tables::function),
    ]
}

/// Reads it.
pub(super) fn read(conn: &mut Conn, dialect: Dialect) -> Result<Catalog, Error> {
    let mut tables = Tables {
        dialect,
        default: None,
        schemas: Vec::new(),
        functions: Vec::new(),
        list: Vec::new(),
        places: HashMap::new(),
    };
    let (texts, readers): (Vec<String>, Vec<Reader>) = queries(dialect).into_iter().unzip();
    // All of them go at once: far servers are slow to answer, not to send.
    let mut results = conn.query_iter(texts.join(";"))?;
    for reader in readers {
        for row in results.iter().into_iter().flatten() {
            reader(&mut tables, &row?);
        }
    }
    let mut catalog = Catalog::new(dialect.traits().names);
    for schema in core::mem::take(&mut tables.schemas) {
        catalog.add_schema(schema);
    }
    if let Some(default) = tables.default.clone() {
        catalog.set_default_schema(default);
    }
    catalog.set_functions(core::mem::take(&mut tables.functions));
    for table in tables.finished() {
        catalog.add(table);
    }
    Ok(catalog)
}

/// A cell of the text protocol.
fn text(row: &Row, at: usize) -> Option<String> {
    match row.as_ref(at)? {
        mysql::Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        mysql::Value::NULL => None,
        other => Some(other.as_sql(true).trim_matches('\'').to_owned()),
    }
}

struct Tables {
    dialect: Dialect,
    /// The schema that is worked in.
    default: Option<String>,
    /// The others.
    schemas: Vec<String>,
    functions: Vec<String>,
    list: Vec<Table>,
    places: HashMap<(String, String), usize>,
}

impl Tables {
    fn schema(&self, name: Option<String>) -> Option<String> {
        name.filter(|name| self.default.as_ref() != Some(name))
    }

    fn named(&mut self, row: &Row) {
        match text(row, 1).as_deref() {
            Some("1") => self.default = text(row, 0),
            _ => self.schemas.extend(text(row, 0)),
        }
    }

    fn function(&mut self, row: &Row) {
        self.functions.extend(text(row, 0));
    }

    fn table(&mut self, row: &Row) {
        let kind = match text(row, 2).unwrap_or_default().as_str() {
            "VIEW" | "SYSTEM VIEW" => TableKind::View,
            "SEQUENCE" => return,
            _ => TableKind::Table,
        };
        let (schema, name) = key(row);
        let table = Table {
            schema: self.schema(Some(schema.clone())),
            name: name.clone(),
            kind,
            ..Table::default()
        };
        self.places.insert((schema, name), self.list.len());
        self.list.push(table);
    }

    /// The table that a row tells of.
    fn of(&mut self, row: &Row) -> Option<&mut Table> {
        let place = *self.places.get(&key(row))?;
        self.list.get_mut(place)
    }

    fn column(&mut self, row: &Row) {
        let mariadb = self.dialect == Dialect::Mariadb;
        let declared = text(row, 3).unwrap_or_default();
        let extra = text(row, 6).unwrap_or_default().to_ascii_lowercase();
        let generated = text(row, 7).is_some_and(|expression| !expression.is_empty());
        let identity = extra.contains("auto_increment");
        let default = text(row, 5).filter(|_| !generated && !identity);
        let default = match (default, mariadb) {
            // MariaDB writes NULL where it is the default, and texts in quotes.
            (Some(text), true) if text == "NULL" => None,
            (Some(text), false) if !extra.contains("default_generated") => {
                let number = matches!(ty(&declared), ty if ty.is_number());
                Some(if number {
                    text
                } else {
                    rql_ast::text_literal(&text)
                })
            }
            (default, _) => default,
        };
        let own = mysql_session::collation(self.dialect);
        let column = TableColumn {
            name: text(row, 2).unwrap_or_default(),
            ty: ty(&declared),
            declared,
            nullable: text(row, 4).as_deref() == Some("YES"),
            default,
            generated,
            identity,
            always: identity && text(row, 9).as_deref() == Some(rql::NUMBERED_ALWAYS),
            collated: text(row, 8).is_some_and(|collation| collation != own),
            ..TableColumn::default()
        };
        if let Some(table) = self.of(row) {
            table.columns.push(column);
        }
    }

    /// One row for each column of an index; a key is an index of its name.
    fn index(&mut self, row: &Row) {
        let Some(name) = text(row, 2) else { return };
        let unique = text(row, 3).as_deref() == Some("0");
        let column = text(row, 4);
        let prefix = text(row, 5);
        let expression = text(row, 6);
        let Some(table) = self.of(row) else { return };
        let place = column
            .as_ref()
            .and_then(|column| table.columns.iter().position(|c| c.name == *column));
        let key = match (place, prefix, expression) {
            (Some(at), None, _) => IndexKey::Column(at),
            (Some(_), Some(length), _) => {
                IndexKey::Expression(format!("left({}, {length})", column.unwrap_or_default()))
            }
            (None, _, expression) => IndexKey::Expression(expression.unwrap_or_default()),
        };
        match table.indexes.last_mut().filter(|index| index.name == name) {
            Some(index) => index.keys.push(key),
            None => table.indexes.push(Index {
                name,
                unique,
                keys: vec![key],
                predicate: None,
            }),
        }
    }

    fn foreign_key(&mut self, row: &Row) {
        let name = text(row, 2);
        let column = text(row, 3).unwrap_or_default();
        let schema = self.schema(text(row, 4));
        let other = text(row, 5).unwrap_or_default();
        let referred = text(row, 6).unwrap_or_default();
        let Some(table) = self.of(row) else { return };
        let Some(at) = table.columns.iter().position(|c| c.name == column) else {
            return;
        };
        match table.foreign_keys.last_mut().filter(|key| key.name == name) {
            Some(key) => {
                key.columns.push(at);
                key.referred.push(referred);
            }
            None => table.foreign_keys.push(ForeignKey {
                name,
                columns: vec![at],
                schema,
                table: other,
                referred: vec![referred],
                acts: false,
            }),
        }
    }

    fn acts(&mut self, row: &Row) {
        let name = text(row, 2);
        let keys = self.of(row).map(|table| table.foreign_keys.iter_mut());
        for key in keys.into_iter().flatten().filter(|key| key.name == name) {
            key.acts = true;
        }
    }

    fn triggers(&mut self, row: &Row) {
        if let Some(table) = self.of(row) {
            table.triggers = true;
        }
    }

    fn check(&mut self, row: &Row) {
        let name = text(row, 2);
        let condition = text(row, 3).unwrap_or_default();
        let Some(table) = self.of(row) else { return };
        // A JSON column of MariaDB is a text with this check, which has the column's name.
        let json = json_column(&condition);
        if let Some((column, ty)) = json.and_then(|(name, ty)| {
            let mut columns = table.columns.iter_mut();
            let found = columns.find(|column| column.name == name && column.declared == "longtext");
            Some((found?, ty))
        }) {
            column.ty = ty;
            column.declared = ty.to_string();
            return;
        }
        table.checks.push(Check { name, condition });
    }

    fn view(&mut self, row: &Row) {
        // Who may not see it gets an empty one.
        let definition = text(row, 2).filter(|text| !text.is_empty());
        let parse = definition.as_deref().map(rql::parse);
        let mut reads = parse.map_or_else(Vec::new, |parse| rql::named_in_from(&parse.ast));
        for read in &mut reads {
            read.schema = self.schema(read.schema.take());
        }
        if let Some(table) = self.of(row) {
            table.definition = definition;
            table.reads = reads;
        }
    }

    /// Keys are the unique indexes, and the indexes are the rest.
    fn finished(self) -> impl Iterator<Item = Table> {
        self.list.into_iter().map(|mut table| {
            for index in &table.indexes {
                table.keys.extend(index.key().map(|columns| Key {
                    name: Some(index.name.clone()),
                    primary: index.name == "PRIMARY",
                    columns,
                }));
            }
            table.indexes.retain(|index| index.key().is_none());
            table
        })
    }
}

fn key(row: &Row) -> (String, String) {
    (
        text(row, 0).unwrap_or_default(),
        text(row, 1).unwrap_or_default(),
    )
}

/// The column of `json_valid("a")`, which is how a session with ANSI_QUOTES is told it.
fn json_column(condition: &str) -> Option<(String, Type)> {
    if let Some((name, ty)) = rql::checked_array(condition) {
        let name = name.strip_prefix('"')?.strip_suffix('"')?;
        return Some((name.replace("\"\"", "\""), ty));
    }
    let inside = condition.strip_prefix("json_valid(\"")?;
    let (name, ty) = match inside.strip_suffix("\") >= 1") {
        Some(name) => (name, Type::Jsonb),
        None => (inside.strip_suffix("\")")?, Type::Json),
    };
    Some((name.replace("\"\"", "\""), ty))
}

/// What a declared type means: an integer without a sign needs the next larger type, BOOLEAN is another
/// name of `tinyint(1)`.
fn ty(declared: &str) -> Type {
    let lower = declared.to_ascii_lowercase();
    let unsigned = lower.contains("unsigned");
    let plain = lower.replace(" unsigned", "").replace(" zerofill", "");
    let name = plain.split(['(', ' ']).next().unwrap_or_default();
    match (name, unsigned) {
        ("tinyint", _) if plain == "tinyint(1)" => Type::Boolean,
        ("bit", _) if plain == "bit(1)" => Type::Boolean,
        ("bit", _) => Type::Unknown,
        ("tinyint" | "year", _) => Type::SmallInt,
        ("smallint", true) | ("mediumint", _) => Type::Integer,
        ("int", true) => Type::BigInt,
        ("bigint", true) => Type::Decimal {
            precision: Some(20),
            scale: Some(0),
        },
        ("float", _) => Type::Real,
        ("double", _) => Type::Double,
        ("enum" | "set" | "tinytext" | "text" | "mediumtext" | "longtext", _) => Type::Text,
        ("inet4" | "inet6", _) => Type::Text,
        ("tinyblob" | "blob" | "mediumblob" | "longblob" | "binary" | "varbinary", _) => Type::Blob,
        ("datetime", _) => Type::Timestamp,
        ("timestamp", _) => Type::TimestampTz,
        _ => Type::from_declared(&plain),
    }
}

#[cfg(test)]
mod tests {
    use super::{json_column, ty};
    use rql::Type;

    #[test]
    fn declared_types() {
        assert_eq!(ty("tinyint(1)"), Type::Boolean);
        assert_eq!(ty("tinyint(4)"), Type::SmallInt);
        assert_eq!(ty("smallint(5) unsigned"), Type::Integer);
        assert_eq!(ty("int(10) unsigned zerofill"), Type::BigInt);
        assert_eq!(ty("bigint(20)"), Type::BigInt);
        assert_eq!(ty("enum('a','unsigned')"), Type::Text);
        assert_eq!(ty("varchar(20)"), Type::Varchar(20));
        assert_eq!(ty("datetime(6)"), Type::Timestamp);
        assert_eq!(ty("time(6)"), Type::Time);
        assert_eq!(
            ty("decimal(10,2)"),
            Type::Decimal {
                precision: Some(10),
                scale: Some(2)
            }
        );
    }

    #[test]
    fn json_columns_of_mariadb() {
        assert_eq!(
            json_column("json_valid(\"a\"\"b\")"),
            Some(("a\"b".into(), Type::Json))
        );
        assert_eq!(
            json_column("json_valid(\"d\") >= 1"),
            Some(("d".into(), Type::Jsonb))
        );
        let array = "json_valid(\"a\"\"b\") and json_type(\"a\"\"b\") in ('ARRAY','integer[]')";
        let given = json_column(array);
        assert_eq!(given, Some(("a\"b".into(), Type::Integer.array())));
        assert_eq!(json_column("\"a\" > 0"), None);
    }
}
