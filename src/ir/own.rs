//! Functions of the backend's own: what is known of one beyond its name.

use crate::Type;

/// A function that a database has and RQL does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFunction {
    /// Its schema, where that must be written.
    pub schema: Option<String>,
    /// Its name in the backend's spelling.
    pub name: String,
    /// How many arguments it has at least.
    pub least: usize,
    /// How many at most; `None` where there is no end.
    pub most: Option<usize>,
    /// What it gives, or each row of it where that is one value.
    pub gives: Type,
    /// It gives one value for many rows.
    pub aggregates: bool,
    /// The columns of what it gives; none where that is one value.
    pub columns: Vec<(String, Type)>,
}

impl OwnFunction {
    /// True where a call by this name with so many arguments may mean it.
    pub(crate) fn is(&self, dotted: &str, args: usize) -> bool {
        let (schema, name) = match dotted.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, dotted),
        };
        // Whoever writes a schema may do so of one that need not be written.
        let there = match (schema, self.schema.as_deref()) {
            (Some(written), Some(own)) => written == own,
            (None, own) => own.is_none(),
            (Some(_), None) => true,
        };
        there
            && name == self.name
            && args >= self.least
            && self.most.is_none_or(|most| args <= most)
    }
}
