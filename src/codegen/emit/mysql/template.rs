//! `to_char`: a moment or a number as text of a written template.

use super::super::{Emitter, Res};
use crate::templates::{Form, Piece, Sign, form, pieces};
use rql_ast::text_literal as text;
use rql_ir::{Func, ScalarId, Type};

/// Patterns that DATE_FORMAT writes alike.
const FORMATS: &[(&str, &str)] = &[
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("DDD", "%j"),
    ("HH24", "%H"),
    ("HH12", "%h"),
    ("HH", "%h"),
    ("MI", "%i"),
    ("SS", "%s"),
    ("US", "%f"),
    ("FF6", "%f"),
    ("IYYY", "%x"),
    ("IW", "%v"),
];

/// Patterns that are numbers: how each is computed from a moment, `@`, and its digits.
const NUMBERS: &[(&str, &str, usize)] = &[
    ("YYYY", "YEAR(@)", 4),
    ("YYY", "(YEAR(@) % 1000)", 3),
    ("YY", "(YEAR(@) % 100)", 2),
    ("Y", "(YEAR(@) % 10)", 1),
    ("IYYY", "(YEARWEEK(@, 3) DIV 100)", 4),
    ("IYY", "(YEARWEEK(@, 3) DIV 100 % 1000)", 3),
    ("IY", "(YEARWEEK(@, 3) DIV 100 % 100)", 2),
    ("I", "(YEARWEEK(@, 3) DIV 100 % 10)", 1),
    ("Q", "QUARTER(@)", 1),
    ("MM", "MONTH(@)", 2),
    ("DD", "DAY(@)", 2),
    ("DDD", "DAYOFYEAR(@)", 3),
    ("IDDD", "(WEEK(@, 3) * 7 + WEEKDAY(@) - 6)", 3),
    ("D", "DAYOFWEEK(@)", 1),
    ("ID", "(WEEKDAY(@) + 1)", 1),
    ("W", "((DAY(@) - 1) DIV 7 + 1)", 1),
    ("WW", "((DAYOFYEAR(@) - 1) DIV 7 + 1)", 2),
    ("IW", "WEEK(@, 3)", 2),
    ("CC", "((YEAR(@) + 99) DIV 100)", 2),
    ("J", "(TO_DAYS(@) + 1721060)", 0),
    ("HH24", "HOUR(@)", 2),
    ("HH12", "((HOUR(@) + 11) % 12 + 1)", 2),
    ("HH", "((HOUR(@) + 11) % 12 + 1)", 2),
    ("MI", "MINUTE(@)", 2),
    ("SS", "SECOND(@)", 2),
    ("MS", "(MICROSECOND(@) DIV 1000)", 3),
    ("US", "MICROSECOND(@)", 6),
    ("FF1", "(MICROSECOND(@) DIV 100000)", 1),
    ("FF2", "(MICROSECOND(@) DIV 10000)", 2),
    ("FF3", "(MICROSECOND(@) DIV 1000)", 3),
    ("FF4", "(MICROSECOND(@) DIV 100)", 4),
    ("FF5", "(MICROSECOND(@) DIV 10)", 5),
    ("FF6", "MICROSECOND(@)", 6),
    ("SSSS", "(HOUR(@) * 3600 + MINUTE(@) * 60 + SECOND(@))", 0),
    ("SSSSS", "(HOUR(@) * 3600 + MINUTE(@) * 60 + SECOND(@))", 0),
];

