//! What actions do at a result.

use crate::action::{Action, Mode};
use crate::app::{App, Effect, Shown};
use crate::cell::{self, grouped};
use crate::dialog::{Dialog, Item, Purpose};
use crate::grid::Query;
use crate::helper::Task;
use crate::theme::Role;
use noctra_runtime::Value;

impl App {
    pub(crate) fn act_on_result(&mut self, action: Action) {
        match action {
            Action::Back => {
                self.mode = match self.form {
                    Some(_) => Mode::Form,
                    None => self.home(),
                };
                return;
            }
            Action::OtherResult => {
                let count = self.results.len().max(1);
                self.current = (self.current + count - 1) % count;
                return;
            }
            _ => {}
        }
        let height = self.main().1;
        match self.results.get_mut(self.current) {
            Some((_, Shown::Text(_, lines, top))) => {
                let page = isize::try_from(height).unwrap_or(1);
                let by = match action {
                    Action::Up => -1,
                    Action::Down => 1,
                    Action::PageUp => -page,
                    Action::PageDown => page,
                    Action::First => isize::MIN,
                    Action::Last => isize::MAX,
                    _ => 0,
                };
                let last = lines.len().saturating_sub(height);
                *top = top.saturating_add_signed(by).min(last);
            }
            Some((_, Shown::Grid(_))) => self.act_on_grid(action),
            None => {}
        }
    }

    fn act_on_grid(&mut self, action: Action) {
        let asks_anew = matches!(action, Action::Run | Action::Sort | Action::Filter);
        // Before anything is typed for it.
        if asks_anew && (self.has_edits() || self.is_occupied()) {
            return;
        }
        let Some(grid) = self.grid_mut() else { return };
        let page = grid.page_rows();
        match action {
            Action::Run | Action::Statement if grid.query.text.is_empty() => self.of_form(),
            Action::Up => grid.go(-1),
            Action::Down => grid.go(1),
            Action::PageUp => grid.go(-page),
            Action::PageDown => grid.go(page),
            Action::First => grid.go(i64::MIN),
            Action::Last => grid.go_last(),
            Action::Left => grid.step(false),
            Action::Right => grid.step(true),
            Action::Edit => self.edit_cell(),
            Action::Null | Action::Undo | Action::Commit | Action::Rollback => {
                self.act_on_edits(action);
            }
            Action::Hide => grid.hide(),
            Action::ShowAll => grid.show_all(),
            Action::Narrower => grid.widen(-1),
            Action::Wider => grid.widen(1),
            Action::Freeze => grid.freeze(),
            Action::Mark => grid.mark(),
            Action::View => self.view_cell(),
            Action::Sort => self.sort(),
            Action::Filter => {
                let filter = grid.query.filter.clone().unwrap_or_default();
                // What was refused is there to be mended.
                let here = self.results.get(self.current).map(|(number, _)| *number);
                let refused = self
                    .refused
                    .clone()
                    .filter(|(number, _)| Some(*number) == here);
                let filter = refused.map_or(filter, |(_, refused)| refused);
                let hint = "a condition in RQL, as behind WHERE; empty for all rows";
                self.dialogs
                    .push(Dialog::line("Filter", &filter, hint, Purpose::Filter));
            }
            Action::Find => {
                let needle = self.needle.clone();
                let dialog = Dialog::line("Find", &needle, "in any column", Purpose::Find);
                self.dialogs.push(dialog);
            }
            Action::FindNext => self.find(true),
            Action::Export => {
                self.dialogs
                    .push(Dialog::file("Export", "result.csv", Purpose::Export));
            }
            Action::Chart => self.choose_chart(),
            Action::Statement => {
                let statement = grid.query.statement();
                let lines = statement.lines().map(str::to_owned).collect();
                self.dialogs.push(Dialog::page("Statement", lines));
            }
            Action::Run => {
                let (sort, filter) = (grid.query.sort, grid.query.filter.clone());
                self.refine(sort, filter);
            }
            _ => {}
        }
        self.sum();
    }

    /// Sums up what is selected, beside everything else.
    pub(super) fn sum(&mut self) {
        let Some(grid) = self.grid() else { return };
        let Some((from, to)) = grid.selected() else {
            return;
        };
        self.effects.push(Effect::Help(Task::Sum {
            store: grid.store.clone(),
            from,
            to,
        }));
    }

