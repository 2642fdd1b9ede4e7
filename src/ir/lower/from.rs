//! FROM: relations and joins.

use super::scope::{Named, Place, Visible};
use super::{Lowerer, Name, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Id, JoinOn, JoinSide, RelationKind, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// A piece of FROM: its rows, and what a bare name can mean there.
type Piece<'a> = (RelId, Vec<Named<'a>>);

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

    /// A relation and what is joined to it.
    fn joined(&mut self, item: &'a ast::FromItem) -> Res<Piece<'a>> {
        let first = self.scope().relations.len();
        let mut left = self.relation(item.relation)?;
        let joins = &self.ast[item.joins];
        self.each(joins, &mut |this, join| {
            let done = this.join(join, first, core::mem::take(&mut left.1), left.0)?;
            left = done;
            Ok(())
        })?;
        Ok(left)
    }

    fn join(
        &mut self,
        join: &'a ast::Join,
        first: usize,
        left_names: Vec<Named<'a>>,
        left: RelId,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let ast::Join::Join {
            kind: words,
            relation,
            on,
            span,
        } = *join
        else {
            return not_yet(Span::default(), "this join");
        };
        let kind = match words.side {
            _ if words.asof => return not_yet(span, "ASOF JOIN"),
            JoinSide::Plain | JoinSide::Inner => JoinKind::Inner,
            JoinSide::Left => JoinKind::Left,
            JoinSide::Right => JoinKind::Right,
            JoinSide::Full => JoinKind::Full,
            JoinSide::Cross => JoinKind::Cross,
            _ => return not_yet(span, "this kind of join"),
        };
        // What is LATERAL sees the left side too.
        let before = self.scope().names.len();
        self.scope().names.extend(left_names.iter().cloned());
        let middle = self.scope().relations.len();
        let refs = self.scope().outer_refs.len();
        let right = self.relation(relation);
        self.scope().names.truncate(before);
        let (right, right_names) = right?;
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.no_lateral_refs(refs, &left_names)?;
        }
        let mut merged = Vec::new();
        let mut names = Vec::new();
        let (mut left_rest, mut right_rest) = (left_names, right_names);
        let using = match on {
            JoinOn::Using(columns) => Some(ast[columns].to_vec()),
            _ => None,
        };
        if words.natural || using.is_some() {
            let columns: Vec<(Name<'a>, Span)> = match using {
                Some(idents) => idents.iter().map(|&i| (ast.name(i), i.span)).collect(),
                None => {
                    let both = left_rest.iter().filter(|l| {
                        right_rest
                            .iter()
                            .any(|r| self.env.catalog.matches(&l.name, &r.name))
                    });
                    both.map(|l| (l.name.clone(), span)).collect()
                }
            };
            for (name, at) in columns {
                let (left, right) = (
                    self.take_merged(&name, at, &mut left_rest, "left")?,
                    self.take_merged(&name, at, &mut right_rest, "right")?,
                );
                let (column, pair) = self.merge(&name, at, left, right, kind)?;
                merged.push(pair);
                names.push(Named { id: column, name });
            }
        }
        self.outer_nulls(kind, first, middle, &left_rest, &right_rest);
        names.extend(left_rest);
        names.extend(right_rest);
        let on = match on {
            JoinOn::On(on) => Some(self.join_condition(on, first, &names)?),
            JoinOn::None if kind != JoinKind::Cross && !words.natural => {
                return error(
                    codes::JOIN_WITHOUT_CONDITION,
                    span,
                    "a join needs a condition",
                    "ON or USING is missing",
                );
            }
            _ => None,
        };
        let lateral = self.is_lateral(right);
        let kind = RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
        };
        Ok((self.ir.add_rel(kind, span), names))
    }

    /// ON sees the relations of its own join, and those of the blocks around.
    fn join_condition(
        &mut self,
        on: Id<ast::Expr>,
        first: usize,
        names: &[Named<'a>],
    ) -> Res<ScalarId> {
        let scope = self.scope();
        let others = core::mem::replace(&mut scope.names, names.to_vec());
        let outer = core::mem::replace(&mut scope.first, first);
        let done = self.within(Place::On, |this| this.condition(on));
        let scope = self.scope();
        scope.names = others;
        scope.first = outer;
        done
    }

    fn no_lateral_refs(&mut self, from: usize, left: &[Named<'a>]) -> Res<()> {
        let scope = self.scopes.last();
        let mut refs = scope
            .map_or(&[][..], |scope| &scope.outer_refs[from..])
            .iter();
        let wrong = refs
            .find(|r| left.iter().any(|n| n.id == r.1))
            .map(|r| self.ir.scalar(r.0).span);
        match wrong {
            None => Ok(()),
            Some(span) => error(
                codes::UNKNOWN_COLUMN,
                span,
                "a RIGHT or FULL join cannot be LATERAL",
                "this column is of the join's other side; INNER and LEFT joins allow it",
            ),
        }
    }

    /// A relation whose rows depend on columns of the relations before it.
    fn is_lateral(&self, rel: RelId) -> bool {
        match &self.ir.rel(rel).kind {
            RelKind::Join { left, right, .. } => self.is_lateral(*left) || self.is_lateral(*right),
            _ => self.lateral.contains(&rel),
        }
    }

    fn take_merged(
        &self,
        name: &str,
        span: Span,
        names: &mut Vec<Named<'a>>,
        side: &str,
    ) -> Res<ColumnId> {
        let catalog = self.env.catalog;
        let at = names.iter().position(|n| catalog.matches(name, &n.name));
        let Some(at) = at else {
            let message = format!("column {name} is not on the {side} side of the join");
            let label = "USING needs it on both sides";
            let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message).label(span, label);
            let near = did_you_mean(name, names.iter().map(|n| &*n.name));
            return Err(Box::new(match near {
                Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                None => error,
            }));
        };
        let found = names.remove(at);
        if names.iter().any(|n| catalog.matches(name, &n.name)) {
            let message = format!("column {name} could be two on the {side} side");
            let label = "more than one relation there has it";
            return error(codes::AMBIGUOUS_COLUMN, span, message, label);
        }
        Ok(found.id)
    }

    /// One column of two that are equal.
    fn merge(
        &mut self,
        name: &str,
        span: Span,
        left: ColumnId,
        right: ColumnId,
        kind: JoinKind,
    ) -> Res<(ColumnId, Merged)> {
        let (l, r) = (self.ir.column(left), self.ir.column(right));
        let Some(ty) = l.ty.unify(r.ty) else {
            let message = format!("{} and {} have no type in common", l.ty, r.ty);
            let label = format!(
                "column {name} is {} on the left and {} on the right",
                l.ty, r.ty
            );
            return error(codes::TYPE_MISMATCH, span, message, &label);
        };
        let nullable = match kind {
            JoinKind::Right => r.nullable,
            JoinKind::Full => l.nullable || r.nullable,
            _ => l.nullable,
        };
        // As in PostgreSQL it is the column of the side that is always there, where there is one.
        let same = l.ty == r.ty;
        let column = match kind {
            JoinKind::Inner | JoinKind::Left | JoinKind::Cross if same => left,
            JoinKind::Right if same => right,
            _ => self.ir.add_column(name, ty, nullable),
        };
        let pair = Merged {
            column,
            left,
            right,
        };
        Ok((column, pair))
    }

    /// An outer join makes the columns of the side that may be missing nullable.
    fn outer_nulls(
        &mut self,
        kind: JoinKind,
        first: usize,
        middle: usize,
        left: &[Named<'a>],
        right: &[Named<'a>],
    ) {
        let (missing_left, missing_right) = match kind {
            JoinKind::Left => (false, true),
            JoinKind::Right => (true, false),
            JoinKind::Full => (true, true),
            JoinKind::Inner | JoinKind::Cross => return,
        };
        let mut ids: Vec<ColumnId> = Vec::new();
        let relations = &self.scope().relations;
        let columns = |range: &[Visible<'a>]| -> Vec<ColumnId> {
            let columns = range.iter().flat_map(|r| &r.columns);
            columns.map(|c| c.id).collect()
        };
        if missing_left {
            ids.extend(columns(&relations[first..middle]));
            ids.extend(left.iter().map(|n| n.id));
        }
        if missing_right {
            ids.extend(columns(&relations[middle..]));
            ids.extend(right.iter().map(|n| n.id));
        }
        for id in ids {
            self.ir.columns[id.index()].nullable = true;
        }
    }

    fn relation(&mut self, id: Id<ast::Relation>) -> Res<Piece<'a>> {
        let ast = self.ast;
        let relation = ast[id];
        if relation.sample.is_some() {
            return not_yet(relation.span, "TABLESAMPLE");
        }
        let alias = relation.alias.map(|alias| ast[alias]);
        let given = alias.and_then(|a| a.name);
        self.no_placeholders(given.as_slice(), "an alias")?;
        let named = given.map(|name| ast.name(name));
        let columns: &[ast::AliasColumn] = alias.map_or(&[], |a| &ast[a.columns]);
        if let Some(typed) = columns.iter().find(|c| c.ty.is_some()) {
            return not_yet(typed.name.span, "a column alias with a type");
        }
        match relation.kind {
            RelationKind::Table { name, .. } => self.table(name, named, columns, relation.span),
            RelationKind::Query(query) => {
                let Some(alias) = named else {
                    return error(
                        codes::MISSING_ALIAS,
                        relation.span,
                        "a query in FROM needs a name",
                        "AS and a name are missing behind it",
                    );
                };
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
            RelationKind::File => not_yet(relation.span, "a file as a table"),
        }
    }

    /// A query in FROM: LATERAL sees the relations before it; otherwise only the blocks around.
    fn query_in_from(
        &mut self,
        query: Id<ast::Query>,
        lateral: bool,
    ) -> Res<(RelId, super::Output)> {
        if lateral {
            return self.query(query);
        }
        let hidden = self.scopes.pop();
        let done = self.query(query);
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

    fn derived(&mut self, input: RelId, alias: &str, columns: &[Named<'a>], span: Span) -> RelId {
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
        let columns: Vec<Named<'a>> = found
            .columns
            .iter()
            .map(|c| Named {
                id: self.ir.add_column(&c.name, c.ty, c.nullable),
                name: c.name.as_str().into(),
            })
            .collect();
        let ids: Vec<_> = columns.iter().map(|c| c.id).collect();
        let key = found.key_positions().map(|at| ids[at]).collect();
        let home = alias.is_none().then_some(found.schema.as_deref());
        let alias = alias.unwrap_or_else(|| found.name.as_str().into());
        let columns = self.renamed_in_place(columns, aliases, span)?;
        self.show_of(alias.clone(), home, &columns, span)?.key = key;
        let kind = RelKind::Scan {
            // Behind a WITH query of the same name only its schema shows the table.
            schema: match (cte, &schema) {
                (Some(_), Some(written)) => Some(written.clone().into_owned()),
                _ => found.schema.clone(),
            },
            table: found.name.clone(),
            alias: alias.into_owned(),
            columns: ids,
            open: false,
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

    fn open_scan(
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
        let known = tables.iter().map(|t| t.name.as_str());
        let known = known.chain(self.ctes.iter().map(|cte| &*cte.0));
        match did_you_mean(table, known) {
            Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
            None => error,
        }
    }

    /// A function in FROM sees the relations before it, with or without LATERAL.
    fn table_function(
        &mut self,
        call: ast::Call,
        ordinality: bool,
        alias: Option<Name<'a>>,
        aliases: &[ast::AliasColumn],
        span: Span,
    ) -> Res<Piece<'a>> {
        let ast = self.ast;
        let name = ast.dotted(call.name);
        self.no_placeholders(&ast[call.name.parts], "a function")?;
        if let Some((input, output)) = self.table_macro(call, span)? {
            let alias: Name<'a> = alias.unwrap_or_else(|| name.into());
            let columns = self.renamed(output, aliases, span)?;
            let rel = self.derived(input, &alias, &columns, span);
            self.show(alias, &columns, span)?;
            return Ok((rel, columns));
        }
        let refs = self.references;
        let mut args = Vec::new();
        for arg in &ast[call.args] {
            args.push(self.within(Place::On, |this| this.expr(arg.value))?);
        }
        let lateral = self.references > refs;
        let alias: Name<'a> = alias.unwrap_or_else(|| name.clone().into());
        let (func, ty) = self.table_function_type(&name, &mut args, span)?;
        // PostgreSQL names the column of a function after the alias.
        let mut columns = vec![(
            self.ir.add_column(&alias, ty, true),
            alias.clone().into_owned(),
        )];
        if ordinality {
            let id = self.ir.add_column("ordinality", Type::BigInt, false);
            columns.push((id, "ordinality".into()));
        }
        let named = self.renamed(columns, aliases, span)?;
        let kind = RelKind::TableFunction {
            func,
            args,
            alias: alias.clone().into_owned(),
            columns: named
                .iter()
                .map(|c| (c.id, c.name.clone().into_owned()))
                .collect(),
            ordinality,
        };
        let rel = self.ir.add_rel(kind, span);
        if lateral {
            self.lateral.push(rel);
        }
        self.show(alias, &named, span)?;
        Ok((rel, named))
    }

    fn table_function_type(
        &mut self,
        name: &str,
        args: &mut [ScalarId],
        span: Span,
    ) -> Res<(TableFunc, Type)> {
        match (name, args.len()) {
            ("generate_series", 2 | 3) => {
                let moment = args.iter().any(|&arg| self.ty(arg).is_moment());
                if moment {
                    return not_yet(span, "a series of dates");
                }
                let ty = self.together(args, span)?;
                let ty = if ty == Type::Unknown {
                    Type::Integer
                } else {
                    ty
                };
                for arg in args {
                    *arg = self.coerce(*arg, ty)?;
                }
                Ok((TableFunc::GenerateSeries, ty))
            }
            ("unnest", 1) => match self.ty(args[0]) {
                Type::Array(element) => Ok((TableFunc::Unnest, *element)),
                Type::Unknown => Ok((TableFunc::Unnest, Type::Unknown)),
                ty => {
                    let message = format!("unnest does not take {ty}");
                    error(codes::TYPE_MISMATCH, span, message, "an array is needed")
                }
            },
            _ => not_yet(span, &format!("the table function {name}")),
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
        });
        let last = scope.relations.len() - 1;
        Ok(&mut scope.relations[last])
    }

    fn renamed(
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

    fn renamed_in_place(
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
