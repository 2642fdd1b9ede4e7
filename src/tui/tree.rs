//! The catalog as a tree: schemas, their tables and views, and what each of these has.

use crate::text::Text;
use rql::{Catalog, ForeignKey, IndexKey, NameMatch, Table, TableColumn};

/// What a line of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A schema.
    Schema,
    /// A table or a view.
    Table,
    /// Anything that one has.
    Part,
}

/// A line of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// How deep it stands.
    pub(crate) depth: usize,
    /// What it is.
    pub(crate) kind: Kind,
    /// What it is called.
    pub(crate) label: String,
    /// What is to be known of it.
    pub(crate) detail: String,
    /// What a statement says for it.
    pub(crate) written: String,
    /// The table that it is, or belongs to, as a statement names it.
    pub(crate) table: Option<String>,
    /// What it has is shown.
    pub(crate) open: bool,
    /// What is looked for in it.
    words: String,
}

/// The tree, with the line that one is on.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// What is typed to find something.
    pub(crate) text: Text,
    /// Places of the lines that are shown.
    shown: Vec<usize>,
    /// Which of these one is on.
    pub(crate) chosen: usize,
}

/// A table as a statement names it.
pub(crate) fn table_name(table: &Table, names: NameMatch) -> String {
    let own = rql_ide::spelled(&table.name, names);
    match &table.schema {
        Some(schema) => format!("{}.{own}", rql_ide::spelled(schema, names)),
        None => own,
    }
}

