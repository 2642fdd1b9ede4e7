//! What `noctra -h` and `--help` say beside the options.

use crate::help::Around;
use clap::builder::PossibleValue;
use noctra_runtime::Setting;
use noctra_runtime::sinks::FORMATS;

pub(crate) static AROUND: Around = Around {
    groups: &[
        ("What runs", &["commands", "variables", "tui"]),
        ("Where it runs", &["db", "demo", "read_only"]),
        (
            "How results are written",
            &["format", "options", "output", "no_header", "null"],
        ),
        (
            "How far it may go",
            &[
                "timeout",
                "max_rows",
                "max_query",
                "max_memory",
                "allow_path",
                "confirm",
                "log",
                "on_error",
            ],
        ),
    ],
    short: &[
        "commands",
        "variables",
        "db",
        "demo",
        "tui",
        "read_only",
        "format",
        "output",
        "help",
        "version",
    ],
    values: &[
        ("format", || {
            let all = FORMATS.iter();
            all.map(|format| PossibleValue::new(format.name).help(format.about))
                .collect()
        }),
        ("on_error", || words("on_error")),
        ("confirm", || words("confirm")),
    ],
    says: &[("format", || {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        format!("How results are written: {}", names.join(", "))
    })],
    files: &["place", "arguments", "db", "output", "config", "log"],
    folders: &["allow_path"],
    elsewhere: &[
        (
            &["-f", "--file", "--init", "-i"],
            "a script needs no flag: noctra shop.db report.rql",
        ),
        (
            &[
                "-d",
                "--dbname",
                "-H",
                "--host",
                "-p",
                "--port",
                "-U",
                "--username",
                "-u",
                "--user",
                "-W",
            ],
            "the database is one word: noctra postgres://USER@HOST:PORT/DATABASE",
        ),
        (
            &[
                "--csv",
                "-j",
                "--json",
                "-b",
                "--box",
                "--markdown",
                "-m",
                "--html",
                "--tsv",
                "-l",
                "--line",
                "-x",
                "--expanded",
            ],
            "--format says how results are written: --format csv, json, box, markdown, expanded, …",
        ),
        (
            &["-r", "--readonly", "-readonly"],
            "--read-only changes nothing",
        ),
        (
            &["-v", "--set", "--variable", "--param"],
            "--var NAME=VALUE gives a variable a value",
        ),
        (&["-o", "--out"], "--output FILE takes the results"),
        (
            &["-e", "--execute"],
            "-c runs a statement: noctra shop.db -c 'FROM orders'",
        ),
        (
            &["-t", "--tuples-only", "-n", "--noheader"],
            "--no-header leaves the columns' names out",
        ),
        (
            &["-q", "--quiet"],
            "nothing is said beside the results where no terminal is",
        ),
    ],
    after_short: "\
New here? noctra --demo",
    after_long: "\
Examples:
  noctra --demo                                   try things on a database of a small firm
  noctra shop.db                                  work at the prompt, in a file of SQLite
  noctra postgres://localhost/shop                or on a server
  noctra sales.parquet -c 'SUMMARIZE sales'       ask a data file (.csv, .parquet, .json)
  noctra shop.db -c 'FROM orders' --format csv    one statement, for another program
  noctra shop.db report.rql 2024 --var dept=IT    a script with an argument and a variable
  echo 'SELECT 6 * 7;' | noctra                   a script from a pipe
  noctra form convert form.toml form.rql          a form in its other spelling

At the prompt statements end with a semicolon; help lists its commands, Tab completes, Ctrl-R
searches what has run, Ctrl-D leaves. Without FILE and -c, noctra prompts on a terminal and reads a
script from a pipe.

Environment: NOCTRA_DB names the database, which keeps a password out of the list of processes;
NOCTRA_MAX_ROWS and its like are settings.
PAGER, EDITOR and NO_COLOR are respected.

Exit codes: 0 success; 1 the program failed; 2 wrong command line; 130 interrupted.

Settings and connections may stand in noctra.toml: your own in ~/.config/noctra, a project's in its
directory. SHOW SETTINGS says what holds and where that was said.

rqlc explain RQL0101 explains a code of an error; rqlc --help what else the compiler does.",
};

/// The words that a setting takes.
fn words(setting: &str) -> Vec<PossibleValue> {
    let values = Setting::named(setting).map_or(&[][..], |setting| setting.values);
    let word = |value: &&str| value.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let words = values.iter().copied().filter(word);
    words.map(PossibleValue::new).collect()
}
