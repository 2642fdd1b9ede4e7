//! The form that a table has with nothing written.

use crate::model::{Action, Body, Detail, Field, Form, Rule, RuleKind};
use crate::write::quoted;
use crate::{Piece, check, kind};
use rql::{Catalog, Env, Table, TableColumn};
use rql_ast::Span;

/// The table of a name as it is written in a form.
#[must_use]
pub fn find<'c>(catalog: &'c Catalog, name: &str) -> Option<&'c Table> {
    match name.rsplit_once('.') {
        Some((schema, name)) => catalog.find(Some(schema), name),
        None => catalog.find(None, name),
    }
}

/// Adds to a form what the table that it is bound to says and the form does not: fields with type, NOT NULL, CHECK
/// and lookups by foreign keys, and the actions `query`, `insert`, `update` and `delete`. A form that is bound to no
/// table, or to one that the catalog does not know, stays as it is.
pub fn for_table(form: &mut Form, env: &Env<'_>) {
    let Some(name) = &form.table else { return };
    let (at, name) = (name.span, name.text.clone());
    let Some(table) = find(env.catalog, &name) else {
        return;
    };
    let bound = Bound { table, at, env };
    if form.fields.is_empty() && form.actions.is_empty() && form.details.is_empty() {
        form.details = bound.details();
    }
    for at in 0..table.columns.len() {
        let field = bound.field(at);
        if form.field(&field.name.text).is_none() {
            form.fields.push(field);
        }
    }
    bound.checks(form);
    let marked = form.actions.iter().any(|action| action.default);
    for mut action in bound.actions() {
        action.default &= !marked;
        if form.action(&action.name.text).is_none() {
            form.actions.push(action);
        }
    }
}

struct Bound<'a> {
    table: &'a Table,
    at: Span,
    env: &'a Env<'a>,
}

/// The name of the field of a column: a parameter can be called so.
#[must_use]
pub fn field_name(column: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let name: String = column.to_lowercase().chars().map(letter).collect();
    match name.starts_with(|c: char| c.is_numeric()) {
        true => format!("_{name}"),
        false => name,
    }
}

