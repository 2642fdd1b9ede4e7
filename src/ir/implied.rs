//! Guards imply: where a column stands only under some choices, whoever refers to it stands under them too.

use crate::*;
use std::collections::HashMap;

/// Checks every reference.
///
/// # Errors
/// The first reference that could outlive what it refers to.
pub(crate) fn check(ir: &Ir) -> Result<(), String> {
    let Some(root) = ir.root.filter(|_| !ir.guards.is_empty()) else {
        return Ok(());
    };
    let mut checker = Checker {
        ir,
        under: HashMap::new(),
    };
    checker.rel(root, &ir.assumed.0)?;
    for &(id, _) in &ir.output {
        checker.reference(id, &ir.assumed.0)?;
    }
    Ok(())
}

struct Checker<'a> {
    ir: &'a Ir,
    /// The choices under which a column stands, where it does not always.
    under: HashMap<ColumnId, &'a [(usize, bool)]>,
}

/// Choices that have been made where something stands.
type Made = [(usize, bool)];

impl<'a> Checker<'a> {
    fn rel(&mut self, id: RelId, made: &Made) -> Result<(), String> {
        let ir = self.ir;
        let kind = &ir.rel(id).kind;
        if let RelKind::With { ctes, .. } = kind {
            for cte in ctes {
                self.rel(ir.ctes[cte.index()].rel, made)?;
            }
        }
        for input in ir.inputs(id).into_iter().chain(ir.assigned_queries(id)) {
            self.rel(input, made)?;
        }
        match kind {
            RelKind::Project { items, .. } | RelKind::Window { items, .. } => self.define(items),
            RelKind::Aggregate {
                groups, aggregates, ..
            } => {
                self.define(groups);
                self.define(aggregates);
            }
            _ => {}
        }
        let mut keys: HashMap<ScalarId, GuardId> = HashMap::new();
        if let RelKind::Sort { keys: sorted, .. } = kind {
            keys.extend(
                sorted
                    .iter()
                    .filter_map(|key| Some((key.scalar, key.guard?))),
            );
        }
        let mut all = Vec::new();
        ir.each_scalar(id, &mut |scalar| all.push(scalar));
        for scalar in all {
            match keys.get(&scalar) {
                Some(&guard) => self.scalar(scalar, &self.with(made, guard))?,
                None => self.scalar(scalar, made)?,
            }
        }
        Ok(())
    }

    /// A column whose value is a piece of a template without another is gone where the piece is.
    fn define(&mut self, items: &[Item]) {
        let ir = self.ir;
        for &(column, scalar) in items {
            if let ScalarKind::Guarded {
                guard,
                otherwise: None,
                ..
            } = ir.scalar(scalar).kind
            {
                self.under.insert(column, &ir.guards[guard.index()].0);
            }
        }
    }

    fn scalar(&mut self, id: ScalarId, made: &Made) -> Result<(), String> {
        let ir = self.ir;
        match &ir.scalar(id).kind {
            ScalarKind::Column(column) => self.reference(*column, made),
            &ScalarKind::Guarded {
                guard,
                then,
                otherwise,
            } => {
                self.scalar(then, &self.with(made, guard))?;
                let Some(otherwise) = otherwise else {
                    return Ok(());
                };
                // The one choice that the guard adds is made the other way.
                let new = ir.guards[guard.index()]
                    .0
                    .iter()
                    .filter(|choice| !made.contains(choice));
                let mut other = made.to_vec();
                if let [&(at, answer)] = new.collect::<Vec<_>>()[..] {
                    other.push((at, !answer));
                }
                self.scalar(otherwise, &other)
            }
            kind => {
                match kind {
                    ScalarKind::Exists(query)
                    | ScalarKind::Subquery { query, .. }
                    | ScalarKind::InQuery { query, .. }
                    | ScalarKind::Quantified { query, .. } => self.rel(*query, made)?,
                    _ => {}
                }
                let mut operands = Vec::new();
                kind.each_operand(&mut |operand| operands.push(operand));
                operands
                    .into_iter()
                    .try_for_each(|operand| self.scalar(operand, made))
            }
        }
    }

