//! What is asked when a line is added or changed, and what becomes of the answers.

use super::lists::{OTHER, item};
use super::query::{
    Aggregate, Expr, Filter, OPS, Op, Output, Side, Sort, Source, Term, alternatives, equal, links,
    shared,
};
use super::{Builder, Line, Section, typed, write};
use crate::dialog::Item;
use rql::{Catalog, Type};

/// What stands before the place of a link that is to be USING.
const USING: &str = "using ";

/// A question.
#[derive(Clone, Debug)]
pub(crate) enum Pick {
    /// Which table.
    Table,
    /// By what a table is joined; a place is one that is joined already.
    Link(Source, Vec<Vec<Filter>>, Option<usize>),
    /// The column of the tables before it by which one is joined, and then its own.
    Left(Source, Option<usize>),
    Right(Source, Option<usize>, Term),
    /// What becomes of a table, and what it is called.
    Source(usize),
    Alias(usize),
    /// What is shown; again and again.
    Column,
    /// What becomes of what is shown, what it is called, and what it is.
    Output(usize),
    Name(usize),
    Expression(Option<usize>),
    /// What a filter is about, what it asks, and what it compares to.
    Filter,
    Op(Term, Option<usize>),
    Value(Term, Op, Option<usize>),
    Condition(Option<usize>),
    /// What rows are grouped by, and sorted by.
    Group,
    Sort,
    /// How many there are at most, and how many are left out before them.
    Limit,
    Offset,
}

/// What comes of an answer.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing has changed.
    Nothing,
    /// The query has changed.
    Changed,
    /// It has, and the question is asked again, with this answer chosen.
    Again(Pick, String),
    /// Another question is to be answered.
    Ask(Pick),
    /// The answer does not do, and is to be mended.
    Wrong(Pick, String, String),
}

/// A question as it is shown.
pub(crate) enum Form {
    /// Some things to choose from.
    List(String, Vec<Item>),
    /// A line to type: what for, a hint, what stands there.
    Line(String, String, String),
}

impl Builder {
    /// A question as it is shown.
    pub(crate) fn form(&self, pick: &Pick, catalog: &Catalog) -> Form {
        let query = &self.query;
        let list = |title: &str, items| Form::List(title.to_owned(), items);
        let line = |title: &str, hint: &str, text: String| {
            Form::Line(title.to_owned(), hint.to_owned(), text)
        };
        match pick {
            Pick::Table => list("Add a table", self.tables(catalog)),
            Pick::Link(source, links, _) => {
                let mut joined = query.clone();
                joined.sources.push(source.clone());
                let mut items = Vec::new();
                for (at, link) in links.iter().enumerate() {
                    let text = write::all(&joined, catalog, link);
                    items.push(item(text, "foreign key", at.to_string()));
                    if let Some(names) = shared(link) {
                        let label = format!("using {}", names.join(", "));
                        let detail = "the same, and these columns stand once";
                        items.push(item(label, detail, format!("{USING}{at}")));
                    }
                }
                items.push(item("other columns…", "to be chosen", OTHER));
                items.push(item("by nothing", "every row with every one", ""));
                list(&format!("Join {} by", source.shown()), items)
            }
            Pick::Left(source, place) => {
                let before = place.unwrap_or(query.sources.len());
                let columns = query.columns(catalog).into_iter();
                let columns = columns.filter(|(at, ..)| *at < before);
                let columns = columns.map(|(at, name, ty)| {
                    let full = write::full(query, catalog, at, &name);
                    item(full, ty.to_string(), format!("{at}.{name}"))
                });
                let columns = columns.collect();
                list(
                    &format!("Join {}: a column of the others", source.shown()),
                    columns,
                )
            }
            Pick::Right(source, _, left) => {
                let columns = source
                    .table(catalog)
                    .map_or(&[][..], |table| &table.columns);
                let columns = columns.iter();
                let items = columns
                    .map(|column| item(&column.name, column.ty.to_string(), &column.name))
                    .collect();
                let left = write::term(query, catalog, left);
                list(&format!("{left} = a column of {}", source.shown()), items)
            }
            Pick::Source(at) => list(query.sources[*at].shown(), self.of_source(*at)),
            Pick::Alias(at) => {
                let alias = query.sources[*at].alias.clone();
                line(
                    "Name of the table here",
                    "empty: its own",
                    alias.unwrap_or_default(),
                )
            }
            Pick::Column => list(
                "Show columns: Enter adds, Esc ends",
                self.shown_columns(catalog),
            ),
            Pick::Output(at) => {
                let title = write::term(query, catalog, &query.outputs[*at].term);
                list(&title, self.of_output(*at, catalog))
            }
            Pick::Name(at) => {
                let alias = query.outputs[*at].alias.clone();
                line(
                    "Name of the column",
                    "empty: its own",
                    alias.unwrap_or_default(),
                )
            }
            Pick::Expression(at) => {
                let term = at.map(|at| write::term(query, catalog, &query.outputs[at].term));
                line(
                    "Expression",
                    "of RQL: price * quantity",
                    term.unwrap_or_default(),
                )
            }
            Pick::Filter => list("Filter by", self.filtered(catalog)),
            Pick::Op(term, _) => {
                let ops = OPS.iter().filter(|row| row.0 != Op::Holds);
                let items = ops.map(|row| item(row.1, row.2, row.1)).collect();
                list(&write::term(query, catalog, term), items)
            }
            Pick::Value(term, op, at) => {
                let old = at.and_then(|at| query.filters.get(at));
                let old = old.filter(|old| old.op.takes() == op.takes());
                let texts = old.iter().flat_map(|old| &old.values);
                let texts =
                    texts.map(|value| write::term(query, catalog, &Term::of(value.clone())));
                let texts: Vec<String> = texts.collect();
                let ty = query.type_of(term, catalog);
                let ty = match ty {
                    Type::Unknown => String::new(),
                    ty => format!("{ty}; "),
                };
                let several = if op.takes().1 > 1 {
                    "commas between; "
                } else {
                    ""
                };
                let title = format!("{} {}", write::term(query, catalog, term), op.words());
                let hint = format!("{ty}{several}:name asks when it runs, =price + 1 computes");
                line(&title, &hint, texts.join(", "))
            }
            Pick::Condition(at) => {
                let old = at.and_then(|at| query.filters.get(at));
                let old = old.map(|old| write::filter(query, catalog, old));
                line(
                    "Condition",
                    "of RQL: a > b OR c IS NULL",
                    old.unwrap_or_default(),
                )
            }
            Pick::Group => list("Group by", self.columns(catalog)),
            Pick::Sort => list("Sort by", self.sorted(catalog)),
            Pick::Limit => {
                let limit = query.limit.clone().unwrap_or_default();
                line(
                    "At most so many rows",
                    "a number or :parameter; empty: all",
                    limit,
                )
            }
            Pick::Offset => {
                let offset = query.offset.clone().unwrap_or_default();
                line(
                    "Leave out so many rows before",
                    "a number or :parameter; empty: none",
                    offset,
                )
            }
        }
    }

