//! What is written into fields in order to find rows: query by example.

use crate::Target;
use noctra_runtime::{Value, sought};
use rql_forms::{Case, Example, Part};
use std::fmt;

/// What was written into fields in order to find rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// By the position of the column, as written.
    pub(crate) fields: Vec<(usize, String)>,
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
    pub(crate) fn conditions(
        &self,
        target: &Target,
    ) -> Result<Vec<Vec<Part<Value>>>, Vec<Refused>> {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for (at, written) in &self.fields {
            let Some(column) = target.columns().get(*at) else {
                continue;
            };
            let example = Example {
                table: &target.written(),
                column: &target.column_written(*at),
                ty: column.ty,
                case: self.case,
                value: &sought,
            };
            match example.read(written) {
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

#[cfg(test)]
mod tests {
    use super::Criteria;
    use crate::Target;
    use crate::text::Writer;
    use rql::{Table, TableColumn, Type};
    use rql_forms::Case;

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
