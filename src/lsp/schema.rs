//! Where the tables come from: a schema file, a database, the workspace's `noctra.toml`. Read by threads of
//! their own, never inside a request.

use crate::workspace;
use noctra_runtime::{
    Configuration, Error, Misconfigured, Place, Pool, PoolLimits, SETTINGS, Session, Settings,
    Target, look_into_files, sinks::FORMATS,
};
use rql::{Catalog, Dialect};
use rql_ide::{Entry, World};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What the command line says of the schema; the workspace's `noctra.toml` says what it does not.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// A file of CREATE statements.
    pub schema: Option<PathBuf>,
    /// A database, or the name of a connection.
    pub db: Option<String>,
    /// The dialect; otherwise the database's own, or PostgreSQL's.
    pub dialect: Option<Dialect>,
}

/// The connections to the database, which runs and readings of its tables borrow.
#[derive(Debug, Default)]
pub(crate) struct Database(Mutex<Option<Pool>>);

impl Database {
    /// A session there, or where the configuration leads by now.
    pub(crate) fn session(
        &self,
        place: Place,
        configuration: Configuration,
    ) -> Result<Session, Error> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = pool.take();
        let same = same.filter(|pool| pool.is_for(&place, &configuration.settings));
        let new = || Pool::new(place, configuration.settings.clone(), PoolLimits::default());
        let own = pool.insert(same.unwrap_or_else(new)).clone();
        // Who has to wait keeps nobody else from the pool.
        drop(pool);
        Session::lent(&own, configuration)
    }

    /// Closes what nobody has used for long.
    pub(crate) fn tidy(&self) {
        let pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pool.as_ref() {
            pool.tidy();
        }
    }
}

/// What was read.
pub(crate) struct Loaded {
    pub(crate) world: World,
    /// What cannot be read, in words for people.
    pub(crate) trouble: Option<String>,
    /// Files whose change changes the world.
    pub(crate) watched: Vec<PathBuf>,
    /// The file of CREATE statements, where one says which tables there are.
    pub(crate) schema: Option<PathBuf>,
    /// The files of RQL and of TOML in the workspace.
    pub(crate) files: Vec<(PathBuf, Arc<str>)>,
}

/// The file in which a workspace says how it is made, where the command line names none.
const SCHEMA: &str = "schema.sql";

/// The world without tables, which says nothing about any.
pub(crate) fn open_world(dialect: Option<Dialect>, folder: Option<&Path>) -> World {
    let names = dialect.unwrap_or(Dialect::Postgresql).traits().names;
    with_catalog(Catalog::open(names), dialect, &[], folder)
}

