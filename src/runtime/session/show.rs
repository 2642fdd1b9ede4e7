//! SHOW and DESCRIBE: what there is.

use crate::config::settings::{SETTINGS, Setting};
use crate::connection::{Query, Rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::prepare::{self, Prepared};
use crate::sinks::Collect;
use crate::{Column, Kind, Value, ValueRef};
use rql::{Dialect, IndexKey, Table};
use rql_ast::{Ast, Id, Name, Show, Span, quoted_name};
use rql_diagnostics::{Diagnostic, codes, did_you_mean, named_alike};
use std::time::Instant;

/// What SHOW knows.
pub(crate) const SUBJECTS: &[&str] = &[
    "tables",
    "views",
    "columns",
    "indexes",
    "schemas",
    "databases",
    "connections",
    "variables",
    "parameters",
    "macros",
    "functions",
    "forms",
    "settings",
    "cache",
];

fn is_mysql(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Mysql | Dialect::Mariadb)
}

impl Session {
    pub(crate) fn show(
        &mut self,
        ast: &Ast,
        id: Id<Show>,
        span: Span,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        let show = ast[id];
        let what: Vec<String> = ast[show.what]
            .iter()
            .map(|&word| ast.name(word).into_owned())
            .collect();
        let pattern = show
            .like
            .map(|like| ast.string(ast[like].span).into_owned());
        let keep = |name: &str| pattern.as_deref().is_none_or(|pattern| like(name, pattern));
        let words: Vec<&str> = what.iter().map(String::as_str).collect();
        Some(match words.as_slice() {
            ["tables"] => self.list(out, span, |table| keep(&table.name)),
            ["views"] => self.list(out, span, |table| table.kind.is_view() && keep(&table.name)),
            ["columns"] => match show.from {
                Some(name) => self.describe(ast, name, out),
                None => return None,
            },
            ["variables"] => {
                let values = self.variables.iter().filter(|(name, _)| keep(name));
                // Names with a point are what LET relations have captured.
                let values = values.filter(|(name, _)| !name.contains('.'));
                let values =
                    values.map(|(name, value)| vec![Some(name.clone()), Some(value.value.shown())]);
                let relations = self.definitions.iter();
                let relations = relations.filter(|d| !d.is_macro() && keep(&d.name));
                let relations =
                    relations.map(|d| vec![Some(d.name.clone()), Some(d.body().to_owned())]);
                table(out, &["name", "value"], values.chain(relations).collect())
            }
            ["settings"] => {
                let settings = SETTINGS.iter().filter(|s| keep(s.name));
                let rows = settings.map(|s| {
                    let source = self.settings.origin(s).to_string();
                    [
                        s.name,
                        &s.get(&self.settings),
                        &source,
                        &s.wanted(),
                        s.about,
                    ]
                    .map(|cell| Some(cell.to_owned()))
                    .to_vec()
                });
                table(
                    out,
                    &["setting", "value", "source", "values", "meaning"],
                    rows.collect(),
                )
            }
            ["cache"] => self.show_cache(keep, out),
            ["functions"] => {
                let dialect = self.connection.dialect();
                let rows = functions(dialect, keep);
                let heads = ["function", "signature", "class", "meaning", dialect.name()];
                table(out, &heads, rows)
            }
            ["macros"] => {
                let macros = self.definitions.iter();
                let macros = macros.filter(|d| d.is_macro() && keep(&d.name));
                let rows = macros.map(|d| vec![Some(d.signature()), Some(d.body().to_owned())]);
                table(out, &["macro", "body"], rows.collect())
            }
            ["indexes" | "index" | "keys"] => self.indexes(ast, show.from, span, keep, out),
            // A schema of theirs is a database.
            ["schemas"] if is_mysql(self.connection.dialect()) => self.databases(span, keep, out),
            ["schemas"] => {
                let catalog = self.catalog().map_err(|error| Failure::at(error, span));
                let named = |catalog: &rql::Catalog| {
                    let own = catalog.default_schema().unwrap_or("main").to_owned();
                    [catalog.schemas(), &[own]].concat()
                };
                catalog.map(named).and_then(|mut names| {
                    names.sort();
                    names.dedup();
                    names.retain(|name| keep(name));
                    table(
                        out,
                        &["schema"],
                        names.into_iter().map(|n| vec![Some(n)]).collect(),
                    )
                })
            }
            ["databases"] => self.databases(span, keep, out),
            ["connections"] => {
                let rows = self.connections().into_iter().filter(|row| keep(&row[0]));
                let rows = rows.map(|row| row.map(Some).to_vec()).collect();
                table(out, &["connection", "place", "backend", "state"], rows)
            }
            ["parameters"] => {
                let rows = self.parameters.iter().filter(|(name, _)| keep(name));
                let rows = rows.map(|(name, ty)| {
                    let value = self
                        .variables
                        .get(name)
                        .map(|variable| variable.value.shown());
                    vec![Some(name.clone()), Some(ty.clone()), value]
                });
                table(out, &["parameter", "type", "value"], rows.collect())
            }
            ["forms"] => {
                let forms = self.forms().into_iter();
                let forms = forms.filter(|form| keep(&form.name.text));
                let rows = forms.map(|form| vec![Some(form.name.text.clone()), form.title.clone()]);
                let rows = rows.collect();
                table(out, &["form", "title"], rows)
            }
            [name] if Setting::named(name).is_some() => {
                let value = Setting::named(name).map(|setting| setting.get(&self.settings));
                table(out, &[*name], vec![vec![value]])
            }
            [name]
                if self.connection.needs("").is_none()
                    || did_you_mean(name, SUBJECTS.iter().copied()).is_some() =>
            {
                let span = ast[show.what].first().map_or(span, |word| word.span);
                let error = Diagnostic::error(codes::USAGE, format!("SHOW knows no {name}"))
                    .label(span, "not known here");
                Err(match did_you_mean(name, SUBJECTS.iter().copied()) {
                    Some(near) => {
                        let near = near.to_ascii_uppercase();
                        error.suggest(format!("did you mean {near}?"), span, near)
                    }
                    None => error.help(format!("it knows {}", SUBJECTS.join(", ").to_uppercase())),
                }
                .into())
            }
            _ => return None,
        })
    }

