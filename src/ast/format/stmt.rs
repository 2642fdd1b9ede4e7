//! Statements: data, transactions, sessions, scripts, forms.

use super::Printer;
use crate::{Backend, Explain, Ident, If, LetValue, List, Show, Stmt, StmtKind, Target, Transfer};

impl<'a> Printer<'a> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        let ast = self.ast;
        self.at(stmt.span.start);
        match stmt.kind {
            StmtKind::Error => self.source(stmt.span),
            StmtKind::Query(query) => self.query(query),
            StmtKind::Insert(id) => self.insert(&ast[id]),
            StmtKind::Update(id) => self.update(&ast[id]),
            StmtKind::Delete(id) => self.delete(&ast[id]),
            StmtKind::Merge(id) => self.merge(&ast[id]),
            StmtKind::Truncate(id) => {
                let truncate = ast[id];
                self.text("TRUNCATE ");
                self.commas(truncate.tables, |p, &name| p.name(name));
                match truncate.restart_identity {
                    Some(true) => self.word("RESTART IDENTITY"),
                    Some(false) => self.word("CONTINUE IDENTITY"),
                    None => {}
                }
                self.cascade(truncate.cascade);
            }
            StmtKind::Create(id) => self.create(&ast[id]),
            StmtKind::Alter(id) => self.alter(&ast[id]),
            StmtKind::Drop(id) => self.drop_stmt(&ast[id]),
            StmtKind::Begin(words) => {
                self.text("BEGIN");
                self.words(words);
            }
            StmtKind::Commit { chain } => {
                self.text("COMMIT");
                self.chain(chain);
            }
            StmtKind::Rollback { to, chain } => {
                self.text("ROLLBACK");
                if let Some(to) = to {
                    self.word("TO ");
                    self.ident(to);
                }
                self.chain(chain);
            }
            StmtKind::Savepoint(name) => self.named("SAVEPOINT ", name),
            StmtKind::Release(name) => self.named("RELEASE ", name),
            StmtKind::Explain(id) => self.explain(&ast[id]),
            StmtKind::Let(id) => {
                let binding = ast[id];
                self.named("LET ", binding.name);
                self.let_value(binding.value, true);
            }
            StmtKind::Unset(names) => {
                self.text("UNSET ");
                self.commas(names, |p, &name| p.ident(name));
            }
            StmtKind::Param(id) => {
                let param = ast[id];
                self.named("PARAM ", param.name);
                if let Some(ty) = param.ty {
                    self.space();
                    self.type_name(ty);
                }
                if let Some(default) = param.default {
                    self.word("DEFAULT ");
                    self.expr(default);
                }
            }
            StmtKind::Macro(id) => {
                let definition = ast[id];
                self.named("MACRO ", definition.name);
                self.bracketed("(", ")", |p| {
                    p.commas(definition.params, |p, param| {
                        p.ident(param.name);
                        if let Some(default) = param.default {
                            p.word(":= ");
                            p.expr(default);
                        }
                    });
                });
                self.let_value(definition.body, false);
            }
            StmtKind::Connect { url, alias } => {
                self.text("CONNECT ");
                self.expr(url);
                self.alias(alias);
            }
            StmtKind::Disconnect(name) => {
                self.text("DISCONNECT");
                if let Some(name) = name {
                    self.space();
                    self.ident(name);
                }
            }
            StmtKind::Use { target, alias } => {
                self.text("USE ");
                self.expr(target);
                self.alias(alias);
            }
            StmtKind::Show(id) => self.show(&ast[id]),
            StmtKind::Describe(target) => {
                self.text("DESCRIBE ");
                self.target(target, false);
            }
            StmtKind::Summarize(target) => {
                self.text("SUMMARIZE ");
                self.target(target, false);
            }
            StmtKind::Output(id) => self.transfer("OUTPUT", &ast[id]),
            StmtKind::Import(id) => self.transfer("IMPORT", &ast[id]),
            StmtKind::Export(id) => self.transfer("EXPORT", &ast[id]),
            StmtKind::Copy(id) => self.transfer("COPY", &ast[id]),
            StmtKind::Set(id) => {
                let set = ast[id];
                self.text(if set.reset { "RESET" } else { "SET" });
                if let Some(scope) = set.scope {
                    self.space();
                    self.ident(scope);
                }
                self.words(set.name);
                if !set.values.is_empty() {
                    let spelled = ast[set.name].last().map_or(stmt.span, |word| word.span);
                    let first = ast[set.values].first().map_or(spelled, |&id| ast[id].span);
                    let between = crate::Span::new(spelled.end, first.start.max(spelled.end));
                    let signed = !ast.text(between).trim().is_empty();
                    self.text(if signed { " = " } else { " " });
                    self.group(|p| p.indent(|p| p.exprs(set.values)));
                }
            }
            StmtKind::Print(values) => self.headed("PRINT", |p| p.exprs(values)),
            StmtKind::Assert { condition, message } => self.headed("ASSERT", |p| {
                p.expr(condition);
                if let Some(message) = message {
                    p.text(",");
                    p.line();
                    p.expr(message);
                }
            }),
            StmtKind::Include(file) => {
                self.text("INCLUDE ");
                self.source(file);
            }
            StmtKind::If(id) => self.if_stmt(&ast[id]),
            StmtKind::For(id) => {
                let repeat = ast[id];
                self.named("FOR ", repeat.row);
                self.word("IN ");
                self.subquery(repeat.query);
                self.word("LOOP");
                self.block(repeat.body);
                self.text("END LOOP");
            }
            StmtKind::Form(_)
            | StmtKind::FormLoad(_)
            | StmtKind::FormExecute(_)
            | StmtKind::FormDesign(_) => {
                self.form(stmt);
            }
            StmtKind::Native(id) => {
                let native = ast[id];
                match native.backend {
                    None => {
                        self.text("NATIVE ");
                        self.source(native.text);
                    }
                    // With its quotes, as written.
                    Some(backend) => {
                        self.named("NATIVE FOR ", backend);
                        self.space();
                        let quoted = crate::Span::new(backend.span.end, stmt.span.end);
                        let text = ast.text(quoted).trim_start();
                        let start = quoted.end - u32::try_from(text.len()).unwrap_or(0);
                        self.source(crate::Span::new(start, quoted.end));
                    }
                }
            }
            StmtKind::Backend(id) => {
                let Backend { text, .. } = ast[id];
                self.source(text);
            }
            StmtKind::Template(id) => {
                let template = ast[id];
                self.tag(&template);
                self.block(template.then);
                if let Some(otherwise) = template.otherwise {
                    self.text("{{else}}");
                    self.block(otherwise);
                }
                self.at(template.span.end);
                self.text(super::end_tag(template.unless));
            }
        }
        self.last = self.last.max(stmt.span.end);
    }

    /// Statements on lines of their own, a level deeper.
    fn block(&mut self, statements: List<Stmt>) {
        let ast = self.ast;
        self.indent(|p| {
            for statement in &ast[statements] {
                p.at(statement.span.start);
                p.hard_line();
                p.stmt(statement);
                if !matches!(statement.kind, StmtKind::Template(_)) {
                    p.text(";");
                }
            }
        });
        self.hard_line();
    }

    pub(super) fn named(&mut self, word: &'static str, name: Ident) {
        self.text(word);
        self.ident(name);
    }

    fn alias(&mut self, alias: Option<Ident>) {
        if let Some(alias) = alias {
            self.word("AS ");
            self.ident(alias);
        }
    }

    /// Words as they stand, with commas and dots close to the word before.
    fn words(&mut self, words: List<Ident>) {
        let ast = self.ast;
        let mut glued = false;
        for &word in &ast[words] {
            let text = ast.text(word.span);
            if !glued && text != "," && text != "." {
                self.space();
            }
            glued = text == ".";
            self.ident(word);
        }
    }

    fn chain(&mut self, chain: Option<bool>) {
        match chain {
            Some(true) => self.word("AND CHAIN"),
            Some(false) => self.word("AND NO CHAIN"),
            None => {}
        }
    }

    pub(super) fn cascade(&mut self, cascade: Option<bool>) {
        match cascade {
            Some(true) => self.word("CASCADE"),
            Some(false) => self.word("RESTRICT"),
            None => {}
        }
    }

    fn let_value(&mut self, value: LetValue, binding: bool) {
        match value {
            LetValue::Scalar(expr) => {
                self.word(if binding { "= " } else { "AS " });
                self.expr(expr);
            }
            LetValue::Relation(query) => self.group(|p| {
                p.word(if binding { "AS" } else { "AS TABLE" });
                p.indent(|p| {
                    p.line();
                    p.query(query);
                });
            }),
        }
    }

    fn explain(&mut self, explain: &Explain) {
        let ast = self.ast;
        self.text("EXPLAIN");
        self.text(if explain.analyze { " ANALYZE" } else { "" });
        let words = explain.analyze
            || ast[explain.options]
                .iter()
                .all(|option| option.value == crate::AttributeValue::None);
        let inside = ast[explain.options].first().is_some_and(|option| {
            // Options in parentheses follow one.
            ast.source()
                .get(..option.span.start as usize)
                .is_some_and(|text| text.trim_end().ends_with('('))
        });
        if !explain.options.is_empty() {
            if words && !inside {
                for option in &ast[explain.options] {
                    self.space();
                    self.attribute(option, false);
                }
            } else {
                self.space();
                self.parens(explain.options, |p, option| p.attribute(option, false));
            }
        }
        self.line();
        let statement = ast[explain.statement];
        self.stmt(&statement);
    }

    fn show(&mut self, show: &Show) {
        self.text("SHOW");
        self.words(show.what);
        if let Some(from) = show.from {
            self.word("FROM ");
            self.name(from);
        }
        if let Some(like) = show.like {
            self.word("LIKE ");
            self.expr(like);
        }
    }

    fn target(&mut self, target: Target, parens: bool) {
        match target {
            Target::Table(name) => self.name(name),
            Target::Form(name) => {
                self.text("FORM ");
                self.name(name);
            }
            Target::Query(query) if parens => self.subquery(query),
            Target::Query(query) => self.query(query),
        }
    }

    fn transfer(&mut self, verb: &'static str, transfer: &Transfer) {
        self.group(|p| {
            p.text(verb);
            let import = verb == "IMPORT";
            if let Some(source) = transfer.source {
                p.space();
                p.target(source, true);
            }
            if let Some(file) = transfer.file {
                p.word(if import { "" } else { "TO " });
                p.expr(file);
            }
            if let Some(table) = transfer.table {
                p.word(if import { "INTO " } else { "TO " });
                p.name(table);
            }
            p.indent(|p| p.attributes(transfer.attributes));
        });
    }

    fn if_stmt(&mut self, choice: &If) {
        let ast = self.ast;
        for (at, branch) in ast[choice.branches].iter().enumerate() {
            self.text(if at == 0 { "IF " } else { "ELSIF " });
            self.expr(branch.condition);
            self.word("THEN");
            self.block(branch.body);
        }
        if let Some(otherwise) = choice.otherwise {
            self.text("ELSE");
            self.block(otherwise);
        }
        self.text("END IF");
    }

    // -- data ------------------------------------------------------------------------------------

    // -- forms -----------------------------------------------------------------------------------
}
