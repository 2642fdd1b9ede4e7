//! The mouse: what the terminal says of it, and what may stand where it points.

use crate::key::Key;
use ratatui::layout::Position;
use std::time::{Duration, Instant};

/// Lets the terminal tell of buttons, and in the way that has no end of columns.
pub(crate) const ON: &str = "\x1b[?1000h\x1b[?1006h";
pub(crate) const OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Two clicks upon one place in so much time are a double one.
const TWICE: Duration = Duration::from_millis(400);

/// What was done with a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// Where it pointed.
    pub at: Position,
    /// What was pressed.
    pub press: Press,
}

/// What of a mouse was pressed, or turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The first button.
    Once,
    /// The same a second time.
    Twice,
    /// The wheel, away from the person.
    WheelUp,
    /// The wheel, to the person.
    WheelDown,
}

/// The click that another one may make a double one.
#[derive(Debug, Default)]
pub(crate) struct Clicks(Option<(Instant, Position)>);

impl Clicks {
    /// A click at a place and a time.
    pub(crate) fn click(&mut self, at: Position, now: Instant) -> Mouse {
        let before = self.0.take();
        let twice =
            before.is_some_and(|(then, place)| place == at && now.duration_since(then) <= TWICE);
        let press = match twice {
            true => Press::Twice,
            false => Press::Once,
        };
        self.0 = (!twice).then_some((now, at));
        Mouse { at, press }
    }

    /// What a terminal says behind `ESC [ <`: a button, a column and a line from 1, and `M` where it was pressed.
    #[cfg(any(test, not(feature = "crossterm")))]
    pub(crate) fn read(&mut self, report: &str, now: Instant) -> Option<Mouse> {
        /// Keys that are held.
        const HELD: u16 = 4 + 8 + 16;
        let mut numbers = report.strip_suffix('M')?.split(';').map(str::parse::<u16>);
        let mut next = || numbers.next()?.ok();
        let (button, x, y) = (next()?, next()?, next()?);
        let at = Position::new(x.checked_sub(1)?, y.checked_sub(1)?);
        match button & !HELD {
            0 => Some(self.click(at, now)),
            64 => Some(turned(at, Press::WheelUp)),
            65 => Some(turned(at, Press::WheelDown)),
            _ => None,
        }
    }
}

/// The wheel was turned.
pub(crate) fn turned(at: Position, press: Press) -> Mouse {
    Mouse { at, press }
}

/// What stands at a place of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A key of those at the bottom.
    Key(Key),
    /// A line of the text.
    Text(usize),
    /// A candidate beside the text.
    Candidate(usize),
    /// A cell of a result, by its row and its column.
    Cell(u64, usize),
    /// The name of a column.
    Column(usize),
    /// A line of the builder.
    Line(usize),
    /// A field of a form, in a block, so many records behind the one that is shown.
    Field(usize, isize, String),
    /// A button of a form.
    Button(usize),
    /// A button of a question.
    Answer(usize),
    /// A line of a list or of the catalog.
    Item(usize),
}

#[cfg(test)]
mod tests {
    use super::{Clicks, Press};
    use ratatui::layout::Position;
    use std::time::{Duration, Instant};

    #[test]
    fn reports_are_read() {
        let mut clicks = Clicks::default();
        let now = Instant::now();
        let mut read = |report| {
            clicks
                .read(report, now)
                .map(|mouse| (mouse.at, mouse.press))
        };
        let at = Position::new(11, 4);
        assert_eq!(read("0;12;5M"), Some((at, Press::Once)));
        // It was let go.
        assert_eq!(read("0;12;5m"), None);
        // With Ctrl.
        assert_eq!(read("80;12;5M"), Some((at, Press::WheelUp)));
        assert_eq!(read("65;12;5M"), Some((at, Press::WheelDown)));
        // The right button; what is nowhere; what is nothing.
        assert_eq!(read("2;12;5M"), None);
        assert_eq!(read("0;0;5M"), None);
        assert_eq!(read("0;12M"), None);
        assert_eq!(read("x"), None);
    }

    #[test]
    fn two_clicks_are_a_double_one_where_they_are_near() {
        let mut clicks = Clicks::default();
        let start = Instant::now();
        let (here, there) = (Position::new(1, 1), Position::new(2, 1));
        let mut click = |at, after| clicks.click(at, start + Duration::from_millis(after)).press;
        assert_eq!(click(here, 0), Press::Once);
        assert_eq!(click(here, 100), Press::Twice);
        assert_eq!(click(here, 200), Press::Once);
        assert_eq!(click(there, 300), Press::Once);
        assert_eq!(click(there, 900), Press::Once);
    }
}
