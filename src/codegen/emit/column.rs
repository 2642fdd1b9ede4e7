//! Columns: what a reference to one is in the text, and what it is called.

use super::{Def, Emitter, Rep, Res, mysql};
use crate::Dialect;
use rql_ir::function::Shape;
use rql_ir::{ColumnId, Func, ScalarId, ScalarKind, Type};

/// The columns of SQLite's `json_each`, for which it would take a bare name beside one.
pub(crate) const JSON_COLUMNS: &[&str] = &[
    "key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root",
];

impl Emitter<'_> {
    /// How a column stands where nothing else is asked for.
    pub(super) fn column_rep(&self, column: ColumnId) -> Rep {
        match self.definition(column) {
            Some(Def::Name { rep, .. }) => *rep,
            Some(Def::Inline(scalar)) => self.natural(*scalar),
            Some(Def::Same(other)) => {
                let wanted = self.computed(self.ir.column(column).ty);
                match self.column_rep(*other) {
                    Rep::Stored if wanted == self.computed(self.ir.column(*other).ty) => {
                        Rep::Stored
                    }
                    _ => wanted,
                }
            }
            Some(Def::Written(_) | Def::Proposed(_)) => Rep::Plain,
            Some(Def::Either(..)) => self.computed(self.ir.column(column).ty),
            None => Rep::Plain,
        }
    }

    /// The form in which two columns compare.
    pub(super) fn common_columns(&self, a: ColumnId, b: ColumnId) -> Rep {
        let [a, b] = [a, b].map(|c| self.ir.column(c).ty);
        self.common_of(a, b)
    }

    /// The form in which values of two types compare: units of the larger scale, or decimal text.
    pub(super) fn common_of(&self, a: Type, b: Type) -> Rep {
        let rep = Rep::common(self.computed(a), self.computed(b));
        match rep {
            // A bigint has more digits before the point than units leave it.
            Rep::Scaled(scale) if scale > 0 && [a, b].contains(&Type::BigInt) => Rep::Numeric,
            rep => rep,
        }
    }

    /// Writes a column as `rep`; `qualified` where its relation's name is wanted.
    pub(super) fn column_as(&mut self, column: ColumnId, rep: Rep, qualified: bool) -> Res {
        if self.namesakes.contains(&column) {
            // All of a group's values are the key.
            let namesakes = core::mem::take(&mut self.namesakes);
            self.push("MIN(");
            self.column_as(column, rep, qualified)?;
            self.push(")");
            self.namesakes = namesakes;
            return Ok(());
        }
        match self.definition(column).cloned() {
            Some(Def::Inline(inner)) => self.scalar(inner, rep, 0),
            Some(Def::Same(other)) => {
                let (ty, own) = (self.ir.column(column).ty, self.ir.column(other).ty);
                if ty == own || self.dialect == Dialect::Sqlite {
                    return self.column_as(other, rep, true);
                }
                self.push("CAST(");
                self.column_as(other, rep, true)?;
                self.push(&format!(" AS {})", self.held(ty)));
                Ok(())
            }
            Some(Def::Written(text)) => {
                self.push(&text);
                Ok(())
            }
            Some(Def::Proposed(name)) => {
                // VALUES of a query inside would begin rows there; MySQL knows no other word.
                self.push(match self.dialect {
                    Dialect::Mariadb => "VALUE(",
                    _ => "VALUES(",
                });
                self.name(&name);
                self.push(")");
                Ok(())
            }
            Some(Def::Either(a, b)) => {
                self.push("coalesce(");
                self.column_as(a, rep, true)?;
                self.push(", ");
                self.column_as(b, rep, true)?;
                self.push(")");
                Ok(())
            }
            Some(Def::Name {
                block,
                qualifier,
                name,
                rep: has,
            }) => {
                let ty = self.ir.column(column).ty;
                // In a HAVING MariaDB takes the name of a row around it for an item of that SELECT list.
                let around_it = self.grouped == Some(self.current) && block != self.current;
                self.push(if around_it { "(SELECT " } else { "" });
                let around = (has != rep)
                    .then(|| self.opening(ty, has, rep))
                    .transpose()?;
                if let Some((open, _)) = &around {
                    self.push(open);
                }
                // A text compares by its bytes, whatever the table says.
                let collated = self.is_mysql()
                    && self.ir.column(column).collated
                    && !core::mem::take(&mut self.as_stored);
                self.push(if collated { "CONVERT(" } else { "" });
                let of_zone = self.by_group.contains(&block) && ty == Type::TimestampTz;
                self.push(if of_zone { "CAST(" } else { "" });
                let copied = self.copied.contains(&column);
                self.push(if copied { "CONCAT(" } else { "" });
                let taken =
                    self.carried && JSON_COLUMNS.contains(&name.to_ascii_lowercase().as_str());
                let full =
                    qualified || taken || self.needs_qualifier(column, block, (&qualifier, &name));
                if full && !qualifier.is_empty() {
                    self.name(&qualifier);
                    self.push(".");
                }
                self.name(&name);
                self.push(if copied { ", '')" } else { "" });
                self.push(if of_zone { " AS DATETIME(6))" } else { "" });
                if collated {
                    self.push(" USING utf8mb4) COLLATE ");
                    self.push(mysql::collation(self.dialect));
                }
                if let Some((_, close)) = &around {
                    self.push(close);
                }
                self.push(if around_it { ")" } else { "" });
                Ok(())
            }
            None => Err(self.refuse(Default::default(), "this column")),
        }
    }

    /// True where the bare name would not be understood as this column.
    fn needs_qualifier(
        &self,
        column: ColumnId,
        block: usize,
        (qualifier, name): (&str, &str),
    ) -> bool {
        if block != self.current {
            return !self.is_hidden(block, qualifier);
        }
        if self.crowded.contains(&block) && self.blocks[block] > 1 {
            return true;
        }
        let taken = self
            .aliases
            .iter()
            .any(|(alias, of)| *of != Some(column) && alias.eq_ignore_ascii_case(name));
        let lone = self.blocks[block] < 2 && !self.in_window;
        if taken || lone || self.bare.contains(&column) {
            return taken;
        }
        self.defs.iter().enumerate().any(|(at, def)| {
            at != column.index()
                && matches!(def, Some(Def::Name { block: there, name: other, qualifier, .. })
                    if (*there == block || self.in_window) && !qualifier.is_empty() && other.eq_ignore_ascii_case(name))
        })
    }

    /// Begins a block of so many relations, and gives the one around it, which becomes the current one again.
    pub(super) fn open_block(&mut self, relations: usize) -> usize {
        let outer = self.current;
        self.current = self.blocks.len();
        self.blocks.push(relations);
        self.around.push(outer);
        outer
    }

    /// True where a block between the current one and that one has a relation of that name: what was written bare must
    /// stay so.
    pub(super) fn is_hidden(&self, block: usize, alias: &str) -> bool {
        let around = |&at: &usize| (at > block).then(|| self.around[at]);
        let inner = core::iter::successors(Some(self.current), around);
        let inner: Vec<usize> = inner.filter(|&at| at > block).collect();
        self.defs.iter().any(|def| {
            matches!(def, Some(Def::Name { block: there, qualifier, .. })
                if inner.contains(there) && qualifier == alias)
        })
    }

    /// The column of FROM that a scalar is, where it is nothing more.
    pub(super) fn base(&self, scalar: ScalarId) -> Option<ColumnId> {
        let ScalarKind::Column(mut id) = self.ir.scalar(scalar).kind else {
            return None;
        };
        loop {
            id = match self.definition(id) {
                Some(Def::Inline(scalar)) => match self.ir.scalar(*scalar).kind {
                    ScalarKind::Column(id) => id,
                    _ => return None,
                },
                Some(Def::Same(other)) => *other,
                _ => return Some(id),
            };
        }
    }

    /// What PostgreSQL would call the column of a scalar without alias, where that is sure.
    pub(super) fn default_name(&self, id: ScalarId) -> String {
        match &self.ir.scalar(id).kind {
            ScalarKind::Column(column) => self.default_column_name(*column),
            ScalarKind::Aggregate { func, .. } => func.name().into(),
            ScalarKind::Grouping(_) => "grouping".into(),
            ScalarKind::Window { func, running, .. } => {
                let name = func.name();
                if *running {
                    format!("run{name}")
                } else {
                    name.into()
                }
            }
            ScalarKind::Call { func, .. } => match func.row().shape {
                Shape::Call("btrim") => "trim".into(),
                Shape::Call(name) => name.into(),
                Shape::Special(20) => match func {
                    Func::Extract => "extract".into(),
                    Func::CurrentDate => "current_date".into(),
                    _ => "current_timestamp".into(),
                },
                _ => "?column?".into(),
            },
            ScalarKind::Cast { operand, .. } | ScalarKind::Assigned(operand) => {
                self.default_name(*operand)
            }
            ScalarKind::Member { name, .. } => name.clone(),
            ScalarKind::BackendCall { name, .. } => {
                name.rsplit('.').next().unwrap_or(name).to_owned()
            }
            ScalarKind::Case { .. } => "case".into(),
            ScalarKind::Exists(_) => "exists".into(),
            _ => "?column?".into(),
        }
    }

    fn default_column_name(&self, column: ColumnId) -> String {
        match self.definition(column) {
            Some(Def::Name { name, .. }) => name.clone(),
            Some(Def::Inline(scalar)) => self.default_name(*scalar),
            Some(Def::Same(other)) => self.default_column_name(*other),
            _ => String::new(),
        }
    }
}
