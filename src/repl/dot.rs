//! Dot-commands: one table.

use crate::{Next, Repl, acts, as_rql, favourites, help, window};
use rql_diagnostics::did_you_mean;
use rql_ide::{Argument, Command};
use std::sync::LazyLock;

/// A command of the prompt itself.
#[derive(Debug)]
pub struct DotCommand {
    /// What an editor and `.help` must know of it.
    pub command: Command,
    does: Does,
}

type Act = fn(&mut Repl, &str) -> Result<Next, String>;

/// The RQL that does what a command does, which so works in a text too.
type Written = fn(&str) -> Result<String, String>;

/// What a command does with what stands behind it.
#[derive(Debug)]
enum Does {
    /// What the RQL does.
    Rql(Written),
    /// This, at the prompt.
    Act(Act),
    /// This at the prompt; in a text, what the RQL does.
    Either(Act, Written),
}

const fn command(
    [name, psql, arguments, about]: [&'static str; 4],
    takes: Argument,
    does: Does,
) -> DotCommand {
    let command = Command {
        name,
        psql,
        arguments,
        takes,
        about,
    };
    DotCommand { command, does }
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
        Does::Act(help::help),
    ),
    command(
        ["exit", "", "", "leave (also Ctrl-D)"],
        Argument::None,
        Does::Act(|_, _| Ok(Next::Exit)),
    ),
    command(
        ["quit", "q", "", "the same"],
        Argument::None,
        Does::Act(|_, _| Ok(Next::Exit)),
    ),
    command(
        ["tables", "dt", "[PATTERN]", "list tables and views"],
        Argument::Table,
        Does::Rql(as_rql::tables),
    ),
    command(
        ["views", "dv", "[PATTERN]", "list views"],
        Argument::Table,
        Does::Rql(as_rql::views),
    ),
    command(
        ["schema", "d", "[TABLE]", "describe one table or all"],
        Argument::Table,
        Does::Either(acts::schema, as_rql::schema),
    ),
    command(
        ["indexes", "di", "[TABLE]", "list keys and indexes"],
        Argument::Table,
        Does::Rql(as_rql::indexes),
    ),
    command(
        [
            "form",
            "",
            "[NAME]",
            "open the form of a table, or one that is loaded; list those",
        ],
        Argument::Table,
        Does::Act(acts::form),
    ),
    command(
        ["functions", "df", "[PATTERN]", "list functions"],
        Argument::None,
        Does::Rql(as_rql::functions),
    ),
    command(
        ["databases", "l", "", "list databases"],
        Argument::None,
        Does::Rql(as_rql::databases),
    ),
    command(
        ["connections", "conninfo", "", "list connections"],
        Argument::None,
        Does::Rql(as_rql::connections),
    ),
    command(
        ["mode", "", "[FORMAT]", "how results are written"],
        Argument::Format,
        Does::Either(acts::mode, as_rql::mode),
    ),
    command(
        ["expand", "x", "[on|off]", "one line for each value"],
        SWITCH,
        Does::Either(acts::expand, as_rql::expand),
    ),
    command(
        [
            "timing",
            "timing",
            "[on|off]",
            "show how long statements take",
        ],
        SWITCH,
        Does::Either(acts::timing, as_rql::timing),
    ),
    command(
        [
            "pager",
            "",
            "[on|off|COMMAND]",
            "page what does not fit the screen",
        ],
        SWITCH,
        Does::Act(acts::pager),
    ),
    command(
        ["last", "", "[FORMAT]", "show the last result again"],
        Argument::Format,
        Does::Either(acts::last, as_rql::last),
    ),
    command(
        [
            "watch",
            "watch",
            "[SECONDS]",
            "repeat the last statement until Ctrl-C",
        ],
        Argument::None,
        Does::Act(acts::watch),
    ),
    command(
        ["explain", "", "[STATEMENT]", "how the database runs it"],
        Argument::Statement,
        Does::Either(acts::explain, as_rql::explain),
    ),
    command(
        [
            "sql",
            "",
            "[STATEMENT]",
            "what is sent to the database for it",
        ],
        Argument::Statement,
        Does::Act(acts::sql),
    ),
    command(
        [
            "edit",
            "e",
            "",
            "the last statement in $EDITOR (also Ctrl-X Ctrl-E)",
        ],
        Argument::None,
        Does::Act(acts::edit),
    ),
    command(
        ["read", "i", "FILE", "run a file"],
        Argument::File,
        Does::Either(acts::read, as_rql::read),
    ),
    command(
        [
            "output",
            "o",
            "[FILE]",
            "results go to a file, or back to the screen",
        ],
        Argument::File,
        Does::Rql(as_rql::output),
    ),
    command(
        [
            "history",
            "s",
            "[PATTERN]",
            "what has run, with when and how (also Ctrl-R)",
        ],
        Argument::None,
        Does::Act(acts::history),
    ),
    command(
        [
            "fav",
            "",
            "[NAME [VALUE…] | save NAME | drop NAME]",
            "run, keep or list favourites",
        ],
        Argument::Words(&["save", "drop"]),
        Does::Act(favourites::fav),
    ),
    command(
        ["tui", "", "", "the window manager, on the whole screen"],
        Argument::None,
        Does::Act(window::tui),
    ),
    command(
        ["theme", "", "[NAME]", "colours"],
        Argument::Words(&["dark", "light", "calm", "plain"]),
        Does::Act(acts::theme),
    ),
    command(
        ["keys", "", "[emacs|vi]", "the keys of the line"],
        Argument::Words(&["emacs", "vi"]),
        Does::Act(acts::keys),
    ),
];

