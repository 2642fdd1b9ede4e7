//! What templates ask, and a statement as it stands for one set of answers.

use crate::*;
use std::collections::HashSet;

/// What a template asks, over parameters only. It is true or false, never NULL: a comparison with a value
/// that is not there is false.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A parameter has a value that is not NULL, '' or FALSE.
    Set(ParamName),
    /// Two values compare so: `=`, `<>`, `<`, `<=`, `>`, `>=`.
    Compare {
        /// The comparison.
        func: Func,
        /// Left side.
        left: Operand,
        /// Right side.
        right: Operand,
    },
    /// A value is (true) or is not (false) NULL or missing.
    Null(ParamName, bool),
    /// Always the same.
    Constant(bool),
    /// Another condition (by its place in [`Ir::conditions`]) does not hold.
    Not(usize),
    /// All of these hold.
    All(Vec<usize>),
    /// One of these holds.
    Any(Vec<usize>),
}

/// A side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A parameter.
    Param(ParamName),
    /// A constant, and the digits after the point where it is a decimal.
    Literal(Literal, u8),
}

impl Condition {
    /// True where it is made of others.
    #[must_use]
    pub fn is_compound(&self) -> bool {
        matches!(
            self,
            Self::Not(_) | Self::All(_) | Self::Any(_) | Self::Constant(_)
        )
    }

    /// The parameters that it reads itself.
    #[must_use]
    pub fn params(&self) -> Vec<&ParamName> {
        match self {
            Self::Set(name) | Self::Null(name, _) => vec![name],
            Self::Compare { left, right, .. } => [left, right]
                .into_iter()
                .filter_map(|side| match side {
                    Operand::Param(name) => Some(name),
                    Operand::Literal(..) => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Its answer where `known` has those of the conditions before it; `None` where it is not known.
    pub(crate) fn follows(&self, known: &dyn Fn(usize) -> Option<bool>) -> Option<bool> {
        let sought = |list: &[usize], answer: bool| {
            let answers: Vec<_> = list.iter().map(|&at| known(at)).collect();
            if answers.contains(&Some(answer)) {
                Some(answer)
            } else if answers.contains(&None) {
                None
            } else {
                Some(!answer)
            }
        };
        match self {
            Self::Set(_) | Self::Compare { .. } | Self::Null(..) => None,
            Self::Constant(value) => Some(*value),
            Self::Not(at) => known(*at).map(|answer| !answer),
            Self::All(list) => sought(list, false),
            Self::Any(list) => sought(list, true),
        }
    }

    /// As a person would write it.
    #[must_use]
    pub fn describe(&self, all: &[Self]) -> String {
        let joined = |list: &[usize], word: &str| {
            let parts: Vec<_> = list.iter().map(|&at| all[at].describe(all)).collect();
            format!("({})", parts.join(word))
        };
        match self {
            Self::Set(name) => name.to_string(),
            Self::Null(name, true) => format!("{name} is null"),
            Self::Null(name, false) => format!("{name} is not null"),
            Self::Compare { func, left, right } => {
                let sign = match func {
                    Func::Eq => "=",
                    Func::Ne => "<>",
                    Func::Lt => "<",
                    Func::Le => "<=",
                    Func::Gt => ">",
                    _ => ">=",
                };
                format!("{left} {sign} {right}")
            }
            Self::Constant(value) => value.to_string(),
            Self::Not(at) => format!("not {}", all[*at].describe(all)),
            Self::All(list) => joined(list, " and "),
            Self::Any(list) => joined(list, " or "),
        }
    }
}

impl core::fmt::Display for ParamName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Position(at) => write!(f, "${at}"),
        }
    }
}

impl core::fmt::Display for Operand {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Param(name) => name.fmt(f),
            Self::Literal(literal, scale) => match literal {
                Literal::Null => f.write_str("null"),
                Literal::Boolean(value) => value.fmt(f),
                Literal::Integer(value) => value.fmt(f),
                Literal::Decimal(value) => f.write_str(&decimal_text(*value, *scale)),
                Literal::Text(text) => f.write_str(&rql_ast::text_literal(text)),
                Literal::Double(text) | Literal::Blob(text) => f.write_str(text),
                Literal::Interval { .. } => f.write_str("an interval"),
            },
        }
    }
}

