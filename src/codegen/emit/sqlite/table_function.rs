//! Functions that give rows on SQLite: `json_each` of an array that a function of the session makes, or
//! a recursion for a series of integers that stands alone.

use super::bits;
use crate::emit::{Def, Emitter, Rep, Res, quoted};
use rql_ast::Span;
use rql_ir::{Literal, RelId, RelKind, ScalarId, ScalarKind, TableFunc, Type};

impl Emitter<'_> {
    /// Makes the columns of such a function known.
    pub(in crate::emit) fn define_function(&mut self, rel: RelId) {
        let RelKind::TableFunction {
            func,
            alias,
            columns,
            ordinality,
            args,
        } = &self.ir.rel(rel).kind
        else {
            return;
        };
        let block = self.current;
        self.blocks[block] += 1;
        let counted = usize::from(*ordinality);
        let recursion = self.is_recursion(func, args, *ordinality);
        if self.is_mysql() && !recursion {
            return self.mysql_define_rows(rel, block);
        }
        if !recursion {
            // json_each has a dozen columns more.
            self.crowded.push(block);
        }
        let own: Vec<&str> = match func {
            TableFunc::JsonEach { .. } => vec!["key", "value"],
            _ if recursion => vec!["n"],
            // It is refused where it stands.
            _ if func.is_told() => columns.iter().map(|column| &*column.1).collect(),
            _ => vec!["value"],
        };
        let given = &columns[..columns.len() - counted];
        for ((id, _), name) in given.iter().zip(&own) {
            let rep = match self.ir.column(*id).ty.is_decimal() {
                true => Rep::Numeric,
                false => Rep::Plain,
            };
            let def = Def::Name {
                block,
                qualifier: alias.clone(),
                name: (*name).to_owned(),
                rep,
            };
            self.define_as(*id, def);
        }
        if let (true, Some((id, _))) = (*ordinality, columns.last()) {
            let counted = format!("({}.key + 1)", quoted(alias, self.dialect));
            self.define_as(*id, Def::Written(counted));
        }
    }

    pub(in crate::emit) fn sqlite_table_function(&mut self, rel: RelId) -> Res {
        let RelKind::TableFunction {
            func,
            args,
            alias,
            ordinality,
            columns,
        } = &self.ir.rel(rel).kind
        else {
            return Ok(());
        };
        let span = self.ir.rel(rel).span;
        if matches!(func, TableFunc::JsonEach { .. }) && *ordinality {
            return Err(self.refuse(span, "json_each WITH ORDINALITY"));
        }
        self.sites.push(span);
        if self.is_mysql() && !self.is_recursion(func, args, *ordinality) {
            return self.mysql_rows(rel);
        }
        if self.is_recursion(func, args, *ordinality) {
            self.recursion(args)?;
        } else {
            self.push("json_each(");
            let element = self.ir.column(columns[0].0).ty;
            self.as_array(func, args, element)?;
            self.push(")");
        }
        self.push(" AS ");
        self.name(alias);
        Ok(())
    }

    /// Some rows of a table by chance, which are the same ones wherever they are looked at: with a LIMIT SQLite neither
    /// moves the choice into a join nor repeats it.
    pub(in crate::emit) fn sqlite_sample(
        &mut self,
        table: RelId,
        percent: ScalarId,
        span: Span,
    ) -> Res {
        let RelKind::Scan {
            schema,
            table,
            alias,
            ..
        } = &self.ir.rel(table).kind
        else {
            return Err(self.refuse(span, "TABLESAMPLE"));
        };
        self.push("(SELECT * FROM ");
        if let Some(schema) = schema {
            self.name(schema);
            self.push(".");
        }
        self.name(table);
        self.push(" WHERE ");
        self.sites.push(span);
        self.plain_runtime("rql_sampled", &[percent], "")?;
        self.push(" LIMIT -1) AS ");
        self.name(alias);
        Ok(())
    }

    /// The rows as an array.
    fn as_array(&mut self, func: &TableFunc, args: &[ScalarId], ty: Type) -> Res {
        let none = if args.len() < 3 { ", NULL" } else { "" };
        match func {
            TableFunc::GenerateSeries if ty.is_decimal() => {
                // The first value has its own digits.
                let args = args
                    .iter()
                    .map(|&arg| (self.before_widening(arg), Rep::Numeric));
                let args: Vec<_> = args.collect();
                let step = if args.len() < 3 { ", '1'" } else { "" };
                self.runtime("rql_num_series", &args, step)
            }
            TableFunc::GenerateSeries if ty.is_integer() => {
                let step = if args.len() < 3 { ", 1" } else { "" };
                self.plain_runtime("rql_series", args, step)
            }
            TableFunc::GenerateSeries => self.plain_runtime("rql_time_series", args, ""),
            TableFunc::Unnest => self.plain_runtime("rql_array_flat", args, ""),
            TableFunc::StringToTable => self.plain_runtime("rql_string_to_array", args, none),
            TableFunc::RegexpSplitToTable => self.plain_runtime("rql_regexp_split", args, ""),
            TableFunc::JsonElements { text: false, .. } => {
                self.plain_runtime("rql_json_elements", args, "")
            }
            TableFunc::JsonElements { text: true, .. } => {
                self.plain_runtime("rql_json_elements_text", args, "")
            }
            TableFunc::JsonEach { text: false, .. } => {
                self.plain_runtime("rql_json_members", args, "")
            }
            TableFunc::JsonEach { text: true, .. } => {
                self.plain_runtime("rql_json_members_text", args, "")
            }
            TableFunc::JsonKeys { .. } => self.plain_runtime("rql_json_keys", args, ""),
            TableFunc::JsonbPathQuery => {
                self.own_path(args[1])?;
                self.plain_runtime("rql_jsonb_path_query", args, "")
            }
            TableFunc::JsonObjects { set, .. } => {
                // No document is one row of NULLs.
                self.push(if *set { "" } else { "coalesce(" });
                let name = format!(", '{}'", func.name());
                self.plain_runtime("rql_json_objects", args, &name)?;
                self.push(if *set { "" } else { ", '[null]')" });
                Ok(())
            }
            // Refused before.
            TableFunc::File(_)
            | TableFunc::Own(_)
            | TableFunc::Told(_)
            | TableFunc::JsonRecord { .. } => Ok(()),
        }
    }

    /// True for a series of integers by a constant step that depends on no row: its rows are counted
    /// up rather than kept.
    fn is_recursion(&self, func: &TableFunc, args: &[ScalarId], ordinality: bool) -> bool {
        let integer = args.iter().all(|&arg| self.ir.scalar(arg).ty.is_integer());
        let mut alone = true;
        for &arg in args {
            self.ir.walk(arg, &mut |s| {
                alone &= matches!(
                    s.kind,
                    ScalarKind::Literal(_)
                        | ScalarKind::Param(_)
                        | ScalarKind::Call { .. }
                        | ScalarKind::Cast { .. }
                );
            });
        }
        let step = args
            .get(2)
            .map_or(Some(1), |&step| self.constant_step(step));
        *func == TableFunc::GenerateSeries
            && integer
            && alone
            && !ordinality
            && step.is_some_and(|step| step != 0)
    }

    fn constant_step(&self, step: ScalarId) -> Option<i64> {
        match &self.ir.scalar(step).kind {
            ScalarKind::Literal(Literal::Integer(value)) => Some(*value),
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => self.constant_step(*operand),
            ScalarKind::Call {
                func: rql_ir::Func::Neg,
                args,
            } => self.constant_step(args[0]).and_then(i64::checked_neg),
            _ => None,
        }
    }

    /// `(WITH RECURSIVE series (n) AS (…) SELECT n FROM series)`.
    fn recursion(&mut self, args: &[ScalarId]) -> Res {
        let (start, stop) = (args[0], args[1]);
        let step = args
            .get(2)
            .map_or(Some(1), |&step| self.constant_step(step));
        let step = step.unwrap_or(1);
        let (within, sign) = if step > 0 { ("<=", '+') } else { (">=", '-') };
        let size = step.unsigned_abs();
        self.push("(WITH RECURSIVE series (n) AS (SELECT ");
        let mysql = self.is_mysql();
        self.push(if mysql { "CAST(" } else { "" });
        self.scalar(start, Rep::Plain, 0)?;
        self.push(if mysql {
            " AS SIGNED) FROM DUAL WHERE "
        } else {
            " WHERE "
        });
        self.scalar(start, Rep::Plain, 6)?;
        self.push(&format!(" {within} "));
        self.scalar(stop, Rep::Plain, 6)?;
        self.push(&format!(
            " UNION ALL SELECT n {sign} {size} FROM series WHERE n {within} "
        ));
        let back = if sign == '+' { "rql_sub(" } else { "rql_add(" };
        match (size, self.constant_step(stop)) {
            _ if mysql => {
                self.scalar(stop, Rep::Plain, 8)?;
                self.push(&format!(" {} {size}", if sign == '+' { '-' } else { '+' }));
            }
            (_, Some(stop)) => self.push(&stop.saturating_sub(step).to_string()),
            _ => {
                self.push(back);
                self.scalar(stop, Rep::Plain, 0)?;
                self.push(&format!(", {size}, {})", bits(Type::BigInt)));
            }
        }
        self.push(") SELECT n FROM series");
        // Without it MariaDB loses rows where two windows stand above EXISTS.
        self.push(match self.is_mysql() {
            true => " LIMIT 18446744073709551615 OFFSET 0)",
            false => ")",
        });
        Ok(())
    }
}
