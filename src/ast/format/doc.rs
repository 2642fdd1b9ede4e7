//! Layout: a run of texts and places where a line may break, and the printer that chooses.
//!
//! A group is printed on one line where it fits, with all its breaks taken where it does not. Widths
//! are computed once from the back, so the printer is linear and does not recurse.

use std::borrow::Cow;

/// An element of a document.
#[derive(Clone, Debug)]
pub(super) enum Item<'a> {
    /// Text without a break.
    Text(Cow<'a, str>),
    /// A space, or a new line where its group is broken.
    Line,
    /// Nothing, or a new line where its group is broken.
    SoftLine,
    /// A new line; breaks every group around it.
    HardLine,
    /// An empty line, at most one.
    BlankLine,
    /// What follows must not begin a line, as `#1` may not, which would be a comment.
    Glue,
    /// The next lines stand deeper.
    Indent,
    /// The end of that.
    Dedent,
    /// A group begins.
    Open,
    /// A group ends.
    Close,
}

const INDENT: usize = 2;

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Prints the document in lines of at most `limit` characters where it can.
pub(super) fn print(items: &[Item<'_>], limit: usize) -> String {
    let flat = flat_widths(items);
    let rest = rest_widths(items);
    let mut out = String::new();
    let mut column = 0;
    let mut indent = 0;
    let mut broken = vec![true];
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Text(text) => {
                if column == 0 && !text.is_empty() {
                    out.extend(std::iter::repeat_n(' ', indent * INDENT));
                    column = indent * INDENT;
                }
                out.push_str(text);
                column = match text.rfind('\n') {
                    Some(newline) => width(&text[newline + 1..]).max(1),
                    None => column + width(text),
                };
            }
            Item::Line | Item::SoftLine => {
                if broken.last() == Some(&true) {
                    newline(&mut out, &mut column);
                } else if matches!(item, Item::Line) {
                    out.push(' ');
                    column += 1;
                }
            }
            Item::HardLine => newline(&mut out, &mut column),
            Item::BlankLine => {
                newline(&mut out, &mut column);
                if !out.is_empty() && !out.ends_with("\n\n") {
                    out.push('\n');
                }
            }
            Item::Glue if column == 0 => column = unbreak(&mut out),
            Item::Glue => {}
            Item::Indent => indent += 1,
            Item::Dedent => indent -= 1,
            Item::Open => {
                let start = if column == 0 { indent * INDENT } else { column };
                let needed = flat[at].saturating_add(rest[at]).saturating_add(start);
                broken.push(needed > limit);
            }
            Item::Close => {
                broken.pop();
            }
        }
    }
    out
}

/// Takes the last line break back, unless a comment ends the line; gives the column.
fn unbreak(out: &mut String) -> usize {
    let line = out.trim_end().rsplit('\n').next().unwrap_or("");
    if line.is_empty() || line.contains("--") || line.contains('#') {
        return 0;
    }
    let column = width(line) + 1;
    out.truncate(out.trim_end().len());
    out.push(' ');
    column
}

/// Ends the line, without white space at its end; an empty line stays one.
fn newline(out: &mut String, column: &mut usize) {
    while out.ends_with(' ') {
        out.pop();
    }
    if *column > 0 || !(out.is_empty() || out.ends_with('\n')) {
        out.push('\n');
    }
    *column = 0;
}

/// For each `Open` the width of its group on one line; too wide to fit where it cannot be.
fn flat_widths(items: &[Item<'_>]) -> Vec<usize> {
    const NEVER: usize = usize::MAX / 4;
    let mut widths = vec![0; items.len()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut total = 0_usize;
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Text(text) if text.contains('\n') => total = total.saturating_add(NEVER),
            Item::Text(text) => total = total.saturating_add(width(text)),
            Item::Line => total = total.saturating_add(1),
            Item::HardLine | Item::BlankLine => total = total.saturating_add(NEVER),
            Item::Open => open.push((at, total)),
            Item::Close => {
                if let Some((start, before)) = open.pop() {
                    widths[start] = total.saturating_sub(before);
                }
                // A group that cannot be flat breaks those around it, but only once.
                if total >= NEVER * 2 {
                    total -= NEVER;
                }
            }
            Item::SoftLine | Item::Glue | Item::Indent | Item::Dedent => {}
        }
    }
    widths
}

/// For each `Open` the width of what must stand on the line after its group.
fn rest_widths(items: &[Item<'_>]) -> Vec<usize> {
    let mut after = vec![0; items.len() + 1];
    for (at, item) in items.iter().enumerate().rev() {
        after[at] = match item {
            Item::Text(text) => {
                let line = text.split('\n').next().unwrap_or("");
                let more = if text.contains('\n') {
                    0
                } else {
                    after[at + 1]
                };
                width(line) + more
            }
            Item::Line | Item::SoftLine | Item::HardLine | Item::BlankLine => 0,
            Item::Glue | Item::Indent | Item::Dedent | Item::Open | Item::Close => after[at + 1],
        };
    }
    let mut rest = vec![0; items.len()];
    let mut open = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Open => open.push(at),
            Item::Close => {
                if let Some(start) = open.pop() {
                    rest[start] = after[at + 1];
                }
            }
            _ => {}
        }
    }
    rest
}
