//! The actions of FDL2.

use super::{Item, Key, Reader, span};
use crate::block::{event, trimmed, unknown_verb};
use crate::keys;
use crate::model::{Action, Body, Form, Verb};
use crate::write::quoted;
use crate::{Event, Piece};
use rql_ast::{Span, StmtKind};
use toml::de::DeValue;

impl Reader<'_> {
    pub(super) fn action(
        &mut self,
        name: &Key<'_>,
        value: &Item<'_>,
        form: &Form,
    ) -> Option<Action> {
        let entries = self.table("an action", value, keys::ACTION);
        let mut action = Action {
            name: self.name(name),
            ..Action::default()
        };
        let (mut ty, mut sql, mut table, mut filter, mut mapping) = (None, None, None, None, None);
        for (key, _, value) in &entries {
            match *key {
                "label" => action.label = self.text(value),
                "help" => action.help = self.text(value),
                "type" => ty = self.text(value).map(|text| (text, self.inside(value))),
                "key" => action.key = self.text(value),
                "default" => action.default = self.flag(value),
                "confirm" => action.confirm = self.text(value),
                "sql" => sql = self.piece(value).map(trimmed),
                "table" => table = self.piece(value),
                "mapping" => mapping = Some(self.mapping(value)),
                "where" => filter = self.piece(value),
                "params" => action.params = self.params(value),
                "before" => action.before = self.events(value),
                "after" => action.after = self.events(value),
                "on_success" => action.success = self.text(value),
                _ => action.failure = self.text(value),
            }
        }
        let place = action.name.span;
        if let Some((word, at)) = &ty
            && !keys::ACTION_TYPES.contains(&word.as_str())
        {
            let Some(verb) = Verb::named(word) else {
                let error = unknown_verb(word, *at, &keys::ACTION_TYPES, str::to_owned);
                self.wrong.push(error);
                return None;
            };
            if let Some(sql) = &sql {
                let message = format!("an action of type {word} runs no statement");
                self.error(message, sql.span, "nothing would run this");
            }
            action.body = Body::Verb(verb);
            return Some(action);
        }
        let word = ty.as_ref().map(|ty| ty.0.as_str());
        let piece = match (sql, table) {
            (Some(sql), None) => {
                for key in ["mapping", "where"] {
                    if let Some((_, written, _)) = entries.iter().find(|entry| entry.0 == key) {
                        let message = format!("{key} belongs to table; sql says all itself");
                        self.error(message, span(written.span()), "not beside sql");
                    }
                }
                sql
            }
            (None, Some(table)) => {
                let parts = Parts {
                    table,
                    mapping,
                    filter,
                };
                self.statement(word.unwrap_or("query"), place, parts, form)?
            }
            (Some(sql), Some(_)) => {
                self.error("sql and table say the same twice", sql.span, "one of them");
                sql
            }
            (None, None) => {
                self.error("an action has sql, or a table", place, "it does nothing");
                return None;
            }
        };
        if let Some((word, at)) = &ty {
            let is = action_type(&piece);
            if word != is && !matches!(word.as_str(), "custom" | "script") {
                let message = format!("this is an action of type {is}, not {word}");
                self.error(message, *at, "its statement says otherwise");
            }
        }
        action.body = Body::Run(piece);
        Some(action)
    }

    /// The statement of an action that names a table.
    fn statement(&mut self, ty: &str, place: Span, parts: Parts, form: &Form) -> Option<Piece> {
        let at = parts.table.span;
        let name = match &form.schema {
            Some(schema) if !parts.table.text.contains('.') => {
                format!("{}.{}", quoted(schema), quoted(&parts.table.text))
            }
            _ => parts
                .table
                .text
                .split('.')
                .map(quoted)
                .collect::<Vec<_>>()
                .join("."),
        };
        let given = || {
            let fields = form.fields.iter().filter(|field| !field.is_computed());
            let fields = fields.map(|field| &field.name.text);
            fields
                .map(|name| (name.clone(), format!(":{name}")))
                .collect()
        };
        let filter = parts.filter.map(|filter| filter.text);
        let condition = filter
            .as_ref()
            .map_or(String::new(), |text| format!("\nWHERE {text}"));
        let text = match ty {
            "query" => {
                let columns = parts.mapping.unwrap_or_default();
                let columns = columns.iter().map(|(column, field)| {
                    let alias = field.trim_start_matches(':');
                    match alias == column {
                        true => quoted(column),
                        false => format!("{} AS {}", quoted(column), quoted(alias)),
                    }
                });
                let columns: Vec<String> = columns.collect();
                let columns = match columns.is_empty() {
                    true => "*".to_owned(),
                    false => columns.join(", "),
                };
                format!("SELECT {columns}\nFROM {name}{condition}")
            }
            "insert" => {
                let mapping = parts.mapping.unwrap_or_else(given);
                let (columns, values): (Vec<_>, Vec<_>) =
                    mapping.into_iter().map(|(c, v)| (quoted(&c), v)).unzip();
                let (columns, values) = (columns.join(", "), values.join(", "));
                format!("INSERT INTO {name} ({columns})\nVALUES ({values})")
            }
            "update" | "delete" if filter.is_none() => {
                let message = format!("{ty} of a table needs where: it would be every row");
                self.error(message, place, "which row?");
                return None;
            }
            "update" => {
                let mapping = parts.mapping.unwrap_or_else(given);
                let sets = mapping.iter().map(|(c, v)| format!("{} = {v}", quoted(c)));
                let sets: Vec<String> = sets.collect();
                format!("UPDATE {name}\nSET {}{condition}", sets.join(", "))
            }
            "delete" => format!("DELETE FROM {name}{condition}"),
            _ => {
                let message = format!("an action of type {ty} has sql, not a table");
                self.error(message, at, "not here");
                return None;
            }
        };
        Some(Piece::made(text, at))
    }

    /// `{column = "field"}`, or an expression as `{expr = "…"}`.
    fn mapping(&mut self, value: &Item<'_>) -> Vec<(String, String)> {
        let mut all = Vec::new();
        if let DeValue::Array(_) = value.get_ref() {
            for item in self.list(value) {
                let name = self.text(item);
                all.extend(name.map(|name| (name.clone(), format!(":{name}"))));
            }
            return all;
        }
        for (column, value) in self.named("mapping", value) {
            let text = match value.get_ref() {
                DeValue::Table(_) => self.literal(value).map(|piece| piece.text),
                _ => self
                    .text(value)
                    .map(|name| format!(":{}", name.trim_start_matches(':'))),
            };
            all.extend(text.map(|text| (column.get_ref().to_string(), text)));
        }
        all
    }

    /// `["insert", "update"]`.
    fn events(&mut self, value: &Item<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        for item in self.list(value) {
            let Some(word) = self.text(item) else {
                continue;
            };
            let place = self.inside(item);
            match event(&word, place) {
                Ok(event) => events.push(event),
                Err(wrong) => self.wrong.push(*wrong),
            }
        }
        events
    }

    /// `["dept"]`, or `{department = "dept"}`.
    fn params(&mut self, value: &Item<'_>) -> Vec<(Piece, Piece)> {
        let mut all = Vec::new();
        if let DeValue::Array(_) = value.get_ref() {
            for item in self.list(value) {
                let name = self.piece(item);
                all.extend(name.map(|name| (name.clone(), name)));
            }
            return all;
        }
        for (param, value) in self.named("params", value) {
            let field = self.piece(value);
            all.extend(field.map(|field| (self.name(param), field)));
        }
        all
    }
}

/// What an action says that names a table.
struct Parts {
    table: Piece,
    mapping: Option<Vec<(String, String)>>,
    filter: Option<Piece>,
}

/// The type of an action by its statement: `query`, `insert`, `update`, `delete`, `custom`, or `script` where there
/// are several.
#[must_use]
pub fn action_type(piece: &Piece) -> &'static str {
    let parse = piece.parse();
    let ast = &parse.ast;
    match &ast[ast.statements] {
        [only] => match only.kind {
            StmtKind::Query(_) => "query",
            StmtKind::Insert(_) => "insert",
            StmtKind::Update(_) => "update",
            StmtKind::Delete(_) => "delete",
            _ => "custom",
        },
        _ => "script",
    }
}
