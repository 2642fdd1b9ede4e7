//! Where the fields of a form stand: those with a place there, the others below them in their groups.

use super::name;
use noctra_records::{BlockView, FieldView, GroupView};
use rql_forms::Kind;
use unicode_width::UnicodeWidthStr as _;

/// Between two columns of fields.
const GAP: usize = 3;

/// Where the fields of a block stand.
#[derive(Default)]
pub(super) struct Plan<'f> {
    pub(super) spots: Vec<Spot<'f>>,
    /// The titles of groups, with their lines.
    pub(super) titles: Vec<(usize, &'f str)>,
}

/// Where a field stands.
pub(super) struct Spot<'f> {
    pub(super) field: &'f FieldView,
    /// The column and the line of its label.
    pub(super) x: usize,
    pub(super) y: usize,
    /// How wide that is.
    pub(super) label: usize,
}

/// A column of fields that have no place of their own.
#[derive(Clone, Copy, Default)]
struct Column {
    x: usize,
    label: usize,
}

impl<'f> Plan<'f> {
    /// The fields of the page that one is on, in so many columns of the screen.
    pub(super) fn new(block: &'f BlockView, most: usize) -> Self {
        let page = block.fields.iter().find(|field| field.focus);
        let first = block.fields.iter().map(|field| field.page).min();
        let page = page.map(|field| field.page).or(first).unwrap_or(1);
        let on_page = |field: &FieldView| !field.hidden && field.page == page;
        let mut plan = Self::default();
        for field in block.fields.iter().filter(|field| on_page(field)) {
            if let Some((line, column)) = field.at {
                plan.spots.push(Spot {
                    field,
                    x: column.max(1) as usize - 1,
                    y: line.max(1) as usize - 1,
                    label: label(field, most),
                });
            }
        }
        // Values whose labels begin in one column begin in one, too.
        let widest = |spot: &Spot<'_>| {
            let same = plan.spots.iter().filter(|other| other.x == spot.x);
            same.map(|other| other.label).max().unwrap_or(0)
        };
        let widest: Vec<usize> = plan.spots.iter().map(widest).collect();
        for (spot, widest) in plan.spots.iter_mut().zip(widest) {
            spot.label = widest;
        }
        for group in &block.groups {
            plan.title_placed(block, group, on_page);
        }
        let flows = |field: &&FieldView| on_page(field) && field.at.is_none();
        let groups: Vec<(&GroupView, Vec<&FieldView>)> = block
            .groups
            .iter()
            .map(|group| {
                let fields = group.fields.iter().filter_map(|&at| block.fields.get(at));
                (group, fields.filter(flows).collect())
            })
            .collect();
        plan.flow(&groups, most);
        plan
    }

    /// A group whose fields all have places has its title above the first of them, where that line is free.
    fn title_placed(
        &mut self,
        block: &'f BlockView,
        group: &'f GroupView,
        on_page: impl Fn(&FieldView) -> bool,
    ) {
        let Some(title) = &group.title else { return };
        let fields = group.fields.iter().filter_map(|&at| block.fields.get(at));
        let placed = |field: &FieldView| {
            let mut own = self.spots.iter();
            own.find(|spot| spot.field.name == field.name)
        };
        let tops = fields
            .filter(|field| on_page(field))
            .map(|field| Some(placed(field)?.y));
        let tops: Option<Vec<usize>> = tops.collect();
        let top = tops.and_then(|tops| tops.into_iter().min());
        let Some(line) = top.and_then(|top| top.checked_sub(1)) else {
            return;
        };
        let covers = |spot: &Spot<'_>| (spot.y..spot.bottom()).contains(&line);
        if !self.spots.iter().any(covers) {
            self.titles.push((line, title));
        }
    }

    /// Puts groups below what stands there already.
    fn flow(&mut self, groups: &[(&'f GroupView, Vec<&'f FieldView>)], most: usize) {
        let columns = columns(groups, most);
        let mut next = self.lines();
        for (group, fields) in groups {
            let Some(title) = fields.first().map(|_| &group.title) else {
                continue;
            };
            if let Some(title) = title {
                self.titles.push((next, title));
                next += 1;
            }
            let beside = (group.columns as usize).min(columns.len()).max(1);
            for line in fields.chunks(beside) {
                let spots = line.iter().zip(&columns).map(|(field, column)| Spot {
                    field,
                    x: column.x,
                    y: next,
                    label: column.label,
                });
                self.spots.extend(spots);
                next += line.iter().map(|field| height(field)).max().unwrap_or(1);
            }
        }
    }

    /// How wide they are, with what is wrong beside them or without.
    pub(super) fn width(&self, wrong: bool) -> usize {
        let width = |spot: &Spot<'_>| {
            let problem = spot.field.problem.as_ref().filter(|_| wrong);
            let problem = problem.map_or(0, |problem| problem.width() + 4);
            let list = usize::from(spot.field.has_list);
            spot.x + spot.label + 4 + room(spot.field) + list + problem
        };
        self.spots.iter().map(width).max().unwrap_or(0)
    }

    pub(super) fn lines(&self) -> usize {
        let bottoms = self.spots.iter().map(Spot::bottom);
        bottoms.max().unwrap_or(0)
    }

    /// The first line that is shown where there is room for so many, with the field in sight that one is in.
    pub(super) fn top(&self, lines: usize) -> usize {
        let focus = self.spots.iter().find(|spot| spot.field.focus);
        let least = focus.map_or(0, Spot::bottom).saturating_sub(lines);
        let tops = self.spots.iter().map(|spot| spot.y);
        let tops = tops.chain(self.titles.iter().map(|title| title.0));
        tops.filter(|y| *y >= least).min().unwrap_or(0)
    }

    /// Where the next field of the same line begins.
    pub(super) fn next(&self, spot: &Spot<'_>) -> Option<usize> {
        let here = |other: &&Spot<'_>| other.y == spot.y && other.x > spot.x;
        self.spots.iter().filter(here).map(|other| other.x).min()
    }
}

