//! `to_char` on DuckDB: each pattern of a written template becomes an expression of the value.

use crate::emit::{Emitter, Rep, Res};
use crate::templates::{Form, Piece, Sign, form, pieces};
pub(super) use rql_ast::text_literal as quoted;
use rql_ir::{ScalarId, Type};

const ROMAN: [&str; 12] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
];

/// What a pattern shows of a moment.
enum Shown {
    /// A whole number, of so many digits at least.
    Number(String, usize),
    /// A word that fills so many characters.
    Word(String, usize),
}

impl Emitter<'_> {
    pub(super) fn duckdb_to_char(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(args[0]).ty;
        let Some(template) = self.written_text(args[1]).map(str::to_owned) else {
            let refused = self.refuse(
                self.ir.scalar(id).span,
                "to_char of a template that is computed",
            );
            return Err(Box::new(refused.help("write the template as a constant")));
        };
        let number = ty.is_integer() || ty.is_decimal();
        let form = form(&template).filter(|_| number);
        if !number && !matches!(ty, Type::Timestamp | Type::TimestampTz) || number && form.is_none()
        {
            let what = match number {
                true => format!("the template {template}"),
                false => format!("to_char of {ty}"),
            };
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        self.bound(args[0], |value| match form {
            Some(form) => of_number(value, &form),
            None => of_moment(value, &template, ty == Type::TimestampTz),
        })
    }

    /// An expression that needs a value more than once.
    fn bound(&mut self, value: ScalarId, write: impl FnOnce(&str) -> String) -> Res {
        if self.twice(value) {
            let before = core::mem::take(&mut self.out);
            let done = self.scalar(value, Rep::Plain, 20);
            let text = core::mem::replace(&mut self.out, before);
            done?;
            let text = format!("({text})");
            self.push(&write(&text));
            return Ok(());
        }
        self.push("list_transform([");
        self.scalar(value, Rep::Plain, 0)?;
        self.push(&format!("], lambda rql_v: {})[1]", write("rql_v")));
        Ok(())
    }
}

/// The text of a moment; of none where it is NULL or infinite.
fn of_moment(value: &str, template: &str, zoned: bool) -> String {
    if template.is_empty() {
        return "CAST(NULL AS text)".into();
    }
    let at = match zoned {
        true => format!("make_timestamp(epoch_us({value}))"),
        false => value.to_owned(),
    };
    let mut parts: Vec<String> = Vec::new();
    let mut plain = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            Piece::Pattern {
                written,
                name,
                fill,
                ordinal,
            } => {
                if !plain.is_empty() {
                    parts.push(quoted(&core::mem::take(&mut plain)));
                }
                parts.push(pattern(&at, written, name, fill, ordinal, zoned));
            }
        }
    }
    if !plain.is_empty() {
        parts.push(quoted(&plain));
    }
    format!(
        "CASE WHEN isfinite({value}) THEN {} END",
        parts.join(" || ")
    )
}

fn pattern(
    at: &str,
    written: &str,
    name: &str,
    fill: bool,
    ordinal: Option<bool>,
    zoned: bool,
) -> String {
    let suffix = |upper: bool, word: &str| match upper {
        true => word.to_uppercase(),
        false => word.to_owned(),
    };
    match shown(at, written, name, zoned) {
        Shown::Number(value, width) => {
            let digits = match fill {
                true => format!("printf('%0{width}d', {value})"),
                false => format!("CAST({value} AS text)"),
            };
            let Some(upper) = ordinal else { return digits };
            let [st, nd, rd, th] = ["st", "nd", "rd", "th"].map(|word| suffix(upper, word));
            format!(
                "{digits} || CASE WHEN ({value}) // 10 % 10 = 1 THEN '{th}' WHEN ({value}) % 10 = 1 THEN '{st}' \
                 WHEN ({value}) % 10 = 2 THEN '{nd}' WHEN ({value}) % 10 = 3 THEN '{rd}' ELSE '{th}' END"
            )
        }
        Shown::Word(value, width) => {
            let word = match fill && width > 0 {
                true => format!("rpad({value}, {width}, ' ')"),
                false => value,
            };
            match ordinal {
                Some(upper) => format!("{word} || '{}'", suffix(upper, "th")),
                None => word,
            }
        }
    }
}

