//! How the rows of a table that is built again are numbered: by SQLite itself, or by a sequence.

use super::declaration::{Declaration, end};
use rql::sqlite::{ALWAYS, BY_DEFAULT, SEQUENCES, SEQUENCES_TABLE};
use rql::{Edit, Rebuilt};
use rql_ast::{ColumnDef, ConstraintKind as Kind, Span, text_literal};

/// What a change of numbering does.
#[derive(Default)]
pub(super) struct Renumbered {
    /// Pieces of the declaration and what stands in their place.
    pub(super) pieces: Vec<(Span, String)>,
    /// Statements about sequences.
    pub(super) sequences: Vec<String>,
    /// SQLite has numbered the rows itself until now.
    pub(super) by_itself_no_more: bool,
}

/// What numbers a column.
enum By {
    /// SQLite: INTEGER PRIMARY KEY AUTOINCREMENT.
    Itself,
    /// The sequence of this name.
    Sequence(String),
}

impl Declaration {
    pub(super) fn renumbered(
        &self,
        edit: &Edit,
        text: &str,
        rebuilt: &Rebuilt,
    ) -> Result<Renumbered, String> {
        let mut done = Renumbered::default();
        match edit {
            Edit::AddIdentity {
                column,
                default,
                sequence,
            } => {
                let def = self.columns[self.column(column, rebuilt)?];
                self.is_free_for_numbers(&def, column, text)?;
                if let Some(ty) = def.ty.filter(|_| self.is_key(&def)) {
                    // A key of this type has no default: it is the number that SQLite gives.
                    let span = self.trimmed(self.ast[ty].span);
                    let integer = self.ast.text(span).eq_ignore_ascii_case("integer");
                    done.pieces.extend(integer.then(|| (span, "INT".into())));
                }
                done.pieces.push((end(def.span), default.clone()));
                done.sequences.extend_from_slice(sequence);
            }
            Edit::SetIdentity {
                column,
                mark,
                sets,
                bits,
            } => {
                let def = self.columns[self.column(column, rebuilt)?];
                match self.numbered_by(&def, column, text)? {
                    By::Itself if !sets.is_empty() => {
                        // It goes on behind the greatest number; a sequence does as it is told.
                        let always = text[self.counted(&def, text)?.range()].contains(ALWAYS);
                        let mark = mark.unwrap_or(if always { ALWAYS } else { BY_DEFAULT });
                        let name = text_literal(&format!("{}_{column}_seq", rebuilt.table));
                        let default = format!("NOT NULL DEFAULT (rql_nextval({name}) {mark})");
                        self.by_itself_no_more(&def, text, &default, &mut done)?;
                        done.sequences = vec![
                            SEQUENCES_TABLE.into(),
                            as_it_stands(&name, &text_literal(&rebuilt.table), *bits),
                            format!("UPDATE {SEQUENCES} SET {sets} WHERE name = {name}"),
                        ];
                    }
                    By::Itself => {
                        let always = *mark == Some(ALWAYS);
                        let words = if always { ALWAYS } else { "" };
                        let place = self.counted(&def, text)?;
                        let word = self.word(&def)?;
                        done.pieces.push((
                            Span::new(word.end, place.end),
                            format!(" {words}").trim_end().to_owned(),
                        ));
                    }
                    By::Sequence(name) => {
                        if let Some(mark) = mark {
                            done.pieces.extend(marked(&def, text, mark));
                        }
                        if !sets.is_empty() {
                            let name = text_literal(&name);
                            done.sequences
                                .push(format!("UPDATE {SEQUENCES} SET {sets} WHERE name = {name}"));
                        }
                    }
                }
            }
            Edit::DropIdentity { column, if_exists } => {
                let def = self.columns[self.column(column, rebuilt)?];
                match self.numbered_by(&def, column, text) {
                    Ok(By::Itself) => {
                        self.by_itself_no_more(&def, text, "NOT NULL", &mut done)?;
                    }
                    Ok(By::Sequence(name)) => {
                        let old = self.of(&def, |kind| matches!(kind, Kind::Default(_)));
                        let old = old.map(|old| (self.trimmed(old.span), String::new()));
                        done.pieces.extend(old);
                        let name = text_literal(&name);
                        done.sequences
                            .push(format!("DELETE FROM {SEQUENCES} WHERE name = {name}"));
                    }
                    Err(_) if *if_exists => {}
                    Err(wrong) => return Err(wrong),
                }
            }
            _ => {}
        }
        Ok(done)
    }

