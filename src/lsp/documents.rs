//! The editor's documents, and the changes that it sends of them.

use crate::disk::Disk;
use crate::position::{Encoding, Lines};
use crate::workspace;
use lsp_types::{Range, TextDocumentContentChangeEvent as Change, TextEdit, Uri};
use rql::Catalog;
use rql_ide::{Language, Memory, Snapshot, Span, World};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A document as it is at one moment.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) lines: Lines,
    pub(crate) snapshot: Snapshot,
    /// No other state of any document has this number.
    pub(crate) number: u64,
    /// Where it is kept, by the path that no other file has.
    pub(crate) path: Option<PathBuf>,
    includes: OnceLock<Vec<PathBuf>>,
    may_include: OnceLock<bool>,
    memory: Arc<Memory>,
}

impl Document {
    pub(crate) fn text(&self) -> &str {
        self.snapshot.text()
    }

    pub(crate) fn range(&self, span: Span) -> Range {
        self.lines.range(self.text(), span)
    }

    pub(crate) fn span(&self, range: Range) -> Span {
        self.lines.span(self.text(), range)
    }

    pub(crate) fn offset(&self, at: lsp_types::Position) -> u32 {
        self.lines.offset(self.text(), at)
    }

    pub(crate) fn edit(&self, span: Span, new_text: String) -> TextEdit {
        TextEdit {
            range: self.range(span),
            new_text,
        }
    }

    /// True where it may read another text: by INCLUDE, or by FORM LOAD.
    fn may_include(&self) -> bool {
        *self.may_include.get_or_init(|| includes(self.text()))
    }

    /// The files that it includes.
    pub(crate) fn includes(&self) -> &[PathBuf] {
        self.includes.get_or_init(|| {
            let folder = self.path.as_deref().and_then(Path::parent);
            let Some(folder) = folder.filter(|_| self.may_include()) else {
                return Vec::new();
            };
            let links = self.snapshot.links().into_iter();
            links
                .filter_map(|(_, file)| folder.join(file).canonicalize().ok())
                .collect()
        })
    }

    /// What tells this from every other state of the document.
    pub(crate) fn state(&self) -> String {
        self.number.to_string()
    }
}

/// All documents that are open.
#[derive(Debug)]
pub(crate) struct Documents {
    all: HashMap<Uri, Arc<Document>>,
    disk: Arc<Disk>,
    pub(crate) encoding: Encoding,
    pub(crate) world: Arc<World>,
    /// The file that makes the world's tables, where a file does, and what it says where it is not open.
    schema: Option<(PathBuf, Arc<Document>)>,
    /// The files of the workspace, as they were when they were read.
    closed: Arc<Vec<Arc<Document>>>,
    /// How many states there have been.
    states: AtomicU64,
}

/// The path that no other file has; that of a file that is not kept yet is known by its folder.
fn canonical(file: &Path) -> Option<PathBuf> {
    let kept = || file.canonicalize().ok();
    let meant = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
    kept().or_else(meant)
}

/// Files of TOML that say something else, whatever keys they have.
const NOT_FORMS: &[&str] = &["noctra.toml", "Cargo.toml", "pyproject.toml"];

/// True where a text has words that read another.
fn includes(text: &str) -> bool {
    let has = |word: &[u8]| {
        let mut pieces = text.as_bytes().windows(word.len());
        pieces.any(|piece| piece.eq_ignore_ascii_case(word))
    };
    has(b"include") || has(b"form load")
}

impl Documents {
    pub(crate) fn new(encoding: Encoding, world: Arc<World>) -> Self {
        Self {
            all: HashMap::new(),
            disk: Arc::default(),
            encoding,
            world,
            schema: None,
            closed: Arc::default(),
            states: AtomicU64::new(0),
        }
    }

    pub(crate) fn get(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.all.get(uri)
    }

    /// The documents as they are now.
    pub(crate) fn now(&self) -> HashMap<Uri, Arc<Document>> {
        self.all.clone()
    }

    pub(crate) fn uris(&self) -> Vec<Uri> {
        self.all.keys().cloned().collect()
    }

    /// Another world, and the file that makes it: everything is seen anew.
    pub(crate) fn set_world(&mut self, world: Arc<World>, schema: Option<PathBuf>) {
        self.world = world;
        let schema = schema.and_then(|file| file.canonicalize().ok());
        self.schema = schema.and_then(|file| {
            let text = noctra_runtime::read_source(&file).ok()?.text;
            let uri = Uri::from_file_path(&file).ok()?;
            let world = self.without_tables();
            let document = self.document(uri, 0, text, Arc::default(), &world);
            Some((file, Arc::new(document)))
        });
        for uri in self.uris() {
            self.renew(&uri);
        }
    }

    /// The files of the workspace.
    pub(crate) fn closed(&self) -> Arc<Vec<Arc<Document>>> {
        Arc::clone(&self.closed)
    }

    /// Other files of the workspace; the world is known.
    pub(crate) fn set_files(&mut self, files: Vec<(PathBuf, Arc<str>)>) {
        let documents = files.into_iter();
        let documents = documents.filter_map(|(path, text)| self.closed_document(&path, text));
        self.closed = Arc::new(documents.collect());
    }

