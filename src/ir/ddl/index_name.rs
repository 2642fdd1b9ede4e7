//! The name of an index that is given none, as PostgreSQL makes it (`ChooseIndexName` of its sources):
//! `table_column_idx`, and a number behind it where that is taken.

use crate::Catalog;
use rql_ast::{Ast, CreateIndex, Expr, ExprKind, Id, OrderItem};

/// The longest name, in bytes.
const LONGEST: usize = 63;

pub(crate) fn index_name(
    ast: &Ast,
    (schema, table): (Option<&str>, &str),
    index: &CreateIndex,
    catalog: &Catalog,
) -> String {
    let mut columns: Vec<String> = Vec::new();
    for column in &ast[index.columns] {
        let OrderItem::Expr { expr, .. } = column.item else {
            continue;
        };
        let own = column_name(ast, expr);
        let (mut name, mut number) = (own.clone(), 0);
        while columns.contains(&name) {
            number += 1;
            name = format!("{own}{number}");
        }
        columns.push(name);
    }
    let columns = columns.join("_");
    let taken = |name: &str| {
        let near = catalog.tables().iter();
        let mut near = near.filter(|other| other.schema.as_deref() == schema);
        near.any(|table| {
            let mut indexes = table.indexes.iter();
            catalog.matches(name, &table.name) || indexes.any(|i| catalog.matches(name, &i.name))
        })
    };
    let mut name = joined(table, &columns, "idx");
    let mut number = 0;
    while taken(&name) {
        number += 1;
        name = joined(table, &columns, &format!("idx{number}"));
    }
    name
}

/// What PostgreSQL calls an indexed column.
fn column_name(ast: &Ast, expr: Id<Expr>) -> String {
    let last = |name: rql_ast::Name| {
        let part = ast[name.parts].last();
        part.map_or_else(|| "expr".into(), |&part| ast.name(part).into_owned())
    };
    match ast[expr].kind {
        ExprKind::Column(name) => last(name),
        ExprKind::Call(call) => last(ast[call].name),
        ExprKind::Collate { operand, .. } => column_name(ast, operand),
        _ => "expr".into(),
    }
}

/// The longer of the two is cut where all is too long.
fn joined(table: &str, columns: &str, end: &str) -> String {
    let (mut table, mut columns) = (table.to_owned(), columns.to_owned());
    while table.len() + columns.len() + end.len() + 2 > LONGEST {
        let longer = if table.len() > columns.len() {
            &mut table
        } else {
            &mut columns
        };
        if longer.pop().is_none() {
            break;
        }
    }
    format!("{table}_{columns}_{end}")
}
