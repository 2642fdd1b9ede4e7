//! Text by characters, bytes and their text forms.

use super::{Args, Cell, Given, Row, boolean, text};
use crate::session::rebuild::refers_no_more;
use crate::session::rules::renamed;
use crate::value::text::from_hex;
use core::cmp::Ordering;
use md5::{Digest, Md5};
use rusqlite::types::ValueRef as Arg;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// The longest text that a function makes, as in PostgreSQL.
const LONGEST: usize = 1 << 30;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_upper", 1, |a| {
        Ok(text(a.text(0)?.chars().map(upper).collect::<String>()))
    }),
    ("rql_lower", 1, |a| {
        Ok(text(a.text(0)?.chars().map(lower).collect::<String>()))
    }),
    ("rql_initcap", 1, |a| Ok(text(initcap(&a.text(0)?)))),
    ("rql_create_as", 2, |a| {
        let name = rql::quoted(&a.text(1)?, rql::Dialect::Sqlite);
        let made = renamed(&a.text(0)?, &name);
        made.map(text)
            .ok_or_else(|| "the text of an index is not RQL".into())
    }),
    ("rql_refers_no_more", 2, |a| {
        refers_no_more(&a.text(0)?, &a.text(1)?).map(text)
    }),
    ("rql_octet_length", 1, |a| Ok(count(a.bytes(0)?.len()))),
    ("rql_bit_length", 1, |a| Ok(count(a.bytes(0)?.len() * 8))),
    ("rql_substr", 2, |a| {
        let rest = a
            .text(0)?
            .chars()
            .skip(before(a.int(1)?))
            .collect::<String>();
        Ok(text(rest))
    }),
    ("rql_substr", 3, piece),
    ("rql_left", 2, |a| {
        let (value, count) = (a.text(0)?, a.int(1)?);
        Ok(text(
            value.chars().take(kept(&value, count)).collect::<String>(),
        ))
    }),
    ("rql_right", 2, |a| {
        let (value, count) = (a.text(0)?, a.int(1)?);
        let dropped = value.chars().count() - kept(&value, count);
        Ok(text(value.chars().skip(dropped).collect::<String>()))
    }),
    ("rql_lpad", 2, |a| padded(a, true)),
    ("rql_lpad", 3, |a| padded(a, true)),
    ("rql_rpad", 2, |a| padded(a, false)),
    ("rql_rpad", 3, |a| padded(a, false)),
    ("rql_repeat", 2, |a| {
        let (value, times) = (a.text(0)?, usize::try_from(a.int(1)?).unwrap_or(0));
        if value.len().saturating_mul(times) > LONGEST {
            return Err("requested length too large".into());
        }
        Ok(text(value.repeat(times)))
    }),
    ("rql_translate", 3, |a| {
        let (value, from, to) = (a.text(0)?, a.text(1)?, a.text(2)?);
        let place = |c| from.chars().position(|f| f == c);
        let changed = value.chars().filter_map(|c| match place(c) {
            None => Some(c),
            Some(at) => to.chars().nth(at),
        });
        Ok(text(changed.collect::<String>()))
    }),
    ("rql_reverse", 1, |a| {
        Ok(text(a.text(0)?.chars().rev().collect::<String>()))
    }),
    ("rql_split_part", 3, split_part),
    ("rql_overlay", 3, |a| {
        let length = a.text(1)?.chars().count();
        overlay(a, i64::try_from(length).unwrap_or(i64::MAX))
    }),
    ("rql_overlay", 4, |a| overlay(a, a.int(3)?)),
    ("rql_chr", 1, |a| {
        let code = a.int(0)?;
        let c = u32::try_from(code).ok().and_then(char::from_u32);
        match c {
            Some('\0') => Err("null character not permitted".into()),
            Some(c) => Ok(text(c)),
            None if code < 0 => Err("character number must be positive".into()),
            None => Err("requested character not valid for encoding".into()),
        }
    }),
    ("rql_ascii", 1, |a| {
        let first = a.text(0)?.chars().next().map_or(0, u32::from);
        Ok(Cell::Integer(first.into()))
    }),
    ("rql_md5", 1, |a| Ok(text(hex(&Md5::digest(a.bytes(0)?))))),
    ("rql_to_hex", 2, |a| {
        let value = a.int(0)?;
        Ok(text(if a.int(1)? == 64 {
            format!("{value:x}")
        } else {
            format!("{:x}", value as i32)
        }))
    }),
    ("rql_encode", 2, |a| {
        match a.text(1)?.to_lowercase().as_str() {
            "hex" => Ok(text(hex(a.bytes(0)?))),
            "base64" => Ok(text(base64(a.bytes(0)?))),
            "escape" => Ok(text(escaped(a.bytes(0)?))),
            other => Err(format!("unrecognized encoding: \"{other}\"")),
        }
    }),
    ("rql_decode", 2, |a| {
        match a.text(1)?.to_lowercase().as_str() {
            "hex" => from_hex(&a.text(0)?).map(Cell::Blob),
            "base64" => from_base64(&a.text(0)?).map(Cell::Blob),
            other => Err(format!("decoding {other} is not known here")),
        }
    }),
    ("rql_bytea", 1, |a| {
        let value = a.text(0)?;
        match value.strip_prefix("\\x") {
            Some(digits) => from_hex(digits).map(Cell::Blob),
            None if value.contains('\\') => Err("invalid input syntax for type bytea".into()),
            None => Ok(Cell::Blob(value.into_bytes())),
        }
    }),
    ("rql_bytea_text", 1, |a| {
        Ok(text(format!("\\x{}", hex(a.bytes(0)?))))
    }),
    ("rql_blob_concat", 2, |a| {
        Ok(Cell::Blob([a.bytes(0)?, a.bytes(1)?].concat()))
    }),
    ("rql_sha", 2, |a| {
        let bytes = a.bytes(0)?;
        Ok(Cell::Blob(match a.int(1)? {
            224 => Sha224::digest(bytes).to_vec(),
            256 => Sha256::digest(bytes).to_vec(),
            384 => Sha384::digest(bytes).to_vec(),
            _ => Sha512::digest(bytes).to_vec(),
        }))
    }),
    ("rql_starts_with", 2, |a| {
        boolean(a.text(0)?.starts_with(&a.text(1)?))
    }),
    ("rql_bool", 1, |a| {
        let word = a.text(0)?.trim().to_lowercase();
        let begins = |full: &str| !word.is_empty() && full.starts_with(&word);
        match word.as_str() {
            "1" | "on" => boolean(true),
            "0" | "of" | "off" => boolean(false),
            _ if begins("true") || begins("yes") => boolean(true),
            _ if begins("false") || begins("no") => boolean(false),
            _ => Err(format!("invalid input syntax for type boolean: \"{word}\"")),
        }
    }),
    ("rql_uuid", 1, |a| {
        let digits: String = a.text(0)?.chars().filter(|c| !"-{}".contains(*c)).collect();
        let wrong = || "invalid input syntax for type uuid".to_owned();
        let bytes: [u8; 16] = from_hex(&digits)
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(wrong)?;
        Ok(text(crate::ValueRef::Uuid(bytes).to_string()))
    }),
    ("rql_uuid4", 0, |_| {
        let mut bytes = [0_u8; 16];
        bytes[..8].copy_from_slice(&random_bits().to_be_bytes());
        bytes[8..].copy_from_slice(&random_bits().to_be_bytes());
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Ok(text(crate::ValueRef::Uuid(bytes).to_string()))
    }),
    ("rql_varchar", 3, varchar),
    ("rql_join", 2, |a| {
        let values: Vec<Option<String>> =
            serde_json::from_str(&a.text(0)?).map_err(|error| error.to_string())?;
        let values: Vec<_> = values.into_iter().flatten().collect();
        if values.is_empty() {
            return Ok(Cell::Null);
        }
        Ok(text(values.join(&a.text(1)?)))
    }),
];

