//! The rows that somebody looks at and edits, page by page; `edit` has the editing.

mod edit;
mod page;

use crate::text::Writer;
use crate::{Criteria, Error, Row, Target};
use edit::Edit;
use noctra_runtime::{Request, Session, Value};
use rql::Type;
use rql_forms::Part;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Rows that are read at once.
const PAGE: u64 = 100;
/// Pages that are kept.
const PAGES: usize = 16;

/// What has become of a record since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is new, and nobody has touched it.
    New,
    /// It is new.
    Insert,
    /// It is as it was read.
    Query,
    /// It has other values.
    Changed,
    /// It is to be taken away.
    Deleted,
}

impl Status {
    /// The letter that stands for it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::New => 'N',
            Self::Insert => 'I',
            Self::Query => 'Q',
            Self::Changed => 'C',
            Self::Deleted => 'D',
        }
    }
}

/// A record as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its values; `None` for what the database will fill in.
    pub values: Row,
    /// Its values as they were read; `None` for a new one.
    pub was: Option<Row>,
    /// What has become of it.
    pub status: Status,
}

/// How many records there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many have been seen, and there may be more.
    AtLeast(u64),
    /// So many.
    Exactly(u64),
}

/// True where rows can be put into an order by values of a type.
pub(crate) fn orders(ty: Type) -> bool {
    !matches!(ty, Type::Json | Type::Blob | Type::Unknown | Type::Array(_))
}

/// The records that criteria select, with what has been edited.
#[derive(Debug)]
pub struct RecordSet {
    target: Arc<Target>,
    conditions: Vec<Vec<Part<Value>>>,
    order: Vec<(usize, bool)>,
    page_rows: u64,
    pages: BTreeMap<u64, Vec<Row>>,
    /// The page that was used last stands last.
    used: VecDeque<u64>,
    seen: u64,
    count: Option<u64>,
    /// Records that were added here, behind those of the query; the query leaves them out.
    added: Vec<Edit>,
    /// By key.
    edits: BTreeMap<String, Edit>,
    current: u64,
}

impl RecordSet {
    /// The records of a table that criteria select; nothing is read yet.
    ///
    /// # Errors
    /// Where a criterion cannot be read: every one that cannot.
    pub fn new(
        target: Arc<Target>,
        criteria: &Criteria,
        order: Vec<(usize, bool)>,
    ) -> Result<Self, Vec<crate::Refused>> {
        let conditions = criteria.conditions(&target)?;
        Ok(Self {
            target,
            conditions,
            order,
            page_rows: PAGE,
            pages: BTreeMap::new(),
            used: VecDeque::new(),
            seen: 0,
            count: None,
            added: Vec::new(),
            edits: BTreeMap::new(),
            current: 0,
        })
    }

    /// A set without a row, for new ones.
    #[must_use]
    pub fn empty(target: Arc<Target>) -> Self {
        Self {
            target,
            conditions: vec![vec![Part::Text("FALSE".into())]],
            order: Vec::new(),
            page_rows: PAGE,
            pages: BTreeMap::new(),
            used: VecDeque::new(),
            seen: 0,
            count: Some(0),
            added: Vec::new(),
            edits: BTreeMap::new(),
            current: 0,
        }
    }

    /// Reads so many rows at once.
    #[must_use]
    pub fn paged(mut self, rows: u64) -> Self {
        self.page_rows = rows.max(1);
        self
    }

    /// Only rows that have these values, too: those that belong to a master.
    #[must_use]
    pub fn linked(mut self, values: &[(usize, Value)]) -> Self {
        for (at, value) in values {
            let column = self.target.column_written(*at);
            self.conditions.push(match value {
                Value::Null => vec![Part::Text("FALSE".into())],
                value => vec![
                    Part::Text(format!("{column} = ")),
                    Part::Value(value.clone()),
                ],
            });
        }
        self
    }

