//! Random rewrites keep answers: the algebra is changed in ways that must not matter, written for
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up fails the test"
)]
//! SQLite and for PostgreSQL, and run on both.
//!
//! `NOCTRA_REWRITES=5000 cargo test -p noctra-testsuite --test rewrites` tries that many.

use noctra_runtime::{Column, Connection, Query, Rows, Target, ValueRef, connect, demo_script};
use noctra_test_servers::Postgres;
use noctra_testsuite::fuzz::Rng;
use rql_codegen::emit;
use rql_ir::{
    Catalog, Env, Func, Ir, JoinKind, RelId, RelKind, ScalarKind, Type, lower_query, rewrite,
    verify,
};
use std::io;

/// Queries whose rows do not depend on chance.
const QUERIES: &[&str] = &[
    "SELECT id, name, salary FROM employees WHERE dept = 'IT' AND salary > 50000 AND id < 2030",
    "SELECT e.name, d.city, e.salary / 12 FROM employees AS e JOIN departments AS d ON d.name = e.dept WHERE d.city = 'Lisbon'",
    "SELECT d.name, COUNT(e.id), SUM(e.salary) FROM departments AS d LEFT JOIN employees AS e ON e.dept = d.name AND e.salary > 60000 GROUP BY d.name HAVING COUNT(e.id) > 1",
    "SELECT c.city, SUM(l.quantity * l.price) AS spent FROM customers AS c JOIN orders AS o ON o.customer_id = c.id JOIN order_lines AS l ON l.order_id = o.id WHERE o.shipped IS NOT NULL GROUP BY c.city",
    "SELECT DISTINCT city FROM customers WHERE since >= DATE '2020-01-01'",
    "SELECT name FROM departments AS d WHERE EXISTS (SELECT 1 FROM employees AS e WHERE e.dept = d.name AND e.salary > 90000)",
    "SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE city = 'Madrid' AND id > 10)",
    "SELECT city FROM customers WHERE id < 50 UNION SELECT city FROM departments WHERE budget > 1000000",
    "SELECT city FROM customers INTERSECT ALL SELECT city FROM departments",
    "SELECT dept, name, RANK() OVER (PARTITION BY dept ORDER BY salary DESC) AS place FROM employees WHERE salary > 70000 QUALIFY RANK() OVER (PARTITION BY dept ORDER BY salary DESC) < 4",
    "WITH big AS (SELECT dept, COUNT(*) AS n FROM employees WHERE salary > 60000 GROUP BY dept) SELECT d.title, big.n FROM big JOIN departments AS d ON d.name = big.dept WHERE big.n > 5",
    "SELECT DISTINCT ON (dept) dept, name FROM employees WHERE salary < 80000 ORDER BY dept, salary DESC, id",
    "SELECT date, sales, RUNSUM(sales) FROM daily_sales WHERE sales > 600 ORDER BY date LIMIT 12",
    "SELECT o.id, x FROM orders AS o CROSS JOIN (VALUES (1.5), (2.5)) AS v(x) WHERE o.id < 3",
    "SELECT name, (SELECT MAX(ordered) FROM orders AS o WHERE o.customer_id = c.id) AS latest FROM customers AS c WHERE id <= 20",
    "SELECT o.id, c.name FROM orders AS o RIGHT JOIN customers AS c ON c.id = o.customer_id AND o.id < 40 WHERE c.id < 30",
    "SELECT dept, COUNT(*), SUM(salary), GROUPING(dept) FROM employees WHERE salary > 60000 GROUP BY ROLLUP (dept)",
    "SELECT c.city, EXTRACT(YEAR FROM o.ordered) AS year, COUNT(*) FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE o.id < 300 GROUP BY GROUPING SETS ((c.city), (EXTRACT(YEAR FROM o.ordered)), ()) HAVING COUNT(*) > 2",
    "SELECT d.name, e.id FROM departments AS d LEFT JOIN LATERAL (SELECT id FROM employees WHERE dept = d.name AND salary > 50000 ORDER BY salary DESC, id LIMIT 2) AS e ON TRUE WHERE d.budget > 1000",
    "SELECT d.name, s.n FROM departments AS d CROSS JOIN LATERAL (SELECT COUNT(*) AS n FROM employees AS e WHERE e.dept = d.name AND e.salary > 95000) AS s WHERE s.n < 50",
    "SELECT e.id, w.word FROM employees AS e CROSS JOIN string_to_table(e.name, ' ') AS w (word) WHERE e.id < 1010 AND w.word <> 'John'",
    "SELECT n, o.id FROM generate_series(1, 6) AS g (n) LEFT JOIN orders AS o ON o.id = g.n WHERE n > 1",
    "SELECT dept, (array_agg(name ORDER BY salary DESC, id))[1:2] AS best FROM employees GROUP BY dept",
    "SELECT name FROM departments AS d ANTI JOIN employees AS e ON e.dept = d.name AND e.salary > 99000",
    "SELECT l.product_id, COUNT(*), AVG(l.price) FROM order_lines AS l JOIN products AS p ON p.id = l.product_id WHERE p.price > 20 GROUP BY l.product_id",
];

