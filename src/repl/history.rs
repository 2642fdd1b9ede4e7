//! The history as the line editor walks through it: whole statements, with the margins of the prompt.

use crate::lines::{with_margins, without_margins};
use crate::live::{Live, locked};
use crate::store::Entry;
use rustyline::history::{History, SearchDirection, SearchResult};
use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What has been typed, the oldest first; the prompt adds to it what has run.
pub(crate) type Entries = Arc<Mutex<Vec<Entry>>>;

/// The history for the line editor.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) entries: Entries,
    pub(crate) live: Arc<Live>,
}

impl Past {
    /// The nearest entry whose statement fits; the place in it is that of what is typed.
    fn find(
        &self,
        start: usize,
        direction: SearchDirection,
        fits: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'static>> {
        let entries = locked(&self.entries);
        let width = self.live.width();
        let found = |idx: usize| {
            let statement = &entries.get(idx)?.statement;
            let before = statement.get(..fits(statement)?)?;
            Some(SearchResult {
                entry: Cow::Owned(with_margins(statement, width)),
                idx,
                pos: with_margins(before, width).len(),
            })
        };
        match direction {
            SearchDirection::Reverse => (0..=start).rev().find_map(found),
            SearchDirection::Forward => (start..entries.len()).find_map(found),
        }
    }
}

impl History for Past {
    fn get(&self, index: usize, _: SearchDirection) -> rustyline::Result<Option<SearchResult<'_>>> {
        let entries = locked(&self.entries);
        Ok(entries.get(index).map(|entry| SearchResult {
            entry: Cow::Owned(with_margins(&entry.statement, self.live.width())),
            idx: index,
            pos: 0,
        }))
    }

    /// The prompt itself adds what has run, with how it went.
    fn add(&mut self, _: &str) -> rustyline::Result<bool> {
        Ok(false)
    }

    fn add_owned(&mut self, _: String) -> rustyline::Result<bool> {
        Ok(false)
    }

    fn len(&self) -> usize {
        locked(&self.entries).len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn set_max_len(&mut self, _: usize) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_dups(&mut self, _: bool) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_space(&mut self, _: bool) {}

    fn save(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn load(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> rustyline::Result<()> {
        locked(&self.entries).clear();
        Ok(())
    }

    fn search(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        let term = without_margins(term);
        Ok(self.find(start, direction, |statement| statement.find(&term)))
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        let term = without_margins(term);
        Ok(self.find(start, direction, |statement| {
            statement.starts_with(&term).then_some(term.len())
        }))
    }
}
