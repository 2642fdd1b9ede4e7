//! Lenses over statements, and the commands behind them.

use crate::requests::Context;
use crate::routes::Answer;
use crate::schema;
use crate::server::Event;
use lsp_types::{
    CodeLens, CodeLensParams, Command as LspCommand, ExecuteCommandParams, Range, Uri,
};
use noctra_runtime::{Failure, Output, Source, sinks};
use rql::{Dialect, Stage};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A command: its arguments are the address of a document and a range, and what it asks for beyond: a dialect for
/// SQL, a format for rows.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    title: &'static str,
    run: fn(&Context, &Place) -> Result<Value, String>,
}

/// What a command is about.
struct Place {
    uri: Uri,
    range: Range,
    /// The third argument.
    beyond: Option<String>,
}

pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "rql.run",
        title: "Run",
        run: run_statement,
    },
    Command {
        name: "rql.explain",
        title: "Explain",
        run: |context, place| stage(context, place, Stage::Plan),
    },
    Command {
        name: "rql.showSql",
        title: "Show SQL",
        run: |context, place| stage(context, place, Stage::Sql),
    },
    Command {
        name: "rql.lineage",
        title: "Show where the columns come from",
        run: lineage,
    },
    Command {
        name: "rql.refresh",
        title: "Read the tables again",
        run: |context, _| {
            let _ = context.events.send(Event::Changed);
            Ok(Value::Null)
        },
    },
];

/// How many commands stand over each statement: those that are about one.
const LENSES: usize = 3;

pub(crate) fn lenses(context: &Context, params: CodeLensParams) -> Option<Vec<CodeLens>> {
    let document = context.document(&params.text_document.uri)?;
    let statements = document.snapshot.statements();
    let uri = json!(document.uri);
    let mut all = Vec::with_capacity(statements.len() * LENSES);
    for span in statements {
        let range = document.range(span);
        let place = json!(range);
        for command in &COMMANDS[..LENSES] {
            let arguments = vec![uri.clone(), place.clone()];
            all.push(CodeLens {
                range,
                command: Some(LspCommand {
                    title: command.title.to_owned(),
                    tooltip: None,
                    command: command.name.to_owned(),
                    arguments: Some(arguments),
                }),
                data: None,
            });
        }
    }
    Some(all)
}

pub(crate) fn execute(context: &Context, params: ExecuteCommandParams) -> Answer<Option<Value>> {
    let name = params.command;
    let arguments = params.arguments.unwrap_or_default();
    let run = || {
        let command = COMMANDS.iter().find(|command| command.name == name);
        let command = command.ok_or_else(|| {
            let known: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
            format!("{name} is no command; there are {}", known.join(", "))
        })?;
        (command.run)(context, &place(context, arguments)?).map(Some)
    };
    Answer(run())
}

/// The arguments of a command: a document, a range in it (or a position as a range), and what it asks for beyond.
fn place(context: &Context, arguments: Vec<Value>) -> Result<Place, String> {
    let mut arguments = arguments.into_iter();
    let uri = arguments
        .next()
        .and_then(|uri| serde_json::from_value(uri).ok());
    let range = arguments
        .next()
        .and_then(|it| serde_json::from_value(it).ok());
    let beyond = match arguments.next() {
        Some(Value::String(name)) => Some(name),
        _ => None,
    };
    let uri = match uri {
        Some(uri) => uri,
        // Without arguments: the only document that is open.
        None => {
            let mut all = context.documents.keys();
            let only = all.next().filter(|_| context.documents.len() == 1);
            let only = only.ok_or("the command wants a document and a range in it")?;
            only.clone()
        }
    };
    Ok(Place {
        uri,
        range: range.unwrap_or_default(),
        beyond,
    })
}

/// What a stage of the compiler makes of the statements that a range touches.
fn stage(context: &Context, place: &Place, stage: Stage) -> Result<Value, String> {
    let document = context
        .document(&place.uri)
        .ok_or("the document is not open")?;
    let span = document.span(place.range);
    let dialect = place.beyond.as_deref().map(str::parse::<Dialect>);
    let text = document
        .snapshot
        .explain(span, stage, dialect.transpose()?)?;
    Ok(Value::String(text))
}

/// Where the columns of the query at a place come from: for people, or as JSON where that is asked for.
fn lineage(context: &Context, place: &Place) -> Result<Value, String> {
    let document = context
        .document(&place.uri)
        .ok_or("the document is not open")?;
    let at = document.span(place.range).start;
    let found = document.snapshot.lineage(at);
    let lineage = found.ok_or("there is no query here")?;
    if place.beyond.as_deref() != Some("json") {
        return Ok(Value::String(lineage.to_string()));
    }
    let columns = lineage.columns.iter().map(|column| {
        let origins = column.origins.iter().map(|origin| {
            json!({ "table": origin.table, "column": origin.column, "through": origin.through })
        });
        json!({
            "name": column.name,
            "type": column.ty.to_string(),
            "computed": column.computed,
            "origins": origins.collect::<Vec<_>>(),
        })
    });
    Ok(json!({
        "columns": columns.collect::<Vec<_>>(),
        "tables": lineage.tables,
        "uses": lineage.uses,
    }))
}

/// What is written so far; shared, since an output owns what it writes to.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the statements that a range touches on a session of their own, behind what the text defines before
/// them, and gives what it prints.
fn run_statement(context: &Context, place: &Place) -> Result<Value, String> {
    let document = context
        .document(&place.uri)
        .ok_or("the document is not open")?;
    let text = document.snapshot.runnable(document.span(place.range));
    let configuration = schema::configuration(context.folder.as_deref())?;
    let wanted = context
        .origin
        .db
        .clone()
        .or_else(|| configuration.database.clone());
    let wanted = wanted.ok_or(
        "no database is named; start the server with --db, or say db = \"…\" in noctra.toml",
    )?;
    let failed = |error: noctra_runtime::Error| error.to_string();
    let database = configuration.connections.place(&wanted).map_err(failed)?;
    let session = context.database.session(database, configuration);
    let mut session = session.map_err(failed)?;
    let written = Written::default();
    let format = format(place.beyond.as_deref())?;
    let mut output = Output::new(
        format,
        sinks::Options::default(),
        Box::new(written.clone()),
        Box::new(written.clone()),
    );
    let name = place.uri.to_file_path().map_or_else(
        |()| place.uri.to_string(),
        |path| path.display().to_string(),
    );
    context.cancel.stops(session.cancel_handle());
    let source = Arc::new(Source::new(name, text));
    let ran = session.run_script(&source, &mut output);
    drop(output);
    // What reads the tables now borrows its connection.
    drop(session);
    let _ = context.events.send(Event::Changed);
    let bytes = written.0.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match ran {
        Ok(()) => Ok(Value::String(text)),
        Err(failure) => Err(text + &words(failure)),
    }
}

/// The format of that name; the first where none is named.
fn format(name: Option<&str>) -> Result<&'static sinks::Format, String> {
    match name {
        Some(name) => sinks::Format::named(name)
            .filter(|format| !format.is_binary())
            .ok_or_else(|| format!("{name} is no format that an editor can show")),
        None => sinks::FORMATS
            .first()
            .ok_or_else(|| "there are no formats".to_owned()),
    }
}

fn words(failure: Failure) -> String {
    match failure {
        Failure::Diagnostics(all) => {
            let all: Vec<String> = all.into_iter().map(|one| one.message).collect();
            all.join("\n")
        }
        Failure::Output(error) => error.to_string(),
        Failure::Cancelled => "cancelled".to_owned(),
        _ => "it failed".to_owned(),
    }
}
