//! Sessions at the prompt, byte for byte as in the files of `transcripts/`.
//!
//! A line after `noctra> ` is typed, as are those after `   ...> `; the others are what comes back, data and
//! remarks in their order. `UPDATE_TRANSCRIPTS=1` writes the files anew, to be read before they are kept.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{noctra, rqlc};
use noctra_repl::report::{self, Style};
use noctra_repl::{Manner, Next, Repl};
use noctra_runtime::sinks::{FORMATS, Options};
use noctra_runtime::{Output, Session, Target};
use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

const MORE: &str = "   ...> ";

/// A screen that data and remarks go to.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.borrow_mut());
        String::from_utf8(bytes).expect("the output is UTF-8")
    }
}

/// What the prompt of a transcript takes, an input of several lines as one.
fn typed(text: &str) -> Vec<String> {
    let mut inputs: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(input) = after_prompt(line) {
            inputs.push(input.to_owned());
        } else if let (Some(more), Some(input)) = (line.strip_prefix(MORE), inputs.last_mut()) {
            input.push('\n');
            input.push_str(more);
        }
    }
    inputs
}

/// What stands behind `noctra> `, or behind a prompt that says more.
fn after_prompt(line: &str) -> Option<&str> {
    let (prompt, input) = line.split_once("> ")?;
    let words = prompt.strip_prefix("noctra")?;
    let plain = |c: char| c.is_ascii_lowercase() || " *!-".contains(c);
    words.chars().all(plain).then_some(input)
}

/// The session with what came back; times are left out.
fn played(inputs: &[String]) -> String {
    let screen = Screen::default();
    let session = Session::open(Target::SqliteMemory).expect("a session");
    let options = Options {
        width: Some(80),
        ..Options::default()
    };
    let (data, remarks) = (Box::new(screen.clone()), Box::new(screen.clone()));
    let mut output = Output::new(&FORMATS[0], options, data, remarks);
    output.timing = true;
    output.chatty = true;
    output.draw = report::draw(Style::default());
    let mut repl = Repl::new(session, output, Manner::default());
    let mut text = String::new();
    for input in inputs {
        text.push_str(&repl.prompt());
        text.push_str(&input.replace('\n', &format!("\n{MORE}")));
        text.push('\n');
        let next = repl.input(input);
        for line in screen.take().lines() {
            text.push_str(&without_time(line));
            text.push('\n');
        }
        if next == Next::Exit {
            break;
        }
    }
    text
}

/// `(2 rows, 1.5 ms)` as `(2 rows, … ms)`.
fn without_time(line: &str) -> String {
    let time = line
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(" ms)"));
    match time.and_then(|rest| rest.rsplit_once(", ")) {
        Some((rows, time)) if time.parse::<f64>().is_ok() => format!("({rows}, … ms)"),
        _ => line.to_owned(),
    }
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
