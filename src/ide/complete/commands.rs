//! Commands of the prompt and what they take; files.

use super::items::Items;
use super::{Completion, Item, Kind};
use crate::{Argument, Snapshot, Span};

fn at(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

fn item(name: &str, kind: Kind, detail: &str) -> Item {
    Item {
        label: name.to_owned(),
        insert: name.to_owned(),
        kind,
        detail: detail.to_owned(),
        about: String::new(),
    }
}

pub(crate) fn complete(snapshot: &Snapshot, cursor: u32) -> Completion {
    let whole = snapshot.text();
    let start = whole.len() - whole.trim_start().len();
    let line = whole.get(start..cursor as usize).unwrap_or("");
    if line.is_empty() {
        return Completion {
            from: cursor,
            items: Vec::new(),
        };
    }
    let Some(word_end) = line.find(char::is_whitespace) else {
        return names(snapshot, line, start);
    };
    let (word, rest) = line.split_at(word_end);
    let Some(command) = snapshot
        .world
        .commands
        .iter()
        .find(|command| command.is(word))
    else {
        return Completion {
            from: cursor,
            items: Vec::new(),
        };
    };
    let argument = rest.trim_start();
    let from = at(start + line.len() - argument.len());
    let mut items = Items::new(argument);
    match command.takes {
        Argument::None => {}
        Argument::Words(words) => {
            for word in words {
                items.add(word, 0, || item(word, Kind::Value, ""));
            }
        }
        Argument::Format => {
            for format in &snapshot.world.formats {
                items.add(&format.name, 0, || {
                    item(&format.name, Kind::Value, &format.about)
                });
            }
        }
        Argument::Table => {
            for table in snapshot.world.catalog.tables() {
                let name = table.qualified();
                items.add(&name, 0, || item(&name, Kind::Table, table.kind.name()));
            }
        }
        Argument::File => {
            return Completion {
                from: from + at(folder(argument).len()),
                items: snapshot.paths(argument),
            };
        }
        Argument::Statement => {
            return snapshot.complete_statement(Span::new(from, at(whole.len())), cursor);
        }
    }
    Completion {
        from,
        items: items.done(),
    }
}

fn names(snapshot: &Snapshot, line: &str, start: usize) -> Completion {
    let psql = line.starts_with('\\');
    let mut items = Items::new(line.get(1..).unwrap_or(""));
    for command in snapshot.world.commands {
        let name = if psql { command.psql } else { command.name };
        if name.is_empty() {
            continue;
        }
        items.add(name, 0, || Item {
            label: format!("{}{name}", &line[..1]),
            insert: format!("{}{name}", &line[..1]),
            kind: Kind::Command,
            detail: command.arguments.to_owned(),
            about: command.about.to_owned(),
        });
    }
    Completion {
        from: at(start),
        items: items.done(),
    }
}

/// A path up to its last separator.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}

impl Snapshot {
    /// Files whose path begins so; what is replaced is the part behind the last separator.
    pub(crate) fn paths(&self, typed: &str) -> Vec<Item> {
        let Some(list) = &self.world.files else {
            return Vec::new();
        };
        let folder = folder(typed);
        let name = &typed[folder.len()..];
        let mut items = Items::new(name);
        for file in list(folder) {
            if file.starts_with(name) && (!file.starts_with('.') || name.starts_with('.')) {
                items.add(&file, 0, || item(&file, Kind::Path, ""));
            }
        }
        items.done()
    }
}
