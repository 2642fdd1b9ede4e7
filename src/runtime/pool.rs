//! Connections that are lent: who serves many short jobs need not open one for each.

use crate::cache::Usage;
use crate::config::limits::{Bounds, Limits};
use crate::config::reach::{Reached, keep_read_only, reach};
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Load, Loading};
use crate::{Error, Place, Settings, Target};
use rql::{Catalog, Dialect, Table, TableColumn};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How many connections a pool has, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// As many are open at the most, lent or not.
    pub size: usize,
    /// So long a borrower waits for one at the most.
    pub wait: Duration,
    /// So long one stays open that nobody borrows.
    pub idle: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            size: 4,
            wait: Duration::from_secs(10),
            idle: Duration::from_secs(60),
        }
    }
}

/// Connections to one place, for several threads.
///
/// One is opened when it is wanted and none is free, and given back when what [`lend`](Self::lend) gave is dropped: as it was
/// when it was opened, without a transaction, temporary tables and settings of its borrower. It is closed instead where that
/// cannot be done, and always where the database lives in this process, which is opened as fast as it is cleaned and whose
/// file others may want to open or to replace.
///
/// The pool has no thread of its own: what nobody borrows is closed when the next one borrows, by [`tidy`](Self::tidy), and
/// with the pool.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    place: Place,
    settings: Settings,
    limits: PoolLimits,
    state: Mutex<State>,
    /// One has come back, or has been closed.
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// The latest last.
    idle: Vec<Idle>,
    /// All, lent or not.
    open: usize,
}

struct Idle {
    connection: Box<dyn Connection>,
    seat: Seat,
    since: Instant,
}

/// The right to have a connection open; another has it when this is dropped.
struct Seat(Weak<Inner>);

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.state().open -= 1;
            pool.freed.notify_one();
        }
    }
}

impl Pool {
    /// A pool that opens its first connection when it is wanted. Each one is opened as a session's is: with the password that
    /// is configured, and within the limits and for reading only where the settings or the place say so.
    #[must_use]
    pub fn new(place: Place, settings: Settings, limits: PoolLimits) -> Self {
        Self(Arc::new(Inner {
            place,
            settings,
            limits,
            state: Mutex::default(),
            freed: Condvar::new(),
        }))
    }

    /// Where its connections lead.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// True where connections by these settings are the same.
    #[must_use]
    pub fn is_for(&self, place: &Place, settings: &Settings) -> bool {
        let own = &self.0.settings;
        self.0.place == *place
            && own.read_only == settings.read_only
            && Limits(own).bounds() == Limits(settings).bounds()
    }

    /// Lends a connection, waiting where all are lent.
    ///
    /// # Errors
    /// Where the database cannot be reached, or none came back in time.
    pub fn lend(&self) -> Result<Borrowed, Error> {
        let until = Instant::now() + self.0.limits.wait;
        loop {
            // What it gives up is closed when the lock is free again.
            let old = self.0.take_old();
            drop(old);
            let (seat, idle) = self.0.seat(until)?;
            let Some(mut connection) = idle else {
                let Reached { connection, .. } =
                    reach(self.0.place.clone(), &self.0.settings, None)?;
                return Ok(Borrowed::new(connection, seat));
            };
            // Whoever had it may have been cancelled.
            connection.ends_with(Stop::default());
            // The server may have ended it meanwhile, or be another one.
            if connection.batch("SELECT 1").is_ok() {
                return Ok(Borrowed::new(connection, seat));
            }
        }
    }

    /// Closes what nobody has borrowed for long.
    pub fn tidy(&self) {
        let old = self.0.take_old();
        drop(old);
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state();
        f.debug_struct("Pool")
            .field("target", &self.0.place.target)
            .field("limits", &self.0.limits)
            .field("open", &state.open)
            .field("idle", &state.idle.len())
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// The state is whole even where a thread that held it has panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_old(&self) -> Vec<Idle> {
        let mut state = self.state();
        let is_old = |idle: &mut Idle| idle.since.elapsed() >= self.limits.idle;
        state.idle.extract_if(.., is_old).collect()
    }

