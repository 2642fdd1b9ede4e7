//! Joins in other words: commas and JOIN … ON, USING and ON.

use super::{Site, trimmed};
use crate::look::{look, within};
use crate::{Change, Span};
use rql_ast::{
    BinaryOp, ClauseKind, Expr, ExprKind, FromItem, Id, Ident, Join, JoinOn, JoinSide, Relation,
    RelationKind, Select, SelectItem,
};
use rql_ir::SeenRelation;

/// A query block with its FROM.
struct Block<'a> {
    site: &'a Site<'a>,
    select: Select,
    from: &'a [FromItem],
    from_span: Span,
    /// WHERE and its condition.
    condition: Option<(Span, Id<Expr>)>,
    /// What can be named in it, in the order of FROM.
    seen: Vec<SeenRelation>,
}

impl<'a> Block<'a> {
    /// The smallest block whose FROM or WHERE the place touches.
    fn of(site: &'a Site<'a>) -> Option<Self> {
        let ast = site.ast;
        let selects = ast.all::<Select>().iter();
        let around = selects.filter(|select| site.touches(select.span));
        let select = *around.min_by_key(|it| it.span.end - it.span.start)?;
        let mut from = None;
        let mut condition = None;
        for clause in &ast[select.clauses] {
            match clause.kind {
                ClauseKind::From(items) => from = Some((items, trimmed(ast, clause.span))),
                ClauseKind::Where(expr) => condition = Some((trimmed(ast, clause.span), expr)),
                _ => {}
            }
        }
        let (items, from_span) = from?;
        let touched = site.touches(from_span) || condition.is_some_and(|it| site.touches(it.0));
        let from = &ast[items];
        // The list sees all relations.
        let place = match ast[select.items].first()? {
            SelectItem::Expr { expr, .. } => ast[*expr].span.start,
            _ => return None,
        };
        let sight = look(ast, site.before, place).sight?;
        let seen = sight.blocks.into_iter().next()?;
        touched.then_some(Self {
            site,
            select,
            from,
            from_span,
            condition,
            seen,
        })
    }

    fn text(&self, span: Span) -> &str {
        self.site.text(trimmed(self.site.ast, span))
    }

    fn name(&self, relation: Id<Relation>) -> Option<String> {
        let ast = self.site.ast;
        let relation = ast[relation];
        let alias = relation.alias.and_then(|alias| ast[alias].name);
        let own = match relation.kind {
            RelationKind::Table { name, .. } => ast[name.parts].last().copied(),
            _ => None,
        };
        Some(ast.name(alias.or(own)?).into_owned())
    }

    /// The relations, by their place in FROM, that the columns of an expression belong to; `None` where that is not
    /// certain.
    fn owners(&self, expr: Id<Expr>, names: &[String]) -> Option<Vec<usize>> {
        let ast = self.site.ast;
        let span = ast[expr].span;
        let mut found = Vec::new();
        for inner in ast.all::<Expr>() {
            if !within(span, inner.span) {
                continue;
            }
            match inner.kind {
                ExprKind::Subquery(_) | ExprKind::Exists(_) | ExprKind::Star(_) => return None,
                ExprKind::Column(name) => {
                    let parts = &ast[name.parts];
                    let (last, qualifier) = parts.split_last()?;
                    let owner = match qualifier.last() {
                        Some(&qualifier) => self.place(&ast.name(qualifier), names)?,
                        None => self.place(&self.only_owner(&ast.name(*last))?, names)?,
                    };
                    if !found.contains(&owner) {
                        found.push(owner);
                    }
                }
                _ => {}
            }
        }
        Some(found)
    }

    fn place(&self, name: &str, names: &[String]) -> Option<usize> {
        let catalog = &self.site.before.catalog;
        names.iter().position(|known| catalog.matches(name, known))
    }

    /// The only relation that has a column of a name.
    fn only_owner(&self, column: &str) -> Option<String> {
        let catalog = &self.site.before.catalog;
        let has = |relation: &&SeenRelation| {
            let mut columns = relation.columns.iter();
            columns.any(|it| catalog.matches(column, &it.name))
        };
        let mut all = self.seen.iter().filter(has);
        let only = all.next()?;
        all.next().is_none().then(|| only.name.clone())
    }

    /// The parts of the condition that AND joins.
    fn conjuncts(&self, expr: Id<Expr>) -> Vec<Id<Expr>> {
        let ast = self.site.ast;
        match ast[expr].kind {
            ExprKind::Chain(items) => {
                let all = &ast[items];
                let joined = |op: Option<BinaryOp>| op.is_none_or(|op| op == BinaryOp::And);
                match all.iter().all(|item| joined(item.op)) {
                    true => all.iter().map(|item| item.expr).collect(),
                    false => vec![expr],
                }
            }
            _ => vec![expr],
        }
    }

