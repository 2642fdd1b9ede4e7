//! Templates: pieces that stand only under a condition.

use super::{Lowerer, Res, not_yet};
use rql_ast::{self as ast, Id, Node, Template};

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
templated! { SelectItem GroupItem OrderItem Join }

impl<'a> Lowerer<'a> {
    /// Lowers every piece of a list, those of templates under the template's guard.
    pub(super) fn each<T>(
        &mut self,
        pieces: &'a [T],
        lower: &mut dyn FnMut(&mut Self, &'a T) -> Res<()>,
    ) -> Res<()>
    where
        T: Templated,
        Template<T>: Node,
    {
        for piece in pieces {
            match piece.template() {
                None => lower(self, piece)?,
                Some(id) => return not_yet(self.ast[id].span, "a template"),
            }
        }
        Ok(())
    }
}
