//! The text, with what is wrong below the lines that it is wrong in, and candidates beside the cursor.

use super::Canvas;
use crate::app::App;
use crate::cell::fitted;
use crate::command::{Popup, Wrong};
use crate::mouse::Spot;
use crate::text::width;
use crate::theme::Role;
use ratatui::layout::{Position, Rect};
use rql_diagnostics::{LineIndex, Severity};
use rql_ide::Class;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// So many candidates are in sight.
const CANDIDATES: usize = 8;

/// What stands at the right of the header.
pub(super) fn header(app: &App) -> Vec<String> {
    let text = &app.command.text;
    let over = if text.over { "OVR" } else { "INS" };
    let place = format!("Ln {} Col {}", text.line() + 1, text.column() + 1);
    vec![over.to_owned(), place]
}

/// What the message line says of the text.
pub(super) fn wrong(app: &App) -> (Role, String) {
    let Some(wrong) = app.command.first_wrong() else {
        return (Role::Base, String::new());
    };
    let diagnostic = &wrong.diagnostic;
    let (role, sign) = match diagnostic.severity {
        Severity::Error => (Role::Error, app.signs().wrong),
        Severity::Warning => (Role::Warning, "!"),
    };
    let start = u32::try_from(wrong.place.start).unwrap_or(u32::MAX);
    let at = LineIndex::new(app.command.text.as_str()).position(start);
    let number = app
        .command
        .wrong
        .iter()
        .position(|w| w.place == wrong.place);
    let key = app.keys.first(app.mode, crate::action::Action::Help);
    let key = key.map_or(String::new(), |key| key.to_string());
    let (number, count) = (number.unwrap_or(0) + 1, app.command.wrong.len());
    let of = match count {
        1 => String::new(),
        _ => format!("   ({number} of {count})"),
    };
    let (code, message) = (diagnostic.code, &diagnostic.message);
    let place = format!(" line {}, col {}", at.line, at.column);
    // What has no room for all of it leaves out what the remark in the text says, too.
    let texts = [
        format!("{sign} {code}{place}: {message}.   {key} explains   ({number} of {count})"),
        format!("{sign} {code}: {message}.   {key} explains{of}"),
        format!("{sign} {message}.   {key} explains{of}"),
    ];
    let most = usize::from(app.size.width).saturating_sub(1);
    let fits = |text: &&String| text.width() <= most;
    let text = texts.iter().find(fits).cloned().unwrap_or_else(|| {
        let end = format!("   {key} explains{of}");
        let room = most.saturating_sub(end.width());
        fitted(&format!("{sign} {message}"), room, false, app.signs()) + &end
    });
    (role, text)
}

/// A line of the text, or a remark on the one above it.
enum Line<'a> {
    Text {
        number: usize,
        start: usize,
        text: &'a str,
    },
    Wrong {
        column: usize,
        length: usize,
        wrong: &'a Wrong,
    },
}

/// The lines from the first one in sight on.
fn lines(app: &App, height: usize) -> Vec<Line<'_>> {
    let command = &app.command;
    let mut start = 0;
    let mut all = Vec::new();
    for (number, text) in command.text.as_str().split('\n').enumerate() {
        let end = start + text.len();
        if number >= command.scroll.0 {
            all.push(Line::Text {
                number,
                start,
                text,
            });
            let here = |w: &&Wrong| (start..=end).contains(&w.place.start);
            all.extend(command.wrong.iter().filter(here).map(|wrong| {
                let at = wrong.place.start - start;
                let column = columns(text.get(..at).unwrap_or(""));
                let marked = text.get(at..(wrong.place.end - start).min(text.len()));
                let length = columns(marked.unwrap_or("")).max(1);
                Line::Wrong {
                    column,
                    length,
                    wrong,
                }
            }));
        }
        if all.len() >= height {
            break;
        }
        start = end + 1;
    }
    all.truncate(height);
    all
}

fn columns(text: &str) -> usize {
    text.graphemes(true).map(width).sum()
}

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Draws it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let app = canvas.app;
    let gutter = app.line_gutter();
    let digits = gutter.saturating_sub(2);
    let current = app.command.text.line();
    for (y, line) in (area.y..).zip(lines(app, usize::from(area.height))) {
        match line {
            Line::Text {
                number,
                start,
                text,
            } => {
                let role = if number == current {
                    Role::Title
                } else {
                    Role::Faint
                };
                canvas.put(
                    area.x,
                    y,
                    cells(gutter),
                    &format!(" {:>digits$} ", number + 1),
                    role,
                );
                let x = area.x + cells(gutter);
                let own = Rect::new(x, y, area.right().saturating_sub(x), 1);
                canvas.here(own, Spot::Text(number));
                code(
                    canvas,
                    (area.x + cells(gutter), y),
                    area.right(),
                    start,
                    text,
                );
                if number == current {
                    let column = app.command.text.column() - app.command.scroll.1;
                    canvas.cursor = Some(Position::new(area.x + cells(gutter + column), y));
                }
            }
            Line::Wrong {
                column,
                length,
                wrong,
            } => remark(
                canvas,
                area,
                y,
                gutter + column.saturating_sub(app.command.scroll.1),
                length,
                wrong,
            ),
        }
    }
    if let Some(popup) = &app.command.popup {
        candidates(canvas, area, popup);
    }
}

