//! Tokens, and the logos lexer that finds them.

use crate::{Keyword, Span};
use logos::{FilterResult, Lexer, Logos};

/// A token and where it stands; twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// Why a piece of text is no token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LexError {
    /// A character that begins nothing.
    #[default]
    Stray,
    /// A character of a word processor: curly quotes, dashes, full-width signs.
    Typographic,
    /// A string without its closing quote.
    UnclosedString,
    /// A quoted name without its closing quote.
    UnclosedName,
    /// `/*` without `*/`.
    UnclosedComment,
    /// `$tag$` without its end.
    UnclosedDollar,
    /// Digits with letters, such as `3O` or `0x`.
    BadNumber,
    /// A NUL byte.
    Nul,
}

/// What a token is.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[logos(error = LexError)]
#[logos(extras = Vec<Span>)]
#[logos(skip r"[ \t\r\n\x0b\x0c\u{85}\u{a0}\u{2028}\u{2029}\u{3000}\u{feff}]+")]
pub enum TokenKind {
    /// A word without quotes, keyword or not.
    #[regex(r"[A-Za-z_][A-Za-z0-9_$]*", word, priority = 4)]
    // PostgreSQL takes any letter beyond ASCII, pictures included.
    #[regex(
        r"[\p{XID_Start}_\p{So}][\p{XID_Continue}$\p{So}\u{200d}\u{fe0f}]*",
        word,
        priority = 3
    )]
    Word(Keyword),
    /// `"name"` or `` `name` ``.
    #[token("\"", |lex| quoted(lex, b'"', LexError::UnclosedName))]
    #[token("`", |lex| quoted(lex, b'`', LexError::UnclosedName))]
    QuotedName,
    /// `{{name}}`.
    #[regex(r"\{\{[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*\}\}")]
    Placeholder,
    /// A number.
    #[regex(
        r"[0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?([eE][+-]?[0-9]+)?",
        priority = 6
    )]
    #[regex(r"\.[0-9]+(_[0-9]+)*([eE][+-]?[0-9]+)?", priority = 6)]
    #[regex(r"0[xX](_?[0-9a-fA-F])+", priority = 7)]
    #[regex(r"0[oO](_?[0-7])+", priority = 7)]
    #[regex(r"0[bB](_?[01])+", priority = 7)]
    #[regex(r"[0-9][0-9A-Za-z_]*", bad_number, priority = 2)]
    Number,
    /// A string: `'…'`, `E'…'`, `N'…'`, `U&'…'`, `$tag$…$tag$`.
    #[token("'", |lex| quoted(lex, b'\'', LexError::UnclosedString))]
    #[regex(r"[nN]'", |lex| quoted(lex, b'\'', LexError::UnclosedString), priority = 8)]
    #[regex(r"[uU]&'", |lex| quoted(lex, b'\'', LexError::UnclosedString), priority = 8)]
    #[regex(r"[eE]'", escaped, priority = 8)]
    #[regex(
        r"\$([A-Za-z_\u{80}-\u{10ffff}][A-Za-z0-9_\u{80}-\u{10ffff}]*)?\$",
        dollar
    )]
    String,
    /// `X'0aff'`.
    #[regex(r"[xX]'", |lex| quoted(lex, b'\'', LexError::UnclosedString), priority = 8)]
    Blob,
    /// `B'0101'`.
    #[regex(r"[bB]'", |lex| quoted(lex, b'\'', LexError::UnclosedString), priority = 8)]
    Bits,
    /// `:name`, `@name`, `$name`, `$1`, `?1`.
    #[regex(r"[:@$][A-Za-z_][A-Za-z0-9_]*")]
    #[regex(r"[$?][0-9]+")]
    #[regex(r"@@[A-Za-z_][A-Za-z0-9_.]*")]
    Param,
    /// `{{#if`
    #[regex(r"\{\{[ \t]*#if")]
    TemplateIf,
    /// `{{#unless`
    #[regex(r"\{\{[ \t]*#unless")]
    TemplateUnless,
    /// `{{else}}`
    #[regex(r"\{\{[ \t]*[eE][lL][sS][eE][ \t]*\}\}", priority = 50)]
    TemplateElse,
    /// `{{/if}}`
    #[regex(r"\{\{[ \t]*/if[ \t]*\}\}")]
    TemplateEndIf,
    /// `{{/unless}}`
    #[regex(r"\{\{[ \t]*/unless[ \t]*\}\}")]
    TemplateEndUnless,
    /// `(`
    #[token("(")]
    LParen,
    /// `)`
    #[token(")")]
    RParen,
    /// `[`
    #[token("[")]
    LBracket,
    /// `]`
    #[token("]")]
    RBracket,
    /// `{`
    #[token("{")]
    LBrace,
    /// `}`
    #[token("}")]
    RBrace,
    /// `,`
    #[token(",")]
    Comma,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `.`
    #[token(".")]
    Dot,
    /// `:`
    #[token(":")]
    Colon,
    /// `::`
    #[token("::")]
    ColonColon,
    /// `:=`
    #[token(":=")]
    Assign,
    /// `=>`
    #[token("=>")]
    Arrow,
    /// `?`
    #[token("?")]
    Question,
    /// `*`
    #[token("*")]
    Star,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `/`
    #[token("/")]
    Slash,
    /// `//`
    #[token("//")]
    SlashSlash,
    /// `%`
    #[token("%")]
    Percent,
    /// `^`
    #[token("^")]
    Caret,
    /// `**`
    #[token("**")]
    StarStar,
    /// `=`
    #[token("=")]
    Eq,
    /// `==`
    #[token("==")]
    EqEq,
    /// `<>` or `!=`
    #[token("<>")]
    #[token("!=")]
    Ne,
    /// `<`
    #[token("<")]
    Lt,
    /// `<=`
    #[token("<=")]
    Le,
    /// `>`
    #[token(">")]
    Gt,
    /// `>=`
    #[token(">=")]
    Ge,
    /// `<=>`
    #[token("<=>")]
    Spaceship,
    /// `||`
    #[token("||")]
    Concat,
    /// `->`
    #[token("->")]
    MinusGt,
    /// `->>`
    #[token("->>")]
    MinusGtGt,
    /// `#`
    #[token("#", hash)]
    Hash,
    /// `#>`
    #[token("#>")]
    HashGt,
    /// `#>>`
    #[token("#>>")]
    HashGtGt,
    /// `#-`
    #[token("#-")]
    HashMinus,
    /// `?|`
    #[token("?|")]
    QuestionPipe,
    /// `?&`
    #[token("?&")]
    QuestionAmp,
    /// `@?`
    #[token("@?")]
    AtQuestion,
    /// `@@`
    #[token("@@")]
    AtAt,
    /// `@>`
    #[token("@>")]
    AtGt,
    /// `<@`
    #[token("<@")]
    LtAt,
    /// `@`
    #[token("@")]
    At,
    /// `&&`
    #[token("&&")]
    AmpAmp,
    /// `&`
    #[token("&")]
    Amp,
    /// `|`
    #[token("|")]
    Pipe,
    /// `|/`
    #[token("|/")]
    PipeSlash,
    /// `||/`
    #[token("||/")]
    PipePipeSlash,
    /// `~`
    #[token("~")]
    Tilde,
    /// `~*`
    #[token("~*")]
    TildeStar,
    /// `!~`
    #[token("!~")]
    BangTilde,
    /// `!~*`
    #[token("!~*")]
    BangTildeStar,
    /// `~~`
    #[token("~~")]
    TildeTilde,
    /// `~~*`
    #[token("~~*")]
    TildeTildeStar,
    /// `!~~`
    #[token("!~~")]
    BangTildeTilde,
    /// `!~~*`
    #[token("!~~*")]
    BangTildeTildeStar,
    /// `^@`
    #[token("^@")]
    CaretAt,
    /// `<<`
    #[token("<<")]
    LtLt,
    /// `>>`
    #[token(">>")]
    GtGt,
    /// `<->`
    #[token("<->")]
    LtMinusGt,
    /// `-|-`
    #[token("-|-")]
    MinusPipeMinus,
    /// `&<`
    #[token("&<")]
    AmpLt,
    /// `&>`
    #[token("&>")]
    AmpGt,
    /// `!`
    #[token("!")]
    Bang,
    /// `!!`
    #[token("!!")]
    BangBang,
    /// Text that is no token; never ends the lexer.
    #[regex(r"--[^\n]*", line_comment, allow_greedy = true)]
    #[token("/*", block_comment)]
    #[token("\\", stray)]
    #[token("\0", nul)]
    #[regex(
        r"[\u{2010}-\u{2015}\u{2018}-\u{201f}\u{2212}\u{ff01}-\u{ff0f}\u{ff1a}-\u{ff20}]",
        typographic
    )]
    Error(LexError),
}

