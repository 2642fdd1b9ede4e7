//! Changes made: all of them, or none.

use crate::text::Writer;
use crate::{Change, Conflict, Error, Row, Target};
use noctra_runtime::sinks::Collect;
use noctra_runtime::{Failure, Outcome, Request, Session};

/// What came of changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Committed {
    /// All are made: each row as it is now, `None` where it is gone.
    Done(Vec<Option<Row>>),
    /// None is made: these rows are not what they were.
    Conflicts(Vec<Conflict>),
}

/// What else happens in the transaction that makes changes.
pub trait Hooks {
    /// Before a change, which may be given other values.
    ///
    /// # Errors
    /// Where the changes are not to be made.
    fn before(
        &mut self,
        session: &mut Session,
        at: usize,
        change: &mut Change,
    ) -> Result<(), Failure> {
        let _ = (session, at, change);
        Ok(())
    }

    /// After a change; the row as it is then, none where it is gone.
    ///
    /// # Errors
    /// As [`Hooks::before`].
    fn after(
        &mut self,
        session: &mut Session,
        at: usize,
        change: &Change,
        row: Option<&Row>,
    ) -> Result<(), Failure> {
        let _ = (session, at, change, row);
        Ok(())
    }

    /// Before the first change, and after the last.
    ///
    /// # Errors
    /// As [`Hooks::before`].
    fn around(&mut self, session: &mut Session, before: bool) -> Result<(), Failure> {
        let _ = (session, before);
        Ok(())
    }
}

/// Nothing else happens.
struct Nothing;

impl Hooks for Nothing {}

/// Makes changes in their order, in one transaction; where one is open, as a part of it.
///
/// # Errors
/// Where a statement fails, with the position of its change; then none is made.
pub fn commit(session: &mut Session, changes: &[Change]) -> Result<Committed, (usize, Error)> {
    commit_with(session, changes, &mut Nothing)
}

/// The same, with what else happens in the transaction.
///
/// # Errors
/// As [`commit`], and those of the hooks.
pub fn commit_with(
    session: &mut Session,
    changes: &[Change],
    hooks: &mut dyn Hooks,
) -> Result<Committed, (usize, Error)> {
    for (at, change) in changes.iter().enumerate() {
        change.request().map_err(|why| (at, why.into()))?;
    }
    let (mut running, mut request) = (0, Request::default());
    let (mut rows, mut stale) = (Vec::new(), Vec::new());
    let done = session.whole(|session| {
        hooks.around(session, true)?;
        for (at, change) in changes.iter().enumerate() {
            running = at;
            let mut change = change.clone();
            hooks.before(session, at, &mut change)?;
            request = change.request().unwrap_or_default();
            match make(session, &change, &request)? {
                Made::Row(row) => {
                    hooks.after(session, at, &change, row.as_ref())?;
                    rows.push(row);
                }
                Made::Stale => stale.push(at),
            }
        }
        hooks.around(session, false)?;
        Ok(((), stale.is_empty()))
    });
    if let Err(failure) = done {
        return Err((running, Error::of(&request, failure)));
    }
    if stale.is_empty() {
        return Ok(Committed::Done(rows));
    }
    let mut conflicts = Vec::new();
    for at in stale {
        let change = &changes[at];
        let was = match change {
            Change::Update { was, .. } | Change::Delete { was, .. } => was,
            Change::Insert { values, .. } => values,
        };
        let theirs = read_row(session, change.target(), was).map_err(|error| (at, error))?;
        conflicts.push(Conflict::between(at, change, theirs));
    }
    Ok(Committed::Conflicts(conflicts))
}

enum Made {
    Row(Option<Row>),
    Stale,
}

fn make(session: &mut Session, change: &Change, request: &Request) -> Result<Made, Failure> {
    if change.is_empty() {
        let Change::Update { was, .. } = change else {
            return Ok(Made::Stale);
        };
        return Ok(Made::Row(Some(was.clone())));
    }
    let mut rows = Collect::default();
    let outcome = session.request(request, &mut rows)?;
    Ok(match change {
        Change::Insert { .. } => Made::Row(rows.rows.pop().map(known)),
        _ if outcome == Outcome::Changed(0) => Made::Stale,
        Change::Delete { .. } => Made::Row(None),
        Change::Update { target, was, now } => {
            let merged = was.iter().zip(now);
            let merged: Row = merged
                .map(|(was, now)| now.clone().or_else(|| was.clone()))
                .collect();
            let Ok(read) = by_key(target, &merged) else {
                return Ok(Made::Row(Some(merged)));
            };
            let row = session.answer(&read)?.rows.pop();
            // A trigger may have moved it out of sight.
            Made::Row(Some(row.map_or(merged, known)))
        }
    })
}

pub(crate) fn known(row: Vec<noctra_runtime::Value>) -> Row {
    row.into_iter().map(Some).collect()
}

fn by_key(target: &Target, row: &Row) -> Result<Request, Error> {
    let key = target
        .key
        .as_ref()
        .map_err(|why| Error::from(why.clone()))?;
    let mut out = Writer::default();
    out.push("SELECT ");
    out.columns(target, 0..target.columns().len());
    out.push(&format!(" FROM {} WHERE ", target.written()));
    out.is_key(target, key, row);
    Ok(out.done())
}

/// The row of a key as it is now; `row` has the key's values.
///
/// # Errors
/// Where the database cannot be asked.
pub fn read_row(session: &mut Session, target: &Target, row: &Row) -> Result<Option<Row>, Error> {
    let request = by_key(target, row)?;
    let rows = session.answer(&request);
    let mut rows = rows.map_err(|failure| Error::of(&request, failure))?;
    Ok(rows.rows.pop().map(known))
}
