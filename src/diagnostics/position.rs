//! Lines and columns.

/// A place as people count: lines and columns from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    /// Finds the lines of `text`; they end with `\n`, perhaps after `\r`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|&(_, b)| b == b'\n');
        let starts = core::iter::once(0)
            .chain(newlines.map(|(at, _)| at + 1))
            .collect();
        Self { text, starts }
    }

    /// The place of a byte; one beyond the text counts as its end, one inside a character as the
    /// character's first.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.floor(offset as usize);
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |text| text.chars().count())
            + 1;
        Position { line, column }
    }

    /// The bytes of the line that holds `offset`, without its end.
    #[must_use]
    pub fn line_range(&self, offset: u32) -> core::ops::Range<usize> {
        let offset = self.floor(offset as usize);
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self
            .starts
            .get(line)
            .map_or(self.text.len(), |&next| next - 1);
        start..end.max(start)
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, Position};

    #[test]
    fn columns_count_characters() {
        let index = LineIndex::new("a\r\n東京 = 1\n");
        assert_eq!(index.position(0), Position { line: 1, column: 1 });
        assert_eq!(index.position(3), Position { line: 2, column: 1 });
        assert_eq!(index.position(9), Position { line: 2, column: 3 });
        assert_eq!(index.position(4), Position { line: 2, column: 1 });
        assert_eq!(index.position(999), Position { line: 3, column: 1 });
    }
}