fn bad_number(_: &mut Lexer<'_, TokenKind>) -> Result<(), LexError> {
    Err(LexError::BadNumber)
}

fn stray(_: &mut Lexer<'_, TokenKind>) -> LexError {
    LexError::Stray
}

fn nul(_: &mut Lexer<'_, TokenKind>) -> LexError {
    LexError::Nul
}

fn typographic(_: &mut Lexer<'_, TokenKind>) -> LexError {
    LexError::Typographic
}

#[inline]
fn word(lex: &mut Lexer<'_, TokenKind>) -> Keyword {
    Keyword::of(lex.slice())
}

fn line_comment(lex: &mut Lexer<'_, TokenKind>) -> FilterResult<LexError, LexError> {
    comment(lex);
    FilterResult::Skip
}

fn comment(lex: &mut Lexer<'_, TokenKind>) {
    let span = span_of(lex);
    lex.extras.push(span);
}

fn span_of(lex: &Lexer<'_, TokenKind>) -> Span {
    let range = lex.span();
    Span::new(offset(range.start), offset(range.end))
}

/// Offsets beyond 4 GiB saturate; no such source is lexed.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Block comments nest, as in the standard.
fn block_comment(lex: &mut Lexer<'_, TokenKind>) -> FilterResult<LexError, LexError> {
    let rest = lex.remainder().as_bytes();
    let (mut depth, mut at) = (1, 0);
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    lex.bump(at);
                    comment(lex);
                    return FilterResult::Skip;
                }
            }
            (b'/', b'*') => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    lex.bump(rest.len());
    FilterResult::Error(LexError::UnclosedComment)
}

