//! A text of RQL as a query that can be built, or what of it cannot.

use super::query::{Aggregate, Expr, Filter, OPS, Op, Output, Query, Side, Sort, Source, Term};
use rql::Catalog;
use rql_ast::{
    Arg, ArgLabel, Ast, BinaryOp, Body, ClauseKind, Direction, ExprKind, FromItem, GroupItem, Id,
    Ident, IsTest, Join, JoinOn, JoinSide, LikeOp, Name, OrderItem, Quantifier, Relation,
    RelationKind, Select, SelectItem, StmtKind,
};

type Node = Id<rql_ast::Expr>;
/// What is read, or what cannot be shown.
pub(super) type Read<T> = Result<T, String>;

/// Reads a text of one query.
///
/// # Errors
/// What of it cannot be built.
pub(crate) fn read(text: &str, catalog: &Catalog) -> Read<Query> {
    let parse = rql_grammar::parse(text);
    if let Some(wrong) = parse.diagnostics.first().filter(|_| !parse.is_ok()) {
        return Err(wrong.message.clone());
    }
    if text.contains("{{") {
        return no("a template");
    }
    let ast = &parse.ast;
    let mut all = ast.statements.ids().map(|id| ast[id].kind);
    let query = match (all.next(), all.next()) {
        (None, _) => return Ok(Query::default()),
        (Some(StmtKind::Query(id)), None) => ast[id],
        (Some(_), None) => return no("a statement that is no query"),
        (Some(_), Some(_)) => return no("several statements"),
    };
    if query.with.is_some() {
        return no("WITH");
    }
    let select = match query.body {
        Body::Select(id) => ast[id],
        Body::Set(_) => return no("UNION, INTERSECT or EXCEPT"),
        Body::Values(_) => return no("VALUES"),
        Body::Table(_) | Body::Nested(_) => return no("a query in another spelling"),
    };
    let mut reader = Reader {
        ast,
        catalog,
        query: Query::default(),
    };
    reader.select(&select)?;
    for clause in &ast[query.clauses] {
        reader.last(clause.kind)?;
    }
    Ok(reader.query)
}

fn no<T>(what: &str) -> Read<T> {
    Err(format!("the builder does not show {what}"))
}

pub(super) struct Reader<'a> {
    ast: &'a Ast,
    catalog: &'a Catalog,
    query: Query,
}

impl<'a> Reader<'a> {
    /// Reads pieces of a text that stand in a query.
    pub(super) fn on(ast: &'a Ast, catalog: &'a Catalog, query: &Query) -> Self {
        let query = Query {
            sources: query.sources.clone(),
            ..Query::default()
        };
        Self {
            ast,
            catalog,
            query,
        }
    }

    fn select(&mut self, select: &Select) -> Read<()> {
        let ast = self.ast;
        self.query.distinct = select.quantifier == Quantifier::Distinct;
        if !select.distinct_on.is_empty() {
            return no("DISTINCT ON");
        }
        let clauses = &ast[select.clauses];
        for clause in clauses {
            if let ClauseKind::From(items) = clause.kind {
                for item in &ast[items] {
                    self.from(item)?;
                }
            }
        }
        if self.query.sources.is_empty() {
            return no("a query without a table");
        }
        self.outputs(select)?;
        for clause in clauses {
            match clause.kind {
                ClauseKind::From(_) => {}
                ClauseKind::Where(condition) => {
                    let filters = self.conditions(condition, false);
                    self.query.filters.extend(filters);
                }
                ClauseKind::Having(condition) => {
                    let filters = self.conditions(condition, true);
                    self.query.filters.extend(filters);
                }
                ClauseKind::GroupBy(id) => {
                    let group = ast[id];
                    if group.all || group.with_rollup || group.quantifier != Quantifier::None {
                        return no("this GROUP BY");
                    }
                    for item in &ast[group.items] {
                        let GroupItem::Expr(expr) = *item else {
                            return no("ROLLUP, CUBE or GROUPING SETS");
                        };
                        let group = self.group(expr);
                        self.query.groups.push(group);
                    }
                }
                ClauseKind::Window(_) => return no("WINDOW"),
                ClauseKind::Qualify(_) => return no("QUALIFY"),
                _ => return no("a clause of this query"),
            }
        }
        Ok(())
    }

