//! The terminal: what ratatui draws goes through ncurses, and keys come from it. All `unsafe` stands here.
//!
//! One thread only may have a [`Screen`]. Signals and other threads write a byte into the wake pipe, which is
//! read where keys are waited for.
#![allow(unsafe_code)]

use crate::key::{Code, Key};
use crate::palette;
use ncurses as nc;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

unsafe extern "C" {
    // ncurses 6.1 and later; it forgets the pairs that are used least by itself.
    fn alloc_pair(fg: i32, bg: i32) -> i32;
    fn define_key(sequence: *const libc::c_char, code: i32) -> i32;
    fn wcwidth(c: libc::wchar_t) -> i32;
    fn tigetflag(name: *const libc::c_char) -> i32;
    fn resizeterm(lines: i32, columns: i32) -> i32;
}

/// What has come from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A text between the brackets of a paste.
    Paste(String),
}

/// Why waiting has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Woken {
    /// The terminal has gone.
    pub hangup: bool,
    /// Its size has changed.
    pub resized: bool,
    /// The process is to stop for a while.
    pub suspend: bool,
    /// The process is to end by this signal.
    pub end: Option<i32>,
}

const PASTE_BEGINS: i32 = 2_000;
const PASTE_ENDS: i32 = 2_001;
/// Signals that are heard while there is a screen.
const HEARD: [i32; 5] = [
    libc::SIGWINCH,
    libc::SIGTSTP,
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGHUP,
];
/// Signals that end the process.
const ENDING: [i32; 3] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

/// Where signals write their numbers; none while there is no screen.
static WAKE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn heard(signal: i32) {
    let byte = u8::try_from(signal).unwrap_or(0);
    // SAFETY: write may be called in a handler; the pipe never blocks, and a full one wakes anyway.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(WAKE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
    }
}

/// Wakes the thread that has the screen.
#[derive(Debug)]
pub struct Waker(PipeWriter);

impl Waker {
    /// Wakes it.
    pub fn wake(&self) {
        // Where the pipe is full it wakes anyway.
        let _ = (&self.0).write(&[0]);
    }

    /// Another one.
    ///
    /// # Errors
    /// Where there are too many files.
    pub fn another(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }
}

/// The pipe by which a screen is woken.
///
/// # Errors
/// Where there is none to be had.
pub fn wake_pipe() -> io::Result<(PipeReader, Waker)> {
    let (reader, writer) = io::pipe()?;
    for end in [reader.as_raw_fd(), writer.as_raw_fd()] {
        // SAFETY: the descriptors are open.
        unsafe {
            let flags = libc::fcntl(end, libc::F_GETFL);
            libc::fcntl(end, libc::F_SETFL, flags | libc::O_NONBLOCK);
        }
    }
    Ok((reader, Waker(writer)))
}

/// The signals' ways before there was a screen, which come back with it.
struct Signals(Vec<(i32, libc::sigaction)>);

impl Signals {
    fn hear(waker: &Waker) -> Self {
        WAKE.store(waker.0.as_raw_fd(), Ordering::SeqCst);
        let hear = |&signal: &i32| {
            // SAFETY: the handler does nothing but write; both structures live as long as the call.
            unsafe {
                let mut before: libc::sigaction = core::mem::zeroed();
                let mut now: libc::sigaction = core::mem::zeroed();
                now.sa_sigaction = heard as extern "C" fn(i32) as usize;
                now.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &raw const now, &raw mut before);
                (signal, before)
            }
        };
        Self(HEARD.iter().map(hear).collect())
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (signal, before) in &self.0 {
            // SAFETY: what is set is what was there.
            unsafe {
                libc::sigaction(*signal, before, core::ptr::null_mut());
            }
        }
        WAKE.store(-1, Ordering::SeqCst);
    }
}

