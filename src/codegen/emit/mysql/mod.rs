//! MariaDB and MySQL, where they are not PostgreSQL.
//!
//! The text is for a session with ANSI_QUOTES, NO_BACKSLASH_ESCAPES and the strict modes, whose texts
//! compare by `utf8mb4_nopad_bin`, whose time zone is UTC, and to which a warning is an error: a division
//! by zero, a conversion that cuts and a number out of range are warned of there. What is not even warned
//! of is raised by [`Emitter::unless`].
//!
//! What may be written twice is short, as in `duckdb.rs`.

mod aggregate;
mod array;
mod call;
mod cast;
mod change;
mod define;
mod document;
mod frame;
mod idiom;
mod interval;
mod json;
mod jsonb;
mod literal;
mod moment;
mod names;
mod number;
mod pattern;
mod query;
mod reading;
mod rows;
mod statistic;
mod steps;
mod template;
mod text;

pub(super) use jsonb::key as document_key;
pub(super) use pattern::never_empty;

pub use change::{EACH, NUMBERED_ALWAYS, STRICT};
pub(super) use names::Passed;

use super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ast::Span;
use rql_ir::{ColumnId, Scalar, ScalarId, ScalarKind, Type};

/// The collation by which texts compare as PostgreSQL's do in C.
pub(super) fn collation(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mysql => "utf8mb4_0900_bin",
        _ => "utf8mb4_nopad_bin",
    }
}

impl Emitter<'_> {
    /// True for MariaDB and MySQL, which share their SQL.
    pub(super) fn is_mysql(&self) -> bool {
        matches!(self.dialect, Dialect::Mariadb | Dialect::Mysql)
    }

    /// `CASE WHEN … THEN NULL ELSE … END`, where the NULL never comes: for a condition that holds, POW
    /// leaves the doubles, which is an error whose message names the text. REPEAT, since a POW of constants
    /// is computed before a row is looked at, where a subquery is rewritten.
    pub(super) fn unless(
        &mut self,
        error: &str,
        condition: impl FnOnce(&mut Self) -> Res,
        value: impl FnOnce(&mut Self) -> Res,
    ) -> Res {
        self.push("CASE WHEN POW(REPEAT(");
        self.string(error);
        self.push(", IF(");
        condition(self)?;
        self.push(", 1, NULL)), -1) THEN NULL ELSE ");
        value(self)?;
        self.push(" END");
        Ok(())
    }

    /// Refuses a type whose values are not what they compare as there.
    fn only_values(&self, id: ScalarId) -> Res {
        self.only_values_of(self.ir.scalar(id))
    }

    /// The same before what every dialect writes alike.
    pub(super) fn mysql_value_only(&self, id: ScalarId) -> Res {
        match self.is_mysql() && !matches!(self.ir.scalar(id).kind, ScalarKind::Row(_)) {
            true => self.only_values(id),
            false => Ok(()),
        }
    }

    /// Refuses rows that are compared whole, where a column of them has no value that compares.
    pub(super) fn mysql_columns_only(&self, columns: &[ColumnId], span: Span) -> Res {
        let is = |id: &&ColumnId| self.ir.column(**id).ty == Type::Interval;
        match columns.iter().find(is).filter(|_| self.is_mysql()) {
            Some(_) => Err(self.refuse(span, "rows with intervals, each once")),
            None => Ok(()),
        }
    }

    fn only_values_of(&self, scalar: &Scalar) -> Res {
        let what = match scalar.ty {
            Type::Interval => "an interval as a value",
            ty @ Type::Array(_) if array::element(ty).is_none() => "such an array",
            // A row of a relation says itself what can be made of it.
            Type::Record if !matches!(scalar.kind, ScalarKind::Whole { .. }) => "a row as a value",
            _ => return Ok(()),
        };
        Err(self.refuse(scalar.span, what))
    }

    /// A value in its own form.
    fn value(&mut self, id: ScalarId, above: u8) -> Res {
        self.scalar(id, Rep::Plain, above)
    }

    /// A decimal that a double was computed for.
    fn as_numeric(&mut self, ty: Type, write: impl FnOnce(&mut Self) -> Res) -> Res {
        if !ty.is_decimal() {
            return write(self);
        }
        self.push("CAST(");
        write(self)?;
        self.push(" AS DECIMAL(65,30))");
        Ok(())
    }
}

/// Words that MariaDB or MySQL read as more than a name, beside those that others do.
#[rustfmt::skip]
pub(super) const RESERVED: &[&str] = &[
    "accessible", "asensitive", "before", "bigint", "binary", "blob", "by", "call", "cascade",
    "change", "char", "character", "condition", "continue", "convert", "cube", "cume_dist",
    "current_role", "cursor", "databases", "day_hour", "day_microsecond", "day_minute",
    "day_second", "dec", "decimal", "declare", "delayed", "delete_domain_id", "dense_rank",
    "describe", "deterministic", "distinctrow", "div", "do_domain_ids", "double", "dual",
    "each", "elseif", "empty", "enclosed", "escaped", "exit", "explain", "first_value",
    "float", "float4", "float8", "force", "fulltext", "function", "generated", "get",
    "grouping", "groups", "high_priority", "hour_microsecond", "hour_minute", "hour_second",
    "ignore", "ignore_domain_ids", "infile", "inout", "insensitive", "int", "int1", "int2",
    "int3", "int4", "int8", "integer", "interval", "io_after_gtids", "io_before_gtids",
    "iterate", "json_table", "key", "keys", "kill", "lag", "last_value", "lead", "leave",
    "linear", "lines", "load", "lock", "long", "longblob", "longtext", "loop", "low_priority",
    "manual", "master_bind", "master_demote_to_replica", "master_demote_to_slave",
    "master_ssl_verify_server_cert", "match", "maxvalue", "mediumblob", "mediumint",
    "mediumtext", "middleint", "minute_microsecond", "minute_second", "mod", "modifies",
    "no_write_to_binlog", "nth_value", "ntile", "numeric", "of", "optimize", "optimizer_costs",
    "optionally", "out", "outfile", "page_checksum", "parallel", "parse_vcol_expr",
    "partition", "percent_rank", "portion", "precision", "procedure", "purge", "qualify",
    "range", "rank", "read", "read_write", "reads", "real", "recursive", "ref_system_id",
    "release", "rename", "repeat", "replace", "require", "resignal", "restrict", "return",
    "revoke", "rlike", "row", "row_number", "rownum", "rows", "schemas", "second_microsecond",
    "sensitive", "separator", "show", "signal", "smallint", "spatial", "specific", "sql",
    "sql_big_result", "sql_buffer_result", "sql_cache", "sql_calc_found_rows", "sql_no_cache",
    "sql_small_result", "sqlexception", "sqlstate", "sqlwarning", "ssl", "starting",
    "stats_auto_recalc", "stats_persistent", "stats_sample_pages", "stored", "straight_join",
    "system", "tablesample", "terminated", "tinyblob", "tinyint", "tinytext", "trigger",
    "undo", "unlock", "unsigned", "usage", "use", "utc_date", "utc_time", "utc_timestamp",
    "varbinary", "varchar", "varcharacter", "varying", "virtual", "while", "write", "xor",
    "year_month", "zerofill",
];
