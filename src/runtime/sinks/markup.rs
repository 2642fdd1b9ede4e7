//! markdown (GitHub's tables) and html.

use super::lines::Lines;
use super::{Notation, Options, Sink};
use crate::value::text::Text as _;
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};

/// What a table is in a markup language.
pub(super) struct Markup {
    /// Before the first row and behind the last.
    around: (&'static str, &'static str),
    /// Around a row of names, and around one of values.
    rows: [(&'static str, &'static str); 2],
    /// Behind the names; for the columns of numbers, and for others.
    rule: Option<[&'static str; 2]>,
    /// Before a name; before a value, before a number; behind each.
    cells: [&'static str; 4],
    /// What a character of a text becomes; the flag says that it stands inside a word.
    escape: fn(char, bool) -> Option<&'static str>,
}

/// <https://github.github.com/gfm/#tables-extension->: a cell is one line, without a bare `|`.
pub(super) static MARKDOWN: Markup = Markup {
    around: ("", ""),
    rows: [("|", "\n"), ("|", "\n")],
    rule: Some([" ---: |", " --- |"]),
    cells: [" ", " ", " ", " |"],
    escape: |c, inside| {
        Some(match c {
            '|' => "\\|",
            '\\' => "\\\\",
            '<' => "&lt;",
            '&' => "&amp;",
            '*' => "\\*",
            '_' if !inside => "\\_",
            '`' => "\\`",
            '\n' => "<br>",
            '\r' => "",
            _ => return None,
        })
    },
};

/// A `table` element by itself.
pub(super) static HTML: Markup = Markup {
    around: ("<table>\n", "</table>\n"),
    rows: [("<tr>", "</tr>\n"), ("<tr>", "</tr>\n")],
    rule: None,
    cells: ["<th>", "<td>", "<td style=\"text-align: right\">", ""],
    escape: |c, _| {
        Some(match c {
            '<' => "&lt;",
            '>' => "&gt;",
            '&' => "&amp;",
            '"' => "&quot;",
            '\n' => "<br>",
            '\r' => "",
            _ => return None,
        })
    },
};

/// A table in a markup language, row by row.
pub(super) struct Marked<'w> {
    lines: Lines<'w>,
    markup: &'static Markup,
    header: bool,
    null: String,
    notation: Notation,
    numbers: Vec<bool>,
    form: String,
}

impl<'w> Marked<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options, markup: &'static Markup) -> Self {
        Self {
            lines: Lines::new(out),
            markup,
            header: options.header,
            null: options.null.clone().unwrap_or_else(|| "NULL".into()),
            notation: options.notation.clone(),
            numbers: Vec::new(),
            form: String::new(),
        }
    }

    fn escaped(&mut self, text: &str) {
        let mut before = ' ';
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let inside =
                before.is_alphanumeric() && rest.peek().is_some_and(|c| c.is_alphanumeric());
            match (self.markup.escape)(c, inside) {
                Some(escaped) => self.lines.text.push_str(escaped),
                None => self.lines.text.push(c),
            }
            before = c;
        }
    }

    fn row_of(&mut self, head: bool, cells: impl FnOnce(&mut Self)) -> io::Result<()> {
        let (before, behind) = self.markup.rows[usize::from(!head)];
        self.lines.text.push_str(before);
        cells(self);
        self.lines.text.push_str(behind);
        self.lines.full()
    }
}

impl Rows for Marked<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.numbers = columns.iter().map(|c| c.kind.is_number()).collect();
        self.lines.text.push_str(self.markup.around.0);
        // Markdown has no table without names: they are empty then.
        if self.header || self.markup.rule.is_some() {
            let header = self.header;
            self.row_of(true, |this| {
                for column in columns {
                    this.lines.text.push_str(this.markup.cells[0]);
                    this.escaped(if header { &column.name } else { "" });
                    this.lines.text.push_str(this.markup.cells[3]);
                }
            })?;
        }
        let Some([right, left]) = self.markup.rule else {
            return Ok(());
        };
        self.row_of(true, |this| {
            for &number in &this.numbers {
                this.lines.text.push_str(if number { right } else { left });
            }
        })
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.row_of(false, |this| {
            for (at, value) in row.iter().enumerate() {
                let number = this.numbers.get(at).is_some_and(|&number| number);
                let cell = if number { 2 } else { 1 };
                this.lines.text.push_str(this.markup.cells[cell]);
                let mut form = core::mem::take(&mut this.form);
                form.clear();
                match value {
                    ValueRef::Null => form.push_str(&this.null),
                    value => this.notation.push(&mut form, value),
                }
                this.escaped(&form);
                this.form = form;
                this.lines.text.push_str(this.markup.cells[3]);
            }
        })
    }
}

impl Sink for Marked<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.lines.text.push_str(self.markup.around.1);
        self.lines.finish()
    }
}