type Rule = fn(&mut Ir, RelId) -> bool;

/// Changes that keep the answer, each of one operator.
const RULES: &[(&str, Rule)] = &[
    ("split a filter", split_filter),
    ("filter twice", filter_twice),
    ("project all columns", project),
    ("swap an inner join", swap),
    ("join, then filter", join_then_filter),
    ("turn a left join round", turn_round),
    ("distinct twice", distinct_twice),
    ("distinct by groups", distinct_by_groups),
    ("group by one set", one_set),
    ("join laterally", laterally),
];

fn conjuncts(ir: &Ir, rel: RelId) -> Option<(RelId, Vec<rql_ir::ScalarId>)> {
    let RelKind::Filter { input, predicate } = ir.rel(rel).kind else {
        return None;
    };
    match &ir.scalar(predicate).kind {
        ScalarKind::Call {
            func: Func::And,
            args,
        } => Some((input, args.clone())),
        _ => Some((input, vec![predicate])),
    }
}

fn split_filter(ir: &mut Ir, rel: RelId) -> bool {
    let Some((input, args)) = conjuncts(ir, rel) else {
        return false;
    };
    let [first, rest @ ..] = args.as_slice() else {
        return false;
    };
    let span = ir.rel(rel).span;
    let mut below = input;
    for &predicate in rest {
        let kind = RelKind::Filter {
            input: below,
            predicate,
        };
        below = ir.add_rel(kind, span);
    }
    ir.rels[rel.index()].kind = RelKind::Filter {
        input: below,
        predicate: *first,
    };
    !rest.is_empty()
}

fn filter_twice(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Filter { predicate, .. } = ir.rel(rel).kind else {
        return false;
    };
    let moved = move_down(ir, rel);
    ir.rels[rel.index()].kind = RelKind::Filter {
        input: moved,
        predicate,
    };
    true
}

/// The operator under another identity, so that a new one can take its place.
fn move_down(ir: &mut Ir, rel: RelId) -> RelId {
    let moved = ir.rel(rel).clone();
    ir.add_rel(moved.kind, moved.span)
}

fn project(ir: &mut Ir, rel: RelId) -> bool {
    let kind = &ir.rel(rel).kind;
    let free = matches!(
        kind,
        RelKind::Scan { .. }
            | RelKind::Join { .. }
            | RelKind::Filter { .. }
            | RelKind::CteScan { .. }
    );
    if !free {
        return false;
    }
    let span = ir.rel(rel).span;
    let mut columns = ir.columns_of(rel);
    columns.dedup();
    let input = move_down(ir, rel);
    let items = ir.let_through(&columns, span);
    let visible = items.len();
    ir.rels[rel.index()].kind = RelKind::Project {
        input,
        items,
        visible,
    };
    true
}

fn swap(ir: &mut Ir, rel: RelId) -> bool {
    match &mut ir.rels[rel.index()].kind {
        RelKind::Join {
            kind: JoinKind::Inner,
            left,
            right,
            merged,
            lateral: false,
            ..
        } if merged.is_empty() => {
            core::mem::swap(left, right);
            true
        }
        _ => false,
    }
}

fn join_then_filter(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Join {
        kind: JoinKind::Inner,
        on: Some(predicate),
        ..
    } = ir.rel(rel).kind
    else {
        return false;
    };
    let input = move_down(ir, rel);
    if let RelKind::Join { kind, on, .. } = &mut ir.rels[input.index()].kind {
        (*kind, *on) = (JoinKind::Cross, None);
    }
    ir.rels[rel.index()].kind = RelKind::Filter { input, predicate };
    true
}

fn turn_round(ir: &mut Ir, rel: RelId) -> bool {
    match &mut ir.rels[rel.index()].kind {
        RelKind::Join {
            kind,
            left,
            right,
            merged,
            lateral: false,
            ..
        } if merged.is_empty() => {
            *kind = match kind {
                JoinKind::Left => JoinKind::Right,
                JoinKind::Right => JoinKind::Left,
                _ => return false,
            };
            core::mem::swap(left, right);
            true
        }
        _ => false,
    }
}

fn distinct_twice(ir: &mut Ir, rel: RelId) -> bool {
    if !matches!(ir.rel(rel).kind, RelKind::Distinct { .. }) {
        return false;
    }
    let input = move_down(ir, rel);
    ir.rels[rel.index()].kind = RelKind::Distinct { input };
    true
}

