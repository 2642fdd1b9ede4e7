//! Writes the pages of the manual that are made of tables:
//!
//! ```text
//! cargo run -p noctra-testsuite --example manual
//! ```

use noctra_testsuite::manual::pages;
use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for folder in ["functions", "backends", "reference"] {
        let folder = docs.join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
    }
    for (name, text) in pages() {
        fs::write(docs.join(&name), text)?;
        println!("docs/{name}");
    }
    Ok(())
}
