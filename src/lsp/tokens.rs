//! Semantic tokens: the colours of a text as the protocol wants them.

use crate::documents::Document;
use lsp_types::{SemanticToken, SemanticTokensDelta, SemanticTokensEdit, SemanticTokensLegend};
use rql_ide::{Class, Span};

/// The kinds of token, and which class each has.
const TYPES: &[(&str, &[Class])] = &[
    ("keyword", &[Class::Keyword, Class::Command]),
    ("variable", &[Class::Name]),
    ("class", &[Class::Table]),
    ("function", &[Class::Function]),
    ("type", &[Class::Type]),
    ("string", &[Class::Text]),
    ("number", &[Class::Number]),
    ("enumMember", &[Class::Constant]),
    ("parameter", &[Class::Parameter]),
    ("operator", &[Class::Operator]),
    ("comment", &[Class::Comment]),
];

pub(crate) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.iter().map(|row| row.0.to_owned()).collect(),
        token_modifiers: Vec::new(),
    }
}

/// The tokens that touch a piece of a document; none is longer than its line.
pub(crate) fn tokens(document: &Document, piece: Option<Span>) -> Vec<SemanticToken> {
    let text = document.text();
    let mut all = Vec::new();
    let (mut line, mut start) = (0, 0);
    let highlights = match piece {
        Some(piece) => document.snapshot.highlight_in(piece),
        None => document.snapshot.highlight(),
    };
    for highlight in highlights {
        let touched =
            |piece: Span| highlight.span.start <= piece.end && piece.start <= highlight.span.end;
        if !piece.is_none_or(touched) {
            continue;
        }
        let of = |row: &(&str, &[Class])| row.1.contains(&highlight.class);
        let Some(kind) = TYPES.iter().position(of) else {
            continue;
        };
        let mut at = highlight.span.start;
        for part in highlight.span.text(text).split_inclusive('\n') {
            let shown = part.trim_end_matches(['\n', '\r']);
            if !shown.is_empty() {
                let place = document.lines.position(text, at);
                let delta_line = place.line - line;
                all.push(SemanticToken {
                    delta_line,
                    delta_start: match delta_line {
                        0 => place.character - start,
                        _ => place.character,
                    },
                    length: document.lines.encoding().length(shown),
                    token_type: u32::try_from(kind).unwrap_or(0),
                    token_modifiers_bitset: 0,
                });
                (line, start) = (place.line, place.character);
            }
            at += u32::try_from(part.len()).unwrap_or(0);
        }
    }
    all
}

/// What makes new tokens of old ones: one replacement of what lies between what both begin and end with.
pub(crate) fn delta(
    old: &[SemanticToken],
    new: &[SemanticToken],
    state: String,
) -> SemanticTokensDelta {
    const NUMBERS: usize = 5;
    let begin = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let ends = old[begin..].iter().rev().zip(new[begin..].iter().rev());
    let end = ends.take_while(|(old, new)| old == new).count();
    let gone = old.len() - begin - end;
    let come = &new[begin..new.len() - end];
    let numbers = |count: usize| u32::try_from(count * NUMBERS).unwrap_or(u32::MAX);
    let data = come.iter().flat_map(|token| {
        [
            token.delta_line,
            token.delta_start,
            token.length,
            token.token_type,
            token.token_modifiers_bitset,
        ]
    });
    let edit = SemanticTokensEdit {
        start: numbers(begin),
        delete_count: numbers(gone),
        data: Some(data.collect()),
    };
    SemanticTokensDelta {
        result_id: Some(state),
        edits: match gone == 0 && come.is_empty() {
            true => Vec::new(),
            false => vec![edit],
        },
    }
}
