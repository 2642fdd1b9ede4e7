//! What the worker does with a form: opens it, does what somebody does at it, and shows what has become of it.

use super::{Done, Run, Tell, Told, with_output};
use crate::form::{Button, FormView};
use crate::key::Key;
use noctra_records::{Act, FormSession};
use noctra_repl::Opened;
use noctra_runtime::Session;
use std::sync::Arc;

/// Opens a form, with the values that it begins with.
pub(super) fn open(
    session: &mut Session,
    opened: &Opened,
    form: &mut Option<FormSession>,
    run: &Run,
    done: &mut Done,
    tell: &Tell,
) {
    *form = None;
    with_output(session, run, done, tell, |session, _| {
        let loaded = opened.find(session)?;
        *form = Some(FormSession::of(session, loaded)?);
        Ok(())
    });
    if let Some(open) = form {
        let acts = beginning(open, &opened.values);
        act(session, &acts, form, run, done, tell);
    }
}

/// Values that are given are typed in; where the form shows rows of a table, they say which.
fn beginning(form: &FormSession, values: &[(String, String)]) -> Vec<Act> {
    let Some(model) = form.form(0).filter(|_| !values.is_empty()) else {
        return Vec::new();
    };
    let typed = values
        .iter()
        .flat_map(|(field, value)| [Act::Field(field.clone()), Act::Text(value.clone())]);
    if model.table.is_some() {
        let around = (Act::EnterQuery, Act::Execute);
        return [around.0]
            .into_iter()
            .chain(typed)
            .chain([around.1])
            .collect();
    }
    let first = model.fields.iter().find(|field| !field.hidden);
    let first = first.map(|field| Act::Field(field.name.text.clone()));
    typed.chain(first).collect()
}

/// Does something at the form that is open.
pub(super) fn act(
    session: &mut Session,
    acts: &[Act],
    form: &mut Option<FormSession>,
    run: &Run,
    done: &mut Done,
    tell: &Tell,
) {
    let Some(open) = form else { return };
    let mut screen = None;
    with_output(session, run, done, tell, |session, output| {
        for act in acts {
            open.act(session, act, output)?;
            // What comes behind a text that is refused was meant for one that is not.
            if matches!(act, Act::Text(_)) && open.message().is_some_and(|said| said.error) {
                break;
            }
        }
        screen = Some(open.screen(session)?);
        Ok(())
    });
    let Some(screen) = screen else { return };
    let closed = open.is_closed();
    let buttons = open.form(screen.at).map_or(Vec::new(), |form| {
        let button = |action: &rql_forms::Action| Button {
            name: action.name.text.clone(),
            label: action
                .label
                .clone()
                .unwrap_or_else(|| action.name.text.clone()),
            key: action.key.as_deref().and_then(Key::named),
        };
        let views = form.views.iter().map(|view| Button {
            name: view.name.text.clone(),
            label: view.label.clone().unwrap_or_else(|| view.name.text.clone()),
            key: None,
        });
        form.buttons().map(button).chain(views).collect()
    });
    (Arc::as_ref(tell))(Told::Form(Box::new(FormView {
        screen,
        buttons,
        closed,
    })));
    if closed {
        *form = None;
    }
}