    /// Keys and indexes, of one table or of all.
    fn indexes(
        &mut self,
        ast: &Ast,
        from: Option<Name>,
        span: Span,
        keep: impl Fn(&str) -> bool,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let found: Vec<Table> = match from {
            Some(name) => vec![self.named_table(ast, name)?.clone()],
            None => self
                .tables()
                .map_err(|error| Failure::at(error, span))?
                .to_vec(),
        };
        let mut rows = Vec::new();
        for found in &found {
            let column = |at: &usize| found.columns.get(*at).map_or("", |c| c.name.as_str());
            let row = |name: &str, kind: &str, on: String, condition: Option<String>| {
                let texts = [name, &found.name, kind, &on].map(|text| Some(text.to_owned()));
                texts.into_iter().chain([condition]).collect::<Vec<_>>()
            };
            for key in &found.keys {
                let columns: Vec<_> = key.columns.iter().map(column).collect();
                let kind = if key.primary { "primary key" } else { "unique" };
                let name = key.name.as_deref().unwrap_or("");
                rows.push(row(name, kind, columns.join(", "), None));
            }
            for index in &found.indexes {
                let keys = index.keys.iter().map(|key| match key {
                    IndexKey::Column(at) => column(at),
                    IndexKey::Expression(text) => text,
                });
                let kind = if index.unique { "unique" } else { "index" };
                let on = keys.collect::<Vec<_>>().join(", ");
                rows.push(row(&index.name, kind, on, index.predicate.clone()));
            }
        }
        rows.retain(|row| row[0].as_deref().is_some_and(&keep));
        table(out, &["name", "table", "kind", "columns", "where"], rows)
    }

    fn databases(
        &mut self,
        span: Span,
        keep: impl Fn(&str) -> bool,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (sql, names): (_, &[&str]) = match self.connection.dialect() {
            Dialect::Postgresql => (
                "SELECT datname::text FROM pg_database WHERE NOT datistemplate ORDER BY 1",
                &["database"],
            ),
            dialect if is_mysql(dialect) => ("SHOW DATABASES", &["database"]),
            _ => (
                "SELECT name, file FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq",
                &["database", "file"],
            ),
        };
        let mut found = Collect::default();
        let query = Query {
            sql,
            params: &[],
            columns: &[],
        };
        let done = self.connection.run(query, &mut found);
        done.map_err(|error| Failure::at(error, span))?;
        let rows = found.rows.iter().map(|row| {
            let texts = row.iter().map(|cell| Some(cell.as_ref().to_string()));
            texts.collect::<Vec<_>>()
        });
        let rows = rows.filter(|row| row[0].as_deref().is_some_and(&keep));
        table(out, names, rows.collect())
    }

    fn list(
        &mut self,
        out: &mut Output,
        span: Span,
        keep: impl Fn(&Table) -> bool,
    ) -> Result<(), Failure> {
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        let rows = tables.iter().filter(|table| keep(table)).map(|table| {
            let kind = table.kind.name();
            let name = match &table.schema {
                Some(schema) => format!("{schema}.{}", table.name),
                None => table.name.clone(),
            };
            vec![Some(name), Some(kind.into())]
        });
        let rows = rows.collect();
        table(out, &["name", "kind"], rows)
    }

    /// The columns that a query would give; it does not run.
    pub(crate) fn describe_query(
        &mut self,
        ast: &Ast,
        query: Id<rql_ast::Query>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let prepared = self.prepare(ast, ast[query].span, out, |on| {
            prepare::query(ast, query, on)
        })?;
        described(&prepared, out)
    }