impl Tree {
    /// The tree of a catalog; schemas are lines of it where there is more than the default one.
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let mut schemas: Vec<Option<&str>> = Vec::new();
        for table in catalog.tables() {
            if !schemas.contains(&table.schema.as_deref()) {
                schemas.push(table.schema.as_deref());
            }
        }
        let deep = schemas.iter().any(Option::is_some);
        let mut tree = Self::default();
        for schema in schemas {
            let own = |table: &&Table| table.schema.as_deref() == schema;
            let tables: Vec<&Table> = catalog.tables().iter().filter(own).collect();
            if deep {
                let written = schema.map(|name| rql_ide::spelled(name, catalog.name_match()));
                tree.nodes.push(Node {
                    open: true,
                    ..node(
                        (0, Kind::Schema),
                        schema.unwrap_or("(default)"),
                        counted(tables.len(), "table"),
                        written.unwrap_or_default(),
                    )
                });
            }
            for table in tables {
                tree.table(table, catalog.name_match(), usize::from(deep));
            }
        }
        tree.look();
        tree
    }

    fn table(&mut self, table: &Table, names: NameMatch, depth: usize) {
        let name = table_name(table, names);
        let columns = counted(table.columns.len(), "column");
        let detail = format!("{} · {columns}", table.kind.name());
        let own = node((depth, Kind::Table), &table.name, detail, name.clone());
        let parts = parts(table, names, &name).into_iter();
        let parts = parts
            .map(|(label, detail, written)| node((depth + 1, Kind::Part), &label, detail, written));
        self.nodes
            .extend(std::iter::once(own).chain(parts).map(|node| Node {
                table: Some(name.clone()),
                ..node
            }));
    }

    /// The tree of a catalog that has become another one: what is open stays so, and so does what is looked for.
    pub(crate) fn renew(&mut self, catalog: &Catalog) {
        let old = core::mem::replace(self, Self::new(catalog));
        let opened = |node: &&Node| node.kind == Kind::Table && node.open;
        let open: Vec<&str> = old
            .nodes
            .iter()
            .filter(opened)
            .map(|node| node.written.as_str())
            .collect();
        for node in self
            .nodes
            .iter_mut()
            .filter(|node| node.kind == Kind::Table)
        {
            node.open = open.contains(&node.written.as_str());
        }
        self.text = old.text;
        self.typed();
        let here = old.shown.get(old.chosen).and_then(|&at| old.nodes.get(at));
        let is = |node: &Node| {
            here.is_some_and(|here| here.words == node.words && here.table == node.table)
        };
        let place = self.lines().position(is);
        self.chosen = place.unwrap_or(self.chosen);
    }

    /// The lines that are shown.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Node> {
        self.shown.iter().filter_map(|&at| self.nodes.get(at))
    }

    /// The line that one is on.
    pub(crate) fn here(&self) -> Option<&Node> {
        self.nodes.get(*self.shown.get(self.chosen)?)
    }

    /// A line has lines below it.
    pub(crate) fn folds(&self, node: &Node) -> bool {
        node.kind != Kind::Part
    }

    /// What is looked for has changed.
    pub(crate) fn typed(&mut self) {
        self.look();
        let begins = |&at: &usize| self.begins(&self.nodes[at]);
        let words = self.words();
        let fits = |&at: &usize| fits(&self.nodes[at], &words);
        let all = self.shown.iter();
        let best = all.clone().position(begins).or(all.clone().position(fits));
        self.chosen = best.unwrap_or(0);
    }

    fn begins(&self, node: &Node) -> bool {
        let text = self.text.as_str().trim().to_lowercase();
        !text.is_empty() && node.words.starts_with(&text)
    }

    fn words(&self) -> Vec<String> {
        let words = self.text.as_str().split_whitespace();
        words.map(str::to_lowercase).collect()
    }

    /// Finds out which lines are shown: those whose parents are open; while something is looked for, what fits with
    /// its parents, and what a table has that is open.
    fn look(&mut self) {
        let words = self.words();
        let mut shown = Vec::new();
        let mut parents: Vec<usize> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            parents.truncate(node.depth);
            let open = parents.iter().all(|&parent| self.nodes[parent].open);
            if words.is_empty() {
                shown.extend(open.then_some(at));
            } else if fits(node, &words) {
                let new = parents.iter().filter(|parent| !shown.contains(*parent));
                let new: Vec<usize> = new.copied().collect();
                shown.extend(new);
                shown.push(at);
            } else if open
                && node.kind == Kind::Part
                && parents.last().is_some_and(|p| shown.contains(p))
            {
                shown.push(at);
            }
            parents.push(at);
        }
        self.shown = shown;
        self.chosen = self.chosen.min(self.shown.len().saturating_sub(1));
    }

    /// Some lines down, or up.
    pub(crate) fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// Shows what the line has; where that is shown, goes on to it.
    pub(crate) fn open(&mut self) {
        match self.shown.get(self.chosen).copied() {
            Some(at) if self.folds(&self.nodes[at]) && !self.nodes[at].open => {
                self.nodes[at].open = true;
                self.look();
            }
            Some(_) => self.step(1),
            None => {}
        }
    }

    /// Hides what the line has; where it has nothing to be seen, goes to what it belongs to.
    pub(crate) fn close(&mut self) {
        let Some(&at) = self.shown.get(self.chosen) else {
            return;
        };
        let node = &self.nodes[at];
        if node.open {
            self.nodes[at].open = false;
            self.look();
            return;
        }
        let above = self.shown[..self.chosen].iter();
        let parent = above
            .rev()
            .position(|&other| self.nodes[other].depth < node.depth);
        if let Some(back) = parent {
            self.chosen -= back + 1;
        }
    }

    /// Opens all tables, or closes them where all are open.
    pub(crate) fn open_all(&mut self) {
        let mut tables = self.nodes.iter().filter(|node| node.kind == Kind::Table);
        let open = !tables.all(|node| node.open);
        let here = self.shown.get(self.chosen).copied();
        for node in self
            .nodes
            .iter_mut()
            .filter(|node| node.kind == Kind::Table)
        {
            node.open = open;
        }
        self.look();
        // The line that one was on, or the table that it belongs to.
        let place = here.and_then(|here| self.shown.iter().rposition(|&at| at <= here));
        self.chosen = place.unwrap_or(0);
    }
}

