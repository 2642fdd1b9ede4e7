//! A statement as a tree of texts with holes, which knows what may be cut from it.
//!
//! A form has its text in RQL and, where PostgreSQL has to be asked otherwise, that text too; both have
//! the same parts in their holes (`‹0›`, `‹1›`…). So one cut shortens both.

use rql_ir::Type;

/// What a form is, which says how it may be shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A part that must stay.
    Fixed,
    /// It may be left out.
    Optional,
    /// A value of a type: another value of the type may stand for it.
    Value(Type),
    /// Rows of these types: another query with the same may stand for it.
    Query(Vec<Type>),
    /// What stands in FROM: one side of a join may stand for it.
    Relation,
}

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A text with holes.
    Form {
        /// How it may be shortened.
        role: Role,
        /// In RQL.
        rql: String,
        /// For PostgreSQL, where that is another text.
        reference: Option<String>,
        /// What stands in the holes.
        parts: Vec<Piece>,
    },
    /// Items between separators, at least one of them.
    List(&'static str, Vec<Piece>),
}

impl Piece {
    /// A text alone.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::form(Role::Fixed, text, vec![])
    }

    pub(super) fn empty() -> Self {
        Self::text("")
    }

    pub(super) fn form(role: Role, rql: impl Into<String>, parts: Vec<Self>) -> Self {
        Self::Form {
            role,
            rql: rql.into(),
            reference: None,
            parts,
        }
    }

    pub(super) fn fixed(rql: impl Into<String>, parts: Vec<Self>) -> Self {
        Self::form(Role::Fixed, rql, parts)
    }

    pub(super) fn relation(rql: impl Into<String>, parts: Vec<Self>) -> Self {
        Self::form(Role::Relation, rql, parts)
    }

    pub(super) fn optional(rql: impl Into<String>, parts: Vec<Self>) -> Self {
        Self::form(Role::Optional, rql, parts)
    }

    /// The same, for which PostgreSQL is asked otherwise.
    pub(super) fn asked(self, text: impl Into<String>) -> Self {
        match self {
            Self::Form {
                role, rql, parts, ..
            } => Self::Form {
                role,
                rql,
                reference: Some(text.into()),
                parts,
            },
            list @ Self::List(..) => list,
        }
    }

    /// The items of a list, of anything else itself.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(_, items) => items,
            Self::Form { .. } => std::slice::from_ref(self),
        }
    }

    /// The text in RQL.
    #[must_use]
    pub fn rql(&self) -> String {
        let mut out = String::new();
        self.write(false, &mut out);
        out
    }

    /// The text that PostgreSQL is asked.
    #[must_use]
    pub fn reference(&self) -> String {
        let mut out = String::new();
        self.write(true, &mut out);
        out
    }

    fn write(&self, asked: bool, out: &mut String) {
        match self {
            Self::List(separator, items) => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(separator);
                    }
                    item.write(asked, out);
                }
            }
            Self::Form {
                rql,
                reference,
                parts,
                ..
            } => {
                let text = match reference {
                    Some(text) if asked => text,
                    _ => rql,
                };
                for (at, run) in text.split('‹').enumerate() {
                    let Some((hole, rest)) = run.split_once('›').filter(|_| at > 0) else {
                        out.push_str(run);
                        continue;
                    };
                    if let Some(part) = hole.parse().ok().and_then(|at: usize| parts.get(at)) {
                        part.write(asked, out);
                    }
                    out.push_str(rest);
                }
            }
        }
    }

    fn children(&self) -> &[Self] {
        match self {
            Self::Form { parts, .. } | Self::List(_, parts) => parts,
        }
    }

    fn role(&self) -> &Role {
        match self {
            Self::Form { role, .. } => role,
            Self::List(..) => &Role::Fixed,
        }
    }

    /// How many pieces there are.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + self.children().iter().map(Self::size).sum::<usize>()
    }

    /// The piece of a number, counted from the top.
    fn at(&self, number: usize) -> Option<&Self> {
        if number == 0 {
            return Some(self);
        }
        let mut left = number - 1;
        for child in self.children() {
            let size = child.size();
            if left < size {
                return child.at(left);
            }
            left -= size;
        }
        None
    }

    /// The whole with another piece in the place of that number.
    fn with(&self, number: usize, new: &Self) -> Self {
        if number == 0 {
            return new.clone();
        }
        let mut whole = self.clone();
        let (Self::Form { parts, .. } | Self::List(_, parts)) = &mut whole;
        let mut left = number - 1;
        for part in parts {
            let size = part.size();
            if left < size {
                *part = part.with(left, new);
                break;
            }
            left = left.saturating_sub(size);
        }
        whole
    }

    /// What may stand in its place, the shortest first.
    fn shorter(&self) -> Vec<Self> {
        let mut found = Vec::new();
        if let Self::List(separator, items) = self
            && items.len() > 1
        {
            let half = items.len() / 2;
            if half > 1 {
                found.push(Self::List(separator, items[..half].to_vec()));
                found.push(Self::List(separator, items[half..].to_vec()));
            }
            for at in 0..items.len() {
                let mut rest = items.clone();
                rest.remove(at);
                found.push(Self::List(separator, rest));
            }
        }
        match self.role() {
            Role::Optional if self != &Self::empty() => found.push(Self::empty()),
            role @ (Role::Value(_) | Role::Query(_) | Role::Relation) => {
                if let Role::Value(ty) = role {
                    let literal =
                        Self::form(Role::Fixed, super::values::simplest(*ty).to_owned(), vec![]);
                    if !self.children().is_empty() {
                        found.push(literal);
                    }
                }
                let mut inner: Vec<&Self> = (1..self.size())
                    .filter_map(|number| self.at(number))
                    .filter(|piece| piece.role() == role)
                    .collect();
                inner.sort_by_key(|piece| piece.size());
                found.extend(inner.into_iter().take(8).cloned());
            }
            _ => {}
        }
        found
    }

    /// The smallest tree for which `holds` is still true; asks at most `budget` times.
    pub fn shrink(&self, mut budget: usize, holds: &mut dyn FnMut(&Self) -> bool) -> Self {
        let mut best = self.clone();
        loop {
            let mut cut = false;
            let mut number = 0;
            while let Some(piece) = best.at(number) {
                let mut found = None;
                for candidate in piece.shorter() {
                    let whole = best.with(number, &candidate);
                    if budget == 0 {
                        return best;
                    }
                    budget -= 1;
                    if holds(&whole) {
                        found = Some(whole);
                        break;
                    }
                }
                match found {
                    Some(whole) => (best, cut) = (whole, true),
                    None => number += 1,
                }
            }
            if !cut {
                return best;
            }
        }
    }
}
