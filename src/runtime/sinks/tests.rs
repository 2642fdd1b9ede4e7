//! What people see.

use super::{Format, Options};
use crate::{Column, Decimal, Kind, ValueRef};

fn column(name: &str, kind: Kind) -> Column {
    Column::new(name, kind)
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
    let row: &[ValueRef<'_>] = &[
        ValueRef::Integer(1),
        ValueRef::Text("a long text that does not fit"),
    ];
    let line = "│  1 │ a long tex… │\n".repeat(7);
    assert_eq!(
        shown("box", &options, &columns, &[row; 7]),
        format!(
            "\
┌────┬─────────────┐
│ id │ text        │
├────┼─────────────┤
{line}└────┴─────────────┘
1 column cut to fit the terminal; --format csv shows all
"
        )
    );
}

#[test]
fn few_rows_that_would_be_cut_and_any_that_cannot_fit_are_turned() {
    let options = Options {
        width: Some(20),
        ..Options::default()
    };
    let columns = [column("id", Kind::Integer), column("text", Kind::Text)];
    let row: &[ValueRef<'_>] = &[ValueRef::Integer(1), ValueRef::Text("a text that is long")];
    assert_eq!(
        shown("box", &options, &columns, &[row]),
        "\
── row 1 ──
id   │ 1
text │ a text that is long
"
    );
    // Three columns of eight need 34.
    let columns = ["a", "b", "c"].map(|name| column(name, Kind::Text));
    let row: &[ValueRef<'_>] = &[ValueRef::Text("12345678"); 3];
    let rows = vec![row; 5_000];
    let text = shown("ascii", &options, &columns, &rows);
    assert!(text.starts_with("-- row 1 --\na | 12345678\nb | 12345678\n"));
    assert!(text.ends_with("-- row 5000 --\na | 12345678\nb | 12345678\nc | 12345678\n"));
}

/// A name and a number with what a markup language reads as its own.
fn marked(format: &str) -> String {
    let columns = [column("item_name", Kind::Text), column("n", Kind::Integer)];
    let rows: [&[ValueRef<'_>]; 3] = [
        &[
            ValueRef::Text("a|b <i>*x*</i> & \"q\""),
            ValueRef::Integer(-1),
        ],
        &[ValueRef::Text("two\nlines_ _"), ValueRef::Null],
        &[ValueRef::Text(""), ValueRef::Integer(20)],
    ];
    shown(format, &Options::default(), &columns, &rows)
}

// Expected by hand from GitHub Flavored Markdown, sections 4.10 and 6.1.
#[test]
fn markdown_shows_what_is_there() {
    let expected = "\
| item_name | n |
| --- | ---: |
| a\\|b &lt;i>\\*x\\*&lt;/i> &amp; \"q\" | -1 |
| two<br>lines\\_ \\_ | NULL |
|  | 20 |
";
    assert_eq!(marked("markdown"), expected);
}

#[test]
fn html_shows_what_is_there() {
    let number = "<td style=\"text-align: right\">";
    let expected = format!(
        "\
<table>
<tr><th>item_name<th>n</tr>
<tr><td>a|b &lt;i&gt;*x*&lt;/i&gt; &amp; &quot;q&quot;{number}-1</tr>
<tr><td>two<br>lines_ _{number}NULL</tr>
<tr><td>{number}20</tr>
</table>
"
    );
    assert_eq!(marked("html"), expected);
}

#[test]
fn expanded_has_a_line_for_each_value() {
    let expected = "\
── row 1 ──
item_name │ a|b <i>*x*</i> & \"q\"
n         │ -1
── row 2 ──
item_name │ two↵lines_ _
n         │ NULL
── row 3 ──
item_name │ 
n         │ 20
";
    assert_eq!(marked("expanded"), expected);
}

#[test]
fn sql_is_statements_that_run() {
    let expected = "\
INSERT INTO result (item_name, n) VALUES
  ('a|b <i>*x*</i> & \"q\"', -1),
  ('two
lines_ _', NULL),
  ('', 20);
";
    assert_eq!(marked("sql"), expected);
}
