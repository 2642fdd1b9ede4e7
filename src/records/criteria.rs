//! Query by example: what is written into a field says which rows are wanted.
//!
//! | written | wanted |
//! | --- | --- |
//! | `x` | rows that have x; in a text `*` stands for any characters and `?` for one |
//! | `=x` `<>x` `!=x` `<x` `<=x` `>x` `>=x` | what compares so |
//! | `=` and `<>` (`!=`) alone | NULL, and anything but NULL |
//! | `a..b`, `a:b`, `a..`, `..b` | from a to b, both included; in times and moments `..` only |
//! | `x`&#124;`y` | either of these |
//! | `>>` and `<<` | the greatest and the least value of the table |
//! | `'…'`, `"…"`, `\c` | as it is written, without these meanings |

use crate::Target;
use crate::text::Piece;
use noctra_runtime::{Value, fit};
use rql::{TableColumn, Type};
use std::fmt;

/// Whether capitals count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// `a` is not `A`.
    #[default]
    Exact,
    /// `a` is `A`.
    Ignored,
}

/// What was written into fields in order to find rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// By the position of the column, as written.
    fields: Vec<(usize, String)>,
    /// How texts compare.
    pub case: Case,
}

/// A criterion that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The column.
    pub column: String,
    /// What was written.
    pub written: String,
    /// The rule that it breaks, in a word: `type date`, `wildcard`, `range`.
    pub rule: String,
    /// What is wrong, in words that follow the name.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.column, self.message)
    }
}

impl Criteria {
    /// Says what is wanted of a column; a text without characters asks for nothing.
    pub fn set(&mut self, column: usize, written: impl Into<String>) {
        let written = written.into();
        self.fields.retain(|known| known.0 != column);
        if !written.is_empty() {
            self.fields.push((column, written));
            self.fields.sort();
        }
    }

    /// What is wanted of a column, as written.
    #[must_use]
    pub fn written(&self, column: usize) -> &str {
        let found = self.fields.iter().find(|known| known.0 == column);
        found.map_or("", |known| &known.1)
    }

    /// True where every row is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Reads the criteria, each against its column.
    ///
    /// # Errors
    /// Every one that cannot be read.
    pub fn check(&self, target: &Target) -> Result<(), Vec<Refused>> {
        self.conditions(target).map(|_| ())
    }

    /// A condition for each.
    pub(crate) fn conditions(&self, target: &Target) -> Result<Vec<Vec<Piece>>, Vec<Refused>> {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for (at, written) in &self.fields {
            let Some(column) = target.columns().get(*at) else {
                continue;
            };
            let reader = Reader {
                target,
                column,
                name: target.column_written(*at),
                case: self.case,
            };
            match reader.read(written) {
                Ok(condition) => all.push(condition),
                Err((rule, message)) => wrong.push(Refused {
                    column: column.name.clone(),
                    written: written.clone(),
                    rule,
                    message,
                }),
            }
        }
        match wrong.is_empty() {
            true => Ok(all),
            false => Err(wrong),
        }
    }
}

/// A character of a criterion, or what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Char(char),
    /// `*`
    Any,
    /// `?`
    One,
    /// `|`
    Or,
    /// `..` or `:`
    Range,
    /// A value in quotes begins, which may have no characters.
    Quoted,
    /// An operator, at the beginning.
    Operator(&'static str),
}

/// The longer stand before what they begin with.
const OPERATORS: [&str; 9] = [">>", "<<", ">=", "<=", "<>", "!=", "=", ">", "<"];

type Wrong = (String, String);

