//! Connections that have a name: `[connections.NAME]` of `noctra.toml`.

use crate::Error;
use crate::config::limits::Confirm;
use crate::config::target::Target;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What is said of a connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where it leads; each that is known leads somewhere.
    pub(crate) target: Option<Target>,
    /// In which of [`COLORS`] a prompt shows it.
    pub color: Option<&'static str>,
    /// Changes are refused there.
    pub read_only: bool,
    /// Where statements that take away many rows are asked about; otherwise as the settings say.
    pub confirm: Option<Confirm>,
    /// A command of the shell whose first line is the password.
    pub(crate) password_command: Option<String>,
}

/// The colours of connections, and the parameter of the terminal's SGR sequence for each.
pub const COLORS: &[(&str, &str)] = &[
    ("red", "1;31"),
    ("green", "1;32"),
    ("yellow", "1;33"),
    ("blue", "1;34"),
    ("magenta", "1;35"),
    ("cyan", "1;36"),
    ("white", "1;37"),
];

/// A command may hold a secret itself.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Profile({})", self.name)
    }
}

impl Profile {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            target: None,
            color: None,
            read_only: false,
            confirm: None,
            password_command: None,
        }
    }
}

/// All of them, by name.
#[derive(Clone, Debug, Default)]
pub struct Profiles(BTreeMap<String, Arc<Profile>>);

/// Where to connect, and what is said of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The database.
    pub target: Target,
    /// The connection that was named, where one was.
    pub profile: Option<Arc<Profile>>,
}

impl From<Target> for Place {
    fn from(target: Target) -> Self {
        Self {
            target,
            profile: None,
        }
    }
}

impl Profiles {
    pub(crate) fn add(&mut self, profile: Profile) {
        self.0.insert(profile.name.clone(), Arc::new(profile));
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Profile> {
        self.0.values().map(Arc::as_ref)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The connection of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Profile>> {
        self.0.get(&name.to_lowercase())
    }

    /// Where a text leads that names a connection, or says where it leads as [`Target::parse`] reads it.
    ///
    /// # Errors
    /// Where the scheme is none that this build knows.
    pub fn place(&self, text: &str) -> Result<Place, Error> {
        let known = self.named(text).and_then(|profile| {
            Some(Place {
                target: profile.target.clone()?,
                profile: Some(Arc::clone(profile)),
            })
        });
        match known {
            Some(place) => Ok(place),
            None => Target::parse(text).map(Place::from),
        }
    }
}
