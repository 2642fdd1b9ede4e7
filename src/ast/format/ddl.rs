//! CREATE, ALTER, DROP.

use super::Printer;
use crate::{
    CheckOption, ColumnDef, Create, CreateIndex, CreateObject, CreateTable, CreateView, Drop, List,
    ObjectKind, PartitionOf, SequenceOption, TableElement,
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

    pub(super) fn column_def(&mut self, column: &ColumnDef) {
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

    fn sequence_options(&mut self, options: List<SequenceOption>) {
        if !options.is_empty() {
            self.space();
            self.sequence_run(options);
        }
    }

    pub(super) fn sequence_run(&mut self, options: List<SequenceOption>) {
        let ast = self.ast;
        for (at, option) in ast[options].iter().enumerate() {
            if at > 0 {
                self.space();
            }
            self.at(option.span.start);
            self.text(option.words());
            if let Some(value) = option.value {
                self.space();
                self.expr(value);
            }
        }
    }

    fn create_view(&mut self, view: &CreateView) {
        let ast = self.ast;
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
        self.query(ast.view_query(view));
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

    pub(super) fn object_kind(&mut self, kind: ObjectKind) {
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
}
