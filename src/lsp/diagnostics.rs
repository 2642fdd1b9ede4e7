//! What is wrong, as the protocol says it.

use crate::documents::Document;
use crate::start::Client;
use lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message,
};
use rql_diagnostics::Severity;
use rql_ide::Unused;

/// What a document's diagnostics say, in its order.
pub(crate) fn diagnostics(document: &Document, client: &Client) -> Vec<Diagnostic> {
    let all = document.snapshot.diagnostics();
    let all = all.iter().map(|one| diagnostic(document, client, one));
    // Who cannot show them in another colour would take them for mistakes.
    let unused = match client.tags {
        true => document.snapshot.unused(),
        false => Vec::new(),
    };
    let unused = unused.iter().map(|one| unnecessary(document, one));
    all.chain(unused).collect()
}

/// A name that nothing uses.
fn unnecessary(document: &Document, unused: &Unused) -> Diagnostic {
    Diagnostic {
        range: document.range(unused.span),
        severity: Some(DiagnosticSeverity::Hint),
        source: Some("rql".into()),
        message: Message::String(format!("nothing uses the {} {}", unused.what, unused.name)),
        tags: Some(vec![DiagnosticTag::Unnecessary]),
        code: None,
        related_information: None,
        code_description: None,
        data: None,
    }
}

/// One of them: its primary label is its place, the others are related places.
pub(crate) fn diagnostic(
    document: &Document,
    client: &Client,
    wrong: &rql_diagnostics::Diagnostic,
) -> Diagnostic {
    let mut message = wrong.message.clone();
    let mut line = |text: &str| {
        if !text.is_empty() {
            message.push('\n');
            message.push_str(text);
        }
    };
    let primary = wrong.labels.first();
    line(primary.map_or("", |label| &label.text));
    wrong.notes.iter().for_each(|note| line(note));
    if let Some(help) = &wrong.help {
        line(&format!("help: {help}"));
    }
    let others = wrong.labels.iter().skip(1);
    let related = others.map(|label| DiagnosticRelatedInformation {
        location: Location {
            uri: document.uri.clone(),
            range: document.range(label.span),
        },
        message: label.text.clone(),
    });
    let related: Vec<_> = related.collect();
    Diagnostic {
        range: document.range(wrong.primary_span().unwrap_or_default()),
        severity: Some(match wrong.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
        }),
        code: Some(Code::String(wrong.code.to_string())),
        source: Some("rql".into()),
        message: Message::String(message),
        related_information: (client.related && !related.is_empty()).then_some(related),
        code_description: None,
        tags: None,
        data: None,
    }
}
