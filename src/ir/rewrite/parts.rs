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
    let last = match ir.rel(input).kind.is_change() {
        true => ctes.len(),
        false => last + 1,
    };
    let span = ir.rel(rel).span;
    let mut kept = Vec::new();
    for &cte in &ctes[..last] {
        if ir.is_changing(cte) || ir.reads_of(cte).next().is_some() {
            kept.push(ir.keep(cte));
        }
    }
    let last = match &ctes[last..] {
        [] => input,
        rest => ir.add_rel(
            RelKind::With {
                ctes: rest.to_vec(),
                input,
            },
            span,
        ),
    };
    ir.rels[rel.index()].kind = RelKind::Parts(Box::new(Parts { kept, last }));
    true
}

impl Ir {
    /// The WITH queries before the statement, and the statement.
    fn first_withs(&self) -> (Vec<CteId>, RelId) {
        let (mut all, mut at) = (Vec::new(), self.root.unwrap_or(RelId(0)));
        while let RelKind::With { ctes, input } = &self.rel(at).kind {
            all.extend(ctes);
            at = *input;
        }
        (all, at)
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
