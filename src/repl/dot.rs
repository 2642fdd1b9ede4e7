//! Dot-commands: one table.

use crate::{Next, Repl, acts, favourites, help, window};
use rql_diagnostics::did_you_mean;
use rql_ide::{Argument, Command};
use std::sync::LazyLock;

/// A command of the prompt itself.
#[derive(Debug)]
pub struct DotCommand {
    /// What an editor and `.help` must know of it.
    pub command: Command,
    run: fn(&mut Repl, &str) -> Result<Next, String>,
}

const fn command(
    [name, psql, arguments, about]: [&'static str; 4],
    takes: Argument,
    run: fn(&mut Repl, &str) -> Result<Next, String>,
) -> DotCommand {
    let command = Command {
        name,
        psql,
        arguments,
        takes,
        about,
    };
    DotCommand { command, run }
}

const SWITCH: Argument = Argument::Words(&["on", "off"]);

/// Every dot-command, in the order of `.help`.
pub static COMMANDS: &[DotCommand] = &[
    command(
        [
            "help",
            "?",
            "[WORD]",
            "list these commands, or say more about one, or a statement",
        ],
        Argument::Words(help::TOPIC_NAMES),
        help::help,
    ),
    command(
        ["exit", "", "", "leave (also Ctrl-D)"],
        Argument::None,
        |_, _| Ok(Next::Exit),
    ),
    command(["quit", "q", "", "the same"], Argument::None, |_, _| {
        Ok(Next::Exit)
    }),
    command(
        ["tables", "dt", "[PATTERN]", "list tables and views"],
        Argument::Table,
        acts::tables,
    ),
    command(
        ["views", "dv", "[PATTERN]", "list views"],
        Argument::Table,
        acts::views,
    ),
    command(
        ["schema", "d", "[TABLE]", "describe one table or all"],
        Argument::Table,
        acts::schema,
    ),
    command(
        ["indexes", "di", "[TABLE]", "list keys and indexes"],
        Argument::Table,
        acts::indexes,
    ),
    command(
        [
            "form",
            "",
            "[NAME]",
            "open the form of a table, or one that is loaded; list those",
        ],
        Argument::Table,
        acts::form,
    ),
    command(
        ["functions", "df", "[PATTERN]", "list functions"],
        Argument::None,
        acts::functions,
    ),
    command(
        ["databases", "l", "", "list databases"],
        Argument::None,
        acts::databases,
    ),
    command(
        ["connections", "conninfo", "", "list connections"],
        Argument::None,
        acts::connections,
    ),
    command(
        ["mode", "", "[FORMAT]", "how results are written"],
        Argument::Format,
        acts::mode,
    ),
    command(
        ["expand", "x", "[on|off]", "one line for each value"],
        SWITCH,
        acts::expand,
    ),
    command(
        [
            "timing",
            "timing",
            "[on|off]",
            "show how long statements take",
        ],
        SWITCH,
        acts::timing,
    ),
    command(
        [
            "pager",
            "",
            "[on|off|COMMAND]",
            "page what does not fit the screen",
        ],
        SWITCH,
        acts::pager,
    ),
    command(
        ["last", "", "[FORMAT]", "show the last result again"],
        Argument::Format,
        acts::last,
    ),
    command(
        [
            "watch",
            "watch",
            "[SECONDS]",
            "repeat the last statement until Ctrl-C",
        ],
        Argument::None,
        acts::watch,
    ),
    command(
        ["explain", "", "[STATEMENT]", "how the database runs it"],
        Argument::Statement,
        acts::explain,
    ),
    command(
        [
            "sql",
            "",
            "[STATEMENT]",
            "what is sent to the database for it",
        ],
        Argument::Statement,
        acts::sql,
    ),
    command(
        [
            "edit",
            "e",
            "",
            "the last statement in $EDITOR (also Ctrl-X Ctrl-E)",
        ],
        Argument::None,
        acts::edit,
    ),
    command(
        ["read", "i", "FILE", "run a file"],
        Argument::File,
        acts::read,
    ),
    command(
        [
            "output",
            "o",
            "[FILE]",
            "results go to a file, or back to the screen",
        ],
        Argument::File,
        acts::output,
    ),
    command(
        [
            "history",
            "s",
            "[PATTERN]",
            "what has run, with when and how (also Ctrl-R)",
        ],
        Argument::None,
        acts::history,
    ),
    command(
        [
            "fav",
            "",
            "[NAME [VALUE…] | save NAME | drop NAME]",
            "run, keep or list favourites",
        ],
        Argument::Words(&["save", "drop"]),
        favourites::fav,
    ),
    command(
        ["tui", "", "", "the window manager, on the whole screen"],
        Argument::None,
        window::tui,
    ),
    command(
        ["theme", "", "[NAME]", "colours"],
        Argument::Words(&["dark", "light", "calm", "plain"]),
        acts::theme,
    ),
    command(
        ["keys", "", "[emacs|vi]", "the keys of the line"],
        Argument::Words(&["emacs", "vi"]),
        acts::keys,
    ),
];

/// The table as an editor knows it.
pub(crate) fn known() -> &'static [Command] {
    static KNOWN: LazyLock<Vec<Command>> =
        LazyLock::new(|| COMMANDS.iter().map(|known| known.command).collect());
    &KNOWN
}

