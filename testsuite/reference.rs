//! The pages of the reference that are made of the tables of the programs: statements, commands and keys of the
//! prompt, settings, formats, codes.

use crate::manual::{MADE, Page};
use noctra_repl::{COMMANDS, KEYS};
use noctra_runtime::SETTINGS;
use noctra_runtime::sinks::{self, FORMATS};
use rql_ide::STATEMENTS;
use std::fmt::Write;

/// Every page.
pub(crate) fn pages() -> Vec<Page> {
    let page = |name: &str, text: String| (format!("reference/{name}.md"), text);
    vec![
        page("statements", statements()),
        page("commands", commands()),
        page("window-keys", window_keys()),
        page("settings", settings()),
        page("formats", formats()),
        page("errors", errors()),
    ]
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A text as code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

fn statements() -> String {
    let mut out = format!(
        "# Statements\n\n{MADE}Each with an example; [the language](../language.md) says more. At the prompt \
         `.help statements` lists them, `.help SELECT` shows one.\n"
    );
    for statement in STATEMENTS {
        let name = statement.name.replace(" | ", ", ");
        let about = statement.about;
        let _ = write!(
            out,
            "\n## {name}\n\n{about}\n\n```sql,parsed\n{}\n```\n",
            statement.example
        );
    }
    out
}

fn commands() -> String {
    let mut out = format!(
        "# Commands and keys of the prompt\n\n{MADE}`help` lists the commands, and `.help watch` shows one; Tab \
         completes them and what they take. Where psql has a command for the same, its name is one too. \
         Those that are not for a person alone also work behind `-c` and on a line of their own in what is piped to \
         `noctra`; a script has the RQL that they stand for.\n\n\
         | command | psql | what it does |\n| --- | --- | --- |\n"
    );
    for known in COMMANDS {
        let command = &known.command;
        let usage = format!(".{} {}", command.name, command.arguments);
        let psql = match command.psql {
            "" => String::new(),
            psql => code(&format!("\\{psql}")),
        };
        let _ = writeln!(
            out,
            "| {} | {psql} | {} |",
            code(usage.trim_end()),
            cell(command.about)
        );
    }
    out += "\n## Keys\n\n`.help keys` lists them. `.keys vi` gives the line vi's.\n\n| key | what it does |\n| --- | --- |\n";
    for (key, about) in KEYS {
        let _ = writeln!(out, "| {key} | {} |", cell(about));
    }
    out
}

fn window_keys() -> String {
    format!(
        "# Keys of the window manager\n\n{MADE}What they do in each mode of [the window manager](../window.md), and what \
         `screen_keys` calls that. Behind the first key stands one that every terminal has; Ctrl+P finds all of it by \
         its words.\n{}",
        noctra_tui::manual()
    )
}

fn settings() -> String {
    let mut out = format!(
        "# Settings\n\n{MADE}`SET timeout = 30;` changes one, `RESET timeout;` gives it its default again, `SHOW \
         timeout;` and `SHOW SETTINGS;` tell what holds. They stand in `noctra.toml` and in the environment, too: \
         [Configuration](../configuration.md). The default stands first.\n\n\
         | setting | values | meaning |\n| --- | --- | --- |\n"
    );
    for setting in SETTINGS {
        let values: Vec<String> = setting.values.iter().map(|value| code(value)).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            code(setting.name),
            values.join(", "),
            cell(setting.about)
        );
    }
    out
}

fn formats() -> String {
    let mut out = format!(
        "# Formats\n\n{MADE}How results are written: `--format NAME`, `.mode NAME` at the prompt, `OUTPUT TO 'file.NAME'` \
         and `EXPORT … TO 'file.NAME'`. Those for people have a footer and, on a terminal, cut what is too wide; \
         the others are whole. IMPORT reads those that are marked.\n\n| format | also | for | read | what it is |\n| --- | --- | --- | --- | --- |\n"
    );
    let read = noctra_runtime::formats_read();
    for format in FORMATS {
        let reader = if format.for_people {
            "people"
        } else {
            "programs"
        };
        let _ = writeln!(
            out,
            "| {} | {} | {reader} | {} | {} |",
            code(format.name),
            listed(format.also),
            if read.contains(&format.name) {
                "yes"
            } else {
                ""
            },
            cell(format.about)
        );
    }
    out.push_str(
        "\n## Options\n\n`OPTIONS (name = value, …)` behind EXPORT, OUTPUT TO and IMPORT; `--option NAME=VALUE` for what \
         `noctra` itself writes.\n\n| option | what it is | written | read |\n| --- | --- | --- | --- |\n",
    );
    let of = |formats: Option<&[&str]>| match formats {
        None => String::new(),
        Some([]) => "all".into(),
        Some(formats) => listed(formats),
    };
    for option in sinks::options() {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(option.name),
            cell(option.about),
            of(option.written),
            of(option.read)
        );
    }
    out
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
    names.join(", ")
}

fn errors() -> String {
    let all = rql_diagnostics::codes::all();
    let mut out = format!(
        "# Codes\n\n{MADE}Every message has one of these codes. `rqlc explain RQL0101` prints what stands here.\n\n\
         | codes | about |\n| --- | --- |\n"
    );
    for (from, about) in [
        (0, "text"),
        (1, "syntax"),
        (2, "names"),
        (3, "types"),
        (4, "parameters, macros and templates"),
        (5, "what does not run everywhere, or not yet"),
        (6, "databases"),
        (7, "running"),
        (8, "the command line"),
    ] {
        let _ = writeln!(out, "| RQL0{from}xx | {about} |");
    }
    for (code, title, text) in all {
        let _ = write!(out, "\n## {code}: {title}\n\n{}\n", text.trim());
    }
    out
}
