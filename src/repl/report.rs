//! What was wrong, drawn for people or as JSON.

use noctra_runtime::Failure;
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

/// Writes warnings; see [`diagnostics`].
pub fn warnings(out: &mut dyn Write, all: &[Diagnostic], name: &str, text: &str, style: Style) {
    diagnostics(out, all, name, text, style);
}

/// Writes why a text did not run to its end.
pub fn failure(out: &mut dyn Write, failure: &Failure, name: &str, text: &str, style: Style) {
    match failure {
        Failure::Diagnostics(all) => diagnostics(out, all, name, text, style),
        // The reader has gone: there is nobody to tell.
        failure if failure.is_broken_pipe() => {}
        Failure::Output(error) => {
            let _ = writeln!(out, "cannot write the result: {error}");
        }
        Failure::Cancelled => {
            let _ = writeln!(out, "cancelled");
        }
    }
}