/// A name as people read it.
fn labelled(name: &str) -> String {
    let label = name.replace('_', " ");
    let mut letters = label.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// True where a column's value comes from the database where none is given.
#[must_use]
pub fn filled_in(column: &TableColumn) -> bool {
    column.identity || column.counted || column.default.is_some()
}

impl Bound<'_> {
    fn made(&self, text: impl Into<String>) -> Piece {
        Piece::made(text, self.at)
    }

    fn name(&self) -> String {
        let parts = self.table.schema.iter().chain([&self.table.name]);
        parts.map(|part| quoted(part)).collect::<Vec<_>>().join(".")
    }

    fn field(&self, at: usize) -> Field {
        let column = &self.table.columns[at];
        let (written, (kind, ty)) = match kind::read(&column.declared) {
            Some(read) => (column.declared.to_lowercase(), read),
            None => match kind::read(&column.ty.to_string()) {
                Some(read) => (column.ty.to_string(), read),
                None => ("text".into(), (crate::Kind::Text, rql::Type::Text)),
            },
        };
        let mut field = Field {
            name: self.made(field_name(&column.name)),
            written: self.made(written),
            kind,
            ty,
            readonly: column.generated || column.always,
            lookup: self.lookup(at),
            ..Field::default()
        };
        field.label = Some(labelled(&column.name));
        if !column.nullable && !column.generated {
            field.rules.push(Rule {
                kind: RuleKind::Required,
                message: None,
            });
        }
        field
    }

    /// The rows of the table that a column refers to: the key, and the first text beside it.
    fn lookup(&self, at: usize) -> Option<Piece> {
        let mut keys = self.table.foreign_keys.iter();
        let key = keys.find(|key| key.columns == [at])?;
        let other = self.env.catalog.find(key.schema.as_deref(), &key.table)?;
        let column = match key.referred.as_slice() {
            [only] => only.clone(),
            _ => other
                .columns
                .get(other.key_positions().next()?)?
                .name
                .clone(),
        };
        let mut texts = other.columns.iter();
        let shown = texts.find(|c| c.ty.is_text() && c.name != column);
        let columns = [
            Some(column.as_str()),
            shown.map(|shown| shown.name.as_str()),
        ];
        let columns: Vec<String> = columns.into_iter().flatten().map(quoted).collect();
        let from = Bound {
            table: other,
            at: self.at,
            env: self.env,
        }
        .name();
        let last = columns.last()?;
        Some(self.made(format!(
            "SELECT {} FROM {from} ORDER BY {last}",
            columns.join(", ")
        )))
    }

    /// The table's conditions that RQL can read; the others are the database's own.
    fn checks(&self, form: &mut Form) {
        for condition in &self.table.checks {
            let piece = self.made(condition.condition.clone());
            let words: Vec<String> = piece
                .text
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .map(str::to_lowercase)
                .collect();
            let at = form
                .fields
                .iter()
                .position(|field| words.contains(&field.name.text));
            let Some(at) = at else { continue };
            let rule = Rule {
                kind: RuleKind::Check(piece),
                message: None,
            };
            if form.fields[at].rules.contains(&rule) {
                continue;
            }
            let mut trial = form.clone();
            trial.actions.clear();
            trial.fields.iter_mut().for_each(|field| {
                field.rules.clear();
                field.lookup = None;
            });
            trial.fields[at].rules.push(rule.clone());
            if check(&trial, self.env).is_empty() {
                form.fields[at].rules.push(rule);
            }
        }
    }

    /// The rows of other tables that refer to one of this.
    fn details(&self) -> Vec<Detail> {
        let mut details = Vec::new();
        for other in self.env.catalog.referring(self.table) {
            let own = |key: &&rql::ForeignKey| {
                key.schema == self.table.schema && key.table == self.table.name
            };
            let mut keys = other.foreign_keys.iter().filter(own);
            // Where it refers twice, nobody can say which is meant.
            let (Some(key), None) = (keys.next(), keys.next()) else {
                continue;
            };
            let primary = || {
                self.table
                    .key_positions()
                    .map(|at| self.table.columns[at].name.clone())
            };
            let referred = match key.referred.is_empty() {
                true => primary().collect(),
                false => key.referred.clone(),
            };
            let pairs = key.columns.iter().zip(referred);
            let pairs: Vec<String> = pairs
                .map(|(&at, column)| {
                    let (table, own) = (quoted(&other.name), quoted(&other.columns[at].name));
                    format!("{table}.{own} = {}", field_name(&column))
                })
                .collect();
            details.push(Detail {
                name: self.made(other.qualified()),
                on: self.made(pairs.join(" AND ")),
                label: Some(labelled(&other.name)),
                rows: None,
            });
        }
        details
    }

    fn actions(&self) -> Vec<Action> {
        let name = self.name();
        let columns = &self.table.columns;
        let spelled: Vec<(String, String)> = columns
            .iter()
            .map(|column| (quoted(&column.name), field_name(&column.name)))
            .collect();
        let key: Vec<&(String, String)> =
            self.table.key_positions().map(|at| &spelled[at]).collect();
        let all: Vec<&str> = spelled.iter().map(|(column, _)| column.as_str()).collect();
        let filters = spelled.iter().map(|(column, param)| {
            format!("\n  {{{{#if {param} IS NOT NULL}}}} AND {column} = :{param} {{{{/if}}}}")
        });
        let mut query = format!("SELECT {} FROM {name}\nWHERE TRUE", all.join(", "));
        query.extend(filters);
        if !key.is_empty() {
            let order: Vec<&str> = key.iter().map(|(column, _)| column.as_str()).collect();
            query += &format!("\nORDER BY {}", order.join(", "));
        }
        let mut actions = vec![self.action("query", "Query", "F5", query)];
        actions[0].default = true;
        if self.table.kind.is_view() {
            return actions;
        }
        let given = || {
            columns
                .iter()
                .zip(&spelled)
                .filter(|(column, _)| !column.generated && !column.always)
        };
        // What the database fills in stands last: a list begins with what is always there.
        let (free, fixed): (Vec<_>, Vec<_>) = given().partition(|(column, _)| filled_in(column));
        let list = |mark: &str, part: fn(&(String, String)) -> &str| {
            let fixed = fixed
                .iter()
                .map(|(_, names)| format!("{mark}{}", part(names)));
            let mut list = fixed.collect::<Vec<_>>().join(", ");
            for (_, names) in &free {
                let comma = if list.is_empty() { "" } else { ", " };
                let item = format!("{mark}{}", part(names));
                list += &format!(
                    " {{{{#if {} IS NOT NULL}}}}{comma}{item}{{{{/if}}}}",
                    names.1
                );
            }
            list
        };
        if !fixed.is_empty() {
            let (into, values) = (list("", |names| &names.0), list(":", |names| &names.1));
            let insert = format!("INSERT INTO {name} ({into})\nSELECT {values}");
            let mut insert = self.action("insert", "Insert", "F6", insert);
            insert.success = Some("inserted".into());
            actions.push(insert);
        }
        if key.is_empty() {
            return actions;
        }
        let same = key
            .iter()
            .map(|(column, param)| format!("{column} = :{param}"));
        let same = same.collect::<Vec<_>>().join(" AND ");
        let sets = given()
            .map(|(_, names)| names)
            .filter(|names| !key.contains(names));
        let sets: Vec<String> = sets
            .map(|(column, param)| format!("{column} = :{param}"))
            .collect();
        if !sets.is_empty() {
            let update = format!("UPDATE {name}\nSET {}\nWHERE {same}", sets.join(", "));
            actions.push(self.action("update", "Update", "F10", update));
        }
        let delete = format!("DELETE FROM {name}\nWHERE {same}");
        let mut delete = self.action("delete", "Delete", "Shift-F6", delete);
        delete.confirm = Some(format!("Delete this row of {}?", self.table.name));
        actions.push(delete);
        actions
    }

    fn action(&self, name: &str, label: &str, key: &str, sql: String) -> Action {
        Action {
            name: self.made(name),
            label: Some(label.to_owned()),
            key: Some(key.to_owned()),
            of_table: true,
            body: Body::Run(self.made(sql)),
            ..Action::default()
        }
    }
}

