//! What the rules of the grammar build: nodes of the tree.

use crate::fold::{FromPart, Open, SeqItem, SetPart};
use crate::term::{Aux, Tok};
use rql_ast::*;
use rql_diagnostics::Diagnostic;
use rql_lexer::Keyword as K;
use rql_lexer::TokenKind as T;

/// The tree while it grows, and the stacks on which lists and expressions wait.
///
/// Lists of one type nest properly, since the parser finishes an inner list before it takes up the
/// outer one again; so one stack per type is enough and a list is a position on it.
pub(crate) struct Tree {
    pub ast: Ast,
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) scratch: Pools,
    pub(crate) seq: Vec<SeqItem>,
    pub(crate) from: Vec<FromPart>,
    pub(crate) sets: Vec<SetPart>,
    /// The stacks of the last expression that was folded.
    pub(crate) folding: (Vec<Id<Expr>>, Vec<Open>),
}

/// `DISTINCT`, `ALL`, `DISTINCT ON (…)`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Distinct {
    pub quantifier: Quantifier,
    pub on: List<Id<Expr>>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TypeArgs {
    pub args: List<Id<Expr>>,
    pub fields: List<TypeField>,
}

/// A connective and what it joins, under a template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected {
    pub op: Tok,
    pub expr: Id<Expr>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub from: Option<Id<Expr>>,
    pub to: Option<Option<Id<Expr>>>,
    pub step: Option<Option<Id<Expr>>>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StarMods {
    pub exclude: List<Name>,
    pub replace: List<Replacement>,
    pub rename: List<Rename>,
}

/// What may end the arguments of a call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallEnd {
    pub order_by: List<OrderItem>,
    pub limit: Option<Id<Expr>>,
    pub separator: Option<Id<Expr>>,
    pub ignore_nulls: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InsertRows {
    pub columns: List<InsertColumn>,
    pub overriding: Option<bool>,
    pub by_name: bool,
    pub source: Option<Id<Query>>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ConflictAction {
    pub update: Option<List<Assignment>>,
    pub condition: Option<Id<Expr>>,
}

/// An operand of a set operation, its clauses still on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub body: Body,
    pub span: Span,
    pub clauses: u32,
}

/// A node type whose lists may hold pieces under a condition.
pub(crate) trait Templated: Node + Sized
where
    Template<Self>: Node,
{
    fn wrap(template: Id<Template<Self>>) -> Self;
}

macro_rules! templated {
    ($($node:ident)*) => {
        $(impl Templated for $node {
            fn wrap(template: Id<Template<Self>>) -> Self {
                Self::Template(template)
            }
        })*
    };
}
templated!(SelectItem GroupItem OrderItem Assignment InsertColumn RowItem);

impl Tok {
    /// Which of two the token is.
    pub(crate) fn flag(self) -> bool {
        self.aux == Aux::Flag(true)
    }

    pub(crate) fn which(self) -> u8 {
        if let Aux::Choice(which) = self.aux {
            which
        } else {
            0
        }
    }

