//! What the worker does for the designer of forms.

use super::form;
use super::{Done, Run, Tell, Told, with_output};
use noctra_records::FormSession;
use noctra_runtime::Session;
use rql_ast::Span;
use rql_forms::{Form, Piece};
use std::path::PathBuf;

/// What the designer asks for.
#[derive(Clone, Debug)]
pub enum Design {
    /// A form by its name, that of a table, or its file; a new one where there is none of this name.
    Open(String),
    /// A FORM statement, to be seen as a form that somebody works at.
    Preview(String),
    /// A form, and the name that it had, which goes to a file and is loaded then.
    Save(PathBuf, Box<Form>, String),
}

/// Does it.
pub(super) fn design(
    session: &mut Session,
    design: &Design,
    shown: &mut Option<FormSession>,
    run: &Run,
    done: &mut Done,
    tell: &Tell,
) {
    match design {
        Design::Open(name) => open(session, name, run, done, tell),
        Design::Preview(text) => {
            *shown = None;
            with_output(session, run, done, tell, |session, _| {
                let loaded = session.try_form(text)?;
                *shown = Some(FormSession::of(session, loaded)?);
                Ok(())
            });
            form::act(session, &[], shown, run, done, tell);
        }
        Design::Save(path, form, was) => {
            with_output(session, run, done, tell, |session, _| {
                session.save_form(path, form, was)
            });
            if done.failed {
                return;
            }
            tell(Told::Saved(path.clone()));
            let name = path.display().to_string();
            let load = Run {
                text: format!("FORM LOAD {};", rql_ast::text_literal(&name)),
                apart: true,
                ..run.clone()
            };
            super::execute(session, &load, done, tell);
            let loaded = std::mem::take(&mut done.remarks);
            done.remarks = format!("{name} is written. {}", loaded.trim());
        }
    }
}

fn open(session: &mut Session, name: &str, run: &Run, done: &mut Done, tell: &Tell) {
    let path = PathBuf::from(name);
    let is_file = path
        .extension()
        .is_some_and(|ending| ending == "toml" || ending == "rql");
    let known = session.forms().iter().any(|form| form.name.text == name);
    let tables = session.catalog();
    let table = tables.is_ok_and(|catalog| rql_forms::find(catalog, name).is_some());
    if !is_file && !known && !table {
        let form = Form {
            name: Piece::made(name, Span::default()),
            ..Form::default()
        };
        tell(Told::Design(Box::new(form), None));
        return;
    }
    let mut found = None;
    with_output(session, run, done, tell, |session, _| {
        found = Some(session.written_form(name)?);
        Ok(())
    });
    if let Some(loaded) = found {
        let file = (is_file && !known).then_some(path);
        tell(Told::Design(Box::new(loaded.form().clone()), file));
    }
}
