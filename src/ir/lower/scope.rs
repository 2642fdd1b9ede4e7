//! What names mean where.

use super::{Lowerer, Name, Res, error};
use crate::*;
use rql_ast::{self as ast, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// One query block: the relations of its FROM.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// What `t.a` and `t.*` can name.
    pub(super) relations: Vec<Visible<'a>>,
    /// The first relation that can be named: an ON sees those of its own join only.
    pub(super) first: usize,
    /// What a bare name can mean, and what `*` shows; USING has merged its columns into one.
    pub(super) names: Vec<Named<'a>>,
    /// Aggregates found so far.
    pub(super) aggregates: Vec<Item>,
    /// Windows found so far.
    pub(super) windows: Vec<Item>,
    /// Functions of the SELECT list that give rows.
    pub(super) sets: Vec<super::beside::SetReturning>,
    /// The WINDOW clause.
    pub(super) named_windows: &'a [ast::NamedWindow],
    /// The SELECT list as it is written.
    pub(super) listed: &'a [ast::SelectItem],
    /// Columns of this block that inner blocks refer to, since this was last emptied.
    pub(super) outer_refs: Vec<(ScalarId, ColumnId)>,
    /// Running aggregates without an ORDER BY of their own; they take the block's.
    pub(super) waiting: Vec<ScalarId>,
    /// The clause that is being lowered.
    pub(super) place: Place,
}

/// Which clause an expression stands in; it decides where aggregates and windows may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    Where,
    On,
    GroupBy,
    Having,
    Qualify,
    #[default]
    Items,
    OrderBy,
    /// Inside an aggregate's parentheses.
    Aggregate,
    /// Inside a window function's parentheses.
    Window,
    Limit,
    Values,
    /// SET of UPDATE.
    Set,
    Returning,
}

/// A relation of FROM.
#[derive(Debug)]
pub(super) struct Visible<'a> {
    pub(super) name: Name<'a>,
    /// The schema of a table under its own name; inside, `None` is the default one.
    pub(super) home: Option<Option<&'a str>>,
    pub(super) columns: Vec<Named<'a>>,
    /// The scan to which columns are added as they are named, where no catalog knows them.
    pub(super) open: Option<RelId>,
    /// The columns of its primary key, where it is a table that has one.
    pub(super) key: Vec<ColumnId>,
    /// What its name alone means, where it is a function that gives one column.
    pub(super) value: Option<ColumnId>,
    /// Where an outer join may have no row of it: a column that is NULL only then, if there is one.
    pub(super) missing: Option<Option<ColumnId>>,
}

/// A column by a name.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub(super) id: ColumnId,
    pub(super) name: Name<'a>,
}

impl<'a> Scope<'a> {
    /// True where a column is one of this block's FROM.
    pub(super) fn owns(&self, id: ColumnId) -> bool {
        self.names.iter().any(|n| n.id == id)
            || self
                .relations
                .iter()
                .any(|r| r.columns.iter().any(|c| c.id == id))
    }

    /// True where some relation's columns are not known.
    fn open(&self) -> Option<RelId> {
        self.relations[self.first..].iter().find_map(|r| r.open)
    }
}

impl<'a> Lowerer<'a> {
    /// The innermost block.
    pub(super) fn scope(&mut self) -> &mut Scope<'a> {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// A reference to a column.
    pub(super) fn reference(&mut self, id: ColumnId, span: Span) -> ScalarId {
        let Column { ty, nullable, .. } = *self.ir.column(id);
        self.add(ScalarKind::Column(id), ty, nullable, span)
    }

