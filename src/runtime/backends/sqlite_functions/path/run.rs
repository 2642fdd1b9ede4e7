//! A path followed through a document, step by step, as PostgreSQL's `jsonpath_exec.c` does it: each step looks at one
//! value and hands each of what it finds to the steps behind it.

use super::value::{Number, double};
use rql::Jsonb;
use rql::json_path::{JsonPath, LEAVES, Method, Step};
use std::cell::Cell;

/// What is wrong.
pub(super) enum Fault {
    /// What a condition does not know then, and a silent function does not tell.
    Told(String),
    /// What is told always.
    Always(String),
}

/// Whether something was found.
pub(super) type Out = Result<bool, Fault>;

/// Where what is found goes; `None` where only its being there counts, so that the first is enough.
pub(super) type Found<'f> = Option<&'f mut Vec<Jsonb>>;

pub(super) fn told<T>(message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Told(message.into()))
}

/// A path on its way through a document.
pub(super) struct Run<'r> {
    pub(super) lax: bool,
    root: &'r Jsonb,
    /// `None`: each is null.
    variables: Option<&'r Jsonb>,
    /// The number of the next object that `keyvalue` makes.
    made: Cell<u64>,
}

/// What is around a step.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// `@`
    pub(super) current: &'s Jsonb,
    /// The document in which the places of `keyvalue` count, and its number.
    base: (&'s Jsonb, u64),
    /// The size of the array whose subscript is read.
    array: Option<usize>,
    /// What is not there is no error.
    ignore: bool,
}

impl<'r> Run<'r> {
    pub(super) fn of(path: &JsonPath, root: &'r Jsonb, variables: Option<&'r Jsonb>) -> Self {
        Self {
            lax: !path.strict,
            root,
            variables,
            made: Cell::new(1 + u64::from(variables.is_some())),
        }
    }

