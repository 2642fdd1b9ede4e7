//! Templates: pieces that stand only under a condition.
//!
//! A condition that only leaves out operands of AND and OR or keys of an order becomes a guard on them, so any
//! number of those is checked at once. One that changes the shape of the statement (its columns, joins,
//! clauses, groups) splits: the statement is lowered for either answer.

use super::{Env, Lowered, Lowerer, Output, Res, error};
use crate::*;
use rql_ast::{
    self as ast, Ast, BinaryOp, ClauseKind, ExprKind, Id, IsTest, Node, PrefixOp, Span, Template,
};
use rql_diagnostics::{Diagnostic, codes};

/// More shapes than this are not checked one by one.
const MOST_SHAPES: usize = 1024;

/// A piece that a template can hold.
pub(super) trait Templated: Node + Copy + 'static {
    /// The template, where this piece is one.
    fn template(&self) -> Option<Id<Template<Self>>>
    where
        Template<Self>: Node;
}

macro_rules! templated {
    ($($piece:ident)*) => {$(
        impl Templated for ast::$piece {
            fn template(&self) -> Option<Id<Template<Self>>> {
                match *self {
                    Self::Template(id) => Some(id),
                    _ => None,
                }
            }
        }
    )*};
}
templated! { SelectItem GroupItem OrderItem Join InsertColumn RowItem Assignment }

impl Templated for ast::Clause {
    fn template(&self) -> Option<Id<Template<Self>>> {
        match self.kind {
            ClauseKind::Template(id) => Some(id),
            _ => None,
        }
    }
}

