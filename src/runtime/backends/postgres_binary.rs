//! Values in the binary format of PostgreSQL's COPY, which the server takes in without reading texts.

use crate::value::time::DAY;
use crate::{Date, Decimal, Timestamp, ValueRef};

/// What stands before the rows: the format's signature, no flags, no extension.
pub(super) const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What stands in the place of the number of cells where no row follows.
pub(super) const TAIL: &[u8] = &(-1_i16).to_be_bytes();

/// How the values of a column go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Boolean,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Text,
    Bytes,
    Date,
    Time,
    Timestamp,
    Interval,
    Uuid,
    Jsonb,
}

/// The types whose values go so, by the names that the server gives them.
const FORMS: &[(&str, Form)] = &[
    ("boolean", Form::Boolean),
    ("smallint", Form::Int2),
    ("integer", Form::Int4),
    ("bigint", Form::Int8),
    ("real", Form::Float4),
    ("double precision", Form::Float8),
    ("numeric", Form::Numeric),
    ("text", Form::Text),
    ("character varying", Form::Text),
    ("character", Form::Text),
    ("json", Form::Text),
    ("jsonb", Form::Jsonb),
    ("bytea", Form::Bytes),
    ("date", Form::Date),
    ("time without time zone", Form::Time),
    ("timestamp without time zone", Form::Timestamp),
    ("timestamp with time zone", Form::Timestamp),
    ("interval", Form::Interval),
    ("uuid", Form::Uuid),
];

/// How the values of a type go as it is declared, with its length or precision; `None` where only their text is known.
pub(super) fn form(declared: &str) -> Option<Form> {
    let (before, rest) = declared.split_once('(').unwrap_or((declared, ""));
    let behind = rest.split_once(')').map_or("", |(_, behind)| behind);
    let known =
        |(name, _): &&(&str, Form)| name.strip_prefix(before).is_some_and(|rest| rest == behind);
    FORMS.iter().find(known).map(|(_, form)| *form)
}

/// 2000-01-01, from which the server counts.
const EPOCH: i32 = 10_957;

