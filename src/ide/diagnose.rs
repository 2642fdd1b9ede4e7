//! What is wrong with a text.

use crate::Snapshot;
use rql::{Diagnostic, Dialect, File, Options};

impl Snapshot {
    /// What is wrong with the text and what else should be said, in its order; statements see what those
    /// before them have made. Files that it includes are not read.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let parse = self.parse();
        let mut catalog = self.world.catalog.clone();
        let includes = |_: Option<&str>, file: &str| -> Result<File, String> {
            Err(format!("{file} is not read here"))
        };
        let uses = |_: &str| None;
        let options = Options {
            dialect: self.world.dialect.unwrap_or(Dialect::Postgresql),
            uses: &uses,
            file: "",
            includes: &includes,
        };
        let program = rql::program(&parse.ast, &mut catalog, options);
        let mut all = parse.diagnostics.clone();
        all.extend(program.diagnostics);
        all.sort_by_key(|wrong| wrong.primary_span().map_or(u32::MAX, |span| span.start));
        all
    }
}
