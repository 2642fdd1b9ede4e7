//! Rows under a header that stays, or lines of text.

use super::Canvas;
use crate::action::Action;
use crate::app::{App, Shown};
use crate::cell::{self, fitted, grouped};
use crate::grid::Grid;
use crate::mouse::Spot;
use crate::theme::Role;
use noctra_runtime::Value;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// What stands in the header: at the left, and at the right.
pub(super) fn header(app: &App, number: usize, shown: &Shown) -> (Vec<String>, Vec<String>) {
    let mut left = vec![format!("query {number}")];
    if let Shown::Grid(grid) = shown
        && !grid.query.tables.is_empty()
    {
        left.push(cell::escaped(&grid.query.tables.join(app.signs().join)));
    }
    left.push(app.place.name.clone());
    match shown {
        Shown::Text(what, ..) => {
            left.push(what.clone());
            (left, Vec::new())
        }
        Shown::Grid(grid) => {
            let rows = match (
                grid.progress.rows,
                grid.progress.ended && !grid.progress.cut,
            ) {
                (0, true) => "no rows".to_owned(),
                (rows, true) => format!("row {} of {}", grouped(grid.row + 1), grouped(rows)),
                (rows, false) => format!("row {} of {}+", grouped(grid.row + 1), grouped(rows)),
            };
            let column = format!("col {}/{}", grid.col + 1, grid.columns.len());
            let mut right = vec![rows, column];
            if grid.edited() > 0 {
                right.push("modified".to_owned());
            }
            (left, right)
        }
    }
}

/// What the message line says of rows.
pub(super) fn counted(app: &App, grid: &Grid, spin: &str) -> String {
    let rows = grouped(grid.progress.rows);
    let noun = if grid.progress.rows == 1 {
        "row"
    } else {
        "rows"
    };
    let time = grid
        .time
        .map(|time| format!(" · {}", crate::acts::milliseconds(time)));
    let time = time.unwrap_or_default();
    let key = app.key_of(Action::Cancel);
    if grid.edited() > 0 {
        let edited = crate::edit::counted(grid.edited(), "edit");
        let [keep, drop] = [Action::Commit, Action::Rollback].map(|action| app.key_of(action));
        return format!("{edited} in {rows} {noun}: {keep} shows and keeps, {drop} drops them");
    }
    match (
        grid.progress.ended,
        grid.progress.cut,
        grid.progress.waiting,
    ) {
        (true, false, _) => format!("{rows} {noun}{time}"),
        (true, true, _) => format!("the first {rows} {noun}; F5 fetches again"),
        (false, _, true) => format!("{rows} {noun} fetched, more on demand{time}"),
        (false, _, false) => format!("{rows} {noun} fetched · {spin} counting…  {key} stops"),
    }
}

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Draws it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let app = canvas.app;
    match app.results.get(app.current) {
        None => {}
        Some((_, Shown::Text(_, lines, top))) => {
            for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(*top)) {
                canvas.put(area.x + 1, y, area.width - 1, line, Role::Base);
            }
        }
        Some((_, Shown::Grid(grid))) => rows(canvas, area, grid),
    }
}

fn rows(canvas: &mut Canvas<'_>, area: Rect, grid: &Grid) {
    let signs = canvas.app.signs();
    let [line, down, cross] = signs.lines;
    let width = usize::from(area.width);
    let sight = grid.in_sight(width);
    let gutter = grid.gutter();
    let last = grid.shown().next_back();
    canvas.put(
        area.x,
        area.y,
        area.width,
        &format!("{:>gutter$}", "#"),
        Role::Faint,
    );
    canvas.fill(area.x, area.y + 1, area.width, line, Role::Frame);
    let whole = sight
        .last()
        .is_none_or(|&(at, own)| Some(at) == last && own == grid.columns[at].width);
    let mut x = area.x + cells(gutter);
    for &(at, own) in &sight {
        canvas.put(x, area.y, 1, down, Role::Frame);
        canvas.put(x, area.y + 1, 1, cross, Role::Frame);
        let role = if at == grid.col {
            Role::Chosen
        } else {
            Role::Title
        };
        // The sign for more columns may stand upon the last cell.
        let edge = !whole && grid.columns[at].number && x + cells(own + 2) >= area.right();
        let text = name(grid, at, own.saturating_sub(edge.into()), signs);
        canvas.put(x + 1, area.y, cells(own + 1), &format!(" {text}"), role);
        canvas.here(Rect::new(x, area.y, cells(own + 2), 2), Spot::Column(at));
        x += cells(own + 2);
    }
    if !whole {
        canvas.put(area.right() - 1, area.y, 1, signs.more, Role::Title);
    }
    for (down_by, values) in grid.page.iter().enumerate() {
        let y = area.y + 2 + cells(down_by);
        if y + 1 >= area.bottom() {
            break;
        }
        row(
            canvas,
            (area.x, y),
            grid,
            grid.top + down_by as u64,
            values,
            &sight,
        );
    }
    status(
        canvas,
        Rect::new(area.x, area.bottom() - 1, area.width, 1),
        grid,
    );
}

