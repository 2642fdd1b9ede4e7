//! The keys of FDL2, one table for each place: the name that is written, and what else is read.

/// The keys of one place.
pub(crate) type Keys = &'static [(&'static str, &'static [&'static str])];

pub(crate) const FORM: Keys = &[
    ("name", &[]),
    ("title", &[]),
    ("description", &["help"]),
    ("schema", &[]),
    ("table", &[]),
    ("layout", &[]),
    ("pagination", &[]),
    ("fields", &[]),
    ("actions", &[]),
    ("details", &[]),
    ("views", &[]),
    ("i18n", &[]),
];

pub(crate) const FIELD: Keys = &[
    ("label", &[]),
    ("type", &["field_type"]),
    ("help", &[]),
    ("required", &[]),
    ("readonly", &[]),
    ("hidden", &[]),
    ("width", &[]),
    ("rows", &["height"]),
    ("page", &[]),
    ("default", &[]),
    ("computed", &[]),
    ("choices", &["options"]),
    ("query", &["lookup"]),
    ("format", &[]),
    ("mask", &[]),
    ("pattern", &[]),
    ("validations", &["validation"]),
    ("on_change", &[]),
    ("on_enter", &[]),
    ("on_exit", &[]),
];

pub(crate) const CHOICE: Keys = &[("value", &[]), ("label", &[])];

pub(crate) const EXPR: Keys = &[("expr", &[])];

/// The rules as tables of a list.
pub(crate) const RULE: Keys = &[
    ("type", &[]),
    ("min", &[]),
    ("max", &[]),
    ("pattern", &[]),
    ("expr", &[]),
    ("message", &[]),
];

/// The rules as keys of a table.
pub(crate) const RULES: Keys = &[
    ("required", &[]),
    ("range", &[]),
    ("length", &[]),
    ("pattern", &[]),
    ("check", &[]),
];

pub(crate) const ACTION: Keys = &[
    ("label", &[]),
    ("help", &[]),
    ("type", &[]),
    ("key", &[]),
    ("default", &[]),
    ("confirm", &[]),
    ("sql", &[]),
    ("table", &[]),
    ("mapping", &[]),
    ("where", &[]),
    ("params", &[]),
    ("before", &[]),
    ("after", &[]),
    ("on_success", &[]),
    ("on_error", &[]),
];

pub(crate) const DETAIL: Keys = &[("on", &[]), ("label", &["title"]), ("rows", &[])];

pub(crate) const VIEW: Keys = &[("label", &["title"]), ("sql", &["query"]), ("columns", &[])];

pub(crate) const LAYOUT: Keys = &[("columns", &[]), ("sections", &[]), ("places", &[])];

pub(crate) const PLACE: Keys = &[("line", &["row"]), ("column", &[])];

pub(crate) const SECTION: Keys = &[("title", &["label"]), ("columns", &[]), ("fields", &[])];

pub(crate) const PAGINATION: Keys = &[("page_size", &["rows"])];

pub(crate) const LANGUAGE: Keys = &[
    ("title", &[]),
    ("description", &[]),
    ("fields", &[]),
    ("help", &[]),
    ("actions", &[]),
    ("messages", &[]),
];

/// What the types of actions are called that run statements.
pub(crate) const ACTION_TYPES: [&str; 6] =
    ["query", "insert", "update", "delete", "custom", "script"];

/// The key that a word means.
pub(crate) fn find(keys: Keys, word: &str) -> Option<&'static str> {
    let found = keys
        .iter()
        .find(|(key, others)| *key == word || others.contains(&word));
    found.map(|row| row.0)
}

/// Every word of a place.
pub(crate) fn words(keys: Keys) -> impl Iterator<Item = &'static str> {
    keys.iter()
        .flat_map(|(key, others)| std::iter::once(*key).chain(others.iter().copied()))
}
