//! Names in a text that is a form of TOML: those outside of its statements, and its fields in them.

use crate::entity::{Entity, Occurrence, Use};
use crate::{Language, Manner, Snapshot, Span};
use rql_forms::{Body, Form, Named, Naming};

impl Snapshot {
    /// What a form of TOML names outside of its statements.
    pub(crate) fn named_in_form(&self) -> Vec<Use> {
        let Language::Form(file) = &self.language else {
            return Vec::new();
        };
        let all = rql_forms::names(&self.text, file);
        let form = all.iter().find_map(|naming| match &naming.named {
            Named::Form(name) => Some(name.clone()),
            _ => None,
        });
        let form = form.unwrap_or_default();
        let known = self.form();
        let is_field = |name: &str| {
            known
                .as_ref()
                .is_some_and(|form| form.field(name).is_some())
        };
        let named = |naming: Naming| {
            let entity = match naming.named {
                Named::Form(name) => Entity::Form(name),
                Named::Field(name) if naming.declares || is_field(&name) => Entity::Field {
                    form: form.clone(),
                    name,
                },
                Named::Field(_) => return None,
                Named::Action(name) => Entity::Action {
                    form: form.clone(),
                    name,
                },
                Named::Detail(name) => match rql_forms::find(&self.world.catalog, &name) {
                    Some(table) => Entity::Table(table.name.clone()),
                    None => Entity::Form(name),
                },
            };
            Some(Use {
                span: naming.span,
                entity,
                declares: naming.declares,
                writes: naming.declares,
                manner: naming.manner,
            })
        };
        all.into_iter().filter_map(named).collect()
    }

    /// Why a field has to keep its name although a text gives it: by that name it is a column of the form's table.
    #[must_use]
    pub fn keeps_name(&self, entity: &Entity) -> Option<String> {
        let Entity::Field { form, name } = entity else {
            return None;
        };
        let before = self.before(u32::MAX);
        let form = match self.form() {
            Some(own) => Some(own),
            None => before.form(form).cloned(),
        }?;
        let table = rql_forms::find(&before.catalog, &form.table.as_ref()?.text)?;
        let mut columns = table.columns.iter();
        let is_column = columns.any(|column| rql_forms::field_name(&column.name) == *name);
        let table = &table.name;
        is_column.then(|| {
            format!("by its name the field {name} is the column of {table}, so it keeps it")
        })
    }

    /// A new name as it has to stand at a place of this text; [`Snapshot::spelled_as`] gives `written`.
    ///
    /// # Errors
    /// Where it cannot stand there, in words for people.
    pub fn renamed(&self, at: &Occurrence, written: &str) -> Result<String, String> {
        if !matches!(self.language, Language::Form(_)) {
            return Ok(written.to_owned());
        }
        if !written.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(format!(
                "{written} cannot stand in a form of TOML: letters, digits and _ can"
            ));
        }
        match at.manner {
            // A bare key of TOML has no other letters.
            Manner::Key if !written.is_ascii() => Ok(format!("\"{written}\"")),
            Manner::Key | Manner::Word => Ok(written.to_owned()),
            Manner::Column => {
                let old = at.span.text(&self.text);
                Err(format!(
                    "mapping names the column and the field {old} by one word; \
                     write it as {{{old} = \"{old}\"}} first"
                ))
            }
            Manner::Unsaid => Ok(format!("name = \"{written}\"\n")),
        }
    }

    /// The parameters of a form's statement that are fields of it; `uses` have their places from its beginning.
    pub(crate) fn fields_of_form(&self, statement: Span, uses: &mut [Use]) {
        let Some(form) = self.form() else { return };
        for one in uses {
            if let Entity::Variable(name) = &one.entity
                && form.field(name).is_some()
                && !called_otherwise(&form, statement, name)
            {
                one.entity = Entity::Field {
                    form: form.name.text.clone(),
                    name: name.clone(),
                };
            }
        }
    }
}

/// True for a parameter to which the action around a statement gives another field than that of its name.
fn called_otherwise(form: &Form, statement: Span, name: &str) -> bool {
    let around = form.actions.iter().filter(|action| match &action.body {
        Body::Run(piece) => piece.span.start <= statement.start && statement.end <= piece.span.end,
        Body::Verb(_) => false,
    });
    let mut params = around.flat_map(|action| &action.params);
    params.any(|(param, field)| param.text == name && field.text != name)
}