fn marks(written: &str, ty: Type) -> Result<Vec<Mark>, Wrong> {
    let colons = !matches!(
        ty,
        Type::Time | Type::Timestamp | Type::TimestampTz | Type::Json
    );
    let mut marks = Vec::new();
    let mut rest = written.trim();
    // What may stand here depends on whether a value has begun.
    let (mut first, mut begins) = (true, true);
    while let Some(c) = rest.chars().next() {
        let operator = OPERATORS
            .into_iter()
            .find(|&operator| first && rest.starts_with(operator));
        if let Some(operator) = operator {
            marks.push(Mark::Operator(operator));
            rest = rest[operator.len()..].trim_start();
            (first, begins) = (false, true);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' | '"' if begins => {
                marks.push(Mark::Quoted);
                let mut closed = false;
                while let Some(inner) = rest.chars().next() {
                    rest = &rest[inner.len_utf8()..];
                    if inner == c {
                        match rest.strip_prefix(c) {
                            Some(after) => rest = after,
                            None => {
                                closed = true;
                                break;
                            }
                        }
                    }
                    marks.push(Mark::Char(inner));
                }
                if !closed {
                    return Err(("quotes".into(), format!("must close its {c}")));
                }
                (first, begins) = (false, false);
            }
            '\\' => {
                let Some(inner) = rest.chars().next() else {
                    return Err(("escape".into(), "must have a character after its \\".into()));
                };
                rest = &rest[inner.len_utf8()..];
                marks.push(Mark::Char(inner));
                (first, begins) = (false, false);
            }
            '|' => {
                marks.push(Mark::Or);
                rest = rest.trim_start();
                (first, begins) = (true, true);
            }
            '.' if rest.starts_with('.') => {
                rest = rest[1..].trim_start();
                marks.push(Mark::Range);
                (first, begins) = (false, true);
            }
            ':' if colons => {
                marks.push(Mark::Range);
                rest = rest.trim_start();
                (first, begins) = (false, true);
            }
            _ => {
                marks.push(match c {
                    '*' => Mark::Any,
                    '?' => Mark::One,
                    c => Mark::Char(c),
                });
                (first, begins) = (false, begins && c.is_whitespace());
            }
        }
    }
    Ok(marks)
}

struct Reader<'a> {
    target: &'a Target,
    column: &'a TableColumn,
    name: String,
    case: Case,
}

