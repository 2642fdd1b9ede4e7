//! What news change: the worker's and the helpers'.

use crate::action::Action;
use crate::app::{App, Busy, Effect, Shown};
use crate::dialog::{Body, Dialog, Purpose};
use crate::edit::Edits;
use crate::form::Form;
use crate::grid::{Grid, Query};
use crate::helper::{Course, Exported, Heard};
use crate::theme::Role;
use crate::worker::{Done, Question, Run, Told, nests, tables};
use noctra_runtime::Store;
use std::sync::Arc;
use std::sync::mpsc::Sender;

impl App {
    /// What the worker has said.
    pub(crate) fn told(&mut self, told: Told) {
        match told {
            Told::Began(store, editable) => self.began(store, editable.map(Edits::new)),
            Told::Kept(changes, kept) => self.kept(changes, kept),
            Told::Asked(question, answer) => self.asked(question, answer),
            Told::Done(done) => self.done(*done),
            Told::Form(view) => self.formed(*view),
            Told::Design(form, file) => self.designing(*form, file),
            Told::Saved(file) => {
                if let Some(designer) = &mut self.designer {
                    designer.saved_to(file);
                }
            }
            Told::Place(place) => {
                self.configure(Arc::clone(&place.settings));
                self.place = place;
            }
            Told::World(world) => {
                self.world = world;
                self.renew_sources();
                for dialog in &mut self.dialogs {
                    if let Body::Tree(tree) = &mut dialog.body {
                        tree.renew(&self.world.catalog);
                    }
                }
                self.command.recheck();
            }
        }
    }

