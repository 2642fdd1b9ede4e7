//! Columns, relations, functions, variables and the other names.

use super::changes::{beside, last_part};
use super::items::{Items, MOST};
use super::{Item, Kind, Place};
use crate::look::look;
use crate::{functions, spelled};
use rql::{Catalog, Table};
use rql_ast::{ClauseKind, Expr, SelectItem, Span};
use rql_grammar::Cursor;
use rql_ir::{SeenColumn, SeenRelation, Type};
use std::collections::HashSet;

/// Names of types that people write.
const TYPES: &[&str] = &[
    "INTEGER",
    "BIGINT",
    "SMALLINT",
    "NUMERIC",
    "DECIMAL",
    "DOUBLE PRECISION",
    "REAL",
    "TEXT",
    "VARCHAR",
    "CHAR",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "INTERVAL",
    "UUID",
    "JSON",
    "BLOB",
];

pub(crate) fn types(items: &mut Items<'_>) {
    for name in TYPES {
        items.add(name, 0, || item(name, Kind::Type, String::new()));
    }
}

/// What EXTRACT and its kin take of a moment; as words of the language for the one, as texts for the others.
pub(crate) fn fields_of_moments(items: &mut Items<'_>, as_words: bool) {
    match as_words {
        true => items.attributes(rql_ir::FIELDS_OF_MOMENTS),
        false => {
            for name in rql_ir::FIELDS_OF_MOMENTS {
                items.add(name, 0, || item(name, Kind::Value, String::new()));
            }
        }
    }
}

pub(super) fn item(name: &str, kind: Kind, detail: String) -> Item {
    Item {
        label: name.to_owned(),
        insert: name.to_owned(),
        kind,
        detail,
        about: String::new(),
    }
}

/// `numeric(10,2)`, with a sign where it may be NULL; nothing where it is not known.
pub(crate) fn shown_type(ty: Type, nullable: bool) -> String {
    match (ty, nullable) {
        (Type::Unknown, _) => String::new(),
        (ty, true) => format!("{ty} null"),
        (ty, false) => ty.to_string(),
    }
}

