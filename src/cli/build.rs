//! Packs the relocations of the programs where the C library of this machine reads them so: a megabyte that each start
//! need not read, nor hold.

use std::process::Command;

/// The first glibc that knows packed relocations (its NEWS, 2.36: "Support for DT_RELR").
const KNOWS: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    let here = of("HOST") == of("TARGET");
    if here
        && of("CARGO_CFG_TARGET_ENV") == "gnu"
        && glibc().is_some_and(|version| version >= KNOWS)
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's C library.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
