//! The loop: messages in their order, documents, and who is told what.

use crate::documents::Documents;
use crate::pool::Pool;
use crate::requests::{Cancel, Context, Kept};
use crate::routes::{self, Refusal};
use crate::schema::{self, Database, Loaded, Origin};
use crate::start::{Client, capabilities};
use crate::wire::{Answered, Wire};
use crate::{diagnostics, position::Encoding};
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    DiagnosticRefreshRequest, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    ExecuteCommandRequest, InitializeParams, InitializeResult, InlayHintRefreshRequest,
    LspErrorCodes, MessageType, PublishDiagnosticsParams, Request as _,
    SemanticTokensRefreshRequest, ServerInfo, ShowMessageParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How a server has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As the client asked: shutdown, then exit.
    Asked,
    /// The client has gone, or left without shutdown.
    Left,
}

/// How often the files of the schema are looked at while nothing else happens.
const IDLE: Duration = Duration::from_secs(1);

/// What threads tell the loop.
pub(crate) enum Event {
    World(Box<Loaded>),
    Diagnostics(PublishDiagnosticsParams, u64),
    /// A statement that was run may have made tables.
    Changed,
    /// A request is answered.
    Answer(RequestId, Result<String, Refusal>),
}

/// Serves one client until it goes.
///
/// # Errors
/// Where the client's messages are none of the protocol.
pub fn serve(wire: &Wire, origin: Origin) -> Result<Ended, String> {
    let words = |error: lsp_server::ProtocolError| error.to_string();
    let (id, params) = wire.connection.initialize_start().map_err(words)?;
    let params: InitializeParams = serde_json::from_value(params)
        .map_err(|error| format!("the request initialize cannot be read: {error}"))?;
    let client = Client::new(&params);
    let result = InitializeResult {
        capabilities: capabilities(&client),
        server_info: Some(ServerInfo {
            name: "rqlc".into(),
            version: Some(env!("CARGO_PKG_VERSION").into()),
        }),
    };
    let result = serde_json::to_value(result).map_err(|error| error.to_string())?;
    let begun = wire.connection.initialize_finish(id, result);
    begun.map_err(words)?;
    Server::new(wire, client, origin).run()
}

pub(crate) struct Server<'a> {
    wire: &'a Wire,
    pub(crate) client: Arc<Client>,
    pub(crate) documents: Documents,
    /// What is counted up with each change of a document, for those that wait in the pool.
    versions: HashMap<Uri, Arc<AtomicI32>>,
    /// Requests that are not answered yet.
    pending: HashMap<RequestId, Arc<Cancel>>,
    events: (Sender<Event>, Receiver<Event>),
    kept: Arc<Kept>,
    pool: Pool,
    origin: Arc<Origin>,
    database: Arc<Database>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) watched: Vec<PathBuf>,
    pub(crate) stamps: Vec<Option<SystemTime>>,
    /// The catalog is being read; true where it has to be read again behind that.
    reading: Option<bool>,
    /// Documents whose diagnostics have to be told.
    dirty: HashSet<Uri>,
    told: u64,
    shut: bool,
}

/// Requests whose answer still fits a text that has changed meanwhile, or makes no sense for it at all, so that
/// the client has to know: those are answered with `ContentModified`.
fn is_outrun(method: &str) -> bool {
    !matches!(
        method,
        "completionItem/resolve" | "workspace/symbol" | "workspace/executeCommand"
    )
}

static ASKED: AtomicU64 = AtomicU64::new(0);

impl<'a> Server<'a> {
    fn new(wire: &'a Wire, client: Client, origin: Origin) -> Self {
        let folder = client.folders.first().cloned();
        let folder = folder.or_else(|| std::env::current_dir().ok());
        let world = Arc::new(schema::open_world(origin.dialect, folder.as_deref()));
        let encoding: Encoding = client.encoding;
        Self {
            wire,
            client: Arc::new(client),
            documents: Documents::new(encoding, world),
            versions: HashMap::new(),
            pending: HashMap::new(),
            events: unbounded(),
            kept: Arc::default(),
            pool: Pool::new(),
            origin: Arc::new(origin),
            database: Arc::default(),
            folder,
            watched: Vec::new(),
            stamps: Vec::new(),
            reading: None,
            dirty: HashSet::new(),
            told: 0,
            shut: false,
        }
    }

