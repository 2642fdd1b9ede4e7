//! Nodes of statements: sessions, scripts, forms.

use crate::attributes::{EXPLAIN_WORDS, FIELD_WORDS, FORM_WORDS, TRANSFER_WORDS};
use crate::term::Tok;
use crate::tree::Tree;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};

impl Tree {
    // -- transactions, sessions, scripts -------------------------------------------------------

    pub(crate) fn truncate(
        &mut self,
        tables: List<Name>,
        identity: Option<Tok>,
        cascade: Option<Tok>,
    ) -> StmtKind {
        let restart_identity = identity.map(Tok::flag);
        let cascade = cascade.map(Tok::flag);
        StmtKind::Truncate(self.ast.push(Truncate {
            tables,
            restart_identity,
            cascade,
        }))
    }

    /// ANALYZE is a word of its own; the others are options without a value.
    pub(crate) fn explain(
        &mut self,
        words: List<Ident>,
        options: List<Attribute>,
        statement: Stmt,
    ) -> StmtKind {
        let words: Vec<Ident> = self.ast[words].to_vec();
        let is_analyze =
            |tree: &Self, word: Ident| tree.ast.text(word.span).eq_ignore_ascii_case("analyze");
        let analyze = words.iter().any(|&word| is_analyze(self, word));
        let named: Vec<Attribute> = words
            .into_iter()
            .filter(|&word| !is_analyze(self, word))
            .map(|name| Attribute {
                name,
                value: AttributeValue::None,
                span: name.span,
            })
            .collect();
        let options = match named.first().map(|word| word.span) {
            None => options,
            Some(word) => {
                if !options.is_empty() {
                    self.report(
                        Diagnostic::error(codes::EXTRA_TOKEN, "EXPLAIN has two kinds of options")
                            .label(word, "put this in the parentheses"),
                    );
                }
                let named = self.ast.push_list(named);
                self.check_attributes(named, EXPLAIN_WORDS, "EXPLAIN");
                named
            }
        };
        let statement = self.ast.push(statement);
        StmtKind::Explain(self.ast.push(Explain {
            analyze,
            options,
            statement,
        }))
    }

    pub(crate) fn let_(&mut self, name: Ident, value: LetValue) -> StmtKind {
        StmtKind::Let(self.ast.push(Let { name, value }))
    }

    pub(crate) fn param(
        &mut self,
        name: Ident,
        ty: Option<Id<TypeName>>,
        default: Option<Id<Expr>>,
    ) -> StmtKind {
        StmtKind::Param(self.ast.push(Param { name, ty, default }))
    }

    pub(crate) fn macro_(
        &mut self,
        name: Ident,
        params: List<MacroParam>,
        body: LetValue,
    ) -> StmtKind {
        StmtKind::Macro(self.ast.push(Macro { name, params, body }))
    }

    pub(crate) fn show(
        &mut self,
        what: List<Ident>,
        from: Option<Name>,
        like: Option<Id<Expr>>,
    ) -> StmtKind {
        StmtKind::Show(self.ast.push(Show { what, from, like }))
    }

    fn transfer(
        &mut self,
        source: Option<Target>,
        file: Option<Id<Expr>>,
        table: Option<Name>,
        attributes: List<Attribute>,
    ) -> Id<Transfer> {
        let attributes = self.pair_words(attributes, &["format"]);
        self.check_attributes(attributes, TRANSFER_WORDS, "this statement");
        self.ast.push(Transfer {
            source,
            file,
            table,
            attributes,
        })
    }

    pub(crate) fn output(&mut self, file: Id<Expr>, attributes: List<Attribute>) -> StmtKind {
        StmtKind::Output(self.transfer(None, Some(file), None, attributes))
    }

    pub(crate) fn import(
        &mut self,
        file: Id<Expr>,
        table: Name,
        attributes: List<Attribute>,
    ) -> StmtKind {
        StmtKind::Import(self.transfer(None, Some(file), Some(table), attributes))
    }

    pub(crate) fn export(
        &mut self,
        source: Target,
        file: Id<Expr>,
        attributes: List<Attribute>,
    ) -> StmtKind {
        StmtKind::Export(self.transfer(Some(source), Some(file), None, attributes))
    }

