//! Charts as a person gets them: on a terminal, in a pipe, in a file.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::noctra;
use std::process::Command;
use terminal::Terminal;

const PEOPLE: &str = "SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept ORDER BY dept";

#[test]
fn behaviour_18_charts_fit_terminals_and_are_ascii_in_pipes() {
    let state = tempfile::tempdir().expect("a folder");
    // FINANCE, three columns, the bar, one column, 62: at 80 the longest bar has 67 cells, at 40 27.
    // The others are 34, 23 and 45 of 62: in eighths of a cell 36 6/8, 24 7/8 and 48 5/8; 14 6/8, 10 and 19 5/8.
    let bars = |full: usize, rest: &str| "█".repeat(full) + rest;
    let at = |bars: [String; 4]| {
        let [finance, hr, it, sales] = bars;
        format!(
            "FINANCE   {finance} 34\nHR        {hr} 23\nIT        {it} 45\nSALES     {sales} 62\n"
        )
    };
    for (columns, wanted) in [
        (
            80,
            at([bars(36, "▊"), bars(24, "▉"), bars(48, "▋"), bars(67, "")]),
        ),
        (
            40,
            at([bars(14, "▊"), bars(10, ""), bars(19, "▋"), bars(27, "")]),
        ),
    ] {
        let plain = [("NO_COLOR", "1")];
        let mut terminal = Terminal::wide(columns, state.path(), &["--demo"], &plain);
        terminal.ends("noctra demo>");
        terminal.send(
            "SELECT dept, COUNT(*) FROM employees\rGROUP BY dept ORDER BY dept\rCHART BAR;\r",
        );
        terminal.until("the chart", |screen| screen.contains(wanted.trim_end()));
    }
    let piped = format!("{PEOPLE} CHART BAR");
    let ran = noctra(&["--demo", "-c", &piped], "");
    let hash = |count: usize| "#".repeat(count);
    assert_eq!(ran.out, at([hash(37), hash(25), hash(49), hash(67)]));
    // Of a long fraction there is what the eye can use.
    let long = "SELECT * FROM (VALUES ('a', 200.0 / 3), ('b', 1.0 / 300), ('c', -1.5)) AS v(k, n) CHART BAR";
    let ran = noctra(&["--demo", "-c", long], "");
    let values = ran
        .out
        .lines()
        .filter_map(|line| line.split(' ').next_back());
    assert_eq!(values.collect::<Vec<_>>(), ["66.67", "0.00333", "-1.5"]);
    // Who asks for a format gets it, and a program gets rows.
    let ran = noctra(&["--demo", "--format", "box", "-c", &piped], "");
    assert!(ran.out.starts_with("FINANCE   ██"), "{}", ran.out);
    let ran = noctra(&["--demo", "--format", "csv", "-c", &piped], "");
    assert!(
        ran.out.starts_with("dept,people\nFINANCE,34\n"),
        "{}",
        ran.out
    );
}

/// Every kind of chart, over the demo.
const KINDS: [&str; 6] = [
    "SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept ORDER BY dept CHART BAR",
    "SELECT month, sales FROM monthly_sales CHART COLUMN",
    "SELECT date, sales FROM daily_sales ORDER BY date LIMIT 50 CHART LINE",
    "SELECT price, quantity FROM order_lines CHART SCATTER OF quantity BY price",
    "SELECT salary FROM employees CHART HISTOGRAM",
    "SELECT sales FROM monthly_sales CHART SPARKLINE",
];

#[test]
fn every_kind_keeps_to_its_width_and_to_ascii_in_a_pipe() {
    for kind in KINDS {
        for width in [30, 80, 200] {
            let ran = noctra(&["--demo", "-c", &format!("{kind} WIDTH {width}")], "");
            assert_eq!(ran.err, "", "{kind}");
            assert!(ran.out.is_ascii() && ran.out.contains('\n'), "{}", ran.out);
            for line in ran.out.lines() {
                assert!(line.len() <= width, "{kind} {width}: {line}");
            }
        }
    }
}

