//! The Noctra Window Manager: RQL on the whole of a terminal.
//!
//! Knows: a session, what `rql-ide` says of a text, a terminal through ncurses. Must never know: a dialect, a
//! connection, how a form or a change of rows is judged.
//!
//! Shape: three threads. The one that calls [`open`] owns the session and runs statements ([`worker`]); one
//! does what takes time beside it ([`helper`]); one has the terminal ([`Screen`]: by `curses`, or by `crossterm`
//! where there is no ncurses) and never waits for either. What it shows is a value, [`App`]: events change it and give
//! effects, [`view`] draws it. What a person can do is one table, [`action`].
#![deny(missing_docs)]

pub mod action;
mod acts;
pub mod app;
mod builder;
mod cell;
mod chart;
mod command;
#[cfg(feature = "crossterm")]
pub mod crossterm;
#[cfg(not(feature = "crossterm"))]
pub mod curses;
mod designer;
mod dialog;
mod edit;
mod form;
mod grid;
pub mod helper;
pub mod key;
pub mod mouse;
#[cfg(not(feature = "crossterm"))]
mod palette;
mod text;
mod theme;
mod tree;
pub mod view;
pub mod wake;
pub mod worker;

pub use action::manual;
pub use app::{App, Effect, Event};
#[cfg(feature = "crossterm")]
pub use crossterm::Screen;
#[cfg(not(feature = "crossterm"))]
pub use curses::Screen;
pub use form::{Button, FormView};
pub use theme::{THEMES, Theme};

use helper::{Heard, Task};
use noctra_repl::Room;
use noctra_runtime::CancelHandle;
use ratatui::Terminal;
use ratatui::backend::Backend as _;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use wake::{Waker, end_by, wake_pipe};
use worker::{Job, Tell, Told, work};

/// So many ticks are a second.
const TICKS: usize = 10;
const TICK: Duration = Duration::from_millis(100);

/// So long a window that is left waits for its helper.
const PATIENCE: Duration = Duration::from_secs(1);

