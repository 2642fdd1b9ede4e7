//! `noctra form convert IN OUT`: the other spelling of a form; `noctra form replay FILE`: a recorded session at one.

use noctra_repl::report::{self, Style};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Output, Session, Target, WholeFile, read_forms, read_source};
use rql_diagnostics::Severity;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
noctra form convert IN OUT
  writes the forms of IN, a file of TOML (.toml) or RQL (.rql), as the ending of OUT says;
  OUT may be - for standard output, in the spelling that IN is not
noctra form replay FILE [DATABASE] [--update]
  does the steps of FILE at a form, and says where what is seen is not what was recorded; DATABASE is a file, a URL or
  demo, an empty one in memory where none is named; --update writes what is seen into FILE";

/// Does what a command line beginning with `form` says; `None` where it begins otherwise.
pub(crate) fn command(arguments: &[OsString], style: Style) -> Option<ExitCode> {
    let words: Vec<&str> = arguments
        .iter()
        .map(|word| word.to_str().unwrap_or(""))
        .collect();
    Some(match words.as_slice() {
        ["form", "--help" | "-h"] | ["form", "convert" | "replay", "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        ["form", "convert", from, to] => convert(Path::new(from), to, style),
        ["form", "replay", file] => replayed(Path::new(file), None, false, style),
        ["form", "replay", file, "--update"] => replayed(Path::new(file), None, true, style),
        ["form", "replay", file, database] if !file.starts_with('-') => {
            replayed(Path::new(file), Some(database), false, style)
        }
        ["form", "replay", file, database, "--update"] => {
            replayed(Path::new(file), Some(database), true, style)
        }
        ["form"] | ["form", "convert" | "replay", ..] => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
        _ => return None,
    })
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

fn convert(from: &Path, to: &str, style: Style) -> ExitCode {
    let failed = |message: String| {
        eprintln!("noctra: {message}");
        ExitCode::FAILURE
    };
    let source = match read_source(from) {
        Ok(source) => source,
        Err(why) => return failed(format!("{}: {why}", from.display())),
    };
    let read = read_forms(&source);
    let (name, text) = (&source.name, &source.text);
    let mut sound = true;
    for (_, wrong) in &read {
        report::diagnostics(&mut io::stderr().lock(), wrong, name, text, style);
        sound &= !wrong.iter().any(|d| d.severity == Severity::Error);
    }
    if !sound {
        return ExitCode::FAILURE;
    }
    let toml = match to {
        "-" => !is_toml(from),
        to => is_toml(Path::new(to)),
    };
    let forms = read.iter().map(|(form, _)| form);
    let written = match (toml, read.as_slice()) {
        (_, []) => return failed(format!("{name}: it holds no form")),
        (true, [(form, _)]) => rql_forms::to_toml(form),
        (true, all) => {
            let message = format!(
                "{name}: it holds {} forms, and a file of TOML is one",
                all.len()
            );
            return failed(message);
        }
        (false, _) => {
            let blocks: Vec<String> = forms.map(rql_forms::to_block).collect();
            let parse = rql_grammar::parse(&blocks.join("\n"));
            rql_ast::format(&parse.ast, &rql_ast::FormatOptions::default())
        }
    };
    let done = match to {
        "-" => io::stdout().lock().write_all(written.as_bytes()),
        to => write_whole(Path::new(to), &written),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(format!("{to}: {error}")),
    }
}

fn write_whole(file: &Path, text: &str) -> io::Result<()> {
    let whole = WholeFile::create(file)?;
    whole.writer()?.write_all(text.as_bytes())?;
    whole.keep()
}

/// Does the recorded steps, and compares.
fn replayed(file: &Path, database: Option<&str>, update: bool, style: Style) -> ExitCode {
    let failed = |message: String| {
        eprintln!("noctra: {message}");
        ExitCode::FAILURE
    };
    let source = match read_source(file) {
        Ok(source) => source,
        Err(why) => return failed(format!("{}: {why}", file.display())),
    };
    let target = Target::parse(database.unwrap_or("sqlite::memory:"));
    let mut session = match target.and_then(Session::open) {
        Ok(session) => session,
        Err(error) => return failed(error.to_string()),
    };
    let Some(format) = Format::named("csv") else {
        return failed("there is no format csv".into());
    };
    let (seen, wrong) = match noctra_records::replay(&mut session, &source.text, format) {
        Ok(done) => done,
        Err(failure) => {
            let sink = || Box::new(io::sink());
            let mut out = Output::new(format, Options::default(), sink(), Box::new(io::stderr()));
            out.draw = report::draw(style);
            out.failure(&failure, &source);
            return ExitCode::FAILURE;
        }
    };
    if update {
        return match write_whole(file, &seen) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(format!("{}: {error}", file.display())),
        };
    }
    for mismatch in &wrong {
        eprintln!("{}:{}: {}", source.name, mismatch.line, mismatch.message);
    }
    match wrong.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
