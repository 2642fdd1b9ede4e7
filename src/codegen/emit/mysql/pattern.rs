//! LIKE and regular expressions. PostgreSQL's are read as PCRE where they are written and mean the same.

use super::super::{Emitter, Res};
use super::array::{CUT, parts};
use rql_ir::{Func, Literal, ScalarId, ScalarKind};

/// What is a space to PostgreSQL: PCRE has U+0085 and those that keep words together among them. They stand as they are,
/// since braces name arguments in what is placed.
const SPACE: &str =
    "\\t-\\r \u{1680}\u{2000}-\u{2006}\u{2008}-\u{200A}\u{2028}\u{2029}\u{205F}\u{3000}";

/// A regular expression as PCRE has it.
struct Pcre {
    text: String,
    /// It says which of several matches is meant as PostgreSQL does: the longest.
    one_match: bool,
    groups: u32,
    /// A match has at least one character.
    some: bool,
}

impl Emitter<'_> {
    pub(super) fn mysql_like(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        let any_case = matches!(func, Func::ILike | Func::NotILike);
        let negated = matches!(func, Func::NotLike | Func::NotILike);
        if let Some(&escape) = args.get(2) {
            let written = self.written_text(escape).is_some();
            self.only_if(written, escape, func)?;
        }
        self.bracket(above > 6, |this| {
            let lower = super::idiom::cased("LOWER", "{0}");
            match any_case {
                true => this.placed(&lower, &args[..1])?,
                false => this.value(args[0], 7)?,
            }
            this.push(if negated { " NOT LIKE " } else { " LIKE " });
            match any_case {
                true => this.placed(&lower, &args[1..2])?,
                false => this.value(args[1], 20)?,
            }
            this.escape(args)
        })
    }

    /// Without ESCAPE a backslash escapes: a character that the pattern lacks does not.
    pub(in crate::emit) fn mysql_no_escape(&mut self, pattern: ScalarId) -> Res {
        let text = self.written_text(pattern).map(str::to_owned);
        let free = |text: &String| "|!#~^$".chars().find(|&c| !text.contains(c));
        let escape = text.as_ref().and_then(free);
        self.only_if(escape.is_some(), pattern, Func::Like)?;
        self.push(&format!(" ESCAPE '{}'", escape.unwrap_or('|')));
        Ok(())
    }

    pub(super) fn mysql_regex(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        let null = |&arg: &ScalarId| {
            matches!(self.ir.scalar(arg).kind, ScalarKind::Literal(Literal::Null))
        };
        if args.iter().any(null) {
            self.push("NULL");
            return Ok(());
        }
        let flags = match func {
            F::RegexpLike | F::RegexpSplitToArray => args.get(2),
            F::RegexpReplace => args.get(3),
            _ => None,
        };
        let flags = match flags {
            None => "",
            Some(&flags) => self.written_text(flags).unwrap_or("?"),
        };
        let every = flags.contains('g');
        let known = flags
            .chars()
            .all(|flag| flag == 'i' || flag == 'g' && func == F::RegexpReplace);
        let any_case =
            flags.contains('i') || matches!(func, F::MatchesAnyCase | F::NotMatchesAnyCase);
        let similar_to = matches!(func, F::SimilarTo | F::NotSimilarTo);
        let escape = match args.get(2).filter(|_| similar_to) {
            Some(&escape) => self.written_text(escape).unwrap_or("??"),
            None => "\\",
        };
        let pattern = self.written_text(args[1]);
        let pattern = match similar_to {
            true => pattern
                .and_then(|text| similar(text, escape))
                .and_then(|text| pcre(&text)),
            false => pattern.and_then(pcre),
        };
        let Some(pattern) = pattern.filter(|_| known) else {
            let refused = self.refuse(self.ir.scalar(id).span, "this regular expression");
            let help = "a written one of letters, classes, groups, * + ? {m,n} ^ $ is read as PCRE";
            return Err(Box::new(refused.help(help)));
        };
        let mut modes = String::new();
        modes.push_str(if any_case { "i" } else { "" });
        modes.push_str(if pattern.text.contains('.') || func == F::RegexpReplace {
            "s"
        } else {
            ""
        });
        let modes = if modes.is_empty() {
            modes
        } else {
            format!("(?{modes})")
        };
        let whole = format!("{modes}{}", pattern.text);
        match func {
            F::RegexpReplace => self.replaced(id, args, &modes, &pattern, every),
            F::RegexpInstr => {
                self.only_if(args.len() == 2 && pattern.one_match, id, func)?;
                self.wrapped("REGEXP_INSTR(", &args[..1], ", ")?;
                self.string(&whole);
                self.push(")");
                Ok(())
            }
            F::SubstringRegex | F::RegexpSubstr => {
                let one = pattern.one_match && args.len() == 2 && self.twice(args[0]);
                self.only_if(one, id, func)?;
                self.push("CASE WHEN ");
                self.value(args[0], 7)?;
                self.push(" REGEXP ");
                self.string(&whole);
                self.push(" THEN ");
                // What the first group matches, where there is one.
                match pattern.groups {
                    _ if pattern.groups == 0 || func == F::RegexpSubstr => {
                        self.wrapped("REGEXP_SUBSTR(", &args[..1], ", ")?;
                        self.string(&whole);
                        self.push(") END");
                    }
                    _ => {
                        self.wrapped("REGEXP_REPLACE(", &args[..1], ", ")?;
                        let any_case = if any_case { "i" } else { "" };
                        self.string(&format!(r"(?s{any_case})\A.*?{}.*\z", pattern.text));
                        self.push(r", '\1') END");
                    }
                }
                Ok(())
            }
            // An empty match cuts nothing there. What counts in braces would be a place of the text.
            F::RegexpSplitToArray => {
                let plain = pattern.one_match && pattern.some && !whole.contains('{');
                self.only_if(plain, id, func)?;
                let marked = format!(
                    "REGEXP_REPLACE({{0}}, {}, {CUT})",
                    rql_ast::text_literal(&whole)
                );
                self.placed(&parts(&marked), &args[..1])
            }
            // A character more for each match.
            F::RegexpCount => {
                // An empty match replaces nothing there.
                let one = pattern.one_match && pattern.some && args.len() == 2;
                self.only_if(one && self.twice(args[0]), id, func)?;
                self.wrapped("(CHAR_LENGTH(REGEXP_REPLACE(", &args[..1], ", ")?;
                self.string(&whole);
                self.wrapped(r", '\0#')) - CHAR_LENGTH(", &args[..1], "))")
            }
            _ => self.bracket(above > 6, |this| {
                this.value(args[0], 7)?;
                let negated =
                    matches!(func, F::NotMatches | F::NotMatchesAnyCase | F::NotSimilarTo);
                this.push(if negated { " NOT REGEXP " } else { " REGEXP " });
                this.string(&whole);
                Ok(())
            }),
        }
    }

    /// Without the flag g the first match only: what stands before it is a group of the pattern.
    fn replaced(
        &mut self,
        id: ScalarId,
        args: &[ScalarId],
        modes: &str,
        pattern: &Pcre,
        every: bool,
    ) -> Res {
        let with = self.written_text(args[2]);
        let with = with.and_then(|text| replacement(text, every));
        // An empty match replaces nothing there.
        let with = with.filter(|_| pattern.one_match && pattern.some && pattern.groups < 8);
        let Some(with) = with else {
            return self.only_if(false, id, Func::RegexpReplace);
        };
        self.wrapped("REGEXP_REPLACE(", &args[..1], ", ")?;
        match every {
            true => self.string(&format!("{modes}{}", pattern.text)),
            false => self.string(&format!(r"{modes}\A(.*?)({})", pattern.text)),
        }
        self.push(", ");
        self.string(&with);
        self.push(")");
        Ok(())
    }
}