    fn run(&mut self) -> Result<Ended, String> {
        self.register();
        self.read_world();
        let ended = loop {
            while let Ok(event) = self.events.1.try_recv() {
                self.event(event);
            }
            let message = match self.wire.connection.receiver.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Disconnected) => break Ended::Left,
                // Nothing waits: now is the time to tell what is wrong.
                Err(TryRecvError::Empty) => {
                    self.tell();
                    match self.wait() {
                        Ok(Some(message)) => message,
                        Ok(None) => continue,
                        Err(()) => break Ended::Left,
                    }
                }
            };
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(it) if it.method == "exit" => {
                    break if self.shut { Ended::Asked } else { Ended::Left };
                }
                Message::Notification(notification) => self.notification(notification),
                Message::Response(_) => {}
            }
        };
        for pending in self.pending.values() {
            pending.cancel();
        }
        self.pool.end();
        Ok(ended)
    }

    /// Waits for a message or an event.
    fn wait(&mut self) -> Result<Option<Message>, ()> {
        crossbeam_channel::select! {
            recv(self.wire.connection.receiver) -> message => message.map(Some).map_err(|_| ()),
            recv(self.events.1) -> event => {
                if let Ok(event) = event {
                    self.event(event);
                }
                Ok(None)
            }
            default(IDLE) => {
                self.look_at_files();
                self.database.tidy();
                Ok(None)
            }
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // It fails where the client has gone, which the next read says.
        let _ = self.wire.connection.sender.send(message.into());
    }

    /// Asks the client for something.
    pub(crate) fn ask(&self, method: &str, params: Value) {
        let id = ASKED.fetch_add(1, Ordering::Relaxed);
        let id = RequestId::from(format!("rql.{id}"));
        self.send(Request::new(id, method.to_owned(), params));
    }

    /// Diagnostics may be others although no document has changed.
    pub(crate) fn diagnostics_are_others(&self) {
        if self.client.refreshes_diagnostics && self.client.pulls {
            self.ask(DiagnosticRefreshRequest::METHOD.as_str(), Value::Null);
        }
    }

    // -- the schema ------------------------------------------------------------------------------

    pub(crate) fn read_world(&mut self) {
        if self.reading.is_some() {
            self.reading = Some(true);
            return;
        }
        self.reading = Some(false);
        let (origin, folder) = (Arc::clone(&self.origin), self.folder.clone());
        let (events, database) = (self.events.0.clone(), Arc::clone(&self.database));
        let read = move || {
            let loaded = schema::load(&origin, folder.as_deref(), &database);
            let _ = events.send(Event::World(Box::new(loaded)));
        };
        let thread = std::thread::Builder::new().name("schema".into());
        if thread.spawn(read).is_err() {
            self.reading = None;
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Diagnostics(params, number) => {
                let now = self.documents.get(&params.uri);
                let fits = now.is_some_and(|now| now.number == number);
                if fits {
                    let method = "textDocument/publishDiagnostics".to_owned();
                    self.send(Notification::new(method, params));
                }
            }
            Event::Changed => self.read_world(),
            Event::Answer(id, answer) => {
                self.pending.remove(&id);
                match answer {
                    // It fails where the client has gone, which the next read says.
                    Ok(result) => drop(self.wire.answers.send(Answered { id, result })),
                    Err((code, why)) => self.send(Response::new_err(id, code, why)),
                }
            }
            Event::World(loaded) => {
                let again = self.reading.take() == Some(true);
                let Loaded {
                    world,
                    trouble,
                    watched,
                    schema,
                    files,
                } = *loaded;
                if let Some(message) = trouble {
                    let kind = MessageType::Warning;
                    let params = ShowMessageParams { kind, message };
                    self.send(Notification::new("window/showMessage".into(), params));
                }
                self.stamps = schema::stamps(&watched);
                self.watched = watched;
                self.documents.set_world(Arc::new(world), schema);
                self.documents.set_files(files);
                self.dirty.extend(self.documents.uris());
                self.diagnostics_are_others();
                if self.client.refreshes_hints {
                    self.ask(InlayHintRefreshRequest::METHOD.as_str(), Value::Null);
                }
                if self.client.refreshes_tokens {
                    self.ask(SemanticTokensRefreshRequest::METHOD.as_str(), Value::Null);
                }
                if again {
                    self.read_world();
                }
            }
        }
    }

    // -- what the client tells -------------------------------------------------------------------

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                let Some(params) = read::<DidOpenTextDocumentParams>(params) else {
                    return;
                };
                let document = params.text_document;
                let uri = document.uri;
                self.documents.open(&uri, document.version, document.text);
                self.include_another(&uri);
                self.has_changed(uri);
            }
            "textDocument/didChange" => {
                let Some(params) = read::<DidChangeTextDocumentParams>(params) else {
                    return;
                };
                let uri = params.text_document.text_document_identifier.uri;
                let version = params.text_document.version;
                self.documents.change(&uri, version, params.content_changes);
                self.include_another(&uri);
                self.has_changed(uri);
            }
            "textDocument/didSave" => {
                if let Some(params) = read::<DidSaveTextDocumentParams>(params) {
                    let path = params.text_document.uri.to_file_path().ok();
                    if path.is_some_and(|path| self.watched.contains(&path)) {
                        self.read_world();
                    }
                }
            }
            "textDocument/didClose" => {
                let Some(params) = read::<DidCloseTextDocumentParams>(params) else {
                    return;
                };
                let uri = params.text_document.uri;
                self.documents.close(&uri);
                self.include_another(&uri);
                self.dirty.remove(&uri);
                self.versions.remove(&uri);
                self.kept.forget(&uri);
                if !self.client.pulls {
                    let nothing = PublishDiagnosticsParams {
                        uri,
                        version: None,
                        diagnostics: Vec::new(),
                    };
                    let method = "textDocument/publishDiagnostics".to_owned();
                    self.send(Notification::new(method, nothing));
                }
            }
            "workspace/didChangeWatchedFiles" => {
                if let Some(params) = read::<DidChangeWatchedFilesParams>(params) {
                    self.files_have_changed(params);
                }
            }
            "workspace/didChangeConfiguration" => self.read_world(),
            "$/cancelRequest" => {
                let id = params.get("id").cloned();
                let id = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok());
                if let Some(pending) = id.and_then(|id| self.pending.get(&id)) {
                    pending.cancel();
                }
            }
            _ => {}
        }
    }

    pub(crate) fn has_changed(&mut self, uri: Uri) {
        let version = self.versions.entry(uri.clone()).or_default();
        version.fetch_add(1, Ordering::Relaxed);
        self.dirty.insert(uri);
    }

    /// Has the diagnostics of changed documents told, where the client does not ask for them itself.
    fn tell(&mut self) {
        self.told += 1;
        for uri in std::mem::take(&mut self.dirty) {
            let Some(document) = self.documents.get(&uri).cloned() else {
                continue;
            };
            if self.client.pulls {
                continue;
            }
            let client = Arc::clone(&self.client);
            let events = self.events.0.clone();
            let current = self.versions.entry(uri.clone()).or_default();
            let current = Arc::clone(current);
            let version = current.load(Ordering::Relaxed);
            self.pool.run(move || {
                if current.load(Ordering::Relaxed) != version {
                    return;
                }
                let said = || diagnostics::diagnostics(&document, &client);
                let Ok(diagnostics) = catch_unwind(AssertUnwindSafe(said)) else {
                    return;
                };
                let params = PublishDiagnosticsParams {
                    uri,
                    version: Some(document.version),
                    diagnostics,
                };
                let _ = events.send(Event::Diagnostics(params, document.number));
            });
        }
    }

    // -- what the client asks --------------------------------------------------------------------

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if method == "shutdown" {
            self.shut = true;
            self.send(Response::new_ok(id, Value::Null));
            return;
        }
        if self.shut {
            let code = ErrorCode::InvalidRequest as i32;
            self.send(Response::new_err(
                id,
                code,
                "the server is shut down".into(),
            ));
            return;
        }
        let cancel = Arc::<Cancel>::default();
        self.pending.insert(id.clone(), Arc::clone(&cancel));
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = uri.and_then(|uri| Uri::parse(uri).ok());
        let current = uri.and_then(|uri| self.versions.get(&uri).cloned());
        let version = current.as_ref().map(|it| it.load(Ordering::Relaxed));
        let context = Context {
            documents: self.documents.now(),
            closed: self.documents.closed(),
            schema: self.documents.schema(),
            client: Arc::clone(&self.client),
            kept: Arc::clone(&self.kept),
            origin: Arc::clone(&self.origin),
            database: Arc::clone(&self.database),
            folder: self.folder.clone(),
            events: self.events.0.clone(),
            cancel: Arc::clone(&cancel),
        };
        let events = self.events.0.clone();
        let waits = method == ExecuteCommandRequest::METHOD.as_str();
        let job = move || {
            let outrun = || {
                let now = current.as_ref().map(|it| it.load(Ordering::Relaxed));
                now != version && is_outrun(&method)
            };
            let refused = |code: LspErrorCodes, why: &str| (i32::from(code), why.to_owned());
            let answer = if cancel.is_cancelled() {
                Err(refused(LspErrorCodes::RequestCancelled, "cancelled"))
            } else if outrun() {
                Err(refused(
                    LspErrorCodes::ContentModified,
                    "the text has changed",
                ))
            } else {
                let answer = || routes::answer(&context, &method, params);
                match catch_unwind(AssertUnwindSafe(answer)) {
                    Ok(Some(answer)) => answer,
                    Ok(None) => {
                        let why = format!("{method} is not known here");
                        Err((ErrorCode::MethodNotFound as i32, why))
                    }
                    Err(_) => {
                        let why = format!("{method} failed; this is a mistake of the server");
                        Err((ErrorCode::InternalError as i32, why))
                    }
                }
            };
            let _ = events.send(Event::Answer(id, answer));
        };
        // A command may wait for a database; it is in nobody's way.
        match waits {
            true => drop(std::thread::spawn(job)),
            false => self.pool.run(job),
        }
    }
}

/// What a notification says; one that cannot be read is none.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
