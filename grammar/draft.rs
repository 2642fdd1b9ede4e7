//! Text that is being typed: what may stand at the cursor, and a tree of the statement around it.
//!
//! A half-typed statement rarely reads. It is mended on the parser itself: where it stops, the terminal
//! is put in, or the token dropped, that lets it read furthest, until a name at the cursor stands in a
//! whole tree. So editors ask the tree, not the text.

use crate::advice::{begins_line, begins_statement};
use crate::backend;
use crate::mend::{Mended, Mender, filler};
use crate::recover;
use crate::settle::{self, Settled};
use crate::term::{Term, Tok};
use crate::tree::Tree;
use rql_ast::{Ast, Span, Stmt};
use rql_lexer::{Keyword as K, LexError, Token, TokenKind as T};
use std::sync::Arc;

/// What stands at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The beginning of a name or word, perhaps empty.
    Name,
    /// The same within quotes.
    Quoted,
    /// A parameter: `:na`.
    Param,
    /// A name in braces: `{{na`.
    Placeholder,
    /// A string.
    Text,
    /// A comment, a number: nothing to complete.
    Other,
}

/// A statement that is being typed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The tree; its text has a name at the cursor where the person has typed none.
    pub ast: Ast,
    /// What stands at the cursor.
    pub cursor: Cursor,
    /// The name, parameter or string at the cursor in the text of the tree; `None` where no name may
    /// stand there, or nothing mends the statement.
    pub hole: Option<Span>,
    /// Where what is typed begins; it goes to the cursor.
    pub from: u32,
    /// The words of the language that may come next, without what of them is typed before `from`.
    pub words: Vec<&'static str>,
    /// True where a value may stand.
    pub value: bool,
}

/// Longer statements are drafted without what is far behind the cursor.
const TOKENS_BEHIND: usize = 1_500;
/// Longer statements are not drafted: their beginning alone takes too long.
const TOKENS_BEFORE: usize = 6_000;

/// Reads the one statement of `source` while somebody types at the byte `at`.
#[must_use]
pub fn draft(source: &str, at: u32) -> Draft {
    let at = floor(source, at);
    let lexed = rql_lexer::lex(source);
    let comment = lexed
        .comments
        .iter()
        .any(|comment| within_comment(source, *comment, at));
    let here = lexed
        .tokens
        .iter()
        .position(|token| token.span.end >= at && token.span.start < at);
    let (cursor, from) = match here.map(|index| (index, lexed.tokens[index])) {
        _ if comment => (Cursor::Other, at),
        Some((_, Token { kind, span })) => cursor_in(source, kind, span, at),
        None => (Cursor::Name, at),
    };
    let mut done = Draft {
        ast: Ast::new(""),
        cursor,
        hole: None,
        from,
        words: Vec::new(),
        value: false,
    };
    if cursor == Cursor::Other {
        return done;
    }
    let text = with_name(
        source,
        cursor,
        from,
        at,
        here.map(|index| lexed.tokens[index]),
    );
    done.cursor = text.cursor;
    let mut tokens = rql_lexer::lex(&text.text).tokens;
    let Some(mut place) = tokens
        .iter()
        .position(|token| token.span.start == text.start)
    else {
        return done;
    };
    if backend::verb(&text.text, &tokens, 0) > 0 && place > 0 {
        return done;
    }
    let begins = last_beginning(&text.text, &tokens[..place]);
    tokens.drain(..begins);
    place -= begins;
    if place > TOKENS_BEFORE {
        return done;
    }
    tokens.truncate(place + TOKENS_BEHIND);
    if text.cursor == Cursor::Name {
        tokens[place].kind = T::Word(K::None);
    }
    let drafter = Drafter {
        text: text.text.into(),
        tokens,
        place,
    };
    drafter.fill(&mut done, at);
    done
}

