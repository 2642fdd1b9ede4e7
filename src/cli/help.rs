//! What the programs say of their own command lines: help, completions for shells, pages of the manual.
//! All of it is made of the arguments as they are declared; here is only what stands around them.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use clap_complete::Shell;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Something of an option, by its name.
pub(crate) type Of<T> = (&'static str, fn() -> T);

/// What stands around a program's arguments.
pub(crate) struct Around {
    /// The groups that the options stand in, in their order; what is in none of them stands in the last.
    pub(crate) groups: &'static [(&'static str, &'static [&'static str])],
    /// The options that `-h` shows besides those without a name.
    pub(crate) short: &'static [&'static str],
    /// Values that a shell completes, of options that take one.
    pub(crate) values: &'static [Of<Vec<PossibleValue>>],
    /// What is said of options whose values stand in a table.
    pub(crate) says: &'static [Of<String>],
    /// Options that name a file, and those that name a directory.
    pub(crate) files: &'static [&'static str],
    pub(crate) folders: &'static [&'static str],
    /// Flags of other programs for the same, and what to say here.
    pub(crate) elsewhere: &'static [(&'static [&'static str], &'static str)],
    /// What `-h` ends with, and `--help`.
    pub(crate) after_short: &'static str,
    pub(crate) after_long: &'static str,
}

/// The last group.
const MORE: &str = "More";
const COMPLETIONS: &str = "completions";
const MANUAL: &str = "man";

impl Around {
    /// Reads the command line; what asks for a text that is made here gets it, and nothing runs.
    pub(crate) fn read(&self, command: fn() -> Command) -> Result<ArgMatches, ExitCode> {
        let asked = |flag: &str| std::env::args_os().any(|given| given == flag);
        let read = self.told(command(), asked("--help")).try_get_matches();
        let matches = read.unwrap_or_else(|error| self.advised(error).exit());
        let done = if let Some(&shell) = matches.get_one::<Shell>(COMPLETIONS) {
            let mut text = Vec::new();
            let mut whole = self.completed(self.told(command(), true));
            let name = whole.get_name().to_owned();
            clap_complete::generate(shell, &mut whole, name, &mut text);
            io::stdout().write_all(&text)
        } else if matches.get_flag(MANUAL) {
            manual(self.told(command(), true))
        } else {
            return Ok(matches);
        };
        // A reader that has gone away has what it wanted.
        Err(match done {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        })
    }

    /// An error that says what a flag of another program is here.
    fn advised(&self, mut error: clap::Error) -> clap::Error {
        let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
            return error;
        };
        let mut known = self.elsewhere.iter();
        if let Some((_, instead)) = known.find(|(flags, _)| flags.contains(&flag.as_str())) {
            let tip = ContextValue::StyledStrs(vec![(*instead).into()]);
            error.insert(ContextKind::Suggested, tip);
        }
        error
    }

    /// The arguments in their groups, with what stands below them.
    fn told(&self, command: Command, long: bool) -> Command {
        let completions = Arg::new(COMPLETIONS)
            .long(COMPLETIONS)
            .value_name("SHELL")
            .value_parser(value_parser!(Shell))
            .hide_possible_values(true)
            .help("Print the completions for bash, zsh, fish, elvish or powershell");
        let manual = Arg::new(MANUAL)
            .long(MANUAL)
            .action(ArgAction::SetTrue)
            .help("Print the page of the manual, for man -l");
        let grouped = |arg: Arg| {
            if arg.is_positional() {
                return arg;
            }
            let id = arg.get_id().as_str().to_owned();
            let id = id.as_str();
            let arg = match self.says.iter().find(|(name, _)| *name == id) {
                Some((_, says)) => arg.help(says()),
                None => arg,
            };
            let group = self.groups.iter().find(|(_, names)| names.contains(&id));
            let hidden = !long && !self.short.contains(&id);
            let arg = arg.help_heading(group.map_or(MORE, |(heading, _)| heading));
            arg.hide_short_help(hidden)
        };
        let after = if long {
            self.after_long
        } else {
            self.after_short
        };
        let other = match long {
            true => "Print this; -h prints less",
            false => "Print this; --help prints more, with examples",
        };
        let command = command.arg(completions).arg(manual).mut_args(grouped);
        command
            .after_help(after)
            .subcommand_required(false)
            .disable_help_flag(true)
            .disable_version_flag(true)
            .propagate_version(true)
            .arg(helped('h', "help", ArgAction::HelpShort, other))
            .arg(helped(
                'V',
                "version",
                ArgAction::Version,
                "Print the version",
            ))
    }

    /// With the values that a shell completes.
    fn completed(&self, command: Command) -> Command {
        let command = command.mut_subcommands(|inner| self.completed(inner));
        command.mut_args(|arg| {
            let id = arg.get_id().as_str().to_owned();
            let id = id.as_str();
            if let Some((_, values)) = self.values.iter().find(|(name, _)| *name == id) {
                return arg.value_parser(PossibleValuesParser::new(values()));
            }
            if self.files.contains(&id) {
                arg.value_hint(ValueHint::FilePath)
            } else if self.folders.contains(&id) {
                arg.value_hint(ValueHint::DirPath)
            } else {
                arg
            }
        })
    }
}

/// A flag in the last group.
fn helped(short: char, long: &'static str, action: ArgAction, help: &'static str) -> Arg {
    let arg = Arg::new(long).short(short).long(long);
    arg.action(action)
        .help(help)
        .help_heading(MORE)
        .global(true)
}

/// Writes the page of the manual, with those of the subcommands in it.
fn manual(mut command: Command) -> io::Result<()> {
    command.build();
    let mut page = Vec::new();
    let whole = clap_mangen::Man::new(command.clone());
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    for inner in command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
    {
        let mut text = Vec::new();
        let part = clap_mangen::Man::new(inner.clone());
        part.render_synopsis_section(&mut text)?;
        part.render_description_section(&mut text)?;
        part.render_options_section(&mut text)?;
        let title = inner
            .get_bin_name()
            .unwrap_or(inner.get_name())
            .to_uppercase();
        page.extend_from_slice(format!(".SH \"{title}\"\n").as_bytes());
        page.extend_from_slice(&replaced(&text, b".SH ", b".SS "));
    }
    let mut after = Vec::new();
    whole.render_extra_section(&mut after)?;
    page.extend_from_slice(&replaced(&after, b".SH EXTRA", b".SH EXAMPLES"));
    io::stdout().write_all(&page)
}

/// A text with the beginnings of its lines replaced.
fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let lines = lines.map(|line| match line.strip_prefix(from) {
        Some(rest) => [to, rest].concat(),
        None => line.to_owned(),
    });
    lines.flatten().collect()
}
