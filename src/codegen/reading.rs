//! A text that a template of `to_date` or `to_timestamp` reads, as a regular expression.
//!
//! PostgreSQL's rules (formatting.c, DCH_from_char): blanks before a field are skipped; a separator of the template
//! takes one separator or blank of the text, or nothing; a number before another number has as many digits as its
//! pattern, else as many as there are; the text may end before the template does, and what follows it does not
//! matter. Years have their four digits here, or two for YY; no other text is matched.

use crate::templates::{Piece, pieces};

/// What stands in a group of the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// YYYY.
    Year,
    /// YY: of 1970 to 2069.
    ShortYear,
    /// MM.
    Month,
    /// Mon.
    MonthName,
    /// Month.
    FullMonthName,
    /// DD.
    Day,
    /// DDD.
    DayOfYear,
    /// HH24.
    Hour,
    /// HH or HH12.
    HalfHour,
    /// MI.
    Minute,
    /// SS.
    Second,
    /// MS or US: the digits behind the point.
    Fraction,
    /// AM or PM.
    Noon,
}

/// What is said of a text that is not matched.
pub(crate) const OTHERWISE: &str = "the text is not as its template says";

/// How a template reads a text.
pub(crate) struct Reading {
    /// The expression, for PCRE and RE2; it matches what is read, and the whole of it.
    pub(crate) pattern: String,
    /// Its groups, in their order; those behind the year may be empty.
    pub(crate) fields: Vec<Field>,
}

const MONTHS: &str =
    "january|february|march|april|may|june|july|august|september|october|november|december";
const DAYS: &str = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
/// Blanks and ASCII's signs.
const SEPARATOR: &str = r"[\s!-/:-@\[-`{-~]";

fn is_separator(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric()
}

/// A step of a template.
enum Step {
    /// The expression where it stands before another number and elsewhere, and what it is.
    Number(&'static str, &'static str, Field),
    /// Letters, and what they are; a name of a day is read and forgotten.
    Letters(String, Option<Field>),
    /// So many separators.
    Separators(usize),
    /// So many letters that stand for any.
    Any(usize),
}

/// How a template is read; `None` where it has a pattern that is not known here.
pub(crate) fn reading(template: &str) -> Option<Reading> {
    let upper = template.to_ascii_uppercase();
    if template.contains('\\') || upper.contains("FX") || upper.contains("TM") {
        return None;
    }
    // What is quoted is no separator.
    let mut quoted = template.split('"').skip(1).step_by(2);
    if quoted.any(|text| !text.chars().all(char::is_alphabetic)) {
        return None;
    }
    let mut steps: Vec<Step> = Vec::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) if text.chars().all(char::is_alphabetic) => {
                steps.push(Step::Any(text.chars().count()));
            }
            Piece::Text(text) if text.chars().all(is_separator) => match steps.last_mut() {
                Some(Step::Separators(count)) => *count += text.len(),
                Some(_) => steps.push(Step::Separators(text.len())),
                None => return None,
            },
            Piece::Pattern {
                name,
                fill: true,
                ordinal: None,
                ..
            } => steps.push(step(name)?),
            _ => return None,
        }
    }
    let fields: Vec<Field> = steps.iter().filter_map(Step::field).collect();
    let known = |field: &Field| fields.iter().filter(|other| *other == field).count() == 1;
    (fields.iter().all(known) && fits(&fields)).then(|| Reading {
        pattern: format!(r"(?si)\A{}", expression(&steps)),
        fields,
    })
}

impl Step {
    fn field(&self) -> Option<Field> {
        match self {
            Self::Number(_, _, field) => Some(*field),
            Self::Letters(_, field) => *field,
            _ => None,
        }
    }
}

