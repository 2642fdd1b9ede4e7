//! One thread of the random judge: a session on each backend and a client of PostgreSQL, with databases of their
//! own, and what they make of queries.

mod answers;
mod least;

use crate::common;
pub(crate) use answers::{PATIENCE, difference, in_database, refused, session};
use noctra_runtime::Session;
use noctra_testsuite::conformance::{Answer, OPEN, same_rows};
use noctra_testsuite::fuzz::Rng;
use noctra_testsuite::random::{self, Piece, Query, World};
use postgres::{Client, NoTls};
use std::collections::{BTreeMap, BTreeSet};

/// True for the error of a query inside an expression that has a second row.
fn two_rows(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("more than one row returned by a subquery")
        || said.contains("subquery returns more than 1 row")
}

/// How a backend's answer stands beside PostgreSQL's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Equal,
    /// The compiler refused, with its code and what it said.
    Refused(String),
    /// Other rows, or rows where PostgreSQL has an error.
    Different(String),
    /// An error where PostgreSQL has rows.
    Error(String),
    /// One of the two has an error in a place that the other need not reach.
    Open,
}

impl Verdict {
    pub(crate) fn failed(&self) -> bool {
        matches!(self, Self::Different(_) | Self::Error(_))
    }

    fn said(&self) -> &str {
        match self {
            Self::Refused(what) | Self::Different(what) | Self::Error(what) => what,
            Self::Equal => "equal",
            Self::Open => "open",
        }
    }

