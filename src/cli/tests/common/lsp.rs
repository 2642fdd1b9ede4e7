//! A client of the language server: a real process, and messages as an editor sends them.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long the slowest machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Value>,
    next: i64,
    version: i64,
    /// What came and was not waited for.
    pub(crate) notifications: Vec<Value>,
    pub(crate) capabilities: Value,
}

fn read(out: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("Content-Length:") {
            length = number.trim().parse().ok()?;
        }
    }
    let mut bytes = vec![0; length];
    std::io::Read::read_exact(out, &mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

impl Client {
    /// Starts a server and agrees with it; `capabilities` are the client's.
    pub(crate) fn start(
        program: &str,
        arguments: &[&str],
        folder: &Path,
        capabilities: Value,
    ) -> Self {
        let mut child = Command::new(program)
            .arg("lsp")
            .args(arguments)
            .current_dir(folder)
            .env_remove("NOCTRA_DB")
            .env("HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let stdin = child.stdin.take();
        let mut client = Self {
            child,
            stdin,
            incoming,
            next: 0,
            version: 0,
            notifications: Vec::new(),
            capabilities: Value::Null,
        };
        let folder = folder.canonicalize().expect("the folder is there");
        let root = format!("file://{}", folder.display());
        let result = client
            .request(
                "initialize",
                json!({ "processId": null, "rootUri": root, "capabilities": capabilities }),
            )
            .expect("it agrees");
        client.capabilities = result["capabilities"].clone();
        client.notify("initialized", json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        if let Some(stdin) = &mut self.stdin {
            write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
            stdin.flush().expect("it listens");
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks without waiting for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    fn message(&mut self) -> Value {
        let message = self
            .incoming
            .recv_timeout(PATIENCE)
            .expect("the server says something");
        // What it asks of the client is granted.
        if message.get("method").is_some() && message.get("id").is_some() {
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }));
        }
        message
    }

    /// Waits for an answer.
    pub(crate) fn answer(&mut self, id: i64) -> Result<Value, Value> {
        loop {
            let message = self.message();
            if message["id"] == json!(id) && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.notifications.push(message);
        }
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Waits for a notification that fits; those before it are gone.
    pub(crate) fn wait(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let waiting = std::mem::take(&mut self.notifications);
        if let Some(found) = waiting.into_iter().find(|it| fits(it)) {
            return found;
        }
        loop {
            let message = self.message();
            if fits(&message) {
                return message;
            }
        }
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let document =
            json!({ "uri": uri, "languageId": "rql", "version": self.version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Changes a piece of a document, or the whole.
    pub(crate) fn change(&mut self, uri: &str, range: Option<Value>, text: &str) {
        self.version += 1;
        let change = match range {
            Some(range) => json!({ "range": range, "text": text }),
            None => json!({ "text": text }),
        };
        let document = json!({ "uri": uri, "version": self.version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [change] }),
        );
    }

    /// The diagnostics that are published of the newest version of a document.
    pub(crate) fn published(&mut self, uri: &str) -> Vec<Value> {
        let version = json!(self.version);
        let found = self.wait(|it| {
            it["method"] == "textDocument/publishDiagnostics"
                && it["params"]["uri"] == uri
                && it["params"]["version"] == version
        });
        found["params"]["diagnostics"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// The diagnostics that the client asks for.
    pub(crate) fn pulled(&mut self, uri: &str) -> Vec<Value> {
        let asked = json!({ "textDocument": { "uri": uri } });
        let report = self
            .request("textDocument/diagnostic", asked)
            .expect("a report");
        report["items"].as_array().cloned().unwrap_or_default()
    }

    /// The number of the server's process.
    #[allow(dead_code, reason = "the bench wants it")]
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Leaves as the protocol wants it.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.request("shutdown", Value::Null)
            .expect("it shuts down");
        self.notify("exit", Value::Null);
        self.child.wait().expect("it ends")
    }

    /// Goes away without a word.
    pub(crate) fn vanish(mut self) -> ExitStatus {
        self.stdin = None;
        self.child.wait().expect("it ends")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A failed test leaves no process behind.
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
        }
    }
}

/// A text and the place that `|` marks in it: line and character, counted in UTF-16.
pub(crate) fn marked(text: &str) -> (String, Value) {
    let at = text.find('|').expect("a mark");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let character = before[start..].encode_utf16().count();
    let place = json!({ "line": line, "character": character });
    (format!("{before}{}", &text[at + 1..]), place)
}
