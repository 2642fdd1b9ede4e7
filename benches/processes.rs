//! Programs beside each other: each side of a line runs as a process of its own with its output to
//! `/dev/null`; the sides take turns and the best of several runs counts, so that other work on the machine
//! counts less. Times are those of the processor, user and system; peak memory is the operating system's
//! (`wait4`).
#![allow(unreachable_pub, reason = "each bench uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What one side of a line runs.
pub struct Side {
    pub name: &'static str,
    pub command: Vec<String>,
}

/// The best of a side's runs.
#[derive(Clone, Copy)]
pub struct Best {
    pub cpu: Duration,
    pub wall: Duration,
    pub peak: u64,
}

pub fn side(name: &'static str, command: &[&str]) -> Side {
    Side {
        name,
        command: command.iter().map(|&part| part.to_owned()).collect(),
    }
}

/// Runs the sides in turn, so many times, and gives the best of each.
pub fn best_of(runs: usize, sides: &[Side]) -> Vec<Best> {
    let mut best: Vec<Option<Best>> = vec![None; sides.len()];
    for _ in 0..runs {
        for (side, best) in sides.iter().zip(&mut best) {
            let now = run(&side.command);
            let better = |b: Best| Best {
                cpu: b.cpu.min(now.cpu),
                wall: b.wall.min(now.wall),
                peak: b.peak.max(now.peak),
            };
            *best = Some(best.map_or(now, better));
        }
    }
    best.into_iter().flatten().collect()
}

/// A program's peak is at least what its parent held when it was started: a process of this bench's that has
/// done nothing yet starts it, and says what it took.
fn run(command: &[String]) -> Best {
    let own = std::env::current_exe().expect("a path");
    let output = Command::new(own).arg(MEASURED).args(command).output();
    let output = output.expect("the bench starts");
    assert!(output.status.success(), "{command:?} fails");
    let said = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = said.split(' ').flat_map(str::parse).collect();
    let [cpu, wall, peak] = numbers[..] else {
        panic!("{command:?}: {said}");
    };
    let micros = Duration::from_micros;
    Best {
        cpu: micros(cpu),
        wall: micros(wall),
        peak,
    }
}

const MEASURED: &str = "--measured";

/// Where this process is one that only starts another: does so, and is true.
pub fn measured() -> bool {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(MEASURED) {
        return false;
    }
    let program = arguments.next().expect("a program");
    let start = Instant::now();
    let child = Command::new(&program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let used = child.wait4().expect("it ends");
    let wall = start.elapsed().as_micros();
    assert!(used.status.success(), "{program} fails");
    let cpu = (used.rusage.utime + used.rusage.stime).as_micros();
    print!("{cpu} {wall} {}", used.rusage.maxrss);
    true
}

/// Builds `noctra` as this bench was built, and copies it to a folder as an install does: the system maps a file in
/// larger pieces where it was written at once than where a linker wrote it.
pub fn binary(folder: &Path) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "-p", "noctra", "--bin", "noctra"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let built = build.status();
    assert!(built.is_ok_and(|status| status.success()), "noctra builds");
    // target/release/deps/runtime-…
    let own = std::env::current_exe().expect("a path");
    let built = own.ancestors().nth(2).expect("a folder").join("noctra");
    let copy = folder.join("noctra");
    std::fs::copy(built, &copy).expect("the copy is made");
    copy
}

pub fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn yes(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}