/// Ends the process as a signal does that nobody hears.
pub fn end_by(signal: i32) -> ! {
    // SAFETY: the default way of the signal is set, and it is not blocked.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
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
        on_panic();
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
        more_keys();
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
        let descriptor = |fd, events| libc::pollfd {
            fd,
            events,
            revents: 0,
        };
        let mut all = [
            descriptor(0, libc::POLLIN),
            descriptor(self.pipe.as_raw_fd(), libc::POLLIN),
        ];
        let time = time.map_or(-1, |time| {
            i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
        });
        // SAFETY: both structures live as long as the call.
        let done = unsafe { libc::poll(all.as_mut_ptr(), 2, time) };
        if done < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let mut woken = self.drain();
        let gone = libc::POLLHUP | libc::POLLERR | libc::POLLNVAL;
        woken.hangup = all[0].revents & gone != 0 && all[0].revents & libc::POLLIN == 0;
        if woken.resized
            && let Some(size) = window_size()
        {
            resize(size);
        }
        Ok(woken)
    }

    /// Reads what signals and threads have written.
    fn drain(&mut self) -> Woken {
        let mut woken = Woken::default();
        let mut bytes = [0; 256];
        while let Ok(count @ 1..) = self.pipe.read(&mut bytes) {
            for &byte in &bytes[..count] {
                let signal = i32::from(byte);
                woken.resized |= signal == libc::SIGWINCH;
                woken.suspend |= signal == libc::SIGTSTP;
                if ENDING.contains(&signal) {
                    woken.end = Some(signal);
                }
            }
        }
        woken
    }

    /// Gives the terminal back for as long as the process is stopped.
    pub fn suspend(&mut self) {
        restore();
        // SAFETY: what SIGTSTP does is put back as it was behind it.
        unsafe {
            let mut ours: libc::sigaction = core::mem::zeroed();
            let mut default: libc::sigaction = core::mem::zeroed();
            default.sa_sigaction = libc::SIG_DFL;
            libc::sigaction(libc::SIGTSTP, &raw const default, &raw mut ours);
            // To the whole job, as the terminal would.
            libc::kill(0, libc::SIGTSTP);
            libc::sigaction(libc::SIGTSTP, &raw const ours, core::ptr::null_mut());
        }
        send(BRACKETS_ON);
        if let Some(size) = window_size() {
            resize(size);
        }
        nc::clearok(nc::stdscr(), true);
        nc::refresh();
    }

    /// The next key, if one has come.
    pub fn input(&mut self) -> Option<Input> {
        nc::timeout(0);
        loop {
            let input = match nc::get_wch()? {
                nc::WchResult::KeyCode(PASTE_BEGINS) => Some(Input::Paste(pasted())),
                nc::WchResult::KeyCode(code) => of_code(code).map(Input::Key),
                nc::WchResult::Char(27) => escaped().map(Input::Key),
                nc::WchResult::Char(c) => of_character(c).map(Input::Key),
            };
            if input.is_some() {
                return input;
            }
        }
    }

    /// A colour's number, and whether it needs bold to be bright.
    fn color(&self, color: Color) -> (i32, bool) {
        let (red, green, blue) = match color {
            Color::Reset => return (-1, false),
            Color::Rgb(red, green, blue) => (red, green, blue),
            named => {
                let index = palette::index(named);
                return match (self.direct, self.colors) {
                    (true, _) if index >= 8 => (palette::direct(index), false),
                    (true, _) => (index, false),
                    (_, 256..) => (index, false),
                    (_, colors) => palette::among(index, colors),
                };
            }
        };
        if self.direct {
            let parts = [red, green, blue].map(i32::from);
            return (parts[0] << 16 | parts[1] << 8 | parts[2], false);
        }
        let index = palette::nearest(red, green, blue);
        match self.colors {
            256.. => (index, false),
            colors => palette::among(index, colors),
        }
    }

    fn attributes(&mut self, cell: &Cell) -> (u32, i32) {
        let known = [
            (Modifier::BOLD, nc::A_BOLD),
            (Modifier::DIM, nc::A_DIM),
            (Modifier::ITALIC, nc::A_ITALIC),
            (Modifier::UNDERLINED, nc::A_UNDERLINE),
            (Modifier::REVERSED, nc::A_REVERSE),
        ];
        let set = known.iter().filter(|(m, _)| cell.modifier.contains(*m));
        #[allow(clippy::unnecessary_cast)]
        let mut attributes = set.fold(0_u32, |all, (_, a)| all | *a as u32);
        if self.colors < 8 {
            return (attributes, 0);
        }
        let ((fg, bright), (bg, _)) = (self.color(cell.fg), self.color(cell.bg));
        if bright {
            #[allow(clippy::unnecessary_cast)]
            let bold = nc::A_BOLD as u32;
            attributes |= bold;
        }
        if (fg, bg) == (-1, -1) {
            return (attributes, 0);
        }
        // SAFETY: ncurses has colours.
        let pair = self
            .pairs
            .entry((fg, bg))
            .or_insert_with(|| unsafe { alloc_pair(fg, bg) });
        (attributes, (*pair).max(0))
    }

    fn set(&mut self, cell: &Cell) {
        let (attributes, pair) = self.attributes(cell);
        if self.current == Some((attributes, pair)) {
            return;
        }
        self.current = Some((attributes, pair));
        let mut wide = pair;
        let narrow = i16::try_from(pair).unwrap_or(i16::MAX);
        // SAFETY: ncurses takes a pair beyond 16 bits through the pointer, which lives as long as the call.
        unsafe {
            nc::ll::wattr_set(nc::stdscr(), attributes, narrow, (&raw mut wide).cast());
        }
    }

    /// Blanks the halves of wide characters that a new one would orphan.
    fn unwiden(&mut self, x: u16, y: u16, at: usize, wide: bool) {
        let blank = |x: u16, text: &str| {
            nc::mv(y.into(), x.into());
            let _ = nc::addstr(text);
        };
        if x > 0 && core::mem::take(&mut self.wide[at - 1]) {
            blank(x - 1, " ");
        }
        if self.wide[at] {
            blank(x, "  ");
        }
        if wide && x + 1 < self.size.width && core::mem::take(&mut self.wide[at + 1]) {
            blank(x + 1, "  ");
        }
        self.wide[at] = wide && self.utf8;
    }

    fn put(&mut self, x: u16, y: u16, cell: &Cell) {
        let at = usize::from(y) * usize::from(self.size.width) + usize::from(x);
        self.set(cell);
        self.unwiden(x, y, at, cell.symbol().width() > 1);
        nc::mv(y.into(), x.into());
        let symbol = cell.symbol();
        if self.utf8 {
            let _ = nc::addstr(&safe(symbol));
        } else if symbol.is_ascii() {
            let _ = nc::addstr(symbol);
        } else {
            nc::addch(line_drawing(symbol));
        }
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
        if !std::thread::panicking() {
            // Ours stood in front of the one that was there before.
            let _ = std::panic::take_hook();
        }
    }
}

