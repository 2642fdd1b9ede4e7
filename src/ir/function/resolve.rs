//! Which signature a call means (PostgreSQL manual, 10.2 and 10.3).

use super::{Function, Gives, Param, Signature};
use crate::Type;

/// The signature that a call means, and the types its arguments are converted to.
pub(crate) struct Chosen<F: 'static> {
    pub(crate) row: &'static Function<F>,
    pub(crate) gives: Gives,
    /// What each argument is converted to; `None` where it stays as it is.
    pub(crate) wants: Vec<Option<Type>>,
    /// What all places of one type have.
    pub(crate) element: Type,
}

/// Why there is none.
pub(crate) enum NoCandidate {
    /// No signature has this number of arguments.
    Count,
    /// None takes such types.
    Types,
    /// More than one does.
    Several,
}

/// A type without what only restricts its values.
pub(crate) const fn base(ty: Type) -> Type {
    match ty {
        Type::Varchar(_) | Type::Char(_) => Type::Text,
        Type::Decimal { .. } => Type::NUMERIC,
        other => other,
    }
}

/// True where a value converts without being asked to.
pub(crate) fn converts(from: Type, to: Type) -> bool {
    use Type as T;
    let (from, to) = (base(from), base(to));
    let rank = |ty| match ty {
        T::SmallInt => Some(0),
        T::Integer => Some(1),
        T::BigInt => Some(2),
        T::Decimal { .. } => Some(3),
        T::Real => Some(4),
        T::Double => Some(5),
        _ => None,
    };
    if let (Some(a), Some(b)) = (rank(from), rank(to)) {
        return a <= b;
    }
    from == to
        || from == T::Unknown
        || matches!(
            (from, to),
            (T::Date, T::Timestamp | T::TimestampTz)
                | (T::Timestamp, T::TimestampTz)
                | (T::Time, T::Interval)
        )
}

/// PostgreSQL's categories of types (`typcategory`).
fn category(ty: Type) -> u8 {
    match base(ty) {
        Type::Boolean => b'B',
        t if t.is_number() => b'N',
        Type::Text => b'S',
        t if t.is_moment() || t == Type::Time => b'D',
        Type::Interval => b'T',
        Type::Array(_) => b'A',
        Type::Unknown => b'X',
        _ => b'U',
    }
}

const fn preferred(ty: Type) -> bool {
    matches!(
        ty,
        Type::Boolean | Type::Double | Type::Text | Type::TimestampTz | Type::Interval
    )
}

struct Candidate<F: 'static> {
    row: &'static Function<F>,
    signature: &'static Signature,
}

impl<F> Clone for Candidate<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for Candidate<F> {}

impl<F> Candidate<F> {
    fn param(self, at: usize) -> Param {
        let params = self.signature.params;
        params
            .get(at)
            .or(params.last())
            .copied()
            .unwrap_or(Param::Any)
    }

    fn of(self, at: usize) -> Option<Type> {
        match self.param(at) {
            Param::Of(ty) => Some(ty),
            _ => None,
        }
    }

    /// Each place takes its argument, perhaps converted.
    fn takes(self, args: &[Type]) -> bool {
        args.iter()
            .enumerate()
            .all(|(at, &ty)| match self.param(at) {
                Param::Of(wanted) => converts(ty, wanted),
                Param::Any => true,
                Param::Element => !matches!(ty, Type::Array(_)),
                Param::Array => matches!(ty, Type::Array(_) | Type::Unknown),
            })
            && self.element(args).is_some()
    }

    fn exact(self, args: &[Type]) -> usize {
        let same = |at: usize, ty: Type| self.of(at) == Some(base(ty));
        args.iter()
            .enumerate()
            .filter(|&(at, &ty)| ty != Type::Unknown && same(at, ty))
            .count()
    }

    /// The type of all places that take one.
    fn element(self, args: &[Type]) -> Option<Type> {
        let mut found = Type::Unknown;
        for (at, &ty) in args.iter().enumerate() {
            let next = match (self.param(at), ty) {
                (Param::Element, ty) => ty,
                (Param::Array, Type::Array(element)) => *element,
                _ => continue,
            };
            found = found.unify_elements(next)?;
        }
        Some(found)
    }

    fn chosen(self, args: &[Type]) -> Chosen<F> {
        let element = self.element(args).unwrap_or(Type::Unknown);
        let element = if element == Type::Unknown {
            Type::Text
        } else {
            element
        };
        let wants = args
            .iter()
            .enumerate()
            .map(|(at, &ty)| match self.param(at) {
                Param::Of(wanted) if base(ty) == wanted => None,
                Param::Of(wanted) => Some(wanted),
                Param::Any if ty == Type::Unknown => Some(Type::Text),
                Param::Any => None,
                Param::Element => (ty != element).then_some(element),
                Param::Array if ty == element.array() => None,
                Param::Array => Some(element.array()),
            });
        Chosen {
            row: self.row,
            gives: self.signature.gives,
            wants: wants.collect(),
            element,
        }
    }
}

