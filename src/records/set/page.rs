//! How a page is read: behind the page before it, before the one behind it, or from the nearer end.

use super::{PAGES, RecordSet, orders};
use crate::commit::known;
use crate::text::Writer;
use crate::{Error, Row};
use noctra_runtime::{Request, Session, Value};
use rql::Type;

impl RecordSet {
    pub(super) fn select(&self, out: &mut Writer) {
        out.push("SELECT ");
        out.columns(&self.target, 0..self.target.columns().len());
        out.push(&format!(" FROM {}", self.target.written()));
    }

    /// What the rows are ordered by, and whether downwards. Pages need an order in which no two rows are alike, or as
    /// many as can be told apart.
    fn ordering(&self) -> Vec<(usize, bool)> {
        let columns = self.target.columns();
        let key: Vec<usize> = match &self.target.key {
            Ok(key) => key.clone(),
            Err(_) => {
                let all = 0..columns.len();
                all.filter(|&at| orders(columns[at].ty)).collect()
            }
        };
        let rest = key
            .into_iter()
            .filter(|at| self.order.iter().all(|known| known.0 != *at));
        let own = self.order.iter().copied();
        own.chain(rest.map(|at| (at, false))).collect()
    }

    pub(super) fn in_order(&self, out: &mut Writer, reversed: bool) {
        let order = self.ordering();
        if order.is_empty() {
            return;
        }
        out.push(" ORDER BY ");
        out.list(", ", order, |out, (at, down)| {
            out.push(&self.target.column_written(at));
            out.push(if down != reversed { " DESC" } else { "" });
        });
    }

    /// True where a row says by its values which rows stand behind it: nothing that orders them is NULL, or another
    /// number than the one that is written.
    fn says_its_place(&self) -> bool {
        let columns = self.target.columns();
        let plain = |&(at, _): &(usize, bool)| {
            let column = &columns[at];
            !column.nullable && orders(column.ty) && column.ty != Type::Real
        };
        self.target.key.is_ok() && self.ordering().iter().all(plain)
    }

    /// Only rows that stand behind one in the order, or before it.
    fn beyond(&self, out: &mut Writer, word: &str, row: &Row, reversed: bool) {
        let order = self.ordering();
        let value = |at: usize| row.get(at).cloned().flatten().unwrap_or(Value::Null);
        let compare = |out: &mut Writer, (at, down): (usize, bool), or_same: bool| {
            let sign = if down != reversed { "<" } else { ">" };
            let same = if or_same { "=" } else { "" };
            out.push(&format!("{} {sign}{same} ", self.target.column_written(at)));
            out.bind(value(at));
        };
        out.push(word);
        let Some((first, [_, ..])) = order.split_first() else {
            if let Some(only) = order.first() {
                compare(out, *only, false);
            }
            return;
        };
        // By the first alone an index finds where they begin.
        compare(out, *first, true);
        out.push(" AND (");
        out.list(" OR ", 0..order.len(), |out, last| {
            out.push("(");
            out.list(" AND ", 0..=last, |out, at| match at == last {
                true => compare(out, order[at], false),
                false => {
                    out.push(&format!("{} = ", self.target.column_written(order[at].0)));
                    out.bind(value(order[at].0));
                }
            });
            out.push(")");
        });
        out.push(")");
    }

    /// The request for a page, and whether its rows come the other way round.
    fn page_request(&self, page: u64) -> (Request, bool) {
        let rows = self.page_rows;
        let mut out = Writer::default();
        self.select(&mut out);
        let word = self.filter(&mut out);
        let whole = |page: &&Vec<Row>| page.len() as u64 == rows;
        let neighbour =
            |page: Option<u64>| self.pages.get(&page?).filter(|_| self.says_its_place());
        let before = neighbour(page.checked_sub(1)).filter(whole);
        let behind = neighbour(page.checked_add(1));
        let (start, end) = (page * rows, page * rows + rows);
        let left = self.count.filter(|count| *count > start);
        let left = left.filter(|_| self.target.key.is_ok());
        let (reversed, limit, offset) = if let Some(last) = before.and_then(|rows| rows.last()) {
            self.beyond(&mut out, word, last, false);
            (false, rows, 0)
        } else if let Some(first) = behind.and_then(|rows| rows.first()) {
            self.beyond(&mut out, word, first, true);
            (true, rows, 0)
        } else {
            match left {
                Some(count) if count.saturating_sub(end) < start => {
                    let end = end.min(count);
                    (true, end - start, count - end)
                }
                _ => (false, rows, start),
            }
        };
        self.in_order(&mut out, reversed);
        out.push(&format!(" LIMIT {limit}"));
        if offset > 0 {
            out.push(&format!(" OFFSET {offset}"));
        }
        (out.done(), reversed)
    }

    /// The page with a row, read where it is not there.
    pub(super) fn page(&mut self, session: &mut Session, page: u64) -> Result<(), Error> {
        self.used.retain(|&other| other != page);
        self.used.push_back(page);
        if self.pages.contains_key(&page) {
            return Ok(());
        }
        let (request, reversed) = self.page_request(page);
        let answer = session.answer(&request);
        let answer = answer.map_err(|failure| Error::of(&request, failure))?;
        let mut rows: Vec<Row> = answer.rows.into_iter().map(known).collect();
        if reversed {
            rows.reverse();
        }
        let end = page * self.page_rows + rows.len() as u64;
        if !rows.is_empty() || page == 0 {
            self.seen = self.seen.max(end);
            if (rows.len() as u64) < self.page_rows && !reversed {
                self.count = Some(end);
            }
        }
        self.pages.insert(page, rows);
        while self.used.len() > PAGES {
            if let Some(old) = self.used.pop_front() {
                self.pages.remove(&old);
            }
        }
        Ok(())
    }
}