    /// What stands behind the SELECT.
    fn last(&mut self, clause: ClauseKind) -> Read<()> {
        let ast = self.ast;
        match clause {
            ClauseKind::OrderBy(items) => {
                for item in &ast[items] {
                    let sort = self.sort(item)?;
                    self.query.sorts.push(sort);
                }
            }
            ClauseKind::Limit {
                count,
                skip,
                percent: false,
            } => {
                self.query.limit = count.map(|count| self.written(count));
                if let Some(skip) = skip {
                    self.query.offset = Some(self.written(skip));
                }
            }
            ClauseKind::Offset(skip) => self.query.offset = Some(self.written(skip)),
            ClauseKind::Fetch {
                count,
                percent: false,
                with_ties: false,
            } => {
                let count = count.map_or("1".to_owned(), |count| self.written(count));
                self.query.limit = Some(count);
            }
            ClauseKind::Limit { .. } | ClauseKind::Fetch { .. } => {
                return no("PERCENT or WITH TIES");
            }
            ClauseKind::Chart(_) => return no("CHART"),
            _ => return no("a clause of this query"),
        }
        Ok(())
    }

    fn from(&mut self, item: &FromItem) -> Read<()> {
        let ast = self.ast;
        self.source(item.relation, Side::Inner)?;
        for join in &ast[item.joins] {
            let Join::Join {
                kind, relation, on, ..
            } = *join
            else {
                return no("a template");
            };
            let side = match kind.side {
                JoinSide::Plain | JoinSide::Inner | JoinSide::Cross => Side::Inner,
                JoinSide::Left => Side::Left,
                JoinSide::Right => Side::Right,
                JoinSide::Full => Side::Full,
                _ => return no("this kind of join"),
            };
            if kind.natural || kind.asof {
                return no("NATURAL or ASOF joins");
            }
            self.source(relation, side)?;
            match on {
                JoinOn::None => {}
                JoinOn::Using(_, Some(_)) => return no("a name for the columns of USING"),
                JoinOn::Using(names, None) => {
                    let names = ast[names].iter().map(|name| self.shared(*name));
                    let using = names.collect();
                    if let Some(last) = self.query.sources.last_mut() {
                        last.using = using;
                    }
                }
                // What is true needs not be said.
                JoinOn::On(condition) if ast[condition].kind == ExprKind::Bool(true) => {}
                JoinOn::On(condition) => {
                    let on = self.conditions(condition, false);
                    if let Some(last) = self.query.sources.last_mut() {
                        last.on = on;
                    }
                }
            }
        }
        Ok(())
    }

    fn source(&mut self, relation: Id<Relation>, side: Side) -> Read<()> {
        let ast = self.ast;
        let relation = ast[relation];
        let RelationKind::Table {
            name,
            only: false,
            index: None,
        } = relation.kind
        else {
            return no("what is no table in FROM");
        };
        if relation.sample.is_some() || relation.lateral {
            return no("TABLESAMPLE or LATERAL");
        }
        let parts: Vec<_> = ast[name.parts].iter().map(|part| ast.name(*part)).collect();
        let (schema, own) = match parts.as_slice() {
            [own] => (None, own),
            [schema, own] => (Some(schema.as_ref()), own),
            _ => return no("a name of three parts"),
        };
        let Some(table) = self.catalog.find(schema, own) else {
            return Err(format!("{} is no table of the catalog", parts.join(".")));
        };
        let mut source = Source::of(table);
        source.side = side;
        if let Some(alias) = relation.alias.map(|alias| ast[alias]) {
            if !alias.columns.is_empty() {
                return no("names for the columns of a table");
            }
            let alias = alias.name.map(|name| ast.name(name).into_owned());
            source.alias = alias.filter(|alias| *alias != source.name);
        }
        self.query.sources.push(source);
        Ok(())
    }

    fn outputs(&mut self, select: &Select) -> Read<()> {
        let ast = self.ast;
        let items = &ast[select.items];
        if let [SelectItem::Expr { expr, alias: None }] = items
            && self.is_star(*expr)
        {
            return Ok(());
        }
        for item in items {
            let SelectItem::Expr { expr, alias } = *item else {
                return no("a template");
            };
            let output = Output {
                term: self.term(expr),
                alias: alias.map(|alias| ast.name(alias).into_owned()),
            };
            self.query.outputs.push(output);
        }
        Ok(())
    }

    fn is_star(&self, expr: Node) -> bool {
        let ast = self.ast;
        let ExprKind::Star(star) = ast[expr].kind else {
            return false;
        };
        let star = ast[star];
        let bare = star.exclude.is_empty() && star.replace.is_empty() && star.rename.is_empty();
        star.qualifier.is_none() && bare
    }

