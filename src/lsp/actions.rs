//! Code actions: what mends a diagnostic, and what rewrites a piece of a text.

use crate::diagnostics;
use crate::documents::Document;
use crate::requests::Context;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, CreateFile, DocumentChange,
    Edit, OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextDocumentIdentifier,
    TextEdit, Uri, WorkspaceEdit,
};
use rql_ide::{ActionKind, Span};
use std::collections::HashMap;

fn edit(document: &Document, edits: impl Iterator<Item = (Span, String)>) -> WorkspaceEdit {
    let edits: Vec<TextEdit> = edits
        .map(|(span, text)| document.edit(span, text))
        .collect();
    WorkspaceEdit {
        changes: Some(HashMap::from([(document.uri.clone(), edits)])),
        ..WorkspaceEdit::default()
    }
}

/// An edit that makes a file beside the document's first; `None` where that is none.
fn with_file(
    document: &Document,
    edits: impl Iterator<Item = (Span, String)>,
    name: &str,
    text: String,
) -> Option<WorkspaceEdit> {
    let own = document.uri.to_file_path().ok()?;
    let file = Uri::from_file_path(own.with_file_name(name)).ok()?;
    let change = |uri: &Uri, version, edits: Vec<TextEdit>| {
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version,
                text_document_identifier: TextDocumentIdentifier { uri: uri.clone() },
            },
            edits: edits.into_iter().map(Edit::TextEdit).collect(),
        })
    };
    let start = TextEdit {
        range: Range::default(),
        new_text: text,
    };
    let edits = edits.map(|(span, text)| document.edit(span, text));
    let edits: Vec<TextEdit> = edits.collect();
    let mut changes = vec![
        DocumentChange::CreateFile(CreateFile {
            uri: file.clone(),
            // What is there already stays as it is, and the edit fails.
            options: None,
            annotation_id: None,
        }),
        change(&file, None, vec![start]),
    ];
    if !edits.is_empty() {
        changes.push(change(&document.uri, Some(document.version), edits));
    }
    Some(WorkspaceEdit {
        document_changes: Some(changes),
        ..WorkspaceEdit::default()
    })
}

pub(crate) fn actions(
    context: &Context,
    params: CodeActionParams,
) -> Option<Vec<CodeActionResponse>> {
    let document = context.document(&params.text_document.uri)?;
    let range = document.span(params.range);
    let only = params.context.only.as_deref();
    // A kind stands for all that begin with it.
    let wanted = |kind: &CodeActionKind| {
        let kind = String::from(kind.clone());
        only.is_none_or(|only| {
            let mut only = only.iter().map(|it| String::from(it.clone()));
            only.any(|it| kind == it || kind.starts_with(&format!("{it}.")) || it.is_empty())
        })
    };
    let mut all = Vec::new();
    if wanted(&CodeActionKind::QuickFix) {
        for wrong in document.snapshot.diagnostics() {
            let touched = wrong
                .primary_span()
                .is_some_and(|span| span.start <= range.end && range.start <= span.end);
            if !touched {
                continue;
            }
            let one_way = wrong.suggestions.len() == 1;
            for suggestion in &wrong.suggestions {
                let edits = suggestion.edits.iter();
                let edits = edits.map(|edit| (edit.span, edit.replacement.clone()));
                let shown = match suggestion.edits.as_slice() {
                    [only] if !only.replacement.is_empty() => format!(" ({})", only.replacement),
                    _ => String::new(),
                };
                all.push(CodeAction {
                    title: format!("{}{shown}", suggestion.message),
                    kind: Some(CodeActionKind::QuickFix),
                    diagnostics: Some(vec![diagnostics::diagnostic(
                        document,
                        &context.client,
                        &wrong,
                    )]),
                    is_preferred: one_way.then_some(true),
                    edit: Some(edit(document, edits)),
                    ..CodeAction::default()
                });
            }
        }
    }
    for action in document.snapshot.actions(range) {
        if action.file.is_some() && !context.client.makes_files {
            continue;
        }
        let kind = match action.kind {
            ActionKind::Rewrite => CodeActionKind::RefactorRewrite,
            ActionKind::Extract => CodeActionKind::RefactorExtract,
            ActionKind::Inline => CodeActionKind::RefactorInline,
        };
        if wanted(&kind) {
            let edits = action
                .changes
                .into_iter()
                .map(|change| (change.span, change.text));
            all.push(CodeAction {
                title: action.title.to_owned(),
                kind: Some(kind),
                edit: Some(match action.file {
                    None => edit(document, edits),
                    Some((name, text)) => match with_file(document, edits, &name, text) {
                        Some(edit) => edit,
                        None => continue,
                    },
                }),
                ..CodeAction::default()
            });
        }
    }
    Some(
        all.into_iter()
            .map(CodeActionResponse::CodeAction)
            .collect(),
    )
}
