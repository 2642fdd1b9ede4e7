//! Texts of `rqlc`: read, formatted, and what is wrong with them told.

use crate::Diagnostics;
use noctra_repl::report::{self, Style};
use rql::Program;
use rql_diagnostics::{RenderOptions, Severity};
use rql_grammar::{Parse, parse_bytes};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn name(file: &Path) -> String {
    if file == Path::new("-") {
        return "stdin".into();
    }
    file.display().to_string()
}

pub(crate) fn code(sound: bool) -> ExitCode {
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

pub(crate) fn style(diagnostics: Diagnostics) -> Style {
    let terminal = io::stderr().is_terminal();
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let render = RenderOptions {
        color,
        unicode: terminal,
    };
    Style {
        json: matches!(diagnostics, Diagnostics::Json),
        render,
    }
}

/// Reads and parses a file, and reports what is wrong with it.
pub(crate) fn read(file: &Path, style: Style) -> io::Result<Parse> {
    let mut bytes = Vec::new();
    let name = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes)?;
        "stdin".to_owned()
    } else {
        let name = file.display().to_string();
        let add_name = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        bytes = std::fs::read(file).map_err(add_name)?;
        name
    };
    let parse = parse_bytes(&bytes);
    let mut err = io::stderr().lock();
    report::diagnostics(
        &mut err,
        &parse.diagnostics,
        &name,
        parse.ast.source(),
        style,
    );
    let errors = parse
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    if errors > 1 && !style.json {
        writeln!(err, "{name}: {errors} errors")?;
    }
    Ok(parse)
}

/// Formats a file in place, or says that it is not formatted; true where all is well.
pub(crate) fn format_file(file: &Path, check: bool, style: Style) -> io::Result<bool> {
    let parse = read(file, style)?;
    if !parse.is_ok() {
        return Ok(false);
    }
    let formatted = rql_ast::format(&parse.ast, &rql_ast::FormatOptions::default());
    if formatted == parse.ast.source().as_ref() {
        return Ok(true);
    }
    if check {
        eprintln!("{}: not formatted", file.display());
        return Ok(false);
    }
    // Beside the file and renamed, so that a failure leaves the old text whole.
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    std::fs::write(&temporary, formatted)?;
    std::fs::rename(&temporary, file)?;
    Ok(true)
}

/// Reports what is wrong with a text that was read from a file, and with those that it includes.
pub(crate) fn tell(program: &Program, file: &Path, parse: &Parse, style: Style) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for text in &program.included {
        let all = [&text.parse.diagnostics[..], &text.diagnostics].concat();
        report::diagnostics(&mut err, &all, &text.name, text.parse.ast.source(), style);
    }
    let source = parse.ast.source();
    report::diagnostics(&mut err, &program.diagnostics, &name(file), source, style);
    err.flush()
}