/// Functions that leave NULLs out rather than being NULL with them.
pub(super) const LENIENT: &[Row] = &[
    ("rql_concat", -1, |a| joined(a, 0, "").map(text)),
    ("rql_concat_ws", -1, |a| match a.raw(0) {
        Arg::Null => Ok(Cell::Null),
        _ => joined(a, 1, &a.text(0)?).map(text),
    }),
    ("rql_greatest", -1, |a| extreme(a, Ordering::Greater)),
    ("rql_least", -1, |a| extreme(a, Ordering::Less)),
    ("rql_num_greatest", -1, |a| {
        super::number::extreme(a, Ordering::Greater)
    }),
    ("rql_num_least", -1, |a| {
        super::number::extreme(a, Ordering::Less)
    }),
];

fn joined(a: &Args<'_, '_>, from: usize, separator: &str) -> Result<String, String> {
    let there = (from..a.len()).filter(|&at| a.raw(at) != Arg::Null);
    let pieces = there.map(|at| a.text(at)).collect::<Result<Vec<_>, _>>()?;
    Ok(pieces.join(separator))
}

fn extreme(a: &Args<'_, '_>, wanted: Ordering) -> Given {
    let mut best = Arg::Null;
    for at in 0..a.len() {
        let value = a.raw(at);
        if value != Arg::Null && (best == Arg::Null || compare(value, best) == wanted) {
            best = value;
        }
    }
    Ok(best.try_into().unwrap_or(Cell::Null))
}

/// The order of two values of one type.
pub(super) fn compare(a: Arg<'_>, b: Arg<'_>) -> Ordering {
    match (a, b) {
        (Arg::Integer(a), Arg::Integer(b)) => a.cmp(&b),
        (Arg::Text(a) | Arg::Blob(a), Arg::Text(b) | Arg::Blob(b)) => a.cmp(b),
        (a, b) => {
            let number = |v| super::real(v).unwrap_or(f64::NAN);
            number(a).total_cmp(&number(b))
        }
    }
}

