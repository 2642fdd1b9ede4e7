//! PostgreSQL's JSONB: what a document says, whatever it was written like. Names stand once, the last of equal
//! ones, shorter names first; numbers are decimals of any length and keep their digits.

use core::cmp::Ordering;
use core::fmt::{self, Write};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jsonb {
    /// `null`.
    Null,
    /// A text.
    Text(String),
    /// As PostgreSQL prints it.
    Number(String),
    /// A truth value.
    Boolean(bool),
    /// Of these elements.
    Array(Vec<Self>),
    /// In the order of its names: shorter ones first, then by their bytes.
    Object(Vec<(String, Self)>),
}

/// More levels are refused before the stack ends.
const DEEPEST: usize = 128;

/// PostgreSQL's numeric has so many digits before the point and behind it.
const MOST_WHOLE: i64 = 131_072;
const MOST_FRACTION: i64 = 16_383;

impl Jsonb {
    /// Reads a JSON text.
    ///
    /// # Errors
    /// Where it is none, or says what JSONB does not hold; the message is PostgreSQL's.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw: &RawValue = serde_json::from_str(text).map_err(invalid)?;
        Self::of(raw.get(), 0)
    }

    fn of(text: &str, depth: usize) -> Result<Self, String> {
        if depth > DEEPEST {
            return Err("stack depth limit exceeded".into());
        }
        let text = text.trim();
        Ok(match text.bytes().next() {
            Some(b'{') => {
                let parts: Parts<'_> = serde_json::from_str(text).map_err(invalid)?;
                let mut members = Vec::with_capacity(parts.0.len());
                for (name, part) in parts.0 {
                    members.push((plain(name)?, Self::of(part, depth + 1)?));
                }
                Self::Object(settled(members))
            }
            Some(b'[') => {
                let parts: Parts<'_> = serde_json::from_str(text).map_err(invalid)?;
                let parts = parts.0.into_iter().map(|part| Self::of(part.1, depth + 1));
                Self::Array(parts.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::Text(plain(serde_json::from_str(text).map_err(invalid)?)?),
            Some(b't') => Self::Boolean(true),
            Some(b'f') => Self::Boolean(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(number(text)?),
        })
    }

    /// A document of names and values; of equal names the last one stays.
    pub fn object(members: Vec<(String, Self)>) -> Self {
        Self::Object(settled(members))
    }

    /// Its kind, as `jsonb_typeof` says it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text(_) => "string",
            Self::Number(_) => "number",
            Self::Boolean(_) => "boolean",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// Neither an array nor an object.
    pub const fn is_scalar(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// What a name has.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.binary_search_by(|member| by_name(&member.0, name));
        found.ok().map(|at| &members[at].1)
    }

    /// The elements; a scalar is its own.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            Self::Object(_) => &[],
            scalar => core::slice::from_ref(scalar),
        }
    }

    /// `?`: a name of an object, or a text among the elements.
    pub fn has(&self, name: &str) -> bool {
        let text = |item: &Self| matches!(item, Self::Text(text) if text == name);
        self.member(name).is_some() || self.elements().iter().any(text)
    }

    /// `@>`: a scalar stands for an array of it where an array is asked for it.
    pub fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(_), Self::Object(_)) => self.holds(other),
            (Self::Object(_), _) | (_, Self::Object(_)) => false,
            (scalar, Self::Array(_)) if scalar.is_scalar() => false,
            _ => holds_elements(self.elements(), other.elements()),
        }
    }

    /// The same of what stands inside a document, where both are of one kind.
    fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(_), Self::Object(members)) => members.iter().all(|(name, wanted)| {
                let found = self.member(name);
                found.is_some_and(|found| found.holds(wanted))
            }),
            (Self::Array(all), Self::Array(some)) => holds_elements(all, some),
            _ => self.is_scalar() && self.ordering(other) == Ordering::Equal,
        }
    }

    /// `||`.
    pub fn joined(self, other: Self) -> Self {
        match (self, other) {
            (Self::Object(mut all), Self::Object(more)) => {
                all.extend(more);
                Self::object(all)
            }
            (left, right) => {
                let mut all = left.into_elements();
                all.extend(right.into_elements());
                Self::Array(all)
            }
        }
    }

    fn into_elements(self) -> Vec<Self> {
        match self {
            Self::Array(items) => items,
            other => vec![other],
        }
    }

    /// Without the members that are null.
    pub fn without_nulls(self) -> Self {
        match self {
            Self::Object(members) => {
                let kept = members.into_iter().filter(|member| member.1 != Self::Null);
                Self::Object(kept.map(|(name, v)| (name, v.without_nulls())).collect())
            }
            Self::Array(items) => Self::Array(items.into_iter().map(Self::without_nulls).collect()),
            scalar => scalar,
        }
    }

    /// PostgreSQL's order inside a document.
    fn ordering(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.key_into(&mut left);
        other.key_into(&mut right);
        left.cmp(&right)
    }

    /// Bytes that sort as the documents do: objects last, before them arrays, by their size first; a scalar
    /// before an array of it.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::new();
        if self.is_scalar() {
            array_key(core::slice::from_ref(self), 0, &mut key);
        } else {
            self.key_into(&mut key);
        }
        key
    }

    fn key_into(&self, key: &mut Vec<u8>) {
        match self {
            Self::Null => key.push(1),
            Self::Text(text) => {
                key.push(2);
                text_key(text, key);
            }
            Self::Number(number) => {
                key.push(3);
                number_key(number, key);
            }
            Self::Boolean(value) => key.extend([4, u8::from(*value)]),
            Self::Array(items) => array_key(items, 1, key),
            Self::Object(members) => {
                key.push(6);
                size_key(members.len(), key);
                for (name, value) in members {
                    text_key(name, key);
                    value.key_into(key);
                }
            }
        }
    }

    /// The same without zeros at the end of a fraction: equal documents have one text then.
    pub fn trimmed(&self) -> Self {
        match self {
            Self::Number(number) if number.contains('.') => {
                Self::Number(number.trim_end_matches('0').trim_end_matches('.').into())
            }
            Self::Array(items) => Self::Array(items.iter().map(Self::trimmed).collect()),
            Self::Object(members) => {
                let members = members.iter();
                Self::Object(
                    members
                        .map(|(name, v)| (name.clone(), v.trimmed()))
                        .collect(),
                )
            }
            other => other.clone(),
        }
    }

    /// `jsonb_pretty`.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.lines(0, &mut out);
        out
    }

    fn lines(&self, depth: usize, out: &mut String) {
        let line = |depth: usize, first: bool, out: &mut String| {
            out.push_str(if first { "\n" } else { ",\n" });
            out.push_str(&"    ".repeat(depth));
        };
        match self {
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    line(depth + 1, at == 0, out);
                    item.lines(depth + 1, out);
                }
                line(depth, true, out);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    line(depth + 1, at == 0, out);
                    out.push_str(&format!("{}: ", quoted(name)));
                    value.lines(depth + 1, out);
                }
                line(depth, true, out);
                out.push('}');
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }
}