    /// A failure of the same kind, for which a smaller query may stand.
    pub(crate) fn like(&self, other: &Self) -> bool {
        let start = |said: &str| said.chars().take(48).collect::<String>();
        match (self, other) {
            (Self::Error(a), Self::Error(b)) => start(a) == start(b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

/// What a backend made of its queries.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    equal: usize,
    refused: BTreeMap<String, usize>,
    pub(crate) failed: usize,
    open: usize,
    /// The queries with a construct, and those of them that were refused.
    constructs: BTreeMap<String, (usize, usize)>,
}

impl Tally {
    pub(crate) fn count(&mut self, used: &BTreeSet<String>, verdict: &Verdict) {
        match verdict {
            Verdict::Equal => self.equal += 1,
            Verdict::Refused(said) => *self.refused.entry(said.clone()).or_default() += 1,
            Verdict::Different(_) | Verdict::Error(_) => self.failed += 1,
            Verdict::Open => self.open += 1,
        }
        for construct in used {
            let (all, refused) = self.constructs.entry(construct.clone()).or_default();
            *all += 1;
            *refused += usize::from(matches!(verdict, Verdict::Refused(_)));
        }
    }

    fn add(&mut self, other: Self) {
        self.equal += other.equal;
        self.failed += other.failed;
        self.open += other.open;
        for (reason, count) in other.refused {
            *self.refused.entry(reason).or_default() += count;
        }
        for (construct, (all, refused)) in other.constructs {
            let sum = self.constructs.entry(construct).or_default();
            *sum = (sum.0 + all, sum.1 + refused);
        }
    }

    /// The share of queries that were refused, in percent.
    pub(crate) fn share(&self, asked: u64) -> f64 {
        let refused: usize = self.refused.values().sum();
        100.0 * refused as f64 / asked.max(1) as f64
    }

    fn report(&self, name: &str, asked: u64) {
        println!(
            "{name:<12} {:>7} equal {:>6} refused ({:.1} %) {:>4} different or an error {:>3} open",
            self.equal,
            self.refused.values().sum::<usize>(),
            self.share(asked),
            self.failed,
            self.open
        );
        let mut reasons: Vec<_> = self.refused.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (reason, count) in reasons.into_iter().take(40) {
            println!("    {count:>5}  {reason}");
        }
        let refused = |(_, (_, refused)): &(_, &(usize, usize))| *refused > 0;
        let mut constructs: Vec<_> = self.constructs.iter().filter(refused).collect();
        constructs.sort_by_key(|(_, (all, refused))| std::cmp::Reverse(refused * 1000 / all));
        let most = constructs.iter().take(24);
        let shares: Vec<String> = most
            .map(|(name, (all, refused))| format!("{name} {refused}/{all}"))
            .collect();
        println!("    refused most: {}", shares.join(", "));
    }
}

/// What came of many queries.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) asked: u64,
    /// By the backends' names.
    pub(crate) tallies: BTreeMap<&'static str, Tally>,
    /// What PostgreSQL refused though it should not fail: codes, with how many and one of them.
    pub(crate) refused: BTreeMap<String, (usize, String)>,
    pub(crate) covered: BTreeSet<String>,
}

impl Report {
    /// With what another thread has seen.
    pub(crate) fn add(&mut self, other: Self) {
        self.asked += other.asked;
        self.covered.extend(other.covered);
        for (name, tally) in other.tallies {
            self.tallies.entry(name).or_default().add(tally);
        }
        for (code, (count, example)) in other.refused {
            self.refused.entry(code).or_insert((0, example)).0 += count;
        }
    }

    pub(crate) fn print(&self) {
        for (name, tally) in &self.tallies {
            tally.report(name, self.asked);
        }
        for (code, (count, example)) in &self.refused {
            println!("PostgreSQL refused {count} with {code}: {example}");
        }
    }

    /// The constructs that no query had.
    pub(crate) fn missing(&self, all: &[String]) -> Vec<String> {
        let missing = all.iter().filter(|name| !self.covered.contains(*name));
        missing.cloned().collect()
    }
}

struct Backend {
    dialect: rql::Dialect,
    session: Session,
}

impl Backend {
    fn judge(&mut self, expected: &Answer, piece: &Piece, query: &Query) -> Verdict {
        let text = piece.rql();
        let run = || common::run_csv(&mut self.session, &text);
        let given = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
            .unwrap_or_else(|_| Err(common::PANICKED.to_owned()));
        match (expected, given) {
            (Answer::Rows(..), Err(said)) if refused(&said) => Verdict::Refused(said),
            (Answer::Rows(types, rows), Ok(given)) => {
                let types = types.iter().enumerate().map(|(at, ty)| match ty.as_str() {
                    "numeric" if query.open.get(at) == Some(&true) => OPEN.to_owned(),
                    other => other.to_owned(),
                });
                let types: Vec<String> = types.collect();
                match same_rows(&types, rows, &given, !query.ordered) {
                    true => Verdict::Equal,
                    false => Verdict::Different(difference(rows, &given)),
                }
            }
            // Others run a query inside an expression though no row asks for it.
            (Answer::Rows(..), Err(said)) if query.alone && two_rows(&said) => Verdict::Open,
            (Answer::Rows(..), Err(said)) => Verdict::Error(said),
            (_, Err(_)) => Verdict::Equal,
            // Of an empty table nobody asks for the value; PostgreSQL computes what is constant before it looks. A
            // QUALIFY is asked of it in another form, which reaches other rows.
            (Answer::Error(code), Ok(given))
                if query.alone && !given.is_empty() && !text.contains(" QUALIFY ") =>
            {
                Verdict::Different(format!("PostgreSQL: error {code}\nhere: {given:?}"))
            }
            (_, Ok(_)) => Verdict::Open,
        }
    }
}

/// What an environment variable says, or another number.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    let said = std::env::var(name).ok();
    said.and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// The runs that are asked for: those that `NOCTRA_RANDOM_RUNS` names, or as many as a variable says.
pub(crate) fn wanted(count: &str, otherwise: u64) -> Vec<u64> {
    let named = std::env::var("NOCTRA_RANDOM_RUNS").unwrap_or_default();
    let named = named.split(',').filter_map(|item| {
        let (from, to) = item.split_once('-').unwrap_or((item, item));
        Some(from.trim().parse::<u64>().ok()?..=to.trim().parse().ok()?)
    });
    let runs: Vec<u64> = named.flatten().collect();
    match runs.is_empty() {
        true => (0..number(count, otherwise)).collect(),
        false => runs,
    }
}

/// What one thread asks.
pub(crate) struct Judge {
    backends: Vec<Backend>,
    client: Client,
    seed: u64,
}

impl Judge {
    /// With these databases, of which PostgreSQL's is asked for what is right too.
    pub(crate) fn open(
        targets: &[(rql::Dialect, String)],
        postgresql: &str,
        seed: u64,
    ) -> Result<Self, String> {
        let mut backends = Vec::new();
        for (dialect, target) in targets {
            let (dialect, mut session) = (*dialect, session(target)?);
            if dialect == rql::Dialect::Duckdb {
                // So few rows want no threads, and there is a judge for each processor.
                common::run_csv(&mut session, "NATIVE SET threads = 1")?;
            }
            backends.push(Backend { dialect, session });
        }
        let mut client = Client::connect(postgresql, NoTls).map_err(|error| error.to_string())?;
        let settings = format!(
            "SET TIME ZONE 'UTC'; SET client_min_messages = error; SET statement_timeout = '{PATIENCE}s'"
        );
        let set = client.batch_execute(&settings);
        set.map_err(|error| error.to_string())?;
        Ok(Self {
            backends,
            client,
            seed,
        })
    }

    /// Each query has a seed of its own, so that it comes back without those before it.
    fn of(&self, run: u64) -> u64 {
        self.seed.wrapping_mul(1_000_003).wrapping_add(run)
    }

    /// Makes the tables that the runs from this one on have.
    ///
    /// # Errors
    /// The statement that a backend does not take.
    pub(crate) fn world(&mut self, first: u64) -> Result<World, String> {
        let world = World::random(&mut Rng::new(self.of(first) | 1 << 40));
        self.fill(&world)?;
        Ok(world)
    }

    /// Makes the tables everywhere; PostgreSQL's session and the client see the same ones.
    fn fill(&mut self, world: &World) -> Result<(), String> {
        for statement in world.statements() {
            for backend in &mut self.backends {
                let done = common::run_csv(&mut backend.session, &statement);
                done.map_err(|said| format!("{}: {statement}\n{said}", backend.dialect.name()))?;
            }
        }
        Ok(())
    }

    /// Asks one query; gives each failure as it is shown.
    ///
    /// # Errors
    /// A server that the query has brought down, which answers nothing more.
    pub(crate) fn run(
        &mut self,
        run: u64,
        world: &World,
        report: &mut Report,
    ) -> Result<Vec<String>, String> {
        let mut rng = Rng::new(self.of(run).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let query = random::query(&mut rng, world, run);
        let reference = query.piece.reference();
        let expected = common::ask(&mut self.client, &reference, true);
        report.asked += 1;
        report.covered.extend(query.used.iter().cloned());
        if let (Answer::Error(code), false) = (&expected, query.alone) {
            let refused = report.refused.entry(code.clone());
            refused.or_insert((0, reference)).0 += 1;
        }
        let mut failures = Vec::new();
        for at in 0..self.backends.len() {
            let backend = &mut self.backends[at];
            let name = backend.dialect.name();
            let verdict = backend.judge(&expected, &query.piece, &query);
            let tally = report.tallies.entry(name).or_default();
            tally.count(&query.used, &verdict);
            if !verdict.failed() {
                continue;
            }
            let seed = self.seed;
            if let Verdict::Error(said) = &verdict
                && said.contains("connection to the server was lost")
            {
                let text = query.piece.rql();
                let tables = world.statements().join(";\n");
                return Err(format!(
                    "run {run} of seed {seed} ended {name}: {text}\n{tables}"
                ));
            }
            let shown = self.show(at, world, &query, &verdict)?;
            failures.push(format!("---- run {run} of seed {seed} on {shown}\n"));
        }
        Ok(failures)
    }
}
