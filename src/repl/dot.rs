//! Dot-commands: one table.

use crate::{Next, Repl};
use noctra_runtime::sinks::{FORMATS, Format};
use rql_diagnostics::did_you_mean;
use std::path::Path;

/// A command of the prompt itself.
#[derive(Debug)]
pub struct DotCommand {
    /// Its name, without the dot.
    pub name: &'static str,
    /// What psql calls it, without the backslash; empty where it has no such command.
    pub psql: &'static str,
    /// What it takes.
    pub arguments: &'static str,
    /// What it does.
    pub about: &'static str,
    run: fn(&mut Repl, &str) -> Result<Next, String>,
}

/// Every dot-command.
pub static COMMANDS: &[DotCommand] = &[
    DotCommand {
        name: "help",
        psql: "?",
        arguments: "",
        about: "list these commands",
        run: help,
    },
    DotCommand {
        name: "exit",
        psql: "",
        arguments: "",
        about: "leave (also Ctrl-D)",
        run: |_, _| Ok(Next::Exit),
    },
    DotCommand {
        name: "quit",
        psql: "q",
        arguments: "",
        about: "the same",
        run: |_, _| Ok(Next::Exit),
    },
    DotCommand {
        name: "tables",
        psql: "dt",
        arguments: "[PATTERN]",
        about: "list tables and views",
        run: tables,
    },
    DotCommand {
        name: "schema",
        psql: "d",
        arguments: "[TABLE]",
        about: "describe one table or all",
        run: schema,
    },
    DotCommand {
        name: "mode",
        psql: "",
        arguments: "[FORMAT]",
        about: "how results are written",
        run: mode,
    },
    DotCommand {
        name: "timing",
        psql: "timing",
        arguments: "on|off",
        about: "show how long statements take",
        run: timing,
    },
    DotCommand {
        name: "read",
        psql: "i",
        arguments: "FILE",
        about: "run a file",
        run: read,
    },
];

/// Runs a command, given with its dot, or as psql has it.
pub(crate) fn run(repl: &mut Repl, input: &str) -> Next {
    let (word, arguments) = input.split_once(char::is_whitespace).unwrap_or((input, ""));
    let name = &word[1..];
    let known = COMMANDS.iter().find(|command| match word.as_bytes() {
        [b'\\', ..] => !command.psql.is_empty() && command.psql == name,
        _ => command.name.eq_ignore_ascii_case(name),
    });
    let done = match known {
        Some(command) => (command.run)(repl, arguments.trim().trim_end_matches(';')),
        None => Err(
            match did_you_mean(name, COMMANDS.iter().map(|command| command.name)) {
                Some(near) => format!("there is no {word}; did you mean .{near}?"),
                None => format!("there is no {word}; .help lists the commands"),
            },
        ),
    };
    done.unwrap_or_else(|message| {
        say(repl, &message);
        Next::Continue
    })
}

fn say(repl: &mut Repl, message: &str) {
    use std::io::Write as _;
    // There is nowhere else to say it.
    let _ = writeln!(repl.output.narration, "{message}");
}

fn help(repl: &mut Repl, _: &str) -> Result<Next, String> {
    for command in COMMANDS {
        let usage = format!(".{} {}", command.name, command.arguments);
        let psql = match command.psql {
            "" => String::new(),
            psql => format!("\\{psql}"),
        };
        say(repl, &format!("{usage:<18} {psql:<8} {}", command.about));
    }
    say(
        repl,
        "Statements end with a semicolon; rqlc explain RQL0101 explains a code.",
    );
    Ok(Next::Continue)
}

fn tables(repl: &mut Repl, pattern: &str) -> Result<Next, String> {
    let like = match pattern {
        "" => String::new(),
        pattern => format!(" LIKE '{}'", pattern.replace('\'', "''")),
    };
    repl.rql(".tables", &format!("SHOW TABLES{like};"));
    Ok(Next::Continue)
}

fn schema(repl: &mut Repl, table: &str) -> Result<Next, String> {
    let names = match table {
        "" => {
            let tables = repl.session.tables().map_err(|error| error.to_string())?;
            tables.iter().map(|table| table.name.clone()).collect()
        }
        table => vec![table.to_owned()],
    };
    for name in names {
        say(repl, &name);
        repl.rql(
            ".schema",
            &format!("DESCRIBE \"{}\";", name.replace('"', "\"\"")),
        );
    }
    Ok(Next::Continue)
}

fn mode(repl: &mut Repl, name: &str) -> Result<Next, String> {
    if let Some(format) = Format::named(name) {
        repl.output.format = format;
        return Ok(Next::Continue);
    }
    if !name.is_empty() {
        let near = did_you_mean(name, FORMATS.iter().map(|format| format.name));
        let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        return Err(format!("there is no format {name}{near}"));
    }
    for format in FORMATS {
        let mark = if std::ptr::eq(format, repl.output.format) {
            '*'
        } else {
            ' '
        };
        say(repl, &format!("{mark} {:<8} {}", format.name, format.about));
    }
    Ok(Next::Continue)
}

fn timing(repl: &mut Repl, word: &str) -> Result<Next, String> {
    repl.output.timing = match word {
        "on" => true,
        "off" => false,
        "" => !repl.output.timing,
        _ => return Err(".timing takes on or off".into()),
    };
    Ok(Next::Continue)
}

fn read(repl: &mut Repl, file: &str) -> Result<Next, String> {
    if file.is_empty() {
        return Err(".read takes the name of a file".into());
    }
    let source = noctra_runtime::read_source(Path::new(file));
    repl.source(source.map_err(|why| format!("cannot read {file}: {why}"))?);
    Ok(Next::Continue)
}
