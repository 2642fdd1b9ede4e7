//! What a name stands for where it stands: told by the node of the tree that holds it.

use rql_ast::{
    AlterAction, Assignment, Ast, Attribute, AttributeValue, ClauseKind, CreateObject, Expr,
    ExprKind, FormItem, Id, Ident, InsertColumn, JoinOn, MergeAction, Name, ObjectKind, OrderItem,
    Over, Relation, RelationKind, Span, StmtKind, Target,
};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Role {
    /// A part of a value: a column, a function, what stands before a point.
    Value(Vec<String>),
    /// A relation to read from.
    Relation(Vec<String>),
    /// A table that a statement is about.
    Table(Vec<String>),
    /// A column of this table.
    ColumnOf(Vec<String>),
    /// A column of both sides of a join.
    Using,
    /// A type.
    Type,
    /// A name that the person invents.
    New,
    /// A variable.
    Variable,
    /// A setting.
    Setting,
    /// The value of a setting.
    SettingValue(String),
    /// What SHOW shows.
    Subject,
    /// A connection or schema.
    Connection,
    /// A connection with a table of it, or a table.
    CopiedTo,
    /// A format of files.
    Format,
    /// An index.
    Index,
    /// A form.
    Form,
    /// An action of this form.
    Action(String),
    /// A field of this form.
    Field(String),
    /// A word with a value behind it, of these.
    Word(&'static [&'static str]),
    /// A column of the query that a chart draws.
    Drawn,
    /// A window of the WINDOW clause.
    Window,
    /// What EXTRACT takes of a moment.
    Moment,
}

impl Role {
    /// True where words of the language may stand instead.
    pub(crate) fn takes_words(&self) -> bool {
        let names = matches!(self, Self::Form | Self::Action(_) | Self::Field(_));
        !names && !matches!(self, Self::SettingValue(_) | Self::Format)
    }
}

/// The words behind the table of IMPORT, behind the file of EXPORT and OUTPUT, and behind the table of COPY.
const IMPORT_WORDS: &[&str] = &["create", "replace", "format", "options"];
const EXPORT_WORDS: &[&str] = &["format", "append", "options"];
const COPY_WORDS: &[&str] = &["create", "replace", "dry run"];

fn path(ast: &Ast, name: Name) -> Vec<String> {
    let parts = ast[name.parts].iter();
    parts.map(|&part| ast.name(part).into_owned()).collect()
}

/// The parts before the one at `hole`; `None` where it is none of the name's.
fn before(ast: &Ast, name: Name, hole: Span) -> Option<Vec<String>> {
    let at = ast[name.parts].iter().position(|part| part.span == hole)?;
    let mut parts = path(ast, name);
    parts.truncate(at);
    Some(parts)
}

struct Finder<'a> {
    ast: &'a Ast,
    hole: Span,
}

/// What the name at `hole` stands for.
pub(crate) fn role(ast: &Ast, hole: Span) -> Role {
    let finder = Finder { ast, hole };
    let of_statements = ast.all::<rql_ast::Stmt>().iter();
    let found = of_statements
        .rev()
        .find_map(|stmt| finder.in_statement(stmt.kind));
    found
        .or_else(|| finder.in_charts())
        .or_else(|| finder.in_changes())
        .or_else(|| finder.in_definitions())
        .or_else(|| finder.in_relations())
        .or_else(|| finder.in_types())
        .or_else(|| finder.in_values())
        .unwrap_or(Role::New)
}