    /// Resolves `a` or `t.a`, from the innermost block outwards.
    pub(super) fn column(&mut self, name: ast::Name, span: Span) -> Res<ScalarId> {
        let ast = self.ast;
        let (schema, qualifier, column) = match &ast[name.parts] {
            [column] => (None, None, ast.name(*column)),
            [qualifier, column] => (None, Some(ast.name(*qualifier)), ast.name(*column)),
            [.., schema, qualifier, column] => {
                let schema = Some(ast.name(*schema));
                (schema, Some(ast.name(*qualifier)), ast.name(*column))
            }
            [] => (None, None, "".into()),
        };
        let schema = schema.as_deref();
        for depth in (self.floor..self.scopes.len()).rev() {
            let found = match &qualifier {
                None => self.bare(depth, &column, span)?,
                Some(qualifier) => self.qualified(depth, schema, qualifier, &column, span)?,
            };
            if let Some(id) = found {
                let scalar = self.reference(id, span);
                self.references += 1;
                if qualifier.is_some() {
                    self.ir.qualified.push(scalar);
                }
                if depth + 1 < self.scopes.len() {
                    self.scopes[depth].outer_refs.push((scalar, id));
                }
                return Ok(scalar);
            }
            // `t` of this block hides a `t` further out, even where it lacks the column.
            if let Some(q) = &qualifier
                && self.relation_named(depth, schema, q, span)?.is_some()
            {
                break;
            }
        }
        if qualifier.is_none()
            && let Some(scalar) = self.function_value(&column, span)
        {
            return Ok(scalar);
        }
        if qualifier.is_none()
            && let Some(row) = self.whole_row(&column, span)
        {
            return Ok(row);
        }
        // Only now: a name that is known somewhere is that one.
        if let Some(scalar) = self.open_column(qualifier.as_deref(), &column, span) {
            return Ok(scalar);
        }
        Err(Box::new(self.unknown_column(
            qualifier.as_deref(),
            &column,
            name,
            span,
        )))
    }

    /// A function in FROM by its name: the value that it gives.
    fn function_value(&mut self, name: &str, span: Span) -> Option<ScalarId> {
        let (depth, id) = (self.floor..self.scopes.len()).rev().find_map(|depth| {
            let relation = self.relation_named(depth, None, name, span).ok()??;
            relation.value.map(|id| (depth, id))
        })?;
        let scalar = self.reference(id, span);
        self.references += 1;
        if depth + 1 < self.scopes.len() {
            self.scopes[depth].outer_refs.push((scalar, id));
        }
        Some(scalar)
    }

