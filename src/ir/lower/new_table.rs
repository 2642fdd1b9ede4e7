//! CREATE TABLE: its columns, what they are like, its options, and the query that fills it.

use super::scope::Named;
use super::{Lowerer, Output, Res, Scope, error, not_yet};
use crate::RelId;
use crate::define::*;
use rql_ast::{self as ast, Span, TableElement};
use rql_diagnostics::{Diagnostic, codes};

/// With what words options of MySQL's tables begin.
const MYSQLS: &[&str] = &[
    "engine",
    "default",
    "charset",
    "character",
    "collate",
    "auto_increment",
    "comment",
    "row_format",
];

impl<'a> Lowerer<'a> {
    pub(super) fn new_table(
        &mut self,
        name: ObjectName,
        table: ast::CreateTable,
        span: Span,
    ) -> Res<NewTable> {
        let ast = self.ast;
        let mut defs = Vec::new();
        for element in &ast[table.elements] {
            match element {
                TableElement::Column(column) => defs.push(ast[*column]),
                TableElement::Constraint(_) | TableElement::Like { .. } => {}
            }
        }
        let mut options = Vec::new();
        for option in &ast[table.options] {
            let Some(read) = self.table_option(option)? else {
                continue;
            };
            // WITHOUT and ROWID are two words of one option.
            if !options.iter().any(|&(known, _)| known == read) {
                options.push((read, option.span));
            }
        }
        let query = match table.query {
            Some(query) => {
                let nested = self.nested(query)?;
                Some(self.made_of(nested, table.columns, table.with_data == Some(false), span)?)
            }
            None => None,
        };
        self.scopes.push(Scope::default());
        let done = self.table_parts(&name, &defs, table, span);
        self.scopes.pop();
        let (columns, constraints) = done?;
        Ok(NewTable {
            exists: None,
            name,
            temporary: false,
            if_not_exists: false,
            options,
            columns,
            constraints,
            query,
        })
    }

    /// What a table or a view is made of: a query, whose columns may be given other names.
    pub(super) fn made_of(
        &mut self,
        (query, output): (RelId, Output),
        given: ast::List<ast::Ident>,
        empty: bool,
        span: Span,
    ) -> Res<MadeOf> {
        let ast = self.ast;
        let mut names: Vec<_> = output.iter().map(|c| c.1.clone()).collect();
        let given = &ast[given];
        if let Some(more) = given.get(names.len()) {
            let message = format!("the query gives fewer columns: {}", names.len());
            return error(
                codes::TYPE_MISMATCH,
                more.span,
                message,
                "one name too many",
            );
        }
        for (name, &given) in names.iter_mut().zip(given) {
            *name = ast.name(given).into_owned();
        }
        let made = output.iter().zip(&names).map(|(from, name)| {
            let ty = self.ir.column(from.0).ty;
            self.ir.add_column(name, ty, true)
        });
        let columns: Vec<_> = made.collect();
        // They belong to the query: no statement that makes something has WITH before its own word.
        let query = self.with_lets(query);
        let rows = self.assigned_rows(query, &output, &columns, span)?;
        Ok(MadeOf {
            query,
            names,
            renamed: !given.is_empty(),
            columns,
            rows,
            empty,
        })
    }

