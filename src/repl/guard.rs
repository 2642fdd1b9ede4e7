//! What is asked before a statement runs: whether all rows are meant, and the values of its parameters.

use crate::Repl;
use noctra_runtime::{Confirm, Lent, sweeps};
use rql::{Parameter, Type};

impl Repl {
    /// True where the text may run: nothing in it changes all rows of a table, or that is what is meant.
    pub(crate) fn is_meant(&mut self, text: &str) -> bool {
        if !self.asks || self.session.confirm() == Confirm::Never {
            return true;
        }
        let ast = rql_grammar::parse(text).ast;
        self.session.rearm();
        for sweep in sweeps(&ast) {
            let count = self.session.count_rows(&sweep);
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

    /// Gives the parameters of a text the values that are given, in their order, and asks for those that have none
    /// then; `None` where the person would rather not. What comes back is to be released behind the statement.
    pub(crate) fn bind(&mut self, text: &str, given: &[String]) -> Option<Vec<Lent>> {
        let mut lent = Vec::new();
        let mut given = given.iter();
        for Parameter { name, ty, .. } in self.session.parameters(text) {
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
}
