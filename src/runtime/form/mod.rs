//! Forms in a session: FORM, FORM LOAD, DESCRIBE FORM; `execute` has FORM EXECUTE, `at` what a screen asks, `values`
//! what the fields hold.

mod at;
mod design;
mod example;
mod execute;
mod trigger;
mod values;

pub use at::Fields;

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::show::table;
use crate::session::source::Source;
use crate::transfer::files;
use crate::value::arguments;
use rql::Env;
use rql_ast::{Ast, Id, Name, Span, StmtKind};
use rql_diagnostics::{Diagnostic, Severity, codes, did_you_mean};
use rql_forms::{Action, Body, Form, Piece};
use std::path::Path;
use std::sync::Arc;

/// A form that a session knows, and the text that it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    form: Form,
    source: Arc<Source>,
}

impl Session {
    /// The forms that are loaded, in the order of their names.
    #[must_use]
    pub fn forms(&self) -> Vec<&Form> {
        let mut forms: Vec<&Form> = self.forms.iter().map(|loaded| &loaded.form).collect();
        forms.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        forms
    }

    /// `FORM f (…)`: reads a form and checks it.
    pub(crate) fn form(
        &mut self,
        ast: &Ast,
        id: Id<rql_ast::Form>,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (form, wrong) = rql_forms::from_block(ast, id);
        let source = match self.sources.last() {
            Some(running) => Arc::clone(&running.source),
            None => Arc::new(Source::new("input", Arc::clone(ast.source()))),
        };
        let form = self.checked(form, wrong, span)?;
        self.keep_form(form, source, out)
    }

    fn keep_form(
        &mut self,
        form: Form,
        source: Arc<Source>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        if out.chatty {
            out.remark(&format!("Form {} has {}", form.name.text, summary(&form)))?;
        }
        let name = form.name.text.clone();
        self.forms.retain(|old| old.form.name.text != name);
        self.forms.push(Arc::new(Loaded { form, source }));
        Ok(())
    }

    /// What the table of a form adds, and whether all of it is sound.
    fn checked(
        &mut self,
        mut form: Form,
        wrong: Vec<Diagnostic>,
        span: Span,
    ) -> Result<Form, Failure> {
        let said = self.against(span, |env| {
            rql_forms::for_table(&mut form, env);
            rql_forms::check(&form, env)
        })?;
        let all: Vec<Diagnostic> = wrong.into_iter().chain(said).collect();
        match all
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
        {
            true => Err(Failure::Diagnostics(all)),
            false => Ok(form),
        }
    }

    /// Asks something of what the connection holds and the variables are.
    fn against<T>(&mut self, span: Span, ask: impl FnOnce(&Env<'_>) -> T) -> Result<T, Failure> {
        let dialect = self.connection.dialect();
        let known = self.known.with(&mut *self.connection, &self.definitions);
        let (catalog, _) = known.map_err(|error| Failure::at(error, span))?;
        let variables = |name: &str| self.variables.get(name).map(arguments::type_of);
        Ok(ask(&Env {
            catalog,
            dialect,
            variables: &variables,
            fold: Some(crate::folded),
        }))
    }

    /// `FORM LOAD 'f.toml'`: reads the forms of a file.
    pub(crate) fn load_form(
        &mut self,
        ast: &Ast,
        file: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let wanted = ast.string(file).into_owned();
        for loaded in self.forms_of(&wanted, file)? {
            self.keep_form(loaded.form.clone(), Arc::clone(&loaded.source), out)?;
        }
        Ok(())
    }

    fn forms_of(&mut self, wanted: &str, place: Span) -> Result<Vec<Loaded>, Failure> {
        let here = self
            .sources
            .last()
            .map(|running| Arc::clone(&running.source));
        let path = files::beside(here.as_deref(), wanted);
        let path = Limits(&self.settings).file_at(&path, Access::Read, place)?;
        let refused = |why: String| {
            Diagnostic::error(codes::FILE_ERROR, format!("cannot load {wanted}: {why}"))
                .label(place, "this file")
        };
        let source = Arc::new(files::read(&path).map_err(refused)?);
        let read = read_forms(&source);
        if read.is_empty() {
            return Err(refused("it holds no form".into())
                .help("FORM name (…) in a file of RQL, or a file of TOML, is one")
                .into());
        }
        let mut loaded = Vec::new();
        for (form, wrong) in read {
            let span = Span::default();
            let form = self.checked(form, wrong, span);
            let form = form.map_err(|failure| failure.elsewhere(Arc::clone(&source)))?;
            loaded.push(Loaded {
                form,
                source: Arc::clone(&source),
            });
        }
        Ok(loaded)
    }

    /// The form of a name, or of a table of that name with nothing written.
    fn form_named(&mut self, name: &str, span: Span) -> Result<Arc<Loaded>, Failure> {
        let known = self
            .forms
            .iter()
            .find(|loaded| loaded.form.name.text == name);
        if let Some(loaded) = known {
            return Ok(Arc::clone(loaded));
        }
        if let Some(loaded) = self.form_of(name, span)? {
            return Ok(loaded);
        }
        let mut names: Vec<String> = self
            .forms()
            .iter()
            .map(|form| form.name.text.clone())
            .collect();
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        names.extend(tables.iter().map(|table| table.name.clone()));
        let error = Diagnostic::error(codes::FORM, format!("no form {name}"))
            .label(span, "neither a form that is loaded nor a table");
        Err(match did_you_mean(name, names.iter().map(String::as_str)) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error.help("FORM LOAD 'file.toml'; loads one, SHOW FORMS; lists them"),
        }
        .into())
    }

