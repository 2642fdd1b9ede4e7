//! The list of candidates under the line.

use rql_ide::{Completion, Item, Kind};
use rustyline::completion::Candidate;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines of the list.
const ROWS: usize = 8;
/// The sign of the chosen line.
pub(crate) const CHOSEN: &str = "▸ ";

/// What Tab has found, and where.
#[derive(Debug)]
pub(crate) struct Menu {
    /// The line as it was before Tab.
    line: String,
    pos: usize,
    start: usize,
    items: Vec<Item>,
}

/// A candidate for the line editor.
#[derive(Debug)]
pub(crate) struct Choice(String);

impl Candidate for Choice {
    fn display(&self) -> &str {
        &self.0
    }

    fn replacement(&self) -> &str {
        &self.0
    }
}

impl Menu {
    pub(crate) fn new(line: &str, pos: usize, completion: Completion) -> Self {
        Self {
            line: line.to_owned(),
            pos,
            start: completion.from as usize,
            items: completion.items,
        }
    }

    pub(crate) fn choices(&self) -> Vec<Choice> {
        self.items
            .iter()
            .map(|item| Choice(item.insert.clone()))
            .collect()
    }

    /// What is chosen in a line that Tab has made; `None` where the line is another one by now.
    fn chosen(&self, line: &str, pos: usize) -> Option<usize> {
        let head = self.line.get(..self.start)?;
        let tail = self.line.get(self.pos..)?;
        let middle = line.strip_prefix(head)?.strip_suffix(tail)?;
        if self.start + middle.len() != pos {
            return None;
        }
        self.items.iter().position(|item| item.insert == middle)
    }

    /// The list as it stands under a line: one candidate a row, with what it is.
    pub(crate) fn shown(&self, line: &str, pos: usize, width: usize) -> Option<String> {
        let chosen = self.chosen(line, pos)?;
        // What is chosen alone needs no list.
        if self.items.len() < 2 {
            return None;
        }
        let first = chosen
            .saturating_sub(ROWS / 2)
            .min(self.items.len().saturating_sub(ROWS));
        let rows = &self.items[first..(first + ROWS).min(self.items.len())];
        let widest = rows
            .iter()
            .map(|item| item.label.width())
            .max()
            .unwrap_or(0);
        let widest = widest.min(width / 2);
        let mut text = String::new();
        for (at, item) in rows.iter().enumerate() {
            let mark = if first + at == chosen { CHOSEN } else { "  " };
            let label = cut(&item.label, widest);
            let blank = " ".repeat(widest - label.width());
            let more = match (item.detail.as_str(), item.about.as_str()) {
                ("", "") if item.kind == Kind::Keyword => String::new(),
                ("", "") => item.kind.text().to_owned(),
                (detail, "") => detail.to_owned(),
                ("", about) => about.to_owned(),
                (detail, about) => format!("{detail}   {about}"),
            };
            let row = format!("{mark}{label}{blank}  {more}");
            text.push('\n');
            text.push_str(cut(&row, width.saturating_sub(1)).trim_end());
        }
        let hidden = self.items.len() - rows.len();
        if hidden > 0 {
            text.push_str(&format!("\n  {} of {}", chosen + 1, self.items.len()));
        }
        Some(text)
    }
}

/// As much of a text as fits.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| match left.checked_sub(c.width().unwrap_or(0)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let mut short: String = text.chars().take_while(fits).collect();
    if width > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{Menu, cut};
    use rql_ide::{Completion, Item, Kind};

    #[test]
    fn texts_are_cut_by_their_width() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn the_chosen_candidate_is_the_one_in_the_line() {
        let item = |name: &str| Item {
            label: name.into(),
            insert: name.into(),
            kind: Kind::Column,
            detail: "integer".into(),
            about: String::new(),
        };
        let items = vec![item("id"), item("ideal")];
        let menu = Menu::new("SELECT i FROM t", 8, Completion { from: 7, items });
        let shown = menu.shown("SELECT ideal FROM t", 12, 40);
        assert_eq!(
            shown.as_deref(),
            Some("\n  id     integer\n▸ ideal  integer")
        );
        assert_eq!(menu.shown("SELECT idx FROM t", 10, 40), None);
    }
}
