//! What CREATE, ALTER and DROP make of a catalog.

use crate::catalog::{Catalog, ForeignKey, Found, Index, Key, Table, TableColumn};
use crate::{Env, Lowered, Type, lower_query};
use rql_ast::{
    self as ast, AlterAction, Ast, ColumnChange, Constraint, ConstraintKind, Create, CreateObject,
    CreateTable, ExprKind, Id, Ident, List, Name, ObjectKind, OrderItem, Span, Stmt, StmtKind,
    TableElement,
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

type Res<T> = Result<T, Vec<Diagnostic>>;

struct Ddl<'a> {
    ast: &'a Ast,
    env: Env<'a>,
}

impl Ddl<'_> {
    fn create(&self, create: Create) -> Res<Vec<Change>> {
        let ast = self.ast;
        let Some(name) = create.name else {
            return Ok(Vec::new());
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
                made.view = true;
                made.columns = self.query_columns(view.query, view.columns)?;
                Ok(vec![Change::Add(made)])
            }
            CreateObject::Index(index) => {
                let index = ast[index];
                let Some(table) = self.existing(index.table, false)? else {
                    return Ok(Vec::new());
                };
                let mut table = table.clone();
                let positions = self.items(&table, ast[index.columns].iter().map(|c| &c.item))?;
                let entry = Index {
                    name: self.last(name),
                    unique: index.unique,
                };
                if let Some(columns) =
                    positions.filter(|_| index.unique && index.predicate.is_none())
                {
                    table.keys.push(Key {
                        name: Some(entry.name.clone()),
                        primary: false,
                        columns,
                    });
                }
                table.indexes.push(entry);
                Ok(vec![Change::Add(table)])
            }
            CreateObject::Schema { .. } => {
                let text = self.last(name);
                let catalog = self.env.catalog;
                if catalog.schemas().iter().any(|s| catalog.matches(&text, s)) {
                    if create.if_not_exists {
                        return Ok(Vec::new());
                    }
                    return Err(self.taken("schema", name));
                }
                Ok(vec![Change::AddSchema(text)])
            }
            CreateObject::Sequence(_) => Ok(Vec::new()),
        }
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
            Some(table) if !(replace && table.view) => {
                let kind = if table.view { "view" } else { "table" };
                Err(self.taken(kind, name))
            }
            _ => Ok(false),
        }
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
        Table {
            schema: schema.filter(|schema| !matches!(schema.as_str(), "main" | "public")),
            name,
            temporary,
            ..Table::default()
        }
    }

    fn table(&self, name: Name, temporary: bool, create: CreateTable) -> Res<Table> {
        let ast = self.ast;
        let mut table = self.empty(name, temporary);
        if let Some(query) = create.query {
            table.columns = self.query_columns(query, create.columns)?;
            return Ok(table);
        }
        for element in &ast[create.elements] {
            match *element {
                TableElement::Column(column) => self.column(&mut table, ast[column])?,
                TableElement::Like { table: other, .. } => {
                    if let Some(other) = self.existing(other, false)? {
                        table.columns.extend(other.columns.iter().cloned());
                    }
                }
                TableElement::Constraint(_) => {}
            }
        }
        // They may name columns that stand after them.
        for element in &ast[create.elements] {
            if let TableElement::Constraint(constraint) = element {
                self.constraint(&mut table, constraint)?;
            }
        }
        table.keys.sort_by_key(|key| !key.primary);
        Ok(table)
    }

    fn column(&self, table: &mut Table, column: ast::ColumnDef) -> Res<()> {
        let ast = self.ast;
        let name = ast.name(column.name).into_owned();
        let catalog = self.env.catalog;
        if table
            .columns
            .iter()
            .any(|c| catalog.matches(&name, &c.name))
        {
            let message = format!("{} has two columns named {name}", table.name);
            let error = Diagnostic::error(codes::DUPLICATE_NAME, message);
            return Err(vec![error.label(column.name.span, "this name is taken")]);
        }
        let declared = column.ty.map_or("", |ty| ast.text(ast[ty].span).trim());
        let lower = declared.to_ascii_lowercase();
        let at = table.columns.len();
        table.columns.push(TableColumn {
            name,
            declared: declared.to_owned(),
            ty: column.ty.map_or(Type::Unknown, |ty| self.declared(ty)),
            nullable: !lower.ends_with("serial"),
            identity: lower.ends_with("serial"),
            ..TableColumn::default()
        });
        for constraint in &ast[column.constraints] {
            let made = &mut table.columns[at];
            match constraint.kind {
                ConstraintKind::NotNull => made.nullable = false,
                ConstraintKind::Default(expr) => made.default = Some(self.text(expr)),
                ConstraintKind::Generated { .. } => made.generated = true,
                ConstraintKind::Identity { .. } => {
                    made.identity = true;
                    made.nullable = false;
                }
                ConstraintKind::AutoIncrement => made.identity = true,
                ConstraintKind::PrimaryKey { .. } => {
                    made.nullable = false;
                    self.key(table, constraint, true, vec![at]);
                }
                ConstraintKind::Unique { .. } => self.key(table, constraint, false, vec![at]),
                ConstraintKind::ForeignKey(key) => self.refers(table, constraint, key, vec![at]),
                _ => {}
            }
        }
        Ok(())
    }

    fn constraint(&self, table: &mut Table, constraint: &Constraint) -> Res<()> {
        match constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => {
                if let Some(positions) = self.items(table, self.ast[columns].iter())? {
                    for &at in &positions {
                        table.columns[at].nullable = false;
                    }
                    self.key(table, constraint, true, positions);
                }
            }
            ConstraintKind::Unique { columns, .. } => {
                if let Some(positions) = self.items(table, self.ast[columns].iter())? {
                    self.key(table, constraint, false, positions);
                }
            }
            ConstraintKind::ForeignKey(key) => {
                let names = &self.ast[self.ast[key].columns];
                let positions = names.iter().map(|&name| self.position(table, name));
                let positions = positions.collect::<Res<Vec<usize>>>()?;
                self.refers(table, constraint, key, positions);
            }
            _ => {}
        }
        Ok(())
    }

    fn key(&self, table: &mut Table, from: &Constraint, primary: bool, columns: Vec<usize>) {
        let name = from.name.map(|name| self.ast.name(name).into_owned());
        let key = Key {
            name,
            primary,
            columns,
        };
        table.keys.push(key);
    }

    fn refers(
        &self,
        table: &mut Table,
        from: &Constraint,
        key: Id<ast::ForeignKey>,
        columns: Vec<usize>,
    ) {
        let ast = self.ast;
        let (schema, name) = self.parts(ast[key].table);
        let referred = ast[ast[key].referred].iter();
        table.foreign_keys.push(ForeignKey {
            name: from.name.map(|name| ast.name(name).into_owned()),
            columns,
            schema,
            table: name,
            referred: referred.map(|&c| ast.name(c).into_owned()).collect(),
        });
    }

    /// The positions of columns that are written as expressions; `None` where one is more than a name.
    fn items<'i>(
        &self,
        table: &Table,
        items: impl Iterator<Item = &'i OrderItem>,
    ) -> Res<Option<Vec<usize>>> {
        let mut positions = Vec::new();
        for item in items {
            let OrderItem::Expr { expr, .. } = *item else {
                return Ok(None);
            };
            let Some(name) = self.plain(expr) else {
                return Ok(None);
            };
            positions.push(self.position(table, name)?);
        }
        Ok(Some(positions))
    }

    fn plain(&self, expr: Id<ast::Expr>) -> Option<Ident> {
        match self.ast[expr].kind {
            ExprKind::Column(name) => self.ast[name.parts].last().copied(),
            ExprKind::Collate { operand, .. } => self.plain(operand),
            _ => None,
        }
    }

    fn position(&self, table: &Table, name: Ident) -> Res<usize> {
        let written = self.ast.name(name);
        let catalog = self.env.catalog;
        let mut columns = table.columns.iter();
        let found = columns.position(|c| catalog.matches(&written, &c.name));
        found.ok_or_else(|| {
            let message = format!("{} has no column {written}", table.name);
            let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message)
                .label(name.span, "no column of this name");
            let known = table.columns.iter().map(|c| c.name.as_str());
            vec![suggested(error, &written, known, name.span)]
        })
    }

    /// The columns of a query, perhaps with other names.
    fn query_columns(&self, query: Id<ast::Query>, names: List<Ident>) -> Res<Vec<TableColumn>> {
        let Lowered { ir, .. } = lower_query(self.ast, query, self.env)?;
        let mut names = self.ast[names].iter();
        let columns = ir.output.iter().map(|(id, header)| {
            let column = ir.column(*id);
            let name = names.next().map(|&name| self.ast.name(name).into_owned());
            TableColumn {
                name: name.unwrap_or_else(|| header.clone()),
                declared: column.ty.to_string(),
                ty: column.ty,
                nullable: column.nullable,
                ..TableColumn::default()
            }
        });
        Ok(columns.collect())
    }

    fn alter(&self, alter: ast::AlterTable) -> Res<Vec<Change>> {
        if !is_relation(alter.object) {
            return Ok(Vec::new());
        }
        let Some(old) = self.existing(alter.name, alter.if_exists)? else {
            return Ok(Vec::new());
        };
        let mut table = old.clone();
        for action in &self.ast[alter.actions] {
            self.action(&mut table, action)?;
        }
        Ok(vec![Change::Remove(old.clone()), Change::Add(table)])
    }

    fn action(&self, table: &mut Table, action: &AlterAction) -> Res<()> {
        let ast = self.ast;
        match *action {
            AlterAction::AddColumn {
                if_not_exists,
                column,
            } => {
                let there = self.position(table, ast[column].name).is_ok();
                if !(if_not_exists && there) {
                    self.column(table, ast[column])?;
                }
            }
            AlterAction::DropColumn {
                if_exists, column, ..
            } => match self.named(table, column) {
                Ok(at) => drop_column(table, at),
                Err(_) if if_exists => {}
                Err(error) => return Err(error),
            },
            AlterAction::RenameColumn { from, to } => {
                let at = self.named(table, from)?;
                if self.position(table, to).is_ok_and(|other| other != at) {
                    return Err(self.taken("column", Name { parts: from.parts }));
                }
                table.columns[at].name = ast.name(to).into_owned();
            }
            AlterAction::AlterColumn { column, change } => {
                let at = self.named(table, column)?;
                self.change(&mut table.columns[at], change);
            }
            AlterAction::AddConstraint { ref constraint, .. } => {
                self.constraint(table, constraint)?;
                table.keys.sort_by_key(|key| !key.primary);
            }
            AlterAction::DropConstraint { name, .. } => {
                let name = ast.name(name);
                table.keys.retain(|key| key.name.as_deref() != Some(&*name));
                let keys = &mut table.foreign_keys;
                keys.retain(|key| key.name.as_deref() != Some(&*name));
            }
            AlterAction::Rename(to) => table.name = self.last(to),
            AlterAction::SetSchema(schema) => table.schema = Some(ast.name(schema).into_owned()),
            _ => {}
        }
        Ok(())
    }

    fn named(&self, table: &Table, column: Name) -> Res<usize> {
        match self.ast[column.parts].last() {
            Some(&name) => self.position(table, name),
            None => Err(vec![Diagnostic::error(
                codes::UNKNOWN_COLUMN,
                "a column without a name",
            )]),
        }
    }

    fn change(&self, column: &mut TableColumn, change: ColumnChange) {
        match change {
            ColumnChange::Type { ty, .. } => {
                self.ast
                    .text(self.ast[ty].span)
                    .clone_into(&mut column.declared);
                column.ty = self.declared(ty);
            }
            ColumnChange::SetDefault(expr) => column.default = Some(self.text(expr)),
            ColumnChange::DropDefault => column.default = None,
            ColumnChange::SetNotNull => column.nullable = false,
            ColumnChange::DropNotNull => column.nullable = true,
            ColumnChange::AddIdentity(_) => column.identity = true,
            ColumnChange::DropIdentity { .. } => column.identity = false,
            ColumnChange::DropExpression { .. } => column.generated = false,
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
        if errors.is_empty() {
            Ok(changes)
        } else {
            Err(errors)
        }
    }

    fn dropped(&self, drop: &ast::Drop, name: Name) -> Res<Option<Change>> {
        let catalog = self.env.catalog;
        match drop.object {
            ObjectKind::Schema => {
                let text = self.last(name);
                let known = catalog.schemas();
                if known.iter().any(|s| catalog.matches(&text, s)) {
                    return Ok(Some(Change::RemoveSchema(text)));
                }
                if drop.if_exists || catalog.is_open() {
                    return Ok(None);
                }
                let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no schema {text}"))
                    .label(self.ast.name_span(name), "no schema of this name");
                let known = known.iter().map(String::as_str);
                Err(vec![suggested(
                    error,
                    &text,
                    known,
                    self.ast.name_span(name),
                )])
            }
            ObjectKind::Index => Ok(self.without_index(&self.last(name)).map(Change::Add)),
            ObjectKind::Sequence => Ok(None),
            ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView => {
                let Some(found) = self.existing(name, drop.if_exists)? else {
                    return Ok(None);
                };
                let view = drop.object != ObjectKind::Table;
                if found.view != view {
                    let (is, word) = if view {
                        ("table", "TABLE")
                    } else {
                        ("view", "VIEW")
                    };
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

    fn without_index(&self, name: &str) -> Option<Table> {
        let catalog = self.env.catalog;
        let is = |index: &Index| catalog.matches(name, &index.name);
        let mut tables = catalog.tables().iter();
        let mut table = tables.find(|table| table.indexes.iter().any(is))?.clone();
        table.indexes.retain(|index| !is(index));
        let key_is = |key: &Key| {
            key.name
                .as_deref()
                .is_some_and(|n| catalog.matches(name, n))
        };
        table.keys.retain(|key| !key_is(key));
        Some(table)
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

    fn declared(&self, ty: Id<ast::TypeName>) -> Type {
        let ty = self.ast[ty];
        let text = self.ast.text(ty.span);
        if ty.dimensions.is_empty() {
            return Type::from_declared(text);
        }
        let element = text.split_once('[').map_or(text, |(element, _)| element);
        match Type::from_declared(element.trim()) {
            Type::Unknown => Type::Unknown,
            element => element.array(),
        }
    }

    fn text(&self, expr: Id<ast::Expr>) -> String {
        self.ast.text(self.ast[expr].span).to_owned()
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

/// Takes a column away, with the keys that need it; positions behind it move.
fn drop_column(table: &mut Table, at: usize) {
    table.columns.remove(at);
    table.keys.retain(|key| !key.columns.contains(&at));
    table.foreign_keys.retain(|key| !key.columns.contains(&at));
    let keys = table.keys.iter_mut().map(|key| &mut key.columns);
    let foreign = table.foreign_keys.iter_mut().map(|key| &mut key.columns);
    for position in keys.chain(foreign).flatten() {
        if *position > at {
            *position -= 1;
        }
    }
}
