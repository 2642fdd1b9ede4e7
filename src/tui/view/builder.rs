//! The builder of queries: its lines, and beside them the text.

use super::Canvas;
use crate::action::Mode;
use crate::app::App;
use crate::builder::{Builder, Line, Section};
use crate::cell::fitted;
use crate::mouse::Spot;
use crate::theme::Role;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// A screen that is narrower shows one of the two.
const BOTH: u16 = 70;

/// How wide the lines are, and the text.
pub(crate) fn widths(width: u16) -> (u16, u16) {
    match width < BOTH {
        true => (width, width),
        false => {
            let own = width * 43 / 100;
            (own, width - own - 1)
        }
    }
}

/// The letter that adds to a part.
fn key(app: &App, section: Section) -> String {
    use crate::action::Action as A;
    let action = match section {
        Section::Tables => A::AddTable,
        Section::Columns => A::AddColumn,
        Section::Filters => A::AddFilter,
        Section::Groups => A::AddGroup,
        Section::Sorts => A::AddSort,
    };
    let key = app.keys.first(Mode::Build, action);
    key.map_or(String::new(), |key| format!("{key} adds"))
}

/// What the message line says.
pub(super) fn said(app: &App, builder: &Builder) -> (Role, String) {
    if let Some(why) = &builder.cannot {
        return (Role::Warning, format!("{why}; edit or run the text"));
    }
    let (role, text) = super::command::wrong(app);
    if !text.is_empty() {
        return (role, text);
    }
    if app.mode == Mode::Command {
        let key = app.keys.first(Mode::Command, crate::action::Action::Build);
        let key = key.map_or(String::new(), |key| key.to_string());
        return (Role::Base, format!("{key} goes back to the lines"));
    }
    let about = match builder.here() {
        Line::Head(_) => "Enter adds",
        Line::Item(Section::Tables, 0) => {
            "Enter: its name here; Delete takes it away with all that is of it"
        }
        Line::Item(Section::Tables, _) => {
            "Space: which rows the join keeps; Enter: by what, its name"
        }
        Line::Item(Section::Columns, _) => {
            "Space: count, sum…; Enter: that, its name, an expression"
        }
        Line::Item(Section::Filters, _) => "Enter: another comparison; Space: AND or OR before it",
        Line::Item(Section::Groups, _) => "Delete takes it away",
        Line::Item(Section::Sorts, _) => "Space: up or down",
        Line::Distinct => "Space: whether rows that are the same stand once",
        Line::Limit => "Enter: how many rows at most",
        Line::Offset => "Enter: how many rows are left out before them",
    };
    (Role::Base, about.to_owned())
}

/// Draws it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, builder: &Builder) {
    let (own, text) = widths(area.width);
    let here = canvas.app.mode == Mode::Build;
    if own == area.width {
        match here {
            true => lines(canvas, area, builder, true),
            false => super::command::draw(canvas, area),
        }
        return;
    }
    let left = Rect { width: own, ..area };
    let right = Rect {
        x: area.x + own + 1,
        width: text,
        ..area
    };
    super::command::draw(canvas, right);
    if here {
        canvas.cursor = None;
    }
    let side = canvas.app.signs().lines[1];
    for y in area.y..area.bottom() {
        canvas.put(area.x + own, y, 1, side, Role::Frame);
    }
    lines(canvas, left, builder, here);
}

fn lines(canvas: &mut Canvas<'_>, area: Rect, builder: &Builder, here: bool) {
    let signs = canvas.app.signs();
    let rows = usize::from(area.height);
    let all = builder.lines();
    let top = builder.at.saturating_sub(rows.saturating_sub(1));
    let shown = all.iter().enumerate().skip(top).take(rows);
    for (y, (at, line)) in (area.y..).zip(shown) {
        let (label, detail) = builder.said(*line, &canvas.app.world.catalog);
        let (label, detail, role) = match line {
            Line::Head(section) => (label, key(canvas.app, *section), Role::Title),
            Line::Item(..) => (format!("  {label}"), detail, Role::Base),
            Line::Distinct | Line::Limit | Line::Offset => (label, detail, Role::Title),
        };
        let (sign, role) = match (at == builder.at, here) {
            (true, true) => (signs.chosen[0], Role::Chosen),
            (true, false) => (signs.chosen[0], role),
            (false, _) => (
                " ",
                if builder.cannot.is_some() {
                    Role::Faint
                } else {
                    role
                },
            ),
        };
        let room = usize::from(area.width).saturating_sub(2);
        // What a line says goes before what is said of it.
        let own = label.width().min(room);
        let label = fitted(&label, own, false, signs);
        let left = room.saturating_sub(own + 2);
        let detail = fitted(&detail, detail.width().min(left), false, signs);
        let gap = " ".repeat(room.saturating_sub(own + detail.width()));
        canvas.put(
            area.x,
            y,
            area.width,
            &format!("{sign}{label}{gap}{detail} "),
            role,
        );
        canvas.here(Rect::new(area.x, y, area.width, 1), Spot::Line(at));
    }
}