    /// A seat, with a connection where one is free.
    fn seat(
        self: &Arc<Self>,
        until: Instant,
    ) -> Result<(Seat, Option<Box<dyn Connection>>), Error> {
        let mut state = self.state();
        loop {
            if let Some(idle) = state.idle.pop() {
                return Ok((idle.seat, Some(idle.connection)));
            }
            if state.open < self.limits.size {
                state.open += 1;
                return Ok((Seat(Arc::downgrade(self)), None));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (size, target) = (self.limits.size, &self.place.target);
                return Err(Error::Connect(format!(
                    "all {size} connections to {target} are in use"
                )));
            }
            let waited = self.freed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes a connection back where it can be lent again.
    fn give_back(&self, mut connection: Box<dyn Connection>, seat: Seat) {
        let served = matches!(self.place.target, Target::Postgres(_) | Target::Mysql(_));
        if !served || std::thread::panicking() || connection.is_lost() {
            return;
        }
        connection.ends_with(Stop::default());
        let clean = connection.reset().unwrap_or(false)
            && keep_read_only(connection.as_mut(), &self.place, &self.settings).is_ok();
        if clean {
            let since = Instant::now();
            self.state().idle.push(Idle {
                connection,
                seat,
                since,
            });
            self.freed.notify_one();
        }
    }
}

/// A connection of a pool, which has it back when this is dropped.
pub struct Borrowed {
    /// There until then, with its seat.
    lent: Option<(Box<dyn Connection>, Seat)>,
    /// Handles of this borrower end nothing of the next one's: false then.
    is_lent: Arc<Mutex<bool>>,
}

impl fmt::Debug for Borrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Borrowed").finish_non_exhaustive()
    }
}

impl Borrowed {
    fn new(connection: Box<dyn Connection>, seat: Seat) -> Self {
        Self {
            lent: Some((connection, seat)),
            is_lent: Arc::new(Mutex::new(true)),
        }
    }

    fn own(&self) -> &dyn Connection {
        match &self.lent {
            Some((connection, _)) => connection.as_ref(),
            None => unreachable!("it is lent until it is dropped"),
        }
    }

    fn own_mut(&mut self) -> &mut dyn Connection {
        match &mut self.lent {
            Some((connection, _)) => connection.as_mut(),
            None => unreachable!("it is lent until it is dropped"),
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let mut is_lent = self.is_lent.lock().unwrap_or_else(PoisonError::into_inner);
        *is_lent = false;
        drop(is_lent);
        if let Some((connection, seat)) = self.lent.take()
            && let Some(pool) = seat.0.upgrade()
        {
            pool.give_back(connection, seat);
        }
    }
}

impl Connection for Borrowed {
    fn dialect(&self) -> Dialect {
        self.own().dialect()
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        self.own_mut().catalog()
    }

    fn needs(&self, setting: &str) -> Option<bool> {
        self.own().needs(setting)
    }

    fn file(&mut self, text: &str) -> Result<Option<Vec<TableColumn>>, Error> {
        self.own_mut().file(text)
    }

    fn of_system(&mut self, schema: Option<&str>, name: &str) -> Result<Option<Table>, Error> {
        self.own_mut().of_system(schema, name)
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        self.own_mut().run(query, rows)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.own_mut().batch(sql)
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        self.own_mut().load(into)
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        self.own_mut().set_read_only(on)
    }

    fn bound(&mut self, bounds: Bounds<'_>) -> Result<(), Error> {
        self.own_mut().bound(bounds)
    }

    fn remarks(&mut self) -> Vec<(&'static str, String)> {
        self.own_mut().remarks()
    }

    fn prepared(&self) -> Option<Usage> {
        self.own().prepared()
    }

    fn forget_prepared(&mut self) {
        self.own_mut().forget_prepared();
    }

    fn reset(&mut self) -> Result<bool, Error> {
        self.own_mut().reset()
    }

    fn is_lost(&self) -> bool {
        self.own().is_lost()
    }

    fn in_transaction(&self) -> bool {
        self.own().in_transaction()
    }

    fn ends_with(&mut self, stop: Stop) {
        self.own_mut().ends_with(stop);
    }

    fn cancel_handle(&self) -> CancelHandle {
        let is_lent = Arc::clone(&self.is_lent);
        let handle = self.own().cancel_handle();
        CancelHandle::telling(move || {
            let is_lent = is_lent.lock().unwrap_or_else(PoisonError::into_inner);
            *is_lent && handle.cancel()
        })
    }
}