/// SIMILAR TO's pattern as a regular expression.
fn similar(text: &str, escape: &str) -> Option<String> {
    let mut marks = escape.chars();
    let mark = marks.next();
    if marks.next().is_some() {
        return None;
    }
    let mut out = String::from("^(?:");
    let mut class = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if Some(c) == mark {
            let c = chars.next()?;
            if !c.is_ascii_punctuation() {
                return None;
            }
            out.push('\\');
            out.push(c);
            continue;
        }
        match c {
            '[' if class => return None,
            '[' => class = true,
            ']' => class = false,
            _ => {}
        }
        match c {
            '%' if !class => out.push_str(".*"),
            '_' if !class => out.push('.'),
            '(' if !class => out.push_str("(?:"),
            '.' | '^' | '$' | '\\' if !class => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out.push_str(r"\\"),
            c => out.push(c),
        }
    }
    out.push_str(")$");
    Some(out)
}

/// What a match becomes. Where not every one does, what stands before it and the match itself are the
/// first two groups.
fn replacement(text: &str, every: bool) -> Option<String> {
    let (mut out, more) = match every {
        true => (String::new(), 0),
        false => (String::from(r"\1"), 2),
    };
    let mut chars = text.chars().peekable();
    let mut after_group = !every;
    while let Some(c) = chars.next() {
        if c != '\\' {
            // A digit would be read as part of the group's number.
            if after_group && c.is_ascii_digit() {
                return None;
            }
            after_group = false;
            out.push(c);
            continue;
        }
        let group = match chars.next()? {
            '&' => more,
            c => c.to_digit(10).filter(|n| *n > 0)? + more,
        };
        out.push('\\');
        out.push_str(&group.to_string());
        after_group = true;
    }
    Some(out)
}

/// Whether a match of PostgreSQL's regular expression is sure to have a character.
pub(in crate::emit) fn never_empty(text: &str) -> bool {
    pcre(text).is_some_and(|read| read.some)
}

