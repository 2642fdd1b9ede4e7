//! What client and server agree on at the start.

use crate::commands::COMMANDS;
use crate::position::Encoding;
use crate::tokens;
use lsp_types::*;
use std::path::PathBuf;

/// What the client can do, as far as it matters here.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) encoding: Encoding,
    /// It asks for diagnostics itself.
    pub(crate) pulls: bool,
    pub(crate) refreshes_diagnostics: bool,
    pub(crate) refreshes_hints: bool,
    pub(crate) refreshes_tokens: bool,
    pub(crate) markdown: bool,
    /// A candidate may say where the cursor goes.
    pub(crate) snippets: bool,
    /// It has no snippets of its own.
    pub(crate) offers_snippets: bool,
    pub(crate) related: bool,
    /// It shows what nothing uses in another colour.
    pub(crate) tags: bool,
    /// An edit may make files.
    pub(crate) makes_files: bool,
    /// It asks again before it renames.
    pub(crate) prepares_rename: bool,
    /// It can watch files, and say which have changed.
    pub(crate) watches_files: bool,
    pub(crate) folders: Vec<PathBuf>,
}

impl Client {
    pub(crate) fn new(params: &InitializeParams) -> Self {
        let all = &params.capabilities;
        let general = all.general.as_ref();
        let known = general.and_then(|general| general.position_encodings.as_deref());
        let text = all.text_document.as_ref();
        let workspace = all.workspace.as_ref();
        let hover = text.and_then(|text| text.hover.as_ref());
        let formats = hover.and_then(|hover| hover.content_format.as_deref());
        let rename = text.and_then(|text| text.rename.as_ref());
        let published = text.and_then(|text| text.publish_diagnostics.as_ref());
        let related = published.and_then(|it| it.diagnostics_capabilities.related_information);
        let tags = published.and_then(|it| it.diagnostics_capabilities.tag_support.as_ref());
        let edits = workspace.and_then(|it| it.workspace_edit.as_ref());
        let makes_files = edits.is_some_and(|edits| {
            let kinds = edits.resource_operations.as_deref().unwrap_or_default();
            kinds.contains(&ResourceOperationKind::Create)
        });
        let options = serde_json::to_value(&params.initialization_options).unwrap_or_default();
        let pulls = text.is_some_and(|text| text.diagnostic.is_some());
        let folders = match &params.workspace_folders_initialize_params.workspace_folders {
            Some(WorkspaceFolders::WorkspaceFolderList(all)) => {
                all.iter().map(|folder| folder.uri.clone()).collect()
            }
            _ => Vec::new(),
        };
        #[allow(deprecated, reason = "what older clients send")]
        let root = params.root_uri.clone();
        let folders = folders.into_iter().chain(root);
        Self {
            encoding: Encoding::agreed(known.unwrap_or_default()),
            pulls,
            refreshes_diagnostics: workspace
                .and_then(|it| it.diagnostics.as_ref()?.refresh_support)
                .unwrap_or(false),
            refreshes_hints: workspace
                .and_then(|it| it.inlay_hint.as_ref()?.refresh_support)
                .unwrap_or(false),
            refreshes_tokens: workspace
                .and_then(|it| it.semantic_tokens.as_ref()?.refresh_support)
                .unwrap_or(false),
            snippets: text
                .and_then(|text| {
                    text.completion
                        .as_ref()?
                        .completion_item
                        .as_ref()?
                        .snippet_support
                })
                .unwrap_or(false),
            watches_files: workspace
                .and_then(|it| it.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            markdown: formats.is_some_and(|formats| formats.contains(&MarkupKind::Markdown)),
            offers_snippets: options["snippets"] != false,
            tags: tags.map_or(pulls, |tags| {
                tags.value_set.contains(&DiagnosticTag::Unnecessary)
            }),
            makes_files,
            related: related.unwrap_or(pulls),
            prepares_rename: rename.and_then(|it| it.prepare_support).unwrap_or(false),
            folders: folders.filter_map(|uri| uri.to_file_path().ok()).collect(),
        }
    }
}

/// What the server can do for a client.
pub(crate) fn capabilities(client: &Client) -> ServerCapabilities {
    let words = |all: &[&str]| Some(all.iter().map(|&word| word.to_owned()).collect());
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: words(&[".", ":", "'", "\""]),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: words(&["(", ","]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QuickFix,
                CodeActionKind::RefactorRewrite,
                CodeActionKind::RefactorExtract,
                CodeActionKind::RefactorInline,
            ]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions::default()),
        document_link_provider: Some(DocumentLinkOptions::default()),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        document_range_formatting_provider: Some(DocumentRangeFormattingProvider::Bool(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: ";".to_owned(),
            more_trigger_character: None,
        }),
        rename_provider: Some(match client.prepares_rename {
            true => RenameProvider::RenameOptions(RenameOptions {
                prepare_provider: Some(true),
                ..RenameOptions::default()
            }),
            false => RenameProvider::Bool(true),
        }),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: COMMANDS
                .iter()
                .map(|command| command.name.to_owned())
                .collect(),
            ..ExecuteCommandOptions::default()
        }),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: tokens::legend(),
                range: Some(SemanticTokensOptionsRange::Bool(true)),
                full: Some(Full::SemanticTokensFullDelta(SemanticTokensFullDelta {
                    delta: Some(true),
                })),
                ..SemanticTokensOptions::default()
            },
        )),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("rql".into()),
                inter_file_dependencies: true,
                ..DiagnosticOptions::default()
            })
        }),
        ..ServerCapabilities::default()
    }
}
