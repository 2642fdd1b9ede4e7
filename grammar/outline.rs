//! Where the statements of a text stand, without reading them.

use crate::backend;
use crate::settle::{self, Block, Settled};
use rql_ast::Span;
use rql_lexer::TokenKind as T;

/// Where the statements of a text stand, each without its semicolon.
#[must_use]
pub fn outline(source: &str) -> Vec<Outline> {
    let tokens = rql_lexer::lex(source).tokens;
    let mut all = Vec::new();
    let mut settled = Settled::default();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == T::Semicolon {
            at += 1;
            continue;
        }
        let (next, open) = match backend::verb(source, &tokens, at) {
            0 => {
                let next = settle::statement(source, &tokens, at, &mut settled);
                let holds = |open: &(Block, Span)| {
                    matches!(open.0, Block::If | Block::Loop | Block::Statements)
                };
                (next, settled.open.iter().any(holds))
            }
            _ => {
                let (end, open) = backend::end(source, &tokens, at);
                (end + 1, open.is_some())
            }
        };
        let next = next.max(at + 1).min(tokens.len());
        let last = tokens[next - 1];
        let ended = last.kind == T::Semicolon;
        let end = match ended {
            true if next - 1 > at => tokens[next - 2].span.end,
            _ => last.span.end,
        };
        all.push(Outline {
            span: Span::new(tokens[at].span.start, end),
            ended: ended && !open,
        });
        at = next;
    }
    all
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// From its first to its last byte.
    pub span: Span,
    /// A semicolon ends it, and no block of it is open.
    pub ended: bool,
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn statements_have_their_places() {
        let text = "SELECT 1; IF a THEN PRINT 1; END IF; PRAGMA x; SELECT ';";
        let all: Vec<_> = outline(text)
            .iter()
            .map(|o| (o.span.text(text), o.ended))
            .collect();
        let wanted = [
            ("SELECT 1", true),
            ("IF a THEN PRINT 1; END IF", true),
            ("PRAGMA x", true),
            ("SELECT '", true),
        ];
        assert_eq!(all, wanted);
        assert!(!outline("IF a THEN PRINT 1;")[0].ended);
    }
}