/// The row that a bound form's key names, with a column for each of its fields; `None` where its table has no key.
#[must_use]
pub fn record(form: &Form, catalog: &Catalog) -> Option<Piece> {
    let name = form.table.as_ref()?;
    let table = find(catalog, &name.text)?;
    let fields = table.columns.iter().map(|column| {
        let field = field_name(&column.name);
        format!("{} AS {}", quoted(&column.name), quoted(&field))
    });
    let fields: Vec<String> = fields.collect();
    let key = table.key_positions().map(|at| {
        let column = &table.columns[at].name;
        format!("{} = :{}", quoted(column), field_name(column))
    });
    let key: Vec<String> = key.collect();
    if key.is_empty() {
        return None;
    }
    let parts = table.schema.iter().chain([&table.name]);
    let from = parts.map(|part| quoted(part)).collect::<Vec<_>>().join(".");
    let text = format!(
        "SELECT {} FROM {from} WHERE {}",
        fields.join(", "),
        key.join(" AND ")
    );
    Some(Piece::made(text, name.span))
}

/// The query of a bound form's rows that satisfy conditions, with a column for each of the table's.
#[must_use]
pub fn search(table: &Table, conditions: &[String], at: Span) -> Piece {
    let columns = table.columns.iter().map(|column| quoted(&column.name));
    let columns: Vec<String> = columns.collect();
    let parts = table.schema.iter().chain([&table.name]);
    let from = parts.map(|part| quoted(part)).collect::<Vec<_>>().join(".");
    let mut text = format!("SELECT {} FROM {from}", columns.join(", "));
    if !conditions.is_empty() {
        text += &format!(" WHERE {}", conditions.join(" AND "));
    }
    let key: Vec<&str> = table
        .key_positions()
        .map(|at| columns[at].as_str())
        .collect();
    if !key.is_empty() {
        text += &format!(" ORDER BY {}", key.join(", "));
    }
    Piece::made(text, at)
}
