//! Random programs that change data: tables with what holds their rows, and a few statements that write them.
//!
//! Shape: a [`Program`] is a list of [`Piece`]s, a statement each, which begins with the tables and is made smaller as a
//! query is. A statement may fail, and then fails everywhere. What SQL leaves open does not arise: no row is changed
//! from two rows of FROM, rows that could be in each other's way come in an order, and keys move to where no key was.

mod define;
mod insert;
mod store;
mod write;

use super::piece::{Piece, Role};
use super::scope::Relation;
use super::{Generator, World};
use crate::fuzz::Rng;
use rql_ir::Type;
use std::collections::BTreeSet;
use store::Store;

/// Statements that change data, and the tables that they change.
#[derive(Clone, Debug)]
pub struct Program {
    /// A list of statements.
    pub piece: Piece,
    /// The constructs and functions in it.
    pub used: BTreeSet<String>,
}

/// What programs are made of besides what queries are.
pub const CONSTRUCTS: &[&str] = &[
    "ADD COLUMN",
    "ADD CONSTRAINT",
    "ALTER TYPE",
    "BEGIN",
    "CHECK",
    "COMMIT",
    "CREATE INDEX",
    "CREATE TABLE AS",
    "CREATE UNIQUE INDEX",
    "CREATE VIEW",
    "DEFAULT",
    "DEFAULT VALUES",
    "DELETE",
    "DELETE USING",
    "DROP COLUMN",
    "DROP DEFAULT",
    "DROP NOT NULL",
    "DROP TABLE",
    "DROP VIEW",
    "FOREIGN KEY",
    "FOREIGN KEY CASCADE",
    "FOREIGN KEY SET DEFAULT",
    "FOREIGN KEY SET NULL",
    "INSERT DEFAULT",
    "INSERT SELECT",
    "INSERT VALUES",
    "LET relation of a change",
    "MERGE",
    "MERGE DELETE",
    "MERGE DO NOTHING",
    "MERGE INSERT",
    "MERGE UPDATE",
    "ON CONFLICT DO NOTHING",
    "ON CONFLICT DO UPDATE",
    "ON CONFLICT DO UPDATE WHERE",
    "RENAME COLUMN",
    "RENAME TABLE",
    "RETURNING",
    "ROLLBACK",
    "ROLLBACK TO",
    "SAVEPOINT",
    "SET DEFAULT",
    "SET NOT NULL",
    "SET row",
    "TRUNCATE",
    "UNIQUE",
    "UPDATE",
    "UPDATE FROM",
    "UPDATE of a key",
    "WITH a change",
    "WITH before a change",
    "another type assigned",
    "generated column",
    "last",
    "macro",
    "query between",
];

/// What one program has and another has not, so that not every program has what a backend refuses.
#[derive(Clone, Copy, Debug)]
struct Swarm {
    returning: bool,
    merge: bool,
    define: bool,
    savepoints: bool,
    with: bool,
    actions: bool,
}

/// A program while it is written.
struct Writer<'r> {
    rng: &'r mut Rng,
    stores: Vec<Store>,
    /// Names that queries read and nothing writes.
    views: Vec<super::Table>,
    swarm: Swarm,
    used: BTreeSet<String>,
    steps: Vec<Piece>,
    names: usize,
}

/// Writes a program.
#[must_use]
pub fn program(rng: &mut Rng) -> Program {
    let mut chance = |percent: usize| rng.below(100) < percent;
    let swarm = Swarm {
        returning: chance(45),
        merge: chance(30),
        define: chance(30),
        savepoints: chance(35),
        with: chance(25),
        actions: chance(25),
    };
    let mut writer = Writer {
        rng,
        stores: Vec::new(),
        views: Vec::new(),
        swarm,
        used: BTreeSet::new(),
        steps: Vec::new(),
        names: 0,
    };
    writer.tables();
    writer.statements();
    Program {
        piece: Piece::List(";\n", writer.steps),
        used: writer.used,
    }
}

