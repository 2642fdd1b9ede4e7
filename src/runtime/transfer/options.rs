//! `OPTIONS (name = value, …)` of what reads and writes files: one entry of [`OPTIONS`] for each option.

use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::sinks::{self, Format, Options};
use crate::transfer::destination::refused;
use crate::transfer::import::{Reading, Sheet};
use rql_ast::{Arg, ArgLabel, Ast, BinaryOp, Expr, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// Takes a value; the message says what it would take.
type Set<T> = fn(&mut T, &Value) -> Result<(), &'static str>;

/// The formats that an option is for, and how it is set there.
type Side<T> = (&'static [&'static str], Set<T>);

/// An option, for files that are written and for those that are read.
struct Choice {
    name: &'static str,
    about: &'static str,
    written: Option<Side<Options>>,
    read: Option<Side<Reading>>,
}

const DELIMITED: &[&str] = &["csv", "tsv"];
/// Formats of cells that have names above them.
const TABLES: &[&str] = &["csv", "tsv", "box", "ascii", "markdown", "html", "xlsx"];
/// Formats whose cells are texts that people read.
const TEXTS: &[&str] = &["csv", "tsv", "box", "ascii", "expanded", "markdown", "html"];
/// Formats whose NULL is a text, or nothing.
const NULLS: &[&str] = &[
    "csv", "tsv", "box", "ascii", "expanded", "markdown", "html", "xlsx",
];
const SHEETS: &[&str] = &["csv", "tsv", "xlsx"];
const EVERY: &[&str] = &[];

/// Every option.
static OPTIONS: &[Choice] = &[
    Choice {
        name: "header",
        about: "the names of the columns stand in the first line",
        written: Some((TABLES, |to, value| flag(value).map(|on| to.header = on))),
        read: Some((SHEETS, |to, value| flag(value).map(|on| to.header = on))),
    },
    Choice {
        name: "delimiter",
        about: "what stands between values",
        written: Some((DELIMITED, |to, value| {
            delimiter(value).map(|byte| to.delimiter = Some(byte))
        })),
        read: Some((DELIMITED, |to, value| {
            delimiter(value).map(|byte| to.delimiter = Some(byte))
        })),
    },
    Choice {
        name: "null",
        about: "what stands for NULL",
        written: Some((NULLS, |to, value| {
            to.null = Some(value.as_ref().to_string());
            Ok(())
        })),
        read: Some((SHEETS, |to, value| {
            to.null = value.as_ref().to_string();
            Ok(())
        })),
    },
    Choice {
        name: "decimal_separator",
        about: "what stands before the fraction of a number",
        written: Some((TEXTS, |to, value| {
            separator(value).map(|c| to.notation.decimal = c)
        })),
        read: Some((DELIMITED, |to, value| {
            separator(value).map(|c| to.notation.decimal = c)
        })),
    },
    Choice {
        name: "thousands",
        about: "what stands between each three digits",
        written: Some((TEXTS, |to, value| {
            thousands(value).map(|c| to.notation.thousands = c)
        })),
        read: Some((DELIMITED, |to, value| {
            thousands(value).map(|c| to.notation.thousands = c)
        })),
    },
    Choice {
        name: "date_format",
        about: "the template of `to_char` of a day",
        written: Some((TEXTS, |to, value| {
            template(value).map(|t| to.notation.date = Some(t))
        })),
        read: Some((DELIMITED, |to, value| {
            template(value).map(|t| to.notation.date = Some(t))
        })),
    },
    Choice {
        name: "timestamp_format",
        about: "the template of `to_char` of a day with a time",
        written: Some((TEXTS, |to, value| {
            template(value).map(|t| to.notation.timestamp = Some(t))
        })),
        read: Some((DELIMITED, |to, value| {
            template(value).map(|t| to.notation.timestamp = Some(t))
        })),
    },
    Choice {
        name: "table",
        about: "the table that INSERTs name",
        written: Some((&["sql"], |to, value| {
            to.table = Some(value.as_ref().to_string());
            Ok(())
        })),
        read: None,
    },
    Choice {
        name: "sheet",
        about: "the sheet: its name, or when read its number",
        written: Some((&["xlsx"], |to, value| match value {
            Value::Text(name) if sinks::is_sheet(name) => {
                to.sheet = Some(name.clone());
                Ok(())
            }
            _ => Err("a name of at most 31 letters, without [ ] : * ? / \\"),
        })),
        read: Some((&["xlsx"], |to, value| {
            to.sheet = match value {
                Value::Text(name) => Sheet::Named(name.clone()),
                Value::Integer(at @ 1..) => Sheet::At(usize::try_from(*at).unwrap_or(usize::MAX)),
                _ => return Err("the name of a sheet, or its number from 1"),
            };
            Ok(())
        })),
    },
    Choice {
        name: "range",
        about: "cells, as 'B2:F100', or 'B2' for all from there on",
        written: None,
        read: Some((&["xlsx"], |to, value| match value {
            Value::Text(text) => match text.parse() {
                Ok(range) => {
                    to.range = range;
                    Ok(())
                }
                Err(()) => Err("cells, as 'B2:F100', or 'B2' for all from there on"),
            },
            _ => Err("cells, as 'B2:F100', or 'B2' for all from there on"),
        })),
    },
    Choice {
        name: "sample",
        about: "how many records are looked at for the types",
        written: None,
        read: Some((EVERY, |to, value| count(value).map(|n| to.sample = Some(n)))),
    },
    Choice {
        name: "max_errors",
        about: "how many records may be left out",
        written: None,
        read: Some((EVERY, |to, value| count(value).map(|n| to.max_errors = n))),
    },
];