    /// A key that SQLite has numbered, with these words in the place of AUTOINCREMENT.
    fn by_itself_no_more(
        &self,
        def: &ColumnDef,
        text: &str,
        words: &str,
        done: &mut Renumbered,
    ) -> Result<(), String> {
        if let Some(ty) = def.ty {
            done.pieces
                .push((self.trimmed(self.ast[ty].span), "INT".into()));
        }
        done.pieces
            .push((self.counted(def, text)?, words.to_owned()));
        done.by_itself_no_more = true;
        Ok(())
    }

    /// PostgreSQL's own conditions (manual, ALTER TABLE).
    fn is_free_for_numbers(&self, def: &ColumnDef, column: &str, text: &str) -> Result<(), String> {
        if self.numbered_by(def, column, text).is_ok() {
            return Err(format!("column {column} is already an identity column"));
        }
        if self
            .of(def, |kind| matches!(kind, Kind::Default(_)))
            .is_some()
        {
            return Err(format!("column {column} already has a default value"));
        }
        let not_null = self.of(def, |kind| matches!(kind, Kind::NotNull)).is_some();
        match not_null || self.is_key(def) {
            true => Ok(()),
            false => Err(format!(
                "column {column} must be declared NOT NULL before identity can be added"
            )),
        }
    }

    fn numbered_by(&self, def: &ColumnDef, column: &str, text: &str) -> Result<By, String> {
        const CALL: &str = "rql_nextval('";
        if self.numbers(def) {
            return Ok(By::Itself);
        }
        let own = &text[def.span.range()];
        let called = own
            .split_once(CALL)
            .filter(|_| own.contains("/* GENERATED"));
        match called {
            // A quote in the name is doubled, and ends nothing.
            Some((_, rest)) => {
                let rest = rest.replace("''", "\0");
                let name = rest.split('\'').next().unwrap_or_default();
                Ok(By::Sequence(name.replace('\0', "'")))
            }
            None => Err(format!("column {column} is not an identity column")),
        }
    }

    /// The word AUTOINCREMENT.
    fn word(&self, def: &ColumnDef) -> Result<Span, String> {
        let word = self.of(def, |kind| matches!(kind, Kind::AutoIncrement));
        let missing = || "the key's declaration is not RQL, so it cannot be changed".to_owned();
        word.map(|word| self.trimmed(word.span)).ok_or_else(missing)
    }

    /// The same with the mark behind it.
    fn counted(&self, def: &ColumnDef, text: &str) -> Result<Span, String> {
        let word = self.word(def)?;
        let rest = text.get(word.end as usize..).unwrap_or_default();
        let mark = rest.trim_start();
        let behind = rest.len() - mark.len() + ALWAYS.len();
        let behind = u32::try_from(behind).unwrap_or_default();
        Ok(match mark.starts_with(ALWAYS) {
            true => Span::new(word.start, word.end + behind),
            false => word,
        })
    }
}

/// Another mark in the default of a column.
fn marked(def: &ColumnDef, text: &str, mark: &str) -> Option<(Span, String)> {
    let own = &text[def.span.range()];
    let (at, old) = [ALWAYS, BY_DEFAULT]
        .into_iter()
        .find_map(|old| Some((own.find(old)?, old)))?;
    let start = def.span.start + u32::try_from(at).ok()?;
    let end = start + u32::try_from(old.len()).ok()?;
    Some((Span::new(start, end), mark.to_owned()))
}

/// What makes a sequence that goes on where SQLite stands.
fn as_it_stands(name: &str, table: &str, bits: u8) -> String {
    let most = i64::MAX >> (64 - bits);
    format!(
        "INSERT INTO {SEQUENCES} SELECT {name}, abs(random()), {bits}, 1, 1, 1, {most}, 0, \
         coalesce(max(seq), 0) + 1, 0, {table} FROM main.sqlite_sequence WHERE name = {table}"
    )
}
