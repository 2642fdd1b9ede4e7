//! Colours: what each piece of a text is.

use crate::entity::moved;
use crate::{Language, Snapshot, Span, is_command};
use rql_grammar::Mark;

/// A piece of a text and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub class: Class,
}

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A word of the language.
    Keyword,
    /// A name.
    Name,
    /// A table or another relation.
    Table,
    /// A function.
    Function,
    /// A type.
    Type,
    /// A string.
    Text,
    /// A number.
    Number,
    /// TRUE, FALSE, NULL.
    Constant,
    /// A parameter or variable.
    Parameter,
    /// A sign between values.
    Operator,
    /// A bracket, a comma, a semicolon.
    Punctuation,
    /// A comment.
    Comment,
    /// A command of the prompt.
    Command,
    /// What cannot stand where it stands.
    Error,
}

impl Snapshot {
    /// The pieces of the text that have a colour, in order.
    #[must_use]
    pub fn highlight(&self) -> Vec<Highlight> {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.highlight_in(Span::new(0, end))
    }

    /// Those of the statements that touch a piece of the text, and of what stands between them.
    #[must_use]
    pub fn highlight_in(&self, piece: Span) -> Vec<Highlight> {
        let trimmed = self.text.trim_start();
        if is_command(trimmed) {
            let start = self.text.len() - trimmed.len();
            let length = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
            let word = &trimmed[..length];
            let known = self.world.commands.iter().any(|command| command.is(word));
            let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
            return vec![Highlight {
                span: Span::new(at(start), at(start + length)),
                class: if known { Class::Command } else { Class::Error },
            }];
        }
        let colours = |piece: Span| {
            let marks = rql_grammar::marks(piece.text(&self.text)).into_iter();
            marks.map(move |(span, mark)| Highlight {
                span: moved(span, piece.start),
                class: class(mark),
            })
        };
        if self.language != Language::Rql {
            let pieces = self.outline().iter().map(|outline| outline.span);
            return pieces.flat_map(colours).collect();
        }
        // Whole statements, since what a word is depends on those before it.
        let all = self.outline();
        let first = all.partition_point(|outline| outline.span.end < piece.start);
        let before = first
            .checked_sub(1)
            .map_or(0, |before| all[before].span.end);
        let behind = all[first..].partition_point(|outline| outline.span.start <= piece.end);
        let end = match all.get(first + behind) {
            Some(next) => next.span.start,
            None => u32::try_from(self.text.len()).unwrap_or(u32::MAX),
        };
        colours(Span::new(before, end.max(before))).collect()
    }
}

fn class(mark: Mark) -> Class {
    match mark {
        Mark::Keyword => Class::Keyword,
        Mark::Name => Class::Name,
        Mark::Table => Class::Table,
        Mark::Function => Class::Function,
        Mark::Type => Class::Type,
        Mark::Text => Class::Text,
        Mark::Number => Class::Number,
        Mark::Constant => Class::Constant,
        Mark::Parameter => Class::Parameter,
        Mark::Operator => Class::Operator,
        Mark::Punctuation => Class::Punctuation,
        Mark::Comment => Class::Comment,
        Mark::Error => Class::Error,
    }
}