fn shown(at: &str, written: &str, name: &str, zoned: bool) -> Shown {
    use Shown::{Number, Word};
    let of = |field: &str| format!("{field}({at})");
    // The year before the first is the first before our era.
    let year = format!("CASE WHEN year({at}) > 0 THEN year({at}) ELSE 1 - year({at}) END");
    let part = |value: &str, of: u32| format!("({value}) % {of}");
    let micros = |by: u32| format!("microsecond({at}) % 1000000 // {by}");
    let half = |late: String, words: [&str; 2]| {
        let words = match written.starts_with(char::is_lowercase) {
            true => words.map(str::to_lowercase),
            false => words.map(str::to_owned),
        };
        Word(
            format!(
                "CASE WHEN {late} THEN '{}' ELSE '{}' END",
                words[1], words[0]
            ),
            0,
        )
    };
    let late = format!("hour({at}) >= 12");
    let ours = format!("year({at}) > 0");
    match name {
        "YYYY" => Number(year, 4),
        "Y,YYY" => Word(
            format!("printf('%d,%03d', ({year}) // 1000, ({year}) % 1000)"),
            0,
        ),
        "YYY" => Number(part(&year, 1000), 3),
        "YY" => Number(part(&year, 100), 2),
        "Y" => Number(part(&year, 10), 1),
        "IYYY" => Number(of("isoyear"), 4),
        "IYY" => Number(part(&of("isoyear"), 1000), 3),
        "IY" => Number(part(&of("isoyear"), 100), 2),
        "I" => Number(part(&of("isoyear"), 10), 1),
        "Q" => Number(of("quarter"), 1),
        "MM" => Number(of("month"), 2),
        "MONTH" => Word(cased(written, &of("monthname")), 9),
        "MON" => Word(cased(written, &format!("left(monthname({at}), 3)")), 0),
        "RM" => {
            let small = written.starts_with('r');
            let names = ROMAN.map(|name| {
                quoted(&if small {
                    name.to_lowercase()
                } else {
                    name.into()
                })
            });
            Word(format!("[{}][month({at})]", names.join(", ")), 4)
        }
        "DAY" => Word(cased(written, &of("dayname")), 9),
        "DY" => Word(cased(written, &format!("left(dayname({at}), 3)")), 0),
        "DD" => Number(of("day"), 2),
        "DDD" => Number(of("dayofyear"), 3),
        "IDDD" => Number(format!("(week({at}) - 1) * 7 + isodow({at})"), 3),
        "D" => Number(format!("dayofweek({at}) + 1"), 1),
        "ID" => Number(of("isodow"), 1),
        "W" => Number(format!("(day({at}) - 1) // 7 + 1"), 1),
        "WW" => Number(format!("(dayofyear({at}) - 1) // 7 + 1"), 2),
        "IW" => Number(of("week"), 2),
        "CC" => Number(format!("({year} + 99) // 100"), 2),
        // Julian days begin 4714-11-24 BC.
        "J" => Number(
            format!("date_diff('day', DATE '1970-01-01', CAST({at} AS date)) + 2440588"),
            1,
        ),
        "HH24" => Number(of("hour"), 2),
        "HH" | "HH12" => Number(format!("(hour({at}) + 11) % 12 + 1"), 2),
        "MI" => Number(of("minute"), 2),
        "SS" => Number(of("second"), 2),
        "MS" | "FF3" => Number(micros(1_000), 3),
        "US" | "FF6" => Number(micros(1), 6),
        "FF1" => Number(micros(100_000), 1),
        "FF2" => Number(micros(10_000), 2),
        "FF4" => Number(micros(100), 4),
        "FF5" => Number(micros(10), 5),
        "SSSS" | "SSSSS" => Number(
            format!("hour({at}) * 3600 + minute({at}) * 60 + second({at})"),
            1,
        ),
        "AM" | "PM" => half(late, ["AM", "PM"]),
        "A.M." | "P.M." => half(late, ["A.M.", "P.M."]),
        "BC" | "AD" => half(ours, ["BC", "AD"]),
        "B.C." | "A.D." => half(ours, ["B.C.", "A.D."]),
        "TZ" if !zoned => Word("''".into(), 0),
        "TZ" => Word(
            quoted(if written.starts_with('t') {
                "utc"
            } else {
                "UTC"
            }),
            0,
        ),
        "TZM" => Word("'00'".into(), 0),
        // TZH and OF.
        _ => Word("'+00'".into(), 0),
    }
}

/// A word in capitals, capitalised or small, as the pattern is written.
fn cased(written: &str, word: &str) -> String {
    let mut letters = written.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    match (first, letters.next().is_some_and(char::is_uppercase)) {
        (true, true) => format!("upper({word})"),
        (true, false) => word.to_owned(),
        _ => format!("lower({word})"),
    }
}

