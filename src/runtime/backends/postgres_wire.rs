//! The wire to a PostgreSQL server: `tokio-postgres` speaks the protocol, and who waits for an answer drives it
//! meanwhile, on the thread that waits.

use super::tls_rustls::Connector;
use core::future::poll_fn;
use core::pin::Pin;
use futures_util::stream::{ReadyChunks, StreamExt as _};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Error, Row, RowStream};

/// Rows shown at a time at the most. None are waited for where some have come.
const AT_A_TIME: usize = 500;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_millis(200);

/// Remarks kept of one statement; a loop may make millions.
const REMARKS: usize = 1000;

/// A connection. What is asked in its client's name goes to the server while [`Wire::wait`] waits.
pub(super) struct Wire {
    pub(super) client: Client,
    /// After the client, whose end it hears of.
    server: Server,
    remarks: Arc<Mutex<Vec<Remark>>>,
}

/// What the server says beside its answers: how weighty it is, and the text.
pub(super) type Remark = (&'static str, String);

struct Server {
    connection: JoinHandle<()>,
    runtime: Runtime,
}

impl Wire {
    pub(super) fn connect(
        runtime: Runtime,
        config: &Config,
        tls: Connector,
    ) -> Result<Self, Error> {
        let (client, connection) = runtime.block_on(config.connect(tls))?;
        let remarks = Arc::<Mutex<Vec<Remark>>>::default();
        let said = Arc::clone(&remarks);
        let mut connection = connection;
        let connection = runtime.spawn(async move {
            // Who asks next is told that it has ended.
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                if said.len() < REMARKS {
                    said.extend(remark(&message));
                }
            }
        });
        let server = Server {
            connection,
            runtime,
        };
        Ok(Self {
            client,
            server,
            remarks,
        })
    }

    /// Waits for what the server answers.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.server.runtime.block_on(answer)
    }

    /// What the server has said since this was asked.
    pub(super) fn remarks(&self) -> Vec<Remark> {
        let mut said = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut said)
    }

    /// The rows of a result, as they come.
    pub(super) fn batches(&self, rows: RowStream) -> Batches<'_> {
        Batches {
            wire: self,
            rows: Box::pin(rows.ready_chunks(AT_A_TIME)),
        }
    }
}

/// RAISE NOTICE and its like, and NOTIFY of another session.
fn remark(message: &AsyncMessage) -> Option<Remark> {
    match message {
        AsyncMessage::Notice(said) => {
            let more = [("detail", said.detail()), ("hint", said.hint())];
            let more = more.map(|(kind, text)| text.map(|text| format!("\n{kind}: {text}")));
            let more: String = more.into_iter().flatten().collect();
            // The other word for it may be in the server's language.
            let severity = match said.parsed_severity() {
                Some(Severity::Warning) => "warning",
                Some(Severity::Info) => "info",
                _ => "notice",
            };
            Some((severity, format!("{}{more}", said.message())))
        }
        AsyncMessage::Notification(said) => {
            let text = format!("{} {}", said.channel(), said.payload());
            Some(("notification", text.trim_end().to_owned()))
        }
        _ => None,
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let farewell = async { timeout(FAREWELL, &mut self.connection).await };
        let _ = self.runtime.block_on(farewell);
    }
}

/// What a connection, or a cancel, is driven by.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Asks the server, by a connection of its own, to end what runs.
pub(super) fn cancel(token: &CancelToken, tls: Connector) {
    // Where the server cannot be reached any more, the statement ends by itself.
    if let Ok(runtime) = runtime() {
        let _ = runtime.block_on(token.cancel_query(tls));
    }
}

/// The rows of a result in batches, none of which is empty.
pub(super) struct Batches<'w> {
    wire: &'w Wire,
    rows: Pin<Box<ReadyChunks<RowStream>>>,
}

impl Batches<'_> {
    /// How many rows the statement has changed, once all that come have come.
    pub(super) fn changed(&self) -> u64 {
        self.rows.get_ref().rows_affected().unwrap_or(0)
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Vec<Row>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.wire.wait(self.rows.next())?;
        Some(batch.into_iter().collect())
    }
}
