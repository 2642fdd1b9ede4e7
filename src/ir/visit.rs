//! Ways through scalars.

use crate::*;

impl ScalarKind {
    /// Calls `visit` with every scalar that this one is computed from, in the order written; queries
    /// inside are not entered.
    pub fn each_operand(&self, visit: &mut dyn FnMut(ScalarId)) {
        let mut copy = self.clone();
        copy.map_operands(&mut |operand| {
            visit(operand);
            operand
        });
    }

    /// Puts `map` of it in the place of every scalar that this one is computed from.
    pub fn map_operands(&mut self, map: &mut dyn FnMut(ScalarId) -> ScalarId) {
        let mut each = |list: &mut [ScalarId]| list.iter_mut().for_each(|s| *s = map(*s));
        match self {
            Self::Column(_)
            | Self::Wildcard(_)
            | Self::Literal(_)
            | Self::Param(_)
            | Self::Default(_)
            | Self::Exists(_)
            | Self::ArrayQuery { .. }
            | Self::Subquery { .. } => {}
            Self::OfArray { operand, array, .. } => {
                *operand = map(*operand);
                *array = map(*array);
            }
            Self::Call { args, .. }
            | Self::BackendCall { args, .. }
            | Self::Row(args)
            | Self::Array(args)
            | Self::Grouping(args) => each(args),
            Self::Whole { fields, missing } => {
                fields.iter_mut().for_each(|field| field.1 = map(field.1));
                if let Missing::WhereNull(column) = missing {
                    *column = map(*column);
                }
            }
            Self::Cast { operand, .. }
            | Self::Member { operand, .. }
            | Self::Assigned(operand)
            | Self::InQuery { operand, .. }
            | Self::Quantified { operand, .. } => *operand = map(*operand),
            Self::Case {
                branches,
                otherwise,
            } => {
                for (when, then) in branches {
                    *when = map(*when);
                    *then = map(*then);
                }
                *otherwise = otherwise.map(map);
            }
            Self::InList { operand, items, .. } => {
                *operand = map(*operand);
                items.iter_mut().for_each(|s| *s = map(*s));
            }
            Self::Aggregate {
                args,
                order,
                filter,
                ..
            } => {
                each(args);
                order
                    .iter_mut()
                    .for_each(|key| key.scalar = map(key.scalar));
                *filter = filter.map(map);
            }
            Self::Window {
                args,
                filter,
                partition,
                order,
                frame,
                ..
            } => {
                each(args);
                each(partition);
                order
                    .iter_mut()
                    .for_each(|key| key.scalar = map(key.scalar));
                *filter = filter.map(&mut *map);
                for bound in frame.iter_mut().flat_map(|f| [&mut f.start, &mut f.end]) {
                    if let FrameBound::Preceding(s) | FrameBound::Following(s) = bound {
                        *s = map(*s);
                    }
                }
            }
            Self::Guarded {
                then, otherwise, ..
            } => {
                *then = map(*then);
                *otherwise = otherwise.map(map);
            }
        }
    }

    /// True where two are alike but for their operands.
    fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Column(a), Self::Column(b)) => a == b,
            (Self::Literal(a), Self::Literal(b)) => a == b,
            (Self::Assigned(_), Self::Assigned(_)) => true,
            (Self::Default(a), Self::Default(b)) => a == b,
            (Self::Param(a), Self::Param(b)) => a == b,
            (Self::Call { func: a, .. }, Self::Call { func: b, .. }) => a == b,
            (
                Self::BackendCall {
                    name: a, labels: c, ..
                },
                Self::BackendCall {
                    name: b, labels: d, ..
                },
            ) => a == b && c == d,
            (Self::Member { name: a, .. }, Self::Member { name: b, .. }) => a == b,
            (Self::Cast { fallible: a, .. }, Self::Cast { fallible: b, .. }) => a == b,
            (Self::Case { otherwise: a, .. }, Self::Case { otherwise: b, .. }) => {
                a.is_some() == b.is_some()
            }
            (Self::InList { negated: a, .. }, Self::InList { negated: b, .. }) => a == b,
            (
                Self::OfArray { func, all, .. },
                Self::OfArray {
                    func: f, all: a, ..
                },
            ) => func == f && all == a,
            (Self::Whole { fields: a, .. }, Self::Whole { fields: b, .. }) => {
                let names = |fields: &[(String, ScalarId)]| -> Vec<String> {
                    fields.iter().map(|field| field.0.clone()).collect()
                };
                names(a) == names(b)
            }
            (Self::Row(_), Self::Row(_))
            | (Self::Array(_), Self::Array(_))
            | (Self::Grouping(_), Self::Grouping(_)) => true,
            (
                Self::Aggregate {
                    func: a,
                    distinct: d,
                    order: o,
                    filter: f,
                    ..
                },
                Self::Aggregate {
                    func: b,
                    distinct: e,
                    order: p,
                    filter: g,
                    ..
                },
            ) => a == b && d == e && same_directions(o, p) && f.is_some() == g.is_some(),
            (
                Self::Window {
                    func: a,
                    filter: f,
                    partition: p,
                    order: o,
                    frame: x,
                    running: r,
                    ..
                },
                Self::Window {
                    func: b,
                    filter: g,
                    partition: q,
                    order: n,
                    frame: y,
                    running: s,
                    ..
                },
            ) => {
                a == b
                    && f.is_some() == g.is_some()
                    && p.len() == q.len()
                    && same_directions(o, n)
                    && x == y
                    && r == s
            }
            _ => false,
        }
    }
}

