//! What reads documents and gives an answer.

use crate::documents::Document;
use crate::routes::Answer;
use crate::schema::{Database, Origin};
use crate::server::Event;
use crate::start::Client;
use crate::{convert, diagnostics, tokens};
use crossbeam_channel::Sender;
use lsp_types::*;
use noctra_runtime::CancelHandle;
use rql_ide::{Entity, Occurrence, Span};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that an answer may depend on, as it was when its request came.
pub(crate) struct Context {
    pub(crate) documents: HashMap<Uri, Arc<Document>>,
    /// The files of the workspace; those that are open are in [`documents`](Self::documents) as they are there.
    pub(crate) closed: Arc<Vec<Arc<Document>>>,
    /// The file that says which tables there are, where it is not open.
    pub(crate) schema: Option<Arc<Document>>,
    pub(crate) client: Arc<Client>,
    pub(crate) kept: Arc<Kept>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) database: Arc<Database>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) events: Sender<Event>,
    pub(crate) cancel: Arc<Cancel>,
}

/// Whether the client has given up a request, and what stops what it has begun.
#[derive(Default)]
pub(crate) struct Cancel {
    cancelled: AtomicBool,
    statement: Mutex<Option<CancelHandle>>,
}

impl Cancel {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let statement = self
            .statement
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(statement) = statement.as_ref() {
            statement.cancel();
        }
    }

    /// A statement that stops when the request is given up.
    pub(crate) fn stops(&self, statement: CancelHandle) {
        let mut place = self
            .statement
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.is_cancelled() {
            statement.cancel();
        }
        *place = Some(statement);
    }
}

/// The tokens that each client's document was given last.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<Uri, Given>>);

/// The state of a document, and the tokens that it had.
type Given = (String, Arc<Vec<SemanticToken>>);

impl Kept {
    fn put(&self, uri: &Uri, state: &str, tokens: Arc<Vec<SemanticToken>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(uri.clone(), (state.to_owned(), tokens));
    }

    fn get(&self, uri: &Uri, state: &str) -> Option<Arc<Vec<SemanticToken>>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, tokens) = all.get(uri)?;
        (known == state).then(|| Arc::clone(tokens))
    }

    pub(crate) fn forget(&self, uri: &Uri) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(uri);
    }
}

impl Context {
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.documents.get(uri)
    }

    /// A document and the byte of a position in it.
    pub(crate) fn place(&self, at: &TextDocumentPositionParams) -> Option<(&Arc<Document>, u32)> {
        let document = self.document(&at.text_document.uri)?;
        Some((document, document.offset(at.position)))
    }

    /// Where something stands: in its own text only, where it is known nowhere else; in all texts, where the schema
    /// says what it is; else in those that belong together.
    fn occurrences(
        &self,
        own: &Arc<Document>,
        entity: &Entity,
    ) -> Vec<(&Arc<Document>, Occurrence)> {
        let of_schema = || match &self.schema {
            Some(schema) => schema
                .snapshot
                .occurrences(entity)
                .iter()
                .any(|it| it.declares),
            // Open, or in a database.
            None => entity.is_of_table(),
        };
        let mut documents: Vec<&Arc<Document>> = match entity.is_local() {
            true => self.documents.get(&own.uri).into_iter().collect(),
            false if of_schema() => self.everywhere().chain(&self.schema).collect(),
            false => self.related(own),
        };
        documents.sort_by(|a, b| a.uri.cmp(&b.uri));
        let of = |document| {
            let document: &Arc<Document> = document;
            let all = document.snapshot.occurrences(entity).into_iter();
            all.map(move |one| (document, one)).collect::<Vec<_>>()
        };
        documents.into_iter().flat_map(of).collect()
    }
}

fn location(document: &Document, span: Span) -> Location {
    Location {
        uri: document.uri.clone(),
        range: document.range(span),
    }
}

// -- diagnostics -----------------------------------------------------------------------------------

