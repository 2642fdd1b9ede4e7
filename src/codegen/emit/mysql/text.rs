//! Functions of text, which count characters.

use super::super::{Emitter, Res};
use rql_ir::{ColumnId, Func, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// What a query in FROM computes stands in each place that names it, and a function that writes into the text it
    /// is given changes it in all of them: it gets a copy.
    pub(in crate::emit) fn mysql_copied(&mut self, func: Func, args: &[ScalarId]) {
        let writes = matches!(
            func,
            Func::Replace | Func::Lpad | Func::Rpad | Func::Repeat | Func::Translate
        );
        let Some(&text) = args.first().filter(|_| writes && self.is_mysql()) else {
            return;
        };
        let mut columns = Vec::new();
        self.ir.walk(text, &mut |scalar| {
            if let ScalarKind::Column(column) = scalar.kind {
                columns.push(column);
            }
        });
        columns.retain(|&column| self.is_made_below(column));
        self.copied.append(&mut columns);
    }

    /// True for a column that a query below computes.
    fn is_made_below(&self, column: ColumnId) -> bool {
        let made = self.made_of(column).map(|made| &self.ir.scalar(made).kind);
        match made {
            Some(ScalarKind::Column(of)) => self.is_made_below(*of),
            Some(ScalarKind::Literal(_)) | None => false,
            Some(_) => true,
        }
    }

    pub(super) fn mysql_text(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        use Func as F;
        let ty = self.ir.scalar(args[0]).ty;
        match func {
            F::StartsWith => {
                self.push("(LOCATE(");
                self.value(args[1], 0)?;
                self.push(", ");
                self.value(args[0], 0)?;
                self.push(") = 1)");
                Ok(())
            }
            F::Concat => self.mysql_concat(args),
            F::ConcatAll | F::ConcatWs => self.mysql_concat_all(func, args),
            F::Substr => self.mysql_substr(id, args),
            F::Left | F::Right => self.end_of(id, func, args),
            F::Replace => self.wrapped("REPLACE(", args, ")"),
            F::Trim | F::Ltrim | F::Rtrim => self.trimmed(id, func, args),
            F::Lpad | F::Rpad => self.mysql_padded(id, func, args),
            F::Translate => self.translated(id, args),
            F::SplitPart => self.mysql_split_part(id, args),
            F::Overlay => self.overlaid(id, args),
            F::Chr => self.character(id, args[0]),
            // A NUL behind it is the first character of an empty text, whose number is 0.
            F::Ascii => self.wrapped(
                "CAST(CONV(HEX(CONVERT(LEFT(CONCAT(",
                args,
                ", CHAR(0 USING utf8mb4)), 1) USING utf32)), 16, 10) AS SIGNED)",
            ),
            F::Encode => match self.written_text(args[1]) {
                Some("hex") => self.wrapped("LOWER(HEX(", &args[..1], "))"),
                Some("base64") => self.wrapped("TO_BASE64(", &args[..1], ")"),
                _ => self.only_if(false, id, func),
            },
            F::Decode => {
                let hex = self.written_text(args[1]) == Some("hex");
                self.only_if(hex && self.twice(args[0]), id, func)?;
                self.unless(
                    "[22023] invalid hexadecimal digit",
                    |this| {
                        this.value(args[0], 7)?;
                        this.push(r" NOT REGEXP '\A([0-9A-Fa-f]{2})*\z'");
                        Ok(())
                    },
                    |this| this.wrapped("UNHEX(", &args[..1], ")"),
                )
            }
            F::ToHex if ty == Type::BigInt => self.wrapped("LOWER(HEX(", args, "))"),
            F::ToHex => self.wrapped("LOWER(HEX(", args, " & 4294967295))"),
            _ => Err(self.refuse(self.ir.scalar(id).span, func.name())),
        }
    }

    fn mysql_concat(&mut self, args: &[ScalarId]) -> Res {
        let mut all = Vec::new();
        self.concatenated(args, &mut all);
        self.push("CONCAT(");
        self.list(&all, |this, arg| match this.ir.scalar(arg).ty {
            Type::Blob => this.value(arg, 0),
            _ => this.value_text(arg, arg, ("true", "false"), 0),
        })?;
        self.push(")");
        Ok(())
    }

    /// The operands of a chain of `||`.
    fn concatenated(&self, args: &[ScalarId], all: &mut Vec<ScalarId>) {
        for &arg in args {
            match &self.ir.scalar(arg).kind {
                ScalarKind::Call {
                    func: Func::Concat,
                    args,
                } => self.concatenated(args, all),
                _ => all.push(arg),
            }
        }
    }

    fn mysql_concat_all(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let all = func == Func::ConcatAll;
        // MIN and MAX of groups take CONCAT_WS alone for a text of another character set.
        self.push(match all {
            true => "CONCAT(",
            false => "CONCAT('', CONCAT_WS(",
        });
        self.list(args, |this, arg| {
            let nullable = all && this.ir.scalar(arg).nullable;
            this.push(if nullable { "COALESCE(" } else { "" });
            this.value_text(arg, arg, ("t", "f"), 0)?;
            this.push(if nullable { ", '')" } else { "" });
            Ok(())
        })?;
        self.push(if all { ")" } else { "))" });
        Ok(())
    }

    /// PostgreSQL counts from the first character, also below it; MariaDB from the end.
    fn mysql_substr(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let start = self.written_number(args[1]);
        let Some(&length) = args.get(2) else {
            self.wrapped("SUBSTR(", &args[..1], ", ")?;
            match start {
                Some(start) => self.push(&start.max(1).to_string()),
                None => self.wrapped("GREATEST(", &[args[1]], ", 1)")?,
            }
            self.push(")");
            return Ok(());
        };
        let negative = "[22011] negative substring length not allowed";
        match (start, self.written_number(length)) {
            (Some(start), Some(length)) if length >= 0 => {
                let length = start.saturating_add(length) - start.max(1);
                let bounds = format!(", {}, {})", start.max(1), length.max(0));
                self.wrapped("SUBSTR(", &args[..1], &bounds)
            }
            (Some(start), None) if start >= 1 => {
                self.only_if(self.twice(length), id, Func::Substr)?;
                self.unless(
                    negative,
                    |this| this.wrapped("", &[length], " < 0"),
                    |this| this.wrapped("SUBSTR(", args, ")"),
                )
            }
            (start, _) => {
                let simple = self.twice(length) && (start.is_some() || self.twice(args[1]));
                self.only_if(simple, id, Func::Substr)?;
                self.unless(
                    negative,
                    |this| this.wrapped("", &[length], " < 0"),
                    |this| {
                        this.wrapped("SUBSTR(", &args[..1], ", ")?;
                        this.wrapped("GREATEST(", &[args[1]], ", 1), GREATEST(")?;
                        this.value(args[1], 8)?;
                        this.push(" + ");
                        this.value(length, 9)?;
                        this.wrapped(" - GREATEST(", &[args[1]], ", 1), 0))")
                    },
                )
            }
        }
    }

    /// LEFT and RIGHT; a negative count leaves so many out at the other end.
    fn end_of(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let left = func == Func::Left;
        let name = if left { "LEFT(" } else { "RIGHT(" };
        let count = self.written_number(args[1]);
        if count.is_some_and(|count| count >= 0) {
            return self.wrapped(name, args, ")");
        }
        let simple = match count {
            Some(_) => !left || self.twice(args[0]),
            None => self.twice(args[0]) && self.twice(args[1]),
        };
        self.only_if(simple, id, func)?;
        let other = |this: &mut Self| -> Res {
            if left {
                this.wrapped("LEFT(", &args[..1], ", GREATEST(CHAR_LENGTH(")?;
                this.wrapped("", &args[..1], ") + ")?;
                this.value(args[1], 9)?;
                this.push(", 0))");
            } else {
                this.wrapped("SUBSTR(", &args[..1], ", 1 - ")?;
                this.value(args[1], 9)?;
                this.push(")");
            }
            Ok(())
        };
        if count.is_some() {
            return other(self);
        }
        self.push("CASE WHEN ");
        self.value(args[1], 6)?;
        self.push(" < 0 THEN ");
        other(self)?;
        self.push(" ELSE ");
        self.wrapped(name, args, ") END")
    }

    /// TRIM takes away a text there, not characters.
    fn trimmed(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let (word, name) = match func {
            Func::Ltrim => ("LEADING", "LTRIM("),
            Func::Rtrim => ("TRAILING", "RTRIM("),
            _ => ("BOTH", "TRIM("),
        };
        let Some(&of) = args.get(1) else {
            return self.wrapped(name, args, ")");
        };
        let Some(set) = self.written_text(of).map(str::to_owned) else {
            return self.only_if(false, id, func);
        };
        match set.chars().count() {
            0 => self.value(args[0], 20),
            1 => {
                self.push(&format!("TRIM({word} "));
                self.string(&set);
                self.wrapped(" FROM ", &args[..1], ")")
            }
            _ => {
                let mut class = String::from("[");
                for c in set.chars() {
                    if c.is_ascii_punctuation() {
                        class.push('\\');
                    }
                    class.push(c);
                }
                class.push_str("]+");
                let pattern = match func {
                    Func::Ltrim => format!(r"\A{class}"),
                    Func::Rtrim => format!(r"{class}\z"),
                    _ => format!(r"\A{class}|{class}\z"),
                };
                self.wrapped("REGEXP_REPLACE(", &args[..1], ", ")?;
                self.string(&pattern);
                self.push(", '')");
                Ok(())
            }
        }
    }

    fn mysql_padded(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let fill = match args.get(2) {
            None => " ".to_owned(),
            Some(&fill) => {
                let text = self.written_text(fill).map(str::to_owned);
                let text = text.filter(|text| !text.is_empty());
                self.only_if(text.is_some(), id, func)?;
                text.unwrap_or_default()
            }
        };
        let name = if func == Func::Lpad { "LPAD(" } else { "RPAD(" };
        self.wrapped(name, &args[..1], ", ")?;
        match self.written_number(args[1]) {
            Some(length) => self.push(&length.max(0).to_string()),
            None => self.wrapped("GREATEST(", &args[1..2], ", 0)")?,
        }
        self.push(", ");
        self.string(&fill);
        self.push(")");
        Ok(())
    }

    /// One REPLACE for each character, unless some change places.
    fn translated(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let texts = (self.written_text(args[1]), self.written_text(args[2]));
        let (Some(from), Some(to)) = texts else {
            return self.only_if(false, id, Func::Translate);
        };
        let mut to = to.chars();
        let mut pairs: Vec<(char, Option<char>)> = Vec::new();
        for c in from.chars() {
            let with = to.next();
            if pairs.iter().all(|pair| pair.0 != c) {
                pairs.push((c, with));
            }
        }
        pairs.retain(|pair| pair.1 != Some(pair.0));
        // One that makes what another replaces comes after that.
        let mut ordered: Vec<(char, Option<char>)> = Vec::new();
        while let Some(at) = pairs
            .iter()
            .position(|(_, with)| pairs.iter().all(|other| Some(other.0) != *with))
        {
            ordered.push(pairs.remove(at));
        }
        self.only_if(pairs.is_empty(), id, Func::Translate)?;
        for _ in &ordered {
            self.push("REPLACE(");
        }
        self.value(args[0], 0)?;
        for (c, with) in ordered {
            self.push(", ");
            self.string(&c.to_string());
            self.push(", ");
            self.string(&with.map(String::from).unwrap_or_default());
            self.push(")");
        }
        Ok(())
    }

    /// With so many separators more there is an n-th piece, which is empty where there was none.
    fn mysql_split_part(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let separator = self.written_text(args[1]).unwrap_or_default().to_owned();
        let n = self.written_number(args[2]).unwrap_or_default();
        // A separator that begins as it ends could be found across the seam.
        let clear =
            |at: usize| !separator.is_char_boundary(at) || !separator.ends_with(&separator[..at]);
        let plain = !separator.is_empty() && (1..separator.len()).all(clear);
        self.only_if(plain && n != 0 && n.abs() < 10_000, id, Func::SplitPart)?;
        self.push("SUBSTRING_INDEX(SUBSTRING_INDEX(CONCAT(");
        let more = |this: &mut Self| {
            this.push("REPEAT(");
            this.string(&separator);
            this.push(&format!(", {})", n.abs()));
        };
        if n > 0 {
            self.value(args[0], 0)?;
            self.push(", ");
            more(self);
        } else {
            more(self);
            self.push(", ");
            self.value(args[0], 0)?;
        }
        self.push("), ");
        self.string(&separator);
        self.push(&format!(", {n}), "));
        self.string(&separator);
        self.push(if n > 0 { ", -1)" } else { ", 1)" });
        Ok(())
    }

    fn overlaid(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let start = self.written_number(args[2]).filter(|start| *start >= 1);
        let length = match args.get(3) {
            Some(&length) => self.written_number(length),
            None => self
                .written_text(args[1])
                .and_then(|text| i64::try_from(text.chars().count()).ok()),
        };
        let (Some(start), Some(length), true) = (start, length, self.twice(args[0])) else {
            return self.only_if(false, id, Func::Overlay);
        };
        self.wrapped("CONCAT(LEFT(", &args[..1], &format!(", {}), ", start - 1))?;
        self.value(args[1], 0)?;
        let rest = start.saturating_add(length).max(1);
        self.wrapped(", SUBSTR(", &args[..1], &format!(", {rest}))"))
    }

    /// The character of a code point.
    fn character(&mut self, id: ScalarId, code: ScalarId) -> Res {
        if let Some(code) = self.written_number(code) {
            let found = u32::try_from(code).ok().and_then(char::from_u32);
            let found = found.filter(|c| *c != '\0');
            self.only_if(found.is_some(), id, Func::Chr)?;
            self.string(&found.map(String::from).unwrap_or_default());
            return Ok(());
        }
        self.only_if(false, id, Func::Chr)
    }
}