/// `~~ RQL0001: what is wrong`, below its place; the words stand at the left of it where there is room only there.
fn remark(
    canvas: &mut Canvas<'_>,
    area: Rect,
    y: u16,
    column: usize,
    length: usize,
    wrong: &Wrong,
) {
    let role = match wrong.diagnostic.severity {
        Severity::Error => Role::Error,
        Severity::Warning => Role::Warning,
    };
    let label = wrong
        .diagnostic
        .labels
        .first()
        .map_or("", |label| label.text.as_str());
    let said = if label.is_empty() {
        &wrong.diagnostic.message
    } else {
        label
    };
    let marks = "~".repeat(length.min(20));
    let said = format!("{}: {said}", wrong.diagnostic.code);
    let (room, own) = (usize::from(area.width), marks.len() + said.width() + 1);
    let gutter = canvas.app.line_gutter();
    let before = column.checked_sub(said.width() + 1);
    let (x, text) = match before.filter(|x| *x >= gutter && column + marks.len() <= room) {
        Some(x) if column + own >= room => (x, format!("{said} {marks}")),
        _ => (
            column.min(room.saturating_sub(own + 1)),
            format!("{marks} {said}"),
        ),
    };
    canvas.put(area.x + cells(x), y, area.width - cells(x), &text, role);
}

/// A line of the text in its colours.
fn code(canvas: &mut Canvas<'_>, (x, y): (u16, u16), right: u16, start: usize, text: &str) {
    let app = canvas.app;
    let colors = &app.command.colors;
    let mut next = colors.partition_point(|color| (color.span.end as usize) <= start);
    let skip = app.command.scroll.1;
    let mut column = 0;
    for (at, piece) in text.grapheme_indices(true) {
        let byte = start + at;
        while colors
            .get(next)
            .is_some_and(|color| (color.span.end as usize) <= byte)
        {
            next += 1;
        }
        let class = colors
            .get(next)
            .filter(|color| (color.span.start as usize) <= byte);
        let class = class.map_or(Class::Name, |color| color.class);
        if column >= skip {
            let x = x.saturating_add(cells(column - skip));
            if x >= right {
                break;
            }
            let shown = match piece {
                "\t" => "    ",
                piece if piece.chars().any(char::is_control) => "·",
                piece => piece,
            };
            canvas.put(x, y, right - x, shown, Role::Code(class));
        }
        column += width(piece);
    }
}

/// The candidates, below the cursor where there is room, else above it.
fn candidates(canvas: &mut Canvas<'_>, area: Rect, popup: &Popup) {
    let Some(cursor) = canvas.cursor else { return };
    let signs = canvas.app.signs();
    let items = &popup.completion.items;
    let shown = items.len().min(CANDIDATES);
    let top = popup
        .chosen
        .saturating_sub(CANDIDATES - 1)
        .min(items.len() - shown);
    let label = items
        .iter()
        .map(|item| item.label.width())
        .max()
        .unwrap_or(0)
        .clamp(8, 30);
    let detail = |item: &rql_ide::Item| match item.detail.as_str() {
        "" => item.kind.text().to_owned(),
        detail => detail.to_owned(),
    };
    let about = items
        .iter()
        .map(|item| detail(item).width())
        .max()
        .unwrap_or(0)
        .clamp(7, 24);
    let inner = label + about + 3;
    let (width, height) = (cells(inner + 2), cells(shown + 2));
    let below = area.bottom().saturating_sub(cursor.y + 1);
    let y = match below >= height || below >= cursor.y - area.y {
        true => cursor.y + 1,
        false => cursor.y.saturating_sub(height),
    };
    let back = columns(&canvas.app.command.text.as_str()[popup.from..canvas.app.command.text.at()]);
    let x = cursor
        .x
        .saturating_sub(cells(back) + 1)
        .min(area.right().saturating_sub(width));
    let room = area.bottom().saturating_sub(y);
    super::dialog::frame(
        canvas,
        Rect::new(x, y, width, height.min(room)),
        "complete",
        &format!(
            "Enter {} {}/{}",
            signs.lines[0].repeat(2),
            popup.chosen + 1,
            items.len()
        ),
        false,
    );
    for (line, item) in items
        .iter()
        .skip(top)
        .take(usize::from(height.min(room)).saturating_sub(2))
        .enumerate()
    {
        let chosen = top + line == popup.chosen;
        let (sign, role) = match chosen {
            true => (signs.chosen[0], Role::Chosen),
            false => (" ", Role::Base),
        };
        let text = format!(
            "{sign}{} {} ",
            fitted(&item.label, label, false, signs),
            fitted(&detail(item), about, false, signs)
        );
        let own = Rect::new(x + 1, y + 1 + cells(line), width - 2, 1);
        canvas.here(own, Spot::Candidate(top + line));
        canvas.put(own.x, own.y, own.width, &text, role);
    }
}
