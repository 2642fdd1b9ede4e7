//! Forms.

use super::Printer;
use crate::{ActionBody, FormItem, Stmt, StmtKind};

impl<'a> Printer<'a> {
    pub(super) fn form(&mut self, stmt: &Stmt) {
        let ast = self.ast;
        match stmt.kind {
            StmtKind::FormLoad(file) => {
                self.text("FORM LOAD ");
                self.source(file);
            }
            StmtKind::FormDesign(name) => {
                self.text("FORM DESIGN ");
                self.name(name);
            }
            StmtKind::FormExecute(id) => {
                let execute = ast[id];
                let word = if execute.of_table {
                    "FORM FOR "
                } else {
                    "FORM EXECUTE "
                };
                self.text(word);
                self.expr(execute.form);
                if let Some(action) = execute.action {
                    self.word("ACTION ");
                    self.ident(action);
                }
                if !execute.values.is_empty() {
                    self.word("WITH ");
                    self.assignments(execute.values);
                }
            }
            StmtKind::Form(id) => {
                let form = ast[id];
                self.text("FORM ");
                self.name(form.name);
                for attribute in &ast[form.attributes] {
                    self.space();
                    self.attribute(attribute, false);
                }
                if let Some(table) = form.table {
                    self.word("FOR ");
                    self.name(table);
                }
                if form.items.is_empty() {
                    return;
                }
                self.text(" (");
                self.indent(|p| {
                    for (at, item) in ast[form.items].iter().enumerate() {
                        p.text(if at > 0 { "," } else { "" });
                        p.form_item(item);
                    }
                });
                self.at(stmt.span.end.saturating_sub(1));
                self.hard_line();
                self.text(")");
            }
            _ => {}
        }
    }

    fn form_item(&mut self, item: &FormItem) {
        let ast = self.ast;
        let start = match *item {
            FormItem::Field(id) => ast[id].span.start,
            FormItem::Action(id) => ast[id].span.start,
            FormItem::Detail(id) => ast[id].span.start,
            FormItem::Error(span) => span.start,
        };
        self.at(start);
        self.hard_line();
        self.group(|p| match *item {
            FormItem::Field(id) => {
                let field = ast[id];
                p.named("FIELD ", field.name);
                if let Some(ty) = field.ty {
                    p.space();
                    p.type_name(ty);
                }
                p.indent(|p| p.attributes(field.attributes));
            }
            FormItem::Action(id) => {
                let action = ast[id];
                p.named("ACTION ", action.name);
                p.indent(|p| {
                    p.attributes(action.attributes);
                    p.word("AS");
                    match action.body {
                        ActionBody::Verb(verb) => {
                            p.space();
                            p.ident(verb);
                        }
                        ActionBody::Statements(list) => {
                            for statement in &ast[list] {
                                p.at(statement.span.start);
                                p.line();
                                p.stmt(statement);
                            }
                        }
                    }
                });
            }
            FormItem::Detail(id) => {
                let detail = ast[id];
                p.text("DETAIL ");
                p.name(detail.name);
                p.word("ON ");
                p.expr(detail.on);
                p.indent(|p| p.attributes(detail.attributes));
            }
            FormItem::Error(span) => p.source(span),
        });
    }
}