    pub(crate) fn unless(self) -> bool {
        self.kind == T::TemplateUnless
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Tree {
    pub(crate) fn new(ast: Ast) -> Self {
        Self {
            ast,
            diagnostics: Vec::new(),
            scratch: Pools::default(),
            seq: Vec::new(),
            from: Vec::new(),
            sets: Vec::new(),
            folding: Default::default(),
        }
    }

    /// Forgets what a parse that failed has left on the stacks.
    pub(crate) fn reset(&mut self) {
        self.scratch = Pools::default();
        self.seq.clear();
        self.from.clear();
        self.sets.clear();
    }

    // -- lists -------------------------------------------------------------------------------

    #[inline]
    pub(crate) fn begin<X: Node>(&mut self, item: X) -> u32 {
        let stack = X::pool_mut(&mut self.scratch);
        let start = stack.len();
        stack.push(item);
        position(start)
    }

    #[inline]
    pub(crate) fn add<X: Node>(&mut self, start: u32, item: X) -> u32 {
        X::pool_mut(&mut self.scratch).push(item);
        start
    }

    #[inline]
    pub(crate) fn finish<X: Node>(&mut self, start: u32) -> List<X> {
        let stack = X::pool_mut(&mut self.scratch);
        let start = (start as usize).min(stack.len());
        self.ast.push_list(stack.drain(start..))
    }

    pub(crate) fn guarded<X: Templated>(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: List<X>,
        otherwise: Option<List<X>>,
        l: u32,
        r: u32,
    ) -> X
    where
        Template<X>: Node,
    {
        let span = Span::new(l, r);
        X::wrap(self.ast.push(Template {
            condition,
            unless: tag.unless(),
            then,
            otherwise,
            span,
        }))
    }

    pub(crate) fn guarded_run<X: Templated>(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: u32,
        otherwise: Option<u32>,
        l: u32,
        r: u32,
    ) -> X
    where
        Template<X>: Node,
    {
        // The later list lies on top of the earlier one.
        let otherwise = otherwise.map(|start| self.finish(start));
        let then = self.finish(then);
        self.guarded(tag, condition, then, otherwise, l, r)
    }

    pub(crate) fn clause_template(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: List<Clause>,
        otherwise: Option<List<Clause>>,
        l: u32,
        r: u32,
    ) -> ClauseKind {
        let span = Span::new(l, r);
        ClauseKind::Template(self.ast.push(Template {
            condition,
            unless: tag.unless(),
            then,
            otherwise,
            span,
        }))
    }

    pub(crate) fn stmt_template(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: List<Stmt>,
        otherwise: Option<List<Stmt>>,
        l: u32,
        r: u32,
    ) -> StmtKind {
        let span = Span::new(l, r);
        StmtKind::Template(self.ast.push(Template {
            condition,
            unless: tag.unless(),
            then,
            otherwise,
            span,
        }))
    }

    // -- names and types ---------------------------------------------------------------------

    pub(crate) fn name(&mut self, start: u32) -> Name {
        Name {
            parts: self.finish(start),
        }
    }

    pub(crate) fn name_of(&mut self, ident: Ident) -> Name {
        Name {
            parts: self.ast.push_list([ident]),
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn type_name(
        &mut self,
        name: Name,
        words: List<Ident>,
        args: TypeArgs,
        time_zone: Option<bool>,
        dimensions: List<Dimension>,
        l: u32,
        r: u32,
    ) -> Id<TypeName> {
        let span = Span::new(l, r);
        let TypeArgs { args, fields } = args;
        self.ast.push(TypeName {
            name,
            words,
            args,
            fields,
            time_zone,
            dimensions,
            span,
        })
    }

    /// `DECIMAL(38, 0)` inside `MAP(TEXT, DECIMAL(38, 0))`.
    pub(crate) fn type_arg(
        &mut self,
        name: Name,
        args: List<Id<Expr>>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let args: Vec<Arg> = self.ast[args]
            .iter()
            .map(|&value| Arg {
                label: ArgLabel::None,
                value,
            })
            .collect();
        let args = self.ast.push_list(args);
        let call = self.call(name, Quantifier::None, args);
        self.expr(ExprKind::Call(call), l, r)
    }

    // -- expressions -------------------------------------------------------------------------

    #[inline]
    pub(crate) fn leaf(&mut self, kind: ExprKind, span: Span) -> Id<Expr> {
        self.ast.push(Expr { kind, span })
    }

    #[inline]
    pub(crate) fn expr(&mut self, kind: ExprKind, l: u32, r: u32) -> Id<Expr> {
        self.leaf(kind, Span::new(l, r))
    }

    pub(crate) fn constant(&mut self, tok: Tok) -> Id<Expr> {
        let kind = match tok.kind {
            T::Word(K::True) => ExprKind::Bool(true),
            T::Word(K::False) => ExprKind::Bool(false),
            _ => ExprKind::Null,
        };
        self.leaf(kind, tok.span)
    }

    pub(crate) fn column(&mut self, start: u32, r: u32) -> Id<Expr> {
        let name = self.name(start);
        let l = self.ast[name.parts]
            .first()
            .map_or(r, |part| part.span.start);
        self.expr(ExprKind::Column(name), l, r)
    }

    /// A sign before a number, where only a number may stand.
    pub(crate) fn signed(&mut self, sign: Tok, number: Tok) -> Id<Expr> {
        let operand = self.leaf(ExprKind::Number, number.span);
        let op = if let Aux::Prefix(op) = sign.aux {
            op
        } else {
            PrefixOp::Plus
        };
        self.leaf(ExprKind::Prefix { op, operand }, sign.span.to(number.span))
    }

    pub(crate) fn typed(&mut self, start: u32, zone: Option<bool>, value: Tok, l: u32) -> Id<Expr> {
        let name = self.name(start);
        let end = value.span.start;
        let none = List::EMPTY;
        let ty = self.type_name(name, none, TypeArgs::default(), zone, List::EMPTY, l, end);
        self.expr(
            ExprKind::Typed {
                ty,
                value: value.span,
            },
            l,
            value.span.end,
        )
    }

    pub(crate) fn star(
        &mut self,
        qualifier: Option<u32>,
        mods: StarMods,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let qualifier = qualifier.map(|start| self.name(start));
        let StarMods {
            exclude,
            replace,
            rename,
        } = mods;
        let star = self.ast.push(Star {
            qualifier,
            exclude,
            replace,
            rename,
        });
        self.expr(ExprKind::Star(star), l, r)
    }

    pub(crate) fn star_exclude(
        &mut self,
        mods: StarMods,
        names: List<Name>,
        word: Tok,
    ) -> StarMods {
        self.once(mods.exclude.is_empty(), "EXCLUDE", word.span);
        StarMods {
            exclude: names,
            ..mods
        }
    }

    pub(crate) fn star_exclude_one(&mut self, mods: StarMods, name: Name, word: Tok) -> StarMods {
        let names = self.ast.push_list([name]);
        self.star_exclude(mods, names, word)
    }

    pub(crate) fn star_replace(
        &mut self,
        mods: StarMods,
        replace: List<Replacement>,
        word: Tok,
    ) -> StarMods {
        self.once(mods.replace.is_empty(), "REPLACE", word.span);
        StarMods { replace, ..mods }
    }

    pub(crate) fn star_rename(
        &mut self,
        mods: StarMods,
        rename: List<Rename>,
        word: Tok,
    ) -> StarMods {
        self.once(mods.rename.is_empty(), "RENAME", word.span);
        StarMods { rename, ..mods }
    }

    /// One expression in parentheses, or a tuple of several.
    pub(crate) fn parens(&mut self, start: u32, l: u32, r: u32) -> Id<Expr> {
        let items: List<Id<Expr>> = self.finish(start);
        let kind = match self.ast[items] {
            [only] => ExprKind::Paren(only),
            _ => ExprKind::Tuple(items),
        };
        self.expr(kind, l, r)
    }

    pub(crate) fn quantified_query(
        &mut self,
        tok: Tok,
        query: Id<Query>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let operand = self.expr(ExprKind::Subquery(query), tok.span.end, r);
        self.expr(
            ExprKind::Quantified {
                all: tok.flag(),
                operand,
            },
            l,
            r,
        )
    }

    pub(crate) fn quantified(&mut self, tok: Tok, start: u32, l: u32, r: u32) -> Id<Expr> {
        let operand = self.parens(start, tok.span.end, r);
        self.expr(
            ExprKind::Quantified {
                all: tok.flag(),
                operand,
            },
            l,
            r,
        )
    }

    pub(crate) fn case(
        &mut self,
        operand: Option<Id<Expr>>,
        branches: List<When>,
        otherwise: Option<Id<Expr>>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let case = self.ast.push(Case {
            operand,
            branches,
            otherwise,
        });
        self.expr(ExprKind::Case(case), l, r)
    }

    pub(crate) fn cast_call(
        &mut self,
        tok: Tok,
        operand: Id<Expr>,
        ty: Id<TypeName>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let form = if tok.flag() {
            CastForm::TryCast
        } else {
            CastForm::Cast
        };
        let cast = self.ast.push(rql_ast::Cast { form, operand, ty });
        self.expr(ExprKind::Cast(cast), l, r)
    }

    pub(crate) fn interval(
        &mut self,
        value: Id<Expr>,
        unit: Option<Tok>,
        to: Option<Tok>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let ident = |tok: Tok| Ident { span: tok.span };
        let interval = Interval {
            value,
            unit: unit.map(ident),
            to: to.map(ident),
        };
        let interval = self.ast.push(interval);
        self.expr(ExprKind::Interval(interval), l, r)
    }
}