impl Reader<'_> {
    fn read(&self, written: &str) -> Result<Vec<Piece>, Wrong> {
        let marks = marks(written, self.column.ty)?;
        let mut out = vec![text("(")];
        for (at, part) in marks.split(|&mark| mark == Mark::Or).enumerate() {
            if at > 0 {
                out.push(text(" OR "));
            }
            out.extend(self.alternative(part)?);
        }
        out.push(text(")"));
        Ok(out)
    }

    fn alternative(&self, part: &[Mark]) -> Result<Vec<Piece>, Wrong> {
        let name = &self.name;
        if let [Mark::Operator(operator), value @ ..] = part {
            let alone = value.is_empty();
            return match *operator {
                "=" if alone => Ok(vec![text(format!("{name} IS NULL"))]),
                "<>" | "!=" if alone => Ok(vec![text(format!("{name} IS NOT NULL"))]),
                ">>" | "<<" => {
                    if !alone {
                        return Err((
                            "extreme".into(),
                            format!("must have nothing after {operator}"),
                        ));
                    }
                    let of = if *operator == ">>" { "max" } else { "min" };
                    let from = self.target.written();
                    Ok(vec![text(format!(
                        "{name} = (SELECT {of}({name}) FROM {from})"
                    ))])
                }
                operator if alone => Err((
                    "operator".into(),
                    format!("must have a value after {operator}"),
                )),
                operator => {
                    let operator = if operator == "!=" { "<>" } else { operator };
                    Ok(self.compared(operator, self.value(&plain(value))?))
                }
            };
        }
        if let Some(at) = part.iter().position(|&mark| mark == Mark::Range) {
            return self.range(&part[..at], &part[at + 1..]);
        }
        if part.is_empty() {
            return Err((
                "alternatives".into(),
                "must have a value on each side of |".into(),
            ));
        }
        let wild = part
            .iter()
            .any(|mark| matches!(mark, Mark::Any | Mark::One));
        match (wild, self.column.ty.is_text()) {
            (false, _) => Ok(self.compared("=", self.value(&plain(part))?)),
            (true, true) => Ok(self.like(part)),
            (true, false) if part == [Mark::Any] => Ok(vec![text(format!("{name} IS NOT NULL"))]),
            (true, false) => Err((
                "wildcard".into(),
                format!(
                    "is {}, and * and ? stand in texts; a..b gives a range",
                    self.column.ty
                ),
            )),
        }
    }

    fn range(&self, low: &[Mark], high: &[Mark]) -> Result<Vec<Piece>, Wrong> {
        if high.contains(&Mark::Range) {
            return Err(("range".into(), "must have one beginning and one end".into()));
        }
        let mut out = Vec::new();
        for (bound, operator) in [(low, ">="), (high, "<=")] {
            let bound = plain(bound);
            if bound.trim().is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push(text(" AND "));
            }
            out.extend(self.compared(operator, self.value(&bound)?));
        }
        match out.is_empty() {
            true => Err(("range".into(), "must have a beginning or an end".into())),
            false => Ok(out),
        }
    }

    fn value(&self, written: &str) -> Result<Value, Wrong> {
        let ty = self.column.ty;
        if matches!(ty, Type::Json | Type::Unknown | Type::Array(_)) {
            return Ok(Value::Text(written.into()));
        }
        // A value that is longer than the column is merely found nowhere.
        let ty = if ty.is_text() { Type::Text } else { ty };
        let written = if ty.is_text() {
            written
        } else {
            written.trim()
        };
        match fit(written, ty) {
            // As near to it as the column has it.
            Ok(Value::Double(value)) if ty == Type::Real =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "as the column has it")]
                Ok(Value::Double(f64::from(value as f32)))
            }
            Ok(value) => Ok(value),
            Err(must) => Err((format!("type {ty}"), format!("must {must}"))),
        }
    }

    fn compared(&self, operator: &str, value: Value) -> Vec<Piece> {
        let ty = self.column.ty;
        let name = &self.name;
        match (self.case, ty) {
            (_, Type::Json | Type::Array(_)) => vec![
                text(format!("CAST({name} AS TEXT) {operator} ")),
                Piece::Value(value),
            ],
            (_, Type::Real) => vec![
                text(format!("CAST({name} AS DOUBLE PRECISION) {operator} ")),
                Piece::Value(value),
            ],
            (Case::Ignored, ty) if ty.is_text() => vec![
                text(format!("lower({name}) {operator} lower(")),
                Piece::Value(value),
                text(")"),
            ],
            _ => vec![text(format!("{name} {operator} ")), Piece::Value(value)],
        }
    }

    fn like(&self, part: &[Mark]) -> Vec<Piece> {
        let mut pattern = String::new();
        for mark in part {
            match *mark {
                Mark::Any => pattern.push('%'),
                Mark::One => pattern.push('_'),
                Mark::Char(c) => {
                    if matches!(c, '%' | '_' | '\\') {
                        pattern.push('\\');
                    }
                    pattern.push(c);
                }
                Mark::Or | Mark::Range | Mark::Quoted | Mark::Operator(_) => {}
            }
        }
        let pattern = Piece::Value(Value::Text(pattern));
        let name = &self.name;
        match self.case {
            Case::Exact => vec![text(format!("{name} LIKE ")), pattern],
            Case::Ignored => vec![
                text(format!("lower({name}) LIKE lower(")),
                pattern,
                text(")"),
            ],
        }
    }
}

/// The characters; after an operator a wildcard is one of them.
fn plain(marks: &[Mark]) -> String {
    let mut out = String::new();
    for mark in marks {
        match *mark {
            Mark::Char(c) => out.push(c),
            Mark::Any => out.push('*'),
            Mark::One => out.push('?'),
            Mark::Range => out.push_str(".."),
            Mark::Or => out.push('|'),
            Mark::Quoted => {}
            Mark::Operator(operator) => out.push_str(operator),
        }
    }
    out
}

fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

#[cfg(test)]
mod tests {
    use super::{Case, Criteria};
    use crate::Target;
    use crate::text::Writer;
    use rql::{Table, TableColumn, Type};

