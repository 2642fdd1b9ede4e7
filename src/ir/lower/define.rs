//! CREATE, ALTER, DROP.

use super::scope::Place;
use super::{Lowerer, Output, Res, Scope, error, not_yet};
use crate::define::*;
use crate::{RelId, RelKind, TableKind, Type};
use rql_ast::{self as ast, ConstraintKind as Kind, CreateObject, Id, RefAction, Span};
use rql_diagnostics::codes;

impl<'a> Lowerer<'a> {
    pub(super) fn define(&mut self, define: Define, span: Span) -> (RelId, Output) {
        let kind = RelKind::Define(Box::new(define));
        (self.ir.add_rel(kind, span), Vec::new())
    }

    pub(super) fn create(&mut self, create: ast::Create, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        crate::ddl::has_place(ast, create, self.env)?;
        if let Some(own) = self.own_create(create, span) {
            let define = self.written(own, span)?;
            return Ok(self.define(define, span));
        }
        let name = create.name.map(|name| self.object_name(name));
        let define = match (create.object, name) {
            (CreateObject::Table(table), Some(name)) => {
                let mut table = self.new_table(name, ast[table], span)?;
                table.temporary = create.temporary;
                table.exists = self.is_there(&table.name, create.temporary);
                table.if_not_exists = create.if_not_exists;
                Define::Table(table)
            }
            (CreateObject::View(view), Some(name)) => {
                let view = ast[view];
                if !view.options.is_empty() {
                    return not_yet(span, "this kind of view");
                }
                let query = self.query(view.query)?;
                let empty = view.with_data == Some(false);
                Define::View {
                    name,
                    made: self.made_of(query, view.columns, empty, span)?,
                    materialized: view.materialized,
                    check: view.check_option.map(|check| match check {
                        ast::CheckOption::Plain | ast::CheckOption::Cascaded => {
                            "WITH CASCADED CHECK OPTION"
                        }
                        ast::CheckOption::Local => "WITH LOCAL CHECK OPTION",
                    }),
                    replace: create.or_replace,
                    temporary: create.temporary,
                }
            }
            (CreateObject::Index(index), name) => {
                self.new_index(name, ast[index], create.if_not_exists, span)?
            }
            (CreateObject::Schema { owner: None }, Some(name)) => Define::Schema {
                name: name.name,
                if_not_exists: create.if_not_exists,
            },
            (CreateObject::Sequence(options), Some(name)) => Define::Sequence {
                name,
                temporary: create.temporary,
                if_not_exists: create.if_not_exists,
                options: self.sequence_options(options)?,
            },
            _ => return not_yet(span, "this CREATE"),
        };
        Ok(self.define(define, span))
    }

    /// Whether there is a table of a name, where that is known. A temporary one stands before another, and is another.
    fn is_there(&self, name: &ObjectName, temporary: bool) -> Option<bool> {
        let catalog = self.env.catalog;
        let found = catalog.find(name.schema.as_deref(), &name.name);
        let behind = |table: &crate::Table| {
            name.schema.is_none()
                && table.schema.is_none()
                && catalog.matches(&name.name, &table.name)
        };
        let mut all = catalog
            .tables()
            .iter()
            .filter(|table| behind(table))
            .chain(found);
        let there = all.any(|table| table.temporary == temporary);
        (there || !catalog.is_open()).then_some(there)
    }

    pub(super) fn sequence_options(
        &self,
        options: ast::List<ast::SequenceOption>,
    ) -> Res<Vec<SequenceSetting>> {
        use ast::SequenceOptionKind as S;
        let ast = self.ast;
        let mut all = Vec::new();
        for option in &ast[options] {
            // NOCACHE.
            if option.kind == S::As && option.value.is_none() {
                continue;
            }
            let value = |id: Id<ast::Expr>| match ast[id].kind {
                ast::ExprKind::Column(name) if option.kind == S::OwnedBy => {
                    let parts = ast[name.parts].iter();
                    SettingValue::Name(parts.map(|&part| ast.name(part).into_owned()).collect())
                }
                ast::ExprKind::Column(_) => {
                    SettingValue::Text(ast.text(ast[id].span).to_ascii_lowercase())
                }
                _ => SettingValue::Text(ast.text(ast[id].span).replace('_', "")),
            };
            all.push((option.words(), option.value.map(value)));
        }
        Ok(all)
    }

    pub(super) fn object_name(&self, name: ast::Name) -> ObjectName {
        let parts: Vec<_> = self.ast[name.parts].iter().collect();
        let text = |at: usize| self.ast.name(*parts[at]).into_owned();
        ObjectName {
            schema: (parts.len() > 1).then(|| text(parts.len() - 2)),
            name: parts.len().checked_sub(1).map(text).unwrap_or_default(),
        }
    }

