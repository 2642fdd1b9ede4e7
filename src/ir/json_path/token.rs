//! The words of a path, as PostgreSQL's `jsonpath_scan.l` takes them apart.

use super::NoPath;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a keyword, which only its place tells.
    Word(String),
    /// `"…"`
    Text(String),
    /// `$name`
    Variable(String),
    /// Digits alone.
    Integer(String),
    /// Any other number, in JSON's notation.
    Decimal(String),
    /// A number in a notation that PostgreSQL 15 does not read.
    Newer(String),
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: &[&str] = &[
    "&&", "||", "**", "<=", "==", "<>", "!=", ">=", "!", "<", ">", "?", "%", "$", ".", "[", "]",
    "{", "}", "(", ")", "|", "&", "=", "@", "#", ",", "*", ":", "-", "+", "/",
];

const BLANK: &[char] = &[' ', '\t', '\n', '\r', '\u{c}'];

/// Part of a name.
fn is_other(c: char) -> bool {
    !BLANK.contains(&c) && !"?%$.[]{}()|&!=<>@#,*:-+/\\\"".contains(c)
}

/// A text from one of its bytes on.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) const fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn wrong(&self, message: &str) -> NoPath {
        NoPath {
            at: self.at,
            message: message.to_owned(),
        }
    }

    /// The next word and where it begins.
    pub(super) fn next(&mut self) -> Result<(usize, Token), NoPath> {
        loop {
            let rest = self.rest().trim_start_matches(BLANK);
            self.at = self.text.len() - rest.len();
            let Some(comment) = rest.strip_prefix("/*") else {
                break;
            };
            let Some(end) = comment.find("*/") else {
                return Err(self.wrong("unexpected end of comment"));
            };
            self.at += end + 4;
        }
        let start = self.at;
        let rest = self.rest();
        let mut chars = rest.chars();
        let (first, second) = (chars.next(), chars.next());
        let token = match (first, second) {
            (None, _) => Token::End,
            (Some('"'), _) => {
                self.at += 1;
                Token::Text(self.quoted()?)
            }
            (Some('$'), Some('"')) => {
                self.at += 2;
                Token::Variable(self.quoted()?)
            }
            (Some('$'), Some(c)) if is_other(c) => {
                let name = &rest[1..];
                let end = name.find(|c| !is_other(c)).unwrap_or(name.len());
                self.at += 1 + end;
                Token::Variable(name[..end].to_owned())
            }
            (Some('0'..='9'), _) | (Some('.'), Some('0'..='9')) => self.number()?,
            (Some(c), _) if is_other(c) || c == '\\' => Token::Word(self.word()?),
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Token::Symbol(symbol)
                }
                None => return Err(self.wrong("syntax error")),
            },
        };
        Ok((start, token))
    }

    fn word(&mut self) -> Result<String, NoPath> {
        let mut out = String::new();
        while let Some(c) = self.peek() {
            match c {
                '\\' => out.push(self.escape()?),
                c if is_other(c) => {
                    out.push(c);
                    self.at += c.len_utf8();
                }
                _ => break,
            }
        }
        Ok(out)
    }

    fn quoted(&mut self) -> Result<String, NoPath> {
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(self.wrong("unterminated quoted string")),
                Some('\\') => out.push(self.escape()?),
                Some('"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(c) => {
                    out.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// What a backslash and what follows it stand for.
    fn escape(&mut self) -> Result<char, NoPath> {
        self.at += 1;
        Ok(match self.eat() {
            None => return Err(self.wrong("unexpected end after backslash")),
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some('x') => {
                let code = self.hex(2, 2);
                let wrong = || self.wrong("invalid hexadecimal character sequence");
                self.character(code.ok_or_else(wrong)?)?
            }
            Some('u') => self.unicode()?,
            Some(other) => other,
        })
    }

    fn unicode(&mut self) -> Result<char, NoPath> {
        let code = self.code()?;
        if !(0xD800..0xDC00).contains(&code) {
            return self.character(code);
        }
        let low = self.rest().starts_with("\\u").then(|| {
            self.at += 2;
            self.code()
        });
        match low.transpose()? {
            Some(low @ 0xDC00..0xE000) => {
                self.character(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
            }
            _ => Err(self.wrong("Unicode low surrogate must follow a high surrogate")),
        }
    }

    /// The number behind `\u`.
    fn code(&mut self) -> Result<u32, NoPath> {
        let invalid = "invalid Unicode escape sequence";
        if !self.rest().starts_with('{') {
            return self.hex(4, 4).ok_or_else(|| self.wrong(invalid));
        }
        self.at += 1;
        let code = self.hex(1, 6).ok_or_else(|| self.wrong(invalid))?;
        match self.eat() {
            Some('}') => Ok(code),
            _ => Err(self.wrong(invalid)),
        }
    }

    fn hex(&mut self, least: usize, most: usize) -> Option<u32> {
        let rest = self.rest();
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_hexdigit);
        let count = digits.count();
        let code = (count >= least).then(|| u32::from_str_radix(&rest[..count], 16).ok());
        self.at += count;
        code.flatten()
    }

    fn character(&self, code: u32) -> Result<char, NoPath> {
        match (code, char::from_u32(code)) {
            (0, _) => Err(self.wrong("unsupported Unicode escape sequence")),
            (_, Some(c)) => Ok(c),
            _ => Err(self.wrong("invalid Unicode escape value")),
        }
    }

    fn digits(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let digits = &rest[..end.unwrap_or(rest.len())];
        self.at += digits.len();
        digits
    }

    fn number(&mut self) -> Result<Token, NoPath> {
        let start = self.at;
        let whole = self.digits();
        let mut integer = true;
        let mut fraction = "";
        if self.rest().starts_with('.') {
            self.at += 1;
            fraction = self.digits();
            integer = false;
        }
        let mut exponent = String::new();
        if self.rest().starts_with(['e', 'E']) {
            let before = *self;
            self.at += 1;
            let sign = match self.peek() {
                Some(sign @ ('+' | '-')) => {
                    self.at += 1;
                    String::from(sign)
                }
                _ => String::new(),
            };
            let digits = self.digits();
            if digits.is_empty() && !sign.is_empty() {
                return Err(before.wrong("invalid numeric literal"));
            }
            if digits.is_empty() {
                *self = before;
            } else {
                exponent = format!("e{sign}{digits}");
                integer = false;
            }
        }
        let zeros = whole.len() > 1 && whole.starts_with('0');
        if zeros || self.peek().is_some_and(is_other) {
            return self.junk(start);
        }
        if integer {
            return Ok(Token::Integer(whole.to_owned()));
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        Ok(Token::Decimal(format!(
            "{whole}{point}{fraction}{exponent}"
        )))
    }

    /// A number and letters: PostgreSQL 16 reads `0x1F` and `1_000`.
    fn junk(&mut self, start: usize) -> Result<Token, NoPath> {
        let rest = &self.text[start..];
        let end = rest.find(|c| !is_other(c)).unwrap_or(rest.len());
        let word = rest[..end].to_ascii_lowercase();
        let digits = word.trim_end_matches(|c: char| c.is_ascii_hexdigit() || c == '_');
        if matches!(digits, "0x" | "0o" | "0b") || digits.is_empty() && word.contains('_') {
            self.at = start + end;
            return Ok(Token::Newer(word));
        }
        let wrong = NoPath {
            at: start,
            message: format!("trailing junk after numeric literal at or near \"{word}\""),
        };
        Err(wrong)
    }
}
