//! What a session on MySQL or MariaDB is told, so that it answers as PostgreSQL does: one table.

use rql::Dialect;

/// Whom an option concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    Both,
    Mysql,
    Mariadb,
}

/// Name, value, whom it concerns; why stands beside it.
const OPTIONS: &[(&str, &str, On)] = &[
    ("time_zone", "'+00:00'", On::Both),
    // Warnings count as errors where rows are read; notes are none.
    ("sql_notes", "0", On::Both),
    // A quotient has at least as many digits as PostgreSQL gives.
    ("div_precision_increment", "30", On::Both),
    // string_agg is not cut.
    ("group_concat_max_len", "4294967295", On::Both),
    // Texts are sorted, and grouped, by their first 64 KiB, not by 1,024 bytes; more makes the first rows of
    // an order too dear. A sort needs room for fifteen such keys times its columns.
    ("max_sort_length", "65536", On::Both),
    ("sort_buffer_size", "33554432", On::Both),
    // Nobody has left a limit behind, and deep recursion is none.
    ("sql_select_limit", "DEFAULT", On::Both),
    ("max_recursive_iterations", "4294967295", On::Mariadb),
    ("cte_max_recursion_depth", "4294967295", On::Mysql),
    ("max_statement_time", "0", On::Mariadb),
    ("max_execution_time", "0", On::Mysql),
    // A condition that is moved from HAVING to WHERE warns of texts that are no numbers. What is kept of a query inside an
    // expression goes by other values than it was asked for, where columns are equal by a join.
    (
        "optimizer_switch",
        "'condition_pushdown_from_having=off,subquery_cache=off'",
        On::Mariadb,
    ),
    // Constraints hold.
    ("foreign_key_checks", "1", On::Both),
    ("unique_checks", "1", On::Both),
    ("check_constraint_checks", "1", On::Mariadb),
    ("innodb_strict_mode", "1", On::Mariadb),
    // `x IS NULL` finds NULLs, and changes need no key in WHERE.
    ("sql_auto_is_null", "0", On::Both),
    ("sql_safe_updates", "0", On::Both),
    ("autocommit", "1", On::Both),
    // Names of months and messages are English.
    ("lc_time_names", "'en_US'", On::Both),
    // A person may look at a page of rows for as long as it takes, and come back the next day.
    ("net_write_timeout", "86400", On::Both),
    ("wait_timeout", "2147483", On::Both),
];

/// Whether a setting is one of these, or says how texts are sent and compared.
pub(super) fn needs(setting: &str) -> bool {
    let texts = ["names", "character", "charset", "collation"];
    setting == "sql_mode"
        // Whether it may write is settled when it is opened.
        || matches!(setting, "transaction_read_only" | "tx_read_only" | "read_only")
        || OPTIONS.iter().any(|(name, ..)| *name == setting)
        || texts.iter().any(|start| setting.starts_with(start))
}

/// `sql_mode`, and why.
const MODES: &[(&str, On)] = &[
    // "a" is a name, || concatenates, a backslash is one.
    ("ANSI_QUOTES", On::Both),
    ("PIPES_AS_CONCAT", On::Both),
    ("NO_BACKSLASH_ESCAPES", On::Both),
    // What does not fit a column is refused.
    ("STRICT_ALL_TABLES", On::Both),
    ("ERROR_FOR_DIVISION_BY_ZERO", On::Both),
    ("NO_ZERO_DATE", On::Both),
    ("NO_ZERO_IN_DATE", On::Both),
    ("NO_ENGINE_SUBSTITUTION", On::Both),
    // A difference may be negative whatever its operands are.
    ("NO_UNSIGNED_SUBTRACTION", On::Both),
    // A zero is stored where a row is numbered, too.
    ("NO_AUTO_VALUE_ON_ZERO", On::Both),
    // Fractions of a second are rounded; MySQL does so by itself.
    ("TIME_ROUND_FRACTIONAL", On::Mariadb),
    // UPDATE reads the old values throughout.
    ("SIMULTANEOUS_ASSIGNMENT", On::Mariadb),
];

/// The binary collation that does not ignore spaces at the end: PostgreSQL's `C`.
pub(super) fn collation(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mysql => "utf8mb4_0900_bin",
        _ => "utf8mb4_nopad_bin",
    }
}

/// The statements that set a session up.
pub(super) fn statements(dialect: Dialect) -> [String; 3] {
    let here = |on: On| match on {
        On::Both => true,
        On::Mysql => dialect == Dialect::Mysql,
        On::Mariadb => dialect == Dialect::Mariadb,
    };
    let modes = MODES.iter().filter(|(_, on)| here(*on));
    let modes: Vec<&str> = modes.map(|(mode, _)| *mode).collect();
    let options = OPTIONS.iter().filter(|(_, _, on)| here(*on));
    let mut options: Vec<String> = options
        .map(|(name, value, _)| format!("{name} = {value}"))
        .collect();
    options.push(format!("sql_mode = '{}'", modes.join(",")));
    [
        format!("SET NAMES utf8mb4 COLLATE {}", collation(dialect)),
        format!("SET SESSION {}", options.join(", ")),
        // Each statement sees what others have committed before it.
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
    ]
}