/// Lowers a statement in as many shapes as its templates give it.
pub(super) fn shapes(
    ast: &Ast,
    env: Env<'_>,
    lower: &dyn Fn(&mut Lowerer<'_>) -> Res<(RelId, Output)>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut conditions = Vec::new();
    let mut typed: Vec<Param> = Vec::new();
    loop {
        let known = typed.len();
        let done = all_shapes(ast, env, lower, &mut conditions, &mut typed)?;
        // A parameter that a later shape gives a type has it in the shapes before, too.
        if done.shapes() == 1 || typed.len() == known {
            return Ok(done);
        }
    }
}

/// What came of lowering one shape.
enum Shape {
    Done(Box<Lowered>),
    /// It has two: the condition to answer, and where it stands.
    Split(usize, Span),
    /// It has mistakes; the guard under which they were found.
    Wrong(Vec<Diagnostic>, Guard),
}

/// Lowers the shape for some choices.
fn shape(
    ast: &Ast,
    env: Env<'_>,
    lower: &dyn Fn(&mut Lowerer<'_>) -> Res<(RelId, Output)>,
    assumed: &Guard,
    conditions: &mut Vec<Condition>,
    typed: &mut Vec<Param>,
) -> Shape {
    let mut lowerer = Lowerer::new(ast, env);
    lowerer.ir.conditions = core::mem::take(conditions);
    lowerer.ir.assumed = assumed.clone();
    lowerer.typed.clone_from(typed);
    let result = lower(&mut lowerer);
    conditions.clone_from(&lowerer.ir.conditions);
    if let Some((at, span)) = lowerer.split {
        return Shape::Split(at, span);
    }
    for param in &lowerer.ir.params {
        if param.ty != Type::Unknown && !typed.iter().any(|p| p.name == param.name) {
            typed.push(param.clone());
        }
    }
    let guard = lowerer.guard.map(|g| lowerer.ir.guards[g.index()].clone());
    match lowerer.finish(result) {
        Ok(done) => Shape::Done(Box::new(done)),
        Err(problems) => Shape::Wrong(problems, guard.unwrap_or_default()),
    }
}

fn all_shapes(
    ast: &Ast,
    env: Env<'_>,
    lower: &dyn Fn(&mut Lowerer<'_>) -> Res<(RelId, Output)>,
    conditions: &mut Vec<Condition>,
    typed: &mut Vec<Param>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut open = vec![Guard::default()];
    let mut done: Option<Lowered> = None;
    let mut count = 0;
    while let Some(assumed) = open.pop() {
        match shape(ast, env, lower, &assumed, conditions, typed) {
            Shape::Split(at, span) => {
                count += 1;
                if count >= MOST_SHAPES {
                    return Err(vec![too_many(span)]);
                }
                for answer in [false, true] {
                    let mut next = assumed.clone();
                    next.0.push((at, answer));
                    open.push(next);
                }
            }
            Shape::Wrong(problems, guard) => {
                let mut choices = assumed.clone();
                // Choices that make no difference are none of its causes.
                for at in (0..choices.0.len()).rev() {
                    let mut other = choices.clone();
                    other.0[at].1 ^= true;
                    let again = shape(ast, env, lower, &other, conditions, typed);
                    if matches!(again, Shape::Wrong(same, _) if same == problems) {
                        choices.0.remove(at);
                    }
                }
                choices.0.extend(guard.0);
                if choices.0.is_empty() {
                    return Err(problems);
                }
                let note = format!("this happens if {}", choices.describe(conditions));
                return Err(problems.into_iter().map(|p| p.note(&note)).collect());
            }
            Shape::Done(mut next) => match &mut done {
                None => done = Some(*next),
                Some(done) => {
                    next.warnings.retain(|w| !done.warnings.contains(w));
                    done.warnings.append(&mut next.warnings);
                    done.others.push(next.ir);
                }
            },
        }
    }
    let mut done = done.ok_or_else(Vec::new)?;
    done.ir.conditions.clone_from(conditions);
    for other in &mut done.others {
        other.conditions.clone_from(conditions);
    }
    Ok(done)
}

fn too_many(span: Span) -> Diagnostic {
    let message = format!("the templates give more than {MOST_SHAPES} shapes");
    Diagnostic::error(codes::TOO_DEEP, message)
        .label(span, "this one more doubles them")
        .help(
            "conditions and keys of an order may be optional in any number; columns, joins and \
             clauses each double what must be checked",
        )
}

impl<'a> Lowerer<'a> {
    /// Lowers every piece of a list, those of templates where they are chosen.
    pub(super) fn each<T>(
        &mut self,
        pieces: &'a [T],
        lower: &mut dyn FnMut(&mut Self, &'a T) -> Res<()>,
    ) -> Res<()>
    where
        T: Templated,
        Template<T>: Node,
    {
        self.each_as(pieces, false, lower)
    }

    /// Lowers every piece of a list, those of templates under the template's guard: for pieces that introduce
    /// no name and are not counted.
    pub(super) fn each_guarded<T>(
        &mut self,
        pieces: &'a [T],
        lower: &mut dyn FnMut(&mut Self, &'a T) -> Res<()>,
    ) -> Res<()>
    where
        T: Templated,
        Template<T>: Node,
    {
        self.each_as(pieces, true, lower)
    }

    fn each_as<T>(
        &mut self,
        pieces: &'a [T],
        guarded: bool,
        lower: &mut dyn FnMut(&mut Self, &'a T) -> Res<()>,
    ) -> Res<()>
    where
        T: Templated,
        Template<T>: Node,
    {
        let ast = self.ast;
        for piece in pieces {
            let Some(id) = piece.template() else {
                lower(self, piece)?;
                continue;
            };
            let template = &ast[id];
            let branches = [
                (Some(template.then), !template.unless),
                (template.otherwise, template.unless),
            ];
            let at = self.question(template.condition)?;
            let chosen = match guarded {
                true => None,
                false => Some(self.decide(template.condition)?),
            };
            for (branch, answer) in branches {
                let Some(pieces) = branch else { continue };
                match chosen {
                    Some(chosen) if chosen == answer => {
                        self.each_as(&ast[pieces], guarded, lower)?
                    }
                    None if self.possible(at, answer) => {
                        self.under(at, answer, |this| {
                            this.each_as(&ast[pieces], guarded, lower)
                        })?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Pieces without templates: those that are chosen.
    pub(super) fn chosen<T>(&mut self, pieces: &'a [T]) -> Res<Vec<T>>
    where
        T: Templated,
        Template<T>: Node,
    {
        let mut all = Vec::new();
        self.each(pieces, &mut |_, piece| {
            all.push(*piece);
            Ok(())
        })?;
        Ok(all)
    }

    /// The values of a row of VALUES.
    pub(super) fn row_values(&mut self, row: &ast::Row) -> Res<Vec<Id<ast::Expr>>> {
        let ast = self.ast;
        let mut values = Vec::new();
        self.each(&ast[row.items], &mut |_, item| {
            if let ast::RowItem::Value(value) = *item {
                values.push(value);
            }
            Ok(())
        })?;
        Ok(values)
    }

    /// A condition of WHERE and its kin under a template; what is not chosen vanishes.
    pub(super) fn guarded(&mut self, id: Id<ast::ExprTemplate>, span: Span) -> Res<ScalarId> {
        let template = self.ast[id];
        let at = self.question(template.condition)?;
        let holds = !template.unless;
        let branch = |this: &mut Self, expr: Option<Id<ast::Expr>>, answer| match expr {
            Some(expr) if this.possible(at, answer) => {
                this.under(at, answer, |this| this.operand(expr)).map(Some)
            }
            _ => Ok(None),
        };
        let then = branch(self, Some(template.then), holds)?;
        let otherwise = branch(self, template.otherwise, !holds)?;
        let (guard, then, otherwise) = match (then, otherwise) {
            (Some(then), otherwise) => (self.guard_of(at, holds), then, otherwise),
            (None, Some(otherwise)) => (self.guard_of(at, !holds), otherwise, None),
            // Neither can be: a guard that never holds says so.
            (None, None) => {
                let never = Guard(vec![(at, true), (at, false)]);
                let kind = ScalarKind::Literal(Literal::Boolean(true));
                let then = self.add(kind, Type::Boolean, false, span);
                (self.ir.add_guard(never), then, None)
            }
        };
        let all = [Some(then), otherwise];
        let nullable = all.iter().flatten().any(|&s| self.ir.scalar(s).nullable);
        let kind = ScalarKind::Guarded {
            guard,
            then,
            otherwise,
        };
        Ok(self.add(kind, Type::Boolean, nullable, span))
    }

    /// An operand of AND or OR, or a whole condition: the places where a template may leave nothing.
    pub(super) fn operand(&mut self, id: Id<ast::Expr>) -> Res<ScalarId> {
        let ast::Expr { kind, span } = self.ast[id];
        match kind {
            ExprKind::Template(template) => self.guarded(template, span),
            ExprKind::Paren(inner) => self.operand(inner),
            ExprKind::Chain(items) => match self.ast[items].iter().find_map(|item| item.op) {
                Some(op @ (BinaryOp::And | BinaryOp::Or)) => self.logical(op, items, span),
                _ => self.condition(id),
            },
            _ => self.condition(id),
        }
    }

    fn logical(
        &mut self,
        op: BinaryOp,
        items: ast::List<ast::ChainItem>,
        span: Span,
    ) -> Res<ScalarId> {
        let ast = self.ast;
        let args: Res<Vec<_>> = ast[items].iter().map(|i| self.operand(i.expr)).collect();
        let func = if op == BinaryOp::And {
            Func::And
        } else {
            Func::Or
        };
        Ok(self.call(func, args?, Type::Boolean, span))
    }

    /// True where no answer leaves a condition empty.
    pub(super) fn stays(&self, scalar: ScalarId) -> bool {
        match &self.ir.scalar(scalar).kind {
            ScalarKind::Guarded {
                then, otherwise, ..
            } => self.stays(*then) && otherwise.is_some_and(|other| self.stays(other)),
            ScalarKind::Call {
                func: Func::And | Func::Or,
                args,
            } => args.iter().any(|&arg| self.stays(arg)),
            _ => true,
        }
    }

    /// The first choice inside a scalar.
    fn choice_in(&self, scalar: ScalarId) -> Option<usize> {
        let mut found = None;
        self.ir.walk(scalar, &mut |s| {
            if let ScalarKind::Guarded { guard, .. } = s.kind {
                found = found.or(self.ir.guards[guard.index()].0.first().map(|c| c.0));
            }
        });
        found
    }

    /// Lowers for either answer of the choices inside a scalar.
    pub(super) fn split_on_scalar(&mut self, scalar: ScalarId) -> Res<()> {
        match self.choice_in(scalar) {
            Some(at) => self.split_on(at, self.span(scalar)),
            None => Ok(()),
        }
    }

    /// Lowers for either answer of a guard's choices.
    pub(super) fn split_on_guard(&mut self, guard: Option<GuardId>, span: Span) -> Res<()> {
        let choice = guard.and_then(|guard| self.ir.guards[guard.index()].0.first().copied());
        match choice {
            Some((at, _)) => self.split_on(at, span),
            None => Ok(()),
        }
    }

    fn split_on(&mut self, at: usize, span: Span) -> Res<()> {
        let mut at = at;
        // A condition that is made of others is answered by their answers.
        loop {
            let parts = match &self.ir.conditions[at] {
                Condition::Not(inner) => vec![*inner],
                Condition::All(parts) | Condition::Any(parts) => parts.clone(),
                _ => break,
            };
            match parts.into_iter().find(|&part| self.known(part).is_none()) {
                Some(part) => at = part,
                None => break,
            }
        }
        self.split.get_or_insert((at, span));
        error(
            codes::TEMPLATE_MISPLACED,
            span,
            "a template that is not decided",
            "the statement has another shape for either answer",
        )
    }

    /// The answer of a condition, where this shape of the statement or the guard here gives it; otherwise the
    /// statement splits.
    fn decide(&mut self, condition: Id<ast::Expr>) -> Res<bool> {
        let at = self.question(condition)?;
        match self.known(at) {
            Some(answer) => Ok(answer),
            None => {
                self.split_on(at, self.ast[condition].span)?;
                Ok(false)
            }
        }
    }

    fn known(&self, at: usize) -> Option<bool> {
        let of = |guard: &Guard| {
            let mut choices = guard.0.iter();
            choices.find(|choice| choice.0 == at).map(|choice| choice.1)
        };
        of(&self.ir.assumed)
            .or_else(|| of(&self.ir.guards[self.guard?.index()]))
            .or_else(|| self.ir.conditions[at].follows(&|at| self.known(at)))
    }

    fn possible(&self, at: usize, answer: bool) -> bool {
        self.known(at) != Some(!answer)
    }

    /// What an answer says, as choices: of AND that holds, each part holds.
    fn facts(&self, at: usize, answer: bool, found: &mut Vec<(usize, bool)>) {
        match &self.ir.conditions[at] {
            Condition::Not(inner) => self.facts(*inner, !answer, found),
            Condition::All(parts) if answer => {
                parts.iter().for_each(|&part| self.facts(part, true, found));
            }
            Condition::Any(parts) if !answer => {
                parts
                    .iter()
                    .for_each(|&part| self.facts(part, false, found));
            }
            _ if found.contains(&(at, answer)) => {}
            _ => found.push((at, answer)),
        }
    }

    fn guard_of(&mut self, at: usize, answer: bool) -> GuardId {
        let mut choices = match self.guard {
            Some(guard) => self.ir.guards[guard.index()].0.clone(),
            None => Vec::new(),
        };
        self.facts(at, answer, &mut choices);
        self.ir.add_guard(Guard(choices))
    }

    /// Lowers something that stands only for an answer. After an error the guard stays, to say where.
    fn under<T>(
        &mut self,
        at: usize,
        answer: bool,
        lower: impl FnOnce(&mut Self) -> Res<T>,
    ) -> Res<T> {
        let before = self.guard;
        self.guard = Some(self.guard_of(at, answer));
        let done = lower(self)?;
        self.guard = before;
        Ok(done)
    }

    /// What tells the parameters of a LET relation from those of the statement that uses it.
    fn capture_key(&self) -> Option<&'a str> {
        self.capturing.map(|definition| definition.key.as_str())
    }

    /// `{{name}}` stands for what is there, a column or a table; it makes no new name.
    pub(super) fn no_placeholders(&self, names: &[ast::Ident], what: &str) -> Res<()> {
        let mut names = names.iter();
        match names.find(|&&name| self.ast.placeholder(name).is_some()) {
            None => Ok(()),
            Some(name) => {
                let message = format!("{{{{…}}}} cannot stand for {what}");
                let label = "it stands for a column or a table that is there";
                error(codes::TEMPLATE_MISPLACED, name.span, message, label)
            }
        }
    }

    /// The place of a condition, added where it is new.
    pub(super) fn question(&mut self, id: Id<ast::Expr>) -> Res<usize> {
        let mut conditions = core::mem::take(&mut self.ir.conditions);
        let done = question(self.ast, id, self.capture_key(), &mut conditions);
        self.ir.conditions = conditions;
        done
    }
}

/// What the condition of a template asks, with all that it is made of; the last of `conditions` need not be
/// it, its place is given back.
pub(super) fn question(
    ast: &Ast,
    id: Id<ast::Expr>,
    key: Option<&str>,
    conditions: &mut Vec<Condition>,
) -> Res<usize> {
    let ast::Expr { kind, span } = ast[id];
    let condition = match kind {
        ExprKind::Paren(inner) => return question(ast, inner, key, conditions),
        ExprKind::Bool(value) => Condition::Constant(value),
        ExprKind::Column(_) | ExprKind::Param => Condition::Set(parameter(ast, id, key)?),
        ExprKind::Prefix {
            op: PrefixOp::Not,
            operand,
        } => Condition::Not(question(ast, operand, key, conditions)?),
        ExprKind::Is {
            operand,
            negated,
            test: IsTest::Null,
        } => Condition::Null(parameter(ast, operand, key)?, !negated),
        ExprKind::Chain(items) => {
            let mut parts = Vec::new();
            let mut op = None;
            for item in &ast[items] {
                op = item.op.or(op);
                parts.push(question(ast, item.expr, key, conditions)?);
            }
            match op {
                Some(BinaryOp::And) => Condition::All(parts),
                Some(BinaryOp::Or) => Condition::Any(parts),
                _ => return no_condition(span),
            }
        }
        ExprKind::Binary { left, op, right } => Condition::Compare {
            func: match op {
                BinaryOp::Eq => Func::Eq,
                BinaryOp::Ne => Func::Ne,
                BinaryOp::Lt => Func::Lt,
                BinaryOp::Le => Func::Le,
                BinaryOp::Gt => Func::Gt,
                BinaryOp::Ge => Func::Ge,
                _ => return no_condition(span),
            },
            left: side(ast, left, key)?,
            right: side(ast, right, key)?,
        },
        _ => return no_condition(span),
    };
    let known = conditions.iter().position(|c| *c == condition);
    Ok(known.unwrap_or_else(|| {
        conditions.push(condition);
        conditions.len() - 1
    }))
}

fn parameter(ast: &Ast, id: Id<ast::Expr>, key: Option<&str>) -> Res<ParamName> {
    let ast::Expr { kind, span } = ast[id];
    let captured = |name: ParamName| match key {
        Some(key) => ParamName::Name(format!("{key}.{name}")),
        None => name,
    };
    match kind {
        ExprKind::Paren(inner) => parameter(ast, inner, key),
        ExprKind::Column(name) => match &ast[name.parts] {
            [name] => Ok(captured(ParamName::Name(
                ast.name(*name).to_ascii_lowercase(),
            ))),
            _ => error(
                codes::TEMPLATE_MISPLACED,
                span,
                "a template cannot ask for a column",
                "the text is chosen before there are rows; only parameters can be asked for",
            ),
        },
        ExprKind::Param => match ast.param(span) {
            ast::ParamName::Name(name) => Ok(captured(ParamName::Name(name.to_ascii_lowercase()))),
            ast::ParamName::Position(at) => Ok(captured(ParamName::Position(at))),
            ast::ParamName::Next => no_condition(span),
        },
        _ => no_condition(span),
    }
}

fn side(ast: &Ast, id: Id<ast::Expr>, key: Option<&str>) -> Res<Operand> {
    let ast::Expr { kind, span } = ast[id];
    let text = ast.text(span);
    let number = |text: &str| match super::expr::number(text) {
        Some((literal, ty)) => Ok(Operand::Literal(literal, ty.scale().unwrap_or(0))),
        None => no_condition(span),
    };
    match kind {
        ExprKind::Paren(inner) => side(ast, inner, key),
        ExprKind::Number => number(text),
        ExprKind::Prefix {
            op: PrefixOp::Minus,
            operand,
        } if ast[operand].kind == ExprKind::Number => {
            match super::expr::number(ast.text(ast[operand].span)) {
                Some((Literal::Integer(value), _)) => {
                    Ok(Operand::Literal(Literal::Integer(-value), 0))
                }
                Some((Literal::Decimal(value), ty)) => Ok(Operand::Literal(
                    Literal::Decimal(-value),
                    ty.scale().unwrap_or(0),
                )),
                _ => no_condition(span),
            }
        }
        ExprKind::String => Ok(Operand::Literal(
            Literal::Text(ast.string(span).into_owned()),
            0,
        )),
        ExprKind::Bool(value) => Ok(Operand::Literal(Literal::Boolean(value), 0)),
        _ => parameter(ast, id, key).map(Operand::Param),
    }
}

fn no_condition<T>(span: Span) -> Res<T> {
    error(
        codes::TEMPLATE_MISPLACED,
        span,
        "a template cannot ask this",
        "a name, a comparison of names and constants, IS NULL, AND, OR and NOT can be asked",
    )
}
