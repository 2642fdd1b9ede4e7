//! Comparisons: values brought to a form that compares as PostgreSQL's do; rows field by field, on DuckDB too.

use super::{form, is_array};
use crate::emit::{Emitter, Rep, Res, Use};
use rql_ir::function::Shape;
use rql_ir::{ColumnId, Func, RelId, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    pub(in crate::emit) fn compare(
        &mut self,
        func: Func,
        a: ScalarId,
        b: ScalarId,
        above: u8,
    ) -> Res {
        if let (ScalarKind::Row(left), ScalarKind::Row(right)) =
            (&self.ir.scalar(a).kind, &self.ir.scalar(b).kind)
        {
            let (left, right) = (left.clone(), right.clone());
            self.push("(");
            self.compare_rows(func, &left, &right)?;
            self.push(")");
            return Ok(());
        }
        let Shape::Infix(op, level) = func.row().shape else {
            return Ok(());
        };
        let rep = self.comparable_rep(&[a, b]);
        let (op, not) = self.null_safe(func).unwrap_or((op, false));
        self.bracket(above > if not { 3 } else { level }, |this| {
            this.push(if not { "NOT " } else { "" });
            this.comparable(a, rep, level + 1)?;
            this.push(" ");
            this.push(op);
            this.push(" ");
            this.comparable(b, rep, level + 1)
        })
    }

    /// Rows field by field: SQLite's own row values would compare decimals as they are stored.
    fn compare_rows(&mut self, func: Func, left: &[ScalarId], right: &[ScalarId]) -> Res {
        use Func as F;
        let joined = match func {
            F::Eq | F::IsNotDistinct => " AND ",
            F::Ne | F::IsDistinct => " OR ",
            _ => return self.order_rows(func, left, right),
        };
        for (at, (&a, &b)) in left.iter().zip(right).enumerate() {
            self.push(if at == 0 { "" } else { joined });
            self.compare(func, a, b, 4)?;
        }
        Ok(())
    }

    /// `(a, b) < (c, d)`: `a < c OR (a = c AND b < d)`.
    fn order_rows(&mut self, func: Func, left: &[ScalarId], right: &[ScalarId]) -> Res {
        use Func as F;
        let (&[a, ref left @ ..], &[b, ref right @ ..]) = (left, right) else {
            return Ok(());
        };
        if left.is_empty() {
            return self.compare(func, a, b, 4);
        }
        let strict = match func {
            F::Le => F::Lt,
            F::Ge => F::Gt,
            other => other,
        };
        self.compare(strict, a, b, 4)?;
        self.push(" OR (");
        self.compare(F::Eq, a, b, 4)?;
        self.push(" AND (");
        self.order_rows(func, left, right)?;
        self.push("))");
        Ok(())
    }

    pub(in crate::emit) fn between(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        let not = matches!(func, Func::NotBetween | Func::NotBetweenSymmetric);
        if matches!(self.ir.scalar(args[0]).kind, ScalarKind::Row(_)) {
            return self.rows_between(func, args, not);
        }
        let rep = self.comparable_rep(args);
        let symmetric = matches!(func, Func::BetweenSymmetric | Func::NotBetweenSymmetric);
        let word = if not { " NOT BETWEEN " } else { " BETWEEN " };
        let one = |this: &mut Self, low: ScalarId, high: ScalarId| {
            this.comparable(args[0], rep, 7)?;
            this.push(word);
            this.comparable(low, rep, 7)?;
            this.push(" AND ");
            this.comparable(high, rep, 7)
        };
        self.bracket(symmetric || above > 6, |this| {
            one(this, args[1], args[2])?;
            if symmetric {
                this.push(if not { " AND " } else { " OR " });
                one(this, args[2], args[1])?;
            }
            Ok(())
        })
    }

    /// Rows between rows, by their comparisons.
    fn rows_between(&mut self, func: Func, args: &[ScalarId], not: bool) -> Res {
        let symmetric = matches!(func, Func::BetweenSymmetric | Func::NotBetweenSymmetric);
        let one = |this: &mut Self, low: ScalarId, high: ScalarId| -> Res {
            this.push("(");
            this.compare(if not { Func::Lt } else { Func::Ge }, args[0], low, 4)?;
            this.push(if not { " OR " } else { " AND " });
            this.compare(if not { Func::Gt } else { Func::Le }, args[0], high, 4)?;
            this.push(")");
            Ok(())
        };
        self.push(if symmetric { "(" } else { "" });
        one(self, args[1], args[2])?;
        if symmetric {
            self.push(if not { " AND " } else { " OR " });
            one(self, args[2], args[1])?;
            self.push(")");
        }
        Ok(())
    }

    pub(in crate::emit) fn null_test(&mut self, func: Func, arg: ScalarId, above: u8) -> Res {
        let word = if func == Func::IsNull {
            " IS NULL"
        } else {
            " IS NOT NULL"
        };
        let fields = self.row_of(arg);
        self.bracket(above > 4 || fields.len() > 1, |this| {
            for (at, &field) in fields.iter().enumerate() {
                this.push(if at == 0 { "" } else { " AND " });
                let rep = this.natural(field);
                this.scalar(field, rep, 5)?;
                this.push(word);
            }
            Ok(())
        })
    }

    /// `x [NOT] IN (a, b)`.
    pub(in crate::emit) fn sqlite_in_list(
        &mut self,
        operand: ScalarId,
        negated: bool,
        items: &[ScalarId],
        above: u8,
    ) -> Res {
        if matches!(self.ir.scalar(operand).kind, ScalarKind::Row(_)) {
            self.push("(");
            for (at, &item) in items.iter().enumerate() {
                let (joined, func) = if negated {
                    (" AND ", Func::Ne)
                } else {
                    (" OR ", Func::Eq)
                };
                self.push(if at == 0 { "" } else { joined });
                self.compare(func, operand, item, 3)?;
            }
            self.push(")");
            return Ok(());
        }
        let mut all = vec![operand];
        all.extend(items);
        let rep = self.comparable_rep(&all);
        self.bracket(above > 6, |this| {
            this.comparable(operand, rep, 7)?;
            this.push(if negated { " NOT IN (" } else { " IN (" });
            this.list(items, |this, item| this.comparable(item, rep, 0))?;
            this.push(")");
            Ok(())
        })
    }

    /// `x [NOT] IN (SELECT …)`: both sides in a form that compares.
    pub(in crate::emit) fn sqlite_in_query(
        &mut self,
        operand: ScalarId,
        negated: bool,
        query: RelId,
        columns: &[ColumnId],
        above: u8,
    ) -> Res {
        let ir = self.ir;
        let fields = match &ir.scalar(operand).kind {
            ScalarKind::Row(fields) => fields.clone(),
            _ => vec![operand],
        };
        let word = if negated { " NOT IN (" } else { " IN (" };
        let forms: Vec<_> = fields
            .iter()
            .zip(columns)
            .map(|(&field, &column)| {
                let (here, there) = (ir.scalar(field).ty, ir.column(column).ty);
                (
                    field,
                    column,
                    self.computed(there),
                    self.common_of(here, there),
                )
            })
            .collect();
        let direct = forms.iter().all(|&(_, column, there, common)| {
            let ty = ir.column(column).ty;
            there == common && !self.needs_key(ty) && there != Rep::Numeric
        });
        self.bracket(above > 6, |this| {
            this.push(if fields.len() > 1 { "(" } else { "" });
            for (at, &(field, _, _, common)) in forms.iter().enumerate() {
                this.push(if at == 0 { "" } else { ", " });
                this.comparable(field, common, 7)?;
            }
            this.push(if fields.len() > 1 { ")" } else { "" });
            this.push(word);
            let names = this.names_of(columns);
            if direct {
                this.query(query, &names, Use::Value)?;
            } else {
                this.push("SELECT ");
                for (at, &(_, column, there, common)) in forms.iter().enumerate() {
                    this.push(if at == 0 { "" } else { ", " });
                    this.compared_column(&names[at], ir.column(column).ty, there, common)?;
                }
                this.push(" FROM (");
                this.query(query, &names, Use::Named)?;
                this.push(")");
            }
            this.push(")");
            Ok(())
        })
    }

    /// A column of a query by its name, in a form that compares.
    fn compared_column(&mut self, name: &str, ty: Type, has: Rep, common: Rep) -> Res {
        let key = match (ty, common) {
            (Type::Interval, _) => "rql_interval_key(",
            (Type::Array(_), _) => "rql_array_key(",
            (Type::Jsonb, _) => "rql_jsonb_key(",
            (_, Rep::Numeric) => "rql_num_key(",
            _ => "",
        };
        self.push(key);
        let around = (has != common)
            .then(|| self.opening(ty, has, common))
            .transpose()?;
        if let Some((open, _)) = &around {
            self.push(open);
        }
        self.name(name);
        if let Some((_, close)) = &around {
            self.push(close);
        }
        if is_array(ty) {
            self.push(&format!(", '{}'", form(ty)));
        }
        self.push(if key.is_empty() { "" } else { ")" });
        Ok(())
    }

    /// `x op ANY (SELECT …)`: true where one comparison is, else NULL where one is NULL, else false;
    /// ALL the other way round.
    pub(in crate::emit) fn sqlite_quantified(
        &mut self,
        func: Func,
        all: bool,
        operand: ScalarId,
        query: RelId,
        column: ColumnId,
        above: u8,
    ) -> Res {
        match (func, all) {
            (Func::Eq, false) => {
                return self.sqlite_in_query(operand, false, query, &[column], above);
            }
            (Func::Ne, true) => {
                return self.sqlite_in_query(operand, true, query, &[column], above);
            }
            _ => {}
        }
        let ir = self.ir;
        let mut aggregated = false;
        ir.walk(operand, &mut |s| {
            aggregated |= matches!(s.kind, ScalarKind::Aggregate { .. })
        });
        if aggregated {
            let span = ir.scalar(operand).span;
            return Err(self.refuse(span, "an aggregate before ANY or ALL"));
        }
        let Shape::Infix(op, _) = func.row().shape else {
            return Ok(());
        };
        let ty = ir.column(column).ty;
        let there = self.computed(ty);
        let common = self.common_of(ir.scalar(operand).ty, ty);
        let name = ir.column(column).name.clone();
        // The operand stands in a block of its own, so that its names say where they are from.
        let outer = self.open_block(2);
        let comparison = |this: &mut Self| -> Res {
            this.comparable(operand, common, 6)?;
            this.push(&format!(" {op} "));
            this.compared_column(&name, ty, there, common)
        };
        self.push("(SELECT CASE ");
        self.push(if all { "min(" } else { "max(" });
        let mut done = comparison(self);
        self.push(if all {
            ") WHEN 0 THEN 0 ELSE CASE WHEN count(*) = count("
        } else {
            ") WHEN 1 THEN 1 ELSE CASE WHEN count(*) = count("
        });
        done = done.and_then(|()| comparison(self));
        self.push(if all {
            ") THEN 1 END END FROM ("
        } else {
            ") THEN 0 END END FROM ("
        });
        self.current = outer;
        done?;
        self.query(query, &[name], Use::Named)?;
        // Without a name of its own the query answers to those of the tables inside, too.
        self.nested += 1;
        self.push(&format!(") AS q{})", self.nested));
        Ok(())
    }
}
