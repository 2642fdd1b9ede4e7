//! What a text is looked at in.

use crate::{Command, Memory};
use core::fmt;
use rql::{Catalog, Dialect, File, Type};
use rql_ast::{Ast, LetValue, Span, StmtKind};
use rql_grammar::{Outline, Parse};
use rql_ir::Definition;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// Lists what a folder holds; the text is what is written of a path, up to its last separator.
type Lister = dyn Fn(&str) -> Vec<String> + Send + Sync;

/// Gives the file that INCLUDE names: by the name of the text in which it stands, `None` for the snapshot's
/// own, and the file as it is written there.
pub type Reader = dyn Fn(Option<&str>, &str) -> Result<File, String> + Send + Sync;

/// How many texts may include one another.
const NESTED: usize = 100;

/// Tables, the names of a session, the commands of a prompt.
#[derive(Clone, Default)]
pub struct World {
    /// The tables, LET relations, macros and the backend's functions.
    pub catalog: Catalog,
    /// The backend's dialect.
    pub dialect: Option<Dialect>,
    /// Variables and parameters.
    pub variables: Vec<Variable>,
    /// The connections.
    pub connections: Vec<String>,
    /// What SET changes.
    pub settings: Vec<Entry>,
    /// What SHOW shows.
    pub subjects: Vec<String>,
    /// What a line may begin with besides a statement; none outside of a prompt.
    pub commands: &'static [Command],
    /// The formats of results.
    pub formats: Vec<Entry>,
    /// Lists files.
    pub files: Option<Arc<Lister>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("tables", &self.catalog.tables().len())
            .finish_non_exhaustive()
    }
}

/// A variable or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its value, as people may see it.
    pub value: String,
}

/// A word and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub name: String,
    /// A line for people.
    pub about: String,
    /// What may follow it.
    pub values: Vec<String>,
}

/// A text in a world.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) world: Arc<World>,
    pub(crate) text: Arc<str>,
    pub(crate) reader: Option<Arc<Reader>>,
    pub(crate) memory: Arc<Memory>,
    outline: OnceLock<Arc<[Outline]>>,
    parse: OnceLock<Arc<Parse>>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("world", &self.world)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// What is known where a statement stands: the world, and what the statements before it have made.
#[derive(Debug)]
pub(crate) struct Before {
    pub(crate) catalog: Catalog,
    pub(crate) variables: Vec<Variable>,
}

impl Before {
    pub(crate) fn variable(&self, name: &str) -> Option<Type> {
        let mut all = self.variables.iter().rev();
        all.find(|variable| variable.name == name).map(|v| v.ty)
    }
}

impl Snapshot {
    /// A text in a world.
    #[must_use]
    pub fn new(world: &Arc<World>, text: impl Into<Arc<str>>) -> Self {
        Self {
            world: Arc::clone(world),
            text: text.into(),
            reader: None,
            memory: Arc::default(),
            outline: OnceLock::new(),
            parse: OnceLock::new(),
        }
    }

