//! Lowering for whoever reads along: what is wrong is noted and stepped over, and what can be seen from a place
//! is written down when lowering comes by.
//!
//! The algebra that is left has holes, so nothing is made of it; an editor looks up columns and types in it.

use super::{Env, Lowerer, Output, Res};
use crate::*;
use rql_ast::{self as ast, Ast, Id, Span};
use rql_diagnostics::Diagnostic;

/// What an editor can know of a statement, whole or not.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The algebra, as far as it came.
    pub ir: Ir,
    /// What can be seen from the place that was asked for.
    pub sight: Option<Sight>,
    /// What is wrong.
    pub wrong: Vec<Diagnostic>,
}

/// What can be seen from a place of a statement.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// The relations of each query block around, the innermost first.
    pub blocks: Vec<Vec<SeenRelation>>,
    /// The WITH queries, the newest last.
    pub queries: Vec<SeenRelation>,
}

/// A relation that can be named.
#[derive(Clone, Debug, Default)]
pub struct SeenRelation {
    /// By this name.
    pub name: String,
    /// The table that it is, with its schema where that is not the default one.
    pub table: Option<(Option<String>, String)>,
    /// Its columns.
    pub columns: Vec<SeenColumn>,
}

/// A column that can be named.
#[derive(Clone, Debug)]
pub struct SeenColumn {
    /// By this name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
}

/// What is kept while lowering.
#[derive(Debug)]
pub(super) struct Watch {
    at: u32,
    sight: Option<Sight>,
    /// Tells what could be seen then: relations and WITH queries, by their numbers and first columns.
    shape: Vec<usize>,
    /// The tables that are changed, which no relation scans: each by its first column.
    changed: Vec<(ColumnId, (Option<String>, String))>,
    wrong: Vec<Diagnostic>,
}

impl Watch {
    fn at(at: u32) -> Self {
        Self {
            at,
            sight: None,
            shape: Vec::new(),
            changed: Vec::new(),
            wrong: Vec::new(),
        }
    }
}

/// Shapes of a statement with templates that are looked at.
const SHAPES: usize = 16;

/// Lowers a statement or a query of one, stepping over what is wrong, and looks around at a byte of it.
#[must_use]
pub fn survey(ast: &Ast, part: Part, env: Env<'_>, at: u32) -> Survey {
    let mut assumed = Guard::default();
    let mut conditions = Vec::new();
    let mut done = Survey::default();
    for _ in 0..SHAPES {
        let mut lowerer = Lowerer::new(ast, env);
        lowerer.ir.conditions = core::mem::take(&mut conditions);
        lowerer.ir.assumed = assumed.clone();
        lowerer.watch = Some(Watch::at(at));
        let result = match part {
            Part::Query(query) => lowerer.query(query),
            Part::Expr(expr) => lowerer.alone(expr),
            Part::Stmt(stmt) => match ast[stmt].kind {
                ast::StmtKind::Query(query) => lowerer.query(query),
                kind => lowerer.statement(kind, ast[stmt].span),
            },
        };
        conditions.clone_from(&lowerer.ir.conditions);
        let Watch {
            sight, mut wrong, ..
        } = lowerer.watch.take().unwrap_or(Watch::at(at));
        if let Some((at, _)) = lowerer.split {
            done.sight = sight.or(done.sight);
            assumed.0.push((at, true));
            continue;
        }
        match result {
            Ok((root, output)) => {
                lowerer.ir.root = Some(root);
                lowerer.ir.output = output;
            }
            Err(error) => wrong.push(*error),
        }
        let (sight, ir) = (sight.or(done.sight), lowerer.ir);
        return Survey { ir, sight, wrong };
    }
    done
}

/// What of a text is lowered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// A statement.
    Stmt(Id<ast::Stmt>),
    /// A query inside of one.
    Query(Id<ast::Query>),
    /// An expression without tables.
    Expr(Id<ast::Expr>),
}