pub(crate) fn diagnostic(
    context: &Context,
    params: DocumentDiagnosticParams,
) -> DocumentDiagnosticReport {
    let document = context.document(&params.text_document.uri);
    let state = document.map(|document| document.state());
    match (state, params.previous_result_id) {
        (Some(state), Some(before)) if state == before => {
            DocumentDiagnosticReport::RelatedUnchangedDocumentDiagnosticReport(
                RelatedUnchangedDocumentDiagnosticReport {
                    related_documents: None,
                    unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                        result_id: state,
                    },
                },
            )
        }
        (state, _) => {
            let items = document
                .map(|document| diagnostics::diagnostics(document, &context.client))
                .unwrap_or_default();
            DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(
                RelatedFullDocumentDiagnosticReport {
                    related_documents: None,
                    full_document_diagnostic_report: FullDocumentDiagnosticReport {
                        result_id: state,
                        items,
                    },
                },
            )
        }
    }
}

// -- what stands there -----------------------------------------------------------------------------

pub(crate) fn hover(context: &Context, params: HoverParams) -> Option<Hover> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let hover = document.snapshot.hover(at)?;
    let markdown = context.client.markdown;
    let mut value = match markdown {
        true => format!("```sql\n{}\n```", hover.title),
        false => hover.title,
    };
    let gap = if markdown { "\n\n" } else { "\n" };
    for line in hover.lines {
        value.push_str(gap);
        value.push_str(&line);
    }
    for (dialects, text) in hover.sql {
        value.push_str(gap);
        value.push_str(&match (text, markdown) {
            (Ok(text), true) => format!("{dialects}:\n```sql\n{text}\n```"),
            (Ok(text), false) => format!("{dialects}: {text}"),
            (Err(why), _) => format!("{dialects}: refused, {why}"),
        });
    }
    let kind = match markdown {
        true => MarkupKind::Markdown,
        false => MarkupKind::PlainText,
    };
    Some(Hover {
        contents: Contents::MarkupContent(MarkupContent { kind, value }),
        range: Some(document.range(hover.span)),
    })
}

pub(crate) fn definition(
    context: &Context,
    params: DefinitionParams,
) -> Option<DefinitionResponse> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let found = document.snapshot.entity(at)?;
    let all = context.occurrences(document, &found.entity);
    let declared = all.iter().filter(|(_, one)| one.declares);
    let places: Vec<Location> = declared
        .map(|(document, one)| location(document, one.span))
        .collect();
    let is_known = !places.is_empty();
    let places = DefinitionResponse::Definition(Definition::LocationList(places));
    is_known.then_some(places)
}

pub(crate) fn references(context: &Context, params: ReferenceParams) -> Option<Vec<Location>> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let found = document.snapshot.entity(at)?;
    let all = context.occurrences(document, &found.entity).into_iter();
    let wanted = all.filter(|(_, one)| params.context.include_declaration || !one.declares);
    Some(
        wanted
            .map(|(document, one)| location(document, one.span))
            .collect(),
    )
}

pub(crate) fn highlight(
    context: &Context,
    params: DocumentHighlightParams,
) -> Option<Vec<DocumentHighlight>> {
    let (document, at) = context.place(&params.text_document_position_params)?;
    let found = document.snapshot.entity(at)?;
    let all = document.snapshot.occurrences(&found.entity).into_iter();
    let all = all.filter(|one| one.span.start < one.span.end);
    let all = all.map(|one| DocumentHighlight {
        range: document.range(one.span),
        kind: Some(match one.declares || one.writes {
            true => DocumentHighlightKind::Write,
            false => DocumentHighlightKind::Read,
        }),
    });
    Some(all.collect())
}

pub(crate) fn prepare_rename(
    context: &Context,
    params: PrepareRenameParams,
) -> Answer<Option<PrepareRenameResult>> {
    let Some((document, at)) = context.place(&params.text_document_position_params) else {
        return Answer(Ok(None));
    };
    let Some(found) = document.snapshot.entity(at) else {
        return Answer(Ok(None));
    };
    let range = document.range(found.span);
    Answer(is_ours(context, document, &found).map(|()| {
        Some(PrepareRenameResult::PrepareRenamePlaceholder(
            PrepareRenamePlaceholder {
                range,
                placeholder: found.name,
            },
        ))
    }))
}

