//! `last`, the result before, as a relation.

mod common;

use common::noctra;
use noctra_runtime::{Session, Target};
use noctra_test_servers::{MariaDb, Postgres};

#[test]
fn the_result_before_is_a_relation() {
    let text = "SELECT dept, count(*) AS people, sum(salary) AS cost FROM employees GROUP BY dept;
        SELECT people, dept FROM last WHERE people < 40 ORDER BY people;
        SELECT sum(people) AS all_people, min(dept) AS first FROM last AS l;
        DESCRIBE SELECT 1 AS one;
        SELECT all_people + 1 AS more FROM last;";
    let ran = noctra(
        &["--demo", "--format", "csv", "--no-header", "-c", text],
        "",
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    // 45, 62, 23 and 34 people by department.
    let (_, rest) = ran
        .out
        .split_at(ran.out.find("23,HR").expect("the second result"));
    assert_eq!(rest, "23,HR\n34,FINANCE\n57,FINANCE\none,integer,no\n58\n");
}

#[test]
fn every_statement_that_reads_rows_may_name_it() {
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("f.csv");
    let text = format!(
        "SELECT 2 AS n, 'x' AS t; TABLE last; DESCRIBE last; LET s = (SELECT sum(n) FROM last) + 40; PRINT :s;
         ASSERT (SELECT count(*) FROM last) = 1; EXPORT last TO '{0}';
         CONNECT 'sqlite::memory:' AS other; COPY last TO other.kept CREATE; USE other; TABLE kept;",
        file.display()
    );
    let arguments = ["--demo", "--format", "csv", "--no-header", "-c", &text];
    let ran = noctra(&arguments, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let mut lines = ran.out.lines();
    assert_eq!((lines.next(), lines.next()), (Some("2,x"), Some("2,x")));
    let described = [lines.next(), lines.next()].map(Option::unwrap_or_default);
    assert!(
        described[0].starts_with("n,") && described[1].starts_with("t,"),
        "{}",
        ran.out
    );
    assert_eq!(lines.collect::<Vec<_>>(), ["42", "2,x"]);
    assert_eq!(
        std::fs::read_to_string(&file).expect("the file"),
        "n,t\n2,x\n"
    );
}

#[test]
fn names_and_types_stay() {
    let result = "SELECT 1 AS \"One\", 12.50 AS price, DATE '2024-02-29' AS day, TRUE AS yes, NULL AS none, \
         CAST(0.1 AS double precision) AS d, 'x' AS t, 7 AS t, TIMESTAMP '2024-02-29 12:00:00' AS at";
    let text = format!(
        "{result};
         SELECT \"One\" / 2 AS half, price * 2 AS twice, day + 1 AS next, NOT yes AS no, none, d, t, t_2, at
         FROM last;
         SHOW TABLES;"
    );
    let shown =
        "half,twice,next,no,none,d,t,t_2,at\n0,25.00,2024-03-01,f,,0.1,x,7,2024-02-29 12:00:00\n";
    let mut places = vec!["sqlite::memory:".to_owned()];
    let server = Postgres::start();
    match &server {
        Ok(server) => places.push(server.url()),
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
    let mariadb = MariaDb::start();
    match &mariadb {
        Ok(server) => places.push(server.url()),
        Err(reason) => println!("NOT RUN on MariaDB: {reason}"),
    }
    let duckdb = "duckdb::memory:".to_owned();
    match Target::parse(&duckdb).and_then(Session::open) {
        Ok(_) => places.push(duckdb),
        Err(reason) => println!("NOT RUN on DuckDB: {reason}"),
    }
    for place in places {
        let ran = noctra(&["--db", &place, "--format", "csv", "-c", &text], "");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{place}");
        let (_, rest) = ran
            .out
            .split_at(ran.out.find("half").expect("the second result"));
        // Nothing stays on the connection.
        let (rest, tables) = rest.split_at(shown.len());
        assert_eq!(rest, shown, "{place}");
        assert!(!tables.contains("last"), "{tables}");
    }
}

#[test]
fn last_is_there_where_nothing_may_change() {
    let text = "SELECT 41 AS a; SELECT a + 1 AS b FROM last; DELETE FROM t;";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept.db").display().to_string();
    let made = noctra(&[&file, "-c", "CREATE TABLE t (i INTEGER)"], "");
    assert_eq!(made.code, Some(0), "{}", made.err);
    let mut places = vec![file];
    let server = Postgres::start();
    match &server {
        Ok(server) => {
            let made = noctra(
                &["--db", &server.url(), "-c", "CREATE TABLE t (i INTEGER)"],
                "",
            );
            assert_eq!(made.code, Some(0), "{}", made.err);
            places.push(server.url());
        }
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
    for place in places {
        let options = ["--db", &place, "--read-only", "--format", "csv", "-c", text];
        let ran = noctra(&options, "");
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(1), "a\n41\nb\n42\n"),
            "{place}: {}",
            ran.err
        );
        assert!(
            ran.err.contains("25006") || ran.err.contains("read"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn last_outlives_its_tables_its_transaction_and_its_connection() {
    let text = "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, NULL);
        BEGIN; SELECT a, b FROM t ORDER BY a; ROLLBACK; DROP TABLE t;
        CONNECT 'sqlite::memory:' AS other; USE other;
        SELECT b, a FROM last ORDER BY a DESC;
        NATIVE SELECT 1 AS i, 'y' AS s UNION ALL SELECT NULL, 2;
        SELECT i + 1 AS j, s || '!' AS s FROM last;
        CREATE TABLE last (mine INTEGER); SELECT count(*) AS n FROM last;";
    let ran = noctra(&["--format", "csv", "-c", text], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let shown = "a,b\n1,x\n2,\nb,a\n,2\nx,1\ni,s\n1,y\n,2\nj,s\n2,y!\n,2!\nn\n0\n";
    assert_eq!(ran.out, shown);
    let ran = noctra(&["-c", "SELECT * FROM last"], "");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("last"), "{}", ran.err);
}
