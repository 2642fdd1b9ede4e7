//! A form in its box: its fields as they are planned, its buttons, and below them the rows that belong to the record
//! shown.

mod plan;

use super::Canvas;
use crate::app::App;
use crate::cell::fitted;
use crate::form::Form;
use crate::mouse::Spot;
use crate::theme::{Role, Signs};
use noctra_records::{BlockView, FieldView, Mode};
use plan::{Plan, height, room};
use ratatui::layout::{Position, Rect};
use rql_forms::Kind;
use unicode_width::UnicodeWidthStr as _;

/// The narrowest box, inside.
const LEAST: usize = 45;
/// The rows of a block that are shown at once, at most.
const ROWS: u64 = 8;

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// What stands in the header: at the left, and at the right.
pub(super) fn header(app: &App, form: &Form) -> (Vec<String>, Vec<String>) {
    let screen = &form.view.screen;
    let mut right = vec![screen.mode.name().to_owned()];
    if let Some(block) = form.block() {
        right.extend(Some(block.place.clone()).filter(|place| !place.is_empty()));
        right.extend(block.status.map(|status| status.letter().to_string()));
        right.extend(block.sorted.as_ref().map(|(label, down)| {
            let [up, low] = [app.signs().up, app.signs().down];
            format!("{label} {}", if *down { low } else { up })
        }));
    }
    right.extend(form.is_dirty().then(|| "modified".to_owned()));
    (vec![screen.title.clone()], right)
}

/// What the message line says: what the form says, else what is to be known of the field.
pub(super) fn said(app: &App, form: &Form) -> (Role, String) {
    let screen = &form.view.screen;
    let signs = app.signs();
    let fields = screen.blocks.iter().flat_map(|block| &block.fields);
    let wrong = fields.filter(|field| field.problem.is_some());
    let wrong: Vec<&str> = wrong.map(|field| field.label.as_str()).collect();
    let errors = match wrong.len() {
        0 => String::new(),
        1 => format!("   {} 1 error: {}", signs.wrong, wrong[0]),
        count => format!("   {} {count} errors: {}", signs.wrong, wrong.join(", ")),
    };
    match (&screen.message, form.field()) {
        (Some(message), _) if message.error => {
            (Role::Error, format!("{} {}", signs.wrong, message.text))
        }
        (Some(message), _) => (Role::Good, format!("{} {}", signs.right, message.text)),
        (None, Some(field)) if form.button.is_none() && screen.mode == Mode::EnterQuery => {
            let ty = field.ty.to_lowercase();
            (
                Role::Base,
                format!("{}: {ty}{EXAMPLES}{errors}", field.label),
            )
        }
        (None, Some(field)) if form.button.is_none() => (Role::Base, about(field) + &errors),
        _ => (Role::Base, errors.trim_start().to_owned()),
    }
}

/// How it is said what records are looked for.
const EXAMPLES: &str = "   Such as A*  a|b  >5  1..9  <>x   = is NULL";

/// What is to be known of a field, in a line.
pub(crate) fn about(field: &FieldView) -> String {
    let mut about = format!("{}: {}", field.label, field.ty.to_lowercase());
    if let Some(mask) = &field.mask {
        about.push_str(&format!(" as {mask}"));
    }
    if let Some(help) = &field.help {
        about.push_str(&format!(", {help}"));
    }
    if field.required {
        about.push_str("   * = required");
    }
    about
}

/// A screen of fewer lines shows the block that one is in, and no line for looks.
const TIGHT: u16 = 12;

/// Where the fields of the page stand that one is on, in so many columns of the screen.
pub(super) fn spots(block: &BlockView, most: usize) -> Vec<crate::designer::Spot> {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let plan = Plan::new(block, most);
    let spots = plan.spots.iter().map(|spot| {
        let list = usize::from(spot.field.has_list);
        crate::designer::Spot {
            field: spot.field.name.clone(),
            at: (count(spot.y + 1), count(spot.x + 1)),
            size: (
                count(height(spot.field)),
                count(spot.label + 3 + room(spot.field) + list),
            ),
        }
    });
    spots.collect()
}