    pub(super) fn column_type(&mut self, def: &ast::ColumnDef) -> Res<Type> {
        match def.ty {
            Some(ty) => self.type_name(ty),
            None => error(
                codes::TYPE_MISMATCH,
                def.span,
                "a column needs a type",
                "it says what the column can hold on every backend",
            ),
        }
    }

    pub(super) fn new_column(
        &mut self,
        def: &ast::ColumnDef,
        id: crate::ColumnId,
    ) -> Res<NewColumn> {
        let ast = self.ast;
        let ty = self.ir.column(id).ty;
        let declared = def.ty.map(|ty| ast.text(ast[ty].span).to_ascii_lowercase());
        let serial = declared.is_some_and(|text| text.trim().ends_with("serial"));
        let mut column = NewColumn {
            id,
            ty,
            not_null: serial,
            default: None,
            generated: None,
            identity: serial.then_some(false),
            numbers: Vec::new(),
            constraints: Vec::new(),
            span: def.span,
        };
        for &constraint in &ast[def.constraints] {
            match constraint.kind {
                Kind::Null => {}
                Kind::NotNull => column.not_null = true,
                Kind::Default(expr) => column.default = Some(self.default(expr, id)?),
                Kind::Generated { expr, .. } => {
                    let value = self.within(Place::Where, |this| this.expr(expr))?;
                    column.generated = Some(self.assign(value, id)?);
                }
                Kind::Identity { always, options } => {
                    numbers(ty, constraint.span)?;
                    column.numbers = self.sequence_options(options)?;
                    column.identity = Some(always);
                    column.not_null = true;
                }
                Kind::AutoIncrement => column.identity = Some(false),
                _ => {
                    let lowered = self.constraint(constraint)?;
                    column.not_null |= matches!(lowered.kind, ConstraintKind::PrimaryKey(_));
                    column.constraints.push(lowered);
                }
            }
        }
        if let (Some(_), Some(_)) = (column.identity, column.default) {
            let label = "the numbers are what stands where nothing is given";
            let message = "a numbered column has no default besides";
            return error(codes::COMPUTED_COLUMN, def.span, message, label);
        }
        Ok(column)
    }

    /// No column can be named in a default.
    pub(super) fn default(
        &mut self,
        expr: Id<ast::Expr>,
        id: crate::ColumnId,
    ) -> Res<crate::ScalarId> {
        let hidden = core::mem::take(&mut self.scopes);
        self.scopes.push(Scope::default());
        let value = self.within(Place::Values, |this| this.expr(expr));
        self.scopes = hidden;
        self.assign(value?, id)
    }

    pub(super) fn constraint(&mut self, constraint: ast::Constraint) -> Res<Constraint> {
        let ast = self.ast;
        let span = constraint.span;
        if constraint.on_conflict.is_some() {
            return not_yet(span, "ON CONFLICT of a constraint");
        }
        let kind = match constraint.kind {
            Kind::PrimaryKey { columns, .. } => {
                ConstraintKind::PrimaryKey(self.key_columns(columns)?)
            }
            Kind::Unique {
                columns,
                nulls_distinct: None | Some(true),
            } => ConstraintKind::Unique(self.key_columns(columns)?),
            Kind::Check { condition, .. } => {
                let condition = self.within(Place::Where, |this| this.condition(condition))?;
                ConstraintKind::Check(condition)
            }
            Kind::ForeignKey(key) => {
                let key = ast[key];
                for action in [key.on_delete, key.on_update].into_iter().flatten() {
                    if let RefAction::SetNull(some) | RefAction::SetDefault(some) = action
                        && !some.is_empty()
                    {
                        return not_yet(span, "SET NULL of some columns");
                    }
                }
                // Of one column all matches are alike.
                let simple = |word: &str| word.eq_ignore_ascii_case("simple");
                let alike = key.columns.len() < 2;
                if key
                    .matching
                    .is_some_and(|word| !alike && !simple(&ast.name(word)))
                {
                    return not_yet(span, "MATCH");
                }
                let names = |list: ast::List<ast::Ident>| {
                    let names = ast[list].iter();
                    names.map(|&name| ast.name(name).into_owned()).collect()
                };
                ConstraintKind::References {
                    columns: names(key.columns),
                    table: self.object_name(key.table),
                    referred: names(key.referred),
                    on_delete: key.on_delete.map(action_text),
                    on_update: key.on_update.map(action_text),
                }
            }
            _ => return not_yet(span, "this constraint"),
        };
        Ok(Constraint {
            name: constraint.name.map(|name| ast.name(name).into_owned()),
            kind,
            deferred: constraint.deferred == Some(true),
            span,
        })
    }

