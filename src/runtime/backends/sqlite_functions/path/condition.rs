//! The conditions of a path: true, false or, as `None`, not known.

use super::super::regex::pattern;
use super::run::{Fault, Run, Scope, told};
use super::value::Number;
use core::cmp::Ordering;
use rql::Jsonb;
use rql::json_path::{Comparison, Condition, Operator, Step};

type Truth = Option<bool>;

impl Run<'_> {
    pub(super) fn truth(
        &self,
        condition: &Condition,
        at: &Jsonb,
        scope: Scope<'_>,
    ) -> Result<Truth, Fault> {
        Ok(match condition {
            Condition::And(left, right) => match self.truth(left, at, scope)? {
                Some(false) => Some(false),
                left => match self.truth(right, at, scope)? {
                    Some(true) => left,
                    right => right,
                },
            },
            Condition::Or(left, right) => match self.truth(left, at, scope)? {
                Some(true) => Some(true),
                left => match self.truth(right, at, scope)? {
                    Some(false) => left,
                    right => right,
                },
            },
            Condition::Not(inner) => self.truth(inner, at, scope)?.map(|truth| !truth),
            Condition::IsUnknown(inner) => Some(self.truth(inner, at, scope)?.is_none()),
            Condition::Exists(of) => known(self.any(of, at, scope))?,
            Condition::Compare(comparison, left, right) => {
                let Some(left) = known(self.all(left, at, scope, true))? else {
                    return Ok(None);
                };
                let Some(right) = known(self.all(right, at, scope, true))? else {
                    return Ok(None);
                };
                let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
                self.one_of(pairs.map(|(a, b)| Ok(compare(*comparison, a, b))))?
            }
            Condition::StartsWith(of, by) => {
                let Some(all) = known(self.all(of, at, scope, true))? else {
                    return Ok(None);
                };
                let Some(by) = known(self.all(by, at, scope, false))? else {
                    return Ok(None);
                };
                self.one_of(all.iter().map(|item| {
                    Ok(match (item, by.first()) {
                        (Jsonb::Text(text), Some(Jsonb::Text(by))) => Some(text.starts_with(&**by)),
                        _ => None,
                    })
                }))?
            }
            Condition::LikeRegex { of, pattern, flags } => {
                let Some(all) = known(self.all(of, at, scope, true))? else {
                    return Ok(None);
                };
                self.one_of(all.iter().map(|item| match item {
                    Jsonb::Text(text) => matches(text, pattern, flags).map(Some),
                    _ => Ok(None),
                }))?
            }
        })
    }

    /// True where one of these is. In strict mode all have to be known.
    fn one_of(&self, all: impl Iterator<Item = Result<Truth, Fault>>) -> Result<Truth, Fault> {
        let mut so_far = Some(false);
        for truth in all {
            match truth? {
                Some(true) if self.lax => return Ok(Some(true)),
                Some(true) => so_far = Some(true),
                Some(false) => {}
                None if self.lax => so_far = None,
                None => return Ok(None),
            }
        }
        Ok(so_far)
    }

    pub(super) fn computed(
        &self,
        operator: Operator,
        left: &[Step],
        right: &[Step],
        at: &Jsonb,
        scope: Scope<'_>,
    ) -> Result<Jsonb, Fault> {
        let left = self.all(left, at, scope, true)?;
        let right = self.all(right, at, scope, true)?;
        let single = |side: &str, all: &[Jsonb]| match all {
            [one] if Number::of(one).is_some() => Ok(()),
            _ => told(format!(
                "{side} operand of jsonpath operator {} is not a single numeric value",
                operator.symbol()
            )),
        };
        single("left", &left)?;
        single("right", &right)?;
        super::value::computed(operator, &left[0], &right[0])
    }
}

/// What fails within a condition makes it unknown.
fn known<T>(given: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match given {
        Ok(given) => Ok(Some(given)),
        Err(Fault::Told(_)) => Ok(None),
        Err(always) => Err(always),
    }
}

fn compare(comparison: Comparison, a: &Jsonb, b: &Jsonb) -> Truth {
    let order = match (a, b) {
        (Jsonb::Null, Jsonb::Null) => Ordering::Equal,
        (Jsonb::Null, _) | (_, Jsonb::Null) => return Some(comparison == Comparison::NotEqual),
        (Jsonb::Boolean(a), Jsonb::Boolean(b)) => a.cmp(b),
        (Jsonb::Text(a), Jsonb::Text(b)) => a.cmp(b),
        (Jsonb::Number(_), Jsonb::Number(_)) => a.key().cmp(&b.key()),
        _ => return None,
    };
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn matches(text: &str, source: &str, flags: &str) -> Result<bool, Fault> {
    let has = |flag: char| flags.contains(flag);
    let literal = has('q');
    // Without s neither a dot nor a class that excludes something is a line's end; here such a class is one.
    let excludes = ["[^", "\\D", "\\W", "\\S"];
    if text.contains('\n') && !literal && !has('s') && excludes.iter().any(|e| source.contains(e)) {
        let message = "like_regex with a class that excludes, on a text of lines, is not understood on SQLite";
        return Err(Fault::Always(message.into()));
    }
    let source = match literal {
        true => regex::escape(source),
        false => source.to_owned(),
    };
    let mut own = String::new();
    own.push_str(if has('i') { "i" } else { "" });
    if !literal {
        own.push_str(if has('s') { "" } else { "p" });
        own.push_str(if has('m') { "w" } else { "" });
    }
    match pattern(&source, &own) {
        Ok(pattern) => Ok(pattern.is_match(text)),
        Err(message) => Err(Fault::Always(message)),
    }
}
