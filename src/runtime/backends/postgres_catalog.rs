//! What a PostgreSQL database holds, in six queries that go at once.

use super::postgres_wire::Wire;
use futures_util::future::{try_join, try_join5};
use rql::{
    Catalog, Check, Dialect, ForeignKey, Index, IndexKey, Key, OwnFunction, Table, TableColumn,
    TableKind, Type,
};
use std::collections::HashMap;
use tokio_postgres::{Error, Row};

/// The name of a relation's schema where it must be written, `t` and `n` being its rows.
macro_rules! schema {
    ($t:literal, $n:literal) => {
        concat!(
            "CASE WHEN ",
            $t,
            ".relpersistence = 't' OR ",
            $n,
            ".nspname = current_schema() ",
            "OR pg_table_is_visible(",
            $t,
            ".oid) THEN NULL ELSE ",
            $n,
            ".nspname END"
        )
    };
}

/// Tables and views outside the system's schemas. What numbers a row is no default of a column.
const COLUMNS: &str = concat!(
    "SELECT t.oid, ",
    schema!("t", "n"),
    ", t.relname, t.relkind::text, t.relpersistence = 't', \
a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '', \
a.attidentity <> '' OR EXISTS (SELECT FROM pg_depend s WHERE s.refobjid = t.oid AND s.refobjsubid = a.attnum \
AND s.deptype = 'a' AND s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass \
AND EXISTS (SELECT FROM pg_class q WHERE q.oid = s.objid AND q.relkind = 'S')), \
CASE WHEN t.relkind IN ('v', 'm') AND a.attnum = 1 THEN pg_get_viewdef(t.oid) END, \
n.nspname \
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace \
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum \
WHERE t.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
AND n.nspname !~ '^pg_toast' AND NOT pg_is_other_temp_schema(n.oid) \
ORDER BY 2 NULLS FIRST, 3, a.attnum"
);

const CONSTRAINTS: &str = concat!(
    "SELECT c.conrelid, c.conname, c.contype::text, c.conkey, ",
    schema!("t", "n"),
    ", t.relname, \
ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(num, at) \
JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num ORDER BY k.at), \
pg_get_expr(c.conbin, c.conrelid), c.confupdtype NOT IN ('a', 'r') OR c.confdeltype NOT IN ('a', 'r') \
FROM pg_constraint c LEFT JOIN pg_class t ON t.oid = c.confrelid LEFT JOIN pg_namespace n ON n.oid = t.relnamespace \
WHERE c.contype IN ('p', 'u', 'f', 'c') AND c.conrelid <> 0 AND c.conparentid = 0 ORDER BY c.conrelid, c.oid"
);

/// Without those that serve a constraint, and without the columns that they only carry.
const INDEXES: &str = "\
SELECT i.indrelid, x.relname, i.indisunique, (i.indkey::int2[])[0:i.indnkeyatts - 1], \
CASE WHEN 0 = ANY (i.indkey) THEN ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, FALSE) \
FROM generate_series(1, i.indnkeyatts) k) END, pg_get_expr(i.indpred, i.indrelid) \
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid \
JOIN pg_namespace n ON n.oid = t.relnamespace \
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast' AND i.indisvalid \
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')) \
ORDER BY i.indexrelid";

const SCHEMAS: &str = "\
SELECT nspname, nspname = coalesce(current_schema(), '') FROM pg_namespace \
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1";

/// Without aggregates and window functions, and without those that only the system calls.
const FUNCTIONS: &str = "\
SELECT DISTINCT proname FROM pg_proc \
WHERE prokind = 'f' AND pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(TRUE))) \
AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)";

/// What functions give that are not the system's, and the system's own that give rows.
const OWN: &str = "\
SELECT CASE WHEN pg_function_is_visible(p.oid) THEN NULL ELSE n.nspname END, p.proname, (p.pronargs - p.pronargdefaults)::int, \
CASE WHEN p.provariadic = 0 THEN p.pronargs::int END, format_type(p.prorettype, NULL), \
CASE WHEN p.proargmodes && '{o,b,t}' THEN ARRAY(SELECT coalesce(nullif(u.name, ''), 'column' || row_number() OVER (ORDER BY u.at))::text \
FROM unnest(p.proargmodes, p.proargnames) WITH ORDINALITY u(mode, name, at) WHERE u.mode IN ('o', 'b', 't') ORDER BY u.at) \
WHEN t.typtype = 'c' THEN ARRAY(SELECT a.attname::text FROM pg_attribute a \
WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) END, \
CASE WHEN p.proargmodes && '{o,b,t}' THEN ARRAY(SELECT format_type(u.type, NULL) \
FROM unnest(p.proargmodes, p.proallargtypes) WITH ORDINALITY u(mode, type, at) WHERE u.mode IN ('o', 'b', 't') ORDER BY u.at) \
WHEN t.typtype = 'c' THEN ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a \
WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) END, \
p.prokind = 'a' \
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_type t ON t.oid = p.prorettype \
WHERE (p.prokind = 'f' OR p.prokind = 'a' AND n.nspname <> 'pg_catalog') AND (n.nspname NOT IN ('pg_catalog', 'information_schema') OR p.proretset) \
AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype) AND n.nspname !~ '^pg_t' \
ORDER BY p.oid";