    /// What an answer does.
    pub(crate) fn answer(&mut self, pick: Pick, text: &str, catalog: &Catalog) -> Next {
        let had = self.query.aggregates();
        match pick {
            Pick::Table => self.add_table(text, catalog),
            Pick::Link(source, links, place) => match text {
                OTHER => Next::Ask(Pick::Left(source, place)),
                text => {
                    let using = text.strip_prefix(USING);
                    let number = using.unwrap_or(text).parse::<usize>().ok();
                    let on = number.and_then(|at| links.get(at).cloned());
                    let mut by = source.by(on.unwrap_or_default());
                    if let (Some(_), Some(names)) = (using, shared(&by.on)) {
                        (by.on, by.using) = (Vec::new(), names);
                    }
                    self.join(by, place, catalog)
                }
            },
            Pick::Left(source, place) => match self.column(text) {
                Some(left) => Next::Ask(Pick::Right(source, place, left)),
                None => Next::Nothing,
            },
            Pick::Right(source, place, left) => {
                let at = place.unwrap_or(self.query.sources.len());
                let on = equal(left, Expr::Column(at, text.to_owned()));
                self.join(source.by(vec![on]), place, catalog)
            }
            Pick::Source(at) => self.answer_source(at, text, catalog),
            Pick::Alias(at) => {
                let alias = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                let source = &mut self.query.sources[at];
                source.alias = alias.filter(|alias| *alias != source.name);
                Next::Changed
            }
            Pick::Column => self.answer_column(text, catalog),
            Pick::Output(at) => self.answer_output(at, text),
            Pick::Name(at) => {
                let alias = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                self.query.outputs[at].alias = alias;
                Next::Changed
            }
            Pick::Expression(at) => match typed::expression(text, &self.query, catalog) {
                Err(why) => Next::Wrong(Pick::Expression(at), text.to_owned(), why),
                Ok(term) => {
                    match at {
                        Some(at) => self.query.outputs[at].term = term,
                        None => self.query.outputs.push(Output { term, alias: None }),
                    }
                    self.query.regroup(had);
                    self.last(Section::Columns, at);
                    Next::Changed
                }
            },
            Pick::Filter => match text {
                OTHER => Next::Ask(Pick::Condition(None)),
                text => match self.term(text) {
                    Some(term) => Next::Ask(Pick::Op(term, None)),
                    None => Next::Nothing,
                },
            },
            Pick::Op(term, at) => {
                let row = OPS.iter().find(|row| row.1 == text);
                let op = row.map_or(Op::Eq, |row| row.0);
                match op.takes() {
                    (0, _) => self.keep_filter(term, op, Vec::new(), at),
                    _ => Next::Ask(Pick::Value(term, op, at)),
                }
            }
            Pick::Value(term, op, at) => {
                let ty = self.query.type_of(&term, catalog);
                let (least, most) = op.takes();
                let values = match most {
                    1 => typed::value(text, ty, &self.query, catalog).map(|value| vec![value]),
                    _ => typed::values(text, ty, &self.query, catalog),
                };
                match values {
                    Ok(values) if (least..=most).contains(&values.len()) => {
                        self.keep_filter(term, op, values, at)
                    }
                    Ok(_) => {
                        let why = format!("{} takes {least} values", op.words());
                        Next::Wrong(Pick::Value(term, op, at), text.to_owned(), why)
                    }
                    Err(why) => Next::Wrong(Pick::Value(term, op, at), text.to_owned(), why),
                }
            }
            Pick::Condition(at) => match typed::condition(text, &self.query, catalog) {
                Err(why) => Next::Wrong(Pick::Condition(at), text.to_owned(), why),
                Ok(filters) => {
                    let all = alternatives(&self.query.filters);
                    let alone = |at| all.iter().all(|r| r.len() == 1 || !r.contains(&at));
                    // One of several alternatives stays one of them.
                    match at.is_none_or(alone) || filters.len() == 1 {
                        true => self.put_filters(filters, at),
                        false => {
                            let whole = Expr::Text(format!("({})", text.trim()));
                            self.keep_filter(Term::of(whole), Op::Holds, Vec::new(), at)
                        }
                    }
                }
            },
            Pick::Group => match self.column(text) {
                Some(term) if !self.query.groups.contains(&term.expr) => {
                    self.query.groups.push(term.expr);
                    self.last(Section::Groups, None);
                    Next::Changed
                }
                _ => Next::Nothing,
            },
            Pick::Sort => match self.term(text) {
                Some(term) => {
                    let (down, nulls_first) = (false, None);
                    self.query.sorts.retain(|sort| sort.term != term);
                    self.query.sorts.push(Sort {
                        term,
                        down,
                        nulls_first,
                    });
                    self.last(Section::Sorts, None);
                    Next::Changed
                }
                None => Next::Nothing,
            },
            Pick::Limit | Pick::Offset => {
                let rows = text.trim();
                let number = !rows.is_empty() && rows.bytes().all(|b| b.is_ascii_digit());
                let parameter = rows.starts_with([':', '$']);
                let sound = rows.is_empty()
                    || number
                    || parameter && typed::expression(rows, &self.query, catalog).is_ok();
                if !sound {
                    let why = format!("{rows} is no number of rows");
                    return Next::Wrong(pick, text.to_owned(), why);
                }
                let rows = Some(rows.to_owned()).filter(|rows| !rows.is_empty());
                match pick {
                    Pick::Offset => self.query.offset = rows,
                    _ => self.query.limit = rows,
                }
                Next::Changed
            }
        }
    }

