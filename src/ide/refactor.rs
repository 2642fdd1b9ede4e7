//! What can be rewritten at a place without another meaning.

mod forms;
mod joins;

use crate::entity::moved;
use crate::known::Before;
use crate::look::look;
use crate::{Change, Language, Snapshot, Span, spelled};
use rql_ast::{
    Ast, Body, Cte, Expr, ExprKind, Id, Query, Relation, RelationKind, Select, SelectItem, StmtKind,
};
use rql_ir::{ColumnId, RelKind, ScalarKind};

/// A rewriting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub title: &'static str,
    /// Of which kind it is.
    pub kind: ActionKind,
    /// What it changes; none overlaps another.
    pub changes: Vec<Change>,
    /// A file that it makes beside the text's own: its name, and what it says.
    pub file: Option<(String, String)>,
}

/// The kinds of rewriting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Says the same in other words.
    Rewrite,
    /// Gives a piece a name.
    Extract,
    /// Puts a piece where its name stands.
    Inline,
}

/// A statement at a place, and what is known before it.
struct Site<'a> {
    snapshot: &'a Snapshot,
    ast: &'a Ast,
    before: &'a Before,
    /// The piece that is asked about, from the statement's beginning.
    range: Span,
}

type Rule = fn(&Site<'_>) -> Option<Vec<Change>>;

/// Every rewriting there is.
const RULES: &[(&str, ActionKind, Rule)] = &[
    (
        "Expand * into its columns",
        ActionKind::Rewrite,
        expand_star,
    ),
    ("Qualify the columns", ActionKind::Rewrite, qualify),
    ("Give the table an alias", ActionKind::Rewrite, add_alias),
    (
        "Make the subquery a WITH query",
        ActionKind::Extract,
        extract_cte,
    ),
    (
        "Put the WITH query where it is used",
        ActionKind::Inline,
        inline_cte,
    ),
    (
        "Write NOT EXISTS for NOT IN",
        ActionKind::Rewrite,
        not_exists,
    ),
    ("Join with JOIN … ON", ActionKind::Rewrite, joins::with_join),
    ("Join with commas", ActionKind::Rewrite, joins::with_commas),
    ("Join with ON", ActionKind::Rewrite, joins::with_on),
    ("Join with USING", ActionKind::Rewrite, joins::with_using),
    (
        "Make the literal a parameter",
        ActionKind::Extract,
        parameter,
    ),
];

impl Snapshot {
    /// The rewritings that a piece of the text offers.
    #[must_use]
    pub fn actions(&self, range: Span) -> Vec<Action> {
        if self.language != Language::Rql {
            return self.form_as_block().into_iter().collect();
        }
        let Some(statement) = self.statement(range.start) else {
            return Vec::new();
        };
        if range.start < statement.start || statement.end < range.end {
            return Vec::new();
        }
        let parse = rql_grammar::parse(statement.text(&self.text));
        if !parse.is_ok() {
            return Vec::new();
        }
        let before = self.known_at(statement, &parse.ast, range.start - statement.start);
        let site = Site {
            snapshot: self,
            ast: &parse.ast,
            before: &before,
            range: Span::new(range.start - statement.start, range.end - statement.start),
        };
        let found = RULES.iter().filter_map(|&(title, kind, rule)| {
            let mut changes = rule(&site)?;
            for change in &mut changes {
                change.span = moved(change.span, statement.start);
            }
            changes.sort_by_key(|change| change.span.start);
            Some(Action {
                title,
                kind,
                changes,
                file: None,
            })
        });
        found.chain(self.form_as_file(range)).collect()
    }

    /// The columns that a star at a place stands for: each as it is shown, with its type, and as it is written.
    pub(crate) fn star(
        &self,
        ast: &Ast,
        before: &Before,
        span: Span,
    ) -> Option<Vec<(String, String)>> {
        let star = ast.all::<Expr>().iter().find_map(|expr| match expr.kind {
            ExprKind::Star(id) if expr.span == span => Some(ast[id]),
            _ => None,
        })?;
        if !star.exclude.is_empty() || !star.replace.is_empty() || !star.rename.is_empty() {
            return None;
        }
        // Only the stars of SELECT lists; that of count(*) stands for no columns.
        ast.all::<SelectItem>().iter().find(
            |item| matches!(item, SelectItem::Expr { expr, .. } if ast[*expr].span == span),
        )?;
        let ir = look(ast, before, span.start).ir;
        let scalars = ir.scalars.iter().filter(|scalar| scalar.span == span);
        let ids = scalars.filter_map(|scalar| match scalar.kind {
            ScalarKind::Column(id) => Some(id),
            _ => None,
        });
        let ids: Vec<ColumnId> = ids.collect();
        let relation = |id: ColumnId| {
            ir.rels.iter().find_map(|rel| match &rel.kind {
                RelKind::Scan { alias, columns, .. } | RelKind::CteScan { alias, columns, .. } => {
                    columns.contains(&id).then_some(alias.as_str())
                }
                RelKind::Derived { alias, columns, .. }
                | RelKind::TableFunction { alias, columns, .. } => columns
                    .iter()
                    .any(|column| column.0 == id)
                    .then_some(alias.as_str()),
                _ => None,
            })
        };
        // What USING merges belongs to no relation alone, and needs none before it.
        let owners: Vec<Option<&str>> = ids.iter().map(|&id| relation(id)).collect();
        let several = owners.iter().any(|owner| *owner != owners[0]) || star.qualifier.is_some();
        let names = before.catalog.name_match();
        let columns = ids.iter().zip(&owners);
        let columns = columns.map(|(&id, owner)| {
            let column = ir.column(id);
            let name = spelled(&column.name, names);
            let written = match owner.filter(|owner| several && !owner.is_empty()) {
                Some(owner) => format!("{}.{name}", spelled(owner, names)),
                None => name,
            };
            let shown = match column.ty {
                rql::Type::Unknown => column.name.clone(),
                ty => format!("{}: {ty}", column.name),
            };
            (shown, written)
        });
        let all: Vec<(String, String)> = columns.collect();
        (!all.is_empty()).then_some(all)
    }
}

impl Site<'_> {
    fn touches(&self, span: Span) -> bool {
        span.start <= self.range.end && self.range.start <= span.end
    }

    /// The smallest expression at the place that fits.
    fn expr(&self, fits: impl Fn(&Expr) -> bool) -> Option<Expr> {
        let all = self.ast.all::<Expr>().iter();
        let around = all.filter(|expr| self.touches(expr.span) && fits(expr));
        around
            .min_by_key(|expr| expr.span.end - expr.span.start)
            .copied()
    }

    fn text(&self, span: Span) -> &str {
        self.ast.text(span)
    }

    fn written(&self, name: &str) -> String {
        spelled(name, self.before.catalog.name_match())
    }

    /// A name that nothing in the statement has.
    fn fresh(&self, wanted: &str) -> String {
        let taken = |name: &str| {
            let mut idents = self.ast.all::<rql_ast::Ident>().iter();
            idents.any(|&ident| self.ast.name(ident).eq_ignore_ascii_case(name))
                || self.before.catalog.find(None, name).is_some()
        };
        let numbered = (2..).map(|at| format!("{wanted}{at}"));
        let mut all = core::iter::once(wanted.to_owned()).chain(numbered);
        all.find(|name| !taken(name)).unwrap_or_default()
    }
}

