//! The operators: each is one row of one table.

/// How tightly an operator binds; a higher number binds tighter.
///
/// The order is PostgreSQL's (manual, 4.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precedence(pub u8);

impl Precedence {
    /// `OR`.
    pub const OR: Self = Self(1);
    /// `AND`.
    pub const AND: Self = Self(2);
    /// `NOT`.
    pub const NOT: Self = Self(3);
    /// `IS`, `ISNULL`, `NOTNULL`.
    pub const IS: Self = Self(4);
    /// `=`, `<`, `>` and their kin.
    pub const COMPARISON: Self = Self(5);
    /// `BETWEEN`, `IN`, `LIKE`.
    pub const MATCHING: Self = Self(6);
    /// Every operator that has no row of its own: `||`, `->`, `&`, `~`…
    pub const OTHER: Self = Self(7);
    /// `+`, `-`.
    pub const ADDITIVE: Self = Self(8);
    /// `*`, `/`, `%`.
    pub const MULTIPLICATIVE: Self = Self(9);
    /// `^`.
    pub const POWER: Self = Self(10);
    /// `AT TIME ZONE`.
    pub const AT: Self = Self(11);
    /// `COLLATE`.
    pub const COLLATE: Self = Self(12);
    /// Unary `+` and `-`.
    pub const SIGN: Self = Self(13);
    /// `[…]`, `::`, `.`.
    pub const POSTFIX: Self = Self(14);
}

macro_rules! operators {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $text:literal $prec:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl $name {
            /// Every operator of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its canonical spelling, in upper case where it is a word.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// How tightly it binds.
            #[must_use]
            pub const fn precedence(self) -> Precedence {
                match self { $(Self::$variant => Precedence::$prec,)* }
            }
        }
    };
}

operators! {
    /// Operators between two operands.
    BinaryOp {
        Or "OR" OR,
        And "AND" AND,
        Is "IS" IS,
        IsNot "IS NOT" IS,
        IsDistinct "IS DISTINCT FROM" IS,
        IsNotDistinct "IS NOT DISTINCT FROM" IS,
        Eq "=" COMPARISON,
        Ne "<>" COMPARISON,
        Lt "<" COMPARISON,
        Le "<=" COMPARISON,
        Gt ">" COMPARISON,
        Ge ">=" COMPARISON,
        NullSafeEq "<=>" COMPARISON,
        Concat "||" OTHER,
        JsonGet "->" OTHER,
        JsonGetText "->>" OTHER,
        JsonPath "#>" OTHER,
        JsonPathText "#>>" OTHER,
        JsonDeletePath "#-" OTHER,
        JsonExists "?" OTHER,
        JsonExistsAny "?|" OTHER,
        JsonExistsAll "?&" OTHER,
        JsonPathExists "@?" OTHER,
        TextMatch "@@" OTHER,
        Contains "@>" OTHER,
        ContainedBy "<@" OTHER,
        Overlap "&&" OTHER,
        RegexMatch "~" OTHER,
        RegexIMatch "~*" OTHER,
        NotRegexMatch "!~" OTHER,
        NotRegexIMatch "!~*" OTHER,
        LikeOperator "~~" OTHER,
        ILikeOperator "~~*" OTHER,
        NotLikeOperator "!~~" OTHER,
        NotILikeOperator "!~~*" OTHER,
        StartsWith "^@" OTHER,
        BitAnd "&" OTHER,
        BitOr "|" OTHER,
        BitXor "#" OTHER,
        ShiftLeft "<<" OTHER,
        ShiftRight ">>" OTHER,
        Distance "<->" OTHER,
        Adjacent "-|-" OTHER,
        NotLeft "&>" OTHER,
        NotRight "&<" OTHER,
        Add "+" ADDITIVE,
        Sub "-" ADDITIVE,
        Mul "*" MULTIPLICATIVE,
        Div "/" MULTIPLICATIVE,
        IntDiv "//" MULTIPLICATIVE,
        Mod "%" MULTIPLICATIVE,
        Div2 "DIV" MULTIPLICATIVE,
        Pow "^" POWER,
        Pow2 "**" POWER,
        AtTimeZone "AT TIME ZONE" AT,
        Overlaps "OVERLAPS" MATCHING,
    }
}

operators! {
    /// Operators before one operand.
    PrefixOp {
        Not "NOT" NOT,
        Plus "+" SIGN,
        Minus "-" SIGN,
        BitNot "~" OTHER,
        Abs "@" OTHER,
        SquareRoot "|/" OTHER,
        CubeRoot "||/" OTHER,
        Factorial "!!" OTHER,
        LogicalNot "!" OTHER,
        Prior "PRIOR" SIGN,
    }
}

operators! {
    /// Ways of matching text with a pattern.
    LikeOp {
        Like "LIKE" MATCHING,
        ILike "ILIKE" MATCHING,
        SimilarTo "SIMILAR TO" MATCHING,
        Glob "GLOB" MATCHING,
        Regexp "REGEXP" MATCHING,
        RLike "RLIKE" MATCHING,
        Match "MATCH" MATCHING,
    }
}

impl BinaryOp {
    /// True where operands of this precedence form a flat [`Chain`](crate::ExprKind::Chain).
    #[must_use]
    pub fn chains(self) -> bool {
        matches!(
            self.precedence(),
            Precedence::OR
                | Precedence::AND
                | Precedence::OTHER
                | Precedence::ADDITIVE
                | Precedence::MULTIPLICATIVE
        )
    }
}
