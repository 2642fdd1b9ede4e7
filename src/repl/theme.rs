//! Colours: one entry of [`THEMES`] for each theme.

use rql_ide::Class;

/// The colours of a theme, as parameters of the terminal's SGR sequence; an empty one leaves the text as it is.
#[derive(Debug)]
pub struct Theme {
    /// Its name.
    pub name: &'static str,
    /// For whom it is.
    pub about: &'static str,
    colors: fn(Class) -> &'static str,
    /// The prompt.
    pub prompt: &'static str,
    /// What is said in passing: hints, continued prompts.
    pub faint: &'static str,
    /// The chosen line of a list.
    pub chosen: &'static str,
}

/// Every theme; the first is the default.
pub static THEMES: &[Theme] = &[
    Theme {
        name: "dark",
        about: "bright on a dark ground",
        colors: |class| match class {
            Class::Keyword => "1;34",
            Class::Function => "36",
            Class::Table => "33",
            Class::Type => "35",
            Class::Text => "32",
            Class::Number | Class::Constant => "95",
            Class::Parameter => "1;35",
            Class::Comment => "90",
            Class::Command => "1;36",
            Class::Error => "31",
            Class::Name | Class::Operator | Class::Punctuation => "",
        },
        prompt: "1;32",
        faint: "90",
        chosen: "7",
    },
    Theme {
        name: "light",
        about: "dark on a light ground",
        colors: |class| match class {
            Class::Keyword => "34",
            Class::Function => "36",
            Class::Table => "1",
            Class::Type | Class::Parameter => "35",
            Class::Text => "32",
            Class::Number | Class::Constant => "31",
            Class::Comment => "37",
            Class::Command => "36",
            Class::Error => "1;31",
            Class::Name | Class::Operator | Class::Punctuation => "",
        },
        prompt: "34",
        faint: "37",
        chosen: "7",
    },
    Theme {
        name: "calm",
        about: "keywords and mistakes only",
        colors: |class| match class {
            Class::Keyword | Class::Command => "1",
            Class::Text | Class::Comment => "2",
            Class::Error => "31",
            _ => "",
        },
        prompt: "1",
        faint: "2",
        chosen: "7",
    },
    Theme {
        name: "plain",
        about: "no colours",
        colors: |_| "",
        prompt: "",
        faint: "",
        chosen: "",
    },
];

impl Theme {
    /// The theme of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        THEMES
            .iter()
            .find(|theme| theme.name.eq_ignore_ascii_case(name))
    }

    /// The colour of a piece of a text.
    #[must_use]
    pub fn color(&self, class: Class) -> &'static str {
        (self.colors)(class)
    }
}

/// A text in a colour.
pub(crate) fn painted(text: &str, color: &str) -> String {
    match color {
        "" => text.to_owned(),
        color => format!("\x1b[{color}m{text}\x1b[0m"),
    }
}