    /// The operands of AND, or of OR.
    fn operands(&self, condition: Node, of: BinaryOp) -> Vec<Node> {
        let ast = self.ast;
        match ast[condition].kind {
            ExprKind::Chain(chain) => {
                let same = |op: Option<BinaryOp>| op.is_none_or(|op| op == of);
                match ast[chain].iter().all(|item| same(item.op)) {
                    true => ast[chain].iter().map(|item| item.expr).collect(),
                    false => vec![condition],
                }
            }
            _ => vec![condition],
        }
    }

    /// Conditions of which all must be true, but for those with `or` between them.
    pub(super) fn conditions(&self, condition: Node, of_groups: bool) -> Vec<Filter> {
        let mut filters = Vec::new();
        for one in self.operands(condition, BinaryOp::And) {
            let inner = match self.ast[one].kind {
                ExprKind::Paren(inner) => inner,
                _ => one,
            };
            let mut any = self.operands(inner, BinaryOp::Or);
            if any.len() == 1 {
                any = vec![one];
            }
            filters.extend(any.iter().enumerate().map(|(at, one)| Filter {
                or: at > 0,
                ..self.filter(*one, of_groups)
            }));
        }
        filters
    }

    /// One condition: what is no comparison is one as it is written.
    pub(super) fn filter(&self, expr: Node, of_groups: bool) -> Filter {
        let compared = self.compared(expr);
        let (term, op, values) = compared.unwrap_or_else(|| {
            let text = self.written(expr);
            // Beside others it must stand in parentheses.
            let text = match self.ast[expr].kind {
                ExprKind::Chain(_) => format!("({text})"),
                _ => text,
            };
            (Term::of(Expr::Text(text)), Op::Holds, Vec::new())
        });
        Filter {
            term,
            op,
            values,
            of_groups,
            or: false,
        }
    }

    /// An expression as it is written.
    fn written(&self, expr: Node) -> String {
        self.ast.text(self.ast[expr].span).to_owned()
    }

    /// A column of USING in the catalog's spelling.
    fn shared(&self, name: Ident) -> String {
        let name = self.ast.name(name);
        let table = self
            .query
            .sources
            .last()
            .and_then(|last| last.table(self.catalog));
        let columns = table.map_or(&[][..], |table| &table.columns);
        let column = columns
            .iter()
            .find(|c| self.catalog.matches(&name, &c.name));
        column.map_or(name.into_owned(), |column| column.name.clone())
    }

    fn compared(&self, expr: Node) -> Option<(Term, Op, Vec<Expr>)> {
        let ast = self.ast;
        let value = |expr: Node| self.expr(expr);
        Some(match ast[expr].kind {
            ExprKind::Binary { left, op, right } => {
                let word = |row: &&(Op, &str, &str)| row.1 == op.text();
                let (op, _, _) = OPS.iter().find(word)?;
                if matches!(ast[right].kind, ExprKind::Quantified { .. }) {
                    return None;
                }
                (self.term(left), *op, vec![value(right)])
            }
            ExprKind::Like(id) => {
                let like = ast[id];
                let op = match (like.op, like.negated) {
                    (LikeOp::Like, false) => Op::Like,
                    (LikeOp::Like, true) => Op::NotLike,
                    (LikeOp::ILike, false) => Op::ILike,
                    _ => return None,
                };
                let quantified = matches!(ast[like.pattern].kind, ExprKind::Quantified { .. });
                if like.escape.is_some() || quantified {
                    return None;
                }
                (self.term(like.operand), op, vec![value(like.pattern)])
            }
            ExprKind::Between(id) => {
                let between = ast[id];
                if between.symmetric || between.negated {
                    return None;
                }
                let values = vec![value(between.low), value(between.high)];
                (self.term(between.operand), Op::Between, values)
            }
            ExprKind::In {
                operand,
                negated,
                set,
            } => {
                let values = match ast[set].kind {
                    ExprKind::Tuple(items) => ast[items].iter().map(|item| value(*item)).collect(),
                    ExprKind::Paren(inner) => vec![value(inner)],
                    _ => return None,
                };
                let op = if negated { Op::NotIn } else { Op::In };
                (self.term(operand), op, values)
            }
            ExprKind::Is {
                operand,
                negated,
                test: IsTest::Null,
            } => {
                let op = if negated { Op::IsNotNull } else { Op::IsNull };
                (self.term(operand), op, Vec::new())
            }
            _ => return None,
        })
    }