/// Draws it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, form: &Form) {
    let Some((first, details)) = form.view.screen.blocks.split_first() else {
        return;
    };
    let tight = area.height < TIGHT;
    let at = form.view.screen.at;
    if let Some(block) = at.checked_sub(1).and_then(|at| details.get(at))
        && tight
    {
        return rows(canvas, area, (at, block), Some(form));
    }
    let most = usize::from(area.width).saturating_sub(2);
    let plan = Plan::new(first, most);
    let buttons = form.view.buttons.iter();
    let buttons: usize = buttons.map(|button| button.label.width() + 6).sum();
    let wide = |wrong| plan.width(wrong).max(buttons + 2).max(LEAST).min(most);
    let (inner, whole) = (wide(false), wide(true));
    let button_rows = button_rows(form, inner);
    let around = match (tight, button_rows.len()) {
        (true, rows) => 2 + rows,
        (false, 0) => 4,
        (false, rows) => 5 + rows,
    };
    // The first block gives way to the others, down to some fields.
    let others: u16 = match tight {
        true => 0,
        false => details.iter().map(rows_of).sum(),
    };
    let wanted = cells(plan.lines() + around);
    let left = area.height.saturating_sub(others).max(area.height / 2);
    let height = wanted.min(left.max(cells(around + 1))).min(area.height);
    // What is wrong goes beside the fields, which stay where they are if they can.
    let x = area.x + (area.width - cells(inner + 2)) / 2;
    let x = x.min(area.right() - cells(whole + 2));
    let outer = Rect::new(x, area.y, cells(whole + 2), height);
    frame(canvas, outer, &first.label, tight);
    let lines = usize::from(height).saturating_sub(around);
    let inside = Rect::new(
        outer.x + 2,
        outer.y + if tight { 1 } else { 3 },
        outer.width.saturating_sub(3),
        cells(lines),
    );
    fields(canvas, inside, &plan, form);
    // Upon the edge stands whether there are more.
    let (signs, top) = (canvas.app.signs(), plan.top(lines));
    let edge = outer.right().saturating_sub(1);
    if plan.spots.iter().any(|spot| spot.y < top) {
        canvas.put(edge, inside.y, 1, signs.up, Role::Title);
    }
    if top + lines < plan.lines() && lines > 0 {
        canvas.put(edge, inside.bottom() - 1, 1, signs.down, Role::Title);
    }
    button_row(canvas, outer, form, &button_rows);
    let mut y = outer.bottom();
    for (at, block) in details.iter().enumerate() {
        let here = (at + 1 == form.view.screen.at).then_some(form);
        let height = rows_of(block).min(area.bottom().saturating_sub(y));
        rows(
            canvas,
            Rect::new(area.x, y, area.width, height),
            (at + 1, block),
            here,
        );
        y += height;
    }
}

fn name(field: &FieldView) -> String {
    format!("{}{}", field.label, mark(field))
}

/// What stands behind a label.
fn mark(field: &FieldView) -> &'static str {
    if field.required { " *:" } else { ":" }
}

/// A box with a title of its own, or in its line.
fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, tight: bool) {
    super::dialog::frame(canvas, area, if tight { title } else { "" }, "", false);
    if tight {
        return;
    }
    let signs = canvas.app.signs();
    let line = signs.lines[0];
    let inner = usize::from(area.width.saturating_sub(2));
    let title = fitted(title, title.width().min(inner), false, signs);
    let x = area.x + 1 + cells((inner - title.width()) / 2);
    canvas.put(x, area.y + 1, area.width, &title, Role::Title);
    let (left, right) = match signs.lines[1] {
        "│" => ("├", "┤"),
        _ => ("+", "+"),
    };
    let rule = format!("{left}{}{right}", line.repeat(inner));
    canvas.put(area.x, area.y + 2, area.width, &rule, Role::Frame);
}

