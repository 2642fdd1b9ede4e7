//! Rewrites: what a target cannot say is said by other operators, with the same answer.
//!
//! A pass looks at one operator at a time and puts another chain of operators in its place, under the
//! same identity and with the same columns, so that nothing around it has to know.

mod apart;
mod constants;
mod decimals;
mod documents;
mod excluded;
mod extremes;
mod framed;
mod full;
mod grouping;
mod groups;
mod hoist;
mod lateral;
mod merge;
mod mode;
mod numbered;
mod on;
mod parts;
mod records;
mod spread;
mod values;

pub use constants::is_of_table;
pub use hoist::is_closed;
pub use lateral::mentions;
pub use on::{asks_around, asks_both};
pub(crate) use parts::split;

use crate::*;
use std::collections::HashSet;

/// Which operators a target has. What it lacks is rewritten, or refused where there is no way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Window functions; without them running aggregates are added up while rows pass, and others are refused.
    pub windows: bool,
    /// QUALIFY; without it a filter over windows becomes a query around them.
    pub qualify: bool,
    /// DISTINCT ON.
    pub distinct_on: bool,
    /// DISTINCT ON and LIMIT come before what a join with their rows leaves out.
    pub kept_rows: bool,
    /// ROLLUP, CUBE and GROUPING SETS.
    pub grouping_sets: bool,
    /// LATERAL.
    pub lateral: bool,
    /// A WITH query that is used twice is made once.
    pub materialized: bool,
    /// TABLESAMPLE.
    pub samples: bool,
    /// Equal decimals, intervals and arrays are equal however they are written.
    pub decimals: bool,
    /// Equal documents of JSONB are equal however their numbers are written.
    pub documents: bool,
    /// `mode() WITHIN GROUP`.
    pub mode: bool,
    /// A query inside an expression may hold an aggregate of the block around it.
    pub outer_aggregates: bool,
    /// `AS t(a, b)`.
    pub column_aliases: bool,
    /// `generate_series` and `unnest` in FROM.
    pub table_functions: bool,
    /// Functions that are told their columns: `json_to_record(…) AS t(a int)`.
    pub told_columns: bool,
    /// INTERSECT ALL and EXCEPT ALL.
    pub intersect_all: bool,
    /// FETCH FIRST … WITH TIES.
    pub with_ties: bool,
    /// Changes in WITH.
    pub changes_in_with: bool,
    /// Changes through views.
    pub changes_through_views: bool,
    /// MERGE.
    pub merge: bool,
    /// Numbers of rows, by which the steps of a MERGE find them.
    pub row_numbers: bool,
    /// FULL JOIN.
    pub full_join: bool,
    /// A query in the condition of an outer join.
    pub queries_in_on: bool,
    /// FULL JOIN beside a condition on columns of the query around.
    pub correlated_full_join: bool,
    /// WITH inside FROM beside WITH before the statement.
    pub nested_with: bool,
    /// Frames of GROUPS.
    pub groups_frames: bool,
    /// EXCLUDE, and every aggregate over a frame.
    pub every_frame: bool,
    /// RANGE by an offset of months.
    pub month_frames: bool,
    /// min() and max() over a frame without a look at all its rows for each row.
    pub moving_extremes: bool,
    /// Arrays and intervals that are no texts.
    pub arrays: bool,
    /// Constants of a query in FROM keep apart from those of the query around it.
    pub constants: bool,
}

impl Capabilities {
    /// What PostgreSQL has.
    pub const POSTGRESQL: Self = Self {
        windows: true,
        qualify: false,
        distinct_on: true,
        kept_rows: true,
        grouping_sets: true,
        lateral: true,
        materialized: true,
        samples: true,
        decimals: true,
        documents: true,
        mode: true,
        outer_aggregates: true,
        column_aliases: true,
        table_functions: true,
        told_columns: true,
        intersect_all: true,
        with_ties: true,
        changes_in_with: true,
        changes_through_views: true,
        merge: true,
        row_numbers: false,
        full_join: true,
        queries_in_on: true,
        correlated_full_join: true,
        nested_with: true,
        groups_frames: true,
        every_frame: true,
        month_frames: true,
        moving_extremes: true,
        arrays: true,
        constants: true,
    };

