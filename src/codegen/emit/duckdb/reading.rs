//! `to_date` and `to_timestamp` by a written template: the fields by a regular expression, the moment by `strptime`.

use crate::emit::Emitter;
use crate::emit::placed::constant;
use crate::reading::{Field, OTHERWISE, reading};
use rql_ir::{Func, ScalarId};

impl Emitter<'_> {
    pub(super) fn duckdb_read(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        let read = reading(self.written_text(args[1])?)?;
        let has = |field: Field| read.fields.contains(&field);
        let of = |field: Field| {
            let at = read.fields.iter().position(|other| *other == field);
            at.map(|at| format!("p['f{at}']"))
        };
        let first = |fields: &[Field], missing: &str| {
            let found = fields.iter().find_map(|field| of(*field));
            found.map_or(format!("'{missing}'"), |found| {
                format!("coalesce(nullif({found}, ''), '{missing}')")
            })
        };
        let year = match of(Field::ShortYear) {
            Some(year) => format!("CASE WHEN {year} < '70' THEN '20' ELSE '19' END || {year}"),
            None => of(Field::Year)?,
        };
        let (month, day) = if let Some(day) = of(Field::DayOfYear) {
            ("", format!("coalesce(nullif({day}, ''), '1')"))
        } else {
            let month = match (of(Field::MonthName), of(Field::FullMonthName)) {
                (Some(_), _) => ("-%b", first(&[Field::MonthName], "jan")),
                (_, Some(_)) => ("-%B", first(&[Field::FullMonthName], "january")),
                _ => ("-%m", first(&[Field::Month], "1")),
            };
            (
                month.0,
                format!("{} || '-' || {}", month.1, first(&[Field::Day], "1")),
            )
        };
        let day_form = if has(Field::DayOfYear) { "-%j" } else { "-%d" };
        let (mut text, mut form) = (
            format!("{year} || '-' || {day}"),
            format!("%Y{month}{day_form}"),
        );
        let moment = func == Func::ToTimestampForm;
        if moment {
            let half = has(Field::HalfHour);
            let hour = first(
                &[Field::Hour, Field::HalfHour],
                if half { "12" } else { "0" },
            );
            let minute = first(&[Field::Minute], "0");
            let second = first(&[Field::Second], "0");
            let fraction = first(&[Field::Fraction], "0");
            text.push_str(&format!(
                " || ' ' || {hour} || ':' || {minute} || ':' || {second} || '.' || rpad({fraction}, 6, '0')"
            ));
            form.push_str(if half { " %I:%M:%S.%f" } else { " %H:%M:%S.%f" });
            if half {
                text.push_str(&format!(" || ' ' || {}", first(&[Field::Noon], "am")));
                form.push_str(" %p");
            }
        }
        let made = format!("strptime({text}, '{form}')");
        let made = match moment {
            true => format!("timezone('UTC', {made})"),
            false => format!("CAST({made} AS date)"),
        };
        let names: Vec<String> = (0..read.fields.len())
            .map(|at| format!("'f{at}'"))
            .collect();
        let found = of(Field::ShortYear).or_else(|| of(Field::Year))?;
        Some(format!(
            "CASE WHEN {{0}} IS NOT NULL THEN list_transform([regexp_extract({{0}}, {}, [{}])], \
             lambda p: CASE WHEN {found} = '' THEN error('{OTHERWISE}') ELSE {made} END)[1] END",
            constant(&read.pattern),
            names.join(", ")
        ))
    }
}
