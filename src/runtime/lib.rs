//! The runtime of RQL.
//!
//! Knows: compiled statements, databases, files, the clock. Must never know: source text (but to name
//! a place in it), a syntax tree's inside beyond session statements, a terminal.
//!
//! Shape: [`connect`] opens a [`Connection`] by its [`Target`]. A statement runs there and pushes its
//! rows, as borrowed [`ValueRef`]s, one after the other into [`Rows`]: the [`sinks`] are such, and
//! nothing on the way keeps a whole result.
//!
//! `session` runs statements, on `backends`; `value` is what a cell is; [`sinks`] write results, `transfer` moves
//! rows and files; `config` is what was said before anything runs; `cache` remembers.
#![deny(missing_docs)]
// What only some backends and formats need stands idle without them.
#![cfg_attr(
    not(all(
        feature = "mysql",
        feature = "parquet",
        feature = "postgres",
        feature = "sqlite",
        feature = "tls",
        feature = "xlsx"
    )),
    allow(dead_code)
)]

mod accumulate;
#[cfg(feature = "arrow")]
mod arrow;
mod backends;
mod cache;
mod config;
mod connection;
#[cfg(feature = "sqlite")]
mod constants;
#[cfg(not(feature = "sqlite"))]
#[path = "constants_none.rs"]
mod constants;
mod demo;
mod error;
mod failure;
mod form;
mod output;
mod pool;
mod session;
pub mod sinks;
mod transfer;
mod value;

pub use cache::Usage;
pub use config::limits::{Access, Bounds, Confirm, Limits};
pub use config::passwords::AskPassword;
pub use config::profiles::{COLORS, Place, Profile, Profiles};
pub use config::secrets::{holds_secret, redacted};
pub use config::settings::{
    OnError, Origin, Refused, SETTINGS, Semantics, Setting, Settings, Strategy, Thousands,
    refusal_whole,
};
pub use config::target::Target;
pub use config::{Configuration, Misconfigured, Owner};
pub use connection::{CancelHandle, Connection, Outcome, Query, Rows, connect};
pub use constants::folded;
pub use demo::{schema as demo_schema, script as demo_script};
pub use error::{BackendError, Error};
pub use failure::Failure;
pub use form::{Fields, Loaded, read_forms};
pub use output::{Draw, Output, Show, as_json, grouped};
pub use pool::{Borrowed, Pool, PoolLimits};
pub use session::ask::{Lent, ReadCatalog};
pub use session::guard::{Sweep, sweeps};
pub use session::prepare::kind;
pub use session::request::Request;
pub use session::script::results;
pub use session::source::Source;
pub use session::stop::Stop;
pub use session::{Session, Transaction};
pub use transfer::files::{read as read_source, read_beside, unread};
pub use transfer::import::{formats_read, look_into_files};
pub use transfer::load::{Load, Loading};
pub use transfer::progress::{Meter, Meters};
pub use transfer::whole_file::WholeFile;
pub use value::decimal::{Decimal, MAX_SCALE, NotADecimal};
pub use value::fit::{fit, sought};
pub use value::store::{Progress, Store, Whole};
pub use value::time::{Date, Interval, Time, Timestamp};
pub use value::{Column, Kind, Value, ValueRef};
