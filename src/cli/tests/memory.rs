//! Long results stream: many rows take no more memory than a few, but for the buffers on the way. What a
//! million take of the release binary, `cargo bench -p noctra-benches --bench runtime` tells.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use std::process::{Command, Stdio};
use wait4::Wait4;

/// The peak memory, in KiB, of writing so many rows.
fn peak(format: &str, rows: u32) -> u64 {
    let text = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         SELECT i, 'a text ' || i AS t, CAST(i AS numeric(10,2)) AS d FROM n"
    );
    let child = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(["--format", format, "-c", &text])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let used = child.wait4().expect("the program ends");
    assert!(used.status.success(), "{format}, {rows} rows");
    used.rusage.maxrss / 1024
}

#[test]
fn long_results_stream() {
    // What holds a batch of columns, or a row group, before it is written is full with a third of the rows.
    for (format, least, room) in [
        ("csv", 10, 3),
        ("jsonl", 10, 3),
        ("box", 10, 3),
        ("xlsx", 10, 6),
        ("parquet", 150_000, 6),
        ("arrow", 50_000, 4),
    ] {
        let (few, many) = (peak(format, least), peak(format, 300_000));
        // Held as text, these rows are 9 MiB.
        assert!(many < few + room * 1024, "{format}: {few} KiB, then {many}");
        println!("{format}: {few} KiB for {least} rows, {many} for 300,000");
    }
}
