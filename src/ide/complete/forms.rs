//! Forms, their actions and their fields.

use super::items::Items;
use super::names::{item, shown_type};
use super::{Item, Kind, Place};

impl Place<'_> {
    /// The forms that are known, and the tables, each of which is a form by itself.
    pub(crate) fn forms(&self, items: &mut Items<'_>) {
        for form in &self.before.forms {
            let name = &form.name.text;
            items.add(name, 0, || Item {
                insert: self.written(name),
                about: form.description.clone().unwrap_or_default(),
                ..item(name, Kind::Form, form.title.clone().unwrap_or_default())
            });
        }
        self.tables(items, None, false);
    }

    pub(crate) fn form_actions(&self, items: &mut Items<'_>, form: &str) {
        let Some(form) = self.before.form(form) else {
            return;
        };
        for action in &form.actions {
            let name = &action.name.text;
            items.add(name, u8::from(action.of_table), || {
                let label = action.label.clone().unwrap_or_default();
                item(name, Kind::Action, label)
            });
        }
    }

    pub(crate) fn form_fields(&self, items: &mut Items<'_>, form: &str) {
        let Some(form) = self.before.form(form) else {
            return;
        };
        for field in &form.fields {
            let name = &field.name.text;
            items.add(name, 0, || {
                item(name, Kind::Field, shown_type(field.ty, !field.required()))
            });
        }
    }
}
