//! The formatter.
//!
//! Keywords are upper case, names, functions and literals stay as written. A statement that fits is
//! one line; one that does not has a clause a line, its lists wrapped or one item a line, conditions
//! with AND and OR in front. Every comment keeps its place: behind what it stood behind on a line,
//! before what it stood before. The result reads to the same tree and formats to itself.

mod alter;
mod call;
mod change;
mod constraint;
mod ddl;
mod doc;
mod expr;
mod form;
mod from;
mod query;
mod stmt;
mod types;
mod window;

use crate::{Ast, Ident, List, Name, Node, Span, Stmt, StmtKind, Template};
use doc::Item;
use std::borrow::Cow;

/// How to format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatOptions {
    /// Characters in a line, where the text allows.
    pub width: usize,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self { width: 100 }
    }
}

/// The text of a tree, formatted. Statements that could not be read are kept as written.
#[must_use]
pub fn format(ast: &Ast, options: &FormatOptions) -> String {
    let mut printer = Printer {
        ast,
        items: Vec::new(),
        comment: 0,
        own: Vec::new(),
        breaks: false,
        last: 0,
    };
    printer.script();
    let mut out = doc::print(&printer.items, options.width);
    let kept = out.trim_end().len();
    out.truncate(kept);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Writes the document; comments are put in as the places that they stand before are reached.
struct Printer<'a> {
    ast: &'a Ast,
    items: Vec<Item<'a>>,
    /// The first comment that is not written yet.
    comment: usize,
    /// Comments with a line of their own that wait for the next break.
    own: Vec<Span>,
    /// A comment runs to the end of the line, so the next thing needs a new one.
    breaks: bool,
    /// Where in the source the last thing written ends.
    last: u32,
}

impl<'a> Printer<'a> {
    // -- texts and breaks ----------------------------------------------------------------------

    fn flush_breaks(&mut self) -> bool {
        if !self.breaks && self.own.is_empty() {
            return false;
        }
        self.items.push(Item::HardLine);
        for span in std::mem::take(&mut self.own) {
            self.items
                .push(Item::Text(Cow::Borrowed(self.ast.text(span).trim_end())));
            self.items.push(Item::HardLine);
        }
        self.breaks = false;
        true
    }

    fn text(&mut self, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        if text.is_empty() {
            return;
        }
        self.flush_breaks();
        self.items.push(Item::Text(text));
    }

    /// A space, or nothing where a line break stands there already.
    fn space(&mut self) {
        if !self.flush_breaks() {
            self.items.push(Item::Text(Cow::Borrowed(" ")));
        }
    }

    fn word(&mut self, text: impl Into<Cow<'a, str>>) {
        self.space();
        self.text(text);
    }

    fn line(&mut self) {
        if !self.flush_breaks() {
            self.items.push(Item::Line);
        }
    }

    fn soft_line(&mut self) {
        if !self.flush_breaks() {
            self.items.push(Item::SoftLine);
        }
    }

    fn hard_line(&mut self) {
        if !self.flush_breaks() {
            self.items.push(Item::HardLine);
        }
    }

    fn group(&mut self, write: impl FnOnce(&mut Self)) {
        self.items.push(Item::Open);
        write(self);
        self.items.push(Item::Close);
    }

    fn indent(&mut self, write: impl FnOnce(&mut Self)) {
        self.items.push(Item::Indent);
        write(self);
        self.items.push(Item::Dedent);
    }

    /// A piece of the source as it is.
    fn source(&mut self, span: Span) {
        self.at(span.start);
        self.text(self.ast.text(span));
        self.skip_to(span.end);
        self.last = self.last.max(span.end);
    }

    /// Comments inside what is kept as written are part of it.
    fn skip_to(&mut self, end: u32) {
        while self
            .ast
            .comments
            .get(self.comment)
            .is_some_and(|comment| comment.start < end)
        {
            self.comment += 1;
        }
    }

    // -- comments ------------------------------------------------------------------------------

    /// Brings up the comments that stand before `position`.
    fn at(&mut self, position: u32) {
        while let Some(&span) = self.ast.comments.get(self.comment) {
            if span.start >= position {
                return;
            }
            self.comment += 1;
            self.put_comment(span);
        }
    }

    /// Puts a comment behind what was written last, or on lines of its own where it had one.
    fn put_comment(&mut self, span: Span) {
        let text = self.ast.text(span).trim_end();
        let source: &str = self.ast.source();
        let before = source.get(..span.start as usize).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let alone = before[line_start..]
            .trim()
            .trim_start_matches('\u{feff}')
            .is_empty();
        if self.breaks || !self.own.is_empty() {
            self.own.push(span);
            return;
        }
        let place = self.last_break();
        if alone || text.starts_with('#') || self.items.is_empty() {
            match place {
                Some(at) => {
                    self.items[at] = Item::HardLine;
                    self.items.push(Item::Text(Cow::Borrowed(text)));
                    self.items.push(Item::HardLine);
                }
                None => self.own.push(span),
            }
            return;
        }
        let at = place.unwrap_or(self.items.len());
        let spaced = match at.checked_sub(1).and_then(|at| self.items.get(at)) {
            Some(Item::Text(last)) => last.ends_with(' '),
            _ => true,
        };
        let lead = if spaced { "" } else { " " };
        self.items
            .insert(at, Item::Text(Cow::Owned(format!("{lead}{text}"))));
        if text.starts_with("/*") {
            if place.is_none() {
                self.items.push(Item::Text(Cow::Borrowed(" ")));
            }
        } else if place.is_some() {
            self.items[at + 1] = Item::HardLine;
        } else {
            self.breaks = true;
        }
    }