    /// A file that nobody has open; `None` where it says nothing in RQL.
    fn closed_document(&self, path: &Path, text: Arc<str>) -> Option<Arc<Document>> {
        let uri = Uri::from_file_path(path).ok()?;
        let document = self.document(uri, 0, text, Arc::default(), &self.world);
        document.snapshot.is_read().then(|| Arc::new(document))
    }

    /// What files say that are not open.
    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// What a file of the workspace says now, which nobody has open; one that was none before becomes one where it is
    /// the workspace's own.
    pub(crate) fn read_again(&mut self, path: &Path, is_own: bool) {
        let known = self.closed.iter();
        let known = known.filter(|it| it.path.as_deref() != Some(path));
        let mut closed: Vec<Arc<Document>> = known.cloned().collect();
        let is_one = is_own || closed.len() < self.closed.len();
        let text = workspace::read(path).filter(|_| is_one && workspace::is_text(path));
        if let Some(text) = text {
            closed.extend(self.closed_document(path, text));
        }
        self.closed = Arc::new(closed);
    }

    /// The file that makes the world's tables, where it is not open.
    pub(crate) fn schema(&self) -> Option<Arc<Document>> {
        let (path, document) = self.schema.as_ref()?;
        (!self.disk.is_open(path)).then(|| Arc::clone(document))
    }

    /// What the file that makes the tables is seen in: it makes them all.
    fn without_tables(&self) -> Arc<World> {
        Arc::new(World {
            catalog: Catalog::new(self.world.catalog.name_match()),
            ..(*self.world).clone()
        })
    }

    fn renew(&mut self, uri: &Uri) {
        if let Some(old) = self.all.get(uri) {
            let (version, text) = (old.version, Arc::from(old.text()));
            self.put(uri.clone(), version, text, Arc::default());
        }
    }

    fn put(&mut self, uri: Uri, version: i32, text: Arc<str>, memory: Arc<Memory>) {
        let file = uri.to_file_path().ok();
        let path = file.and_then(|file| file.canonicalize().ok());
        let schema = self.schema.as_ref().map(|schema| &schema.0);
        let world = match path.is_some() && path.as_ref() == schema {
            true => self.without_tables(),
            false => Arc::clone(&self.world),
        };
        if let Some(path) = path {
            self.disk.opened(path, Arc::clone(&text));
        }
        let document = self.document(uri.clone(), version, text, memory, &world);
        self.all.insert(uri, Arc::new(document));
    }

    fn document(
        &self,
        uri: Uri,
        version: i32,
        text: Arc<str>,
        memory: Arc<Memory>,
        world: &Arc<World>,
    ) -> Document {
        let lines = Lines::new(&text, self.encoding);
        let file = uri.to_file_path().ok();
        let name = file.as_deref().and_then(Path::file_name);
        let name = name.and_then(|name| name.to_str()).unwrap_or("");
        let language = match NOT_FORMS.contains(&name) {
            true => Language::Other,
            false => Language::of(name, &text),
        };
        let path = file.as_deref().and_then(canonical);
        let snapshot = Snapshot::new(world, text)
            .written_in(language)
            .reading(self.disk.reader(file))
            .remembering(&memory);
        Document {
            uri,
            version,
            lines,
            snapshot,
            number: self.states.fetch_add(1, Ordering::Relaxed),
            path,
            includes: OnceLock::new(),
            may_include: OnceLock::new(),
            memory,
        }
    }

    pub(crate) fn open(&mut self, uri: &Uri, version: i32, text: String) {
        self.put(uri.clone(), version, text.into(), Arc::default());
    }

    pub(crate) fn close(&mut self, uri: &Uri) {
        self.all.remove(uri);
        let file = uri.to_file_path().ok();
        if let Some(path) = file.and_then(|file| file.canonicalize().ok()) {
            self.disk.closed(&path);
            self.read_again(&path, false);
        }
    }

    /// Those that may include a document that has changed see another text; gives them.
    pub(crate) fn renew_including(&mut self, uri: &Uri) -> Vec<Uri> {
        let others = self.all.values().filter(|other| other.uri != *uri);
        let others = others.filter(|other| other.may_include());
        let others: Vec<Uri> = others.map(|other| other.uri.clone()).collect();
        for other in &others {
            self.renew(other);
        }
        others
    }

    /// Makes changes in the order in which they were sent. A change of no document does nothing.
    pub(crate) fn change(&mut self, uri: &Uri, version: i32, changes: Vec<Change>) {
        let Some(old) = self.all.get(uri) else { return };
        let memory = Arc::clone(&old.memory);
        let mut text = old.text().to_owned();
        let mut lines: Option<Lines> = Some(old.lines.clone());
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(part) => {
                    let known = lines.take();
                    let known = known.unwrap_or_else(|| Lines::new(&text, self.encoding));
                    let span = known.span(&text, part.range);
                    text.replace_range(span.start as usize..span.end as usize, &part.text);
                }
                Change::TextDocumentContentChangeWholeDocument(whole) => {
                    text = whole.text;
                    lines = None;
                }
            }
        }
        self.put(uri.clone(), version, text.into(), memory);
    }
}