    /// What a helper has done.
    pub(crate) fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Checked(version, all) => {
                if version == self.command.version && !self.command.has_failed() {
                    self.command.judge(all, 0, true);
                }
            }
            Heard::Found(Some(place)) => {
                self.beside.pop_front();
                if let Some(grid) = self.grid_mut() {
                    grid.go_to(place);
                }
            }
            Heard::Found(None) => {
                let needle = self.needle.clone();
                let ended = self
                    .beside
                    .pop_front()
                    .is_some_and(|(_, course)| course.is_stopped());
                let said = match ended {
                    true => format!("no {needle} so far: the search was ended"),
                    false => format!("no {needle} behind the cursor"),
                };
                self.say(Role::Warning, said);
            }
            Heard::Summed(sum) => {
                if let Some(grid) = self.grid_mut() {
                    grid.sum = Some(sum);
                }
            }
            Heard::Exported(exported) => {
                self.beside.pop_front();
                match exported {
                    Exported::Whole(said) => self.say(Role::Good, said),
                    Exported::Part(said) => self.say(Role::Warning, said),
                    Exported::Not(wrong) => self.say(Role::Error, wrong),
                }
            }
            Heard::Saved(Ok(said)) => self.say(Role::Good, said),
            Heard::Saved(Err(wrong)) => self.say(Role::Error, wrong),
        }
    }

    fn began(&mut self, store: Store, edits: Result<Edits, String>) {
        let Some(busy) = &mut self.busy else {
            store.enough();
            return;
        };
        let refines = busy.refines.clone();
        busy.into = refines.as_ref().map(|(number, _)| *number);
        let (text, values) = (busy.run.text.clone(), busy.values.clone());
        if let Some((number, mut query)) = refines
            && let Some(grid) = self.numbered_mut(number)
        {
            query.values.extend(values);
            let mut new = Grid::new(store, query, edits);
            new.look_like(grid);
            *grid = new;
            return;
        }
        let query = Query {
            nests: nests(&text),
            tables: tables(&text),
            values,
            text,
            ..Query::default()
        };
        self.show(Shown::Grid(Box::new(Grid::new(store, query, edits))));
        if let Some(busy) = &mut self.busy {
            busy.into = Some(self.count);
        }
    }

    fn asked(&mut self, question: Question, answer: Sender<Option<String>>) {
        let known = |name: &str| {
            let (_, query) = self.busy.as_ref()?.refines.as_ref()?;
            let mut values = query.values.iter();
            values
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        if let Question::Value(name, _) = &question
            && let Some(value) = known(name)
        {
            // The rows are the same ones, in another way.
            let _ = answer.send(Some(value));
            return;
        }
        let purpose = match &question {
            Question::Value(name, _) => Purpose::Value(name.clone(), answer),
            Question::Sweep(_, Some(sql)) => Purpose::Sweep(sql.clone(), answer),
            Question::Sweep(..) | Question::Password(_) => Purpose::Answer(answer),
        };
        self.dialogs.push(match question {
            Question::Sweep(told, sql) => {
                let lines = vec![format!("{told}."), self.way_back(&told)];
                let mut buttons = vec![doing(&told), "Keep"];
                buttons.extend(sql.map(|_| "Show SQL"));
                Dialog::ask("Confirm", lines, buttons, 1, purpose)
            }
            Question::Value(name, ty) => {
                let last = self.given.get(&name).cloned().unwrap_or_default();
                let hint = if ty.is_empty() {
                    name
                } else {
                    format!("{name} ({ty})")
                };
                Dialog::line("Parameter", &last, &hint, purpose)
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

    /// Whether what is asked about can be taken back.
    fn way_back(&self, told: &str) -> String {
        let rows = told.starts_with("DELETE") || told.starts_with("UPDATE");
        match self.place.transaction {
            None => "No transaction is open: it cannot be taken back.".to_owned(),
            Some(_) if rows => "ROLLBACK takes it back, until COMMIT.".to_owned(),
            Some(_) => String::new(),
        }
    }

    fn done(&mut self, done: Done) {
        let busy = self.busy.take();
        self.busy = self.queue.pop_front();
        let refines = busy.as_ref().is_some_and(|busy| busy.refines.is_some());
        self.refused = match &busy {
            Some(busy) if done.failed && busy.into.is_none() => {
                let asked = busy.refines.as_ref();
                asked.and_then(|(number, query)| Some((*number, query.filter.clone()?)))
            }
            _ => None,
        };
        let into = busy.and_then(|busy| busy.into);
        if let Some(grid) = into.and_then(|number| self.numbered_mut(number)) {
            grid.time = Some(done.time);
        }
        if !done.run.apart {
            self.command.ran(done.run.text.trim());
        }
        if done.wrong.is_empty() && self.command.has_failed() {
            // What an earlier run has found.
            self.command.judge(Vec::new(), 0, true);
        }
        // A window for a form that did not open is one like any other.
        self.alone &= self.form.is_some() || self.designer.is_some() || !done.failed;
        self.tell_done(&done, refines, into.is_some());
    }

    fn tell_done(&mut self, done: &Done, refines: bool, began: bool) {
        let remarks = done.remarks.trim();
        if let Some(said) = self.form.as_ref().and_then(Form::message) {
            if !remarks.is_empty() {
                let role = if said.error { Role::Error } else { Role::Good };
                let all = format!("{} · {}", said.text, remarks.replace('\n', " · "));
                self.say(role, all);
            }
            return;
        }
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
        } else if done.cancelled && matches!(self.message, Some((Role::Error, _))) {
            // What could not be written for that matters more.
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
            let bare = |line: &str| -> String {
                let inside = line
                    .strip_prefix('(')
                    .and_then(|rest| rest.strip_suffix(')'));
                inside.unwrap_or(line).to_owned()
            };
            let mut all: Vec<String> = remarks.lines().map(bare).collect();
            if let (Some((_, before)), true) = (&self.message, done.run.text.is_empty()) {
                // What has become of changes.
                all.insert(0, before.clone());
            }
            self.say(Role::Good, all.join(" · "));
        }
        let text = done.text.trim_end();
        match text.lines().count() {
            0 if done.run.text.is_empty() || self.form.is_some() => {}
            0 if self.mode == crate::action::Mode::Design => {}
            0 if remarks.is_empty() && !began && done.wrong.is_empty() && !done.cancelled => {
                self.say(Role::Good, format!("done · {}", milliseconds(done.time)));
            }
            0 => {}
            1 if !began => self.say(Role::Good, text),
            _ => {
                let lines = text.lines().map(str::to_owned).collect();
                self.show(Shown::Text("text".to_owned(), lines, 0));
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
        if done.run.text.is_empty() {
            return false;
        }
        self.mode = self.home();
        if let Some(at) = self.command.first_wrong().map(|wrong| wrong.place.start) {
            self.command.text.go(at);
            // The line below the text says more.
            self.message = None;
        }
        true
    }

    /// Runs a text. What gives rows that nobody wants any more is ended; another one is not disturbed.
    pub(crate) fn submit(&mut self, run: Run) {
        if self.is_occupied() {
            return;
        }
        let busy = Busy {
            form: noctra_repl::opened(&run.text).is_some()
                || noctra_repl::designed(&run.text).is_some(),
            ..Busy::with(run.clone())
        };
        self.work(busy, Effect::Run(run));
    }

    /// Asks for the rows of the result anew, behind what runs.
    pub(super) fn renew(&mut self, query: Query) {
        let Some(number) = self.results.get(self.current).map(|(number, _)| *number) else {
            return;
        };
        let run = self.run(&query.statement(), 0, true);
        let busy = Busy {
            refines: Some((number, query)),
            ..Busy::with(run.clone())
        };
        self.work(busy, Effect::Run(run));
    }

    /// True where a statement runs that must end first, which is said.
    pub(super) fn is_occupied(&mut self) -> bool {
        let occupied = self.busy.as_ref().is_some_and(|busy| !busy.has_begun());
        if occupied {
            let key = self.key_of(Action::Cancel);
            self.say(Role::Warning, format!("a statement runs; {key} ends it"));
        }
        occupied
    }

    /// Gives the worker something to do.
    pub(super) fn work(&mut self, busy: Busy, effect: Effect) {
        self.release();
        self.effects.push(effect);
        match self.busy {
            None => self.busy = Some(busy),
            Some(_) => self.queue.push_back(busy),
        }
    }

    pub(crate) fn run(&self, text: &str, offset: usize, apart: bool) -> Run {
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

    /// What is to be done beside the worker, and takes its time.
    pub(super) fn beside(&mut self, what: String) -> Course {
        let course = Course::default();
        self.beside.push_back((what, course.clone()));
        course
    }

    pub(crate) fn cancel(&mut self) {
        for (_, course) in &self.beside {
            course.stop();
        }
        let Some(busy) = &self.busy else {
            if self.beside.is_empty() {
                self.say(Role::Faint, "nothing runs");
            }
            return;
        };
        let grid = busy.into.and_then(|number| self.numbered(number));
        let waits = grid.is_some_and(|grid| grid.store.enough());
        if !waits {
            self.effects.push(Effect::Cancel);
        }
    }
}

/// The button for what is asked about.
fn doing(told: &str) -> &'static str {
    let verbs = ["Delete", "Update", "Truncate", "Drop"];
    let first = told.split(' ').next().unwrap_or_default();
    let found = verbs
        .into_iter()
        .find(|verb| verb.eq_ignore_ascii_case(first));
    found.unwrap_or("Go on")
}

/// `38 ms`, `1.52 s`.
pub(crate) fn milliseconds(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds < 1.0 {
        true => format!("{:.0} ms", seconds * 1_000.0),
        false => format!("{seconds:.2} s"),
    }
}