impl Emitter<'_> {
    pub(super) fn by_template_text(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let ty = self.ir.scalar(args[0]).ty;
        let span = self.ir.scalar(id).span;
        let Some(template) = self.written_text(args[1]).map(str::to_owned) else {
            return Err(self.refuse(span, "to_char by a template that is not written"));
        };
        if template.is_empty() {
            self.push("NULL");
            return Ok(());
        }
        if ty.is_moment() {
            return self.moment_text(id, args[0], &template);
        }
        let form = form(&template).filter(|_| ty.is_integer() || ty.is_decimal());
        let written = match form {
            Some(form) => {
                let mut operand = self.repeated(id, args[0])?;
                // The least whole number has no positive one.
                if ty == Type::BigInt {
                    operand = format!("CAST({operand} AS DECIMAL(20))");
                }
                number_text(&form, &operand)
            }
            None => None,
        };
        match written {
            Some(text) => self.push(&text),
            None => return Err(self.refuse(span, &format!("to_char of {ty} in this form"))),
        }
        Ok(())
    }

    /// The text of an operand that stands several times.
    fn repeated(&mut self, id: ScalarId, operand: ScalarId) -> Res<String> {
        self.only_if(self.twice(operand), id, Func::ToChar)?;
        let (start, marks) = (self.out.len(), self.marks.len());
        self.value(operand, 20)?;
        let text = self.out.split_off(start);
        self.only_if(marks == self.marks.len(), id, Func::ToChar)?;
        Ok(text)
    }

    fn moment_text(&mut self, id: ScalarId, moment: ScalarId, template: &str) -> Res {
        let pieces = pieces(template);
        let format: Option<String> = pieces.iter().map(format_of).collect();
        if let Some(format) = format {
            self.wrapped("DATE_FORMAT(", &[moment], ", ")?;
            self.string(&format);
            self.push(")");
            return Ok(());
        }
        let operand = self.repeated(id, moment)?;
        // NULL where the moment is, even if no piece looks at it.
        self.push(&format!("CASE WHEN {operand} IS NOT NULL THEN CONCAT("));
        for (at, piece) in pieces.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            match piece {
                Piece::Text(text) => self.string(text),
                piece => {
                    let zone = match self.ir.scalar(moment).ty {
                        Type::TimestampTz => "'UTC'",
                        _ => "''",
                    };
                    let text = piece_text(piece).replace("@TZ", zone);
                    let text = text.replace('@', &operand);
                    self.push(&text);
                }
            }
        }
        self.push(") END");
        Ok(())
    }
}

/// A piece as DATE_FORMAT has it.
fn format_of(piece: &Piece<'_>) -> Option<String> {
    match *piece {
        Piece::Text(text) => Some(text.replace('%', "%%")),
        Piece::Pattern {
            ordinal: Some(_), ..
        } => None,
        Piece::Pattern {
            written,
            name,
            fill,
            ..
        } => {
            let word = match (written, fill) {
                ("Month", false) => "%M",
                ("Day", false) => "%W",
                ("Mon", _) => "%b",
                ("Dy", _) => "%a",
                ("AM" | "PM", _) => "%p",
                ("DD", false) => "%e",
                ("MM", false) => "%c",
                (_, false) => return None,
                _ => FORMATS.iter().find(|format| format.0 == name)?.1,
            };
            Some(word.to_owned())
        }
    }
}

/// A pattern of a moment, `@`.
fn piece_text(piece: &Piece<'_>) -> String {
    let Piece::Pattern {
        written,
        name,
        fill,
        ordinal,
    } = *piece
    else {
        return String::new();
    };
    if let Some((_, number, width)) = NUMBERS.iter().find(|number| number.0 == name) {
        let digits = match fill && *width > 0 {
            true => format!("LPAD({number}, {width}, '0')"),
            false => (*number).to_owned(),
        };
        let Some(upper) = ordinal else { return digits };
        let suffix = format!(
            "CASE WHEN {number} DIV 10 % 10 <> 1 AND {number} % 10 BETWEEN 1 AND 3 \
             THEN ELT({number} % 10, 'st', 'nd', 'rd') ELSE 'th' END"
        );
        let open = if upper { "UPPER(" } else { "(" };
        return format!("{digits}, {open}{suffix})");
    }
    let word = match name {
        "MONTH" | "DAY" if fill => {
            let word = if name == "DAY" {
                "DAYNAME"
            } else {
                "MONTHNAME"
            };
            format!("RPAD({word}(@), 9, ' ')")
        }
        "MONTH" => "MONTHNAME(@)".into(),
        "DAY" => "DAYNAME(@)".into(),
        "MON" => "DATE_FORMAT(@, '%b')".into(),
        "DY" => "DATE_FORMAT(@, '%a')".into(),
        "RM" => {
            let roman = "ELT(MONTH(@), 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII')";
            match fill {
                true => format!("RPAD({roman}, 4, ' ')"),
                false => roman.to_owned(),
            }
        }
        "Y,YYY" => "CONCAT(YEAR(@) DIV 1000, ',', LPAD(YEAR(@) % 1000, 3, '0'))".into(),
        "AM" | "PM" => "IF(HOUR(@) < 12, 'AM', 'PM')".into(),
        "A.M." | "P.M." => "IF(HOUR(@) < 12, 'A.M.', 'P.M.')".into(),
        "BC" | "AD" => "'AD'".into(),
        "B.C." | "A.D." => "'A.D.'".into(),
        "TZ" => "@TZ".into(),
        "TZM" => "'00'".into(),
        // TZH, OF.
        _ => "'+00'".into(),
    };
    let mut letters = written.chars();
    let first = letters.next().is_some_and(char::is_lowercase);
    let second = letters.next().is_some_and(char::is_lowercase);
    let named = matches!(name, "MONTH" | "DAY" | "MON" | "DY");
    match (first, second) {
        (true, _) => format!("LOWER({word})"),
        (false, false) if named => format!("UPPER({word})"),
        _ => word,
    }
}