    fn reference(&self, column: ColumnId, made: &Made) -> Result<(), String> {
        let Some(needed) = self.under.get(&column) else {
            return Ok(());
        };
        let contradicts = |&(at, answer): &(usize, bool)| made.contains(&(at, !answer));
        match needed.iter().find(|choice| !made.contains(choice)) {
            // What never stands refers to nothing.
            Some(_) if made.iter().any(contradicts) => Ok(()),
            Some(&(at, answer)) => {
                let name = &self.ir.column(column).name;
                let not = if answer { "" } else { "not " };
                Err(format!(
                    "{name}#{} stands only if {not}condition {at} holds, and is referred to whether it does or not",
                    column.0
                ))
            }
            None => Ok(()),
        }
    }

    fn with(&self, made: &Made, guard: GuardId) -> Vec<(usize, bool)> {
        [made, &self.ir.guards[guard.index()].0].concat()
    }
}

#[cfg(test)]
mod tests {
    use crate::*;
    use rql_ast::Span;

    /// `SELECT {{#if p}} 1 AS one {{/if}}` as a query in FROM, and above it `one`, under `guard` where there
    /// is one.
    fn selects(guard: Option<Guard>, otherwise: bool) -> Ir {
        let mut ir = Ir::default();
        let span = Span::new(0, 0);
        let name = || ParamName::Name("p".into());
        ir.conditions = vec![Condition::Set(name()), Condition::Set(name())];
        let scalar = |kind| Scalar {
            kind,
            ty: Type::Integer,
            nullable: true,
            span,
        };
        let one = ir.add_scalar(scalar(ScalarKind::Literal(Literal::Integer(1))));
        let if_p = ir.add_guard(Guard(vec![(0, true)]));
        let piece = ScalarKind::Guarded {
            guard: if_p,
            then: one,
            otherwise: otherwise.then_some(one),
        };
        let piece = ir.add_scalar(scalar(piece));
        let below = ir.add_column("one", Type::Integer, true);
        let input = ir.add_rel(RelKind::OneRow, span);
        let project = |input, items: Vec<Item>| RelKind::Project {
            input,
            visible: items.len(),
            items,
        };
        let inner = ir.add_rel(project(input, vec![(below, piece)]), span);
        let mut reference = ir.add_scalar(scalar(ScalarKind::Column(below)));
        if let Some(guard) = guard {
            let guard = ir.add_guard(guard);
            reference = ir.add_scalar(scalar(ScalarKind::Guarded {
                guard,
                then: reference,
                otherwise: Some(one),
            }));
        }
        let above = ir.add_column("seen", Type::Integer, true);
        ir.root = Some(ir.add_rel(project(inner, vec![(above, reference)]), span));
        ir.output = vec![(above, "seen".into())];
        ir
    }

    #[test]
    fn a_reference_stands_where_its_column_does() {
        let broken = verify(&selects(None, false));
        let message =
            "one#0 stands only if condition 0 holds, and is referred to whether it does or not";
        assert_eq!(broken, Err(message.into()));
        assert_eq!(
            verify(&selects(Some(Guard(vec![(1, true)])), false)),
            Err(message.into())
        );
        assert_eq!(
            verify(&selects(Some(Guard(vec![(0, true)])), false)),
            Ok(())
        );
        assert_eq!(
            verify(&selects(Some(Guard(vec![(1, false), (0, true)])), false)),
            Ok(())
        );
        // With something in its place the column always stands.
        assert_eq!(verify(&selects(None, true)), Ok(()));
        // A shape that was lowered for this answer always has it.
        let mut assumed = selects(None, false);
        assumed.assumed = Guard(vec![(0, true)]);
        assert_eq!(verify(&assumed), Ok(()));
        // Nothing stands under choices that exclude each other.
        let never = selects(Some(Guard(vec![(1, true), (1, false)])), false);
        assert_eq!(verify(&never), Ok(()));
        // A shape that was lowered for the other answer never has it.
        let mut gone = selects(None, false);
        gone.assumed = Guard(vec![(0, false)]);
        assert!(verify(&gone).is_err());
    }
}
