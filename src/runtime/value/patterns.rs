//! Moments by PostgreSQL's template patterns (its manual, 9.8).

use super::time::{civil, days_from_civil};
use crate::Timestamp;
use rql::templates::{Piece, pieces};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const ROMAN: [&str; 12] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
];

/// A moment by a template.
pub(crate) fn moment(at: Timestamp, template: &str, zone: &str) -> String {
    let mut out = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Pattern {
                written,
                name,
                fill,
                ordinal,
            } => {
                let start = out.len();
                out.push_str(&pattern(at, written, name, fill, zone));
                if let Some(upper) = ordinal {
                    let suffix = suffix(&out[start..]);
                    out.push_str(&if upper {
                        suffix.to_uppercase()
                    } else {
                        suffix.to_owned()
                    });
                }
            }
        }
    }
    out
}

fn pattern(at: Timestamp, written: &str, name: &str, fill: bool, zone: &str) -> String {
    let field = |name: &str| at.field(name).unwrap_or(0);
    let micros = at.0.rem_euclid(1_000_000);
    let year = field("year").abs();
    let iso_year = field("isoyear");
    let digits = |value: i64, width: usize| match fill {
        true => format!("{value:0width$}"),
        false => value.to_string(),
    };
    let name_of = |full: &str, width: usize| {
        let word = cased(written, full);
        if fill {
            format!("{word:<width$}")
        } else {
            word
        }
    };
    match name {
        "YYYY" => digits(year, 4),
        "Y,YYY" => format!("{},{:03}", year / 1000, year % 1000),
        "YYY" => digits(year % 1000, 3),
        "YY" => digits(year % 100, 2),
        "Y" => digits(year % 10, 1),
        "IYYY" => digits(iso_year, 4),
        "IYY" => digits(iso_year % 1000, 3),
        "IY" => digits(iso_year % 100, 2),
        "I" => digits(iso_year % 10, 1),
        "Q" => digits(field("quarter"), 1),
        "MM" => digits(field("month"), 2),
        "MONTH" => name_of(month_name(at), 9),
        "MON" => cased(written, &month_name(at)[..3]),
        "RM" => {
            let roman = ROMAN[index(field("month") - 1, 12)];
            let roman = if written.starts_with('r') {
                roman.to_lowercase()
            } else {
                roman.to_owned()
            };
            if fill { format!("{roman:<4}") } else { roman }
        }
        "DAY" => name_of(DAYS[index(field("dow"), 7)], 9),
        "DY" => cased(written, &DAYS[index(field("dow"), 7)][..3]),
        "DD" => digits(field("day"), 2),
        "DDD" => digits(field("doy"), 3),
        "IDDD" => digits((field("week") - 1) * 7 + field("isodow"), 3),
        "D" => digits(field("dow") + 1, 1),
        "ID" => digits(field("isodow"), 1),
        "W" => digits((field("day") - 1) / 7 + 1, 1),
        "WW" => digits((field("doy") - 1) / 7 + 1, 2),
        "IW" => digits(field("week"), 2),
        "CC" => digits(field("century"), 2),
        // Julian days begin 4714-11-24 BC.
        "J" => (at.0.div_euclid(86_400_000_000) + 2_440_588).to_string(),
        "HH24" => digits(field("hour"), 2),
        "HH" | "HH12" => digits((field("hour") + 11) % 12 + 1, 2),
        "MI" => digits(field("minute"), 2),
        "SS" => digits(field("second"), 2),
        "MS" => digits(micros / 1_000, 3),
        "US" | "FF6" => digits(micros, 6),
        "FF1" => digits(micros / 100_000, 1),
        "FF2" => digits(micros / 10_000, 2),
        "FF3" => digits(micros / 1_000, 3),
        "FF4" => digits(micros / 100, 4),
        "FF5" => digits(micros / 10, 5),
        "SSSS" | "SSSSS" => {
            (field("hour") * 3_600 + field("minute") * 60 + field("second")).to_string()
        }
        "AM" | "PM" => half(written, field("hour"), ["AM", "PM"]),
        "A.M." | "P.M." => half(written, field("hour"), ["A.M.", "P.M."]),
        "BC" | "AD" => half(
            written,
            if field("year") < 0 { 0 } else { 12 },
            ["BC", "AD"],
        ),
        "B.C." | "A.D." => half(
            written,
            if field("year") < 0 { 0 } else { 12 },
            ["B.C.", "A.D."],
        ),
        "TZ" if written.starts_with('t') => zone.to_lowercase(),
        "TZ" => zone.to_owned(),
        "TZH" => "+00".to_owned(),
        "TZM" => "00".to_owned(),
        // OF.
        _ => "+00".to_owned(),
    }
}

fn index(value: i64, len: usize) -> usize {
    usize::try_from(value).unwrap_or(0).min(len - 1)
}

fn month_name(at: Timestamp) -> &'static str {
    MONTHS[index(at.field("month").unwrap_or(1) - 1, 12)]
}

/// A word in capitals, capitalised or small, as the pattern is written.
fn cased(written: &str, word: &str) -> String {
    let mut letters = written.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    match (first, letters.next().is_some_and(char::is_uppercase)) {
        (true, true) => word.to_uppercase(),
        (true, false) => word.to_owned(),
        _ => word.to_lowercase(),
    }
}

