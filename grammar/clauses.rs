//! Clauses: which belong to SELECT and which to the query, and in what order they stand.

use crate::attributes::CHART_WORDS;
use crate::term::{Aux, Tok};
use crate::tree::{Distinct, Operand, Tree};
use crate::tree_nodes::direction;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};

/// The clauses in the order of SQL. Those of one rank may stand in any order.
fn rank(tree: &Tree, clause: &Clause) -> u8 {
    match clause.kind {
        ClauseKind::Select(_) => 0,
        ClauseKind::Into { .. } => 1,
        ClauseKind::From(_) => 2,
        ClauseKind::Where(_) => 3,
        ClauseKind::GroupBy(_) => 4,
        ClauseKind::Having(_) => 5,
        ClauseKind::Window(_) => 6,
        ClauseKind::Qualify(_) => 7,
        ClauseKind::Sample(_) => 8,
        ClauseKind::OrderBy(_) => FIRST_OF_QUERY,
        ClauseKind::Limit { .. }
        | ClauseKind::Offset(_)
        | ClauseKind::Fetch { .. }
        | ClauseKind::Lock(_) => 11,
        ClauseKind::Chart(_) => 12,
        ClauseKind::OnConflict(_) | ClauseKind::OnDuplicateKey(_) | ClauseKind::Returning(_) => 13,
        ClauseKind::Template(id) => tree.ast[tree.ast[id].then]
            .first()
            .map_or(0, |clause| rank(tree, clause)),
    }
}

/// From this rank on a clause belongs to the query, not to SELECT.
const FIRST_OF_QUERY: u8 = 10;

pub(crate) fn clause_name(kind: &ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Select(_) => "SELECT",
        ClauseKind::Into { .. } => "INTO",
        ClauseKind::From(_) => "FROM",
        ClauseKind::Where(_) => "WHERE",
        ClauseKind::GroupBy(_) => "GROUP BY",
        ClauseKind::Having(_) => "HAVING",
        ClauseKind::Window(_) => "WINDOW",
        ClauseKind::Qualify(_) => "QUALIFY",
        ClauseKind::Sample(_) => "USING SAMPLE",
        ClauseKind::OrderBy(_) => "ORDER BY",
        ClauseKind::Limit { .. } => "LIMIT",
        ClauseKind::Offset(_) => "OFFSET",
        ClauseKind::Fetch { .. } => "FETCH",
        ClauseKind::Lock(_) => "FOR",
        ClauseKind::Chart(_) => "CHART",
        ClauseKind::OnConflict(_) => "ON CONFLICT",
        ClauseKind::OnDuplicateKey(_) => "ON DUPLICATE KEY",
        ClauseKind::Returning(_) => "RETURNING",
        ClauseKind::Template(_) => "{{#if}}",
    }
}

/// Rows may be locked for several tables, each with a clause of its own.
fn may_repeat(kind: &ClauseKind) -> bool {
    matches!(
        kind,
        ClauseKind::Lock(_) | ClauseKind::Template(_) | ClauseKind::OnConflict(_)
    )
}

impl Tree {
    pub(crate) fn core(&mut self, body: Body, l: u32, r: u32) -> Operand {
        let clauses = Clause::pool(&self.scratch).len();
        let clauses = u32::try_from(clauses).unwrap_or(u32::MAX);
        Operand {
            body,
            span: Span::new(l, r),
            clauses,
        }
    }

    /// Parentheses around a query in parentheses.
    pub(crate) fn nested_again(&mut self, inner: Operand, l: u32, r: u32) -> Operand {
        let Operand { body, span, .. } = inner;
        let query = Query {
            with: None,
            body,
            clauses: List::EMPTY,
            span,
        };
        let query = self.ast.push(query);
        self.core(Body::Nested(query), l, r)
    }

    /// `FROM VALUES (1), (2)`
    pub(crate) fn table_values(&mut self, rows: u32, l: u32, r: u32) -> RelationKind {
        let body = Body::Values(self.finish(rows));
        let query = Query {
            with: None,
            body,
            clauses: List::EMPTY,
            span: Span::new(l, r),
        };
        RelationKind::Query(self.ast.push(query))
    }

    pub(crate) fn select(
        &mut self,
        distinct: Distinct,
        items: List<SelectItem>,
        l: u32,
        r: u32,
    ) -> Operand {
        let select = self.select_node(distinct, items, false, l, r);
        self.core(Body::Select(select), l, r)
    }