fn expand_star(site: &Site<'_>) -> Option<Vec<Change>> {
    let star = site.expr(|expr| matches!(expr.kind, ExprKind::Star(_)))?;
    let columns = site.snapshot.star(site.ast, site.before, star.span)?;
    let columns: Vec<String> = columns.into_iter().map(|(_, written)| written).collect();
    Some(vec![Change {
        span: trimmed(site.ast, star.span),
        text: columns.join(", "),
    }])
}

/// A star reaches to the word behind it, since EXCLUDE and the like may stand there; this is what is written of it.
pub(crate) fn trimmed(ast: &Ast, span: Span) -> Span {
    let length = ast.text(span).trim_end().len();
    Span::new(span.start, span.start + u32::try_from(length).unwrap_or(0))
}

/// The columns of the innermost block around, each with its relation.
fn qualify(site: &Site<'_>) -> Option<Vec<Change>> {
    let ast = site.ast;
    let blocks = ast
        .all::<Select>()
        .iter()
        .filter(|it| site.touches(it.span));
    let block = blocks.min_by_key(|it| it.span.end - it.span.start)?;
    let inner = |span: Span| {
        ast.all::<Select>().iter().any(|other| {
            other.span != block.span
                && block.span.start <= other.span.start
                && other.span.end <= block.span.end
                && other.span.start <= span.start
                && span.end <= other.span.end
        })
    };
    let mut changes = Vec::new();
    for expr in ast.all::<Expr>() {
        let ExprKind::Column(name) = expr.kind else {
            continue;
        };
        let inside = block.span.start <= expr.span.start && expr.span.end <= block.span.end;
        let [only] = ast[name.parts] else { continue };
        if !inside || inner(expr.span) {
            continue;
        }
        let sight = look(ast, site.before, expr.span.start).sight?;
        let relations = sight.blocks.first()?.iter();
        let written = ast.name(only);
        let has = |relation: &&rql_ir::SeenRelation| {
            let mut columns = relation.columns.iter();
            columns.any(|column| site.before.catalog.matches(&written, &column.name))
        };
        let owners: Vec<_> = relations.filter(has).collect();
        if let [owner] = owners.as_slice()
            && !owner.name.is_empty()
        {
            changes.push(Change {
                span: Span::new(expr.span.start, expr.span.start),
                text: format!("{}.", site.written(&owner.name)),
            });
        }
    }
    (!changes.is_empty()).then_some(changes)
}