impl Program {
    /// The names of the tables whose rows are compared at the end.
    #[must_use]
    pub fn tables(steps: &[Piece]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for step in steps {
            let text = step.rql();
            if let Some(rest) = text.strip_prefix("CREATE TABLE ") {
                names.extend(rest.split([' ', '(']).next().map(str::to_owned));
            }
            if let Some((from, to)) = text.split_once(" RENAME TO ") {
                let from = from.trim_start_matches("ALTER TABLE ").to_owned();
                names.extend([from, to.to_owned()]);
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

impl Writer<'_> {
    fn chance(&mut self, percent: usize) -> bool {
        self.rng.below(100) < percent
    }

    fn note(&mut self, construct: &str) {
        self.used.insert(construct.to_owned());
    }

    fn name(&mut self, start: &str) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    /// A statement written by a generator that sees the tables as they are.
    fn write(&mut self, write: impl FnOnce(&mut Generator<'_>, &[Store], Swarm) -> Piece) {
        let mut tables: Vec<super::Table> = self.stores.iter().map(Store::table).collect();
        tables.extend(self.views.iter().cloned());
        let world = World { tables };
        let mut generator = Generator::new(self.rng, &world);
        let piece = write(&mut generator, &self.stores, self.swarm);
        let lets = std::mem::take(&mut generator.lets);
        let used = std::mem::take(&mut generator.used);
        self.used.extend(used);
        self.steps.push(match lets.is_empty() {
            true => piece,
            false => {
                let text = format!("{}; ‹0›", lets.join("; "));
                Piece::form(Role::Fixed, text, vec![piece]).asked("‹0›")
            }
        });
    }

    fn statements(&mut self) {
        let count = 1 + self.rng.below(5);
        let transaction = self.swarm.savepoints || self.chance(20);
        if transaction {
            self.note("BEGIN");
            self.steps.push(Piece::text("BEGIN"));
        }
        let mut point = false;
        for _ in 0..count {
            if self.swarm.savepoints && self.chance(40) {
                let (name, text) = match point && self.chance(60) {
                    true => ("ROLLBACK TO", "ROLLBACK TO SAVEPOINT s"),
                    false => ("SAVEPOINT", "SAVEPOINT s"),
                };
                point = true;
                self.note(name);
                self.steps.push(Piece::text(text));
            }
            match self.swarm.define && !transaction && self.chance(45) {
                true => self.define(),
                false => self.write(change),
            }
            self.last();
        }
        if transaction {
            let end = *self.rng.pick(&["COMMIT", "COMMIT", "ROLLBACK"]);
            self.note(end);
            self.steps.push(Piece::text(end));
        }
    }
}

impl Writer<'_> {
    /// Asks for the result of a query before.
    fn last(&mut self) {
        let query = self.steps.last().map(|step| (step.rql(), step.reference()));
        if let Some((rql, asked)) = query
            && rql == asked
            && rql.starts_with("SELECT ")
            && self.chance(50)
        {
            self.note("last");
            let text = "SELECT count(*) AS n FROM last";
            let asked = format!("SELECT count(*) AS n FROM ({asked}) AS last");
            self.steps.push(Piece::text(text).asked(asked));
        }
    }
}

/// A statement that changes rows, or asks between those that do.
fn change(generator: &mut Generator<'_>, stores: &[Store], swarm: Swarm) -> Piece {
    let at = generator.rng.below(stores.len());
    let mut piece = match generator.rng.below(20) {
        0..=6 => generator.insert(stores, at, swarm),
        7..=12 => generator.update(stores, at, swarm),
        13..=15 => generator.delete(stores, at, swarm),
        16 | 17 if swarm.merge => generator.merge(stores, at),
        16 if swarm.with => return generator.with_change(stores, at),
        17 => generator.truncate(stores, at),
        18 => return generator.between(),
        _ => generator.insert(stores, at, swarm),
    };
    if swarm.with && generator.chance(25) {
        piece = generator.with_before(stores, piece);
    }
    piece
}

impl Generator<'_> {
    /// A query between the changes.
    fn between(&mut self) -> Piece {
        self.note("query between");
        let query = self.query(None, 1, true);
        match self.chance(20) {
            true => {
                self.note("macro");
                let text = "MACRO twice(x) AS x * 2; SELECT twice(count(*)) FROM (‹0›) AS m";
                Piece::fixed(text, vec![query.piece]).asked("SELECT count(*) * 2 FROM (‹0›) AS m")
            }
            false => query.piece,
        }
    }

    /// ` RETURNING …`, or nothing.
    fn returning(&mut self, sees: &Relation, swarm: Swarm) -> Piece {
        if !swarm.returning || self.chance(30) {
            return Piece::empty();
        }
        self.note("RETURNING");
        if self.chance(15) {
            return Piece::optional(" RETURNING *", vec![]);
        }
        let items = self.inside(sees.clone(), |generator| {
            let count = 1 + generator.rng.below(3);
            let items = (0..count).map(|at| {
                let ty = generator.any_type();
                let value = generator.expr(ty, 1, true).piece;
                Piece::fixed(format!("‹0› AS r{at}"), vec![value])
            });
            items.collect()
        });
        Piece::optional(" RETURNING ‹0›", vec![Piece::List(", ", items)])
    }

    /// ` WHERE …`, or nothing.
    fn filter(&mut self, sees: &Relation, percent: usize) -> Piece {
        if !self.chance(percent) {
            return Piece::empty();
        }
        let condition = self.inside(sees.clone(), |generator| {
            let depth = generator.rng.below(3);
            generator.condition(depth).piece
        });
        Piece::optional(" WHERE ‹0›", vec![condition])
    }
}

/// A type whose values MariaDB does not all store.
fn narrow(ty: Type) -> bool {
    matches!(ty, Type::TimestampTz)
}