fn holds_elements(all: &[Jsonb], some: &[Jsonb]) -> bool {
    some.iter()
        .all(|wanted| all.iter().any(|item| item.holds(wanted)))
}

fn invalid(_: serde_json::Error) -> String {
    "invalid input syntax for type json".into()
}

/// A text, which has no character 0 there.
fn plain(text: String) -> Result<String, String> {
    match text.contains('\0') {
        true => Err("unsupported Unicode escape sequence".into()),
        false => Ok(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Shorter names come first.
fn by_name(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn settled(mut members: Vec<(String, Jsonb)>) -> Vec<(String, Jsonb)> {
    members.reverse();
    members.sort_by(|a, b| by_name(&a.0, &b.0));
    members.dedup_by(|later, first| later.0 == first.0);
    members
}

/// A number of JSON as PostgreSQL's numeric prints it.
fn number(text: &str) -> Result<String, String> {
    let overflow = || "value overflows numeric format".to_owned();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| overflow())?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    // Digits before the point, and behind it.
    let before = length(whole).saturating_add(exponent);
    let behind = length(fraction).saturating_sub(exponent).max(0);
    if digits.bytes().all(|digit| digit == b'0') {
        let zeros = usize::try_from(behind)
            .ok()
            .filter(|_| behind <= MOST_FRACTION);
        let zeros = "0".repeat(zeros.ok_or_else(overflow)?);
        return Ok(if zeros.is_empty() {
            "0".into()
        } else {
            format!("0.{zeros}")
        });
    }
    if before > MOST_WHOLE || behind > MOST_FRACTION {
        return Err(overflow());
    }
    let mut digits = digits;
    let mut point = usize::try_from(before.max(0)).unwrap_or(0);
    if before < 0 {
        let more = usize::try_from(before.unsigned_abs()).unwrap_or(0);
        digits.insert_str(0, &"0".repeat(more));
        point = 0;
    }
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{dot}{fraction}"))
}

fn text_key(text: &str, key: &mut Vec<u8>) {
    key.extend(text.as_bytes());
    key.push(0);
}

fn size_key(size: usize, key: &mut Vec<u8>) {
    key.extend(u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
}

fn array_key(items: &[Jsonb], itself: u8, key: &mut Vec<u8>) {
    key.push(5);
    size_key(items.len(), key);
    key.push(itself);
    for item in items {
        item.key_into(key);
    }
}

/// The sign, how many digits stand before the point, and all digits that count.
fn number_key(number: &str, key: &mut Vec<u8>) {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let all = format!("{whole}{fraction}");
    let counted = all.trim_start_matches('0').trim_end_matches('0');
    if counted.is_empty() {
        key.push(1);
        return;
    }
    let leading = all.len() - all.trim_start_matches('0').len();
    let size = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let power = size(whole.len()) - size(leading);
    let mut bytes = (power ^ i32::MIN).to_be_bytes().to_vec();
    bytes.extend(counted.bytes());
    bytes.push(0);
    key.push(if negative { 0 } else { 2 });
    key.extend(bytes.iter().map(|&b| if negative { !b } else { b }));
}

/// PostgreSQL's text.
impl fmt::Display for Jsonb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Array(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (at, (name, value)) in members.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    write!(f, "{}: {value}", quoted(name))?;
                }
                f.write_char('}')
            }
        }
    }
}