    fn target() -> Target {
        let columns = [
            ("id", Type::Integer),
            ("name", Type::Varchar(20)),
            ("born", Type::Date),
            ("at", Type::Timestamp),
        ];
        Target::of(&Table {
            name: "people".into(),
            columns: columns
                .map(|(name, ty)| TableColumn {
                    name: name.into(),
                    ty,
                    ..TableColumn::default()
                })
                .into(),
            ..Table::default()
        })
    }

    fn read(column: usize, written: &str, case: Case) -> String {
        let mut criteria = Criteria {
            case,
            ..Criteria::default()
        };
        criteria.set(column, written);
        match criteria.conditions(&target()) {
            Ok(all) => {
                let mut out = Writer::default();
                all.iter().for_each(|condition| out.condition(condition));
                let request = out.done();
                let values = request.values.iter().map(|(_, value)| value.shown());
                format!("{} {}", request.text, values.collect::<Vec<_>>().join(" "))
            }
            Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn every_operator() {
        let all = [
            (0, "7", "(id = :p1) 7"),
            (0, "> 7", "(id > :p1) 7"),
            (0, "<=-7", "(id <= :p1) -7"),
            (0, "<>7", "(id <> :p1) 7"),
            (0, "!=7", "(id <> :p1) 7"),
            (0, "=", "(id IS NULL) "),
            (0, "<>", "(id IS NOT NULL) "),
            (0, "1:5", "(id >= :p1 AND id <= :p2) 1 5"),
            (0, "1 .. 5", "(id >= :p1 AND id <= :p2) 1 5"),
            (0, "5..", "(id >= :p1) 5"),
            (
                0,
                "1|>8|3..4",
                "(id = :p1 OR id > :p2 OR id >= :p3 AND id <= :p4) 1 8 3 4",
            ),
            (0, ">>", "(id = (SELECT max(id) FROM people)) "),
            (0, "<<", "(id = (SELECT min(id) FROM people)) "),
            (0, "*", "(id IS NOT NULL) "),
            (1, "Ad*", "(name LIKE :p1) \"Ad%\""),
            (1, "1_0%?", "(name LIKE :p1) \"1\\_0\\%_\""),
            (1, "=Ad*", "(name = :p1) \"Ad*\""),
            (1, "O'Brien", "(name = :p1) \"O'Brien\""),
            (1, "'a|b'", "(name = :p1) \"a|b\""),
            (1, "''", "(name = :p1) \"\""),
            (1, "a\\*b", "(name = :p1) \"a*b\""),
            (
                1,
                "'it''s'..z",
                "(name >= :p1 AND name <= :p2) \"it's\" \"z\"",
            ),
            (
                2,
                "2024-01-01:2024-12-31",
                "(born >= :p1 AND born <= :p2) 2024-01-01 2024-12-31",
            ),
            (3, "2024-01-01 10:30..", "(at >= :p1) 2024-01-01 10:30:00"),
        ];
        for (column, written, expected) in all {
            assert_eq!(read(column, written, Case::Exact), expected, "{written}");
        }
        assert_eq!(
            read(1, "Ada|*x", Case::Ignored),
            "(lower(name) = lower(:p1) OR lower(name) LIKE lower(:p2)) \"Ada\" \"%x\""
        );
    }

    #[test]
    fn what_cannot_be_read_says_field_and_rule() {
        let all = [
            (0, "x", "id: must be a whole number, not x"),
            (0, ">", "id: must have a value after >"),
            (
                0,
                "1*",
                "id: is integer, and * and ? stand in texts; a..b gives a range",
            ),
            (0, "1..2..3", "id: must have one beginning and one end"),
            (0, "..", "id: must have a beginning or an end"),
            (0, "1|", "id: must have a value on each side of |"),
            (0, ">>3", "id: must have nothing after >>"),
            (1, "'a", "name: must close its '"),
            (2, "<soon", "born: must be a date like 2024-01-31, not soon"),
        ];
        for (column, written, expected) in all {
            assert_eq!(read(column, written, Case::Exact), expected, "{written}");
        }
    }
}