/// A table or view of the system's.
const OF_SYSTEM: &str = "\
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull \
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
WHERE c.relname = $1 AND n.nspname = $2 AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v') ORDER BY a.attnum";

/// What columns a table or view of the system's has; `None` where there is none.
pub(super) fn of_system(
    wire: &Wire,
    schema: Option<&str>,
    name: &str,
) -> Result<Option<Table>, Error> {
    use tokio_postgres::types::Type as Wired;
    let within = schema.unwrap_or("pg_catalog");
    let asked = [(&name as _, Wired::TEXT), (&within as _, Wired::TEXT)];
    let rows = wire.wait(wire.client.query_typed(OF_SYSTEM, &asked))?;
    let mut table = Table {
        schema: schema.map(str::to_owned),
        name: name.to_owned(),
        kind: TableKind::View,
        ..Table::default()
    };
    for row in &rows {
        let declared: String = row.try_get(1)?;
        let ty = match declared.as_str() {
            // What names things there is a text.
            "name" | "information_schema.sql_identifier" | "information_schema.character_data" => {
                Type::Text
            }
            other => Type::from_declared(other),
        };
        table.columns.push(TableColumn {
            name: row.try_get(0)?,
            declared,
            ty,
            nullable: row.try_get(2)?,
            ..TableColumn::default()
        });
    }
    Ok((!rows.is_empty()).then_some(table))
}

fn own(row: &Row) -> Result<OwnFunction, Error> {
    let size = |n: i32| usize::try_from(n).unwrap_or(0);
    let most: Option<i32> = row.try_get(3)?;
    let gives: String = row.try_get(4)?;
    let names: Option<Vec<String>> = row.try_get(5)?;
    let types: Option<Vec<String>> = row.try_get(6)?;
    let types = types.unwrap_or_default();
    let types = types.iter().map(|ty| Type::from_declared(ty));
    Ok(OwnFunction {
        schema: row.try_get(0)?,
        name: row.try_get(1)?,
        least: size(row.try_get(2)?),
        most: most.map(size),
        gives: match gives.as_str() {
            "record" => Type::Record,
            other => Type::from_declared(other),
        },
        aggregates: row.try_get(7)?,
        columns: names.unwrap_or_default().into_iter().zip(types).collect(),
    })
}

/// Reads it.
pub(super) fn read(wire: &Wire) -> Result<Catalog, Error> {
    // All of them go at once, and are not prepared first: far servers are slow to answer, not to send.
    let ask = |sql| wire.client.query_typed(sql, &[]);
    let all = try_join5(
        ask(COLUMNS),
        ask(CONSTRAINTS),
        ask(INDEXES),
        ask(SCHEMAS),
        ask(FUNCTIONS),
    );
    let ((columns, constraints, indexes, schemas, functions), known) =
        wire.wait(try_join(all, ask(OWN)))?;
    let mut tables = Tables::default();
    for row in columns {
        tables.column(&row)?;
    }
    for row in constraints {
        tables.constraint(&row)?;
    }
    for row in indexes {
        tables.index(&row)?;
    }
    let mut catalog = Catalog::new(Dialect::Postgresql.traits().names);
    for row in schemas {
        match row.try_get(1)? {
            true => catalog.set_default_schema(row.try_get(0)?),
            false => catalog.add_schema(row.try_get(0)?),
        }
    }
    let names = functions.iter().map(|row| row.try_get::<_, String>(0));
    catalog.set_functions(names.collect::<Result<Vec<_>, _>>()?);
    catalog.set_own_functions(known.iter().map(own).collect::<Result<_, _>>()?);
    for (mut table, _) in tables.list {
        table.keys.sort_by_key(|key| !key.primary);
        catalog.add(table);
    }
    Ok(catalog)
}

/// Tables, and the numbers that the server gives their columns.
#[derive(Default)]
struct Tables {
    list: Vec<(Table, Vec<i16>)>,
    places: HashMap<u32, usize>,
}