/// A panic is told on a terminal that is whole again.
fn on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        before(panic);
    }));
}

fn resize(size: Size) {
    // SAFETY: ncurses is open.
    unsafe {
        resizeterm(size.height.into(), size.width.into());
    }
}

/// What ncurses would give the cells that ratatui thinks it does; anything else is replaced.
fn safe(symbol: &str) -> Cow<'_, str> {
    let mut characters = symbol.chars();
    let first = match (characters.next(), characters.next()) {
        (Some(' '..='~'), None) => return symbol.into(),
        (None, _) => return " ".into(),
        (Some(first), _) => first,
    };
    // SAFETY: asks only.
    #[allow(clippy::cast_possible_wrap)]
    let width = |c: char| unsafe { wcwidth(c as libc::wchar_t) };
    let wanted = symbol.width();
    let widths: Vec<i32> = symbol.chars().map(width).collect();
    let combining = widths.iter().skip(1).all(|width| *width == 0);
    let own = usize::try_from(width(first)).unwrap_or(0);
    if combining && own == wanted && widths.len() <= 5 {
        return symbol.into();
    }
    // The base alone, where it has a width that fits.
    match own {
        0 => "\u{fffd}".into(),
        own if own > wanted => "\u{fffd}".into(),
        own => format!("{first}{}", " ".repeat(wanted - own)).into(),
    }
}

