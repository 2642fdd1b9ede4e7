//! `to_char` by a written template.

use super::Way::By;
use super::call::{literal, quoted};
use super::fill::{fill, kept};
use super::numeric::units;
use super::{Call, Row};
use crate::templates::{Form, Piece, Sign, form, pieces};

pub(super) const ROWS: &[Row] = &[
    ("rql_to_char", 3, By(moment)),
    ("rql_num_to_char", 2, By(number)),
];

/// Patterns that are numbers: how each is computed from a moment, `$1`, and its digits.
const NUMBERS: &[(&str, &str, usize)] = &[
    ("YYYY", "CAST(substr($1, 1, 4) AS INTEGER)", 4),
    ("YYY", "CAST(substr($1, 2, 3) AS INTEGER)", 3),
    ("YY", "CAST(substr($1, 3, 2) AS INTEGER)", 2),
    ("Y", "CAST(substr($1, 4, 1) AS INTEGER)", 1),
    (
        "IYYY",
        "CAST(strftime('%Y', substr($1, 1, 10), '-3 days', 'weekday 4') AS INTEGER)",
        4,
    ),
    (
        "IYY",
        "(strftime('%Y', substr($1, 1, 10), '-3 days', 'weekday 4') % 1000)",
        3,
    ),
    (
        "IY",
        "(strftime('%Y', substr($1, 1, 10), '-3 days', 'weekday 4') % 100)",
        2,
    ),
    (
        "I",
        "(strftime('%Y', substr($1, 1, 10), '-3 days', 'weekday 4') % 10)",
        1,
    ),
    ("Q", "((substr($1, 6, 2) + 2) / 3)", 1),
    ("MM", "CAST(substr($1, 6, 2) AS INTEGER)", 2),
    ("DD", "CAST(substr($1, 9, 2) AS INTEGER)", 2),
    (
        "DDD",
        "CAST(strftime('%j', substr($1, 1, 10)) AS INTEGER)",
        3,
    ),
    (
        "IDDD",
        "((strftime('%j', substr($1, 1, 10), '-3 days', 'weekday 4') - 1) / 7 * 7 + (strftime('%w', substr($1, 1, 10)) + 6) % 7 + 1)",
        3,
    ),
    ("D", "(strftime('%w', substr($1, 1, 10)) + 1)", 1),
    ("ID", "((strftime('%w', substr($1, 1, 10)) + 6) % 7 + 1)", 1),
    ("W", "((substr($1, 9, 2) + 6) / 7)", 1),
    ("WW", "((strftime('%j', substr($1, 1, 10)) + 6) / 7)", 2),
    (
        "IW",
        "((strftime('%j', substr($1, 1, 10), '-3 days', 'weekday 4') + 6) / 7)",
        2,
    ),
    ("CC", "((substr($1, 1, 4) + 99) / 100)", 2),
    (
        "J",
        "CAST(julianday(substr($1, 1, 10)) + 0.5 AS INTEGER)",
        0,
    ),
    ("HH24", "CAST(substr($1, 12, 2) AS INTEGER)", 2),
    ("HH12", "((substr($1, 12, 2) + 11) % 12 + 1)", 2),
    ("HH", "((substr($1, 12, 2) + 11) % 12 + 1)", 2),
    ("MI", "CAST(substr($1, 15, 2) AS INTEGER)", 2),
    ("SS", "CAST(substr($1, 18, 2) AS INTEGER)", 2),
    (
        "MS",
        "CAST(substr(substr($1, 21) || '000', 1, 3) AS INTEGER)",
        3,
    ),
    (
        "US",
        "CAST(substr(substr($1, 21) || '000000', 1, 6) AS INTEGER)",
        6,
    ),
    (
        "FF1",
        "CAST(substr(substr($1, 21) || '0', 1, 1) AS INTEGER)",
        1,
    ),
    (
        "FF2",
        "CAST(substr(substr($1, 21) || '00', 1, 2) AS INTEGER)",
        2,
    ),
    (
        "FF3",
        "CAST(substr(substr($1, 21) || '000', 1, 3) AS INTEGER)",
        3,
    ),
    (
        "FF4",
        "CAST(substr(substr($1, 21) || '0000', 1, 4) AS INTEGER)",
        4,
    ),
    (
        "FF5",
        "CAST(substr(substr($1, 21) || '00000', 1, 5) AS INTEGER)",
        5,
    ),
    (
        "FF6",
        "CAST(substr(substr($1, 21) || '000000', 1, 6) AS INTEGER)",
        6,
    ),
    (
        "SSSS",
        "(substr($1, 12, 2) * 3600 + substr($1, 15, 2) * 60 + substr($1, 18, 2))",
        0,
    ),
    (
        "SSSSS",
        "(substr($1, 12, 2) * 3600 + substr($1, 15, 2) * 60 + substr($1, 18, 2))",
        0,
    ),
];

