//! Changes in WITH on targets without them.

use crate::*;

/// Each WITH query up to the last that changes something becomes a statement of its own, whose rows a temporary table
/// keeps for those behind it. Before a change all are: what reads them there has not always a place for WITH.
pub(crate) fn split(ir: &mut Ir, rel: RelId) -> bool {
    if ir.root != Some(rel) {
        return false;
    }
    let (ctes, input) = ir.first_withs();
    let Some(last) = ctes.iter().rposition(|&cte| ir.is_changing(cte)) else {
        return false;
    };
    // Nothing runs for a table that stays, or gets no rows.
    let idle = |table: &NewTable| {
        let empty = table.query.as_ref().is_some_and(|made| made.empty);
        empty || table.stays() == Some(true)
    };
    if ir.filled_table(rel).is_some_and(idle) {
        return false;
    }
    let last = match ir.rel(input).kind.is_change() {
        true => ctes.len(),
        false => last + 1,
    };
    let span = ir.rel(rel).span;
    let mut kept = ir.as_before(&ctes, input);
    for &cte in &ctes[..last] {
        if ir.is_changing(cte) || ir.reads_of(cte).next().is_some() {
            kept.push(ir.keep(cte));
        }
    }
    let mut last = match &ctes[last..] {
        [] => input,
        rest => ir.add_rel(
            RelKind::With {
                ctes: rest.to_vec(),
                input,
            },
            span,
        ),
    };
    if let RelKind::Define(mut define) = ir.rel(rel).kind.clone()
        && let Define::Table(NewTable {
            query: Some(made), ..
        }) = &mut *define
    {
        (made.query, made.rows) = (last, last);
        last = ir.add_rel(RelKind::Define(define), span);
    }
    ir.rels[rel.index()].kind = RelKind::Parts(Box::new(Parts { kept, last }));
    true
}

impl Ir {
    /// The WITH queries before the statement, and the statement.
    fn first_withs(&self) -> (Vec<CteId>, RelId) {
        let (mut all, mut at) = (Vec::new(), self.root.unwrap_or(RelId(0)));
        // PostgreSQL lets the rows of a new table come from changes.
        if let Some(made) = self.filled_table(at).and_then(|table| table.query.as_ref()) {
            at = made.rows;
        }
        while let RelKind::With { ctes, input } = &self.rel(at).kind {
            all.extend(ctes);
            at = *input;
        }
        (all, at)
    }

    /// The new table that takes the rows of a query.
    fn filled_table(&self, rel: RelId) -> Option<&NewTable> {
        match &self.rel(rel).kind {
            RelKind::Define(define) => match &**define {
                Define::Table(table) if table.query.is_some() => Some(table),
                _ => None,
            },
            _ => None,
        }
    }

    /// True where a WITH query before the statement changes something.
    #[must_use]
    pub fn changes_in_with(&self) -> bool {
        self.root.is_some()
            && self
                .first_withs()
                .0
                .iter()
                .any(|&cte| self.is_changing(cte))
    }

    fn is_changing(&self, cte: CteId) -> bool {
        let mut at = self.ctes[cte.index()].rel;
        while let RelKind::With { input, .. } = self.rel(at).kind {
            at = input;
        }
        self.rel(at).kind.is_change()
    }

