//! A connection that has gone: it is opened again for the next statement, and what went with it is said.

use crate::Error;
use crate::config::profiles::Place;
use crate::config::reach::{Reached, reach};
use crate::connection::Query;
use crate::output::Output;
use crate::session::Session;
use crate::session::known::Known;
use crate::sinks::Collect;

/// What went with a connection.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    /// A transaction was open: it counts as failed until ROLLBACK, so that its rest does not run by itself.
    pub(crate) transaction: bool,
    /// Temporary tables.
    tables: Vec<String>,
    /// What the server's session had been told.
    told: bool,
}

impl Lost {
    fn says(&self) -> String {
        let mut lost = Vec::new();
        if self.transaction {
            lost.push("the open transaction with its changes".to_owned());
        }
        match self.tables.as_slice() {
            [] => {}
            [one] => lost.push(format!("the temporary table {one}")),
            several => lost.push(format!("the temporary tables {}", several.join(", "))),
        }
        if self.told {
            lost.push("what SET, USE or NATIVE had told the server".to_owned());
        }
        match lost.split_last() {
            None => "nothing of the session was lost".to_owned(),
            Some((only, [])) => format!("lost: {only}"),
            Some((last, before)) => format!("lost: {} and {last}", before.join(", ")),
        }
    }
}

impl Session {
    /// The connection has gone while a statement ran, perhaps inside a transaction.
    pub(crate) fn mourn(&mut self, transaction: bool) {
        let lost = Lost {
            transaction,
            tables: std::mem::take(&mut self.temporary),
            told: self.told,
        };
        self.lost.get_or_insert(lost);
    }

    /// Keeps the names of temporary tables beyond what makes the catalog forgotten.
    pub(crate) fn remember_temporary(&mut self) {
        let Some(known) = self.known.peek() else {
            return;
        };
        let temporary = known.tables().iter().filter(|table| table.temporary);
        self.temporary.clear();
        self.temporary
            .extend(temporary.map(|table| table.name.clone()));
    }

    /// Leaves a connection that has gone as it is, and says what went with it.
    pub(crate) fn let_go(&mut self, out: &mut Output) -> std::io::Result<()> {
        match self.lost.take() {
            Some(lost) => out.remark(&format!("The connection is gone; {}", lost.says())),
            None => Ok(()),
        }
    }

    /// Opens a connection that has gone again, and says what went with it.
    ///
    /// # Errors
    /// Where that cannot be done yet; the next statement tries it again.
    pub fn revive(&mut self, out: &mut Output) -> Result<(), Error> {
        match self.reopen()? {
            Some(said) => Ok(out.remark(&said)?),
            None => Ok(()),
        }
    }

    /// The same, and gives what there is to say.
    pub(crate) fn reopen(&mut self) -> Result<Option<String>, Error> {
        let Some(lost) = self.lost.take() else {
            return Ok(None);
        };
        let place = Place {
            target: self.target.clone(),
            profile: self.profile.clone(),
        };
        let reached = reach(place, &self.settings, self.ask.as_ref());
        let Reached {
            mut connection,
            place,
            ..
        } = match reached {
            Ok(reached) => reached,
            Err(error) => {
                self.lost = Some(lost);
                let said = format!("the connection was lost, and cannot be opened again: {error}");
                return Err(Error::Connect(said));
            }
        };
        if lost.transaction {
            let begin = Query {
                sql: "BEGIN",
                params: &[],
                columns: &[],
            };
            connection.run(begin, &mut Collect::default())?;
        }
        self.connection = connection;
        self.target = place.target;
        self.watch();
        self.known = Known::default();
        (self.failed, self.told) = (lost.transaction, false);
        let mut said = format!("Connected again to {}; {}", self.target, lost.says());
        if lost.transaction {
            said.push_str("; ROLLBACK goes on from there");
        }
        Ok(Some(said))
    }
}
