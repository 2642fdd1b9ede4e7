//! Nodes of INSERT, UPDATE, DELETE and MERGE.

use crate::term::{Aux, Infix, Tok};
use crate::tree::*;
use crate::tree_nodes::*;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};
impl Tree {
    pub(crate) fn boxed(&mut self, stmt: Stmt) -> Id<Stmt> {
        self.ast.push(stmt)
    }

    pub(crate) fn query_stmt(&mut self, query: Id<Query>, l: u32, r: u32) -> Id<Stmt> {
        self.ast.push(stmt(StmtKind::Query(query), l, r))
    }

    pub(crate) fn target(
        &mut self,
        name: Name,
        alias: Option<Ident>,
        l: u32,
        r: u32,
    ) -> Id<Relation> {
        let alias = alias.map(|name| self.alias(Some(name), List::EMPTY));
        self.relation(false, table(name, false), alias, None, None, l, r)
    }

    pub(crate) fn insert(
        &mut self,
        tok: Tok,
        target: Id<Relation>,
        rows: InsertRows,
        clauses: List<Clause>,
    ) -> StmtKind {
        let or = if let Aux::Or(or) = tok.aux {
            or
        } else {
            InsertOr::None
        };
        StmtKind::Insert(self.ast.push(Insert {
            with: None,
            or,
            target,
            columns: rows.columns,
            overriding_system: rows.overriding,
            by_name: rows.by_name,
            source: rows.source,
            clauses,
        }))
    }

    pub(crate) fn update(
        &mut self,
        tok: Tok,
        target: FromItem,
        assignments: List<Assignment>,
        clauses: List<Clause>,
    ) -> StmtKind {
        let or = if let Aux::Or(or) = tok.aux {
            or
        } else {
            InsertOr::None
        };
        let target = self.ast.push(target);
        StmtKind::Update(self.ast.push(Update {
            with: None,
            or,
            target,
            assignments,
            clauses,
        }))
    }

    pub(crate) fn delete(
        &mut self,
        target: Id<Relation>,
        using: List<FromItem>,
        clauses: List<Clause>,
    ) -> StmtKind {
        StmtKind::Delete(self.ast.push(Delete {
            with: None,
            target,
            using,
            clauses,
        }))
    }

    pub(crate) fn merge(
        &mut self,
        target: Id<Relation>,
        source: Id<Relation>,
        on: JoinOn,
        branches: List<MergeBranch>,
        returning: List<SelectItem>,
    ) -> StmtKind {
        let merge = Merge {
            with: None,
            target,
            source,
            on,
            branches,
            returning,
        };
        StmtKind::Merge(self.ast.push(merge))
    }

    pub(crate) fn with_data(&mut self, with: Id<With>, kind: StmtKind) -> StmtKind {
        let with = Some(with);
        match kind {
            StmtKind::Insert(id) => self.ast.get_mut(id).map(|node| node.with = with),
            StmtKind::Update(id) => self.ast.get_mut(id).map(|node| node.with = with),
            StmtKind::Delete(id) => self.ast.get_mut(id).map(|node| node.with = with),
            StmtKind::Merge(id) => self.ast.get_mut(id).map(|node| node.with = with),
            _ => None,
        };
        kind
    }

    pub(crate) fn on_conflict(
        &mut self,
        target: List<OrderItem>,
        constraint: Option<Ident>,
        target_where: Option<Id<Expr>>,
        action: ConflictAction,
    ) -> ClauseKind {
        ClauseKind::OnConflict(self.ast.push(OnConflict {
            target,
            constraint,
            target_where,
            update: action.update,
            update_where: action.condition,
        }))
    }

    pub(crate) fn assign_tuple(
        &mut self,
        start: u32,
        value: Id<Expr>,
        l: u32,
        r: u32,
    ) -> Assignment {
        let items: List<Id<Expr>> = self.finish(start);
        let target = self.expr(ExprKind::Tuple(items), l, r);
        Assignment::Assign { target, value }
    }

    pub(crate) fn target_part(&mut self, base: Id<Expr>, slice: Slice, end: Span) -> Id<Expr> {
        let Slice { from, to, step } = slice;
        let span = self.ast[base].span.to(end);
        let subscript = self.ast.push(Subscript {
            base,
            from,
            to,
            step,
        });
        self.leaf(ExprKind::Subscript(subscript), span)
    }

    /// AND, OR and BETWEEN: what `Connected` may be joined by.
    pub(crate) fn connective(&mut self, tok: Tok) -> BinaryOp {
        if let Aux::Infix(Infix::Binary(op @ (BinaryOp::And | BinaryOp::Or))) = tok.aux {
            return op;
        }
        self.report(
            Diagnostic::error(
                codes::TEMPLATE_CONNECTIVE,
                "a condition under {{#if}} is joined by AND or OR",
            )
            .label(tok.span, "this joins values, not conditions"),
        );
        BinaryOp::And
    }
}
