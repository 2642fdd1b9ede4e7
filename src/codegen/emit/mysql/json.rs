//! Documents: what a path leads to, as it is written in the document.

use super::super::placed::TEXT;
use super::super::{Emitter, Res};
use crate::Jsonb;
use rql_ir::{Func, ScalarId, ScalarKind, Type};

/// A step of a path: a member, or an element.
#[derive(Clone)]
enum Step {
    Member(String),
    Element(i64),
}

/// The names and values of an object, as an array of pairs. JSON_KEYS has each name once, so that one that stands twice
/// is an error where it is not known that none does.
pub(super) fn members(document: &str, once: bool) -> String {
    let pairs = format!(
        "COALESCE((SELECT CONCAT('[', GROUP_CONCAT(CONCAT('[', JSON_QUOTE(rql_k.rql_v) COLLATE utf8mb4_nopad_bin, ',', \
         rql_e.rql_v COLLATE utf8mb4_nopad_bin, ']') ORDER BY rql_k.rql_o SEPARATOR ','), ']') FROM {} \
         JOIN JSON_TABLE({document}, '$.*' COLUMNS (rql_o FOR ORDINALITY, rql_v JSON PATH '$')) AS rql_e \
         ON rql_e.rql_o = rql_k.rql_o), '[]')",
        super::array::elements(&format!("JSON_KEYS({document})"), TEXT, "rql_k")
    );
    let found = format!("CASE WHEN {document} IS NOT NULL THEN {pairs} END");
    match once {
        true => found,
        false => super::idiom::unless(
            "[0A000] an object in which a name stands twice",
            &format!(
                "JSON_LENGTH(JSON_KEYS({document})) < JSON_LENGTH(JSON_EXTRACT({document}, '$.*'))"
            ),
            &found,
        ),
    }
}

/// A name, where a path can hold it: one that begins with a sign is not found there.
fn member(name: &str) -> Option<Step> {
    let plain = !name.starts_with('-');
    plain.then(|| Step::Member(name.to_owned()))
}