    /// What DuckDB has.
    pub const DUCKDB: Self = Self {
        qualify: true,
        kept_rows: false,
        documents: false,
        told_columns: false,
        with_ties: false,
        changes_in_with: false,
        changes_through_views: false,
        merge: false,
        row_numbers: true,
        queries_in_on: false,
        correlated_full_join: false,
        nested_with: false,
        ..Self::POSTGRESQL
    };

    /// What every database but MariaDB has.
    pub const LEAST: Self = Self {
        windows: true,
        qualify: false,
        distinct_on: false,
        kept_rows: true,
        grouping_sets: false,
        lateral: false,
        materialized: true,
        samples: false,
        decimals: false,
        documents: false,
        mode: false,
        outer_aggregates: false,
        column_aliases: false,
        table_functions: false,
        told_columns: false,
        intersect_all: false,
        with_ties: false,
        changes_in_with: false,
        changes_through_views: false,
        merge: false,
        row_numbers: false,
        full_join: true,
        queries_in_on: true,
        correlated_full_join: true,
        nested_with: true,
        groups_frames: true,
        every_frame: true,
        month_frames: false,
        moving_extremes: true,
        arrays: true,
        constants: true,
    };

    /// What SQLite has.
    pub const SQLITE: Self = Self {
        // As decimals, by a key.
        documents: true,
        mode: true,
        row_numbers: true,
        ..Self::LEAST
    };

    /// What MariaDB 10.11 has.
    pub const MARIADB: Self = Self {
        materialized: false,
        changes_through_views: true,
        decimals: true,
        intersect_all: true,
        full_join: false,
        nested_with: false,
        groups_frames: false,
        every_frame: false,
        moving_extremes: false,
        arrays: false,
        constants: false,
        ..Self::LEAST
    };
}

/// A rewrite.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name, for `rqlc explain`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// True where a target lacks what it replaces.
    needed: fn(&Capabilities) -> bool,
    /// Rewrites one operator; true where it did.
    rewrite: fn(&mut Ir, RelId) -> bool,
}

impl Pass {
    /// True where a target lacks what it replaces.
    #[must_use]
    pub fn is_needed(&self, can: &Capabilities) -> bool {
        (self.needed)(can)
    }
}

