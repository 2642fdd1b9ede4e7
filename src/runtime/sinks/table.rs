//! A table drawn with lines.
//!
//! The first rows are held, their cells in one text arena, and give the columns their widths; what comes
//! after them is drawn as it comes, so that memory stays flat. Numbers tend to grow, so where rows follow
//! the held ones their columns get some room. On a terminal rows that come slowly are not held for long. A later cell that is wider still is whole, and is told of
//! in the end; only where there is a terminal's width to keep are cells cut.
//!
//! Where a line cannot fit however its cells are cut, or would be cut in few rows, the rows are turned: a line
//! for each value, so that nothing is cut.
//!
//! Widths are those of terminals (Unicode's East Asian Width, by `unicode-width`); numbers stand at the
//! right; a line break, a tab or another control character is shown by its picture, so a row is a line.

use super::lines::{Lines, Pace};
use super::{Notation, Options, Sink};
use crate::value::text::{Line, Text};
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};
use std::time::{Duration, Instant};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The characters of the lines.
pub(super) struct Style {
    horizontal: &'static str,
    vertical: &'static str,
    /// Left, middle, right of the first, the middle and the last line.
    corners: [[&'static str; 3]; 3],
    /// What ends a cell that was cut.
    cut: &'static str,
}

/// Unicode's box drawing.
pub(super) static BOX: Style = Style {
    horizontal: "─",
    vertical: "│",
    corners: [["┌", "┬", "┐"], ["├", "┼", "┤"], ["└", "┴", "┘"]],
    cut: "…",
};

/// Plain ASCII.
pub(super) static ASCII: Style = Style {
    horizontal: "-",
    vertical: "|",
    corners: [["+", "+", "+"], ["+", "+", "+"], ["+", "+", "+"]],
    cut: "~",
};

/// A cell in the arena: where its text ends, and how it is shown.
#[derive(Clone, Copy)]
struct Cell {
    end: u32,
    shown: Shown,
}

/// How a text is shown.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    width: u32,
    number: bool,
    null: bool,
}

/// A column narrower than this is not cut further to fit the terminal.
const NARROW: usize = 8;
/// Rows that are held for their widths, at most.
const HELD: usize = 4_000;
/// How long the first row is held before somebody who waits for it, at most.
const HELD_FOR: Duration = Duration::from_secs(1);
/// The text that is held, at most.
const HELD_TEXT: usize = 1 << 18;
/// More room for the numbers that follow the held rows: a million has three digits more than the last of them.
const ROOM: usize = 3;

/// Rows that would be cut are turned where they then take no more lines than this.
const TURNED: usize = 20;

pub(super) struct Table<'w> {
    lines: Lines<'w>,
    style: &'static Style,
    header: bool,
    null: String,
    notation: Notation,
    color: bool,
    limit: Option<usize>,
    /// What shows all of what is cut.
    whole: &'static str,
    names: Vec<String>,
    numbers: Vec<bool>,
    widths: Vec<usize>,
    arena: String,
    cells: Vec<Cell>,
    rows: usize,
    /// How long the first row is held already, on a terminal.
    waits: Option<Pace>,
    /// The head is drawn, and the widths are as they are.
    drawn: bool,
    narrowed: usize,
    /// Where the rows are turned: how many are drawn.
    turned: Option<u64>,
    /// Cells that were wider than their column.
    wide: u64,
    buffer: String,
}

