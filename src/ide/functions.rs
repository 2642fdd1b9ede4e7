//! The functions of RQL as people read them, from the registry alone.

use rql_ir::Type;
use rql_ir::function::{AGGREGATES, FUNCTIONS, Gives, OTHER_NAMES, Param, Signature};

/// A way to call a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) params: Vec<String>,
    pub(crate) variadic: bool,
    pub(crate) gives: String,
}

/// A function under one of its names.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) aggregate: bool,
    signatures: &'static [Signature],
}

impl Known {
    /// The ways to call it; those that differ only in the width of numbers are one.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for signature in self.signatures {
            let way = Way {
                params: signature
                    .params
                    .iter()
                    .map(|&param| wanted(param))
                    .collect(),
                variadic: signature.variadic,
                gives: given(signature.gives, signature.params),
            };
            let same = |known: &Way| known.params == way.params && known.variadic == way.variadic;
            if !ways.iter().any(same) {
                ways.push(way);
            }
        }
        ways
    }

    /// `(text, integer) → text`, of the first way; `+2` where there are more.
    pub(crate) fn shown(&self) -> String {
        let ways = self.ways();
        let Some(first) = ways.first() else {
            return "(…)".to_owned();
        };
        let dots = if first.variadic { ", …" } else { "" };
        let more = match ways.len() {
            0 | 1 => String::new(),
            more => format!("  +{}", more - 1),
        };
        format!(
            "({}{dots}) → {}{more}",
            first.params.join(", "),
            first.gives
        )
    }
}

fn wanted(param: Param) -> String {
    match param {
        Param::Of(ty) => word(ty),
        Param::Any => "any".into(),
        Param::Element => "element".into(),
        Param::Array => "array".into(),
    }
}

/// Numbers of any width are one word: which of them it is matters to nobody who types.
fn word(ty: Type) -> String {
    match ty {
        Type::SmallInt | Type::Integer | Type::BigInt => "integer".into(),
        Type::Real | Type::Double => "double".into(),
        Type::Decimal { .. } => "numeric".into(),
        other => other.to_string(),
    }
}

fn given(gives: Gives, params: &[Param]) -> String {
    match gives {
        Gives::Type(ty) => word(ty),
        Gives::Like => params
            .first()
            .map_or_else(|| "any".into(), |&param| wanted(param)),
        Gives::Element => "element".into(),
        Gives::Array => "array".into(),
        Gives::MaxScale | Gives::SumScale | Gives::Whole | Gives::Digits => "numeric".into(),
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Every function and aggregate that has a name to call it by; of a name that has several meanings, the first.
pub(crate) fn all() -> Vec<Known> {
    let functions = FUNCTIONS.iter().flat_map(|f| {
        f.names.iter().map(|&name| Known {
            name,
            about: f.about,
            aggregate: false,
            signatures: f.signatures,
        })
    });
    let aggregates = AGGREGATES.iter().flat_map(|f| {
        f.names.iter().map(|&name| Known {
            name,
            about: f.about,
            aggregate: true,
            signatures: f.signatures,
        })
    });
    let others = OTHER_NAMES.iter().map(|&name| Known {
        name,
        about: "",
        aggregate: false,
        signatures: &[],
    });
    let mut all: Vec<Known> = functions.chain(aggregates).chain(others).collect();
    all.retain(|known| is_word(known.name));
    all.sort_by_key(|known| known.name);
    all.dedup_by_key(|known| known.name);
    all
}

/// The function of a name.
pub(crate) fn named(name: &str) -> Option<Known> {
    let name = name.to_lowercase();
    all().into_iter().find(|known| known.name == name)
}
