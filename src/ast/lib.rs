//! The syntax tree of RQL.
//!
//! Knows: tokens' spans. Must never know: a catalog, a type, a dialect, a connection.
//!
//! Shape: one [`Ast`] per source text. Nodes are small `Copy` values in pools, one pool per type;
//! they refer to each other by [`Id`] and to runs of nodes by [`List`]: `ast[id]`, `ast[list]`.
//! So a tree of any depth is built, moved and dropped without recursion. Names and literals are
//! spans of the source that the tree keeps; [`Ast::name`], [`Ast::string`] and [`Ast::param`] give
//! what they say, so that no later stage looks at source text. Parentheses, spellings and the order
//! of clauses are kept as written: the formatter and the editors stand on the same tree.
#![deny(missing_docs)]

mod arena;
mod ddl;
mod expr;
mod file;
mod format;
mod literal;
mod names;
mod ops;
mod query;
mod stmt;

pub use arena::{Id, List, Node};
pub use ddl::*;
pub use expr::*;
pub use file::FileSource;
pub use format::{FormatOptions, format};
pub use literal::{Param as ParamName, fold_name, quoted_name, text_literal};
pub use names::*;
pub use ops::*;
pub use query::*;
pub use rql_lexer::Span;
pub use stmt::*;

use std::borrow::Cow;
use std::sync::Arc;

arena::pools! {
    /// Expressions.
    exprs: Expr,
    expr_ids: Id<Expr>,
    chain_items: ChainItem,
    idents: Ident,
    names: Name,
    type_names: TypeName,
    type_fields: TypeField,
    dimensions: Dimension,
    attributes: Attribute,
    stars: Star,
    replacements: Replacement,
    renames: Rename,
    intervals: Interval,
    betweens: Between,
    likes: Like,
    cases: Case,
    whens: When,
    casts: Cast,
    calls: Call,
    args: Arg,
    struct_fields: StructField,
    subscripts: Subscript,
    expr_templates: ExprTemplate,
    queries: Query,
    withs: With,
    ctes: Cte,
    set_operations: SetOperation,
    set_items: SetItem,
    rows: Row,
    row_items: RowItem,
    row_templates: Template<RowItem>,
    selects: Select,
    select_items: SelectItem,
    select_templates: Template<SelectItem>,
    clauses: Clause,
    clause_templates: Template<Clause>,
    group_bys: GroupBy,
    group_items: GroupItem,
    group_templates: Template<GroupItem>,
    order_items: OrderItem,
    order_templates: Template<OrderItem>,
    from_items: FromItem,
    joins: Join,
    join_templates: Template<Join>,
    relations: Relation,
    aliases: Alias,
    alias_columns: AliasColumn,
    samples: Sample,
    locks: Lock,
    named_windows: NamedWindow,
    window_specs: WindowSpec,
    frames: Frame,
    on_conflicts: OnConflict,
    charts: Chart,
    stmts: Stmt,
    stmt_templates: Template<Stmt>,
    inserts: Insert,
    insert_columns: InsertColumn,
    insert_templates: Template<InsertColumn>,
    assignments: Assignment,
    assignment_templates: Template<Assignment>,
    updates: Update,
    deletes: Delete,
    merges: Merge,
    merge_branches: MergeBranch,
    truncates: Truncate,
    explains: Explain,
    lets: Let,
    params: Param,
    macros: Macro,
    macro_params: MacroParam,
    shows: Show,
    transfers: Transfer,
    sets: Set,
    ifs: If,
    if_branches: IfBranch,
    fors: For,
    forms: Form,
    form_items: FormItem,
    form_fields: FormField,
    form_actions: FormAction,
    form_details: FormDetail,
    form_executes: FormExecute,
    natives: Native,
    backends: Backend,
    creates: Create,
    create_tables: CreateTable,
    table_elements: TableElement,
    column_defs: ColumnDef,
    constraints: Constraint,
    foreign_keys: ForeignKey,
    sequence_options: SequenceOption,
    create_views: CreateView,
    create_indexes: CreateIndex,
    index_columns: IndexColumn,
    alter_tables: AlterTable,
    alter_actions: AlterAction,
    drops: Drop,
}

