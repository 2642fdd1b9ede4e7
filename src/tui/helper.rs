//! What is done beside the worker and the window: looking through rows, summing them, writing files, judging
//! the text that is being typed. One thread takes one task after the other.

use crate::cell::{self, Sum, grouped};
use crate::grid::Place;
use crate::theme::UNICODE;
use noctra_runtime::sinks::{FORMATS, Format, Options};
use noctra_runtime::{Store, Value, ValueRef, WholeFile};
use rql_diagnostics::Diagnostic;
use rql_ide::{Snapshot, World};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

/// Something to be done.
#[derive(Debug)]
pub enum Task {
    /// Says what is wrong with a version of a text.
    Check {
        /// Which.
        version: u64,
        /// The text.
        text: String,
        /// What is known.
        world: Arc<World>,
    },
    /// Finds a text from a place on.
    Find {
        /// The rows.
        store: Store,
        /// What is looked for, in any case.
        needle: String,
        /// Where it is looked for first.
        from: Place,
        /// How far it is.
        course: Course,
    },
    /// Sums up what is selected.
    Sum {
        /// The rows.
        store: Store,
        /// The first row and column.
        from: Place,
        /// The last.
        to: Place,
    },
    /// Writes rows to a file, as its ending says.
    Export {
        /// The rows, as far as they come.
        store: Store,
        /// Where.
        path: PathBuf,
        /// How far it is.
        course: Course,
    },
    /// Writes a text to a file.
    Save {
        /// What.
        text: String,
        /// Where.
        path: PathBuf,
    },
}

/// A task that takes its time: how far it is, and whether it is to end.
#[derive(Clone, Debug, Default)]
pub struct Course(Arc<(AtomicU64, AtomicBool)>);

impl Course {
    /// So many rows are done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// The task is to end.
    pub fn stop(&self) {
        self.0.1.store(true, Ordering::Relaxed);
    }

    /// True where it was to end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.1.load(Ordering::Relaxed)
    }

    fn is_at(&self, rows: u64) {
        self.0.0.store(rows, Ordering::Relaxed);
    }
}

/// How a task went.
#[derive(Debug)]
pub enum Heard {
    /// What is wrong with a version of the text.
    Checked(u64, Vec<Diagnostic>),
    /// Where the text was found.
    Found(Option<Place>),
    /// The sums.
    Summed(String),
    /// The rows were written, or why they were not.
    Exported(Exported),
    /// The text was written, or why it was not.
    Saved(Result<String, String>),
}

/// How an export went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// All rows are in the file.
    Whole(String),
    /// Those that had come before are in the file; there would be more.
    Part(String),
    /// Nothing is written.
    Not(String),
}

/// So many rows are read at once.
const CHUNK: u64 = 256;

/// Takes tasks until there are no more.
pub fn help(tasks: &Receiver<Task>, tell: &dyn Fn(Heard)) {
    let mut waiting: Option<Task> = None;
    loop {
        let Some(mut task) = waiting.take().or_else(|| tasks.recv().ok()) else {
            return;
        };
        // Of questions about what changes only the last one matters.
        while let Ok(next) = tasks.try_recv() {
            match (&task, &next) {
                (Task::Check { .. }, Task::Check { .. }) | (Task::Sum { .. }, Task::Sum { .. }) => {
                    task = next;
                }
                _ => {
                    waiting = Some(next);
                    break;
                }
            }
        }
        tell(done(task));
    }
}

fn done(task: Task) -> Heard {
    match task {
        Task::Check {
            version,
            text,
            world,
        } => {
            let wrong = match rql_ide::is_command(text.trim()) {
                true => Vec::new(),
                false => Snapshot::new(&world, text).diagnostics(),
            };
            Heard::Checked(version, wrong)
        }
        Task::Find {
            store,
            needle,
            from,
            course,
        } => Heard::Found(find(&store, &needle.to_lowercase(), from, &course)),
        Task::Sum { store, from, to } => Heard::Summed(sum(&store, from, to)),
        Task::Export {
            store,
            path,
            course,
        } => {
            let name = path.display().to_string();
            let had = store.progress();
            Heard::Exported(match export(&store, &path, &course) {
                Err(error) => Exported::Not(format!("{name} is not written: {error}")),
                Ok(rows) => {
                    let noun = if rows == 1 { "row" } else { "rows" };
                    let said = format!("{} {noun} in {name}", grouped(rows));
                    match had.cut {
                        true => Exported::Part(format!("{said}: those that had come, not all")),
                        false => Exported::Whole(said),
                    }
                }
            })
        }
        Task::Save { text, path } => {
            let name = path.display().to_string();
            let done = save(&text, &path);
            Heard::Saved(match done {
                Ok(()) => Ok(format!("{name} is written")),
                Err(error) => Err(format!("cannot write {name}: {error}")),
            })
        }
    }
}

