//! A session: a connection, its catalog, variables and settings; what it runs is in `run`.

pub(crate) mod ask;
pub(crate) mod chart;
pub(crate) mod connections;
pub(crate) mod definitions;
pub(crate) mod explain;
pub(crate) mod files;
pub(crate) mod guard;
pub(crate) mod known;
pub(crate) mod last;
pub(crate) mod log;
pub(crate) mod lost;
pub(crate) mod native;
pub(crate) mod obey;
pub(crate) mod prepare;
pub(crate) mod rebuild;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod script;
pub(crate) mod show;
pub(crate) mod source;
pub(crate) mod staged;
pub(crate) mod statements;
pub(crate) mod steps;
pub(crate) mod stop;
pub(crate) mod summarize;
pub(crate) mod survey;
pub(crate) mod templates;

use crate::cache::{Results, Statements};
use crate::config::Configuration;
use crate::config::passwords::AskPassword;
use crate::config::profiles::{Place, Profile, Profiles};
use crate::config::reach::{Reached, reach};
use crate::config::settings::{Semantics, Settings};
use crate::connection::{CancelHandle, Connection};
use crate::form::Loaded;
use crate::pool::Pool;
use crate::session::connections::{MAIN, Parked};
use crate::session::known::Known;
use crate::session::last::Last;
use crate::session::log::Log;
use crate::session::lost::Lost;
use crate::session::source::Running;
use crate::session::stop::Stop;
use crate::{Error, Target, Value};
use rql::{Catalog, Definition, Dialect, Table};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Variables by name.
pub(crate) type Variables = BTreeMap<String, Variable>;

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) value: Value,
    /// False for text that takes the type of its place.
    pub(crate) typed: bool,
}

/// A handle is whole even where a thread that held it has panicked.
pub(crate) fn lock(handle: &Mutex<CancelHandle>) -> MutexGuard<'_, CancelHandle> {
    handle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a person or a script works in.
pub struct Session {
    /// The name of the connection that is worked in.
    pub(crate) name: String,
    /// That of the connection that it has begun with.
    pub(crate) first: String,
    /// The other connections.
    pub(crate) parked: Vec<Parked>,
    /// What PARAM has declared: name and type.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) target: Target,
    /// What is said of the connection, where it was named.
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) connection: Box<dyn Connection>,
    /// The connections that have a name before they are opened.
    pub(crate) profiles: Profiles,
    /// Asks the person for a password.
    pub(crate) ask: Option<AskPassword>,
    /// What a person should know, and has not been told yet.
    pub(crate) remarks: Vec<String>,
    /// A front end asks before what takes away many rows.
    pub(crate) attended: bool,
    /// What has run is written down.
    pub(crate) log: Option<Log>,
    pub(crate) variables: Variables,
    /// LET relations and macros, the newest last.
    pub(crate) definitions: Vec<Arc<Definition>>,
    /// The forms that are loaded.
    pub(crate) forms: Vec<Arc<Loaded>>,
    /// How many LET relations there have been.
    pub(crate) relations: u32,
    pub(crate) settings: Settings,
    /// The settings as they were when the session began, to which RESET goes back.
    began: Settings,
    /// The texts that run: each includes the next.
    pub(crate) sources: Vec<Running>,
    /// What the connection holds.
    pub(crate) known: Known,
    /// An error has happened inside the open transaction.
    pub(crate) failed: bool,
    /// The open transaction only reads, which the connection was told.
    pub(crate) only_reads: bool,
    /// Statements that are compiled already.
    pub(crate) statements: RefCell<Statements>,
    /// Results that are kept for the same query.
    pub(crate) results: Results,
    /// The connection has gone, and with it this.
    pub(crate) lost: Option<Lost>,
    /// Statements of the backend's own may have told the server's session something.
    pub(crate) told: bool,
    /// The temporary tables that there are, as far as that was known last.
    pub(crate) temporary: Vec<String>,
    /// Cancels on the connection that is open at the time.
    pub(crate) current: Arc<Mutex<CancelHandle>>,
    /// Results are kept for the statement after them.
    pub(crate) keeps: bool,
    /// What the texts that run name.
    pub(crate) surveys: Vec<(Arc<str>, Arc<survey::Survey>)>,
    /// The result before.
    pub(crate) last: Option<Last>,
    /// Texts run as a bare SQLite takes them.
    pub(crate) standalone: bool,
    /// Asks for the end of what runs, on whichever connection.
    pub(crate) stop: Stop,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// The state of the connection's transaction, for a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// None is open.
    None,
    /// One is open.
    Open,
    /// One is open and takes nothing but ROLLBACK.
    Failed,
}