impl Guard {
    /// The choices in words: `dept and not boss`.
    #[must_use]
    pub fn describe(&self, conditions: &[Condition]) -> String {
        let choices = self.0.iter().map(|&(at, wanted)| {
            let not = if wanted { "" } else { "not " };
            format!("{not}{}", conditions[at].describe(conditions))
        });
        choices.collect::<Vec<_>>().join(" and ")
    }

    /// True where these answers satisfy it.
    #[must_use]
    pub fn holds(&self, answers: &[bool]) -> bool {
        let choice = |&(at, wanted): &(usize, bool)| answers.get(at) == Some(&wanted);
        self.0.iter().all(choice)
    }
}

/// The answers of all conditions; `ask` answers those that are not made of others.
#[must_use]
pub fn answers(conditions: &[Condition], ask: &mut dyn FnMut(&Condition) -> bool) -> Vec<bool> {
    let mut known: Vec<bool> = Vec::new();
    for condition in conditions {
        let answer = condition.follows(&|at| known.get(at).copied());
        known.push(answer.unwrap_or_else(|| ask(condition)));
    }
    known
}

impl Lowered {
    /// The parameters in the order in which they stand, and whether each is needed whatever the templates'
    /// answers are.
    #[must_use]
    pub fn params(&self) -> Vec<(Param, bool)> {
        let mut all: Vec<(Param, bool)> = Vec::new();
        let shapes = || core::iter::once(&self.ir).chain(&self.others);
        for param in shapes().flat_map(|ir| &ir.params) {
            if all.iter().all(|known| known.0.name != param.name) {
                let required = shapes().all(|ir| ir.always_reads(&param.name));
                all.push((param.clone(), required));
            }
        }
        all
    }
}

impl Ir {
    /// True where a parameter is read whatever the answers are.
    fn always_reads(&self, name: &ParamName) -> bool {
        let Some(wanted) = self.params.iter().position(|p| p.name == *name) else {
            return false;
        };
        let mut open = Vec::new();
        for rel in self.live() {
            let keys = match &self.rel(rel).kind {
                RelKind::Sort { keys, .. } => keys.as_slice(),
                _ => &[],
            };
            let guarded = |s: ScalarId| keys.iter().any(|k| k.scalar == s && k.guard.is_some());
            self.each_scalar(rel, &mut |s| {
                if !guarded(s) {
                    open.push(s);
                }
            });
        }
        while let Some(scalar) = open.pop() {
            match &self.scalar(scalar).kind {
                ScalarKind::Param(at) if *at == wanted => return true,
                ScalarKind::Guarded { .. } => {}
                kind => kind.each_operand(&mut |operand| open.push(operand)),
            }
        }
        false
    }

    /// The statement as it stands for these answers: nothing in it is guarded any more, what is not
    /// chosen is gone, and so are the parameters that only it used.
    ///
    /// The answers must satisfy [`Ir::assumed`]; [`Lowered::shape`] finds the shape that they do satisfy.
    #[must_use]
    pub fn instantiate(&self, answers: &[bool]) -> Self {
        let mut ir = self.clone();
        let holds = |guard: GuardId| self.guards[guard.index()].holds(answers);
        let vanished = ir.choose_scalars(&holds);
        ir.choose_rels(&holds, &vanished);
        ir.prune();
        ir.conditions.clear();
        ir.guards.clear();
        ir.assumed = Guard::default();
        ir
    }

    /// Puts the chosen branch in the place of every template; those that have none are given back.
    fn choose_scalars(&mut self, holds: &dyn Fn(GuardId) -> bool) -> HashSet<ScalarId> {
        let mut vanished = HashSet::new();
        // Operands stand before what uses them.
        for at in 0..self.scalars.len() {
            let id = ScalarId::at(at);
            let kind = &mut self.scalars[at].kind;
            let taken = match kind {
                ScalarKind::Guarded {
                    guard,
                    then,
                    otherwise,
                } => {
                    let chosen = if holds(*guard) {
                        Some(*then)
                    } else {
                        *otherwise
                    };
                    chosen.filter(|chosen| !vanished.contains(chosen))
                }
                ScalarKind::Call {
                    func: Func::And | Func::Or,
                    args,
                } => {
                    let before = args.len();
                    args.retain(|arg| !vanished.contains(arg));
                    if args.len() > 1 || args.len() == before {
                        continue;
                    }
                    args.first().copied()
                }
                ScalarKind::Window { order, .. } | ScalarKind::Aggregate { order, .. } => {
                    choose_keys(order, holds);
                    continue;
                }
                _ => continue,
            };
            match taken {
                Some(taken) => self.scalars[at] = self.scalars[taken.index()].clone(),
                None => {
                    vanished.insert(id);
                }
            }
        }
        vanished
    }