    fn view_cell(&mut self) {
        let width = usize::from(self.size.width).saturating_sub(8);
        let Some(grid) = self.grid() else { return };
        let (Some(value), Some(column)) = (grid.value(), grid.columns.get(grid.col)) else {
            return;
        };
        let lines = match value {
            Value::Null => vec!["NULL".to_owned()],
            Value::Blob(bytes) => dump(bytes),
            Value::Json(text) => cell::wrapped(&indented(text), width),
            value => cell::wrapped(&value.as_ref().to_string(), width),
        };
        let title = format!(
            "{} · row {} · {}",
            column.name,
            grouped(grid.row + 1),
            column.ty
        );
        self.dialogs.push(Dialog::page(title, lines));
    }

    fn sort(&mut self) {
        let Some(grid) = self.grid() else { return };
        let col = grid.col;
        let sort = match grid.query.sort {
            Some((at, false)) if at == col => Some((col, true)),
            Some((at, true)) if at == col => None,
            _ => Some((col, false)),
        };
        let filter = grid.query.filter.clone();
        self.refine(sort, filter);
    }

    /// Rows that a form's action gave have no statement of the person's.
    fn of_form(&mut self) {
        let key = self.key_of(Action::Back);
        let why = format!("these rows are as the form asked for them; {key} goes back to it");
        self.say(Role::Warning, why);
    }

    /// Asks for the rows of the grid in another way.
    pub(super) fn refine(&mut self, sort: Option<(usize, bool)>, filter: Option<String>) {
        let Some(grid) = self.grid_mut() else { return };
        if grid.query.text.is_empty() {
            self.of_form();
            return;
        }
        let query = Query {
            sort,
            filter,
            ..grid.query.clone()
        };
        if !self.is_occupied() {
            self.renew(query);
        }
    }

    pub(super) fn find(&mut self, again: bool) {
        let needle = self.needle.clone();
        let Some(grid) = self.grid() else { return };
        if needle.is_empty() {
            return;
        }
        let from = (grid.row, grid.col + usize::from(again));
        let store = grid.store.clone();
        let course = self.beside(format!("looking for {needle}"));
        self.effects.push(Effect::Help(Task::Find {
            store,
            needle,
            from,
            course,
        }));
    }

    fn choose_chart(&mut self) {
        let items = crate::chart::KINDS.iter().map(|(name, _, about)| Item {
            label: (*name).to_owned(),
            detail: (*about).to_owned(),
            value: (*name).to_owned(),
        });
        let items = items.collect();
        self.dialogs
            .push(Dialog::list("Chart", items, Purpose::Chart));
    }

    pub(super) fn chart(&mut self, kind: &str) {
        let page = self.main();
        let signs = self.signs();
        let Some(grid) = self.grid() else { return };
        match crate::chart::lines(grid, kind, page, signs) {
            Ok(lines) => {
                let column = grid.columns.get(grid.col).map_or("", |column| &column.name);
                let what = format!("{kind}: {}", cell::escaped(column));
                self.show(Shown::Text(what, lines, 0));
            }
            Err(why) => self.say(Role::Warning, why),
        }
    }
}

/// Bytes as people look at them: sixteen a line.
fn dump(bytes: &[u8]) -> Vec<String> {
    let line = |(at, line): (usize, &[u8])| {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let seen = |byte: &u8| {
            if (0x20..0x7f).contains(byte) {
                char::from(*byte)
            } else {
                '.'
            }
        };
        let text: String = line.iter().map(seen).collect();
        format!("{:08x}  {:<47}  {text}", at * 16, hex.join(" "))
    };
    // More is for a file.
    bytes.chunks(16).take(4_096).enumerate().map(line).collect()
}

/// JSON with a line for each member.
fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    for c in text.chars() {
        if quoted {
            out.push(c);
            (quoted, escaped) = (escaped || c != '"', c == '\\' && !escaped);
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                let before = out.trim_end();
                match before.ends_with(['{', '[']) {
                    // Nothing is in it.
                    true => out.truncate(before.len()),
                    false => line(&mut out, depth),
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{dump, indented};

    #[test]
    fn cells_are_shown_whole() {
        assert_eq!(
            indented(r#"{"a":[1,"x, \"y",{ }]}"#),
            "{\n  \"a\": [\n    1,\n    \"x, \\\"y\",\n    {}\n  ]\n}"
        );
        assert_eq!(
            dump(b"ab\x00"),
            ["00000000  61 62 00                                         ab."]
        );
    }
}
