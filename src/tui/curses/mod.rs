//! The terminal: what ratatui draws goes through ncurses (`draw`), and keys come from it (`input`).
//!
//! One thread only may have a [`Screen`].
#![allow(unsafe_code)]

mod draw;
mod input;

pub use crate::key::Input;

use crate::mouse::{self, Clicks};
use crate::wake::{self, Signals, Waker, Woken};
use draw::resize;
use ncurses as nc;
use ratatui::layout::Size;
use std::collections::HashMap;
use std::ffi::CStr;
use std::io::{self, PipeReader, Write as _};
use std::time::Duration;

unsafe extern "C" {
    fn tigetflag(name: *const libc::c_char) -> i32;
}

/// The terminal in the hands of ncurses, until it is dropped.
pub struct Screen {
    screen: nc::SCREEN,
    pipe: PipeReader,
    colors: i32,
    direct: bool,
    utf8: bool,
    pairs: HashMap<(i32, i32), i32>,
    /// The attributes and colours that are set.
    current: Option<(u32, i32)>,
    /// Where the left half of a wide character stands: ncurses leaves the other half behind when a narrow
    /// one comes in its place.
    wide: Vec<bool>,
    size: Size,
    /// The terminal tells of the mouse.
    mouse: bool,
    clicks: Clicks,
    _signals: Signals,
    /// A waker must live as long as signals are heard.
    _waker: Waker,
}

fn send(sequence: &str) {
    let mut out = io::stdout();
    let _ = out.write_all(sequence.as_bytes());
    let _ = out.flush();
}

const BRACKETS_ON: &str = "\x1b[?2004h";
const BRACKETS_OFF: &str = "\x1b[?2004l";

/// Gives the terminal back, if it is in our hands.
fn restore() {
    if !nc::isendwin() {
        send(mouse::OFF);
        send(BRACKETS_OFF);
        nc::endwin();
    }
}

/// The terminal's size as the system knows it.
fn window_size() -> Option<Size> {
    // SAFETY: the structure lives as long as the call.
    let size = unsafe {
        let mut size: libc::winsize = core::mem::zeroed();
        let done = libc::ioctl(1, libc::TIOCGWINSZ, &raw mut size);
        (done == 0).then_some(size)
    }?;
    (size.ws_col > 0 && size.ws_row > 0).then(|| Size::new(size.ws_col, size.ws_row))
}

fn file(descriptor: i32, mode: &CStr) -> nc::ll::FILE_p {
    // SAFETY: standard input and output are open as long as the process is.
    unsafe { libc::fdopen(descriptor, mode.as_ptr()).cast() }
}

/// True where the locale says UTF-8.
fn locale() -> bool {
    // SAFETY: no other thread changes the locale; the name is a string that ends.
    unsafe {
        libc::setlocale(libc::LC_ALL, c"".as_ptr());
        CStr::from_ptr(libc::nl_langinfo(libc::CODESET)).to_bytes() == b"UTF-8"
    }
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where input and output are no terminal, or nobody knows what TERM names.
    pub fn open(pipe: PipeReader, waker: Waker) -> io::Result<Self> {
        // SAFETY: asks only.
        if unsafe { libc::isatty(0) == 0 || libc::isatty(1) == 0 } {
            return Err(io::Error::other("a window needs a terminal"));
        }
        let utf8 = locale();
        // Before ncurses, which takes only signals that nobody hears.
        let signals = Signals::hear(&waker);
        let screen = nc::newterm(None, file(1, c"w"), file(0, c"r")).map_err(io::Error::other)?;
        if screen.is_null() {
            let name = std::env::var("TERM").unwrap_or_default();
            return Err(io::Error::other(format!(
                "TERM={name} is not a known terminal"
            )));
        }
        wake::on_panic(restore);
        nc::raw();
        nc::noecho();
        nc::nonl();
        nc::keypad(nc::stdscr(), true);
        nc::set_escdelay(25);
        nc::idlok(nc::stdscr(), false);
        if nc::has_colors() {
            nc::start_color();
            nc::use_default_colors();
        }
        input::more_keys();
        // LINES and COLUMNS do not say what the size is.
        if let Some(size) = window_size() {
            resize(size);
        }
        send(BRACKETS_ON);
        let colors = if nc::has_colors() { nc::COLORS() } else { 0 };
        // SAFETY: the name is a string that ends.
        let direct = unsafe { tigetflag(c"RGB".as_ptr()) } == 1 && colors > 256;
        Ok(Self {
            screen,
            pipe,
            colors,
            direct,
            utf8,
            pairs: HashMap::new(),
            current: None,
            wide: Vec::new(),
            size: Size::default(),
            mouse: false,
            clicks: Clicks::default(),
            _signals: signals,
            _waker: waker,
        })
    }

    /// True where it shows more than ASCII.
    #[must_use]
    pub fn is_unicode(&self) -> bool {
        self.utf8
    }

    /// How many colours it has.
    #[must_use]
    pub fn colors(&self) -> i32 {
        self.colors
    }

    /// Waits for a key, for the pipe, or for the end of a time.
    ///
    /// # Errors
    /// Where the terminal cannot be waited for.
    pub fn wait(&mut self, time: Option<Duration>) -> io::Result<Woken> {
        let woken = wake::wait(&mut self.pipe, time)?;
        if woken.resized
            && let Some(size) = window_size()
        {
            resize(size);
        }
        Ok(woken)
    }

    /// Lets the terminal tell of the mouse, or not.
    pub fn mouse(&mut self, on: bool) {
        self.mouse = on;
        send(if on { mouse::ON } else { mouse::OFF });
    }

    /// Gives the terminal back for as long as the process is stopped.
    pub fn suspend(&mut self) {
        restore();
        wake::stop();
        send(BRACKETS_ON);
        self.mouse(self.mouse);
        if let Some(size) = window_size() {
            resize(size);
        }
        nc::clearok(nc::stdscr(), true);
        nc::refresh();
    }
}

impl core::fmt::Debug for Screen {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Screen")
            .field("colors", &self.colors)
            .field("utf8", &self.utf8)
            .finish_non_exhaustive()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
        nc::delscreen(self.screen);
        wake::tell_panics();
    }
}
