//! Dot-commands written as the RQL that does the same, for the prompt and for texts.

use noctra_runtime::sinks::{FORMATS, Format};
use rql_ast::{fold_name, quoted_name, text_literal};
use rql_diagnostics::did_you_mean;

type Text = Result<String, String>;

/// A pattern of LIKE; psql's `*` and `?` are understood.
fn like(pattern: &str) -> String {
    match pattern {
        "" => String::new(),
        pattern => {
            let pattern = pattern.replace('*', "%").replace('?', "_");
            format!(" LIKE {}", text_literal(&pattern))
        }
    }
}

/// A name as it is typed behind a command, where it may have a schema.
pub(crate) fn name(text: &str) -> String {
    let mut quoted = false;
    let parts = text.split(|c| {
        quoted ^= c == '"';
        c == '.' && !quoted
    });
    let parts =
        parts.map(
            |part| match part.len() > 1 && part.starts_with('"') && part.ends_with('"') {
                true => quoted_name(&fold_name(part)),
                false => quoted_name(part),
            },
        );
    parts.collect::<Vec<_>>().join(".")
}

pub(crate) fn tables(pattern: &str) -> Text {
    Ok(format!("SHOW TABLES{};", like(pattern)))
}

pub(crate) fn views(pattern: &str) -> Text {
    Ok(format!("SHOW VIEWS{};", like(pattern)))
}

pub(crate) fn functions(pattern: &str) -> Text {
    Ok(format!("SHOW FUNCTIONS{};", like(pattern)))
}

pub(crate) fn databases(_: &str) -> Text {
    Ok("SHOW DATABASES;".to_owned())
}

pub(crate) fn connections(_: &str) -> Text {
    Ok("SHOW CONNECTIONS;".to_owned())
}

pub(crate) fn indexes(table: &str) -> Text {
    Ok(match table {
        "" => "SHOW INDEXES;".to_owned(),
        table => format!("SHOW INDEXES FROM {};", name(table)),
    })
}

pub(crate) fn schema(table: &str) -> Text {
    match table {
        "" => Err("outside the prompt .schema takes a table; .tables lists them".to_owned()),
        table => Ok(format!("DESCRIBE {};", name(table))),
    }
}

/// A format of text.
pub(crate) fn format_named(name: &str) -> Result<&'static Format, String> {
    let format = Format::named(name).ok_or_else(|| {
        let near = did_you_mean(name, FORMATS.iter().map(|format| format.name));
        let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        format!("there is no format {name}{near}")
    })?;
    match format.is_binary() {
        true => Err(format!(
            "{name} is no text for a screen; .output FILE.{name} sends what follows there"
        )),
        false => Ok(format),
    }
}

pub(crate) fn mode(name: &str) -> Text {
    match name {
        "" => Err("outside the prompt .mode takes a format".to_owned()),
        name => Ok(format!("SET format = {};", format_named(name)?.name)),
    }
}

/// What is switched on or off, or from one to the other.
pub(crate) fn switch(command: &str, word: &str, now: bool) -> Result<bool, String> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        "" => Ok(!now),
        _ => Err(format!("{command} takes on or off")),
    }
}

pub(crate) fn expand(word: &str) -> Text {
    Ok(match switch(".expand", word, false)? {
        true => "SET format = expanded;".to_owned(),
        false => "RESET format;".to_owned(),
    })
}

pub(crate) fn timing(word: &str) -> Text {
    let on = switch(".timing", word, false)?;
    Ok(format!("SET timing = {};", if on { "on" } else { "off" }))
}

pub(crate) fn last(format: &str) -> Text {
    match format {
        "" => Ok("SELECT * FROM last;".to_owned()),
        _ => Err("outside the prompt .last takes no format; .mode sets it".to_owned()),
    }
}

pub(crate) fn explain(statement: &str) -> Text {
    match statement {
        "" => Err("outside the prompt .explain takes a statement".to_owned()),
        statement => Ok(format!("EXPLAIN {statement};")),
    }
}

pub(crate) fn read(file: &str) -> Text {
    match file {
        "" => Err(".read takes the name of a file".to_owned()),
        file => Ok(format!("INCLUDE {};", text_literal(file))),
    }
}

pub(crate) fn output(file: &str) -> Text {
    Ok(match file {
        "" => "OUTPUT TO STDOUT;".to_owned(),
        file => format!("OUTPUT TO {};", text_literal(file)),
    })
}

#[cfg(test)]
mod tests {
    use super::{like, name};

    #[test]
    fn what_is_typed_behind_a_command_is_quoted() {
        assert_eq!(like("emp*"), " LIKE 'emp%'");
        assert_eq!(like("o'b?"), " LIKE 'o''b_'");
        assert_eq!(name("main.Order"), "\"main\".\"Order\"");
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(name("\"two words\""), "\"two words\"");
        assert_eq!(name("s.\"a.b\""), "\"s\".\"a.b\"");
        assert_eq!(name("\"a\" --\""), "\"a\"\" --\"");
    }
}