impl<'a> Lowerer<'a> {
    /// True where lowering steps over what is wrong.
    pub(super) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// Writes down what can be seen where the place that is asked for lies in `span`.
    pub(super) fn glimpse(&mut self, span: Span) {
        let own = core::ptr::eq(self.ast, self.home);
        let inside = |watch: &Watch| span.start <= watch.at && watch.at <= span.end;
        if !own || !self.watch.as_ref().is_some_and(inside) {
            return;
        }
        // Each operand of a long condition sees the same as the condition around it.
        let shape = self.shape();
        if self
            .watch
            .as_ref()
            .is_some_and(|watch| watch.sight.is_some() && watch.shape == shape)
        {
            return;
        }
        let scopes = self.scopes[self.floor.min(self.scopes.len())..]
            .iter()
            .rev();
        let blocks = scopes.map(|scope| {
            let relations = scope.relations[scope.first.min(scope.relations.len())..].iter();
            let relations = relations.map(|relation| {
                let columns = relation.columns.iter().map(|c| (c.id, c.name.to_string()));
                self.seen(&relation.name, columns.collect())
            });
            relations.collect()
        });
        let blocks = blocks.collect();
        let queries = self.ctes.iter().map(|(name, id)| {
            let columns = self.ir.ctes[id.index()].columns.clone();
            self.seen(name, columns)
        });
        let queries = queries.collect();
        if let Some(watch) = &mut self.watch {
            watch.sight = Some(Sight { blocks, queries });
            watch.shape = shape;
        }
    }

    /// What tells one sight from another without making it.
    fn shape(&self) -> Vec<usize> {
        let scopes = self.scopes[self.floor.min(self.scopes.len())..].iter();
        let relations = scopes.flat_map(|scope| {
            let own = &scope.relations[scope.first.min(scope.relations.len())..];
            let columns = own.iter().flat_map(|relation| {
                let first = relation
                    .columns
                    .first()
                    .map_or(0, |column| column.id.index() + 1);
                [relation.columns.len(), first]
            });
            core::iter::once(own.len()).chain(columns)
        });
        core::iter::once(self.ctes.len()).chain(relations).collect()
    }

    /// Keeps which table it is whose columns are shown by `target`.
    pub(super) fn watch_changed(&mut self, target: &Target) {
        if let (Some(watch), Some(&first)) = (&mut self.watch, target.columns.first()) {
            let table = (target.schema.clone(), target.table.clone());
            watch.changed.push((first, table));
        }
    }

    fn seen(&self, name: &str, columns: Output) -> SeenRelation {
        let first = columns.first().map(|column| column.0);
        let table = self.ir.rels.iter().find_map(|rel| match &rel.kind {
            RelKind::Scan {
                schema,
                table,
                columns,
                ..
            } if columns.first() == first.as_ref() && first.is_some() => {
                Some((schema.clone(), table.clone()))
            }
            _ => None,
        });
        let changed = || {
            let mut changed = self.watch.iter().flat_map(|watch| &watch.changed);
            let found = changed.find(|(column, _)| Some(*column) == first);
            found.map(|(_, table)| table.clone())
        };
        let table = table.or_else(changed);
        let columns = columns.into_iter().map(|(id, name)| {
            let Column { ty, nullable, .. } = *self.ir.column(id);
            SeenColumn { name, ty, nullable }
        });
        SeenRelation {
            name: name.to_owned(),
            table,
            columns: columns.collect(),
        }
    }

