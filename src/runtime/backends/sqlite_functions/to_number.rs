//! `to_number`, as the input side of `NUM_processor` in PostgreSQL's `formatting.c` reads: a part of the template takes
//! what it finds of the text, and leaves what it does not know to the next one.

use super::{Args, Cell, Given, Row, text};
use crate::Decimal;

pub(super) const FUNCTIONS: &[Row] = &[("rql_to_number", 2, |a: &Args<'_, '_>| {
    let (value, template) = (a.text(0)?, a.text(1)?);
    match template.is_empty() {
        true => Ok(Cell::Null),
        false => number(&value, &template),
    }
})];

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Nine,
    Zero,
    Point,
    Comma,
    Group,
    Currency,
    Sign,
    Minus,
    Plus,
    Both,
    Bracket,
    Fill,
    Ordinal,
    Roman,
    Exponent,
    Shift,
    /// It takes no place of the text.
    Nothing,
    /// It takes the place of any letter.
    Letter,
}

/// Longer ones first.
const PARTS: &[(&str, Part)] = &[
    ("EEEE", Part::Exponent),
    ("FM", Part::Fill),
    ("MI", Part::Minus),
    ("PL", Part::Plus),
    ("PR", Part::Bracket),
    ("RN", Part::Roman),
    ("SG", Part::Both),
    ("SP", Part::Nothing),
    ("TH", Part::Ordinal),
    (",", Part::Comma),
    (".", Part::Point),
    ("0", Part::Zero),
    ("9", Part::Nine),
    ("B", Part::Nothing),
    ("C", Part::Nothing),
    ("D", Part::Point),
    ("G", Part::Group),
    ("L", Part::Currency),
    ("S", Part::Sign),
    ("V", Part::Shift),
];

fn parts(template: &str) -> Vec<Part> {
    let mut all = Vec::new();
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let found = PARTS.iter().find(|(word, _)| {
            rest.starts_with(word) || rest.starts_with(word.to_ascii_lowercase().as_str())
        });
        if let Some((word, part)) = found {
            all.push(*part);
            rest = &rest[word.len()..];
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let mut chars = quoted.chars();
            while let Some(c) = chars.next().filter(|&c| c != '"') {
                if c == '\\' {
                    chars.next();
                }
                all.push(Part::Letter);
            }
            rest = chars.as_str();
        } else {
            rest = rest
                .strip_prefix("\\\"")
                .map_or(&rest[first.len_utf8()..], |rest| rest);
            all.push(Part::Letter);
        }
    }
    all
}

/// What a template asks for as a whole.
#[derive(Default)]
struct Wanted {
    before: usize,
    behind: usize,
    point: bool,
    fill: bool,
    bracket: bool,
    plus: bool,
    minus: bool,
    sign: bool,
    /// `S` stands before the point.
    first: bool,
}

impl Wanted {
    fn of(parts: &[Part]) -> Result<Self, String> {
        let mut wanted = Self::default();
        for part in parts {
            wanted.add(*part)?;
        }
        Ok(wanted)
    }

    fn add(&mut self, part: Part) -> Result<(), String> {
        let together = "cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together";
        match part {
            Part::Nine | Part::Zero if self.bracket => {
                return Err("\"9\" must be ahead of \"PR\"".into());
            }
            Part::Nine | Part::Zero if self.point => self.behind += 1,
            Part::Nine | Part::Zero => self.before += 1,
            Part::Point if self.point => return Err("multiple decimal points".into()),
            Part::Point => self.point = true,
            Part::Fill => self.fill = true,
            Part::Sign if self.sign => return Err("cannot use \"S\" twice".into()),
            Part::Sign if self.plus || self.minus || self.bracket => return Err(together.into()),
            Part::Sign => (self.sign, self.first) = (true, !self.point),
            Part::Minus | Part::Plus | Part::Both if self.sign => return Err(together.into()),
            Part::Minus => self.minus = true,
            Part::Plus => self.plus = true,
            Part::Both => (self.minus, self.plus) = (true, true),
            Part::Bracket if self.sign || self.plus || self.minus => {
                return Err("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together".into());
            }
            Part::Bracket => self.bracket = true,
            Part::Exponent => return Err("\"EEEE\" not supported for input".into()),
            Part::Roman => return Err("\"RN\" not supported for input".into()),
            Part::Shift => return Err("to_number with V is not understood on SQLite".into()),
            _ => {}
        }
        Ok(())
    }
}