fn same_directions(a: &[SortKey], b: &[SortKey]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| (a.descending, a.nulls_first) == (b.descending, b.nulls_first))
}

impl Ir {
    /// Visits a scalar and all that it is computed from; queries inside are not entered.
    pub fn walk(&self, scalar: ScalarId, visit: &mut dyn FnMut(&Scalar)) {
        let node = self.scalar(scalar);
        visit(node);
        node.kind
            .each_operand(&mut |operand| self.walk(operand, visit));
    }

    /// Visits the ids of a scalar and of all that it is computed from; queries inside are not entered.
    pub fn walk_ids(&self, scalar: ScalarId, visit: &mut dyn FnMut(ScalarId)) {
        visit(scalar);
        let kind = &self.scalar(scalar).kind;
        kind.each_operand(&mut |operand| self.walk_ids(operand, visit));
    }

    /// True where two scalars say the same.
    #[must_use]
    pub fn same(&self, a: ScalarId, b: ScalarId) -> bool {
        if a == b {
            return true;
        }
        let (a, b) = (self.scalar(a), self.scalar(b));
        if a.ty != b.ty || !a.kind.alike(&b.kind) {
            return false;
        }
        let (mut left, mut right) = (Vec::new(), Vec::new());
        a.kind.each_operand(&mut |s| left.push(s));
        b.kind.each_operand(&mut |s| right.push(s));
        left.len() == right.len() && left.into_iter().zip(right).all(|(a, b)| self.same(a, b))
    }
}

impl Ir {
    /// Calls `visit` with every scalar that stands in a relational operator itself.
    pub fn each_scalar(&self, rel: RelId, visit: &mut dyn FnMut(ScalarId)) {
        let mut keys = |keys: &[SortKey]| keys.iter().for_each(|key| visit(key.scalar));
        match &self.rel(rel).kind {
            RelKind::OneRow
            | RelKind::Scan { .. }
            | RelKind::CteScan { .. }
            | RelKind::Derived { .. }
            | RelKind::Distinct { .. }
            | RelKind::SetOp { .. }
            | RelKind::Lock { .. }
            | RelKind::With { .. } => {}
            RelKind::TableFunction { args, .. } | RelKind::DistinctOn { keys: args, .. } => {
                args.iter().for_each(|&s| visit(s));
            }
            RelKind::Values { rows, .. } => rows.iter().flatten().for_each(|&s| visit(s)),
            RelKind::Join { on, .. } => on.iter().for_each(|&s| visit(s)),
            RelKind::Filter { predicate, .. } => visit(*predicate),
            RelKind::Sample { percent, seed, .. } => {
                visit(*percent);
                seed.iter().for_each(|&s| visit(s));
            }
            RelKind::Aggregate {
                groups,
                dependent,
                aggregates,
                ..
            } => {
                let all = groups.iter().chain(dependent).chain(aggregates);
                all.for_each(|item| visit(item.1));
            }
            RelKind::Window { items, .. } | RelKind::Project { items, .. } => {
                items.iter().for_each(|item| visit(item.1));
            }
            RelKind::Sort { keys: all, .. } => keys(all),
            RelKind::Limit { count, offset, .. } => {
                count.iter().chain(offset).for_each(|&s| visit(s));
            }
            RelKind::Define(define) => define.each_scalar(visit),
            RelKind::Merge(merge) => merge.each_scalar(visit),
            RelKind::Parts(_) | RelKind::Sequence(_) => {}
            RelKind::Insert(insert) => {
                if let Some(conflict) = &insert.conflict {
                    conflict.each_scalar(visit);
                }
                insert.returning.iter().for_each(|item| visit(item.1));
            }
            RelKind::Update(update) => {
                Assign::each_scalar(&update.assigns, visit);
                update.predicate.iter().for_each(|&s| visit(s));
                update.returning.iter().for_each(|item| visit(item.1));
            }
            RelKind::Delete(delete) => {
                delete.predicate.iter().for_each(|&s| visit(s));
                delete.returning.iter().for_each(|item| visit(item.1));
            }
        }
    }