/// Numbers that stand in a moment's text as they are shown.
const SHOWN: &[(&str, &str)] = &[
    ("YYYY", "substr($1, 1, 4)"),
    ("YYY", "substr($1, 2, 3)"),
    ("YY", "substr($1, 3, 2)"),
    ("Y", "substr($1, 4, 1)"),
    ("MM", "substr($1, 6, 2)"),
    ("DD", "substr($1, 9, 2)"),
    ("HH24", "substr($1 || ' 00', 12, 2)"),
    ("MI", "substr($1 || ' 00:00', 15, 2)"),
    ("SS", "substr($1 || ' 00:00:00', 18, 2)"),
    ("DDD", "strftime('%j', substr($1, 1, 10))"),
];

const MONTHS: &str = "January  February March    April    May      June     July     August   SeptemberOctober  November December ";
const DAYS: &str = "Sunday   Monday   Tuesday  WednesdayThursday Friday   Saturday ";
const ROMAN: &str = "I   II  III IV  V   VI  VII VIIIIX  X   XI  XII ";

fn moment(call: &Call<'_>) -> Option<String> {
    let template = literal(call.args[1])?;
    if template.is_empty() {
        return Some("NULL".into());
    }
    let zone = if call.args[2] == "1" { "UTC" } else { "" };
    let pieces = pieces(&template);
    let mut parts: Vec<String> = Vec::new();
    let mut plain = String::new();
    for piece in &pieces {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            pattern => {
                if !plain.is_empty() {
                    parts.push(kept(&quoted(&core::mem::take(&mut plain))));
                }
                let text = piece_text(pattern, zone)?;
                match text.strip_prefix('=') {
                    Some(constant) => plain.push_str(constant),
                    None => parts.push(text),
                }
            }
        }
    }
    if !plain.is_empty() {
        parts.push(kept(&quoted(&plain)));
    }
    // Of NULL these are NULL, and all with them.
    let strict = |part: &String| {
        let kinds = ["substr(", "CAST(", "strftime(", "rtrim(substr("];
        kinds.iter().any(|kind| part.starts_with(kind))
    };
    let all = parts.join(" || ");
    match parts.iter().any(strict) {
        true => fill(&all, &call.args[..1], call.place),
        false => fill(
            &format!("CASE WHEN $1 IS NOT NULL THEN {all} END"),
            &call.args[..1],
            call.place,
        ),
    }
}

