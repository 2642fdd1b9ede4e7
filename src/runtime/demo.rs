//! The demo database: the same rows every time, on every backend.
//!
//! [`script`] writes it as SQL that SQLite and PostgreSQL read alike; `--demo` and `USE demo` run it
//! on a SQLite database in memory.

use crate::Date;
#[cfg(feature = "sqlite")]
use crate::{Connection as _, Error, backends::sqlite::Sqlite};
use core::fmt::{Display, Write};
use rql_ast::text_literal as text;

/// Opens the demo database in memory.
#[cfg(feature = "sqlite")]
pub(crate) fn open() -> Result<Sqlite, Error> {
    let mut db = Sqlite::memory()?;
    db.batch(&script())?;
    Ok(db)
}

/// The demo database's tables, as DDL.
#[must_use]
pub fn schema() -> &'static str {
    TABLES
}

const TABLES: &str = "\
CREATE TABLE departments (name TEXT PRIMARY KEY, title TEXT NOT NULL, city TEXT NOT NULL, \
budget DECIMAL(12,2));
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
dept TEXT NOT NULL REFERENCES departments, salary DECIMAL(10,2) NOT NULL);
CREATE TABLE daily_sales (date DATE PRIMARY KEY, sales DECIMAL(10,2) NOT NULL);
CREATE TABLE monthly_sales (month TEXT PRIMARY KEY, sales DECIMAL(10,2) NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, \
email TEXT, since DATE NOT NULL);
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, \
price DECIMAL(10,2) NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers, \
ordered DATE NOT NULL, shipped DATE);
CREATE TABLE order_lines (order_id INTEGER NOT NULL REFERENCES orders, line INTEGER NOT NULL, \
product_id INTEGER NOT NULL REFERENCES products, quantity INTEGER NOT NULL, \
price DECIMAL(10,2) NOT NULL, PRIMARY KEY (order_id, line));
";

/// Name, title, city, budget, people, the first one's number.
const DEPARTMENTS: [(&str, &str, &str, i64, i64, i64); 4] = [
    (
        "IT",
        "Information Technology",
        "Lisbon",
        410_000_000,
        45,
        2001,
    ),
    ("SALES", "Sales", "Madrid", 390_000_000, 62, 1001),
    ("HR", "Human Resources", "Lisbon", 120_000_000, 23, 3001),
    ("FINANCE", "Finance", "Zürich", 260_000_000, 34, 4001),
];

const FIRST: [&str; 20] = [
    "Anna", "Ben", "Carla", "David", "Elena", "Felix", "Grace", "Hugo", "Ines", "James", "Karin",
    "Luis", "Maria", "Nils", "Olga", "Paul", "Rosa", "Simon", "Tanja", "Viktor",
];

const LAST: [&str; 19] = [
    "Almeida", "Bauer", "Costa", "Dubois", "Evans", "Fischer", "García", "Hansen", "Ivanova",
    "Jones", "Keller", "López", "Moreau", "Novak", "O'Brien", "Petrov", "Rossi", "Schmidt",
    "Williams",
];

const MONTHS: [(&str, i64); 12] = [
    ("Jan", 1_000_000),
    ("Feb", 1_500_000),
    ("Mar", 1_200_000),
    ("Apr", 1_725_050),
    ("May", 1_680_000),
    ("Jun", 2_110_000),
    ("Jul", 1_940_075),
    ("Aug", 1_415_000),
    ("Sep", 1_870_025),
    ("Oct", 2_050_000),
    ("Nov", 2_380_090),
    ("Dec", 3_125_000),
];

const CITIES: [&str; 10] = [
    "Berlin", "Kraków", "Lisbon", "London", "Lyon", "Madrid", "Milano", "Oslo", "Vienna", "東京",
];

