//! What actions do at the designer of forms.

use crate::action::{Action, Mode};
use crate::app::{App, Busy, Effect};
use crate::designer::{Ask, Designer, Next, Shape, Spot};
use crate::dialog::{Answer, Body, Dialog, Item, Purpose};
use crate::text::Text;
use crate::theme::Role;
use crate::worker::Design;
use noctra_runtime::{Source, read_forms};
use rql::{Dialect, Env};
use rql_diagnostics::Severity;
use rql_forms::Form;
use std::path::{Path, PathBuf};

impl App {
    /// What may be designed.
    fn sources(&self) -> Vec<Item> {
        let item = |label: &str, detail: &str, value: &str| Item {
            label: label.to_owned(),
            detail: detail.to_owned(),
            value: value.to_owned(),
        };
        let mut items = vec![
            item("a new form…", "from nothing", ""),
            item("a file…", "of TOML or RQL", "."),
        ];
        let forms = self.place.forms.iter();
        items.extend(forms.map(|(name, title)| item(name, &format!("form {title}"), name)));
        let loaded = |name: &str| self.place.forms.iter().any(|(form, _)| form == name);
        let tables = self.world.catalog.tables().iter();
        let tables =
            tables.filter(|table| !noctra_repl::is_last(table) && !loaded(&table.qualified()));
        items.extend(tables.map(|table| {
            let columns = format!("{} columns", table.columns.len());
            let name = table.qualified();
            item(&name, &columns, &name)
        }));
        items
    }

    /// Asks what is designed.
    pub(crate) fn choose_design(&mut self) {
        let items = self.sources();
        let purpose = Purpose::Design(Ask::Source);
        self.dialogs
            .push(Dialog::list("Design a form", items, purpose));
    }

    /// Other tables have come: a list of them that is open has those.
    pub(crate) fn renew_sources(&mut self) {
        let sources = self.sources();
        for dialog in &mut self.dialogs {
            if let (Purpose::Design(Ask::Source), Body::List { items, .. }) =
                (&dialog.purpose, &mut dialog.body)
            {
                items.clone_from(&sources);
            }
        }
    }

    /// Asks the worker for something of the designer's.
    fn design(&mut self, design: Design) {
        if self.busy.as_ref().is_some_and(|busy| !busy.has_begun()) {
            let key = self.key_of(Action::Cancel);
            self.say(Role::Warning, format!("a statement runs; {key} ends it"));
            return;
        }
        let run = self.run("", 0, true);
        self.release();
        self.effects.push(Effect::Design(run.clone(), design));
        let busy = Busy {
            form: true,
            ..Busy::with(run)
        };
        match self.busy {
            None => self.busy = Some(busy),
            Some(_) => self.queue.push_back(busy),
        }
    }

    /// A form has come to be designed.
    pub(crate) fn designing(&mut self, form: Form, file: Option<PathBuf>) {
        let empty = form.fields.is_empty();
        self.designer = Some(Designer::new(form, file));
        self.mode = Mode::Design;
        self.judge_design();
        if empty {
            self.say(Role::Base, "a new form: Insert, or a, adds a field");
        }
    }

    /// What the form is with all that its table does for it, and what is wrong with that.
    fn judge_design(&mut self) {
        let Some(designer) = &mut self.designer else {
            return;
        };
        let world = &self.world;
        let variables = |name: &str| {
            let mut all = world.variables.iter();
            all.find(|one| one.name == name).map(|one| one.ty)
        };
        let env = Env {
            catalog: &world.catalog,
            dialect: world.dialect.unwrap_or(Dialect::Postgresql),
            variables: &variables,
            fold: Some(noctra_runtime::folded),
        };
        let mut whole = designer.form.clone();
        rql_forms::for_table(&mut whole, &env);
        let all = rql_forms::check(&whole, &env).into_iter();
        let errors = all.filter(|one| one.severity == Severity::Error);
        designer.wrong = errors.map(|one| one.message).collect();
        designer.whole = whole;
    }

    fn spots(&self) -> Vec<Spot> {
        self.designer.as_ref().map_or(Vec::new(), |designer| {
            crate::view::spots(&designer.sketch(), usize::from(self.size.width))
        })
    }

