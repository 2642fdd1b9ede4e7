//! The arena: one pool per node type, typed ids into it, and lists that are ranges of a pool.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::num::NonZeroU32;
use core::ops::Index;

use crate::Pools;

/// A node type that has a pool in [`Ast`](crate::Ast).
pub trait Node: Copy + 'static {
    /// The pool of this type.
    fn pool(pools: &Pools) -> &Vec<Self>;
    /// The pool of this type, to add to.
    fn pool_mut(pools: &mut Pools) -> &mut Vec<Self>;
}

/// The index of one node; four bytes, also as `Option<Id<T>>`.
pub struct Id<T> {
    raw: NonZeroU32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(crate) fn from_index(index: usize) -> Self {
        // Sources are at most 4 GiB and a node takes at least a byte, so this never saturates.
        let raw = u32::try_from(index + 1).unwrap_or(u32::MAX);
        Self {
            raw: NonZeroU32::new(raw).unwrap_or(NonZeroU32::MAX),
            of: PhantomData,
        }
    }

    /// Position in the pool, counted from zero.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.raw.get() as usize - 1
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl<T> Eq for Id<T> {}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index())
    }
}

/// A run of nodes that stand beside each other in their pool; eight bytes.
pub struct List<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// The list without items.
    pub const EMPTY: Self = Self {
        start: 0,
        len: 0,
        of: PhantomData,
    };

    /// The list of `len` nodes from pool position `start`.
    pub(crate) fn from_range(start: usize, len: usize) -> Self {
        Self {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(len).unwrap_or(0),
            of: PhantomData,
        }
    }

    /// How many items it has.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// True where it has no item.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The first `at` items and the rest; `at` beyond the end gives all and none.
    #[must_use]
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let at = u32::try_from(at).unwrap_or(u32::MAX).min(self.len);
        (
            Self {
                start: self.start,
                len: at,
                of: PhantomData,
            },
            Self {
                start: self.start + at,
                len: self.len - at,
                of: PhantomData,
            },
        )
    }

    /// The positions of the items in their pool.
    #[inline]
    #[must_use]
    pub fn range(self) -> core::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// The ids of the items, in order.
    pub fn ids(self) -> impl ExactSizeIterator<Item = Id<T>> + DoubleEndedIterator {
        self.range().map(Id::from_index)
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}
impl<T> Eq for List<T> {}
impl<T> Default for List<T> {
    fn default() -> Self {
        Self::EMPTY
    }
}
impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}..{}", self.start, self.start + self.len)
    }
}

macro_rules! pools {
    ($($(#[$doc:meta])* $name:ident: $node:ty,)*) => {
        /// Every pool. Nodes are `Copy` and hold ids, so dropping a tree of any depth is flat.
        #[derive(Clone, Debug, Default)]
        pub struct Pools {
            $($(#[$doc])* pub(crate) $name: Vec<$node>,)*
        }

        /// The lengths of all pools at one time.
        #[derive(Clone, Copy, Debug)]
        pub struct Mark {
            $($name: u32,)*
        }

        $(impl Node for $node {
            #[inline]
            fn pool(pools: &Pools) -> &Vec<Self> {
                &pools.$name
            }
            #[inline]
            fn pool_mut(pools: &mut Pools) -> &mut Vec<Self> {
                &mut pools.$name
            }
        })*

        impl Pools {
            /// How many nodes all pools hold.
            #[must_use]
            pub fn len(&self) -> usize {
                0 $(+ self.$name.len())*
            }

            /// True where no pool holds a node.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// How long each pool is, to go back to with [`Pools::truncate`].
            #[must_use]
            pub fn mark(&self) -> Mark {
                Mark {
                    $($name: self.$name.len() as u32,)*
                }
            }

            /// Forgets what was added since `mark` was taken.
            pub fn truncate(&mut self, mark: &Mark) {
                $(self.$name.truncate(mark.$name as usize);)*
            }

            /// Gives back what the pools reserved and do not use.
            pub fn shrink_to_fit(&mut self) {
                $(self.$name.shrink_to_fit();)*
            }
        }
    };
}
pub(crate) use pools;

impl<T: Node> Index<Id<T>> for crate::Ast {
    type Output = T;
    #[inline]
    fn index(&self, id: Id<T>) -> &T {
        &T::pool(&self.pools)[id.index()]
    }
}

impl<T: Node> Index<List<T>> for crate::Ast {
    type Output = [T];
    #[inline]
    fn index(&self, list: List<T>) -> &[T] {
        &T::pool(&self.pools)[list.range()]
    }
}
