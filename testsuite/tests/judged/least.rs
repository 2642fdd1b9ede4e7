//! A failure in its smallest form.

use super::{Judge, Verdict};
use crate::common;
use noctra_testsuite::conformance::Answer;
use noctra_testsuite::random::{Piece, Query, World};
use std::time::{Duration, Instant};

/// How often a failing query is asked while it is made smaller.
const TRIES: usize = 400;

/// How long, since what is cut away may be what kept it small.
const BUDGET: Duration = Duration::from_secs(30);

/// What must still be so for a smaller query to stand for the failure.
struct Failure<'f> {
    at: usize,
    query: &'f Query,
    found: &'f Verdict,
    /// The order that is written at its end.
    written: Option<String>,
    /// Only the order is wrong, so that it stays.
    disordered: bool,
}

impl Failure<'_> {
    fn holds(&self, judge: &mut Judge, piece: &Piece) -> Option<Verdict> {
        let expected = common::ask(&mut judge.client, &piece.reference(), true);
        let comparable = self.query.alone || matches!(expected, Answer::Rows(..));
        let text = piece.rql();
        let written = self.written.as_ref();
        let sorted = written.is_none_or(|order| text.ends_with(order));
        let columns = match &expected {
            Answer::Rows(types, _) => types.len(),
            _ => 0,
        };
        // Where the order is cut, rows count in any; where a column is, nobody knows which was open.
        let open = &self.query.open;
        let judged = Query {
            ordered: self.query.ordered && sorted,
            open: match columns == open.len() {
                true => open.clone(),
                false => vec![open.contains(&true); columns],
            },
            ..self.query.clone()
        };
        let verdict = judge.backends[self.at].judge(&expected, piece, &judged);
        let holds = comparable && (sorted || !self.disordered) && verdict.like(self.found);
        holds.then_some(verdict)
    }
}

impl Judge {
    /// The failure in its smallest form, with all that is needed to see it again.
    ///
    /// # Errors
    /// A statement that makes a table, and a backend does not take.
    pub(super) fn show(
        &mut self,
        at: usize,
        world: &World,
        query: &Query,
        found: &Verdict,
    ) -> Result<String, String> {
        let whole = query.piece.rql();
        let end = whole.rfind(" ORDER BY ");
        let failure = Failure {
            at,
            query,
            found,
            written: end.map(|at| whole[at..].to_owned()),
            disordered: query.ordered
                && matches!(found, Verdict::Different(what) if what.ends_with(":\n    ")),
        };
        let begun = Instant::now();
        let small = query.piece.shrink(TRIES, &mut |piece| {
            begun.elapsed() < BUDGET && failure.holds(self, piece).is_some()
        });
        let mut least = world.clone();
        for table in 0..least.tables.len() {
            let mut row = 0;
            while row < least.tables[table].rows.len() && begun.elapsed() < 2 * BUDGET {
                let mut fewer = least.clone();
                fewer.tables[table].rows.remove(row);
                self.fill(&fewer)?;
                match failure.holds(self, &small) {
                    Some(_) => least = fewer,
                    None => row += 1,
                }
            }
        }
        self.fill(&least)?;
        let verdict = failure.holds(self, &small);
        let (rql, asked) = (small.rql(), small.reference());
        let used: Vec<String> = least
            .statements()
            .into_iter()
            .filter(|text| !text.starts_with("DROP"))
            .collect();
        let text = rql.rsplit("; ").next().unwrap_or(&rql);
        let backend = &mut self.backends[at];
        let sql = match backend.session.catalog() {
            Ok(catalog) => match common::compiled(catalog, backend.dialect, text) {
                Ok(Some(compiled)) => compiled.sql,
                Ok(None) => String::new(),
                Err(said) => said,
            },
            Err(error) => error.to_string(),
        };
        self.fill(world)?;
        Ok(format!(
            "{}\n{whole};\n{}\n\n{};\n\nRQL: {rql}\nasked: {}\nsent: {sql}\n{}",
            self.backends[at].dialect.name(),
            found.said(),
            used.join(";\n"),
            if asked == rql { "the same" } else { &asked },
            verdict.as_ref().unwrap_or(found).said()
        ))
    }
}
