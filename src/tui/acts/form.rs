//! What actions do at a form.

use crate::action::Action;
use crate::app::{App, Busy, Effect, edit_text};
use crate::dialog::{Answer, Dialog, Item, Purpose};
use crate::form::{Form, FormView};
use crate::key::{Code, Key};
use crate::theme::Role;
use noctra_records::Act;

impl App {
    /// Opens a form by a statement; the window is left with it.
    pub fn begin(&mut self, text: &str) -> Vec<Effect> {
        self.alone = true;
        let run = self.run(text, 0, false);
        self.submit(run);
        core::mem::take(&mut self.effects)
    }

    /// True while the form does something: what is typed then waits for it.
    pub(crate) fn form_works(&self) -> bool {
        let mut all = self.busy.iter().chain(&self.queue);
        all.any(|busy| busy.form && !busy.has_begun())
    }

    /// What has become of the form.
    pub(crate) fn formed(&mut self, view: FormView) {
        let rows = self.busy.as_ref().is_some_and(|busy| busy.has_begun());
        let of_form = |dialog: &Dialog| matches!(dialog.purpose, Purpose::Form | Purpose::Values);
        self.dialogs.retain(|dialog| !of_form(dialog));
        if view.closed {
            self.form = None;
            self.mode = self.home();
            if self.alone {
                self.release();
                self.effects.push(Effect::Leave);
            }
            return;
        }
        match &mut self.form {
            Some(form) => form.show(view),
            none => *none = Some(Form::new(view)),
        }
        if !rows {
            self.mode = crate::action::Mode::Form;
        }
        self.dialogs
            .extend(self.form.as_ref().and_then(Form::dialog));
    }

    /// Does something at the form, behind what has been typed.
    pub(crate) fn at_form(&mut self, act: Act) {
        self.all_at_form(vec![act]);
    }

    /// Does some things, one after the other.
    pub(crate) fn all_at_form(&mut self, acts: Vec<Act>) {
        if self.is_occupied() {
            return;
        }
        let Some(form) = &mut self.form else { return };
        let acts = form.acts(acts);
        let run = self.run("", 0, true);
        let busy = Busy {
            form: true,
            ..Busy::with(run.clone())
        };
        self.work(busy, Effect::Form(run, acts));
    }

    /// The forms that are loaded and those of the tables, to open one.
    pub(crate) fn choose_form(&mut self) {
        let names = self.world.catalog.name_match();
        let forms = self.place.forms.iter().map(|(name, title)| Item {
            label: name.clone(),
            detail: title.clone(),
            value: format!("EXECUTE {}", rql_ide::spelled(name, names)),
        });
        let tables = self.world.catalog.tables().iter();
        let tables = tables.filter(|table| !noctra_repl::is_last(table));
        let tables = tables.map(|table| Item {
            label: table.name.clone(),
            detail: "form of the table".to_owned(),
            value: format!("FOR {}", rql_ide::spelled(&table.name, names)),
        });
        let items = forms.chain(tables).collect();
        self.dialogs
            .push(Dialog::list("Forms", items, Purpose::Open));
    }

    /// An answer to what the form asks.
    pub(crate) fn form_answered(&mut self, answer: &Answer) {
        let act = match answer {
            Answer::Button(button) => self.form.as_ref().and_then(|form| form.answer(*button)),
            Answer::Text(_) | Answer::None => Some(Act::Cancel),
        };
        if let Some(act) = act {
            self.at_form(act);
        }
    }

    /// A digit changes whose value of a contested field stays.
    pub(crate) fn change_side(&mut self, digit: char) {
        if self.flip_side(digit) {
            return;
        }
        let side = self.form.as_ref().and_then(|form| form.side(digit));
        if let Some((field, choice)) = side {
            // It comes back with the choice.
            self.dialogs.pop();
            self.at_form(Act::Side(field, choice));
        }
    }

    /// The action of the form that has this key.
    pub(crate) fn form_key(&mut self, key: Key) -> bool {
        let button = self.form.as_ref().and_then(|form| form.button_of(key));
        if let Some(name) = &button {
            self.message = None;
            self.at_form(Act::Action(name.clone()));
        }
        button.is_some()
    }

    /// What a key types into the field.
    pub(crate) fn edit_form(&mut self, key: Key) {
        self.message = None;
        let Some(form) = &mut self.form else { return };
        form.view.screen.message = None;
        if form.button.is_some() {
            match key.code {
                Code::Left => self.step_form(false),
                Code::Right => self.step_form(true),
                Code::Char(' ') => self.act_on_form(Action::Accept),
                _ => {}
            }
            return;
        }
        let Some(field) = form.field() else { return };
        if form.is_fixed(field) && key.typed().is_some() {
            let label = field.label.clone();
            self.say(Role::Warning, format!("{label} cannot be changed"));
            return;
        }
        if form.toggles() && key.typed() == Some(' ') {
            let on = form.text.as_str() == "true";
            form.text.replace(if on { "false" } else { "true" });
            form.edited = true;
        } else if edit_text(&mut form.text, key) {
            form.edited = true;
        }
    }

    fn clear_field(&mut self) {
        let Some(form) = &mut self.form else { return };
        let fixed = form.field().is_none_or(|field| form.is_fixed(field));
        if form.button.is_none() && !fixed {
            form.text.replace("");
            form.edited = true;
        }
    }

    /// A text that is pasted into the field.
    pub(crate) fn paste_form(&mut self, text: &str) {
        let Some(form) = &mut self.form else { return };
        let fixed = form.field().is_none_or(|field| form.is_fixed(field));
        if form.button.is_some() || fixed {
            return;
        }
        match form.takes_lines() {
            true => form.text.insert(text),
            false => form.text.insert(&text.replace('\n', " ")),
        }
        form.edited = true;
    }

    fn step_form(&mut self, forward: bool) {
        if let Some(act) = self.form.as_mut().and_then(|form| form.step(forward)) {
            self.at_form(act);
        }
    }

    /// A line up or down: in a text of lines, in rows, else from field to field.
    fn line_form(&mut self, down: bool) {
        let Some(form) = &mut self.form else { return };
        let by = if down { 1 } else { -1 };
        let before = form.text.line();
        if form.takes_lines() && form.button.is_none() {
            form.text.move_lines(by);
            if form.text.line() != before {
                return;
            }
        }
        match (form.block().is_some_and(|block| block.height > 1), down) {
            (true, true) => self.at_form(Act::NextRecord),
            (true, false) => self.at_form(Act::PreviousRecord),
            (false, _) => self.step_form(down),
        }
    }

    fn accept(&mut self) {
        let Some(form) = &mut self.form else { return };
        let button = form.button.and_then(|at| form.view.buttons.get(at));
        if let Some(button) = button {
            let act = Act::Action(button.name.clone());
            self.at_form(act);
        } else if form.takes_lines() {
            form.text.type_char('\n');
            form.edited = true;
        } else {
            self.step_form(true);
        }
    }

    pub(crate) fn act_on_form(&mut self, action: Action) {
        let Some(form) = &mut self.form else { return };
        form.view.screen.message = None;
        match action {
            Action::NextField => self.step_form(true),
            Action::PreviousField => self.step_form(false),
            Action::Down => self.line_form(true),
            Action::Up => self.line_form(false),
            Action::Accept => self.accept(),
            Action::Undo => {
                form.text.undo();
                form.edited = true;
            }
            Action::Clear => self.clear_field(),
            _ => {
                if let Some(act) = form.act_of(action) {
                    self.at_form(act);
                }
            }
        }
    }
}
