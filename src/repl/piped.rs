//! Dot-commands in a text that comes by a pipe or behind `-c`, as people of psql and sqlite3 write them: each
//! becomes the RQL that does the same, on its line.

use crate::dot;
use noctra_runtime::Source;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_ide::{Completeness, Snapshot, Statement, World};
use std::sync::Arc;

/// A text whose commands are written as RQL.
///
/// A command is a line of its own, where no statement is open; `.exit` is the end.
///
/// # Errors
/// Where a command is unknown or works at the prompt only.
pub fn written(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let text = &source.text;
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if !dot::is_meant(line.trim()) || !ends(&text[from..start]) {
            continue;
        }
        let command = line.trim();
        out.push_str(&text[from..start]);
        if dot::leaves(command) {
            return Ok(out);
        }
        out.push_str(&dot::written(command).map_err(|message| vec![wrong(message, line, start)])?);
        out.push('\n');
        from = at;
    }
    out.push_str(&text[from..]);
    Ok(out)
}

/// True for a word of the command line that is meant to run: a statement, or a command.
#[must_use]
pub fn is_typed(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or("");
    let statement = words.next().is_some() && Statement::named(first).is_some();
    statement || dot::is_command(text)
}

/// What a script has for a command that it holds at a place where a statement should begin.
#[must_use]
pub fn instead(text: &str, at: usize) -> Option<String> {
    let line = text.get(at..)?.lines().next()?.trim();
    let begins = text[..at]
        .lines()
        .next_back()
        .is_none_or(|before| before.trim().is_empty());
    if !dot::is_meant(line) || !(begins || text[..at].ends_with('\n')) {
        return None;
    }
    Some(match dot::written(line) {
        Ok(written) => format!("commands are for the prompt; in a script: {written}"),
        Err(why) => format!("commands are for the prompt; {why}"),
    })
}

/// True where no statement of a text goes on.
fn ends(text: &str) -> bool {
    let snapshot = Snapshot::new(&Arc::new(World::default()), text);
    snapshot.completeness() == Completeness::Complete
}

fn wrong(message: String, line: &str, start: usize) -> Diagnostic {
    let start = start + line.len() - line.trim_start().len();
    let word = line.split_whitespace().next().map_or(0, str::len);
    let span = Span::new(start as u32, (start + word) as u32);
    Diagnostic::error(codes::UNKNOWN_STATEMENT, message).label(span, "this command")
}

#[cfg(test)]
mod tests {
    use super::written;
    use noctra_runtime::Source;

    fn rql(text: &str) -> Result<String, String> {
        written(&Source::new("stdin", text)).map_err(|wrong| wrong[0].message.clone())
    }

    #[test]
    fn a_command_is_a_line_between_statements() {
        let given = ".mode csv\nSELECT 1;\n\\dt emp*\nSELECT '\n.tables\n';\n.quit\nSELECT 2;\n";
        let wanted =
            "SET format = csv;\nSELECT 1;\nSHOW TABLES LIKE 'emp%';\nSELECT '\n.tables\n';\n";
        assert_eq!(rql(given).as_deref(), Ok(wanted));
        let given = "\\d+ emp\n\\dt+;\n\\d+\n\\l+\n";
        let wanted = "DESCRIBE \"emp\";\nSHOW TABLES;\nSHOW TABLES;\nSHOW DATABASES;\n";
        assert_eq!(rql(given).as_deref(), Ok(wanted));
        let given = "SELECT t\n.tables FROM t;";
        assert_eq!(rql(given).as_deref(), Ok(given));
    }

    #[test]
    fn what_a_text_cannot_do_is_said() {
        let message = |text| rql(text).unwrap_err();
        assert_eq!(
            message("SELECT 1;\n.watch 2\n"),
            ".watch works at the prompt only"
        );
        assert_eq!(
            message("\\set x 1\n"),
            "there is no \\set; LET name = value; and :name is that value"
        );
    }
}
