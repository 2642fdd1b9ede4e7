//! Forms, their fields and their actions.

use super::*;
use rql_ast::{ActionBody, Assignment, Attribute, AttributeValue, FormItem, List, Target};

impl Collector<'_> {
    pub(super) fn forms(&mut self) {
        let ast = self.ast;
        for stmt in ast.all::<Stmt>() {
            match stmt.kind {
                StmtKind::Form(id) => self.form(stmt.span, &ast[id]),
                StmtKind::FormExecute(id) => self.executed(&ast[id]),
                StmtKind::FormDesign(name) | StmtKind::Describe(Target::Form(name)) => {
                    self.form_name(name);
                }
                _ => {}
            }
        }
    }

    fn form_name(&mut self, name: Name) {
        if let Some(&last) = self.ast[name.parts].last() {
            let entity = Entity::Form(self.ast.dotted(name));
            self.add(use_of(last, entity));
        }
    }

    fn form(&mut self, span: Span, block: &rql_ast::Form) {
        let ast = self.ast;
        let name = ast.dotted(block.name);
        if let Some(&last) = ast[block.name.parts].last() {
            self.declares(last, Entity::Form(name.clone()));
        }
        let mut own = Own {
            form: name,
            fields: Vec::new(),
            actions: Vec::new(),
        };
        let items = &ast[block.items];
        for item in items {
            match *item {
                FormItem::Field(id) => {
                    own.fields.push(ast.name(ast[id].name).into_owned());
                    let entity = own.field(&ast.name(ast[id].name));
                    self.declares(ast[id].name, entity);
                }
                FormItem::Action(id) => {
                    own.actions.push(ast.name(ast[id].name).into_owned());
                    let entity = own.action(&ast.name(ast[id].name));
                    self.declares(ast[id].name, entity);
                }
                FormItem::Detail(_) | FormItem::Error(_) => {}
            }
        }
        // The table adds fields that nobody has written.
        if let Some(table) = block.table {
            let table = ast.dotted(table);
            if let Some(table) = rql_forms::find(&self.before.catalog, &table) {
                let columns = table.columns.iter();
                own.fields
                    .extend(columns.map(|column| rql_forms::field_name(&column.name)));
            }
        }
        self.bound(span, &own);
        for item in items {
            match *item {
                FormItem::Field(id) => self.attributes(ast[id].attributes, &own),
                FormItem::Action(id) => {
                    self.attributes(ast[id].attributes, &own);
                    if let ActionBody::Verb(verb) = ast[id].body
                        && own.actions.contains(&ast.name(verb).into_owned())
                    {
                        let entity = own.action(&ast.name(verb));
                        self.add(use_of(verb, entity));
                    }
                }
                FormItem::Detail(id) => self.bare(ast[ast[id].on].span, &own),
                FormItem::Error(_) => {}
            }
        }
    }

    /// The parameters in a form that are fields of it.
    fn bound(&mut self, span: Span, own: &Own) {
        let ast = self.ast;
        for expr in ast.all::<Expr>() {
            if expr.kind != ExprKind::Param || !within(span, expr.span) {
                continue;
            }
            if let ParamName::Name(name) = ast.param(expr.span)
                && own.fields.iter().any(|field| field == name)
            {
                let span = without_mark(ast.source(), expr.span);
                self.add(use_of(Ident { span }, own.field(name)));
            }
        }
    }

    /// The names in attributes: fields, or the actions that run on something.
    fn attributes(&mut self, all: List<Attribute>, own: &Own) {
        let ast = self.ast;
        for attribute in &ast[all] {
            match attribute.value {
                AttributeValue::Expr(expr) => self.bare(ast[expr].span, own),
                AttributeValue::List(exprs) => {
                    let spans: Vec<Span> = ast[exprs].iter().map(|&it| ast[it].span).collect();
                    spans.into_iter().for_each(|span| self.bare(span, own));
                }
                AttributeValue::None | AttributeValue::Query(_) => {}
            }
        }
    }

    /// Bare names outside of queries.
    fn bare(&mut self, span: Span, own: &Own) {
        let ast = self.ast;
        for expr in ast.all::<Expr>() {
            let ExprKind::Column(name) = expr.kind else {
                continue;
            };
            let [only] = ast[name.parts] else { continue };
            if !within(span, expr.span) {
                continue;
            }
            let name = ast.name(only);
            if own.fields.iter().any(|field| *field == *name) {
                self.add(use_of(only, own.field(&name)));
            } else if own.actions.iter().any(|action| *action == *name) {
                self.add(use_of(only, own.action(&name)));
            }
        }
    }

    /// `FORM EXECUTE f ACTION a WITH x = 1`.
    fn executed(&mut self, execute: &rql_ast::FormExecute) {
        let ast = self.ast;
        let ExprKind::Column(name) = ast[execute.form].kind else {
            return;
        };
        self.form_name(name);
        let form = ast.dotted(name);
        let own = Own {
            form,
            fields: Vec::new(),
            actions: Vec::new(),
        };
        if let Some(action) = execute.action {
            let entity = own.action(&ast.name(action));
            self.add(use_of(action, entity));
        }
        for assignment in &ast[execute.values] {
            if let Assignment::Assign { target, .. } = *assignment
                && let ExprKind::Column(name) = ast[target].kind
                && let [only] = ast[name.parts]
            {
                let entity = own.field(&ast.name(only));
                self.add(Use {
                    writes: true,
                    ..use_of(only, entity)
                });
            }
        }
    }
}

/// What a form has of its own.
struct Own {
    form: String,
    fields: Vec<String>,
    actions: Vec<String>,
}

impl Own {
    fn field(&self, name: &str) -> Entity {
        Entity::Field {
            form: self.form.clone(),
            name: name.to_owned(),
        }
    }

    fn action(&self, name: &str) -> Entity {
        Entity::Action {
            form: self.form.clone(),
            name: name.to_owned(),
        }
    }
}
