//! Drawings, by eye and by rule.

use noctra_chart::{Chart, Kind, Page, Point, Problem, draw, gnuplot};
use unicode_width::UnicodeWidthStr;

const PAGE: Page = Page {
    width: 40,
    height: Some(5),
    unicode: true,
};

const KINDS: [Kind; 6] = [
    Kind::Bar,
    Kind::Column,
    Kind::Line,
    Kind::Scatter,
    Kind::Histogram,
    Kind::Sparkline,
];

fn point(label: &str, value: Option<f64>) -> Point {
    Point {
        label: label.into(),
        at: None,
        value,
        shown: value.map_or_else(|| "NULL".into(), |value| value.to_string()),
    }
}

fn chart(kind: Kind, points: Vec<Point>) -> Chart {
    Chart {
        kind,
        title: None,
        axis: None,
        value: "n".into(),
        bins: None,
        points,
    }
}

fn people() -> Vec<Point> {
    let all = [
        ("IT", 45.0),
        ("SALES", 62.0),
        ("HR", 23.0),
        ("FINANCE", 34.0),
    ];
    all.map(|(label, value)| point(label, Some(value))).to_vec()
}

fn drawn(kind: Kind, points: Vec<Point>, page: Page) -> String {
    draw(&chart(kind, points), &page).unwrap_or_else(|problem| problem.to_string())
}

#[test]
fn bars_have_the_length_of_their_value() {
    // 62 of 62 fill 22 cells; 45 are 15.97, 23 are 8.16, 34 are 12.06 of them.
    let page = Page { width: 35, ..PAGE };
    assert_eq!(
        drawn(Kind::Bar, people(), page),
        "\
IT        ████████████████ 45
SALES     ██████████████████████ 62
HR        ████████▏ 23
FINANCE   ████████████▏ 34
"
    );
    let page = Page {
        unicode: false,
        ..page
    };
    assert_eq!(
        drawn(Kind::Bar, people(), page),
        "\
IT        ################ 45
SALES     ###################### 62
HR        ######## 23
FINANCE   ############ 34
"
    );
}

#[test]
fn bars_below_zero_grow_to_the_left_and_null_is_not_zero() {
    let points = vec![
        point("up", Some(10.0)),
        point("down", Some(-5.0)),
        point("none", None),
        point("zero", Some(0.0)),
    ];
    let page = Page { width: 27, ..PAGE };
    assert_eq!(
        drawn(Kind::Bar, points, page),
        "\
up          ██████████ 10
down   █████ -5
none        NULL
zero        0
"
    );
}

#[test]
fn wide_characters_keep_the_bars_in_line() {
    let points = vec![point("東京", Some(2.0)), point("Oslo", Some(1.0))];
    let page = Page { width: 19, ..PAGE };
    assert_eq!(
        drawn(Kind::Bar, points, page),
        "東京   ██████████ 2\nOslo   █████ 1\n"
    );
}

#[test]
fn columns_stand_side_by_side() {
    let points = vec![
        point("a", Some(4.0)),
        point("b", Some(2.0)),
        point("c", Some(-1.0)),
    ];
    let page = Page {
        height: Some(6),
        width: 18,
        ..PAGE
    };
    assert_eq!(
        drawn(Kind::Column, points, page),
        "     4
 4 ┤███
   │███  2
 2 ┤███ ███
   │███ ███  -1
 0 ┤        ███
   │
-2 └────────────
     a   b   c
"
    );
}

#[test]
fn a_histogram_counts_each_value_once() {
    let values = [1.0, 2.0, 2.5, 3.0, 4.0, 10.0];
    let points = values.map(|value| point("", Some(value)));
    let page = Page { width: 25, ..PAGE };
    let chart = Chart {
        bins: Some(3),
        ..chart(Kind::Histogram, points.to_vec())
    };
    // One of four fills a quarter of 13 cells.
    assert_eq!(
        draw(&chart, &page).unwrap_or_else(|problem| problem.to_string()),
        " 1 –  4   █████████████ 4\n 4 –  7   ███▎ 1\n 7 – 10   ███▎ 1\n"
    );
}

#[test]
fn a_sparkline_is_one_line() {
    let points: Vec<Point> = (0..8).map(|at| point("", Some(f64::from(at)))).collect();
    assert_eq!(drawn(Kind::Sparkline, points, PAGE), "n  ▁▂▃▄▅▆▇█  0 … 7\n");
}

