//! Every name of a statement and what it stands for: columns by what the resolver has made of them, relations by
//! the blocks around them, what is declared by the node that declares it.

use crate::entity::{Entity, Use, use_of, without_mark};
use crate::known::Before;
use crate::look::{look_at, parts, within};
use crate::role::{Role, role};
use crate::world::Reader;
use rql_ast::{
    Ast, CreateObject, Cte, Expr, ExprKind, Id, Ident, JoinOn, Name, Over, ParamName, Query,
    Relation, RelationKind, Select, SelectItem, Span, Stmt, StmtKind, TableElement,
};
use rql_ir::{ColumnId, Ir, RelKind, ScalarKind};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

mod columns;
mod forms;

pub(crate) struct Collector<'a> {
    ast: &'a Ast,
    before: &'a Before,
    /// The algebra of each part that the resolver looks at by itself.
    irs: Vec<Ir>,
    /// The column at each expression that is one, and the algebra that knows it.
    columns: HashMap<(u32, u32), (usize, ColumnId)>,
    /// Relations with the block in which they can be named.
    scopes: Vec<(Span, Relation)>,
    done: Vec<Use>,
    /// Places that have been explained.
    seen: HashSet<(u32, u32)>,
}

fn key(span: Span) -> (u32, u32) {
    (span.start, span.end)
}

impl<'a> Collector<'a> {
    pub(crate) fn new(ast: &'a Ast, before: &'a Arc<Before>, reader: Option<&Reader>) -> Self {
        let mut columns = HashMap::new();
        let mut irs = Vec::new();
        for (part, span) in parts(ast) {
            let known = before.inside(ast, span.start, reader);
            let ir = look_at(ast, &known, part, span.start).ir;
            for scalar in &ir.scalars {
                if let ScalarKind::Column(id) = scalar.kind {
                    columns.insert(key(scalar.span), (irs.len(), id));
                }
            }
            irs.push(ir);
        }
        let mut blocks: Vec<Span> = ast.all::<Select>().iter().map(|it| it.span).collect();
        let changes = ast.all::<Stmt>().iter().filter(|stmt| {
            matches!(
                stmt.kind,
                StmtKind::Insert(_)
                    | StmtKind::Update(_)
                    | StmtKind::Delete(_)
                    | StmtKind::Merge(_)
            )
        });
        blocks.extend(changes.map(|stmt| stmt.span));
        blocks.sort_by_key(|span| span.end - span.start);
        let relations = ast.all::<Relation>().iter();
        let scoped = relations.filter_map(|relation| {
            let block = blocks.iter().find(|block| within(**block, relation.span))?;
            Some((*block, *relation))
        });
        let mut scopes: Vec<(Span, Relation)> = scoped.collect();
        scopes.sort_by_key(|(block, _)| block.end - block.start);
        Self {
            ast,
            before,
            irs,
            columns,
            scopes,
            done: Vec::new(),
            seen: HashSet::new(),
        }
    }

    pub(crate) fn collect(mut self) -> Vec<Use> {
        self.declared();
        self.forms();
        self.relations();
        self.values();
        self.parameters();
        self.rest();
        self.done
    }

    fn add(&mut self, one: Use) {
        if self.seen.insert(key(one.span)) {
            self.done.push(one);
        }
    }

    fn declares(&mut self, ident: Ident, entity: Entity) {
        self.add(Use {
            declares: true,
            writes: true,
            ..use_of(ident, entity)
        });
    }

    fn local(&mut self, ident: Ident) {
        self.declares(ident, Entity::Local(ident.span));
    }

    // -- what is declared ------------------------------------------------------------------------

