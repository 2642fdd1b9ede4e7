//! `to_char`, `to_date` and `to_timestamp`: PostgreSQL's template patterns (its manual, 9.8).

use super::{Given, Row, text};
use crate::Decimal;
use crate::value::patterns::{moment, read};
use rql::templates::{Sign, form};

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_to_char", 3, |a| {
        if a.text(1)?.is_empty() {
            return Ok(super::Cell::Null);
        }
        let zone = if a.int(2)? != 0 { "UTC" } else { "" };
        Ok(text(moment(a.moment(0, "timestamp")?, &a.text(1)?, zone)))
    }),
    ("rql_num_to_char", 2, |a| number(a.number(0)?, &a.text(1)?)),
    ("rql_to_date", 2, |a| {
        Ok(text(read(&a.text(0)?, &a.text(1)?)?.date().to_string()))
    }),
    ("rql_to_timestamp_form", 2, |a| {
        Ok(text(read(&a.text(0)?, &a.text(1)?)?.to_string()))
    }),
];

fn number(value: Decimal, template: &str) -> Given {
    let form = form(template)
        .ok_or_else(|| format!("the number template {template} cannot be used on SQLite"))?;
    let scale = u8::try_from(form.fraction.len()).unwrap_or(u8::MAX);
    let rounded = value.rescale(scale).ok_or("numeric field overflow")?;
    let negative = rounded.units() < 0;
    let shown = rounded.units().unsigned_abs().to_string();
    let shown = format!("{shown:0>width$}", width = form.fraction.len() + 1);
    let (whole, fraction) = shown.split_at(shown.len() - form.fraction.len());
    let places = form.whole.iter().filter(|&&c| c != ',').count();
    let least = form
        .fraction
        .iter()
        .rposition(|&c| c == '0')
        .map_or(0, |last| last + 1);
    let kept = if form.fill {
        fraction.len()
    } else {
        fraction.trim_end_matches('0').len().max(least)
    };
    // Before a point with digits behind it a lone zero is left out.
    let lone = whole == "0" && (form.point && kept > 0 || places == 0);
    let whole = if lone { "" } else { whole };
    let overflow = whole.len() > places;
    let mut digits = whole.chars();
    let (mut body, mut begun, mut at) = (String::new(), false, 0);
    let mut blank = 0;
    for &place in &form.whole {
        if place == ',' {
            if begun {
                body.push(',');
            } else {
                blank += 1;
            }
            continue;
        }
        at += 1;
        let has = overflow || at + whole.len() > places;
        begun |= has || place == '0';
        if overflow {
            body.push('#');
        } else if has {
            body.extend(digits.next());
        } else if begun {
            body.push('0');
        } else {
            blank += 1;
        }
    }
    if form.point {
        body.push('.');
        if overflow {
            body.extend(form.fraction.iter().map(|_| '#'));
        } else {
            body.push_str(&fraction[..kept]);
        }
    }
    let (before, after) = match (form.sign, negative) {
        (Sign::Usual, true) => ("-", ""),
        (Sign::Usual, false) => (if form.fill { " " } else { "" }, ""),
        (Sign::Before, true) => ("-", ""),
        (Sign::Before, false) => ("+", ""),
        (Sign::Behind, true) => ("", "-"),
        (Sign::Behind, false) => ("", "+"),
        (Sign::Minus, true) => ("", "-"),
        (Sign::Minus, false) => ("", if form.fill { " " } else { "" }),
        (Sign::Angles, true) => ("<", ">"),
        (Sign::Angles, false) => (
            if form.fill { " " } else { "" },
            if form.fill { " " } else { "" },
        ),
    };
    let blanks = if form.fill {
        " ".repeat(blank)
    } else {
        String::new()
    };
    Ok(text(format!(
        "{}{blanks}{before}{body}{after}{}",
        form.before, form.after
    )))
}