impl Spot<'_> {
    fn bottom(&self) -> usize {
        self.y + height(self.field)
    }
}

/// As many columns as groups want, and as there is room for.
fn columns(groups: &[(&GroupView, Vec<&FieldView>)], most: usize) -> Vec<Column> {
    let wanted = groups.iter().map(|(group, _)| group.columns as usize);
    let mut count = wanted.max().unwrap_or(1).max(1);
    loop {
        let mut columns = vec![Column::default(); count];
        let (mut x, mut right) = (0, 0);
        for (at, column) in columns.iter_mut().enumerate() {
            // The fields that stand in this column, and whether another one stands beside them.
            let here = groups.iter().flat_map(|(group, fields)| {
                let beside = (group.columns as usize).clamp(1, count);
                let last = at + 1 >= beside;
                let own = fields.iter().enumerate();
                own.filter(move |(place, _)| place % beside == at)
                    .map(move |(_, field)| (*field, last))
            });
            let here: Vec<(&FieldView, bool)> = here.collect();
            let label = here
                .iter()
                .map(|(field, _)| label(field, most))
                .max()
                .unwrap_or(0);
            let value = |(field, _): &(&FieldView, bool)| room(field) + usize::from(field.has_list);
            let own = x + label + 4;
            right = here
                .iter()
                .map(|one| own + value(one))
                .max()
                .unwrap_or(0)
                .max(right);
            let inner = here.iter().filter(|(_, last)| !last).map(value);
            *column = Column { x, label };
            x = own + inner.max().unwrap_or(0) + GAP - 2;
        }
        if count == 1 || right <= most {
            return columns;
        }
        count -= 1;
    }
}

/// How wide a label is, with the space behind it: no more than half of the screen, where values need room, too.
fn label(field: &FieldView, most: usize) -> usize {
    (name(field).width() + 1).min(most / 2)
}

/// The characters of a field.
pub(super) fn room(field: &FieldView) -> usize {
    match field.kind {
        Kind::Boolean => 1,
        _ => (field.width as usize).max(1),
    }
}

/// The lines of a field.
pub(super) fn height(field: &FieldView) -> usize {
    (field.lines as usize).max(1)
}