impl Emitter<'_> {
    /// A text that must be a document.
    pub(super) fn document(&mut self, write: impl Fn(&mut Self) -> Res) -> Res {
        self.unless(
            "[22P02] invalid input syntax for type json",
            |this| {
                this.push("NOT JSON_VALID(");
                write(this)?;
                this.push(")");
                Ok(())
            },
            &write,
        )
    }

    pub(super) fn mysql_json(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        match func {
            Func::JsonTypeof | Func::JsonbTypeof => {
                self.only_if(self.twice(args[0]), id, func)?;
                self.wrapped("CASE JSON_TYPE(", args, ") WHEN 'INTEGER' THEN 'number' ")?;
                self.wrapped(
                    "WHEN 'DOUBLE' THEN 'number' ELSE LOWER(JSON_TYPE(",
                    args,
                    ")) END",
                )
            }
            Func::JsonArrayLength | Func::JsonbArrayLength => {
                self.only_if(self.twice(args[0]), id, func)?;
                self.unless(
                    "[22023] cannot get array length of a non-array",
                    |this| this.wrapped("JSON_TYPE(", args, ") <> 'ARRAY'"),
                    |this| this.wrapped("JSON_LENGTH(", args, ")"),
                )
            }
            Func::JsonPath | Func::JsonPathText => self.path_to(id, func, args),
            _ => self.led_to(id, func, args),
        }
    }

    /// `->` and `->>`: the document of the first of a chain, and the path of them all.
    fn led_to(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let mut steps = Vec::new();
        let mut document = args[0];
        let mut step = self.step(args[1]);
        loop {
            let Some(found) = step else {
                return self.only_if(false, id, func);
            };
            steps.insert(0, found);
            let ScalarKind::Call {
                func: Func::JsonGet,
                args,
            } = &self.ir.scalar(document).kind
            else {
                break;
            };
            (document, step) = (args[0], self.step(args[1]));
        }
        self.only_if(self.twice(document), id, func)?;
        let binary = self.ir.scalar(document).ty == Type::Jsonb;
        self.found(document, &steps, func == Func::JsonGet, binary)
    }

    /// `#>` and `#>>`: a whole number is a name in an object and a place in an array, so that each is tried.
    fn path_to(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        const MOST: usize = 4;
        let written = self.written_path(args[1]);
        self.only_if(written.is_some() && self.twice(args[0]), id, func)?;
        let mut ways: Vec<Vec<Step>> = vec![Vec::new()];
        for step in written.unwrap_or_default() {
            let Some(name) = member(&step) else {
                return self.only_if(false, id, func);
            };
            let place = step.parse::<i32>().ok().map(|n| Step::Element(n.into()));
            let both = [Some(name), place];
            let steps = both.into_iter().flatten();
            ways = steps
                .flat_map(|step| {
                    ways.iter().cloned().map(move |mut way| {
                        way.push(step.clone());
                        way
                    })
                })
                .collect();
        }
        self.only_if(ways.len() <= MOST, id, func)?;
        self.push("COALESCE(");
        for (at, way) in ways.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.found(args[0], way, func == Func::JsonPath, false)?;
        }
        self.push(")");
        Ok(())
    }

    /// What steps lead to; `binary` where a scalar is an array of itself.
    fn found(&mut self, document: ScalarId, steps: &[Step], whole: bool, binary: bool) -> Res {
        let at = |this: &mut Self, name: &str, path: &[Step]| -> Res {
            this.wrapped(name, &[document], ", ")?;
            this.path(document, path)?;
            this.push(")");
            Ok(())
        };
        // What is no array would be taken for one of one element, which a scalar is as JSONB.
        let places = steps.iter().enumerate();
        let arrays: Vec<_> = places
            .filter_map(|(place, step)| match step {
                Step::Element(-1 | 0) if binary => Some((&steps[..place], ") <> 'OBJECT'")),
                Step::Element(_) => Some((&steps[..place], ") = 'ARRAY'")),
                Step::Member(_) => None,
            })
            .collect();
        let path = steps;
        for (place, (array, kind)) in arrays.iter().enumerate() {
            self.push(if place == 0 {
                "CASE WHEN JSON_TYPE("
            } else {
                " AND JSON_TYPE("
            });
            at(self, "JSON_EXTRACT(", array)?;
            self.push(kind);
        }
        self.push(if arrays.is_empty() { "" } else { " THEN " });
        if whole {
            self.push("COALESCE(");
            at(self, "JSON_QUERY(", path)?;
            self.push(", ");
            at(self, "JSON_EXTRACT(", path)?;
            self.push(")");
        } else {
            self.push("CASE JSON_TYPE(");
            at(self, "JSON_EXTRACT(", path)?;
            self.push(") WHEN 'BOOLEAN' THEN ");
            at(self, "JSON_EXTRACT(", path)?;
            self.push(" ELSE COALESCE(");
            at(self, "JSON_QUERY(", path)?;
            self.push(", ");
            at(self, "JSON_VALUE(", path)?;
            self.push(") END");
        }
        self.push(if arrays.is_empty() { "" } else { " END" });
        Ok(())
    }

    /// A path. What counts from the end of an array counts from its start there: JSON_EXTRACT finds a place from
    /// the end in the first row only.
    fn path(&mut self, document: ScalarId, steps: &[Step]) -> Res {
        let counted = steps.iter().any(|step| matches!(step, Step::Element(..0)));
        self.push(if counted { "CONCAT(" } else { "" });
        let mut text = String::from("$");
        for (place, step) in steps.iter().enumerate() {
            match step {
                Step::Member(name) => {
                    text.push_str(&format!(".{}", Jsonb::Text(name.clone())));
                }
                Step::Element(n @ 0..) => text.push_str(&format!("[{n}]")),
                Step::Element(n) => {
                    text.push('[');
                    self.string(&core::mem::take(&mut text));
                    self.wrapped(", NULLIF(GREATEST(JSON_LENGTH(", &[document], ", ")?;
                    self.path(document, &steps[..place])?;
                    self.push(&format!(") - {}, -1), -1), ", n.unsigned_abs()));
                    text.push(']');
                }
            }
        }
        self.string(&text);
        self.push(if counted { ")" } else { "" });
        Ok(())
    }

    /// A written step, where a path can hold it.
    fn step(&self, id: ScalarId) -> Option<Step> {
        if let Some(n) = self.written_number(id) {
            return Some(Step::Element(n));
        }
        member(self.written_text(id)?)
    }
}