/// The fields, those around the one that one is in where not all have room.
fn fields(canvas: &mut Canvas<'_>, inside: Rect, plan: &Plan<'_>, form: &Form) {
    let lines = usize::from(inside.height);
    let top = plan.top(lines);
    let in_sight = |y: usize| y.checked_sub(top).filter(|y| *y < lines);
    for (y, title) in &plan.titles {
        let Some(y) = in_sight(*y) else { continue };
        let line = canvas.app.signs().lines[0];
        let y = inside.y + cells(y);
        canvas.fill(
            inside.x,
            y,
            inside.width.saturating_sub(1),
            line,
            Role::Frame,
        );
        let title = format!(" {title} ");
        let room = inside.width.saturating_sub(2);
        canvas.put(inside.x + 1, y, room, &title, Role::Title);
    }
    for spot in &plan.spots {
        let Some(y) = in_sight(spot.y) else { continue };
        let room = usize::from(inside.width).saturating_sub(spot.x);
        let room = plan.next(spot).map_or(room, |next| room.min(next - spot.x));
        let place = Rect::new(
            inside.x + cells(spot.x),
            inside.y + cells(y),
            cells(room),
            cells(height(spot.field).min(lines - y)),
        );
        field(canvas, place, spot.label, spot.field, form);
    }
}

/// The text of a field that nobody is in.
fn shown(field: &FieldView, entering: bool, signs: &Signs) -> String {
    match (&field.text, &field.shown, field.kind) {
        (Some(text), _, Kind::Boolean) if !entering => match text.as_str() {
            "true" => "x".to_owned(),
            _ => " ".to_owned(),
        },
        (None, _, Kind::Boolean) if !entering => "-".to_owned(),
        (Some(text), _, Kind::Password) => signs.secret.repeat(text.chars().count()),
        (Some(_), Some(shown), _) => shown.trim_end().to_owned(),
        (Some(text), None, Kind::TextArea) => text.clone(),
        (Some(text), None, _) => crate::cell::escaped(text),
        (None, ..) if !entering => field.mask.as_deref().map(blank).unwrap_or_default(),
        (None, ..) => String::new(),
    }
}

/// A mask that nothing has been written into.
fn blank(mask: &str) -> String {
    let mut characters = mask.chars();
    let mut out = String::new();
    while let Some(c) = characters.next() {
        out.extend(match c {
            '\\' => characters.next(),
            '9' | '#' | 'A' | '!' | 'N' | 'X' => Some('_'),
            other => Some(other),
        });
    }
    out
}

fn field(canvas: &mut Canvas<'_>, place: Rect, label: usize, field: &FieldView, form: &Form) {
    let signs = canvas.app.signs();
    let entering = form.view.screen.mode == Mode::EnterQuery;
    let here = field.focus && form.button.is_none() && form.view.screen.at == 0;
    let role = if here { Role::Title } else { Role::Base };
    let (name, mark) = (name(field), mark(field));
    let text = match label.checked_sub(mark.len() + 1) {
        Some(room) if name.width() >= label => fitted(&field.label, room, false, signs) + mark,
        _ => fitted(&name, label, false, signs),
    };
    canvas.put(place.x, place.y, place.width, &text, role);
    let x = place.x + cells(label) + 1;
    let list = cells(usize::from(field.has_list));
    let left = place.right().saturating_sub(x + 1 + list);
    let width = cells(room(field)).min(left);
    let whole = x + width + list + 1 - place.x;
    let area = Rect::new(place.x, place.y, whole, place.height);
    canvas.here(area, Spot::Field(0, 0, field.name.clone()));
    for y in place.y..place.bottom() {
        canvas.put(x - 1, y, 1, "[", Role::Frame);
        canvas.put(x + width + list, y, 1, "]", Role::Frame);
    }
    let inside = Rect::new(x, place.y, width, place.height);
    let role = if form.is_fixed(field) {
        Role::Faint
    } else {
        Role::Field
    };
    match here {
        true => typed(canvas, inside, field, form),
        false => {
            let right = field.number && !entering;
            lines(
                canvas,
                inside,
                &shown(field, entering, signs),
                0,
                (role, right),
            );
        }
    }
    if list > 0 {
        canvas.put(x + width, place.y, 1, signs.down, Role::Key);
    }
    if let Some(problem) = &field.problem {
        let x = x + width + list + 1;
        let room = place.right().saturating_sub(x);
        let text = format!("  {} {problem}", signs.wrong);
        let text = fitted(&text, text.width().min(room.into()), false, signs);
        canvas.put(x, place.y, room, &text, Role::Error);
    }
}

