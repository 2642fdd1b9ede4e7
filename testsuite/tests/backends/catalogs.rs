//! What a session reads of a database before it knows its tables.

use crate::servers::{Backend, open, refusal, rows, servers};

#[test]
fn two_thousand_tables_are_read_in_a_few_statements() {
    let servers = servers();
    for backend in servers.all() {
        let url = servers.database(backend);
        let mut session = open(&url);
        // A table takes MariaDB's files some time, and it has no transaction for that.
        let (count, begin, end) = match backend {
            Backend::Mariadb => (100, "", ""),
            _ => (2_000, "BEGIN; ", "; COMMIT"),
        };
        let tables: Vec<String> = (0..count)
            .map(|at| {
                format!("CREATE TABLE t{at} (id INTEGER PRIMARY KEY, c{at} VARCHAR(9) NOT NULL)")
            })
            .collect();
        let one = "CREATE TABLE referring (t INTEGER REFERENCES t7 (id))";
        rows(
            &mut session,
            &format!("{begin}{}; {one}{end}", tables.join("; ")),
        );
        drop(session);
        let mut session = open(&url);
        let sent = |session: &mut noctra_runtime::Session| -> Option<u64> {
            let rows = rows(session, "NATIVE SHOW SESSION STATUS LIKE 'Questions'");
            rows.first()?.split(',').nth(1)?.parse().ok()
        };
        let before = (backend == Backend::Mariadb)
            .then(|| sent(&mut session))
            .flatten();
        let catalog = session.catalog().unwrap_or_else(|error| panic!("{error}"));
        let own = catalog
            .tables()
            .iter()
            .filter(|table| table.schema.is_none());
        let columns: Vec<usize> = own.map(|table| table.columns.len()).collect();
        assert_eq!(
            (columns.len(), columns.iter().sum()),
            (count + 1, 2 * count + 1),
            "{backend:?}"
        );
        let last = catalog.find(None, &format!("t{}", count - 1));
        let last = last.map(|table| (table.columns[1].nullable, table.keys.len()));
        assert_eq!(last, Some((false, 1)), "{backend:?}");
        if let Some(before) = before {
            let count = sent(&mut session).map(|after| after - before);
            assert!(
                count.is_some_and(|count| count < 20),
                "{count:?} statements"
            );
        }
    }
}

#[test]
fn a_table_made_of_a_query_keeps_its_types_for_the_next_session() {
    let servers = servers();
    for backend in servers.all() {
        let url = servers.database(backend);
        rows(
            &mut open(&url),
            "CREATE TABLE t (a VARCHAR(3), b CHAR(2), c DECIMAL(7,2), d DATE); INSERT INTO t VALUES ('abc', 'x', 1, '2024-01-01');
             CREATE TABLE made AS SELECT a, b, c, d, CAST(a AS VARCHAR(2)) AS e, c > 0 AS f FROM t",
        );
        let mut session = open(&url);
        let catalog = session.catalog().unwrap_or_else(|error| panic!("{error}"));
        let made = catalog.find(None, "made");
        let types = made.map(|table| {
            let types = table.columns.iter().map(|column| column.ty.to_string());
            types.collect::<Vec<_>>().join(", ")
        });
        let expected = "varchar(3), char(2), numeric(7,2), date, varchar(2), boolean";
        assert_eq!(types.as_deref(), Some(expected), "{backend:?}");
        assert_eq!(
            rows(&mut session, "SELECT * FROM made"),
            ["abc,x ,1.00,2024-01-01,ab,t"],
            "{backend:?}"
        );
        let said = refusal(&mut session, "INSERT INTO made (e) VALUES ('abc')");
        assert!(said.starts_with("RQL0601"), "{backend:?}: {said}");
    }
}
