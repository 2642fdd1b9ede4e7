//! What can be typed: candidates, snippets, the arguments of a call.

use crate::convert;
use crate::documents::Document;
use crate::requests::Context;
use lsp_types::*;
use rql_ide::{Span, Statement};
use serde_json::Value;
use std::sync::LazyLock;

/// As many candidates as anybody looks at.
const MOST: usize = 200;

pub(crate) fn completion(
    context: &Context,
    params: CompletionParams,
) -> Option<CompletionResponse> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let found = document.snapshot.complete(at);
    let span = Span::new(found.from, at.max(found.from));
    let typed = span.text(document.text());
    let rest = document.text().get(span.end as usize..).unwrap_or("");
    let items = found.items.into_iter().take(MOST).enumerate();
    let items = items.map(|(place, item)| {
        let (insert, format) = convert::inserted(item.insert, rest, context.client.snippets);
        CompletionItem {
            // The order is ours: by clause and likelihood, not by letters.
            sort_text: Some(format!("{place:04}")),
            // What is typed has chosen the candidates already, and not only by their first letters.
            filter_text: Some(match typed.is_empty() {
                true => item.label.clone(),
                false => typed.to_owned(),
            }),
            kind: Some(convert::completion_kind(item.kind)),
            detail: (!item.detail.is_empty()).then_some(item.detail),
            data: (!item.about.is_empty()).then(|| item.about.into()),
            text_edit: Some(CompletionItemTextEdit::TextEdit(
                document.edit(span, insert),
            )),
            insert_text_format: format,
            label: item.label,
            ..CompletionItem::default()
        }
    });
    let mut items: Vec<CompletionItem> = items.collect();
    if context.client.snippets && context.client.offers_snippets {
        items.extend(snippets(document, span));
    }
    let list = CompletionList {
        // What is typed next may bring others, which would be too many now.
        is_incomplete: true,
        items,
        ..CompletionList::default()
    };
    Some(CompletionResponse::CompletionList(list))
}

pub(crate) fn completion_resolve(_: &Context, mut item: CompletionItem) -> CompletionItem {
    if let Some(about) = item.data.take().as_ref().and_then(|data| data.as_str()) {
        item.documentation = Some(Documentation::String(about.to_owned()));
    }
    item
}

pub(crate) fn signature(context: &Context, params: SignatureHelpParams) -> Option<SignatureHelp> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let help = document.snapshot.signature(at)?;
    let active = u32::try_from(help.active).unwrap_or(u32::MAX);
    let about = (!help.about.is_empty()).then(|| Documentation::String(help.about.clone()));
    let signatures = help.ways.iter().map(|way| {
        let mut label = format!("{}(", help.name);
        let mut parameters = Vec::new();
        for (at, argument) in way.iter().enumerate() {
            if at > 0 {
                label.push_str(", ");
            }
            // Offsets of labels count UTF-16, whatever positions count.
            let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(0);
            let start = units(&label);
            label.push_str(argument);
            parameters.push(ParameterInformation {
                label: ParameterInformationLabel::Tuple((start, units(&label))),
                documentation: None,
            });
        }
        label.push(')');
        let last = u32::try_from(parameters.len().saturating_sub(1)).unwrap_or(0);
        SignatureInformation {
            label,
            documentation: about.clone(),
            // Behind the last of a way that takes any number, the last is meant.
            active_parameter: Some(ActiveParameter::Int(active.min(last))),
            parameters: Some(parameters),
        }
    });
    Some(SignatureHelp {
        signatures: signatures.collect(),
        active_signature: Some(0),
        active_parameter: Some(ActiveParameter::Int(active)),
    })
}

/// A text with places to fill in.
struct Snippet {
    label: String,
    prefix: String,
    body: String,
    about: String,
    /// It is a statement, not a piece of one.
    begins: bool,
}

/// Those of the extension for VS Code, which every client gets that can take them.
static SNIPPETS: LazyLock<Vec<Snippet>> = LazyLock::new(|| {
    let all = serde_json::from_str::<Value>(include_str!("../../editors/vscode/snippets/rql.json"));
    let all = all.unwrap_or_default();
    let read = |(label, value): (&String, &Value)| {
        let lines = value["body"].as_array()?.iter().filter_map(Value::as_str);
        let body = lines.collect::<Vec<_>>().join("\n");
        let first = body.split_whitespace().next()?;
        Some(Snippet {
            label: label.clone(),
            prefix: value["prefix"].as_str()?.to_owned(),
            about: value["description"].as_str().unwrap_or("").to_owned(),
            begins: body.ends_with(';') && Statement::named(first).is_some(),
            body,
        })
    };
    all.as_object()
        .into_iter()
        .flatten()
        .filter_map(read)
        .collect()
});

/// The snippets that begin with what is typed: statements where one begins, pieces elsewhere.
fn snippets(document: &Document, typed: Span) -> Vec<CompletionItem> {
    let word = typed.text(document.text()).to_lowercase();
    let begins = document.snapshot.begins_statement(typed.start);
    let fitting = SNIPPETS.iter().filter(|snippet| {
        let own = snippet.begins == begins;
        own && (begins || !word.is_empty()) && snippet.prefix.starts_with(&word)
    });
    let item = |(at, snippet): (usize, &Snippet)| CompletionItem {
        label: format!("{} …", snippet.label.trim_end_matches(" …")),
        kind: Some(CompletionItemKind::Snippet),
        detail: Some(snippet.about.clone()),
        documentation: Some(Documentation::String(snippet.body.clone())),
        filter_text: Some(match word.is_empty() {
            true => snippet.prefix.clone(),
            false => word.clone(),
        }),
        // Behind what the place itself offers.
        sort_text: Some(format!("9{at:03}")),
        text_edit: Some(CompletionItemTextEdit::TextEdit(
            document.edit(typed, snippet.body.clone()),
        )),
        insert_text_format: Some(InsertTextFormat::Snippet),
        ..CompletionItem::default()
    };
    fitting.enumerate().map(item).collect()
}