fn with_catalog(
    mut catalog: Catalog,
    dialect: Option<Dialect>,
    connections: &[String],
    folder: Option<&Path>,
) -> World {
    let entry = |name: &str, about: &str, values: &[&str]| Entry {
        name: name.to_owned(),
        about: about.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let settings = SETTINGS.iter();
    let folder = folder.map(Path::to_owned).unwrap_or_default();
    let look = look_into_files(folder.clone(), &settings_of(&folder));
    // A file that is not there yet, or that DuckDB alone reads, is no mistake.
    catalog.look_into_files(Arc::new(move |ast, relation| {
        Some(look(ast, relation).unwrap_or_default())
    }));
    World {
        catalog,
        dialect,
        fold: Some(noctra_runtime::folded),
        connections: connections.to_vec(),
        settings: settings.map(|s| entry(s.name, s.about, s.values)).collect(),
        subjects: Session::subjects()
            .iter()
            .map(|&word| word.to_owned())
            .collect(),
        formats: FORMATS
            .iter()
            .map(|f| entry(f.name, f.about, &[]))
            .collect(),
        files: Some(Arc::new(move |typed| list(&folder.join(typed)))),
        ..World::default()
    }
}

/// What is configured there; defaults where that cannot be read, which is said elsewhere.
fn settings_of(folder: &Path) -> Settings {
    configuration(Some(folder)).map_or_else(|_| Settings::default(), |it| it.settings)
}

/// What a folder holds; folders end with a slash.
fn list(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.flatten().filter_map(|entry| {
        let slash = if entry.path().is_dir() { "/" } else { "" };
        Some(entry.file_name().to_str()?.to_owned() + slash)
    });
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// What `noctra.toml` of a person and of the workspace say.
pub(crate) fn configuration(folder: Option<&Path>) -> Result<Configuration, String> {
    let files = folder.map_or_else(Vec::new, Configuration::files);
    Configuration::load(&files, std::env::vars()).map_err(|wrong| match wrong {
        Misconfigured::File(source, all) => {
            let first = all.first().map_or("", |one| &one.message);
            format!("{}: {first}", source.name)
        }
        Misconfigured::Other(text) => text,
    })
}

/// Reads the tables. What is wrong is said, and the world is then one without tables.
pub(crate) fn load(origin: &Origin, folder: Option<&Path>, database: &Database) -> Loaded {
    let mut watched = Vec::new();
    if let Some(folder) = folder {
        watched.extend(Configuration::files(folder).into_iter().map(|file| file.0));
    }
    let read = read(origin, folder, database, &mut watched);
    let (world, schema, trouble) = match read {
        Ok((world, schema)) => (world, schema, None),
        Err(trouble) => (open_world(origin.dialect, folder), None, Some(trouble)),
    };
    Loaded {
        world,
        trouble,
        watched,
        schema,
        files: folder.map_or_else(Vec::new, workspace::files),
    }
}

fn read(
    origin: &Origin,
    folder: Option<&Path>,
    database: &Database,
    watched: &mut Vec<PathBuf>,
) -> Result<(World, Option<PathBuf>), String> {
    if let Some(file) = &origin.schema {
        watched.push(file.clone());
        return Ok((from_file(file, origin, folder)?, Some(file.clone())));
    }
    let configuration = configuration(folder)?;
    let connections: Vec<String> = configuration
        .connections
        .names()
        .map(str::to_owned)
        .collect();
    let wanted = origin.db.clone().or_else(|| configuration.database.clone());
    let Some(wanted) = wanted else {
        let file = folder.map(|folder| folder.join(SCHEMA));
        return match file.filter(|file| file.is_file()) {
            Some(file) => {
                watched.push(file.clone());
                Ok((from_file(&file, origin, folder)?, Some(file)))
            }
            None => {
                let world = open_world(origin.dialect, folder);
                Ok((
                    World {
                        connections,
                        ..world
                    },
                    None,
                ))
            }
        };
    };
    let failed = |error: Error| format!("cannot read the tables: {error}");
    let place = configuration.connections.place(&wanted).map_err(failed)?;
    if let Target::Sqlite(path) | Target::Duckdb(path) | Target::DataFile(path) = &place.target {
        watched.push(path.clone());
        // SQLite keeps what is written last beside the file.
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        watched.push(log.into());
    }
    let mut session = database.session(place, configuration).map_err(failed)?;
    let own = session.dialect();
    let mut catalog = session.catalog().map_err(failed)?.clone();
    if origin.dialect.is_some_and(|dialect| dialect != own) {
        // What one backend has of its own no other has.
        catalog.set_functions([]);
    }
    let dialect = origin.dialect.or(Some(own));
    Ok((with_catalog(catalog, dialect, &connections, folder), None))
}

fn from_file(file: &Path, origin: &Origin, folder: Option<&Path>) -> Result<World, String> {
    let source = noctra_runtime::read_source(file)
        .map_err(|why| format!("the schema {} is not read: {why}", file.display()))?;
    let names = origin.dialect.unwrap_or(Dialect::Postgresql).traits().names;
    // What is wrong in it is said where it is open; the tables that can be read are there.
    let (catalog, _) = rql::schema(&source.text, names);
    Ok(with_catalog(catalog, origin.dialect, &[], folder))
}

/// When files were written last; what tells whether to read again.
pub(crate) fn stamps(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    let written = |file: &PathBuf| std::fs::metadata(file).and_then(|it| it.modified()).ok();
    files.iter().map(written).collect()
}