    fn key_columns(&mut self, columns: ast::List<ast::OrderItem>) -> Res<Vec<String>> {
        let ast = self.ast;
        let mut keys = Vec::new();
        self.each(&ast[columns], &mut |_, item| {
            if let ast::OrderItem::Expr { expr, .. } = *item {
                let ast::ExprKind::Column(name) = ast[expr].kind else {
                    return not_yet(ast[expr].span, "a key that is no column");
                };
                let last = ast[name.parts].last();
                keys.extend(last.map(|&name| ast.name(name).into_owned()));
            }
            Ok(())
        })?;
        Ok(keys)
    }

    fn new_index(
        &mut self,
        name: Option<ObjectName>,
        index: ast::CreateIndex,
        if_not_exists: bool,
        span: Span,
    ) -> Res<Define> {
        let ast = self.ast;
        if let Some(option) = ast[index.options].first() {
            return not_yet(option.span, "an option of an index");
        }
        let text = |&name: &ast::Ident| ast.name(name).into_owned();
        let kept = IndexKept {
            method: index.method.as_ref().map(text),
            include: ast[index.include].iter().map(text).collect(),
            concurrently: index.concurrently,
        };
        self.scopes.push(Scope::default());
        let done = self.index_parts(index, span);
        self.scopes.pop();
        let (table, row, keys, predicate) = done?;
        let named = name.is_some();
        let catalog = self.env.catalog;
        let place = (table.schema.as_deref(), table.name.as_str());
        let own = || crate::ddl::index_name(self.ast, place, &index, catalog);
        Ok(Define::Index(Box::new(NewIndex {
            name: name.map_or_else(own, |name| name.name),
            named,
            table,
            row,
            keys,
            unique: index.unique,
            if_not_exists,
            predicate,
            kept,
        })))
    }

    #[allow(clippy::type_complexity, reason = "the parts of an index")]
    fn index_parts(
        &mut self,
        index: ast::CreateIndex,
        span: Span,
    ) -> Res<(
        ObjectName,
        Vec<crate::ColumnId>,
        Vec<(crate::ScalarId, bool)>,
        Option<crate::ScalarId>,
    )> {
        let ast = self.ast;
        let changed = self.changed_named(index.table, span)?;
        self.show_changed(&changed)?;
        let mut keys = Vec::new();
        for column in &ast[index.columns] {
            let ast::OrderItem::Expr { expr, .. } = column.item else {
                return not_yet(span, "this index");
            };
            if column.class.is_some() {
                return not_yet(span, "an operator class");
            }
            let (descending, _) = self.direction(&column.item)?;
            let key = self.within(Place::Where, |this| this.expr(expr))?;
            keys.push((key, descending));
        }
        let predicate = match index.predicate {
            Some(id) => Some(self.within(Place::Where, |this| this.condition(id))?),
            None => None,
        };
        let target = self.finished(changed);
        let name = ObjectName {
            schema: target.schema,
            name: target.table,
        };
        Ok((name, target.columns, keys, predicate))
    }

    pub(super) fn drop(&mut self, drop: ast::Drop, span: Span) -> Res<(RelId, Output)> {
        let names = self.ast[drop.names].iter();
        let names: Vec<_> = names.map(|&name| self.object_name(name)).collect();
        let names = self.referring_first(names);
        let catalog = self.env.catalog;
        let find = |name: &ObjectName| catalog.find(name.schema.as_deref(), &name.name);
        let is_temporary = |name: &ObjectName| find(name).is_some_and(|table| table.temporary);
        let inside = match drop.object {
            ast::ObjectKind::Schema => self.inside(&names),
            _ => Vec::new(),
        };
        let gone: Vec<_> = match drop.object {
            ast::ObjectKind::Schema => inside.iter().filter_map(|(_, name)| find(name)).collect(),
            ast::ObjectKind::Index | ast::ObjectKind::Sequence => Vec::new(),
            _ => names.iter().filter_map(find).collect(),
        };
        let define = Define::Drop {
            kind: drop.object,
            dependents: (!catalog.is_open()).then(|| catalog.dependents(&gone)),
            numbered: match drop.object {
                ast::ObjectKind::Sequence => self.numbered_by(&names),
                _ => Vec::new(),
            },
            temporary: names.iter().all(is_temporary),
            sequences: match drop.object {
                ast::ObjectKind::Table => self.sequences(&names),
                _ => Vec::new(),
            },
            of: names.first().and_then(|name| self.indexed(&name.name)),
            inside,
            names,
            if_exists: drop.if_exists,
            cascade: drop.cascade == Some(true),
        };
        if drop.concurrently || drop.on.is_some() {
            return not_yet(span, "this DROP");
        }
        Ok(self.define(define, span))
    }
}

