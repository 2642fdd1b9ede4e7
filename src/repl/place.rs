//! Where the prompt stands: its words, and the world that is completed in.

use crate::live::Live;
use crate::{Repl, dot};
use noctra_runtime::sinks::FORMATS;
use noctra_runtime::{COLORS, SETTINGS, Session, Target, Transaction};
use rql_ide::{Entry, Variable, World};
use std::sync::Arc;

impl Repl {
    /// `noctra> `, with what the session is on and the state of its transaction.
    #[must_use]
    pub fn prompt(&self) -> String {
        let mut words = vec!["noctra".to_owned()];
        words.extend(self.named_place());
        words.extend(self.session.state().into_iter().map(str::to_owned));
        let mark = match self.session.transaction() {
            Transaction::None => "",
            Transaction::Open => "*",
            Transaction::Failed => "!",
        };
        format!("{}{mark}> ", words.join(" "))
    }

    /// Where statements run, for the history.
    pub(crate) fn place(&self) -> String {
        self.named_place().unwrap_or_else(|| "memory".to_owned())
    }

    /// The name that a person has given the connection, or a short one of where it leads.
    fn named_place(&self) -> Option<String> {
        place_name(&self.session)
    }

    /// Lets completion know what the session knows now; what it does not know yet, a thread reads.
    pub(crate) fn look_around(&mut self) {
        let color = self.session.profile().and_then(|profile| profile.color);
        let known = COLORS.iter().find(|(name, _)| Some(*name) == color);
        self.live.set_place(known.map(|(_, code)| *code));
        let target = self.session.target().clone();
        let moved = self.at.replace(target.clone()) != Some(target.clone());
        if matches!(target, Target::SqliteMemory | Target::Demo) {
            // There is no other connection to these; what they hold is read in no time.
            let _ = self.session.catalog();
        }
        let before = self.live.world();
        let mut catalog = match self.session.known_catalog() {
            Some(known) => known.clone(),
            None if moved => rql::Catalog::default(),
            None => before.catalog.clone(),
        };
        catalog.set_definitions(self.session.definitions());
        if self.session.known_catalog().is_none()
            && let Some(read) = self.session.catalog_reader()
        {
            read_in_background(&self.live, moved, read);
        }
        self.live.set_world(surroundings(&self.session, catalog));
    }
}

/// The name that a person has given a session's connection, or a short one of where it leads.
#[must_use]
pub fn place_name(session: &Session) -> Option<String> {
    match session.profile() {
        Some(profile) => Some(profile.name.clone()),
        None => label(session.target()),
    }
}

fn read_in_background(live: &Arc<Live>, moved: bool, read: noctra_runtime::ReadCatalog) {
    let Some(turn) = live.begin_reading(moved) else {
        return;
    };
    let live = Arc::clone(live);
    let thread = std::thread::Builder::new().name("catalog".into());
    // Without the thread there is only less to complete.
    let _ = thread.spawn(move || live.end_reading(turn, read().ok()));
}

/// The result before goes behind a table of the user's that is called so.
pub(crate) fn bring_last(catalog: &mut rql::Catalog, last: Option<rql::Table>) {
    let Some(last) = last else { return };
    if catalog.find(None, &last.name).is_none_or(is_last) {
        catalog.add(last);
    }
}

/// True for the relation of the result before: tables that are read from a connection have a type for each column, or
/// at least its declaration.
#[must_use]
pub fn is_last(table: &rql::Table) -> bool {
    table.temporary && table.columns.iter().all(|it| it.declared.is_empty())
}

/// What an editor knows of a session, over what its connection holds and the result before.
#[must_use]
pub fn surroundings(session: &Session, mut catalog: rql::Catalog) -> World {
    bring_last(&mut catalog, session.last_table());
    catalog.look_into_files(session.look_into_files());
    let entry = |name: &str, about: &str, values: &[&str]| Entry {
        name: name.to_owned(),
        about: about.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let variables = session.variables().into_iter();
    World {
        catalog,
        dialect: Some(session.dialect()),
        fold: Some(noctra_runtime::folded),
        variables: variables
            .map(|(name, ty, value)| Variable { name, ty, value })
            .collect(),
        connections: connections(session),
        settings: SETTINGS
            .iter()
            .map(|s| entry(s.name, s.about, s.values))
            .collect(),
        subjects: Session::subjects()
            .iter()
            .map(|&word| word.to_owned())
            .collect(),
        commands: dot::known(),
        formats: FORMATS
            .iter()
            .map(|f| entry(f.name, f.about, &[]))
            .collect(),
        forms: session.forms().into_iter().cloned().map(Arc::new).collect(),
        files: Some(Arc::new(list)),
    }
}

/// The connections that are open, and those that are configured.
fn connections(session: &Session) -> Vec<String> {
    let mut names: Vec<String> = session.connection_names().map(str::to_owned).collect();
    let configured = session.configured().map(str::to_owned);
    names.extend(configured);
    names.sort();
    names.dedup();
    names
}

/// What a folder holds; folders end with a slash.
fn list(folder: &str) -> Vec<String> {
    let home = || std::env::var("HOME").unwrap_or_default();
    let place = match (folder, folder.strip_prefix("~/")) {
        ("", _) => ".".to_owned(),
        (_, Some(rest)) => format!("{}/{rest}", home()),
        _ => folder.to_owned(),
    };
    let Ok(entries) = std::fs::read_dir(place) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let slash = if entry.path().is_dir() { "/" } else { "" };
            Some(entry.file_name().to_str()?.to_owned() + slash)
        })
        .collect();
    names.sort();
    names
}

/// A short name of where the session is: a file's, a server's with its database; none for what is in memory.
fn label(target: &Target) -> Option<String> {
    let text = target.to_string();
    match target {
        Target::SqliteMemory | Target::DuckdbMemory => None,
        Target::Demo => Some("demo".to_owned()),
        Target::Sqlite(path) | Target::Duckdb(path) | Target::DataFile(path) => {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            Some(name.unwrap_or(text))
        }
        Target::Postgres(_) | Target::Mysql(_) => {
            let rest = text
                .split_once("://")
                .map_or(text.as_str(), |(_, rest)| rest);
            let rest = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            let (host, database) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.split(':').next().unwrap_or(host);
            Some(match database {
                "" => host.to_owned(),
                database => format!("{database}@{host}"),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::label;
    use noctra_runtime::Target;

    #[test]
    fn places_have_short_names_without_secrets() {
        let of = |text: &str| label(&Target::parse(text).expect("a target"));
        assert_eq!(of("sqlite::memory:"), None);
        assert_eq!(of("/data/shop.db").as_deref(), Some("shop.db"));
        assert_eq!(
            of("postgres://ann:s3cret@db.local:5433/shop?x=y").as_deref(),
            Some("shop@db.local")
        );
        assert_eq!(of("mariadb://ann@localhost").as_deref(), Some("localhost"));
    }
}