/// Chooses among the signatures of a name; `args` are the arguments' types, [`Type::Unknown`] for
/// untyped constants and parameters.
pub(crate) fn resolve<F>(
    rows: &[&'static Function<F>],
    args: &[Type],
) -> Result<Chosen<F>, NoCandidate> {
    let all = rows.iter().flat_map(|row| {
        let signatures = row.signatures.iter();
        signatures.map(|signature| Candidate { row, signature })
    });
    let counted = all.filter(|c| {
        let n = c.signature.params.len();
        args.len() == n || c.signature.variadic && args.len() > n
    });
    let mut counted = counted.peekable();
    if counted.peek().is_none() {
        return Err(NoCandidate::Count);
    }
    let counted: Vec<Candidate<F>> = counted.collect();
    // An operator whose other operand has no type takes it to be of the same one.
    let mut same = args.to_vec();
    if let [a, b] = *args {
        same = match (a, b) {
            (Type::Unknown, known) | (known, Type::Unknown) => vec![known, known],
            _ => same,
        };
    }
    let exact = |args: &[Type]| {
        let known = args.iter().all(|&ty| ty != Type::Unknown);
        let mut all = counted.iter();
        all.find(|c| known && c.takes(args) && c.exact(args) == args.len())
    };
    if let Some(found) = exact(&same) {
        return Ok(found.chosen(args));
    }
    let mut left: Vec<_> = counted.iter().copied().filter(|c| c.takes(args)).collect();
    if left.is_empty() {
        return Err(NoCandidate::Types);
    }
    keep_best(&mut left, |c| c.exact(args));
    keep_best(&mut left, |c| {
        let prefers = |&(at, &ty): &(usize, &Type)| {
            let wanted = c.of(at);
            wanted == Some(base(ty))
                || wanted.is_some_and(|w| preferred(w) && category(w) == category(ty))
        };
        let known = args.iter().enumerate().filter(|a| *a.1 != Type::Unknown);
        known.filter(prefers).count()
    });
    if let [one] = left.as_slice() {
        return Ok(one.chosen(args));
    }
    by_category(&mut left, args)?;
    // What may be either kind of document is taken as it is written.
    let of_json = |c: &Candidate<F>| c.signature.params.first() == Some(&Param::Of(Type::Json));
    if left.iter().any(of_json) {
        left.retain(of_json);
    }
    match left.as_slice() {
        [one] => Ok(one.chosen(args)),
        _ => same_as_known(&left, args).ok_or(NoCandidate::Several),
    }
}

fn keep_best<F>(left: &mut Vec<Candidate<F>>, score: impl Fn(&Candidate<F>) -> usize) {
    if left.len() > 1 {
        let best = left.iter().map(&score).max().unwrap_or(0);
        left.retain(|c| score(c) == best);
    }
}

/// What untyped arguments are taken to be: text where some signature takes it, else the category that
/// all have in common, and of it the preferred type.
fn by_category<F>(left: &mut Vec<Candidate<F>>, args: &[Type]) -> Result<(), NoCandidate> {
    let unknown = args.iter().enumerate().filter(|a| *a.1 == Type::Unknown);
    for (at, _) in unknown {
        let of = |c: &Candidate<F>| c.of(at).map_or(b'X', category);
        let text = left.iter().any(|c| of(c) == b'S');
        let first = left.first().map_or(b'X', of);
        let wanted = if text {
            b'S'
        } else if left.iter().all(|c| of(c) == first) {
            first
        } else {
            return Ok(());
        };
        left.retain(|c| of(c) == wanted);
        if left.iter().any(|c| c.of(at).is_some_and(preferred)) {
            left.retain(|c| c.of(at).is_some_and(preferred));
        }
    }
    Ok(())
}

/// Where all typed arguments have one type, the untyped ones are taken to have it too.
fn same_as_known<F>(left: &[Candidate<F>], args: &[Type]) -> Option<Chosen<F>> {
    let mut known = args.iter().filter(|&&ty| ty != Type::Unknown);
    let first = base(*known.next()?);
    if known.any(|&ty| base(ty) != first) {
        return None;
    }
    let all = vec![first; args.len()];
    let mut fit = left.iter().filter(|c| c.takes(&all));
    match (fit.next(), fit.next()) {
        (Some(one), None) => Some(one.chosen(args)),
        _ => None,
    }
}