/// A pattern of a moment, `$1`; a constant behind `=`.
fn piece_text(piece: &Piece<'_>, zone: &str) -> Option<String> {
    let Piece::Pattern {
        written,
        name,
        fill,
        ordinal,
    } = *piece
    else {
        return None;
    };
    if let Some((_, number, width)) = NUMBERS.iter().find(|number| number.0 == name) {
        let shown = SHOWN.iter().find(|shown| shown.0 == name);
        let digits = match (fill && *width > 0, shown) {
            (true, Some((_, shown))) => (*shown).to_owned(),
            (true, None) => format!("printf('%0{width}d', {number})"),
            (false, _) => format!("CAST({number} AS TEXT)"),
        };
        let Some(upper) = ordinal else {
            return Some(digits);
        };
        let suffix = format!(
            "CASE WHEN {number} / 10 % 10 <> 1 AND {number} % 10 BETWEEN 1 AND 3 \
             THEN substr('stndrd', {number} % 10 * 2 - 1, 2) ELSE 'th' END"
        );
        let suffix = match upper {
            true => suffix.replace("stndrd", "STNDRD").replace("'th'", "'TH'"),
            false => suffix,
        };
        return Some(format!("{digits} || {suffix}"));
    }
    if ordinal.is_some() {
        return None;
    }
    let mut letters = written.chars();
    let small = letters.next().is_some_and(char::is_lowercase);
    let second = letters.next().is_some_and(char::is_lowercase);
    let cased = |text: &str| match (small, second) {
        (true, _) => text.to_lowercase(),
        (false, false) => text.to_uppercase(),
        _ => text.to_owned(),
    };
    let half = |words: [&str; 2]| {
        let [before, after] = words.map(|word| {
            if small {
                word.to_lowercase()
            } else {
                word.to_owned()
            }
        });
        format!("CASE WHEN substr($1, 12, 2) >= '12' THEN '{after}' ELSE '{before}' END")
    };
    let letter = |word: &str| {
        format!(
            "={}",
            if small {
                word.to_lowercase()
            } else {
                word.to_owned()
            }
        )
    };
    // Names that are filled with blanks are so in the list.
    let cut = |text: String| if fill { text } else { format!("rtrim({text})") };
    Some(match name {
        "MONTH" => cut(format!(
            "substr('{}', substr($1, 6, 2) * 9 - 8, 9)",
            cased(MONTHS)
        )),
        "DAY" => cut(format!(
            "substr('{}', strftime('%w', substr($1, 1, 10)) * 9 + 1, 9)",
            cased(DAYS)
        )),
        "MON" => format!("substr('{}', substr($1, 6, 2) * 9 - 8, 3)", cased(MONTHS)),
        "DY" => format!(
            "substr('{}', strftime('%w', substr($1, 1, 10)) * 9 + 1, 3)",
            cased(DAYS)
        ),
        "RM" => {
            let roman = if small {
                ROMAN.to_lowercase()
            } else {
                ROMAN.to_owned()
            };
            cut(format!("substr('{roman}', substr($1, 6, 2) * 4 - 3, 4)"))
        }
        "Y,YYY" => "substr($1, 1, 1) || ',' || substr($1, 2, 3)".into(),
        "AM" | "PM" => half(["AM", "PM"]),
        "A.M." | "P.M." => half(["A.M.", "P.M."]),
        "BC" | "AD" => letter("AD"),
        "B.C." | "A.D." => letter("A.D."),
        "TZ" => letter(zone),
        "TZM" => "=00".into(),
        // TZH, OF.
        _ => "=+00".into(),
    })
}

fn number(call: &Call<'_>) -> Option<String> {
    let form = form(&literal(call.args[1])?)?;
    let scale = u8::try_from(form.fraction.len())
        .ok()
        .filter(|scale| *scale <= 15)?;
    let given = units(call.args[0])?.at(scale);
    fill(&number_text(&form, scale)?, &[&given], call.place)
}