fn distinct_by_groups(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Distinct { input } = ir.rel(rel).kind else {
        return false;
    };
    let (span, columns) = (ir.rel(rel).span, ir.columns_of(input));
    ir.rels[rel.index()].kind = RelKind::Aggregate {
        input,
        groups: ir.let_through(&columns, span),
        sets: None,
        dependent: Vec::new(),
        aggregates: Vec::new(),
    };
    true
}

fn one_set(ir: &mut Ir, rel: RelId) -> bool {
    match &mut ir.rels[rel.index()].kind {
        RelKind::Aggregate {
            groups,
            sets: sets @ None,
            ..
        } if !groups.is_empty() => {
            *sets = Some(vec![(0..groups.len()).collect()]);
            true
        }
        _ => false,
    }
}

/// A right side that needs nothing of the left one may be computed for each row all the same.
fn laterally(ir: &mut Ir, rel: RelId) -> bool {
    match &mut ir.rels[rel.index()].kind {
        RelKind::Join {
            kind: JoinKind::Inner | JoinKind::Cross | JoinKind::Left,
            lateral: lateral @ false,
            ..
        } => {
            *lateral = true;
            true
        }
        _ => false,
    }
}

/// Every row as text, sorted.
#[derive(Default)]
struct Table(Vec<String>);

impl Rows for Table {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        self.0.push(cells.join("|"));
        Ok(())
    }
}

fn answer(db: &mut dyn Connection, ir: &Ir) -> Result<Vec<String>, String> {
    let mut ir = ir.clone();
    rewrite::run(&mut ir, &db.dialect().traits().can);
    let emitted = emit(&ir, db.dialect()).map_err(|problem| problem.message.clone())?;
    let columns: Vec<Column> = emitted
        .columns
        .iter()
        .map(|column| Column {
            name: column.name.clone(),
            kind: noctra_runtime::kind(column.ty, column.encoding),
            ty: column.ty,
        })
        .collect();
    let query = Query {
        sql: &emitted.sql,
        params: &[],
        columns: &columns,
    };
    let mut table = Table::default();
    db.run(query, &mut table)
        .map_err(|error| format!("{error}\n{}", emitted.sql))?;
    table.0.sort();
    Ok(table.0)
}

fn lower(catalog: &Catalog, text: &str) -> Ir {
    let parse = rql_grammar::parse(text);
    let statement = parse.ast.statements.ids().next().expect("a statement");
    let rql_ast::StmtKind::Query(query) = parse.ast[statement].kind else {
        panic!("{text} is no query");
    };
    let env = Env {
        catalog,
        variables: &|_: &str| -> Option<Type> { None },
        changes_through_views: true,
    };
    let lowered = lower_query(&parse.ast, query, env);
    lowered
        .unwrap_or_else(|errors| panic!("{text}: {}", errors[0].message))
        .ir
}

#[test]
fn random_rewrites_keep_answers() {
    let tries: usize = std::env::var("NOCTRA_REWRITES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(120);
    let mut databases = vec![connect(&Target::Demo).expect("the demo database")];
    let server = Postgres::start();
    match &server {
        Ok(server) => {
            let target = Target::parse(&server.url()).expect("a target");
            let mut db = connect(&target).expect("a connection");
            db.batch(&demo_script())
                .expect("the demo database on PostgreSQL");
            databases.push(db);
        }
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
    let catalog = databases[0].catalog().expect("tables");
    let mut rng = Rng::new(7);
    let mut used = vec![0_usize; RULES.len()];
    for (at, text) in QUERIES.iter().enumerate() {
        let ir = lower(&catalog, text);
        let wanted = answer(databases[0].as_mut(), &ir).expect(text);
        assert!(!wanted.is_empty(), "{text} gives rows");
        for db in &mut databases {
            assert_eq!(answer(db.as_mut(), &ir).as_ref(), Ok(&wanted), "{text}");
        }
        for round in 0..tries.div_ceil(QUERIES.len()) {
            let mut changed = ir.clone();
            let mut applied = Vec::new();
            // Most picks do not fit.
            for _ in 0..40 + rng.below(80) {
                let rule = rng.below(RULES.len());
                let rel = RelId(u32::try_from(rng.below(changed.rels.len())).unwrap_or(0));
                if (RULES[rule].1)(&mut changed, rel) {
                    applied.push(RULES[rule].0);
                    used[rule] += 1;
                }
            }
            assert_eq!(verify(&changed), Ok(()), "{text}\n{applied:?}");
            for db in &mut databases {
                let found = answer(db.as_mut(), &changed);
                assert_eq!(
                    found.as_ref(),
                    Ok(&wanted),
                    "{at}.{round} {text}\n{applied:?}"
                );
            }
        }
    }
    for ((name, _), used) in RULES.iter().zip(used) {
        println!("{name}: {used} times");
    }
}
