//! What people see.

use super::{Format, Options};
use crate::{Column, Decimal, Kind, ValueRef};

fn column(name: &str, kind: Kind) -> Column {
    Column {
        name: name.into(),
        kind,
    }
}

fn shown(format: &str, options: &Options, columns: &[Column], rows: &[&[ValueRef<'_>]]) -> String {
    let mut out = Vec::new();
    let Some(format) = Format::named(format) else {
        return "no such format".into();
    };
    let mut sink = format.sink(&mut out, options);
    let written = sink
        .begin(columns)
        .and_then(|()| rows.iter().try_for_each(|row| sink.row(row)))
        .and_then(|()| sink.finish());
    assert!(written.is_ok());
    drop(sink);
    String::from_utf8_lossy(&out).into_owned()
}

fn salaries(format: &str) -> String {
    let columns = [
        column("name", Kind::Text),
        column("salary", Kind::Decimal(2)),
    ];
    let money = |units| Decimal::new(units, 2).map_or(ValueRef::Null, ValueRef::Decimal);
    let rows: [&[ValueRef<'_>]; 3] = [
        &[ValueRef::Text("John, \"Smith\""), money(7_500_000)],
        &[ValueRef::Text(""), money(5)],
        &[ValueRef::Null, ValueRef::Null],
    ];
    shown(format, &Options::default(), &columns, &rows)
}

#[test]
fn box_aligns_numbers_right_and_tells_null_from_empty() {
    assert_eq!(
        salaries("box"),
        "\
┌───────────────┬──────────┐
│ name          │   salary │
├───────────────┼──────────┤
│ John, \"Smith\" │ 75000.00 │
│               │     0.05 │
│ NULL          │     NULL │
└───────────────┴──────────┘
"
    );
    assert!(salaries("ascii").starts_with("+---------------+----------+\n| name "));
}

#[test]
fn csv_tells_null_from_empty() {
    assert_eq!(
        salaries("csv"),
        "name,salary\n\"John, \"\"Smith\"\"\",75000.00\n\"\",0.05\n,\n"
    );
}

#[test]
fn json_keeps_numbers_exact() {
    assert_eq!(
        salaries("jsonl"),
        "{\"name\":\"John, \\\"Smith\\\"\",\"salary\":75000.00}\n{\"name\":\"\",\"salary\":0.05}\n\
         {\"name\":null,\"salary\":null}\n"
    );
    let columns = [column("a", Kind::Double)];
    let rows: [&[ValueRef<'_>]; 2] = [&[ValueRef::Double(1.5)], &[ValueRef::Double(f64::NAN)]];
    assert_eq!(
        shown("json", &Options::default(), &columns, &rows),
        "[{\"a\":1.5},\n {\"a\":\"NaN\"}]\n"
    );
    assert_eq!(shown("json", &Options::default(), &columns, &[]), "[]\n");
}

#[test]
fn wide_and_combining_characters_take_their_columns() {
    let columns = [column("名前", Kind::Text), column("x", Kind::Text)];
    let rows: [&[ValueRef<'_>]; 4] = [
        &[ValueRef::Text("東京"), ValueRef::Text("|")],
        &[ValueRef::Text("e\u{301}té"), ValueRef::Text("|")],
        &[ValueRef::Text("👍🏽"), ValueRef::Text("|")],
        &[ValueRef::Text("a\tb\nc"), ValueRef::Text("|")],
    ];
    assert_eq!(
        shown("box", &Options::default(), &columns, &rows),
        "\
┌───────┬───┐
│ 名前  │ x │
├───────┼───┤
│ 東京  │ | │
│ e\u{301}té   │ | │
│ 👍🏽    │ | │
│ a→b↵c │ | │
└───────┴───┘
"
    );
}

#[test]
fn what_is_cut_is_said() {
    let options = Options {
        width: Some(20),
        ..Options::default()
    };
    let columns = [column("id", Kind::Integer), column("text", Kind::Text)];
    let rows: [&[ValueRef<'_>]; 1] = [&[
        ValueRef::Integer(1),
        ValueRef::Text("a long text that does not fit"),
    ]];
    assert_eq!(
        shown("box", &options, &columns, &rows),
        "\
┌────┬─────────────┐
│ id │ text        │
├────┼─────────────┤
│  1 │ a long tex… │
└────┴─────────────┘
1 column cut to fit the terminal; --format csv shows all
"
    );
}
