//! What ratatui draws, by ncurses.

use super::Screen;
use crate::palette;
use ncurses as nc;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::borrow::Cow;
use std::io;
use unicode_width::UnicodeWidthStr as _;

unsafe extern "C" {
    // ncurses 6.1 and later; it forgets the pairs that are used least by itself.
    fn alloc_pair(fg: i32, bg: i32) -> i32;
    fn wcwidth(c: libc::wchar_t) -> i32;
    fn resizeterm(lines: i32, columns: i32) -> i32;
}

impl Screen {
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

pub(super) fn resize(size: Size) {
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
