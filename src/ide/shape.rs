//! How a text is built: what it defines, what can be folded, what lies around a place, the files that it names.

use crate::{Language, Snapshot, Span};
use rql_ast::{
    Ast, Clause, Cte, Expr, FormItem, FromItem, Ident, Query, Relation, Select, Stmt, StmtKind,
    TableElement,
};

/// Something that a text defines or does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name, or the beginning of a statement without one.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// The whole of it.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
    /// What stands in it.
    pub children: Vec<Symbol>,
}

/// What a [`Symbol`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A table that is made.
    Table,
    /// A view that is made.
    View,
    /// An index that is made.
    Index,
    /// A column of a table that is made.
    Column,
    /// A variable or parameter.
    Variable,
    /// A LET relation or WITH query.
    Relation,
    /// A macro.
    Macro,
    /// A form.
    Form,
    /// A field of a form.
    Field,
    /// An action of a form.
    Action,
    /// Another statement.
    Statement,
}

/// A piece that can be folded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The piece.
    pub span: Span,
    /// True for comments.
    pub comment: bool,
}

/// As much of a statement as a list of them shows, in characters.
const SHOWN: usize = 60;

fn symbol(name: String, kind: SymbolKind, span: Span, name_span: Span) -> Symbol {
    Symbol {
        name,
        kind,
        span,
        name_span,
        children: Vec::new(),
    }
}

impl Snapshot {
    /// What the text defines and does, in its order.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        if self.language != Language::Rql {
            return self.form_symbols();
        }
        let ast = &self.parse().ast;
        ast[ast.statements]
            .iter()
            .map(|&stmt| of(ast, stmt))
            .collect()
    }

    /// What can be folded away: statements, blocks, queries and comments that are longer than a line.
    #[must_use]
    pub fn folds(&self) -> Vec<Fold> {
        let ast = &self.parse().ast;
        let long = |span: &Span| span.text(&self.text).contains('\n');
        let statements = ast.all::<Stmt>().iter().map(|stmt| stmt.span);
        let queries = ast.all::<Query>().iter().map(|query| query.span);
        let branches = ast
            .all::<rql_ast::IfBranch>()
            .iter()
            .map(|branch| branch.span);
        let ctes = ast.all::<Cte>().iter().map(|cte| cte.span);
        let cases = ast.all::<Expr>().iter();
        let cases = cases.filter(|expr| matches!(expr.kind, rql_ast::ExprKind::Case(_)));
        let spans = statements
            .chain(queries)
            .chain(branches)
            .chain(ctes)
            .chain(cases.map(|expr| expr.span));
        let mut all: Vec<Fold> = spans
            .filter(long)
            .map(|span| Fold {
                span,
                comment: false,
            })
            .collect();
        let mut run: Option<Span> = None;
        for &comment in &ast.comments {
            let joined = run.filter(|run| self.only_a_line_between(run.end, comment.start));
            match joined {
                Some(before) => run = Some(before.to(comment)),
                None => {
                    all.extend(run.filter(long).map(|span| Fold {
                        span,
                        comment: true,
                    }));
                    run = Some(comment);
                }
            }
        }
        all.extend(run.filter(long).map(|span| Fold {
            span,
            comment: true,
        }));
        all.sort_by_key(|fold| (fold.span.start, core::cmp::Reverse(fold.span.end)));
        all.dedup();
        all
    }

    fn only_a_line_between(&self, from: u32, to: u32) -> bool {
        let between = self.text.get(from as usize..to as usize);
        between.is_some_and(|text| text.trim().is_empty() && text.matches('\n').count() <= 1)
    }

    /// What lies around a byte, the smallest first; each holds the one before it.
    #[must_use]
    pub fn around(&self, at: u32) -> Vec<Span> {
        let ast = &self.parse().ast;
        let mut spans: Vec<Span> = Vec::new();
        let mut add = |span: Span| {
            if span.start <= at && at <= span.end && span.start < span.end {
                spans.push(span);
            }
        };
        ast.all::<Ident>().iter().for_each(|it| add(it.span));
        ast.all::<Expr>().iter().for_each(|it| add(it.span));
        ast.all::<Relation>().iter().for_each(|it| add(it.span));
        ast.all::<FromItem>().iter().for_each(|it| add(it.span));
        ast.all::<Clause>().iter().for_each(|it| add(it.span));
        ast.all::<Select>().iter().for_each(|it| add(it.span));
        ast.all::<Cte>().iter().for_each(|it| add(it.span));
        ast.all::<Query>().iter().for_each(|it| add(it.span));
        ast.all::<Stmt>().iter().for_each(|it| add(it.span));
        add(Span::new(
            0,
            u32::try_from(self.text.len()).unwrap_or(u32::MAX),
        ));
        spans.sort_by_key(|span| (span.end - span.start, span.start));
        let mut all: Vec<Span> = Vec::new();
        for span in spans {
            let holds = |inner: &Span| span.start <= inner.start && inner.end <= span.end;
            if all.last().is_none_or(|last| *last != span && holds(last)) {
                all.push(span);
            }
        }
        all
    }

    /// The files that statements name: where the name stands, with its quotes, and what it says.
    #[must_use]
    pub fn links(&self) -> Vec<(Span, String)> {
        let ast = &self.parse().ast;
        let files = ast.all::<Stmt>().iter().filter_map(|stmt| match stmt.kind {
            StmtKind::Include(span) | StmtKind::FormLoad(span) => Some(span),
            _ => None,
        });
        files
            .map(|span| (span, ast.string(span).into_owned()))
            .collect()
    }

    /// Where statements stand that can be run, each without its semicolon.
    #[must_use]
    pub fn statements(&self) -> Vec<Span> {
        if self.language != Language::Rql {
            return Vec::new();
        }
        self.outline().iter().map(|outline| outline.span).collect()
    }

    /// True where a byte begins a statement: nothing but blanks and comments stands between it and the one before.
    #[must_use]
    pub fn begins_statement(&self, at: u32) -> bool {
        let at = self.floor(at);
        let all = self.outline();
        let before = all[..all.partition_point(|o| o.span.start < at)].last();
        let begun = before.is_some_and(|o| at <= o.span.end || !o.ended);
        self.language == Language::Rql && !begun
    }

    /// The statement at a byte, without its semicolon; between two it is the one before, on the same line, or
    /// the one behind.
    #[must_use]
    pub fn statement(&self, at: u32) -> Option<Span> {
        let all = self.outline();
        // The first that ends here or later.
        let first = all.partition_point(|o| o.span.end < at);
        let behind = all.get(first);
        let found = behind.filter(|o| o.span.start <= at);
        let found = found.or_else(|| {
            let before = all.get(first.checked_sub(1)?)?;
            let between = self.text.get(before.span.end as usize..at as usize)?;
            (!between.contains('\n')).then_some(before)
        });
        found.or(behind).or(all.last()).map(|outline| outline.span)
    }
}