/// The terminal's own drawing of a line.
fn line_drawing(symbol: &str) -> nc::chtype {
    match symbol {
        "─" | "━" | "═" => nc::ACS_HLINE(),
        "│" | "┃" | "║" => nc::ACS_VLINE(),
        "┌" | "╔" => nc::ACS_ULCORNER(),
        "┐" | "╗" => nc::ACS_URCORNER(),
        "└" | "╚" => nc::ACS_LLCORNER(),
        "┘" | "╝" => nc::ACS_LRCORNER(),
        "├" => nc::ACS_LTEE(),
        "┤" => nc::ACS_RTEE(),
        "┬" => nc::ACS_TTEE(),
        "┴" => nc::ACS_BTEE(),
        "┼" => nc::ACS_PLUS(),
        _ => u32::from(b'?'),
    }
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let size = self.size()?;
        if self.size != size {
            self.size = size;
            self.wide = vec![false; usize::from(size.width) * usize::from(size.height)];
        }
        for (x, y, cell) in content {
            if x < size.width && y < size.height {
                self.put(x, y, cell);
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        nc::curs_set(nc::CURSOR_VISIBILITY::CURSOR_INVISIBLE);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        nc::curs_set(nc::CURSOR_VISIBILITY::CURSOR_VISIBLE);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        let (mut y, mut x) = (0, 0);
        nc::getyx(nc::stdscr(), &mut y, &mut x);
        Ok(Position::new(cells(x), cells(y)))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        nc::mv(y.into(), x.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        nc::attrset(0);
        self.current = None;
        self.wide.fill(false);
        nc::clear();
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        let (mut y, mut x) = (0, 0);
        nc::getmaxyx(nc::stdscr(), &mut y, &mut x);
        Ok(Size::new(cells(x), cells(y)))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        nc::refresh();
        Ok(())
    }
}

fn cells(count: i32) -> u16 {
    u16::try_from(count).unwrap_or(0)
}

/// The keys of other families too, since TERM is often wrong.
fn more_keys() {
    let define = |sequence: String, code: i32| {
        if let Ok(sequence) = CString::new(sequence) {
            // SAFETY: ncurses copies the string.
            unsafe {
                define_key(sequence.as_ptr(), code);
            }
        }
    };
    let function = |number: usize| function(i32::try_from(number).unwrap_or(0));
    for (at, c) in "PQRS".chars().enumerate() {
        define(format!("\x1bO{c}"), function(at + 1));
    }
    for (at, c) in "ABCDE".chars().enumerate() {
        define(format!("\x1b[[{c}"), function(at + 1));
    }
    for (at, number) in FUNCTIONS.iter().enumerate() {
        define(format!("\x1b[{number}~"), function(at + 1));
        // With Shift.
        define(format!("\x1b[{number};2~"), function(at + 13));
    }
    for &(sequence, code) in SEQUENCES {
        define(format!("\x1b{sequence}"), code);
    }
    define("\x1b[200~".to_owned(), PASTE_BEGINS);
    define("\x1b[201~".to_owned(), PASTE_ENDS);
}

/// What VT220 and its family send for F1 to F12.
const FUNCTIONS: [u8; 12] = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24];

const SEQUENCES: &[(&str, i32)] = &[
    ("[Z", nc::KEY_BTAB),
    ("[H", nc::KEY_HOME),
    ("[F", nc::KEY_END),
    ("OH", nc::KEY_HOME),
    ("OF", nc::KEY_END),
    ("[1~", nc::KEY_HOME),
    ("[4~", nc::KEY_END),
    ("[7~", nc::KEY_HOME),
    ("[8~", nc::KEY_END),
    ("[5~", nc::KEY_PPAGE),
    ("[6~", nc::KEY_NPAGE),
    ("[2~", nc::KEY_IC),
    ("[3~", nc::KEY_DC),
    ("[A", nc::KEY_UP),
    ("[B", nc::KEY_DOWN),
    ("[C", nc::KEY_RIGHT),
    ("[D", nc::KEY_LEFT),
    ("OA", nc::KEY_UP),
    ("OB", nc::KEY_DOWN),
    ("OC", nc::KEY_RIGHT),
    ("OD", nc::KEY_LEFT),
];

/// The text up to the end of a paste.
fn pasted() -> String {
    let mut text = String::new();
    // A bracket that never comes does not hold the window.
    nc::timeout(200);
    loop {
        match nc::get_wch() {
            None | Some(nc::WchResult::KeyCode(PASTE_ENDS)) => break,
            Some(nc::WchResult::Char(c)) => match char::from_u32(c) {
                Some('\r') => text.push('\n'),
                Some(c) => text.push(c),
                None => {}
            },
            Some(nc::WchResult::KeyCode(_)) => {}
        }
    }
    nc::timeout(0);
    text
}

fn of_character(c: u32) -> Option<Key> {
    Some(match char::from_u32(c)? {
        '\r' | '\n' => Code::Enter.into(),
        '\t' => Code::Tab.into(),
        '\x7f' | '\x08' => Code::Backspace.into(),
        '\0' => Key::ctrl(Code::Char(' ')),
        c @ '\x01'..='\x1a' => Key::ctrl(Code::Char(char::from(c as u8 + b'a' - 1))),
        c if c.is_control() => return None,
        c => Code::Char(c).into(),
    })
}

/// What comes behind Esc: nothing, a sequence that terminfo does not know, or a key with Alt.
fn escaped() -> Option<Key> {
    match nc::get_wch() {
        None => Some(Code::Esc.into()),
        Some(nc::WchResult::Char(c)) if c == u32::from(b'[') || c == u32::from(b'O') => sequence(c),
        Some(nc::WchResult::Char(c)) => of_character(c).map(|key| Key { alt: true, ..key }),
        Some(nc::WchResult::KeyCode(code)) => of_code(code).map(|key| Key { alt: true, ..key }),
    }
}

/// A sequence to its end, so that nothing of it comes into a text.
fn sequence(intro: u32) -> Option<Key> {
    let mut text = String::new();
    let end = loop {
        let Some(nc::WchResult::Char(c)) = nc::get_wch() else {
            let alone = text.is_empty();
            return alone.then(|| Key::alt(Code::Char(char::from_u32(intro).unwrap_or('['))));
        };
        let c = char::from_u32(c)?;
        let ends = intro == u32::from(b'O') || ('@'..='~').contains(&c);
        if ends || text.len() > 32 {
            break c;
        }
        text.push(c);
    };
    let numbers: Vec<u8> = text.split(';').map(|n| n.parse().unwrap_or(0)).collect();
    let code = match end {
        'A' => Code::Up,
        'B' => Code::Down,
        'C' => Code::Right,
        'D' => Code::Left,
        'H' => Code::Home,
        'F' => Code::End,
        'P'..='S' => Code::F(end as u8 - b'P' + 1),
        '~' => match numbers.first()? {
            1 | 7 => Code::Home,
            2 => Code::Insert,
            3 => Code::Delete,
            4 | 8 => Code::End,
            5 => Code::PageUp,
            6 => Code::PageDown,
            number => {
                let at = FUNCTIONS.iter().position(|known| known == number)?;
                Code::F(u8::try_from(at + 1).ok()?)
            }
        },
        _ => return None,
    };
    let held = numbers.get(1).map_or(0, |held| held.saturating_sub(1));
    Some(Key {
        code,
        shift: held & 1 != 0,
        alt: held & 2 != 0,
        ctrl: held & 4 != 0,
    })
}

/// The code of a function key; with Shift they begin again behind the twelfth.
fn function(number: i32) -> i32 {
    nc::KEY_F(0) + number
}

/// The key of a code of ncurses; none for what is no key.
fn of_code(code: i32) -> Option<Key> {
    let number = u8::try_from(code - function(0)).unwrap_or(0);
    Some(match code {
        nc::KEY_UP => Code::Up.into(),
        nc::KEY_DOWN => Code::Down.into(),
        nc::KEY_LEFT => Code::Left.into(),
        nc::KEY_RIGHT => Code::Right.into(),
        nc::KEY_HOME => Code::Home.into(),
        nc::KEY_END => Code::End.into(),
        nc::KEY_PPAGE => Code::PageUp.into(),
        nc::KEY_NPAGE => Code::PageDown.into(),
        nc::KEY_IC => Code::Insert.into(),
        nc::KEY_DC => Code::Delete.into(),
        nc::KEY_BTAB => Key::shift(Code::Tab),
        nc::KEY_ENTER => Code::Enter.into(),
        nc::KEY_BACKSPACE => Code::Backspace.into(),
        nc::KEY_SLEFT => Key::shift(Code::Left),
        nc::KEY_SRIGHT => Key::shift(Code::Right),
        nc::KEY_SF => Key::shift(Code::Down),
        nc::KEY_SR => Key::shift(Code::Up),
        _ => match number {
            1..=12 => Code::F(number).into(),
            13..=24 => Key::shift(Code::F(number - 12)),
            _ => return None,
        },
    })
}
