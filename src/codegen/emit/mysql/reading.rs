//! `to_date` and `to_timestamp` by a written template: a regular expression puts the fields into an order that
//! `STR_TO_DATE` reads.

use super::super::Emitter;
use super::super::placed::constant;
use super::idiom::unless;
use crate::reading::{Field, OTHERWISE, reading};
use rql_ir::{Func, ScalarId};

impl Emitter<'_> {
    pub(super) fn mysql_read(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        let read = reading(self.written_text(args[1])?)?;
        let of = |field: Field| {
            let at = read.fields.iter().position(|other| *other == field);
            at.map(|at| format!("\\{}", at + 1))
        };
        // Each field with its form there, the sign before it, and what stands for one that is missing.
        let field = |choices: &[(Field, &'static str)], missing: &str| {
            let mut found = choices
                .iter()
                .filter_map(|(field, form)| Some((of(*field)?, *form)));
            found.next().unwrap_or((missing.to_owned(), choices[0].1))
        };
        let year = field(&[(Field::Year, "%Y"), (Field::ShortYear, "%y")], "");
        let months = [
            (Field::Month, "%m"),
            (Field::MonthName, "%b"),
            (Field::FullMonthName, "%M"),
        ];
        let month = field(&months, "1");
        let mut parts = vec![("", year, "")];
        match of(Field::DayOfYear) {
            Some(day) => parts.push(("-", (day, "%j"), "1")),
            None => {
                let missing = if month.1 == "%m" { "1" } else { "January" };
                parts.push(("-", month, missing));
                parts.push(("-", field(&[(Field::Day, "%d")], "1"), "1"));
            }
        }
        let half = of(Field::HalfHour).is_some();
        if func == Func::ToTimestampForm {
            let hours = [(Field::Hour, "%H"), (Field::HalfHour, "%h")];
            parts.push(("T", field(&hours, "0"), if half { "12" } else { "0" }));
            parts.push((":", field(&[(Field::Minute, "%i")], "0"), "0"));
            parts.push((";", field(&[(Field::Second, "%s")], "0"), "0"));
            parts.push((".", field(&[(Field::Fraction, "%f")], "0"), "0"));
        }
        if func == Func::ToTimestampForm && half {
            parts.push(("#", field(&[(Field::Noon, "%p")], "AM"), "AM"));
        }
        let (mut group, mut form) = (String::new(), String::new());
        for (sign, (value, its), _) in &parts {
            group.push_str(&format!("{sign}{value}"));
            form.push_str(&format!("{sign}{its}"));
        }
        let day_of_year = of(Field::DayOfYear).is_some();
        // It goes on into the next year.
        let pattern = match day_of_year {
            true => read.pattern.replace("36[0-6]", "36[0-5]"),
            false => read.pattern,
        };
        let mut text = format!("REGEXP_REPLACE({{0}}, {}, '{group}')", constant(&pattern));
        // Of the fields behind the year those are missing before which the text ends.
        for (sign, (value, _), missing) in parts.iter().skip(1) {
            if value.starts_with('\\') {
                text = format!(
                    "REGEXP_REPLACE({text}, '[{sign}](?=[-T:;.#]|\\z)', '{sign}{missing}')"
                );
            }
        }
        // It gives a 30 February too, to which nothing can be added.
        let mut made = format!("(STR_TO_DATE({text}, '{form}') + INTERVAL 0 DAY)");
        if func == Func::ToTimestampForm {
            made = format!("CAST({made} AS DATETIME(6))");
        }
        let other = format!("{{0}} NOT REGEXP {}", constant(&pattern));
        Some(unless(&format!("[22007] {OTHERWISE}"), &other, &made))
    }
}
