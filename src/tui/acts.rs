//! What actions do in each mode, and what news change.

use crate::action::{Action, Mode, is_working};
use crate::app::{App, Busy, Effect, Shown};
use crate::cell::{self, grouped};
use crate::dialog::{Answer, Body, Dialog, Item, Purpose};
use crate::grid::{Grid, Query};
use crate::helper::{Heard, Task};
use crate::text::Text;
use crate::theme::{Role, THEMES};
use crate::worker::{Done, Question, Run, Told, nests};
use noctra_runtime::{Store, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

impl App {
    /// What the worker has said.
    pub(crate) fn told(&mut self, told: Told) {
        match told {
            Told::Began(store) => self.began(store),
            Told::Asked(question, answer) => self.asked(question, answer),
            Told::Done(done) => self.done(*done),
            Told::Place(place) => self.place = place,
            Told::World(world) => {
                self.world = world;
                self.command.changed();
            }
        }
    }

    /// What a helper has done.
    pub(crate) fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Checked(version, all) => {
                if version == self.command.version {
                    self.command.judge(all, 0, true);
                }
            }
            Heard::Found(Some(place)) => {
                if let Some(grid) = self.grid_mut() {
                    grid.go_to(place);
                }
            }
            Heard::Found(None) => {
                let needle = self.needle.clone();
                self.say(Role::Warning, format!("no {needle} behind the cursor"));
            }
            Heard::Summed(sum) => {
                if let Some(grid) = self.grid_mut() {
                    grid.sum = Some(sum);
                }
            }
            Heard::Written(Ok(said)) => self.say(Role::Good, said),
            Heard::Written(Err(wrong)) => self.say(Role::Error, wrong),
        }
    }

    fn began(&mut self, store: Store) {
        let Some(busy) = &mut self.busy else {
            store.enough();
            return;
        };
        busy.began = true;
        let text = busy.run.text.clone();
        let refined = busy.refines.and_then(|at| self.results.get_mut(at));
        if let Some((_, Shown::Grid(grid))) = refined {
            let mut query = grid.query.clone();
            (query.sort, query.filter) = (grid.wanted.0, grid.wanted.1.clone());
            let mut new = Grid::new(store, query);
            new.look_like(grid);
            **grid = new;
            return;
        }
        let query = Query {
            nests: nests(&text),
            text,
            ..Query::default()
        };
        self.show(Shown::Grid(Box::new(Grid::new(store, query))));
    }

    fn asked(&mut self, question: Question, answer: Sender<Option<String>>) {
        let purpose = Purpose::Answer(answer);
        self.dialogs.push(match question {
            Question::Sweep(told) => Dialog::ask(
                "Confirm",
                vec![format!("{told}.")],
                vec!["Go on", "Keep"],
                1,
                purpose,
            ),
            Question::Value(name, ty) => {
                let hint = if ty.is_empty() {
                    name
                } else {
                    format!("{name} ({ty})")
                };
                Dialog::line("Parameter", "", &hint, purpose)
            }
            Question::Password(what) => {
                let mut dialog = Dialog::line("Password", "", &what, purpose);
                if let Body::Line { secret, .. } = &mut dialog.body {
                    *secret = true;
                }
                dialog
            }
        });
    }

    fn done(&mut self, done: Done) {
        let busy = self.busy.take();
        self.busy = self.queue.pop_front();
        let refines = busy.as_ref().is_some_and(|busy| busy.refines.is_some());
        let began = busy.is_some_and(|busy| busy.began);
        if let Some(grid) = self.grid_mut().filter(|_| began) {
            grid.time = Some(done.time);
        }
        if !done.run.apart {
            self.command.ran(done.run.text.trim());
        }
        self.tell_done(&done, refines, began);
    }

    fn tell_done(&mut self, done: &Done, refines: bool, began: bool) {
        let remarks = done.remarks.trim();
        if let Some((wrong, other)) = done.wrong.first() {
            let place = other
                .as_ref()
                .map_or(String::new(), |name| format!("{name}: "));
            let role = if done.failed {
                Role::Error
            } else {
                Role::Warning
            };
            self.say(role, format!("{} {place}{}", wrong.code, wrong.message));
            if !refines && self.judge_done(done) {
                return;
            }
        } else if done.cancelled {
            let said = match (remarks, began) {
                ("", true) => "cancelled, the rows that came stay",
                ("" | "cancelled", _) => "cancelled",
                (remarks, _) => remarks,
            };
            self.say(Role::Warning, said);
        } else if done.failed {
            self.say(Role::Error, remarks);
        } else if !remarks.is_empty() {
            self.say(Role::Good, remarks.replace('\n', " · "));
        }
        let text = done.text.trim_end();
        match text.lines().count() {
            0 if remarks.is_empty() && !began && done.wrong.is_empty() && !done.cancelled => {
                self.say(Role::Good, format!("done · {}", milliseconds(done.time)));
            }
            0 => {}
            1 if !began => self.say(Role::Good, text),
            _ => {
                let lines = text.lines().map(str::to_owned).collect();
                self.show(Shown::Text(lines, 0));
            }
        }
    }

    /// Puts what is wrong to its places in the text; true where that is where the person should look.
    fn judge_done(&mut self, done: &Done) -> bool {
        let own = done.wrong.iter().filter(|(_, other)| other.is_none());
        let own: Vec<_> = own.map(|(one, _)| one.clone()).collect();
        self.command.judge(own, done.run.offset, false);
        if !done.failed {
            return false;
        }
        self.mode = Mode::Command;
        if let Some(at) = self.command.first_wrong().map(|wrong| wrong.place.start) {
            self.command.text.go(at);
            // The line below the text says more.
            self.message = None;
        }
        true
    }

    /// Runs a text. What gives rows that nobody wants any more is ended; another one is not disturbed.
    pub(crate) fn submit(&mut self, run: Run, refines: Option<usize>) {
        if self.busy.as_ref().is_some_and(|busy| !busy.began) {
            let key = self.key_of(Action::Cancel);
            self.say(Role::Warning, format!("a statement runs; {key} ends it"));
            return;
        }
        self.release();
        self.effects.push(Effect::Run(run.clone()));
        let busy = Busy {
            run,
            refines,
            began: false,
            ticks: 0,
        };
        match self.busy {
            None => self.busy = Some(busy),
            Some(_) => self.queue.push_back(busy),
        }
    }

    fn run(&self, text: &str, offset: usize, apart: bool) -> Run {
        Run {
            text: text.to_owned(),
            offset,
            apart,
            width: usize::from(self.size.width).saturating_sub(2),
        }
    }

    /// The key of an action where the person is working.
    pub(crate) fn key_of(&self, action: Action) -> String {
        let key = self.keys.first(self.mode, action);
        key.map_or(action.id().to_owned(), |key| key.to_string())
    }

    pub(crate) fn cancel(&mut self) {
        let Some(busy) = &self.busy else {
            self.say(Role::Faint, "nothing runs");
            return;
        };
        let waits = busy.began && self.grid().is_some_and(|grid| grid.store.enough());
        if !waits {
            self.effects.push(Effect::Cancel);
        }
    }

    /// The end of the line; there, and elsewhere, the end of the window after a question.
    pub(crate) fn end(&mut self, mode: Mode) {
        let text = match (self.dialogs.last_mut(), mode) {
            (Some(dialog), _) => dialog.text(),
            (None, Mode::Command) => Some(&mut self.command.text),
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
        if self.busy.is_some() {
            lines.push("What runs is ended.".to_owned());
        }
        let dialog = Dialog::ask("Exit", lines, vec!["Leave", "Stay"], 1, Purpose::Leave);
        self.dialogs.push(dialog);
    }

    pub(crate) fn help(&mut self, mode: Mode) {
        let keys = self.keys.of(mode).map(|(row, keys)| {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            format!("{:<22} {}", keys.join("  "), row.title)
        });
        let mut lines: Vec<String> = Vec::new();
        if let (Mode::Command, Some(wrong)) = (mode, self.command.first_wrong()) {
            lines.extend(explained(&wrong.diagnostic));
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

    /// The tables with their columns; a chosen one's rows are shown.
    pub(crate) fn tables(&mut self) {
        let mut items = Vec::new();
        for table in self.world.catalog.tables() {
            let name = match &table.schema {
                Some(schema) => format!("{schema}.{}", table.name),
                None => table.name.clone(),
            };
            let names = self.world.catalog.name_match();
            let own = rql_ide::spelled(&table.name, names);
            let value = match &table.schema {
                Some(schema) => format!("{}.{own}", rql_ide::spelled(schema, names)),
                None => own,
            };
            items.push(Item {
                label: name,
                detail: format!("{} columns", table.columns.len()),
                value: value.clone(),
            });
            items.extend(table.columns.iter().map(|column| Item {
                label: format!("    {}", column.name),
                detail: format!("{} · {}", column.ty, table.name),
                value: value.clone(),
            }));
        }
        self.dialogs
            .push(Dialog::list("Tables", items, Purpose::Tables));
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
            _ => {}
        }
    }

    fn run_text(&mut self, all: bool) {
        let text = self.command.text.as_str();
        let place = match all {
            true => Some(0..text.len()),
            false => self.command.statement(),
        };
        match place.filter(|place| !text[place.clone()].trim().is_empty()) {
            Some(place) => {
                let run = self.run(&text[place.clone()], place.start, false);
                self.submit(run, None);
            }
            None => self.say(Role::Faint, "there is nothing to run"),
        }
    }

    pub(crate) fn act_on_result(&mut self, action: Action) {
        match action {
            Action::Back => {
                self.mode = Mode::Command;
                return;
            }
            Action::OtherResult => {
                let count = self.results.len().max(1);
                self.current = (self.current + count - 1) % count;
                return;
            }
            _ => {}
        }
        let height = self.main().1;
        match self.results.get_mut(self.current) {
            Some((_, Shown::Text(lines, top))) => {
                let page = isize::try_from(height).unwrap_or(1);
                let by = match action {
                    Action::Up => -1,
                    Action::Down => 1,
                    Action::PageUp => -page,
                    Action::PageDown => page,
                    Action::First => isize::MIN,
                    Action::Last => isize::MAX,
                    _ => 0,
                };
                let last = lines.len().saturating_sub(height);
                *top = top.saturating_add_signed(by).min(last);
            }
            Some((_, Shown::Grid(_))) => self.act_on_grid(action),
            None => {}
        }
    }

    fn act_on_grid(&mut self, action: Action) {
        let Some(grid) = self.grid_mut() else { return };
        let page = grid.page_rows();
        match action {
            Action::Up => grid.go(-1),
            Action::Down => grid.go(1),
            Action::PageUp => grid.go(-page),
            Action::PageDown => grid.go(page),
            Action::First => grid.go(i64::MIN),
            Action::Last => grid.go_last(),
            Action::Left => grid.step(false),
            Action::Right => grid.step(true),
            Action::Hide => grid.hide(),
            Action::ShowAll => grid.show_all(),
            Action::Narrower => grid.widen(-1),
            Action::Wider => grid.widen(1),
            Action::Freeze => grid.freeze(),
            Action::Mark => grid.mark(),
            Action::View => self.view_cell(),
            Action::Sort => self.sort(),
            Action::Filter => {
                let filter = grid.query.filter.clone().unwrap_or_default();
                let hint = "a condition in RQL, as behind WHERE; empty for all rows";
                self.dialogs
                    .push(Dialog::line("Filter", &filter, hint, Purpose::Filter));
            }
            Action::Find => {
                let needle = self.needle.clone();
                let dialog = Dialog::line("Find", &needle, "in any column", Purpose::Find);
                self.dialogs.push(dialog);
            }
            Action::FindNext => self.find(true),
            Action::Export => {
                self.dialogs
                    .push(Dialog::file("Export", "result.csv", Purpose::Export));
            }
            Action::Chart => self.choose_chart(),
            Action::Statement => {
                let statement = grid.query.statement();
                let lines = statement.lines().map(str::to_owned).collect();
                self.dialogs.push(Dialog::page("Statement", lines));
            }
            Action::Run => {
                let statement = grid.query.statement();
                grid.wanted = (grid.query.sort, grid.query.filter.clone());
                let run = self.run(&statement, 0, true);
                self.submit(run, Some(self.current));
            }
            _ => {}
        }
        self.sum();
    }

    /// Sums up what is selected, beside everything else.
    fn sum(&mut self) {
        let Some(grid) = self.grid() else { return };
        let Some((from, to)) = grid.selected() else {
            return;
        };
        self.effects.push(Effect::Help(Task::Sum {
            store: grid.store.clone(),
            from,
            to,
        }));
    }

    fn view_cell(&mut self) {
        let width = usize::from(self.size.width).saturating_sub(8);
        let Some(grid) = self.grid() else { return };
        let (Some(value), Some(column)) = (grid.value(), grid.columns.get(grid.col)) else {
            return;
        };
        let lines = match value {
            Value::Null => vec!["NULL".to_owned()],
            Value::Blob(bytes) => dump(bytes),
            Value::Json(text) => cell::wrapped(&indented(text), width),
            value => cell::wrapped(&value.as_ref().to_string(), width),
        };
        let title = format!(
            "{} · row {} · {}",
            column.name,
            grouped(grid.row + 1),
            column.ty
        );
        self.dialogs.push(Dialog::page(title, lines));
    }

    fn sort(&mut self) {
        let Some(grid) = self.grid() else { return };
        let col = grid.col;
        let sort = match grid.query.sort {
            Some((at, false)) if at == col => Some((col, true)),
            Some((at, true)) if at == col => None,
            _ => Some((col, false)),
        };
        let filter = grid.query.filter.clone();
        self.refine(sort, filter);
    }

    /// Asks for the rows of the grid in another way.
    fn refine(&mut self, sort: Option<(usize, bool)>, filter: Option<String>) {
        let Some(grid) = self.grid_mut() else { return };
        grid.wanted = (sort, filter.clone());
        let query = Query {
            sort,
            filter,
            ..grid.query.clone()
        };
        let run = self.run(&query.statement(), 0, true);
        self.submit(run, Some(self.current));
    }

    fn find(&mut self, again: bool) {
        let needle = self.needle.clone();
        let Some(grid) = self.grid() else { return };
        if needle.is_empty() {
            return;
        }
        let from = (grid.row, grid.col + usize::from(again));
        let store = grid.store.clone();
        self.effects.push(Effect::Help(Task::Find {
            store,
            needle,
            from,
        }));
    }

    fn choose_chart(&mut self) {
        let items = crate::chart::KINDS.iter().map(|(name, _, about)| Item {
            label: (*name).to_owned(),
            detail: (*about).to_owned(),
            value: (*name).to_owned(),
        });
        let items = items.collect();
        self.dialogs
            .push(Dialog::list("Chart", items, Purpose::Chart));
    }

    fn chart(&mut self, kind: &str) {
        let page = self.main();
        let signs = self.signs();
        let Some(grid) = self.grid() else { return };
        match crate::chart::lines(grid, kind, page, signs) {
            Ok(lines) => self.show(Shown::Text(lines, 0)),
            Err(why) => self.say(Role::Warning, why),
        }
    }

    pub(crate) fn act_on_dialog(&mut self, action: Action) {
        let page = isize::try_from(self.main().1.saturating_sub(6))
            .unwrap_or(1)
            .max(1);
        let Some(dialog) = self.dialogs.last_mut() else {
            return;
        };
        match action {
            Action::NextItem | Action::Down => dialog.step(1),
            Action::PreviousItem | Action::Up => dialog.step(-1),
            Action::First => dialog.step(isize::MIN),
            Action::Last => dialog.step(isize::MAX),
            Action::PageDown => dialog.step(page),
            Action::PageUp => dialog.step(-page),
            Action::Complete => dialog.complete(),
            Action::Undo => {
                if let Some(text) = dialog.text() {
                    text.undo();
                }
            }
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
        let Some(dialog) = self.dialogs.pop() else {
            return;
        };
        match (dialog.purpose, answer) {
            (Purpose::Answer(to), answer) => {
                let answer = match answer {
                    Answer::Button(0) => Some(String::new()),
                    Answer::Text(text) => Some(text),
                    Answer::Button(_) | Answer::None => None,
                };
                // A worker that has gone needs none.
                let _ = to.send(answer);
            }
            (Purpose::Leave, Answer::Button(0)) => {
                self.release();
                self.effects.push(Effect::Leave);
            }
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
            Purpose::Tables => {
                let run = self.run(&format!("SELECT * FROM {text};"), 0, false);
                self.submit(run, None);
            }
            Purpose::Read | Purpose::Leave | Purpose::Answer(_) | Purpose::Overwrite(..) => {}
        }
    }

    fn load(&mut self, path: &Path) {
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
        let path = path.to_owned();
        let task = match (rows, self.grid()) {
            (true, Some(grid)) => {
                grid.store.want(None);
                Task::Export {
                    store: grid.store.clone(),
                    path,
                }
            }
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
        lines.extend(cell::wrapped(about, 70));
    }
    lines
}

/// `38 ms`, `1.52 s`.
pub(crate) fn milliseconds(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds < 1.0 {
        true => format!("{:.0} ms", seconds * 1_000.0),
        false => format!("{seconds:.2} s"),
    }
}

/// Bytes as people look at them: sixteen a line.
fn dump(bytes: &[u8]) -> Vec<String> {
    let line = |(at, line): (usize, &[u8])| {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let seen = |byte: &u8| {
            if (0x20..0x7f).contains(byte) {
                char::from(*byte)
            } else {
                '.'
            }
        };
        let text: String = line.iter().map(seen).collect();
        format!("{:08x}  {:<47}  {text}", at * 16, hex.join(" "))
    };
    // More is for a file.
    bytes.chunks(16).take(4_096).enumerate().map(line).collect()
}

/// JSON with a line for each member.
fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    for c in text.chars() {
        if quoted {
            out.push(c);
            (quoted, escaped) = (escaped || c != '"', c == '\\' && !escaped);
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{dump, indented};

    #[test]
    fn cells_are_shown_whole() {
        assert_eq!(
            indented(r#"{"a":[1,"x, \"y"]}"#),
            "{\n  \"a\": [\n    1,\n    \"x, \\\"y\"\n  ]\n}"
        );
        assert_eq!(
            dump(b"ab\x00"),
            ["00000000  61 62 00                                         ab."]
        );
    }
}