impl Session {
    /// Opens a session on a database.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub fn open(target: Target) -> Result<Self, Error> {
        Self::begin(target.into(), Configuration::default(), None)
    }

    /// A session on a file of SQLite that registers and sets nothing: it runs what `rqlc compile` prints for
    /// any SQLite, and refuses what that refuses.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    #[cfg(feature = "sqlite")]
    pub fn standalone(file: &std::path::Path) -> Result<Self, Error> {
        let mut session = Self::open(Target::SqliteMemory)?;
        session.connection = Box::new(crate::backends::sqlite::Sqlite::bare(file)?);
        session.target = Target::Sqlite(file.into());
        session.standalone = true;
        session.watch();
        Ok(session)
    }

    /// Opens a session as it is configured; `ask` is for a password that nothing else says.
    ///
    /// # Errors
    /// Where the database or the log cannot be opened.
    pub fn begin(
        place: Place,
        configuration: Configuration,
        ask: Option<AskPassword>,
    ) -> Result<Self, Error> {
        let reached = reach(place, &configuration.settings, ask.as_ref())?;
        Self::on(reached, configuration, ask)
    }

    /// A session on a connection that a pool lends, as long as it works there.
    ///
    /// # Errors
    /// Where the pool lends none, or the log cannot be opened.
    pub fn lent(pool: &Pool, configuration: Configuration) -> Result<Self, Error> {
        let reached = Reached {
            connection: Box::new(pool.lend()?),
            place: pool.place().clone(),
            remarks: Vec::new(),
        };
        Self::on(reached, configuration, None)
    }

    fn on(
        reached: Reached,
        configuration: Configuration,
        ask: Option<AskPassword>,
    ) -> Result<Self, Error> {
        let Configuration {
            settings,
            connections: profiles,
            ..
        } = configuration;
        let Reached {
            mut connection,
            place,
            remarks,
        } = reached;
        let variables = Variables::new();
        let stop = Stop::default();
        connection.ends_with(stop.clone());
        let current = Arc::new(Mutex::new(connection.cancel_handle()));
        let log = settings.log.as_deref().map(Log::open).transpose()?;
        let name = place.profile.as_ref();
        let name = name.map_or(MAIN.to_owned(), |profile| profile.name.clone());
        Ok(Self {
            first: name.clone(),
            name,
            parked: Vec::new(),
            parameters: Vec::new(),
            target: place.target,
            profile: place.profile,
            connection,
            profiles,
            ask,
            remarks,
            attended: false,
            log,
            variables,
            definitions: Vec::new(),
            forms: Vec::new(),
            relations: 0,
            began: settings.clone(),
            settings,
            sources: Vec::new(),
            known: Known::default(),
            failed: false,
            only_reads: false,
            statements: RefCell::default(),
            results: Results::default(),
            lost: None,
            told: false,
            temporary: Vec::new(),
            current,
            keeps: false,
            surveys: Vec::new(),
            last: None,
            standalone: false,
            stop,
        })
    }

    /// Replaces the connection; variables stay.
    ///
    /// # Errors
    /// Where the database cannot be opened; then the old connection stays.
    pub fn reconnect(&mut self, place: Place) -> Result<(), Error> {
        let Reached {
            connection,
            place,
            remarks,
        } = reach(place, &self.settings, self.ask.as_ref())?;
        self.remarks.extend(remarks);
        self.connection = connection;
        self.leave(&self.target.to_string());
        self.watch();
        if self.name == self.first {
            let name = place.profile.as_ref();
            self.name = name.map_or(MAIN.to_owned(), |profile| profile.name.clone());
            self.first.clone_from(&self.name);
        }
        (self.target, self.profile) = (place.target, place.profile);
        self.known = Known::default();
        (self.failed, self.told, self.lost) = (false, false, None);
        self.temporary.clear();
        Ok(())
    }

    /// Cancels what runs on the connection that is worked in now.
    pub(crate) fn watch(&mut self) {
        self.connection.ends_with(self.stop.clone());
        *lock(&self.current) = self.connection.cancel_handle();
    }

    /// The same with another handle, for a while.
    pub(crate) fn watch_with(&mut self, handle: CancelHandle) {
        *lock(&self.current) = handle;
    }

    /// Reads what the connection holds again when it is needed.
    pub(crate) fn forget(&mut self) {
        self.known = Known::default();
    }

    /// What the session is connected to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What a prompt shows: the connection where it is not the first, its backend where it is not SQLite, and
    /// what makes the session special.
    #[must_use]
    pub fn state(&self) -> Vec<&str> {
        let dialect = self.connection.dialect();
        let shown = |name: &&str| {
            self.profile
                .as_ref()
                .is_none_or(|profile| profile.name != *name)
        };
        let name = (self.name != self.first).then_some(self.name.as_str());
        let name = name.filter(shown);
        let backend = (dialect != Dialect::Sqlite).then(|| dialect.name());
        let native = (self.settings.semantics == Semantics::Native).then_some("native");
        let read_only = self.is_read_only().then_some("read-only");
        let all = [name, backend.filter(|b| name != Some(b)), native, read_only];
        all.into_iter().flatten().collect()
    }

    /// The settings. What the connection must be told of them it is told by [`Session::change`] only.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Refuses changes from now on, on other connections too.
    ///
    /// # Errors
    /// Where the database cannot be told.
    pub fn read_only(&mut self) -> Result<(), Error> {
        self.settings.read_only = true;
        let done = self.connection.set_read_only(true);
        // It may be another one by then.
        self.watch();
        done
    }

    /// Gives a variable its value, as `LET` does; the type goes with it.
    pub fn set(&mut self, name: &str, value: Value) {
        self.variables
            .insert(name.to_owned(), Variable { value, typed: true });
    }

    /// Gives a variable a text, as `--var` does; it is read as the type of the place where it is used.
    pub fn set_text(&mut self, name: &str, text: String) {
        let value = Value::Text(text);
        self.variables.insert(
            name.to_owned(),
            Variable {
                value,
                typed: false,
            },
        );
    }

    /// Cancels what runs in this session, whichever connection it is on by then.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        let (current, stop) = (Arc::clone(&self.current), self.stop.clone());
        CancelHandle::telling(move || {
            let again = stop.cancel();
            lock(&current).cancel();
            again
        })
    }

    /// Forgets a cancel that came when nothing ran.
    pub fn rearm(&mut self) {
        self.stop.clear();
    }

    /// The state of the transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        if self.lost.as_ref().is_some_and(|lost| lost.transaction) {
            return Transaction::Failed;
        }
        match (self.connection.in_transaction(), self.failed) {
            (false, _) => Transaction::None,
            (true, false) => Transaction::Open,
            (true, true) => Transaction::Failed,
        }
    }

    /// The tables and views.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn tables(&mut self) -> Result<&[Table], Error> {
        Ok(self.catalog()?.tables())
    }

    /// What the connection holds, as it is now.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn catalog(&mut self) -> Result<&Catalog, Error> {
        self.known.catalog(&mut *self.connection)
    }
}