    /// Runs a step; what is wrong with it is noted, and `otherwise` stands for it.
    fn tolerant<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Res<T>,
        otherwise: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let (scopes, ctes) = (self.scopes.len(), self.ctes.len());
        let (ast, frame, floor) = (self.ast, self.frame, self.floor);
        match step(self) {
            Ok(done) => done,
            // The other shape is lowered from the beginning.
            Err(_) if self.split.is_some() => otherwise(self),
            Err(error) => {
                self.scopes.truncate(scopes);
                self.ctes.truncate(ctes);
                (self.ast, self.frame, self.floor) = (ast, frame, floor);
                if let Some(watch) = &mut self.watch {
                    watch.wrong.push(*error);
                }
                otherwise(self)
            }
        }
    }

    /// An expression; where it is wrong, a value of unknown type.
    pub(super) fn watched_expr(
        &mut self,
        span: Span,
        step: impl FnOnce(&mut Self) -> Res<ScalarId>,
    ) -> Res<ScalarId> {
        self.glimpse(span);
        let null = ScalarKind::Literal(Literal::Null);
        Ok(self.tolerant(step, |this| this.add(null, Type::Unknown, true, span)))
    }

    /// A relation of FROM; where it is wrong, what is known of its columns without it.
    pub(super) fn watched_relation(
        &mut self,
        relation: ast::Relation,
        step: impl FnOnce(&mut Self) -> Res<super::from::Piece<'a>>,
    ) -> Res<super::from::Piece<'a>> {
        self.glimpse(relation.span);
        let before = self.scope().relations.len();
        let done = self.tolerant(|this| step(this).map(Some), |_| None);
        if let Some(done) = done {
            return Ok(done);
        }
        let ast = self.ast;
        let output = match relation.kind {
            ast::RelationKind::Query(query) => self.guessed(query),
            _ => Vec::new(),
        };
        let alias = relation.alias.and_then(|alias| ast[alias].name);
        let name = match (alias, relation.kind) {
            (Some(alias), _) => ast.name(alias),
            (None, ast::RelationKind::Table { name, .. }) => match ast[name.parts].last() {
                Some(&last) => ast.name(last),
                None => "".into(),
            },
            _ => "".into(),
        };
        let rel = self.ir.add_rel(RelKind::OneRow, relation.span);
        let columns = self.renamed(output, &[], relation.span)?;
        self.scope().relations.truncate(before);
        let _ = self.show(name, &columns, relation.span);
        Ok((rel, columns))
    }

    /// The rows of a WITH query; where it is wrong, what is known of its columns without it.
    pub(super) fn watched_query(
        &mut self,
        body: ast::Stmt,
        step: impl FnOnce(&mut Self) -> Res<(RelId, Output)>,
    ) -> Res<(RelId, Output)> {
        self.glimpse(body.span);
        Ok(self.tolerant(step, |this| {
            let output = match body.kind {
                ast::StmtKind::Query(query) => this.guessed(query),
                _ => Vec::new(),
            };
            (this.ir.add_rel(RelKind::OneRow, body.span), output)
        }))
    }

    /// The columns of a query by its text, with the types of those that were lowered.
    fn guessed(&mut self, query: Id<ast::Query>) -> Output {
        let ast = self.ast;
        let mut body = ast[query].body;
        let select = loop {
            body = match body {
                ast::Body::Select(select) => break ast[select],
                ast::Body::Nested(query) => ast[query].body,
                ast::Body::Set(set) => ast[set].first,
                _ => return Vec::new(),
            };
        };
        let mut output = Vec::new();
        for item in &ast[select.items] {
            let ast::SelectItem::Expr { expr, alias } = *item else {
                continue;
            };
            if matches!(ast[expr].kind, ast::ExprKind::Star(_)) {
                continue;
            }
            let name = match alias {
                Some(alias) => ast.name(alias).into_owned(),
                None => self.header(expr),
            };
            let span = ast[expr].span;
            let known = self
                .ir
                .scalars
                .iter()
                .rev()
                .find(|scalar| scalar.span == span);
            let (ty, nullable) = known.map_or((Type::Unknown, true), |s| (s.ty, s.nullable));
            output.push((self.ir.add_column(&name, ty, nullable), name));
        }
        output
    }
}