/// The field that one is in.
fn typed(canvas: &mut Canvas<'_>, inside: Rect, field: &FieldView, form: &Form) {
    if form.toggles() {
        let text = match form.text.as_str() {
            "true" => "x",
            "" => "-",
            _ => " ",
        };
        canvas.put(inside.x, inside.y, 1, text, Role::Field);
        canvas.cursor = Some(Position::new(inside.x, inside.y));
    } else if form.takes_lines() {
        let top = (form.text.line() + 1).saturating_sub(inside.height.into());
        lines(
            canvas,
            inside,
            form.text.as_str(),
            top,
            (Role::Field, false),
        );
        let column = form
            .text
            .column()
            .min(usize::from(inside.width).saturating_sub(1));
        let y = inside.y + cells(form.text.line() - top);
        canvas.cursor = Some(Position::new(inside.x + cells(column), y));
    } else if field.kind != Kind::Password
        && form.text.as_str().width() == usize::from(inside.width)
    {
        // A text that fills its field is seen whole, with the cursor behind it.
        lines(canvas, inside, form.text.as_str(), 0, (Role::Field, false));
        let column = cells(form.text.column());
        canvas.cursor = Some(Position::new(inside.x + column, inside.y));
    } else {
        let secret = field.kind == Kind::Password;
        canvas.field(inside.x, inside.y, inside.width, &form.text, secret);
    }
}

/// A text in as many lines as there is room for; numbers stand at the right.
fn lines(
    canvas: &mut Canvas<'_>,
    inside: Rect,
    text: &str,
    top: usize,
    (role, right): (Role, bool),
) {
    let signs = canvas.app.signs();
    let mut all = text.split('\n').skip(top);
    for y in inside.y..inside.bottom() {
        let line = crate::cell::escaped(all.next().unwrap_or(""));
        let line = fitted(&line, inside.width.into(), right, signs);
        canvas.put(inside.x, y, inside.width, &line, role);
    }
}

/// The buttons that stand in each line of a width, by their places.
fn button_rows(form: &Form, width: usize) -> Vec<std::ops::Range<usize>> {
    let mut rows: Vec<std::ops::Range<usize>> = Vec::new();
    let mut left = 0;
    for (at, button) in form.view.buttons.iter().enumerate() {
        let own = button.label.width() + 6;
        match rows.last_mut() {
            Some(row) if own <= left => {
                row.end = at + 1;
                left -= own;
            }
            _ => {
                rows.push(at..at + 1);
                left = width.saturating_sub(own + 2);
            }
        }
    }
    rows
}

fn button_row(canvas: &mut Canvas<'_>, area: Rect, form: &Form, rows: &[std::ops::Range<usize>]) {
    let top = area.bottom().saturating_sub(1 + cells(rows.len()));
    for (y, row) in (top..).zip(rows) {
        let mut x = area.x + 4;
        for at in row.clone() {
            let Some(button) = form.view.buttons.get(at) else {
                continue;
            };
            let role = match form.button == Some(at) {
                true => Role::Chosen,
                false => Role::Key,
            };
            let room = area.right().saturating_sub(x + 1);
            let begin = x;
            x = canvas.put(x, y, room, &format!("[ {} ]", button.label), role);
            canvas.here(Rect::new(begin, y, x - begin, 1), Spot::Button(at));
            x += 2;
        }
    }
}