/// Every pass, in the order in which they run.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "changes-in-with",
        about: "a WITH query that changes rows becomes a statement of its own, and a temporary table keeps what it returns",
        needed: |can| !can.changes_in_with,
        rewrite: parts::split,
    },
    Pass {
        name: "merge",
        about: "MERGE becomes a temporary table of what is to be done, and DELETE, UPDATE and INSERT from it",
        needed: |can| !can.merge && can.row_numbers,
        rewrite: merge::steps,
    },
    Pass {
        name: "merge-by-key",
        about: "where rows have no number, MERGE finds them by the primary key of their table",
        needed: |can| !can.merge && !can.row_numbers,
        rewrite: merge::steps_by_key,
    },
    Pass {
        name: "told-members",
        about: "json_to_record and its kin give the objects, of which the members told are taken out",
        needed: |can| !can.told_columns,
        rewrite: records::members,
    },
    Pass {
        name: "filter-first",
        about: "conditions on the left side of LATERAL alone come before it",
        needed: |can| !can.lateral,
        rewrite: lateral::filter_first,
    },
    Pass {
        name: "lateral",
        about: "LATERAL becomes a join by the number of the left row, computed for all rows at once",
        needed: |can| !can.lateral && can.materialized,
        rewrite: lateral::unnest,
    },
    Pass {
        name: "lateral-again",
        about: "the same where the left rows are made twice: they are numbered by what they have, and so alike",
        needed: |can| !can.lateral && !can.materialized,
        rewrite: lateral::unnest_again,
    },
    Pass {
        name: "queries-in-on",
        about: "a query in the condition of an outer join becomes a column of the side that it reads",
        needed: |can| !can.queries_in_on,
        rewrite: on::queries,
    },
    Pass {
        name: "rows-around-in-on",
        about: "what the condition of an outer join compares with a row of the query around filters the side that it reads",
        needed: |can| !can.queries_in_on,
        rewrite: on::around,
    },
    Pass {
        name: "full-join",
        about: "FULL JOIN becomes the left join and the right rows without a left one",
        needed: |can| !can.full_join,
        rewrite: full::join,
    },
    Pass {
        name: "full-join-inside",
        about: "FULL JOIN in a query inside an expression or LATERAL becomes the left join and the right rows without a left one",
        needed: |can| !can.correlated_full_join,
        rewrite: full::inside,
    },
    Pass {
        name: "grouping-sets",
        about: "ROLLUP, CUBE and GROUPING SETS become one aggregation for each set, over rows read once",
        needed: |can| !can.grouping_sets,
        rewrite: grouping::sets,
    },
    Pass {
        name: "excluded-ends",
        about: "EXCLUDE of the current row or group, where the frame begins or ends there, is a shorter frame",
        needed: |can| !can.every_frame,
        rewrite: excluded::ends,
    },
    Pass {
        name: "framed-rows",
        about: "EXCLUDE, and an aggregate that has no window, become a query of the numbered rows for each row",
        needed: |can| !can.every_frame,
        rewrite: framed::rows,
    },
    Pass {
        name: "framed-months",
        about: "a frame of months becomes a query of the numbered rows for each row",
        needed: |can| !can.month_frames && can.every_frame,
        rewrite: framed::months,
    },
    Pass {
        name: "groups-frames",
        about: "a frame of GROUPS becomes a RANGE over the numbers of the groups, which DENSE_RANK gives",
        needed: |can| !can.groups_frames,
        rewrite: groups::ranges,
    },
    Pass {
        name: "extremes-so-far",
        about: "min() and max() up to the current row are those of its block of rows up to it, and of the blocks before",
        needed: |can| !can.moving_extremes,
        rewrite: extremes::so_far,
    },
    Pass {
        name: "extreme-values",
        about: "min() and max() of a whole partition are its first value, by their own order",
        needed: |can| !can.moving_extremes,
        rewrite: extremes::whole,
    },
    Pass {
        name: "distinct-on",
        about: "DISTINCT ON becomes the first row of each key by ROW_NUMBER",
        needed: |can| !can.distinct_on,
        rewrite: numbered::distinct_on,
    },
    Pass {
        name: "kept-rows",
        about: "DISTINCT ON, and LIMIT of many rows, in a query that another reads are filters by ROW_NUMBER",
        needed: |can| !can.kept_rows,
        rewrite: numbered::inside,
    },
    Pass {
        name: "with-ties",
        about: "WITH TIES becomes a filter by RANK",
        needed: |can| !can.with_ties,
        rewrite: numbered::with_ties,
    },
    Pass {
        name: "duplicates",
        about: "INTERSECT ALL and EXCEPT ALL number equal rows, which makes them different",
        needed: |can| !can.intersect_all,
        rewrite: numbered::set_operation_all,
    },
    Pass {
        name: "equal-values",
        about: "DISTINCT of values that may be written differently becomes groups by their value",
        needed: |can| !can.decimals,
        rewrite: decimals::distinct,
    },
    Pass {
        name: "equal-rows",
        about: "UNION, INTERSECT and EXCEPT of such values become groups of both sides' rows",
        needed: |can| !can.decimals,
        rewrite: decimals::set_operation,
    },
    Pass {
        name: "equal-documents",
        about: "DISTINCT, UNION, INTERSECT and EXCEPT of JSONB become groups by the document",
        needed: |can| !can.documents,
        rewrite: documents::alike,
    },
    Pass {
        name: "one-of-equal-documents",
        about: "a document that groups rows is one of those of its group",
        needed: |can| !can.documents,
        rewrite: documents::grouped,
    },
    Pass {
        name: "most-frequent",
        about: "mode() becomes the least of the values that are counted most often",
        needed: |can| !can.mode,
        rewrite: mode::most_frequent,
    },
    Pass {
        name: "named-counts",
        about: "COUNT(*) that a query inside an expression refers to is computed in FROM",
        needed: |_| true,
        rewrite: apart::counts,
    },
    Pass {
        name: "named-aggregates",
        about: "aggregates that a query inside an expression refers to are computed in FROM",
        needed: |can| !can.outer_aggregates,
        rewrite: apart::named,
    },
    Pass {
        name: "sought-aggregates",
        about: "aggregates and computed keys that HAVING looks for in a query are computed in FROM",
        needed: |can| !can.constants,
        rewrite: apart::sought,
    },
    Pass {
        name: "packed-aggregates",
        about: "aggregates that windows read, and aggregates and windows that go into an array or interval or are one, are computed in FROM",
        needed: |can| !can.arrays,
        rewrite: apart::packed,
    },
    Pass {
        name: "constant-rows",
        about: "DISTINCT of constants below OFFSET becomes the first row, and of what may be constant a query of its own",
        needed: |can| !can.constants,
        rewrite: constants::distinct,
    },
    Pass {
        name: "constant-sides",
        about: "a query with constants that an outer join may fill with NULLs stays a query of its own by LIMIT",
        needed: |can| !can.constants,
        rewrite: constants::outer,
    },
    Pass {
        name: "distinct-windows",
        about: "DISTINCT beside windows, and of variances, is of a query in FROM that computes them",
        needed: |can| !can.constants,
        rewrite: constants::windows,
    },
    Pass {
        name: "grouped-constants",
        about: "a query with computed constants stays a query of its own by LIMIT below GROUP BY",
        needed: |can| !can.constants,
        rewrite: constants::grouped,
    },
    Pass {
        name: "with-first",
        about: "WITH inside FROM that needs the WITH queries before the statement comes before it too",
        needed: |can| !can.nested_with,
        rewrite: hoist::first,
    },
    Pass {
        name: "values-of-rows-around",
        about: "VALUES that read a row of the query around them become a SELECT for each row",
        needed: |can| !can.column_aliases && can.materialized,
        rewrite: values::around,
    },
    Pass {
        name: "value-names",
        about: "the columns of VALUES get their names from a SELECT around it",
        needed: |can| !can.column_aliases,
        rewrite: values::names,
    },
];

