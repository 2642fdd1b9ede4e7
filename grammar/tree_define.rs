//! Nodes of definitions: CREATE, ALTER, DROP.

use crate::term::Tok;
use crate::tree::Tree;
use crate::tree_nodes::direction;
use rql_ast::*;

/// The words between CREATE and what it makes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CreateFlags {
    pub or_replace: bool,
    pub temporary: bool,
    pub unlogged: bool,
    pub unique: bool,
    pub recursive: bool,
}

/// What may follow a constraint.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ConstraintTail {
    pub deferrable: Option<bool>,
    pub deferred: Option<bool>,
    pub enforced: Option<bool>,
    pub on_conflict: Option<Ident>,
    pub include: List<Ident>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ViewBody {
    columns: List<Ident>,
    options: List<Attribute>,
    query: Id<Query>,
    check_option: Option<CheckOption>,
    with_data: Option<bool>,
}

impl Tree {
    pub(crate) fn create(
        &mut self,
        flags: CreateFlags,
        if_not_exists: bool,
        name: Option<Name>,
        object: CreateObject,
    ) -> StmtKind {
        let CreateFlags {
            or_replace,
            temporary,
            unlogged,
            ..
        } = flags;
        let create = Create {
            or_replace,
            temporary,
            unlogged,
            if_not_exists,
            name,
            object,
        };
        StmtKind::Create(self.ast.push(create))
    }

    pub(crate) fn create_table(
        &mut self,
        elements: List<TableElement>,
        options: List<Attribute>,
        columns: List<Ident>,
        query: Option<Id<Query>>,
        data: Option<Tok>,
    ) -> CreateObject {
        // In `t (a, b) AS SELECT …` the elements are names only.
        let names: Option<Vec<Ident>> = self.ast[elements]
            .iter()
            .map(|element| match element {
                TableElement::Column(id) => {
                    let column = self.ast[*id];
                    (column.ty.is_none() && column.constraints.is_empty()).then_some(column.name)
                }
                _ => None,
            })
            .collect();
        let (elements, columns) = match names {
            Some(names) if query.is_some() && !names.is_empty() => {
                (List::EMPTY, self.ast.push_list(names))
            }
            _ => (elements, columns),
        };
        let with_data = data.map(Tok::flag);
        CreateObject::Table(self.ast.push(CreateTable {
            elements,
            options,
            columns,
            query,
            with_data,
            partition_of: None,
        }))
    }

    pub(crate) fn create_partition(
        &mut self,
        parent: Name,
        elements: List<TableElement>,
        bound: PartitionBound,
        options: List<Attribute>,
    ) -> CreateObject {
        CreateObject::Table(self.ast.push(CreateTable {
            elements,
            options,
            columns: List::EMPTY,
            query: None,
            with_data: None,
            partition_of: Some(PartitionOf { parent, bound }),
        }))
    }

    pub(crate) fn create_view(
        &mut self,
        flags: CreateFlags,
        if_not_exists: bool,
        name: Name,
        materialized: bool,
        body: ViewBody,
    ) -> StmtKind {
        let query = match flags.recursive && !body.columns.is_empty() {
            true => self.recursive_view(name, body.columns, body.query),
            false => body.query,
        };
        let object = CreateObject::View(self.ast.push(CreateView {
            materialized,
            recursive: flags.recursive,
            columns: body.columns,
            options: body.options,
            query,
            check_option: body.check_option,
            with_data: body.with_data,
        }));
        self.create(flags, if_not_exists, Some(name), object)
    }

    /// `CREATE RECURSIVE VIEW v (n) AS query` shows `WITH RECURSIVE v (n) AS (query) TABLE v`.
    fn recursive_view(&mut self, name: Name, columns: List<Ident>, query: Id<Query>) -> Id<Query> {
        let span = self.ast[query].span;
        let Some(&name) = self.ast[name.parts].last() else {
            return query;
        };
        let body = self.ast.push(Stmt {
            kind: StmtKind::Query(query),
            span,
        });
        let ctes = self.ast.push_list([Cte {
            name,
            columns,
            materialized: None,
            body,
            span,
            search: None,
            cycle: None,
        }]);
        let with = self.with(true, ctes, span.start, span.end);
        let parts = self.ast.push_list([name]);
        self.ast.push(Query {
            with: Some(with),
            body: Body::Table(Name { parts }),
            clauses: List::EMPTY,
            span,
        })
    }

    pub(crate) fn create_index(
        &mut self,
        flags: CreateFlags,
        concurrently: bool,
        if_not_exists: bool,
        name: Option<Name>,
        index: CreateIndex,
    ) -> StmtKind {
        let index = CreateIndex {
            unique: flags.unique,
            concurrently,
            ..index
        };
        let object = CreateObject::Index(self.ast.push(index));
        self.create(flags, if_not_exists, name, object)
    }

