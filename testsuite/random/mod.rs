//! Random queries of the right types over random tables, for comparing backends with PostgreSQL.
//!
//! Knows: the language and the registry of functions. Must never know: a backend.
//!
//! Shape: a [`World`] is three tables and their rows. A [`Query`] is a tree of [`Piece`]s with two texts, in
//! RQL and as PostgreSQL is asked, and can be made smaller while something still holds. What SQL leaves open
//! does not arise: LIMIT and windows have an order in which no rows tie, digits that engines may round
//! otherwise are compared with tolerance and nothing depends on them, and what may fail stands alone in its
//! query, where it fails on each engine or on none.

mod blocks;
mod calls;
pub mod changes;
mod forms;
mod grouped;
mod joins;
mod piece;
mod predicates;
mod scalar;
mod scope;
mod switches;
mod values;
mod world;

pub use piece::Piece;
pub use switches::OFF;
pub use world::{Table, World};

use crate::fuzz::Rng;
use calls::Call;
use rql_ir::function::{AGGREGATES, FUNCTIONS};
use rql_ir::{Func, Type};
use scope::{Block, Relation};
use std::collections::{BTreeSet, HashMap};

/// A query.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its text.
    pub piece: Piece,
    /// Its rows have one order.
    pub ordered: bool,
    /// The columns whose last digits are open.
    pub open: Vec<bool>,
    /// It is one that may fail: it fails everywhere or nowhere.
    pub alone: bool,
    /// The constructs, functions and aggregates in it.
    pub used: BTreeSet<String>,
}

/// What writes a query.
#[derive(Debug)]
pub(crate) struct Generator<'a> {
    rng: &'a mut Rng,
    world: &'a World,
    calls: HashMap<Type, Vec<Call<Func>>>,
    /// The blocks that are open, the innermost last.
    blocks: Vec<Block>,
    /// Names of WITH and LET, and what they offer.
    named: Vec<(String, Relation)>,
    used: BTreeSet<String>,
    aliases: usize,
    /// Columns of the blocks around may be used.
    outer: bool,
    /// The expression stands alone, so that it may fail.
    alone: bool,
    /// The types that this query has: all of the plain ones, and some of the others, so that not every query
    /// has everything that a backend refuses (Groce and others, "Swarm testing", 2012).
    types: Vec<Type>,
    /// What is defined before the query.
    lets: Vec<String>,
    /// How many rows may still be made of those of a FROM: of some rewrites the work grows with the square of the rows,
    /// and how long they take is not asked here.
    room: f64,
}

/// The most rows of a FROM.
const MOST: f64 = 8000.0;

impl<'a> Generator<'a> {
    fn new(rng: &'a mut Rng, world: &'a World) -> Self {
        let mut types = scalar::TYPES.to_vec();
        for rare in scalar::RARE {
            // MariaDB refuses most that is done to a JSONB.
            let share = if *rare == Type::Jsonb { 6 } else { 30 };
            if rng.below(100) >= share {
                types.retain(|ty| ty != rare);
            }
        }
        Self {
            types,
            lets: Vec::new(),
            room: MOST,
            rng,
            world,
            calls: HashMap::new(),
            blocks: Vec::new(),
            named: Vec::new(),
            used: BTreeSet::new(),
            aliases: 0,
            outer: true,
            alone: false,
        }
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.rng.below(100) < percent
    }

    fn note(&mut self, construct: &str) {
        self.used.insert(construct.to_owned());
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    fn calls(&mut self, ty: Type) -> Vec<Call<Func>> {
        self.calls
            .entry(ty)
            .or_insert_with(|| calls::functions(ty))
            .clone()
    }

    fn is_off(&self, func: Func) -> bool {
        let name = format!("{func:?}");
        OFF.iter().any(|(off, _)| *off == name)
    }

    /// True where the construct is switched off.
    fn off(&self, construct: &str) -> bool {
        OFF.iter().any(|(off, _)| *off == construct)
    }
}

/// Of how many queries one is an expression that may fail.
const LONE: u64 = 8;

/// Writes a query over the tables, the one of that number: each function has its turn, however few queries have its
/// types.
#[must_use]
pub fn query(rng: &mut Rng, world: &World, number: u64) -> Query {
    let mut generator = Generator::new(rng, world);
    let (query, open, ordered) = match number.is_multiple_of(LONE) {
        true => {
            let (piece, open) = generator.lone_expression(number / LONE);
            (piece, open, true)
        }
        false => generator.whole(),
    };
    let piece = match generator.lets.is_empty() {
        true => query,
        false => {
            Piece::fixed(format!("{}; ‹0›", generator.lets.join("; ")), vec![query]).asked("‹0›")
        }
    };
    Query {
        piece,
        ordered,
        open,
        alone: generator.alone,
        used: generator.used,
    }
}

/// The functions that queries call by a name or an operator.
fn called_functions() -> impl Iterator<Item = Func> {
    let open = |func: &Func| calls::OPEN.iter().any(|(open, _)| open == func);
    let functions = FUNCTIONS.iter().filter(|row| !row.names.is_empty());
    let functions = functions.filter(move |row| !row.signatures.is_empty() && !open(&row.func));
    functions.map(|row| row.func)
}

/// Every construct, function and aggregate that queries are made of.
#[must_use]
pub fn constructs() -> Vec<String> {
    let aggregates = AGGREGATES.iter();
    let aggregates = aggregates.filter(|row| {
        calls::OPEN_AGGREGATES
            .iter()
            .all(|(agg, _)| *agg != row.func)
    });
    let mut all: Vec<String> = called_functions().map(|func| format!("{func:?}")).collect();
    all.extend(aggregates.map(|row| format!("aggregate {:?}", row.func)));
    all.extend(switches::CONSTRUCTS.iter().map(|&name| name.to_owned()));
    all.retain(|name| OFF.iter().all(|(off, _)| off != name));
    all
}