/// An option as a page tells of it.
#[derive(Debug)]
pub struct Told {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The formats that it is for when they are written: an empty list is every one.
    pub written: Option<&'static [&'static str]>,
    /// The same when they are read.
    pub read: Option<&'static [&'static str]>,
}

/// Every option.
pub fn told() -> impl Iterator<Item = Told> {
    OPTIONS.iter().map(|choice| Told {
        name: choice.name,
        about: choice.about,
        written: choice.written.as_ref().map(|side| side.0),
        read: choice.read.as_ref().map(|side| side.0),
    })
}

fn flag(value: &Value) -> Result<bool, &'static str> {
    match value {
        Value::Boolean(on) => Ok(*on),
        Value::Text(text) if text == "true" => Ok(true),
        Value::Text(text) if text == "false" => Ok(false),
        _ => Err("TRUE or FALSE"),
    }
}

fn count(value: &Value) -> Result<u64, &'static str> {
    match value {
        Value::Integer(count) => u64::try_from(*count).map_err(|_| "a number of records"),
        _ => Err("a number of records"),
    }
}

fn delimiter(value: &Value) -> Result<u8, &'static str> {
    match *value.as_ref().to_string().as_bytes() {
        [b'"' | b'\n' | b'\r'] => Err("a character that tells values apart"),
        [delimiter] if delimiter.is_ascii() => Ok(delimiter),
        _ => Err("one ASCII character"),
    }
}

fn separator(value: &Value) -> Result<char, &'static str> {
    thousands(value)?.ok_or("one character that is no digit")
}

fn thousands(value: &Value) -> Result<Option<char>, &'static str> {
    let text = value.as_ref().to_string();
    let mut all = text.chars();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(c), None) if !c.is_alphanumeric() && !c.is_control() && !"+-".contains(c) => {
            Ok(Some(c))
        }
        _ => Err("one character that is no digit"),
    }
}

fn template(value: &Value) -> Result<String, &'static str> {
    use rql::templates::{Piece, pieces};
    match value {
        Value::Text(template)
            if pieces(template)
                .iter()
                .any(|piece| matches!(piece, Piece::Pattern { .. })) =>
        {
            Ok(template.clone())
        }
        _ => Err("a template of to_char, as 'DD.MM.YYYY'"),
    }
}

