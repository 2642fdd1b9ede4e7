//! The window as a value: events change it and give effects, a frame is drawn from it. It never waits and
//! touches nothing outside but the rows that lie in their stores.

use crate::action::{Action, Keys, Mode};
use crate::builder::Builder;
use crate::command::Command;
use crate::designer::Designer;
use crate::dialog::{Body, Dialog, Purpose};
use crate::form::Form;
use crate::grid::{Grid, Query};
use crate::helper::{Course, Heard, Task};
use crate::key::{Code, Input, Key};
use crate::theme::{ASCII, Role, Signs, THEMES, Theme, UNICODE};
use crate::worker::{Design, Place, Run, Told};
use noctra_records::{Act, Change};
use noctra_runtime::Settings;
use ratatui::layout::Size;
use rql_ide::World;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What happens to a window.
#[derive(Debug)]
pub enum Event {
    /// Something was typed.
    Input(Input),
    /// The terminal has another size.
    Resized(Size),
    /// The worker says something.
    Told(Told),
    /// A helper has done its task.
    Heard(Heard),
    /// Some time has gone by while something runs.
    Tick,
}

/// What a window wants done outside of it.
#[derive(Debug)]
pub enum Effect {
    /// A text is to run.
    Run(Run),
    /// Something is done at the form; what that gives is shown as for a text.
    Form(Run, Vec<Act>),
    /// Rows of a table are to be changed.
    Keep(Run, Vec<Change>),
    /// Something of the designer of forms.
    Design(Run, Design),
    /// What runs is to end.
    Cancel,
    /// Something is to be done beside the worker.
    Help(Task),
    /// The window is left.
    Leave,
    /// The process stops for a while.
    Suspend,
    /// All of the screen is drawn again.
    Redraw,
    /// The terminal tells of the mouse, or does so no more.
    Mouse(bool),
}

/// A text that runs, or will.
#[derive(Debug)]
pub(crate) struct Busy {
    pub(crate) run: Run,
    /// The number of the result whose rows are asked for in another way, and the query that does it.
    pub(crate) refines: Option<(usize, Query)>,
    /// The parameters that were asked for, and what was answered.
    pub(crate) values: Vec<(String, String)>,
    /// It concerns a form.
    pub(crate) form: bool,
    /// The number of the result that its rows come into, once they do.
    pub(crate) into: Option<usize>,
    /// How many ticks it has run.
    pub(crate) ticks: usize,
}

impl Busy {
    /// Nothing but a text.
    pub(crate) fn with(run: Run) -> Self {
        Self {
            run,
            refines: None,
            values: Vec::new(),
            form: false,
            into: None,
            ticks: 0,
        }
    }

    /// True where rows have begun to come.
    pub(crate) fn has_begun(&self) -> bool {
        self.into.is_some()
    }
}

/// A result.
#[derive(Debug)]
pub(crate) enum Shown {
    /// Rows.
    Grid(Box<Grid>),
    /// What a text is, its lines, and the first one in sight.
    Text(String, Vec<String>, usize),
}

/// So many results are kept.
const KEPT: usize = 12;

/// The window.
#[derive(Debug)]
pub struct App {
    pub(crate) size: Size,
    unicode: bool,
    /// The statements run in a terminal of so many colours.
    pub(crate) theme: &'static Theme,
    pub(crate) keys: Keys,
    pub(crate) world: Arc<World>,
    pub(crate) place: Place,
    pub(crate) command: Command,
    /// The results, with their numbers.
    pub(crate) results: Vec<(usize, Shown)>,
    pub(crate) current: usize,
    pub(crate) mode: Mode,
    /// The builder of queries, whose text is `command` while it is open.
    pub(crate) builder: Option<Builder>,
    /// The designer of forms.
    pub(crate) designer: Option<Designer>,
    /// The form that is open.
    pub(crate) form: Option<Form>,
    /// The window is there for one form.
    pub(crate) alone: bool,
    /// What was typed while the form was at work.
    ahead: VecDeque<Input>,
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) busy: Option<Busy>,
    pub(crate) queue: VecDeque<Busy>,
    /// What is done beside the worker, in its order: in words, and how far it is.
    pub(crate) beside: VecDeque<(String, Course)>,
    pub(crate) message: Option<(Role, String)>,
    /// How many statements have given a result.
    pub(crate) count: usize,
    pub(crate) ticks: usize,
    /// What was looked for last.
    pub(crate) needle: String,
    /// The filter that was asked for last, where it could not be, with the number of its result.
    pub(crate) refused: Option<(usize, String)>,
    /// What was answered last for each parameter.
    pub(crate) given: BTreeMap<String, String>,
    pub(crate) effects: Vec<Effect>,
}

