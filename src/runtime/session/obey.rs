//! What a session is told after it has begun, and what a front end asks of it.

use crate::Error;
use crate::config::limits::Limits;
use crate::config::profiles::Profile;
use crate::config::settings::{self, Origin, Setting, Settings};
use crate::session::Session;
use crate::session::log::Log;

impl Session {
    /// What a person should know, and has not been told yet: the session's own remarks, and what the server has said
    /// beside its answers to requests.
    pub fn take_remarks(&mut self) -> Vec<String> {
        let mut all = std::mem::take(&mut self.remarks);
        let said = self.connection.remarks().into_iter();
        all.extend(said.map(|(severity, text)| format!("{severity}: {text}")));
        all
    }

    /// Who runs statements here asks before those that take away many rows.
    pub fn attend(&mut self) {
        self.attended = true;
    }

    /// What the configuration says of the connection that is worked in.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_deref()
    }

    /// Gives a setting a value, which holds from then on.
    ///
    /// # Errors
    /// Why it cannot have that value.
    pub fn change(
        &mut self,
        setting: &'static Setting,
        value: &str,
        origin: Origin,
    ) -> Result<(), String> {
        let before = self.settings.clone();
        let changed = self.settings.change(setting, value, origin);
        changed.map_err(|refused| settings::refusal(setting, value, &refused))?;
        let obeyed = self.obey(&before);
        if obeyed.is_err() {
            self.settings = before;
        }
        obeyed.map_err(|error| error.to_string())
    }

    /// Gives a setting the value that it had when the session began.
    pub(super) fn restore(&mut self, setting: &'static Setting) -> Result<(), String> {
        let value = setting.get(&self.began);
        self.change(setting, &value, Origin::Set)?;
        let origin = self.began.origin(setting).clone();
        self.settings.ascribe(setting, origin);
        Ok(())
    }

    /// Does what settings ask for that are more than a value.
    fn obey(&mut self, before: &Settings) -> Result<(), Error> {
        let now = &self.settings;
        if now.log != before.log {
            self.log = now.log.as_deref().map(Log::open).transpose()?;
        }
        let bounds = now.max_memory != before.max_memory || now.allow_path != before.allow_path;
        let read_only = now.read_only && !before.read_only;
        let parked = self.parked.iter_mut().map(|parked| &mut parked.connection);
        for connection in std::iter::once(&mut self.connection).chain(parked) {
            if bounds {
                connection.bound(Limits(&self.settings).bounds())?;
            }
            if read_only {
                connection.set_read_only(true)?;
            }
        }
        if read_only {
            // It may be another one by then.
            self.watch();
        }
        Ok(())
    }
}
