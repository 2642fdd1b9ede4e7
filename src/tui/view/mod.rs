//! Draws a window into a frame: fixed zones, and dialogs in front of them.

mod builder;
mod command;
mod designer;
mod dialog;
mod form;
mod result;
mod tree;

pub(crate) use builder::widths as builder_widths;
pub(crate) use designer::spots;
pub(crate) use form::about;

use crate::action::Mode;
use crate::app::{App, Shown};
use crate::cell::{fitted, grouped};
use crate::dialog::Body;
use crate::form::Form;
use crate::key::Key;
use crate::mouse::Spot;
use crate::text::Text;
use crate::theme::Role;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr as _;

/// Smaller than this nothing can be seen.
const LEAST: (u16, u16) = (40, 10);

/// A place to draw on, in one theme.
pub(crate) struct Canvas<'b> {
    buffer: &'b mut Buffer,
    app: &'b App,
    /// Where the cursor stands.
    cursor: Option<Position>,
    /// What a mouse can point at; what comes later stands in front.
    places: Vec<(Rect, Spot)>,
}

impl Canvas<'_> {
    fn style(&self, role: Role) -> Style {
        self.app.theme.style(role)
    }

    /// Writes a text, cut at a width; gives the column behind it.
    fn put(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let style = self.style(role);
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return x;
        }
        self.buffer.set_stringn(x, y, text, width.into(), style).0
    }

    /// Something that a mouse can point at stands here.
    fn here(&mut self, area: Rect, spot: Spot) {
        self.places.push((area, spot));
    }

    /// Fills a line.
    fn fill(&mut self, x: u16, y: u16, width: u16, with: &str, role: Role) {
        self.put(x, y, width, &with.repeat(usize::from(width)), role);
    }

    /// Draws a text that is typed, with its end or its cursor in sight.
    fn field(&mut self, x: u16, y: u16, width: u16, text: &Text, secret: bool) {
        let signs = self.app.signs();
        let shown = |part: &str| match secret {
            true => signs.secret.repeat(part.chars().count()),
            false => crate::cell::escaped(part),
        };
        let before = shown(&text.as_str()[..text.at()]);
        let whole = before.clone() + &shown(&text.as_str()[text.at()..]);
        let room = usize::from(width).saturating_sub(1);
        let skip = before.width().saturating_sub(room);
        let mut skipped = 0;
        let behind = whole.char_indices().find(|(_, c)| {
            let far = skipped >= skip;
            skipped += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            far
        });
        let rest = behind.map_or("", |(at, _)| &whole[at..]);
        self.put(
            x,
            y,
            width,
            &fitted(rest, usize::from(width), false, signs),
            Role::Field,
        );
        let column = before.width().saturating_sub(skip).min(room);
        self.cursor = Some(Position::new(x + u16::try_from(column).unwrap_or(0), y));
    }
}

/// Draws a window.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    let cursor = paint(app, frame.buffer_mut()).cursor;
    if let Some(cursor) = cursor.filter(|at| area.contains(*at)) {
        frame.set_cursor_position(cursor);
    }
}

/// What stands at a place, and where that begins and ends.
pub(crate) fn spot(app: &App, at: Position) -> Option<(Rect, Spot)> {
    let mut buffer = Buffer::empty(Rect::from((Position::ORIGIN, app.size)));
    let places = paint(app, &mut buffer).places;
    places.into_iter().rfind(|(area, _)| area.contains(at))
}

fn paint<'b>(app: &'b App, buffer: &'b mut Buffer) -> Canvas<'b> {
    let area = buffer.area;
    let mut canvas = Canvas {
        buffer,
        app,
        cursor: None,
        places: Vec::new(),
    };
    let base = app.theme.style(Role::Base);
    canvas.buffer.set_style(area, base);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let notice = format!(
            "{}x{} is too small, {}x{} does",
            area.width, area.height, LEAST.0, LEAST.1
        );
        canvas.put(0, 0, area.width, &notice, Role::Warning);
        return canvas;
    }
    let (_, height) = app.main();
    let main = Rect::new(0, 1, area.width, u16::try_from(height).unwrap_or(0));
    header(&mut canvas, area.width);
    match app.mode {
        Mode::Result => result::draw(&mut canvas, main),
        Mode::Form if app.form.is_some() => {
            if let Some(open) = &app.form {
                form::draw(&mut canvas, main, open);
            }
        }
        Mode::Design => {
            if let Some(open) = &app.designer {
                designer::draw(&mut canvas, main, open);
            }
        }
        _ => match &app.builder {
            Some(open) => builder::draw(&mut canvas, main, open),
            None => command::draw(&mut canvas, main),
        },
    }
    for one in &app.dialogs {
        // What is behind it waits.
        canvas.cursor = None;
        canvas.places.clear();
        dialog::draw(&mut canvas, one, main);
    }
    message(&mut canvas, main.bottom(), area.width);
    footer(&mut canvas, main.bottom() + 1, area.width);
    canvas
}

