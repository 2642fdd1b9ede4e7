//! `.help`: the commands, and whatever else there is to know, from the tables that it is made of.

use crate::dot::{COMMANDS, unknown};
use crate::{Next, Repl};
use noctra_runtime::SETTINGS;
use noctra_runtime::sinks::FORMATS;
use rql_ide::{Command, STATEMENTS, Statement};

/// The keys of the line, and what each does.
pub static KEYS: &[(&str, &str)] = &[
    (
        "Enter",
        "runs what is complete, and begins a new line otherwise",
    ),
    (
        "Tab, Shift-Tab",
        "completes what may stand there; again: the next, the one before",
    ),
    (
        "→",
        "takes the faint rest of the line, which began so before",
    ),
    (
        "↑ ↓",
        "move in the statement, and beyond it through the history",
    ),
    (
        "Ctrl-R",
        "searches the history: a few letters, 'exact, ^beginning, !without",
    ),
    ("Ctrl-X Ctrl-E", "opens the line in $VISUAL or $EDITOR"),
    ("Ctrl-C", "drops the line, and cancels what runs"),
    ("Ctrl-D", "leaves"),
    ("Ctrl-L", "clears the screen"),
    ("Ctrl-A, Ctrl-E", "to the beginning of the line, to its end"),
    (
        "Ctrl-K, Ctrl-U",
        "cuts what is behind the cursor, what is before it; Ctrl-Y puts it back",
    ),
];

/// What can be asked about beside a command or a statement.
struct Topic {
    name: &'static str,
    about: &'static str,
    tell: fn(&mut Repl),
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "statements",
        about: "what can be written; .help SELECT shows one",
        tell: statements,
    },
    Topic {
        name: "keys",
        about: "the keys of the line",
        tell: |repl| listed(repl, KEYS.iter().copied()),
    },
    Topic {
        name: "formats",
        about: "how results can be written: .mode and OUTPUT TO",
        tell: |repl| {
            listed(
                repl,
                FORMATS.iter().map(|format| (format.name, format.about)),
            )
        },
    },
    Topic {
        name: "settings",
        about: "what SET changes",
        tell: |repl| {
            listed(
                repl,
                SETTINGS.iter().map(|setting| (setting.name, setting.about)),
            );
            repl.say("SHOW SETTINGS tells what each is, what it can be, and from where it is so.");
        },
    },
];

/// The names of the topics, for completion.
pub(crate) const TOPIC_NAMES: &[&str] = &[
    TOPICS[0].name,
    TOPICS[1].name,
    TOPICS[2].name,
    TOPICS[3].name,
];

pub(crate) fn usage(command: &Command) -> String {
    format!(".{} {}", command.name, command.arguments)
        .trim_end()
        .to_owned()
}

fn psql(command: &Command) -> String {
    match command.psql {
        "" => String::new(),
        psql => format!("\\{psql}"),
    }
}

/// Lines of two columns.
fn listed<'a>(repl: &mut Repl, rows: impl Iterator<Item = (&'a str, &'a str)> + Clone) {
    let width = rows.clone().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0);
    for (name, about) in rows {
        repl.say(&format!("{name:<width$}  {about}"));
    }
}

fn statements(repl: &mut Repl) {
    let first = |statement: &'static Statement| statement.name.split(" | ").next().unwrap_or("");
    let rows = STATEMENTS
        .iter()
        .map(|statement| (first(statement), statement.about));
    listed(repl, rows);
}

pub(crate) fn help(repl: &mut Repl, name: &str) -> Result<Next, String> {
    if name.is_empty() {
        commands(repl);
        return Ok(Next::Continue);
    }
    let word = name.to_lowercase();
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == word) {
        (topic.tell)(repl);
        return Ok(Next::Continue);
    }
    let dotted = format!(".{}", word.trim_start_matches(['.', '\\']));
    let all = COMMANDS.iter().map(|known| &known.command);
    // A command by its sign, or where no statement begins so.
    let is_command = name.starts_with(['.', '\\']);
    let statement = Statement::named(name).filter(|_| !is_command);
    let command = all
        .clone()
        .find(|command| command.is(name) || command.is(&dotted));
    if let Some(statement) = statement {
        repl.say(&format!(
            "{}: {}\n  {}",
            statement.name, statement.about, statement.example
        ));
    }
    match command {
        Some(command) => {
            let alias = match psql(command).as_str() {
                "" => String::new(),
                alias => format!(" (psql's {alias})"),
            };
            repl.say(&format!("{}{alias}\n  {}", usage(command), command.about));
        }
        None if statement.is_none() => return Err(unknown(&dotted)),
        None => {}
    }
    Ok(Next::Continue)
}

fn commands(repl: &mut Repl) {
    let all = || COMMANDS.iter().map(|known| &known.command);
    let wide = |command: &&Command| usage(command).chars().count() <= 24;
    let width = all()
        .filter(wide)
        .map(|command| usage(command).len())
        .max()
        .unwrap_or(0);
    for command in all() {
        let usage = usage(command);
        let line = match usage.chars().count() > width {
            true => format!("{usage}\n{:width$}", ""),
            false => format!("{usage:<width$}"),
        };
        repl.say(&format!("{line}  {:<9}  {}", psql(command), command.about));
    }
    repl.say("");
    for topic in TOPICS {
        repl.say(&format!(
            "{:<width$}  {:<9}  {}",
            format!(".help {}", topic.name),
            "",
            topic.about
        ));
    }
    repl.say(
        "\nStatements end with a semicolon. Tab completes, Ctrl-R searches the history,\n\
         Ctrl-C drops the line or cancels what runs. rqlc explain RQL0101 explains a\n\
         code.",
    );
}

#[cfg(test)]
mod tests {
    use super::{TOPIC_NAMES, TOPICS};

    #[test]
    fn every_topic_is_completed() {
        assert_eq!(TOPIC_NAMES.len(), TOPICS.len());
    }
}
