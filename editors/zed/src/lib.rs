//! RQL in Zed: how the language server is started.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Rql;

impl zed::Extension for Rql {
    fn new() -> Self {
        Self
    }

    /// What `lsp.rqlc.binary` of the settings says, else `rqlc` on the `PATH`. Nothing is downloaded.
    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree).ok();
        let binary = settings.and_then(|settings| settings.binary);
        let (path, arguments) = binary.map_or((None, None), |it| (it.path, it.arguments));
        let command = path.or_else(|| worktree.which("rqlc")).ok_or(
            "rqlc is not on the PATH; lsp.rqlc.binary.path of the settings may name it",
        )?;
        Ok(Command {
            command,
            args: arguments.unwrap_or_else(|| vec!["lsp".into()]),
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Rql);
