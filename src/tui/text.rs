//! A text that is being typed, with its cursor.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many changes can be taken back.
const UNDONE: usize = 200;
/// What a tab is as wide as.
const TAB: usize = 4;

/// A text and the byte at which the cursor stands, always between two characters that people see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    text: String,
    at: usize,
    /// What is typed takes the place of what stands there.
    pub(crate) over: bool,
    /// Before each change.
    past: Vec<(String, usize)>,
    /// The last change was a character that was typed.
    typing: bool,
}

/// How wide a piece is on the screen.
#[must_use]
pub(crate) fn width(piece: &str) -> usize {
    match piece {
        "\t" => TAB,
        piece => piece.width(),
    }
}

impl Text {
    /// A text with the cursor at its end.
    #[must_use]
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            at: text.len(),
            text,
            ..Self::default()
        }
    }

    /// The text.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The byte at which the cursor stands.
    #[must_use]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Puts the cursor at a byte, or before the character that it is in.
    pub(crate) fn go(&mut self, at: usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        self.at = at;
        self.typing = false;
    }

    fn keep(&mut self, typing: bool) {
        if !(typing && self.typing) {
            if self.past.len() == UNDONE {
                self.past.remove(0);
            }
            self.past.push((self.text.clone(), self.at));
        }
        self.typing = typing;
    }

    /// Takes the last change back.
    pub(crate) fn undo(&mut self) {
        if let Some((text, at)) = self.past.pop() {
            (self.text, self.at, self.typing) = (text, at, false);
        }
    }

    /// Another text; the change can be taken back.
    pub(crate) fn replace(&mut self, text: impl Into<String>) {
        self.keep(false);
        self.text = text.into();
        self.at = self.text.len();
    }

    /// Puts a text in the place of what stands between a byte and the cursor.
    pub(crate) fn put(&mut self, from: usize, text: &str) {
        let from = from.min(self.at);
        if !self.text.is_char_boundary(from) {
            return;
        }
        self.keep(false);
        self.text.replace_range(from..self.at, text);
        self.at = from + text.len();
    }

    /// A character is typed.
    pub(crate) fn type_char(&mut self, c: char) {
        self.keep(true);
        if self.over && c != '\n' && !self.rest().starts_with('\n') {
            let end = self.behind();
            self.text.replace_range(self.at..end, "");
        }
        self.text.insert(self.at, c);
        self.at += c.len_utf8();
    }

    /// A text comes in at the cursor.
    pub(crate) fn insert(&mut self, text: &str) {
        self.put(self.at, text);
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Where the character behind the cursor ends.
    fn behind(&self) -> usize {
        self.at + self.rest().graphemes(true).next().map_or(0, str::len)
    }

    /// Where the character before the cursor begins.
    fn before(&self) -> usize {
        let before = self.text[..self.at].graphemes(true).next_back();
        self.at - before.map_or(0, str::len)
    }

    /// Takes the character before the cursor away.
    pub(crate) fn backspace(&mut self) {
        let from = self.before();
        if from < self.at {
            self.put(from, "");
        }
    }

    /// Takes the character at the cursor away.
    pub(crate) fn delete(&mut self) {
        let end = self.behind();
        if end > self.at {
            self.keep(false);
            self.text.replace_range(self.at..end, "");
        }
    }

    /// Cuts to the end of the line, or the line's end itself.
    pub(crate) fn cut(&mut self) {
        let end = self.line_end();
        let end = if end == self.at { self.behind() } else { end };
        if end > self.at {
            self.keep(false);
            self.text.replace_range(self.at..end, "");
        }
    }

    /// One character to the left.
    pub(crate) fn left(&mut self) {
        self.go(self.before());
    }

    /// One character to the right.
    pub(crate) fn right(&mut self) {
        self.go(self.behind());
    }

    /// Where the line of the cursor begins.
    #[must_use]
    pub(crate) fn line_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where the line of the cursor ends.
    #[must_use]
    pub(crate) fn line_end(&self) -> usize {
        self.rest()
            .find('\n')
            .map_or(self.text.len(), |at| self.at + at)
    }

    /// Some lines down, or up, to about the same column.
    pub(crate) fn move_lines(&mut self, lines: isize) {
        let column = self.column();
        for _ in 0..lines.unsigned_abs() {
            let next = match lines > 0 {
                true => Some(self.line_end())
                    .filter(|end| *end < self.text.len())
                    .map(|end| end + 1),
                false => self.line_start().checked_sub(1),
            };
            let Some(next) = next else {
                break;
            };
            self.go(next);
            self.go(self.line_start());
        }
        self.go_column(column);
    }

    /// To a line and about a column, from 0.
    pub(crate) fn go_to(&mut self, line: usize, column: usize) {
        let mut starts = self.text.match_indices('\n').map(|(at, _)| at + 1);
        let start = line.checked_sub(1).and_then(|line| starts.nth(line));
        self.go(start.unwrap_or(0));
        self.go_column(column);
    }

    /// To about a column of the line.
    fn go_column(&mut self, column: usize) {
        let start = self.line_start();
        let mut seen = 0;
        let line = self.text[start..self.line_end()].graphemes(true);
        let before = line.take_while(|piece| {
            seen += width(piece);
            seen <= column
        });
        let bytes: usize = before.map(str::len).sum();
        self.go(start + bytes);
    }

    /// The column of the cursor on the screen, from 0.
    #[must_use]
    pub(crate) fn column(&self) -> usize {
        let line = &self.text[self.line_start()..self.at];
        line.graphemes(true).map(width).sum()
    }

    /// The line of the cursor, from 0.
    #[must_use]
    pub(crate) fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn characters_are_what_people_see() {
        let mut text = Text::new("ae\u{301}東");
        text.left();
        text.backspace();
        assert_eq!(text.as_str(), "a東");
        text.delete();
        text.delete();
        assert_eq!((text.as_str(), text.at()), ("a", 1));
        text.undo();
        assert_eq!(text.as_str(), "a東");
    }

    #[test]
    fn lines_keep_the_column() {
        let mut text = Text::new("select 東京\nfrom t\n\nwhere x");
        text.go(11);
        assert_eq!((text.line(), text.column()), (0, 9));
        text.move_lines(1);
        assert_eq!((text.line(), text.column()), (1, 6));
        text.move_lines(1);
        assert_eq!((text.line(), text.column()), (2, 0));
        text.move_lines(5);
        assert_eq!(text.line(), 3);
        text.move_lines(-9);
        assert_eq!((text.line(), text.column()), (0, 0));
        // In the middle of a wide character.
        text.go_to(0, 8);
        assert_eq!((text.line(), text.column()), (0, 7));
        text.go_to(3, 99);
        assert_eq!((text.line(), text.column()), (3, 7));
    }

    #[test]
    fn what_is_typed_goes_over_but_not_over_lines() {
        let mut text = Text::new("ab\nc");
        text.over = true;
        text.go(1);
        text.type_char('x');
        text.type_char('y');
        assert_eq!(text.as_str(), "axy\nc");
        text.undo();
        assert_eq!(text.as_str(), "ab\nc");
    }
}
