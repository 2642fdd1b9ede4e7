//! Templates: what is accepted is legal for every answer, and its text is that of the text written out by
//! hand.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up fails the test"
)]
//! `NOCTRA_TEMPLATES=5000 cargo test -p noctra-testsuite --test templates` tries that many.

mod common;

use noctra_test_servers::Postgres;
use noctra_testsuite::fuzz::Rng;
use rql::declare;
use rql::{Catalog, Condition, Dialect, Literal, NameMatch, Operand, ParamName};
use std::collections::HashSet;

const SCHEMA: &str = "
CREATE TABLE emp (id integer NOT NULL, name text NOT NULL, dept text, pay integer, boss integer);
CREATE TABLE dep (dname text NOT NULL, city text, budget bigint);";

/// A text with optional pieces.
enum Piece {
    Text(String),
    If {
        condition: usize,
        unless: bool,
        then: Vec<Piece>,
        otherwise: Option<Vec<Piece>>,
    },
    /// A clause, which is gone where nothing is left of it.
    Clause(&'static str, Vec<Piece>),
}

type Answer = fn(&[bool]) -> bool;

/// What is asked, and how it is answered where `set` says which of p0…p4 are.
const CONDITIONS: &[(&str, Answer)] = &[
    ("p0", |set| set[0]),
    ("p1", |set| set[1]),
    ("p2", |set| set[2]),
    ("p3", |set| set[3]),
    ("p4 = 3", |set| set[4]),
    ("p0 AND p1", |set| set[0] && set[1]),
    ("p1 OR p2", |set| set[1] || set[2]),
    ("NOT p3", |set| !set[3]),
    ("NOT (p2 AND p4 = 3)", |set| !(set[2] && set[4])),
];

fn answered(set: &[bool], asked: &Condition) -> bool {
    match asked {
        Condition::Set(ParamName::Name(name)) => {
            set[name[1..].parse::<usize>().expect("p and a digit")]
        }
        Condition::Compare { right, .. } => {
            assert_eq!(*right, Operand::Literal(Literal::Integer(3), 0));
            set[4]
        }
        other => panic!("{other:?} is not asked"),
    }
}

fn templated(pieces: &[Piece], out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => *out += text,
            Piece::Clause(word, inside) => {
                *out += word;
                templated(inside, out);
            }
            Piece::If {
                condition,
                unless,
                then,
                otherwise,
            } => {
                let word = if *unless { "unless" } else { "if" };
                *out += &format!(" {{{{#{word} {}}}}} ", CONDITIONS[*condition].0);
                templated(then, out);
                if let Some(otherwise) = otherwise {
                    *out += " {{else}} ";
                    templated(otherwise, out);
                }
                *out += &format!(" {{{{/{word}}}}} ");
            }
        }
    }
}

fn expanded(pieces: &[Piece], set: &[bool], out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => *out += text,
            Piece::Clause(word, inside) => {
                let mut body = String::new();
                expanded(inside, set, &mut body);
                if !body.trim().is_empty() {
                    *out += word;
                    *out += &body;
                }
            }
            Piece::If {
                condition,
                unless,
                then,
                otherwise,
            } => {
                if (CONDITIONS[*condition].1)(set) != *unless {
                    expanded(then, set, out);
                } else if let Some(otherwise) = otherwise {
                    expanded(otherwise, set, out);
                }
            }
        }
    }
}

struct Writer {
    rng: Rng,
    conditions: usize,
}

impl Writer {
    fn chance(&mut self, percent: usize) -> bool {
        self.rng.below(100) < percent
    }

    fn one(&mut self, of: &[&str]) -> String {
        of[self.rng.below(of.len())].to_owned()
    }

    fn optional(&mut self, then: Vec<Piece>, otherwise: Option<Vec<Piece>>) -> Piece {
        let condition = self.rng.below(self.conditions);
        let unless = self.chance(20);
        Piece::If {
            condition,
            unless,
            then,
            otherwise,
        }
    }

    fn column(&mut self) -> String {
        self.one(&[
            "id",
            "name",
            "dept",
            "pay",
            "boss",
            "pay + id",
            "upper(name)",
        ])
    }

    fn predicate(&mut self) -> String {
        self.one(&[
            "dept = :t1",
            "pay > :n1",
            "boss IS NULL",
            "id < 10",
            "name LIKE 'A%'",
            "pay BETWEEN :n1 AND :n2",
            "EXISTS (SELECT 1 FROM dep WHERE dname = dept AND budget > :n3)",
            "id IN (SELECT boss FROM emp AS b WHERE b.pay > :n2)",
            "city = 'Rome'",
            "nosuch = 1",
        ])
    }

