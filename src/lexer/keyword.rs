//! The words that mean something to the grammar.
//!
//! A word in this table is not reserved by standing here: which of them may name a column, and
//! where, is settled by the grammar crate.

macro_rules! keywords {
    ($($variant:ident $text:literal,)*) => {
        /// A word of the language, or [`Keyword::None`] for any other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Keyword {
            /// A word that the language gives no meaning.
            None,
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl Keyword {
            /// Every keyword, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its spelling in upper case; empty for [`Keyword::None`].
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    Self::None => "",
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

keywords! {
    Abort "ABORT",
    Action "ACTION",
    Add "ADD",
    All "ALL",
    Alter "ALTER",
    Analyze "ANALYZE",
    And "AND",
    Anti "ANTI",
    Any "ANY",
    Array "ARRAY",
    As "AS",
    Asc "ASC",
    Asof "ASOF",
    Assert "ASSERT",
    Asymmetric "ASYMMETRIC",
    At "AT",
    Attach "ATTACH",
    Authorization "AUTHORIZATION",
    AutoIncrement "AUTO_INCREMENT",
    Autoincrement "AUTOINCREMENT",
    Begin "BEGIN",
    Between "BETWEEN",
    Both "BOTH",
    By "BY",
    Cache "CACHE",
    Call "CALL",
    Cascade "CASCADE",
    Cascaded "CASCADED",
    Case "CASE",
    Cast "CAST",
    Character "CHARACTER",
    Chart "CHART",
    Check "CHECK",
    Checkpoint "CHECKPOINT",
    Close "CLOSE",
    Cluster "CLUSTER",
    Collate "COLLATE",
    Column "COLUMN",
    Comment "COMMENT",
    Commit "COMMIT",
    Concurrently "CONCURRENTLY",
    Conflict "CONFLICT",
    Connect "CONNECT",
    Constraint "CONSTRAINT",
    Continue "CONTINUE",
    Copy "COPY",
    Create "CREATE",
    Cross "CROSS",
    Cube "CUBE",
    Current "CURRENT",
    Cycle "CYCLE",
    Data "DATA",
    Database "DATABASE",
    Deallocate "DEALLOCATE",
    Declare "DECLARE",
    Default "DEFAULT",
    Deferrable "DEFERRABLE",
    Deferred "DEFERRED",
    Delete "DELETE",
    Desc "DESC",
    Describe "DESCRIBE",
    Detach "DETACH",
    Detail "DETAIL",
    Discard "DISCARD",
    Disconnect "DISCONNECT",
    Distinct "DISTINCT",
    Div "DIV",
    Do "DO",
    Double "DOUBLE",
    Drop "DROP",
    Duplicate "DUPLICATE",
    Else "ELSE",
    Elseif "ELSEIF",
    Elsif "ELSIF",
    End "END",
    Escape "ESCAPE",
    Except "EXCEPT",
    Exclude "EXCLUDE",
    Execform "EXECFORM",
    Execute "EXECUTE",
    Exists "EXISTS",
    Explain "EXPLAIN",
    Export "EXPORT",
    Expression "EXPRESSION",
    False "FALSE",
    Fetch "FETCH",
    Field "FIELD",
    Filter "FILTER",
    First "FIRST",
    Following "FOLLOWING",
    For "FOR",
    Foreign "FOREIGN",
    Form "FORM",
    From "FROM",
    Full "FULL",
    Generated "GENERATED",
    Glob "GLOB",
    Global "GLOBAL",
    Grant "GRANT",
    Group "GROUP",
    Grouping "GROUPING",
    Groups "GROUPS",
    Having "HAVING",
    Identity "IDENTITY",
    If "IF",
    Ignore "IGNORE",
    Ilike "ILIKE",
    Import "IMPORT",
    In "IN",
    Include "INCLUDE",
    Increment "INCREMENT",
    Index "INDEX",
    Indexed "INDEXED",
    Initially "INITIALLY",
    Inner "INNER",
    Insert "INSERT",
    Install "INSTALL",
    Intersect "INTERSECT",
    Interval "INTERVAL",
    Into "INTO",
    Is "IS",
    Isnull "ISNULL",
    Join "JOIN",
    Key "KEY",
    Lambda "LAMBDA",
    Last "LAST",
    Lateral "LATERAL",
    Leading "LEADING",
    Left "LEFT",
    Let "LET",
    Like "LIKE",
    Limit "LIMIT",
    Load "LOAD",
    Local "LOCAL",
    Lock "LOCK",
    Locked "LOCKED",
    Logged "LOGGED",
    Loop "LOOP",
    Macro "MACRO",
    Map "MAP",
    Match "MATCH",
    Matched "MATCHED",
    Materialized "MATERIALIZED",
    Maxvalue "MAXVALUE",
    Merge "MERGE",
    Minus "MINUS",
    Minvalue "MINVALUE",
    Name "NAME",
    Native "NATIVE",
    Natural "NATURAL",
    Next "NEXT",
    No "NO",
    Not "NOT",
    Nothing "NOTHING",
    Notnull "NOTNULL",
    Nowait "NOWAIT",
    Null "NULL",
    Nulls "NULLS",
    Of "OF",
    Offset "OFFSET",
    On "ON",
    Only "ONLY",
    Option "OPTION",
    Or "OR",
    Order "ORDER",
    Ordinality "ORDINALITY",
    Others "OTHERS",
    Outer "OUTER",
    Output "OUTPUT",
    Over "OVER",
    Overlaps "OVERLAPS",
    Overriding "OVERRIDING",
    Owned "OWNED",
    Owner "OWNER",
    Param "PARAM",
    Partition "PARTITION",
    Percent "PERCENT",
    Placing "PLACING",
    Positional "POSITIONAL",
    Pragma "PRAGMA",
    Preceding "PRECEDING",
    Precision "PRECISION",
    Prepare "PREPARE",
    Primary "PRIMARY",
    Print "PRINT",
    Prior "PRIOR",
    Qualify "QUALIFY",
    Range "RANGE",
    Recursive "RECURSIVE",
    References "REFERENCES",
    Refresh "REFRESH",
    Regexp "REGEXP",
    Reindex "REINDEX",
    Release "RELEASE",
    Rename "RENAME",
    Repeatable "REPEATABLE",
    Replace "REPLACE",
    Reset "RESET",
    Respect "RESPECT",
    Restart "RESTART",
    Restrict "RESTRICT",
    Returning "RETURNING",
    Revoke "REVOKE",
    Right "RIGHT",
    Rlike "RLIKE",
    Rollback "ROLLBACK",
    Rollup "ROLLUP",
    Row "ROW",
    Rows "ROWS",
    Sample "SAMPLE",
    Savepoint "SAVEPOINT",
    Schema "SCHEMA",
    Search "SEARCH",
    Select "SELECT",
    Semi "SEMI",
    Separator "SEPARATOR",
    Sequence "SEQUENCE",
    Session "SESSION",
    Set "SET",
    Sets "SETS",
    Share "SHARE",
    Show "SHOW",
    Similar "SIMILAR",
    Skip "SKIP",
    Some "SOME",
    Source "SOURCE",
    Start "START",
    Stored "STORED",
    StraightJoin "STRAIGHT_JOIN",
    Summarize "SUMMARIZE",
    Symmetric "SYMMETRIC",
    System "SYSTEM",
    Table "TABLE",
    Tablesample "TABLESAMPLE",
    Target "TARGET",
    Temp "TEMP",
    Temporary "TEMPORARY",
    Then "THEN",
    Ties "TIES",
    Time "TIME",
    To "TO",
    Trailing "TRAILING",
    Transaction "TRANSACTION",
    True "TRUE",
    Truncate "TRUNCATE",
    TryCast "TRY_CAST",
    Type "TYPE",
    Unbounded "UNBOUNDED",
    Union "UNION",
    Unique "UNIQUE",
    Unlogged "UNLOGGED",
    Unset "UNSET",
    Update "UPDATE",
    Use "USE",
    User "USER",
    Using "USING",
    Vacuum "VACUUM",
    Valid "VALID",
    Validate "VALIDATE",
    Values "VALUES",
    Variadic "VARIADIC",
    Varying "VARYING",
    View "VIEW",
    Virtual "VIRTUAL",
    When "WHEN",
    Where "WHERE",
    Window "WINDOW",
    With "WITH",
    Within "WITHIN",
    Without "WITHOUT",
    Work "WORK",
    Zone "ZONE",
}

/// Slots of the hash table; a power of two, four times the number of keywords or more.
const SLOTS: usize = 2048;

/// Open addressing over [`hash`]; filled when the crate is compiled.
static TABLE: [Keyword; SLOTS] = {
    let mut table = [Keyword::None; SLOTS];
    let mut index = 0;
    while index < Keyword::ALL.len() {
        let keyword = Keyword::ALL[index];
        let mut slot = hash(keyword.text().as_bytes());
        while !matches!(table[slot], Keyword::None) {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = keyword;
        index += 1;
    }
    table
};

/// Mixes the length with the first two and the last two letters, whatever their case.
const fn hash(word: &[u8]) -> usize {
    let len = word.len();
    let first = (word[0] | 0x20) as u32;
    let second = (word[1] | 0x20) as u32;
    let middle = (word[len / 2] | 0x20) as u32;
    let last = (word[len - 1] | 0x20) as u32;
    let mixed = first | second << 8 | middle << 16 | last << 24;
    (mixed
        .wrapping_mul(0x9E37_79B1)
        .wrapping_add(len as u32)
        .wrapping_mul(0x85EB_CA6B)
        >> 21) as usize
}

impl Keyword {
    /// The keyword that `word` spells, in any case.
    #[inline]
    #[must_use]
    pub fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        if bytes.len() < 2 || bytes.len() > 14 {
            return Self::None;
        }
        let mut slot = hash(bytes);
        loop {
            match TABLE[slot] {
                Self::None => return Self::None,
                keyword
                    if keyword.text().len() == bytes.len()
                        && keyword.text().as_bytes().eq_ignore_ascii_case(bytes) =>
                {
                    return keyword;
                }
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Keyword;

    #[test]
    fn every_keyword_is_found_in_any_case() {
        for &keyword in Keyword::ALL {
            assert_eq!(Keyword::of(keyword.text()), keyword);
            assert_eq!(Keyword::of(&keyword.text().to_lowercase()), keyword);
        }
        assert_eq!(Keyword::of("employees"), Keyword::None);
        assert_eq!(Keyword::of("selec"), Keyword::None);
    }
}