    fn bare(&self, depth: usize, column: &str, span: Span) -> Res<Option<ColumnId>> {
        let catalog = self.env.catalog;
        let names = self.scopes[depth].names.iter();
        let mut found = names.filter(|n| catalog.matches(column, &n.name));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => Ok(Some(one.id)),
            (Some(_), Some(_)) => ambiguous(column, span),
        }
    }

    fn qualified(
        &self,
        depth: usize,
        schema: Option<&str>,
        qualifier: &str,
        column: &str,
        span: Span,
    ) -> Res<Option<ColumnId>> {
        let catalog = self.env.catalog;
        let Some(relation) = self.relation_named(depth, schema, qualifier, span)? else {
            return Ok(None);
        };
        let columns = relation.columns.iter();
        let mut found = columns.filter(|c| catalog.matches(column, &c.name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => ambiguous(column, span),
            (one, _) => Ok(one.map(|c| c.id)),
        }
    }

    pub(super) fn relation_named(
        &self,
        depth: usize,
        schema: Option<&str>,
        name: &str,
        span: Span,
    ) -> Res<Option<&Visible<'a>>> {
        let catalog = self.env.catalog;
        let scope = &self.scopes[depth];
        let mut found = scope.relations[scope.first..].iter().filter(|r| {
            catalog.matches(name, &r.name)
                && schema.is_none_or(|schema| match r.home {
                    Some(Some(home)) => catalog.matches(schema, home),
                    Some(None) => catalog.is_default_schema(schema),
                    None => false,
                })
        });
        match (found.next(), found.next()) {
            (Some(one), Some(other)) if one.home != other.home => error(
                codes::AMBIGUOUS_COLUMN,
                span,
                format!("{name} could be two tables"),
                "tables of two schemas have this name; an alias tells them apart",
            ),
            (one, _) => Ok(one),
        }
    }

    /// A column that an open relation is taken to have.
    fn open_column(
        &mut self,
        qualifier: Option<&str>,
        column: &str,
        span: Span,
    ) -> Option<ScalarId> {
        let (depth, rel, loose) = (self.floor..self.scopes.len()).rev().find_map(|depth| {
            let scope = &self.scopes[depth];
            match qualifier {
                Some(q) => {
                    let named = self.relation_named(depth, None, q, span).ok()?;
                    Some((depth, named?.open?, false))
                }
                None => {
                    let several = scope.relations.len() - scope.first > 1;
                    Some((depth, scope.open()?, several))
                }
            }
        })?;
        let id = self.ir.add_column(column, Type::Unknown, true);
        self.ir.columns[id.index()].loose = loose;
        let kind = &mut self.ir.rels[rel.index()].kind;
        if let RelKind::Scan { columns, .. } = kind {
            columns.push(id);
        }
        let named = Named {
            id,
            name: column.to_owned().into(),
        };
        let scalar = self.add(ScalarKind::Column(id), Type::Unknown, true, span);
        self.references += 1;
        if qualifier.is_some() {
            self.ir.qualified.push(scalar);
        }
        let inner = depth + 1 < self.scopes.len();
        let scope = &mut self.scopes[depth];
        if inner {
            scope.outer_refs.push((scalar, id));
        }
        scope.names.push(named.clone());
        let relation = scope.relations.iter_mut().find(|r| r.open == Some(rel));
        if let Some(relation) = relation.filter(|_| !loose) {
            relation.columns.push(named);
        }
        Some(scalar)
    }

    fn unknown_column(
        &self,
        qualifier: Option<&str>,
        column: &str,
        name: ast::Name,
        span: Span,
    ) -> Diagnostic {
        let relations = || {
            let scopes = self.scopes[self.floor.min(self.scopes.len())..]
                .iter()
                .rev();
            scopes.flat_map(|s| &s.relations[s.first..])
        };
        let catalog = self.env.catalog;
        if let Some(q) = qualifier
            && !relations().any(|r| catalog.matches(q, &r.name))
        {
            let message = format!("{q} is no relation of this query");
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, message);
            // It may be there and out of reach, which is another mistake.
            let mut all = self.scopes.iter().flat_map(|s| &s.relations);
            if all.any(|r| catalog.matches(q, &r.name)) {
                return error.label(span, "it cannot be seen from here").help(
                    "ON sees the relations of its own join only: JOIN binds tighter than a comma",
                );
            }
            let error = error.label(span, "FROM has none of this name");
            let field = format!("{q}.{column}").to_lowercase();
            if (self.env.variables)(&field).is_some() {
                return error.suggest(
                    format!("a field of the loop's row is :{field}"),
                    span,
                    format!(":{field}"),
                );
            }
            if let Some(way) = others::column(column) {
                return error.help(format!("on every backend: {way}"));
            }
            return match did_you_mean(q, relations().map(|r| &*r.name)) {
                Some(near) => error.help(format!("did you mean {near}?")),
                None => error,
            };
        }
        if let (None, Some(hidden)) = (qualifier, self.alias_out_of_sight(column, span)) {
            return hidden;
        }
        let error = Diagnostic::error(codes::UNKNOWN_COLUMN, format!("no column {column}"));
        let names = relations()
            .filter(|r| qualifier.is_none_or(|q| catalog.matches(q, &r.name)))
            .flat_map(|r| r.columns.iter().map(|c| &*c.name));
        let last = self.ast[name.parts].last().copied();
        let at = last.map_or(span, |ident| ident.span);
        if self.frame.is_some() && self.floor >= self.scopes.len() {
            let label = "the macro has no such parameter";
            return error
                .label(at, label)
                .help("a macro sees its parameters only; pass the column as an argument");
        }
        let error = error.label(at, "no relation of FROM has this column");
        if let Some(way) = others::column(column) {
            return error.help(format!("on every backend: {way}"));
        }
        if let Some(near) = did_you_mean(column, names) {
            let message = format!("did you mean {near}?");
            error.suggest(message, at, near)
        } else if self.ast.text(span).starts_with('"') {
            let text = ast::text_literal(column);
            error.suggest(format!("did you mean the text {text}?"), span, text)
        } else {
            let named =
                relations().filter(|r| qualifier.is_none_or(|q| catalog.matches(q, &r.name)));
            let known = named.filter(|r| r.open.is_none() && !r.columns.is_empty());
            let mut told: Vec<String> = known.take(3).map(|r| has(&r.name, &r.columns)).collect();
            // `dept = IT` is most often meant as a text.
            let scope = self.scopes.get(self.floor..).and_then(<[_]>::last);
            let compared = matches!(
                scope.map(|scope| scope.place),
                Some(Place::Where | Place::On | Place::Having)
            );
            if qualifier.is_none() && compared && !told.is_empty() {
                let text = ast::text_literal(self.ast.text(at));
                told.push(format!("a text is written {text}"));
            }
            match told.is_empty() {
                true => error,
                false => error.help(told.join("; ")),
            }
        }
    }
}

