//! The terminals of the grammar.
//!
//! There are far fewer of them than words of the language: runs of words that mean one thing
//! (`LEFT OUTER JOIN`, `IS NOT DISTINCT FROM`, `ORDER BY`) are one terminal, all operators between
//! two operands are one, and a word that is a name where it stands is simply a name. What
//! distinguishes the tokens of one terminal is their [`Aux`].

use rql_ast::{
    BinaryOp, ChartKind, Direction, FrameExclude, FrameUnit, InsertOr, JoinKind, LikeOp,
    LockStrength, PrefixOp, SetOp,
};
use rql_lexer::{Span, TokenKind};

/// A token as the grammar sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tok {
    /// The terminal.
    pub term: Term,
    /// What distinguishes tokens of this terminal.
    pub aux: Aux,
    /// The token it was made from, or the first of them.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What distinguishes tokens of one terminal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Aux {
    /// Nothing.
    None,
    /// Which operator.
    Infix(Infix),
    /// Which operator.
    Prefix(PrefixOp),
    /// Which set operation.
    Set(SetOp),
    /// Which join.
    Join(JoinKind),
    /// Which lock.
    Lock(LockStrength),
    /// Which direction.
    Direction(Direction),
    /// Which unit.
    Unit(FrameUnit),
    /// Which exclusion.
    Exclude(FrameExclude),
    /// Which conflict clause.
    Or(InsertOr),
    /// Which chart.
    Chart(ChartKind),
    /// One of two: the first (true) or the second.
    Flag(bool),
    /// One of several; the terminal says of what.
    Choice(u8),
}

/// What may stand between two operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Infix {
    /// An operator of the table.
    Binary(BinaryOp),
    /// `[NOT] LIKE` and its kin.
    Like {
        /// Which.
        op: LikeOp,
        /// `NOT`.
        negated: bool,
    },
    /// `[NOT] IN`.
    In {
        /// `NOT`.
        negated: bool,
    },
    /// `[NOT] BETWEEN [SYMMETRIC]`.
    Between {
        /// `NOT`.
        negated: bool,
        /// `SYMMETRIC`.
        symmetric: bool,
    },
    /// `ESCAPE`.
    Escape,
}

macro_rules! terms {
    ($($name:ident)*) => {
        /// A terminal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Term { $(#[doc = concat!("`", stringify!($name), "`")] $name,)* }

        impl Term {
            /// The terminal that the generated parser calls `name`.
            pub(crate) fn of(name: &str) -> Option<Self> {
                match name.trim_matches('"') {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

terms! {
    // names and literals
    Id Str Num Blob Bits Param Const Default
    // operators
    Op Star Eq Prefix IsNull ColonColon Collate CollateColumn
    // punctuation
    LParen RParen Comma Semi Dot LIndex LList RBracket LBrace RBrace Colon Assign Arrow Position
    // expressions
    Case When Then Else End Cast Interval Unit UnitTo Filter WithinGroup Over IgnoreNulls NullsArg Separator
    Exists Quantified Array Row Map Variadic Trim Lambda For Placing
    // queries
    TableValues RowComma Select From Where GroupBy Having Window Qualify OrderBy Limit Offset Fetch FetchUnit Ties Only
    Percent Lock Of NoWait SetOp ByName All Distinct Values Table With Recursive Materialized As On
    Using Join Lateral Direction Nulls PartitionBy Frame Between And Bound BoundEnd Exclude Into
    Sample UsingSample Repeatable WithOrdinality RowsFrom Search Cycle WithRollup StarExclude StarReplace StarRename
    Indexed NotIndexed Chart TimeZone
    // templates
    TplAnd TplComma TplJoin TplClause TplItem TplStmt TemplateElse TemplateEnd
    // data
    Insert Update Delete Merge Set DefaultValues OnConflict OnConstraint DoNothing DoUpdate
    OnDuplicateKey Returning Matched Overriding Truncate Identity Cascade
    // transactions
    Begin Commit Rollback Savepoint Release To Chain
    // definitions
    Create Alter Drop Temp OrReplace Unlogged View MaterializedView Index Schema Sequence Unique
    IfNotExists IfExists Concurrently Constraint PrimaryKey ForeignKey References Check NotNull
    PartitionOf ForValues IsForm Generated AsIdentity Stored AutoIncrement Comment OnDelete OnUpdate OnUpdateExpr RefAction Match Deferrable UsingIndex Exclusion
    OnConflictWord NoInherit NullsDistinct Like WithData CheckOption Include Authorization
    Rename SetLogged AlterType DropColumn AddColumn AlterColumn AddConstraint DropConstraint
    ValidateConstraint RenameColumn RenameConstraint SetSchema OwnerTo SetDefault DropDefault
    SetNotNull DropNotNull DropIdentity DropExpression AddGenerated SetGenerated NotValid SeqOption SeqFlag
    OnCommit
    // sessions and scripts
    Explain Let Unset Declare Macro Connect Disconnect Use Show Describe Summarize Output Import
    Export Copy SetVar Reset Print Assert IncludeFile If ElsIf EndIf ForEach In Loop EndLoop
    Form FormLoad FormExecute FormDesign FormItem Field Action Detail
    // what the grammar knows nothing of
    Stray
}
