//! Which operator takes which operand.
//!
//! The parser only sees that operands and operators take turns. The tree is made here, from the one
//! table of precedences in `rql_ast`, without recursion.

use crate::term::{Aux, Infix, Tok};
use crate::tree::{Slice, Tree};
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};

/// An operand, or an operator before or between operands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SeqItem {
    Operand(Id<Expr>),
    Prefix(PrefixOp, Span),
    Infix(Infix, Span),
}

/// A relation of FROM, or what joins and relates them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FromPart {
    Relation(Id<Relation>),
    Join(JoinKind, Span, Id<Relation>),
    On(JoinOn, Span),
    Template(Id<Template<Join>>, Span),
}

/// An operand of a set operation and the operator before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetPart {
    pub(crate) op: Option<(SetOp, Quantifier, bool, Span)>,
    pub(crate) body: Body,
    /// ORDER BY, LIMIT and what else belongs to the whole query.
    pub(crate) tail: List<Clause>,
    pub(crate) span: Span,
}

/// An operator that waits for its right operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Open {
    Prefix(PrefixOp, Span),
    Binary(BinaryOp),
    In {
        negated: bool,
    },
    Like {
        op: LikeOp,
        negated: bool,
    },
    /// LIKE whose pattern is read; what comes is the escape character.
    LikeEscape {
        op: LikeOp,
        negated: bool,
        pattern: Id<Expr>,
    },
    /// BETWEEN whose lower bound is not read yet.
    Between {
        negated: bool,
        symmetric: bool,
        span: Span,
    },
    /// BETWEEN whose upper bound comes.
    BetweenAnd {
        negated: bool,
        symmetric: bool,
        low: Id<Expr>,
    },
}

impl Open {
    pub(crate) fn precedence(self) -> Precedence {
        match self {
            Self::Prefix(op, _) => op.precedence(),
            Self::Binary(op) => op.precedence(),
            _ => Precedence::MATCHING,
        }
    }
}

fn infix_precedence(infix: Infix) -> Precedence {
    match infix {
        Infix::Binary(op) => op.precedence(),
        _ => Precedence::MATCHING,
    }
}

struct Fold<'t> {
    tree: &'t mut Tree,
    operands: Vec<Id<Expr>>,
    ops: Vec<Open>,
}

