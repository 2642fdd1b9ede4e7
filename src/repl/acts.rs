//! What the dot-commands do at the prompt, where RQL (`as_rql`) is not all of it.

use crate::as_rql::{format_named, name, switch};
use crate::live::locked;
use crate::search::described;
use crate::store::now;
use crate::theme::{THEMES, Theme};
use crate::{Next, Repl};
use noctra_runtime::sinks::FORMATS;
use noctra_runtime::{Access, Limits, Source};
use rustyline::EditMode;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Done = Result<Next, String>;

/// A form that is loaded goes before one that a table of its name has.
pub(crate) fn form(repl: &mut Repl, given: &str) -> Done {
    if given.is_empty() {
        repl.apart(".form", "SHOW FORMS;");
        return Ok(Next::Continue);
    }
    let loaded = repl.session.forms();
    let loaded = loaded.iter().any(|form| form.name.text == given);
    let verb = if loaded { "EXECUTE" } else { "FOR" };
    repl.rql_of_person(&format!("FORM {verb} {};", name(given)));
    Ok(Next::Continue)
}

pub(crate) fn schema(repl: &mut Repl, table: &str) -> Done {
    let tables = repl.session.tables().map_err(|error| error.to_string())?;
    let known: Vec<String> = tables.iter().map(|table| table.qualified()).collect();
    let names = match table {
        "" => known.clone(),
        table => vec![table.to_owned()],
    };
    for table in names {
        // Over a mistake there is nothing to head.
        if known.iter().any(|known| known.eq_ignore_ascii_case(&table)) {
            repl.say(&table);
        }
        repl.apart(".schema", &format!("DESCRIBE {};", name(&table)));
    }
    Ok(Next::Continue)
}

pub(crate) fn mode(repl: &mut Repl, name: &str) -> Done {
    if !name.is_empty() {
        repl.set("format", format_named(name)?.name)?;
        return Ok(Next::Continue);
    }
    for format in FORMATS.iter().filter(|format| !format.is_binary()) {
        let mark = if std::ptr::eq(format, repl.output.format) {
            '*'
        } else {
            ' '
        };
        repl.say(&format!("{mark} {:<8} {}", format.name, format.about));
    }
    Ok(Next::Continue)
}

pub(crate) fn expand(repl: &mut Repl, word: &str) -> Done {
    let expanded = format_named("expanded")?;
    let is_on = std::ptr::eq(expanded, repl.output.format);
    let on = switch(".expand", word, is_on)?;
    if on && !is_on {
        repl.unexpanded = repl.output.format;
        repl.set("format", expanded.name)?;
    } else if !on && is_on {
        let before = repl.unexpanded.name;
        repl.set("format", before)?;
    }
    repl.say(&format!(
        "expanded display is {}",
        if on { "on" } else { "off" }
    ));
    Ok(Next::Continue)
}

pub(crate) fn timing(repl: &mut Repl, word: &str) -> Done {
    let on = switch(".timing", word, repl.output.timing)?;
    repl.set("timing", if on { "on" } else { "off" })?;
    repl.say(&format!(
        "timing is {}",
        if repl.output.timing { "on" } else { "off" }
    ));
    Ok(Next::Continue)
}

pub(crate) fn pager(repl: &mut Repl, word: &str) -> Done {
    let is_on = locked(&repl.pager).is_some();
    let command = match word {
        "on" | "" if !is_on => Some(crate::pager::command().unwrap_or_else(|| "less".to_owned())),
        "off" | "" => None,
        "on" => return Ok(Next::Continue),
        command => Some(command.to_owned()),
    };
    let said = command
        .as_ref()
        .map_or("the pager is off".into(), |command| {
            format!("the pager is {command}")
        });
    repl.set("pager", command.as_deref().unwrap_or("off"))?;
    repl.follow();
    repl.say(&said);
    Ok(Next::Continue)
}

pub(crate) fn last(repl: &mut Repl, format: &str) -> Done {
    let before = repl.output.format;
    if !format.is_empty() {
        repl.output.format = format_named(format)?;
    }
    repl.rql(".last", "SELECT * FROM last;");
    repl.output.format = before;
    Ok(Next::Continue)
}

/// The statement behind a command, or the last one that ran, without its semicolon.
fn statement(repl: &Repl, given: &str) -> Result<String, String> {
    let text = match given {
        "" => repl.last.as_deref().ok_or("nothing has run yet")?,
        given => given,
    };
    Ok(text.trim().trim_end_matches(';').to_owned())
}

pub(crate) fn explain(repl: &mut Repl, given: &str) -> Done {
    let text = statement(repl, given)?;
    repl.rql(".explain", &format!("EXPLAIN {text};"));
    Ok(Next::Continue)
}

