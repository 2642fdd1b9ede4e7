//! Calls of functions.

use super::Printer;
use crate::{Arg, ArgLabel, Call, Over};

impl<'a> Printer<'a> {
    pub(super) fn call(&mut self, call: &Call) {
        let ast = self.ast;
        self.name(call.name);
        let empty = call.args.is_empty() && call.order_by.is_empty();
        if empty {
            self.text("()");
        } else {
            self.bracketed("(", ")", |p| {
                p.quantifier(call.quantifier);
                for (at, arg) in ast[call.args].iter().enumerate() {
                    p.arg(at, arg);
                }
                if !call.order_by.is_empty() {
                    if !call.args.is_empty() {
                        p.line();
                    }
                    p.text("ORDER BY ");
                    p.order_items(call.order_by);
                }
                if let Some(limit) = call.limit {
                    p.word("LIMIT ");
                    p.expr(limit);
                }
                if let Some(separator) = call.separator {
                    p.word("SEPARATOR ");
                    p.expr(separator);
                }
                if let Some(ignore) = call.ignore_nulls
                    && p.nulls_inside(call)
                {
                    p.word(if ignore {
                        "IGNORE NULLS"
                    } else {
                        "RESPECT NULLS"
                    });
                }
            });
        }
        if !call.within_group.is_empty() {
            self.word("WITHIN GROUP ");
            self.bracketed("(", ")", |p| {
                p.text("ORDER BY ");
                p.order_items(call.within_group);
            });
        }
        if let Some(filter) = call.filter {
            self.word("FILTER ");
            self.bracketed("(", ")", |p| {
                p.text("WHERE ");
                p.expr(filter);
            });
        }
        if let Some(ignore) = call.ignore_nulls
            && !self.nulls_inside(call)
        {
            self.word(if ignore {
                "IGNORE NULLS"
            } else {
                "RESPECT NULLS"
            });
        }
        match call.over {
            None => {}
            Some(Over::Named(name)) => {
                self.word("OVER ");
                self.ident(name);
            }
            Some(Over::Spec(spec)) => {
                self.word("OVER ");
                self.window_spec(spec);
            }
        }
    }

    /// IGNORE NULLS stands behind the arguments where OVER follows, as the standard has it, and among
    /// them elsewhere.
    fn nulls_inside(&self, call: &Call) -> bool {
        call.over.is_none() && call.filter.is_none() && call.within_group.is_empty()
    }

    fn arg(&mut self, at: usize, arg: &Arg) {
        let word = match arg.label {
            ArgLabel::From if at > 0 => Some("FROM"),
            ArgLabel::For => Some("FOR"),
            ArgLabel::Placing => Some("PLACING"),
            ArgLabel::Using => Some("USING"),
            _ => None,
        };
        match (word, arg.label) {
            (Some(word), _) => {
                self.line();
                self.text(word);
                self.space();
            }
            (None, ArgLabel::Colon) => self.text(": "),
            _ if at > 0 => {
                self.text(",");
                self.line();
            }
            _ => {}
        }
        match arg.label {
            ArgLabel::Arrow(name) => {
                self.ident(name);
                self.word("=> ");
            }
            ArgLabel::Assign(name) => {
                self.ident(name);
                self.word(":= ");
            }
            ArgLabel::From if at == 0 => self.text("FROM "),
            ArgLabel::Variadic => self.text("VARIADIC "),
            ArgLabel::Both => self.text("BOTH "),
            ArgLabel::Leading => self.text("LEADING "),
            ArgLabel::Trailing => self.text("TRAILING "),
            ArgLabel::BothFrom => self.text("BOTH FROM "),
            ArgLabel::LeadingFrom => self.text("LEADING FROM "),
            ArgLabel::TrailingFrom => self.text("TRAILING FROM "),
            ArgLabel::Lambda(names) => {
                self.text("lambda ");
                for (at, &name) in self.ast[names].iter().enumerate() {
                    self.text(if at > 0 { ", " } else { "" });
                    self.ident(name);
                }
                self.text(": ");
            }
            _ => {}
        }
        self.expr(arg.value);
    }
}