const PRODUCTS: [(&str, [(&str, i64); 6]); 4] = [
    (
        "Tea",
        [
            ("Assam", 890),
            ("Darjeeling", 1_250),
            ("Earl Grey", 950),
            ("Sencha", 1_420),
            ("Oolong", 1_635),
            ("Rooibos", 720),
        ],
    ),
    (
        "Coffee",
        [
            ("Espresso Roast", 1_199),
            ("Filter Blend", 1_049),
            ("Decaf", 1_275),
            ("Ethiopia Sidamo", 1_560),
            ("Colombia Huila", 1_495),
            ("Brazil Santos", 1_110),
        ],
    ),
    (
        "Kitchen",
        [
            ("Teapot", 3_490),
            ("French Press", 2_995),
            ("Grinder", 7_900),
            ("Kettle", 5_450),
            ("Scale", 2_225),
            ("Mug", 845),
        ],
    ),
    (
        "Sweets",
        [
            ("Shortbread", 460),
            ("Dark Chocolate", 395),
            ("Marzipan", 580),
            ("Honey", 765),
            ("Ginger Biscuits", 410),
            ("Turkish Delight", 640),
        ],
    ),
];

const CUSTOMERS: i64 = 150;
const ORDERS: i64 = 1_200;
/// 2024-01-01, counted from 1970-01-01.
const FIRST_DAY: i32 = 19_723;

/// The whole database as SQL text.
#[must_use]
pub fn script() -> String {
    let mut out = String::from("BEGIN;\n");
    out.push_str(TABLES);
    people(&mut out);
    sales(&mut out);
    shop(&mut out);
    out.push_str("COMMIT;\n");
    out
}

fn people(out: &mut String) {
    insert(
        out,
        "departments",
        DEPARTMENTS.iter().map(|&(name, title, city, budget, ..)| {
            format!(
                "{}, {}, {}, {}",
                text(name),
                text(title),
                text(city),
                money(budget)
            )
        }),
    );
    let mut dice = Dice(1);
    let employees = DEPARTMENTS
        .iter()
        .flat_map(|&(dept, _, _, _, people, first)| {
            (first..first + people).map(move |id| (id, dept))
        });
    let rows: Vec<String> = employees
        .map(|(id, dept)| {
            let (name, salary) = match id {
                1001 => ("John Smith".to_owned(), 7_500_000),
                1002 => ("Mary Johnson".to_owned(), 6_800_000),
                _ => (
                    dice.name(),
                    (320 + dice.below(680)) * 10_000 + dice.below(4) * 2_525,
                ),
            };
            format!("{id}, {}, {}, {}", text(&name), text(dept), money(salary))
        })
        .collect();
    insert(out, "employees", rows);
}

fn sales(out: &mut String) {
    insert(
        out,
        "monthly_sales",
        MONTHS
            .iter()
            .map(|&(month, sales)| format!("{}, {}", text(month), money(sales))),
    );
    let mut dice = Dice(2);
    let rows: Vec<String> = (0..366)
        .map(|day| {
            format!(
                "'{}', {}",
                Date(FIRST_DAY + day),
                money(30_000 + dice.below(70_000))
            )
        })
        .collect();
    insert(out, "daily_sales", rows);
}

