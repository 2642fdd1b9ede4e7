//! Nodes that are put together without the tree.

use crate::term::{Aux, Tok};
use rql_ast::*;

pub(crate) fn stmt(kind: StmtKind, l: u32, r: u32) -> Stmt {
    Stmt {
        kind,
        span: Span::new(l, r),
    }
}

pub(crate) fn clause(kind: ClauseKind, l: u32, r: u32) -> Clause {
    Clause {
        kind,
        span: Span::new(l, r),
    }
}

pub(crate) fn row(items: List<RowItem>, word: bool, l: u32, r: u32) -> Row {
    Row {
        items,
        word,
        span: Span::new(l, r),
    }
}

pub(crate) fn table(name: Name, only: bool) -> RelationKind {
    RelationKind::Table {
        name,
        only,
        index: None,
    }
}

pub(crate) fn join_kind(tok: Tok) -> JoinKind {
    match tok.aux {
        Aux::Join(kind) => kind,
        _ => JoinKind {
            natural: false,
            asof: false,
            side: JoinSide::Plain,
        },
    }
}

pub(crate) fn join(tok: Tok, relation: Id<Relation>, on: JoinOn, l: u32, r: u32) -> Join {
    Join::Join {
        kind: join_kind(tok),
        relation,
        on,
        span: Span::new(l, r),
    }
}

pub(crate) fn bound_word(tok: Tok) -> Bound {
    match tok.which() {
        0 => Bound::UnboundedPreceding,
        1 => Bound::UnboundedFollowing,
        _ => Bound::CurrentRow,
    }
}

pub(crate) fn bound_offset(offset: Id<Expr>, tok: Tok) -> Bound {
    if tok.flag() {
        Bound::Preceding(offset)
    } else {
        Bound::Following(offset)
    }
}

pub(crate) fn direction(tok: Option<Tok>) -> Direction {
    match tok.map(|tok| tok.aux) {
        Some(Aux::Direction(direction)) => direction,
        _ => Direction::None,
    }
}

pub(crate) fn order_item(expr: Id<Expr>, order: Option<Tok>, nulls: Option<Tok>) -> OrderItem {
    OrderItem::Expr {
        expr,
        direction: direction(order),
        nulls_first: nulls.map(Tok::flag),
    }
}

pub(crate) fn order_using(expr: Id<Expr>, op: Tok, nulls: Option<Tok>) -> OrderItem {
    OrderItem::Expr {
        expr,
        direction: Direction::Using(op.span),
        nulls_first: nulls.map(Tok::flag),
    }
}

pub(crate) fn merge_branch(
    tok: Tok,
    condition: Option<Id<Expr>>,
    action: MergeAction,
) -> MergeBranch {
    let matched = match tok.which() {
        0 => Matched::Matched,
        1 => Matched::NotMatched,
        _ => Matched::NotMatchedBySource,
    };
    MergeBranch {
        matched,
        condition,
        action,
    }
}

pub(crate) fn if_branch(condition: Id<Expr>, body: List<Stmt>, l: u32, r: u32) -> IfBranch {
    IfBranch {
        condition,
        body,
        span: Span::new(l, r),
    }
}