/// A pattern of a field.
fn step(name: &str) -> Option<Step> {
    use Field as F;
    let abbreviated = |names: &str| {
        let short = names.split('|').filter_map(|name| name.get(..3));
        short.collect::<Vec<_>>().join("|")
    };
    let year = "[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000";
    let sixty = ("[0-5][0-9]", "[0-5]?[0-9]");
    Some(match name {
        "YYYY" => Step::Number(year, year, F::Year),
        "YY" => Step::Number("[0-9]{2}", "[0-9]{2}", F::ShortYear),
        "MM" => Step::Number("0[1-9]|1[0-2]", "0?[1-9]|1[0-2]", F::Month),
        "DD" => Step::Number("0[1-9]|[12][0-9]|3[01]", "0?[1-9]|[12][0-9]|3[01]", F::Day),
        "DDD" => Step::Number(
            "00[1-9]|0[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6]",
            "0{0,2}[1-9]|0?[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6]",
            F::DayOfYear,
        ),
        "HH24" => Step::Number("[01][0-9]|2[0-3]", "[01]?[0-9]|2[0-3]", F::Hour),
        "HH" | "HH12" => Step::Number("0[1-9]|1[0-2]", "0?[1-9]|1[0-2]", F::HalfHour),
        "MI" => Step::Number(sixty.0, sixty.1, F::Minute),
        "SS" => Step::Number(sixty.0, sixty.1, F::Second),
        "MS" => Step::Number("[0-9]{3}", "[0-9]{1,3}", F::Fraction),
        "US" => Step::Number("[0-9]{6}", "[0-9]{1,6}", F::Fraction),
        "MON" => Step::Letters(abbreviated(MONTHS), Some(F::MonthName)),
        "MONTH" => Step::Letters(MONTHS.into(), Some(F::FullMonthName)),
        "DY" => Step::Letters(abbreviated(DAYS), None),
        "DAY" => Step::Letters(DAYS.into(), None),
        "AM" | "PM" => Step::Letters("[ap]m".into(), Some(F::Noon)),
        _ => return None,
    })
}

/// True where the fields make one moment: a year, and nothing twice.
fn fits(fields: &[Field]) -> bool {
    use Field as F;
    let count = |these: &[Field]| fields.iter().filter(|field| these.contains(field)).count();
    let months = [F::Month, F::MonthName, F::FullMonthName];
    count(&[F::Year, F::ShortYear]) == 1
        && count(&months) <= 1
        && count(&[F::Day, F::DayOfYear]) <= 1
        && count(&[F::DayOfYear]) * count(&months) == 0
        && count(&[F::Hour, F::HalfHour]) <= 1
        && count(&[F::Hour]) * count(&[F::Noon]) == 0
        && (count(&[F::Noon]) == 0 || count(&[F::HalfHour]) == 1)
}

/// The expression of steps.
fn expression(steps: &[Step]) -> String {
    // Where letters of the template stand for any, it matters how many blanks were skipped: none are.
    let strict = steps.iter().any(|step| matches!(step, Step::Any(_)));
    let blanks = if strict { "" } else { r"\s*" };
    let mut read = false;
    let (mut out, mut open) = (String::new(), 0);
    let mut number = false;
    for (at, step) in steps.iter().enumerate() {
        // The text may end here, once the year is read.
        if read {
            out.push_str(r"(?:\z|");
            open += 1;
        }
        let next = steps.get(at + 1);
        match step {
            Step::Number(fixed, free, field) => {
                let before = matches!(next, Some(Step::Number(..)));
                out.push_str(&format!("{blanks}({})", if before { fixed } else { free }));
                number = !before;
                read |= matches!(field, Field::Year | Field::ShortYear);
            }
            Step::Letters(names, field) => {
                let group = if field.is_some() { "(" } else { "(?:" };
                out.push_str(&format!("{blanks}{group}{names})"));
                number = false;
            }
            Step::Separators(count) => {
                // A number ends where its digits do.
                let least = match next {
                    _ if strict => *count,
                    Some(Step::Number(..)) if number => 1,
                    _ => 0,
                };
                if next.is_some() {
                    out.push_str(&format!("{SEPARATOR}{{{least},{count}}}"));
                    number &= least == 0;
                }
            }
            Step::Any(count) => {
                let first = if number { "[^0-9]" } else { "." };
                out.push_str(first);
                out.push_str(&".".repeat(count - 1));
                number = false;
            }
        }
    }
    out.push_str(if number { r"(?:[^0-9].*)?\z" } else { r".*\z" });
    out.push_str(&")".repeat(open));
    out
}