fn node((depth, kind): (usize, Kind), label: &str, detail: String, written: String) -> Node {
    Node {
        depth,
        kind,
        words: format!("{label} {detail}").to_lowercase(),
        label: label.to_owned(),
        detail,
        written,
        table: None,
        open: false,
    }
}

fn fits(node: &Node, words: &[String]) -> bool {
    !words.is_empty() && words.iter().all(|word| node.words.contains(word))
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// A name, what is to be known of it, and what a statement says for it.
type Part = (String, String, String);

/// What a table has: its columns, then keys of several columns, what refers to other tables, conditions and indexes.
fn parts(table: &Table, names: NameMatch, name: &str) -> Vec<Part> {
    let written = |column: &TableColumn| rql_ide::spelled(&column.name, names);
    let listed = |positions: &[usize]| {
        let columns = positions.iter().filter_map(|&at| table.columns.get(at));
        columns.map(written).collect::<Vec<_>>().join(", ")
    };
    let mut all: Vec<Part> = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        all.push((column.name.clone(), about(table, at), written(column)));
    }
    // A key of one column is said there.
    for key in table.keys.iter().filter(|key| key.columns.len() > 1) {
        let word = if key.primary { "primary key" } else { "unique" };
        let columns = listed(&key.columns);
        let detail = key.name.clone().unwrap_or_default();
        all.push((format!("{word} ({columns})"), detail, columns));
    }
    for key in &table.foreign_keys {
        let columns = listed(&key.columns);
        let referred: Vec<String> = key
            .referred
            .iter()
            .map(|column| rql_ide::spelled(column, names))
            .collect();
        let other = rql_ide::spelled(&key.table, names);
        let other = match &key.schema {
            Some(schema) => format!("{}.{other}", rql_ide::spelled(schema, names)),
            None => other,
        };
        let to = match referred.is_empty() {
            true => other.clone(),
            false => format!("{other} ({})", referred.join(", ")),
        };
        let condition = condition(key, table, &referred, (name, &other), names);
        let detail = key.name.clone().unwrap_or_default();
        all.push((
            format!("foreign key ({columns}) to {to}"),
            detail,
            condition,
        ));
    }
    for check in &table.checks {
        let condition = check.condition.clone();
        let detail = check.name.clone().unwrap_or_default();
        all.push((format!("check ({condition})"), detail, condition));
    }
    for index in &table.indexes {
        let keys = index.keys.iter().map(|key| match key {
            IndexKey::Column(at) => listed(&[*at]),
            IndexKey::Expression(text) => text.clone(),
        });
        let keys = keys.collect::<Vec<_>>().join(", ");
        let unique = if index.unique {
            "unique index"
        } else {
            "index"
        };
        let part = index.predicate.as_ref();
        let part = part.map_or(String::new(), |text| format!(" where {text}"));
        let own = rql_ide::spelled(&index.name, names);
        all.push((format!("{unique} ({keys}){part}"), index.name.clone(), own));
    }
    all
}

/// `orders.customer_id = customers.id`.
fn condition(
    key: &ForeignKey,
    table: &Table,
    referred: &[String],
    (name, other): (&str, &str),
    names: NameMatch,
) -> String {
    let own = key.columns.iter().filter_map(|&at| table.columns.get(at));
    let pairs = own.zip(referred).map(|(column, referred)| {
        let own = rql_ide::spelled(&column.name, names);
        format!("{name}.{own} = {other}.{referred}")
    });
    let pairs: Vec<String> = pairs.collect();
    pairs.join(" AND ")
}

