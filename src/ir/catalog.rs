//! What tables there are.

use crate::{Definition, OwnFunction, Table, TableColumn};
use rql_ast::{Ast, Relation};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How unquoted names find the names of the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMatch {
    /// Without regard to case: DuckDB, MySQL.
    #[default]
    Insensitive,
    /// The same, and a name without a schema is looked for in each: SQLite and its attached files.
    Attached,
    /// Folded to lower case, then exactly: PostgreSQL.
    Folded,
}

/// The tables and views that a statement may name.
///
/// A clone shares what it holds until one of the two changes.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    names: NameMatch,
    open: bool,
    definitions: Vec<Arc<Definition>>,
    held: Arc<Held>,
    /// In lower case.
    functions: Arc<BTreeSet<String>>,
    own: Arc<Vec<OwnFunction>>,
    /// Files, by how a statement names them.
    files: HashMap<String, FileTable>,
    /// Who looks into other files.
    looker: Option<Looker>,
}

/// Looks into the files that a relation of FROM reads: their columns, none where any may be; `None` where nobody can
/// say.
pub type LookIntoFiles = dyn Fn(&Ast, Relation) -> Option<Vec<TableColumn>> + Send + Sync;

#[derive(Clone)]
struct Looker(Arc<LookIntoFiles>);

impl core::fmt::Debug for Looker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Looker")
    }
}

/// What is known of a file that a statement reads in FROM.
#[derive(Clone, Debug, PartialEq)]
pub enum FileTable {
    /// The backend reads it, and finds these columns.
    Read(Vec<TableColumn>),
    /// A table of the catalog has its records.
    Stored(String),
}

#[derive(Clone, Debug, Default)]
struct Held {
    tables: Vec<Table>,
    /// Positions in `tables` by the name as names are compared.
    by_name: HashMap<String, Vec<usize>>,
    schemas: Vec<String>,
    /// The default schema, where it has a name of its own.
    default: Option<String>,
    /// Those of them whose tables stand in the database under one name with the schema's ([`within`]).
    within: Vec<String>,
}

/// The name under which a table of a schema stands in a database that has no schemas: `s.t`.
#[must_use]
pub fn within(schema: &str, name: &str) -> String {
    format!("{schema}.{name}")
}