/// Reads to the closing quote; a doubled quote stands for one.
#[inline]
fn quoted(lex: &mut Lexer<'_, TokenKind>, quote: u8, unclosed: LexError) -> Result<(), LexError> {
    let rest = lex.remainder().as_bytes();
    let mut at = 0;
    while at < rest.len() {
        if rest[at] == quote {
            if rest.get(at + 1) != Some(&quote) {
                lex.bump(at + 1);
                return Ok(());
            }
            at += 1;
        }
        at += 1;
    }
    to_line_end(lex);
    Err(unclosed)
}

/// `E'…'`: a backslash takes the next character along.
fn escaped(lex: &mut Lexer<'_, TokenKind>) -> Result<(), LexError> {
    let rest = lex.remainder().as_bytes();
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 1,
            b'\'' if rest.get(at + 1) == Some(&b'\'') => at += 1,
            b'\'' => {
                lex.bump(at + 1);
                return Ok(());
            }
            _ => {}
        }
        at += 1;
    }
    to_line_end(lex);
    Err(LexError::UnclosedString)
}

/// An unclosed quote takes its line only, so that what follows is still read.
fn to_line_end(lex: &mut Lexer<'_, TokenKind>) {
    let rest = lex.remainder().as_bytes();
    let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    // What ends the line is rather the statement's than the string's.
    let own = rest[..end]
        .iter()
        .rposition(|b| !matches!(b, b';' | b')' | b' ' | b'\t' | b'\r'));
    lex.bump(own.map_or(0, |at| at + 1));
}

fn dollar(lex: &mut Lexer<'_, TokenKind>) -> Result<(), LexError> {
    match lex.remainder().find(lex.slice()) {
        Some(at) => {
            lex.bump(at + lex.slice().len());
            Ok(())
        }
        None => {
            to_line_end(lex);
            Err(LexError::UnclosedDollar)
        }
    }
}

/// `#` is a comment where it is the first thing on its line.
fn hash(lex: &mut Lexer<'_, TokenKind>) -> FilterResult<(), LexError> {
    let before = lex
        .source()
        .as_bytes()
        .get(..lex.span().start)
        .unwrap_or(&[]);
    let line_start = before
        .iter()
        .rev()
        .find(|&&b| !matches!(b, b' ' | b'\t'))
        .is_none_or(|&b| b == b'\n' || before == b"\xef\xbb\xbf");
    if !line_start {
        return FilterResult::Emit(());
    }
    to_line_end(lex);
    comment(lex);
    FilterResult::Skip
}
