//! Catalogs for tests: from DDL, and from what a connection holds.

use noctra_runtime::TableInfo;
use rql::{Ast, Catalog, NameMatch, Table, TableColumn, Type};
use rql_ast::{ConstraintKind, Create, CreateObject, StmtKind, TableElement};

/// The catalog of what a connection holds.
#[must_use]
pub fn introspected(tables: &[TableInfo], names: NameMatch) -> Catalog {
    let mut catalog = Catalog::new(names);
    for table in tables {
        let columns = table
            .columns
            .iter()
            .map(|column| column_of(&column.name, &column.declared, column.nullable));
        catalog.add(Table {
            schema: table.schema.clone(),
            name: table.name.clone(),
            view: table.view,
            columns: columns.collect(),
            ..Table::default()
        });
    }
    catalog
}

/// A column of a declared type.
#[must_use]
pub fn column_of(name: &str, declared: &str, nullable: bool) -> TableColumn {
    TableColumn {
        name: name.to_owned(),
        declared: declared.to_owned(),
        ty: Type::from_declared(declared),
        nullable,
        ..TableColumn::default()
    }
}

/// Runs the CREATE TABLE and DROP TABLE statements of a text on a catalog.
pub fn declare(catalog: &mut Catalog, sql: &str) {
    let parse = rql::parse(sql);
    let ast = &parse.ast;
    for stmt in &ast[ast.statements] {
        if let StmtKind::Create(create) = stmt.kind {
            create_table(catalog, ast, ast[create]);
        }
    }
}

fn create_table(catalog: &mut Catalog, ast: &Ast, create: Create) {
    let (Some(name), CreateObject::Table(table)) = (create.name, create.object) else {
        return;
    };
    let columns = ast[ast[table].elements].iter().filter_map(|element| {
        let TableElement::Column(column) = *element else {
            return None;
        };
        let column = ast[column];
        let declared = column.ty.map_or("", |ty| ast.text(ast[ty].span));
        let never_null = ast[column.constraints].iter().any(|constraint| {
            matches!(
                constraint.kind,
                ConstraintKind::NotNull | ConstraintKind::PrimaryKey { .. }
            )
        });
        Some(column_of(&ast.name(column.name), declared, !never_null))
    });
    let parts = &ast[name.parts];
    catalog.add(Table {
        schema: (parts.len() > 1).then(|| ast.name(parts[0]).into_owned()),
        name: parts
            .last()
            .map_or_else(String::new, |&part| ast.name(part).into_owned()),
        view: false,
        columns: columns.collect(),
        ..Table::default()
    });
}
