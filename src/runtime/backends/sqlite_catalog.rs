//! What a SQLite database holds.
//!
//! SQLite tells columns, keys and indexes by pragmas. Names of constraints, checks, expressions and
//! queries stand only in the text of the CREATE statement, which is read as RQL where it is RQL.

use rql::{
    Catalog, Dialect, ForeignKey, Index, IndexKey, Key, ObjectName, Table, TableColumn, TableKind,
    Type,
};
use rql_ast::quoted_name;
use rusqlite::{Connection, Row, Transaction};
use std::collections::{HashMap, HashSet};

type Result<T> = rusqlite::Result<T>;

const TABLES: &str = "\
SELECT l.name, l.type, l.wr FROM pragma_table_list l \
WHERE l.schema = ?1 AND l.type <> 'shadow' AND substr(l.name, 1, 7) <> 'sqlite_' \
AND l.name NOT IN ('rql_sequences', 'rql_schemas') ORDER BY l.name";

const TEXTS: &str = "SELECT type, name, sql FROM {}.sqlite_schema WHERE sql IS NOT NULL";

/// `hidden` 1 is a virtual table's own business.
const COLUMNS: &str = "\
SELECT c.name, c.type, c.\"notnull\", c.pk, c.dflt_value, c.hidden IN (2, 3), l.name \
FROM pragma_table_list l, pragma_table_xinfo(l.name, ?1) c \
WHERE l.schema = ?1 AND l.type NOT IN ('shadow', 'view') AND substr(l.name, 1, 7) <> 'sqlite_' \
AND c.hidden <> 1 ORDER BY l.name, c.cid";

const VIEW: &str = "\
SELECT name, type, \"notnull\", pk, dflt_value, FALSE FROM pragma_table_xinfo(?2, ?1) ORDER BY cid";

const INDEXES: &str = "\
SELECT m.name, l.name, l.\"unique\", l.origin, l.partial, x.cid \
FROM {}.sqlite_schema m, pragma_index_list(m.name, ?1) l, pragma_index_xinfo(l.name, ?1) x \
WHERE m.type = 'table' AND x.key ORDER BY m.name, l.seq DESC, x.seqno";

const FOREIGN: &str = "\
SELECT m.name, f.id, f.\"from\", f.\"table\", f.\"to\", \
f.on_update NOT IN ('NO ACTION', 'RESTRICT') OR f.on_delete NOT IN ('NO ACTION', 'RESTRICT') \
FROM {}.sqlite_schema m, pragma_foreign_key_list(m.name, ?1) f \
WHERE m.type = 'table' ORDER BY m.name, f.id DESC, f.seq";

/// A temporary trigger may be one of a table that is not.
const TRIGGERS: &str = "\
SELECT tbl_name FROM {}.sqlite_schema WHERE type = 'trigger' \
UNION SELECT tbl_name FROM temp.sqlite_schema WHERE type = 'trigger'";

/// Without aggregates, and without those that stand behind RQL's own.
const FUNCTIONS: &str = "SELECT DISTINCT name FROM pragma_function_list WHERE type = 's' AND name NOT LIKE 'rql\\_%' ESCAPE '\\'";

/// Reads all attached databases, at one moment of each.
pub(super) fn read(db: &Connection) -> Result<Catalog> {
    // One transaction takes the file's lock once, not for every question.
    let within = db.is_autocommit().then(|| db.unchecked_transaction());
    let catalog = read_all(db)?;
    within.transpose()?.map_or(Ok(()), Transaction::commit)?;
    Ok(catalog)
}

fn read_all(db: &Connection) -> Result<Catalog> {
    let mut catalog = Catalog::new(Dialect::Sqlite.traits().names);
    let mut list = db.prepare("SELECT name FROM pragma_database_list ORDER BY seq")?;
    let schemas: Vec<String> = list
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for schema in schemas {
        let reader = Reader {
            db,
            schema: &schema,
        };
        if schema == "main" {
            for name in reader.schemas()? {
                catalog.add_schema_within(name);
            }
        }
        for mut table in reader.tables()? {
            match schema.as_str() {
                "main" => placed(&mut table, &catalog),
                "temp" => table.temporary = true,
                other => table.schema = Some(other.to_owned()),
            }
            catalog.add(table);
        }
        if !matches!(schema.as_str(), "main" | "temp") {
            catalog.add_schema(schema);
        }
    }
    let mut functions = db.prepare(FUNCTIONS)?;
    let names = functions.query_map([], |row| row.get(0))?;
    catalog.set_functions(names.collect::<Result<Vec<String>>>()?);
    let full: Vec<Table> = catalog
        .tables()
        .iter()
        .filter_map(|t| referring(t, &catalog))
        .collect();
    for table in full {
        catalog.add(table);
    }
    Ok(catalog)
}

