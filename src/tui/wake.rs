//! What wakes the thread that has the terminal: signals, and the other threads. Each writes a byte into a pipe,
//! which is read where keys are waited for. And what a panic does to a terminal.
#![allow(unsafe_code)]

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

/// Why waiting has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Woken {
    /// The terminal has gone.
    pub hangup: bool,
    /// Its size has changed.
    pub resized: bool,
    /// The process is to stop for a while.
    pub suspend: bool,
    /// The process is to end by this signal.
    pub end: Option<i32>,
}

/// Signals that are heard while there is a screen.
const HEARD: [i32; 5] = [
    libc::SIGWINCH,
    libc::SIGTSTP,
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGHUP,
];
/// Signals that end the process.
const ENDING: [i32; 3] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

/// Where signals write their numbers; none while there is no screen.
static WAKE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn heard(signal: i32) {
    let byte = u8::try_from(signal).unwrap_or(0);
    let before = errno::errno();
    // SAFETY: write may be called in a handler; the pipe never blocks, and a full one wakes anyway.
    unsafe {
        libc::write(WAKE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
    }
    errno::set_errno(before);
}

/// Wakes the thread that has the screen.
#[derive(Debug)]
pub struct Waker(PipeWriter);

impl Waker {
    /// Wakes it.
    pub fn wake(&self) {
        // Where the pipe is full it wakes anyway.
        let _ = (&self.0).write(&[0]);
    }

    /// Another one.
    ///
    /// # Errors
    /// Where there are too many files.
    pub fn another(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }
}

/// The pipe by which a screen is woken.
///
/// # Errors
/// Where there is none to be had.
pub fn wake_pipe() -> io::Result<(PipeReader, Waker)> {
    let (reader, writer) = io::pipe()?;
    for end in [reader.as_raw_fd(), writer.as_raw_fd()] {
        // SAFETY: the descriptors are open.
        unsafe {
            let flags = libc::fcntl(end, libc::F_GETFL);
            libc::fcntl(end, libc::F_SETFL, flags | libc::O_NONBLOCK);
        }
    }
    Ok((reader, Waker(writer)))
}

/// The signals' ways before there was a screen, which come back with it.
#[derive(Debug)]
pub(crate) struct Signals(Vec<(i32, libc::sigaction)>);

impl Signals {
    pub(crate) fn hear(waker: &Waker) -> Self {
        WAKE.store(waker.0.as_raw_fd(), Ordering::SeqCst);
        let hear = |&signal: &i32| {
            // SAFETY: the handler does nothing but write; both structures live as long as the call.
            unsafe {
                let mut before: libc::sigaction = core::mem::zeroed();
                let mut now: libc::sigaction = core::mem::zeroed();
                now.sa_sigaction = heard as extern "C" fn(i32) as usize;
                now.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &raw const now, &raw mut before);
                (signal, before)
            }
        };
        Self(HEARD.iter().map(hear).collect())
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (signal, before) in &self.0 {
            // SAFETY: what is set is what was there.
            unsafe {
                libc::sigaction(*signal, before, core::ptr::null_mut());
            }
        }
        WAKE.store(-1, Ordering::SeqCst);
    }
}

/// Ends the process as a signal does that nobody hears.
pub fn end_by(signal: i32) -> ! {
    // SAFETY: the default way of the signal is set, and it is not blocked.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}

/// Waits for a byte from the terminal or from the pipe, or for the end of a time.
///
/// # Errors
/// Where the terminal cannot be waited for.
pub(crate) fn wait(pipe: &mut PipeReader, time: Option<Duration>) -> io::Result<Woken> {
    let descriptor = |fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let mut all = [descriptor(0), descriptor(pipe.as_raw_fd())];
    let time = time.map_or(-1, |time| {
        i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
    });
    // SAFETY: both structures live as long as the call.
    let done = unsafe { libc::poll(all.as_mut_ptr(), 2, time) };
    if done < 0 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let mut woken = drain(pipe);
    let gone = libc::POLLHUP | libc::POLLERR | libc::POLLNVAL;
    woken.hangup = all[0].revents & gone != 0 && all[0].revents & libc::POLLIN == 0;
    Ok(woken)
}

/// Reads what signals and threads have written.
fn drain(pipe: &mut PipeReader) -> Woken {
    let mut woken = Woken::default();
    let mut bytes = [0; 256];
    while let Ok(count @ 1..) = pipe.read(&mut bytes) {
        for &byte in &bytes[..count] {
            let signal = i32::from(byte);
            woken.resized |= signal == libc::SIGWINCH;
            woken.suspend |= signal == libc::SIGTSTP;
            if ENDING.contains(&signal) {
                woken.end = Some(signal);
            }
        }
    }
    woken
}

/// Stops the job until it is told to go on.
pub(crate) fn stop() {
    // SAFETY: what SIGTSTP does is put back as it was behind it.
    unsafe {
        let mut ours: libc::sigaction = core::mem::zeroed();
        let mut other: libc::sigaction = core::mem::zeroed();
        other.sa_sigaction = libc::SIG_IGN;
        libc::sigaction(libc::SIGTSTP, &raw const other, &raw mut ours);
        // To the rest of the job, as the terminal would; another thread of ours might take it too late.
        libc::kill(0, libc::SIGTSTP);
        other.sa_sigaction = libc::SIG_DFL;
        libc::sigaction(libc::SIGTSTP, &raw const other, core::ptr::null_mut());
        libc::raise(libc::SIGTSTP);
        libc::sigaction(libc::SIGTSTP, &raw const ours, core::ptr::null_mut());
    }
}

/// What other threads have panicked with: only the one that has the terminal may give it back.
static ELSEWHERE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A panic is told on a terminal that is whole again.
pub(crate) fn on_panic(restore: fn()) {
    let before = std::panic::take_hook();
    let own = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        let here = std::thread::current();
        if here.id() == own {
            restore();
            before(panic);
        } else if let Ok(mut told) = ELSEWHERE.lock() {
            let name = here.name().unwrap_or("without a name");
            told.push(format!("\nthread '{name}' {panic}"));
        }
    }));
}

/// The terminal is given back: tells what other threads have panicked with.
pub(crate) fn tell_panics() {
    if !std::thread::panicking() {
        // Ours stood in front of the one that was there before.
        let _ = std::panic::take_hook();
    }
    let elsewhere = ELSEWHERE.lock().map(|mut told| core::mem::take(&mut *told));
    for told in elsewhere.unwrap_or_default() {
        eprintln!("{told}");
    }
}