fn count(value: usize) -> Cell {
    Cell::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// One letter for one: what would become two letters stays, as in PostgreSQL.
fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn initcap(value: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        out.push(if inside { lower(c) } else { upper(c) });
        inside = c.is_alphanumeric();
    }
    out
}

fn piece(a: &Args<'_, '_>) -> Given {
    let (value, start, len) = (a.text(0)?, a.int(1)?, a.int(2)?);
    if len < 0 {
        return Err("negative substring length not allowed".into());
    }
    // What lies before the first character counts towards the length.
    let end = start.saturating_add(len).saturating_sub(1).max(0);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    let taken = value.chars().take(end).skip(before(start));
    Ok(text(taken.collect::<String>()))
}

/// How many characters stand before a position that counts from one.
fn before(position: i64) -> usize {
    usize::try_from(position.saturating_sub(1)).unwrap_or(0)
}

/// How many characters LEFT and RIGHT keep: a negative count leaves that many away.
fn kept(value: &str, count: i64) -> usize {
    match usize::try_from(count) {
        Ok(count) => count.min(value.chars().count()),
        Err(_) => {
            let dropped = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
            value.chars().count().saturating_sub(dropped)
        }
    }
}

fn varchar(a: &Args<'_, '_>) -> Given {
    let (mut value, most) = (a.text(0)?, before(a.int(1)? + 1));
    let fixed = a.int(2)? == 1;
    if fixed {
        value.truncate(value.trim_end_matches(' ').len());
    }
    if let Some((cut, _)) = value.char_indices().nth(most) {
        if value[cut..].contains(|c| c != ' ') {
            let ty = if fixed {
                "character"
            } else {
                "character varying"
            };
            return Err(format!("value too long for type {ty}({most})"));
        }
        value.truncate(cut);
    }
    Ok(text(value))
}

fn padded(a: &Args<'_, '_>, left: bool) -> Given {
    let (value, length) = (a.text(0)?, usize::try_from(a.int(1)?).unwrap_or(0));
    let fill = if a.len() == 3 { a.text(2)? } else { " ".into() };
    if length > LONGEST / 4 {
        return Err("requested length too large".into());
    }
    let has = value.chars().count();
    if has >= length || fill.is_empty() {
        return Ok(text(value.chars().take(length).collect::<String>()));
    }
    let padding: String = fill.chars().cycle().take(length - has).collect();
    Ok(text(if left {
        padding + &value
    } else {
        value + &padding
    }))
}

fn split_part(a: &Args<'_, '_>) -> Given {
    let (value, separator, at) = (a.text(0)?, a.text(1)?, a.int(2)?);
    if at == 0 {
        return Err("field position must not be zero".into());
    }
    let pieces: Vec<&str> = if separator.is_empty() {
        vec![&value]
    } else {
        value.split(&*separator).collect()
    };
    let count = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
    let index = if at > 0 { at - 1 } else { count + at };
    let found = usize::try_from(index).ok().and_then(|i| pieces.get(i));
    Ok(text(found.copied().unwrap_or("")))
}

fn overlay(a: &Args<'_, '_>, length: i64) -> Given {
    let (value, new, start) = (a.text(0)?, a.text(1)?, a.int(2)?);
    if start <= 0 {
        return Err("negative substring length not allowed".into());
    }
    let end = start.checked_add(length).ok_or("integer out of range")?;
    let head: String = value.chars().take(before(start)).collect();
    let tail: String = value.chars().skip(before(end)).collect();
    Ok(text(format!("{head}{new}{tail}")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// With a line break after each 76 characters, as MIME and PostgreSQL write it.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (at, group) in bytes.chunks(3).enumerate() {
        if at > 0 && at % 19 == 0 {
            out.push('\n');
        }
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            if place > group.len() {
                out.push('=');
            } else {
                let index = bits >> (18 - 6 * place) & 63;
                out.push(char::from(BASE64[index as usize]));
            }
        }
    }
    out
}

fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    let (mut bits, mut have, mut out) = (0_u32, 0, Vec::new());
    for c in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let index = BASE64.iter().position(|&b| b == c);
        let index = index.ok_or("invalid symbol found while decoding base64 sequence")?;
        bits = bits << 6 | u32::try_from(index).unwrap_or(0);
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have & 0xff) as u8);
        }
    }
    Ok(out)
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            0 | 0x80.. => out.push_str(&format!("\\{byte:03o}")),
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// 64 random bits: each new hasher of the standard library has a key of its own.
fn random_bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A random number from 0 to below 1.
pub(super) fn random_unit() -> f64 {
    (random_bits() >> 11) as f64 / (1_u64 << 53) as f64
}