/// A text on its way through a template.
struct Reader<'t> {
    rest: &'t str,
    wanted: Wanted,
    sign: Option<char>,
    digits: String,
    before: usize,
    behind: usize,
    point: bool,
}

fn number(value: &str, template: &str) -> Given {
    let parts = parts(template);
    let mut reader = Reader {
        rest: value,
        wanted: Wanted::of(&parts)?,
        sign: None,
        digits: String::new(),
        before: 0,
        behind: 0,
        point: false,
    };
    for part in parts {
        if reader.rest.is_empty() {
            break;
        }
        reader.follow(part);
    }
    let digits = reader.digits.strip_suffix('.').unwrap_or(&reader.digits);
    let sign = reader.sign.map_or(String::from(" "), String::from);
    let wrong = || format!("invalid input syntax for type numeric: \"{sign}{digits}\"");
    if digits.is_empty() {
        return Err(wrong());
    }
    let whole = digits.split('.').next().unwrap_or_default();
    if whole.trim_start_matches('0').len() > reader.wanted.before {
        return Err(super::OVERFLOW.into());
    }
    let long = "value overflows numeric format".to_owned();
    let read: Decimal = format!("{}{digits}", sign.trim())
        .parse()
        .map_err(|_| long)?;
    Ok(text(read.to_string()))
}

impl Reader<'_> {
    fn next(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn is(&self, c: char) -> bool {
        self.rest.starts_with(c)
    }

    fn skip(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
    }

    /// Skips what is no part of a number.
    fn skip_others(&mut self, most: usize) {
        for _ in 0..most {
            if self.next().is_some_and(|c| !"0123456789.,+-".contains(c)) {
                self.skip();
            }
        }
    }

    fn follow(&mut self, part: Part) {
        match part {
            Part::Nine | Part::Zero | Part::Point => {
                self.digit(part != Part::Point);
                self.skip();
            }
            Part::Comma | Part::Group if self.is(',') && !self.wanted.fill => self.skip(),
            Part::Currency => self.skip_others(1),
            Part::Ordinal if self.sign != Some('-') && !self.wanted.point => self.skip_others(2),
            Part::Minus if self.is('-') => self.signed('-'),
            Part::Plus if self.is('+') => self.signed('+'),
            Part::Both if self.is('-') => self.signed('-'),
            Part::Both if self.is('+') => self.signed('+'),
            Part::Minus | Part::Plus | Part::Both => self.skip_others(1),
            Part::Letter => self.skip(),
            _ => {}
        }
    }

    fn signed(&mut self, sign: char) {
        self.sign = Some(sign);
        self.skip();
    }

    fn sign_here(&mut self) -> bool {
        match self.next() {
            Some(sign @ ('-' | '+')) => {
                self.signed(sign);
                true
            }
            _ => false,
        }
    }

    /// A digit or the point, and a sign before the first or behind the last. What it stands on is skipped by who asks.
    fn digit(&mut self, figure: bool) {
        if self.is(' ') {
            self.skip();
        }
        if self.sign.is_none() && figure && self.before + self.behind == 0 {
            if self.wanted.sign && self.wanted.first {
                self.sign_here();
            } else if self.wanted.bracket && self.is('<') {
                self.signed('-');
            } else if !(self.wanted.sign && self.wanted.first) {
                self.sign_here();
            }
        }
        let mut read = false;
        match self.next() {
            None => return,
            Some(digit @ '0'..='9') => {
                if self.point && self.behind == self.wanted.behind {
                    return;
                }
                self.digits.push(digit);
                match self.point {
                    true => self.behind += 1,
                    false => self.before += 1,
                }
                read = true;
            }
            Some('.') if self.wanted.point && !self.point => {
                self.digits.push('.');
                self.point = true;
                read = true;
            }
            Some(_) => {}
        }
        if self.sign.is_some() || self.before + self.behind == 0 {
            return;
        }
        let mut behind = self.rest.chars();
        behind.next();
        let wanted = &self.wanted;
        if wanted.sign && read {
            // What follows the last figure is the sign, and the figure is skipped with it.
            if let Some(sign @ ('-' | '+')) = behind.next() {
                self.skip();
                self.sign = Some(sign);
            }
        } else if !read && !wanted.sign && (wanted.plus || wanted.minus) {
            self.sign = self.next().filter(|c| matches!(c, '-' | '+'));
        }
    }
}
