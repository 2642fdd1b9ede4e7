//! `rqlc check`: what is wrong with texts, and what they must be given.

use crate::against::Against;
use crate::form;
use crate::texts::{code, name, read, tell};
use noctra_repl::report::Style;
use rql::Program;
use rql_diagnostics::{Diagnostic, Severity, codes};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) fn check(
    files: &[PathBuf],
    syntax: bool,
    against: &Against,
    style: Style,
) -> io::Result<ExitCode> {
    let schema = if syntax {
        None
    } else {
        Some(against.open(style)?.with_files())
    };
    let mut sound = true;
    for file in files {
        if file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
        {
            sound &= form::check(file, schema.as_ref(), style)?;
            continue;
        }
        let parse = read(file, style)?;
        sound &= parse.is_ok();
        let Some(schema) = &schema else { continue };
        for &dialect in &schema.dialects {
            let mut program = schema.program(&parse.ast, file, dialect, &mut |_, _, _| {});
            program
                .diagnostics
                .extend(form::wrong(&parse.ast, file, dialect, schema));
            only_warn(&mut program);
            tell(&program, file, &parse, style)?;
            sound &= program.is_sound();
            if parse.is_ok() && program.is_sound() && dialect == schema.dialects[0] {
                signature(file, &program)?;
            }
        }
        for dialect in schema.others() {
            let mut program = schema.program(&parse.ast, file, dialect, &mut |_, _, _| {});
            only_warn(&mut program);
            for all in diagnostics(&mut program) {
                all.retain(|diagnostic| diagnostic.code == codes::UNKNOWN_TYPE);
            }
            // What is wrong with the syntax of an included text has been said.
            for text in &mut program.included {
                text.parse.diagnostics.clear();
            }
            tell(&program, file, &parse, style)?;
        }
    }
    Ok(code(sound))
}

/// It says nothing about a text that this version does not run it yet, or that nobody has said which types
/// there are.
pub(crate) fn only_warn(program: &mut Program) {
    for diagnostic in diagnostics(program).flatten() {
        if matches!(
            diagnostic.code,
            codes::NOT_EXECUTABLE_YET | codes::UNKNOWN_TYPE
        ) {
            diagnostic.severity = Severity::Warning;
        }
    }
}

/// What is said of a program and of the texts that it includes.
fn diagnostics(program: &mut Program) -> impl Iterator<Item = &mut Vec<Diagnostic>> {
    let included = program.included.iter_mut();
    let included = included.map(|text| &mut text.diagnostics);
    std::iter::once(&mut program.diagnostics).chain(included)
}

/// The parameters of a program, one a line.
pub(crate) fn signature(file: &Path, program: &Program) -> io::Result<()> {
    if program.parameters.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}:", name(file))?;
    let columns = |p: &rql::Parameter| {
        let ty = match p.ty {
            rql::Type::Unknown => "any".to_owned(),
            ty => ty.to_string(),
        };
        (p.name.clone(), ty)
    };
    let rows: Vec<_> = program.parameters.iter().map(|p| (columns(p), p)).collect();
    let names = rows.iter().map(|row| row.0.0.chars().count()).max();
    let types = rows.iter().map(|row| row.0.1.chars().count()).max();
    let (names, types) = (names.unwrap_or(0), types.unwrap_or(0));
    for ((name, ty), parameter) in &rows {
        let null = if parameter.nullable {
            "nullable"
        } else {
            "not null"
        };
        let need = match &parameter.default {
            Some(default) => format!("default {default}"),
            None if parameter.perhaps_set => "required unless a branch sets it".into(),
            None => "required".into(),
        };
        writeln!(out, "  {name:names$}  {ty:types$}  {null}  {need}")?;
    }
    Ok(())
}
