//! What a mouse does: a click chooses what it points at, a double one does what Enter does there.

use crate::action::{Action, Mode};
use crate::app::App;
use crate::dialog::{Answer, Body};
use crate::key::Code;
use crate::mouse::{Mouse, Press, Spot};
use crate::view;
use noctra_records::Act;

/// The wheel goes so many lines.
const LINES: u8 = 3;

impl App {
    pub(crate) fn mouse(&mut self, mouse: Mouse) {
        match mouse.press {
            Press::WheelUp => self.wheel(false),
            Press::WheelDown => self.wheel(true),
            Press::Once | Press::Twice => {
                let (spot, column) = match view::spot(self, mouse.at) {
                    Some((area, spot)) => (Some(spot), mouse.at.x - area.x),
                    None => (None, 0),
                };
                if !matches!(spot, Some(Spot::Candidate(_))) {
                    self.command.popup = None;
                }
                if let Some(spot) = spot {
                    self.point(spot, column.into(), mouse.press == Press::Twice);
                }
            }
        }
    }

    fn wheel(&mut self, down: bool) {
        let rows = if down {
            LINES.into()
        } else {
            -i64::from(LINES)
        };
        let mode = self.mode();
        let (up_or_down, times) = match mode {
            // There an arrow moves what one is at, or nothing.
            Mode::Design | Mode::Line | Mode::Cell => return,
            Mode::Form | Mode::Dialog => ([Code::PageUp, Code::PageDown], 1),
            _ => ([Code::Up, Code::Down], LINES),
        };
        if let (Mode::Result, Some(grid)) = (mode, self.grid_mut()) {
            grid.scroll(rows);
            return self.sum();
        }
        for _ in 0..times {
            self.key(up_or_down[usize::from(down)].into());
        }
    }

    /// Does what a click does to what stands at a place, so many columns from its begin.
    fn point(&mut self, spot: Spot, column: usize, twice: bool) {
        match spot {
            Spot::Key(key) => return self.key(key),
            Spot::Text(line) => {
                if self.mode == Mode::Build {
                    self.build();
                }
                let column = column + self.command.scroll.1;
                return self.command.text.go_to(line, column);
            }
            Spot::Candidate(at) => {
                if let Some(popup) = &mut self.command.popup {
                    popup.chosen = at;
                }
            }
            Spot::Cell(row, column) => {
                if let Some(grid) = self.grid_mut() {
                    grid.go_to((row, column));
                }
                self.sum();
            }
            Spot::Column(column) => {
                if let Some(grid) = self.grid_mut() {
                    grid.go_to((grid.row, column));
                }
                self.sum();
                // Of a name there is nothing else to be had.
                if twice {
                    self.act(Action::Sort);
                }
                return;
            }
            Spot::Line(at) => {
                if self.mode == Mode::Command {
                    self.build();
                }
                if let Some(builder) = &mut self.builder {
                    builder.at = at;
                }
            }
            Spot::Field(_, _, field) if self.mode == Mode::Design => {
                if let Some(designer) = &mut self.designer {
                    designer.go(&field);
                }
            }
            Spot::Field(block, records, field) => {
                return self.point_at_field(block, records, field, twice);
            }
            Spot::Button(at) => {
                if let Some(form) = self.form.as_mut().filter(|_| self.mode == Mode::Form) {
                    form.button = Some(at);
                    self.act(Action::Accept);
                }
                return;
            }
            Spot::Answer(at) => return self.answered(Answer::Button(at)),
            Spot::Item(at) => match self.dialogs.last_mut().map(|dialog| &mut dialog.body) {
                Some(Body::List { chosen, .. }) => *chosen = at,
                Some(Body::Tree(tree)) => tree.chosen = at,
                _ => return,
            },
        }
        if twice {
            self.key(Code::Enter.into());
        }
    }

    /// Goes to a field, of another record or another block too; of a list a double click shows the values.
    fn point_at_field(&mut self, block: usize, records: isize, field: String, twice: bool) {
        let Some(form) = &mut self.form else { return };
        form.button = None;
        let steps = |count: isize, back: Act, on: Act| {
            let act = if count < 0 { back } else { on };
            std::iter::repeat_n(act, count.unsigned_abs())
        };
        let here = form.view.screen.at;
        let blocks = block as isize - here as isize;
        let known = form.field().is_some_and(|known| known.name == field);
        if (blocks, records, known) == (0, 0, true) {
            let list = form.field().is_some_and(|known| known.has_list);
            if twice && list {
                self.act(Action::Values);
            }
            return;
        }
        let mut acts: Vec<Act> = steps(blocks, Act::PreviousBlock, Act::NextBlock).collect();
        acts.extend(steps(records, Act::PreviousRecord, Act::NextRecord));
        acts.push(Act::Field(field));
        self.all_at_form(acts);
    }
}