fn half(written: &str, hour: i64, words: [&str; 2]) -> String {
    let word = words[usize::from(hour >= 12)];
    if written.starts_with(char::is_lowercase) {
        word.to_lowercase()
    } else {
        word.to_owned()
    }
}

fn suffix(digits: &str) -> &'static str {
    let bytes = digits.as_bytes();
    let teen = bytes.len() > 1 && bytes[bytes.len() - 2] == b'1';
    match bytes.last() {
        Some(b'1') if !teen => "st",
        Some(b'2') if !teen => "nd",
        Some(b'3') if !teen => "rd",
        _ => "th",
    }
}

/// The number that at most so many digits make, and how many there are.
fn digits(text: &str, most: usize) -> (Option<i64>, usize) {
    let len = text
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count()
        .min(most);
    (text[..len].parse().ok(), len)
}

/// The moment of a text by a template; what the template does not say is the beginning. An error in words.
pub(crate) fn read(value: &str, template: &str) -> Result<Timestamp, String> {
    let wrong = |what: &str| format!("invalid value for \"{what}\" in source string");
    let pieces = pieces(template);
    let mut rest = value.trim_start();
    let (mut year, mut month, mut day) = (0_i64, 1_i64, 1_i64);
    let (mut hour, mut minute, mut second, mut micros) = (0_i64, 0_i64, 0_i64, 0_i64);
    let (mut day_of_year, mut afternoon) = (None, None);
    for (at, piece) in pieces.iter().enumerate() {
        let (written, name) = match piece {
            Piece::Pattern { written, name, .. } => (*written, *name),
            Piece::Text(text) => {
                // A separator or blank stands for any, and may be missing.
                for c in text.chars() {
                    match rest.chars().next() {
                        Some(given)
                            if given == c || !given.is_alphanumeric() && !c.is_alphanumeric() =>
                        {
                            rest = &rest[given.len_utf8()..];
                        }
                        Some(given) if c.is_alphanumeric() => rest = &rest[given.len_utf8()..],
                        _ => {}
                    }
                }
                continue;
            }
        };
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '-' && c != '+');
        // Digits run on where the next piece cannot take them.
        let apart = !matches!(pieces.get(at + 1), Some(Piece::Pattern { .. }));
        let long = apart && name == "YYYY";
        let mut take = |width: usize| -> Result<(i64, usize), String> {
            let (value, len) = digits(rest, if long { usize::MAX } else { width });
            rest = &rest[len..];
            Ok((value.ok_or_else(|| wrong(written))?, len))
        };
        match name {
            "YYYY" => year = take(4)?.0,
            "YY" => {
                let short = take(2)?.0;
                year = if short < 70 {
                    2000 + short
                } else {
                    1900 + short
                };
            }
            "MM" => month = take(2)?.0,
            "DD" => day = take(2)?.0,
            "DDD" => day_of_year = Some(take(3)?.0),
            "HH24" => hour = take(2)?.0,
            "HH" | "HH12" => {
                hour = take(2)?.0;
                if !(1..=12).contains(&hour) {
                    return Err(format!("hour \"{hour}\" is invalid for the 12-hour clock"));
                }
                afternoon = afternoon.or(Some(false));
            }
            "MI" => minute = take(2)?.0,
            "SS" => second = take(2)?.0,
            "MS" | "US" => {
                let width = if name == "MS" { 3 } else { 6 };
                let (units, len) = take(width)?;
                let missing = width - len;
                let scale = 10_i64.pow(u32::try_from(missing).unwrap_or(0));
                micros = units * scale * if name == "MS" { 1_000 } else { 1 };
            }
            "MONTH" | "MON" => {
                let same = |word: &str| {
                    rest.get(..word.len())
                        .is_some_and(|given| given.eq_ignore_ascii_case(word))
                };
                let full = MONTHS.iter().position(|word| same(word));
                let short = MONTHS.iter().position(|word| same(&word[..3]));
                let found = full.or(short).ok_or_else(|| wrong(written))?;
                let len = if full.is_some() {
                    MONTHS[found].len()
                } else {
                    3
                };
                rest = &rest[len..];
                month = i64::try_from(found).unwrap_or(0) + 1;
            }
            "AM" | "PM" | "A.M." | "P.M." => {
                let given = rest
                    .get(..name.len())
                    .unwrap_or_default()
                    .to_ascii_uppercase();
                afternoon = Some(given.starts_with('P'));
                rest = rest.get(name.len()..).unwrap_or_default();
            }
            _ => {
                return Err(format!(
                    "the template pattern {written} cannot be read on SQLite"
                ));
            }
        }
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let range = || format!("date/time field value out of range: \"{value}\"");
    // A year that is not given is the first before our era.
    let first = days_from_civil(year, 1, 1);
    let days = match day_of_year {
        Some(day) if (1..=366).contains(&day) => first + day - 1,
        Some(_) => return Err(range()),
        None => {
            let days = days_from_civil(year, month, day);
            let back = civil(days);
            if !(1..=12).contains(&month) || back != (year, month, day) {
                return Err(range());
            }
            days
        }
    };
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return Err(range());
    }
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    Ok(Timestamp(seconds * 1_000_000 + micros))
}