    /// A list: its first item always there, or one of two.
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> String) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if self.chance(30) {
            let (a, b) = (item(self), item(self));
            pieces.push(self.optional(vec![Piece::Text(a)], Some(vec![Piece::Text(b)])));
        } else {
            if self.chance(25) {
                let first = format!("{}, ", item(self));
                pieces.push(self.optional(vec![Piece::Text(first)], None));
            }
            pieces.push(Piece::Text(item(self)));
        }
        for _ in 0..self.rng.below(3) {
            let next = Piece::Text(format!(", {}", item(self)));
            if self.chance(50) {
                let otherwise = self.chance(30).then(|| {
                    let other = format!(", {}", item(self));
                    vec![Piece::Text(other)]
                });
                pieces.push(self.optional(vec![next], otherwise));
            } else {
                pieces.push(next);
            }
        }
        pieces
    }

    fn conjuncts(&mut self, item: fn(&mut Self) -> String) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if self.chance(25) {
            let whole = item(self);
            pieces.push(self.optional(vec![Piece::Text(whole)], None));
            return pieces;
        }
        if self.chance(25) {
            let first = format!("{} AND ", item(self));
            pieces.push(self.optional(vec![Piece::Text(first)], None));
        }
        pieces.push(Piece::Text(item(self)));
        for _ in 0..self.rng.below(4) {
            let mut inner = vec![Piece::Text(format!(" AND {}", item(self)))];
            if self.chance(30) {
                let deeper = vec![Piece::Text(format!(" AND {}", item(self)))];
                inner.push(self.optional(deeper, None));
            }
            let otherwise = self.chance(25).then(|| {
                let other = format!(" AND {}", item(self));
                vec![Piece::Text(other)]
            });
            pieces.push(self.optional(inner, otherwise));
        }
        if self.chance(20) {
            let (a, b) = (item(self), item(self));
            pieces.push(Piece::Text(format!(" AND ({a} ")));
            pieces.push(self.optional(vec![Piece::Text(format!("OR {b}"))], None));
            pieces.push(Piece::Text(")".into()));
        }
        pieces
    }

    /// INSERT with columns and values that stand under the same conditions, or not quite.
    fn insert(&mut self) -> Vec<Piece> {
        let mut columns = vec![Piece::Text("INSERT INTO emp (id".into())];
        let mut rows = vec![Piece::Text(") VALUES (1".into())];
        for (column, value) in [
            ("name", "'x'"),
            ("dept", ":t1"),
            ("pay", ":n1"),
            ("boss", "NULL"),
        ] {
            let (name, given) = (format!(", {column}"), format!(", {value}"));
            if self.chance(40) {
                columns.push(Piece::Text(name));
                rows.push(Piece::Text(given));
                continue;
            }
            let condition = self.rng.below(self.conditions);
            let unless = self.chance(20);
            let same = self.chance(90);
            for (pieces, text, unless) in [
                (&mut columns, name, unless),
                (&mut rows, given, unless == same),
            ] {
                pieces.push(Piece::If {
                    condition,
                    unless,
                    then: vec![Piece::Text(text)],
                    otherwise: None,
                });
            }
        }
        columns.extend(rows);
        columns.push(Piece::Text(")".into()));
        columns
    }

    fn statement(&mut self) -> Vec<Piece> {
        if self.chance(10) {
            return self.insert();
        }
        let mut pieces = vec![Piece::Text("SELECT ".into())];
        let grouped = self.chance(30);
        if grouped {
            pieces.extend(self.list(|this| {
                this.one(&[
                    "count(*)",
                    "sum(pay)",
                    "max(id) AS k",
                    "dept",
                    "boss",
                    "name",
                ])
            }));
        } else {
            if self.chance(15) {
                pieces.push(Piece::Text("DISTINCT ".into()));
            }
            pieces.extend(self.list(|this| {
                let column = this.column();
                if this.chance(25) {
                    format!("{column} AS k")
                } else {
                    column
                }
            }));
        }
        pieces.push(Piece::Text(" FROM emp ".into()));
        if self.chance(40) {
            let on = self.one(&[
                "JOIN dep ON dname = dept",
                "LEFT JOIN dep ON dname = dept AND budget > :n3",
            ]);
            let join = vec![Piece::Text(on)];
            let piece = if self.chance(50) {
                self.optional(join, None)
            } else {
                Piece::Clause("", join)
            };
            pieces.push(piece);
        }
        if self.chance(80) {
            let body = self.conjuncts(Self::predicate);
            let clause = Piece::Clause(" WHERE ", body);
            let piece = if self.chance(15) {
                self.optional(vec![clause], None)
            } else {
                clause
            };
            pieces.push(piece);
        }
        if grouped && self.chance(70) {
            let keys = self.list(|this| this.one(&["dept", "boss", "name"]));
            let clause = Piece::Clause(" GROUP BY ", keys);
            let piece = if self.chance(25) {
                self.optional(vec![clause], None)
            } else {
                clause
            };
            pieces.push(piece);
        }
        if grouped && self.chance(40) {
            let body = self
                .conjuncts(|this| this.one(&["count(*) > 1", "sum(pay) > :n1", "max(id) < 100"]));
            pieces.push(Piece::Clause(" HAVING ", body));
        }
        if self.chance(70) {
            let keys = self.list(|this| {
                let key = this.one(&["id", "dept", "pay", "1", "k", "boss", "count(*)", "city"]);
                let way = this.one(&["", " DESC", " NULLS FIRST"]);
                key + &way
            });
            pieces.push(Piece::Clause(" ORDER BY ", keys));
        }
        if self.chance(40) {
            let limit = vec![Piece::Text(" LIMIT :most".into())];
            let piece = if self.chance(60) {
                self.optional(limit, None)
            } else {
                Piece::Clause("", limit)
            };
            pieces.push(piece);
        }
        pieces
    }
}

