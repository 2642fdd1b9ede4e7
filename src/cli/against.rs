//! What a text is checked and compiled against: a schema, a database, or nothing.

use clap::Args;
use noctra_repl::report::{self, Style};
use noctra_runtime::Target;
use rql::{Ast, Catalog, Dialect, Env, File, Options, Program, Type};
use rql_ast::StmtKind;
use rql_diagnostics::{Diagnostic, Severity};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options.
#[derive(Args, Debug)]
pub(crate) struct Against {
    /// A file of CREATE statements that says which tables there are.
    #[arg(long, value_name = "FILE", conflicts_with = "db")]
    schema: Option<PathBuf>,
    /// The database whose tables there are.
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// The dialect of the text that is written; `all` is every one that can be written.
    #[arg(long, value_name = "NAME", value_parser = dialects)]
    dialect: Option<Dialects>,
}

/// One dialect or several.
#[derive(Clone, Debug)]
struct Dialects(Vec<Dialect>);

fn dialects(text: &str) -> Result<Dialects, String> {
    if text == "all" {
        let filled = |dialect: &Dialect| dialect.traits().filled;
        return Ok(Dialects(Dialect::ALL.into_iter().filter(filled).collect()));
    }
    text.parse().map(|dialect| Dialects(vec![dialect]))
}

/// What they say.
pub(crate) struct Schema {
    source: Source,
    pub(crate) dialects: Vec<Dialect>,
    /// Somebody has said which.
    chosen: bool,
    /// Who looks into the files that statements read: for a text that is run, not sent to a server.
    look: Option<Arc<rql::LookIntoFiles>>,
}

enum Source {
    /// No tables are known.
    Open,
    /// A text of DDL.
    Text(String),
    /// What a database holds.
    Database(Catalog, Dialect),
}

impl Against {
    /// The same for the language server, which reads it in its own time.
    pub(crate) fn origin(&self) -> rql_lsp::Origin {
        rql_lsp::Origin {
            schema: self.schema.clone(),
            db: self.db.clone(),
            dialect: self.dialect.as_ref().and_then(|it| it.0.first().copied()),
        }
    }

    /// Reads what there is; a schema with errors is reported and fails.
    pub(crate) fn open(&self, style: Style) -> io::Result<Schema> {
        let (source, own) = match (&self.schema, &self.db) {
            (Some(file), _) => {
                let name = file.display().to_string();
                let named = |e: io::Error| io::Error::new(e.kind(), format!("{name}: {e}"));
                let text = std::fs::read_to_string(file).map_err(named)?;
                let first = self.dialect.as_ref().and_then(|d| d.0.first().copied());
                let names = first.unwrap_or(Dialect::Postgresql).traits().names;
                let (_, wrong) = rql::schema(&text, names);
                report::diagnostics(&mut io::stderr().lock(), &wrong, &name, &text, style);
                if wrong.iter().any(|d| d.severity == Severity::Error) {
                    return Err(io::Error::other(format!("{name}: the schema has errors")));
                }
                (Source::Text(text), Dialect::Postgresql)
            }
            (None, Some(url)) => {
                let failed = |e: noctra_runtime::Error| io::Error::other(e.to_string());
                let target = Target::parse(url).map_err(failed)?;
                let mut connection = noctra_runtime::connect(&target).map_err(failed)?;
                let catalog = connection.catalog().map_err(failed)?;
                let own = connection.dialect();
                (Source::Database(catalog, own), own)
            }
            (None, None) => (Source::Open, Dialect::Postgresql),
        };
        let dialects = self.dialect.as_ref().map_or(vec![own], |d| d.0.clone());
        let chosen = self.dialect.is_some();
        Ok(Schema {
            source,
            dialects,
            chosen,
            look: None,
        })
    }
}

impl Schema {
    /// The same for a text that `noctra` runs, which reads files.
    pub(crate) fn with_files(mut self) -> Self {
        let settings = noctra_runtime::Settings::default();
        self.look = Some(noctra_runtime::look_into_files(PathBuf::new(), &settings));
        self
    }

    /// The dialects beside those asked for, for which a text that nobody has tied to one may be compiled
    /// too: without a catalog some need types that others do not.
    pub(crate) fn others(&self) -> Vec<Dialect> {
        if self.chosen || !matches!(self.source, Source::Open) {
            return Vec::new();
        }
        let filled = Dialect::ALL.into_iter().filter(|d| d.traits().filled);
        filled.filter(|d| !self.dialects.contains(d)).collect()
    }

    /// Compiles the text of a file (`-` is standard input); `seen` as in [`rql::program_with`].
    pub(crate) fn program(
        &self,
        ast: &Ast,
        file: &Path,
        dialect: Dialect,
        seen: &mut dyn FnMut(&Ast, rql_ast::Id<rql_ast::Stmt>, &Env<'_>),
    ) -> Program {
        self.walk(ast, file, dialect, seen).0
    }

    /// What is wrong with forms, against the catalog as their text leaves it.
    pub(crate) fn forms(
        &self,
        ast: &Ast,
        file: &Path,
        dialect: Dialect,
        forms: &mut [rql_forms::Form],
    ) -> Vec<Diagnostic> {
        let (_, catalog) = self.walk(ast, file, dialect, &mut |_, _, _| {});
        // What the text itself gives a value.
        let mut known: Vec<String> = Vec::new();
        for stmt in ast.all::<rql_ast::Stmt>() {
            match stmt.kind {
                StmtKind::Let(id) => known.push(ast.name(ast[id].name).into_owned()),
                StmtKind::Param(id) => known.push(ast.name(ast[id].name).into_owned()),
                _ => {}
            }
        }
        let variables = |name: &str| known.iter().any(|k| k == name).then_some(Type::Unknown);
        let env = Env {
            catalog: &catalog,
            dialect,
            variables: &variables,
            fold: Some(noctra_runtime::folded),
        };
        let mut wrong = Vec::new();
        for form in forms {
            rql_forms::for_table(form, &env);
            wrong.extend(rql_forms::check(form, &env));
        }
        wrong
    }

    fn walk(
        &self,
        ast: &Ast,
        file: &Path,
        dialect: Dialect,
        seen: &mut dyn FnMut(&Ast, rql_ast::Id<rql_ast::Stmt>, &Env<'_>),
    ) -> (Program, Catalog) {
        let names = dialect.traits().names;
        let mut catalog = match &self.source {
            Source::Open => Catalog::open(names),
            Source::Text(text) => rql::schema(text, names).0,
            Source::Database(catalog, own) => {
                let mut catalog = catalog.clone();
                // What one backend has of its own no other has.
                if dialect != *own {
                    catalog.set_functions([]);
                }
                catalog
            }
        };
        if let Some(look) = &self.look {
            catalog.look_into_files(Arc::clone(look));
        }
        let uses = |name: &str| {
            (name == "demo").then(|| rql::schema(noctra_runtime::demo_schema(), names).0)
        };
        let includes = |from: Option<&str>, wanted: &str| {
            let here = from.map_or(file, Path::new);
            let source = noctra_runtime::read_beside(here, wanted)?;
            let path = source.path.unwrap_or_default().display().to_string();
            let text = source.text.to_string();
            Ok(File {
                name: source.name,
                path,
                text,
            })
        };
        let own = file.canonicalize().unwrap_or_default();
        let options = Options {
            dialect,
            uses: &uses,
            file: &own.display().to_string(),
            includes: &includes,
            fold: Some(noctra_runtime::folded),
        };
        let program = rql::program_with(ast, &mut catalog, options, seen);
        (program, catalog)
    }
}
