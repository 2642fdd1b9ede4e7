//! Which function answers which request: the one table of them.

use crate::requests as r;
use crate::requests::Context;
use crate::{actions, commands, completion as c};
use lsp_server::ErrorCode;
use lsp_types::*;
use serde_json::Value;

/// Why a request has no answer: a code of the protocol and words.
pub(crate) type Refusal = (i32, String);

macro_rules! routes {
    ($($request:ident => $answer:path,)*) => {
        /// The answer to a request as JSON; `None` where the method is unknown.
        pub(crate) fn answer(
            context: &Context,
            method: &str,
            params: Value,
        ) -> Option<Result<String, Refusal>> {
            $(if method == <$request as Request>::METHOD.as_str() {
                return Some(run::<$request, _>(params, |params| $answer(context, params)));
            })*
            None
        }
    };
}

fn run<R: Request, A: Into<Answer<R::Result>>>(
    params: Value,
    answer: impl FnOnce(R::Params) -> A,
) -> Result<String, Refusal> {
    let params = serde_json::from_value(params);
    let params = params.map_err(|error| (ErrorCode::InvalidParams as i32, error.to_string()))?;
    let Answer(answer) = answer(params).into();
    let answer = answer.map_err(|why| (LspErrorCodes::RequestFailed.into(), why))?;
    serde_json::to_string(&answer)
        .map_err(|error| (ErrorCode::InternalError as i32, error.to_string()))
}

/// A result, or why there is none.
pub(crate) struct Answer<T>(pub(crate) Result<T, String>);

impl<T> From<T> for Answer<T> {
    fn from(value: T) -> Self {
        Self(Ok(value))
    }
}

routes! {
    DocumentDiagnosticRequest => r::diagnostic,
    CompletionRequest => c::completion,
    CompletionResolveRequest => c::completion_resolve,
    HoverRequest => r::hover,
    SignatureHelpRequest => c::signature,
    DefinitionRequest => r::definition,
    ReferencesRequest => r::references,
    DocumentHighlightRequest => r::highlight,
    PrepareRenameRequest => r::prepare_rename,
    RenameRequest => r::rename,
    DocumentSymbolRequest => r::symbols,
    WorkspaceSymbolRequest => r::workspace_symbols,
    FoldingRangeRequest => r::folding,
    SelectionRangeRequest => r::selection,
    SemanticTokensRequest => r::tokens_full,
    SemanticTokensDeltaRequest => r::tokens_delta,
    SemanticTokensRangeRequest => r::tokens_range,
    InlayHintRequest => r::hints,
    DocumentFormattingRequest => r::formatting,
    DocumentRangeFormattingRequest => r::range_formatting,
    DocumentOnTypeFormattingRequest => r::on_type_formatting,
    DocumentLinkRequest => r::links,
    CodeActionRequest => actions::actions,
    CodeLensRequest => commands::lenses,
    ExecuteCommandRequest => commands::execute,
}