impl Tables {
    fn column(&mut self, row: &Row) -> Result<(), Error> {
        let oid: u32 = row.try_get(0)?;
        let list = &mut self.list;
        let place = *self.places.entry(oid).or_insert(list.len());
        if place == list.len() {
            let kind = match row.try_get(3)? {
                "v" => TableKind::View,
                "m" => TableKind::MaterializedView,
                "f" => TableKind::Foreign,
                _ => TableKind::Table,
            };
            let definition: Option<&str> = row.try_get(12)?;
            let schema: Option<String> = row.try_get(1)?;
            let temporary: bool = row.try_get(4)?;
            let visible = schema.is_none() && !temporary;
            let home: Option<String> = row.try_get(13)?;
            let table = Table {
                schema,
                home: home.filter(|_| visible),
                name: row.try_get(2)?,
                kind,
                temporary,
                definition: definition.map(|text| text.trim().trim_end_matches(';').to_owned()),
                ..Table::default()
            };
            list.push((table, Vec::new()));
        }
        // A table may have no columns.
        let (Some(number), Some((table, numbers))) = (row.try_get(5)?, list.get_mut(place)) else {
            return Ok(());
        };
        numbers.push(number);
        let declared: String = row.try_get(7)?;
        let (generated, identity): (bool, bool) = (row.try_get(10)?, row.try_get(11)?);
        let default: Option<&str> = row.try_get(9)?;
        table.columns.push(TableColumn {
            name: row.try_get(6)?,
            ty: Type::from_declared(&declared),
            declared,
            nullable: !row.try_get::<_, bool>(8)?,
            default: default.filter(|_| !generated && !identity).map(plain),
            generated,
            identity,
            ..TableColumn::default()
        });
        Ok(())
    }

    /// The table that a row tells of.
    fn of(&mut self, row: &Row) -> Result<Option<&mut (Table, Vec<i16>)>, Error> {
        let place = self.places.get(&row.try_get(0)?);
        Ok(place.map(|&at| &mut self.list[at]))
    }

    fn constraint(&mut self, row: &Row) -> Result<(), Error> {
        let Some((table, numbers)) = self.of(row)? else {
            return Ok(());
        };
        let name: Option<String> = row.try_get(1)?;
        let numbered: Option<Vec<i16>> = row.try_get(3)?;
        let numbered = numbered.unwrap_or_default();
        let columns = numbered
            .iter()
            .filter_map(|number| numbers.iter().position(|n| n == number));
        let columns: Vec<usize> = columns.collect();
        match row.try_get(2)? {
            "f" => table.foreign_keys.push(ForeignKey {
                name,
                columns,
                schema: row.try_get(4)?,
                table: row.try_get(5)?,
                referred: row.try_get(6)?,
                acts: row.try_get(8)?,
            }),
            "c" => table.checks.push(Check {
                name,
                condition: bare(row.try_get(7)?).to_owned(),
            }),
            kind => table.keys.push(Key {
                name,
                primary: kind == "p",
                columns,
            }),
        }
        Ok(())
    }

    fn index(&mut self, row: &Row) -> Result<(), Error> {
        let Some((table, numbers)) = self.of(row)? else {
            return Ok(());
        };
        let columns: Vec<i16> = row.try_get(3)?;
        let texts: Option<Vec<String>> = row.try_get(4)?;
        let keys = columns.iter().enumerate().map(|(at, number)| {
            let column = numbers.iter().position(|n| n == number);
            column.map_or_else(
                || {
                    let text = texts.as_ref().and_then(|texts| texts.get(at));
                    IndexKey::Expression(text.map_or("", |text| bare(text)).to_owned())
                },
                IndexKey::Column,
            )
        });
        let predicate: Option<&str> = row.try_get(5)?;
        let index = Index {
            name: row.try_get(1)?,
            unique: row.try_get(2)?,
            keys: keys.collect(),
            predicate: predicate.map(|text| bare(text).to_owned()),
        };
        table.keys.extend(index.key().map(|columns| Key {
            name: Some(index.name.clone()),
            primary: false,
            columns,
        }));
        table.indexes.push(index);
        Ok(())
    }
}

/// An expression without parentheses around the whole.
fn bare(text: &str) -> &str {
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    else {
        return text;
    };
    let (mut depth, mut quote) = (0_i32, None);
    for c in inner.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    bare(inner)
}

/// A default as a person would write it: the server adds to a constant the type of its column.
fn plain(text: &str) -> String {
    let constant = || {
        let rest = text.strip_prefix('\'')?;
        let end = rest.find("'::")?;
        let (value, ty) = (&rest[..end], &rest[end + 3..]);
        let one = !value.contains('\'')
            && ty
                .chars()
                .all(|c| c.is_alphanumeric() || " _(),".contains(c));
        let number = matches!(Type::from_declared(ty), ty if ty.is_number());
        one.then(|| {
            if number {
                value.to_owned()
            } else {
                format!("'{value}'")
            }
        })
    };
    constant().unwrap_or_else(|| bare(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{bare, plain};

    #[test]
    fn texts_as_people_write_them() {
        assert_eq!(bare("((a < b))"), "a < b");
        assert_eq!(bare("(a) < (b)"), "(a) < (b)");
        assert_eq!(bare("(a = ')')"), "a = ')'");
        assert_eq!(plain("'Oslo'::text"), "'Oslo'");
        assert_eq!(plain("'-1'::integer"), "-1");
        assert_eq!(plain("'a'::text || 'b'::text"), "'a'::text || 'b'::text");
        assert_eq!(plain("CURRENT_DATE"), "CURRENT_DATE");
    }
}
