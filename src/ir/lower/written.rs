//! Definitions that PostgreSQL alone has: they are sent as they were written, and elsewhere refused by what they are about.

use super::{Lowerer, Res, not_yet};
use crate::define::Define;
use rql_ast::{
    self as ast, AlterAction, ColumnChange, ConstraintKind as Kind, Create, CreateObject, ExprKind,
    Span, TableElement,
};

/// What makes a definition PostgreSQL's, what does it elsewhere, and where that stands.
type Own = (&'static str, &'static str, Span);

/// What stands behind the columns of a table, by its first words.
const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "partition by",
        "PARTITION BY",
        "one table has all rows; an index on the column finds them",
    ),
    (
        "inherits",
        "INHERITS",
        "LIKE t copies the columns of a table, and UNION ALL reads two tables as one",
    ),
    ("with", "WITH (…) of a table", KEPT),
    ("tablespace", "TABLESPACE", KEPT),
    ("using", "USING of a table", KEPT),
    (
        "on commit drop",
        "ON COMMIT DROP",
        "DROP TABLE before COMMIT takes it away",
    ),
    (
        "on commit delete",
        "ON COMMIT DELETE ROWS",
        "DELETE FROM the table before COMMIT empties it",
    ),
];

const KEPT: &str = "it says how the rows are kept, and no answer depends on it: leave it out";
const LIKE: &str = "LIKE copies names, types and NOT NULL; write out what else the table needs";
const OF_NULLS: &str = "NOT NULL columns have no NULLs to compare, or an index on (coalesce(a, -1)) takes them for a value";

impl Lowerer<'_> {
    /// The statement as it was written, for PostgreSQL alone.
    pub(super) fn written(&self, (what, way, span): Own, whole: Span) -> Res<Define> {
        let inside = |at: Span| whole.start <= at.start && at.end <= whole.end;
        let open = self.ast.all::<ast::Expr>().iter().find(|expr| {
            matches!(expr.kind, ExprKind::Param | ExprKind::Template(_)) && inside(expr.span)
        });
        if let Some(open) = open {
            return not_yet(
                open.span,
                &format!("a parameter or a template beside {what}"),
            );
        }
        Ok(Define::Written {
            text: self.ast.text(whole).to_owned(),
            what,
            way,
            span,
        })
    }

    /// What makes a CREATE PostgreSQL's.
    pub(super) fn own_create(&self, create: Create, span: Span) -> Option<Own> {
        let ast = self.ast;
        match create.object {
            CreateObject::Table(table) => self.own_table(ast[table]),
            CreateObject::Index(index) => {
                let index = ast[index];
                let class = ast[index.columns].iter().find_map(|column| column.class);
                if let Some(class) = class {
                    return Some(("an operator class", KEPT, ast.name_span(class)));
                }
                if let Some(option) = ast[index.options].first() {
                    return Some(("WITH (…) of an index", KEPT, option.span));
                }
                let nulls = index.nulls_distinct == Some(false);
                nulls.then_some(("NULLS NOT DISTINCT", OF_NULLS, span))
            }
            CreateObject::View(view) => {
                let view = ast[view];
                let option = ast[view.options].first()?;
                let way = "a plain view shows the same rows";
                Some(("WITH (…) of a view", way, option.span))
            }
            CreateObject::Schema { owner: Some(owner) } => {
                let way = "CREATE SCHEMA s makes one of who asks for it";
                Some(("AUTHORIZATION", way, owner.span))
            }
            _ => None,
        }
    }

    fn own_table(&self, table: ast::CreateTable) -> Option<Own> {
        let ast = self.ast;
        if let Some(part) = table.partition_of {
            let way =
                "one table has all rows; WHERE and an index on the column find those of a part";
            return Some(("PARTITION OF", way, ast.name_span(part.parent)));
        }
        for option in &ast[table.options] {
            let text = ast.text(option.span).to_ascii_lowercase();
            let words: Vec<&str> = text
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let text = words.join(" ");
            let begins = |with: &str| {
                text.strip_prefix(with)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            // SQLite and MySQL have words of their own here.
            let known = OPTIONS.iter().find(|known| begins(known.0));
            if let Some((_, what, way)) = known {
                return Some((what, way, option.span));
            }
        }
        ast[table.elements]
            .iter()
            .find_map(|element| match *element {
                TableElement::Constraint(ref constraint) => self.own_constraint(constraint),
                TableElement::Column(column) => {
                    let constraints = &ast[ast[column].constraints];
                    constraints.iter().find_map(|one| self.own_constraint(one))
                }
                TableElement::Like { options, .. } => {
                    let mut words = ast[options].iter();
                    let including =
                        |word: &&ast::Ident| ast.text(word.span).eq_ignore_ascii_case("including");
                    let word = words.find(including)?;
                    Some(("LIKE … INCLUDING", LIKE, word.span))
                }
            })
    }

    fn own_constraint(&self, constraint: &ast::Constraint) -> Option<Own> {
        let own = |what, way| Some((what, way, constraint.span));
        match constraint.kind {
            Kind::Exclude(_) => own("EXCLUDE", "UNIQUE (columns) keeps equal rows out"),
            Kind::UsingIndex { .. } => own(
                "USING INDEX",
                "UNIQUE (columns) and PRIMARY KEY (columns) make an index of their own",
            ),
            Kind::Unique {
                nulls_distinct: Some(false),
                ..
            } => own("NULLS NOT DISTINCT", OF_NULLS),
            _ if !constraint.include.is_empty() => own("INCLUDE of a constraint", KEPT),
            _ => None,
        }
    }

    /// What makes an ALTER TABLE PostgreSQL's.
    pub(super) fn own_alter(&self, alter: ast::AlterTable, span: Span) -> Option<Own> {
        let checked = "without NOT VALID the rows that are there are checked, too";
        let actions = &self.ast[alter.actions];
        actions.iter().find_map(|action| match *action {
            AlterAction::AddConstraint {
                not_valid: true, ..
            } => Some(("NOT VALID", checked, span)),
            AlterAction::AddConstraint { ref constraint, .. } => self.own_constraint(constraint),
            AlterAction::AddColumn { column, .. } => {
                let constraints = &self.ast[self.ast[column].constraints];
                constraints.iter().find_map(|one| self.own_constraint(one))
            }
            AlterAction::ValidateConstraint(name) => Some((
                "VALIDATE CONSTRAINT",
                "what is added there is checked at once",
                name.span,
            )),
            AlterAction::SetOptions(_) => Some(("SET (…) of a table", KEPT, span)),
            AlterAction::SetLogged(_) => Some(("SET LOGGED and UNLOGGED", KEPT, span)),
            AlterAction::Owner(name) => {
                Some(("OWNER TO", "who made a table has it there", name.span))
            }
            AlterAction::AlterColumn {
                change:
                    ColumnChange::Type {
                        collation: Some(name),
                        ..
                    },
                ..
            } => Some((
                "another collation of a column",
                "texts compare by their code points everywhere; leave it out",
                self.ast.name_span(name),
            )),
            _ => None,
        })
    }
}
