//! What actions do at a dialog, and what becomes of its answer.

use crate::action::{Action, is_working};
use crate::app::{App, Effect};
use crate::cell::{grouped, wrapped};
use crate::dialog::{Answer, Body, Dialog, Purpose};
use crate::helper::Task;
use crate::text::Text;
use crate::theme::{Role, THEMES};
use noctra_records::Act;
use noctra_runtime::{Access, Limits};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl App {
    pub(crate) fn act_on_dialog(&mut self, action: Action) {
        let page = isize::try_from(self.main().1.saturating_sub(6))
            .unwrap_or(1)
            .max(1);
        let Some(dialog) = self.dialogs.last_mut() else {
            return;
        };
        if matches!(dialog.body, Body::Cell { .. }) {
            return self.act_on_cell(action);
        }
        match action {
            Action::NextItem | Action::Down => dialog.step(1),
            Action::PreviousItem | Action::Up => dialog.step(-1),
            Action::First => dialog.step(isize::MIN),
            Action::Last => dialog.step(isize::MAX),
            Action::PageDown => dialog.scroll(page),
            Action::PageUp => dialog.scroll(-page),
            Action::Complete => dialog.complete(),
            Action::Undo => {
                if let Some(text) = dialog.text() {
                    text.undo();
                }
            }
            Action::Clear => dialog.clear(),
            Action::Back => self.answered(Answer::None),
            Action::Choose => {
                if let Some(answer) = dialog.answer() {
                    self.answered(answer);
                }
            }
            _ => {}
        }
    }

    /// Does what an answer is for; the focus goes back to where it was.
    pub(crate) fn answered(&mut self, answer: Answer) {
        if let (Some(Purpose::Sweep(sql, _)), Answer::Button(2)) =
            (self.dialogs.last().map(|dialog| &dialog.purpose), &answer)
        {
            // The question stays.
            let room = usize::from(self.size.width).saturating_sub(8);
            let lines = wrapped(sql, room);
            self.dialogs.push(Dialog::page("SQL", lines));
            return;
        }
        let Some(dialog) = self.dialogs.pop() else {
            return;
        };
        match (dialog.purpose, answer) {
            (Purpose::Answer(to) | Purpose::Sweep(_, to), answer) => {
                let answer = match answer {
                    Answer::Button(0) => Some(String::new()),
                    Answer::Text(text) => Some(text),
                    Answer::Button(_) | Answer::None => None,
                };
                // A worker that has gone needs none.
                let _ = to.send(answer);
            }
            (Purpose::Value(name, to), Answer::Text(text)) => {
                if let Some(busy) = &mut self.busy {
                    busy.values.push((name.clone(), text.clone()));
                }
                self.given.insert(name, text.clone());
                let _ = to.send(Some(text));
            }
            (Purpose::Value(_, to), _) => {
                let _ = to.send(None);
            }
            (Purpose::Form, answer) => self.form_answered(&answer),
            (Purpose::Values, Answer::Text(number)) => {
                self.at_form(number.parse().map_or(Act::Cancel, Act::Take));
            }
            (Purpose::Values, _) => self.at_form(Act::Cancel),
            (Purpose::Design(ask), answer) => self.design_answered(ask, &answer),
            (Purpose::Build(pick), answer) => self.built(pick, &answer),
            (Purpose::LeaveBuilder, Answer::Button(button @ (0 | 1))) => {
                self.leave_builder(button == 0);
            }
            (Purpose::Leave, Answer::Button(0)) => {
                self.release();
                self.effects.push(Effect::Leave);
            }
            (Purpose::Keep(all), answer) => self.reviewed(all, &answer),
            (Purpose::Contest(contest), answer) => self.contest_answered(contest, &answer),
            (Purpose::Overwrite(path, rows), Answer::Button(0)) => self.write(&path, rows),
            (purpose, Answer::Text(text)) => self.chosen(purpose, text),
            _ => {}
        }
    }

    fn chosen(&mut self, purpose: Purpose, text: String) {
        match purpose {
            Purpose::Palette => {
                let here = self.mode();
                let found = self.keys.of(here).find(|(row, _)| row.action.id() == text);
                if let Some(action) = found.map(|(row, _)| row.action) {
                    debug_assert!(is_working(here), "a palette opens where people work");
                    self.act(action);
                }
            }
            Purpose::Load => self.load(Path::new(&text)),
            Purpose::Save | Purpose::Export => {
                let rows = matches!(purpose, Purpose::Export);
                let path = PathBuf::from(text);
                if path.exists() && self.command.file.as_ref() != Some(&path) {
                    let lines = vec![format!("{} is there already.", path.display())];
                    let buttons = vec!["Write over", "Keep"];
                    let purpose = Purpose::Overwrite(path, rows);
                    self.dialogs
                        .push(Dialog::ask("Confirm", lines, buttons, 1, purpose));
                } else {
                    self.write(&path, rows);
                }
            }
            Purpose::Filter => {
                let sort = self.grid().and_then(|grid| grid.query.sort);
                let filter = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                self.refused = None;
                self.refine(sort, filter);
            }
            Purpose::Find => {
                self.needle = text;
                self.find(false);
            }
            Purpose::Chart => self.chart(&text),
            Purpose::Theme => {
                if let Some(theme) = THEMES.iter().find(|theme| theme.name == text) {
                    self.theme = theme;
                }
            }
            Purpose::Open => {
                let run = self.run(&format!("FORM {text};"), 0, false);
                self.submit(run);
            }
            Purpose::Form | Purpose::Values | Purpose::Keep(_) | Purpose::Contest(_) => {}
            Purpose::Build(_) | Purpose::LeaveBuilder | Purpose::Design(_) => {}
            Purpose::Read | Purpose::Leave | Purpose::Answer(_) | Purpose::Overwrite(..) => {}
            Purpose::Value(..) | Purpose::Sweep(..) => {}
        }
    }

    /// The path by which a file may be opened; says why where it may not.
    fn allowed(&mut self, path: &Path, access: Access) -> Option<PathBuf> {
        let settings = Arc::clone(&self.place.settings);
        let allowed = Limits::of(&settings).file(path, access);
        allowed.map_err(|said| self.say(Role::Error, said)).ok()
    }

    fn load(&mut self, path: &Path) {
        let Some(path) = self.allowed(path, Access::Read) else {
            return;
        };
        let path = path.as_path();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let lines = text.lines().count();
                self.command.text.replace(text);
                self.command.text.go(0);
                self.command.file = Some(path.to_owned());
                self.command.changed();
                let name = path.display();
                self.say(
                    Role::Good,
                    format!("{} lines of {name}", grouped(lines as u64)),
                );
            }
            Err(error) => self.say(
                Role::Error,
                format!("cannot read {}: {error}", path.display()),
            ),
        }
    }

    /// Writes the rows of the grid to a file, or the text.
    fn write(&mut self, path: &Path, rows: bool) {
        let Some(path) = self.allowed(path, Access::Write) else {
            return;
        };
        let store = self.grid().map(|grid| grid.store.clone());
        let task = match (rows, store) {
            (true, Some(store)) => Task::Export {
                course: self.beside(format!("writing {}", path.display())),
                store,
                path,
            },
            _ => {
                self.command.file = Some(path.clone());
                Task::Save {
                    text: Text::as_str(&self.command.text).to_owned(),
                    path,
                }
            }
        };
        self.effects.push(Effect::Help(task));
    }
}