#[test]
fn every_kind_is_drawn_into_files() {
    let folder = common::folder(&[]);
    for (at, kind) in KINDS.iter().enumerate() {
        for ending in ["svg", "png", "gp"] {
            let file = folder.path().join(format!("{at}.{ending}"));
            let text = format!("{kind} TITLE 'A title' TO '{}'", file.display());
            let ran = noctra(&["--demo", "--format", "csv", "-c", &text], "");
            assert_eq!(
                (ran.code, ran.out.as_str(), ran.err.as_str()),
                (Some(0), "", ""),
                "{kind}"
            );
            let bytes = std::fs::read(&file).expect("the file");
            match ending {
                "png" => assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
                "svg" => {
                    let text = String::from_utf8(bytes).expect("a text");
                    assert!(text.starts_with("<svg width=\"800\" height="), "{text}");
                    assert!(text.contains("A title") && text.trim_end().ends_with("</svg>"));
                }
                _ => plotted(&file),
            }
        }
    }
    let names = std::fs::read_dir(folder.path())
        .expect("the folder")
        .count();
    assert_eq!(names, 3 * KINDS.len(), "nothing else stays");
}

/// A real Gnuplot draws a script, where there is one.
fn plotted(script: &std::path::Path) {
    let picture = script.with_extension("svg.gnuplot");
    let set = format!("set terminal svg; set output '{}'", picture.display());
    let ran = Command::new("gnuplot")
        .arg("-e")
        .arg(set)
        .arg(script)
        .output();
    let Ok(ran) = ran else {
        return println!("NOT RUN: there is no gnuplot");
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.is_empty(), "{said}");
    let text = std::fs::read_to_string(&picture).expect("a picture");
    assert!(text.contains("A title"), "{text}");
    std::fs::remove_file(picture).expect("it was there");
}

#[test]
fn a_file_is_whole_or_as_it_was() {
    let folder = common::folder(&[("old.svg", "old")]);
    let file = folder.path().join("old.svg");
    let chart = |query: &str, rest: &str, file: &std::path::Path| {
        let text = format!("{query} CHART BAR {rest} TO '{}'", file.display());
        noctra(&["--demo", "-c", &text], "")
    };
    // A row that fails on the way, a size that it does not fit, a folder that is not there, another ending.
    let wrong = "SELECT dept, 1 / (COUNT(*) - 23) AS n FROM employees GROUP BY dept";
    for (query, rest, file, said) in [
        (wrong, "", file.clone(), "division by zero"),
        (PEOPLE, "WIDTH 100", file.clone(), "needs a width of"),
        (PEOPLE, "WIDTH 20", file.clone(), "from 100 to 8000"),
        (PEOPLE, "", folder.path().join("no/new.png"), "cannot write"),
        (
            PEOPLE,
            "",
            folder.path().join("new.jpg"),
            "there are .svg, .png, .gp",
        ),
        (PEOPLE, "", folder.path().join("new"), "has no ending"),
    ] {
        let ran = chart(query, rest, &file);
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["old.svg"]);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "old");
    let ran = chart(PEOPLE, "", &file);
    assert_eq!(ran.out, "(4 rows drawn)\n");
    assert!(
        std::fs::read_to_string(&file)
            .expect("it is there")
            .contains("FINANCE")
    );
}

#[test]
fn letters_that_a_png_lacks_are_warned_of() {
    let folder = common::folder(&[]);
    let text = |ending: &str| {
        let file = folder.path().join(ending);
        format!(
            "SELECT '東京' AS city, 3 AS n CHART BAR TO '{}.{ending}'",
            file.display()
        )
    };
    let ran = noctra(&["-c", &text("png")], "");
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("no picture of 東京"), "{}", ran.err);
    let ran = noctra(&["-c", &text("svg")], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}
