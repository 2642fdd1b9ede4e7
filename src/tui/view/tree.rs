//! The catalog, a line for each thing.

use super::Canvas;
use super::dialog::{frame, middle};
use crate::cell::fitted;
use crate::mouse::Spot;
use crate::theme::Role;
use crate::tree::{Kind, Tree};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// Draws it in the middle.
pub(super) fn draw(canvas: &mut Canvas<'_>, main: Rect, title: &str, tree: &Tree) {
    let signs = canvas.app.signs();
    let area = middle(main, 76, usize::from(main.height));
    let count = tree.lines().count();
    let number = (tree.chosen + 1).min(count);
    frame(canvas, area, title, &format!("{number} of {count}"), true);
    let width = area.width.saturating_sub(4);
    let x = canvas.put(area.x + 2, area.y + 1, width, "find: ", Role::Faint);
    let rows = usize::from(area.height.saturating_sub(3));
    let top = tree.chosen.saturating_sub(rows.saturating_sub(1));
    let lines = tree.lines().enumerate().skip(top).take(rows);
    for (y, (at, node)) in (area.y + 2..).zip(lines) {
        let fold = match (node.kind, node.open) {
            (Kind::Part, _) => " ",
            (_, true) => "-",
            (_, false) => "+",
        };
        let (sign, role) = match (at == tree.chosen, node.kind) {
            (true, _) => (signs.chosen[0], Role::Chosen),
            (false, Kind::Part) => (" ", Role::Base),
            (false, _) => (" ", Role::Title),
        };
        let label = format!("{}{fold} {}", "  ".repeat(node.depth), node.label);
        // The detail gives way to the name.
        let room = usize::from(width).saturating_sub(2);
        let detail = node
            .detail
            .width()
            .min(room.saturating_sub(label.width() + 1));
        let label = fitted(&label, room.saturating_sub(detail + 1), false, signs);
        let text = format!(
            "{sign}{label} {} ",
            fitted(&node.detail, detail, false, signs)
        );
        canvas.put(area.x + 2, y, width, &text, role);
        canvas.here(Rect::new(area.x + 2, y, width, 1), Spot::Item(at));
    }
    let room = area.right().saturating_sub(x + 2);
    canvas.field(x, area.y + 1, room, &tree.text, false);
}
