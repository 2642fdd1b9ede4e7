//! The text that declares a table in SQLite, and changes of it. It is read as RQL; what is not changed
//! stays as it is written.

use rql::sqlite::INTERVALS;
use rql::{Edit, Rebuilt};
use rql_ast::{
    Ast, ColumnDef, Constraint, ConstraintKind as Kind, CreateObject, ExprKind, OrderItem, Span,
    StmtKind, TableElement,
};

/// A declaration that has been read.
pub(super) struct Declaration {
    pub(super) ast: Ast,
    name: Span,
    pub(super) columns: Vec<ColumnDef>,
    elements: Vec<Element>,
}

/// A column or constraint in the list.
struct Element {
    span: Span,
    constraint: Option<Constraint>,
    gone: bool,
}

/// A new declaration.
#[derive(Debug)]
pub(super) struct New {
    /// The text behind the name.
    pub(super) before: String,
    /// What goes over: columns of the new table, and their values in the old one.
    pub(super) rows: Vec<(String, String)>,
    /// It numbers its rows, and never gives a number twice.
    pub(super) after: bool,
    /// What becomes of sequences, before the rows go over.
    pub(super) sequences: Vec<String>,
}

impl Declaration {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let parse = rql::parse(text);
        let unread =
            || "the declaration of the table is not RQL, so it cannot be changed".to_owned();
        if !parse.is_ok() {
            return Err(unread());
        }
        let ast = parse.ast;
        let first = ast[ast.statements].first().map(|stmt| stmt.kind);
        let Some(StmtKind::Create(create)) = first else {
            return Err(unread());
        };
        let (Some(name), CreateObject::Table(table)) = (ast[create].name, ast[create].object)
        else {
            return Err(unread());
        };
        let mut columns = Vec::new();
        let mut elements = Vec::new();
        for element in &ast[ast[table].elements] {
            let (span, constraint) = match *element {
                TableElement::Column(id) => {
                    columns.push(ast[id]);
                    (ast[id].span, None)
                }
                TableElement::Constraint(constraint) => (constraint.span, Some(constraint)),
                TableElement::Like { .. } => return Err(unread()),
            };
            elements.push(Element {
                span,
                constraint,
                gone: false,
            });
        }
        Ok(Self {
            name: ast.name_span(name),
            ast,
            columns,
            elements,
        })
    }

    /// The declaration with changes.
    pub(super) fn edited(mut self, text: &str, rebuilt: &Rebuilt) -> Result<New, String> {
        let mut pieces: Vec<(Span, String)> = Vec::new();
        let mut values: Vec<(usize, String)> = Vec::new();
        let mut gone: Vec<usize> = Vec::new();
        let mut sequences: Vec<String> = Vec::new();
        // SQLite itself goes on numbering a key that it numbers.
        let mut counts_alone = true;
        for edit in &rebuilt.edits {
            match edit {
                Edit::Type {
                    column,
                    text: ty,
                    alike,
                    value,
                } => {
                    let at = self.column(column, rebuilt)?;
                    self.needed_elsewhere(at, *alike, text)?;
                    let def = self.columns[at];
                    // INTEGER would make a key the number that SQLite gives by itself.
                    let ty = match (ty.as_str(), self.is_key(&def)) {
                        ("INTEGER", true) => "INT",
                        (ty, _) => ty,
                    };
                    let piece = match def.ty {
                        Some(id) => (self.trimmed(self.ast[id].span), ty.to_owned()),
                        None => (end(def.name.span), format!(" {ty}")),
                    };
                    if !self.numbers(&def) {
                        pieces.push(piece);
                    }
                    let interval = ty.eq_ignore_ascii_case("interval");
                    match self.of(&def, |kind| matches!(kind, Kind::Collate(_))) {
                        Some(old) if !interval => pieces.push((old.span, String::new())),
                        None if interval => pieces.push((end(def.span), INTERVALS.into())),
                        _ => {}
                    }
                    values.push((at, value.clone()));
                }
                Edit::Intervals(column) => {
                    let def = self.columns[self.column(column, rebuilt)?];
                    let own = self.of(&def, |kind| matches!(kind, Kind::Collate(_)));
                    pieces.extend(own.is_none().then(|| (end(def.span), INTERVALS.into())));
                }
                Edit::Default(column, default) => {
                    let def = self.columns[self.column(column, rebuilt)?];
                    let old = self.of(&def, |kind| matches!(kind, Kind::Default(_)));
                    match (old, default) {
                        (Some(old), new) => {
                            let place = self.trimmed(old.span);
                            pieces.push((place, new.clone().unwrap_or_default()));
                        }
                        (None, Some(new)) => pieces.push((end(def.span), format!(" {new}"))),
                        (None, None) => {}
                    }
                }
                Edit::NotNull(column, set) => {
                    let def = self.columns[self.column(column, rebuilt)?];
                    let old = self.of(&def, |kind| matches!(kind, Kind::NotNull));
                    match (old, set) {
                        (None, true) => pieces.push((end(def.span), " NOT NULL".into())),
                        (_, false) if self.is_key(&def) => {
                            return Err(format!("column {column} is in the primary key"));
                        }
                        (Some(old), false) => pieces.push((old.span, String::new())),
                        _ => {}
                    }
                }
                Edit::AddConstraint(constraint) => {
                    pieces.push((end(self.last()), format!(", {constraint}")));
                }
                Edit::RenameConstraint(from, to) => {
                    let Some(place) = self.constraint(from, &rebuilt.table) else {
                        return Err(format!("{} has no constraint {from}", rebuilt.table));
                    };
                    pieces.push(self.renamed(place, to));
                }
                Edit::DropConstraint { name, if_exists } => {
                    match self.constraint(name, &rebuilt.object.name) {
                        Some(Place::Element(at)) => self.elements[at].gone = true,
                        Some(Place::Column(span)) => pieces.push((span, String::new())),
                        None if *if_exists => {}
                        None => {
                            let table = rebuilt.object.dotted();
                            return Err(format!("{table} has no constraint {name}"));
                        }
                    }
                }
                Edit::AddColumn {
                    name,
                    text,
                    if_not_exists,
                    sequence,
                } => match self.column(name, rebuilt) {
                    Ok(_) if *if_not_exists => {}
                    Ok(_) => {
                        return Err(format!(
                            "{} has a column {name} already",
                            rebuilt.object.dotted()
                        ));
                    }
                    Err(_) => {
                        // Columns stand before constraints.
                        let last = self.columns.last().map_or(self.name, |def| def.span);
                        pieces.push((end(last), format!(", {text}")));
                        sequences.extend_from_slice(sequence);
                    }
                },
                Edit::AddIdentity { .. } | Edit::SetIdentity { .. } | Edit::DropIdentity { .. } => {
                    let changed = self.renumbered(edit, text, rebuilt)?;
                    pieces.extend(changed.pieces);
                    sequences.extend(changed.sequences);
                    counts_alone &= !changed.by_itself_no_more;
                }
                Edit::DropColumn {
                    name, if_exists, ..
                } => match self.column(name, rebuilt) {
                    Ok(at) => {
                        let span = self.columns[at].span;
                        let mut elements = self.elements.iter_mut();
                        if let Some(element) = elements.find(|e| e.span == span) {
                            element.gone = true;
                        }
                        gone.push(at);
                    }
                    Err(_) if *if_exists => {}
                    Err(wrong) => return Err(wrong),
                },
            }
        }
        let rows = self.columns.iter().enumerate().filter_map(|(at, def)| {
            let computed = self.of(def, |kind| matches!(kind, Kind::Generated { .. }));
            if computed.is_some() || gone.contains(&at) {
                return None;
            }
            let name = self.ast.text(def.name.span).to_owned();
            let changed = values.iter().rfind(|value| value.0 == at);
            let value = changed.map_or_else(|| name.clone(), |value| value.1.clone());
            Some((name, value))
        });
        let rows = rows.collect();
        let after = counts_alone && self.columns.iter().any(|def| self.numbers(def));
        self.take_out(&mut pieces);
        Ok(New {
            before: self.written(text, pieces),
            rows,
            after,
            sequences,
        })
    }

    /// The declaration without its foreign keys to a table.
    fn refers_no_more(mut self, text: &str, to: &str) -> String {
        let mut pieces = Vec::new();
        let ast = &self.ast;
        let refers = |constraint: &Constraint| match constraint.kind {
            Kind::ForeignKey(key) => {
                let last = ast[ast[key].table.parts].last();
                last.is_some_and(|&name| ast.name(name).eq_ignore_ascii_case(to))
            }
            _ => false,
        };
        for def in &self.columns {
            let own = ast[def.constraints].iter().filter(|own| refers(own));
            pieces.extend(own.map(|own| (own.span, String::new())));
        }
        for element in &mut self.elements {
            element.gone = element.constraint.as_ref().is_some_and(refers);
        }
        self.take_out(&mut pieces);
        let name = text.get(..self.name.end as usize).unwrap_or_default();
        format!("{name}{}", self.written(text, pieces))
    }

    /// The text behind the name, with pieces of it replaced.
    fn written(&self, text: &str, mut pieces: Vec<(Span, String)>) -> String {
        // What stands at one place keeps its order.
        pieces.sort_by_key(|piece| (piece.0.start, piece.0.end));
        let mut out = String::new();
        let mut at = self.name.end as usize;
        for (span, new) in pieces {
            let (start, end) = (span.start as usize, span.end as usize);
            if start < at {
                continue;
            }
            out.push_str(&text[at..start]);
            out.push_str(&new);
            at = end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// Elements go with the comma beside them.
    fn take_out(&self, pieces: &mut Vec<(Span, String)>) {
        let inside = |piece: &Span, whole: Span| {
            piece.start >= whole.start && piece.end <= whole.end && piece.start < whole.end
        };
        for (at, element) in self.elements.iter().enumerate().filter(|e| e.1.gone) {
            let before = self.elements[..at].iter().rfind(|e| !e.gone);
            let span = match (before, self.elements.get(at + 1)) {
                (Some(_), _) => Span::new(self.elements[at - 1].span.end, element.span.end),
                (None, Some(next)) => Span::new(element.span.start, next.span.start),
                (None, None) => element.span,
            };
            pieces.retain(|piece| !inside(&piece.0, element.span));
            pieces.push((span, String::new()));
        }
    }

    /// A piece without the white space behind it.
    pub(super) fn trimmed(&self, span: Span) -> Span {
        let kept = self.ast.text(span).trim_end().len();
        let end = u32::try_from(kept).map_or(span.end, |kept| span.start + kept);
        Span::new(span.start, end)
    }

    fn last(&self) -> Span {
        self.elements.last().map_or(self.name, |e| e.span)
    }

    pub(super) fn column(&self, name: &str, rebuilt: &Rebuilt) -> Result<usize, String> {
        let is = |def: &ColumnDef| self.ast.name(def.name).eq_ignore_ascii_case(name);
        let found = self.columns.iter().position(is);
        found.ok_or_else(|| format!("{} has no column {name}", rebuilt.object.dotted()))
    }

    pub(super) fn of(&self, def: &ColumnDef, is: impl Fn(&Kind) -> bool) -> Option<Constraint> {
        let mut all = self.ast[def.constraints].iter();
        all.find(|constraint| is(&constraint.kind)).copied()
    }

    pub(super) fn numbers(&self, def: &ColumnDef) -> bool {
        let text = self.ast.text(def.span).to_ascii_uppercase();
        self.is_key(def) && text.contains("AUTOINCREMENT")
    }

    pub(super) fn is_key(&self, def: &ColumnDef) -> bool {
        let own = self.of(def, |kind| matches!(kind, Kind::PrimaryKey { .. }));
        let mut keys = self.elements.iter().filter_map(|e| e.constraint);
        own.is_some()
            || keys.any(|constraint| match constraint.kind {
                Kind::PrimaryKey { columns, .. } => {
                    let names = self.names(columns);
                    let name = self.ast.name(def.name);
                    names.iter().any(|key| key.eq_ignore_ascii_case(&name))
                }
                _ => false,
            })
    }

    fn names(&self, columns: rql_ast::List<OrderItem>) -> Vec<String> {
        let items = self.ast[columns].iter().filter_map(|item| match *item {
            OrderItem::Expr { expr, .. } => match self.ast[expr].kind {
                ExprKind::Column(name) => Some(self.ast.dotted(name)),
                _ => None,
            },
            _ => None,
        });
        items.collect()
    }

    /// What is computed from a column is computed from how its values are kept.
    fn needed_elsewhere(&self, at: usize, alike: bool, text: &str) -> Result<(), String> {
        if alike {
            return Ok(());
        }
        let name = self.ast.name(self.columns[at].name);
        let computed = |kind: &Kind| matches!(kind, Kind::Check { .. } | Kind::Generated { .. });
        let columns = self.columns.iter();
        let inside = columns.flat_map(|def| self.ast[def.constraints].iter());
        let all = inside
            .copied()
            .chain(self.elements.iter().filter_map(|e| e.constraint));
        for constraint in all.filter(|constraint| computed(&constraint.kind)) {
            let (start, end) = (constraint.span.start as usize, constraint.span.end as usize);
            let mut words = text[start..end].split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.any(|word| word.eq_ignore_ascii_case(&name)) {
                return Err(format!(
                    "column {name} is needed by {}; drop that, change the type, and add it again",
                    &text[start..end]
                ));
            }
        }
        Ok(())
    }

    /// A constraint by its name: its own, or the one that PostgreSQL gives.
    fn constraint(&self, name: &str, table: &str) -> Option<Place> {
        let is = |given: &str| given.eq_ignore_ascii_case(name);
        for (at, element) in self.elements.iter().enumerate().filter(|e| !e.1.gone) {
            let Some(constraint) = element.constraint else {
                continue;
            };
            if is(&self.called(&constraint, table, None)) {
                return Some(Place::Element(at));
            }
        }
        for def in &self.columns {
            let column = self.ast.name(def.name);
            let mut all = self.ast[def.constraints].iter();
            if let Some(found) = all.find(|c| is(&self.called(c, table, Some(&column)))) {
                return Some(Place::Column(found.span));
            }
        }
        None
    }

    /// What changes where a constraint gets another name.
    fn renamed(&self, place: Place, name: &str) -> (Span, String) {
        let name = rql::quoted(name, rql::Dialect::Sqlite);
        let columns = self.columns.iter();
        let inside = columns.flat_map(|def| self.ast[def.constraints].iter().copied());
        let found = match place {
            Place::Element(at) => self.elements[at].constraint,
            Place::Column(span) => inside.into_iter().find(|c| c.span == span),
        };
        let start = found.map_or(self.name, |constraint| constraint.span);
        match found.and_then(|constraint| constraint.name) {
            Some(old) => (old.span, name),
            None => (
                Span::new(start.start, start.start),
                format!("CONSTRAINT {name} "),
            ),
        }
    }

    fn called(&self, constraint: &Constraint, table: &str, column: Option<&str>) -> String {
        if let Some(name) = constraint.name {
            return self.ast.name(name).into_owned();
        }
        let with = |columns: Vec<String>, word: &str| {
            let columns = column.map_or_else(|| columns.join("_"), str::to_owned);
            match columns.as_str() {
                "" => format!("{table}_{word}"),
                columns => format!("{table}_{columns}_{word}"),
            }
        };
        match constraint.kind {
            Kind::PrimaryKey { .. } => format!("{table}_pkey"),
            Kind::Unique { columns, .. } => with(self.names(columns), "key"),
            Kind::Check { .. } => with(Vec::new(), "check"),
            Kind::ForeignKey(key) => {
                let columns = self.ast[self.ast[key].columns].iter();
                let names = columns.map(|&name| self.ast.name(name).into_owned());
                with(names.collect(), "fkey")
            }
            _ => String::new(),
        }
    }
}

/// A declaration without its foreign keys to a table.
pub(crate) fn refers_no_more(text: &str, to: &str) -> Result<String, String> {
    Ok(Declaration::read(text)?.refers_no_more(text, to))
}

/// Where a constraint stands.
enum Place {
    /// In the table's list.
    Element(usize),
    /// With a column.
    Column(Span),
}

/// The place behind a piece.
pub(super) fn end(span: Span) -> Span {
    Span::new(span.end, span.end)
}
