//! Each statement for several dialects, side by side: dialects with one text stand together.
//!
//! In a pipe it is SQL with comments; in a terminal the names stand in a column before the texts.

use crate::compile::{ended, summary, tree};
use rql::{Dialect, Outcome, Part, Program};
use rql_diagnostics::{LineIndex, Severity};
use rql_grammar::Parse;
use std::io::{self, Write};

/// What a statement is for a dialect.
#[derive(PartialEq)]
enum Given {
    /// A text, each statement of it ended.
    Text(String),
    /// None: what is said instead.
    Nothing(String),
}

/// Prints the statements of a program as the dialects have them; they are of the same text.
pub(crate) fn print(
    programs: &[(Dialect, Program)],
    parse: &Parse,
    bare: &dyn Fn(Dialect) -> bool,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some((_, first)) = programs.first() else {
        return Ok(());
    };
    for (at, part) in first.statements.iter().enumerate() {
        let ast = tree(first, parse, part);
        let line = LineIndex::new(ast.source())
            .position(ast[part.stmt].span.start)
            .line;
        let place = match part.included.and_then(|at| first.included.get(at)) {
            Some(text) => format!("{}:{line}", text.name),
            None => format!("line {line}"),
        };
        let gap = if at == 0 { "" } else { "\n" };
        writeln!(out, "{gap}-- {place}: {}", summary(ast, part.stmt))?;
        let mut groups: Vec<(Vec<&str>, Given)> = Vec::new();
        for (dialect, program) in programs {
            let own = program.statements.iter().find(|own| same(own, part));
            let given = own.map_or_else(
                || Given::Nothing("no statement".into()),
                |own| given(program, own, parse, bare(*dialect)),
            );
            match groups.iter_mut().find(|group| group.1 == given) {
                Some(group) => group.0.push(dialect.name()),
                None => groups.push((vec![dialect.name()], given)),
            }
        }
        let groups: Vec<_> = groups
            .into_iter()
            .map(|(names, given)| (names.join(", "), given))
            .collect();
        match width {
            Some(width) => columns(&groups, width, out)?,
            None => comments(&groups, out)?,
        }
    }
    Ok(())
}

fn same(a: &Part, b: &Part) -> bool {
    a.stmt == b.stmt && a.included == b.included
}

fn given(program: &Program, part: &Part, parse: &Parse, bare: bool) -> Given {
    match &part.outcome {
        Outcome::Sql(compiled) => match &compiled.choices {
            Some(choices) => Given::Text(choices.listed(|compiled| ended(compiled, bare))),
            None if compiled.rebuilt.is_some() => {
                Given::Nothing("a session builds the table again".into())
            }
            None => Given::Text(ended(compiled, bare)),
        },
        Outcome::Session => Given::Nothing("in the session".into()),
        Outcome::Failed => {
            let span = tree(program, parse, part)[part.stmt].span;
            let included = part.included.and_then(|at| program.included.get(at));
            let all = included.map_or(&program.diagnostics, |text| &text.diagnostics);
            let mut all = all.iter().filter(|d| d.severity == Severity::Error);
            let own = all.find(|d| {
                let place = d.primary_span();
                place.is_some_and(|place| span.start <= place.start && place.end <= span.end)
            });
            Given::Nothing(match own {
                Some(own) => format!("refused, {}: {}", own.code, own.message),
                None => "refused".into(),
            })
        }
    }
}

fn comments(groups: &[(String, Given)], out: &mut dyn Write) -> io::Result<()> {
    for (names, given) in groups {
        match given {
            Given::Text(text) => write!(out, "-- {names}\n{text}")?,
            Given::Nothing(why) => writeln!(out, "-- {names}: {why}")?,
        }
    }
    Ok(())
}

/// The narrowest column of texts.
const LEAST: usize = 30;

fn columns(groups: &[(String, Given)], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let margin = groups.iter().map(|group| group.0.len()).max().unwrap_or(0) + 2;
    let most = width.saturating_sub(margin + 2).max(LEAST);
    for (names, given) in groups {
        let text = match given {
            Given::Text(text) => text.clone(),
            Given::Nothing(why) => format!("-- {why}"),
        };
        let mut before = names.as_str();
        for line in text.lines().flat_map(|line| wrapped(line, most)) {
            writeln!(out, "  {before:margin$}{line}")?;
            before = "";
        }
    }
    Ok(())
}

/// A line in pieces of so many characters, parted at spaces where there are some.
fn wrapped(line: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let space = rest[..end].rfind(' ').filter(|&at| at > 0);
        let whole = rest[end..].starts_with(' ');
        let cut = space.filter(|_| !whole).unwrap_or(end);
        pieces.push(&rest[..cut]);
        rest = rest[cut..].trim_start();
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Given, columns, wrapped};

    #[test]
    fn long_lines_are_parted_at_spaces() {
        assert_eq!(
            wrapped("SELECT größe FROM t", 12),
            ["SELECT größe", "FROM t"]
        );
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("", 3), [""]);
    }

    #[test]
    fn names_stand_before_their_texts() {
        let groups = [
            (
                "sqlite".to_owned(),
                Given::Text("SELECT 1 FROM a WHERE b IS NOT NULL;\n".into()),
            ),
            (
                "duckdb, mariadb".to_owned(),
                Given::Nothing("in the session".into()),
            ),
        ];
        let mut out = Vec::new();
        assert!(columns(&groups, 40, &mut out).is_ok());
        assert_eq!(
            String::from_utf8_lossy(&out),
            "  sqlite           SELECT 1 FROM a WHERE b IS NOT\n                   NULL;\n  \
             duckdb, mariadb  -- in the session\n"
        );
    }
}
