//! Where the statements of a text stand, without reading them.

use crate::backend;
use crate::settle::{self, Block, Settled};
use rql_ast::Span;
use rql_lexer::{Token, TokenKind as T};
use std::sync::Arc;

/// Where the statements of a text stand, each without its semicolon.
#[must_use]
pub fn outline(source: &str) -> Vec<Outline> {
    of_tokens(source, &rql_lexer::lex(source).tokens)
}

/// A text and where its statements stand, for whoever asks after each keystroke.
#[derive(Clone, Debug)]
pub struct Outlined {
    text: Arc<str>,
    all: Arc<[Outline]>,
    /// Everything in it is a token: what opens is closed before the text ends, so that nothing behind a place says what
    /// stands before it.
    clean: bool,
}

impl Outlined {
    /// A text by itself.
    #[must_use]
    pub fn new(text: Arc<str>) -> Self {
        let tokens = rql_lexer::lex(&text).tokens;
        Self {
            all: of_tokens(&text, &tokens).into(),
            clean: is_clean(&tokens),
            text,
        }
    }

    /// A text that has come of this one: what is the same before and behind a change is not looked at again.
    #[must_use]
    pub fn changed(&self, text: Arc<str>) -> Self {
        match self.around_change(&text) {
            Some(all) => Self {
                all: all.into(),
                clean: true,
                text,
            },
            None => Self::new(text),
        }
    }

    /// Its statements.
    #[must_use]
    pub fn statements(&self) -> &Arc<[Outline]> {
        &self.all
    }

    /// The statements of a text, of which only those around the change are looked at; `None` where that does not say
    /// all.
    fn around_change(&self, text: &str) -> Option<Vec<Outline>> {
        if !self.clean {
            return None;
        }
        let (old, known) = (&*self.text, &*self.all);
        let (before, behind) = same(old.as_bytes(), text.as_bytes());
        let start = |at: usize| known.get(at).map(|it| it.span.start as usize);
        let after_end = |at: usize| at == 0 || known[at - 1].ended;
        // From the statement before the one that the change is in.
        let touched = known.partition_point(|it| it.span.start as usize <= before);
        let first = (0..touched.saturating_sub(1))
            .rev()
            .find(|&at| after_end(at))?;
        // To the next but one behind it.
        let whole = known.partition_point(|it| (it.span.start as usize) < old.len() - behind);
        let last = (whole + 1..known.len()).find(|&at| after_end(at))?;
        let (from, to) = (start(first)?, start(last)?);
        let moved = |at: usize| (at + text.len()).checked_sub(old.len());
        let window = text.get(from..moved(to)?)?;
        let lexed = rql_lexer::lex(window);
        // What is open at the end of the window goes on behind it.
        let open = lexed
            .comments
            .last()
            .is_some_and(|it| it.end as usize >= window.len());
        if open || !is_clean(&lexed.tokens) {
            return None;
        }
        let inner = of_tokens(window, &lexed.tokens);
        if !inner.last().is_some_and(|last| last.ended) {
            return None;
        }
        let shifted = |it: &Outline, by: i64| {
            let moved = |at: u32| u32::try_from(i64::from(at) + by).unwrap_or(u32::MAX);
            Outline {
                span: Span::new(moved(it.span.start), moved(it.span.end)),
                ended: it.ended,
            }
        };
        let mut all = Vec::with_capacity(known.len() + inner.len());
        all.extend_from_slice(&known[..first]);
        all.extend(inner.iter().map(|it| shifted(it, from as i64)));
        let by = text.len() as i64 - old.len() as i64;
        all.extend(known[last..].iter().map(|it| shifted(it, by)));
        Some(all)
    }
}

fn is_clean(tokens: &[Token]) -> bool {
    !tokens.iter().any(|token| matches!(token.kind, T::Error(_)))
}

/// How many bytes two texts begin with alike, and how many of the rest they end with alike.
fn same(a: &[u8], b: &[u8]) -> (usize, usize) {
    /// Compared at once.
    const BLOCK: usize = 4096;
    fn common(len: usize, alike: impl Fn(usize, usize) -> bool) -> usize {
        let mut at = 0;
        for size in [BLOCK, 64, 1] {
            while at + size <= len && alike(at, size) {
                at += size;
            }
        }
        at
    }
    let before = common(a.len().min(b.len()), |at, size| {
        a[at..at + size] == b[at..at + size]
    });
    let (a, b) = (&a[before..], &b[before..]);
    let behind = common(a.len().min(b.len()), |at, size| {
        a[a.len() - at - size..a.len() - at] == b[b.len() - at - size..b.len() - at]
    });
    (before, behind)
}

fn of_tokens(source: &str, tokens: &[Token]) -> Vec<Outline> {
    let mut all = Vec::new();
    let mut settled = Settled::default();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == T::Semicolon {
            at += 1;
            continue;
        }
        let (next, open) = match backend::verb(source, tokens, at) {
            0 => {
                let next = settle::statement(source, tokens, at, &mut settled);
                let holds = |open: &(Block, Span)| {
                    matches!(open.0, Block::If | Block::Loop | Block::Statements)
                };
                (next, settled.open.iter().any(holds))
            }
            _ => {
                let (end, open) = backend::end(source, tokens, at);
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
    use super::{Outlined, outline};

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

    #[test]
    fn what_a_change_makes_of_a_text_is_what_the_text_is() {
        let pieces = [
            "SELECT 1",
            "; ",
            "'",
            "\n",
            "/*",
            "*/",
            "-- x\n",
            "$$",
            "\"",
            "IF a THEN ",
            "END IF;",
            "PRAGMA x;",
            "😀",
            "CREATE TRIGGER t BEGIN SELECT 1; END;",
            "{{#if x}}",
            "{{/if}}",
            "(",
            ")",
            "FORM f (FIELD a INTEGER);",
        ];
        let mut text = "SELECT a; SELECT 'b' -- c\n; LET d = 1; SELECT 2;\n".repeat(8);
        let mut known = Outlined::new(text.as_str().into());
        let (mut seed, mut by_window) = (7_u64, 0);
        let mut chance = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap_or(0) % below.max(1)
        };
        for round in 0..4_000 {
            let places: Vec<usize> = text.char_indices().map(|it| it.0).collect();
            let at = chance(places.len() + 1);
            let start = places.get(at).copied().unwrap_or(text.len());
            let end = places.get(at + chance(12)).copied().unwrap_or(text.len());
            let piece = if round % 3 == 0 {
                ""
            } else {
                pieces[chance(pieces.len())]
            };
            text.replace_range(start..end.max(start), piece);
            if text.len() < 200 || round % 40 == 0 {
                text = "SELECT a; IF b THEN SELECT 1; END IF; SELECT 'c';\n".repeat(12);
            }
            by_window += usize::from(known.around_change(&text).is_some());
            known = known.changed(text.as_str().into());
            assert_eq!(known.statements().to_vec(), outline(&text), "{text}");
        }
        assert!(by_window > 400, "{by_window}");
    }
}
