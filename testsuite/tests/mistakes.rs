//! What beginners are told. Each file of `mistakes/` says in its first line what was meant and what
//! help is wanted; the snapshots are what the screen shows.

use rql_diagnostics::{RenderOptions, render};

#[test]
fn every_mistake_is_answered_with_help() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("mistakes");
    let mut files: Vec<_> = std::fs::read_dir(dir)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut shown = String::new();
    let mut silent = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let source = std::fs::read_to_string(&file)?;
        let parse = rql_grammar::parse(&source);
        if parse.diagnostics.is_empty() {
            silent.push(name.clone());
        }
        shown.push_str(&format!("=== {name}\n{source}---\n"));
        for diagnostic in &parse.diagnostics {
            let options = RenderOptions {
                color: false,
                unicode: true,
            };
            shown.push_str(&render(diagnostic, &name, &source, options));
        }
        shown.push('\n');
    }
    insta::assert_snapshot!("mistakes", shown);
    // `==` is read as `=`.
    assert_eq!(silent, ["38-double-equals.rql"]);
    Ok(())
}