fn floor(source: &str, at: u32) -> u32 {
    let mut at = (at as usize).min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A comment of a line is still open at its end.
fn within_comment(source: &str, comment: Span, at: u32) -> bool {
    let open = comment.text(source).starts_with("--") || comment.text(source).starts_with('#');
    comment.start < at && (at < comment.end || (open && at == comment.end))
}

fn cursor_in(source: &str, kind: T, span: Span, at: u32) -> (Cursor, u32) {
    let inner = span.start + 1;
    match kind {
        T::Word(_) => (Cursor::Name, span.start),
        T::Param => (Cursor::Param, inner),
        T::Placeholder if at < span.end => (Cursor::Placeholder, {
            let text = span.text(source);
            let blank = text[2..].len() - text[2..].trim_start().len();
            (span.start + 2 + u32::try_from(blank).unwrap_or(0)).min(at)
        }),
        T::QuotedName if at < span.end => (Cursor::Quoted, inner),
        T::Error(LexError::UnclosedName) => (Cursor::Quoted, inner),
        T::String if at < span.end => (Cursor::Text, inner),
        T::Error(LexError::UnclosedString) => (Cursor::Text, inner),
        T::Number | T::Blob | T::Bits | T::Error(_) => (Cursor::Other, at),
        T::TemplateIf | T::TemplateUnless if at == span.end => (Cursor::Other, at),
        T::Colon | T::At | T::Question if at == span.end && kind != T::Question => {
            (Cursor::Param, at)
        }
        _ if at < span.end => (Cursor::Other, at),
        _ => (Cursor::Name, at),
    }
}

struct Named {
    text: String,
    cursor: Cursor,
    /// Where the token of the cursor begins.
    start: u32,
}

/// The text with a name at the cursor.
fn with_name(source: &str, cursor: Cursor, from: u32, at: u32, token: Option<Token>) -> Named {
    let (from_byte, at_byte) = (from as usize, at as usize);
    let (before, after) = source.split_at(at_byte);
    let start = token.map_or(from, |token| token.span.start);
    let plain = |text: String, start| Named {
        text,
        cursor,
        start,
    };
    match cursor {
        Cursor::Name | Cursor::Param => {
            let braces = source[..from_byte].trim_end().ends_with("{{");
            let end = match token {
                Some(Token {
                    kind: T::Word(_) | T::Param,
                    span,
                }) => span.end as usize,
                _ => at_byte,
            };
            if braces {
                let opening = source[..from_byte].rfind("{{").unwrap_or(0);
                let name = if end > from_byte {
                    &source[from_byte..end]
                } else {
                    "_"
                };
                let rest = source[end..].trim_start();
                let rest = rest.strip_prefix("}}").unwrap_or(&source[end..]);
                return Named {
                    text: format!("{}{{{{{name}}}}} {rest}", &source[..opening]),
                    cursor: Cursor::Placeholder,
                    start: u32::try_from(opening).unwrap_or(0),
                };
            }
            if end > from_byte {
                return plain(source.to_owned(), start);
            }
            let start = if cursor == Cursor::Param { start } else { from };
            plain(format!("{before}_ {after}"), start)
        }
        // The rest of the line behind an open quote was meant for the statement.
        Cursor::Quoted | Cursor::Text => match token.map(|token| (token.kind, token.span)) {
            Some((T::Error(_), span)) => {
                let quote = source[span.start as usize..].chars().next().unwrap_or('\'');
                let quote = if quote.is_alphabetic() { '\'' } else { quote };
                let filler = if at > from || cursor == Cursor::Text {
                    ""
                } else {
                    "_"
                };
                plain(format!("{before}{filler}{quote} {after}"), span.start)
            }
            Some((_, span)) if span.len() <= 2 && cursor == Cursor::Quoted => {
                plain(format!("{before}_{after}"), span.start)
            }
            _ => plain(source.to_owned(), start),
        },
        Cursor::Placeholder | Cursor::Other => plain(source.to_owned(), start),
    }
}

/// Where the last statement begins that seems to begin on a line of its own, though none was ended.
fn last_beginning(text: &str, tokens: &[Token]) -> usize {
    let mut depth = 0_i32;
    let mut from = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            T::LParen => depth += 1,
            T::RParen => depth -= 1,
            T::Word(keyword) if at > 0 && begins_statement(keyword) => {
                let before = tokens[at - 1];
                let goes_on = matches!(before.kind, T::Semicolon | T::RParen)
                    || matches!(before.kind, T::Word(word) if !operand_word(word));
                if depth <= 0
                    && !goes_on
                    && begins_line(text, before.span, token.span)
                    && reads(text, &tokens[from..at])
                {
                    from = at;
                }
            }
            _ => {}
        }
    }
    from
}

