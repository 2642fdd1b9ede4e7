//! Regular expressions on DuckDB, where RE2 finds what PostgreSQL's engine finds.
//!
//! A dot is a line's end too, which is the option `s`.

use super::re2::{re2, words};
use crate::emit::mysql::never_empty;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind};

impl Emitter<'_> {
    /// Refuses patterns that leave the two engines a choice.
    pub(super) fn agreed(&mut self, id: ScalarId, func: Func, pattern: ScalarId) -> Res {
        let plain = self
            .written_text(pattern)
            .is_some_and(|p| !p.contains(['|', '?']));
        self.only_if(plain, id, func)
    }

    /// The text and the pattern of a call.
    pub(super) fn searched(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        read: fn(&str) -> Option<String>,
    ) -> Res {
        self.scalar(args[0], Rep::Plain, 0)?;
        self.push(", ");
        if let ScalarKind::Literal(Literal::Null) = self.ir.scalar(args[1]).kind {
            self.push("NULL");
            return Ok(());
        }
        let pattern = self.written_text(args[1]).and_then(read);
        self.only_if(pattern.is_some(), id, func)?;
        self.string(&pattern.unwrap_or_default());
        Ok(())
    }

    /// `substring(text FROM pattern)`: the first group where there is one, else the whole.
    pub(super) fn duckdb_match(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        self.only_if(args.len() == 2, id, func)?;
        self.agreed(id, func, args[1])?;
        self.only_if(self.twice(args[0]), id, func)?;
        let groups = self
            .written_text(args[1])
            .is_some_and(|p| p.replace("\\(", "").contains('('));
        let groups = groups && func == Func::SubstringRegex;
        self.push("CASE WHEN regexp_matches(");
        self.searched(id, func, args, re2)?;
        self.push(", 's') THEN regexp_extract(");
        self.searched(id, func, args, re2)?;
        self.push(if groups {
            ", 1, 's') END"
        } else {
            ", 0, 's') END"
        });
        Ok(())
    }

    /// `regexp_instr`: behind as few characters as may stand before a match.
    pub(super) fn duckdb_place(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::RegexpInstr;
        self.only_if(args.len() == 2 && self.twice(args[0]), id, func)?;
        self.agreed(id, func, args[1])?;
        let before = |pattern: &str| Some(format!(r"\A(.*?)(?:{})", re2(pattern)?));
        self.push("CASE WHEN regexp_matches(");
        self.searched(id, func, args, re2)?;
        self.push(", 's') THEN CAST(length(regexp_extract(");
        self.searched(id, func, args, before)?;
        self.push(", 1, 's')) AS integer) + 1 WHEN NOT regexp_matches(");
        self.searched(id, func, args, re2)?;
        self.push(", 's') THEN 0 END");
        Ok(())
    }

    /// `~` and its kin, and `regexp_like`.
    pub(super) fn duckdb_matches(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        let negated = matches!(func, Func::NotMatches | Func::NotMatchesAnyCase);
        let flags = match (func, args.get(2)) {
            (Func::MatchesAnyCase | Func::NotMatchesAnyCase, _) => "i",
            (_, Some(&flags)) => self.written_text(flags).unwrap_or("?"),
            _ => "",
        };
        self.only_if(matches!(flags, "" | "c" | "i"), id, func)?;
        let more = format!(", '{flags}s')");
        self.bracket(negated && above > 3, |this| {
            this.push(if negated { "NOT " } else { "" });
            this.push("regexp_matches(");
            this.searched(id, func, args, words)?;
            this.push(&more);
            Ok(())
        })
    }

    /// The two engines choose the same match where nothing is left to choose.
    pub(super) fn duckdb_replace(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::RegexpReplace;
        self.agreed(id, func, args[1])?;
        let with = self
            .written_text(args[2])
            .map(|with| with.replace("\\&", "\\0"));
        // A group that the pattern lacks is empty.
        let groups = self.written_text(args[1]).map_or(0, |pattern| {
            let plain = pattern.replace("\\(", "").replace("(?", "");
            plain.matches('(').count()
        });
        let with = with.map(|with| {
            let lacking = (groups + 1..10).map(|group| format!("\\{group}"));
            match with.contains(r"\\") {
                true => with,
                false => lacking.fold(with, |with, group| with.replace(&group, "")),
            }
        });
        let flags = match args.get(3) {
            Some(&flags) => self.written_text(flags).unwrap_or("?"),
            None => "",
        };
        let known = flags.chars().all(|flag| matches!(flag, 'c' | 'g' | 'i'));
        // An empty match does not follow another there.
        let empty = || {
            self.written_text(args[1])
                .is_none_or(|text| !never_empty(text))
        };
        self.only_if(
            known && with.is_some() && !(flags.contains('g') && empty()),
            id,
            func,
        )?;
        let more = format!(", '{flags}s')");
        self.push("regexp_replace(");
        self.searched(id, func, args, re2)?;
        self.push(", ");
        self.string(&with.unwrap_or_default());
        self.push(&more);
        Ok(())
    }

    /// An empty match cuts otherwise there.
    pub(super) fn duckdb_split(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::RegexpSplitToArray;
        self.agreed(id, func, args[1])?;
        let flags = match args.get(2) {
            Some(&flags) => self.written_text(flags).unwrap_or("?"),
            None => "",
        };
        // It looks for the next match in what is left, as if that began the text.
        let some = |text: &str| never_empty(text) && !looks_back(text);
        let some = self.written_text(args[1]).is_some_and(some);
        self.only_if(some && matches!(flags, "" | "c" | "i"), id, func)?;
        let more = format!(", '{flags}s')");
        self.push("regexp_split_to_array(");
        self.searched(id, func, args, re2)?;
        self.push(&more);
        Ok(())
    }

    pub(super) fn duckdb_similar(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        let escape = match args.get(2) {
            None => Some('\\'),
            Some(&escape) => match self
                .written_text(escape)
                .map(|text| text.chars().collect::<Vec<_>>())
            {
                Some(one) if one.len() == 1 => Some(one[0]),
                _ => None,
            },
        };
        let pattern = self.written_text(args[1]);
        let regex = pattern
            .zip(escape)
            .and_then(|(pattern, escape)| similar(pattern, escape));
        self.only_if(regex.is_some(), id, func)?;
        let pattern = regex.unwrap_or_default();
        let negated = func == Func::NotSimilarTo;
        self.bracket(negated && above > 3, |this| {
            this.push(if negated { "NOT " } else { "" });
            this.wrapped("regexp_matches(", &[args[0]], ", ")?;
            this.string(&pattern);
            this.push(", 's')");
            Ok(())
        })
    }
}