    fn declared(&mut self) {
        let ast = self.ast;
        for stmt in ast.all::<Stmt>() {
            match stmt.kind {
                StmtKind::Let(id) => {
                    let name = ast.name(ast[id].name).into_owned();
                    let entity = match ast[id].value {
                        rql_ast::LetValue::Scalar(_) => Entity::Variable(name.to_lowercase()),
                        rql_ast::LetValue::Relation(_) => Entity::Relation(name),
                    };
                    self.declares(ast[id].name, entity);
                }
                StmtKind::Param(id) => {
                    let name = ast.name(ast[id].name).to_lowercase();
                    self.declares(ast[id].name, Entity::Variable(name));
                }
                StmtKind::Unset(names) => {
                    for &name in &ast[names] {
                        let entity = self.session_name(&ast.name(name));
                        self.add(use_of(name, entity));
                    }
                }
                StmtKind::Macro(id) => {
                    let name = ast.name(ast[id].name).into_owned();
                    self.declares(ast[id].name, Entity::Macro(name));
                    let params: Vec<Ident> = ast[ast[id].params].iter().map(|it| it.name).collect();
                    for &param in &params {
                        self.local(param);
                    }
                    self.macro_body(stmt.span, &params);
                }
                StmtKind::For(id) => self.row(&ast[id]),
                StmtKind::Create(id) => {
                    let create = ast[id];
                    let Some(name) = create.name else { continue };
                    if matches!(
                        create.object,
                        CreateObject::Table(_) | CreateObject::View(_)
                    ) {
                        self.declares_table(name);
                        self.table_columns(create);
                    }
                }
                StmtKind::Alter(id) => {
                    let table = self.table_name(ast[id].name);
                    for action in &ast[ast[id].actions] {
                        match *action {
                            rql_ast::AlterAction::AddColumn { column, .. } => {
                                self.declares_column(ast[column].name, &table);
                            }
                            rql_ast::AlterAction::RenameColumn { to, .. } => {
                                self.declares_column(to, &table);
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        for cte in ast.all::<Cte>() {
            self.local(cte.name);
            for &column in &ast[cte.columns] {
                self.local(column);
            }
        }
        for relation in ast.all::<Relation>() {
            let Some(alias) = relation.alias.map(|alias| ast[alias]) else {
                continue;
            };
            if let Some(name) = alias.name {
                self.local(name);
            }
            for column in &ast[alias.columns] {
                self.local(column.name);
            }
        }
        for item in ast.all::<SelectItem>() {
            if let SelectItem::Expr {
                alias: Some(alias), ..
            } = *item
            {
                self.local(alias);
            }
        }
        for window in ast.all::<rql_ast::NamedWindow>() {
            self.local(window.name);
        }
    }

    /// A variable, or what LET and MACRO have defined.
    fn session_name(&self, name: &str) -> Entity {
        let mut definitions = self.before.catalog.definitions().iter().rev();
        match definitions.find(|definition| definition.name == name) {
            Some(definition) if definition.is_macro() => Entity::Macro(name.to_owned()),
            Some(_) => Entity::Relation(name.to_owned()),
            None => Entity::Variable(name.to_lowercase()),
        }
    }

    /// The row of a FOR, which `:row` and `:row.column` in its body name.
    fn row(&mut self, statement: &rql_ast::For) {
        let ast = self.ast;
        self.local(statement.row);
        let row = ast.name(statement.row);
        let bodies = ast[statement.body].iter();
        let bodies: Vec<Span> = bodies.map(|stmt| stmt.span).collect();
        for expr in ast.all::<Expr>() {
            let inside = bodies.iter().any(|body| within(*body, expr.span));
            if !inside || expr.kind != ExprKind::Param {
                continue;
            }
            let ParamName::Name(name) = ast.param(expr.span) else {
                continue;
            };
            let first = name.split('.').next().unwrap_or(name);
            if first.eq_ignore_ascii_case(&row) {
                let span = without_mark(ast.source(), expr.span);
                let end = span.start + u32::try_from(first.len()).unwrap_or(0);
                let span = Span::new(span.start, end);
                self.add(use_of(Ident { span }, Entity::Local(statement.row.span)));
                // The whole is no variable.
                self.seen.insert(key(without_mark(ast.source(), expr.span)));
            }
        }
    }

    fn macro_body(&mut self, span: Span, params: &[Ident]) {
        let ast = self.ast;
        for expr in ast.all::<Expr>() {
            let ExprKind::Column(name) = expr.kind else {
                continue;
            };
            let [only] = &ast[name.parts] else { continue };
            let same = |param: &&Ident| ast.name(**param) == ast.name(*only);
            if let Some(param) = params.iter().find(same)
                && within(span, expr.span)
            {
                let entity = Entity::Local(param.span);
                self.add(use_of(*only, entity));
            }
        }
    }

    /// The catalog's name of a table, or the name as it is written.
    fn table_name(&self, name: Name) -> String {
        let parts: Vec<String> = self.ast[name.parts]
            .iter()
            .map(|&part| self.ast.name(part).into_owned())
            .collect();
        let catalog = &self.before.catalog;
        let found = match parts.as_slice() {
            [.., schema, table] => catalog.find(Some(schema), table),
            [table] => catalog.find(None, table),
            [] => None,
        };
        found.map_or_else(
            || parts.last().cloned().unwrap_or_default(),
            |it| it.name.clone(),
        )
    }

    fn declares_table(&mut self, name: Name) {
        if let Some(&last) = self.ast[name.parts].last() {
            let table = self.ast.name(last).into_owned();
            self.declares(last, Entity::Table(table));
        }
    }

    fn declares_column(&mut self, column: Ident, table: &str) {
        let name = self.ast.name(column).into_owned();
        let table = table.to_owned();
        self.declares(column, Entity::Column { table, name });
    }

    fn table_columns(&mut self, create: rql_ast::Create) {
        let ast = self.ast;
        let Some(&last) = create.name.and_then(|name| ast[name.parts].last()) else {
            return;
        };
        let table = ast.name(last).into_owned();
        let CreateObject::Table(id) = create.object else {
            return;
        };
        let column = |name: String| Entity::Column {
            table: table.clone(),
            name,
        };
        let mut constraints = Vec::new();
        for element in &ast[ast[id].elements] {
            match *element {
                TableElement::Column(id) => {
                    self.declares_column(ast[id].name, &table);
                    constraints.extend(ast[ast[id].constraints].iter().copied());
                }
                TableElement::Constraint(constraint) => constraints.push(constraint),
                TableElement::Like { .. } => {}
            }
        }
        for constraint in constraints {
            use rql_ast::ConstraintKind as C;
            match constraint.kind {
                C::PrimaryKey { columns, .. } | C::Unique { columns, .. } => {
                    for item in &ast[columns] {
                        if let rql_ast::OrderItem::Expr { expr, .. } = *item {
                            self.columns_in(expr, &column);
                        }
                    }
                }
                C::Check { condition, .. } => self.columns_in(condition, &column),
                C::Generated { expr, .. } => self.columns_in(expr, &column),
                C::ForeignKey(id) => {
                    for &own in &ast[ast[id].columns] {
                        let entity = column(ast.name(own).into_owned());
                        self.add(use_of(own, entity));
                    }
                }
                _ => {}
            }
        }
    }

    /// The bare names of an expression are columns of one table.
    fn columns_in(&mut self, expr: Id<Expr>, column: &impl Fn(String) -> Entity) {
        let ast = self.ast;
        let span = ast[expr].span;
        for inner in ast.all::<Expr>() {
            if let ExprKind::Column(name) = inner.kind
                && within(span, inner.span)
                && let [only] = ast[name.parts]
            {
                let entity = column(ast.name(only).into_owned());
                self.add(use_of(only, entity));
            }
        }
    }

    // -- relations -------------------------------------------------------------------------------

    fn relations(&mut self) {
        let ast = self.ast;
        for relation in ast.all::<Relation>() {
            match relation.kind {
                RelationKind::Table { name, .. } => self.relation_name(name),
                RelationKind::Function { call, .. } => self.called(ast[call].name),
                _ => {}
            }
        }
        for query in ast.all::<Query>() {
            if let rql_ast::Body::Table(name) = query.body {
                self.relation_name(name);
            }
        }
        for call in ast.all::<rql_ast::Call>() {
            self.called(call.name);
            if let Some(Over::Named(window)) = call.over {
                self.window(window);
            }
        }
        for spec in ast.all::<rql_ast::WindowSpec>() {
            if let Some(base) = spec.base {
                self.window(base);
            }
        }
    }

    fn called(&mut self, name: Name) {
        let dotted = self.ast.dotted(name);
        let mut definitions = self.before.catalog.definitions().iter();
        if definitions.any(|it| it.is_macro() && it.name == dotted)
            && let [only] = self.ast[name.parts]
        {
            self.add(use_of(only, Entity::Macro(dotted)));
        }
    }

    fn window(&mut self, used: Ident) {
        let ast = self.ast;
        let same = |it: &&rql_ast::NamedWindow| ast.name(it.name) == ast.name(used);
        if let Some(window) = ast.all::<rql_ast::NamedWindow>().iter().find(same) {
            let entity = Entity::Local(window.name.span);
            self.add(use_of(used, entity));
        }
    }

    /// The WITH query that a name means at a place: the innermost, and of one WITH the last before it.
    fn with_query(&self, name: &str, at: Span) -> Option<Cte> {
        let ast = self.ast;
        let mut best: Option<(Span, Cte)> = None;
        let mut owners: Vec<(Span, Id<rql_ast::With>)> = ast
            .all::<Query>()
            .iter()
            .filter_map(|query| Some((query.span, query.with?)))
            .collect();
        for stmt in ast.all::<Stmt>() {
            let with = match stmt.kind {
                StmtKind::Insert(id) => ast[id].with,
                StmtKind::Update(id) => ast[id].with,
                StmtKind::Delete(id) => ast[id].with,
                StmtKind::Merge(id) => ast[id].with,
                _ => None,
            };
            owners.extend(with.map(|with| (stmt.span, with)));
        }
        for (owner, with) in owners {
            if !within(owner, at) {
                continue;
            }
            for cte in &ast[ast[with].ctes] {
                let inside = within(cte.span, at);
                let seen = match ast[with].recursive {
                    true => true,
                    false => !inside && cte.span.end <= at.start,
                };
                let closer = best
                    .is_none_or(|(known, _)| owner.end - owner.start <= known.end - known.start);
                if seen && closer && self.before.catalog.matches(name, &ast.name(cte.name)) {
                    best = Some((owner, *cte));
                }
            }
        }
        best.map(|(_, cte)| cte)
    }

    fn relation_name(&mut self, name: Name) {
        let ast = self.ast;
        let Some(&last) = ast[name.parts].last() else {
            return;
        };
        let written = ast.name(last);
        let alone = ast[name.parts].len() == 1;
        let entity = if let Some(cte) = self.with_query(&written, last.span).filter(|_| alone) {
            Entity::Local(cte.name.span)
        } else if alone && self.is_let(&written) {
            Entity::Relation(written.into_owned())
        } else {
            Entity::Table(self.table_name(name))
        };
        self.add(use_of(last, entity));
    }

    fn is_let(&self, name: &str) -> bool {
        let mut definitions = self.before.catalog.definitions().iter();
        let ast = self.ast;
        let mut own = ast.all::<rql_ast::Let>().iter();
        definitions.any(|it| !it.is_macro() && it.name == name)
            || own.any(|it| {
                matches!(it.value, rql_ast::LetValue::Relation(_)) && ast.name(it.name) == name
            })
    }

    /// The relation of a name at a place.
    fn relation_at(&self, name: &str, at: Span) -> Option<Relation> {
        let ast = self.ast;
        let named = |relation: &Relation| {
            let alias = relation.alias.and_then(|alias| ast[alias].name);
            let own = match (alias, relation.kind) {
                (Some(alias), _) => Some(alias),
                (None, RelationKind::Table { name, .. }) => ast[name.parts].last().copied(),
                _ => None,
            };
            own.is_some_and(|own| self.before.catalog.matches(name, &ast.name(own)))
        };
        let around = self.scopes.iter().filter(|(block, _)| within(*block, at));
        around.map(|&(_, relation)| relation).find(named)
    }

    // -- parameters and the rest -----------------------------------------------------------------

    fn parameters(&mut self) {
        let ast = self.ast;
        for expr in ast.all::<Expr>() {
            if expr.kind != ExprKind::Param {
                continue;
            }
            // What a FOR or a form has named is known already.
            if let ParamName::Name(name) = ast.param(expr.span)
                && !name.contains('.')
            {
                let span = without_mark(ast.source(), expr.span);
                let entity = Entity::Variable(name.to_lowercase());
                self.add(use_of(Ident { span }, entity));
            }
        }
    }

    /// Names whose node says what they are: columns that are written to, tables that statements are about.
    fn rest(&mut self) {
        let ast = self.ast;
        for &ident in ast.all::<Ident>() {
            if self.seen.contains(&key(ident.span)) || ast.placeholder(ident).is_some() {
                continue;
            }
            match role(ast, ident.span) {
                Role::Table(path) | Role::Relation(path) => {
                    let name = ast.name(ident).into_owned();
                    let catalog = &self.before.catalog;
                    let found = catalog.find(path.last().map(String::as_str), &name);
                    let name = found.map_or(name, |table| table.name.clone());
                    self.add(use_of(ident, Entity::Table(name)));
                }
                Role::ColumnOf(path) => {
                    let Some(written) = path.last() else { continue };
                    let catalog = &self.before.catalog;
                    let schema = path.len().checked_sub(2).and_then(|at| path.get(at));
                    let table = catalog.find(schema.map(String::as_str), written);
                    let table = table.map_or(written.clone(), |table| table.name.clone());
                    let name = ast.name(ident).into_owned();
                    self.add(Use {
                        writes: true,
                        ..use_of(ident, Entity::Column { table, name })
                    });
                }
                _ => {}
            }
        }
    }
}