/// True for words after which a statement may end.
fn operand_word(word: K) -> bool {
    matches!(
        word,
        K::None | K::Null | K::True | K::False | K::End | K::Asc | K::Desc
    )
}

fn reads(text: &str, tokens: &[Token]) -> bool {
    let mut settled = Settled::default();
    settle::statement(text, tokens, 0, &mut settled);
    recover::run(&mut Tree::new(Ast::new(text)), &settled.toks).is_ok()
}

/// The tokens of the statement, and which of them is at the cursor.
pub(crate) struct Drafter {
    pub(crate) text: Arc<str>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) place: usize,
}

impl Drafter {
    fn fill(self, done: &mut Draft, at: u32) {
        let hole = self.tokens[self.place].span;
        let mut mender = Mender::new(Arc::clone(&self.text));
        // The name decides what the words before it are.
        let own = self.settled(&self.tokens);
        let before = own.toks.iter().take_while(|tok| tok.span.end <= hole.start);
        let Some((prefix, expected)) = mender.prefix(before.copied().collect()) else {
            return;
        };
        done.value = [Term::Num, Term::Case]
            .iter()
            .all(|term| expected.contains(term));
        if done.cursor == Cursor::Name {
            done.words = self.words(&mut mender, &prefix, &expected, (done.from, at));
        }
        let wanted = match done.cursor {
            Cursor::Param => Term::Param,
            Cursor::Text => Term::Str,
            _ => Term::Id,
        };
        if !expected.contains(&wanted) {
            return;
        }
        let mut all = prefix;
        let at = all.len();
        let token = self.tokens[self.place];
        all.push(Tok {
            term: wanted,
            kind: token.kind,
            span: token.span,
            ..filler(wanted, hole.start)
        });
        all.extend(
            own.toks
                .iter()
                .filter(|tok| tok.span.start >= token.span.end),
        );
        self.cut(&mut all, at);
        if let Some(Mended { mut ast, stmt, .. }) = mender.whole(all, at) {
            ast.statements = ast.push_list([stmt]);
            done.ast = ast;
            done.hole = Some(hole);
        }
    }

    /// Cuts off what seems to be another statement on a line of its own.
    fn cut(&self, toks: &mut Vec<Tok>, hole: usize) {
        let begins = (hole + 1..toks.len()).find(|&at| {
            let (before, tok) = (toks[at - 1], toks[at]);
            matches!(tok.kind, T::Word(keyword) if begins_statement(keyword))
                && matches!(
                    tok.term,
                    Term::Select
                        | Term::Insert
                        | Term::Update
                        | Term::Delete
                        | Term::Create
                        | Term::Drop
                        | Term::Alter
                        | Term::Let
                        | Term::With
                        | Term::Show
                        | Term::Merge
                )
                && !matches!(
                    before.term,
                    Term::LParen | Term::SetOp | Term::All | Term::As | Term::Semi
                )
                && begins_line(&self.text, before.span, tok.span)
        });
        if let Some(at) = begins {
            let mut open = 0_i32;
            for tok in &toks[..at] {
                open += i32::from(tok.term == Term::LParen) - i32::from(tok.term == Term::RParen);
            }
            if open <= 0 {
                toks.truncate(at);
            }
        }
    }

    pub(crate) fn settled(&self, tokens: &[Token]) -> Settled {
        let mut settled = Settled::default();
        settle::statement(&self.text, tokens, 0, &mut settled);
        settled
    }
}

/// The statement that a tree of one has.
#[must_use]
pub fn only(ast: &Ast) -> Option<rql_ast::Id<Stmt>> {
    ast.statements.ids().next()
}

#[cfg(test)]
mod tests {
    use super::{Cursor, draft};

    /// A text with `|` where the cursor is.
    fn at(text: &str) -> super::Draft {
        let cursor = text.find('|').unwrap_or(text.len());
        let source = text.replacen('|', "", 1);
        draft(&source, u32::try_from(cursor).unwrap_or(0))
    }