#[test]
fn nothing_is_said_to_be_nothing() {
    for kind in KINDS {
        assert_eq!(
            drawn(kind, Vec::new(), PAGE),
            "(no rows: nothing to draw)\n"
        );
        let nulls = vec![
            point("a", None),
            point("b", Some(f64::NAN).filter(|v| v.is_finite())),
        ];
        assert_eq!(drawn(kind, nulls, PAGE), "(no values: nothing to draw)\n");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let narrow = Page { width: 8, ..PAGE };
    let refused = draw(&chart(Kind::Bar, people()), &narrow);
    assert_eq!(refused, Err(Problem::Narrow { wanted: 12 }));
    let many = vec![point("a", Some(1.0)); 50];
    let refused = draw(&chart(Kind::Column, many), &PAGE);
    assert!(
        matches!(refused, Err(Problem::TooMany { points: 50, .. })),
        "{refused:?}"
    );
    let refused = draw(&chart(Kind::Scatter, people()), &PAGE);
    assert_eq!(refused, Err(Problem::NoPlaces));
}

/// A small generator of numbers, the awkward ones too.
fn numbers(seed: u64, count: usize) -> Vec<Option<f64>> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let odd = [
        0.0,
        -0.0,
        1e-300,
        -1e300,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        0.1,
    ];
    let one = |_| match next() % 10 {
        0 => None,
        1 => Some(odd[(next() % 8) as usize]),
        2 => Some((next() % 7) as f64),
        _ => Some((next() % 2_000_001) as f64 / 100.0 - 10_000.0),
    };
    (0..count).map(one).collect()
}

#[test]
fn any_numbers_are_drawn_within_the_page() {
    for seed in 0..800u64 {
        let count = (seed % 40) as usize;
        let awkward = seed % 3 == 0;
        let values = numbers(seed, count).into_iter();
        let values = values.map(|v| v.filter(|v| awkward || v.abs() < 1e9));
        let points: Vec<Point> = values
            .enumerate()
            .map(|(at, value)| Point {
                at: (seed % 2 == 0)
                    .then_some(value.unwrap_or(1.0) * at as f64)
                    .filter(|a| a.is_finite()),
                shown: value.map_or_else(|| "NULL".into(), |value| format!("{value:.1e}")),
                ..point(&"label".repeat(at % 5), value)
            })
            .collect();
        let page = Page {
            width: 20 + (seed % 70) as usize,
            height: (seed % 4 > 0).then_some((seed % 17) as usize),
            unicode: seed % 2 == 1,
        };
        for kind in KINDS {
            let chart = Chart {
                bins: (seed % 5 == 0).then_some((seed % 23) as usize),
                ..chart(kind, points.clone())
            };
            if let Ok(text) = draw(&chart, &page) {
                for line in text.lines() {
                    assert!(
                        line.width() <= page.width.max(33),
                        "{kind:?} {seed}: {line}"
                    );
                    assert!(!line.ends_with(' '), "{kind:?} {seed}: {line}");
                    assert!(page.unicode || line.is_ascii(), "{kind:?} {seed}: {line}");
                }
            }
            assert!(gnuplot(&chart).contains("plot $data"));
        }
    }
}

#[test]
fn little_room_leaves_out_what_matters_least() {
    let values = (0..8).map(f64::from).map(Some);
    let points: Vec<Point> = values.map(|value| point("2024-01-01", value)).collect();
    let narrow = |width| Page { width, ..PAGE };
    let spark = |width| drawn(Kind::Sparkline, points.clone(), narrow(width));
    // Two points in each column: their means are 0.5, 2.5, 4.5 and 6.5.
    assert_eq!(spark(14), "n  ▁▃▆█  0 … 7\n");
    assert_eq!(spark(13), "▁▂▄▅▆█  0 … 7\n");
    assert_eq!(spark(8), "▁▂▃▄▅▆▇█\n");
    let titled = Chart {
        title: Some("People of the firm".into()),
        ..chart(Kind::Bar, people())
    };
    let text = draw(&titled, &narrow(16)).unwrap_or_default();
    assert_eq!(
        text,
        "\
People of the f…
SALES   █████ 62
"
        .replace("SALES", "IT   ")
        .replace("█████ 62", "███▋ 45")
            + "SALES   █████ 62\nHR      █▉ 23\nFINA…   ██▊ 34\n"
    );
}

#[test]
fn gnuplot_gets_the_ranges_and_the_names() {
    let values = [1.0, 2.0, 2.5, 3.0, 4.0, 10.0].map(|value| point("", Some(value)));
    let script = gnuplot(&Chart {
        bins: Some(3),
        ..chart(Kind::Histogram, values.to_vec())
    });
    assert!(script.contains("1 4 4\n4 7 1\n7 10 1\nEOD"), "{script}");
    let days = (0..3).map(|day| Point {
        at: Some(f64::from(19_723 + day)),
        ..point(&format!("2024-01-0{}", day + 1), Some(1.0))
    });
    let script = gnuplot(&chart(Kind::Line, days.collect()));
    assert!(script.contains("\"2024-01-01\" 19723,"), "{script}");
    let script = gnuplot(&chart(Kind::Bar, vec![point("a\"b\\\n", None)]));
    assert!(script.contains("\n\"a'b\\\\ \" NaN 0\n"), "{script}");
}
