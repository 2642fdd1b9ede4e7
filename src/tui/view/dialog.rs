//! What stands in front.

use super::Canvas;
use crate::cell::fitted;
use crate::dialog::{Body, Dialog, Item};
use crate::mouse::Spot;
use crate::theme::Role;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// A box with a title above and a note below; nothing behind it is seen.
pub(super) fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, note: &str, double: bool) {
    let signs = canvas.app.signs();
    let thin = match signs.lines[0] {
        "─" => ["┌", "┐", "└", "┘", "─", "│"],
        _ => ["+", "+", "+", "+", "-", "|"],
    };
    let [left_up, right_up, left_down, right_down, across, side] =
        if double { signs.frame } else { thin };
    let inner = usize::from(area.width.saturating_sub(2));
    let title = match title {
        "" => String::new(),
        title => format!(
            "{across} {} ",
            fitted(
                title,
                title.width().min(inner.saturating_sub(4)),
                false,
                signs
            )
        ),
    };
    let note = match note {
        "" => String::new(),
        note => format!(" {note} {across}"),
    };
    let above = title.clone() + &across.repeat(inner.saturating_sub(title.width()));
    let below = across.repeat(inner.saturating_sub(note.width())) + &note;
    canvas.put(
        area.x,
        area.y,
        area.width,
        &format!("{left_up}{above}{right_up}"),
        Role::Frame,
    );
    for y in area.y + 1..area.bottom().saturating_sub(1) {
        let line = format!("{side}{}{side}", " ".repeat(inner));
        canvas.put(area.x, y, area.width, &line, Role::Frame);
    }
    let bottom = area.bottom().saturating_sub(1);
    canvas.put(
        area.x,
        bottom,
        area.width,
        &format!("{left_down}{below}{right_down}"),
        Role::Frame,
    );
}

pub(super) fn middle(main: Rect, width: usize, height: usize) -> Rect {
    let width = cells(width).min(main.width.saturating_sub(2));
    let height = cells(height).min(main.height);
    let x = main.x + (main.width - width) / 2;
    let y = main.y + (main.height - height) / 2;
    Rect::new(x, y, width, height)
}

/// Draws a dialog in the middle.
pub(super) fn draw(canvas: &mut Canvas<'_>, dialog: &Dialog, main: Rect) {
    match &dialog.body {
        Body::Ask {
            lines,
            buttons,
            focus,
            top,
        } => ask(canvas, main, dialog, (lines, *top), buttons, *focus),
        Body::Page { lines, top } => page(canvas, main, dialog, lines, *top),
        Body::Line { text, hint, secret } => {
            let (x, y, width) = line(canvas, main, (&dialog.title, ""), hint);
            canvas.field(x, y, width, text, *secret);
        }
        Body::Cell { text, null, hint } => {
            let signs = canvas.app.signs();
            let note = match (null, text.as_str().is_empty()) {
                (true, _) => "NULL",
                (false, true) => "empty text",
                _ => "",
            };
            let (x, y, width) = line(canvas, main, (&dialog.title, note), hint);
            canvas.field(x, y, width, text, false);
            if *null {
                canvas.put(x, y, width, signs.null, Role::Field);
            }
        }
        Body::List { chosen, .. } => list(canvas, main, dialog, *chosen),
        Body::Tree(tree) => super::tree::draw(canvas, main, &dialog.title, tree),
    }
}

/// A box for a line to type, with what it is for above; gives where the line stands, and its width.
fn line(
    canvas: &mut Canvas<'_>,
    main: Rect,
    (title, note): (&str, &str),
    hint: &str,
) -> (u16, u16, u16) {
    let room = middle(main, 64, 4).width.saturating_sub(4);
    let hint = crate::cell::wrapped(hint, room.into());
    let area = middle(main, 64, hint.len().max(1) + 3);
    frame(canvas, area, title, note, true);
    for (y, line) in (area.y + 1..area.bottom()).zip(&hint) {
        canvas.put(area.x + 2, y, room, line, Role::Faint);
    }
    (area.x + 2, area.bottom().saturating_sub(2), room)
}