pub(crate) fn sql(repl: &mut Repl, given: &str) -> Done {
    let text = statement(repl, given)?;
    let parse = rql_grammar::parse(&text);
    let definitions = repl.session.definitions();
    let dialect = repl.session.dialect();
    let variables = repl.session.variables();
    let mut catalog = repl
        .session
        .catalog()
        .map_err(|error| error.to_string())?
        .clone();
    catalog.set_definitions(definitions);
    let types = |name: &str| {
        variables
            .iter()
            .find(|(known, ..)| known == name)
            .map(|(_, ty, _)| *ty)
    };
    let env = rql::Env {
        catalog: &catalog,
        dialect,
        variables: &types,
        fold: Some(noctra_runtime::folded),
    };
    for id in parse.ast.statements.ids() {
        match rql::compile(&parse.ast, id, &env) {
            Ok(compiled) => repl.say(&format!("{};", compiled.sql)),
            Err(wrong) => {
                let source = Source::new(".sql", text.as_str());
                repl.output
                    .failure(&noctra_runtime::Failure::Diagnostics(wrong), &source);
            }
        }
    }
    if !parse.is_ok() {
        let source = Source::new(".sql", text.as_str());
        let failure = noctra_runtime::Failure::Diagnostics(parse.diagnostics);
        repl.output.failure(&failure, &source);
    }
    Ok(Next::Continue)
}

pub(crate) fn watch(repl: &mut Repl, seconds: &str) -> Done {
    let pause = match seconds {
        "" => 2.0,
        text => text
            .parse()
            .ok()
            .filter(|&s: &f64| s > 0.0 && s < 1e6)
            .ok_or(".watch takes a number of seconds")?,
    };
    let text = statement(repl, "")? + ";";
    if !repl.is_meant(&text) {
        return Ok(Next::Continue);
    }
    let mut turn = 1;
    repl.session.rearm();
    loop {
        repl.say(&format!("every {pause} s, turn {turn}, Ctrl-C ends it"));
        // A cancel that comes at the end of a turn ends the next one.
        let source = Arc::new(Source::new("input", text.as_str()));
        if let Err(failure) = repl.session.run_apart(&source, &mut repl.output) {
            repl.output.failure(&failure, &source);
            repl.session.rearm();
            return Ok(Next::Continue);
        }
        turn += 1;
        let end = Instant::now() + Duration::from_secs_f64(pause);
        while Instant::now() < end {
            if repl.session.is_cancelled() {
                repl.session.rearm();
                return Ok(Next::Continue);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(crate) fn edit(repl: &mut Repl, _: &str) -> Done {
    let text = repl.last.clone().unwrap_or_default();
    repl.draft = Some(edited(&text)?);
    Ok(Next::Continue)
}

/// A text as the person leaves it in $VISUAL or $EDITOR.
pub(crate) fn edited(text: &str) -> Result<String, String> {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.trim().is_empty())
    };
    let editor = variable("VISUAL")
        .or_else(|| variable("EDITOR"))
        .unwrap_or_else(|| "vi".to_owned());
    let failed = |error: std::io::Error| format!("cannot edit: {error}");
    let mut builder = tempfile::Builder::new();
    let file = builder
        .prefix("noctra-")
        .suffix(".rql")
        .tempfile()
        .map_err(failed)?;
    std::fs::write(file.path(), text).map_err(failed)?;
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg(&editor)
        .arg(file.path());
    let status = command.status().map_err(failed)?;
    if !status.success() {
        return Err(format!("{editor} has failed; the statement is as it was"));
    }
    let edited = std::fs::read_to_string(file.path()).map_err(failed)?;
    Ok(edited.trim_end().to_owned())
}

pub(crate) fn read(repl: &mut Repl, file: &str) -> Done {
    crate::as_rql::read(file)?;
    let limits = Limits::of(repl.session.settings());
    let path = limits.file(Path::new(file), Access::Read)?;
    let source = noctra_runtime::read_source(&path);
    repl.source(source.map_err(|why| format!("cannot read {file}: {why}"))?);
    Ok(Next::Continue)
}

pub(crate) fn history(repl: &mut Repl, pattern: &str) -> Done {
    let pattern = pattern.to_lowercase();
    let entries = locked(&repl.entries).clone();
    let found: Vec<_> = entries
        .iter()
        .filter(|entry| entry.statement.to_lowercase().contains(&pattern))
        .collect();
    for entry in &found[found.len().saturating_sub(50)..] {
        repl.say(&described(entry, now()));
    }
    Ok(Next::Continue)
}

pub(crate) fn theme(repl: &mut Repl, name: &str) -> Done {
    if name.is_empty() {
        for theme in THEMES {
            let mark = if std::ptr::eq(theme, repl.live.theme()) {
                '*'
            } else {
                ' '
            };
            repl.say(&format!("{mark} {:<6} {}", theme.name, theme.about));
        }
        return Ok(Next::Continue);
    }
    let theme =
        Theme::named(name).ok_or_else(|| format!("there is no theme {name}; .theme lists them"))?;
    repl.set("theme", theme.name)?;
    repl.follow();
    repl.choose("theme", theme.name);
    Ok(Next::Continue)
}

pub(crate) fn keys(repl: &mut Repl, name: &str) -> Done {
    match name {
        "emacs" | "vi" => repl.set("keys", name)?,
        "" => {
            let now = if repl.keys == EditMode::Vi {
                "vi"
            } else {
                "emacs"
            };
            repl.say(&format!("the keys are those of {now}"));
            return Ok(Next::Continue);
        }
        _ => return Err(".keys takes emacs or vi".into()),
    }
    repl.choose("keys", name);
    Ok(Next::Continue)
}