/// Runs a command, given with its dot, or as psql has it.
pub(crate) fn run(repl: &mut Repl, input: &str) -> Next {
    let (word, arguments) = input.split_once(char::is_whitespace).unwrap_or((input, ""));
    let word = word.trim_end_matches(';');
    // Of no table, psql's describes all by listing them.
    let word = match (word, arguments.trim()) {
        ("\\d", "" | ";") => "\\dt",
        _ => word,
    };
    let known = COMMANDS.iter().find(|known| known.command.is(word));
    let done = match known {
        Some(known) => (known.run)(repl, arguments.trim().trim_end_matches(';').trim_end()),
        None => Err(unknown(word)),
    };
    done.unwrap_or_else(|message| {
        repl.say(&message);
        Next::Continue
    })
}

/// True for a text that is a command of the prompt.
#[must_use]
pub fn is_command(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or("");
    word.starts_with(['.', '\\']) && COMMANDS.iter().any(|known| known.command.is(word))
}

/// What does here what a command of psql does there.
const PSQL: &[(&str, &str)] = &[
    ("!", "another terminal runs programs"),
    (
        "c",
        "USE 'place'; goes there, CONNECT 'place' AS name; opens it beside",
    ),
    (
        "connect",
        "USE 'place'; goes there, CONNECT 'place' AS name; opens it beside",
    ),
    (
        "copy",
        "IMPORT 'file' INTO t; and EXPORT t TO 'file'; do that",
    ),
    ("dn", "SHOW SCHEMAS; lists them"),
    ("echo", "PRINT 'text'; does that"),
    ("f", ".mode csv and --option delimiter=… do that"),
    ("g", "a ; ends and runs a statement"),
    ("gexec", "FOR row IN (query) LOOP … END LOOP; does that"),
    ("gset", "LET name = (SELECT …); keeps a value"),
    ("gx", ".expand on, and a ; to run"),
    ("h", ".help WORD says more about a statement"),
    ("p", ".history shows what has run"),
    (
        "prompt",
        "a parameter without a value, as :name, is asked for",
    ),
    (
        "pset",
        ".mode, .expand, .pager and SET null_text = '…'; do that",
    ),
    ("r", "Ctrl-C leaves what is typed"),
    ("set", "LET name = value; and :name is that value"),
    ("unset", "UNSET name; forgets it"),
    (
        "w",
        ".edit opens the last statement in $EDITOR, which saves it",
    ),
];

pub(crate) fn unknown(word: &str) -> String {
    let psql = word.strip_prefix('\\');
    let there = psql.and_then(|name| PSQL.iter().find(|(known, _)| *known == name));
    if let Some((_, instead)) = there {
        return format!("there is no {word}; {instead}");
    }
    let name = word.get(1..).unwrap_or("");
    match did_you_mean(name, COMMANDS.iter().map(|known| known.command.name)) {
        Some(near) => format!("there is no {word}; did you mean .{near}?"),
        None => format!("there is no {word}; .help lists the commands"),
    }
}