/// A table with its schema and its name apart, and those of its indexes and of what it refers to.
fn placed(table: &mut Table, catalog: &Catalog) {
    let apart = |stored: &str| {
        let (schema, name) = catalog.apart(stored);
        (schema.map(str::to_owned), name.to_owned())
    };
    (table.schema, table.name) = apart(&table.name);
    table.within = table.schema.is_some();
    for key in &mut table.foreign_keys {
        (key.schema, key.table) = apart(&key.table);
    }
    for index in &mut table.indexes {
        (_, index.name) = apart(&index.name);
    }
    let named = table.keys.iter_mut().filter(|key| !key.primary);
    for name in named.filter_map(|key| key.name.as_mut()) {
        (_, *name) = apart(name);
    }
}

/// One attached database.
struct Reader<'a> {
    db: &'a Connection,
    schema: &'a str,
}

/// Tables by the position at which they are kept.
struct Tables {
    list: Vec<Table>,
    places: HashMap<String, usize>,
}

impl Tables {
    fn named(&mut self, name: &str) -> Option<&mut Table> {
        self.list.get_mut(*self.places.get(name)?)
    }
}

impl Reader<'_> {
    /// The schemas that CREATE SCHEMA has made in the file.
    fn schemas(&self) -> Result<Vec<String>> {
        let Ok(mut statement) = self
            .db
            .prepare("SELECT name FROM main.rql_schemas ORDER BY name")
        else {
            return Ok(Vec::new());
        };
        statement.query_map([], |row| row.get(0))?.collect()
    }

    fn tables(&self) -> Result<Vec<Table>> {
        let mut tables = Tables {
            list: Vec::new(),
            places: HashMap::new(),
        };
        self.each(TABLES, |row| {
            let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
            tables.places.insert(name.clone(), tables.list.len());
            tables.list.push(Table {
                name,
                kind: match kind.as_str() {
                    "view" => TableKind::View,
                    "virtual" => TableKind::Foreign,
                    _ => TableKind::Table,
                },
                without_rowid: row.get(2)?,
                ..Table::default()
            });
            Ok(())
        })?;
        let mut keys: HashMap<String, Vec<(i64, usize)>> = HashMap::new();
        self.columns(&mut tables, &mut keys)?;
        let texts = self.texts()?;
        let no_alias = self.indexes(&mut tables, &texts)?;
        for (name, mut key) in keys {
            key.sort_unstable();
            let Some(table) = tables.named(&name) else {
                continue;
            };
            let key = Key {
                name: None,
                primary: true,
                columns: key.into_iter().map(|(_, at)| at).collect(),
            };
            // An INTEGER PRIMARY KEY is the number of the row, and needs no index.
            if let ([only], false) = (key.columns.as_slice(), no_alias.contains(&name)) {
                let column = &mut table.columns[*only];
                column.identity = column.declared.eq_ignore_ascii_case("integer");
            }
            table.keys.insert(0, key);
        }
        self.foreign(&mut tables)?;
        self.each(TRIGGERS, |row| {
            if let Some(table) = tables.named(&row.get::<_, String>(0)?) {
                table.triggers = true;
            }
            Ok(())
        })?;
        for table in &mut tables.list {
            let kind = if table.kind.is_view() {
                "view"
            } else {
                "table"
            };
            if let Some(text) = texts.get(&(kind, table.name.clone())) {
                declared(table, text);
            }
        }
        Ok(tables.list)
    }

    fn columns(
        &self,
        tables: &mut Tables,
        keys: &mut HashMap<String, Vec<(i64, usize)>>,
    ) -> Result<()> {
        self.each(COLUMNS, |row| {
            let name: String = row.get(6)?;
            if let Some(table) = tables.named(&name) {
                let key = row.get(3)?;
                if key > 0 {
                    keys.entry(name)
                        .or_default()
                        .push((key, table.columns.len()));
                }
                table.columns.push(column(row)?);
            }
            Ok(())
        })?;
        let mut statement = self.db.prepare(VIEW)?;
        for view in tables.list.iter_mut().filter(|table| table.kind.is_view()) {
            let rows = statement.query_map((self.schema, &view.name), column);
            // A view whose tables are gone has no columns, and hides no other. One that calls a function of a session
            // has those that its text says.
            view.columns = match rows.and_then(Iterator::collect) {
                Ok(columns) => columns,
                Err(error) if error.to_string().contains(rql::sqlite::PREFIX) => {
                    vec![TableColumn::default()]
                }
                Err(_) => Vec::new(),
            };
        }
        Ok(())
    }

    /// The CREATE statements by kind and name.
    fn texts(&self) -> Result<HashMap<(&'static str, String), String>> {
        let mut texts = HashMap::new();
        self.each(TEXTS, |row| {
            let kind = match row.get_ref(0)?.as_str()? {
                "table" => "table",
                "view" => "view",
                "index" => "index",
                _ => return Ok(()),
            };
            let text: String = row.get(2)?;
            texts.insert((kind, row.get(1)?), rql::sqlite::plain(&text));
            Ok(())
        })?;
        Ok(texts)
    }

    /// Adds the indexes and unique keys; gives the tables whose primary key has an index.
    fn indexes(
        &self,
        tables: &mut Tables,
        texts: &HashMap<(&'static str, String), String>,
    ) -> Result<HashSet<String>> {
        let mut primary = HashSet::new();
        let mut made: Vec<(String, String, bool, Index)> = Vec::new();
        self.each(INDEXES, |row| {
            let (table, name): (String, String) = (row.get(0)?, row.get(1)?);
            let origin: String = row.get(3)?;
            if origin == "pk" {
                primary.insert(table);
                return Ok(());
            }
            let key = match row.get::<_, i64>(5)? {
                -1 => IndexKey::Expression("rowid".into()),
                at => usize::try_from(at)
                    .map_or_else(|_| IndexKey::Expression(String::new()), IndexKey::Column),
            };
            if let Some(last) = made.last_mut().filter(|l| l.0 == table && l.3.name == name) {
                last.3.keys.push(key);
                return Ok(());
            }
            let index = Index {
                name,
                unique: row.get(2)?,
                keys: vec![key],
                predicate: row.get::<_, bool>(4)?.then(String::new),
            };
            made.push((table, origin, index.predicate.is_some(), index));
            Ok(())
        })?;
        // Constraints first, then indexes, as they are declared.
        made.sort_by_key(|index| index.1 == "c");
        for (table, origin, partial, mut index) in made {
            let Some(table) = tables.named(&table) else {
                continue;
            };
            let written = partial
                || index
                    .keys
                    .iter()
                    .any(|k| matches!(k, IndexKey::Expression(_)));
            if written && let Some(text) = texts.get(&("index", index.name.clone())) {
                index = indexed(table, index, text);
            }
            let own = origin == "c";
            table.keys.extend(index.key().map(|columns| Key {
                name: own.then(|| index.name.clone()),
                primary: false,
                columns,
            }));
            if own {
                table.indexes.push(index);
            }
        }
        Ok(primary)
    }

    fn foreign(&self, tables: &mut Tables) -> Result<()> {
        let mut last = None;
        self.each(FOREIGN, |row| {
            let (name, id): (String, i64) = (row.get(0)?, row.get(1)?);
            let Some(table) = tables.named(&name) else {
                return Ok(());
            };
            let from: String = row.get(2)?;
            let same = |column: &TableColumn| column.name.eq_ignore_ascii_case(&from);
            let Some(at) = table.columns.iter().position(same) else {
                return Ok(());
            };
            let this = Some((name, id));
            if last != this {
                table.foreign_keys.push(ForeignKey {
                    table: row.get(3)?,
                    acts: row.get(5)?,
                    ..ForeignKey::default()
                });
                last = this;
            }
            if let Some(key) = table.foreign_keys.last_mut() {
                key.columns.push(at);
                key.referred.extend(row.get::<_, Option<String>>(4)?);
            }
            Ok(())
        })
    }

    /// Runs a query over this database for each row.
    fn each(&self, sql: &str, mut row: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let quoted = quoted_name(self.schema);
        let mut statement = self.db.prepare(&sql.replace("{}", &quoted))?;
        let mut rows = match statement.parameter_count() {
            0 => statement.query([])?,
            _ => statement.query([self.schema])?,
        };
        while let Some(next) = rows.next()? {
            row(next)?;
        }
        Ok(())
    }
}

