//! One statement, two databases, one answer.

mod common;

use common::{corpora, demo_server, noctra};

/// A join, decimals, dates, an integer division, a bound parameter and a running sum.
const STATEMENT: &str = "\
SELECT o.id, o.ordered, o.shipped, c.name, o.ordered + 14 AS due,
       SUM(l.quantity * l.price) AS total,
       SUM(l.quantity) / COUNT(*) AS pieces,
       RUNSUM(SUM(l.quantity * l.price)) AS so_far
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
JOIN order_lines AS l ON l.order_id = o.id
WHERE c.city = :city AND o.ordered >= DATE '2024-02-01'
GROUP BY o.id, o.ordered, o.shipped, c.name
ORDER BY o.ordered, o.id
LIMIT 20";

/// Smaller statements in which the engines differ when left alone.
const CELLS: &[&str] = &[
    "SELECT 7 / 2 AS a, -7 / 2 AS b, -7 % 3 AS c, 0.1 + 0.2 = 0.3 AS d",
    "SELECT id, salary, salary / 12 AS monthly, salary * 1.1 AS more FROM employees ORDER BY id LIMIT 5",
    "SELECT dept, COUNT(*) AS n, SUM(salary) AS total, MIN(salary) AS least FROM employees GROUP BY dept ORDER BY dept",
    "SELECT month, sales, RUNSUM(sales) FROM monthly_sales ORDER BY sales",
    "SELECT name, email FROM customers WHERE email IS NULL ORDER BY id LIMIT 3",
    "SELECT id, shipped FROM orders ORDER BY shipped DESC, id LIMIT 3",
    "SELECT DISTINCT ON (dept) dept, name, salary FROM employees ORDER BY dept, salary DESC, id",
    "SELECT DISTINCT ON (city) city, name FROM customers ORDER BY city, since DESC, id LIMIT 3",
    "SELECT dept, name FROM employees ORDER BY dept, name OFFSET 30 FETCH FIRST 1 ROWS WITH TIES",
    "SELECT city FROM customers INTERSECT ALL SELECT city FROM departments ORDER BY city",
    "SELECT city FROM departments EXCEPT ALL SELECT 'Lisbon' ORDER BY city",
    "SELECT x * 2 AS y, t FROM (VALUES (1, 'a'), (2, 'b'), (NULL, 'c')) AS v(x, t) ORDER BY x DESC",
    "WITH v(x) AS (VALUES (1), (2)) SELECT * FROM v ORDER BY x",
    "SELECT name, salary FROM employees QUALIFY ROW_NUMBER() OVER (PARTITION BY dept ORDER BY salary, id) = 2 ORDER BY name",
    "SELECT dept, COUNT(*) AS n FROM employees GROUP BY dept QUALIFY RANK() OVER (ORDER BY COUNT(*) DESC) <= 2 ORDER BY dept",
    "WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 100) SELECT a, RUNSUM(a) FROM f ORDER BY a, b",
    "SELECT o.id, SUM(quantity) OVER (PARTITION BY order_id ORDER BY line ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS near FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id ORDER BY o.id, line LIMIT 9",
    "SELECT * EXCLUDE (email, since) RENAME (name AS who) FROM customers ORDER BY id LIMIT 2",
];

fn csv(database: &[&str], statement: &str) -> String {
    let options = ["--format", "csv", "--var", "city=Madrid", "-c", statement];
    let ran = noctra(&[database, &options].concat(), "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{statement}");
    ran.out
}

#[test]
fn sqlite_and_postgresql_give_the_same_answer() {
    let Some(server) = demo_server() else { return };
    let url = server.url();
    for statement in CELLS.iter().chain([&STATEMENT]) {
        let (sqlite, postgresql) = (csv(&["--demo"], statement), csv(&["--db", &url], statement));
        assert_eq!(sqlite, postgresql, "{statement}");
        assert!(sqlite.lines().count() > 1, "rows come: {statement}");
    }
    errors_point_alike(&url);
}

fn errors_point_alike(url: &str) {
    let text = "SELECT id,\n  1000 / (id - 1001) AS x\nFROM employees;";
    for database in [&["--demo"][..], &["--db", url]] {
        let ran = noctra(database, text);
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.err.contains("RQL0701") && ran.err.contains("stdin:2:3"),
            "{}",
            ran.err
        );
    }
    // Only the server finds this one; its position is mapped back through the generated text.
    let ran = noctra(
        &["--db", url],
        "PRINT 1;\nNATIVE SELECT\n  nonsense FROM employees;",
    );
    assert!(
        ran.err.contains("stdin:3:3") && ran.err.contains("42703"),
        "{}",
        ran.err
    );
}

#[test]
fn chinook_opens() {
    let Some(folder) = corpora() else {
        return println!("NOT RUN: no corpora");
    };
    let file = folder.join("chinook.sqlite").display().to_string();
    assert_eq!(
        csv(
            &[&file],
            "SELECT TrackId, Name, UnitPrice FROM Track WHERE TrackId = 1"
        ),
        "trackid,name,unitprice\n1,For Those About To Rock (We Salute You),0.99\n"
    );
    assert_eq!(
        csv(
            &[&file],
            "SELECT InvoiceId, InvoiceDate, Total FROM Invoice ORDER BY InvoiceId LIMIT 2"
        ),
        "invoiceid,invoicedate,total\n1,2021-01-01 00:00:00,1.98\n2,2021-01-02 00:00:00,3.96\n"
    );
    assert_eq!(
        csv(
            &[&file],
            "SELECT SUM(Total) AS total, COUNT(*) AS n FROM Invoice"
        ),
        "total,n\n2328.60,412\n"
    );
}
