//! The runtime of RQL.
//!
//! Knows: compiled statements, databases, files, the clock. Must never know: source text (but to name
//! a place in it), a syntax tree's inside beyond session statements, a terminal.
//!
//! Shape: [`connect`] opens a [`Connection`] by its [`Target`]. A statement runs there and pushes its
//! rows, as borrowed [`ValueRef`]s, one after the other into [`Rows`]: the [`sinks`] are such, and
//! nothing on the way keeps a whole result.
#![deny(missing_docs)]

mod accumulate;
mod arguments;
#[cfg(feature = "arrow")]
mod arrow;
mod ask;
mod backends;
mod cache;
mod calendar;
mod chart;
mod config;
mod connection;
mod connections;
mod copy;
mod decimal;
mod definitions;
mod demo;
mod destination;
mod error;
mod estimate;
mod export;
mod failure;
mod files;
mod fit;
mod form;
mod guard;
mod import;
mod known;
mod last;
mod limits;
mod load;
mod log;
mod lost;
mod native;
mod notation;
mod obey;
mod options;
mod output;
mod padded;
mod passwords;
mod powers;
mod prepare;
mod profiles;
mod progress;
mod reach;
mod rebuild;
mod redirect;
mod request;
mod run;
mod script;
mod secrets;
mod server;
mod session;
mod settings;
mod show;
pub mod sinks;
mod source;
mod staged;
mod statements;
mod steps;
mod stop;
mod store;
mod summarize;
mod target;
mod templates;
mod text;
mod time;
mod value;
mod whole_file;

pub use ask::{Lent, ReadCatalog};
pub use cache::Usage;
pub use config::{Configuration, Misconfigured, Owner};
pub use connection::{CancelHandle, Connection, Outcome, Query, Rows, connect};
pub use decimal::{Decimal, MAX_SCALE, NotADecimal};
pub use demo::{schema as demo_schema, script as demo_script};
pub use error::{BackendError, Error};
pub use failure::Failure;
pub use files::{read as read_source, read_beside, unread};
pub use fit::{fit, sought};
pub use form::{Fields, Loaded, read_forms};
pub use guard::{Sweep, sweeps};
pub use import::formats_read;
pub use limits::{Access, Bounds, Confirm, Limits};
pub use load::{Load, Loading};
pub use output::{Draw, Output, as_json};
pub use passwords::AskPassword;
pub use prepare::kind;
pub use profiles::{COLORS, Place, Profile, Profiles};
pub use progress::{Meter, Meters};
pub use request::Request;
pub use script::results;
pub use secrets::{holds_secret, redacted};
pub use session::{Session, Transaction};
pub use settings::{
    OnError, Origin, Refused, SETTINGS, Semantics, Setting, Settings, Strategy, refusal_whole,
};
pub use source::Source;
pub use stop::Stop;
pub use target::Target;
pub use time::{Date, Interval, Time, Timestamp};
pub use value::{Column, Kind, Value, ValueRef};
pub use whole_file::WholeFile;