fn joined(parts: [&str; 2]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

impl Place<'_> {
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.before.catalog
    }

    /// A name as it is put in at the cursor.
    pub(crate) fn written(&self, name: &str) -> String {
        match self.draft.cursor {
            Cursor::Quoted => format!("{}\"", name.replace('"', "\"\"")),
            _ => spelled(name, self.catalog().name_match()),
        }
    }

    fn column(&self, column: &SeenColumn, of: &str, insert: String) -> Item {
        Item {
            label: column.name.clone(),
            insert,
            kind: Kind::Column,
            detail: joined([&shown_type(column.ty, column.nullable), of]),
            about: String::new(),
        }
    }

    /// The columns that can be named; with their relation where the name alone does not say which.
    pub(crate) fn columns(&self, items: &mut Items<'_>) {
        for (depth, block) in self.sight.blocks.iter().enumerate() {
            let several = block.len() > 1;
            for relation in block {
                for column in &relation.columns {
                    let same = |other: &&SeenRelation| {
                        other
                            .columns
                            .iter()
                            .any(|c| self.catalog().matches(&column.name, &c.name))
                    };
                    let twice = several && block.iter().filter(same).count() > 1;
                    items.add(&column.name, u8::from(depth > 0), || {
                        let name = self.written(&column.name);
                        let insert = match twice && self.draft.cursor == Cursor::Name {
                            true => format!("{}.{name}", self.written(&relation.name)),
                            false => name,
                        };
                        self.column(column, &relation.name, insert)
                    });
                }
            }
            for relation in block.iter().filter(|r| !r.name.is_empty()) {
                items.add(&relation.name, 2, || {
                    let mut item = item(&relation.name, Kind::Relation, self.behind(relation));
                    item.insert = self.written(&relation.name) + ".";
                    item
                });
            }
        }
        if items.is_typed() && self.sight.blocks.iter().all(Vec::is_empty) {
            self.any_columns(items);
        }
    }

    /// Without FROM any column may be meant: of each name the first, and no more than anybody sees.
    fn any_columns(&self, items: &mut Items<'_>) {
        let mut names = HashSet::new();
        let tables = self.catalog().tables().iter();
        let columns = tables.flat_map(|table| table.columns.iter().map(move |it| (table, it)));
        let fitting = columns.filter_map(|(table, column)| {
            let fit = items.fit(&column.name)?;
            names
                .insert(column.name.as_str())
                .then_some((fit, table, column))
        });
        let mut fitting: Vec<_> = fitting.collect();
        fitting.sort_by_key(|found| found.0);
        for (_, table, column) in fitting.into_iter().take(MOST) {
            items.add(&column.name, 4, || {
                let seen = SeenColumn {
                    name: column.name.clone(),
                    ty: column.ty,
                    nullable: column.nullable,
                };
                self.column(&seen, &table.name, self.written(&column.name))
            });
        }
    }

    /// What a relation's name stands for, where it is an alias.
    fn behind(&self, relation: &SeenRelation) -> String {
        match &relation.table {
            Some((_, table)) if *table != relation.name => format!("alias of {table}"),
            Some(_) => "table".to_owned(),
            None => "subquery".to_owned(),
        }
    }

    /// The columns behind `t.`.
    pub(crate) fn columns_of_relation(&self, items: &mut Items<'_>, qualifier: &str) {
        let catalog = self.catalog();
        // A WITH query is known by its name before FROM names it.
        let mut all = self
            .sight
            .blocks
            .iter()
            .flatten()
            .chain(&self.sight.queries);
        let seen = all.find(|relation| catalog.matches(qualifier, &relation.name));
        match seen {
            Some(relation) => {
                for column in &relation.columns {
                    items.add(&column.name, 0, || {
                        self.column(column, "", self.written(&column.name))
                    });
                }
            }
            None if catalog.find(None, qualifier).is_some() => {
                self.columns_of_table(items, &[qualifier.to_owned()]);
            }
            None => self.tables(items, Some(qualifier), true),
        }
    }

    pub(crate) fn table(&self, path: &[String]) -> Option<&Table> {
        match path {
            [.., schema, table] => self.catalog().find(Some(schema), table),
            [table] => self.catalog().find(None, table),
            [] => None,
        }
    }

    pub(crate) fn columns_of_table(&self, items: &mut Items<'_>, path: &[String]) {
        let Some(table) = self.table(path) else {
            return;
        };
        let named = match self.draft.hole {
            Some(hole) => beside(&self.draft.ast, hole),
            None => Vec::new(),
        };
        let is_named = |name: &str| named.iter().any(|it| self.catalog().matches(it, name));
        for (at, column) in table.columns.iter().enumerate() {
            if is_named(&column.name) {
                continue;
            }
            let given = u8::from(column.generated || column.always);
            items.add(&column.name, given, || {
                let shown = match column.declared.is_empty() {
                    true => shown_type(column.ty, column.nullable),
                    false => column.declared.clone(),
                };
                let mut item = item(
                    &column.name,
                    Kind::Column,
                    joined([&shown, &table.role(at)]),
                );
                item.insert = self.written(&column.name);
                item
            });
        }
    }

    /// The columns that both sides of a join have.
    pub(crate) fn common_columns(&self, items: &mut Items<'_>) {
        let Some([left @ .., right]) = self.sight.blocks.first().map(Vec::as_slice) else {
            return;
        };
        for column in &right.columns {
            let same = |other: &SeenColumn| self.catalog().matches(&column.name, &other.name);
            if left
                .iter()
                .any(|relation| relation.columns.iter().any(same))
            {
                items.add(&column.name, 0, || {
                    self.column(column, "", self.written(&column.name))
                });
            }
        }
    }

    /// The names that a SELECT list gives, where ORDER BY or GROUP BY may use them.
    pub(crate) fn aliases(&self, items: &mut Items<'_>) {
        let ast = &self.draft.ast;
        let Some(hole) = self.draft.hole else { return };
        let holds = |span: Span| span.start <= hole.start && hole.end <= span.end;
        for query in ast.all::<rql_ast::Query>() {
            let rql_ast::Body::Select(select) = query.body else {
                continue;
            };
            let select = ast[select];
            let clauses = ast[query.clauses].iter().chain(&ast[select.clauses]);
            let mut clauses = clauses.filter(|clause| holds(clause.span));
            let uses = |kind| matches!(kind, ClauseKind::OrderBy(_) | ClauseKind::GroupBy(_));
            let Some(clause) = clauses.find(|clause| uses(clause.kind)) else {
                continue;
            };
            if matches!(clause.kind, ClauseKind::GroupBy(_)) {
                self.shown_columns(items, &select, clause.span);
            }
            for select_item in &ast[select.items] {
                if let SelectItem::Expr {
                    alias: Some(alias), ..
                } = *select_item
                {
                    let name = ast.name(alias).into_owned();
                    items.add(&name, 0, || {
                        let mut item = item(&name, Kind::Column, "of the SELECT list".into());
                        item.insert = self.written(&name);
                        item
                    });
                }
            }
        }
    }

    /// The columns of a SELECT list that GROUP BY does not name yet: it is most often wanted for these.
    fn shown_columns(&self, items: &mut Items<'_>, select: &rql_ast::Select, clause: Span) {
        let ast = &self.draft.ast;
        let grouped = ast.all::<Expr>().iter();
        let grouped =
            grouped.filter(|expr| clause.start <= expr.span.start && expr.span.end <= clause.end);
        let grouped: Vec<&str> = grouped.map(|expr| ast.text(expr.span)).collect();
        for item_of_list in &ast[select.items] {
            let SelectItem::Expr { expr, alias: None } = *item_of_list else {
                continue;
            };
            let text = ast.text(ast[expr].span);
            if let Some(name) = last_part(ast, expr)
                && !grouped.iter().any(|it| it.eq_ignore_ascii_case(text))
            {
                items.add(&name, 0, || {
                    let mut item = item(&name, Kind::Column, "of the SELECT list".into());
                    item.insert = text.to_owned();
                    item
                });
            }
        }
    }

    /// The columns of the query that a chart draws.
    pub(crate) fn drawn_columns(&self, items: &mut Items<'_>) {
        let ast = &self.draft.ast;
        let at = ast.all::<rql_ast::Select>().first().map(|it| it.span.start);
        let output = look(ast, &self.before, at.unwrap_or(0)).ir;
        for (id, name) in &output.output {
            let column = output.column(*id);
            let shown = shown_type(column.ty, column.nullable);
            items.add(name, 0, || Item {
                insert: self.written(name),
                ..item(name, Kind::Column, shown)
            });
        }
    }

    /// The windows that the WINDOW clauses of the statement name.
    pub(crate) fn windows(&self, items: &mut Items<'_>) {
        let ast = &self.draft.ast;
        for window in ast.all::<rql_ast::NamedWindow>() {
            let name = ast.name(window.name).into_owned();
            let spec = ast.text(ast[window.spec].span).to_owned();
            items.add(&name, 0, || Item {
                insert: self.written(&name),
                ..item(&name, Kind::Relation, spec)
            });
        }
    }

    /// WITH queries and LET relations.
    pub(crate) fn relations(&self, items: &mut Items<'_>) {
        for relation in self.sight.queries.iter().rev() {
            items.add(&relation.name, 1, || {
                let names = relation.columns.iter().map(|c| c.name.as_str());
                let names = names.collect::<Vec<_>>().join(", ");
                let mut item = item(&relation.name, Kind::Relation, format!("WITH ({names})"));
                item.insert = self.written(&relation.name);
                item
            });
        }
        for definition in self.catalog().definitions() {
            let (kind, insert, detail) = match definition.kind {
                rql_ir::DefinitionKind::Relation(_) => (
                    Kind::Relation,
                    self.written(&definition.name),
                    "LET".to_owned(),
                ),
                rql_ir::DefinitionKind::Table(..) => (
                    Kind::Macro,
                    format!("{}(", definition.name),
                    definition.signature(),
                ),
                rql_ir::DefinitionKind::Scalar(..) => continue,
            };
            items.add(&definition.name, 1, || Item {
                insert,
                about: definition.body().to_owned(),
                ..item(&definition.name, kind, detail)
            });
        }
        for known in functions::all()
            .into_iter()
            .filter(|known| known.gives_rows())
        {
            items.add(known.name, 5, || Item {
                insert: format!("{}(", known.name),
                about: known.entry.about.to_owned(),
                ..item(known.name, Kind::Function, known.shown())
            });
        }
    }

    /// Tables and views, of one schema where it is written; those of other schemas with theirs.
    pub(crate) fn tables(&self, items: &mut Items<'_>, schema: Option<&str>, views: bool) {
        let catalog = self.catalog();
        let is_default = |schema: &str| matches!(schema, "main" | "public");
        for table in catalog.tables() {
            let own = match (schema, &table.schema) {
                (Some(written), Some(stored)) => catalog.matches(written, stored),
                (Some(written), None) => is_default(written),
                (None, _) => true,
            };
            if !own || (table.kind.is_view() && !views) {
                continue;
            }
            let fits = items.fit(&table.name).is_some();
            let name = match (&table.schema, schema) {
                (Some(own), None) if !fits => format!("{own}.{}", table.name),
                _ => table.name.clone(),
            };
            items.add(&name, 2 + u8::from(table.schema.is_some()), || {
                let kind = if table.kind.is_view() {
                    Kind::View
                } else {
                    Kind::Table
                };
                let count = table.columns.len();
                let what = format!("{}, {count} columns", table.kind.name());
                let insert = match (&table.schema, schema) {
                    (Some(own), None) => {
                        format!("{}.{}", self.written(own), self.written(&table.name))
                    }
                    _ => self.written(&table.name),
                };
                let label = match (&table.schema, schema) {
                    (Some(_), None) => table.qualified(),
                    _ => table.name.clone(),
                };
                Item {
                    insert,
                    ..item(&label, kind, what)
                }
            });
        }
        if schema.is_none() {
            for name in catalog.schemas() {
                items.add(name, 5, || Item {
                    insert: self.written(name) + ".",
                    ..item(name, Kind::Schema, "schema".into())
                });
            }
        }
    }

    pub(crate) fn functions(&self, items: &mut Items<'_>) {
        for definition in self.catalog().definitions() {
            if matches!(definition.kind, rql_ir::DefinitionKind::Scalar(..)) {
                items.add(&definition.name, 3, || Item {
                    insert: format!("{}(", definition.name),
                    about: definition.body().to_owned(),
                    ..item(&definition.name, Kind::Macro, definition.signature())
                });
            }
        }
        for known in functions::all()
            .into_iter()
            .filter(|known| !known.gives_rows())
        {
            let kind = if known.is_aggregate() {
                Kind::Aggregate
            } else {
                Kind::Function
            };
            items.add(known.name, 5, || Item {
                insert: format!("{}(", known.name),
                about: known.entry.about.to_owned(),
                ..item(known.name, kind, known.shown())
            });
        }
        if items.is_typed() {
            for name in self.catalog().functions() {
                items.add(name, 7, || Item {
                    insert: format!("{name}("),
                    ..item(name, Kind::Function, "of this backend only".into())
                });
            }
        }
    }

    /// Variables and parameters, with the mark that is not typed yet.
    pub(crate) fn variables(&self, items: &mut Items<'_>, mark: &str) {
        for variable in self.before.variables.iter().rev() {
            items.add(&variable.name, 3, || Item {
                insert: format!("{mark}{}", variable.name),
                ..item(
                    &format!("{mark}{}", variable.name),
                    Kind::Variable,
                    joined([&shown_type(variable.ty, false), &variable.value]),
                )
            });
        }
    }

    pub(crate) fn settings(&self, items: &mut Items<'_>) {
        for setting in &self.snapshot.world.settings {
            items.add(&setting.name, 0, || {
                let about = setting.about.clone();
                let detail = setting.values.join(" | ");
                Item {
                    about,
                    ..item(&setting.name, Kind::Setting, detail)
                }
            });
        }
    }

    pub(crate) fn setting_values(&self, items: &mut Items<'_>, name: &str) {
        let mut settings = self.snapshot.world.settings.iter();
        if let Some(setting) = settings.find(|s| s.name.eq_ignore_ascii_case(name)) {
            for value in setting.values.iter().filter(|value| !value.contains(' ')) {
                items.add(value, 0, || item(value, Kind::Value, name.to_owned()));
            }
        }
    }

    pub(crate) fn formats(&self, items: &mut Items<'_>) {
        for format in &self.snapshot.world.formats {
            items.add(&format.name, 0, || Item {
                about: format.about.clone(),
                ..item(&format.name, Kind::Value, String::new())
            });
        }
    }

    pub(crate) fn subjects(&self, items: &mut Items<'_>) {
        for subject in &self.snapshot.world.subjects {
            let word = subject.to_uppercase();
            items.add(&word, 0, || item(&word, Kind::Keyword, String::new()));
        }
    }

    /// Connections and schemas; with a point behind where a table of theirs is meant.
    pub(crate) fn connections(&self, items: &mut Items<'_>, point: &str) {
        for name in &self.snapshot.world.connections {
            items.add(name, 0, || Item {
                insert: format!("{name}{point}"),
                ..item(name, Kind::Connection, String::new())
            });
        }
        if !point.is_empty() {
            return;
        }
        for name in self.catalog().schemas() {
            items.add(name, 1, || item(name, Kind::Schema, "schema".into()));
        }
    }

    pub(crate) fn indexes(&self, items: &mut Items<'_>) {
        for table in self.catalog().tables() {
            for index in &table.indexes {
                items.add(&index.name, 0, || {
                    item(&index.name, Kind::Table, format!("index of {}", table.name))
                });
            }
        }
    }
}
