//! A window without a terminal.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

use noctra_repl::Room;
use noctra_runtime::{Session, Target};
use noctra_tui::helper::{Heard, Task, help};
use noctra_tui::key::{Code, Input, Key};
use noctra_tui::mouse::{Mouse, Press};
use noctra_tui::worker::{Job, Tell, Told, work};
use noctra_tui::{App, Effect, Event, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr as _;

/// How long an answer may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// How soon what moves is looked at again.
const GLANCE: Duration = Duration::from_millis(10);

/// A window without a terminal, over a session on a thread of its own.
pub struct Desk {
    pub app: App,
    pub terminal: Terminal<TestBackend>,
    heard: Receiver<Told>,
    jobs: Option<Sender<Job>>,
    worker: Option<JoinHandle<()>>,
    /// A job is done of which it is not told yet what is known after it.
    owed: bool,
    pub left: bool,
}

impl Desk {
    pub fn new(width: u16, height: u16) -> Self {
        Self::on(Target::Demo, width, height)
    }

    pub fn on(target: Target, width: u16, height: u16) -> Self {
        let (news, heard) = channel();
        let (jobs, wanted) = channel();
        let tell: Tell = Arc::new(move |told| {
            let _ = news.send(told);
        });
        let worker = std::thread::spawn(move || {
            let mut session = Session::open(target).expect("a session");
            session.attend();
            let mut room = Room {
                session: &mut session,
                history: Vec::new(),
                keep: &mut |_| {},
                begin: None,
            };
            work(&mut room, &wanted, &tell);
        });
        let mut desk = Self {
            app: App::new(Size::new(width, height), true, Vec::new()),
            terminal: Terminal::new(TestBackend::new(width, height)).expect("a screen"),
            heard,
            jobs: Some(jobs),
            worker: Some(worker),
            owed: false,
            left: false,
        };
        // Where the session stands, and what is known there.
        desk.hear();
        desk.hear();
        desk
    }

    pub fn update(&mut self, event: Event) {
        self.app.settle();
        for effect in self.app.update(event) {
            match effect {
                Effect::Run(run) => self.work(Job::Run(run)),
                Effect::Form(run, acts) => self.work(Job::Form(run, acts)),
                Effect::Keep(run, changes) => self.work(Job::Keep(run, changes)),
                Effect::Design(run, design) => self.work(Job::Design(run, design)),
                Effect::Help(task) => self.helped(task),
                Effect::Leave => self.left = true,
                Effect::Cancel | Effect::Suspend | Effect::Redraw | Effect::Mouse(_) => {}
            }
        }
    }

    fn work(&mut self, job: Job) {
        let jobs = self.jobs.as_ref().expect("a worker");
        jobs.send(job).expect("a worker");
    }

    fn helped(&mut self, task: Task) {
        let (tasks, wanted) = channel();
        tasks.send(task).expect("a helper");
        drop(tasks);
        let heard = RefCell::new(Vec::<Heard>::new());
        help(&wanted, &|one| heard.borrow_mut().push(one));
        for one in heard.into_inner() {
            self.update(Event::Heard(one));
        }
    }

    fn hear(&mut self) {
        let told = self.heard.recv_timeout(PATIENCE).expect("news");
        self.told(told);
    }

    fn told(&mut self, told: Told) {
        match told {
            Told::Done(_) => self.owed = true,
            Told::World(_) => self.owed = false,
            _ => {}
        }
        self.update(Event::Told(told));
    }

    /// Presses keys, by their names.
    pub fn press(&mut self, names: &str) {
        for name in names.split(' ') {
            let key = Key::named(name).unwrap_or_else(|| panic!("no key {name}"));
            self.update(Event::Input(Input::Key(key)));
        }
    }

    pub fn types(&mut self, text: &str) {
        for c in text.chars() {
            let code = if c == '\n' {
                Code::Enter
            } else {
                Code::Char(c)
            };
            self.update(Event::Input(Input::Key(code.into())));
        }
    }

    pub fn pastes(&mut self, text: &str) {
        self.update(Event::Input(Input::Paste(text.to_owned())));
    }

    /// Points with the mouse at a text where it stands first on the screen.
    pub fn mouse(&mut self, press: Press, text: &str) {
        let screen = self.screen();
        let found = |(y, line): (usize, &str)| Some((line[..line.find(text)?].width(), y));
        let found = screen.lines().enumerate().find_map(found);
        let (x, y) = found.unwrap_or_else(|| panic!("no {text} on:\n{screen}"));
        let cells = |count: usize| u16::try_from(count).expect("a place on the screen");
        let at = Position::new(cells(x), cells(y));
        self.update(Event::Input(Input::Mouse(Mouse { at, press })));
    }

    /// Clicks at a text.
    pub fn clicks(&mut self, text: &str) {
        self.mouse(Press::Once, text);
    }

    /// The lines of the screen.
    pub fn screen(&mut self) -> String {
        self.app.settle();
        let app = &self.app;
        let drawn = self.terminal.draw(|frame| view::draw(app, frame));
        timeless(&lines(drawn.expect("a screen").buffer))
    }

    /// Hears news until nothing moves, nor has anything to say.
    pub fn settle(&mut self) {
        loop {
            self.app.settle();
            match self.heard.try_recv() {
                Ok(told) => self.told(told),
                Err(_) if self.owed || self.app.is_moving() => std::thread::yield_now(),
                Err(_) => return,
            }
        }
    }

    /// Hears news until the screen is as it should be.
    pub fn until(&mut self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            // Of rows that come nobody tells: they are looked at again, as the window does.
            let moves = self.app.is_moving() && begun.elapsed() < PATIENCE;
            match self
                .heard
                .recv_timeout(if moves { GLANCE } else { PATIENCE })
            {
                Ok(told) => self.told(told),
                Err(_) if moves => {}
                Err(_) => panic!("no {text} on:\n{screen}"),
            }
        }
    }

    /// Types into the list or the line in front, and takes what it finds.
    pub fn choose(&mut self, text: &str) {
        self.types(text);
        self.press("Enter");
    }

    /// Lets files be opened in one folder only.
    pub fn confine(&mut self, folder: &std::path::Path) {
        self.pastes(&format!("SET allow_path = '{}';", folder.display()));
        self.press("F5");
        self.settle();
    }

    /// Runs a text, and waits until it has run.
    pub fn run(&mut self, text: &str) -> String {
        self.press("Ctrl+N");
        self.pastes(text);
        self.press("F5");
        self.until(" ms")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.app.update(Event::Resized(Size::new(80, 24)));
        drop(self.jobs.take());
        if let Some(worker) = self.worker.take().filter(|_| !std::thread::panicking()) {
            worker.join().expect("the worker ends well");
        }
    }
}

fn lines(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y: u16| {
        let mut text = String::new();
        let mut skip = 0;
        for x in 0..area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            skip = symbol.width().saturating_sub(1);
        }
        text.trim_end().to_owned()
    };
    (0..area.height).map(line).collect::<Vec<_>>().join("\n")
}

/// The screen without times, which differ.
pub fn timeless(screen: &str) -> String {
    let mut out = String::new();
    for line in screen.lines() {
        let line = match line
            .find(" ms")
            .filter(|_| line.contains('·') || line.contains("done"))
        {
            Some(end) => {
                let digits = line[..end].trim_end_matches(|c: char| c.is_ascii_digit());
                format!("{digits}T{}", &line[end..])
            }
            None => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}
