//! Functions that give rows on DuckDB: `unnest` of a list.

use super::json::{as_text, begins, members, pieces};
use crate::emit::{Def, Emitter, Res, quoted};
use rql_ir::{Func, RelId, RelKind, ScalarId, TableFunc};

impl Emitter<'_> {
    /// The list whose elements are the rows, where the function is none of DuckDB's own.
    pub(in crate::emit) fn duckdb_rows(
        &mut self,
        func: &TableFunc,
        args: &[ScalarId],
    ) -> Res<bool> {
        let of = |bracket: &str, list: &str, error: &str| {
            format!(
                "CASE WHEN {} THEN {list} WHEN {{0}} IS NOT NULL THEN error('{error}') END",
                begins("{0}", bracket)
            )
        };
        let text = match func {
            TableFunc::StringToTable => self.duckdb_idiom(Func::StringToArray, args),
            TableFunc::RegexpSplitToTable => {
                self.push("unnest(");
                self.duckdb_split(args[0], args)?;
                self.push(")");
                return Ok(true);
            }
            TableFunc::JsonElements { text, .. } => {
                let value = if *text {
                    as_text("e")
                } else {
                    "CAST(e AS json)".into()
                };
                let list = format!("list_transform({}, lambda e: {value})", pieces("{0}"));
                Some(of(
                    "[",
                    &list,
                    "cannot extract elements from what is no array",
                ))
            }
            TableFunc::JsonEach { text, .. } => {
                let value = if *text {
                    as_text("m[2]")
                } else {
                    "CAST(m[2] AS json)".into()
                };
                let list = format!(
                    "list_transform({}, lambda m: {{k: json_extract_string(m[1], '$'), v: {value}}})",
                    members("{0}")
                );
                Some(of("{", &list, "cannot deconstruct what is no object"))
            }
            TableFunc::JsonObjects { set, .. } => {
                let name = func.name();
                let object = |text: &str, error: &str| {
                    format!(
                        "CASE WHEN {} THEN CAST({text} AS json) ELSE error('{error}') END",
                        begins(text, "{")
                    )
                };
                Some(if *set {
                    let element = object(
                        "e",
                        &format!("argument of {name} must be an array of objects"),
                    );
                    let list = format!("list_transform({}, lambda e: {element})", pieces("{0}"));
                    of(
                        "[",
                        &list,
                        &format!("cannot call {name} on what is no array"),
                    )
                } else {
                    let one = object("{0}", &format!("cannot call {name} on what is no object"));
                    format!("[CASE WHEN {{0}} IS NOT NULL THEN {one} END]")
                })
            }
            TableFunc::JsonKeys { .. } => {
                let list = format!(
                    "list_transform({}, lambda m: json_extract_string(m[1], '$'))",
                    members("{0}")
                );
                Some(of(
                    "{",
                    &list,
                    "cannot call json_object_keys on what is no object",
                ))
            }
            _ => None,
        };
        let Some(text) = text else {
            return Ok(false);
        };
        self.push("unnest(");
        self.placed(&text, args)?;
        self.push(")");
        Ok(true)
    }

    /// A row of two is one column there, whose fields are the function's columns.
    pub(in crate::emit) fn duckdb_pairs(&mut self, rel: RelId) {
        let RelKind::TableFunction {
            func: TableFunc::JsonEach { .. },
            alias,
            columns,
            ..
        } = &self.ir.rel(rel).kind
        else {
            return;
        };
        let of = quoted(alias, self.dialect);
        for (column, field) in columns.iter().zip(["k", "v"]) {
            let text = format!("{of}.{PAIR}.{field}");
            self.define_as(column.0, Def::Written(text));
        }
    }
}

/// The column of rows of two.
pub(in crate::emit) const PAIR: &str = "rql_m";
