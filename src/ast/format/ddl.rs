//! CREATE, ALTER, DROP.

use super::Printer;
use crate::{
    AlterAction, AlterTable, CheckOption, ColumnChange, ColumnDef, Constraint, ConstraintKind,
    Create, CreateIndex, CreateObject, CreateTable, CreateView, Drop, ForeignKey, Ident, List,
    ObjectKind, PartitionBound, PartitionOf, RefAction, SequenceOption, SequenceOptionKind,
    TableElement,
};

impl Printer<'_> {
    pub(super) fn create(&mut self, create: &Create) {
        let ast = self.ast;
        self.group(|p| {
            p.text("CREATE ");
            p.text(if create.or_replace { "OR REPLACE " } else { "" });
            p.text(if create.temporary { "TEMP " } else { "" });
            p.text(if create.unlogged { "UNLOGGED " } else { "" });
            match create.object {
                CreateObject::Table(_) => p.text("TABLE"),
                CreateObject::View(id) => {
                    p.text(if ast[id].recursive { "RECURSIVE " } else { "" });
                    p.text(if ast[id].materialized {
                        "MATERIALIZED VIEW"
                    } else {
                        "VIEW"
                    });
                }
                CreateObject::Index(id) => {
                    p.text(if ast[id].unique {
                        "UNIQUE INDEX"
                    } else {
                        "INDEX"
                    });
                    p.text(if ast[id].concurrently {
                        " CONCURRENTLY"
                    } else {
                        ""
                    });
                }
                CreateObject::Schema { .. } => p.text("SCHEMA"),
                CreateObject::Sequence(_) => p.text("SEQUENCE"),
            }
            p.text(if create.if_not_exists {
                " IF NOT EXISTS"
            } else {
                ""
            });
            if let Some(name) = create.name {
                p.space();
                p.name(name);
            }
            match create.object {
                CreateObject::Table(id) => p.create_table(&ast[id]),
                CreateObject::View(id) => p.create_view(&ast[id]),
                CreateObject::Index(id) => p.create_index(&ast[id]),
                CreateObject::Schema { owner } => {
                    if let Some(owner) = owner {
                        p.word("AUTHORIZATION ");
                        p.ident(owner);
                    }
                }
                CreateObject::Sequence(options) => p.sequence_options(options),
            }
        });
    }

    fn create_table(&mut self, table: &CreateTable) {
        let ast = self.ast;
        if let Some(PartitionOf { parent, .. }) = table.partition_of {
            self.word("PARTITION OF ");
            self.name(parent);
        }
        if !table.columns.is_empty() {
            self.space();
            self.idents(table.columns);
        } else if !table.elements.is_empty() {
            self.space();
            self.parens(table.elements, |p, element| p.table_element(element));
        } else if table.query.is_none() && table.partition_of.is_none() {
            self.text(" ()");
        }
        if let Some(PartitionOf { bound, .. }) = table.partition_of {
            self.partition_bound(bound);
        }
        for (at, option) in ast[table.options].iter().enumerate() {
            // The words of one option stand beside each other; options are apart by commas.
            let glued = at > 0 && {
                let before = ast[table.options][at - 1].span.end;
                let between = crate::Span::new(before, option.span.start.max(before));
                !ast.text(between).contains(',')
            };
            self.text(if at > 0 && !glued { "," } else { "" });
            self.space();
            let equals = self.has_equals(option);
            self.attribute(option, equals);
        }
        if let Some(query) = table.query {
            self.word("AS");
            self.at(ast[query].span.start);
            self.line();
            self.query(query);
        }
        self.with_data_words(table.with_data);
    }

    fn with_data_words(&mut self, with_data: Option<bool>) {
        match with_data {
            Some(true) => self.word("WITH DATA"),
            Some(false) => self.word("WITH NO DATA"),
            None => {}
        }
    }

    fn table_element(&mut self, element: &TableElement) {
        let ast = self.ast;
        match *element {
            TableElement::Column(id) => self.column_def(&ast[id]),
            TableElement::Constraint(constraint) => self.constraint(&constraint),
            TableElement::Like { table, options } => {
                self.text("LIKE ");
                self.name(table);
                for &option in &ast[options] {
                    self.space();
                    self.ident(option);
                }
            }
        }
    }

    fn column_def(&mut self, column: &ColumnDef) {
        let ast = self.ast;
        self.at(column.span.start);
        self.ident(column.name);
        if let Some(ty) = column.ty {
            self.space();
            self.type_name(ty);
        }
        for constraint in &ast[column.constraints] {
            self.space();
            self.constraint(constraint);
        }
    }

    fn partition_bound(&mut self, bound: PartitionBound) {
        match bound {
            PartitionBound::Default => self.word("DEFAULT"),
            PartitionBound::In(values) => {
                self.word("FOR VALUES IN ");
                self.expr_parens(values);
            }
            PartitionBound::Range { from, to } => {
                self.word("FOR VALUES FROM ");
                self.expr_parens(from);
                self.text(" TO ");
                self.expr_parens(to);
            }
            PartitionBound::Hash(options) => {
                self.word("FOR VALUES WITH ");
                self.parens(options, |p, option| p.attribute(option, false));
            }
        }
    }

    fn constraint(&mut self, constraint: &Constraint) {
        let ast = self.ast;
        self.at(constraint.span.start);
        if let Some(name) = constraint.name {
            self.text("CONSTRAINT ");
            self.ident(name);
            self.space();
        }
        match constraint.kind {
            ConstraintKind::Null => self.text("NULL"),
            ConstraintKind::NotNull => self.text("NOT NULL"),
            ConstraintKind::Default(expr) => {
                self.text("DEFAULT ");
                self.expr(expr);
            }
            ConstraintKind::PrimaryKey { columns, direction } => {
                self.text("PRIMARY KEY");
                self.direction(direction);
                if !columns.is_empty() {
                    self.space();
                    self.parens(columns, |p, item| p.order_item(item));
                }
            }
            ConstraintKind::Unique {
                columns,
                nulls_distinct,
            } => {
                self.text("UNIQUE");
                self.nulls_distinct(nulls_distinct);
                if !columns.is_empty() {
                    self.space();
                    self.parens(columns, |p, item| p.order_item(item));
                }
            }
            ConstraintKind::UsingIndex { primary, index } => {
                self.text(if primary {
                    "PRIMARY KEY USING INDEX "
                } else {
                    "UNIQUE USING INDEX "
                });
                self.ident(index);
            }
            ConstraintKind::Check {
                condition,
                no_inherit,
            } => {
                self.text("CHECK ");
                self.bracketed("(", ")", |p| p.expr(condition));
                self.text(if no_inherit { " NO INHERIT" } else { "" });
            }
            ConstraintKind::ForeignKey(id) => self.foreign_key(&ast[id]),
            ConstraintKind::Collate(name) => {
                self.text("COLLATE ");
                self.name(name);
            }
            ConstraintKind::Generated {
                expr,
                stored,
                words,
            } => {
                self.text(if words { "GENERATED ALWAYS AS " } else { "AS " });
                self.bracketed("(", ")", |p| p.expr(expr));
                match stored {
                    Some(true) => self.word("STORED"),
                    Some(false) => self.word("VIRTUAL"),
                    None => {}
                }
            }
            ConstraintKind::Identity { always, options } => {
                self.text(if always {
                    "GENERATED ALWAYS"
                } else {
                    "GENERATED BY DEFAULT"
                });
                self.word("AS IDENTITY");
                if !options.is_empty() {
                    self.text(" (");
                    self.sequence_run(options);
                    self.text(")");
                }
            }
            ConstraintKind::AutoIncrement => {
                // SQLite and MySQL spell it differently; it is written as it was.
                self.source(constraint_word(self.ast, constraint));
            }
            ConstraintKind::Comment(text) => {
                self.text("COMMENT ");
                self.source(text);
            }
            ConstraintKind::OnUpdate(expr) => {
                self.text("ON UPDATE ");
                self.expr(expr);
            }
        }
        if !constraint.include.is_empty() {
            self.word("INCLUDE ");
            self.idents(constraint.include);
        }
        match constraint.deferrable {
            Some(true) => self.word("DEFERRABLE"),
            Some(false) => self.word("NOT DEFERRABLE"),
            None => {}
        }
        match constraint.enforced {
            Some(true) => self.word("ENFORCED"),
            Some(false) => self.word("NOT ENFORCED"),
            None => {}
        }
        match constraint.deferred {
            Some(true) => self.word("INITIALLY DEFERRED"),
            Some(false) => self.word("INITIALLY IMMEDIATE"),
            None => {}
        }
        if let Some(action) = constraint.on_conflict {
            self.word("ON CONFLICT ");
            self.ident(action);
        }
    }

    fn nulls_distinct(&mut self, distinct: Option<bool>) {
        match distinct {
            Some(true) => self.word("NULLS DISTINCT"),
            Some(false) => self.word("NULLS NOT DISTINCT"),
            None => {}
        }
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        if !key.columns.is_empty() {
            self.text("FOREIGN KEY ");
            self.idents(key.columns);
            self.space();
        }
        self.text("REFERENCES ");
        self.name(key.table);
        if !key.referred.is_empty() {
            self.space();
            self.idents(key.referred);
        }
        if let Some(matching) = key.matching {
            self.word("MATCH ");
            self.ident(matching);
        }
        if let Some(action) = key.on_delete {
            self.word("ON DELETE ");
            self.ref_action(action);
        }
        if let Some(action) = key.on_update {
            self.word("ON UPDATE ");
            self.ref_action(action);
        }
    }

    fn ref_action(&mut self, action: RefAction) {
        let columns = match action {
            RefAction::NoAction => {
                self.text("NO ACTION");
                List::EMPTY
            }
            RefAction::Restrict => {
                self.text("RESTRICT");
                List::EMPTY
            }
            RefAction::Cascade => {
                self.text("CASCADE");
                List::EMPTY
            }
            RefAction::SetNull(columns) => {
                self.text("SET NULL");
                columns
            }
            RefAction::SetDefault(columns) => {
                self.text("SET DEFAULT");
                columns
            }
        };
        if !columns.is_empty() {
            self.space();
            self.idents(columns);
        }
    }

    fn sequence_options(&mut self, options: List<SequenceOption>) {
        if !options.is_empty() {
            self.space();
            self.sequence_run(options);
        }
    }

    fn sequence_run(&mut self, options: List<SequenceOption>) {
        use SequenceOptionKind as S;
        let ast = self.ast;
        for (at, option) in ast[options].iter().enumerate() {
            if at > 0 {
                self.space();
            }
            self.at(option.span.start);
            self.text(match option.kind {
                S::As => "AS",
                S::Start => "START WITH",
                S::Restart => "RESTART WITH",
                S::Increment => "INCREMENT BY",
                S::MinValue => "MINVALUE",
                S::NoMinValue => "NO MINVALUE",
                S::MaxValue => "MAXVALUE",
                S::NoMaxValue => "NO MAXVALUE",
                S::Cache => "CACHE",
                S::Cycle => "CYCLE",
                S::NoCycle => "NO CYCLE",
                S::OwnedBy => "OWNED BY",
            });
            if let Some(value) = option.value {
                self.space();
                self.expr(value);
            }
        }
    }

    fn create_view(&mut self, view: &CreateView) {
        if !view.columns.is_empty() {
            self.space();
            self.idents(view.columns);
        }
        if !view.options.is_empty() {
            self.word("WITH ");
            self.parens(view.options, |p, option| {
                let equals = p.has_equals(option);
                p.attribute(option, equals);
            });
        }
        self.word("AS");
        self.at(self.ast[view.query].span.start);
        self.line();
        self.query(view.query);
        match view.check_option {
            None => {}
            Some(CheckOption::Plain) => self.word("WITH CHECK OPTION"),
            Some(CheckOption::Cascaded) => self.word("WITH CASCADED CHECK OPTION"),
            Some(CheckOption::Local) => self.word("WITH LOCAL CHECK OPTION"),
        }
        self.with_data_words(view.with_data);
    }

    fn create_index(&mut self, index: &CreateIndex) {
        self.word(if index.only { "ON ONLY " } else { "ON " });
        self.name(index.table);
        if let Some(method) = index.method {
            self.word("USING ");
            self.ident(method);
        }
        self.space();
        self.parens(index.columns, |p, column| {
            let crate::OrderItem::Expr {
                expr,
                direction,
                nulls_first,
            } = column.item
            else {
                return;
            };
            p.expr(expr);
            if let Some(class) = column.class {
                p.space();
                p.name(class);
            }
            p.direction(direction);
            p.nulls(nulls_first);
        });
        if !index.include.is_empty() {
            self.word("INCLUDE ");
            self.idents(index.include);
        }
        self.nulls_distinct(index.nulls_distinct);
        if !index.options.is_empty() {
            self.word("WITH ");
            self.parens(index.options, |p, option| {
                let equals = p.has_equals(option);
                p.attribute(option, equals);
            });
        }
        if let Some(predicate) = index.predicate {
            self.line();
            self.headed("WHERE", |p| p.condition(predicate));
        }
    }

    fn object_kind(&mut self, kind: ObjectKind) {
        self.text(match kind {
            ObjectKind::Table => "TABLE ",
            ObjectKind::View => "VIEW ",
            ObjectKind::MaterializedView => "MATERIALIZED VIEW ",
            ObjectKind::Index => "INDEX ",
            ObjectKind::Schema => "SCHEMA ",
            ObjectKind::Sequence => "SEQUENCE ",
        });
    }

    pub(super) fn drop_stmt(&mut self, drop: &Drop) {
        self.group(|p| {
            p.text(if drop.temporary {
                "DROP TEMPORARY "
            } else {
                "DROP "
            });
            p.object_kind(drop.object);
            p.text(if drop.concurrently {
                "CONCURRENTLY "
            } else {
                ""
            });
            p.text(if drop.if_exists { "IF EXISTS " } else { "" });
            p.indent(|p| p.commas(drop.names, |p, &name| p.name(name)));
            if let Some(on) = drop.on {
                p.word("ON ");
                p.name(on);
            }
            p.cascade(drop.cascade);
        });
    }

    pub(super) fn alter(&mut self, alter: &AlterTable) {
        self.group(|p| {
            p.text("ALTER ");
            p.object_kind(alter.object);
            p.text(if alter.if_exists { "IF EXISTS " } else { "" });
            p.text(if alter.only { "ONLY " } else { "" });
            p.name(alter.name);
            p.indent(|p| {
                p.line();
                p.commas(alter.actions, |p, action| p.alter_action(action));
            });
        });
    }

    fn alter_action(&mut self, action: &AlterAction) {
        let ast = self.ast;
        match *action {
            AlterAction::AddColumn {
                if_not_exists,
                column,
            } => {
                self.text(if if_not_exists {
                    "ADD COLUMN IF NOT EXISTS "
                } else {
                    "ADD COLUMN "
                });
                self.column_def(&ast[column]);
            }
            AlterAction::DropColumn {
                if_exists,
                column,
                cascade,
            } => {
                self.text(if if_exists {
                    "DROP COLUMN IF EXISTS "
                } else {
                    "DROP COLUMN "
                });
                self.name(column);
                self.cascade(cascade);
            }
            AlterAction::AlterColumn { column, change } => {
                self.text("ALTER COLUMN ");
                self.name(column);
                self.space();
                self.column_change(change);
            }
            AlterAction::AddConstraint {
                constraint,
                not_valid,
            } => {
                self.text("ADD ");
                self.constraint(&constraint);
                self.text(if not_valid { " NOT VALID" } else { "" });
            }
            AlterAction::DropConstraint {
                if_exists,
                name,
                cascade,
            } => {
                self.text(if if_exists {
                    "DROP CONSTRAINT IF EXISTS "
                } else {
                    "DROP CONSTRAINT "
                });
                self.ident(name);
                self.cascade(cascade);
            }
            AlterAction::ValidateConstraint(name) => self.pair("VALIDATE CONSTRAINT ", name),
            AlterAction::Rename(name) => {
                self.text("RENAME TO ");
                self.name(name);
            }
            AlterAction::RenameColumn { from, to } => {
                self.text("RENAME COLUMN ");
                self.name(from);
                self.word("TO ");
                self.ident(to);
            }
            AlterAction::RenameConstraint { from, to } => {
                self.pair("RENAME CONSTRAINT ", from);
                self.word("TO ");
                self.ident(to);
            }
            AlterAction::SetSchema(name) => self.pair("SET SCHEMA ", name),
            AlterAction::Owner(name) => self.pair("OWNER TO ", name),
            AlterAction::SetOptions(options) => {
                self.text("SET ");
                self.parens(options, |p, option| {
                    let equals = p.has_equals(option);
                    p.attribute(option, equals);
                });
            }
            AlterAction::SetLogged(logged) => {
                self.text(if logged { "SET LOGGED" } else { "SET UNLOGGED" });
            }
            AlterAction::Sequence(options) => self.sequence_run(options),
        }
    }

    fn pair(&mut self, word: &'static str, name: Ident) {
        self.text(word);
        self.ident(name);
    }

    fn column_change(&mut self, change: ColumnChange) {
        match change {
            ColumnChange::Type {
                ty,
                collation,
                using,
            } => {
                self.text("TYPE ");
                self.type_name(ty);
                if let Some(collation) = collation {
                    self.word("COLLATE ");
                    self.name(collation);
                }
                if let Some(using) = using {
                    self.word("USING ");
                    self.expr(using);
                }
            }
            ColumnChange::SetDefault(expr) => {
                self.text("SET DEFAULT ");
                self.expr(expr);
            }
            ColumnChange::DropDefault => self.text("DROP DEFAULT"),
            ColumnChange::SetNotNull => self.text("SET NOT NULL"),
            ColumnChange::DropNotNull => self.text("DROP NOT NULL"),
            ColumnChange::AddIdentity(constraint) => {
                self.text("ADD ");
                self.constraint(&constraint);
            }
            ColumnChange::DropIdentity { if_exists } => {
                self.text(if if_exists {
                    "DROP IDENTITY IF EXISTS"
                } else {
                    "DROP IDENTITY"
                });
            }
            ColumnChange::DropExpression { if_exists } => {
                self.text(if if_exists {
                    "DROP EXPRESSION IF EXISTS"
                } else {
                    "DROP EXPRESSION"
                });
            }
        }
    }
}

/// The one word of a constraint that has no other part.
fn constraint_word(ast: &crate::Ast, constraint: &Constraint) -> crate::Span {
    let start = constraint
        .name
        .map_or(constraint.span.start, |name| name.span.end);
    let text = ast.text(crate::Span::new(start, constraint.span.end));
    let lead = text.len() - text.trim_start().len();
    let word = text
        .trim_start()
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next()
        .unwrap_or("");
    let from = start + u32::try_from(lead).unwrap_or(0);
    crate::Span::new(from, from + u32::try_from(word.len()).unwrap_or(0))
}
