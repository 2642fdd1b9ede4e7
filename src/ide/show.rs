//! What becomes of statements, for people who ask; and what of a text has to stand before a statement that runs
//! by itself.

use crate::{Snapshot, Span};
use rql::{Dialect, File, Options, Stage};
use rql_ast::StmtKind;

impl Snapshot {
    /// What a stage of the compiler makes of the statements that a piece of the text touches.
    ///
    /// # Errors
    /// What is wrong with them, or that there is no such statement, in words for people.
    pub fn explain(
        &self,
        range: Span,
        stage: Stage,
        dialect: Option<Dialect>,
    ) -> Result<String, String> {
        let dialect = dialect
            .or(self.world.dialect)
            .unwrap_or(Dialect::Postgresql);
        let ast = &self.parse().ast;
        let mut catalog = self.world.catalog.clone();
        let reader = self.reader.as_deref();
        let includes = |from: Option<&str>, file: &str| -> Result<File, String> {
            match reader {
                Some(reader) => reader(from, file),
                None => Err(format!("{file} is not read here")),
            }
        };
        let options = Options {
            dialect,
            uses: &|_| None,
            file: "",
            includes: &includes,
            fold: self.world.fold,
        };
        let mut shown = String::new();
        let mut wrong = Vec::new();
        let _ = rql::program_with(ast, &mut catalog, options, &mut |tree, stmt, env| {
            let span = tree[stmt].span;
            let own = core::ptr::eq(tree.source().as_ptr(), ast.source().as_ptr());
            if !own || span.start > range.end || range.start > span.end {
                return;
            }
            match rql::explain(tree, stmt, stage, env) {
                Ok(text) => shown += &text,
                Err(all) => wrong.extend(all.into_iter().map(|one| one.message)),
            }
        });
        match (wrong.is_empty(), shown.is_empty()) {
            (false, _) => Err(wrong.join("\n")),
            (true, true) => Err("no statement here is for a database".into()),
            (true, false) => Ok(shown),
        }
    }

    /// The text with only the statements that a piece of it touches and, before them, what names variables,
    /// relations and macros; the rest is blank, so that every place is what it was.
    #[must_use]
    pub fn runnable(&self, range: Span) -> String {
        let ast = &self.parse().ast;
        let mut kept: Vec<Span> = Vec::new();
        for stmt in &ast[ast.statements] {
            let touched = stmt.span.start <= range.end && range.start <= stmt.span.end;
            let names = stmt.span.end <= range.start
                && matches!(
                    stmt.kind,
                    StmtKind::Let(_) | StmtKind::Macro(_) | StmtKind::Param(_) | StmtKind::Unset(_)
                );
            if touched || names {
                // With its semicolon.
                let end = self.after_semicolon(stmt.span.end);
                kept.push(Span::new(stmt.span.start, end));
            }
        }
        let mut out = String::with_capacity(self.text.len());
        let mut kept = kept.into_iter().peekable();
        for (at, char) in self.text.char_indices() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            while kept.peek().is_some_and(|span| span.end <= at) {
                kept.next();
            }
            let inside = kept.peek().is_some_and(|span| span.start <= at);
            match (inside, char) {
                (true, _) | (_, '\n' | '\r') => out.push(char),
                // As many bytes as before.
                _ => (0..char.len_utf8()).for_each(|_| out.push(' ')),
            }
        }
        out
    }
}