/// A number, by its text: PostgreSQL rounds it to the places of the form, and writes `#` where it does
/// not fit. `None` where its commas do not stand before every three digits.
fn number_text(form: &Form, number: &str) -> Option<String> {
    let scale = form.fraction.len();
    let places = form.whole.iter().filter(|&&c| c != ',').count();
    let commas: Vec<usize> = (0..form.whole.len())
        .filter(|&at| form.whole[at] == ',')
        .map(|at| form.whole[at..].iter().filter(|&&c| c != ',').count())
        .collect();
    let threes = (1..).map(|n| n * 3).take_while(|&n| n < places);
    let threes: Vec<usize> = threes.collect();
    if scale > 30 || places > 30 || !commas.is_empty() && !commas.iter().rev().eq(&threes) {
        return None;
    }
    let rounded = format!("ROUND({number}, {scale})");
    let size = format!("ABS({rounded})");
    let least = form.fraction.iter().rposition(|&c| c == '0');
    let least = least.map_or(0, |last| last + 1);
    let whole = format!("CAST(TRUNCATE({size}, 0) AS CHAR)");
    // Before a point with digits behind it a lone zero is left out.
    let whole = match form.point && scale > 0 || places == 0 {
        false => whole,
        true if form.fill || least > 0 || places == 0 => format!("IF({size} < 1, '', {whole})"),
        true => format!("IF({size} < 1 AND {size} > 0, '', {whole})"),
    };
    let zeros = form.whole.iter().position(|&c| c == '0');
    let zeros = zeros.map_or(0, |at| {
        form.whole[at..].iter().filter(|&&c| c != ',').count()
    });
    let mut body = match zeros {
        0 => whole,
        _ => format!("LPAD({whole}, GREATEST({zeros}, CHAR_LENGTH({whole})), '0')"),
    };
    if !commas.is_empty() {
        body = format!(r"REGEXP_REPLACE({body}, '(\d)(?=(\d{{3}})+\z)', '\1,')");
    }
    let blank = if form.fill { " " } else { "" };
    let signs = match form.sign {
        Sign::Usual => [("-", blank), ("", "")],
        Sign::Before => [("-", "+"), ("", "")],
        Sign::Behind => [("", ""), ("-", "+")],
        Sign::Minus => [("", ""), ("-", blank)],
        Sign::Angles => [("<", blank), (">", blank)],
    };
    let [before, after] = signs.map(|(negative, other)| match negative == other {
        true => text(negative),
        false => format!("IF({rounded} < 0, {}, {})", text(negative), text(other)),
    });
    let width = form.whole.len() + usize::from(before != "''");
    let shown = match form.fill {
        true => format!("LPAD(CONCAT({before}, {body}), {width}, ' ')"),
        false => format!("CONCAT({before}, {body})"),
    };
    let fraction = format!("RIGHT(CAST(CAST({size} AS DECIMAL(65,{scale})) AS CHAR), {scale})");
    let fraction = match scale {
        0 => "''".to_owned(),
        _ if form.fill || least == scale => fraction,
        _ => format!(
            "CONCAT(LEFT({fraction}, {least}), TRIM(TRAILING '0' FROM SUBSTR({fraction}, {})))",
            least + 1
        ),
    };
    let point = text(if form.point { "." } else { "" });
    let (front, back) = (text(&form.before), text(&form.after));
    let hashes: String = form
        .whole
        .iter()
        .map(|&c| if c == ',' { ',' } else { '#' })
        .collect();
    let hashes = hashes.trim_start_matches(',');
    let more = "#".repeat(scale);
    let hashes = text(&format!(
        "{hashes}{}{more}",
        if form.point { "." } else { "" }
    ));
    let full = format!("1{}", "0".repeat(places));
    Some(format!(
        "CASE WHEN {size} >= {full} THEN CONCAT({front}, {before}, {hashes}, {after}, {back}) \
         ELSE CONCAT({front}, {shown}, {point}, {fraction}, {after}, {back}) END"
    ))
}