    /// The question that changes the line.
    pub(crate) fn change(&self) -> Option<Pick> {
        Some(match self.here() {
            Line::Head(section) => Self::add(section),
            Line::Item(Section::Tables, at) => Pick::Source(at),
            Line::Item(Section::Columns, at) => Pick::Output(at),
            Line::Item(Section::Filters, at) => {
                let filter = &self.query.filters[at];
                match filter.op {
                    Op::Holds => Pick::Condition(Some(at)),
                    _ => Pick::Op(filter.term.clone(), Some(at)),
                }
            }
            Line::Item(Section::Groups | Section::Sorts, _) | Line::Distinct => return None,
            Line::Limit => Pick::Limit,
            Line::Offset => Pick::Offset,
        })
    }

    /// The question that adds to a part.
    pub(crate) fn add(section: Section) -> Pick {
        match section {
            Section::Tables => Pick::Table,
            Section::Columns => Pick::Column,
            Section::Filters => Pick::Filter,
            Section::Groups => Pick::Group,
            Section::Sorts => Pick::Sort,
        }
    }

    /// Goes to what was changed, or to the last of a part.
    fn last(&mut self, section: Section, at: Option<usize>) {
        let last = self.count(section).saturating_sub(1);
        self.go(Line::Item(section, at.unwrap_or(last)));
    }

    // -- Tables ------------------------------------------------------------------------------------