/// The table at the place gets its first letter for a name, and what is named by it is named by that.
fn add_alias(site: &Site<'_>) -> Option<Vec<Change>> {
    let ast = site.ast;
    let relations = ast
        .all::<Relation>()
        .iter()
        .filter(|it| site.touches(it.span));
    let relation = relations.min_by_key(|it| it.span.end - it.span.start)?;
    let RelationKind::Table { name, .. } = relation.kind else {
        return None;
    };
    let own = ast.name_span(name);
    if relation.alias.is_some() || !site.touches(own) {
        return None;
    }
    let selects = ast.all::<Select>().iter();
    let mut selects = selects.filter(|it| it.span.start <= own.start && own.end <= it.span.end);
    let only = selects.next().filter(|_| ast.all::<Select>().len() == 1)?;
    let last = *ast[name.parts].last()?;
    let first = ast.name(last).chars().find(|c| c.is_alphabetic())?;
    let alias = site.fresh(&first.to_lowercase().to_string());
    let mut changes = vec![Change {
        span: Span::new(own.end, own.end),
        text: format!(" AS {alias}"),
    }];
    let table = ast.name(last);
    for expr in ast.all::<Expr>() {
        let qualifier = match expr.kind {
            ExprKind::Column(name) => match ast[name.parts] {
                [qualifier, _] => qualifier,
                _ => continue,
            },
            ExprKind::Star(id) => match ast[id].qualifier.map(|name| &ast[name.parts]) {
                Some([qualifier]) => *qualifier,
                _ => continue,
            },
            _ => continue,
        };
        let inside = only.span.start <= expr.span.start;
        if inside && site.before.catalog.matches(&ast.name(qualifier), &table) {
            changes.push(Change {
                span: qualifier.span,
                text: alias.clone(),
            });
        }
    }
    Some(changes)
}

