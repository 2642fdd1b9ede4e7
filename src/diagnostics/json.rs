//! One diagnostic as one line of JSON, for editors and programs.

use crate::{Diagnostic, LineIndex, Span};
use core::fmt::Write as _;

/// `{"code":…,"severity":…,"message":…,"file":…,"start":{…},"end":{…},"labels":[…],…}`: one object,
/// no line break in it. Lines and columns count from one, columns in characters, offsets in bytes.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic, file: &str, source: &str) -> String {
    let index = LineIndex::new(source);
    let mut out = String::new();
    let _ = write!(
        out,
        "{{\"code\":\"{}\",\"severity\":\"{}\",\"message\":",
        diagnostic.code,
        diagnostic.severity.name()
    );
    string(&mut out, &diagnostic.message);
    out.push_str(",\"file\":");
    string(&mut out, file);
    if let Some(span) = diagnostic.primary_span() {
        out.push(',');
        place(&mut out, &index, span);
    }
    out.push_str(",\"labels\":[");
    for (at, label) in diagnostic.labels.iter().enumerate() {
        out.push_str(if at == 0 { "{" } else { ",{" });
        place(&mut out, &index, label.span);
        out.push_str(",\"text\":");
        string(&mut out, &label.text);
        out.push('}');
    }
    out.push_str("],\"notes\":[");
    for (at, note) in diagnostic.notes.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        string(&mut out, note);
    }
    out.push(']');
    if let Some(help) = &diagnostic.help {
        out.push_str(",\"help\":");
        string(&mut out, help);
    }
    out.push_str(",\"suggestions\":[");
    for (at, suggestion) in diagnostic.suggestions.iter().enumerate() {
        out.push_str(if at == 0 {
            "{\"message\":"
        } else {
            ",{\"message\":"
        });
        string(&mut out, &suggestion.message);
        out.push_str(",\"edits\":[");
        for (at, edit) in suggestion.edits.iter().enumerate() {
            out.push_str(if at == 0 { "{" } else { ",{" });
            place(&mut out, &index, edit.span);
            out.push_str(",\"replacement\":");
            string(&mut out, &edit.replacement);
            out.push('}');
        }
        out.push_str("]}");
    }
    out.push_str("]}");
    out
}

fn place(out: &mut String, index: &LineIndex<'_>, span: Span) {
    for (name, offset) in [("start", span.start), ("end", span.end)] {
        let at = index.position(offset);
        let _ = write!(
            out,
            "{}\"{name}\":{{\"line\":{},\"column\":{},\"offset\":{offset}}}",
            if name == "end" { "," } else { "" },
            at.line,
            at.column
        );
    }
}

/// A JSON string (RFC 8259, section 7).
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::to_json;
    use crate::{Diagnostic, Span, codes};

    #[test]
    fn one_object_a_line() {
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, "a \"quote\"\n")
            .label(Span::new(2, 3), "here")
            .suggest("drop it", Span::new(2, 3), "");
        assert_eq!(
            to_json(&diagnostic, "f.rql", "a\nb"),
            r#"{"code":"RQL0101","severity":"error","message":"a \"quote\"\n","file":"f.rql","start":{"line":2,"column":1,"offset":2},"end":{"line":2,"column":2,"offset":3},"labels":[{"start":{"line":2,"column":1,"offset":2},"end":{"line":2,"column":2,"offset":3},"text":"here"}],"notes":[],"suggestions":[{"message":"drop it","edits":[{"start":{"line":2,"column":1,"offset":2},"end":{"line":2,"column":2,"offset":3},"replacement":""}]}]}"#
        );
    }
}