/// The text of a number.
fn of_number(value: &str, form: &Form) -> String {
    let places = form.whole.iter().filter(|&&c| c != ',').count();
    let scale = form.fraction.len();
    let rounded = format!("CAST({value} AS decimal(38, {scale}))");
    let digits = format!("CAST(abs({rounded}) AS text)");
    let (whole, fraction) = match scale {
        0 => (digits, String::new()),
        _ => (
            format!("split_part({digits}, '.', 1)"),
            format!("split_part({digits}, '.', 2)"),
        ),
    };
    let least = form
        .fraction
        .iter()
        .rposition(|&c| c == '0')
        .map_or(0, |last| last + 1);
    let kept = match (form.fill, fraction.is_empty()) {
        (_, true) => String::new(),
        (true, false) => fraction,
        (false, false) => {
            format!("left({fraction}, greatest(length(rtrim({fraction}, '0')), {least}))")
        }
    };
    // Before a point with digits behind it a lone zero is left out.
    let whole = match (form.point, kept.is_empty()) {
        _ if places == 0 => format!("CASE WHEN {whole} = '0' THEN '' ELSE {whole} END"),
        (true, false) => {
            format!("CASE WHEN {whole} = '0' AND {kept} <> '' THEN '' ELSE {whole} END")
        }
        _ => whole,
    };
    let body = match kept.is_empty() {
        true => format!(
            "{}{}",
            grouped(&whole, form, places),
            if form.point { " || '.'" } else { "" }
        ),
        false => format!("{} || '.' || {kept}", grouped(&whole, form, places)),
    };
    let crosses: String = {
        let shown = form.whole.iter().map(|&c| if c == ',' { ',' } else { '#' });
        let behind = form.fraction.iter().map(|_| '#');
        shown
            .skip_while(|&c| c == ',')
            .chain(form.point.then_some('.'))
            .chain(behind)
            .collect()
    };
    let body = format!("CASE WHEN length({whole}) > {places} THEN '{crosses}' ELSE {body} END");
    let blank = if form.fill { " " } else { "" };
    let (before, after) = match form.sign {
        Sign::Usual => (Some(["-", blank]), None),
        Sign::Before => (Some(["-", "+"]), None),
        Sign::Behind => (None, Some(["-", "+"])),
        Sign::Minus => (None, Some(["-", blank])),
        Sign::Angles => (Some(["<", blank]), Some([">", blank])),
    };
    let signed = |signs: [&str; 2]| {
        format!(
            "CASE WHEN {rounded} < 0 THEN '{}' ELSE '{}' END",
            signs[0], signs[1]
        )
    };
    let mut text = match before {
        Some(signs) => format!("{} || {body}", signed(signs)),
        None => body,
    };
    if form.fill {
        let width =
            form.whole.len() + usize::from(form.point) + scale + usize::from(before.is_some());
        text = format!("lpad({text}, {width}, ' ')");
    }
    if let Some(signs) = after {
        text = format!("{text} || {}", signed(signs));
    }
    for (around, first) in [(&form.before, true), (&form.after, false)] {
        if !around.is_empty() {
            let around = quoted(around);
            text = if first {
                format!("{around} || {text}")
            } else {
                format!("{text} || {around}")
            };
        }
    }
    format!("({text})")
}

/// The digits before the point: zeros from the first `0` of the form on, and commas between digits.
fn grouped(whole: &str, form: &Form, places: usize) -> String {
    let digits = form.whole.iter().filter(|&&c| c != ',');
    let zeros = digits
        .clone()
        .position(|&c| c == '0')
        .map_or(0, |at| places - at);
    let filled = match zeros {
        0 => whole.to_owned(),
        _ => format!("lpad({whole}, CAST(greatest(length({whole}), {zeros}) AS integer), '0')"),
    };
    if !form.whole.contains(&',') {
        return filled;
    }
    let padded = format!("lpad({filled}, {places}, ' ')");
    let mut parts = Vec::new();
    let mut at = 0;
    for group in form.whole.split(|&c| c == ',') {
        if at > 0 {
            parts.push(format!(
                "CASE WHEN substr({padded}, {at}, 1) <> ' ' THEN ',' ELSE '' END"
            ));
        }
        if !group.is_empty() {
            parts.push(format!("substr({padded}, {}, {})", at + 1, group.len()));
        }
        at += group.len();
    }
    format!("ltrim({}, ' ')", parts.join(" || "))
}
