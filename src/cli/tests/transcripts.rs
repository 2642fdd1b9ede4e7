//! Sessions at the prompt, byte for byte as in the files of `transcripts/`.
//!
//! A line after `noctra> ` is typed, as are those after `   ...> `; the others are what comes back, data and
//! remarks in their order. `UPDATE_TRANSCRIPTS=1` writes the files anew, to be read before they are kept.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/prompt.rs"]
mod prompt;

use common::{noctra, rqlc};
use prompt::{Prompt, after_prompt, continued};
use std::fs;
use std::path::Path;

/// What the prompt of a transcript takes, an input of several lines as one.
fn typed(text: &str) -> Vec<String> {
    let mut inputs: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(input) = after_prompt(line) {
            inputs.push(input.to_owned());
        } else if let (Some(more), Some(input)) = (continued(line), inputs.last_mut()) {
            input.push('\n');
            input.push_str(more);
        }
    }
    inputs
}

/// The session with what came back; times are always the same.
fn played(inputs: &[String]) -> String {
    let mut prompt = Prompt::open("noctra", None);
    let mut text = String::new();
    for input in inputs {
        let (came, left) = prompt.run(input);
        text += &came;
        if left {
            break;
        }
    }
    text
}

#[test]
fn sessions_go_as_they_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let files = fs::read_dir(&folder).expect("the transcripts");
    let mut seen = 0;
    for file in files {
        seen += 1;
        let path = file.expect("a transcript").path();
        let wanted = fs::read_to_string(&path).expect("a text");
        let came = played(&typed(&wanted));
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(&path, &came).expect("it can be written");
            continue;
        }
        assert_eq!(came, wanted, "{}", path.display());
    }
    assert!(seen > 0, "no transcript was found");
}

#[test]
fn a_running_aggregate_without_an_order_warns_beside_the_data() {
    let sum = "SELECT month, sales, RUNSUM(sales) FROM monthly_sales";
    let args = ["--demo", "--format", "csv", "-c"];
    let ran = noctra(&[&args[..], &[sum]].concat(), "");
    let first =
        "month,sales,runsum\nJan,10000.00,10000.00\nFeb,15000.00,25000.00\nMar,12000.00,37000.00\n";
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.starts_with(first), "{}", ran.out);
    assert!(ran.err.contains("RQL0421"), "{}", ran.err);
    let ordered = format!("{sum} ORDER BY sales LIMIT 2");
    let ran = noctra(&[&args[..], &[ordered.as_str()]].concat(), "");
    let sums = "month,sales,runsum\nJan,10000.00,10000.00\nMar,12000.00,22000.00\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (sums, ""));
}

#[test]
fn running_aggregates_translate_to_windows() {
    let text = "SELECT
    date,
    sales,
    RUNSUM(sales) as cumulative_sales,
    RUNAVG(sales) as moving_average
FROM daily_sales
ORDER BY date;";
    let ran = rqlc(
        &["compile", "--db", "demo", "--dialect", "standard", "-"],
        text,
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        words(&ran.out),
        "SELECT date, sales, \
         SUM(sales) OVER (ORDER BY date ROWS UNBOUNDED PRECEDING) AS cumulative_sales, \
         AVG(sales) OVER (ORDER BY date ROWS UNBOUNDED PRECEDING) AS moving_average \
         FROM daily_sales ORDER BY date;"
    );
}

/// Runs `noctra` where it may write.
fn in_folder(args: &[&str]) -> common::Ran {
    let place = common::folder(&[]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"));
    let ran = command.args(args).current_dir(place.path()).output();
    let ran = ran.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("a text");
    common::Ran {
        code: ran.status.code(),
        out: text(ran.stdout),
        err: text(ran.stderr),
    }
}

#[test]
fn examples_print_what_they_promise() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rql-examples");
    let folder = folder.canonicalize().expect("the examples");
    let files = fs::read_dir(&folder).expect("the examples");
    let files = files.map(|file| file.expect("an example").path());
    let mut seen = 0;
    for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "rql")) {
        seen += 1;
        // As on a terminal: a pipe that names no format gets charts in ASCII.
        let ran = in_folder(&["--format", "box", &file.display().to_string()]);
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (Some(0), ""),
            "{}",
            file.display()
        );
        let name = file.with_extension("txt");
        let expected = folder
            .join("expected")
            .join(name.file_name().expect("a name"));
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(&expected, &ran.out).expect("it can be written");
            continue;
        }
        let wanted = fs::read_to_string(&expected).expect("what it prints");
        assert_eq!(ran.out, wanted, "{}", file.display());
    }
    assert!(seen > 3, "the examples were not found");
}