    /// As a part of a condition that AND joins.
    fn part(&self, expr: Id<Expr>) -> String {
        let ast = self.site.ast;
        let text = self.text(ast[expr].span);
        let looser = match ast[expr].kind {
            ExprKind::Chain(items) => ast[items].iter().any(|item| item.op == Some(BinaryOp::Or)),
            _ => false,
        };
        if looser {
            format!("({text})")
        } else {
            text.to_owned()
        }
    }

    fn rewritten(&self, from: &str, conditions: &[String]) -> Vec<Change> {
        let mut changes = vec![Change {
            span: self.from_span,
            text: format!("FROM {from}"),
        }];
        let text = conditions.join(" AND ");
        match (self.condition, text.is_empty()) {
            (Some((span, _)), false) => changes.push(Change {
                span,
                text: format!("WHERE {text}"),
            }),
            // With the blanks before it.
            (Some((span, _)), true) => {
                let before = &self.site.ast.source()[..span.start as usize];
                let blank = before.len() - before.trim_end().len();
                changes.push(Change {
                    span: Span::new(span.start - u32::try_from(blank).unwrap_or(0), span.end),
                    text: String::new(),
                });
            }
            (None, false) => changes[0].text += &format!(" WHERE {text}"),
            (None, true) => {}
        }
        changes
    }

    /// Comments between the words would be lost.
    fn has_comments(&self) -> bool {
        let end = self.condition.map_or(self.from_span.end, |it| it.0.end);
        let whole = Span::new(self.from_span.start, end);
        let mut comments = self.site.ast.comments.iter();
        comments.any(|comment| within(whole, *comment))
    }

    /// True where the SELECT list has a star that stands for all columns, of which USING leaves some out.
    fn shows_all(&self) -> bool {
        let ast = self.site.ast;
        ast[self.select.items].iter().any(|item| match *item {
            SelectItem::Expr { expr, .. } => match ast[expr].kind {
                ExprKind::Star(id) => ast[id].qualifier.is_none(),
                _ => false,
            },
            _ => true,
        })
    }
}

/// `FROM a, b WHERE a.x = b.y AND c` as `FROM a JOIN b ON a.x = b.y WHERE c`.
pub(super) fn with_join(site: &Site<'_>) -> Option<Vec<Change>> {
    let block = Block::of(site)?;
    let ast = site.ast;
    if block.from.len() < 2 || block.has_comments() {
        return None;
    }
    let plain = |item: &FromItem| {
        let relation = ast[item.relation];
        let known = matches!(
            relation.kind,
            RelationKind::Table { .. } | RelationKind::Query(_)
        );
        item.joins.is_empty() && known && !relation.lateral
    };
    if !block.from.iter().all(plain) {
        return None;
    }
    let names = block.from.iter().map(|item| block.name(item.relation));
    let names = names.collect::<Option<Vec<String>>>()?;
    let conjuncts = block.condition.map(|it| block.conjuncts(it.1));
    let conjuncts = conjuncts.unwrap_or_default();
    // With which relation each part of the condition goes: the last of those that it is about.
    let of = |expr: &Id<Expr>| match block.owners(*expr, &names) {
        Some(owners) if owners.len() > 1 => owners.into_iter().max(),
        _ => None,
    };
    let places: Vec<Option<usize>> = conjuncts.iter().map(of).collect();
    if places.iter().all(Option::is_none) {
        return None;
    }
    let mut from = block.text(block.from[0].span).to_owned();
    for (at, item) in block.from.iter().enumerate().skip(1) {
        let own = conjuncts.iter().zip(&places);
        let own = own.filter(|(_, place)| **place == Some(at));
        let on: Vec<String> = own.map(|(expr, _)| block.part(*expr)).collect();
        let relation = block.text(item.span);
        from += &match on.is_empty() {
            true => format!(" CROSS JOIN {relation}"),
            false => format!(" JOIN {relation} ON {}", on.join(" AND ")),
        };
    }
    let rest = conjuncts.iter().zip(&places);
    let rest = rest.filter(|(_, place)| place.is_none());
    let rest: Vec<String> = rest.map(|(expr, _)| block.part(*expr)).collect();
    Some(block.rewritten(&from, &rest))
}

/// `FROM a JOIN b ON a.x = b.y WHERE c` as `FROM a, b WHERE a.x = b.y AND c`.
pub(super) fn with_commas(site: &Site<'_>) -> Option<Vec<Change>> {
    let block = Block::of(site)?;
    let ast = site.ast;
    let [item] = block.from else { return None };
    if ast[item.joins].is_empty() || block.has_comments() {
        return None;
    }
    let mut from = block.text(ast[item.relation].span).to_owned();
    let mut conditions = Vec::new();
    for join in &ast[item.joins] {
        let Join::Join {
            kind, relation, on, ..
        } = *join
        else {
            return None;
        };
        let inner = matches!(
            kind.side,
            JoinSide::Plain | JoinSide::Inner | JoinSide::Cross
        );
        if !inner || kind.natural || kind.asof || ast[relation].lateral {
            return None;
        }
        match on {
            JoinOn::On(expr) => {
                conditions.extend(block.conjuncts(expr).into_iter().map(|it| block.part(it)));
            }
            JoinOn::None => {}
            JoinOn::Using(..) => return None,
        }
        from += &format!(", {}", block.text(ast[relation].span));
    }
    if let Some((_, expr)) = block.condition {
        conditions.extend(block.conjuncts(expr).into_iter().map(|it| block.part(it)));
    }
    Some(block.rewritten(&from, &conditions))
}

