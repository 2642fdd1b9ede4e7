//! What is kept from one snapshot of a text to the next.

use crate::entity::Use;
use crate::known::Before;
use crate::unused::Own;
use rql_grammar::{Outline, Outlined};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many places are remembered at which somebody asks; more are asked for one after the other only.
const PLACES: usize = 4;
/// How many statements' names are kept.
const STATEMENTS: usize = 30_000;

/// What is kept from one snapshot of a text to the next: one for each text and world, shared by their threads.
#[derive(Debug, Default)]
pub struct Memory {
    /// What is known before a statement, by what the statements before it say.
    before: Mutex<Vec<(u64, Arc<Before>)>>,
    /// What the names of each statement stand for, by what it says and what is said before it.
    uses: Mutex<HashMap<u64, Arc<[Use]>>>,
    /// What each statement says.
    memo: Mutex<rql::Memo>,
    /// Where the statements of the last text stand.
    outlined: Mutex<Option<Outlined>>,
    /// What is named and not used in each statement, by what it says.
    own: Mutex<HashMap<u64, Arc<Own>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// What is known where `key` has been said, from last time or made now; who makes it may ask for what is known
    /// of other keys.
    pub(crate) fn before(
        &self,
        key: u64,
        make: impl FnOnce(&dyn Fn(u64) -> Option<Arc<Before>>) -> Before,
    ) -> Arc<Before> {
        let known = |key: u64| {
            let all = locked(&self.before);
            let mut all = all.iter();
            all.find_map(|(known, before)| (*known == key).then(|| Arc::clone(before)))
        };
        if let Some(known) = known(key) {
            return known;
        }
        let made = Arc::new(make(&known));
        let mut all = locked(&self.before);
        if all.len() == PLACES {
            all.remove(0);
        }
        all.push((key, Arc::clone(&made)));
        made
    }

    /// What the names of a statement stand for, where that is known.
    pub(crate) fn uses(&self, key: u64) -> Option<Arc<[Use]>> {
        locked(&self.uses).get(&key).cloned()
    }

    pub(crate) fn keep_uses(&self, key: u64, uses: Vec<Use>) -> Arc<[Use]> {
        let uses: Arc<[Use]> = uses.into();
        let mut all = locked(&self.uses);
        // What belongs to texts that are gone goes with the rest now and then.
        if all.len() >= STATEMENTS {
            all.clear();
        }
        all.insert(key, Arc::clone(&uses));
        uses
    }

    /// Where the statements of a text stand.
    pub(crate) fn outline(&self, text: &Arc<str>) -> Arc<[Outline]> {
        // Who computes takes it along, so that nobody waits.
        let known = locked(&self.outlined).take();
        let now = match known {
            Some(known) => known.changed(Arc::clone(text)),
            None => Outlined::new(Arc::clone(text)),
        };
        let all = Arc::clone(now.statements());
        *locked(&self.outlined) = Some(now);
        all
    }

    /// What a statement names and does not use, from last time or made now.
    pub(crate) fn own(&self, key: u64, make: impl FnOnce() -> Own) -> Arc<Own> {
        if let Some(known) = locked(&self.own).get(&key) {
            return Arc::clone(known);
        }
        let made = Arc::new(make());
        let mut all = locked(&self.own);
        if all.len() >= STATEMENTS {
            all.clear();
        }
        all.insert(key, Arc::clone(&made));
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
