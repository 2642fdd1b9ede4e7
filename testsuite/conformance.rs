//! The cases of `conformance/`: what PostgreSQL answers, in files that people read.
//!
//! A file is a list of records with a blank line between them, after the manner of sqllogictest. It
//! starts on an empty database and its records run in order:
//!
//! ```text
//! # a remark
//! refused sqlite RQL0500
//! query rowsort
//! SELECT a, RUNSUM(b) FROM t
//! reference
//! SELECT a, sum(b) OVER (ROWS UNBOUNDED PRECEDING) FROM t
//! ----
//! integer,bigint
//! 1,NULL
//! ```
//!
//! `query` gives rows, `statement` none; `rowsort` where no order is asked for. `reference` is what
//! PostgreSQL is asked where the text is RQL's alone. Behind `----` stand the types and the rows as CSV
//! (a NULL is `NULL`, such a text is quoted), or `error` and the server's code: the example `record`
//! writes them. `refused` names a dialect (or `*`) and the code by which the compiler refuses there.

use std::fmt::{self, Write};

/// What the reference answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not yet recorded.
    Unknown,
    /// A statement went well.
    Done,
    /// A query's types and rows, each a line of CSV.
    Rows(Vec<String>, Vec<String>),
    /// It was refused with this SQLSTATE.
    Error(String),
}

/// A record of a file.
#[derive(Clone, Debug)]
pub struct Case {
    /// The line of its first word, from 1.
    pub line: usize,
    /// The remarks before it, as they stand.
    pub remarks: Vec<String>,
    /// Dialects and the codes by which they refuse it.
    pub refused: Vec<(String, String)>,
    /// True for a query.
    pub query: bool,
    /// The order of the rows is open.
    pub sorted: bool,
    /// The text.
    pub sql: String,
    /// What PostgreSQL is asked instead.
    pub reference: Option<String>,
    /// The expected answer.
    pub answer: Answer,
}

impl Case {
    /// What PostgreSQL is asked.
    #[must_use]
    pub fn asked(&self) -> &str {
        self.reference.as_deref().unwrap_or(&self.sql)
    }

    /// The code by which a dialect is expected to refuse it.
    #[must_use]
    pub fn refused_on(&self, dialect: &str) -> Option<&str> {
        let listed = self
            .refused
            .iter()
            .find(|(name, _)| name == dialect || name == "*");
        listed.map(|(_, code)| code.as_str())
    }
}

/// Reads a file.
///
/// # Errors
/// The first line that is not understood.
pub fn parse(text: &str) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    let mut block: Vec<(usize, &str)> = Vec::new();
    let mut remarks = Vec::new();
    for (at, line) in text.lines().chain([""]).enumerate() {
        if !line.trim().is_empty() {
            block.push((at + 1, line));
            continue;
        }
        if block.is_empty() {
            continue;
        }
        let lines = std::mem::take(&mut block);
        if lines.iter().all(|(_, line)| line.starts_with('#')) {
            remarks.extend(lines.iter().map(|(_, line)| (*line).to_owned()));
            remarks.push(String::new());
        } else {
            cases.push(record(std::mem::take(&mut remarks), &lines)?);
        }
    }
    Ok(cases)
}

fn record(mut remarks: Vec<String>, lines: &[(usize, &str)]) -> Result<Case, String> {
    let mut rest = lines.iter();
    let mut refused = Vec::new();
    let (line, head) = loop {
        let &(at, line) = rest.next().ok_or("a record without a head")?;
        if line.starts_with('#') {
            remarks.push(line.to_owned());
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["refused", dialects @ .., code] = words.as_slice() else {
            break (at, line);
        };
        refused.extend(
            dialects
                .iter()
                .map(|d| ((*d).to_owned(), (*code).to_owned())),
        );
    };
    let (query, sorted) = match head {
        "query" => (true, false),
        "query rowsort" => (true, true),
        "statement" => (false, false),
        _ => return Err(format!("line {line}: not a head: {head}")),
    };
    let body: Vec<&str> = rest.map(|&(_, line)| line).collect();
    let end = body.iter().position(|&line| line == "----");
    let (text, found) = body.split_at(end.unwrap_or(body.len()));
    let split = text.iter().position(|&line| line == "reference");
    let (sql, reference) = text.split_at(split.unwrap_or(text.len()));
    let answer = match found.get(1..).unwrap_or_default() {
        [] if end.is_none() => Answer::Unknown,
        [] => Answer::Done,
        [one] if one.starts_with("error ") => Answer::Error(one["error ".len()..].to_owned()),
        [types, rows @ ..] => Answer::Rows(
            types.split(',').map(str::to_owned).collect(),
            csv_records(&rows.join("\n")),
        ),
    };
    Ok(Case {
        line,
        remarks,
        refused,
        query,
        sorted,
        sql: sql.join("\n"),
        reference: (!reference.is_empty()).then(|| reference[1..].join("\n")),
        answer,
    })
}

/// A record as it stands in its file, with the blank line behind it.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remark in &self.remarks {
            writeln!(f, "{remark}")?;
        }
        for (dialect, code) in &self.refused {
            writeln!(f, "refused {dialect} {code}")?;
        }
        f.write_str(if self.query { "query" } else { "statement" })?;
        f.write_str(if self.sorted { " rowsort\n" } else { "\n" })?;
        writeln!(f, "{}", self.sql)?;
        if let Some(reference) = &self.reference {
            writeln!(f, "reference\n{reference}")?;
        }
        match &self.answer {
            Answer::Unknown => {}
            Answer::Done => f.write_str("----\n")?,
            Answer::Error(code) => writeln!(f, "----\nerror {code}")?,
            Answer::Rows(types, rows) => {
                writeln!(f, "----\n{}", types.join(","))?;
                rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
            }
        }
        f.write_char('\n')
    }
}