/// Writes a row; `None` where a value has no form, and a part of the row may be written then.
pub(super) fn row(forms: &[Form], row: &[ValueRef<'_>], out: &mut Vec<u8>) -> Option<()> {
    out.extend(i16::try_from(row.len()).ok()?.to_be_bytes());
    let mut cells = forms.iter().zip(row);
    cells.try_for_each(|(form, value)| cell(*form, value, out))
}

/// Writes a cell, its length before it; `None` where the value has no such form, and nothing is written then.
fn cell(form: Form, value: &ValueRef<'_>, out: &mut Vec<u8>) -> Option<()> {
    use ValueRef as V;
    match (form, value) {
        (_, V::Null) => out.extend((-1_i32).to_be_bytes()),
        (Form::Boolean, V::Boolean(value)) => sized(out, &[u8::from(*value)])?,
        (Form::Int2, V::Integer(value)) => sized(out, &i16::try_from(*value).ok()?.to_be_bytes())?,
        (Form::Int4, V::Integer(value)) => sized(out, &i32::try_from(*value).ok()?.to_be_bytes())?,
        (Form::Int8, V::Integer(value)) => sized(out, &value.to_be_bytes())?,
        (Form::Float4, V::Real(value)) => sized(out, &value.to_be_bytes())?,
        (Form::Float8, V::Double(value)) => sized(out, &value.to_be_bytes())?,
        (Form::Numeric, V::Integer(value)) => decimal(Decimal::new((*value).into(), 0)?, out)?,
        (Form::Numeric, V::Decimal(value)) => decimal(*value, out)?,
        (Form::Numeric, V::Numeric(text)) => numeric(text, out)?,
        (Form::Text, V::Text(text) | V::Json(text)) => sized(out, text.as_bytes())?,
        (Form::Jsonb, V::Text(text) | V::Json(text)) => {
            let len = i32::try_from(text.len()).ok()?.checked_add(1)?;
            out.extend(len.to_be_bytes());
            // The version of the form.
            out.push(1);
            out.extend(text.as_bytes());
        }
        (Form::Bytes, V::Blob(bytes)) => sized(out, bytes)?,
        (Form::Date, V::Date(Date(day))) => {
            let days = match *day {
                i32::MIN | i32::MAX => *day,
                day => day.checked_sub(EPOCH)?,
            };
            sized(out, &days.to_be_bytes())?;
        }
        (Form::Time, V::Time(time)) => sized(out, &time.0.to_be_bytes())?,
        (Form::Timestamp, V::Timestamp(Timestamp(at)) | V::TimestampTz(Timestamp(at))) => {
            let micros = match *at {
                i64::MIN | i64::MAX => *at,
                at => at.checked_sub(i64::from(EPOCH) * DAY)?,
            };
            sized(out, &micros.to_be_bytes())?;
        }
        (Form::Interval, V::Interval(value)) => {
            out.extend(16_i32.to_be_bytes());
            out.extend(value.micros.to_be_bytes());
            out.extend(value.days.to_be_bytes());
            out.extend(value.months.to_be_bytes());
        }
        (Form::Uuid, V::Uuid(bytes)) => sized(out, bytes)?,
        _ => return None,
    }
    Some(())
}

fn sized(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    out.extend(i32::try_from(bytes.len()).ok()?.to_be_bytes());
    out.extend(bytes);
    Some(())
}

/// Signs of a numeric.
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;

/// What stands before the digits of a numeric, which are to the base of 10,000: how many, the weight of the first, the sign,
/// and how many decimal ones stand behind the point.
fn head(groups: usize, weight: i16, sign: u16, scale: usize, out: &mut Vec<u8>) -> Option<()> {
    let len = i32::try_from(8 + 2 * groups).ok()?;
    let (groups, scale) = (u16::try_from(groups).ok()?, u16::try_from(scale).ok()?);
    out.extend(len.to_be_bytes());
    out.extend(groups.to_be_bytes());
    out.extend(weight.to_be_bytes());
    out.extend(sign.to_be_bytes());
    out.extend(scale.to_be_bytes());
    Some(())
}

/// A decimal, group by group from the last.
fn decimal(value: Decimal, out: &mut Vec<u8>) -> Option<()> {
    let scale = usize::from(value.scale());
    let behind = scale.div_ceil(4);
    let filling = 10_u128.pow(u32::try_from(behind * 4 - scale).ok()?);
    let Some(mut rest) = value.units().unsigned_abs().checked_mul(filling) else {
        return numeric(&value.to_string(), out);
    };
    // 39 digits at the most.
    let (mut groups, mut len) = ([0_u16; 10], 0);
    while rest > 0 {
        // Few need the wide division, which takes long.
        let (next, group) = match u64::try_from(rest) {
            Ok(small) => ((small / 10_000).into(), (small % 10_000).into()),
            Err(_) => (rest / 10_000, rest % 10_000),
        };
        (rest, groups[len]) = (next, u16::try_from(group).ok()?);
        len += 1;
    }
    let zeros = groups[..len].iter().take_while(|group| **group == 0);
    let zeros = zeros.count();
    let weight = match len {
        0 => 0,
        len => i16::try_from(len).ok()? - i16::try_from(behind).ok()? - 1,
    };
    let sign = if value.units() < 0 { NEGATIVE } else { 0 };
    head(len - zeros, weight, sign, scale, out)?;
    let groups = groups[zeros..len].iter().rev();
    groups.for_each(|group| out.extend(group.to_be_bytes()));
    Some(())
}

/// A numeric of more digits, from its text. Infinities only newer servers know; they go as text.
fn numeric(text: &str, out: &mut Vec<u8>) -> Option<()> {
    if text == "NaN" {
        return head(0, 0, NAN, 0, out);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (NEGATIVE, digits),
        None => (0, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let scale = fraction.len();
    let whole = whole.trim_start_matches('0').as_bytes();
    let fraction = fraction.trim_end_matches('0').as_bytes();
    // Groups of four on both sides of the point.
    let before = whole.len().div_ceil(4);
    let behind = fraction.len().div_ceil(4);
    // The digit of a place, counted from the point on: 0 is the first behind it.
    let digit = |place: isize| {
        let found = match usize::try_from(place) {
            Ok(at) => fraction.get(at),
            Err(_) => whole
                .len()
                .checked_add_signed(place)
                .and_then(|at| whole.get(at)),
        };
        found.map_or(0, |digit| u16::from(digit - b'0'))
    };
    let group = |at: isize| (0..4).fold(0, |sum, i| sum * 10 + digit(at * 4 + i));
    let (mut first, mut last) = (
        -isize::try_from(before).ok()?,
        isize::try_from(behind).ok()?,
    );
    while first < last && group(first) == 0 {
        first += 1;
    }
    while first < last && group(last - 1) == 0 {
        last -= 1;
    }
    let groups = usize::try_from(last - first).ok()?;
    let weight = match groups {
        0 => 0,
        _ => i16::try_from(-first - 1).ok()?,
    };
    // Zero has no sign.
    head(
        groups,
        weight,
        if groups == 0 { 0 } else { sign },
        scale,
        out,
    )?;
    (first..last).for_each(|at| out.extend(group(at).to_be_bytes()));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{Form, cell, decimal, form, numeric};
    use crate::{Decimal, ValueRef};

    #[test]
    fn types_by_their_names() {
        assert_eq!(form("integer"), Some(Form::Int4));
        assert_eq!(form("numeric(10,2)"), Some(Form::Numeric));
        assert_eq!(form("character varying(10)"), Some(Form::Text));
        assert_eq!(
            form("timestamp(3) without time zone"),
            Some(Form::Timestamp)
        );
        assert_eq!(form("time with time zone"), None);
        assert_eq!(form("integer[]"), None);
        assert_eq!(form("numeric(10,2)[]"), None);
        assert_eq!(form("mood"), None);
        assert_eq!(form(""), None);
        assert_eq!(form("int"), None);
    }

    /// `numeric_send` of a server.
    #[test]
    fn numerics_as_the_server_sends_them() {
        let sent = |text: &str| {
            let mut out = Vec::new();
            numeric(text, &mut out)?;
            let hex: String = out[4..].iter().map(|byte| format!("{byte:02x}")).collect();
            Some(hex)
        };
        for (text, hex) in [
            ("0", "0000000000000000"),
            ("0.00", "0000000000000002"),
            ("-0", "0000000000000000"),
            ("1", "00010000000000000001"),
            ("-12345.678", "0003000140000003000109291a7c"),
            ("10000", "00010001000000000001"),
            ("0.0001", "0001ffff000000040001"),
            ("0.00001", "0001fffe0000000503e8"),
            ("NaN", "00000000c0000000"),
            (
                "99999999999999999999999999999999999999",
                "000a0009000000000063270f270f270f270f270f270f270f270f270f",
            ),
            (
                "-9.9999999999999999999999999999999999999",
                "000b0000400000250009270f270f270f270f270f270f270f270f270f2328",
            ),
            ("99999999.99999999", "0004000100000008270f270f270f270f"),
            (
                "-123456789012345678901234567890.00120",
                "0009000740000005000c0d801ed204d2162e23340d801ed2000c",
            ),
        ] {
            assert_eq!(sent(text).as_deref(), Some(hex), "{text}");
            if let Ok(value) = text.parse::<Decimal>() {
                let (mut by_text, mut by_groups) = (Vec::new(), Vec::new());
                assert!(numeric(text, &mut by_text).is_some());
                assert!(decimal(value, &mut by_groups).is_some());
                assert_eq!(by_groups, by_text, "{text}");
            }
        }
        assert_eq!(sent("Infinity"), None);
        assert_eq!(sent("1e5"), None);
        assert_eq!(sent(""), None);
        assert_eq!(sent("-"), None);
    }

    #[test]
    fn what_does_not_fit_writes_nothing() {
        let mut out = Vec::new();
        for (form, value) in [
            (Form::Int2, ValueRef::Integer(40_000)),
            (Form::Int4, ValueRef::Integer(1 << 40)),
            (Form::Int4, ValueRef::Text("1")),
            (Form::Text, ValueRef::Integer(1)),
            (Form::Numeric, ValueRef::Numeric("Infinity")),
        ] {
            assert_eq!(cell(form, &value, &mut out), None);
            assert!(out.is_empty(), "{form:?} {value:?}");
        }
    }
}