    /// The form that a table has with nothing written.
    fn table_form(&mut self, name: &str, span: Span) -> Result<Arc<Loaded>, Failure> {
        if let Some(loaded) = self.form_of(name, span)? {
            return Ok(loaded);
        }
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        let names = tables.iter().map(|table| table.name.as_str());
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {name}"))
            .label(span, "there is no such table");
        Err(match did_you_mean(name, names) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error.help("SHOW TABLES; lists them"),
        }
        .into())
    }

    fn form_of(&mut self, name: &str, span: Span) -> Result<Option<Arc<Loaded>>, Failure> {
        let mut form = Form {
            name: Piece::made(name, span),
            table: Some(Piece::made(name, span)),
            ..Form::default()
        };
        self.against(span, |env| rql_forms::for_table(&mut form, env))?;
        if form.fields.is_empty() {
            return Ok(None);
        }
        let source = Arc::new(Source::new(
            format!("form of {name}"),
            rql_forms::to_block(&form),
        ));
        Ok(Some(Arc::new(Loaded { form, source })))
    }

    /// The form in the session's language, where it has that.
    fn localized(&self, loaded: Arc<Loaded>) -> Arc<Loaded> {
        match &self.settings.language {
            Some(language) if !loaded.form.i18n.is_empty() => Arc::new(Loaded {
                form: loaded.form.clone().in_language(language),
                source: Arc::clone(&loaded.source),
            }),
            _ => loaded,
        }
    }

    /// `DESCRIBE FORM f`: its fields.
    pub(crate) fn describe_form(
        &mut self,
        ast: &Ast,
        name: Name,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let loaded = self.form_named(&ast.dotted(name), ast.name_span(name))?;
        let loaded = self.localized(loaded);
        let form = &loaded.form;
        let fields = form.fields.iter().map(|field| {
            let needs = match (field.is_computed(), field.readonly, field.required()) {
                (true, ..) => "computed",
                (_, true, _) => "read only",
                (_, _, true) => "required",
                _ => "",
            };
            let default = field.computed.as_ref().or(field.default.as_ref());
            let cells = [
                "field",
                &field.name.text,
                &field.written.text,
                field.shown(),
                needs,
            ];
            let cells = cells.map(|cell| Some(cell.to_owned())).into_iter();
            cells
                .chain([default.map(|piece| piece.text.clone())])
                .collect()
        });
        let actions = form.actions.iter().map(|action| {
            let ty = match &action.body {
                Body::Verb(verb) => verb.name(),
                Body::Run(piece) => rql_forms::action_type(piece),
            };
            let label = action.label.as_deref().unwrap_or(&action.name.text);
            let mark = &mark(action);
            let cells = ["action", &action.name.text, ty, label, mark];
            let cells = cells.map(|cell| Some(cell.to_owned())).into_iter();
            cells.chain([action.key.clone()]).collect()
        });
        let heads = ["part", "name", "type", "label", "is", "default or key"];
        table(out, &heads, fields.chain(actions).collect())
    }
}

/// The forms of a text, each with what is wrong with it: a file of TOML is one, a file of RQL has those of its FORM
/// statements. They are not yet checked against a catalog.
#[must_use]
pub fn read_forms(source: &Source) -> Vec<(Form, Vec<Diagnostic>)> {
    let path = Path::new(&source.name);
    if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    {
        let name = path
            .file_stem()
            .map_or("form".into(), |stem| stem.to_string_lossy());
        return vec![rql_forms::from_toml(&source.text, &name)];
    }
    let parse = rql_grammar::parse_shared(Arc::clone(&source.text));
    let ast = &parse.ast;
    let mut forms = Vec::new();
    for stmt in &ast[ast.statements] {
        if let StmtKind::Form(id) = stmt.kind {
            let (form, mut wrong) = rql_forms::from_block(ast, id);
            wrong.splice(0..0, parse.diagnostics.iter().cloned());
            forms.push((form, wrong));
        }
    }
    if forms.is_empty() && !parse.is_ok() {
        forms.push((Form::default(), parse.diagnostics));
    }
    forms
}

/// What an action is: `default`, `before insert`, `after update, commit`.
fn mark(action: &Action) -> String {
    let events = [("before", &action.before), ("after", &action.after)];
    let events = events.into_iter().filter(|(_, events)| !events.is_empty());
    let events = events.map(|(word, events)| {
        let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
        format!("{word} {}", names.join(", "))
    });
    let default = action.default.then(|| "default".to_owned());
    default
        .into_iter()
        .chain(events)
        .collect::<Vec<_>>()
        .join("; ")
}

/// `3 fields and the actions search, clear`.
fn summary(form: &Form) -> String {
    let fields = match form.fields.len() {
        1 => "1 field".to_owned(),
        count => format!("{count} fields"),
    };
    let actions: Vec<&str> = form.actions.iter().map(|a| a.name.text.as_str()).collect();
    match actions.as_slice() {
        [] => fields,
        [only] => format!("{fields} and the action {only}"),
        _ => format!("{fields} and the actions {}", actions.join(", ")),
    }
}
