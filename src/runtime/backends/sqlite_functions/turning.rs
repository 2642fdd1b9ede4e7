//! How an aggregate goes on from row to row. A window asks for its value at each of them, so a value costs no look at all
//! the rows before; and an aggregate of many rows holds few of them, where its kind allows.

use super::{Cell, Given, failing};
use core::cmp::Ordering;
use rusqlite::Error;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use std::collections::VecDeque;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// What SQLite may hold between two rows.
pub(super) trait Held: UnwindSafe + RefUnwindSafe {}

impl<T: UnwindSafe + RefUnwindSafe> Held for T {}

type Told<T> = core::result::Result<T, String>;

/// The value of a row; `None` where it does not count, as NULL.
pub(super) type Read<V> = fn(&Context<'_>) -> Told<Option<V>>;

fn told<T>(value: Told<T>) -> Result<T> {
    value.map_err(|message| Error::UserFunctionError(message.into()))
}

/// An aggregate that values come to and leave again exactly.
pub(super) struct Turning<V, A, F> {
    pub(super) read: Read<V>,
    pub(super) come: fn(&mut A, V) -> Told<()>,
    pub(super) leave: fn(&mut A, V) -> Told<()>,
    pub(super) value: F,
}

impl<V, A: Default + Held, F: Fn(&A) -> Given> Aggregate<A, Cell> for Turning<V, A, F> {
    fn init(&self, _: &mut Context<'_>) -> Result<A> {
        Ok(A::default())
    }

    fn step(&self, context: &mut Context<'_>, state: &mut A) -> Result<()> {
        match told((self.read)(context))? {
            Some(value) => told((self.come)(state, value)),
            None => Ok(()),
        }
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<A>) -> Result<Cell> {
        failing((self.value)(&state.unwrap_or_default()))
    }
}

impl<V, A: Default + Held, F: Fn(&A) -> Given> WindowAggregate<A, Cell> for Turning<V, A, F> {
    fn value(&self, state: Option<&mut A>) -> Result<Cell> {
        match state {
            Some(state) => failing((self.value)(state)),
            None => failing((self.value)(&A::default())),
        }
    }

    fn inverse(&self, context: &mut Context<'_>, state: &mut A) -> Result<()> {
        match told((self.read)(context))? {
            Some(value) => told((self.leave)(state, value)),
            None => Ok(()),
        }
    }
}

/// An aggregate from which no value leaves as it came, by its kind or by rounding: where the frame moves, it begins
/// anew with the values of the frame, as PostgreSQL does.
pub(super) struct Growing<V, A, F> {
    pub(super) read: Read<V>,
    pub(super) come: fn(&mut A, V),
    pub(super) value: F,
}

/// What it has come to, and of which values.
pub(super) struct Grown<V, A> {
    values: VecDeque<V>,
    state: A,
    /// A value has left since the state was made.
    stale: bool,
}

impl<V: Copy + Held, A: Default + Held, F: Fn(&A) -> Given> Growing<V, A, F> {
    fn of(&self, grown: &mut Grown<V, A>) -> Result<Cell> {
        if grown.stale {
            grown.stale = false;
            grown.state = A::default();
            for &value in &grown.values {
                (self.come)(&mut grown.state, value);
            }
        }
        failing((self.value)(&grown.state))
    }
}

impl<V: Copy + Held, A: Default + Held, F: Fn(&A) -> Given> Aggregate<Grown<V, A>, Cell>
    for Growing<V, A, F>
{
    fn init(&self, _: &mut Context<'_>) -> Result<Grown<V, A>> {
        Ok(Grown {
            values: VecDeque::new(),
            state: A::default(),
            stale: false,
        })
    }

    fn step(&self, context: &mut Context<'_>, grown: &mut Grown<V, A>) -> Result<()> {
        if let Some(value) = told((self.read)(context))? {
            grown.values.push_back(value);
            if !grown.stale {
                (self.come)(&mut grown.state, value);
            }
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, grown: Option<Grown<V, A>>) -> Result<Cell> {
        match grown {
            Some(mut grown) => self.of(&mut grown),
            None => failing((self.value)(&A::default())),
        }
    }
}

impl<V: Copy + Held, A: Default + Held, F: Fn(&A) -> Given> WindowAggregate<Grown<V, A>, Cell>
    for Growing<V, A, F>
{
    fn value(&self, grown: Option<&mut Grown<V, A>>) -> Result<Cell> {
        match grown {
            Some(grown) => self.of(grown),
            None => failing((self.value)(&A::default())),
        }
    }

    /// Rows leave in the order in which they came.
    fn inverse(&self, context: &mut Context<'_>, grown: &mut Grown<V, A>) -> Result<()> {
        if told((self.read)(context))?.is_some() {
            grown.values.pop_front();
            grown.stale = true;
        }
        Ok(())
    }
}

/// The first of the smallest values, or of the largest.
pub(super) struct Extreme<V> {
    pub(super) read: Read<V>,
    pub(super) compare: fn(&V, &V) -> Option<Ordering>,
    /// How the best compares with the others.
    pub(super) wanted: Ordering,
    pub(super) show: fn(&V) -> Cell,
    /// Where two cannot be compared.
    pub(super) wrong: &'static str,
}

impl<V> Extreme<V> {
    fn compared(&self, a: &V, b: &V) -> Result<Ordering> {
        told((self.compare)(a, b).ok_or_else(|| self.wrong.to_owned()))
    }

    fn best(&self, values: Option<&VecDeque<V>>) -> Result<Cell> {
        let best = values.and_then(VecDeque::front);
        Ok(best.map_or(Cell::Null, self.show))
    }
}

/// The best value first, then what is the best as soon as those before have left: of what came before a better one
/// nothing is needed any more.
impl<V: Held> Aggregate<VecDeque<V>, Cell> for Extreme<V> {
    fn init(&self, _: &mut Context<'_>) -> Result<VecDeque<V>> {
        Ok(VecDeque::new())
    }

    fn step(&self, context: &mut Context<'_>, values: &mut VecDeque<V>) -> Result<()> {
        let Some(value) = told((self.read)(context))? else {
            return Ok(());
        };
        while let Some(last) = values.back() {
            if self.compared(&value, last)? != self.wanted {
                break;
            }
            values.pop_back();
        }
        values.push_back(value);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, values: Option<VecDeque<V>>) -> Result<Cell> {
        self.best(values.as_ref())
    }
}

impl<V: Held> WindowAggregate<VecDeque<V>, Cell> for Extreme<V> {
    fn value(&self, values: Option<&mut VecDeque<V>>) -> Result<Cell> {
        self.best(values.as_deref())
    }

    fn inverse(&self, context: &mut Context<'_>, values: &mut VecDeque<V>) -> Result<()> {
        if let (Some(value), Some(first)) = (told((self.read)(context))?, values.front())
            && self.compared(&value, first)? == Ordering::Equal
        {
            values.pop_front();
        }
        Ok(())
    }
}