    #[test]
    fn a_name_at_the_cursor_stands_in_a_tree() {
        for text in [
            "SELECT |",
            "SELECT | FROM t",
            "SELECT a, | FROM t",
            "SELECT a, | FROM t WHERE",
            "SELECT e.| FROM t e JOIN u ON",
            "SELECT a FROM t WHERE | ORDER BY a",
            "SELECT a FROM t WHERE a = 1 AND |",
            "SELECT a FROM t WHERE a IN (SELECT | FROM u",
            "SELECT f(a, | FROM t",
            "UPDATE t SET | WHERE a = 1",
            "UPDATE t SET a = |",
            "INSERT INTO t (a, |",
            "INSERT INTO |",
            "DELETE FROM t WHERE |",
            "SELECT CASE WHEN | THEN",
            "SELECT a FROM t JOIN |",
            "SELECT a FROM t JOIN u ON |",
            "SELECT a FROM t JOIN u USING (|",
            "WITH x AS (SELECT | FROM t) SELECT a FROM x",
            "WITH x AS (SELECT a FROM t) SELECT | FROM x",
            "SELECT a FROM t GROUP BY | HAVING",
            "SELECT CAST(| AS int) FROM t",
            "SELECT CAST(a AS |",
            "IF EXISTS (SELECT | FROM t) THEN PRINT 1; END IF",
            "CREATE INDEX i ON t (|",
            "CREATE TABLE t (a int REFERENCES |",
            "SELECT | \nSELECT b FROM u",
            "SELECT a FROM t WHERE \"na|",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET |",
            "LET x AS SELECT | FROM t",
            "FOR r IN (SELECT a FROM t) LOOP PRINT |",
            "SELECT sum(a) OVER (PARTITION BY | FROM t",
        ] {
            assert!(at(text).hole.is_some(), "{text}");
        }
    }

    #[test]
    fn words_come_where_the_grammar_takes_them() {
        let has = |text: &str, word: &str| at(text).words.contains(&word);
        for (text, word) in [
            ("|", "SELECT"),
            ("SEL|", "SELECT"),
            ("SELECT a FR|", "FROM"),
            ("SELECT a FROM t |", "WHERE"),
            ("SELECT a FROM t |", "LEFT JOIN"),
            ("SELECT a FROM t LEFT |", "JOIN"),
            ("SELECT a FROM t ORDER |", "BY"),
            ("SELECT a FROM t ORDER BY a |", "DESC"),
            ("SELECT a FROM t WHERE a |", "IS NOT NULL"),
            ("SELECT a FROM t WHERE a IS |", "NOT NULL"),
            ("SELECT a FROM t WHERE a |", "BETWEEN"),
            ("CREATE |", "TABLE"),
            ("DROP TABLE |", "IF EXISTS"),
            ("INSERT INTO t |", "VALUES"),
            ("INSERT INTO t (a) VALUES (1) |", "ON CONFLICT"),
            ("INSERT |", "INTO"),
            ("UPDATE t |", "SET"),
            ("SELECT a, sum(b) FROM t GROUP BY a CH|", "CHART BAR"),
            ("SELECT CASE WHEN a THEN b |", "END"),
            ("CREATE TABLE t (a int |", "NOT NULL"),
            ("ALTER TABLE t |", "ADD COLUMN"),
        ] {
            assert!(has(text, word), "{text}: {word} among {:?}", at(text).words);
        }
        for (text, word) in [
            ("SELECT a FROM t |", "SELECT"),
            ("SELECT a FROM |", "WHERE"),
            ("SELECT a FROM t WHERE |", "GROUP BY"),
            ("UPDATE t SET a = 1 |", "HAVING"),
        ] {
            assert!(!has(text, word), "{text}: {word}");
        }
    }

    #[test]
    fn the_cursor_knows_where_it_is() {
        for (text, cursor) in [
            ("SELECT 'a|b'", Cursor::Text),
            ("INCLUDE 'fi|", Cursor::Text),
            ("SELECT -- a|", Cursor::Other),
            ("SELECT 12|", Cursor::Other),
            ("SELECT :na|", Cursor::Param),
            ("SELECT :|", Cursor::Param),
            ("SELECT {{na|", Cursor::Placeholder),
            ("SELECT \"na|", Cursor::Quoted),
            ("SELECT na|", Cursor::Name),
        ] {
            assert_eq!(at(text).cursor, cursor, "{text}");
        }
        assert!(at("SELECT a FROM t WHERE a = :|").hole.is_some());
        assert!(at("SELECT * FROM {{|").hole.is_some());
        assert!(at("INCLUDE 'fi|").hole.is_some());
    }
}