/// The query in FROM at the place becomes the last WITH query of the statement.
fn extract_cte(site: &Site<'_>) -> Option<Vec<Change>> {
    let ast = site.ast;
    let StmtKind::Query(outer) = ast[ast.statements].first()?.kind else {
        return None;
    };
    let outer = ast[outer];
    let relations = ast
        .all::<Relation>()
        .iter()
        .filter(|it| site.touches(it.span));
    let derived = relations.filter_map(|it| match it.kind {
        RelationKind::Query(query) if !it.lateral => Some((*it, ast[query])),
        _ => None,
    });
    let (relation, query) = derived.min_by_key(|(it, _)| it.span.end - it.span.start)?;
    // What stands in a WITH query stays there: its names may not be seen from another.
    if let Some(with) = outer.with
        && ast[with].span.start <= relation.span.start
        && relation.span.end <= ast[with].span.end
    {
        return None;
    }
    let alias = relation.alias.map(|alias| ast[alias])?;
    let name = alias.name?;
    if !alias.columns.is_empty() || !matches!(query.body, Body::Select(_) | Body::Set(_)) {
        return None;
    }
    let written = site.text(name.span);
    let inner = site.text(query.span);
    let (at, text) = match outer.with {
        Some(with) => (ast[with].span.end, format!(", {written} AS ({inner})")),
        None => (outer.span.start, format!("WITH {written} AS ({inner}) ")),
    };
    Some(vec![
        Change {
            span: Span::new(at, at),
            text,
        },
        Change {
            span: trimmed(ast, relation.span),
            text: written.to_owned(),
        },
    ])
}

/// The WITH query at the place, where it is used once, goes there.
fn inline_cte(site: &Site<'_>) -> Option<Vec<Change>> {
    let ast = site.ast;
    let ctes = ast
        .all::<Cte>()
        .iter()
        .filter(|it| site.touches(it.name.span));
    let cte = ctes.min_by_key(|it| it.span.end - it.span.start)?;
    let owner = ast.all::<Query>().iter().find(|query| {
        query
            .with
            .is_some_and(|with| ast[ast[with].ctes].iter().any(|it| it == cte))
    })?;
    let with = ast[owner.with?];
    let StmtKind::Query(body) = ast[cte.body].kind else {
        return None;
    };
    if with.recursive || !cte.columns.is_empty() || cte.materialized.is_some() {
        return None;
    }
    let name = ast.name(cte.name);
    let uses = ast.all::<Relation>().iter().filter(|it| match it.kind {
        RelationKind::Table { name: own, .. } => {
            ast[own.parts].len() == 1 && site.before.catalog.matches(&ast.dotted(own), &name)
        }
        _ => false,
    });
    let uses: Vec<&Relation> = uses.collect();
    let [only] = uses.as_slice() else { return None };
    let RelationKind::Table { name: used, .. } = only.kind else {
        return None;
    };
    let used = ast.name_span(used);
    let inner = site.text(ast[body].span);
    let alias = match only.alias {
        Some(_) => String::new(),
        None => format!(" AS {}", site.text(cte.name.span)),
    };
    let all = &ast[with.ctes];
    let at = all.iter().position(|it| it == cte)?;
    let source: &str = ast.source();
    let gone = match (at, all.get(at + 1)) {
        (_, Some(next)) => Span::new(cte.span.start, next.span.start),
        (0, None) => {
            let rest = source.get(with.span.end as usize..)?;
            let blank = rest.len() - rest.trim_start().len();
            Span::new(with.span.start, with.span.end + u32::try_from(blank).ok()?)
        }
        (at, None) => Span::new(all.get(at - 1)?.span.end, cte.span.end),
    };
    Some(vec![
        Change {
            span: gone,
            text: String::new(),
        },
        Change {
            span: used,
            text: format!("({inner}){alias}"),
        },
    ])
}