impl App {
    /// A window of a size.
    #[must_use]
    pub fn new(size: Size, unicode: bool, history: Vec<String>) -> Self {
        Self {
            size,
            unicode,
            theme: &THEMES[0],
            keys: Keys::default(),
            world: Arc::default(),
            place: Place::default(),
            command: Command::new(history),
            results: Vec::new(),
            current: 0,
            mode: Mode::Command,
            builder: None,
            designer: None,
            form: None,
            alone: false,
            ahead: VecDeque::new(),
            dialogs: Vec::new(),
            busy: None,
            queue: VecDeque::new(),
            beside: VecDeque::new(),
            message: None,
            count: 0,
            ticks: 0,
            needle: String::new(),
            refused: None,
            given: BTreeMap::new(),
            effects: Vec::new(),
        }
    }

    /// Takes colours, keys and whether there is a mouse as they are set, where that is not as before; what is wrong with them is said.
    pub fn configure(&mut self, now: Arc<Settings>) {
        let before = core::mem::replace(&mut self.place.settings, Arc::clone(&now));
        if now.screen_theme != before.screen_theme {
            let theme = now.screen_theme.as_deref().and_then(Theme::named);
            self.theme = theme.unwrap_or(&THEMES[0]);
        }
        if now.screen_keys != before.screen_keys {
            self.keys = Keys::default();
            let keys = now.screen_keys.as_deref().unwrap_or_default();
            if let Err(wrong) = self.keys.remap(keys) {
                self.say(Role::Warning, wrong);
            }
        }
        if now.screen_mouse != before.screen_mouse {
            self.effects.push(Effect::Mouse(now.screen_mouse));
        }
    }