/// Only what an open document declares can be renamed: a database keeps its names.
fn is_ours(
    context: &Context,
    document: &Arc<Document>,
    found: &rql_ide::Found,
) -> Result<(), String> {
    if let Some(why) = document.snapshot.keeps_name(&found.entity) {
        return Err(why);
    }
    let all = context.occurrences(document, &found.entity);
    match all.iter().any(|(_, one)| one.declares) {
        true => Ok(()),
        false => Err(format!(
            "{} is not defined in a text of this workspace, so it keeps its name",
            found.name
        )),
    }
}

pub(crate) fn rename(context: &Context, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let Some((document, at)) = context.place(&params.text_document_position_params) else {
        return Answer(Ok(None));
    };
    let Some(found) = document.snapshot.entity(at) else {
        return Answer(Ok(None));
    };
    let name = params.new_name.trim();
    let renamed = || {
        is_ours(context, document, &found)?;
        let written = document.snapshot.spelled_as(&found.entity, name)?;
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for (document, one) in context.occurrences(document, &found.entity) {
            let written = document.snapshot.renamed(&one, &written)?;
            let edit = document.edit(one.span, written);
            changes.entry(document.uri.clone()).or_default().push(edit);
        }
        Ok(Some(WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        }))
    };
    Answer(renamed())
}

// -- the shape of a text ---------------------------------------------------------------------------

pub(crate) fn symbols(
    context: &Context,
    params: DocumentSymbolParams,
) -> Option<DocumentSymbolResponse> {
    let document = context.document(&params.text_document.uri)?;
    let all = document.snapshot.symbols().into_iter();
    let all = all.map(|symbol| convert::symbol(document, symbol));
    Some(DocumentSymbolResponse::DocumentSymbolList(all.collect()))
}

pub(crate) fn workspace_symbols(
    context: &Context,
    params: WorkspaceSymbolParams,
) -> Option<WorkspaceSymbolResponse> {
    let wanted = params.query.to_lowercase();
    let all = context.everywhere().chain(&context.schema);
    let mut documents: Vec<&Arc<Document>> = all.collect();
    documents.sort_by(|a, b| a.uri.cmp(&b.uri));
    let mut all = Vec::new();
    for document in documents {
        let mut waiting = document.snapshot.symbols();
        waiting.reverse();
        let mut within: Vec<(u32, String)> = Vec::new();
        while let Some(mut symbol) = waiting.pop() {
            within.retain(|(end, _)| symbol.span.start < *end);
            let container = within.last().map(|(_, name)| name.clone());
            let children = std::mem::take(&mut symbol.children);
            if !children.is_empty() {
                within.push((symbol.span.end, symbol.name.clone()));
            }
            waiting.extend(children.into_iter().rev());
            let named = symbol.kind != rql_ide::SymbolKind::Statement;
            if named && symbol.name.to_lowercase().contains(&wanted) {
                let place = location(document, symbol.name_span);
                all.push(WorkspaceSymbol {
                    location: WorkspaceSymbolLocation::Location(place),
                    data: None,
                    base_symbol_information: BaseSymbolInformation {
                        name: symbol.name,
                        kind: convert::symbol_kind(symbol.kind),
                        tags: None,
                        container_name: container,
                    },
                });
            }
        }
    }
    Some(WorkspaceSymbolResponse::WorkspaceSymbolList(all))
}

pub(crate) fn folding(context: &Context, params: FoldingRangeParams) -> Option<Vec<FoldingRange>> {
    let document = context.document(&params.text_document.uri)?;
    let folds = document.snapshot.folds().into_iter().map(|fold| {
        let Range { start, end } = document.range(fold.span);
        FoldingRange {
            start_line: start.line,
            start_character: Some(start.character),
            end_line: end.line,
            end_character: Some(end.character),
            kind: fold.comment.then_some(FoldingRangeKind::Comment),
            collapsed_text: None,
        }
    });
    // One for each line: an editor shows no more.
    let mut all: Vec<FoldingRange> = folds.collect();
    all.dedup_by_key(|fold| fold.start_line);
    Some(all)
}

pub(crate) fn selection(
    context: &Context,
    params: SelectionRangeParams,
) -> Option<Vec<SelectionRange>> {
    let document = context.document(&params.text_document.uri)?;
    let of = |at: Position| {
        let around = document.snapshot.around(document.offset(at));
        let mut outer: Option<SelectionRange> = None;
        for span in around.into_iter().rev() {
            outer = Some(SelectionRange {
                range: document.range(span),
                parent: outer.map(Box::new),
            });
        }
        let here = Range { start: at, end: at };
        outer.unwrap_or(SelectionRange {
            range: here,
            parent: None,
        })
    };
    Some(params.positions.into_iter().map(of).collect())
}

