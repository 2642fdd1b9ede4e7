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

use rql::Type;

/// Whether capitals count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// `a` is not `A`.
    #[default]
    Exact,
    /// `a` is `A`.
    Ignored,
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

/// A rule, and how it is broken.
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

/// A column that is searched by example; `V` is a value as whoever asks keeps it.
pub struct Example<'a, V> {
    /// The table, as RQL writes it.
    pub table: &'a str,
    /// The column, as RQL writes it.
    pub column: &'a str,
    /// Its type.
    pub ty: Type,
    /// How texts compare.
    pub case: Case,
    /// The value of the type that a text is, or why it is none, in words that follow "must".
    pub value: &'a dyn Fn(&str, Type) -> Result<V, String>,
}

impl<V> std::fmt::Debug for Example<'_, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Example")
            .field("column", &self.column)
            .finish_non_exhaustive()
    }
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<V> {
    /// RQL.
    Text(String),
    /// A value, which is bound there.
    Value(V),
}

impl<V> Example<'_, V> {
    /// The condition that a criterion is.
    ///
    /// # Errors
    /// The rule that it breaks, in a word, and what is wrong, in words that follow the name.
    pub fn read(&self, written: &str) -> Result<Vec<Part<V>>, Wrong> {
        let marks = marks(written, self.ty)?;
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

    fn alternative(&self, part: &[Mark]) -> Result<Vec<Part<V>>, Wrong> {
        let name = self.column;
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
                    let from = self.table;
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
        match (wild, self.ty.is_text()) {
            (false, _) => Ok(self.compared("=", self.value(&plain(part))?)),
            (true, true) => self.like(part),
            (true, false) if part == [Mark::Any] => Ok(vec![text(format!("{name} IS NOT NULL"))]),
            (true, false) => Err((
                "wildcard".into(),
                format!(
                    "is {}, and * and ? stand in texts; a..b gives a range",
                    self.ty
                ),
            )),
        }
    }

    fn range(&self, low: &[Mark], high: &[Mark]) -> Result<Vec<Part<V>>, Wrong> {
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

    fn value(&self, written: &str) -> Result<V, Wrong> {
        let ty = self.ty;
        // A value that is longer than the column is merely found nowhere; what has no order is compared as a text.
        let as_text = ty.is_text() || matches!(ty, Type::Json | Type::Unknown | Type::Array(_));
        let (written, ty) = match as_text {
            true => (written, Type::Text),
            false => (written.trim(), ty),
        };
        (self.value)(written, ty).map_err(|must| (format!("type {ty}"), format!("must {must}")))
    }

    fn compared(&self, operator: &str, value: V) -> Vec<Part<V>> {
        let ty = self.ty;
        let name = self.column;
        match (self.case, ty) {
            (_, Type::Json | Type::Array(_)) => vec![
                text(format!("CAST({name} AS TEXT) {operator} ")),
                Part::Value(value),
            ],
            (_, Type::Real) => vec![
                text(format!("CAST({name} AS DOUBLE PRECISION) {operator} ")),
                Part::Value(value),
            ],
            (Case::Ignored, ty) if ty.is_text() => vec![
                text(format!("lower({name}) {operator} lower(")),
                Part::Value(value),
                text(")"),
            ],
            _ => vec![text(format!("{name} {operator} ")), Part::Value(value)],
        }
    }

    fn like(&self, part: &[Mark]) -> Result<Vec<Part<V>>, Wrong> {
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
        let pattern = Part::Value(self.value(&pattern)?);
        let name = self.column;
        Ok(match self.case {
            Case::Exact => vec![text(format!("{name} LIKE ")), pattern],
            Case::Ignored => vec![
                text(format!("lower({name}) LIKE lower(")),
                pattern,
                text(")"),
            ],
        })
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

fn text<V>(text: impl Into<String>) -> Part<V> {
    Part::Text(text.into())
}
