//! Which condition belongs to which join, which clause to which query.

use crate::fold::{FromPart, SetPart, here};
use crate::term::Tok;
use crate::tree::Tree;
use crate::tree_nodes::join_kind;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};
impl Tree {
    // -- FROM ------------------------------------------------------------------------------------

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn relation(
        &mut self,
        lateral: bool,
        kind: RelationKind,
        alias: Option<Id<Alias>>,
        index: Option<Option<Ident>>,
        sample: Option<Id<Sample>>,
        l: u32,
        r: u32,
    ) -> Id<Relation> {
        let kind = match kind {
            RelationKind::Table { name, only, .. } => RelationKind::Table { name, only, index },
            other => other,
        };
        self.ast.push(Relation {
            kind,
            lateral,
            alias,
            sample,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn alias(&mut self, name: Option<Ident>, columns: List<AliasColumn>) -> Id<Alias> {
        self.ast.push(Alias { name, columns })
    }

    pub(crate) fn first_relation(&mut self, relation: Id<Relation>) -> u32 {
        self.from.push(FromPart::Relation(relation));
        here(self.from.len() - 1)
    }

    pub(crate) fn join_part(&mut self, start: u32, join: Tok, relation: Id<Relation>) -> u32 {
        self.from
            .push(FromPart::Join(join_kind(join), join.span, relation));
        start
    }

    pub(crate) fn on_part(&mut self, start: u32, condition: Id<Expr>) -> u32 {
        let span = self.ast[condition].span;
        self.from.push(FromPart::On(JoinOn::On(condition), span));
        start
    }

    pub(crate) fn using_part(
        &mut self,
        start: u32,
        columns: List<Ident>,
        alias: Option<Ident>,
        r: u32,
    ) -> u32 {
        self.from
            .push(FromPart::On(JoinOn::Using(columns, alias), Span::at(r)));
        start
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn template_part(
        &mut self,
        start: u32,
        tag: Tok,
        condition: Id<Expr>,
        then: List<Join>,
        otherwise: Option<List<Join>>,
        l: u32,
        r: u32,
    ) -> u32 {
        let span = Span::new(l, r);
        let unless = tag.kind == rql_lexer::TokenKind::TemplateUnless;
        let id = self.ast.push(Template {
            condition,
            unless,
            then,
            otherwise,
            span,
        });
        self.from.push(FromPart::Template(id, span));
        start
    }

    pub(crate) fn nested_from(&mut self, item: FromItem) -> RelationKind {
        RelationKind::Nested(self.ast.push(item))
    }

    /// Gives each condition to the nearest join before it that has none; a join between the two
    /// belongs to the right side (SQL:2016, 7.10).
    pub(crate) fn relations(&mut self, start: u32) -> FromItem {
        let start = (start as usize).min(self.from.len());
        if let [FromPart::Relation(relation)] = self.from[start..] {
            self.from.pop();
            return FromItem {
                relation,
                joins: List::EMPTY,
                span: self.ast[relation].span,
            };
        }
        let parts = self.from.split_off(start);
        let mut joins: Vec<(Join, bool)> = Vec::with_capacity(parts.len());
        let mut first = None;
        let mut whole = Span::default();
        for part in parts {
            match part {
                FromPart::Relation(relation) => {
                    whole = self.ast[relation].span;
                    first = Some(relation);
                }
                FromPart::Join(kind, words, relation) => {
                    let span = words.to(self.ast[relation].span);
                    whole = whole.to(span);
                    let closed =
                        kind.natural || matches!(kind.side, JoinSide::Cross | JoinSide::Positional);
                    let join = Join::Join {
                        kind,
                        relation,
                        on: JoinOn::None,
                        span,
                    };
                    joins.push((join, closed));
                }
                FromPart::Template(id, span) => {
                    whole = whole.to(span);
                    joins.push((Join::Template(id), true));
                }
                FromPart::On(on, span) => {
                    whole = whole.to(span);
                    self.relate(&mut joins, on, span);
                }
            }
        }
        let relation = match first {
            Some(relation) => relation,
            None => self.relation(false, RelationKind::File, None, None, None, 0, 0),
        };
        let joins = self.ast.push_list(joins.into_iter().map(|(join, _)| join));
        FromItem {
            relation,
            joins,
            span: whole,
        }
    }

    pub(crate) fn relate(&mut self, joins: &mut Vec<(Join, bool)>, on: JoinOn, span: Span) {
        let Some(at) = joins.iter().rposition(|join| !join.1) else {
            self.report(
                Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    "there is no join that this condition belongs to",
                )
                .label(span, "a condition without a join"),
            );
            return;
        };
        let inner: Vec<Join> = joins.drain(at + 1..).map(|(join, _)| join).collect();
        if let Some((
            Join::Join {
                relation,
                on: place,
                span: whole,
                ..
            },
            closed,
        )) = joins.get_mut(at)
        {
            if !inner.is_empty() {
                let first = *relation;
                let joins = self.ast.push_list(inner);
                let from = self.ast[first].span;
                let item = self.ast.push(FromItem {
                    relation: first,
                    joins,
                    span: from.to(*whole),
                });
                let kind = RelationKind::Nested(item);
                *relation = self.ast.push(Relation {
                    kind,
                    lateral: false,
                    alias: None,
                    sample: None,
                    span: from,
                });
            }
            *place = on;
            *whole = whole.to(span);
            *closed = true;
        }
    }

    // -- queries ---------------------------------------------------------------------------------

    pub(crate) fn set_part(
        &mut self,
        op: Option<(SetOp, Quantifier, bool, Span)>,
        body: Body,
        tail: List<Clause>,
        span: Span,
    ) -> u32 {
        self.sets.push(SetPart {
            op,
            body,
            tail,
            span,
        });
        here(self.sets.len() - 1)
    }

    /// Makes a query of the operands that lie on the stack from `start` on. INTERSECT binds tighter
    /// than UNION and EXCEPT, which are read from the left.
    pub(crate) fn query(
        &mut self,
        with: Option<Id<With>>,
        start: u32,
        l: u32,
        r: u32,
    ) -> Id<Query> {
        let start = (start as usize).min(self.sets.len());
        if let [SetPart { body, tail, .. }] = self.sets[start..] {
            self.sets.pop();
            return self.ast.push(Query {
                with,
                body,
                clauses: tail,
                span: Span::new(l, r),
            });
        }
        let mut parts = self.sets.split_off(start);
        let clauses = parts.last().map_or(List::EMPTY, |part| part.tail);
        let last = parts.len().saturating_sub(1);
        for part in &mut parts[..last] {
            if let Some(clause) = self.ast[part.tail].first().copied() {
                self.report(
                    Diagnostic::error(
                        codes::CLAUSE_ORDER,
                        "this clause belongs to the whole query",
                    )
                    .label(clause.span, "it stands before a set operation")
                    .help("put it at the end, or this side in parentheses"),
                );
                let query = Query {
                    with: None,
                    body: part.body,
                    clauses: part.tail,
                    span: part.span,
                };
                part.body = Body::Nested(self.ast.push(query));
            }
        }
        let body = self.set_level(&parts);
        self.ast.push(Query {
            with,
            body,
            clauses,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn set_level(&mut self, parts: &[SetPart]) -> Body {
        let intersects = |part: &SetPart| matches!(part.op, Some((SetOp::Intersect, ..)));
        let mut groups: Vec<&[SetPart]> = Vec::new();
        let mut from = 0;
        for at in 1..parts.len() {
            if !intersects(&parts[at]) {
                groups.push(&parts[from..at]);
                from = at;
            }
        }
        groups.push(&parts[from..]);
        let mut bodies: Vec<(Option<SetPart>, Body)> = Vec::with_capacity(groups.len());
        for group in groups {
            let body = self.set_run(group.iter().map(|part| (*part, part.body)));
            bodies.push((group.first().copied(), body));
        }
        self.set_run(
            bodies
                .into_iter()
                .filter_map(|(part, body)| Some((part?, body))),
        )
    }

    pub(crate) fn set_run(&mut self, mut parts: impl Iterator<Item = (SetPart, Body)>) -> Body {
        let Some((_, first)) = parts.next() else {
            return Body::Values(List::EMPTY);
        };
        let rest: Vec<SetItem> = parts
            .filter_map(|(part, body)| {
                let (op, quantifier, by_name, op_span) = part.op?;
                Some(SetItem {
                    op,
                    quantifier,
                    by_name,
                    body,
                    op_span,
                })
            })
            .collect();
        if rest.is_empty() {
            return first;
        }
        let rest = self.ast.push_list(rest);
        Body::Set(self.ast.push(SetOperation { first, rest }))
    }
}