    fn scope(&self) -> Scope<'r> {
        Scope {
            current: self.root,
            base: (self.root, 0),
            array: None,
            ignore: self.lax,
        }
    }

    pub(super) fn exists(&self, path: &JsonPath) -> Out {
        self.any(&path.chain, self.root, self.scope())
    }

    pub(super) fn collect(&self, path: &JsonPath, found: &mut Vec<Jsonb>) -> Out {
        self.item(&path.chain, self.root, self.scope(), Some(found))
    }

    /// True where a chain finds something. In strict mode all of it has to be without errors.
    pub(super) fn any(&self, chain: &[Step], at: &Jsonb, scope: Scope<'_>) -> Out {
        if self.lax {
            return self.item(chain, at, scope, None);
        }
        let mut all = Vec::new();
        self.item(chain, at, scope, Some(&mut all))?;
        Ok(!all.is_empty())
    }

    /// All that a chain finds; elements instead of arrays where `unwrap` and the mode say so.
    pub(super) fn all(
        &self,
        chain: &[Step],
        at: &Jsonb,
        scope: Scope<'_>,
        unwrap: bool,
    ) -> Result<Vec<Jsonb>, Fault> {
        let mut all = Vec::new();
        self.item(chain, at, scope, Some(&mut all))?;
        if !(unwrap && self.lax) {
            return Ok(all);
        }
        let mut flat = Vec::with_capacity(all.len());
        for item in all {
            match item {
                Jsonb::Array(items) => flat.extend(items),
                other => flat.push(other),
            }
        }
        Ok(flat)
    }

    fn item(&self, chain: &[Step], at: &Jsonb, scope: Scope<'_>, found: Found<'_>) -> Out {
        self.step(chain, at, scope, found, self.lax)
    }

    /// Hands a value to the steps behind one.
    fn next(&self, rest: &[Step], at: &Jsonb, scope: Scope<'_>, found: Found<'_>) -> Out {
        if !rest.is_empty() {
            return self.item(rest, at, scope, found);
        }
        if let Some(found) = found {
            found.push(at.clone());
        }
        Ok(true)
    }

    fn step(
        &self,
        chain: &[Step],
        at: &Jsonb,
        scope: Scope<'_>,
        mut found: Found<'_>,
        unwrap: bool,
    ) -> Out {
        let Some((step, rest)) = chain.split_first() else {
            return Ok(false);
        };
        let asked = found.is_none() && rest.is_empty();
        match step {
            Step::Root => {
                let base = (self.root, 0);
                self.next(rest, self.root, Scope { base, ..scope }, found)
            }
            Step::Current => self.next(rest, scope.current, scope, found),
            Step::Null | Step::Boolean(_) | Step::Number(_) | Step::Text(_) if asked => Ok(true),
            Step::Null => self.next(rest, &Jsonb::Null, scope, found),
            Step::Boolean(value) => self.next(rest, &Jsonb::Boolean(*value), scope, found),
            Step::Text(value) => self.next(rest, &Jsonb::Text(value.clone()), scope, found),
            Step::Number(value) => {
                let number = Jsonb::read(value).map_err(Fault::Always)?;
                self.next(rest, &number, scope, found)
            }
            Step::Variable(name) => match self.variables {
                None => self.next(rest, &Jsonb::Null, scope, found),
                Some(all) => match all.member(name) {
                    Some(value) => {
                        let base = (all, 1);
                        self.next(rest, value, Scope { base, ..scope }, found)
                    }
                    None => Err(Fault::Always(format!(
                        "could not find jsonpath variable \"{name}\""
                    ))),
                },
            },
            Step::Last => {
                let last = scope.array.map_or(0, |size| size as i64 - 1);
                self.next(rest, &Jsonb::Number(last.to_string()), scope, found)
            }
            Step::Arithmetic(operator, left, right) => {
                let number = self.computed(*operator, left, right, at, scope)?;
                self.next(rest, &number, scope, found)
            }
            Step::Sign { minus, of } => {
                let mut any = false;
                for value in self.all(of, at, scope, true)? {
                    let value = match Number::of(&value) {
                        None if asked => continue,
                        None => {
                            let sign = if *minus { '-' } else { '+' };
                            return told(format!(
                                "operand of unary jsonpath operator {sign} is not a numeric value"
                            ));
                        }
                        Some(number) if *minus => number.negated(),
                        Some(_) => value,
                    };
                    any |= self.next(rest, &value, scope, found.as_deref_mut())?;
                    if any && found.is_none() {
                        break;
                    }
                }
                Ok(any)
            }
            Step::Condition(condition) => {
                let truth = self.truth(condition, at, scope)?;
                let truth = truth.map_or(Jsonb::Null, Jsonb::Boolean);
                self.next(rest, &truth, scope, found)
            }
            Step::Member(name) => match at {
                Jsonb::Object(_) => match at.member(name) {
                    Some(value) => self.next(rest, value, scope, found),
                    None if scope.ignore => Ok(false),
                    None => told(format!("JSON object does not contain key \"{name}\"")),
                },
                Jsonb::Array(items) if unwrap => self.each(chain, items, scope, found, false),
                _ if scope.ignore => Ok(false),
                _ => told("jsonpath member accessor can only be applied to an object"),
            },
            Step::AnyMember => match at {
                Jsonb::Object(members) => {
                    let values = members.iter().map(|member| &member.1);
                    self.each(rest, values, scope, found, self.lax)
                }
                Jsonb::Array(items) if unwrap => self.each(chain, items, scope, found, false),
                _ if scope.ignore => Ok(false),
                _ => told("jsonpath wildcard member accessor can only be applied to an object"),
            },
            Step::Elements => match at {
                Jsonb::Array(items) => self.each(rest, items, scope, found, self.lax),
                _ if self.lax => self.next(rest, at, scope, found),
                _ if scope.ignore => Ok(false),
                _ => told("jsonpath wildcard array accessor can only be applied to an array"),
            },
            Step::Subscripts(all) => match at {
                Jsonb::Array(items) => self.subscripts(all, rest, items, at, scope, found),
                _ if self.lax => {
                    let one = core::slice::from_ref(at);
                    self.subscripts(all, rest, one, at, scope, found)
                }
                _ if scope.ignore => Ok(false),
                _ => told("jsonpath array accessor can only be applied to an array"),
            },
            Step::Descend { first, last } => {
                let mut any = false;
                if *first == 0 {
                    let ignore = Scope {
                        ignore: true,
                        ..scope
                    };
                    any = self.next(rest, at, ignore, found.as_deref_mut())?;
                    if any && found.is_none() {
                        return Ok(true);
                    }
                }
                let scope = Scope {
                    ignore: true,
                    ..scope
                };
                Ok(self.descend(rest, at, scope, found, (1, *first, *last))? || any)
            }
            Step::Filter(condition) => match at {
                Jsonb::Array(items) if unwrap => self.each(chain, items, scope, found, false),
                _ => {
                    let inner = Scope {
                        current: at,
                        ..scope
                    };
                    match self.truth(condition, at, inner)? {
                        Some(true) => self.next(rest, at, scope, found),
                        _ => Ok(false),
                    }
                }
            },
            Step::Method(method) => self.method(*method, chain, at, scope, found, unwrap),
            Step::Foreign => Err(Fault::Always("a path that is not understood".into())),
        }
    }

    /// The steps on each of some values; `unwrap` is for the first of the steps.
    fn each<'i>(
        &self,
        steps: &[Step],
        items: impl IntoIterator<Item = &'i Jsonb>,
        scope: Scope<'_>,
        mut found: Found<'_>,
        unwrap: bool,
    ) -> Out {
        let mut any = false;
        for item in items {
            any |= match steps.is_empty() {
                true => self.next(steps, item, scope, found.as_deref_mut())?,
                false => self.step(steps, item, scope, found.as_deref_mut(), unwrap)?,
            };
            if any && found.is_none() {
                break;
            }
        }
        Ok(any)
    }

    /// The steps on what lies in a value at levels from the first to the last.
    fn descend(
        &self,
        rest: &[Step],
        at: &Jsonb,
        scope: Scope<'_>,
        mut found: Found<'_>,
        (level, first, last): (u32, u32, u32),
    ) -> Out {
        if level > last {
            return Ok(false);
        }
        let mut any = false;
        for part in parts(at) {
            let leaf = first == LEAVES && last == LEAVES && part.is_scalar();
            if level >= first || leaf {
                any |= self.next(rest, part, scope, found.as_deref_mut())?;
            }
            if !(any && found.is_none()) && level < last {
                let levels = (level + 1, first, last);
                any |= self.descend(rest, part, scope, found.as_deref_mut(), levels)?;
            }
            if any && found.is_none() {
                break;
            }
        }
        Ok(any)
    }

    fn subscripts(
        &self,
        all: &[(Vec<Step>, Option<Vec<Step>>)],
        rest: &[Step],
        items: &[Jsonb],
        at: &Jsonb,
        scope: Scope<'_>,
        mut found: Found<'_>,
    ) -> Out {
        let array = Some(items.len());
        let scope = Scope { array, ..scope };
        let size = items.len() as i64;
        let mut any = false;
        for (from, to) in all {
            let from = self.subscript(from, at, scope)?;
            let to = match to {
                Some(to) => self.subscript(to, at, scope)?,
                None => from,
            };
            if !scope.ignore && (from < 0 || from > to || to >= size) {
                return told("jsonpath array subscript is out of bounds");
            }
            for index in from.max(0)..=to.min(size - 1) {
                let Some(item) = usize::try_from(index).ok().and_then(|at| items.get(at)) else {
                    continue;
                };
                any |= self.next(rest, item, scope, found.as_deref_mut())?;
                if any && found.is_none() {
                    return Ok(true);
                }
            }
        }
        Ok(any)
    }

    fn subscript(&self, chain: &[Step], at: &Jsonb, scope: Scope<'_>) -> Result<i64, Fault> {
        let all = self.all(chain, at, scope, false)?;
        let [one] = all.as_slice() else {
            return told("jsonpath array subscript is not a single numeric value");
        };
        let Some(number) = Number::of(one) else {
            return told("jsonpath array subscript is not a single numeric value");
        };
        match number.truncated() {
            Some(index) => Ok(index.into()),
            None => told("jsonpath array subscript is out of integer range"),
        }
    }

    fn method(
        &self,
        method: Method,
        chain: &[Step],
        at: &Jsonb,
        scope: Scope<'_>,
        found: Found<'_>,
        unwrap: bool,
    ) -> Out {
        let rest = &chain[1..];
        let name = method.name();
        match (method, at) {
            (Method::Type, _) => self.next(rest, &Jsonb::Text(at.kind().into()), scope, found),
            (Method::Size, Jsonb::Array(items)) => {
                self.next(rest, &Jsonb::Number(items.len().to_string()), scope, found)
            }
            (Method::Size, _) if self.lax => {
                self.next(rest, &Jsonb::Number("1".into()), scope, found)
            }
            (Method::Size, _) if scope.ignore => Ok(false),
            (Method::Size, _) => {
                told("jsonpath item method .size() can only be applied to an array")
            }
            (_, Jsonb::Array(items)) if unwrap => self.each(chain, items, scope, found, false),
            (Method::Keyvalue, Jsonb::Object(members)) => {
                self.keyvalue(rest, members, at, scope, found)
            }
            (Method::Keyvalue, _) => {
                told("jsonpath item method .keyvalue() can only be applied to an object")
            }
            (Method::Double, Jsonb::Number(_) | Jsonb::Text(_)) => {
                self.next(rest, &double(at)?, scope, found)
            }
            (Method::Double, _) => told(
                "jsonpath item method .double() can only be applied to a string or numeric value",
            ),
            _ => {
                let Some(number) = Number::of(at) else {
                    return told(format!(
                        "jsonpath item method .{name}() can only be applied to a numeric value"
                    ));
                };
                let value = match method {
                    Method::Abs => number.absolute(),
                    Method::Floor => number.whole(true)?,
                    _ => number.whole(false)?,
                };
                self.next(rest, &value, scope, found)
            }
        }
    }

    /// Each member as an object of its name, its value and a number of the object that has it: where that lies in
    /// PostgreSQL's bytes of the document.
    fn keyvalue(
        &self,
        rest: &[Step],
        members: &[(String, Jsonb)],
        at: &Jsonb,
        scope: Scope<'_>,
        mut found: Found<'_>,
    ) -> Out {
        const DOCUMENT: u64 = 10_000_000_000;
        let (base, number) = scope.base;
        let place = super::place::of(at, base).unwrap_or(0);
        let id = Jsonb::Number((number * DOCUMENT + place).to_string());
        let mut any = false;
        for (name, value) in members {
            if found.is_none() && rest.is_empty() {
                return Ok(true);
            }
            let object = Jsonb::object(vec![
                ("id".into(), id.clone()),
                ("key".into(), Jsonb::Text(name.clone())),
                ("value".into(), value.clone()),
            ]);
            let base = (&object, self.made.get());
            self.made.set(base.1 + 1);
            any |= self.next(rest, &object, Scope { base, ..scope }, found.as_deref_mut())?;
            if any && found.is_none() {
                break;
            }
        }
        Ok(any)
    }
}

/// What lies in a value.
fn parts(of: &Jsonb) -> Box<dyn Iterator<Item = &Jsonb> + '_> {
    match of {
        Jsonb::Array(items) => Box::new(items.iter()),
        Jsonb::Object(members) => Box::new(members.iter().map(|member| &member.1)),
        _ => Box::new(core::iter::empty()),
    }
}