    /// The first break behind the last text.
    fn last_break(&self) -> Option<usize> {
        let text = self
            .items
            .iter()
            .rposition(|item| matches!(item, Item::Text(text) if !text.is_empty()));
        let from = text.map_or(0, |at| at + 1);
        let is_break = |item: &Item<'_>| {
            matches!(
                item,
                Item::Line | Item::SoftLine | Item::HardLine | Item::BlankLine
            )
        };
        self.items[from..]
            .iter()
            .position(is_break)
            .map(|at| from + at)
    }

    // -- statements ------------------------------------------------------------------------------

    fn script(&mut self) {
        let statements = &self.ast[self.ast.statements];
        for statement in statements {
            self.statement_break(statement.span.start);
            self.stmt(statement);
            self.end_statement(statement);
        }
        self.at(u32::MAX);
        self.flush_breaks();
    }

    fn end_statement(&mut self, statement: &Stmt) {
        let template = matches!(statement.kind, StmtKind::Template(_));
        if !template {
            // A semicolon behind a comment would be lost in it.
            if self.breaks {
                self.flush_breaks();
            }
            self.items.push(Item::Text(Cow::Borrowed(";")));
        }
        self.last = statement.span.end;
    }

    /// The break between statements: blank lines of the source stay, as one.
    fn statement_break(&mut self, start: u32) {
        let first = self.items.is_empty();
        // Comments behind the last statement, on its line.
        let mut from = self.last;
        while let Some(&span) = self.ast.comments.get(self.comment) {
            if span.start >= start {
                break;
            }
            let between = Span::new(from, span.start);
            let own_line = first && from == 0 || self.ast.text(between).contains('\n');
            if own_line {
                self.statement_line(between, self.items.is_empty());
                self.comment += 1;
                self.items
                    .push(Item::Text(Cow::Borrowed(self.ast.text(span).trim_end())));
                self.breaks = false;
            } else {
                self.comment += 1;
                if !self.items.is_empty() {
                    self.items.push(Item::Text(Cow::Borrowed(" ")));
                }
                self.items
                    .push(Item::Text(Cow::Borrowed(self.ast.text(span).trim_end())));
            }
            from = span.end;
        }
        self.statement_line(Span::new(from, start), self.items.is_empty());
    }

    fn statement_line(&mut self, between: Span, first: bool) {
        if first {
            return;
        }
        let newlines = self.ast.text(between).matches('\n').count();
        self.items.push(if newlines > 1 {
            Item::BlankLine
        } else {
            Item::HardLine
        });
        self.breaks = false;
    }

    // -- small things ------------------------------------------------------------------------------

    fn ident(&mut self, ident: Ident) {
        self.source(ident.span);
    }

    fn name(&mut self, name: Name) {
        let ast = self.ast;
        for (at, &part) in ast[name.parts].iter().enumerate() {
            if at > 0 {
                self.text(".");
            }
            self.ident(part);
        }
    }

    /// Items with commas; `write` writes one.
    fn commas<T: Node>(&mut self, list: List<T>, mut write: impl FnMut(&mut Self, &T)) {
        let ast = self.ast;
        for (at, item) in ast[list].iter().enumerate() {
            if at > 0 {
                self.text(",");
                self.line();
            }
            write(self, item);
        }
    }

    /// `(a, b)`, broken inside where it is long.
    fn parens<T: Node>(&mut self, list: List<T>, write: impl FnMut(&mut Self, &T)) {
        self.bracketed("(", ")", |p| p.commas(list, write));
    }

    fn bracketed(
        &mut self,
        open: &'static str,
        close: &'static str,
        write: impl FnOnce(&mut Self),
    ) {
        self.group(|p| {
            p.text(open);
            p.indent(|p| {
                p.soft_line();
                write(p);
            });
            p.soft_line();
            p.text(close);
        });
    }

    fn idents(&mut self, list: List<Ident>) {
        self.parens(list, |p, &ident| p.ident(ident));
    }

    /// `{{#if c}}` or `{{#unless c}}`.
    fn tag<T>(&mut self, template: &Template<T>) {
        self.open_tag(template.condition, template.unless);
    }

    /// A list in which pieces may stand under a condition, the comma inside their tags.
    fn templated<T: Node>(
        &mut self,
        list: List<T>,
        template: impl Fn(&T) -> Option<Template<T>> + Copy,
        write: &mut dyn FnMut(&mut Self, &T),
    ) {
        let ast = self.ast;
        let items = &ast[list];
        let mut written = false;
        for (at, item) in items.iter().enumerate() {
            let Some(piece) = template(item) else {
                if written {
                    self.text(",");
                    self.line();
                }
                write(self, item);
                written = true;
                continue;
            };
            self.at(piece.span.start);
            let last = at + 1 == items.len();
            let leads = written;
            // First of several: the comma stands at the end inside the tag.
            let trails = !written && !last;
            if leads {
                self.line();
            }
            self.tag(&piece);
            let mut branch = |p: &mut Self, list: List<T>| {
                p.text(if leads { ", " } else { " " });
                p.templated(list, template, write);
                p.text(if trails { ", " } else { " " });
            };
            branch(self, piece.then);
            if let Some(otherwise) = piece.otherwise {
                self.text("{{else}}");
                branch(self, otherwise);
            }
            self.text(end_tag(piece.unless));
            if trails {
                self.line();
            }
            written = !trails && written || last || leads;
        }
    }
}

fn end_tag(unless: bool) -> &'static str {
    if unless { "{{/unless}}" } else { "{{/if}}" }
}