impl Fold<'_> {
    pub(crate) fn pop_operand(&mut self) -> Id<Expr> {
        match self.operands.pop() {
            Some(operand) => operand,
            // Operands and operators take turns, so this stands for a mistake reported elsewhere.
            None => self.tree.leaf(ExprKind::Error, Span::default()),
        }
    }

    pub(crate) fn push(&mut self, kind: ExprKind, first: Id<Expr>, last: Id<Expr>) {
        let span = self.tree.ast[first].span.to(self.tree.ast[last].span);
        let id = self.tree.leaf(kind, span);
        self.operands.push(id);
    }

    /// Gives the operators on top their operands while they bind at least as tightly as what comes;
    /// operators of one flat level wait for each other.
    pub(crate) fn reduce_for(&mut self, next: Precedence, flat: bool) {
        while let Some(&top) = self.ops.last() {
            let waits = matches!(top, Open::Binary(op) if op.chains()) && flat;
            let reduce = if waits {
                top.precedence() > next
            } else {
                top.precedence() >= next
            };
            if !reduce {
                return;
            }
            self.reduce();
        }
    }

    pub(crate) fn reduce(&mut self) {
        let Some(op) = self.ops.pop() else { return };
        let right = self.pop_operand();
        match op {
            Open::Prefix(op, span) => {
                let span = span.to(self.tree.ast[right].span);
                let id = self
                    .tree
                    .leaf(ExprKind::Prefix { op, operand: right }, span);
                self.operands.push(id);
            }
            Open::Binary(op) if op.chains() => self.chain(op, right),
            Open::Binary(op) => {
                let left = self.pop_operand();
                let kind = self.comparison(left, op, right);
                self.push(kind, left, right);
            }
            Open::In { negated } => {
                let operand = self.pop_operand();
                self.push(
                    ExprKind::In {
                        operand,
                        negated,
                        set: right,
                    },
                    operand,
                    right,
                );
            }
            Open::Like { op, negated } => self.like(op, negated, right, None, right),
            Open::LikeEscape {
                op,
                negated,
                pattern,
            } => {
                self.like(op, negated, pattern, Some(right), right);
            }
            Open::Between {
                negated,
                symmetric,
                span,
            } => {
                self.tree.report(
                    Diagnostic::error(codes::BETWEEN_WITHOUT_AND, "BETWEEN needs two bounds")
                        .label(span, "this BETWEEN has no AND")
                        .help("write: x BETWEEN low AND high"),
                );
                let high = self.tree.leaf(ExprKind::Error, self.tree.ast[right].span);
                self.between(negated, symmetric, right, high);
            }
            Open::BetweenAnd {
                negated,
                symmetric,
                low,
            } => {
                self.between(negated, symmetric, low, right);
            }
        }
    }

    pub(crate) fn between(
        &mut self,
        negated: bool,
        symmetric: bool,
        low: Id<Expr>,
        high: Id<Expr>,
    ) {
        let operand = self.pop_operand();
        let id = self.tree.ast.push(Between {
            operand,
            negated,
            symmetric,
            low,
            high,
        });
        self.push(ExprKind::Between(id), operand, high);
    }

    pub(crate) fn like(
        &mut self,
        op: LikeOp,
        negated: bool,
        pattern: Id<Expr>,
        escape: Option<Id<Expr>>,
        last: Id<Expr>,
    ) {
        let operand = self.pop_operand();
        let id = self.tree.ast.push(Like {
            operand,
            op,
            negated,
            pattern,
            escape,
        });
        self.push(ExprKind::Like(id), operand, last);
    }

    /// All operators of one flat level at once.
    pub(crate) fn chain(&mut self, last_op: BinaryOp, last: Id<Expr>) {
        let level = last_op.precedence();
        let same = |open: &Open| matches!(open, Open::Binary(op) if op.precedence() == level);
        let count = self.ops.iter().rev().take_while(|open| same(open)).count();
        let first_op = self.ops.len() - count;
        // One operand for each waiting operator, and the first.
        let first = self.operands.len().saturating_sub(count + 1);
        let head = self.operands.get(first).copied().unwrap_or(last);
        let waiting = self.ops[first_op..]
            .iter()
            .map(|open| {
                if let Open::Binary(op) = open {
                    Some(*op)
                } else {
                    None
                }
            })
            .chain([Some(last_op)]);
        let exprs = self.operands[first..].iter().copied().chain([last]);
        let items = exprs.zip([None].into_iter().chain(waiting));
        let items = self
            .tree
            .ast
            .push_list(items.map(|(expr, op)| ChainItem { op, expr }));
        self.ops.truncate(first_op);
        self.operands.truncate(first);
        self.push(ExprKind::Chain(items), head, last);
    }

    /// `IS NULL` and its kin are asked of the operand; all else compares two.
    pub(crate) fn comparison(&mut self, left: Id<Expr>, op: BinaryOp, right: Id<Expr>) -> ExprKind {
        let is = matches!(op, BinaryOp::Is | BinaryOp::IsNot);
        let asked = match self.tree.ast[right].kind {
            ExprKind::Null => Some(IsTest::Null),
            ExprKind::Bool(true) => Some(IsTest::True),
            ExprKind::Bool(false) => Some(IsTest::False),
            ExprKind::Column(name) if is && self.tree.ast.dotted(name) == "unknown" => {
                Some(IsTest::Unknown)
            }
            _ => None,
        };
        if let (BinaryOp::Is, ExprKind::IsForm { negated, form, .. }) =
            (op, self.tree.ast[right].kind)
        {
            return ExprKind::IsForm {
                operand: left,
                negated,
                form,
            };
        }
        match (op, asked) {
            (_, Some(test)) if is => {
                return ExprKind::Is {
                    operand: left,
                    negated: op == BinaryOp::IsNot,
                    test,
                };
            }
            (BinaryOp::Eq | BinaryOp::Ne, Some(IsTest::Null)) => {
                self.compared_with_null(left, op, right)
            }
            _ => {}
        }
        self.meant_and(left, op);
        ExprKind::Binary { left, op, right }
    }

    /// `a = 1 && b > 2`: `&&` binds tighter than the comparisons, which is hardly meant.
    pub(crate) fn meant_and(&mut self, left: Id<Expr>, op: BinaryOp) {
        let compares = |op: BinaryOp| op.precedence() == BinaryOp::Lt.precedence();
        let ast = &self.tree.ast;
        let ExprKind::Binary {
            op: before,
            right: middle,
            ..
        } = ast[left].kind
        else {
            return;
        };
        let ExprKind::Chain(items) = ast[middle].kind else {
            return;
        };
        let [low, high] = &ast[items] else { return };
        if high.op != Some(BinaryOp::Overlap) {
            return;
        }
        let (low, high) = (low.expr, high.expr);
        if !compares(op) || !compares(before) {
            return;
        }
        let gap = Span::new(ast[low].span.end, ast[high].span.start);
        let Some(at) = ast
            .text(gap)
            .find("&&")
            .and_then(|at| u32::try_from(at).ok())
        else {
            return;
        };
        let sign = Span::new(gap.start + at, gap.start + at + 2);
        self.tree.report(
            Diagnostic::warning(
                codes::FOREIGN_OPERATOR,
                "&& asks whether arrays or ranges overlap",
            )
            .label(sign, "to join two conditions, write AND")
            .suggest("write AND", sign, "AND"),
        );
    }

    pub(crate) fn compared_with_null(&mut self, left: Id<Expr>, op: BinaryOp, right: Id<Expr>) {
        let (left, right) = (self.tree.ast[left].span, self.tree.ast[right].span);
        let meant = if op == BinaryOp::Eq {
            "IS NULL"
        } else {
            "IS NOT NULL"
        };
        self.tree.report(
            Diagnostic::warning(
                codes::COMPARED_WITH_NULL,
                "a comparison with NULL is never true",
            )
            .label(left.to(right), "this is NULL for every row")
            .help(format!("write {meant}"))
            .suggest(
                format!("use {meant}"),
                Span::new(left.end, right.end),
                format!(" {meant}"),
            ),
        );
    }

    pub(crate) fn infix(&mut self, infix: Infix, span: Span) {
        let flat = matches!(infix, Infix::Binary(op) if op.chains());
        // The AND of a BETWEEN is not the connective.
        if infix == Infix::Binary(BinaryOp::And) {
            while let Some(&top) = self.ops.last() {
                if let Open::Between {
                    negated, symmetric, ..
                } = top
                {
                    self.ops.pop();
                    let low = self.pop_operand();
                    self.ops.push(Open::BetweenAnd {
                        negated,
                        symmetric,
                        low,
                    });
                    return;
                }
                let waits = self
                    .ops
                    .iter()
                    .any(|open| matches!(open, Open::Between { .. }));
                if !waits || top.precedence() <= Precedence::AND {
                    break;
                }
                self.reduce();
            }
        }
        if infix == Infix::Escape {
            while self
                .ops
                .last()
                .is_some_and(|op| op.precedence() > Precedence::MATCHING)
            {
                self.reduce();
            }
            if let Some(&Open::Like { op, negated }) = self.ops.last() {
                self.ops.pop();
                let pattern = self.pop_operand();
                self.ops.push(Open::LikeEscape {
                    op,
                    negated,
                    pattern,
                });
                return;
            }
            self.tree.report(
                Diagnostic::error(codes::UNEXPECTED_TOKEN, "ESCAPE belongs to LIKE")
                    .label(span, "there is no LIKE before it"),
            );
        }
        self.reduce_for(infix_precedence(infix), flat);
        self.ops.push(match infix {
            Infix::Binary(op) => Open::Binary(op),
            Infix::In { negated } => Open::In { negated },
            Infix::Like { op, negated } => Open::Like { op, negated },
            Infix::Between { negated, symmetric } => Open::Between {
                negated,
                symmetric,
                span,
            },
            Infix::Escape => Open::Binary(BinaryOp::Concat),
        });
    }
}

