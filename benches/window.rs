//! The window manager from a key to the buffer of the screen, at 200x60 over five million rows (below 5 ms is wanted), and
//! from FORM EXECUTE to the drawn form (below 20 ms). What the terminal itself takes is not in it. `NOCTRA_BENCH_ROWS` says
//! how many rows there are.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use noctra_repl::Room;
use noctra_runtime::{Session, Target};
use noctra_tui::key::{Input, Key};
use noctra_tui::worker::{Job, Tell, Told, work};
use noctra_tui::{App, Effect, Event, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

const SIZE: Size = Size {
    width: 200,
    height: 60,
};

/// A window without a terminal, over a session on a thread of its own.
struct Window {
    app: App,
    terminal: Terminal<TestBackend>,
    heard: Receiver<Told>,
    jobs: Sender<Job>,
}

impl Window {
    fn new() -> Self {
        let (news, heard) = channel();
        let (jobs, wanted) = channel();
        let tell: Tell = Arc::new(move |told| {
            let _ = news.send(told);
        });
        std::thread::spawn(move || {
            let Ok(mut session) = Session::open(Target::Demo) else {
                return;
            };
            session.attend();
            let mut room = Room {
                session: &mut session,
                history: Vec::new(),
                keep: &mut |_| {},
                begin: None,
            };
            work(&mut room, &wanted, &tell);
        });
        let Ok(terminal) = Terminal::new(TestBackend::new(SIZE.width, SIZE.height));
        Self {
            app: App::new(SIZE, true, Vec::new()),
            terminal,
            heard,
            jobs,
        }
    }

    fn update(&mut self, event: Event) {
        self.app.settle();
        for effect in self.app.update(event) {
            let job = match effect {
                Effect::Run(run) => Job::Run(run),
                Effect::Form(run, acts) => Job::Form(run, acts),
                // Nobody says what is wrong with the text.
                _ => continue,
            };
            let _ = self.jobs.send(job);
        }
    }

    fn draw(&mut self) {
        self.app.settle();
        let app = &self.app;
        let Ok(_) = self.terminal.draw(|frame| view::draw(app, frame));
    }

    /// Presses keys, by their names.
    fn press(&mut self, names: &str) {
        for key in names.split(' ').filter_map(Key::named) {
            self.update(Event::Input(Input::Key(key)));
        }
    }

    /// Hears what comes until a text stands on the screen.
    fn until(&mut self, text: &str) {
        while !self.shows(text) {
            match self.heard.recv() {
                Ok(told) => self.update(Event::Told(told)),
                Err(_) => return,
            }
        }
    }

    /// The same while rows come, which nobody tells of.
    fn fetched(&mut self, text: &str) {
        while !self.shows(text) {
            match self.heard.try_recv() {
                Ok(told) => self.update(Event::Told(told)),
                Err(_) => std::thread::yield_now(),
            }
        }
    }

    fn shows(&mut self, text: &str) -> bool {
        self.draw();
        let buffer = self.terminal.backend().buffer();
        let all: String = buffer.content().iter().map(|cell| cell.symbol()).collect();
        all.contains(text)
    }

    fn types(&mut self, text: &str) {
        self.press("Ctrl+N");
        self.update(Event::Input(Input::Paste(text.to_owned())));
    }
}

fn rows() -> u64 {
    let wanted = std::env::var("NOCTRA_BENCH_ROWS").ok();
    wanted
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(5_000_000)
}

fn keys(c: &mut Criterion) {
    let mut window = Window::new();
    let rows = rows();
    window.types(&format!(
        "SELECT n, n * 7 AS seven, 'a text of row ' || n AS words, n % 2 = 0 AS even, n / 3.0 AS third, \
         DATE '2024-01-01' + n % 1000 AS day FROM generate_series(1, {rows}) AS g(n);"
    ));
    window.press("F5");
    window.until("( RESULT )");
    window.press("G");
    window.fetched("rows · ");
    let mut group = c.benchmark_group("key to screen, 200x60");
    for (name, before, keys) in [
        ("a row down in the middle", "g", "Down"),
        ("a page up from the end", "G", "PgUp"),
        ("to the last row", "g", "G"),
        ("to the first row", "G", "g"),
        ("a column to the right", "g", "Right"),
    ] {
        window.press(before);
        window.draw();
        group.bench_function(name, |b| {
            b.iter(|| {
                window.press(keys);
                window.draw();
            });
        });
    }
    window.press("Esc");
    window.types("SELECT id, name FROM employees WHERE dept = 'IT' ORDER BY name;");
    group.bench_function("a letter in a statement", |b| {
        b.iter(|| {
            window.press("x");
            window.draw();
        });
    });
    group.finish();
}

fn form(c: &mut Criterion) {
    let mut window = Window::new();
    window.types("FORM EXECUTE employees;");
    let mut group = c.benchmark_group("form");
    group.bench_function("open, 200x60", |b| {
        b.iter_batched_ref(
            || (),
            |()| {
                window.press("F5");
                window.until("( FORM )");
                window.press("Esc");
                window.until("( COMMAND )");
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, keys, form);
criterion_main!(benches);
