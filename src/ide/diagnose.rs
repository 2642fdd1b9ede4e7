//! What is wrong with a text.

use crate::{Language, Snapshot};
use rql::{Diagnostic, Dialect, File, Options, Program};
use rql_ast::Ast;
use rql_diagnostics::Severity;
use rql_grammar::Parse;

impl Snapshot {
    /// What is wrong with the text and what else should be said, in its order; statements see what those
    /// before them have made. What is wrong in a file that it includes is said where INCLUDE stands. Where
    /// nothing reads files, INCLUDE says so.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        if self.language != Language::Rql {
            return self.wrong_in_form();
        }
        let reader = self.reader.as_deref();
        let includes = |from: Option<&str>, file: &str| -> Result<File, String> {
            match reader {
                Some(reader) => reader(from, file),
                None => Err(format!("{file} is not read here")),
            }
        };
        let uses = |_: &str| None;
        let options = Options {
            dialect: self.world.dialect.unwrap_or(Dialect::Postgresql),
            uses: &uses,
            file: "",
            includes: &includes,
            fold: self.world.fold,
        };
        let catalog = || self.world.catalog.clone();
        let outline = self.outline();
        let mut memo = self.memory.memo();
        // After a keystroke all but a statement or two are as they were: those alone are read.
        let unread = memo.unread(&self.text, outline);
        let seen = unread.and_then(|unread| {
            let (text, memo) = (&*self.text, &mut memo);
            let program =
                rql::program_unread(text, outline, &unread, &mut catalog(), options, memo);
            Some((program?, unread.parse))
        });
        if let Some((program, parse)) = seen {
            drop(memo);
            return self.said(program, &parse);
        }
        let parse = self.parse();
        let program = rql::program_memo(parse, outline, &mut catalog(), options, &mut memo);
        drop(memo);
        self.said(program, parse)
    }

    /// What is said of a program; of the tree only what is no plain statement is looked at.
    fn said(&self, program: Program, parse: &Parse) -> Vec<Diagnostic> {
        let mut all = parse.diagnostics.clone();
        all.extend(program.diagnostics);
        all.extend(of_included(&parse.ast, &program.included));
        all.extend(self.wrong_in_blocks(&parse.ast));
        all.sort_by_key(|wrong| wrong.primary_span().map_or(u32::MAX, |span| span.start));
        all
    }
}

/// One remark for each included text that has errors, at the INCLUDE of the text's own that leads to it.
fn of_included(ast: &Ast, included: &[rql::Included]) -> Vec<Diagnostic> {
    let files = ast.all::<rql_ast::Stmt>().iter();
    let files = files.filter_map(|stmt| match stmt.kind {
        rql_ast::StmtKind::Include(file) => Some(file),
        _ => None,
    });
    let mut all = Vec::new();
    for file in files {
        let wanted = ast.string(file);
        let text = included.iter().find(|text| text.name.ends_with(&*wanted));
        let Some(text) = text else { continue };
        let said = text.parse.diagnostics.iter().chain(&text.diagnostics);
        let mut errors = said.filter(|wrong| wrong.severity == Severity::Error);
        let Some(first) = errors.next() else { continue };
        let message = format!("{wanted} has errors: {}", first.message);
        all.push(Diagnostic::error(first.code, message).label(file, "in this file"));
    }
    all
}
