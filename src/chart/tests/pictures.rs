//! Pictures: what stands where in an SVG, and what is seen in the pixels of a PNG.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use noctra_chart::{Chart, Kind, Point, Problem, Size, png, svg, unlettered};

fn point(label: &str, at: Option<f64>, value: Option<f64>) -> Point {
    let shown = value.map_or_else(|| "NULL".into(), |value| value.to_string());
    Point {
        label: label.into(),
        at,
        value,
        shown,
    }
}

fn chart(kind: Kind, points: Vec<Point>) -> Chart {
    Chart {
        kind,
        title: None,
        axis: Some("dept".into()),
        value: "people".into(),
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
    all.map(|(label, value)| point(label, None, Some(value)))
        .to_vec()
}

fn drawn(chart: &Chart) -> String {
    svg(chart, Size::of(chart, None, None)).expect("a picture")
}

/// The number of an attribute.
fn number(element: &str, name: &str) -> f64 {
    let from = element.find(&format!(" {name}=\"")).expect(name) + name.len() + 3;
    let length = element[from..].find('"').expect("its end");
    element[from..from + length].parse().expect("a number")
}

/// x, y, width and height of the blocks that stand for values; the first rectangle is the paper.
fn blocks(svg: &str) -> Vec<[f64; 4]> {
    let all = svg.lines().filter(|line| line.starts_with("<rect")).skip(1);
    all.map(|line| ["x", "y", "width", "height"].map(|name| number(line, name)))
        .collect()
}

/// The places of each joined line of values, which is wider than the rules.
fn paths(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let all = svg
        .lines()
        .filter(|line| line.contains("stroke-width=\"2\""));
    all.map(|line| {
        let from = line.find("points=\"").expect("points") + 8;
        let to = from + line[from..].find('"').expect("their end");
        let places = line[from..to].split_whitespace();
        let places = places.filter_map(|place| {
            let (x, y) = place.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        });
        places.collect()
    })
    .collect()
}

/// A text with its place.
fn text_at(svg: &str, wanted: &str) -> Option<(f64, f64)> {
    let mut lines = svg.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("<text") && lines.next() == Some(wanted) {
            return Some((number(line, "x"), number(line, "y")));
        }
    }
    None
}

/// True where each is the other times the factor, to the pixel.
fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1.0
}

#[test]
fn bars_are_as_long_as_their_values() {
    let svg = drawn(&chart(Kind::Bar, people()));
    let bars = blocks(&svg);
    assert_eq!(bars.len(), 4);
    let longest = bars[1][2];
    for (bar, value) in bars.iter().zip([45.0, 62.0, 23.0, 34.0]) {
        assert!(near(bar[2], longest * value / 62.0), "{bar:?}");
        assert!(near(bar[0], bars[0][0]), "they begin at one line: {bar:?}");
    }
    // Each name and each value stands in the middle of its bar, before and behind it.
    for (bar, (name, value)) in bars
        .iter()
        .zip([("IT", "45"), ("SALES", "62"), ("HR", "23")])
    {
        let middle = bar[1] + bar[3] / 2.0;
        let (x, y) = text_at(&svg, name).expect(name);
        assert!(x < bar[0] && near(y, middle), "{name}");
        let (x, y) = text_at(&svg, value).expect(value);
        assert!(x > bar[0] + bar[2] && near(y, middle), "{value}");
    }
}

#[test]
fn columns_stand_on_zero_and_hang_from_it() {
    let points = vec![
        point("a", None, Some(40.0)),
        point("b", None, Some(-20.0)),
        point("c", None, None),
        point("d", None, Some(0.0)),
    ];
    let svg = drawn(&chart(Kind::Column, points));
    let columns = blocks(&svg);
    // NULL and zero have none.
    assert_eq!(columns.len(), 2);
    let (up, down) = (columns[0], columns[1]);
    assert!(near(up[1] + up[3], down[1]), "{up:?} {down:?}");
    assert!(near(up[3], 2.0 * down[3]), "{up:?} {down:?}");
    // Marks are round, and 40 is the line where the column ends.
    assert!(near(text_at(&svg, "40").expect("a mark").1, up[1]));
    assert!(near(text_at(&svg, "0").expect("a mark").1, down[1]));
    for name in ["a", "b", "c", "d"] {
        assert!(text_at(&svg, name).is_some(), "{name}");
    }
}

