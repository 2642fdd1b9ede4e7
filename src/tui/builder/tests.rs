//! The model of a query, without a window: what is built is RQL that compiles, and is read back as it was.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use super::part::is_number;
use super::pick::{Next, Pick};
use super::query::{Aggregate, Expr, Filter, Op, Output, Query, Side, Sort, Term, is_text, links};
use super::{Builder, Line, Section, read, typed, write};
use crate::command::Command;
use noctra_runtime::{Session, Target};
use rql::{Catalog, Dialect, Type};
use rql_diagnostics::Severity;
use rql_ide::{Snapshot, World};
use std::sync::Arc;

fn demo() -> Catalog {
    let mut session = Session::open(Target::Demo).expect("the demo database");
    session.catalog().cloned().expect("its catalog")
}

/// What the compiler has against a text.
fn wrong(text: &str, catalog: &Catalog) -> Vec<String> {
    let world = Arc::new(World {
        catalog: catalog.clone(),
        dialect: Some(Dialect::Sqlite),
        ..World::default()
    });
    let all = Snapshot::new(&world, text).diagnostics().into_iter();
    let errors = all.filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.message).collect()
}

fn builder() -> Builder {
    Builder::new(Command::default(), 0..0, String::new())
}

/// Answers questions one after the other, each by what stands in its list or is typed.
fn answer(builder: &mut Builder, catalog: &Catalog, mut pick: Pick, answers: &[&str]) {
    for (at, text) in answers.iter().enumerate() {
        let value = match builder.form(&pick, catalog) {
            super::Form::Line(..) => (*text).to_owned(),
            super::Form::List(_, items) => {
                let found = items.iter().find(|item| item.label == *text);
                found
                    .unwrap_or_else(|| panic!("no {text} in {items:?}"))
                    .value
                    .clone()
            }
        };
        match builder.answer(pick.clone(), &value, catalog) {
            Next::Ask(next) | Next::Again(next, _) => pick = next,
            Next::Changed => assert_eq!(at + 1, answers.len(), "{answers:?}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

/// The text of what is built, in one line.
fn text(builder: &Builder, catalog: &Catalog) -> String {
    let text = builder.text(catalog, 60);
    assert_eq!(wrong(&text, catalog), [""; 0], "{text}");
    flat(&text)
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_query_is_built_step_by_step() {
    let catalog = demo();
    let mut builder = builder();
    answer(&mut builder, &catalog, Pick::Table, &["customers"]);
    assert_eq!(text(&builder, &catalog), "SELECT * FROM customers;");
    // Joins follow foreign keys.
    answer(&mut builder, &catalog, Pick::Table, &["orders"]);
    answer(&mut builder, &catalog, Pick::Table, &["order_lines"]);
    assert_eq!(
        text(&builder, &catalog),
        "SELECT * FROM customers JOIN orders ON customers.id = orders.customer_id \
         JOIN order_lines ON orders.id = order_lines.order_id;"
    );
    answer(&mut builder, &catalog, Pick::Column, &["customers.name"]);
    answer(&mut builder, &catalog, Pick::Column, &["order_lines.price"]);
    builder.go(Line::Item(Section::Columns, 1));
    answer(&mut builder, &catalog, Pick::Output(1), &["sum"]);
    answer(
        &mut builder,
        &catalog,
        Pick::Output(1),
        &["name…", "revenue"],
    );
    // What is shown beside an aggregate is grouped by.
    assert_eq!(builder.query.groups, [Expr::Column(0, "name".into())]);
    answer(
        &mut builder,
        &catalog,
        Pick::Filter,
        &["orders.ordered", ">=", "2024-01-01"],
    );
    answer(
        &mut builder,
        &catalog,
        Pick::Filter,
        &["customers.city", "=", "O'Hare"],
    );
    answer(
        &mut builder,
        &catalog,
        Pick::Filter,
        &["sum(order_lines.price)", ">", ":least"],
    );
    answer(&mut builder, &catalog, Pick::Sort, &["revenue"]);
    builder.toggle(&catalog);
    answer(&mut builder, &catalog, Pick::Limit, &["10"]);
    assert_eq!(
        text(&builder, &catalog),
        "SELECT customers.name, sum(order_lines.price) AS revenue \
         FROM customers JOIN orders ON customers.id = orders.customer_id \
         JOIN order_lines ON orders.id = order_lines.order_id \
         WHERE orders.ordered >= DATE '2024-01-01' AND customers.city = 'O''Hare' \
         GROUP BY customers.name \
         HAVING sum(order_lines.price) > :least \
         ORDER BY revenue DESC \
         LIMIT 10;"
    );
    // Without a table nothing of it stays.
    builder.go(Line::Item(Section::Tables, 2));
    builder.remove(&catalog);
    assert_eq!(
        text(&builder, &catalog),
        "SELECT customers.name \
         FROM customers JOIN orders ON customers.id = orders.customer_id \
         WHERE orders.ordered >= DATE '2024-01-01' AND customers.city = 'O''Hare' \
         LIMIT 10;"
    );
    builder.go(Line::Item(Section::Tables, 0));
    builder.remove(&catalog);
    assert_eq!(
        text(&builder, &catalog),
        "SELECT * FROM orders WHERE ordered >= DATE '2024-01-01' LIMIT 10;"
    );
}

#[test]
fn joins_without_a_key_are_asked_for() {
    let catalog = demo();
    let mut builder = builder();
    answer(&mut builder, &catalog, Pick::Table, &["customers"]);
    answer(
        &mut builder,
        &catalog,
        Pick::Table,
        &["departments", "other columns…", "customers.city", "city"],
    );
    builder.toggle(&catalog);
    assert_eq!(
        text(&builder, &catalog),
        "SELECT * FROM customers LEFT JOIN departments ON customers.city = departments.city;"
    );
    // Once more, under another name and by nothing.
    answer(
        &mut builder,
        &catalog,
        Pick::Table,
        &["departments", "by nothing"],
    );
    answer(
        &mut builder,
        &catalog,
        Pick::Column,
        &["departments_2.name"],
    );
    assert_eq!(
        text(&builder, &catalog),
        "SELECT departments_2.name FROM customers \
         LEFT JOIN departments ON customers.city = departments.city \
         CROSS JOIN departments AS departments_2;"
    );
}

#[test]
fn any_or_all_of_some_conditions() {
    let catalog = demo();
    let mut builder = builder();
    answer(&mut builder, &catalog, Pick::Table, &["employees"]);
    for filter in [
        ["id", "<", "2000"],
        ["dept", "=", "IT"],
        ["dept", "=", "HR"],
    ] {
        answer(&mut builder, &catalog, Pick::Filter, &filter);
    }
    let shown = |builder: &Builder| {
        let all = text(builder, &catalog);
        let (_, behind) = all.split_once(" WHERE ").expect("conditions");
        behind.trim_end_matches(';').to_owned()
    };
    assert!(builder.toggle(&catalog));
    assert_eq!(
        shown(&builder),
        "id < 2000 AND (dept = 'IT' OR dept = 'HR')"
    );
    // Alternatives go together, and change places with each other.
    builder.shift(false);
    assert_eq!(
        shown(&builder),
        "id < 2000 AND (dept = 'HR' OR dept = 'IT')"
    );
    builder.shift(false);
    assert_eq!(
        shown(&builder),
        "(dept = 'HR' OR dept = 'IT') AND id < 2000"
    );
    assert_eq!(builder.here(), Line::Item(Section::Filters, 0));
    // The first has nothing before it.
    assert!(!builder.toggle(&catalog));
    // One of them may be more than a comparison, and stays one of them.
    let condition = Pick::Condition(Some(1));
    answer(
        &mut builder,
        &catalog,
        condition,
        &["name > 'B' AND salary > 1"],
    );
    assert_eq!(
        shown(&builder),
        "(dept = 'HR' OR (name > 'B' AND salary > 1)) AND id < 2000"
    );
    // Without the first of them, the next is one by itself.
    builder.go(Line::Item(Section::Filters, 0));
    builder.remove(&catalog);
    assert_eq!(shown(&builder), "(name > 'B' AND salary > 1) AND id < 2000");
    answer(
        &mut builder,
        &catalog,
        Pick::Filter,
        &["a condition…", "id = 1 OR id = 2"],
    );
    assert_eq!(builder.query.filters.len(), 4);
    answer(&mut builder, &catalog, Pick::Offset, &["7"]);
    assert_eq!(
        shown(&builder),
        "(name > 'B' AND salary > 1) AND id < 2000 AND (id = 1 OR id = 2) OFFSET 7"
    );
}

#[test]
fn a_join_by_columns_of_one_name_says_so_in_short() {
    let column = |name: &str| rql::TableColumn {
        name: name.to_owned(),
        ty: Type::Integer,
        ..rql::TableColumn::default()
    };
    let customer = rql::Table {
        name: "customer".to_owned(),
        columns: vec![column("customer_id"), column("store")],
        ..rql::Table::default()
    };
    let rental = rql::Table {
        name: "rental".to_owned(),
        columns: vec![column("rental_id"), column("customer_id")],
        foreign_keys: vec![rql::ForeignKey {
            columns: vec![1],
            table: "customer".to_owned(),
            referred: vec!["customer_id".to_owned()],
            ..rql::ForeignKey::default()
        }],
        ..rql::Table::default()
    };
    let mut catalog = Catalog::new(rql::NameMatch::Folded);
    catalog.add(customer);
    catalog.add(rental);
    let mut builder = builder();
    answer(&mut builder, &catalog, Pick::Table, &["customer"]);
    answer(&mut builder, &catalog, Pick::Table, &["rental"]);
    let pick = Pick::Source(1);
    answer(
        &mut builder,
        &catalog,
        pick,
        &["joined by…", "using customer_id"],
    );
    assert_eq!(
        text(&builder, &catalog),
        "SELECT * FROM customer JOIN rental USING (customer_id);"
    );
    builder.go(Line::Item(Section::Tables, 0));
    builder.remove(&catalog);
    assert_eq!(text(&builder, &catalog), "SELECT * FROM rental;");
}

#[test]
fn values_are_what_their_columns_are() {
    let catalog = demo();
    let mut query = Query::default();
    query.add_source(
        catalog.find(None, "employees").expect("a table"),
        Vec::new(),
    );
    let value = |text: &str, ty| match typed::value(text, ty, &query, &catalog) {
        Ok(value) => write::term(&query, &catalog, &Term::of(value)),
        Err(why) => format!("! {why}"),
    };
    assert_eq!(value("O'Hare", Type::Text), "'O''Hare'");
    assert_eq!(value("'IT'", Type::Text), "'IT'");
    assert_eq!(value(":dept", Type::Text), ":dept");
    assert_eq!(value("=upper(name)", Type::Text), "upper(name)");
    assert_eq!(value("=salary * 2", Type::Integer), "(salary * 2)");
    assert_eq!(value("-5", Type::Integer), "-5");
    assert_eq!(value("2024-02-29", Type::Date), "DATE '2024-02-29'");
    assert_eq!(value("no", Type::Boolean), "FALSE");
    // Nothing comes in beside the value.
    assert!(value("1 OR 1 = 1; DROP TABLE employees", Type::Integer).starts_with('!'));
    assert!(value("=1 FROM employees", Type::Integer).starts_with('!'));
    assert!(value("", Type::Integer).starts_with('!'));
    let values = typed::values("IT, 'a, b', HR", Type::Text, &query, &catalog).expect("values");
    let texts = ["'IT'", "'a, b'", "'HR'"].map(|text| Expr::Text(text.to_owned()));
    assert_eq!(values, texts);
}

#[test]
fn what_was_written_by_hand_is_read() {
    let catalog = demo();
    let again = |text: &str| match read::read(text, &catalog) {
        Ok(query) => flat(&write::write(&query, &catalog, 200)),
        Err(why) => format!("! {why}"),
    };
    assert_eq!(
        again(
            "select e.NAME, upper(dept) d, count(*) from Employees as e left join departments on dept = departments.name \
             where (salary > 1 or e.name is null) and dept in ('IT') group by 1, d having count(*) > 1 order by 3 desc nulls last, d"
        ),
        "SELECT e.name, upper(dept) AS d, count(*) FROM employees AS e \
         LEFT JOIN departments ON e.dept = departments.name \
         WHERE (e.salary > 1 OR e.name IS NULL) AND e.dept IN ('IT') GROUP BY e.name, upper(dept) HAVING count(*) > 1 \
         ORDER BY count(*) DESC NULLS LAST, d;"
    );
    assert_eq!(
        again(
            "SELECT id FROM customers JOIN orders o USING (ID) JOIN order_lines l ON l.order_id = o.id OR l.id = 1 \
             WHERE city = 'Rome' OR (city = 'Oslo' AND name > 'B') LIMIT 5, 10"
        ),
        "SELECT id FROM customers JOIN orders AS o USING (id) JOIN order_lines AS l ON l.order_id = o.id OR l.id = 1 \
         WHERE customers.city = 'Rome' OR (city = 'Oslo' AND name > 'B') LIMIT 10 OFFSET 5;"
    );
    assert_eq!(
        again("SELECT id FROM employees ORDER BY id OFFSET 2 FETCH FIRST 3 ROWS ONLY"),
        "SELECT id FROM employees ORDER BY id LIMIT 3 OFFSET 2;"
    );
    for (text, why) in [
        (
            "SELECT 1",
            "! the builder does not show a query without a table",
        ),
        (
            "SELECT id FROM employees UNION SELECT 1",
            "! the builder does not show UNION, INTERSECT or EXCEPT",
        ),
        (
            "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
            "! the builder does not show WITH",
        ),
        (
            "SELECT * FROM (SELECT 1 AS x) AS t",
            "! the builder does not show what is no table in FROM",
        ),
        (
            "SELECT * FROM nowhere",
            "! nowhere is no table of the catalog",
        ),
        (
            "DELETE FROM employees",
            "! the builder does not show a statement that is no query",
        ),
        (
            "SELECT * FROM employees WHERE TRUE {{#if a}} AND id = :a {{/if}}",
            "! the builder does not show a template",
        ),
        (
            "SELECT dept FROM employees CHART BAR",
            "! the builder does not show CHART",
        ),
    ] {
        assert_eq!(again(text), why, "{text}");
    }
}

// -- Queries that nobody would build ----------------------------------------------------------------

/// Numbers that repeat with their seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        // Numerical Recipes' generator of 64 bits.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// A value for a type.
fn value(numbers: &mut Numbers, ty: Type) -> Expr {
    let text = match ty {
        Type::Date => "DATE '2024-02-29'".to_owned(),
        ty if is_number(ty) => numbers.of(&["0", "17", "-3", "(2 + 3)"]).to_owned(),
        _ => numbers
            .of(&["'IT'", "'it''s'", "''", ":wanted", "upper('x')"])
            .to_owned(),
    };
    Expr::Text(text)
}

fn filter(numbers: &mut Numbers, term: Term, ty: Type, of_groups: bool) -> Filter {
    let ops = [
        Op::Eq,
        Op::Ne,
        Op::Lt,
        Op::Le,
        Op::Gt,
        Op::Ge,
        Op::Between,
        Op::In,
        Op::NotIn,
        Op::IsNull,
        Op::IsNotNull,
    ];
    let op = match is_text(ty) && numbers.yes() {
        true => numbers.of(&[Op::Like, Op::NotLike, Op::ILike]),
        false => numbers.of(&ops),
    };
    let (least, most) = op.takes();
    let count = least + if most > 2 { numbers.below(3) } else { 0 };
    let values = (0..count).map(|_| value(numbers, ty)).collect();
    Filter {
        term,
        op,
        values,
        of_groups,
        or: false,
    }
}

fn any_query(numbers: &mut Numbers, catalog: &Catalog) -> Query {
    let mut query = Query::default();
    let first = numbers.of(catalog.tables());
    query.add_source(&first, Vec::new());
    for _ in 0..numbers.below(3) {
        let table = numbers.of(catalog.tables());
        let links = links(&query, query.sources.len(), &table, catalog);
        if !links.is_empty() {
            query.add_source(&table, numbers.of(&links));
            let known = query.columns(catalog);
            let new = query.sources.len() - 1;
            let once =
                |name: &String| known.iter().filter(|c| c.0 < new && c.1 == *name).count() == 1;
            let own = known.iter().filter(|c| c.0 == new).map(|c| c.1.clone());
            let shared: Vec<String> = own.filter(once).collect();
            if let Some(last) = query.sources.last_mut() {
                last.side = numbers.of(&Side::ALL);
                if numbers.below(3) == 0 && !shared.is_empty() {
                    last.on.clear();
                    last.using.push(numbers.of(&shared));
                }
            }
        }
    }
    if numbers.below(4) == 0 {
        query.sources[0].alias = Some(numbers.of(&["a", "Big", "order", "two words"]).to_owned());
    }
    query.distinct = numbers.below(5) == 0;
    let columns = query.columns(catalog);
    for at in 0..numbers.below(4) {
        let (source, name, ty) = numbers.of(&columns);
        let mut term = Term::column(source, &name);
        if numbers.below(3) == 0 {
            term.aggregate = Some(numbers.of(&Aggregate::ALL)).filter(|one| one.takes(ty));
        }
        let alias = numbers
            .yes()
            .then(|| format!("{}{at}", numbers.of(&["x", "Y", "limit"])));
        query.outputs.push(Output { term, alias });
    }
    if query.aggregates() && numbers.yes() {
        query.outputs.push(Output {
            term: Term::count_all(),
            alias: None,
        });
    }
    query.regroup(false);
    for at in 0..numbers.below(5) {
        let (source, name, ty) = numbers.of(&columns);
        let mut new = filter(numbers, Term::column(source, &name), ty, false);
        new.or = at > 0 && numbers.yes();
        query.filters.push(new);
    }
    if query.aggregates() && numbers.yes() {
        let of = query
            .outputs
            .iter()
            .find(|output| output.term.aggregate.is_some());
        let term = of.map(|output| output.term.clone()).expect("an aggregate");
        let ty = query.type_of(&term, catalog);
        let new = filter(numbers, term, ty, true);
        query.filters.push(new);
    }
    for output in query.outputs.clone() {
        let seen = query.sorts.iter().any(|sort| sort.term == output.term);
        if numbers.below(3) == 0 && !seen {
            query.sorts.push(Sort {
                term: output.term,
                down: numbers.yes(),
                nulls_first: numbers.of(&[None, Some(true), Some(false)]),
            });
        }
    }
    query.limit = numbers.of(&[None, Some("10".to_owned()), Some(":most".to_owned())]);
    query.offset = numbers.of(&[None, Some("5".to_owned()), Some(":skipped".to_owned())]);
    query
}

#[test]
fn every_query_that_is_built_compiles_and_is_read_back() {
    let catalog = demo();
    for seed in 0..400 {
        let mut numbers = Numbers(seed);
        let query = any_query(&mut numbers, &catalog);
        let text = write::write(&query, &catalog, 60);
        assert_eq!(wrong(&text, &catalog), [""; 0], "seed {seed}\n{text}");
        let again = read::read(&text, &catalog);
        assert_eq!(again.as_ref(), Ok(&query), "seed {seed}\n{text}");
        // Taking tables away leaves one that is sound.
        let mut less = query.clone();
        less.remove_source(numbers.below(less.sources.len()), &catalog);
        let text = write::write(&less, &catalog, 60);
        assert_eq!(
            read::read(&text, &catalog).as_ref(),
            Ok(&less),
            "seed {seed}\n{text}"
        );
    }
}
