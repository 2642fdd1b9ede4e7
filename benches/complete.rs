//! Completion in a catalog of 2,000 tables: the answer must stand well under 30 ms, whatever is typed.

use criterion::{Criterion, criterion_group, criterion_main};
use rql_ide::{Snapshot, World};
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

/// 2,000 tables of 20 columns, each with a foreign key to the one before.
fn world() -> Arc<World> {
    let mut schema = String::new();
    for table in 0..2_000 {
        let _ = write!(schema, "CREATE TABLE table_{table} (id INTEGER PRIMARY KEY");
        for column in 0..18 {
            let _ = write!(schema, ", column_{table}_{column} DECIMAL(10,2)");
        }
        let before = table.max(1) - 1;
        let _ = writeln!(schema, ", parent INTEGER REFERENCES table_{before} (id));");
    }
    let (catalog, _) = rql::schema(&schema, rql::NameMatch::Insensitive);
    Arc::new(World {
        catalog,
        dialect: Some(rql::Dialect::Sqlite),
        ..World::default()
    })
}

fn benchmark(c: &mut Criterion) {
    let world = world();
    let long = (0..200).fold(
        String::from("SELECT id FROM table_1 WHERE id = 0"),
        |mut text, at| {
            let _ = write!(text, " OR column_1_{} = {at}", at % 18);
            text
        },
    );
    let cases = [
        ("a statement's first word", "".to_owned()),
        ("a table", "SELECT * FROM table_19".to_owned()),
        ("any table", "SELECT * FROM ".to_owned()),
        ("a column", "SELECT * FROM table_7 t WHERE t.col".to_owned()),
        ("a column without FROM", "SELECT column_19".to_owned()),
        ("a join", "SELECT * FROM table_7 JOIN ".to_owned()),
        (
            "its condition",
            "SELECT * FROM table_7 JOIN table_8 ON ".to_owned(),
        ),
        ("any word behind a long condition", long + " "),
    ];
    let mut group = c.benchmark_group("complete");
    for (name, text) in cases {
        let at = u32::try_from(text.len()).unwrap_or(u32::MAX);
        group.bench_function(name, |b| {
            b.iter(|| Snapshot::new(&world, black_box(text.as_str())).complete(at));
        });
    }
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
