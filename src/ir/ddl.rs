//! What CREATE, ALTER and DROP make of a catalog.

mod alter;
mod index_name;
mod schema;
mod table;

pub(crate) use index_name::index_name;

use crate::{Catalog, Env, Found, Key, NameMatch, Table, TableColumn, TableKind, Type};
use rql_ast::{
    self as ast, Ast, Create, CreateObject, Id, Ident, Name, ObjectKind, Span, Stmt, StmtKind,
};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// One change of a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A table or view that is new, or replaces the one of its name.
    Add(Table),
    /// A table or view that is no more.
    Remove(Table),
    /// A schema that is new.
    AddSchema(String),
    /// A schema that is no more, with what it held.
    RemoveSchema(String),
}

impl Catalog {
    /// Makes changes.
    pub fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Add(table) => self.add(table),
                Change::Remove(table) => {
                    self.remove(&table);
                }
                // Another file is attached by other words.
                Change::AddSchema(name) if self.name_match() == NameMatch::Attached => {
                    self.add_schema_within(name);
                }
                Change::AddSchema(name) => self.add_schema(name),
                Change::RemoveSchema(name) => self.remove_schema(&name),
            }
        }
    }
}

/// What a statement changes; `None` where it is no CREATE, ALTER or DROP.
///
/// # Errors
/// A name that is taken or unknown, or what is wrong with the query of a view; never empty.
pub fn changes(
    ast: &Ast,
    stmt: Id<Stmt>,
    env: Env<'_>,
) -> Result<Option<Vec<Change>>, Vec<Diagnostic>> {
    let ddl = Ddl { ast, env };
    Ok(Some(match ast[stmt].kind {
        StmtKind::Create(create) => ddl.create(ast[create])?,
        StmtKind::Alter(alter) => ddl.alter(ast[alter])?,
        StmtKind::Drop(drop) => ddl.drop(ast[drop])?,
        _ => return Ok(None),
    }))
}

/// Whether what CREATE makes can stand under its name.
pub(crate) fn has_place(ast: &Ast, create: Create, env: Env<'_>) -> Result<(), Box<Diagnostic>> {
    match (create.name, create.object) {
        (_, CreateObject::Index(_) | CreateObject::Schema { .. }) | (None, _) => Ok(()),
        (Some(name), _) => Ddl { ast, env }.has_place(name, create.temporary),
    }
}

/// Whether there is a schema of a name, where that is known.
pub(crate) fn has_schema(ast: &Ast, name: Ident, env: Env<'_>) -> Result<(), Box<Diagnostic>> {
    Ddl { ast, env }.has_schema(&ast.name(name), name.span)
}

type Res<T> = Result<T, Vec<Diagnostic>>;

struct Ddl<'a> {
    ast: &'a Ast,
    env: Env<'a>,
}

