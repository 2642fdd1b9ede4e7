//! Links ncurses into the program where its archives are installed, so that a program which opens no window
//! loads no library for one: the linker takes what it finds in the first of its directories.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that a window needs.
const ARCHIVES: [&str; 2] = ["libncursesw.a", "libtinfo.a"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_CURSES").is_none() {
        return;
    }
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else {
        return;
    };
    let found: Vec<PathBuf> = ARCHIVES.iter().filter_map(|name| find(name)).collect();
    if found.len() < ARCHIVES.len() {
        return;
    }
    // What is asked for by the one name are both of them: the second completes the first.
    let names: Vec<String> = found
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let script = format!("GROUP ( {} )\n", names.join(" "));
    if std::fs::write(out.join("libncursesw.so"), script).is_err() {
        return;
    }
    println!("cargo:rustc-link-search=native={}", out.display());
}

/// Where the compiler finds a library, where it does.
fn find(name: &str) -> Option<PathBuf> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let said = Command::new(compiler)
        .arg(format!("-print-file-name={name}"))
        .output()
        .ok()?;
    let path = String::from_utf8(said.stdout).ok()?;
    let path = Path::new(path.trim());
    // What it does not find it gives back as it was.
    path.is_absolute().then(|| path.to_owned())
}