/// Runs the passes that a target needs; gives the names of those that changed something.
pub fn run(ir: &mut Ir, can: &Capabilities) -> Vec<&'static str> {
    let mut changed = Vec::new();
    trace(ir, can, &mut |pass, _| changed.push(pass.name));
    changed
}

/// Runs the passes that a target needs, and shows `seen` the algebra after each that changed it.
pub fn trace(ir: &mut Ir, can: &Capabilities, seen: &mut dyn FnMut(&Pass, &Ir)) {
    for pass in PASSES.iter().filter(|pass| (pass.needed)(can)) {
        let mut changed = false;
        // What a pass adds needs no second look.
        for at in 0..ir.rels.len() {
            changed |= (pass.rewrite)(ir, RelId::at(at));
        }
        if changed {
            debug_assert_eq!(verify(ir), Ok(()), "after {}", pass.name);
            seen(pass, ir);
        }
    }
}

impl Ir {
    /// A reference to a column.
    pub fn reference(&mut self, id: ColumnId, span: rql_ast::Span) -> ScalarId {
        let Column { ty, nullable, .. } = *self.column(id);
        self.add_scalar(Scalar {
            kind: ScalarKind::Column(id),
            ty,
            nullable,
            span,
        })
    }

    /// Items that let columns through as they are.
    pub fn let_through(&mut self, columns: &[ColumnId], span: rql_ast::Span) -> Vec<Item> {
        let columns = columns.iter();
        columns.map(|&id| (id, self.reference(id, span))).collect()
    }

    /// A call that gives a truth value which is never NULL.
    fn truth(&mut self, func: Func, args: Vec<ScalarId>, span: rql_ast::Span) -> ScalarId {
        self.add_scalar(Scalar {
            kind: ScalarKind::Call { func, args },
            ty: Type::Boolean,
            nullable: false,
            span,
        })
    }

    fn integer(&mut self, value: i64, span: rql_ast::Span) -> ScalarId {
        self.constant(value, Type::BigInt, span)
    }

    /// An integer of a type.
    fn constant(&mut self, value: i64, ty: Type, span: rql_ast::Span) -> ScalarId {
        self.add_scalar(Scalar {
            kind: ScalarKind::Literal(Literal::Integer(value)),
            ty,
            nullable: false,
            span,
        })
    }

    /// A new column that a window function without arguments gives.
    fn place(
        &mut self,
        func: WindowFunc,
        partition: Vec<ScalarId>,
        order: Vec<SortKey>,
        span: rql_ast::Span,
    ) -> Item {
        let scalar = self.add_scalar(Scalar {
            kind: ScalarKind::Window {
                func,
                args: Vec::new(),
                filter: None,
                partition,
                order,
                frame: None,
                running: false,
            },
            ty: Type::BigInt,
            nullable: false,
            span,
        });
        (self.add_column("place", Type::BigInt, false), scalar)
    }

    /// NULL of a type.
    fn null(&mut self, ty: Type, span: rql_ast::Span) -> ScalarId {
        self.add_scalar(Scalar {
            kind: ScalarKind::Literal(Literal::Null),
            ty,
            nullable: true,
            span,
        })
    }