/// What a name finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// No table.
    None,
    /// This one.
    One(&'a Table),
    /// Any of these: the name does not say which.
    Many(Vec<&'a Table>),
}

impl Catalog {
    /// An empty catalog.
    #[must_use]
    pub fn new(names: NameMatch) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    /// A catalog that knows nothing: every name passes, types are unknown.
    #[must_use]
    pub fn open(names: NameMatch) -> Self {
        Self {
            open: true,
            ..Self::new(names)
        }
    }

    /// True where unknown tables are taken to be there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Puts the LET relations and macros of a session in the place of those before, the newest last.
    pub fn set_definitions(&mut self, definitions: Vec<Arc<Definition>>) {
        self.definitions = definitions;
    }

    /// The LET relations and macros of the session.
    #[must_use]
    pub fn definitions(&self) -> &[Arc<Definition>] {
        &self.definitions
    }

    /// Says which functions the backend has, whatever they are.
    pub fn set_functions(&mut self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().map(|name| name.to_lowercase());
        self.functions = Arc::new(names.collect());
    }

    /// The functions that the backend has, in lower case; none where nobody has said.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(String::as_str)
    }

    /// True where the backend has a function of a name, its schema before a point where one is written.
    #[must_use]
    pub fn has_function(&self, name: &str) -> bool {
        let mut own = self.own.iter();
        self.functions.contains(&name.to_lowercase()) || own.any(|own| own.is(name, own.least))
    }

    /// Says what is known of functions of the backend's own.
    pub fn set_own_functions(&mut self, own: Vec<OwnFunction>) {
        self.own = Arc::new(own);
    }

    /// What a call by a name with so many arguments may mean of the backend's own.
    pub(crate) fn own_functions<'a>(
        &'a self,
        name: &'a str,
        args: usize,
    ) -> impl Iterator<Item = &'a OwnFunction> {
        self.own.iter().filter(move |own| own.is(name, args))
    }

    /// Says what a file has that a statement reads ([`FileSource::text`](rql_ast::FileSource::text)).
    pub fn add_file(&mut self, text: String, file: FileTable) {
        self.files.insert(text, file);
    }

    /// Says who looks into files of which nothing else is known. It is for those who check a text that others run:
    /// for them a file is a table that will be there.
    pub fn look_into_files(&mut self, look: Arc<LookIntoFiles>) {
        self.looker = Some(Looker(look));
    }

    /// Looks into files as another catalog does.
    pub fn look_as(&mut self, other: &Self) {
        self.looker.clone_from(&other.looker);
    }

    /// The columns of the files of a relation, as [`LookIntoFiles`] says.
    pub(crate) fn file_columns(&self, ast: &Ast, relation: Relation) -> Option<Vec<TableColumn>> {
        let Looker(look) = self.looker.as_ref()?;
        look(ast, relation)
    }

    /// Forgets a file.
    pub fn remove_file(&mut self, text: &str) {
        self.files.remove(text);
    }

    /// What is known of a file.
    #[must_use]
    pub fn file(&self, text: &str) -> Option<&FileTable> {
        self.files.get(text)
    }

    /// Adds a table; one of the same name is replaced.
    pub fn add(&mut self, table: Table) {
        let own = table.schema.as_ref().filter(|_| table.within);
        if let Some(schema) = own.filter(|schema| !self.is_within(schema)) {
            self.add_schema_within(schema.clone());
        }
        let key = self.key(&table.name).into_owned();
        let held = Arc::make_mut(&mut self.held);
        let same = held.by_name.get(&key).and_then(|positions| {
            let mut positions = positions.iter().copied();
            positions.find(|&at| held.tables[at].is(&table))
        });
        if let Some(at) = same {
            held.tables[at] = table;
            return;
        }
        held.by_name.entry(key).or_default().push(held.tables.len());
        held.tables.push(table);
    }

    /// Takes a table away; true where it was there.
    pub fn remove(&mut self, table: &Table) -> bool {
        let before = self.held.tables.len();
        let mut tables = self.held.tables.clone();
        tables.retain(|old| !old.is(table));
        let removed = tables.len() < before;
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::with_capacity(tables.len());
        for (at, table) in tables.iter().enumerate() {
            let key = self.key(&table.name).into_owned();
            by_name.entry(key).or_default().push(at);
        }
        self.held = Arc::new(Held {
            tables,
            by_name,
            schemas: self.held.schemas.clone(),
            default: self.held.default.clone(),
            within: self.held.within.clone(),
        });
        removed
    }

    /// Every table, in the order added.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.held.tables
    }

    /// The schemas that were added beside the default one.
    #[must_use]
    pub fn schemas(&self) -> &[String] {
        &self.held.schemas
    }

    /// Names the default schema, in which what is written without one stands.
    pub fn set_default_schema(&mut self, name: String) {
        Arc::make_mut(&mut self.held).default = Some(name);
    }

    /// The name of the default schema, where it has one of its own.
    #[must_use]
    pub fn default_schema(&self) -> Option<&str> {
        self.held.default.as_deref()
    }

    /// True for a name of the default schema; where it has none of its own, every backend's are taken for it.
    #[must_use]
    pub fn is_default_schema(&self, written: &str) -> bool {
        match &self.held.default {
            Some(default) => self.matches(written, default),
            None => matches!(written, "main" | "public"),
        }
    }

    /// True where a schema that is written is the one that a table lies in.
    #[must_use]
    pub fn lies_in(&self, table: &Table, written: &str) -> bool {
        match (&table.schema, &table.home) {
            (Some(schema), _) | (None, Some(schema)) => self.matches(written, schema),
            (None, None) => self.is_default_schema(written),
        }
    }

    /// Adds a schema.
    pub fn add_schema(&mut self, name: String) {
        Arc::make_mut(&mut self.held).schemas.push(name);
    }

    /// Adds a schema whose tables stand in the database under one name with the schema's.
    pub fn add_schema_within(&mut self, name: String) {
        Arc::make_mut(&mut self.held).within.push(name.clone());
        self.add_schema(name);
    }

    /// The schemas whose tables stand in the database under one name with the schema's.
    #[must_use]
    pub fn schemas_within(&self) -> &[String] {
        &self.held.within
    }

    /// True where a schema's tables stand in the database under one name with the schema's.
    #[must_use]
    pub fn is_within(&self, schema: &str) -> bool {
        self.held.within.iter().any(|own| self.matches(schema, own))
    }

    /// The schema and the name of what stands in the database under one name.
    #[must_use]
    pub fn apart<'n>(&self, stored: &'n str) -> (Option<&str>, &'n str) {
        let own = self.held.within.iter().find_map(|own| {
            let (before, behind) = stored.split_at_checked(own.len())?;
            let name = behind.strip_prefix('.').filter(|name| !name.is_empty())?;
            self.matches(before, own).then_some((own.as_str(), name))
        });
        own.map_or((None, stored), |(schema, name)| (Some(schema), name))
    }

    /// Takes a schema and its tables away.
    pub fn remove_schema(&mut self, name: &str) {
        let inside = |table: &&Table| !table.temporary && self.lies_in(table, name);
        let gone: Vec<Table> = self.tables().iter().filter(inside).cloned().collect();
        for table in gone {
            self.remove(&table);
        }
        let names = self.names;
        let held = Arc::make_mut(&mut self.held);
        held.schemas.retain(|old| !names.matches(name, old));
        held.within.retain(|old| !names.matches(name, old));
    }

    /// How names are compared.
    #[must_use]
    pub fn name_match(&self) -> NameMatch {
        self.names
    }

    /// True where a name as [`rql_ast::Ast::name`] gives it means `stored`.
    #[must_use]
    pub fn matches(&self, written: &str, stored: &str) -> bool {
        self.names.matches(written, stored)
    }

    /// Finds a table by its schema, where one is written, and its name; the first where there are
    /// several, see [`Catalog::lookup`].
    #[must_use]
    pub fn find(&self, schema: Option<&str>, name: &str) -> Option<&Table> {
        match self.lookup(schema, name) {
            Found::None => None,
            Found::One(table) => Some(table),
            Found::Many(tables) => tables.first().copied(),
        }
    }

    /// Finds a table by its schema, where one is written, and its name. Where none is, temporary
    /// tables come before the default schema, and that before all others.
    #[must_use]
    pub fn lookup(&self, schema: Option<&str>, name: &str) -> Found<'_> {
        let Some(positions) = self.held.by_name.get(self.key(name).as_ref()) else {
            return Found::None;
        };
        let tables = positions.iter().map(|&at| &self.held.tables[at]);
        let rank = |table: &Table| match (schema, &table.schema) {
            (None, _) if table.temporary => Some(0),
            (None, None) => Some(1),
            (None, Some(stored)) => {
                (self.names == NameMatch::Attached && !self.is_within(stored)).then_some(2)
            }
            (Some("temp" | "pg_temp"), None) => table.temporary.then_some(0),
            (Some(_), None) if table.temporary => None,
            (Some(written), _) => self.lies_in(table, written).then_some(0),
        };
        let ranked: Vec<(i32, &Table)> = tables.filter_map(|t| Some((rank(t)?, t))).collect();
        let best = ranked.iter().map(|&(rank, _)| rank).min();
        let mut best: Vec<&Table> = ranked
            .into_iter()
            .filter_map(|(rank, table)| (Some(rank) == best).then_some(table))
            .collect();
        match best.len() {
            0 => Found::None,
            1 => best.pop().map_or(Found::None, Found::One),
            _ => Found::Many(best),
        }
    }

    /// The other tables with a foreign key to this one.
    pub fn referring<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = &'a Table> {
        let refers = |other: &&Table| {
            let mut keys = other.foreign_keys.iter();
            other.temporary == table.temporary
                && !other.is(table)
                && keys.any(|key| key.schema == table.schema && key.table == table.name)
        };
        self.tables().iter().filter(refers)
    }

    /// A name in the form by which names are compared.
    fn key<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let upper = |b: u8| b.is_ascii_uppercase();
        match self.names {
            NameMatch::Insensitive | NameMatch::Attached if name.bytes().any(upper) => {
                name.to_ascii_lowercase().into()
            }
            _ => name.into(),
        }
    }
}

impl NameMatch {
    /// True where a name as [`rql_ast::Ast::name`] gives it means `stored`.
    #[must_use]
    pub fn matches(self, written: &str, stored: &str) -> bool {
        match self {
            Self::Insensitive | Self::Attached => written.eq_ignore_ascii_case(stored),
            Self::Folded => written == stored,
        }
    }
}