/// Opens a window on a session, until the person leaves it.
///
/// # Errors
/// Where the terminal does not do for one.
pub fn open(mut room: Room<'_>) -> Result<(), String> {
    let settings = Arc::new(room.session.settings().clone());
    let history = std::mem::take(&mut room.history);
    let begin = room.begin.take();
    let cancel = room.session.cancel_handle();
    let failed = |error: io::Error| error.to_string();
    let (pipe, waker) = wake_pipe().map_err(failed)?;
    let (news, heard) = channel();
    let (jobs, wanted) = channel();
    let tell = telling(news.clone(), waker.another().map_err(failed)?);
    let gone = Gone {
        news: news.clone(),
        waker: waker.another().map_err(failed)?,
    };
    let help = Help {
        news,
        waker: waker.another().map_err(failed)?,
    };
    std::thread::scope(|scope| {
        let window = scope.spawn(move || -> io::Result<Option<i32>> {
            let screen = Screen::open(pipe, waker)?;
            let (helper, helped) = help.start();
            let mut window = Window {
                app: App::new(screen.size()?, screen.is_unicode(), history),
                terminal: Terminal::new(screen)?,
                heard,
                jobs,
                helper,
                cancel,
            };
            window.app.configure(settings);
            let ended = window.run(begin);
            // The terminal is given back, and the helper has no more to wait for.
            drop(window);
            // A file that it writes is written, or goes.
            let _ = helped.recv_timeout(PATIENCE);
            ended
        });
        // Dropped by a panic too, which would else wait for a window that nobody leaves.
        let _gone = gone;
        work(&mut room, &wanted, &tell);
        match window.join() {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(signal))) => end_by(signal),
            Ok(Err(error)) => Err(failed(error)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What comes to the window from the other threads.
#[derive(Debug)]
enum News {
    Told(Told),
    Heard(Heard),
    /// Nothing runs statements any more.
    Gone,
}

/// Tells the window when the worker has gone.
struct Gone {
    news: Sender<News>,
    waker: Waker,
}

impl Drop for Gone {
    fn drop(&mut self) {
        // A window that has gone hears nothing.
        let _ = self.news.send(News::Gone);
        self.waker.wake();
    }
}

fn telling(news: Sender<News>, waker: Waker) -> Tell {
    Arc::new(move |told| {
        // A window that has gone hears nothing.
        let _ = news.send(News::Told(told));
        waker.wake();
    })
}

/// How the helper is reached.
struct Help {
    news: Sender<News>,
    waker: Waker,
}

impl Help {
    /// Starts it; it ends with the window, or with the program in the middle of a task that takes too long. What
    /// comes second hears when it has ended.
    fn start(self) -> (Sender<Task>, Receiver<()>) {
        let (tasks, wanted) = channel();
        let (ending, ended) = channel();
        let thread = std::thread::Builder::new().name("helper".into());
        // Without the thread nothing is found, summed or written, and nothing is said of the text.
        let _ = thread.spawn(move || {
            let _ending: Sender<()> = ending;
            helper::help(&wanted, &|heard| {
                let _ = self.news.send(News::Heard(heard));
                self.waker.wake();
            });
        });
        (tasks, ended)
    }
}

/// The window on its thread.
struct Window {
    app: App,
    terminal: Terminal<Screen>,
    heard: Receiver<News>,
    jobs: Sender<Job>,
    helper: Sender<Task>,
    cancel: CancelHandle,
}

impl Window {
    /// Runs until it is left, or until a signal ends the process.
    fn run(&mut self, begin: Option<String>) -> io::Result<Option<i32>> {
        for effect in begin
            .map(|text| self.app.begin(&text))
            .into_iter()
            .flatten()
        {
            self.does(effect)?;
        }
        loop {
            self.app.settle();
            let app = &self.app;
            self.terminal.draw(|frame| view::draw(app, frame))?;
            let time = self.app.is_moving().then_some(TICK);
            let woken = self.terminal.backend_mut().wait(time)?;
            if woken.hangup || woken.end.is_some() {
                self.stop();
                return Ok(woken.end);
            }
            if woken.suspend {
                self.suspend()?;
            }
            let mut events = Vec::new();
            if woken.resized {
                // What a terminal has cut off it does not bring back.
                self.terminal.clear()?;
                events.push(Event::Resized(self.terminal.backend().size()?));
            }
            while let Some(input) = self.terminal.backend_mut().input() {
                events.push(Event::Input(input));
            }
            while let Ok(news) = self.heard.try_recv() {
                match news {
                    News::Told(told) => events.push(Event::Told(told)),
                    News::Heard(heard) => events.push(Event::Heard(heard)),
                    News::Gone => return Ok(None),
                }
            }
            if events.is_empty() {
                events.push(Event::Tick);
            }
            for event in events {
                self.app.settle();
                for effect in self.app.update(event) {
                    if self.does(effect)? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Does what the window wants; true where that is to leave.
    fn does(&mut self, effect: Effect) -> io::Result<bool> {
        match effect {
            Effect::Run(run) => {
                // Without a worker the window is about to end.
                let _ = self.jobs.send(Job::Run(run));
            }
            Effect::Form(run, acts) => {
                let _ = self.jobs.send(Job::Form(run, acts));
            }
            Effect::Keep(run, changes) => {
                let _ = self.jobs.send(Job::Keep(run, changes));
            }
            Effect::Design(run, design) => {
                let _ = self.jobs.send(Job::Design(run, design));
            }
            Effect::Help(task) => {
                let _ = self.helper.send(task);
            }
            Effect::Cancel => {
                self.cancel.cancel();
            }
            Effect::Redraw => self.terminal.clear()?,
            Effect::Mouse(on) => self.terminal.backend_mut().mouse(on),
            Effect::Suspend => self.suspend()?,
            Effect::Leave => {
                self.stop();
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Nothing runs on for nobody.
    fn stop(&mut self) {
        self.app.release();
        self.app.beside.iter().for_each(|(_, course)| course.stop());
        if self.app.is_moving() {
            self.cancel.cancel();
        }
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().suspend();
        self.terminal.clear()
    }
}