#[test]
fn lines_go_through_their_points_and_break_at_null() {
    let days = [10.0, 11.0, 13.0, 14.0, 15.0];
    let values = [Some(0.0), Some(5.0), None, Some(10.0), Some(5.0)];
    let points = days.into_iter().zip(values);
    let points = points.map(|(day, value)| point(&format!("day {day}"), Some(day), value));
    let svg = drawn(&chart(Kind::Line, points.collect()));
    let paths = paths(&svg);
    assert_eq!(paths.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let [from, up, top, end] = [paths[0][0], paths[0][1], paths[1][0], paths[1][1]];
    let day = (end.0 - from.0) / 5.0;
    assert!(near(up.0, from.0 + day) && near(top.0, from.0 + 4.0 * day));
    // Half way up, and the top.
    assert!(near(up.1, end.1) && near(up.1, (from.1 + top.1) / 2.0));
    assert!(near(text_at(&svg, "10").expect("a mark").1, top.1));
    assert!(near(text_at(&svg, "day 10").expect("a name").0, from.0));
}

#[test]
fn points_without_places_stand_evenly() {
    let points = (0..5).map(|at| point(&format!("p{at}"), None, Some(f64::from(at % 2))));
    let svg = drawn(&chart(Kind::Line, points.collect()));
    let line = paths(&svg).remove(0);
    let step = (line[4].0 - line[0].0) / 4.0;
    for (at, place) in line.iter().enumerate() {
        assert!(near(place.0, line[0].0 + step * at as f64));
    }
}

#[test]
fn scattered_points_stand_by_both_their_numbers() {
    let points = [(0.0, 0.0), (5.0, 50.0), (10.0, 100.0)];
    let points = points.map(|(at, value)| point(&at.to_string(), Some(at), Some(value)));
    let svg = drawn(&chart(Kind::Scatter, points.to_vec()));
    let dots = svg.lines().filter(|line| line.starts_with("<circle"));
    let dots: Vec<[f64; 2]> = dots
        .map(|dot| ["cx", "cy"].map(|name| number(dot, name)))
        .collect();
    assert_eq!(dots.len(), 3);
    assert!(
        near(dots[1][0], (dots[0][0] + dots[2][0]) / 2.0),
        "{dots:?}"
    );
    assert!(
        near(dots[1][1], (dots[0][1] + dots[2][1]) / 2.0),
        "{dots:?}"
    );
    // An axis of numbers has round marks.
    assert!(near(text_at(&svg, "10").expect("a mark").0, dots[2][0]));
}

#[test]
fn a_histogram_counts_into_ranges_of_its_own() {
    let values = [1.0, 2.0, 2.5, 3.0, 4.0, 10.0];
    let points = values.map(|value| point("", None, Some(value)));
    let svg = drawn(&Chart {
        bins: Some(3),
        ..chart(Kind::Histogram, points.to_vec())
    });
    // From 1 to 4 there are four, from 4 to 7 one, from 7 to 10 one.
    let columns = blocks(&svg);
    assert_eq!(columns.len(), 3);
    assert!(near(columns[0][3], 4.0 * columns[1][3]));
    assert!(near(columns[1][3], columns[2][3]));
    assert!(near(columns[0][2], columns[1][2]));
    for edge in ["1", "4", "7", "10"] {
        assert!(text_at(&svg, edge).is_some(), "{edge}");
    }
}

#[test]
fn a_sparkline_shows_its_ends() {
    let points = [3.0, 1.0, 2.0].map(|value| point("", None, Some(value)));
    let svg = drawn(&chart(Kind::Sparkline, points.to_vec()));
    let line = paths(&svg).remove(0);
    assert!(near(line[2].1, (line[0].1 + line[1].1) / 2.0), "{line:?}");
    assert!(text_at(&svg, "1 … 3").is_some(), "{svg}");
}

#[test]
fn texts_are_data() {
    let mut tricky = chart(
        Kind::Bar,
        vec![point("a<b & \"c\"\n</text>", None, Some(1.0))],
    );
    tricky.title = Some("<script>".into());
    let svg = drawn(&tricky);
    assert!(
        !svg.contains("<script>") && svg.contains("&lt;script&gt;"),
        "{svg}"
    );
    assert_eq!(svg.matches("</text>").count(), svg.matches("<text").count());
}

#[test]
fn what_does_not_fit_is_refused() {
    let size = Size {
        width: 100,
        height: 200,
    };
    let refused = svg(&chart(Kind::Bar, people()), size);
    assert!(
        matches!(refused, Err(Problem::Narrow { .. })),
        "{refused:?}"
    );
    let many = vec![point("a", None, Some(1.0)); 2_000];
    for kind in [Kind::Bar, Kind::Column] {
        let chart = chart(kind, many.clone());
        let refused = svg(&chart, Size::of(&chart, None, None));
        assert!(
            matches!(refused, Err(Problem::TooMany { points: 2_000, .. })),
            "{refused:?}"
        );
    }
    let refused = svg(&chart(Kind::Scatter, people()), size);
    assert_eq!(refused, Err(Problem::NoPlaces));
    let nothing = drawn(&chart(Kind::Line, Vec::new()));
    assert!(text_at(&nothing, "no rows: nothing to draw").is_some());
}

/// Width, height and the colours of a PNG, row by row.
fn pixels(bytes: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut colors = vec![0; reader.output_buffer_size().expect("its size")];
    let info = reader.next_frame(&mut colors).expect("its pixels");
    let colors = colors.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect();
    (info.width, info.height, colors)
}

#[test]
fn a_png_shows_what_the_svg_says() {
    let chart = chart(Kind::Bar, people());
    let size = Size {
        width: 600,
        height: 160,
    };
    let bars = blocks(&svg(&chart, size).expect("an SVG"));
    let bytes = png(&chart, size).expect("a PNG");
    let (width, height, colors) = pixels(&bytes);
    assert_eq!((width, height), (600, 160));
    let row = |y: f64| &colors[y as usize * 600..(y as usize + 1) * 600];
    for bar in bars {
        let middle = row(bar[1] + bar[3] / 2.0);
        let blue = middle
            .iter()
            .filter(|color| **color == [47, 111, 171])
            .count();
        assert!((blue as f64 - bar[2]).abs() <= 2.0, "{blue} {bar:?}");
        // Letters before and behind it.
        let dark = |colors: &[[u8; 3]]| colors.iter().any(|color| color[0] < 120 && color[2] < 140);
        assert!(
            dark(&middle[..bar[0] as usize - 2]) && dark(&middle[(bar[0] + bar[2]) as usize + 3..])
        );
    }
    assert!(
        row(2.0).iter().all(|color| *color == [255; 3]),
        "the margin is empty"
    );
}

#[test]
fn letters_that_a_png_lacks_are_named() {
    let points = vec![
        point("Zürich", None, Some(1.0)),
        point("東京", None, Some(2.0)),
    ];
    assert_eq!(unlettered(&chart(Kind::Bar, points)), "東京");
    assert_eq!(unlettered(&chart(Kind::Bar, people())), "");
}

#[test]
fn awkward_numbers_are_drawn_or_refused() {
    let odd = [0.0, -0.0, 1e-300, -1e300, f64::MAX, f64::MIN, 0.1, -7.5];
    let kinds = [
        Kind::Bar,
        Kind::Column,
        Kind::Line,
        Kind::Scatter,
        Kind::Histogram,
        Kind::Sparkline,
    ];
    for kind in kinds {
        for from in 0..odd.len() {
            for count in 0..=odd.len() - from {
                let points = odd[from..from + count].iter().enumerate();
                let points = points.map(|(at, &value)| {
                    let place = (count % 2 == 0).then_some(value);
                    point(&"label".repeat(at), place, Some(value).filter(|_| at != 3))
                });
                let chart = chart(kind, points.collect());
                for (width, height) in [(100, 40), (800, 480)] {
                    let size = Size { width, height };
                    // Neither panics; the drawing lies inside of the paper.
                    let one = svg(&chart, size);
                    if width == 100 {
                        assert_eq!(one.is_ok(), png(&chart, size).is_ok());
                    }
                    for [x, y, wide, high] in one.iter().flat_map(|svg| blocks(svg)) {
                        assert!(
                            x >= 0.0 && x + wide <= f64::from(width),
                            "{kind:?} {x} {wide}"
                        );
                        assert!(
                            y >= 0.0 && y + high <= f64::from(height),
                            "{kind:?} {y} {high}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_hundred_thousand_points_are_no_larger_than_the_picture() {
    // A wave of 100 periods between 0 and 1000, which no pixel of the line may lose the top of.
    let wave = |at: u32| f64::from((at % 1_000).abs_diff(500)) * 2.0;
    let points = (0..100_000).map(|at| point("", None, Some(wave(at))));
    let picture = drawn(&chart(Kind::Line, points.collect()));
    assert!(picture.len() < 100_000, "{}", picture.len());
    let line = &paths(&picture)[0];
    let tops = line
        .iter()
        .filter(|place| near(place.1, line.iter().map(|p| p.1).fold(f64::MAX, f64::min)));
    assert!(tops.count() >= 100);
    let points = (0..100_000).map(|at| {
        point(
            &(at % 50).to_string(),
            Some(f64::from(at % 50)),
            Some(wave(at % 40)),
        )
    });
    let picture = drawn(&chart(Kind::Scatter, points.collect()));
    assert!(
        picture.matches("<circle").count() <= 50 * 40,
        "{}",
        picture.len()
    );
}