    fn select_node(
        &mut self,
        distinct: Distinct,
        items: List<SelectItem>,
        from_first: bool,
        l: u32,
        r: u32,
    ) -> Id<Select> {
        self.ast.push(Select {
            quantifier: distinct.quantifier,
            distinct_on: distinct.on,
            items,
            from_first,
            clauses: List::EMPTY,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn leading_from(&mut self, from: List<FromItem>, l: u32, r: u32) -> Operand {
        let select = self.select_node(Distinct::default(), List::EMPTY, true, l, r);
        let operand = self.core(Body::Select(select), l, r);
        self.clause(
            operand,
            Clause {
                kind: ClauseKind::From(from),
                span: Span::new(l, r),
            },
        )
    }

    pub(crate) fn select_clause(
        &mut self,
        distinct: Distinct,
        items: List<SelectItem>,
        l: u32,
        r: u32,
    ) -> ClauseKind {
        ClauseKind::Select(self.select_node(distinct, items, true, l, r))
    }

    pub(crate) fn clause(&mut self, operand: Operand, clause: Clause) -> Operand {
        Clause::pool_mut(&mut self.scratch).push(clause);
        Operand {
            span: operand.span.to(clause.span),
            ..operand
        }
    }

    pub(crate) fn set_first(&mut self, operand: Operand) -> u32 {
        let (body, tail) = self.finish_operand(operand);
        self.set_part(None, body, tail, operand.span)
    }

    pub(crate) fn set_next(
        &mut self,
        start: u32,
        op: Tok,
        quantifier: Quantifier,
        by_name: bool,
        operand: Operand,
    ) -> u32 {
        let (body, tail) = self.finish_operand(operand);
        let kind = if let Aux::Set(kind) = op.aux {
            kind
        } else {
            SetOp::Union
        };
        self.set_part(
            Some((kind, quantifier, by_name, op.span)),
            body,
            tail,
            operand.span,
        );
        start
    }

    pub(crate) fn set_pair(
        &mut self,
        first: Operand,
        op: Tok,
        quantifier: Quantifier,
        by_name: bool,
        second: Operand,
    ) -> u32 {
        // The second operand's clauses lie above the first one's, of which there are none.
        let start = self.set_part(None, first.body, List::EMPTY, first.span);
        self.set_next(start, op, quantifier, by_name, second)
    }

    /// Gives SELECT its clauses; what is left belongs to the query.
    fn finish_operand(&mut self, operand: Operand) -> (Body, List<Clause>) {
        let clauses: List<Clause> = self.finish(operand.clauses);
        if clauses.is_empty() {
            return (operand.body, clauses);
        }
        let from_first = matches!(operand.body, Body::Select(id) if self.ast[id].from_first);
        self.check_order(clauses, from_first);
        let Body::Select(id) = operand.body else {
            return (operand.body, self.only_of_query(clauses));
        };
        let clauses = if from_first {
            self.take_select(id, clauses)
        } else {
            clauses
        };
        self.missing_from(id, clauses);
        let at = self.ast[clauses]
            .iter()
            .position(|clause| rank(self, clause) >= FIRST_OF_QUERY);
        let (own, tail) = clauses.split_at(at.unwrap_or(clauses.len()));
        if let Some(select) = self.ast.get_mut(id) {
            select.clauses = own;
        }
        if let Some(last) = self.ast[own].last().map(|clause| clause.span)
            && let Some(select) = self.ast.get_mut(id)
        {
            select.span = select.span.to(last);
        }
        (operand.body, tail)
    }

    /// `SELECT name employees WHERE …`: the alias is rather a table whose FROM is missing.
    fn missing_from(&mut self, id: Id<Select>, clauses: List<Clause>) {
        let has = |kind: fn(&ClauseKind) -> bool| {
            self.ast[clauses].iter().any(|clause| kind(&clause.kind))
        };
        if has(|kind| matches!(kind, ClauseKind::From(_)))
            || !has(|kind| matches!(kind, ClauseKind::Where(_)))
        {
            return;
        }
        let Some(&SelectItem::Expr {
            expr,
            alias: Some(alias),
        }) = self.ast[self.ast[id].items].last()
        else {
            return;
        };
        let Expr {
            kind: ExprKind::Column(_),
            span,
        } = self.ast[expr]
        else {
            return;
        };
        let between = Span::new(span.end, alias.span.start);
        if self.ast.text(between).trim().is_empty() {
            let table = self.ast.text(alias.span).to_owned();
            self.report(
                Diagnostic::warning(codes::MISSING_WORD, "there is no FROM before WHERE")
                    .label(
                        alias.span,
                        format!("read as another name for the column; a table? FROM {table}"),
                    )
                    .suggest("add FROM", Span::at(alias.span.start), "FROM "),
            );
        }
    }

    /// `FROM t SELECT a`: the columns go where SELECT has them.
    fn take_select(&mut self, id: Id<Select>, clauses: List<Clause>) -> List<Clause> {
        let all: Vec<Clause> = self.ast[clauses].to_vec();
        let Some(Clause {
            kind: ClauseKind::Select(taken),
            ..
        }) = all
            .iter()
            .find(|clause| matches!(clause.kind, ClauseKind::Select(_)))
            .copied()
        else {
            return clauses;
        };
        let Select {
            quantifier,
            distinct_on,
            items,
            ..
        } = self.ast[taken];
        if let Some(select) = self.ast.get_mut(id) {
            select.quantifier = quantifier;
            select.distinct_on = distinct_on;
            select.items = items;
        }
        let rest = all
            .into_iter()
            .filter(|clause| !matches!(clause.kind, ClauseKind::Select(_)));
        self.ast.push_list(rest)
    }

    fn only_of_query(&mut self, clauses: List<Clause>) -> List<Clause> {
        let wrong = self.ast[clauses]
            .iter()
            .find(|clause| rank(self, clause) < FIRST_OF_QUERY)
            .copied();
        if let Some(clause) = wrong {
            self.not_here(&clause, "what stands before it is no SELECT");
        }
        clauses
    }

    pub(crate) fn not_here(&mut self, clause: &Clause, why: &str) {
        let name = clause_name(&clause.kind);
        self.report(
            Diagnostic::error(codes::CLAUSE_NOT_HERE, format!("{name} cannot stand here"))
                .label(clause.span, why),
        );
    }

    pub(crate) fn check_order(&mut self, clauses: List<Clause>, from_first: bool) {
        // In order, as nearly always, is seen at a glance.
        let mut highest = 0;
        let in_order = self.ast[clauses].iter().all(|clause| {
            let mine = rank(self, clause);
            let ordered = mine > highest || (mine == highest && may_repeat(&clause.kind));
            highest = mine;
            ordered
        });
        if in_order {
            return;
        }
        let all: Vec<Clause> = self.ast[clauses].to_vec();
        for (at, clause) in all.iter().enumerate() {
            let before = &all[..at];
            let same = |other: &&Clause| {
                core::mem::discriminant(&other.kind) == core::mem::discriminant(&clause.kind)
            };
            if let Some(first) = before.iter().find(same)
                && !may_repeat(&clause.kind)
            {
                let name = clause_name(&clause.kind);
                let help = match clause.kind {
                    ClauseKind::Where(_) | ClauseKind::Having(_) | ClauseKind::Qualify(_) => {
                        "join the two conditions with AND"
                    }
                    ClauseKind::Select(_) => "is a semicolon missing before it?",
                    _ => "make one of the two",
                };
                self.report(
                    Diagnostic::error(codes::DUPLICATE_CLAUSE, format!("{name} stands twice"))
                        .label(clause.span, "once more here")
                        .label(first.span, "first here")
                        .help(help),
                );
                return;
            }
            if matches!(clause.kind, ClauseKind::Select(_)) && !from_first {
                let end = before
                    .last()
                    .map_or(clause.span.start, |other| other.span.end);
                self.report(
                    Diagnostic::error(
                        codes::MISSING_SEMICOLON,
                        "a semicolon is missing before this SELECT",
                    )
                    .label(clause.span, "another query seems to begin here")
                    .suggest("add the semicolon", Span::at(end), ";"),
                );
                return;
            }
            let mine = rank(self, clause);
            let later = before.iter().find(|other| {
                rank(self, other) > mine
                    && !matches!(other.kind, ClauseKind::Window(_) | ClauseKind::Qualify(_))
                    && !(from_first && matches!(other.kind, ClauseKind::From(_)))
            });
            if let Some(later) = later {
                let (name, other) = (clause_name(&clause.kind), clause_name(&later.kind));
                self.report(
                    Diagnostic::error(codes::CLAUSE_ORDER, format!("{name} goes before {other}"))
                        .label(clause.span, format!("move this before {other}"))
                        .label(later.span, format!("{other} stands here")),
                );
                return;
            }
        }
    }

    // -- the clauses themselves ----------------------------------------------------------------

    pub(crate) fn group_by(
        &mut self,
        quantifier: Quantifier,
        items: List<GroupItem>,
        with_rollup: bool,
    ) -> ClauseKind {
        let quantifier = if quantifier == Quantifier::All {
            Quantifier::None
        } else {
            quantifier
        };
        ClauseKind::GroupBy(self.ast.push(GroupBy {
            quantifier,
            all: false,
            items,
            with_rollup,
        }))
    }

    pub(crate) fn group_by_all(&mut self) -> ClauseKind {
        ClauseKind::GroupBy(self.ast.push(GroupBy {
            quantifier: Quantifier::None,
            all: true,
            items: List::EMPTY,
            with_rollup: false,
        }))
    }

    /// ROLLUP, CUBE and GROUPING SETS are read as calls and are grouping sets at this place.
    pub(crate) fn group_item(&mut self, expr: Id<Expr>) -> GroupItem {
        let ExprKind::Call(id) = self.ast[expr].kind else {
            return GroupItem::Expr(expr);
        };
        let call = self.ast[id];
        let [word] = self.ast[call.name.parts] else {
            return GroupItem::Expr(expr);
        };
        let plain = |arg: &Arg| arg.label == ArgLabel::None;
        if self.ast.is_quoted(word) || !self.ast[call.args].iter().all(plain) {
            return GroupItem::Expr(expr);
        }
        let name = self.ast.name(word).into_owned();
        let wrap = match name.split_ascii_whitespace().collect::<Vec<_>>()[..] {
            ["rollup"] => GroupItem::Rollup,
            ["cube"] => GroupItem::Cube,
            ["grouping", "sets"] => GroupItem::Sets,
            _ => return GroupItem::Expr(expr),
        };
        let args: Vec<Id<Expr>> = self.ast[call.args].iter().map(|arg| arg.value).collect();
        let items: Vec<GroupItem> = args.into_iter().map(|arg| self.group_item(arg)).collect();
        wrap(self.ast.push_list(items))
    }

    pub(crate) fn order_by_all(
        &mut self,
        all: Tok,
        order: Option<Tok>,
        nulls: Option<Tok>,
    ) -> ClauseKind {
        let parts = self.ast.push_list([Ident { span: all.span }]);
        let expr = self.leaf(ExprKind::Column(Name { parts }), all.span);
        let item = OrderItem::Expr {
            expr,
            direction: direction(order),
            nulls_first: nulls.map(Tok::flag),
        };
        ClauseKind::OrderBy(self.ast.push_list([item]))
    }

    pub(crate) fn using_sample(&mut self, sample: Sample) -> ClauseKind {
        ClauseKind::Sample(self.ast.push(sample))
    }

    pub(crate) fn sample(&mut self, sample: Sample, seed: Option<Id<Expr>>) -> Id<Sample> {
        self.ast.push(Sample { seed, ..sample })
    }

    pub(crate) fn lock(&mut self, tok: Tok, of: List<Name>, wait: Option<Tok>) -> ClauseKind {
        let strength = if let Aux::Lock(strength) = tok.aux {
            strength
        } else {
            LockStrength::Update
        };
        ClauseKind::Lock(self.ast.push(Lock {
            strength,
            of,
            nowait: wait.map(Tok::flag),
        }))
    }

    pub(crate) fn chart(&mut self, tok: Tok, attributes: List<Attribute>) -> ClauseKind {
        let kind = if let Aux::Chart(kind) = tok.aux {
            kind
        } else {
            ChartKind::Bar
        };
        self.check_attributes(attributes, CHART_WORDS, "CHART");
        ClauseKind::Chart(self.ast.push(Chart { kind, attributes }))
    }

    // -- WITH ------------------------------------------------------------------------------------

    pub(crate) fn with(&mut self, recursive: bool, ctes: List<Cte>, l: u32, r: u32) -> Id<With> {
        self.ast.push(With {
            recursive,
            ctes,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn cte(
        &mut self,
        name: Ident,
        columns: List<Ident>,
        materialized: Option<Tok>,
        body: Id<Stmt>,
        l: u32,
        r: u32,
    ) -> Cte {
        let materialized = materialized.map(Tok::flag);
        Cte {
            name,
            columns,
            materialized,
            body,
            search: None,
            cycle: None,
            span: Span::new(l, r),
        }
    }
}