impl Ddl<'_> {
    fn create(&self, create: Create) -> Res<Vec<Change>> {
        let ast = self.ast;
        let name = match (create.name, create.object) {
            (Some(name), _) => name,
            (None, CreateObject::Index(index)) => return self.unnamed(ast[index]),
            (None, _) => return Ok(Vec::new()),
        };
        match create.object {
            CreateObject::Table(table) => {
                if self.is_taken(name, &create, false)? {
                    return Ok(Vec::new());
                }
                let made = self.table(name, create.temporary, ast[table])?;
                Ok(vec![Change::Add(made)])
            }
            CreateObject::View(view) => {
                if self.is_taken(name, &create, create.or_replace)? {
                    return Ok(Vec::new());
                }
                let view = ast[view];
                let mut made = self.empty(name, create.temporary);
                made.kind = if view.materialized {
                    TableKind::MaterializedView
                } else {
                    TableKind::View
                };
                (made.columns, made.reads) = self.shown(view.query, view.columns)?;
                self.continues(name, &made)?;
                made.definition = Some(ast.text(ast[view.query].span).to_owned());
                made.shows = crate::shows::shown_by(ast, view.query);
                Ok(vec![Change::Add(made)])
            }
            CreateObject::Index(index) => {
                let index = ast[index];
                let Some(table) = self.existing(index.table, false)? else {
                    return Ok(Vec::new());
                };
                let last = self.last(name);
                if create.if_not_exists && self.has_index(table, &last) {
                    return Ok(Vec::new());
                }
                self.indexed(table, last, index)
            }
            CreateObject::Schema { .. } => self.new_schema(name, create.if_not_exists),
            CreateObject::Sequence(_) => Ok(Vec::new()),
        }
    }

    /// An index that is named as PostgreSQL names it.
    fn unnamed(&self, index: ast::CreateIndex) -> Res<Vec<Change>> {
        let Some(table) = self.existing(index.table, false)? else {
            return Ok(Vec::new());
        };
        let name = index_name(
            self.ast,
            (table.schema.as_deref(), &table.name),
            &index,
            self.env.catalog,
        );
        self.indexed(table, name, index)
    }

    fn indexed(&self, table: &Table, name: String, index: ast::CreateIndex) -> Res<Vec<Change>> {
        let mut table = table.clone();
        let made = self.index(&table, name, index)?;
        table.keys.extend(made.key().map(|columns| Key {
            name: Some(made.name.clone()),
            primary: false,
            columns,
        }));
        table.indexes.push(made);
        Ok(vec![Change::Add(table)])
    }

    /// True where the name is taken and the statement says that this is well.
    fn is_taken(&self, name: Name, create: &Create, replace: bool) -> Res<bool> {
        let (schema, last) = self.parts(name);
        let found = match self.env.catalog.lookup(schema.as_deref(), &last) {
            Found::None => None,
            Found::One(table) => Some(table),
            Found::Many(tables) => tables.first().copied(),
        };
        let same = found.filter(|table| {
            table.temporary == create.temporary && (schema.is_some() || table.schema.is_none())
        });
        match same {
            Some(_) if create.if_not_exists => Ok(true),
            Some(table) if !(replace && table.kind.is_view()) => {
                Err(self.taken(table.kind.name(), name))
            }
            _ => Ok(false),
        }
    }

    /// OR REPLACE keeps the columns that a view has; others may follow (PostgreSQL, CREATE VIEW).
    fn continues(&self, name: Name, made: &Table) -> Res<()> {
        let (schema, last) = self.parts(name);
        let Some(old) = self.env.catalog.find(schema.as_deref(), &last) else {
            return Ok(());
        };
        let mut both = old.columns.iter().zip(&made.columns);
        let known = |ty: Type| ty != Type::Unknown;
        let alike = |(old, new): (&TableColumn, &TableColumn)| {
            old.name == new.name && (old.ty == new.ty || !known(old.ty) || !known(new.ty))
        };
        let same = old.temporary == made.temporary && old.kind.is_view();
        if !same || old.columns.len() <= made.columns.len() && both.all(alike) {
            return Ok(());
        }
        let message = format!("the view {last} has other columns than this query");
        let error = Diagnostic::error(codes::DUPLICATE_NAME, message)
            .label(
                self.ast.name_span(name),
                "replaced, it keeps the columns it has",
            )
            .help("columns may be added at the end; DROP VIEW takes it away first");
        Err(vec![error])
    }

    fn taken(&self, kind: &str, name: Name) -> Vec<Diagnostic> {
        let message = format!("there is a {kind} {} already", self.ast.dotted(name));
        let error = Diagnostic::error(codes::DUPLICATE_NAME, message)
            .label(self.ast.name_span(name), "this name is taken")
            .help("IF NOT EXISTS leaves it as it is, DROP takes it away first");
        vec![error]
    }

    fn empty(&self, name: Name, temporary: bool) -> Table {
        let (schema, name) = self.parts(name);
        let catalog = self.env.catalog;
        Table {
            within: schema.as_deref().is_some_and(|own| catalog.is_within(own)),
            schema: schema.filter(|schema| !catalog.is_default_schema(schema)),
            name,
            temporary,
            ..Table::default()
        }
    }

    fn drop(&self, drop: ast::Drop) -> Res<Vec<Change>> {
        let mut changes = Vec::new();
        let mut errors = Vec::new();
        for &name in &self.ast[drop.names] {
            match self.dropped(&drop, name) {
                Ok(change) => changes.extend(change),
                Err(more) => errors.extend(more),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if drop.cascade == Some(true) {
            changes.extend(self.taken_along(&changes));
        }
        Ok(changes)
    }

    fn dropped(&self, drop: &ast::Drop, name: Name) -> Res<Option<Change>> {
        match drop.object {
            ObjectKind::Schema => self.dropped_schema(drop, name),
            ObjectKind::Index => Ok(self.without_index(name).map(Change::Add)),
            ObjectKind::Sequence => Ok(None),
            ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView => {
                let Some(found) = self.existing(name, drop.if_exists)? else {
                    return Ok(None);
                };
                let is = found.kind.name();
                let wanted = match drop.object {
                    ObjectKind::View => "view",
                    ObjectKind::MaterializedView => "materialized view",
                    _ => "table",
                };
                if is != wanted {
                    let word = is.to_uppercase();
                    let error = Diagnostic::error(
                        codes::UNKNOWN_TABLE,
                        format!("{} is a {is}", found.name),
                    )
                    .label(self.ast.name_span(name), format!("this is a {is}"))
                    .help(format!("DROP {word} drops it"));
                    return Err(vec![error]);
                }
                Ok(Some(Change::Remove(found.clone())))
            }
        }
    }

    fn without_index(&self, name: Name) -> Option<Table> {
        let catalog = self.env.catalog;
        let (schema, name) = self.parts(name);
        let mut tables = catalog.tables().iter();
        let mut table = tables
            .find(|table| {
                let here = match (&schema, &table.schema) {
                    (None, None) => true,
                    (None, Some(own)) => !catalog.is_within(own),
                    (Some(written), Some(own)) => catalog.matches(written, own),
                    (Some(written), None) => catalog.lies_in(table, written),
                };
                here && self.has_index(table, &name)
            })?
            .clone();
        table
            .indexes
            .retain(|index| !catalog.matches(&name, &index.name));
        let key_is = |key: &Key| {
            key.name
                .as_deref()
                .is_some_and(|n| catalog.matches(&name, n))
        };
        table.keys.retain(|key| !key_is(key));
        Some(table)
    }

    fn has_index(&self, table: &Table, name: &str) -> bool {
        let catalog = self.env.catalog;
        let mut indexes = table.indexes.iter();
        indexes.any(|index| catalog.matches(name, &index.name))
    }

    /// The table that a statement names; `None` where it need not be there.
    fn existing(&self, name: Name, if_exists: bool) -> Res<Option<&Table>> {
        let (schema, last) = self.parts(name);
        let catalog = self.env.catalog;
        let span = self.ast.name_span(name);
        match catalog.lookup(schema.as_deref(), &last) {
            Found::One(table) => Ok(Some(table)),
            Found::Many(tables) => Err(vec![ambiguous(&last, &tables, span)]),
            Found::None if if_exists || catalog.is_open() => Ok(None),
            Found::None => {
                let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {last}"))
                    .label(span, "no table or view of this name");
                let known = catalog.tables().iter().map(|t| t.name.as_str());
                Err(vec![suggested(error, &last, known, span)])
            }
        }
    }

    fn last(&self, name: Name) -> String {
        self.parts(name).1
    }

    fn parts(&self, name: Name) -> (Option<String>, String) {
        let text = |ident: &Ident| self.ast.name(*ident).into_owned();
        match &self.ast[name.parts] {
            [] => (None, String::new()),
            [name] => (None, text(name)),
            [.., schema, name] => (Some(text(schema)), text(name)),
        }
    }
}

/// A name that several tables have.
pub(crate) fn ambiguous(name: &str, tables: &[&Table], span: Span) -> Diagnostic {
    let named: Vec<String> = tables.iter().map(|table| table.qualified()).collect();
    Diagnostic::error(
        codes::UNKNOWN_TABLE,
        format!("{name} could be several tables"),
    )
    .label(span, "the name does not say which")
    .note(format!("it may be {}", named.join(" or ")))
    .help("write the schema before it")
}

fn suggested<'a>(
    error: Diagnostic,
    written: &str,
    known: impl Iterator<Item = &'a str>,
    span: Span,
) -> Diagnostic {
    match did_you_mean(written, known) {
        Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
        None => error,
    }
}

fn is_relation(kind: ObjectKind) -> bool {
    use ObjectKind as O;
    matches!(kind, O::Table | O::View | O::MaterializedView)
}