fn of(ast: &Ast, stmt: Stmt) -> Symbol {
    let named =
        |kind, ident: Ident| symbol(ast.name(ident).into_owned(), kind, stmt.span, ident.span);
    match stmt.kind {
        StmtKind::Create(id) => {
            let create = ast[id];
            let kind = match create.object {
                rql_ast::CreateObject::Table(_) => SymbolKind::Table,
                rql_ast::CreateObject::View(_) => SymbolKind::View,
                rql_ast::CreateObject::Index(_) => SymbolKind::Index,
                _ => SymbolKind::Statement,
            };
            let Some(name) = create.name else {
                return unnamed(ast, stmt);
            };
            let mut found = symbol(ast.dotted(name), kind, stmt.span, ast.name_span(name));
            if let rql_ast::CreateObject::Table(id) = create.object {
                let elements = ast[ast[id].elements].iter();
                let columns = elements.filter_map(|element| match *element {
                    TableElement::Column(column) => Some(ast[column]),
                    _ => None,
                });
                found.children = columns
                    .map(|column| {
                        let name = ast.name(column.name).into_owned();
                        // A definition goes to the next comma or parenthesis.
                        let own = ast.text(column.span).trim_end().len();
                        let end = column.span.start + u32::try_from(own).unwrap_or(0);
                        let span = Span::new(column.span.start, end);
                        symbol(name, SymbolKind::Column, span, column.name.span)
                    })
                    .collect();
            }
            found
        }
        StmtKind::Let(id) => match ast[id].value {
            rql_ast::LetValue::Scalar(_) => named(SymbolKind::Variable, ast[id].name),
            rql_ast::LetValue::Relation(_) => named(SymbolKind::Relation, ast[id].name),
        },
        StmtKind::Param(id) => named(SymbolKind::Variable, ast[id].name),
        StmtKind::Macro(id) => named(SymbolKind::Macro, ast[id].name),
        StmtKind::Form(id) => {
            let form = ast[id];
            let name = ast.dotted(form.name);
            let mut found = symbol(name, SymbolKind::Form, stmt.span, ast.name_span(form.name));
            let part = |name: Ident, kind, span| {
                Some(symbol(ast.name(name).into_owned(), kind, span, name.span))
            };
            let parts = ast[form.items].iter().filter_map(|item| match *item {
                FormItem::Field(id) => part(ast[id].name, SymbolKind::Field, ast[id].span),
                FormItem::Action(id) => part(ast[id].name, SymbolKind::Action, ast[id].span),
                FormItem::Detail(_) | FormItem::Error(_) => None,
            });
            found.children = parts.collect();
            found
        }
        _ => {
            let mut found = unnamed(ast, stmt);
            let inside =
                |cte: &&Cte| stmt.span.start <= cte.span.start && cte.span.end <= stmt.span.end;
            let ctes = ast.all::<Cte>();
            let first = ctes.partition_point(|cte| cte.span.end <= stmt.span.start);
            let own = ctes[first.min(ctes.len())..].iter();
            found.children = own
                .take_while(|cte| cte.span.start < stmt.span.end)
                .filter(inside)
                .map(|cte| {
                    let name = ast.name(cte.name).into_owned();
                    symbol(name, SymbolKind::Relation, cte.span, cte.name.span)
                })
                .collect();
            found
        }
    }
}

fn unnamed(ast: &Ast, stmt: Stmt) -> Symbol {
    let text = ast.text(stmt.span);
    let words = text.split_whitespace().take(SHOWN);
    let mut name = words.collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = name.char_indices().nth(SHOWN) {
        name.truncate(at);
        name.push('…');
    }
    if name.is_empty() {
        name.push('…');
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let end = stmt.span.start + u32::try_from(end).unwrap_or(0);
    symbol(
        name,
        SymbolKind::Statement,
        stmt.span,
        Span::new(stmt.span.start, end),
    )
}
