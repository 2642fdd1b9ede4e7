#![deny(missing_docs)]
//! Tokens of RQL.
mod span;
pub use span::Span;