impl Finder<'_> {
    fn is(&self, ident: Ident) -> bool {
        ident.span == self.hole
    }

    fn among(&self, idents: rql_ast::List<Ident>) -> bool {
        self.ast[idents].iter().any(|&ident| self.is(ident))
    }

    /// The parts before the hole in a column expression.
    fn column(&self, expr: Id<Expr>) -> Option<Vec<String>> {
        match self.ast[expr].kind {
            ExprKind::Column(name) => before(self.ast, name, self.hole),
            ExprKind::Tuple(items) | ExprKind::Row(items) => {
                self.ast[items].iter().find_map(|&item| self.column(item))
            }
            ExprKind::Paren(inner) => self.column(inner),
            _ => None,
        }
    }

    fn table(&self, relation: Id<Relation>) -> Vec<String> {
        match self.ast[relation].kind {
            RelationKind::Table { name, .. } => path(self.ast, name),
            _ => Vec::new(),
        }
    }

    fn names_table(&self, relation: Id<Relation>) -> Option<Role> {
        match self.ast[relation].kind {
            RelationKind::Table { name, .. } => before(self.ast, name, self.hole).map(Role::Table),
            _ => None,
        }
    }

    fn in_statement(&self, kind: StmtKind) -> Option<Role> {
        let ast = self.ast;
        let named = |target| self.in_target(target);
        match kind {
            StmtKind::Show(id) => {
                let show = ast[id];
                let from = show.from.and_then(|name| before(ast, name, self.hole));
                from.map(Role::Table)
                    .or_else(|| self.among(show.what).then_some(Role::Subject))
            }
            StmtKind::Set(id) => {
                let set = ast[id];
                if self.among(set.name) {
                    return Some(Role::Setting);
                }
                let mut values = ast[set.values].iter();
                let value = values.any(|&value| ast[value].span == self.hole);
                let name = ast[set.name]
                    .last()
                    .map(|&name| ast.name(name).into_owned());
                value.then(|| Role::SettingValue(name.unwrap_or_default()))
            }
            StmtKind::Unset(names) => self.among(names).then_some(Role::Variable),
            StmtKind::Use { target, .. } | StmtKind::Connect { url: target, .. } => {
                (ast[target].span == self.hole).then_some(Role::Connection)
            }
            StmtKind::Disconnect(Some(name)) => self.is(name).then_some(Role::Connection),
            StmtKind::Describe(target) | StmtKind::Summarize(target) => named(target),
            StmtKind::Import(id) => self.in_transfer(ast[id], IMPORT_WORDS),
            StmtKind::Export(id) => self.in_transfer(ast[id], EXPORT_WORDS),
            StmtKind::Output(id) => self.in_transfer(ast[id], EXPORT_WORDS),
            StmtKind::Copy(id) => {
                let to = ast[id].table;
                match to.and_then(|name| before(ast, name, self.hole)) {
                    Some(parts) if parts.is_empty() => Some(Role::CopiedTo),
                    _ => self.in_transfer(ast[id], COPY_WORDS),
                }
            }
            StmtKind::Truncate(id) => {
                let mut names = ast[ast[id].tables].iter();
                names
                    .find_map(|&name| before(ast, name, self.hole))
                    .map(Role::Table)
            }
            StmtKind::Drop(id) => {
                let drop = ast[id];
                let role = match drop.object {
                    ObjectKind::Index => |_| Role::Index,
                    ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView => {
                        Role::Table
                    }
                    ObjectKind::Schema | ObjectKind::Sequence => |_| Role::Connection,
                };
                let mut names = ast[drop.names].iter();
                let on = drop.on.and_then(|name| before(ast, name, self.hole));
                on.map(Role::Table).or_else(|| {
                    names
                        .find_map(|&name| before(ast, name, self.hole))
                        .map(role)
                })
            }
            StmtKind::Alter(id) => self.in_alter(ast[id]),
            StmtKind::FormExecute(id) => self.in_execute(ast[id]),
            StmtKind::FormDesign(name) => before(ast, name, self.hole).map(|_| Role::Form),
            StmtKind::Form(id) => self.in_form(ast[id]),
            _ => None,
        }
    }

    fn in_target(&self, target: Target) -> Option<Role> {
        let ast = self.ast;
        match target {
            Target::Table(name) => before(ast, name, self.hole).map(Role::Relation),
            Target::Form(name) => before(ast, name, self.hole).map(|_| Role::Form),
            Target::Query(_) => None,
        }
    }

    /// Where rows come from and go to, and the words behind.
    fn in_transfer(
        &self,
        transfer: rql_ast::Transfer,
        words: &'static [&'static str],
    ) -> Option<Role> {
        let ast = self.ast;
        let to = transfer.table.and_then(|name| before(ast, name, self.hole));
        let named = to.map(Role::Table);
        let named = named.or_else(|| self.in_target(transfer.source?));
        let is_format = |it: &Attribute| match it.value {
            AttributeValue::Expr(expr) => {
                ast[expr].span == self.hole && ast.name(it.name).eq_ignore_ascii_case("format")
            }
            _ => false,
        };
        let format = ast[transfer.attributes].iter().any(is_format);
        named
            .or_else(|| format.then_some(Role::Format))
            .or_else(|| {
                let among = self.among_words(transfer.attributes);
                among.then_some(Role::Word(words))
            })
    }

    /// What a form is of: its table, the columns of that, its details, and the words behind each.
    fn in_form(&self, form: rql_ast::Form) -> Option<Role> {
        let ast = self.ast;
        if let Some(parts) = form.table.and_then(|name| before(ast, name, self.hole)) {
            return Some(Role::Table(parts));
        }
        let words = |all, words| self.among_words(all).then_some(Role::Word(words));
        let of_items = ast[form.items].iter().find_map(|item| match *item {
            FormItem::Field(id) => {
                let field = ast[id];
                match (self.is(field.name), form.table) {
                    (true, Some(table)) => Some(Role::ColumnOf(path(ast, table))),
                    (true, None) => Some(Role::New),
                    (false, _) => words(field.attributes, rql_grammar::FIELD_WORDS),
                }
            }
            FormItem::Action(id) => words(ast[id].attributes, rql_grammar::FIELD_WORDS),
            FormItem::Detail(id) => {
                let detail = ast[id];
                let named = before(ast, detail.name, self.hole).map(Role::Table);
                named.or_else(|| words(detail.attributes, rql_grammar::FIELD_WORDS))
            }
            FormItem::Error(_) => None,
        });
        of_items.or_else(|| words(form.attributes, rql_grammar::FORM_WORDS))
    }

    fn among_words(&self, all: rql_ast::List<Attribute>) -> bool {
        self.ast[all].iter().any(|it| self.is(it.name))
    }

    /// The words of a chart, and what they name.
    fn in_charts(&self) -> Option<Role> {
        let ast = self.ast;
        ast.all::<rql_ast::Chart>().iter().find_map(|chart| {
            if self.among_words(chart.attributes) {
                return Some(Role::Word(rql_grammar::CHART_WORDS));
            }
            let is = |attribute: &&Attribute| {
                let value = match attribute.value {
                    AttributeValue::Expr(expr) => self.column(expr),
                    _ => None,
                };
                let word = ast.name(attribute.name).to_lowercase();
                value.is_some() && matches!(word.as_str(), "of" | "by")
            };
            let mut all = ast[chart.attributes].iter();
            all.find(is).map(|_| Role::Drawn)
        })
    }

    fn in_execute(&self, execute: rql_ast::FormExecute) -> Option<Role> {
        let ast = self.ast;
        if self.column(execute.form).is_some() {
            return Some(Role::Form);
        }
        let form = match ast[execute.form].kind {
            ExprKind::Column(name) => ast.dotted(name),
            _ => String::new(),
        };
        if execute.action.is_some_and(|action| self.is(action)) {
            return Some(Role::Action(form));
        }
        let targets = self.in_targets(execute.values);
        targets.then_some(Role::Field(form))
    }

    fn in_alter(&self, alter: rql_ast::AlterTable) -> Option<Role> {
        let ast = self.ast;
        if let Some(parts) = before(ast, alter.name, self.hole) {
            return Some(Role::Table(parts));
        }
        let mut actions = ast[alter.actions].iter();
        let found = actions.any(|action| match *action {
            AlterAction::DropColumn { column, .. }
            | AlterAction::AlterColumn { column, .. }
            | AlterAction::RenameColumn { from: column, .. } => {
                before(ast, column, self.hole).is_some()
            }
            _ => false,
        });
        found.then(|| Role::ColumnOf(path(ast, alter.name)))
    }

    /// Columns and tables of INSERT, UPDATE, DELETE and MERGE.
    fn in_changes(&self) -> Option<Role> {
        let ast = self.ast;
        for insert in ast.all::<rql_ast::Insert>() {
            let own = || Some(Role::ColumnOf(self.table(insert.target)));
            if let Some(role) = self.names_table(insert.target) {
                return Some(role);
            }
            if self.in_columns(insert.columns) {
                return own();
            }
            for clause in &ast[insert.clauses] {
                let found = match clause.kind {
                    ClauseKind::OnConflict(id) => {
                        let conflict = ast[id];
                        self.in_order(conflict.target)
                            || conflict.update.is_some_and(|all| self.in_targets(all))
                    }
                    ClauseKind::OnDuplicateKey(all) => self.in_targets(all),
                    _ => false,
                };
                if found {
                    return own();
                }
            }
        }
        for update in ast.all::<rql_ast::Update>() {
            let target = ast[update.target].relation;
            if let Some(role) = self.names_table(target) {
                return Some(role);
            }
            if self.in_targets(update.assignments) {
                return Some(Role::ColumnOf(self.table(target)));
            }
        }
        for delete in ast.all::<rql_ast::Delete>() {
            if let Some(role) = self.names_table(delete.target) {
                return Some(role);
            }
        }
        for merge in ast.all::<rql_ast::Merge>() {
            if let Some(role) = self.names_table(merge.target) {
                return Some(role);
            }
            let found = ast[merge.branches]
                .iter()
                .any(|branch| match branch.action {
                    MergeAction::Update(all) => self.in_targets(all),
                    MergeAction::Insert { columns, .. } => self.in_columns(columns),
                    MergeAction::Nothing | MergeAction::Delete => false,
                });
            if found {
                return Some(Role::ColumnOf(self.table(merge.target)));
            }
        }
        None
    }

    fn in_columns(&self, columns: rql_ast::List<InsertColumn>) -> bool {
        self.ast[columns].iter().any(|column| match *column {
            InsertColumn::Column(expr) => self.column(expr).is_some(),
            InsertColumn::Template(_) => false,
        })
    }

    fn in_targets(&self, all: rql_ast::List<Assignment>) -> bool {
        self.ast[all].iter().any(|assignment| match *assignment {
            Assignment::Assign { target, .. } => self.column(target).is_some(),
            Assignment::Template(_) => false,
        })
    }

    fn in_order(&self, items: rql_ast::List<OrderItem>) -> bool {
        self.ast[items].iter().any(|item| match *item {
            OrderItem::Expr { expr, .. } => self.column(expr).is_some(),
            OrderItem::Template(_) => false,
        })
    }

    /// Tables and columns that CREATE refers to.
    fn in_definitions(&self) -> Option<Role> {
        let ast = self.ast;
        for key in ast.all::<rql_ast::ForeignKey>() {
            if let Some(parts) = before(ast, key.table, self.hole) {
                return Some(Role::Table(parts));
            }
            if self.among(key.referred) {
                return Some(Role::ColumnOf(path(ast, key.table)));
            }
        }
        for create in ast.all::<rql_ast::Create>() {
            let CreateObject::Index(id) = create.object else {
                continue;
            };
            let index = ast[id];
            if let Some(parts) = before(ast, index.table, self.hole) {
                return Some(Role::Table(parts));
            }
            let column = |item: OrderItem| match item {
                OrderItem::Expr { expr, .. } => self.column(expr).is_some(),
                OrderItem::Template(_) => false,
            };
            let found = ast[index.columns].iter().any(|it| column(it.item));
            if found || self.among(index.include) {
                return Some(Role::ColumnOf(path(ast, index.table)));
            }
        }
        None
    }

    fn in_relations(&self) -> Option<Role> {
        let ast = self.ast;
        for relation in ast.all::<Relation>() {
            match relation.kind {
                RelationKind::Table { name, .. } => {
                    if let Some(parts) = before(ast, name, self.hole) {
                        return Some(Role::Relation(parts));
                    }
                }
                RelationKind::Function { call, .. }
                    if before(ast, ast[call].name, self.hole).is_some() =>
                {
                    return Some(Role::Relation(Vec::new()));
                }
                _ => {}
            }
        }
        for query in ast.all::<rql_ast::Query>() {
            if let rql_ast::Body::Table(name) = query.body
                && let Some(parts) = before(ast, name, self.hole)
            {
                return Some(Role::Relation(parts));
            }
        }
        let using = ast.all::<rql_ast::Join>().iter().any(|join| match *join {
            rql_ast::Join::Join {
                on: JoinOn::Using(columns, _),
                ..
            } => self.among(columns),
            _ => false,
        });
        using.then_some(Role::Using)
    }

    fn in_types(&self) -> Option<Role> {
        let ast = self.ast;
        let found = ast
            .all::<rql_ast::TypeName>()
            .iter()
            .any(|ty| before(ast, ty.name, self.hole).is_some() || self.among(ty.words));
        found.then_some(Role::Type)
    }

    fn in_values(&self) -> Option<Role> {
        let ast = self.ast;
        if takes_moment(ast, self.hole, &["extract"]) {
            return Some(Role::Moment);
        }
        for expr in ast.all::<Expr>() {
            if let ExprKind::Column(name) = expr.kind
                && let Some(parts) = before(ast, name, self.hole)
            {
                return Some(Role::Value(parts));
            }
            if let ExprKind::Field { name, .. } = expr.kind
                && self.is(name)
            {
                return Some(Role::New);
            }
        }
        for call in ast.all::<rql_ast::Call>() {
            if let Some(Over::Named(window)) = call.over
                && self.is(window)
            {
                return Some(Role::Window);
            }
            if let Some(parts) = before(ast, call.name, self.hole) {
                return Some(Role::Value(parts));
            }
        }
        for star in ast.all::<rql_ast::Star>() {
            let parts = ast[star.exclude].iter();
            let excluded = parts
                .into_iter()
                .any(|&name| before(ast, name, self.hole).is_some());
            let replaced = ast[star.replace].iter().any(|item| self.is(item.column));
            if excluded || replaced {
                return Some(Role::Value(Vec::new()));
            }
            if let Some(parts) = star.qualifier.and_then(|name| before(ast, name, self.hole)) {
                return Some(Role::Value(parts));
            }
        }
        None
    }
}