/// `a NOT IN (SELECT b FROM t WHERE …)`, where neither side can be NULL, so that both say the same.
fn not_exists(site: &Site<'_>) -> Option<Vec<Change>> {
    let ast = site.ast;
    let found = site.expr(|expr| matches!(expr.kind, ExprKind::In { negated: true, .. }))?;
    let ExprKind::In { operand, set, .. } = found.kind else {
        return None;
    };
    let query = match ast[set].kind {
        ExprKind::Subquery(query) => ast[query],
        _ => return None,
    };
    let Body::Select(select) = query.body else {
        return None;
    };
    let select = ast[select];
    if query.with.is_some() || !query.clauses.is_empty() || !select.distinct_on.is_empty() {
        return None;
    }
    let [SelectItem::Expr { expr: item, .. }] = ast[select.items] else {
        return None;
    };
    use rql_ast::ClauseKind as C;
    let mut condition = None;
    for clause in &ast[select.clauses] {
        match clause.kind {
            C::From(_) => {}
            C::Where(expr) => condition = Some(expr),
            _ => return None,
        }
    }
    let from = ast[select.clauses]
        .iter()
        .find(|clause| matches!(clause.kind, C::From(_)))?;
    let ir = look(ast, site.before, found.span.start).ir;
    let can_be_null = |expr: Id<Expr>| {
        let mut all = ir.scalars.iter().rev();
        all.find(|scalar| scalar.span == ast[expr].span)
            .is_none_or(|scalar| scalar.nullable)
    };
    if can_be_null(operand) || can_be_null(item) {
        return None;
    }
    // Inside, a name of the outer query must not find another meaning.
    let qualified = |expr: Id<Expr>| match ast[expr].kind {
        ExprKind::Column(name) => ast[name.parts].len() > 1,
        _ => false,
    };
    let owner = |expr: Id<Expr>| -> Option<String> {
        let text = site.text(ast[expr].span).to_owned();
        if qualified(expr) {
            return Some(text);
        }
        let ExprKind::Column(name) = ast[expr].kind else {
            return None;
        };
        let sight = look(ast, site.before, ast[expr].span.start).sight?;
        let written = ast.dotted(name);
        let relation = sight.blocks.first()?.iter().find(|relation| {
            let mut columns = relation.columns.iter();
            columns.any(|c| site.before.catalog.matches(&written, &c.name))
        })?;
        Some(format!("{}.{text}", site.written(&relation.name)))
    };
    let (left, right) = (owner(item)?, owner(operand)?);
    // The same table on both sides would hide the outer one.
    if left == right || left.split('.').next() == right.split('.').next() {
        return None;
    }
    let and = condition.map_or(String::new(), |expr| {
        format!(" AND ({})", site.text(ast[expr].span))
    });
    Some(vec![Change {
        span: found.span,
        text: format!(
            "NOT EXISTS (SELECT 1 {} WHERE {left} = {right}{and})",
            site.text(from.span).trim_end()
        ),
    }])
}

/// A string or a number becomes `:value`, which whoever runs the text gives.
fn parameter(site: &Site<'_>) -> Option<Vec<Change>> {
    let literal = site.expr(|expr| matches!(expr.kind, ExprKind::Number | ExprKind::String))?;
    let ast = site.ast;
    let (StmtKind::Query(_) | StmtKind::Update(_) | StmtKind::Delete(_) | StmtKind::Insert(_)) =
        ast[ast.statements].first()?.kind
    else {
        return None;
    };
    // LIMIT and types want their numbers written; only what is compared or computed with is a value.
    let compared = ast.all::<Expr>().iter().find_map(|expr| {
        let (left, right) = match expr.kind {
            ExprKind::Binary { left, right, .. } => (left, right),
            _ => return None,
        };
        match (
            ast[left].span == literal.span,
            ast[right].span == literal.span,
        ) {
            (true, _) => Some(right),
            (_, true) => Some(left),
            _ => None,
        }
    })?;
    let wanted = match ast[compared].kind {
        ExprKind::Column(name) => ast[name.parts]
            .last()
            .map(|&last| ast.name(last).into_owned()),
        _ => None,
    };
    let is_word = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let name = wanted.filter(is_word).unwrap_or_else(|| "value".into());
    let taken = |name: &str| {
        site.before.variable(name).is_some()
            || site
                .text(
                    ast[ast.statements]
                        .first()
                        .map_or(literal.span, |it| it.span),
                )
                .contains(&format!(":{name}"))
    };
    let numbered = (2..).map(|at| format!("{name}{at}"));
    let mut all = core::iter::once(name.clone()).chain(numbered);
    let name = all.find(|name| !taken(name))?;
    Some(vec![Change {
        span: literal.span,
        text: format!(":{name}"),
    }])
}
