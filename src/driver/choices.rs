//! Statements with templates: one text for each combination of answers.

use crate::Compiled;
use crate::compile::{Target, text};
use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_ir::{Condition, Effect, Guard, Ir, Lowered, Param, answers, verify};
use std::collections::BTreeMap;

/// A statement whose text depends on what its templates ask.
#[derive(Clone, Debug)]
pub struct Choices {
    lowered: Lowered,
    target: Target,
    span: Span,
    effect: Effect,
    /// The texts made so far.
    known: BTreeMap<Vec<bool>, Compiled>,
}

impl Choices {
    pub(crate) fn new(lowered: Lowered, target: Target, span: Span, effect: Effect) -> Self {
        Self {
            lowered,
            target,
            span,
            effect,
            known: BTreeMap::new(),
        }
    }

    /// What is asked, in the order in which it is answered.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.lowered.ir.conditions
    }

    /// Every parameter, and whether it is needed whatever the answers are.
    #[must_use]
    pub fn params(&self) -> Vec<(Param, bool)> {
        self.lowered.params()
    }

    /// The shapes of the statement, with their guards.
    pub fn shapes(&self) -> impl Iterator<Item = &Ir> {
        core::iter::once(&self.lowered.ir).chain(&self.lowered.others)
    }

    /// The answers of all conditions; `ask` is asked for those that are not made of others.
    #[must_use]
    pub fn answers(&self, ask: &mut dyn FnMut(&Condition) -> bool) -> Vec<bool> {
        answers(self.conditions(), ask)
    }

    /// How many questions are free; there are two to the power of it combinations of answers.
    #[must_use]
    pub fn free(&self) -> usize {
        let atoms = self.conditions().iter();
        atoms.filter(|c| !c.is_compound()).count()
    }

    /// Every combination of answers, those that hold first; the first and the last of them where there are
    /// more than `most`.
    #[must_use]
    pub fn combinations(&self, most: usize) -> Vec<Vec<bool>> {
        let free = self.free();
        let all = u32::try_from(free)
            .ok()
            .and_then(|n| 1_usize.checked_shl(n));
        let masks: Vec<usize> = match all.filter(|&all| all <= most) {
            Some(all) => (0..all).collect(),
            None => vec![0, usize::MAX],
        };
        let answers = masks.into_iter().map(|mask| {
            let mut at = free;
            self.answers(&mut |_| {
                at -= 1;
                at >= usize::BITS as usize || mask >> at & 1 == 0
            })
        });
        let mut answers: Vec<_> = answers.collect();
        if let (true, Some(last)) = (all.is_none_or(|all| all > most), answers.last_mut()) {
            *last = self.answers(&mut |_| false);
        }
        answers
    }

    /// A combination in words: `dept and not boss`.
    #[must_use]
    pub fn describe(&self, answers: &[bool]) -> String {
        let free = self.conditions().iter().enumerate();
        let free = free.filter(|c| !c.1.is_compound());
        let choices = free.filter_map(|(at, _)| Some((at, *answers.get(at)?)));
        Guard(choices.collect()).describe(self.conditions())
    }

    /// What `show` says of the text for each combination of answers, or where there are many for all that
    /// hold and for none.
    #[must_use]
    pub fn listed(&self, show: impl Fn(&Compiled) -> String) -> String {
        const MOST: usize = 8;
        let free = self.free();
        let mut out = String::new();
        if free > MOST.ilog2() as usize {
            out += &format!("-- one of 2^{free} texts; all that is optional, and nothing of it:\n");
        }
        for answers in self.combinations(MOST) {
            out += &format!("-- if {}:\n", self.describe(&answers));
            match self.make(&answers) {
                Ok(compiled) => out += &show(&compiled),
                Err(problems) => {
                    let said = problems
                        .iter()
                        .map(|problem| format!("-- {}\n", problem.message));
                    out.extend(said);
                }
            }
        }
        out
    }

    /// True where the text for some answers has been made.
    #[must_use]
    pub fn knows(&self, answers: &[bool]) -> bool {
        self.known.contains_key(answers)
    }

    /// The text for some answers; made once.
    ///
    /// # Errors
    /// Where the dialect cannot say it.
    pub fn compile(&mut self, answers: &[bool]) -> Result<Compiled, Vec<Diagnostic>> {
        if let Some(known) = self.known.get(answers) {
            return Ok(known.clone());
        }
        let made = self.make(answers)?;
        self.known.insert(answers.to_vec(), made.clone());
        Ok(made)
    }

    fn make(&self, answers: &[bool]) -> Result<Compiled, Vec<Diagnostic>> {
        let ir = self.lowered.shape(answers).instantiate(answers);
        let lowered = Lowered {
            ir,
            warnings: self.lowered.warnings.clone(),
            others: Vec::new(),
        };
        text(lowered, self.target, self.span, self.effect)
    }

    /// Makes sure that the dialect can say every piece: each stands in the text for some answers that are
    /// tried here.
    pub(crate) fn check(&self) -> Result<(), Vec<Diagnostic>> {
        for ir in self.shapes() {
            debug_assert_eq!(verify(ir), Ok(()));
            let everything = [Guard::default()];
            for guard in ir.guards.iter().chain(&everything) {
                for rest in [true, false] {
                    let answers = self.satisfying(&[&ir.assumed, guard], rest);
                    self.make(&answers).map_err(|problems| {
                        let note = format!("this happens if {}", self.describe(&answers));
                        problems
                            .into_iter()
                            .map(|problem| problem.note(&note))
                            .collect::<Vec<_>>()
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Answers under which these guards hold; all others are `rest`.
    fn satisfying(&self, guards: &[&Guard], rest: bool) -> Vec<bool> {
        let mut wanted: BTreeMap<usize, bool> = BTreeMap::new();
        for &(at, answer) in guards.iter().flat_map(|guard| &guard.0) {
            self.want(at, answer, &mut wanted);
        }
        let conditions = self.conditions();
        let mut free = (0..conditions.len()).filter(|&at| !conditions[at].is_compound());
        self.answers(&mut |_| {
            let at = free.next().unwrap_or(0);
            wanted.get(&at).copied().unwrap_or(rest)
        })
    }

    fn want(&self, at: usize, answer: bool, wanted: &mut BTreeMap<usize, bool>) {
        match &self.conditions()[at] {
            Condition::Not(inner) => self.want(*inner, !answer, wanted),
            Condition::All(parts) if answer => {
                parts.iter().for_each(|&part| self.want(part, true, wanted));
            }
            Condition::Any(parts) if !answer => {
                parts
                    .iter()
                    .for_each(|&part| self.want(part, false, wanted));
            }
            Condition::All(parts) | Condition::Any(parts) => {
                if let Some(&first) = parts.first() {
                    self.want(first, answer, wanted);
                }
            }
            _ => {
                wanted.entry(at).or_insert(answer);
            }
        }
    }
}
