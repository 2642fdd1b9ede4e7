//! FROM: its relations.

use super::scope::{Named, Place, Visible};
use super::{Lowerer, Name, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Id, RelationKind, Span};
use rql_diagnostics::{Diagnostic, codes, named_alike};

/// A piece of FROM: its rows, and what a bare name can mean there.
pub(super) type Piece<'a> = (RelId, Vec<Named<'a>>);

impl<'a> Lowerer<'a> {
    /// The relations of FROM, joined from the left; they become visible in the innermost block.
    pub(super) fn from(&mut self, items: &'a [ast::FromItem], span: Span) -> Res<RelId> {
        let mut all: Option<RelId> = None;
        for item in items {
            let (rel, names) = self.joined(item)?;
            self.scope().names.extend(names);
            all = Some(match all {
                None => rel,
                Some(left) => {
                    let lateral = self.is_lateral(rel);
                    let kind = RelKind::Join {
                        kind: JoinKind::Cross,
                        left,
                        right: rel,
                        on: None,
                        merged: Vec::new(),
                        lateral,
                    };
                    self.ir.add_rel(kind, item.span)
                }
            });
        }
        Ok(all.unwrap_or_else(|| self.ir.add_rel(RelKind::OneRow, span)))
    }

    pub(super) fn relation(&mut self, id: Id<ast::Relation>) -> Res<Piece<'a>> {
        if self.is_watched() {
            return self.watched_relation(self.ast[id], |this| this.sound_relation(id));
        }
        self.sound_relation(id)
    }

    fn sound_relation(&mut self, id: Id<ast::Relation>) -> Res<Piece<'a>> {
        let ast = self.ast;
        let relation = ast[id];
        if let Some(sample) = relation.sample {
            let whole = self.relation_of(relation)?;
            return self.sampled(whole, ast[sample], relation);
        }
        self.relation_of(relation)
    }

    /// `t TABLESAMPLE BERNOULLI (10) REPEATABLE (42)`.
    fn sampled(
        &mut self,
        (input, names): Piece<'a>,
        sample: ast::Sample,
        relation: ast::Relation,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let span = relation.span;
        if !matches!(self.ir.rel(input).kind, RelKind::Scan { .. }) {
            let message = "TABLESAMPLE takes rows of a table";
            return error(codes::TYPE_MISMATCH, span, message, "this is no table");
        }
        let method = match sample.method {
            Some(method) => ast.name(method).to_lowercase(),
            None => "bernoulli".to_owned(),
        };
        let rows = sample.unit.is_some_and(|unit| {
            let unit = ast.text(unit);
            !unit.eq_ignore_ascii_case("percent") && unit != "%"
        });
        if rows || !matches!(&*method, "bernoulli" | "system") {
            return not_yet(span, "a sample of this kind");
        }
        let mut number = |id| -> Res<ScalarId> {
            let scalar = self.within(Place::Limit, |this| this.expr(id))?;
            self.coerce(scalar, Type::Double)
        };
        let percent = number(sample.size)?;
        let seed = sample.seed.map(number).transpose()?;
        let kind = RelKind::Sample {
            input,
            method,
            percent,
            seed,
        };
        Ok((self.ir.add_rel(kind, span), names))
    }

    fn relation_of(&mut self, relation: ast::Relation) -> Res<Piece<'a>> {
        let ast = self.ast;
        let alias = relation.alias.map(|alias| ast[alias]);
        let given = alias.and_then(|a| a.name);
        self.no_placeholders(given.as_slice(), "an alias")?;
        let named = given.map(|name| ast.name(name));
        let columns: &[ast::AliasColumn] = alias.map_or(&[], |a| &ast[a.columns]);
        if let Some(typed) = columns.iter().find(|c| c.ty.is_some())
            && !matches!(relation.kind, RelationKind::Function { .. })
        {
            let message = "a table has its types";
            let label = "only a function that gives records is told names and types";
            return error(codes::TYPE_MISMATCH, typed.name.span, message, label);
        }
        let named = match self.file_in_from(relation, named, columns)? {
            Ok(file) => return Ok(file),
            Err(named) => named,
        };
        match relation.kind {
            RelationKind::Table { name, only, .. } => {
                let found = self.table(name, named, columns, relation.span)?;
                if let RelKind::Scan { only: own, .. } = &mut self.ir.rels[found.0.index()].kind {
                    *own = only;
                }
                Ok(found)
            }
            RelationKind::Rows { calls, ordinality } => {
                self.rows_from(&ast[calls], ordinality, named, columns, relation.span)
            }
            RelationKind::Query(query) => {
                // As PostgreSQL 16 names it.
                let alias = named.unwrap_or_else(|| self.free_name("unnamed_subquery"));
                let (input, output) = self.query_in_from(query, relation.lateral)?;
                let columns = self.renamed(output, columns, relation.span)?;
                let rel = self.derived(input, &alias, &columns, relation.span);
                if relation.lateral {
                    self.lateral.push(rel);
                }
                self.show(alias, &columns, relation.span)?;
                Ok((rel, columns))
            }
            RelationKind::Nested(item) => match named {
                None => self.joined(&ast[item]),
                Some(alias) => self.aliased_join(&ast[item], alias, columns, relation.span),
            },
            RelationKind::Function { call, ordinality } => {
                self.table_function(ast[call], ordinality, named, columns, relation.span)
            }
            RelationKind::File => Err(Box::new(
                Diagnostic::error(codes::NOT_PORTABLE, "a file is no table")
                    .label(relation.span, "its columns and types are not known here")
                    .help(others::FILE),
            )),
        }
    }

    /// A query in FROM: LATERAL sees the relations before it; otherwise only the blocks around.
    fn query_in_from(
        &mut self,
        query: Id<ast::Query>,
        lateral: bool,
    ) -> Res<(RelId, super::Output)> {
        if lateral {
            return self.nested(query);
        }
        let hidden = self.scopes.pop();
        let done = self.nested(query);
        self.scopes.extend(hidden);
        done
    }

    /// `(a JOIN b ON …) AS j`: the names inside are hidden.
    fn aliased_join(
        &mut self,
        item: &'a ast::FromItem,
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let scope = self.scope();
        let (before, first) = (scope.relations.len(), scope.first);
        scope.first = before;
        let done = self.joined(item);
        let scope = self.scope();
        scope.first = first;
        scope.relations.truncate(before);
        let (input, names) = done?;
        let (input, output) = self.projection(input, names, span);
        let columns = self.renamed(output, aliases, span)?;
        let rel = self.derived(input, &alias, &columns, span);
        self.show(alias, &columns, span)?;
        Ok((rel, columns))
    }

    /// Columns under their names, as a query gives them.
    pub(super) fn projection(
        &mut self,
        input: RelId,
        names: Vec<Named<'a>>,
        span: Span,
    ) -> (RelId, super::Output) {
        let mut items = Vec::new();
        let mut output = Vec::new();
        for Named { id, name } in names {
            let scalar = self.reference(id, span);
            let column = self.column_for(scalar, &name);
            items.push((column, scalar));
            output.push((column, name.into_owned()));
        }
        let visible = items.len();
        let kind = RelKind::Project {
            input,
            items,
            visible,
        };
        (self.ir.add_rel(kind, span), output)
    }

    /// A name that no relation of the block has yet.
    fn free_name(&mut self, name: &str) -> Name<'a> {
        let scope = self.scope();
        let taken = |name: &str| scope.relations.iter().any(|known| known.name == name);
        let numbered = (1..).map(|n| format!("{name}_{n}"));
        let mut names = core::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or_default().into()
    }

    pub(super) fn derived(
        &mut self,
        input: RelId,
        alias: &str,
        columns: &[Named<'a>],
        span: Span,
    ) -> RelId {
        let columns = columns
            .iter()
            .map(|c| (c.id, c.name.clone().into_owned()))
            .collect();
        let alias = alias.to_owned();
        let kind = RelKind::Derived {
            input,
            alias,
            columns,
        };
        self.ir.add_rel(kind, span)
    }

    fn table(
        &mut self,
        name: ast::Name,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let (schema, table) = match &ast[name.parts] {
            [table] => (None, ast.name(*table)),
            [.., schema, table] => (Some(ast.name(*schema)), ast.name(*table)),
            [] => return not_yet(span, "a table without a name"),
        };
        let catalog = self.env.catalog;
        let mut ctes = self.ctes.iter().rev();
        let cte = ctes
            .find(|cte| catalog.matches(&table, &cte.0))
            .map(|cte| cte.1);
        if let (Some(cte), None) = (cte, &schema) {
            return self.cte_scan(cte, alias.unwrap_or(table), aliases, span);
        }
        if schema.is_none()
            && let Some(cte) = self.let_relation(&table, span)?
        {
            return self.cte_scan(cte, alias.unwrap_or(table), aliases, span);
        }
        let found = match catalog.lookup(schema.as_deref(), &table) {
            Found::One(found) => found,
            Found::Many(tables) => {
                let at = ast.name_span(name);
                return Err(Box::new(crate::ddl::ambiguous(&table, &tables, at)));
            }
            Found::None if catalog.is_open() => {
                return self.open_scan(schema.as_deref(), &table, alias, aliases, span);
            }
            Found::None => return Err(Box::new(self.unknown_table(&table, name))),
        };
        // Behind a WITH query of the same name only its schema shows the table.
        let written = schema.filter(|_| cte.is_some());
        self.scan(found, written, alias, aliases, span)
    }

    /// A table of the catalog, its schema as it is written where that must be.
    pub(super) fn scan(
        &mut self,
        found: &'a Table,
        written: Option<Name<'a>>,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let columns: Vec<Named<'a>> = found
            .columns
            .iter()
            .map(|c| Named {
                id: self.ir.add_table_column(c),
                name: c.name.as_str().into(),
            })
            .collect();
        let ids: Vec<_> = columns.iter().map(|c| c.id).collect();
        let key = found.key_positions().map(|at| ids[at]).collect();
        let home = found.schema.as_deref().or(found.home.as_deref());
        let home = alias.is_none().then_some(home);
        let alias = alias.unwrap_or_else(|| found.name.as_str().into());
        let columns = self.renamed_in_place(columns, aliases, span)?;
        self.show_of(alias.clone(), home, &columns, span)?.key = key;
        let kind = RelKind::Scan {
            schema: written.map_or_else(|| found.schema.clone(), |w| Some(w.into_owned())),
            table: found.name.clone(),
            alias: alias.into_owned(),
            columns: ids,
            open: false,
            in_order: false,
            only: false,
        };
        Ok((self.ir.add_rel(kind, span), columns))
    }

    /// `TABLE t`: all of its columns.
    pub(super) fn whole_table(&mut self, name: ast::Name) -> Res<(RelId, super::Output)> {
        let span = self.ast.name_span(name);
        let (input, names) = self.table(name, None, &[], span)?;
        self.scope().names = names;
        self.every_column(input, span)
    }

    pub(super) fn open_scan(
        &mut self,
        schema: Option<&str>,
        table: &str,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let alias: Name<'a> = alias.unwrap_or_else(|| table.to_owned().into());
        let columns: Vec<Named<'a>> = aliases
            .iter()
            .map(|c| {
                let name = self.ast.name(c.name);
                Named {
                    id: self.ir.add_column(&name, Type::Unknown, true),
                    name,
                }
            })
            .collect();
        let kind = RelKind::Scan {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
            alias: alias.clone().into_owned(),
            columns: columns.iter().map(|c| c.id).collect(),
            open: true,
            in_order: false,
            only: false,
        };
        let rel = self.ir.add_rel(kind, span);
        self.show(alias, &columns, span)?.open = Some(rel);
        Ok((rel, columns))
    }

    fn cte_scan(
        &mut self,
        cte: CteId,
        alias: Name<'a>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let output = self.ir.ctes[cte.index()].columns.clone();
        if output.is_empty() {
            let message = format!("{} gives no rows", self.ir.ctes[cte.index()].name);
            let error = Diagnostic::error(codes::CHANGE_IN_WITH, message)
                .label(span, "what changes rows gives those that RETURNING names");
            return Err(Box::new(
                error.help("RETURNING * at its end gives whole rows"),
            ));
        }
        self.used_ctes.push(cte);
        let columns: Vec<Named<'a>> = output
            .into_iter()
            .map(|(id, name)| {
                let Column { ty, nullable, .. } = *self.ir.column(id);
                let id = self.ir.add_column(&name, ty, nullable);
                let name = name.into();
                Named { id, name }
            })
            .collect();
        let ids = columns.iter().map(|c| c.id).collect();
        let columns = self.renamed_in_place(columns, aliases, span)?;
        self.show(alias.clone(), &columns, span)?;
        let kind = RelKind::CteScan {
            cte,
            alias: alias.into_owned(),
            columns: ids,
        };
        Ok((self.ir.add_rel(kind, span), columns))
    }

    pub(super) fn unknown_table(&self, table: &str, name: ast::Name) -> Diagnostic {
        let at = self.ast.name_span(name);
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {table}"))
            .label(at, "no table, view or WITH query of this name");
        let tables = self.env.catalog.tables();
        let elsewhere = tables.iter().find_map(|t| {
            let here = self.env.catalog.matches(table, &t.name);
            t.schema.as_ref().filter(|_| here)
        });
        if let Some(schema) = elsewhere {
            let full = format!("{schema}.{table}");
            let message = format!("it is in the schema {schema}");
            return error.suggest(message, at, full);
        }
        if table.eq_ignore_ascii_case("dual") {
            return error.help("SELECT needs no FROM");
        }
        let written = self.ast.dotted(name);
        if let Some((_, ending)) = written.rsplit_once('.')
            && ast::FileSource::is_ending(ending)
        {
            let file = ast::text_literal(&written);
            return error.suggest(format!("a file is written {file}"), at, file);
        }
        let known = tables.iter().map(|t| t.name.as_str());
        let known = known.chain(self.ctes.iter().map(|cte| &*cte.0));
        match named_alike(table, known) {
            Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
            None => error,
        }
    }

    /// Makes a relation visible.
    pub(super) fn show(
        &mut self,
        name: Name<'a>,
        columns: &[Named<'a>],
        span: Span,
    ) -> Res<&mut Visible<'a>> {
        self.show_of(name, None, columns, span)
    }

    /// Makes a relation visible; two of one name are an error, but for tables of different schemas
    /// under their own names (`home`), as in PostgreSQL.
    fn show_of(
        &mut self,
        name: Name<'a>,
        home: Option<Option<&'a str>>,
        columns: &[Named<'a>],
        span: Span,
    ) -> Res<&mut Visible<'a>> {
        let catalog = self.env.catalog;
        let scope = self.scope();
        let first = scope.first;
        let twice = scope.relations[first..].iter().any(|r| {
            catalog.matches(&name, &r.name)
                && !(home.is_some() && r.home.is_some() && home != r.home)
        });
        if twice {
            let message = format!("{name} stands twice in FROM");
            let label = "another name behind it tells the two apart";
            return error(codes::DUPLICATE_NAME, span, message, label);
        }
        scope.relations.push(Visible {
            name,
            home,
            columns: columns.to_vec(),
            open: None,
            key: Vec::new(),
            value: None,
            missing: None,
        });
        let last = scope.relations.len() - 1;
        Ok(&mut scope.relations[last])
    }

    pub(super) fn renamed(
        &self,
        output: super::Output,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Vec<Named<'a>>> {
        let columns = output
            .into_iter()
            .map(|(id, name)| Named {
                id,
                name: name.into(),
            })
            .collect();
        self.renamed_in_place(columns, aliases, span)
    }

    pub(super) fn renamed_in_place(
        &self,
        mut columns: Vec<Named<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Vec<Named<'a>>> {
        if aliases.len() > columns.len() {
            let message = format!("{} names for {} columns", aliases.len(), columns.len());
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "there are more names than columns",
            );
        }
        for (column, alias) in columns.iter_mut().zip(aliases) {
            column.name = self.ast.name(alias.name);
        }
        Ok(columns)
    }
}