    /// The queries whose rows an operator assigns to columns.
    #[must_use]
    pub fn assigned_queries(&self, rel: RelId) -> Vec<RelId> {
        let assigns = match &self.rel(rel).kind {
            RelKind::Update(update) => &update.assigns,
            RelKind::Insert(insert) => match insert.conflict.as_ref().map(|c| &c.update) {
                Some(Some(assigns)) => assigns,
                _ => return Vec::new(),
            },
            RelKind::Merge(merge) => return merge.assigns().flat_map(Assign::queries).collect(),
            _ => return Vec::new(),
        };
        Assign::queries(assigns).collect()
    }

    /// Adds the queries inside a scalar to `found`; those inside these are not looked for.
    pub fn queries_in(&self, scalar: ScalarId, found: &mut Vec<RelId>) {
        self.walk(scalar, &mut |s| match s.kind {
            ScalarKind::InQuery { query, .. }
            | ScalarKind::Quantified { query, .. }
            | ScalarKind::Exists(query)
            | ScalarKind::ArrayQuery { query, .. }
            | ScalarKind::Subquery { query, .. } => found.push(query),
            _ => {}
        });
    }
}

impl RelKind {
    /// Puts `map` of it in the place of every scalar that stands in the operator itself; operators that
    /// change data or the schema are left as they are.
    pub fn map_scalars(&mut self, map: &mut dyn FnMut(ScalarId) -> ScalarId) {
        let mut each = |list: &mut [ScalarId]| list.iter_mut().for_each(|s| *s = map(*s));
        match self {
            Self::TableFunction { args, .. } | Self::DistinctOn { keys: args, .. } => each(args),
            Self::Values { rows, .. } => rows.iter_mut().for_each(|row| each(row)),
            Self::Join { on: Some(on), .. } => *on = map(*on),
            Self::Filter { predicate, .. } => *predicate = map(*predicate),
            Self::Sample { percent, seed, .. } => {
                *percent = map(*percent);
                *seed = seed.map(map);
            }
            Self::Aggregate {
                groups,
                dependent,
                aggregates,
                ..
            } => {
                let all = groups.iter_mut().chain(dependent).chain(aggregates);
                all.for_each(|item| item.1 = map(item.1));
            }
            Self::Window { items, .. } | Self::Project { items, .. } => {
                items.iter_mut().for_each(|item| item.1 = map(item.1));
            }
            Self::Sort { keys, .. } => keys.iter_mut().for_each(|key| key.scalar = map(key.scalar)),
            Self::Limit { count, offset, .. } => {
                let both = count.iter_mut().chain(offset);
                both.for_each(|s| *s = map(*s));
            }
            _ => {}
        }
    }
}

impl Ir {
    /// Visits a relation and all that it reads, WITH queries and the queries in its scalars included.
    pub fn each_below(&self, rel: RelId, visit: &mut dyn FnMut(RelId)) {
        visit(rel);
        if let RelKind::With { ctes, .. } = &self.rel(rel).kind {
            for cte in ctes {
                self.each_below(self.ctes[cte.index()].rel, visit);
            }
        }
        let mut queries = self.inputs(rel);
        queries.extend(self.assigned_queries(rel));
        self.each_scalar(rel, &mut |scalar| self.queries_in(scalar, &mut queries));
        for query in queries {
            self.each_below(query, visit);
        }
    }

    /// A scalar over the columns `to` in the place of `from`, queries inside included.
    pub fn remapped(&mut self, scalar: ScalarId, from: &[ColumnId], to: &[ColumnId]) -> ScalarId {
        let mut new = self.scalar(scalar).clone();
        match new.kind {
            ScalarKind::Column(id) => {
                let at = from.iter().position(|&column| column == id);
                return at.map_or(scalar, |at| self.reference(to[at], new.span));
            }
            ScalarKind::InQuery { query, .. }
            | ScalarKind::Quantified { query, .. }
            | ScalarKind::Exists(query)
            | ScalarKind::ArrayQuery { query, .. }
            | ScalarKind::Subquery { query, .. } => self.remap_rel(query, from, to),
            _ => {}
        }
        let mut changed = false;
        new.kind.map_operands(&mut |operand| {
            let other = self.remapped(operand, from, to);
            changed |= other != operand;
            other
        });
        if changed {
            self.add_scalar(new)
        } else {
            scalar
        }
    }

    /// A relation over the columns `to` of a block around it in the place of `from`.
    pub fn remap_rel(&mut self, rel: RelId, from: &[ColumnId], to: &[ColumnId]) {
        let mut all = vec![rel];
        while let Some(rel) = all.pop() {
            let mut kind = self.rel(rel).kind.clone();
            if let RelKind::With { ctes, .. } = &kind {
                all.extend(ctes.iter().map(|cte| self.ctes[cte.index()].rel));
            }
            all.extend(self.inputs(rel));
            kind.map_scalars(&mut |scalar| self.remapped(scalar, from, to));
            self.rels[rel.index()].kind = kind;
        }
    }
}
