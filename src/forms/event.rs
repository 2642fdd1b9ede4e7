//! What happens at a form, before and after which an action may run.

use rql_diagnostics::did_you_mean;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Rows are looked for.
    Query,
    /// A row is added.
    Insert,
    /// A row gets other values.
    Update,
    /// A row is taken away.
    Delete,
    /// Changes are kept.
    Commit,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Query,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Commit,
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Commit => "commit",
        }
    }

    /// The event of a word, in either case.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let is = |event: &Self| event.name().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(is)
    }

    /// The word that was perhaps meant.
    pub(crate) fn near(word: &str) -> Option<&'static str> {
        did_you_mean(word, Self::ALL.map(Self::name))
    }
}
