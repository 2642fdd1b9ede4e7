//! The language server as editors use it: a process, and messages over its pipes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

#[path = "../common/lsp.rs"]
mod lsp;

mod complaints;
mod constructs;
mod forms;
mod names;
mod protocol;
mod text;
mod work;
