//! What was wrong, drawn for people or as JSON.

use noctra_runtime::Draw;
use rql_diagnostics::{Diagnostic, RenderOptions, render, to_json};
use std::io::Write;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// One JSON object a line instead of a drawing.
    pub json: bool,
    /// With colours and lines of Unicode, on a terminal.
    pub render: RenderOptions,
}

/// Writes diagnostics about `text`, which people know as `name`. What cannot be written is lost: there
/// is nowhere else to say it.
pub fn diagnostics(out: &mut dyn Write, all: &[Diagnostic], name: &str, text: &str, style: Style) {
    for diagnostic in all {
        let _ = if style.json {
            writeln!(out, "{}", to_json(diagnostic, name, text))
        } else {
            write!(out, "{}", render(diagnostic, name, text, style.render))
        };
    }
    let _ = out.flush();
}

/// Draws in a style what is wrong in the texts of a session.
#[must_use]
pub fn draw(style: Style) -> Draw {
    Box::new(move |all, source, out| diagnostics(out, all, &source.name, &source.text, style))
}