impl<'w> Table<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options, style: &'static Style) -> Self {
        Self {
            lines: Lines::new(out),
            style,
            header: options.header,
            null: options.null.clone().unwrap_or_else(|| "NULL".into()),
            notation: options.notation.clone(),
            color: options.color,
            limit: options.width,
            whole: options.whole,
            names: Vec::new(),
            numbers: Vec::new(),
            widths: Vec::new(),
            arena: String::new(),
            cells: Vec::new(),
            rows: 0,
            waits: None,
            drawn: false,
            narrowed: 0,
            turned: None,
            wide: 0,
            buffer: String::new(),
        }
    }

    /// How wide a line is.
    fn line(&self) -> usize {
        self.widths.iter().map(|width| width + 3).sum::<usize>() + 1
    }

    /// True where the rows are better turned than cut.
    fn turns(&self, more_follow: bool) -> bool {
        let lines = self.rows * (self.widths.len() + 1);
        let few = !more_follow && lines <= TURNED;
        self.limit.is_some_and(|limit| self.line() > limit) || (self.narrowed > 0 && few)
    }

    /// Draws the line of a value of a turned row, and before the first of them the row's head.
    fn turned(&mut self, row: u64, at: usize, text: &str) -> io::Result<()> {
        let line = &mut self.lines.text;
        let rule = self.style.horizontal.repeat(2);
        if at == 0 {
            line.push_str(&format!("{rule} row {row} {rule}\n"));
        }
        line.push_str(&self.names[at]);
        line.push(' ');
        line.push_str(self.style.vertical);
        line.push(' ');
        line.push_str(text);
        self.lines.end()
    }

    /// Narrows the widest columns until a line fits; gives how many columns were narrowed.
    fn fit(&mut self) -> usize {
        let Some(limit) = self.limit else { return 0 };
        let before = self.widths.clone();
        while self.line() > limit {
            let over = self.line() - limit;
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

    fn rule(&mut self, at: usize) -> io::Result<()> {
        let [left, middle, right] = self.style.corners[at];
        let line = &mut self.lines.text;
        line.push_str(left);
        for (at, width) in self.widths.iter().enumerate() {
            line.push_str(if at == 0 { "" } else { middle });
            for _ in 0..width + 2 {
                line.push_str(self.style.horizontal);
            }
        }
        line.push_str(right);
        self.lines.end()
    }

    /// Draws the head and the rows that were held.
    fn draw(&mut self, more_follow: bool) -> io::Result<()> {
        self.drawn = true;
        if more_follow {
            let numbers = self.widths.iter_mut().zip(&self.numbers);
            numbers.for_each(|(width, &number)| *width += if number { ROOM } else { 0 });
        }
        self.narrowed = self.fit();
        if self.turns(more_follow) {
            self.turned = Some(0);
            let widest = self.names.iter().map(|name| name.width()).max();
            for name in &mut self.names {
                let own = name.as_str().width();
                spaces(name, widest.unwrap_or(own) - own);
            }
        } else {
            self.head()?;
        }
        let arena = core::mem::take(&mut self.arena);
        let cells = core::mem::take(&mut self.cells);
        let mut start = 0;
        for row in cells.chunks(self.widths.len().max(1)) {
            for (at, held) in row.iter().enumerate() {
                let end = held.end as usize;
                self.cell(at, &arena[start..end], held.shown)?;
                start = end;
            }
            self.end_row()?;
        }
        Ok(())
    }

    fn head(&mut self) -> io::Result<()> {
        self.rule(0)?;
        if self.header {
            for at in 0..self.names.len() {
                let name = &self.names[at];
                let shown = Shown {
                    width: width_of(name),
                    number: self.numbers[at],
                    null: false,
                };
                let width = self.widths[at];
                cell(&mut self.lines.text, self.style, name, shown, width, false);
            }
            self.end_row()?;
            self.rule(1)?;
        }
        Ok(())
    }

    fn cell(&mut self, at: usize, text: &str, shown: Shown) -> io::Result<()> {
        if let Some(row) = self.turned {
            return self.turned(row + 1, at, text);
        }
        let line = &mut self.lines.text;
        let width = self.widths[at];
        let own = shown.width as usize;
        let faint = shown.null && self.color;
        if own > width && self.limit.is_none() {
            self.wide += 1;
            cell(line, self.style, text, shown, own, faint);
        } else {
            self.wide += u64::from(own > width && self.narrowed == 0);
            cell(line, self.style, text, shown, width, faint);
        }
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        if let Some(row) = &mut self.turned {
            *row += 1;
            return Ok(());
        }
        self.lines.text.push_str(self.style.vertical);
        self.lines.end()
    }

    /// True where somebody has been waiting for the first row too long. What no terminal shows is drawn the same at
    /// any speed.
    fn keeps_waiting(&mut self) -> bool {
        let wait = || Pace::new(HELD_FOR);
        self.limit.is_some() && self.waits.get_or_insert_with(wait).is_due(Instant::now)
    }

    /// Keeps the cells of a row until the widths are known.
    fn hold(&mut self, row: &[ValueRef<'_>]) {
        for ((value, widest), &number) in row.iter().zip(&mut self.widths).zip(&self.numbers) {
            let shown = form(&mut self.arena, value, &self.null, &self.notation, number);
            *widest = (*widest).max(shown.width as usize);
            self.cells.push(Cell {
                // A single text is at most 2 GiB, and the arena is drawn where it is larger than some.
                end: u32::try_from(self.arena.len()).unwrap_or(u32::MAX),
                shown,
            });
        }
        self.rows += 1;
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
        if !self.drawn {
            if self.rows < HELD && self.arena.len() < HELD_TEXT && !self.keeps_waiting() {
                self.hold(row);
                return Ok(());
            }
            self.draw(true)?;
        }
        let mut buffer = core::mem::take(&mut self.buffer);
        for (at, value) in row.iter().enumerate() {
            buffer.clear();
            let shown = form(
                &mut buffer,
                value,
                &self.null,
                &self.notation,
                self.numbers[at],
            );
            self.cell(at, &buffer, shown)?;
        }
        self.buffer = buffer;
        self.end_row()
    }
}

impl Sink for Table<'_> {
    fn finish(&mut self) -> io::Result<()> {
        if !self.drawn {
            self.draw(false)?;
        }
        if self.turned.is_some() {
            return self.lines.finish();
        }
        self.rule(2)?;
        let line = &mut self.lines.text;
        if self.narrowed > 0 {
            let columns = plural(self.narrowed as u64, "column");
            line.push_str(&format!(
                "{columns} cut to fit the terminal; {} shows all\n",
                self.whole
            ));
        }
        if self.wide > 0 {
            let cells = plural(self.wide, "cell");
            let what = match self.limit {
                Some(_) => "cut to",
                None => "wider than",
            };
            line.push_str(&format!(
                "{cells} {what} the widths of the first {} rows; {} shows all\n",
                self.rows, self.whole
            ));
        }
        self.lines.finish()
    }
}

fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Draws a cell; a text that is wider than the column is cut.
fn cell(line: &mut Line, style: &Style, text: &str, shown: Shown, width: usize, faint: bool) {
    let own = shown.width as usize;
    line.push_str(style.vertical);
    line.push(' ');
    if faint {
        line.push_str("\x1b[2m");
    }
    if own > width {
        let kept = shorten(text, width.saturating_sub(1));
        line.push_str(kept);
        line.push_str(style.cut);
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

/// Appends the text of a value as it is shown; gives its width.
pub(super) fn form(
    out: &mut String,
    value: &ValueRef<'_>,
    null: &str,
    notation: &Notation,
    number: bool,
) -> Shown {
    let start = out.len();
    let mut width = None;
    match *value {
        ValueRef::Null => out.push_str(null),
        ValueRef::Text(text) | ValueRef::Json(text) => {
            // The width of plain ASCII is its length; the table of widths is asked for the rest only.
            if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                // Nothing but blanks would look like the empty text.
                let blank = text.starts_with(' ') && text.trim_start_matches(' ').is_empty();
                if blank {
                    out.extend(core::iter::repeat_n('␣', text.len()));
                } else {
                    out.push_str(text);
                }
                width = Some(text.len());
            } else {
                out.push_str(&visible(text));
            }
        }
        _ => {
            notation.push(out, value);
            width = notation.are_usual().then(|| out.len() - start);
        }
    }
    Shown {
        width: width.map_or_else(
            || width_of(&out[start..]),
            |width| u32::try_from(width).unwrap_or(u32::MAX),
        ),
        number: number || value.is_number(),
        null: *value == ValueRef::Null,
    }
}

fn width_of(text: &str) -> u32 {
    u32::try_from(text.width()).unwrap_or(u32::MAX)
}

pub(super) fn spaces(line: &mut impl Text, count: usize) {
    const MANY: &str = "                                                                ";
    let mut count = count;
    while count > MANY.len() {
        line.push_str(MANY);
        count -= MANY.len();
    }
    line.push_str(&MANY[..count]);
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