    /// Takes away the filters and orders that have nothing left.
    fn choose_rels(&mut self, holds: &dyn Fn(GuardId) -> bool, vanished: &HashSet<ScalarId>) {
        // An operator stands behind its inputs, so an input is already as it will be.
        for at in 0..self.rels.len() {
            let replaced = match &mut self.rels[at].kind {
                RelKind::Filter { input, predicate } if vanished.contains(predicate) => *input,
                RelKind::Sort { input, keys } => {
                    choose_keys(keys, holds);
                    if !keys.is_empty() {
                        continue;
                    }
                    *input
                }
                _ => continue,
            };
            self.rels[at] = self.rels[replaced.index()].clone();
        }
    }

    /// Takes away the columns that only what is gone has needed, and forgets what nobody reads.
    fn prune(&mut self) {
        loop {
            let live = self.live();
            let mut named: HashSet<ColumnId> = self.output.iter().map(|c| c.0).collect();
            let mut scalars = HashSet::new();
            for &rel in &live {
                self.each_scalar(rel, &mut |scalar| self.reach(scalar, &mut scalars));
            }
            named.extend(scalars.iter().filter_map(|s| match self.scalar(*s).kind {
                ScalarKind::Column(id) => Some(id),
                _ => None,
            }));
            let mut less = false;
            for &rel in &live {
                let mut keep = |items: &mut Vec<Item>, from: usize| {
                    let before = items.len();
                    let mut at = 0;
                    items.retain(|item| {
                        at += 1;
                        at <= from || named.contains(&item.0)
                    });
                    less |= items.len() < before;
                };
                match &mut self.rels[rel.index()].kind {
                    RelKind::Project { items, visible, .. } => keep(items, *visible),
                    RelKind::Window { items, .. } => keep(items, 0),
                    RelKind::Aggregate { aggregates, .. } => keep(aggregates, 0),
                    _ => {}
                }
            }
            if less {
                continue;
            }
            self.forget(&scalars);
            return;
        }
    }

    /// The relations that the result is made of.
    fn live(&self) -> Vec<RelId> {
        let mut live: Vec<RelId> = Vec::new();
        let mut open: Vec<RelId> = self.root.into_iter().collect();
        while let Some(rel) = open.pop() {
            if live.contains(&rel) {
                continue;
            }
            live.push(rel);
            open.extend(self.inputs(rel));
            if let RelKind::With { ctes, .. } = &self.rel(rel).kind {
                open.extend(ctes.iter().map(|cte| self.ctes[cte.index()].rel));
            }
            self.each_scalar(rel, &mut |scalar| self.queries_in(scalar, &mut open));
        }
        live
    }

    fn reach(&self, scalar: ScalarId, found: &mut HashSet<ScalarId>) {
        if found.insert(scalar) {
            let kind = &self.scalar(scalar).kind;
            kind.each_operand(&mut |operand| self.reach(operand, found));
        }
    }

    /// Scalars that nobody reads name no column any more, and parameters that nobody reads are not
    /// bound.
    fn forget(&mut self, read: &HashSet<ScalarId>) {
        let mut order: Vec<usize> = Vec::new();
        for (at, scalar) in self.scalars.iter_mut().enumerate() {
            if !read.contains(&ScalarId::at(at)) {
                scalar.kind = ScalarKind::Literal(Literal::Null);
            } else if let ScalarKind::Param(param) = scalar.kind
                && !order.contains(&param)
            {
                order.push(param);
            }
        }
        for scalar in &mut self.scalars {
            if let ScalarKind::Param(param) = &mut scalar.kind
                && let Some(at) = order.iter().position(|p| p == param)
            {
                *param = at;
            }
        }
        self.params = order.iter().map(|&at| self.params[at].clone()).collect();
    }
}

/// Keeps the keys that are chosen.
fn choose_keys(keys: &mut Vec<SortKey>, holds: &dyn Fn(GuardId) -> bool) {
    keys.retain_mut(|key| {
        let chosen = key.guard.is_none_or(holds);
        key.guard = None;
        chosen
    });
}
