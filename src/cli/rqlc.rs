//! `rqlc`: the compiler on its own.
fn main() {}
