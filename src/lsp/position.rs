//! Lines and characters of the protocol, and bytes of the text.

use lsp_types::{Position, PositionEncodingKind, Range};
use rql_ide::Span;

/// What a character of a position counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    /// The best that a client knows; what everybody knows counts UTF-16.
    pub(crate) fn agreed(known: &[PositionEncodingKind]) -> Self {
        if known.contains(&PositionEncodingKind::UTF8) {
            return Self::Utf8;
        }
        match known.contains(&PositionEncodingKind::UTF32) {
            true if !known.contains(&PositionEncodingKind::UTF16) => Self::Utf32,
            _ => Self::Utf16,
        }
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, char: char) -> usize {
        match self {
            Self::Utf8 => char.len_utf8(),
            Self::Utf16 => char.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// How long a text is.
    pub(crate) fn length(self, text: &str) -> u32 {
        let units = match self {
            Self::Utf8 => text.len(),
            _ => text.chars().map(|char| self.units(char)).sum(),
        };
        u32::try_from(units).unwrap_or(u32::MAX)
    }
}

/// Where the lines of a text begin; they end with `\n`, `\r\n` or `\r`.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<u32>,
    encoding: Encoding,
}

fn byte(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Lines {
    pub(crate) fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &it)| it == b'\n' || (it == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        let starts = core::iter::once(0).chain(ends.map(|(at, _)| byte(at + 1)));
        Self {
            starts: starts.collect(),
            encoding,
        }
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The bytes of a line, without its end.
    fn line<'t>(&self, text: &'t str, line: usize) -> (u32, &'t str) {
        let Some(&start) = self.starts.get(line) else {
            return (byte(text.len()), "");
        };
        let end = self
            .starts
            .get(line + 1)
            .map_or(text.len(), |&end| end as usize);
        let line = text.get(start as usize..end).unwrap_or("");
        (start, line.trim_end_matches(['\n', '\r']))
    }

    /// The byte of a position; one behind the end of a line is its end, one inside a character its first byte.
    pub(crate) fn offset(&self, text: &str, at: Position) -> u32 {
        let (start, line) = self.line(text, at.line as usize);
        let mut units = 0;
        for (offset, char) in line.char_indices() {
            let next = units + self.encoding.units(char);
            if next > at.character as usize {
                return start + byte(offset);
            }
            units = next;
        }
        start + byte(line.len())
    }

    /// The position of a byte.
    pub(crate) fn position(&self, text: &str, at: u32) -> Position {
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self
            .starts
            .partition_point(|&start| start as usize <= at)
            .max(1)
            - 1;
        let start = self.starts.get(line).map_or(0, |&start| start as usize);
        let before = text.get(start..at).unwrap_or("");
        Position {
            line: byte(line),
            character: self.encoding.length(before.trim_end_matches(['\n', '\r'])),
        }
    }

    pub(crate) fn range(&self, text: &str, span: Span) -> Range {
        Range {
            start: self.position(text, span.start),
            end: self.position(text, span.end),
        }
    }

    /// The bytes of a range; one that ends before it begins is empty.
    pub(crate) fn span(&self, text: &str, range: Range) -> Span {
        let start = self.offset(text, range.start);
        let end = self.offset(text, range.end);
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Lines};
    use lsp_types::Position;

    #[test]
    fn characters_count_as_agreed() {
        // One, two, three and four bytes; the last is two units of UTF-16.
        let text = "aé€😀b\r\nx\ry";
        for (encoding, b) in [
            (Encoding::Utf8, 10),
            (Encoding::Utf16, 5),
            (Encoding::Utf32, 4),
        ] {
            let lines = Lines::new(text, encoding);
            let at = |line, character| Position { line, character };
            assert_eq!(lines.position(text, 10), at(0, b), "{encoding:?}");
            assert_eq!(lines.offset(text, at(0, b)), 10, "{encoding:?}");
            // Behind the end of a line is its end.
            assert_eq!(lines.offset(text, at(0, 99)), 11);
            assert_eq!(lines.offset(text, at(1, 0)), 13);
            assert_eq!(lines.offset(text, at(2, 1)), 16);
            assert_eq!(lines.offset(text, at(9, 0)), 16);
            assert_eq!(lines.position(text, 15), at(2, 0));
        }
        let utf16 = Lines::new(text, Encoding::Utf16);
        // In the middle of the pair of a character.
        let inside = Position {
            line: 0,
            character: 4,
        };
        assert_eq!(utf16.offset(text, inside), 6);
    }
}