    /// Changes the window by what has happened; gives what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let version = self.command.version;
        match event {
            Event::Input(input) => self.input(input),
            Event::Resized(size) => self.size = size,
            Event::Told(told) => self.told(told),
            Event::Heard(heard) => self.heard(heard),
            Event::Tick => {
                self.ticks += 1;
                if let Some(busy) = &mut self.busy {
                    busy.ticks += 1;
                }
            }
        }
        while !self.form_works()
            && !self.waits()
            && let Some(input) = self.ahead.pop_front()
        {
            self.input(input);
        }
        self.follow_text();
        if self.command.version != version {
            let text = self.command.text.as_str().to_owned();
            let (version, world) = (self.command.version, Arc::clone(&self.world));
            self.effects.push(Effect::Help(Task::Check {
                version,
                text,
                world,
            }));
        }
        core::mem::take(&mut self.effects)
    }

    /// Makes the window fit for drawing: the rows in sight are read.
    pub fn settle(&mut self) {
        let (whole, height) = self.main();
        let width = match self.builder {
            Some(_) => usize::from(crate::view::builder_widths(self.size.width).1),
            None => whole,
        };
        self.command.color(&self.world);
        self.command.remark();
        let gutter = self.line_gutter();
        let below = self.command.wrong.len().min(3);
        self.command
            .settle(width.saturating_sub(gutter), height.saturating_sub(below));
        let thousands = self.place.settings.screen_thousands;
        let read = match self.results.get_mut(self.current) {
            // Names, a line, and what is said of the rows.
            Some((_, Shown::Grid(grid))) => {
                grid.settle((whole, height.saturating_sub(3)), thousands)
            }
            _ => Ok(()),
        };
        if let Err(error) = read {
            self.say(Role::Error, format!("the rows cannot be read: {error}"));
        }
    }

    /// The width and the height between the header and the message.
    pub(crate) fn main(&self) -> (usize, usize) {
        let (width, height) = (usize::from(self.size.width), usize::from(self.size.height));
        (width, height.saturating_sub(3 + self.footer_lines()))
    }

    /// How many lines the keys have.
    pub(crate) fn footer_lines(&self) -> usize {
        if self.size.height < 24 { 1 } else { 3 }
    }

    /// How wide the numbers of the lines are.
    pub(crate) fn line_gutter(&self) -> usize {
        let lines = self.command.text.as_str().matches('\n').count() + 1;
        lines.to_string().len().max(2) + 2
    }

    pub(crate) fn signs(&self) -> &'static Signs {
        if self.unicode && !self.theme.ascii {
            &UNICODE
        } else {
            &ASCII
        }
    }

    /// The mode that keys are for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self.dialogs.last().map(|dialog| &dialog.body) {
            None => match self.results.get(self.current) {
                Some((_, Shown::Text(..))) if self.mode == Mode::Result => Mode::Text,
                _ => self.mode,
            },
            Some(Body::Ask { .. }) => Mode::Dialog,
            Some(Body::List { .. }) => Mode::List,
            Some(Body::Page { .. }) => Mode::Page,
            Some(Body::Line { .. }) => Mode::Line,
            Some(Body::Tree(_)) => Mode::Tree,
            Some(Body::Cell { .. }) => Mode::Cell,
        }
    }

    /// True while something goes on that the window should follow.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        if !self.beside.is_empty() {
            return true;
        }
        let Some(busy) = &self.busy else {
            return false;
        };
        let Some((number, grid)) = busy.into.and_then(|at| Some((at, self.numbered(at)?))) else {
            return true;
        };
        // Rows that wait until more of them are wanted do not move, whatever is looked at; but what came before they
        // did is still to be shown.
        let now = grid.store.progress();
        let shown = self.results.get(self.current);
        !now.waiting || (shown.is_some_and(|(at, _)| *at == number) && grid.progress != now)
    }

    pub(crate) fn say(&mut self, role: Role, text: impl Into<String>) {
        self.message = Some((role, text.into()));
    }

    pub(crate) fn grid(&self) -> Option<&Grid> {
        match self.results.get(self.current) {
            Some((_, Shown::Grid(grid))) => Some(grid),
            _ => None,
        }
    }

    pub(crate) fn grid_mut(&mut self) -> Option<&mut Grid> {
        match self.results.get_mut(self.current) {
            Some((_, Shown::Grid(grid))) => Some(grid),
            _ => None,
        }
    }

    /// The rows of a result that need not be the one that is looked at.
    pub(crate) fn numbered(&self, number: usize) -> Option<&Grid> {
        let mut all = self.results.iter();
        match all.find(|(known, _)| *known == number) {
            Some((_, Shown::Grid(grid))) => Some(grid),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn numbered_mut(&mut self, number: usize) -> Option<&mut Grid> {
        let mut all = self.results.iter_mut();
        match all.find(|(known, _)| *known == number) {
            Some((_, Shown::Grid(grid))) => Some(grid),
            _ => None,
        }
    }

    /// A new result, which is looked at.
    pub(crate) fn show(&mut self, shown: Shown) {
        if self.results.len() == KEPT {
            let edited = |shown: &Shown| matches!(shown, Shown::Grid(grid) if grid.edited() > 0);
            let idle = self.results.iter().position(|(_, shown)| !edited(shown));
            self.results.remove(idle.unwrap_or(0));
        }
        self.count += 1;
        self.results.push((self.count, shown));
        self.current = self.results.len() - 1;
        self.mode = Mode::Result;
    }

    /// What is typed waits for work that is not quite done: the form's, and what has led to a question of its own.
    fn waits(&self) -> bool {
        match self.dialogs.last().map(|dialog| &dialog.purpose) {
            None | Some(Purpose::Form | Purpose::Values) => self.form_works(),
            Some(Purpose::Keep(_) | Purpose::Contest(_)) => {
                self.busy.as_ref().is_some_and(|busy| !busy.has_begun())
            }
            Some(_) => false,
        }
    }

    /// What is typed while the form works waits for it, but for the key that ends the work.
    fn input(&mut self, input: Input) {
        let waits = self.waits();
        match input {
            Input::Key(key)
                if waits && self.keys.action(self.mode(), key) == Some(Action::Cancel) =>
            {
                self.ahead.clear();
                self.key(key);
            }
            input if waits => self.ahead.push_back(input),
            Input::Key(key) => self.key(key),
            Input::Paste(text) => self.paste(&text),
            Input::Mouse(mouse) => self.mouse(mouse),
        }
    }

    fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n");
        match self.dialogs.last_mut() {
            Some(dialog) => {
                if let Some(line) = dialog.text() {
                    line.insert(&text.replace('\n', " "));
                    dialog.typed();
                }
            }
            None if self.mode == Mode::Form => self.paste_form(&text),
            None if self.mode == Mode::Command => {
                self.command.popup = None;
                self.command.text.insert(&text);
                self.command.changed();
            }
            None => {}
        }
    }

    pub(crate) fn key(&mut self, key: Key) {
        if self.popup_key(key) {
            return;
        }
        let mode = self.mode();
        if mode == Mode::Form && self.form_key(key) {
            return;
        }
        let typing = matches!(
            mode,
            Mode::Command | Mode::Form | Mode::Line | Mode::List | Mode::Tree | Mode::Cell
        );
        // A letter is text where there is text.
        let action = match key.typed() {
            Some(_) if typing => None,
            _ => self.keys.action(mode, key),
        };
        match action {
            Some(action) => self.act(action),
            None => self.edit(key),
        }
    }

    /// Keys for the candidates, while there are some; true where that is all that they do.
    fn popup_key(&mut self, key: Key) -> bool {
        let (None, Some(popup)) = (self.dialogs.last(), &mut self.command.popup) else {
            return false;
        };
        let last = popup.completion.items.len().saturating_sub(1);
        match key.code {
            Code::Down | Code::Tab if !key.shift => popup.chosen = (popup.chosen + 1).min(last),
            Code::Up | Code::Tab => popup.chosen = popup.chosen.saturating_sub(1),
            Code::PageDown => popup.chosen = (popup.chosen + 6).min(last),
            Code::PageUp => popup.chosen = popup.chosen.saturating_sub(6),
            Code::Enter => self.command.take(),
            Code::Esc => self.command.popup = None,
            _ if key.typed().is_some() || key.code == Code::Backspace => {
                self.edit(key);
                let world = Arc::clone(&self.world);
                if self.command.popup.is_some() {
                    self.command.complete(&world);
                }
            }
            _ => {
                self.command.popup = None;
                return false;
            }
        }
        true
    }

    /// What a key does to a text.
    fn edit(&mut self, key: Key) {
        if let Some(dialog) = self.dialogs.last_mut() {
            if let (Body::Ask { .. }, Some(letter)) = (&dialog.body, key.typed()) {
                match dialog.button(letter) {
                    Some(button) => self.answered(crate::dialog::Answer::Button(button)),
                    None => self.change_side(letter),
                }
                return;
            }
            if let Some(text) = dialog.text()
                && edit_text(text, key)
            {
                dialog.typed();
            }
            return;
        }
        if self.mode == Mode::Form {
            self.edit_form(key);
            return;
        }
        if self.mode != Mode::Command {
            return;
        }
        let text = &mut self.command.text;
        match key.code {
            Code::Up => text.move_lines(-1),
            Code::Down => text.move_lines(1),
            Code::Enter => {
                text.type_char('\n');
                self.command.changed();
            }
            _ => {
                if edit_text(text, key) {
                    self.command.changed();
                }
            }
        }
        self.message = None;
    }

    /// Does what an action says.
    pub(crate) fn act(&mut self, action: Action) {
        if !matches!(action, Action::Redraw | Action::Help) {
            self.message = None;
        }
        match (action, self.mode()) {
            (Action::Help, mode) => self.help(mode),
            (Action::Redraw, _) => self.effects.push(Effect::Redraw),
            (Action::Suspend, _) => self.effects.push(Effect::Suspend),
            (Action::Cancel, mode) if mode != Mode::Form || self.busy.is_some() => self.cancel(),
            (Action::Palette, _) => self.palette(),
            (Action::Theme, _) => self.choose_theme(),
            (Action::Tables, _) => self.tables(),
            (Action::End, mode) => self.end(mode),
            (action, Mode::Tree) => self.act_on_tree(action),
            (Action::OpenForm, _) => self.choose_form(),
            (Action::Design, _) => self.choose_design(),
            (action, Mode::Command) => self.act_on_text(action),
            (action, Mode::Build) => self.act_on_builder(action),
            (action, Mode::Design) => self.act_on_designer(action),
            (action, Mode::Form) => self.act_on_form(action),
            (action, Mode::Result | Mode::Text) => self.act_on_result(action),
            (action, _) => self.act_on_dialog(action),
        }
    }

    /// Every grid lets go of the rows that have not come.
    pub(crate) fn release(&mut self) {
        for (_, shown) in &self.results {
            if let Shown::Grid(grid) = shown {
                grid.store.enough();
            }
        }
    }
}

/// What a key does to a text in one line or many; true where it has changed.
pub(crate) fn edit_text(text: &mut crate::text::Text, key: Key) -> bool {
    let before = text.as_str().len();
    match (key.code, key.typed()) {
        (_, Some(c)) => {
            text.type_char(c);
            return true;
        }
        (Code::Backspace, _) => text.backspace(),
        (Code::Delete, _) => text.delete(),
        (Code::Char('d'), _) if key.ctrl => text.delete(),
        (Code::Left, _) => text.left(),
        (Code::Right, _) => text.right(),
        (Code::Home, _) => text.go(text.line_start()),
        (Code::End, _) => text.go(text.line_end()),
        _ => {}
    }
    text.as_str().len() != before
}