    fn add_table(&mut self, text: &str, catalog: &Catalog) -> Next {
        let number = text.parse::<usize>().ok();
        let Some(table) = number.and_then(|at| catalog.tables().get(at)) else {
            return Next::Nothing;
        };
        let source = Source::of(table);
        if self.query.sources.is_empty() {
            return self.join(source, None, catalog);
        }
        let mut links = links(&self.query, self.query.sources.len(), table, catalog);
        match links.as_mut_slice() {
            [only] => self.join(source.by(std::mem::take(only)), None, catalog),
            _ => Next::Ask(Pick::Link(source, links, None)),
        }
    }

    fn join(&mut self, by: Source, place: Option<usize>, catalog: &Catalog) -> Next {
        match (place, by.table(catalog)) {
            (Some(at), _) => {
                let source = &mut self.query.sources[at];
                (source.on, source.using) = (by.on, by.using);
            }
            (None, Some(table)) => {
                self.query.add_source(table, by.on);
                if let Some(last) = self.query.sources.last_mut() {
                    last.using = by.using;
                }
            }
            (None, None) => return Next::Nothing,
        }
        self.last(Section::Tables, place);
        Next::Changed
    }

    fn answer_source(&mut self, at: usize, text: &str, catalog: &Catalog) -> Next {
        let source = self.query.sources[at].clone();
        match text {
            "alias" => Next::Ask(Pick::Alias(at)),
            "link" => {
                let table = source.table(catalog);
                let links = table.map(|table| links(&self.query, at, table, catalog));
                Next::Ask(Pick::Link(source, links.unwrap_or_default(), Some(at)))
            }
            words => {
                let side = Side::ALL.into_iter().find(|side| side.words() == words);
                self.query.sources[at].side = side.unwrap_or_default();
                Next::Changed
            }
        }
    }

    // -- Columns -----------------------------------------------------------------------------------

    fn answer_column(&mut self, text: &str, catalog: &Catalog) -> Next {
        if text == OTHER {
            return Next::Ask(Pick::Expression(None));
        }
        let Some(term) = self.term(text) else {
            return Next::Nothing;
        };
        let had = self.query.aggregates();
        let all = self.shown_columns(catalog);
        let here = all.iter().position(|item| item.value == text);
        let next = here.and_then(|here| all.get(here + 1));
        let next = next.map_or(String::new(), |item| item.value.clone());
        self.query.outputs.push(Output { term, alias: None });
        self.query.regroup(had);
        self.last(Section::Columns, None);
        Next::Again(Pick::Column, next)
    }

    fn answer_output(&mut self, at: usize, text: &str) -> Next {
        let had = self.query.aggregates();
        match text {
            "name" => return Next::Ask(Pick::Name(at)),
            OTHER => return Next::Ask(Pick::Expression(Some(at))),
            "count distinct" => {
                self.query.outputs[at].term.aggregate = Some(Aggregate::CountDistinct);
            }
            name => {
                let found = Aggregate::ALL.into_iter().find(|one| one.name() == name);
                self.query.outputs[at].term.aggregate = found;
            }
        }
        self.aggregated(at, had);
        Next::Changed
    }

    // -- Filters and sorts -------------------------------------------------------------------------

    fn keep_filter(&mut self, term: Term, op: Op, values: Vec<Expr>, at: Option<usize>) -> Next {
        let of_groups = match at {
            Some(at) => self.query.filters[at].of_groups,
            None => term.aggregate.is_some(),
        };
        let filter = Filter {
            term,
            op,
            values,
            of_groups,
            or: false,
        };
        self.put_filters(vec![filter], at)
    }

    /// Puts filters in the place of one, or behind the others: those of groups behind those of rows, as in a statement.
    fn put_filters(&mut self, mut new: Vec<Filter>, at: Option<usize>) -> Next {
        let filters = &mut self.query.filters;
        if let (Some(at), [only]) = (at, new.as_mut_slice())
            && (filters[at].of_groups || !only.of_groups)
        {
            (only.or, only.of_groups) = (filters[at].or, filters[at].of_groups);
            filters[at] = new.remove(0);
            self.last(Section::Filters, Some(at));
            return Next::Changed;
        }
        let of_groups = at.is_some_and(|at| self.query.take_filter(at).of_groups);
        let filters = &mut self.query.filters;
        let mut place = 0;
        for mut filter in new {
            filter.of_groups |= of_groups;
            let rows = filters.iter().filter(|filter| !filter.of_groups).count();
            place = if filter.of_groups {
                filters.len()
            } else {
                rows
            };
            filters.insert(place, filter);
        }
        self.last(Section::Filters, Some(place));
        Next::Changed
    }
}