/// The tree of one source text.
#[derive(Clone, Debug)]
pub struct Ast {
    source: Arc<str>,
    pub(crate) pools: Pools,
    /// What stands for `{{name}}`, by name.
    filled: Vec<(String, String)>,
    /// The statements, in order.
    pub statements: List<Stmt>,
    /// Every comment, in order.
    pub comments: Vec<Span>,
}

impl Ast {
    /// An empty tree over `source`.
    #[must_use]
    pub fn new(source: impl Into<Arc<str>>) -> Self {
        Self {
            source: source.into(),
            pools: Pools::default(),
            filled: Vec::new(),
            statements: List::EMPTY,
            comments: Vec::new(),
        }
    }

    /// The text that the tree was read from.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// Every node of the tree, by pool.
    #[must_use]
    pub fn pools(&self) -> &Pools {
        &self.pools
    }

    /// True where the whole text is queries without any name of a relation, a column, a function or a collation:
    /// nothing that a catalog knows is asked of it.
    #[must_use]
    pub fn names_nothing(&self) -> bool {
        let names = |expr: &Expr| {
            matches!(
                expr.kind,
                ExprKind::Column(_) | ExprKind::Call(_) | ExprKind::Collate { .. }
            )
        };
        let queries = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Query(_));
        let table = |query: &Query| matches!(query.body, Body::Table(_));
        self.all::<Stmt>().iter().all(queries)
            && self.all::<Relation>().is_empty()
            && !self.all::<Query>().iter().any(table)
            && !self.all::<Expr>().iter().any(names)
    }

    /// All nodes of one type, in the order in which they were read.
    #[must_use]
    pub fn all<T: Node>(&self) -> &[T] {
        T::pool(&self.pools)
    }

    /// Adds a node.
    #[inline]
    pub fn push<T: Node>(&mut self, node: T) -> Id<T> {
        let pool = T::pool_mut(&mut self.pools);
        pool.push(node);
        Id::from_index(pool.len() - 1)
    }

    /// Adds nodes side by side.
    #[inline]
    pub fn push_list<T: Node>(&mut self, nodes: impl IntoIterator<Item = T>) -> List<T> {
        let pool = T::pool_mut(&mut self.pools);
        let start = pool.len();
        pool.extend(nodes);
        List::from_range(start, pool.len() - start)
    }

    /// Changes a node.
    pub fn get_mut<T: Node>(&mut self, id: Id<T>) -> Option<&mut T> {
        T::pool_mut(&mut self.pools).get_mut(id.index())
    }

    /// How large the tree is, to go back to with [`Ast::truncate`].
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.pools.mark()
    }

    /// Forgets the nodes that were added since `mark` was taken.
    pub fn truncate(&mut self, mark: &Mark) {
        self.pools.truncate(mark);
    }

    /// Makes room for the nodes of which a text of so many tokens has most.
    pub fn reserve(&mut self, tokens: usize) {
        self.pools.idents.reserve(tokens / 2);
        self.pools.exprs.reserve(tokens / 2);
    }

    /// Gives back memory that was reserved and is not used.
    pub fn shrink_to_fit(&mut self) {
        self.pools.shrink_to_fit();
    }

    /// The text at `span`, as written.
    #[inline]
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        span.text(&self.source)
    }

    /// True where EXPLAIN is to run the statement: `EXPLAIN ANALYZE`, or ANALYZE in parentheses and not turned off there.
    #[must_use]
    pub fn analyzes(&self, explain: Explain) -> bool {
        let mut options = self[explain.options].iter();
        explain.analyze
            || options.any(|option| {
                let off = match option.value {
                    AttributeValue::Expr(value) => self.text(self[value].span).to_lowercase(),
                    _ => String::new(),
                };
                self.name(option.name) == "analyze" && !["false", "off", "0"].contains(&&*off)
            })
    }

    /// The WITH before a whole statement, where it has one.
    #[must_use]
    pub fn first_with(&self, kind: StmtKind) -> Option<Id<With>> {
        match kind {
            StmtKind::Query(id) => self[id].with,
            StmtKind::Insert(id) => self[id].with,
            StmtKind::Update(id) => self[id].with,
            StmtKind::Delete(id) => self[id].with,
            StmtKind::Merge(id) => self[id].with,
            StmtKind::Create(id) => match self[id].object {
                CreateObject::Table(table) => self[self[table].query?].with,
                _ => None,
            },
            _ => None,
        }
    }

    /// The changes of rows in the WITH before a whole statement.
    pub fn changes_in_with(&self, kind: StmtKind) -> impl Iterator<Item = StmtKind> + '_ {
        let ctes = self.first_with(kind).map(|with| &self[self[with].ctes]);
        let bodies = ctes.into_iter().flatten().map(|cte| self[cte.body].kind);
        bodies.filter(|kind| !matches!(kind, StmtKind::Query(_)))
    }

    /// What a name says: quoted names without their quotes, others in lower case.
    #[must_use]
    pub fn name(&self, ident: Ident) -> Cow<'_, str> {
        let text = self.text(ident.span);
        if text.starts_with("{{")
            && let Some(wanted) = self.placeholder(ident)
            && let Some((_, value)) = self.filled.iter().find(|f| f.0 == wanted)
        {
            return fold_name(value);
        }
        fold_name(text)
    }

    /// Lets every `{{name}}` say `value`, as an unquoted or quoted name would.
    pub fn fill(&mut self, name: &str, value: &str) {
        self.filled.retain(|old| old.0 != name);
        self.filled.push((name.to_owned(), value.to_owned()));
    }

    /// The names that stand as `{{name}}` within a span, each once.
    #[must_use]
    pub fn placeholders(&self, within: Span) -> Vec<(&str, Span)> {
        let mut found: Vec<(&str, Span)> = Vec::new();
        if !within.text(&self.source).contains("{{") {
            return found;
        }
        for &ident in self.all::<Ident>() {
            let inside = within.start <= ident.span.start && ident.span.end <= within.end;
            if let (true, Some(name)) = (inside, self.placeholder(ident))
                && !found.iter().any(|known| known.0 == name)
            {
                found.push((name, ident.span));
            }
        }
        found
    }

    /// True where a name is quoted and so keeps its case.
    #[must_use]
    pub fn is_quoted(&self, ident: Ident) -> bool {
        matches!(
            self.text(ident.span).as_bytes().first(),
            Some(b'"' | b'`' | b'[' | b'\'')
        )
    }

    /// The name inside `{{name}}`, where the identifier is filled in when the statement runs.
    #[must_use]
    pub fn placeholder(&self, ident: Ident) -> Option<&str> {
        let inner = self
            .text(ident.span)
            .strip_prefix("{{")?
            .strip_suffix("}}")?;
        Some(inner.trim())
    }

    /// The parts of a name, each as [`Ast::name`] gives it, joined by dots.
    #[must_use]
    pub fn dotted(&self, name: Name) -> String {
        let parts: Vec<_> = self[name.parts]
            .iter()
            .map(|&part| self.name(part))
            .collect();
        parts.join(".")
    }

    /// From the first to the last part of a name.
    #[must_use]
    pub fn name_span(&self, name: Name) -> Span {
        match &self[name.parts] {
            [] => Span::default(),
            [only] => only.span,
            [first, .., last] => first.span.to(last.span),
        }
    }

    /// The value of a string literal of any spelling: quotes taken off, escapes resolved.
    #[must_use]
    pub fn string(&self, span: Span) -> Cow<'_, str> {
        literal::string_value(self.text(span))
    }

    /// Which parameter a [`ExprKind::Param`] is.
    #[must_use]
    pub fn param(&self, span: Span) -> ParamName<'_> {
        literal::param(self.text(span))
    }
}