impl Lowerer<'_> {
    /// A name that only the SELECT list gives, in a clause that does not see it (PostgreSQL manual, SELECT).
    fn alias_out_of_sight(&self, column: &str, span: Span) -> Option<Diagnostic> {
        let ast = self.ast;
        let scope = self.scopes.get(self.floor..)?.last()?;
        let clause = match scope.place {
            Place::Where => "WHERE",
            Place::Having => "HAVING",
            Place::Qualify => "QUALIFY",
            Place::Items => "the list itself",
            _ => return None,
        };
        let named = scope.listed.iter().find_map(|item| match *item {
            ast::SelectItem::Expr {
                expr,
                alias: Some(alias),
            } if self.env.catalog.matches(column, &ast.name(alias)) => Some(expr),
            _ => None,
        })?;
        let ast::Expr { kind, span: whole } = ast[named];
        let inside = |at: Span| whole.start <= at.start && at.end <= whole.end;
        let calls = ast.all::<ast::Call>().iter();
        let calls = calls.filter(|call| inside(ast.name_span(call.name)));
        let (mut groups, mut windows) = (false, false);
        for call in calls {
            let name = ast.dotted(call.name).to_ascii_lowercase();
            windows |= call.over.is_some() || name.starts_with("run");
            groups |= function::aggregate(&name).is_some();
        }
        let error = Diagnostic::error(
            codes::UNKNOWN_COLUMN,
            format!("{column} is a name of the SELECT list, which {clause} does not see"),
        )
        .label(span, "what it stands for is written here, not its name");
        Some(match scope.place {
            Place::Where if groups && !windows => {
                error.help("HAVING, with the aggregate written out, chooses among groups")
            }
            Place::Where | Place::Having if windows => {
                error.help("QUALIFY, with the window written out, chooses by it")
            }
            _ => {
                let text = ast.text(whole);
                let one = matches!(
                    kind,
                    ast::ExprKind::Call(_) | ast::ExprKind::Column(_) | ast::ExprKind::Number
                );
                let text = match one {
                    true => text.to_owned(),
                    false => format!("({text})"),
                };
                error.suggest(format!("write {text}"), span, text)
            }
        })
    }
}

/// What there is, for who remembers another name.
fn has(relation: &str, columns: &[Named<'_>]) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = columns.iter().take(SHOWN).map(|c| &*c.name).collect();
    if columns.len() > SHOWN {
        names.push("…");
    }
    format!("{relation} has {}", names.join(", "))
}

fn ambiguous<T>(column: &str, span: Span) -> Res<T> {
    error(
        codes::AMBIGUOUS_COLUMN,
        span,
        format!("column {column} could be two"),
        "more than one relation has it; put t. before it",
    )
}
