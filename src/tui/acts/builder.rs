//! What actions do at the builder of queries.

use crate::action::{Action, Mode};
use crate::app::App;
use crate::builder::{Builder, Form, Line, Next, Pick, Section};
use crate::command::Command;
use crate::dialog::{Answer, Body, Dialog, Purpose};
use crate::text::Text;
use crate::theme::Role;
use std::sync::Arc;

/// What a question puts in front of the text when it is asked again.
const WRONG: &str = "not so: ";

impl App {
    /// Where one is when nothing stands in front: at the text, or at the builder.
    pub(crate) fn home(&self) -> Mode {
        match (&self.designer, &self.builder) {
            (Some(_), _) => Mode::Design,
            (None, Some(_)) => Mode::Build,
            (None, None) => Mode::Command,
        }
    }

    /// Opens the builder on the statement at the cursor, or goes between its lines and its text.
    pub(crate) fn build(&mut self) {
        if self.builder.is_some() {
            self.mode = match self.mode {
                Mode::Build => Mode::Command,
                _ => Mode::Build,
            };
            return;
        }
        let place = self.command.statement().unwrap_or(0..0);
        let text = self.command.text.as_str()[place.clone()].trim().to_owned();
        let comments = !rql_grammar::parse(&text).ast.comments.is_empty();
        let history = std::mem::take(&mut self.command.history);
        let mut command = Command::new(history);
        command.text = Text::new(text.as_str());
        command.text.go(0);
        command.changed_from(self.command.version);
        let before = std::mem::replace(&mut self.command, command);
        self.builder = Some(Builder::new(before, place, text));
        self.mode = Mode::Build;
        self.follow_text();
        let shown = self
            .builder
            .as_ref()
            .is_some_and(|open| open.cannot.is_none());
        if shown && !comments {
            self.follow_builder();
            if let Some(builder) = &mut self.builder {
                self.command.text.as_str().clone_into(&mut builder.began);
            }
        }
        if comments {
            self.say(
                Role::Warning,
                "comments are lost when something is changed here",
            );
        }
    }

    /// The builder shows what the text says.
    pub(crate) fn follow_text(&mut self) {
        if let Some(builder) = &mut self.builder {
            let (text, version) = (self.command.text.as_str(), self.command.version);
            builder.reread(text, version, &self.world.catalog);
        }
    }

    /// The text says what the builder shows.
    fn follow_builder(&mut self) {
        let width = self.build_width();
        let Some(builder) = &mut self.builder else {
            return;
        };
        let text = builder.text(&self.world.catalog, width);
        self.command.text.replace(text.trim_end());
        self.command.text.go(0);
        self.command.changed();
        builder.known = self.command.version;
        builder.cannot = None;
    }

    /// How wide the text beside the lines is written.
    fn build_width(&self) -> usize {
        let (_, text) = crate::view::builder_widths(self.size.width);
        usize::from(text).saturating_sub(self.line_gutter() + 1)
    }

    pub(crate) fn act_on_builder(&mut self, action: Action) {
        let page = isize::try_from(self.main().1).unwrap_or(1);
        let world = Arc::clone(&self.world);
        let Some(builder) = &mut self.builder else {
            return;
        };
        match action {
            Action::Up => builder.step(-1),
            Action::Down => builder.step(1),
            Action::PageUp => builder.step(-page),
            Action::PageDown => builder.step(page),
            Action::First => builder.step(isize::MIN),
            Action::Last => builder.step(isize::MAX),
            Action::Run | Action::Results => self.act_on_text(action),
            Action::Build => self.build(),
            Action::Take => self.leave_builder(true),
            Action::Back => self.back_from_builder(),
            Action::Undo => {
                self.command.text.undo();
                self.command.changed();
                self.follow_text();
            }
            _ if builder.cannot.is_some() => {
                let why = builder.cannot.clone().unwrap_or_default();
                self.say(Role::Warning, format!("{why}; edit the text"));
            }
            Action::Choose => match builder.change() {
                Some(pick) => self.ask_builder(pick, ""),
                None => self.change_builder(|builder| builder.toggle(&world.catalog)),
            },
            Action::Toggle => self.change_builder(|builder| builder.toggle(&world.catalog)),
            Action::Remove => self.change_builder(|builder| builder.remove(&world.catalog)),
            Action::Earlier => self.change_builder(|builder| builder.shift(false)),
            Action::Later => self.change_builder(|builder| builder.shift(true)),
            Action::Distinct => self.change_builder(|builder| {
                builder.go(Line::Distinct);
                builder.toggle(&world.catalog)
            }),
            Action::AddTable => self.add_to(Section::Tables),
            Action::AddColumn => self.add_to(Section::Columns),
            Action::AddFilter => self.add_to(Section::Filters),
            Action::AddGroup => self.add_to(Section::Groups),
            Action::AddSort => self.add_to(Section::Sorts),
            Action::Limit => self.ask_builder(Pick::Limit, ""),
            Action::Offset => self.ask_builder(Pick::Offset, ""),
            _ => {}
        }
    }

