//! The commands of a prompt, as far as an editor must know them.

/// A command of a prompt.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Its name, without the dot.
    pub name: &'static str,
    /// What psql calls it, without the backslash; empty where it has no such command.
    pub psql: &'static str,
    /// What it takes, for people.
    pub arguments: &'static str,
    /// What it takes, for completion.
    pub takes: Argument,
    /// What it does.
    pub about: &'static str,
}

/// What a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Nothing that can be completed.
    None,
    /// A table.
    Table,
    /// A file.
    File,
    /// A format of results.
    Format,
    /// A statement.
    Statement,
    /// One of these words.
    Words(&'static [&'static str]),
}

impl Command {
    /// True where a word, given with its dot or as psql has it, is this command.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        if is_bare(word) {
            return self.name.eq_ignore_ascii_case(word.trim_end_matches(';'));
        }
        match word.as_bytes() {
            [b'\\', ..] => !self.psql.is_empty() && self.psql == &word[1..],
            [b'.', ..] => self.name.eq_ignore_ascii_case(&word[1..]),
            _ => false,
        }
    }
}

/// Words that are commands without a dot where they stand alone: what a newcomer types to get out.
fn is_bare(word: &str) -> bool {
    let word = word.trim_end_matches(';');
    ["exit", "quit", "help"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// True for a command of the prompt: `.tables`, or `\\dt` as in psql. A number may begin with a point.
#[must_use]
pub fn is_command(input: &str) -> bool {
    if is_bare(input.trim_end()) {
        return true;
    }
    let mut bytes = input.bytes();
    let first = bytes.next();
    let name = bytes
        .next()
        .is_none_or(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'?' | b'!'));
    matches!(first, Some(b'.' | b'\\')) && name
}
