//! The completion cases of another language server, on its schema: what it wants offered is offered here.
//!
//! It differs on purpose in three things. It offers tables that FROM does not name where only columns can stand;
//! it gives each joined table an alias of its own making; and it knows a schema of MySQL that stands in no DDL.

mod common;

use common::world_of;
use rql_ide::{Kind, Snapshot};

/// MySQL's world database, as far as the cases name it.
const WORLD: &str = "
CREATE TABLE country (Code TEXT PRIMARY KEY, Name TEXT, CountryCode TEXT, Continent TEXT, Region TEXT,
  SurfaceArea REAL, IndepYear INTEGER, Population INTEGER, LifeExpectancy REAL, GNP REAL, GNPOld REAL,
  LocalName TEXT, GovernmentForm TEXT, HeadOfState TEXT, Capital INTEGER, Code2 TEXT);
CREATE TABLE city (ID INTEGER PRIMARY KEY, Name TEXT, CountryCode TEXT REFERENCES country, District TEXT,
  Population INTEGER);
CREATE TABLE countrylanguage (CountryCode TEXT REFERENCES country, Language TEXT, IsOfficial TEXT,
  Percentage REAL);
";
const TABLES: &[&str] = &["city", "country", "countrylanguage"];
const SCHEMAS: &[&str] = &[
    "information_schema",
    "mysql",
    "performance_schema",
    "sys",
    "world",
];

/// A candidate as both write it: a joined table under its own name, an equation without its order.
fn plain(label: &str) -> String {
    let label = label.replace('`', "").to_lowercase();
    if let Some((table, condition)) = label.split_once(" on ") {
        let (name, alias) = table.split_once(' ').unwrap_or((table, table));
        let condition = condition.replace(&format!("{alias}."), &format!("{name}."));
        return format!("{name} on {}", plain(&condition));
    }
    let mut sides: Vec<&str> = label.split(" = ").collect();
    sides.sort_unstable();
    sides.join(" = ")
}

fn strings(value: &serde_json::Value) -> impl Iterator<Item = String> + '_ {
    let all = value.as_array().into_iter().flatten();
    all.filter_map(|it| Some(plain(it.as_str()?)))
}

#[test]
fn what_another_server_offers_is_offered() {
    let Some(folder) = noctra_testsuite::corpora_dir() else {
        println!("NOT RUN: no corpora");
        return;
    };
    let file = folder.join("lsp_sqls_completion.json");
    let text = std::fs::read_to_string(file).expect("the corpus");
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let (catalog, wrong) = rql::schema(WORLD, rql::NameMatch::Insensitive);
    assert!(wrong.is_empty(), "{wrong:?}");
    let world = world_of(catalog);
    let mut seen = 0;
    for case in &cases {
        let input = case["input"].as_str().unwrap_or("");
        if input.contains("world.") {
            continue;
        }
        let number = |name: &str| case[name].as_u64().and_then(|n| usize::try_from(n).ok());
        let lines = input
            .split_inclusive('\n')
            .take(number("line").unwrap_or(0));
        let at = lines.map(str::len).sum::<usize>() + number("col").unwrap_or(0);
        let snapshot = Snapshot::new(&world, input);
        let items = snapshot
            .complete(u32::try_from(at).unwrap_or(u32::MAX))
            .items;
        let offered: Vec<String> = items.iter().map(|item| plain(&item.label)).collect();
        let columns = items.iter().any(|item| item.kind == Kind::Column);
        let wanted = strings(&case["want"]).filter(|want| {
            let table = columns && TABLES.contains(&want.as_str());
            !table && !SCHEMAS.contains(&want.as_str())
        });
        let name = &case["name"];
        for want in wanted {
            assert!(
                offered.contains(&want),
                "{name}: {input}: {want} among {offered:?}"
            );
        }
        for bad in strings(&case["bad"]) {
            assert!(
                !offered.contains(&bad),
                "{name}: {input}: {bad} among {offered:?}"
            );
        }
        seen += 1;
    }
    assert!(seen > 70, "{seen} cases");
}