/// The first line: the mode, what it is on, and where.
fn header(canvas: &mut Canvas<'_>, width: u16) {
    let app = canvas.app;
    let line = app.signs().lines[0];
    let mode = match app.mode() {
        Mode::Dialog | Mode::List | Mode::Line | Mode::Cell | Mode::Page | Mode::Tree => "DIALOG",
        Mode::Result | Mode::Text => "RESULT",
        Mode::Form => "FORM",
        Mode::Build => "BUILDER",
        Mode::Design => "DESIGNER",
        Mode::Command if app.builder.is_some() => "BUILDER",
        Mode::Command => "COMMAND",
    };
    let mut state = vec![
        format!("Noctra {}", env!("CARGO_PKG_VERSION")),
        app.place.name.clone(),
    ];
    state.extend(Some(app.place.state.clone()).filter(|state| !state.is_empty()));
    state.extend(
        app.place
            .transaction
            .map(|state| format!("transaction {state}")),
    );
    let (left, mut right) = match (app.mode, app.results.get(app.current)) {
        (_, _) if !app.dialogs.is_empty() => {
            let waits = match app.mode {
                Mode::Result => "RESULT waits",
                Mode::Form => "FORM waits",
                Mode::Build => "BUILDER waits",
                Mode::Design => "DESIGNER waits",
                _ => "COMMAND waits",
            };
            (state, vec![waits.to_owned()])
        }
        (Mode::Result, Some((number, shown))) => result::header(app, *number, shown),
        (Mode::Form, _) if app.form.is_some() => app
            .form
            .as_ref()
            .map(|open| form::header(app, open))
            .unwrap_or_default(),
        (Mode::Design, _) if app.designer.is_some() => app
            .designer
            .as_ref()
            .map(designer::header)
            .unwrap_or_default(),
        (Mode::Build, _) => (state, vec!["a query".to_owned()]),
        _ => (state, command::header(app)),
    };
    canvas.fill(0, 0, width, line, Role::Frame);
    let between = format!(" {line} ");
    let joined = |right: &[String]| right.join(&format!(" {line}{line} "));
    // The first of them matter most.
    let most = usize::from(width).saturating_sub(mode.width() + 12);
    while right.len() > 1 && joined(&right).width() > most {
        right.pop();
    }
    let right = joined(&right);
    let right_width = u16::try_from(right.width()).unwrap_or(0) + 4;
    let x = canvas.put(2, 0, width - 2, "( ", Role::Frame);
    let x = canvas.put(x, 0, 8, mode, Role::Title);
    let x = canvas.put(x, 0, 3, " ) ", Role::Frame);
    let room = width.saturating_sub(x + right_width + 1);
    let text = left.join(&between);
    let text = match text.width() > usize::from(room) {
        true => fitted(&text, usize::from(room), false, app.signs()),
        false => text,
    };
    let x = canvas.put(x, 0, room, &text, Role::Base);
    canvas.put(x, 0, 1, " ", Role::Frame);
    if right_width > 4 && right_width < width.saturating_sub(x) {
        let x = width - right_width;
        let x = canvas.put(x, 0, width, " ", Role::Frame);
        let x = canvas.put(x, 0, width - x, &right, Role::Base);
        canvas.put(x, 0, 1, " ", Role::Frame);
    }
}

/// The line that says how things are.
fn message(canvas: &mut Canvas<'_>, y: u16, width: u16) {
    let app = canvas.app;
    let (role, text) = said(app);
    let room = usize::from(width - 1);
    let text = fitted(&text, text.width().min(room), false, app.signs());
    canvas.put(1, y, width - 1, &text, role);
}

/// What the message line says, where it has no room for all of it.
pub(crate) fn cut(app: &App) -> Option<String> {
    let (_, text) = said(app);
    (text.width() >= usize::from(app.size.width)).then_some(text)
}