impl Lowerer<'_> {
    /// The sequences of the numbered columns of tables.
    fn sequences(&self, names: &[ObjectName]) -> Vec<ObjectName> {
        let tables = names
            .iter()
            .filter_map(|name| self.env.catalog.find(name.schema.as_deref(), &name.name));
        let all = tables.flat_map(|table| {
            let columns = table.columns.iter();
            columns.filter_map(|column| column.numbered_by(table))
        });
        all.collect()
    }

    /// What the catalog shows to be in schemas: views first, tables that refer to others before them.
    fn inside(&self, schemas: &[ObjectName]) -> Vec<(ast::ObjectKind, ObjectName)> {
        let catalog = self.env.catalog;
        let held = |table: &&crate::Table| {
            let own = table.schema.as_deref();
            own.is_some_and(|own| schemas.iter().any(|s| catalog.matches(&s.name, own)))
        };
        let all: Vec<_> = catalog.tables().iter().filter(held).collect();
        let (views, tables): (Vec<&crate::Table>, Vec<_>) =
            all.into_iter().partition(|t| t.kind.is_view());
        let views = views.into_iter().map(|view| match view.kind {
            TableKind::MaterializedView => (ast::ObjectKind::MaterializedView, view.object()),
            _ => (ast::ObjectKind::View, view.object()),
        });
        let tables = self.referring_first(tables.into_iter().map(|t| t.object()).collect());
        let tables = tables
            .into_iter()
            .map(|name| (ast::ObjectKind::Table, name));
        views.chain(tables).collect()
    }

    /// The columns that the catalog shows to take their numbers from one of these sequences.
    fn numbered_by(&self, names: &[ObjectName]) -> Vec<String> {
        let takes = |default: &str| {
            let mut texts = default.split('\'').skip(1).step_by(2);
            default.contains("nextval")
                && texts.any(|text| {
                    let last = text.rsplit('.').next().unwrap_or(text);
                    names.iter().any(|n| n.name == last.trim_matches('"'))
                })
        };
        let mut found = Vec::new();
        for table in self.env.catalog.tables() {
            let columns = table.columns.iter();
            let columns = columns.filter(|c| c.default.as_deref().is_some_and(takes));
            found.extend(columns.map(|c| format!("{}.{}", table.qualified(), c.name)));
        }
        found
    }

    /// What refers to another of them goes before it.
    fn referring_first(&self, mut names: Vec<ObjectName>) -> Vec<ObjectName> {
        let catalog = self.env.catalog;
        let refers = |from: &ObjectName, to: &ObjectName| {
            let found = catalog.find(from.schema.as_deref(), &from.name);
            let mut keys = found.into_iter().flat_map(|table| &table.foreign_keys);
            let other = catalog.find(to.schema.as_deref(), &to.name);
            other.is_some_and(|other| from != to && keys.any(|key| other.is_referred(key)))
        };
        let mut ordered = Vec::new();
        while !names.is_empty() {
            let needed = |name: &ObjectName| names.iter().any(|other| refers(other, name));
            let free = names.iter().position(|name| !needed(name)).unwrap_or(0);
            ordered.push(names.remove(free));
        }
        ordered
    }

    /// The one table that has an index of a name.
    pub(super) fn indexed(&self, name: &str) -> Option<ObjectName> {
        let catalog = self.env.catalog;
        let has = |table: &&crate::Table| {
            let mut names = table.indexes.iter().map(|index| index.name.as_str());
            names.any(|own| catalog.matches(name, own))
        };
        let mut tables = catalog.tables().iter().filter(has);
        let table = tables.next().filter(|_| tables.next().is_none())?;
        Some(ObjectName {
            schema: table.schema.clone(),
            name: table.name.clone(),
        })
    }
}

fn action_text(action: RefAction) -> &'static str {
    match action {
        RefAction::NoAction => "NO ACTION",
        RefAction::Restrict => "RESTRICT",
        RefAction::Cascade => "CASCADE",
        RefAction::SetNull(_) => "SET NULL",
        RefAction::SetDefault(_) => "SET DEFAULT",
    }
}

/// What numbers rows is an integer, as PostgreSQL has it.
pub(super) fn numbers(ty: Type, span: Span) -> Res<()> {
    if ty.is_integer() || ty == Type::Unknown {
        return Ok(());
    }
    let message = format!("a column of type {ty} cannot be numbered");
    error(
        codes::TYPE_MISMATCH,
        span,
        message,
        "SMALLINT, INTEGER and BIGINT can",
    )
}