    /// The table of a name.
    fn named_table(&mut self, ast: &Ast, name: Name) -> Result<&Table, Failure> {
        let span = ast.name_span(name);
        let wanted = ast.dotted(name);
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        let named = |within: bool| {
            let mut all = tables.iter();
            all.find(|table| table.schema.is_some() == within && is_named(table, &wanted))
        };
        let Some(found) = named(true).or_else(|| named(false)) else {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table is named {wanted}"))
                    .label(span, "not found");
            let near = named_alike(&wanted, tables.iter().map(|table| table.name.as_str()));
            return Err(match near {
                Some(near) => diagnostic.help(format!("did you mean {near}?")).suggest(
                    format!("write {near}"),
                    span,
                    near,
                ),
                None => diagnostic.help("SHOW TABLES lists what there is"),
            }
            .into());
        };
        Ok(found)
    }

    pub(crate) fn describe(
        &mut self,
        ast: &Ast,
        name: Name,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast.name_span(name);
        let wanted = ast.dotted(name);
        let known = self.tables().map_err(|error| Failure::at(error, span))?;
        if !known.iter().any(|table| is_named(table, &wanted)) {
            // A relation of LET, or a table of the system's.
            let parts = ast[name.parts]
                .iter()
                .map(|&part| quoted_name(&ast.name(part)));
            let from = parts.collect::<Vec<_>>().join(".");
            let text = format!("SELECT * FROM {from}");
            if let Ok(prepared) = self.synthetic(&text, ast, span, out) {
                return described(&prepared, out);
            }
        }
        let found = self.named_table(ast, name)?;
        let rows = found.columns.iter().enumerate().map(|(at, column)| {
            let declared = (!column.declared.is_empty()).then(|| column.declared.clone());
            let null = if column.nullable { "" } else { "not null" };
            let name = Some(column.name.clone());
            vec![name, declared, Some(null.into()), Some(found.role(at))]
        });
        let rows = rows.collect();
        table(out, &["column", "type", "null", "key"], rows)
    }
}

/// Each function by each of its names: how it is written, what it is about, how a dialect has it.
fn functions(dialect: Dialect, keep: impl Fn(&str) -> bool) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for entry in rql::function::entries() {
        for &name in entry.names.iter().filter(|name| keep(name)) {
            let cell = dialect.cell(&entry.cells).to_string();
            for usage in entry.usage() {
                let [class, about] = [entry.class.name(), entry.about];
                let texts = [name, &usage, class, about, &cell].map(|text| Some(text.to_owned()));
                rows.push((entry.class, texts.to_vec()));
            }
        }
    }
    rows.sort_by(|a, b| (a.0, &a.1[0]).cmp(&(b.0, &b.1[0])));
    rows.into_iter().map(|row| row.1).collect()
}

/// A small result that the session makes itself.
pub(crate) fn table(
    out: &mut Output,
    names: &[&str],
    rows: Vec<Vec<Option<String>>>,
) -> Result<(), Failure> {
    let columns: Vec<Column> = names
        .iter()
        .map(|&name| Column::new(name, Kind::Text))
        .collect();
    let cell = |cell: Option<String>| cell.map_or(Value::Null, Value::Text);
    let rows = rows.into_iter();
    let rows = rows.map(|row| row.into_iter().map(cell).collect());
    values(out, &columns, rows.collect())
}

/// The same with columns of any type.
pub(crate) fn values(
    out: &mut Output,
    columns: &[Column],
    rows: Vec<Vec<Value>>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut result = out.result();
    result.begin(columns)?;
    for row in &rows {
        let cells: Vec<ValueRef<'_>> = row.iter().map(Value::as_ref).collect();
        result.row(&cells)?;
    }
    result.finish()?;
    Ok(out.footer(rows.len() as u64, "row", start.elapsed())?)
}

fn is_named(table: &Table, wanted: &str) -> bool {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name).eq_ignore_ascii_case(wanted),
        None => table
            .name
            .eq_ignore_ascii_case(wanted.rsplit('.').next().unwrap_or(wanted)),
    }
}

/// SQL's LIKE over names: `%` any text, `_` any character, case does not matter.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    // `reach[i]`: the pattern so far can match the first i characters.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for &wanted in &pattern {
        let mut next = vec![false; text.len() + 1];
        if wanted == '%' {
            let mut any = false;
            for (at, &reached) in reach.iter().enumerate() {
                any |= reached;
                next[at] = any;
            }
        } else {
            for (at, &c) in text.iter().enumerate() {
                next[at + 1] = reach[at] && (wanted == '_' || wanted == c);
            }
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

/// The columns of a result.
fn described(prepared: &Prepared, out: &mut Output) -> Result<(), Failure> {
    let rows = prepared.described().iter().map(|column| {
        let null = if column.nullable { "yes" } else { "no" };
        [column.name.clone(), column.ty.to_string(), null.into()]
            .map(Some)
            .to_vec()
    });
    let rows = rows.collect();
    table(out, &["column", "type", "null"], rows)
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns() {
        assert!(like("Employees", "emp%"));
        assert!(like("orders", "%r_er%"));
        assert!(!like("orders", "order"));
        assert!(like("", "%"));
    }
}
