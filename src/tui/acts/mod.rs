//! What actions do in each mode, and what news change.

mod builder;
mod designer;
mod dialog;
mod edit;
mod form;
mod mouse;
mod news;
mod result;
mod tree;

pub(crate) use news::milliseconds;

use crate::action::{Action, Mode};
use crate::app::App;
use crate::cell;
use crate::designer::Designer;
use crate::dialog::{Dialog, Item, Purpose};
use crate::form::Form;
use crate::theme::{Role, THEMES};
use std::sync::Arc;

impl App {
    /// The end of the line; there, and elsewhere, the end of the window after a question.
    pub(crate) fn end(&mut self, mode: Mode) {
        let text = match (self.dialogs.last_mut(), mode) {
            (Some(dialog), _) => dialog.text(),
            (None, Mode::Command) => Some(&mut self.command.text),
            (None, Mode::Form) => self.form.as_mut().map(|form| &mut form.text),
            (None, _) => None,
        };
        if let Some(text) = text {
            let end = text.line_end();
            if text.at() < end {
                text.go(end);
                return;
            }
        }
        if self
            .dialogs
            .iter()
            .any(|dialog| matches!(dialog.purpose, Purpose::Leave))
        {
            return;
        }
        let mut lines = vec!["Leave the window manager?".to_owned()];
        if let Some(state) = self.place.transaction {
            lines.push(format!(
                "A transaction is {state}; it stays so until COMMIT or ROLLBACK."
            ));
        }
        if self.busy.is_some() || !self.beside.is_empty() {
            lines.push("What runs is ended.".to_owned());
        }
        match self.edited() {
            0 => {}
            count => lines.push(format!("{} not kept.", crate::edit::counted(count, "edit"))),
        }
        if self.designer.as_ref().is_some_and(Designer::is_dirty) {
            lines.push("The form in the designer is not saved.".to_owned());
        }
        if self.builder.is_some() {
            lines.push("The query in the builder is not kept.".to_owned());
        }
        if self.form.as_ref().is_some_and(Form::is_dirty) {
            lines.push("What was changed at the form is not kept.".to_owned());
        }
        let dialog = Dialog::ask("Exit", lines, vec!["Leave", "Stay"], 1, Purpose::Leave);
        self.dialogs.push(dialog);
    }

    pub(crate) fn help(&mut self, mode: Mode) {
        let keys = self.keys.of(mode).flat_map(|(row, keys)| {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            let mut keys = keys.join("  ");
            let titles = cell::wrapped(row.title, 50).into_iter();
            titles.map(move |title| format!("{:<22} {title}", core::mem::take(&mut keys)))
        });
        let cut = crate::view::cut(self).unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        if !cut.is_empty() {
            lines.extend(cell::wrapped(&cut, 70));
            lines.push(String::new());
        }
        if let (Mode::Command, Some(wrong)) = (mode, self.command.first_wrong()) {
            lines.extend(explained(&wrong.diagnostic));
            lines.push(String::new());
        }
        if let (Mode::Form, Some(field)) = (mode, self.form.as_ref().and_then(|form| form.field()))
        {
            lines.extend(cell::wrapped(&crate::view::about(field), 70));
            lines.extend(
                field
                    .problem
                    .iter()
                    .flat_map(|wrong| cell::wrapped(wrong, 70)),
            );
            lines.push(String::new());
        }
        lines.extend(keys);
        let name = crate::action::MODES
            .iter()
            .find(|(known, _)| *known == mode);
        let name = name.map_or("", |(_, name)| name);
        self.dialogs
            .push(Dialog::page(format!("Help: {name}"), lines));
    }

    pub(crate) fn palette(&mut self) {
        let here = self.mode();
        let items = self
            .keys
            .of(here)
            .filter(|(row, _)| row.action != Action::Palette);
        let items = items.map(|(row, keys)| Item {
            label: row.title.to_owned(),
            detail: keys.first().map_or(String::new(), ToString::to_string),
            value: row.action.id().to_owned(),
        });
        let items = items.collect();
        self.dialogs
            .push(Dialog::list("All commands", items, Purpose::Palette));
    }

    pub(crate) fn choose_theme(&mut self) {
        let items = THEMES.iter().map(|theme| Item {
            label: theme.name.to_owned(),
            detail: theme.about.to_owned(),
            value: theme.name.to_owned(),
        });
        let items = items.collect();
        self.dialogs
            .push(Dialog::list("Theme", items, Purpose::Theme));
    }