#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    refused_though_legal: Vec<String>,
    instantiations: usize,
    texts: HashSet<(Dialect, String)>,
}

fn try_one(pieces: &[Piece], catalog: &Catalog, tally: &mut Tally) {
    let mut text = String::new();
    templated(pieces, &mut text);
    for dialect in [Dialect::Sqlite, Dialect::Postgresql] {
        let whole = common::compiled(catalog, dialect, &text);
        let mut wrong = 0;
        for mask in 0..32_usize {
            let set: Vec<bool> = (0..5).map(|at| mask >> at & 1 == 1).collect();
            let mut plain = String::new();
            expanded(pieces, &set, &mut plain);
            let by_hand = common::compiled(catalog, dialect, &plain);
            let Ok(Some(whole)) = &whole else {
                wrong += usize::from(by_hand.is_err());
                continue;
            };
            let by_hand = by_hand
                .unwrap_or_else(|e| panic!("accepted: {text}\nbut with {set:?}: {plain}\n{e}"))
                .expect("a statement");
            let ours = match &whole.choices {
                None => whole.clone(),
                Some(choices) => {
                    let answers = choices.answers(&mut |asked| answered(&set, asked));
                    let mut choices = choices.clone();
                    choices.compile(&answers).expect("text for every answer")
                }
            };
            assert_eq!(ours.sql, by_hand.sql, "{text}\nwith {set:?}: {plain}");
            let names = |c: &rql::Compiled| -> Vec<_> {
                let params = c.params.iter();
                params.map(|p| (p.name.clone(), p.ty)).collect()
            };
            assert_eq!(names(&ours), names(&by_hand), "{text}\nwith {set:?}");
            assert_eq!(ours.columns, by_hand.columns, "{text}\nwith {set:?}");
            tally.instantiations += 1;
            tally.texts.insert((dialect, ours.sql));
        }
        match whole {
            Ok(_) => tally.accepted += 1,
            Err(_) if wrong > 0 => tally.refused += 1,
            Err(why) => tally.refused_though_legal.push(format!("{text}\n  {why}")),
        }
    }
}

#[test]
fn every_instantiation_is_the_text_written_out_by_hand() {
    let mut catalog = Catalog::new(NameMatch::Folded);
    declare(&mut catalog, SCHEMA);
    let wanted = std::env::var("NOCTRA_TEMPLATES").ok();
    let count = wanted.and_then(|n| n.parse().ok()).unwrap_or(80);
    let mut tally = Tally::default();
    for seed in 0..count {
        let mut writer = Writer {
            rng: Rng::new(seed),
            conditions: CONDITIONS.len(),
        };
        let pieces = writer.statement();
        try_one(&pieces, &catalog, &mut tally);
    }
    println!(
        "{} accepted, {} refused, {} instantiations, {} texts",
        tally.accepted,
        tally.refused,
        tally.instantiations,
        tally.texts.len()
    );
    assert_eq!(tally.refused_though_legal, Vec::<String>::new());
    assert!(tally.accepted > 10 && tally.refused > 10);
    prepared_on_sqlite(&tally);
    match Postgres::start() {
        Ok(server) => prepared_on_postgresql(&tally, &server),
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
}

fn prepared_on_sqlite(tally: &Tally) {
    let target = noctra_runtime::Target::parse("sqlite::memory:").expect("a target");
    let mut database = noctra_runtime::connect(&target).expect("a database");
    database.batch(SCHEMA).expect("tables");
    for (_, sql) in tally.texts.iter().filter(|t| t.0 == Dialect::Sqlite) {
        if let Err(error) = database.batch(&format!("EXPLAIN {sql}")) {
            panic!("{sql}\n{error}");
        }
    }
}

fn prepared_on_postgresql(tally: &Tally, server: &Postgres) {
    let mut client = postgres::Client::connect(&server.url(), postgres::NoTls).expect("a client");
    client.batch_execute(SCHEMA).expect("tables");
    for (_, sql) in tally.texts.iter().filter(|t| t.0 == Dialect::Postgresql) {
        if let Err(error) = common::server_says(&mut client, sql) {
            panic!("{sql}\n{error}");
        }
    }
}
