//! Colours and signs: one entry of [`THEMES`] for each theme. Nothing is said by a colour alone.

use ratatui::style::{Color, Modifier, Style};
use rql_ide::Class;

/// What a piece of the screen is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Text.
    Base,
    /// Lines between the zones, and their words.
    Frame,
    /// The name of the mode, of a column, of a dialog.
    Title,
    /// A key in the footer.
    Key,
    /// What is said in passing.
    Faint,
    /// Where the cursor is.
    Chosen,
    /// What is selected.
    Marked,
    /// What a person types into.
    Field,
    /// What is wrong.
    Error,
    /// What should be known.
    Warning,
    /// What went well.
    Good,
    /// A piece of a statement.
    Code(Class),
}

/// A theme.
#[derive(Debug)]
pub struct Theme {
    /// Its name.
    pub name: &'static str,
    /// For whom it is.
    pub about: &'static str,
    /// Lines are drawn with ASCII.
    pub(crate) ascii: bool,
    style: fn(Role) -> Style,
}

/// Every theme; the first is the default.
pub static THEMES: &[Theme] = &[
    Theme {
        name: "classic",
        about: "green on black, as terminals were",
        ascii: false,
        style: classic,
    },
    Theme {
        name: "modern",
        about: "soft colours on the terminal's own ground",
        ascii: false,
        style: modern,
    },
    Theme {
        name: "mono",
        about: "no colours",
        ascii: false,
        style: mono,
    },
    Theme {
        name: "ascii",
        about: "no colours, and lines of ASCII",
        ascii: true,
        style: mono,
    },
];

impl Theme {
    /// The theme of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        THEMES.iter().find(|theme| theme.name == name)
    }

    /// How a piece looks.
    #[must_use]
    pub(crate) fn style(&self, role: Role) -> Style {
        (self.style)(role)
    }
}

const fn on(fg: Color, bg: Color) -> Style {
    Style::new().fg(fg).bg(bg)
}

fn classic(role: Role) -> Style {
    let text = |color| on(color, Color::Black);
    match role {
        Role::Base | Role::Frame => text(Color::Green),
        Role::Title | Role::Key => text(Color::LightGreen).add_modifier(Modifier::BOLD),
        Role::Faint => text(Color::Green).add_modifier(Modifier::DIM),
        Role::Chosen => on(Color::Black, Color::Cyan),
        Role::Marked => on(Color::Black, Color::Green),
        Role::Field => text(Color::LightGreen).add_modifier(Modifier::UNDERLINED),
        Role::Error => text(Color::LightRed).add_modifier(Modifier::BOLD),
        Role::Warning => text(Color::LightYellow),
        Role::Good => text(Color::LightGreen),
        Role::Code(class) => match class {
            Class::Keyword | Class::Command => text(Color::LightGreen).add_modifier(Modifier::BOLD),
            Class::Table | Class::Function | Class::Type => text(Color::LightCyan),
            Class::Text | Class::Number | Class::Constant => text(Color::Yellow),
            Class::Parameter => text(Color::LightYellow),
            Class::Comment => text(Color::Green).add_modifier(Modifier::DIM),
            Class::Error => text(Color::LightRed).add_modifier(Modifier::UNDERLINED),
            Class::Name | Class::Operator | Class::Punctuation => text(Color::Green),
        },
    }
}

fn modern(role: Role) -> Style {
    let text = |index| Style::new().fg(Color::Indexed(index));
    match role {
        Role::Base => Style::new(),
        Role::Frame => text(245),
        Role::Title => text(75).add_modifier(Modifier::BOLD),
        Role::Key => text(75),
        Role::Faint => text(245),
        Role::Chosen => on(Color::Indexed(231), Color::Indexed(25)),
        Role::Marked => on(Color::Indexed(231), Color::Indexed(239)),
        Role::Field => Style::new().add_modifier(Modifier::UNDERLINED),
        Role::Error => text(203).add_modifier(Modifier::BOLD),
        Role::Warning => text(221),
        Role::Good => text(114),
        Role::Code(class) => match class {
            Class::Keyword | Class::Command => text(75).add_modifier(Modifier::BOLD),
            Class::Table => text(180),
            Class::Function => text(80),
            Class::Type => text(176),
            Class::Text => text(114),
            Class::Number | Class::Constant => text(209),
            Class::Parameter => text(212),
            Class::Comment => text(245).add_modifier(Modifier::ITALIC),
            Class::Error => text(203).add_modifier(Modifier::UNDERLINED),
            Class::Name | Class::Operator | Class::Punctuation => Style::new(),
        },
    }
}

fn mono(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Title | Role::Key | Role::Error => plain.add_modifier(Modifier::BOLD),
        Role::Chosen => plain.add_modifier(Modifier::REVERSED),
        Role::Marked => plain.add_modifier(Modifier::REVERSED | Modifier::DIM),
        Role::Field | Role::Warning => plain.add_modifier(Modifier::UNDERLINED),
        Role::Faint => plain.add_modifier(Modifier::DIM),
        Role::Base | Role::Frame | Role::Good => plain,
        Role::Code(class) => match class {
            Class::Keyword | Class::Command => plain.add_modifier(Modifier::BOLD),
            Class::Error => plain.add_modifier(Modifier::UNDERLINED),
            Class::Comment => plain.add_modifier(Modifier::DIM),
            _ => plain,
        },
    }
}

/// Signs that stand for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    /// NULL.
    pub(crate) null: &'static str,
    /// There is more to the right.
    pub(crate) more: &'static str,
    /// A text goes on.
    pub(crate) cut: &'static str,
    /// What is wrong.
    pub(crate) wrong: &'static str,
    /// What went well.
    pub(crate) right: &'static str,
    /// Sorted upwards.
    pub(crate) up: &'static str,
    /// Sorted downwards.
    pub(crate) down: &'static str,
    /// The chosen one, from the left and from the right.
    pub(crate) chosen: [&'static str; 2],
    /// A line to the right, one down, and their crossing.
    pub(crate) lines: [&'static str; 3],
    /// The corners of a box from the upper left on, its upper and its side line.
    pub(crate) frame: [&'static str; 6],
    /// Something goes on.
    pub(crate) spinner: &'static [&'static str],
    /// The sum of.
    pub(crate) sum: &'static str,
    /// Between tables that are joined.
    pub(crate) join: &'static str,
    /// A character that is not shown.
    pub(crate) secret: &'static str,
}

/// With all that Unicode has.
pub(crate) const UNICODE: Signs = Signs {
    null: "∅",
    more: "›",
    cut: "…",
    wrong: "✗",
    right: "✓",
    up: "▲",
    down: "▼",
    chosen: ["▸", "◂"],
    lines: ["─", "│", "┼"],
    frame: ["╔", "╗", "╚", "╝", "═", "║"],
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"],
    sum: "Σ",
    join: "⋈",
    secret: "•",
};

/// With ASCII alone.
pub(crate) const ASCII: Signs = Signs {
    null: "NULL",
    more: ">",
    cut: "~",
    wrong: "!",
    right: "*",
    up: "^",
    down: "v",
    chosen: [">", "<"],
    lines: ["-", "|", "+"],
    frame: ["+", "+", "+", "+", "=", "|"],
    spinner: &["|", "/", "-", "\\"],
    sum: "sum",
    join: "+",
    secret: "*",
};
