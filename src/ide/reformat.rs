//! Formatting.

use crate::{Language, Snapshot, Span};
use rql_ast::FormatOptions;

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is replaced.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl Snapshot {
    /// What formats the whole text; none where it is formatted, or not RQL that can be read.
    #[must_use]
    pub fn format(&self) -> Option<Change> {
        let parse = self.parse();
        if !parse.is_ok() || self.language != Language::Rql {
            return None;
        }
        let text = rql_ast::format(&parse.ast, &FormatOptions::default());
        let span = Span::new(0, u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.changed(span, text)
    }

    /// What formats the statements that touch a piece of the text, each by itself: those that cannot be read
    /// are left alone.
    #[must_use]
    pub fn format_range(&self, range: Span) -> Vec<Change> {
        if self.language != Language::Rql {
            return Vec::new();
        }
        let touched = self
            .outline()
            .iter()
            .filter(|outline| outline.span.start <= range.end && range.start <= outline.span.end);
        let changes = touched.filter_map(|outline| {
            let parse = rql_grammar::parse(outline.span.text(&self.text));
            if !parse.is_ok() {
                return None;
            }
            let text = rql_ast::format(&parse.ast, &FormatOptions::default());
            let text = text.trim_end().trim_end_matches(';').trim_end();
            self.changed(outline.span, text.to_owned())
        });
        changes.collect()
    }

    /// What formats the statement whose semicolon stands before a byte; nothing where there is none.
    #[must_use]
    pub fn format_ended(&self, at: u32) -> Vec<Change> {
        let typed = self.text.get(..at as usize).unwrap_or("");
        let all = self.outline();
        let before = all[..all.partition_point(|o| o.span.end < at)].last();
        let ended = before.filter(|outline| {
            outline.ended && self.after_semicolon(outline.span.end) == at && typed.ends_with(';')
        });
        let ended = ended.map(|outline| Span::new(outline.span.start, outline.span.end));
        ended.map_or_else(Vec::new, |span| self.format_range(span))
    }

    /// The smallest replacement of a span by a text: what both begin and end with stays.
    fn changed(&self, span: Span, text: String) -> Option<Change> {
        let old = span.text(&self.text);
        if old == text {
            return None;
        }
        let same = old.chars().zip(text.chars()).take_while(|(a, b)| a == b);
        let start: usize = same.map(|(a, _)| a.len_utf8()).sum();
        let (old, new) = (&old[start..], &text[start..]);
        let same = old.chars().rev().zip(new.chars().rev());
        let end: usize = same
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Some(Change {
            span: Span::new(span.start + at(start), span.end - at(end)),
            text: new[..new.len() - end].to_owned(),
        })
    }
}
