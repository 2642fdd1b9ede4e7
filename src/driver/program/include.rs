//! INCLUDE: the statements of another text stand here.

use super::walk::Walk;
use super::{File, Included, Options};
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};

/// How many texts may include one another.
const MOST: usize = 100;

impl Walk<'_> {
    /// True where the text is there and sound.
    pub(super) fn include(&mut self, file: Span) -> bool {
        let wanted = self.ast.string(file).into_owned();
        let Options { includes, .. } = self.options;
        let wrong = match includes(self.trail.last().map(String::as_str), &wanted) {
            Err(why) => format!("cannot include {wanted}: {why}"),
            Ok(file) if self.open.contains(&file.path) => format!("{wanted} would include itself"),
            Ok(_) if self.open.len() > MOST => {
                format!("more than {MOST} files include one another")
            }
            Ok(file) => return self.enter(file),
        };
        let error = Diagnostic::error(codes::FILE_ERROR, wrong).label(file, "this file");
        self.done.diagnostics.push(error);
        false
    }

    fn enter(&mut self, file: File) -> bool {
        let File { name, path, text } = file;
        let parse = rql_grammar::parse(&text);
        let at = self.done.included.len();
        self.done.included.push(Included {
            name: name.clone(),
            parse: parse.clone(),
            diagnostics: Vec::new(),
        });
        let outer = std::mem::take(&mut self.done.diagnostics);
        let mut trail = std::mem::take(&mut self.trail);
        trail.push(name);
        let mut open = std::mem::take(&mut self.open);
        open.push(path);
        let mut inner = Walk {
            ast: &parse.ast,
            memo: None,
            chain: 0,
            depth: 0,
            included: Some(at),
            trail,
            open,
            state: std::mem::take(&mut self.state),
            options: self.options,
            done: std::mem::take(&mut self.done),
            seen: &mut *self.seen,
        };
        let sound = inner.statements(parse.ast.statements) && parse.is_ok();
        inner.trail.pop();
        inner.open.pop();
        (self.trail, self.open) = (inner.trail, inner.open);
        self.state = inner.state;
        self.done = inner.done;
        self.done.included[at].diagnostics = std::mem::replace(&mut self.done.diagnostics, outer);
        sound
    }
}
