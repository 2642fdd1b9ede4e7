//! `rqlc check` of forms.

use crate::against::Schema;
use crate::check::{only_warn, signature};
use crate::texts::tell;
use noctra_repl::report::Style;
use rql::{Dialect, Parse, Program};
use rql_ast::{Ast, Stmt, StmtKind};
use rql_diagnostics::Diagnostic;
use std::io;
use std::path::Path;

/// What is wrong with the forms of a text.
pub(crate) fn wrong(ast: &Ast, file: &Path, dialect: Dialect, schema: &Schema) -> Vec<Diagnostic> {
    let (mut forms, mut wrong) = (Vec::new(), Vec::new());
    for stmt in ast.all::<Stmt>() {
        if let StmtKind::Form(id) = stmt.kind {
            let (form, said) = rql_forms::from_block(ast, id);
            forms.push(form);
            wrong.extend(said);
        }
    }
    if !forms.is_empty() {
        wrong.extend(schema.forms(ast, file, dialect, &mut forms));
    }
    wrong
}

/// A form in a file of TOML, and its fields as the parameters that it takes.
pub(crate) fn check(file: &Path, schema: Option<&Schema>, style: Style) -> io::Result<bool> {
    let add_name = |why| io::Error::other(format!("{}: {why}", file.display()));
    let source = noctra_runtime::read_source(file).map_err(add_name)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let (form, wrong) = rql_forms::from_toml(&source.text, &stem);
    let mut program = Program {
        diagnostics: wrong,
        ..Program::default()
    };
    // It has no statements of its own; what is said is about the file.
    let parse = Parse {
        ast: Ast::new(std::sync::Arc::clone(&source.text)),
        diagnostics: Vec::new(),
    };
    for dialect in schema.iter().flat_map(|schema| &schema.dialects) {
        let mut forms = [form.clone()];
        let said = schema.map(|s| s.forms(&parse.ast, file, *dialect, &mut forms));
        program.diagnostics.extend(said.unwrap_or_default());
    }
    only_warn(&mut program);
    tell(&program, file, &parse, style)?;
    if program.is_sound() && schema.is_some() {
        let fields = form
            .fields
            .iter()
            .filter(|field| !field.is_computed() && !field.readonly);
        let parameters = fields.map(|field| rql::Parameter {
            name: field.name.text.clone(),
            ty: field.ty,
            nullable: !field.required(),
            // Nobody must give a field that may be left empty.
            default: match &field.default {
                Some(default) => Some(default.text.clone()),
                None => (!field.required()).then(|| "NULL".to_owned()),
            },
            perhaps_set: false,
            included: None,
            span: field.name.span,
        });
        program.parameters = parameters.collect();
        signature(file, &program)?;
    }
    Ok(program.is_sound())
}