/// A number's text of its units, `$1`; `#` stands in the place of digits where it does not fit.
fn number_text(form: &Form, scale: u8) -> Option<String> {
    let factor = 10_i64.pow(scale.into());
    let places = form.whole.iter().filter(|&&c| c != ',').count();
    if places > 18 {
        return None;
    }
    let whole = match factor {
        1 => "abs($1)".to_owned(),
        _ => format!("(abs($1) / {factor})"),
    };
    let least = form
        .fraction
        .iter()
        .rposition(|&c| c == '0')
        .map_or(0, |last| last + 1);
    // Before a point with digits behind it a lone zero is left out.
    let lone = match (form.fill, places) {
        (_, 0) => "= 0".to_owned(),
        _ if !form.point || scale == 0 => String::new(),
        (true, _) => "= 0".to_owned(),
        _ if least > 0 => "= 0".to_owned(),
        _ => format!("= 0 AND $1 % {factor} <> 0"),
    };
    let count = match lone.as_str() {
        "" => format!("length({whole})"),
        lone => format!("CASE WHEN {whole} {lone} THEN 0 ELSE length({whole}) END"),
    };
    let zeros = form.whole.iter().position(|&c| c == '0');
    let zeros = zeros.map_or(0, |at| {
        form.whole[at..].iter().filter(|&&c| c != ',').count()
    });
    let count = match zeros {
        0 => count,
        _ => format!("max({count}, {zeros})"),
    };
    // All digits with zeros before them and commas between them; of those as many as are shown.
    let commas = form.whole.contains(&',');
    let (mut full, mut run, mut at) = (Vec::new(), 0, 1);
    let digits = format!("printf('%0{places}d', {whole})");
    for (index, &place) in form.whole.iter().enumerate() {
        run += usize::from(place != ',');
        let last = index + 1 == form.whole.len();
        if place == ',' || last {
            if run > 0 {
                full.push(format!("substr({digits}, {at}, {run})"));
            }
            at += run;
            run = 0;
        }
        if place == ',' {
            full.push("','".to_owned());
        }
    }
    let full = if commas { full.join(" || ") } else { digits };
    let shown = match commas {
        false => count,
        true => {
            // How much of the form so many digits take, from the right.
            let mut lengths = vec!["WHEN 0 THEN 0".to_owned()];
            let (mut length, mut seen) = (0, 0);
            for &place in form.whole.iter().rev() {
                length += 1;
                if place != ',' {
                    seen += 1;
                    lengths.push(format!("WHEN {seen} THEN {length}"));
                }
            }
            // Commas behind the last digit stand where any digit does.
            format!("CASE {count} {} END", lengths.join(" "))
        }
    };
    let body = match places {
        0 => String::new(),
        _ => format!("substr({full}, {} - ({shown}))", form.whole.len() + 1),
    };
    let blank = if form.fill { " " } else { "" };
    let signs = match form.sign {
        Sign::Usual => [("-", blank), ("", "")],
        Sign::Before => [("-", "+"), ("", "")],
        Sign::Behind => [("", ""), ("-", "+")],
        Sign::Minus => [("", ""), ("-", blank)],
        Sign::Angles => [("<", blank), (">", blank)],
    };
    let [before, after] = signs.map(|(negative, other)| match (negative, other) {
        ("", "") => String::new(),
        _ => format!("CASE WHEN $1 < 0 THEN '{negative}' ELSE '{other}' END"),
    });
    let mut number: Vec<String> = [before.clone(), body].into();
    number.retain(|part| !part.is_empty());
    let mut number = number.join(" || ");
    if number.is_empty() {
        number = "''".to_owned();
    }
    if form.fill {
        let width = form.whole.len() + usize::from(!before.is_empty());
        number = format!("printf('%{width}s', {number})");
    }
    let mut fraction = match scale {
        0 => String::new(),
        _ => format!("printf('%0{scale}d', abs($1) % {factor})"),
    };
    if scale > 0 && !form.fill && least < scale.into() {
        fraction = match least {
            0 => format!("rtrim({fraction}, '0')"),
            _ => format!(
                "substr({fraction}, 1, {least}) || rtrim(substr({fraction}, {}), '0')",
                least + 1
            ),
        };
    }
    let point = if form.point {
        quoted(".")
    } else {
        String::new()
    };
    let text = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            kept(&quoted(text))
        }
    };
    let (front, back) = (text(&form.before), text(&form.after));
    let hashes: String = form
        .whole
        .iter()
        .map(|&c| if c == ',' { ',' } else { '#' })
        .collect();
    let hashes = hashes.trim_start_matches(',');
    let hashes = format!(
        "{hashes}{}{}",
        if form.point { "." } else { "" },
        "#".repeat(scale.into())
    );
    let joined = |parts: &[&str]| {
        let parts: Vec<&str> = parts
            .iter()
            .copied()
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(" || ")
    };
    let bound = 10_i64.checked_pow(u32::try_from(places).ok()?)?;
    let fits = joined(&[&front, &number, &point, &fraction, &after, &back]);
    let over = joined(&[&front, &before, &quoted(&hashes), &after, &back]);
    Some(format!(
        "CASE WHEN {whole} >= {bound} THEN {over} WHEN $1 IS NOT NULL THEN {fits} END"
    ))
}