    fn sort(&self, item: &OrderItem) -> Read<Sort> {
        let OrderItem::Expr {
            expr,
            direction,
            nulls_first,
        } = *item
        else {
            return no("a template");
        };
        let down = match direction {
            Direction::None | Direction::Asc => false,
            Direction::Desc => true,
            Direction::Using(_) => return no("ORDER BY USING"),
        };
        // What is shown under a name is meant before a column of it.
        let named = self.named(expr).or_else(|| self.numbered(expr));
        Ok(Sort {
            term: named.unwrap_or_else(|| self.term(expr)),
            down,
            nulls_first,
        })
    }

    /// In GROUP BY a column is meant before what is shown under its name.
    fn group(&self, expr: Node) -> Expr {
        let named = || self.named(expr).or_else(|| self.numbered(expr));
        match self.expr(expr) {
            Expr::Text(text) => match named() {
                Some(Term {
                    expr,
                    aggregate: None,
                }) => expr,
                _ => Expr::Text(text),
            },
            column => column,
        }
    }

    /// What is shown under a name.
    fn named(&self, expr: Node) -> Option<Term> {
        let ExprKind::Column(name) = self.ast[expr].kind else {
            return None;
        };
        let [part] = &self.ast[name.parts] else {
            return None;
        };
        let name = self.ast.name(*part);
        let mut outputs = self.query.outputs.iter();
        let output = outputs.find(|output| output.alias.as_deref() == Some(&*name))?;
        Some(output.term.clone())
    }

    /// What is shown at a place.
    fn numbered(&self, expr: Node) -> Option<Term> {
        if self.ast[expr].kind != ExprKind::Number {
            return None;
        }
        let number: usize = self.ast.text(self.ast[expr].span).parse().ok()?;
        let output = self.query.outputs.get(number.checked_sub(1)?)?;
        Some(output.term.clone())
    }

    pub(super) fn term(&self, expr: Node) -> Term {
        self.aggregate(expr)
            .unwrap_or_else(|| Term::of(self.expr(expr)))
    }

    fn aggregate(&self, expr: Node) -> Option<Term> {
        let ast = self.ast;
        let ExprKind::Call(call) = ast[expr].kind else {
            return None;
        };
        let call = ast[call];
        let bare = call.order_by.is_empty()
            && call.within_group.is_empty()
            && call.limit.is_none()
            && call.separator.is_none()
            && call.ignore_nulls.is_none()
            && call.filter.is_none()
            && call.over.is_none();
        let [
            Arg {
                label: ArgLabel::None,
                value,
            },
        ] = &ast[call.args]
        else {
            return None;
        };
        let name = ast.dotted(call.name);
        let star = self.is_star(*value);
        let aggregate = match call.quantifier {
            Quantifier::Distinct => (name == "count").then_some(Aggregate::CountDistinct),
            Quantifier::All => None,
            Quantifier::None => Aggregate::ALL.into_iter().find(|one| one.name() == name),
        };
        let aggregate = aggregate.filter(|one| bare && (!star || *one == Aggregate::Count))?;
        let expr = match star {
            true => Expr::Text("*".to_owned()),
            false => self.expr(*value),
        };
        Some(Term {
            expr,
            aggregate: Some(aggregate),
        })
    }

    fn expr(&self, expr: Node) -> Expr {
        let column = match self.ast[expr].kind {
            ExprKind::Column(name) => self.column(name),
            _ => None,
        };
        column.unwrap_or_else(|| Expr::Text(self.written(expr)))
    }

    /// The column of a name, where it is that of one table.
    fn column(&self, name: Name) -> Option<Expr> {
        let parts: Vec<_> = self.ast[name.parts]
            .iter()
            .map(|part| self.ast.name(*part))
            .collect();
        let (source, own) = match parts.as_slice() {
            [own] => (None, own),
            [source, own] => (Some(source), own),
            _ => return None,
        };
        let mut found = Vec::new();
        for (at, one) in self.query.sources.iter().enumerate() {
            let is = |source: &str| match &one.alias {
                Some(alias) => alias == source,
                None => self.catalog.matches(source, &one.name),
            };
            if source.is_some_and(|source| !is(source)) {
                continue;
            }
            let columns = one
                .table(self.catalog)
                .map_or(&[][..], |table| &table.columns);
            let column = columns.iter().find(|c| self.catalog.matches(own, &c.name));
            found.extend(column.map(|column| Expr::Column(at, column.name.clone())));
        }
        match found.len() {
            1 => found.pop(),
            _ => None,
        }
    }
}
