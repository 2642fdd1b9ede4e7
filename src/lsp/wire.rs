//! Standard input and output, as messages of the protocol.
//!
//! `lsp-server` reads them, and writes those that are short. Its messages hold trees of values, and that of an answer about a
//! long file takes thirty times the memory of its text: answers are texts from the start.

use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};
use lsp_server::{Connection, Message, RequestId};
use std::io::{self, Write};
use std::thread::{Builder, JoinHandle};

/// A client that is spoken with.
pub struct Wire {
    pub(crate) connection: Connection,
    pub(crate) answers: Sender<Answered>,
}

/// The answer to a request.
pub(crate) struct Answered {
    pub(crate) id: RequestId,
    /// JSON.
    pub(crate) result: String,
}

/// What reads and writes beside the server.
#[derive(Debug)]
pub struct Threads {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Wire {
    /// The client at standard input and output.
    ///
    /// # Errors
    /// Where the system has no thread to give.
    pub fn stdio() -> io::Result<(Self, Threads)> {
        let (sender, messages) = bounded(0);
        let (read, receiver) = bounded(0);
        let (answers, answered) = unbounded();
        let reader = Builder::new().name("reads".into());
        let writer = Builder::new().name("writes".into());
        let threads = Threads {
            reader: reader.spawn(move || read_all(&read))?,
            writer: writer.spawn(move || write_all(&messages, &answered))?,
        };
        let connection = Connection { sender, receiver };
        Ok((
            Self {
                connection,
                answers,
            },
            threads,
        ))
    }
}

impl Threads {
    /// Waits until all is written, once the [`Wire`] is gone and the client has said `exit`.
    ///
    /// # Errors
    /// What could not be read or written.
    pub fn join(self) -> io::Result<()> {
        let panicked = |_| Err(io::Error::other("a thread has panicked"));
        self.reader.join().unwrap_or_else(panicked)?;
        self.writer.join().unwrap_or_else(panicked)
    }
}

fn read_all(to: &Sender<Message>) -> io::Result<()> {
    let mut input = io::stdin().lock();
    while let Some(message) = Message::read(&mut input)? {
        let last = matches!(&message, Message::Notification(it) if it.method == "exit");
        if to.send(message).is_err() || last {
            break;
        }
    }
    Ok(())
}

/// Writes until nobody is left who could send.
fn write_all(messages: &Receiver<Message>, answers: &Receiver<Answered>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    loop {
        select! {
            recv(messages) -> message => match message {
                Ok(message) => message.write(&mut output)?,
                Err(_) => break,
            },
            recv(answers) -> answer => match answer {
                Ok(answer) => answer.write(&mut output)?,
                Err(_) => break,
            },
        }
    }
    // One channel is seen to be closed while the other still holds something.
    messages.iter().try_for_each(|it| it.write(&mut output))?;
    answers.iter().try_for_each(|it| it.write(&mut output))
}

impl Answered {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let id = serde_json::to_string(&self.id)?;
        let begin = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":");
        let length = begin.len() + self.result.len() + 1;
        write!(
            to,
            "Content-Length: {length}\r\n\r\n{begin}{}}}",
            self.result
        )?;
        to.flush()
    }
}
