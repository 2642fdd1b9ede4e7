//! Links the programs so that each start has less to do. Its steps are for programs that run where they are
//! built, on Linux with glibc; elsewhere they are linked as ever.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The first glibc that knows packed relocations (its NEWS, 2.36: "Support for DT_RELR").
const KNOWS: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    let (os, env) = (of("CARGO_CFG_TARGET_OS"), of("CARGO_CFG_TARGET_ENV"));
    if of("HOST") != of("TARGET") || os != "linux" || env != "gnu" {
        return;
    }
    pack_relocations();
    take_unwinder();
    let flags = of("CARGO_ENCODED_RUSTFLAGS");
    if of("PROFILE") != "release" {
        return;
    }
    if !flags.contains("fuse-ld") && of("RUSTC_LINKER").is_empty() {
        lay_side_by_side(Path::new(&of("OUT_DIR")));
    }
    if !flags.contains("relocation-model") {
        fix_address();
    }
}

/// Links the program for one address (docs/decisions/0030): no table that holds addresses is changed at a start, and the
/// pages around them are shared with the file.
fn fix_address() {
    println!("cargo::rustc-link-arg-bins=-no-pie");
}

/// Packs the relocations: a megabyte that a start need not read, nor hold.
fn pack_relocations() {
    if glibc().is_some_and(|version| version >= KNOWS) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Takes what unwinds the stack into the program, where the compiler has it so: a library less to find, to map and to
/// bind.
fn take_unwinder() {
    let Some(found) = said("cc", &["-print-file-name=libgcc_eh.a"]).map(PathBuf::from) else {
        return;
    };
    // A compiler that has none says the name alone.
    if let Some(folder) = found.parent().filter(|_| found.is_absolute()) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Lays what runs at every start side by side: of a megabyte and a half in a program of many the system then maps, and
/// counts as the program's memory, little else. `first.txt` names it (`scripts/first.sh` finds it); a name that is not
/// there any more is passed over. By a linker script that adds to the linker's own, as lld and GNU ld read it.
fn lay_side_by_side(out: &Path) {
    println!("cargo::rerun-if-changed=first.txt");
    let Ok(names) = std::fs::read_to_string("first.txt") else {
        return;
    };
    let names = names.lines().map(|name| format!("    *(.text.{name})\n"));
    let script = format!(
        "SECTIONS\n{{\n  .text.first : {{\n{}  }}\n}}\nINSERT BEFORE .text;\n",
        names.collect::<String>()
    );
    let file = out.join("first.ld");
    if std::fs::write(&file, script).is_ok() {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", file.display());
    }
}

/// The version of this machine's C library.
fn glibc() -> Option<(u32, u32)> {
    let said = said("getconf", &["GNU_LIBC_VERSION"])?;
    let (major, minor) = said.strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// What a program prints.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let said = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8(said.stdout).ok()?.trim().to_owned())
}
