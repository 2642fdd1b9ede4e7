//! Texts that are forms, and forms in texts.

use crate::known::Before;
use crate::{Snapshot, Span, Symbol, SymbolKind};
use rql_ast::{Ast, Stmt, StmtKind};
use rql_diagnostics::Diagnostic;
use rql_forms::{Body, Form, Piece};
use rql_grammar::Outline;
use std::sync::Arc;

/// What a text is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// RQL, or plain SQL.
    #[default]
    Rql,
    /// TOML that is a form (FDL2); the name is that of a form that does not say its own.
    Form(String),
    /// Something that nothing is known of.
    Other,
}

/// The keys below which a form has its fields and actions; no other file of TOML that lies about has them.
const PARTS: &[&str] = &["fields", "actions"];

impl Language {
    /// What a file is written in, by its name and what it says: TOML is a form where it has fields or actions.
    #[must_use]
    pub fn of(file: &str, text: &str) -> Self {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let Some((stem, ending)) = name.rsplit_once('.') else {
            return Self::Rql;
        };
        if !ending.eq_ignore_ascii_case("toml") {
            return Self::Rql;
        }
        let is_part = |line: &str| {
            let line = line.trim_start().trim_start_matches('[').trim_start();
            PARTS.iter().any(|part| {
                let rest = line.strip_prefix(part);
                rest.is_some_and(|rest| rest.trim_start().starts_with(['.', ']', '=']))
            })
        };
        match text.lines().any(is_part) {
            true => Self::Form(stem.to_owned()),
            false => Self::Other,
        }
    }
}

/// The forms that a file holds.
pub(crate) fn forms_of(file: &str, text: &str) -> Vec<Form> {
    if let Language::Form(name) = Language::of(file, text) {
        return vec![rql_forms::from_toml(text, &name).0];
    }
    let ast = rql_grammar::parse(text).ast;
    let statements = ast[ast.statements].iter();
    let forms = statements.filter_map(|stmt| match stmt.kind {
        StmtKind::Form(id) => Some(rql_forms::from_block(&ast, id).0),
        _ => None,
    });
    forms.collect()
}

impl Snapshot {
    /// The form that the text is, with what its table adds.
    pub(crate) fn form(&self) -> Option<Arc<Form>> {
        let (mut form, _) = self.written_form()?;
        Before::of(&self.world).against(|env| rql_forms::for_table(&mut form, env));
        Some(Arc::new(form))
    }

    /// The form that the text is, as it is written.
    fn written_form(&self) -> Option<(Form, Vec<Diagnostic>)> {
        match &self.language {
            crate::Language::Form(name) => Some(rql_forms::from_toml(&self.text, name)),
            _ => None,
        }
    }

    /// The statements that stand in a form of TOML as they are.
    pub(crate) fn pieces(&self) -> Vec<Outline> {
        let Some((form, _)) = self.written_form() else {
            return Vec::new();
        };
        let run = |body: &Body| match body {
            Body::Run(piece) => Some(piece.clone()),
            Body::Verb(_) => None,
        };
        let actions = form.actions.iter().filter_map(|action| run(&action.body));
        let views = form.views.iter().map(|view| view.sql.clone());
        let lookups = form.fields.iter().filter_map(|field| field.lookup.clone());
        let all = actions.chain(views).chain(lookups);
        let mut found: Vec<Outline> = Vec::new();
        for piece in all.filter(|piece| piece.verbatim) {
            let inner = rql_grammar::outline(&piece.text).into_iter();
            found.extend(inner.map(|outline| Outline {
                span: Span::new(
                    outline.span.start + piece.span.start,
                    outline.span.end + piece.span.start,
                ),
                ..outline
            }));
        }
        found.sort_by_key(|outline| outline.span.start);
        found.dedup();
        found
    }

    /// What is wrong with a text that is a form.
    pub(crate) fn wrong_in_form(&self) -> Vec<Diagnostic> {
        let Some((mut form, mut all)) = self.written_form() else {
            return Vec::new();
        };
        let known = Before::of(&self.world);
        all.extend(checked(&mut form, &known));
        all
    }

    /// What is wrong with the forms of a text.
    pub(crate) fn wrong_in_blocks(&self, ast: &Ast) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for stmt in ast.all::<Stmt>() {
            if let StmtKind::Form(id) = stmt.kind {
                let (mut form, wrong) = rql_forms::from_block(ast, id);
                all.extend(wrong);
                all.extend(checked(&mut form, &self.before(stmt.span.start)));
            }
        }
        all
    }

    /// What a text that is a form has.
    pub(crate) fn form_symbols(&self) -> Vec<Symbol> {
        let Some((form, _)) = self.written_form() else {
            return Vec::new();
        };
        let whole = Span::new(0, u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let symbol = |piece: &Piece, kind, span: Span| Symbol {
            name: piece.text.clone(),
            kind,
            span,
            name_span: piece.span,
            children: Vec::new(),
        };
        let fields = form.fields.iter();
        let fields = fields.map(|it| symbol(&it.name, SymbolKind::Field, it.name.span));
        let actions = form.actions.iter();
        let actions = actions.map(|it| symbol(&it.name, SymbolKind::Action, it.name.span));
        let mut own = symbol(&form.name, SymbolKind::Form, whole);
        own.children = fields.chain(actions).collect();
        own.children.sort_by_key(|child| child.span.start);
        vec![own]
    }
}

fn checked(form: &mut Form, known: &Before) -> Vec<Diagnostic> {
    known.against(|env| {
        rql_forms::for_table(form, env);
        rql_forms::check(form, env)
    })
}