    /// Where the rows of a WITH query are read, but for its own recursion.
    fn reads_of(&self, cte: CteId) -> impl Iterator<Item = RelId> + '_ {
        let mut own = Vec::new();
        self.each_below(self.ctes[cte.index()].rel, &mut |rel| own.push(rel));
        let all = (0..self.rels.len()).map(RelId::at);
        all.filter(move |rel| {
            matches!(self.rel(*rel).kind, RelKind::CteScan { cte: read, .. } if read == cte)
                && !own.contains(rel)
        })
    }

    /// What later parts read of tables that earlier ones change, kept as it is before any does.
    fn as_before(&mut self, ctes: &[CteId], input: RelId) -> Vec<KeptPart> {
        let mut kept = Vec::new();
        for (at, &cte) in ctes.iter().enumerate() {
            let Some((schema, name)) = self.changed_table(cte) else {
                continue;
            };
            let later = ctes[at + 1..].iter().map(|cte| self.ctes[cte.index()].rel);
            let mut readers = Vec::new();
            for rel in later.chain([input]) {
                self.each_below(rel, &mut |below| {
                    let RelKind::Scan {
                        schema: of,
                        table,
                        open: false,
                        ..
                    } = &self.rel(below).kind
                    else {
                        return;
                    };
                    let near = of.is_none() || schema.is_none() || *of == schema;
                    if near && table.eq_ignore_ascii_case(&name) && !readers.contains(&below) {
                        readers.push(below);
                    }
                });
            }
            kept.extend(self.keep_rows(&name, &readers));
        }
        kept
    }

    /// The table that a WITH query changes.
    fn changed_table(&self, cte: CteId) -> Option<(Option<String>, String)> {
        let mut at = self.ctes[cte.index()].rel;
        while let RelKind::With { input, .. } = self.rel(at).kind {
            at = input;
        }
        let target = match &self.rel(at).kind {
            RelKind::Insert(insert) => &insert.target,
            RelKind::Update(update) => &update.target,
            RelKind::Delete(delete) => &delete.target,
            RelKind::Merge(merge) => &merge.target,
            _ => return None,
        };
        Some((target.schema.clone(), target.table.clone()))
    }

    /// Lets all that reads a table read a copy of it.
    fn keep_rows(&mut self, name: &str, readers: &[RelId]) -> Option<KeptPart> {
        let &first = readers.first()?;
        let span = self.rel(first).span;
        let mut scan = self.rel(first).kind.clone();
        let RelKind::Scan { columns, alias, .. } = &mut scan else {
            return None;
        };
        name.clone_into(alias);
        let mut items = Vec::new();
        for id in columns {
            let column = self.column(*id).clone();
            *id = self.add_column(&column.name, column.ty, column.nullable);
            items.push(*id);
        }
        let input = self.add_rel(scan, span);
        let items = self.let_through(&items, span);
        let columns = items.iter().map(|item| {
            let column = self.column(item.0);
            (item.0, column.name.clone())
        });
        let columns = columns.collect();
        let rel = self.add_rel(RelKind::project(input, items), span);
        let copy = self.free_name(&format!("rql_before_{name}"));
        for reader in readers {
            if let RelKind::Scan { schema, table, .. } = &mut self.rels[reader.index()].kind {
                (*schema, *table) = (None, copy.clone());
            }
        }
        Some(KeptPart {
            rel,
            name: name.to_owned(),
            table: copy,
            columns,
        })
    }

    /// Lets all that reads a WITH query read a table.
    fn keep(&mut self, cte: CteId) -> KeptPart {
        let readers: Vec<RelId> = self.reads_of(cte).collect();
        let Cte {
            name,
            mut rel,
            mut columns,
            recursive,
            ..
        } = self.ctes[cte.index()].clone();
        let names = distinct_names(&columns);
        let table = self.free_name(&format!("rql_{name}"));
        for reader in readers {
            let RelKind::CteScan { alias, columns, .. } = self.rel(reader).kind.clone() else {
                continue;
            };
            for (id, name) in columns.iter().zip(&names) {
                self.columns[id.index()].name.clone_from(name);
            }
            self.rels[reader.index()].kind = RelKind::Scan {
                schema: None,
                table: table.clone(),
                alias,
                columns,
                open: false,
                in_order: false,
                only: false,
            };
        }
        if recursive {
            let span = self.rel(rel).span;
            let (rows, made) = self.use_of(cte, span);
            let items = self.let_through(&made, span);
            let input = self.add_rel(RelKind::project(rows, items), span);
            rel = self.add_rel(
                RelKind::With {
                    ctes: vec![cte],
                    input,
                },
                span,
            );
            for (column, made) in columns.iter_mut().zip(made) {
                column.0 = made;
            }
        }
        for (column, name) in columns.iter_mut().zip(names) {
            column.1 = name;
        }
        KeptPart {
            rel,
            name,
            table,
            columns,
        }
    }
}
