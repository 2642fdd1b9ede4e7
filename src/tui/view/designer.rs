//! The designer of forms: the form as it will be, with the field that one is at.

use super::Canvas;
use crate::app::App;
use crate::designer::{Designer, Spot};
use crate::form::{Button, Form, FormView};
use crate::key::Key;
use crate::theme::Role;
use noctra_records::Screen;
use ratatui::layout::Rect;

/// What stands in the header.
pub(super) fn header(designer: &Designer) -> (Vec<String>, Vec<String>) {
    let name = match &designer.file {
        Some(file) => file.display().to_string(),
        None => designer.form.name.text.clone(),
    };
    let count = designer.form.fields.len();
    let mut right = vec![match designer.field() {
        Some(_) => format!("field {} of {count}", designer.at + 1),
        None => "no field".to_owned(),
    }];
    if let Some(field) = designer.field() {
        let place = designer.form.place(&field.name.text);
        right.extend(place.map(|(line, column)| format!("Ln {line} Col {column}")));
    }
    right.extend(designer.is_dirty().then(|| "not saved".to_owned()));
    (vec![name], right)
}

/// What the message line says: what is wrong, else what the field is.
pub(super) fn said(app: &App, designer: &Designer) -> (Role, String) {
    if let Some(wrong) = designer.wrong.first() {
        let more = match designer.wrong.len() {
            1 => String::new(),
            count => format!("   (1 of {count})"),
        };
        return (Role::Error, format!("{} {wrong}{more}", app.signs().wrong));
    }
    let spots = super::spots(&designer.sketch(), usize::from(app.size.width));
    if let Some((one, other)) = Designer::overlap(&spots) {
        return (
            Role::Warning,
            format!("{one} and {other} stand upon each other"),
        );
    }
    let Some(field) = designer.field() else {
        return (Role::Base, String::new());
    };
    let width = designer.size().1;
    let mut about = format!("{}: {}, {width} wide", field.name.text, field.written.text);
    for (there, word) in [
        (field.required(), "required"),
        (field.readonly, "readonly"),
        (field.hidden, "hidden"),
        (field.lookup.is_some(), "a list by a query"),
        (!field.choices.is_empty(), "a list of choices"),
    ] {
        if there {
            about.push_str(&format!(", {word}"));
        }
    }
    (Role::Base, about)
}

/// The form as it is drawn when somebody works at it.
fn as_form(designer: &Designer) -> Form {
    let buttons = designer.whole.buttons().map(|action| Button {
        name: action.name.text.clone(),
        label: action
            .label
            .clone()
            .unwrap_or_else(|| action.name.text.clone()),
        key: action.key.as_deref().and_then(Key::named),
    });
    Form::new(FormView {
        screen: designer.sketch(),
        buttons: buttons.collect(),
        closed: false,
    })
}

/// Draws it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, designer: &Designer) {
    let form = as_form(designer);
    canvas.cursor = None;
    super::form::draw(canvas, area, &form);
    // The field that one is at has the cursor; it is shown as chosen, with its brackets.
    let hidden = designer.field().is_none_or(|field| field.hidden);
    let Some(cursor) = canvas.cursor.take().filter(|_| !hidden) else {
        return;
    };
    let (rows, width) = designer.size();
    let list = form.field().is_some_and(|field| field.has_list);
    let wide = u16::try_from(width)
        .unwrap_or(u16::MAX)
        .saturating_add(2 + u16::from(list));
    let x = cursor.x.saturating_sub(1);
    let high = u16::try_from(rows).unwrap_or(1);
    let place = Rect::new(x, cursor.y, wide, high).intersection(area);
    let style = canvas.style(Role::Chosen);
    canvas.buffer.set_style(place, style);
    // Without colours its brackets tell.
    let [left, right] = canvas.app.signs().chosen;
    canvas.put(place.x, place.y, 1, left, Role::Chosen);
    canvas.put(
        place.right().saturating_sub(1),
        place.y,
        1,
        right,
        Role::Chosen,
    );
}

/// Where the fields of the page stand that one is on.
pub(crate) fn spots(screen: &Screen, width: usize) -> Vec<Spot> {
    screen.blocks.first().map_or(Vec::new(), |block| {
        super::form::spots(block, width.saturating_sub(2))
    })
}