fn ask(
    canvas: &mut Canvas<'_>,
    main: Rect,
    dialog: &Dialog,
    (lines, top): (&[String], usize),
    buttons: &[&str],
    focus: usize,
) {
    let signs = canvas.app.signs();
    let row: usize = buttons.iter().map(|label| label.width() + 10).sum();
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let room = usize::from(main.width).saturating_sub(8);
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|line| crate::cell::wrapped(line, room))
        .collect();
    let area = middle(main, widest.max(row).max(46).min(room) + 6, lines.len() + 6);
    // What does not fit is a page further.
    let shown = usize::from(area.height.saturating_sub(6));
    let top = top.min(lines.len().saturating_sub(shown));
    let note = match lines.len() > shown {
        true => format!("{}-{} of {}", top + 1, top + shown, lines.len()),
        false => String::new(),
    };
    frame(canvas, area, &dialog.title, &note, true);
    for (y, line) in (area.y + 2..).zip(lines.iter().skip(top).take(shown)) {
        canvas.put(
            area.x + 3,
            y,
            area.width.saturating_sub(5),
            line,
            Role::Base,
        );
    }
    let y = area.bottom().saturating_sub(3);
    let mut x = area.x + 6;
    for (at, label) in buttons.iter().enumerate() {
        let button = format!("[ {label} ]");
        let right = area.right().saturating_sub(2);
        let (text, role) = match at == focus {
            true => (
                format!("{}{button}{}", signs.chosen[0], signs.chosen[1]),
                Role::Chosen,
            ),
            false => (format!(" {button} "), Role::Base),
        };
        let begin = x;
        x = canvas.put(x, y, right.saturating_sub(x), &text, role);
        canvas.here(Rect::new(begin, y, x - begin, 1), Spot::Answer(at));
        x += 4;
    }
}

fn page(canvas: &mut Canvas<'_>, main: Rect, dialog: &Dialog, lines: &[String], top: usize) {
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let area = middle(
        main,
        widest.max(dialog.title.width() + 4).max(30) + 4,
        lines.len() + 2,
    );
    let shown = usize::from(area.height.saturating_sub(2));
    let top = top.min(lines.len().saturating_sub(shown));
    let note = match lines.len() > shown {
        true => format!("{}-{} of {}", top + 1, top + shown, lines.len()),
        false => String::new(),
    };
    frame(canvas, area, &dialog.title, &note, true);
    for (y, line) in (area.y + 1..area.bottom() - 1).zip(lines.iter().skip(top)) {
        canvas.put(
            area.x + 2,
            y,
            area.width.saturating_sub(4),
            line,
            Role::Base,
        );
    }
}

fn list(canvas: &mut Canvas<'_>, main: Rect, dialog: &Dialog, chosen: usize) {
    let signs = canvas.app.signs();
    let items = dialog.fitting();
    let (all, sizes) = match &dialog.body {
        Body::List { items, free, .. } => (&items[..], *free),
        _ => (&[][..], false),
    };
    let area = middle(main, 64, usize::from(main.height).min(all.len() + 4).max(6));
    let shown = usize::from(area.height.saturating_sub(3));
    let number = if items.is_empty() { 0 } else { chosen + 1 };
    frame(
        canvas,
        area,
        &dialog.title,
        &format!("{number} of {}", items.len()),
        true,
    );
    let width = area.width.saturating_sub(4);
    let what = if sizes { "file: " } else { "find: " };
    let x = canvas.put(area.x + 2, area.y + 1, width, what, Role::Faint);
    let top = chosen.saturating_sub(shown.saturating_sub(1));
    // Details stand in a column of their own; the sizes of files at its right.
    let widest = |text: fn(&Item) -> &str| all.iter().map(|item| text(item).width()).max();
    let detail = widest(|item| &item.detail).unwrap_or(0).min(28);
    let most = usize::from(width).saturating_sub(detail + 4);
    let label = match sizes {
        true => most,
        false => widest(|item| &item.label).unwrap_or(0).min(most),
    };
    let detail = usize::from(width).saturating_sub(label + 4);
    for (line, item) in items.iter().skip(top).take(shown).enumerate() {
        let y = area.y + 2 + cells(line);
        let (sign, role) = match top + line == chosen {
            true => (signs.chosen[0], Role::Chosen),
            false => (" ", Role::Base),
        };
        let text = format!(
            "{sign}{}  {} ",
            fitted(&item.label, label, false, signs),
            fitted(&item.detail, detail, sizes, signs)
        );
        canvas.put(area.x + 2, y, width, &text, role);
        canvas.here(Rect::new(area.x + 2, y, width, 1), Spot::Item(top + line));
    }
    if let Body::List { text, .. } = &dialog.body {
        canvas.field(
            x,
            area.y + 1,
            area.right().saturating_sub(x + 2),
            text,
            false,
        );
    }
}