fn column(row: &Row<'_>) -> Result<TableColumn> {
    let declared: String = row.get(1)?;
    let default: Option<String> = row.get(4)?;
    let default = default.as_deref().unwrap_or_default();
    if let Some((before, mark)) = default.split_once("/* GENERATED") {
        // A sequence numbers it.
        return Ok(TableColumn {
            name: row.get(0)?,
            ty: Type::from_declared(&declared),
            declared,
            default: Some(rql::sqlite::plain(before.trim())),
            identity: true,
            counted: true,
            always: mark.contains("ALWAYS"),
            ..TableColumn::default()
        });
    }
    Ok(TableColumn {
        name: row.get(0)?,
        ty: Type::from_declared(&declared),
        declared,
        nullable: !row.get::<_, bool>(2)? && row.get::<_, i64>(3)? == 0,
        default: row.get(4)?,
        generated: row.get(5)?,
        ..TableColumn::default()
    })
}

/// Adds what only the text says: a view's query and types; checks, and the names of constraints.
fn declared(table: &mut Table, text: &str) {
    if table.kind.is_view() {
        shown(table, text);
        return;
    }
    let lower = text.to_ascii_lowercase();
    let says = ["check", "constraint", "autoincrement"];
    if !says.iter().any(|word| lower.contains(word)) {
        return;
    }
    let always = text.contains(rql::sqlite::ALWAYS);
    let (read, _) = rql::schema(text, Dialect::Sqlite.traits().names);
    let [read] = read.tables() else { return };
    if read.columns.len() != table.columns.len() {
        return;
    }
    table.checks.clone_from(&read.checks);
    for (column, read) in table.columns.iter_mut().zip(&read.columns) {
        if column.default.is_none() {
            column.counted = read.counted;
            column.always = read.counted && always;
        }
    }
    for key in table.keys.iter_mut().filter(|key| key.name.is_none()) {
        let mut same = read.keys.iter();
        let same = same.find(|k| (k.primary, &k.columns) == (key.primary, &key.columns));
        key.name = same.and_then(|key| key.name.clone());
    }
    for key in &mut table.foreign_keys {
        let mut same = read.foreign_keys.iter();
        let same =
            same.find(|k| k.columns == key.columns && k.table.eq_ignore_ascii_case(&key.table));
        key.name = same.and_then(|key| key.name.clone());
    }
}

