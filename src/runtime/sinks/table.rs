//! A table drawn with lines.
//!
//! Cells stand in one text arena; widths are taken while the rows come, lines are drawn in the end.
//! Widths are those of terminals (Unicode's East Asian Width, by `unicode-width`); numbers stand at the
//! right; a line break, a tab or another control character is shown by its picture, so a row is a line.

use super::{Options, Sink};
use crate::value::write_text;
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The characters of the lines.
pub(super) struct Lines {
    horizontal: &'static str,
    vertical: &'static str,
    /// Left, middle, right of the first, the middle and the last line.
    corners: [[&'static str; 3]; 3],
    /// What ends a cell that was cut.
    cut: &'static str,
}

/// Unicode's box drawing.
pub(super) static BOX: Lines = Lines {
    horizontal: "─",
    vertical: "│",
    corners: [["┌", "┬", "┐"], ["├", "┼", "┤"], ["└", "┴", "┘"]],
    cut: "…",
};

/// Plain ASCII.
pub(super) static ASCII: Lines = Lines {
    horizontal: "-",
    vertical: "|",
    corners: [["+", "+", "+"], ["+", "+", "+"], ["+", "+", "+"]],
    cut: "~",
};

/// A cell in the arena: where its text ends, and how it is shown.
#[derive(Clone, Copy)]
struct Cell {
    end: usize,
    width: u32,
    number: bool,
    null: bool,
}

/// A column narrower than this is not cut further to fit the terminal.
const NARROW: usize = 8;

pub(super) struct Table<'w> {
    out: &'w mut dyn Write,
    lines: &'static Lines,
    header: bool,
    null: String,
    color: bool,
    limit: Option<usize>,
    names: Vec<String>,
    numbers: Vec<bool>,
    widths: Vec<usize>,
    arena: String,
    cells: Vec<Cell>,
    buffer: String,
}

impl<'w> Table<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options, lines: &'static Lines) -> Self {
        Self {
            out,
            lines,
            header: options.header,
            null: options.null.clone().unwrap_or_else(|| "NULL".into()),
            color: options.color,
            limit: options.width,
            names: Vec::new(),
            numbers: Vec::new(),
            widths: Vec::new(),
            arena: String::new(),
            cells: Vec::new(),
            buffer: String::new(),
        }
    }

    /// Narrows the widest columns until a line fits; gives how many columns were narrowed.
    fn fit(&mut self) -> usize {
        let Some(limit) = self.limit else { return 0 };
        let total = |widths: &[usize]| widths.iter().map(|width| width + 3).sum::<usize>() + 1;
        let before = self.widths.clone();
        while total(&self.widths) > limit {
            let over = total(&self.widths) - limit;
            let widest = self.widths.iter().copied().max().unwrap_or(0);
            if widest <= NARROW {
                break;
            }
            let next = self
                .widths
                .iter()
                .copied()
                .filter(|&width| width < widest)
                .max()
                .unwrap_or(0);
            let count = self.widths.iter().filter(|&&width| width == widest).count();
            let target = widest
                .saturating_sub(over.div_ceil(count))
                .max(next)
                .max(NARROW);
            for width in &mut self.widths {
                *width = (*width).min(target);
            }
        }
        before
            .iter()
            .zip(&self.widths)
            .filter(|(before, after)| before != after)
            .count()
    }

    fn rule(&self, line: &mut String, at: usize) {
        let [left, middle, right] = self.lines.corners[at];
        line.push_str(left);
        for (at, width) in self.widths.iter().enumerate() {
            line.push_str(if at == 0 { "" } else { middle });
            for _ in 0..width + 2 {
                line.push_str(self.lines.horizontal);
            }
        }
        line.push_str(right);
        line.push('\n');
    }

    fn cell(&self, line: &mut String, text: &str, shown: Cell, width: usize) {
        let own = shown.width as usize;
        line.push_str(self.lines.vertical);
        line.push(' ');
        let faint = shown.null && self.color;
        if faint {
            line.push_str("\x1b[2m");
        }
        if own > width {
            let kept = shorten(text, width.saturating_sub(1));
            line.push_str(kept);
            line.push_str(self.lines.cut);
            spaces(line, width.saturating_sub(kept.width() + 1));
        } else if shown.number {
            spaces(line, width - own);
            line.push_str(text);
        } else {
            line.push_str(text);
            spaces(line, width - own);
        }
        if faint {
            line.push_str("\x1b[22m");
        }
        line.push(' ');
    }

    fn end_row(&self, line: &mut String) {
        line.push_str(self.lines.vertical);
        line.push('\n');
    }
}

impl Rows for Table<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.names = columns
            .iter()
            .map(|column| visible(&column.name).into_owned())
            .collect();
        self.numbers = columns
            .iter()
            .map(|column| column.kind.is_number())
            .collect();
        self.widths = if self.header {
            self.names.iter().map(|name| name.width()).collect()
        } else {
            vec![0; columns.len()]
        };
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        for ((value, widest), &number) in row.iter().zip(&mut self.widths).zip(&self.numbers) {
            let null = *value == ValueRef::Null;
            let text = if null {
                &self.null
            } else {
                write_text(value, &mut self.buffer)
            };
            let shown = visible(text);
            // The width of ASCII is its length; the table of widths is asked for the rest only.
            let width = if shown.is_ascii() {
                shown.len()
            } else {
                shown.width()
            };
            *widest = width.max(*widest);
            self.arena.push_str(&shown);
            self.cells.push(Cell {
                end: self.arena.len(),
                width: u32::try_from(width).unwrap_or(u32::MAX),
                number: number || value.is_number(),
                null,
            });
        }
        Ok(())
    }
}

impl Sink for Table<'_> {
    fn finish(&mut self) -> io::Result<()> {
        let narrowed = self.fit();
        let mut line = String::new();
        self.rule(&mut line, 0);
        if self.header {
            for ((name, &number), &width) in self.names.iter().zip(&self.numbers).zip(&self.widths)
            {
                let width_of_name = u32::try_from(name.width()).unwrap_or(u32::MAX);
                let shown = Cell {
                    end: 0,
                    width: width_of_name,
                    number,
                    null: false,
                };
                self.cell(&mut line, name, shown, width);
            }
            self.end_row(&mut line);
            self.rule(&mut line, 1);
        }
        let mut start = 0;
        for row in self.cells.chunks(self.widths.len().max(1)) {
            for (&cell, &width) in row.iter().zip(&self.widths) {
                self.cell(&mut line, &self.arena[start..cell.end], cell, width);
                start = cell.end;
            }
            self.end_row(&mut line);
            if line.len() > 1 << 16 {
                self.out.write_all(line.as_bytes())?;
                line.clear();
            }
        }
        self.rule(&mut line, 2);
        if narrowed > 0 {
            let columns = if narrowed == 1 { "column" } else { "columns" };
            line.push_str(&format!(
                "{narrowed} {columns} cut to fit the terminal; --format csv shows all\n"
            ));
        }
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }
}

fn spaces(line: &mut String, count: usize) {
    line.extend(core::iter::repeat_n(' ', count));
}

/// The longest beginning of `text` that is at most `width` columns wide.
fn shorten(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += cluster.width();
        if used > width {
            return &text[..at];
        }
    }
    text
}

/// Control characters as their pictures (U+2400 and on), so that a cell stays on its line and sends
/// nothing to the terminal.
fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(|c: char| c.is_control()) {
        return text.into();
    }
    let picture = |c: char| match c {
        '\n' => '↵',
        '\t' => '→',
        c if c < ' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('?'),
        '\x7f' => '␡',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(picture).collect::<String>().into()
}
