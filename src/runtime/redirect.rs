//! Results that go to a file: whole or not at all.

use crate::failure::Failure;
use crate::limits::{Access, Limits};
use crate::options;
use crate::output::Output;
use crate::session::Session;
use crate::sinks::{FORMATS, Format, Options};
use crate::{Value, WholeFile};
use rql_ast::{self as ast, Ast, AttributeValue, Expr, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A file that results go to for now.
#[derive(Debug)]
pub(crate) struct Redirection {
    pub(crate) format: &'static Format,
    pub(crate) options: Options,
    writer: BufWriter<File>,
    file: WholeFile,
}

impl Redirection {
    /// Opens the file; with `append`, what it holds comes first.
    fn open(
        path: &Path,
        format: &'static Format,
        options: Options,
        append: bool,
    ) -> io::Result<Self> {
        let file = WholeFile::create(path)?;
        let mut writer = BufWriter::new(file.writer()?);
        if append && path.exists() {
            io::copy(&mut File::open(path)?, &mut writer)?;
        }
        Ok(Self {
            format,
            options,
            writer,
            file,
        })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        let Self {
            mut writer, file, ..
        } = self;
        writer.flush()?;
        drop(writer);
        file.keep()
    }
}

impl Write for Redirection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The format that a file's ending names.
fn format_of(path: &Path) -> Option<&'static Format> {
    let ending = path.extension()?.to_str()?;
    match ending.to_ascii_lowercase().as_str() {
        "txt" => Format::named("box"),
        "ndjson" => Format::named("jsonl"),
        "md" => Format::named("markdown"),
        "htm" => Format::named("html"),
        other => Format::named(other),
    }
}

impl Session {
    /// `OUTPUT TO 'f' FORMAT …`: the results that follow go to a file, until `OUTPUT TO STDOUT`.
    pub(crate) fn output_to(
        &mut self,
        ast: &Ast,
        transfer: ast::Transfer,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        out.end_redirection()?;
        let stdout = |file: &Id<Expr>| {
            let word = ast.text(ast[*file].span);
            ast[*file].kind != ExprKind::String && word.eq_ignore_ascii_case("stdout")
        };
        let Some(file) = transfer.file.filter(|file| !stdout(file)) else {
            return Ok(());
        };
        // A file gets everything: no width of a terminal cuts it.
        let options = Options {
            width: None,
            color: false,
            ..out.options.clone()
        };
        let redirection = self.redirection(ast, transfer, (file, span), options, out)?;
        out.redirect(redirection);
        Ok(())
    }

    /// The name of a file.
    pub(crate) fn file_name(
        &mut self,
        ast: &Ast,
        file: Id<Expr>,
        out: &mut Output,
    ) -> Result<String, Failure> {
        match self.evaluate(ast, file, out)? {
            Value::Text(name) => Ok(name),
            other => Err(
                Diagnostic::error(codes::FILE_ERROR, "a file's name is a text")
                    .label(ast[file].span, format!("this is {}", other.shown()))
                    .into(),
            ),
        }
    }

    /// Opens the file of OUTPUT and EXPORT, with what stands behind it.
    pub(crate) fn redirection(
        &mut self,
        ast: &Ast,
        transfer: ast::Transfer,
        (file, span): (Id<Expr>, Span),
        mut options: Options,
        out: &mut Output,
    ) -> Result<Redirection, Failure> {
        let name = self.file_name(ast, file, out)?;
        let mut format = format_of(Path::new(&name));
        let mut append = false;
        for attribute in &ast[transfer.attributes] {
            match (ast.name(attribute.name).as_ref(), attribute.value) {
                ("append", AttributeValue::None) => append = true,
                ("format", AttributeValue::Expr(value)) => format = Some(named(ast, value)?),
                ("options", AttributeValue::List(items)) => {
                    for &item in &ast[items] {
                        self.output_option(ast, item, &mut options, out)?;
                    }
                }
                (other, _) => {
                    let message = format!("a file that is written takes no {other}");
                    return Err(Diagnostic::error(codes::NOT_EXECUTABLE_YET, message)
                        .label(attribute.span, "FORMAT, APPEND and OPTIONS run")
                        .into());
                }
            }
        }
        let Some(format) = format else {
            let message = format!("which format {name} has is not clear");
            let names: Vec<_> = FORMATS.iter().map(|f| f.name).collect();
            return Err(Diagnostic::error(codes::FILE_ERROR, message)
                .label(span, "its ending names none")
                .help(format!("FORMAT and one of {}", names.join(", ")))
                .into());
        };
        let path = Path::new(&name);
        let path = Limits(&self.settings).file_at(path, Access::Write, ast[file].span)?;
        // The names of columns stand once in a file.
        let more = append && std::fs::metadata(&path).is_ok_and(|file| file.len() > 0);
        options.header &= !more;
        let opened = Redirection::open(&path, format, options, append);
        opened.map_err(|error| {
            Failure::from(
                Diagnostic::error(codes::FILE_ERROR, format!("cannot write {name}: {error}"))
                    .label(ast[file].span, "this file"),
            )
        })
    }

    /// `header = false`, `delimiter = ';'`, `null = 'NA'` of OPTIONS.
    fn output_option(
        &mut self,
        ast: &Ast,
        item: Id<Expr>,
        written: &mut Options,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast[item].span;
        let (name, place, right) = options::named(ast, item)?;
        match (name.as_str(), self.evaluate(ast, right, out)?) {
            ("header", Value::Boolean(header)) => written.header = header,
            ("header", _) => return Err(options::wrong("header is TRUE or FALSE", span)),
            ("null", value) => written.null = Some(value.as_ref().to_string()),
            ("table", value) => written.table = Some(value.as_ref().to_string()),
            ("delimiter", value) => written.delimiter = Some(options::delimiter(&value, span)?),
            (other, _) => {
                let known = &["header", "delimiter", "null", "table"];
                return Err(options::unknown(
                    "a file that is written",
                    other,
                    place,
                    known,
                ));
            }
        }
        Ok(())
    }
}

fn named(ast: &Ast, value: Id<Expr>) -> Result<&'static Format, Failure> {
    let span = ast[value].span;
    let name = match ast[value].kind {
        ExprKind::String => ast.string(span).into_owned(),
        _ => ast.text(span).to_owned(),
    };
    // `table` is what language and people call the box.
    let wanted = if name.eq_ignore_ascii_case("table") {
        "box"
    } else {
        &name
    };
    Format::named(wanted).ok_or_else(|| {
        let error = Diagnostic::error(codes::FILE_ERROR, format!("there is no format {name}"));
        let label = "no output format of this name";
        let error = error.label(span, label);
        match did_you_mean(&name, FORMATS.iter().map(|format| format.name)) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error,
        }
        .into()
    })
}
