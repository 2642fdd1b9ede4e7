//! Files that change on the disk: told by a client that watches them, or seen where nothing else happens.

use crate::schema;
use crate::server::Server;
use crate::workspace;
use lsp_types::{
    DidChangeWatchedFilesNotification, DidChangeWatchedFilesParams, Notification as _,
    RegistrationRequest, Request as _, Uri,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What a client is asked to watch: texts of RQL, forms, schemas and `noctra.toml`.
const WATCHED: &str = "**/*.{rql,toml,sql}";

/// The file that says where a workspace has its tables.
const CONFIGURATION: &str = "noctra.toml";

impl Server<'_> {
    /// Has a client that can do so watch the files of the workspace.
    pub(crate) fn register(&mut self) {
        if self.client.watches_files {
            let method = DidChangeWatchedFilesNotification::METHOD.as_str();
            let options = json!({ "watchers": [{ "globPattern": WATCHED }] });
            let files = json!({ "id": "rql.files", "method": method, "registerOptions": options });
            let params = json!({ "registrations": [files] });
            self.ask(RegistrationRequest::METHOD.as_str(), params);
        }
    }

    /// The client says which files are others now.
    pub(crate) fn files_have_changed(&mut self, params: DidChangeWatchedFilesParams) {
        let paths: Vec<PathBuf> = params
            .changes
            .into_iter()
            .filter_map(|change| change.uri.to_file_path().ok())
            .collect();
        // Who says nothing of which may mean any.
        if paths.is_empty() || paths.iter().any(|path| self.makes_tables(path)) {
            self.read_world();
        }
        self.look_again(paths);
    }

    /// While nothing else happens: what makes the tables, and what documents include.
    pub(crate) fn look_at_files(&mut self) {
        if schema::stamps(&self.watched) != self.stamps {
            self.read_world();
        }
        let changed = self.documents.disk().changed();
        self.look_again(changed);
    }

    fn makes_tables(&self, path: &Path) -> bool {
        let same = |watched: &PathBuf| {
            watched == path || watched.canonicalize().is_ok_and(|it| it == path)
        };
        path.ends_with(CONFIGURATION) || self.watched.iter().any(same)
    }

    /// What may include a document sees another text there; true where something may.
    pub(crate) fn include_another(&mut self, uri: &Uri) -> bool {
        let others = self.documents.renew_including(uri);
        let some = !others.is_empty();
        others.into_iter().for_each(|uri| self.has_changed(uri));
        some
    }

    /// Reads files again that are not open, and looks again at what may include them.
    fn look_again(&mut self, paths: Vec<PathBuf>) {
        let mut seen = false;
        for path in paths {
            let path = path.canonicalize().unwrap_or(path);
            if self.documents.disk().is_open(&path) {
                continue;
            }
            let own = self.folder.as_deref();
            let is_own = own.is_some_and(|folder| workspace::holds(folder, &path));
            self.documents.read_again(&path, is_own);
            let Ok(uri) = Uri::from_file_path(&path) else {
                continue;
            };
            seen |= self.include_another(&uri);
        }
        if seen {
            self.diagnostics_are_others();
        }
    }
}