    fn table_parts(
        &mut self,
        name: &ObjectName,
        defs: &[ast::ColumnDef],
        table: ast::CreateTable,
        span: Span,
    ) -> Res<(Vec<NewColumn>, Vec<Constraint>)> {
        let ast = self.ast;
        let mut columns = Vec::new();
        let mut named: Vec<Named<'a>> = Vec::new();
        for element in &ast[table.elements] {
            if let TableElement::Like { table, options } = *element {
                self.columns_like(table, options, &mut columns, span)?;
            }
        }
        for column in &columns {
            let name = self.ir.column(column.id).name.clone();
            named.push(Named {
                id: column.id,
                name: name.into(),
            });
        }
        let copied = named.len();
        for def in defs {
            let column = ast.name(def.name);
            let mut known = named.iter();
            if known.any(|n| self.env.catalog.matches(&column, &n.name)) {
                let message = format!("column {column} stands twice");
                return error(
                    codes::DUPLICATE_NAME,
                    def.name.span,
                    message,
                    "the name is taken",
                );
            }
            let ty = self.column_type(def)?;
            let id = self.ir.add_column(&column, ty, true);
            named.push(Named { id, name: column });
        }
        self.show(name.name.clone().into(), &named, span)?;
        self.scope().names.clone_from(&named);
        for (def, named) in defs.iter().zip(&named[copied..]) {
            columns.push(self.new_column(def, named.id)?);
        }
        let mut constraints = Vec::new();
        for element in &ast[table.elements] {
            if let TableElement::Constraint(constraint) = *element {
                constraints.push(self.constraint(constraint)?);
            }
        }
        for constraint in &constraints {
            let ConstraintKind::PrimaryKey(keys) = &constraint.kind else {
                continue;
            };
            for key in keys {
                let at = named.iter().position(|n| n.name == *key);
                let Some(at) = at else {
                    let message = format!("the table has no column {key}");
                    let label = "a key is made of columns of the table";
                    return error(codes::UNKNOWN_COLUMN, constraint.span, message, label);
                };
                columns[at].not_null = true;
            }
        }
        Ok((columns, constraints))
    }

    /// `LIKE t`: its columns with their types, and which must not be NULL.
    fn columns_like(
        &mut self,
        name: ast::Name,
        options: ast::List<ast::Ident>,
        columns: &mut Vec<NewColumn>,
        span: Span,
    ) -> Res<()> {
        let ast = self.ast;
        let mut words = ast[options].iter();
        if let Some(word) = words.find(|w| ast.text(w.span).eq_ignore_ascii_case("including")) {
            return Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "LIKE … INCLUDING")
                    .label(word.span, "LIKE alone is understood here")
                    .help("LIKE copies names, types and NOT NULL; write out what else the table needs"),
            ));
        }
        let ObjectName {
            schema,
            name: written,
        } = self.object_name(name);
        let Some(other) = self.env.catalog.find(schema.as_deref(), &written) else {
            return Err(Box::new(self.unknown_table(&written, name)));
        };
        for column in &other.columns {
            // A serial number does not go along, its type does.
            let ty = column.ty;
            columns.push(NewColumn {
                id: self.ir.add_column(&column.name, ty, true),
                ty,
                not_null: !column.nullable,
                default: None,
                generated: None,
                identity: None,
                numbers: Vec::new(),
                constraints: Vec::new(),
                span,
            });
        }
        Ok(())
    }

    /// What stands behind the columns of a table.
    fn table_option(&self, option: &ast::Attribute) -> Res<Option<TableOption>> {
        let text = self.ast.text(option.span).to_ascii_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["without", "rowid"] | ["without"] | ["rowid"] => Ok(Some(TableOption::WithoutRowid)),
            ["strict"] => Ok(Some(TableOption::Strict)),
            // As it is without these words.
            ["on", "commit", "preserve", "rows"] => Ok(None),
            ["on", "commit", ..] => Err(Box::new(
                Diagnostic::error(codes::NOT_EXECUTABLE_YET, "ON COMMIT is not executed yet")
                    .label(option.span, "the table would outlive the transaction")
                    .help(
                        "a temporary table goes with the session; DROP TABLE takes it away before",
                    ),
            )),
            [first, ..] if MYSQLS.iter().any(|word| first.starts_with(word)) => Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "an option of MySQL's tables")
                    .label(option.span, "no other database takes it")
                    .help("it says how a table is kept, and no answer depends on it")
                    .suggest("leave it out", option.span, ""),
            )),
            _ => not_yet(option.span, "an option of CREATE TABLE"),
        }
    }
}
