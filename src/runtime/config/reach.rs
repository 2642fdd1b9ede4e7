//! Opening a connection as a session wants it: with its password, within its limits.

use crate::Error;
use crate::config::limits::Limits;
use crate::config::passwords::{AskPassword, supply, with_typed};
use crate::config::profiles::Place;
use crate::config::server::Server;
use crate::config::settings::Settings;
use crate::config::target::Target;
use crate::connection::{Connection, connect};

/// A connection that is open.
pub(crate) struct Reached {
    pub(crate) connection: Box<dyn Connection>,
    /// Where it leads, with the password by which it was opened.
    pub(crate) place: Place,
    /// What a person should know.
    pub(crate) remarks: Vec<String>,
}

/// Opens a database; a person is asked for the password where the server wants one that nobody has said.
pub(crate) fn reach(
    mut place: Place,
    settings: &Settings,
    ask: Option<&AskPassword>,
) -> Result<Reached, Error> {
    let supplied = supply(&mut place)?;
    let mut opened = connect(&place.target);
    if let (Err(Error::Password(_)), None, Some(ask)) = (&opened, &supplied.from, ask)
        && let Some(typed) = asked(&place.target, ask)
    {
        opened = connect(&typed);
        place.target = typed;
    }
    let mut connection =
        opened.map_err(|error| explained(error, &supplied.from, &supplied.remarks))?;
    connection.bound(Limits(settings).bounds())?;
    keep_read_only(connection.as_mut(), &place, settings)?;
    Ok(Reached {
        connection,
        place,
        remarks: supplied.remarks,
    })
}

/// Tells a connection to refuse changes, where the settings or the place say so.
pub(crate) fn keep_read_only(
    connection: &mut dyn Connection,
    place: &Place,
    settings: &Settings,
) -> Result<(), Error> {
    let profile = place.profile.as_ref();
    if settings.read_only || profile.is_some_and(|profile| profile.read_only) {
        connection.set_read_only(true)?;
    }
    Ok(())
}

fn asked(target: &Target, ask: &AskPassword) -> Option<Target> {
    let (Target::Postgres(url) | Target::Mysql(url)) = target else {
        return None;
    };
    let server = Server::read(url).filter(|server| !server.has_password())?;
    let password = ask(&format!("Password for {}: ", server.login()))?;
    with_typed(target, &password)
}

/// Whether the password was at fault says where it came from.
fn explained(error: Error, from: &Option<String>, remarks: &[String]) -> Error {
    let Error::Password(said) = error else {
        return error;
    };
    let mut said = said;
    if let Some(from) = from {
        said.push_str(&format!(" (the password is from {from})"));
    }
    for remark in remarks {
        said.push_str(&format!("; {remark}"));
    }
    Error::Password(said)
}