    pub(crate) fn act_on_text(&mut self, action: Action) {
        match action {
            Action::Run => self.run_text(false),
            Action::RunAll => self.run_text(true),
            Action::Previous | Action::Next => {
                let found = self.command.recall(action == Action::Previous);
                if !found {
                    self.say(Role::Faint, "the history ends here");
                }
            }
            Action::Complete => {
                let world = Arc::clone(&self.world);
                let before = self.command.version;
                if !self.command.complete(&world) && self.command.version == before {
                    self.say(Role::Faint, "nothing to complete here");
                }
            }
            Action::Overwrite => self.command.text.over = !self.command.text.over,
            Action::Undo => {
                self.command.text.undo();
                self.command.changed();
            }
            Action::Cut => {
                self.command.text.cut();
                self.command.changed();
            }
            Action::Clear => {
                self.command.text.replace("");
                self.command.file = None;
                self.command.changed();
            }
            Action::LineStart => {
                let start = self.command.text.line_start();
                self.command.text.go(start);
            }
            Action::Load => {
                self.dialogs
                    .push(Dialog::file("Load file", "", Purpose::Load));
            }
            Action::Save => {
                let name = self.command.file.as_ref();
                let name = name.map_or("query.rql".to_owned(), |file| file.display().to_string());
                self.dialogs
                    .push(Dialog::file("Save file", &name, Purpose::Save));
            }
            Action::Explain => self.help(Mode::Command),
            Action::Results if self.results.is_empty() => {
                self.say(Role::Faint, "there is no result yet");
            }
            Action::Results => self.mode = Mode::Result,
            Action::Build => self.build(),
            Action::Back => self.mode = self.home(),
            _ => {}
        }
    }

    fn run_text(&mut self, all: bool) {
        let text = self.command.text.as_str();
        let place = match all {
            true => Some(0..text.len()),
            false => self.command.statement(),
        };
        if rql_ide::is_command(text.trim()) {
            return self.run_command();
        }
        match place.filter(|place| !text[place.clone()].trim().is_empty()) {
            Some(place) => {
                let run = self.run(&text[place.clone()], place.start, false);
                self.submit(run);
            }
            None => self.say(Role::Faint, "there is nothing to run"),
        }
    }
}

impl App {
    /// A command of the prompt: forms open here, too.
    fn run_command(&mut self) {
        let text = self.command.text.as_str().trim().trim_end_matches(';');
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match (word, rest.trim()) {
            (".form", "") => self.choose_form(),
            (".form", name) => {
                let loaded = self.place.forms.iter().any(|form| form.0 == name);
                let verb = if loaded { "EXECUTE" } else { "FOR" };
                let run = self.run(&format!("FORM {verb} {name};"), 0, false);
                self.submit(run);
            }
            _ => {
                let key = self.key_of(Action::Palette);
                let said = format!("{word} is for the prompt; {key} finds what can be done here");
                self.say(Role::Warning, said);
            }
        }
    }
}

/// What there is to say of a diagnostic.
fn explained(diagnostic: &rql_diagnostics::Diagnostic) -> Vec<String> {
    let mut lines = cell::wrapped(&format!("{} {}", diagnostic.code, diagnostic.message), 70);
    let labels = diagnostic.labels.iter().map(|label| label.text.clone());
    let notes = diagnostic.notes.iter().cloned();
    let all = labels.chain(notes).chain(diagnostic.help.clone());
    lines.extend(
        all.filter(|text| !text.is_empty())
            .flat_map(|text| cell::wrapped(&text, 70)),
    );
    if let Some((title, about)) = rql_diagnostics::explain(diagnostic.code) {
        lines.push(String::new());
        lines.extend(cell::wrapped(title, 70));
        let pieces = about.split("\n\n").map(flowing).collect::<Vec<_>>();
        lines.extend(cell::wrapped(&pieces.join("\n\n"), 70));
    }
    lines
}

/// A piece of prose in one line; one of code as it is.
fn flowing(piece: &str) -> String {
    let code = |line: &str| line.starts_with([' ', '`', '|', '-']);
    match piece.lines().any(code) {
        true => piece.to_owned(),
        false => piece.replace('\n', " "),
    }
}