fn said(app: &App) -> (Role, String) {
    let signs = app.signs();
    let spin = signs.spinner[app.ticks % signs.spinner.len()];
    if let Some(Body::Ask { buttons, .. }) = app.dialogs.last().map(|dialog| &dialog.body) {
        let first = |label: &&str| label.chars().next().unwrap_or(' ').to_string();
        let letters: Vec<String> = buttons.iter().map(first).collect();
        let letters = letters.join(", ");
        return (
            Role::Base,
            format!("The default is the harmless answer.  {letters} choose directly."),
        );
    }
    if let Some((role, text)) = &app.message {
        let sign = match role {
            Role::Error => format!("{} ", signs.wrong),
            Role::Good => format!("{} ", signs.right),
            _ => String::new(),
        };
        return (*role, sign + text);
    }
    if let Some(busy) = app
        .busy
        .as_ref()
        .filter(|busy| !busy.has_begun() && app.dialogs.is_empty())
        // What a form does at once is nothing to be told of.
        .filter(|busy| !busy.form || busy.ticks > 0)
    {
        let key = app.key_of(crate::action::Action::Cancel);
        let seconds = busy.ticks / crate::TICKS;
        let time = if seconds > 0 {
            format!(" {seconds} s")
        } else {
            String::new()
        };
        return (Role::Base, format!("{spin} running…{time}  {key} cancels"));
    }
    if let Some((what, course)) = app.beside.front() {
        let rows = grouped(course.done());
        let key = app.key_of(crate::action::Action::Cancel);
        return (
            Role::Base,
            format!("{spin} {what} · {rows} rows…  {key} ends it"),
        );
    }
    match (app.mode, app.results.get(app.current)) {
        (Mode::Result, Some((_, Shown::Grid(grid)))) => {
            (Role::Base, result::counted(app, grid, spin))
        }
        (Mode::Result, Some((_, Shown::Text(_, lines, _)))) => {
            (Role::Base, format!("{} lines", grouped(lines.len() as u64)))
        }
        (Mode::Command | Mode::Build, _) => match &app.builder {
            Some(open) => builder::said(app, open),
            None => command::wrong(app),
        },
        (Mode::Design, _) => match &app.designer {
            Some(open) => designer::said(app, open),
            None => (Role::Base, String::new()),
        },
        (Mode::Form, _) => match &app.form {
            Some(open) => form::said(app, open),
            None => (Role::Base, String::new()),
        },
        _ => (Role::Base, String::new()),
    }
}

/// The keys of the mode.
fn footer(canvas: &mut Canvas<'_>, y: u16, width: u16) {
    let app = canvas.app;
    canvas.fill(0, y, width, app.signs().lines[0], Role::Frame);
    let mode = app.mode();
    let form = app.form.as_ref().filter(|_| mode == Mode::Form);
    let cells = app.keys.footer(mode, form.is_none_or(Form::has_records));
    for line in 0..app.footer_lines() {
        let y = y + 1 + u16::try_from(line).unwrap_or(0);
        for (at, cell) in cells.iter().skip(line * 4).take(4).enumerate() {
            let own = width / 4;
            let x = 1 + u16::try_from(at).unwrap_or(0) * own;
            // The last one may go to the edge.
            let room = if at == 3 {
                width.saturating_sub(x)
            } else {
                own.saturating_sub(1)
            };
            key(canvas, x, y, room, cell);
        }
    }
}

/// A cell of the footer: keys in front of a colon look like keys.
fn key(canvas: &mut Canvas<'_>, mut x: u16, y: u16, width: u16, cell: &str) {
    let right = x + width;
    for (at, part) in cell.split("  ").enumerate() {
        let (keys, label) = part.split_once(':').unwrap_or(("", part));
        if at > 0 {
            x = canvas.put(x, y, right.saturating_sub(x), "  ", Role::Base);
        }
        let begin = x;
        x = canvas.put(x, y, right.saturating_sub(x), keys, Role::Key);
        if !keys.is_empty() {
            x = canvas.put(x, y, right.saturating_sub(x), ":", Role::Base);
        }
        x = canvas.put(x, y, right.saturating_sub(x), label, Role::Base);
        // `PgUp/PgDn` is two; the label is the last one's, and `/` is one.
        let mut own = begin;
        let each = match Key::named(keys) {
            Some(_) => vec![keys],
            None => keys.split('/').collect(),
        };
        for name in each {
            if let Some(key) = Key::named(name) {
                let area = Rect::new(own, y, x.saturating_sub(own), 1);
                canvas.here(area, Spot::Key(key));
            }
            own = own.saturating_add(u16::try_from(name.width() + 1).unwrap_or(0));
        }
    }
}
