//! What stands behind a key: tables whose keys are known, lists, texts, numbers, RQL.

use super::{Item, Key, Reader, span};
use crate::Piece;
use crate::block::trimmed;
use crate::keys::{self, Keys};
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use toml::de::{DeTable, DeValue};

impl Reader<'_> {
    /// The entries of a table in the order of the text, each under the name of its key.
    pub(super) fn entries<'v, 't>(
        &mut self,
        place: &str,
        table: &'v DeTable<'t>,
        known: Keys,
    ) -> Vec<(&'static str, &'v Key<'t>, &'v Item<'t>)> {
        let mut all: Vec<(&'static str, &Key<'t>, &Item<'t>)> = Vec::new();
        for (key, value) in in_order(table) {
            let word: &str = key.get_ref();
            let at = span(key.span());
            match keys::find(known, word) {
                Some(name) if all.iter().any(|entry| entry.0 == name) => {
                    self.error(format!("{name} is said twice"), at, "once more here");
                }
                Some(name) => all.push((name, key, value)),
                None => {
                    let message = format!("{place} has no {word}");
                    let error = Diagnostic::error(codes::FORM_KEY, message)
                        .label(at, "no key of this name");
                    self.wrong
                        .push(match did_you_mean(word, keys::words(known)) {
                            Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
                            None => {
                                let names: Vec<&str> = known.iter().map(|row| row.0).collect();
                                error.help(format!("it has {}", names.join(", ")))
                            }
                        });
                }
            }
        }
        all
    }

    pub(super) fn table<'v, 't>(
        &mut self,
        place: &str,
        value: &'v Item<'t>,
        known: Keys,
    ) -> Vec<(&'static str, &'v Key<'t>, &'v Item<'t>)> {
        match value.get_ref() {
            DeValue::Table(table) => self.entries(place, table, known),
            _ => {
                self.error(
                    format!("{place} is a table"),
                    span(value.span()),
                    "not this",
                );
                Vec::new()
            }
        }
    }

    /// A table whose keys are names.
    pub(super) fn named<'v, 't>(
        &mut self,
        place: &str,
        value: &'v Item<'t>,
    ) -> Vec<(&'v Key<'t>, &'v Item<'t>)> {
        match value.get_ref() {
            DeValue::Table(table) => in_order(table),
            _ => {
                self.error(
                    format!("{place} is a table"),
                    span(value.span()),
                    "not this",
                );
                Vec::new()
            }
        }
    }

    pub(super) fn list<'v, 't>(&mut self, value: &'v Item<'t>) -> &'v [Item<'t>] {
        match value.get_ref() {
            DeValue::Array(items) => items,
            _ => {
                self.error("a list is wanted", span(value.span()), "not this");
                &[]
            }
        }
    }

    pub(super) fn name(&self, key: &Key<'_>) -> Piece {
        let written = span(key.span());
        let text = key.get_ref().to_lowercase();
        match Piece::at(self.source, written) {
            piece if piece.text == text => piece,
            _ => Piece::made(text, written),
        }
    }

    fn wants(&mut self, what: &str, value: &Item<'_>) {
        let is = value.get_ref().type_str();
        self.error(
            format!("{what} is wanted, not {is}"),
            span(value.span()),
            "not this",
        );
    }

    pub(super) fn text(&mut self, value: &Item<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wants("a text", value);
                None
            }
        }
    }

    pub(super) fn flag(&mut self, value: &Item<'_>) -> bool {
        if let DeValue::Boolean(on) = value.get_ref() {
            return *on;
        }
        self.wants("true or false", value);
        false
    }

    pub(super) fn number(&mut self, value: &Item<'_>) -> Option<u32> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wants("a whole number", value);
        }
        number
    }

    /// The place of what a string says, without its quotes.
    pub(super) fn inside(&self, value: &Item<'_>) -> Span {
        let whole = span(value.span());
        let raw = whole.text(self.source);
        let marks = match raw {
            _ if raw.starts_with("\"\"\"") || raw.starts_with("'''") => 3,
            _ if raw.starts_with(['"', '\'']) => 1,
            _ => 0,
        };
        // A line break behind the first mark is none of the text.
        let after = raw.get(marks as usize..).unwrap_or("");
        let breaks = match (marks, after) {
            (3, _) if after.starts_with("\r\n") => 2,
            (3, _) if after.starts_with('\n') => 1,
            _ => 0,
        };
        let end = whole.end.saturating_sub(marks);
        Span::new((whole.start + marks + breaks).min(end), end)
    }

    /// RQL in a string.
    pub(super) fn piece(&mut self, value: &Item<'_>) -> Option<Piece> {
        let text = self.text(value)?;
        let inside = self.inside(value);
        let piece = match inside.text(self.source) == text {
            true => Piece::at(self.source, inside),
            false => Piece::made(text, inside),
        };
        Some(trimmed(piece))
    }

    /// A value of TOML as RQL has it; `{expr = "…"}` is any expression.
    pub(super) fn literal(&mut self, value: &Item<'_>) -> Option<Piece> {
        let at = span(value.span());
        let text = match value.get_ref() {
            DeValue::Table(_) => {
                let entries = self.table("an expression", value, keys::EXPR);
                let expr = entries.first().and_then(|(_, _, value)| self.piece(value));
                if expr.is_none() {
                    self.error("an expression is {expr = \"…\"}", at, "nothing is said");
                }
                return expr;
            }
            DeValue::String(text) => rql_ast::text_literal(text),
            DeValue::Boolean(on) => if *on { "TRUE" } else { "FALSE" }.to_owned(),
            DeValue::Integer(number) => number.as_str().replace('_', ""),
            DeValue::Float(number) => number.as_str().replace('_', ""),
            DeValue::Datetime(moment) => match (&moment.date, &moment.time) {
                (Some(_), None) => format!("DATE '{moment}'"),
                (None, Some(_)) => format!("TIME '{moment}'"),
                _ => format!("TIMESTAMP '{moment}'"),
            },
            DeValue::Array(_) => {
                self.wants("a single value", value);
                return None;
            }
        };
        Some(match at.text(self.source) == text {
            true => Piece::at(self.source, at),
            false => Piece::made(text, at),
        })
    }
}

fn in_order<'v, 't>(table: &'v DeTable<'t>) -> Vec<(&'v Key<'t>, &'v Item<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