/// The lines that the rows of a block take, with a title and the labels.
fn rows_of(block: &BlockView) -> u16 {
    cells(usize::try_from(block.height.clamp(1, ROWS)).unwrap_or(1) + 2)
}

/// The rows that belong to the record shown, a field a column.
fn rows(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (number, block): (usize, &BlockView),
    here: Option<&Form>,
) {
    if area.height < 3 {
        return;
    }
    let line = canvas.app.signs().lines[0];
    let role = if here.is_some() {
        Role::Title
    } else {
        Role::Frame
    };
    canvas.fill(area.x, area.y, area.width, line, Role::Frame);
    let title = format!("{line}{line} {} {line}{line} {} ", block.label, block.place);
    canvas.put(area.x, area.y, area.width, &title, role);
    let shown = usize::from(area.height) - 2;
    let top = (block.row + 1).saturating_sub(shown);
    let mut x = area.x + 2;
    for (column, field) in block.fields.iter().enumerate() {
        if field.hidden || x >= area.right() {
            continue;
        }
        let texts = block.rows.iter();
        let texts = texts.filter_map(|(_, row)| row.get(column)?.as_ref());
        let widest = texts.map(|text| text.width()).max().unwrap_or(0);
        // One more for a sign before the label, or for the cursor behind the text.
        let width = widest.max(field.label.width()).clamp(4, 24) + 1;
        let room = cells(width).min(area.right() - x);
        let place = Rect::new(x, area.y + 1, room, area.height - 1);
        column_of(canvas, place, (number, block), (column, top), here);
        x += room + 1;
    }
    for (at, (status, _)) in block.rows.iter().skip(top).take(shown).enumerate() {
        let y = area.y + 2 + cells(at);
        canvas.put(area.x, y, 1, &status.letter().to_string(), Role::Faint);
    }
}

/// One column of rows, with its label above.
fn column_of(
    canvas: &mut Canvas<'_>,
    place: Rect,
    (number, block): (usize, &BlockView),
    (column, top): (usize, usize),
    here: Option<&Form>,
) {
    let signs = canvas.app.signs();
    let width = usize::from(place.width);
    let field = &block.fields[column];
    let (label, role) = match &field.problem {
        Some(_) => (format!("{}{}", signs.wrong, field.label), Role::Error),
        None => (field.label.clone(), Role::Faint),
    };
    // Room for the cursor stays behind a number, too.
    let (own, space) = match field.number {
        true => (width.saturating_sub(1), " "),
        false => (width, ""),
    };
    let label = fitted(&label, own, field.number, signs) + space;
    canvas.put(place.x, place.y, place.width, &label, role);
    let rows = (place.y + 1..place.bottom()).zip(block.rows.iter().enumerate().skip(top));
    for (y, (at, (_, row))) in rows {
        let chosen = here.filter(|_| at == block.row);
        let records = at as isize - block.row as isize;
        let spot = Spot::Field(number, records, field.name.clone());
        canvas.here(Rect::new(place.x, y, place.width, 1), spot);
        match chosen.filter(|form| field.focus && form.button.is_none()) {
            Some(form) => canvas.field(place.x, y, place.width, &form.text, false),
            None => {
                // The record that is shown has what is typed, even where that is wrong.
                let text = match at == block.row {
                    true => field.text.as_deref(),
                    false => row.get(column).and_then(Option::as_deref),
                };
                let text = text.unwrap_or("");
                let text = fitted(&crate::cell::escaped(text), own, field.number, signs) + space;
                let role = match chosen {
                    Some(_) => Role::Chosen,
                    None => Role::Base,
                };
                canvas.put(place.x, y, place.width, &text, role);
            }
        }
    }
}