    pub(crate) fn column_def(
        &mut self,
        name: Ident,
        ty: Option<Id<TypeName>>,
        constraints: List<Constraint>,
        l: u32,
        r: u32,
    ) -> Id<ColumnDef> {
        self.ast.push(ColumnDef {
            name,
            ty,
            constraints,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn foreign_key(&mut self, columns: List<Ident>, key: ForeignKey) -> ConstraintKind {
        ConstraintKind::ForeignKey(self.ast.push(ForeignKey { columns, ..key }))
    }

    pub(crate) fn alter(
        &mut self,
        object: ObjectKind,
        if_exists: bool,
        only: bool,
        name: Name,
        actions: List<AlterAction>,
    ) -> StmtKind {
        StmtKind::Alter(self.ast.push(AlterTable {
            object,
            if_exists,
            only,
            name,
            actions,
        }))
    }

    pub(crate) fn alter_sequence(&mut self, options: List<SequenceOption>) -> List<AlterAction> {
        self.ast.push_list([AlterAction::Sequence(options)])
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn drop_(
        &mut self,
        temporary: bool,
        object: ObjectKind,
        concurrently: bool,
        if_exists: bool,
        names: List<Name>,
        on: Option<Name>,
        cascade: Option<Tok>,
    ) -> StmtKind {
        let cascade = cascade.map(Tok::flag);
        let drop = Drop {
            object,
            temporary,
            concurrently,
            if_exists,
            names,
            on,
            cascade,
        };
        StmtKind::Drop(self.ast.push(drop))
    }
}

pub(crate) fn constraint(
    name: Option<Ident>,
    kind: ConstraintKind,
    tail: ConstraintTail,
    l: u32,
    r: u32,
) -> Constraint {
    let ConstraintTail {
        deferrable,
        deferred,
        enforced,
        on_conflict,
        include,
    } = tail;
    Constraint {
        name,
        kind,
        deferrable,
        deferred,
        enforced,
        on_conflict,
        include,
        span: Span::new(l, r),
    }
}

pub(crate) fn primary_key(columns: List<OrderItem>, order: Option<Tok>) -> ConstraintKind {
    ConstraintKind::PrimaryKey {
        columns,
        direction: direction(order),
    }
}

pub(crate) fn unique(columns: List<OrderItem>, nulls: Option<Tok>) -> ConstraintKind {
    ConstraintKind::Unique {
        columns,
        nulls_distinct: nulls.map(Tok::flag),
    }
}

pub(crate) fn deferrable(tail: ConstraintTail, tok: Tok) -> ConstraintTail {
    match tok.which() {
        4 | 5 => ConstraintTail {
            enforced: Some(tok.which() == 4),
            ..tail
        },
        0 => ConstraintTail {
            deferrable: Some(true),
            ..tail
        },
        1 => ConstraintTail {
            deferrable: Some(false),
            ..tail
        },
        2 => ConstraintTail {
            deferred: Some(true),
            ..tail
        },
        _ => ConstraintTail {
            deferred: Some(false),
            ..tail
        },
    }
}

pub(crate) fn references(table: Name, referred: List<Ident>) -> ForeignKey {
    ForeignKey {
        columns: List::EMPTY,
        table,
        referred,
        matching: None,
        on_delete: None,
        on_update: None,
    }
}

pub(crate) fn ref_action(tok: Tok, columns: List<Ident>) -> RefAction {
    match tok.which() {
        0 => RefAction::NoAction,
        1 => RefAction::Restrict,
        2 => RefAction::Cascade,
        3 => RefAction::SetNull(columns),
        _ => RefAction::SetDefault(columns),
    }
}

pub(crate) fn sequence_option(tok: Tok, value: Option<Id<Expr>>, l: u32, r: u32) -> SequenceOption {
    use SequenceOptionKind as S;
    let kind = match tok.which() {
        0 => S::As,
        1 => S::Start,
        2 => S::Restart,
        3 => S::Increment,
        4 => S::MinValue,
        5 => S::NoMinValue,
        6 => S::MaxValue,
        7 => S::NoMaxValue,
        8 => S::Cache,
        9 => S::Cycle,
        10 => S::NoCycle,
        _ => S::OwnedBy,
    };
    SequenceOption {
        kind,
        value,
        span: Span::new(l, r),
    }
}

pub(crate) fn view_body(
    columns: List<Ident>,
    options: Option<List<Attribute>>,
    query: Id<Query>,
    check: Option<Tok>,
    data: Option<Tok>,
) -> ViewBody {
    let check_option = check.map(|tok| match tok.which() {
        1 => CheckOption::Cascaded,
        2 => CheckOption::Local,
        _ => CheckOption::Plain,
    });
    let options = options.unwrap_or(List::EMPTY);
    ViewBody {
        columns,
        options,
        query,
        check_option,
        with_data: data.map(Tok::flag),
    }
}

#[allow(clippy::too_many_arguments)]
pub(crate) fn index_body(
    only: bool,
    table: Name,
    method: Option<Ident>,
    columns: List<IndexColumn>,
    include: List<Ident>,
    nulls: Option<Tok>,
    options: Option<List<Attribute>>,
    predicate: Option<Id<Expr>>,
) -> CreateIndex {
    CreateIndex {
        unique: false,
        concurrently: false,
        table,
        only,
        method,
        columns,
        include,
        nulls_distinct: nulls.map(Tok::flag),
        options: options.unwrap_or(List::EMPTY),
        predicate,
    }
}
