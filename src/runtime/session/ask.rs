//! What a prompt asks of its session without running anything.

use crate::connection::connect;
use crate::session::Variable;
use crate::session::prepare;
use crate::session::show::SUBJECTS;
use crate::sinks::{FORMATS, Options};
use crate::value::arguments::type_of;
use crate::{AskPassword, Error, Failure, Output, Session, Source, Store, Sweep, Target, Value};
use rql::{Catalog, Dialect, File, Parameter, Type};
use rql_ast::{Ast, Span};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Reads a catalog on a connection of its own.
pub type ReadCatalog = Box<dyn FnOnce() -> Result<Catalog, Error> + Send>;

/// A variable that has another value for a while.
#[derive(Debug)]
pub struct Lent {
    name: String,
    before: Option<Variable>,
}

impl Session {
    /// What the connection holds, where that has been read already.
    #[must_use]
    pub fn known_catalog(&self) -> Option<&Catalog> {
        self.known.peek()
    }

    /// Reads what the connection holds beside it; `None` where no second connection sees the same, or two are
    /// in each other's way.
    #[must_use]
    pub fn catalog_reader(&self) -> Option<ReadCatalog> {
        let target = self.target.clone();
        match target {
            Target::Sqlite(_) | Target::Postgres(_) | Target::Mysql(_) => {
                Some(Box::new(move || connect(&target)?.catalog()))
            }
            Target::SqliteMemory
            | Target::Demo
            | Target::Duckdb(_)
            | Target::DuckdbMemory
            | Target::DataFile(_) => None,
        }
    }

    /// LET relations and macros, the newest last.
    #[must_use]
    pub fn definitions(&self) -> Vec<std::sync::Arc<rql::Definition>> {
        self.definitions.clone()
    }

    /// The dialect of the connection.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    /// Name, type and value of each variable, as people may see them.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, Type, String)> {
        // Names with a point are what LET relations have captured.
        let own = self
            .variables
            .iter()
            .filter(|(name, _)| !name.contains('.'));
        own.map(|(name, variable)| (name.clone(), type_of(variable), variable.value.shown()))
            .collect()
    }

    /// True where a cancel was asked for since [`Session::rearm`].
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_asked()
    }

    /// Runs a text of the prompt's own; an error leaves the person's transaction as it was, and what `last` is
    /// stays.
    ///
    /// # Errors
    /// As [`Session::run_script`].
    pub fn run_apart(&mut self, source: &Arc<Source>, out: &mut Output) -> Result<(), Failure> {
        let (keeps, last) = (std::mem::take(&mut self.keeps), self.last.take());
        let failed = self.failed;
        let done = self.run_source(source, out);
        (self.keeps, self.last) = (keeps, last);
        // A server has its own view of a failed transaction; elsewhere it is the session's alone.
        if self.connection.dialect() != Dialect::Postgresql {
            self.failed = failed;
        }
        done
    }

    /// True where a variable has a value.
    #[must_use]
    pub fn has_value(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Gives a variable a text for a while, as [`Session::set_text`] does.
    pub fn lend_text(&mut self, name: &str, text: String) -> Lent {
        let before = self.variables.get(name).cloned();
        self.set_text(name, text);
        Lent {
            name: name.to_owned(),
            before,
        }
    }

    /// The while is over: the variable has the value from before, or none.
    pub fn take_back(&mut self, lent: Lent) {
        match lent.before {
            Some(before) => self.variables.insert(lent.name, before),
            None => self.variables.remove(&lent.name),
        };
    }

    /// Lets another one ask for passwords; gives back who did.
    pub fn ask_with(&mut self, ask: Option<AskPassword>) -> Option<AskPassword> {
        std::mem::replace(&mut self.ask, ask)
    }

    /// How many rows there are of what a statement takes away; `None` where that cannot be said.
    pub fn count_rows(&mut self, sweep: &Sweep) -> Option<u64> {
        let (name, schema) = sweep.path.split_last().filter(|_| sweep.table)?;
        // A name that finds nothing would end the person's transaction.
        self.catalog()
            .ok()?
            .find(schema.last().map(String::as_str), name)?;
        let text = format!("SELECT count(*) FROM {};", sweep.name);
        let rows = self.ask_rows("count", &text).ok()?;
        match rows.read(0, 1).ok()?.first()?.first()? {
            Value::Integer(count) => u64::try_from(*count).ok(),
            _ => None,
        }
    }

    /// What the connection would be sent for the statement of a text that a sweep is part of; `None` where that is
    /// not known before the ones in front of it have run.
    pub fn sql_of(&mut self, ast: &Ast, sweep: &Sweep) -> Option<String> {
        let holds = |span: Span| span.start <= sweep.place.start && sweep.place.end <= span.end;
        let id = ast.statements.ids().find(|&id| holds(ast[id].span))?;
        let prepare = |on: prepare::Against<'_>| prepare::statement(ast, id, on);
        let prepared = self.prepare_quietly(ast, ast[id].span, prepare).ok()?;
        Some(prepared.sql)
    }

    /// Runs a query of the front end's own, which leaves `last` as it is, and gives its rows.
    ///
    /// # Errors
    /// What failed, with places in `text`.
    pub fn ask_rows(&mut self, name: &str, text: &str) -> Result<Store, Failure> {
        let rows = Rc::new(RefCell::new(Store::default()));
        let shown = Rc::clone(&rows);
        let nowhere = || Box::new(std::io::sink());
        let mut output = Output::new(&FORMATS[0], Options::default(), nowhere(), nowhere());
        output.show = Some(Box::new(move |store| *shown.borrow_mut() = store));
        let source = Arc::new(Source::new(name, text));
        self.run_apart(&source, &mut output)?;
        Ok(rows.take())
    }

    /// The parameters of a text that it does not give a value itself.
    pub fn parameters(&mut self, text: &str) -> Vec<Parameter> {
        let param = |token: &rql_lexer::Token| {
            matches!(
                token.kind,
                rql_lexer::TokenKind::Param | rql_lexer::TokenKind::Placeholder
            )
        };
        if !rql_lexer::lex(text).tokens.iter().any(param) {
            return Vec::new();
        }
        let parse = rql_grammar::parse(text);
        let definitions = self.definitions();
        let (true, Ok(catalog)) = (parse.is_ok(), self.catalog()) else {
            return Vec::new();
        };
        let mut catalog = catalog.clone();
        catalog.set_definitions(definitions);
        let includes = |_: Option<&str>, _: &str| -> Result<File, String> { Err(String::new()) };
        let options = rql::Options {
            dialect: self.dialect(),
            uses: &|_| None,
            file: "",
            includes: &includes,
            fold: Some(crate::folded),
        };
        let program = rql::program(&parse.ast, &mut catalog, options);
        let free = |parameter: &Parameter| parameter.default.is_none() && !parameter.perhaps_set;
        program.parameters.into_iter().filter(free).collect()
    }

    /// Looks into files as statements of this session would.
    #[must_use]
    pub fn look_into_files(&self) -> Arc<rql::LookIntoFiles> {
        crate::look_into_files(std::path::PathBuf::new(), &self.settings)
    }

    /// What SHOW shows.
    #[must_use]
    pub fn subjects() -> &'static [&'static str] {
        SUBJECTS
    }
}
