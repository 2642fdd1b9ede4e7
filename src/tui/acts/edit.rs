//! What actions do at the cells of a grid that are edited, and what becomes of the edits.

use crate::action::Action;
use crate::app::{App, Busy, Effect, Shown};
use crate::dialog::{Answer, Body, Purpose};
use crate::edit::{Contest, cell, counted, review};
use crate::theme::Role;
use noctra_records::{Change, Choice, Committed};

impl App {
    /// How many cells of all results are edited and not kept.
    pub(crate) fn edited(&self) -> usize {
        let grids = self.results.iter().filter_map(|(_, shown)| match shown {
            Shown::Grid(grid) => Some(grid.edited()),
            Shown::Text(..) => None,
        });
        grids.sum()
    }

    /// Opens the cell of the cursor.
    pub(super) fn edit_cell(&mut self) {
        let Some(grid) = self.grid() else { return };
        let (Some(row), Some(value)) = (grid.read(), grid.value()) else {
            self.say(Role::Faint, "there is no row to edit");
            return;
        };
        let edits = grid.edits.as_ref();
        let takes = edits.map_err(Clone::clone);
        match takes.and_then(|edits| edits.takes(row, grid.col)) {
            Ok(takes) => {
                let name = grid.columns.get(grid.col).map_or("", |column| &column.name);
                let dialog = cell(name, takes, value);
                self.dialogs.push(dialog);
            }
            Err(why) => self.say(Role::Warning, format!("cannot be edited: {why}")),
        }
    }

    /// Gives the cell of the cursor what was written; false where it does not take it.
    fn write_cell(&mut self, text: Option<&str>) -> bool {
        let Some(grid) = self.grid_mut() else {
            return true;
        };
        let (place, Some(row)) = ((grid.row, grid.col), grid.read().map(<[_]>::to_vec)) else {
            return true;
        };
        let edits = grid.edits.as_mut().map_err(|why| why.clone());
        match edits.and_then(|edits| edits.write(place, &row, text)) {
            Ok(()) => {
                grid.make_room();
                true
            }
            Err(why) => {
                self.say(Role::Error, why);
                false
            }
        }
    }

    /// What actions do while a cell is edited.
    pub(super) fn act_on_cell(&mut self, action: Action) {
        let Some(dialog) = self.dialogs.last_mut() else {
            return;
        };
        let Body::Cell { text, null, .. } = &mut dialog.body else {
            return;
        };
        let step = match action {
            Action::Back => {
                self.dialogs.pop();
                return;
            }
            Action::Undo => {
                text.undo();
                *null = false;
                return;
            }
            Action::Null | Action::Clear => {
                text.replace("");
                *null = action == Action::Null;
                return;
            }
            Action::Choose => None,
            Action::NextField => Some(true),
            Action::PreviousField => Some(false),
            _ => return,
        };
        let text = (!*null).then(|| text.as_str().to_owned());
        if !self.write_cell(text.as_deref()) {
            return;
        }
        self.dialogs.pop();
        let Some(grid) = self.grid_mut() else { return };
        let before = grid.col;
        if let Some(right) = step {
            grid.step(right);
            if grid.col != before {
                self.edit_cell();
            }
        }
    }

    /// What actions do with the edits of a grid.
    pub(super) fn act_on_edits(&mut self, action: Action) {
        let Some(grid) = self.grid_mut() else { return };
        let place = (grid.row, grid.col);
        match (action, &mut grid.edits) {
            (Action::Null, _) => {
                self.write_cell(None);
            }
            (Action::Undo, Ok(edits)) => {
                let said = match edits.take_back(place) {
                    true => "the cell is as it was read",
                    false => "the cell is not edited",
                };
                self.say(Role::Faint, said);
            }
            (Action::Commit, Ok(edits)) if edits.count() > 0 => {
                let dialog = review(edits.changes());
                self.dialogs.push(dialog);
            }
            (Action::Rollback, Ok(edits)) if edits.count() > 0 => {
                let dropped = edits.count();
                edits.drop_all();
                self.say(Role::Good, format!("{} dropped", counted(dropped, "edit")));
            }
            _ => self.say(Role::Faint, "nothing is edited"),
        }
    }

    /// True where edits of the grid are not kept, which is said: its rows cannot be others then.
    pub(super) fn has_edits(&mut self) -> bool {
        let edited = self.grid().map_or(0, crate::grid::Grid::edited);
        if edited > 0 {
            let [keep, drop] = [Action::Commit, Action::Rollback].map(|action| self.key_of(action));
            let edited = counted(edited, "edit");
            self.say(
                Role::Warning,
                format!("{edited} not kept: {keep} keeps, {drop} drops them"),
            );
        }
        edited > 0
    }

    /// What is to become of changes.
    pub(super) fn reviewed(&mut self, all: Vec<Change>, answer: &Answer) {
        match answer {
            Answer::Button(1) => self.keep(all),
            Answer::Button(2) => self.act_on_edits(Action::Rollback),
            _ => {}
        }
    }

    fn keep(&mut self, all: Vec<Change>) {
        if !self.is_occupied() {
            let run = self.run("", 0, true);
            self.work(Busy::with(run.clone()), Effect::Keep(run, all));
        }
    }

    /// Changes were made, or not.
    pub(super) fn kept(&mut self, all: Vec<Change>, kept: Result<Committed, String>) {
        match kept {
            Ok(Committed::Done(rows)) => {
                let are = if rows.len() == 1 { "is" } else { "are" };
                let changes = counted(rows.len(), "change");
                self.say(Role::Good, format!("{changes} {are} kept"));
                self.again();
            }
            Ok(Committed::Conflicts(conflicts)) => {
                let are = if conflicts.len() == 1 { "is" } else { "are" };
                let rows = counted(conflicts.len(), "row");
                let said = format!("{rows} {are} not what was read; nothing is kept");
                self.say(Role::Warning, said);
                self.dialogs.push(Contest::new(all, conflicts).dialog());
            }
            Err(why) => self.say(Role::Error, format!("nothing is kept: {why}")),
        }
    }

    /// Nothing is edited any more, and the rows are fetched as they are now.
    fn again(&mut self) {
        let Some(grid) = self.grid_mut() else { return };
        if let Ok(edits) = &mut grid.edits {
            edits.drop_all();
        }
        let query = grid.query.clone();
        self.renew(query);
    }

    /// Whose values stay.
    pub(super) fn contest_answered(&mut self, contest: Contest, answer: &Answer) {
        let left = match answer {
            Answer::Button(1) => contest.settled(Some(Choice::Theirs)),
            Answer::Button(2) => contest.settled(Some(Choice::Mine)),
            Answer::Button(3) => contest.settled(None),
            _ => return,
        };
        if left.is_empty() {
            self.say(Role::Good, "theirs stays, nothing is left to keep");
            self.again();
        } else {
            self.dialogs.push(review(left));
        }
    }

    /// A digit changes whose value of a contested field stays; true where that is asked.
    pub(super) fn flip_side(&mut self, digit: char) -> bool {
        if !matches!(self.dialogs.last(), Some(dialog) if matches!(dialog.purpose, Purpose::Contest(_)))
        {
            return false;
        }
        if let Some(Purpose::Contest(mut contest)) = self.dialogs.pop().map(|dialog| dialog.purpose)
        {
            contest.flip(digit);
            self.dialogs.push(contest.dialog());
        }
        true
    }
}
