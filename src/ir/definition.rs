//! What a session has named: LET relations and macros.

use rql_ast::{self as ast, Ast, Id, LetValue, Span, StmtKind};
use std::sync::Arc;

/// A LET relation or a macro, with the tree that it was read from.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub kind: DefinitionKind,
    /// The tree that holds it.
    pub ast: Arc<Ast>,
    /// The statement that defines it.
    pub span: Span,
    /// For a LET relation: what tells its variables from those of today. A parameter `x` inside is the
    /// parameter `key.x` of a statement that uses it.
    pub key: String,
    /// For a LET relation: those that could be named where it was defined.
    pub captured: Vec<Arc<Definition>>,
    /// For a LET relation that was defined on another connection: the name of that one.
    pub away: Option<String>,
}

/// What a definition stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefinitionKind {
    /// `LET t AS SELECT …`.
    Relation(Id<ast::Query>),
    /// `MACRO m(a) AS expr`.
    Scalar(ast::List<ast::MacroParam>, Id<ast::Expr>),
    /// `MACRO m(a) AS TABLE SELECT …`.
    Table(ast::List<ast::MacroParam>, Id<ast::Query>),
}

impl Definition {
    /// What a statement defines; `None` where it is no LET of a relation and no MACRO.
    #[must_use]
    pub fn read(ast: &Arc<Ast>, stmt: &ast::Stmt) -> Option<Self> {
        let (name, kind) = match stmt.kind {
            StmtKind::Let(id) => match ast[id].value {
                LetValue::Relation(query) => (ast[id].name, DefinitionKind::Relation(query)),
                LetValue::Scalar(_) => return None,
            },
            StmtKind::Macro(id) => {
                let found = ast[id];
                let kind = match found.body {
                    LetValue::Scalar(body) => DefinitionKind::Scalar(found.params, body),
                    LetValue::Relation(query) => DefinitionKind::Table(found.params, query),
                };
                (found.name, kind)
            }
            _ => return None,
        };
        Some(Self {
            name: ast.name(name).into_owned(),
            kind,
            ast: Arc::clone(ast),
            span: stmt.span,
            key: String::new(),
            captured: Vec::new(),
            away: None,
        })
    }

    /// True for a macro.
    #[must_use]
    pub fn is_macro(&self) -> bool {
        !matches!(self.kind, DefinitionKind::Relation(_))
    }

    /// A macro's name and parameters: `m(a, n := 10)`.
    #[must_use]
    pub fn signature(&self) -> String {
        let params: Vec<_> = self
            .params()
            .iter()
            .map(|param| {
                let name = self.ast.name(param.name);
                match param.default {
                    Some(default) => format!("{name} := {}", self.ast.text(self.ast[default].span)),
                    None => name.into_owned(),
                }
            })
            .collect();
        format!("{}({})", self.name, params.join(", "))
    }

    /// A macro's parameters.
    #[must_use]
    pub fn params(&self) -> &[ast::MacroParam] {
        match self.kind {
            DefinitionKind::Relation(_) => &[],
            DefinitionKind::Scalar(params, _) | DefinitionKind::Table(params, _) => {
                &self.ast[params]
            }
        }
    }

    /// What it stands for, as written.
    #[must_use]
    pub fn body(&self) -> &str {
        self.ast.text(match self.kind {
            DefinitionKind::Relation(query) | DefinitionKind::Table(_, query) => {
                self.ast[query].span
            }
            DefinitionKind::Scalar(_, body) => self.ast[body].span,
        })
    }
}