pub(crate) fn here(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Tree {
    /// Makes one expression of what lies on the stack from `start` on.
    pub(crate) fn fold(&mut self, start: u32) -> Id<Expr> {
        let start = (start as usize).min(self.seq.len());
        if let [SeqItem::Operand(only)] = self.seq[start..] {
            self.seq.pop();
            return only;
        }
        // The stacks are kept from one expression to the next; nested ones are folded before.
        let (mut operands, mut ops) = core::mem::take(&mut self.folding);
        operands.clear();
        ops.clear();
        let end = self.seq.len();
        let mut fold = Fold {
            tree: self,
            operands,
            ops,
        };
        for at in start..end {
            match fold.tree.seq[at] {
                SeqItem::Operand(operand) => fold.operands.push(operand),
                SeqItem::Prefix(op, span) => fold.ops.push(Open::Prefix(op, span)),
                SeqItem::Infix(infix, span) => fold.infix(infix, span),
            }
        }
        while !fold.ops.is_empty() {
            fold.reduce();
        }
        let folded = fold.pop_operand();
        let Fold { operands, ops, .. } = fold;
        self.seq.truncate(start);
        self.folding = (operands, ops);
        folded
    }

    pub(crate) fn paren_fold(&mut self, start: u32, l: u32, r: u32) -> Id<Expr> {
        let inner = self.fold(start);
        self.expr(ExprKind::Paren(inner), l, r)
    }

    #[inline]
    pub(crate) fn operand(&mut self, expr: Id<Expr>) -> u32 {
        self.seq.push(SeqItem::Operand(expr));
        here(self.seq.len() - 1)
    }

    #[inline]
    pub(crate) fn next_operand(&mut self, start: u32, expr: Id<Expr>) -> u32 {
        self.seq.push(SeqItem::Operand(expr));
        start
    }

    pub(crate) fn prefix(&mut self, tok: Tok) -> u32 {
        let start = here(self.seq.len());
        self.next_prefix(start, tok)
    }

    pub(crate) fn next_prefix(&mut self, start: u32, tok: Tok) -> u32 {
        let op = if let Aux::Prefix(op) = tok.aux {
            op
        } else {
            PrefixOp::Plus
        };
        self.seq.push(SeqItem::Prefix(op, tok.span));
        start
    }

    #[inline]
    pub(crate) fn infix(&mut self, start: u32, tok: Tok) -> u32 {
        let op = if let Aux::Infix(op) = tok.aux {
            op
        } else {
            Infix::Binary(BinaryOp::Eq)
        };
        self.seq.push(SeqItem::Infix(op, tok.span));
        start
    }

    /// Applies what stands behind an operand to it and to the operators before it that bind tighter.
    pub(crate) fn postfix(
        &mut self,
        start: u32,
        precedence: Precedence,
        r: u32,
        make: impl FnOnce(&mut Self, Id<Expr>) -> ExprKind,
    ) -> u32 {
        // What binds tighter is a run at the end: prefix operators and operands only where the
        // postfix binds loosely (COLLATE, ISNULL).
        let mut from = self.seq.len().saturating_sub(1);
        while from > start as usize {
            let tighter = match self.seq[from - 1] {
                SeqItem::Prefix(op, _) => op.precedence() >= precedence,
                SeqItem::Infix(op, _) => infix_precedence(op) >= precedence,
                SeqItem::Operand(_) => true,
            };
            if !tighter {
                break;
            }
            from -= 1;
        }
        let l = match self.seq.get(from) {
            Some(SeqItem::Operand(id)) => self.ast[*id].span.start,
            Some(SeqItem::Prefix(_, span) | SeqItem::Infix(_, span)) => span.start,
            None => r,
        };
        let inner = self.fold(here(from));
        let kind = make(self, inner);
        let id = self.expr(kind, l, r);
        self.seq.push(SeqItem::Operand(id));
        start
    }

    pub(crate) fn subscript(&mut self, start: u32, slice: Slice, end: Span) -> u32 {
        self.postfix(start, Precedence::POSTFIX, end.end, |tree, base| {
            let Slice { from, to, step } = slice;
            ExprKind::Subscript(tree.ast.push(Subscript {
                base,
                from,
                to,
                step,
            }))
        })
    }

    pub(crate) fn field(&mut self, start: u32, name: Ident) -> u32 {
        self.postfix(start, Precedence::POSTFIX, name.span.end, |_, base| {
            ExprKind::Field { base, name }
        })
    }

    /// `(x).*`: the star is the field.
    pub(crate) fn field_star(&mut self, start: u32, star: Span) -> u32 {
        self.field(start, Ident { span: star })
    }

    pub(crate) fn cast(&mut self, start: u32, ty: Id<TypeName>, r: u32) -> u32 {
        self.postfix(start, Precedence::POSTFIX, r, |tree, operand| {
            ExprKind::Cast(tree.ast.push(rql_ast::Cast {
                form: CastForm::Colons,
                operand,
                ty,
            }))
        })
    }

    pub(crate) fn collate(&mut self, start: u32, collation: Name, r: u32) -> u32 {
        self.postfix(start, Precedence::COLLATE, r, |_, operand| {
            ExprKind::Collate { operand, collation }
        })
    }

    /// `x IS JSON`, `x IS NOT NORMALIZED`: asked of the operand when that is whole.
    pub(crate) fn is_form(&mut self, start: u32, tok: Tok) -> u32 {
        let is = SeqItem::Infix(Infix::Binary(BinaryOp::Is), tok.span);
        self.seq.push(is);
        let asked = self.leaf(ExprKind::Null, tok.span);
        let form = ExprKind::IsForm {
            operand: asked,
            negated: tok.flag(),
            form: tok.span,
        };
        let form = self.leaf(form, tok.span);
        self.next_operand(start, form)
    }

    /// `x ISNULL` is `x IS NULL`.
    pub(crate) fn is_null(&mut self, start: u32, tok: Tok) -> u32 {
        let op = if tok.flag() {
            BinaryOp::IsNot
        } else {
            BinaryOp::Is
        };
        self.seq.push(SeqItem::Infix(Infix::Binary(op), tok.span));
        let null = self.leaf(ExprKind::Null, tok.span);
        self.next_operand(start, null)
    }
}