/// The name of a column, with the way it is sorted.
fn name(grid: &Grid, at: usize, width: usize, signs: &crate::theme::Signs) -> String {
    let column = &grid.columns[at];
    let sign = match grid.query.sort {
        Some((sorted, true)) if sorted == at => signs.down,
        Some((sorted, false)) if sorted == at => signs.up,
        _ => return fitted(&column.name, width, column.number, signs),
    };
    let text = format!(
        "{} {sign}",
        fitted(
            &column.name,
            column.name.len().min(width.saturating_sub(2)),
            false,
            signs
        )
    );
    fitted(&text, width, column.number, signs)
}

fn row(
    canvas: &mut Canvas<'_>,
    (left, y): (u16, u16),
    grid: &Grid,
    number: u64,
    values: &[Value],
    sight: &[(usize, usize)],
) {
    let signs = canvas.app.signs();
    let gutter = grid.gutter();
    let here = number == grid.row;
    let role = if here { Role::Title } else { Role::Faint };
    canvas.put(
        left,
        y,
        cells(gutter),
        &format!("{:>gutter$}", number + 1),
        role,
    );
    let mut x = left + cells(gutter);
    for &(at, own) in sight {
        let edited = grid.edit((number, at));
        let value = edited.or(values.get(at)).unwrap_or(&Value::Null);
        let text = grid.text(at, value, signs);
        let right = grid.columns[at].number && *value != Value::Null;
        let role = match (
            here && at == grid.col,
            grid.is_selected((number, at)),
            value,
        ) {
            (true, ..) => Role::Chosen,
            (_, true, _) => Role::Marked,
            _ if edited.is_some() => Role::Warning,
            (.., Value::Null) => Role::Faint,
            _ => Role::Base,
        };
        let mark = if edited.is_some() { "*" } else { " " };
        canvas.put(x, y, 1, signs.lines[1], Role::Frame);
        canvas.put(
            x + 1,
            y,
            cells(own + 1),
            &format!("{mark}{}", fitted(&text, own, right, signs)),
            role,
        );
        canvas.here(Rect::new(x, y, cells(own + 2), 1), Spot::Cell(number, at));
        x += cells(own + 2);
    }
}

/// Filter, sort, the type of the cell, the sum of what is selected.
fn status(canvas: &mut Canvas<'_>, area: Rect, grid: &Grid) {
    let signs = canvas.app.signs();
    let mut parts = Vec::new();
    if let Some(filter) = &grid.query.filter {
        parts.push(format!("filter: {filter}"));
    }
    if let Some((at, down)) = grid.query.sort {
        let sign = if down { signs.down } else { signs.up };
        parts.push(format!(
            "sort: {} {sign}",
            grid.columns.get(at).map_or("", |c| &c.name)
        ));
    }
    let of_cell = parts.len();
    if let Some(column) = grid
        .columns
        .get(grid.col)
        .filter(|column| !column.ty.is_empty())
    {
        parts.push(format!("cell: {}", column.ty));
    }
    if grid.anchor.is_some() {
        let sum = grid.sum.as_deref().unwrap_or(signs.cut);
        parts.push(format!("{} {sum}", signs.sum));
    }
    let hidden = grid.columns.iter().filter(|column| column.hidden).count();
    if hidden > 0 {
        parts.push(format!("{hidden} hidden"));
    }
    let mut line = parts.join("   ");
    if grid.anchor.is_some() && line.width() >= usize::from(area.width) && of_cell < parts.len() {
        // The sum matters more than the type of the cell.
        parts.remove(of_cell);
        line = parts.join("   ");
    }
    canvas.put(area.x + 1, area.y, area.width - 1, &line, Role::Faint);
}
