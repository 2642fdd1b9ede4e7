//! Keys, as ncurses gives them.

use super::Screen;
use crate::key::{Code, Input, Key};
use ncurses as nc;
use std::ffi::CString;
use std::time::Instant;

unsafe extern "C" {
    fn define_key(sequence: *const libc::c_char, code: i32) -> i32;
}

const PASTE_BEGINS: i32 = 2_000;
const PASTE_ENDS: i32 = 2_001;
const MOUSE: i32 = 2_002;

impl Screen {
    /// The next key, if one has come.
    pub fn input(&mut self) -> Option<Input> {
        nc::timeout(0);
        loop {
            let input = match nc::get_wch()? {
                nc::WchResult::KeyCode(PASTE_BEGINS) => Some(Input::Paste(pasted())),
                nc::WchResult::KeyCode(MOUSE) => {
                    let mouse = self.clicks.read(&report(), Instant::now());
                    mouse.map(Input::Mouse)
                }
                nc::WchResult::KeyCode(code) => of_code(code).map(Input::Key),
                nc::WchResult::Char(27) => escaped().map(Input::Key),
                nc::WchResult::Char(c) => of_character(c).map(Input::Key),
            };
            if input.is_some() {
                return input;
            }
        }
    }
}

/// The keys of other families too, since TERM is often wrong.
pub(super) fn more_keys() {
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
    define("\x1b[<".to_owned(), MOUSE);
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

/// What the terminal says of the mouse, to its last letter.
fn report() -> String {
    let mut text = String::new();
    nc::timeout(200);
    while let Some(nc::WchResult::Char(c)) = nc::get_wch() {
        text.extend(char::from_u32(c));
        if text.ends_with(char::is_alphabetic) || text.len() > 32 {
            break;
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
