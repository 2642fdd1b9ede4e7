//! Diagnostics drawn for people: place, source line, carets, help.

use crate::{Diagnostic, LineIndex, Severity, Span};
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

/// How to draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RenderOptions {
    /// With colours.
    pub color: bool,
    /// With lines of Unicode rather than ASCII.
    pub unicode: bool,
}

/// Lines longer than this are shown in part.
const LONG_LINE: usize = 2_000;
/// How much of a long line is shown on either side of the place.
const AROUND: usize = 200;

/// Draws a diagnostic against the text that it speaks of; `file` is how people know the text.
#[must_use]
pub fn render(diagnostic: &Diagnostic, file: &str, source: &str, options: RenderOptions) -> String {
    let index = LineIndex::new(source);
    let Some(primary) = diagnostic.primary_span() else {
        return plain(diagnostic);
    };
    let line = index.line_range(primary.start);
    if line.len() > LONG_LINE {
        return excerpt(diagnostic, file, source, primary, &index, line);
    }
    let clamp = |span: Span| {
        let end = boundary(source, span.end as usize);
        let start = boundary(source, span.start as usize).min(end);
        start..end
    };
    let kind = match diagnostic.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let config = Config::default()
        .with_color(options.color)
        .with_char_set(if options.unicode {
            CharSet::Unicode
        } else {
            CharSet::Ascii
        })
        .with_index_type(IndexType::Byte)
        .with_tab_width(4);
    let mut report = Report::build(kind, (file, clamp(primary)))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    // In the order of the text, so that lines stand in it too; the first said keeps its colour.
    let mut labels: Vec<_> = diagnostic.labels.iter().enumerate().collect();
    labels.sort_by_key(|(_, label)| label.span.start);
    for (at, label) in labels {
        let color = match (at, diagnostic.severity) {
            (0, Severity::Error) => Color::Red,
            (0, Severity::Warning) => Color::Yellow,
            _ => Color::Cyan,
        };
        let label = Label::new((file, clamp(label.span)))
            .with_message(&label.text)
            .with_color(color);
        report = report.with_label(label);
    }
    for note in &diagnostic.notes {
        report = report.with_note(note);
    }
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    }
    // The help says in words what the suggestion would do.
    for suggestion in diagnostic
        .suggestions
        .iter()
        .filter(|_| diagnostic.help.is_none())
    {
        report = report.with_help(&suggestion.message);
    }
    let mut out = Vec::new();
    if report
        .finish()
        .write((file, Source::from(source)), &mut out)
        .is_err()
    {
        return plain(diagnostic);
    }
    let text = String::from_utf8_lossy(&out).into_owned();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

fn boundary(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn plain(diagnostic: &Diagnostic) -> String {
    let mut out = format!(
        "[{}] {}: {}\n",
        diagnostic.code,
        diagnostic.severity.name(),
        diagnostic.message
    );
    for note in diagnostic.notes.iter().chain(&diagnostic.help) {
        out.push_str("  ");
        out.push_str(note);
        out.push('\n');
    }
    out
}

/// The piece of a very long line around the place, with a caret under it.
fn excerpt(
    diagnostic: &Diagnostic,
    file: &str,
    source: &str,
    primary: Span,
    index: &LineIndex<'_>,
    line: core::ops::Range<usize>,
) -> String {
    let at = boundary(source, primary.start as usize);
    let from = boundary(source, at.saturating_sub(AROUND).max(line.start));
    let to = boundary(source, (at + AROUND).min(line.end));
    let before = source.get(from..at).unwrap_or("");
    let piece = source.get(from..to).unwrap_or("");
    let position = index.position(primary.start);
    let label = diagnostic
        .labels
        .first()
        .map_or("", |label| label.text.as_str());
    let pad = " ".repeat(before.chars().count() + 1);
    format!(
        "{}  at {file}:{}:{}\n…{piece}…\n{pad}^ {label}\n",
        plain(diagnostic),
        position.line,
        position.column,
    )
}