pub(crate) fn links(context: &Context, params: DocumentLinkParams) -> Option<Vec<DocumentLink>> {
    let document = context.document(&params.text_document.uri)?;
    let own = document.uri.to_file_path().ok()?;
    let folder = own.parent()?;
    let links = document.snapshot.links().into_iter();
    let links = links.map(|(span, file)| DocumentLink {
        range: document.range(span),
        target: Uri::from_file_path(folder.join(file)).ok(),
        tooltip: None,
        data: None,
    });
    Some(links.collect())
}

// -- colours and hints -----------------------------------------------------------------------------

pub(crate) fn tokens_full(
    context: &Context,
    params: SemanticTokensParams,
) -> Option<SemanticTokens> {
    let document = context.document(&params.text_document.uri)?;
    let all = Arc::new(tokens::tokens(document, None));
    context
        .kept
        .put(&document.uri, &document.state(), Arc::clone(&all));
    Some(SemanticTokens {
        result_id: Some(document.state()),
        data: all.to_vec(),
    })
}

pub(crate) fn tokens_delta(
    context: &Context,
    params: SemanticTokensDeltaParams,
) -> Option<SemanticTokensDeltaResponse> {
    let document = context.document(&params.text_document.uri)?;
    let before = context.kept.get(&document.uri, &params.previous_result_id);
    let all = Arc::new(tokens::tokens(document, None));
    context
        .kept
        .put(&document.uri, &document.state(), Arc::clone(&all));
    Some(match before {
        Some(before) => SemanticTokensDeltaResponse::SemanticTokensDelta(tokens::delta(
            &before,
            &all,
            document.state(),
        )),
        None => SemanticTokensDeltaResponse::SemanticTokens(SemanticTokens {
            result_id: Some(document.state()),
            data: all.to_vec(),
        }),
    })
}

pub(crate) fn tokens_range(
    context: &Context,
    params: SemanticTokensRangeParams,
) -> Option<SemanticTokens> {
    let document = context.document(&params.text_document.uri)?;
    let piece = document.span(params.range);
    Some(SemanticTokens {
        result_id: None,
        data: tokens::tokens(document, Some(piece)),
    })
}

pub(crate) fn hints(context: &Context, params: InlayHintParams) -> Option<Vec<InlayHint>> {
    let document = context.document(&params.text_document.uri)?;
    let hints = document.snapshot.hints(document.span(params.range));
    let hints = hints.into_iter().map(|hint| InlayHint {
        position: document.lines.position(document.text(), hint.at),
        label: Label::String(hint.text),
        kind: Some(InlayHintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_left: Some(hint.apart),
        padding_right: None,
        data: None,
    });
    Some(hints.collect())
}

// -- formatting ------------------------------------------------------------------------------------

pub(crate) fn formatting(
    context: &Context,
    params: DocumentFormattingParams,
) -> Option<Vec<TextEdit>> {
    let document = context.document(&params.text_document.uri)?;
    let change = document.snapshot.format();
    let edits = change
        .into_iter()
        .map(|change| document.edit(change.span, change.text));
    Some(edits.collect())
}

pub(crate) fn range_formatting(
    context: &Context,
    params: DocumentRangeFormattingParams,
) -> Option<Vec<TextEdit>> {
    let document = context.document(&params.text_document.uri)?;
    let changes = document.snapshot.format_range(document.span(params.range));
    let edits = changes
        .into_iter()
        .map(|change| document.edit(change.span, change.text));
    Some(edits.collect())
}

/// What was typed ends a statement, which is formatted.
pub(crate) fn on_type_formatting(
    context: &Context,
    params: DocumentOnTypeFormattingParams,
) -> Option<Vec<TextEdit>> {
    let document = context.document(&params.text_document.uri)?;
    let at = document.offset(params.position);
    let changes = document.snapshot.format_ended(at);
    let edits = changes
        .into_iter()
        .map(|change| document.edit(change.span, change.text));
    Some(edits.collect())
}
