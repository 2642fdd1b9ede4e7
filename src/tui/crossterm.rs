//! The terminal through crossterm, for hosts without ncurses: it takes terminals for ones like xterm.

use crate::key::{Code, Input, Key};
use crate::mouse::{self, Clicks, Press};
use crate::wake::{self, Signals, Waker, Woken};
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui_crossterm::CrosstermBackend;
use ratatui_crossterm::crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind,
    KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui_crossterm::crossterm::style::Print;
use ratatui_crossterm::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui_crossterm::crossterm::{cursor, execute};
use std::io::{self, IsTerminal as _, PipeReader, Stdout};
use std::time::{Duration, Instant};

/// The terminal in the hands of crossterm, until it is dropped.
#[derive(Debug)]
pub struct Screen {
    backend: CrosstermBackend<Stdout>,
    pipe: PipeReader,
    /// The terminal tells of the mouse.
    mouse: bool,
    clicks: Clicks,
    _signals: Signals,
    /// A waker must live as long as signals are heard.
    _waker: Waker,
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Gives the terminal back; one that has gone takes nothing.
fn restore() {
    let _ = execute!(
        io::stdout(),
        Print(mouse::OFF),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where input and output are no terminal.
    pub fn open(pipe: PipeReader, waker: Waker) -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::other("a window needs a terminal"));
        }
        let signals = Signals::hear(&waker);
        take()?;
        wake::on_panic(restore);
        Ok(Self {
            backend: CrosstermBackend::new(io::stdout()),
            pipe,
            mouse: false,
            clicks: Clicks::default(),
            _signals: signals,
            _waker: waker,
        })
    }

    /// True where it shows more than ASCII.
    #[must_use]
    pub fn is_unicode(&self) -> bool {
        let set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let names = ["LC_ALL", "LC_CTYPE", "LANG"];
        let locale = names.iter().find(|name| set(name)).map(std::env::var);
        let locale = locale
            .and_then(Result::ok)
            .unwrap_or_default()
            .to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Waits for a key, for the pipe, or for the end of a time.
    ///
    /// # Errors
    /// Where the terminal cannot be waited for.
    pub fn wait(&mut self, time: Option<Duration>) -> io::Result<Woken> {
        // What has been read already is not in the terminal any more.
        let read = event::poll(Duration::ZERO)?;
        wake::wait(
            &mut self.pipe,
            if read { Some(Duration::ZERO) } else { time },
        )
    }

    /// Gives the terminal back for as long as the process is stopped.
    pub fn suspend(&mut self) {
        restore();
        wake::stop();
        // What cannot be taken back is seen at the next key.
        let _ = take();
        self.mouse(self.mouse);
    }

    /// Lets the terminal tell of the mouse, or not: only of buttons, where crossterm's own command asks for every move.
    pub fn mouse(&mut self, on: bool) {
        self.mouse = on;
        let _ = execute!(io::stdout(), Print(if on { mouse::ON } else { mouse::OFF }));
    }

    fn of_mouse(&mut self, event: MouseEvent) -> Option<Input> {
        let at = Position::new(event.column, event.row);
        let mouse = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => self.clicks.click(at, Instant::now()),
            MouseEventKind::ScrollUp => mouse::turned(at, Press::WheelUp),
            MouseEventKind::ScrollDown => mouse::turned(at, Press::WheelDown),
            _ => return None,
        };
        Some(Input::Mouse(mouse))
    }

    /// The next key, if one has come.
    pub fn input(&mut self) -> Option<Input> {
        while event::poll(Duration::ZERO).ok()? {
            match event::read().ok()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    if let Some(key) = key_of(key) {
                        return Some(Input::Key(key));
                    }
                }
                Event::Mouse(event) => {
                    if let Some(mouse) = self.of_mouse(event) {
                        return Some(mouse);
                    }
                }
                Event::Paste(text) => return Some(Input::Paste(text.replace('\r', "\n"))),
                _ => {}
            }
        }
        None
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
        wake::tell_panics();
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    let held = |modifier| event.modifiers.contains(modifier);
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(number) => Code::F(number),
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab | KeyCode::BackTab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Esc => Code::Esc,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Insert => Code::Insert,
        KeyCode::Delete => Code::Delete,
        _ => return None,
    };
    // Of a character Shift has made another one.
    let plain = matches!(code, Code::Char(_));
    Some(Key {
        code,
        ctrl: held(KeyModifiers::CONTROL),
        alt: held(KeyModifiers::ALT),
        shift: !plain && (held(KeyModifiers::SHIFT) || event.code == KeyCode::BackTab),
    })
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.backend.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.backend.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.backend.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.backend.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.backend.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.backend.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.backend.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.backend.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.backend.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.backend)
    }
}
