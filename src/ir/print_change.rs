//! Statements that change data as text, for people.

use crate::print::Printer;
use crate::*;

impl Printer<'_> {
    pub(crate) fn insert(&self, insert: &Insert) -> String {
        let mut text = format!("insert into {}", target(&insert.target));
        text += &format!(" ({})", self.columns(&insert.columns));
        if insert.source.is_none() {
            text += " default values";
        }
        if let Some(conflict) = &insert.conflict {
            text += &format!(" on conflict [{}]", self.all(&conflict.keys));
            match &conflict.update {
                None => text += " nothing",
                Some(assigns) => text += &format!(" set {}", self.assigns(assigns)),
            }
            text += &self.of(" where ", conflict.predicate);
        }
        text + &self.returned(&insert.returning)
    }

    pub(crate) fn update(&self, update: &Update) -> String {
        let filter = self.of(" where ", update.predicate);
        format!(
            "update {} set {}{filter}{}",
            target(&update.target),
            self.assigns(&update.assigns),
            self.returned(&update.returning)
        )
    }

    pub(crate) fn delete(&self, delete: &Delete) -> String {
        let filter = self.of(" where ", delete.predicate);
        let table = target(&delete.target);
        format!(
            "delete from {table}{filter}{}",
            self.returned(&delete.returning)
        )
    }

    pub(crate) fn merge(&self, merge: &Merge) -> String {
        let mut text = format!(
            "merge into {} on {}",
            target(&merge.target),
            self.scalar(merge.on)
        );
        for arm in &merge.arms {
            text += if arm.matched {
                "; matched"
            } else {
                "; not matched"
            };
            text += &self.of(" and ", arm.condition);
            text += &match &arm.action {
                MergeAct::Nothing => ": nothing".to_owned(),
                MergeAct::Delete => ": delete".to_owned(),
                MergeAct::Update(assigns) => format!(": set {}", self.assigns(assigns)),
                MergeAct::Insert {
                    columns, values, ..
                } => {
                    format!(
                        ": insert ({}) ({})",
                        self.columns(columns),
                        self.all(values)
                    )
                }
            };
        }
        text
    }

    pub(crate) fn define(&self, define: &Define) -> String {
        match define {
            Define::Table(table) => {
                let columns: Vec<_> = table.columns.iter().map(|c| c.id).collect();
                format!(
                    "create table {} ({})",
                    table.name.name,
                    self.columns(&columns)
                )
            }
            Define::View { name, .. } => format!("create view {}", name.name),
            Define::Index(index) => {
                let keys: Vec<_> = index.keys.iter().map(|key| key.0).collect();
                format!("create index on {} ({})", index.table.name, self.all(&keys))
            }
            Define::Schema { name, .. } => format!("create schema {name}"),
            Define::Sequence { name, .. } => format!("create sequence {}", name.name),
            Define::AlterSequence { name, .. } => format!("alter sequence {}", name.name),
            Define::Drop { kind, names, .. } => {
                let names: Vec<_> = names.iter().map(|n| n.name.as_str()).collect();
                format!("drop {kind:?} {}", names.join(", ")).to_lowercase()
            }
            Define::Rename { name, to, .. } => format!("rename {} to {to}", name.name),
            Define::Written { what, .. } => format!("written for {what}"),
            Define::Alter { table, changes, .. } => {
                let changes: Vec<_> = changes.iter().map(|c| self.alter(c)).collect();
                format!("alter table {}: {}", table.name, changes.join("; "))
            }
        }
    }

    fn alter(&self, change: &Alter) -> String {
        match change {
            Alter::Rename(name) => format!("rename to {name}"),
            Alter::SetSchema { schema, .. } => format!("set schema {schema}"),
            Alter::RenameColumn(from, to) => format!("rename column {from} to {to}"),
            Alter::DropColumn { name, .. } => format!("drop column {name}"),
            Alter::AddColumn { column, .. } => format!("add column {}", self.column(column.id)),
            Alter::Type { column, value, .. } => {
                format!("{} := {}", self.column(*column), self.scalar(*value))
            }
            Alter::Default(column, Some(value)) => {
                format!(
                    "default of {}: {}",
                    self.column(*column),
                    self.scalar(*value)
                )
            }
            Alter::Default(column, None) => format!("no default of {}", self.column(*column)),
            Alter::NotNull(column, true) => format!("{} not null", self.column(*column)),
            Alter::NotNull(column, false) => format!("{} nullable", self.column(*column)),
            Alter::AddConstraint(_) => "add constraint".into(),
            Alter::RenameConstraint(from, to) => format!("rename constraint {from} to {to}"),
            Alter::AddIdentity { column, always, .. } => {
                let how = if *always { " always" } else { "" };
                format!("number {}{how}", self.column(*column))
            }
            Alter::SetIdentity { column, .. } => {
                format!("number {} otherwise", self.column(*column))
            }
            Alter::DropIdentity(id, _) => format!("number {} no more", self.column(*id)),
            Alter::DropConstraint { name, .. } => format!("drop constraint {name}"),
        }
    }

    fn of(&self, word: &str, scalar: Option<ScalarId>) -> String {
        scalar.map_or_else(String::new, |s| format!("{word}{}", self.scalar(s)))
    }

    fn returned(&self, items: &[Item]) -> String {
        if items.is_empty() {
            return String::new();
        }
        format!(" returning {}", self.items(items))
    }

    fn assigns(&self, assigns: &[Assign]) -> String {
        let each = assigns.iter().map(|assign| match assign {
            Assign::One((column, value)) => {
                format!("{} := {}", self.reference(*column), self.scalar(*value))
            }
            Assign::Part(part) => {
                format!(
                    "part of {} := {}",
                    self.reference(part.column),
                    self.scalar(part.value)
                )
            }
            Assign::Row { columns, query, .. } => {
                format!("({}) := query {}", self.columns(columns), query.0)
            }
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

fn target(target: &Target) -> String {
    let schema = target.schema.as_ref();
    let schema = schema.map_or_else(String::new, |s| format!("{s}."));
    if target.alias == target.table {
        format!("{schema}{}", target.table)
    } else {
        format!("{schema}{} as {}", target.table, target.alias)
    }
}