    pub(crate) fn act_on_designer(&mut self, action: Action) {
        let spots = self.spots();
        let Some(designer) = &mut self.designer else {
            return;
        };
        let size = designer.size();
        let changed = match action {
            Action::Up => designer.shift((-1, 0), &spots),
            Action::Down => designer.shift((1, 0), &spots),
            Action::Left => designer.shift((0, -1), &spots),
            Action::Right => designer.shift((0, 1), &spots),
            Action::Wider => designer.resize((0, 1), size),
            Action::Narrower => designer.resize((0, -1), size),
            Action::Taller => designer.resize((1, 0), size),
            Action::Shorter => designer.resize((-1, 0), size),
            Action::Earlier => designer.reorder(false),
            Action::Later => designer.reorder(true),
            Action::Order => {
                designer.sort();
                self.say(Role::Good, "Tab goes as the fields stand now");
                true
            }
            Action::Undo => {
                designer.undo();
                true
            }
            Action::Remove => return self.remove_field(),
            _ => return self.ask_of_designer(action),
        };
        if changed {
            self.judge_design();
        }
    }

    /// The rest of what can be done, which changes nothing yet.
    fn ask_of_designer(&mut self, action: Action) {
        let Some(designer) = &mut self.designer else {
            return;
        };
        match action {
            Action::NextField => designer.step(true),
            Action::PreviousField => designer.step(false),
            Action::Choose if designer.field().is_some() => self.ask_design(Ask::Field, ""),
            Action::Choose | Action::AddField => self.ask_design(Ask::New, ""),
            Action::FormItself => self.ask_design(Ask::Form, ""),
            Action::Buttons => self.ask_design(Ask::Buttons, ""),
            Action::Run => {
                let text = rql_forms::to_block(&designer.form) + ";";
                self.design(Design::Preview(text));
            }
            Action::Save => {
                let name = format!("{}.toml", designer.form.name.text);
                let name = designer
                    .file
                    .as_ref()
                    .map_or(name, |file| file.display().to_string());
                let purpose = Purpose::Design(Ask::Save);
                self.dialogs
                    .push(Dialog::file("Save form (.toml or .rql)", &name, purpose));
            }
            Action::Back if designer.is_dirty() => {
                let lines = vec!["What was changed at the form is not saved.".to_owned()];
                let buttons = vec!["Leave", "Stay"];
                let purpose = Purpose::Design(Ask::Leave);
                self.dialogs.push(Dialog::ask(
                    "Leave the designer",
                    lines,
                    buttons,
                    1,
                    purpose,
                ));
            }
            Action::Back => self.leave_designer(),
            _ => {}
        }
    }

    fn leave_designer(&mut self) {
        self.designer = None;
        self.mode = self.home();
        if self.alone {
            self.release();
            self.effects.push(Effect::Leave);
        }
    }

    fn remove_field(&mut self) {
        let Some(designer) = &mut self.designer else {
            return;
        };
        let table = designer.form.table.as_ref();
        let table = table.and_then(|name| rql_forms::find(&self.world.catalog, &name.text));
        let of_table = |field: &str| {
            let columns = table.map_or(&[][..], |table| &table.columns);
            columns
                .iter()
                .any(|column| rql_forms::field_name(&column.name) == field)
        };
        if let Some(said) = designer.remove(of_table) {
            self.judge_design();
            self.say(Role::Warning, said);
        }
    }

    /// Asks; `chosen` is the item that is chosen at first.
    fn ask_design(&mut self, ask: Ask, chosen: &str) {
        let shape = self.designer.as_ref().and_then(|open| open.shape(&ask));
        let purpose = Purpose::Design(ask);
        let dialog = match shape {
            Some(Shape::List(title, items)) => {
                let place = items.iter().position(|item| item.value == chosen);
                let mut dialog = Dialog::list(&title, items, purpose);
                if let (Body::List { chosen, .. }, Some(place)) = (&mut dialog.body, place) {
                    *chosen = place;
                }
                dialog
            }
            Some(Shape::Line(title, hint, text)) => Dialog::line(&title, &text, &hint, purpose),
            None => return,
        };
        self.dialogs.push(dialog);
    }

