//! The functions of RQL as people read them, from the registry alone.

use rql_ir::Type;
use rql_ir::function::{Class, Entry, Param, entries};

/// A function under one of its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) entry: &'static Entry,
}

impl Known {
    /// The arguments of each way to call it; of those that differ only in the width of numbers, one.
    pub(crate) fn ways(&self) -> Vec<Vec<String>> {
        let mut ways: Vec<Vec<String>> = Vec::new();
        for signature in self.entry.signatures {
            let params = signature.params.iter().map(|&param| wanted(param));
            let dots = signature.variadic.then(|| "…".to_owned());
            let way: Vec<String> = params.chain(dots).collect();
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        if ways.is_empty() {
            ways.extend(arguments(self.entry.form));
        }
        ways
    }

    /// `(text, integer) → text`, of the first way; `+2` where there are more.
    pub(crate) fn shown(&self) -> String {
        let usage = self.entry.usage();
        let Some(first) = usage.first() else {
            return String::new();
        };
        // The name stands before it already.
        let first = first.strip_prefix(self.entry.name()).unwrap_or(first);
        match usage.len() {
            1 => first.to_owned(),
            more => format!("{first}  +{}", more - 1),
        }
    }

    /// True where it makes one value of many rows.
    pub(crate) fn is_aggregate(&self) -> bool {
        matches!(
            self.entry.class,
            Class::Aggregate | Class::Statistical | Class::OrderedSet | Class::Running
        )
    }

    /// True where it gives rows, for FROM.
    pub(crate) fn gives_rows(&self) -> bool {
        self.entry.class == Class::Rows
    }
}

/// The arguments of a form: `start`, `stop` and `[step]` of `series(start, stop [, step]) → rows`.
fn arguments(form: &str) -> Option<Vec<String>> {
    let (_, behind) = form.split_once('(')?;
    let (inside, _) = behind.split_once(')')?;
    let apart = inside.replace(" [, ", ", [");
    let all: Vec<String> = apart.split(", ").map(str::to_owned).collect();
    (!inside.is_empty()).then_some(all)
}

fn wanted(param: Param) -> String {
    match param {
        Param::Of(Type::SmallInt | Type::Integer | Type::BigInt) => "integer".into(),
        Param::Of(Type::Real | Type::Double | Type::Decimal { .. }) => "number".into(),
        Param::Of(ty) => ty.to_string(),
        Param::Any => "any".into(),
        Param::Element => "element".into(),
        Param::Array => "array".into(),
    }
}

/// Everything that has a name to call it by; of a name that has several meanings, the first.
pub(crate) fn all() -> Vec<Known> {
    let named =
        entries().flat_map(|entry| entry.names.iter().map(move |&name| Known { name, entry }));
    let mut all: Vec<Known> = named
        .filter(|known| known.name.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    all.sort_by_key(|known| known.name);
    all.dedup_by_key(|known| known.name);
    all
}

/// The function of a name.
pub(crate) fn named(name: &str) -> Option<Known> {
    let name = name.to_lowercase();
    all().into_iter().find(|known| known.name == name)
}
