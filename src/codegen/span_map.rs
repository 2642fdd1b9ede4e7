//! The way back from emitted text to the source.

use core::ops::Range;
use rql_ast::Span;

/// Ranges of emitted text and the spans that they came from; outer ranges stand behind inner ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanMap {
    entries: Vec<(Range<u32>, Span)>,
}

impl SpanMap {
    pub(crate) fn add(&mut self, start: usize, end: usize, span: Span) {
        let clamp = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.entries.push((clamp(start)..clamp(end), span));
    }

    /// The same for a text in which places are elsewhere: where a range begins and where it ends.
    pub(crate) fn moved(
        &self,
        start: impl Fn(usize) -> usize,
        end: impl Fn(usize) -> usize,
    ) -> Self {
        let mut moved = Self::default();
        for (range, span) in &self.entries {
            moved.add(start(range.start as usize), end(range.end as usize), *span);
        }
        moved
    }

    /// The source of the smallest piece of text around a byte offset.
    #[must_use]
    pub fn source(&self, offset: usize) -> Option<Span> {
        let offset = u32::try_from(offset).ok()?;
        self.entries
            .iter()
            .filter(|(range, _)| range.contains(&offset))
            .min_by_key(|(range, _)| range.end - range.start)
            .map(|(_, span)| *span)
    }

    /// Every entry.
    #[must_use]
    pub fn entries(&self) -> &[(Range<u32>, Span)] {
        &self.entries
    }
}