/// True where `hole` is the first argument of one of these functions.
pub(crate) fn takes_moment(ast: &Ast, hole: Span, functions: &[&str]) -> bool {
    let mut calls = ast.all::<rql_ast::Call>().iter();
    calls.any(|call| {
        let first = ast[call.args].first();
        let name = || ast.dotted(call.name).to_lowercase();
        first.is_some_and(|it| ast[it.value].span == hole) && functions.contains(&name().as_str())
    })
}

/// True where the string at `hole` names a file.
pub(crate) fn is_path(ast: &Ast, hole: Span) -> bool {
    let of = |expr: Id<Expr>| ast[expr].span == hole;
    let file = ast.all::<Relation>().iter();
    let mut file = file.filter(|relation| relation.kind == RelationKind::File);
    if file.any(|relation| relation.span.start == hole.start) {
        return true;
    }
    let chart = ast.all::<rql_ast::Attribute>().iter().any(|attribute| {
        let to = ast.name(attribute.name).eq_ignore_ascii_case("to");
        to && matches!(attribute.value, AttributeValue::Expr(expr) if of(expr))
    });
    chart
        || ast
            .all::<rql_ast::Stmt>()
            .iter()
            .any(|stmt| match stmt.kind {
                StmtKind::Include(span) | StmtKind::FormLoad(span) => span == hole,
                StmtKind::Output(id) | StmtKind::Import(id) | StmtKind::Export(id) => {
                    ast[id].file.is_some_and(of)
                }
                StmtKind::Use { target, .. } | StmtKind::Connect { url: target, .. } => of(target),
                _ => false,
            })
}