/// The cells of a row as CSV.
#[must_use]
pub fn csv_line<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| match cell {
            None => "NULL".to_owned(),
            Some(text)
                if text.is_empty() || text == "NULL" || text.contains([',', '"', '\n', '\r']) =>
            {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            Some(text) => text.to_owned(),
        })
        .collect();
    cells.join(",")
}

/// The records of a text in CSV: its lines, and those together between which a value goes on.
#[must_use]
pub fn csv_records(text: &str) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.split_terminator('\n') {
        match records.last_mut() {
            Some(last) if open => {
                last.push('\n');
                last.push_str(line);
            }
            _ => records.push(line.to_owned()),
        }
        open ^= line.matches('"').count() % 2 == 1;
    }
    records
}

/// The cells of a line of CSV; quoted ones keep their quotes, so that a text NULL is not a NULL.
fn cells(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                found.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&line[start..]);
    found
}

/// Whether rows are the expected ones: text alike, decimals of equal value, doubles to twelve digits.
#[must_use]
pub fn same_rows(types: &[String], expected: &[String], given: &[String], sorted: bool) -> bool {
    let order = |rows: &[String]| {
        let mut rows: Vec<String> = rows.to_vec();
        if sorted {
            rows.sort_by_cached_key(|row| sort_key(types, row));
        }
        rows
    };
    let (expected, given) = (order(expected), order(given));
    expected.len() == given.len()
        && expected.iter().zip(&given).all(|(a, b)| {
            let (a, b) = (cells(a), cells(b));
            a.len() == b.len()
                && a.iter().zip(&b).enumerate().all(|(at, (a, b))| {
                    a == b || close(types.get(at).map_or("", String::as_str), a, b)
                })
        })
}

/// What rows are put in an order by: their cells, numbers without the digits that are open; where these are alike by more
/// digits, since 1 is 1.00 in front of another number.
fn sort_key(types: &[String], row: &str) -> Vec<String> {
    let keys = |digits: usize| {
        let cells = cells(row).into_iter().enumerate();
        cells.map(move |(at, cell)| {
            let ty = types.get(at).map_or("", String::as_str);
            let open = matches!(ty, "numeric" | "double precision" | "real" | OPEN);
            match cell.parse::<f64>() {
                // Zero has two signs.
                Ok(x) if open => format!("{:.digits$e}", x + 0.0),
                _ => cell.to_owned(),
            }
        })
    };
    keys(5).chain(keys(11)).chain([row.to_owned()]).collect()
}

/// Stands for the type of decimals of which each engine computes so many digits as it likes.
pub const OPEN: &str = "open numeric";

/// Numbers that PostgreSQL leaves open at their last digits: doubles, and quotients and averages of
/// decimals, whose number of digits is not specified.
fn close(ty: &str, expected: &str, given: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    let (Some(x), Some(y)) = (number(expected), number(given)) else {
        return false;
    };
    let near = |digits: f64| (x - y).abs() <= digits * x.abs().max(y.abs());
    match ty {
        "double precision" => near(1e-12),
        "real" => near(1e-6),
        OPEN => {
            let digits = expected
                .split_once('.')
                .map_or(0, |(_, digits)| digits.len());
            let last = 10_f64.powi(-i32::try_from(digits).unwrap_or(0));
            near(1e-12) || (x - y).abs() <= last
        }
        "numeric" => {
            let plain = |text: &str| match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text.to_owned(),
            };
            let fraction = expected
                .split_once('.')
                .map_or(0, |(_, digits)| digits.len());
            plain(expected) == plain(given) || fraction >= 12 && near(1e-12)
        }
        _ => false,
    }
}