/// Reads PostgreSQL's regular expression as PCRE; `None` where the two may differ.
fn pcre(text: &str) -> Option<Pcre> {
    let mut out = Pcre {
        text: String::new(),
        one_match: true,
        groups: 0,
        some: false,
    };
    if text.starts_with("***") || text.starts_with("(?") && !text.starts_with("(?:") {
        return None;
    }
    let mut chars = text.chars().peekable();
    // What a quantifier may stand behind: nothing, a single character, a group.
    let mut last = Last::Nothing;
    // For all, and each open group: whether a match of each alternative has a character, and whether one of
    // the present alternative has. And the same of the group that stands last.
    let (mut levels, mut group) = (vec![(true, false)], false);
    while let Some(c) = chars.next() {
        let kept = !matches!(c, '*' | '?' | '{');
        let some = last == Last::One || last == Last::Group && group;
        match (levels.last_mut(), c) {
            (Some(level), '|') => *level = (level.0 && (level.1 || some), false),
            (Some(level), _) => level.1 |= kept && some,
            (None, _) => {}
        }
        match c {
            '(' => levels.push((true, false)),
            ')' => group = levels.pop().is_some_and(|(all, now)| all && now),
            _ => {}
        }
        match c {
            '\\' => {
                let next = chars.next()?;
                let edge = match next {
                    'y' => r"\b",
                    'm' => r"\b(?=\w)",
                    'M' => r"\b(?<=\w)",
                    _ => "",
                };
                if !edge.is_empty() {
                    out.text.push_str(edge);
                    last = Last::Nothing;
                    continue;
                }
                match next {
                    's' | 'S' => {
                        let not = if next == 'S' { "^" } else { "" };
                        out.text.push_str(&format!("[{not}{SPACE}]"));
                        last = Last::One;
                        continue;
                    }
                    'd' | 'w' | 'D' | 'W' | 'n' | 't' | 'r' => {}
                    c if c.is_ascii_punctuation() => {}
                    _ => return None,
                }
                out.text.push('\\');
                out.text.push(next);
                last = Last::One;
            }
            '$' => {
                out.text.push_str(r"\z");
                last = Last::Nothing;
            }
            '^' => {
                out.text.push('^');
                last = Last::Nothing;
            }
            '(' => {
                out.text.push('(');
                if chars.next_if_eq(&'?').is_some() {
                    chars.next_if_eq(&':')?;
                    out.text.push_str("?:");
                } else {
                    out.groups += 1;
                }
                last = Last::Nothing;
            }
            ')' => {
                out.text.push(')');
                last = Last::Group;
            }
            '|' => {
                out.text.push('|');
                out.one_match = false;
                last = Last::Nothing;
            }
            '[' => {
                class(&mut chars, &mut out.text)?;
                last = Last::One;
            }
            '{' if !chars.peek().is_some_and(char::is_ascii_digit) => {
                out.text.push_str(r"\{");
                last = Last::One;
            }
            '*' | '+' | '?' | '{' => {
                if last == Last::Nothing {
                    return None;
                }
                // What may be left out, before what needs it: the two would choose otherwise.
                let optional = c == '?' || c != '+' && last == Last::Group;
                out.one_match &= !optional;
                out.text.push(c);
                if c == '{' {
                    loop {
                        let c = chars.next()?;
                        out.text.push(c);
                        match c {
                            '}' => break,
                            c if c.is_ascii_digit() || c == ',' => {}
                            _ => return None,
                        }
                    }
                }
                if chars.next_if_eq(&'?').is_some() {
                    out.one_match = false;
                    out.text.push('?');
                }
                last = Last::Nothing;
            }
            c => {
                out.text.push(c);
                last = Last::One;
            }
        }
    }
    let some = last == Last::One || last == Last::Group && group;
    out.some = matches!(levels.as_slice(), [(true, now)] if *now || some);
    Some(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    One,
    Group,
}

/// A class of characters, behind its bracket.
fn class(chars: &mut core::iter::Peekable<core::str::Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if chars.next_if_eq(&']').is_some() {
        out.push_str(r"\]");
    }
    loop {
        match chars.next()? {
            ']' => {
                out.push(']');
                return Some(());
            }
            '[' => match chars.next_if_eq(&':') {
                Some(_) => {
                    let mut name = String::new();
                    while let Some(c) = chars.next_if(char::is_ascii_lowercase) {
                        name.push(c);
                    }
                    chars.next_if_eq(&':')?;
                    chars.next_if_eq(&']')?;
                    match name.as_str() {
                        "space" => out.push_str(SPACE),
                        _ => out.push_str(&format!("[:{name}:]")),
                    }
                }
                None if matches!(chars.peek(), Some('.' | '=')) => return None,
                None => out.push_str(r"\["),
            },
            '\\' => {
                let next = chars.next()?;
                if next == 's' {
                    out.push_str(SPACE);
                    continue;
                }
                let known = matches!(next, 'd' | 'w' | 'n' | 't' | 'r');
                if !known && !next.is_ascii_punctuation() {
                    return None;
                }
                out.push('\\');
                out.push(next);
            }
            c => out.push(c),
        }
    }
}
