//! FROM: relations, joins, and what has to become a query in FROM.

use super::{Def, Emitter, Rep, Res};
use rql_ir::{ColumnId, JoinKind, Merged, RelId, RelKind, SetOp, TableFunc};

/// What a block reads.
pub(super) enum Body {
    /// Nothing: SELECT without FROM.
    Nothing,
    /// Relations and joins.
    From(RelId),
    /// An operator that needs a query of its own: with its alias and the names of its columns.
    Query(RelId, String, Vec<String>),
}

impl Emitter<'_> {
    /// Makes the columns of what a block reads known, before anything is written.
    pub(super) fn body_of(&mut self, rel: RelId) -> Res<Body> {
        let ir = self.ir;
        match &ir.rel(rel).kind {
            RelKind::OneRow => Ok(Body::Nothing),
            RelKind::Scan { .. }
            | RelKind::CteScan { .. }
            | RelKind::TableFunction { .. }
            | RelKind::Derived { .. }
            | RelKind::Join { .. } => {
                self.define(rel)?;
                Ok(Body::From(rel))
            }
            _ => {
                self.nested += 1;
                let alias = format!("q{}", self.nested);
                let columns = ir.columns_of(rel);
                let names = self.unique_names(&columns);
                self.name_columns(&alias, &columns, &names);
                Ok(Body::Query(rel, alias, names))
            }
        }
    }

    /// A name for each column of an operator that becomes a query.
    fn unique_names(&self, columns: &[ColumnId]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for &id in columns {
            let name = &self.ir.column(id).name;
            let plain = name == "?column?" || names.contains(name);
            names.push(if plain {
                format!("c{}", id.0)
            } else {
                name.clone()
            });
        }
        names
    }

    fn name_columns(&mut self, alias: &str, columns: &[ColumnId], names: &[String]) {
        let at = self.current;
        self.blocks[at] += 1;
        for (&id, name) in columns.iter().zip(names) {
            let rep = self.computed(self.ir.column(id).ty);
            let def = Def::Name {
                block: at,
                qualifier: alias.to_owned(),
                name: name.clone(),
                rep,
            };
            self.define_as(id, def);
        }
    }

    pub(super) fn write_from(&mut self, body: &Body) -> Res {
        match body {
            Body::Nothing => Ok(()),
            Body::From(rel) => {
                self.push(" FROM ");
                self.from(*rel, false)
            }
            Body::Query(rel, alias, names) => {
                self.push(" FROM (");
                let columns = self.ir.columns_of(*rel);
                self.outside(&columns, |this| this.query(*rel, names, true).map(|_| ()))?;
                self.push(") AS ");
                self.name(alias);
                if matches!(self.ir.rel(*rel).kind, RelKind::Values { .. }) {
                    self.value_names(*rel, names)?;
                }
                Ok(())
            }
        }
    }

    /// Writes a query whose columns have other names outside of it than inside.
    fn outside(&mut self, columns: &[ColumnId], write: impl FnOnce(&mut Self) -> Res) -> Res {
        let saved: Vec<_> = columns
            .iter()
            .map(|&id| self.definition(id).cloned())
            .collect();
        let done = write(self);
        for (&id, def) in columns.iter().zip(saved) {
            if let Some(def) = def {
                self.define_as(id, def);
            }
        }
        done
    }

    /// Says what the columns of FROM are called, before anything is written.
    fn define(&mut self, rel: RelId) -> Res {
        let ir = self.ir;
        let (alias, columns): (&str, Vec<(ColumnId, String, Rep)>) = match &ir.rel(rel).kind {
            RelKind::Join {
                kind,
                left,
                right,
                merged,
                ..
            } => {
                self.define(*left)?;
                self.define(*right)?;
                for m in merged {
                    self.define_merged(*kind, *m);
                }
                return Ok(());
            }
            RelKind::Scan { alias, columns, .. } => {
                let columns = columns.iter().map(|&id| {
                    let column = ir.column(id);
                    let rep = match self.computed(column.ty) {
                        Rep::Plain => Rep::Plain,
                        _ => Rep::Stored,
                    };
                    (id, column.name.clone(), rep)
                });
                (alias, columns.collect())
            }
            RelKind::CteScan {
                alias,
                columns,
                cte,
            } => {
                let names = &ir.ctes[cte.index()].columns;
                let columns = columns.iter().enumerate().map(|(at, &id)| {
                    let own = &ir.column(id).name;
                    let name = names.get(at).map_or(own, |(_, name)| name);
                    (id, name.clone(), self.computed(ir.column(id).ty))
                });
                (alias, columns.collect())
            }
            RelKind::Derived { alias, columns, .. }
            | RelKind::TableFunction { alias, columns, .. } => {
                let columns = columns
                    .iter()
                    .map(|(id, name)| (*id, name.clone(), self.computed(ir.column(*id).ty)));
                (alias, columns.collect())
            }
            _ => return Ok(()),
        };
        let at = self.current;
        self.blocks[at] += 1;
        for (id, name, rep) in columns {
            let qualifier = if ir.column(id).loose { "" } else { alias };
            let def = Def::Name {
                block: at,
                qualifier: qualifier.to_owned(),
                name,
                rep,
            };
            self.define_as(id, def);
        }
        Ok(())
    }

    /// The column that USING makes is the left or right one, or whichever there is.
    fn define_merged(&mut self, kind: JoinKind, merged: Merged) {
        let def = match kind {
            JoinKind::Full => Def::Either(merged.left, merged.right),
            JoinKind::Right => Def::Same(merged.right),
            _ => Def::Same(merged.left),
        };
        self.define_as(merged.column, def);
    }

    fn from(&mut self, rel: RelId, grouped: bool) -> Res {
        let ir = self.ir;
        let start = self.out.len();
        match &ir.rel(rel).kind {
            RelKind::Join { .. } => self.join(rel, grouped)?,
            RelKind::Scan {
                schema,
                table,
                alias,
                ..
            } => {
                if let Some(schema) = schema {
                    self.name(schema);
                    self.push(".");
                }
                self.name(table);
                if alias != table {
                    self.push(" AS ");
                    self.name(alias);
                }
            }
            RelKind::CteScan { cte, alias, .. } => {
                let name = &ir.ctes[cte.index()].name;
                self.name(name);
                if alias != name {
                    self.push(" AS ");
                    self.name(alias);
                }
            }
            RelKind::TableFunction {
                func,
                args,
                alias,
                columns,
                ordinality,
            } => {
                if !self.dialect.traits().table_functions {
                    return Err(self.refuse(ir.rel(rel).span, "a table function"));
                }
                self.push(match func {
                    TableFunc::GenerateSeries => "generate_series",
                    TableFunc::Unnest => "unnest",
                    TableFunc::Backend(name) => name,
                });
                self.push("(");
                self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
                self.push(if *ordinality {
                    ") WITH ORDINALITY AS "
                } else {
                    ") AS "
                });
                self.name(alias);
                self.push("(");
                let names: Vec<_> = columns.iter().map(|c| c.1.clone()).collect();
                self.names(&names);
                self.push(")");
            }
            RelKind::Derived {
                input,
                alias,
                columns,
            } => {
                let names: Vec<_> = columns.iter().map(|c| c.1.clone()).collect();
                let ids: Vec<_> = columns.iter().map(|c| c.0).collect();
                self.push("(");
                self.outside(&ids, |this| this.query(*input, &names, true).map(|_| ()))?;
                self.push(") AS ");
                self.name(alias);
                if matches!(ir.rel(*input).kind, RelKind::Values { .. }) {
                    self.value_names(*input, &names)?;
                }
            }
            _ => return Err(self.refuse(ir.rel(rel).span, "this relation")),
        }
        self.spans.add(start, self.out.len(), ir.rel(rel).span);
        Ok(())
    }

    fn join(&mut self, rel: RelId, grouped: bool) -> Res {
        let ir = self.ir;
        let RelKind::Join {
            kind,
            left,
            right,
            on,
            merged,
            lateral,
            ..
        } = &ir.rel(rel).kind
        else {
            return Ok(());
        };
        if grouped {
            self.push("(");
        }
        self.from(*left, false)?;
        // Nothing relates the sides: a cross join, whatever it was written as.
        let bare = on.is_none() && merged.is_empty();
        self.push(match kind {
            JoinKind::Cross => " CROSS JOIN ",
            JoinKind::Inner if bare => " CROSS JOIN ",
            JoinKind::Inner => " JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full => " FULL JOIN ",
        });
        if *lateral && !matches!(ir.rel(*right).kind, RelKind::TableFunction { .. }) {
            if !self.dialect.traits().lateral {
                return Err(self.refuse(ir.rel(rel).span, "LATERAL"));
            }
            self.push("LATERAL ");
        }
        self.from(*right, true)?;
        if !bare || !matches!(kind, JoinKind::Cross | JoinKind::Inner) {
            self.push(" ON ");
            self.join_condition(*on, merged)?;
        }
        if grouped {
            self.push(")");
        }
        Ok(())
    }

    fn join_condition(&mut self, on: Option<rql_ir::ScalarId>, merged: &[Merged]) -> Res {
        for (at, m) in merged.iter().enumerate() {
            self.push(if at == 0 { "" } else { " AND " });
            let rep = self.common_columns(m.left, m.right);
            self.column_as(m.left, rep)?;
            self.push(" = ");
            self.column_as(m.right, rep)?;
        }
        match on {
            Some(on) => {
                self.push(if merged.is_empty() { "" } else { " AND " });
                self.scalar(on, Rep::Plain, if merged.is_empty() { 0 } else { 2 })
            }
            None if merged.is_empty() => {
                self.push("TRUE");
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The names of the columns of VALUES, where the dialect's own are others.
    fn value_names(&mut self, values: RelId, names: &[String]) -> Res {
        if self.dialect.traits().column_aliases {
            self.push("(");
            self.names(names);
            self.push(")");
            return Ok(());
        }
        let own = names
            .iter()
            .enumerate()
            .all(|(at, n)| *n == format!("column{}", at + 1));
        if own {
            return Ok(());
        }
        Err(self.refuse(self.ir.rel(values).span, "names for the columns of VALUES"))
    }

    /// A set operation, its operands from the left.
    pub(super) fn set_operation(&mut self, rel: RelId, names: &[String]) -> Res<Vec<Rep>> {
        let ir = self.ir;
        let RelKind::SetOp {
            op,
            all,
            left,
            right,
            columns,
            ..
        } = &ir.rel(rel).kind
        else {
            return Ok(Vec::new());
        };
        let numeric = columns
            .iter()
            .any(|&c| self.computed(ir.column(c).ty) == Rep::Numeric);
        if numeric && !(*all && *op == SetOp::Union) {
            let span = ir.rel(rel).span;
            return Err(self.refuse(span, "a set operation on decimals of different scales"));
        }
        self.set_operand(*left, names, *op, true)?;
        self.push(match op {
            SetOp::Union => " UNION ",
            SetOp::Intersect => " INTERSECT ",
            SetOp::Except => " EXCEPT ",
        });
        if *all {
            if *op != SetOp::Union && !self.dialect.traits().intersect_all {
                return Err(self.refuse(ir.rel(rel).span, "INTERSECT ALL and EXCEPT ALL"));
            }
            self.push("ALL ");
        }
        self.set_operand(*right, names, *op, false)?;
        Ok(self.result_names(columns, names))
    }

    /// An operand stands bare where it is a plain block, or the left end of the same operator.
    fn set_operand(&mut self, rel: RelId, names: &[String], op: SetOp, left: bool) -> Res {
        let bare = match &self.ir.rel(rel).kind {
            RelKind::Project { .. } | RelKind::Distinct { .. } | RelKind::Values { .. } => true,
            RelKind::SetOp { op: below, .. } => {
                // UNION and EXCEPT are of one precedence, read from the left.
                left && (*below == op || (op != SetOp::Intersect && *below != SetOp::Intersect))
            }
            _ => false,
        };
        if bare {
            self.query(rel, names, true)?;
            return Ok(());
        }
        self.nested += 1;
        let alias = format!("q{}", self.nested);
        self.push("SELECT * FROM (");
        self.query(rel, names, true)?;
        self.push(") AS ");
        self.name(&alias);
        Ok(())
    }
}