    /// The table.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// The position of the current record.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.current
    }

    /// How many records there are, as far as is known.
    #[must_use]
    pub fn count(&self) -> Count {
        let added = self.added.len() as u64;
        match self.count {
            Some(count) => Count::Exactly(count + added),
            None => Count::AtLeast(self.seen),
        }
    }

    /// Counts the records.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn count_all(&mut self, session: &mut Session) -> Result<u64, Error> {
        let count = match self.count {
            Some(count) => count,
            None => {
                let mut out = Writer::default();
                out.push(&format!("SELECT count(*) FROM {}", self.target.written()));
                self.filter(&mut out);
                let request = out.done();
                let answer = session.answer(&request);
                let answer = answer.map_err(|failure| Error::of(&request, failure))?;
                match answer.rows.first().and_then(|row| row.first()) {
                    Some(Value::Integer(count)) => u64::try_from(*count).unwrap_or(0),
                    _ => 0,
                }
            }
        };
        self.count = Some(count);
        Ok(count + self.added.len() as u64)
    }

    /// The query of the records, as people read it.
    #[must_use]
    pub fn query(&self) -> Request {
        let mut out = Writer::default();
        self.select(&mut out);
        self.filter(&mut out);
        self.in_order(&mut out, false);
        out.done()
    }

    /// What is true of each row; gives the word that another condition begins with.
    fn filter(&self, out: &mut Writer) -> &'static str {
        let mut word = " WHERE ";
        for condition in &self.conditions {
            out.push(word);
            out.condition(condition);
            word = " AND ";
        }
        let stored = self.added.iter().filter_map(|added| added.was.as_ref());
        if let Ok(key) = &self.target.key {
            for row in stored {
                out.push(word);
                out.push("NOT (");
                out.is_key(&self.target, key, row);
                out.push(")");
                word = " AND ";
            }
        }
        word
    }

    /// A record by its position; `None` behind the last one.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn record(&mut self, session: &mut Session, at: u64) -> Result<Option<Record>, Error> {
        if let Some(count) = self.count
            && at >= count
        {
            let added = usize::try_from(at - count).ok();
            let added = added.and_then(|at| self.added.get(at));
            return Ok(added.map(Edit::record));
        }
        self.page(session, at / self.page_rows)?;
        if self.count.is_some_and(|count| at >= count) {
            return self.record(session, at);
        }
        Ok(self.stored(at).map(|row| {
            let edit = self.key_of(row).and_then(|key| self.edits.get(&key));
            edit.map_or_else(
                || Record {
                    values: row.clone(),
                    was: Some(row.clone()),
                    status: Status::Query,
                },
                Edit::record,
            )
        }))
    }

    fn stored(&self, at: u64) -> Option<&Row> {
        let place = usize::try_from(at % self.page_rows).ok()?;
        self.pages.get(&(at / self.page_rows))?.get(place)
    }

    /// The records from a position on.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn window(
        &mut self,
        session: &mut Session,
        from: u64,
        rows: u64,
    ) -> Result<Vec<Record>, Error> {
        let mut all = Vec::new();
        for at in from..from.saturating_add(rows) {
            match self.record(session, at)? {
                Some(record) => all.push(record),
                None => break,
            }
        }
        Ok(all)
    }

    /// The current record.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn current(&mut self, session: &mut Session) -> Result<Option<Record>, Error> {
        self.record(session, self.current)
    }

    /// Goes to a record; false where there is none, and then stays.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn go(&mut self, session: &mut Session, at: u64) -> Result<bool, Error> {
        let there = self.record(session, at)?.is_some();
        if there {
            self.current = at;
        }
        Ok(there)
    }

    /// Goes to the first record.
    ///
    /// # Errors
    /// As [`RecordSet::go`].
    pub fn first(&mut self, session: &mut Session) -> Result<bool, Error> {
        self.go(session, 0)
    }

    /// Goes to the last record.
    ///
    /// # Errors
    /// As [`RecordSet::go`].
    pub fn last(&mut self, session: &mut Session) -> Result<bool, Error> {
        match self.count_all(session)? {
            0 => Ok(false),
            count => self.go(session, count - 1),
        }
    }

    /// Goes to the next record.
    ///
    /// # Errors
    /// As [`RecordSet::go`].
    pub fn next(&mut self, session: &mut Session) -> Result<bool, Error> {
        self.go(session, self.current.saturating_add(1))
    }

    /// Goes to the record before.
    ///
    /// # Errors
    /// As [`RecordSet::go`].
    pub fn previous(&mut self, session: &mut Session) -> Result<bool, Error> {
        match self.current.checked_sub(1) {
            Some(at) => self.go(session, at),
            None => Ok(false),
        }
    }

    /// `record 3 of 120`, `record 3 of 100 or more`, `no record`.
    #[must_use]
    pub fn place(&self) -> String {
        match self.count() {
            Count::Exactly(0) => "no record".into(),
            Count::Exactly(count) => format!("record {} of {count}", self.current + 1),
            Count::AtLeast(seen) => format!("record {} of {seen} or more", self.current + 1),
        }
    }
}