/// The rows from one on, until `each` says no.
fn rows(store: &Store, from: u64, to: u64, each: &mut dyn FnMut(u64, Vec<Value>) -> bool) {
    let mut at = from;
    while at <= to && store.reaches(at) {
        let count = CHUNK.min(to - at).saturating_add(1);
        let Ok(page) = store.read(at, usize::try_from(count).unwrap_or(1)) else {
            return;
        };
        if page.is_empty() {
            return;
        }
        for row in page {
            if !each(at, row) {
                return;
            }
            at += 1;
        }
    }
}

fn find(store: &Store, needle: &str, from: Place, course: &Course) -> Option<Place> {
    let number = cell::without_thousands(needle);
    let mut found = None;
    let _all = store.whole();
    rows(store, from.0, u64::MAX - CHUNK, &mut |at, row| {
        let skipped = if at == from.0 { from.1 } else { 0 };
        let fits = |value: &Value| {
            let text = cell::shown(value, &UNICODE).to_lowercase();
            let number = number.as_deref().filter(|_| value.as_ref().is_number());
            text.contains(needle) || number.is_some_and(|number| text.contains(number))
        };
        let place = row
            .iter()
            .enumerate()
            .skip(skipped)
            .find(|(_, value)| fits(value));
        found = place.map(|(col, _)| (at, col));
        course.is_at(at);
        found.is_none() && !course.is_stopped()
    });
    found
}

fn sum(store: &Store, from: Place, to: Place) -> String {
    let columns = store.columns();
    let mut sums = vec![Sum::default(); columns.len()];
    let mut count = 0;
    rows(store, from.0, to.0, &mut |_, row| {
        count += 1;
        for at in from.1..=to.1 {
            if let (Some(sum), Some(value)) = (sums.get_mut(at), row.get(at)) {
                sum.add(value);
            }
        }
        true
    });
    let named = columns.iter().zip(&sums).filter_map(|(column, sum)| {
        Some(format!("{} {}", cell::escaped(&column.name), sum.total()?))
    });
    let named: Vec<String> = named.collect();
    let rows = if count == 1 { "row" } else { "rows" };
    match named.is_empty() {
        true => format!("{} {rows}", grouped(count)),
        false => format!("{}  ({} {rows})", named.join("  "), grouped(count)),
    }
}

/// Writes all rows, those that are still to come too; where they do not come, nothing.
fn export(store: &Store, path: &Path, course: &Course) -> std::io::Result<u64> {
    let format = Format::of_file(path).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        std::io::Error::other(format!("its ending is none of {}", known.join(", ")))
    })?;
    let file = WholeFile::create(path)?;
    let mut out = BufWriter::new(file.writer()?);
    let mut written = 0;
    let cut = store.progress().cut;
    let _all = store.whole();
    {
        let mut sink = format.sink(&mut out, &Options::default());
        sink.begin(&store.columns())?;
        while store.reaches(written) {
            if course.is_stopped() {
                break;
            }
            for row in store.read(written, 256)? {
                let row: Vec<ValueRef<'_>> = row.iter().map(Value::as_ref).collect();
                sink.row(&row)?;
                written += 1;
            }
            course.is_at(written);
        }
        if course.is_stopped() {
            return Err(std::io::Error::other("it was ended"));
        }
        if store.progress().cut && !cut {
            return Err(std::io::Error::other("not all rows came"));
        }
        sink.finish()?;
    }
    out.flush()?;
    drop(out);
    file.keep()?;
    Ok(written)
}

fn save(text: &str, path: &Path) -> std::io::Result<()> {
    let file = WholeFile::create(path)?;
    let mut out = file.writer()?;
    out.write_all(text.as_bytes())?;
    drop(out);
    file.keep()
}