    pub(crate) fn copy(
        &mut self,
        source: Target,
        table: Name,
        attributes: List<Attribute>,
    ) -> StmtKind {
        StmtKind::Copy(self.transfer(Some(source), None, Some(table), attributes))
    }

    pub(crate) fn set(
        &mut self,
        words: List<Ident>,
        values: List<Id<Expr>>,
        reset: bool,
    ) -> StmtKind {
        let mut words: Vec<Ident> = self.ast[words].to_vec();
        let is_scope = |tree: &Self, word: &Ident| {
            let text = tree.ast.text(word.span);
            ["session", "local", "global", "persist"]
                .iter()
                .any(|s| text.eq_ignore_ascii_case(s))
        };
        let scope = match words.first() {
            Some(first) if words.len() > 1 && is_scope(self, first) => Some(words.remove(0)),
            _ => None,
        };
        let name = self.ast.push_list(words);
        StmtKind::Set(self.ast.push(Set {
            scope,
            name,
            values,
            reset,
        }))
    }

    /// `SET TIME ZONE 'UTC'`: the value stands without a sign.
    pub(crate) fn set_literal(&mut self, words: List<Ident>, value: Id<Expr>) -> StmtKind {
        let values = self.ast.push_list([value]);
        self.set(words, values, false)
    }

    pub(crate) fn if_(
        &mut self,
        branches: List<IfBranch>,
        otherwise: Option<List<Stmt>>,
    ) -> StmtKind {
        StmtKind::If(self.ast.push(If {
            branches,
            otherwise,
        }))
    }

    pub(crate) fn for_(&mut self, row: Ident, query: Id<Query>, body: List<Stmt>) -> StmtKind {
        // The parentheses around the query may be missing.
        let query = match self.ast[query] {
            Query {
                with: None,
                body: Body::Nested(inner),
                clauses,
                ..
            } if clauses.is_empty() => inner,
            _ => query,
        };
        StmtKind::For(self.ast.push(For { row, query, body }))
    }

    // -- forms -----------------------------------------------------------------------------------

    pub(crate) fn form(
        &mut self,
        name: Name,
        attributes: List<Attribute>,
        table: Option<Name>,
        items: List<FormItem>,
    ) -> StmtKind {
        self.check_attributes(attributes, FORM_WORDS, "FORM");
        StmtKind::Form(self.ast.push(Form {
            name,
            attributes,
            table,
            items,
        }))
    }

    pub(crate) fn form_field(
        &mut self,
        name: Ident,
        ty: Option<Id<TypeName>>,
        attributes: List<Attribute>,
        l: u32,
        r: u32,
    ) -> FormItem {
        let attributes = self.pair_words(attributes, &["format", "key"]);
        self.check_attributes(attributes, FIELD_WORDS, "a field");
        let span = Span::new(l, r);
        FormItem::Field(self.ast.push(FormField {
            name,
            ty,
            attributes,
            span,
        }))
    }

    pub(crate) fn form_action(
        &mut self,
        name: Ident,
        attributes: List<Attribute>,
        body: ActionBody,
        l: u32,
        r: u32,
    ) -> FormItem {
        let attributes = self.pair_words(attributes, &["key"]);
        self.check_attributes(attributes, FIELD_WORDS, "an action");
        let span = Span::new(l, r);
        FormItem::Action(self.ast.push(FormAction {
            name,
            attributes,
            body,
            span,
        }))
    }

    pub(crate) fn form_detail(
        &mut self,
        name: Name,
        on: Id<Expr>,
        attributes: List<Attribute>,
        l: u32,
        r: u32,
    ) -> FormItem {
        self.check_attributes(attributes, FIELD_WORDS, "a detail");
        let span = Span::new(l, r);
        FormItem::Detail(self.ast.push(FormDetail {
            name,
            on,
            attributes,
            span,
        }))
    }

    pub(crate) fn action_statement(&mut self, statement: Stmt) -> ActionBody {
        ActionBody::Statements(self.ast.push_list([statement]))
    }

    pub(crate) fn form_execute(
        &mut self,
        word: Tok,
        form: Id<Expr>,
        action: Option<Ident>,
        values: Option<List<Assignment>>,
    ) -> StmtKind {
        let values = values.unwrap_or(List::EMPTY);
        StmtKind::FormExecute(self.ast.push(FormExecute {
            of_table: word.flag(),
            form,
            action,
            values,
        }))
    }
}