/// The regular expression of a pattern of SIMILAR TO (PostgreSQL manual, 9.7.2); `None` for what cuts
/// out a part.
fn similar(pattern: &str, escape: char) -> Option<String> {
    let mut out = String::from("^(?:");
    let mut letters = pattern.chars();
    let mut inside = false;
    while let Some(c) = letters.next() {
        match c {
            c if c == escape => match letters.next()? {
                '"' => return None,
                c if c.is_alphanumeric() || c == '_' => out.push(c),
                c => out.extend(['\\', c]),
            },
            '[' => {
                inside = true;
                out.push(c);
            }
            ']' => {
                inside = false;
                out.push(c);
            }
            '\\' => out.push_str("\\\\"),
            c if inside => out.push(c),
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            '(' => out.push_str("(?:"),
            '.' | '^' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push_str(")$");
    Some(out)
}

/// True for a pattern that may ask what stands before a match.
fn looks_back(pattern: &str) -> bool {
    let asks = |pair: &[u8]| match pair {
        [b'[' | b'\\', b'^'] => false,
        [_, b'^'] => true,
        [b'\\', sign] => b"AbBmMyY<>".contains(sign),
        _ => false,
    };
    pattern.starts_with('^') || pattern.as_bytes().windows(2).any(asks)
}
