//! What templates ask, answered from the values that are bound.

use crate::session::{Variable, Variables};
use crate::{Decimal, Value};
use rql::{Condition, Func, Literal, Operand, ParamName};
use std::cmp::Ordering;

/// The answer to a condition that is not made of others. A comparison with a value that is not there is
/// false.
pub(crate) fn answer(condition: &Condition, variables: &Variables) -> bool {
    let value = |name: &ParamName| variables.get(&key(name));
    match condition {
        Condition::Set(name) => value(name).is_some_and(is_set),
        Condition::Null(name, null) => {
            value(name).is_none_or(|v| matches!(v.value, Value::Null)) == *null
        }
        Condition::Compare { func, left, right } => {
            let (left, right) = (operand(left, variables), operand(right, variables));
            let order = left
                .zip(right)
                .and_then(|(left, right)| compare(&left, &right));
            order.is_some_and(|order| match func {
                Func::Eq => order.is_eq(),
                Func::Ne => order.is_ne(),
                Func::Lt => order.is_lt(),
                Func::Le => order.is_le(),
                Func::Gt => order.is_gt(),
                _ => order.is_ge(),
            })
        }
        _ => false,
    }
}

fn key(name: &ParamName) -> String {
    match name {
        ParamName::Name(name) => name.clone(),
        ParamName::Position(at) => at.to_string(),
    }
}

/// Not NULL, not '' and not FALSE; 0 is a value like any other.
fn is_set(variable: &Variable) -> bool {
    match &variable.value {
        Value::Null | Value::Boolean(false) => false,
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

/// A side of a comparison; `None` where it has no value.
fn operand(side: &Operand, variables: &Variables) -> Option<Variable> {
    let typed = |value| Variable { value, typed: true };
    match side {
        Operand::Param(name) => {
            let found = variables.get(&key(name))?;
            (!matches!(found.value, Value::Null)).then(|| found.clone())
        }
        Operand::Literal(literal, scale) => Some(typed(match literal {
            Literal::Boolean(value) => Value::Boolean(*value),
            Literal::Integer(value) => Value::Integer(*value),
            Literal::Decimal(units) => Value::Decimal(Decimal::new(*units, *scale)?),
            Literal::Text(text) => Value::Text(text.clone()),
            _ => return None,
        })),
    }
}

fn compare(left: &Variable, right: &Variable) -> Option<Ordering> {
    let text = |side: &Variable| side.value.as_ref().to_string();
    if is_number(left) || is_number(right) {
        // Text from the command line is read as the number that it is compared with.
        let readable = |side: &Variable| is_number(side) || !side.typed;
        if !readable(left) || !readable(right) {
            return None;
        }
        let (left, right) = (text(left), text(right));
        let (left, right) = (left.trim(), right.trim());
        return match (left.parse::<Decimal>(), right.parse::<Decimal>()) {
            (Ok(left), Ok(right)) => {
                let scale = left.scale().max(right.scale());
                let (left, right) = (left.rescale(scale)?, right.rescale(scale)?);
                Some(left.units().cmp(&right.units()))
            }
            _ => {
                let numbers = left.parse::<f64>().ok().zip(right.parse::<f64>().ok());
                numbers.and_then(|(left, right)| left.partial_cmp(&right))
            }
        };
    }
    let truth = |side: &Variable| match &side.value {
        Value::Boolean(value) => Some(*value),
        Value::Text(text) if !side.typed => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    };
    if let (Some(left), Some(right)) = (truth(left), truth(right)) {
        return Some(left.cmp(&right));
    }
    Some(text(left).cmp(&text(right)))
}

fn is_number(side: &Variable) -> bool {
    matches!(
        side.value,
        Value::Integer(_)
            | Value::Decimal(_)
            | Value::Numeric(_)
            | Value::Real(_)
            | Value::Double(_)
    )
}

#[cfg(test)]
mod tests {
    use super::{answer, is_set};
    use crate::Value;
    use crate::session::{Variable, Variables};
    use rql::{Condition, Func, Literal, Operand, ParamName};

    fn variable(value: Value) -> Variable {
        Variable { value, typed: true }
    }

    #[test]
    fn nothing_is_null_or_empty_or_false() {
        for (value, set) in [
            (Value::Null, false),
            (Value::Boolean(false), false),
            (Value::Text(String::new()), false),
            (Value::Integer(0), true),
            (Value::Text(" ".into()), true),
            (Value::Boolean(true), true),
        ] {
            assert_eq!(is_set(&variable(value.clone())), set, "{value:?}");
        }
    }

    #[test]
    fn numbers_compare_by_value_and_text_by_text() {
        let mut variables = Variables::new();
        variables.insert("n".into(), variable(Value::Integer(9)));
        variables.insert("t".into(), variable(Value::Text("9".into())));
        let text = Value::Text("10".into());
        variables.insert(
            "u".into(),
            Variable {
                value: text,
                typed: false,
            },
        );
        let asks = |name: &str, func, literal| {
            let condition = Condition::Compare {
                func,
                left: Operand::Param(ParamName::Name(name.into())),
                right: Operand::Literal(literal, 0),
            };
            answer(&condition, &variables)
        };
        assert!(asks("n", Func::Lt, Literal::Integer(10)));
        assert!(asks("t", Func::Gt, Literal::Text("10".into())));
        assert!(asks("u", Func::Gt, Literal::Integer(9)));
        assert!(!asks("missing", Func::Ne, Literal::Integer(9)));
    }
}
