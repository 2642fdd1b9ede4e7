//! The dialects, one row each.

use core::fmt;
use core::str::FromStr;
use rql_ir::{Capabilities, NameMatch};

/// A dialect. `standard` is PostgreSQL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, in a session that has registered [`crate::sqlite::FUNCTIONS`].
    Sqlite,
    /// DuckDB.
    Duckdb,
    /// PostgreSQL 15, and the standard text.
    Postgresql,
    /// MySQL 8.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// Spark SQL.
    Spark,
}

/// What text needs to know of a dialect beyond its cells.
#[derive(Clone, Copy, Debug)]
pub struct Traits {
    /// Its name.
    pub name: &'static str,
    /// The versions on which its cells were measured.
    pub measured: &'static str,
    /// The mark before a parameter's number.
    pub param: char,
    /// The mark has the number of its parameter behind it; else each is bound for itself.
    pub numbered_params: bool,
    /// Around a quoted name.
    pub quote: char,
    /// How unquoted names find what there is.
    pub names: NameMatch,
    /// NULLs come first in ascending order where nothing is said.
    pub nulls_first_ascending: bool,
    /// Decimals are exact and typed; otherwise they are computed as integers of units.
    pub decimals: bool,
    /// There is a type for what a document says, beside one for how it is written.
    pub jsonb: bool,
    /// Which operators it has.
    pub can: Capabilities,
    /// An operand of a set operation may stand in parentheses.
    pub set_parentheses: bool,
    /// INTERSECT binds tighter than UNION and EXCEPT.
    pub intersect_tighter: bool,
    /// A column without alias has the name that PostgreSQL gives it.
    pub postgresql_names: bool,
    /// False where no text is written for it yet.
    pub filled: bool,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 6] = [
        Self::Sqlite,
        Self::Duckdb,
        Self::Postgresql,
        Self::Mysql,
        Self::Mariadb,
        Self::Spark,
    ];

    /// Its row.
    #[must_use]
    pub const fn traits(self) -> Traits {
        const fn row(name: &'static str, param: char, quote: char, first: bool) -> Traits {
            Traits {
                name,
                measured: "none",
                param,
                numbered_params: true,
                quote,
                names: NameMatch::Insensitive,
                nulls_first_ascending: first,
                decimals: true,
                jsonb: false,
                can: Capabilities::SQLITE,
                set_parentheses: false,
                intersect_tighter: false,
                postgresql_names: false,
                filled: false,
            }
        }
        match self {
            Self::Sqlite => Traits {
                measured: "SQLite 3.54",
                names: NameMatch::Attached,
                decimals: false,
                jsonb: true,
                filled: true,
                ..row("sqlite", '?', '"', true)
            },
            Self::Postgresql => Traits {
                measured: "PostgreSQL 15",
                names: NameMatch::Folded,
                jsonb: true,
                can: Capabilities::POSTGRESQL,
                set_parentheses: true,
                intersect_tighter: true,
                postgresql_names: true,
                filled: true,
                ..row("postgresql", '$', '"', false)
            },
            Self::Duckdb => Traits {
                measured: "DuckDB 1.5",
                can: Capabilities::DUCKDB,
                set_parentheses: true,
                intersect_tighter: true,
                filled: true,
                ..row("duckdb", '$', '"', false)
            },
            Self::Mysql => Traits {
                numbered_params: false,
                ..row("mysql", '?', '`', true)
            },
            Self::Mariadb => Traits {
                measured: "MariaDB 10.11",
                can: Capabilities::MARIADB,
                numbered_params: false,
                set_parentheses: true,
                intersect_tighter: true,
                filled: true,
                ..row("mariadb", '?', '`', true)
            },
            Self::Spark => row("spark", '?', '`', true),
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.traits().name
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = String;

    /// Reads a name; `standard` and `postgres` are `postgresql`.
    fn from_str(text: &str) -> Result<Self, String> {
        let name = match text {
            "standard" | "postgres" => "postgresql",
            other => other,
        };
        let found = Self::ALL.into_iter().find(|d| d.name() == name);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|d| d.name()).collect();
            format!("no dialect {text}; there are {}", names.join(", "))
        })
    }
}