    /// The same with what gives the files that it includes.
    #[must_use]
    pub fn reading(mut self, reader: Arc<Reader>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// The same with what earlier snapshots of the text, in the same world, have found out.
    #[must_use]
    pub fn remembering(mut self, memory: &Arc<Memory>) -> Self {
        self.memory = Arc::clone(memory);
        self
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its statements stand.
    pub(crate) fn outline(&self) -> &[Outline] {
        self.outline
            .get_or_init(|| rql_grammar::outline(&self.text).into())
    }

    /// The tree of the whole.
    pub(crate) fn parse(&self) -> &Parse {
        self.parse
            .get_or_init(|| Arc::new(rql_grammar::parse_shared(Arc::clone(&self.text))))
    }

    /// The piece of the text that holds one statement and the cursor: from the end of the statement before to
    /// the end of its own.
    pub(crate) fn statement_at(&self, at: u32) -> Span {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let at = at.min(end);
        let all = self.outline();
        let own = all.iter().position(|o| {
            at <= o.span.end || (!o.ended && all.last().is_some_and(|last| last.span == o.span))
        });
        let before = match own {
            Some(own) => own.checked_sub(1).map(|before| all[before].span.end),
            None => all.last().map(|last| last.span.end),
        };
        let start = before.map_or(0, |before| self.after_semicolon(before));
        match own {
            // Between two statements there is a new one.
            Some(own) if at < all[own].span.start && self.blank(at, all[own].span.start) => {
                Span::new(start.min(at), all[own].span.end.max(at))
            }
            Some(own) => Span::new(start.min(at), all[own].span.end.max(at)),
            None => Span::new(start.min(at), end),
        }
    }

    fn blank(&self, from: u32, to: u32) -> bool {
        let text = self.text.get(from as usize..to as usize);
        text.is_some_and(|text| text.trim().is_empty())
    }

    pub(crate) fn after_semicolon(&self, at: u32) -> u32 {
        let rest = self.text.get(at as usize..).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        match rest.trim_start().starts_with(';') {
            true => at + u32::try_from(blank + 1).unwrap_or(0),
            false => at,
        }
    }

    /// What is known where the statement stands that begins behind a byte.
    pub(crate) fn before(&self, start: u32) -> Arc<Before> {
        let outline = self.outline().iter();
        let texts = outline
            .take_while(|o| o.span.end <= start)
            .map(|o| o.span.text(&self.text));
        let earlier: Vec<&str> = texts.filter(|text| makes_names(text)).collect();
        let mut hasher = DefaultHasher::new();
        earlier.hash(&mut hasher);
        self.memory.before(hasher.finish(), || {
            let mut known = Before {
                catalog: self.world.catalog.clone(),
                variables: self.world.variables.clone(),
            };
            for text in earlier {
                let parse = rql_grammar::parse(text);
                if parse.is_ok() {
                    let reader = self.reader.as_deref();
                    learn(&Arc::new(parse.ast), &mut known, reader, &mut Vec::new());
                }
            }
            known
        })
    }
}

/// True where a statement's first word says that those behind it may know more.
fn makes_names(text: &str) -> bool {
    let word = text
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    const WORDS: &[&str] = &[
        "create", "alter", "drop", "let", "macro", "param", "unset", "include",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// What a text makes known; `trail` are the texts that include it, the outermost first.
fn learn(ast: &Arc<Ast>, known: &mut Before, reader: Option<&Reader>, trail: &mut Vec<String>) {
    for id in ast.statements.ids() {
        let stmt = ast[id];
        if let Some(definition) = Definition::read(ast, &stmt) {
            let mut all = known.catalog.definitions().to_vec();
            let mut definition = definition;
            definition.key = format!("let.{}", all.len() + 1);
            definition.captured = all.iter().filter(|d| !d.is_macro()).cloned().collect();
            all.push(Arc::new(definition));
            known.catalog.set_definitions(all);
            continue;
        }
        match stmt.kind {
            StmtKind::Let(id) => {
                let LetValue::Scalar(value) = ast[id].value else {
                    continue;
                };
                let survey = {
                    let variables = |name: &str| known.variable(name);
                    let env = rql_ir::Env {
                        catalog: &known.catalog,
                        variables: &variables,
                    };
                    rql_ir::survey(ast, rql_ir::Part::Expr(value), env, 0)
                };
                let column = survey.ir.output.first().map(|column| column.0);
                known.variables.push(Variable {
                    name: ast.name(ast[id].name).into_owned(),
                    ty: column.map_or(Type::Unknown, |column| survey.ir.column(column).ty),
                    value: ast.text(ast[value].span).to_owned(),
                });
            }
            StmtKind::Param(id) => known.variables.push(Variable {
                name: ast.name(ast[id].name).into_owned(),
                ty: ast[id].ty.map_or(Type::Unknown, |ty| {
                    Type::from_declared(ast.text(ast[ty].span))
                }),
                value: String::new(),
            }),
            StmtKind::Unset(names) => {
                for &name in &ast[names] {
                    let name = ast.name(name);
                    known.variables.retain(|variable| variable.name != name);
                }
            }
            StmtKind::Include(file) => {
                let wanted = ast.string(file);
                let from = trail.last().map(String::as_str);
                let read = reader.map(|reader| reader(from, &wanted));
                let Some(Ok(file)) = read.filter(|_| trail.len() < NESTED) else {
                    continue;
                };
                if !trail.contains(&file.name) {
                    let parse = rql_grammar::parse(&file.text);
                    trail.push(file.name);
                    learn(&Arc::new(parse.ast), known, reader, trail);
                    trail.pop();
                }
            }
            _ => {
                let variables = |_: &str| None;
                let env = rql_ir::Env {
                    catalog: &known.catalog,
                    variables: &variables,
                };
                if let Ok(Some(changes)) = rql_ir::changes(ast, id, env) {
                    known.catalog.apply(changes);
                }
            }
        }
    }
}