/// The parts of an array or an object as they are written; elements have empty names.
struct Parts<'de>(Vec<(String, &'de str)>);

impl<'de> serde::Deserialize<'de> for Parts<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(part) = from.next_element::<&RawValue>()? {
                    all.push((String::new(), part.get()));
                }
                Ok(Parts(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((name, part)) = from.next_entry::<String, &RawValue>()? {
                    all.push((name, part.get()));
                }
                Ok(Parts(all))
            }
        }
        from.deserialize_any(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::Jsonb;

    fn shown(text: &str) -> String {
        Jsonb::read(text).map_or_else(|error| error, |document| document.to_string())
    }

    // Expected: PostgreSQL 15.
    #[test]
    fn texts_are_postgresqls() {
        for (text, expected) in [
            (
                r#"{"b":1, "aa":2, "a":3, "b":4, "é":1, "":0}"#,
                r#"{"": 0, "a": 3, "b": 4, "aa": 2, "é": 1}"#,
            ),
            (r#""z\u0001\t\b/\"\\\u00e9""#, r#""z\u0001\t\b/\"\\é""#),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("1E2", "100"),
            ("1.50", "1.50"),
            ("1e-3", "0.001"),
            ("12.50e1", "125.0"),
            ("1.5e1", "15"),
            ("0e5", "0"),
            ("0.00", "0.00"),
            ("1e200000", "value overflows numeric format"),
            ("1e-20000", "value overflows numeric format"),
            (r#""\u0000""#, "unsupported Unicode escape sequence"),
            ("{a", "invalid input syntax for type json"),
            (" [1 , [] ,{}] ", "[1, [], {}]"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn documents_have_postgresqls_order() {
        let sorted = [
            "[]",
            "null",
            r#""""#,
            r#""B""#,
            r#""a""#,
            r#""b""#,
            r#""é""#,
            "-3",
            "1",
            "false",
            "true",
            "[null]",
            "[1]",
            "[2]",
            "[[]]",
            "[1, 1]",
            "{}",
            r#"{"a": 1}"#,
            r#"{"a": 2}"#,
            r#"{"aa": 0}"#,
            r#"{"b": 0}"#,
            r#"{"a": 1, "b": 1}"#,
        ];
        let keys = sorted.map(|text| Jsonb::read(text).map(|document| document.key()));
        for (at, pair) in keys.windows(2).enumerate() {
            assert!(pair[0] < pair[1], "{} {}", sorted[at], sorted[at + 1]);
        }
        let numbers = [
            "-100", "-99.5", "-1.01", "-1", "-0.001", "0", "1e-5", "0.1", "0.11", "2", "10", "1e30",
        ];
        let keys = numbers.map(|text| Jsonb::read(text).map(|document| document.key()));
        assert!(keys.is_sorted());
        let key = |text| Jsonb::read(text).map(|document| document.key());
        assert_eq!(key("[1.0, 0.0]"), key("[1, 0]"));
    }

    #[test]
    fn depth_is_no_overflow() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(shown(&deep), "stack depth limit exceeded");
    }
}
