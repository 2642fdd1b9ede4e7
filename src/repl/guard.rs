//! What is asked before a statement runs: whether all rows are meant, and the values of its parameters.

use crate::Repl;
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Confirm, Lent, Output, Source, sweeps};
use rql::{File, Parameter, Type};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes that are kept.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Repl {
    /// True where the text may run: nothing in it changes all rows of a table, or that is what is meant.
    pub(crate) fn is_meant(&mut self, text: &str) -> bool {
        if !self.asks || self.session.confirm() == Confirm::Never {
            return true;
        }
        let ast = rql_grammar::parse(text).ast;
        for sweep in sweeps(&ast) {
            let count = match sweep.table {
                true => self.counted(&sweep.name, &sweep.path),
                false => None,
            };
            let Some(told) = sweep.told(count) else {
                continue;
            };
            if !self.confirmed(&format!("{told}. Go on? [y/N] ")) {
                self.say("not run");
                return false;
            }
        }
        true
    }

    /// How many rows a table has; `None` where that cannot be said.
    fn counted(&mut self, table: &str, path: &[String]) -> Option<u64> {
        let (name, schema) = path.split_last()?;
        // A name that finds nothing would end the person's transaction.
        self.session
            .catalog()
            .ok()?
            .find(schema.last().map(String::as_str), name)?;
        let kept = Kept::default();
        let options = Options {
            header: false,
            ..Options::default()
        };
        let (data, narration) = (Box::new(kept.clone()), Box::new(io::sink()));
        let mut output = Output::new(Format::named("csv")?, options, data, narration);
        let source = Arc::new(Source::new(
            "count",
            format!("SELECT count(*) FROM {table};").as_str(),
        ));
        self.session.rearm();
        self.session.run_apart(&source, &mut output).ok()?;
        let text = kept.0.borrow();
        core::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Gives the parameters of a text the values that are given, in their order, and asks for those that have none
    /// then; `None` where the person would rather not. What comes back is to be released behind the statement.
    pub(crate) fn bind(&mut self, text: &str, given: &[String]) -> Option<Vec<Lent>> {
        let mut lent = Vec::new();
        let mut given = given.iter();
        for Parameter { name, ty, .. } in self.parameters(text) {
            let value = match given.next() {
                Some(value) => value.clone(),
                None if self.session.has_value(&name) => continue,
                // The session says what is missing.
                None if !self.asks => break,
                None => {
                    let ty = match ty {
                        Type::Unknown => String::new(),
                        ty => format!(" ({ty})"),
                    };
                    let Some(value) = self.ask(&format!("{name}{ty}: ")) else {
                        self.release(lent);
                        self.say("not run");
                        return None;
                    };
                    value
                }
            };
            lent.push(self.session.lend_text(&name, value));
        }
        Some(lent)
    }

    /// Takes the values away that were given for one statement.
    pub(crate) fn release(&mut self, lent: Vec<Lent>) {
        // A name that was lent twice has its first value again.
        for one in lent.into_iter().rev() {
            self.session.take_back(one);
        }
    }

    /// The parameters of a text that it does not give a value itself.
    fn parameters(&mut self, text: &str) -> Vec<Parameter> {
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
        let definitions = self.session.definitions();
        let (true, Ok(catalog)) = (parse.is_ok(), self.session.catalog()) else {
            return Vec::new();
        };
        let mut catalog = catalog.clone();
        catalog.set_definitions(definitions);
        let includes = |_: Option<&str>, _: &str| -> Result<File, String> { Err(String::new()) };
        let options = rql::Options {
            dialect: self.session.dialect(),
            uses: &|_| None,
            file: "",
            includes: &includes,
        };
        let program = rql::program(&parse.ast, &mut catalog, options);
        let free = |parameter: &Parameter| parameter.default.is_none() && !parameter.perhaps_set;
        program.parameters.into_iter().filter(free).collect()
    }
}
