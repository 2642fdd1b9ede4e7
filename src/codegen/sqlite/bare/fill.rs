//! Arguments in the place of a template's marks.

use super::call::outside_quotes;
use crate::emit::JSON_COLUMNS;
use crate::sqlite::FUNCTIONS;

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a statement that may hold queries everywhere.
    Query,
    /// In one with windows, in which SQLite takes no aggregate into a query inside.
    Windows,
    /// In a definition, where a CHECK, an index or a default takes none.
    Definition,
}

impl Place {
    pub(super) fn of(sql: &str) -> Self {
        let first = sql.split_whitespace().next().unwrap_or_default();
        match first {
            "CREATE" | "ALTER" => Self::Definition,
            _ if sql.contains(" OVER ") => Self::Windows,
            _ => Self::Query,
        }
    }
}

/// A template with its arguments: `$1` is the first, `$fail('words')` an error, `$$` a dollar. What it names more than once, and is more than a name or a constant, is
/// computed once in a query of its own. That would part an aggregate from its rows: it is written again, or, where the
/// template has a query, goes into it as JSON, which keeps integers and texts.
pub(super) fn fill(template: &str, args: &[&str], place: Place) -> Option<String> {
    let times = |at: usize| template.matches(&format!("${}", at + 1)).count();
    let all = 0..args.len();
    let once = |at: usize| times(at) < 2 || is_atom(args[at]);
    let parted = args.iter().any(|arg| has_aggregate(arg));
    let queries = template.contains("SELECT");
    if queries && place == Place::Definition {
        return None;
    }
    if queries && parted {
        return carried(template, args, place);
    }
    // The names of a query inside would hide those of an argument.
    let constant = args.iter().all(|arg| is_constant(arg));
    let direct = match queries {
        true => constant,
        false => parted || place == Place::Definition || all.clone().all(once),
    };
    let out = placed(template, |at| {
        let arg = args.get(at)?;
        Some(match direct || is_constant(arg) {
            true if is_atom(arg) || is_call(arg) => (*arg).to_owned(),
            true => format!("({arg})"),
            false => name(at),
        })
    })?;
    if direct {
        return Some(enclosed(out));
    }
    let bound = all.filter(|&at| !is_constant(args[at]) && times(at) > 0);
    let bound: Vec<String> = bound
        .map(|at| format!("{} AS {}", args[at], name(at)))
        .collect();
    Some(format!("(SELECT {out} FROM (SELECT {}))", bound.join(", ")))
}

/// A template with a query, and arguments that are aggregates of the query around: SQLite takes them into the FROM of
/// a query that is itself one of an aggregate. Of one row `max` changes nothing.
fn carried(template: &str, args: &[&str], place: Place) -> Option<String> {
    let given: Vec<&&str> = args.iter().filter(|arg| !is_constant(arg)).collect();
    let within = |arg: &&&str| arg.contains(" OVER ") || !is_carried(arg);
    if place != Place::Query || given.iter().any(within) {
        return None;
    }
    let out = placed(template, |at| {
        let arg = args.get(at)?;
        if is_constant(arg) {
            return Some((*arg).to_owned());
        }
        let before = args[..at].iter().filter(|arg| !is_constant(arg)).count();
        Some(format!("(_all.value ->> {before})"))
    })?;
    let given: Vec<&str> = given.into_iter().copied().collect();
    Some(format!(
        "(SELECT max({out}) FROM json_each(json_array(json_array({}))) AS _all)",
        given.join(", ")
    ))
}

/// A template with what stands in its places.
fn placed(template: &str, mut of: impl FnMut(usize) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(mark) = rest.find('$') {
        out.push_str(&rest[..mark]);
        if let Some(behind) = rest[mark..].strip_prefix("$$") {
            out.push('$');
            rest = behind;
            continue;
        }
        if let Some(behind) = rest[mark..].strip_prefix("$fail(") {
            // A path that is none: what SQLite says has these words.
            out.push_str("json_extract('{}', ");
            rest = behind;
            continue;
        }
        let at = usize::from(rest.as_bytes().get(mark + 1)?.checked_sub(b'1')?);
        out.push_str(&of(at)?);
        rest = &rest[mark + 2..];
    }
    out.push_str(rest);
    Some(out)
}

/// The name of an argument that is computed once.
fn name(at: usize) -> String {
    format!("_{}", at + 1)
}