/// A join at the place that has something to the left of it: what relates it, with its place, and the relation.
type Found = (JoinOn, Span, Id<Relation>, usize);

fn join_at(block: &Block<'_>) -> Option<Found> {
    let ast = block.site.ast;
    let [item] = block.from else { return None };
    let mut joins = ast[item.joins].iter().enumerate();
    joins.find_map(|(at, join)| match *join {
        Join::Join {
            kind,
            relation,
            on,
            span,
        } if block.site.touches(span)
            && !kind.natural
            && !kind.asof
            && matches!(
                kind.side,
                JoinSide::Plain | JoinSide::Inner | JoinSide::Left
            ) =>
        {
            Some((on, trimmed(ast, span), relation, at))
        }
        _ => None,
    })
}

/// `JOIN b USING (x)` as `JOIN b ON a.x = b.x`; a bare `x` elsewhere is that of the left side.
pub(super) fn with_on(site: &Site<'_>) -> Option<Vec<Change>> {
    let block = Block::of(site)?;
    let ast = site.ast;
    let (JoinOn::Using(columns, None), span, relation, at) = join_at(&block)? else {
        return None;
    };
    let [item] = block.from else { return None };
    if block.shows_all() || ast[item.joins].len() > 1 {
        return None;
    }
    debug_assert_eq!(at, 0);
    let (left, right) = (block.name(item.relation)?, block.name(relation)?);
    let (left, right) = (site.written(&left), site.written(&right));
    let columns: &[Ident] = &ast[columns];
    let pairs = columns.iter().map(|column| {
        let column = site.text(column.span);
        format!("{left}.{column} = {right}.{column}")
    });
    let start = ast[relation].span;
    let start = trimmed(ast, start).end;
    let mut changes = vec![Change {
        span: Span::new(start, span.end),
        text: format!(" ON {}", pairs.collect::<Vec<_>>().join(" AND ")),
    }];
    for expr in ast.all::<Expr>() {
        let ExprKind::Column(name) = expr.kind else {
            continue;
        };
        let [only] = ast[name.parts] else { continue };
        let same = |column: &&Ident| ast.name(**column) == ast.name(only);
        if within(block.select.span, expr.span) && columns.iter().any(|it| same(&it)) {
            // Inside of another block the name may be another's.
            let blocks = ast.all::<Select>().iter();
            if blocks.filter(|it| within(it.span, expr.span)).count() > 1 {
                return None;
            }
            changes.push(Change {
                span: Span::new(expr.span.start, expr.span.start),
                text: format!("{left}."),
            });
        }
    }
    // ORDER BY belongs to the query around the block, and sees the list's names.
    Some(changes)
}

/// `JOIN b ON a.x = b.x` as `JOIN b USING (x)`.
pub(super) fn with_using(site: &Site<'_>) -> Option<Vec<Change>> {
    let block = Block::of(site)?;
    let ast = site.ast;
    let (JoinOn::On(condition), span, relation, _) = join_at(&block)? else {
        return None;
    };
    let [item] = block.from else { return None };
    if block.shows_all() || ast[item.joins].len() > 1 {
        return None;
    }
    let names = [block.name(item.relation)?, block.name(relation)?];
    let mut columns = Vec::new();
    for part in block.conjuncts(condition) {
        let ExprKind::Binary {
            left,
            op: BinaryOp::Eq,
            right,
        } = ast[part].kind
        else {
            return None;
        };
        let (ExprKind::Column(a), ExprKind::Column(b)) = (ast[left].kind, ast[right].kind) else {
            return None;
        };
        let (a, b) = (*ast[a.parts].last()?, *ast[b.parts].last()?);
        let owners = (block.owners(left, &names)?, block.owners(right, &names)?);
        let apart = matches!(
            (owners.0.as_slice(), owners.1.as_slice()),
            ([0], [1]) | ([1], [0])
        );
        if ast.name(a) != ast.name(b) || !apart {
            return None;
        }
        columns.push(site.text(a.span).to_owned());
    }
    let start = trimmed(ast, ast[relation].span).end;
    Some(vec![Change {
        span: Span::new(start, span.end),
        text: format!(" USING ({})", columns.join(", ")),
    }])
}
