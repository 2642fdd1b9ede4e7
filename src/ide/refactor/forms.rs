//! Forms in their other spelling.

use super::{Action, ActionKind};
use crate::{Change, Language, Snapshot, Span};
use rql_ast::{Ast, Stmt, StmtKind};
use rql_diagnostics::Severity;

/// A form that is read without errors, in TOML.
fn toml(ast: &Ast, id: rql_ast::Id<rql_ast::Form>) -> Option<(String, String)> {
    let (form, wrong) = rql_forms::from_block(ast, id);
    let sound = wrong.iter().all(|one| one.severity != Severity::Error);
    let file = format!("{}.toml", form.name.text);
    sound.then(|| (file, rql_forms::to_toml(&form)))
}

impl Snapshot {
    /// The FORM at a place as a file of TOML, which FORM LOAD then reads in its place.
    pub(super) fn form_as_file(&self, range: Span) -> Option<Action> {
        let parse = self.parse();
        let ast = &parse.ast;
        let mut forms = ast[ast.statements].iter();
        let touched = |stmt: &&Stmt| stmt.span.start <= range.start && range.end <= stmt.span.end;
        let stmt = forms.find(touched)?;
        let StmtKind::Form(id) = stmt.kind else {
            return None;
        };
        if !parse.is_ok() {
            return None;
        }
        let (file, text) = toml(ast, id)?;
        Some(Action {
            title: "Write the form as a file of TOML",
            kind: ActionKind::Rewrite,
            changes: vec![Change {
                span: stmt.span,
                text: format!("FORM LOAD {}", rql_ast::text_literal(&file)),
            }],
            file: Some((file, text)),
        })
    }

    /// The text, which is a form, as a FORM statement in a file beside it.
    pub(super) fn form_as_block(&self) -> Option<Action> {
        let Language::Form(name) = &self.language else {
            return None;
        };
        let (form, wrong) = rql_forms::from_toml(&self.text, name);
        let sound = wrong.iter().all(|one| one.severity != Severity::Error);
        sound.then(|| Action {
            title: "Write the form as a FORM statement in a file of its own",
            kind: ActionKind::Rewrite,
            changes: Vec::new(),
            file: Some((format!("{name}.rql"), rql_forms::to_block(&form))),
        })
    }
}