/// In parentheses, unless nothing around can part it.
fn enclosed(text: String) -> String {
    match is_atom(&text) || is_call(&text) {
        true => text,
        false => format!("({text})"),
    }
}

/// A text as it stands in a template.
pub(super) fn kept(text: &str) -> String {
    text.replace('$', "$$")
}

/// A name or a constant.
pub(super) fn is_atom(arg: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '?' | '$');
    is_constant(arg) || !arg.is_empty() && outside_quotes(arg).all(|(_, c)| name(c))
}

fn is_constant(arg: &str) -> bool {
    let number = arg.strip_prefix('-').unwrap_or(arg);
    let text = arg.len() > 1 && arg.starts_with('\'') && arg.ends_with('\'');
    matches!(arg, "NULL" | "TRUE" | "FALSE")
        || number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok()
        || text && outside_quotes(arg).next().is_none()
        || arg
            .strip_prefix('?')
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// A call, or what stands in parentheses: nothing around it can part it.
fn is_call(arg: &str) -> bool {
    let Some(open) = outside_quotes(arg)
        .find(|&(_, c)| c == '(')
        .map(|found| found.0)
    else {
        return false;
    };
    let word = arg[..open]
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let (mut depth, mut closes) = (0, 0);
    for (at, c) in outside_quotes(arg) {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    closes += 1;
                    if at + 1 != arg.len() {
                        return false;
                    }
                }
            }
            _ => {}
        }
    }
    word && closes == 1
}

/// Words that are no names.
const WORDS: &[&str] = &[
    "CAST", "AS", "INTEGER", "REAL", "TEXT", "BLOB", "NULL", "TRUE", "FALSE", "X", "CASE", "WHEN",
    "THEN", "ELSE", "END", "AND", "OR", "NOT", "IS", "IN", "DISTINCT", "ORDER", "BY", "DESC",
    "NULLS", "FIRST", "LAST", "FILTER", "WHERE",
];

/// True where `json_each` takes aggregates of the query around: they have columns in them, and none that it would
/// take for one of its own.
pub(super) fn is_carried(arg: &str) -> bool {
    let plain: String = arg.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    if plain.to_ascii_uppercase().contains("COUNT(*)") || plain.contains("SELECT") {
        return false;
    }
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut rest, mut before, mut found) = (plain.as_str(), ' ', false);
    while let Some(start) = rest.find(word) {
        before = rest[..start].chars().next_back().unwrap_or(before);
        let len = rest[start..]
            .find(|c| !word(c))
            .unwrap_or(rest.len() - start);
        let (name, behind) = rest[start..].split_at(len);
        let number = name.starts_with(|c: char| c.is_ascii_digit());
        if !number && !behind.starts_with('(') && !WORDS.contains(&name) {
            let whole = before != '.' && !behind.starts_with('.');
            if whole && JSON_COLUMNS.contains(&name.to_ascii_lowercase().as_str()) {
                return false;
            }
            found = true;
        }
        rest = behind;
    }
    found
}

const AGGREGATES: &[&str] = &[
    "sum",
    "count",
    "avg",
    "min",
    "max",
    "total",
    "group_concat",
    "json_group_array",
    "json_group_object",
];

/// True where an aggregate or a window of the query around stands in an argument.
pub(super) fn has_aggregate(arg: &str) -> bool {
    let mut skip_to = 0;
    if arg.contains(" OVER ") {
        return true;
    }
    for (at, c) in outside_quotes(arg) {
        if at < skip_to || c != '(' {
            continue;
        }
        if arg[at..].starts_with("(SELECT ") || arg[at..].starts_with("(WITH ") {
            skip_to = at + end_of(&arg[at..]);
            continue;
        }
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let from = arg[..at]
            .bytes()
            .rposition(|b| !word(b))
            .map_or(0, |before| before + 1);
        let name = arg[from..at].to_ascii_lowercase();
        let own = FUNCTIONS.iter().any(|f| f.aggregate && f.name == name);
        if own {
            return true;
        }
        if AGGREGATES.contains(&name.as_str()) {
            // Of two and more they are no aggregates.
            let inside = &arg[at..at + end_of(&arg[at..])];
            let mut depth = 0;
            let many = outside_quotes(inside).any(|(_, c)| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                c == ',' && depth == 1
            });
            if !(matches!(name.as_str(), "min" | "max") && many) {
                return true;
            }
        }
    }
    false
}

/// The length of what stands in the parenthesis with which a text begins.
fn end_of(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in outside_quotes(text) {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}
