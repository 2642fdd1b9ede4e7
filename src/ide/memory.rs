//! What is kept from one snapshot of a text to the next.

use crate::known::Before;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many places are remembered at which somebody asks; more are asked for one after the other only.
const PLACES: usize = 4;

/// What is kept from one snapshot of a text to the next: one for each text and world, shared by their threads.
#[derive(Debug, Default)]
pub struct Memory {
    /// What is known before a statement, by what the statements before it say.
    before: Mutex<Vec<(u64, Arc<Before>)>>,
    /// What each statement says.
    memo: Mutex<rql::Memo>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// What is known where `key` has been said, from last time or made now.
    pub(crate) fn before(&self, key: u64, make: impl FnOnce() -> Before) -> Arc<Before> {
        let known = locked(&self.before)
            .iter()
            .find_map(|(known, before)| (*known == key).then(|| Arc::clone(before)));
        if let Some(known) = known {
            return known;
        }
        let made = Arc::new(make());
        let mut all = locked(&self.before);
        if all.len() == PLACES {
            all.remove(0);
        }
        all.push((key, Arc::clone(&made)));
        made
    }

    /// The memory of the compiler.
    pub(crate) fn memo(&self) -> MutexGuard<'_, rql::Memo> {
        locked(&self.memo)
    }

    /// How many statements had to be compiled when diagnostics were asked for last.
    #[must_use]
    pub fn compiled(&self) -> usize {
        self.memo().compiled()
    }
}
