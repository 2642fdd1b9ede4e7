//! The texts of requests: RQL with a parameter for each value.

use crate::Target;
use noctra_runtime::{Request, Value};
use rql::Type;
use rql_forms::Part;

/// A request while it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    request: Request,
    /// Nobody runs it: values stand in the text, as people write them.
    read: bool,
}

impl Writer {
    /// One of a text for people.
    pub(crate) fn to_read() -> Self {
        Self {
            read: true,
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.request.text.push_str(text);
    }

    /// A value stands here.
    pub(crate) fn bind(&mut self, value: Value) {
        if self.read {
            return self.push(&value.literal());
        }
        let name = format!("p{}", self.request.values.len() + 1);
        self.push(":");
        self.push(&name);
        self.request.values.push((name, value));
    }

    /// A condition that was written on its own; its parameters get names of this text.
    pub(crate) fn condition(&mut self, pieces: &[Part<Value>]) {
        for piece in pieces {
            match piece {
                Part::Text(text) => self.push(text),
                Part::Value(value) => self.bind(value.clone()),
            }
        }
    }

    /// Items with something between them.
    pub(crate) fn list<T>(
        &mut self,
        between: &str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.push(between);
            }
            each(self, item);
        }
    }

    pub(crate) fn columns(&mut self, target: &Target, columns: impl IntoIterator<Item = usize>) {
        self.list(", ", columns, |out, at| {
            out.push(&target.column_written(at))
        });
    }

    /// `column = :p`, for the columns of a key.
    pub(crate) fn is_key(&mut self, target: &Target, key: &[usize], row: &[Option<Value>]) {
        self.list(" AND ", key, |out, &at| {
            let value = row.get(at).cloned().flatten().unwrap_or(Value::Null);
            out.push(&format!("{} = ", target.column_written(at)));
            out.bind(value);
        });
    }

    /// The value that was read still stands there.
    pub(crate) fn still(&mut self, target: &Target, at: usize, was: &Value) {
        let column = target.column_written(at);
        let ty = target.columns()[at].ty;
        match (was, ty) {
            (Value::Null, _) => self.push(&format!("{column} IS NULL")),
            // A single-precision number is no number that is written in decimals.
            (Value::Real(value), _) => {
                self.push(&format!(
                    "CAST({column} AS DOUBLE PRECISION) IS NOT DISTINCT FROM "
                ));
                self.bind(Value::Double(f64::from(*value)));
            }
            (_, Type::Json | Type::Array(_) | Type::Unknown) => {
                self.push(&format!("CAST({column} AS TEXT) IS NOT DISTINCT FROM "));
                self.bind(Value::Text(was.as_ref().to_string()));
            }
            _ => {
                self.push(&format!("{column} IS NOT DISTINCT FROM "));
                self.bind(was.clone());
            }
        }
    }

    pub(crate) fn done(self) -> Request {
        self.request
    }
}
