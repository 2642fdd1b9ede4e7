//! Results that do not fit the screen go to $PAGER.

use crate::live::locked;
use crate::progress;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// The pager's command; `None` where results are only printed.
pub(crate) type Pager = Arc<Mutex<Option<String>>>;

/// $PAGER, or `less` where nothing is said and it is there; an empty one says that there is none.
pub(crate) fn command() -> Option<String> {
    match std::env::var("PAGER") {
        Ok(command) => Some(command).filter(|command| !command.trim().is_empty()),
        Err(_) => {
            let path = std::env::var_os("PATH")?;
            let mut folders = std::env::split_paths(&path);
            let there = folders.any(|folder| folder.join("less").is_file());
            there.then(|| "less".to_owned())
        }
    }
}

/// A stream that holds back a screenful: what fits is printed, what does not is paged.
pub(crate) struct Paged {
    out: Box<dyn Write>,
    pager: Pager,
    held: Vec<u8>,
    lines: usize,
    child: Option<Child>,
}

/// Lines of the screen that are left for results: the prompt stays visible.
fn height() -> usize {
    terminal_size::terminal_size()
        .map_or(24, |(_, height)| usize::from(height.0))
        .saturating_sub(2)
}

impl Paged {
    pub(crate) fn new(out: Box<dyn Write>, pager: Pager) -> Self {
        Self {
            out,
            pager,
            held: Vec::new(),
            lines: 0,
            child: None,
        }
    }

    fn start(&mut self, command: &str) -> io::Result<()> {
        let mut pager = Command::new("sh");
        pager.arg("-c").arg(command).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // Colours, and the terminal as it was behind it.
            pager.env("LESS", "-RSX");
        }
        let mut child = pager.spawn()?;
        if let Some(stdin) = &mut child.stdin {
            stdin.write_all(&self.held)?;
        }
        self.held.clear();
        self.child = Some(child);
        Ok(())
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress::quiet();
        if let Some(stdin) = self.child.as_mut().and_then(|child| child.stdin.as_mut()) {
            return stdin.write(bytes);
        }
        let Some(command) = locked(&self.pager).clone() else {
            return self.out.write(bytes);
        };
        self.held.extend_from_slice(bytes);
        self.lines += bytes.iter().filter(|&&byte| byte == b'\n').count();
        if self.lines > height() {
            self.start(&command)?;
        }
        Ok(bytes.len())
    }

    /// The result is whole: it is printed, or the person reads it to the end.
    fn flush(&mut self) -> io::Result<()> {
        self.lines = 0;
        let done = match self.child.take() {
            Some(mut child) => {
                drop(child.stdin.take());
                child.wait().map(|_| ())
            }
            None => {
                let done = self.out.write_all(&self.held);
                self.held.clear();
                done.and_then(|()| self.out.flush())
            }
        };
        progress::again();
        done
    }
}

#[cfg(test)]
mod tests {
    use super::Paged;
    use std::io::Write as _;
    use std::sync::{Arc, Mutex};

    #[test]
    fn what_fits_is_printed_and_what_does_not_is_paged() {
        let folder = tempfile::tempdir().expect("a folder");
        let (printed, paged) = (folder.path().join("printed"), folder.path().join("paged"));
        let command = format!("cat > '{}'", paged.display());
        let pager = Arc::new(Mutex::new(Some(command)));
        let out = Box::new(std::fs::File::create(&printed).expect("a file"));
        let mut stream = Paged::new(out, pager);
        stream.write_all(b"short\n").expect("written");
        stream.flush().expect("written");
        stream
            .write_all("long\n".repeat(500).as_bytes())
            .expect("written");
        stream.flush().expect("written");
        assert_eq!(
            std::fs::read_to_string(&printed).expect("a file"),
            "short\n"
        );
        assert_eq!(
            std::fs::read_to_string(&paged)
                .expect("a file")
                .lines()
                .count(),
            500
        );
    }
}
