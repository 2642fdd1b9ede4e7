//! What CREATE TABLE and CREATE INDEX say of a table.

use super::{Ddl, Res, suggested};
use crate::depends::scanned;
use crate::{
    Check, ForeignKey, Index, IndexKey, Key, Lowered, ObjectName, Table, TableColumn, Type,
    lower_query,
};
use rql_ast::{
    self as ast, Constraint, ConstraintKind, CreateTable, ExprKind, Id, Ident, List, Name,
    OrderItem, TableElement,
};
use rql_diagnostics::{Diagnostic, codes};

impl Ddl<'_> {
    pub(super) fn table(&self, name: Name, temporary: bool, create: CreateTable) -> Res<Table> {
        let ast = self.ast;
        let mut table = self.empty(name, temporary);
        if let Some(query) = create.query {
            table.columns = self.query_columns(query, create.columns)?;
            // The rows come along, what forbids NULL does not.
            for column in &mut table.columns {
                column.nullable = true;
            }
            return Ok(table);
        }
        for parent in self.parents(create) {
            let of_parent = self.existing(parent, false)?.into_iter();
            let columns = of_parent.flat_map(|parent| &parent.columns).cloned();
            table.columns.extend(columns);
        }
        for element in &ast[create.elements] {
            match *element {
                // A partition says more of the columns that it has.
                TableElement::Column(_) if create.partition_of.is_some() => {}
                TableElement::Column(column) => self.column(&mut table, ast[column])?,
                TableElement::Like { table: other, .. } => {
                    if let Some(other) = self.existing(other, false)? {
                        let copied = other.columns.iter().map(|column| TableColumn {
                            name: column.name.clone(),
                            declared: column.ty.to_string(),
                            ty: column.ty,
                            nullable: column.nullable,
                            ..TableColumn::default()
                        });
                        table.columns.extend(copied);
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
        let mut options = ast[create.options].iter();
        table.without_rowid = options.any(|option| {
            let word = ast.text(option.name.span);
            word.eq_ignore_ascii_case("rowid")
        });
        self.refer(&mut table);
        Ok(table)
    }

    /// The tables whose columns a table has: those that it inherits from, or is a part of.
    fn parents(&self, create: CreateTable) -> Vec<Name> {
        let ast = self.ast;
        if let Some(part) = create.partition_of {
            return vec![part.parent];
        }
        let mut parents = Vec::new();
        for option in &ast[create.options] {
            let inherits = ast.text(option.name.span).eq_ignore_ascii_case("inherits");
            let args = match option.value {
                ast::AttributeValue::List(args) if inherits => &ast[args],
                _ => &[],
            };
            parents.extend(args.iter().filter_map(|&arg| match ast[arg].kind {
                ExprKind::Column(name) => Some(name),
                _ => None,
            }));
        }
        parents
    }

    pub(super) fn column(&self, table: &mut Table, column: ast::ColumnDef) -> Res<()> {
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
            ty: Type::from_declared(declared),
            nullable: !lower.ends_with("serial"),
            identity: lower.ends_with("serial"),
            counted: lower.ends_with("serial"),
            ..TableColumn::default()
        });
        for constraint in &ast[column.constraints] {
            let made = &mut table.columns[at];
            match constraint.kind {
                ConstraintKind::NotNull => made.nullable = false,
                ConstraintKind::Default(expr) => made.default = Some(self.text(expr)),
                ConstraintKind::Generated { .. } => made.generated = true,
                ConstraintKind::Identity { always, .. } => {
                    (made.identity, made.counted, made.always) = (true, true, always);
                    made.nullable = false;
                }
                ConstraintKind::AutoIncrement => (made.identity, made.counted) = (true, true),
                ConstraintKind::PrimaryKey { .. } => {
                    made.nullable = false;
                    self.key(table, constraint, true, vec![at]);
                }
                ConstraintKind::Unique { .. } => self.key(table, constraint, false, vec![at]),
                ConstraintKind::ForeignKey(key) => self.refers(table, constraint, key, vec![at]),
                ConstraintKind::Check { condition, .. } => self.check(table, constraint, condition),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn constraint(&self, table: &mut Table, constraint: &Constraint) -> Res<()> {
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
            ConstraintKind::Check { condition, .. } => self.check(table, constraint, condition),
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

    fn check(&self, table: &mut Table, from: &Constraint, condition: Id<ast::Expr>) {
        table.checks.push(Check {
            name: from.name.map(|name| self.ast.name(name).into_owned()),
            condition: self.text(condition),
        });
    }

    pub(super) fn index(&self, table: &Table, name: String, index: ast::CreateIndex) -> Res<Index> {
        let mut keys = Vec::new();
        for column in &self.ast[index.columns] {
            let OrderItem::Expr { expr, .. } = column.item else {
                continue;
            };
            keys.push(match self.plain(expr) {
                Some(name) => IndexKey::Column(self.position(table, name)?),
                None => IndexKey::Expression(self.text(expr)),
            });
        }
        Ok(Index {
            name,
            unique: index.unique,
            keys,
            predicate: index.predicate.map(|condition| self.text(condition)),
        })
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
        table.foreign_keys.push(ForeignKey {
            name: from.name.map(|name| ast.name(name).into_owned()),
            columns,
            schema,
            table: name,
            referred: ast[ast[key].referred]
                .iter()
                .map(|&c| ast.name(c).into_owned())
                .collect(),
            acts: [ast[key].on_delete, ast[key].on_update]
                .into_iter()
                .flatten()
                .any(|act| !matches!(act, ast::RefAction::NoAction | ast::RefAction::Restrict)),
        });
    }

    /// Foreign keys that name no columns refer to the primary key, and names are the catalog's.
    pub(super) fn refer(&self, table: &mut Table) {
        let this = table.clone();
        let catalog = self.env.catalog;
        for key in &mut table.foreign_keys {
            let own = key.schema.is_none() && catalog.matches(&key.table, &this.name);
            let found = catalog.find(key.schema.as_deref(), &key.table);
            let found = if own { Some(&this) } else { found };
            let Some(other) = found else { continue };
            key.schema.clone_from(&other.schema);
            key.table.clone_from(&other.name);
            if key.referred.is_empty() {
                let columns = other.key_positions();
                key.referred = columns.map(|at| other.columns[at].name.clone()).collect();
            }
            for name in &mut key.referred {
                let mut columns = other.columns.iter().map(|column| &column.name);
                if let Some(stored) = columns.find(|stored| catalog.matches(name, stored)) {
                    name.clone_from(stored);
                }
            }
        }
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

    pub(super) fn position(&self, table: &Table, name: Ident) -> Res<usize> {
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
    pub(super) fn query_columns(
        &self,
        query: Id<ast::Query>,
        names: List<Ident>,
    ) -> Res<Vec<TableColumn>> {
        Ok(self.shown(query, names)?.0)
    }

    /// The columns that a query gives under these names, and the tables that it reads.
    pub(super) fn shown(
        &self,
        query: Id<ast::Query>,
        names: List<Ident>,
    ) -> Res<(Vec<TableColumn>, Vec<ObjectName>)> {
        let Lowered { ir, .. } = lower_query(self.ast, query, self.env)?;
        let reads = scanned(&ir);
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
        Ok((columns.collect(), reads))
    }

    /// The text of an expression, without parentheses around the whole.
    pub(super) fn text(&self, expr: Id<ast::Expr>) -> String {
        match self.ast[expr].kind {
            ExprKind::Paren(inner) => self.text(inner),
            _ => self.ast.text(self.ast[expr].span).to_owned(),
        }
    }
}