/// True where a line of a text is meant as a command. Behind a backslash it must be known here or in psql: what
/// COPY reads has lines like `\N`.
pub(crate) fn is_meant(line: &str) -> bool {
    let word = parts(line).0;
    match word.strip_prefix('\\') {
        Some(psql) => is_command(line) || PSQL.iter().any(|row| row.0 == psql),
        None => rql_ide::is_command(line),
    }
}

/// True for a text that is a command of the table.
pub(crate) fn is_command(text: &str) -> bool {
    let word = parts(text).0;
    word.starts_with(['.', '\\']) && named(word).is_ok()
}

/// The table as an editor knows it.
pub(crate) fn known() -> &'static [Command] {
    static KNOWN: LazyLock<Vec<Command>> =
        LazyLock::new(|| COMMANDS.iter().map(|known| known.command).collect());
    &KNOWN
}

/// Runs a command, given with its dot, or as psql has it.
pub(crate) fn run(repl: &mut Repl, input: &str) -> Next {
    let (word, arguments) = parts(input);
    let done = named(word).and_then(|known| match known.does {
        Does::Act(act) | Does::Either(act, _) => act(repl, arguments),
        Does::Rql(written) => {
            let text = written(arguments)?;
            repl.apart(&format!(".{}", known.command.name), &text);
            Ok(Next::Continue)
        }
    });
    done.unwrap_or_else(|message| {
        repl.say(&message);
        Next::Continue
    })
}

/// The RQL for a command in a text.
///
/// # Errors
/// In words, where there is no such command, none outside the prompt, or it takes something else.
pub(crate) fn written(input: &str) -> Result<String, String> {
    let (word, arguments) = parts(input);
    match named(word)?.does {
        Does::Rql(written) | Does::Either(_, written) => written(arguments),
        Does::Act(_) => Err(format!("{word} works at the prompt only")),
    }
}

/// True where a command ends the text.
pub(crate) fn leaves(input: &str) -> bool {
    let name = named(parts(input).0).map(|known| known.command.name);
    matches!(name, Ok("exit" | "quit"))
}

/// A command's word, and what stands behind it.
fn parts(input: &str) -> (&str, &str) {
    let (word, arguments) = input.split_once(char::is_whitespace).unwrap_or((input, ""));
    let arguments = arguments.trim().trim_end_matches(';').trim_end();
    let word = word.trim_end_matches(';');
    let lists = word.starts_with("\\d") || word.starts_with("\\l");
    // psql's + asks for more, which is all that is shown here.
    let word = if lists {
        word.trim_end_matches('+')
    } else {
        word
    };
    // Of no table, psql's describes all by listing them.
    match (word, arguments) {
        ("\\d", "") => ("\\dt", ""),
        parts => parts,
    }
}

fn named(word: &str) -> Result<&'static DotCommand, String> {
    let known = COMMANDS.iter().find(|known| known.command.is(word));
    known.ok_or_else(|| unknown(word))
}

/// What does here what a command of sqlite3 or DuckDB does there.
const SQLITE: &[(&str, &str)] = &[
    (
        "backup",
        "EXPORT t TO 'file'; writes a table, NATIVE VACUUM INTO 'file'; all of SQLite",
    ),
    ("bail", "a script stops at its first error"),
    ("cd", "files are named from where noctra was started"),
    ("clear", "Ctrl-L clears the screen"),
    ("columns", "DESCRIBE t; lists the columns of a table"),
    ("dump", "EXPORT t TO 'file.sql'; writes the rows of a table"),
    (
        "excel",
        "EXPORT last TO 'file.xlsx'; writes the last result",
    ),
    ("fullschema", ".schema describes all tables"),
    ("headers", "SET header = off; leaves them out"),
    ("import", "IMPORT 'file' INTO t CREATE; does that"),
    ("indices", ".indexes lists them"),
    ("limit", ".help settings has the limits"),
    ("maxrows", "SET max_rows = 100; does that"),
    ("nullvalue", "SET null_text = '…'; does that"),
    ("once", "EXPORT last TO 'file'; writes the last result"),
    ("open", "USE 'file'; opens a database"),
    ("parameter", "LET name = value; and :name is that value"),
    ("print", "PRINT 'text'; does that"),
    (
        "save",
        "EXPORT t TO 'file'; writes a table, NATIVE VACUUM INTO 'file'; all of SQLite",
    ),
    (
        "separator",
        ".mode csv, and OPTIONS (delimiter = '…') behind EXPORT",
    ),
    ("shell", "Ctrl-Z goes to the shell, fg comes back"),
    ("show", "SHOW SETTINGS; lists them"),
    ("system", "Ctrl-Z goes to the shell, fg comes back"),
    ("timer", ".timing does that"),
];

/// What does here what a command of psql does there.
const PSQL: &[(&str, &str)] = &[
    ("!", "Ctrl-Z goes to the shell, fg comes back"),
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
    let (others, name) = match word.strip_prefix('\\') {
        Some(name) => (PSQL, if name.starts_with('!') { "!" } else { name }),
        None => (SQLITE, word.trim_start_matches('.')),
    };
    if let Some((_, instead)) = others.iter().find(|(known, _)| *known == name) {
        return format!("there is no {word}; {instead}");
    }
    let name = word.get(1..).unwrap_or("");
    match did_you_mean(name, COMMANDS.iter().map(|known| known.command.name)) {
        Some(near) => format!("there is no {word}; did you mean .{near}?"),
        None => format!("there is no {word}; .help lists the commands"),
    }
}
