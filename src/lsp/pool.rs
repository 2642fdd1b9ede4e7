//! The threads that answer requests.

use crossbeam_channel::{Receiver, Sender, unbounded};
use std::thread::{Builder, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

/// A few threads; jobs begin in the order in which they came.
pub(crate) struct Pool {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

/// Deep nesting is walked by recursion in places.
const STACK: usize = 16 << 20;

impl Pool {
    pub(crate) fn new() -> Self {
        let (jobs, waiting) = unbounded::<Job>();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let threads = (0..cores.clamp(2, 4)).filter_map(|_| {
            let waiting: Receiver<Job> = waiting.clone();
            let run = move || {
                for job in waiting {
                    job();
                }
            };
            let thread = Builder::new().name("answers".into()).stack_size(STACK);
            thread.spawn(run).ok()
        });
        Self {
            threads: threads.collect(),
            jobs: Some(jobs),
        }
    }

    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // It fails only where every thread has gone, and then nobody waits for the answer.
            let _ = jobs.send(Box::new(job));
        }
    }

    /// Waits for what is being answered.
    pub(crate) fn end(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