    /// A name that nothing has yet.
    fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| {
            let relation = |rel: &Rel| match &rel.kind {
                RelKind::Scan { table, alias, .. } => [table, alias].contains(&&name.to_owned()),
                RelKind::CteScan { alias, .. } => alias == name,
                _ => false,
            };
            self.ctes.iter().any(|cte| cte.name == name) || self.rels.iter().any(relation)
        };
        let mut unique = name.to_owned();
        let mut count = 1;
        while taken(&unique) {
            count += 1;
            unique = format!("{name}_{count}");
        }
        unique
    }

    /// A WITH query around rows, under a name that nothing has yet.
    fn shared(&mut self, name: &str, rel: RelId) -> CteId {
        let unique = self.free_name(name);
        let columns = self.columns_of(rel).into_iter();
        let columns = columns.map(|id| (id, self.column(id).name.clone()));
        let columns = columns.collect();
        self.add_cte(Cte {
            name: unique,
            rel,
            columns,
            recursive: false,
            materialized: None,
            search: None,
            cycle: None,
        })
    }

    /// A use of a WITH query, with columns of its own.
    fn use_of(&mut self, cte: CteId, span: rql_ast::Span) -> (RelId, Vec<ColumnId>) {
        let Cte {
            name: alias,
            columns: below,
            ..
        } = self.ctes[cte.index()].clone();
        let columns: Vec<_> = below
            .iter()
            .map(|(id, name)| {
                let Column { ty, nullable, .. } = *self.column(*id);
                self.add_column(name, ty, nullable)
            })
            .collect();
        let kind = RelKind::CteScan {
            cte,
            alias,
            columns: columns.clone(),
        };
        (self.add_rel(kind, span), columns)
    }

    /// A use of a WITH query beside others of it, under a name of its own.
    fn another_use_of(&mut self, cte: CteId, span: rql_ast::Span) -> (RelId, Vec<ColumnId>) {
        let uses = self.rels.iter().filter(
            |rel| matches!(&rel.kind, RelKind::CteScan { cte: other, .. } if *other == cte),
        );
        let count = uses.count();
        // No name of a WITH query, nor of another use.
        let base = self.ctes[cte.index()].name.clone();
        let taken = |name: &String| {
            let used =
                |rel: &Rel| matches!(&rel.kind, RelKind::CteScan { alias, .. } if alias == name);
            self.ctes.iter().any(|cte| cte.name == *name) || self.rels.iter().any(used)
        };
        let mut free = (count + 1..).map(|n| format!("{base}_{n}"));
        let name = free.find(|name| !taken(name)).unwrap_or(base);
        let (rel, columns) = self.use_of(cte, span);
        if let RelKind::CteScan { alias, .. } = &mut self.rels[rel.index()].kind
            && count > 0
        {
            *alias = name;
        }
        (rel, columns)
    }

    /// True for an operator of a query inside an expression, or of LATERAL.
    fn is_inside(&self, rel: RelId) -> bool {
        let mut roots = Vec::new();
        for at in 0..self.scalars.len() {
            self.queries_in(ScalarId::at(at), &mut roots);
        }
        roots.extend(self.rels.iter().filter_map(|rel| match rel.kind {
            RelKind::Join {
                lateral: true,
                right,
                ..
            } => Some(right),
            _ => None,
        }));
        let mut found = false;
        for root in roots {
            self.each_below(root, &mut |below| found |= below == rel);
        }
        found
    }

    /// The columns of a relation that something names.
    fn named_of(&self, rel: RelId) -> Vec<ColumnId> {
        let named = self.scalars.iter().filter_map(|scalar| match scalar.kind {
            ScalarKind::Column(id) => Some(id),
            _ => None,
        });
        let mut named: HashSet<ColumnId> = named.chain(self.output.iter().map(|c| c.0)).collect();
        let mut columns = self.columns_of(rel);
        columns.retain(|id| named.remove(id));
        columns
    }

    /// The rows below a sort with its keys, or a relation that is not sorted.
    fn unsorted(&self, rel: RelId) -> (RelId, Vec<SortKey>) {
        match &self.rel(rel).kind {
            RelKind::Sort { input, keys } => (*input, keys.clone()),
            _ => (rel, Vec::new()),
        }
    }
}
