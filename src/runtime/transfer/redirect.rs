//! Results that go to a file: whole or not at all.

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::output::{Course, Output};
use crate::session::Session;
use crate::sinks::{FORMATS, Format, Options, Several};
use crate::transfer::options::unclear;
use crate::{Value, WholeFile};
use rql_ast::{self as ast, Ast, AttributeValue, Expr, ExprKind, Id};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A file that results go to for now.
#[derive(Debug)]
pub(crate) struct Redirection {
    pub(crate) format: &'static Format,
    pub(crate) options: Options,
    pub(crate) path: PathBuf,
    pub(crate) course: Rc<Course>,
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
            path: path.to_owned(),
            course: Rc::default(),
            writer,
            file,
        })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        let Self {
            mut writer,
            file,
            format,
            course,
            ..
        } = self;
        if format.several == Several::List && course.begun.get() > 1 {
            writer.write_all(b"]\n")?;
            writer.rewind()?;
            writer.write_all(b"[")?;
        }
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

impl Session {
    /// `OUTPUT TO 'f' FORMAT …`: the results that follow go to a file, until `OUTPUT TO STDOUT`.
    pub(crate) fn output_to(
        &mut self,
        ast: &Ast,
        transfer: ast::Transfer,
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
        let mut redirection = self.redirection(ast, transfer, file, options, out)?;
        if redirection.format.several == Several::List {
            // A blank says nothing in JSON: room for the bracket around several results.
            redirection.write_all(b" ")?;
        }
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
        file: Id<Expr>,
        mut options: Options,
        out: &mut Output,
    ) -> Result<Redirection, Failure> {
        let name = self.file_name(ast, file, out)?;
        let mut format = Format::of_file(Path::new(&name));
        let mut append = None;
        let mut wanted = Vec::new();
        for attribute in &ast[transfer.attributes] {
            match (ast.name(attribute.name).as_ref(), attribute.value) {
                ("append", AttributeValue::None) => append = Some(attribute.span),
                ("format", AttributeValue::Expr(value)) => format = Some(named(ast, value)?),
                ("options", AttributeValue::List(items)) => wanted.extend(&ast[items]),
                (other, _) => {
                    let message = format!("a file that is written takes no {other}");
                    return Err(Diagnostic::error(codes::NOT_EXECUTABLE_YET, message)
                        .label(attribute.span, "FORMAT, APPEND and OPTIONS run")
                        .into());
                }
            }
        }
        let Some(format) = format else {
            let names: Vec<_> = FORMATS.iter().map(|f| f.name).collect();
            return Err(unclear(&name, ast[file].span, &names, "FORMAT and one of").into());
        };
        self.options_written(ast, &wanted, format, &mut options, out)?;
        if let Some(place) = append
            && format.several != Several::Follow
        {
            let message = format!("a file of {} is one whole", format.name);
            let error = Diagnostic::error(codes::FILE_ERROR, message);
            return Err(error
                .label(place, "nothing can be added")
                .help("csv, tsv, jsonl and sql grow")
                .into());
        }
        let append = append.is_some();
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