/// The query in the text of CREATE VIEW, and the types that comments behind the names of its columns give them.
fn shown(view: &mut Table, text: &str) {
    let parse = rql::parse(text);
    let ast = &parse.ast;
    let Some(create) = ast.all::<rql_ast::CreateView>().first() else {
        return;
    };
    view.definition = Some(ast.text(ast[create.query].span).to_owned());
    view.reads = rql::named_in_from(ast);
    view.shows = rql::shows(ast);
    let names = &ast[create.columns];
    if matches!(view.columns.as_slice(), [only] if only.name.is_empty()) {
        let named = |name: &rql_ast::Ident| TableColumn {
            name: ast.name(*name).into_owned(),
            nullable: true,
            ..TableColumn::default()
        };
        view.columns = names.iter().map(named).collect();
    }
    for (column, name) in view.columns.iter_mut().zip(names) {
        let after = text.get(name.span.end as usize..).unwrap_or_default();
        let comment = after.trim_start().strip_prefix("/*");
        if let Some((said, _)) = comment.and_then(|comment| comment.split_once("*/")) {
            said.trim().clone_into(&mut column.declared);
            column.ty = Type::from_declared(said);
        }
    }
}

/// An index with what its text says.
fn indexed(table: &Table, index: Index, text: &str) -> Index {
    let mut catalog = Catalog::new(Dialect::Sqlite.traits().names);
    let bare = Table {
        indexes: Vec::new(),
        ..table.clone()
    };
    catalog.add(bare);
    rql::declare(&mut catalog, text);
    let read = catalog
        .tables()
        .iter()
        .find_map(|table| table.indexes.first());
    read.cloned().unwrap_or(index)
}

/// A table whose foreign keys name what they refer to as it is spelled, with all its columns. SQLite
/// keeps them as they were written.
fn referring(table: &Table, catalog: &Catalog) -> Option<Table> {
    let mut full = table.clone();
    for read in &mut full.reads {
        let (schema, name) = catalog.apart(&read.name);
        *read = ObjectName {
            // An attached file's views read the tables of that file.
            schema: schema
                .or(table.schema.as_deref())
                .map(str::to_owned)
                .filter(|_| read.schema.is_none())
                .or(read.schema.take())
                .filter(|schema| schema != "main"),
            name: name.to_owned(),
        };
    }
    for key in &mut full.foreign_keys {
        // A foreign key stays within its database.
        let own = if table.temporary { "temp" } else { "main" };
        let file = table
            .schema
            .as_deref()
            .filter(|own| !catalog.is_within(own));
        let schema = key.schema.as_deref().or(file).unwrap_or(own);
        let Some(other) = catalog.find(Some(schema), &key.table) else {
            continue;
        };
        key.schema.clone_from(&other.schema);
        key.table.clone_from(&other.name);
        if key.referred.is_empty() {
            let columns = other.key_positions();
            key.referred = columns.map(|at| other.columns[at].name.clone()).collect();
        }
    }
    (full != *table).then_some(full)
}