fn shop(out: &mut String) {
    let mut dice = Dice(3);
    let customers: Vec<String> = (1..=CUSTOMERS)
        .map(|id| {
            let name = dice.name();
            let city = dice.pick(&CITIES);
            let mail = match dice.below(5) {
                0 => "NULL".to_owned(),
                _ => text(&format!("customer{id}@example.com")),
            };
            let since = Date(FIRST_DAY - 900 + dice.day(900));
            format!("{id}, {}, {}, {mail}, '{since}'", text(&name), text(city))
        })
        .collect();
    insert(out, "customers", customers);
    let products: Vec<(i64, &str, &str, i64)> = PRODUCTS
        .iter()
        .flat_map(|&(category, products)| products.map(|(name, price)| (category, name, price)))
        .zip(1..)
        .map(|((category, name, price), id)| (id, name, category, price))
        .collect();
    insert(
        out,
        "products",
        products.iter().map(|&(id, name, category, price)| {
            format!("{id}, {}, {}, {}", text(name), text(category), money(price))
        }),
    );
    let (mut orders, mut lines) = (Vec::new(), Vec::new());
    for id in 1..=ORDERS {
        let ordered = FIRST_DAY + i32::try_from(id * 365 / ORDERS).unwrap_or(0);
        let shipped = match dice.below(12) {
            0 => "NULL".to_owned(),
            _ => format!("'{}'", Date(ordered + 1 + dice.day(6))),
        };
        let customer = 1 + dice.below(CUSTOMERS);
        orders.push(format!("{id}, {customer}, '{}', {shipped}", Date(ordered)));
        for line in 1..=1 + dice.below(5) {
            let (product, _, _, price) = dice.pick(&products);
            // One line in eight is sold at a tenth less.
            let price = if dice.below(8) == 0 {
                price * 9 / 10
            } else {
                price
            };
            let quantity = 1 + dice.below(9);
            lines.push(format!(
                "{id}, {line}, {product}, {quantity}, {}",
                money(price)
            ));
        }
    }
    insert(out, "orders", orders);
    insert(out, "order_lines", lines);
}

/// One INSERT for every 200 rows.
fn insert(out: &mut String, table: &str, rows: impl IntoIterator<Item = String>) {
    for (at, row) in rows.into_iter().enumerate() {
        let start = match at % 200 {
            0 if at == 0 => format!("INSERT INTO {table} VALUES\n"),
            0 => format!(";\nINSERT INTO {table} VALUES\n"),
            _ => ",\n".into(),
        };
        append(out, format_args!("{start}({row})"));
    }
    out.push_str(";\n");
}

fn append(out: &mut String, text: impl Display) {
    // Writing to a string does not fail.
    let _ = write!(out, "{text}");
}

fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A small generator of numbers that come out the same everywhere (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn day(&mut self, limit: i32) -> i32 {
        i32::try_from(self.below(i64::from(limit))).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let at = self.below(i64::try_from(items.len()).unwrap_or(1));
        items[usize::try_from(at).unwrap_or(0)]
    }

    fn name(&mut self) -> String {
        format!("{} {}", self.pick(&FIRST), self.pick(&LAST))
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::open;
    use crate::sinks::Collect;
    use crate::{Connection, Query};

    fn lines(sql: &str) -> Vec<String> {
        let mut rows = Collect::default();
        let query = Query {
            sql,
            params: &[],
            columns: &[],
        };
        let done = open().and_then(|mut db| db.run(query, &mut rows));
        assert!(done.is_ok(), "{done:?}");
        let line = |row: &Vec<crate::Value>| {
            let cells: Vec<String> = row.iter().map(|value| value.as_ref().to_string()).collect();
            cells.join("|")
        };
        rows.rows.iter().map(line).collect()
    }

    #[test]
    fn holds_what_the_manual_shows() {
        assert_eq!(
            lines(
                "SELECT dept, count(*) FROM employees GROUP BY dept ORDER BY min(rowid % 1000), dept"
            ),
            ["FINANCE|34", "HR|23", "IT|45", "SALES|62"]
        );
        assert_eq!(
            lines(
                "SELECT id, name, salary FROM employees WHERE dept = 'SALES' ORDER BY id LIMIT 2"
            ),
            ["1001|John Smith|75000", "1002|Mary Johnson|68000"]
        );
        assert_eq!(
            lines("SELECT month, sales FROM monthly_sales LIMIT 3"),
            ["Jan|10000", "Feb|15000", "Mar|12000"]
        );
        assert_eq!(
            lines("SELECT count(*) FROM order_lines WHERE quantity > 0")[0].len(),
            4
        );
        assert_eq!(lines("PRAGMA foreign_key_check"), [""; 0]);
    }
}