    /// What an answer does.
    pub(crate) fn design_answered(&mut self, ask: Ask, answer: &Answer) {
        let text = match (&ask, answer) {
            (Ask::Leave, Answer::Button(0)) => return self.leave_designer(),
            (Ask::Overwrite(path), Answer::Button(0)) => return self.save_form(path),
            (_, Answer::Text(text)) => text.as_str(),
            _ => return,
        };
        match ask {
            Ask::Source => match text {
                "" => {
                    let hint = "as FORM EXECUTE will call it: letters, digits and _";
                    let purpose = Purpose::Design(Ask::Name);
                    self.dialogs
                        .push(Dialog::line("New form", "", hint, purpose));
                }
                "." => {
                    let purpose = Purpose::Design(Ask::Open);
                    self.dialogs
                        .push(Dialog::file("Design the form of a file", "", purpose));
                }
                table => self.design(Design::Open(table.to_owned())),
            },
            Ask::Name | Ask::Open if text.trim().is_empty() => {}
            Ask::Name => self.design(Design::Open(text.trim().to_lowercase())),
            Ask::Open => self.design(Design::Open(text.trim().to_owned())),
            Ask::Save => self.save_as(Path::new(text.trim())),
            ask => self.change_design(ask, text),
        }
    }

    fn change_design(&mut self, ask: Ask, text: &str) {
        let spots = self.spots();
        let Some(designer) = &mut self.designer else {
            return;
        };
        let next = designer.answer(ask, text, &spots);
        self.judge_design();
        match next {
            Next::Done => {}
            Next::Ask(ask, chosen) => self.ask_design(ask, &chosen),
            Next::Wrong(ask, text, why) => {
                self.ask_design(ask, "");
                if let Some(Body::Line {
                    text: line, hint, ..
                }) = self.dialogs.last_mut().map(|dialog| &mut dialog.body)
                {
                    *line = Text::new(text);
                    *hint = format!("not so: {why}");
                }
            }
        }
    }

    /// Saves the form to a file whose ending says how; one that is there is asked about.
    fn save_as(&mut self, path: &Path) {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !matches!(ending, Some("toml" | "rql")) {
            self.say(
                Role::Error,
                "the ending says how: .toml, or .rql for a FORM block",
            );
            return;
        }
        if !path.exists() {
            return self.save_form(path);
        }
        let lines = vec![
            format!("{} is there already.", path.display()),
            self.told_of(path),
        ];
        let buttons = vec!["Write over", "Keep"];
        let purpose = Purpose::Design(Ask::Overwrite(path.to_owned()));
        self.dialogs
            .push(Dialog::ask("Confirm", lines, buttons, 1, purpose));
    }

    /// What becomes of a file that is there.
    fn told_of(&self, path: &Path) -> String {
        let Some(designer) = &self.designer else {
            return String::new();
        };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let toml = path.extension().is_some_and(|ending| ending == "toml");
        let forms = read_forms(&Source::new(path.display().to_string(), text.as_str()));
        let own = [designer.name_before(), &designer.form.name.text];
        let here = forms
            .iter()
            .any(|(form, _)| own.contains(&form.name.text.as_str()));
        let others = match toml {
            true => 0,
            false => rql_grammar::outline(&text).len() - usize::from(here),
        };
        match (here, toml, others) {
            (true, ..) => "What is the same in it stays as it is written.".to_owned(),
            (false, true, _) => "It is not of this form, and gives way to it.".to_owned(),
            (false, false, 0) => String::new(),
            (false, false, 1) => "The form comes behind its statement.".to_owned(),
            (false, false, _) => format!("The form comes behind its {others} statements."),
        }
    }

    fn save_form(&mut self, path: &Path) {
        let Some(designer) = &self.designer else {
            return;
        };
        let form = Box::new(designer.form.clone());
        let was = designer.name_before().to_owned();
        self.design(Design::Save(path.to_owned(), form, was));
    }
}
