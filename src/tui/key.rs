//! Keys, and what they are called.

use crate::mouse::Mouse;
use core::fmt;

/// A key as it was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which one.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt, or behind Esc.
    pub alt: bool,
    /// With Shift, where that makes no other character.
    pub shift: bool,
}

/// What has come from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A text between the brackets of a paste.
    Paste(String),
    /// A mouse.
    Mouse(Mouse),
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character.
    Char(char),
    /// F1 to F12.
    F(u8),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Esc.
    Esc,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
}

/// What the keys are called that are no characters.
const NAMES: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Esc", Code::Esc),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Insert", Code::Insert),
    ("Delete", Code::Delete),
    ("Space", Code::Char(' ')),
];

impl From<Code> for Key {
    fn from(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }
}

impl Key {
    /// The same with Ctrl.
    #[must_use]
    pub fn ctrl(code: Code) -> Self {
        let ctrl = true;
        Self {
            ctrl,
            ..code.into()
        }
    }

    /// The same with Alt.
    #[must_use]
    pub fn alt(code: Code) -> Self {
        let alt = true;
        Self { alt, ..code.into() }
    }

    /// The same with Shift.
    #[must_use]
    pub fn shift(code: Code) -> Self {
        let shift = true;
        Self {
            shift,
            ..code.into()
        }
    }

    /// The key of a name: `F5`, `Ctrl+P`, `Shift+F6`, `/`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut key = Self::from(Code::Esc);
        let mut rest = name;
        while let Some((word, behind)) = rest.split_once('+').filter(|(word, _)| !word.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return None,
            }
            rest = behind;
        }
        let mut characters = rest.chars();
        key.code = match (characters.next()?, characters.next()) {
            (only, None) if key.ctrl || key.alt => Code::Char(only.to_ascii_lowercase()),
            (only, None) => Code::Char(only),
            _ => code_named(rest)?,
        };
        Some(key)
    }

    /// The character that a text takes, where the key is one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self {
            Self {
                code: Code::Char(typed),
                ctrl: false,
                alt: false,
                ..
            } => Some(typed),
            _ => None,
        }
    }
}

fn code_named(name: &str) -> Option<Code> {
    let known = NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, code)) = known {
        return Some(*code);
    }
    let number = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=12).contains(&number).then_some(Code::F(number))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "Ctrl"),
            (self.alt, "Alt"),
            (self.shift, "Shift"),
        ] {
            if held {
                write!(f, "{name}+")?;
            }
        }
        match self.code {
            Code::F(number) => write!(f, "F{number}"),
            Code::Char(c) if c != ' ' => match self.ctrl || self.alt {
                true => write!(f, "{}", c.to_uppercase()),
                false => write!(f, "{c}"),
            },
            code => {
                let name = NAMES.iter().find(|(_, known)| *known == code);
                f.write_str(name.map_or("?", |(name, _)| name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn names_read_back() {
        for name in [
            "F5",
            "Ctrl+P",
            "Shift+F6",
            "Alt+1",
            "/",
            "+",
            "Ctrl+Alt+Left",
            "Space",
            "?",
        ] {
            let key = Key::named(name).map(|key| key.to_string());
            assert_eq!(key.as_deref(), Some(name));
        }
        assert_eq!(Key::named("ctrl+p"), Key::named("Ctrl+P"));
        assert_eq!(Key::named("Hyper+P"), None);
        assert_eq!(Key::named("F13"), None);
    }
}
