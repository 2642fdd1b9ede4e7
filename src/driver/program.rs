//! A whole text: each statement against what those before it have made.

mod branches;
mod include;
mod memo;
mod parameters;
mod walk;

pub use memo::{Memo, Unread};

use crate::Compiled;
use crate::Env;
use rql_ast::{Ast, Id, Span, Stmt};
use rql_codegen::Dialect;
use rql_diagnostics::{Diagnostic, Severity};
use rql_grammar::{Outline, Parse};
use rql_ir::{Catalog, NameMatch, Type};
use walk::{State, Walk};

/// What a text is compiled for.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The catalog of what USE names, where it is known.
    pub uses: &'a dyn Fn(&str) -> Option<Catalog>,
    /// The file of the text, by the path that no other file has; empty where it comes from none.
    pub file: &'a str,
    /// Reads what INCLUDE names.
    pub includes: &'a Includes<'a>,
    /// As in [`Env`].
    pub fold: Option<crate::Fold>,
}

/// Gives a file, or says why there is none: by the name of the text in which INCLUDE stands (`None` for the
/// program's own) and the file as it is written there.
pub type Includes<'a> = dyn Fn(Option<&str>, &str) -> Result<File, String> + 'a;

/// A file of RQL.
#[derive(Clone, Debug)]
pub struct File {
    /// The name by which people know it.
    pub name: String,
    /// The path that no other file has.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// A text, compiled.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its statements, in order.
    pub statements: Vec<Part>,
    /// The parameters that it takes, in the order in which they first stand.
    pub parameters: Vec<Parameter>,
    /// What is wrong with it, and what else should be said.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that it includes.
    pub included: Vec<Included>,
}

/// A text that a program includes.
#[derive(Clone, Debug)]
pub struct Included {
    /// Its name.
    pub name: String,
    /// The tree and what is wrong with its syntax.
    pub parse: Parse,
    /// What is wrong with it besides, with places in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A statement of a program.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands: one of the texts that are included, or in the program's own.
    pub included: Option<usize>,
    /// The statement.
    pub stmt: Id<Stmt>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a statement.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Text for the backend.
    Sql(Box<Compiled>),
    /// The session does it; nothing is sent.
    Session,
    /// A diagnostic says why there is nothing.
    Failed,
}

/// A parameter that whoever runs a program gives a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; a position as digits.
    pub name: String,
    /// Its type: declared by PARAM, or wanted where it stands.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
    /// The text of its default; without one a value must be given.
    pub default: Option<String>,
    /// True where a branch of the program may give it a value, so that none is needed then.
    pub perhaps_set: bool,
    /// The text in which it is declared or stands first, as for [`Part::included`].
    pub included: Option<usize>,
    /// Where it is declared, or stands first.
    pub span: Span,
}

impl Program {
    /// True where nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let error = |d: &Diagnostic| d.severity == Severity::Error;
        let mut included = self.included.iter();
        !self.diagnostics.iter().any(error)
            && included.all(|text| text.parse.is_ok() && !text.diagnostics.iter().any(error))
    }
}

/// Compiles every statement of a text. A broken statement does not hide the next one. The catalog is
/// afterwards as the text leaves it.
#[must_use]
pub fn program(ast: &Ast, catalog: &mut Catalog, options: Options<'_>) -> Program {
    program_with(ast, catalog, options, &mut |_, _, _| {})
}

/// As [`program`]; `seen` is shown each statement for the backend, before it changes anything,
/// refused ones too, with what it is compiled against.
#[must_use]
pub fn program_with(
    ast: &Ast,
    catalog: &mut Catalog,
    options: Options<'_>,
    seen: &mut dyn FnMut(&Ast, Id<Stmt>, &Env<'_>),
) -> Program {
    walk_through(ast, catalog, options, seen, None)
}

/// As [`program`], for whoever looks at a text again and again: what the memory knows of a statement is not
/// computed again, and such a statement has no text ([`Outcome::Session`]). The world has to be the one
/// that the memory is for; `outline` says where the text's statements stand.
#[must_use]
pub fn program_memo(
    parse: &Parse,
    outline: &[Outline],
    catalog: &mut Catalog,
    options: Options<'_>,
    memo: &mut Memo,
) -> Program {
    memo.begin();
    let done = walk_through(
        &parse.ast,
        catalog,
        options,
        &mut |_, _, _| {},
        Some(&mut *memo),
    );
    memo.end(parse.ast.source(), outline, &parse.diagnostics);
    done
}

/// As [`program_memo`] of a text of which only `unread` is read; `outline` says where all its statements stand.
/// `None` where a statement that was seen before is another one here: the whole has to be read.
#[must_use]
pub fn program_unread(
    text: &str,
    outline: &[Outline],
    unread: &Unread,
    catalog: &mut Catalog,
    options: Options<'_>,
    memo: &mut Memo,
) -> Option<Program> {
    memo.begin();
    let mut seen = |_: &Ast, _: Id<Stmt>, _: &Env<'_>| {};
    let ast = &unread.parse.ast;
    let mut walk = walk(ast, catalog, options, &mut seen, Some(&mut *memo));
    let all = walk.pieces(text, outline, &unread.known);
    *catalog = walk.state.catalog;
    let done = walk.done;
    all.then(|| {
        memo.end(text, outline, &unread.parse.diagnostics);
        done
    })
}

fn walk_through<'a>(
    ast: &'a Ast,
    catalog: &mut Catalog,
    options: Options<'a>,
    seen: &'a mut dyn FnMut(&Ast, Id<Stmt>, &Env<'_>),
    memo: Option<&'a mut Memo>,
) -> Program {
    let mut walk = walk(ast, catalog, options, seen, memo);
    walk.statements(ast.statements);
    *catalog = walk.state.catalog;
    walk.done
}

fn walk<'a>(
    ast: &'a Ast,
    catalog: &mut Catalog,
    options: Options<'a>,
    seen: &'a mut dyn FnMut(&Ast, Id<Stmt>, &Env<'_>),
    memo: Option<&'a mut Memo>,
) -> Walk<'a> {
    Walk {
        ast,
        memo,
        chain: 0,
        depth: 0,
        included: None,
        trail: Vec::new(),
        open: vec![options.file.to_owned()],
        state: State {
            catalog: std::mem::take(catalog),
            ..State::default()
        },
        options,
        done: Program::default(),
        seen,
    }
}

/// The catalog that a text of DDL makes; what is no DDL is left out.
#[must_use]
pub fn schema(source: &str, names: NameMatch) -> (Catalog, Vec<Diagnostic>) {
    let mut catalog = Catalog::new(names);
    let diagnostics = declare(&mut catalog, source);
    (catalog, diagnostics)
}

/// Changes a catalog as the DDL of a text says; gives what is wrong with it.
pub fn declare(catalog: &mut Catalog, source: &str) -> Vec<Diagnostic> {
    let parse = rql_grammar::parse(source);
    let ast = &parse.ast;
    let mut diagnostics = parse.diagnostics.clone();
    for stmt in ast.statements.ids() {
        let env = rql_ir::Env {
            catalog,
            variables: &|_| None,
            changes_through_views: true,
        };
        match rql_ir::changes(ast, stmt, env) {
            Ok(made) => catalog.apply(made.unwrap_or_default()),
            Err(more) => diagnostics.extend(more),
        }
    }
    diagnostics
}