/// What is to be known of a column.
fn about(table: &Table, at: usize) -> String {
    let column = &table.columns[at];
    let role = table.role(at);
    let mut about = column.ty.to_string();
    // A primary key never is NULL.
    if !column.nullable && !role.contains("primary key") {
        about.push_str(" not null");
    }
    if let Some(default) = &column.default {
        about.push_str(&format!(" default {default}"));
    }
    if column.generated {
        about.push_str(" computed");
    }
    match role.is_empty() {
        true => about,
        false => format!("{about} · {role}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Tree};
    use rql::{Catalog, ForeignKey, Key, NameMatch, Table, TableColumn, Type};

    fn column(name: &str, ty: Type) -> TableColumn {
        TableColumn {
            name: name.to_owned(),
            ty,
            ..TableColumn::default()
        }
    }

    fn shop() -> Catalog {
        let mut catalog = Catalog::new(NameMatch::Folded);
        catalog.add(Table {
            name: "customers".into(),
            columns: vec![column("id", Type::Integer), column("Full name", Type::Text)],
            keys: vec![Key {
                primary: true,
                columns: vec![0],
                ..Key::default()
            }],
            ..Table::default()
        });
        catalog.add(Table {
            name: "orders".into(),
            columns: vec![
                column("id", Type::Integer),
                column("customer", Type::Integer),
            ],
            foreign_keys: vec![ForeignKey {
                columns: vec![1],
                table: "customers".into(),
                referred: vec!["id".into()],
                ..ForeignKey::default()
            }],
            ..Table::default()
        });
        catalog
    }

    fn labels(tree: &Tree) -> Vec<&str> {
        tree.lines().map(|node| node.label.as_str()).collect()
    }

    #[test]
    fn lines_open_and_close() {
        let mut tree = Tree::new(&shop());
        assert_eq!(labels(&tree), ["customers", "orders"]);
        tree.open();
        assert_eq!(labels(&tree), ["customers", "id", "Full name", "orders"]);
        tree.open();
        tree.step(1);
        let name = tree.here().map(|node| node.written.as_str());
        assert_eq!(name, Some("\"Full name\""));
        tree.close();
        assert_eq!(tree.here().map(|node| node.kind), Some(Kind::Table));
        tree.close();
        assert_eq!(labels(&tree), ["customers", "orders"]);
        tree.step(1);
        tree.open_all();
        assert_eq!(tree.here().map(|node| node.label.as_str()), Some("orders"));
        assert_eq!(labels(&tree).len(), 7);
    }

    #[test]
    fn what_is_typed_is_found_in_its_table() {
        let mut tree = Tree::new(&shop());
        tree.text.insert("CUSTOMER");
        tree.typed();
        assert_eq!(
            labels(&tree),
            [
                "customers",
                "orders",
                "customer",
                "foreign key (customer) to customers (id)"
            ]
        );
        assert_eq!(
            tree.here().map(|node| node.label.as_str()),
            Some("customers")
        );
        tree.step(3);
        let here = tree.here().map(|node| node.written.as_str());
        assert_eq!(here, Some("orders.customer = customers.id"));
        // Another table has come meanwhile: the line stays the one that it was.
        let mut more = shop();
        more.add(Table {
            name: "a_customer".into(),
            ..Table::default()
        });
        tree.renew(&more);
        let here = tree.here().map(|node| node.written.as_str());
        assert_eq!(here, Some("orders.customer = customers.id"));
        assert_eq!(labels(&tree).len(), 5);
        tree.text.replace("nothing");
        tree.typed();
        assert!(labels(&tree).is_empty());
        tree.open();
        tree.close();
    }

    #[test]
    fn schemas_stand_above_their_tables() {
        let mut catalog = shop();
        catalog.add(Table {
            schema: Some("Audit".into()),
            name: "log".into(),
            columns: vec![column("at", Type::Timestamp)],
            ..Table::default()
        });
        let mut tree = Tree::new(&catalog);
        assert_eq!(
            labels(&tree),
            ["(default)", "customers", "orders", "Audit", "log"]
        );
        tree.step(9);
        let table = tree.here().and_then(|node| node.table.as_deref());
        assert_eq!(table, Some("\"Audit\".log"));
        tree.text.insert("timestamp");
        tree.typed();
        assert_eq!(labels(&tree), ["Audit", "log", "at"]);
    }
}
