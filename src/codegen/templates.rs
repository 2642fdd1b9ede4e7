//! The templates of `to_char`, `to_date` and `to_timestamp`: PostgreSQL's patterns (its manual, 9.8).

/// Every pattern of a moment, a longer one before those that it begins with.
const PATTERNS: &[&str] = &[
    "SSSSS", "Y,YYY", "YYYY", "IYYY", "SSSS", "HH24", "HH12", "A.M.", "P.M.", "B.C.", "A.D.",
    "MONTH", "IDDD", "YYY", "IYY", "MON", "DAY", "DDD", "TZH", "TZM", "FF1", "FF2", "FF3", "FF4",
    "FF5", "FF6", "YY", "IY", "MM", "DD", "DY", "ID", "IW", "WW", "HH", "MI", "SS", "MS", "US",
    "CC", "AM", "PM", "BC", "AD", "TZ", "OF", "RM", "Y", "I", "D", "W", "Q", "J",
];

/// A piece of a moment's template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A pattern.
    Pattern {
        /// As it is written.
        written: &'a str,
        /// Its name.
        name: &'static str,
        /// No FM stands before it.
        fill: bool,
        /// TH (true) or th behind it.
        ordinal: Option<bool>,
    },
    /// What stands for itself.
    Text(&'a str),
}

/// The pieces of a moment's template.
#[must_use]
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    'next: while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            found.push(Piece::Text(&quoted[..end]));
            rest = quoted.get(end + 1..).unwrap_or_default();
            continue;
        }
        let mut at = rest;
        let mut fill = true;
        while let Some(word) = at.get(..2) {
            match word.to_ascii_uppercase().as_str() {
                "FM" => fill = false,
                "FX" | "TM" => {}
                _ => break,
            }
            at = &at[2..];
        }
        for &name in PATTERNS {
            let Some(written) = at.get(..name.len()) else {
                continue;
            };
            if written.eq_ignore_ascii_case(name) {
                at = &at[name.len()..];
                let ordinal = match at.get(..2) {
                    Some("TH") => Some(true),
                    Some("th") => Some(false),
                    _ => None,
                };
                rest = if ordinal.is_some() { &at[2..] } else { at };
                found.push(Piece::Pattern {
                    written,
                    name,
                    fill,
                    ordinal,
                });
                continue 'next;
            }
        }
        // A quote that is meant stands behind a backslash.
        let text = match rest.strip_prefix('\\') {
            Some(text) if text.starts_with('"') => text,
            _ => rest,
        };
        let len = text.chars().next().map_or(0, char::len_utf8);
        found.push(Piece::Text(&text[..len]));
        rest = &text[len..];
    }
    found
}

/// A number's template: how many places before and behind the point, and what stands around them.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// `9`, `0` and `,` before the point.
    pub whole: Vec<char>,
    /// `9` and `0` behind it.
    pub fraction: Vec<char>,
    /// There is a point.
    pub point: bool,
    /// Blanks stand where digits are missing; not with FM.
    pub fill: bool,
    /// Where the sign stands: S before or behind, MI behind, PR around; else before the first digit.
    pub sign: Sign,
    /// What stands before the number.
    pub before: String,
    /// What stands behind it.
    pub after: String,
}

/// Where a number's sign stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// A minus before the first digit.
    #[default]
    Usual,
    /// S before the digits: a sign always.
    Before,
    /// S behind them.
    Behind,
    /// MI: a minus behind them.
    Minus,
    /// PR: in angle brackets.
    Angles,
}

/// Reads a number's template; `None` where it has what is not known here.
#[must_use]
pub fn form(template: &str) -> Option<Form> {
    let mut form = Form {
        fill: true,
        ..Form::default()
    };
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let two = rest
            .get(..2)
            .map(str::to_ascii_uppercase)
            .unwrap_or_default();
        let digits = !form.whole.is_empty() || form.point;
        let mut len = c.len_utf8();
        match (two.as_str(), c.to_ascii_uppercase()) {
            ("FM", _) => (form.fill, len) = (false, 2),
            ("MI", _) if digits => (form.sign, len) = (Sign::Minus, 2),
            ("PR", _) if digits => (form.sign, len) = (Sign::Angles, 2),
            ("MI" | "PR" | "PL" | "SG" | "RN" | "EE" | "TH", _) | (_, 'V' | 'B' | 'L' | '$') => {
                return None;
            }
            (_, '9' | '0') if form.point => form.fraction.push(c),
            (_, '9' | '0') => form.whole.push(c),
            (_, ',' | 'G') if !form.point => form.whole.push(','),
            (_, '.' | 'D') if !form.point => form.point = true,
            (_, 'S') => form.sign = if digits { Sign::Behind } else { Sign::Before },
            (_, '"') => {
                let quoted = &rest[1..];
                let end = quoted.find('"').unwrap_or(quoted.len());
                let side = if digits {
                    &mut form.after
                } else {
                    &mut form.before
                };
                side.push_str(&quoted[..end]);
                len = (end + 2).min(rest.len());
            }
            _ if digits => form.after.push(c),
            _ => form.before.push(c),
        }
        rest = &rest[len..];
    }
    Some(form)
}
