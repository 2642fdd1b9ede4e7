//! Files in FROM.

use super::from::Piece;
use super::scope::Named;
use super::{Lowerer, Name, Res};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::Diagnostic;

impl<'a> Lowerer<'a> {
    /// A relation that reads files, where somebody says what columns they have; otherwise its name is given back.
    pub(super) fn file_in_from(
        &mut self,
        relation: ast::Relation,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
    ) -> Res<Result<Piece<'a>, Option<Name<'a>>>> {
        let Some(source) = self.ast.file_source(relation) else {
            return Ok(Err(alias));
        };
        let (catalog, span) = (self.env.catalog, relation.span);
        match catalog.file(&source.text) {
            Some(FileTable::Read(known)) => self.file(source, known, alias, aliases, span).map(Ok),
            Some(FileTable::Stored(table)) => match catalog.find(None, table) {
                Some(table) => {
                    let alias = Some(alias.unwrap_or_else(|| source.name.into()));
                    self.scan(table, None, alias, aliases, span).map(Ok)
                }
                None => Ok(Err(alias)),
            },
            None => match catalog.file_columns(self.ast, relation) {
                Some(found) => {
                    let alias = alias.unwrap_or_else(|| source.name.into());
                    self.future_table(&found, alias, aliases, span).map(Ok)
                }
                None => Ok(Err(alias)),
            },
        }
    }

    /// A file, of which somebody has said what columns it has.
    fn file(
        &mut self,
        source: ast::FileSource,
        known: &[TableColumn],
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let alias: Name<'a> = alias.unwrap_or_else(|| source.name.into());
        let columns = known.iter().map(|column| {
            let id = self.ir.add_column(&column.name, column.ty, true);
            (id, column.name.clone())
        });
        let columns = columns.collect();
        let named = self.renamed(columns, aliases, span)?;
        let kind = RelKind::TableFunction {
            func: TableFunc::File(source.text),
            args: Vec::new(),
            alias: alias.clone().into_owned(),
            columns: named
                .iter()
                .map(|c| (c.id, c.name.clone().into_owned()))
                .collect(),
            ordinality: false,
        };
        let rel = self.ir.add_rel(kind, span);
        self.show(alias, &named, span)?;
        Ok((rel, named))
    }

    /// A file that will be a table where the statement runs; without columns nobody knows what it has.
    fn future_table(
        &mut self,
        found: &[TableColumn],
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let table = alias.clone().into_owned();
        if found.is_empty() {
            return self.open_scan(None, &table, Some(alias), aliases, span);
        }
        let columns: Vec<Named<'a>> = found
            .iter()
            .map(|column| Named {
                id: self.ir.add_table_column(column),
                name: column.name.clone().into(),
            })
            .collect();
        let ids = columns.iter().map(|column| column.id).collect();
        let columns = self.renamed_in_place(columns, aliases, span)?;
        self.show(alias, &columns, span)?;
        let kind = RelKind::Scan {
            schema: None,
            alias: table.clone(),
            table,
            columns: ids,
            open: false,
            in_order: false,
            only: false,
        };
        Ok((self.ir.add_rel(kind, span), columns))
    }

    /// What is wrong with an argument of a function that reads files.
    pub(super) fn no_constant(&self, error: Diagnostic, value: ast::Id<ast::Expr>) -> Diagnostic {
        let ast::Expr { kind, span } = self.ast[value];
        let name = match kind {
            ast::ExprKind::Column(name) => self.ast[name.parts].first(),
            _ => None,
        };
        match name {
            Some(&name) if self.ast.is_quoted(name) => {
                let text = ast::text_literal(&self.ast.name(name));
                error
                    .label(span, "this is a name: text is written in single quotes")
                    .suggest(format!("write {text}"), span, text)
            }
            _ => error
                .label(span, "this is no constant")
                .help("files and options are constants: read_csv('sales.csv', delim = ';')"),
        }
    }
}
