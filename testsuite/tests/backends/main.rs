//! What every backend must do, as one suite: a backend is an entry of [`servers::Servers::all`], and each
//! scenario runs on all of them through the session that people use.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod catalogs;
#[path = "../common/mod.rs"]
mod common;
mod connections;
mod copy;
mod endings;
mod errors;
mod files;
mod hostile;
mod own;
mod plans;
mod remarks;
mod servers;
mod slt;
mod tls;
mod types;
mod words;
