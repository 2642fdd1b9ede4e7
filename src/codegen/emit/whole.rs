//! Rows of relations as one value: PostgreSQL has them by the relation's name; elsewhere a row is what is made of it, a
//! document with the columns' names.

use super::aggregate::Aggregation;
use super::{Def, Emitter, Rep, Res};
use crate::{Dialect, Jsonb};
use rql_ir::{ColumnId, Missing, RelKind, Scalar, ScalarId, ScalarKind, Type};
use std::collections::BTreeMap;

/// The fields of a row with their names.
type Fields = Vec<(String, ScalarId)>;

impl Emitter<'_> {
    /// A row as a value.
    pub(super) fn whole(
        &mut self,
        id: ScalarId,
        fields: &[(String, ScalarId)],
        missing: Missing,
    ) -> Res {
        let span = self.ir.scalar(id).span;
        if self.dialect != Dialect::Postgresql {
            return Err(self.refuse(span, "a row of a table as a value"));
        }
        if let Some(name) = self.relation_of(fields) {
            self.name(&name);
            return Ok(());
        }
        // What the relation was called is out of sight here; a query makes a row of the same names.
        match missing {
            Missing::Never => {}
            Missing::WhereNull(column) => {
                self.wrapped("CASE WHEN ", &[column], " IS NOT NULL THEN ")?;
            }
            Missing::Untold => return Err(self.refuse(span, "a row of this relation as a value")),
        }
        self.push("(SELECT rql_row FROM (SELECT ");
        let values: Vec<_> = fields.iter().map(|field| field.1).collect();
        self.list(&values, |this, value| this.scalar(value, Rep::Plain, 0))?;
        self.push(") AS rql_row (");
        for (at, (name, _)) in fields.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            self.name(name);
        }
        self.push("))");
        self.push(if missing == Missing::Never {
            ""
        } else {
            " END"
        });
        Ok(())
    }

    /// The name of the relation of which these are all the columns, where it can be seen.
    fn relation_of(&self, fields: &[(String, ScalarId)]) -> Option<String> {
        let mut ids = Vec::new();
        let mut found: Option<(usize, &str)> = None;
        for (field, scalar) in fields {
            let id = self.base(*scalar)?;
            ids.push(id);
            let Some(Def::Name {
                block,
                qualifier,
                name,
                ..
            }) = self.definition(id)
            else {
                return None;
            };
            let here = (*block, qualifier.as_str());
            if name != field || found.is_some_and(|first| first != here) {
                return None;
            }
            found = Some(here);
        }
        let (block, qualifier) = found?;
        let is = |alias: &str, columns: &[ColumnId]| alias == qualifier && columns == ids;
        let whole = self.ir.rels.iter().any(|rel| match &rel.kind {
            RelKind::Scan { alias, columns, .. } | RelKind::CteScan { alias, columns, .. } => {
                is(alias, columns)
            }
            RelKind::Derived { alias, columns, .. }
            | RelKind::TableFunction { alias, columns, .. } => {
                let columns: Vec<_> = columns.iter().map(|column| column.0).collect();
                is(alias, &columns)
            }
            RelKind::Insert(insert) => is(&insert.target.alias, &insert.target.columns),
            RelKind::Update(update) => is(&update.target.alias, &update.target.columns),
            RelKind::Delete(delete) => is(&delete.target.alias, &delete.target.columns),
            _ => false,
        });
        // A column of that name would be meant before the row.
        let taken = self.defs.iter().any(
            |def| matches!(def, Some(Def::Name { name, .. }) if name.eq_ignore_ascii_case(qualifier)),
        );
        let hidden = block != self.current && self.is_hidden(block, qualifier);
        (whole && !taken && !hidden).then(|| qualifier.to_owned())
    }

    /// The fields of a row that is put together here.
    fn fields_of(&self, row: ScalarId) -> Option<(Fields, Missing)> {
        match &self.ir.scalar(row).kind {
            ScalarKind::Whole { fields, missing } => Some((fields.clone(), *missing)),
            // As PostgreSQL names them.
            ScalarKind::Row(fields) => {
                let named = (1..).map(|n| format!("f{n}")).zip(fields.iter().copied());
                Some((named.collect(), Missing::Never))
            }
            ScalarKind::Column(column) => match self.definition(*column)? {
                Def::Inline(inner) => self.fields_of(*inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// The values of a row that is there.
    pub(super) fn fields_told(&self, row: ScalarId) -> Option<Vec<ScalarId>> {
        match self.fields_of(row)? {
            (fields, Missing::Never) => Some(fields.into_iter().map(|field| field.1).collect()),
            _ => None,
        }
    }

    /// `count(DISTINCT (a, b))`: rows are alike where their fields are, or are both NULL.
    pub(super) fn different_rows(&mut self, call: &Aggregation<'_>, fields: &[ScalarId]) -> Res {
        for &field in fields {
            let Scalar { ty, span, .. } = *self.ir.scalar(field);
            let alike = match ty {
                ty if ty.is_text() || ty.is_integer() => true,
                ty if ty.is_decimal() => !ty.is_wide_decimal() && !self.is_of_scales(field),
                ty => matches!(ty, Type::Boolean | Type::Date),
            };
            if !alike {
                return Err(self.refuse(span, &format!("rows with {ty} told apart")));
            }
        }
        self.push("COUNT(DISTINCT ");
        match self.dialect {
            Dialect::Duckdb => self.wrapped("row(", fields, ")")?,
            Dialect::Sqlite => {
                self.push("json_array(");
                self.list(fields, |this, field| {
                    this.scalar(field, this.natural(field), 0)
                })?;
                self.push(")");
            }
            _ => {
                if call.filter.is_some() || call.over.is_some() {
                    let span = self.ir.scalar(fields[0]).span;
                    return Err(self.refuse(span, "DISTINCT rows of some rows"));
                }
                self.list(fields, |this, field| {
                    let none = match this.ir.scalar(field).ty {
                        ty if ty.is_text() => "''",
                        Type::Date => "DATE '1000-01-01'",
                        _ => "0",
                    };
                    this.wrapped("(", &[field], ") IS NULL, ")?;
                    this.wrapped("COALESCE(", &[field], &format!(", {none})"))
                })?;
            }
        }
        self.push(")");
        match self.dialect {
            Dialect::Sqlite | Dialect::Duckdb => self.behind(call),
            _ => Ok(()),
        }
    }

    /// A row as the text of a document.
    pub(super) fn row_document(&mut self, row: ScalarId, jsonb: bool) -> Res {
        let span = self.ir.scalar(row).span;
        let Some((mut fields, missing)) = self.fields_of(row) else {
            return Err(self.refuse(span, "a row of a table as a value"));
        };
        // SQLite's session brings a document into the form of JSONB; elsewhere it is written so.
        let (colon, comma) = match jsonb && self.dialect != Dialect::Sqlite {
            true => {
                let named = fields
                    .into_iter()
                    .map(|(name, value)| ((name.len(), name), value));
                let once: BTreeMap<_, _> = named.collect();
                fields = once
                    .into_iter()
                    .map(|((_, name), value)| (name, value))
                    .collect();
                for field in &fields {
                    self.only_normal(field.1)?;
                }
                (": ", ", ")
            }
            false => (":", ","),
        };
        match missing {
            Missing::Never => {}
            Missing::WhereNull(column) => {
                self.wrapped("CASE WHEN ", &[column], " IS NOT NULL THEN ")?;
            }
            Missing::Untold => {
                let what = "a row of a table as a value, which an outer join may miss without a column that tells";
                let refused = self.refuse(span, what);
                return Err(Box::new(refused.help(
                    "a primary key of the table, or another column that is NOT NULL, tells",
                )));
            }
        }
        let (open, between) = match self.is_mysql() {
            true => ("CONCAT(", ", "),
            false => ("(", " || "),
        };
        self.push(open);
        for (at, (name, value)) in fields.into_iter().enumerate() {
            let before = if at == 0 { "{" } else { comma };
            self.string(&format!("{before}{}{colon}", Jsonb::Text(name)));
            self.push(between);
            self.push("coalesce(");
            match self.dialect {
                Dialect::Sqlite => self.json_of(value)?,
                Dialect::Duckdb => self.json_piece(value)?,
                _ => self.mysql_piece(value)?,
            }
            self.push(", 'null')");
            self.push(between);
        }
        self.push("'}')");
        self.push(if missing == Missing::Never {
            ""
        } else {
            " END"
        });
        Ok(())
    }
}