/// Why an option is not taken.
enum Wrong {
    Unknown,
    /// It is for these formats.
    Elsewhere(&'static [&'static str]),
    /// It takes this.
    Takes(&'static str),
}

fn apply<T>(
    side: fn(&Choice) -> Option<&Side<T>>,
    to: &mut T,
    format: &str,
    name: &str,
    value: &Value,
) -> Result<(), Wrong> {
    let choice = OPTIONS.iter().find(|choice| choice.name == name);
    let (formats, set) = choice.and_then(side).ok_or(Wrong::Unknown)?;
    if !formats.is_empty() && !formats.contains(&format) {
        return Err(Wrong::Elsewhere(formats));
    }
    set(to, value).map_err(Wrong::Takes)
}

/// Sets an option of what is written, given as a text.
///
/// # Errors
/// In words, why it is not taken.
pub fn set_written(
    to: &mut Options,
    format: &Format,
    name: &str,
    text: &str,
) -> Result<(), String> {
    let value = Value::Text(text.to_owned());
    let name = name.to_ascii_lowercase();
    apply(written, to, format.name, &name, &value).map_err(|wrong| match wrong {
        Wrong::Unknown => match did_you_mean(&name, known(written)) {
            Some(near) => format!("there is no option {name}; did you mean {near}?"),
            None => {
                let all: Vec<&str> = known(written).collect();
                format!("there is no option {name}; there are {}", all.join(", "))
            }
        },
        Wrong::Elsewhere(formats) => {
            let format = format.name;
            format!(
                "{format} has no option {name}; it is for {}",
                formats.join(", ")
            )
        }
        Wrong::Takes(what) => format!("the option {name} takes {what}, not {text}"),
    })
}

fn written(choice: &Choice) -> Option<&Side<Options>> {
    choice.written.as_ref()
}

fn read(choice: &Choice) -> Option<&Side<Reading>> {
    choice.read.as_ref()
}

fn known<T: 'static>(side: fn(&Choice) -> Option<&T>) -> impl Iterator<Item = &'static str> {
    OPTIONS
        .iter()
        .filter(move |choice| side(choice).is_some())
        .map(|choice| choice.name)
}

impl Session {
    /// Sets the options of a file that is written.
    pub(crate) fn options_written(
        &mut self,
        ast: &Ast,
        items: &[Id<Expr>],
        format: &Format,
        to: &mut Options,
        out: &mut Output,
    ) -> Result<(), Failure> {
        for &item in items {
            let (name, place, right) = named(ast, item)?;
            let value = self.evaluate(ast, right, out)?;
            apply(written, to, format.name, &name, &value).map_err(|wrong| {
                refusal(wrong, written, format.name, (&name, place), ast[right].span)
            })?;
        }
        same(to.notation.decimal, to.notation.thousands, ast, items)
    }

    /// Sets the options of a file that is read.
    pub(crate) fn options_read(
        &mut self,
        ast: &Ast,
        items: &[Id<Expr>],
        to: &mut Reading,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let format = to.format.name;
        for &item in items {
            let (name, place, right) = named(ast, item)?;
            let value = self.evaluate(ast, right, out)?;
            apply(read, to, format, &name, &value)
                .map_err(|wrong| refusal(wrong, read, format, (&name, place), ast[right].span))?;
        }
        same(to.notation.decimal, to.notation.thousands, ast, items)
    }
}

/// The options of DuckDB's functions that read files, and what they are called here.
const READERS: &[(&str, &str)] = &[
    ("header", "header"),
    ("delim", "delimiter"),
    ("delimiter", "delimiter"),
    ("sep", "delimiter"),
    ("nullstr", "null"),
    ("null", "null"),
    ("decimal_separator", "decimal_separator"),
    ("thousands", "thousands"),
    ("sample_size", "sample"),
];