    fn add_to(&mut self, section: Section) {
        self.ask_builder(Builder::add(section), "");
    }

    fn change_builder(&mut self, change: impl FnOnce(&mut Builder) -> bool) {
        if self.builder.as_mut().is_some_and(change) {
            self.follow_builder();
        }
    }

    /// Asks, for a table where there is none yet; `chosen` is the value that is chosen at first.
    fn ask_builder(&mut self, pick: Pick, chosen: &str) {
        let Some(builder) = &self.builder else { return };
        if !builder.has_tables() && !matches!(pick, Pick::Table) {
            self.say(Role::Faint, "a table comes first");
            return self.ask_builder(Pick::Table, chosen);
        }
        let purpose = Purpose::Build(pick.clone());
        let dialog = match builder.form(&pick, &self.world.catalog) {
            Form::List(title, items) => {
                let place = items.iter().position(|item| item.value == chosen);
                let mut dialog = Dialog::list(&title, items, purpose);
                if let (Body::List { chosen, .. }, Some(place)) = (&mut dialog.body, place) {
                    *chosen = place;
                }
                dialog
            }
            Form::Line(title, hint, text) => Dialog::line(&title, &text, &hint, purpose),
        };
        self.dialogs.push(dialog);
    }

    /// What an answer does to the query.
    pub(crate) fn built(&mut self, pick: Pick, answer: &Answer) {
        let Answer::Text(text) = answer else { return };
        let world = Arc::clone(&self.world);
        let Some(builder) = &mut self.builder else {
            return;
        };
        match builder.answer(pick, text, &world.catalog) {
            Next::Nothing => {}
            Next::Changed => self.follow_builder(),
            Next::Again(pick, chosen) => {
                self.follow_builder();
                self.ask_builder(pick, &chosen);
            }
            Next::Ask(pick) => self.ask_builder(pick, ""),
            Next::Wrong(pick, text, why) => {
                self.ask_builder(pick, "");
                if let Some(Body::Line {
                    text: line, hint, ..
                }) = self.dialogs.last_mut().map(|dialog| &mut dialog.body)
                {
                    *line = Text::new(text);
                    *hint = format!("{WRONG}{why}");
                }
            }
        }
    }

    /// Leaves the builder; what was built and not taken is asked about.
    fn back_from_builder(&mut self) {
        let Some(builder) = &self.builder else { return };
        if self.command.text.as_str().trim() == builder.began.trim() {
            return self.leave_builder(false);
        }
        let lines = vec!["The query has changed. Take it into the text?".to_owned()];
        let buttons = vec!["Take it", "Drop it", "Stay"];
        let dialog = Dialog::ask(
            "Leave the builder",
            lines,
            buttons,
            2,
            Purpose::LeaveBuilder,
        );
        self.dialogs.push(dialog);
    }

    pub(crate) fn leave_builder(&mut self, take: bool) {
        let Some(builder) = self.builder.take() else {
            return;
        };
        let built = std::mem::replace(&mut self.command, builder.before);
        self.command.history = built.history;
        self.command.past = self.command.history.len();
        if take {
            let text = self.command.text.as_str();
            // Formatted for the whole width, where it can be.
            let width = usize::from(self.size.width).saturating_sub(self.line_gutter() + 1);
            let parse = rql_grammar::parse(built.text.as_str());
            let options = rql_ast::FormatOptions { width };
            let new = match parse.is_ok() {
                true => rql_ast::format(&parse.ast, &options),
                false => built.text.as_str().to_owned(),
            };
            let new = new.trim_end();
            let whole = format!(
                "{}{new}{}",
                &text[..builder.place.start],
                &text[builder.place.end..]
            );
            self.command.text.replace(whole);
            self.command.text.go(builder.place.start + new.len());
        }
        self.command.changed_from(built.version);
        self.mode = Mode::Command;
    }
}