/// Sets the options of a file that a function in FROM reads: the arguments behind the first,
/// whose values `value` gives.
pub(crate) fn reader_options(
    ast: &Ast,
    args: &[Arg],
    place: Span,
    to: &mut Reading,
    value_of: &mut dyn FnMut(Id<Expr>) -> Result<Value, Failure>,
) -> Result<(), Failure> {
    let format = to.format.name;
    for arg in args.iter().skip(1) {
        let (name, value) = match (arg.label, ast[arg.value].kind) {
            (ArgLabel::Assign(name) | ArgLabel::Arrow(name), _) => {
                (ast.name(name).to_ascii_lowercase(), arg.value)
            }
            _ => {
                let (name, _, value) = named(ast, arg.value)?;
                (name, value)
            }
        };
        let ours = READERS.iter().find(|(theirs, _)| *theirs == name);
        let Some((_, ours)) = ours else {
            let message = format!("the option {name} is DuckDB's");
            let error = refused(
                codes::NOT_PORTABLE,
                message,
                place,
                "it reads this file there",
            );
            let all: Vec<&str> = READERS.iter().map(|(theirs, _)| *theirs).collect();
            let help = format!("elsewhere there are {}", all.join(", "));
            return Err(error.help(help).into());
        };
        let value = value_of(value)?;
        // All of them.
        if *ours == "sample" && value == Value::Integer(-1) {
            continue;
        }
        apply(read, to, format, ours, &value)
            .map_err(|wrong| refusal(wrong, read, format, (ours, place), place))?;
    }
    Ok(())
}

/// One character cannot be both separators.
fn same(
    decimal: char,
    thousands: Option<char>,
    ast: &Ast,
    items: &[Id<Expr>],
) -> Result<(), Failure> {
    match (Some(decimal) == thousands, items.last()) {
        (true, Some(&item)) => {
            let message = "thousands and decimal_separator are the same";
            let error = refused(codes::FILE_ERROR, message, ast[item].span, "not both");
            Err(error
                .help("decimal_separator = ',' goes with thousands = '.'")
                .into())
        }
        _ => Ok(()),
    }
}

/// The name of an option, its place, and its value.
fn named(ast: &Ast, item: Id<Expr>) -> Result<(String, Span, Id<Expr>), Failure> {
    match ast[item].kind {
        ExprKind::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } => {
            let span = ast[left].span;
            Ok((ast.text(span).to_ascii_lowercase(), span, right))
        }
        _ => {
            let message = "an option has a value, written as name = value";
            Err(refused(codes::FILE_ERROR, message, ast[item].span, "not this").into())
        }
    }
}

fn refusal<T: 'static>(
    wrong: Wrong,
    side: fn(&Choice) -> Option<&T>,
    format: &str,
    (name, place): (&str, Span),
    value: Span,
) -> Failure {
    let error = match wrong {
        Wrong::Takes(what) => {
            let message = format!("{name} takes {what}");
            refused(codes::FILE_ERROR, message, value, "not this")
        }
        Wrong::Elsewhere(formats) => {
            let message = format!("{format} has no option {name}");
            let error = refused(codes::UNKNOWN_ATTRIBUTE, message, place, "of other formats");
            error.help(format!("it is for {}", formats.join(", ")))
        }
        Wrong::Unknown => {
            let message = format!("a file of {format} has no option {name}");
            let error = refused(codes::UNKNOWN_ATTRIBUTE, message, place, "not known here");
            match did_you_mean(name, known(side)) {
                Some(near) => error.suggest(format!("did you mean {near}?"), place, near),
                None => {
                    let all: Vec<&str> = known(side).collect();
                    error.help(format!("there are {}", all.join(", ")))
                }
            }
        }
    };
    error.into()
}

/// The ending of a file is that of none of the formats; `way` is how its format is said, before their names.
pub(crate) fn unclear(file: &str, place: Span, names: &[&str], way: &str) -> Diagnostic {
    let message = format!("which format {file} has is not clear");
    let error = Diagnostic::error(codes::FILE_ERROR, message).label(place, "its ending names none");
    let all = format!("{way} {}", names.join(", "));
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    match did_you_mean(ending, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean .{near}? Else {all}")),
        None => error.help(all),
    }
}
